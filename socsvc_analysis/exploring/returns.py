"""A new return before it is imported: what would become of it, and what to correct first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import pandas as pd

from socsvc_analysis.columns import Column
from socsvc_analysis.intake.outcome import FILE_REFUSED, ImportReport
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.markup import Html, Table, piece, together
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import said_in
from socsvc_analysis.wording import Words

MOST_PROBLEMS = 200
"""As many as are shown; a file with more is mended at its source."""


def checked_return(name: str, content: bytes, package: Path, words: Words) -> Html:
    """What an import of the file would say, in the language of ``words``; nothing is taken and nothing is kept."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / (PurePath(name.replace("\\", "/")).name or "file")
        path.write_bytes(content)
        report = import_file(path, package, output=Path(folder), dry_run=True, today=dt.date.today())
        return _summary(report, words)


def _summary(report: ImportReport, words: Words) -> Html:
    counts = words.say(
        "explore_return_counts",
        file=report.file,
        rows=report.rows_in,
        accepted=report.accepted,
        rejected=report.rejected,
        duplicates=report.duplicates,
    )
    refused = report.code == FILE_REFUSED
    said = [words.say("explore_return_refused", file=report.file) if refused else counts]
    problems = list(report.problems[:MOST_PROBLEMS])
    if not problems:
        said.append(words.say("explore_return_sound"))
    if len(report.problems) > MOST_PROBLEMS:
        shown, count = words.number(MOST_PROBLEMS), words.number(len(report.problems))
        said.append(words.say("explore_return_more", shown=shown, count=count))
    parts: list[Html | Table] = [piece("paragraph", sentence=each) for each in said]
    if problems:
        parts.append(_problem_table(problems, words))
    if report.warnings:
        parts.append(piece("notes", sentences=[said_in(words.language, each) for each in report.warnings]))
    return together(*parts)


def _problem_table(problems: list[Problem], words: Words) -> Table:
    rows = pd.DataFrame(
        {
            "where": [_where(each, words) for each in problems],
            "value": [each.value for each in problems],
            "problem": [_reason(each, words) for each in problems],
        }
    )
    columns = (
        Column("where", words.say("explore_return_place")),
        Column("value", words.say("explore_return_value")),
        Column("problem", words.say("letter_problem")),
    )
    return Table(rows, columns, words, words.say("explore_return_caption"))


def _where(problem: Problem, words: Words) -> str:
    if problem.row is None:
        return ", ".join(part for part in (problem.sheet, problem.column) if part) or problem.file
    sheet = f"{problem.sheet}," if problem.sheet else ""
    said = words.say("explore_return_where", sheet=sheet, row=problem.row, column=problem.column)
    return said.strip(", ").strip()


def _reason(problem: Problem, words: Words) -> str:
    near = words.say("reason_nearest", near=problem.nearest) if problem.nearest else ""
    return f"{said_in(words.language, problem.problem)} {near}".strip()
