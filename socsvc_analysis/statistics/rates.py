"""Crude, directly and indirectly standardised rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from socsvc_analysis.statistics.intervals import SMALL, Estimate, count_interval
from socsvc_analysis.statistics.shapes import Numbers, broadcast, in_shape_of, raise_where

ByAge = Numbers | pd.DataFrame
"""Numbers by age group: of one place, or of places in rows (a DataFrame, or an array with ages along its last axis)."""


def rate(count: Numbers, population: Numbers, per: float = 100_000, confidence: float = 0.95) -> Estimate:
    """A crude rate with the limits of its count: exact below 10, Byar's from 10 on.

    ``O / n * per``; the limits of the count are divided by the population likewise.  A rate above ``per`` is legal: one
    person can be served twice.  Without a population, or with one of 0, there is no rate.  Source: Office for Health
    Improvement and Disparities, Fingertips technical guidance, Rates.

    >>> value, lower, upper = rate(65, 100)
    >>> value, round(lower), round(upper)
    (65000.0, 50163, 82849)
    """
    counts, people = broadcast(count, population)
    raise_where(people < 0, "a population is below zero", people)
    people = np.where(people > 0, people, np.nan)
    parts = (counts, *count_interval(counts, confidence))
    return Estimate(*(in_shape_of(part / people * per, count, population) for part in parts))


def standardised_rate(
    counts: ByAge, populations: ByAge, weights: Numbers, per: float = 100_000, confidence: float = 0.95
) -> Estimate:
    """A directly standardised rate, from counts and populations by age and the weights of the standard population.

    ``DSR = sum(w O/n) / sum(w)``; limits ``DSR + sqrt(Var(DSR) / O) (O_limit - O)`` with
    ``Var(DSR) = sum(w^2 O / n^2) / sum(w)^2`` (Dobson, Kuulasmaa, Eberle and Scherer 1991, Statistics in Medicine
    10:457-462).  Not given below 10 events (Morris et al. 2018), nor when a number is unknown or nobody lives in an age
    group.  One place gives numbers; places in the rows of a DataFrame with the ages as columns give Series.

    >>> value, lower, upper = standardised_rate([10, 20], [1000, 1000], [1, 1])
    >>> value, round(lower), round(upper)
    (1500.0, 1012, 2141)
    >>> ages = ["0-64", "65+"]
    >>> events = pd.DataFrame([[10, 20], [2, 3]], index=["Bauska", "Jelgava"], columns=ages)
    >>> people = pd.DataFrame([[1000, 1000], [1000, 500]], index=["Bauska", "Jelgava"], columns=ages)
    >>> standardised_rate(events, people, pd.Series([1, 1], ages)).value.to_dict()
    {'Bauska': 1500.0, 'Jelgava': nan}
    """
    rows = _rows(counts, populations)
    events, people, standard = map(np.atleast_1d, broadcast(counts, populations, weights))
    raise_where(events < 0, "a count is below zero", events)
    raise_where(people < 0, "a population is below zero", people)
    raise_where(standard < 0, "a weight is below zero", standard)
    total = events.sum(axis=-1)
    total = np.where(total < SMALL, np.nan, total)
    shares = standard / standard.sum(axis=-1, keepdims=True) / np.where(people > 0, people, np.nan)
    value = (shares * events).sum(axis=-1) + 0 * total
    scale = np.sqrt((shares**2 * events).sum(axis=-1) / total)
    limits = (value + scale * (limit - total) for limit in count_interval(total, confidence))
    return Estimate(*(in_shape_of(each * per, rows) for each in (value, *limits)))


def indirect_ratio(
    observed: Numbers,
    populations: ByAge,
    reference_counts: Numbers,
    reference_populations: Numbers,
    per: float = 100,
    confidence: float = 0.95,
) -> Estimate:
    """Observed events over those expected had the reference's rates by age held, times ``per``.

    ``O / sum(n refO / refn) * per`` with the limits of the count (Breslow and Day 1987, chapter 2).  ``observed`` is
    the sum over ages: one number with populations by age, or one for each row of populations.

    >>> indirect_ratio(20, [100, 200], [50, 100], [1000, 1000]).value  # 20 where 100 x 5 % + 200 x 10 % are expected
    80.0
    """
    rows = _rows(populations)
    people, events, reference = map(np.atleast_1d, broadcast(populations, reference_counts, reference_populations))
    for numbers, name in ((people, "population"), (events, "reference count"), (reference, "reference population")):
        raise_where(numbers < 0, f"a {name} is below zero", numbers)
    expected = (people * events / np.where(reference > 0, reference, np.nan)).sum(axis=-1)
    if np.ndim(observed) > np.ndim(expected):
        raise ValueError("observed events are one number for each place, summed over ages")
    count, known = broadcast(observed, in_shape_of(expected, rows))
    parts = (count, *count_interval(count, confidence))
    return Estimate(*(in_shape_of(part / np.where(known > 0, known, np.nan) * per, observed, rows) for part in parts))


def _rows(*tables: ByAge) -> pd.Series | None:
    """A Series with the places of the tables as index; None where they have no names."""
    indexes = [table.index for table in tables if isinstance(table, pd.DataFrame)]
    if not all(index.equals(indexes[0]) for index in indexes):
        raise ValueError("the tables have different rows, so which belong together is unknown: align them first")
    return pd.Series(index=indexes[0], dtype=float) if indexes else None
