"""Printed totals against the rows that they add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from socsvc_analysis.intake.received import MeasureColumn, ReceivedRow, ReceivedTable
from socsvc_analysis.schema import Problem

EPSILON = 0.005


def wrong_totals(table: ReceivedTable, measures: pd.DataFrame) -> tuple[list[Problem], list[Problem]]:
    """What is wrong with the totals of a table, and what could not be checked.

    A total may add up all rows, the rows since the total before it, or the rows of its own municipality.  Where people
    can be in several rows the total may be smaller than the sum, never larger.
    """
    unique = measures.set_index("measure")[["unique_persons", "additive_service"]]
    problems: list[Problem] = []
    unchecked: list[Problem] = []
    for column in table.columns:
        known = column.measure in unique.index
        repeats = known and bool(
            unique.at[column.measure, "unique_persons"] or not unique.at[column.measure, "additive_service"]
        )
        for at, row in enumerate(table.rows):
            number = row.numbers.get(column.heading)
            if row.total and number is not None and number.problem:
                said = f"is the total and cannot be checked: it {number.problem}"
                unchecked.append(Problem(table.file, said, table.sheet, row.row, column.heading, number.text))
            if not row.total or number is None or number.value is None:
                continue
            parts = list(_parts(table.rows, at))
            if not parts:
                continue
            said = _judged(number.value, parts, column, repeats)
            if said:
                problem = Problem(table.file, said, table.sheet, row.row, column.heading, number.text)
                unknown = any(part.numbers[column.heading].value is None for rows in parts for part in rows)
                (unchecked if unknown and said.startswith("cannot") else problems).append(problem)
    return problems, unchecked


def _judged(total: float, parts: Sequence[Sequence[ReceivedRow]], column: MeasureColumn, repeats: bool) -> str:
    """Why a total does not fit any of the sets of rows that it may add up; "" when it fits one."""
    sums = []
    for rows in parts:
        values = [row.numbers[column.heading].value for row in rows]
        known = [value for value in values if value is not None]
        once = {_content(row): row.numbers[column.heading].value for row in rows}
        distinct = [value for value in once.values() if value is not None]
        if any(abs(total - sum(each)) < EPSILON for each in (known, distinct)):
            return ""
        if len(known) < len(values) and total >= sum(known) - EPSILON:
            return "cannot be checked: a number that it adds up is not known"
        if repeats and known and max(known) - EPSILON <= total <= sum(known):
            return ""
        sums.append(sum(known))
    return f"is the total, and the rows add up to {sums[0]:.10g}"


def _parts(rows: Sequence[ReceivedRow], at: int) -> Iterable[list[ReceivedRow]]:
    """The sets of rows that the total in row ``at`` may add up: all above, those since the last total, its own."""
    above = [row for row in rows[:at] if not row.total]
    if not above:
        # A total that stands first adds up what follows.
        below = [row for row in rows[at + 1 :] if not row.total]
        if below:
            yield below
        return
    yield above
    before = [number for number, row in enumerate(rows[:at]) if row.total]
    since = [row for row in rows[before[-1] + 1 : at] if not row.total] if before else []
    if since:
        yield since
    territory = rows[at].keys.get("territory", "")
    own = [row for row in above if row.keys.get("territory", "") == territory]
    if territory and own:
        yield own


def _content(row: ReceivedRow) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((heading, cell.strip()) for heading, cell in row.cells.items()))
