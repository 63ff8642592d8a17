"""Money: what invented and real amounts give by hand, and what is never added together."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import get_indicator
from socsvc_analysis.indicators.money import in_euro
from socsvc_analysis.indicators.spending import yearly_spending
from socsvc_analysis.reference import Reference

cofinancing_share, unit_cost_per_place, unit_cost_per_client, spending_balance, change_to_previous_year = (
    get_indicator(name).function
    for name in (
        "cofinancing_share",
        "unit_cost_per_place",
        "unit_cost_per_client",
        "spending_balance",
        "change_to_previous_year",
    )
)
MONEY = (
    "funding_split",
    "absorption",
    "cofinancing_share",
    "unit_cost_per_place",
    "unit_cost_per_client",
    "spending_balance",
)
BLANK = {
    **dict.fromkeys(("provider", "programme", "version", "note"), ""),
    "territory": "LV00X",
    "service_type": "home_care",
    "target_group": "all",
    "period": "2021",
    "status": "normal",
    "source": "letter_2022",
    "evidence": "verbatim",
    "measure": "spending",
    "kind": "actual",
}
PROJECT = {"programme": "erdf_9311", "service_type": "infrastructure", "kind": "budget", "period": ""}
TOTALS = ((100.0, "2021"), (90.0, "2021-06-30"))
CARE = {"service_type": "long_term_institutional_care"}


def invented(*rows: dict[str, object]) -> pd.DataFrame:
    """Observations that nobody published: each row says what is not as usual."""
    return pd.DataFrame([{**BLANK, "id": f"I{number:03}", **row} for number, row in enumerate(rows)])


def one(values: pd.DataFrame, **wanted: object) -> pd.Series:
    """The one row that has the wanted values."""
    for name, value in wanted.items():
        values = values[values[name] == value]
    assert len(values) == 1, f"{len(values)} rows for {wanted}"
    return values.iloc[0]


# Euro and lats


def test_lats_are_left_out_and_never_converted(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    euro = in_euro(Dataset(real_figures, real_tables))
    assert "funding_quota" in set(real_figures["measure"])
    assert "funding_quota" not in set(euro["measure"])
    assert not euro["note"].str.contains("lats").any()
    assert "persons_served" not in set(euro["measure"])


@pytest.mark.parametrize("name", MONEY)
def test_an_amount_in_lats_is_no_part_of_any_indicator_of_money(
    figures: pd.DataFrame, tables: Reference, name: str
) -> None:
    money = figures["measure"].map(tables.measures.set_index("measure")["unit"]) == "EUR"
    lats = figures.assign(note=figures["note"].mask(money, "lats"))
    assert get_indicator(name).function(Dataset(lats, tables)).empty
    assert len(get_indicator(name).function(Dataset(figures, tables)))


# The European Union's share


def test_the_eu_share_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    shares = cofinancing_share(Dataset(figures, tables))
    assert one(shares, programme="di_9221")[["numerator", "denominator", "version"]].tolist() == [
        1020,
        1200,
        "dienvidi_2022",
    ]
    assert one(shares, programme="erdf_9311")["value"] == pytest.approx(60, abs=0.01)
    assert one(shares, programme="erdf_9311")["region"] == "ziemeli"


def test_socquality_is_85_per_cent_european(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    row = one(cofinancing_share(Dataset(real_figures, real_tables)), territory="LV009", programme="socquality")
    assert row[["numerator", "denominator"]].tolist() == [672567.74, 791256.20]
    assert row["value"] == pytest.approx(85.0, abs=0.0001)
    assert "socquality_erdf_disputed" in row["notes"]


def test_the_eu_share_is_of_the_last_version_with_both_amounts(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    shares = cofinancing_share(Dataset(real_figures, real_tables))
    bauska = one(shares, territory="0400200")
    assert bauska[["version", "numerator", "denominator"]].tolist() == ["bauska_later", 975026.47, 3979682.82]
    # The later version of Valka has EU money only.
    assert one(shares, territory="0940200")["version"] == "valka_2020"
    assert shares["value"].between(0, 101).all()


def test_named_funds_add_up_and_a_pooled_amount_contains_them(tables: Reference) -> None:
    total = {**PROJECT, "measure": "cost_total", "value": 100.0}
    named_funds = [
        {**PROJECT, "measure": "funding_erdf", "value": 30.0},
        {**PROJECT, "measure": "funding_esf", "value": 20.0},
    ]
    assert one(cofinancing_share(Dataset(invented(total, *named_funds), tables)))["value"] == 50
    pooled = {**PROJECT, "measure": "funding_eu", "value": 55.0}
    assert one(cofinancing_share(Dataset(invented(total, *named_funds, pooled), tables)))["value"] == pytest.approx(55)
    unknown = {**PROJECT, "measure": "funding_esf", "value": math.nan}
    row = one(cofinancing_share(Dataset(invented(total, named_funds[0], unknown), tables)))
    assert math.isnan(row["value"])
    assert math.isnan(row["numerator"])


def test_an_amount_published_again_counts_once_as_it_was_last(tables: Reference) -> None:
    rows = invented(
        {**PROJECT, "measure": "cost_total", "period": "2020", "value": 100.0},
        {**PROJECT, "measure": "cost_total", "period": "2018", "value": 90.0},
        {**PROJECT, "measure": "funding_erdf", "period": "2018", "value": 70.0},
        {**PROJECT, "measure": "funding_erdf", "period": "2020", "value": 80.0},
    )
    assert one(cofinancing_share(Dataset(rows, tables)))[["numerator", "denominator", "value"]].tolist() == [
        80,
        100,
        80,
    ]


def test_each_project_has_one_total_whichever_indicator_asks(tables: Reference) -> None:
    totals = [{**PROJECT, "measure": "cost_total", "value": value, "period": period} for value, period in TOTALS]
    parts = [
        {**PROJECT, "measure": "funding_erdf", "value": 70.0, "version": "v"},
        {**PROJECT, "measure": "places", "value": 4.0, "kind": "plan", "service_type": "home_care", "version": "v"},
    ]
    data = Dataset(invented(*({**each, "version": "v"} for each in totals), *parts), tables)
    # As text 2021 comes before 2021-06-30, although the year ends later.
    assert one(cofinancing_share(data))["denominator"] == 100
    assert one(unit_cost_per_place(data))["numerator"] == 100


def test_money_is_divided_by_the_total_of_its_own_services_and_groups(tables: Reference) -> None:
    totals = [
        {**PROJECT, "measure": "cost_total", "value": value, "target_group": group}
        for value, group in ((90.0, "all_di"), (100.0, "all"))
    ]
    part = {**PROJECT, "measure": "funding_erdf", "value": 70.0}
    split = get_indicator("funding_split").function(Dataset(invented(*totals, part), tables))
    assert split[["fund", "denominator"]].values.tolist() == [["funding_erdf", 100.0], ["funding_rest", 100.0]]


@pytest.mark.parametrize(("part", "shown"), [(100.9, 1), (101.1, 0)])
def test_more_eu_money_than_the_total_is_a_misprint(tables: Reference, part: float, shown: int) -> None:
    rows = invented(
        {**PROJECT, "measure": "cost_total", "value": 100.0}, {**PROJECT, "measure": "funding_erdf", "value": part}
    )
    assert len(cofinancing_share(Dataset(rows, tables))) == shown


# Cost per place


def test_cost_per_place_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    row = one(unit_cost_per_place(Dataset(figures, tables)))
    assert row[["territory", "numerator", "denominator"]].tolist() == ["0910000", 1000.5, 16 + 10]
    assert row["value"] == pytest.approx(1000.5 / 26)


@pytest.mark.parametrize(
    ("territory", "cost", "places"),
    [("0130000", 1474774.71, 30 + 8), ("0250000", 2865089.16, 16 + 20 + 40 + 20), ("0760202", 377784, 16)],
)
def test_real_cost_per_place(
    real_figures: pd.DataFrame, real_tables: Reference, territory: str, cost: float, places: float
) -> None:
    row = one(unit_cost_per_place(Dataset(real_figures, real_tables)), territory=territory)
    assert row[["numerator", "denominator"]].tolist() == [cost, places]
    assert row["value"] == pytest.approx(cost / places)


def test_cost_and_places_of_other_versions_or_programmes_do_not_meet(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    costs = unit_cost_per_place(Dataset(real_figures, real_tables))
    # Bauska's places are of the project description, its costs of two later versions; ESF+ pays no buildings.
    assert "0400200" not in set(costs["territory"])
    assert "esf_4351_1" not in set(costs["programme"])


def test_an_unknown_or_contained_number_of_places(tables: Reference) -> None:
    cost = {**PROJECT, "measure": "cost_total", "value": 1000.0}
    place = {**PROJECT, "measure": "places", "kind": "plan", "service_type": "group_home"}
    grouped = {**place, "target_group": "adults_mental_disorders", "value": 8.0}
    row = one(unit_cost_per_place(Dataset(invented(cost, {**place, "value": 20.0}, grouped), tables)))
    assert row["denominator"] == 20
    aimed = invented(
        {**cost, "period": "2019", "value": 900.0},
        {**cost, "period": "2020"},
        {**place, "kind": "target", "value": 10.0},
    )
    assert one(unit_cost_per_place(Dataset(aimed, tables)))["value"] == 100
    opened = {**place, "kind": "capacity", "service_type": "day_care_centre", "value": 5.0}
    assert (
        one(unit_cost_per_place(Dataset(invented(cost, {**place, "value": 20.0}, opened), tables)))["denominator"] == 20
    )
    missing = {**place, "service_type": "day_care_centre", "value": math.nan}
    row = one(unit_cost_per_place(Dataset(invented(cost, {**place, "value": 20.0}, missing), tables)))
    assert math.isnan(row["value"])


# Spending per client


def test_spending_per_client_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    costs = unit_cost_per_client(Dataset(figures, tables)).set_index("period")
    assert costs["value"].to_dict() == {"2020": 500, "2021": 500}
    assert costs["made_of"].to_dict() == {"2020": "whole", "2021": "own_and_purchased"}
    assert costs.at["2021", "numerator"] == 33000 + 22000
    assert costs.at["2021", "status"] == "provisional"


def test_home_care_in_riga_cost_1140_euro_a_client_in_2016(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    costs = unit_cost_per_client(Dataset(real_figures, real_tables))
    assert set(costs["territory"]) == {"0010000"}
    assert costs["period"].tolist() == [str(year) for year in range(2009, 2017)]
    assert one(costs, period="2016")["value"] == pytest.approx(9289300 / 8151)
    assert one(costs, period="2010")["status"] == "disputed"


def test_money_is_divided_by_the_clients_of_its_own_source(tables: Reference) -> None:
    spent = {"measure": "spending", "value": 500.0, "source": "report_2021"}
    other = {"measure": "clients_in_year", "value": 10.0}
    own = {**other, "value": 8.0, "source": "report_2021"}
    published = invented(spent, other, own)
    # Other indicators take the number of the letter.
    data = Dataset(published.drop(index=2), tables, published)
    row = one(unit_cost_per_client(data))
    assert row[["numerator", "denominator", "sources"]].tolist() == [500, 8, ("report_2021",)]
    # A source that names no clients, or none that are known, leaves the number that was chosen.
    for rows in (published.drop(index=2), published.assign(value=published["value"].mask(published.index == 2))):
        assert one(unit_cost_per_client(Dataset(published.drop(index=2), tables, rows)))["denominator"] == 10


def test_home_care_in_riga_is_divided_by_the_clients_beside_its_money(
    real_figures: pd.DataFrame, real_published: pd.DataFrame, real_tables: Reference
) -> None:
    costs = unit_cost_per_client(Dataset(real_figures, real_tables, real_published)).set_index("period")
    assert costs.loc[["2010", "2014"], "denominator"].tolist() == [4144, 6602]
    assert set(costs["sources"]) == {("sus_home_care",)}
    assert {"advance_2010", "tables_disagree"} <= set(costs.at["2009", "notes"])


def test_money_of_a_municipality_is_not_divided_by_clients_of_a_programme(tables: Reference) -> None:
    clients = {"measure": "clients_in_year", "value": 10.0}
    spent = {"measure": "spending", "value": 500.0}
    programme = {**clients, "programme": "di_9221", "value": 2.0}
    assert unit_cost_per_client(Dataset(invented(spent, programme), tables)).empty
    assert one(unit_cost_per_client(Dataset(invented(spent, programme, clients), tables)))["value"] == 50


def test_both_languages_define_the_balance_of_spending_alike() -> None:
    balance = get_indicator("spending_balance")
    assert balance.definition("lv").endswith("institūcijās kopā, procentos.")
    assert balance.definition("en").endswith("institutions together, in per cent.")


def test_one_part_and_single_providers_are_not_the_whole(tables: Reference) -> None:
    clients = {"measure": "clients_in_year", "value": 10.0}
    for part in ({"measure": "spending_purchased"}, {"provider": "group_home_ziema"}):
        assert unit_cost_per_client(Dataset(invented(clients, {**part, "value": 100.0}), tables)).empty


def test_what_one_provider_cost_its_municipality_itself_is_no_amount(tables: Reference) -> None:
    assert yearly_spending(
        Dataset(invented({"measure": "spending_own", "provider": "group_home_ziema", "value": 5.0}), tables)
    ).empty


def test_cost_and_places_of_no_programme_are_of_no_project(tables: Reference) -> None:
    cost = {**PROJECT, "programme": "", "measure": "cost_total", "value": 1000.0}
    place = {**cost, "measure": "places", "kind": "plan", "service_type": "group_home", "value": 20.0}
    assert unit_cost_per_place(Dataset(invented(cost, place), tables)).empty


def test_jekabpils_home_care_is_own_and_purchased(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    amounts = yearly_spending(Dataset(real_figures, real_tables))
    home = amounts[(amounts["territory"] == "0031000") & (amounts["service_type"] == "home_care")]
    assert home.groupby("period")["value"].sum().to_dict() == {
        "2021": 129254 + 34327,
        "2022": 148923 + 118385,
        "2023": 123870 + 234371,
    }
    assert set(home["made_of"]) == {"own_and_purchased"}


@pytest.mark.parametrize(
    ("rows", "amount", "made_of"),
    [
        ([{"value": 9.0}, {"measure": "spending_own", "value": 5.0}], 9, "whole"),
        ([{"value": 9.0}, {"provider": "group_home_ziema", "value": 5.0}], 9, "whole"),
        ([{"provider": "group_home_ziema", "value": 5.0}, {"provider": "vsac_ziemeli", "value": 2.0}], 7, "providers"),
        ([{"measure": "spending_own", "value": 5.0}], 5, "one_part"),
        # An unknown whole gives way to its known parts, an unknown part does not vanish.
        (
            [
                {"value": math.nan},
                {"measure": "spending_own", "value": 5.0},
                {"measure": "spending_purchased", "value": 1.0},
            ],
            6,
            "own_and_purchased",
        ),
        (
            [{"measure": "spending_own", "value": 5.0}, {"measure": "spending_purchased", "value": math.nan}],
            math.nan,
            "own_and_purchased",
        ),
        # What a programme paid is a part of what the municipality spent.
        ([{"value": 9.0}, {"value": 4.0, "programme": "di_9221"}], 9, "whole"),
    ],
)
def test_an_amount_is_taken_once_from_the_best_that_is_printed(
    tables: Reference, rows: list[dict[str, object]], amount: float, made_of: str
) -> None:
    found = yearly_spending(Dataset(invented(*rows), tables))
    assert set(found["made_of"]) == {made_of}
    assert found["value"].sum(skipna=False) == pytest.approx(amount, nan_ok=True)


# Balance of spending


def test_the_balance_of_spending_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    row = one(spending_balance(Dataset(figures, tables)))
    # Home care 33,000 + 22,000, a group home 5,000; institutions 40,000.
    assert row[["numerator", "denominator", "value"]].tolist() == [60000, 100000, 60]
    assert row[["service_type", "target_group"]].tolist() == ["all", "all"]
    assert math.isnan(row["named_share"])


@pytest.mark.parametrize(
    ("year", "community", "institutions", "total"),
    [
        ("2021", 163581 + 57951 + 18975 + 45970 + 0 + 0, 910030 + 59173, 610880 + 1023641),
        ("2022", 267308 + 82222 + 18647 + 83684 + 0 + 0, 1084505 + 27613, 707280 + 1262075),
        ("2023", 358241 + 134514 + 0 + 102867 + 18490 + 4668, 1231014 + 15924, 885278 + 1509517),
    ],
)
def test_money_in_jekabpils_moves_to_the_community(
    real_figures: pd.DataFrame, real_tables: Reference, year: str, community: int, institutions: int, total: int
) -> None:
    row = one(spending_balance(Dataset(real_figures, real_tables)), territory="0031000", period=year)
    assert row[["numerator", "denominator"]].tolist() == [community, community + institutions]
    assert row["named_share"] == pytest.approx((community + institutions) / total * 100)


def test_state_rehabilitation_is_no_community_service(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    assert "state_budget" in set(real_figures["measure"])
    assert set(spending_balance(Dataset(real_figures, real_tables))["territory"]) == {"0031000"}


def test_a_contained_service_is_not_added_again_and_one_side_alone_is_no_balance(tables: Reference) -> None:
    institution = {**CARE, "value": 60.0}
    part = {"service_type": "state_care_centre", "value": 50.0}
    row = one(spending_balance(Dataset(invented({"value": 40.0}, institution, part), tables)))
    assert row[["numerator", "denominator"]].tolist() == [40, 100]
    assert spending_balance(Dataset(invented({"value": 40.0}), tables)).empty
    unknown = one(spending_balance(Dataset(invented({"value": 40.0}, {**institution, "value": math.nan}), tables)))
    assert unknown["numerator"] == 40
    assert math.isnan(unknown["value"])


def test_changes_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    changes = change_to_previous_year(Dataset(figures, tables))
    own = changes[changes["measure"] == "spending_own"].set_index("period")
    assert own["value"].to_dict() == {"2022": 50, "2023": -100}
    assert own["numerator"].to_dict() == {"2022": 500, "2023": -1500}
    clients = changes[changes["measure"] == "clients_in_year"].set_index("period")
    assert clients.at["2021", "value"] == 10
    assert math.isnan(clients.at["2022", "value"])


def test_a_break_in_riga_has_no_change(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    changes = change_to_previous_year(Dataset(real_figures, real_tables))
    centres = changes[changes["territory"].eq("0010000") & changes["service_type"].eq("day_care_centre")]
    centres = centres.set_index("period")
    assert centres["broken"].to_dict() == {str(year): year == 2008 for year in range(2005, 2012)}
    assert math.isnan(centres.at["2008", "value"])
    assert math.isnan(centres.at["2008", "numerator"])
    assert centres.loc["2008", ["current", "previous"]].tolist() == [2578, 885]
    assert centres.at["2009", "value"] == pytest.approx((2676 - 2578) / 2578 * 100)


@pytest.mark.parametrize(
    ("before", "after", "compared"),
    [
        ({"period": "2020"}, {"period": "2021"}, True),
        ({"period": "2020-01-01"}, {"period": "2021-01-01"}, True),
        ({"period": "2019"}, {"period": "2021"}, False),
        ({"period": "2020-12-31"}, {"period": "2021"}, False),
        ({"period": "2020-01-01"}, {"period": "2021-12-31"}, False),
        ({"period": "2020/2021"}, {"period": "2021/2022"}, False),
        ({"period": "2020"}, {"period": "2021", "provider": "group_home_ziema"}, False),
        ({"period": "2020"}, {"period": "2021", "target_group": "adults_mental_disorders"}, False),
        ({"period": "2020", "kind": "capacity"}, {"period": "2021", "kind": "capacity"}, True),
        ({"period": "2020", "kind": "plan"}, {"period": "2021", "kind": "plan"}, False),
        ({"period": "2020", "measure": "persons_served"}, {"period": "2021", "measure": "persons_served"}, False),
        # An actual figure is the same whichever issue printed it.
        ({"period": "2020", "version": "dienvidi_2019"}, {"period": "2021", "version": "dienvidi_2022"}, True),
    ],
)
def test_only_the_same_series_a_year_later_is_a_change(
    tables: Reference, before: dict[str, object], after: dict[str, object], compared: bool
) -> None:
    rows = invented({**before, "value": 100.0}, {**after, "value": 90.0})
    changes = change_to_previous_year(Dataset(rows, tables))
    assert changes["value"].tolist() == ([-10] if compared else [])


def test_a_change_says_what_changed(tables: Reference) -> None:
    same = {"measure": "clients_in_year", "programme": "di_9221", "provider": "group_home_ziema"}
    row = one(
        change_to_previous_year(
            Dataset(invented({**same, "period": "2020", "value": 4.0}, {**same, "value": 5.0}), tables)
        )
    )
    assert row[[*same, "unit", "current", "previous"]].tolist() == [*same.values(), "persons", 5, 4]


def test_from_zero_there_is_a_difference_and_no_percentage(tables: Reference) -> None:
    row = one(change_to_previous_year(Dataset(invented({"period": "2020", "value": 0.0}, {"value": 5.0}), tables)))
    assert row[["numerator", "denominator"]].tolist() == [5, 0]
    assert math.isnan(row["value"])
