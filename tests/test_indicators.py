"""Every indicator keeps the promises of the register, and the miniature's numbers can be checked by hand."""

from __future__ import annotations

import inspect
import math

import pandas as pd
import pytest

from socsvc_analysis import indicators, observations
from socsvc_analysis import tables as contracts
from socsvc_analysis.indicators import REGISTRY, Indicator, benchmarks, levels, named, newest
from socsvc_analysis.indicators import values as arithmetic
from socsvc_analysis.indicators.registry import PER, indicator
from socsvc_analysis.indicators.values import COLUMNS, FT, GRT
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

STATUSES = set(contracts.STATUSES)
NUMBERS = ["numerator", "denominator", "value", "lower", "upper"]
UNKNOWN = float("nan")

every_indicator = pytest.mark.parametrize("known", REGISTRY.values(), ids=REGISTRY.keys())


def in_one_order(values: pd.DataFrame) -> pd.DataFrame:
    """The rows sorted, and the codes within each cell sorted: what must not depend on the order of observations."""
    codes = {column: [tuple(sorted(cell)) for cell in values[column]] for column in ("sources", "notes")}
    values = values.assign(**codes)
    by = [column for column in values.columns if column not in NUMBERS]
    return values.sort_values([*by, "value"], key=lambda cells: cells.map(str), ignore_index=True)


def cell(values: pd.DataFrame, column: str = "value", **wanted: object) -> object:
    """The one cell of the row that has the wanted values."""
    for name, value in wanted.items():
        values = values[values[name] == value]
    assert len(values) == 1, f"{len(values)} rows for {wanted}"
    return values[column].iloc[0]


def without(figures: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The observations with the value of the wanted rows unknown."""
    rows = pd.Series(True, index=figures.index)
    for name, value in wanted.items():
        rows &= figures[name] == value
    assert rows.any()
    return figures.assign(value=figures["value"].mask(rows))


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
    ("clients", "LV00X", "all", "children_out_of_family", "2020-06", 100.0, "actual"),
    ("support_plans", "LV00X", "all", "adults_mental_disorders", "2021-12", 68.0, "actual"),
)
"""What invented municipalities report: the miniature itself holds published figures only."""


@pytest.fixture(scope="session")
def figures(figures: pd.DataFrame) -> pd.DataFrame:
    """The miniature's figures, with returns."""
    columns = ["measure", "territory", "service_type", "target_group", "period", "value", "kind"]
    blank = figures.iloc[[0] * len(RETURNS)].assign(
        provider="", programme="", version="", status="normal", evidence="received"
    )
    rows = pd.DataFrame(RETURNS, columns=columns, index=blank.index)
    returned = blank.assign(**{name: rows[name] for name in columns}, id=[f"R-{n}" for n in range(len(RETURNS))])
    return pd.concat([figures, returned], ignore_index=True)


# What every indicator promises


@every_indicator
def test_its_meaning_is_told_in_both_languages(known: Indicator) -> None:
    assert inspect.getdoc(known.function)
    divided = known.unit in PER
    for text in (known.title, known.definition, known.caveat, known.numerator, *([known.denominator] * divided)):
        assert text("lv").strip()
        assert text("en").strip()
        assert text("lv") != text("en")
    assert known.polarity in ("higher is better", "lower is better", "neither")
    assert named(known.name) is known


@every_indicator
def test_its_measures_and_unit_exist(known: Indicator, real_tables: Reference) -> None:
    assert set(known.measures) <= set(real_tables.measures["measure"])
    assert known.unit in {*real_tables.measures["unit"], *PER}


@every_indicator
def test_it_gives_values_and_leaves_its_arguments_alone(
    known: Indicator, figures: pd.DataFrame, tables: Reference
) -> None:
    before, facts = figures.copy(deep=True), {name: table.copy(deep=True) for name, table in vars(tables).items()}
    values = known.function(figures, tables)
    pd.testing.assert_frame_equal(figures, before)
    for name, table in vars(tables).items():
        pd.testing.assert_frame_equal(table, facts[name])
    assert len(values)
    assert set(COLUMNS) <= set(values.columns)
    assert values.index.equals(pd.RangeIndex(len(values)))
    assert set(values["status"]) <= STATUSES
    assert all(isinstance(each, tuple) and each for each in values["sources"])
    assert all(isinstance(each, tuple) for each in values["notes"])
    assert {code for each in values["sources"] for code in each} <= set(tables.sources["source"])
    assert {code for each in values["notes"] for code in each} <= set(tables.notes["note"])
    assert set(values["territory"]) <= tables.territories()


@every_indicator
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_observations_does_not_matter(
    known: Indicator, figures: pd.DataFrame, tables: Reference, seed: int
) -> None:
    shuffled = figures.sample(frac=1, random_state=seed).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        in_one_order(known.function(shuffled, tables)), in_one_order(known.function(figures, tables))
    )


@every_indicator
def test_the_order_of_real_observations_does_not_matter(
    known: Indicator, real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    backwards = real_figures.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        in_one_order(known.function(backwards, real_tables)), in_one_order(known.function(real_figures, real_tables))
    )


@every_indicator
def test_a_value_is_its_numerator_over_its_denominator(
    known: Indicator, figures: pd.DataFrame, tables: Reference
) -> None:
    values = known.function(figures, tables)
    whole = values[values["numerator"].notna() & values["denominator"].notna()]
    if known.unit in PER:
        assert (whole["denominator"] != 0).all()
        assert whole["value"].tolist() == pytest.approx(
            (whole["numerator"] / whole["denominator"] * PER[known.unit]).tolist()
        )
    else:
        assert whole["value"].equals(whole["numerator"])


@every_indicator
def test_unknown_never_becomes_zero(known: Indicator, figures: pd.DataFrame, tables: Reference) -> None:
    values = known.function(figures.assign(value=UNKNOWN), tables)
    assert values[NUMBERS].isna().all().all()


@every_indicator
def test_numbers_unknown_here_and_there_never_become_zero(
    known: Indicator, figures: pd.DataFrame, tables: Reference
) -> None:
    used = figures[figures["measure"].isin(known.measures)]
    for case, rows in used.groupby(["measure", "kind", "target_group"]):
        for some in (rows.index, rows.index[::2]):
            values = known.function(figures.assign(value=figures["value"].mask(figures.index.isin(some))), tables)
            assert not (values[NUMBERS] == 0).any().any(), case


@every_indicator
def test_without_observations_there_are_no_values_but_the_same_columns(
    known: Indicator, figures: pd.DataFrame, tables: Reference
) -> None:
    # The residents are kept: an indicator may insist on its denominator.
    none = known.function(observations.select(figures, measure="population"), tables)
    assert none.empty
    assert list(none.columns) == list(known.function(figures, tables).columns)


@every_indicator
def test_a_region_without_figures_is_no_obstacle(known: Indicator, figures: pd.DataFrame, tables: Reference) -> None:
    elsewhere = observations.with_region(figures, tables)
    elsewhere = elsewhere[(elsewhere["region"] != "ziemeli") | (elsewhere["measure"] == "population")]
    values = known.function(elsewhere.drop(columns="region"), tables)
    assert not values.loc[values["numerator"].notna(), "territory"].isin(["LV00X", "0091000"]).any()


# The register


def test_an_unknown_indicator_names_the_nearest() -> None:
    with pytest.raises(DataError, match="'place' is not a known indicator; nearest known: places"):
        named("place")


def test_a_name_is_registered_once() -> None:
    def places() -> None: ...

    words = {"lv": "x", "en": "y"}
    register = indicator(
        title=words,
        definition=words,
        caveat=words,
        numerator=words,
        unit="places",
        polarity="neither",
        measures=(),
        source="",
    )
    with pytest.raises(ValueError, match="there is an indicator places already"):
        register(places)
    assert named("places").function is indicators.capacity.places


# Places


@pytest.fixture(scope="module")
def places(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return indicators.capacity.places(figures, tables)


def test_places_by_hand(places: pd.DataFrame) -> None:
    merged = {"territory": "0091000", "region": "ziemeli"}
    assert cell(places, service_type="group_home", **merged) == 16 + 8
    assert cell(places, "status", service_type="group_home", **merged) == "provisional"
    # Opened with 12 places: the 10 that were planned do not count too.
    assert cell(places, service_type="day_care_centre", **merged) == 12
    assert cell(places, "kind", service_type="day_care_centre", **merged) == "capacity"
    # A split unit keeps its code; the region is that of both parts.
    assert cell(places, territory="0930000", region="dienvidi") == 20
    assert cell(places, territory="0094001", region="dienvidi") == 14
    assert math.isnan(cell(places, territory="0092000"))
    assert cell(places, "status", territory="0092000") == "missing"


@pytest.mark.parametrize("composition", ["today", "then"])
def test_places_of_municipalities_add_up_to_regions_and_country(
    figures: pd.DataFrame, tables: Reference, composition: str
) -> None:
    municipal = indicators.capacity.places(figures, tables, composition)
    regional = indicators.capacity.places_by_region(figures, tables, composition)
    codes = tables.regions.set_index("region")["code"]
    totals = municipal.groupby(municipal["region"].map(codes))["value"].sum()
    assert regional.groupby("territory")["value"].sum().to_dict() == totals.to_dict()
    expected = {"today": {"LV00X": 36, "LV00Y": 34}, "then": {"LV00X": 50, "LV00Y": 20}}
    assert totals.to_dict() == expected[composition]
    country = indicators.capacity.places_per_1000(figures, tables)
    assert cell(country, "numerator", territory="LV") == totals.sum() == 70


def test_real_places_add_up_too(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    municipal = indicators.capacity.places(real_figures, real_tables)
    for composition in ("today", "then"):
        regional = indicators.capacity.places_by_region(real_figures, real_tables, composition)
        assert regional["value"].sum() == municipal["value"].sum()
    rates = indicators.capacity.places_per_1000(real_figures, real_tables)
    regions = rates[observations.is_region(rates["territory"])]
    assert cell(rates, "numerator", territory="LV") == regions["numerator"].sum() == municipal["value"].sum()
    assert cell(rates, "denominator", territory="LV") == regions["denominator"].sum()


def test_places_per_1000_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    rates = indicators.capacity.places_per_1000(figures, tables)
    assert cell(rates, territory="LV") == pytest.approx(70 / 14640 * 1000)
    assert cell(rates, territory="0091000") == pytest.approx(36 / 5850 * 1000)
    assert cell(rates, territory="LV00Y") == pytest.approx(34 / 8790 * 1000)
    # Residents of a split unit and of its parts are not known within today's borders.
    assert math.isnan(cell(rates, territory="0930000"))
    assert math.isnan(cell(rates, "denominator", territory="0092000"))


def test_pages_see_their_part_of_the_places(figures: pd.DataFrame, tables: Reference) -> None:
    capacity = indicators.capacity
    assert set(capacity.places_within(figures, tables, "dienvidi")["territory"]) == {"0930000", "0094001", "0092000"}
    assert set(capacity.places_within(figures, tables, "latvija")["territory"]) == {"LV00X", "LV00Y"}
    rates = capacity.places_per_1000(figures, tables)
    assert {"LV", "LV00X", "0091000"} == set(capacity.rates_within(rates, tables, "ziemeli")["territory"])
    assert {"LV", "LV00X", "LV00Y"} == set(capacity.rates_within(rates, tables, "latvija")["territory"])
    totals = capacity.places_by_municipality(figures, tables)
    assert cell(totals, territory="0091000") == 36
    assert "0930000" not in set(totals["territory"])


def test_working_of_planned_uses_the_last_plan(figures: pd.DataFrame, tables: Reference) -> None:
    working = indicators.capacity.working_of_planned(figures, tables)
    assert cell(working, service_type="group_home") == pytest.approx(18 / 30 * 100)
    assert math.isnan(cell(working, service_type="day_care_centre"))


def test_state_care_keeps_centres_and_territories_apart(figures: pd.DataFrame, tables: Reference) -> None:
    centres = indicators.capacity.state_care(figures, tables)
    assert cell(centres, territory="LV00X", unit="places") == 100
    assert cell(centres, "region", provider="vsac_ziemeli", unit="places") == "ziemeli"
    whole = indicators.capacity.newest_centres(centres)
    assert (whole["provider"] == "").all()
    assert set(whole["value"]) == {100, 25}
    assert set(indicators.capacity.centres_within(centres, "ziemeli")["value"]) == {100, 25, 60, 55}
    assert indicators.capacity.centres_within(centres, "dienvidi").empty


# Clients


@pytest.fixture(scope="module")
def served(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return indicators.clients.served_of_plan(figures, tables)


@pytest.mark.parametrize(
    ("territory", "group", "period", "numerator", "denominator"),
    [
        ("LV", GRT, "2021-12-31", 60, 120),
        ("LV", FT, "2021-12-31", 90, 150),
        # The plan of June 2020 was in force at the end of 2020, and again two years later: more than the plan is legal.
        ("LV00X", GRT, "2020", 20, 50),
        ("LV00X", GRT, "2022-12-31", 58, 50),
        # The disputed draft says 600 and is never the plan.
        ("LV00X", FT, "2021-12", 48, 64),
        # A plan that was amended later: each figure is compared with the plan of its time.
        ("LV00Y", FT, "2020-12-31", 30, 60),
        ("LV00Y", FT, "2021-12-31", 45, 60),
    ],
)
def test_served_of_plan_by_hand(
    served: pd.DataFrame, territory: str, group: str, period: str, numerator: float, denominator: float
) -> None:
    row = {"territory": territory, "target_group": group, "period": period}
    assert cell(served, "numerator", **row) == numerator
    assert cell(served, "denominator", **row) == denominator
    assert cell(served, **row) == pytest.approx(numerator / denominator * 100)


def test_more_than_the_plan_is_not_capped(served: pd.DataFrame) -> None:
    assert cell(served, territory="LV00X", target_group=GRT, period="2022-12-31") == pytest.approx(116)


def test_an_unknown_number_served_is_unknown_with_its_plan_known(served: pd.DataFrame) -> None:
    row = {"territory": "LV00Y", "target_group": FT, "period": "2022-12-31"}
    assert math.isnan(cell(served, **row))
    assert cell(served, "denominator", **row) == 80
    assert cell(served, "status", **row) == "missing"


def test_a_printed_percentage_stands_where_the_plan_is_unknown(served: pd.DataFrame) -> None:
    row = {"territory": "LV00Y", "target_group": GRT, "period": "2021-12-31"}
    assert cell(served, "numerator", **row) == 12
    assert math.isnan(cell(served, "denominator", **row))
    assert cell(served, **row) == 40
    # Who printed the percentage is cited beside who counted the people.
    assert cell(served, "sources", **row) == ("letter_2022", "portal_undated")


def test_a_disputed_plan_is_never_a_denominator(
    real_figures: pd.DataFrame, real_tables: Reference, figures: pd.DataFrame, tables: Reference
) -> None:
    for rows, facts in ((figures, tables), (real_figures, real_tables)):
        disputed = rows[(rows["status"] == "disputed") & (rows["kind"] == "plan")]
        assert len(disputed)
        for known in ("served_of_plan", "pace_to_target"):
            values = named(known).function(rows, facts)
            assert not values["denominator"].isin(disputed["value"]).any()


def test_served_of_assessed_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    shares = indicators.clients.served_of_assessed(figures, tables)
    assert cell(shares, territory="LV00X") == pytest.approx(34 / 70 * 100)
    # Two sources disagree on the number assessed; the better one is used.
    assert cell(shares, "denominator", territory="LV00Y", target_group=GRT) == 80
    assert len(shares) == 3


def test_the_path_takes_the_newest_known_figure_and_the_last_plan(figures: pd.DataFrame, tables: Reference) -> None:
    path = indicators.clients.path_to_service(figures, tables)
    children = {"territory": "LV00Y", "target_group": FT}
    # The figure of 2022 was not published: the latest known one is that of 2021.
    assert cell(path, step="persons_served", **children) == 45
    assert cell(path, step="persons_served_plan", **children) == 80
    assert cell(path, step="persons_assessed_plan", territory="LV00Y", target_group=GRT) == 100
    assert cell(path, step="persons_served_plan", territory="LV00X", target_group=FT) == 64
    # The target for 2023, not the earlier one for 2020.
    assert cell(path, step="persons_served_plan", territory="LV", target_group=GRT) == 120
    assert cell(path, "status", step="persons_eligible", territory="LV00X") == "estimated"
    assert not path["target_group"].isin(["legal_representatives", "all_di"]).any()


def test_services_do_not_add_up_to_people(figures: pd.DataFrame, tables: Reference) -> None:
    services = indicators.clients.served_by_service(figures, tables)
    assert services["value"].sum() == 60
    assert (services["unique_total"] == 45).all()
    assert (services["target_group"] == FT).all()


def test_unique_people_of_municipalities_are_not_added_up(figures: pd.DataFrame, tables: Reference) -> None:
    local = indicators.clients.served_by_municipality(figures, tables)
    assert cell(local, territory="0091000") == 20
    # A unit whose territory stayed the same has one code throughout.
    moved = local[local["region"] == "dienvidi"]
    assert moved[["period", "value"]].to_numpy().tolist() == [["2020-12-31", 7], ["2021-12-31", 9]]
    assert moved["territory"].nunique() == 1


def test_series_have_three_years_and_keep_unknown_ones(figures: pd.DataFrame, tables: Reference) -> None:
    recipients = indicators.clients.yearly(figures, tables, "clients_in_year")
    assert recipients["value"].tolist()[:2] == [100, 110]
    assert math.isnan(recipients["value"].iloc[2])
    spending = indicators.clients.yearly(figures, tables, ("spending", "spending_own"))
    assert spending["value"].tolist() == [1000, 1500, 0]
    assert set(spending["unit"]) == {"EUR"}
    assert indicators.clients.yearly(figures, tables, "places").empty


def test_served_by_year_shows_every_period_and_the_plan(figures: pd.DataFrame, tables: Reference) -> None:
    years = indicators.clients.served_by_year(figures, tables)
    own = years[(years["territory"] == "LV00Y") & (years["target_group"] == FT)]
    assert own["kind"].tolist() == ["actual", "actual", "actual", "plan"]
    assert own["value"].iloc[-1] == 80


def test_participating_municipalities(figures: pd.DataFrame, tables: Reference) -> None:
    assert cell(indicators.clients.participating(figures, tables), territory="LV") == 4


# Progress


def test_pace_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    paces = indicators.progress.pace_to_target(figures, tables)
    row = {"territory": "LV", "target_group": GRT}
    days, passed = 3105, 2375  # 2015-07-01 to 2023-12-31 and to 2021-12-31
    assert cell(paces, "expected", **row) == pytest.approx(120 * passed / days)
    assert cell(paces, "share_of_time", **row) == pytest.approx(passed / days * 100)
    assert cell(paces, "required_per_year", **row) == pytest.approx(60 / (730 / 365.25))
    assert cell(paces, "pace", **row) == pytest.approx(60 / (120 * passed / days))
    # The latest known figure stands, not the unpublished one after it.
    assert cell(paces, "value", territory="LV00Y", target_group=FT) == 45
    # A figure of a year may be of its first day or of its last.
    dated = figures.assign(period=figures["period"].mask(figures["period"] == "2021-12-31", "2021"))
    of_year = indicators.progress.pace_to_target(dated, tables)
    assert cell(of_year, "expected", **row) == pytest.approx(120 * passed / days)
    assert cell(of_year, "expected_from", **row) == pytest.approx(120 * (passed - 364) / days)


def test_institutional_reduction_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    stock = indicators.progress.institutional_reduction(figures, tables)
    assert stock[["kind", "value"]].to_numpy().tolist() == [["baseline", 500], ["actual", 460], ["target", 400]]
    assert cell(stock, "achieved", kind="actual") == pytest.approx(40)
    assert math.isnan(cell(stock, "achieved", kind="target"))
    assert cell(stock, "sources", kind="target") == ("letter_2022", "report_2021")


def test_plans_that_changed_show_every_version_in_order(published: pd.DataFrame, tables: Reference) -> None:
    versions = indicators.progress.plan_versions(published, tables).sort_values("order")
    own = versions[(versions["territory"] == "LV00X") & (versions["target_group"] == FT)]
    assert own[["value", "status"]].to_numpy().tolist() == [[600, "disputed"], [60, "normal"], [64, "provisional"]]
    budgets = indicators.progress.plan_versions(published, tables, indicators.progress.PLANNED_MONEY)
    assert budgets["value"].tolist() == [1000, 1200]


def test_funding_split_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    funding = indicators.money.funding_split(figures, tables)
    # The disputed amount is not used, and what no source names is called the rest.
    assert cell(funding, "numerator", programme="kopa", fund="funding_erdf") == 1700.17
    assert cell(funding, "numerator", programme="kopa", fund="funding_rest") == pytest.approx(300.03)
    assert cell(funding, programme="di_9221", fund="funding_esf") == pytest.approx(85)
    assert "funding_rest" not in set(funding.loc[funding["programme"] == "di_9221", "fund"])
    assert funding.groupby(["territory", "programme"])["value"].sum().tolist() == pytest.approx([100, 100, 100])
    assert cell(funding, "region", territory="0910000", fund="funding_erdf") == "ziemeli"


def test_an_unknown_part_leaves_the_rest_unknown(figures: pd.DataFrame, tables: Reference) -> None:
    rows = without(figures, measure="funding_erdf", programme="kopa")
    funding = indicators.money.funding_split(rows, tables)
    funding = funding[funding["programme"] == "kopa"]
    assert funding["numerator"].isna().all()


def test_parts_that_exceed_their_total_are_left_out(figures: pd.DataFrame, tables: Reference) -> None:
    total = (figures["measure"] == "cost_total") & (figures["programme"] == "kopa")
    funding = indicators.money.funding_split(figures.assign(value=figures["value"].mask(total, 1000.0)), tables)
    assert "kopa" not in set(funding["programme"])


def test_pages_see_their_part_of_the_funding(figures: pd.DataFrame, tables: Reference) -> None:
    within = indicators.money.funding_within
    assert set(within(figures, tables, "ziemeli")["territory"]) == {"0910000"}
    assert set(within(figures, tables, "latvija")["territory"]) == {"LV00Y"}
    own = within(figures, tables, "dienvidi")
    assert own["value"].equals(own["numerator"])


def test_absorption_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    absorption = indicators.money.absorption(figures, tables)
    assert absorption[["territory", "numerator", "denominator", "value"]].to_numpy().tolist() == [
        ["LV00Y", 600, 1200, 50]
    ]
    assert absorption["status"].tolist() == ["provisional"]


# The arithmetic all indicators share


def test_the_newest_figure_is_the_latest_known_one() -> None:
    rows = pd.DataFrame(
        {
            "territory": ["A", "A", "A", "B"],
            "target_group": "all",
            "period": ["2021", "2021-06", "2022", "2022"],
            "kind": "actual",
            "version": "",
            "value": [5.0, 4.0, UNKNOWN, UNKNOWN],
        }
    )
    assert newest(rows).sort_values("territory")["period"].tolist() == ["2021", "2022"]


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2020", "2020-12-31"),
        ("2020-02", "2020-02-29"),
        ("2021-12-30", "2021-12-30"),
        ("2020/2022", "2022-12-31"),
        ("2018-03/2020-02", "2020-02-29"),
        ("", "9999-12-31"),
    ],
)
def test_the_last_day_of_a_period(period: str, day: str) -> None:
    assert arithmetic.last_day(period) == day


def test_a_missing_or_zero_denominator_gives_unknown(figures: pd.DataFrame) -> None:
    rows = observations.select(figures, measure="persons_served", territory="LV", kind="actual")
    above = arithmetic.as_values(rows)
    for bottom in (0.0, UNKNOWN):
        shares = arithmetic.ratio(above, above.assign(value=bottom), on=["territory", "target_group"])
        assert shares["value"].isna().all()
        assert shares["numerator"].equals(above["numerator"])
    shares = arithmetic.ratio(above, above.iloc[:0], on=["territory", "target_group"])
    assert shares["value"].isna().all()
    assert shares["sources"].equals(above["sources"])


def test_two_denominators_for_one_numerator_are_refused(figures: pd.DataFrame) -> None:
    above = arithmetic.as_values(observations.select(figures, measure="persons_served", territory="LV", kind="actual"))
    with pytest.raises(pd.errors.MergeError):
        arithmetic.ratio(above, pd.concat([above, above]), on=["territory", "target_group"])


@pytest.fixture
def two_places(figures: pd.DataFrame) -> pd.DataFrame:
    """Places of two services of one municipality."""
    rows = observations.select(figures, measure="places", programme="erdf_9311", territory="0910000", kind="plan")
    assert len(rows) == 2
    return rows.assign(status=["normal", "provisional"], note=["invented implausible", "invented"])


def test_sums_keep_the_worst_status_and_the_notes_of_all(two_places: pd.DataFrame, tables: Reference) -> None:
    total = arithmetic.summed(two_places, ["territory"], tables)
    assert total[["value", "status", "service_type"]].to_numpy().tolist() == [[26, "provisional", "all"]]
    assert total["notes"].tolist() == [("invented",)]


def test_a_sum_with_an_unknown_part_is_at_least_what_it_says(two_places: pd.DataFrame, tables: Reference) -> None:
    known_in_part = two_places.assign(value=[16.0, UNKNOWN], status=["normal", "missing"])
    total = arithmetic.summed(known_in_part, ["territory"], tables)
    assert total[["value", "status"]].to_numpy().tolist() == [[16, "estimated"]]
    assert "partial_sum" in total["notes"].iloc[0]
    unknown = arithmetic.summed(two_places.assign(value=UNKNOWN, status="missing"), ["territory"], tables)
    assert math.isnan(unknown["value"].iloc[0])
    assert unknown["status"].tolist() == ["missing"]


def test_what_does_not_add_up_is_refused_with_a_sentence(figures: pd.DataFrame, tables: Reference) -> None:
    services = observations.select(figures, measure="persons_served", service_type=("home_care", "respite"))
    with pytest.raises(DataError, match="'persons_served' cannot be added up over service: home_care, respite"):
        arithmetic.summed(services, ["territory"], tables)
    assert len(arithmetic.summed(services, ["territory", "service_type"], tables)) == 2
    years = observations.select(figures, measure="clients_in_year")
    with pytest.raises(DataError, match="'clients_in_year' cannot be added up over time: 2020, 2021"):
        arithmetic.summed(years, ["territory"], tables)
    people = observations.select(figures, measure="persons_served", kind="actual", service_type="all")
    with pytest.raises(DataError, match="'persons_served' cannot be added up over territory: 0091000, 0094"):
        levels.totals(levels.municipal(people, tables), ["period"], tables)
    # Spending of two years is spending.
    spent = observations.select(figures, measure="spending_own", territory="0094000", period=("2021", "2022"))
    assert arithmetic.summed(spent, ["territory"], tables)["value"].tolist() == [2500]


# Returns


def test_returns_give_places_clients_occupancy_and_rates(figures: pd.DataFrame, tables: Reference) -> None:
    returns = indicators.returns
    assert cell(returns.reported_places(figures, tables), territory="0091000", period="2024") == 10
    assert cell(returns.reported_clients(figures, tables), territory="0092000", period="2024") == 30
    full = returns.occupancy_rate(figures, tables)
    full = full[full["period"] == "2024"]
    assert cell(full, territory="0091000") == 120
    assert cell(full, territory="0094001") == 50
    # Of the two services of the country that say both: 12 + 49 clients in 10 + 98 places.
    assert cell(full, territory="LV") == pytest.approx(61 / 108 * 100)
    assert set(full["territory"]) == {"0091000", "0094001", "LV00X", "LV00Y", "LV"}
    rates = returns.clients_per_1000(figures, tables)
    rates = rates[rates["period"] == "2024"]
    assert cell(rates, territory="0091000") == 12 / 5850 * 1000
    assert cell(rates, "denominator", territory="0094001") == 4900
    # The residents of a municipality with part of a split unit are not known, so it counts nowhere.
    assert "0092000" not in set(rates["territory"])
    assert cell(rates, territory="LV") == pytest.approx((12 + 49) / (5850 + 4900) * 1000)
    assert cell(rates, "units", territory="LV") == 2
    assert cell(rates, "lower", territory="LV") < cell(rates, territory="LV") < cell(rates, "upper", territory="LV")


def test_sums_of_returns_say_how_many_municipalities_they_count(figures: pd.DataFrame, tables: Reference) -> None:
    waiting = indicators.returns.people_waiting(figures, tables)
    assert cell(waiting, territory="LV") == 11
    assert cell(waiting, "units", territory="LV") == 2
    assert cell(waiting, "of_units", territory="LV") == 4
    assert cell(waiting, "status", territory="LV") == "estimated"
    assert cell(waiting, "status", territory="0091000") == "normal"
    assert cell(waiting, "notes", territory="LV") == ("partial_sum",)
    # Of the region that has one municipality it is the whole.
    assert cell(waiting, "status", territory="LV00X") == "normal"
    providers = indicators.returns.service_providers(figures, tables)
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
    assert indicators.latest(values)["period"].tolist() == ["2023"]
    assert indicators.latest(values.assign(units=[0.0, 1.0, 1.0]))["period"].tolist() == ["2024"]


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


# The path of clients


def test_losses_are_counted_against_the_step_before_on_its_date(figures: pd.DataFrame, tables: Reference) -> None:
    path = indicators.clients.path_to_service(figures, tables)
    adults = {"territory": "LV00X", "target_group": GRT, "step": "persons_served"}
    assert cell(path, "before", **adults) == "support_plans"
    assert (cell(path, "before_value", **adults), cell(path, "lost", **adults)) == (68, 10)
    assert cell(path, "kept", **adults) == pytest.approx(58 / 68 * 100)
    plans = {**adults, "step": "support_plans"}
    assert (cell(path, "before", **plans), cell(path, "lost", **plans)) == ("persons_assessed", 2)
    assert path.loc[path["step"].str.endswith("_plan"), ["before", "lost"]].isna().all().all()
    # A step counted later than the next one says nothing of its loss.
    later = figures.assign(period=figures["period"].mask(figures["measure"] == "support_plans", "2023-06"))
    path = indicators.clients.path_to_service(later, tables)
    assert cell(path, "before", **adults) == "persons_assessed"
    shares = indicators.clients.served_of_support_plans(figures, tables)
    assert cell(shares, territory="LV00X") == pytest.approx(34 / 68 * 100)


def test_unique_persons_are_as_published(figures: pd.DataFrame, tables: Reference) -> None:
    persons = indicators.clients.unique_persons(figures, tables)
    assert cell(persons, territory="0091000") == 20
    assert cell(persons, territory="LV00X", target_group=GRT, measure="persons_assessed") == 70


# Benchmarks


def test_benchmarks_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    rates = indicators.returns.clients_per_1000(figures, tables)
    rates = rates[rates["period"] == "2024"]
    known = named("clients_per_1000")
    country = benchmarks.against_country(rates, known)
    assert cell(country, "benchmark", territory="0091000") == pytest.approx(61 / 10750 * 1000)
    assert cell(country, "comparison", territory="0091000") == "lower"
    assert cell(country, "comparison", territory="0094001") == "higher"
    assert cell(country, "comparison", territory="LV") == "similar"
    region = benchmarks.against_region(rates, known, tables)
    assert cell(region, "comparison", territory="0091000") == "similar"
    residents = pd.DataFrame({"territory": ["0091000", "0094001"], "value": [5850.0, 4900.0]})
    similar = benchmarks.similar_municipalities(residents, tables, peers=1)
    peers = benchmarks.against_similar(rates, known, similar)
    assert cell(peers, "benchmark", territory="0091000") == pytest.approx(49 / 4900 * 1000)
    assert cell(peers, "comparison", territory="0091000") == "lower"
    assert cell(peers, "compared_with", territory="0091000") == 1


def test_similar_municipalities_are_of_one_kind_and_near_in_size(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    residents = observations.population(real_figures, real_tables, "2020-01-01")
    similar = benchmarks.similar_municipalities(residents, real_tables)
    kinds = real_tables.municipalities.set_index("code")["kind"]
    assert (similar["territory"].map(kinds) == similar["peer"].map(kinds)).all()
    assert (similar.groupby("territory").size() == benchmarks.PEERS).all()
    assert not (similar["territory"] == similar["peer"]).any()
    assert similar.groupby("territory")["distance"].apply(lambda steps: steps.is_monotonic_increasing).all()
