"""Layouts in which clerks send sheets: names that stand once for several rows, pivot tables, sheets turned about.

Every number in them is invented.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from received_files import HEAD, PLACES, ROWS, Judge, as_csv, as_ods, as_xlsx, keys_of

from socsvc_analysis.intake.qualifiers import MADE
from socsvc_analysis.intake.unknown_names import unknown_names
from socsvc_analysis.reference import Reference

CARE, SHELTER = "aprūpe mājās", "patversme"
BAUSKA, DOBELE = PLACES[:2]
READ = {("0025000", "home_care"): 12, ("0025000", "shelter"): 3, ("0028000", "home_care"): 8}


def read_as(judge: Judge, rows: list[list[object]]) -> dict[tuple[str, str], float]:
    accepted = judge.result(as_csv(rows)).accepted
    return accepted.set_index(["territory", "service_type"])["value"].to_dict()


# Names that stand once for several rows

CERTAIN = {
    "alone in a row": [
        *([BAUSKA, "", "", ""], ["", CARE, 2025, 12], ["", SHELTER, 2025, 3]),
        *([DOBELE, "", "", ""], ["", CARE, 2025, 8]),
    ],
    "with the sums of its rows": [
        *([BAUSKA, "", "", 15], ["", CARE, 2025, 12], ["", SHELTER, 2025, 3]),
        *([DOBELE, "", "", 8], ["", CARE, 2025, 8]),
    ],
    "with a total of its name below": [
        *([BAUSKA, CARE, 2025, 12], ["", SHELTER, 2025, 3], [f"{BAUSKA} Kopsumma", "", "", 15]),
        *([DOBELE, CARE, 2025, 8], [f"{DOBELE} kopā", "", "", 8], ["Pavisam", "", "", 23]),
    ],
    "with a total beside": [
        *([BAUSKA, "", "", ""], ["", CARE, 2025, 12], ["", SHELTER, 2025, 3], ["", "Kopā", "", 15]),
        *([DOBELE, "", "", ""], ["", CARE, 2025, 8], ["", "Kopā", "", 8]),
    ],
    "ditto marks": [[BAUSKA, CARE, 2025, 12], ['-"-', SHELTER, '"', 3], [DOBELE, CARE, 2025, 8]],
}


@pytest.mark.parametrize("name", sorted(CERTAIN))
def test_a_name_counts_for_the_rows_below_it_where_the_sheet_makes_that_certain(judge: Judge, name: str) -> None:
    table = [HEAD, *CERTAIN[name]]
    result = judge.result(as_csv(table))
    assert (read_as(judge, table), result.rows_in, result.rows_rejected) == (READ, 3, 0)
    assert "note_from_above" in keys_of(result.warnings)


def test_the_number_of_a_group_is_no_cell_beside_its_name(judge: Judge) -> None:
    rows = [["I.", BAUSKA, "", "", ""], [1, "", CARE, 2025, 12], [2, "", SHELTER, 2025, 3]]
    assert read_as(judge, [["Nr.", *HEAD], *rows]) == {key: READ[key] for key in list(READ)[:2]}


def test_names_of_two_columns_are_taken_from_above(judge: Judge) -> None:
    head = ["Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads", "Klienti"]
    rows = [
        *([BAUSKA, CARE, "bērni", 2025, 5], ["", "", "pieaugušie", 2025, 7], ["", f"{CARE} kopā", "", "", 12]),
        *(["", SHELTER, "pieaugušie", 2025, 3], ["", f"{SHELTER} kopā", "", "", 3], [f"{BAUSKA} kopā", "", "", "", 15]),
        *([DOBELE, CARE, "bērni", 2025, 8], [f"{DOBELE} kopā", "", "", "", 8]),
    ]
    assert judge.result(as_csv([head, *rows])).accepted["value"].tolist() == [5, 7, 3, 8]


@pytest.mark.parametrize(("key", "at"), [("territory", 0), ("service_type", 1), ("year", 2)])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_name_in_the_first_row_of_a_group_only_is_asked_back_with_the_rows(
    judge: Judge, key: str, at: int, kind: str
) -> None:
    rows = [list(row) for row in (*ROWS[:2], [BAUSKA, SHELTER, 2025, 3])]
    rows[1][at] = rows[2][at] = ""
    more = [["Talsu novads", CARE, 2025, number] for number in (5, 5, 5)]
    table = [HEAD, *rows, *more]
    content = {"csv": as_csv, "ods": as_ods}.get(kind, lambda rows: as_xlsx({"Dati": rows}))(table)
    problems = [each for each in judge.result(content, f"a.{kind}").problems if each.row in (3, 4)]
    assert keys_of(problems) == {"reason_empty_below"}
    assert all("row 2 above it" in str(each) and "(3–4)" in str(each) for each in problems)


def test_merged_names_count_for_the_rows_they_cover(judge: Judge) -> None:
    table = [HEAD, [BAUSKA, CARE, 2025, 12], ["", SHELTER, 2025, 3], [DOBELE, CARE, 2025, 8]]
    result = judge.result(as_xlsx({"Dati": table}, lambda book: book.active.merge_cells("A2:A3")), "a.xlsx")
    assert set(result.accepted["territory"]) == {"0025000", "0028000"}


@pytest.mark.parametrize("sums", [(16, 8), (15, 9)])
def test_a_name_beside_numbers_that_are_not_the_sums_of_its_rows_is_asked_back(
    judge: Judge, sums: tuple[int, int]
) -> None:
    first, second = sums
    rows = [[BAUSKA, "", "", first], ["", CARE, 2025, 12], ["", SHELTER, 2025, 3]]
    table = [HEAD, *rows, [DOBELE, "", "", second], ["", CARE, 2025, 8]]
    more = [["Talsu novads", CARE, 2025, 5], ["Cēsu novads", CARE, 2025, 5], ["Saldus novads", CARE, 2025, 5]]
    problems = judge.result(as_csv([*table, *more])).problems
    asked = {each.row for each in problems if each.column == HEAD[0]}
    assert asked == ({3, 4} if first == 16 else {6})


def test_a_row_that_is_whole_is_no_label_of_rows_without_a_name(judge: Judge) -> None:
    rows = [[place, 12] for place in PLACES]
    rows.insert(1, ["", 12])
    result = judge.result(as_csv([["2025. gads"], ["Pašvaldība", "Klienti"], *rows]))
    assert (result.rows_in, result.rows_accepted, [each.row for each in result.problems]) == (5, 4, [4])


def test_a_service_above_its_rows_may_have_their_sum_beside_it(judge: Judge) -> None:
    rows = [[CARE, "", 20], [BAUSKA, 2025, 12], [DOBELE, 2025, 8], [SHELTER, "", 3], [BAUSKA, 2025, 3]]
    assert read_as(judge, [["Pašvaldība", "Gads", "Klienti"], *rows]) == READ


def test_a_service_beside_what_is_not_the_sum_of_its_rows_is_asked_back(judge: Judge) -> None:
    rows = [[CARE, 2025, 21], *([place, 2025, number] for place, _, _, number in ROWS)]
    problems = judge.result(as_csv([["Pašvaldība", "Gads", "Klienti"], *rows])).problems
    assert [(each.row, each.problem.key) for each in problems] == [(2, "reason_not_place")]


# Sheets that are no table, for a reason that can be mended

NO_TABLE: dict[str, tuple[list[list[object]], str, str]] = {
    "municipalities as headings": (
        [["Rādītājs", "Gads", *PLACES[:3]], ["Klienti", 2025, 12, 30, 8]],
        "refusal_turned",
        "C1–E1",
    ),
    "services by municipalities": (
        [["Klientu skaits 2025. gadā"], ["Pakalpojums", *PLACES[:2]], [CARE, 12, 30]],
        "refusal_turned",
        "B2–C2",
    ),
    "years by municipalities": ([["Gads", *PLACES[:2]], [2024, 5, 6]], "refusal_turned", "B1–C1"),
    "headings below each other": (
        [["Pašvaldība", BAUSKA], ["Gads", 2025], ["Pakalpojums", CARE], ["Klienti", 12]],
        "refusal_turned_headings",
        "A1–A4",
    ),
    "months as headings": (
        [["Klientu skaits 2025. gadā"], ["Pašvaldība", "janvāris", "februāris"], [BAUSKA, 5, 6]],
        "refusal_parts_as_headings",
        "janvāris, februāris",
    ),
    "a pivot table in one column": (
        [["Rindu etiķetes", "Klienti"], [BAUSKA, 15], [CARE, 12], [SHELTER, 3]],
        "refusal_pivot",
        "repeated",
    ),
    "a pivot table in English": ([["Row Labels", "Sum of Klienti"], [BAUSKA, 15]], "refusal_pivot", "repeated"),
}


@pytest.mark.parametrize("name", sorted(NO_TABLE))
def test_a_sheet_that_is_no_table_is_told_what_to_do_and_where(judge: Judge, name: str) -> None:
    rows, rule, said = NO_TABLE[name]
    (problem,) = judge.refusal(as_csv(rows), "2025.csv")
    assert (keys_of([problem]), said in str(problem)) == ({rule}, True)


@pytest.mark.parametrize("second", [["Pašvaldība", "Gads", "Vietas"], ["Novads", "Vietas"], ["Pašvaldība", "Klienti"]])
def test_a_second_table_beside_the_first_is_named(judge: Judge, second: list[str]) -> None:
    rows = [[BAUSKA, 2025, 12, "", DOBELE, *([2025] * (len(second) - 2)), 9], [DOBELE, 2025, 8, "", BAUSKA, 7, 5]]
    table = [["Pašvaldība", "Gads", "Klienti", "", *second], *([*row[: 4 + len(second)]] for row in rows)]
    assert "refusal_beside" in keys_of(judge.refusal(as_csv(table)))


@pytest.mark.parametrize(
    ("head", "numbers"),
    [
        (["Klienti I cet.", "Klienti II cet.", "Klienti kopā"], [5, 7, 12]),
        (["Klienti janvārī", "Klienti februārī", "Klienti martā", "Klienti kopā"], [1, 2, 3, 6]),
    ],
)
def test_a_total_of_parts_of_a_year_is_no_number_of_the_year(judge: Judge, head: list[str], numbers: list[int]) -> None:
    table = [["Pašvaldība", "Gads", *head], [BAUSKA, 2025, *numbers]]
    assert keys_of(judge.refusal(as_csv(table))) == {"refusal_total_of_parts"}


MONTHS = ("jan.", "feb.", "mar.", "apr.", "mai.", "jūn.", "jūl.", "aug.", "sep.", "okt.", "nov.", "dec.")


@pytest.mark.parametrize(("months", "sound"), [(12, True), (11, False)])
def test_money_of_twelve_months_adds_up_to_that_of_the_year(judge: Judge, months: int, sound: bool) -> None:
    names = MONTHS[:months]
    table = [["Izdevumi 2025. gadā, EUR"], ["Pašvaldība", *names, "Kopā"], [BAUSKA, *([10] * months), 10 * months]]
    if sound:
        assert judge.result(as_csv(table)).accepted["value"].tolist() == [120]
    else:
        assert keys_of(judge.refusal(as_csv(table))) == {"refusal_total_of_parts"}


@pytest.mark.parametrize("upper", [["", "Plāns", "", "Fakts"], ["", "2024", "", "2025"], ["Plāns", "", "", "Fakts"]])
def test_a_heading_over_the_middle_of_its_columns_is_asked_back(judge: Judge, upper: list[str]) -> None:
    head = [["Pašvaldība", "Gads", *upper], ["", "", "Klienti", "Vietas", "Klienti", "Vietas"]]
    problems = judge.refusal(as_csv([*head, [BAUSKA, 2025, 1, 2, 3, 4]]))
    assert {(each.problem.key, each.value) for each in problems} <= {
        ("refusal_centred", name) for name in upper if name
    }
    assert problems


@pytest.mark.parametrize(
    "upper", [["Plāns", "", "Fakts", ""], ["", "", "Plāns", ""], ["Fakts", "Fakts", "Plāns", "Plāns"]]
)
def test_a_heading_over_the_first_of_its_columns_counts_for_all(judge: Judge, upper: list[str]) -> None:
    head = [["Pašvaldība", "Gads", *upper], ["", "", "Klienti", "Vietas", "Klienti", "Vietas"]]
    clients = judge.result(as_csv([*head, [BAUSKA, 2025, 1, 2, 3, 4]])).accepted.query("measure == 'clients'")
    plan = 1 if upper[0] == "Plāns" else 3
    assert clients.set_index("kind")["value"].to_dict() == {"plan": plan, "actual": 4 - plan}


def test_two_rows_of_headings_below_a_title_that_says_what_is_counted(judge: Judge) -> None:
    head = [["Pašvaldība", CARE, "", SHELTER, ""], ["", "siev.", "vīr.", "siev.", "vīr."]]
    assert read_as(judge, [["Klientu skaits 2025. gadā"], *head, [BAUSKA, 5, 7, 1, 2], [DOBELE, 3, 5, "", ""]]) == READ


@pytest.mark.parametrize("title", ["Klientu skaits", "Klientu skaits, 2026. gada publikācija"])
def test_a_total_of_years_is_the_number_of_none(judge: Judge, title: str) -> None:
    result = judge.result(as_csv([[title], ["Pašvaldība", "2024", "2025", "Kopā"], [BAUSKA, 2, 3, 5]]))
    assert result.accepted["period"].tolist() == ["2024", "2025"]
    assert "note_total_of_years" in keys_of(result.warnings)


def test_numbers_without_any_name_are_no_part_of_the_group_above_them(judge: Judge) -> None:
    problems = judge.result(as_csv([HEAD, *ROWS, ["", "", "", 100]])).problems
    assert keys_of(problems) == {"reason_empty"}


# Headings and names that are close to known ones


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        *((heading, "Vietas") for heading in ("Gultvietas", "Gultu skaits", "Gultasvietu skaits")),
        *((heading, "Klienti") for heading in ("Gultasdienas", "Personu dienas", "Personmēneši", "Aprūpes stundas")),
        *((heading, "Klienti") for heading in ("Ģimeņu skaits", "Apmeklējumu skaits", "Iesniegumu skaits")),
        ("Darbinieku skaits", "Amata vietas"),
    ],
)
def test_a_neighbour_of_a_measure_is_told_with_the_measure_and_never_taken_for_it(
    judge: Judge, heading: str, measure: str
) -> None:
    alone = judge.refusal(as_csv([[*HEAD[:3], heading], *ROWS]))
    assert {(each.value, measure in str(each)) for each in alone if each.value} == {(heading, True)}
    beside = judge.result(as_csv([[*HEAD, heading], *([*row, 7] for row in ROWS)]))
    assert (keys_of(beside.warnings), set(beside.accepted["measure"])) == ({"note_neighbour"}, {"clients"})


@pytest.mark.parametrize("heading", ["Likmju skaits", "Amata likmes", "Summa no Slodzes", "Sum of Slodzes"])
def test_other_words_for_staff_posts_and_what_pivot_tables_write_are_read(judge: Judge, heading: str) -> None:
    table = [["Pašvaldība", "Gads", heading], [BAUSKA, 2025, "3,5"]]
    assert judge.result(as_csv(table)).accepted[["measure", "value"]].to_numpy().tolist() == [["staff_posts", 3.5]]


@pytest.mark.parametrize("short", ["SAC", "SRC", "SDIC", "GDz"])
def test_an_abbreviation_without_one_meaning_is_asked_back_once_for_a_file(
    judge: Judge, real_tables: Reference, short: str
) -> None:
    rows = [[place, short, 2025, 5] for place in PLACES[:2]]
    (name,) = unknown_names(judge.result(as_csv([HEAD, *ROWS, *rows])).problems, real_tables)
    assert (name.name, name.count, name.lines) == (short, 2, (f"service_types,{short},CODE",))


@pytest.mark.parametrize(
    ("cell", "rule"),
    [("patversme", "reason_not_place"), ("bērni", "reason_not_place"), ("01.02.2025", "reason_date_for_name")],
)
def test_what_stands_in_the_place_of_a_municipality_is_said(judge: Judge, cell: str, rule: str) -> None:
    assert keys_of(judge.result(as_csv([HEAD, [cell, CARE, 2025, 1], *ROWS[1:]])).problems) == {rule}


# What texts around a table say of parts of a year, and of other years

RECEIVED = ["Pārskats par saņemtajiem pakalpojumiem 2025. gada {}", "Izveidotās vietas {}", "Iesniegtie pieteikumi, {}"]


@pytest.mark.parametrize("title", [*RECEIVED, "Pārskats par {} (sagatavots 15.07.2025.)", "Received services, {}"])
@pytest.mark.parametrize("part", ["I pusgadā", "9 mēnešos", "martā"])
def test_words_of_making_beside_a_part_of_a_year_do_not_hide_it(judge: Judge, title: str, part: str) -> None:
    refused = judge.refusal(as_csv([[title.format(part)], HEAD, *ROWS]))
    told = judge.result(as_csv([[title.format(part)], HEAD, *ROWS])).warnings if not refused else ()
    assert {*keys_of(refused), *keys_of(told)} & {"refusal_said_above", "note_said_around"}


@pytest.mark.parametrize(
    "text",
    [
        *("Sagatavots 2026. gada janvārī", "Dati saņemti 2026. gada 1. ceturksnī", "Izdrukāts 15.01.2026."),
        *(
            "Iesniegšanas termiņš – 2026. gada 1. februāris",
            "Apstiprināts 2026. gada martā",
            "Received on 5 March 2026",
        ),
    ],
)
def test_when_a_file_was_made_says_nothing_of_its_numbers(judge: Judge, text: str) -> None:
    assert MADE.search(text)
    assert not judge.result(as_csv([[text], HEAD, *ROWS])).warnings


@pytest.mark.parametrize(
    ("title", "told"),
    [
        *(("2024.gada pārskats", True), ("Sociālo pakalpojumu pārskats par 2024. gadu", True)),
        *(("2025. gada pārskats", False), ("2021.–2027. gada programma", False), ("2023.-2025. gads", False)),
    ],
)
def test_a_title_of_another_year_than_all_rows_is_told(judge: Judge, title: str, told: bool) -> None:
    assert ("note_label_differs" in keys_of(judge.result(as_csv([[title], HEAD, *ROWS])).warnings)) == told


@pytest.mark.parametrize("where", ["above", "sheet"])
def test_a_file_named_after_another_year_than_its_title_is_told(judge: Judge, where: str) -> None:
    rows = [["Pašvaldība", "Klienti"], [BAUSKA, 10]]
    content = as_xlsx({"2025" if where == "sheet" else "Dati": rows if where == "sheet" else [["2025. gads"], *rows]})
    assert "note_label_differs" in keys_of(judge.result(content, "parskats_2024.xlsx").warnings)


@pytest.mark.parametrize("title", ["Filiāle Iecavā", "Viena persona var saņemt vairākus pakalpojumus"])
def test_a_branch_or_a_double_count_above_a_table_is_told(judge: Judge, title: str) -> None:
    assert keys_of(judge.result(as_csv([[title], HEAD, *ROWS])).warnings) == {"note_said_around"}


# Contacts on a form: those of the office are no data about a person, those of a client are

CONTACTS = {
    "adrese": "Uzvaras iela 1, Bauska",
    "tālrunis": "63900000",
    "tālr.": "+371 63 900 000",
    "e-pasts": "soc@example.lv",
}


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(CONTACTS)), min_size=1, max_size=3, unique=True),
    st.sampled_from(["", "Sociālā dienesta ", "Iestādes ", "Pakalpojuma sniedzēja "]),
    st.booleans(),
    st.sampled_from(["", ":"]),
    st.sampled_from(["Klienta ", "Bērna ", "Personas "]),
)
def test_contacts_of_the_office_are_read_past_and_those_of_a_client_refused(
    judge: Judge, fields: list[str], whose: str, in_one_row: bool, colon: str, person: str
) -> None:
    def form(whose: str) -> bytes:
        pairs = [[f"{whose}{field}".capitalize() + colon, CONTACTS[field]] for field in fields]
        return as_csv([*([[cell for pair in pairs for cell in pair]] if in_one_row else pairs), [], HEAD, *ROWS])

    assert len(judge.result(form(whose)).accepted) == 4
    assert {key.partition("_")[0] for key in keys_of(judge.refusal(form(person)))} == {"personal"}


# Cells, signatures and files


def test_what_a_condition_strikes_out_is_told(judge: Judge) -> None:
    def change(book: Workbook) -> None:
        rule = CellIsRule(operator="greaterThan", formula=["40"], font=Font(strike=True, color="FF0000"))
        book.active.conditional_formatting.add("D2:D5", rule)

    result = judge.result(as_xlsx({"Dati": [HEAD, *ROWS]}, change), "a.xlsx")
    assert (len(result.accepted), keys_of(result.warnings)) == (4, {"note_struck_if"})


@pytest.mark.parametrize("cell", ["netika sniegts", "slēgts", "nd", "Pakalpojums netika sniegts"])
def test_words_that_may_say_none_or_unknown_are_asked_back_as_such(judge: Judge, cell: str) -> None:
    problems = judge.result(as_csv([HEAD, [*ROWS[0][:3], cell], *ROWS[1:]])).problems
    assert keys_of(problems) == {"reason_none_or_unknown"}


def test_the_end_of_a_bracket_is_no_mark_of_a_note(judge: Judge) -> None:
    result = judge.result(as_csv([HEAD, [*ROWS[0][:3], "12 (2024: 10)"], *ROWS[1:]]))
    assert (keys_of(result.problems), result.warnings) == ({"reason_more_than_number"}, ())


def test_a_heading_over_two_columns_has_no_mark_of_a_note(judge: Judge) -> None:
    def merged(book: Workbook) -> None:
        for area in ("A1:B1", "A2:B2"):
            book.active.merge_cells(area)

    content = as_xlsx({"Dati": [["Pašvaldība", "", "Gads", "Klienti"], [BAUSKA, "", 2025, 5]]}, merged)
    assert not judge.result(content, "a.xlsx").warnings


def test_who_filled_a_table_in_is_no_row_of_it(judge: Judge) -> None:
    result = judge.result(as_csv([HEAD, *ROWS, ["Vadītāja", "", "", "I. Ozola"], ["Datums", "", "", "15.01.2026."]]))
    assert (result.rows_in, len(result.accepted)) == (4, 4)


def test_a_number_beside_a_word_of_a_signature_is_still_a_row(judge: Judge) -> None:
    result = judge.result(as_csv([HEAD, *ROWS, ["Atbildīgais novads", "", "", "7"]]))
    assert (result.rows_in, result.rows_rejected) == (5, 1)


@pytest.mark.parametrize("content", [b"", b"  \r\n\t\r\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_a_word_is_empty(judge: Judge, content: bytes) -> None:
    assert keys_of(judge.refusal(content)) == {"refusal_empty"}
