"""Whether the latest five points rise or fall more than chance would have it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from socsvc_analysis.statistics import polarity as polarities
from socsvc_analysis.statistics.shapes import Numbers, broadcast, raise_where

POINTS = 5
LEVEL = 0.998
WIDTH = 3.92
"""Width of a 95 % interval in standard errors."""
ROUNDING = 1e-9
"""A slope below this share of another is level: what is left of it is rounding."""
Direction = Literal["increasing", "decreasing", "no change", "cannot be calculated"]
Judgement = Literal["getting better", "getting worse", "no judgement", "no change", "cannot be calculated"]


class Trend(NamedTuple):
    """The statistic of a trend and what it says."""

    chi2: float
    significant: bool
    direction: Direction


UNKNOWN = Trend(np.nan, False, "cannot be calculated")


def trend(values: Numbers, lowers: Numbers, uppers: Numbers) -> Trend:
    """The trend of the last five values, in order of time, by weighted regression on time.

    Weights are ``(3.92 / (U - L))^2`` of the limits of 95 %, ``chi2 = (slope / se)^2``; significant above chi2(1;
    99.8 %) = 9.55, and only when the slope keeps its sign with any one point left out (Office for Health Improvement
    and Disparities, Fingertips technical guidance, Recent trends).  Without five known points at the end of the series
    there is none; an interval without width has no weight.

    >>> trend([1, 2, 3, 4, 5], [0.9, 1.9, 2.9, 3.9, 4.9], [1.1, 2.1, 3.1, 4.1, 5.1]).direction
    'increasing'
    """
    points, low, high = (np.atleast_1d(each)[-POINTS:] for each in broadcast(values, lowers, uppers))
    raise_where(high < low, "an upper limit is below its lower one", low, high)
    errors = (high - low) / WIDTH
    if len(points) < POINTS or np.isnan(points).any() or not (errors > 0).all():
        return UNKNOWN
    return _trend(points, 1 / errors**2)


def trend_proportion(counts: Numbers, totals: Numbers) -> Trend:
    """The trend of the last five proportions, in order of time, by the chi-squared test for trend.

    ``chi2 = (sum(x(O - n p)))^2 / (p(1 - p)(sum(n x^2) - (sum(n x))^2 / N))`` (Cochran 1954, Biometrics 10:417-451;
    Armitage 1955, Biometrics 11:375-386), significant as in :func:`trend`.  Years with none or all of the total count
    too, for which the source's own code, working with logits, has no answer.

    >>> trend_proportion([10, 20, 30, 40, 50], [100] * 5).direction
    'increasing'
    """
    events, people = (np.atleast_1d(each)[-POINTS:] for each in broadcast(counts, totals))
    raise_where(events < 0, "a count is below zero", events)
    raise_where(events > people, "a count is above its total", events, people)
    if len(events) < POINTS or np.isnan(events).any() or not (people > 0).all():
        return UNKNOWN
    common = events.sum() / people.sum()
    if common in (0, 1):
        return Trend(0.0, False, "no change")
    # Not statsmodels' test of ordinal association: its variance is the exact one, larger by N / (N - 1).
    time = np.arange(POINTS)
    above = (time * (events - people * common)).sum() ** 2
    below = common * (1 - common) * ((people * time**2).sum() - (people * time).sum() ** 2 / people.sum())
    return _trend(events / people, people, above / below)


def judge_direction(direction: str, polarity: str) -> Judgement:
    """What a direction means where higher (or lower) is better; without a polarity there is no judgement.

    >>> judge_direction("increasing", "lower is better"), judge_direction("decreasing", "low")
    ('getting worse', 'getting better')
    >>> judge_direction("increasing", "neither")
    'no judgement'
    """
    better = polarities.sign(polarity)
    if direction == "no change":
        return "no change"
    if direction == "cannot be calculated":
        return "cannot be calculated"
    if direction not in ("increasing", "decreasing"):
        raise ValueError(
            f"direction {direction!r} is not one of: increasing, decreasing, no change, cannot be calculated"
        )
    if not better:
        return "no judgement"
    return "getting better" if (direction == "increasing") == (better > 0) else "getting worse"


def _line(points: np.ndarray, weights: np.ndarray, left_out: int | None = None) -> tuple[float, float]:
    """The weighted slope on time, and the square of its distance from 0 in standard errors that the weights give."""
    kept = np.flatnonzero(np.arange(len(points)) != left_out)
    points, weights = points[kept], weights[kept]
    apart = kept - np.average(kept, weights=weights)
    # The weights are inverse variances that are known: the variance of the slope follows from them alone.
    precision = (weights * apart**2).sum()
    slope = (weights * apart * (points - np.average(points, weights=weights))).sum() / precision
    return float(slope), float(slope**2 * precision)


def _trend(points: np.ndarray, weights: np.ndarray, chi2: float | None = None) -> Trend:
    slope, of_slope = _line(points, weights)
    chi2 = of_slope if chi2 is None else chi2
    significant = bool(chi2 > special.chdtri(1, 1 - LEVEL)) and all(
        _line(points, weights, at)[0] / slope > ROUNDING for at in range(POINTS)
    )
    direction: Direction = ("increasing" if slope > 0 else "decreasing") if significant else "no change"
    return Trend(float(chi2), significant, direction)
