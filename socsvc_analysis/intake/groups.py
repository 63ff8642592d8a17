"""Names that stand once for several rows: a municipality, service, group or year only above or in the first of them.

A name is taken into the rows below it where the sheet makes that certain: it stands alone in its row, it adds up the
rows below it, a total of the same name ends them, or they hold ditto marks.  Anything else is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

import numpy as np

from socsvc_analysis.intake import numbers
from socsvc_analysis.intake.columns import Columns
from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.headings import is_total
from socsvc_analysis.intake.totals import EPSILON, row_spans
from socsvc_analysis.sentences import Sentence as sentence

GROUPING = ("territory", "service_type", "target_group", "year")
"""Keys whose names people write once for several rows; an empty cell of any other key may say that there is none."""
DITTO = re.compile(r"""[\s.–—-]*(?:["„”“″〃]|''|,,)[\s.–—-]*""")
"""Signs for *as above*; a dash alone is none."""
NUMBER_OF_ROW = re.compile(r"[\s(]*(?:\d{1,3}(?:\.\d{1,2})*|[IVX]{1,5})[\s.)]*")
"""What only numbers a row, beside the name of a group."""


@dataclass
class Groups:
    """What rows take from those above them; rows and columns are counted from 0."""

    cells: Grid
    labels: set[int] = field(default_factory=set)  # rows that name or add up those below them and are none of the table
    taken: dict[int, list[int]] = field(default_factory=dict)  # by column: rows that have a name from above
    asked: dict[tuple[str, int], str] = field(default_factory=dict)
    """By key and row: what is asked where it is not certain whether the name above is meant."""

    def asked_of(self, kept: np.ndarray) -> dict[tuple[str, int], str]:
        """What is asked of the ``kept`` rows, by key and position among them."""
        places = {row: at for at, row in enumerate(kept.tolist())} if self.asked else {}
        return {(key, places[row]): said for (key, row), said in self.asked.items() if row in places}


def with_merged(
    cells: Grid, merged: Iterable[tuple[int, int, int, int]], below: int, columns: Columns
) -> tuple[Grid, dict[int, str]]:
    """Merged texts repeated in every row they cover; the rows of a merged number are given with the reason.

    ``merged`` are first row, first column, last row and last column of places, ``below`` the first row of the table.
    """
    torn: dict[int, str] = {}
    changed: dict[int, dict[int, str]] = {}
    for top, left, bottom, right in merged:
        if top < below or bottom >= len(cells):
            continue
        cell = changed.get(left, {}).get(top, cells.columns[left][top])
        if any(at in columns.keys for at in range(left, right + 1)) and left == right:
            changed.setdefault(left, {}).update(dict.fromkeys(range(top, bottom + 1), cell))
        elif any(at in columns.measures for at in range(left, right + 1)) and cell.strip():
            said = sentence("reason_merged", rows=bottom - top + 1, columns=right - left + 1)
            torn.update(dict.fromkeys(range(top, bottom + 1), said))
    return cells.replaced(changed), torn


def grouped(cells: Grid, rows: np.ndarray, columns: Columns, is_name: Callable[[str, str], bool]) -> Groups:
    """The cells of ``rows`` with the names that stand once for several of them, and what is not certain.

    ``is_name`` tells whether a cell names something of a key.  By hand: of rows ``(Auce,), ("", 5), ("", 6)`` the last
    two are of Auce, and the first is a label.
    """
    found = Groups(cells)
    for key in GROUPING:
        places = [at for at, each in columns.keys.items() if each == key]
        for at in places:
            _repeat_dittos(found, rows, at)
        # Most columns have a cell in every row, and are asked no more.
        if places and not any(found.cells.columns[at].at(rows).where(str.strip).all() for at in places):
            _take_names(found, rows, key, places, columns, is_name)
    return found


def _repeat_dittos(found: Groups, rows: np.ndarray, at: int) -> None:
    column = found.cells.columns[at]
    changed: dict[int, str] = {}
    for row in rows[column.at(rows).where(DITTO.fullmatch)].tolist():
        above = changed.get(row - 1, column[row - 1])
        if row > rows[0] and above.strip():
            changed[row] = above
    if changed:
        found.cells = found.cells.replaced({at: changed})
        found.taken.setdefault(at, []).extend(changed)


def _take_names(
    found: Groups,
    rows: np.ndarray,
    key: str,
    places: list[int],
    columns: Columns,
    is_name: Callable[[str, str], bool],
) -> None:
    """Give the rows below each name of one key the name, or ask about them; ``places`` are the columns of the key."""
    cells = found.cells
    filled = cells.at(rows).filled()
    named = np.flatnonzero(filled[places].any(axis=0)).tolist()
    measured = np.asarray(filled[[*columns.measures]].any(axis=0))
    beside = [at for at in columns.keys if at not in places]
    told = measured & filled[beside].any(axis=0)  # numbers without any name may be a total that nobody named
    changed: dict[int, dict[int, str]] = {at: {} for at in places}
    for begin, end in zip(named, [*named, len(rows)][1:], strict=True):
        inside = [at for at in range(begin + 1, end) if told[at] and not _is_total(cells, int(rows[at]))]
        below = rows[inside].tolist() if inside else []
        first = int(rows[begin])
        text = _first(cells, first, places)
        if not below or is_total(text) or not is_name(key, text):
            continue
        closing = _first(cells, int(rows[end]), places) if end < len(rows) else ""
        says_more = any(not filled[at, begin] and filled[at, inside].all() for at in beside)
        is_label = says_more and _names_only(cells, first, {*places, *columns.measures})
        if is_label and (not measured[begin] or adds_up(cells, columns.measures, first, below)):
            found.labels.add(first)
        elif not (is_total(closing) and closing.casefold().startswith(text.casefold())):
            said = sentence("reason_empty_below", text=text, row=first + 1, rows=row_spans(row + 1 for row in below))
            found.asked |= dict.fromkeys([(key, row) for row in below], said)
            continue
        for at in places:
            changed[at] |= dict.fromkeys(below, cells.columns[at][first])
            found.taken.setdefault(at, []).extend(below)
    found.cells = cells.replaced({at: each for at, each in changed.items() if each})


def _first(cells: Grid, row: int, places: Iterable[int]) -> str:
    """The first text of a row in some columns."""
    return next((cell for at in places if (cell := cells.columns[at][row].strip())), "")


def _is_total(cells: Grid, row: int) -> bool:
    """Whether the first text of a row calls it a total."""
    return is_total(_first(cells, row, range(cells.width)))


def _names_only(cells: Grid, row: int, places: Container[int]) -> bool:
    """Whether a row has no cell but those of ``places`` and one that numbers it."""
    others = [cell for at, cell in enumerate(cells[row]) if at not in places and cell.strip()]
    return all(map(NUMBER_OF_ROW.fullmatch, others))


def adds_up(cells: Grid, measures: Iterable[int], total: int, rows: Iterable[int]) -> bool:
    """Whether every number in row ``total`` is the sum of those of other rows.

    >>> adds_up(Grid.of([["15"], ["12"], ["3"]]), [0], 0, [1, 2]), adds_up(Grid.of([["15"], ["12"]]), [0], 0, [1])
    (True, False)
    """
    for at in measures:
        told = [cells.columns[at][row] for row in (total, *rows)]
        try:
            style = numbers.detect_number_style(told)
        except numbers.Ambiguous:
            return False
        whole, *parts = [numbers.read(cell, style).value for cell in told]
        if told[0].strip() and (whole is None or abs(whole - sum(each or 0 for each in parts)) >= EPSILON):
            return False
    return True
