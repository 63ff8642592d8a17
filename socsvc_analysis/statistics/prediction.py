"""The straight line through a series and where further values would fall, as a projection to a target uses it."""

from __future__ import annotations

import numpy as np
from scipy import stats

from socsvc_analysis.statistics.intervals import Estimate
from socsvc_analysis.statistics.shapes import Numbers, array

FEWEST = 3
"""Points from which a line has an interval."""


def prediction(years: Numbers, values: Numbers, at: Numbers, confidence: float = 0.95) -> Estimate:
    """The fitted line at the years ``at`` with its prediction interval.

    ``y = a + b x`` by least squares; the interval at ``x`` is ``t s sqrt(1 + 1/n + (x - mean)^2 / Sxx)`` (Draper and
    Smith 1998, Applied regression analysis, section 3.1).  Unknown values are left out; fewer than three known ones, or
    ones of a single year, give no line.

    >>> value, lower, upper = prediction([2019, 2020, 2021, 2022], [10, 20, 30, 41], [2023])
    >>> value.round(1), lower.round(1), upper.round(1)
    (array([51.]), array([48.4]), array([53.6]))
    """
    times, points, ahead = (np.atleast_1d(array(each)) for each in (years, values, at))
    known = ~np.isnan(points) & ~np.isnan(times)
    times, points = times[known], points[known]
    if len(points) < FEWEST or len(np.unique(times)) < 2:
        unknown = np.full(len(ahead), np.nan)
        return Estimate(unknown, unknown, unknown)
    fit = stats.linregress(times, points)
    line = fit.intercept + fit.slope * ahead
    freedom = len(points) - 2
    residual = np.sqrt(((points - fit.intercept - fit.slope * times) ** 2).sum() / freedom)
    spread = ((times - times.mean()) ** 2).sum()
    width = stats.t.ppf((1 + confidence) / 2, freedom) * residual
    width = width * np.sqrt(1 + 1 / len(points) + (ahead - times.mean()) ** 2 / spread)
    return Estimate(line, line - width, line + width)
