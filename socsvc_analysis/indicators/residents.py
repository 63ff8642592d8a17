"""The people that services are for: usual residents, all or of an age, on the last date on which they are known."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.levels import municipal
from socsvc_analysis.indicators.values import last_day
from socsvc_analysis.reference import Reference

AGES = ("children", "adults", "older_people")
"""Target groups that are the residents of an age."""
DESCRIBED = {
    "measure": "population",
    "provider": "",
    "programme": "",
    "service_type": "all",
    "kind": "actual",
    "version": "",
}


def residents_for(rows: pd.DataFrame, figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """For each municipality, group and period of ``rows`` the residents last known up to the end of the period.

    ``rows`` come from :func:`~socsvc_analysis.indicators.levels.municipal`.  Returns observations of the measure
    ``population`` whose ``period`` is that of the row they are for; units that were split, and ages that nobody
    counted, have none.
    """
    wanted = rows.loc[rows["placed"].astype(bool), ["territory", "target_group", "period"]].drop_duplicates()
    wanted = wanted.astype(str)  # a frame without rows has no kind of cell yet
    # Nobody is looked up where nobody asks.
    known = _known(figures if len(wanted) else figures[:0], reference)
    found = wanted.merge(known, on=["territory", "target_group"], validate="many_to_many")
    found = found[found["on"] <= found["period"].map(last_day)]
    newest = found.sort_values("on", kind="stable").drop_duplicates(
        ["territory", "target_group", "period"], keep="last"
    )
    return municipal(newest.assign(**DESCRIBED), reference)


def _known(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Residents of municipalities, all and by age, on every date ``on`` that they were counted."""
    counted = observations.select(figures, measure="population", target_group=("all", *AGES))
    columns = ["territory", "target_group", "on", "value", "status", "source", "note"]
    known = [
        observations.population(figures, reference, on, group).assign(
            on=on,
            target_group=group,
            source=lambda rows: rows["sources"].map(" ".join),
            note=lambda rows: rows["notes"].map(" ".join),
        )
        for on, group in sorted(set(zip(counted["period"], counted["target_group"], strict=True)))
    ]
    rows = pd.concat([part[columns] for part in known] or [pd.DataFrame(columns=columns, dtype=str)])
    return rows[rows["value"].notna()]
