"""The versions of the site that are kept: which there are, going back to one, and one region as a file to hand on."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from socsvc_analysis.report import site
from socsvc_analysis.report.pages import Document, linked, recorded
from socsvc_analysis.report.run import only_run
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.tables import LANGUAGES

MADE_BEFORE_DOS = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can hold: equal pages make equal files."""


@dataclass(frozen=True)
class Release:
    """One version of the site on disk: its name, of which data, since when, and whether it is the one that is shown."""

    name: str
    data_version: str
    since: datetime
    shown: bool


def releases(output: Path, name: str = "site") -> list[Release]:
    """The versions of ``output/name`` that are kept, the newest first."""
    shown = (output / name).resolve()
    found = [
        Release(folder.name, _data_version(folder), _since(folder), folder.resolve() == shown)
        for folder in (output / site.RELEASES).glob(f"{name}-*")
        if folder.is_dir()
    ]
    return sorted(found, key=lambda each: (each.since, each.name), reverse=True)


def roll_back(output: Path, to: str = "", name: str = "site") -> Release:
    """Show an earlier version again: ``to``, or the one before the one that is shown; nothing is made or removed.

    Raises :class:`~socsvc_analysis.schema.DataError` when there is no such version, and
    :class:`~socsvc_analysis.report.run.RunBusy` while a run is going.
    """
    if not output.is_dir():
        raise DataError([Problem("output", "has no versions of the site", value=str(output))])
    with only_run(output):
        kept = releases(output, name)
        earlier = [each for at, each in enumerate(kept) if any(newer.shown for newer in kept[:at])]
        chosen = next((each for each in (kept if to else earlier) if each.name == to or not to), None)
        if chosen is None:
            said = "is not kept" if to else "there is no version before the one that is shown"
            close = nearest(to, [each.name for each in kept]) if to else ""
            raise DataError([Problem("release", said, value=to, nearest=close)])
        site.show(output / site.RELEASES / chosen.name, output / name)
    return chosen


def bundle(output: Path, region: str, name: str = "site") -> bytes:
    """The documents of ``region`` in both languages as a ZIP; their links lead only to what is in it.

    Raises :class:`~socsvc_analysis.schema.DataError` when the site has no page of the region.
    """
    shown = site.contents_shown(output, name)
    keys = [(region, language) for language in LANGUAGES]
    published: dict[str, Document] = {**shown, **recorded(shown)}
    documents = {path: each for key in keys for path, each in site.documents_of(key, published).items()}
    if not documents:
        regions = sorted(
            {Path(path).stem for path in shown if path.startswith(f"{LANGUAGES[0]}/") and path.endswith(".html")}
        )
        close = nearest(region, regions)
        raise DataError([Problem("region", "is not on the site; make its pages first", value=region, nearest=close)])
    return _zipped({path: bytes(each) for path, each in linked(documents).items()})


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(path, MADE_BEFORE_DOS), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _data_version(folder: Path) -> str:
    try:
        return str(json.loads((folder / site.DESCRIPTOR).read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""


def _since(folder: Path) -> datetime:
    return datetime.fromtimestamp(os.stat(folder).st_mtime, UTC)
