"""Achievement, verdict and projection: invented rows that can be checked by hand, and what the real figures say."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import get_indicator
from socsvc_analysis.indicators.performance import ANALOGY
from socsvc_analysis.indicators.progress import measure_period
from socsvc_analysis.indicators.values import FT, GRT
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

achievement, performance_verdict, projection_to_target = (
    get_indicator(name).function for name in ("achievement", "performance_verdict", "projection_to_target")
)
BLANK = {
    **dict.fromkeys(("provider", "programme", "version", "note"), ""),
    "territory": "LV00X",
    "service_type": "all",
    "target_group": GRT,
    "status": "normal",
    "source": "letter_2022",
    "evidence": "verbatim",
    "measure": "persons_served",
    "kind": "actual",
}


def invented(*rows: dict[str, object]) -> pd.DataFrame:
    """Observations that nobody published: each row says what is not as usual."""
    return pd.DataFrame([{**BLANK, "id": f"I{number:03}", **row} for number, row in enumerate(rows)])


def series(**points: float) -> list[dict[str, object]]:
    """Rows of one series: ``y2019=5`` is the value 5 of 2019."""
    return [{"period": year[1:], "value": value} for year, value in points.items()]


def one(values: pd.DataFrame, **wanted: object) -> pd.Series:
    """The one row that has the wanted values."""
    for name, value in wanted.items():
        values = values[values[name] == value]
    assert len(values) == 1, f"{len(values)} rows for {wanted}"
    return values.iloc[0]


# Achievement


def test_achievement_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    values = achievement(Dataset(figures, tables))
    milestone = one(values, territory="LV", target_group=GRT, commitment="milestone")
    assert milestone[["numerator", "denominator", "value", "way"]].tolist() == [60, 50, 120, 120]
    assert milestone[["baseline", "outcome", "due"]].tolist() == [0, "reached", "2021-12-31"]
    assert one(values, territory="LV", target_group=FT, commitment="target")["value"] == 60
    # Each figure is compared with the plan of its time: 60 children until 2022, 80 since.
    children = values[(values["territory"] == "LV00Y") & (values["target_group"] == FT)].set_index("period")
    assert children["denominator"].to_dict() == {"2020-12-31": 60, "2021-12-31": 60, "2022-12-31": 80}
    assert children.at["2022-12-31", "outcome"] == "unknown"
    assert math.isnan(children.at["2022-12-31", "value"])
    assert children.at["2021-12-31", "version"] == "dienvidi_2019"
    # Places that work reach the plan of places.
    assert one(values, measure="places")[["numerator", "denominator", "commitment"]].tolist() == [18, 30, "plan"]
    # A disputed plan is nobody's commitment.
    assert 600 not in set(values["denominator"])


def test_a_fall_is_counted_from_its_baseline(figures: pd.DataFrame, tables: Reference) -> None:
    fall = one(achievement(Dataset(figures, tables)), measure="clients_change")
    assert fall[["numerator", "denominator", "value", "way"]].tolist() == [-40, -100, 40, 40]
    assert fall["baseline"] == 500
    assert fall["outcome"] == "not reached"
    assert set(fall["sources"]) == {"letter_2022", "report_2021"}


def test_real_institutions_hold_301_people_fewer_of_a_thousand(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    fall = one(achievement(Dataset(real_figures, real_tables)), measure="clients_change")
    assert fall[["numerator", "denominator", "baseline"]].tolist() == [4615 - 4916, -1000, 4916]
    assert fall["value"] == pytest.approx(30.1)
    stock = get_indicator("institutional_reduction").function(Dataset(real_figures, real_tables))
    assert fall["way"] == pytest.approx(one(stock, kind="actual")["achieved"])


@pytest.mark.parametrize(
    ("latest", "way", "outcome"),
    [(90.0, 20.0, "not reached"), (50.0, 100.0, "reached"), (40.0, 120.0, "reached"), (110.0, -20.0, "not reached")],
)
def test_the_way_from_a_baseline_down(tables: Reference, latest: float, way: float, outcome: str) -> None:
    rows = invented(
        {"measure": "clients", "period": "2019", "value": 100.0, "kind": "baseline"},
        {"measure": "clients", "period": "2021", "value": latest, "source": "report_2021"},
        {"measure": "clients", "period": "2023", "value": 50.0, "kind": "target"},
    )
    row = one(achievement(Dataset(rows, tables)), measure="clients")
    assert row[["way", "outcome", "value"]].tolist() == [pytest.approx(way), outcome, latest / 50 * 100]


def test_of_several_baselines_the_earliest_is_the_start(tables: Reference) -> None:
    rows = invented(
        {"measure": "clients", "period": "2019", "value": 100.0, "kind": "baseline"},
        {"measure": "clients", "period": "2017", "value": 120.0, "kind": "baseline"},
        {"measure": "clients", "period": "2021", "value": 90.0},
        {"measure": "clients", "period": "2023", "value": 60.0, "kind": "target"},
    )
    row = one(achievement(Dataset(rows, tables)), measure="clients")
    assert row[["baseline", "way"]].tolist() == [120, 50]


def test_without_a_baseline_institutions_are_to_hold_fewer_people_and_services_more(tables: Reference) -> None:
    for service, outcome in (("long_term_institutional_care", "not reached"), ("home_care", "reached")):
        rows = invented(
            {"measure": "clients", "service_type": service, "period": "2021", "value": 120.0},
            {"measure": "clients", "service_type": service, "period": "2023", "value": 100.0, "kind": "target"},
        )
        row = one(achievement(Dataset(rows, tables)))
        assert row[["value", "outcome"]].tolist() == [120, outcome]
        assert math.isnan(row["way"])
        assert math.isnan(row["baseline"])


def test_a_past_milestone_is_not_compared_with_later_figures_and_the_last_target_is(tables: Reference) -> None:
    rows = invented(
        *series(y2018=30.0, y2024=90.0),
        {"period": "2018-12-31", "value": 40.0, "kind": "milestone"},
        {"period": "2020", "value": 50.0, "kind": "target"},
        {"period": "2023", "value": 100.0, "kind": "target"},
        {"period": "2020-12-31", "value": 45.0, "kind": "milestone"},
    )
    values = achievement(Dataset(rows, tables))
    assert values.groupby("period")["denominator"].agg(sorted).to_dict() == {
        "2018": [40, 45, 50, 100],
        "2024": [45, 100],
    }


def test_a_figure_and_a_plan_of_the_measure_and_of_a_regions_project_meet(tables: Reference) -> None:
    rows = invented(
        {"period": "2021", "value": 10.0, "programme": "dienvidi_visiem", "territory": "LV00Y"},
        {"period": "2023", "value": 40.0, "programme": "di_9221", "kind": "plan", "territory": "LV00Y"},
        {"period": "2023", "value": 90.0, "programme": "erdf_9311", "kind": "plan", "territory": "LV00Y"},
    )
    row = one(achievement(Dataset(rows, tables)))
    assert row[["value", "programme"]].tolist() == [25, "dienvidi_visiem"]


def test_a_commitment_of_zero_gives_no_share(tables: Reference) -> None:
    rows = invented(*series(y2021=3.0), {"period": "2023", "value": 0.0, "kind": "target"})
    row = one(achievement(Dataset(rows, tables)))
    assert math.isnan(row["value"])
    assert math.isnan(row["way"])


# Verdict


def milestones(adults: float, children: float, **extra: object) -> pd.DataFrame:
    """Two milestones of 100 for the end of 2018 and the figures of that day."""
    day = {"period": "2018-12-31", "programme": "di_9221", **extra}
    return invented(
        {**day, "value": adults},
        {**day, "value": children, "target_group": FT},
        {**day, "value": 100.0, "kind": "milestone"},
        {**day, "value": 100.0, "kind": "milestone", "target_group": FT},
    )


@pytest.mark.parametrize(
    ("adults", "children", "verdict", "weakest"),
    [
        (85.0, 120.0, "achieved", GRT),
        (100.0, 84.0, "not achieved", FT),
        (65.0, 90.0, "not achieved", GRT),
        (64.0, 90.0, "serious failure", GRT),
    ],
)
def test_the_verdict_by_hand(tables: Reference, adults: float, children: float, verdict: str, weakest: str) -> None:
    row = one(performance_verdict(Dataset(milestones(adults, children), tables)))
    assert row[["verdict", "weakest", "judged", "reason"]].tolist() == [verdict, weakest, 2, ""]
    assert row["value"] == row["numerator"] == min(adults, children)
    assert row["notes"][0] == ANALOGY


def test_the_verdict_is_unknown_while_one_figure_is(tables: Reference) -> None:
    known = milestones(100.0, 100.0)
    for rows in (known.drop(index=1), milestones(100.0, math.nan)):
        row = one(performance_verdict(Dataset(rows, tables)))
        assert row[["verdict", "reason", "judged"]].tolist() == ["unknown", "no_figure", 0]
        assert math.isnan(row["value"])
    # A figure of another day is not that of the milestone.
    late = known.assign(period=known["period"].where(known["kind"] == "milestone", "2019-03"))
    assert one(performance_verdict(Dataset(late, tables)))["reason"] == "no_figure"


def test_the_final_target_is_judged_after_its_day_only(tables: Reference) -> None:
    target = {"period": "2023-12-31", "value": 100.0, "kind": "target"}
    before = performance_verdict(Dataset(invented(*series(y2021=200.0), target), tables))
    assert one(before, commitment="target")[["verdict", "reason"]].tolist() == ["unknown", "no_figure"]
    after = performance_verdict(Dataset(invented(*series(y2021=20.0, y2023=90.0, y2025=40.0), target), tables))
    assert one(after, commitment="target")[["verdict", "value"]].tolist() == ["achieved", 90]
    # Without a milestone the territory says so.
    assert one(after, commitment="milestone")["reason"] == "no_milestone"


def test_milestones_of_one_day_are_judged_together_however_the_day_is_written(tables: Reference) -> None:
    rows = milestones(100.0, 60.0)
    rows.loc[3, "period"] = "2018-12"
    row = one(performance_verdict(Dataset(rows, tables)))
    assert row[["verdict", "judged"]].tolist() == ["serious failure", 2]


def test_a_verdict_says_what_it_is_of_and_what_it_rests_on(tables: Reference) -> None:
    rows = milestones(70.0, 90.0)
    rows.loc[1, ["status", "source", "note"]] = ["provisional", "report_2021", "invented"]
    row = one(performance_verdict(Dataset(rows, tables)))
    own = row[["territory", "service_type", "target_group", "period", "kind", "version", "commitment", "due"]]
    assert own.tolist() == ["LV00X", "all", "all_di", "2018-12-31", "milestone", "", "milestone", "2018-12-31"]
    assert row[["numerator", "denominator", "value"]].tolist() == [70, 100, 70]
    assert row[["lower", "upper"]].isna().all()
    assert row[["status", "sources"]].tolist() == ["provisional", ("letter_2022", "report_2021")]
    assert row["notes"] == (ANALOGY, "invented")
    # After the final day the period is that of the figure.
    late = invented(*series(y2025=90.0), {"period": "2023-12-31", "value": 100.0, "kind": "target"})
    assert one(performance_verdict(Dataset(late, tables)), commitment="target")[["period", "due"]].tolist() == [
        "2025",
        "2023-12-31",
    ]
    # Without a figure it cites the milestone.
    row = one(performance_verdict(Dataset(milestones(math.nan, math.nan), tables)))
    assert row[["weakest", "version", "status", "sources"]].tolist() == ["", "", "missing", ("letter_2022",)]
    assert row["notes"] == (ANALOGY,)


def test_other_services_and_programmes_are_judged_by_nobody(tables: Reference) -> None:
    rows = milestones(90.0, 90.0)
    for other in ({"service_type": "home_care"}, {"programme": "erdf_9311"}, {"measure": "persons_assessed"}):
        worse = rows.assign(**other, id="X" + rows["id"]).assign(value=[1.0, 1.0, 100.0, 100.0])
        row = one(performance_verdict(Dataset(pd.concat([worse, rows], ignore_index=True), tables)))
        assert row[["verdict", "value", "judged"]].tolist() == ["achieved", 90, 2], other


def test_a_milestone_is_that_of_the_version_in_force_on_its_day(tables: Reference) -> None:
    day = {"period": "2020-12-31", "territory": "LV00Y"}
    milestone = {**day, "kind": "milestone"}
    rows = invented(
        {**day, "value": 45.0},
        {**milestone, "value": 50.0, "version": "dienvidi_2019"},
        {**milestone, "value": 450.0, "version": "dienvidi_2022"},
    )
    row = one(performance_verdict(Dataset(rows, tables)))
    assert row[["denominator", "value", "version"]].tolist() == [50, 90, "dienvidi_2019"]
    # A milestone that was set after its day judges nobody.
    assert one(performance_verdict(Dataset(rows.drop(index=1), tables)))["reason"] == "no_milestone"


def test_no_real_verdict_is_known_and_every_one_names_the_analogy(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    values = performance_verdict(Dataset(real_figures, real_tables))
    assert set(values["verdict"]) == {"unknown"}
    assert {"LV", "LV005", "LV009", "LV00A", "LV00B", "LV00C"} == set(values["territory"])
    assert all(ANALOGY in notes for notes in values["notes"])
    said = real_tables.notes.set_index("note").loc[ANALOGY, ["lv", "en"]]
    assert all("215/2014" in text for text in said)


def test_a_user_can_supply_the_real_milestones(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    supplied = real_figures[real_figures["id"].isin(["DI0005", "DI0006"])].assign(
        kind="milestone", period="2018-12-31", value=300.0, id=["USER1", "USER2"]
    )
    values = performance_verdict(Dataset(pd.concat([real_figures, supplied], ignore_index=True), real_tables))
    row = one(values, territory="LV", commitment="milestone")
    # 285 adults and 650 children: 95 % and 217 % of an invented milestone of 300.
    assert row[["verdict", "numerator", "value"]].tolist() == ["achieved", 285, pytest.approx(95)]


# Projection


def test_latgale_has_reached_its_plan_for_children(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    values = projection_to_target(Dataset(real_figures, real_tables))
    children = one(values, territory="LV005", target_group=FT, measure="persons_served")
    assert children[["value", "denominator", "points", "verdict"]].tolist() == [460, 390, 3, "reached"]
    assert children[["year", "change_per_year", "needed_per_year"]].tolist() == [2022, 460 - 351, 0]
    adults = one(values, territory="LV005", target_group=GRT, measure="persons_served")
    assert adults[["verdict", "reason"]].tolist() == ["unknown", "too_few_points"]
    assert adults["needed_per_year"] == (389 - 171) / 2


def test_the_stock_in_institutions_falls_at_half_the_rate_needed(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    stock = one(projection_to_target(Dataset(real_figures, real_tables)), territory="LV", measure="clients")
    assert stock[["value", "denominator", "reason"]].tolist() == [4615, 3916, "too_few_points"]
    years = 2018 - 1 + 273 / 365 - 2012
    had, needed = (4615 / 4916) ** (1 / years) - 1, (3916 / 4916) ** (1 / 11) - 1
    assert stock["growth"] == pytest.approx(had * 100)
    assert stock["growth_ratio"] == pytest.approx(had / needed)
    assert "target_computed" in stock["notes"]


def test_growth_against_growth_needed_by_the_published_example(tables: Reference) -> None:
    care = {"measure": "clients", "service_type": "long_term_institutional_care"}
    rows = invented(
        {**care, "period": "2012", "value": 4916.0, "kind": "baseline"},
        {**care, "period": "2019", "value": 4430.0},
        {**care, "period": "2023", "value": 3916.0, "kind": "target"},
    )
    row = one(projection_to_target(Dataset(rows, tables)))
    assert row["growth"] == pytest.approx(-1.4761, abs=1e-4)
    assert row["growth_needed"] == pytest.approx(-2.0463, abs=1e-4)
    assert row["growth_ratio"] == pytest.approx(0.7214, abs=1e-4)


def plan(value: float, period: str = "2023") -> dict[str, object]:
    return {"period": period, "value": value, "kind": "plan"}


def test_a_straight_line_reaches_its_target_on_its_year(tables: Reference) -> None:
    row = one(projection_to_target(Dataset(invented(*series(y2018=10.0, y2019=20.0, y2020=30.0), plan(50.0)), tables)))
    assert row["verdict"] == "at the present pace"
    assert row[["year", "earliest", "latest"]].tolist() == [2022, 2022, 2022]
    assert row["change_per_year"] == pytest.approx(10)
    assert row["needed_per_year"] == 7  # 20 in three years: 6.67 people are 7
    assert row[["measure", "programme", "due", "denominator"]].tolist() == ["persons_served", "", "2023", 50]
    # Counted since a beginning: no growth rate from nothing.
    assert math.isnan(row["growth"])


def test_a_line_rests_on_all_its_points_and_its_target(tables: Reference) -> None:
    rows = invented(*series(y2018=10.0, y2019=20.0, y2020=30.0), plan(50.0)).assign(
        source=["report_2021", "portal_undated", "letter_2022", "statistics_2020"],
        status=["provisional", "normal", "normal", "normal"],
        note=["", "", "invented", "implausible"],
    )
    row = one(projection_to_target(Dataset(rows, tables)))
    assert row["sources"] == ("letter_2022", "portal_undated", "report_2021", "statistics_2020")
    assert row["notes"] == ("invented", "implausible")
    assert row["status"] == "provisional"


def test_a_plan_of_another_programme_replaces_no_plan(tables: Reference) -> None:
    own = {"territory": "LV00Y", "programme": "di_9221"}
    rows = invented(
        *({**row, **own} for row in series(y2018=10.0, y2019=20.0, y2020=30.0)),
        {**plan(60.0), **own, "programme": "dienvidi_visiem", "version": "dienvidi_2019"},
        {**plan(80.0), **own, "version": "dienvidi_2022"},
        {**plan(7.0), **own, "programme": "erdf_9311", "version": "dienvidi_2022"},
    )
    # Plans of the measure and of the region's project are versions of one.
    assert one(projection_to_target(Dataset(rows, tables)))["denominator"] == 80
    rows.loc[4, "version"] = "dienvidi_2019"
    assert one(projection_to_target(Dataset(rows.drop(index=3), tables)))["denominator"] == 80


def test_two_figures_for_one_day_are_one_point(tables: Reference) -> None:
    rows = invented(
        *series(y2018=10.0, y2019=20.0),
        {"period": "2020-12-31", "value": 30.0},
        {"period": "2020", "value": 29.0},
        plan(50.0),
    )
    row = one(projection_to_target(Dataset(rows, tables)))
    assert row[["points", "value", "year"]].tolist() == [3, 30, 2022]


@pytest.mark.parametrize(("first", "target"), [(0.0, 50.0), (20.0, 0.0)])
def test_from_nothing_and_to_nothing_there_is_no_rate_of_growth(tables: Reference, first: float, target: float) -> None:
    care = {"measure": "clients", "service_type": "home_care"}
    rows = invented(*({**row, **care} for row in series(y2019=first, y2021=10.0)), {**plan(target), **care})
    row = one(projection_to_target(Dataset(rows, tables)))
    assert row[["growth", "growth_needed", "growth_ratio"]].isna().all()


def test_a_line_with_scatter_has_a_range_of_years(tables: Reference) -> None:
    rows = invented(*series(y2017=10.0, y2018=21.0, y2019=29.0, y2020=41.0), plan(60.0))
    row = one(projection_to_target(Dataset(rows, tables)))
    assert row["earliest"] <= row["year"] <= row["latest"]
    assert row["earliest"] < row["latest"]


@pytest.mark.parametrize(
    ("points", "target", "verdict", "reason"),
    [
        ({"y2020": 10.0, "y2021": 20.0}, 50.0, "unknown", "too_few_points"),
        ({"y2020": 10.0, "y2021": math.nan, "y2022": 20.0}, 50.0, "unknown", "too_few_points"),
        ({"y2020": math.nan}, 50.0, "unknown", "no_figure"),
        ({"y2020": 10.0}, math.nan, "unknown", "no_target"),
        ({"y2019": 10.0, "y2020": 20.0, "y2021": 19.0}, 50.0, "unknown", "cumulative_fell"),
        ({"y2019": 20.0, "y2020": 20.0, "y2021": 20.0}, 50.0, "not at the present pace", ""),
    ],
)
def test_what_cannot_be_projected_says_why(
    tables: Reference, points: dict[str, float], target: float, verdict: str, reason: str
) -> None:
    row = one(projection_to_target(Dataset(invented(*series(**points), plan(target)), tables)))
    assert row[["verdict", "reason"]].tolist() == [verdict, reason]
    assert math.isnan(row["year"])


def test_what_was_reached_and_left_again_is_not_reached(tables: Reference) -> None:
    clients = {"measure": "clients", "service_type": "home_care"}
    left = [{**row, **clients} for row in series(y2019=60.0, y2020=40.0, y2021=45.0)]
    row = one(projection_to_target(Dataset(invented(*left, {**plan(50.0), **clients}), tables)))
    assert row["verdict"] == "not at the present pace"
    again = [*left, {**clients, "period": "2022", "value": 50.0}]
    row = one(projection_to_target(Dataset(invented(*again, {**plan(50.0), **clients}), tables)))
    assert row[["verdict", "year"]].tolist() == ["reached", 2022]
    # Fewer are wanted in institutions: down to the target is reached too.
    care = {"measure": "clients", "service_type": "long_term_institutional_care"}
    fallen = [{**row, **care} for row in series(y2019=60.0, y2020=55.0, y2021=50.0)]
    row = one(projection_to_target(Dataset(invented(*fallen, {**plan(50.0), **care}), tables)))
    assert row[["verdict", "year"]].tolist() == ["reached", 2021]


def test_a_baseline_alone_is_no_series(tables: Reference) -> None:
    care = {"measure": "clients", "service_type": "long_term_institutional_care"}
    alone = [{**care, "period": "2012", "value": 500.0, "kind": "baseline"}, {**plan(400.0), **care}]
    assert projection_to_target(Dataset(invented(*alone), tables)).empty
    elsewhere = {**care, "period": "2021", "value": 300.0, "territory": "LV00Y"}
    assert projection_to_target(Dataset(invented(*alone, elsewhere), tables)).empty


def test_a_series_begins_anew_at_a_break(tables: Reference) -> None:
    broken = tables.notes.assign(**{"break": tables.notes["note"] == "invented"})
    changed = Reference(**{**vars(tables), "notes": broken})
    rows = invented(*series(y2018=10.0, y2019=20.0, y2020=30.0, y2021=900.0, y2022=910.0), plan(1000.0))
    rows.loc[3, "note"] = "invented"
    assert one(projection_to_target(Dataset(rows, tables)))["points"] == 5
    row = one(projection_to_target(Dataset(rows, changed)))
    assert row[["points", "reason"]].tolist() == [2, "too_few_points"]


def test_no_time_left_and_no_day_leave_the_need_unknown(tables: Reference) -> None:
    for due in ("2020", ""):
        row = one(projection_to_target(Dataset(invented(*series(y2020=10.0), plan(50.0, due)), tables)))
        assert math.isnan(row["needed_per_year"])


# Pace


def test_the_measure_lasts_as_long_as_the_table_of_programmes_says(real_tables: Reference, tables: Reference) -> None:
    assert measure_period(real_tables) == ("2015-07-01", "2023-12-31")
    longer = tables.programmes.assign(end=tables.programmes["end"].replace("2023-12-31", "2024"))
    assert measure_period(Reference(**{**vars(tables), "programmes": longer})) == ("2015-07-01", "2024-12-31")
    undated = Reference(**{**vars(tables), "programmes": tables.programmes.assign(end="")})
    with pytest.raises(
        DataError, match="programmes, column end: 'di_9221' needs the first and the last day of the measure"
    ):
        measure_period(undated)
    with pytest.raises(DataError, match="needs the first and the last day"):
        measure_period(Reference(**{**vars(tables), "programmes": tables.programmes[:0]}))
