"""Statistics of monitoring: how far along a commitment is, against time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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
