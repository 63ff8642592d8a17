"""Signs that a sheet explains itself, such as *x – konfidenciāli* or *0 – nav datu*: they mean what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from socsvc_analysis.intake.columns import Columns
from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.layout import Layout
from socsvc_analysis.intake.numbers import DASHES, MARKS
from socsvc_analysis.intake.received import Number
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.sentences import Sentence as sentence

EXPLAINED = re.compile(
    r"\s*[\"„“'(]?(?:(-?\d{1,6})[\"”“')]?\s*(?:[-=:]|nozīmē|means)|([-x.:…]{1,3}|n/a)[\"”“')]?\s*(?:[-=:]|nozīmē|means)?)"
    r"\s*(\D+?)[\s.;]*",
    re.IGNORECASE,
)
"""A sign, what stands between, and its meaning; a number needs something between."""
MEANINGS = (
    ("missing", r"(?:dat[iu] )?nav (?:datu|informācijas|zinām\w*|pieejam\w*|iesnieg\w*)|trūkst datu|nezinām\w*"),
    ("missing", r"no (?:data|information)|(?:data )?(?:not available|missing|unknown|not known)"),
    ("confidential", r"(?:dat[iu] )?konfidenciāl\w*(?: dati| informācija)?|confidential(?: data)?"),
    ("zero", r"parādīb\w+ nav|nav parādīb\w+|nulle|magnitude nil|nil|zero"),
)
TWICE = "twice"
LAST, MOST = 20, 200
"""Rows at the end of a sheet, and different cells of a column beside the table, in which signs are explained."""


def meaning_of(text: str) -> tuple[str, str]:
    """The sign that a text explains and what it means: a status, or ``zero``; nothing for any other text.

    >>> meaning_of("0 – nav datu"), meaning_of("- nav parādības"), meaning_of("„x” – konfidenciāli dati.")
    (('0', 'missing'), ('-', 'zero'), ('x', 'confidential'))
    >>> meaning_of("5 nav datu"), meaning_of("x – sk. pielikumu")
    (('', ''), ('', ''))
    """
    found = EXPLAINED.fullmatch(text.translate(DASHES))
    if not found:
        return "", ""
    said = next((code for code, words in MEANINGS if re.fullmatch(words, found[3].strip(), re.IGNORECASE)), "")
    return ((found[1] or found[2]).casefold(), said) if said else ("", "")


def legend_of(sheet: Sheet, layout: Layout, beside: Iterable[int]) -> dict[str, tuple[str, str]]:
    """The signs that a sheet explains otherwise than is usual: what each means, and the text that says so.

    They are explained above the header, in the last rows, or in columns ``beside`` the table.  A sign that is explained
    in two ways means ``TWICE``.
    """
    found: dict[str, dict[str, str]] = {}
    for text in _texts(sheet, layout, beside):
        sign, said = meaning_of(text)
        if said:
            found.setdefault(sign, {}).setdefault(said, text)
    return {
        sign: (TWICE if len(meanings) > 1 else min(meanings), "; ".join(meanings.values()))
        for sign, meanings in found.items()
        if set(meanings) != {MARKS.get(sign)}
    }


def as_explained(cell: str, legend: dict[str, tuple[str, str]]) -> Number | None:
    """What a cell says by the legend of its sheet; None for a cell that is none of its signs."""
    said, text = legend.get(_sign(cell), ("", "")) if legend else ("", "")
    if not said:
        return None
    if said == TWICE:
        return Number(cell, problem=sentence("reason_legend_twice", text=text))
    return Number(cell, 0.0) if said == "zero" else Number(cell, None, said)


def explained(
    cells: Grid, kept: np.ndarray, columns: Columns, legend: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, int, str, str]]:
    """Where each column of numbers has a sign of the legend first: what must be known, row (from 1), heading, cell."""
    for at, measure in columns.measures.items() if legend else ():
        told: set[str] = set()
        for row, cell in cells.columns[at].told():
            said, text = legend.get(_sign(cell), ("", ""))
            if text and said != TWICE and text not in told:
                told.add(text)
                yield sentence("note_legend", text=text), int(kept[row]) + 1, measure.heading, cell


def _sign(cell: str) -> str:
    return cell.strip().translate(DASHES).casefold()


def _texts(sheet: Sheet, layout: Layout, beside: Iterable[int]) -> Iterator[str]:
    height = len(sheet.rows)
    for row in (*range(layout.first), *range(max(layout.below, height - LAST), height)):
        cells = sheet.rows[row]
        if sum(bool(cell.strip()) for cell in cells) in (1, 2):
            yield " - ".join(filter(None, map(str.strip, cells)))
    for at in beside:
        yield from (cell for _, cell in islice(sheet.rows.columns[at].told(), MOST))
