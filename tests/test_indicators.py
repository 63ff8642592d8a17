"""Every indicator keeps the promises of the register, and the miniature's numbers can be checked by hand."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest
from reported import cell, with_returns

from socsvc_analysis import indicators, observations, once
from socsvc_analysis import tables as contracts
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import REGISTRY, Indicator, get_indicator, registry
from socsvc_analysis.indicators.registry import PER, indicator
from socsvc_analysis.indicators.values import COLUMNS, FT, GRT
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

STATUSES = set(contracts.STATUSES)
NUMBERS = ["numerator", "denominator", "value", "lower", "upper"]
UNKNOWN = float("nan")
Values = Callable[[Indicator], pd.DataFrame]

pytestmark = pytest.mark.usefixtures("remembering")

every_indicator = pytest.mark.parametrize("known", REGISTRY.values(), ids=REGISTRY.keys())


def in_one_order(values: pd.DataFrame) -> pd.DataFrame:
    """The rows sorted, and the codes within each cell sorted: what must not depend on the order of observations."""
    codes = {column: [tuple(sorted(cell)) for cell in values[column]] for column in ("sources", "notes")}
    values = values.assign(**codes)
    by = [column for column in values.columns if column not in NUMBERS]
    texts = list(zip(*(map(str, values[column].tolist()) for column in [*by, "value"]), strict=True))
    return values.iloc[sorted(range(len(values)), key=texts.__getitem__)].reset_index(drop=True)


def without(figures: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The observations with the value of the wanted rows unknown."""
    rows = pd.Series(True, index=figures.index)
    for name, value in wanted.items():
        rows &= figures[name] == value
    assert rows.any()
    return figures.assign(value=figures["value"].mask(rows))


@pytest.fixture(scope="session")
def figures(figures: pd.DataFrame) -> pd.DataFrame:
    return with_returns(figures)


@pytest.fixture(scope="module")
def values_of(figures: pd.DataFrame, tables: Reference) -> Values:
    """What an indicator says of the miniature, computed once for the tests that compare with it."""
    by_name = cache(lambda name: get_indicator(name).function(Dataset(figures, tables)))
    return lambda known: by_name(known.name)


@pytest.fixture(scope="module")
def as_opened(figures: pd.DataFrame, tables: Reference) -> dict[str, pd.DataFrame]:
    """Copies of all that indicators are given, before any is asked."""
    return {name: table.copy(deep=True) for name, table in {"figures": figures, **vars(tables)}.items()}


@pytest.fixture(scope="module")
def shuffled(figures: pd.DataFrame, tables: Reference) -> Callable[[int], Dataset]:
    """The miniature in another order, the same one for all indicators: they share steps."""
    return cache(lambda seed: Dataset(figures.sample(frac=1, random_state=seed).reset_index(drop=True), tables))


@pytest.fixture(scope="module")
def real_data(real_figures: pd.DataFrame, real_tables: Reference) -> tuple[Dataset, Dataset]:
    """The real figures, and the same backwards."""
    backwards = real_figures.iloc[::-1].reset_index(drop=True)
    return Dataset(real_figures, real_tables), Dataset(backwards, real_tables)


@pytest.fixture(scope="module")
def unknown_in(figures: pd.DataFrame, tables: Reference) -> Callable[[tuple[int, ...]], Dataset]:
    """The miniature with the numbers of some rows unknown."""
    return cache(lambda rows: Dataset(figures.assign(value=figures["value"].mask(figures.index.isin(rows))), tables))


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
    assert get_indicator(known.name) is known


@every_indicator
def test_it_has_a_case_to_check_by_hand(known: Indicator) -> None:
    summary, *rest = re.split(r"\.\s", inspect.getdoc(known.function) or "", maxsplit=1)
    assert re.search(r"\d", "".join(rest)), summary


@every_indicator
def test_its_measures_and_unit_exist(known: Indicator, real_tables: Reference) -> None:
    assert set(known.measures) <= set(real_tables.measures["measure"])
    assert known.unit in {*real_tables.measures["unit"], *PER}


@every_indicator
def test_it_gives_values_and_leaves_its_arguments_alone(
    known: Indicator,
    figures: pd.DataFrame,
    tables: Reference,
    as_opened: dict[str, pd.DataFrame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(once._Memory, "answers", None)  # what is remembered would touch nothing
    values = known.function(Dataset(figures, tables))
    for name, table in {"figures": figures, **vars(tables)}.items():
        before = as_opened[name]
        # Cells and their kinds, then labels with theirs.
        assert table.equals(before), name
        assert table.index.identical(before.index) and table.columns.identical(before.columns), name
    assert len(values)
    assert set(COLUMNS) <= set(values.columns)
    assert "index" not in values.columns
    assert values.index.equals(pd.RangeIndex(len(values)))
    assert set(values["status"]) <= STATUSES
    assert all(isinstance(each, tuple) and each for each in values["sources"])
    assert all(isinstance(each, tuple) for each in values["notes"])
    assert {code for each in values["sources"] for code in each} <= set(tables.sources["source"])
    assert {code for each in values["notes"] for code in each} <= set(tables.notes["note"])
    assert set(values["territory"]) <= tables.territories()


@pytest.mark.slow
@every_indicator
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_observations_does_not_matter(
    known: Indicator, seed: int, shuffled: Callable[[int], Dataset], values_of: Values
) -> None:
    pd.testing.assert_frame_equal(in_one_order(known.function(shuffled(seed))), in_one_order(values_of(known)))


@pytest.mark.slow
@every_indicator
def test_the_order_of_real_observations_does_not_matter(known: Indicator, real_data: tuple[Dataset, Dataset]) -> None:
    forwards, backwards = (in_one_order(known.function(each)) for each in real_data)
    pd.testing.assert_frame_equal(backwards, forwards)


@every_indicator
def test_a_value_is_its_numerator_over_its_denominator(known: Indicator, values_of: Values) -> None:
    values = values_of(known)
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
    values = known.function(Dataset(figures.assign(value=UNKNOWN), tables))
    assert values[NUMBERS].isna().all().all()


@pytest.mark.slow
@every_indicator
def test_numbers_unknown_here_and_there_never_become_zero(
    known: Indicator, figures: pd.DataFrame, unknown_in: Callable[[tuple[int, ...]], Dataset]
) -> None:
    used = figures[figures["measure"].isin(known.measures)]
    for case, rows in used.groupby(["measure", "kind", "target_group"]):
        for some in {tuple(rows.index), tuple(rows.index[::2])}:
            values = known.function(unknown_in(some))
            assert not (values[NUMBERS] == 0).any().any(), case


@every_indicator
def test_without_observations_there_are_no_values_but_the_same_columns(
    known: Indicator, figures: pd.DataFrame, tables: Reference, values_of: Values
) -> None:
    # The residents are kept: an indicator may insist on its denominator.
    none = known.function(Dataset(observations.select(figures, measure="population"), tables))
    assert none.empty
    assert list(none.columns) == list(values_of(known).columns)


@every_indicator
def test_a_region_without_figures_is_no_obstacle(known: Indicator, figures: pd.DataFrame, tables: Reference) -> None:
    elsewhere = observations.with_region(figures, tables)
    elsewhere = elsewhere[(elsewhere["region"] != "ziemeli") | (elsewhere["measure"] == "population")]
    values = known.function(Dataset(elsewhere.drop(columns="region"), tables))
    assert not values.loc[values["numerator"].notna(), "territory"].isin(["LV00X", "0091000"]).any()


# The register


def test_an_unknown_indicator_names_the_nearest() -> None:
    with pytest.raises(DataError, match="indicators: 'place' is not a known indicator; nearest known: places"):
        get_indicator("place")


WORDS = {"lv": "x", "en": "y"}
MEANT = {
    **dict.fromkeys(("title", "definition", "caveat", "numerator"), WORDS),
    "unit": "places",
    "polarity": "neither",
    "measures": (),
    "source": "",
}


def test_a_name_is_registered_once() -> None:
    def places() -> None: ...

    with pytest.raises(ValueError, match="there is an indicator places already"):
        indicator(**MEANT)(places)
    assert get_indicator("places").function is indicators.capacity.places


@pytest.mark.parametrize("left_out", ["title", "definition", "caveat", "numerator", "denominator"])
def test_an_indicator_says_what_it_means_in_both_languages(left_out: str) -> None:
    with pytest.raises(ValueError, match="the indicator <lambda> does not say all of itself in each of lv, en"):
        indicator(**{**MEANT, left_out: {"lv": "x"}})(lambda data: data)


def test_an_indicator_that_gives_no_values_is_told_what_they_lack(
    figures: pd.DataFrame, tables: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vacancies(data: Dataset) -> pd.DataFrame:
        return data.figures.drop(columns=["kind", "service_type"]).assign(numerator=1.0, denominator=1.0)

    monkeypatch.setattr(registry, "REGISTRY", {})
    indicator(**MEANT)(vacancies)
    with pytest.raises(
        DataError, match="'vacancies' gives no column service_type, kind, lower, upper, sources, notes:"
    ):
        registry.compute("vacancies", Dataset(figures, tables))


def test_what_is_not_divided_has_no_denominator() -> None:
    assert get_indicator("places").denominator("lv") == ""
    assert get_indicator("places_per_1000").denominator("en").startswith("Usual residents")


def test_the_publication_of_a_method_is_named() -> None:
    assert get_indicator("places_per_1000").source.startswith("OECD")
    assert get_indicator("places").source == ""


# Places


@pytest.fixture(scope="module")
def places(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return indicators.capacity.places(Dataset(figures, tables))


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
    municipal = indicators.capacity.places(Dataset(figures, tables), composition)
    regional = indicators.capacity.places_by_region(Dataset(figures, tables), composition)
    codes = tables.regions.set_index("region")["code"]
    totals = municipal.groupby(municipal["region"].map(codes))["value"].sum()
    assert regional.groupby("territory")["value"].sum().to_dict() == totals.to_dict()
    expected = {"today": {"LV00X": 36, "LV00Y": 34}, "then": {"LV00X": 50, "LV00Y": 20}}
    assert totals.to_dict() == expected[composition]
    country = indicators.capacity.places_per_1000(Dataset(figures, tables))
    assert cell(country, "numerator", territory="LV") == totals.sum() == 70


def test_real_places_add_up_too(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    municipal = indicators.capacity.places(Dataset(real_figures, real_tables))
    for composition in ("today", "then"):
        regional = indicators.capacity.places_by_region(Dataset(real_figures, real_tables), composition)
        assert regional["value"].sum() == municipal["value"].sum()
    rates = indicators.capacity.places_per_1000(Dataset(real_figures, real_tables))
    regions = rates[observations.is_region(rates["territory"])]
    assert cell(rates, "numerator", territory="LV") == regions["numerator"].sum() == municipal["value"].sum()
    assert cell(rates, "denominator", territory="LV") == regions["denominator"].sum()
    # In each region there are municipalities whose places nobody has told.
    assert not regions["status"].eq("normal").any()
    assert all("partial_sum" in notes for notes in regions["notes"])


def test_places_per_1000_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    rates = indicators.capacity.places_per_1000(Dataset(figures, tables))
    assert cell(rates, territory="LV") == pytest.approx(70 / 14640 * 1000)
    assert cell(rates, territory="0091000") == pytest.approx(36 / 5850 * 1000)
    assert cell(rates, territory="LV00Y") == pytest.approx(34 / 8790 * 1000)
    assert set(rates["period"]) == {"2020-01-01"}
    # Residents of a split unit and of its parts are not known within today's borders.
    assert math.isnan(cell(rates, territory="0930000"))
    assert math.isnan(cell(rates, "denominator", territory="0092000"))


def test_places_of_municipalities_leave_out_units_that_were_split(figures: pd.DataFrame, tables: Reference) -> None:
    totals = indicators.capacity.places_by_municipality(Dataset(figures, tables))
    assert cell(totals, territory="0091000") == 36
    assert "0930000" not in set(totals["territory"])


def test_working_of_planned_uses_the_last_plan(figures: pd.DataFrame, tables: Reference) -> None:
    working = indicators.capacity.working_of_planned(Dataset(figures, tables))
    assert cell(working, service_type="group_home") == pytest.approx(18 / 30 * 100)
    assert cell(working, "planned_version", service_type="group_home") == "dienvidi_2022"
    assert math.isnan(cell(working, service_type="day_care_centre"))


def test_state_care_keeps_centres_and_territories_apart(figures: pd.DataFrame, tables: Reference) -> None:
    centres = indicators.capacity.state_care(Dataset(figures, tables))
    assert cell(centres, territory="LV00X", unit="places") == 100
    assert cell(centres, "region", provider="vsac_ziemeli", unit="places") == "ziemeli"
    whole = indicators.capacity.latest_centres(centres)
    assert (whole["provider"] == "").all()
    assert set(whole["value"]) == {100, 25}


# Clients


@pytest.fixture(scope="module")
def served(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return indicators.clients.served_of_plan(Dataset(figures, tables))


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
            values = get_indicator(known).function(Dataset(rows, facts))
            assert not values["denominator"].isin(disputed["value"]).any()


def test_served_of_assessed_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    shares = indicators.clients.served_of_assessed(Dataset(figures, tables))
    assert cell(shares, territory="LV00X") == pytest.approx(34 / 70 * 100)
    # Two sources disagree on the number assessed; the better one is used.
    assert cell(shares, "denominator", territory="LV00Y", target_group=GRT) == 80
    assert len(shares) == 3


def test_a_printed_share_without_a_number_of_people_is_kept(figures: pd.DataFrame, tables: Reference) -> None:
    printed = figures[figures["measure"] == "share_of_plan"].iloc[:1]
    alone = printed.assign(id="alone", period="2022-06", value=55.0)
    values = indicators.clients.served_of_plan(Dataset(pd.concat([figures, alone], ignore_index=True), tables))
    row = values[values["period"] == "2022-06"].iloc[0]
    assert row["value"] == 55 and math.isnan(row["numerator"]) and math.isnan(row["denominator"])
    assert row["sources"] == (alone["source"].iloc[0],)
    before = indicators.clients.served_of_plan(Dataset(figures, tables))
    assert len(values) == len(before) + 1
    # The newest number of people stays the figure of the place; a percentage alone is no number.
    standing = indicators.standing.standing(Dataset(pd.concat([figures, alone], ignore_index=True), tables))
    here = standing[(standing["territory"] == row["territory"]) & (standing["target_group"] == row["target_group"])]
    assert not math.isnan(here["numerator"].iloc[0])


def test_the_path_takes_the_newest_known_figure_and_the_last_plan(figures: pd.DataFrame, tables: Reference) -> None:
    path = indicators.client_path.path_to_service(Dataset(figures, tables))
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
    services = indicators.clients.served_by_service(Dataset(figures, tables))
    assert services["value"].sum() == 60
    assert (services["unique_total"] == 45).all()
    assert (services["target_group"] == FT).all()
    # Services are told even where nobody has published how many people they are.
    alone = indicators.clients.served_by_service(Dataset(figures[figures["id"] != "M015"], tables))
    assert alone["value"].sum() == 60
    assert alone["unique_total"].isna().all()


def test_services_and_people_are_of_one_time_and_known(figures: pd.DataFrame, tables: Reference) -> None:
    services = indicators.clients.served_by_service(Dataset(figures, tables))
    added = indicators.overlap.services_and_people(pd.concat([services.assign(period="2020", value=1.0), services]))
    assert added[["target_group", "added", "unique_total"]].values.tolist() == [[FT, 60.0, 45.0]]
    # The sum of unknown numbers is unknown, and no number of people is no sum of services.
    unknown = services.assign(value=services["value"].mask(services.index == services.index[0]))
    assert indicators.overlap.services_and_people(unknown).empty
    assert indicators.overlap.services_and_people(services.assign(unique_total=float("nan"))).empty


def test_places_in_operation_are_one_sum_for_brief_and_chapter(figures: pd.DataFrame, tables: Reference) -> None:
    data = Dataset(figures, tables)
    working = indicators.capacity.working_of_planned(data)
    pd.testing.assert_frame_equal(
        indicators.standing.places_in_operation(data), indicators.capacity.working_in_all_services(working)
    )
    both = indicators.capacity.working_in_all_services(working)
    assert indicators.capacity.working_everywhere(working) == (both["numerator"].sum(), both["denominator"].sum())


def test_unique_people_of_municipalities_are_not_added_up(figures: pd.DataFrame, tables: Reference) -> None:
    planned = figures[figures["id"] == "M028"].assign(id="planned", kind="plan")
    local = indicators.clients.served_by_municipality(Dataset(pd.concat([figures, planned], ignore_index=True), tables))
    assert cell(local, territory="0091000") == 20
    # A unit whose territory stayed the same has one code throughout.
    moved = local[local["region"] == "dienvidi"]
    assert moved[["period", "value"]].to_numpy().tolist() == [["2020-12-31", 7], ["2021-12-31", 9]]
    assert moved["territory"].nunique() == 1


def test_series_have_three_years_and_keep_unknown_ones(figures: pd.DataFrame, tables: Reference) -> None:
    recipients = indicators.series.yearly(Dataset(figures, tables), "clients_in_year")
    assert recipients["value"].tolist()[:2] == [100, 110]
    assert math.isnan(recipients["value"].iloc[2])
    spending = indicators.series.yearly(Dataset(figures, tables), ("spending", "spending_own"))
    assert spending["value"].tolist() == [1000, 1500, 0]
    assert set(spending["unit"]) == {"EUR"}
    assert set(spending["measure"]) == {"spending_own"}
    assert spending["year"].tolist() == [2021, 2022, 2023]
    assert set(spending["region"]) == {"dienvidi"}
    assert indicators.series.yearly(Dataset(figures, tables), "places").empty


def test_the_longest_series_is_the_one_with_most_known_years(figures: pd.DataFrame, tables: Reference) -> None:
    own = indicators.series.yearly(Dataset(figures, tables), "spending_own")
    longest = indicators.series.longest_series
    later = own.assign(territory="0091000", year=own["year"] + 1, period=["2022", "2023", "2024"])
    same = pd.concat([own, later], ignore_index=True)
    # Of equals the one that ended last, and of those the first by name; in the order of years.
    assert longest(same[::-1])["period"].tolist() == ["2022", "2023", "2024"]
    assert set(longest(same)["territory"]) == {"0091000"}
    assert longest(same[::-1]).index.tolist() == [0, 1, 2]
    two = pd.concat([own, own.assign(territory="0091000")], ignore_index=True)
    assert set(longest(two)["territory"]) == {"0091000"}
    # A year that is not known makes no series longer, but stays in it.
    gap = pd.concat([own, later.assign(value=later["value"].mask(later["period"] == "2023"))], ignore_index=True)
    assert set(longest(gap)["territory"]) == {"0094000"}
    assert len(longest(gap[gap["territory"] == "0091000"])) == 3
    for column, other in (
        ("measure", "clients"),
        ("provider", "x"),
        ("service_type", "x"),
        ("target_group", "x"),
    ):
        beside = pd.concat([own, own[:2].assign(**{column: other})], ignore_index=True)
        assert longest(beside)[column].nunique() == 1, column
    unknown = longest(own.assign(value=UNKNOWN))
    assert unknown.empty
    assert list(unknown) == list(own)


def test_people_to_leave_institutions_are_those_of_the_plan(figures: pd.DataFrame, tables: Reference) -> None:
    plan = figures[figures["id"] == "M040"]
    others = pd.concat([plan.assign(id="local", territory="0091000"), plan.assign(id="done", kind="actual")])
    leaving = indicators.clients.leaving_institutions(Dataset(pd.concat([figures, others], ignore_index=True), tables))
    assert leaving[["territory", "value", "kind"]].to_numpy().tolist() == [["LV00X", 10, "plan"]]


def test_served_by_year_shows_every_period_and_the_plan(figures: pd.DataFrame, tables: Reference) -> None:
    years = indicators.clients.served_by_year(Dataset(figures, tables), targets=True)
    own = years[(years["territory"] == "LV00Y") & (years["target_group"] == FT)]
    assert own["kind"].tolist() == ["actual", "actual", "actual", "plan"]
    assert own["value"].iloc[-1] == 80


def test_participating_municipalities(figures: pd.DataFrame, tables: Reference) -> None:
    assert cell(indicators.standing.participation(Dataset(figures, tables)), territory="LV") == 4


def test_losses_are_counted_against_the_step_before_on_its_date(figures: pd.DataFrame, tables: Reference) -> None:
    path = indicators.client_path.path_to_service(Dataset(figures, tables))
    adults = {"territory": "LV00X", "target_group": GRT, "step": "persons_served"}
    assert cell(path, "before", **adults) == "support_plans"
    assert (cell(path, "before_value", **adults), cell(path, "lost", **adults)) == (68, 10)
    assert cell(path, "kept", **adults) == pytest.approx(58 / 68 * 100)
    plans = {**adults, "step": "support_plans"}
    assert (cell(path, "before", **plans), cell(path, "lost", **plans)) == ("persons_assessed", 2)
    assert path.loc[path["step"].str.endswith("_plan"), ["before", "lost"]].isna().all().all()
    # A step counted later than the next one says nothing of its loss.
    later = figures.assign(period=figures["period"].mask(figures["measure"] == "support_plans", "2023-06"))
    path = indicators.client_path.path_to_service(Dataset(later, tables))
    assert cell(path, "before", **adults) == "persons_assessed"
    shares = indicators.clients.served_of_support_plans(Dataset(figures, tables))
    assert cell(shares, territory="LV00X") == pytest.approx(34 / 68 * 100)


def test_unique_persons_are_as_published(figures: pd.DataFrame, tables: Reference) -> None:
    persons = indicators.clients.unique_persons(Dataset(figures, tables))
    assert cell(persons, territory="0091000") == 20
    assert cell(persons, territory="LV00X", target_group=GRT, measure="persons_assessed") == 70
    assert set(persons["service_type"]) == {"all"}
    assert set(persons["target_group"]) == {GRT, FT}


# Progress


def test_pace_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    paces = indicators.progress.pace_to_target(Dataset(figures, tables))
    row = {"territory": "LV", "target_group": GRT}
    days, passed = 3105, 2375  # 2015-07-01 to 2023-12-31 and to 2021-12-31
    assert cell(paces, "expected", **row) == pytest.approx(120 * passed / days)
    assert cell(paces, "baseline", **row) == 0
    assert cell(paces, "target", **row) == 120
    assert cell(paces, "share_of_time", **row) == pytest.approx(passed / days * 100)
    assert cell(paces, "required_per_year", **row) == 60 / 2
    assert cell(paces, "pace", **row) == pytest.approx(60 / (120 * passed / days))
    # The latest known figure stands, not the unpublished one after it.
    assert cell(paces, "value", territory="LV00Y", target_group=FT) == 45
    # A figure of a year may be of its first day or of its last.
    dated = figures.assign(period=figures["period"].mask(figures["period"] == "2021-12-31", "2021"))
    of_year = indicators.progress.pace_to_target(Dataset(dated, tables))
    assert cell(of_year, "expected", **row) == pytest.approx(120 * passed / days)
    assert cell(of_year, "expected_from", **row) == pytest.approx(120 * (passed - 364) / days)


def test_institutional_reduction_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    stock = indicators.progress.institutional_reduction(Dataset(figures, tables), targets=True)
    assert stock[["kind", "value"]].to_numpy().tolist() == [["baseline", 500], ["actual", 460], ["target", 400]]
    assert cell(stock, "achieved", kind="actual") == pytest.approx(40)
    assert math.isnan(cell(stock, "achieved", kind="target"))
    assert cell(stock, "sources", kind="target") == ("letter_2022", "report_2021")
    assert "target_computed" in cell(stock, "notes", kind="target")
    # Nothing of regions, of other groups or services, or of plans is in the series, and its order is that of time.
    own = figures[figures["id"].isin(["M056", "M057", "M058"])]
    others = (
        own.assign(territory="LV00X"),
        own.assign(target_group=FT),
        own[:2].assign(service_type="home_care"),
        own[1:2].assign(kind="plan"),
        own[2:].assign(kind="forecast"),
    )
    rows = pd.concat([figures, *others])[::-1].assign(id=lambda each: [f"A{n}" for n in range(len(each))])
    again = indicators.progress.institutional_reduction(Dataset(rows.reset_index(drop=True), tables), targets=True)
    pd.testing.assert_frame_equal(again, stock)


def test_plans_that_changed_show_every_version_in_order(published: pd.DataFrame, tables: Reference) -> None:
    versions = indicators.progress.plan_versions(Dataset(published, tables)).sort_values("order")
    own = versions[(versions["territory"] == "LV00X") & (versions["target_group"] == FT)]
    assert own[["value", "status"]].to_numpy().tolist() == [[600, "disputed"], [60, "normal"], [64, "provisional"]]
    budgets = indicators.progress.plan_versions(Dataset(published, tables), indicators.progress.PLANNED_MONEY)
    assert budgets["value"].tolist() == [1000, 1200]
    assert set(budgets["measure"]) == {"cost_total"}
    assert set(budgets["unit"]) == {"EUR"}
    # A target changes like a plan; what is of no version, or of one only, has not changed.
    goals = published.assign(kind=published["kind"].mask(published["id"].isin(["M012", "M013"]), "target"))
    assert set(indicators.progress.plan_versions(Dataset(goals, tables))["kind"]) == {"plan", "target"}
    unnamed = published.assign(version=published["version"].mask(published["id"] == "M017", ""))
    versions = indicators.progress.plan_versions(Dataset(unnamed, tables))
    assert versions[(versions["territory"] == "LV00Y") & (versions["target_group"] == FT)].empty


def test_funding_split_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    funding = indicators.money.funding_split(Dataset(figures, tables))
    # The disputed amount is not used, and what no source names is called the rest.
    assert cell(funding, "numerator", programme="kopa", fund="funding_erdf") == 1700.17
    assert cell(funding, "numerator", programme="kopa", fund="funding_rest") == pytest.approx(300.03)
    assert cell(funding, programme="di_9221", fund="funding_esf") == pytest.approx(85)
    assert "funding_rest" not in set(funding.loc[funding["programme"] == "di_9221", "fund"])
    assert funding.groupby(["territory", "programme"])["value"].sum().tolist() == pytest.approx([100, 100, 100])
    assert cell(funding, "region", territory="0910000", fund="funding_erdf") == "ziemeli"
    # What has been spent is no part of the budget.
    spent = figures[figures["id"] == "M067"].assign(id="spent", kind="actual", version="", value=7.0)
    again = indicators.money.funding_split(Dataset(pd.concat([figures, spent], ignore_index=True), tables))
    assert again["numerator"].tolist() == funding["numerator"].tolist()


def test_an_unknown_part_leaves_the_rest_unknown(figures: pd.DataFrame, tables: Reference) -> None:
    rows = without(figures, measure="funding_erdf", programme="kopa")
    funding = indicators.money.funding_split(Dataset(rows, tables))
    funding = funding[funding["programme"] == "kopa"]
    assert funding["numerator"].isna().all()


def test_parts_that_exceed_their_total_are_left_out(figures: pd.DataFrame, tables: Reference) -> None:
    total = (figures["measure"] == "cost_total") & (figures["programme"] == "kopa")
    funding = indicators.money.funding_split(
        Dataset(figures.assign(value=figures["value"].mask(total, 1000.0)), tables)
    )
    assert "kopa" not in set(funding["programme"])


def test_amounts_of_funding_have_their_share_beside_them(figures: pd.DataFrame, tables: Reference) -> None:
    data = Dataset(figures, tables)
    amounts, shares = indicators.money.funding_amounts(data), indicators.money.funding_split(data)
    assert amounts["value"].equals(shares["numerator"]) and amounts["share"].equals(shares["value"])
    assert set(amounts["territory"]) == {"0910000", "LV00Y"}


def test_absorption_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    absorption = indicators.money.absorption(Dataset(figures, tables))
    assert absorption[["territory", "numerator", "denominator", "value"]].to_numpy().tolist() == [
        ["LV00Y", 600, 1200, 50]
    ]
    assert absorption["status"].tolist() == ["provisional"]
    # A budget published again for the same version is one budget, the last of them.
    again = figures[figures["id"] == "M066"].assign(id="again", target_group="all", value=1500.0)
    twice = indicators.money.absorption(Dataset(pd.concat([figures, again], ignore_index=True), tables))
    assert twice["denominator"].tolist() == [1500]
