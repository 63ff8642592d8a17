"""Cells of received files that are known to be wrong or confirmed to be right, from ``data/reference/corrections.csv``.

A correction names a cell and what it says now.  When the cell no longer says it, the file is another one than the
correction was written for, and the import stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.intake import numbers
from socsvc_analysis.intake.received import ReceivedRow, ReceivedTable
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sentences import Sentence as sentence

Cell = tuple[str, int, str]
"""Sheet, row and heading."""


@dataclass(frozen=True)
class Corrected:
    """Tables after their corrections, the reason for each corrected cell, and the cells confirmed as they are."""

    tables: tuple[ReceivedTable, ...]
    reasons: dict[Cell, str]
    confirmed: frozenset[Cell]


def corrected(tables: Iterable[ReceivedTable], corrections: pd.DataFrame, sha256: str) -> Corrected:
    """Apply the corrections that are meant for these tables: by the source of their mapping, or the file's SHA-256.

    Raises :class:`~socsvc_analysis.schema.DataError` for a correction whose cell is not there or says something else.
    """
    changed = []
    reasons: dict[Cell, str] = {}
    confirmed: set[Cell] = set()
    problems: list[Problem] = []
    tables = tuple(tables)
    sheets = {table.sheet for table in tables}
    for table in tables:
        meant = corrections[
            corrections["source"].isin([sha256, *([table.source] if table.source else [])])
            & (corrections["sheet"].isin([table.sheet]) | ((corrections["sheet"] == "") & (len(sheets) == 1)))
        ]
        places = dict(zip(table.rows.row.tolist(), range(len(table.rows)), strict=True)) if len(meant) else {}
        mended: dict[int, ReceivedRow] = {}
        for each in named_rows(meant, _Correction):
            at = places.get(int(each.row), -1)
            row = _meant(table, mended.get(at, table.rows[at]) if at >= 0 else None, each)
            if isinstance(row, Problem):
                problems.append(row)
                continue
            cell = (table.sheet, row.row, each.column)
            if each.value.strip() == each.expect.strip():
                confirmed.add(cell)
            else:
                mended[at] = _with(row, table, each.column, each.value.strip())
                reasons[cell] = each.reason
        changed.append(replace(table, rows=table.rows.replaced(mended)) if mended else table)
    if problems:
        raise DataError(problems)
    return Corrected(tuple(changed), reasons, frozenset(confirmed))


class _Correction(NamedTuple):
    row: int
    column: str
    expect: str
    value: str
    reason: str


def _meant(table: ReceivedTable, row: ReceivedRow | None, correction: _Correction) -> ReceivedRow | Problem:
    """The row to which a correction applies, or the reason why it applies to none."""
    column, expect = correction.column, correction.expect
    problem = partial(Problem, table.file, sheet=table.sheet, row=int(correction.row), column=column)
    if row is None:
        return problem(sentence("correction_no_row"))
    if column not in row.cells:
        return problem(sentence("correction_no_column"), nearest=nearest(column, row.cells))
    if row.cells[column].strip() != expect.strip():
        return problem(sentence("correction_mismatch", expect=repr(expect)), value=row.cells[column])
    return row


def _with(row: ReceivedRow, table: ReceivedTable, column: str, value: str) -> ReceivedRow:
    keys = {key: value if table.headings.get(key) == column else said for key, said in row.keys.items()}
    read = dict(row.numbers)
    if column in read:
        read[column] = numbers.read(value, numbers.Style("." if "." in value else ","))
    return replace(row, cells={**row.cells, column: value}, keys=keys, numbers=read)
