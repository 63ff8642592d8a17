"""The miniature's figures with what its invented municipalities report, and one cell of the values made of them."""

from __future__ import annotations

import pandas as pd

RETURNS = (
    ("clients", "0091000", "shelter", "all", "2024", 12.0, "actual"),
    ("places", "0091000", "shelter", "all", "2024", 10.0, "capacity"),
    ("clients", "0092000", "home_care", "all", "2024", 30.0, "actual"),
    ("clients", "0094000", "shelter", "all", "2024", 49.0, "actual"),
    ("places", "0094000", "shelter", "all", "2024", 98.0, "capacity"),
    # An earlier year, with both settings, people waiting and people admitted.
    ("clients", "0091000", "home_care", "all", "2023", 90.0, "actual"),
    ("clients", "0091000", "long_term_institutional_care", "all", "2023", 10.0, "actual"),
    ("places", "0091000", "group_home", "all", "2023", 30.0, "capacity"),
    ("places", "0091000", "long_term_institutional_care", "all", "2023", 70.0, "capacity"),
    ("clients", "0094000", "home_care", "all", "2023", 40.0, "actual"),
    ("waiting", "0091000", "home_care", "all", "2023", 7.0, "actual"),
    ("waiting", "0094000", "home_care", "all", "2023", 4.0, "actual"),
    ("entered_institutions", "0091000", "long_term_institutional_care", "all", "2023", 3.0, "actual"),
    ("service_registrations", "0091000", "home_care", "all", "2023", 2.0, "actual"),
    ("service_registrations", "0094000", "home_care", "all", "2023", 5.0, "actual"),
    ("children_in_out_of_family_care", "LV00X", "all", "children_out_of_family", "2020-06", 100.0, "actual"),
    ("support_plans", "LV00X", "all", "adults_mental_disorders", "2021-12", 68.0, "actual"),
)
"""What invented municipalities report: the miniature itself holds published figures only."""


def with_returns(figures: pd.DataFrame) -> pd.DataFrame:
    """The miniature's figures, with returns."""
    columns = ["measure", "territory", "service_type", "target_group", "period", "value", "kind"]
    blank = figures.iloc[[0] * len(RETURNS)].assign(
        provider="", programme="", version="", status="normal", evidence="received"
    )
    rows = pd.DataFrame(RETURNS, columns=columns, index=blank.index)
    returned = blank.assign(**{name: rows[name] for name in columns}, id=[f"R-{n}" for n in range(len(RETURNS))])
    return pd.concat([figures, returned], ignore_index=True)


def unknown(figures: pd.DataFrame, *ids: str) -> pd.DataFrame:
    """The figures with the numbers of some not known."""
    assert set(ids) <= set(figures["id"])
    return figures.assign(value=figures["value"].mask(figures["id"].isin(ids)))


def cell(values: pd.DataFrame, column: str = "value", **wanted: object) -> object:
    """The one cell of the row that has the wanted values."""
    for name, value in wanted.items():
        values = values[values[name] == value]
    assert len(values) == 1, f"{len(values)} rows for {wanted}"
    return values[column].iloc[0]
