"""Contracts: every broken cell is reported exactly once, and a good frame passes unchanged."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from socsvc_analysis import tables as contracts
from socsvc_analysis.schema import DataError, Field, Problem, Table, nearest, typed, unknown_references

FILE = "sample.csv"
SAMPLE = Table(
    "sample",
    "One column of every kind",
    (
        Field("id", "Key", pattern="[a-z]{1,3}[0-9]{0,4}"),
        Field("kind", "One of", one_of=("actual", "plan")),
        Field("status", "One of or empty", required=False, one_of=("normal", "disputed")),
        Field("period", "Of a form or empty", required=False, pattern=contracts.PERIOD),
        Field("title", "Any text"),
        Field("remark", "Any text or empty", required=False),
        Field("value", "Number or unknown", "number", required=False),
        Field("amount", "Number", "number"),
        Field("rank", "Whole number or unknown", "integer", required=False),
        Field("order", "Whole number", "integer"),
        Field("additive", "Yes or no", "boolean"),
    ),
    key=("id",),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers(-(10**9), 10**9).map(str)
INTEGERS = st.integers(-(10**9), 10**9).map(str)
TEXTS = st.text(min_size=1, max_size=8) | st.sampled_from(["NA", "nan", "None", "0031010", "-", "…", " "])
PERIODS = st.sampled_from(["", "2021", "2021-12", "2021-12-31", "2016/2018", "2016-02-12/2022-10-31"])
GOOD = {
    "kind": st.sampled_from(["actual", "plan"]),
    "status": st.sampled_from(["", "normal", "disputed"]),
    "period": PERIODS,
    "title": TEXTS,
    "remark": TEXTS | st.just(""),
    "value": NUMBERS | st.just(""),
    "amount": NUMBERS,
    "rank": INTEGERS | st.just(""),
    "order": INTEGERS,
    "additive": st.sampled_from(["yes", "no"]),
}
NOT_A_NUMBER = ["ten", "1,5", "1 000", "12 vietas", "nan", "NaN", "NA", "-", "…", "inf", "-Infinity", "1e999", "True"]
BROKEN = {
    "id": ["", "A1", "1a", "a-1", "abcd", "a1\n"],
    "kind": ["", "Plan", "plāns", "actual "],
    "status": ["Normal", "apstrīdēts", " "],
    "period": ["31.12.2021", "2021-1", "2021/", "21", "2021-12-31\n", " 2021"],
    "title": [""],
    "value": NOT_A_NUMBER,
    "amount": ["", *NOT_A_NUMBER],
    "rank": ["1.5", *NOT_A_NUMBER],
    "order": ["", "0.1", *NOT_A_NUMBER],
    "additive": ["", "Yes", "true", "1", "jā"],
}


@st.composite
def good_frames(draw: Callable) -> pd.DataFrame:
    size = draw(st.integers(0, 6))
    rows = [{"id": f"a{at}", **{name: draw(cells) for name, cells in GOOD.items()}} for at in range(size)]
    return pd.DataFrame(rows, columns=list(SAMPLE.columns), dtype=str)


@st.composite
def broken_frames(draw: Callable) -> tuple[pd.DataFrame, set[tuple[int, str]]]:
    """A frame with some broken cells, and which: (row as a spreadsheet shows it, column)."""
    frame = draw(good_frames().filter(len))
    cells = st.tuples(st.integers(0, len(frame) - 1), st.sampled_from(sorted(BROKEN)))
    broken = draw(st.sets(cells, min_size=1, max_size=12))
    for row, column in sorted(broken):
        frame.loc[row, column] = draw(st.sampled_from(BROKEN[column]))
    return frame, {(row + 2, column) for row, column in broken}


@given(good_frames())
def test_a_good_frame_passes_unchanged(text: pd.DataFrame) -> None:
    before = text.copy(deep=True)
    frame = typed(text, SAMPLE, FILE)
    pd.testing.assert_frame_equal(text, before)
    assert list(frame.columns) == list(SAMPLE.columns)
    for column in ("id", "kind", "status", "period", "title", "remark"):
        assert frame[column].tolist() == text[column].tolist()
    for column in ("value", "amount", "rank", "order"):
        for cell, value in zip(text[column], frame[column], strict=True):
            assert pd.isna(value) if cell == "" else value == float(cell)
    assert frame["additive"].tolist() == [cell == "yes" for cell in text["additive"]]


@pytest.mark.slow
@given(broken_frames())
def test_every_broken_cell_is_reported_exactly_once(case: tuple[pd.DataFrame, set[tuple[int, str]]]) -> None:
    text, broken = case
    with pytest.raises(DataError) as failure:
        typed(text, SAMPLE, FILE)
    cells = [(problem.row, problem.column) for problem in failure.value.problems if problem.column]
    assert sorted(cells) == sorted(broken)
    for problem in failure.value.problems:
        assert problem.file == FILE
        assert problem.problem
        if problem.column:
            assert problem.value == text.at[problem.row - 2, problem.column]


@given(good_frames() | broken_frames().map(lambda case: case[0]))
def test_the_quick_answer_is_that_of_the_contract(text: pd.DataFrame) -> None:
    frame = text.assign(
        **{name: pd.to_numeric(text[name], errors="coerce").astype(float) for name in ("value", "amount")},
        **{name: pd.array([1] * len(text), dtype="Int64") for name in ("rank", "order")},
        additive=text["additive"] == "yes",
    )
    try:
        SAMPLE.contract.validate(frame, lazy=True)
        kept = True
    except SchemaErrors:
        kept = False
    assert SAMPLE.is_kept_by(frame) == kept


@given(good_frames())
def test_an_empty_number_is_unknown_and_never_zero(text: pd.DataFrame) -> None:
    frame = typed(text.assign(value="", rank=""), SAMPLE, FILE)
    assert frame["value"].isna().all()
    assert frame["rank"].isna().all()
    assert frame["value"].sum(min_count=1) != 0


@pytest.mark.slow
@given(good_frames().filter(lambda frame: len(frame) > 1), st.data())
def test_a_repeated_key_is_reported_at_every_later_row(text: pd.DataFrame, data: st.DataObject) -> None:
    later = data.draw(st.sets(st.integers(1, len(text) - 1), min_size=1))
    text.loc[sorted(later), "id"] = text.loc[0, "id"]
    with pytest.raises(DataError) as failure:
        typed(text, SAMPLE, FILE)
    assert sorted(problem.row for problem in failure.value.problems) == [row + 2 for row in sorted(later)]
    assert {problem.value for problem in failure.value.problems} == {text.at[0, "id"]}


def test_missing_and_unknown_columns_are_named_together() -> None:
    text = pd.DataFrame(columns=[*SAMPLE.columns[1:], "Value ", "kinds"], dtype=str)
    with pytest.raises(DataError) as failure:
        typed(text, SAMPLE, FILE)
    said = {problem.column: problem for problem in failure.value.problems}
    assert said.keys() == {"id", "Value ", "kinds"}
    assert said["id"].problem == "the column is missing"
    assert said["kinds"].nearest == "kind"


def test_an_error_names_the_nearest_allowed_word() -> None:
    row = {"id": "a", "kind": "actul", "title": "x", "amount": "1", "order": "1", "additive": "yes"}
    text = pd.DataFrame([{**dict.fromkeys(SAMPLE.columns, ""), **row}], dtype=str)
    with pytest.raises(DataError, match=r"sample\.csv, row 2, column kind: 'actul' .*; nearest known: actual"):
        typed(text, SAMPLE, FILE)


def test_a_data_error_counts_and_lists_all_problems() -> None:
    error = DataError(Problem(FILE, "is wrong", row=row) for row in (2, 3, 4))
    assert len(error.problems) == 3
    assert str(error).splitlines()[0] == "3 problems in the data:"
    assert str(error).count("is wrong") == 3


@given(
    st.lists(st.sampled_from(["LV009", "LV005", "LV008", "XX", ""]), max_size=6),
    st.lists(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3), min_size=6, max_size=6),
)
def test_every_unknown_reference_is_reported_once(codes: list[str], notes: list[list[str]]) -> None:
    visits = Table(
        "visits",
        "Visits",
        (
            Field("region", "Where", refers_to="regions.code"),
            Field("note", "Why", required=False, refers_to="notes.note", many=True),
        ),
    )
    frame = pd.DataFrame({"region": codes, "note": [" ".join(cell) for cell in notes[: len(codes)]]}, dtype=str)
    known = {"regions.code": pd.Series(["LV009", "LV005"]), "notes.note": pd.Series(["a", "b"])}
    problems = unknown_references(frame, visits, known, "visits.csv")
    wrong = [(at + 2, "region", code) for at, code in enumerate(codes) if code not in ("LV009", "LV005", "")]
    wrong += [(at + 2, "note", "c") for at, cell in enumerate(notes[: len(codes)]) for note in cell if note == "c"]
    assert sorted((each.row, each.column, each.value) for each in problems) == sorted(wrong)


def test_nearest_is_empty_when_nothing_is_close() -> None:
    assert nearest("qqq", ["zemgale", "latgale"]) == ""
    assert nearest("zemgal", ["zemgale", "latgale"]) == "zemgale"
    assert nearest("zemgale", []) == ""


@pytest.mark.parametrize("table", [*contracts.REFERENCE, contracts.OBSERVATIONS, contracts.UNCODED])
def test_table_schema_says_what_the_contract_says(table: Table) -> None:
    schema = table.table_schema()
    assert [each["name"] for each in schema["fields"]] == list(table.columns)
    assert schema["missingValues"] == [""]
    assert schema["primaryKey"] == list(table.key)
    for described, each in zip(schema["fields"], table.fields, strict=True):
        assert described["description"]
        assert described.get("constraints", {}).get("required", False) == each.required


def test_every_reference_points_to_the_key_of_a_table() -> None:
    keys = {f"{table.name}.{column}" for table in contracts.REFERENCE for column in table.columns}
    for table in (*contracts.REFERENCE, contracts.OBSERVATIONS, contracts.UNCODED):
        for each in table.fields:
            assert not each.refers_to or each.refers_to in keys
