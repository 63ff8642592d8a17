"""The decoder of JSON-stat: every way of writing a cube gives the same table, and a broken cube is refused."""

from __future__ import annotations

import itertools
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import reply

from socsvc_analysis.schema import DataError
from socsvc_analysis.sources.jsonstat import decoded, dimensions

CODES = st.lists(st.text("ABCÄ0123456789_-.", min_size=1, max_size=6), min_size=1, max_size=4, unique=True)
AXES = st.dictionaries(st.sampled_from(["AREA", "AGE", "SEX", "TIME", "geo"]), CODES, min_size=1, max_size=4)
VALUES = st.none() | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9)
MARKS = st.none() | st.sampled_from(["…", "-", ":", "p", "x"])


def document(axes: dict[str, list[str]], value: object, status: object = None, listed: bool = False) -> dict:
    index = {each: codes if listed else {c: at for at, c in enumerate(codes)} for each, codes in axes.items()}
    cube = {
        "version": "2.0",
        "class": "dataset",
        "id": list(axes),
        "size": [len(codes) for codes in axes.values()],
        "dimension": {each: {"category": {"index": index[each]}} for each in axes},
        "value": value,
    }
    return cube if status is None else cube | {"status": status}


def sparse(cells: list) -> dict:
    return {str(at): cell for at, cell in enumerate(cells) if cell is not None}


@given(axes=AXES, data=st.data())
def test_a_cube_is_read_the_same_however_it_is_written(axes: dict[str, list[str]], data: st.DataObject) -> None:
    count = math.prod(map(len, axes.values()))
    values = data.draw(st.lists(VALUES, min_size=count, max_size=count))
    marks = data.draw(st.lists(MARKS, min_size=count, max_size=count))
    written = [
        document(axes, values, marks),
        document(axes, sparse(values), sparse(marks), listed=True),
        document(axes, values, sparse(marks)),
        document(axes, sparse(values), marks, listed=True),
    ]
    frames = [decoded(json.loads(json.dumps(each)), "demo") for each in written]
    expected = list(itertools.product(*axes.values()))
    for frame in frames:
        assert list(frame[list(axes)].itertuples(index=False, name=None)) == expected
        assert [None if math.isnan(each) else each for each in frame["value"]] == values
        assert list(frame["status"]) == [mark or "" for mark in marks]


def test_the_last_dimension_runs_fastest() -> None:
    frame = decoded(document({"AREA": ["LV", "LV009"], "TIME": ["2025", "2026"]}, [1, 2, 3, 4]), "demo")
    assert frame[(frame["AREA"] == "LV009") & (frame["TIME"] == "2025")]["value"].tolist() == [3.0]


def test_one_mark_may_stand_for_all_and_one_category_needs_no_index() -> None:
    cube = document({"TIME": ["2025", "2026"]}, [None, 2], "p")
    assert decoded(cube, "demo")["status"].tolist() == ["p", "p"]
    single = {"id": ["SEX"], "size": [1], "dimension": {"SEX": {"category": {"label": {"T": "Total"}}}}, "value": [7]}
    assert decoded(single, "demo")["SEX"].tolist() == ["T"]


def test_categories_are_ordered_by_their_number_not_by_their_place() -> None:
    cube = document({"TIME": ["a", "b"]}, [1, 2])
    cube["dimension"]["TIME"]["category"]["index"] = {"2026": 1, "2025": 0}
    assert decoded(cube, "demo")["TIME"].tolist() == ["2025", "2026"]


def test_metadata_have_dimensions_but_no_values() -> None:
    described = json.loads(reply("csp_v2_metadata.json"))
    assert [each.id for each in dimensions(described, "demo")] == ["AREA", "AGE", "SEX", "ContentsCode", "TIME"]
    assert [each.role for each in dimensions(described, "demo")] == ["geo", "", "", "metric", "time"]
    with pytest.raises(DataError, match="does not hold it"):
        decoded(described, "demo")


GOOD = document({"AREA": ["LV"], "TIME": ["2025", "2026"]}, [1, 2])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": [1]}, "1 entries in value for 2 cells"),
        ({"value": {"2": 1}}, "belong to no cell"),
        ({"value": {"01": 1}}, "belong to no cell"),
        ({"value": {"9" * 5000: 1}}, "belong to no cell"),
        ({"value": {"-1": 1}}, "belong to no cell"),
        ({"value": 3}, "neither a list nor an object"),
        ({"value": ["1", 2]}, "not a number"),
        ({"value": [True, 2]}, "not a number"),
        ({"value": [math.inf, 2]}, "not a number"),
        ({"value": [10**400, 2]}, "not a number"),
        ({"status": ["p"]}, "1 entries in status"),
        ({"size": [1, 3]}, "claims 3 categories and lists 2"),
        ({"size": [1]}, "repeated, unsized"),
        ({"id": ["AREA", "AREA"]}, "repeated"),
        ({"id": ["AREA", "value"]}, "named like its values"),
        ({"id": ["AREA", ["TIME"]]}, "must be lists"),
        ({"id": ["AREA", "AGE"]}, "without categories"),
        ({"dimension": []}, "must be lists and dimension an object"),
        ({"class": "collection", "id": None}, "must be lists"),
    ],
)
def test_a_cube_that_does_not_fit_together_is_refused(change: dict, said: str) -> None:
    with pytest.raises(DataError, match=said):
        decoded(GOOD | change, "demo")


@pytest.mark.parametrize(
    "index", [{"a": 0, "b": 2}, {"a": 0, "b": 0}, {"a": "x", "b": 1}, ["a", "a"], None, "ab", {"a": True, "b": 0}]
)
def test_categories_are_numbered_once_each(index: object) -> None:
    cube = json.loads(json.dumps(GOOD))
    cube["dimension"]["TIME"]["category"]["index"] = index
    with pytest.raises(DataError):
        decoded(cube, "demo")


def test_a_cube_that_claims_the_earth_is_refused_before_it_is_made() -> None:
    wide = {f"D{at}": [str(code) for code in range(200)] for at in range(3)}
    with pytest.raises(DataError, match="8000000 cells"):
        decoded(document(wide, {}), "demo")


@pytest.mark.parametrize("given", [None, [], "text", 3, {}, {"warning": {"status": 413}}])
def test_anything_else_is_no_cube(given: object) -> None:
    with pytest.raises(DataError, match="not a JSON-stat data set"):
        decoded(given, "demo")
