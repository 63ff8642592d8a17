"""Names in a file that nobody knows, each once, with the line that makes it known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from socsvc_analysis.intake.headings import Headings, headings_of
from socsvc_analysis.intake.names import normal
from socsvc_analysis.intake.phrases import WORD
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import AmbiguousTerritory, Reference, UnknownTerritory
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import Sentence

TABLES = {
    "reason_territory": "municipalities",
    "reason_ambiguous": "municipalities",
    "reason_former_town": "municipalities",
    "reason_service": "service_types",
    "reason_service_short": "service_types",
    "reason_group": "target_groups",
    "reason_group_short": "target_groups",
    "reason_kind": "kinds",
    "reason_unit": "units",
    "reason_sex": "sexes",
}
"""Where a name is made known, by the reason for which it was refused."""
CODE = re.compile(r"\((\d{7})\)")
UNCERTAIN = "CODE"
"""Stands in a ready line for a code that whoever adds it must know."""


@dataclass(frozen=True)
class UnknownName:
    """A name that stands in a file and is not known."""

    name: str
    table: str
    count: int  # rows in which it stands
    first: Problem
    lines: tuple[str, ...]  # for data/reference/value_names.csv; of several one is right


def unknown_names(problems: Iterable[Problem], reference: Reference) -> tuple[UnknownName, ...]:
    """Each name that is not known, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        table = TABLES.get(problem.problem.key) if isinstance(problem.problem, Sentence) else None
        if table and problem.value.strip():
            key = (table, problem.value.strip())
            counts[key] += 1
            first.setdefault(key, problem)
    if not counts:
        return ()
    headings = headings_of(reference)
    return tuple(
        UnknownName(name, table, count, first[table, name], _lines(table, name, first[table, name], headings))
        for (table, name), count in counts.most_common()
    )


def _lines(table: str, name: str, problem: Problem, headings: Headings) -> tuple[str, ...]:
    said = f'"{name}"' if "," in name or '"' in name else name
    of_a_town = isinstance(problem.problem, Sentence) and problem.problem.key == "reason_former_town"
    certain = not of_a_town and not _says_more(name, problem.nearest)
    codes = CODE.findall(str(problem.problem)) if certain else []
    codes = codes or [_code(table, problem.nearest, headings) if certain else ""]
    return tuple(f"{table},{said},{code or UNCERTAIN}" for code in codes)


def _says_more(name: str, near: str) -> bool:
    """Whether a known name is only a part of what was written: whoever makes them one forgets the rest for ever.

    >>> _says_more("Dienas centrs - plāns", "dienas centrs"), _says_more("Dienas centsr", "dienas centrs")
    (True, False)
    """
    written, known = (set(WORD.findall(normal(each))) for each in (name, near))
    return bool(known) and known < written


def _code(table: str, near: str, headings: Headings) -> str:
    """The code of the nearest known name; "" when there is none."""
    if not near:
        return ""
    if table == "municipalities":
        try:
            return headings.gazetteer.resolve(near, PRESENT, "")
        except (UnknownTerritory, AmbiguousTerritory):
            return ""
    names = {"service_types": headings.services, "target_groups": headings.groups}
    known = names.get(table) or headings.phrases.names.get({"kinds": "kind", "units": "unit", "sexes": "sex"}[table])
    return known.code(near) if known else ""
