"""Kinds of faults that others have reported of readers of this sort: each with inputs that vary.

Every number in them is invented.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font
from packages import DATA
from received_files import PLACES, TODAY, as_csv, as_ods, as_xlsx, repacked

from socsvc_analysis.intake.formats import date_as_shown, date_of_text
from socsvc_analysis.intake.headings import Headings
from socsvc_analysis.intake.letter_workbook import book
from socsvc_analysis.intake.parts import Incomplete, Part, whole_of
from socsvc_analysis.intake.qualifiers import part_of_year
from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.rules import Refused, apply_rules
from socsvc_analysis.intake.store import ImportReport, import_file
from socsvc_analysis.reference import Reference
from socsvc_analysis.sentences import Sentence

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("remembering")]
HEAD = ["Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads", "Klienti", "Vietas"]
NUMBERS = [(12, 20), (30, 40), (8, 10), (50, 60)]
ROWS = [[place, "aprūpe mājās", "visi", 2025, *both] for place, both in zip(PLACES, NUMBERS, strict=True)]
CLIENTS = 100
few = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
examples = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., ImportReport]:
    """Gives a function that imports bytes as a file, without changing anything."""

    def imported(content: bytes, name: str = "return.csv") -> ImportReport:
        (tmp_path / name).write_bytes(content)
        output = tmp_path / "outputs"
        return import_file(tmp_path / name, DATA / "datapackage.json", output=output, dry_run=True, today=TODAY)

    return imported


def rules_of(report: ImportReport) -> set[str]:
    return {each.problem.key for each in report.problems if isinstance(each.problem, Sentence)}


def changed(at: int, value: object, row: int = 0) -> list[list[object]]:
    """The rows with another cell in one of them."""
    rows = [list(each) for each in ROWS]
    rows[row][at] = value
    return [HEAD, *rows]


# What a heading says in brackets or after the word

QUALIFIERS = {
    "%": "refusal_unit",
    "uz 1000 iedzīvotājiem": "refusal_unit",
    "EUR": "refusal_unit",
    "sezonas": "refusal_unread",
    "vidēji dienā": "refusal_unread",
    "sievietes": "reason_parts_missing",
    "65+": "reason_parts_missing",
}


@examples
@given(
    st.sampled_from(sorted(QUALIFIERS)),
    st.sampled_from(["{} ({})", "{}, {}", "{} – {}", "{} [{}]", "{} / {}"]),
    st.sampled_from(["Klienti", "Klientu skaits", "clients"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_qualifier_is_never_dropped(take: Callable, word: str, shape: str, measure: str, encoding: str) -> None:
    head = [shape.format(measure, word) if cell == "Klienti" else cell for cell in HEAD[:5]]
    report = take(as_csv([head, *(row[:5] for row in ROWS)], encoding=encoding))
    assert report.code == 2
    assert QUALIFIERS[word] in rules_of(report)


@examples
@given(
    st.sampled_from(
        [("tūkst. EUR", 1e3), ("milj. EUR", 1e6), ("EUR", 1), ("tūkst. eiro", 1e3), ("thousand EUR", 1e3), ("€", 1)]
    ),
    st.sampled_from(["heading", "label", "column", "sheet", "pair"]),
)
def test_money_is_counted_in_its_unit_wherever_that_is_said(
    take: Callable, unit: tuple[str, float], where: str
) -> None:
    written, factor = unit
    head, rows = ["Pašvaldība", "Gads", "Izdevumi"], [["Bauskas novads", 2025, 12], ["Dobeles novads", 2025, 15]]
    above: list[list[object]] = []
    if where == "heading":
        head[2] = f"Izdevumi ({written})"
    elif where == "column":
        head, rows = [*head, "Mērvienība"], [[*row, written] for row in rows]
    elif where == "label":
        above = [[f"({written})"]]
    elif where == "pair":
        above = [["Mērvienība:", written]]
    name = written if where == "sheet" else "Dati"
    report = take(as_xlsx({name: [*above, head, *rows]}), "return.xlsx")
    assert (report.code, report.total) == (0, 27 * factor), report.message


# Columns that tell rows apart


@examples
@given(
    st.sampled_from(["Struktūra", "Objekts", "Veids 2", "Kods", "Pulciņš"]),
    st.booleans(),
    st.sampled_from([";", ",", "\t", "|"]),
)
def test_equal_rows_are_no_duplicates_beside_a_column_nobody_knows(
    take: Callable, heading: str, equal: bool, delimiter: str
) -> None:
    rows = [
        ["Bauskas novads", "patversme", "A", 2025, 10],
        ["Bauskas novads", "patversme", "B", 2025, 10 + (not equal)],
    ]
    report = take(as_csv([["Pašvaldība", "Pakalpojums", heading, "Gads", "Vietas"], *rows], delimiter))
    assert report.code == 2
    assert [(each.problem.key, each.column) for each in report.problems] == [("refusal_tells_apart", heading)]
    rows[1][0] = "Dobeles novads"
    assert take(as_csv([["Pašvaldība", "Pakalpojums", heading, "Gads", "Vietas"], *rows], delimiter)).code == 0


@examples
@given(
    st.lists(st.integers(0, 40), min_size=2, max_size=2),
    st.sampled_from([("sievietes", "vīrieši"), ("women", "men"), ("Sieviete", "Vīrietis")]),
    st.sampled_from(["Dzimums", "Sex", "Klientu dzimums?"]),
    st.booleans(),
    st.sampled_from([0, 1]),
)
def test_women_and_men_add_up_to_the_printed_total(
    take: Callable, counts: list[int], words: tuple[str, str], heading: str, total: bool, more: int
) -> None:
    rows: list[list[object]] = [
        ["Bauskas novads", "aprūpe mājās", word, 2025, count] for word, count in zip(words, counts, strict=True)
    ]
    if total:
        rows.append(["Kopā", "", "", "", sum(counts) + more])
    report = take(as_csv([["Pašvaldība", "Pakalpojums", heading, "Gads", "Klienti"], *rows]))
    if total and more:
        assert report.code == 2
        return
    assert (report.code, report.accepted, report.total) == (0, 2, sum(counts))


@given(
    st.dictionaries(st.sampled_from(["", "A", "B"]), st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1),
    st.booleans(),
)
def test_parts_make_a_whole_or_are_refused(counts: dict[str, tuple[int, int]], whole: bool) -> None:
    parts = [
        Part(sex, "", branch, value)
        for branch, both in counts.items()
        for sex, value in zip(("women", "men"), both, strict=True)
    ]
    if whole:
        parts += [Part("", "", branch, sum(both)) for branch, both in counts.items()]
    sums = {branch: sum(both) for branch, both in counts.items()}
    printed = sums.pop("", None)
    if printed is None or not sums:
        assert whole_of(parts) == sum(sums.values()) + (printed or 0)
    elif sum(sums.values()) <= printed:
        assert whole_of(parts) == printed
    else:
        with pytest.raises(Incomplete):
            whole_of(parts)


@pytest.mark.parametrize(
    ("ages", "sound"),
    [
        (["0-17", "18-64", "65+"], True),
        (["7-17", "18+"], True),
        (["0-17", "18-64", "60+"], False),
        (["0-17", "65+"], False),
        (["18+"], False),
    ],
)
def test_age_groups_follow_each_other(take: Callable, ages: list[str], sound: bool) -> None:
    rows = [["Bauskas novads", "aprūpe mājās", age, 2025, 5] for age in ages]
    report = take(as_csv([["Pašvaldība", "Pakalpojums", "Vecuma grupa", "Gads", "Klienti"], *rows]))
    assert (report.code, report.total) == ((0, 5 * len(ages)) if sound else (2, None))


@examples
@given(
    st.sampled_from(["Skaitļa veids", "Statuss", "Stāvoklis", "Kind"]),
    st.sampled_from([("plāns", "fakts"), ("plānots", "izpilde"), ("plan", "actual")]),
)
def test_plan_and_actual_in_one_file_are_told_apart(
    real_tables: Reference,
    real_published: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
    heading: str,
    words: tuple[str, str],
) -> None:
    path = tmp_path_factory.mktemp("kinds") / "a.csv"
    rows = [["Bauskas novads", 2025, word, 12 + at] for at, word in enumerate(words)]
    path.write_bytes(as_csv([["Pašvaldība", "Gads", heading, "Klienti"], *rows]))
    result = apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
    assert result.accepted.set_index("kind")["value"].to_dict() == {"plan": 12, "actual": 13}


# Labels above tables, sheets of their own

LABELS = {
    "territory": [("Bauskas novads", "0025000"), ("Dobeles novads", "0028000"), ("Tukuma novads", "0052000")],
    "service_type": [("Aprūpe mājās", "home_care"), ("Sociālais mentors", "social_mentor")],
    "year": [("2024. gads", "2024"), ("2025", "2025"), ("2023. g.", "2023")],
}
COLUMNS = {"territory": "Pašvaldība", "service_type": "Pakalpojums", "year": "Gads"}
USUAL = {"territory": "Jelgavas novads", "service_type": "aprūpe mājās", "year": "2025"}


@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(LABELS)), st.booleans(), st.sampled_from(["blocks", "sheets"]), st.integers(0, 2))
def test_what_is_said_once_for_a_table_counts_for_it(
    real_tables: Reference,
    real_published: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
    key: str,
    named: bool,
    layout: str,
    blank: int,
) -> None:
    others = [each for each in COLUMNS if each != key]
    head = [*(COLUMNS[each] for each in others), "Klienti"]
    tables = {}
    for number, (label, code) in enumerate(LABELS[key]):
        shown = f"{COLUMNS[key]}: {label}" if named else label
        tables[label, shown, code] = [head, [*(USUAL[each] for each in others), 5 + number]]
    if layout == "blocks":
        rows: list[list[object]] = []
        for (_, shown, _), table in tables.items():
            rows += [[shown], *([[]] * blank), *table, []]
        content = as_xlsx({"Dati": rows})
    else:
        content = as_xlsx({label: table for (label, _, _), table in tables.items()})
    path = tmp_path_factory.mktemp("labels") / "a.xlsx"
    path.write_bytes(content)
    result = apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
    column = {"year": "period"}.get(key, key)
    expected = {code: 5 + number for number, (_, code) in enumerate(LABELS[key])}
    assert result.accepted.set_index(column)["value"].to_dict() == expected
    assert len(result.warnings) >= len(tables) - 1 or named


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("2024. gads", True),
        ("2025. gads", False),
        ("Talsu novads", True),
        ("Tukuma novads", False),
        ("Sociālais mentors", True),
        ("Aprūpe mājās", False),
    ],
)
@pytest.mark.parametrize("where", ["above", "sheet"])
def test_a_label_that_no_row_bears_out_is_told(take: Callable, label: str, told: bool, where: str) -> None:
    table = [HEAD, *ROWS]
    report = take(as_xlsx({"Dati": [[label], *table]} if where == "above" else {label: table}), "a.xlsx")
    assert (report.code, report.total) == (0, CLIENTS)
    assert [label in each for each in report.warnings] == [True] * told


@examples
@given(st.sampled_from([("tūkst. EUR", 1e3), ("milj. EUR", 1e6), ("EUR", 1)]), st.booleans())
def test_a_row_of_units_below_the_headings_counts(take: Callable, unit: tuple[str, float], counts: bool) -> None:
    rows = [["Pašvaldība", "Gads", "Izdevumi", "Klienti"], ["", "", unit[0], "skaits" if counts else ""]]
    report = take(as_csv([*rows, ["Bauskas novads", 2025, 12, 5], ["Dobeles novads", 2025, 15, 6]]))
    assert (report.code, report.to_dict()["totals"]) == (0, {"spending": 27 * unit[1], "clients": 11})


@pytest.mark.parametrize("named", [False, True])
def test_labels_between_rows_count_for_the_rows_below_them(
    real_tables: Reference, real_published: pd.DataFrame, tmp_path: Path, named: bool
) -> None:
    say = "Pašvaldība: {}".format if named else str
    rows = [
        ["Pakalpojums", "Gads", "Klienti"],
        [say("Bauskas novads")],
        ["Bērni"],
        ["aprūpe mājās", 2025, 1],
        ["Pieaugušie"],
        ["aprūpe mājās", 2025, 2],
        [],
        [say("Dobeles novads")],
        ["aprūpe mājās", 2025, 4],
        ["Kopā", "", 7],
        ["* Skaitļi ir provizoriski"],
    ]
    path = tmp_path / "a.xlsx"
    path.write_bytes(as_xlsx({"Dati": rows}))
    result = apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
    told = result.accepted.set_index(["territory", "target_group"])["value"].to_dict()
    assert told == {("0025000", "children"): 1, ("0025000", "adults"): 2, ("0028000", "adults"): 4}
    assert [each.row for each in result.warnings if each.problem.key == "note_said_below"] == [11]


@examples
@given(st.sampled_from(["Mazā grupa", "2. posms", "Pārējie"]), st.sampled_from(["csv", "xlsx"]))
def test_a_label_nobody_understands_is_asked_about(take: Callable, label: str, kind: str) -> None:
    rows = [["Aprūpe mājās"], ["Pašvaldība", "Gads", "Klienti"], ["Bauskas novads", 2025, 5], []]
    rows += [[label], ["Pašvaldība", "Gads", "Klienti"], ["Dobeles novads", 2025, 6]]
    report = take(*((as_csv(rows), "a.csv") if kind == "csv" else (as_xlsx({"Dati": rows}), "a.xlsx")))
    assert report.code == 2
    assert "refusal_label" in rules_of(report)


@examples
@given(st.sampled_from(["Plāns", "Sievietes", "tūkst."]), st.sampled_from(["above", "sheet"]))
def test_words_that_change_numbers_are_used_or_asked_about(take: Callable, word: str, where: str) -> None:
    table = [["Pašvaldība", "Gads", "Klienti"], ["Bauskas novads", 2025, 5]]
    title = f"Pārskats ({word}) par darbu"
    report = take(as_xlsx({"Dati": [[title], *table]} if where == "above" else {title: table}), "a.xlsx")
    assert report.code == 2
    assert rules_of(report) == {"refusal_said_above" if where == "above" else "refusal_said_in_sheet"}


def test_a_table_below_an_official_form_with_the_contacts_of_the_office(take: Callable) -> None:
    form = [
        ["1. pielikums"],
        ["Ministru kabineta 2017. gada 13. jūnija noteikumiem Nr. 324"],
        ["Pārskats par sociālajiem pakalpojumiem 2025. gadā"],
        ["Sociālā dienesta nosaukums", "Bauskas novada sociālais dienests"],
        ["Adrese", "Uzvaras iela 1, Bauska"],
        ["Tālrunis", "63900000", "E-pasts", "soc@example.lv"],
        ["Nr.", "1. Pašvaldība", "2. Pakalpojums", "3. Klienti 1)"],
        ["A", "B", 1, 2],
        [1, "Bauskas novads", "aprūpe mājās", 12],
        [2, "Bauskas novads", "sociālais mentors", 5],
        ["", "Kopā", "", 17],
        ["1) gada beigās"],
    ]
    report = take(as_xlsx({"Dati": form}), "a.xlsx")
    assert (report.code, report.accepted, report.total) == (0, 2, 17), report.problems[:]
    form[4] = ["Klienta adrese", "Uzvaras iela 1, Bauska"]
    assert "personal_column" in rules_of(take(as_xlsx({"Dati": form}), "a.xlsx"))
    table = [["Pašvaldība", "E-pasts", "Gads", "Klienti"], ["Bauskas novads", "anna@example.lv", 2025, 1]]
    assert take(as_csv(table)).code == 2


# How cells are stored and shown


def percent(kind: str, value: float) -> tuple[bytes, str]:
    """A return of one share of a plan, stored in one of the ways there are."""
    head, row = ["Pašvaldība", "Gads", "Plāna izpilde"], ["Bauskas novads", 2025]
    if kind == "text":
        return as_csv([head, [*row, f"{value * 100:g} %".replace(".", ",")]]), "a.csv"
    if kind == "ods":
        shown = f'<table:table-cell office:value-type="percentage" office:value="{value}"><text:p>{value:.0%}</text:p>'
        return as_ods([head, [*row, f"{shown}</table:table-cell>"]]), "a.ods"

    def formatted(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"]["C2"].number_format = {"xlsx": "0%", "decimals": "0.00%"}[kind]

    return as_xlsx({"Dati": [head, [*row, value]]}, formatted), "a.xlsx"


@examples
@given(st.sampled_from(["text", "ods", "xlsx", "decimals"]), st.integers(1, 1500))
def test_a_percentage_is_one_number_however_it_is_stored(take: Callable, kind: str, tenths: int) -> None:
    report = take(*percent(kind, tenths / 1000))
    assert (report.code, report.total) == (0, pytest.approx(tenths / 10)), report.message


@pytest.mark.parametrize("shape", ["0%", "#,##0.00 €", '0" tūkst."', "[$€-426] 0", '0" %"'])
def test_a_count_is_no_percentage_money_or_thousand(take: Callable, shape: str) -> None:
    def formatted(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"]["E2"].number_format = shape

    report = take(as_xlsx({"Dati": [HEAD, *ROWS]}, formatted), "a.xlsx")
    assert (report.code, report.rejected, report.problems[0].column) == (3, 1, "Klienti")


ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?")
ERROR_CELLS = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>{}</text:p>'
    "</table:table-cell>",
    '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>{}</text:p>'
    "</table:table-cell>",
)


@examples
@given(st.sampled_from(ERRORS), st.sampled_from(["csv", "xlsx", *ERROR_CELLS]))
def test_an_error_value_is_rejected_in_every_format(take: Callable, error: str, kind: str) -> None:
    if kind == "csv":
        report = take(as_csv(changed(4, error)))
    elif kind == "xlsx":
        report = take(as_xlsx({"Dati": changed(4, error)}), "a.xlsx")
    else:
        report = take(as_ods(changed(4, kind.format(error))), "a.ods")
    assert (report.code, report.rejected, report.total) == (3, 1, CLIENTS - 12)
    assert rules_of(report) == {"reason_error"}


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2029, 12, 31)),
    st.sampled_from(["", "[$-426]", "[$-x-sysdate]"]),
    st.sampled_from(["yyyy", "YYYY", "e", "mm.yyyy", "yyyy-mm", "mmmm\\ yyyy", "dd.mm.yyyy", "d/m/yy", "yyyy-mm-dd"]),
    st.sampled_from(["", ".", '" g."', '\\. "gads"', ";@"]),
)
def test_a_date_is_read_as_far_as_it_is_shown(day: dt.date, language: str, shape: str, after: str) -> None:
    told = day.isoformat()[: 10 if "d" in shape else 7 if "m" in shape else 4]
    assert date_as_shown(day, language + shape + after) == told
    assert date_as_shown(dt.datetime.combine(day, dt.time()), language + shape + after) == told


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2029, 12, 31)),
    st.sampled_from(
        ["{0:%Y}", "{0:%Y}.", "{0:%Y}. gads", "{0:%m}.{0:%Y}", "{0:%Y}-{0:%m}", "jūn {0:%Y}", "{0:%d.%m.%Y}"]
    ),
)
def test_a_date_of_a_text_is_read_as_far_as_it_is_shown(day: dt.date, shape: str) -> None:
    length = 10 if "%d" in shape else 7 if "%m" in shape or "jūn" in shape else 4
    assert (date_of_text(day.isoformat(), shape.format(day)) or day.isoformat()) == day.isoformat()[:length]


@pytest.mark.parametrize(
    ("shape", "day", "code"), [('yyyy". gads"', 1, 0), ("dd.mm.yyyy", 1, 2), ("dd.mm.yyyy", 31, 0)]
)
def test_a_year_typed_as_a_date_is_the_year_or_asked_about(take: Callable, shape: str, day: int, code: int) -> None:
    def formatted(workbook: openpyxl.Workbook) -> None:
        for row in range(2, 6):
            workbook["Dati"].cell(row, 4).number_format = shape

    rows = [[*row[:3], dt.date(2025, 1 if day == 1 else 12, day), *row[4:]] for row in ROWS]
    report = take(as_xlsx({"Dati": [HEAD, *rows]}, formatted), "a.xlsx")
    assert report.code == code, report.message


def test_struck_out_and_hidden_cells_are_told(take: Callable) -> None:
    def struck(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"]["E2"].font = Font(strike=True)
        workbook["Dati"].column_dimensions["F"].hidden = True

    report = take(as_xlsx({"Dati": [HEAD, *ROWS]}, struck), "a.xlsx")
    assert (report.code, report.rejected) == (3, 1)
    assert rules_of(report) == {"reason_struck"}
    assert any("Vietas" in each and "hidden" in each for each in report.warnings)


@few
@given(
    st.sampled_from(["Saraksti", "Norādes", "Pārbaude", "Instrukcija"])
    | st.text("bcčdfgģjkķļmnņprsšz '&-", min_size=1, max_size=31).filter(lambda name: name.strip(" '-&"))
)
def test_a_table_on_a_sheet_of_any_name_is_read(take: Callable, name: str) -> None:
    more = [HEAD, ["Talsu novads", "patversme", "visi", 2025, 7, 9]]
    report = take(as_xlsx({"Dati": [HEAD, *ROWS], name: more}), "a.xlsx")
    assert (report.code, report.total) == (0, CLIENTS + 7)


@few
@given(
    st.sampled_from([("plāns", 3), ("tikai sievietes", 3), ("1. pusgads", 3), ("vidēji", 3), ("pārbaudīts", 0)]),
    st.sampled_from(["xlsx", "ods"]),
)
def test_a_comment_is_told_or_refuses_its_row(take: Callable, comment: tuple[str, int], kind: str) -> None:
    text, code = comment

    def commented(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"]["E2"].comment = Comment(text, "Anna")

    noted = (
        f'<table:table-cell office:value-type="float" office:value="12"><office:annotation><text:p>{text}</text:p>'
        "</office:annotation><text:p>12</text:p></table:table-cell>"
    )
    content = as_xlsx({"Dati": [HEAD, *ROWS]}, commented) if kind == "xlsx" else as_ods(changed(4, noted))
    report = take(content, f"a.{kind}")
    assert (report.code, report.rejected) == (code, int(code > 0))
    assert rules_of(report) == ({"reason_comment"} if code else set())
    assert any(text in each for each in report.warnings) == (not code)


def test_a_comment_on_a_heading_refuses_its_table(take: Callable) -> None:
    def commented(workbook: openpyxl.Workbook) -> None:
        workbook["Dati"]["E1"].comment = Comment("tūkst.", "Anna")

    assert rules_of(take(as_xlsx({"Dati": [HEAD, *ROWS]}, commented), "a.xlsx")) == {"refusal_comment"}


@few
@given(
    st.sampled_from([("Iecava", "Bauska 1", 2), ("A", "B", 2), ("Lapa1", "Lapa2", 0), ("Iecava", "Kopsavilkums", 0)])
)
def test_equal_rows_on_sheets_of_other_names_are_asked_about(take: Callable, names: tuple[str, str, int]) -> None:
    first, second, code = names
    report = take(as_xlsx({first: [HEAD, *ROWS], second: [HEAD, *ROWS]}), "a.xlsx")
    assert report.code == code
    assert rules_of(report) == ({"refusal_sheets_apart"} if code else set())


# Parts of a year

ORDINALS = ["1.", "2.", "I", "II", "pirmais", "otrais"]
PARTS_OF_YEAR = st.one_of(
    st.builds(
        "{} {}".format, st.sampled_from(ORDINALS), st.sampled_from(["pusgads", "ceturksnis", "kvartāls", "cet."])
    ),
    st.builds("{}{}".format, st.sampled_from("QHqh"), st.integers(1, 4)),
    st.builds("{} {}".format, st.integers(2, 11), st.sampled_from(["mēneši", "mēn.", "months"])),
    st.sampled_from(["janvāris–jūnijs", "no janvāra līdz martam", "01.01.–30.06.2025.", "first half", "2nd quarter"]),
)
WHOLE_YEARS = ["12 mēneši", "janvāris–decembris", "01.01.2025.–31.12.2025.", "2025. gada 31. decembrī", "2025. gads"]


@given(PARTS_OF_YEAR, st.sampled_from(["{}", "{} 2025", "2025. gada {}", "Pārskats par {} ({})", "({})"]))
def test_every_way_to_say_a_part_of_a_year_is_known(words: str, around: str) -> None:
    assert part_of_year(around.replace("{}", words))


@pytest.mark.parametrize("words", [*WHOLE_YEARS, "Augusts Bērziņš", "katru ceturksni", "H5", "Kvartālu iela 5"])
def test_what_is_no_part_of_a_year(words: str) -> None:
    assert not part_of_year(words)


@examples
@given(PARTS_OF_YEAR, st.sampled_from(["above", "sheet", "heading", "column", "cell", "notes"]))
def test_a_part_of_a_year_is_never_a_year(take: Callable, words: str, where: str) -> None:
    head, rows = ["Pašvaldība", "Gads", "Klienti"], [["Bauskas novads", 2025, 5], ["Dobeles novads", 2025, 6]]
    if where == "heading":
        head[2] = f"Klienti, {words}"
    elif where == "cell":
        rows = [[place, f"2025 {words}", number] for place, _, number in rows]
    elif where in ("column", "notes"):
        head = [*head, "Posms" if where == "column" else "Piezīmes"]
        rows = [[*row, words] for row in rows]
    above = [[f"Dati: {words}"]] if where == "above" else []
    report = take(as_xlsx({words.replace("/", "") if where == "sheet" else "Dati": [*above, head, *rows]}), "a.xlsx")
    assert report.code == (0 if where == "notes" else 2), report.message
    assert where != "notes" or any(words in each for each in report.warnings)


@pytest.mark.parametrize("said", ["2025-06", "06.2025", "2025. gada jūnijs", "jūnijs 2025"])
def test_a_month_is_a_period(real_tables: Reference, real_published: pd.DataFrame, tmp_path: Path, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv([["Pašvaldība", "Periods", "Klienti"], ["Bauskas novads", said, 5]]))
    result = apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
    assert result.accepted["period"].tolist() == ["2025-06"]


@pytest.mark.parametrize("said", ["Sagatavots 15.01.2026", "Iesniegšanas datums: 15.01.2026", "Izdrukāts 2025. gadā"])
def test_the_day_a_file_was_made_is_not_the_year_of_its_numbers(take: Callable, said: str) -> None:
    report = take(as_csv([[said], ["Pašvaldība", "Klienti"], ["Bauskas novads", 5]]))
    assert rules_of(report) == {"refusal_no_year"}


@few
@given(st.sampled_from(["prognoze", "vidēji", "t.sk. bērni", "tikai vīrieši", "tūkst."]), st.booleans())
def test_a_column_nobody_knows_is_no_place_for_words_that_change_numbers(
    take: Callable, word: str, everywhere: bool
) -> None:
    rows = [["Bauskas novads", 2025, word, 5], ["Dobeles novads", 2025, word if everywhere else "A", 6]]
    report = take(as_csv([["Pašvaldība", "Gads", "Tips", "Klienti"], *rows]))
    if everywhere and word != "tūkst.":  # units are understood by their cells
        assert (report.code, rules_of(report)) == (2, {"refusal_column_changes"})
    elif not everywhere:
        assert (report.code, any(word in each for each in report.warnings)) == (0, True)


def test_a_form_of_two_cells_with_who_filled_it_in(take: Callable) -> None:
    form = [
        ["Pašvaldība", "Bauskas novads"],
        ["Pārskata gads", 2025],
        ["Nr. p.k.", "Pakalpojuma veids", "Klientu skaits"],
        [1, "aprūpe mājās", 12],
        ["Sagatavoja:", "A. Bērziņa"],
        ["Datums", "15.01.2026"],
    ]
    report = take(as_xlsx({"Dati": form}), "a.xlsx")
    assert (report.code, report.rows_in, report.total) == (0, 1, 12), report.message


@few
@given(st.sampled_from("±~≈$‰<>≥∆"), st.sampled_from(["Klienti {}", "{} klienti", "Vietas ({})"]))
def test_a_sign_in_a_heading_is_never_dropped(take: Callable, sign: str, shape: str) -> None:
    report = take(as_csv([["Pašvaldība", "Gads", shape.format(sign)], ["Bauskas novads", 2025, 5]]))
    assert report.code == 2


# Workbooks of other makers

STRICT = (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/")
STRICT_MAIN = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
)
MAKERS: dict[str, Callable[[str, bytes], tuple[str, bytes]]] = {
    "backslashes": lambda name, part: (name.replace("/", "\\"), part),
    "strict": lambda name, part: (name, part.replace(*STRICT).replace(*STRICT_MAIN)),
    "other name": lambda name, part: (
        name.replace("workbook.xml", "book9.xml"),
        part.replace(b"xl/workbook.xml", b"xl/book9.xml") if name.startswith(("_rels", "[Content")) else part,
    ),
    "empty fill": lambda name, part: (name, part.replace(b"<fills", b"<fills", 1).replace(b"<patternFill />", b"")),
    "broken filter": lambda name, part: (
        name,
        part.replace(
            b"</sheetData>", b'</sheetData><autoFilter ref="A1:ZZZZZ0"><filterColumn colId="x"/></autoFilter>'
        ),
    ),
}


@few
@given(st.sets(st.sampled_from(sorted(MAKERS)), min_size=1))
def test_a_sound_workbook_of_other_makers_is_read(take: Callable, makers: set[str]) -> None:
    content = as_xlsx({"Dati": [HEAD, *ROWS]})
    for maker in sorted(makers, key="backslashes".__eq__):  # names with backslashes come last: others look for names
        content = repacked(content, MAKERS[maker])
    report = take(content, "a.xlsx")
    assert (report.code, report.total) == (0, CLIENTS), report.message


@pytest.mark.parametrize("inside", ["return.xlsx", "return.csv"])
def test_the_sheet_in_a_signed_container_is_read(take: Callable, inside: str) -> None:
    def container(*names: str) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as parts:
            parts.writestr("mimetype", "application/vnd.etsi.asic-e+zip")
            for name in names:
                table = as_xlsx({"Dati": [HEAD, *ROWS]}) if name.endswith("xlsx") else as_csv([HEAD, *ROWS])
                parts.writestr(name, table)
            parts.writestr("vestule.docx", b"PK")
            parts.writestr("META-INF/edoc-signatures-S1.xml", "<signatures/>")
        return made.getvalue()

    report = take(container(inside), "return.edoc")
    assert (report.code, report.total) == (0, CLIENTS)
    assert rules_of(take(container(inside, "b.csv"), "return.asice")) == {"refusal_container"}
    assert rules_of(take(container(), "return.asice")) == {"refusal_container_empty"}


# Signs nobody sees, and forms


@examples
@given(
    st.sampled_from(["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200e"]),
    st.sampled_from(["heading", "cell", "start"]),
    st.integers(0, 6),
)
def test_signs_that_take_no_room_change_nothing(take: Callable, sign: str, where: str, at: int) -> None:
    head, rows = list(HEAD), [list(row) for row in ROWS]
    if where == "heading":
        head[at % 6] = head[at % 6][:at] + sign + head[at % 6][at:]
    if where == "cell":
        for row in rows:
            row[1] = row[1][:at] + sign + row[1][at:]
    content = (sign * 2 if where == "start" else "").encode() + as_csv([head, *rows])
    report = take(content)
    assert (report.code, report.total, report.warnings) == (0, CLIENTS, ()), report.message


@examples
@given(
    st.sampled_from(["{}", "{}. {}", "({}) {}", "{}) {}"]),
    st.sampled_from(["", " 1)", "*", "¹", " [1]"]),
    st.sampled_from([None, "{}", "({})", "{}."]),
)
def test_numbered_columns_and_footnotes_are_understood(
    take: Callable, number: str, mark: str, below: str | None
) -> None:
    head = [heading if number == "{}" else number.format(at, heading) for at, heading in enumerate(HEAD, start=1)]
    head[4] += mark
    rows = [[below.format(at) for at in range(1, 7)]] if below else []
    report = take(as_csv([head, *rows, *ROWS]))
    assert (report.code, report.rows_in, report.total) == (0, 4, CLIENTS), report.message


@examples
@given(
    st.sampled_from(["Gala summa", "Kopskaits", "Pavisam kopā", "KOPĀ:", "Kopējais skaits", "Grand total", "Zemgale"]),
    st.booleans(),
)
def test_totals_of_every_name_are_checked_and_not_counted(take: Callable, name: str, sound: bool) -> None:
    rows = [["Bauskas novads", 2025, 12], ["Dobeles novads", 2025, 30], [name, "", 42 if sound else 999]]
    report = take(as_csv([["Pašvaldība", "Gads", "Klienti"], *rows]))
    if sound:
        assert (report.code, report.rows_in, report.total) == (0, 2, 42), report.message
    else:
        assert report.code in (2, 3)
        assert report.problems


# What others have reported of other readers: a line each, with where


def far_formats(workbook: openpyxl.Workbook) -> None:
    workbook["Dati"]["F1048576"].number_format = "0"


def three_rows_of_headings(workbook: openpyxl.Workbook) -> None:
    for area in ("A1:A3", "B1:B3", "C1:F1", "C2:D2", "E2:F2"):
        workbook["Dati"].merge_cells(area)


def dates_since_1904(workbook: openpyxl.Workbook) -> None:
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


def phonetic(name: str, part: bytes) -> tuple[str, bytes]:
    """Readings beside a text, which belong to no cell."""
    return name, part.replace(b"novads</t>", b'novads</t><rPh sb="0" eb="1"><t>x</t></rPh>')


HEADINGS = [
    ["Pašvaldība", "Pakalpojums", "Rādītāji", "", "", ""],
    ["", "", "2024. gads", "", "2025. gads", ""],
    ["", "", "Klienti", "Vietas", "Klienti", "Vietas"],
    ["Bauskas novads", "aprūpe mājās", 60, 2, 40, 4],
]
DAYS = [[*HEAD[:3], "Datums", *HEAD[4:]], *([*row[:3], dt.date(2025, 12, 31), *row[4:]] for row in ROWS)]
SOUND = {
    "rows end with a delimiter (pandas 14124)": lambda: as_csv([HEAD, *([*row, ""] for row in ROWS)]),
    "dates since 1904 (xlconnect 32)": lambda: as_xlsx({"Dati": DAYS}, dates_since_1904),
    "texts with every delimiter (CleverCSV 99)": lambda: as_csv(
        [[*HEAD, "Piezīmes"], *([*row, "* a|b\n* c;d, e\n\n**x** | y"] for row in ROWS)], ","
    ),
    "headings of three rows, merged (tabulator 320)": lambda: as_xlsx({"Dati": HEADINGS}, three_rows_of_headings),
    "formats down to the last row": lambda: as_xlsx({"Dati": [HEAD, *ROWS]}, far_formats),
    "readings beside texts": lambda: repacked(as_xlsx({"Dati": [HEAD, *ROWS]}), phonetic),
    "codes kept as formulas": lambda: as_csv(changed(0, '="0025000"')),
    "line breaks in headings": lambda: as_csv([[*HEAD[:4], "Klienti\n(personas)", "Vietu\nskaits"], *ROWS]),
    "comments above (datapackage 834)": lambda: b"# eksports 2025\r\n# v2\r\n" + as_csv([HEAD, *ROWS]),
}


@pytest.mark.parametrize("name", sorted(SOUND))
def test_what_trips_others_is_read(take: Callable, name: str) -> None:
    content = SOUND[name]()
    report = take(content, "a.xlsx" if content.startswith(b"PK") else "a.csv")
    assert (report.code, report.total) == (0, CLIENTS), report.message


ASKED_BACK = {
    "a year in the heading and another one in the row": [
        [*HEAD[:4], "Klienti (2025)", "Vietas"],
        *changed(3, 2024)[1:],
    ],
    "an empty key is not filled from above (pandas 44837)": changed(0, "", row=2),
    "NA is no name": changed(2, "NA"),
    "a number that Excel made a date (pyexcel 135)": changed(4, "2026-06-15"),
    "a blank before a comma (pandas 64631)": changed(4, "1 ,"),
    "two commas": changed(4, "1,,2"),
    "powers of ten": changed(4, "1e3"),
    "brackets for minus": changed(4, "(5)"),
    "digits of another script": changed(4, "١٢"),
    "a range": changed(4, "5–6"),
    "years from and to": changed(3, "2024-2025"),
}


@pytest.mark.parametrize("name", sorted(ASKED_BACK))
def test_what_others_read_wrongly_is_asked_back(take: Callable, name: str) -> None:
    report = take(as_csv(ASKED_BACK[name]))
    assert (report.code, report.accepted, report.rejected) == (3, 3, 1)


# What is unlikely is told


def test_a_thousandfold_an_empty_measure_and_a_missing_region_are_warnings(take: Callable) -> None:
    head = ["Pašvaldība", "Klienti 2023", "Klienti 2024", "Klienti 2025"]
    report = take(as_csv([head, ["Bauskas novads", 5, 6, 7000], ["Dobeles novads", 8, 9, 10]]))
    assert (report.code, len(report.warnings)) == (0, 1)
    assert "Klienti 2025: '7000' is a thousand times" in report.warnings[0]
    rows = [[place, 2025, "", 5] for place in PLACES]
    rows[0][2] = 3
    report = take(as_csv([["Pašvaldība", "Gads", "Klienti", "Vietas"], *rows]))
    assert [each for each in report.warnings if "is empty in 3 of 4 rows" in each]
    places = ["Bauskas novads", "Talsu novads", "Cēsu novads", "Siguldas novads"]
    report = take(as_csv([["Pašvaldība", "Gads", "Klienti"], *([place, 2025, 5] for place in places)]))
    assert [each for each in report.warnings if "no municipality of: Latgale" in each]
    assert json.loads(json.dumps(report.to_dict()))["warnings"] == list(report.warnings)


def test_a_name_nobody_knows_is_told_once_with_its_line(take: Callable) -> None:
    rows = [["Ventspils", year, 5] for year in (2021, 2022, 2023)] + [
        ["Bauskas novads", y, 5] for y in range(2022, 2026)
    ]
    report = take(as_csv([["Pašvaldība", "Gads", "Klienti"], *rows]))
    assert (report.code, report.rejected) == (3, 3)
    (name,) = report.unknown
    assert (name.name, name.count) == ("Ventspils", 3)
    assert name.lines == ("municipalities,Ventspils,0007000", "municipalities,Ventspils,0056000")
    assert len(report.to_dict()["problems"]) == 3


# The way back


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([("Klienti", "l2", 12), ("Pakalpojums", "aprupe", "aprūpe mājās"), ("Gads", "25", 2025)]),
    st.booleans(),
    st.sampled_from(["csv", "xlsx"]),
)
def test_the_letter_is_mended_and_sent_back(
    real_tables: Reference,
    real_published: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
    wrong: tuple[str, object, object],
    labelled: bool,
    kind: str,
) -> None:
    heading, bad, good = wrong
    folder = tmp_path_factory.mktemp("letters")
    rows = changed(HEAD.index(heading), bad)
    if labelled:
        rows = [["Pašvaldība: Bauskas novads"], HEAD[1:], rows[1][1:], ["sociālais mentors", "visi", 2025, 3, ""]]
    path = folder / f"sent.{kind}"
    path.write_bytes(as_csv(rows) if kind == "csv" else as_xlsx({"Atskaite": rows}))

    def take(path: Path) -> ImportResult:
        try:
            return apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
        except Refused as refused:
            return refused.result

    first = take(path)
    assert first.rows_rejected == 1
    letter = folder / "rejected.xlsx"
    letter.write_bytes(book(path.name, first))
    workbook = openpyxl.load_workbook(letter)
    sheet = workbook.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    marked = [cell for cell in sheet[2] if cell.fill.fgColor.rgb == "00F8CBAD"]
    assert [headings[cell.column - 1] for cell in marked] == [heading]
    assert "version 8" in "".join(str(row[0]) for row in workbook.worksheets[-1].iter_rows(values_only=True))
    marked[0].value = good
    workbook.save(letter)
    mended = take(letter)
    assert (mended.rows_in, mended.rows_accepted) == (1, 1)
    assert mended.accepted.set_index("measure")["value"].to_dict() == {"clients": 12, "places": 20}
    assert set(mended.accepted["territory"]) == {"0025000"}


def test_rules_of_a_year_name_every_check_in_both_languages(real_tables: Reference) -> None:
    from socsvc_analysis.intake.rulebook import rules

    lv, en = (rules(2025, real_tables, language) for language in ("lv", "en"))
    assert set(lv["checks"]) == set(en["checks"]) >= {"reason_negative", "refusal_unread", "personal_code"}
    assert "0025000" in lv["values"]["territory"]
    assert "0546701" not in lv["values"]["territory"]  # Ozolnieku novads is gone


def test_what_the_headings_table_says_is_what_headings_mean(real_tables: Reference) -> None:
    headings = Headings(real_tables)
    for heading, column in real_tables.column_names[["heading", "column"]].to_numpy():
        meaning = headings.meaning(heading)
        assert (meaning.column, meaning.unread) == (column, ()), heading
