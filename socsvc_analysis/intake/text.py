"""Text files of tables: their encoding and their delimiter, found or refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from socsvc_analysis.schema import DataError, Problem

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tabulator", "|": "bar"}
LATVIAN = frozenset("āčēģīķļņōŗšūžĀČĒĢĪĶĻŅŌŖŠŪŽ")
PUNCTUATION = frozenset("„“”‘’‚«»–—…•·°§±¹²³½€£×´\u00a0\u00ad‹›")
GARBLED = re.compile("[\u00c3\u00c4\u00c5][\u0080-\u00bf\u0100-\u017f\u2013-\u203a\u20ac\u2122]")
"""Latvian letters in UTF-8 read as another encoding and saved again: ``Ä`` and a sign instead of ``ā``."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(raw: bytes, file: str) -> str:
    """The text of ``raw``: by its byte order mark, else strict UTF-8, else Windows-1257 with Latvian letters only.

    >>> decoded("Ķekavas novads".encode("cp1257"), "a.csv")
    'Ķekavas novads'
    >>> decoded("Café".encode("cp1252"), "a.csv")
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      a.csv, row 1: 'é' is no Latvian letter: the encoding is neither UTF-8 nor Windows-1257; save the file as UTF-8
    """
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            try:
                return _sound(raw[len(bom) :].decode(encoding), file)
            except UnicodeDecodeError as error:
                said = f"the file says it is {encoding.upper()}, and byte {error.start + len(bom)} is not"
                raise DataError([Problem(file, said + "; save it again as UTF-8")]) from None
    if b"\0" in raw:
        raise DataError([Problem(file, "is not text (it holds zero bytes); save it as CSV in UTF-8")])
    try:
        return _sound(raw.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
    try:
        text = raw.decode("cp1257")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        said = "the encoding is neither UTF-8 nor Windows-1257; save the file as UTF-8"
        raise DataError([Problem(file, said, row=row)]) from None
    for at, letter in enumerate(text):
        if ord(letter) > 127 and letter not in LATVIAN and letter not in PUNCTUATION:
            row = text[:at].count("\n") + 1
            said = "is no Latvian letter: the encoding is neither UTF-8 nor Windows-1257; save the file as UTF-8"
            raise DataError([Problem(file, said, row=row, value=letter)])
    return _sound(text, file)


def rows_of(path: Path, known: Callable[[str], bool] = lambda cell: False) -> list[list[str]]:
    """The rows of a CSV file, the first one first, empty ones included; ``known`` tells a heading from other text.

    The delimiter is the one that makes a header of known headings and rows of equal width; a tie is refused.
    """
    text = decoded(path.read_bytes(), path.name)
    first = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if first:
        # The line by which Excel is told the delimiter stays a row, so that row numbers agree with the file.
        return [[], *_parsed(text[first.end() :], first[1], path.name)]
    read: dict[str, list[list[str]]] = {}
    refused: dict[str, DataError] = {}
    for delimiter in DELIMITERS:
        if delimiter in text:
            try:
                read[delimiter] = _parsed(text, delimiter, path.name)
            except DataError as error:
                refused[delimiter] = error
    scores = {delimiter: _score(rows, known) for delimiter, rows in read.items()}
    best = max(scores.values(), default=(0, 0.0))
    chosen = [delimiter for delimiter, score in scores.items() if score == best]
    if best == (0, 0.0):
        if refused:
            raise next(iter(refused.values()))
        raise DataError([Problem(path.name, "no delimiter makes a table of this text (tried , ; tab |)")])
    if len(chosen) > 1:
        said = " and ".join(DELIMITERS[each] for each in chosen)
        raise DataError([Problem(path.name, f"can be read with {said} as delimiter; save it with one")])
    return read[chosen[0]]


def _sound(text: str, file: str) -> str:
    found = GARBLED.search(text)
    if found or "\ufffd" in text:
        at = found.start() if found else text.index("\ufffd")
        said = "letters were lost when the file was saved in another encoding; export it again as UTF-8"
        value = text[at : at + 2] if found else ""
        raise DataError([Problem(file, said, row=text[:at].count("\n") + 1, value=value)])
    return text


def _parsed(text: str, delimiter: str, file: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        said = f"the quotation marks do not close as CSV asks ({error})"
        if "field limit" in str(error):
            said = f"a cell has more than {csv.field_size_limit()} characters, or its quotation marks do not close"
        raise DataError([Problem(file, said, row=len(rows) + 1)]) from None
    return rows


def _score(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> tuple[int, float]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in filled if len(row) > 1)
    if not widths:
        return 0, 0.0
    heading = max((sum(known(cell) for cell in row) for row in filled[:40] if len(row) > 1), default=0)
    return heading, widths.most_common(1)[0][1] / len(filled)
