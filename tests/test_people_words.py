"""Words for people: taken from the titles of measures, in both languages and every case."""

from __future__ import annotations

import re

import pytest

from socsvc_analysis.reference import Reference
from socsvc_analysis.report.gatekeeping import NOT_PEOPLE
from socsvc_analysis.report.people_words import forms_of, pattern_of, words_for_people

CASES = {
    "klienti": "klients klienta klientam klientu klientā klienti klientiem klientus klientos",
    "personas": "persona personas personai personu personā personām personās",
    "ģimenes": "ģimene ģimenes ģimenei ģimeni ģimenē ģimeņu ģimenēm ģimenēs",
    "aizbildņi": "aizbildnis aizbildņa aizbildnim aizbildni aizbildnī aizbildņi aizbildņu aizbildņiem aizbildņus",
    "bērni": "bērns bērna bērnam bērnu bērnā bērni bērniem bērnus bērnos",
}


@pytest.mark.parametrize("noun", CASES)
def test_a_latvian_noun_is_known_in_every_case(noun: str) -> None:
    assert set(CASES[noun].split()) <= set(forms_of(noun, "lv"))


@pytest.mark.parametrize("word", ["klientiem", "bērniem", "personām", "audžuģimenē", "aizbildnim", "iemītniekus", "cilvēku"])  # fmt: skip # noqa: E501
def test_the_measures_of_the_project_name_people_in_latvian(word: str, real_tables: Reference) -> None:
    assert word in words_for_people(real_tables.measures, NOT_PEOPLE)


@pytest.mark.parametrize("word", ["client", "children", "families", "people", "guardian", "recipients"])
def test_the_measures_of_the_project_name_people_in_english(word: str, real_tables: Reference) -> None:
    assert word in words_for_people(real_tables.measures, NOT_PEOPLE)


@pytest.mark.parametrize(
    "word", ["pašvaldības", "vidēji", "institūcijas", "vietas", "iedzīvotāji", "services", "needs"]
)
def test_what_counts_no_clients_gives_no_words(word: str, real_tables: Reference) -> None:
    assert word not in words_for_people(real_tables.measures, NOT_PEOPLE)


def test_a_pattern_finds_whole_words_only() -> None:
    found = re.compile(pattern_of(["bērnu", "bērni"]))
    assert found.search("3 bērnu grupas") and not found.search("3 bērnudārzi")
