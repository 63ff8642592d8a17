"""Earlier publications stay readable: their pages go on under ``archive/<version>/`` when a later version takes over.

Only versions that were recorded as published are kept; working versions come and go.  One that was recalled, or is no
longer recorded, leaves the archive with the next run: a mistake that was shown can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping

from socsvc_analysis.markup import piece
from socsvc_analysis.publications import RECALLED
from socsvc_analysis.report.page import Edition
from socsvc_analysis.report.pages import ARCHIVE as ARCHIVED
from socsvc_analysis.report.pages import RECORD, Page, recorded
from socsvc_analysis.report.site import ARCHIVE

INDEX = "index.html"


def kept(shown: Mapping[str, bytes], edition: Edition) -> dict[str, bytes]:
    """The archive of the new site: that of the site ``shown`` now, and that site itself when its version is over.

    ``shown`` is every file of the site by path.  The version that the new site shows is never in its own archive.
    """
    archive = {path: content for path, content in shown.items() if path.startswith(ARCHIVE)}
    pages = recorded(shown)
    if INDEX in pages:
        version = pages[INDEX].version
        for path, content in shown.items():
            if not path.startswith(ARCHIVE) and path != RECORD:
                own = _archived(path, pages[path], edition) if path in pages else content
                archive[f"{ARCHIVE}{version}/{path}"] = own
    listed = edition.reference.publications
    standing = set(listed.loc[listed["state"] != RECALLED, "edition"]) - {edition.package.version}
    return {path: content for path, content in sorted(archive.items()) if path.split("/")[1] in standing}


def versions(archive: Mapping[str, bytes], edition: Edition) -> list[str]:
    """The versions in the archive, the last published first."""
    there = {path.split("/")[1] for path in archive}
    return [version for version in edition.reference.publications["edition"] if version in there][::-1]


def _archived(path: str, page: Page, edition: Edition) -> bytes:
    """A page as the archive shows it: it says that it is not the present one, and where that is."""
    language = "en" if path.startswith("en/") else "lv"
    words = edition.words(language)
    up = "../" * (path.count("/") + 2)
    home = up + (f"en/{INDEX}" if language == "en" else INDEX)
    said = words.say("archive_notice", version=page.version, date=words.date_long(page.date))
    notice = piece("kept_notice", sentence=said, address=home, text=words.say("archive_current"))
    # The archive of a version that is itself in the archive lies beside it.
    return bytes(page.with_notice(notice).filled(lambda gap: "../" if gap.kind == ARCHIVED else gap.text))
