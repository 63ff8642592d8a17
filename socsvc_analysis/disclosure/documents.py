"""Finished files as a reader gets them: every passage in which a number may stand, with the words that say of what.

HTML, SVG, CSV, XLSX, JSON, other texts and what is packed in an archive are read; what is not visible (attributes,
comments, hidden sheets, downloads inside a page) is read like what is.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from socsvc_analysis.disclosure.characters import as_read, text_of
from socsvc_analysis.disclosure.markup_reader import read_markup
from socsvc_analysis.disclosure.pieces import Document, Grid, Passage, words_of
from socsvc_analysis.disclosure.workbooks import read_workbook

__all__ = ["read"]

PNG, GZIP, ZIP = b"\x89PNG\r\n\x1a\n", b"\x1f\x8b", b"PK\x03\x04"


def read(name: str, content: bytes) -> Document:
    """Read a file by the ending of its name, and the name itself; of a picture of points the texts beside them.

    Of what cannot be read the document has the name in ``unread``.

    >>> document = read("a.csv", "novads,klienti\\nBauska,14\\n".encode())
    >>> document.grids[0].head, document.grids[0].rows
    (('novads', 'klienti'), (('Bauska', '14'),))
    """
    document = _read(name, content)
    document.where = words_of(name)
    document.passages.append(Passage(name, document.where))
    return _with_plain_letters(document)


def _with_plain_letters(document: Document) -> Document:
    return Document(
        [replace(each, said=as_read(each.said), about=as_read(each.about)) for each in document.passages],
        [
            replace(
                each,
                head=tuple(map(as_read, each.head)),
                rows=tuple(tuple(map(as_read, row)) for row in each.rows),
                about=as_read(each.about),
            )
            for each in document.grids
        ],
        [replace(each, said=as_read(each.said), about=as_read(each.about)) for each in document.bars],
        document.where,
        document.unread,
    )


def _read(name: str, content: bytes) -> Document:
    ending = name.rpartition(".")[2].lower()
    if ending == "xlsx":
        return read_workbook(name, content)
    if content.startswith((GZIP, ZIP)):
        return _unpacked(name, content)
    if content.startswith(PNG) or not content:
        return Document([Passage(name, said) for said in _beside_points(content)])
    text = text_of(content)
    if ending in ("html", "htm", "svg", "xml"):
        return read_markup(name, text, read)
    if ending in ("csv", "tsv", "txt"):
        return _separated(name, text)
    if ending in ("json", "ndjson", "geojson"):
        return _json(name, text)
    if "\ufffd" in text or "\0" in text:
        return Document(unread=[name])
    return Document([Passage(name, line) for line in text.splitlines() if line.strip()])


def _unpacked(name: str, content: bytes) -> Document:
    """What the files in an archive say, each by its own name, and the remark of the archive."""
    document = Document()
    if content.startswith(GZIP):
        inside = name[:-3] if name.lower().endswith(".gz") else name[:-1] if name.lower().endswith("svgz") else name
        document.take(read(inside, gzip.decompress(content)))
        return document
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        document.passages.append(Passage(name, parts.comment.decode("utf-8", "replace")))
        for part in parts.namelist():
            document.take(read(f"{name}, {part}", parts.read(part)))
    return document


def _beside_points(content: bytes) -> Iterator[str]:
    """The texts that a PNG file holds beside its points."""
    at = len(PNG)
    while content.startswith(PNG) and at + 8 <= len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        kind, said = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        at += size + 12
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            packed = said.partition(b"\0")[2].lstrip(b"\0\1")
            with suppress(zlib.error):
                said = zlib.decompress(packed) if kind != b"tEXt" else said
            yield said.decode("utf-8", "replace").replace("\0", " ")


def _separated(name: str, text: str) -> Document:
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    if not rows:
        return Document()
    return Document(grids=[Grid(name, rows[0], tuple(rows[1:]), name)])


def _json(name: str, text: str) -> Document:
    document = Document()
    texts = text.splitlines() if name.lower().endswith(".ndjson") else [text]
    for each in filter(str.strip, texts):
        _walk(document, name, json.loads(each), ())
    return document


def _columns(value: Mapping[str, object]) -> tuple[Sequence[object], Sequence[Sequence[object]]] | None:
    """The heading and rows of a table that is written by columns, or with its heading apart; else None."""
    head, rows = value.get("columns"), value.get("data")
    if isinstance(head, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return head, rows
    lists = {key: each for key, each in value.items() if isinstance(each, list) and each}
    if len(lists) > 1 and len(set(map(len, lists.values()))) == 1:
        return list(lists), list(zip(*lists.values(), strict=True))
    return None


def _walk(document: Document, name: str, value: object, above: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        plain = {str(key): each for key, each in value.items() if not isinstance(each, dict | list)}
        if plain:
            about = " ".join(above)
            words = (*above, *(str(each) for each in plain.values() if isinstance(each, str)))
            document.grids.append(Grid(name, tuple(plain), (tuple(_text(each) for each in plain.values()),), about))
            above = words
        if (table := _columns(value)) is not None:
            columns, lines = table
            rows = [tuple(_text(cell) for cell in line) for line in lines]
            document.grids.append(Grid(name, tuple(map(_text, columns)), tuple(rows), " ".join(above)))
        for key, each in value.items():
            if isinstance(each, dict | list):
                _walk(document, name, each, (*above, str(key)))
            elif isinstance(each, str):
                document.passages.append(Passage(name, each, " ".join(above)))
            else:
                document.passages.append(Passage(name, f"{key} {_text(each)}", " ".join(above)))
    elif isinstance(value, list):
        if value and all(isinstance(each, list) for each in value):
            head, *rows = (tuple(_text(cell) for cell in each) for each in value)
            document.grids.append(Grid(name, head, tuple(rows), " ".join(above)))
        elif value and all(isinstance(each, dict) for each in value):
            head = tuple(dict.fromkeys(str(key) for each in value for key in each))
            rows = [tuple(_text(each.get(key)) for key in head) for each in value]
            document.grids.append(Grid(name, head, tuple(rows), " ".join(above)))
        for each in value:
            _walk(document, name, each, above)
    elif value is not None:
        document.passages.append(Passage(name, _text(value), " ".join(above)))


def _text(value: object) -> str:
    return "" if value is None else str(value)
