"""What a brief says first and last: its sentences by hand, in both languages, and that it stays short."""

from __future__ import annotations

import ast
import html
import re
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import nbformat
import pandas as pd
import pytest

from socsvc_analysis import indicators, observations, sections
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import FT, GRT
from socsvc_analysis.markup import Html
from socsvc_analysis.reference import Reference
from socsvc_analysis.sections.known import _end
from socsvc_analysis.wording import LANGUAGES, NBSP, in_language

ROOT = Path(__file__).parents[1]
REGIONS = ("riga", "kurzeme", "vidzeme", "latgale", "zemgale", "latvija")
MOST_WORDS = 1050
"""Of the 1,200 words of a brief what the page around it leaves."""
MOST_PICTURES = 6
pytestmark = pytest.mark.usefixtures("computing_once")


def said(figures: pd.DataFrame, tables: Reference, region: str, language: str) -> list[str]:
    """The sentences of what is known of ``region``."""
    section = sections.known(
        indicators.standing.standing(Dataset(figures, tables)),
        indicators.standing.latest_known(Dataset(figures, tables)),
        indicators.performance.performance_verdict(Dataset(figures, tables)),
        indicators.standing.published_reserve(figures),
        indicators.standing.regions_alone(indicators.standing.standing(Dataset(figures, tables))),
        region=region,
        words=in_language(language, tables),
    )
    return section.plain.replace(NBSP, " ").split("\n")


def missing(figures: pd.DataFrame, tables: Reference, region: str, language: str) -> str:
    """What the list of what is missing says of ``region``."""
    section = sections.gaps(
        indicators.standing.standing(Dataset(figures, tables)),
        indicators.clients.served_by_service(Dataset(figures, tables)),
        indicators.standing.places_in_operation(Dataset(figures, tables)),
        indicators.money.absorption(Dataset(figures, tables)),
        indicators.progress.institutional_reduction(Dataset(figures, tables), targets=True),
        region=region,
        words=in_language(language, tables),
    )
    return html.unescape(re.sub("<[^>]*>", " ", section.markup)).replace(NBSP, " ")


def test_the_three_sentences_on_two_dates_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    verdict, newest, end, unknown = said(figures, tables, "ziemeli", "en")
    assert verdict == (
        "By the newest figures found, the plan had been met for adults but not yet for children: in the North, "
        "services had been received by 58 adults with mental disorders (50 planned; 116%) on 31 December 2022 and 48 "
        "of 64 children with functional disorders (75%) in December 2021; the plan in force at the time was due by "
        "31 December 2023."
    )
    assert newest == "The newest figure on people served shows the position on 31 December 2022."
    assert end == "The measure ended on 31 December 2023; no final result in the North was found in our sources."
    assert unknown == "Not known: how many people received services after 31 December 2022."


def test_the_three_sentences_on_one_date_in_latvian(figures: pd.DataFrame, tables: Reference) -> None:
    verdict, newest, end, unknown = said(figures, tables, "dienvidi", "lv")
    assert verdict == (
        "Pēc jaunākajiem atrastajiem skaitļiem plāns vēl nebija izpildīts nevienai mērķa grupai: 2021. gada "
        "31. decembrī Dienvidos pakalpojumus bija saņēmuši 12 pieaugušo ar garīga rakstura traucējumiem (40 % no "
        "plāna, kā norāda avots) un 45 no 60 bērniem ar funkcionāliem traucējumiem (75 %); toreiz spēkā esošā plāna "
        "termiņš bija 2023. gada 31. decembris."
    )
    assert newest == "Jaunākais skaitlis par pakalpojumu saņēmējiem rāda stāvokli 2021. gada 31. decembrī."
    assert end == "Pasākums beidzās 2023. gada 31. decembrī; galarezultāts Dienvidos mūsu avotos nav atrasts."
    # The plan was raised to 80 in 2022.
    assert unknown == (
        "Nav zināms: cik cilvēku pakalpojumus saņēma pēc 2021. gada 31. decembra un vai izpildīts vēlākais plāns "
        "(80 bērnu ar funkcionāliem traucējumiem)."
    )


@pytest.mark.parametrize(
    ("language", "part"),
    [
        ("lv", "40 % no plānotā pieaugušo ar garīga rakstura traucējumiem skaita (kā norāda avots)"),
        ("en", "40% of the adults with mental disorders planned (as the source states)"),
    ],
)
def test_where_only_the_share_was_printed_no_number_of_people_is_said(
    figures: pd.DataFrame, tables: Reference, language: str, part: str
) -> None:
    served = (figures["measure"] == "persons_served") & (figures["target_group"] == GRT)
    unnumbered = figures[~(served & (figures["territory"] == "LV00Y") & (figures["kind"] == "actual"))]
    assert part in said(unnumbered, tables, "dienvidi", language)[0]


def test_the_country_has_a_target(figures: pd.DataFrame, tables: Reference) -> None:
    verdict, _, _, unknown = said(figures, tables, "latvija", "en")
    assert unknown == (
        "Not known: how many people in the whole country received services after 31 December 2021 (later figures were "
        "found for some regions only, and their dates differ)."
    )
    assert verdict == (
        "By the newest figures found, the 2023 target had not yet been met for either group: on 31 December 2021, 60 "
        "of 120 adults with mental disorders (50%) and 90 of 150 children with functional disorders (60%) in Latvia "
        "had received services; the target was due by 31 December 2023."
    )


def test_where_only_the_plan_is_known_it_is_said_and_no_verdict_given(
    published: pd.DataFrame, tables: Reference
) -> None:
    verdict, newest, _, unknown = said(published[published["kind"] != "actual"], tables, "ziemeli", "en")
    assert verdict == (
        "Whether the plan was met is not known: in the North, services were planned by 31 December 2023 for 50 adults "
        "with mental disorders and 64 children with functional disorders."
    )
    assert newest == "No figure on the path to a service in the North was found in our sources."
    assert unknown == (
        "Not known: how many adults with mental disorders and children with functional disorders received services "
        "(not found in our sources)."
    )


def test_where_nothing_is_known_every_sentence_stands(published: pd.DataFrame, tables: Reference) -> None:
    verdict, *_ = said(published[published["measure"] == "population"], tables, "dienvidi", "en")
    assert verdict == (
        "Whether the plan was met is not known: neither the number planned nor the number who received services in "
        "the South was found in our sources."
    )


def test_the_end_of_the_measure_is_cited_from_who_says_it(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    words, rows = in_language("en", real_tables), indicators.standing.standing(Dataset(real_figures, real_tables))
    cited = {region: _end(rows, region, words).sources for region in ("zemgale", "kurzeme", "riga", "latvija")}
    # The region, its project, or else the measure; a regulation by which targets are due says nothing of its end.
    letter = ["lm_letter_2019_zemgale"]
    assert cited == {
        "zemgale": ["zpr_coordination_group"],
        "kurzeme": ["kurzeme_2018_12"],
        "riga": letter,
        "latvija": letter,
    }


def test_a_final_result_is_said_to_be_one(published: pd.DataFrame, tables: Reference) -> None:
    final = published["period"].mask(published["id"].isin(["M001", "M004"]), "2023-12-31")
    figures = observations.chosen(published.assign(period=final), tables)
    _, _, end, unknown = said(figures, tables, "latvija", "en")
    assert end == "The measure ended on 31 December 2023; the final result in Latvia is among our sources."
    assert unknown == "All main figures are known."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_verdict_stands_beside_ours(
    real_figures: pd.DataFrame, real_tables: Reference, language: str
) -> None:
    words = in_language(language, real_tables)
    published = said(real_figures, real_tables, "latvija", language)[3]
    assert published.startswith(words.say("known_published_lead"))
    assert words.percent(6).replace(NBSP, " ") in published
    assert words.say("known_analogy_unknown") in published
    for region in REGIONS[:-1]:
        assert len(said(real_figures, real_tables, region, language)) == 4


def test_what_is_missing_of_the_miniature(figures: pd.DataFrame, tables: Reference) -> None:
    north = missing(figures, tables, "ziemeli", "en")
    assert "by the end of the measure, 31 December 2023" in north
    assert "North planning region (invented) (the region’s project), Invented ministry" in north
    south = missing(figures, tables, "dienvidi", "en")
    assert "how many people received each service" not in south.casefold()
    assert "for how many adults with mental disorders services were planned" in south.casefold()


def cards_of(data: Dataset, region: str) -> Html:
    return sections.headlines(
        indicators.standing.standing(data),
        indicators.client_path.path_to_service(data),
        indicators.standing.places_in_operation(data),
        indicators.capacity.state_care(data),
        indicators.progress.institutional_reduction(data, targets=True),
        indicators.care_balance.children_in_family_care(data, targets=True),
        region=region,
        words=in_language("en", data.reference),
    )


def test_the_cards_say_of_which_indicators_they_are(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    data = Dataset(real_figures, real_tables)
    assert cards_of(data, "riga").indicators == ("served_of_plan", "path_to_service", "state_care")
    # Its state care centre is known, and four other cards come first: a brief defines only what it shows.
    assert cards_of(data, "zemgale").indicators == ("served_of_plan", "path_to_service")


def test_a_card_shows_figures_of_one_date_and_says_which_are_approximate(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    cards = cards_of(Dataset(real_figures, real_tables), "zemgale").markup.split('class="card"')[1:]
    contexts = [re.sub("<[^>]*>", " ", card.split("card-context")[1]) for card in cards]
    assert len(cards) == 4
    for context in contexts:
        assert len(re.findall(r"\b20\d\d\b", context)) == 1
    assert [("date approximate" in context) for context in contexts] == [True, True, False, False]


# The whole brief


@cache
def brief(region: str, language: str) -> str:
    """The HTML that the cells of the brief show, with its prose."""
    given = {"region": region, "language": language, "audience": "public", "data": str(ROOT / "data")}
    names: dict[str, object] = {}
    shown: list[str] = []
    for cell in nbformat.read(ROOT / "notebooks" / "summary.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown":
            shown += [f"<p>{cell.source}</p>"] if language in cell.metadata.tags else []
            continue
        tags = cell.metadata.get("tags", [])
        *before, last = ast.parse(cell.source).body
        exec(compile(ast.Module(before, []), cell.id, "exec"), names)
        if isinstance(last, ast.Expr) and "hide-from-page" not in tags:
            result = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
            if result is not None:
                shown.append(result._repr_mimebundle_()["text/html"])
        else:
            exec(compile(ast.Module([last], []), cell.id, "exec"), names)
        if cell.id == "parameters":
            names |= given
    return "\n".join(shown)


def visible(page: str) -> list[str]:
    """The words that a reader sees who opens nothing: no closed details, one variant of each picture."""
    words: list[str] = []

    def read(element: Element) -> None:
        hidden = element.get("class") == "chart-narrow"
        children = [child for child in element if child.tag == "summary"] if element.tag == "details" else element
        words.extend((element.text or "").split() if not hidden and element.tag != "details" else [])
        for child in () if hidden else children:
            read(child)
            words.extend((child.tail or "").split() if element.tag != "details" else [])

    read(html5lib.parseFragment(page, namespaceHTMLElements=False))
    return words


def test_closed_details_are_not_visible() -> None:
    page = "<p>a <b>b</b> c<details><summary>d</summary>e<details><summary>f</summary>g</details></details> h</p>"
    assert visible(page) == ["a", "b", "c", "d", "h"]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_a_brief_is_short(region: str, language: str) -> None:
    page = brief(region, language)
    assert len(visible(page)) <= MOST_WORDS
    pictures = re.findall(r'<figure class="chart" id="(\w+)"', page)
    assert 1 <= len(pictures) <= MOST_PICTURES
    assert len(pictures) == len(set(pictures))


@pytest.mark.slow
def test_the_pictures_of_each_brief_by_hand() -> None:
    course, path, money = "reached_against_plan", "path_to_service", "funding_split"
    expected = {
        "riga": [money],
        "kurzeme": [path, money],
        "vidzeme": [path, money],
        "latgale": [course, path, "planned_and_working", money],
        "zemgale": [course, path, "served_by_service", money],
        "latvija": [course, "children_in_families", "children_in_institutions", "institutional_stock", money],
    }
    found = {region: re.findall(r'<figure class="chart" id="(\w+)"', brief(region, "en")) for region in REGIONS}
    assert found == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deadline_that_no_source_names_is_not_said(published: pd.DataFrame, tables: Reference, language: str) -> None:
    words = in_language(language, tables)
    assumed = published["note"].mask(published["kind"] == "plan", "plan_to_project_end")
    figures = observations.chosen(published.assign(note=assumed), tables)
    verdict, *_ = said(figures, tables, "ziemeli", language)
    assert words.say("known_due_unnamed") in verdict
    plans = observations.chosen(published.assign(note=assumed)[published["kind"] == "plan"], tables)
    verdict, *_ = said(plans, tables, "ziemeli", language)
    assert "2023" not in verdict
    assert words.say("known_planned_undated", place="", parts="").strip(" ,;").split(";")[-1].strip() in verdict


@pytest.mark.parametrize("language", LANGUAGES)
def test_applications_are_no_people_and_every_group_of_the_day_is_told(
    real_figures: pd.DataFrame, real_tables: Reference, language: str
) -> None:
    newest = said(real_figures, real_tables, "kurzeme", language)[1]
    words = in_language(language, real_tables)
    parts = words.listed(
        words.say("known_applications", count=count, group=words.say(f"known_genitive_{group}"))
        for count, group in (("348", GRT), ("322", FT))
    )
    date = words.date_long("2016-12-31", "locative")
    assert newest == words.say("known_newest_applied", date=date, applications=parts).replace(NBSP, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_country_says_that_regions_alone_report_more(
    real_figures: pd.DataFrame, real_tables: Reference, language: str
) -> None:
    alone = indicators.standing.regions_alone(indicators.standing.standing(Dataset(real_figures, real_tables)))
    assert alone.set_index("target_group")["value"].to_dict() == {GRT: 179 + 171 + 166, FT: 361 + 460 + 299}
    assert set(alone["regions"]) == {3}
    unknown = said(real_figures, real_tables, "latvija", language)[-1]
    assert all(number in unknown for number in ("516", in_language(language, None).number(1120).replace(NBSP, " ")))


def test_regions_that_report_no_more_than_the_country_are_not_told(figures: pd.DataFrame, tables: Reference) -> None:
    rows = indicators.standing.standing(Dataset(figures, tables))
    whole = rows["numerator"].mask(rows["territory"] == "LV", 1000)
    assert indicators.standing.regions_alone(rows.assign(numerator=whole)).empty
