"""A page as its site shows it: which data it rests on, a notice when it could not be renewed, links to what is there.

What a site decides of a page that is made already stands in *gaps*: the place for a notice, and where links lead.  The
HTML is never read to find them: templates mark them while the page is made, and where they are travels beside the HTML
in the site's ``pages.json``.  Nothing here imports what making a page needs.
"""

from __future__ import annotations

import json
import posixpath
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from socsvc_analysis.files import json_bytes, sha256

if TYPE_CHECKING:
    from markupsafe import Markup

    from socsvc_analysis.markup import Html
    from socsvc_analysis.wording import Words

RECORD = "pages.json"
"""The file of a site that says of each page which data it shows and where its gaps are."""
NOTICE, LINK, ARCHIVE = "notice", "link", "archive"
"""Kinds of gaps: room for a notice above everything else; an attribute that makes a link to another document of the
site lead there; the beginning of an address in the archive."""
MARK = f"\ue000{secrets.token_hex(8)}\ue000"
"""The sign around a gap while a page is made: characters that no text of the data can have."""


class PageError(ValueError):
    """A page that may not be published; the message says everything that is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class Gap:
    """Part of a page that a site fills: what stands in it now, and for a link its address and what makes it lead."""

    kind: str
    text: str = ""
    target: str = ""
    leading: str = ""


@dataclass(frozen=True)
class Page:
    """A page: version and date of its data, its gaps, and the HTML before, between and after them."""

    version: str
    date: str
    between: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def made(cls, html: str, version: str, date: str) -> Page:
        """The page of a template's ``html``, in which :func:`gap` has marked the gaps."""
        parts = html.split(MARK)
        gaps = (Gap(*json.loads(each)) for each in parts[1::2])
        return cls(version, date, tuple(parts[::2]), tuple(gaps))

    @property
    def html(self) -> str:
        """The page as readers get it."""
        first, *others = self.between
        return first + "".join(gap.text + after for gap, after in zip(self.gaps, others, strict=True))

    def __bytes__(self) -> bytes:
        return self.html.encode("utf-8")

    def filled(self, text: Callable[[Gap], str]) -> Page:
        """The same page with what ``text`` says in each gap."""
        return replace(self, gaps=tuple(replace(gap, text=text(gap)) for gap in self.gaps))

    def with_notice(self, notice: Html | str) -> Page:
        """The page with ``notice`` above everything else, in place of one that was there."""
        return self.filled(lambda gap: str(notice) if gap.kind == NOTICE else gap.text)

    def kept(self, words: Words) -> Page:
        """The page of an earlier run, with a notice that it could not be renewed and which data it shows."""
        from socsvc_analysis.markup import piece

        sentence = words.say("page_kept", version=self.version, date=words.date_long(self.date))
        return self.with_notice(piece("kept_notice", sentence=sentence))

    def linked(self, path: str, there: Collection[str]) -> Page:
        """The page at ``path`` of a site that has the documents ``there``: links to others lead nowhere.

        A run may have made one region only; when a later one makes the others, the links to them come back.

        >>> marked = f'<a{gap("link", "", "riga.html#top", " href=x")}>Rīga</a>'
        >>> page = Page.made(marked, "1", "2024-01-05")
        >>> page.linked("lv/zemgale.html", ["lv/zemgale.html"]).html, page.linked("lv/x.html", ["lv/riga.html"]).html
        ('<a>Rīga</a>', '<a href=x>Rīga</a>')
        """
        folder = posixpath.dirname(path)

        def leading(gap: Gap) -> str:
            if gap.kind != LINK:
                return gap.text
            target = posixpath.normpath(posixpath.join(folder, gap.target.partition("#")[0]))
            return gap.leading if target in there else ""

        return self.filled(leading)


Document = Page | bytes
"""A page, or a workbook as it is."""


def gap(kind: str, text: str = "", target: str = "", leading: str = "") -> Markup:
    """The mark of a gap, for templates: a page that is made of it has the gap there."""
    from markupsafe import Markup

    return Markup(MARK + json.dumps([kind, str(text), str(target), str(leading)]) + MARK)


def linked(documents: Mapping[str, Document], also: Collection[str] = ()) -> dict[str, Document]:
    """The documents of a site, by path, with the links of its pages leading to each other and to ``also``."""
    there = {*documents, *also}
    return {path: each.linked(path, there) if isinstance(each, Page) else each for path, each in documents.items()}


def record(pages: Mapping[str, Page]) -> bytes:
    """What is to be known of each page beside its HTML, by path: data, hash, and each gap with its place and length."""
    said = {path: {"version": page.version, "date": page.date, "sha256": sha256(bytes(page)), "gaps": _places(page)}
            for path, page in pages.items()}  # fmt: skip
    return json_bytes(said)


def recorded(contents: Mapping[str, bytes]) -> dict[str, Page]:
    """The pages among the files of a site that are as its record says; none where the record is missing or damaged."""
    try:
        said = json.loads(contents[RECORD])
        return {
            path: _page(contents[path].decode("utf-8"), each)
            for path, each in said.items()
            if sha256(contents.get(path, b"")) == each["sha256"]
        }
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def _places(page: Page) -> list[list[object]]:
    at, places = 0, []
    for before, gap in zip(page.between, page.gaps, strict=False):
        at += len(before)
        places.append([at, len(gap.text), gap.kind, gap.target, gap.leading])
        at += len(gap.text)
    return places


def _page(html: str, said: Mapping[str, Any]) -> Page:
    """The page ``html`` with the gaps that were recorded of it."""
    end, between, gaps = 0, [], []
    for at, length, kind, target, leading in said["gaps"]:
        between.append(html[end:at])
        end = at + length
        gaps.append(Gap(kind, html[at:end], target, leading))
    return Page(said["version"], said["date"], (*between, html[end:]), tuple(gaps))
