"""Questions to the Central Statistical Bureau: nothing asked twice or forgotten, ages counted exactly once."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import Reply, Time, client_of, serving

from socsvc_analysis.schema import DataError
from socsvc_analysis.sources.csp import Selection, Table, asked, cells, parts
from socsvc_analysis.sources.marks import read
from socsvc_analysis.sources.population import TABLE, age_span, tiles

CODES = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=15)
EVERYTHING = {"AREA": ("LV",), "AGE": ("TOTAL",), "SEX": ("T",), "TIME": ("2026",)}


@given(selection=st.dictionaries(st.sampled_from(["AREA", "AGE", "SEX"]), CODES, min_size=1), most=st.integers(1, 60))
def test_parts_hold_each_cell_once_and_are_never_too_large(selection: dict[str, list[str]], most: int) -> None:
    found = list(parts(selection, most))
    assert all(math.prod(map(len, part.values())) <= most for part in found)
    held = sorted(cell for part in found for cell in itertools.product(*part.values()))
    assert held == sorted(itertools.product(*map(set, selection.values())))


SPANS = st.tuples(st.integers(0, 12), st.integers(0, 5)).map(lambda pair: f"Y{pair[0]}-{sum(pair)}")


@given(
    codes=st.lists(SPANS | st.integers(0, 12).map("Y{}".format) | st.integers(0, 12).map("Y_GE{}".format), max_size=25),
    first=st.integers(0, 8),
    length=st.none() | st.integers(0, 8),
)
def test_tiles_are_exactly_the_ages_wanted(codes: list[str], first: int, length: int | None) -> None:
    last = None if length is None else first + length
    at = first
    made = tiles(["TOTAL", *codes], first, last)
    for code in made:
        begins, ends = age_span(code)
        assert begins == at
        at = math.inf if ends is None else ends + 1
    if made:
        assert at == (math.inf if last is None else last + 1)
    singles = [f"Y{age}" for age in range(first, first + 20)] + [f"Y_GE{first + 20}"]
    assert tiles([*codes, *singles], first, last)


@pytest.mark.parametrize("code", ["TOTAL", "Y", "YY1", "Y1-", "Y_GE", "Y1-2-3", "Y1 ", "y1", "Y_UNK", "Y1234"])
def test_a_code_that_is_no_age_is_none(code: str) -> None:
    assert age_span(code) is None


@pytest.mark.parametrize(
    ("value", "mark", "status"),
    [
        (5.0, "", "normal"),
        (5.0, "b", "normal"),
        (5.0, "bp", "provisional"),
        (5.0, "bep", "provisional"),
        (5.0, "e", "estimated"),
        (5.0, "u", "provisional"),
        (0.0, "-", "normal"),
    ],
)
def test_marks_that_leave_a_number(value: float, mark: str, status: str) -> None:
    assert read(value, mark) == (value, status)


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ("…", "missing"),
        (":", "missing"),
        ("", "missing"),
        ("p", "missing"),
        ("x", "confidential"),
        (":c", "confidential"),
        ("bc", "confidential"),
    ],
)
def test_marks_without_a_number_are_unknown_never_zero(mark: str, status: str) -> None:
    value, found = read(math.nan, mark)
    assert (math.isnan(value), found) == (True, status)


def selection_of(**changes: tuple[str, ...]) -> Callable[[object], Selection]:
    """Chooses always the same, whatever the table has."""
    return lambda dimensions: EVERYTHING | changes


def test_a_single_code_need_not_be_chosen_but_every_dimension_is_sent() -> None:
    with serving() as replay:
        asked(client_of(replay, Time()), TABLE, selection_of())
        sent = replay.asked[-1].body["selection"]
    assert {"variableCode": "ContentsCode", "valueCodes": ["IRD041"]} in sent


@pytest.mark.parametrize(
    ("choose", "said"),
    [
        (selection_of(AGE=()), "of which nothing is chosen"),
        (selection_of(COLOUR=("red",)), "does not have this dimension"),
        (selection_of(AREA=("LV999",)), "Non-existent value"),
    ],
)
def test_a_wrong_question_is_said(choose: Callable[[object], Selection], said: str) -> None:
    with serving() as replay, pytest.raises(DataError, match=said):
        asked(client_of(replay, Time()), TABLE, choose)


@pytest.mark.parametrize("described", [b"[]", b'{"variables": 1}', b'{"variables": [{"code": "AREA"}]}'])
def test_a_table_without_a_description_is_a_fault_of_both_versions(described: bytes) -> None:
    with serving() as replay:
        replay.routes["/"] = Reply(described)
        with pytest.raises(DataError, match="described without its variables") as failure:
            asked(client_of(replay, Time()), Table("IRD041", "x"), selection_of())
    assert len(failure.value.problems) == 2


def test_parts_of_a_table_that_overlap_or_differ_are_refused() -> None:
    cube = {"id": ["SEX"], "size": [1], "dimension": {"SEX": {"category": {"index": ["T"]}}}, "value": [1]}
    other = json.loads(json.dumps(cube).replace("SEX", "AGE"))
    for documents in ([cube, cube], [cube, other]):
        with pytest.raises(DataError, match="do not fit together"):
            cells(documents, "demo")
    assert isinstance(cells([cube], "demo"), pd.DataFrame)
