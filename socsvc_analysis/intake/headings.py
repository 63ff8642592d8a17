"""What a heading of a received table means: a key of its rows, a measure, or nothing that is known here.

A heading is read whole (:mod:`~socsvc_analysis.intake.phrases`): what its words say besides the measure qualifies the
numbers below it, and words that nobody understands are part of what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.intake.names import Names, names_of, normal, visible
from socsvc_analysis.intake.phrases import (
    AGE,
    COLUMN,
    GROUP,
    KIND,
    SERVICE,
    SEX,
    UNIT,
    YEAR,
    Phrases,
    clean,
    names_by_role,
)
from socsvc_analysis.intake.received import KEYS
from socsvc_analysis.once import Same
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import AmbiguousTerritory, Reference, UnknownTerritory
from socsvc_analysis.sentences import Sentence as sentence
from socsvc_analysis.sentences import Title
from socsvc_analysis.tables import KINDS
from socsvc_analysis.territories import gazetteer_of

IGNORED = "ignore"
JOINT = " / "
"""Between the parts of a heading of several rows."""
IN_HEADING = re.compile(r"(?<![\w.])((?:19|20)\d\d)(?:\.?\s*(?:g\.|gad[suāa]|year))?(?![\w.]*\d)")
"""The year in a heading of a mapping."""
BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
TOTAL = re.compile(
    r"(?:(?:gala|gada|kopējā|vispārējā)?\s*(?:kop[āa]|pavisam|summa|s u m m a|kopsumma|starpsumma|apakšsumma"
    r"|kopsavilkums|kopskaits|kopskaitā|kopējais)"
    r"|vis(?:i|as|os|ās) (?:novad|pašvaldīb|valstspilsēt)\w*|grand total|total|subtotal|sub-total|overall|sum)\b"
    r"|(?:.*\b)?(?:kop[āa]|pavisam|kopsumma|starpsumma)(?: kop[āa])?\s*:?$|.+\s(?:total|result|sum)\s*:?$|^(?:Σ|∑)",
    re.IGNORECASE,
)
COUNT_OF = re.compile(r"count of(?=\s)", re.IGNORECASE)
"""How pivot tables call the number of rows that have a field: of clients it is none."""
FACTORS = {"thousand": 1e3, "million": 1e6}
MOST_UNREAD = 8
"""A text with more words that nobody understands is prose, no heading."""


@dataclass(frozen=True)
class Meaning:
    """What one heading says of the cells below it."""

    column: str  # of KEYS, the code of a measure, or IGNORED
    year: str = ""  # or a day
    unit: str = ""
    service_type: str = ""
    target_group: str = ""
    kind: str = ""
    sex: str = ""
    age: str = ""
    unread: tuple[str, ...] = ()  # words that nobody understands


def is_total(cell: str) -> bool:
    """Whether a cell names a row of totals.

    >>> is_total("Kopā:"), is_total("Pavisam novadā"), is_total("Zemgalē kopā"), is_total("Kopīga māja")
    (True, True, True, False)
    >>> is_total("Bauskas novads Total"), is_total("Bauskas novads Kopsumma")
    (True, True)
    """
    return bool(TOTAL.match(cell.strip()))


def unit_and_factor(code: str) -> tuple[str, float]:
    """The unit of a code of units, and by what its numbers are multiplied.

    >>> unit_and_factor("EUR_million"), unit_and_factor("thousand"), unit_and_factor("percent")
    (('EUR', 1000000.0), ('', 1000.0), ('percent', 1.0))
    """
    if code in FACTORS:
        return "", FACTORS[code]
    unit, _, size = code.partition("_")
    return (unit, FACTORS[size]) if size in FACTORS else (code, 1.0)


READ = (
    "column_names",
    "measures",
    "municipalities",
    "programmes",
    "providers",
    "regions",
    "service_types",
    "target_groups",
    "towns",
    "value_names",
)
"""The reference tables that say what headings and cells mean."""
NO_ROWS = pd.DataFrame()


def names_only(reference: Reference) -> Reference:
    """The reference without tables that imports change: they name nothing, and what is cached stays valid."""
    return replace(reference, **{each.name: NO_ROWS for each in tables.REFERENCE if each.name not in READ})


def titles_of(reference: Reference) -> dict[tuple[str, str], str]:
    """What a code of a service, group, kind or sex is called, by role and code, in the language of the reader."""
    titles: dict[tuple[str, str], str] = {(KIND, kind): sentence(f"kind_{kind}") for kind in KINDS}
    titles |= {(SEX, sex): sentence(f"part_{sex}") for sex in ("women", "men")}
    for role, table in ((SERVICE, reference.service_types), (GROUP, reference.target_groups)):
        names = zip(table[role], table["title_lv"], table["title_en"], strict=True)
        titles |= {(role, code): Title(lv, en) for code, lv, en in names}
    return titles


def _names_of_regions(regions: pd.DataFrame) -> Names:
    """What regions are called where they stand among municipalities: *Zemgale*, *Zemgales reģions*."""
    said: dict[str, str] = {}
    for column in ("code", "region", "name_lv", "long_lv", "name_en", "long_en"):
        said |= {normal(name): code for name, code in zip(regions[column], regions["region"], strict=True)}
    for kind in ("reģions", "plānošanas reģions"):
        whose = zip(regions["genitive_lv"], regions["region"], strict=True)
        said |= {normal(f"{name} {kind}"): code for name, code in whose}
    return Names(said)


class Headings:
    """The headings that are known: of the table of synonyms, and the measures by code and title."""

    def __init__(self, reference: Reference) -> None:
        synonyms = reference.value_names
        measures = reference.measures
        own = {
            normal(name): code
            for column in ("measure", "title_lv", "title_en")
            for name, code in zip(measures[column], measures["measure"], strict=True)
        }
        table = reference.column_names
        said = {normal(heading): column for heading, column in zip(table["heading"], table["column"], strict=True)}
        self.names = Names({**own, **{key: key for key in KEYS}, **said})
        self.services = names_of(
            reference.service_types, synonyms[synonyms["table"] == "service_types"], "service_type"
        )
        self.programmes = names_of(reference.programmes, synonyms[synonyms["table"] == "programmes"], "programme")
        self.units = dict(zip(measures["measure"], measures["unit"], strict=True))
        self.gazetteer = gazetteer_of(reference.municipalities, reference.towns)
        self.groups = names_of(reference.target_groups, synonyms[synonyms["table"] == "target_groups"], "target_group")
        self.regions = _names_of_regions(reference.regions)
        self.titles = titles_of(reference)
        municipalities = reference.municipalities
        self._region_of = dict(zip(municipalities["code"], municipalities["region"], strict=True))
        self.phrases = Phrases(names_by_role(self.names, self.services, self.groups, synonyms, KINDS))
        self.meaning = lru_cache(maxsize=10_000)(self._meaning)

    def known(self, cell: str) -> bool:
        """Whether a cell reads like a heading that is understood."""
        meaning = self.meaning(cell)
        return meaning is not None and not meaning.unread

    def is_territory(self, cell: str) -> bool:
        """Whether a cell names a municipality, clearly or not."""
        try:
            return bool(self.gazetteer.resolve(cell, PRESENT, ""))
        except AmbiguousTerritory:
            return True
        except UnknownTerritory:
            return False

    def names_place(self, label: str) -> bool:
        """Whether a label is the name of a municipality, perhaps with a year or a service beside it."""
        said = self.phrases.read(label)
        return self.is_territory(label) or bool(said.unread and self.is_territory(" ".join(said.unread)))

    def unit(self, text: str) -> str:
        """The code of the unit that a cell names; "" when it names none."""
        named = self.phrases.names[UNIT].code(text.strip(" ().,"))
        said = self.phrases.read(text)
        return named or ("" if said.unread or said.twice or said.get(COLUMN) else said.get(UNIT))

    def region(self, cell: str) -> str:
        """The region that a cell names; "" when it names none."""
        return self.regions.code(cell) if not self.is_territory(cell) else ""

    def region_of(self, cell: str) -> str:
        """The region of the municipality that a cell names; "" when that is not clear."""
        try:
            return str(self._region_of.get(self.gazetteer.resolve(cell, PRESENT, ""), ""))
        except (AmbiguousTerritory, UnknownTerritory):
            return ""

    def unit_word(self, code: str) -> str:
        """A word for a unit that senders use themselves: a whole one, and not the beginning of another."""
        words = [word for word, meant in self.phrases.names[UNIT].spelled.items() if meant == code]
        whole = [word for word in words if not any(other != word and other.startswith(word) for other in words)]
        return next((word for word in whole if word != normal(code)), code)

    def called(self, role: str, code: str) -> str:
        """What a code is called where somebody reads it."""
        return self.unit_word(code) if role == UNIT else self.titles.get((role, code), code.replace("~", ""))

    def is_value(self, cell: str) -> bool:
        """Whether a cell names a service or a group."""
        return bool(self.services.code(cell) or self.groups.code(cell))

    def _meaning(self, heading: str) -> Meaning | None:
        """What ``heading`` means; None when it names no column that is known here.

        What a key is called must be understood but for help in brackets; of a measure any word may change what is
        counted, so that what is not understood stays with it.
        """
        heading = visible(heading)
        whole = self.names.code(heading) or self.names.code(clean(heading))
        if whole:
            return Meaning(whole)
        if "_" in heading:  # as programs name columns
            return self._meaning(heading.replace("_", " "))
        said = self.phrases.read(clean(heading))
        column = said.get(COLUMN)
        if column in KEYS or column == IGNORED or not column:
            return self._key(clean(heading))
        unread = (*said.unread, *(sentence("key_twice", what=sentence(f"key_{role}")) for role in sorted(said.several)))
        if len(unread) > MOST_UNREAD:
            return None
        counted = COUNT_OF.match(heading)
        unread = (counted[0], *unread) if counted else unread
        qualifiers = {role: said.get(role) for role in (YEAR, UNIT, SERVICE, GROUP, KIND, SEX, AGE)}
        return Meaning(column, **qualifiers, unread=unread)

    def _key(self, heading: str) -> Meaning | None:
        """A key with explanations in brackets, or in several rows of headings that say the same."""
        parts = [part for part in heading.split(JOINT) if part.strip()]
        codes = {self.names.code(clean(part)) for part in parts}
        if len(parts) > 1 and len(codes) == 1 and "" not in codes:
            return Meaning(min(codes))
        shorter = BRACKETS.sub("", heading).strip()
        column = self.names.code(shorter) if shorter and shorter != heading else ""
        if column not in KEYS and column != IGNORED:
            return None
        return Meaning(column, unread=(heading[len(shorter) :].strip(" ()[]"),))


def headings_of(reference: Reference) -> Headings:
    """The headings that these reference tables know; they are read once for all files that are imported with them."""
    return _headings_of(Same(names_only(reference)))


@lru_cache(maxsize=2)
def _headings_of(read: Same[Reference]) -> Headings:
    return Headings(read.kept())
