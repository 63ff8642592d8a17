"""Marks of notes on numbers, names and headings, and the notes below the rows that begin with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from socsvc_analysis.intake import numbers
from socsvc_analysis.intake.columns import Columns, as_printed
from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.layout import Layout
from socsvc_analysis.intake.phrases import mark_of
from socsvc_analysis.sentences import Sentence as sentence

NOTE_OF_MARK = re.compile(r"\s*[\[(]?(\*+|\d{1,2}(?=[\s.)\]–-])|[a-z](?=\)))[\])]?\W*\w")
"""How a note below a table begins, with its mark."""
RAISED_MARK = re.compile(r"^(\s*[¹²³⁰⁴-⁹]+)\s*")
Marked = tuple[str, int, str, str]
"""What must be known of a mark: the sentence, the row (from 1), the heading and the cell."""


def marked(cells: Grid, kept: np.ndarray, columns: Columns, layout: Layout, texts: Sequence[str]) -> Iterable[Marked]:
    """What notes say to which marks on numbers, names and headings point, each mark once.

    ``cells`` are those of the rows at ``kept``; ``texts`` the texts below the headings that are no rows.
    """
    notes = notes_in(texts)
    found: dict[str, Marked] = {}
    for mark, row, heading, cell in _marks(cells, kept, columns, layout):
        if not mark:
            continue
        if mark in notes:
            said = sentence("note_footnote", text=notes[mark])
        else:
            said = sentence("note_footnote_missing", mark=mark)
        found.setdefault(mark, (said, row, heading, cell))
    return found.values()


def notes_in(texts: Sequence[str]) -> dict[str, str]:
    """The notes among texts, by their marks; of two with one mark the first stands.

    >>> notes_in(["¹ bez Iecavas", "* precizēts", "Avots: dienests"])
    {'*': '* precizēts', '1': '¹ bez Iecavas'}
    """
    notes = {}
    for text in reversed(texts):
        shown = unicodedata.normalize("NFKC", RAISED_MARK.sub(r"\1 ", text))
        begins = NOTE_OF_MARK.match(shown)
        if begins:
            notes[begins[1]] = text
    return notes


def rows_with(changing: Mapping[str, str], cells: Grid, columns: Columns) -> dict[int, str]:
    """The rows, by position, in which a number or a name has one of the marks, and the note of each."""
    found: dict[int, str] = {}
    for at in (*columns.measures, *columns.keys):
        marks = cells.columns[at].map(_mark_in(at in columns.measures))
        for row in np.flatnonzero(marks.where(changing.__contains__)).tolist():
            found[row] = changing[marks[row]]
    return found


def _mark_in(is_measure: bool) -> Callable[[str], str]:
    """A function that gives the mark of a cell."""
    mark = numbers.footnote if is_measure else mark_of
    return lambda cell: "" if cell.isdecimal() else mark(cell)


def _marks(cells: Grid, kept: np.ndarray, columns: Columns, layout: Layout) -> Iterator[Marked]:
    """Each mark with the row, heading and cell where it stands: headings first, as whoever reads a table sees them."""
    for at in (*columns.measures, *columns.keys):
        heading = layout.headings[at]
        yield mark_of(as_printed(heading, layout.headings[:at])), layout.below, heading, ""
    for at in (*columns.measures, *columns.keys):
        mark = _mark_in(at in columns.measures)
        for row, cell in cells.columns[at].told():
            yield mark(cell), int(kept[row]) + 1, layout.headings[at], cell
