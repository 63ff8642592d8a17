"""Synthetic restricted counts: invented numbers of people, drawn from a seed, in invented municipalities.

No number here was ever reported by anyone; every name says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

MUNICIPALITIES, SERVICES, GROUPS, REGIONS = 43, 8, 3, 5
NOTE = "synthetic"


def counts(
    seed: int, municipalities: int = MUNICIPALITIES, services: int = SERVICES, groups: int = GROUPS
) -> pd.DataFrame:
    """One row for each service that a municipality offers a group: region, municipality, service, group, count.

    One large city, other places from a few thousand residents; a service is used by one resident in 4,000, more or
    less, and one in twenty combinations is not offered.  About a quarter of the cells have fewer than five people.
    """
    chance = np.random.default_rng(seed)
    residents = np.exp(chance.normal(9.8, 0.7, municipalities))
    residents[0] = 600_000
    rates = np.exp(chance.normal(np.log(0.25), 0.8, (services, groups))) / 1000
    offered = chance.random((municipalities, services, groups)) < 0.95
    spread = np.exp(chance.normal(0, 0.5, (municipalities, services, groups)))
    people = chance.poisson(residents[:, None, None] * rates * spread)
    rows = [
        (
            f"Sintētiskais reģions {place % REGIONS + 1}",
            f"Sintētiskais novads {place + 1:02d}",
            f"pakalpojums {service + 1}",
            f"grupa {group + 1}",
            int(people[place, service, group]),
        )
        for place, service, group in np.argwhere(offered)
    ]
    return pd.DataFrame(rows, columns=["region", "municipality", "service", "group", "count"])


def years(seed: int, first: int = 2023, number: int = 3, **sizes: int) -> pd.DataFrame:
    """Years of :func:`counts` with the same services; about one person in ten comes or goes from year to year."""
    chance = np.random.default_rng(seed + 1)
    now = counts(seed, **sizes)
    pieces = []
    for year in range(first, first + number):
        pieces.append(now.assign(year=str(year), note=NOTE))
        kept = chance.binomial(now["count"], 0.9)
        now = now.assign(count=kept + chance.poisson(0.1 * now["count"] + 0.1))
    return pd.concat(pieces, ignore_index=True)
