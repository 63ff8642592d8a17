"""The columns of a table for readers: what a cell says, on a page, as data and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pandas as pd

from socsvc_analysis.disclosure import door
from socsvc_analysis.files import SPREADSHEETS, csv_bytes
from socsvc_analysis.rounding import rounded
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words

SEPARATORS = {"lv": (";", ","), "en": (",", ".")}
"""Between the cells of a CSV, and before decimals, as spreadsheets of a reader's country expect them."""
DECIMALS = {"per_1000": 2, "per_100000": 1}
"""Decimals with which rates are shown; values of other units have none."""
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column of a table for readers: which column of the frame, its heading, and how its cells are said.

    ``unit`` is ``text``, or a unit of :meth:`~socsvc_analysis.wording.Words.quantity`; the heading names the unit, so
    cells hold the bare number, except per cent.
    """

    name: str
    heading: str
    unit: str = "text"
    decimals: int = 0
    bar: bool = False
    """Whether each number has a bar in its cell, on one scale from zero to the largest of the column."""
    status: str = ""
    """The column of the frame that says the status of each number: one that is hidden is said to be not shown."""


def values_of(frame: pd.DataFrame, column: Column) -> list[Any]:
    """The values of a column, with those that are hidden told from those that nobody knows."""
    statuses = frame[column.status] if column.status else repeat("")
    return list(map(or_hidden, frame[column.name].tolist(), statuses))


def or_hidden(value: Any, status: object) -> Any:
    """The number, or that it is hidden; what is only unknown stays so."""
    return HIDDEN if status == HIDDEN and pd.isna(value) else value


def cell_text(value: Any, column: Column, words: Words) -> str:
    """One cell as a reader sees it."""
    if value is HIDDEN:
        return words.not_shown
    if column.unit == "text":
        return str(value)
    shown = words.percent if column.unit == "percent" else words.number
    return shown(value, _decimals(value, column))


def _decimals(value: float, column: Column) -> int:
    """The decimals with which a number is written: those of the column, at least one for a small number not whole."""
    # A small number that is no whole one would lose what matters: 1.8 of 2.0 are not 2 of 2, 90.5 of 91 not all.
    small = column.unit == "figures" and not pd.isna(value) and abs(value) < 100 and value % 1
    return max(column.decimals, 1) if small else column.decimals


def readable_csv(frame: pd.DataFrame, columns: Sequence[Column], words: Words) -> bytes:
    """The rows as CSV with the headings that readers know and numbers as exact as the page shows them.

    UTF-8 with a mark for spreadsheets, and with the separators that those of the reader's country expect: Latvian ones
    the semicolon and a decimal comma.  Text that a spreadsheet would take for a formula is neutralised.

    >>> from socsvc_analysis.wording import in_language
    >>> columns = [Column("x", "What"), Column("n", "Rate", "number", 1)]
    >>> frame = pd.DataFrame({"x": ["=1+1", "two"], "n": [2.04, 2.06]})
    >>> readable_csv(frame, columns, in_language("en", None)).decode("utf-8-sig").splitlines()
    ['What,Rate', "'=1+1,2", 'two,2.1']
    >>> readable_csv(frame, columns, in_language("lv", None)).decode("utf-8-sig").splitlines()
    ['What;Rate', "'=1+1;2", 'two;2,1']
    """
    door.pass_through()
    delimiter, point = SEPARATORS[words.language]
    cells = (_cells(values_of(frame, each), each, point, words) for each in columns)
    rows = [[each.heading for each in columns], *zip(*cells, strict=True)]
    return csv_bytes(rows, delimiter=delimiter, encoding=SPREADSHEETS)


def _cells(values: Iterable[Any], column: Column, point: str, words: Words) -> Iterator[str]:
    if column.unit == "text":
        return map(neutral, values)
    return (
        words.not_shown if value is HIDDEN else _plain_number(value, _decimals(value, column)).replace(".", point)
        for value in values
    )


def neutral(text: object) -> str:
    """Text that no spreadsheet runs as a formula."""
    text = str(text)
    return "'" + text if text.startswith(FORMULA_START) else text


def datum(value: Any, column: Column) -> str | float | int | None:
    """One cell as data: a text, or a number; None where it is unknown."""
    if column.unit == "text":
        return str(value)
    if pd.isna(value):
        return None
    return float(value) if value % 1 else int(value)


def _plain_number(value: float, decimals: int) -> str:
    """The number as it is shown, without separators and zeros at its end; empty where it is unknown."""
    if pd.isna(value):
        return ""
    shown = f"{rounded(value, decimals):f}"
    return shown.rstrip("0").removesuffix(".") if "." in shown else shown
