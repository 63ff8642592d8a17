"""Whether the latest five points rise or fall more than chance would have it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from scipy import stats

from socsvc_analysis.statistics.shapes import Numbers, array, refuse

POINTS = 5
LEVEL = 0.998
WIDTH = 3.92
"""Width of a 95 % interval in standard errors."""
Direction = Literal["increasing", "decreasing", "no change", "cannot be calculated"]
Judgement = Literal["getting better", "getting worse", "no judgement", "no change", "cannot be calculated"]


class Trend(NamedTuple):
    """The statistic of a trend and what it says."""

    chi2: float
    significant: bool
    direction: Direction


UNKNOWN = Trend(np.nan, False, "cannot be calculated")


def trend(values: Numbers, lowers: Numbers, uppers: Numbers) -> Trend:
    """The trend of the last five values by weighted regression on time.

    Weights are ``(3.92 / (U - L))^2``, ``chi2 = (slope / se)^2``; significant above chi2(1; 99.8 %) = 9.55, and only
    when the slope keeps its sign with any one point left out (Office for Health Improvement and Disparities,
    Fingertips technical guidance, Recent trends).  With fewer than five known points there is none.

    >>> trend([1, 2, 3, 4, 5], [0.9, 1.9, 2.9, 3.9, 4.9], [1.1, 2.1, 3.1, 4.1, 5.1]).direction
    'increasing'
    """
    points, low, high = (np.atleast_1d(array(each))[-POINTS:] for each in (values, lowers, uppers))
    if not len(points) == len(low) == len(high):
        raise ValueError(f"{len(points)} values, {len(low)} lower and {len(high)} upper limits are given")
    refuse(high < low, "an upper limit is below its lower one", low, high)
    errors = (high - low) / WIDTH
    if len(points) < POINTS or np.isnan(points).any() or not (errors > 0).all():
        return UNKNOWN
    weights = 1 / errors**2
    slope, spread = _slope(points, weights)
    return _judged_slope(slope**2 * spread, slope, [_slope_without(points, weights, at) for at in range(POINTS)])


def trend_proportion(counts: Numbers, totals: Numbers) -> Trend:
    """The trend of the last five proportions by the chi-squared test for trend (Cochran 1954; Armitage 1955).

    ``chi2 = (sum(x(O - n p)))^2 / (p(1 - p)(sum(n x^2) - (sum(n x))^2 / N))``.

    >>> trend_proportion([10, 20, 30, 40, 50], [100] * 5).direction
    'increasing'
    """
    events, people = (np.atleast_1d(array(each))[-POINTS:] for each in (counts, totals))
    if len(events) != len(people):
        raise ValueError(f"{len(events)} counts and {len(people)} totals are given")
    refuse(events > people, "a count is above its total", events, people)
    unknown = len(events) < POINTS or np.isnan(events).any() or not (people > 0).all()
    if unknown:
        return UNKNOWN
    common = events.sum() / people.sum()
    if common in (0, 1):
        return Trend(0.0, False, "no change")
    time = np.arange(POINTS)
    above = (time * (events - people * common)).sum() ** 2
    below = common * (1 - common) * ((people * time**2).sum() - (people * time).sum() ** 2 / people.sum())
    shares = events / people
    slope, _ = _slope(shares, people)
    return _judged_slope(above / below, slope, [_slope_without(shares, people, at) for at in range(POINTS)])


def judged(direction: str, polarity: str) -> Judgement:
    """What a direction means where higher (or lower) is better; without a polarity there is no judgement.

    >>> judged("increasing", "lower is better"), judged("decreasing", "low"), judged("increasing", "neither")
    ('getting worse', 'getting better', 'no judgement')
    """
    if direction not in ("increasing", "decreasing"):
        if direction in ("no change", "cannot be calculated"):
            return direction
        raise ValueError(f"direction {direction!r} is not one of: increasing, decreasing, no change")
    sign = {"high": 1, "higher is better": 1, "low": -1, "lower is better": -1}.get(polarity, 0)
    if not sign:
        return "no judgement"
    return "getting better" if (direction == "increasing") == (sign > 0) else "getting worse"


def _slope(points: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """The weighted slope on time, and the weighted spread of time around its mean."""
    time = np.arange(len(points))
    return _slope_at(time, points, weights)


def _slope_without(points: np.ndarray, weights: np.ndarray, at: int) -> float:
    time = np.delete(np.arange(len(points)), at)
    return _slope_at(time, np.delete(points, at), np.delete(weights, at))[0]


def _slope_at(time: np.ndarray, points: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    centred = time - np.average(time, weights=weights)
    spread = float((weights * centred**2).sum())
    return float((weights * centred * points).sum() / spread), spread


def _judged_slope(chi2: float, slope: float, others: list[float]) -> Trend:
    steady = all(np.sign(each) == np.sign(slope) for each in others)
    significant = bool(chi2 > stats.chi2.ppf(LEVEL, 1) and steady)
    direction: Direction = ("increasing" if slope > 0 else "decreasing") if significant else "no change"
    return Trend(float(chi2), significant, direction)
