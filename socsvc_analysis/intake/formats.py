"""How a workbook shows a number, as far as that says what the number is: per cent, money, a year, words beside it."""

from __future__ import annotations

import datetime as dt
import re

from socsvc_analysis.intake.numbers import Exact

BESIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|[\s.,/_@;-]')
"""What a format of dates says besides year, month and day."""
YEAR_ONLY = re.compile("y{2,4}|e+")
MONTH_ONLY = re.compile("m{1,5}y{2,4}|y{2,4}m{1,5}")
YEAR_AS_SHOWN = re.compile(r"((?:19|20)\d\d)\.?(?:\s?g(?:ads|ada|adā)?\b\.?)?")
LITERAL = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|([€£])')
COLOURS = re.compile(r"\[(?:[a-z]+|colou?r ?\d+|[<>=]+[\d.]+)\]", re.IGNORECASE)


def as_shown(value: float, shape: str) -> str:
    """A number as an :class:`~socsvc_analysis.intake.numbers.Exact` that knows what its format says of it.

    >>> as_shown(0.95, "0%"), as_shown(0.95, "0%").number, as_shown(25000, "0000000"), as_shown(12, '0" tūkst."')
    ('95%', 95.0, '0025000', '12 tūkst.')
    """
    number = float(f"{value:.15g}")
    first = COLOURS.sub("", shape).split(";")[0]
    if "%" in LITERAL.sub("", first):
        return Exact(float(f"{number * 100:.12g}"), "%")
    if re.fullmatch("0{2,}", shape) and number.is_integer() and number >= 0:
        return str(int(number)).zfill(len(shape))
    words = " ".join("".join(found).strip() for found in LITERAL.findall(first)).strip()
    return Exact(number, words) if any(each.isalpha() or each in "€%$£" for each in words) else Exact(number)


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
