"""Text files of tables: their encoding and their delimiter, found or refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from socsvc_analysis.intake.grid import Column, Grid
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sentences import Sentence as sentence

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tabulator", "|": "bar"}
LATVIAN = frozenset("āčēģīķļņōŗšūžĀČĒĢĪĶĻŅŌŖŠŪŽ")
PUNCTUATION = frozenset("„“”‘’‚«»–—…•·°§±¹²³½€£×´\u00a0\u00ad‹›")
GARBLED = re.compile("[\u00c3\u00c4\u00c5][\u0080-\u00bf\u0100-\u017f\u2013-\u203a\u20ac\u2122]")
"""Latvian letters in UTF-8 read as another encoding and saved again: ``Ä`` and a sign instead of ``ā``."""
LARGE = 100_000
"""Characters from which a file is read at once where that reads the same."""
SEARCHED = 40
"""Rows with cells among which the headings are looked for."""
HEAD = 200
"""Rows at the top that hold as many with cells, else a large file is read row by row too."""
SEPARATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line by which Excel is told the delimiter."""
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
    return _decoded(raw, file)[0]


def _decoded(raw: bytes, file: str) -> tuple[str, bool]:
    """The text of ``raw``, and whether ``raw`` is just this text in UTF-8."""
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            try:
                return _sound(raw[len(bom) :].decode(encoding), file), False
            except UnicodeDecodeError as error:
                said = sentence("refusal_says_encoding", encoding=encoding.upper(), byte=error.start + len(bom))
                raise DataError([Problem(file, said)]) from None
    if b"\0" in raw:
        text = _unmarked(raw)
        if not text:
            raise DataError([Problem(file, sentence("refusal_zero_bytes"))])
        return _sound(text, file), False
    try:
        return _sound(raw.decode("utf-8"), file), True
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
    try:
        text = raw.decode("cp1257")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise DataError([Problem(file, sentence("refusal_encoding"), row=row)]) from None
    for at, letter in enumerate(text):
        if ord(letter) > 127 and letter not in LATVIAN and letter not in PUNCTUATION:
            row = text[:at].count("\n") + 1
            raise DataError([Problem(file, sentence("refusal_letter"), row=row, value=letter)])
    return _sound(text, file), False


def _unmarked(raw: bytes) -> str:
    """A text that is plainly written in UTF-16 without a mark; "" for anything else.

    Most letters have a zero byte on one side, always the same, and none on the other.
    """
    for encoding, zeros, others in (("utf-16-le", raw[1::2], raw[::2]), ("utf-16-be", raw[::2], raw[1::2])):
        if not len(raw) % 2 and b"\0" not in others and 2 * zeros.count(0) > len(zeros):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                return ""
            return text if all(each.isprintable() or each in "\r\n\t" for each in text) else ""
    return ""


def rows_of(path: Path, known: Callable[[str], bool] = lambda cell: False) -> list[list[str]]:
    """The rows of a CSV file, the first one first, empty ones included; ``known`` tells a heading from other text.

    The delimiter is the one that makes a header of known headings and rows of equal width; a tie is refused.
    """
    return _rows(decoded(path.read_bytes(), path.name), path.name, known)


def grid_of(content: bytes, file: str, known: Callable[[str], bool] = lambda cell: False) -> Grid:
    """The rows of a CSV file as :func:`rows_of` gives them, squared; a large plain file is read at once."""
    sent, is_utf8 = _decoded(content, file)
    text = _unwrapped(sent)
    grid = None
    if len(text) >= LARGE:
        grid = _at_once(text, content if is_utf8 and text is sent else text.encode(), known)
    return Grid.of(_rows(text, file, known)) if grid is None else grid


def _unwrapped(text: str) -> str:
    """The text without quotation marks around every whole line, as of a table that was saved inside one column.

    >>> _unwrapped('"a;b"\\n"1;2"'), _unwrapped('"a";"b"')
    ('a;b\\n1;2\\n', '"a";"b"')
    """
    lines = text.splitlines(keepends=True) if text.startswith('"') else []
    inner = [line.rstrip("\r\n")[1:-1] for line in lines]
    wrapped = all(line.rstrip("\r\n") in ("", f'"{each}"') for line, each in zip(lines, inner, strict=True))
    if not lines or not wrapped or any('"' in each.replace('""', "") for each in inner):
        return text
    return "".join(each.replace('""', '"') + "\n" for each in inner)


def _at_once(text: str, in_utf8: bytes, known: Callable[[str], bool]) -> Grid | None:
    """The cells of a text as pandas reads them; None where that may be something else than what :func:`_rows` reads.

    Both read the same where one delimiter makes the best header, quotation marks stand around whole cells of one line
    only, and no row is wider than those at the top.
    """
    if SEPARATED.match(text) or text.startswith("\ufeff") or "\0" in text:
        return None
    heads = {delimiter: _head(text, delimiter) for delimiter in DELIMITERS if delimiter in text}
    scores = {delimiter: _headings(rows[:SEARCHED], known) for delimiter, rows in heads.items() if rows is not None}
    best = max(scores.values(), default=0)
    chosen = [delimiter for delimiter, score in scores.items() if score == best]
    if not best or len(chosen) > 1 or any(rows is not None and len(rows) < SEARCHED for rows in heads.values()):
        return None
    if not _is_plainly_quoted(text, chosen[0]):
        return None
    width = max(map(len, heads[chosen[0]] or ()))
    try:
        read = pd.read_csv(
            io.BytesIO(in_utf8),
            sep=chosen[0],
            header=None,
            names=range(width),
            dtype="category",
            na_filter=False,
            skip_blank_lines=False,
        )
    except pd.errors.ParserError:
        return None
    columns = [Column(list(read[at].cat.categories), read[at].cat.codes.to_numpy(np.intp)) for at in range(width)]
    if any(len(cell) > csv.field_size_limit() for column in columns for cell in column.values):
        return None
    return Grid(columns, len(read))


def _head(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows with cells at the top of a large text; None where its quotation marks do not fit the delimiter."""
    reader = csv.reader(io.StringIO(text[:LARGE], newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(islice(reader, HEAD))
    except csv.Error as error:
        return [] if "unexpected end" in str(error) else None  # the end of the top, not of the text
    return [row for row in rows[:-1] if any(cell.strip() for cell in row)]


def _is_plainly_quoted(text: str, delimiter: str) -> bool:
    """Whether every quotation mark is one of a pair around a whole cell of one line, or one of two inside it."""
    if '"' not in text:
        return True
    side = rf"[^{re.escape(delimiter)}\r\n]"
    cell = re.compile(rf'"(?<!{side}")[^"\r\n]*(?:""[^"\r\n]*)*"(?!{side})')
    return bool(sum(each.count('"') for each in cell.findall(text)) == text.count('"'))


def _rows(text: str, file: str, known: Callable[[str], bool]) -> list[list[str]]:
    first = SEPARATED.match(text)
    if first:
        # That line stays a row, so that row numbers agree with the file.
        return [[], *_whole(_parsed(text[first.end() :], first[1], file), first[1], file)]
    read: dict[str, list[list[str]]] = {}
    refused: dict[str, DataError] = {}
    for delimiter in DELIMITERS:
        if delimiter in text:
            try:
                read[delimiter] = _parsed(text, delimiter, file)
            except DataError as error:
                refused[delimiter] = error
    scores = {delimiter: _score(rows, known) for delimiter, rows in read.items()}
    best = max(scores.values(), default=(0, 0.0))
    chosen = [delimiter for delimiter, score in scores.items() if score == best]
    if best == (0, 0.0):
        if refused:
            raise next(iter(refused.values()))
        raise DataError([Problem(file, sentence("refusal_no_delimiter"))])
    if len(chosen) > 1:
        said = sentence("refusal_two_delimiters", delimiters=" and ".join(DELIMITERS[each] for each in chosen))
        raise DataError([Problem(file, said)])
    return _whole(read[chosen[0]], chosen[0], file)


def _whole(rows: list[list[str]], delimiter: str, file: str) -> list[list[str]]:
    """The rows, unless a cell holds whole rows: a stray quotation mark opened it, and another one closed it below."""
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    for at, row in enumerate(rows if width > len(("key", "number")) else ()):
        for cell in (each for each in row if "\n" in each):
            swallowed = [line for line in cell.splitlines()[1:] if line.count(delimiter) >= width - 1]
            if swallowed:
                raise DataError([Problem(file, sentence("refusal_swallowed", count=len(swallowed)), row=at + 1)])
    return rows


def _sound(text: str, file: str) -> str:
    found = GARBLED.search(text) if any(letter in text for letter in "ÃÄÅ") else None
    if found or "\ufffd" in text:
        at = found.start() if found else text.index("\ufffd")
        said = sentence("refusal_letters_lost")
        value = text[at : at + 2] if found else ""
        raise DataError([Problem(file, said, row=text[:at].count("\n") + 1, value=value)])
    return text


def _parsed(text: str, delimiter: str, file: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        said = sentence("refusal_quotes", failure=error)
        if "field limit" in str(error):
            said = sentence("refusal_long_cell", limit=csv.field_size_limit())
        raise DataError([Problem(file, said, row=len(rows) + 1)]) from None
    return rows


def _score(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> tuple[int, float]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in filled if len(row) > 1)
    if not widths:
        return 0, 0.0
    return _headings(filled[:SEARCHED], known), widths.most_common(1)[0][1] / len(filled)


def _headings(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> int:
    """The greatest number of known headings in one row."""
    best, widest = 0, max(map(len, rows), default=0)
    for row in rows:
        if len(row) > 1 and best < widest:  # a row of known headings only cannot be surpassed
            best = max(best, sum(known(cell) for cell in row))
    return best
