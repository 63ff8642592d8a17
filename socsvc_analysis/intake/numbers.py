"""Numbers as people write them, with one decision for a whole column.

`1 234,5`, `1.234,5` and `1,234.5` are the same number in three styles.  A column is read in one style; where its cells
fit two styles with different values (`1,234` alone may be 1.234 or 1234) it is refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from socsvc_analysis.intake.received import Number
from socsvc_analysis.sentences import Sentence
from socsvc_analysis.sentences import Sentence as sentence

MARKS = {
    "": "missing",
    "…": "missing",
    "...": "missing",
    "..": "missing",
    ":": "missing",
    "-": "missing",
    "--": "missing",
    "---": "missing",
    "n/a": "missing",
    "n.a.": "missing",
    "n.d.": "missing",
    "nav datu": "missing",
    "nav zināms": "missing",
    "nav zināma": "missing",
    "nav informācijas": "missing",
    "no data": "missing",
    "not known": "missing",
    "x": "confidential",
}
"""What a cell without a number means in a return; a mapping may say otherwise, such as ``-`` for zero."""

SPECIAL = {"10": "confidential", "20": "missing", "77": "estimated"}
"""Special values of statistical CSV files: confidential, missing, and a count of 1 to 10 shown as 5."""
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
BLANKS = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000]+")
DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‑": "-", "‐": "-"})
FOOTNOTE = re.compile(r"(?<=[0-9\s…x:%-])(?:\s*\*+\)?|\s+[0-9]{1,2}\)|\s*[¹²³⁰⁴-⁹]+\)?|\s*\[[0-9a-z]\])$")
NUMERIC = re.compile(r"[+-]?[0-9][0-9.,'’ ]*")
CURRENCY = re.compile(r"^(?:€|eur\b)\s*|\s*(?:€|\beur|\beiro|\beuro)\.?$", re.IGNORECASE)
MARKS_OF_NOTES = re.compile(r"\*+|[¹²³]")
WITH_UNIT = re.compile(r"\s*([0-9][0-9.,'’\s]*?)\s*([^\W\d_]{3,})\.?\s*")
"""A number with one word behind it."""
DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T][\d:.]+)?|\d{1,2}\.\s?(?:jan|feb|mar|apr|mai|jūn|jun|jūl|jul|aug|sep|okt|oct|nov|dec)\w*\.?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}",
    re.IGNORECASE,
)
"""What a spreadsheet makes of *3-5* or *5.3*."""
NONE = re.compile(
    r"nav\b.*|(?:pakalpojum\w+ )?ne(?:sniedz|tiek|tika)\b.*|(?:slēgt|pārtraukt)\w*|nd|nezin\w*|\?+|nulle|neviens"
    r"|none|nil",
    re.IGNORECASE,
)
"""Words that may say 0, or that a number is not known."""
MORE = re.compile(r"[~≈±<>≤≥()/?!→↑↓+;-]|\s[^\W\d_]|[^\W\d_]{2}")
"""What stands beside a number on purpose, and is no slip of a key as in *1O*."""
NOT_SHOWN = ";;;"
"""The format of numbers that nobody sees."""
PERCENT, MONEY = "percent", "EUR"
LONGEST = 15
"""More digits than a double holds exactly are no count and no sum of money."""


class Exact(str):
    """A cell that the workbook itself holds as a number: nothing to decide.

    >>> Exact(1234.0), Exact(0.5).number
    ('1234', 0.5)
    """

    number: float
    shown: str  # what its format shows beside it: %, €, words

    def __new__(cls, number: float, shown: str = "") -> Exact:
        text = str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))
        self = super().__new__(cls, f"{text}{shown}" if shown == "%" else f"{text} {shown}" if shown else text)
        self.number = float(number)
        self.shown = shown
        return self


@dataclass(frozen=True)
class Style:
    """How a column writes its numbers."""

    decimal: str = ","
    thousands: str = ""

    def value(self, text: str) -> float | None:
        """The number that ``text`` is in this style; None when it is not written in it.

        >>> Style(",", " ").value("1 234,5"), Style(",", ".").value("1.23")
        (1234.5, None)
        """
        sign = -1.0 if text.startswith("-") else 1.0
        text = text.lstrip("+-")
        whole, separator, fraction = text.partition(self.decimal)
        if separator and not re.fullmatch("[0-9]+", fraction):
            return None
        if self.thousands and self.thousands in whole:
            # Thousands start with a digit other than zero: 0,125 is a fraction.
            if not re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(self.thousands)}[0-9]{{3}})+", whole):
                return None
            whole = whole.replace(self.thousands, "")
        if not re.fullmatch("[0-9]+", whole) or len(whole.lstrip("0") + fraction) > LONGEST:
            return None
        return sign * float(f"{whole}.{fraction or '0'}")


STYLES = tuple(Style(*pair) for pair in product(",.", ("", " ", ".", ",", "'")) if pair[0] != pair[1])


class Ambiguous(ValueError):
    """A column that can be read two ways; ``at`` is the index of the cell that shows it, ``said`` the reason."""

    def __init__(self, at: int, said: str) -> None:
        self.at = at
        self.said = said
        super().__init__(said)


def plain(cell: str) -> str:
    """The cell with ordinary blanks, dashes and apostrophes, and without the mark of a footnote or a currency.

    >>> plain("1\\u00a0234,5*"), plain("17 1)"), plain("−3"), plain("€ 20")
    ('1 234,5', '17', '-3', '20')
    """
    text = BLANKS.sub(" ", cell).strip().translate(DASHES).replace("’", "'")
    text = FOOTNOTE.sub("", re.sub(r"^'(?=[\d+-])", "", text)).strip()
    return CURRENCY.sub("", text).strip()


def without_unit(cell: str, is_unit: Callable[[str], bool]) -> str:
    """The number of a cell that has, or is shown with, a word for its unit behind it; any other cell as it is.

    >>> without_unit("5 pers.", lambda word: word == "pers"), without_unit("5 tūkst.", lambda word: word == "pers")
    ('5', '5 tūkst.')
    """
    if isinstance(cell, Exact):
        return Exact(cell.number) if cell.shown.rstrip(".").isalpha() and is_unit(cell.shown.rstrip(".")) else cell
    found = WITH_UNIT.fullmatch(cell)
    return found[1] if found and is_unit(found[2]) else cell


def footnote(text: str) -> str:
    """The mark of a footnote behind a number, as it stands before the note: asterisks, or a number.

    >>> footnote("12*"), footnote("12¹"), footnote("12 1)"), footnote("12")
    ('*', '1', '1', '')
    """
    if isinstance(text, Exact):
        return text.shown if MARKS_OF_NOTES.fullmatch(text.shown) else ""
    text = BLANKS.sub(" ", text).strip()
    found = FOOTNOTE.search(text)
    if found and found[0].endswith(")") and "(" in text[: found.start()]:
        return ""  # the bracket is closed that was opened before
    return unicodedata.normalize("NFKC", found[0]).strip(" ()[]") if found else ""


def detect_number_style(cells: Sequence[str]) -> Style:
    """The one style of a column's cells; those that are no number in any style do not vote.

    Raises :class:`Ambiguous` when no style fits all, or when two do and give different numbers.

    >>> detect_number_style(["1 234,5", "17", "…"]).value("1 234,5")
    1234.5
    >>> detect_number_style(["1,234", "2,345"])
    Traceback (most recent call last):
    ...
    socsvc_analysis.intake.numbers.Ambiguous: can be read as 1.234 and as 1234
    """
    left = STYLES
    # Most cells of most columns are bare digits, the same in every style, and others repeat.
    open_to_question: dict[str, int] = {}
    for at, cell in enumerate(cells):
        if not isinstance(cell, Exact) and not _is_digits(cell):
            open_to_question.setdefault(cell, at)
    for cell, at in open_to_question.items():
        text = _bare(cell)
        fitting = [style for style in STYLES if style.value(text) is not None] if NUMERIC.fullmatch(text) else []
        if not fitting:
            continue
        both = tuple(style for style in left if style in fitting)
        if not both:
            raise Ambiguous(at, sentence("refusal_other_style"))
        left = both
    for cell, at in open_to_question.items():
        text = _bare(cell)
        if not NUMERIC.fullmatch(text):
            continue
        values = list(dict.fromkeys(style.value(text) for style in left))
        if len(values) > 1 and None not in values:
            less, more = sorted(each for each in values if each is not None)[:: len(values) - 1]
            raise Ambiguous(at, sentence("refusal_two_numbers", less=f"{less:.15g}", more=f"{more:.15g}"))
    return left[0]


def read(cell: str, style: Style, unit: str = "", marks: Mapping[str, str] = MARKS) -> Number:
    """A cell of a measure as a :class:`Number`; ``unit`` is the measure's, ``marks`` say what a cell without one means.

    >>> read("1 234,5*", Style(",", " ")).value
    1234.5
    >>> read("-", Style()).status, read("-", Style(), marks={"-": "zero"}).value
    ('missing', 0.0)
    >>> read("apm. 50", Style()).problem
    'says more than a number; write one number, and what qualifies it in a column of its own'
    """
    if isinstance(cell, Exact):
        return _exact(cell, unit)
    if _is_digits(cell):
        return Number(cell, float(cell))
    mark = marks.get(plain(cell).casefold()) or marks.get(BLANKS.sub(" ", cell).strip().translate(DASHES).casefold())
    if mark == "zero":
        return Number(cell, 0.0)
    if mark:
        return Number(cell, None, mark)
    text = _bare(cell)
    if cell.strip().upper() in ERRORS:
        return Number(cell, problem=sentence("reason_error"))
    if cell.startswith("="):
        return Number(cell, problem=sentence("reason_formula"))
    shown = PERCENT if "%" in cell else MONEY if CURRENCY.search(BLANKS.sub(" ", cell).strip()) else ""
    if unit and wrong_unit(shown, unit):
        return Number(cell, problem=wrong_unit(shown, unit))
    if sum(each.isdigit() for each in text) > LONGEST and NUMERIC.fullmatch(text):
        return Number(cell, problem=sentence("reason_digits"))
    value = style.value(text) if NUMERIC.fullmatch(text) else None
    return Number(cell, value, unit=shown) if value is not None else Number(cell, problem=_why_not(cell))


def _why_not(cell: str) -> Sentence:
    """Why a cell that is no number is none: a date, nothing or nobody, a number with words or signs, anything else."""
    text = BLANKS.sub(" ", cell).strip()
    if DATE.fullmatch(text):
        return sentence("reason_date_for_number")
    if NONE.fullmatch(text):
        return sentence("reason_none_or_unknown")
    more = re.search("[0-9]", text) and MORE.search(text) and not NUMERIC.fullmatch(_bare(cell))
    return sentence("reason_more_than_number" if more else "reason_not_number")


def wrong_unit(shown: str, unit: str) -> str:
    """Why a number shown as per cent or money is none of a measure in ``unit``; "" when it may be."""
    if shown == PERCENT and unit != PERCENT:
        return sentence("reason_percentage")
    if shown == MONEY and not unit.startswith(("EUR", "LVL")):
        return sentence("reason_money")
    return ""


def _exact(cell: Exact, unit: str) -> Number:
    """A number of a workbook, with what its format says of it."""
    if cell.shown == NOT_SHOWN:
        return Number(str(cell), problem=sentence("reason_not_shown"))
    if cell.shown.startswith("="):
        return Number(str(cell), problem=sentence("reason_repeats_nothing"))
    if MARKS_OF_NOTES.fullmatch(cell.shown):
        return Number(str(cell), cell.number)
    money = cell.shown and not CURRENCY.sub("", f" {cell.shown}").strip()
    shown = PERCENT if cell.shown == "%" else MONEY if money else ""
    if cell.shown and not shown:
        return Number(str(cell), problem=sentence("reason_format", words=cell.shown))
    if unit and wrong_unit(shown, unit):
        return Number(str(cell), problem=wrong_unit(shown, unit))
    return Number(str(cell), cell.number, unit=shown)


def with_special(number: Number, special: str) -> Number:
    """A number with the special value that stands beside it; an unknown one makes the cell unusable.

    >>> with_special(Number("5", 5.0), "77").status, with_special(Number("5", 5.0), "9").problem
    ('estimated', 'has a special value that is not known (9)')
    """
    special = special.strip()
    if not special:
        return number
    if special not in SPECIAL:
        return Number(number.text, problem=sentence("reason_special", mark=special))
    status = SPECIAL[special]
    return Number(number.text, number.value if status == "estimated" else None, status)


def _is_digits(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= LONGEST


def _bare(cell: str) -> str:
    text = plain(cell)
    return text[:-1].strip() if text.endswith("%") else text
