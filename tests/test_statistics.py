"""Statistics: published worked examples, intervals, rates, and numbers in every shape."""

from __future__ import annotations

import csv
import json
import math
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from socsvc_analysis import statistics
from socsvc_analysis.statistics import (
    count_interval,
    funnel_limits_proportion,
    funnel_limits_rate,
    indirect_ratio,
    mean_interval,
    proportion_interval,
    rate,
    standardised_rate,
)
from socsvc_analysis.statistics.shapes import as_floats, broadcast, in_shape_of

HERE = Path(__file__).parent
EXAMPLES = list(csv.DictReader((HERE / "worked_examples.csv").open(encoding="utf-8")))
COUNTS = st.integers(0, 100_000)
LEVELS = st.sampled_from([0.9, 0.95, 0.998])
ESP_2013 = [5000, *[5500] * 3, *[6000] * 2, 6500, *[7000] * 4, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]
NAN = math.nan


# -- worked examples


def answer(function: str, numbers: dict) -> dict:
    """The results of a public function, by name."""
    if function.startswith("benchmark_"):
        kind = function.removeprefix("benchmark_")
        value, polarity = numbers.pop("value"), numbers.pop("polarity")
        limits = getattr(statistics, f"benchmark_limits_{kind}")(**numbers)
        return statistics.benchmark(value, limits, polarity)._asdict()
    if function in ("pace", "growth"):
        numbers = {name: tuple(pair) for name, pair in numbers.items()}
    polarity = numbers.pop("polarity", "") if function == "trend" else ""
    if "range" in numbers:
        numbers["reference"] = tuple(numbers.pop("range"))
    found = getattr(statistics, function)(**numbers)
    if isinstance(found, str):
        return {"answer": found}
    named = found._asdict() if hasattr(found, "_asdict") else vars(found)
    return {**named, "judgement": statistics.judge_direction(found.direction, polarity)} if polarity else named


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["example"])
def test_published_worked_examples(example: dict[str, str]) -> None:
    found = answer(example["function"], json.loads(example["given"]))
    kind, _, size = example["tolerance"].partition(" ")
    tolerance = {"exact": {"rel": 0, "abs": 0}, "rel": {"rel": float(size or 0)}, "abs": {"abs": float(size or 0)}}[
        kind
    ]
    for name, expected in json.loads(example["expected"]).items():
        if isinstance(expected, str | bool):
            assert found[name] == expected
        else:
            number = NAN if expected is None else expected
            assert np.asarray(found[name], dtype=float) == pytest.approx(number, nan_ok=True, **tolerance)


def test_every_example_says_where_it_is_from() -> None:
    assert len({example["example"] for example in EXAMPLES}) == len(EXAMPLES) > 100
    assert all(example["source"] for example in EXAMPLES)


def test_the_standard_population_is_the_one_of_the_examples() -> None:
    table = pd.read_csv(HERE.parent / "data" / "reference" / "standard_populations.csv")
    table = table[table["population"] == "esp2013"]
    assert table["weight"].tolist() == ESP_2013
    assert table["age_from"].tolist() == list(range(0, 95, 5))
    assert sum(ESP_2013) == 100_000


# -- counts


def test_small_counts_are_exact_and_others_after_byar() -> None:
    assert count_interval(9) == count_interval(9, method="exact") != count_interval(9, method="byar")
    assert count_interval(10) == count_interval(10, method="byar") != count_interval(10, method="exact")
    mixed = count_interval([9, 10])
    assert (mixed.lower[0], mixed.upper[1]) == (count_interval(9).lower, count_interval(10).upper)


@given(COUNTS, LEVELS, st.sampled_from(["auto", "exact", "byar"]))
def test_an_interval_contains_its_count_and_widens_with_confidence(count: int, confidence: float, method: str) -> None:
    lower, upper = count_interval(count, confidence, method)
    assert math.isnan(lower) or 0 <= lower <= count
    assert upper > count
    wider = count_interval(count, confidence + 0.001, method)
    assert wider.upper > upper
    assert math.isnan(wider.lower) or wider.lower < lower or lower == 0


@given(st.integers(1, 2000), LEVELS)
def test_exact_limits_leave_the_same_chance_at_each_side(count: int, confidence: float) -> None:
    lower, upper = count_interval(count, confidence, "exact")
    assert stats.poisson.sf(count - 1, lower) == pytest.approx((1 - confidence) / 2)
    assert stats.poisson.cdf(count, upper) == pytest.approx((1 - confidence) / 2)


@given(st.integers(10, 100_000), LEVELS)
def test_byar_is_near_exact(count: int, confidence: float) -> None:
    assert count_interval(count, confidence) == pytest.approx(count_interval(count, confidence, "exact"), rel=0.05)


@given(COUNTS, LEVELS)
def test_more_events_have_higher_limits_and_relatively_narrower_ones(count: int, confidence: float) -> None:
    few, more = count_interval(count, confidence), count_interval(count + 10, confidence)
    assert more.lower > few.lower
    assert more.upper > few.upper
    if count:
        assert (more.upper - more.lower) / (count + 10) < (few.upper - few.lower) / count


@pytest.mark.parametrize("method", ["auto", "exact", "byar"])
def test_no_events_start_at_zero(method: str) -> None:
    lower, upper = count_interval(0, method=method)
    assert lower == 0
    assert upper == pytest.approx(3.6889 if method != "byar" else (1 - 1 / 9 + 1.959964 / 3) ** 3, abs=1e-4)


def test_what_no_count_can_be_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^a count is below zero \(number 2: -1\)$"):
        count_interval([3, -1])
    with pytest.raises(ValueError, match=r"^method 'bayes' is not one of: auto, exact, byar$"):
        count_interval(3, method="bayes")


@pytest.mark.parametrize("confidence", [0, 1, 95])
@pytest.mark.parametrize(
    "function",
    [
        lambda level: count_interval(1, level),
        lambda level: proportion_interval(1, 2, level),
        lambda level: mean_interval([1, 2], level),
        lambda level: statistics.projection(pd.Series([1, 2]), 3, level),
    ],
)
def test_confidence_is_a_fraction(function: Callable, confidence: float) -> None:
    with pytest.raises(ValueError, match=rf"^confidence {confidence} is not a fraction between 0 and 1, such as 0.95$"):
        function(confidence)


# -- proportions


@given(COUNTS, COUNTS, LEVELS)
def test_a_proportion_lies_in_its_interval_and_mirrors_its_complement(a: int, b: int, confidence: float) -> None:
    assume(a + b > 0)
    lower, upper = proportion_interval(a, a + b, confidence)
    assert 0 <= lower <= a / (a + b) <= upper <= 1
    assert lower < upper
    mirrored = proportion_interval(b, a + b, confidence)
    assert (1 - mirrored.upper, 1 - mirrored.lower) == pytest.approx((lower, upper), abs=1e-12)


@given(st.integers(0, 1000), st.integers(0, 1000), LEVELS)
def test_wilson_limits_are_the_values_at_which_the_score_test_turns(a: int, b: int, confidence: float) -> None:
    assume(a + b > 0)
    total = a + b
    for limit in proportion_interval(a, total, confidence):
        if 0 < limit < 1:
            score = (a / total - limit) / math.sqrt(limit * (1 - limit) / total)
            assert abs(score) == pytest.approx(stats.norm.isf((1 - confidence) / 2), rel=1e-6)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_same_share_of_more_people_is_surer(a: int, b: int) -> None:
    assume(a + b > 0)
    small, large = proportion_interval(a, a + b), proportion_interval(4 * a, 4 * (a + b))
    assert large.upper - large.lower < small.upper - small.lower


def test_none_and_all_end_exactly_at_zero_and_one() -> None:
    assert proportion_interval(0, 10).lower == 0
    assert proportion_interval(7, 7).upper == 1
    totals = np.arange(1, 3000)
    for confidence in (0.9, 0.95, 0.998):
        assert (proportion_interval(0, totals, confidence).lower == 0).all()
        assert (proportion_interval(totals, totals, confidence).upper == 1).all()
    assert proportion_interval(0, 10).upper == pytest.approx(1.959964**2 / (10 + 1.959964**2))


def test_of_nobody_there_is_no_proportion_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = proportion_interval([0, 1, None], [0, 2, 0])
    assert np.isnan(found.lower).tolist() == np.isnan(found.upper).tolist() == [True, False, True]


def test_more_than_all_is_no_proportion() -> None:
    with pytest.raises(ValueError, match=r"^a count is above its total \(number 2: 3, 2\)$"):
        proportion_interval([1, 3], [2, 2])
    with pytest.raises(ValueError, match=r"^a count is below zero \(number 1: -1\)$"):
        proportion_interval(-1, 2)
    with pytest.raises(ValueError, match=r"^a total is below zero \(number 1: -2\)$"):
        proportion_interval(None, -2)


# -- means


def test_a_mean_needs_every_value_and_an_interval_two() -> None:
    assert mean_interval([4]) == pytest.approx((4, NAN, NAN), nan_ok=True)
    assert mean_interval(4).value == 4
    for unknown in ([1, None], [], None):
        assert all(math.isnan(each) for each in mean_interval(unknown))


def test_values_without_spread_have_an_interval_without_width() -> None:
    assert mean_interval([5, 5, 5]) == (5, 5, 5)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30), LEVELS)
def test_a_mean_does_not_depend_on_order_and_is_the_t_test_turned(values: list[int], confidence: float) -> None:
    found = mean_interval(values, confidence)
    assert found == pytest.approx(mean_interval(values[::-1], confidence), abs=1e-9)
    assert found.lower <= found.value <= found.upper
    assert found.value == pytest.approx(np.mean(values))
    if len(set(values)) > 1:
        assert stats.ttest_1samp(values, found.upper).pvalue == pytest.approx(1 - confidence, rel=1e-6)


# -- rates


def test_a_rate_is_its_count_over_its_population() -> None:
    found = rate(5, 200, per=1000)
    assert found == pytest.approx((25, *(limit * 5 for limit in count_interval(5))))
    assert rate(250, 220).value > 100_000
    assert rate(1, 2) == rate(1, 2, per=100_000, confidence=0.95) != rate(1, 2, confidence=0.998)


def test_without_a_population_there_is_no_rate() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for count, people in ((3, 0), (0, 0), (None, 5), (3, None), (3, NAN), (3, pd.NA)):
            assert all(math.isnan(each) for each in rate(count, people))
    with pytest.raises(ValueError, match=r"^a population is below zero \(number 1: -5\)$"):
        rate(3, -5)
    with pytest.raises(ValueError, match=r"^a count is below zero \(number 1: -3\)$"):
        rate(-3, 5)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1000, 100_000)), min_size=10, max_size=19), LEVELS, st.data()
)
def test_a_standardised_rate(ages: list[tuple[int, int]], confidence: float, data: st.DataObject) -> None:
    counts, people = (np.array(each) for each in zip(*ages, strict=True))
    weights = np.array(ESP_2013[: len(ages)])
    found = standardised_rate(counts, people, weights, confidence=confidence)
    # Between the rates of the ages, and the crude rate where the standard is the place itself.
    assert found.lower < found.value < found.upper
    assert min(counts / people) * 100_000 <= found.value * (1 + 1e-12)
    assert found.value <= max(counts / people) * 100_000 * (1 + 1e-12)
    own = standardised_rate(counts, people, people, confidence=confidence)
    assert own == pytest.approx(rate(counts.sum(), people.sum(), confidence=confidence))
    order = data.draw(st.permutations(range(len(ages))))
    assert standardised_rate(counts[order], people[order], weights[order], confidence=confidence) == pytest.approx(
        found
    )
    assert standardised_rate(counts, people, weights * 7, 1000, confidence) == pytest.approx([x / 100 for x in found])


def test_standardised_rates_of_few_or_unknown_are_not_given() -> None:
    assert standardised_rate([4, 6], [100, 100], [1, 1]).value == pytest.approx(5000)
    for counts, people, weights in (
        ([4, 5], [100, 100], [1, 1]),
        ([40, None], [100, 100], [1, 1]),
        ([40, 60], [100, None], [1, 1]),
        ([40, 60], [100, 100], [1, None]),
        ([40, 0], [100, 0], [1, 1]),
    ):
        assert all(math.isnan(each) for each in standardised_rate(counts, people, weights))


AGES = ["0-64", "65+"]
PLACES = ["Bauska", "Jelgava", "Dobele"]


def by_age(*rows: list) -> pd.DataFrame:
    return pd.DataFrame(rows, index=PLACES[: len(rows)], columns=AGES)


def test_the_standard_may_leave_out_an_age_and_be_given_in_shares() -> None:
    assert standardised_rate([20, 20], [100, 50], [0, 1]).value == 40_000
    assert standardised_rate([20, 20], [1, 1], [0.5, 0.5], per=1).value == 20


def test_many_places_at_once_are_as_one_after_another() -> None:
    counts, people = by_age([10, 20], [2, 3], [30, 1]), by_age([1000, 900], [1000, 500], [700, 300])
    weights = pd.Series([3, 1], AGES)
    found = standardised_rate(counts, people, weights)
    assert found.value.index.tolist() == PLACES
    for place in PLACES:
        alone = standardised_rate(counts.loc[place], people.loc[place], weights)
        assert [each[place] for each in found] == pytest.approx(list(alone), nan_ok=True)
    bare = standardised_rate(counts.to_numpy(), people.to_numpy(), [3, 1])
    assert bare.upper == pytest.approx(found.upper.to_numpy(), nan_ok=True)
    assert np.isnan(bare.value).tolist() == [False, True, False]


def test_expected_events_of_many_places() -> None:
    people = by_age([100, 200], [50, 0])
    found = indirect_ratio(pd.Series([20, 5], PLACES[:2]), people, [50, 100], [1000, 1000])
    assert found.value.to_dict() == pytest.approx({"Bauska": 80, "Jelgava": 200})
    assert found.lower["Jelgava"] == pytest.approx(count_interval(5).lower / 2.5 * 100)
    assert found.upper["Bauska"] == pytest.approx(count_interval(20).upper / 25 * 100)
    assert indirect_ratio([20, 5], people, [50, 100], [1000, 1000]).value.index.tolist() == PLACES[:2]
    assert indirect_ratio(5, [50, 0], [50, 100], [1000, 1000], per=1).value == 2
    assert indirect_ratio(5, [1], [0.5], [1], per=1).value == 10
    named = indirect_ratio(pd.Series([5, 10], PLACES[:2]), people.to_numpy(), [50, 100], [1000, 1000]).value
    assert named.index.tolist() == PLACES[:2]
    with pytest.raises(ValueError, match=r"^the numbers have different labels"):
        indirect_ratio(pd.Series([20, 5], PLACES[1::-1]), people, [50, 100], [1000, 1000])
    wide = indirect_ratio(5, [50, 0], [50, 100], [1000, 1000], confidence=0.998)
    assert wide.lower == pytest.approx(count_interval(5, 0.998).lower / 2.5 * 100)


def test_without_expectation_there_is_no_ratio() -> None:
    for observed, people, counts, reference in (
        (None, [100], [50], [1000]),
        (5, [None], [50], [1000]),
        (5, [100], [50], [0]),
        (5, [100], [0], [1000]),
        (5, [0], [50], [1000]),
    ):
        assert all(math.isnan(each) for each in indirect_ratio(observed, people, counts, reference))


def test_the_place_as_its_own_reference_is_as_expected() -> None:
    assert indirect_ratio(15, [100, 200], [5, 10], [100, 200]).value == pytest.approx(100)


def test_ages_and_places_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^the numbers have different labels"):
        standardised_rate(by_age([10, 20]), by_age([100, 100]), pd.Series([1, 1], AGES[::-1]))
    with pytest.raises(ValueError, match=r"^the tables have different rows"):
        standardised_rate(by_age([10, 20]), by_age([100, 100]).rename({"Bauska": "Tukums"}), [1, 1])
    with pytest.raises(ValueError, match=r"^2, 2, 1 numbers are given, which cannot belong together$"):
        standardised_rate([10, 20], [100, 100], [1])
    with pytest.raises(ValueError, match=r"^observed events are one number for each place, summed over ages$"):
        indirect_ratio([20, 5], [100, 200], [50, 100], [1000, 1000])
    for numbers, said in (
        (([-1], [1], [1]), r"a count is below zero \(number 1: -1\)"),
        (([1], [-1], [1]), r"a population is below zero \(number 1: -1\)"),
        (([1], [1], [-1]), r"a weight is below zero \(number 1: -1\)"),
    ):
        with pytest.raises(ValueError, match=f"^{said}$"):
            standardised_rate(*numbers)
    for numbers, said in (
        ((1, [-1], [1], [1]), "a population"),
        ((1, [1], [-1], [1]), "a reference count"),
        ((1, [1], [1], [-1]), "a reference population"),
    ):
        with pytest.raises(ValueError, match=rf"^{said} is below zero \(number 1: -1\)$"):
            indirect_ratio(*numbers)


# -- shapes


ELEMENTWISE: dict[str, Callable] = {
    "count_interval": count_interval,
    "proportion_interval": lambda count: proportion_interval(count, 20),
    "proportion_interval of total": lambda total: proportion_interval(2, total),
    "rate": lambda count: rate(count, 20),
    "rate of population": lambda population: rate(3, population),
    "funnel_limits_proportion": lambda total: funnel_limits_proportion(total, 0.3),
    "funnel_limits_rate": lambda events: funnel_limits_rate(events, 30),
    "funnel_limits_rate of baseline": lambda baseline: funnel_limits_rate(4, baseline),
    "benchmark_limits_proportion": lambda total: statistics.benchmark_limits_proportion(total, 0.3),
    "benchmark_limits_rate": lambda people: statistics.benchmark_limits_rate(people, 30),
    "benchmark_limits_rate of baseline": lambda baseline: statistics.benchmark_limits_rate(9, baseline),
    "compare": lambda value: (statistics.compare(value, None, None, 7, "low"),),
    "compare to reference": lambda reference: (statistics.compare(5, 4, 6, reference, "low"),),
    "compare to range": lambda end: (statistics.compare(5, 4, 6, (1, end), "low"),),
    "position": lambda value: (statistics.position(value, funnel_limits_rate(4, 5)),),
    "benchmark": lambda value: statistics.benchmark(value, funnel_limits_rate(4, 5), "high"),
    "pace": lambda latest: tuple(statistics.pace((2012, 1), (2019, latest), (2023, 40)))[1:],
    "pace of baseline": lambda baseline: tuple(statistics.pace((2012, baseline), (2019, 3), (2023, 40)))[::3],
    "growth": lambda latest: statistics.growth((2012, 1), (2019, latest), (2023, 40))[::2],
}
elementwise = pytest.mark.parametrize("function", ELEMENTWISE.values(), ids=ELEMENTWISE)
KNOWN = [3, 5, 12]


def unknown(found: object) -> bool:
    return found == "unknown" if isinstance(found, str) else math.isnan(found)


@elementwise
@pytest.mark.parametrize("nothing", [None, NAN, pd.NA, pd.NaT], ids=str)
def test_unknown_in_unknown_out(function: Callable, nothing: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(unknown(each) for each in function(nothing))
        for each in function([3, nothing, 12]):
            assert [unknown(one) for one in each] == [False, True, False]


def same(left: object, right: object) -> bool:
    return left == right or left == pytest.approx(right)


@elementwise
def test_every_shape_gives_the_same_numbers(function: Callable) -> None:
    single = [function(number) for number in KNOWN]
    assert all(type(each) in (float, str) for found in single for each in found)
    for many in (KNOWN, tuple(KNOWN), np.array(KNOWN), np.array(KNOWN, dtype=object)):
        for at, each in enumerate(function(many)):
            assert isinstance(each, np.ndarray)
            assert all(same(one, found[at]) for one, found in zip(each, single, strict=True))
    for at, each in enumerate(function(np.array([KNOWN, KNOWN]))):
        assert each.shape == (2, 3)
        assert same(each[1][2], single[2][at])
    assert all(len(each) == 0 for each in function([]))


@pytest.mark.parametrize("dtype", ["int64", "float64", "Int64", "Float64", "object", "float32"])
@elementwise
def test_a_series_keeps_its_index(function: Callable, dtype: str) -> None:
    index = pd.Index(["c", "a", "b"], name="place")
    numbers = pd.Series(KNOWN, index=index, dtype=dtype)
    single = [function(number) for number in KNOWN]
    for at, each in enumerate(function(numbers)):
        assert isinstance(each, pd.Series)
        assert each.index.equals(index)
        assert all(same(one, found[at]) for one, found in zip(each, single, strict=True))
    assert all(len(each) == 0 for each in function(numbers.iloc[:0]))
    if dtype[0].isupper():
        for each in function(pd.Series([3, pd.NA, 12], dtype=dtype)):
            assert [unknown(one) for one in each] == [False, True, False]


def test_baselines_of_their_own_keep_the_index() -> None:
    parts = pd.Series([0.1, 0.5], index=["a", "b"])
    for kind in (funnel_limits_proportion, statistics.benchmark_limits_proportion):
        for each, alone in zip(kind(9, parts), kind(9, 0.5), strict=True):
            assert each["b"] == alone


def test_numbers_of_one_place_meet_only_their_own() -> None:
    left = pd.Series([1, 2], index=["a", "b"])
    with pytest.raises(ValueError, match=r"^the numbers have different labels, so which belong together is unknown"):
        rate(left, left[::-1])
    with pytest.raises(ValueError, match=r"^2, 3 numbers are given, which cannot belong together$"):
        rate([1, 2], [3, 4, 5])
    assert rate(left, [10, 20]).value.index.tolist() == ["a", "b"]
    assert rate([1, 2], left).value.index.tolist() == ["a", "b"]
    assert proportion_interval([1, 1], left).lower.index.tolist() == ["a", "b"]
    assert rate(3, left).value.tolist() == [300_000, 150_000]


def test_text_is_no_number() -> None:
    for text in ("abc", ["abc"], pd.Series(["1", "abc"])):
        with pytest.raises(ValueError, match=r"^not every value is a number: .*abc"):
            as_floats(text)
    assert as_floats(["3", ""]) == pytest.approx([3, NAN], nan_ok=True)


def test_repeated_numbers_are_not_shared() -> None:
    one, many = broadcast(1, [2, 3])
    one[0] = 5
    assert (one.tolist(), many.tolist()) == ([5, 1], [2, 3])


def test_a_single_number_stays_one() -> None:
    assert type(in_shape_of(np.float64(2), 1)) is float
    assert in_shape_of(np.array([1.0]), None, [1]).tolist() == [1]
