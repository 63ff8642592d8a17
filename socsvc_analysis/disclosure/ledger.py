"""The ledger of releases: what has been shown and hidden of each version of the data, kept for good.

It holds only what readers were shown, and which numbers were hidden; never a hidden number.  The same version is shown
in the same way again; a new version is protected and attacked together with all that is out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.earlier_releases import Version
from socsvc_analysis.disclosure.primary import THRESHOLD
from socsvc_analysis.disclosure.protection import Protected, protected, shown_again
from socsvc_analysis.disclosure.release import COUNT
from socsvc_analysis.files import sha256, write_whole
from socsvc_analysis.schema import DataError, Problem

__all__ = ["earlier_rows", "released"]

NAME = re.compile(r"[\w.-]+")


def released(
    folder: Path,
    dataset: str,
    version: str,
    counts: pd.DataFrame,
    design: Design,
    *,
    holder: str = "",
    by: Sequence[str] = (),
    threshold: int = THRESHOLD,
    known: pd.DataFrame | None = None,
    record: bool = True,
) -> Protected:
    """The protected counts of ``version``: as the ledger in ``folder`` has them, else protected now and recorded.

    Every earlier version of ``dataset`` in the ledger is taken as out, and so are the rows of ``known``, which readers
    have from elsewhere.  Without ``record`` nothing is written: the version is only looked at.  Raises
    :class:`~socsvc_analysis.schema.DataError` when the ledger is damaged, or says of this version what the counts do
    not; :class:`~socsvc_analysis.disclosure.protection.Leak` when what is out gives something away.
    """
    file = _file(folder, dataset, version)
    if file.exists():
        recorded = _read(file).rows
        same_columns = {*by, *design.columns, COUNT} == {*recorded}
        made = shown_again(counts, design, recorded, by=by, threshold=threshold) if same_columns else None
        if made is None or not _same(recorded, made.frame):
            said = (
                "was released with other numbers or another design; what changes is a new version: "
                "check --record makes it for other numbers, for another design write it into datapackage.json"
            )
            raise DataError([Problem(file.name, said, value=version)])
        return made
    versions = _versions(folder, dataset, version)
    made = protected(counts, design, holder=holder, by=by, threshold=threshold, out=known, versions=versions)
    if record:
        _write(file, dataset, version, made.frame, counts[[*by, *design.columns]])
    return made


def earlier_rows(folder: Path, dataset: str, version: str = "") -> pd.DataFrame:
    """All rows of ``dataset`` that are out, of every version but ``version``; ``count`` is missing where hidden."""
    pieces = [each.rows for each in _versions(folder, dataset, version)]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()


def _versions(folder: Path, dataset: str, version: str) -> list[Version]:
    files = sorted(folder.glob(f"*/{dataset}.json"))
    return [_read(file) for file in files if not version or file.parent.name != version]


def _file(folder: Path, dataset: str, version: str) -> Path:
    wrong = [name for name in (dataset, version) if not NAME.fullmatch(name) or name.startswith(".")]
    if wrong:
        raise DataError(Problem("release", "cannot name a release", value=name) for name in wrong)
    return folder / version / f"{dataset}.json"


def _write(file: Path, dataset: str, version: str, frame: pd.DataFrame, parts: pd.DataFrame) -> None:
    """Record a release at once or not at all: its rows, and of which finest cells (without counts) they are made."""
    columns = list(frame.columns)
    rows = [[None if pd.isna(value) else _plain(value) for value in row] for row in frame.to_numpy(object)]
    made_of = [list(parts.columns), *sorted([str(value) for value in row] for row in parts.to_numpy(object))]
    said = {"columns": columns, "rows": rows, "parts": made_of}
    record = {"dataset": dataset, "version": version, "sha256": _hash(columns, rows, made_of), **said}
    write_whole(file, json.dumps(record, ensure_ascii=False, indent=0).encode(), lasting=True)


def _read(file: Path) -> Version:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        columns, rows, made_of = record["columns"], record["rows"], record.get("parts")
        sound = record["sha256"] == _hash(columns, rows, made_of)
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        said = "is damaged: what is out is not known, so nothing can be released; restore it from a copy"
        raise DataError([Problem(f"{file.parent.name}/{file.name}", said)])
    parts = None if made_of is None else pd.DataFrame(made_of[1:], columns=made_of[0])
    return Version(pd.DataFrame(rows, columns=columns).astype({COUNT: "Int64"}), parts)


def _same(recorded: pd.DataFrame, frame: pd.DataFrame) -> bool:
    def rows(of: pd.DataFrame) -> set[tuple[object, ...]]:
        return {
            tuple(None if pd.isna(value) else _plain(value) for value in row)
            for row in of.reindex(columns=list(frame.columns)).to_numpy(object)
        }

    return list(recorded.columns) == list(frame.columns) and rows(recorded) == rows(frame)


def _plain(value: object) -> object:
    return int(value) if hasattr(value, "__index__") else str(value)


def _hash(columns: Sequence[str], rows: Sequence[Sequence[object]], made_of: Sequence[Sequence[str]] | None) -> str:
    said = [columns, rows] if made_of is None else [columns, rows, made_of]  # earlier releases did not record them
    return sha256(json.dumps(said, ensure_ascii=False).encode())
