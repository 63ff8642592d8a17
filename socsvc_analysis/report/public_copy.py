"""A copy of the data in which what must not be shown is not there, and nothing tells what it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from socsvc_analysis import tables
from socsvc_analysis.datapackage import (
    PROTECTED,
    Package,
    read_verified,
    rows_as_csv,
)
from socsvc_analysis.descriptor import described_anew
from socsvc_analysis.disclosure.figures import Shown
from socsvc_analysis.files import json_bytes
from socsvc_analysis.observations import IDENTITY
from socsvc_analysis.report.received_names import marks_of, names_of_figures, renamed

CORRECTIONS = "corrections"
SUMS_FILE = tables.OBSERVATION_FOLDER + tables.RELEASED.name + ".csv"


def write_copy(folder: Path, package: Package, shown: Shown) -> None:
    """Write to ``folder`` what the public may see of ``package``, wholly or not at all."""
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    contents = _contents(package, shown)
    changed = {path: content for path, (content, is_changed) in contents.items() if is_changed}
    resources = [
        {**package.resource(name), "access": PROTECTED} if name in package.restricted else package.resource(name)
        for name in package.tables()
    ]
    resources.append(
        {"name": tables.RELEASED.name, "path": SUMS_FILE, "title": tables.RELEASED.title, "access": PROTECTED}
    )
    try:
        for path, (content, _) in contents.items():
            file = unfinished / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        descriptor = {**package.descriptor, "resources": resources}
        described = described_anew(descriptor, changed, version=package.version, created=descriptor["created"])
        (unfinished / package.path.name).write_bytes(json_bytes(described))
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _contents(package: Package, shown: Shown) -> dict[str, tuple[bytes, bool]]:
    """The files of the copy by path, and whether each differs from the one that it is a copy of."""
    protected = dict(_protected(package, shown))
    received = package.table("received_files") if "received_files" in package.names() else None
    marks = marks_of(received) if received is not None else {}
    telling = [package.table(name) for name in package.tables() if name in (*tables.RECORDS, "published_states")]
    figures = names_of_figures([shown.figures, *telling], marks)
    found = {SUMS_FILE: (renamed(protected[SUMS_FILE].decode(), marks, figures).encode(), True)}
    for name in package.tables():
        path = package.file(name)
        before = read_verified(package.path.parent, package.resource(name))
        now = protected.get(path, before)
        now = renamed(now.decode("utf-8"), marks, figures).encode() if marks else now
        found[path] = (now, now != before)
    return found


def _protected(package: Package, shown: Shown) -> Iterator[tuple[str, bytes]]:
    """The files that hold restricted numbers, without those that are hidden and in an order that tells none of them."""
    yield SUMS_FILE, rows_as_csv(shown.sums[list(tables.RELEASED.columns)])
    if CORRECTIONS in package.names():  # only an import reads them, and they say numbers of received files
        yield package.file(CORRECTIONS), rows_as_csv(package.table(CORRECTIONS).iloc[:0])
    for name in package.restricted:
        path, contract = package.file(name), tables.contract_for(name)
        if name in tables.RECORDS:
            rows = package.table(name)
            numbers = [field.name for field in contract.fields if field.type == "number"]
            rows = rows.assign(**dict.fromkeys(numbers, float("nan")))
        else:
            rows = shown.figures[shown.figures["file"] == path]
        order = [column for column in (*IDENTITY, "source") if column in rows]
        yield path, rows_as_csv(rows.sort_values(order, kind="stable")[list(contract.columns)])
