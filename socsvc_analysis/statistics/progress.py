"""How far along a commitment is, against time; when it will be reached; what the performance framework says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from socsvc_analysis.statistics.shapes import array

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Pace:
    """Where something stands on its way from baseline to target; unknown numbers are NaN."""

    expected: float
    """Value expected on the date, had progress been even."""
    achieved_share: float
    """Share of the way from baseline to target that is done; may exceed 1."""
    share_of_time: float
    """Share of the time that has passed."""
    ratio: float
    """Progress made over progress expected: 1 is on time."""
    required_per_year: float
    """Change needed in each year that is left to reach the target; NaN when no time is left."""


def pace(baseline: float, latest: float, target: float, *, start: str, on: str, end: str) -> Pace:
    """Progress towards a target against even progress over time.

    ``expected(t) = B + (T - B)(t - t0)/(t1 - t0)``, ``ratio = (V - B)/(expected - B)``,
    ``required = (T - V)/(t1 - t)``.  Dates are ISO days; years have 365.25 days.  A missing number gives missing
    results, never an exception.  Source: own definition, linear interpolation between baseline and target.

    Half of the time has passed and a quarter of the way is done:

    >>> pace(0, 250, 1000, start="2020-01-01", on="2022-01-01", end="2024-01-01").achieved_share
    0.25
    >>> round(pace(0, 250, 1000, start="2020-01-01", on="2022-01-01", end="2024-01-01").expected)
    500
    >>> round(pace(0, 250, 1000, start="2020-01-01", on="2022-01-01", end="2024-01-01").required_per_year)
    375
    """
    begin, now, finish = (dt.date.fromisoformat(each) for each in (start, on, end))
    if not begin < finish:
        raise ValueError(f"the start {start} is not before the end {end}")
    # Before the start nothing is expected, after the end the target and no more.
    share_of_time = min(max((now - begin) / (finish - begin), 0.0), 1.0)
    expected = baseline + (target - baseline) * share_of_time
    years_left = (finish - now).days / DAYS_PER_YEAR
    return Pace(
        expected=expected,
        achieved_share=_share(latest - baseline, target - baseline),
        share_of_time=share_of_time,
        ratio=_share(latest - baseline, expected - baseline),
        required_per_year=(target - latest) / years_left if years_left > 0 else float("nan"),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


HORIZON = 30
"""Years ahead beyond which a projection says nothing."""
FEWEST = 3
"""Points from which a line with an interval can be drawn."""


class Projection(NamedTuple):
    """When a target would be reached if the past went on; unknown years are NaN."""

    year: float
    """By the fitted line."""
    earliest: float
    """First year in which the prediction interval reaches the target."""
    latest: float
    """First year in which the whole prediction interval is beyond the target; NaN: not within the horizon."""
    verdict: Literal["reached", "at the present pace", "not at the present pace", "unknown"]


def projection(series: pd.Series, target: float, confidence: float = 0.95) -> Projection:
    """When ``series`` (years in the index) reaches ``target``, by a straight line with its prediction interval.

    ``y = a + b x`` by least squares; the interval at ``x`` is ``t s sqrt(1 + 1/n + (x - mean)^2 / Sxx)`` (Draper and
    Smith 1998, Applied regression analysis, section 3.1).  The target counts as approached from the first value.  Fewer
    than three known points give no answer.

    >>> projection(pd.Series([10.0, 20, 30, 41], index=[2019, 2020, 2021, 2022]), 60).verdict
    'at the present pace'
    >>> projection(pd.Series([30.0, 29, 31, 28], index=[2019, 2020, 2021, 2022]), 60).verdict
    'not at the present pace'
    """
    values = array(series)
    years = array(pd.Series(series.index))[~np.isnan(values)]
    values = values[~np.isnan(values)]
    if not len(values) or np.isnan(float(array(target))):
        return Projection(np.nan, np.nan, np.nan, "unknown")
    sign = 1.0 if target >= values[0] else -1.0
    there = sign * values >= sign * target
    if there[-1]:
        year = float(years[np.argmax(there)])
        return Projection(year, year, year, "reached")
    if len(values) < FEWEST:
        return Projection(np.nan, np.nan, np.nan, "unknown")
    fit = stats.linregress(years, values)
    if sign * fit.slope <= 0:
        return Projection(np.nan, np.nan, np.nan, "not at the present pace")
    year = float((target - fit.intercept) / fit.slope)
    ahead = np.arange(years[-1] + 1, years[-1] + HORIZON + 1)
    line = fit.intercept + fit.slope * ahead
    freedom = len(values) - 2
    residual = np.sqrt(((values - fit.intercept - fit.slope * years) ** 2).sum() / freedom)
    spread = ((years - years.mean()) ** 2).sum()
    width = stats.t.ppf((1 + confidence) / 2, freedom) * residual
    width = width * np.sqrt(1 + 1 / len(values) + (ahead - years.mean()) ** 2 / spread)
    earliest, latest = (_first(ahead, sign * line + side * width >= sign * target) for side in (1, -1))
    if year > ahead[-1]:
        return Projection(np.nan, earliest, np.nan, "not at the present pace")
    return Projection(year, earliest, latest, "at the present pace")


def _first(years: np.ndarray, there: np.ndarray) -> float:
    return float(years[np.argmax(there)]) if there.any() else np.nan


ACHIEVED, DEROGATION, FAILURE = 85.0, 75.0, 65.0
"""Per cent of a milestone or target: to be achieved; for one of three or more; below it a serious failure."""


def performance_verdict(
    achievements: Sequence[float],
) -> Literal["achieved", "not achieved", "serious failure", "unknown"]:
    """What the performance framework of 2014-2020 says of a priority axis, from achievements in per cent.

    Achieved when every indicator reaches 85 %; of three or more one may lie between 75 and 85 %.  A serious failure
    when an indicator stays under 65 %, of three or more when two do.  As commonly stated from Commission Implementing
    Regulation (EU) No 215/2014, Article 6.  The rule judges a whole priority axis: below it, it is an analogy and must
    be called one.  An unknown achievement makes the verdict unknown.

    >>> performance_verdict([100, 80, 100]), performance_verdict([84.9, 100]), performance_verdict([64, 64, 100])
    ('achieved', 'not achieved', 'serious failure')
    """
    reached = np.atleast_1d(array(achievements))
    if not len(reached) or np.isnan(reached).any():
        return "unknown"
    several = len(reached) >= 3
    if (reached < FAILURE).sum() >= (2 if several else 1):
        return "serious failure"
    short = reached[reached < ACHIEVED]
    if not len(short) or (several and len(short) == 1 and short[0] >= DEROGATION):
        return "achieved"
    return "not achieved"
