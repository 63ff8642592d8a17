"""Territories through time: successors, regions, and references that lead nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socsvc_analysis.reference import (
    COUNTRY,
    COUNTRY_REGION,
    Reference,
    acknowledged_today,
    open_reference,
    present_municipalities,
    region_code,
    region_of,
    successors,
)
from socsvc_analysis.schema import DataError

SPLIT, MERGED, MOVED = "0930000", "0910000", "0940000"
DATES = st.dates(dt.date(2005, 1, 1), dt.date(2035, 12, 31)).map(dt.date.isoformat)
CHANGES = st.sampled_from(["2021-06-30", "2021-07-01", "2025-06-30", "2025-07-01", "9999-12-31"])


@pytest.fixture(scope="module", params=["miniature", "real"])
def municipalities(request: pytest.FixtureRequest, tables: Reference, real_tables: Reference) -> pd.DataFrame:
    return (tables if request.param == "miniature" else real_tables).municipalities


@given(data=st.data(), on=DATES | CHANGES)
def test_a_unit_is_itself_or_its_successors_on_any_date(
    municipalities: pd.DataFrame, data: st.DataObject, on: str
) -> None:
    unit = municipalities.iloc[data.draw(st.integers(0, len(municipalities) - 1))]
    became = successors(unit["code"], on, municipalities=municipalities)
    assert became
    assert len(set(became)) == len(became)
    if not unit["valid_to"] or on <= unit["valid_to"]:
        assert became == (unit["code"],)
        return
    existing = set(present_municipalities(municipalities, on)["code"])
    assert unit["code"] not in existing
    assert set(became) <= existing
    if unit["succession"] == "split":
        assert len(became) > 1


@given(data=st.data(), first=DATES | CHANGES, later=DATES | CHANGES)
def test_the_way_in_two_steps_ends_where_the_way_in_one_step_does(
    municipalities: pd.DataFrame, data: st.DataObject, first: str, later: str
) -> None:
    first, later = sorted([first, later])
    code = data.draw(st.sampled_from(municipalities["code"].tolist()))
    at_once = successors(code, later, municipalities=municipalities)
    in_steps = [
        last
        for each in successors(code, first, municipalities=municipalities)
        for last in successors(each, later, municipalities=municipalities)
    ]
    assert sorted(in_steps) == sorted(at_once)


def test_successors_keep_the_region_of_today(municipalities: pd.DataFrame) -> None:
    for code in municipalities["code"]:
        regions = {
            region_of(each, municipalities=municipalities)
            for each in successors(code, "9999-12-31", municipalities=municipalities)
        }
        assert regions == {region_of(code, municipalities=municipalities)}


def test_every_closed_unit_says_what_it_became_and_no_open_one_does(municipalities: pd.DataFrame) -> None:
    closed = municipalities["valid_to"] != ""
    assert (closed == (municipalities["successors"] != "")).all()
    assert (closed == (municipalities["succession"] != "")).all()
    split = municipalities["succession"] == "split"
    assert (split == (municipalities["successors"].str.split().map(len) > 1)).all()
    assert (municipalities.loc[split, ["split_detail_lv", "split_detail_en"]] != "").all().all()


def test_a_chain_of_successors_ends_at_the_last(tables: Reference) -> None:
    assert successors(MOVED, "2020-01-01", municipalities=tables.municipalities) == (MOVED,)
    assert successors(MOVED, "2024-01-01", municipalities=tables.municipalities) == ("0094000",)
    assert successors(MOVED, "2025-07-01", municipalities=tables.municipalities) == ("0094001",)


def test_a_split_unit_is_never_one_of_its_parts(tables: Reference) -> None:
    assert successors(SPLIT, "2021-06-30", municipalities=tables.municipalities) == (SPLIT,)
    assert successors(SPLIT, "2021-07-01", municipalities=tables.municipalities) == ("0092000", "0093000")


def test_a_unit_that_changed_region_lies_in_both_at_their_times(tables: Reference) -> None:
    assert region_of(MOVED, composition="then", municipalities=tables.municipalities) == "ziemeli"
    assert region_of(MOVED, municipalities=tables.municipalities) == "dienvidi"
    assert (
        region_of(MERGED, composition="then", municipalities=tables.municipalities)
        == region_of(MERGED, municipalities=tables.municipalities)
        == "ziemeli"
    )


def test_a_wrong_code_or_composition_is_refused(tables: Reference) -> None:
    with pytest.raises(DataError, match="'0910001' is not a known ATVK code; nearest known: 09"):
        successors("0910001", "2022-01-01", municipalities=tables.municipalities)
    with pytest.raises(DataError, match="is not a known ATVK code"):
        region_of("Vējotne", municipalities=tables.municipalities)
    with pytest.raises(ValueError, match="'yesterday' is not one of: today, then"):
        region_of(MOVED, composition="yesterday", municipalities=tables.municipalities)


def test_present_municipalities_are_those_of_the_date(tables: Reference) -> None:
    counts = {
        on: len(present_municipalities(tables.municipalities, on)) for on in ("2020-01-01", "2022-01-01", "2026-01-01")
    }
    assert counts == {"2020-01-01": 5, "2022-01-01": 4, "2026-01-01": 4}
    assert "0094001" in set(present_municipalities(tables.municipalities)["code"])


def test_slugs_and_codes_of_regions(tables: Reference) -> None:
    assert region_code("ziemeli", tables.regions) == "LV00X"
    assert region_code(COUNTRY_REGION, tables.regions) == COUNTRY
    with pytest.raises(DataError, match=r"'ziemelis' .*\(known: ziemeli, dienvidi, latvija\); nearest known: ziemeli"):
        region_code("ziemelis", tables.regions)
    with pytest.raises(DataError, match=r"is one region; several .*: territory=\['LV00X', 'LV'\]"):
        region_code(["ziemeli", COUNTRY_REGION], tables.regions)


def test_thanked_municipalities_are_named_as_they_are_today(tables: Reference) -> None:
    thanked = acknowledged_today(tables)
    assert thanked[["name_as_printed", "successor_name"]].to_numpy().tolist() == [
        ["Vējotnes novads", "Apvienotnes novads"],
        ["Dalītnes novads", "Pusotnes novads"],
        ["Dalītnes novads", "Otrpusotnes novads"],
        ["Klātotnes nov.", "Pusotnes novads"],
    ]


def test_territories_and_known_values(tables: Reference) -> None:
    assert {"LV", "LV00X", "LV00Y", SPLIT, "0094001"} <= tables.territories()
    assert set(tables.known()["regions.region"]) == {"ziemeli", "dienvidi", "latvija"}
    assert "municipalities.code" in tables.known()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("providers.csv", ",ziemeli,\n", ",ziemelji,\n", "row 2, column region: 'ziemelji' is not in regions.region"),
        ("municipalities.csv", "0092000 0093000", "0092000 0093009", "column successors: '0093009' is not in"),
        ("programmes.csv", "letter_2022", "letter_2023", "column source: 'letter_2023' .* nearest known: letter_2022"),
        ("regions.csv", ",LV00Y,", ",LV0Y,Y,", "row 3: has 12 cells, the heading has 11"),
        ("measures.csv", ",cumulative,", ",cumulativ,", "'cumulativ' is not one of: stock, flow, cumulative; nearest"),
    ],
)
def test_a_broken_reference_table_is_refused_at_its_cell(
    edited_mini: Callable[[str, str, str], Path], file: str, old: str, new: str, said: str
) -> None:
    with pytest.raises(DataError, match=said) as failure:
        open_reference(edited_mini(f"reference/{file}", old, new))
    assert len(failure.value.problems) == 1
    assert failure.value.problems[0].file == f"reference/{file}"
