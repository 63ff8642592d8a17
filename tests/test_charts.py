"""Charts are tested by what they drew: lengths, words, places of words; never by pixels."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import chart_cases
import matplotlib
import pandas as pd
import pytest
from drawn import plots, texts, trouble_with_words
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from socsvc_analysis import charts, indicators
from socsvc_analysis.charts.clients import ALWAYS_SHOWN
from socsvc_analysis.charts.figure import NARROW, WIDE, Absence, Chart
from socsvc_analysis.charts.palette import service_fill
from socsvc_analysis.charts.texts import credit
from socsvc_analysis.indicators.client_path import with_losses
from socsvc_analysis.indicators.progress import with_verdict
from socsvc_analysis.markup import PAGE
from socsvc_analysis.reference import Reference as Tables
from socsvc_analysis.reference import open_reference, present_municipalities
from socsvc_analysis.sentences import catalogue
from socsvc_analysis.wording import Words, in_language

ROOT = Path(__file__).parents[1]
ADULTS, CHILDREN, OUTSIDE = "adults_mental_disorders", "children_functional_disorders", "children_out_of_family"
NAN = math.nan
WIDTHS = {"wide": WIDE, "narrow": NARROW}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return open_reference(ROOT / "data" / "datapackage.json")


def words_of(language: str, tables: Tables) -> Words:
    return in_language(language, tables)


def values(rows: list[dict], source: str = "", **common: object) -> pd.DataFrame:
    empty = {
        "territory": "LV009",
        "service_type": "all",
        "target_group": "all",
        "period": "2018-12-31",
        "kind": "actual",
        "version": "",
        "numerator": NAN,
        "denominator": NAN,
        "value": NAN,
        "lower": NAN,
        "upper": NAN,
        "status": "normal",
        "sources": (source,) if source else (),
        "notes": (),
    }
    return pd.DataFrame([{**empty, **common, **row} for row in rows])


def codes(tables: Tables) -> dict[str, str]:
    present = present_municipalities(tables.municipalities)
    return dict(zip(present["name"], present["code"], strict=True))


def examples(tables: Tables) -> dict[str, tuple]:
    """One hand-made case for every chart, and the hard ones: one row, forty rows, long names, nothing known."""
    code, source = codes(tables), tables.sources["source"].iloc[0]

    def some(rows: list[dict], **common: object) -> pd.DataFrame:
        return values(rows, source, **common)

    places = some(
        [
            {"territory": code["Liepāja"], "service_type": "group_home", "value": 16.0, "kind": "plan"},
            {"territory": code["Liepāja"], "service_type": "specialised_workshop", "value": 20.0, "kind": "plan"},
            {"territory": code["Liepāja"], "service_type": "youth_house", "value": 12.0, "kind": "plan"},
            {"territory": code["Liepāja"], "service_type": "family_like_service", "value": 24.0, "kind": "plan"},
            {"territory": code["Ventspils"], "service_type": "group_home", "value": 16.0, "kind": "capacity"},
            {"territory": code["Ventspils"], "service_type": "group_home", "value": 20.0, "kind": "plan"},
            {
                "territory": code["Dienvidkurzemes novads"],
                "service_type": "day_care_centre",
                "value": 21.0,
                "kind": "capacity",
                "status": "provisional",
            },
        ]
    )
    forty = some(
        [
            {"territory": each, "service_type": service, "value": float(5 + at * step % 90), "kind": kind}
            for at, each in enumerate(list(code.values())[:40])
            for service, kind, step in (("group_home", "capacity", 7), ("day_care_centre", "plan", 13))
        ]
    )
    working = [("group_home", 58.0, 140.0), ("day_care_centre", 163.0, 216.0), ("specialised_workshop", 93.0, 123.0)]
    rates = [("LV00A", 0.3), ("LV00B", NAN), ("LV00C", 1.71), ("LV005", 1.26), ("LV009", 0.96), ("LV", 0.79)]
    path = {ADULTS: (None, 542, 387, 249, 166), CHILDREN: (None, 631, 392, 440, 299)}
    services = {"home_care": 25, "day_care_centre": 69, "specialised_workshop": 19, "group_home": 12, "respite": 5}
    services |= {"individual_consultations": 109, "support_groups": 39}
    recipients = (1597, 1948, 2369, 4147, 3946, 3942, 3871, 4678, 5203, 5747, 6410, 7460, 8151)
    versions = {ADULTS: (300, 502, 542), CHILDREN: (356, 510, 631), OUTSIDE: (334, 276, 276)}
    bauska = {"erdf": 975026.47, "state": 155123.67, "state_grant": 38539.72, "municipal": 2810992.96}
    socquality = {"erdf": 672576.74, "national_public": 118679.46}
    return {
        "places": (charts.places_by_municipality, places, "kurzeme", {}),
        "one_place": (charts.places_by_municipality, places.iloc[:1], "kurzeme", {"composition": "then"}),
        "forty_places": (charts.places_by_municipality, forty, "latvija", {}),
        "working": (
            charts.planned_and_working,
            some(
                [
                    {"service_type": name, "numerator": part, "denominator": whole, "value": part / whole * 100}
                    for name, part, whole in [*working, ("respite", NAN, 12.0)]
                ],
                territory="LV005",
                planned_version="latgale_2018",
            ),
            "latgale",
            {},
        ),
        "centres": (
            charts.state_care_centres,
            some(
                [
                    {"provider_title": "VSAC <b>“Rīga”</b> & Co", "unit": "places", "value": 1458.0},
                    {"provider_title": "VSAC “Zemgale” filiāle “Iecava”", "unit": "places", "value": 250.0},
                    {"provider_title": "Bērnu aprūpes iestādes", "unit": "persons", "value": 572.0},
                ]
            ),
            "riga",
            {},
        ),
        "rates": (
            charts.places_per_1000,
            some([{"territory": place, "value": value} for place, value in rates]),
            "latvija",
            {},
        ),
        "path": (
            charts.path_to_service,
            with_losses(
                some(
                    [
                        {"target_group": group, "step": step, "value": float(value)}
                        for group, counts in path.items()
                        for step, value in zip(ALWAYS_SHOWN, counts, strict=True)
                        if value is not None
                    ]
                )
            ),
            "zemgale",
            {},
        ),
        "by_service": (
            charts.served_by_service,
            some(
                [
                    {"target_group": ADULTS, "service_type": each, "value": float(count), "unique_total": 166.0}
                    for each, count in services.items()
                ]
            ),
            "zemgale",
            {},
        ),
        "by_year": (
            charts.served_by_year,
            some(
                [
                    {"target_group": CHILDREN, "period": "2020", "value": 287.0},
                    {"target_group": CHILDREN, "period": "2021", "value": 351.0},
                    {"target_group": CHILDREN, "period": "2022-10-31", "value": 460.0},
                    {"target_group": CHILDREN, "period": "2023", "value": 390.0, "kind": "plan"},
                    {"target_group": ADULTS, "period": "2018-12-31", "value": 47.0, "status": "provisional"},
                    {"target_group": ADULTS, "period": "", "value": 10.0},
                ]
            ),
            "latgale",
            {},
        ),
        "one_year": (
            charts.served_by_year,
            some(
                [
                    {"target_group": CHILDREN, "value": 650.0},
                    {"target_group": CHILDREN, "period": "2023", "value": 3400.0, "kind": "target"},
                ]
            ),
            "latvija",
            {},
        ),
        "by_municipality": (
            charts.served_by_municipality,
            some(
                [
                    {"territory": code["Dobeles novads"], "period": "2018-12-31", "value": 12.0},
                    {"territory": code["Dobeles novads"], "period": "2021", "value": 41.0},
                    {"territory": code["Dienvidkurzemes novads"], "period": "2018-12-31", "value": 28.0},
                    {"territory": code["Dienvidkurzemes novads"], "period": "2021", "value": 12.0},
                    {"territory": code["Bauskas novads"], "period": "2018-12-31", "value": 9.0},
                ]
            ),
            "zemgale",
            {},
        ),
        "series": (
            charts.long_series,
            some(
                [
                    {
                        "series": "Aprūpe mājās",
                        "unit": "persons",
                        "period": str(2004 + at),
                        "value": float(count),
                        "status": "disputed" if at == 6 else "normal",
                    }
                    for at, count in enumerate(recipients)
                    if at != 3
                ]
                + [
                    {"series": "Budžets", "unit": "EUR", "period": str(year), "value": 31234567.0 + year}
                    for year in (2013, 2014, 2016)
                ]
            ),
            "riga",
            {"title_key": "series_finding", "key": "recipients"},
        ),
        "share": (
            charts.share_of_plan,
            some(
                [
                    {"target_group": ADULTS, "numerator": 166.0, "denominator": 249.0, "value": 66.67},
                    {"target_group": CHILDREN, "numerator": 460.0, "denominator": 390.0, "value": 117.9},
                    {"target_group": OUTSIDE, "value": 41.0, "status": "provisional"},
                ]
            ),
            "zemgale",
            {},
        ),
        "expected": (
            charts.expected_by_now,
            with_verdict(
                some(
                    [
                        {"target_group": ADULTS, "value": 285.0, "expected": 933.3, "target": 2100.0},
                        {"target_group": CHILDREN, "value": 1650.0, "expected": 1511.1, "target": 3400.0},
                    ],
                    baseline=0.0,
                    start="2015-01-01",
                    end="2023-12-31",
                    required_per_year=363.0,
                    share_of_time=44.4,
                )
            ),
            "latvija",
            {},
        ),
        "stock": (
            charts.institutional_stock,
            some(
                [
                    {"period": "2012", "kind": "baseline", "value": 4916.0},
                    {"period": "2018-09", "value": 4615.0},
                    {"period": "2023", "kind": "target", "value": 3916.0},
                ]
            ),
            "latvija",
            {},
        ),
        "versions": (
            charts.plan_versions,
            indicators.progress.with_changes(
                some(
                    [
                        {
                            "target_group": group,
                            "version": f"v{at}",
                            "version_title": f"Reģiona DI plāns, {2016 + at}. gada grozījumi",
                            "order": at,
                            "since": str(2016 + at),
                            "value": float(count),
                            "measure": "persons_assessed",
                            "status": "disputed" if count == 510 else "normal",
                        }
                        for group, counts in versions.items()
                        for at, count in enumerate(counts)
                    ],
                    kind="plan",
                )
            ),
            "zemgale",
            {},
        ),
        "funding": (
            charts.funding_split,
            some(
                [
                    {
                        "label": label,
                        "fund": f"funding_{fund}",
                        "value": amount,
                        "denominator": sum(amounts.values()),
                        "share": amount / sum(amounts.values()) * 100,
                        "european": amounts["erdf"] / sum(amounts.values()) * 100,
                    }
                    for label, amounts in (("Bauskas novads", bauska), ("SocQuality", socquality))
                    for fund, amount in amounts.items()
                ],
                kind="budget",
            ),
            "zemgale",
            {},
        ),
        "absorption": (
            charts.absorption,
            some(
                [
                    {"label": "Kurzeme visiem", "numerator": 2345678.0, "denominator": 5234567.0, "value": 44.8},
                    {"label": "Atver sirdi Zemgalē", "value": 41.0, "status": "provisional"},
                    {"label": "Cits", "value": NAN},
                ]
            ),
            "latvija",
            {},
        ),
        "map": (
            charts.tile_map,
            some([{"territory": each, "value": at * 37.0 % 91} for at, each in enumerate(code.values()) if at % 6]),
            "latvija",
            {},
        ),
        "region_map": (
            charts.tile_map,
            some([{"territory": code["Liepāja"], "value": 1.07}, {"territory": code["Tukuma novads"], "value": 0.0}]),
            "kurzeme",
            {"unit": "per_1000", "decimals": 2},
        ),
        **chart_cases.examples(tables),
    }


NAMES = (
    *(
        "places",
        "one_place",
        "forty_places",
        "working",
        "centres",
        "rates",
        "path",
        "by_service",
        "by_year",
        "one_year",
    ),
    *(
        "by_municipality",
        "series",
        "share",
        "expected",
        "stock",
        "versions",
        "funding",
        "absorption",
        "map",
        "region_map",
    ),
    *("funnel", "funnel_rate", "funnel_spread", "intervals", "one_interval", "forty_intervals"),
    *("family", "balance", "one_balance", "projection", "projections", "run", "run_gap", "run_few"),
    *("chosen", "chosen_lines"),
    *("regions", "regions_counts", "path_kept", "course", "one_figure"),
)
WITHOUT_VALUES = {"event_timeline", "programme_timeline"}
"""Charts of reference tables; their tests are in test_charts_courses."""


@pytest.fixture(scope="module")
def cases(tables: Tables) -> dict[str, tuple]:
    return examples(tables)


def made(cases: dict[str, tuple], name: str, words: Words) -> Chart:
    draw, frame, region, more = cases[name]
    return draw(frame, region=region, words=words, **more)


@pytest.fixture(scope="module")
def chart_of(cases: dict[str, tuple], tables: Tables) -> Callable[[str, str], Chart]:
    """The chart of a case in a language, for all tests that only look at it."""
    return cache(lambda name, language: made(cases, name, words_of(language, tables)))


def said(figure: Figure) -> list[str]:
    return [each.get_text() for each in texts(figure)]


def bars(figure: Figure, label: str = "") -> list[float]:
    """The lengths of bars, in the units of the data, in the order in which they were drawn."""
    found = [each for plot in plots(figure) for each in plot.patches if isinstance(each, Rectangle)]
    return [each.get_width() for each in found if not label or each.get_label() == label]


def test_all_cases_are_named(cases: dict[str, tuple]) -> None:
    assert set(NAMES) == set(cases)
    drawn = {function.__name__ for function, *_ in cases.values()}
    assert drawn == set(charts.__all__) - {"Absence", "Chart"} - WITHOUT_VALUES


@pytest.mark.slow
@pytest.mark.parametrize("variant", WIDTHS)
@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_words_neither_meet_nor_leave_the_picture(
    name: str, language: str, variant: str, chart_of: Callable[[str, str], Chart]
) -> None:
    figure = chart_of(name, language).figure(WIDTHS[variant])
    assert texts(figure)
    assert trouble_with_words(figure) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_a_whole_figure_for_a_page(
    name: str, language: str, cases: dict[str, tuple], tables: Tables
) -> None:
    before = cases[name][1].copy()
    chart = made(cases, name, words_of(language, tables))
    bundle = chart._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", PAGE}
    (table,) = json.loads(json.dumps(bundle[PAGE], allow_nan=False))["tables"]
    assert table["title"] == chart.title
    assert len(table["rows"]) == len(chart.data)
    html = bundle["text/html"]
    pd.testing.assert_frame_equal(cases[name][1], before)
    Balanced().feed(html)
    for part in (
        f'<figure class="chart" id="{chart.key}" aria-labelledby="{chart.key}-title">',
        f'<header><h4 class="chart-title"><span id="{chart.key}-title">',
        f'<a class="anchor" href="#{chart.key}"',
        '<p class="chart-subtitle">',
        "<figcaption>",
        'class="chart-source"',
        '<table class="data"><caption>',
        f'download="{cases[name][2]}-{chart.key}-{language}.csv"',
    ):
        assert part in html, part
    # The table stands alone where there is too little to compare for a picture.
    for part in (
        '<div class="chart-wide"><svg',
        '<div class="chart-narrow" hidden><svg',
        '<details class="chart-data"><summary>',
        f'download="{cases[name][2]}-{chart.key}-{language}.svg"',
    ):
        assert (part in html) is chart.pictured, part
    assert html.count('role="img"') == html.count('width="100%"') == (2 if chart.pictured else 0)
    assert not re.search(r"<\?xml|<!DOCTYPE|<metadata|pt\"|nan\b", html)
    # A sheet inside a picture would speak for the whole page: it names looks of its own only.
    for sheet in re.findall("<style>(.*?)</style>", html):
        assert re.fullmatch(r"(\.l[0-9a-f]{5}\{[^{}]*\})+", sheet)
    assert not chart.title[0].isdigit() and chart.title[0] == chart.title[0].upper()
    assert chart.title in chart.alt
    assert "{" not in chart.title + chart.subtitle + chart.alt + "".join(chart.notes)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_to_download_is_a_whole_file(
    name: str, chart_of: Callable[[str, str], Chart], tables: Tables
) -> None:
    chart = chart_of(name, "lv")
    root = ElementTree.fromstring(chart.picture())
    _, top, width, height = map(float, root.get("viewBox").split())
    said = " ".join(each.text for each in root.iter("{http://www.w3.org/2000/svg}text") if each.text)
    assert said.startswith(chart.title)
    assert chart.subtitle in said
    assert all(note in said for note in chart.notes) and credit(chart.sources, words_of("lv", tables)) in said
    assert top < 0 and top + height > 72 * chart.figure().get_figheight()
    assert (float(root.get("width")), float(root.get("height"))) == (width, height)


def test_each_picture_is_drawn_once(cases: dict[str, tuple], tables: Tables) -> None:
    chart, widths = made(cases, "places", words_of("lv", tables)), []

    def draw(figure: Figure, width: float) -> None:
        widths.append(width)
        chart.draw(figure, width)

    replace(chart, draw=draw).html()
    assert sorted(widths) == [NARROW, WIDE]


@pytest.mark.parametrize("name", ["places", "series", "map"])
def test_equal_values_give_equal_bytes(name: str, cases: dict[str, tuple], tables: Tables) -> None:
    first, second = (made(cases, name, words_of("lv", tables)).html().markup for _ in range(2))
    assert first == second


@pytest.mark.slow
def test_equal_bytes_in_another_process(cases: dict[str, tuple], tables: Tables) -> None:
    program = (
        "import test_charts as t; tables = t.open_reference(t.ROOT / 'data' / 'datapackage.json');"
        "print(t.made(t.examples(tables), 'places', t.words_of('lv', tables)).svg())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": ""},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert other.stdout.strip() == made(cases, "places", words_of("lv", tables)).svg().strip()


def test_ids_never_meet_on_a_page(cases: dict[str, tuple], tables: Tables) -> None:
    page = "".join(
        made(cases, name, words_of("lv", tables)).html().markup for name in ("places", "path", "series", "map")
    )
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 4
    used = set(re.findall(r"url\(#([^)]+)\)", page)) | set(re.findall(r'<use href="#([^"]+)"', page))
    assert used and used <= set(ids)


def test_markup_in_names_is_only_text(cases: dict[str, tuple], tables: Tables) -> None:
    html = made(cases, "centres", words_of("lv", tables)).html().markup
    assert "<b>" not in html
    assert html.count("VSAC &lt;b&gt;“Rīga”&lt;/b&gt; &amp; Co") >= 3


def test_drawing_leaves_the_settings_of_others_alone(cases: dict[str, tuple], tables: Tables) -> None:
    before = dict(matplotlib.rcParams)
    made(cases, "share", words_of("lv", tables)).html()
    assert dict(matplotlib.rcParams) == before
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        loud = made(cases, "share", words_of("lv", tables)).svg()
    assert loud == made(cases, "share", words_of("lv", tables)).svg()


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_published_is_one_sentence(name: str, language: str, cases: dict[str, tuple], tables: Tables) -> None:
    draw, frame, region, more = cases[name]
    for empty in (frame.iloc[:0], frame.assign(value=NAN, numerator=NAN, denominator=NAN)):
        absence = draw(empty, region=region, words=words_of(language, tables), **more)
        assert isinstance(absence, Absence)
        bundle = absence._repr_mimebundle_()
        assert bundle["text/html"].startswith('<p class="absence">')
        assert absence.plain.endswith(".") and absence.plain[0].isupper()
        assert words_of(language, tables).place(region, "locative") in absence.plain


def test_places_are_as_long_as_they_are_many(cases: dict[str, tuple], tables: Tables) -> None:
    chart = made(cases, "places", words_of("lv", tables))
    figure = chart.figure()
    assert bars(figure, "Liepāja") == [16, 20, 24, 12]
    # The indicator counts each place once, so the chart shows what it is given: opened, then planned.
    assert bars(figure, "Ventspils") == [16, 20]
    assert chart.title == "Atrastajos projektos 129\xa0vietas 3 pašvaldībās"
    assert {"72", "36", "21*"} <= set(said(figure))
    assert any(note.startswith("* ") for note in chart.notes)
    assert "mūsdienu novadu robežās" in chart.subtitle


def test_a_service_looks_the_same_everywhere(tables: Tables) -> None:
    assert service_fill("group_home").colour == service_fill("group_home", opened=False).colour == "C0"
    assert service_fill("other").style == "hatched"
    assert service_fill("day_care_centre", status="disputed").style == "hatched"


def test_working_stands_in_front_of_planned(cases: dict[str, tuple], tables: Tables) -> None:
    chart = made(cases, "working", words_of("lv", tables))
    figure = chart.figure()
    assert sorted(bars(figure, "outline")) == [12, 123, 140, 216]
    assert bars(figure, "Dienas aprūpe") == [163]
    assert "163 no 216" in said(figure)
    assert chart.title == "Latgalē darbojās 314 no 479 plānotajām vietām"
    # Unknown is hatched over what was planned, and said.
    assert bars(figure, "unknown") == [12]
    assert "nav datu; plānots 12" in said(figure)


def test_the_plan_is_a_labelled_line_at_100(cases: dict[str, tuple], tables: Tables) -> None:
    figure = made(cases, "share", words_of("en", tables)).figure()
    (plot,) = plots(figure)
    lines = [line for line in plot.lines if line.get_linestyle() == "--"]
    assert lines and {x for line in lines for x in line.get_xdata()} == {100}
    assert {
        "plan (100%)",
        "166 of 249 (67%)",
        "460 (390 planned; 118%)",
        "41% of the plan (percentage as published)*",
    } <= set(said(figure))
    hatched = [patch for patch in plot.patches if patch.get_hatch()]
    assert [patch.get_width() for patch in hatched] == [41]


def test_bars_begin_at_zero(cases: dict[str, tuple], tables: Tables) -> None:
    for name in ("places", "working", "path", "by_service", "share", "versions", "funding"):
        for plot in plots(made(cases, name, words_of("lv", tables)).figure()):
            assert plot.xlim[0] == 0, name
    for name in ("by_year", "series", "stock", "expected"):
        for plot in plots(made(cases, name, words_of("lv", tables)).figure()):
            assert plot.ylim[0] == 0, name


def test_an_unknown_step_is_said(cases: dict[str, tuple], tables: Tables) -> None:
    figure = made(cases, "path", words_of("en", tables)).figure()
    assert "not known" not in said(figure) and not bars(figure, "unknown")
    assert "No figures on these steps were found in our sources: size of the target group." in " ".join(said(figure))
    planned = "Planned to receive services"
    outlined = [patch.get_width() for patch in plots(figure)[0].patches if patch.get_label() == planned]
    assert outlined == [249, 440]


def test_a_step_known_of_one_group_is_unknown_in_a_row_of_the_other(tables: Tables) -> None:
    rows = [(ADULTS, "persons_assessed"), (ADULTS, "persons_served"), (CHILDREN, "persons_assessed")]
    steps = with_losses(values([{"target_group": group, "step": step, "value": 5.0} for group, step in rows]))
    figure = charts.path_to_service(steps, region="zemgale", words=words_of("en", tables)).figure()
    assert said(figure).count("not known") == len(bars(figure, "unknown")) == 1
    below = "size of the target group, planned to be assessed and planned to receive services."
    assert below in " ".join(said(figure))


def test_a_hidden_number_is_not_called_unknown(tables: Tables) -> None:
    rows = values(
        [{"target_group": ADULTS, "value": NAN, "status": "confidential"}, {"target_group": CHILDREN, "value": 5}]
    )
    figure = charts.share_of_plan(rows, region="zemgale", words=words_of("lv", tables)).figure()
    assert "dati netiek rādīti" in said(figure) and "nav datu" not in said(figure)


def test_services_do_not_add_up_to_persons(cases: dict[str, tuple], tables: Tables) -> None:
    (note,) = made(cases, "by_service", words_of("en", tables)).notes
    assert "166" in note and "278" in note


def test_years_without_a_figure_are_not_bridged(cases: dict[str, tuple], tables: Tables) -> None:
    figure = made(cases, "series", words_of("lv", tables)).figure()
    spans = [tuple(line.get_xdata()) for line in plots(figure)[0].lines if line.get_linestyle() == "-"]
    assert (2004.5, 2005.5) in spans and (2006.5, 2008.5) not in spans
    assert {"1\xa0597", "8\xa0151", "†", "31,2"} <= set(said(figure))


def test_one_figure_in_time_is_a_bar(cases: dict[str, tuple], tables: Tables) -> None:
    figure = made(cases, "one_year", words_of("lv", tables)).figure()
    assert bars(figure, "outline") == [3400]
    assert "650 no 3\xa0400" in said(figure)


def test_the_gap_to_the_expected_is_said(cases: dict[str, tuple], tables: Tables) -> None:
    chart = made(cases, "expected", words_of("en", tables))
    assert chart.title == "Adults with mental disorders: 648 fewer than on an even path to 2,100"
    words = " ".join(said(chart.figure()))
    for part in (
        "648 fewer than expected.",
        "139 more than expected.",
        "target: 2,100",
        "expected: 933",
        "reached: 285",
    ):
        assert part in words


def test_groups_beside_each_other_have_one_scale(cases: dict[str, tuple], tables: Tables) -> None:
    adults, children = plots(made(cases, "expected", words_of("en", tables)).figure())
    assert adults.ylim == children.ylim


def test_a_region_has_a_plan_and_the_country_a_target(cases: dict[str, tuple], tables: Tables) -> None:
    draw, frame, _, more = cases["expected"]
    for region, aim in (("latvija", "target"), ("zemgale", "plan")):
        words = said(draw(frame, region=region, words=words_of("en", tables), **more).figure())
        assert f"{aim}: 2,100" in words


def test_a_figure_of_which_only_the_year_is_known_is_not_called_late(cases: dict[str, tuple], tables: Tables) -> None:
    draw, frame, region, more = cases["expected"]
    early = with_verdict(frame.assign(period="2021", value=[700.0, 1650.0], expected_from=[600.0, 1400.0]))
    chart = draw(early, region=region, words=words_of("en", tables), **more)
    assert chart.title == "Adults with mental disorders: the pace cannot be told without the exact day"
    drawn = " ".join(text.get_text() for text in chart.figure().findobj(Text)).replace("\u00a0", " ")
    assert "Expected in 2021: 600 to 933." in drawn and "139 more than expected." in drawn and "fewer" not in drawn
    assert chart.data["required_per_year"].isna().tolist() == [True, False]
    # Below what was to be expected on the first day it is behind on any day.
    late = draw(with_verdict(early.assign(value=[590.0, 1390.0])), region=region, words=words_of("en", tables), **more)
    assert late.title == "Adults with mental disorders: at least 10 fewer than on an even path to 2,100"
    assert "expected: 600–933" in said(late.figure())


def test_a_disputed_issue_is_no_ground_to_compare_with(cases: dict[str, tuple], tables: Tables) -> None:
    words = said(made(cases, "versions", words_of("lv", tables)).figure())
    assert {"502 (+202)", "542 (+40)", "510†", "631 (+275)", "276 (−58)", "276"} <= set(words)


def test_shares_of_funding_fill_the_bar(cases: dict[str, tuple], tables: Tables) -> None:
    figure = made(cases, "funding", words_of("lv", tables)).figure()
    assert sum(bars(figure, "Bauskas novads")) == pytest.approx(100)
    assert "3\xa0979\xa0683\xa0EUR" in said(figure)


def test_the_map_shows_the_municipalities_of_its_day(tables: Tables) -> None:
    def names(on: str, madona: str) -> list[str]:
        rows = values([{"territory": madona, "value": 5.0}])
        return said(charts.tile_map(rows, region="latvija", words=words_of("lv", tables), on=on).figure())

    today, before = names("9999-12-31", "0038001"), names("2024-01-01", "0038000")
    assert sum(name[0].isupper() for name in today) == sum(name[0].isupper() for name in before) - 1
    assert "Varakļānu" not in today and any(name.startswith("Varakļān") for name in before)
    assert "5" in today and "5" in before


def test_forty_one_territories_of_one_value_have_one_class(tables: Tables) -> None:
    rows = values([{"territory": each, "value": 3.0} for each in codes(tables).values()])
    figure = charts.tile_map(rows, region="latvija", words=words_of("lv", tables)).figure()
    assert said(figure).count("3") == len(codes(tables)) + 1


def test_every_sentence_has_both_languages_and_the_same_gaps() -> None:
    ours = [key for key in catalogue() if key.startswith(("chart_", "series_"))]
    assert len(ours) > 100
    for key in ours:
        gaps = []
        for language in ("lv", "en"):
            wording = catalogue()[key][language]
            forms = list(wording.values()) if isinstance(wording, dict) else [wording]
            assert all(form.strip() == form and form for form in forms), key
            assert not any(form[0].isdigit() for form in forms), key
            gaps.append({frozenset(re.findall(r"{(\w+)}", form)) for form in forms})
        assert gaps[0] == gaps[1], key


def test_looks_live_in_one_file() -> None:
    for file in [path for part in ("drawing", "charts") for path in (ROOT / "socsvc_analysis" / part).glob("*.py")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"#[0-9A-Fa-f]{6}\b|fontsize=\d|pyplot", text), file.name


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    VOID = frozenset({"br", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def feed(self, data: str) -> None:
        super().feed(data)
        assert not self.open
