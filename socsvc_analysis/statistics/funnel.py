"""Funnel plots: how far places may differ from a common value by chance alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from socsvc_analysis.statistics.intervals import count_interval
from socsvc_analysis.statistics.shapes import Numbers, array, like, refuse

LEVELS = (0.95, 0.998)
"""The two pairs of limits of a funnel plot: two and three standard deviations."""


class FunnelLimits(NamedTuple):
    """Limits of 95 % and 99.8 % around a baseline."""

    lower95: Numbers
    upper95: Numbers
    lower998: Numbers
    upper998: Numbers


class Overdispersion(NamedTuple):
    """How much more places differ than chance allows."""

    phi: float
    """Variance over that expected by chance; 1 is chance alone."""
    tau2: float
    """Variance between places, to be added to that of chance (0 where standard errors are not given)."""
    present: bool
    """Whether phi is above ``1 + 2 sqrt(2 / I)``, which chance seldom reaches."""


def funnel_limits_proportion(total: Numbers, baseline: float, phi: float = 1.0) -> FunnelLimits:
    """Limits for a proportion of ``total`` people around the common ``baseline`` (a fraction), within 0 and 1.

    ``p0 -+ z sqrt(phi p0 (1 - p0) / n)`` (Spiegelhalter 2005, Statistics in Medicine 24:1185-1202).

    >>> round(funnel_limits_proportion(50, 0.8).lower95, 4)
    0.6891
    """
    if not 0 <= baseline <= 1:
        raise ValueError(f"the baseline {baseline:g} is not a fraction between 0 and 1")
    people = array(total)
    refuse(people < 0, "a total is below zero", people)
    error = np.sqrt(phi * baseline * (1 - baseline) / np.where(people > 0, people, np.nan))
    z = [stats.norm.ppf((1 + level) / 2) for level in LEVELS]
    limits = (baseline + side * each * error for each in z for side in (-1, 1))
    return FunnelLimits(*(like(np.clip(each, 0, 1), total) for each in limits))


def funnel_limits_rate(events: Numbers, baseline: float, phi: float = 1.0) -> FunnelLimits:
    """Limits for a rate that counts ``events``, around the common ``baseline``, in the unit of the baseline.

    ``baseline O / E`` where ``E`` are the exact Poisson limits of the events (Dover and Schopflocher 2011, Population
    Health Metrics 9:58).  ``phi`` widens them by its square root on the scale of logarithms.

    >>> round(funnel_limits_rate(1, 116.1720835).lower95, 3)
    20.851
    """
    if not baseline >= 0:
        raise ValueError(f"the baseline {baseline:g} is below zero")
    counts = array(events)
    limits = []
    for level in LEVELS:
        lower, upper = (array(each) for each in count_interval(events, level, "exact"))
        with np.errstate(divide="ignore", invalid="ignore"):
            for limit in (upper, lower):
                ratio = np.where(limit > 0, counts / np.where(limit > 0, limit, np.nan), np.nan)
                limits.append(like(baseline * ratio ** np.sqrt(phi), events))
    return FunnelLimits(*limits)


def overdispersion(z: Numbers, errors: Numbers | None = None, winsorised: float = 0.1) -> Overdispersion:
    """Overdispersion of places from their standardised distances ``z`` to the baseline.

    ``phi = mean(z^2)`` of z-scores of which the outer tenth at each end was drawn in; ``tau2`` after DerSimonian and
    Laird from the standard errors (Spiegelhalter 2005; Spiegelhalter et al. 2012, JRSS A 175:25-47).  Unknown distances
    are left out.

    >>> overdispersion([-2, 2, -2, 2], winsorised=0).phi
    4.0
    """
    scores = np.atleast_1d(array(z))
    known = ~np.isnan(scores)
    scores = scores[known]
    places = len(scores)
    if places < 2:
        return Overdispersion(np.nan, np.nan, False)
    drawn = np.clip(scores, *np.quantile(scores, [winsorised, 1 - winsorised]))
    phi = float(np.mean(drawn**2))
    tau2 = 0.0
    if errors is not None:
        weights = 1 / np.atleast_1d(array(errors))[known] ** 2
        spread = weights.sum() - (weights**2).sum() / weights.sum()
        tau2 = float(max(0.0, (places * phi - (places - 1)) / spread))
    return Overdispersion(phi, tau2, phi > 1 + 2 * np.sqrt(2 / places))
