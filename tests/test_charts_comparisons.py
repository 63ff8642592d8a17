"""Charts that compare places: the funnel plot, rates with intervals, the balance of care, regions beside each other."""

from __future__ import annotations

import math
import re
from pathlib import Path

import chart_cases
import numpy as np
import pytest
from chart_cases import ADULTS, compared, funnelled, places, rated, shared, values
from drawn import plots
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from socsvc_analysis import charts
from socsvc_analysis.charts.figure import Absence, Chart
from socsvc_analysis.charts.palette import CONTEXT
from socsvc_analysis.drawing.fills import Fill, ink, shade
from socsvc_analysis.drawing.style import in_house_style
from socsvc_analysis.indicators.funnel import limits_for
from socsvc_analysis.reference import Reference as Tables
from socsvc_analysis.reference import open_reference
from socsvc_analysis.statistics import funnel_limits_proportion
from socsvc_analysis.wording import Words, in_language

ROOT = Path(__file__).parents[1]
NAN = math.nan
SHARE, RATE = "served_of_assessed", "clients_per_1000"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return open_reference(ROOT / "data" / "datapackage.json")


@pytest.fixture(scope="module")
def english(tables: Tables) -> Words:
    return in_language("en", tables)


def said(figure: Figure) -> list[str]:
    return [each.get_text() for each in figure.findobj(Text) if each.get_text()]


def dots(figure: Figure) -> list[tuple[float, float, str]]:
    """Where markers stand on the scales, and their shapes."""
    lines = [line for plot in plots(figure) for line in plot.lines if line.get_marker() not in ("None", None, "", "|")]
    return [(float(x), float(y), line.get_marker()) for line in lines for x, y in line.get_xydata()]


def curves(figure: Figure, style: str) -> list[np.ndarray]:
    return [
        line.get_ydata()
        for plot in plots(figure)
        for line in plot.lines
        if line.get_linestyle() == style and len(line.get_xdata()) > 10
    ]


def test_the_funnel_names_who_lies_outside_and_nobody_else(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {10: 1.7, 30: 0.6})
    chart = charts.funnel_plot(funnelled(frame, SHARE), region="latvija", words=english, indicator=SHARE)
    figure = chart.figure()
    shapes = [shape for _, _, shape in dots(figure)]
    assert len(shapes) == len(frame)
    outside = {frame["territory"][at] for at in (10, 30)}
    names = {english.place(code) for code in frame["territory"]} & set(said(figure))
    assert {english.place(code) for code in outside} == names
    assert shapes.count("D") == 2 and shapes.count("s") == 0
    assert chart.title == f"Beyond chance in Latvia: 2 of {len(frame)} municipalities"
    assert sum("Outside the 99.8% limits" in note for note in chart.notes) == 1
    drawn = sorted(y for _, y, _ in dots(figure))
    assert drawn == pytest.approx(sorted(frame["value"]))


def test_the_limits_of_the_funnel_are_those_of_the_statistics(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {10: 1.7, 30: 0.6})
    figure = charts.funnel_plot(funnelled(frame, SHARE), region="latvija", words=english, indicator=SHARE).figure()
    common = frame["numerator"].sum() / frame["denominator"].sum()
    most = frame["denominator"].max() * 1.3
    limits = funnel_limits_proportion(most, common)
    assert sorted(ys[-1] for ys in curves(figure, "-")) == pytest.approx([limits.lower998 * 100, limits.upper998 * 100])
    assert sorted(ys[-1] for ys in curves(figure, ":")) == pytest.approx([limits.lower95 * 100, limits.upper95 * 100])
    assert said(figure).count("99.8%") == said(figure).count("95%") == 2
    assert any(text.startswith("Common value: ") for text in said(figure))


def test_a_rate_is_judged_as_its_count_is_by_the_exact_poisson_limits() -> None:
    # 1 per 100 is common: of 1,000 people ten cases are expected, and 95 % limits of a count of 18 begin at 10.67.
    limits = limits_for(np.array([1000.0, 1070.0, 300.0, 600.0]), 0.01, "rate", 1.0)
    assert limits.upper95[0] < 18 / 1000 and limits.upper95[1] > 18 / 1070
    # Not one case is usual where three are expected (chance 5 %), and unusual where six are.
    assert limits.lower95[2] == 0 and limits.lower95[3] > 0


def test_people_in_one_small_place_are_no_alarm(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.05, 1000, {0: 3.0})
    chart = charts.funnel_plot(funnelled(frame, RATE), region="latvija", words=english, indicator=RATE)
    assert "D" not in {shape for _, _, shape in dots(chart.figure())}
    assert chart.title == "Chance can explain how municipalities in Latvia differ"


def test_own_municipalities_are_filled_and_others_hollow(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {})
    figure = charts.funnel_plot(funnelled(frame, SHARE), region="zemgale", words=english, indicator=SHARE).figure()
    units = tables.municipalities.set_index("code")["region"]
    own = sum(units[code] == "zemgale" for code in frame["territory"])
    with in_house_style():
        paper = to_hex("white")
    markers = [line for line in plots(figure)[0].lines if line.get_marker() == "o"]
    filled = [line for line in markers if to_hex(line.get_markerfacecolor()) != paper]
    assert len(filled) == own < len(markers)


def test_overdispersion_widens_the_limits_and_is_said(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {at: 0.4 + at % 5 * 0.25 for at in range(40)})
    chart = charts.funnel_plot(funnelled(frame, SHARE), region="latvija", words=english, indicator=SHARE)
    assert any("differ by more than chance explains" in note for note in chart.notes)
    common = frame["numerator"].sum() / frame["denominator"].sum()
    narrow = funnel_limits_proportion(frame["denominator"].max() * 1.3, common).upper998 * 100
    assert max(ys[-1] for ys in curves(chart.figure(), "-")) > narrow + 1


def test_fewer_than_five_municipalities_make_no_funnel(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {}).iloc[:4]
    absence = charts.funnel_plot(funnelled(frame, SHARE), region="zemgale", words=english, indicator=SHARE)
    assert isinstance(absence, Absence) and "fewer than five" in absence.plain


def test_an_unknown_municipality_is_listed_and_in_the_table_not_at_zero(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {})
    frame.loc[7, ["numerator", "value"]] = NAN
    chart = charts.funnel_plot(funnelled(frame, SHARE), region="latvija", words=english, indicator=SHARE)
    name = english.place(frame["territory"][7])
    assert any(name in note and "not known" in note for note in chart.notes)
    assert len(dots(chart.figure())) == len(frame) - 1 and len(chart.data) == len(frame)


def test_a_point_with_its_interval_is_compared_in_words(english: Words, tables: Tables) -> None:
    code = chart_cases.codes(tables)
    rows = [rated(code[0], 200.0, 10_000.0), rated(code[1], 100.0, 10_000.0), rated(code[2], 40.0, 10_000.0)]
    frame = values([*rows, rated("LV", 10_000.0, 1_000_000.0)])
    judged = compared(frame, tables, "latvija")
    chart = charts.rates_with_intervals(judged, region="latvija", words=english, indicator=RATE)
    figure = chart.figure()
    assert {"20.0, higher", "10.0, similar", "4.0, lower"} <= set(said(figure))
    assert [shape for _, _, shape in dots(figure)] == ["^", "o", "v"]
    intervals = [tuple(line.get_xdata()) for line in plots(figure)[0].lines if line.get_marker() == "|"]
    assert len(intervals) == 6  # Each with paper beneath.
    assert set(intervals) == {(row["lower"], row["upper"]) for row in rows}
    reference = {x for line in plots(figure)[0].lines if line.get_linestyle() == "--" for x in line.get_xdata()}
    assert reference == {10.0}


def test_an_unknown_rate_is_hatched_and_not_at_zero(english: Words, tables: Tables) -> None:
    code = chart_cases.codes(tables)
    frame = values([rated(code[0], 200.0, 10_000.0), {"territory": code[1]}, rated("LV", 1e4, 1e6)])
    judged = compared(frame, tables, "latvija")
    figure = charts.rates_with_intervals(judged, region="latvija", words=english, indicator=RATE).figure()
    assert "not known" in said(figure) and len(dots(figure)) == 1
    assert [patch.get_label() for patch in plots(figure)[0].patches] == ["unknown"]


def test_the_region_and_the_country_are_two_lines_told_apart(english: Words, tables: Tables) -> None:
    code = chart_cases.codes(tables)
    frame = values([rated(code[0], 200.0, 1e4), rated("LV", 1e4, 1e6), rated("LV009", 3000.0, 2e5)])
    judged = compared(frame, tables, "zemgale")
    figure = charts.rates_with_intervals(judged, region="zemgale", words=english, indicator=RATE).figure()
    assert {"Latvia: 10.0", "Zemgale: 15.0"} <= set(said(figure))
    for style, value in (("--", 10.0), (":", 15.0)):
        assert {x for line in plots(figure)[0].lines if line.get_linestyle() == style for x in line.get_xdata()} == {
            value
        }


def test_both_parts_fill_the_bar_of_balance(english: Words) -> None:
    frame = values(
        [shared(5632.0, 6669.0, period="2017", target=NAN), shared(5271.0, 5798.0, period="2022", target=NAN)]
    )
    chart = charts.balance_of_care(frame, region="zemgale", words=english, setting="family")
    figure = chart.figure()
    widths = [patch.get_width() for patch in plots(figure)[0].patches]
    assert widths == pytest.approx([84.45, 15.55, 90.91, 9.09], abs=0.01)
    assert plots(figure)[0].xlim[0] == 0
    assert {"84% (5,632 of 6,669)", "91% (5,271 of 5,798)"} <= set(said(figure))
    assert chart.title == "Family-based: 84% (2017), 91% (2022)"


def test_one_target_is_a_labelled_line_and_several_are_points(english: Words) -> None:
    one = values([shared(30.0, 60.0, target=70.0, territory=code) for code in ("LV005", "LV009")], target_group=ADULTS)
    figure = charts.balance_of_care(one, region="latvija", words=english).figure()
    assert "Target: 70%" in said(figure)
    assert {x for line in plots(figure)[0].lines if line.get_linestyle() == "--" for x in line.get_xdata()} == {70.0}
    two = one.assign(target=[70.0, 60.0])
    figure = charts.balance_of_care(two, region="latvija", words=english).figure()
    assert sorted(x for x, _, _ in dots(figure)) == [60.0, 70.0] and "Target" in said(figure)


def test_an_unknown_balance_is_no_bar_of_institutions(english: Words) -> None:
    frame = values([shared(30.0, 60.0, territory="LV005"), {"territory": "LV009", "basis": "persons"}])
    figure = charts.balance_of_care(frame, region="latvija", words=english).figure()
    assert [patch.get_label() for patch in plots(figure)[0].patches].count("unknown") == 1
    assert len(plots(figure)[0].patches) == 3 and "not known" in said(figure)


def test_regions_stand_on_one_scale_and_the_own_one_is_highlighted(english: Words) -> None:
    rows = [
        {"territory": code, "period": str(2020 + year), "value": value + year}
        for code, value in (("LV00A", 1.0), ("LV00B", 2.0), ("LV005", 30.0), ("LV009", 4.0), ("LV", 9.0))
        for year in range(3)
    ]
    figure = charts.regions_small_multiples(values(rows), region="zemgale", words=english, indicator=RATE).figure()
    assert len(plots(figure)) == 4
    assert len({plot.ylim for plot in plots(figure)}) == len({plot.xlim for plot in plots(figure)}) == 1
    assert {"Zemgale (this region)", "Vidzeme", "Not known"} <= set(said(figure))
    country = [line for plot in plots(figure) for line in plot.lines if line.get_linestyle() == "--"]
    assert {y for line in country for y in line.get_ydata()} == {9.0, 10.0, 11.0}
    with in_house_style():
        own, others = to_hex("C0"), to_hex(ink(CONTEXT))
        colours = [
            {to_hex(line.get_color()) for line in plot.lines if line.get_linestyle() == "-"} for plot in plots(figure)
        ]
    assert [own in each for each in colours] == [False, False, False, True]
    assert all(others in each for each in colours[:3])


def test_counts_of_the_country_are_no_line_to_compare_regions_with(english: Words) -> None:
    rows = [{"territory": code, "value": value} for code, value in (("LV005", 400.0), ("LV", 4000.0))]
    chart = charts.regions_small_multiples(values(rows), region="latgale", words=english, indicator="reported_clients")
    assert plots(chart.figure())[0].ylim[1] < 1000
    assert "4,000" not in " ".join(said(chart.figure()))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_grey_of_others_is_seen_on_paper_and_beside_the_own_colour() -> None:
    with in_house_style():
        grey, own = to_hex(ink(CONTEXT)), to_hex("C0")
        assert grey == to_hex(shade(CONTEXT, 1.0)) == to_hex(Fill(CONTEXT).patch()["facecolor"])
    assert contrast(grey, "#ffffff") >= 3 and contrast(grey, own) >= 3


@pytest.fixture(scope="module", params=["lv", "en"])
def examples(request: pytest.FixtureRequest, tables: Tables) -> dict[str, Chart]:
    """The chart of every case, once in each language."""
    words = in_language(request.param, tables)
    return {
        name: draw(frame, region=region, words=words, **more)
        for name, (draw, frame, region, more) in chart_cases.examples(tables).items()
    }


def test_titles_are_ten_words_at_most(examples: dict[str, Chart]) -> None:
    for name, chart in examples.items():
        assert len(chart.title.replace("\N{NO-BREAK SPACE}", "").split()) <= 10, (name, chart.title)


def test_a_title_with_an_abbreviation_is_spelled_out_below(examples: dict[str, Chart]) -> None:
    full = {"FT": "funkcionāliem traucējumiem", "GRT": "garīga rakstura traucējumiem"}
    spelled = 0
    for chart in examples.values():
        abbreviated = set(re.findall(r"\b(?:FT|GRT)\b", chart.title))
        assert all(any(full[word] in note for note in chart.notes) for word in abbreviated), chart.title
        spelled += len(abbreviated)
    assert all(bool(spelled) == (chart.words.language == "lv") for chart in examples.values())


def test_only_figures_of_one_year_are_compared_and_no_region_is_ranked(english: Words) -> None:
    rows = [("LV005", "2022", 460.0), ("LV009", "2021", 166.0), ("LV00A", "2021", 200.0)]
    frame = values([{"territory": code, "period": year, "value": value} for code, year, value in rows])
    title = {
        region: charts.regions_small_multiples(frame, region=region, words=english, indicator="reported_clients").title
        for region in ("latgale", "zemgale", "kurzeme", "latvija")
    }
    assert title == {
        "latgale": "Latgale: 460 (2022)",
        "zemgale": "Zemgale: 166 (2021)",
        "kurzeme": "Kurzeme: this figure was not found in our sources",
        "latvija": "Latgale: 460 (2022)",
    }


def test_more_than_all_people_has_the_limits_of_a_rate(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.95, 100, {})
    frame.loc[40, ["numerator", "value"]] = frame["denominator"][40] * 1.1, 110.0
    chart = charts.funnel_plot(funnelled(frame, SHARE), region="latvija", words=english, indicator=SHARE)
    assert any("may exceed 100%" in note for note in chart.notes)
    assert max(y for _, y, _ in dots(chart.figure())) == 110.0
    assert english.place(frame["territory"][40]) in said(chart.figure())


def test_a_hidden_figure_is_not_called_unknown(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {})
    frame.loc[7, ["numerator", "value"]] = NAN
    frame.loc[7, "status"] = "confidential"
    chart = charts.funnel_plot(funnelled(frame, SHARE), region="latvija", words=english, indicator=SHARE)
    table = chart.data.set_index("territory")
    assert table.at[frame["territory"][7], "place_text"] == "not shown"
    code = chart_cases.codes(tables)
    rows = [rated(code[0], 200.0, 1e4), {"territory": code[1], "status": "confidential"}, rated("LV", 1e4, 1e6)]
    judged = compared(values(rows), tables, "latvija")
    chart = charts.rates_with_intervals(judged, region="latvija", words=english, indicator=RATE)
    assert chart.data["comparison_text"].tolist() == ["higher", "not shown", ""] and "not shown" in said(chart.figure())


def test_a_balance_says_whose_it_is_and_what_is_counted(tables: Tables, english: Words) -> None:
    code = chart_cases.codes(tables)[3]
    rows = [{"territory": code, "basis": "money", "period": year, "value": 20.0} for year in ("2021", "2022")]
    chart = charts.balance_of_care(values(rows), region="zemgale", words=english)
    assert english.place(code) in chart.subtitle and "by spending" in chart.subtitle
    assert "Zemgale" not in chart.subtitle
    assert chart.title == f"Community-based spending ({english.place(code)}): 20% (2021), 20% (2022)"
    groups = [
        shared(30.0, 60.0, period=year, target_group=group)
        for group in ("adults", "children")
        for year in ("2015", "2016")
    ]
    chart = charts.balance_of_care(values(groups), region="zemgale", words=english)
    assert {"Adults", "Children", "2015", "2016"} <= set(said(chart.figure()))
    assert "by clients" in chart.subtitle and "(adults)" in chart.title


def test_a_funnel_of_others_is_none(tables: Tables, english: Words) -> None:
    frame = places(tables, 0.5, 100, {})
    units = tables.municipalities.set_index("code")["region"]
    others = frame[frame["territory"].map(units) == "latgale"]
    assert len(others) >= 5
    absence = charts.funnel_plot(funnelled(others, SHARE), region="zemgale", words=english, indicator=SHARE)
    assert isinstance(absence, Absence) and "in Zemgale" in absence.plain
    chart = charts.funnel_plot(funnelled(others, SHARE), region="latgale", words=english, indicator=SHARE)
    assert f"{len(others)}\N{NO-BREAK SPACE}municipalities" in chart.subtitle
