"""Words for readers: numbers and dates in both languages, and a catalogue without gaps."""

from __future__ import annotations

import ast
import json
import re
import string
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsed import nodes_of

import socsvc_analysis
from socsvc_analysis import labels, sentences, wording
from socsvc_analysis import tables as contracts
from socsvc_analysis.disclosure import primary
from socsvc_analysis.indicators import enough, funnel
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError
from socsvc_analysis.sections.quality import KINDS
from socsvc_analysis.sentences import catalogue
from socsvc_analysis.statistics import control, projections, trends
from socsvc_analysis.wording import LANGUAGES, NBSP, Words, in_language

PACKAGE = Path(socsvc_analysis.__file__).parent
NOTEBOOKS = PACKAGE.parent / "notebooks"
MESSAGES = sorted((PACKAGE / "messages").glob("*.toml"))
LISTS = ("months", "months_short", "year_word")
"""Entries that hold forms of words, not sentences."""
COMPOSED = {"column_": (*contracts.STATUSES, "unopened"), "chart_": contracts.STATUSES}
"""Prefixes that code completes, where other keys begin the same way: with what they are completed."""

LATVIAN, ENGLISH = in_language("lv", None), in_language("en", None)
CASES = ("nominative", "genitive", "dative", "locative")
MINUS = "\N{MINUS SIGN}"


def forms_of(key: str, language: str) -> list[str]:
    """All wordings of a sentence: one, or one for each plural form."""
    said = catalogue()[key][language]
    return list(said.values()) if isinstance(said, dict) else [said]


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


SENTENCES = [key for key in catalogue() if key not in LISTS]


# Numbers


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9), decimals=st.integers(0, 3))
def test_a_number_can_be_read_back(language: str, value: float, decimals: int) -> None:
    said = in_language(language, None).number(value, decimals)
    thousands, point = {"lv": (NBSP, ","), "en": (",", ".")}[language]
    read = said.replace(thousands, "").replace(point, ".").replace(MINUS, "-")
    assert Decimal(read) == round(Decimal(str(value)), decimals)
    assert len(read.partition(".")[2]) == decimals
    assert " " not in said
    assert "-" not in said


@pytest.mark.parametrize("words", [LATVIAN, ENGLISH], ids=LANGUAGES)
def test_there_is_no_negative_zero(words: Words) -> None:
    assert words.number(-0.3) == words.number(-0.0) == words.number(0) == "0"
    assert words.number(-0.7) == MINUS + "1"
    assert words.money(-1000) == {"lv": f"{MINUS}1{NBSP}000{NBSP}EUR", "en": f"EUR{NBSP}{MINUS}1,000"}[words.language]


@pytest.mark.parametrize("words", [LATVIAN, ENGLISH], ids=LANGUAGES)
@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_unknown_is_said_and_never_zero(words: Words, unknown: float | None) -> None:
    said = {"lv": "nav datu", "en": "not known"}[words.language]
    assert words.unknown == said
    assert words.number(unknown) == words.percent(unknown) == words.money(unknown) == said
    assert words.count("places", unknown) == words.quantity(unknown, "persons") == said


def test_per_cent_and_money_are_written_as_each_language_does() -> None:
    assert LATVIAN.percent(116) == f"116{NBSP}%"
    assert ENGLISH.percent(73.59, 1) == "73.6%"
    assert LATVIAN.money(791256.2, 2) == f"791{NBSP}256,20{NBSP}EUR"
    assert ENGLISH.money(5600000, currency="LVL") == f"LVL{NBSP}5,600,000"


@pytest.mark.parametrize(
    ("number", "latvian", "english"),
    [
        (0, "vietu", "places"),
        (1, "vieta", "place"),
        (2, "vietas", "places"),
        (9, "vietas", "places"),
        (10, "vietu", "places"),
        (11, "vietu", "places"),
        (19, "vietu", "places"),
        (20, "vietu", "places"),
        (21, "vieta", "places"),
        (22, "vietas", "places"),
        (100, "vietu", "places"),
        (101, "vieta", "places"),
        (111, "vietu", "places"),
        (1458, "vietas", "places"),
        (-1, "vieta", "place"),
    ],
)
def test_nouns_agree_with_their_number(number: int, latvian: str, english: str) -> None:
    for value in (number, float(number), pd.Series([number])[0], pd.Series([float(number)])[0]):
        assert LATVIAN.count("places", value) == LATVIAN.number(number) + NBSP + latvian
        assert ENGLISH.count("places", value) == ENGLISH.number(number) + NBSP + english


def test_a_noun_agrees_with_the_number_shown() -> None:
    assert ENGLISH.count("places", 0.6) == f"1{NBSP}place"
    assert LATVIAN.count("places", 20.6) == f"21{NBSP}vieta"
    assert LATVIAN.count("places", 20.6, decimals=1) == f"20,6{NBSP}vietas"
    assert ENGLISH.count("places", 1.0, decimals=1) == f"1.0{NBSP}places"


@pytest.mark.parametrize("key", [key for key in catalogue() if key.startswith("noun_")])
def test_every_noun_has_the_forms_its_language_asks_for(key: str) -> None:
    for words in (LATVIAN, ENGLISH):
        for number in (0, 1, 2, 10, 11, 21, 101):
            said = words.count(key.removeprefix("noun_"), number)
            assert said.startswith(words.number(number) + NBSP)
            assert len(said) > len(words.number(number)) + 1


def test_every_unit_can_stand_beside_a_number(real_tables: Reference, tables: Reference, words: Words) -> None:
    for unit in {*real_tables.measures["unit"], *tables.measures["unit"]}:
        for number in (0, 1, 2, 21, 1.5):
            assert words.number(number) in words.quantity(number, unit)


# Dates


@pytest.mark.parametrize("iso", ["2018", "2018-12", "2018-12-31", "2021-01-01"])
@pytest.mark.parametrize("words", [LATVIAN, ENGLISH], ids=LANGUAGES)
def test_every_date_has_every_case(words: Words, iso: str) -> None:
    said = [words.date_long(iso, case) for case in CASES]
    assert all(iso[:4] in each and " " not in each for each in said)
    assert len(set(said)) == (4 if words.language == "lv" else 2)
    assert words.period(iso, "locative") == said[-1]
    assert said[0] == words.date_long(iso)


@pytest.mark.parametrize(
    ("iso", "case", "latvian", "english"),
    [
        ("2018-12-31", "nominative", "2018. gada 31. decembris", "31 December 2018"),
        ("2018-12-31", "genitive", "2018. gada 31. decembra", "31 December 2018"),
        ("2018-12-31", "dative", "2018. gada 31. decembrim", "31 December 2018"),
        ("2018-12-31", "locative", "2018. gada 31. decembrī", "on 31 December 2018"),
        ("2016-06", "nominative", "2016. gada jūnijs", "June 2016"),
        ("2016-03", "dative", "2016. gada martam", "March 2016"),
        ("2016-05", "genitive", "2016. gada maija", "May 2016"),
        ("2016-08", "locative", "2016. gada augustā", "in August 2016"),
        ("2021", "nominative", "2021. gads", "2021"),
        ("2021", "genitive", "2021. gada", "2021"),
        ("2021", "dative", "2021. gadam", "2021"),
        ("2021", "locative", "2021. gadā", "in 2021"),
        ("2021-07-01", "locative", "2021. gada 1. jūlijā", "on 1 July 2021"),
        ("2018-03/2020-02", "locative", "03.2018.–02.2020.", "Mar 2018–Feb 2020"),
        ("2016/2018", "nominative", "2016–2018", "2016–2018"),
        ("", "locative", "bez datuma", "undated"),
    ],
)
def test_dates_in_words(iso: str, case: str, latvian: str, english: str) -> None:
    assert LATVIAN.date_long(iso, case).replace(NBSP, " ") == latvian
    assert ENGLISH.date_long(iso, case).replace(NBSP, " ") == english
    assert LATVIAN.period(iso, case).replace(NBSP, " ") == latvian


@pytest.mark.parametrize(
    ("iso", "latvian", "english"),
    [
        ("2018-12-31", "31.12.2018.", "31 Dec 2018"),
        ("2018-12", "12.2018.", "Dec 2018"),
        ("2018-05-01", "01.05.2018.", "1 May 2018"),
        ("2018", "2018", "2018"),
        ("2016/2018", "2016–2018", "2016–2018"),
        ("2016-02-12/2022-10-31", "12.02.2016.–31.10.2022.", "12 Feb 2016–31 Oct 2022"),
        ("", "bez datuma", "undated"),
    ],
)
def test_dates_in_figures(iso: str, latvian: str, english: str) -> None:
    assert LATVIAN.date_short(iso).replace(NBSP, " ") == latvian
    assert ENGLISH.date_short(iso).replace(NBSP, " ") == english


@pytest.mark.parametrize("words", [LATVIAN, ENGLISH], ids=LANGUAGES)
def test_every_month_has_twelve_names_in_every_case(words: Words) -> None:
    months = catalogue()["months"][words.language]
    assert set(months) == set(CASES)
    for case in CASES:
        said = {words.date_long(f"2020-{month:02d}", case) for month in range(1, 13)}
        assert len(said) == 12


# Names


def test_places_in_their_cases(tables: Reference) -> None:
    latvian, english = in_language("lv", tables), in_language("en", tables)
    assert [latvian.place("ziemeli", case) for case in CASES] == ["Ziemeļi", "Ziemeļu", "Ziemeļiem", "Ziemeļos"]
    assert latvian.place("LV00X", "locative") == "Ziemeļos"
    assert english.place("latvija") == "Latvia"
    assert english.place("dienvidi", "locative") == "in the South"
    assert (latvian.place("0910000"), english.place("0910000")) == ("Vējotnes novads", "Vējotne Municipality")


def test_unknown_names_are_errors_that_name_the_nearest(words: Words) -> None:
    with pytest.raises(DataError, match=r"target_groups: 'adult_mental_disorders' .*: adults_mental_disorders"):
        words.title("target_groups", "adult_mental_disorders")
    with pytest.raises(DataError, match="municipalities: '0000000' has no such code"):
        words.place("0000000")
    with pytest.raises(DataError, match="sources: 'letter' is not a known source"):
        words.source_number("letter")
    with pytest.raises(DataError, match="'unknwn' is not a known sentence; nearest known: unknown"):
        words.say("unknwn")


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"'de' is not a known language \(known: lv, en\)"):
        in_language("de", None)


def test_sources_are_numbered_by_their_place_in_the_table(words: Words, tables: Reference) -> None:
    assert [words.source_number(code) for code in tables.sources["source"]] == [1, 2, 3, 4]


def test_lists_and_order() -> None:
    assert LATVIAN.listed(["a"]) == "a"
    assert LATVIAN.listed(["a", "b", "c"]) == "a, b un c"
    assert ENGLISH.listed(iter(["a", "b"])) == "a and b"
    assert LATVIAN.ordered(["Žīguri", "Zilupe", "Āraiši", "Ape", "Ķemeri", "Kuldīga"]) == [
        "Ape",
        "Āraiši",
        "Kuldīga",
        "Ķemeri",
        "Zilupe",
        "Žīguri",
    ]


@given(st.lists(st.sampled_from("aābcčdeēfgģhiījkķlļmnņoōpqrŗsštuūvwxyzž"), max_size=8))
def test_latvian_order_is_that_of_the_alphabet(letters: list[str]) -> None:
    assert LATVIAN.ordered(letters) == sorted(letters, key=wording.ALPHABET.index)
    assert LATVIAN.ordered([letter.upper() for letter in letters]) == [
        each.upper() for each in LATVIAN.ordered(letters)
    ]


def test_labels_of_charts(words: Words) -> None:
    rows = pd.DataFrame(
        {
            "territory": ["0091000", "LV00X"],
            "programme": ["", "kopa"],
            "version": ["", "ziemeli_2020"],
            "provider": ["", "vsac_ziemeli"],
            "measure": ["clients", "clients"],
            "service_type": ["home_care", "all"],
            "target_group": ["all", "all"],
        }
    )
    shown = labels.labelled(rows, words)
    assert shown["label"].tolist()[0] == {"lv": "Apvienotnes novads", "en": "Apvienotne Municipality"}[words.language]
    assert words.short("programmes", "kopa") in shown["label"].tolist()[1]
    assert shown["version_title"].tolist() == ["", words.title("plan_versions", "ziemeli_2020")]
    assert shown["provider_title"].tolist()[1] == words.title("providers", "vsac_ziemeli")
    assert shown["series"].tolist() == [
        words.title("service_types", "home_care"),
        words.title("providers", "vsac_ziemeli"),
    ]


def test_names_stand_right_after_their_codes(words: Words) -> None:
    rows = pd.DataFrame(
        {
            "territory": ["0091000", "LV00X"],
            "service_type": ["home_care", "withdrawn_service"],
            "version": ["", "ziemeli_2020"],
            "kind": ["plan", "actual"],
            "value": [3.0, float("nan")],
            "sources": [tuple(words.reference.sources["source"][:2]), ()],
            "verdict": ["reached", "behind"],
        },
        index=[7, 5],
    )
    before = rows.copy(deep=True)
    shown = labels.with_names(rows, words)
    named = ("territory", "service_type", "version", "kind", "sources")
    assert list(shown) == [each for column in rows for each in (column, f"{column}_name")[: 1 + (column in named)]]
    pd.testing.assert_frame_equal(shown[list(rows)], before)
    pd.testing.assert_frame_equal(rows, before)
    assert shown["territory_name"].tolist() == [words.place("0091000"), words.place("LV00X")]
    assert shown["service_type_name"].tolist() == [words.title("service_types", "home_care"), "withdrawn_service"]
    assert shown["version_name"].tolist() == ["", words.title("plan_versions", "ziemeli_2020")]
    assert shown["kind_name"].tolist() == [words.say("chart_kind_of_plan"), words.say("chart_kind_of_actual")]
    assert shown["sources_name"].tolist() == ["; ".join(words.reference.sources["title"][:2]), ""]


def test_children_in_institutions_are_not_called_all_children_out_of_family(words: Words) -> None:
    rows = pd.DataFrame({"territory": "LV00X", "provider": "", "target_group": "children_out_of_family"}, index=[0, 1])
    shown = labels.labelled(rows.assign(service_type=["childrens_institution", "all"]), words)["provider_title"]
    assert shown[0].endswith(words.say("series_children_in_institutions"))
    assert shown[1].endswith(words.short("target_groups", "children_out_of_family"))


# The catalogue


def test_keys_are_words_and_unique_over_all_files() -> None:
    keys = Counter(key for file in MESSAGES for key in tomllib.loads(file.read_text(encoding="utf-8")))
    assert len(keys) == len(catalogue())
    assert {key for key, count in keys.items() if count > 1} == set()
    assert all(re.fullmatch("[A-Za-z0-9]+(_[A-Za-z0-9]+)*", key) for key in keys)


def test_a_sentence_has_both_languages_with_the_same_gaps() -> None:
    # English has no word for the year and writes the day without a leading zero.
    own = {"date_year": {"word"}, "short_day": {"dd", "day"}}
    for key in SENTENCES:
        assert set(catalogue()[key]) == set(LANGUAGES), key
        found = {}
        for language in LANGUAGES:
            forms = forms_of(key, language)
            assert all(text == text.strip() and text for text in forms), f"{key} is empty or has blanks around it"
            assert len({frozenset(gaps(text)) for text in forms}) == 1, f"plural forms of {key} differ in their gaps"
            found[language] = gaps(forms[0]) - own.get(key, set())
        assert found["lv"] == found["en"], key


def test_plural_forms_are_those_of_the_language() -> None:
    for key in SENTENCES:
        for language, forms in (("lv", {"zero", "one", "other"}), ("en", {"one", "other"})):
            said = catalogue()[key][language]
            # A form that is not written is the same as "other".
            assert isinstance(said, str) or {"one", "other"} <= set(said) <= forms, key
            assert not key.startswith("noun_") or isinstance(said, str) or set(said) == forms, key
        assert isinstance(catalogue()[key]["lv"], dict) or isinstance(catalogue()[key]["en"], str), key


def spoken_keys() -> tuple[set[str], set[str], set[str]]:
    """Strings of the package and the notebooks, and the beginnings and ends of keys that code completes."""
    literals: set[str] = set()
    beginnings: set[object] = set()
    ends: set[object] = set()
    sources = [nodes_of(path) for path in PACKAGE.rglob("*.py")]
    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources += [ast.walk(ast.parse("".join(cell["source"]))) for cell in cells if cell["cell_type"] == "code"]
    for nodes in sources:
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                beginnings.add(getattr(node.left, "value", None))
                ends.add(getattr(node.right, "value", None))
            if isinstance(node, ast.JoinedStr):
                beginnings.add(getattr(node.values[0], "value", None))
    for path in PACKAGE.rglob("*.j2"):
        literals |= set(re.findall(r'say\("(\w+)"', path.read_text(encoding="utf-8")))
    completed = {each for each in beginnings if isinstance(each, str) and re.fullmatch("[a-z]+_[a-z_]*", each)}
    return literals, completed, {each for each in ends if isinstance(each, str) and re.fullmatch("(_[a-z]+)+", each)}


def test_every_sentence_is_said_somewhere() -> None:
    literals, beginnings, ends = spoken_keys()

    def is_text(key: str) -> bool:
        if key in literals:
            return True
        if any(key == start + rest for start, completions in COMPOSED.items() for rest in completions):
            return True
        if any(key.endswith(end) and key.removesuffix(end) in literals for end in ends):
            return True
        return any(key.startswith(start) for start in beginnings - set(COMPOSED))

    assert [key for key in SENTENCES if not is_text(key)] == []


@pytest.mark.parametrize(
    ("prefix", "completions"),
    [
        ("kind_", contracts.KINDS),
        ("evidence_", contracts.EVIDENCE),
        ("status_", ("disputed", "provisional", "estimated")),
        ("column_", KINDS),
        ("index_served_", ("nothing", "share", "number", "number_and_share", "of")),
        ("known_part_", ("share", "number", "number_and_share", "of", "over")),
        *(
            (f"{said}_served_", ("number", "number_and_share", "of_plan", "of_target", "over"))
            for said in ("card", "finding")
        ),
        ("setting_", ("community", "institutional", "none")),
        ("date_", ("year", "month", "day")),
        ("on_", ("year", "month", "day")),
    ],
)
def test_every_code_that_completes_a_key_has_its_sentence(prefix: str, completions: tuple[str, ...]) -> None:
    assert {prefix + each for each in completions} <= set(catalogue())


def test_sentences_give_their_wording_for_the_number(words: Words) -> None:
    said = [words.say("in_municipalities", n=number, count=words.number(number)) for number in (1, 2, 11, 21)]
    if words.language == "lv":
        assert said == ["1 pašvaldībā", "2 pašvaldībās", "11 pašvaldībās", "21 pašvaldībā"]
    else:
        assert said == ["1 municipality", "2 municipalities", "11 municipalities", "21 municipalities"]


def test_the_same_key_in_two_files_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "messages").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "messages" / name).write_text('[hello]\nlv = "sveiki"\nen = "hello"\n', encoding="utf-8")
    monkeypatch.setattr(sentences, "files", lambda _: tmp_path)
    with pytest.raises(DataError, match=r"b\.toml: 'hello' is a sentence of another file too"):
        catalogue.__wrapped__()


def test_a_file_that_is_no_toml_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "run.toml").write_text('[hello]\nlv = "sveiki\n', encoding="utf-8")
    monkeypatch.setattr(sentences, "files", lambda _: tmp_path)
    with pytest.raises(DataError, match=r"messages/run\.toml: is not readable TOML .*line 2"):
        catalogue.__wrapped__()


def test_a_sentence_of_one_language_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "catalogue", lambda: {"hello": {"lv": "sveiki"}})
    with pytest.raises(DataError, match="'hello' has no wording in en"):
        in_language("en", None).say("hello")


THRESHOLDS = (
    (enough.KNOWN_SHARE, ("chart_funnel_absent",)),
    (funnel.FUNNEL_PLACES, ("chart_funnel_few",)),
    (projections.FEWEST, ("chart_projection_few", "chart_projection_alone")),
    (trends.POINTS, ("chart_run_gap", "chart_run_break", "chart_run_rises", "chart_run_falls", "chart_run_steady")),
    (trends.POINTS, ("chart_run_few",)),
    (control.RUN, ("chart_run_note",)),
    (enough.LEVEL_POINTS, ("chart_run_absent",)),
    (primary.THRESHOLD, ("received_withheld", "owner_about")),
)
SPELT = {
    0.5: ("pus", "half"),
    3: ("trīs", "three"),
    5: ("piec", "five"),
    7: ("septiņ", "seven"),
    10: ("desmit", "ten"),
}
"""How thresholds are spelt in sentences, in Latvian without the ending."""


@pytest.mark.parametrize(("threshold", "keys"), THRESHOLDS)
def test_sentences_that_spell_a_threshold_say_the_one_in_force(threshold: float, keys: tuple[str, ...]) -> None:
    for key in keys:
        for language, spelt in zip(("lv", "en"), SPELT[threshold], strict=True):
            assert re.search(rf"\b{spelt}", catalogue()[key][language]), (key, language)
