"""What became of a received file: how many rows, in which sentence, with which exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from socsvc_analysis.intake.personal import masked
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.unknown_names import UnknownName
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import Sentence, said_in

ALL_ACCEPTED, FILE_REFUSED, SOME_REJECTED = 0, 2, 3
COUNTED = ("actual", "capacity")
LEADING = ("clients", "clients_in_year")
"""Measures whose sum is the total of a report; otherwise the first of the file."""


@dataclass(frozen=True)
class ImportReport:
    """What became of one file."""

    file: str
    code: int
    message: str
    rows_in: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    totals: Mapping[str, float] = field(default_factory=dict)  # sum of the accepted values of each measure
    problems: Sequence[Problem] = ()
    warnings: tuple[str, ...] = ()
    unchanged: bool = False  # the file was imported before
    replaced: int = 0  # figures of earlier files that this one replaces
    rejected_rows: Path | None = None  # where they were written
    unknown: Sequence[UnknownName] = ()  # names that are not known, each once

    @property
    def total(self) -> float | None:
        """The sum of clients, or of the file's first measure; None when nothing was accepted."""
        leading = next((each for each in LEADING if each in self.totals), next(iter(self.totals), None))
        return self.totals[leading] if leading else None

    def to_dict(self) -> dict[str, object]:
        """The report as one JSON object."""
        return {
            "file": self.file,
            "rows_in": self.rows_in,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "total": _whole(self.total),
            "totals": {measure: _whole(value) for measure, value in self.totals.items()},
            "warnings": list(self.warnings),
            "message": self.message,
            "problems": list(map(_as_object, self.problems)),
            "unknown_names": [
                {"name": each.name, "table": each.table, "rows": each.count, "lines": list(each.lines)}
                for each in self.unknown
            ],
        }


def refused(
    path: Path, problems: Iterable[Problem], result: ImportResult | None = None, letters: Path | None = None
) -> ImportReport:
    """The report on a file of which nothing is taken; ``letters`` is where it was written down."""
    problems = tuple(problems)
    first = problems[0]
    name = masked(path.name)
    more = len(problems) - 1
    said = f"{name} was refused and nothing of it was taken: {_without_file(first)}"
    said += f" ({more} more below)" if more else ""
    return ImportReport(
        name,
        FILE_REFUSED,
        said + (f"; a letter about it is in {letters}" if letters else ""),
        rows_in=result.rows_in if result else 0,
        rejected=result.rows_rejected if result else 0,
        problems=problems,
        warnings=tuple(map(str, result.warnings)) if result else (),
        rejected_rows=letters,
    )


def _as_object(problem: Problem) -> dict[str, object]:
    """A problem with all that is known of it; ``rule`` is the key of its sentence, the same in every language."""
    return {
        "file": problem.file,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "problem": str(problem.problem),
        "problem_lv": said_in("lv", problem.problem),
        "nearest": problem.nearest,
        "rule": problem.problem.key if isinstance(problem.problem, Sentence) else "",
    }


def _without_file(problem: Problem) -> str:
    return str(problem).removeprefix(f"{problem.file}").removeprefix(", ").removeprefix(": ")


def reported(
    path: Path, result: ImportResult, replaced: int, letters: Path | None, dry_run: bool, since: str
) -> ImportReport:
    """The report on a file that was read: accepted, rejected and duplicate rows always add up to those of the file.

    ``since`` is the day on which the very same file was imported before, or empty.
    """
    parts = [
        f"{result.rows_accepted} accepted",
        f"{result.rows_rejected} rejected",
        f"{result.rows_duplicate} duplicates",
    ]
    said = f"{path.name}: {result.rows_in} rows in = {' + '.join(parts)}"
    if since:
        said += f"; it was imported on {since} already and nothing has changed"
    if replaced:
        said += f"; {replaced} earlier {'figure was' if replaced == 1 else 'figures were'} replaced"
    if dry_run:
        said += " (dry run: nothing was changed)"
    elif letters:
        said += f"; rejected rows are in {letters}"
    counted = result.accepted[result.accepted["kind"].isin(COUNTED)]
    counted = counted if len(counted) else result.accepted  # what is planned is not added to what there is
    values = counted.dropna(subset="value").groupby("measure", sort=False)["value"].sum()
    return ImportReport(
        path.name,
        SOME_REJECTED if result.rows_rejected else ALL_ACCEPTED,
        said + ".",
        result.rows_in,
        result.rows_accepted,
        result.rows_rejected,
        result.rows_duplicate,
        {str(measure): value for measure, value in values.items()},
        result.problems,
        tuple(map(str, result.warnings)),
        unchanged=bool(since),
        replaced=replaced,
        rejected_rows=letters,
    )


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value
