"""The words of a name: the name itself and the kind that is said beside it, letter by letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from socsvc_analysis.territories.lexicon import (
    CITY,
    COUNTRY,
    ENGLISH,
    FORMER,
    NOVADS,
    OFFICE,
    PARISH,
    PREPOSITIONS,
    REGION,
    REGIONS,
    known_word,
    without_diacritics,
    words_in,
)

POSTCODE = re.compile(r"lv-?\s?\d{4}")
WRAPPING = " '\"„“”«»‘’=()[].,;:"
"""What spreadsheets and writers put around a code: quotes, an apostrophe or a formula that keeps the zeros."""
AROUND_A_NAME = (NOVADS, CITY, OFFICE, PREPOSITIONS)


@dataclass(frozen=True)
class Reading:
    """What the words of a name say: the name itself, and the kind that the words around it tell."""

    name: str
    kind: str = ""  # city, novads, or "" where no word tells
    office: bool = False  # a local government or one of its offices is named
    both: bool = False  # both words of kind: the town of a novads
    undeclined: bool = False  # English: the nominative stands for every case


def is_detail(part: str, *, first: bool) -> bool:
    """Whether part of an address says where: a parish, a postcode, the country, a former name, the region after it."""
    found = set(map(known_word, words_in(part)))
    return (
        bool(found & PARISH or found & FORMER)
        or bool(POSTCODE.fullmatch(part.strip(WRAPPING)))
        or found <= COUNTRY
        or (not first and found <= REGIONS | REGION)
    )


@lru_cache(maxsize=10_000)
def reading_of(text: str) -> Reading:
    """The name in ``text`` and the kind said beside it; no name when there is none, several, or a word unknown here."""
    found = list(map(known_word, words_in(text)))
    left = [word for word in dict.fromkeys(found) if not any(word in known for known in AROUND_A_NAME)]
    novads, city = (any(word in known for word in found) for known in (NOVADS, CITY))
    kind = "" if novads == city else ("novads" if novads else "city")
    office, undeclined = (any(word in known for word in found) for known in (OFFICE, ENGLISH))
    return Reading(left[0] if len(left) == 1 else "", kind, office, novads and city, undeclined)


def spells(word: str, form: str) -> bool:
    """Whether ``word`` is ``form``, with all its diacritics or without some of them.

    >>> spells("kekavas", "ķekavas"), spells("ķekavas", "ķekavas"), spells("kēkavas", "ķekavas")
    (True, True, False)
    """
    plain_form = without_diacritics(form)
    return len(word) == len(form) == len(plain_form) and all(
        letter in allowed for letter, allowed in zip(word, zip(form, plain_form, strict=True), strict=True)
    )
