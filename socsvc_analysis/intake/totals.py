"""Printed totals against the rows that they add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from socsvc_analysis.codes import by_code, lookup
from socsvc_analysis.intake.columns import TOTAL_OF
from socsvc_analysis.intake.grid import Column, Grid, together
from socsvc_analysis.intake.received import MeasureColumn, ReceivedRows, ReceivedTable
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import Sentence
from socsvc_analysis.sentences import Sentence as sentence

EPSILON = 0.005
ENTIRE = "all"

STATISTIC = re.compile(
    r"(?:(?:kopējais|reģion\w+|valst\w+|novad\w+)\s+)?(?:vidēj(?:i|ais|ā|ie|ās)|mediān\w*|īpatsvars|procentuāli|starpība"
    r"|izmaiņas|pieaugums|samazinājums|maksimums|minimums|maks|max|min|standartnovirze"
    r"|average|mean|median|share|difference|change)\b|(?:Ø|%)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrongTotal:
    """A printed total that is not the sum of its rows."""

    problem: Problem
    rows: np.ndarray  # positions of the rows of which nobody can tell which is wrong
    region: str = ""  # whose total it is; "" for one of the whole table


def is_statistic(cell: str) -> bool:
    """Whether a cell names a row that is computed of others but adds up none: an average, a share, a difference.

    >>> [is_statistic(each) for each in ("Vidēji:", "Īpatsvars, %", "Izmaiņas pret 2024. gadu", "Maksa")]
    [True, True, True, False]
    """
    return bool(STATISTIC.match(cell.strip()))


def statistics_among(cells: Grid, filled: np.ndarray, places: Sequence[int]) -> np.ndarray:
    """Whether the first cell of each row names a statistic of other rows, in the columns ``places`` or before none."""
    found = np.zeros(len(cells), dtype=bool)
    left = np.arange(len(cells)) if places else np.zeros(0, dtype=np.intp)
    placed = np.asarray(filled[list(places)].any(axis=0))
    for at, column in enumerate(cells.columns):
        here = left[filled[at][left]]
        asked = here if at in places else here[~placed[here]]
        found[asked] = column.at(asked).where(is_statistic)
        left = left[~filled[at][left]]
    return found


def wrong_totals(
    table: ReceivedTable, measures: pd.DataFrame, before: Mapping[str, float]
) -> tuple[list[WrongTotal], list[Problem]]:
    """What is wrong with the totals of a table, and what could not be checked.

    A total may add up all rows, the rows since the total before it, the rows of its own municipality, or all rows and
    those of the tables above it on the sheet, which add up to ``before`` by heading.  Where people can be in several
    rows the total may be smaller than the sum, never larger.
    """
    known = by_code(measures, "measure")
    problems: list[WrongTotal] = []
    unchecked: list[Problem] = []
    totals = np.flatnonzero(table.rows.total).tolist()
    every = np.flatnonzero(~table.rows.total)
    for column in table.columns if totals else ():
        measure = known.get(column.measure)
        repeats = measure is not None and bool(measure["unique_persons"] or not measure["additive_service"])
        numbers = table.rows.numbers[column.heading]
        for at in totals:
            number, row = numbers[at], int(table.rows.row[at])
            if number.problem:
                said = sentence("note_total_unread", problem=number.problem)
                unchecked.append(Problem(table.file, said, table.sheet, row, column.heading, number.text))
            if number.value is None:
                continue
            region = table.rows.regions.get(at)
            parts = list(_parts(table.rows, at)) if region is None else [region]
            if not parts:
                continue
            wrong = _against(number.value, [(numbers.at(rows), rows) for rows in parts], table.rows, repeats)
            above = before.get(column.heading) if region is None else None
            if wrong is None:
                continue
            if above is not None and abs(number.value - above - sum_of(table, column.heading, at)) < EPSILON:
                continue
            problem = Problem(table.file, wrong, table.sheet, row, column.heading, number.text)
            if wrong.key == "note_total_unknown":
                unchecked.append(problem)
            else:
                name = "" if region is None else table.rows.keys["territory"][at].strip()
                problems.append(WrongTotal(problem, every if region is None else region, name))
    return problems, unchecked


def wrong_across(table: ReceivedTable, measures: pd.DataFrame) -> Iterable[tuple[int, str, Sentence]]:
    """Rows whose column of a total is not the sum of the columns of services or of groups beside it.

    Gives the position of the row, the heading of the total and the reason.  Where people can be counted in several
    columns the total may be smaller than the sum, never larger; beside a column nobody knows nothing is checked.
    """
    if table.mapping != "tidy" or table.unmatched:
        return
    additive = lookup(measures, "measure", "additive_service")
    for by in ("service_type", "target_group"):
        for whole in table.columns:
            alike = [each for each in table.columns if _differ_only(each, whole, by)]
            parts = [each for each in alike if getattr(each, by) not in ("", ENTIRE)]
            if getattr(whole, by) not in ("", ENTIRE) or len(parts) < 2 or not TOTAL_OF.search(whole.heading):
                continue
            exact = by == "service_type" and bool(additive.get(whole.measure, False))
            for at in range(len(table.rows)):
                total = table.rows.numbers[whole.heading][at].value
                told = [table.rows.numbers[each.heading][at].value for each in parts]
                known = [each for each in told if each is not None]
                if total is None or not known or (len(known) < len(told) and total >= sum(known)):
                    continue
                fits = abs(total - sum(known)) < EPSILON or (not exact and max(known) <= total <= sum(known))
                if not fits:
                    yield (
                        at,
                        whole.heading,
                        sentence(
                            "reason_total_across",
                            total=f"{total:.10g}",
                            columns=", ".join(each.heading for each in parts),
                            sum=f"{sum(known):.10g}",
                        ),
                    )


def _differ_only(one: MeasureColumn, other: MeasureColumn, by: str) -> bool:
    """Whether two columns count the same but for ``by``."""
    names = {each.name for each in fields(MeasureColumn)} - {"heading", by}
    return all(getattr(one, name) == getattr(other, name) for name in names)


def sum_of(table: ReceivedTable, heading: str, until: int | None = None) -> float:
    """The sum of the known numbers of a column down to row ``until``, without totals."""
    counted = np.flatnonzero(~table.rows.total[:until])
    total: float = sum(number.value for number in table.rows.numbers[heading].at(counted) if number.value is not None)
    return total


def _against(
    total: float, parts: Sequence[tuple[Column, np.ndarray]], rows: ReceivedRows, repeats: bool
) -> Sentence | None:
    """Why a total does not fit any of the sets of rows that it may add up; None when it fits one."""
    sums: list[tuple[float, float, np.ndarray]] = []
    for numbers, positions in parts:
        known = [number.value for number in numbers if number.value is not None]
        if abs(total - sum(known)) < EPSILON or abs(total - _sum_of_different(numbers, positions, rows)) < EPSILON:
            return None
        if len(known) < len(numbers) and total >= sum(known) - EPSILON:
            return sentence("note_total_unknown")
        if repeats and known and max(known) - EPSILON <= total <= sum(known):
            return None
        sums.append((abs(total - sum(known)), sum(known), positions))
    # The sum that comes closest is most likely the one that was meant.
    difference, closest, positions = min(sums, key=lambda each: each[0])
    return sentence(
        "reason_total_wrong",
        total=f"{total:.10g}",
        rows=row_spans(rows.row[positions].tolist()),
        sum=f"{closest:.10g}",
        difference=f"{difference:.10g}",
    )


def row_spans(rows: Iterable[int]) -> str:
    """Numbers of rows, those that follow each other as a span.

    >>> row_spans([2, 3, 4, 7, 9, 10])
    '2–4, 7, 9–10'
    """
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], row]
        else:
            spans.append([row])
    return ", ".join("–".join(map(str, span)) for span in spans)


def _sum_of_different(numbers: Column, positions: np.ndarray, rows: ReceivedRows) -> float:
    """The sum in which rows that say the same in every cell count once."""
    stripped = [Column.of([cell.strip() for cell in column.at(positions)]) for column in rows.cells.values()]
    once = dict(zip(together(stripped, len(positions)).codes.tolist(), numbers, strict=True))
    different: float = sum(number.value for number in once.values() if number.value is not None)
    return different


def _parts(rows: ReceivedRows, at: int) -> Iterable[np.ndarray]:
    """The sets of rows that the total in row ``at`` may add up: all above, those since the last total, its own."""
    counted = np.flatnonzero(~rows.total)
    above = counted[counted < at]
    if not len(above):
        # A total that stands first adds up what follows.
        if len(counted):
            yield counted
        return
    yield above
    before = np.flatnonzero(rows.total[:at])
    since = above[above > before[-1]] if len(before) else above[:0]
    if len(since):
        yield since
    territories = rows.keys.get("territory")
    territory = territories[at] if territories is not None else ""
    if territories is not None and territory:
        said = territory.casefold()  # with *kopā* or *Total* behind the name
        own = above[territories.at(above).where(lambda each: bool(each) and said.startswith(each.casefold()))]
        if len(own):
            yield own
