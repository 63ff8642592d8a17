"""The rejected rows of a file, ready to be sent back: a table (CSV), a page to read and print, a workbook to mend."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from socsvc_analysis.files import SPREADSHEETS, csv_bytes
from socsvc_analysis.intake.letter_workbook import book
from socsvc_analysis.intake.result import ImportResult, reason
from socsvc_analysis.markup import piece
from socsvc_analysis.schema import Problem
from socsvc_analysis.wording import Words, in_language

FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
NUMBER = re.compile(r"^\s*[+-]?[\d\s.,]+\s*$")
TABLE, PAGE, WORKBOOK = NAMES = ("rejected.csv", "rejected.html", "rejected.xlsx")
LANGUAGES = ("lv", "en")
STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}"
    "th,td{border:1px solid #8a8a8a;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:break-word;max-width:22rem}"
    "caption{text-align:left;font-weight:bold;padding:.3rem 0}th{background:#eee}"
    ".scroll{overflow-x:auto}td.why{min-width:14rem}"
    "@media print{body{margin:0;max-width:none;font-size:11pt}.scroll{overflow:visible}tr{break-inside:avoid}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Letter:
    """The files to send back to a sender, in a folder of their own; without a folder nothing is written."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._ready: dict[str, bytes] = {}

    def prepare(self, file: str, problems: Sequence[Problem], result: ImportResult | None) -> None:
        """Write the letter about ``file`` beside its place, or none when there are no problems.

        Raises :class:`OSError` when there is no room for it.
        """
        if self.folder is None or not problems:
            return
        if result is not None and result.rows_rejected:
            made = files(file, result.rejected.frame, result.rows_in)
            made[WORKBOOK] = book(file, result)
        else:
            made = files(file, as_rows(problems), 0)
        self._stage.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (self._stage / name).write_bytes(content)
        self._ready = made

    def deliver(self) -> None:
        """Put the letter in its place; one about an earlier state of the file goes."""
        if self.folder is None:
            return
        if self._ready:
            self.folder.mkdir(parents=True, exist_ok=True)
        for name in self._ready:
            os.replace(self._stage / name, self.folder / name)
        for name in set(NAMES) - set(self._ready):
            (self.folder / name).unlink(missing_ok=True)
        self.discard()
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def discard(self) -> None:
        """Forget a letter that was made ready."""
        if self.folder is not None:
            shutil.rmtree(self._stage, ignore_errors=True)

    @property
    def _stage(self) -> Path:
        assert self.folder is not None  # without one nothing is made ready
        return self.folder.with_name(f".{self.folder.name}")


def files(file: str, rejected: pd.DataFrame, rows_in: int) -> dict[str, bytes]:
    """The letter about ``file`` as a table (CSV) and as a page (HTML), by name.

    ``rejected`` has the columns ``sheet row problem problem_lv`` and the cells as received.
    """
    first = ["sheet", "row", "problem_lv", "problem"]
    both = rejected[[*first, *(column for column in rejected.columns if column not in first)]]
    return {TABLE: _csv(both), PAGE: _page(file, both, rows_in).encode()}


def as_rows(problems: Sequence[Problem]) -> pd.DataFrame:
    """Problems of a file that could not be read as a table, one row each."""
    return pd.DataFrame(
        {
            "sheet": [each.sheet for each in problems],
            "row": ["" if each.row is None else each.row for each in problems],
            "problem": [reason(each, "en") for each in problems],
            "problem_lv": [reason(each, "lv") for each in problems],
        }
    )


def neutral_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> neutral_cell("=1+1"), neutral_cell("-5"), neutral_cell("-5+A1"), neutral_cell("Auce")
    ("'=1+1", '-5', "'-5+A1", 'Auce')
    """
    return "'" + cell if FORMULA.match(cell) and not NUMBER.match(cell) else cell


def _csv(rejected: pd.DataFrame) -> bytes:
    told = rejected.astype(object).where(rejected.notna(), "")
    rows = [tuple(rejected.columns), *told.itertuples(index=False, name=None)]
    cells = [[neutral_cell(str(cell)) for cell in row] for row in rows]
    return csv_bytes(cells, ending="\r\n", encoding=SPREADSHEETS)


def _page(file: str, rejected: pd.DataFrame, rows_in: int) -> str:
    parts = [_part(in_language(language, None), rejected, rows_in) for language in LANGUAGES]
    return piece("letter", file=file, parts=parts, policy=Markup(POLICY), style=Markup(STYLE)).markup


def _part(words: Words, rejected: pd.DataFrame, rows_in: int) -> dict[str, object]:
    """The letter in one language."""
    reason = "problem_lv" if words.language == "lv" else "problem"
    cells = [column for column in rejected.columns if column not in ("sheet", "row", "problem", "problem_lv")]
    where = ["sheet", "row"] if rejected["sheet"].any() else ["row"]
    count = {"rejected": words.number(len(rejected)), "rows": words.number(rows_in)}
    records = rejected.astype(object).where(rejected.notna(), "").to_dict("records")
    return {
        "words": words,
        "counted": words.say("letter_count", **count) if rows_in else words.say("letter_refused"),
        "heads": [*(words.say(f"letter_{each}") for each in (*where, "problem")), *cells],
        "rows": [([row[each] for each in where], row[reason], [row[each] for each in cells]) for row in records],
    }
