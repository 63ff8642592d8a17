"""The parameters of notebooks: which one declares, which values are known, and all that is wrong with those given.

A misspelt parameter does not stop papermill: it writes the name into a cell of its own and the notebook runs on with
what it had, which would publish one region's page under another's name.  So names are checked, too, by a run before
anything is made and by the first call of every notebook, whatever runs it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from socsvc_analysis.schema import Problem, nearest

PARAMETERS = ("region", "language", "audience", "data")
INJECTED = re.compile(r"# (Injected )?Parameters\b")
"""How the cell begins that papermill or Quarto puts below the notebook's own parameters."""

Scalar = str | int | float | bool | None
Known = Mapping[str, Collection[str]]
"""The values that a parameter may take, by its name; one that is not here may have any plain value."""


class ParameterError(ValueError):
    """Parameters that cannot be taken; the message says everything that is wrong, with the nearest known."""

    def __init__(self, *problems: Problem | str) -> None:
        super().__init__("; ".join(map(str, problems)))


def problems_of(given: Mapping[str, object], known: Known, declared: Collection[str] = PARAMETERS) -> list[Problem]:
    """What is wrong with parameters: names that are not ``declared``, values that are not ``known`` or not plain.

    >>> for each in problems_of({"region": "zemgal", "langauge": "lv"}, {"region": ["riga", "zemgale"]}):
    ...     print(each)
    region: 'zemgal' is not a known region (known: riga, zemgale); nearest known: zemgale
    parameter: 'langauge' is not a known parameter (known: region, language, audience, data); nearest known: language
    """
    problems = []
    for name, value in given.items():
        if name not in declared:
            problems.append(_unknown("parameter", name, declared))
        elif value is not None and not isinstance(value, str | int | float | bool):
            said = f"is a {type(value).__name__}; a parameter is a text, number, bool or None"
            problems.append(Problem(name, said))
        elif name in known and value not in known[name]:
            problems.append(_unknown(name, value, known[name]))
    return problems


def injected(cells: Sequence[str]) -> list[str]:
    """The names that are set in cells which somebody else put into the notebook.

    papermill says which ones they are; the scheduler of JupyterLab does not, but puts its cell behind the one that
    declares the parameters, too, and only names with plain values into it.

    >>> injected(['region = "zemgale"', '# Parameters\\nregoin = "latgale"\\nlanguage = "en"\\n'])
    ['regoin', 'language']
    >>> declaring = 'region = "zemgale"\\nlanguage = "lv"\\naudience = "public"\\ndata = "data"'
    >>> injected([declaring, 'regoin = "latgale"', 'territory = "LV009"'])
    ['regoin']
    """
    return [
        name
        for before, source in pairwise(("", *cells))
        if INJECTED.match(source) or (_declares(before) and _gives_values(source))
        for name in assigned(source)
    ]


def _declares(source: str) -> bool:
    """Whether a cell has all parameters that every notebook has."""
    return set(PARAMETERS) <= set(assigned(source))


def _gives_values(source: str) -> bool:
    """Whether a cell does nothing but give names plain values."""
    try:
        for statement in ast.parse(source).body:
            ast.literal_eval(statement.value if isinstance(statement, ast.Assign) else statement)
    except (SyntaxError, ValueError):
        return False
    return True


def assigned(source: str) -> list[str]:
    """The names that a cell assigns, in order; none where it is no Python.

    >>> assigned('region: str = "zemgale"  # a region\\nlanguage = "lv"'), assigned("region =")
    (['region', 'language'], [])
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return []
    targets = [
        target
        for each in statements
        for target in (each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)])
    ]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _unknown(name: str, value: object, known: Iterable[str]) -> Problem:
    known = list(known)
    said = f"is not a known {name} (known: {', '.join(known)})"
    return Problem(name, said, value=str(value), nearest=nearest(str(value).casefold(), known))
