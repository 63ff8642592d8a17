"""Where the table of a sheet is: its headings, of one row or several, and the rows below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from socsvc_analysis.intake.headings import JOINT
from socsvc_analysis.intake.names import normal
from socsvc_analysis.intake.phrases import NUMBERED
from socsvc_analysis.intake.workbook import Sheet

SEARCHED = 60
"""Rows from the top in which the headings of a table are looked for."""
BROKEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\s*\n\s*(?=[a-zāčēģīķļņšūž])")
"""A hyphen at the end of a line within a word."""
DEEPEST = 3
"""Rows that headings may have."""
NOTE = re.compile(r"\s*(?:\*|¹|²|³|\d\)|piezīm|note\b|avots|source|sagatavo|prepared|datums|paraksts)", re.IGNORECASE)


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
    joined = []
    for cells in zip(*rows, strict=True):
        parts = [in_one_line(cell) for cell in cells if cell.strip()]
        joined.append(JOINT.join(part for part, _ in _distinct(parts)))
    return _unique(joined)


def in_one_line(cell: str) -> str:
    """A heading without what only makes it fit its cell: line breaks, hyphens before them, blanks between letters.

    >>> in_one_line("Klien-\\ntu skaits"), in_one_line("K L I E N T I"), in_one_line("Klienti -\\nkopā")
    ('Klientu skaits', 'KLIENTI', 'Klienti - kopā')
    >>> in_one_line("K L I E N T U   S K A I T S"), in_one_line("A B")
    ('KLIENTU SKAITS', 'A B')
    """
    whole = BROKEN.sub("", cell)
    pieces = [piece.split() for piece in re.split(r"\s{2,}", whole.strip())]
    if all(len(letters) > 2 and all(len(each) == 1 and each.isalpha() for each in letters) for letters in pieces):
        return " ".join("".join(letters) for letters in pieces)
    return " ".join(whole.split())


def _spread(rows: list[list[str]]) -> None:
    """Repeat an upper heading over the lower ones to its right: the header was saved without its merged cells."""
    for upper, lower in pairwise(rows):
        for at in range(1, len(upper)):
            if not upper[at].strip() and lower[at].strip() and upper[at - 1].strip() and lower[at - 1].strip():
                upper[at] = upper[at - 1]


def centred(sheet: Sheet, layout: Layout) -> str:
    """An upper heading that stands in the middle of the columns it is of, so that nobody can tell which; "" for none.

    Below it the same headings repeat, and it stands over another one than the first of them, as it does where cells
    that look merged are not.
    """
    if any(layout.first <= top < layout.below and right > left for top, left, _, right in sheet.merged):
        return ""
    for upper, lower in pairwise(sheet.rows[layout.first : layout.below]):
        names = [normal(cell) for cell in lower]
        repeated = [name for name in names if name and names.count(name) > 1]
        for at in range(1, len(names)):
            over_another = names[at] in repeated and names[at] != repeated[0]
            if upper[at].strip() and over_another and names[at - 1] in repeated and not upper[at - 1].strip():
                return str(upper[at]).strip()
    return ""


def _distinct(parts: list[str]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for at, part in enumerate(parts):
        if normal(part) not in seen:
            seen.add(normal(part))
            yield part, at


def _unique(headings: list[str]) -> tuple[str, ...]:
    """The headings with numbers added where two are the same, so that each column has its own name."""
    seen: dict[str, int] = {}
    named = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        named.append(f"{heading} ({seen[heading]})" if heading and seen[heading] > 1 else heading)
    return tuple(named)


@dataclass(frozen=True)
class Block:
    """One table among several with the same header on a sheet, and what is said above it."""

    layout: Layout
    start: int  # the first row of it
    end: int  # the first row that is not of it
    above: tuple[tuple[int, str, str], ...]  # row (from 1), cell and the cell beside it
    must: bool  # whether what is said above must be understood: it tells the table from the one before


def blocks(sheet: Sheet, layout: Layout) -> list[Block]:
    """The tables of a sheet: a new one begins where the header is repeated below a label.

    A header that is repeated without one, as on the next page of a print, belongs to the table.
    """
    begins: list[tuple[int, int, tuple[tuple[int, str, str], ...]]] = []  # first label, header, labels
    for at in _repeats(sheet, layout):
        first, found = labels_above(sheet.rows.__getitem__, layout.below, at)
        if found:
            begins.append((first, at, tuple(found)))
    ends = [first for first, _, _ in begins] + [len(sheet.rows)]
    above = tuple(_cells_above(sheet, layout.first))
    made = [Block(layout, layout.below, ends[0], above, must=False)]
    for (_, at, labels), end in zip(begins, ends[1:], strict=True):
        below = replace(layout, first=at)
        made.append(Block(below, below.below, end, labels, must=True))
    return made


def sections(
    sheet: Sheet,
    block: Block,
    told_by: Callable[[str], frozenset[str]],
    places: Iterable[int],
    is_label: Callable[[str], bool],
    adds_up: Callable[[int, list[int]], bool],
) -> list[Block]:
    """The parts of a table that labels between its rows make: each label counts for the rows below it.

    ``told_by`` gives the keys that a text alone in its row tells and no column does; a later label of the same key
    takes the place of an earlier one.  In a column of ``places`` a text that ``is_label`` may have the sums of its
    rows beside it; ``adds_up`` checks them for a row and those it would add up.
    """
    rows = np.arange(block.start, block.end)
    filled = sheet.rows.at(rows).filled()
    alone = np.flatnonzero(filled.sum(axis=0) == 1)
    summed = np.zeros(len(rows), dtype=bool)
    for at in places:
        summed |= sheet.rows.columns[at].at(rows).where(lambda cell: is_label(NUMBERED.sub("", cell)))
    summed[alone] = False
    labels = []
    for at in sorted({*alone.tolist(), *np.flatnonzero(summed).tolist()}):
        text = NUMBERED.sub("", sheet.rows.columns[int(np.flatnonzero(filled[:, at])[0])][block.start + at])
        keys = told_by(text)
        if keys and (not summed[at] or adds_up(block.start + at, _until_next(rows, at, summed))):
            labels.append((block.start + at, text, keys))
    active: list[tuple[int, str, frozenset[str]]] = []
    ends = [row for row, _, _ in labels] + [block.end]
    made = [replace(block, end=ends[0])] if filled[:, : ends[0] - block.start].any() or not labels else []
    for label, end in zip(labels, ends[1:], strict=True):
        active = [each for each in active if not each[2] & label[2]] + [label]
        if filled[:, label[0] + 1 - block.start : end - block.start].any():
            above = tuple((row + 1, text, "") for row, text, _ in reversed(active))
            made.append(replace(block, start=label[0] + 1, end=end, above=(*above, *block.above)))
    # Labels below the last row count for no row: they are left aside with it, and told.
    return [*made[:-1], replace(made[-1], end=block.end)] if made else made


def _until_next(rows: np.ndarray, at: int, labels: np.ndarray) -> list[int]:
    """The rows below one label, down to the next."""
    below = np.flatnonzero(labels[at + 1 :])
    end = at + 1 + int(below[0]) if len(below) else len(rows)
    return [int(row) for row in rows[at + 1 : end]]


def _repeats(sheet: Sheet, layout: Layout) -> list[int]:
    """The rows below a header in which it stands again."""
    header = [tuple(map(normal, row)) for row in sheet.rows[layout.first : layout.below]]
    down, column = next((down, at) for down, row in enumerate(header) for at, cell in enumerate(row) if cell)
    same = sheet.rows.columns[column].where(lambda cell: normal(cell) == header[down][column])
    rows = [at - down for at in same.nonzero()[0].tolist() if at - down >= layout.below]
    return [
        at
        for at in rows
        if [tuple(map(normal, row)) for row in sheet.rows[at : min(at + layout.depth, len(sheet.rows))]] == header
    ]


def _cells_above(sheet: Sheet, first: int) -> Iterator[tuple[int, str, str]]:
    for at, row in enumerate(sheet.rows[:first]):
        for place, cell in enumerate(row):
            if cell.strip():
                yield at + 1, cell, row[place + 1] if place + 1 < len(row) else ""


def labels_above(
    rows: Callable[[int], tuple[str, ...]], first: int, last: int
) -> tuple[int, list[tuple[int, str, str]]]:
    """The labels right above row ``last``, not above ``first``: where they begin, and row, cell and next cell of each.

    Blank rows between them and the table are passed over; a row of more than two cells, or of numbers, ends them.
    """
    at = last
    while at > first and not any(cell.strip() for cell in rows(at - 1)):
        at -= 1
    found: list[tuple[int, str, str]] = []
    while at > first:
        cells = rows(at - 1)
        filled = [place for place, cell in enumerate(cells) if cell.strip()]
        if not filled or len(filled) > 2 or any(_is_number(cells[place]) for place in filled):
            break
        at -= 1
        here = [(at + 1, cells[place], cells[place + 1] if place + 1 < len(cells) else "") for place in filled]
        found = [each for each in here if not NOTE.match(each[1])] + found
    return at, found


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[\d\s.,%+-]+", cell.strip())) and not re.fullmatch(r"(?:19|20)\d\d\.?", cell.strip())


def numbers_the_rows(cells: list[str]) -> bool:
    """Whether a column without a heading only numbers its rows, as programs do that write an index.

    >>> numbers_the_rows(["1.", "2.", "3."]), numbers_the_rows(["0", "1", "2"]), numbers_the_rows(["1", "2", "4"])
    (True, True, False)
    """
    told = [cell.strip(" .") for cell in cells if cell.strip()]
    begins = told[0] if told else ""
    return len(told) > 2 and begins in ("0", "1") and told == [str(int(begins) + at) for at in range(len(told))]


def numbers_the_columns(cells: list[str]) -> bool:
    """Whether the row below a header only numbers its columns, as official forms do.

    >>> numbers_the_columns(["A", "B", "1", "2", "3"]), numbers_the_columns(["1.", "2.", "3."])
    (True, True)
    >>> numbers_the_columns(["1", "2", "4"]), numbers_the_columns(["Auce", "1", "2"])
    (False, False)
    """
    bare = [cell.strip(" ().") for cell in cells]
    letters = [cell for cell in bare if len(cell) == 1 and cell.isalpha()]
    told = bare[len(letters) :]
    return (
        len(cells) > 2
        and bare[: len(letters)] == letters
        and all(map(str.isdigit, told))
        and [int(each) for each in told]
        == list(range(int(told[0]) if told else 1, int(told[0] if told else 1) + len(told)))
        and (not told or int(told[0]) in (1, len(letters) + 1))
    )
