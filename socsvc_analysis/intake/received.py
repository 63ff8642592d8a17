"""What was read from a received file, before anyone has judged it.

A file holds tables; a table holds rows; a row holds the cells as they stand in the file and what they were read as.
Nothing here is a figure yet: the rules of :mod:`~socsvc_analysis.intake.rules` decide which rows become observations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np

from socsvc_analysis.intake.grid import Column
from socsvc_analysis.schema import Problem

KEYS = (
    "territory",
    "programme",
    "service_type",
    "target_group",
    "provider",
    "year",
    "month",
    "date",
    "measure",
    "value",
    "kind",
    "unit",
    "sex",
    "age",
    "branch",
)
"""What a heading can mean besides a measure.  ``measure`` and ``value`` are headings of long tables only."""
PARTS = ("sex", "age", "branch")
"""Keys by which a number is broken down; the parts are added up."""
UNNAMED = "column "
"""How a column without a heading is called, before its number; its empty cells are left out of rows."""


@dataclass(frozen=True)
class Number:
    """A cell of a measure: its text, and the number it was read as."""

    text: str
    value: float | None = None  # None: no number; status says why
    status: str = "normal"  # an SDMX status: missing for an empty cell or an ellipsis, confidential, estimated ...
    unit: str = ""  # percent or EUR where the cell is shown so
    problem: str = ""  # a sentence when the text is neither a number nor a known mark; the row is then rejected


@dataclass(frozen=True)
class MeasureColumn:
    """What the numbers below one heading are; an empty dimension is said by the row or by nobody."""

    heading: str  # as printed; several header rows joined by " / "
    measure: str
    service_type: str = ""
    target_group: str = ""
    kind: str = ""
    year: str = ""  # or a day
    factor: float = 1.0  # 1000 where the heading says thousands
    unit: str = ""  # as the heading says
    sex: str = ""  # only these are counted
    age: str = ""


@dataclass(frozen=True)
class ReceivedRow:
    """One row as it stands in the file."""

    row: int  # as the spreadsheet or editor shows it, the first is 1
    cells: dict[str, str]  # every cell as received, by printed heading
    keys: dict[str, str]  # by names of KEYS, as received; only those whose heading is there
    numbers: dict[str, Number]  # by MeasureColumn.heading
    total: bool = False  # a row of totals: checked, never added
    problem: str = ""  # why the row as a whole cannot be trusted


@dataclass(frozen=True)
class ReceivedRows(Sequence[ReceivedRow]):
    """The rows of a table, kept by column; each is made when it is asked for."""

    row: np.ndarray  # as ReceivedRow has them, one for each row
    cells: dict[str, Column]
    keys: dict[str, Column]
    numbers: dict[str, Column]
    total: np.ndarray
    problem: Mapping[int, str]  # by position; rows without one are not in it
    regions: Mapping[int, np.ndarray] = field(default_factory=dict)  # totals of regions, and what each adds up
    asked: Mapping[tuple[str, int], str] = field(default_factory=dict)  # of an empty key: by key and position

    def __len__(self) -> int:
        return len(self.row)

    @overload
    def __getitem__(self, at: int) -> ReceivedRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[ReceivedRow]: ...
    def __getitem__(self, at: int | slice) -> ReceivedRow | list[ReceivedRow]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        cells = {heading: column[at] for heading, column in self.cells.items()}
        return ReceivedRow(
            int(self.row[at]),
            {heading: cell for heading, cell in cells.items() if cell or not heading.startswith(UNNAMED)},
            {key: column[at] for key, column in self.keys.items()},
            {heading: column[at] for heading, column in self.numbers.items()},
            bool(self.total[at]),
            self.problem.get(at, ""),
        )

    def replaced(self, changed: Mapping[int, ReceivedRow]) -> ReceivedRows:
        """The rows with others, which differ in cells, keys and numbers, in some positions."""

        def mended(columns: Mapping[str, Column], part: str) -> dict[str, Column]:
            return {
                name: column.replaced(
                    {at: getattr(row, part)[name] for at, row in changed.items() if name in getattr(row, part)}
                )
                for name, column in columns.items()
            }

        return replace(
            self,
            cells=mended(self.cells, "cells"),
            keys=mended(self.keys, "keys"),
            numbers=mended(self.numbers, "numbers"),
        )


@dataclass(frozen=True)
class ReceivedTable:
    """One table of a received file."""

    file: str
    sheet: str  # "" for CSV
    rows: ReceivedRows
    columns: tuple[MeasureColumn, ...]
    headings: dict[str, str]  # key -> heading as printed
    unmatched: tuple[str, ...] = ()  # headings that mean nothing here: listed, never guessed
    mapping: str = "tidy"  # which mapping read it
    source: str = ""  # code of the source the mapping names; "" for returns
    defaults: dict[str, str] = field(
        default_factory=dict
    )  # by names of KEYS: what the mapping or the file says for all
    territory_kind: str = ""  # what a name without a word of kind means: city or novads
    territories_on: str = ""  # the date on which its territories hold; "": the end of each row's period
    problems: tuple[Problem, ...] = ()  # what the reader must know although the table could be read


def years_of(table: ReceivedTable) -> set[str]:
    """The years that the rows of a table and the headings of its numbers say."""
    rows = table.rows
    cells = rows.keys["year"].at(~rows.total).told() if "year" in rows.keys else ()
    told = {cell.strip()[:4] for _, cell in cells} | {column.year[:4] for column in table.columns}
    return {year for year in told if year.isdigit() and len(year) == len("2025")}
