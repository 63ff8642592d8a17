"""Statistics that compare: with references and targets, in funnels, on control charts, over time."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import WLS
from statsmodels.tools import add_constant

from socsvc_analysis.statistics import (
    POSITIONS,
    FunnelLimits,
    benchmark,
    benchmark_limits_proportion,
    benchmark_limits_rate,
    compare,
    control_chart,
    count_interval,
    funnel_limits_proportion,
    funnel_limits_rate,
    judge_direction,
    overdispersion,
    position,
    proportion_interval,
    trend,
    trend_proportion,
)

NAN = math.nan
BASELINES = st.floats(0.01, 0.99)
LIMITS = FunnelLimits(4, 6, 2, 8)


# -- references and targets


@pytest.mark.parametrize(("lower", "upper", "side"), [(8, 9, -1), (8, 10, 0), (9, 11, 0), (10, 11, 0), (11, 12, 1)])
@pytest.mark.parametrize("polarity", ["high", "low", "neither"])
def test_only_an_interval_that_leaves_out_the_reference_differs(
    lower: int, upper: int, side: int, polarity: str
) -> None:
    words = {"high": "worse similar better", "low": "better similar worse", "neither": "lower similar higher"}
    assert compare(10, lower, upper, 10, polarity) == words[polarity].split()[side + 1]


@pytest.mark.parametrize(
    ("value", "high", "low", "neither"),
    [(9, "worse", "better", "lower"), (10, "better", "better", "similar"), (11, "better", "worse", "higher")],
)
def test_a_target_is_reached_at_the_target(value: int, high: str, low: str, neither: str) -> None:
    assert compare(value, None, None, 10, "high") == compare(value, value, value, 10, "high") == high
    assert compare(value, None, None, 10, "low") == compare(value, None, None, (10, 10), "low") == low
    assert compare(value, None, None, 10, "neither") == compare(value, None, None, 10, "") == neither


def test_a_target_range_and_an_interval() -> None:
    found = compare([1, 1, 5, 9, 9], [0, 0, 4, 8, 9], [2, 3, 6, 10, 10], (3, 8), "high")
    assert found.tolist() == ["worse", "similar", "similar", "similar", "better"]
    assert compare(8, None, None, (3, 8), "neither") == "higher"
    assert compare(3, None, None, (3, 8), "neither") == "similar"


@pytest.mark.parametrize(
    "unknown", [(5, None, 6, 7), (5, 4, None, 7), (5, NAN, NAN, 7), (5, 4, 6, None), (None, None, None, 7)]
)
def test_what_is_unknown_is_not_judged(unknown: tuple) -> None:
    assert compare(*unknown, "high") == "unknown"


def test_a_value_that_is_unknown_beside_known_limits_does_not_matter() -> None:
    assert compare(None, 8, 9, 10, "low") == "better"


def test_half_a_target_range_is_none() -> None:
    assert compare(5, 4, 6, (None, 8), "high") == compare(5, 4, 6, (3, None), "high") == "unknown"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("high", "higher is better", "high is good"), "better"),
        (("low", "lower is better", "low is good"), "worse"),
        (("neither", ""), "higher"),
    ],
)
def test_polarities_have_several_words(words: tuple[str, ...], answer: str) -> None:
    assert {compare(9, 8, 10, 5, word) for word in words} == {answer}


def test_what_cannot_be_compared_is_refused_with_a_sentence() -> None:
    said = (
        r"^polarity 'hihg' is not one of: higher is better, high is good, high, lower is better, low is good, low, "
        r"neither$"
    )
    for ask in (lambda: compare(1, 1, 1, 1, "hihg"), lambda: judge_direction("increasing", "hihg")):
        with pytest.raises(ValueError, match=said):
            ask()
    with pytest.raises(ValueError, match=r"^an upper limit is below its lower one \(number 1: 6, 4\)$"):
        compare(5, 6, 4, 5, "high")
    with pytest.raises(ValueError, match=r"^a target range ends before it begins \(number 1: 6, 4\)$"):
        compare(5, None, None, (6, 4), "high")


def test_comparisons_keep_the_index() -> None:
    index = ["a", "b"]
    values = pd.Series([9.0, 11.0], index=index)
    for found in (
        compare(values, None, None, 10, "high"),
        compare([9, 11], values, [9, 11], 10, "high"),
        compare([9, 11], [9, 11], values, 10, "high"),
        compare([9, 11], None, None, pd.Series([10, 10], index=index), "high"),
    ):
        assert found.to_dict() == {"a": "worse", "b": "better"}
    with pytest.raises(ValueError, match=r"^the numbers have different labels"):
        compare(values, values[::-1], values[::-1], 10, "high")


# -- funnels and benchmarks


@given(st.integers(1, 5000), BASELINES, st.data())
def test_a_place_is_outside_the_funnel_when_its_interval_leaves_out_the_baseline(
    total: int, baseline: float, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, total))
    limits = funnel_limits_proportion(total, baseline)
    for level, lower, upper in ((0.95, limits.lower95, limits.upper95), (0.998, limits.lower998, limits.upper998)):
        own = proportion_interval(count, total, level)
        assume(min(abs(own.lower - baseline), abs(own.upper - baseline)) > 1e-9)
        assert (count / total < lower) == (own.upper < baseline)
        assert (count / total > upper) == (own.lower > baseline)


@given(st.integers(1, 5000), st.floats(0.1, 5000))
def test_a_rate_is_outside_the_funnel_when_its_interval_leaves_out_the_baseline(events: int, expected: float) -> None:
    # The baseline is 1 event per person, so expected events are people and the rate is events / expected.
    limits = funnel_limits_rate(events, 1)
    for level, lower, upper in ((0.95, limits.lower95, limits.upper95), (0.998, limits.lower998, limits.upper998)):
        own = count_interval(events, level, "exact")
        assume(min(abs(own.lower - expected), abs(own.upper - expected)) > 1e-9)
        assert (events / expected < lower) == (own.upper < expected)
        assert (events / expected > upper) == (own.lower > expected)


@given(st.integers(1, 5000), BASELINES)
def test_limits_enclose_the_baseline_and_narrow_with_numbers(total: int, baseline: float) -> None:
    for kind in (funnel_limits_proportion, benchmark_limits_proportion):
        few, many = kind(total, baseline), kind(total * 4, baseline)
        assert few.lower998 <= few.lower95 <= baseline <= few.upper95 <= few.upper998
        assert many.upper998 - many.lower998 < few.upper998 - few.lower998 or few.lower998 == 0 or few.upper998 == 1
    rates = [
        (funnel_limits_rate(total, baseline), funnel_limits_rate(total + 9, baseline)),
        (benchmark_limits_rate(total, baseline, 10), benchmark_limits_rate(total * 4, baseline, 10)),
    ]
    for few, many in rates:
        assert few.lower998 <= few.lower95 <= baseline <= few.upper95 < few.upper998
        assert many.upper95 - many.lower95 < few.upper95 - few.lower95


@given(st.integers(1, 5000), BASELINES)
def test_proportion_limits_mirror_those_of_the_complement(total: int, baseline: float) -> None:
    for kind in (funnel_limits_proportion, benchmark_limits_proportion):
        limits, mirrored = kind(total, baseline), kind(total, 1 - baseline)
        assert 1 - mirrored.upper95 == pytest.approx(limits.lower95, abs=1e-9)
        assert 1 - mirrored.lower998 == pytest.approx(limits.upper998, abs=1e-9)


def test_funnel_limits_by_hand() -> None:
    found = funnel_limits_proportion(100, 0.5)
    assert found == pytest.approx((0.402002, 0.597998, 0.345488, 0.654512), abs=1e-6)
    assert funnel_limits_proportion(4, 0.5) == pytest.approx((0.010009, 0.989991, 0, 1), abs=1e-6)
    wide = funnel_limits_proportion(100, 0.5, phi=4)
    assert wide.upper95 == pytest.approx(0.5 + 2 * 1.959964 * 0.05)
    assert funnel_limits_proportion(100, 0.5, tau2=0.0075).upper95 == pytest.approx(0.5 + 2 * 1.959964 * 0.05)
    assert funnel_limits_rate(9, 100, phi=4).upper95 == pytest.approx(funnel_limits_rate(9, 100).upper95 ** 2 / 100)


def test_less_dispersion_than_chance_does_not_narrow_a_funnel() -> None:
    assert funnel_limits_proportion(100, 0.5, phi=0.5) == funnel_limits_proportion(100, 0.5)
    assert funnel_limits_rate(9, 100, phi=0.5) == funnel_limits_rate(9, 100)
    assert all(math.isnan(each) for each in funnel_limits_proportion(100, 0.5, phi=NAN))


def test_benchmark_limits_are_intervals_of_what_is_expected() -> None:
    found = benchmark_limits_proportion(200, 0.25)
    assert found == (*proportion_interval(50, 200), *proportion_interval(50, 200, 0.998))
    found = benchmark_limits_rate(4000, 5, per=1000)
    exact = (limit / 4 for level in (0.95, 0.998) for limit in count_interval(20, level, "exact"))
    assert found == pytest.approx(tuple(exact))
    assert benchmark_limits_rate(100_000, 7) == benchmark_limits_rate(100_000, 7, 100_000)


def test_no_events_and_no_people_have_no_limits() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for limits in (
            funnel_limits_rate(0, 5),
            funnel_limits_proportion(0, 0.5),
            benchmark_limits_proportion(0, 0.5),
            benchmark_limits_rate(0, 5),
            funnel_limits_proportion(5, None),
            benchmark_limits_proportion(5, None),
        ):
            assert all(math.isnan(each) for each in limits)


def test_no_events_where_many_are_expected_lie_below() -> None:
    assert position(0, benchmark_limits_rate(100_000, 20)) == "below 99.8 %"
    assert benchmark(0, benchmark_limits_rate(100_000, 20), "low").at998 == "better"


@pytest.mark.parametrize("kind", [funnel_limits_proportion, benchmark_limits_proportion])
def test_baselines_and_totals_that_cannot_be_are_refused(kind: type) -> None:
    for baseline in (-0.1, 1.1):
        with pytest.raises(ValueError, match=rf"^a baseline is not a fraction .* \(number 1: {baseline}\)$"):
            kind(5, baseline)
    with pytest.raises(ValueError, match=r"^a (total|count) is below zero \(number 1: -"):
        kind(-5, 0.5)
    assert kind(5, 0).lower95 == 0
    assert kind(5, 1).upper998 == 1


@pytest.mark.parametrize("kind", [funnel_limits_rate, benchmark_limits_rate])
def test_rates_below_zero_are_refused(kind: type) -> None:
    with pytest.raises(ValueError, match=r"^a baseline is below zero \(number 1: -1\)$"):
        kind(5, -1)
    with pytest.raises(ValueError, match=r"^a (count|population) is below zero \(number 1: -5\)$"):
        kind(-5, 1)
    assert kind(5, 0).lower95 == 0


def test_where_a_value_lies() -> None:
    values = [1.9, 2, 3.9, 4, 5, 6, 6.1, 8, 8.1]
    expected = [0, 1, 1, 2, 2, 2, 3, 3, 4]
    assert position(values, LIMITS).tolist() == [POSITIONS[each] for each in expected]
    assert benchmark(values, LIMITS, "high").at95.tolist() == [*["worse"] * 3, *["similar"] * 3, *["better"] * 3]
    assert benchmark(values, LIMITS, "low").at998.tolist() == ["better", *["similar"] * 7, "worse"]
    assert benchmark(1, LIMITS, "neither") == ("lower", "lower")
    assert benchmark(7, LIMITS, "neither") == ("higher", "similar")


def test_where_a_value_lies_is_unknown_with_any_limit() -> None:
    for at in range(4):
        limits = FunnelLimits(*(None if at == each else LIMITS[each] for each in range(4)))
        assert position(1, limits) == "unknown"
        assert benchmark(1, limits, "high") == ("unknown", "unknown")
    assert position(None, LIMITS) == "unknown"


def test_positions_keep_the_index_of_values_or_limits() -> None:
    totals = pd.Series([10, 1000], index=["a", "b"])
    assert position(0.9, funnel_limits_proportion(totals, 0.7)).to_dict() == {"a": "within", "b": "above 99.8 %"}
    assert benchmark([0.9, 0.9], funnel_limits_proportion(totals, 0.7), "low").at95["b"] == "worse"
    assert position(totals, LIMITS)["b"] == "above 99.8 %"
    assert benchmark(totals, LIMITS, "low").at998["b"] == "worse"


def test_overdispersion_by_hand() -> None:
    # 6 of 10 scores are 0; the tenth at each end is drawn in to the quantiles: -1.1 and 1.1 of +-2 and four zeros.
    found = overdispersion([-2, -1, 0, 0, 0, 0, 0, 0, 1, 2])
    assert found.phi == pytest.approx((1 + 1 + 1.1**2 * 2) / 10)
    assert math.isnan(found.tau2)
    assert not found.present
    assert overdispersion([-2, -1, 0, 0, 0, 0, 0, 0, 1, 2], winsorised=0).phi == 1
    found = overdispersion([3, -3, 3, -3], [1, 1, 2, 2], winsorised=0)
    # weights 1, 1, 1/4, 1/4: their sum 2.5, less the sum of squares 2.125 over it, is 1.65; (4 x 9 - 3) / 1.65.
    assert found == (9, pytest.approx(20), True)
    assert overdispersion([0.1, -0.1], [1, 1]).tau2 == 0


def test_overdispersion_is_said_above_two_standard_deviations_of_chance() -> None:
    # Of 8 places: 1 + 2 sqrt(2 / 8) = 2.
    assert not overdispersion([math.sqrt(2) * 0.9999] * 8).present
    assert overdispersion([math.sqrt(2) * 1.0001] * 8).present
    assert type(overdispersion([1, 2, 3]).present) is bool


def test_overdispersion_leaves_out_the_unknown() -> None:
    assert overdispersion([1, None, 3, NAN, 2], winsorised=0).phi == pytest.approx(14 / 3)
    known = overdispersion([3, -3, 3, -3], [1, 1, 2, 2])
    assert overdispersion([3, -3, None, 3, -3, 9], [1, 1, 1, 2, 2, None]) == known
    for few in ([], [2], [2, None], None):
        found = overdispersion(few)
        assert (math.isnan(found.phi), math.isnan(found.tau2), found.present) == (True, True, False)
    assert overdispersion([1, 2]).phi > 0


# -- control charts


def test_a_chart_by_hand() -> None:
    # Mean 11; moving ranges 1, 2, 3: 11 -+ 2.66 x 2.
    chart = control_chart([11, 12, 10, 11 + 2])
    assert (chart.mean, chart.lower, chart.upper) == pytest.approx((11.5, 6.18, 16.82))
    assert not chart.special.any()


def test_outlying_moving_ranges_are_left_out() -> None:
    # Ranges 2 six times, then 50: their mean is 62 / 7, of which 3.267 times is 28.9.
    chart = control_chart([10, 12, 10, 12, 10, 12, 10, 60])
    assert chart.upper - chart.mean == pytest.approx(2.66 * 2)
    assert chart.outside[7]
    # A range of exactly 3.267 times the mean stays: 733 + 3267 = 4 x 1000.
    chart = control_chart([0, 733, 733, 733, 4000])
    assert chart.upper - chart.mean == pytest.approx(2.66 * 1000)


def test_points_beyond_either_limit_are_outside() -> None:
    high = control_chart([1, 2] * 8 + [30] + [2, 1] * 8)
    low = control_chart([1, 2] * 8 + [-30] + [2, 1] * 8)
    assert np.flatnonzero(high.outside).tolist() == np.flatnonzero(low.outside).tolist() == [16]
    assert high.outside.dtype == bool
    assert not high.near.any()


def test_a_constant_series_has_nothing_special() -> None:
    chart = control_chart([5] * 20)
    assert (chart.mean, chart.lower, chart.upper) == (5, 5, 5)
    assert not chart.special.any()


def test_seven_on_one_side() -> None:
    chart = control_chart([1] * 7 + [3] * 7)
    assert np.flatnonzero(chart.shift).tolist() == [6, 13]
    assert chart.special.all()
    # A point on the mean breaks the run.
    assert not control_chart([1, 1, 1, 2, 1, 1, 1, 1, 3, 3, 3, 2, 3, 3, 3, 3]).shift.any()


def test_seven_rising_or_falling() -> None:
    chart = control_chart([0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1])
    assert chart.drift.tolist() == [*[0] * 6, 1, 1, *[0] * 5, -1]
    rising = control_chart([5, 4, 1, 2, 3, 4, 5, 6, 7, 5, 4])
    assert np.flatnonzero(rising.special).tolist() == list(range(2, 9))
    falling = control_chart([3, 4, 7, 6, 5, 4, 3, 2, 1, 3, 4])
    assert np.flatnonzero(falling.special).tolist() == list(range(2, 9))


NEAR = [10, 11, 9, 11, 9, 10, 11, 9]
"""Ranges of 1 to 2, so 2.66 times their mean is about 4.5, and its outer third starts about 3 from the mean of 10."""


@pytest.mark.parametrize(
    ("three", "near"),
    [
        ([13.6, 10.7, 13.6], [True, False, True]),
        ([13.6, 13.6, 10.7], [True, True, False]),
        ([10.7, 13.6, 13.6], [False, True, True]),
        ([13.6, 13.6, 13.6], [True, True, True]),
        ([13.6, 10.7, 10.7], [False, False, False]),
        ([13.6, 9, 13.6], [False, False, False]),
        ([6.6, 9.3, 6.6], [True, False, True]),
    ],
)
def test_two_of_three_near_a_limit(three: list[float], near: list[bool]) -> None:
    chart = control_chart([*NEAR, *three, *NEAR[::-1], *NEAR])
    assert not chart.outside.any()
    assert chart.near.tolist() == [*[False] * 8, *near, *[False] * 16]
    assert chart.special.tolist() == chart.near.tolist()


@pytest.mark.slow
def test_the_outer_third_starts_at_two_thirds() -> None:
    def chart(height: float) -> tuple[bool, float]:
        points = [height, 0.1, height, *[1, -1] * 12, -height, -0.1, -height]
        return bool(control_chart(points).near.any()), 2.66 * np.abs(np.diff(points)).mean() * 2 / 3

    heights = np.arange(3, 6, 0.001)
    turn = next(height for height in heights if chart(height)[0])
    assert turn == pytest.approx(chart(turn)[1], abs=0.001)
    assert not any(chart(height)[0] for height in heights if height < turn)


def test_unknown_points_break_runs_and_have_no_moving_range() -> None:
    chart = control_chart([10, 12, None, 100, 102])
    assert chart.mean == 56
    assert chart.upper - chart.mean == pytest.approx(2.66 * 2)
    assert chart.outside.tolist() == [True, True, False, True, True]
    run = control_chart([1, 1, 1, 1, None, 1, 1, 1, *[3] * 5])
    assert not run.shift.any()
    assert not control_chart([1, 2, 3, 4, None, 5, 6, 7, 8]).drift.any()
    assert not control_chart([None, 1, 2, 3, 4, 5, 6]).drift.any()


@pytest.mark.parametrize("values", [[], [5], [None, 5], [5, None, 7], None, [None, None]])
def test_without_two_in_a_row_there_are_no_limits(values: list | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chart = control_chart(values)
    known = [value for value in values or [] if value is not None]
    assert chart.mean == pytest.approx(np.mean(known) if known else NAN, nan_ok=True)
    assert math.isnan(chart.lower)
    assert math.isnan(chart.upper)
    assert not chart.special.any()
    assert len(chart.special) == len(chart.near) == len(values if values is not None else [1])


def test_flags_keep_the_index() -> None:
    years = range(2010, 2018)
    chart = control_chart(pd.Series([1, 2, 3, 4, 5, 6, 7, 7], index=years, dtype="Int64"))
    for flags in (chart.outside, chart.shift, chart.drift, chart.near, chart.special):
        assert flags.index.tolist() == list(years)
    assert chart.drift[2016] == 1
    assert chart.special.dtype == bool
    assert chart.drift.dtype == int


@given(st.lists(st.integers(0, 50), min_size=2, max_size=25), st.integers(1, 9), st.integers(-100, 100))
def test_units_do_not_matter_to_a_chart(values: list[int], scale: int, shift: int) -> None:
    # Powers of two, so that not even a rounding differs at a limit.
    points = np.array(values, dtype=float)
    chart, other = control_chart(points), control_chart(points * 2**scale)
    assert other.special.tolist() == chart.special.tolist()
    assert other.upper == pytest.approx(chart.upper * 2**scale)
    assert control_chart(points + shift).upper == pytest.approx(chart.upper + shift)
    assert control_chart(points[::-1]).upper == pytest.approx(chart.upper)
    assert control_chart(-points).drift.tolist() == (-chart.drift).tolist()


# -- trends


def limits(values: list[float], half: float = 0.5) -> tuple[list[float], list[float], list[float]]:
    return values, [value - half for value in values], [value + half for value in values]


def test_a_trend_by_hand() -> None:
    # Slope 1, standard error of each 1/3.92; that of the slope is it over sqrt(10): chi2 = 10 x 3.92^2.
    found = trend(*limits([1, 2, 3, 4, 5]))
    assert found == (pytest.approx(153.664), True, "increasing")
    assert trend(*limits([5, 4, 3, 2, 1])) == (pytest.approx(153.664), True, "decreasing")
    assert type(found.chi2) is float
    assert type(found.significant) is bool


def test_a_trend_weighs_by_the_width_of_intervals() -> None:
    values, half = [1.0, 3.0, 2.0, 5.0, 4.0], np.array([0.5, 1, 2, 0.5, 4])
    found = trend(values, values - half, values + half)
    regression = WLS(values, add_constant(range(5)), (3.92 / (2 * half)) ** 2).fit(cov_type="fixed scale")
    assert found.chi2 == pytest.approx(regression.tvalues[1] ** 2)


@pytest.mark.parametrize("half", [1e-6, 1e-9, 1e-12])
def test_a_trend_through_a_point_that_is_all_but_certain_is_still_one(half: float) -> None:
    # By hand: the slope is 1 and its precision 10 (3.92 / 1)^2, whatever the point in the middle weighs.
    values, halves = np.array([1.0, 2, 3, 4, 5]), np.array([0.5, 0.5, half, 0.5, 0.5])
    found = trend(values, values - halves, values + halves)
    assert found == (pytest.approx(153.664), True, "increasing")
    assert trend(*limits([0.3] * 5, half)).direction == "no change"


def test_the_threshold_is_that_of_99_8_per_cent() -> None:
    # chi2 of a slope of 1 is 10 (3.92 / width)^2: it equals 9.5495 at a width of 4.0114.
    values = [1, 2, 3, 4, 5]
    edge = math.sqrt(10 * 3.92**2 / 9.5495357)
    assert trend(*limits(values, edge / 2 * 0.9999)) == (pytest.approx(9.5495, abs=0.01), True, "increasing")
    assert trend(*limits(values, edge / 2 * 1.0001)) == (pytest.approx(9.5495, abs=0.01), False, "no change")
    assert stats.chi2.sf(9.5495357, 1) == pytest.approx(0.002)


def test_one_point_alone_makes_no_trend() -> None:
    found = trend(*limits([1, 1, 1, 1, 3], 0.1))
    assert found.chi2 > 9.55
    assert not found.significant
    assert found.direction == "no change"
    for values in itertools.permutations([0, 0, 0, 0, 9]):
        assert not trend(*limits(list(values), 0.1)).significant
    assert not trend_proportion([10, 10, 10, 10, 90], [100] * 5).significant


def test_the_slope_without_a_point_is_weighed_too() -> None:
    # Without the first point the slope falls if the last, which is sure, weighs more than the fourth, which is not.
    values, half = np.array([0.0, 3, 3, 9, 2.9]), np.array([0.1, 0.1, 0.1, 4, 0.1])
    assert trend(values, values - half, values + half).direction == "no change"
    half[3] = 0.1
    values[4] = 3.1
    assert trend(values, values - half, values + half).direction == "increasing"


def test_only_the_last_five_count() -> None:
    values, low, high = limits([9, 9, 1, 2, 3, 4, 5])
    assert trend(values, low, high) == trend(values[2:], low[2:], high[2:])
    assert trend([None, *values], [None, *low], [None, *high]) == trend(values, low, high)
    assert trend_proportion([9, 1, 2, 3, 4, 5], [9] * 6) == trend_proportion([1, 2, 3, 4, 5], 9)


@pytest.mark.parametrize("series", range(3))
@pytest.mark.parametrize("at", range(5))
def test_an_unknown_number_among_the_last_five_has_no_trend(series: int, at: int) -> None:
    numbers = [list(each) for each in limits([1, 2, 3, 4, 5])]
    numbers[series][at] = None
    found = trend(*numbers)
    assert (math.isnan(found.chi2), found.significant, found.direction) == (True, False, "cannot be calculated")
    if series < 2:
        numbers = [[1, 2, 3, 4, 5], [9] * 5]
        numbers[series][at] = None
        assert trend_proportion(*numbers).direction == "cannot be calculated"


@pytest.mark.parametrize("numbers", [([], [], []), (None, None, None), (1, 0, 2), limits([1, 2, 3, 4])])
def test_fewer_than_five_have_no_trend(numbers: tuple) -> None:
    assert trend(*numbers).direction == "cannot be calculated"
    assert trend_proportion(numbers[0], numbers[2]).direction == "cannot be calculated"


def test_a_year_of_nobody_has_no_trend_and_a_unit_does_not_matter() -> None:
    assert trend_proportion([0, 1, 2, 3, 4], [0, 9, 9, 9, 9]).direction == "cannot be calculated"
    assert trend_proportion([0, 0, 0, 1, 1], [1] * 5).direction == "no change"
    small = np.array([1, 2, 3, 4, 5]) * 1e-6
    assert trend(small, small - 1e-7, small + 1e-7).direction == "increasing"


def test_an_interval_without_width_has_no_weight() -> None:
    assert trend([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3, 4, 5, 5]).direction == "cannot be calculated"


def test_trends_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^an upper limit is below its lower one \(number 1: 2, 1\)$"):
        trend([1] * 5, [2] * 5, [1] * 5)
    with pytest.raises(ValueError, match=r"^a count is above its total \(number 5: 9, 5\)$"):
        trend_proportion([1, 1, 1, 1, 9], [5] * 5)
    with pytest.raises(ValueError, match=r"^a count is below zero \(number 5: -1\)$"):
        trend_proportion([1, 1, 1, 1, -1], [5] * 5)
    with pytest.raises(ValueError, match=r"^5, 4, 5 numbers are given"):
        trend([1] * 5, [1] * 4, [2] * 5)


def test_a_trend_of_proportions_by_hand() -> None:
    # p = 0.3; sum of x(O - 100p) = 2 x 20 + 1 x 10 + 0 + 1 x 10 + 2 x 20 = 100; 0.21 x 100 x 10.
    assert trend_proportion([10, 20, 30, 40, 50], [100] * 5) == (pytest.approx(10_000 / 210), True, "increasing")
    assert trend_proportion([50, 40, 30, 20, 10], [100] * 5) == (pytest.approx(10_000 / 210), True, "decreasing")


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=5, max_size=5))
def test_a_trend_of_proportions_mirrors_its_complement_and_its_time(pairs: list[tuple[int, int]]) -> None:
    yes, no = (np.array(each) for each in zip(*pairs, strict=True))
    assume((yes + no > 0).all())
    found, complement = trend_proportion(yes, yes + no), trend_proportion(no, yes + no)
    backwards = trend_proportion(yes[::-1], (yes + no)[::-1])
    turned = {"increasing": "decreasing", "decreasing": "increasing", "no change": "no change"}
    assert found.chi2 == pytest.approx(complement.chi2, abs=1e-6) == pytest.approx(backwards.chi2, abs=1e-6)
    assert turned[found.direction] == complement.direction == backwards.direction
    if found.chi2:
        # The same as N times the squared correlation of time and having it, person by person.
        time = np.repeat(np.arange(5), yes + no)
        has = np.concatenate([np.repeat([1, 0], pair) for pair in pairs])
        assert found.chi2 == pytest.approx(len(has) * np.corrcoef(time, has)[0, 1] ** 2, abs=1e-6)


def test_none_or_all_in_every_year_do_not_change() -> None:
    assert trend_proportion([0] * 5, [9] * 5) == trend_proportion([9] * 5, [9] * 5) == (0, False, "no change")
    assert trend_proportion([0, 25, 50, 75, 100], [100] * 5).direction == "increasing"


def test_what_a_direction_means() -> None:
    assert [judge_direction(each, "high") for each in ("increasing", "decreasing")] == [
        "getting better",
        "getting worse",
    ]
    assert [judge_direction(each, "low") for each in ("increasing", "decreasing")] == [
        "getting worse",
        "getting better",
    ]
    for same in ("no change", "cannot be calculated"):
        assert {judge_direction(same, polarity) for polarity in ("high", "low", "neither")} == {same}
    assert judge_direction("decreasing", "neither") == judge_direction("increasing", "") == "no judgement"
    said = r"^direction 'up' is not one of: increasing, decreasing, no change, cannot be calculated$"
    with pytest.raises(ValueError, match=said):
        judge_direction("up", "high")
