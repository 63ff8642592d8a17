"""How a notebook begins: its parameters are checked, all of them at once, whatever runs it, and the data are opened.

A misspelt parameter does not stop papermill: it writes the name into a cell of its own and the notebook runs on with
what it had, which would publish one region's page under another's name.  The first call of every notebook looks at that
cell, too.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from socsvc_analysis.datapackage import AUDIENCES, Package, open_package
from socsvc_analysis.dataset import Dataset, open_data
from socsvc_analysis.disclosure import door
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.tables import LANGUAGES
from socsvc_analysis.wording import Words, in_language

PARAMETERS = ("region", "language", "audience", "data")
INJECTED = re.compile(r"# (Injected )?Parameters\b")
"""How the cell begins that papermill, JupyterLab's scheduler or Quarto puts below the notebook's own parameters."""


def open_chapter(
    *, region: str, language: str, audience: str, data: str | Path, declared: Iterable[str] = PARAMETERS
) -> tuple[Dataset, Words]:
    """The data for ``audience``, and the words of ``language`` over their names, when every parameter is known.

    ``region`` is a slug of the data's table of regions, ``data`` the path of the package, ``declared`` the names that
    the notebook has parameters for.  Raises :class:`~socsvc_analysis.schema.DataError` with everything that is wrong:
    names that nobody declared, unknown values with the nearest known one, broken data.

    >>> dataset, words = open_chapter(region="zemgale", language="en", audience="public", data="data")
    >>> words.place("zemgale")
    'Zemgale'
    """
    problems = [_unknown("parameter", name, declared) for name in injected(_run_so_far()) if name not in set(declared)]
    problems += _unknown_values({"language": (language, LANGUAGES), "audience": (audience, AUDIENCES)})
    try:
        package = open_package(data, audience if audience in AUDIENCES else AUDIENCES[0])
    except DataError as failure:
        raise DataError([*problems, *failure.problems]) from None
    problems += _unknown_values({"region": (region, _regions(package))})
    if problems:
        raise DataError(problems)
    if _shell() is not None:
        door.begin(audience)
    dataset = open_data(package)
    return dataset, in_language(language, dataset.reference)


def injected(cells: Iterable[str]) -> list[str]:
    """The names that are set in cells which somebody else put into the notebook.

    >>> injected(['region = "zemgale"', '# Parameters\\nregoin = "latgale"\\nlanguage = "en"\\n'])
    ['regoin', 'language']
    """
    names = []
    for source in cells:
        if INJECTED.match(source):
            for statement in ast.parse(source).body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def _run_so_far() -> list[str]:
    """The cells that have been run in this kernel; none outside one."""
    shell = _shell()
    return list(shell.user_ns.get("In", ())) if shell is not None else []


def _shell() -> object:
    """The kernel in which this runs; none in a program or a test."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _regions(package: Package) -> list[str]:
    return package.table("regions").sort_values("order")["region"].tolist()


def _unknown_values(given: Mapping[str, tuple[str, Iterable[str]]]) -> list[Problem]:
    return [_unknown(name, value, known) for name, (value, known) in given.items() if value not in set(known)]


def _unknown(name: str, value: object, known: Iterable[str]) -> Problem:
    known = list(known)
    said = f"is not a known {name} (known: {', '.join(known)})"
    return Problem(name, said, value=str(value), nearest=nearest(str(value).casefold(), known))
