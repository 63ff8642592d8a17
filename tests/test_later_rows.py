"""Rows a clerk may add tomorrow: the last day, a second programme, an opening, a count in today’s units."""

from __future__ import annotations

import pandas as pd
import pytest

from socsvc_analysis import charts, indicators, observations, wording
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import FT, GRT
from socsvc_analysis.reference import Reference, present_municipalities


def with_rows(figures: pd.DataFrame, like: str, *changes: dict[str, object]) -> pd.DataFrame:
    """The figures and copies of the one called ``like``, each changed and with an id of its own."""
    [row] = figures[figures["id"] == like].to_dict("records")
    added = [{**row, "id": f"LATER{number}", **change} for number, change in enumerate(changes)]
    return pd.concat([figures, pd.DataFrame(added)], ignore_index=True)


def zemgale(values: pd.DataFrame, group: str = GRT) -> pd.DataFrame:
    return values[(values["territory"] == "LV009") & (values["target_group"] == group)]


@pytest.mark.parametrize(("period", "value", "required"), [("2023-12-31", 230.0, None), ("2024-06-30", 351.0, 0.0)])
def test_the_last_day_of_the_measure_has_its_chart(
    real_figures: pd.DataFrame, real_tables: Reference, period: str, value: float, required: float | None
) -> None:
    later = with_rows(real_figures, "DI0260", {"period": period, "value": value})
    paces = indicators.progress.pace_to_target(Dataset(later, real_tables))
    [row] = zemgale(paces).to_dict("records")
    assert (row["value"], row["expected"], row["share_of_time"]) == (value, 351.0, 100.0)
    assert pd.isna(row["required_per_year"]) if required is None else row["required_per_year"] == required
    here = observations.for_region(paces, "zemgale", real_tables)
    shown = charts.expected_by_now(here, region="zemgale", words=wording.in_language("en", real_tables))
    assert "<svg" in shown._repr_mimebundle_()["text/html"]


def test_a_figure_entered_for_two_programmes_counts_once(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    later = with_rows(real_figures, "DI0260", {"programme": ""})
    for indicator in (
        indicators.clients.served_of_plan,
        indicators.clients.served_of_assessed,
        indicators.progress.pace_to_target,
    ):
        assert len(zemgale(indicator(Dataset(later, real_tables)))) == 1


def places_of(figures: pd.DataFrame, tables: Reference, territory: str, service: str) -> dict[str, float]:
    values = indicators.capacity.places(Dataset(figures, tables))
    here = values[(values["territory"] == territory) & (values["service_type"] == service)]
    return dict(zip(here["kind"], here["value"], strict=True))


@pytest.mark.parametrize(
    ("opened_in", "opened", "expected"),
    [
        (
            "0546701",
            10.0,
            {"plan": 12.0, "capacity": 10.0},
        ),  # Ozolnieku novads opens its own: Jelgavas novads' plan stays
        ("0540200", 5.0, {"plan": 7.0, "capacity": 5.0}),  # of its own plan the remainder stays
        ("0540200", 12.0, {"capacity": 12.0}),
        ("0030000", 4.0, {"plan": 8.0, "capacity": 4.0}),  # today's municipality opens what the former one planned
        ("0030000", 15.0, {"capacity": 15.0}),
    ],
)
def test_what_has_opened_is_taken_from_its_own_plan(
    real_figures: pd.DataFrame, real_tables: Reference, opened_in: str, opened: float, expected: dict[str, float]
) -> None:
    change = {"territory": opened_in, "kind": "capacity", "value": opened, "period": "2022", "version": ""}
    later = with_rows(real_figures, "DI0383", change)
    assert places_of(later, real_tables, "0030000", "day_care_centre") == expected


def test_residents_counted_in_todays_municipalities_are_known(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    units = present_municipalities(real_tables.municipalities, "2024-01-01")["code"]
    counts = [{"territory": code, "period": "2024-01-01", "value": 100.0} for code in units]
    residents = observations.population(
        with_rows(real_figures, "POP-2020-01-01-0010000", *counts), real_tables, "2024-01-01"
    )
    by_place = residents.set_index("territory")["value"]
    assert by_place[["0032000", "0042000", "0044000", "0048000"]].tolist() == [100.0] * 4
    assert by_place.loc[real_tables.regions["code"].drop(5)].sum() == 100 * len(units)


def test_absorption_waits_until_every_group_has_its_figure(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    later = with_rows(real_figures, "DI0255", {"period": "2022-12", "value": 900000.0})
    spent = indicators.money.absorption(Dataset(later, real_tables)).set_index("territory")
    assert spent.at["LV00C", "period"] == "2021-12"
    assert spent.at["LV00C", "numerator"] == 624107 + 594597
    both = with_rows(later, "DI0256", {"id": "LATER_FT", "period": "2022-12", "value": 800000.0})
    assert (
        indicators.money.absorption(Dataset(both, real_tables)).set_index("territory").at["LV00C", "numerator"]
        == 1700000
    )
    assert FT in set(both["target_group"])
