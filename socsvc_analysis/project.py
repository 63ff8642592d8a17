"""Where things are: the project one works in, and the notebooks and open data that travel with the package.

A project is a folder with ``data/datapackage.json``: a checkout, or what ``socsvc new`` has laid out.  Outside of one
the data and notebooks of the package are read where they lie, and what is made goes to the present folder.

Only Python's own library is imported: the build of the package looks here, too.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

DATA = "data/datapackage.json"
NOTEBOOKS = "notebooks"
LIBRARY = Path(__file__).resolve().parent
SHIPPED = LIBRARY / "shipped"
"""Notebooks and data in an installed package; a checkout has them beside the library."""


@dataclass(frozen=True)
class Project:
    """The folder one works in, the data and notebooks that are used in it, and whether the data are its own."""

    folder: Path
    data: Path
    notebooks: Path
    own: bool

    @property
    def outputs(self) -> Path:
        """Where what is made goes."""
        return self.folder / "outputs"


def origin() -> Path:
    """The folder of the notebooks and data that belong to this library."""
    return SHIPPED if SHIPPED.is_dir() else LIBRARY.parent


def here() -> Project:
    """The project of the present folder or of one above it; else that of the checkout; else what the package has.

    A project without notebooks of its own uses those of the library.
    """
    present, first = Path.cwd(), origin()
    for folder in (present, *present.parents):
        if (folder / DATA).is_file():
            own = folder / NOTEBOOKS
            return Project(folder, folder / DATA, own if own.is_dir() else first / NOTEBOOKS, own=True)
    installed = first == SHIPPED
    return Project(present if installed else first, first / DATA, first / NOTEBOOKS, own=not installed)


def not_for_everybody(folder: Path) -> list[str]:
    """What must not be handed on with the notebooks and data in ``folder``, as sentences; empty when nothing.

    Restricted rows, files that the description of the data does not name, and what notebooks showed when they were run
    stay where they are.
    """
    data = (folder / DATA).parent
    resources = json.loads((folder / DATA).read_text(encoding="utf-8"))["resources"]
    described = {Path(DATA).name, *(each["path"] for each in resources)}
    files = {file.relative_to(data).as_posix(): file for file in sorted(data.rglob("*")) if file.is_file()}
    return [
        *(
            f"data/{each['path']} is {each['access']} and has rows"
            for each in resources
            if each["access"] != "open" and _has_rows(data / each["path"])
        ),
        *(
            f"data/{path} is not described in datapackage.json"
            for path, file in files.items()
            if path not in described and not path.startswith(".") and not file.match("mappings/*.toml")
        ),
        *(
            f"{NOTEBOOKS}/{file.name} holds what its cells showed; clear all outputs"
            for file in sorted((folder / NOTEBOOKS).glob("*.ipynb"))
            if any(cell.get("outputs") for cell in json.loads(file.read_text(encoding="utf-8"))["cells"])
        ),
    ]


def _has_rows(file: Path) -> bool:
    """Whether a file has more than the heading of a table."""
    if file.suffix != ".csv":
        return True
    with file.open(encoding="utf-8-sig", newline="") as text:
        return len(list(csv.reader(text))) > 1
