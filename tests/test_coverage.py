"""Where services are offered, and how much of care is given in the community."""

from __future__ import annotations

import pandas as pd
import pytest
from reported import cell, with_returns

from socsvc_analysis import indicators
from socsvc_analysis.reference import Reference


@pytest.fixture(scope="session")
def figures(figures: pd.DataFrame) -> pd.DataFrame:
    return with_returns(figures)


# Coverage


def test_coverage_counts_what_is_known_to_be_offered(figures: pd.DataFrame, tables: Reference) -> None:
    coverage = indicators.coverage
    shares = coverage.municipalities_with_service(figures, tables)
    home = {"service_type": "home_care"}
    assert cell(shares, territory="LV", **home) == 75
    assert cell(shares, territory="LV00X", **home) == 100
    assert cell(shares, "unknown", territory="LV00X", **home) == 0
    assert cell(shares, "status", territory="LV00X", **home) == "normal"
    shelter = {"service_type": "shelter", "territory": "LV"}
    assert cell(shares, **shelter) == 50
    assert (cell(shares, "unknown", **shelter), cell(shares, "at_most", **shelter)) == (2, 100)
    assert cell(shares, "status", **shelter) == "estimated"
    # A number of none says that there is no such service.
    none = figures.assign(value=figures["value"].mask(figures["id"] == "R-3", 0.0).mask(figures["id"] == "R-4", 0.0))
    shares = coverage.municipalities_with_service(none, tables)
    assert (cell(shares, **shelter), cell(shares, "at_most", **shelter)) == (25, 75)
    covered = coverage.population_covered(figures, tables)
    assert cell(covered, **shelter) == pytest.approx(100)
    assert cell(covered, "denominator", **shelter) == 5850 + 4900


def test_a_planned_service_is_no_service(figures: pd.DataFrame, tables: Reference) -> None:
    known = indicators.coverage.offers(figures, tables)
    assert "specialised_workshop" not in set(known["service_type"])
    assert cell(known, "offered", territory="0091000", service_type="day_care_centre")
    types = indicators.coverage.services_offered(figures, tables)
    # Shelter, home care, group home and day care; an institution is no service in the community.
    assert cell(types, territory="0091000") == 4
    assert cell(types, territory="LV") == 4
    assert cell(types, territory="0094001") == 2


def test_concentration_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    found = indicators.coverage.places_concentration(figures, tables)
    assert cell(found, territory="LV") == pytest.approx(36 / 50 * 100)
    assert cell(found, "largest", territory="LV") == "0091000"
    assert cell(found, "herfindahl", territory="LV") == pytest.approx(0.72**2 + 0.28**2)
    assert cell(found, territory="LV00X") == 100


# Balance of care


def test_the_balance_of_care_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    balance = indicators.care_balance
    clients = balance.community_share_of_clients(figures, tables)
    assert cell(clients, territory="0091000") == 90
    # The other municipality named one setting only: it says nothing about the balance.
    assert cell(clients, territory="LV") == 90
    assert cell(clients, "units", territory="LV") == 1
    lower, upper = (cell(clients, limit, territory="0091000") for limit in ("lower", "upper"))
    assert (round(lower, 2), round(upper, 2)) == (82.56, 94.48)
    places = balance.community_share_of_places(figures, tables)
    assert cell(places, territory="LV00X", period="2023") == 30


def test_a_service_never_counts_beside_its_own_part(figures: pd.DataFrame, tables: Reference) -> None:
    part = figures[figures["id"] == "R-6"].assign(id="part", service_type="state_care_centre", value=4.0)
    together = pd.concat([figures, part], ignore_index=True)
    clients = indicators.care_balance.community_share_of_clients(together, tables)
    assert cell(clients, "denominator", territory="0091000") == 100


def test_children_not_in_an_institution_are_in_a_family(figures: pd.DataFrame, tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(figures, tables)
    assert cell(families, territory="LV00X") == 75
    assert cell(families, "numerator", territory="LV00X") == 75
    assert cell(families, "lower", territory="LV00X") < 75 < cell(families, "upper", territory="LV00X")


def test_real_children_in_families_match_what_was_printed(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(real_figures, real_tables)
    assert cell(families, "numerator", period="2017-12-31") == 4459 + 1173
    assert cell(families, "denominator", period="2022") == 5798
    # The share of 2018 was printed too: 87.7 %.  It is the same figure, so it is not listed again.
    assert cell(families, period="2018-12-31") == pytest.approx(87.7, abs=0.05)
    assert cell(families, period="2020", kind="actual") == 90.5
    assert cell(families, period="2024", kind="target") == 91


def test_admissions_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    admissions = indicators.care_balance.admissions_to_institutions(figures, tables)
    assert cell(admissions, territory="0091000") == pytest.approx(3 / 5850 * 100_000)
    assert cell(admissions, "denominator", territory="LV") == 5850
    assert round(cell(admissions, "lower", territory="LV") * 5850 / 100_000, 4) == 0.6187
