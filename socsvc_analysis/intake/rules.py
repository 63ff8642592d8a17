"""Which rows of a received file become figures.

Every row is accepted, rejected with each of its reasons, or a duplicate; a row with several numbers is taken whole or
not at all.  A file with data about persons, or with more than half of its rows unusable, is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from socsvc_analysis.codes import lookup
from socsvc_analysis.intake.corrections import Corrected, corrected
from socsvc_analysis.intake.figures import FIELDS, Figures, Rows, Told, always, figures_of
from socsvc_analysis.intake.grid import Column
from socsvc_analysis.intake.names import normal
from socsvc_analysis.intake.parts import Breakdowns, added_up
from socsvc_analysis.intake.plausibility import unlikely
from socsvc_analysis.intake.received import ReceivedTable
from socsvc_analysis.intake.result import ImportResult, RejectedRows
from socsvc_analysis.intake.subjects import Subjects
from socsvc_analysis.intake.totals import sum_of, wrong_across, wrong_totals
from socsvc_analysis.observations import incomplete_municipalities, restated
from socsvc_analysis.once import Same
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sentences import Sentence as sentence
from socsvc_analysis.territories import gazetteer_of

ACCEPTED = (
    *("measure", "territory", "provider", "programme", "service_type", "target_group", "period", "value", "kind"),
    *("version", "status", "note", "sheet", "row", "column", "reason"),
)
LARGEST = 2_500_000
"""More people than Latvia has had in any year for which returns are read."""
JUMP, JUMP_BY = 10, 20
"""A number ten times the previous one or a tenth of it, and by at least twenty, is asked about."""
FIRST_YEAR_OF_EURO = "2014"
"""The first year in which money was counted in euro; before it in lats."""
OF_PLACES = ("territory", "provider", "service_type", "target_group", "period")
"""Fields that are the same for clients and for the places that they take."""
OF_RETURNS = ("measure", "territory", "provider", "service_type", "target_group", "kind")
"""Fields that are the same for a number and for that of the previous return."""


SAYS_NOTHING = re.compile(
    r"\b(?:lapa|sheet|list[es]?|tabula|table|dati|data|kopija|copy|of|kopsavilkum\w*|apkopojum\w*|kopā|vis[ia]|summary"
    r"|total|all|atskaite|pārskats|return|report)\b|[\W\d_]+",
    re.IGNORECASE,
)
"""Words and signs in the name of a sheet that tell it from no other."""


class Refused(DataError):
    """A file of which nothing is taken; ``result`` says what became of its rows: all are rejected."""

    def __init__(self, problems: Iterable[Problem], result: ImportResult) -> None:
        super().__init__(problems)
        self.result = result


def apply_rules(
    tables: Iterable[ReceivedTable],
    reference: Reference,
    figures: pd.DataFrame,
    today: dt.date,
    corrections: pd.DataFrame | None = None,
    *,
    sha256: str = "",
) -> ImportResult:
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
        raise DataError([Problem(file, sentence("refusal_no_rows")), *warnings])
    confirmed = _confirmed(received, mended)
    _refuse_what_tells_rows_apart(received, reference)
    _refuse_sheets_apart(received)
    breakdowns = Breakdowns(received)
    whole = replace(received, values=breakdowns.values())
    _check_sizes(whole, figures, confirmed, reference)
    _check_currency(received, units)
    _check_places(received, reference, warnings)
    _find_conflicts(received)
    _check_jumps(whole, figures, confirmed)
    _check_totals(rows, reference, warnings)
    breakdowns.refuse_incomplete()
    taken = added_up(_without_duplicates(received))
    _warn_of_this_year(taken, today, warnings)
    warnings += unlikely(taken, reference)
    years = tuple(sorted({period[:4] for period in received.words["period"] if period}))
    result = _result(rows, taken, mended, warnings, years)
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
    most = received.told("territory", _most_residents(Same(figures), Same(reference)), LARGEST)
    unlimited = received.says("measure", lambda measure: measure.startswith(UNLIMITED))

    def said(figure: int) -> str:
        if most[figure] < LARGEST:
            return sentence("reason_residents", limit=f"{most[figure]:.0f}")
        return sentence("reason_country")

    received.note(np.flatnonzero((received.values > most) & ~confirmed & ~unlimited), said)


@lru_cache(maxsize=1)
def _most_residents(figures: Same[pd.DataFrame], tables: Same[Reference]) -> dict[str, float]:
    """The largest number of residents that each territory ever had; the same for every file that is judged by it."""
    known, reference = figures.kept(), tables.kept()
    residents = known[(known["measure"] == "population") & (known["target_group"] == "all")]
    now = restated(residents, reference)
    now = now[~now["territory"].isin(incomplete_municipalities(reference))]
    counted = pd.concat([residents, now.groupby(["territory", "period"], as_index=False)["value"].sum()])
    largest = counted.groupby("territory")["value"].max()
    return {str(code): most for code, most in largest.items()}


UNLIMITED = ("spending", "cost", "funding", "saving", "price", "population")
"""Beginnings of measures that the number of residents does not limit: money, and residents counted in another way."""


def _check_currency(received: Figures, units: Mapping[str, str]) -> None:
    """Reject money of the time of lats that no heading, label or cell calls euro."""
    tables = received.rows.tables
    told = [table.mapping != "tidy" or "unit" in {*table.headings, *table.defaults} for table in tables]
    of_column = np.array([bool(column.unit) for column in received.columns], dtype=bool)[received.column]
    of_cell = np.array([bool(number.unit) for number in received.numbers], dtype=bool)[received.number]
    of_table = np.array(told, dtype=bool)[received.rows.table[received.row]]
    money = received.says("measure", lambda measure: units.get(measure, "").startswith("EUR"))
    early = received.says("period", lambda period: "" < period < FIRST_YEAR_OF_EURO)
    asked = money & early & ~of_column & ~of_cell & ~of_table
    received.note(np.flatnonzero(asked), always(sentence("reason_lats")))


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
    placed = lookup(reference.service_types, "service_type", "has_places")
    clients = np.flatnonzero(
        received.says("measure", "clients".__eq__)
        & received.says("service_type", lambda service: placed.get(service, False))
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
    received.note(asked[none], lambda _: sentence("reason_places_empty"))
    received.note(asked[~none & (received.values[beside] == 0)], lambda _: sentence("reason_places_zero"))
    warnings.extend(
        Problem(file, sentence("note_no_places"), sheet)
        for file, sheet in sorted({(rows.tables[each].file, rows.tables[each].sheet) for each in np.unique(unasked)})
    )


def _find_conflicts(received: Figures) -> None:
    """Reject rows that say different numbers of the same thing: nobody can tell which is right."""
    told = pd.factorize(received.subject * (len(received.numbers) + 1) + received.numerals)[0]
    first = np.unique(told, return_index=True)[1]
    disputed = np.flatnonzero(np.bincount(received.subject[first], minlength=1)[received.subject] > 1)
    order = disputed[np.argsort(received.subject[disputed], kind="stable")]
    subjects = received.subject[order]

    def said(figure: int) -> str:
        begin, end = (np.searchsorted(subjects, received.subject[figure], side=side) for side in ("left", "right"))
        row = int(received.row[figure])
        others = (received.rows.place(other, row) for other in received.row[order[begin:end]].tolist() if other != row)
        return sentence("reason_contradicts", where=", ".join(dict.fromkeys(others)))

    received.note(disputed, said)


def _refuse_what_tells_rows_apart(received: Figures, reference: Reference) -> None:
    """Raise :class:`DataError` for what tells rows apart that otherwise say the same.

    It may be a column that nobody knows, or places of one municipality (*Bauskas novads, Iecava*).
    """
    rows, problems = received.rows, []
    gazetteer = gazetteer_of(reference.municipalities, reference.towns)
    for number, table in enumerate(rows.tables):
        problems += [
            Problem(table.file, sentence("refusal_tells_apart", rows=where), table.sheet, column=heading)
            for heading in table.unmatched
            if (where := _told_apart(received, number, table.rows.cells[heading].map(normal)))
        ]
        places = table.rows.keys.get("territory", Column.constant("", 0))
        towns = places.map(lambda cell: gazetteer.town_alone(cell, PRESENT))
        if any(towns.values) and (where := _told_apart(received, number, towns)):
            problems.append(Problem(table.file, sentence("refusal_towns_apart", rows=where), table.sheet))
    if problems:
        raise DataError(problems)


def _told_apart(received: Figures, number: int, cells: Column) -> str:
    """The first rows of a table that are about the same and have different ``cells``; "" when there are none."""
    rows = received.rows
    mine = np.flatnonzero(rows.table[received.row] == number)
    different = pd.factorize(np.array(cells.values, dtype=object))[0]
    told = different[cells.codes][rows.at[received.row[mine]]]
    pairs = pd.DataFrame({"subject": received.subject[mine], "told": told, "row": received.row[mine]})
    pairs = pairs.drop_duplicates(["subject", "told"])
    apart = pairs[pairs["subject"].duplicated(keep=False)]
    first = apart.loc[apart["subject"] == apart["subject"].iloc[0], "row"] if len(apart) else apart["row"]
    return ", ".join(str(rows.number(int(row))) for row in first[:3])


def _refuse_sheets_apart(received: Figures) -> None:
    """Raise :class:`DataError` where sheets of different names say equal numbers of the same thing.

    They may be one number twice, or those of two branches; the sheets of a summary and of copies are no question.
    """
    rows = received.rows
    names = [SAYS_NOTHING.sub("", normal(table.sheet)).strip() for table in rows.tables]
    if len(set(filter(None, names))) < 2:
        return
    told = pd.factorize(np.array(names, dtype=object))[0][rows.table[received.row]]
    named = np.array(list(map(bool, names)), dtype=bool)[rows.table[received.row]]
    frame = pd.DataFrame({"subject": received.subject, "number": received.numerals, "told": told, "row": received.row})[
        named
    ].drop_duplicates(["subject", "number", "told"])
    apart = frame[frame.duplicated(["subject", "number"], keep=False)]
    if len(apart):
        first, second = apart.loc[apart["subject"] == apart["subject"].iloc[0], "row"].to_numpy()[:2].tolist()
        table, place = rows.of_table(first), rows.place(second, first)
        said = sentence("refusal_sheets_apart", row=rows.number(first), other=place)
        raise DataError([Problem(table.file, said, table.sheet)])


def _check_jumps(received: Figures, figures: pd.DataFrame, confirmed: np.ndarray) -> None:
    """Reject a number that is ten times the one of the previous return, or a tenth of it, unless it was confirmed."""
    former = figures[(figures["evidence"] == "received") & figures["value"].notna()]
    if former.empty:
        return
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

    def said(figure: int) -> str:
        period = former["period"].iloc[at[figure]]
        return sentence("reason_jump", value=f"{value[figure]:.10g}", period=period)

    received.note(np.flatnonzero(found & ~confirmed & (more - less >= JUMP_BY) & (more >= JUMP * less)), said)


MOST_TOTALS = 3
"""Wrong totals that each row of their table is told of; mending them shows the others."""


def _check_totals(rows: Rows, reference: Reference, warnings: list[Problem]) -> None:
    """Reject the rows whose printed total is not their sum: nobody can tell which number is wrong."""
    above: dict[str, dict[str, float]] = {}  # what the tables of a sheet add up to so far
    several = {table.sheet for table in rows.tables if sum(each.sheet == table.sheet for each in rows.tables) > 1}
    for number, table in enumerate(rows.tables):
        before = above.setdefault(table.sheet, {})
        wrong, unchecked = wrong_totals(table, reference.measures, before)
        for column in table.columns if table.sheet in several else ():
            before[column.heading] = before.get(column.heading, 0.0) + sum_of(table, column.heading)
        warnings.extend(unchecked)
        for each in wrong[:MOST_TOTALS]:
            problem = each.problem
            key = "reason_total_region" if each.region else "reason_total"
            said = sentence(key, row=problem.row, problem=problem.problem, region=each.region)
            mine = np.flatnonzero((rows.table == number) & np.isin(rows.at, each.rows))
            numbers = table.rows.numbers[problem.column].at(rows.at[mine])
            rows.note(mine, _told_of(said, problem.column, numbers))
        for at, heading, said in wrong_across(table, reference.measures):
            mine = np.flatnonzero((rows.table == number) & (rows.at == at))
            rows.note(mine, _told_of(said, heading, table.rows.numbers[heading].at(rows.at[mine])))


def _told_of(said: str, column: str, numbers: Column) -> Callable[[int], Told]:
    """A function that notes ``said`` against the numbers of a column."""
    return lambda at: (said, column, numbers[at].text, "")


def _without_duplicates(received: Figures) -> Figures:
    """The figures of sound rows that no earlier row said; rows of which every figure was said are marked as such."""
    rows = received.rows
    sound = received.at(rows.sound[received.row])
    new = sound.at(~pd.Series(sound.subject).duplicated().to_numpy())
    rows.repeats = rows.sound.copy()
    rows.repeats[new.row] = False
    return new


def _warn_of_this_year(taken: Figures, today: dt.date, warnings: list[Problem]) -> None:
    if taken.says("period", str(today.year).__eq__).any():
        warnings.append(Problem(taken.rows.of_table(0).file, sentence("note_this_year", year=today.year)))


def _result(
    rows: Rows, taken: Figures, mended: Corrected, warnings: list[Problem], years: tuple[str, ...]
) -> ImportResult:
    rejected = RejectedRows(rows)
    return ImportResult(
        accepted=_accepted(taken, mended),
        rejected=rejected,
        rows_in=len(rows),
        rows_accepted=len(rows) - len(rejected) - int(rows.repeats.sum()),
        rows_rejected=len(rejected),
        rows_duplicate=int(rows.repeats.sum()),
        problems=rejected.problems,
        warnings=tuple(warnings),
        years=years,
    )


def _accepted(taken: Figures, mended: Corrected) -> pd.DataFrame:
    rows = taken.rows
    table = rows.table[taken.row]
    said = {
        **{name: _texts(taken.words[name], taken.codes[name]) for name in FIELDS},
        "value": taken.values,
        "status": _texts([each.status for each in taken.numbers], taken.number),
        "sheet": _texts([each.sheet for each in rows.tables], table),
        "row": rows.numbers(taken.row),
        "column": _texts([each.heading for each in taken.columns], taken.column),
    }
    if mended.reasons:
        said["reason"] = [mended.reasons.get(taken.cell(figure), "") for figure in range(len(taken))]
    nothing = _texts([""], np.zeros(len(taken), dtype=np.intp))
    return pd.DataFrame({name: said.get(name, nothing) for name in ACCEPTED})


def _texts(words: Iterable[str], codes: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(words), dtype="str").take(codes)


def _refusal(result: ImportResult, rows: Rows, taken: Figures) -> Refused:
    said = sentence("refusal_most_rows", rejected=result.rows_rejected, rows=result.rows_in)
    problems = tuple(result.problems)
    rows.note(np.flatnonzero(rows.sound), lambda _: (sentence("reason_sound"), "", "", ""))
    rows.repeats[:] = False
    everything = _result(
        rows, taken.at(np.zeros(0, dtype=np.intp)), Corrected((), {}, frozenset()), list(result.warnings), result.years
    )
    return Refused([Problem(rows.of_table(0).file, said), *problems], everything)
