"""Words for people, in both languages and every case, as the titles of measures have them.

A title names those whom it counts in the nominative plural: *Klienti noteiktā datumā*, *Institūcijās uzņemtās personas
gadā*; *Clients on a given date*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from socsvc_analysis.observations.audience import COUNTED_UNITS
from socsvc_analysis.territories.declension import endings

__all__ = ["forms_of", "pattern_of", "words_for_people"]

SHARES = ("percent", "per_10000")
WORKED_OUT = r"\b(?:who|whom|whose)\b"
"""A share of people says *who*; others are shares of money or of services."""
FIRST_PART = re.compile(r"^[^,(–]+")
MASCULINE = endings(("s", "a"), ("i", "u"))
SECOND = endings(("is", "a"))
FEMININE = endings(("a", "as"), ("as", "u"))
FIFTH = endings(("e", "es"), ("es", "u"))
SOFT = {
    "n": "ņ",
    "l": "ļ",
    "s": "š",
    "t": "š",
    "d": "ž",
    "z": "ž",
    "c": "č",
    "b": "bj",
    "p": "pj",
    "m": "mj",
    "v": "vj",
}
"""How a stem ends in cases in which Latvian softens it."""
IRREGULAR = {"children": "child", "people": "person"}


def words_for_people(measures: pd.DataFrame, not_people: str) -> list[str]:
    """All forms of the nouns by which ``measures`` (rows of the table of measures) call those whom they count.

    Words that ``not_people`` knows, and those of titles of what counts something else, are left out.

    >>> measures = pd.DataFrame({"unit": ["persons", "EUR"], "title_lv": ["Aizgājušās personas gadā", "Izdevumi"],
    ...                          "title_en": ["Persons who left", "Spending"]})
    >>> words_for_people(measures, "vietas")[:4], words_for_people(measures, "vietas")[-2:]
    (['persona', 'personai', 'personas', 'personu'], ['person', 'persons'])
    """
    shares = measures["unit"].isin(SHARES)
    counting = measures["unit"].isin(COUNTED_UNITS) | (shares & measures["title_en"].str.contains(WORKED_OUT))
    others = measures[~counting & ~shares]
    latvian = _nouns_of_people(measures.loc[counting, "title_lv"], others["title_lv"], _plurals_lv)
    english = _nouns_of_people(measures.loc[counting, "title_en"], others["title_en"], _plurals_en)
    known = re.compile(not_people, re.IGNORECASE)
    return [
        form
        for language, nouns in (("lv", latvian), ("en", english))
        for noun in nouns
        if not any(known.search(form) for form in forms_of(noun, language))
        for form in forms_of(noun, language)
    ]


def pattern_of(words: Iterable[str]) -> str:
    """A pattern for any of the words.

    >>> pattern_of(["klienti", "klientu"])
    '\\\\b(?:klienti|klientu)\\\\b'
    """
    return rf"\b(?:{'|'.join(sorted({*words}))})\b"


def forms_of(noun: str, language: str) -> list[str]:
    """A noun in the nominative plural in every case and number.

    >>> {"aizbildnis", "aizbildnim", "aizbildņiem"} < {*forms_of("aizbildņi", "lv")}
    True
    >>> "ģimeņu" in forms_of("ģimenes", "lv"), forms_of("families", "en")
    (True, ['families', 'family'])
    """
    if language == "en":
        singular = IRREGULAR.get(noun) or (noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s"))
        return sorted({noun, singular})
    stem, endings = (noun[:-1], MASCULINE) if noun.endswith("i") else (noun[:-2], FEMININE)
    forms = {stem + ending for ending in endings}
    if noun.endswith("i"):
        hard = [stem.removesuffix(soft) + plain for plain, soft in SOFT.items() if stem.endswith(soft)]
        forms |= {each + ending for each in hard for ending in SECOND}
    elif noun.endswith("es"):
        softened = [stem.removesuffix(plain) + soft for plain, soft in SOFT.items() if stem.endswith(plain)]
        forms = {stem + ending for ending in FIFTH} | {each + "u" for each in softened}
    return sorted(forms)


def _nouns_of_people(titles: pd.Series, others: pd.Series, plurals: Callable[[str], Iterator[str]]) -> list[str]:
    elsewhere = {word for title in others for word in re.findall(r"\w+", title.lower())}
    found = (noun for title in titles for noun in plurals(title))
    return [noun for noun in dict.fromkeys(found) if noun not in elsewhere]


def _plurals_lv(title: str) -> Iterator[str]:
    """Nouns in the nominative plural: in -i, and in -as or -es at the beginning or after a word that agrees with them,
    where they are no genitive; after *ar* or *bez* stand other cases."""
    words = re.findall(r"\w+", FIRST_PART.findall(title.lower())[0])
    for before, word in zip(["", *words], words, strict=False):
        if before in ("ar", "bez"):
            continue
        if word.endswith("i") or (word.endswith(("as", "es")) and (not before or before.endswith("ās"))):
            yield word


def _plurals_en(title: str) -> Iterator[str]:
    """The first plural, which is the subject of the title."""
    yield from re.findall(rf"\b(?:\w{{3,}}s|{'|'.join(IRREGULAR)})\b", title.lower())[:1]
