"""Funnel plots: how far places may differ from a common value by chance alone.

Two kinds of limits exist, and they answer differently near the edge.  The suite's own charts draw the first kind:

* :func:`funnel_limits_proportion` and :func:`funnel_limits_rate` are those of funnel plots: a place lies outside just
  when its own confidence interval (Wilson's, the exact one) leaves out the common value, so the plot agrees with
  :func:`~socsvc_analysis.statistics.compare`.
* :mod:`~socsvc_analysis.statistics.benchmarks` has those of statistical process control, for comparing with sources
  that judge places so.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from socsvc_analysis.statistics.intervals import count_interval, normal_quantile
from socsvc_analysis.statistics.shapes import Numbers, broadcast, in_shape_of, raise_where

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
    """Variance between places, to be added to that of chance; unknown where standard errors are not given."""
    present: bool
    """Whether phi is above ``1 + 2 sqrt(2 / I)``, which chance seldom reaches."""


def funnel_limits_proportion(total: Numbers, baseline: Numbers, phi: float = 1.0, tau2: float = 0.0) -> FunnelLimits:
    """Limits for a proportion of ``total`` people around the common ``baseline`` (a fraction), within 0 and 1.

    ``p0 -+ z sqrt(phi p0 (1 - p0) / n + tau2)`` (Spiegelhalter 2005, Statistics in Medicine 24:1185-1202).  A phi
    below 1 does not narrow them.

    >>> round(funnel_limits_proportion(50, 0.8).lower95, 4)  # 0.8 - 1.96 sqrt(0.8 x 0.2 / 50)
    0.6891
    """
    people, centre = broadcast(total, baseline)
    raise_where(people < 0, "a total is below zero", people)
    refuse_baseline(centre)
    error = np.sqrt(np.maximum(phi, 1) * centre * (1 - centre) / np.where(people > 0, people, np.nan) + tau2)
    limits = (centre + side * normal_quantile(level) * error for level in LEVELS for side in (-1, 1))
    return FunnelLimits(*(in_shape_of(np.clip(each, 0, 1), total, baseline) for each in limits))


def refuse_baseline(baseline: np.ndarray) -> None:
    """Raise ValueError for a common proportion that is none."""
    raise_where((baseline < 0) | (baseline > 1), "a baseline is not a fraction between 0 and 1", baseline)


def funnel_limits_rate(events: Numbers, baseline: Numbers, phi: float = 1.0) -> FunnelLimits:
    """Limits for a rate that counts ``events``, around the common ``baseline``, in the unit of the baseline.

    ``baseline O / E`` where ``E`` are the exact Poisson limits of the events (Dover and Schopflocher 2011, Population
    Health Metrics 9:58).  ``phi`` widens them by its square root on the scale of logarithms.  Without an event there
    are no such limits: see :func:`~socsvc_analysis.statistics.benchmark_limits_rate`.

    >>> round(funnel_limits_rate(1, 116.1720835).lower95, 3)  # 116.172 x 1 / 5.5716
    20.851
    """
    counts, centre = broadcast(events, baseline)
    raise_where(centre < 0, "a baseline is below zero", centre)
    limits = []
    for level in LEVELS:
        lower, upper = count_interval(counts, level, "exact")
        for limit in (upper, lower):
            ratio = counts / np.where(counts > 0, limit, np.nan)
            limits.append(in_shape_of(centre * ratio ** np.sqrt(np.maximum(phi, 1)), events, baseline))
    return FunnelLimits(*limits)


def overdispersion(z: Numbers, errors: Numbers | None = None, winsorised: float = 0.1) -> Overdispersion:
    """Overdispersion of places from their standardised distances ``z`` to the baseline: ``(p - p0) / se(p0)``.

    ``phi = mean(z^2)`` of z-scores of which the outer tenth at each end was drawn in; ``tau2`` after DerSimonian and
    Laird from the standard errors (Spiegelhalter 2005; Spiegelhalter et al. 2012, JRSS A 175:25-47).  Unknown distances
    are left out; fewer than two say nothing.

    >>> overdispersion([-2, 2, -2, 2], winsorised=0)[0]
    4.0
    """
    scores, known_errors = map(np.atleast_1d, broadcast(z, errors))
    known = ~np.isnan(scores) if errors is None else ~np.isnan(scores + known_errors)
    scores, weights = scores[known], 1 / known_errors[known] ** 2
    places = len(scores)
    if places < 2:
        return Overdispersion(np.nan, np.nan, False)
    drawn = np.clip(scores, *np.quantile(scores, [winsorised, 1 - winsorised]))
    phi = float(np.mean(drawn**2))
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    tau2 = float(np.maximum(0.0, (places * phi - (places - 1)) / spread))
    return Overdispersion(phi, tau2, bool(phi > 1 + 2 * np.sqrt(2 / places)))
