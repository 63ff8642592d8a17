"""One answer to one question: what an indicator says a chart, a table and a sentence say too."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from chart_cases import ADULTS, CHILDREN, values
from drawn import plots
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from socsvc_analysis import charts, indicators, observations, sections
from socsvc_analysis.charts.palette import UNCERTAIN
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.client_path import with_losses
from socsvc_analysis.reference import Reference
from socsvc_analysis.sections.progress import _paces
from socsvc_analysis.sentences import catalogue
from socsvc_analysis.wording import Words, in_language, sentence_case


@pytest.fixture(scope="module")
def english(real_tables: Reference) -> Words:
    return in_language("en", real_tables)


def test_statuses_have_one_order() -> None:
    ranked = sorted(UNCERTAIN, key=observations.STATUS_RANK.__getitem__)
    assert list(UNCERTAIN) == ranked
    assert observations.worst_status(UNCERTAIN) == UNCERTAIN[-1]


def test_a_path_says_the_share_of_the_indicator_and_names_an_older_figure(english: Words) -> None:
    steps = values(
        [
            {"step": "persons_assessed", "period": "2023-09", "value": 545.0},
            {"step": "persons_served", "period": "2021", "value": 166.0},
        ],
        target_group=ADULTS,
    )
    earlier = values([{"step": "persons_assessed", "period": "2021", "value": 387.0}], target_group=ADULTS)
    path = with_losses(steps, pd.concat([steps, earlier], ignore_index=True))
    chart = charts.path_to_service(path, region="zemgale", words=english)
    assert chart.title == "Adults with mental disorders: 166 of 387 assessed received services"
    drawn = [text.get_text() for text in chart.figure().findobj(match=lambda each: hasattr(each, "get_text"))]
    assert "166 (43% of 387 assessed, 2021)" in drawn
    served = chart.data[chart.data["value"] == 166].iloc[0]
    assert (served["compared"], served["lost"]) == ("Assessed (2021): 387", 221)
    assert served["kept"] == pytest.approx(166 / 387 * 100)


def test_a_projection_has_one_year_rule(english: Words, real_tables: Reference) -> None:
    counts = [("2019", 100.0), ("2020", 108.0), ("2021", 116.0)]
    rows = [{"period": year, "value": count} for year, count in counts]
    frame = values([*rows, {"period": "2023", "value": 150.0, "kind": "plan"}], target_group=ADULTS)
    course = indicators.projection.course(frame, real_tables)
    # 116 at the end of 2021 and 8 more each year: 148 at the end of 2025, so that 150 is passed in 2026.
    assert course["year"].unique().tolist() == [2026]
    chart = charts.projection_to_target(course, region="zemgale", words=english)
    assert chart.title == "Adults with mental disorders: plan likely reached in 2026"
    at_due = course[(course["kind"] == "projection") & (course["on"] == "2023-12-31")]
    assert at_due["value"].tolist() == pytest.approx([132], abs=0.1)


def test_the_course_of_a_page_ends_as_the_indicator_says(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    told = ["verdict", "year", "earliest", "latest"]
    by_year = indicators.clients.served_by_year(Dataset(real_figures, real_tables), targets=True)
    course = indicators.projection.course(by_year, real_tables).drop_duplicates(["territory", "target_group"])
    outlook = indicators.projection.projection_to_target(Dataset(real_figures, real_tables))
    outlook = observations.select(outlook, measure="persons_served", service_type="all")
    both = course.merge(outlook, on=["territory", "target_group"], suffixes=("", "_told"), validate="one_to_one")
    assert len(both) == len(course) > 0
    pd.testing.assert_frame_equal(both[told], both[[f"{name}_told" for name in told]].set_axis(told, axis=1))


def test_a_pace_is_judged_in_whole_people_for_chart_and_sentence_alike(english: Words) -> None:
    paces = values(
        [{"period": "2021-12-31", "value": 91.0}],
        territory="LV009",
        target_group=ADULTS,
        baseline=0.0,
        start="2015-07-01",
        end="2023-12-31",
        on="2021-12-31",
        target=120.0,
        expected=91.4,
        expected_from=91.4,
        required_per_year=15.0,
        share_of_time=76.0,
        pace=0.99,
    )
    paces = indicators.progress.with_verdict(paces)
    assert (paces["verdict"].item(), paces["gap"].item()) == ("even", 0)
    chart = charts.expected_by_now(paces, region="zemgale", words=english)
    assert chart.title == "Adults with mental disorders: exactly as many as on an even path to 120"
    (sentence,) = _paces(paces.assign(numerator=91.0), english)
    assert "exactly as expected" in sentence.text and "needed 15 more each year" in sentence.text
    assert judged_as(paces, value=90.4) == "behind" and judged_as(paces, value=90.5) == "even"
    assert judged_as(paces, value=100.0) == "ahead" and judged_as(paces, value=120.0) == "reached"
    assert judged_as(paces, value=90.0, expected_from=80.0) == "unsure"
    assert judged_as(paces, value=90.0, required_per_year=float("nan")) == "over"


def judged_as(paces: pd.DataFrame, **change: float) -> str:
    return indicators.progress.with_verdict(paces.assign(**change))["verdict"].item()


def test_what_is_needed_each_year_is_one_number(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    paces = indicators.progress.pace_to_target(Dataset(real_figures, real_tables))
    outlook = indicators.projection.projection_to_target(Dataset(real_figures, real_tables))
    outlook = observations.select(outlook, measure="persons_served", service_type="all")
    both = paces.merge(outlook, on=["territory", "target_group"], validate="one_to_one")
    assert len(both) == len(paces) > 0
    assert both["required_per_year"].tolist() == both["needed_per_year"].tolist()


@pytest.mark.parametrize(("value", "shown"), [(12.5, "13%"), (13.5, "14%"), (1 / 8 * 100, "13%"), (0.5, "1%")])
def test_halves_are_rounded_up_everywhere(english: Words, value: float, shown: str) -> None:
    assert english.percent(value) == shown
    assert english.number(2.675, 2) == "2.68"


def test_the_share_of_the_union_is_one_in_picture_and_table(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    split = indicators.money.funding_split(Dataset(real_figures, real_tables))
    project = ["territory", "programme", "version", "service_type"]
    projects = split.drop_duplicates(project)
    shares = indicators.money.cofinancing_share(Dataset(real_figures, real_tables))
    both = projects.merge(shares, on=project, suffixes=("", "_table"), validate="one_to_one")
    assert len(both) == len(projects) > 20
    assert both["european"].tolist() == pytest.approx(both["value_table"].tolist())


def test_a_bar_of_funds_is_of_the_total_and_not_of_its_known_parts(english: Words) -> None:
    rows = [("funding_erdf", 60.0, 60.0), ("funding_municipal", 39.5, 39.5)]
    funding = values(
        [{"fund": fund, "value": amount, "share": share} for fund, amount, share in rows],
        label="A house",
        denominator=100.0,
        european=60.0,
    )
    chart = charts.funding_split(funding, region="zemgale", words=english)
    assert "60%" in chart.title
    assert chart.data["share"].tolist() == [60.0, 39.5]


def test_children_of_riga_are_in_families_or_institutions_and_adults_are_not_added_over_services(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    families = indicators.care_balance.children_in_family_care(Dataset(real_figures, real_tables), targets=True)
    city = families[families["territory"] == "0010000"].set_index("period")
    assert city["value"].round().loc[["2012", "2016"]].tolist() == [69, 75]
    assert city.loc["2016", ["numerator", "denominator"]].tolist() == [1254, 1254 + 418]
    balance = indicators.care_balance.balance_of_care(Dataset(real_figures, real_tables))
    assert "0010000" not in set(balance["territory"])


def test_a_timeline_counts_what_it_draws_and_names_all_of_equal_years(real_words: Words) -> None:
    for region in ("zemgale", "riga", "latvija"):
        chart = charts.event_timeline(region=region, words=real_words)
        events = chart.data
        years = events["start"].str[:4].value_counts()
        busiest = sorted(years.index[years == years.max()])
        assert str(len(events)) in chart.title
        assert len(busiest) > 2 or all(year in chart.title for year in busiest)


def test_ties_are_told_as_ties(english: Words) -> None:
    rows = [{"service_type": service, "value": 12.0} for service in ("home_care", "group_home")]
    chart = charts.served_by_service(values(rows, unique_total=20.0), region="zemgale", words=english)
    assert chart.title == "Most used service: home care and group home, 12\xa0people"


def test_the_service_used_most_names_its_group_where_there_are_several(english: Words) -> None:
    rows = [{"target_group": ADULTS, "value": 109.0}, {"target_group": CHILDREN, "value": 249.0}]
    used = values(rows, service_type="home_care", unique_total=300.0)
    chart = charts.served_by_service(used, region="zemgale", words=english)
    assert chart.title == "Most used service: home care (children with functional disorders), 249\xa0people"


def test_a_disputed_figure_sets_no_scale(english: Words) -> None:
    rows = [("first", 0, 400.0, "normal"), ("misprint", 1, 3533.0, "disputed"), ("last", 2, 353.0, "normal")]
    versions = values(
        [{"version_title": title, "order": at, "value": count, "status": status} for title, at, count, status in rows],
        measure="persons_assessed",
        target_group=CHILDREN,
        since="2020",
    )
    chart = charts.plan_versions(indicators.progress.with_changes(versions), region="latgale", words=english)
    (plot,) = plots(chart.figure())
    assert max(patch.get_width() for patch in plot.patches if patch.get_label() != "unknown") == 400
    assert 3533.0 in set(chart.data["value"])


@pytest.mark.parametrize(("since", "title"), [("", "undated"), ("2018", "")])
def test_of_versions_without_a_date_none_is_the_later(english: Words, since: str, title: str) -> None:
    rows = [("project", 0, 387.0, since), ("version of 2020", 1, 389.0, "2020")]
    versions = values(
        [{"version_title": name, "order": at, "value": count, "since": day} for name, at, count, day in rows],
        measure="persons_served",
        target_group=ADULTS,
        kind="plan",
    )
    chart = charts.plan_versions(indicators.progress.with_changes(versions), region="latgale", words=english)
    key = "chart_versions_title_undated" if title else "chart_versions_title"
    subject = sentence_case(english.commitment("persons_served", "plan"))
    assert chart.title == english.say(key, subject=subject, first="387", last="389")
    assert chart.data["change"].isna().all() == bool(title)


def test_places_and_people_are_not_drawn_in_one_frame(english: Words) -> None:
    rows = [("A", "places", 1458.0), ("B", "places", 40.0), ("C", "places", 30.0), ("D", "persons", 572.0)]
    centres = values([{"provider_title": name, "unit": unit, "value": count} for name, unit, count in rows])
    chart = charts.state_care_centres(centres, region="riga", words=english)
    (plot,) = plots(chart.figure())
    assert {patch.get_width() for patch in plot.patches} == {1458.0, 40.0, 30.0}
    assert len(chart.data) == 4 and any("people" in note for note in chart.notes)


@pytest.mark.parametrize(("known", "pictured"), [(2, False), (3, True)])
def test_fewer_than_three_comparable_values_are_a_table(english: Words, known: int, pictured: bool) -> None:
    services = ("home_care", "group_home", "respite")[:known]
    rows = [{"service_type": service, "value": 10.0 + at} for at, service in enumerate(services)]
    chart = charts.served_by_service(values(rows, unique_total=20.0), region="zemgale", words=english)
    assert chart.pictured is pictured
    assert ("<svg" in chart.html().markup) is pictured and "<table" in chart.html().markup


def test_the_five_municipalities_that_a_source_chose_make_no_funnel(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    served = indicators.clients.served_per_1000(Dataset(real_figures, real_tables))
    assert len(served) > 0 and indicators.enough.for_funnel(served, real_tables).empty
    assert list(indicators.enough.for_funnel(served, real_tables)) == list(served)


def test_a_series_that_only_rises_has_no_usual_level(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    yearly = indicators.series.yearly(Dataset(real_figures, real_tables), ("clients", "clients_in_year"))
    longest = indicators.series.longest_series(observations.for_region(yearly, "riga", real_tables))
    judged = indicators.control.with_limits(longest, real_tables)
    assert len(judged) == 13 and indicators.enough.for_control(judged).empty


def test_a_concentration_needs_half_of_the_municipalities(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    places = indicators.capacity.places_by_municipality(Dataset(real_figures, real_tables))
    shares = indicators.coverage.places_concentration(Dataset(real_figures, real_tables))
    region = real_tables.municipalities.set_index("code")["region"]
    units = region[real_tables.municipalities.set_index("code")["valid_to"] == ""].value_counts()
    known = region.reindex(places.loc[places["value"].notna(), "territory"]).value_counts()
    codes = real_tables.regions.set_index("region")["code"]
    carried = {codes[each] for each in units.index if known.get(each, 0) * 2 >= units[each]}
    assert set(indicators.enough.for_concentration(shares, places, real_tables)["territory"]) - {"LV"} == carried


def test_the_capital_has_no_municipality_of_similar_size(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    overview = indicators.municipalities.overview(Dataset(real_figures, real_tables)).set_index("territory")
    assert overview.at[overview["residents"].idxmax(), "peers"] == ()
    residents = overview["residents"]
    for code, peers in overview["peers"].items():
        assert all(0.5 <= residents[peer] / residents[code] <= 2 for peer in peers)


def test_a_list_of_projects_found_ranks_nobody(
    real_figures: pd.DataFrame, real_tables: Reference, english: Words
) -> None:
    places = indicators.capacity.places(Dataset(real_figures, real_tables))[lambda rows: rows["region"] == "zemgale"]
    chart = charts.places_by_municipality(places, region="zemgale", words=english)
    assert chart.title == "Projects found: 179\xa0places in 3 municipalities"
    names = list(dict.fromkeys(chart.data["place"]))
    assert names == english.ordered(names)
    totals = indicators.capacity.places_by_municipality(Dataset(real_figures, real_tables))
    known = totals["value"].notna().sum()
    assert charts.tile_map(totals, region="latvija", words=english).title == f"Known for {known} of 42 municipalities"


def test_reliable_is_only_what_was_opened_at_its_address(
    real_published: pd.DataFrame, real_tables: Reference, english: Words
) -> None:
    figures = observations.with_region(
        observations.excluding(real_published, measure=observations.RESIDENTS), real_tables
    )
    opened = set(real_tables.sources.loc[real_tables.sources["url_status"] == "full", "source"])
    normal = figures[figures["status"] == "normal"]
    cells = re.findall(r"<td[^>]*>([\d,]+)</td>", sections.evidence(figures, region="latvija", words=english).markup)
    numbers = [int(each.replace(",", "")) for each in cells]
    assert sum(numbers[0::5]) == normal["source"].isin(opened).sum()
    assert sum(numbers[1::5]) == (~normal["source"].isin(opened)).sum() > 0


def test_what_is_told_as_a_disagreement_is_not_told_again(
    real_published: pd.DataFrame, real_tables: Reference, english: Words
) -> None:
    figures = observations.with_region(real_published, real_tables)
    disputed = observations.disagreements(figures, real_tables)
    rest = figures[(figures["status"] == "disputed") & ~figures["id"].isin(disputed["id"])]
    shown = sections.doubtful(figures, disputed, region="latvija", words=english).markup
    assert shown.count("<tr>") - 1 == len(rest) < (figures["status"] == "disputed").sum()


def test_a_share_of_few_says_its_numbers(english: Words) -> None:
    rows = values(
        [
            {"service_type": "home_care", "numerator": 1.0, "denominator": 42.0, "value": 100 / 42},
            {"service_type": "respite", "numerator": 21.0, "denominator": 42.0, "value": 50.0},
        ],
        territory="LV",
    )
    shown = sections.value_table(rows, "municipalities_with_service", region="latvija", words=english).markup
    assert ">1 of 42<" in shown and ">50%<" in shown and "2%" not in shown


def test_not_found_and_not_published_are_two_things() -> None:
    """Whether something was published we cannot know; what is not at hand was not found in the sources."""
    absences = {key: said for key, said in catalogue().items() if re.search("absent|_none|nothing|unknown", key)}
    assert len(absences) > 20
    for key, said in absences.items():
        assert not re.search(r"nav public|(is|are) not published", str(said)), key


def test_fewer_municipalities_after_the_reform_are_no_collapse() -> None:
    said = catalogue()["finding_participating_before_merging"]
    assert "reform" in said["en"] and "reformas" in said["lv"]


def test_no_line_of_a_pace_strikes_through_its_labels(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    english = in_language("en", real_tables)
    paces = observations.for_region(
        indicators.progress.pace_to_target(Dataset(real_figures, real_tables)), "latgale", real_tables
    )
    figure = charts.expected_by_now(paces, region="latgale", words=english).figure()
    figure.dpi = 72
    renderer = FigureCanvasAgg(figure).get_renderer()
    labels = [text.get_window_extent(renderer) for text in figure.findobj(Text) if ":" in text.get_text()]
    gaps = [line for plot in plots(figure) for line in plot.lines if line.get_linestyle() == ":"]
    assert len(gaps) == 2 and len(labels) == 6
    for gap in gaps:
        ends = list(zip(gap.get_xdata(), gap.get_ydata(), strict=True))
        (x, top), (_, bottom) = gap.get_transform().transform(ends)
        for label in labels:
            assert not (label.x0 < x < label.x1 and min(top, bottom) < label.y0 and label.y1 < max(top, bottom))


def test_nobody_is_lost_where_more_people_are_served() -> None:
    steps = [("persons_assessed", 392.0), ("persons_served", 460.0)]
    path = with_losses(values([{"step": step, "value": count} for step, count in steps], target_group=CHILDREN))
    assert path["lost"].tolist()[1] == 0
    assert path["kept"].tolist()[1] == pytest.approx(460 / 392 * 100)


def test_the_path_of_zemgale_is_the_same_in_picture_and_table(
    real_figures: pd.DataFrame, real_tables: Reference, english: Words
) -> None:
    path = observations.for_region(
        indicators.client_path.path_to_service(Dataset(real_figures, real_tables)), "zemgale", real_tables
    )
    chart = charts.path_to_service(path, region="zemgale", words=english)
    assert chart.data["kept"].dropna().tolist() == path["kept"].dropna().tolist()
    assert chart.data["lost"].dropna().tolist() == path["lost"].dropna().tolist()
