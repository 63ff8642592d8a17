"""The data that pages for the public are made from: a copy in which what must not be shown is not there.

It is made once for each version of the data, before any chapter runs, and lies in ``releases/<version>/data`` of the
outputs beside the ledger of what is out.  Chapters, documents and downloads open this copy and nothing else.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from socsvc_analysis import tables
from socsvc_analysis.datapackage import (
    PROTECTED,
    PUBLIC,
    Package,
    described_anew,
    descriptor_bytes,
    open_package,
    read_verified,
    rows_as_csv,
)
from socsvc_analysis.files import sha256
from socsvc_analysis.report.inputs import library_hash
from socsvc_analysis.report.production import RunError
from socsvc_analysis.report.site import Documents
from socsvc_analysis.schema import DataError

if TYPE_CHECKING:
    from socsvc_analysis.disclosure.figures import Shown


class HeldBack(RunError):
    """A site that would tell a small number of people."""


RELEASES = "releases"
MADE_FROM = "made_from"
SUMS_FILE = tables.OBSERVATION_FOLDER + tables.RELEASED.name + ".csv"


def public_package(package: Package, output: Path) -> Package:
    """``package`` itself where nothing in it is restricted; else the copy of it that the public may see.

    What is shown and hidden is recorded in the ledger ``output/releases``.  Raises :class:`HeldBack` where protection
    cannot be had, and :class:`~socsvc_analysis.schema.DataError` for a ledger that is damaged or says otherwise of this
    version.
    """
    if package.audience != PUBLIC or not any(_has_rows(package, name) for name in package.restricted):
        return package
    folder = output / RELEASES / package.version / "data"
    made_from = sha256(f"{package.fingerprint[2]} {library_hash()}".encode())
    try:
        made = open_package(folder, PUBLIC)
    except DataError:
        made = None
    if made is not None and made.descriptor.get(MADE_FROM) == made_from:
        return made
    from socsvc_analysis.disclosure.protection import Leak
    from socsvc_analysis.observations.audience import for_public
    from socsvc_analysis.reference import open_reference

    try:
        shown = for_public(package, open_reference(package), output / RELEASES)
    except Leak as failure:
        raise HeldBack(str(failure)) from None
    _write(folder, package, shown, made_from)
    return open_package(folder, PUBLIC)


def refuse_leaks(documents: Documents, package: Package, public: Package, output: Path) -> None:
    """Raise :class:`HeldBack` when the files of a site give away what ``public`` hides of ``package``.

    Where nothing is restricted the two are one, and nothing is looked for.
    """
    if package is public:
        return
    from socsvc_analysis.observations.audience import for_public
    from socsvc_analysis.reference import open_reference
    from socsvc_analysis.report.gatekeeping import MOST_SAID, given_away

    shown = for_public(package, open_reference(package), output / RELEASES)
    # Downloads are written by the library alone from the copy; their rows of other measures would be false alarms.
    read = {path: bytes(content) for path, content in documents.items() if not path.startswith("data/")}
    found = given_away(read, package, shown)
    if found:
        more = f"; and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
        raise HeldBack(f"Nothing was published: {'; '.join(found[:MOST_SAID])}{more}.")


def _has_rows(package: Package, name: str) -> bool:
    content = read_verified(package.path.parent, {**package.resource(name)})
    return len(content.splitlines()) > 1


def _write(folder: Path, package: Package, shown: Shown, made_from: str) -> None:
    """Write the copy wholly or not at all."""
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    changed = _changed(package, shown)
    resources = []
    try:
        for name in package.tables():
            resource = package.resource(name)
            file = unfinished / resource["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(changed.get(resource["path"]) or read_verified(package.path.parent, resource))
            resources.append({**resource, "access": PROTECTED} if name in package.restricted else resource)
        (unfinished / SUMS_FILE).write_bytes(changed[SUMS_FILE])
        resources.append(
            {"name": tables.RELEASED.name, "path": SUMS_FILE, "title": tables.RELEASED.title, "access": PROTECTED}
        )
        descriptor = {**package.descriptor, "resources": resources, MADE_FROM: made_from}
        described = described_anew(descriptor, changed, version=package.version, created=descriptor["created"])
        (unfinished / package.path.name).write_bytes(descriptor_bytes(described))
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _changed(package: Package, shown: Shown) -> dict[str, bytes]:
    """The files of the copy that differ, by path."""
    contents = {SUMS_FILE: rows_as_csv(shown.sums[list(tables.RELEASED.columns)])}
    for name in package.restricted:
        path, contract = package.file(name), tables.contract_for(name)
        if name in tables.RECORDS:
            rows = package.table(name)
            numbers = [field.name for field in contract.fields if field.type == "number"]
            rows = rows.assign(**dict.fromkeys(numbers, float("nan")))
        else:
            rows = shown.figures[shown.figures["file"] == path]
        contents[path] = rows_as_csv(rows[list(contract.columns)])
    return contents
