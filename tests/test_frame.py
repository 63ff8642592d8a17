"""The top and the end of a page: what the figures cover and rest on, the terms used, contacts, accessibility."""

from __future__ import annotations

from dataclasses import replace

import html5lib
import pandas as pd
import pytest

from socsvc_analysis.publications import Publication
from socsvc_analysis.reference import Reference
from socsvc_analysis.report.closing import closing, statement
from socsvc_analysis.report.masthead import masthead, next_text, period_covered, reliability_text, status_text
from socsvc_analysis.sections import glossary
from socsvc_analysis.wording import NBSP, Words, in_language


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def rows(*said: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(said, columns=["kind", "period", "status"])


@pytest.mark.parametrize(
    ("figures", "latvian", "english"),
    [
        ([], "skaitļu ar datumu nav", "no figures with a date"),
        ([("actual", "", "normal")], "skaitļu ar datumu nav", "no figures with a date"),
        ([("actual", "2021-12-31", "normal")], "2021. gads", "2021"),
        ([("actual", "2018", "normal"), ("plan", "2023", "normal")], "2018. gads", "2018"),
        ([("actual", "2018", "normal"), ("actual", "2021/2027", "normal")], "2018. gads", "2018"),
        ([("actual", "2018", "normal"), ("capacity", "2019/2022-02", "normal")], "2018.–2022. gads", "2018–2022"),
    ],
)
def test_the_period_is_that_of_what_was_counted(
    figures: list[tuple[str, str, str]], latvian: str, english: str, words: Words
) -> None:
    said = plain(period_covered(rows(*figures), "2024-01-05", words))
    assert said == {"lv": latvian, "en": english}[words.language]


@pytest.mark.parametrize(
    ("total", "provisional", "latvian", "english"),
    [
        (0, 0, "0 skaitļu par šo teritoriju.", "0 figures about this territory."),
        (1, 0, "1 skaitlis par šo teritoriju.", "1 figure about this territory."),
        (1, 1, "1 skaitlis par šo teritoriju, no tiem 1 provizorisks.", "1 figure about this territory, including 1 "),
        (
            11,
            10,
            "11 skaitļu par šo teritoriju, no tiem 10 provizoriski.",
            "11 figures about this territory, including 10 provisional.",
        ),
        (101, 21, "101 skaitlis par šo teritoriju, no tiem 21 provizorisks.", "101 figures about this territory, "),
        (
            30,
            2,
            "30 skaitļu par šo teritoriju, no tiem 2 provizoriski.",
            "30 figures about this territory, including 2",
        ),
    ],
)
def test_how_many_figures_are_provisional(
    total: int, provisional: int, latvian: str, english: str, words: Words
) -> None:
    figures = rows(*[("actual", "2021", "provisional" if at < provisional else "normal") for at in range(total)])
    said = plain(reliability_text(figures, words, "masthead_rests"))
    assert said.startswith({"lv": latvian, "en": english}[words.language])


def test_a_version_is_working_provisional_or_final(words: Words) -> None:
    said = [
        plain(status_text(issued, words))
        for issued in (None, *(Publication("1", "2026-11-22", state, {}) for state in ("provisional", "final")))
    ]
    if words.language == "lv":
        assert said[0].startswith("Darba versija")
        assert said[1:] == [
            "Provizoriska publikācija 2026. gada 22. novembrī: skaitļi vēl var mainīties.",
            "Galīga publikācija 2026. gada 22. novembrī.",
        ]
    else:
        assert said[0].startswith("Working version")
        assert said[1:] == [
            "Provisional, published on 22 November 2026: figures may still change.",
            "Final, published on 22 November 2026.",
        ]


@pytest.mark.parametrize(
    ("created", "due"), [("2024-01-05", "2024"), ("2024-05-31", "2024"), ("2024-06-01", "2025"), ("2024-12-31", "2025")]
)
def test_the_next_update_comes_from_the_calendar_and_the_day_of_the_data(
    created: str, due: str, tables: Reference
) -> None:
    said = plain(next_text(created, tables, in_language("en", tables)))
    assert said == f"By 1 June {due}: invented summaries."
    nothing = replace(tables, calendar=tables.calendar[:0])
    assert next_text(created, nothing, in_language("en", nothing)) == "Not known."


def test_the_top_names_everything_and_leads_only_where_there_is_something(
    published: pd.DataFrame, words: Words
) -> None:
    given = {
        "region": "ziemeli",
        "version": "1.0.0",
        "created": "2024-01-05",
        "changed": "Changed <b>.",
        "words": words,
    }
    top = masthead(published, links=True, **given).markup
    assert top.count("<dt>") == 7
    assert 'href="#quality"' in top
    assert 'href="#changes"' in top
    assert "Changed &lt;b&gt;." in top
    bare = masthead(published, links=False, **given).markup
    assert "href" not in bare
    assert bare.count("<dt>") == 6


def test_only_terms_that_occur_are_explained(words: Words) -> None:
    latvian = glossary("Bērni dienas aprūpes centrā; GRT.", words=words).markup
    if words.language == "lv":
        assert "dienas aprūpes centrs" in latvian
        assert "personas ar garīga rakstura traucējumiem" in latvian  # by its abbreviation
        assert "ēdiena piegāde" not in latvian
        assert "2 šajā lapā lietoti termini" in latvian
    else:
        english = glossary("Two day care centres and busy hands.", words=words).markup
        assert "day care centre" in english
        assert "busy hands" in english
        assert "meal delivery" not in english
    assert glossary("Nothing of the kind.", words=words).markup == ""


def test_the_end_says_whom_to_ask_and_how_to_complain(words: Words) -> None:
    end = closing("GRT", words).markup
    html5lib.HTMLParser(strict=True).parseFragment(end)
    assert 'href="mailto:data@example.org"' in end
    said = "".join(map(str, statement(words)))
    for name in ("Nr. 445" if words.language == "lv" else "No 445", "LVS EN 301 549", "WCAG 2.2"):
        assert name in said
    assert "&lt;A&gt;" in said
    assert 'href="https://example.org"' in said
    assert {"lv": "2024. gada 5. janvārī", "en": "on 5 January 2024"}[words.language] in plain(said)
    placeholder = {"lv": "Saziņas adrese vēl nav norādīta.", "en": "An address for contact has yet to be given."}
    assert placeholder[words.language] in said
    assert {"lv": "Vietturis", "en": "Placeholder"}[words.language] not in end  # nobody is named who is not there


def test_without_contacts_the_end_says_so(words: Words) -> None:
    bare = replace(words, reference=replace(words.reference, contacts=words.reference.contacts[:0]))
    assert {"lv": "nav norādīts.", "en": "not named."}[words.language] in closing("", bare).markup
