"""Words for readers: numbers, dates, names in their cases and sentences, in Latvian and in English.

Codes stay inside; this module alone turns them into words.  Every sentence stands once in ``messages/*.toml`` with
both languages side by side, so that a missing translation is seen where it is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import cast

from babel import Locale
from babel.numbers import format_decimal

from socsvc_analysis.codes import by_code, places
from socsvc_analysis.reference import Reference
from socsvc_analysis.rounding import rounded
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sentences import filled, wording_of
from socsvc_analysis.tables import LANGUAGES

NBSP = "\N{NO-BREAK SPACE}"
ALPHABET = "aābcčdeēfgģhiījkķlļmnņoōpqrŗsštuūvwxyzž"
DOUBTS = ("provisional", "estimated", "disputed")
"""Statuses of figures that are less than reliable, in the order in which sentences list them."""


@dataclass(frozen=True)
class Words:
    """One language's words over the names in ``reference``.  Make it with :func:`in_language`."""

    language: str
    reference: Reference

    @property
    def unknown(self) -> str:
        """What stands where a number is not known."""
        return self.say("unknown")

    @property
    def not_shown(self) -> str:
        """What stands where a number is known and hidden, to protect people."""
        return self.say("not_shown")

    def number(self, value: float, decimals: int = 0) -> str:
        """``value`` with the language's separators; an unknown number is said to be unknown.

        >>> latvian, english = in_language("lv", None), in_language("en", None)
        >>> latvian.number(1458), latvian.number(13.25, decimals=1), english.number(1458)
        ('1\\xa0458', '13,3', '1,458')
        >>> latvian.number(float("nan")), english.number(float("nan"))
        ('nav datu', 'not known')
        """
        if _is_unknown(value):
            return self.unknown
        pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
        shown = format_decimal(rounded(value, decimals), format=pattern, locale=_locale(self.language))
        return shown.replace("-", "\N{MINUS SIGN}")

    def signed(self, value: float, decimals: int = 0) -> str:
        """A change: what rose has a plus.

        >>> words = Words("en", None)
        >>> words.signed(109), words.signed(0)
        ('+109', '0')
        """
        return ("+" if not _is_unknown(value) and value > 0 else "") + self.number(value, decimals)

    def percent(self, value: float, decimals: int = 0) -> str:
        """``value``, already in per cent, with its sign.

        >>> in_language("lv", None).percent(15.3, decimals=1), in_language("en", None).percent(15.3, decimals=1)
        ('15,3\\xa0%', '15.3%')
        """
        if _is_unknown(value):
            return self.unknown
        return self.number(value, decimals) + (NBSP if self.language == "lv" else "") + "%"

    def money(self, value: float, decimals: int = 0, currency: str = "EUR") -> str:
        """An amount with its currency.

        >>> in_language("lv", None).money(791256.2, decimals=2), in_language("en", None).money(791256.2, decimals=2)
        ('791\\xa0256,20\\xa0EUR', 'EUR\\xa0791,256.20')
        """
        if _is_unknown(value):
            return self.unknown
        amount = self.number(value, decimals)
        return NBSP.join([amount, currency] if self.language == "lv" else [currency, amount])

    def quantity(self, value: float, unit: str, decimals: int = 0) -> str:
        """``value`` with its unit as the unit wants it: per cent, money, or a counted noun.

        >>> english = in_language("en", None)
        >>> english.quantity(41, "percent"), english.quantity(1, "places"), english.quantity(2, "EUR")
        ('41%', '1\\xa0place', 'EUR\\xa02')
        """
        if unit == "percent":
            return self.percent(value, decimals)
        if unit in ("EUR", "LVL"):
            return self.money(value, decimals, unit)
        return self.count(unit, value, decimals)

    def count(self, noun: str, value: float, decimals: int = 0) -> str:
        """``value`` with the noun in the form that it asks for.

        >>> latvian = in_language("lv", None)
        >>> [latvian.count("places", n) for n in (0, 1, 2, 10, 11, 21)]
        ['0\\xa0vietu', '1\\xa0vieta', '2\\xa0vietas', '10\\xa0vietu', '11\\xa0vietu', '21\\xa0vieta']
        """
        if _is_unknown(value):
            return self.unknown
        # The noun agrees with the number shown: 0.6 without decimals is "1 place".
        return self.number(value, decimals) + NBSP + self.noun(noun, rounded(value, decimals))

    def noun(self, noun: str, value: float | Decimal) -> str:
        """Only the noun of :meth:`count`."""
        return self.say("noun_" + noun, n=value)

    def plural(self, value: float) -> str:
        """The form of a noun that ``value`` asks for, by the rules of Unicode CLDR.

        >>> latvian, english = in_language("lv", None), in_language("en", None)
        >>> [latvian.plural(n) for n in (0, 1, 2, 10, 11, 21, 101, 121)]
        ['zero', 'one', 'other', 'zero', 'zero', 'one', 'one', 'one']
        >>> [english.plural(n) for n in (0, 1, 2, 21)]
        ['other', 'one', 'other', 'other']
        """
        return _plural(self.language, value)

    def date_long(self, iso: str, case: str = "nominative") -> str:
        """A date, month or year in words, in a case: nominative, genitive, dative (*until*), locative (*on*).

        English has one form; its locative carries the preposition.

        >>> latvian, english = in_language("lv", None), in_language("en", None)
        >>> [latvian.date_long("2018-12-31", case).replace(NBSP, " ") for case in ("nominative", "dative")]
        ['2018. gada 31. decembris', '2018. gada 31. decembrim']
        >>> [latvian.date_long(when, "locative").replace(NBSP, " ") for when in ("2016-06", "2021")]
        ['2016. gada jūnijā', '2021. gadā']
        >>> english.date_long("2018-12-31").replace(NBSP, " "), english.date_long("2016-06", "locative")
        ('31 December 2018', 'in\xa0June\xa02016')
        """
        if not iso:
            return self.say("undated")
        if "/" in iso:
            return self.period(iso)
        year, *rest = iso.split("-")
        parts = ("year", "month", "day")[len(rest)]
        values = {"year": year}
        if rest:
            values["month"] = wording_of("months", self.language)[case][int(rest[0]) - 1]
        else:
            values["word"] = wording_of("year_word", self.language)[case]
        if len(rest) == 2:
            values["day"] = str(int(rest[1]))
        date = self.say("date_" + parts, **values)
        return (self.say("on_" + parts, date=date) if case == "locative" else date).replace(" ", NBSP)

    def date_short(self, iso: str) -> str:
        """A date where there is little room.

        >>> latvian, english = in_language("lv", None), in_language("en", None)
        >>> latvian.date_short("2018-12-31"), english.date_short("2018-12-31").replace(NBSP, " ")
        ('31.12.2018.', '31 Dec 2018')
        >>> latvian.date_short("2018-12"), english.date_short("2018")
        ('12.2018.', '2018')
        """
        if not iso:
            return self.say("undated")
        if "/" in iso:
            return self.period(iso)
        year, *rest = iso.split("-")
        if not rest:
            return year
        month = wording_of("months_short", self.language)[int(rest[0]) - 1]
        if len(rest) == 1:
            return self.say("short_month", year=year, month=month).replace(" ", NBSP)
        return self.say("short_day", year=year, month=month, dd=rest[1], day=int(rest[1])).replace(" ", NBSP)

    def edition(self, version: str, created: str) -> str:
        """Which version of the data a picture shows, and of when it is.

        >>> in_language("en", None).edition("2026.11.26", "2026-11-30").replace(NBSP, " ")
        'Data version 2026.11.26 (30 November 2026)'
        """
        return self.say("page_edition", version=version, date=self.date_long(created))

    def when(self, iso: str) -> str:
        """A date where there is little room, and a year alone said to be one.

        >>> in_language("lv", None).when("2021").replace(NBSP, " "), in_language("en", None).when("2021")
        ('2021. g.', '2021')
        """
        return self.say("chart_year", year=iso) if len(iso) == 4 else self.date_short(iso)

    def period(self, iso: str, case: str = "nominative") -> str:
        """Any period: a date in words, or an interval in figures with an en dash.

        >>> in_language("en", None).period("2018-03/2020-02").replace(NBSP, " ")
        'Mar 2018–Feb 2020'
        """
        if "/" in iso:
            return "–".join(self.date_short(part) for part in iso.split("/"))
        return self.date_long(iso, case)

    def place(self, place: str, case: str = "nominative") -> str:
        """The name of a region (slug or code) or municipality (code) in the case asked for.

        Regions have all cases in Latvian and ``locative`` (*in Zemgale*) in English; municipalities have one form in
        each (*Ādažu novads*, *Ādaži Municipality*).  A former municipality whose name lives on in a larger one says
        until when it was.
        """
        regions = self.reference.regions
        row = by_code(regions, "region").get(place) or by_code(regions, "code").get(place)
        if row is None:
            return self._municipality(place)
        if self.language == "en":
            return str(row["locative_en"] if case == "locative" else row["name_en"])
        return str(row["name_lv"] if case == "nominative" else row[f"{case}_lv"])

    def _municipality(self, code: str) -> str:
        name = self.title("municipalities", code)
        units = by_code(self.reference.municipalities, "code")
        unit = units[code]
        if unit["succession"] != "merged whole":
            return name
        if not any(each["name"] == unit["name"] and each["valid_to"] == "" for each in units.values()):
            return name
        return self.say("place_until", name=name, year=unit["valid_to"][:4])

    def title(self, table: str, code: str) -> str:
        """The full name that reference ``table`` gives to ``code``."""
        return self._label(table, code, "title")

    def commitment(self, measure: str, kind: str) -> str:
        """What is planned or measured: a plan by its own name where the measure has one, else measure and kind."""
        row = by_code(self.reference.measures, "measure")[measure]
        planned: str = row[f"plan_{self.language}"]
        if kind == "plan" and planned:
            return planned
        if kind == "budget":
            return str(row[f"title_{self.language}"])
        return self.say("measure_and_kind", measure=row[f"title_{self.language}"], kind=self.say("kind_" + kind))

    def short(self, table: str, code: str) -> str:
        """The short name that reference ``table`` gives to ``code``."""
        return self._label(table, code, "short")

    def note(self, code: str) -> str:
        """The footnote ``code``."""
        note: str = by_code(self.reference.notes, "note")[code][self.language]
        return note

    def source_number(self, code: str) -> int:
        """The number under which pages cite the source ``code``: its place in the table of sources."""
        numbers = places(self.reference.sources, "source")
        if code not in numbers:
            raise DataError([Problem("sources", "is not a known source", value=code)])
        return numbers[code] + 1

    def say(self, key: str, **values: object) -> str:
        """The sentence ``key`` with its gaps filled.

        Where the wording depends on a number, the catalogue has one wording for each plural form and ``n`` chooses.

        >>> in_language("en", None).say("no_such_sentence")
        Traceback (most recent call last):
        ...
        socsvc_analysis.schema.DataError: 1 problem in the data:
          socsvc_analysis/messages: 'no_such_sentence' is not a known sentence
        """
        wording = wording_of(key, self.language)
        if isinstance(wording, dict):
            wording = wording.get(
                _plural(self.language, cast(float, values["n"])), wording["other"]
            )  # ``n`` is a number
        return filled(wording, key, values)

    def doubts(self, statuses: Mapping[str, int]) -> str:
        """How many figures are less than reliable, as a sentence lists them; empty where all are.

        >>> latvian, english = in_language("lv", None), in_language("en", None)
        >>> latvian.doubts({"normal": 122, "estimated": 1, "disputed": 2}), english.doubts({"normal": 3})
        ('1 aptuvens un 2 apstrīdēti', '')
        """
        counts = [(status, statuses[status]) for status in DOUBTS if statuses.get(status, 0)]
        said = [self.say(f"masthead_{status}", n=count, count=self.number(count)) for status, count in counts]
        return self.listed(said) if said else ""

    def listed(self, items: Iterable[str]) -> str:
        """The items as a sentence lists them.

        >>> in_language("lv", None).listed(["Auce", "Dobele", "Viesīte"]), in_language("en", None).listed(["Auce"])
        ('Auce, Dobele un Viesīte', 'Auce')
        """
        *first, last = items
        return self.say("listed", first=", ".join(first), last=last) if first else last

    def ordered(self, names: Iterable[str]) -> list[str]:
        """The names in Latvian alphabetical order: Ā follows A, Č follows C, and so on.

        >>> in_language("lv", None).ordered(["Ēvele", "Cēsis", "Elza", "Čakste", "Auce"])
        ['Auce', 'Cēsis', 'Čakste', 'Elza', 'Ēvele']
        """
        return sorted(names, key=alphabetical)

    def _label(self, table: str, code: str, form: str) -> str:
        frame = getattr(self.reference, table)
        named = (f"{form}_{self.language}", f"title_{self.language}", f"name_{self.language}", "name", "title")
        column = next(name for name in named if name in frame)
        rows = by_code(frame, frame.columns[0])
        if code not in rows:
            raise DataError([Problem(table, "has no such code", value=code, nearest=nearest(code, rows))])
        label: str = rows[code][column]
        return label


def in_language(language: str, tables: Reference | None) -> Words:
    """The words of ``language`` (lv or en) over the names in ``reference``; any other language is an error."""
    if language not in LANGUAGES:
        said = f"is not a known language (known: {', '.join(LANGUAGES)})"
        raise DataError([Problem("language", said, value=language)])
    return Words(language, cast(Reference, tables))  # without tables only numbers and sentences can be said


def alphabetical(name: str) -> tuple[tuple[int, str], ...]:
    """Sort key of Latvian alphabetical order."""
    return tuple((ALPHABET.find(letter), letter) for letter in name.casefold())


def sentence_case(text: str) -> str:
    """The text with a capital first letter and nothing else changed.

    >>> sentence_case("bērni ar FT"), sentence_case("")
    ('Bērni ar FT', '')
    """
    return text[:1].upper() + text[1:]


def inner(text: str) -> str:
    """``text`` as it stands inside a sentence; an abbreviation keeps its capitals.

    >>> inner("Municipal funding"), inner("ERDF funding")
    ('municipal funding', 'ERDF funding')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


@cache
def _locale(language: str) -> Locale:
    return Locale(language, "GB" if language == "en" else None)


def _plural(language: str, value: float | Decimal) -> str:
    size: float | Decimal = -value if value < 0 else value
    form: str = _locale(language).plural_form(size)
    return form


def _is_unknown(value: float | None) -> bool:
    return value is None or math.isnan(value)
