"""Mappings: what the columns of a file family mean, written in ``data/mappings/*.toml`` and extended without code.

A mapping is used when every one of its anchors is a heading of the table.  What it does not name is listed as unknown,
never guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.names import Names, normal
from socsvc_analysis.intake.received import KEYS
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sentences import Sentence as sentence
from socsvc_analysis.tables import KINDS, STATUSES

FOLDER = "mappings"
MARKS = (*STATUSES, "zero")
Codes = dict[str, Collection[str]]
"""The codes that the reference tables know, in their order."""


@dataclass(frozen=True)
class Column:
    """One measure column of a mapping."""

    heading: str  # as printed; an expression when the mapping says so
    measure: str
    service_type: str = ""
    target_group: str = ""
    kind: str = ""
    year: str = ""
    factor: float = 1.0


@dataclass(frozen=True)
class Mapping:
    """How files of one family are read: their columns, values and rows."""

    name: str
    title: str
    anchors: tuple[str, ...]  # headings that must be there
    keys: dict[str, str]  # key -> heading
    columns: tuple[Column, ...] = ()
    source: str = ""  # code of the source; "": the file is a return of its own
    files: str = ".*"  # expression for file names
    sheets: str = ".*"  # expression for sheet names
    ignore: tuple[str, ...] = ()
    breakdown: tuple[str, ...] = ()  # headings of columns by which rows of the same are told apart and added up
    stop: tuple[str, ...] = ()  # beginnings of the row below the table
    only: dict[str, str] = field(
        default_factory=dict
    )  # heading -> expression of the cells to read; others are passed over
    known_programmes: bool = False  # rows of programmes that are not in the table of programmes are passed over
    territory_kind: str = ""  # what a bare name means: city or novads
    marks: dict[str, str] = field(default_factory=dict)  # mark -> status, or zero
    defaults: dict[str, str] = field(default_factory=dict)  # key -> value for all rows
    territories_on: str = ""  # date on which its territories hold
    status_suffix: str = ""  # of the heading that holds the special value of a column: 10, 20, 77

    def fits(self, file: str, sheet: str, headings: Iterable[str]) -> bool:
        """Whether a table with these headings is of this family."""
        if not re.fullmatch(self.files, file, re.IGNORECASE) or not re.fullmatch(self.sheets, sheet, re.IGNORECASE):
            return False
        there = set(map(normal, headings))
        return all(normal(anchor) in there for anchor in self.anchors)

    def column(self, heading: str) -> Column | None:
        """The measure column that ``heading`` is."""
        return next((each for each in self.columns if re.fullmatch(each.heading, heading.strip(), re.IGNORECASE)), None)


def mappings(folder: Path, reference: Reference) -> tuple[Mapping, ...]:
    """Every mapping of the data folder, by name; :class:`DataError` names every mistake in them."""
    problems: list[Problem] = []
    found = []
    codes: Codes = {
        "source": dict.fromkeys(reference.sources["source"]),
        "measure": dict.fromkeys(reference.measures["measure"]),
        "service_type": dict.fromkeys(reference.service_types["service_type"]),
        "target_group": dict.fromkeys(reference.target_groups["target_group"]),
        "kind": dict.fromkeys(KINDS),
    }
    for path in sorted((folder / FOLDER).glob("*.toml")):
        try:
            described = _read(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
            problems.append(Problem(path.name, sentence("mapping_toml", failure=failure)))
            continue
        wrong = list(_mistakes(path.name, described, codes))
        problems += wrong
        if not wrong:
            found.append(_mapping(path.stem, described))
    if problems:
        raise DataError(problems)
    return tuple(found)


_read = lru_cache(maxsize=64)(tomllib.loads)
"""A cached reader of mapping files: each is read once for all files that are imported."""


def _mapping(name: str, described: dict[str, Any]) -> Mapping:
    columns = tuple(
        Column(**{**each, "heading": each["heading"] if described.get("expressions") else re.escape(each["heading"])})
        for each in described.get("columns", ())
    )
    said: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in described.items()}
    said.pop("expressions", None)
    return Mapping(**said | {"name": name, "columns": columns})


def _mistakes(file: str, described: dict[str, Any], codes: Codes) -> Iterable[Problem]:
    known = {each.name for each in fields(Mapping)} - {"name"} | {"expressions"}
    for key in described:
        if key not in known:
            yield Problem(file, sentence("mapping_key"), value=key, nearest=nearest(key, known))
    for key in ("title", "anchors", "keys"):
        if not described.get(key):
            yield Problem(file, sentence("mapping_missing"), column=key)
    for section in ("keys", "defaults"):
        for key in described.get(section, {}):
            if key not in KEYS:
                yield Problem(file, sentence("mapping_row_key"), column=section, value=key, nearest=nearest(key, KEYS))
    for mark, status in described.get("marks", {}).items():
        if status not in MARKS:
            yield Problem(
                file, sentence("mapping_status"), column=f"marks.{mark}", value=status, nearest=nearest(status, MARKS)
            )
    if described.get("source") and described["source"] not in codes["source"]:
        near = nearest(described["source"], codes["source"])
        yield Problem(file, sentence("mapping_source"), column="source", value=described["source"], nearest=near)
    for number, column in enumerate(described.get("columns", ()), start=1):
        yield from _mistakes_in_column(file, f"column {number}", column, codes)


def _mistakes_in_column(file: str, place: str, column: dict[str, Any], codes: Codes) -> Iterable[Problem]:
    known = {each.name for each in fields(Column)}
    for key, value in column.items():
        if key not in known:
            yield Problem(file, sentence("mapping_part"), column=place, value=key)
        elif key in codes and value not in codes[key]:
            near = nearest(value, codes[key])
            yield Problem(file, sentence("mapping_code", field=key), column=place, value=value, nearest=near)
    for key in ("heading", "measure"):
        if not column.get(key):
            yield Problem(file, sentence("mapping_field_missing", field=key), column=place)


def passed_over(
    mapping: Mapping, cells: Grid, headings: Sequence[str], keys: Dictionary[int, str], programmes: Names
) -> np.ndarray:
    """Whether the mapping does not ask for each row: it is of women only, of a region, of another programme.

    ``keys`` are the columns of a table with their keys, ``programmes`` the names of those that are known.
    """
    passed = np.zeros(len(cells), dtype=bool)
    for heading, wanted in mapping.only.items():
        at = next((at for at, each in enumerate(headings) if normal(each) == normal(heading)), None)
        if at is not None:
            asked = re.compile(wanted, re.IGNORECASE)
            passed |= ~cells.columns[at].map(str.strip).where(asked.fullmatch)
    if mapping.known_programmes:
        known = np.zeros(len(cells), dtype=bool)
        for at, key in keys.items():
            if key == "programme":
                known |= cells.columns[at].where(programmes.code)
        passed |= ~known
    return passed
