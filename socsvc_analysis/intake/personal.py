"""Data about a person have no place in a return: a file that holds some is refused, and the value is never shown.

Found are Latvian personal identity codes anywhere in the file, columns whose heading asks for names, codes, dates of
birth or contacts, and e-mail addresses, telephone and bank account numbers inside tables.  Names in free text cannot be
told from other words; no rule finds them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from openpyxl.utils import get_column_letter

from socsvc_analysis.intake.headings import bare, normal
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.schema import DataError, Problem

CODE = re.compile(r"(?<!\d)(\d{6})\s*([-\u2010-\u2015\u2212 ./]?)\s*(\d{5})(?!\d)")
WEIGHTS = (1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NEW_CODES = "32"
"""First digits of the codes given since 2017, which tell no date of birth."""
PHONE = re.compile(
    r"\+371[\s-]?\d{2}[\s-]?\d{3}[\s-]?\d{3}|\b(?:t[aā]lr?|tel|mob)\b[.:]?\s*\d[\d\s]{6,}", re.IGNORECASE
)
CONTACTS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE), "an e-mail address"),
    (PHONE, "a telephone number"),
    (re.compile(r"\bLV\d{2}\s?[A-Z]{4}(?:\s?[0-9A-Z]){13}\b"), "a bank account number"),
)
HEADINGS = re.compile(
    r"(?:klienta |personas |pārstāvja )?(?:vārds|uzvārds|vārds,? (?:un )?uzvārds|v[aā]rds/uzv[aā]rds)"
    r"|(?:klienta )?personas kod[si]|pers\.? ?kods|p\.? ?k\.?|dzimšanas (?:datums|gads|dati)|deklarētā adrese"
    r"|(?:klienta )?(?:adrese|telefons|tālrunis|tel|e-?pasts|epasts)"
    r"|(?:client )?(?:first |last |full |sur|client'?s? )?name and surname|surname|(?:first|last|full|client) name"
    r"|name of (?:the )?client|personal (?:identity )?(?:code|id|number)|date of birth|birth ?date|birthday"
    r"|(?:home )?address|phone|telephone|e-?mail"
)
SAID = "the file was refused and nothing of it was kept; send counts only, without data about persons"


class PersonalData(DataError):
    """A file holds data about persons; its problems say where, never what."""


def refuse(sheets: Iterable[Sheet], file: str) -> None:
    """Raise :class:`PersonalData` naming every place where data about a person stand."""
    problems = [problem for sheet in sheets for problem in _in_sheet(sheet, file)]
    if problems:
        raise PersonalData(problems)


def is_code(text: str) -> bool:
    """Whether ``text`` holds a personal identity code, old or new, however it is separated.

    A code without a hyphen counts only with a right check digit, so that sums and registration numbers pass.  The codes
    here are invented.

    >>> is_code("010190-12345"), is_code("klients 320101 - 12345"), is_code("40003012345"), is_code("991390-12345")
    (True, True, False, False)
    """
    return any(_is_code(*found.groups()) for found in CODE.finditer(text))


def _is_code(first: str, separator: str, last: str) -> bool:
    if first.startswith(NEW_CODES):
        return True
    try:
        dt.date(2000 if last[0] == "2" else 1900, int(first[2:4]), int(first[:2]))
    except ValueError:
        return False
    if separator in ("", ".", "/"):
        digits = [int(each) for each in first + last]
        check = sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=False))
        return last[0] in "012" and (1101 - check) % 11 % 10 == digits[10]
    return last[0] in "012"


def _in_sheet(sheet: Sheet, file: str) -> Iterable[Problem]:
    columns = list(_personal_columns(sheet))
    yield from (
        Problem(
            file, f"the column asks for data about a person; {SAID}", sheet.name, row + 1, get_column_letter(at + 1)
        )
        for row, at in columns
    )
    for row, cells in enumerate(sheet.rows):
        # One text alone in its row is a note, where the author of a return may be named.
        table = sum(bool(cell.strip()) for cell in cells) > 2
        for at, cell in enumerate(cells):
            what = "a personal identity code" if is_code(cell) else next(
                (said for pattern, said in CONTACTS if table and pattern.search(cell)), ""
            )  # fmt: skip
            if what:
                yield Problem(file, f"holds {what}; {SAID}", sheet.name, row + 1, get_column_letter(at + 1))


def _personal_columns(sheet: Sheet) -> Iterable[tuple[int, int]]:
    """Row and column of headings that ask for data about persons and have something below."""
    for row, cells in enumerate(sheet.rows[:60]):
        if sum(bool(cell.strip()) for cell in cells) < 2:
            continue
        for at, cell in enumerate(cells):
            heading = re.sub(r"\s*[(\[].*", "", normal(cell))
            asked = HEADINGS.fullmatch(heading) or HEADINGS.fullmatch(bare(heading))
            if asked and any(below[at].strip() for below in sheet.rows[row + 1 :]):
                yield row, at
