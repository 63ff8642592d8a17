"""What an import would pass over in a file that was fetched: whoever fetches it hears of it then, not only later."""

from __future__ import annotations

from pathlib import Path

from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, counted


def not_read(path: Path, reference: Reference, folder: Path) -> list[str]:
    """Sentences about the columns of the file at ``path`` that nobody knows, or why it cannot be imported as it is."""
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
