"""Returns of municipalities, added up to regions and the country: what counts, and of how many."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from reported import cell, unknown, with_returns

from socsvc_analysis import indicators
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import levels
from socsvc_analysis.indicators.residents import last_counted, residents_for
from socsvc_analysis.indicators.values import FT
from socsvc_analysis.reference import Reference


@pytest.fixture(scope="session")
def figures(figures: pd.DataFrame) -> pd.DataFrame:
    return with_returns(figures)


def test_returns_give_places_clients_occupancy_and_rates(figures: pd.DataFrame, tables: Reference) -> None:
    returns = indicators.returns
    assert cell(returns.reported_places(Dataset(figures, tables)), territory="0091000", period="2024") == 10
    assert cell(returns.reported_clients(Dataset(figures, tables)), territory="0092000", period="2024") == 30
    full = returns.occupancy_rate(Dataset(figures, tables))
    full = full[full["period"] == "2024"]
    assert cell(full, territory="0091000") == 120
    assert cell(full, territory="0094001") == 50
    # Of the two services of the country that say both: 12 + 49 clients in 10 + 98 places.
    assert cell(full, territory="LV") == pytest.approx(61 / 108 * 100)
    assert set(full["territory"]) == {"0091000", "0094001", "LV00X", "LV00Y", "LV"}
    rates = returns.clients_per_1000(Dataset(figures, tables))
    rates = rates[rates["period"] == "2024"]
    assert cell(rates, territory="0091000") == 12 / 5850 * 1000
    assert cell(rates, "denominator", territory="0094001") == 4900
    # The residents of a municipality with part of a split unit are not known, so it counts nowhere.
    assert "0092000" not in set(rates["territory"])
    assert cell(rates, territory="LV") == pytest.approx((12 + 49) / (5850 + 4900) * 1000)
    assert cell(rates, "units", territory="LV") == 2
    # 61 people counted: between 46.66 and 78.36 by Byar's approximation to Poisson.
    lower, upper = (cell(rates, limit, territory="LV") * 10750 / 1000 for limit in ("lower", "upper"))
    assert (round(lower, 2), round(upper, 2)) == (46.66, 78.36)


def test_sums_of_returns_say_how_many_municipalities_they_count(figures: pd.DataFrame, tables: Reference) -> None:
    waiting = indicators.returns.people_waiting(Dataset(figures, tables))
    assert cell(waiting, territory="LV") == 11
    assert cell(waiting, "region", territory="LV") == "latvija"
    assert cell(waiting, "units", territory="LV") == 2
    assert cell(waiting, "of_units", territory="LV") == 4
    assert cell(waiting, "status", territory="LV") == "estimated"
    assert cell(waiting, "status", territory="0091000") == "normal"
    assert cell(waiting, "notes", territory="LV") == ("partial_sum",)
    # Of the region that has one municipality it is the whole.
    assert cell(waiting, "status", territory="LV00X") == "normal"
    providers = indicators.returns.service_providers(Dataset(figures, tables))
    assert cell(providers, territory="LV", measure="service_registrations") == 7


def test_the_latest_year_is_one_that_enough_municipalities_reported() -> None:
    values = pd.DataFrame(
        {
            "territory": "LV",
            "service_type": "all",
            "target_group": "all",
            "period": ["2022", "2023", "2024"],
            "units": [3.0, 2.0, 1.0],
            "of_units": 4.0,
        }
    )
    assert indicators.latest_reported(values)["period"].tolist() == ["2023"]
    assert indicators.latest_reported(values.assign(units=[0.0, 1.0, 1.0]))["period"].tolist() == ["2024"]


def test_a_sum_is_of_all_services_and_groups_even_where_one_was_reported(
    figures: pd.DataFrame, tables: Reference
) -> None:
    places = indicators.returns.reported_places(Dataset(figures.assign(target_group="all_di"), tables))
    assert set(places["service_type"]) == {"all"}
    assert set(places["target_group"]) == {"all"}
    providers = indicators.returns.service_providers(Dataset(figures, tables))
    assert set(providers["service_type"]) == {"home_care"}


def test_an_unknown_number_is_of_no_municipality(figures: pd.DataFrame, tables: Reference) -> None:
    places = indicators.returns.reported_places(Dataset(unknown(figures, "R-1"), tables))
    places = places[places["period"] == "2024"]
    for territory in ("0091000", "LV00X"):
        assert math.isnan(cell(places, territory=territory))
        assert cell(places, "units", territory=territory) == 0
        assert cell(places, "of_units", territory=territory) == 1
        # Nothing is known, so it is no part of a sum either.
        assert cell(places, "notes", territory=territory) == ()
    assert cell(places, territory="LV") == 98
    assert cell(places, "units", territory="LV") == 1


@pytest.mark.parametrize(
    ("period", "residents"), [("2018", 5000), ("2019-06", 5000), ("2019", 4900), ("2020-01-01", 4900), ("2024", 4900)]
)
def test_residents_are_those_of_the_count_nearest_to_the_end_of_the_period(
    figures: pd.DataFrame, tables: Reference, period: str, residents: float
) -> None:
    clients = levels.to_present_municipalities(figures[figures["id"] == "R-3"].assign(period=period), tables)
    found = residents_for(clients, Dataset(figures, tables))
    assert found["value"].tolist() == [residents]
    assert set(found["period"]) == {period}


def test_a_count_of_some_municipalities_is_passed_over(figures: pd.DataFrame, tables: Reference) -> None:
    clients = levels.to_present_municipalities(figures[figures["id"] == "R-3"], tables)
    some = figures[figures["id"] == "POP-2020-01-01-0940000"].assign(
        territory="0094000", period="2024-01-01", value=1.0
    )
    counted = pd.concat([figures, some.assign(id="some")], ignore_index=True)
    assert residents_for(clients, Dataset(counted, tables))["on"].tolist() == ["2020-01-01"]
    assert last_counted(Dataset(counted, tables)) == "2020-01-01"
    # Where nobody ever counted all, what there is is taken.
    only = counted[(counted["measure"] != "population") | (counted["id"] == "some")]
    assert residents_for(clients, Dataset(only, tables))["value"].tolist() == [1]
    assert last_counted(Dataset(only, tables)) == "2024-01-01"
    assert last_counted(Dataset(only[only["id"] != "some"], tables)) == ""


def test_a_total_goes_before_its_groups_and_services_before_their_total(
    figures: pd.DataFrame, tables: Reference
) -> None:
    whole = figures[figures["id"] == "R-2"]  # 30 clients of home care
    adults = whole.assign(id="group", target_group="adults_mental_disorders", value=20.0)
    together = whole.assign(id="services", service_type="all", value=100.0)
    returned = pd.concat([figures, adults, together], ignore_index=True)
    clients = indicators.returns.reported_clients(Dataset(returned, tables))
    assert cell(clients, territory="0092000", period="2024") == 30
    # Where nothing else was reported, groups are added, and the total of all services stands.
    groups = pd.concat([figures[figures["id"] != "R-2"], adults, adults.assign(id="other", target_group=FT, value=3.0)])
    clients = indicators.returns.reported_clients(Dataset(groups.reset_index(drop=True), tables))
    assert cell(clients, territory="0092000", period="2024") == 23
    total = pd.concat([figures[figures["id"] != "R-2"], together], ignore_index=True)
    clients = indicators.returns.reported_clients(Dataset(total, tables))
    assert cell(clients, territory="0092000", period="2024") == 100


def test_residents_of_an_age_and_their_sources(figures: pd.DataFrame, tables: Reference) -> None:
    counted = figures[(figures["measure"] == "population") & (figures["period"] == "2020-01-01")]
    children = counted.assign(id="C" + counted["id"], target_group="children", value=500.0)
    # Of one former municipality another source counted them.
    children = children.assign(source=children["source"].mask(children["territory"] == "0940000", "portal_undated"))
    cared = figures[figures["id"] == "R-3"].assign(id="cared", target_group="children", value=5.0)
    rows = pd.concat([figures[figures["id"] != "R-3"], children, cared], ignore_index=True)
    rates = indicators.returns.clients_per_1000(Dataset(rows, tables))
    rates = rates[(rates["period"] == "2024") & (rates["target_group"] == "children")]
    assert cell(rates, territory="0094001") == 10
    assert {"portal_undated", "statistics_2020"} <= set(cell(rates, "sources", territory="0094001"))
    assert cell(rates, "residents_on", territory="0094001") == "2020-01-01"
