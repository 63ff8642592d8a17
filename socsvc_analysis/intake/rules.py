"""Which rows of a received file become figures.

Every row is accepted, rejected with each of its reasons, or a duplicate; a row with several numbers is taken whole or
not at all.  A file with data about persons, or with more than half of its rows unusable, is refused.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from socsvc_analysis.intake.corrections import Corrected, corrected
from socsvc_analysis.intake.figures import FIELDS, Figures, Rows, figures_of
from socsvc_analysis.intake.received import Judged, ReceivedTable
from socsvc_analysis.intake.subjects import Subjects
from socsvc_analysis.intake.totals import wrong_totals
from socsvc_analysis.observations import incomplete_municipalities, restated
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem

ACCEPTED = (
    *("measure", "territory", "provider", "programme", "service_type", "target_group", "period", "value", "kind"),
    *("version", "status", "note", "sheet", "row", "column", "reason"),
)
LARGEST = 2_500_000
"""More people than Latvia has had in any year for which returns are read."""
JUMP, JUMP_BY = 10, 20
"""A number ten times the previous one or a tenth of it, and by at least twenty, is asked about."""
OF_PLACES = ("territory", "provider", "service_type", "target_group", "period")
"""What clients and the places that they take have in common."""
OF_RETURNS = ("measure", "territory", "provider", "service_type", "target_group", "kind")
"""What a number and the one of the previous return have in common."""


class Refused(DataError):
    """A file of which nothing is taken; ``judged`` says what became of its rows: all are rejected."""

    def __init__(self, problems: Iterable[Problem], judged: Judged) -> None:
        super().__init__(problems)
        self.judged = judged


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
    rows = Rows.of(mended.tables)
    units = dict(zip(reference.measures["measure"], reference.measures["unit"], strict=True))
    received = figures_of(rows, Subjects(reference, today), units)
    warnings = [problem for table in mended.tables for problem in table.problems]
    if not len(rows):
        file = mended.tables[0].file if mended.tables else ""
        raise DataError([Problem(file, "has headings but no rows: nothing was filled in"), *warnings])
    confirmed = _confirmed(received, mended)
    _check_sizes(received, figures, confirmed, reference)
    _check_places(received, reference, warnings)
    _find_conflicts(received)
    _check_jumps(received, figures, confirmed)
    _check_totals(rows, reference, warnings)
    taken = _without_duplicates(received)
    _warn_of_this_year(taken, today, warnings)
    result = _result(rows, taken, mended, warnings)
    if result.rows_rejected * 2 > result.rows_in:
        raise _refusal(result, rows, taken)
    return result


def _confirmed(received: Figures, mended: Corrected) -> np.ndarray:
    """Whether each number was confirmed as it is."""
    confirmed = np.zeros(len(received), dtype=bool)
    for figure in range(len(received)) if mended.confirmed else ():
        confirmed[figure] = received.cell(figure) in mended.confirmed
    return confirmed


def _check_sizes(received: Figures, figures: pd.DataFrame, confirmed: np.ndarray, reference: Reference) -> None:
    """Reject more people than live in the municipality, of today or as it was when they were counted."""
    residents = figures[(figures["measure"] == "population") & (figures["target_group"] == "all")]
    now = restated(residents, reference)
    now = now[~now["territory"].isin(incomplete_municipalities(reference))]
    counted = pd.concat([residents, now.groupby(["territory", "period"], as_index=False)["value"].sum()])
    most = received.told("territory", counted.groupby("territory")["value"].max().to_dict(), LARGEST)
    unlimited = received.says("measure", lambda measure: measure.startswith(UNLIMITED))
    for figure in np.flatnonzero((received.values > most) & ~confirmed & ~unlimited).tolist():
        said = f"is more than the {most[figure]:.0f} people who live there"
        received.refuse(figure, said if most[figure] < LARGEST else "is more than Latvia has people")


UNLIMITED = ("spending", "cost", "funding", "saving", "price", "population")
"""Beginnings of measures that the number of residents does not limit: money, and residents counted in another way."""


def _check_places(received: Figures, reference: Reference, warnings: list[Problem]) -> None:
    """Reject clients without places where the service is given in places and the return asks for them."""
    rows = received.rows
    asks, unread = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for number, table in enumerate(rows.tables):
        mine = np.flatnonzero(rows.table == number)
        for column in table.columns:
            if column.measure == "places":
                asks[mine] = True
                unread[mine] |= table.rows.numbers[column.heading].at(rows.at[mine]).where(lambda each: each.problem)
    placed = set(reference.service_types.loc[reference.service_types["has_places"], "service_type"])
    clients = np.flatnonzero(
        received.says("measure", "clients".__eq__)
        & received.says("service_type", placed.__contains__)
        & (np.nan_to_num(received.values) != 0)
        & ~unread[received.row]
    )
    asked = clients[asks[received.row[clients]]]
    unasked = rows.table[received.row[clients[~asks[received.row[clients]]]]]
    there = np.flatnonzero(received.says("measure", "places".__eq__))
    same = received.row * (len(received) + 1) + received.same(OF_PLACES)
    # Of several numbers of the same places in a row the last one stands.
    places = pd.Series(there, index=same[there])
    places = places[~places.index.duplicated(keep="last")]
    beside = places.reindex(same[asked], fill_value=-1).to_numpy()
    none = beside < 0
    for at in np.flatnonzero(none | (received.values[beside] == 0)).tolist():
        said = "has clients but no places, and the service is given in places"
        if none[at]:
            said = "has clients, the service is given in places, and the number of places is empty"
            said += " (write … when it is not known)"
        received.refuse(int(asked[at]), said)
    warnings.extend(
        Problem(file, "has clients of services that are given in places, and no column for places", sheet)
        for file, sheet in sorted({(rows.tables[each].file, rows.tables[each].sheet) for each in np.unique(unasked)})
    )


def _find_conflicts(received: Figures) -> None:
    """Reject rows that say different numbers of the same thing: nobody can tell which is right."""
    told = pd.factorize(received.subject * (len(received.numbers) + 1) + received.numerals)[0]
    first = np.unique(told, return_index=True)[1]
    disputed = np.bincount(received.subject[first], minlength=1)[received.subject] > 1
    said: dict[int, list[int]] = defaultdict(list)
    for figure in np.flatnonzero(disputed).tolist():
        said[received.subject[figure]].append(figure)
    for figures in said.values():
        rows = received.row[figures].tolist()
        for figure, row in zip(figures, rows, strict=True):
            where = ", ".join(dict.fromkeys(received.rows.place(other, row) for other in rows if other != row))
            received.refuse(figure, f"contradicts row {where}, which says another number of the same")


def _check_jumps(received: Figures, figures: pd.DataFrame, confirmed: np.ndarray) -> None:
    """Reject a number that is ten times the one of the previous return, or a tenth of it, unless it was confirmed."""
    former = figures[(figures["evidence"] == "received") & figures["value"].notna()]
    codes = {name: former[name].map({word: at for at, word in enumerate(received.words[name])}) for name in OF_RETURNS}
    known = pd.DataFrame(codes, index=former.index).notna().all(axis=1)
    former = former[known]
    if former.empty:
        return
    periods = {period: at for at, period in enumerate(sorted({*former["period"], *received.words["period"]}))}
    key, of_former = np.zeros(len(received), dtype=np.int64), np.zeros(len(former), dtype=np.int64)
    for name in OF_RETURNS:
        key = key * len(received.words[name]) + received.codes[name]
        of_former = of_former * len(received.words[name]) + codes[name][known].to_numpy(np.int64)
    of_former = of_former * len(periods) + former["period"].map(periods).to_numpy(np.int64)
    order = np.argsort(of_former, kind="stable")
    when = key * len(periods) + received.told("period", periods, 0).astype(np.int64)
    # The last one that is not later: of the same period the lowest in the table.
    before = np.searchsorted(of_former[order], when, side="right") - 1
    found = before >= 0
    at = order[before]
    found &= of_former[at] // len(periods) == key
    value = former["value"].to_numpy()[at]
    less, more = np.minimum(value, received.values), np.maximum(value, received.values)
    for figure in np.flatnonzero(found & ~confirmed & (more - less >= JUMP_BY) & (more >= JUMP * less)).tolist():
        period = former["period"].iloc[at[figure]]
        said = f"was {value[figure]:.10g} in the return for {period}"
        received.refuse(figure, f"{said}: confirm it in data/reference/corrections.csv or mend it")


MOST_TOTALS = 3
"""Wrong totals that each row of their table is told of; mending them shows the others."""


def _check_totals(rows: Rows, reference: Reference, warnings: list[Problem]) -> None:
    """Reject every row of a table whose printed total is not its sum: nobody can tell which number is wrong."""
    for number, table in enumerate(rows.tables):
        wrong, unchecked = wrong_totals(table, reference.measures)
        warnings.extend(unchecked)
        for problem in wrong[:MOST_TOTALS]:
            said = f"belongs to a table whose total does not add up: row {problem.row} {problem.problem}"
            for row in np.flatnonzero(rows.table == number).tolist():
                rows.refuse(row, said, problem.column, table.rows.numbers[problem.column][rows.at[row]].text)


def _without_duplicates(received: Figures) -> Figures:
    """The figures of sound rows that no earlier row said; rows of which every figure was said are marked as such."""
    rows = received.rows
    sound = received.at(rows.sound[received.row])
    new = sound.at(~pd.Series(sound.subject).duplicated().to_numpy())
    rows.repeats = rows.sound
    rows.repeats[new.row] = False
    return new


def _warn_of_this_year(taken: Figures, today: dt.date, warnings: list[Problem]) -> None:
    if taken.says("period", str(today.year).__eq__).any():
        said = f"holds numbers for {today.year}, which is not over yet"
        warnings.append(Problem(taken.rows.of_table(0).file, said))


def _result(rows: Rows, taken: Figures, mended: Corrected, warnings: list[Problem]) -> Judged:
    rejected = sorted(rows.problems)
    kept = [
        {
            "sheet": rows.of_table(row).sheet,
            "row": rows.number(row),
            "problem": "; ".join(dict.fromkeys(_sentence(problem) for problem in rows.problems[row])),
            **rows.received(row).cells,
        }
        for row in rejected
    ]
    return Judged(
        accepted=_accepted(taken, mended),
        rejected=pd.DataFrame(kept, columns=None if kept else ["sheet", "row", "problem"]),
        rows_in=len(rows),
        rows_accepted=len(rows) - len(rejected) - int(rows.repeats.sum()),
        rows_rejected=len(rejected),
        rows_duplicate=int(rows.repeats.sum()),
        problems=tuple(problem for row in rejected for problem in rows.problems[row]),
        warnings=tuple(warnings),
    )


def _accepted(taken: Figures, mended: Corrected) -> pd.DataFrame:
    rows = taken.rows
    table = rows.table[taken.row]
    numbers = [each.rows.row for each in rows.tables]
    said = {
        **{name: _texts(taken.words[name], taken.codes[name]) for name in FIELDS},
        "value": taken.values,
        "status": _texts([each.status for each in taken.numbers], taken.number),
        "sheet": _texts([each.sheet for each in rows.tables], table),
        "row": np.concatenate(numbers)[np.cumsum([0, *map(len, numbers)])[table] + rows.at[taken.row]],
        "column": _texts([each.heading for each in taken.columns], taken.column),
    }
    if mended.reasons:
        said["reason"] = [mended.reasons.get(taken.cell(figure), "") for figure in range(len(taken))]
    nothing = _texts([""], np.zeros(len(taken), dtype=np.intp))
    return pd.DataFrame({name: said.get(name, nothing) for name in ACCEPTED})


def _texts(words: Iterable[str], codes: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(words), dtype="str").take(codes)


def _sentence(problem: Problem) -> str:
    """A reason without the place, which the row gives."""
    said = f"{problem.column}: " if problem.column else ""
    value = f"{problem.value!r} " if problem.value else ""
    return f"{said}{value}{problem.problem}" + (f" (nearest known: {problem.nearest})" if problem.nearest else "")


def _refusal(result: Judged, rows: Rows, taken: Figures) -> Refused:
    said = (
        f"{result.rows_rejected} of {result.rows_in} rows cannot be used, more than half: nothing of the file was taken"
    )
    for row in np.flatnonzero(rows.sound).tolist():
        rows.refuse(row, "is sound, but the file was refused")
    rows.repeats[:] = False
    everything = _result(
        rows, taken.at(np.zeros(0, dtype=np.intp)), Corrected((), {}, frozenset()), list(result.warnings)
    )
    return Refused([Problem(rows.of_table(0).file, said), *result.problems], everything)
