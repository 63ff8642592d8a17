"""Limits of a series over time: which years stand out from the usual ups and downs, and whether the course rises."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from socsvc_analysis.indicators.registry import UNCOUNTED
from socsvc_analysis.periods import by_last_day, last_day
from socsvc_analysis.reference import Reference, begins_anew
from socsvc_analysis.statistics import ControlChart, control_chart, count_interval, trend
from socsvc_analysis.statistics.trends import POINTS

LIMIT_POINTS = POINTS
"""Points from which there are limits: as many as a trend needs, so that a page has both or neither."""
USUAL, OUTSIDE, PATTERN, UNJUDGED = "usual", "outside", "pattern", "unjudged"
"""A year inside the limits, beyond one, part of a run that chance seldom makes; without limits none is judged."""


def with_limits(series: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The figures of one series in order of time, with limits (XmR) and what the last five say of its direction.

    ``series``: rows period, value, lower, upper, notes, unit of one territory.  Where what is counted has changed only
    the figures since then count (``since_break``).  Columns ``mean lower_limit upper_limit`` are unknown with fewer
    than five of them; ``sign`` is usual, outside, pattern or unjudged; ``direction`` is rises, falls, steady, unknown,
    gap (years are missing), few or break (too few since then).  Raises ValueError for two values of one period.

    >>> from types import SimpleNamespace
    >>> tables = SimpleNamespace(notes=pd.DataFrame({"note": ["counted_anew"], "break": [True]}))
    >>> rows = pd.DataFrame({"period": ["2017", "2018", "2019", "2020", "2021"], "value": [10.0, 12, 11, 13, 12],
    ...                      "lower": np.nan, "upper": np.nan, "notes": [()] * 5, "unit": "persons"})
    >>> judged = with_limits(rows, tables)  # moving ranges 2, 1, 2, 1: 11.6 -+ 2.66 x 1.5
    >>> judged.loc[0, ["mean", "lower_limit", "upper_limit"]].astype(float).round(2).tolist(), judged["direction"][0]
    ([11.6, 7.61, 15.59], 'steady')
    """
    ordered = by_last_day(series).reset_index(drop=True)
    known = ordered[ordered["value"].notna() & (ordered["period"] != "")]
    if known["period"].duplicated().any():
        raise ValueError("a series has one value for each period")
    recent = since_break(known, reference)
    limits = control_chart(_yearly(recent, "value")) if len(recent) >= LIMIT_POINTS else None
    few = "break" if len(recent) < len(known) else "few"
    since = pd.Series(ordered.index.isin(recent.index), ordered.index)
    signs = pd.Series(_signs(limits, recent) if limits else UNJUDGED, index=recent.index, dtype=object)
    levels = (limits.mean, limits.lower, limits.upper) if limits else (math.nan,) * 3
    judged = {
        name: np.where(since, level, math.nan)
        for name, level in zip(("mean", "lower_limit", "upper_limit"), levels, strict=True)
    }
    return ordered.assign(
        since_break=since,
        sign=signs.reindex(ordered.index).where(since, UNJUDGED),
        direction=_direction(recent) if limits else few,
        **judged,
    )


def since_break(known: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The figures from the last one on at which what is counted has changed."""
    anew = [at for at, broken in enumerate(begins_anew(known["notes"], reference.notes)) if broken]
    return known.iloc[anew[-1] if anew else 0 :]


def _yearly(recent: pd.DataFrame, column: str) -> pd.Series:
    """The column by year from the first to the last; years without a figure are unknown, so that they end a run."""
    years = [int(last_day(period)[:4]) for period in recent["period"]]
    if len(set(years)) < len(years):
        # Several figures in a year: one after the other.
        return pd.Series(recent[column].to_numpy(float))
    return pd.Series(recent[column].to_numpy(float), index=years).reindex(range(years[0], years[-1] + 1))


def _signs(limits: ControlChart, recent: pd.DataFrame) -> list[str]:
    known = _yearly(recent, "value").notna().to_numpy()
    outside, special = (np.asarray(each)[known] for each in (limits.outside, limits.special))
    return list(np.select([outside, special], [OUTSIDE, PATTERN], USUAL))


def _direction(recent: pd.DataFrame) -> str:
    """What the last five figures say: a count without limits of its own has those of a Poisson count."""
    value, lower, upper = (_yearly(recent, column) for column in ("value", "lower", "upper"))
    if value.tail(LIMIT_POINTS).isna().any():
        return "gap"
    unlimited = lower.isna().any() and recent["unit"].iloc[0] not in UNCOUNTED
    found = trend(value, *(count_interval(value) if unlimited else (lower, upper))).direction
    return {"increasing": "rises", "decreasing": "falls", "no change": "steady"}.get(found, "unknown")
