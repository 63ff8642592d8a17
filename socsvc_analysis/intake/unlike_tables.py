"""Sheets that are no table for a reason that their sender can mend: turned about, a pivot table, columns of months."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from socsvc_analysis.intake.headings import IGNORED, Headings
from socsvc_analysis.intake.layout import SEARCHED
from socsvc_analysis.intake.qualifiers import part_of_year
from socsvc_analysis.intake.received import KEYS
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.sentences import Sentence as sentence

PIVOT = re.compile(r"\s*(?:rindu (?:etiķetes|uzlīmes|iezīmes|virsraksti)|row labels)\s*", re.IGNORECASE)
"""What a spreadsheet calls the column of a pivot table that holds names of several kinds."""
FEWEST_PLACES, FEWEST_HEADINGS = 2, 3
"""Municipalities in one row, and headings below each other, that are no accident."""


def why_no_table(sheet: Sheet, headings: Headings) -> tuple[str, int] | None:
    """Why a sheet without a table that can be read has none, and the row (from 1) that shows it; None when unclear."""
    rows = sheet.rows[:SEARCHED]
    for at, row in enumerate(rows):
        if any(map(PIVOT.fullmatch, row)):
            return sentence("refusal_pivot"), at + 1
    for at, row in enumerate(rows):
        places = [column for column, cell in enumerate(row) if _is_place(cell, headings)]
        if len(places) >= FEWEST_PLACES:
            cells = f"{cell_name(at, places[0])}–{cell_name(at, places[-1])}"
            return sentence("refusal_turned", cells=cells, first=row[places[0]].strip()), at + 1
    for at, row in enumerate(rows):
        parts = [cell.strip() for cell in row if part_of_year(cell)]
        if len(parts) >= FEWEST_PLACES and any(_key(cell, headings) == "territory" for cell in row):
            return sentence("refusal_parts_as_headings", words=", ".join(parts)), at + 1
    for column in range(min(sheet.rows.width, 2)):
        labels = [row[column] if _has_value_beside(row, column, headings) else "" for row in rows]
        span = _headings_below_each_other(labels, headings)
        if span:
            cells = f"{cell_name(span[0], column)}–{cell_name(span[1], column)}"
            return sentence("refusal_turned_headings", cells=cells), span[0] + 1
    return None


def cell_name(row: int, column: int) -> str:
    """How spreadsheets call a cell; row and column are counted from 0.

    >>> cell_name(0, 0), cell_name(4, 27)
    ('A1', 'AB5')
    """
    letters = ""
    left = column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _is_place(cell: str, headings: Headings) -> bool:
    return bool(cell.strip()) and not headings.meaning(cell) and headings.is_territory(cell)


def _key(cell: str, headings: Headings) -> str:
    meaning = headings.meaning(cell) if cell.strip() else None
    return meaning.column if meaning else ""


def _has_value_beside(row: Sequence[str], column: int, headings: Headings) -> bool:
    """Whether the next cell of a row is filled and is no heading itself."""
    beside = row[column + 1].strip() if column + 1 < len(row) else ""
    return bool(beside) and not headings.meaning(beside)


def _headings_below_each_other(cells: Sequence[str], headings: Headings) -> tuple[int, int] | None:
    """The first and last row of headings that follow each other in a column, a number's among them; None for fewer."""
    run: list[int] = []
    for at, cell in enumerate((*cells, "")):
        if _key(cell, headings):
            run.append(at)
            continue
        if len(run) >= FEWEST_HEADINGS and _has_number({_key(cells[each], headings) for each in run}):
            return run[0], run[-1]
        run = []
    return None


def _has_number(columns: Iterable[str]) -> bool:
    return bool(set(columns) - {*KEYS, IGNORED})
