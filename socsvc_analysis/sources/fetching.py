"""Fetching: the one way in to the live sources.

Offline is the default: the newest snapshot is read and its age is said.  With ``online`` the source is asked; where it
cannot be reached the stored snapshot is used and said to be old.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sources.catalogue import SnapshotSpec, Source, source_named
from socsvc_analysis.sources.snapshots import Snapshot, joined, keep, latest_snapshot
from socsvc_analysis.sources.transport import Client, is_of_a_source

DONE, FAILED, NOTHING_STORED = 0, 1, 2
"""Exit codes: there is something to work with; the source failed and nothing is stored; nothing is stored yet."""
OLD_AFTER_DAYS = 400
"""The sources change once a year; what is older than that has missed a release."""
MOST_SAID = 3
"""Problems of one answer that are told; a table that does not add up can have hundreds."""


@dataclass(frozen=True)
class Fetched:
    """One snapshot at hand."""

    name: str
    path: Path
    url: str
    retrieved: str  # UTC date and time at which the source last gave this answer
    age_days: int
    fresh: bool  # it came in this run
    bytes: int


@dataclass(frozen=True)
class FetchReport:
    """What there is after fetching, in words and for programs."""

    what: str
    snapshots: tuple[Fetched, ...]
    message: str
    warnings: tuple[str, ...] = ()
    code: int = DONE
    to_import: tuple[Path, ...] = ()
    """Files that are not read here, but imported like those a municipality sends."""

    def to_dict(self) -> dict[str, object]:
        """The report for ``--json``."""
        return {
            "what": self.what,
            "snapshots": [asdict(each) | {"path": each.path.as_posix()} for each in self.snapshots],
            "message": self.message,
            "warnings": list(self.warnings),
        }


def fetch(
    what: str,
    folder: str | Path,
    *,
    online: bool = False,
    today: date,
    transport: Client | None = None,
    reference: Reference | None = None,
) -> FetchReport:
    """The snapshots of ``what`` in the data folder ``folder``, asked for anew from the source if ``online``.

    A source that cannot be reached, or that answers something else than it should, leaves the stored snapshot in use,
    with a warning.  ``reference`` is that of the data package in ``folder``, opened when it is not given.
    """
    source, folder = source_named(what), Path(folder)
    reference = reference or open_reference(folder)
    client = (transport or Client()) if online else None
    warnings: list[str] = []
    found: list[tuple[SnapshotSpec, Snapshot, bool]] = []
    for wanted in source.wanted:
        before, damaged = latest_snapshot(folder, source.provider, wanted.name)
        warnings += [f"{problem}." for problem in damaged]
        now = _fetch_one(client, source, wanted, folder, reference, before, warnings) if client else None
        if snapshot := now or before:
            found.append((wanted, snapshot, now is not None))
        elif not online:
            warnings.append(f"{wanted.title}: not stored yet; add --online to fetch it.")
    if not found:
        code = FAILED if online else NOTHING_STORED
        return FetchReport(what, (), _nothing(what, online), tuple(warnings) if online else (), code)
    fetched = tuple(_fetched(*each, today) for each in found)
    if rehearsed := [each.name for each in fetched if not is_of_a_source(each.url)]:
        warnings.append(f"Answered by a stand-in, not by the source; do not publish: {', '.join(rehearsed)}.")
    warnings += [f"{each.name} is {each.age_days} days old." for each in fetched if each.age_days > OLD_AFTER_DAYS]
    warnings += [said for wanted, snapshot, _ in found for said in _remarks(wanted, snapshot, reference, today)]
    if client and any(each.fresh for each in fetched):
        warnings += _news(source, client)
    message = _message(what, fetched, online)
    files = tuple(snapshot.path for wanted, snapshot, _ in found if not wanted.read)
    if files:
        message += f" Import with: socsvc import {' '.join(each.as_posix() for each in files)}"
    return FetchReport(what, fetched, message, tuple(warnings), to_import=files)


def frames(what: str, folder: str | Path, reference: Reference | None = None) -> dict[str, pd.DataFrame]:
    """The tables in the newest snapshots of ``what``, by name of the snapshot.

    Raises :class:`~socsvc_analysis.schema.DataError` when nothing is stored or a snapshot cannot be read.
    """
    source, folder = source_named(what), Path(folder)
    reference = reference or open_reference(folder)
    found = [(wanted, latest_snapshot(folder, source.provider, wanted.name)[0]) for wanted in source.wanted]
    if not any(snapshot for _, snapshot in found):
        raise DataError([Problem("fetch", _nothing(what, online=False))])
    return {wanted.name: wanted.read(snapshot, reference) for wanted, snapshot in found if snapshot and wanted.read}


def new_observations(what: str, folder: str | Path, reference: Reference | None = None) -> pd.DataFrame:
    """The observations in the newest snapshots of ``what``; none where it gives files or context."""
    found = list(frames(what, folder, reference).values()) if source_named(what).cited else []
    none: pd.DataFrame = pd.DataFrame(columns=list(tables.OBSERVATIONS.columns)).astype({"value": float})
    return pd.concat([none, *found])


def new_sources(what: str, folder: str | Path) -> list[dict[str, str]]:
    """The rows of ``sources`` that :func:`new_observations` names, as the cells of the CSV file."""
    source = source_named(what)
    if source.cited is None:
        return []
    found = [latest_snapshot(Path(folder), source.provider, wanted.name)[0] for wanted in source.wanted]
    return [source.cited(snapshot) for snapshot in found if snapshot]


def _fetch_one(
    client: Client,
    source: Source,
    wanted: SnapshotSpec,
    folder: Path,
    reference: Reference,
    before: Snapshot | None,
    warnings: list[str],
) -> Snapshot | None:
    """The answer of the source, kept; None, and a warning, when it gave none that can be used."""
    read = wanted.read
    try:
        got = wanted.ask(client, reference)
        posted = [each.request for each in got.answers if each.request is not None]
        snapshot = keep(
            folder,
            source.provider,
            wanted.name,
            joined([each.content for each in got.answers]),
            extension=got.extension,
            url=got.answers[0].url,
            request=got.described or posted or [each.url for each in got.answers],
            now=client.now(),
            licence=got.licence or wanted.licence,
            title=wanted.title,
            check=(lambda candidate: read(candidate, reference)) if read else None,
        )
    except DataError as failure:
        said = "; ".join(map(str, failure.problems[:MOST_SAID]))
        if more := failure.problems[MOST_SAID:]:
            said += f"; and {len(more)} more like these"
        instead = f"the old snapshot of {before.current_on[:10]} is used" if before else "no snapshot is stored"
        warnings.append(f"{wanted.title} could not be fetched ({said}); {instead}.")
        return None
    warnings += got.warnings
    return snapshot


def _fetched(wanted: SnapshotSpec, snapshot: Snapshot, fresh: bool, today: date) -> Fetched:
    return Fetched(
        wanted.name,
        snapshot.path,
        str(snapshot.recorded["url"]),
        snapshot.current_on,
        snapshot.age_days(today),
        fresh,
        len(snapshot.content),
    )


def _remarks(wanted: SnapshotSpec, snapshot: Snapshot, reference: Reference, today: date) -> list[str]:
    """What a person should know of the contents; a snapshot that is stored may be one that is no longer understood."""
    try:
        return wanted.remarks(snapshot, reference, today)
    except DataError as failure:
        return [f"{problem}." for problem in failure.problems]


def _news(source: Source, client: Client) -> list[str]:
    """What else the source has; that it does not say so is no fault of what was fetched."""
    try:
        return source.news(client)
    except DataError:
        return []


def _message(what: str, fetched: tuple[Fetched, ...], online: bool) -> str:
    count = f"{len(fetched)} snapshot{'s' if len(fetched) > 1 else ''}"
    oldest = max(each.age_days for each in fetched)
    age = {0: "of today", 1: "1 day old"}.get(oldest, f"{oldest} days old")
    fresh = sum(each.fresh for each in fetched)
    if not online:
        return f"Offline: {count} of {what} read, {age}; add --online to ask the source."
    if fresh == len(fetched):
        return f"Fetched {count} of {what}."
    if not fresh:
        return f"Nothing new of {what} could be fetched; what is stored is used: {count}, {age}."
    return f"Fetched {fresh} of {count} of {what}; stored ones are used for the rest, {age}."


def _nothing(what: str, online: bool) -> str:
    if online:
        return f"Nothing of {what} could be fetched, and nothing is stored."
    return f"No snapshot of {what} is stored; fetch it with: socsvc fetch {what} --online"
