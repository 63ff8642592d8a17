"""Confidence intervals of counts, proportions and means."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from socsvc_analysis.statistics.shapes import Numbers, as_floats, broadcast, in_shape_of, raise_where

SMALL = 10
"""Counts below this get the exact interval, others Byar's: the rule of the public health profiles of England."""


class Interval(NamedTuple):
    """Lower and upper confidence limit."""

    lower: Numbers
    upper: Numbers


class Estimate(NamedTuple):
    """A value with its confidence limits."""

    value: Numbers
    lower: Numbers
    upper: Numbers


def count_interval(
    count: Numbers, confidence: float = 0.95, method: Literal["auto", "exact", "byar"] = "auto"
) -> Interval:
    """Confidence interval of a Poisson count: exact below 10, Byar's from 10 on (``auto``).

    Exact: ``chi2(alpha/2; 2O)/2`` and ``chi2(1 - alpha/2; 2O + 2)/2`` (Garwood 1936, Biometrika 28:437-442).  Byar:
    ``O(1 - 1/(9O) - z/(3 sqrt(O)))^3`` and the same of ``O + 1`` with ``+ z`` (Breslow and Day 1987, Statistical
    methods in cancer research II, p. 69).  A lower Byar limit below zero is unknown.  Raises ValueError for a negative
    count; an unknown count has unknown limits.

    >>> lower, upper = count_interval(5)
    >>> round(lower, 4), round(upper, 4)
    (1.6235, 11.6683)
    """
    counts = as_floats(count)
    raise_where(counts < 0, "a count is below zero", counts)
    if method not in ("auto", "exact", "byar"):
        raise ValueError(f"method {method!r} is not one of: auto, exact, byar")
    check_confidence(confidence)
    exact, byar = _exact(counts, confidence), _byar(counts, confidence)
    if method != "auto":
        lower, upper = exact if method == "exact" else byar
    else:
        lower, upper = (np.where(counts < SMALL, small, large) for small, large in zip(exact, byar, strict=True))
    return Interval(in_shape_of(lower, count), in_shape_of(upper, count))


def _exact(counts: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    # Half a quantile of chi-squared with 2a degrees of freedom is that of the gamma distribution of shape a.
    tail = (1 - confidence) / 2
    return np.where(counts == 0, 0.0, special.gammaincinv(counts, tail)), special.gammainccinv(counts + 1, tail)


def _byar(counts: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = counts * (1 - 1 / (9 * counts) - z / (3 * np.sqrt(counts))) ** 3
    above = counts + 1
    upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return np.where(counts == 0, 0.0, np.where(lower < 0, np.nan, lower)), upper


def proportion_interval(count: Numbers, total: Numbers, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a proportion, as fractions.

    ``(2O + z^2 -+ z sqrt(z^2 + 4O(1 - O/n))) / (2(n + z^2))`` (Wilson 1927, JASA 22:209-212; method 3 of Newcombe 1998,
    Statistics in Medicine 17:857-872).  Raises ValueError for a count above its total: it would be no proportion.  Of a
    total of 0 the proportion is unknown.

    >>> lower, upper = proportion_interval(81, 263)
    >>> round(lower, 4), round(upper, 4)
    (0.2553, 0.3662)
    """
    counts, totals = broadcast(count, total)
    raise_where(counts < 0, "a count is below zero", counts)
    raise_where(totals < 0, "a total is below zero", totals)
    raise_where(counts > totals, "a count is above its total", counts, totals)
    check_confidence(confidence)
    known = np.where(totals > 0, totals, np.nan)
    z = normal_quantile(confidence)
    middle, width = 2 * counts + z**2, z * np.sqrt(z**2 + 4 * counts * (1 - counts / known))
    lower, upper = ((middle + each) / (2 * (known + z**2)) for each in (-width, width))
    # At none and at all of the total rounding would leave the limit a hair off.
    lower, upper = np.where(counts == 0, 0.0 * known, lower), np.where(counts == totals, known / known, upper)
    return Interval(in_shape_of(lower, count, total), in_shape_of(upper, count, total))


def mean_interval(values: Numbers, confidence: float = 0.95) -> Estimate:
    """The mean of ``values`` with Student's interval ``mean -+ t(n - 1) s / sqrt(n)``.

    Source: Student 1908, Biometrika 6:1-25.  An unknown value makes the mean unknown; of one value there is a mean and
    no interval.

    >>> value, lower, upper = mean_interval([1, 2, 3])
    >>> value, round(lower, 3), round(upper, 3)  # 2 -+ 4.303 x 1 / sqrt(3)
    (2.0, -0.484, 4.484)
    """
    known = np.atleast_1d(as_floats(values))
    check_confidence(confidence)
    if not len(known):
        return Estimate(np.nan, np.nan, np.nan)
    mean = float(known.mean())
    if len(known) < 2:
        return Estimate(mean, np.nan, np.nan)
    width = student_quantile(confidence, len(known) - 1) * float(known.std(ddof=1)) / len(known) ** 0.5
    return Estimate(mean, mean - width, mean + width)


def normal_quantile(confidence: float) -> float:
    """Half the width of a two-sided normal interval: 1.96 at 95 %, 3.09 at 99.8 %.

    >>> round(normal_quantile(0.95), 5)
    1.95996
    """
    return -float(special.ndtri((1 - confidence) / 2))


def student_quantile(confidence: float, degrees_of_freedom: int) -> float:
    """Half the width of a two-sided interval of Student's t, in standard errors.

    >>> round(student_quantile(0.95, 2), 3)
    4.303
    """
    return -float(special.stdtrit(degrees_of_freedom, (1 - confidence) / 2))


def check_confidence(confidence: float) -> None:
    """Raise ValueError unless ``confidence`` is a fraction, such as 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence:g} is not a fraction between 0 and 1, such as 0.95")
