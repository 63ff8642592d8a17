"""The data package: which files there are, what they hold, and proof that they are unchanged.

``data/datapackage.json`` follows the Data Package standard (version 2) with a Table Schema for each file.  Every file
is compared with its recorded size and SHA-256 before it is read, so a figure on a page is always the figure that was
described and cited.
"""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socsvc_analysis import journal, tables
from socsvc_analysis.files import csv_bytes, leads_outside, sha256
from socsvc_analysis.project import DATA, here
from socsvc_analysis.schema import HEADER_ROWS, DataError, Problem, Table, nearest, typed

if TYPE_CHECKING:  # slow to import, and a run in which nothing has changed only compares hashes
    import pandas as pd

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
AUDIENCES = PUBLIC, INTERNAL = ("public", "internal")
PROTECTED = "protected"
"""The access of a resource that was restricted, in the edition of the data that pages for the public are made from."""
REQUIRED = ("name", "version", "created", "resources")
RESOURCE_REQUIRED = ("name", "path", "access")
Described = dict[str, Any]
"""A part of a descriptor as JSON holds it: a Data Package may say more than we know of."""
REMEMBERED = 2**20
"""Bytes up to which the rows of a file are kept for whoever opens the same file again."""


@dataclass(frozen=True)
class Package:
    """An opened data package: the descriptor and where it lies."""

    path: Path
    descriptor: Described = field(repr=False)
    audience: str = PUBLIC  # for whom it was opened

    @property
    def version(self) -> str:
        """Version of the data, as the descriptor says it."""
        version: str = self.descriptor["version"]
        return version

    @property
    def created(self) -> str:
        """ISO date on which this version of the data was recorded."""
        created: str = self.descriptor["created"]
        return created[: len("2024-01-31")]

    @property
    def synthetic(self) -> bool:
        """Whether the numbers are invented; pages then say so."""
        return bool(self.descriptor.get("synthetic", False))

    @property
    def restricted(self) -> tuple[str, ...]:
        """Names of the resources whose small numbers may not be shown to the public."""
        return tuple(name for name in self.tables() if self.resource(name)["access"] == "restricted")

    @property
    def protected(self) -> tuple[str, ...]:
        """Names of the resources in which disclosure control has hidden what the public may not see."""
        return tuple(name for name in self.tables() if self.resource(name)["access"] == PROTECTED)

    @property
    def hash(self) -> str:
        """SHA-256 over all files' hashes: equal data, equal hash."""
        hashes = sorted(f"{each['path']} {each['hash']}" for each in self.descriptor["resources"])
        return sha256("\n".join(hashes).encode())

    @cached_property
    def fingerprint(self) -> tuple[str, ...]:
        """What tells this package from another: where it lies, for whom it was opened, and all that it says."""
        described = sha256(json.dumps(self.descriptor, sort_keys=True).encode())
        return (os.path.abspath(self.path), self.audience, described)

    def names(self, folder: str = "") -> list[str]:
        """Names of the resources whose file lies in ``folder`` (all when empty), in the descriptor's order."""
        return [each["name"] for each in self.descriptor["resources"] if each["path"].startswith(folder)]

    def tables(self) -> list[str]:
        """Names of the resources that are tables; the others are files as received, kept in ``raw/``."""
        return [each["name"] for each in self.descriptor["resources"] if not is_raw(each)]

    def file(self, name: str) -> str:
        """The path of resource ``name`` as the descriptor says it, for messages."""
        path: str = self.resource(name)["path"]
        return path

    def table(self, name: str) -> pd.DataFrame:
        """The rows of resource ``name``, verified against the descriptor and typed by its contract.

        Whoever asks gets a frame of their own: what they change in it nobody else sees (pandas copies on write).

        Raises :class:`~socsvc_analysis.schema.DataError` when the file is missing, differs from what the descriptor
        recorded, or breaks its contract.
        """
        resource = self.resource(name)
        content = read_verified(self.path.parent, resource)
        if len(content) > REMEMBERED:
            return _read(content, name, resource["path"])
        return _rows_of(content, name, resource["path"]).copy(deep=False)

    def resource(self, name: str) -> Described:
        """What the descriptor says of resource ``name``; a name that it does not have is an error."""
        resources: list[Described] = self.descriptor["resources"]
        for each in resources:
            if each["name"] == name:
                return each
        raise DataError(
            [
                Problem(
                    self.path.name,
                    "is not a resource of the data package",
                    value=name,
                    nearest=nearest(name, self.names()),
                )
            ]
        )


@lru_cache(maxsize=128)
def _rows_of(content: bytes, name: str, file: str) -> pd.DataFrame:
    """The rows of verified content, read once; never handed out itself."""
    return _read(content, name, file)


def _read(content: bytes, name: str, file: str) -> pd.DataFrame:
    return typed(cells(content, file), contract_of(name, file), file)


def contract_of(name: str, file: str) -> Table:
    """What resource ``name`` must look like; an error where it lies outside of ``observations/`` and nobody said it."""
    if name not in tables.BY_NAME and not file.startswith(tables.OBSERVATION_FOLDER):
        said = "is the name of no table: say in socsvc_analysis/tables/ which columns it has"
        raise DataError([Problem(file, said, value=name, nearest=nearest(name, tables.BY_NAME))])
    return tables.contract_for(name)


def open_package(path: str | Path = DATA, audience: str = PUBLIC) -> Package:
    """The data package described at ``path`` (the file ``datapackage.json`` or its folder).

    Every file is verified at once, so that a change is seen before anything is computed.  For the ``public`` audience
    :func:`~socsvc_analysis.observations.open_observations` hides what may not be shown of restricted resources; a
    restricted reference table is refused, because its cells have no such rule.
    """
    if audience not in AUDIENCES:
        said = f"is not a known audience (known: {', '.join(AUDIENCES)})"
        raise DataError([Problem("audience", said, value=audience, nearest=nearest(audience, AUDIENCES))])
    path = found(Path(path))
    if not path.is_file():
        raise DataError(
            [Problem(str(path), "the data package is not there; name another: --data PATH, in Python open_data(path)")]
        )
    journal.recover(path.parent)
    descriptor = described_in(path)
    package = Package(path, descriptor, audience)
    problems: list[Problem] = []
    for resource in descriptor["resources"]:
        try:
            read_verified(path.parent, resource)
        except DataError as failure:
            problems += failure.problems
    if audience == "public":
        problems += [
            Problem(package.file(name), "is restricted and cannot be shown to the public; run with audience=internal")
            for name in package.restricted
            if not package.file(name).startswith(tables.OBSERVATION_FOLDER) and name not in tables.RECORDS
        ]
    if problems:
        raise DataError(problems)
    return package


def described_in(path: Path) -> Described:
    """The descriptor in ``path`` with all its parts, else :class:`DataError` naming what is missing."""
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as failure:
        row = getattr(failure, "lineno", None)
        raise DataError([Problem(path.name, f"is not readable JSON ({failure})", row=row)]) from failure
    if not isinstance(descriptor, dict):
        raise DataError([Problem(path.name, "is not the descriptor of a data package")])
    problems = [
        Problem(path.name, "the descriptor does not have this", column=key) for key in REQUIRED if key not in descriptor
    ]
    problems += [
        Problem(path.name, "a resource does not have this", column=key, value=str(resource.get("name", number)))
        for number, resource in enumerate(descriptor.get("resources", []), start=1)
        for key in RESOURCE_REQUIRED
        if key not in resource
    ]
    if problems:
        raise DataError(problems)
    return descriptor


def found(path: Path) -> Path:
    """The descriptor at ``path``, seen from the present folder or, for a notebook opened in its own, from above.

    The path that notebooks and commands have by themselves names the data of the project, wherever one works.
    """
    candidates = [path] if path.is_absolute() else [path, Path("..") / path]
    for candidate in candidates:
        file = candidate / "datapackage.json" if candidate.is_dir() else candidate
        if file.exists():
            return file
    return here().data if path == Path(DATA) else path


def read_verified(folder: Path, resource: Described) -> bytes:
    """The bytes of one resource, exactly as the descriptor recorded them, else :class:`DataError` with both hashes."""
    file: Path = folder / resource["path"]
    if leads_outside(folder, resource["path"]):
        raise DataError([Problem(resource["path"], "lies outside the folder of the data package")])
    if not file.exists():
        raise DataError([Problem(resource["path"], "the file is missing")])
    content = file.read_bytes()
    found = content_hash(content)
    if found != resource.get("hash"):
        raise DataError(
            [
                Problem(
                    resource["path"],
                    "differs from what datapackage.json recorded: "
                    f"sha256 expected {resource.get('hash')}, found {found}, "
                    f"bytes expected {resource.get('bytes')}, found {len(content)}; "
                    "after a deliberate edit record it with: socsvc check --record",
                )
            ]
        )
    return content


def cells(content: bytes, file: str) -> pd.DataFrame:
    r"""The cells of a CSV file, all as text, exactly as they stand.

    Raises :class:`~socsvc_analysis.schema.DataError` when the file is not UTF-8, names a column twice, or has rows with
    fewer or more cells than the heading: nothing is filled in and nothing is moved to another column.

    >>> cells(b"code,name\n0031010,NA\n", "places.csv").to_dict("records")
    [{'code': '0031010', 'name': 'NA'}]
    >>> cells(b"code,name\n0031010\n", "places.csv")
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      places.csv, row 2: has 1 cell, the heading has 2
    """
    try:
        text = content.decode("utf-8-sig")  # with or without the mark that spreadsheets write
    except UnicodeDecodeError as failure:
        line = content[: failure.start].count(b"\n") + 1
        raise DataError([Problem(file, "is not UTF-8 text; save the file as CSV UTF-8", row=line)]) from failure
    heading, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    problems = [
        Problem(file, "the column is there twice", column=name)
        for name in dict.fromkeys(heading)
        if heading.count(name) > 1
    ] + [
        Problem(
            file,
            f"has {len(row)} {'cell' if len(row) == 1 else 'cells'}, the heading has {len(heading)}",
            row=at + HEADER_ROWS + 1,
        )
        for at, row in enumerate(rows)
        if len(row) != len(heading)
    ]
    if problems:
        raise DataError(problems)
    columns = zip(*rows, strict=True) if rows else [()] * len(heading)
    import pandas as pd

    return pd.DataFrame(dict(zip(heading, map(list, columns), strict=True)), columns=heading, dtype=str)


def rows_as_csv(frame: pd.DataFrame) -> bytes:
    """Rows as files of a package hold them; what is written can be read.

    >>> import pandas as pd
    >>> rows_as_csv(pd.DataFrame({"place": ["Auce", "Bauska"], "value": [2.0, float("nan")]}))
    b'place,value\\nAuce,2\\nBauska,\\n'
    """
    numbers = frame.select_dtypes("number").columns
    text = frame.assign(**{name: frame[name].map(number_text) for name in numbers})
    content = csv_bytes([list(text), *text.itertuples(index=False)])
    cells(content, "rows")
    return content


def number_text(value: float) -> str:
    """A number as data files write it: without decimals where it is whole, empty where it is unknown.

    >>> number_text(2.0), number_text(0.5), number_text(float("nan"))
    ('2', '0.5', '')
    """
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def is_raw(resource: Described) -> bool:
    """Whether the resource is a file as received, and no table."""
    path: str = resource["path"]
    return path.startswith(tables.RAW_FOLDER)


def content_hash(content: bytes) -> str:
    """The hash of one file, as a descriptor says it."""
    return "sha256:" + sha256(content)
