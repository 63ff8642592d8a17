"""Publish: the whole site is written beside the old one and then takes its place in one step.

A reader, or a run that is cut off at any moment, finds the old site whole or the new site whole.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from socsvc_analysis.datapackage import content_hash
from socsvc_analysis.files import FULL, sha256, write_lasting
from socsvc_analysis.report.pages import RECORD, Document, Page, record, recorded
from socsvc_analysis.tables import LANGUAGES

RELEASES = ".releases"
DESCRIPTOR = "datapackage.json"
"""What describes the downloads of a site."""
INDICATORS, CHANGES, SOURCES = "data/indicators.csv", "data/changes.csv", "data/sources.csv"
"""The downloads of a site."""
WORKBOOK = "data/indicators.xlsx"
"""The same tables for Excel."""
INDEXES = {"lv": "index.html", "en": "en/index.html"}
"""Where the index of each language lies below the site; the Latvian one is what opens first."""
ARCHIVE = "archive/"
UNFINISHED = ".unfinished"
KEPT_RELEASES = 5
"""How many releases stay on disk, the one that is shown among them."""

ENDINGS = {"brief": ".html", "report": "-report.html", "workbook": ".xlsx"}
"""What the site has of each region in each language, and how the name of its file ends."""

Key = tuple[str, str]
"""Region and language."""
Documents = Mapping[str, Document]
"""Brief, report and workbook of any number of regions, by path below the site."""


def place(document: str, region: str, language: str) -> str:
    """Where a document lies below the site.

    >>> place("brief", "zemgale", "lv"), place("report", "zemgale", "en")
    ('lv/zemgale.html', 'en/zemgale-report.html')
    """
    return f"{language}/{region}{ENDINGS[document]}"


def documents_of(key: Key, documents: Documents) -> dict[str, Document]:
    """Those of ``documents`` that are of one region in one language, its pictures among them."""
    places, folder = [place(document, *key) for document in ENDINGS], pictures(*key)
    own = {path: documents[path] for path in places if path in documents}
    return own | {path: content for path, content in documents.items() if path.startswith(folder)}


def pictures(region: str, language: str) -> str:
    """The folder of the pictures of a region below the site.

    >>> pictures("zemgale", "lv")
    'lv/pictures/zemgale/'
    """
    return f"{language}/pictures/{region}/"


def published(output: Path, name: str) -> dict[str, Document]:
    """The documents of the site that is shown now, as they were published.

    A page that is not as the site's record says is left out.  A release's folder is named after its content; in one
    that no longer fits its name nothing tells whether a workbook is sound, and they are left out, too.
    """
    contents = contents_shown(output, name)
    intact = (output / name).resolve().name.startswith(_title(name, contents))
    documents: dict[str, Document] = {**(contents if intact else {}), **recorded(contents)}
    return {
        path: document
        for path, document in sorted(documents.items())
        if path.split("/")[0] in LANGUAGES and path not in INDEXES.values()
    }


def contents_shown(output: Path, name: str) -> dict[str, bytes]:
    """Every file of the site that is shown now, by path below it."""
    return _contents(output / name)


def reusable(shown: Mapping[str, bytes], made_from: str) -> dict[str, bytes]:
    """The downloads of the site that is shown, when they were made from the same inputs; else nothing."""
    try:
        descriptor = json.loads(shown[DESCRIPTOR])
        paths = [each["path"] for each in descriptor["resources"]]
        whole = all(each["hash"] == content_hash(shown[each["path"]]) for each in descriptor["resources"])
    except (KeyError, ValueError, TypeError):
        return {}
    if not whole or descriptor.get("inputs") != made_from:
        return {}
    return {path: shown[path] for path in (*paths, DESCRIPTOR)}


def publish(documents: Documents, output: Path, name: str = "site") -> str:
    """Show the ``documents``, by path below the site, at ``output/name``; returns the hash of the release.

    What is to be known of the pages among them goes along in a file of its own.
    The files are written to ``output/.releases``, and ``output/name`` becomes a link to them in one step.  Where links
    are not to be had, folders are renamed.  Whatever fails before that step leaves the old site as it was.
    """
    pages = {path: each for path, each in sorted(documents.items()) if isinstance(each, Page)}
    contents = {path: bytes(each) for path, each in documents.items()} | ({RECORD: record(pages)} if pages else {})
    contents = dict(sorted(contents.items()))
    release = hash_of(contents)
    releases = output / RELEASES
    releases.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(releases)
    folder = _whole_release(releases, _title(name, contents), contents)
    show(folder, output / name)
    _remove_old(releases, name, folder)
    return release


def _title(name: str, contents: Mapping[str, bytes]) -> str:
    return f"{name}-{hash_of(contents)[:16]}"


def hash_of(contents: Mapping[str, bytes]) -> str:
    """A hash over all files of a site, by path."""
    return sha256("\n".join(f"{path} {sha256(content)}" for path, content in contents.items()).encode())


def _whole_release(releases: Path, title: str, contents: Mapping[str, bytes]) -> Path:
    """The folder that holds exactly ``contents``: one that is there already, or a new one."""
    folder, count = releases / title, 1
    while folder.exists():
        if _contents(folder) == contents:
            return folder
        count += 1  # somebody changed the files of a release: it is left alone, and not used
        folder = releases / f"{title}-{count}"
    unfinished = releases / f"{UNFINISHED}-{os.getpid()}"
    try:
        for path, content in contents.items():
            file = unfinished / path
            file.parent.mkdir(parents=True, exist_ok=True)
            write_lasting(file, content)
        os.rename(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return dict(sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files))


def show(folder: Path, place: Path) -> None:
    """Make ``place`` show ``folder``, in one step where the system has links."""
    link = folder.parent / f"{UNFINISHED}-link-{os.getpid()}"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(os.path.relpath(folder, place.parent), target_is_directory=True)
    except (OSError, NotImplementedError) as failure:
        if getattr(failure, "errno", None) in FULL:
            raise  # where a link has no room, a copy has none either
        _show_copy(folder, place)
        return
    if place.is_dir() and not place.is_symlink():
        _set_aside(place, folder.parent)
    os.replace(link, place)


def _show_copy(folder: Path, place: Path) -> None:
    """Where links are not to be had: a copy takes the place, and the old one is put back if it cannot."""
    copy = folder.parent / f"{UNFINISHED}-copy-{os.getpid()}"
    shutil.copytree(folder, copy)
    aside = _set_aside(place, folder.parent) if place.exists() else None
    try:
        os.rename(copy, place)
    except OSError:
        if aside is not None:
            os.rename(aside, place)
        raise
    _remove_unfinished(folder.parent)


def _set_aside(place: Path, releases: Path) -> Path:
    aside = releases / f"{UNFINISHED}-aside-{os.getpid()}"
    os.rename(place, aside)
    return aside


def _remove_old(releases: Path, name: str, shown: Path) -> None:
    others = [each for each in releases.glob(f"{name}-*") if each != shown]
    others.sort(key=lambda each: each.stat().st_mtime, reverse=True)
    # What was shown last is the newest, also where the clock has been put back since.
    newest = max((each.stat().st_mtime for each in others), default=0.0)
    when = max(time.time(), newest + 0.001)
    os.utime(shown, (when, when))
    for each in others[KEPT_RELEASES - 1 :]:
        shutil.rmtree(each, ignore_errors=True)
    _remove_unfinished(releases)


def _remove_unfinished(releases: Path) -> None:
    """What a run has left that was killed; a link among it goes itself, not what it leads to."""
    for each in releases.glob(f"{UNFINISHED}*"):
        if each.is_symlink():
            each.unlink()
        else:
            shutil.rmtree(each, ignore_errors=True)
