"""The workbook of a region in one language: every table of its brief and report, and the numbers of their charts.

The data travel beside the HTML in the executed notebooks (:data:`~socsvc_analysis.markup.PAGE`); nothing is read back
from a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.codes import records
from socsvc_analysis.columns import neutral
from socsvc_analysis.markup import PAGE, ColumnData, Datum, TableData
from socsvc_analysis.publications import publication_of
from socsvc_analysis.report.masthead import status_text
from socsvc_analysis.report.page import Edition, notices, titles_of
from socsvc_analysis.sections.method import terms_table
from socsvc_analysis.spreadsheet import headed, on_paper, same_bytes
from socsvc_analysis.wording import Words

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONGEST_NAME = 31
"""Letters that Excel allows in the name of a sheet."""
NO_NAME = re.compile(r"[\[\]:*?/\\']")
WIDEST, NARROWEST = 60, 10
"""Widths of columns in letters."""
QUIET = Font(color="4D5B69")
LINK = Font(color="0563C1", underline="single")


@dataclass(frozen=True)
class _Sheet:
    """One sheet to be: a table as :meth:`~socsvc_analysis.markup.Table.data` gives it, and where it is on the pages."""

    number: int
    chapter: str
    table: TableData

    @property
    def name(self) -> str:
        """The number and the beginning of the title, as long as the name of a sheet may be."""
        return _name(f"{self.number} {self.table['title']}")


def make_workbook(notebooks: Mapping[str, NotebookNode], region: str, language: str, edition: Edition) -> bytes:
    """The workbook of ``region`` in ``language``; the same chapters give the same bytes.

    ``notebooks`` are the executed chapters of brief and report by name, in reading order.
    """
    words = edition.words(language)
    sheets = list(_sheets(notebooks, words))
    book = openpyxl.Workbook()
    said = [
        words.say(
            "workbook_version",
            version=edition.package.version,
            date=words.date_long(edition.package.created),
            status=status_text(publication_of(edition.package.version, edition.reference), words),
        ),
        *notices(edition, words),
    ]
    book.properties.creator = "socsvc_analysis"
    book.properties.title = words.say("workbook_title", place=words.place(region))
    book.properties.language = language
    contents = book.worksheets[0]
    contents.title = words.say("workbook_contents")
    for each in sheets:
        _table_sheet(book.create_sheet(each.name), each.table, contents.title, said, words)
    sources = _sources(sheets, words)
    _table_sheet(book.create_sheet(sources["title"]), sources, contents.title, said, words)
    _contents(contents, book.properties.title, said, sheets, sources, words)
    return same_bytes(book)


def _sheets(notebooks: Mapping[str, NotebookNode], words: Words) -> Iterator[_Sheet]:
    """The tables in the order of the pages, each once, and the official terms."""
    seen: list[object] = []
    for notebook in notebooks.values():
        chapter = " ".join(titles_of(notebook, words.language))
        for table in _tables(notebook):
            if table["rows"] and table not in seen:
                seen.append(table)
                yield _Sheet(len(seen), chapter, table)
    terms = terms_table(words.reference.glossary, words).data()
    if terms["rows"]:
        yield _Sheet(len(seen) + 1, words.say("closing_heading"), terms)


def _tables(notebook: NotebookNode) -> Iterator[TableData]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield from output.get("data", {}).get(PAGE, {}).get("tables", ())


def _table_sheet(sheet: Worksheet, table: TableData, home: str, said: Sequence[str], words: Words) -> None:
    """Title, what is measured, the way back; then the headings, which stay in sight, the rows, and the notes."""
    sheet["A1"] = neutral(table["title"])
    sheet["A1"].font = Font(bold=True, size=13)
    above = [*filter(None, [table["subtitle"]]), *said]
    for row, sentence in enumerate(above, start=2):
        sheet.cell(row, 1, neutral(sentence)).font = QUIET
    _leads(sheet.cell(len(above) + 2, 1, home), home)
    first = len(above) + 3
    columns = table["columns"]
    for at, column in enumerate(columns, start=1):
        headed(sheet.cell(first, at, neutral(column["heading"])))
        sheet.column_dimensions[get_column_letter(at)].width = _width(at - 1, table)
    for row, values in enumerate(table["rows"], start=first + 1):
        for at, (value, column) in enumerate(zip(values, columns, strict=True), start=1):
            _fill(sheet.cell(row, at), value, column, words)
    sheet.freeze_panes = sheet.cell(first + 1, 2).coordinate
    last = first + len(table["rows"])
    sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(columns))}{last}"
    if table["notes"]:
        sheet.cell(last + 2, 1, words.say("workbook_notes")).font = Font(bold=True)
    for row, note in enumerate(table["notes"], start=last + 3):
        sheet.cell(row, 1, neutral(note)).font = QUIET
    sheet.print_title_rows = f"{first}:{first}"
    on_paper(sheet)


def _fill(cell: Cell | MergedCell, value: Datum, column: ColumnData, words: Words) -> None:
    """One cell: a number as a number, a percentage as Excel has them, what is unknown as the pages say it."""
    cell.alignment = Alignment(wrap_text=column["unit"] in ("text", "sources"), vertical="top")
    if isinstance(value, list):  # of sources
        cell.value = ", ".join(str(number) for number in sorted(words.source_number(code) for code in value))
    elif value is None:
        cell.value, cell.font = words.unknown, QUIET
        cell.alignment = Alignment(horizontal="right", vertical="top")
    elif isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", neutral(value))
    elif column["unit"] == "percent":
        cell.value = value / 100
        cell.number_format = _format(value, column["decimals"]) + " %"
    else:
        cell.value = value
        cell.number_format = "#,##" + _format(value, column["decimals"])


def _format(value: float, decimals: int) -> str:
    """Whole numbers without decimals; others with as many as the page shows, and at least one."""
    shown = max(decimals, 1) if value % 1 else 0
    return "0." + "0" * shown if shown else "0"


def _sources(sheets: Sequence[_Sheet], words: Words) -> TableData:
    """What the tables cite, as a table of its own."""
    cited = {
        code
        for each in sheets
        for at, column in enumerate(each.table["columns"])
        if column["unit"] == "sources"
        for row in each.table["rows"]
        for code in cast(list[str], row[at])  # which is what such a column has
    }
    listed = words.reference.sources
    heads = ("number", "source_title", "source_publisher", "source_published", "source_url")
    return {
        "title": words.say("workbook_sources"),
        "subtitle": "",
        "columns": [
            {"heading": words.say(f"workbook_{each}"), "unit": "number" if each == "number" else "text", "decimals": 0}
            for each in heads
        ],
        "rows": [
            [words.source_number(row["source"]), row["title"], row["publisher"], row["published"], row["url"]]
            for row in records(listed[listed["source"].isin(cited)])
        ],
        "notes": [],
    }


def _contents(
    sheet: Worksheet,
    title: str,
    said: Sequence[str],
    sheets: Sequence[_Sheet],
    sources: TableData,
    words: Words,
) -> None:
    sheet["A1"] = title
    sheet["A1"].font = Font(bold=True, size=14)
    above = (*said, words.say("workbook_about"))
    for row, sentence in enumerate(above, start=2):
        sheet.cell(row, 1, sentence)
    first = len(above) + 3
    for at, key in enumerate(("workbook_number", "workbook_table", "workbook_chapter"), start=1):
        headed(sheet.cell(first, at, words.say(key)))
    for row, each in enumerate(sheets, start=first + 1):
        sheet.cell(row, 1, each.number)
        _leads(sheet.cell(row, 2, neutral(each.table["title"])), each.name)
        sheet.cell(row, 3, each.chapter).alignment = Alignment(wrap_text=True, vertical="top")
    _leads(sheet.cell(first + len(sheets) + 1, 2, sources["title"]), sources["title"])
    for letter, width in zip("ABC", (6, 90, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = sheet.cell(first + 1, 1).coordinate
    on_paper(sheet)


def _leads(cell: Cell | MergedCell, name: str) -> None:
    """Make ``cell`` a link to the sheet ``name``."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
    cell.font = LINK
    cell.alignment = Alignment(wrap_text=not cell.coordinate.startswith("A"), vertical="top")


def _name(title: str) -> str:
    """The beginning of ``title`` that can be the name of a sheet, up to the end of a word.

    >>> _name("12 Ceļš līdz pakalpojumam: 43 % izvērtēto saņēmuši [1]")
    '12 Ceļš līdz pakalpojumam 43 %'
    """
    bare = " ".join(NO_NAME.sub(" ", title).split())
    if len(bare) <= LONGEST_NAME:
        return bare
    whole = bare[: LONGEST_NAME + 1].rpartition(" ")[0]
    return whole or bare[:LONGEST_NAME]


def _width(at: int, table: TableData) -> float:
    """The width of a column: the longest of its texts, within limits; longer texts take several lines."""
    column = table["columns"][at]
    longest = max((len(_as_shown(row[at])) for row in table["rows"]), default=0) if column["unit"] != "sources" else 0
    return min(max(longest + 2, len(column["heading"]) / 2 + 3, NARROWEST), WIDEST)


def _as_shown(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
