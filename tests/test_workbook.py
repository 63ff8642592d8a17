"""The workbook of a region: every table of its pages on a sheet, numbers as numbers, the same bytes each time."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import html5lib
import openpyxl
import pandas as pd
import pytest
import tiny
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.columns import SEPARATORS, Column
from socsvc_analysis.datapackage import open_package
from socsvc_analysis.markup import Html, Table, together
from socsvc_analysis.reference import open_reference
from socsvc_analysis.report import site
from socsvc_analysis.report.page import Edition
from socsvc_analysis.report.workbook import LONGEST_NAME, make_workbook
from socsvc_analysis.wording import LANGUAGES

COLUMNS = (
    Column("place", "Vieta"),
    Column("places", "Vietas", "places"),
    Column("share", "=Izpilde", "percent"),
    Column("rate", "Uz 1000", "figures", 2),
)
ROWS = pd.DataFrame(
    {
        "place": ["=HYPERLINK(1)", "Ķekava", "-12"],
        "places": [1200.0, float("nan"), 3.5],
        "share": [43.0, 66.66666666666667, 117.5],
        "rate": [1.0, 1.899715042743588, float("nan")],
        "sources": [("letter_2019", "letter_undated"), (), ("letter_2019",)],
        "status": ["normal", "disputed", "estimated"],
    }
)


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    package = open_package(tiny.package(tmp_path / "data"))
    return Edition(package, open_reference(package))


def table_of(edition: Edition, caption: str = "Vietas: 43 % [no plāna] un vēl garš nosaukums", **more: object) -> Table:
    return Table(ROWS, COLUMNS, edition.words("lv"), caption, sources="sources", status="status", **more)


def chapter(*shown: Html) -> NotebookNode:
    """An executed chapter that shows pieces of a page."""
    cells = [new_markdown_cell("# Vietas", metadata={"tags": ["lv"]})]
    for number, each in enumerate(shown):
        output = new_output("display_data", each._repr_mimebundle_())
        cells.append(new_code_cell("", id=f"chart-{number}", outputs=[output]))
    return new_notebook(cells=cells)


def book_of(edition: Edition, *shown: Html) -> openpyxl.Workbook:
    content = make_workbook({"capacity": chapter(*shown)}, "zemgale", "lv", edition)
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Worksheet) -> list[tuple[object, ...]]:
    """Headings and rows of a table: what its filter covers."""
    return [tuple(cell.value for cell in row) for row in sheet[sheet.auto_filter.ref]]


def test_a_sheet_has_title_subtitle_version_headings_rows_and_notes(edition: Edition) -> None:
    table = table_of(edition, subtitle="Vietas, Zemgale, 2021", notes=("Nav pilns saraksts.",))
    book = book_of(edition, together(table))
    sheet = book.worksheets[1]
    above = [sheet.cell(row, 1).value for row in range(1, 5)]
    assert above[:2] == ["Vietas: 43 % [no plāna] un vēl garš nosaukums", "Vietas, Zemgale, 2021"]
    assert "1.0.0" in above[2]
    assert "Darba versija" in above[2]
    assert sheet["A4"].hyperlink.location == "'Saturs'!A1"
    assert rows_of(sheet) == [
        ("Vieta", "Vietas", "'=Izpilde", "Uz 1000", "Statuss", "Avots"),
        ("'=HYPERLINK(1)", 1200, 0.43, 1, None, "1, 2"),
        ("Ķekava", "nav datu", 66.66666666666667 / 100, 1.899715042743588, "apstrīdēts", None),
        ("'-12", 3.5, 1.175, "nav datu", "aptuvens", "1"),
    ]
    assert sheet.freeze_panes == "B6"
    assert [cell.value for cell in sheet["A"]][-2:] == ["Piezīmes", "Nav pilns saraksts."]
    assert all(10 <= each.width <= 60 for each in sheet.column_dimensions.values())


def test_numbers_have_the_format_of_their_unit(edition: Edition) -> None:
    sheet = book_of(edition, together(table_of(edition))).worksheets[1]
    formats = [[cell.number_format for cell in row[1:4]] for row in sheet[sheet.auto_filter.ref]][1:]
    assert formats == [
        ["#,##0", "0 %", "#,##0"],
        ["General", "0.0 %", "#,##0.00"],
        ["#,##0.0", "0.0 %", "General"],
    ]


def test_the_first_sheet_leads_to_each_table_and_says_which_data(edition: Edition) -> None:
    one, other = table_of(edition), table_of(edition, "Cita tabula")
    book = book_of(edition, together(one, Html("<p>x</p>"), other), together(one))
    contents, *sheets = book.worksheets
    assert contents.title == "Saturs"
    assert len(sheets) == 3  # a table that is shown twice has one sheet; the last are the sources
    links = {cell.value: cell.hyperlink.location for cell in contents["B"] if cell.hyperlink}
    assert links == {sheet["A1"].value: f"'{sheet.title}'!A1" for sheet in sheets}
    assert all(len(sheet.title) <= LONGEST_NAME for sheet in sheets)
    said = " ".join(str(cell.value) for cell in contents["A"])
    assert "1.0.0, 2024.\xa0gada\xa05.\xa0janvāris" in said
    assert "„Excel”" in said
    assert {cell.value for cell in contents["C"]} >= {"Vietas"}


def test_the_last_sheet_lists_the_sources_by_the_number_that_pages_use(edition: Edition) -> None:
    sheet = book_of(edition, together(table_of(edition))).worksheets[-1]
    first = rows_of(sheet)[1]
    assert first[:4] == (1, "Pateicība <par> ieguldījumu", "Zemgales plānošanas reģions", "2019-02-12")


def test_invented_and_internal_data_are_said_on_every_sheet(tmp_path: Path) -> None:
    package = open_package(tiny.package(tmp_path / "data", synthetic=True))
    edition = Edition(package, open_reference(package), "internal")
    for sheet in book_of(edition, together(table_of(edition))).worksheets:
        said = " ".join(str(sheet.cell(row, 1).value) for row in range(1, 7))
        assert "Izdomāti dati" in said
        assert "Iekšējai lietošanai" in said


def test_the_same_tables_give_the_same_bytes_and_no_time_of_making(edition: Edition) -> None:
    chapters = {"capacity": chapter(together(table_of(edition)))}
    content = make_workbook(chapters, "zemgale", "lv", edition)
    assert make_workbook(chapters, "zemgale", "lv", edition) == content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {each.date_time[:3] for each in parts.infolist()} == {(2020, 1, 1)}
        core = parts.read("docProps/core.xml").decode()
    assert str(dt.date.today().year) not in re.sub(r"20\d\d/\d\d", "", core)


def test_rows_under_headings_name_their_heading_in_a_column(edition: Edition) -> None:
    grouped = Table(ROWS.assign(group=["A", "A", "B"]), COLUMNS[:2], edition.words("lv"), "Vietas", heads="group")
    assert [row[:2] for row in rows_of(book_of(edition, together(grouped)).worksheets[1])[1:]] == [
        ("A", "'=HYPERLINK(1)"),
        ("A", "Ķekava"),
        ("B", "'-12"),
    ]


# The real site


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", ["riga", "kurzeme", "vidzeme", "latgale", "zemgale", "latvija"])
def test_every_table_of_the_pages_has_its_sheet_with_the_numbers_of_the_csv(
    real_site: Path, region: str, language: str
) -> None:
    book = openpyxl.load_workbook(real_site / site.place("workbook", region, language))
    sheets: dict[str, list[Worksheet]] = {}
    for sheet in book.worksheets[1:]:
        sheets.setdefault(sheet["A1"].value, []).append(sheet)
    compared = 0
    for document in ("brief", "report"):
        page = (real_site / site.place(document, region, language)).read_text(encoding="utf-8")
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        captions = {"".join(each.itertext()) for each in tree.iter("caption")}
        assert captions <= set(sheets)
        for figure in tree.iter("figure"):
            title = "".join(figure.find(".//h4").itertext()).strip()
            for link in figure.iter("a"):
                if (link.get("download") or "").endswith(".csv"):
                    text = base64.b64decode(link.get("href").partition(",")[2]).decode("utf-8-sig")
                    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=SEPARATORS[language][0]))
                    assert any(_agree(sheet, rows) for sheet in sheets[title]), title
                    compared += 1
    assert compared > 5


def _agree(sheet: Worksheet, rows: list[list[str]]) -> bool:
    """Whether a sheet has all texts of a CSV file and its numbers, which are rounded there as the page shows them;
    sources are numbers here and codes there."""
    shown = sheet[sheet.auto_filter.ref]
    return len(shown) == len(rows) and all(
        len(cells) == len(row) and all(map(_same, cells[:-1], row[:-1])) for cells, row in zip(shown, rows, strict=True)
    )


def _same(cell: Cell, text: str) -> bool:
    if isinstance(cell.value, int | float):
        scale = 100 if cell.number_format.endswith("%") else 1
        shown = text.replace(",", ".")
        exact = len(shown.partition(".")[2])
        return text != "" and abs(cell.value * scale - float(shown)) <= 0.5000001 * 10**-exact
    return text in ("", cell.value or "")
