"""Statistics of progress: pace against time, compound growth, projection to a target, the verdict of the framework."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from socsvc_analysis.statistics import DAYS_PER_YEAR, growth, pace, performance_verdict, projection

NAN = math.nan
NUMBERS = st.integers(0, 5000).map(float)
SPAN = {"start": "2015-07-01", "end": "2023-12-31"}
DAYS = st.dates(dt.date(2015, 7, 2), dt.date(2023, 12, 30)).map(dt.date.isoformat)


# -- pace


def test_a_case_to_check_by_hand() -> None:
    # 365 of 730 days have gone by; 30 of the way from 10 to 110 is done where 50 was expected.
    found = pace(10, 40, 110, start="2021-01-01", on="2022-01-01", end="2023-01-01")
    assert found.share_of_time == 0.5
    assert found.expected == 60
    assert found.achieved_share == pytest.approx(0.3)
    assert found.ratio == pytest.approx(0.6)
    assert found.required_per_year == pytest.approx(70 / (365 / DAYS_PER_YEAR))


def test_a_pace_unpacks_in_the_order_of_its_definition() -> None:
    found = pace((2012, 4916), (2019, 4430), (2023, 3916))
    expected, achieved, required, ratio = found
    assert (expected, achieved, required, ratio) == (
        found.expected,
        found.achieved_share,
        found.required_per_year,
        found.ratio,
    )
    assert found.share_of_time == pytest.approx(7 / 11)


def test_times_come_in_pairs_or_apart_as_years_or_days() -> None:
    pairs = pace(("2021-01-01", 10), ("2022-01-01", 40), ("2023-01-01", 110))
    assert pairs == pace(10, 40, 110, start="2021-01-01", on="2022-01-01", end="2023-01-01")
    assert pairs == pace(["2021-01-01", 10], ["2022-01-01", 40], ["2023-01-01", 110])
    assert pairs == pace((dt.date(2021, 1, 1), 10), (pd.Timestamp(2022, 1, 1), 40), ("2023-01-01", 110))
    assert pace((2021, 10), (2022, 40), (2023, 110)) == pace(10, 40, 110, start=2021, on=2022, end=2023)
    assert pace((2021, 10), (2022, 40), (2023, 110)).required_per_year == 70


def test_times_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^times are all years or all days, not 2021, 2022-01-01, 2023$"):
        pace((2021, 10), ("2022-01-01", 40), (2023, 110))
    said = "^each value is a pair of time and value, or none is and start, on and end say the times$"
    for ask in (
        lambda: pace((2021, 10), 40, (2023, 110)),
        lambda: pace((2021, 10), (2022, 40), (2023, 110), on=2022),
        lambda: pace((2021, 10), (2022, 40), (2023, 110), end=2022),
    ):
        with pytest.raises(ValueError, match=said):
            ask()


@pytest.mark.parametrize("end", ["2015-07-01", "2015-06-30"])
def test_an_end_before_the_start_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match=f"^the start 2015-07-01 is not before the end {end}$"):
        pace(0, 1, 2, start="2015-07-01", on="2015-08-01", end=end)


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


@pytest.mark.parametrize("nothing", [None, NAN, pd.NA])
@pytest.mark.parametrize("missing", ["baseline", "latest", "target"])
def test_an_unknown_number_gives_unknown_results_never_zero(missing: str, nothing: object) -> None:
    numbers = {"baseline": 0.0, "latest": 50.0, "target": 100.0, missing: nothing}
    found = dataclasses.asdict(pace(**numbers, on="2020-01-01", **SPAN))
    assert math.isnan(found["achieved_share"])
    assert math.isnan(found["ratio"])
    assert 0 < found["share_of_time"] < 1
    assert math.isnan(found["required_per_year"]) == (missing != "baseline")
    assert math.isnan(found["expected"]) == (missing != "latest")


@pytest.mark.parametrize("missing", range(3))
def test_an_unknown_time_gives_unknown_results(missing: int) -> None:
    times = [NAN if at == missing else year for at, year in enumerate((2012, 2019, 2023))]
    found = pace((times[0], 0), (times[1], 50), (times[2], 100))
    assert found.achieved_share == 0.5
    assert math.isnan(found.expected)
    assert math.isnan(found.ratio)
    assert math.isnan(found.required_per_year) == (missing > 0)
    days = [None if at == missing else day for at, day in enumerate(("2012-01-01", "2019-01-01", "2023-01-01"))]
    assert math.isnan(pace(*zip(days, (0, 50, 100), strict=True)).expected)
    assert math.isnan(pace(0, 50, 100).expected)


def test_more_than_the_target_is_not_capped() -> None:
    assert pace(0, 150, 100, on="2020-01-01", **SPAN).achieved_share == 1.5


def test_nothing_to_achieve_is_unknown_not_done() -> None:
    assert math.isnan(pace(100, 100, 100, on="2020-01-01", **SPAN).achieved_share)


def test_no_pace_is_required_once_the_time_is_up() -> None:
    found = pace(0, 50, 100, on=SPAN["end"], **SPAN)
    assert found.share_of_time == 1
    assert found.expected == 100
    assert math.isnan(found.required_per_year)


def test_after_the_end_the_target_is_expected_and_before_the_start_nothing() -> None:
    late = pace(0, 900, 1000, on="2024-12-31", **SPAN)
    assert (late.expected, late.share_of_time) == (1000, 1)
    assert math.isnan(late.required_per_year)
    early = pace(5, 5, 1000, on="2015-01-01", **SPAN)
    assert (early.expected, early.share_of_time) == (5, 0)
    assert math.isnan(early.ratio)


def test_the_pace_of_many_places_keeps_their_index() -> None:
    target = pd.Series([100, 0, None], index=["a", "b", "c"])
    found = pace((2020, 0), (2021, 25), (2022, target))
    assert pace([0, 0], [25, 5], [100, 10], start=2020, on=2021, end=2022).achieved_share.tolist() == [0.25, 0.5]
    assert found.achieved_share.to_dict() == pytest.approx({"a": 0.25, "b": NAN, "c": NAN}, nan_ok=True)
    assert found.expected["a"] == 50
    assert found.required_per_year["b"] == -25


# -- compound growth


def test_growth_by_hand() -> None:
    # Doubled in one year; ten thousandfold in four is tenfold in one.
    assert growth((2020, 1), (2021, 2), (2024, 10_000)) == pytest.approx((1, 9, 1 / 9))
    assert growth(("2020-01-01", 1), ("2024-01-01", 16), ("2028-01-01", 256)) == pytest.approx((1, 1, 1))


def test_growth_of_many_places_keeps_their_index() -> None:
    found = growth((2020, 1), (2021, pd.Series([2, 3], index=["a", "b"])), (2024, 16))
    assert [each["b"] for each in found] == pytest.approx([2, 1, 2])


def test_growth_without_time_or_way_is_unknown() -> None:
    found = growth((2020, 1), (2020, 1), (2024, 16))
    assert found == pytest.approx((NAN, 1, NAN), nan_ok=True)
    assert growth((2020, 1), (2021, 2), (2019, 16)) == pytest.approx((1, NAN, NAN), nan_ok=True)
    assert growth((2020, 4), (2021, 2), (2024, 4)) == pytest.approx((-0.5, 0, NAN), nan_ok=True)
    assert growth((2020, None), (2021, 2), (2024, 4)) == pytest.approx((NAN, NAN, NAN), nan_ok=True)


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_growth_from_or_to_nothing_is_refused(numbers: tuple) -> None:
    with pytest.raises(ValueError, match=r"^compound growth needs numbers above zero \(number 1: 0\)$"):
        growth(*zip((2020, 2021, 2024), numbers, strict=True))


# -- projection


def yearly(*values: float | None, first: int = 2015) -> pd.Series:
    return pd.Series(values, index=range(first, first + len(values)))


def test_points_on_a_line_are_projected_without_doubt() -> None:
    for sign in (1, -1):
        found = projection(yearly(10, 20, 30) * sign, 60 * sign)
        assert found == (pytest.approx(2020), pytest.approx(2020), pytest.approx(2020), "at the present pace")
    assert projection(yearly(10, 20, 30), 65).year == pytest.approx(2020.5)


NOISE = st.lists(st.integers(-30, 30), min_size=3, max_size=10)


@given(NOISE, st.sampled_from([0.8, 0.95]), st.sampled_from([1, -1]))
def test_the_range_is_where_the_prediction_interval_meets_the_target(
    noise: list[int], confidence: float, sign: int
) -> None:
    series = sign * yearly(*(10.0 * at + each for at, each in enumerate(noise)))
    target = float(sign * max(sign * series) + sign * 40)
    found = projection(series, target, confidence)
    fit = OLS(series.to_numpy(), add_constant(series.index.to_numpy(float) - 2015)).fit()
    last = series.index[-1]

    def interval(year: float) -> tuple[float, float]:
        table = fit.get_prediction([[1, year - 2015]]).summary_frame(alpha=1 - confidence)
        ends = (sign * table["obs_ci_lower"].item(), sign * table["obs_ci_upper"].item())
        return min(ends), max(ends)

    slope = fit.params[1] * sign
    if abs(slope) < 1e-9:
        return
    assert (slope > 0) or found.verdict == "not at the present pace"
    if found.verdict == "at the present pace":
        assert fit.params[0] + fit.params[1] * (found.year - 2015) == pytest.approx(target)
        assert last <= found.earliest <= found.year <= last + 30
        if not math.isnan(found.latest):
            assert found.year <= found.latest <= last + 30
            assert interval(found.latest)[0] == pytest.approx(sign * target, abs=1e-6)
        else:
            assert interval(last + 30)[0] < sign * target
    if not math.isnan(found.earliest):
        if found.earliest > last:
            assert interval(found.earliest)[1] == pytest.approx(sign * target, abs=1e-6)
        else:
            assert interval(last)[1] >= sign * target - 1e-6


def test_a_weak_trend_has_a_range_without_end() -> None:
    found = projection(yearly(10, 30, 12, 33, 15, 36), 50)
    assert found.verdict == "at the present pace"
    assert found.earliest == 2020
    assert math.isnan(found.latest)


def test_the_horizon_is_thirty_years() -> None:
    assert projection(yearly(0, 1, 2), 32).year == pytest.approx(2047)
    found = projection(yearly(0, 1, 2), 32.1)
    assert found == pytest.approx((NAN, NAN, NAN, "not at the present pace"), nan_ok=True) or (
        found.verdict == "not at the present pace" and math.isnan(found.year)
    )
    # The line is too slow, its interval not quite.
    found = projection(yearly(0, 1.5, 1.5, 3), 34)
    assert (found.verdict, math.isnan(found.year), math.isnan(found.latest)) == ("not at the present pace", True, True)
    assert 2018 < found.earliest < 2048


@pytest.mark.parametrize("values", [(30, 29, 31, 28), (30, 30, 30), (30, 20, 10)])
def test_a_line_that_leads_away_does_not_arrive(values: tuple) -> None:
    found = projection(yearly(*values), 60)
    assert found.verdict == "not at the present pace"
    assert all(math.isnan(each) for each in found[:3])


def test_the_target_is_reached_since_the_series_has_stayed_there() -> None:
    assert projection(yearly(10, 60, 50, 60, 70), 60) == (2018, 2018, 2018, "reached")
    assert projection(yearly(90, 60, 50, 40), 60) == (2016, 2016, 2016, "reached")
    assert projection(yearly(60, 60), 60) == (2015, 2015, 2015, "reached")
    assert projection(yearly(5, 60), 60).year == 2016


def test_a_first_value_on_the_target_makes_it_a_floor() -> None:
    assert projection(yearly(60, 65, 70), 60).verdict == "reached"
    assert projection(yearly(60, 50, 40), 60).verdict == "not at the present pace"


def test_a_line_already_past_the_target_arrives_now() -> None:
    # The mean is above the target, the last value not: the line met it before, so no year before the last is named.
    found = projection(yearly(0, 30, 30, 5), 10)
    assert (found.verdict, found.year, found.earliest) == ("at the present pace", 2018, 2018)
    assert math.isnan(found.latest)
    found = projection(yearly(0, 10, 20, 30, 40, 50, 60, 36), 37)
    assert (found.year, found.earliest) == (2022, 2022)
    fit = OLS([0, 10, 20, 30, 40, 50, 60, 36], add_constant(range(8))).fit()
    lowest = fit.get_prediction([[1, found.latest - 2015]]).summary_frame(alpha=0.05)["obs_ci_lower"].item()
    assert lowest == pytest.approx(37)


@pytest.mark.parametrize(
    ("series", "target"),
    [
        (yearly(), 5),
        (yearly(1, 2), 5),
        (yearly(1, None, 2), 5),
        (yearly(None, None, None), 5),
        (yearly(1, 2, 3), None),
        (yearly(1, 2, 3), NAN),
        (pd.Series([1, 2, 3], index=[2015] * 3), 5),
        (pd.Series([1, 2, 3], index=[2015, 2016, NAN]), 5),
    ],
)
def test_too_little_is_known_for_a_projection(series: pd.Series, target: float | None) -> None:
    found = projection(series, target)
    assert found.verdict == "unknown"
    assert all(math.isnan(each) for each in found[:3])


def test_unknown_values_and_order_do_not_matter() -> None:
    plain = projection(yearly(10, 20.5, 30), 60)
    assert plain.latest > plain.year
    assert projection(yearly(10, 20.5, 30, None), 60) == plain
    assert projection(yearly(10, 20.5, 30).iloc[[2, 0, 1]], 60) == plain
    assert projection(yearly(10, 20.5, 30).astype("Float64"), 60) == plain
    assert projection(yearly(None, 10, 20.5, 30, first=2014), 60) == plain


def test_dates_are_years_and_their_fractions() -> None:
    plain = projection(yearly(10, 22, 29), 60)
    values = [10, 22, 29]
    for index in (
        pd.DatetimeIndex(["2015-01-01", "2016-01-01", "2017-01-01"]),
        pd.PeriodIndex(["2015", "2016", "2017"], freq="Y"),
        ["2015", "2016", "2017"],
        ["2015-01-01", "2016-01-01", "2017-01-01"],
        [dt.date(2015, 1, 1), dt.date(2016, 1, 1), dt.date(2017, 1, 1)],
    ):
        assert projection(pd.Series(values, index=index), 60) == plain
    ends = pd.DatetimeIndex(["2015-12-31", "2016-12-31", "2017-12-31"])
    assert projection(pd.Series([0, 1, 2], index=ends), 3).year == pytest.approx(2018 + 364 / 365, abs=0.001)
    assert projection(pd.Series([3, 4], index=ends[:2]), 4).year == 2016 + 365 / 366
    assert projection(pd.Series([4, 4], index=ends[1:]), 4).year == 2016 + 365 / 366


@given(st.lists(st.integers(0, 100), min_size=3, max_size=8), st.integers(-20, 120), st.integers(-50, 50))
def test_a_projection_moves_with_its_years_and_turns_with_its_values(values: list[int], target: int, by: int) -> None:
    found = projection(yearly(*values), target)
    later = projection(yearly(*values, first=2015 + by), target)
    turned = projection(-yearly(*values), -target)
    assert later.verdict == found.verdict
    assert [each - by for each in later[:3]] == pytest.approx(list(found[:3]), nan_ok=True, abs=1e-5)
    for power in (-9, 9):
        assert projection(yearly(*values) * 2.0**power, target * 2.0**power) == pytest.approx(found, nan_ok=True)
    if target != values[0]:
        assert turned[:3] == pytest.approx(found[:3], nan_ok=True)
        assert turned.verdict == found.verdict


# -- performance framework


@pytest.mark.parametrize(
    ("achievements", "verdict"),
    [
        ([85], "achieved"),
        (100, "achieved"),
        ([84.9], "not achieved"),
        ([65], "not achieved"),
        ([64.9], "serious failure"),
        ([100, 75], "not achieved"),
        ([100, 64.9], "serious failure"),
        ([100, 100, 75], "achieved"),
        ([100, 74.9, 100], "not achieved"),
        ([80, 80, 100], "not achieved"),
        ([64, 100, 100], "not achieved"),
        ([64, 65, 100], "not achieved"),
        ([64, 64, 100, 100], "serious failure"),
        ([150, 85, 85], "achieved"),
        ([100, None], "unknown"),
        ([10, 10, NAN], "unknown"),
        ([], "unknown"),
        (None, "unknown"),
    ],
)
def test_what_the_performance_framework_says(achievements: list | float | None, verdict: str) -> None:
    assert performance_verdict(achievements) == verdict
    if isinstance(achievements, list):
        assert performance_verdict(pd.Series(achievements[::-1], dtype="Float64")) == verdict
