"""Yearly series of a measure, as published."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import as_values
from socsvc_analysis.periods import by_last_day


def yearly(data: Dataset, measure: str | tuple[str, ...]) -> pd.DataFrame:
    """Series of a measure by year, service and group, with extra columns ``measure provider region unit year``.

    A series is one territory, institution, service and group with at least three years.
    """
    rows = data.figures[
        data.figures["measure"].isin([measure] if isinstance(measure, str) else list(measure))
        & (data.figures["kind"] == "actual")
        & data.figures["period"].str.fullmatch(r"\d{4}(-\d{2}-\d{2})?")
    ]
    same = ["measure", "territory", "provider", "programme", "service_type", "target_group"]
    rows = rows[rows.groupby(same)["period"].transform("nunique") >= 3]
    rows = observations.with_region(rows, data.reference)
    return as_values(
        rows,
        measure=rows["measure"],
        provider=rows["provider"],
        region=rows["region"],
        year=rows["period"].str[:4].astype(int),
        unit=rows["measure"].map(lookup(data.reference.measures, "measure", "unit")),
    )


def longest_series(series: pd.DataFrame) -> pd.DataFrame:
    """The series of :func:`yearly` with most known years; ties go to the one that ended last, then first by name.

    >>> series = pd.DataFrame({"measure": "clients", "territory": ["A", "B", "B"], "provider": "",
    ...                        "service_type": "all", "target_group": "all", "period": ["2020", "2020", "2019"],
    ...                        "year": [2020, 2020, 2019], "value": [7.0, 5.0, 4.0]})
    >>> longest_series(series)[["territory", "period"]].values.tolist()
    [['B', '2019'], ['B', '2020']]
    """
    same = ["measure", "territory", "provider", "service_type", "target_group"]
    known = series[series["value"].notna()]
    if known.empty:
        return series[:0]
    sizes = known.groupby(same, as_index=False).agg(years=("year", "nunique"), last=("year", "max"))
    first = sizes.sort_values(["years", "last", *same], ascending=[False, False, *[True] * len(same)]).iloc[0]
    chosen = (series[same] == first[same]).all(axis=1)
    return by_last_day(series[chosen]).reset_index(drop=True)
