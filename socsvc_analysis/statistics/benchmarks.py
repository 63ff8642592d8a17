"""Places against a common value by statistical process control, and where they lie among limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from socsvc_analysis.statistics import polarity as polarities
from socsvc_analysis.statistics.funnel import LEVELS, FunnelLimits, refuse_baseline
from socsvc_analysis.statistics.intervals import count_interval, proportion_interval
from socsvc_analysis.statistics.polarity import Result
from socsvc_analysis.statistics.shapes import Numbers, as_floats, broadcast, in_shape_of, raise_where

POSITIONS = ("below 99.8 %", "below 95 %", "within", "above 95 %", "above 99.8 %")
"""Where a place lies in a funnel, from below to above."""


class Benchmark(NamedTuple):
    """The answer at the limits of 95 % and at those of 99.8 %."""

    at95: Result | Numbers
    at998: Result | Numbers


def benchmark_limits_proportion(total: Numbers, baseline: Numbers) -> FunnelLimits:
    """Control limits about the common ``baseline`` (a fraction) for a proportion of ``total`` people.

    Wilson's limits of the expected count: ``(2E + z^2 -+ z sqrt(z^2 + 4E(1 - E/n))) / (2(n + z^2))``, ``E = n p0``
    (UKHSA fingertips-open, SPC for proportions).  Funnel plots draw :func:`funnel_limits_proportion` instead.

    >>> round(benchmark_limits_proportion(1339, 0.128379546895717).lower95, 4)
    0.1115
    """
    people, centre = broadcast(total, baseline)
    refuse_baseline(centre)
    limits = (limit for level in LEVELS for limit in proportion_interval(people * centre, people, level))
    return FunnelLimits(*(in_shape_of(as_floats(limit), total, baseline) for limit in limits))


def benchmark_limits_rate(population: Numbers, baseline: Numbers, per: float = 100_000) -> FunnelLimits:
    """Control limits about the common ``baseline`` for a rate in a ``population``, in the unit of the baseline.

    Exact Poisson limits of the expected count, over the population (UKHSA fingertips-open, SPC for directly
    standardised rates; there between whole counts, here between the quantiles of chi-squared).

    >>> round(benchmark_limits_rate(100_000, 5).upper95, 2)  # 5 events are expected: as count_interval(5)
    11.67
    """
    people, centre = broadcast(population, baseline)
    raise_where(people < 0, "a population is below zero", people)
    raise_where(centre < 0, "a baseline is below zero", centre)
    people = np.where(people > 0, people, np.nan)
    limits = (limit for level in LEVELS for limit in count_interval(people * centre / per, level, "exact"))
    return FunnelLimits(*(in_shape_of(limit / people * per, population, baseline) for limit in limits))


def position(value: Numbers, limits: FunnelLimits) -> str | Numbers:
    """Where a value lies among ``limits`` of a funnel or a benchmark: one of ``POSITIONS``, or unknown.

    A value on a limit is within it.  Source: Spiegelhalter 2005, Statistics in Medicine 24:1185-1202.

    >>> position([1, 4, 5, 7, 9], FunnelLimits(4, 6, 2, 8)).tolist()
    ['below 99.8 %', 'within', 'within', 'above 95 %', 'above 99.8 %']
    """
    at, known = _steps(value, limits)
    return in_shape_of(np.where(known, np.array(POSITIONS, dtype=object)[at + 2], "unknown"), value, *limits)


def benchmark(value: Numbers, limits: FunnelLimits, polarity: str) -> Benchmark:
    """Whether a value is better, similar or worse than chance about the common value allows, at both levels.

    Source: Office for Health Improvement and Disparities, Fingertips technical guidance, Comparing areas.

    >>> benchmark(0.1098, benchmark_limits_proportion(1339, 0.1284), "lower is better")
    Benchmark(at95='better', at998='similar')
    """
    words = np.array([polarities.words(polarity)[side] for side in (-1, 0, 1)], dtype=object)
    at, known = _steps(value, limits)
    sides = (np.sign(at), np.sign(at) * (np.abs(at) == 2))
    return Benchmark(*(in_shape_of(np.where(known, words[side + 1], "unknown"), value, *limits) for side in sides))


def _steps(value: Numbers, limits: FunnelLimits) -> tuple[np.ndarray, np.ndarray]:
    """How many limits each value is below (-) or above (+); and whether all numbers are known."""
    numbers = broadcast(value, *limits)
    values, lower95, upper95, lower998, upper998 = numbers
    below = (values < lower95).astype(int) + (values < lower998)
    above = (values > upper95).astype(int) + (values > upper998)
    return above - below, ~np.isnan(sum(numbers))
