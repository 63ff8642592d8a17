"""Control charts of single values over time (XmR)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from socsvc_analysis.statistics.shapes import Numbers, array

SCALE = 2.66
"""Three standard deviations in mean moving ranges: 3 / 1.128."""
OUTLYING = 3.267
"""Moving ranges above this many times their mean are left out of it."""
RUN = 7


@dataclass(frozen=True)
class ControlChart:
    """Mean, limits, and for each point which rule it breaks."""

    mean: float
    lower: float
    upper: float
    outside: np.ndarray
    """Beyond a limit."""
    shift: np.ndarray
    """At least the seventh in a row on one side of the mean."""
    drift: np.ndarray
    """1 at the seventh and later points in a row of rising values, -1 of falling ones, else 0."""
    near: np.ndarray
    """One of at least two of three points in a row in the outer third towards the same limit."""


def control_chart(values: Numbers) -> ControlChart:
    """The XmR chart of ``values`` in order of time; unknown values break runs and are left out of the mean.

    Limits are ``mean -+ 2.66`` mean moving ranges, where moving ranges above 3.267 times their mean are left out
    (Wheeler 2000, Understanding variation; Montgomery, Introduction to statistical quality control, chapter 6; rules as
    in NHS England, Making data count).

    >>> chart = control_chart([10, 12, 11, 13, 12])
    >>> chart.mean, round(chart.lower, 2), round(chart.upper, 2)
    (11.6, 7.61, 15.59)
    """
    points = np.atleast_1d(array(values))
    known = points[~np.isnan(points)]
    ranges = np.abs(np.diff(known))
    if not len(ranges):
        blank = np.zeros(len(points), dtype=bool)
        mean = float(known.mean()) if len(known) else np.nan
        return ControlChart(mean, np.nan, np.nan, blank, blank, blank.astype(int), blank)
    mean = float(known.mean())
    usual = ranges[ranges <= OUTLYING * ranges.mean()]
    width = SCALE * float(usual.mean() if len(usual) else ranges.mean())
    side = np.sign(np.where(np.isnan(points), mean, points) - mean)
    outer = np.where(np.abs(points - mean) > width * 2 / 3, side, 0)
    return ControlChart(
        mean,
        mean - width,
        mean + width,
        np.abs(points - mean) > width,
        _runs(side) >= RUN,
        _drift(points),
        _near(outer),
    )


def _runs(signs: np.ndarray) -> np.ndarray:
    """How many equal signs in a row end at each point; none on the mean itself."""
    lengths = np.zeros(len(signs), dtype=int)
    for at, sign in enumerate(signs):
        if sign:
            lengths[at] = lengths[at - 1] + 1 if at and signs[at - 1] == sign else 1
    return lengths


def _drift(points: np.ndarray) -> np.ndarray:
    steps = np.sign(np.nan_to_num(np.diff(points, prepend=points[:1])))
    return np.where(_runs(steps) >= RUN - 1, steps, 0).astype(int)


def _near(outer: np.ndarray) -> np.ndarray:
    flagged = np.zeros(len(outer), dtype=bool)
    for at in range(len(outer) - 2):
        window = outer[at : at + 3]
        for sign in (-1, 1):
            if (window == sign).sum() >= 2:
                flagged[at : at + 3] |= window == sign
    return flagged
