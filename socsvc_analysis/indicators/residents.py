"""The people that services are for: usual residents, all or of an age, of the count nearest to a date."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import Rows
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.levels import to_present_municipalities
from socsvc_analysis.once import Same
from socsvc_analysis.periods import last_day
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


def residents_for(rows: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """For each municipality, group and period of ``rows`` the residents of the count nearest to the end of the period.

    All rows of one period and group have the residents of one count, so that no rate mixes two: one of all
    municipalities where there is such, of two equally near the earlier.  ``rows`` come from
    :func:`~socsvc_analysis.indicators.levels.to_present_municipalities`.  Returns observations of the measure
    ``population`` whose ``period`` is that of the row they are for; units that were split, and ages that nobody
    counted, have none.
    """
    wanted = rows.loc[rows["placed"].astype(bool), ["territory", "target_group", "period"]].drop_duplicates()
    wanted = wanted.astype(str)  # a frame without rows has no kind of cell yet
    # For nobody the residents of every count, which take longest, would be looked up in vain.
    known = _counts(data if len(wanted) else data.with_figures(data.figures[:0])).dropna(subset="value")
    counts = known[["target_group", "on", "whole"]].drop_duplicates()
    pairs = wanted[["target_group", "period"]].drop_duplicates()
    pairs = pairs.merge(counts, on="target_group", validate="many_to_many")
    pairs["apart"] = (pd.to_datetime(pairs["period"].map(last_day)) - pd.to_datetime(pairs["on"])).abs()
    nearest = pairs.sort_values(["whole", "apart", "on"], ascending=[False, True, True], kind="stable")
    nearest = nearest.drop_duplicates(["target_group", "period"])[["target_group", "period", "on"]]
    found = wanted.merge(nearest, on=["target_group", "period"], validate="many_to_one").merge(
        known, on=["territory", "target_group", "on"], validate="many_to_one"
    )
    return to_present_municipalities(found.assign(**DESCRIBED), data.reference)


def last_counted(data: Dataset) -> str:
    """The last date on which all municipalities were counted (or else any); empty where none ever was."""
    counts = _counts(data)
    everybody = counts.loc[counts["target_group"] == "all", ["whole", "on"]]
    last: str = max(everybody.itertuples(index=False, name=None), default=("",))[-1]
    return last


def _whole(residents: pd.DataFrame, reference: Reference) -> bool:
    """Whether every municipality has a count, so that no region lacks a part."""
    regions = set(reference.regions["code"]) - {COUNTRY}
    return regions <= set(residents.loc[residents["value"].notna(), "territory"])


def _counts(data: Dataset) -> pd.DataFrame:
    """Residents of municipalities, all and by age, on every date ``on``; ``whole``: all were counted on that date."""
    said = observations.select(data.figures, measure="population", target_group=("all", *AGES))
    return _counts_in(Rows(said), Same(data.reference))


@lru_cache(maxsize=8)  # many parts of the figures have the same rows about residents
def _counts_in(said: Rows, tables: Same[Reference]) -> pd.DataFrame:
    reference = tables.kept()
    counted = said.frame[observations.is_municipality(said.frame["territory"])]
    columns = ["territory", "target_group", "on", "whole", "value", "status", "source", "note"]
    counts = []
    for on, group in sorted(set(zip(counted["period"], counted["target_group"], strict=True))):
        residents = observations.population(said.frame, reference, on, group)
        count = residents.assign(
            on=on,
            target_group=group,
            whole=_whole(residents, reference),
            source=residents["sources"].map(" ".join),
            note=residents["notes"].map(" ".join),
        )
        counts.append(count[columns])
    rows = pd.concat(counts or [pd.DataFrame(columns=columns, dtype=str)])
    return rows[observations.is_municipality(rows["territory"])]
