"""Sums of restricted numbers of people: as they were released where the public asks, else added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import codes_in

LEVEL_OF_SUMS = ("municipality", "region", "country")


def released_services(data: Dataset, measure: str) -> pd.DataFrame:
    """The released counts of ``measure`` of each municipality as it reported, by service; none where none are."""
    rows = _of_municipalities(data, measure)
    return rows[(rows["target_group"] == "all") & (rows["service_type"] != "all")]


def released_groups(data: Dataset, measure: str) -> pd.DataFrame:
    """The released counts of ``measure`` of each municipality as it reported, by group; none where none are."""
    rows = _of_municipalities(data, measure)
    return rows[(rows["target_group"] != "all") & (rows["service_type"] == "all")]


def released_rows(rows: pd.DataFrame, data: Dataset, measure: str) -> pd.DataFrame:
    """The observations of ``measure`` with those that were released in the place of the returns they come from.

    A return counts by service and group; what is released of it is each service for all groups together, and each
    group.  Rows of returns that were not released stay.
    """
    own = released_services(data, measure)
    if own.empty:
        return rows
    same = ["territory", "period", "kind"]
    there = own[same].drop_duplicates()
    left = rows.merge(there, on=same, how="left", validate="many_to_one", indicator=True)
    left = rows[(left["_merge"] == "left_only").to_numpy()]
    return pd.concat([left, own.reindex(columns=rows.columns)], ignore_index=True)


def _of_municipalities(data: Dataset, measure: str) -> pd.DataFrame:
    if data.sums is None:
        return data.figures[:0]
    rows = _of_returns(data.sums, measure)
    rows = rows[rows["level"] == "territory"]
    described = {name: "" for name in data.figures.columns if name not in rows}
    return rows.assign(**described | {"evidence": "received"})


def _of_returns(sums: pd.DataFrame, measure: str) -> pd.DataFrame:
    """What was reported as it is; a plan of the same is another number."""
    return sums[(sums["measure"] == measure) & (sums["kind"] == "actual") & (sums["version"] == "")]


def with_released(values: pd.DataFrame, data: Dataset, measure: str, by: Sequence[str] = ("period",)) -> pd.DataFrame:
    """Sums of ``measure`` within ``by`` at each level, with the number that was released in the place of each sum.

    Where parts are hidden the sum of the others is too small; what was released is right, or is hidden itself.
    """
    if data.sums is None or values.empty:
        return values
    sums = _of_returns(data.sums, measure)
    sums = sums[sums["level"].isin(LEVEL_OF_SUMS)]
    for column in ("service_type", "target_group"):
        if column not in by:
            sums = sums[sums[column] == "all"]
    # A municipality by itself is a level of its own code; LV and regions have codes of no municipality.
    keys = ["territory", *by]
    columns = {name: f"{name}_released" for name in ("value", "status", "source")}
    joined = values.merge(
        sums[[*keys, *columns]].rename(columns=columns), on=keys, how="left", validate="one_to_one", indicator=True
    )
    there = (joined["_merge"] == "both").to_numpy()
    taken: dict[str, Iterable[object]] = {
        "value": joined["value_released"],
        "numerator": joined["value_released"],
        "status": joined["status_released"],
        "sources": [codes_in([cell]) if isinstance(cell, str) else () for cell in joined["source_released"]],
    }
    changed = {name: pd.Series(list(new), index=values.index).where(there, values[name]) for name, new in taken.items()}
    return values.assign(**changed)
