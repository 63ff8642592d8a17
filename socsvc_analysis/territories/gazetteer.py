"""Names of municipalities as people write them, and the one that each means on a date.

A table of names and the grammar of Latvian decide, never likeness: a misspelt name is unknown, and the error says
which known name is nearest.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from socsvc_analysis.codes import records
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.schema import nearest
from socsvc_analysis.sentences import Sentence
from socsvc_analysis.territories.declension import forms, nominative
from socsvc_analysis.territories.lexicon import (
    ABROAD,
    COUNTRY,
    DISTRICT,
    INSTITUTION,
    OFFICE,
    OTHERS,
    PARISH,
    REGION,
    REGIONS,
    TOTAL,
    known_word,
    plain,
    without_diacritics,
    words_in,
)
from socsvc_analysis.territories.spelling import POSTCODE, WRAPPING, Reading, is_detail, reading_of, spells

ATVK = re.compile(r"(?:atvk)?(?:\s*kods)?[\s:]*(?:lv[\s_.-]?(?=\d{5}))?(\d{4,7}|\d{1,3}(?: \d{3}){1,2})(?:[.,]0+)?")
ISO3166 = re.compile(r"(?:iso ?3166-2[\s:]*)?lv ?[-‐–—−] ?(\d{3}|[a-z]{3})")
NUTS = re.compile(r"lv0(?:0[0-9a-z])?")
CODE_BESIDE = re.compile(r"(?<![\w.,-])(?:(?:lv)?\d{5,7}|lv[-‐–](?:\d{3}|[a-z]{3}))(?![\w.,]?\w)")
NOTE_OF_TIME = re.compile(
    r"\(?\b(?P<side>no|kopš|kops|since|from|līdz|lidz|until|till?) "
    r"(?:(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})\b|(?P<iso>\d{4}-\d\d-\d\d)\b)\.?(?: ?g\b\.?)?\)?"
)
PARTS = re.compile(r"[,;()/]+")


class AmbiguousTerritory(ValueError):
    """A name that really means several municipalities; ``candidates`` are their codes, ``reason`` says it."""

    def __init__(self, name: str, candidates: Iterable[str], reason: str) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        self.reason = reason
        super().__init__(f"{name!r} {reason}")


class UnknownTerritory(ValueError):
    """A name that means no municipality of the date; ``reason`` says why, ``nearest`` what may have been meant."""

    def __init__(self, name: str, reason: str, nearest: str = "") -> None:
        self.name = name
        self.reason = reason
        self.nearest = nearest
        super().__init__(f"{name!r} {reason}" + (f"; nearest known: {nearest}" if nearest else ""))


@dataclass(frozen=True)
class Unit:
    """A municipality of some time."""

    code: str
    name: str
    full: str  # with the word of its kind: Jelgavas valstspilsēta
    city: bool
    since: str
    until: str  # "" while it exists
    successors: tuple[str, ...]
    iso: str

    def exists(self, on: str) -> bool:
        return self.since <= on and (not self.until or on <= self.until)


@dataclass(frozen=True)
class Town:
    """A town and the municipality that contains it, today and from 2009 to 2021."""

    town: str
    genitive: str
    municipality: str
    municipality_then: str


@dataclass(frozen=True)
class Entry:
    """A form of a name, and what it names."""

    form: str
    code: str = ""  # of the unit
    town: str = ""  # the town, where it names one
    leading: bool = True  # nominative or genitive
    own: bool = False  # names the unit itself: a city in every case, a novads by the genitive in its name


class Gazetteer:
    """The municipalities of all times and the towns in them, found by name and date."""

    def __init__(self, municipalities: pd.DataFrame, towns: pd.DataFrame) -> None:
        self.units = {
            row["code"]: Unit(
                row["code"],
                row["name"],
                row["name_long"],
                row["kind"] == "city",
                row["valid_from"],
                row["valid_to"],
                tuple(row["successors"].split()),
                row["iso3166_2"].casefold(),
            )
            for row in records(municipalities)
        }
        self.towns = {row["town"]: Town(**row) for row in records(towns)}
        ended = [dt.date.fromisoformat(unit.until) + dt.timedelta(1) for unit in self.units.values() if unit.until]
        self.days = sorted({unit.since for unit in self.units.values()} | {day.isoformat() for day in ended})
        self.resolve = lru_cache(maxsize=100_000)(self._resolve)
        self.suggested = lru_cache(maxsize=10_000)(self._suggested)

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """Every form of every name, by its letters without diacritics."""
        found: dict[str, list[Entry]] = {}
        declined = {name: town for town in self.towns.values() for name in (town.genitive, town.town)}
        for unit in self.units.values():
            genitive = unit.name.removesuffix(" novads")
            town = declined.get(genitive)
            nominal = (town.town, town.genitive) if town else (nominative(genitive), genitive)
            for at, form in enumerate(map(plain, forms(*nominal))):
                own = unit.city or form == plain(genitive)
                found.setdefault(without_diacritics(form), []).append(Entry(form, unit.code, leading=at < 2, own=own))
        for town in self.towns.values():
            for at, form in enumerate(map(plain, forms(town.town, town.genitive))):
                found.setdefault(without_diacritics(form), []).append(Entry(form, town=town.town, leading=at < 2))
        return found

    @cached_property
    def nominatives(self) -> frozenset[str]:
        """Nominatives of all towns, with and without diacritics."""
        names = {plain(town) for town in self.towns}
        return frozenset(names | set(map(without_diacritics, names)))

    @cached_property
    def genitives(self) -> frozenset[str]:
        """Genitives of all towns and units, with and without diacritics."""
        names = {plain(town.genitive) for town in self.towns.values()} | {
            plain(unit.full.rpartition(" ")[0]) for unit in self.units.values()
        }
        return frozenset(names | set(map(without_diacritics, names)))

    @cached_property
    def names(self) -> dict[str, str]:
        """What is suggested for a word that is nearly one of these."""
        former_first = sorted(self.units.values(), key=lambda unit: (unit.exists(PRESENT), unit.city))
        return {plain(town): town for town in self.towns} | {
            plain(unit.name.removesuffix(" novads")): unit.name for unit in former_first
        }

    def town_alone(self, name: str, on: str) -> str:
        """The town that ``name`` names where no municipality of the date is called so; "" for every other name.

        *Bauska* may well be Bauskas novads; *Iecava*, *Bauskas pilsēta* and *Bauskas novads, Iecava* are parts of it.
        """
        for part in PARTS.split(plain(name)):
            reading = reading_of(part.strip())
            entries = self._spelled(reading.name)
            town = next((each.town for each in entries if each.town), "")
            called = {self.units[each.code] for each in entries if each.code and self.units[each.code].exists(on)}
            if reading.kind == "city":
                called = {unit for unit in called if unit.city}
            if town and not called and reading.kind != "novads" and not reading.office and not reading.both:
                return town
        return ""

    def former_of_town(self, name: str, on: str) -> Unit | None:
        """The municipality that was called as a town alone is, which now lies in another one; None for other names.

        *Iecava* may be today's town, the former Iecavas novads, or Bauskas novads around it.
        """
        text = plain(name)
        reading = reading_of(text)
        if PARTS.search(text) or reading.kind or reading.office or not self.town_alone(name, on):
            return None
        units = (self.units[each.code] for each in self._spelled(reading.name) if each.code)
        former = [unit for unit in units if not unit.city and unit.until and unit.until < on]
        return max(former, key=lambda unit: unit.until, default=None)

    def _resolve(self, name: str, on: str, kind: str) -> str:
        """The unit of ``name``: the same from each day on which a unit began or ended to the next such day."""
        day = self.days[max(bisect_right(self.days, on) - 1, 0)]
        if day < on:
            try:
                return self.resolve(name, day, kind)
            except (AmbiguousTerritory, UnknownTerritory):
                pass  # the reason names the day that was asked for
        return self._read(name, plain(name), on, kind)

    def _read(self, name: str, text: str, on: str, kind: str) -> str:
        """The unit that ``text``, which is ``name`` or the part of it that counts, means."""
        if not text:
            raise UnknownTerritory(name, Sentence("reason_empty"))
        noted = NOTE_OF_TIME.search(text)
        if noted and text != noted[0]:
            return self._as_noted(name, noted, self._read(name, text.replace(noted[0], " ").strip(), on, kind))
        code = self._coded(name, text, on)
        if code:
            return code
        beside = CODE_BESIDE.search(text)
        if beside:
            return self._beside(name, text.replace(beside[0], " ").strip(WRAPPING + "-–"), beside[0], on, kind)
        parts = [part.strip() for part in PARTS.split(text) if part.strip(" .\"'„“”«»-–")]
        if len(parts) < 2:
            return self._named(name, text, on, kind)
        return self._in_parts(name, text, parts, on, kind)

    def _beside(self, name: str, rest: str, written: str, on: str, kind: str) -> str:
        """The unit of a code that stands beside a name: both say the same, or the code tells which of two it is."""
        code = self._coded(name, written, on)
        if not rest:
            return code
        try:
            named = self._read(name, rest, on, kind)
        except AmbiguousTerritory as error:
            if code in error.candidates and not PARTS.search(rest):
                return code
            raise
        return self._same(name, {code, named})

    def _as_noted(self, name: str, noted: re.Match[str], code: str) -> str:
        """The unit, unless the note beside its name, such as *(līdz 01.07.2021.)*, is of one of the same name."""
        said = noted["iso"] or f"{noted['year']}-{int(noted['month']):02}-{int(noted['day']):02}"
        unit = self.units[code]
        if noted["side"] in {"no", "kopš", "kops", "since", "from"}:
            if unit.until and unit.until < said:
                reason = Sentence("reason_noted_since", since=said, unit=f"{unit.full} ({code})", until=unit.until)
                raise UnknownTerritory(name, reason, self._either(self._became(code, said)))
        elif unit.since >= said:
            reason = Sentence("reason_noted_until", until=said, unit=f"{unit.full} ({code})", since=unit.since)
            raise UnknownTerritory(name, reason, unit.name)
        return code

    def _in_parts(self, name: str, text: str, parts: list[str], on: str, kind: str) -> str:
        """An address such as ``Codes pagasts, Bauskas novads``: all parts that name a municipality name the same."""
        whole = [part for at, part in enumerate(parts) if not is_detail(part, first=at == 0)]
        if not whole or (len(whole) > 1 and sum(bool(reading_of(part).name) for part in whole) < 2):
            return self._named(name, " ".join(whole) or text, on, kind)
        codes = {self._coded(name, part, on) or self._named(name, part, on, kind) for part in whole}
        return self._same(name, codes)

    def _same(self, name: str, codes: set[str]) -> str:
        if len(codes) > 1:
            raise AmbiguousTerritory(name, sorted(codes), Sentence("reason_several", candidates=self._listed(codes)))
        return min(codes)

    def _coded(self, name: str, text: str, on: str) -> str:
        """The unit of an ATVK or ISO 3166-2 code; "" when ``text`` is no code."""
        text = text.strip(WRAPPING)
        iso = ISO3166.fullmatch(text)
        if iso:
            codes = {unit.code for unit in self.units.values() if unit.iso == f"lv-{iso[1]}"}
            if not codes:
                raise UnknownTerritory(name, Sentence("reason_iso"))
            return self._of_date(name, codes, on)
        if NUTS.fullmatch(text):
            raise UnknownTerritory(name, Sentence("reason_region_code"))
        if POSTCODE.fullmatch(text):
            raise UnknownTerritory(name, Sentence("reason_postcode"))
        atvk = ATVK.fullmatch(text)
        if not atvk:
            return ""
        code = atvk[1].replace(" ", "").zfill(7)
        if code not in self.units:
            raise UnknownTerritory(name, Sentence("reason_atvk"), nearest(code, self.units))
        return self._of_date(name, {code}, on)

    def _named(self, name: str, text: str, on: str, kind: str) -> str:
        reading = reading_of(text)
        if not reading.name:
            raise self._unknown(name, text, reading)
        codes = self._candidates(reading, reading.kind or kind, on)
        existing = {code for code in codes if self.units[code].exists(on)}
        if len(existing) == 1:
            return existing.pop()
        if existing:
            said = Sentence("reason_ambiguous", candidates=self._listed(existing))
            raise AmbiguousTerritory(name, sorted(existing), said)
        if codes:
            return self._of_date(name, codes, on)
        raise self._unknown(name, text, reading)

    def _candidates(self, reading: Reading, kind: str, on: str) -> set[str]:
        """Units of the date that are named so; for want of one those that contain the town; else former units."""
        entries = self._spelled(reading.name)
        if reading.kind == "novads":
            # Beside the word novads a name is in the genitive or, carelessly, in the nominative; Priekulos is neither.
            entries = [each for each in entries if each.leading]
        if reading.both and not any(each.town for each in entries):
            return set()
        coded = {each.code for each in entries if each.code}
        named = {code for code in coded if not kind or self.units[code].city == (kind == "city")}
        own = {each.code for each in entries if each.own} & named
        now = {code for code in named if self.units[code].exists(on)}
        around = {self._containing(self.towns[each.town], on) for each in entries if each.town} - {""}
        if kind == "novads":
            return now or named
        if kind == "city":
            return now or around or named
        if reading.undeclined:
            return now or around or named
        if own & now:
            return own & now
        if reading.office and own:
            # The office of a former novads is not that of the town.
            return own
        return (now | around | self._undiacritic(reading.name, entries, on)) if now | around else named

    def _spelled(self, word: str) -> list[Entry]:
        return [each for each in self.entries.get(without_diacritics(word), ()) if spells(word, each.form)]

    def _undiacritic(self, word: str, entries: list[Entry], on: str) -> set[str]:
        """What became of former units that ``word`` may be a spelling of: Priekuli may be Priekuļi."""
        former = {each.code for each in entries if each.code and each.form != word}
        return {last for code in former for last in self._became(code, on)}

    def _became(self, code: str, on: str) -> tuple[str, ...]:
        unit = self.units[code]
        if unit.exists(on):
            return (code,)
        return tuple(last for each in unit.successors for last in self._became(each, on)) if unit.until < on else ()

    def _containing(self, town: Town, on: str) -> str:
        """The unit that contains a town on a date; "" when there was none yet."""
        if self.units[town.municipality].exists(on):
            return town.municipality
        units = self._became(town.municipality_then, on)
        return units[0] if len(units) == 1 else ""

    def _of_date(self, name: str, codes: set[str], on: str) -> str:
        """The one of ``codes`` that exists on the date; else the error says what became of it, or since when it is."""
        existing = [code for code in sorted(codes) if self.units[code].exists(on)]
        if existing:
            return existing[0]
        last = max((self.units[code] for code in codes), key=lambda unit: unit.since)
        if last.until and last.until < on:
            reason = Sentence("reason_former", date=last.until, became=self._listed(last.successors))
            raise UnknownTerritory(name, reason, self._either(self._became(last.code, on)))
        first = min((self.units[code] for code in codes), key=lambda unit: unit.since)
        before = [unit.code for unit in self.units.values() if first.code in unit.successors and unit.exists(on)]
        raise UnknownTerritory(name, Sentence("reason_not_yet", since=first.since, date=on), self._either(before))

    def _either(self, codes: Iterable[str]) -> str:
        """The names of what a unit became, or of what it was made of: all of them, never one for the others."""
        return " / ".join(self.units[code].name for code in sorted(codes))

    def _unknown(self, name: str, text: str, reading: Reading) -> UnknownTerritory:
        found = set(map(known_word, words_in(text)))
        if ABROAD.search(text):
            return UnknownTerritory(name, Sentence("reason_abroad"))
        for known, reason in (
            (INSTITUTION, "reason_institution"),
            (DISTRICT, "reason_district"),
            (REGIONS | REGION, "reason_region"),
            (PARISH, "reason_parish"),
            (TOTAL, "reason_total_row"),
            (OTHERS, "reason_others"),
            (COUNTRY, "reason_whole_country"),
        ):
            if found & known:
                return UnknownTerritory(name, Sentence(reason), self._in_its_place(found) if known is DISTRICT else "")
        word = reading.name or max(words_in(text), key=len, default="")
        return UnknownTerritory(name, Sentence("reason_territory"), self.suggested(word))

    def _suggested(self, word: str) -> str:
        """The known name that ``word`` may be a misspelling of: much alike, and about as long."""
        return self.names.get(nearest(word, [each for each in self.names if abs(len(each) - len(word)) <= 2]), "")

    def _in_its_place(self, found: set[str]) -> str:
        """The present novads that has the name of a district, and is smaller than that was."""
        left = found - DISTRICT - OFFICE
        codes = self._candidates(Reading(left.pop(), "novads"), "novads", PRESENT) if len(left) == 1 else ()
        return self._either(code for code in codes if self.units[code].exists(PRESENT))

    def _listed(self, codes: Iterable[str]) -> str:
        return ", ".join(f"{self.units[code].full} ({code})" for code in sorted(codes))
