"""What clerks of municipalities write beside, below and in the place of numbers: asked back, told, or read rightly.

Every number in them is invented.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from received_files import HEAD, ROWS, Judge, as_csv, as_xlsx, keys_of

from socsvc_analysis.intake import old_drawings
from socsvc_analysis.intake.qualifiers import may_change, other_numbers, part_of_year

OLD = Path(__file__).parent / "received" / "return.xls"


def with_first(cell: object, column: int = 3) -> list[list[object]]:
    """The table with another cell in its first row."""
    first = [cell if at == column else each for at, each in enumerate(ROWS[0])]
    return [HEAD, first, *ROWS[1:]]


# Words in any case, and without diacritics


@pytest.mark.parametrize(
    "text",
    [
        *("Pārskats par 2025. gada deviņiem mēnešiem", "sešos mēnešos", "I–IX mēn.", "gada pirmajā pusē", "1.pusg"),
        *("9 menesi", "klienti 9men", "no janvara lidz junijam", "Parskats par deviniem menesiem", "par septembri"),
        *("Janvāra dati", "uz 2025. gada pusgada beigām"),
    ],
)
def test_a_part_of_a_year_is_known_in_every_case_and_without_diacritics(text: str) -> None:
    assert part_of_year(text)


@pytest.mark.parametrize("text", ["divpadsmit mēnešos", "12 menesi", "janvaris-decembris", "I–XII mēn.", "VID dati"])
def test_a_whole_year_is_none(text: str) -> None:
    assert not other_numbers(text)


@pytest.mark.parametrize("text", ["Videji menesi", "Vid. klientu skaits", "Klientu skaits mēnesī", "Skaitļi desmitos"])
def test_an_average_or_a_number_of_a_month_is_no_number_of_a_year(judge: Judge, text: str) -> None:
    assert keys_of(judge.refusal(as_csv([[text], HEAD, *ROWS]))) == {"refusal_said_above"}


TABLE = [["Pakalpojums", "Klienti"], ["dienas centrs", 12]]
GROUPS = [["Mērķa grupa", "Klienti"], ["bērni", 12]]
MONEY = [["Pakalpojums", "Izdevumi"], ["dienas centrs", 12]]
PLACE, PERIOD = ["Bauskas novads"], ["2025. gads"]
YEARS = ["dienas centrs", 9, 12]
CONTRADICTING = {
    "two municipalities": ("Dati", [PLACE, ["Dobeles novads"], PERIOD, *TABLE]),
    "two years": ("Dati", [PLACE, ["2024. gads"], PERIOD, *TABLE]),
    "two services": ("Dati", [PLACE, PERIOD, ["Aprūpe mājās"], ["Dienas centrs"], *GROUPS]),
    "two groups": ("Dati", [PLACE, PERIOD, ["Bērni"], ["Seniori"], *TABLE]),
    "two kinds": ("Dati", [PLACE, PERIOD, ["Plāns"], ["Fakts"], *TABLE]),
    "two units": ("Dati", [PLACE, PERIOD, ["EUR"], ["tūkst. EUR"], *MONEY]),
    "a copied sheet": ("Bauskas novads", [["Dobeles novads, 2025"], *TABLE]),
    "a sheet of another year": ("2024", [PLACE, PERIOD, *TABLE]),
    "a sheet of another service": ("Dienas centrs", [PLACE, PERIOD, ["Aprūpe mājās"], *GROUPS]),
    "a sheet of another kind": ("Plāns", [PLACE, PERIOD, ["Fakts"], *TABLE]),
}


@pytest.mark.parametrize("kind", CONTRADICTING)
def test_labels_that_contradict_each_other_are_asked_back(judge: Judge, kind: str) -> None:
    sheet, rows = CONTRADICTING[kind]
    assert keys_of(judge.refusal(as_xlsx({sheet: rows}), "a.xlsx")) == {"refusal_two_labels"}


@pytest.mark.parametrize(
    "rest",
    [
        "2024. un 2025. gads",
        "2024.–2025. gads",
        "01.01.2024.–31.12.2025.",
        "plāns, fakts, 2025",
        "2025, bērni, seniori",
    ],
)
def test_a_label_that_says_two_things_of_all_rows_is_asked_back(judge: Judge, rest: str) -> None:
    problems = judge.refusal(as_xlsx({"Dati": [[f"Bauskas novads, {rest}"], *TABLE]}), "a.xlsx")
    assert keys_of(problems) == {"refusal_said_above"}


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("Bauska", [["Bauskas novads, 2025"], PERIOD, *TABLE]),
        ("2025", [["Bauskas novads, 01.01.2025.–31.12.2025."], *TABLE]),
        ("Dati", [["Bauskas novads"], ["2025. gads"], ["Sagatavots 2026. gada 15. janvārī"], *TABLE]),
        ("Dati", [["Bauskas novads, 2024. un 2025. gads"], ["Pakalpojums", "Klienti 2024", "Klienti 2025"], YEARS]),
    ],
)  # fmt: skip
def test_labels_that_say_the_same_or_leave_it_to_columns_are_taken(
    judge: Judge, sheet: str, rows: list[list[object]]
) -> None:
    taken = judge.result(as_xlsx({sheet: rows}), "a.xlsx").accepted
    assert taken.loc[taken["value"] == 12, ["territory", "period"]].to_numpy().tolist() == [["0025000", "2025"]]


@pytest.mark.parametrize(
    "text", ["apm. skaits", "Dati līdz 30.09.2025.", "Pēc 2024. gada cenām", "Daļēji dati", "Klienti, kuri maksā paši"]
)
def test_what_may_change_numbers_is_told(judge: Judge, text: str) -> None:
    assert may_change(text)
    assert "note_said_around" in keys_of(judge.result(as_csv([[text], HEAD, *ROWS])).warnings)


# Beside a number


@pytest.mark.parametrize("cell", ["12 pers.", "12 cilv.", "12 personas", "12 gab."])
def test_the_unit_of_a_measure_may_stand_behind_its_number(judge: Judge, cell: str) -> None:
    result = judge.result(as_csv(with_first(cell)))
    assert (result.rows_rejected, result.accepted["value"].tolist()) == (0, [12, 30, 8, 50])


def test_the_unit_of_a_measure_may_stand_in_the_format_of_its_number(judge: Judge) -> None:
    def change(book: Workbook) -> None:
        book.active["D2"].number_format, book.active["D3"].number_format = '0" pers."', '0" mēn."'

    result = judge.result(as_xlsx({"Dati": [HEAD, *ROWS]}, change), "a.xlsx")
    assert ([each.row for each in result.problems], result.accepted["value"].tolist()) == ([3], [12, 8, 50])


@pytest.mark.parametrize(("cell", "kind"), [("plāns", "plan"), ("fakts", "actual")])
def test_a_second_column_of_kinds_is_read_by_its_cells(judge: Judge, cell: str, kind: str) -> None:
    result = judge.result(as_csv([[*HEAD, "Veids"], *([*row, cell] for row in ROWS)]))
    assert set(result.accepted["kind"]) == {kind}


def test_a_number_with_a_blank_for_thousands_may_have_its_unit_behind_it(judge: Judge) -> None:
    rows = [[place, 2025, f"1 {number}0 vietas"] for place, _, _, number in ROWS if number > 9]
    result = judge.result(as_csv([["Pašvaldība", "Gads", "Vietas"], *rows]))
    assert result.accepted["value"].tolist() == [1120, 1300, 1500]


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        *((cell, "reason_more_than_number") for cell in ("12 vietas", "12 tūkst.", "~50", "<5", "3-5", "50 (t.sk. 3)")),
        *((cell, "reason_none_or_unknown") for cell in ("nav", "nesniedz", "pakalpojums netiek sniegts", "?")),
        *((cell, "reason_date_for_number") for cell in ("5.mar", "2025-03-05", "05.03.2025")),
        ("piecdesmit", "reason_not_number"),
    ],
)
def test_why_a_cell_is_no_number_is_said(judge: Judge, cell: str, key: str) -> None:
    assert keys_of(judge.result(as_csv(with_first(cell))).problems) == {key}


@pytest.mark.parametrize("legend", [["x – konfidenciāli", "x – nav datu"], ["x – parādības nav", "x – nav datu"]])
def test_a_sign_that_is_explained_in_two_ways_is_asked_back(judge: Judge, legend: list[str]) -> None:
    result = judge.result(as_csv([*with_first("x"), *([each] for each in legend)]))
    assert (keys_of(result.problems), len(result.accepted)) == ({"reason_legend_twice"}, 3)


def test_a_note_that_changes_the_numbers_below_its_heading_is_asked_back(judge: Judge) -> None:
    table = [[*HEAD[:3], "Klienti*"], *ROWS, ["* vidēji mēnesī"]]
    assert keys_of(judge.refusal(as_csv(table))) == {"refusal_footnote"}


def test_only_the_rows_with_the_mark_of_a_note_that_changes_numbers_are_asked_back(judge: Judge) -> None:
    result = judge.result(as_csv([*with_first("12*"), ["* dati par 9 mēnešiem"]]))
    assert ([each.row for each in result.problems], keys_of(result.problems)) == ([2], {"reason_footnote"})


@pytest.mark.parametrize("text", ["Piezīme: skaitļi tūkstošos", "Skaitļi norādīti simtos", "Dati par 9 mēnešiem"])
def test_a_text_below_that_says_what_all_numbers_are_is_asked_back(judge: Judge, text: str) -> None:
    assert keys_of(judge.refusal(as_csv([HEAD, *ROWS, [text]]))) == {"refusal_said_below"}


@pytest.mark.parametrize("text", ["Izdevumi, tūkst. EUR", "Vidēji mēnesī 5 klienti"])
def test_a_text_below_that_is_of_other_numbers_is_told_at_most(judge: Judge, text: str) -> None:
    assert len(judge.result(as_csv([HEAD, *ROWS, [text]])).accepted) == 4


# Names of places, years, groups and services


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        *((cell, "reason_doubtful") for cell in ("Bauskas novads?", "~Bauskas novads")),
        *((cell, "reason_former_town") for cell in ("Iecava", "Varakļāni", "Ķegums")),
        *((cell, "reason_part_of_row") for cell in ("t.sk. Iecava", "no tiem bērni", "tai skaitā Vecumnieki")),
    ],
)
def test_a_name_of_a_place_that_can_be_read_in_two_ways_is_asked_back(judge: Judge, cell: str, key: str) -> None:
    result = judge.result(as_csv(with_first(cell, 0)))
    assert (keys_of(result.problems), keys_of(result.warnings)) == ({key}, set())


def test_the_name_of_a_former_municipality_is_clear_in_its_own_time(judge: Judge) -> None:
    result = judge.result(as_csv([HEAD, ["Iecava", "aprūpe mājās", 2020, 5]]))
    assert result.accepted["territory"].tolist() == ["0406400"]


@pytest.mark.parametrize("cell", ["2025.", "2025. g.", "2025.gads"])
def test_a_year_may_be_written_as_an_ordinal(judge: Judge, cell: str) -> None:
    assert set(judge.result(as_csv(with_first(cell, 2))).accepted["period"]) == {"2025"}


@pytest.mark.parametrize(
    "heading", ["Klienti uz 31.12.", "Klienti uz 31. decembri", "Klienti (uz gada beigām)", "Klienti, personu skaits"]
)
def test_the_last_day_of_the_year_of_a_row_changes_nothing(judge: Judge, heading: str) -> None:
    result = judge.result(as_csv([[*HEAD[:3], heading], *ROWS]))
    assert set(result.accepted["period"]) == {"2025"}


@pytest.mark.parametrize("heading", ["Klienti uz 01.07.", "Klienti uz 1. janvāri"])
def test_another_day_without_a_year_is_asked_back(judge: Judge, heading: str) -> None:
    assert keys_of(judge.refusal(as_csv([[*HEAD[:3], heading], *ROWS]))) == {"refusal_unread"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("pensijas vecuma personu", "older_people"),
        ("bērnu ar funkcionāliem traucējumiem", "children_functional_disorders"),
        ("pilngadīgajām personām ar GRT", "adults_mental_disorders"),
        ("senioriem", "older_people"),
        ("pilngadīgajiem", "adults"),
    ],
)
def test_a_target_group_is_known_in_every_case(judge: Judge, name: str, code: str) -> None:
    rows = [[row[0], name, *row[2:]] for row in ROWS]
    in_cells = judge.result(as_csv([["Pašvaldība", "Mērķa grupa", "Gads", "Klienti"], *rows]))
    in_heading = judge.result(as_csv([["Pašvaldība", "Gads", f"Klienti ({name})"], ["Bauskas novads", 2025, 5]]))
    assert {*in_cells.accepted["target_group"], *in_heading.accepted["target_group"]} == {code}


@pytest.mark.parametrize(("short", "code"), [("DC", "day_centre"), ("DAC", "day_care_centre")])
def test_a_short_name_of_the_glossary_is_known(judge: Judge, short: str, code: str) -> None:
    rows = [[row[0], short, *row[2:]] for row in ROWS]
    assert set(judge.result(as_csv([HEAD, *rows])).accepted["service_type"]) == {code}


@pytest.mark.parametrize("short", ["SAC", "SRC", "GDz"])
def test_a_short_name_of_a_provider_of_several_services_is_asked_back(judge: Judge, short: str) -> None:
    assert keys_of(judge.result(as_csv(with_first(short, 1))).problems) == {"reason_service_short"}


def test_headings_of_services_alone_are_told_what_they_lack(judge: Judge) -> None:
    table = [["Pašvaldība", "Gads", "Aprūpe mājās", "Dienas aprūpes centrs"], ["Bauskas novads", 2025, 5, 6]]
    assert keys_of(judge.refusal(as_csv(table))) == {"refusal_no_number", "refusal_heading_part"}


# Rows, sheets and encodings


@pytest.mark.parametrize("name", ["Vidēji", "Īpatsvars, %", "Mediāna", "Izmaiņas pret 2024. gadu", "Max"])
def test_an_average_or_a_share_below_the_rows_is_told_and_counts_for_none(judge: Judge, name: str) -> None:
    result = judge.result(as_csv([HEAD, *ROWS, [name, "", "", 25]]))
    assert (result.rows_in, result.rows_accepted, keys_of(result.warnings)) == (4, 4, {"note_statistic"})


def test_an_average_is_told_where_the_column_of_services_stands_first(judge: Judge) -> None:
    rows = [[service, place, *rest] for place, service, *rest in ROWS]
    result = judge.result(as_csv([["Pakalpojums", "Pašvaldība", *HEAD[2:]], *rows, ["Vidēji", "", "", 25]]))
    assert (result.rows_in, keys_of(result.warnings)) == (4, {"note_statistic"})


@pytest.mark.parametrize(
    "title",
    [
        *("2025. gadā pirmreizēji saņēmuši pakalpojumu", "Personu skaits rindā uz pakalpojumu", "Operatīvie dati"),
        *("Pašvaldības budžeta finansētie pakalpojumi", "Saņēma pakalpojumu ESF projekta ietvaros"),
    ],
)
def test_a_title_that_says_more_than_titles_do_is_told(judge: Judge, title: str) -> None:
    assert keys_of(judge.result(as_csv([[title], HEAD, *ROWS])).warnings) == {"note_said_around"}


@pytest.mark.parametrize(
    "title",
    [
        *("Sociālo pakalpojumu saņēmēju skaits Bauskas novadā 2025. gadā", "Pārskats par sociālajiem pakalpojumiem"),
        *("Zemgales plānošanas reģiona pašvaldības", "Labklājības ministrija", "Uzvaras iela 1, Bauska"),
    ],
)
def test_the_usual_title_is_not_told(judge: Judge, title: str) -> None:
    assert not judge.result(as_csv([[title], HEAD, *ROWS])).warnings


@pytest.mark.parametrize("name", ["I", "II", "1", "Vecā versija", "ESF"])
def test_the_name_of_a_sheet_that_is_not_understood_is_told(judge: Judge, name: str) -> None:
    result = judge.result(as_xlsx({name: [HEAD, *ROWS]}), "a.xlsx")
    assert keys_of(result.warnings) == {"note_said_around"}


@pytest.mark.parametrize("name", ["Lapa1", "Sheet1 (2)", "Kopsavilkums", "Dati 2025", "Bauskas novads"])
def test_the_usual_name_of_a_sheet_is_not_told(judge: Judge, name: str) -> None:
    assert not judge.result(as_xlsx({name: [HEAD, *ROWS]}), "a.xlsx").warnings


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ({"font": Font(color="FFFFFF")}, {"note_unseen_if"}),
        ({"font": Font(color="FFFFFF"), "fill": PatternFill(bgColor="003366")}, set()),
        ({"font": Font(color="FF0000")}, set()),
    ],
)
def test_numbers_that_a_condition_conceals_are_told(judge: Judge, drawn: dict, told: set[str]) -> None:
    def change(book: Workbook) -> None:
        book.active.conditional_formatting.add("D2:D3", CellIsRule(operator="lessThan", formula=["10"], **drawn))

    result = judge.result(as_xlsx({"Dati": [HEAD, *ROWS]}, change), "a.xlsx")
    assert keys_of(result.warnings) == told


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read(judge: Judge, encoding: str) -> None:
    assert len(judge.result(as_csv([HEAD, *ROWS], encoding=encoding)).accepted) == 4


def test_a_header_of_an_old_workbook_counts(judge: Judge) -> None:
    content = OLD.read_bytes()
    assert content.count(b"\x02\x00\x00&P") == 1
    problems = judge.refusal(content.replace(b"\x02\x00\x00&P", b"\x02\x00\x00Q1"), "a.xls")
    assert keys_of(problems) == {"refusal_said_outside"}


def record(code: int, data: bytes) -> bytes:
    return struct.pack("<HH", code, len(data)) + data


@pytest.mark.parametrize(("kind", "boxes"), [(0x06, ["tikai GRT"]), (0x02, ["tikai GRT"]), (old_drawings.NOTE, [])])
def test_a_text_box_of_an_old_workbook_is_read_and_a_comment_is_not(kind: int, boxes: list[str]) -> None:
    begin, end = record(old_drawings.BOF, b"\0" * 8), record(old_drawings.EOF, b"")
    shape = record(old_drawings.OBJECT, struct.pack("<HHHH", 0x15, 4, kind, 1))
    text = record(old_drawings.TEXT, b"\0" * 10 + struct.pack("<HHI", len("tikai GRT"), 16, 0))
    said = record(old_drawings.CONTINUE, b"\0tikai") + record(old_drawings.CONTINUE, b"\1" + " GRT".encode("utf-16-le"))
    place = len(begin) + 4 + 6 + len(end)
    book = begin + record(old_drawings.BOUNDSHEET, struct.pack("<IBB", place, 0, 0)) + end
    chart = begin + text + record(old_drawings.CONTINUE, b"\0of a chart") + end
    assert old_drawings.of_stream(book + begin + chart + shape + text + said + end) == [(boxes, [])]


def test_zero_bytes_that_are_no_utf_16_are_refused(judge: Judge) -> None:
    assert keys_of(judge.refusal(as_csv([HEAD, *ROWS]) + b"\0\0")) == {"refusal_zero_bytes"}


@pytest.mark.parametrize("number", [12, 13])
def test_two_places_of_one_municipality_are_no_repetition(judge: Judge, number: int) -> None:
    rows = [["Bauskas novads, Bauska", *ROWS[0][1:]], ["Bauskas novads, Iecava", *ROWS[0][1:3], number], *ROWS[1:]]
    assert keys_of(judge.refusal(as_csv([HEAD, *rows]))) == {"refusal_towns_apart"}


def test_one_municipality_in_two_spellings_is(judge: Judge) -> None:
    again = ["Bauskas nov.", *ROWS[0][1:]]
    assert len(judge.result(as_csv([HEAD, *ROWS, again])).accepted) == len(ROWS)


# Two rows of headings, of which the upper one is merged over several columns


@pytest.mark.parametrize(
    ("below", "numbers", "taken"),
    [
        (("Kopā", "Sievietes", "Vīrieši"), (120, 100, 20), [["all", "actual", 120]]),
        (("Plāns", "Fakts"), (130, 120), [["all", "plan", 130], ["all", "actual", 120]]),
        (("Bērni", "Pieaugušie"), (20, 100), [["children", "actual", 20], ["adults", "actual", 100]]),
    ],
)
def test_what_stands_below_a_merged_heading_tells_its_columns_apart(
    judge: Judge, below: tuple[str, ...], numbers: tuple[int, ...], taken: list[list[object]]
) -> None:
    def merge(workbook: Workbook) -> None:
        sheet = workbook.active
        for column in "ABC":
            sheet.merge_cells(f"{column}1:{column}2")
        sheet.merge_cells(start_row=1, end_row=1, start_column=4, end_column=3 + len(below))

    upper = [*HEAD[:3], "Klientu skaits", *[None] * (len(below) - 1)]
    rows = [upper, [None, None, None, *below], ["Bauskas novads", "aprūpe mājās", 2025, *numbers]]
    accepted = judge.result(as_xlsx({"Dati": rows}, merge), "a.xlsx").accepted
    assert sorted(accepted[["target_group", "kind", "value"]].to_numpy().tolist()) == sorted(taken)
