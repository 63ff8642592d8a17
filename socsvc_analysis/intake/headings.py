"""What a heading of a received table means: a key of its rows, a measure, or nothing that is known here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from socsvc_analysis.intake.received import KEYS
from socsvc_analysis.reference import PRESENT, AmbiguousTerritory, Reference, UnknownTerritory
from socsvc_analysis.territories import gazetteer_of

IGNORED = "ignore"
JOINT = " / "
"""Between the parts of a heading of several rows."""
YEAR = re.compile(r"(?<![\w.])((?:19|20)\d\d)(?:\.?\s*(?:g\.|gad[suāa]|year))?(?![\w.]*\d)")
BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
THOUSANDS = re.compile(r"t[uū]kst|thousand", re.IGNORECASE)
TOTAL = re.compile(
    r"(?:kop[āa]|pavisam|summa|kopsumma|starpsumma|total|subtotal|grand total|sum)\b"
    r"|(?:.*\b)?(?:kop[āa]|pavisam)(?: kop[āa])?\s*:?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Meaning:
    """What one heading says of the cells below it."""

    column: str  # of KEYS, the code of a measure, or IGNORED
    year: str = ""
    factor: float = 1.0
    service_type: str = ""
    target_group: str = ""


@lru_cache(maxsize=10_000)
def normal(text: str) -> str:
    """A heading or name as it is compared: one Unicode form, small letters, single blanks, no colon or asterisk.

    >>> normal(" Klientu\\n skaits:* ")
    'klientu skaits'
    """
    text = " ".join(unicodedata.normalize("NFC", text).split()).casefold().strip()
    return re.sub(r"[\s:.*¹²³]+$", "", text)


def bare(text: str) -> str:
    """A compared name without diacritics."""
    return (
        text
        if text.isascii()
        else "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    )


def is_total(cell: str) -> bool:
    """Whether a cell names a row of totals.

    >>> is_total("Kopā:"), is_total("Pavisam novadā"), is_total("Zemgalē kopā"), is_total("Kopīga māja")
    (True, True, True, False)
    """
    return bool(TOTAL.match(cell.strip()))


class Names:
    """Names as people write them, for codes: with diacritics, or without them where only one is meant."""

    def __init__(self, spelled: dict[str, str]) -> None:
        self.spelled = spelled
        found: dict[str, set[str]] = {}
        for name, code in spelled.items():
            found.setdefault(bare(name), set()).add(code)
        self.bare = {name: min(codes) for name, codes in found.items() if len(codes) == 1}

    def code(self, text: str) -> str:
        """The code that ``text`` names; "" when there is none."""
        name = normal(text)
        return self.spelled.get(name) or (self.bare.get(name, "") if name.isascii() else "")


def names_of(frame: pd.DataFrame, synonyms: pd.DataFrame, code: str) -> Names:
    """The names of a reference table: codes, titles and short titles in both languages, and synonyms.

    A name that two rows share means neither.
    """
    found: dict[str, set[str]] = {}
    for column in (code, "title_lv", "title_en", "short_lv", "short_en"):
        if column in frame:
            for name, meant in zip(frame[column].tolist(), frame[code].tolist(), strict=True):
                found.setdefault(normal(name), set()).add(meant)
    for name, meant in zip(synonyms["name"].tolist(), synonyms["code"].tolist(), strict=True):
        found[normal(name)] = {meant}
    return Names({name: min(codes) for name, codes in found.items() if name and len(codes) == 1})


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
        self.meaning = lru_cache(maxsize=10_000)(self._meaning)

    def known(self, cell: str) -> bool:
        """Whether a cell reads like a heading."""
        return self.meaning(cell) is not None

    def is_territory(self, cell: str) -> bool:
        """Whether a cell names a municipality, clearly or not."""
        try:
            return bool(self.gazetteer.resolve(cell, PRESENT, ""))
        except AmbiguousTerritory:
            return True
        except UnknownTerritory:
            return False

    def is_value(self, cell: str) -> bool:
        """Whether a cell names a service or a group."""
        return bool(self.services.code(cell) or self.groups.code(cell))

    def _meaning(self, heading: str) -> Meaning | None:
        """What ``heading`` means; None when nothing here is called so.

        Of a heading of several rows one part is the measure; each other part must be a year, a service or a group.
        """
        whole = self._simple(heading)
        parts = [part for part in heading.split(JOINT) if part.strip()]
        if whole or len(parts) < 2:
            return whole
        meanings = [self._simple(part) for part in parts]
        told = [at for at, meaning in enumerate(meanings) if meaning]
        if len(told) > 1 and len(told) == len(parts):
            # "Skaits" above "Klienti" and "Vietas" adds nothing to them.
            told = [at for at in told if meanings[at].column != "value"] or told
            parts = [parts[at] for at in told]
            meanings = [meanings[at] for at in told]
            told = list(range(len(told)))
        if len(told) != 1:
            # Two rows of headings may say the same twice: Klienti / Klientu skaits.
            same = {meaning.column for meaning in meanings if meaning}
            return meanings[told[-1]] if told and len(same) == 1 and len(told) == len(parts) else None
        meaning = meanings[told[0]]
        for at, part in enumerate(parts):
            if at != told[0]:
                meaning = self._beside(meaning, part)
                if meaning is None:
                    return None
        return meaning

    def _simple(self, heading: str) -> Meaning | None:
        """A heading of one row, with a year or a unit in brackets perhaps."""
        column = self.names.code(heading)
        if column:
            return Meaning(column)
        shorter = BRACKETS.sub("", heading)
        if shorter != heading and shorter.strip():
            inner = self._simple(shorter)
            if inner is None:
                return None
            brackets = heading[len(shorter) :]
            year = YEAR.search(brackets)
            factor = 1000.0 if THOUSANDS.search(brackets) else 1.0
            return replace(inner, year=inner.year or (year[1] if year else ""), factor=inner.factor * factor)
        year = YEAR.search(heading)
        if year:
            rest = re.sub(r"[\s,;–-]+$|^[\s,;–-]+", "", heading[: year.start()] + heading[year.end() :])
            column = self.names.code(re.sub(r"[\s,;–-]+$", "", rest))
            return Meaning(column, year=year[1]) if column and column not in KEYS else None
        stripped = re.sub(r",\s*(?:pers|gab|skaits|eur|euro)\.?$", "", heading, flags=re.IGNORECASE)
        return self._simple(stripped) if stripped != heading else None

    def _beside(self, meaning: Meaning, part: str) -> Meaning | None:
        year = YEAR.fullmatch(normal(part)) or YEAR.fullmatch(part.strip())
        if year and not meaning.year:
            return replace(meaning, year=year[1])
        service, group = self.services.code(part), self.groups.code(part)
        if service and not group and not meaning.service_type:
            return replace(meaning, service_type=service)
        if group and not service and not meaning.target_group:
            return replace(meaning, target_group=group)
        return None
