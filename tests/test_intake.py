"""Reading and judging: numbers and text in every style, headings in two languages, and no row lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from broken_files import GOOD, HEAD, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages import DATA

from socsvc_analysis.intake import numbers, personal, text, workbook
from socsvc_analysis.intake.headings import Headings, headings_of, is_total
from socsvc_analysis.intake.mapping import mappings
from socsvc_analysis.intake.reading import read_tables, tables_of
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.rules import Refused, apply_rules
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

TODAY = dt.date(2026, 11, 24)


# Numbers


@given(st.sampled_from(numbers.STYLES), st.integers(0, 999_999_999), st.integers(0, 99))
def test_a_number_written_in_a_style_is_read_in_it(style: numbers.Style, whole: int, cents: int) -> None:
    digits = f"{whole:,}".replace(",", style.thousands)
    assert style.value(f"{digits}{style.decimal}{cents:02}") == pytest.approx(whole + cents / 100)
    assert style.value(digits) == whole


@given(
    st.sampled_from([each for each in numbers.STYLES if each.thousands]), st.lists(st.integers(1000, 10**8), min_size=2)
)
def test_a_column_is_read_in_one_style_or_refused(style: numbers.Style, values: list[int]) -> None:
    cells = [f"{each:,}".replace(",", style.thousands) + f"{style.decimal}5" for each in values]
    decided = numbers.detect_number_style(cells)
    assert [numbers.read(cell, decided).value for cell in cells] == [each + 0.5 for each in values]


@pytest.mark.slow
@given(st.text(max_size=12))
def test_any_cell_is_a_number_a_mark_or_a_sentence(cell: str) -> None:
    try:
        style = numbers.detect_number_style([cell])
    except numbers.Ambiguous as error:
        assert error.said
        return
    number = numbers.read(cell, style)
    assert number.value is not None or number.problem or number.status != "normal"


def test_marks_follow_the_source() -> None:
    style = numbers.Style()
    assert numbers.read("-", style).status == "missing"
    assert numbers.read("–", style, marks={"-": "zero"}).value == 0
    assert numbers.read("x", style).status == "confidential"
    assert numbers.read("", style).value is None
    assert numbers.read(numbers.Exact(3.0), style).value == 3


# Text


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.text("aābcčdeē fgģ\"',;\n0123", min_size=1, max_size=8).map(str.strip), min_size=3, max_size=3),
        min_size=2,
        max_size=6,
    ),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1257"]),
)
def test_text_survives_every_dialect(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    heading = ["Pašvaldība", "Gads", "Klienti"]
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([heading, *rows])
    path = tmp_path_factory.mktemp("text") / "a.csv"
    path.write_bytes(made.getvalue().encode(encoding))
    assert text.rows_of(path, lambda cell: cell in heading) == [heading, *rows]


def test_windows_1257_is_read_only_when_it_is_latvian() -> None:
    assert text.decoded("Ķekava".encode("cp1257"), "a.csv") == "Ķekava"
    with pytest.raises(DataError, match="no Latvian letter"):
        text.decoded("Ķekavä".encode("cp1257"), "a.csv")


# Workbooks


def test_a_workbook_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"], sheet["C2"], sheet["D2"], sheet["E2"] = "x", 5, 0.5, dt.date(2025, 1, 2)
    sheet["F2"], sheet["G2"] = True, "=1+1"
    sheet["B3"] = 25000
    sheet["B3"].number_format = "0000000"
    sheet["C3"] = 0.25
    sheet["C3"].number_format = "0%"
    sheet.merge_cells("B5:C6")
    book.create_sheet("Paslēpta")["A1"] = 1
    book["Paslēpta"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    shown, hidden = workbook.opened(tmp_path / "a.xlsx")
    assert shown.rows[1] == ("", "x", "5", "0.5", "2025-01-02", "TRUE", "=1+1")
    assert shown.rows[2][1:3] == ("0025000", "25%")
    assert shown.rows[0] == ("",) * 7
    assert shown.merged == ((4, 1, 5, 2),)
    assert hidden.hidden


# Headings


@pytest.fixture(scope="module")
def headings(real_tables: Reference) -> Headings:
    return headings_of(real_tables)


def test_headings_are_read_once_until_a_table_is_another(real_tables: Reference) -> None:
    assert headings_of(real_tables) is headings_of(real_tables)
    fewer = replace(real_tables, column_names=real_tables.column_names.iloc[:0])
    assert headings_of(fewer).names.spelled != headings_of(real_tables).names.spelled


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Pašvaldība", "territory"),
        ("PASVALDIBA", "territory"),
        ("Novads:", "territory"),
        ("Municipality", "territory"),
        ("Klientu\n skaits", "clients"),
        ("Klienti (personas)", "clients"),
        ("Vietu skaits*", "places"),
        ("Number of places", "places"),
        ("Gads", "year"),
        ("Pārskata gads", "year"),
        ("target_group", "target_group"),
        ("Mērķa grupa", "target_group"),
        ("Personas rindā", "waiting"),
        ("Nr. p.k.", "ignore"),
        ("Foo", ""),
        ("", ""),
        ("Klienti vai vietas", ""),
    ],
)
def test_headings_are_known_or_not(headings: Headings, heading: str, column: str) -> None:
    meaning = headings.meaning(heading)
    assert (meaning.column if meaning and not meaning.unread else "") == column


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Klienti 2024", {"year": "2024"}),
        ("2024. gads / Klienti", {"year": "2024"}),
        ("Vietu skaits 31.12.2025.", {"year": "2025-12-31"}),
        ("Izdevumi (tūkst. EUR)", {"unit": "EUR_thousand"}),
        ("Izdevumi, milj. eiro", {"unit": "EUR_million"}),
        ("Clients (%)", {"unit": "percent"}),
        ("Vietas (uz 1000 iedzīvotājiem)", {"unit": "per_1000"}),
        ("Vietas (skaits)", {"unit": "count"}),
        ("aprūpe mājās / Klienti", {"service_type": "home_care"}),
        ("Grupu māja (dzīvoklis) / Vietas", {"service_type": "group_home"}),
        ("Personas ar GRT / Klienti", {"target_group": "adults_mental_disorders"}),
        ("Plānotais klientu skaits", {"kind": "plan"}),
        ("Klienti (fakts)", {"kind": "actual"}),
        ("Klienti – sievietes, 18–64 gadi", {"sex": "women", "age": "18-64"}),
        ("Klientu skaits gada beigās 1)", {}),
        ("3. Klienti kopā", {}),
        ("Klienti, kuri saņem pabalstu", {"unread": ("kuri", "saņem", "pabalstu")}),
        ("Nezināms / Klienti", {"unread": ("nezināms",)}),
        ("Klienti (plāns, fakts)", {"unread": ("kind of number (two are said)",)}),
    ],
)
def test_a_heading_is_read_whole(headings: Headings, heading: str, said: dict[str, object]) -> None:
    meaning = headings.meaning(heading)
    told = {name: value for name, value in vars(meaning).items() if value and name != "column"}
    if "unread" in said:
        assert meaning.unread == said["unread"]
    else:
        assert told == said


WORDS = {
    "year": {"2023": ("2023", "2023. gads", "2023. gadā")},
    "unit": {"persons": ("personas", "cilv."), "percent": ("%", "procentos"), "thousand": ("tūkst.", "thousand")},
    "kind": {"plan": ("plāns", "plānotais", "planned"), "actual": ("fakts", "izpilde")},
    "sex": {"women": ("sievietes", "women"), "men": ("vīrieši", "male")},
    "age": {"0-17": ("0–17 gadi", "0-17"), "65+": ("65+", "65 un vecāki")},
    "service_type": {"home_care": ("aprūpe mājās", "home care"), "shelter": ("patversme",)},
}
UNKNOWN = ("sezonas", "pirmreizēji", "vidēji", "xyz")


@given(
    st.dictionaries(st.sampled_from(sorted(WORDS)), st.integers(0, 5), max_size=3),
    st.sampled_from(["{} ({})", "{}, {}", "{} – {}", "{} / {}", "{}: {}", "{} [{}]"]),
    st.lists(st.sampled_from(UNKNOWN), max_size=2, unique=True),
    st.sampled_from(["Klienti", "Klientu skaits", "KLIENTI", "Clients", "2. Klienti", "Kli\u00adenti"]),
)
def test_every_word_of_a_heading_is_used_or_left_over(
    headings: Headings, parts: dict[str, int], shape: str, unknown: list[str], measure: str
) -> None:
    expected, words = {}, list(unknown)
    for role, number in parts.items():
        code = sorted(WORDS[role])[number % len(WORDS[role])]
        expected[role] = code
        words.append(WORDS[role][code][number % len(WORDS[role][code])])
    meaning = headings.meaning(shape.format(measure, ", ".join(words)) if words else measure)
    assert meaning.column == "clients"
    assert set(unknown) <= set(meaning.unread)
    assert {role: getattr(meaning, role) for role in expected} == expected
    assert len(meaning.unread) == len(unknown)


@pytest.mark.parametrize("cell", ["Kopā", "KOPĀ:", "Pavisam", "Kopā novadā", "Zemgalē kopā", "Total", "Summa", "Kopa"])
def test_totals_are_recognised(cell: str) -> None:
    assert is_total(cell)


# Whole files


PLACES = {"Bauskas novads": "0025000", "DOBELES NOV.": "0028000", "Jelgava": "0003000", "Tukumā": "0052000"}
SERVICES = {"aprūpe mājās": "home_care", "home_care": "home_care", "consultations": "individual_consultations"}
ROW = st.tuples(
    st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(SERVICES)), st.integers(2022, 2025), st.integers(0, 5000)
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, min_size=1, max_size=8, unique_by=lambda row: (PLACES[row[0]], SERVICES[row[1]], row[2])),
    delimiter=st.sampled_from(",;\t|"),
    latvian=st.booleans(),
    above=st.booleans(),
    total=st.booleans(),
    order=st.permutations(range(4)),
)
def test_a_return_reads_the_same_in_every_shape(
    real_tables: Reference,
    real_published: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, int, int]],
    delimiter: str,
    latvian: bool,
    above: bool,
    total: bool,
    order: list[int],
) -> None:
    names = (
        ["Pašvaldība", "Pakalpojums", "Gads", "Klientu skaits"]
        if latvian
        else ["municipality", "service", "year", "clients"]
    )
    lines = [[names[at] for at in order], *([str(row[at]) for at in order] for row in rows)]
    if total:
        lines.append([["Kopā", "", "", str(sum(row[3] for row in rows))][at] for at in order])
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\n").writerows(lines)
    path = tmp_path_factory.mktemp("shapes") / "a.csv"
    path.write_text("Atskaite (izdomāta)\n\n" * above + made.getvalue(), encoding="utf-8")
    result = apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
    assert (result.rows_in, result.rows_accepted) == (len(rows), len(rows))
    read = {(row.territory, row.service_type, row.period): row.value for row in result.accepted.itertuples(index=False)}
    assert read == {(PLACES[place], SERVICES[service], str(year)): count for place, service, year, count in rows}


CELLS = {
    0: st.sampled_from(["Bauskas novads", "Dobele", "Jelgavas", "x", "", "Zemgale", "Tukums", "Kopā", "=1"]),
    1: st.sampled_from(["home_care", "shelter", "all", "", "foo"]),
    2: st.sampled_from(["all", "GRT", "", "?"]),
    3: st.sampled_from(["2024", "2025", "2031", "", "25"]),
    4: st.sampled_from(["5", "7", "-1", "2.5", "", "…", "x", "abc", "5*", "=1+1"]),
    5: st.sampled_from(["0", "5", "9", "", "…"]),
}


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=9))
def test_no_row_is_ever_lost(real_tables: Reference, real_published: pd.DataFrame, rows: list[tuple[str, ...]]) -> None:
    sheet = Sheet("", tuple([tuple(HEAD.split(",")), *rows]))
    (table,) = tables_of([sheet], "a.csv", headings_of(real_tables), ())
    counted = sum(not row.total for row in table.rows)
    try:
        result = apply_rules([table], real_tables, real_published, TODAY)
    except Refused as refused:
        result = refused.result
        assert result.rows_rejected == counted
        assert result.accepted.empty
    except DataError as empty:
        assert "no rows" in str(empty)
        assert counted == 0
        return
    assert result.rows_in == counted == result.rows_accepted + result.rows_rejected + result.rows_duplicate
    assert len(result.rejected) == result.rows_rejected
    assert {problem.row for problem in result.problems} >= set(result.rejected.frame["row"])
    key = ["measure", "territory", "service_type", "target_group", "period", "kind"]
    assert not result.accepted.duplicated(key).any()
    sums = sum(
        float(row.cells["clients"].rstrip("*"))
        for row in table.rows
        if row.row in set(result.accepted.loc[result.accepted["measure"] == "clients", "row"])
        and row.cells["clients"].rstrip("*").isdigit()
    )
    assert result.accepted.loc[result.accepted["measure"] == "clients", "value"].sum() == sums


def test_rows_cannot_be_lost_unnoticed() -> None:
    empty = pd.DataFrame()
    with pytest.raises(AssertionError, match="rows were lost"):
        ImportResult(empty, empty, rows_in=3, rows_accepted=1, rows_rejected=1, rows_duplicate=0)


def test_a_measure_in_rows_is_read_too(real_tables: Reference, real_published: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(
        "Pašvaldība;Gads;Rādītājs;Vērtība\nBauskas novads;2024;Vietas;20\nBauskas novads;2024;clients;5\n",
        encoding="utf-8",
    )
    result = apply_rules(read_tables(path, real_tables, DATA), real_tables, real_published, TODAY)
    assert result.accepted[["measure", "kind", "value"]].values.tolist() == [
        ["places", "capacity", 20],
        ["clients", "actual", 5],
    ]


def test_two_mappings_that_fit_are_refused(real_tables: Reference, tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    for name in ("one", "two"):
        (tmp_path / "mappings" / f"{name}.toml").write_text(
            f'title = "{name}"\nanchors = ["clients"]\nkeys = {{territory = "municipality"}}\n', encoding="utf-8"
        )
    path = tmp_path / "a.csv"
    path.write_text(table(*GOOD), encoding="utf-8")
    assert len(mappings(tmp_path, real_tables)) == 2
    with pytest.raises(DataError, match="fits the mappings one and two"):
        read_tables(path, real_tables, tmp_path)


# Data about persons


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("010190-12345", True),
        ("010190–12345", True),
        ("kods: 010190 - 12345.", True),
        ("321234-56789", True),
        ("32123456789", True),
        ("40003012345", False),
        ("90000012345", False),
        ("0025000", False),
        ("991390-12345", False),
        ("2025-01-01", False),
        ("1234567890123", False),
        ("010190-52345", False),
        ("12 345 67", False),
    ],
)
def test_personal_codes_and_what_only_looks_like_one(cell: str, found: bool) -> None:
    assert personal.is_code(cell) == found


def test_contacts_in_a_note_are_not_data_of_a_client() -> None:
    note = Sheet("", (("Sagatavoja: sociālais dienests, tel. 63 000 000",), ("a@b.lv",)))
    personal.refuse([note], "a.csv")
    with pytest.raises(personal.PersonalData) as failure:
        personal.refuse([Sheet("", (("Bauska", "5", "a@b.lv"),))], "a.csv")
    assert "a@b.lv" not in str(failure.value)


# Other workbooks


@pytest.mark.parametrize("name", ["return.xls", "return.ods"])
def test_older_and_open_workbooks_are_read(real_tables: Reference, real_published: pd.DataFrame, name: str) -> None:
    result = apply_rules(
        read_tables(Path(__file__).parent / "received" / name, real_tables, DATA), real_tables, real_published, TODAY
    )
    assert (result.rows_in, result.rows_accepted) == (4, 4)
    assert result.accepted.loc[result.accepted["measure"] == "clients", "value"].sum() == 100


def test_an_open_workbook_that_repeats_a_filled_cell_is_refused(tmp_path: Path) -> None:
    source = Path(__file__).parent / "received" / "return.ods"
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(source) as parts, zipfile.ZipFile(path, "w") as changed:
        for each in parts.infolist():
            content = parts.read(each)
            if each.filename == "content.xml":
                repeated = b'<table:table-cell table:number-columns-repeated="16000" office:value-type="float"'
                content = content.replace(b'<table:table-cell office:value-type="float"', repeated, 1)
            changed.writestr(each, content)
    with pytest.raises(DataError, match="repeats a filled cell 16000 times"):
        workbook.opened(path)
