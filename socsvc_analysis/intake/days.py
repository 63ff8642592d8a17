"""Days as people write them in labels and cells: *31.12.2025*, *uz 2025. gada 1. jūliju*, *on July 1, 2025*."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from socsvc_analysis.intake.names import visible
from socsvc_analysis.territories.lexicon import without_diacritics

MONTH = (
    r"(?:(?:janv[āa]r|febru[āa]r|mart[sāau]|apr[īi][lļ]|maij|j[ūu]nij|j[ūu]lij|august[sāau]|septembr|oktobr|novembr|decembr"
    r"|january|february|march|april|june|july|august|september|october|november|december)\w*|\bmay\b)"
)
MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
"""How months begin in Latvian, without diacritics."""
ENGLISH = {"may": "mai", "oct": "okt"}
"""English beginnings of months that differ."""
LONGEST_SHORT = 4
"""Letters of the longest abbreviation of a month, such as *sept.*"""
YEAR = r"((?:19|20)\d\d)"
OF_YEAR = r"\.?(?:\s?g(?:\.|\b|ad[asāu]m?\b))?"
DAY = r"(\d{1,2})(?:\.|st\b|nd\b|rd\b|th\b)?"
SHAPES = (
    (re.compile(rf"(?<![\d.])(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?{YEAR}\b{OF_YEAR}", re.IGNORECASE), "dmy"),
    (re.compile(rf"(?<![\d.-]){YEAR}-(\d\d)-(\d\d)(?![\d-])"), "ymd"),
    (re.compile(rf"(?<![\d.]){YEAR}\.(\d\d)\.(\d\d)\b\.?(?!\d)"), "ymd"),
    (re.compile(rf"(?<![\d./])(\d{{1,2}})/(\d{{1,2}})/{YEAR}\b"), "d/m"),
    (re.compile(r"(?<![\d.])(\d\d)\.(\d\d)\.(\d\d)(?![.\d])"), "short"),
    (re.compile(rf"\b{YEAR}{OF_YEAR}\s*{DAY}\s*({MONTH})", re.IGNORECASE), "ydm"),
    (
        re.compile(rf"(?<![\d.]){DAY}\s*(?:of\s+)?({MONTH})(?:\s*,?\s*{YEAR}\b{OF_YEAR})?", re.IGNORECASE),
        "dmy",
    ),
    (
        re.compile(rf"\b({MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:\s*,?\s*{YEAR}\b)?", re.IGNORECASE),
        "mdy",
    ),
    (re.compile(rf"\b{YEAR}\.?\s?g(?:\.|ada)\s*(\d{{1,2}})\.?\s*$", re.IGNORECASE), "cut"),
    (re.compile(r"(?<=\buz )(\d{1,2})\.\s?(\d{1,2})\.(?!\s?\d)", re.IGNORECASE), "dm"),
)
"""How days are written, and the order of day, month and year; the name of a sheet may be cut off after the day."""
AS_OF = re.compile(
    r"(?:^|\b(?:uz|on|as of|as at|at|par|of|stāvokl\w+|datums|date)(?:\s+the)?[\s:]*)\W*$", re.IGNORECASE
)
"""Words before the day on which something was counted."""
UNTIL = re.compile(r"\s*(?:[-–—]|līdz|to|until|till|through)\s*", re.IGNORECASE)
"""What stands between the first and the last day of a time."""
LATEST_SHORT = 60
"""Years of two digits up to this one belong to this century."""


@dataclass(frozen=True)
class SaidDay:
    """A day in a text; "" for the ISO day where the text leaves it open, such as *uz 1. jūliju* or *03/04/2025*."""

    day: str
    begin: int
    end: int
    of_year: tuple[int, int] = (0, 0)  # month and day, where they are known

    @property
    def ends_a_year(self) -> bool:
        """Whether it is a last day of December of whatever year."""
        return self.of_year == (12, 31)


@dataclass(frozen=True)
class LabelledDay:
    """A day on which numbers were counted, as a text around their table says."""

    said: SaidDay
    where: str
    row: int | None
    text: str

    @property
    def day(self) -> str:
        """The ISO day; "" where the text leaves it open."""
        return self.said.day

    def ends_one_of(self, years: set[str]) -> bool:
        """Whether it is the last day of one of the years, or the day after."""
        if not self.day:
            return self.said.ends_a_year
        return any(self.day in (f"{year}-12-31", f"{int(year) + 1}-01-01") for year in years)


def days_in(text: str) -> list[SaidDay]:
    """The days that ``text`` says, in order.

    >>> [each.day for each in days_in("no 01.03.2025 līdz 2025. gada 1. jūlijam, on July 4, 2025")]
    ['2025-03-01', '2025-07-01', '2025-07-04']
    >>> [each.day for each in days_in("uz 1. jūliju")], days_in("Noteikumi Nr. 3.1. punkts, 2025. gads")
    ([''], [])
    """
    found: list[SaidDay] = []
    for pattern, order in SHAPES:
        for match in pattern.finditer(text):
            overlaps = any(match.start() < each.end and each.begin < match.end() for each in found)
            if not overlaps and (said := _day_of_match(match, order)):
                found.append(said)
    return sorted(found, key=lambda each: each.begin)


def counted_on(text: str) -> list[SaidDay]:
    """The days that ``text`` says its numbers were counted on: those alone in it, or after *uz*, *on*, *as of*.

    >>> [each.day for each in counted_on("Klienti uz 2025. gada 1. jūliju")], counted_on("Sēde 05.03.2025 Bauskā")
    (['2025-07-01'], [])
    """
    text = visible(text)
    days = days_in(text)
    alone = not re.search(r"\w", without_days(text))
    return [each for each in days if alone or AS_OF.search(text[: each.begin])]


def without_days(text: str, instead: str = " ") -> str:
    """The text without the days that it says.

    >>> without_days("Vietas uz 31.12.2025.", "").strip()
    'Vietas uz'
    """
    for each in reversed(days_in(text)):
        text = text[: each.begin] + instead + text[each.end :]
    return text


def years_in(text: str) -> list[str]:
    """The years that ``text`` says of its numbers; a day within a year, such as that of a letter, says none.

    >>> years_in("Pārskats par 2025. gadu, 15.01.2026"), years_in("Vietas 31.12.2025")
    (['2025'], ['2025'])
    """
    for each in reversed(days_in(text)):
        if not each.ends_a_year:
            text = f"{text[: each.begin]} {text[each.end :]}"
    return list(dict.fromkeys(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)))


def several_years(text: str) -> bool:
    """Whether a text is about more than one year; that of a day after the year's end is none of them.

    >>> several_years("2024.–2025. gads"), several_years("01.01.2024.–31.12.2025."), several_years("2025. gads")
    (True, True, False)
    """
    of_days = {each.day[:4] for each in days_in(text) if each.day}
    return len(years_in(text)) > 1 or len(of_days) > 1


def day_alone(text: str) -> str:
    """The ISO day that a text is, perhaps with *uz* or *on* before it; "" when it is none.

    >>> day_alone("uz 2025. gada 1. jūliju"), day_alone("01.07.2025."), day_alone("1. pusgads")
    ('2025-07-01', '2025-07-01', '')
    """
    days = days_in(text)
    rest = re.sub(r"\b(?:uz|on|as of|as at|at)\b|[\W_]", "", without_days(text), flags=re.IGNORECASE)
    return days[0].day if len(days) == 1 and not rest else ""


def spans_in(text: str) -> Iterable[tuple[str, SaidDay, SaidDay]]:
    """Times that ``text`` gives by their first and last day: the words, and both days."""
    for first, last in pairwise(days_in(text)):
        if UNTIL.fullmatch(text[first.end : last.begin]):
            yield text[first.begin : last.end], first, last


def month_number(word: str) -> int:
    """The number of the month that a word or its beginning names; 0 when it names none.

    >>> month_number("jūlijā"), month_number("July"), month_number("sept."), month_number("Mārupe")
    (7, 7, 9, 0)
    """
    begins = without_diacritics(word.casefold().rstrip("."))
    month = ENGLISH.get(begins[:3], begins[:3])
    short = month in MONTHS and len(begins) <= LONGEST_SHORT
    return MONTHS.index(month) + 1 if short or re.fullmatch(MONTH, word, re.IGNORECASE) else 0


def is_of_year(day: str, year: str) -> bool:
    """Whether a day lies in a year or is the one after its last.

    >>> is_of_year("2026-01-01", "2025"), is_of_year("2026-01-15", "2025")
    (True, False)
    """
    return day[:4] == year or day == f"{int(year) + 1}-01-01"


def _day_of_match(match: re.Match[str], order: str) -> SaidDay | None:
    """The day that a match says; None where there is no such day."""
    groups = match.groups()
    if order == "cut":
        return SaidDay("", match.start(), match.end())
    if order == "short":
        groups, order = (groups[0], groups[1], f"20{groups[2]}"), "dmy"
        if int(groups[2]) > 2000 + LATEST_SHORT:
            return None
    unclear = False
    if order == "d/m":
        first, second = int(groups[0]), int(groups[1])
        unclear = first <= 12 and second <= 12 and first != second
        order = "mdy" if second > 12 else "dmy"
    parts = dict(zip(order, groups, strict=True))
    month = int(parts["m"]) if parts["m"].isdigit() else month_number(parts["m"])
    year = parts.get("y")
    try:
        day = dt.date(int(year or 2000), month, int(parts["d"]))
    except ValueError:
        return None
    return SaidDay(
        day.isoformat() if year and not unclear else "",
        match.start(),
        match.end(),
        (0, 0) if unclear else (month, day.day),
    )
