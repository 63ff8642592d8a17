"""Crude, directly and indirectly standardised rates."""

from __future__ import annotations

import numpy as np

from socsvc_analysis.statistics.intervals import SMALL, Estimate, count_interval
from socsvc_analysis.statistics.shapes import Numbers, array, like, refuse


def rate(count: Numbers, population: Numbers, per: float = 100_000, confidence: float = 0.95) -> Estimate:
    """A crude rate with the limits of its count: exact below 10, Byar's from 10 on.

    ``O / n * per``; the limits of the count are divided by the population likewise.  A rate above ``per`` is legal: one
    person can be served twice.  Without a population there is no rate.  Source: Office for Health Improvement and
    Disparities, Fingertips technical guidance, Rates.

    >>> value, lower, upper = rate(65, 100)
    >>> value, round(lower), round(upper)
    (65000.0, 50163, 82849)
    """
    people = array(population)
    refuse(people < 0, "a population is below zero", people)
    people = np.where(people > 0, people, np.nan)
    limits = count_interval(count, confidence)
    parts = (array(count), array(limits.lower), array(limits.upper))
    return Estimate(*(like(part / people * per, count, population) for part in parts))


def standardised_rate(
    counts: Numbers, populations: Numbers, weights: Numbers, per: float = 100_000, confidence: float = 0.95
) -> Estimate:
    """A directly standardised rate of one place, from its counts and populations by age and the standard's weights.

    ``DSR = sum(w O/n) / sum(w)``; limits ``DSR + sqrt(Var(DSR) / O) (O_limit - O)`` with
    ``Var(DSR) = sum(w^2 O / n^2) / sum(w)^2`` (Dobson, Kuulasmaa, Eberle and Scherer 1991, Statistics in Medicine
    10:457-462).  Not given below 10 events (Morris et al. 2018), nor when a number is unknown.

    >>> value, lower, upper = standardised_rate([10, 20], [1000, 1000], [1, 1])
    >>> value, round(lower), round(upper)
    (1500.0, 1012, 2141)
    """
    events, people, standard = (np.atleast_1d(array(each)) for each in (counts, populations, weights))
    if not len(events) == len(people) == len(standard):
        raise ValueError(f"{len(events)} counts, {len(people)} populations and {len(standard)} weights are given")
    refuse(events < 0, "a count is below zero", events)
    total = events.sum()
    unknown = np.isnan(total) or np.isnan(people).any() or np.isnan(standard).any() or (people <= 0).any()
    if unknown or total < SMALL:
        return Estimate(np.nan, np.nan, np.nan)
    value = (standard * events / people).sum() / standard.sum()
    variance = (standard**2 * events / people**2).sum() / standard.sum() ** 2
    limits = count_interval(total, confidence)
    scale = np.sqrt(variance / total)
    return Estimate(*(float(each * per) for each in (value, *(value + scale * (limit - total) for limit in limits))))


def indirect_ratio(
    observed: float,
    populations: Numbers,
    reference_counts: Numbers,
    reference_populations: Numbers,
    per: float = 100,
    confidence: float = 0.95,
) -> Estimate:
    """Observed events over those expected had the reference's rates by age held, times ``per``.

    ``O / sum(n refO / refn) * per`` with the limits of the count (Breslow and Day 1987, chapter 2).

    >>> indirect_ratio(20, [100, 200], [50, 100], [1000, 1000]).value
    80.0
    """
    people, events, reference = (
        np.atleast_1d(array(each)) for each in (populations, reference_counts, reference_populations)
    )
    if not len(people) == len(events) == len(reference):
        raise ValueError(f"{len(people)} populations, {len(events)} and {len(reference)} of the reference are given")
    expected = (people * events / np.where(reference > 0, reference, np.nan)).sum()
    limits = count_interval(observed, confidence)
    known = expected if expected > 0 else np.nan
    return Estimate(*(float(array(each) / known * per) for each in (observed, *limits)))
