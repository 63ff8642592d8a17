"""Where the table of a sheet is: its headings, of one row or several, and the rows below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from socsvc_analysis.intake.headings import JOINT, normal
from socsvc_analysis.intake.workbook import Sheet

SEARCHED = 60
"""Rows from the top in which the headings of a table are looked for."""
DEEPEST = 3
"""Rows that headings may have."""


@dataclass(frozen=True)
class Layout:
    """A header: its first row (from 0), its depth, and the heading of each column ("" where there is none)."""

    first: int
    depth: int
    headings: tuple[str, ...]

    @property
    def below(self) -> int:
        """The first row below the header."""
        return self.first + self.depth


def layouts(sheet: Sheet) -> Iterator[Layout]:
    """Every header that a sheet may have: one to three rows near its top."""
    rows = sheet.rows[: SEARCHED + DEEPEST]
    for first in range(min(SEARCHED, len(rows))):
        for depth in range(1, min(DEEPEST, len(rows) - first) + 1):
            if depth > 1 and not _continues(rows[first + depth - 1]):
                break
            yield Layout(first, depth, _joined(rows[first : first + depth], first, sheet))


def found(candidates: Iterable[Layout], score: Callable[[list[str]], int]) -> Layout | None:
    """The header whose joined headings ``score`` highest; None when none scores.

    Among equals the shallowest and uppermost stands.
    """
    best: tuple[int, Layout] | None = None
    for layout in candidates:
        scored = score(list(layout.headings))
        if scored and (best is None or scored > best[0]):
            best = scored, layout
    return best[1] if best else None


def _continues(row: Iterable[str]) -> bool:
    """Whether a row can be one more row of headings: it holds texts and no number but a year."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and not any(
        cell.replace(",", "").replace(".", "").replace(" ", "").isdigit() and not _is_year(cell) for cell in cells
    )


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and cell.startswith(("19", "20"))


def _joined(headings: Iterable[tuple[str, ...]], first: int, sheet: Sheet) -> tuple[str, ...]:
    """The headings of rows from ``first`` on, merged cells repeated, equal ones once, then made unique."""
    rows = [list(row) for row in headings]
    depth = len(rows)
    for top, left, bottom, right in sheet.merged:
        for row in range(max(top, first), min(bottom, first + depth - 1) + 1):
            for column in range(left, min(right, len(rows[0]) - 1) + 1):
                if top >= first:
                    rows[row - first][column] = sheet.rows[top][left]
    if depth > 1 and not any(first <= top < first + depth and right > left for top, left, _, right in sheet.merged):
        _spread(rows)
    headings = []
    for column in zip(*rows, strict=True):
        parts = [" ".join(cell.split()) for cell in column if cell.strip()]
        headings.append(JOINT.join(part for part, _ in _distinct(parts)))
    return _unique(headings)


def _spread(rows: list[list[str]]) -> None:
    """In a header saved without its merged cells an upper heading stands above several lower ones."""
    for upper, lower in pairwise(rows):
        for at in range(1, len(upper)):
            if not upper[at].strip() and lower[at].strip() and upper[at - 1].strip() and lower[at - 1].strip():
                upper[at] = upper[at - 1]


def _distinct(parts: list[str]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for at, part in enumerate(parts):
        if normal(part) not in seen:
            seen.add(normal(part))
            yield part, at


def _unique(headings: list[str]) -> tuple[str, ...]:
    """Two columns of one heading get numbers, so that each cell has a name of its own."""
    seen: dict[str, int] = {}
    named = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        named.append(f"{heading} ({seen[heading]})" if heading and seen[heading] > 1 else heading)
    return tuple(named)
