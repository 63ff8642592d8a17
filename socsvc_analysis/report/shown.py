"""A page as its site shows it: which data it rests on, that it could not be renewed, and links to what is there.

Nothing here imports what making a page needs.
"""

from __future__ import annotations

import html as entities
import posixpath
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socsvc_analysis.markup import Html
    from socsvc_analysis.wording import Words

NOTICE = ("<!--notice-->", "<!--/notice-->")
"""Between these a template leaves room for what is said of a page later."""
VERSION = re.compile(r'<meta name="data-version" content="([^"]*)"')
DATE = re.compile(r'<meta name="data-date" content="([^"]*)"')
LINK = re.compile(r'<a data-page="([^"]*)"(?: href="[^"]*")?')
"""A link to another document of the site; a template writes such links with ``data-page`` first."""


class PageError(ValueError):
    """A page that may not be published; the message says everything that is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


def edition_of(html: str) -> tuple[str, str]:
    """Version and date of the data that a page shows, as the page itself says."""
    version, date = VERSION.search(html), DATE.search(html)
    if version is None or date is None:
        raise PageError(["the page does not say which data it shows"])
    return entities.unescape(version[1]), entities.unescape(date[1])


def kept(html: str, words: Words) -> str:
    """A page of an earlier run, with a notice that it could not be renewed and which data it shows."""
    version, date = edition_of(html)
    from socsvc_analysis.markup import piece

    sentence = words.say("page_kept", version=version, date=words.date_long(date))
    return with_notice(html, piece("kept_notice", sentence=sentence))


def with_notice(html: str, notice: Html) -> str:
    """The page with ``notice`` above everything else, in place of one that was there."""
    before, start, rest = html.partition(NOTICE[0])
    _, end, after = rest.partition(NOTICE[1])
    return f"{before}{start}{notice}{end}{after}" if end else html


def linked(html: str, path: str, there: Collection[str]) -> str:
    """The page at ``path`` of a site that has the documents ``there``: links to others lead nowhere.

    A run may have made one region only; when a later one makes the others, the links to them come back.

    >>> linked('<a data-page="riga.html" href="riga.html">Rīga</a>', "lv/zemgale.html", ["lv/zemgale.html"])
    '<a data-page="riga.html">Rīga</a>'
    >>> linked('<a data-page="../en/riga.html">Riga</a>', "lv/riga.html", ["en/riga.html"])
    '<a data-page="../en/riga.html" href="../en/riga.html">Riga</a>'
    """
    folder = posixpath.dirname(path)

    def leading(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[1].partition("#")[0]))
        return f'<a data-page="{found[1]}"' + (f' href="{found[1]}"' if target in there else "")

    return LINK.sub(leading, html)
