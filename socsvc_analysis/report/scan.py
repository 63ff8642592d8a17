"""The last look at a page before it is published: a parser reads it as a browser would and says what must not be there.

A page is safe to hand around when it runs nothing, asks no server for anything, and tells nothing of the machine that
made it.  It is whole when its headings, names and links hold together.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from html.parser import HTMLParser

CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

FORBIDDEN = frozenset(
    {
        "script",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "form",
        "base",
        "portal",
        "audio",
        "video",
        "source",
        "track",
        "animate",
        "set",
    }
)
LOADING = frozenset({"src", "srcset", "poster", "background", "data", "action", "formaction", "ping", "manifest"})
"""Attributes that make a browser fetch something by itself."""
LINKING = frozenset({"a", "area"})
"""Elements whose address is followed only when the reader says so."""
NAMING = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
PICTURES = frozenset({"svg", "img", "table"})

PICTURE = "data:image/svg[+]xml;base64,"
LOCAL_PATH = re.compile(
    r"(?<![\w:/.%-])/(?:home|root|Users|usr|tmp|var|opt|work|mnt|srv|private|etc)/\w|\b[A-Za-z]:\\\w|file:/"
)
STYLE_FETCH = re.compile(r"@import|url\(\s*['\"]?(?!#|data:image/)", re.IGNORECASE)


def scan(html: str) -> tuple[str, ...]:
    """What is wrong with the page, as sentences; empty when it may be published.

    >>> sound = ('<!DOCTYPE html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="'
    ...          + CONTENT_POLICY + '"><title>Zemgale</title></head><body><h1>Zemgale</h1>{}</body></html>')
    >>> scan(sound.format('<p><a href="https://www.lm.gov.lv">Ministry</a></p>'))
    ()
    >>> scan(sound.format('<img src="data:image/png;base64,AA==" alt="x" onload="go()">'))
    ('img has onload: a page runs nothing',)
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(dict.fromkeys([*reader.problems, *reader.whole()]))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.ids: Counter[str] = Counter()
        self.wanted: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.figures: list[bool] = []
        self.headings = 0
        self.language = ""
        self.title = ""
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self._look_at(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look_at(tag, attrs)
        if tag == "figure":
            self._end_of_figure()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "figure" and self.figures:
            self._end_of_figure()

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "style" and STYLE_FETCH.search(data):
            self.problems.append("a style sheet loads something: a page asks no server for anything")
        if inside == "title" and "svg" not in self.open:
            self.title += data
        if "Traceback" in data:
            self.problems.append("the page shows a Traceback")
        self._no_local_path(data)

    def _look_at(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in FORBIDDEN:
            self.problems.append(f"the page has a {tag} element")
        if tag == "h1":
            self.headings += 1
        elif tag == "html":
            self.language = given.get("lang", "")
        elif tag == "figure":
            self.figures.append(False)
        elif tag in PICTURES and self.figures:
            self.figures[-1] = True
        elif tag == "meta":
            self._look_at_meta(given)
        if tag == "img" and "alt" not in given:
            self.problems.append("a picture has no alternative text")
        if tag == "link":
            self._look_at_link(given)
        if len(given) < len(attrs):
            self.problems.append(f"{tag} has the same attribute twice")
        for name, value in given.items():
            self._look_at_attribute(tag, name, value)

    def _look_at_attribute(self, tag: str, name: str, value: str) -> None:
        bare = re.sub(r"[\x00-\x20]", "", value).lower()
        if name.startswith("on"):
            self.problems.append(f"{tag} has {name}: a page runs nothing")
        elif bare.startswith(("javascript:", "vbscript:")):
            self.problems.append(f"{tag} has a {bare.partition(':')[0]}: address")
        elif name == "id":
            self.ids[value] += 1
        elif name in NAMING:
            self.wanted += [(name, each) for each in value.split()]
        elif name == "style" and STYLE_FETCH.search(value):
            self.problems.append(f"the style of {tag} loads something: a page asks no server for anything")
        elif name in LOADING:
            if not bare.startswith("data:image/"):
                self.problems.append(f"{tag} loads {value[:80]}: a page asks no server for anything")
        elif name in ("href", "xlink:href"):
            if bare.startswith("#"):
                self.wanted.append(("href", value.strip()[1:]))
            elif tag in LINKING:
                self._look_at_download(value.strip())
            elif tag != "link" and not bare.startswith("data:image/"):
                self.problems.append(f"{tag} loads {value[:80]}: a page asks no server for anything")
        if "Traceback" in value:
            self.problems.append("the page holds a Traceback")
        self._no_local_path(value)

    def _look_at_download(self, address: str) -> None:
        """A link may hand out a table or a picture; the picture must be as harmless as the page."""
        if re.match(PICTURE, address):
            inside = _Reader()
            try:
                inside.feed(base64.b64decode(address.partition(",")[2], validate=True).decode("utf-8"))
            except ValueError:
                self.problems.append("a picture to download cannot be read")
            inside.close()
            self.problems += [f"a picture to download: {problem}" for problem in inside.problems]
        elif re.match(r"data:(?!text/csv[;,])", re.sub(r"[\x00-\x20]", "", address), re.IGNORECASE):
            self.problems.append(f"a link opens {address[:30]}")

    def _look_at_meta(self, given: dict[str, str]) -> None:
        kind = given.get("http-equiv", "").lower()
        if kind == "content-security-policy":
            self.policy = given.get("content", "")
        elif kind in ("refresh", "set-cookie"):
            self.problems.append(f"the page has a meta {kind}")

    def _look_at_link(self, given: dict[str, str]) -> None:
        kind, address = given.get("rel", "").lower(), given.get("href", "")
        if kind == "icon" and address.startswith("data:"):
            return
        if kind not in ("alternate", "canonical"):
            self.problems.append(f"link loads {address[:80]}: a page asks no server for anything")

    def _no_local_path(self, text: str) -> None:
        if found := LOCAL_PATH.search(text):
            self.problems.append(f"the page names a file of the machine: {text[found.start() : found.start() + 40]}")

    def _end_of_figure(self) -> None:
        if not self.figures.pop():
            self.problems.append("a figure is empty")

    def whole(self) -> list[str]:
        """At the end of the page: report what it lacks, or has too often."""
        problems = []
        if self.headings != 1:
            problems.append(f"the page has {self.headings} headings of the first level, not 1")
        if not self.language:
            problems.append("the page does not say its language")
        if not self.title.strip():
            problems.append("the page has no title")
        if self.policy != CONTENT_POLICY:
            problems.append("the page does not forbid loading from elsewhere (Content-Security-Policy)")
        problems += [f"the id {each} is there {times} times" for each, times in self.ids.items() if times > 1]
        missing = [(name, each) for name, each in self.wanted if each and each not in self.ids]
        problems += [f"{name} names {each}, which is not on the page" for name, each in missing]
        return problems
