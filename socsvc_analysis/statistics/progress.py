"""How far along a commitment is, against time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from socsvc_analysis.statistics.shapes import Numbers, broadcast, in_shape_of, raise_where

DAYS_PER_YEAR = 365.25

When = float | str | dt.date | None
"""A year as a number, or a day as ISO text or a date; None is unknown."""
Dated = tuple[When, Numbers]
"""A value and when it was or is to be: ``(2012, 4916)``."""


@dataclass(frozen=True)
class Pace:
    """Where something stands on its way from baseline to target; unknown numbers are NaN.

    Unpacks as ``expected, achieved_share, required_per_year, ratio``.
    """

    expected: Numbers
    """Value expected on the date, had progress been even."""
    achieved_share: Numbers
    """Share of the way from baseline to target that is done; may exceed 1."""
    share_of_time: float
    """Share of the time that has passed."""
    ratio: Numbers
    """Progress made over progress expected: 1 is on time."""
    required_per_year: Numbers
    """Change needed in each year that is left to reach the target, not rounded; NaN when no time is left."""

    def __iter__(self) -> Iterator[Numbers]:
        return iter((self.expected, self.achieved_share, self.required_per_year, self.ratio))


class Growth(NamedTuple):
    """Growth in a year, as fractions: that of the past, that needed all along, and the first over the second."""

    actual: Numbers
    required: Numbers
    ratio: Numbers


def pace(
    baseline: Numbers | Dated,
    latest: Numbers | Dated,
    target: Numbers | Dated,
    *,
    start: When = None,
    on: When = None,
    end: When = None,
) -> Pace:
    """Progress towards a target against even progress over time.

    ``expected(t) = B + (T - B)(t - t0)/(t1 - t0)``, ``ratio = (V - B)/(expected - B)``,
    ``required = (T - V)/(t1 - t)``.  Each value comes with its time as a pair, or the times are ``start``, ``on`` and
    ``end``.  Times are years, or days, of which a year has 365.25.  A missing number or time gives missing results,
    never an exception.  Before the start nothing is expected, after the end the target and no more.  Source: own
    definition, linear interpolation between baseline and target.

    7 of 11 years have passed and 486 of 1 000 is done, where 636 was expected:

    >>> found = pace((2012, 4916), (2019, 4430), (2023, 3916))
    >>> found.achieved_share, round(found.expected, 1), round(found.ratio, 4), found.required_per_year
    (0.486, 4279.6, 0.7637, -128.5)
    >>> pace(0, 250, 1000, start="2020-01-01", on="2022-01-01", end="2024-01-01").achieved_share
    0.25
    """
    times, values = _parted((baseline, latest, target), (start, on, end))
    (begin, now, finish), year = _on_one_scale(times)
    first, last, goal = broadcast(*values)
    if begin >= finish:
        raise ValueError(f"the start {times[0]} is not before the end {times[2]}")
    share_of_time = float(np.clip((now - begin) / (finish - begin), 0, 1))
    years_left = (finish - now) / year
    expected = first + (goal - first) * share_of_time
    results = (
        expected,
        _over(last - first, goal - first),
        _over(last - first, expected - first),
        (goal - last) / (years_left if years_left > 0 else np.nan),
    )
    expected, achieved, ratio, required = (in_shape_of(each, *values) for each in results)
    return Pace(expected, achieved, share_of_time, ratio, required)


def growth(baseline: Dated, latest: Dated, target: Dated) -> Growth:
    """Compound growth in a year until now, against that which leads from the baseline to the target.

    ``(y1 / y0)^(1 / (t1 - t0)) - 1``; a ratio of 1 is on time (the measure of progress of Eurostat, Sustainable
    development in the European Union: monitoring report, annex on methods).  Numbers must be above zero.

    >>> [round(each, 4) for each in growth((2012, 4916), (2019, 4430), (2023, 3916))]
    [-0.0148, -0.0205, 0.7214]
    """
    times, values = _parted((baseline, latest, target), (None, None, None))
    (begin, now, finish), year = _on_one_scale(times)
    first, last, goal = broadcast(*values)
    for each in (first, last, goal):
        raise_where(each <= 0, "compound growth needs numbers above zero", each)
    # By logarithms, because a power of 1 is 1 even where the exponent is unknown.
    actual, required = (
        np.expm1(np.log(number / first) * (year / (time if time > 0 else np.nan)))
        for number, time in ((last, now - begin), (goal, finish - begin))
    )
    return Growth(*(in_shape_of(each, *values) for each in (actual, required, _over(actual, required))))


def _parted(given: tuple[Any, ...], times: tuple[When, ...]) -> tuple[tuple[When, ...], tuple[Numbers, ...]]:
    """Times and values as two sequences, given as pairs or apart."""
    timed = any(time is not None for time in times)
    pairs = [isinstance(each, tuple) or (isinstance(each, list) and len(each) == 2 and not timed) for each in given]
    if not any(pairs):
        return times, given
    if not all(pairs) or timed:
        raise ValueError("each value is a pair of time and value, or none is and start, on and end say the times")
    return tuple(time for time, _ in given), tuple(value for _, value in given)


def _on_one_scale(times: tuple[When, ...]) -> tuple[list[float], float]:
    """Years, or days, as numbers; and how many of them make a year."""
    known = [time for time in times if not pd.isna(time)]
    days = [isinstance(time, str | dt.date) for time in known]
    if not any(days):
        return [np.nan if pd.isna(time) or isinstance(time, str | dt.date) else float(time) for time in times], 1.0
    if not all(days):
        raise ValueError(f"times are all years or all days, not {', '.join(map(str, known))}")
    return [np.nan if pd.isna(time) else float(pd.Timestamp(time).toordinal()) for time in times], DAYS_PER_YEAR


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The quotient; unknown where the denominator is zero."""
    return part / np.where(whole != 0, whole, np.nan)
