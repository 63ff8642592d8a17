"""Data about a person have no place in a return: a file that holds some is refused, and the value is never shown.

Found are Latvian personal identity codes anywhere in the file (in its name, the names of its sheets, comments and text
boxes too), columns whose heading asks for names, codes, dates of birth or contacts, and e-mail addresses, telephone and
bank account numbers inside tables.  Names in free text cannot be told from other words; no rule finds them.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

import numpy as np

from socsvc_analysis.intake.names import INVISIBLE, normal
from socsvc_analysis.intake.numbers import Exact
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sentences import Sentence as sentence
from socsvc_analysis.territories.lexicon import without_diacritics

CODE = re.compile(r"(?<!\d)(\d{6})\s*([-\u2010-\u2015\u2212_ :./]?)\s*(\d{5})(?!\d)")
SHORT = re.compile(r"\d{10}")
"""A code kept as a number has lost the zero in front."""
WEIGHTS = (1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NEW_CODES = "32"
"""First digits of the codes given since 2017, which tell no date of birth."""
PHONE = re.compile(
    r"\+371[\s-]?\d{2}[\s-]?\d{3}[\s-]?\d{3}|\b(?:t[aā]lr?|tel|mob)\b[.:]?\s*\d[\d\s]{6,}", re.IGNORECASE
)
CONTACTS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE), "personal_email"),
    (PHONE, "personal_phone"),
    (re.compile(r"\bLV\d{2}\s?[A-Z]{4}(?:\s?[0-9A-Z]){13}\b"), "personal_account"),
)
ASKED = re.compile(
    r"\b(?:uz)?vards\b|\b(?:uz)?vardi\b|\bpers(?:onas|\.)? ?kod|^p\.? ?k$|\bdzim(?:\.|sanas)|\bsurname\b"
    r"|\b(?:first|last|full|given|family|client(?:'?s)?|child(?:'?s)?|person(?:'?s)?) name\b|\bname and surname\b"
    r"|\bname of (?:the )?(?:client|child|person)\b|\b(?:personal|national) (?:identity )?(?:code|id|no|number)\b"
    r"|\bdate of birth\b|\bbirth ?(?:date|day)\b"
)
"""Words that ask for data about a person, wherever they stand in a heading (without diacritics)."""
CONTACT = re.compile(
    r"(?:(?:klienta|personas|berna|parstavja|kontaktpersonas|home|deklareta|client) )?"
    r"(?:adrese|dzivesvieta|telefons?|talrunis|tel|talr|mob|e-?pasts?|address|phone|telephone|e-?mail)"
)
OF_OFFICE = re.compile(
    r"(?:(?:sociala dienesta|dienesta|iestades|pasvaldibas|sniedzeja|pakalpojuma sniedzeja|respondenta|organizacijas"
    r"|juridiska|office) )?"
    r"(?:adrese|pasta adrese|telefons?|talrunis|talruna numurs|tel|talr|fakss|e-?pasts?|e-?pasta adrese|epasts"
    r"|timekla vietne|address|phone|telephone|e-?mail)"
)
"""How a form asks for the contacts of the office that fills it in; those of a client are named as the client's."""
ONE = re.compile(
    r"(?:klients|klienta|persona|personas dati|berns|sanemejs|pakalpojuma sanemejs|parstavis|client|child|person)"
)
"""Words for one person: such a heading above words, not above numbers, is that of a column of names."""
LONGEST_HEADING = 80
"""Longer texts are explanations."""


class PersonalData(DataError):
    """A file holds data about persons; its problems say where, never what."""


def refuse_name(file: str) -> None:
    """Raise :class:`PersonalData` for a file whose very name holds a personal identity code."""
    if is_code(file):
        raise PersonalData([Problem(masked(file), sentence("personal_name"))])


def refuse(sheets: Iterable[Sheet], file: str) -> None:
    """Raise :class:`PersonalData` naming every place where data about a person stand."""
    problems = []
    for sheet in sheets:
        if is_code(sheet.name):
            problems.append(Problem(file, sentence("personal_sheet"), masked(sheet.name)))
        if any(map(is_code, sheet.beside)):
            problems.append(Problem(file, sentence("personal_beside")))
        problems += _in_sheet(sheet, file)
    if problems:
        raise PersonalData(problems)


def masked(name: str) -> str:
    """A name of a file or sheet without the personal identity code in it.

    >>> masked("Atskaite 320101-12345.xlsx")
    'Atskaite ******-*****.xlsx'
    """
    return CODE.sub("******-*****", unicodedata.normalize("NFKC", INVISIBLE.sub("", name))) if is_code(name) else name


def is_code(text: str) -> bool:
    """Whether ``text`` holds a personal identity code, old or new, however it is separated.

    Numbers of companies begin with other digits than a day has.  A number with a point or a stroke inside, or one that
    lost its first zero, counts only with a right check digit, so that sums of money pass.  The codes here are invented.

    >>> is_code("010190-12345"), is_code("klients 320101 - 12345"), is_code("40003012345"), is_code("991390-12345")
    (True, True, False, False)
    """
    if isinstance(text, Exact) and SHORT.fullmatch(text):
        return _is_code("0" + text[:5], ".", text[5:])
    if not text.isascii():
        text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return any(_is_code(*found.groups()) for found in CODE.finditer(text))


def _is_code(first: str, separator: str, last: str) -> bool:
    if first.startswith(NEW_CODES):
        return True
    try:
        dt.date(2000 if last[0] == "2" else 1900, int(first[2:4]), int(first[:2]))
    except ValueError:
        return False
    if separator in (".", "/"):
        digits = [int(each) for each in first + last]
        check = sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=False))
        return last[0] in "012" and (1101 - check) % 11 % 10 == digits[10]
    return last[0] in "012"


def _in_sheet(sheet: Sheet, file: str) -> Iterable[Problem]:
    shown = masked(sheet.name)
    yield from (
        Problem(file, sentence("personal_column"), shown, row + 1, _letters(at)) for row, at in _personal_columns(sheet)
    )
    held = []
    for at, column in enumerate(sheet.rows.columns):
        what = column.map(_held)
        held += [(row, at, *what[row]) for row in np.flatnonzero(what.where(bool)).tolist()]
    for row, at, what, contact in sorted(held):
        # One text alone in its row is a note, where the author of a return may be named.
        cells = sheet.rows[row]
        if not contact or (sum(bool(cell.strip()) for cell in cells) > 2 and not _is_of_office(cells, at)):
            yield Problem(file, sentence(what), shown, row + 1, _letters(at))


def _held(cell: str) -> tuple[str, bool] | None:
    """The sentence about the data about a person that a cell holds, if any, and whether it is a contact."""
    if is_code(cell):
        return "personal_code", False
    return next(((said, True) for pattern, said in CONTACTS if pattern.search(cell)), None)


def _letters(at: int) -> str:
    """A column as spreadsheets call it.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def _personal_columns(sheet: Sheet) -> Iterable[tuple[int, int]]:
    """Row and column of headings that ask for data about persons and have something below."""
    for row, cells in enumerate(sheet.rows[:60]):
        if sum(bool(cell.strip()) for cell in cells) < 2:
            continue
        for at, cell in enumerate(cells):
            heading = _comparable_heading(cell)
            if OF_OFFICE.fullmatch(heading) and _labels_the_next(cells, at):
                continue
            personal = bool if _asks(heading) else _is_name if ONE.fullmatch(heading) else None
            below = sheet.rows.columns[at].at(slice(row + 1, None))
            if personal and below.map(str.strip).where(personal).any():
                yield row, at


def _comparable_heading(cell: str) -> str:
    """A heading as it is compared: without what it says in brackets, and without diacritics."""
    return without_diacritics(re.sub(r"\s*[(\[].*", "", normal(cell)))


def _labels_the_next(cells: tuple[str, ...], at: int) -> bool:
    """Whether a label stands before its value in a row of a form: labels and values by turns, as in no header.

    >>> _labels_the_next(("Adrese", "Uzvaras iela 1"), 0), _labels_the_next(("Adrese", "Tālrunis", "Klienti"), 0)
    (True, False)
    """
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    labels, values = filled[::2], filled[1::2]
    return (
        at in labels
        and len(labels) == len(values)
        and all(_is_contact(cells[place]) for place in labels)
        and not any(_is_label(cells[place]) for place in values)
    )


def _is_contact(cell: str) -> bool:
    return bool(CONTACT.fullmatch(_comparable_heading(cell)) or OF_OFFICE.fullmatch(_comparable_heading(cell)))


def _is_label(cell: str) -> bool:
    heading = _comparable_heading(cell)
    return bool(CONTACT.fullmatch(heading) or ASKED.search(heading) or ONE.fullmatch(heading))


def _is_of_office(cells: tuple[str, ...], at: int) -> bool:
    """Whether a contact is the value of a field of a form about the office that fills it in."""
    before = [place for place in range(at) if cells[place].strip()]
    return (
        bool(before)
        and bool(OF_OFFICE.fullmatch(_comparable_heading(cells[before[-1]])))
        and _labels_the_next(cells, before[-1])
    )


def _asks(heading: str) -> bool:
    """Whether a heading (small letters, no diacritics) asks for data about a person.

    >>> _asks("berna vards, uzvards"), _asks("klienta talrunis"), _asks("iestades adrese"), _asks("nr. p.k")
    (True, True, False, False)
    """
    return len(heading) < LONGEST_HEADING and bool(ASKED.search(heading) or CONTACT.fullmatch(heading))


def _is_name(cell: str) -> bool:
    """Whether a cell may be a person's name: a few capitalised words.

    >>> _is_name("Jānis Bērziņš"), _is_name("J. Bērziņš"), _is_name("12"), _is_name("nav datu"), _is_name("x")
    (True, True, False, False, False)
    """
    words = cell.split()
    return 1 < len(words) < 5 and all(
        word[0].isupper() and word.rstrip(".").replace("-", "").isalpha() for word in words
    )
