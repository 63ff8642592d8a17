"""Received files as bytes, of every format, for tests; and how one is judged.

Every number in them is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
from packages import DATA

from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.rules import apply_rules
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sentences import Sentence

TODAY = dt.date(2026, 11, 24)
HEAD = ["Pašvaldība", "Pakalpojums", "Gads", "Klienti"]
PLACES = ["Bauskas novads", "Dobeles novads", "Jelgavas novads", "Tukuma novads"]
ROWS = [[place, "aprūpe mājās", 2025, number] for place, number in zip(PLACES, (12, 30, 8, 50), strict=True)]
"""A small return that is right, for tests that change something in it."""


def as_csv(rows: Iterable[Sequence[object]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return made.getvalue().encode(encoding)


def as_xlsx(sheets: dict[str, Iterable[Sequence[object]]], change: Callable | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(workbook)
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """A workbook with other names and contents of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as changed:
        for each in parts.namelist():
            changed.writestr(*change(each, parts.read(each)))
    return made.getvalue()


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.2">'
    "<office:automatic-styles>{styles}</office:automatic-styles>"
    '<office:body><office:spreadsheet><table:table table:name="Dati">{rows}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)


def as_ods(rows: Iterable[Sequence[object]], styles: str = "") -> bytes:
    """An OpenDocument workbook of cells that are given as XML or as what they say."""

    def cell(value: object) -> str:
        if isinstance(value, str) and value.startswith("<"):
            return value
        if isinstance(value, int | float):
            return (
                f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
                "</table:table-cell>"
            )
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    written = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", MANIFEST)
        parts.writestr("content.xml", ODS.format(rows=written, styles=styles))
    return made.getvalue()


class Judge:
    """Judges files as an import does, and keeps nothing."""

    def __init__(self, tables: Reference, published: pd.DataFrame, folder: Path) -> None:
        self.tables = tables
        self.published = published
        self.folder = folder

    def result(self, content: bytes, name: str = "a.csv") -> ImportResult:
        """What becomes of the rows of a file; raises as an import does."""
        path = self.folder / name
        path.write_bytes(content)
        return apply_rules(read_tables(path, self.tables, DATA), self.tables, self.published, TODAY)

    def refusal(self, content: bytes, name: str = "a.csv") -> tuple[Problem, ...]:
        """Why a file is refused; nothing when it is not."""
        try:
            self.result(content, name)
        except DataError as error:
            return tuple(error.problems)
        return ()


def keys_of(problems: Iterable[Problem]) -> set[str]:
    """The rules that problems come from."""
    return {each.problem.key for each in problems if isinstance(each.problem, Sentence)}
