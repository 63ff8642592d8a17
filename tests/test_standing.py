"""Where regions stand, by hand on the miniature: reached of what was promised, the course of plans, how old it is."""

from __future__ import annotations

import pandas as pd
import pytest

from socsvc_analysis import charts, indicators, observations
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import FT, GRT, PLANNED_FOR
from socsvc_analysis.reference import Reference
from socsvc_analysis.wording import Words

NORTH, SOUTH, LATVIA = "LV00X", "LV00Y", "LV"
STANDING = indicators.standing


@pytest.fixture(scope="module")
def standing(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return STANDING.standing(Dataset(figures, tables)).set_index(["territory", "target_group"])


@pytest.fixture(scope="module")
def course(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return STANDING.course_of_plan(Dataset(figures, tables))


def test_every_region_and_group_has_one_row(standing: pd.DataFrame, tables: Reference) -> None:
    assert list(standing.index) == [(code, group) for code in tables.regions["code"] for group in PLANNED_FOR]


@pytest.mark.parametrize(
    ("territory", "group", "period", "reached", "promised", "share", "outcome"),
    [
        (NORTH, GRT, "2022-12-31", 58, 50, 116.0, "reached"),
        (NORTH, FT, "2021-12", 48, 64, 75.0, "not reached"),
        # The plan of 80 began in 2022: at the end of 2021 it was 60.
        (SOUTH, FT, "2021-12-31", 45, 60, 75.0, "not reached"),
        (LATVIA, GRT, "2021-12-31", 60, 120, 50.0, "not reached"),
        (LATVIA, FT, "2021-12-31", 90, 150, 60.0, "not reached"),
    ],
)
def test_what_was_reached_of_the_plan_then_in_force(
    standing: pd.DataFrame,
    territory: str,
    group: str,
    period: str,
    reached: float,
    promised: float,
    share: float,
    outcome: str,
) -> None:
    row = standing.loc[(territory, group)]
    assert row[["period", "numerator", "denominator", "outcome"]].tolist() == [period, reached, promised, outcome]
    assert row["value"] == pytest.approx(share)
    assert row["due"] == "2023-12-31"
    assert row["end"] == "2023-12-31"
    assert not row["final"]


def test_a_printed_share_without_a_plan_is_judged_and_has_no_due_day(standing: pd.DataFrame) -> None:
    row = standing.loc[(SOUTH, GRT)]
    assert row[["numerator", "value", "outcome", "due"]].tolist() == [12.0, 40.0, "not reached", ""]
    assert pd.isna(row["denominator"])


def test_a_later_plan_is_told_apart_from_the_one_then_in_force(standing: pd.DataFrame) -> None:
    row = standing.loc[(SOUTH, FT)]
    assert row[["denominator", "planned", "planned_due", "later_plan"]].tolist() == [60.0, 80.0, "2024-06-30", True]
    assert not standing.loc[(NORTH, GRT), "later_plan"]


def test_the_plan_that_is_told_is_the_one_then_in_force_or_where_nobody_knows_the_people_todays(
    standing: pd.DataFrame, figures: pd.DataFrame, tables: Reference
) -> None:
    assert standing.loc[(SOUTH, FT), "plan_told"] == 60
    unknown = figures[~((figures["measure"] == "persons_served") & (figures["kind"] == "actual"))]
    rows = STANDING.standing(Dataset(unknown, tables)).set_index(["territory", "target_group"])
    assert rows.loc[(SOUTH, FT), "plan_told"] == 80


def test_a_figure_of_the_last_day_is_final(published: pd.DataFrame, tables: Reference) -> None:
    moved = published["period"].mask(published["id"] == "M008", "2023-12-31")
    figures = observations.chosen(published.assign(period=moved), tables)
    rows = STANDING.standing(Dataset(figures, tables)).set_index(["territory", "target_group"])
    assert rows.index[rows["final"]].tolist() == [(NORTH, GRT)]


def test_an_approximate_date_is_said_to_be_one(published: pd.DataFrame, tables: Reference) -> None:
    noted = published["note"].mask(published["id"] == "M008", "approximate_date")
    figures = observations.chosen(published.assign(note=noted), tables)
    rows = STANDING.standing(Dataset(figures, tables)).set_index(["territory", "target_group"])
    assert rows.index[rows["approximate"]].tolist() == [(NORTH, GRT)]
    newest = STANDING.latest_known(Dataset(figures, tables)).set_index("territory")
    assert newest.index[newest["approximate"]].tolist() == [NORTH]


def test_without_figures_the_plan_stays(published: pd.DataFrame, tables: Reference) -> None:
    plans = published[published["kind"] != "actual"]
    rows = STANDING.standing(Dataset(plans, tables)).set_index(["territory", "target_group"])
    assert rows["outcome"].eq("unknown").all()
    assert rows["numerator"].isna().all()
    assert rows.loc[(NORTH, GRT), ["planned", "planned_due"]].tolist() == [50.0, "2023-12-31"]
    assert STANDING.latest_known(Dataset(plans, tables)).empty


def test_the_newest_figure_is_one_on_people_served_where_there_is_one(figures: pd.DataFrame, tables: Reference) -> None:
    newest = STANDING.latest_known(Dataset(figures, tables)).set_index("territory")
    assert newest.loc[NORTH, ["step", "target_group", "period", "value"]].tolist() == [
        *("persons_served", GRT, "2022-12-31", 58.0)
    ]
    unserved = figures[figures["measure"] != "persons_served"]
    before = STANDING.latest_known(Dataset(unserved, tables))
    assert len(before)
    assert not before["step"].eq("persons_served").any()


def test_a_plan_is_in_force_until_the_next(course: pd.DataFrame) -> None:
    south = course[(course["territory"] == SOUTH) & (course["kind"] == "plan")]
    assert south[["value", "since", "until", "due", "undated"]].values.tolist() == [
        [60.0, "2019-03-01", "2022-01-14", "2023-12-31", False],
        [80.0, "2022-01-15", "2024-06-30", "2024-06-30", False],
    ]


def test_a_disputed_plan_and_one_that_was_replaced_at_once_are_no_steps(course: pd.DataFrame) -> None:
    north = course[(course["territory"] == NORTH) & (course["target_group"] == FT) & (course["kind"] == "plan")]
    # 600 is disputed; 64 followed 60, and nobody has published when.
    assert north[["value", "since", "until", "undated"]].values.tolist() == [[64.0, "2020-06-01", "2023-12-31", True]]


@pytest.mark.parametrize(("since", "drawn"), [("", True), ("2018", False)])
def test_a_day_on_which_nobody_said_that_a_plan_began_is_not_told(
    course: pd.DataFrame, words: Words, since: str, drawn: bool
) -> None:
    south = course[(course["territory"] == SOUTH) & (course["kind"] == "plan")].head(1)
    served = course[(course["territory"] == SOUTH) & (course["kind"] == "actual")]
    both = pd.concat([served, south.assign(undated=not since)])
    shown = charts.reached_against_plan(both, region="dienvidi", words=words)
    assert (words.say("chart_course_not_dated") in set(shown.data["period_text"])) is drawn


def test_a_target_without_a_version_holds_from_the_first_day_of_the_measure(course: pd.DataFrame) -> None:
    targets = course[(course["territory"] == LATVIA) & (course["target_group"] == GRT) & (course["kind"] != "actual")]
    assert targets[["kind", "value", "since", "until"]].values.tolist() == [
        ["target", 120.0, "2015-07-01", "2023-12-31"]
    ]


def test_the_course_has_every_figure_on_people_served(course: pd.DataFrame) -> None:
    north = course[(course["territory"] == NORTH) & (course["target_group"] == GRT) & (course["kind"] == "actual")]
    assert north["value"].tolist() == [20.0, 34.0, 58.0]
    assert north["share"].iloc[-1] == pytest.approx(116.0)


def test_places_in_operation_are_added_up_over_services(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    rows = STANDING.places_in_operation(Dataset(real_figures, real_tables)).set_index("territory")
    # 163 + 93 + 58 places in operation of 216 + 123 + 140 planned.
    assert rows.loc["LV005", ["numerator", "denominator", "period"]].tolist() == [314.0, 479.0, "2021-12"]
    assert round(rows.at["LV005", "value"], 1) == 65.6


def test_the_reserve_is_what_the_ministry_published(real_figures: pd.DataFrame) -> None:
    assert STANDING.published_reserve(real_figures)[["value", "status"]].values.tolist() == [[6.0, "estimated"]]


def test_fewer_than_three_known_values_are_not_compared() -> None:
    values = pd.DataFrame({"value": [1.0, 2.0, float("nan")]})
    assert indicators.enough_to_compare(values).empty
    assert len(indicators.enough_to_compare(values.fillna(3.0))) == 3
    assert indicators.enough_to_compare(values.iloc[:0], each="target_group").empty
