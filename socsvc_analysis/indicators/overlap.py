"""How far services overlap: people counted by service against people counted once."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import for_each_group, tuples
from socsvc_analysis.indicators.values import each_once
from socsvc_analysis.periods import last_days


class Overlap(NamedTuple):
    """What pages say of a row of :func:`services_and_people`."""

    target_group: str
    added: float
    unique_total: float
    sources: tuple[str, ...]


def services_and_people(by_service: pd.DataFrame) -> pd.DataFrame:
    """The latest figures by service of each group added up, beside its number of different people.

    ``by_service`` are rows of :func:`~socsvc_analysis.indicators.clients.served_by_service` of one territory.  Returns
    rows ``target_group added unique_total sources``; the sum is no number of people: who receives two services counts
    twice in it.  Groups of which it is not published how many people there are give no row, nor do those of which the
    number of one service is not known.

    >>> rows = pd.DataFrame({"target_group": "children", "period": "2021", "value": [30.0, 25.0], "unique_total": 45.0,
    ...                      "sources": [("s",), ("s", "t")]})
    >>> services_and_people(rows).values.tolist()
    [['children', 55.0, 45.0, ('s', 't')]]
    """
    known = by_service[by_service["unique_total"].notna()]
    ends = last_days(known["period"])
    latest = known[ends == ends.groupby(known["target_group"]).transform("max")]
    groups = latest.groupby("target_group", sort=True)
    sums = pd.DataFrame({"added": groups["value"].sum(skipna=False), "unique_total": groups["unique_total"].first()})
    sums = sums.assign(sources=tuples(for_each_group(groups.ngroup(), latest["sources"], each_once)))
    return sums[sums["added"].notna()].reset_index()
