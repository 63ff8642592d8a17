"""The people that services are for: usual residents, all or of an age, of the count nearest to a date."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.levels import municipal
from socsvc_analysis.indicators.values import last_day
from socsvc_analysis.reference import COUNTRY, Reference

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
    """For each municipality, group and period of ``rows`` the residents of the count nearest to the end of the period.

    All rows of one period and group have the residents of one count, so that no rate mixes two (of two counts equally
    near, the earlier).  ``rows`` come from :func:`~socsvc_analysis.indicators.levels.municipal`.  Returns observations
    of the measure ``population`` whose ``period`` is that of the row they are for; units that were split, and ages
    that nobody counted, have none.
    """
    wanted = rows.loc[rows["placed"].astype(bool), ["territory", "target_group", "period"]].drop_duplicates()
    wanted = wanted.astype(str)  # a frame without rows has no kind of cell yet
    # Nobody is looked up where nobody asks.
    known = _known(figures if len(wanted) else figures[:0], reference)
    pairs = wanted[["target_group", "period"]].drop_duplicates()
    pairs = pairs.merge(known[["target_group", "on"]].drop_duplicates(), on="target_group", validate="many_to_many")
    apart = (pd.to_datetime(pairs["period"].map(last_day)) - pd.to_datetime(pairs["on"])).abs()
    nearest = pairs.assign(apart=apart).sort_values(["apart", "on"], kind="stable")
    nearest = nearest.drop_duplicates(["target_group", "period"])[["target_group", "period", "on"]]
    found = wanted.merge(nearest, on=["target_group", "period"], validate="many_to_one").merge(
        known, on=["territory", "target_group", "on"], validate="many_to_one"
    )
    return municipal(found.assign(**DESCRIBED), reference)


def last_counted(figures: pd.DataFrame, reference: Reference) -> str:
    """The last date on which all municipalities were counted; empty where they never were."""
    return max((on for on, group in _counts(figures, reference) if group == "all"), default="")


def _counts(figures: pd.DataFrame, reference: Reference) -> dict[tuple[str, str], pd.DataFrame]:
    """Residents on each date, all and by age, on which every municipality was counted: no region lacks a part."""
    counted = observations.select(figures, measure="population", target_group=("all", *AGES))
    counted = counted[observations.is_municipality(counted["territory"])]
    regions = set(reference.regions["code"]) - {COUNTRY}
    counts = {
        (on, group): observations.population(figures, reference, on, group)
        for on, group in sorted(set(zip(counted["period"], counted["target_group"], strict=True)))
    }
    return {when: rows for when, rows in counts.items() if regions <= set(rows.loc[rows["value"].notna(), "territory"])}


def _known(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Residents of municipalities, all and by age, on every date ``on`` that all of them were counted."""
    columns = ["territory", "target_group", "on", "value", "status", "source", "note"]
    known = [
        residents.assign(
            on=on,
            target_group=group,
            source=lambda rows: rows["sources"].map(" ".join),
            note=lambda rows: rows["notes"].map(" ".join),
        )
        for (on, group), residents in _counts(figures, reference).items()
    ]
    rows = pd.concat([part[columns] for part in known] or [pd.DataFrame(columns=columns, dtype=str)])
    return rows[rows["value"].notna() & observations.is_municipality(rows["territory"])]
