"""Fit a piece of HTML from a notebook cell into a page: headings below the page's own, own ids, tables that scroll.

The markup itself is left as it is, to the byte; only start and end tags that must differ are replaced.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

REFERENCE = re.compile(r"^#source-(\S+)$")
HEADING = re.compile(r"^h[1-6]$")
ATTRIBUTE = re.compile(r"""(\s)([\w:-]+)(\s*=\s*)("[^"]*"|'[^']*')""")
LOCAL_ADDRESS = re.compile(r"url\(\s*(['\"]?)#([^)'\"]+)\1\s*\)")
LISTS_OF_IDS = frozenset({"aria-labelledby", "aria-describedby", "aria-controls", "headers", "for", "id"})
DEEPEST = 6


def fitted(html: str, level: int, suffix: str, taken: set[str]) -> str:
    """``html`` with its highest heading at ``level`` and no id that is in ``taken``; ``taken`` is not changed.

    An id that is taken gets ``suffix``; what points to it inside ``html`` follows.

    >>> fitted('<h2 id="a">Places</h2><p aria-labelledby="a">12</p>', 4, "capacity", {"a"})
    '<h4 id="a-capacity">Places</h4><p aria-labelledby="a-capacity">12</p>'
    >>> fitted("<table><tr><td>1</td></tr></table>", 4, "capacity", set())
    '<div class="table-scroll" tabindex="0"><table><tr><td>1</td></tr></table></div>'
    """
    tags = _tags(html)
    deeper = level - min((int(tag.name[1]) for tag in tags if HEADING.match(tag.name)), default=level)
    renamed = {}
    for each in ids(html):
        if each in taken:
            new, count = f"{each}-{suffix}", 1
            while new in taken or new in renamed.values():
                count += 1
                new = f"{each}-{suffix}-{count}"
            renamed[each] = new
    pieces, at = [], 0
    scrolling: list[bool] = []
    for tag in tags:
        text = html[tag.start : tag.end]
        if HEADING.match(tag.name) and deeper:
            text = re.sub(r"(?<=[hH])\d", str(min(int(tag.name[1]) + deeper, DEEPEST)), text, count=1)
        if renamed and tag.opens:
            text = ATTRIBUTE.sub(lambda found: _pointing_to(renamed, found), text)
        if tag.name == "div":
            if tag.opens:
                scrolls = "table-scroll" in tag.classes
                scrolling.append(scrolls)
                if scrolls and "tabindex" not in text:
                    text = text[:-1] + ' tabindex="0">'
            elif scrolling:
                scrolling.pop()
        elif tag.name == "table" and not any(scrolling):
            text = f'<div class="table-scroll" tabindex="0">{text}' if tag.opens else f"{text}</div>"
        pieces += [html[at : tag.start], text]
        at = tag.end
    return "".join([*pieces, html[at:]])


def ids(html: str) -> tuple[str, ...]:
    """The ids in ``html``, in order."""
    return tuple(tag.id for tag in _tags(html) if tag.id)


def references(html: str) -> tuple[str, ...]:
    """The codes of the sources that ``html`` refers to, in order of first appearance.

    >>> references('<a href="#source-letter_2019">[1]</a> <a href="#source-audit_2018">[2]</a>')
    ('letter_2019', 'audit_2018')
    """
    found = (REFERENCE.match(tag.href) for tag in _tags(html) if tag.name == "a")
    return tuple(dict.fromkeys(match.group(1) for match in found if match))


def _pointing_to(renamed: dict[str, str], found: re.Match[str]) -> str:
    space, name, equals, quoted = found.groups()
    quote, value = quoted[0], quoted[1:-1]
    if name in LISTS_OF_IDS:
        value = " ".join(renamed.get(each, each) for each in value.split())
    elif name in ("href", "xlink:href") and value.startswith("#"):
        value = "#" + renamed.get(value[1:], value[1:])
    elif "url(" in value:
        value = LOCAL_ADDRESS.sub(lambda address: f"url(#{renamed.get(address[2], address[2])})", value)
    return f"{space}{name}{equals}{quote}{value}{quote}"


class _Tag:
    """One tag and where it stands."""

    __slots__ = ("classes", "end", "href", "id", "name", "opens", "start")

    def __init__(self, name: str, start: int, end: int, attributes: dict[str, str | None] | None) -> None:
        self.name, self.start, self.end, self.opens = name, start, end, attributes is not None
        given = attributes or {}
        self.id = given.get("id") or ""
        self.href = given.get("href") or ""
        self.classes = (given.get("class") or "").split()


def _tags(html: str) -> list[_Tag]:
    reader = _Tags(html)
    reader.feed(html)
    reader.close()
    return reader.tags


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.html = html
        self.tags: list[_Tag] = []
        self.lines = [0, *(found.end() for found in re.finditer("\n", html))]

    def _offset(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._offset()
        self.tags.append(_Tag(tag, start, start + len(self.get_starttag_text() or ""), dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        start = self._offset()
        self.tags.append(_Tag(tag, start, self.html.index(">", start) + 1, None))
