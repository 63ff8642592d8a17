"""What is read of a sheet although whoever looks at it may not see it: hidden columns and rows, white letters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from socsvc_analysis.intake.columns import Columns
from socsvc_analysis.intake.layout import Layout
from socsvc_analysis.intake.totals import row_spans
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.sentences import Sentence as sentence


def concealed(
    sheet: Sheet, kept: np.ndarray, columns: Columns, layout: Layout
) -> Iterable[tuple[str, int | None, str, str]]:
    """What must be known of the ``kept`` rows: sentence, row (from 1), heading and cell of each."""
    used = (*columns.keys, *columns.measures)
    for at in used:
        if at in sheet.hidden_columns:
            yield sentence("note_hidden_column"), None, layout.headings[at], ""
    rows = [at + 1 for at in kept.tolist() if at in sheet.hidden_rows] if sheet.hidden_rows else []
    if rows:
        yield sentence("note_hidden_row", rows=row_spans(rows)), rows[0], "", ""
    for at in used if sheet.unseen else ():
        rows = [row + 1 for row in kept.tolist() if (row, at) in sheet.unseen]
        if rows:
            yield sentence("note_unseen", rows=row_spans(rows)), rows[0], layout.headings[at], ""
    for at in used if sheet.unseen_if or sheet.struck_if else ():
        rows = _within(sheet.unseen_if, at, kept)
        if rows:
            yield sentence("note_unseen_if", rows=row_spans(rows)), rows[0], layout.headings[at], ""
        rows = _within(sheet.struck_if, at, kept)
        if rows:
            yield sentence("note_struck_if", rows=row_spans(rows)), rows[0], layout.headings[at], ""


def _within(places: Iterable[tuple[int, int, int, int]], at: int, kept: np.ndarray) -> list[int]:
    """The ``kept`` rows (from 1) of which the cell in column ``at`` lies in one of the places."""
    spans = [(top, bottom) for top, left, bottom, right in places if left <= at <= right]
    return [row + 1 for row in kept.tolist() if any(top <= row <= bottom for top, bottom in spans)]
