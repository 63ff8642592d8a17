"""Taking a received file into the data package: figures, raw file, log and descriptor change together or not at all."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from socsvc_analysis import journal, tables
from socsvc_analysis.codes import records
from socsvc_analysis.datapackage import INTERNAL, Package, cells, number_text, open_package
from socsvc_analysis.descriptor import described_anew
from socsvc_analysis.files import csv_bytes, json_bytes, sha256
from socsvc_analysis.intake.change import Change, ReceivedFile, short_name
from socsvc_analysis.intake.letter import Letter
from socsvc_analysis.intake.outcome import ALL_ACCEPTED, ImportReport, refused, reported
from socsvc_analysis.intake.personal import PersonalData, masked
from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.intake.result import ImportResult, Spelled
from socsvc_analysis.intake.rules import Refused, apply_rules
from socsvc_analysis.intake.unknown_names import unknown_names
from socsvc_analysis.observations import open_observations
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError, Problem, nearest, unknown_references
from socsvc_analysis.sentences import Sentence as sentence


def import_file(
    path: str | Path,
    package_path: str | Path,
    *,
    output: Path,
    access: str = "restricted",
    dry_run: bool = False,
    replaces: str = "",
    adds: bool = False,
    today: dt.date,
) -> ImportReport:
    """Take the file at ``path`` into the package at ``package_path``; rejected rows go to a folder in ``output``.

    A file that was imported before changes nothing; a number that an earlier file gave otherwise is replaced, and the
    change recorded.  What an earlier file of the same name and folder said and this one no longer says is withdrawn;
    where the earlier one came from another folder the file is asked back, unless it is said whether it ``replaces`` a
    file of a given name or ``adds`` to what there is.  What is wrong with the file is in the report.  Raises
    :class:`~socsvc_analysis.journal.Busy` when another import is going, and
    :class:`~socsvc_analysis.schema.DataError` when the package itself is broken.
    """
    path = Path(path)
    package = open_package(package_path, INTERNAL)
    if not path.is_file():
        said = sentence("refusal_folder" if path.is_dir() else "refusal_no_file")
        return refused(path, [Problem(masked(path.name), said)])
    try:
        name = os.fsencode(path.name).decode("utf-8")  # the system may take it for letters of another encoding
        file = ReceivedFile(name, path.read_bytes(), sender_of(path), access, replaces, adds)
    except UnicodeDecodeError:
        return refused(Path(ascii(path.name)[1:-1]), [Problem(ascii(path.name), sentence("refusal_name"))])
    except OSError as failure:
        said = sentence("refusal_not_opened", failure=failure.strerror or failure)
        return refused(path, [Problem(masked(path.name), said)])
    path = path.with_name(name)
    if dry_run:
        return _with_names(_import(path, file, package, Letter(None), today), package.path)
    folder = output / "import" / f"{short_name(masked(path.name))}-{file.sender}"
    with journal.changing(package.path.parent):
        return _with_names(
            _import(path, file, open_package(package.path, INTERNAL), Letter(folder), today), package.path
        )


def _with_names(report: ImportReport, package: Path) -> ImportReport:
    """The report with every name that is not known, once and with the line that makes it known."""
    if report.code == ALL_ACCEPTED:
        return report
    return replace(
        report,
        unknown=Spelled(lambda: unknown_names(report.problems, open_reference(open_package(package, INTERNAL)))),
    )


def sender_of(path: Path) -> str:
    """A mark of the folder that a file came from: files of one name from two offices are two files."""
    return sha256(str(path.resolve().parent).encode("utf-8", errors="replace"))[:8]


def _import(path: Path, file: ReceivedFile, package: Package, letter: Letter, today: dt.date) -> ImportReport:
    reference = open_reference(package)
    try:
        result, source = _understood(path, file, package, reference, today)
        change = Change(package, file, source, today, result)
        change.refuse_unclear()
    except Refused as failure:
        return _refused(path, failure.problems, letter, failure.result)
    except PersonalData as failure:
        return refused(path, failure.problems)
    except DataError as failure:
        return _refused(path, failure.problems, letter)
    except Exception as failure:  # a fault of this program must not stop the import of the other files
        return refused(path, [Problem(masked(path.name), sentence("refusal_fault", failure=type(failure).__name__))])
    before = reference.received_files[reference.received_files["sha256"] == file.sha256]
    unchanged = len(before) > 0 and not change.added and not change.replaced
    dry_run = letter.folder is None
    try:
        # The letter is made ready first: what is told of it must be true whatever fails.
        letter.prepare(path.name, result.problems if result.rows_rejected else (), result)
        if not dry_run and not unchanged:
            journal.replace_files(package.path.parent, change.contents())
    except OSError as failure:
        letter.discard()
        settled = "refusal_unsettled" if isinstance(failure, journal.Unsettled) else "refusal_not_kept"
        return refused(path, [Problem(path.name, sentence(settled, failure=failure.strerror or failure))])
    folder = letter.folder if result.rows_rejected else None
    more: tuple[Problem, ...] = ()
    try:
        letter.deliver()
    except OSError as failure:
        folder, more = None, (Problem(path.name, sentence("note_no_letter", failure=failure.strerror or failure)),)
    result = replace(result, warnings=(*result.warnings, *more))
    since = str(before["imported"].iloc[0]) if unchanged else ""
    return reported(path, result, change.replaced, folder, dry_run, since)


def _understood(
    path: Path, file: ReceivedFile, package: Package, reference: Reference, today: dt.date
) -> tuple[ImportResult, str]:
    """The judged rows of a file, and the code of the source that its figures will name."""
    if file.replaces and file.replaces not in set(reference.received_files["file"]):
        near = nearest(file.replaces, reference.received_files["file"])
        raise DataError([Problem(path.name, sentence("refusal_replaces"), value=file.replaces, nearest=near)])
    read = read_tables(path, reference, package.path.parent, file.content)
    figures = open_observations(package, reference)
    result = apply_rules(read, reference, figures, today, sha256=file.sha256)
    return result, next((table.source for table in read if table.source), "") or f"return_{file.sha256[:8]}"


def _refused(
    path: Path, problems: Iterable[Problem], letter: Letter, result: ImportResult | None = None
) -> ImportReport:
    """The report on a file of which nothing is taken, with a letter about it."""
    problems = tuple(problems)
    try:
        letter.prepare(path.name, problems, result)
        letter.deliver()
    except OSError as failure:
        letter.discard()
        said = sentence("note_no_letter", failure=failure.strerror or failure)
        return refused(path, (*problems, Problem(masked(path.name), said)), result)
    return refused(path, problems, result, letter.folder)


def keep_observations(
    package_path: str | Path, resource: str, figures: pd.DataFrame, sources: Iterable[Mapping[str, str]]
) -> int:
    """Put observations that were fetched into ``resource``, each in the place of the one with its id.

    ``sources`` are the rows of ``sources`` that they name.  What ``resource`` has of these sources and they no longer
    say goes: a figure must not cite an answer that does not have it.  Snapshots keep what was said before.  Returns how
    many were new, have changed or are gone.  Raises :class:`~socsvc_analysis.schema.DataError`, and changes nothing,
    when the figures name something that the package does not have.
    """
    with journal.changing(open_package(package_path, INTERNAL).path.parent):
        package = open_package(package_path, INTERNAL)
        cited = list(sources)
        codes = {row["source"] for row in cited}
        known = open_reference(package).known()
        known["sources.source"] = pd.concat([known["sources.source"], pd.Series(sorted(codes), dtype=object)])
        naming = [each.name for each in tables.OBSERVATIONS.fields if each.refers_to]
        if unknown := unknown_references(
            figures.drop_duplicates(naming), tables.OBSERVATIONS, known, package.file(resource)
        ):
            raise DataError(unknown)
        fetched = [
            {name: number_text(row[name]) if name == "value" else row[name] for name in tables.OBSERVATIONS.columns}
            for row in records(figures)
        ]
        figures_file, count = _updated(package, resource, "id", fetched, codes)
        sources_file, _ = _updated(package, "sources", "source", cited, codes)
        if changed := figures_file | sources_file:
            changed[package.path.name] = json_bytes(described_anew(package.descriptor, changed))
            journal.replace_files(package.path.parent, changed)
    return count


def _updated(
    package: Package, resource: str, key: str, rows: Sequence[Mapping[str, str]], sources: Collection[str]
) -> tuple[dict[str, bytes], int]:
    """The file of ``resource`` with ``rows`` in the place of all that it has of ``sources``, and how many rows differ.

    Rows are told apart by ``key``.  No file where none differs.
    """
    path = package.file(resource)
    before: dict[str, Mapping[str, str]] = {
        row[key]: row for row in records(cells((package.path.parent / path).read_bytes(), path))
    }
    new = {row[key]: row for row in rows if before.get(row[key]) != row}
    gone = {each for each, row in before.items() if row["source"] in sources} - {row[key] for row in rows}
    if not new and not gone:
        return {}, 0
    columns = tables.contract_for(resource).columns
    after = [[row.get(name) or "" for name in columns] for each, row in (before | new).items() if each not in gone]
    return {path: csv_bytes([columns, *after])}, len(new) + len(gone)
