"""The figures of a received file by column: what each number is about, as codes that are equal where the thing is.

Rows with anything against them are read one by one (:func:`read_row`), with every reason; the others, nearly all of a
sound return, are read by column.  Both say the same of a sound row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pandas as pd

from socsvc_analysis.intake.grid import Column, together
from socsvc_analysis.intake.received import MeasureColumn, Number, ReceivedRow, ReceivedTable
from socsvc_analysis.intake.subjects import Subject, Subjects
from socsvc_analysis.schema import Problem

COUNTED = ("persons", "places", "institutions", "branches", "families", "municipalities", "partners", "sites", "plans")
"""Units of which there are no fractions."""
FIELDS = tuple(each.name for each in fields(Subject))


@dataclass
class Rows:
    """The rows of all tables of a file that are no totals, and the reasons against some of them."""

    tables: tuple[ReceivedTable, ...]
    table: np.ndarray  # which of the tables each row is of
    at: np.ndarray  # its position there
    problems: dict[int, list[Problem]] = field(default_factory=dict)  # by number of the row, as in the arrays
    repeats: np.ndarray = field(init=False)  # whether it is a duplicate of earlier rows

    def __post_init__(self) -> None:
        self.repeats = np.zeros(len(self.table), dtype=bool)

    @classmethod
    def of(cls, tables: tuple[ReceivedTable, ...]) -> Rows:
        """The rows of these tables."""
        counted = [np.flatnonzero(~table.rows.total) for table in tables]
        which = [np.full(len(rows), number) for number, rows in enumerate(counted)]
        nothing = np.zeros(0, dtype=np.intp)
        return cls(tables, np.concatenate([nothing, *which]), np.concatenate([nothing, *counted]))

    def __len__(self) -> int:
        return len(self.table)

    def of_table(self, row: int) -> ReceivedTable:
        """The table of a row."""
        return self.tables[self.table[row]]

    def number(self, row: int) -> int:
        """The number of a row as the spreadsheet shows it."""
        return int(self.of_table(row).rows.row[self.at[row]])

    def received(self, row: int) -> ReceivedRow:
        """A row as it stands in the file."""
        return self.of_table(row).rows[self.at[row]]

    def place(self, row: int, seen_from: int) -> str:
        """The number of a row, with its sheet where that is another one."""
        sheet = self.of_table(row).sheet
        return f"{self.number(row)}" + (f" ({sheet})" if sheet != self.of_table(seen_from).sheet else "")

    def refuse(self, row: int, said: str, column: str = "", value: str = "", near: str = "") -> None:
        """Note one reason against a row."""
        table = self.of_table(row)
        problem = Problem(table.file, said, table.sheet, self.number(row), column, value, near)
        self.problems.setdefault(row, []).append(problem)

    @property
    def sound(self) -> np.ndarray:
        """Whether nothing is against each row."""
        sound = np.ones(len(self), dtype=bool)
        sound[list(self.problems)] = False
        return sound


@dataclass(frozen=True)
class Figures:
    """Numbers with what they are about, in the order of their rows and columns."""

    rows: Rows
    columns: tuple[MeasureColumn, ...]
    numbers: tuple[Number, ...]
    words: Mapping[str, Sequence[str]]  # the codes of each field of a subject
    row: np.ndarray  # of Rows
    column: np.ndarray  # of columns
    number: np.ndarray  # of numbers
    codes: Mapping[str, np.ndarray]  # by field of a subject: of words
    subject: np.ndarray  # equal where all fields are
    values: np.ndarray  # NaN where there is no number

    def __len__(self) -> int:
        return len(self.row)

    def at(self, which: np.ndarray) -> Figures:
        """These figures only: numbers or a mask."""
        return replace(
            self,
            row=self.row[which],
            column=self.column[which],
            number=self.number[which],
            codes={name: each[which] for name, each in self.codes.items()},
            subject=self.subject[which],
            values=self.values[which],
        )

    def says(self, name: str, holds: Callable[[str], bool]) -> np.ndarray:
        """Whether a field of each subject is as asked for."""
        return np.array([bool(holds(word)) for word in self.words[name]], dtype=bool)[self.codes[name]]

    def told(self, name: str, answers: Mapping[str, float], otherwise: float) -> np.ndarray:
        """What ``answers`` say of a field of each subject."""
        return np.array([answers.get(word, otherwise) for word in self.words[name]], dtype=float)[self.codes[name]]

    def same(self, names: Iterable[str]) -> np.ndarray:
        """A number for each figure, equal where these fields of the subject are."""
        return _same(self.words, self.codes, names)

    @property
    def numerals(self) -> np.ndarray:
        """A number for each figure, equal where the values and what is said of them are."""
        found: dict[tuple[float | None, str], int] = {}
        said = [found.setdefault((each.value, each.status), len(found)) for each in self.numbers]
        return np.array(said, dtype=np.int64)[self.number]

    def cell(self, figure: int) -> tuple[str, int, str]:
        """Where a figure stands: sheet, row and heading."""
        row = int(self.row[figure])
        return self.rows.of_table(row).sheet, self.rows.number(row), self.columns[self.column[figure]].heading

    def refuse(self, figure: int, said: str) -> None:
        """Note one reason against the row of a figure, at its cell."""
        heading, text = self.columns[self.column[figure]].heading, self.numbers[self.number[figure]].text
        self.rows.refuse(int(self.row[figure]), said, heading, text)


class _Making:
    """Figures being read."""

    def __init__(self, rows: Rows, subjects: Subjects, units: Mapping[str, str]) -> None:
        self.rows = rows
        self.subjects = subjects
        self.units = units
        self.columns: list[MeasureColumn] = []
        self.numbers: list[Number] = []
        self.words: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
        self.parts: list[tuple[np.ndarray, ...]] = []
        self.single: list[tuple[int, ...]] = []  # figures of rows that were read one by one

    def code(self, name: str, word: str | None) -> int:
        return self.words[name].setdefault(word or "", len(self.words[name]))

    def read_table(self, which: int) -> None:
        """Read a table by column, and again row by row what has anything against it."""
        table = self.rows.tables[which]
        mine = np.flatnonzero(self.rows.table == which)
        at = self.rows.at[mine]
        begin = len(self.columns)
        self.columns += table.columns
        suspect = np.isin(at, list(table.rows.problem))
        empty = np.ones(len(at), dtype=bool)
        read: list[tuple[np.ndarray, Column, dict[str, np.ndarray]]] = []
        known: dict[tuple[str, ...], Column] = {}
        for column in table.columns:
            numbers = table.rows.numbers[column.heading].at(at)
            subject = self.subjects.by_column(table, at, column, known)
            unclear = np.zeros(len(at), dtype=bool)
            for said in subject.values():
                unclear |= said.where(lambda word: word is None)
            blank = numbers.where(_is_blank)
            wrong = together([numbers, subject["measure"]], len(at)).where(
                lambda pair: pair[0].problem or wrong_number(pair[0], self.units.get(pair[1], ""))
            )
            codes = {
                name: np.array([self.code(name, word) for word in said.values], dtype=np.int64)[said.codes]
                for name, said in subject.items()
            }
            # Two columns that say the same thing of a row are both against it.
            for other, (column_of, _, beside) in zip(table.columns, read, strict=False):
                if other.measure == column.measure or not (other.measure and column.measure):
                    suspect |= column_of & ~blank & np.all([beside[name] == codes[name] for name in FIELDS], axis=0)
            suspect |= unclear | (~blank & wrong)
            empty &= blank
            read.append((~blank, numbers, codes))
        suspect |= empty
        for number, (filled, numbers, codes) in enumerate(read):
            chosen = np.flatnonzero(filled & ~suspect)
            of_numbers = numbers.codes[chosen] + len(self.numbers)
            of_column = np.full(len(chosen), begin + number)
            self.parts.append((mine[chosen], of_column, of_numbers, *(codes[name][chosen] for name in FIELDS)))
            self.numbers += [each or Number("") for each in numbers.values]  # none where no row has it
        for row in mine[suspect].tolist():
            self.read_row(row, begin)

    def read_row(self, row: int, begin: int) -> None:
        """Read one row: an empty cell makes no figure, a mark an unknown one."""
        table, received = self.rows.of_table(row), self.rows.received(row)
        if received.problem:
            self.rows.refuse(row, received.problem)
        seen: set[tuple[str, str]] = set()
        figures: dict[Subject, tuple[int, Number]] = {}
        empty = True
        for at, column in enumerate(table.columns):
            number = received.numbers[column.heading]
            subject, problems = self.subjects.of(table, received, column)
            for problem in problems:
                if (problem.column, problem.problem) not in seen:
                    seen.add((problem.column, problem.problem))
                    self.rows.problems.setdefault(row, []).append(problem)
            if number.problem:
                self.rows.refuse(row, number.problem, column.heading, number.text)
            elif _is_blank(number):
                continue
            elif subject is not None:
                said = wrong_number(number, self.units.get(subject.measure, ""))
                if said:
                    self.rows.refuse(row, said, column.heading, number.text)
                elif subject in figures:
                    said = "says the same thing as another column of the row"
                    self.rows.refuse(row, said, column.heading, number.text)
                figures[subject] = (begin + at, number)
            empty = False
        if empty:
            self.rows.refuse(row, "has no number")
        for subject, (column, number) in figures.items():
            codes = (self.code(name, getattr(subject, name)) for name in FIELDS)
            self.single.append((row, column, len(self.numbers), *codes))
            self.numbers.append(number)

    def made(self) -> Figures:
        single = np.array(self.single, dtype=np.int64).reshape(-1, 3 + len(FIELDS))
        row, column, number, *codes = map(np.concatenate, zip(*self.parts, tuple(single.T), strict=True))
        order = np.argsort(row, kind="stable")
        words = {name: tuple(words) for name, words in self.words.items()}
        of_fields = {name: each[order] for name, each in zip(FIELDS, codes, strict=True)}
        values = [np.nan if each.value is None else each.value for each in self.numbers]
        return Figures(
            self.rows,
            tuple(self.columns),
            tuple(self.numbers),
            words,
            row[order],
            column[order],
            number[order],
            of_fields,
            _same(words, of_fields, FIELDS),
            np.array(values, dtype=float)[number[order]],
        )


def _same(words: Mapping[str, Sequence[str]], codes: Mapping[str, np.ndarray], names: Iterable[str]) -> np.ndarray:
    key = np.zeros(1, dtype=np.int64)
    for name in names:
        key = key * max(len(words[name]), 1) + codes[name]
    return pd.factorize(key)[0]


def figures_of(rows: Rows, subjects: Subjects, units: Mapping[str, str]) -> Figures:
    """The figures of ``rows``; what is wrong with a row by itself is noted against it.  ``units`` are by measure."""
    making = _Making(rows, subjects, units)
    for which in range(len(rows.tables)):
        making.read_table(which)
    return making.made()


def _is_blank(number: Number) -> bool:
    """Whether a cell is empty and so makes no figure."""
    return not number.problem and number.value is None and number.status == "missing" and not number.text.strip()


def wrong_number(number: Number, unit: str) -> str:
    """Why a number cannot be one of this unit; "" when it can."""
    if number.value is None:
        return ""
    if number.value < 0:
        return "is below zero"
    if unit in COUNTED and number.value % 1:
        return "is a fraction, and these are counted whole"
    return ""
