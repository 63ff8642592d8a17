"""The limits of a funnel: which municipalities differ by more than chance, given how many people live in each."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.registry import PER, Indicator
from socsvc_analysis.statistics import FunnelLimits, funnel_limits_proportion, funnel_limits_rate, overdispersion

FUNNEL_PLACES = 5
"""Municipalities from which a common value and its limits mean something."""
CURVE_POINTS = 120
"""Points of each curve."""
INSIDE, ALERT, ALARM, UNJUDGED = "inside", "alert", "alarm", "unjudged"
"""Inside the limits, outside those of 95 %, outside those of 99.8 %; not known, or too few known for limits."""
LIMITS = FunnelLimits._fields


def with_limits(values: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """The municipalities among ``values``, each with the common value, its limits of chance, and its place in them.

    ``values``: rows territory, one for each; numerator, denominator in people, value in the unit of ``indicator``: per
    cent has the limits of a proportion, a rate those of a Poisson count; so has a share of which some place has more
    than all (``exceeded``).  Where places differ more than chance allows as a whole (``spread``) limits are widened by
    ``phi``.  ``baseline`` and the limits are in the unit of the values; ``place_in_funnel`` is inside, alert, alarm, or
    unjudged where the number or its people are not known, or fewer than five are.  Raises ValueError for two values of
    one municipality.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"territory": [f"000000{at}" for at in range(5)], "numerator": [40.0, 41, 40, 39, 15],
    ...                      "denominator": 50.0, "value": [80.0, 82, 80, 78, 30]})
    >>> judged = with_limits(rows, SimpleNamespace(unit="percent"))
    >>> float(judged["baseline"][0]), judged["place_in_funnel"].tolist()[3:]  # 175 of 250
    (70.0, ['inside', 'alarm'])
    """
    rows = values[observations.is_municipality(values["territory"])].reset_index(drop=True)
    if rows["territory"].duplicated().any():
        raise ValueError("a funnel has one value for each municipality")
    known = rows["numerator"].notna() & (rows["denominator"] > 0) & rows["value"].notna()
    counts, people = (rows.loc[known, name].to_numpy(float) for name in ("numerator", "denominator"))
    per = PER[indicator.unit]
    empty = {name: math.nan for name in ("baseline", "phi", *LIMITS)}
    rows = rows.assign(**empty, per=per, spread=False, exceeded=False, chance="", place_in_funnel=UNJUDGED)
    if len(counts) < FUNNEL_PLACES:
        return rows
    baseline = counts.sum() / people.sum()
    # More than all of the people is no proportion: such counts vary as those of a rate do.
    exceeded = bool((counts > people).any())
    chance = "rate" if exceeded or indicator.unit != "percent" else "proportion"
    spread = overdispersion(_distances(counts, people, baseline, chance))
    phi = spread.phi if spread.present else 1.0
    rows = rows.assign(baseline=baseline * per, phi=phi, spread=spread.present, exceeded=exceeded, chance=chance)
    limits = limits_for(people, baseline, chance, phi)
    finite = [np.where(np.isfinite(each), each, np.nan) for each in limits]
    rows.loc[known, list(LIMITS)] = np.column_stack(finite) * per
    rows.loc[known, "place_in_funnel"] = _places(counts / people, limits)
    return rows


def curves(judged: pd.DataFrame, first: float, last: float) -> pd.DataFrame:
    """The limits between two numbers of people, in the unit of the values: rows people and the four limits.

    ``judged`` comes from :func:`with_limits`.  A limit that no value could pass is unknown.
    """
    row = judged.iloc[0]
    people = np.geomspace(max(first, last / 1000), last, CURVE_POINTS)
    limits = limits_for(people, row["baseline"] / row["per"], row["chance"], row["phi"])
    highest = 1 if row["chance"] == "proportion" else math.inf
    inside = {
        name: np.where((limit > 0) & (limit < highest), limit * row["per"], np.nan)
        for name, limit in limits._asdict().items()
    }
    return pd.DataFrame({"people": people, **inside})


def limits_for(people: np.ndarray, baseline: float, chance: str, phi: float) -> FunnelLimits:
    """The limits for places of so many ``people``, as fractions; no upper limit where one event is nothing unusual."""
    if chance == "proportion" or baseline == 0:
        return funnel_limits_proportion(people, baseline, phi)
    most = 2 * float(np.max(people)) * baseline + 50
    events = np.unique(np.concatenate([np.arange(0.0, 200.0), np.geomspace(200, max(most, 201), 300)]).round())
    found = []
    for name, limit in funnel_limits_rate(events, baseline, phi)._asdict().items():
        counted = events[1:]
        # The limit for a count stands where a place with this count would have just this rate.
        places = counted / limit[1:]
        if name.startswith("lower"):
            # From how many people on not even one event is less than chance explains; widened limits, which work on
            # logarithms, begin where they begin to rise.
            first = [-math.log((1 - (0.95 if name == "lower95" else 0.998)) / 2) / baseline] if phi == 1 else []
            start = int(np.argmin(places))
            rising = [0.0] * len(first) + list(limit[1:][start:])
            found.append(np.interp(people, [*first, *places[start:]], rising, left=0.0))
        else:
            found.append(np.interp(people, places, limit[1:], left=math.inf))
    return FunnelLimits(*found)


def _distances(counts: np.ndarray, people: np.ndarray, baseline: float, chance: str) -> np.ndarray:
    """How many standard deviations each place lies from the common value (counts after a square root)."""
    if chance == "proportion":
        error = np.sqrt(baseline * (1 - baseline) / people)
        return (counts / people - baseline) / error if 0 < baseline < 1 else np.zeros(len(counts))
    return np.asarray(2 * (np.sqrt(counts) - np.sqrt(people * baseline)))


def _places(shares: np.ndarray, limits: FunnelLimits) -> np.ndarray:
    alarm = (shares < limits.lower998) | (shares > limits.upper998)
    alert = (shares < limits.lower95) | (shares > limits.upper95)
    return np.select([alarm, alert], [ALARM, ALERT], INSIDE)
