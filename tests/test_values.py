"""The arithmetic all indicators share: quotients, sums, the newest of several, wholes beside their parts."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from socsvc_analysis import observations
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import latest_figure, levels
from socsvc_analysis.indicators import values as arithmetic
from socsvc_analysis.indicators.sums import latest_version, sum_observations, without_subtotals
from socsvc_analysis.periods import by_last_day, last_day, latest_period
from socsvc_analysis.reference import Reference, wider
from socsvc_analysis.schema import DataError

UNKNOWN = float("nan")


def test_the_newest_figure_is_the_latest_known_one() -> None:
    rows = pd.DataFrame(
        {
            "territory": ["A", "A", "A", "B"],
            "target_group": "all",
            "period": ["2021", "2021-06", "2022", "2022"],
            "kind": "actual",
            "version": "",
            "value": [5.0, 4.0, UNKNOWN, UNKNOWN],
        }
    )
    assert latest_figure(rows).sort_values("territory")["period"].tolist() == ["2021", "2022"]
    # Of values what was counted decides, not whether it could be divided.
    divided = rows[:2].assign(numerator=[3.0, 2.0], value=[UNKNOWN, 4.0], period=["2022", "2021"])
    assert latest_figure(divided)["period"].tolist() == ["2022"]
    # Of two of one day the last by its id, whichever order they came in; undated rows are the earliest.
    same = rows[:2].assign(period="2021", id=["b", "a"])
    assert latest_figure(same)["id"].tolist() == latest_figure(same[::-1])["id"].tolist() == ["b"]
    assert latest_figure(rows[:2].assign(period=["", "1999"]))["period"].tolist() == ["1999"]


def test_a_year_ends_after_its_days() -> None:
    """As text 2021 comes before 2021-06-30."""
    rows = pd.DataFrame({"period": ["2021", "2021-06-30", "", "2018-03/2020-02", "2021-12-31"], "id": list("abcde")})
    assert by_last_day(rows)["period"].tolist() == ["", "2018-03/2020-02", "2021-06-30", "2021", "2021-12-31"]
    same = pd.DataFrame({"place": ["b", "b", "a"], "period": "2021", "id": ["y", "x", "z"]})
    assert by_last_day(same)["id"].tolist() == ["y", "x", "z"]
    assert by_last_day(same, "id")["id"].tolist() == ["x", "y", "z"]
    assert by_last_day(same, "id", within=["place"])["id"].tolist() == ["z", "x", "y"]
    assert by_last_day(rows.iloc[:0]).empty
    assert latest_period(rows["period"]) == "2021-12-31"
    assert latest_period(rows["period"][:2]) == "2021"
    commitments = pd.DataFrame(
        {"territory": "LV", "target_group": "all", "period": ["2021", "2021-06-30"], "value": [9, 4]}
    )
    assert arithmetic.last_target(commitments)["value"].tolist() == [9]


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2020", "2020-12-31"),
        ("2020-02", "2020-02-29"),
        ("2021-12-30", "2021-12-30"),
        ("2020/2022", "2022-12-31"),
        ("2018-03/2020-02", "2020-02-29"),
        ("", "9999-12-31"),
    ],
)
def test_the_last_day_of_a_period(period: str, day: str) -> None:
    assert last_day(period) == day


def test_a_missing_or_zero_denominator_gives_unknown(figures: pd.DataFrame) -> None:
    rows = observations.select(figures, measure="persons_served", territory="LV", kind="actual")
    above = arithmetic.as_values(rows)
    for bottom in (0.0, UNKNOWN):
        shares = arithmetic.ratio(above, above.assign(value=bottom), on=["territory", "target_group"])
        assert shares["value"].isna().all()
        assert shares["numerator"].equals(above["numerator"])
    shares = arithmetic.ratio(above, above.iloc[:0], on=["territory", "target_group"])
    assert shares["value"].isna().all()
    assert shares["sources"].equals(above["sources"])


def test_two_denominators_for_one_numerator_are_refused(figures: pd.DataFrame) -> None:
    above = arithmetic.as_values(observations.select(figures, measure="persons_served", territory="LV", kind="actual"))
    with pytest.raises(pd.errors.MergeError):
        arithmetic.ratio(above, pd.concat([above, above]), on=["territory", "target_group"])


@pytest.fixture
def two_places(figures: pd.DataFrame) -> pd.DataFrame:
    """Places of two services of one municipality."""
    rows = observations.select(figures, measure="places", programme="erdf_9311", territory="0910000", kind="plan")
    assert len(rows) == 2
    return rows.assign(status=["normal", "provisional"], note=["invented implausible", "invented"])


def test_sums_keep_the_worst_status_and_the_notes_of_all(two_places: pd.DataFrame, tables: Reference) -> None:
    total = arithmetic.summed(two_places, ["territory"], tables)
    assert total[["value", "status", "service_type"]].to_numpy().tolist() == [[26, "provisional", "all"]]
    assert total["notes"].tolist() == [("invented",)]


def test_a_sum_with_an_unknown_part_is_at_least_what_it_says(two_places: pd.DataFrame, tables: Reference) -> None:
    known_in_part = two_places.assign(value=[16.0, UNKNOWN], status=["normal", "missing"])
    total = arithmetic.summed(known_in_part, ["territory"], tables)
    assert total[["value", "status"]].to_numpy().tolist() == [[16, "estimated"]]
    assert "partial_sum" in total["notes"].iloc[0]
    unknown = arithmetic.summed(two_places.assign(value=UNKNOWN, status="missing"), ["territory"], tables)
    assert math.isnan(unknown["value"].iloc[0])
    assert unknown["status"].tolist() == ["missing"]


def test_what_does_not_add_up_is_refused_with_a_sentence(figures: pd.DataFrame, tables: Reference) -> None:
    services = observations.select(figures, measure="persons_served", service_type=("home_care", "respite"))
    with pytest.raises(DataError, match="'persons_served' cannot be added up over service: home_care, respite"):
        arithmetic.summed(services, ["territory"], tables)
    assert len(arithmetic.summed(services, ["territory", "service_type"], tables)) == 2
    years = observations.select(figures, measure="clients_in_year")
    with pytest.raises(DataError, match="observations: 'clients_in_year' cannot be added up over time: 2020, 2021"):
        arithmetic.summed(years, ["territory"], tables)
    people = observations.select(figures, measure="persons_served", kind="actual", service_type="all")
    with pytest.raises(DataError, match="'persons_served' cannot be added up over territory: 0091000, 0094"):
        levels.sum_at_each_level(levels.to_present_municipalities(people, tables), ["period"], tables)
    # Spending of two years is spending.
    spent = observations.select(figures, measure="spending_own", territory="0094000", period=("2021", "2022"))
    assert arithmetic.summed(spent, ["territory"], tables)["value"].tolist() == [2500]


# Figures of the measure, and of several issues


def test_the_same_figure_for_the_measure_and_for_no_programme_counts_once(
    figures: pd.DataFrame, tables: Reference
) -> None:
    named = figures[figures["id"] == "M001"]
    unnamed = named.assign(id="A", programme="", value=61.0)
    elsewhere = named.assign(id="B", programme="erdf_9311", value=62.0)
    for rows in (pd.concat([unnamed, named, elsewhere]), pd.concat([elsewhere, named, unnamed])):
        found = arithmetic.di_observations(Dataset(rows.reset_index(drop=True), tables), measure="persons_served")
        assert found["value"].tolist() == [60]
    # Nobody else has it: what is entered for no programme stands.
    assert arithmetic.di_observations(Dataset(unnamed, tables), measure="persons_served")["value"].tolist() == [61]


def test_no_values_can_be_joined_to_numbers_and_words() -> None:
    none = arithmetic.no_values(["territory", "numerator", "denominator", "value", "lower", "upper", "region"])
    kinds = none.dtypes.astype(str).to_dict()
    assert [kinds.pop(name) for name in ("numerator", "denominator", "value", "lower", "upper")] == ["float64"] * 5
    assert set(kinds.values()) == {"str"}


def test_a_figure_of_an_issue_goes_before_one_of_none() -> None:
    reference = SimpleNamespace(plan_versions=pd.DataFrame({"version": ["early", "late"], "order": [1, 2]}))
    rows = pd.DataFrame({"period": "2019", "version": ["late", "", "early"], "id": ["a", "z", "b"]})
    assert latest_version(rows, ["period"], reference)["id"].tolist() == ["a"]
    assert latest_version(rows[1:], ["period"], reference)["id"].tolist() == ["b"]
    # Of the same issue the last by its id.
    assert latest_version(rows.assign(version=""), ["period"], reference)["id"].tolist() == ["z"]


@pytest.mark.parametrize(
    ("pairs", "outer"),
    [
        # A place within a place within a service, and beside it another service.
        ([("care", "a"), ("state", "a"), ("ward", "a"), ("home", "a")], [0, 3]),
        ([("ward", "a"), ("care", "a")], [1]),
        # All services, or all groups, contain everything of the same territory.
        ([("all", "a"), ("home", "a"), ("home", "b")], [0, 2]),
        ([("home", "all"), ("home", "a"), ("care", "a")], [0, 2]),
        # A wider group of a part is no whole of a narrower group of the whole.
        ([("ward", "all"), ("care", "a")], [0, 1]),
        ([("care", "all"), ("ward", "a")], [0]),
    ],
)
def test_no_part_counts_beside_its_whole(pairs: list[tuple[str, str]], outer: list[int]) -> None:
    reference = SimpleNamespace(
        service_types=pd.DataFrame(
            {"service_type": ["all", "home", "care", "state", "ward"], "parent": ["", "", "", "care", "state"]}
        ),
        target_groups=pd.DataFrame({"target_group": ["all", "a", "b"], "parent": ["", "all", "all"]}),
    )
    rows = pd.DataFrame(pairs, columns=["service_type", "target_group"]).assign(territory="LV")
    assert without_subtotals(rows, ["territory"], reference).index.tolist() == outer
    # In another territory the same row is no part of anything here.
    apart = rows.assign(territory=[str(number) for number in range(len(rows))])
    assert len(without_subtotals(apart, ["territory"], reference)) == len(rows)


def test_a_sum_of_observations_has_no_trace_of_a_single_one(figures: pd.DataFrame) -> None:
    rows = figures[figures["id"].isin(["M081", "M082"])]
    total = sum_observations(rows, ["territory", "period"])
    assert total[["numerator", "value", "status"]].to_numpy().tolist() == [[55000, 55000, "provisional"]]
    assert total[["denominator", "lower", "upper"]].isna().all().all()
    assert not {"id", "source", "note"} & set(total)
    assert {"programme", "provider", *arithmetic.COLUMNS} <= set(total)
    gap = sum_observations(rows.assign(value=[33000.0, UNKNOWN]), ["territory", "period"])
    assert gap["value"].isna().all()


def test_services_that_contain_each_other_end_the_search() -> None:
    circle = pd.DataFrame({"service_type": ["a", "b", "c"], "parent": ["b", "a", "a"]})
    assert wider(circle, "service_type") == {"a": {"b"}, "b": {"a"}, "c": {"a", "b"}}
    reference = SimpleNamespace(
        service_types=circle, target_groups=pd.DataFrame({"target_group": ["all"], "parent": [""]})
    )
    rows = pd.DataFrame({"territory": "LV", "service_type": ["c", "b"], "target_group": "all"})
    assert without_subtotals(rows, ["territory"], reference)["service_type"].tolist() == ["b"]
