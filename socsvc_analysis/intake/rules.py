"""Which rows of a received file become figures.

Every row is accepted, rejected with each of its reasons, or a duplicate; a row with several numbers is taken whole or
not at all.  A file with data about persons, or with more than half of its rows unusable, is refused.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from socsvc_analysis.intake.corrections import Corrected, corrected
from socsvc_analysis.intake.received import Judged, MeasureColumn, Number, ReceivedRow, ReceivedTable
from socsvc_analysis.intake.subjects import Subject, Subjects
from socsvc_analysis.intake.totals import wrong_totals
from socsvc_analysis.observations import incomplete_municipalities, restated
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem

ACCEPTED = (
    *("measure", "territory", "provider", "programme", "service_type", "target_group", "period", "value", "kind"),
    *("version", "status", "note", "sheet", "row", "column", "reason"),
)
COUNTED = ("persons", "places", "institutions", "branches", "families", "municipalities", "partners", "sites", "plans")
"""Units of which there are no fractions."""
LARGEST = 2_500_000
"""More people than Latvia has had in any year for which returns are read."""
JUMP, JUMP_BY = 10, 20
"""A number ten times the previous one or a tenth of it, and by at least twenty, is asked about."""


class Refused(DataError):
    """A file of which nothing is taken; ``judged`` says what became of its rows: all are rejected."""

    def __init__(self, problems: Iterable[Problem], judged: Judged) -> None:
        super().__init__(problems)
        self.judged = judged


@dataclass
class _Candidate:
    """A row on its way: its figures and the reasons against it."""

    table: ReceivedTable
    row: ReceivedRow
    figures: dict[Subject, tuple[MeasureColumn, Number]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    repeats: bool = False  # a duplicate of an earlier row

    @property
    def taken(self) -> bool:
        return not self.problems and not self.repeats

    def refuse(self, said: str, column: str = "", value: str = "", near: str = "") -> None:
        """Note one reason against the row."""
        self.problems.append(Problem(self.table.file, said, self.table.sheet, self.row.row, column, value, near))


def judged(
    tables: Iterable[ReceivedTable],
    reference: Reference,
    figures: pd.DataFrame,
    today: dt.date,
    corrections: pd.DataFrame | None = None,
    *,
    sha256: str = "",
) -> Judged:
    """Judge every row of ``tables``; ``figures`` are the observations there are, with the former returns.

    Raises :class:`Refused` when more than half of the rows cannot be used, and
    :class:`~socsvc_analysis.schema.DataError` for a correction that does not fit.
    """
    mended = corrected(tables, reference.corrections if corrections is None else corrections, sha256)
    candidates = _candidates(mended, reference, today)
    warnings = [problem for table in mended.tables for problem in table.problems]
    if not candidates:
        file = mended.tables[0].file if mended.tables else ""
        raise DataError([Problem(file, "has headings but no rows: nothing was filled in"), *warnings])
    _check_sizes(candidates, figures, mended, reference)
    _check_places(candidates, reference, warnings)
    _find_conflicts(candidates)
    _check_jumps(candidates, figures, mended)
    _check_totals(mended.tables, candidates, reference, warnings)
    _find_duplicates(candidates)
    _warn_of_this_year(candidates, today, warnings)
    result = _result(candidates, mended, warnings)
    if result.rows_rejected * 2 > result.rows_in:
        raise _refusal(result, candidates)
    return result


def _candidates(mended: Corrected, reference: Reference, today: dt.date) -> list[_Candidate]:
    subjects = Subjects(reference, today)
    units = dict(zip(reference.measures["measure"], reference.measures["unit"], strict=True))
    candidates = []
    for table in mended.tables:
        for row in table.rows:
            if row.total:
                continue
            candidate = _Candidate(table, row)
            if row.problem:
                candidate.refuse(row.problem)
            _read_figures(candidate, subjects, units)
            candidates.append(candidate)
    return candidates


def _read_figures(candidate: _Candidate, subjects: Subjects, units: Mapping[str, str]) -> None:
    """Read the numbers of a row and what they are about; an empty cell makes no figure, a mark an unknown one."""
    table, row = candidate.table, candidate.row
    seen: set[tuple[str, str]] = set()
    empty = True
    for column in table.columns:
        number = row.numbers[column.heading]
        subject, problems = subjects.of(table, row, column)
        for problem in problems:
            if (problem.column, problem.problem) not in seen:
                seen.add((problem.column, problem.problem))
                candidate.problems.append(problem)
        if number.problem:
            candidate.refuse(number.problem, column.heading, number.text)
        elif number.value is None and number.status == "missing" and not number.text.strip():
            continue
        elif subject is not None:
            said = _wrong_number(number, units.get(subject.measure, ""))
            if said:
                candidate.refuse(said, column.heading, number.text)
            elif subject in candidate.figures:
                candidate.refuse("says the same thing as another column of the row", column.heading, number.text)
            candidate.figures[subject] = (column, number)
        empty = False
    if empty:
        candidate.refuse("has no number")


def _wrong_number(number: Number, unit: str) -> str:
    if number.value is None:
        return ""
    if number.value < 0:
        return "is below zero"
    if unit in COUNTED and number.value % 1:
        return "is a fraction, and these are counted whole"
    return ""


def _check_sizes(candidates: list[_Candidate], figures: pd.DataFrame, mended: Corrected, reference: Reference) -> None:
    """Reject more people than live in the municipality, of today or as it was when they were counted."""
    residents = figures[(figures["measure"] == "population") & (figures["target_group"] == "all")]
    now = restated(residents, reference)
    now = now[~now["territory"].isin(incomplete_municipalities(reference))]
    counted = pd.concat([residents, now.groupby(["territory", "period"], as_index=False)["value"].sum()])
    most = counted.groupby("territory")["value"].max().to_dict()
    for candidate, subject, column, number in _numbers(candidates):
        if number.value is None or _is_confirmed(candidate, column, mended) or subject.measure.startswith(UNLIMITED):
            continue
        limit = most.get(subject.territory, LARGEST)
        if number.value > limit:
            said = f"is more than the {limit:.0f} people who live there"
            candidate.refuse(said if limit < LARGEST else "is more than Latvia has people", column.heading, number.text)


UNLIMITED = ("spending", "cost", "funding", "saving", "price", "population")
"""Beginnings of measures that the number of residents does not limit: money, and residents counted in another way."""


def _check_places(candidates: list[_Candidate], reference: Reference, warnings: list[Problem]) -> None:
    """Reject clients without places where the service is given in places and the return asks for them."""
    placed = set(reference.service_types.loc[reference.service_types["has_places"], "service_type"])
    unasked: set[tuple[str, str]] = set()
    for candidate in candidates:
        asks = any(column.measure == "places" for column in candidate.table.columns)
        places = {
            _but(subject): number for subject, (_, number) in candidate.figures.items() if subject.measure == "places"
        }
        unread = any(
            candidate.row.numbers[column.heading].problem
            for column in candidate.table.columns
            if column.measure == "places"
        )
        for subject, (column, number) in list(candidate.figures.items()):
            if subject.measure != "clients" or subject.service_type not in placed or not number.value or unread:
                continue
            if not asks:
                unasked.add((candidate.table.file, candidate.table.sheet))
                continue
            beside = places.get(_but(subject))
            if beside is None:
                candidate.refuse("has clients, the service is given in places, and the number of places is empty "
                                 "(write … when it is not known)", column.heading, number.text)  # fmt: skip
            elif beside.value == 0:
                candidate.refuse(
                    "has clients but no places, and the service is given in places", column.heading, number.text
                )
    warnings.extend(
        Problem(file, "has clients of services that are given in places, and no column for places", sheet)
        for file, sheet in sorted(unasked)
    )


def _but(subject: Subject) -> tuple[str, ...]:
    """A subject without its measure and kind."""
    return subject.territory, subject.provider, subject.service_type, subject.target_group, subject.period


def _find_conflicts(candidates: list[_Candidate]) -> None:
    """Reject rows that say different numbers of the same thing: nobody can tell which is right."""
    said: dict[Subject, list[tuple[_Candidate, MeasureColumn, Number]]] = defaultdict(list)
    for candidate, subject, column, number in _numbers(candidates):
        said[subject].append((candidate, column, number))
    for same in said.values():
        if len({(number.value, number.status) for _, _, number in same}) > 1:
            for candidate, column, number in same:
                others = [other for other, _, _ in same if other is not candidate]
                where = ", ".join(dict.fromkeys(_place(other, candidate) for other in others))
                candidate.refuse(
                    f"contradicts row {where}, which says another number of the same", column.heading, number.text
                )


def _place(other: _Candidate, candidate: _Candidate) -> str:
    return f"{other.row.row}" + (f" ({other.table.sheet})" if other.table.sheet != candidate.table.sheet else "")


def _find_duplicates(candidates: list[_Candidate]) -> None:
    """Mark rows of which every figure was said by earlier rows; of others drop the figures that were."""
    known: set[Subject] = set()
    for candidate in candidates:
        if candidate.problems:
            continue
        new = {subject: figure for subject, figure in candidate.figures.items() if subject not in known}
        candidate.repeats = not new
        candidate.figures = new
        known |= set(new)


def _check_jumps(candidates: list[_Candidate], figures: pd.DataFrame, mended: Corrected) -> None:
    """Reject a number that is ten times the one of the previous return, or a tenth of it, unless it was confirmed."""
    columns = ["measure", "territory", "provider", "service_type", "target_group", "kind"]
    former = figures[(figures["evidence"] == "received") & figures["value"].notna()].sort_values(
        "period", kind="stable"
    )
    earlier = {key: list(zip(rows["period"], rows["value"], strict=True)) for key, rows in former.groupby(columns)}
    for candidate, subject, column, number in _numbers(candidates):
        if number.value is None or _is_confirmed(candidate, column, mended):
            continue
        key = tuple(getattr(subject, name) for name in columns)
        before = [(period, value) for period, value in earlier.get(key, ()) if period <= subject.period]
        if not before:
            continue
        period, value = before[-1]
        less, more = sorted((value, number.value))
        if more - less >= JUMP_BY and more >= JUMP * less:
            said = (
                f"was {value:.10g} in the return for {period}: confirm it in data/reference/corrections.csv or mend it"
            )
            candidate.refuse(said, column.heading, number.text)


MOST_TOTALS = 3
"""Wrong totals that each row of their table is told of; mending them shows the others."""


def _check_totals(
    tables: Iterable[ReceivedTable], candidates: list[_Candidate], reference: Reference, warnings: list[Problem]
) -> None:
    """Reject every row of a table whose printed total is not its sum: nobody can tell which number is wrong."""
    for table in tables:
        wrong, unchecked = wrong_totals(table, reference.measures)
        warnings.extend(unchecked)
        for problem in wrong[:MOST_TOTALS]:
            for candidate in candidates:
                if candidate.table is table:
                    said = f"belongs to a table whose total does not add up: row {problem.row} {problem.problem}"
                    candidate.refuse(said, problem.column, candidate.row.numbers[problem.column].text)


def _warn_of_this_year(candidates: list[_Candidate], today: dt.date, warnings: list[Problem]) -> None:
    year = str(today.year)
    if any(subject.period == year for candidate in candidates if candidate.taken for subject in candidate.figures):
        warnings.append(Problem(candidates[0].table.file, f"holds numbers for {year}, which is not over yet"))


def _numbers(candidates: list[_Candidate]) -> Iterable[tuple[_Candidate, Subject, MeasureColumn, Number]]:
    for candidate in candidates:
        for subject, (column, number) in candidate.figures.items():
            yield candidate, subject, column, number


def _is_confirmed(candidate: _Candidate, column: MeasureColumn, mended: Corrected) -> bool:
    return (candidate.table.sheet, candidate.row.row, column.heading) in mended.confirmed


def _result(candidates: list[_Candidate], mended: Corrected, warnings: list[Problem]) -> Judged:
    taken = [candidate for candidate in candidates if candidate.taken]
    rejected = [candidate for candidate in candidates if candidate.problems]
    figures = [
        {
            **vars(subject),
            "value": number.value,
            "version": "",
            "status": number.status,
            "note": "",
            "sheet": candidate.table.sheet,
            "row": candidate.row.row,
            "column": column.heading,
            "reason": mended.reasons.get((candidate.table.sheet, candidate.row.row, column.heading), ""),
        }
        for candidate, subject, column, number in _numbers(taken)
    ]
    kept = [
        {
            "sheet": candidate.table.sheet,
            "row": candidate.row.row,
            "problem": "; ".join(dict.fromkeys(_sentence(problem) for problem in candidate.problems)),
            **candidate.row.cells,
        }
        for candidate in rejected
    ]
    return Judged(
        accepted=pd.DataFrame(figures, columns=list(ACCEPTED)).astype({"value": float}),
        rejected=pd.DataFrame(kept, columns=None if kept else ["sheet", "row", "problem"]),
        rows_in=len(candidates),
        rows_accepted=len(taken),
        rows_rejected=len(rejected),
        rows_duplicate=sum(candidate.repeats for candidate in candidates),
        problems=tuple(problem for candidate in rejected for problem in candidate.problems),
        warnings=tuple(warnings),
    )


def _sentence(problem: Problem) -> str:
    """A reason without the place, which the row gives."""
    said = f"{problem.column}: " if problem.column else ""
    value = f"{problem.value!r} " if problem.value else ""
    return f"{said}{value}{problem.problem}" + (f" (nearest known: {problem.nearest})" if problem.nearest else "")


def _refusal(result: Judged, candidates: list[_Candidate]) -> Refused:
    said = (
        f"{result.rows_rejected} of {result.rows_in} rows cannot be used, more than half: nothing of the file was taken"
    )
    for candidate in candidates:
        if candidate.repeats or not candidate.problems:
            candidate.repeats = False
            candidate.problems = candidate.problems or [
                Problem(
                    candidate.table.file, "is sound, but the file was refused", candidate.table.sheet, candidate.row.row
                )
            ]
    everything = _result(candidates, Corrected((), {}, frozenset()), list(result.warnings))
    return Refused([Problem(candidates[0].table.file, said), *result.problems], everything)
