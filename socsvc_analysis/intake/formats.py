"""How a workbook shows a number, as far as that says what the number is: per cent, money, a year, words beside it."""

from __future__ import annotations

import datetime as dt
import operator
import re

from socsvc_analysis.intake.numbers import MARKS_OF_NOTES, NOT_SHOWN, Exact

SMALLEST = 3.0
"""Points of the smallest letters that somebody may read."""
WHITE = "FFFFFF"
BESIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|[\s.,/_@;-]')
"""What a format of dates says besides year, month and day."""
YEAR_ONLY = re.compile("y{2,4}|e+")
MONTH_ONLY = re.compile("m{1,5}y{2,4}|y{2,4}m{1,5}")
YEAR_AS_SHOWN = re.compile(r"((?:19|20)\d\d)\.?(?:\s?g(?:ads|ada|adā)?\b\.?)?")
LITERAL = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|([€£])')
SAYING = "€%$£÷<>≤≥~≈±"
"""Signs that change what a number is."""
SCALED = re.compile(r"[0#?](,+)(?![0#?,])")
"""Commas behind the last digit: each shows a thousandth of the number."""
SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])+|;')
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
HOLDS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
COLOURS = re.compile(r"\[(?:[a-z]+|colou?r ?\d+|[<>=]+[\d.]+)\]", re.IGNORECASE)


def as_shown(value: float, shape: str) -> str:
    """A number as an :class:`~socsvc_analysis.intake.numbers.Exact` that knows what its format says of it.

    >>> as_shown(0.95, "0%"), as_shown(0.95, "0%").number, as_shown(25000, "0000000"), as_shown(12, '0" tūkst."')
    ('95%', 95.0, '0025000', '12 tūkst.')
    >>> as_shown(12000, "#,##0,"), as_shown(3, '[<5]"<5";0'), as_shown(30, '[<5]"<5";0'), as_shown(3, ";;;")
    ('12000 ÷1000', '3 <5', '30', '3 ;;;')
    """
    number = float(f"{value:.15g}")
    chosen = _section(number, shape)
    if "%" in LITERAL.sub("", chosen):
        return Exact(float(f"{number * 100:.12g}"), "%")
    if re.fullmatch("0{2,}", shape) and number.is_integer() and number >= 0:
        return str(int(number)).zfill(len(shape))
    if shape and not chosen and number:
        return Exact(number, NOT_SHOWN)
    words = " ".join("".join(found).strip() for found in LITERAL.findall(chosen)).strip()
    scaled = SCALED.search(LITERAL.sub("", chosen))
    if scaled:
        words = f"{words} ÷{1000 ** len(scaled[1])}".strip()
    says = MARKS_OF_NOTES.fullmatch(words) or any(each.isalpha() or each in SAYING for each in words)
    return Exact(number, words if says else "")


def _section(number: float, shape: str) -> str:
    """The part of a format that a number is shown with, without its colour and condition."""
    sections = [each for each in SECTION.findall(shape) if each != ";"] if ";;" not in shape else shape.split(";")
    for section in sections:
        condition = CONDITION.search(section)
        if condition and HOLDS[condition[1]](number, float(condition[2])):
            return COLOURS.sub("", section)
    if any(map(CONDITION.search, sections)):
        return COLOURS.sub("", next((each for each in sections if not CONDITION.search(each)), ""))
    at = 1 if number < 0 else 2 if number == 0 else 0
    return COLOURS.sub("", sections[at] if at < len(sections) else sections[0] if sections else "")


def is_unseen(colour: str, ground: str, points: float) -> bool:
    """Whether nobody sees text of a colour on a ground ("" where none is said: white), or of this size.

    >>> is_unseen("ffffff", "", 11), is_unseen("FFFFFF", "003366", 11), is_unseen("000000", "", 1)
    (True, False, True)
    """
    return points < SMALLEST or (colour != "" and colour.upper() == (ground.upper() or WHITE))


def date_as_shown(value: dt.date, shape: str) -> str:
    """A date as ISO text, or the year or month alone where only that is shown.

    >>> date_as_shown(dt.date(2025, 1, 1), "yyyy"), date_as_shown(dt.datetime(2025, 1, 2), "dd.mm.yyyy")
    ('2025', '2025-01-02')
    >>> date_as_shown(dt.date(2025, 6, 1), "mmmm yyyy"), date_as_shown(dt.date(2025, 1, 1), 'yyyy". gads"')
    ('2025-06', '2025')
    """
    told = BESIDE.sub("", shape).casefold()
    if YEAR_ONLY.fullmatch(told):
        return f"{value.year}"
    if MONTH_ONLY.fullmatch(told):
        return f"{value.year}-{value.month:02}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return value.isoformat()


def date_of_text(stored: str, shown: str) -> str | None:
    """The year or month of a stored ISO date whose text shows no more; None where it shows the day.

    >>> date_of_text("2025-01-01", "2025. gads"), date_of_text("2025-06-01", "06.2025")
    ('2025', '2025-06')
    >>> date_of_text("2025-06-01", "jūnijs 2025"), date_of_text("2025-06-01", "01.06.2025")
    ('2025-06', None)
    """
    year = YEAR_AS_SHOWN.fullmatch(shown.strip())
    if year:
        return year[1]
    numbers = re.findall(r"\d+", shown)
    named = bool(re.search(r"[^\W\d]{3}", shown))
    return stored[:7] if stored[:4] in numbers and len(numbers) == (1 if named else 2) else None
