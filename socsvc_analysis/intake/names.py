"""Names as people write them, and how they are compared: capitals, blanks, signs nobody sees and diacritics aside."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

import pandas as pd

from socsvc_analysis.intake.declined import cases_of
from socsvc_analysis.territories.lexicon import without_diacritics

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Signs that take no room: soft hyphens, zero-width blanks, marks of direction and of byte order."""


def visible(text: str) -> str:
    """A text without the signs that take no room.

    >>> visible("ap\\u00adrūpe\\u200b mājās")
    'aprūpe mājās'
    """
    return text if text.isascii() else INVISIBLE.sub("", text)


@lru_cache(maxsize=10_000)
def normal(text: str) -> str:
    """A heading or name as it is compared: one Unicode form, small letters, single blanks, no colon or asterisk.

    >>> normal(" Klientu\\n skaits:* ")
    'klientu skaits'
    """
    text = " ".join(unicodedata.normalize("NFC", visible(text)).split()).casefold().strip()
    return re.sub(r"[\s:.*¹²³]+$", "", text)


class Names:
    """Names as people write them, for codes: with diacritics, or without them where only one is meant."""

    def __init__(self, spelled: dict[str, str]) -> None:
        self.spelled = spelled

    @cached_property
    def bare(self) -> dict[str, str]:
        """The names without diacritics that mean one thing only."""
        found: dict[str, set[str]] = {}
        for name, code in self.spelled.items():
            found.setdefault(without_diacritics(name), set()).add(code)
        return {name: min(codes) for name, codes in found.items() if len(codes) == 1}

    def code(self, text: str) -> str:
        """The code that ``text`` names; "" when there is none."""
        name = normal(text)
        return self.spelled.get(name) or (self.bare.get(name, "") if name.isascii() else "")


def names_of(frame: pd.DataFrame, synonyms: pd.DataFrame, code: str) -> Names:
    """The names of a reference table: codes, titles and short titles in both languages, and synonyms.

    A name that two rows share means neither.  Names of people are known in every case of the plural.
    """
    found: dict[str, set[str]] = {}
    for column in (code, "title_lv", "title_en", "short_lv", "short_en"):
        if column in frame:
            for name, meant in zip(frame[column].tolist(), frame[code].tolist(), strict=True):
                found.setdefault(normal(name), set()).add(meant)
    for name, meant in zip(synonyms["name"].tolist(), synonyms["code"].tolist(), strict=True):
        found[normal(name)] = {meant}
    for name, codes in list(found.items()):
        for each in cases_of(name):
            found.setdefault(each, set()).update(codes)
    return Names({name: min(codes) for name, codes in found.items() if name and len(codes) == 1})
