"""Method notes: every indicator a chapter shows, defined from its registration, and the official terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from socsvc_analysis.columns import Column
from socsvc_analysis.indicators.registry import get_indicator
from socsvc_analysis.markup import Html, Table, piece
from socsvc_analysis.wording import Words, alphabetical

ENDINGS = {"lv": re.compile(r"(?:[aāeēiīouū]+[sšm]?|[sš])$"), "en": re.compile(r"(?:ies|s|y)$")}
"""What Latvian and English words end with, and lose or change in other forms."""
SHORTEST_STEM = 3


def glossary(text: str, *, words: Words) -> Html:
    """The official terms that occur in ``text``, folded away until wanted; nothing where none does."""
    own = f"term_{words.language}"
    terms = words.reference.glossary
    spoken = text.casefold()
    terms = terms[
        [
            _occurs(term, spoken, words.language) or (words.language == "lv" and _is_written(short, text))
            for term, short in zip(terms[own], terms["abbreviation_lv"], strict=True)
        ]
    ]
    if terms.empty:
        return Html("")
    table = terms_table(terms, words)
    summary = words.say("glossary_count", n=len(terms), count=words.number(len(terms)))
    return piece("method", summary=summary, inner=table)


def terms_table(terms: pd.DataFrame, words: Words) -> Table:
    """Rows of the glossary as a table in alphabetical order, each term with its name in the other language."""
    own, other = ("term_lv", "term_en") if words.language == "lv" else ("term_en", "term_lv")
    columns = (
        Column(own, words.say("glossary_term")),
        Column("abbreviation_lv", words.say("glossary_abbreviation")),
        Column(other, words.say("glossary_other")),
    )
    ordered = terms.sort_values(own, key=lambda names: names.map(alphabetical))
    return Table(ordered, columns, words, words.say("glossary_caption"))


def _occurs(term: str, spoken: str, language: str) -> bool:
    """Whether the term stands in the text (in small letters), in any of its forms; what is in brackets may be absent.

    >>> _occurs("grupu māja (dzīvoklis)", "pakalpojums grupu mājā", "lv"), _occurs("aprūpe mājās", "aprūpi", "lv")
    (True, False)
    >>> _occurs("day care centre", "two day care centres", "en"), _occurs("day care centre", "daycare", "en")
    (True, False)
    """
    if not term:
        return False
    names = re.sub(r"\([^)]*\)", "", term).casefold().split("/")
    return any(re.search(_pattern(name, language), spoken) for name in names if name.strip())


@cache
def _pattern(name: str, language: str) -> re.Pattern[str]:
    """Each word with the endings that it may have; short words as they are."""
    ending = ENDINGS[language]
    parts = []
    for word in re.findall(r"\w+", name):
        stem = ending.sub("", word) if len(word) > SHORTEST_STEM else word
        parts.append(rf"{stem}\w{{0,4}}" if len(stem) >= SHORTEST_STEM and stem != word else rf"{word}s?")
    return re.compile(r"\b" + r"[\W_]+".join(parts) + r"\b")


def _is_written(abbreviation: str, text: str) -> bool:
    return bool(abbreviation) and re.search(rf"\b{re.escape(abbreviation)}\b", text) is not None


def meaning(indicator: str, words: Words) -> list[str]:
    """What an indicator means and cannot say, what it is made of, and last where it comes from: a sentence each."""
    known, language = get_indicator(indicator), words.language
    said = [known.definition(language), known.caveat(language)]
    said.append(words.say("method_numerator", what=known.numerator(language)))
    if known.denominators:
        said.append(words.say("method_denominator", what=known.denominator(language)))
    source = known.source_in(language)
    return [*said, words.say("method_source", source=source) if source else words.say("method_own")]


def method(indicators: Iterable[str] | Mapping[str, pd.DataFrame | Html], *, words: Words) -> Html:
    """Definition, numerator, denominator, caveat and source of each indicator; nothing without any.

    Where the values that a page shows are given with the names, an indicator without values is left out; where a piece
    of the page is given, an indicator of which it shows no number.  An unknown name is an error that names the nearest.
    """
    terms = []
    for name in indicators:
        if isinstance(indicators, Mapping) and not _is_shown(name, indicators[name]):
            continue
        *said, source = meaning(name, words)
        title = get_indicator(name).title(words.language)
        terms.append((title, piece("indicator", definition=" ".join(said), source=source)))
    if not terms:
        return Html("")
    return piece("method", summary=words.say("method_heading"), inner=piece("definitions", pairs=terms))


def _is_shown(indicator: str, by: pd.DataFrame | Html) -> bool:
    return indicator in by.indicators if isinstance(by, Html) else not by.empty
