"""Control charts of single values over time (XmR)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from socsvc_analysis.statistics.shapes import Numbers, as_floats, in_shape_of

SCALE = 2.66
"""Three standard deviations in mean moving ranges: 3 / 1.128."""
OUTLYING = 3.267
"""Moving ranges above this many times their mean are left out of it."""
RUN = 7
"""Points in a row on one side of the mean, or rising or falling, that chance seldom makes."""


@dataclass(frozen=True)
class ControlChart:
    """Mean, limits, and for each point which rule it breaks; in the shape of the values."""

    mean: float
    lower: float
    upper: float
    outside: Numbers
    """Beyond a limit."""
    shift: Numbers
    """At least the seventh in a row on one side of the mean."""
    drift: Numbers
    """1 at the seventh and later points in a row of rising values, -1 of falling ones, else 0."""
    near: Numbers
    """One of two or three in the outer third towards a limit, of three points in a row on one side of the mean."""
    special: Numbers
    """Part of any of these: also the points before the seventh of a shift or drift.  What a chart marks."""


def control_chart(values: Numbers) -> ControlChart:
    """The XmR chart of ``values`` in order of time; unknown values break runs and are left out of the mean.

    Limits are ``mean -+ 2.66`` mean moving ranges, where moving ranges above 3.267 times their mean are left out
    (Wheeler 2000, Understanding variation; Montgomery, Introduction to statistical quality control, chapter 6; rules as
    in NHS England, Making data count, and NHSRplotthedots).  Without two known values in a row there are no limits.

    >>> chart = control_chart([10, 12, 11, 13, 12])  # moving ranges 2, 1, 2, 1: 11.6 -+ 2.66 x 1.5
    >>> chart.mean, round(chart.lower, 2), round(chart.upper, 2)
    (11.6, 7.61, 15.59)
    """
    points = np.atleast_1d(as_floats(values))
    known = points[~np.isnan(points)]
    mean = float(known.mean()) if len(known) else np.nan
    ranges = np.abs(np.diff(points))
    ranges = ranges[~np.isnan(ranges)]
    # The smallest range is never above the mean, so some remain.
    width = SCALE * float(ranges[ranges <= OUTLYING * ranges.mean()].mean()) if len(ranges) else np.nan
    side = np.sign(np.nan_to_num(points - mean))
    outside = np.abs(points - mean) > width
    outer = (np.abs(points - mean) > width * 2 / 3) & ~outside
    shift, drift, near = _runs(side) >= RUN, _drift(points), _near(outer, side)
    special = outside | near | _whole_run(shift, RUN) | _whole_run(drift != 0, RUN)
    flags = (in_shape_of(each, values) for each in (outside, shift, drift, near, special))
    return ControlChart(mean, mean - width, mean + width, *flags)


def _runs(signs: np.ndarray) -> np.ndarray:
    """How many equal signs in a row end at each point; none on the mean itself."""
    lengths = np.zeros(len(signs), dtype=int)
    before, length = 0.0, 0
    for at, sign in enumerate(signs):
        length = length + 1 if sign == before else 1
        lengths[at] = length if sign else 0
        before = sign
    return lengths


def _drift(points: np.ndarray) -> np.ndarray:
    steps = np.sign(np.nan_to_num(np.diff(points, prepend=points[:1])))
    return np.where(_runs(steps) >= RUN - 1, steps, 0).astype(int)


def _near(outer: np.ndarray, side: np.ndarray) -> np.ndarray:
    flagged = np.zeros(len(outer), dtype=bool)
    for at in range(len(outer) - 2):
        window = slice(at, at + 3)
        if outer[window].sum() >= 2 and abs(side[window].sum()) == 3:
            flagged[window] |= outer[window]
    return flagged


def _whole_run(ends: np.ndarray, length: int) -> np.ndarray:
    """The flagged points and those before each that make up the run of ``length``."""
    return np.array([ends[at : at + length].any() for at in range(len(ends))], dtype=bool)
