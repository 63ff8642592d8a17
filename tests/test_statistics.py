"""Pace: how far along a commitment is, against time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from socsvc_analysis.statistics import DAYS_PER_YEAR, Pace, pace

NUMBERS = st.integers(0, 5000).map(float)
SPAN = {"start": "2015-07-01", "end": "2023-12-31"}
DAYS = st.dates(dt.date(2015, 7, 2), dt.date(2023, 12, 30)).map(dt.date.isoformat)


def test_a_case_to_check_by_hand() -> None:
    # 365 of 730 days have gone by; 30 of the way from 10 to 110 is done where 50 was expected.
    found = pace(10, 40, 110, start="2021-01-01", on="2022-01-01", end="2023-01-01")
    assert found.share_of_time == 0.5
    assert found.expected == 60
    assert found.achieved_share == pytest.approx(0.3)
    assert found.ratio == pytest.approx(0.6)
    assert found.required_per_year == pytest.approx(70 / (365 / DAYS_PER_YEAR))


@given(NUMBERS, NUMBERS, DAYS)
def test_even_progress_is_exactly_on_time(baseline: float, target: float, on: str) -> None:
    assume(baseline != target)
    expected = pace(baseline, baseline, target, on=on, **SPAN).expected
    assert min(baseline, target) <= expected <= max(baseline, target)
    found = pace(baseline, expected, target, on=on, **SPAN)
    assert found.ratio == pytest.approx(1)
    assert found.achieved_share == pytest.approx(found.share_of_time)


@given(NUMBERS, NUMBERS, NUMBERS, DAYS)
def test_the_required_pace_ends_at_the_target(baseline: float, latest: float, target: float, on: str) -> None:
    found = pace(baseline, latest, target, on=on, **SPAN)
    years = (dt.date.fromisoformat(SPAN["end"]) - dt.date.fromisoformat(on)).days / DAYS_PER_YEAR
    assert latest + found.required_per_year * years == pytest.approx(target)


@given(NUMBERS, NUMBERS, NUMBERS, DAYS)
def test_falling_counts_work_as_rising_ones(baseline: float, latest: float, target: float, on: str) -> None:
    rising, falling = (pace(sign * baseline, sign * latest, sign * target, on=on, **SPAN) for sign in (1, -1))
    assert falling.ratio == pytest.approx(rising.ratio, nan_ok=True)
    assert falling.achieved_share == pytest.approx(rising.achieved_share, nan_ok=True)


@pytest.mark.parametrize("missing", ["baseline", "latest", "target"])
def test_an_unknown_number_gives_unknown_results_never_zero(missing: str) -> None:
    numbers = {"baseline": 0.0, "latest": 50.0, "target": 100.0, missing: float("nan")}
    found = dataclasses.asdict(pace(**numbers, on="2020-01-01", **SPAN))
    assert math.isnan(found["achieved_share"])
    assert math.isnan(found["ratio"])
    assert 0 < found["share_of_time"] < 1
    if missing != "baseline":
        assert math.isnan(found["required_per_year"])


def test_more_than_the_target_is_not_capped() -> None:
    assert pace(0, 150, 100, on="2020-01-01", **SPAN).achieved_share == 1.5


def test_nothing_to_achieve_is_unknown_not_done() -> None:
    assert math.isnan(pace(100, 100, 100, on="2020-01-01", **SPAN).achieved_share)


def test_no_pace_is_required_once_the_time_is_up() -> None:
    found = pace(0, 50, 100, on=SPAN["end"], **SPAN)
    assert found.share_of_time == 1
    assert found.expected == 100
    assert math.isnan(found.required_per_year)


@pytest.mark.parametrize("end", ["2015-07-01", "2015-06-30"])
def test_an_end_before_the_start_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="the start 2015-07-01 is not before the end"):
        pace(0, 1, 2, start="2015-07-01", on="2015-07-01", end=end)


def test_every_number_of_a_pace_is_described() -> None:
    assert [field.name for field in dataclasses.fields(Pace)] == [
        "expected",
        "achieved_share",
        "share_of_time",
        "ratio",
        "required_per_year",
    ]


def test_after_the_end_the_target_is_expected_and_no_more() -> None:
    late = pace(0, 900, 1000, start="2015-07-01", on="2024-12-31", end="2023-12-31")
    assert (late.expected, late.share_of_time) == (1000, 1)
    assert math.isnan(late.required_per_year)
