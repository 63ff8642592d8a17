"""Earlier publications stay readable: their pages go on under ``archive/<version>/`` when a later version takes over.

Only versions that were recorded as published are kept; working versions come and go.  One that was recalled, or is no
longer recorded, leaves the archive with the next run: a mistake that was shown can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from socsvc_analysis.markup import piece
from socsvc_analysis.publications import RECALLED
from socsvc_analysis.report.page import Edition
from socsvc_analysis.report.shown import PageError, edition_of, with_notice
from socsvc_analysis.report.site import ARCHIVE

INDEX = "index.html"
DEEPER = re.compile(r'href="((?:\.\./)*)archive/')


def kept(shown: Mapping[str, bytes], edition: Edition) -> dict[str, bytes]:
    """The archive of the new site: what the one that is ``shown`` has, and that one itself when its version is over.

    ``shown`` is every file of the site by path.  The version that the new site shows is never in its own archive.
    """
    archive = {path: content for path, content in shown.items() if path.startswith(ARCHIVE)}
    version, date = _version(shown)
    if version:
        for path, content in shown.items():
            if not path.startswith(ARCHIVE):
                archive[f"{ARCHIVE}{version}/{path}"] = _archived(path, content, version, date, edition)
    listed = edition.reference.publications
    standing = set(listed.loc[listed["state"] != RECALLED, "edition"]) - {edition.package.version}
    return {path: content for path, content in sorted(archive.items()) if path.split("/")[1] in standing}


def versions(archive: Mapping[str, bytes], edition: Edition) -> list[str]:
    """The versions in the archive, the last published first."""
    there = {path.split("/")[1] for path in archive}
    return [version for version in edition.reference.publications["edition"] if version in there][::-1]


def _version(shown: Mapping[str, bytes]) -> tuple[str, str]:
    """Version and date of the data that a site shows, as its index says it; empty where it does not."""
    try:
        return edition_of(shown[INDEX].decode("utf-8", errors="replace"))
    except (KeyError, PageError):
        return "", ""


def _archived(path: str, content: bytes, version: str, date: str, edition: Edition) -> bytes:
    """A page as the archive shows it: it says that it is not the present one, and where that is."""
    if not path.endswith(".html"):
        return content
    language = "en" if path.startswith("en/") else "lv"
    words = edition.words(language)
    up = "../" * (path.count("/") + 2)
    home = up + (f"en/{INDEX}" if language == "en" else INDEX)
    said = words.say("archive_notice", version=version, date=words.date_long(date))
    notice = piece("kept_notice", sentence=said, address=home, text=words.say("archive_current"))
    html = with_notice(content.decode("utf-8"), notice)
    # The archive of a version that is itself in the archive lies beside it.
    return DEEPER.sub(lambda found: f'href="{found[1]}../', html).encode("utf-8")
