"""What an import would pass over in a file that was fetched: whoever fetches it hears of it then, not only later."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from socsvc_analysis.datapackage import Package
from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError, counted


def not_read(files: Iterable[Path], package: Package) -> list[str]:
    """Sentences about the columns of the files that nobody knows, or why one cannot be imported as it is."""
    return [said for each in files for said in _of(each, open_reference(package), package.path.parent)]


def _of(path: Path, reference: Reference, folder: Path) -> list[str]:
    try:
        tables = read_tables(path, reference, folder)
    except DataError as failure:
        return [f"Cannot be imported as it is: {'; '.join(map(str, failure.problems))}."]
    return [
        f"{table.file}: {counted(len(table.unmatched), 'column')} not known here, which may qualify its numbers: "
        f"{', '.join(map(repr, table.unmatched))}."
        for table in tables
        if table.unmatched
    ]
