"""Charts that follow a course: projection to a target, the run chart, the client path, the timeline of programmes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from chart_cases import ADULTS, CHILDREN, HOME_CARE, OUTSIDE, of_year, values
from drawn import plots, texts, trouble_with_words
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from socsvc_analysis import charts
from socsvc_analysis.charts.figure import NARROW, WIDE, Absence
from socsvc_analysis.indicators.client_path import with_losses
from socsvc_analysis.indicators.control import with_limits
from socsvc_analysis.indicators.projection import course
from socsvc_analysis.reference import Reference as Tables
from socsvc_analysis.reference import open_reference
from socsvc_analysis.statistics import control_chart, prediction, projection
from socsvc_analysis.wording import Words, in_language

ROOT = Path(__file__).parents[1]
NAN = math.nan
REGIONS = ("riga", "kurzeme", "vidzeme", "latgale", "zemgale", "latvija")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return open_reference(ROOT / "data" / "datapackage.json")


@pytest.fixture(scope="module")
def english(tables: Tables) -> Words:
    return in_language("en", tables)


def said(figure: Figure) -> list[str]:
    return [each.get_text() for each in figure.findobj(Text) if each.get_text()]


def target(value: float, **more: object) -> dict:
    return {"period": "2023", "value": value, "kind": "target", **more}


def test_the_prediction_is_that_of_least_squares_by_hand() -> None:
    # Slope 10.3 by hand: 51.5 / 5; t of two degrees of freedom is 4.302653 (Draper and Smith, section 3.1).
    years, points = np.array([2019.0, 2020, 2021, 2022]), np.array([10.0, 20, 30, 41])
    slope, centre = 10.3, points.mean() + 10.3 * (2023 - years.mean())
    residual = math.sqrt(((points - points.mean() - slope * (years - years.mean())) ** 2).sum() / 2)
    half = 4.302653 * residual * math.sqrt(1 + 1 / 4 + (2023 - 2020.5) ** 2 / 5)
    line, lower, upper = prediction(pd.Series(points, index=years, dtype=float), [2023])
    assert [line[0], lower[0], upper[0]] == pytest.approx([centre, centre - half, centre + half], rel=1e-6)


def test_the_band_agrees_with_the_years_of_the_projection() -> None:
    series = pd.Series([40.0, 110, 180, 240], index=[2017.5, 2018.5, 2019.5, 2020.5])
    found = projection(series, 700)
    assert prediction(series, found.year).value == pytest.approx(700)
    assert prediction(series, found.earliest).upper == pytest.approx(700)
    assert prediction(series, found.latest).lower == pytest.approx(700)


@pytest.mark.parametrize(
    ("years", "points"), [([2020, 2021], [1, 2]), ([2020, 2021, 2022], [1, NAN, 2]), ([2020] * 3, [1, 2, 3]), ([], [])]
)
def test_too_few_points_predict_nothing(years: list, points: list) -> None:
    assert all(np.isnan(each).all() for each in prediction(pd.Series(points, index=years, dtype=float), [2023]))


def projected(frame: pd.DataFrame, words: Words, region: str = "zemgale", *, cumulative: bool = True) -> charts.Chart:
    found = course(frame, words.reference, cumulative=cumulative)
    return charts.projection_to_target(found, region=region, words=words)


def test_latgale_has_reached_its_plan(english: Words) -> None:
    rows = of_year({"2020": 287.0, "2021": 351.0, "2022-10-31": 460.0})
    frame = values(
        [*rows, {"period": "2023", "value": 390.0, "kind": "plan"}], territory="LV005", target_group=CHILDREN
    )
    chart = projected(frame, english, "latgale")
    assert chart.title == "Children with functional disorders: plan reached in 2022"
    words = said(chart.figure())
    assert {"287", "351", "460", "plan: 390", "The plan was reached in 2022."} <= set(words)
    assert not chart.figure().findobj(PolyCollection)


def test_a_projection_says_a_range_of_years_and_draws_its_band(english: Words) -> None:
    rows = of_year({"2017": 40.0, "2018": 110.0, "2019": 180.0, "2020": 240.0})
    frame = values([*rows, target(700.0)], target_group=ADULTS)
    chart = projected(frame, english)
    assert chart.title == "Adults with mental disorders: target likely reached 2026–2028"
    (band,) = chart.figure().findobj(PolyCollection)
    # A year that has ended is a whole number: 2017.0 is the last day of 2017.
    series = pd.Series([40.0, 110, 180, 240], index=[2017, 2018, 2019, 2020])
    line, lower, upper = prediction(series, [2023.0])
    at_end = [y for x, y in band.get_paths()[0].vertices if x > 2023.99]
    assert min(at_end) == pytest.approx(lower[0], abs=0.1) and max(at_end) == pytest.approx(upper[0], abs=0.1)
    words = " ".join(said(chart.figure()))
    assert "target: 700" in words and f"on the trend so far: {round(line[0])}" in words


def test_a_course_away_from_the_target_never_reaches_it(english: Words) -> None:
    frame = values([*of_year({"2017": 310.0, "2018": 290.0, "2019": 270.0}), target(700.0)], target_group=CHILDREN)
    chart = projected(frame, english, cumulative=False)
    assert chart.title.endswith("target not reached at the present pace")


def test_two_points_are_drawn_without_a_line_into_the_future(english: Words) -> None:
    frame = values([*of_year({"2017": 310.0, "2018": 290.0}), target(700.0)], target_group=OUTSIDE)
    chart = projected(frame, english)
    assert "too few figures" in chart.title and any("at least three" in note for note in chart.notes)
    assert not chart.figure().findobj(PolyCollection)
    dashed = {y for line in plots(chart.figure())[0].lines if line.get_linestyle() == "--" for y in line.get_ydata()}
    assert dashed == {700.0}


def test_a_wide_band_does_not_press_the_figures_together(english: Words) -> None:
    frame = values([*of_year({"2017": 300.0, "2018": 100.0, "2019": 310.0}), target(350.0)], target_group=ADULTS)
    chart = projected(frame, english, cumulative=False)
    assert plots(chart.figure())[0].ylim[1] < 700


def run(counts: list[float], words: Words, **more: object) -> charts.Chart:
    rows = of_year({str(2004 + at): float(count) for at, count in enumerate(counts)})
    frame = values(rows, territory="LV00A", unit="persons", series="Care at home", **more)
    return charts.run_chart(with_limits(frame, words.reference), region="riga", words=words)


def test_home_care_in_riga_rises_and_its_limits_are_drawn(english: Words) -> None:
    chart = run(list(HOME_CARE), english)
    figure = chart.figure()
    limits = control_chart(HOME_CARE)
    lines = {line.get_linestyle(): set(line.get_ydata()) for line in plots(figure)[0].lines}
    dotted = {y for line in plots(figure)[0].lines if line.get_linestyle() == ":" for y in line.get_ydata()}
    assert lines["--"] == {limits.mean} and dotted == {limits.upper, limits.lower}
    assert chart.title == "Care at home (Rīga region): rising by more than chance"
    shapes = [line.get_marker() for line in plots(figure)[0].lines if line.get_marker() in "oDs"]
    assert shapes.count("D") == int(limits.outside.sum())
    assert "The last five figures rise more than chance explains." in " ".join(said(figure))
    (listed,) = [note for note in chart.notes if note.startswith("Outside the limits: ")]
    assert listed == "Outside the limits: 2004, 2005, 2006, 2014, 2015 and 2016."


def test_every_year_outside_the_limits_is_named(english: Words) -> None:
    chart = run([50, 52, 48, 51, 49, 50, 95, 51, 49, 50], english)
    assert "95" in said(chart.figure())
    # The leap to 95 and back counts in no moving range, so that 48 stands out too.
    assert any(note == "Outside the limits: 2006 and 2010." for note in chart.notes)
    assert chart.title.endswith("no clear direction")


def test_four_points_have_no_trend_and_no_limits(english: Words) -> None:
    chart = run([50, 60, 70, 80], english)
    assert "too short for a trend" in chart.title
    assert "A trend cannot be calculated: it needs at least five figures." in " ".join(said(chart.figure()))
    assert not [line for line in plots(chart.figure())[0].lines if line.get_linestyle() in ("--", ":")]


def test_a_limit_below_zero_is_not_drawn(english: Words) -> None:
    figure = run([1, 9, 2, 8, 1, 9], english).figure()
    assert control_chart([1, 9, 2, 8, 1, 9]).lower < 0
    assert not [text for text in said(figure) if text.startswith("lower limit")]
    assert plots(figure)[0].ylim[0] == 0


def test_an_unknown_year_is_no_point_and_stays_in_the_table(english: Words) -> None:
    chart = run([50, 52, NAN, 51, 49, 50], english)
    assert len(chart.data) == 6
    spans = [tuple(line.get_xdata()) for line in plots(chart.figure())[0].lines if line.get_linestyle() == "-"]
    assert (2005.5, 2007.5) not in spans and (2004.5, 2005.5) in spans


def path(steps: dict[str, float], words: Words, periods: dict[str, str] | None = None) -> charts.Chart:
    rows = [
        {"step": step, "value": float(count), "period": (periods or {}).get(step, "2021-12-31")}
        for step, count in steps.items()
    ]
    counted = with_losses(values(rows, target_group=ADULTS))
    return charts.path_to_service(counted, region="zemgale", words=words)


def test_each_step_says_what_is_kept_of_the_actual_step_before(english: Words) -> None:
    steps = {"persons_eligible": 1200, "assessment_applications": 600, "persons_assessed_plan": 542}
    steps |= {"persons_assessed": 387, "support_plans": 350, "persons_served_plan": 249, "persons_served": 166}
    chart = path(steps, english)
    words = said(chart.figure())
    shown = ["1,200", "600 (50% of the group)", "542", "387 (65% of applications)", "350 (90% of assessed)", "249"]
    assert [text for text in words if text in [*shown, "166 (47% of plans)"]] == [*shown, "166 (47% of plans)"]
    assert chart.data["lost"].tolist() == pytest.approx([NAN, 600, NAN, 213, 37, NAN, 184], nan_ok=True)


def test_a_step_of_an_earlier_date_is_not_compared(english: Words) -> None:
    steps = {"persons_assessed": 300, "persons_served": 200}
    words = said(path(steps, english, {"persons_served": "2016"}).figure())
    assert "200" in words and not any("of assessed" in text for text in words)
    assert "200 (67% of assessed)" in said(path(steps, english, {"persons_assessed": "2021"}).figure())


def test_more_served_than_assessed_is_legal_and_said(english: Words) -> None:
    chart = path({"persons_assessed": 392, "persons_served": 460}, english)
    assert "460 (117% of assessed)" in said(chart.figure())
    assert any("is not an error" in note for note in chart.notes)
    assert chart.data["lost"].max() == 0
    assert not any(
        "is not an error" in note for note in path({"persons_assessed": 392, "persons_served": 60}, english).notes
    )


def test_steps_between_are_shown_only_where_published(english: Words) -> None:
    words = said(path({"persons_assessed": 392, "persons_served": 460}, english).figure())
    assert "support plans" not in " ".join(words).lower() and "size of the target group" in " ".join(words)


@pytest.mark.slow
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("region", REGIONS)
def test_words_of_the_timeline_neither_meet_nor_leave_it(
    region: str, language: str, width: float, tables: Tables
) -> None:
    figure = charts.event_timeline(region=region, words=in_language(language, tables)).figure(width)
    assert len(texts(figure)) > 10
    assert trouble_with_words(figure) == []


def test_the_timeline_shows_the_regions_and_the_countrys_events(tables: Tables, english: Words) -> None:
    chart = charts.event_timeline(region="zemgale", words=english)
    events = tables.programme_events
    here = events[events["region"].isin(["zemgale", "latvija"])]
    assert set(chart.data["title"]) == set(here["title_en"])
    programmes = set(charts.programme_timeline(region="zemgale", words=english).data["title"])
    assert "SocQuality" in programmes and "Kurzeme visiem" not in programmes
    assert set(chart.sources) >= set(here["source"])
    assert chart.title[0].isupper() and len(chart.title.split()) <= 12
    html = chart.html().markup
    assert html.count('role="img"') == 2 and "nan" not in html


def test_a_programme_is_as_long_as_it_ran(tables: Tables, english: Words) -> None:
    programmes = tables.programmes[tables.programmes["programme"].isin(["socquality", "latgale_programme_2010_2017"])]
    few = replace(tables, programmes=programmes.assign(regions="zemgale"), programme_events=tables.programme_events[:0])
    figure = charts.programme_timeline(region="zemgale", words=in_language("en", few)).figure()
    long, short = sorted((bar.get_width() for bar in figure.findobj(Rectangle) if bar.get_width() > 20), reverse=True)
    # Eight whole years, 2010 to 2017, and two, from March 2018 to February 2020.
    assert long / short == pytest.approx(4, rel=0.01)


def test_without_programmes_and_events_one_sentence_says_so(tables: Tables) -> None:
    empty = replace(tables, programmes=tables.programmes[:0], programme_events=tables.programme_events[:0])
    for language in ("lv", "en"):
        words = in_language(language, empty)
        for timeline in (charts.programme_timeline, charts.event_timeline):
            absence = timeline(region="vidzeme", words=words)
            assert isinstance(absence, Absence) and words.place("vidzeme", "locative") in absence.plain


def broken_note(tables: Tables) -> str:
    return tables.notes.loc[tables.notes["break"], "note"].iloc[0]


def test_limits_and_trend_begin_after_a_break(tables: Tables, english: Words) -> None:
    counts = [500.0, 510, 490, 50, 52, 48, 51, 49]
    rows = of_year({str(2010 + at): count for at, count in enumerate(counts)})
    rows[3]["notes"] = (broken_note(tables),)
    frame = values(rows, territory="LV00A", unit="persons", series="Care at home")
    chart = charts.run_chart(with_limits(frame, english.reference), region="riga", words=english)
    figure, limits = chart.figure(), control_chart(counts[3:])
    dashed = [line for line in plots(figure)[0].lines if line.get_linestyle() == "--"]
    assert {y for line in dashed for y in line.get_ydata()} == {limits.mean}
    assert min(x for line in dashed for x in line.get_xdata()) == 2013.0
    assert not any(note.startswith("Outside the limits") for note in chart.notes)
    assert chart.data["upper_limit"].notna().tolist() == [False] * 3 + [True] * 5
    few = charts.run_chart(with_limits(frame.iloc[:6], english.reference), region="riga", words=english)
    assert few.title == "Care at home (Rīga region): no trend after the break"


def test_years_that_are_not_consecutive_have_no_trend(english: Words) -> None:
    rows = of_year({"2004": 10.0, "2005": 20.0, "2006": 30.0, "2012": 40.0, "2013": 50.0})
    frame = values(rows, territory="LV00A", unit="persons", series="Care at home")
    chart = charts.run_chart(with_limits(frame, english.reference), region="riga", words=english)
    assert chart.title.endswith("a trend cannot be calculated")


def test_a_single_figure_shows_no_course(english: Words) -> None:
    one = [{"period": "2021", "value": 166.0, "target_group": ADULTS}, target(249.0, target_group=ADULTS)]
    absence = projected(values(one), english)
    assert isinstance(absence, Absence) and "only one figure" in absence.plain and "in Zemgale" in absence.plain
    more = of_year({"2020": 1.0, "2021": 2.0}, target_group=CHILDREN)
    frame = values([*one, *more, target(9.0, target_group=CHILDREN)])
    chart = projected(frame, english)
    assert len(plots(chart.figure())) == 1 and len(chart.data) == 5
    assert any(
        note == "Series with only one figure are not drawn: Adults with mental disorders." for note in chart.notes
    )


def test_the_title_compares_only_figures_that_follow_each_other(english: Words) -> None:
    steps = {"persons_assessed": 545, "persons_served": 166}
    assert path(steps, english).title == "Adults with mental disorders: 166 of 545 assessed received services"
    # As in Zemgale, where people were last counted as assessed after the last count of those served.
    later = path(steps, english, {"persons_assessed": "2023-09", "persons_served": "2021"})
    assert (
        later.title.replace("\N{NO-BREAK SPACE}", " ") == "Adults with mental disorders: 166 people received services"
    )
    assert {"Assessed (Sep 2023)", "Received services (2021)"} <= {
        text.replace("\N{NO-BREAK SPACE}", " ") for text in said(later.figure())
    }
    unknown = path({"persons_assessed": 545}, english)
    assert unknown.title == "The path to a service is only partly known"
