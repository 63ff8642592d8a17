"""Pages and pictures (HTML, SVG) as a reader gets them, with attributes, remarks and downloads that are not seen."""

from __future__ import annotations

import base64
import re
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from socsvc_analysis.disclosure.pieces import Bar, Document, Grid, Passage, words_of
from socsvc_analysis.disclosure.svg_shapes import box_of, corners_of, number_in

__all__ = ["read_markup"]

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
PHRASES = frozenset(
    ["b", "strong", "em", "i", "u", "s", "small", "big", "sub", "sup", "cite", "code", "abbr", "q", "mark", "bdi"]
)
"""What is set apart in a sentence, which says nothing without it."""
UNSAID = frozenset(["td", "th", "script", "style"])
"""Elements whose words are read in another way."""
LONGEST = 1200
"""Letters up to which the words of one element are taken to speak of one thing."""
SHORT = 200
"""Letters of a row or a label up to which what is said of it without being shown is about its words."""
LENGTH = re.compile(
    r"(?:^|;)\s*(?:width|height|flex-basis|inline-size|block-size|left|right|top|bottom|(?:padding|margin|-)-[\w-]+)"
    r"\s*:[^;0-9]*([0-9.]+)"
)
FILL = re.compile(r"(?:^|;)\s*(?:fill|background(?:-color)?)\s*:\s*([^;]+)")
CALLED = ("id", "name", "for", "href", "src", "download", "class", "headers", "aria-labelledby")
"""Attributes whose names may be made of words."""
NUMBERED = re.compile(r"[^\W\d_]{3}.*[0-9]")
RULE = re.compile(r"([^{}]+)\{[^{}]*?(?:width|height|flex-basis|inline-size|block-size)\s*:\s*([0-9.]+)")
"""A rule of a style sheet that gives a size."""
DATA_LINK = re.compile(r"data:([a-z0-9.+/-]*)((?:;[^,;\"')\s]*)*),([^\"')\s]*)", re.IGNORECASE)
WHOLE_LINK = re.compile(r"\s*data:([a-z0-9.+/-]*)((?:;[^,;]*)*),(.*)", re.DOTALL | re.IGNORECASE)
"""A download that is the whole of an attribute: what it holds need not be without blanks."""
ENDINGS = {
    "text/csv": "csv",
    "text/plain": "txt",
    "image/svg+xml": "svg",
    "application/json": "json",
    "text/html": "html",
}
"""How files are called whose kind a download says; a spreadsheet and the rest are called as the kind ends."""


def read_markup(name: str, text: str, read: Callable[[str, bytes], Document]) -> Document:
    """All that a page or a picture says; ``read`` reads what is inside it as a file of its own."""
    reader = _Reader(name, read)
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
    own: bool = False

    @property
    def spaced(self) -> str:
        """What it says, with its parts apart: cells of a row, texts of a group."""
        return " ".join(" ".join(self.said).split())


class _Reader(HTMLParser):
    """Reads a page or a picture; a table becomes a grid, all else passages and bars."""

    def __init__(self, name: str, read: Callable[[str, bytes], Document]) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.document, self.read = name, Document(), read
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
        for each in self.open[-1:]:
            each.own |= bool(data.strip())
        inside = self.open[-1].tag if self.open else ""
        if inside in ("script", "style") and data.strip():
            self._embedded(data, "" if inside == "style" else self.heading)

    def handle_comment(self, data: str) -> None:
        self.document.passages.append(Passage(self.name, data, self._beside()))

    def unknown_decl(self, data: str) -> None:
        self.handle_data(data.removeprefix("CDATA["))

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

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
        # Pieces stand apart even where no blank is between them.
        said = ended.spaced if ended.mixed else " ".join("".join(ended.said).split())
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
        is_piece = ended.tag in BLOCKS or (ended.own and ended.tag not in PHRASES)
        if is_piece and said and ended.tag not in UNSAID and len(said) <= LONGEST:
            about = " ".join([self.heading, *self.called, *([self.term] if ended.tag == "dd" else [])])
            self.document.passages.append(Passage(self.name, said, about, ended.mixed, self._anchor(ended)))
        if ended.tag == "g" and ended.titled and 0 < len(ended.spaced) <= LONGEST:
            # The title of a group is that of all that is drawn in it.
            self.document.passages.append(Passage(self.name, ended.spaced, " ".join([self.heading, *self.called])))
        if ended.tag in BLOCKS - INLINE:
            for each in self.open:
                each.mixed = True
        if ended.tag == "text" and said:
            self.texts.append((number_in(ended.given.get("x")), number_in(ended.given.get("y")), said))
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
        box = box_of(tag, given)
        corners = corners_of(tag, given) if box is None else []
        if box is not None:
            self.shapes.append((*box, fill, words))
        elif corners and not words:
            self.shapes += [(*corner, 0.0, 0.0, fill, words) for corner in corners]
        elif tag == "path" and words:
            self.document.bars.append(Bar(self.name, words, None, fill, about=self.heading))
        elif tag not in ("svg", "g") and (found := LENGTH.search(style)):
            self.document.bars.append(
                Bar(self.name, words or self._beside(), float(found[1]), fill, about=self.heading)
            )
        elif fill and words and tag != "text":  # the colour of writing is that of all writing
            self.document.bars.append(Bar(self.name, words, None, fill, about=self.heading))
        elif tag in ("meter", "progress") and words:
            self.document.bars.append(Bar(self.name, words, number_in(given.get("value")), fill, about=self.heading))

    def _attributes(self, given: dict[str, str]) -> None:
        for key, value in given.items():
            whole = WHOLE_LINK.match(value)
            links = [whole] if whole else list(DATA_LINK.finditer(value)) if "data:" in value else []
            for link in links:
                self._download(link)
            if whole:
                continue
            if key in CALLED:
                if value not in self.seen and NUMBERED.search(value):
                    self.document.passages.append(Passage(self.name, words_of(urllib.parse.unquote(value))))
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

    def _embedded(self, text: str, about: str) -> None:
        for link in DATA_LINK.finditer(text):
            self._download(link)
        try:
            self.document.take(self.read(f"{self.name}.json", text.encode()))
        except ValueError:
            self.document.passages.append(Passage(self.name, text, about))
            for selector, size in RULE.findall(text):
                self.document.bars.append(Bar(self.name, words_of(selector), float(size)))

    def _download(self, found: re.Match[str]) -> None:
        kind, options, body = found[1].lower(), found[2].lower(), found[3]
        try:
            content = base64.b64decode(body) if "base64" in options else urllib.parse.unquote_to_bytes(body)
        except ValueError:
            return
        ending = ENDINGS.get(kind, "xlsx" if "spreadsheet" in kind else kind.rpartition("/")[2])
        self.document.take(self.read(f"{self.name}, download.{ending}", content))


def _named(given: dict[str, str]) -> Iterator[str]:
    return (value for key, value in given.items() if key in (*SPOKEN, "id", "name") or key.startswith("data-"))


def _data(given: dict[str, str]) -> Sequence[str]:
    return [value for key, value in given.items() if key.startswith("data-") or key == "id"]
