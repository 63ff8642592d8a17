"""The municipalities of a region beside each other, and the values of an indicator as a table."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest

from socsvc_analysis import indicators, sections
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.municipalities import NUMBERS, overview
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError
from socsvc_analysis.wording import Words


def text_of(shown: object) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", shown.markup)).replace("\xa0", " ").split())


@pytest.fixture(scope="module")
def municipalities(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return overview(Dataset(figures, tables))


@pytest.fixture(scope="module")
def real(real_figures: pd.DataFrame, real_tables: Reference) -> pd.DataFrame:
    return overview(Dataset(real_figures, real_tables))


def test_there_is_one_row_for_each_of_todays_municipalities(municipalities: pd.DataFrame, tables: Reference) -> None:
    present = tables.municipalities.loc[tables.municipalities["valid_to"] == "", "code"]
    assert sorted(municipalities["territory"]) == sorted(present)
    merged = municipalities.set_index("territory").loc["0091000"]
    assert (merged["places"], merged["residents"]) == (36, 5850)
    assert merged["places_per_1000"] == pytest.approx(36 / 5850 * 1000)
    assert merged["served_children"] == 20
    assert pd.isna(merged["served_adults"])
    assert {"statistics_2020", "letter_2022"} <= set(merged["sources"])


def test_what_is_not_known_of_a_municipality_is_not_zero(municipalities: pd.DataFrame) -> None:
    part = municipalities.set_index("territory").loc["0093000"]
    assert part[list(NUMBERS)].isna().all()
    assert part["sources"] == ()
    assert part["peers"] == ()


def test_a_number_that_is_not_known_cites_nobody_and_an_age_is_not_everybody(
    figures: pd.DataFrame, tables: Reference
) -> None:
    counted = figures[(figures["measure"] == "population") & (figures["period"] == "2020-01-01")]
    children = counted.assign(id="C" + counted["id"], target_group="children", period="2021-01-01", value=5.0)
    served = figures[figures["id"] == "M029"].assign(territory="0092000", source="portal_undated", value=float("nan"))
    rows = overview(Dataset(pd.concat([figures, children, served], ignore_index=True), tables)).set_index("territory")
    assert rows.loc["0091000", ["residents", "residents_on"]].tolist() == [5850, "2020-01-01"]
    assert pd.isna(rows.at["0092000", "served_children"])
    assert rows.at["0092000", "sources"] == ()


def test_real_municipalities_have_peers_of_their_kind(real: pd.DataFrame) -> None:
    assert len(real) == 42
    kinds = real.set_index("territory")["kind"]
    for row in real.itertuples():
        assert row.territory not in row.peers
        assert all(kinds[peer] == row.kind for peer in row.peers)
        # Of no other city or novads is the size like that of the capital.
        assert bool(row.peers) == (pd.notna(row.residents) and row.residents != real["residents"].max())


def test_the_table_is_in_alphabetical_order_and_has_a_bar_for_each_number(
    municipalities: pd.DataFrame, words: Words
) -> None:
    shown = sections.municipality_table(municipalities, region="latvija", words=words)
    names = re.findall(r'<th scope="row">([^<]+)<', shown.markup)
    assert names == words.ordered(names)
    assert len(names) == 4
    widths = [int(width) for width in re.findall(r'cell-bar" style="width:(\d+)%', shown.markup)]
    assert widths.count(100) >= 2
    assert min(widths) > 0
    # What nobody in the region has is no column.
    assert words.say("municipality_occupancy") not in shown.markup


def test_a_profile_says_what_is_known_and_who_is_alike(real: pd.DataFrame, real_words: Words) -> None:
    shown = sections.municipality_profiles(real, region="latgale", words=real_words)
    assert shown.markup.count('class="profile"') == (real["region"] == "latgale").sum()
    said = text_of(shown)
    assert real_words.place("0002000") in said
    daugavpils = shown.markup.split('id="municipality-0002000"')[1].split("</section>")[0]
    assert real_words.place("0005000") in daugavpils
    assert "36" in daugavpils


def test_a_region_without_places_is_said_to_have_none_known(municipalities: pd.DataFrame, words: Words) -> None:
    unknown = municipalities.assign(places=float("nan"), places_per_1000=float("nan"))
    said = text_of(sections.municipality_findings(unknown, region="latvija", words=words))
    assert not re.search(r"\b0\b", said)
    found = text_of(sections.municipality_findings(municipalities, region="latvija", words=words))
    assert re.search(r"\b2\b", found)


# Values of an indicator as a table


@pytest.fixture
def served(figures: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return indicators.clients.served_of_plan(Dataset(figures, tables))


def test_what_is_the_same_in_all_rows_stands_in_the_title(served: pd.DataFrame, words: Words) -> None:
    rows = served[(served["territory"] == "LV00X") & (served["target_group"] == "adults_mental_disorders")]
    shown = sections.value_table(rows, "served_of_plan", region="ziemeli", words=words)
    caption = re.search("<caption>(.*?)</caption>", shown.markup)[1]
    assert words.place("LV00X") in caption
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)<', shown.markup)
    assert heads[0] == words.say("values_period")
    assert indicators.REGISTRY["served_of_plan"].numerator(words.language).rstrip(".") in heads
    assert words.percent(116) in html.unescape(shown.markup)
    assert indicators.REGISTRY["served_of_plan"].caveat(words.language) in html.unescape(shown.markup)


def test_a_long_table_is_folded_and_an_empty_one_is_a_sentence(served: pd.DataFrame, words: Words) -> None:
    assert "<details><summary>" in sections.value_table(served, "served_of_plan", region="latvija", words=words).markup
    none = sections.value_table(served[:0], "served_of_plan", region="latvija", words=words)
    assert none.markup.startswith('<p class="absence">')
    unknown = served.assign(value=float("nan"))
    assert sections.value_table(unknown, "served_of_plan", region="latvija", words=words).markup == none.markup
    with pytest.raises(DataError, match="nearest known: served_of_plan"):
        sections.value_table(served, "served_of_plans", region="latvija", words=words)


def test_an_interval_and_the_unknown_stand_in_columns_of_their_own(words: Words) -> None:
    rows = pd.DataFrame(
        {
            "territory": ["LV00X", "LV00Y"],
            "service_type": "home_care",
            "target_group": "all",
            "period": "2024",
            "numerator": [1.0, 2.0],
            "denominator": [2.0, 2.0],
            "value": [50.0, 100.0],
            "lower": [9.45, float("nan")],
            "upper": [90.55, float("nan")],
            "unknown": [1.0, 0.0],
            "kind": "actual",
            "version": "",
            "status": "normal",
            "sources": [("letter_2022",)] * 2,
            "notes": [()] * 2,
        }
    )
    said = text_of(sections.value_table(rows, "municipalities_with_service", region="latvija", words=words))
    assert f"9–{words.percent(91)}".replace("\xa0", " ") in said
    assert words.say("values_unknown") in said
    assert words.unknown in said


# Verdicts


def test_a_verdict_names_the_rule_and_its_regulation(figures: pd.DataFrame, tables: Reference, words: Words) -> None:
    values = indicators.performance.performance_verdict(Dataset(figures, tables))
    said = text_of(sections.verdicts(values, region="ziemeli", words=words))
    assert "215/2014" in said
    assert words.say("verdict_unknown_no_milestone", place=words.place("ziemeli"), due="", share="")[5:] in said
    judged = values[values["territory"] == "LV00X"].assign(
        verdict="serious failure", reason="", due="2018-12-31", value=40.0
    )
    said = text_of(sections.verdicts(judged, region="ziemeli", words=words))
    assert words.percent(40).replace("\xa0", " ") in said
    assert words.date_long("2018-12-31").replace("\xa0", " ") in said
