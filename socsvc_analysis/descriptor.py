"""The descriptor after an edit: sizes, hashes and schemas of the files as they are now, and the next version.

Title, source, licence, retrieval date and access of each file are what people have said and are kept; only what can be
computed is computed.  When a file has changed, the version goes one on and the date is today's, unless they are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from socsvc_analysis.datapackage import (
    INTERNAL,
    PROFILE,
    Described,
    Package,
    cells,
    content_hash,
    contract_of,
    described_in,
    found,
    is_raw,
    open_package,
)
from socsvc_analysis.files import json_bytes, write_whole
from socsvc_analysis.project import DATA
from socsvc_analysis.schema import DataError, Problem, typed

if TYPE_CHECKING:
    import pandas as pd


def update_descriptor(path: str | Path = DATA, version: str | None = None, created: str | None = None) -> Package:
    """Write the descriptor at ``path`` anew; see :func:`edited_package` for what is refused."""
    write_descriptor(edited_package(path, version, created))
    return open_package(path, INTERNAL)


def write_descriptor(package: Package) -> None:
    """Write what the package says of its files."""
    write_whole(package.path, json_bytes(package.descriptor))


def edited_package(path: str | Path = DATA, version: str | None = None, created: str | None = None) -> Package:
    """The package at ``path`` with its files as they are now; nothing is written.

    Raises :class:`~socsvc_analysis.schema.DataError` for files that are missing or break their contract, and for those
    that :func:`undescribed` names.
    """
    package = Package(found(Path(path)), {}, INTERNAL)
    package = replace(package, descriptor=described_in(package.path))
    problems = undescribed(package)
    contents = {}
    for resource in package.descriptor["resources"]:
        file = package.path.parent / resource["path"]
        if file.exists():
            contents[resource["path"]] = file.read_bytes()
        else:
            problems.append(Problem(resource["path"], "the file is missing"))
    try:
        described = described_anew(package.descriptor, contents, version, created)
    except DataError as failure:
        problems += failure.problems
    if problems:
        raise DataError(problems)
    return replace(package, descriptor=described)


def undescribed(package: Package) -> list[Problem]:
    """The tables of ``reference/`` and ``observations/`` of which nobody has said where they come from."""
    known = {each["path"] for each in package.descriptor["resources"]}
    folder = package.path.parent
    files = (each for part in ("reference", "observations") for each in (folder / part).glob("*.csv"))
    return [
        Problem(file, "has no entry in datapackage.json: add its name, title, sources, licences, retrieved and access")
        for file in sorted(each.relative_to(folder).as_posix() for each in files)
        if file not in known
    ]


def described_anew(
    descriptor: Described,
    contents: Mapping[str, bytes],
    version: str | None = None,
    created: str | None = None,
    rows: Mapping[str, pd.DataFrame] | None = None,
) -> Described:
    """``descriptor`` with sizes, hashes and schemas of ``contents`` (path to bytes); others stay as they are recorded.

    ``rows`` are the cells of those contents that the caller has written from a frame and that need not be read again.
    When something has changed, the version goes one on and the date is today's, unless they are given.
    """
    recorded = []
    problems: list[Problem] = []
    for resource in descriptor["resources"]:
        content = contents.get(resource["path"])
        try:
            recorded.append(resource if content is None else {**resource, **_computed(resource, content, rows or {})})
        except DataError as failure:
            problems += failure.problems
    if problems:
        raise DataError(problems)
    changed = [each.get("hash") for each in descriptor["resources"]] != [each.get("hash") for each in recorded]
    today = datetime.now(UTC).date().isoformat()
    return {
        **descriptor,
        "$schema": PROFILE,
        "version": version or (next_version(descriptor["version"], today) if changed else descriptor["version"]),
        "created": _moment(created or (today if changed else descriptor["created"])),
        "resources": recorded,
    }


def _computed(resource: Described, content: bytes, rows: Mapping[str, pd.DataFrame]) -> Described:
    """What a descriptor says of a file that can be computed from it; :class:`DataError` if it breaks its contract."""
    recorded = {"bytes": len(content), "hash": content_hash(content)}
    if is_raw(resource):
        return recorded
    contract = contract_of(resource["name"], resource["path"])
    path = resource["path"]
    typed(rows[path] if path in rows else cells(content, path), contract, path)  # only what keeps it is recorded
    return {
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **recorded,
        "schema": contract.table_schema(),
    }


def next_version(version: str, today: str) -> str:
    """The version after ``version``: year, month and a number that begins anew each month.

    >>> next_version("2026.11.1", "2026-11-30"), next_version("2026.11.4", "2026-12-01")
    ('2026.11.2', '2026.12.1')
    >>> next_version("2026.12.3", "2026-11-30"), next_version("draft", "2026-11-30")
    ('2026.12.4', '2026.11.1')
    """
    year, month = map(int, today.split("-")[:2])
    last = [int(part) for part in version.split(".") if part.isdecimal()]
    # A clock that was set back must not lead to a version again that is out already.
    year, month, number = last if len(last) == 3 and last >= [year, month] else (year, month, 0)
    return f"{year}.{month}.{number + 1}"


def _moment(date: str) -> str:
    """A date as the standard wants the time of creation: with a time of day."""
    return date if "T" in date else f"{date}T00:00:00Z"
