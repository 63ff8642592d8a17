"""When a target would be reached if the past went on, and where the series would then stand."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from socsvc_analysis.statistics.intervals import Estimate, check_confidence, student_quantile
from socsvc_analysis.statistics.shapes import Numbers, as_floats, in_shape_of

HORIZON = 30
"""Years ahead beyond which a projection says nothing."""
FEWEST = 3
"""Points from which a line with an interval can be drawn."""


class Projection(NamedTuple):
    """When a target would be reached if the past went on: fractional years, ``earliest <= year <= latest``."""

    year: float
    """Where the fitted line reaches the target, or where the series did; NaN: never, or not within the horizon."""
    earliest: float
    """Where the prediction interval first reaches the target; NaN: not within the horizon."""
    latest: float
    """Where the whole prediction interval is at or beyond the target; NaN: not within the horizon."""
    verdict: Literal["reached", "at the present pace", "not at the present pace", "unknown"]


UNKNOWN = Projection(np.nan, np.nan, np.nan, "unknown")


def projection(series: pd.Series, target: float, confidence: float = 0.95) -> Projection:
    """When ``series`` (years or dates in the index) reaches ``target``, by a straight line with a prediction interval.

    ``y = a + b x`` by least squares; the prediction interval at ``x`` is ``t s sqrt(1 + 1/n + (x - mean)^2 / Sxx)``,
    and ``earliest`` and ``latest`` are where its ends meet the target (Draper and Smith 1998, Applied regression
    analysis, sections 3.1 and 3.2, inverse regression).  The target is approached from the first value (a floor, if
    that is on it); once the last value is there, it is reached, since the year from which the series has stayed there.
    A line that leads away, or that needs more than 30 years, does not reach it at the present pace.  Fewer than three
    known points give no answer.
    A date counts as the fraction of its year that has passed.

    The line gains 10.3 a year and is at 40.7 in 2022:

    >>> found = projection(pd.Series([10.0, 20, 30, 41], index=[2019, 2020, 2021, 2022]), 60)
    >>> found.verdict, round(found.year, 1), round(found.earliest, 1), round(found.latest, 1)
    ('at the present pace', 2023.9, 2023.6, 2024.2)
    >>> projection(pd.Series([30.0, 29, 31, 28], index=[2019, 2020, 2021, 2022]), 60).verdict
    'not at the present pace'
    """
    check_confidence(confidence)
    years, values = _known(series)
    goal = float(as_floats(target))
    if not len(values) or np.isnan(goal):
        return UNKNOWN
    # Turned so that the target lies above.
    sign = 1.0 if goal >= values[0] else -1.0
    values, goal = sign * values, sign * goal
    if values[-1] >= goal:
        year = float(years[np.flatnonzero(np.append(-np.inf, values) < goal)[-1]])
        return Projection(year, year, year, "reached")
    if len(values) < FEWEST or years[0] == years[-1]:
        return UNKNOWN
    met = _met(years, values, goal, confidence)
    year, earliest, latest = (each if each <= years[-1] + HORIZON else np.nan for each in met)
    if np.isnan(year):
        return Projection(np.nan, earliest, np.nan, "not at the present pace")
    return Projection(year, earliest, latest, "at the present pace")


def prediction(series: pd.Series, at: Numbers, confidence: float = 0.95) -> Estimate:
    """The line through ``series`` (years or dates in the index) at the years ``at``, with its prediction interval.

    The line and interval of :func:`projection`.  Fewer than three known points, or points of one time, have none.

    The line gains 10.3 a year; the residuals are 0.2, -0.1, -0.4 and 0.3:

    >>> found = prediction(pd.Series([10.0, 20, 30, 41], index=[2019, 2020, 2021, 2022]), 2023)
    >>> [round(each, 1) for each in found]  # 51 -+ 4.303 sqrt(0.3 / 2) sqrt(1 + 1/4 + 2.5^2 / 5)
    [51.0, 48.4, 53.6]
    """
    check_confidence(confidence)
    years, values = _known(series)
    ahead = as_floats(at)
    number = len(values)
    if number < FEWEST or years[0] == years[-1]:
        return Estimate(*(in_shape_of(np.full(np.shape(ahead), np.nan), at) for _ in range(3)))
    line = _line(years, values)
    spread = 1 + 1 / number + (ahead - line.middle) ** 2 / line.squares
    half = student_quantile(confidence, number - 2) * np.sqrt(line.variance * spread)
    value = line.height + line.slope * (ahead - line.middle)
    return Estimate(*(in_shape_of(each, at) for each in (value, value - half, value + half)))


def _known(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Years and values in order of time, the known ones."""
    values = as_floats(series)
    years = _years(pd.Index(series.index))
    known = np.flatnonzero(~np.isnan(values + years))
    order = known[np.argsort(years[known], kind="stable")]
    return years[order], values[order]


def _years(index: pd.Index) -> np.ndarray:
    """Years as numbers; dates as year and fraction."""
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex):
        try:
            return as_floats(index.to_numpy())
        except ValueError:
            index = pd.DatetimeIndex(pd.to_datetime(index, format="ISO8601"))
    return (index.year + (index.day_of_year - 1) / (365 + index.is_leap_year)).to_numpy(dtype=float)


class _Line(NamedTuple):
    """A straight line by least squares through points in time."""

    middle: float
    """The mean of the years."""
    height: float
    """The mean of the values, which the line has in the middle."""
    slope: float
    """What it gains a year."""
    squares: float
    """The sum of the squared distances of the years from the middle."""
    variance: float
    """That of the residuals."""


def _line(years: np.ndarray, values: np.ndarray) -> _Line:
    middle, height = float(years.mean()), float(values.mean())
    apart = years - middle
    squares = float((apart**2).sum())
    slope = float((apart * (values - height)).sum()) / squares
    # Not the standard error of a fit: of points on a line it keeps a rounding error that the residuals do not.
    residuals = values - height - slope * apart
    return _Line(middle, height, slope, squares, float((residuals**2).sum()) / (len(values) - 2))


def _met(years: np.ndarray, values: np.ndarray, goal: float, confidence: float) -> tuple[float, float, float]:
    """Where the line and the upper and lower end of its interval meet the goal above; infinite: nowhere ahead."""
    number, line = len(values), _line(years, values)
    if line.slope <= 0:
        return np.inf, np.inf, np.inf
    variance = student_quantile(confidence, number - 2) ** 2 * line.variance
    # Times d from the middle: the ends meet where (gap - slope d)^2 = fixed + fanning d^2.
    gap, last = goal - line.height, years[-1] - line.middle
    fixed, fanning = variance * (1 + 1 / number), variance / line.squares
    certain = line.slope**2 - fanning
    root = np.sqrt(max(0.0, gap**2 * fanning + fixed * certain))
    earliest = (gap**2 - fixed) / (line.slope * gap + root) if gap > 0 else last
    latest = (line.slope * gap + root) / certain if certain > 0 else np.inf
    meets, lower, upper = (float(line.middle + max(each, last)) for each in (gap / line.slope, earliest, latest))
    return meets, lower, upper
