"""Parts of a page: what they say for the miniature, for a region without figures, and with text that bites."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import SimpleNamespace

import html5lib
import pandas as pd
import pytest
from packages import MINI

from socsvc_analysis import indicators, observations, publications, sections
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.exploring.shown import definition_of
from socsvc_analysis.indicators import REGISTRY
from socsvc_analysis.indicators.registry import MONEY
from socsvc_analysis.indicators.values import FT, GRT
from socsvc_analysis.markup import Html
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError
from socsvc_analysis.sections.borders import moved_municipalities
from socsvc_analysis.sections.headlines import MOST_CARDS
from socsvc_analysis.sections.method import meaning
from socsvc_analysis.sections.naming import amount
from socsvc_analysis.wording import NBSP, Words, in_language, sentence_case

pytestmark = pytest.mark.usefixtures("computing_once")

REGIONS = ("ziemeli", "dienvidi", "latvija")
ATTACK = "<script>alert(1)</script>"
TEXTS = re.compile("_(lv|en)$|^name|^title$|^site$|^label$|^publisher$|^licence$|^value$|^indicator$")
"""Columns of the reference tables that hold words."""


class Answers(dict[str, object]):
    """What has a name and is computed when somebody first asks for it: most tests are of one section."""

    def __init__(self, questions: dict[str, Callable[[], object]]) -> None:
        super().__init__()
        self._questions = questions

    def __missing__(self, name: str) -> object:
        self[name] = answer = self._questions[name]()
        return answer


@dataclass(frozen=True)
class Frames:
    """Everything that the notebooks compute for the sections, from one set of observations."""

    published: pd.DataFrame
    tables: Reference
    uncoded: pd.DataFrame

    @cached_property
    def values(self) -> Answers:
        """Every frame by the name of the argument that takes it."""
        figures = observations.chosen(self.published, self.tables)
        data = Dataset(figures, self.tables, self.published)
        progress, standing = indicators.progress, indicators.standing

        def located(values: pd.DataFrame) -> pd.DataFrame:
            return observations.with_region(values, self.tables)

        return Answers(
            {
                **{name: partial(indicator, data) for name, indicator in INDICATORS.items()},
                "versions": lambda: progress.plan_versions(data),
                "budgets": lambda: progress.plan_versions(data, progress.PLANNED_MONEY),
                "disagreements": lambda: located(observations.disagreements(self.published, self.tables)),
                "figures": lambda: located(self.published),
                "statements": lambda: self.uncoded,
                "standing": lambda: standing.standing(data),
                "newest": lambda: standing.latest_known(data),
                "alone": lambda: standing.regions_alone(standing.standing(data)),
                "operation": lambda: standing.places_in_operation(data),
                "reserve": lambda: standing.published_reserve(figures),
                "projected": lambda: located(indicators.projection.projection_to_target(data)),
                "verdicts": lambda: indicators.performance.performance_verdict(data),
                "families": lambda: indicators.care_balance.children_in_family_care(data, targets=True),
                "indicators": lambda: list(REGISTRY),
                "files": lambda: self.tables.received_files,
                "former": lambda: publications.previous("1.0.0", self.tables),
                "changed": lambda: publications.changes(BEFORE, self.published),
                "received": lambda: RETURNED,
                "on": lambda: "2024-01-05",
                "text": lambda: SERVICES_SAID,
            }
        )

    def section(self, name: str, region: str, words: Words) -> Html:
        """The section ``name`` as the notebooks call it."""
        section = getattr(sections, name)
        given: dict[str, object] = {"region": region, "words": words}
        if name == "disagreements":
            given["figures"] = self.values["disagreements"]
        if name == "value_table":
            given |= {
                "values": self.values["served"],
                "indicator": "served_of_plan",
                "decimals": 1,
                "absent": "values_none",
            }
        if name == "outlooks":
            given["values"] = self.values["projected"]
        wanted = inspect.signature(section).parameters
        return section(**{each: given[each] if each in given else self.values[each] for each in wanted})


_mini = open_package(MINI)
_reference = open_reference(_mini)
BEFORE = publications.as_published(
    publications.states_of(_mini, _reference), _reference.publications, _reference.publications["edition"].iloc[-1]
)
RETURNED = pd.DataFrame(
    {"municipality": ["0091000", "0092000"], "year": [2022, 2022], "received": ["2023-02-01", "2023-03-01"]}
)
SERVICES_SAID = (
    "Dienas aprūpes centrā un GRT, ēdiena piegāde, čaklās rokas; day care centres for persons with "
    "mental disorders, meal delivery, busy hands"
)

MOST_SENTENCES = 6
"""More findings of one chapter nobody reads; none is left out, so data that give more need sentences of their own."""
INDICATORS = {
    "served": indicators.clients.served_of_plan,
    "path": indicators.client_path.path_to_service,
    "by_service": indicators.clients.served_by_service,
    "participation": indicators.standing.participation,
    "places": indicators.capacity.places,
    "leaving": indicators.clients.leaving_institutions,
    "working": indicators.capacity.working_of_planned,
    "centres": indicators.capacity.state_care,
    "paces": indicators.progress.pace_to_target,
    "stock": partial(indicators.progress.institutional_reduction, targets=True),
    "absorption": indicators.money.absorption,
    "reported": indicators.returns.reported_places,
    "reported_people": indicators.returns.reported_clients,
    "occupancy": indicators.returns.occupancy_rate,
    "client_rates": indicators.returns.clients_per_1000,
    "rates": indicators.capacity.places_per_1000,
    "overview": indicators.municipalities.overview,
    "values": indicators.performance.performance_verdict,
}
COUNTING = ("evidence", "quality_findings", "completeness_of_returns", "changes_table")
"""These count figures or municipalities, or say what an earlier publication knew: a zero of theirs is a zero."""
WITHOUT_DATA = ("uses", "quality_method", "revision_policy")
SECTIONS = sorted(sections.__all__)
every_section = pytest.mark.parametrize("name", SECTIONS)
every_region = pytest.mark.parametrize("region", REGIONS)


@pytest.fixture(scope="module")
def frames(published: pd.DataFrame, tables: Reference, package: Package) -> Frames:
    return Frames(published, tables, package.table("uncoded_figures"))


@pytest.fixture(scope="module")
def empty(frames: Frames) -> Frames:
    """Nothing is published but the residents."""
    return replace(frames, published=observations.select(frames.published, measure="population"))


@pytest.fixture(scope="module")
def unknown(frames: Frames) -> Frames:
    """Everything is published, and no number is known but the residents'."""
    residents = frames.published["measure"] == "population"
    return replace(frames, published=frames.published.assign(value=frames.published["value"].where(residents)))


@pytest.fixture(scope="module")
def without_north(frames: Frames) -> Frames:
    """One region has no figures but its residents."""
    located = observations.with_region(frames.published, frames.tables)
    rows = located[(located["region"] != "ziemeli") | (located["measure"] == "population")]
    return replace(frames, published=rows.drop(columns="region"))


@pytest.fixture(scope="module")
def biting(frames: Frames) -> Frames:
    """Every text of the reference tables and statements tries to be a script; codes stay what they are."""

    def bitten(table: pd.DataFrame) -> pd.DataFrame:
        texts = [each for each in table.columns if TEXTS.search(each)]
        return table.assign(**{each: table[each].where(table[each] == "", ATTACK + table[each]) for each in texts})

    tables = Reference(**{name: bitten(table) for name, table in vars(frames.tables).items()})
    notes = frames.tables.notes
    tables = replace(tables, notes=notes.assign(lv=ATTACK + notes["lv"], en=ATTACK + notes["en"]))
    return replace(frames, tables=tables, uncoded=bitten(frames.uncoded))


def plain(text: str) -> str:
    """The text with every blank made one plain blank."""
    return re.sub(r"\s+", " ", text.replace(NBSP, " ")).strip()


def text_of(section: Html) -> str:
    """What a reader reads."""
    return plain(html.unescape(re.sub("<[^>]*>", " ", section.markup)))


def parsed(section: Html) -> html5lib.treebuilders.base.Node:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(section.markup)


def check(section: Html, tables: Reference) -> None:
    tree = parsed(section)
    text = text_of(section)
    assert text
    assert not re.search(r"\b(nan|NaN|None|NaT|inf|Series|dtype)\b", text)
    assert not re.search(r"[{}]", text), "a gap in a sentence was not filled"
    identities = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(identities) == len(set(identities))
    for link in tree.iter("a"):
        assert int(link.get("href").removeprefix("#source-")) in range(1, len(tables.sources) + 1)
    for table in tree.iter("table"):
        widths = {sum(int(cell.get("colspan", 1)) for cell in row) for row in table.iter("tr")}
        assert len(widths) == 1
        assert table[0].tag == "caption"


# Every section


@every_section
@every_region
def test_a_section_is_whole_in_both_languages(frames: Frames, words: Words, name: str, region: str) -> None:
    section = frames.section(name, region, words)
    assert isinstance(section, Html)
    check(section, frames.tables)


@every_section
def test_a_section_is_in_one_language(frames: Frames, name: str) -> None:
    said = [
        text_of(frames.section(name, "dienvidi", in_language(language, frames.tables))) for language in ("lv", "en")
    ]
    assert said[0] != said[1]


@every_section
@every_region
def test_a_section_without_figures_says_so_and_stands(empty: Frames, words: Words, name: str, region: str) -> None:
    section = empty.section(name, region, words)
    if name == "headlines":
        assert section.markup == '<div class="cards"></div>'
    elif section.markup:
        check(section, empty.tables)


@pytest.mark.slow
@every_section
@every_region
def test_a_section_with_every_number_unknown_never_says_zero(
    unknown: Frames, words: Words, name: str, region: str
) -> None:
    section = unknown.section(name, region, words)
    if name == "headlines":
        assert section.markup == '<div class="cards"></div>'
        return
    check(section, unknown.tables)
    assert name in COUNTING or not re.search(r"(?<![\d.,])0(?![\d.,])", text_of(section))


@every_section
def test_a_region_without_figures_is_no_obstacle(without_north: Frames, words: Words, name: str) -> None:
    section = without_north.section(name, "ziemeli", words)
    parsed(section)
    assert not re.search(r"\b(nan|None)\b", text_of(section))


@pytest.mark.slow
@every_section
@every_region
def test_no_text_from_data_becomes_markup(biting: Frames, words: Words, name: str, region: str) -> None:
    section = biting.section(name, region, replace(words, reference=biting.tables))
    assert "<script" not in section.markup.lower()
    assert [element for element in parsed(section).iter() if element.tag == "script"] == []
    if name not in ("evidence", "missing", "method", "glossary", "quality_findings", *WITHOUT_DATA):
        assert "&lt;script&gt;" in section.markup or 'class="absence"' in section.markup


# What the miniature's pages say


def says(section: Html, words: Words, key: str, **values: object) -> bool:
    """Whether the section says the sentence ``key`` with these words in its gaps."""
    return plain(words.say(key, **values)) in text_of(section)


def test_headline_cards_by_hand(frames: Frames, words: Words) -> None:
    def has(region: str, part: str, whole: str, key: str, share: str, day: str) -> bool:
        cards = frames.section("headlines", region, words)
        over = key == "card_served_over"
        number = words.say("card_of", part=part, whole=whole) if whole and not over else part
        context = words.say(key, share=share, period=words.date_short(day), whole=whole)
        return plain(f"{number} {context}") in text_of(cards)

    assert has("ziemeli", "58", "50", "card_served_over", words.percent(116), "2022-12-31")
    # The newest known figure, against the plan that is not disputed.
    assert has("ziemeli", "48", "64", "card_served_of_plan", words.percent(75), "2021-12")
    assert has("dienvidi", "12", "", "card_served_number_and_share", words.percent(40), "2021-12-31")
    assert has("latvija", "60", "120", "card_served_of_target", words.percent(50), "2021-12-31")
    for region in REGIONS:
        cards = [element for element in parsed(frames.section("headlines", region, words)).iter("div")]
        assert 2 <= len([card for card in cards if card.get("class") == "card"]) <= MOST_CARDS


def test_places_by_hand(frames: Frames, words: Words) -> None:
    section = frames.section("capacity_findings", "ziemeli", words)
    # A list of projects found names nobody as the one with most.
    assert "Apvienotnes novads" not in text_of(section)
    assert {"lv": "par 12 ziņots, ka tās atvērtas", "en": "12 reported open"}[words.language] in text_of(section)


def test_growth_by_hand(frames: Frames, words: Words) -> None:
    assert says(
        frames.section("clients_findings", "dienvidi", words),
        words,
        "finding_growth",
        group=sentence_case(words.title("target_groups", FT)),
        first="30",
        last="45",
        first_period=words.date_long("2020", "genitive"),
        last_period=words.date_long("2021", "dative"),
    )


def test_municipalities_that_were_merged_are_no_fall(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    participation = indicators.standing.participation(Dataset(real_figures, real_tables))
    english = in_language("en", real_tables)
    zemgale, riga = (
        sections.programme_findings(participation, region=region, words=english).plain.replace(NBSP, " ")
        for region in ("zemgale", "riga")
    )
    assert "In Zemgale, 6 municipalities took part in the projects (on 1 July 2021)." in zemgale
    assert "Before municipalities were merged, 21 (on 30 June 2021); there are fewer because of the reform." in zemgale
    # Both figures are from before the reform.
    assert "Before that, 28 (on 15 July 2016)." in riga


def test_the_sum_of_services_by_hand(frames: Frames, words: Words) -> None:
    path, services = frames.values["path"], frames.values["by_service"]
    none_assessed = path[~path["step"].str.startswith("persons_assessed")]
    earlier = services.assign(period="2020-12-31", value=1.0, unique_total=2.0)
    section = sections.clients_findings(
        frames.values["served"], none_assessed, pd.concat([earlier, services]), region="dienvidi", words=words
    )
    group = sentence_case(words.title("target_groups", FT))
    # Only services of the same time are added up.
    assert says(section, words, "finding_sum_of_services", group=group, sum="60", unique="45")


def test_people_in_institutions_by_hand(frames: Frames, words: Words) -> None:
    assert says(
        frames.section("progress_findings", "latvija", words),
        words,
        "finding_stock",
        baseline="500",
        baseline_period=words.date_long("2012", "locative"),
        latest="460",
        period=words.date_long("2021-09", "locative"),
        target="400",
        share=words.percent(40),
    )


def test_changed_plans_and_budgets_by_hand(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("progress_findings", "dienvidi", words))
    for first, last in ((60, 80), (70, 100)):
        words_between = plain(words.say("finding_plan_changed", measure="", group="", first=first, last=last))
        assert words_between.split(":")[-1].strip() in said
    assert plain(words.percent(50)) in said


@every_region
@pytest.mark.parametrize("name", [each for each in SECTIONS if each.endswith("_findings")])
def test_findings_are_few_and_cite_their_sources(frames: Frames, words: Words, name: str, region: str) -> None:
    sentences = list(parsed(frames.section(name, region, words)).iter("li"))
    assert 1 <= len(sentences) <= MOST_SENTENCES
    for sentence in sentences:
        assert sentence.text.strip().endswith(".")
        if name != "quality_findings":
            assert list(sentence.iter("a")), sentence.text


@pytest.fixture(scope="module")
def real_frames(real_published: pd.DataFrame, real_tables: Reference, real_package: Package) -> Frames:
    return Frames(real_published, real_tables, real_package.table("uncoded_figures"))


@pytest.mark.slow
@pytest.mark.parametrize("name", [each for each in SECTIONS if each.endswith("_findings")])
def test_findings_of_every_region_are_few(real_frames: Frames, real_words: Words, name: str) -> None:
    for region in real_words.reference.regions["region"]:
        sentences = list(parsed(real_frames.section(name, region, real_words)).iter("li"))
        assert 1 <= len(sentences) <= MOST_SENTENCES, region


def test_plans_to_serve_of_zemgale_are_said_first_and_together(real_frames: Frames, real_tables: Reference) -> None:
    english = in_language("en", real_tables)
    said = real_frames.section("progress_findings", "zemgale", english).plain.replace(NBSP, " ")
    changes = (
        "Planned to receive services: sources give 249 (undated) and 351 (version of 2022 or later) for adults with "
        "mental disorders; 440 (undated) and 521 (version of 2022 or later) for children with functional disorders."
    )
    assert changes in said
    assert said.index(changes) < said.index("Planned to be assessed: sources give")
    assert "EUR 9,412,350 (undated) and EUR 9,756,350 (undated)" in said


def test_no_finding_rests_on_an_unpublished_number(frames: Frames, words: Words) -> None:
    for name in ("clients_findings", "progress_findings", "programme_findings"):
        for region in REGIONS:
            assert words.unknown not in text_of(frames.section(name, region, words))


@pytest.mark.slow
def test_a_pace_at_the_end_of_the_time_has_no_yearly_rest(frames: Frames, words: Words) -> None:
    late = frames.published["period"].mask(frames.published["id"] == "M001", "2023-12-31")
    ended = replace(frames, published=frames.published.assign(period=late))
    said = text_of(ended.section("progress_findings", "latvija", words))
    over = words.say("finding_pace_over", group="{group}", served="60", target="120").removeprefix("{group}")
    assert over in said


def test_the_comparison_is_one_table_with_a_row_for_every_region_and_group(frames: Frames, words: Words) -> None:
    (table,) = parsed(frames.section("comparison", "dienvidi", words)).iter("table")
    bodies = list(table.iter("tbody"))
    headings = [sentence_case(words.title("target_groups", group)) for group in (GRT, FT)]
    assert [body[0][0].text for body in bodies] == headings
    for body in bodies:
        assert [row[0].text for row in body[1:]] == [words.place(region) for region in REGIONS]
        assert [row.get("class") for row in body[1:]] == [None, "own", None]


def test_the_comparison_by_hand(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("comparison", "ziemeli", words))
    # 58 people by the end of 2022 of the 50 then planned, 48 children in December 2021 of 64.
    for number, whole, share, day in (("58", "50", 116, "2022-12-31"), ("48", "64", 75, "2021-12")):
        assert plain(f"{number} {whole} {words.percent(share)}") in said
        assert plain(words.when(day)) in said


def test_a_programme_card_shows_both_amounts_of_a_disagreement(frames: Frames, words: Words) -> None:
    cards = frames.section("programme_cards", "dienvidi", words)
    said = text_of(cards)
    assert words.money(1700.17, 2).replace(NBSP, " ") in said
    assert words.money(1700.71, 2).replace(NBSP, " ") in said
    assert words.say("status_disputed") in said
    assert words.note("funding_disputed") in said
    identities = [element.get("id") for element in parsed(cards).iter("section")]
    own = ["programme-kopa", "programme-dienvidi_visiem"]
    assert identities == [*own, "programme-di_9221"], "the region's own programmes come first"
    # What is said of it stands by subject, each with its source.
    for row in words.reference.statements.query("programme == 'kopa'").itertuples():
        assert getattr(row, f"text_{words.language}") in said
    assert said.count(words.say("statement_activity")) == 1
    # Only the plan in force is on the card.
    assert "80" in said
    assert words.title("plan_versions", "dienvidi_2019") not in said


def test_the_cost_of_buildings_is_not_told_as_that_of_a_project(
    real_published: pd.DataFrame, real_tables: Reference, real_words: Words
) -> None:
    said = text_of(sections.programme_cards(real_published, region="kurzeme", words=real_words))
    cost = real_words.title("measures", "cost_total")
    assert f"{cost} ({real_words.short('service_types', 'infrastructure')}): " in said
    assert f"{cost}: " not in said


def test_a_number_that_is_only_a_lower_bound_is_said_with_its_version(real_frames: Frames, real_words: Words) -> None:
    said = real_frames.section("progress_findings", "kurzeme", real_words).plain
    homes = real_words.say(
        "finding_leaving",
        group=sentence_case(real_words.title("target_groups", "children_out_of_family")),
        count=real_words.say("bound_at_least", number=real_words.count("persons", 58)),
        version=f" ({real_words.title('plan_versions', 'kurzeme_2018_12_14')})",
    )
    assert homes in said
    assert f" ({real_words.title('plan_versions', 'kurzeme_2023_08_08')})" in said


def test_thanked_municipalities_are_those_of_the_region(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("acknowledged", "ziemeli", words))
    assert {"lv": "Vējotnes novads Apvienotnes novads", "en": "Vējotne Municipality Apvienotne Municipality"}[
        words.language
    ] in said
    assert "Dalītnes" not in said
    (region,) = words.reference.statements.query("subject == 'acknowledged'")[f"text_{words.language}"]
    assert region in said
    assert region not in text_of(frames.section("acknowledged", "dienvidi", words))
    none = replace(words, reference=replace(frames.tables, acknowledgements=frames.tables.acknowledgements.iloc[:0]))
    assert 'class="absence"' in sections.acknowledged(region="ziemeli", words=none).markup
    assert words.note("invented") in text_of(frames.section("acknowledged", "dienvidi", words))


def test_the_country_says_of_which_regions_letters_of_thanks_were_found(real_words: Words) -> None:
    found = real_words.listed(real_words.place(each) for each in ("kurzeme", "zemgale"))
    sentence = real_words.say("acknowledged_letters", regions=found)
    assert sentence in sections.acknowledged(region="latvija", words=real_words).markup
    assert sentence not in sections.acknowledged(region="zemgale", words=real_words).markup


def test_the_catalogue_says_for_whom_a_fund_pays(frames: Frames, words: Words) -> None:
    said = text_of(sections.service_catalogue(region="ziemeli", words=words))
    whom = words.reference.service_types.set_index("service_type").at[
        "specialised_workshop", f"fund_for_{words.language}"
    ]
    assert f"{words.say('fund_erdf')} {whom}" in said
    assert words.say("programme_groups") in said
    silent = words.reference.service_types.assign(fund_for_lv="", fund_for_en="")
    unsaid = replace(words, reference=replace(frames.tables, service_types=silent))
    assert words.say("programme_groups") not in text_of(sections.service_catalogue(region="ziemeli", words=unsaid))


def test_disagreements_show_the_chosen_and_the_rejected(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("disagreements", "dienvidi", words))
    assert said.count(words.say("choice_chosen")) >= 2
    assert said.count(words.say("choice_rejected")) >= 2
    assert words.say("choice_rule") in said
    assert 'class="absence"' in frames.section("disagreements", "ziemeli", words).markup


def test_disputed_figures_say_why(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("doubtful", "ziemeli", words))
    assert words.note("implausible") in said
    assert words.count("persons", 600).replace(NBSP, " ") in said


@pytest.mark.slow
def test_what_is_missing_is_named(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("missing", "ziemeli", words))
    assert words.title("measures", "waiting") in said
    assert f"{words.title('measures', 'persons_eligible')} (" not in said
    # Places of one municipality answer for the region; people of one municipality do not.
    assert f"{words.title('measures', 'places')} ({words.say('kind_plan')})" not in said
    only_local = frames.published[~frames.published["territory"].isin(["LV00X"])]
    said = text_of(replace(frames, published=only_local).section("missing", "ziemeli", words))
    assert f"{words.title('measures', 'persons_served')} ({words.say('kind_actual')})" in said


def test_evidence_counts_every_figure_once(frames: Frames, words: Words) -> None:
    counts = {}
    located = observations.with_region(frames.published, frames.tables)
    for region in REGIONS:
        table = parsed(frames.section("evidence", region, words)).find(".//tbody")
        counts[region] = sum(int(cell.text) for cell in table.iter("td"))
        shown = observations.within_region(located, region)
        assert counts[region] == shown["status"].isin(["normal", "estimated", "provisional", "disputed"]).sum()


def test_split_units_name_both_parts(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("split_units", "dienvidi", words))
    assert {"lv": "Dalītnes novads", "en": "Dalītne Municipality"}[words.language] in said
    assert words.listed([words.place("0092000"), words.place("0093000")]) in said
    assert 'class="absence"' in frames.section("split_units", "ziemeli", words).markup


def test_a_region_says_which_municipalities_left_it_and_which_came(real_words: Words) -> None:
    left, also_left, followed = moved_municipalities(region="riga", words=real_words)
    assert moved_municipalities(region="kurzeme", words=real_words) == [left, followed]
    assert moved_municipalities(region="vidzeme", words=real_words) == [also_left, followed]
    assert moved_municipalities(region="latvija", words=real_words) == [left, also_left, followed]
    assert moved_municipalities(region="zemgale", words=real_words) == []
    assert {"lv": "Rīgas reģionā ietilpa arī toreizējie Tukuma", "en": "Tukums, Kandava, Engure and Jaunpils were"}[
        real_words.language
    ] in left


def test_received_files_are_counted_by_day_and_what_is_withheld_is_said(tables: Reference, words: Words) -> None:
    rows = [
        ("2025-02-10", "restricted", 10, 8, 1, 1),
        ("2025-02-10", "restricted", 5, 5, 0, 0),
        ("2025-03-01", "open", 7, 0, 7, 0),
    ]
    columns = ["imported", "access", "rows_in", "accepted", "rejected", "duplicates"]
    files = pd.DataFrame(rows, columns=columns).assign(file="<b>.csv")
    shown = sections.received(files, words=words)
    table = parsed(shown).find(".//table")
    cells = [[cell.text for cell in row.iter("td")] for row in table.iter("tr")]
    assert cells[1:] == [["2", "15", "13", "1", "1"], ["1", "7", "0", "7", "0"]]
    assert words.say("received_withheld") in text_of(shown)
    assert words.say("received_withheld") not in text_of(
        sections.received(files[files["access"] == "open"], words=words)
    )
    assert text_of(sections.received(tables.received_files, words=words)) == words.say("received_none")


def test_the_method_defines_what_is_asked_and_names_the_nearest(words: Words) -> None:
    said = text_of(sections.method(["places", "absorption"], words=words))
    for name in ("places", "absorption"):
        for text in (REGISTRY[name].title, REGISTRY[name].definition, REGISTRY[name].caveat):
            assert text(words.language) in said
    with pytest.raises(DataError, match="nearest known: places"):
        sections.method(["placs"], words=words)


def test_the_method_leaves_out_what_has_no_values_on_the_page(words: Words) -> None:
    nothing = pd.DataFrame()
    shown = {"places": pd.DataFrame({"value": [1.0]}), "absorption": nothing}
    assert sections.method(shown, words=words) == sections.method(["places"], words=words)
    assert sections.method({"absorption": nothing}, words=words).markup == ""


def test_the_method_leaves_out_what_a_piece_of_the_page_does_not_show(words: Words) -> None:
    cards = Html("", indicators=("places",))
    shown = {"places": cards, "absorption": cards}
    assert sections.method(shown, words=words) == sections.method(["places"], words=words)


def test_the_explorer_and_the_method_notes_say_the_same_of_an_indicator(words: Words) -> None:
    said = meaning("served_of_plan", words)
    method = text_of(sections.method(["served_of_plan"], words=words))
    shown = definition_of(SimpleNamespace(choice=SimpleNamespace(indicator="served_of_plan")), words)
    assert all(sentence in method for sentence in said)
    assert text_of(shown).split() == " ".join(said).split()


@pytest.mark.parametrize("unit", MONEY)
def test_money_is_listed_with_its_cents_in_either_currency(unit: str) -> None:
    english = in_language("en", None)
    assert amount(681490.21, unit, english) == f"{unit}{NBSP}681,490.21"
    assert amount(5600000, unit, english) == f"{unit}{NBSP}5,600,000"
    assert amount(2, "places", english) == f"2{NBSP}places"


def test_acts_of_the_union_have_the_name_of_the_language(words: Words) -> None:
    name = {"lv": "Regula (ES) Nr. 1303/2013, II pielikums", "en": "Regulation (EU) No 1303/2013, Annex II"}
    assert name[words.language] in text_of(sections.method(["served_of_plan"], words=words))


def test_the_glossary_is_in_the_order_of_the_language(frames: Frames, words: Words) -> None:
    table = parsed(frames.section("glossary", "latvija", words)).find(".//tbody")
    terms = [row[0].text for row in table]
    assert terms == words.ordered(terms)
    assert len(terms) == len(frames.tables.glossary)
    # Only terms that the page uses are explained.
    few = text_of(sections.glossary("dienas aprūpes centrs, a day care centre", words=words))
    assert words.say("glossary_caption") in few
    assert not any(term in few for term in ("ēdiena piegāde", "meal delivery"))


def test_target_groups_keep_their_place(frames: Frames, words: Words) -> None:
    said = text_of(frames.section("headlines", "ziemeli", words)).casefold()
    adults, children = (words.title("target_groups", group).casefold() for group in (GRT, FT))
    assert said.index(adults) < said.index(children)
