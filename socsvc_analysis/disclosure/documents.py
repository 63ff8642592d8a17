"""Finished files as a reader gets them: every passage in which a number may stand, with the words that say of what.

HTML, SVG, CSV, XLSX and JSON are read; what is not visible (attributes, comments, hidden sheets, downloads inside a
page) is read like what is.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import struct
import urllib.parse
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

from socsvc_analysis.disclosure.pieces import Bar, Document, Grid, Passage, words_of
from socsvc_analysis.disclosure.workbooks import read_workbook

__all__ = ["read"]

SPOKEN = ("alt", "title", "aria-label", "aria-description", "summary", "content", "value", "placeholder", "label")
BLOCKS = frozenset(
    [
        *("p", "li", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "title", "desc", "text"),
        *("option", "summary", "blockquote", "td", "th", "span", "div", "a", "button", "label", "time", "data"),
        *("meter", "progress"),
    ]
)
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
INLINE = frozenset(["span", "a", "button", "label", "time", "data", "meter", "progress", "text", "title", "desc"])
"""What stands in the line of a sentence; any other piece inside a piece tells of something of its own."""
LONGEST = 1200
"""Letters up to which the words of one element are taken to speak of one thing."""
SHORT = 200
"""Letters of a row or a label up to which what is said of it without being shown is about its words."""
LENGTH = re.compile(r"(?:^|;)\s*(?:width|height|flex-basis|inline-size|block-size)\s*:\s*([0-9.]+)")
FILL = re.compile(r"(?:^|;)\s*(?:fill|background(?:-color)?)\s*:\s*([^;]+)")
CALLED = ("id", "name", "for", "href", "src", "download", "class", "headers", "aria-labelledby")
"""Attributes whose names may be made of words."""
NUMBERED = re.compile(r"[^\W\d_]{3}.*[0-9]")
RULE = re.compile(r"([^{}]+)\{[^{}]*?(?:width|height|flex-basis|inline-size|block-size)\s*:\s*([0-9.]+)")
"""A rule of a style sheet that gives a size."""
PNG = b"\x89PNG\r\n\x1a\n"
DATA_LINK = re.compile(r"data:([a-z0-9.+/-]*)((?:;[^,;]*)*),(.*)", re.DOTALL | re.IGNORECASE)


def read(name: str, content: bytes) -> Document:
    """Read a file by the ending of its name, and the name itself; of a picture of points the texts beside them.

    >>> document = read("a.csv", "novads,klienti\\nBauska,14\\n".encode())
    >>> document.grids[0].head, document.grids[0].rows
    (('novads', 'klienti'), (('Bauska', '14'),))
    """
    document = _read(name, content)
    document.where = words_of(name)
    document.passages.append(Passage(name, document.where))
    return document


def _read(name: str, content: bytes) -> Document:
    ending = name.rpartition(".")[2].lower()
    if ending in ("html", "htm", "svg", "xml"):
        return _marked_up(name, content.decode("utf-8", "replace"))
    if ending in ("csv", "tsv", "txt"):
        return _separated(name, content.decode("utf-8-sig", "replace"))
    if ending == "xlsx":
        return read_workbook(name, content)
    if ending in ("json", "ndjson", "geojson"):
        return _json(name, content.decode("utf-8", "replace"))
    return Document([Passage(name, said) for said in _beside_points(content)])


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


def _walk(document: Document, name: str, value: object, above: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        plain = {str(key): each for key, each in value.items() if not isinstance(each, dict | list)}
        if plain:
            about = " ".join(above)
            words = (*above, *(str(each) for each in plain.values() if isinstance(each, str)))
            document.grids.append(Grid(name, tuple(plain), (tuple(_text(each) for each in plain.values()),), about))
            above = words
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


def _marked_up(name: str, text: str) -> Document:
    reader = _Reader(name)
    reader.feed(text)
    reader.close()
    reader.finish()
    return reader.document


@dataclass
class _Open:
    tag: str
    given: dict[str, str]
    said: list[str] = field(default_factory=list)
    mixed: bool = False
    titled: bool = False

    @property
    def spaced(self) -> str:
        """What it says, with its parts apart: cells of a row, texts of a group."""
        return " ".join(" ".join(self.said).split())


class _Reader(HTMLParser):
    """Reads a page or a picture; a table becomes a grid, all else passages and bars."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.document = name, Document()
        self.open: list[_Open] = []
        self.heading = ""
        self.term = ""  # what the definition after it is of
        self.rows: list[list[list[str]]] = []  # of each open table
        self.captions: list[str] = []
        self.texts: list[tuple[float, float, str]] = []
        self.shapes: list[tuple[float, float, float, float, str, str]] = []
        self.called: list[str] = []  # what the picture is called
        self.seen: set[str] = set()  # names of parts and addresses

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "table":
            self.rows.append([])
            self.captions.append("")
        elif tag == "tr" and self.rows:
            self.rows[-1].append([])
        self._attributes(given)
        if tag not in VOID:
            self.open.append(_Open(tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self._attributes(given)
        self._shape(tag, given, "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(each.tag == tag for each in self.open):
            ended = self.open.pop()
            self._end(ended)
            if ended.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        for each in self.open:
            each.said.append(data)
        inside = self.open[-1].tag if self.open else ""
        if inside in ("script", "style") and data.strip():
            self._embedded(data)

    def handle_comment(self, data: str) -> None:
        self.document.passages.append(Passage(self.name, data, self._beside()))

    def finish(self) -> None:
        """At the end of the file: close all open elements, and pair shapes of pictures with their words."""
        while self.open:
            self._end(self.open.pop())
        self._picture()

    def _picture(self) -> None:
        """Pair the shapes of a picture with the words at their height or above them."""
        about = " ".join([self.heading, *self.called])
        for left, top, wide, high, fill, said in self.shapes:
            flat = [text for x, y, text in self.texts if top - 2 <= y <= top + high + 6]  # words stand on a line
            upright = [text for x, y, text in self.texts if left - 3 <= x <= left + wide + 3]
            ends = ((flat, left + wide, "x"), (upright, top, "y"))
            for words, length, kind in ((flat, wide, "width"), (upright, high, "height"), *ends):
                self.document.bars += [Bar(self.name, f"{said} {each}", length, fill, kind, about) for each in words]
                if said:
                    self.document.bars.append(Bar(self.name, said, length, fill, kind, about))
        self.texts, self.shapes, self.called = [], [], []

    def _end(self, ended: _Open) -> None:
        said = " ".join("".join(ended.said).split())
        if 0 < len(said) <= SHORT:
            self._attributes_of(ended, ended.spaced)
        if ended.tag in ("title", "desc", "svg") and self._in_picture(ended):
            for each in self.open[-1:]:
                each.titled = True
            self.called += [said] if ended.tag != "svg" else [ended.given.get("aria-label", "")]
        elif ended.tag in ("h1", "h2", "h3", "h4", "title", "header"):
            self.heading = said  # a header is a heading with what stands below it
        elif ended.tag == "dt":
            self.term = said
        elif ended.tag == "caption" and self.captions:
            self.captions[-1] = said
        elif ended.tag in ("td", "th") and self.rows and self.rows[-1]:
            self.rows[-1][-1].append(said)
        elif ended.tag == "table" and self.rows:
            rows, caption = [tuple(row) for row in self.rows.pop() if row], self.captions.pop()
            if rows:
                about = f"{self.heading} {caption}"
                self.document.grids.append(Grid(self.name, rows[0], tuple(rows[1:]), about, self._anchor()))
        # What holds many blocks says nothing of its own: each block is a passage, with the heading above it.
        if ended.tag in BLOCKS and said and ended.tag not in ("td", "th") and len(said) <= LONGEST:
            about = " ".join([self.heading, *self.called, *([self.term] if ended.tag == "dd" else [])])
            self.document.passages.append(Passage(self.name, said, about, ended.mixed, self._anchor(ended)))
        if ended.tag == "g" and ended.titled and 0 < len(ended.spaced) <= LONGEST:
            # The title of a group is that of all that is drawn in it.
            self.document.passages.append(Passage(self.name, ended.spaced, " ".join([self.heading, *self.called])))
        if ended.tag in BLOCKS - INLINE:
            for each in self.open:
                each.mixed = True
        if ended.tag == "text" and said:
            self.texts.append((_number(ended.given.get("x")), _number(ended.given.get("y")), said))
        self._shape(ended.tag, ended.given, said)
        if ended.tag == "svg" and not self._in_picture():
            self._picture()

    def _anchor(self, *ended: _Open) -> str:
        """The name (id or anchor) of the innermost element that has one."""
        return next((words_of(each.given["id"]) for each in (*ended, *self.open[::-1]) if each.given.get("id")), "")

    def _in_picture(self, ended: _Open | None = None) -> bool:
        return any(each.tag == "svg" for each in [*self.open, *([ended] if ended else [])])

    def _shape(self, tag: str, given: dict[str, str], said: str) -> None:
        style = given.get("style", "")
        # Outside of pictures a class says what a piece of the page is, such as a question or its answer.
        drawn = given.get("class", "") if tag == "svg" or self._in_picture() else ""
        fill = given.get("fill") or (found[1].strip() if (found := FILL.search(style)) else drawn)
        words = " ".join([said, *(given.get(key, "") for key in SPOKEN), *_data(given)]).strip()
        box = _box(tag, given)
        if box is not None:
            self.shapes.append((*box, fill, words))
        elif tag == "path" and words:
            self.document.bars.append(Bar(self.name, words, None, fill, about=self.heading))
        elif tag not in ("svg", "g") and (found := LENGTH.search(style)):
            self.document.bars.append(
                Bar(self.name, words or self._beside(), float(found[1]), fill, about=self.heading)
            )
        elif fill and words and tag != "text":  # the colour of writing is that of all writing
            self.document.bars.append(Bar(self.name, words, None, fill, about=self.heading))
        elif tag in ("meter", "progress") and words:
            self.document.bars.append(Bar(self.name, words, _number(given.get("value")), fill, about=self.heading))

    def _attributes(self, given: dict[str, str]) -> None:
        for key, value in given.items():
            if found := DATA_LINK.match(value.strip()):
                self._download(found)
            elif key in CALLED:
                if value not in self.seen and NUMBERED.search(value):
                    self.document.passages.append(Passage(self.name, words_of(value)))
                self.seen.add(value)
            elif (key in SPOKEN or key.startswith(("data-", "aria-"))) and value:
                self.document.passages.append(Passage(self.name, value, f"{self._beside()} {' '.join(_named(given))}"))

    def _attributes_of(self, ended: _Open, said: str) -> None:
        """What a piece says of itself without showing it, such as the key by which rows are sorted."""
        for key, value in ended.given.items():
            if (key in SPOKEN or key.startswith(("data-", "aria-"))) and re.search("[0-9]", value):
                self.document.passages.append(Passage(self.name, value, f"{self.heading} {said}"))

    def _beside(self) -> str:
        """The words before, in the same row or paragraph."""
        row = " ".join(self.rows[-1][-1]) if self.rows and self.rows[-1] else ""
        near = "".join(self.open[-1].said) if self.open else ""
        return f"{self.heading} {row} {near}"

    def _embedded(self, text: str) -> None:
        try:
            self.document.take(_json(self.name, text))
        except ValueError:
            self.document.passages.append(Passage(self.name, text, self.heading))
            for selector, size in RULE.findall(text):
                self.document.bars.append(Bar(self.name, words_of(selector), float(size)))

    def _download(self, found: re.Match[str]) -> None:
        kind, options, body = found[1].lower(), found[2].lower(), found[3]
        try:
            content = base64.b64decode(body) if "base64" in options else urllib.parse.unquote_to_bytes(body)
        except ValueError:
            return
        endings = {"text/csv": "csv", "image/svg+xml": "svg", "application/json": "json", "text/html": "html"}
        ending = endings.get(kind, "xlsx" if "spreadsheet" in kind else "")
        if ending:
            self.document.take(read(f"{self.name}, download.{ending}", content))


def _box(tag: str, given: dict[str, str]) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of a bar; of a point both sizes are 0."""
    if tag == "rect":
        left, top, wide, high = (_number(given.get(name)) for name in ("x", "y", "width", "height"))
        return left, top, wide, high
    if tag in ("circle", "ellipse"):
        return _number(given.get("cx")), _number(given.get("cy")), 0.0, 0.0
    if tag == "use":
        return _number(given.get("x")), _number(given.get("y")), 0.0, 0.0
    return _rectangle(given.get("d", "")) if tag == "path" else None


def _rectangle(path: str) -> tuple[float, float, float, float] | None:
    """The box of a path that runs along the sides of one.

    >>> _rectangle("M80 276H552.4V180H80z")
    (80.0, 180.0, 472.4, 96.0)
    """
    if not path or set(re.findall("[A-Za-z]", path)) - set("MLHVZz"):
        return None
    x = y = 0.0
    points = []
    for letter, numbers in re.findall(r"([MLHV])([^A-Za-z]*)", path):
        values = [float(each) for each in re.findall(r"-?[0-9]*\.?[0-9]+", numbers)]
        if not values:
            return None
        x = values[0] if letter in "MLH" else x
        y = values[-1] if letter in "MLV" else y
        points.append((x, y))
    xs, ys = sorted({x for x, _ in points}), sorted({y for _, y in points})
    if len(xs) != 2 or len(ys) != 2:
        return None
    return xs[0], ys[0], round(xs[1] - xs[0], 6), round(ys[1] - ys[0], 6)


def _named(given: dict[str, str]) -> Iterator[str]:
    return (value for key, value in given.items() if key in SPOKEN or key == "id" or key.startswith("data-"))


def _data(given: dict[str, str]) -> Sequence[str]:
    return [value for key, value in given.items() if key.startswith("data-") or key == "id"]


def _number(text: str | None) -> float:
    found = re.match(r"\s*(-?[0-9.]+)", text or "")
    return float(found[1]) if found else 0.0
