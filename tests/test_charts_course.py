"""Reached against plan over time: what is drawn of the figures of Latgale, by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from chart_cases import ADULTS, CHILDREN, plan_course
from drawn import plots

from socsvc_analysis import charts
from socsvc_analysis.charts.figure import Absence, Chart
from socsvc_analysis.reference import Reference
from socsvc_analysis.wording import NBSP, in_language


@pytest.fixture(scope="module")
def latgale(real_tables: Reference) -> Chart:
    return charts.reached_against_plan(
        plan_course("lpr_2022_results"), region="latgale", words=in_language("en", real_tables)
    )


def heights(chart: Chart) -> list[list[float]]:
    """The values that the lines of each panel reach, without its scale."""
    return [
        sorted({float(y) for line in axes.lines if line.get_zorder() >= 2 for y in line.get_ydata()})
        for axes in plots(chart.figure())
    ]


def test_each_group_has_a_panel_and_both_share_one_scale(latgale: Chart) -> None:
    adults, children = plots(latgale.figure())
    assert adults.ylim == children.ylim
    assert adults.xlim == children.xlim


def test_figures_are_points_and_plans_are_steps(latgale: Chart) -> None:
    adults, children = heights(latgale)
    assert adults == [171.0, 387.0, 389.0]
    assert children == [287.0, 351.0, 390.0, 460.0]


def test_the_title_says_the_share_that_the_indicator_gives(latgale: Chart) -> None:
    assert latgale.title == "Share of the plan reached: adults 44%; children 118%"


def test_what_is_reached_of_a_target_is_not_called_the_plan(latgale: Chart) -> None:
    rows = plan_course("lpr_2022_results")
    rows = rows.assign(kind=rows["kind"].replace("plan", "target"))
    country = charts.reached_against_plan(rows, region="latvija", words=latgale.words)
    assert isinstance(country, Chart)
    assert country.title == "Share of the target reached: adults 44%; children 118%"


def test_the_table_has_figures_and_plans_with_their_dates(latgale: Chart) -> None:
    plans = latgale.data[latgale.data["kind"] == "plan"]
    said = [each.replace(NBSP, " ") for each in plans["period_text"]]
    assert said == ["First day not known", "1 Apr 2020–31 Dec 2023", "1 Apr 2020–31 Dec 2023"]
    assert latgale.data["value"].tolist() == [171.0, 387.0, 389.0, 287.0, 351.0, 460.0, 390.0]


def test_a_plan_without_a_first_day_is_explained(latgale: Chart) -> None:
    explained = latgale.words.say("chart_course_undated")
    assert explained in latgale.notes
    dated = plan_course("lpr_2022_results").assign(undated=False)
    assert explained not in charts.reached_against_plan(dated, region="latgale", words=latgale.words).notes


@pytest.mark.parametrize("kinds", [["plan"], []])
def test_without_anybody_served_there_is_no_picture(kinds: list[str], real_tables: Reference) -> None:
    rows = plan_course("lpr_2022_results")
    shown = charts.reached_against_plan(
        rows[rows["kind"].isin(kinds)], region="kurzeme", words=in_language("en", real_tables)
    )
    assert isinstance(shown, Absence) and shown.absent
    assert shown.plain == "The number of people served in Kurzeme was not found in our sources."


def test_a_group_that_nobody_counted_has_no_panel(real_tables: Reference) -> None:
    rows = plan_course("lpr_2022_results")
    alone: pd.DataFrame = rows[(rows["target_group"] == CHILDREN) | (rows["kind"] == "plan")]
    chart = charts.reached_against_plan(alone, region="latgale", words=in_language("en", real_tables))
    assert len(plots(chart.figure())) == 1
    assert ADULTS in set(chart.data["target_group"])


def test_a_brief_folds_the_notes(latgale: Chart) -> None:
    note = latgale.words.say("chart_course_undated")
    assert f'<p class="chart-note">{note}</p></details>' in latgale.brief().html().markup
    assert f'<p class="chart-note">{note}</p></details>' not in latgale.html().markup
    assert note in latgale.html().markup
