"""What words beside a number do to it: days, ages, sexes, text boxes, formats, marks; and sheets that trip readers.

Every number in them is invented.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Color, Font, PatternFill
from received_files import HEAD, PLACES, ROWS, Judge, as_csv, as_ods, as_xlsx, keys_of, repacked

from socsvc_analysis.intake import outside
from socsvc_analysis.intake.days import counted_on
from socsvc_analysis.intake.qualifiers import part_in_name, part_of_year


def without(column: int, rows: Iterable[list[object]]) -> list[list[object]]:
    return [[*row[:column], *row[column + 1 :]] for row in rows]


def with_cell(value: object, row: int = 0) -> list[list[object]]:
    """The table with another number in one row."""
    rows = [list(each) for each in ROWS]
    rows[row][3] = value
    return [HEAD, *rows]


# The day that a label or heading says

MID_YEAR = [
    *("uz 2025. gada 1. jūliju", "01.07.2025", "Dati uz 01.07.2025.", "2025-07-01", "on 1 July 2025"),
    *("As of July 1, 2025", "stāvoklis uz 01.07.2025. g.", "Klientu skaits uz 2025.gada 1.jūliju", "uz 01.07.25"),
]


@pytest.mark.parametrize("label", MID_YEAR)
@pytest.mark.parametrize("year", [True, False])
def test_a_stock_with_a_day_above_it_is_that_of_the_day_and_the_day_is_told(
    judge: Judge, label: str, year: bool
) -> None:
    table = [HEAD, *ROWS] if year else without(2, [HEAD, *ROWS])
    result = judge.result(as_csv([[label], *table]))
    assert set(result.accepted["period"]) == {"2025-07-01"}
    assert ["2025-07-01" in str(each) for each in result.warnings] == [True]


@pytest.mark.parametrize("label", MID_YEAR)
def test_what_is_counted_over_a_year_has_no_number_of_a_day(judge: Judge, label: str) -> None:
    problems = judge.refusal(as_csv([[label], ["Pašvaldība", "Gads", "Izdevumi"], ["Bauskas novads", 2025, 5]]))
    assert "reason_counted_over" in keys_of(problems)


@pytest.mark.parametrize("label", ["uz 2025. gada 31. decembri", "31.12.2025", "uz 01.01.2026", "on January 1, 2026"])
def test_the_end_of_the_year_of_the_rows_changes_nothing(judge: Judge, label: str) -> None:
    result = judge.result(as_csv([[label], HEAD, *ROWS]))
    assert (set(result.accepted["period"]), result.warnings) == ({"2025"}, ())


@pytest.mark.parametrize("label", ["uz 1. jūliju", "uz 01.07.", "03/04/2025", "uz 2025. gada 1."])
def test_a_day_that_is_not_clear_is_asked_back(judge: Judge, label: str) -> None:
    assert keys_of(judge.refusal(as_csv([[label], HEAD, *ROWS]))) == {"refusal_day"}


def test_the_day_of_a_letter_is_not_that_of_numbers_of_another_year(judge: Judge) -> None:
    above = [["Pārskats par 2025. gadu"], ["15.01.2026"]]
    result = judge.result(as_csv([*above, *without(2, [HEAD, *ROWS])]))
    assert set(result.accepted["period"]) == {"2025"}


def test_a_day_above_rows_of_several_years_is_asked_back(judge: Judge) -> None:
    rows = [["Bauskas novads", "aprūpe mājās", 2024, 5], *ROWS]
    assert keys_of(judge.refusal(as_csv([["uz 01.07.2025"], HEAD, *rows]))) == {"refusal_day"}


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("Vietas (uz 2025. gada 1. jūliju)", "2025-07-01"),
        ("Vietas, 01.07.2025", "2025-07-01"),
        ("Places on 1 July 2025", "2025-07-01"),
        ("Izdevumi (31.12.2025)", "2025"),
    ],
)
def test_a_day_in_a_heading_is_the_period(judge: Judge, heading: str, period: str) -> None:
    result = judge.result(as_csv([["Pašvaldība", heading], ["Bauskas novads", 5]]))
    assert set(result.accepted["period"]) == {period}


@pytest.mark.parametrize("name", ["Vietas 01.07.2025.csv", "atskaite_2026.01.15.csv"])
def test_the_day_in_the_name_of_a_file_is_no_year(judge: Judge, name: str) -> None:
    assert keys_of(judge.refusal(as_csv(without(2, [HEAD, *ROWS])), name)) == {"refusal_no_year"}


@pytest.mark.parametrize("text", ["* uz 2025. gada 1. jūliju", "Dati uz 01.07.2025"])
def test_a_day_below_the_rows_is_told(judge: Judge, text: str) -> None:
    result = judge.result(as_csv([HEAD, *ROWS, [text]]))
    assert "note_said_below" in keys_of(result.warnings)


def test_a_date_outside_the_year_of_its_row_is_asked_back(judge: Judge) -> None:
    rows = [[place, 2025, "2026-01-15", 5] for place in PLACES]
    problems = judge.refusal(as_csv([["Pašvaldība", "Gads", "Datums", "Vietas"], *rows]))
    assert "reason_year_and_date" in keys_of(problems)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Apstiprināts sēdē Bauskā 05.03.2025", []),
        ("2025. gads", []),
        ("Nr. 3.1. punkts", []),
        ("on the 1st of July 2025", ["2025-07-01"]),
        ("13/07/2025", ["2025-07-13"]),
        ("30.02.2025", []),
    ],
)
def test_a_day_counts_alone_or_after_a_word_that_says_so(text: str, days: list[str]) -> None:
    assert [each.day for each in counted_on(text)] == days


@pytest.mark.parametrize("words", ["no 2025. gada 1. janvāra līdz 30. jūnijam", "1 March 2025 – 31 May 2025"])
def test_a_time_between_two_days_is_a_part_of_a_year(judge: Judge, words: str) -> None:
    assert keys_of(judge.refusal(as_csv([[words], HEAD, *ROWS]))) == {"refusal_said_above"}


# Ages and sexes

PAIRS = [
    *[("S", "V"), ("F", "M"), ("M", "Z"), ("siev.", "vīr.")],
    *[("<18", "18+"), ("<18", "≥18"), ("<=17", ">17"), ("0-17", "18 un vairāk"), ("0..17", "18+")],
    *[("līdz 18 gadiem", "18 gadi un vecāki"), ("līdz 17 gadiem", "virs 17 gadiem"), ("zem 18", "18+")],
    *[("jaunāki par 65", "65 un vairāk"), ("<65", "65+"), ("līdz 64 gadiem (ieskaitot)", "65+")],
]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("where", ["headings", "cells"])
def test_two_parts_that_leave_nobody_out_are_added_up(judge: Judge, pair: tuple[str, str], where: str) -> None:
    if where == "headings":
        table = [["Pašvaldība", "Gads", *(f"Klienti {each}" for each in pair)], ["Bauskas novads", 2025, 5, 6]]
    else:
        heading = "Dzimums" if pair[0][0].isalpha() and len(pair[0]) < 6 and pair[0] != "zem 18" else "Vecums"
        table = [["Pašvaldība", heading, "Gads", "Klienti"]]
        table += [["Bauskas novads", word, 2025, number] for word, number in zip(pair, (5, 6), strict=True)]
    assert judge.result(as_csv(table)).accepted["value"].tolist() == [11]


@pytest.mark.parametrize("cells", [("bērni", "pieaugušie"), ("nepilngadīgas personas", "pilngadīgas personas")])
def test_children_and_adults_are_ages_in_a_column_of_ages(judge: Judge, cells: tuple[str, str]) -> None:
    rows = [["Bauskas novads", cell, 2025, 5] for cell in cells]
    assert judge.result(as_csv([["Pašvaldība", "Vecums", "Gads", "Klienti"], *rows])).accepted["value"].tolist() == [10]


@pytest.mark.parametrize(
    ("heading", "cells", "near"),
    [
        ("Vecums", ("17", "18+"), "0-17"),
        ("Vecums", ("no 7 līdz nepilni 18", "18+"), "7-17"),
        ("Dzimums", ("sievites", "vīrieši"), "sievietes"),
    ],
)
def test_a_part_that_is_not_clear_is_refused_with_the_nearest(
    judge: Judge, heading: str, cells: tuple[str, str], near: str
) -> None:
    rows = [["Bauskas novads", cell, 2025, 5] for cell in cells]
    problems = judge.refusal(as_csv([["Pašvaldība", heading, "Gads", "Klienti"], *rows]))
    assert near in {each.nearest for each in problems}


@pytest.mark.parametrize("lost", ["nav zināms", ">65", ("65+", "x9"), ("65+", "")])
def test_the_other_parts_are_no_whole_without_one_that_cannot_be_read(
    judge: Judge, lost: str | tuple[str, str]
) -> None:
    age, number = (lost, 7) if isinstance(lost, str) else lost
    rows = [["Bauskas novads", each, 2025, 5] for each in ("0-17", "18-64")]
    more = [[place, "", 2025, 5] for place in PLACES[1:]]
    table = [["Pašvaldība", "Vecums", "Gads", "Klienti"], *rows, ["Bauskas novads", age, 2025, number], *more]
    result = judge.result(as_csv([*table, ["Talsu novads", "", 2025, 5]]))
    assert "0025000" not in set(result.accepted["territory"])


def test_a_letter_that_may_be_either_sex_is_refused(judge: Judge) -> None:
    rows = [["Bauskas novads", letter, 2025, 5] for letter in "SM"]
    assert "reason_sex" in keys_of(judge.refusal(as_csv([["Pašvaldība", "Dzimums", "Gads", "Klienti"], *rows])))


# Text boxes, descriptions of pictures, headers of pages

DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>{}</xdr:twoCellAnchor></xdr:wsDr>'
)
BOX = "<xdr:sp><xdr:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
PICTURE = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="x" descr="{}"/></xdr:nvPicPr></xdr:pic>'
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" '
    'Target="../drawings/drawing1.xml"/></Relationships>'
)


def drawn(shape: str) -> bytes:
    """A workbook with a shape on its sheet."""
    made = io.BytesIO(as_xlsx({"Dati": [HEAD, *ROWS]}))
    with zipfile.ZipFile(made, "a") as parts:
        parts.writestr("xl/drawings/drawing1.xml", DRAWING.format(shape))
        parts.writestr("xl/worksheets/_rels/sheet1.xml.rels", RELATION)
    return made.getvalue()


def with_header(text: str) -> bytes:
    def printed(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"].oddFooter.center.text = text

    return as_xlsx({"Dati": [HEAD, *ROWS]}, printed)


def with_shape_in_ods(text: str) -> bytes:
    shape = f"<table:table-cell><draw:text-box><text:p>{text}</text:p></draw:text-box></table:table-cell>"
    content = as_ods([HEAD, *ROWS, [shape]])
    named = b'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" office:version'
    return repacked(content, lambda name, part: (name, part.replace(b"office:version", named, 1)))


OUTSIDE = {
    "box": lambda text: (drawn(BOX.format(text)), "a.xlsx"),
    "picture": lambda text: (drawn(PICTURE.format(text)), "a.xlsx"),
    "footer": lambda text: (with_header(text), "a.xlsx"),
    "ods": lambda text: (with_shape_in_ods(text), "a.ods"),
}


@pytest.mark.parametrize("where", sorted(OUTSIDE))
def test_the_kind_that_a_text_outside_the_cells_says_is_used(judge: Judge, where: str) -> None:
    result = judge.result(*OUTSIDE[where]("Plāns"))
    assert set(result.accepted["kind"]) == {"plan"}
    assert "note_taken_from_outside" in keys_of(result.warnings)


@pytest.mark.parametrize("where", sorted(OUTSIDE))
@pytest.mark.parametrize("text", ["1. pusgads", "Dati tūkst. EUR par gadu"])
def test_words_outside_the_cells_that_change_numbers_are_asked_about(judge: Judge, where: str, text: str) -> None:
    assert keys_of(judge.refusal(*OUTSIDE[where](text))) == {"refusal_said_outside"}


@pytest.mark.parametrize("where", sorted(OUTSIDE))
@pytest.mark.parametrize("text", ["PROJEKTS", "Aizpilda sociālais dienests"])
def test_any_other_text_outside_the_cells_is_told(judge: Judge, where: str, text: str) -> None:
    result = judge.result(*OUTSIDE[where](text))
    assert [str(each).endswith(f"({text})") for each in result.warnings] == [True]


@pytest.mark.parametrize("text", ['&L&"Arial,Bold"&12&F&C&A&RLapa &P no &N', "&D", "Page &P of &N"])
def test_fields_of_a_page_header_say_nothing(judge: Judge, text: str) -> None:
    parts = dict.fromkeys(["xl/workbook.xml"], b"")
    with zipfile.ZipFile(io.BytesIO(with_header("x"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"&amp;Cx", text.replace("&", "&amp;").encode())
    assert outside.of_excel(parts) == {"Dati": ()}


@pytest.mark.parametrize("where", ["above", "box"])
def test_a_unit_beside_the_name_of_a_law_is_not_dropped(judge: Judge, where: str) -> None:
    text = "Noteikumu 1. pielikums (tūkst. EUR)"
    content = (as_csv([[text], HEAD, *ROWS]), "a.csv") if where == "above" else OUTSIDE["box"](text)
    assert keys_of(judge.refusal(*content)) <= {"refusal_said_above", "refusal_said_outside"} != set()


# Totals that do not add up


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", ["Zemgale", "Zemgales plānošanas reģions", "Latvija", "Kopā"])
def test_a_wrong_total_says_which_total_which_sum_and_the_difference(judge: Judge, name: str, first: bool) -> None:
    rows = [*ROWS[:3]]
    rows.insert(0 if first else 3, [name, "", 2025, 53])
    problems = judge.refusal(as_csv([HEAD, *rows]))
    row, parts = (2, "3–5") if first else (5, "2–4")
    said = {str(each.problem) for each in problems}
    assert any(
        f"row {row} is the total 53, and rows {parts} add up to 50; the difference is 3" in each for each in said
    )


def test_a_wrong_total_of_a_region_rejects_the_rows_of_that_region_only(judge: Judge) -> None:
    rows = [*ROWS[:3], ["Talsu novads", "aprūpe mājās", 2025, 5], ["Kurzeme", "", 2025, 6], ["Zemgale", "", 2025, 50]]
    result = judge.result(as_csv([HEAD, *rows]))
    assert (result.rows_in, {each.row for each in result.problems}) == (4, {5})


@pytest.mark.parametrize(("total", "sound"), [(11, True), (12, False), (8, False)])
def test_a_column_of_totals_is_the_sum_of_those_beside_it(judge: Judge, total: int, sound: bool) -> None:
    head = ["Pašvaldība", "Gads", "Klienti – aprūpe mājās", "Klienti – patversme", "Klienti kopā"]
    rows = [["Bauskas novads", 2025, 5, 6, total], ["Dobeles novads", 2025, 1, 2, 3]]
    assert keys_of(judge.result(as_csv([head, *rows])).problems) == (set() if sound else {"reason_total_across"})


def test_a_column_nobody_knows_may_be_part_of_the_total(judge: Judge) -> None:
    head = ["Pašvaldība", "Gads", "Klienti – aprūpe mājās", "Klienti – patversme", "Citi", "Klienti kopā"]
    assert not judge.result(as_csv([head, ["Bauskas novads", 2025, 5, 6, 3, 14]])).problems


def test_a_heading_of_the_ministry_that_stands_twice_is_asked_back(judge: Judge) -> None:
    table = [["PP gads", "PP mēnesis", "ATVK kods", "Bērni kopā", "Bērni kopā"], [2018, 12, "0400200", 7, 8]]
    assert keys_of(judge.refusal(as_csv(table))) == {"refusal_same_heading"}


def test_a_wrong_month_is_named_with_its_own_column(judge: Judge) -> None:
    table = [["Pašvaldība", "Gads", "Mēnesis", "Klienti"], *(["Bauskas novads", 2025, at, 5] for at in (1, 2, 13))]
    assert [(each.column, each.value) for each in judge.result(as_csv(table)).problems] == [("Mēnesis", "13")]


# How a number is shown


@pytest.mark.parametrize(
    ("shape", "value", "rule"),
    [
        ("#,##0,", 12000, "reason_format"),
        ('[<5]"<5";0', 3, "reason_format"),
        (";;;", 12, "reason_not_shown"),
        ('[<5]"<5";0', 12, ""),
        ("#,##0", 1200, ""),
        ("0.00E+00", 12, ""),
        ('_-* #,##0_-;-* #,##0_-;_-* "-"??_-', 0, ""),
    ],
)
def test_a_number_is_what_a_person_sees_or_asked_back(judge: Judge, shape: str, value: int, rule: str) -> None:
    def formatted(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"]["D2"].number_format = shape

    result = judge.result(as_xlsx({"Dati": with_cell(value)}, formatted), "a.xlsx")
    assert keys_of(result.problems) == ({rule} if rule else set())


@pytest.mark.parametrize(("shown", "rule"), [("12", "reason_format"), ("", "reason_not_shown"), ("12 000", "")])
def test_a_number_of_ods_that_is_shown_otherwise_is_asked_back(judge: Judge, shown: str, rule: str) -> None:
    cell = (
        f'<table:table-cell office:value-type="float" office:value="12000"><text:p>{shown}</text:p></table:table-cell>'
    )
    result = judge.result(as_ods(with_cell(cell)), "a.ods")
    assert keys_of(result.problems) == ({rule} if rule else set())


@pytest.mark.parametrize(("formula", "rule"), [("=G2", "reason_repeats_nothing"), ("=12-12", "")])
def test_a_formula_that_repeats_an_empty_cell_is_no_zero_and_any_other_may_be(
    judge: Judge, formula: str, rule: str
) -> None:
    def computed(name: str, part: bytes) -> tuple[str, bytes]:
        """The workbook as a spreadsheet saves it, with the result of the formula."""
        part = part.replace(b' fullCalcOnLoad="1"', b"").replace(b"</f><v></v>", b"</f><v />")
        return name, part.replace(b"</f><v />", b"</f><v>0</v>")

    result = judge.result(repacked(as_xlsx({"Dati": with_cell(formula)}), computed), "a.xlsx")
    assert keys_of(result.problems) == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("formula", "rule"), [("of:=[.G2]", "reason_repeats_nothing"), ("of:=[.A1]", ""), ("of:=12-12", "")]
)
def test_a_formula_of_ods_that_repeats_an_empty_cell_is_no_zero(judge: Judge, formula: str, rule: str) -> None:
    cell = f'<table:table-cell table:formula="{formula}" office:value-type="float" office:value="0"/>'
    assert keys_of(judge.result(as_ods(with_cell(cell)), "a.ods").problems) == ({rule} if rule else set())


# Cells that nobody sees


def in_font(change: Callable[[openpyxl.cell.Cell], None]) -> bytes:
    return as_xlsx({"Dati": [HEAD, *ROWS]}, lambda workbook: change(workbook["Dati"]["D2"]))


def white(cell: openpyxl.cell.Cell) -> None:
    cell.font = Font(color="FFFFFFFF")


def white_of_the_theme(cell: openpyxl.cell.Cell) -> None:
    cell.font = Font(color=Color(theme=0))


def tiny(cell: openpyxl.cell.Cell) -> None:
    cell.font = Font(size=1)


def blue_on_blue(cell: openpyxl.cell.Cell) -> None:
    cell.font, cell.fill = Font(color="FF003366"), PatternFill("solid", fgColor="FF003366")


def white_on_blue(cell: openpyxl.cell.Cell) -> None:
    cell.font, cell.fill = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF003366")


@pytest.mark.parametrize("change", [white, white_of_the_theme, tiny, blue_on_blue])
def test_a_number_that_nobody_sees_is_told(judge: Judge, change: Callable) -> None:
    assert keys_of(judge.result(in_font(change), "a.xlsx").warnings) == {"note_unseen"}


def test_white_on_a_dark_ground_is_seen(judge: Judge) -> None:
    assert keys_of(judge.result(in_font(white_on_blue), "a.xlsx").warnings) == set()


@pytest.mark.parametrize("properties", ['fo:color="#ffffff"', 'fo:font-size="1pt"'])
def test_a_number_of_ods_that_nobody_sees_is_told(judge: Judge, properties: str) -> None:
    style = f'<style:style style:name="w"><style:text-properties {properties}/></style:style>'
    cell = '<table:table-cell table:style-name="w" office:value-type="float" office:value="12"><text:p>12</text:p>'
    table = as_ods(with_cell(f"{cell}</table:table-cell>"), style)
    assert keys_of(judge.result(table, "a.ods").warnings) == {"note_unseen"}


def test_every_hidden_row_is_named(judge: Judge) -> None:
    def filtered(workbook: openpyxl.Workbook) -> None:
        for row in (3, 4):
            workbook["Dati"].row_dimensions[row].hidden = True

    (told,) = judge.result(as_xlsx({"Dati": [HEAD, *ROWS]}, filtered), "a.xlsx").warnings
    assert "3–4" in str(told)


def test_the_mark_of_a_note_in_a_number_format_is_told(judge: Judge) -> None:
    content = as_xlsx({"Dati": [HEAD, *ROWS]}, lambda book: setattr(book["Dati"]["D2"], "number_format", '0"*"'))
    assert keys_of(judge.result(content, "a.xlsx").warnings) == {"note_footnote_missing"}


@pytest.mark.parametrize(
    ("column", "cell"), [(0, "Bauskas novads*"), (0, "Bauskas novads¹"), (1, "aprūpe mājās 1)"), (2, "2025*")]
)
def test_the_mark_of_a_note_on_a_name_is_told(judge: Judge, column: int, cell: str) -> None:
    rows = [list(each) for each in ROWS]
    rows[0][column] = cell
    result = judge.result(as_csv([HEAD, *rows]))
    assert (len(result.accepted), keys_of(result.warnings)) == (4, {"note_footnote_missing"})


@pytest.mark.parametrize(
    ("mark", "note", "rule"),
    [
        ("12*", "* ieskaitot pagastu", "note_footnote"),
        ("12¹", "1) ieskaitot pagastu", "note_footnote"),
        ("12 1)", "1) ieskaitot pagastu", "note_footnote"),
        ("12*", "", "note_footnote_missing"),
    ],
)
def test_the_mark_of_a_note_on_a_number_is_told_with_the_note(judge: Judge, mark: str, note: str, rule: str) -> None:
    result = judge.result(as_csv([*with_cell(mark), [note]]))
    assert (result.accepted["value"].tolist()[0], keys_of(result.warnings)) == (12, {rule})


# Layouts


def in_two_languages() -> list[list[object]]:
    return [HEAD, ["Municipality", "Service", "Gads", "Clients"], *ROWS]


@pytest.mark.parametrize(
    ("table", "periods", "services"),
    [
        (in_two_languages(), {"2025"}, {"home_care"}),
        ([["Klienti"], ["Pašvaldība", "2024", "2025"], ["Bauskas novads", 5, 6]], {"2024", "2025"}, {"all"}),
        (
            [["Klientu skaits"], ["Pašvaldība", "Gads", "aprūpe mājās", "patversme"], ["Bauskas novads", 2025, 5, 6]],
            {"2025"},
            {"home_care", "shelter"},
        ),
        (
            [["Klienti"], ["Pašvaldība", "Gads", "Sievietes", "Vīrieši", "Kopā"], ["Bauskas novads", 2025, 5, 6, 11]],
            {"2025"},
            {"all"},
        ),
    ],
)
def test_a_table_whose_header_says_less_or_more_than_usual_is_read(
    judge: Judge, table: list[list[object]], periods: set[str], services: set[str]
) -> None:
    accepted = judge.result(as_csv(table)).accepted
    assert (set(accepted["measure"]), set(accepted["period"]), set(accepted["service_type"])) == (
        {"clients"},
        periods,
        services,
    )


def test_a_title_that_names_two_things_names_none(judge: Judge) -> None:
    table = [["Klienti"], ["Vietas"], ["Pašvaldība", "Gads", "aprūpe mājās"], ["Bauskas novads", 2025, 5]]
    assert "refusal_no_number" in keys_of(judge.refusal(as_csv(table)))


# What others read wrongly: asked back with the rule that says why

QUOTED = "Pašvaldība,Pakalpojums,Gads,Klienti,Piezīmes\nBauskas novads,aprūpe mājās,2025,12,"
MONEY = [["Pašvaldība", "Gads", "Izdevumi"], ["Bauskas novads", 2012, 300]]
ASKED_BACK: dict[str, tuple[Callable[[], bytes], str]] = {
    "a stray quotation mark swallows rows (PapaParse 1055)": (
        lambda: f'{QUOTED}"a\nDobeles novads,aprūpe mājās,2025,30,x\nTukuma novads,aprūpe mājās,2025,5,b"\n'.encode(),
        "refusal_swallowed",
    ),
    "quotation marks escaped by a backslash (duckdb 14304)": (
        lambda: f'{QUOTED}"a \\"b\\""\n'.encode(),
        "refusal_quotes",
    ),
    "money of the time of lats": (lambda: as_csv(MONEY), "reason_lats"),
    "two things in one heading": (lambda: as_csv([[*HEAD[:3], "Klienti + vecāki"], *ROWS]), "refusal_unread"),
    "an index": (lambda: as_csv([[*HEAD[:3], "Klienti (2020=100)"], *ROWS]), "refusal_unread"),
    "a page saved as a workbook": (lambda: b"MIME-Version: 1.0\r\n\r\n<html>", "refusal_page"),
    "two tables beside each other": (
        lambda: as_csv([[*HEAD, "", *HEAD], *([*row, "", *row] for row in ROWS)]),
        "refusal_same_heading",
    ),
    "a table with other headings below (tabulator 320)": (
        lambda: as_csv([HEAD, *ROWS, [], ["Pašvaldība", "Gads", "Izdevumi"], ["Bauskas novads", 2025, 5]]),
        "refusal_second_table",
    ),
    "rows and columns changed about": (lambda: as_csv(list(zip(HEAD, *ROWS, strict=True))), "refusal_turned"),
    "a school year": (lambda: as_csv([["2024./2025. mācību gads"], *without(2, [HEAD, *ROWS])]), "refusal_no_year"),
}


@pytest.mark.parametrize("name", sorted(ASKED_BACK))
def test_what_can_be_read_two_ways_is_asked_back(judge: Judge, name: str) -> None:
    content, rule = ASKED_BACK[name]
    assert rule in keys_of(judge.refusal(content()))


CELLS = ["(12)", "1,2E+03", "10-12", "~15", ">5", "<5", "apm. 12", "12?", "12 (a)", "12/15", "12.", "nulle", "NULL"]


@pytest.mark.parametrize("cell", [*CELLS, "3 tūkst.", "12%", "2025-01-12", "TRUE", "１２"])
def test_a_cell_that_is_no_plain_number_is_named_with_its_row_and_column(judge: Judge, cell: str) -> None:
    (problem,) = judge.result(as_csv(with_cell(cell))).problems
    assert (problem.row, problem.column, problem.value) == (2, "Klienti", cell)


@pytest.mark.parametrize("cell", ["1 234", "1\u00a0234", "1'234", "1’234", "1\u202f234"])
def test_digits_in_groups_are_one_number(judge: Judge, cell: str) -> None:
    assert judge.result(as_csv(with_cell(cell))).accepted["value"].tolist()[0] == 1234


def test_the_apostrophe_that_keeps_a_number_a_text_is_passed_over(judge: Judge) -> None:
    assert judge.result(as_csv(with_cell("'12"))).accepted["value"].tolist()[0] == 12


# What a name, a title or a text below says of all numbers

SHORT_MONTHS = [
    "jan",
    "Janv.",
    "febr.",
    "mar",
    "Apr.",
    "jūn",
    "jul",
    "aug",
    "Sept",
    "okt",
    "Oct",
    "nov",
    "Nov.",
    "dec.",
]


@settings(max_examples=30, deadline=None)
@given(
    st.one_of(
        st.builds("{:02}{}2025".format, st.integers(1, 12), st.sampled_from(". _-")),
        st.builds("2025{}{:02}".format, st.sampled_from(". _-"), st.integers(1, 12)),
        st.builds("{}{}".format, st.sampled_from(SHORT_MONTHS), st.sampled_from(["", " 2025", "-25", "_2025"])),
        st.builds("{}. {}".format, st.integers(1, 12), st.sampled_from(["mēnesis", "mēn."])),
        st.builds("{}-{} 2025".format, st.sampled_from(SHORT_MONTHS[1:6]), st.sampled_from(SHORT_MONTHS[6:])),
        st.sampled_from(["9M", "1Q25", "2025Q3", "2025_1cet"]),
    ).filter(lambda name: not re.fullmatch(r"jan\w*\.?-dec\.? 2025", name, re.IGNORECASE)),
    st.booleans(),
)
def test_a_month_in_the_name_of_a_sheet_or_file_is_no_year(judge: Judge, name: str, sheet: bool) -> None:
    table = [HEAD, *ROWS]
    if sheet:
        assert keys_of(judge.refusal(as_xlsx({name: table}), "a.xlsx")) == {"refusal_said_in_sheet"}
    elif not name.casefold().startswith("nov") or name.casefold().rstrip(".") == "nov":
        warnings = keys_of(judge.result(as_csv(table), f"{name}.csv").warnings)
        assert "note_said_in_file" in warnings


@pytest.mark.parametrize(
    "name",
    ["Bauskas nov. 2025", "Nov. 2025 pārskats", "Marta 5", "2025-12-31", "Mar Sarkanis", "1.-12. mēnesis", "jan.-dec."],
)
def test_what_is_no_month_in_a_name(name: str) -> None:
    assert not part_of_year(name)
    assert not part_in_name(name)


OF_MORE_OR_LESS = {
    "par 2025. gadu (uzkrājoši)": "refusal_said_above",
    "Dati uzkrājoši kopš projekta sākuma": "refusal_said_above",
    "Klienti no gada sākuma": "refusal_said_above",
    "Year to date": "refusal_said_above",
    "2016.–2025. gadā kopā": "refusal_said_above",
    "2025. gada 1.-9. mēnesis": "refusal_said_above",
    "Dati par 03.2025.": "refusal_said_above",
    "janv.–jūn.": "refusal_said_above",
    "Pakalpojumi kopš 2016. gada": "note_said_around",
    "Dati no 01.07.2025.": "note_said_around",
    "Dati par 14 pašvaldībām no 43": "note_said_around",
    "Neskaitot valsts finansētos pakalpojumus": "note_said_around",
    "Pakalpojuma reižu skaits": "note_said_around",
    "Personas var būt skaitītas vairākkārt": "note_said_around",
    "Izdevumi ar PVN": "note_said_around",
    "Dzeltenā krāsā – dati vēl tiek skaidroti": "note_said_around",
    "Slīprakstā – citi gadi": "note_said_around",
}


OF_ALL_NUMBERS = {
    *("par 2025. gadu (uzkrājoši)", "Klienti no gada sākuma", "Year to date", "2016.–2025. gadā kopā", "janv.–jūn."),
}
"""Those that say what all numbers are and nothing else, which is asked about below the rows too."""


@pytest.mark.parametrize("where", ["above", "below"])
@pytest.mark.parametrize("text", sorted(OF_MORE_OR_LESS))
def test_a_text_that_says_more_or_less_than_the_rows_is_never_silent(judge: Judge, text: str, where: str) -> None:
    table: list[list[object]] = [HEAD, *ROWS]
    if where == "below" and text in OF_ALL_NUMBERS:
        assert keys_of(judge.refusal(as_csv([*table, [], [text]]))) == {"refusal_said_below"}
    elif where == "below":
        assert keys_of(judge.result(as_csv([*table, [], [text]])).warnings) == {"note_said_below"}
    elif OF_MORE_OR_LESS[text].startswith("refusal"):
        assert keys_of(judge.refusal(as_csv([[text], *table]))) == {OF_MORE_OR_LESS[text]}
    else:
        assert keys_of(judge.result(as_csv([[text], *table])).warnings) == {OF_MORE_OR_LESS[text]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Plānots", {"note_said_below"}),
        ("Bērni", {"note_said_below"}),
        ("Sarkanā krāsā: 2024. gada dati", {"note_said_below"}),
        ("Dati par 2024. gadu", {"note_said_below"}),
        ("Skaits pa ģimenēm, ne personām.", {"note_text_below"}),
        ("dzeltenie – aprēķināti", {"note_text_below"}),
        ("Latvijas Sarkanais Krusts", {"note_text_below"}),
        ("Dati par 2025. gadu", set()),
        ("Sagatavots 2026. gada 15. janvārī", set()),
        ("Ministru kabineta 2017. gada noteikumi", set()),
    ],
)
def test_a_text_below_the_last_row_is_told(judge: Judge, text: str, told: set[str]) -> None:
    result = judge.result(as_csv([HEAD, *ROWS, [], [text]]))
    assert (len(result.accepted), keys_of(result.warnings)) == (4, told)


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Valsts finansētie", True),
        ("no tiem:", True),
        ("Otrā kārta", True),
        ("Zemgales plānošanas reģions", False),
        ("2025. gads", False),
        ("Sagatavots Bauskā", False),
    ],
)
def test_a_label_between_rows_that_nobody_understands_is_told(judge: Judge, label: str, told: bool) -> None:
    result = judge.result(as_csv([HEAD, *ROWS[:2], [label], *ROWS[2:]]))
    assert (len(result.accepted), keys_of(result.warnings)) == (4, {"note_said_between"} if told else set())


@pytest.mark.parametrize("number", ["{}", "1. {}", "1) {}", "II. {}", "1.2. {}"])
@pytest.mark.parametrize("header", [True, False])
def test_a_label_counts_with_its_number(judge: Judge, number: str, header: bool) -> None:
    label = [number.format("Bērni")]
    result = judge.result(as_csv([label, HEAD, *ROWS] if header else [HEAD, label, *ROWS]))
    assert (set(result.accepted["target_group"]), len(result.accepted)) == ({"children"}, 4)


@pytest.mark.parametrize("note", ["dati par 2024. gadu", "2024"])
def test_another_year_in_the_notes_of_a_row_is_told(judge: Judge, note: str) -> None:
    table = [[*HEAD, "Piezīmes"], [*ROWS[0], note], *([*row, ""] for row in ROWS[1:])]
    assert keys_of(judge.result(as_csv(table)).warnings) == {"note_said_in_notes"}


@pytest.mark.parametrize(
    ("notes", "rule"), [([["¹ ieskaitot pagastu"]], "note_footnote"), ([], "note_footnote_missing")]
)
@pytest.mark.parametrize("heading", [True, False])
def test_a_raised_mark_finds_the_note_that_begins_with_it(
    judge: Judge, notes: list[list[object]], rule: str, heading: bool
) -> None:
    table = [[*HEAD[:3], "Klienti¹"], *ROWS] if heading else with_cell("12¹")
    assert keys_of(judge.result(as_csv([*table, *notes])).warnings) == {rule}


@pytest.mark.parametrize("content", ['[{"Gads": 2025}]', '{"rows": []}'])
def test_data_for_programs_is_no_table(judge: Judge, content: str) -> None:
    assert keys_of(judge.refusal(content.encode(), "a.json")) == {"refusal_page"}


@pytest.mark.parametrize(
    ("sign", "legend", "status", "value"),
    [
        ("0", "0 – nav datu", "missing", None),
        ("9999", "9999 = dati nav pieejami", "missing", None),
        ("-", "- nav parādības", "normal", 0),
        ("–", "„–” – parādības nav.", "normal", 0),
        ("-", "- konfidenciāli dati", "confidential", None),
        (":", ": confidential", "confidential", None),
    ],
)
@pytest.mark.parametrize("where", ["above", "below", "in two cells", "beside", "workbook"])
def test_a_sign_means_what_the_sheet_says(
    judge: Judge, sign: str, legend: str, status: str, value: float | None, where: str
) -> None:
    table: list[list[object]] = [list(row) for row in with_cell(int(sign) if sign.isdigit() else sign)]
    if where == "above":
        table = [[legend], [], *table]
    elif where == "in two cells":
        table = [[sign, legend.lstrip("„”–=:-90 ")], [], *table]
    elif where == "beside":
        table = [[*table[0], "Apzīmējumi"], [*table[1], legend], *([*row, ""] for row in table[2:])]
    else:
        table = [*table, [], [legend]]
    result = judge.result(as_xlsx({"Dati": table}) if where == "workbook" else as_csv(table), "a.xlsx")
    first = result.accepted.iloc[0]
    assert (first["status"], None if pd.isna(first["value"]) else first["value"]) == (status, value)
    assert "note_legend" in keys_of(result.warnings)
    assert len(result.accepted) == 4


def test_a_column_without_a_heading_that_numbers_the_rows_is_passed_over(judge: Judge) -> None:
    numbered = [["", *HEAD], *([at, *row] for at, row in enumerate(ROWS, start=1)), ["", "Kopā", "", "", 100]]
    assert len(judge.result(as_csv(numbered)).accepted) == 4
    assert "reason_beyond_one" in keys_of(judge.refusal(as_csv([numbered[0], *([7, *row] for row in ROWS)])))


@pytest.mark.parametrize("heading", ["klientu_skaits", "KLIENTI_2025", "klienti_gada_beigas"])
def test_a_heading_that_a_program_wrote_is_read(judge: Judge, heading: str) -> None:
    assert len(judge.result(as_csv([[*HEAD[:3], heading], *ROWS])).accepted) == 4


@pytest.mark.parametrize("unit", ["sk.", "(sk.)", "skaits"])
def test_a_row_of_units_may_be_abbreviated(judge: Judge, unit: str) -> None:
    table = [HEAD, ["", "", "", unit], *ROWS]
    assert len(judge.result(as_csv(table)).accepted) == 4


@pytest.mark.parametrize("many", ["100", "1000", "1 000", "10000", "10 000", "100000", "100 000"])
@pytest.mark.parametrize("whom", ["iedzīvotāju", "iedzīvotājiem"])
def test_a_title_of_a_rate_refuses_numbers_of_people(judge: Judge, many: str, whom: str) -> None:
    assert "reason_other_unit" in keys_of(judge.refusal(as_csv([[f"Uz {many} {whom}"], HEAD, *ROWS])))


@pytest.mark.parametrize(
    ("cell", "group"),
    [
        ("bērns ar FT", "children_functional_disorders"),
        ("pilngadīga persona ar GRT", "adults_mental_disorders"),
        ("Persona ar invaliditāti", "persons_with_disability"),
    ],
)
def test_a_group_is_known_by_one_of_it(judge: Judge, cell: str, group: str) -> None:
    table = [[*HEAD, "Mērķgrupa"], *([*row, cell] for row in ROWS)]
    assert set(judge.result(as_csv(table)).accepted["target_group"]) == {group}


# What pivot tables and narrow cells make of names


@pytest.mark.parametrize("name", ["{} Total", "{} kopā", "{} Kopsumma", "{} Result", "{} Sum"])
@pytest.mark.parametrize("more", [0, 1])
def test_the_total_of_a_municipality_in_a_pivot_table_is_checked(judge: Judge, name: str, more: int) -> None:
    table: list[list[object]] = [["Pašvaldība", "Pakalpojums", "Gads", "Vietas"]]
    for place in ("Bauskas novads", "Dobeles novads"):
        table += [
            [place, "aprūpe mājās", 2025, 12],
            [place, "patversme", 2025, 3],
            [name.format(place), "", "", 15 + more],
        ]
    content = as_csv(table)
    if more:
        assert "reason_total" in keys_of(judge.refusal(content))
    else:
        assert len(judge.result(content).accepted) == 4


def test_a_count_of_rows_is_no_number_of_clients(judge: Judge) -> None:
    table = [["Pašvaldība", "Gads", "Count of Klienti"], ["Bauskas novads", 2025, 5]]
    assert keys_of(judge.refusal(as_csv(table))) == {"refusal_unread"}


@pytest.mark.parametrize(
    "heading",
    ["Klien-\ntu skaits", "Klientu\nskaits", "K L I E N T I", "K L I E N T U  S K A I T S", "Klientu  \n skaits"],
)
def test_a_heading_broken_to_fit_its_cell_is_one(judge: Judge, heading: str) -> None:
    table = [[*HEAD[:3], heading], *ROWS]
    assert judge.result(as_csv(table)).accepted["value"].tolist() == [row[3] for row in ROWS]


# Names as offices write them


@pytest.mark.parametrize(
    "cell", ["1. aprūpe mājās", "1.2. Aprūpe mājās", "„Aprūpe mājās”", "Aprūpes mājās pakalpojums"]
)
def test_a_service_is_known_with_its_number_and_in_quotation_marks(judge: Judge, cell: str) -> None:
    rows = [[row[0], cell, *row[2:]] for row in ROWS]
    assert set(judge.result(as_csv([HEAD, *rows])).accepted["service_type"]) == {"home_care"}


@pytest.mark.parametrize(
    "cell", ["Bauskas pilsēta", "Bauska (pilsēta)", "Bauskas novads, Iecava", "Iecava (Bauskas novads)"]
)
def test_a_town_in_the_place_of_its_municipality_is_told(judge: Judge, cell: str) -> None:
    table = [HEAD, [cell, *ROWS[0][1:]], *ROWS[1:]]
    assert keys_of(judge.result(as_csv(table)).warnings) == {"note_town"}


@pytest.mark.parametrize(
    "cell", ["Bauska", "Bauskas novads", "Bauskas novada pašvaldība", "Codes pagasts, Bauskas novads"]
)
def test_a_municipality_by_the_name_of_its_town_is_none(judge: Judge, cell: str) -> None:
    assert not judge.result(as_csv([HEAD, [cell, *ROWS[0][1:]], *ROWS[1:]])).warnings


@pytest.mark.parametrize("cell", ["01.01.2025.-31.12.2025.", "no 01.01.2025 līdz 31.12.2025", "01.01.–31.12.2025."])
def test_the_first_to_the_last_day_of_a_year_is_the_year(judge: Judge, cell: str) -> None:
    rows = [[*row[:2], cell, row[3]] for row in ROWS]
    assert set(judge.result(as_csv([HEAD, *rows])).accepted["period"]) == {"2025"}


@pytest.mark.parametrize("unit", ["tūkst. euro", "tūkstošos euro", "tūkst. eiro", "euro, tūkst."])
def test_euro_is_eiro(judge: Judge, unit: str) -> None:
    table = [["Pašvaldība", "Gads", f"Izdevumi ({unit})"], ["Bauskas novads", 2025, 5]]
    assert judge.result(as_csv(table)).accepted["value"].tolist() == [5000]


# What a file is


@pytest.mark.parametrize(
    "label", ["PROJEKTS – nav apstiprināts", "Precizēti dati (aizstāj 15.01. iesniegtos)", "Paraugs", "Draft"]
)
def test_a_draft_or_a_correction_is_told(judge: Judge, label: str) -> None:
    assert keys_of(judge.result(as_csv([[label], HEAD, *ROWS])).warnings) == {"note_said_around"}


@pytest.mark.parametrize(
    ("name", "told"), [("2024.csv", {"note_label_differs"}), ("2025.csv", set()), ("2026.csv", set())]
)
def test_a_file_named_after_another_year_than_its_rows_is_told(judge: Judge, name: str, told: set[str]) -> None:
    assert keys_of(judge.result(as_csv([HEAD, *ROWS]), name).warnings) == told


@pytest.mark.parametrize("where", ["above", "sheet"])
def test_what_is_taken_from_around_is_told_by_its_name(judge: Judge, where: str) -> None:
    rows = without(1, [HEAD, *ROWS])
    content = as_csv([["Aprūpe mājās"], *rows]) if where == "above" else as_xlsx({"Aprūpe mājās": rows})
    said = [each.problem for each in judge.result(content, "a.csv" if where == "above" else "a.xlsx").warnings]
    assert [("aprūpe mājās" in each.in_language("lv"), "home care" in each) for each in said] == [(True, True)]


def test_a_table_saved_inside_one_column_is_read(judge: Judge) -> None:
    inside = as_csv([HEAD, *ROWS]).decode().splitlines()
    assert len(judge.result("".join(f'"{line}"\r\n' for line in inside).encode()).accepted) == 4


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [("~$return.xlsx", b"\x05Anna", "refusal_lock"), (".~lock.a.ods#", b",Anna", "refusal_lock")],
)
def test_the_lock_of_an_open_file_is_named(judge: Judge, name: str, content: bytes, rule: str) -> None:
    assert keys_of(judge.refusal(content, name)) == {rule}
