"""What became of the rows of a received file: figures, and rows that go back with every reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from socsvc_analysis.intake.figures import Rows
from socsvc_analysis.intake.received import UNNAMED
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import PROGRAM_LANGUAGE, Sentence, said_in

LATVIAN = "lv"


class Spelled(Sequence[Any]):
    """A sequence that is computed when it is first read: to spell out tens of thousands of reasons takes a while."""

    def __init__(self, spelled: Callable[[], Iterable[Any]]) -> None:
        self._spelled = spelled

    @cached_property
    def _all(self) -> tuple[Any, ...]:
        return tuple(self._spelled())

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, at: int | slice) -> Any:
        return self._all[at]


class RejectedRows:
    """The rows of a file that could not be used."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.numbers = np.flatnonzero(~rows.sound)  # which of them, in order
        self.problems = Spelled(lambda: chain.from_iterable(self._by_row.values()))

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def _by_row(self) -> dict[int, list[Problem]]:
        return self.rows.problems()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row for each rejected row of the file: where it stands, all its reasons, and its cells as received.

        Returns ``sheet row problem problem_lv`` (the same in English and in Latvian) and a column for each heading.
        """
        said = {
            "sheet": self.rows.sheets(self.numbers),
            "row": self.rows.numbers(self.numbers),
            "problem": [reasons(each, PROGRAM_LANGUAGE) for each in self._by_row.values()],
            "problem_lv": [reasons(each, LATVIAN) for each in self._by_row.values()],
        }
        return pd.concat([pd.DataFrame(said), self._cells()], axis=1)

    @cached_property
    def wrong(self) -> list[frozenset[str]]:
        """The headings of the cells that each rejected row is told of; none where the row as a whole is wrong."""
        return [frozenset(each.column for each in problems) - {""} for problems in self._by_row.values()]

    def _cells(self) -> pd.DataFrame:
        parts = []
        for number, table in enumerate(self.rows.tables):
            mine = np.flatnonzero(self.rows.table[self.numbers] == number)
            at = self.rows.at[self.numbers[mine]]
            cells = {heading: list(column.at(at)) for heading, column in table.rows.cells.items()}
            shown = {name: each for name, each in cells.items() if any(each) or not name.startswith(UNNAMED)}
            parts.append(pd.DataFrame(shown, index=mine, dtype=object))
        parts = [part for part in parts if len(part)]
        return pd.concat(parts).sort_index() if parts else pd.DataFrame()


@dataclass(frozen=True)
class ImportResult:
    """What became of the rows of a file.  Each is accepted, rejected or a duplicate: one of them, never none."""

    accepted: pd.DataFrame
    """One row for each figure: ``measure territory provider programme service_type target_group period value kind
    version status note`` as in observations, and where it stands: ``sheet row column``."""
    rejected: RejectedRows
    rows_in: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    problems: Sequence[Problem] = ()  # at least one for each rejected row
    warnings: tuple[Problem, ...] = ()  # what the reader must know although the rows are used
    years: tuple[str, ...] = ()  # of which the file speaks

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_accepted + self.rows_rejected + self.rows_duplicate:
            raise AssertionError(
                f"{self.rows_in} rows came in, but {self.rows_accepted} were accepted, {self.rows_rejected} rejected "
                f"and {self.rows_duplicate} are duplicates: rows were lost"
            )


def reasons(problems: list[Problem], language: str) -> str:
    """Why a row was rejected, without the place, which the row gives."""
    return "; ".join(dict.fromkeys(reason(problem, language) for problem in problems))


def reason(problem: Problem, language: str) -> str:
    """One problem without the place of its row."""
    place = f"{problem.column}: " if problem.column else ""
    value = f"{problem.value!r} " if problem.value else ""
    said = f"{place}{value}{said_in(language, problem.problem)}"
    return (
        f"{said} {Sentence('reason_nearest', near=problem.nearest).in_language(language)}" if problem.nearest else said
    )
