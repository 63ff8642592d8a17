"""The data that pages for the public are made from: a copy in which what must not be shown is not there.

It is made once for each version of the data, before any chapter runs, and lies in ``releases/<version>/data`` of the
outputs beside the ledger of what is out.  Chapters, documents and downloads open this copy and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from socsvc_analysis.datapackage import PUBLIC, Package, open_package, read_verified
from socsvc_analysis.files import sha256, write_whole
from socsvc_analysis.report.inputs import library_hash
from socsvc_analysis.report.production import RunError
from socsvc_analysis.report.site import Documents
from socsvc_analysis.schema import DataError, Problem

if TYPE_CHECKING:
    from socsvc_analysis.disclosure.figures import Shown


class HeldBack(RunError):
    """A site that would tell a small number of people."""


RELEASES = "releases"
RECORD = "returns.json"
"""What was shown of a version, in its folder of the releases."""
MADE_FROM = ".made_from.json"
"""Which data each copy was made from, in the folder of the outputs: a hash of true numbers stays out of the copy."""


def for_pages(package: Package, output: Path) -> tuple[Package, Shown | None]:
    """``package`` itself where nothing in it is restricted; else the copy of it that the public may see.

    Also returns what is shown of it, where that had to be computed.

    What is shown and hidden is recorded in the ledger ``output/releases``.  Raises :class:`HeldBack` where protection
    cannot be had, and :class:`~socsvc_analysis.schema.DataError` for a ledger that is damaged, lacks a version that was
    released here, or says otherwise of this version.
    """
    if package.audience != PUBLIC or not any(_has_rows(package, name) for name in package.restricted):
        return package, None
    _refuse_what_is_lost(output / RELEASES, _made_from(output))
    folder = output / RELEASES / package.version / "data"
    made_from = sha256(f"{package.fingerprint[2]} {library_hash()}".encode())
    try:
        made = open_package(folder, PUBLIC)
    except DataError:
        made = None
    if made is not None and _made_from(output).get(package.version) == made_from:
        return made, None
    # To hide numbers takes far more than to find out that there are none to hide.
    from socsvc_analysis.report.public_copy import write_copy

    shown = what_is_shown(package, output)
    write_copy(folder, package, shown)
    write_whole(output / MADE_FROM, json.dumps({**_made_from(output), package.version: made_from}, indent=1).encode())
    return open_package(folder, PUBLIC), shown


def _refuse_what_is_lost(releases: Path, versions: Iterable[str]) -> None:
    """Raise :class:`DataError` where the record is gone of a version that was released from this folder."""
    said = "is gone: readers have what it said, and later versions must be attacked with it; restore it from a copy"
    lost = [each for each in versions if not (releases / each / RECORD).is_file() and _tells(releases / each / "data")]
    if lost:
        raise DataError(Problem(f"{releases.name}/{version}/{RECORD}", said) for version in lost)


def _tells(copy: Path) -> bool:
    """Whether a copy for the public tells a number of people, as far as it is there to say so."""
    from socsvc_analysis.report.public_copy import SUMS_FILE

    try:
        return len((copy / SUMS_FILE).read_bytes().splitlines()) > 1
    except OSError:
        return True


def what_is_shown(package: Package, output: Path) -> Shown:
    """What the public may see of ``package``, as the ledger has it or is to have it from now on."""
    from socsvc_analysis.disclosure.protection import Leak
    from socsvc_analysis.observations.protection import for_public
    from socsvc_analysis.reference import open_reference

    try:
        return for_public(package, open_reference(package), output / RELEASES)
    except Leak as failure:
        raise HeldBack(str(failure)) from None


def _made_from(output: Path) -> dict[str, str]:
    """Which data the copy of each version was made from; what cannot be read is made again."""
    try:
        said: dict[str, str] = json.loads((output / MADE_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said


def refuse_leaks(
    documents: Documents, package: Package, public: Package, output: Path, shown: Shown | None = None
) -> None:
    """Raise :class:`HeldBack` when the files of a site give away what ``public`` hides of ``package``.

    Where nothing is restricted the two are one, and nothing is looked for.  ``shown`` is what is shown of the package,
    where that is known.
    """
    if package is public:
        return
    from socsvc_analysis.report.gatekeeping import MOST_SAID, given_away

    files = {path: bytes(content) for path, content in documents.items()}
    found = given_away(files, package, shown or what_is_shown(package, output))
    if found:
        more = f"; and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
        raise HeldBack(f"Nothing was published: {'; '.join(found[:MOST_SAID])}{more}.")


def _has_rows(package: Package, name: str) -> bool:
    content = read_verified(package.path.parent, {**package.resource(name)})
    return len(content.splitlines()) > 1
