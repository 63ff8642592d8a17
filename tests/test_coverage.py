"""Where services are offered, and how much of care is given in the community."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from reported import cell, unknown, with_returns

from socsvc_analysis import indicators, observations
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import FT
from socsvc_analysis.reference import Reference


@pytest.fixture(scope="session")
def figures(figures: pd.DataFrame) -> pd.DataFrame:
    return with_returns(figures)


# Coverage


def test_coverage_counts_what_is_known_to_be_offered(figures: pd.DataFrame, tables: Reference) -> None:
    coverage = indicators.coverage
    shares = coverage.municipalities_with_service(Dataset(figures, tables))
    home = {"service_type": "home_care"}
    assert cell(shares, territory="LV", **home) == 75
    # Of the fourth municipality nothing is known.
    assert cell(shares, "unknown", territory="LV", **home) == 1
    assert cell(shares, "status", territory="LV", **home) == "estimated"
    assert cell(shares, territory="LV00X", **home) == 100
    assert cell(shares, "unknown", territory="LV00X", **home) == 0
    assert cell(shares, "status", territory="LV00X", **home) == "normal"
    shelter = {"service_type": "shelter", "territory": "LV"}
    assert cell(shares, **shelter) == 50
    assert (cell(shares, "unknown", **shelter), cell(shares, "at_most", **shelter)) == (2, 100)
    assert cell(shares, "status", **shelter) == "estimated"
    # A number of none says that there is no such service.
    none = figures.assign(value=figures["value"].mask(figures["id"] == "R-3", 0.0).mask(figures["id"] == "R-4", 0.0))
    shares = coverage.municipalities_with_service(Dataset(none, tables))
    assert (cell(shares, **shelter), cell(shares, "at_most", **shelter)) == (25, 75)
    covered = coverage.population_covered(Dataset(figures, tables))
    assert cell(covered, **shelter) == pytest.approx(100)
    assert cell(covered, "denominator", **shelter) == 5850 + 4900


def test_a_planned_service_is_no_service(figures: pd.DataFrame, tables: Reference) -> None:
    known = indicators.coverage.service_availability(Dataset(figures, tables))
    assert "specialised_workshop" not in set(known["service_type"])
    assert cell(known, "offered", territory="0091000", service_type="day_care_centre")
    assert "index" not in known
    types = indicators.coverage.services_offered(Dataset(figures, tables))
    # Shelter, home care, group home and day care; an institution is no service in the community.
    assert cell(types, territory="0091000") == 4
    assert cell(types, territory="LV") == 4
    assert cell(types, territory="0094001") == 2


def test_the_latest_figure_of_a_service_is_the_one_that_ends_last(figures: pd.DataFrame, tables: Reference) -> None:
    places = figures[(figures["measure"] == "places") & (figures["kind"] == "capacity")]
    places = places[places["territory"] == "0091000"].iloc[:1].assign(service_type="home_care", programme="")
    rows = pd.concat([places.assign(id="year", period="2021"), places.assign(id="day", period="2021-06-30", value=0.0)])
    found = indicators.coverage.service_availability(Dataset(rows, tables))
    assert found[["period", "offered"]].values.tolist() == [["2021", True]]


def test_concentration_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    found = indicators.coverage.places_concentration(Dataset(figures, tables))
    assert cell(found, territory="LV") == pytest.approx(36 / 50 * 100)
    assert cell(found, "largest", territory="LV") == "0091000"
    assert cell(found, "herfindahl", territory="LV") == pytest.approx(0.72**2 + 0.28**2)
    assert cell(found, territory="LV00X") == 100
    assert (cell(found, "numerator", territory="LV"), cell(found, "denominator", territory="LV")) == (36, 50)
    # Places of none have no largest share.
    none = figures.assign(value=figures["value"].mask(figures["measure"] == "places", 0.0))
    none = none[none["kind"] != "plan"]
    found = indicators.coverage.places_concentration(Dataset(none, tables))
    assert cell(found, "denominator", territory="LV") == 0
    assert math.isnan(cell(found, territory="LV"))


def test_without_residents_nobody_is_known_to_live_near_a_service(figures: pd.DataFrame, tables: Reference) -> None:
    covered = indicators.coverage.population_covered(Dataset(figures[figures["measure"] != "population"], tables))
    assert covered.empty
    assert list(covered) == list(indicators.coverage.population_covered(Dataset(figures, tables)))


# Balance of care


def test_the_balance_of_care_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    balance = indicators.care_balance
    clients = balance.community_share_of_clients(Dataset(figures, tables))
    assert cell(clients, territory="0091000") == 90
    # The other municipality named one setting only: it says nothing about the balance.
    assert cell(clients, territory="LV") == 90
    assert cell(clients, "units", territory="LV") == 1
    # Everybody is counted: chance has no part in it.
    assert clients[["lower", "upper"]].isna().all().all()
    places = balance.community_share_of_places(Dataset(figures, tables))
    assert cell(places, territory="LV00X", period="2023") == 30


def test_a_page_shows_the_regions_own_balance_and_municipalities_only_where_it_has_none(tables: Reference) -> None:
    rows = [("LV00X", "persons"), ("0091000", "persons"), ("0091000", "money"), ("LV", "persons")]
    balance = pd.DataFrame(rows, columns=["territory", "basis"]).assign(
        region=["ziemeli", "ziemeli", "ziemeli", "latvija"]
    )
    within = indicators.care_balance.shares_of_region
    assert within(balance, "ziemeli", tables)[["territory", "basis"]].to_numpy().tolist() == [
        ["LV00X", "persons"],
        ["0091000", "money"],
    ]
    assert within(balance, "latvija", tables)["territory"].tolist() == ["LV"]
    assert within(balance, "dienvidi", tables).empty


def test_a_service_never_counts_beside_its_own_part(figures: pd.DataFrame, tables: Reference) -> None:
    part = figures[figures["id"] == "R-6"].assign(id="part", service_type="state_care_centre", value=4.0)
    together = pd.concat([figures, part], ignore_index=True)
    clients = indicators.care_balance.community_share_of_clients(Dataset(together, tables))
    assert cell(clients, "denominator", territory="0091000") == 100


def test_children_not_in_an_institution_are_in_a_family(figures: pd.DataFrame, tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(Dataset(figures, tables), targets=True)
    assert cell(families, territory="LV00X") == 75
    assert cell(families, "numerator", territory="LV00X") == 75
    assert families[["lower", "upper"]].isna().all().all()


def test_real_children_in_families_match_what_was_printed(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(Dataset(real_figures, real_tables), targets=True)
    families = families[families["territory"] == "LV"]
    assert cell(families, "numerator", period="2017-12-31") == 4459 + 1173
    assert cell(families, "denominator", period="2022") == 5798
    # The share of 2018 was printed too: 87.7 %.  It is the same figure, so it is not listed again.
    assert cell(families, period="2018-12-31") == pytest.approx(87.7, abs=0.05)
    assert cell(families, period="2020", kind="actual") == 90.5
    assert cell(families, period="2024", kind="target") == 91


def test_admissions_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    admissions = indicators.care_balance.admissions_to_institutions(Dataset(figures, tables))
    assert cell(admissions, territory="0091000") == pytest.approx(3 / 5850 * 100_000)
    assert cell(admissions, "denominator", territory="LV") == 5850
    assert round(cell(admissions, "lower", territory="LV") * 5850 / 100_000, 4) == 0.6187


CHILDREN = (
    pd.DataFrame(
        [
            # measure, service, period, value, kind: 8 of 10 are not in an institution; later one child, in a family.
            ("children_in_out_of_family_care", "all", "2021-12-31", 10.0, "actual"),
            ("clients", "childrens_institution", "2021-12-31", 2.0, "actual"),
            ("children_in_out_of_family_care", "all", "2022-12-31", 1.0, "actual"),
            ("clients", "childrens_institution", "2022-12-31", 0.0, "actual"),
            ("share_of_children", "alternative_family_care", "2021", 79.9, "actual"),
            ("share_of_children", "alternative_family_care", "2022-06-30", 99.9, "actual"),
            ("share_of_children", "alternative_family_care", "2020-12-31", 70.0, "actual"),
            ("share_of_children", "alternative_family_care", "2021", 82.0, "target"),
            ("share_of_children", "alternative_family_care", "2021-12-31", 50.0, "forecast"),
            ("clients", "alternative_family_care", "2019", 5.0, "actual"),
            ("share_of_children", "childrens_institution", "2019", 12.0, "actual"),
            # Children with disabilities only.
            ("share_of_children", "alternative_family_care", "2018", 33.0, "actual"),
        ],
        columns=["measure", "service_type", "period", "value", "kind"],
    )
    .assign(
        territory="LV",
        target_group=lambda rows: rows["period"].map({"2018": FT}).fillna("children_out_of_family"),
        provider="",
        programme="",
        version="",
        status="normal",
        source="letter_2022",
        note="",
        evidence="verbatim",
    )
    .assign(id=lambda rows: [f"C-{n}" for n in range(len(rows))])
)


def test_a_printed_share_stands_only_for_a_year_that_was_not_counted(tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(Dataset(CHILDREN, tables), targets=True)
    shown = families[["period", "kind", "numerator", "denominator", "value"]].fillna(-1).to_numpy().tolist()
    assert shown == [
        ["2020-12-31", "actual", -1, -1, 70.0],
        ["2021-12-31", "actual", 8.0, 10.0, 80.0],
        ["2022-12-31", "actual", 1.0, 1.0, 100.0],
        ["2021", "target", -1, -1, 82.0],
    ]
    assert set(families["service_type"]) == {"alternative_family_care"}
    assert families.index.tolist() == [0, 1, 2, 3]


def test_children_counted_in_families_go_before_those_not_in_an_institution(tables: Reference) -> None:
    # Two of ten are in an institution; seven are with guardians and foster families, one is elsewhere.
    families = CHILDREN[:2].assign(measure="clients", service_type=["guardianship", "foster_family"])
    families = families.assign(value=[3.0, 4.0], id=["G", "F"])
    families = families.assign(source=["report_2021", "portal_undated"])
    rows = pd.concat([CHILDREN, families], ignore_index=True)
    row = {"period": "2021-12-31"}
    shares = indicators.care_balance.children_in_family_care(Dataset(rows, tables), targets=True)
    assert (cell(shares, "numerator", **row), cell(shares, **row)) == (7, 70)
    assert cell(shares, "sources", **row) == ("letter_2022", "portal_undated", "report_2021")
    # Where one of the two is not known, those not in an institution stand for both.
    unknown_part = indicators.care_balance.children_in_family_care(Dataset(unknown(rows, "F"), tables), targets=True)
    assert cell(unknown_part, "numerator", **row) == 8


def test_children_of_a_year_are_told_from_those_on_a_date(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(Dataset(real_figures, real_tables))
    bases = families.groupby("territory")["basis"].agg(set).to_dict()
    assert bases["0010000"] == {"persons_in_year"}
    assert bases["LV"] == {"persons"}


def test_a_share_is_compared_with_the_target_of_its_year(tables: Reference) -> None:
    families = indicators.care_balance.children_in_family_care(Dataset(CHILDREN, tables), targets=True)
    compared = indicators.care_balance.families_with_target(families)
    assert compared[["period", "value", "target"]].fillna(-1).to_numpy().tolist() == [
        ["2020-12-31", 70.0, -1],
        ["2021-12-31", 80.0, 82.0],
        ["2022-12-31", 100.0, -1],
    ]
    assert set(compared["basis"]) == {"persons"}
    twice = pd.concat([families, families[families["kind"] == "target"].assign(period="2021-12-31", value=99.0)])
    with pytest.raises(pd.errors.MergeError):
        indicators.care_balance.families_with_target(twice)


def test_people_places_and_money_are_beside_each_other(figures: pd.DataFrame, tables: Reference) -> None:
    balance = indicators.care_balance.balance_of_care(Dataset(figures, tables))
    region = balance[balance["territory"] == "LV00X"]
    assert region.groupby("basis")["value"].agg(list).to_dict() == {
        "persons": [90.0],
        "places": [30.0],
        # 33,000 own and 22,000 purchased home care and 5,000 for a group home, 40,000 for an institution.
        "money": [60.0],
    }
    assert set(region["region"]) == {"ziemeli"}
    assert set(balance.loc[balance["territory"] == "LV", "region"]) == {"latvija"}
    none = indicators.care_balance.balance_of_care(Dataset(observations.select(figures, measure="population"), tables))
    assert none.empty
    assert "basis" in none


def test_clients_of_a_published_series_give_a_balance_too(figures: pd.DataFrame, tables: Reference) -> None:
    community = figures[figures["id"] == "M060"]  # 110 people with home care in LV00X in 2021
    inside = community.assign(id="inside", service_type="long_term_institutional_care", value=40.0)
    # What is received is counted in the returns, what has no date in none.
    received = inside.assign(id="received", period="2020", evidence="received")
    undated = pd.concat([community, inside]).assign(id=["u1", "u2"], period="")
    programme = inside.assign(id="programme", period="2020", programme="di_9221")
    shares = indicators.care_balance.community_share_of_clients(
        Dataset(pd.concat([figures, inside, received, undated, programme], ignore_index=True), tables)
    )
    own = shares[(shares["territory"] == "LV00X") & (shares["period"] != "2023")]
    assert own[["period", "numerator", "denominator"]].to_numpy().tolist() == [["2021", 110, 150]]
    assert own[["units", "of_units", "region", "service_type"]].to_numpy().tolist() == [[1, 1, "ziemeli", "all"]]
