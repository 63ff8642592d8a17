"""The figures of a received file by column: what each number is about, as codes that are equal where the thing is.

Everything is read by column: a return of a hundred thousand rows has a few hundred different cells, and each is
understood once.  What is wrong with a cell is noted against every row that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from socsvc_analysis.intake.grid import Column, together
from socsvc_analysis.intake.numbers import wrong_unit
from socsvc_analysis.intake.received import PARTS, MeasureColumn, Number, ReceivedTable
from socsvc_analysis.intake.subjects import Subject, Subjects, UnreadableCell
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import Sentence as sentence

COUNTED = ("persons", "places", "institutions", "branches", "families", "municipalities", "partners", "sites", "plans")
"""Units that are counted in whole numbers."""
FIELDS = tuple(each.name for each in fields(Subject))
WHOLE = tuple(name for name in FIELDS if name not in PARTS)
"""Fields of the number that a breakdown divides: all but those by which it is divided."""

Told = tuple[str, str, str, str]
"""A reason: the sentence, the heading and value it is about, and the nearest known value."""


@dataclass
class Rows:
    """The rows of all tables of a file that are no totals, and the reasons against some of them.

    Reasons are noted for many rows at once, and spelled out when somebody reads them.
    """

    tables: tuple[ReceivedTable, ...]
    table: np.ndarray  # which of the tables each row is of
    at: np.ndarray  # its position there
    repeats: np.ndarray = field(init=False)  # whether it is a duplicate of earlier rows
    sound: np.ndarray = field(init=False)  # whether nothing is against it
    notes: list[tuple[np.ndarray, Callable[[int], Told]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repeats = np.zeros(len(self.table), dtype=bool)
        self.sound = np.ones(len(self.table), dtype=bool)

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
        return self.tables[int(self.table[row])]

    def number(self, row: int) -> int:
        """The number of a row as the spreadsheet shows it."""
        return int(self.of_table(row).rows.row[self.at[row]])

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """The numbers of rows as the spreadsheet shows them."""
        shown = [each.rows.row for each in self.tables]
        begins = np.cumsum([0, *map(len, shown)])
        together = np.concatenate([np.zeros(0, dtype=np.int64), *shown])
        return np.asarray(together[begins[self.table[rows]] + self.at[rows]])

    def sheets(self, rows: np.ndarray) -> list[str]:
        """The sheet of each of these rows."""
        return [self.tables[each].sheet for each in self.table[rows].tolist()]

    def place(self, row: int, seen_from: int) -> str:
        """The number of a row, with its sheet where that is another one."""
        sheet = self.of_table(row).sheet
        return f"{self.number(row)}" + (f" ({sheet})" if sheet != self.of_table(seen_from).sheet else "")

    def note(self, rows: np.ndarray, told: Callable[[int], Told]) -> None:
        """Note a reason against each of ``rows``; ``told`` gives the reason of the first, second ... of them."""
        if len(rows):
            self.sound[rows] = False
            self.notes.append((rows, told))

    def refuse(self, row: int, said: str, column: str = "", value: str = "") -> None:
        """Note one reason against a row."""
        self.note(np.array([row]), lambda _: (said, column, value, ""))

    def problems(self) -> dict[int, list[Problem]]:
        """Every reason against each row that is not sound, by number of the row, spelled out."""
        found: dict[int, dict[Problem, None]] = {row: {} for row in np.flatnonzero(~self.sound).tolist()}
        for rows, told in self.notes:
            shown = zip(rows.tolist(), self.table[rows].tolist(), self.numbers(rows).tolist(), strict=True)
            for at, (row, table, number) in enumerate(shown):
                said, column, value, near = told(at)
                file, sheet = self.tables[table].file, self.tables[table].sheet
                found[row][Problem(file, said, sheet, number, column, value, near)] = None
        return {row: list(said) for row, said in found.items()}


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
    lost: tuple[tuple[int, tuple[int, ...]], ...] = ()  # rows that lack a part of a number, and codes of that number

    def __len__(self) -> int:
        return len(self.row)

    def at(self, which: np.ndarray) -> Figures:
        """These figures only: numbers or a mask."""
        if which.dtype == bool:
            if which.all():
                return self
            which = np.flatnonzero(which)  # a mask would be counted anew for each of the arrays
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
        return np.array([bool(holds(word)) for word in self.words[name]], dtype=bool).take(self.codes[name])

    def told(self, name: str, answers: Mapping[str, float], otherwise: float) -> np.ndarray:
        """For each figure the value that ``answers`` has for its field, or ``otherwise``."""
        return np.array([answers.get(word, otherwise) for word in self.words[name]], dtype=float).take(self.codes[name])

    def same(self, names: Iterable[str]) -> np.ndarray:
        """A number for each figure, equal where these fields of the subject are."""
        return _same(self.words, self.codes, names)

    @property
    def numerals(self) -> np.ndarray:
        """A number for each figure, equal where the values and what is said of them are."""
        found: dict[tuple[float | None, str], int] = {}
        said = [found.setdefault((each.value, each.status), len(found)) for each in self.numbers]
        return np.array(said, dtype=np.int64).take(self.number)

    def cell(self, figure: int) -> tuple[str, int, str]:
        """Where a figure stands: sheet, row and heading."""
        row = int(self.row[figure])
        return self.rows.of_table(row).sheet, self.rows.number(row), self.columns[self.column[figure]].heading

    def note(self, figures: np.ndarray, said: Callable[[int], str]) -> None:
        """Note a reason against the row of each of these figures, at its cell: ``said`` of the figure."""

        def told(at: int) -> Told:
            figure = int(figures[at])
            return said(figure), self.columns[self.column[figure]].heading, self.numbers[self.number[figure]].text, ""

        self.rows.note(self.row[figures], told)


def always(said: str) -> Callable[[object], str]:
    """A function that returns ``said`` for any argument."""
    return lambda _: said


@dataclass
class _Read:
    """One column of numbers of a table: the cells, what each is about, and which make figures."""

    numbers: Column
    codes: dict[str, np.ndarray]
    usable: np.ndarray

    def repeats(self, other: _Read) -> np.ndarray:
        """The rows in which this column says the same thing as another one."""
        same: np.ndarray = self.usable & other.usable
        for name in FIELDS:
            same = same & (self.codes[name] == other.codes[name])
        return same


class _Table:
    """The rows of one table, against which reasons are noted."""

    def __init__(self, table: ReceivedTable, mine: np.ndarray, at: np.ndarray, rows: Rows) -> None:
        self.table = table
        self.mine = mine  # number of each row among all
        self.at = at  # its position in the table
        self.rows = rows
        self.noted: set[int] = set()  # fields that were looked at: several columns share them

    def note_unreadable(self, subjects: Subjects, subject: Mapping[str, Column], column: MeasureColumn) -> np.ndarray:
        """Note each cell that cannot be read; returns the rows in which all can."""
        readable = np.ones(len(self.at), dtype=bool)
        for name, said in subject.items():
            unread = said.where(_is_unreadable)
            readable &= ~unread
            if id(said) not in self.noted:
                self.noted.add(id(said))
                self._note_field(subjects, name, said, np.flatnonzero(unread), column)
        return readable

    def _note_field(self, subjects: Subjects, name: str, said: Column, rows: np.ndarray, column: MeasureColumn) -> None:
        def told(at: int) -> Told:
            heading, cell = subjects.where_read(self.table, said[rows[at]].key or name, int(self.at[rows[at]]))
            if name == "period" and column.year and not heading:
                heading = column.heading
            reason = said[rows[at]]
            asked = self.table.rows.asked.get(("year" if name == "period" else name, int(self.at[rows[at]])))
            return asked or reason.problem, heading, cell, reason.near

        self.rows.note(self.mine[rows], told)

    def note(self, column: MeasureColumn, cells: Column, asked: np.ndarray, reason: Callable[[Any], str]) -> np.ndarray:
        """Note the reason that ``reason`` gives for a row's cell; returns the rows for which it gives none."""
        rows = np.flatnonzero(asked)
        against = cells.at(rows).map(reason)
        wrong = np.flatnonzero(against.where(bool))
        numbers = self.table.rows.numbers[column.heading].at(self.at[rows[wrong]])
        self.rows.note(self.mine[rows[wrong]], lambda at: (against[wrong[at]], column.heading, numbers[at].text, ""))
        sound = np.ones(len(self.at), dtype=bool)
        sound[rows[wrong]] = False
        return sound


def _is_unreadable(word: str | UnreadableCell) -> bool:
    return isinstance(word, UnreadableCell)


class _Making:
    """Collects the figures of all tables of a file while they are read."""

    def __init__(self, rows: Rows, subjects: Subjects, units: Mapping[str, str]) -> None:
        self.rows = rows
        self.subjects = subjects
        self.units = units
        self.columns: list[MeasureColumn] = []
        self.numbers: list[Number] = []
        self.words: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
        self.parts: list[tuple[np.ndarray, ...]] = []
        self.lost: list[tuple[int, tuple[int, ...]]] = []

    def read_table(self, which: int) -> None:
        """Read the numbers of a table; an empty cell makes no figure, a mark an unknown one."""
        table = self.rows.tables[which]
        mine = np.flatnonzero(self.rows.table == which)
        at = self.rows.at[mine]
        reading = _Table(table, mine, at, self.rows)
        for row in np.flatnonzero(np.isin(at, list(table.rows.problem))).tolist():
            self.rows.refuse(int(mine[row]), table.rows.problem[int(at[row])])
        known: dict[tuple[str, ...], Column] = {}
        empty = np.ones(len(at), dtype=bool)
        read: list[_Read] = []
        for column in table.columns:
            numbers = table.rows.numbers[column.heading].at(at)
            subject = self.subjects.by_column(table, at, column, known)
            readable = reading.note_unreadable(self.subjects, subject, column)
            blank = numbers.where(_is_blank)
            empty &= blank
            sound = reading.note(column, numbers, ~blank, lambda number: number.problem)
            codes = {name: self._coded(name, said) for name, said in subject.items()}
            self._lose(mine, subject, codes, ~(readable & sound & ~blank))
            new = _Read(numbers, codes, readable & sound & ~blank)
            pairs = together([numbers, subject["measure"]], len(at))
            possible = reading.note(
                column, pairs, new.usable, lambda pair: wrong_number(pair[0], self.units.get(pair[1], ""))
            )
            for other, before in zip(table.columns, read, strict=False):
                if other.measure == column.measure or not (other.measure and column.measure):
                    repeated = new.repeats(before)
                    said = sentence("reason_same_column")
                    reading.note(column, numbers, repeated & possible, always(said))
                    before.usable &= ~repeated
            read.append(new)
        nothing = sentence("reason_no_number")
        self.rows.note(mine[empty], lambda _: (nothing, "", "", ""))
        self._keep(table, mine, read)

    def _lose(
        self, mine: np.ndarray, subject: Mapping[str, Column], codes: Mapping[str, np.ndarray], unread: np.ndarray
    ) -> None:
        """Remember parts of a breakdown that are empty or unreadable: without them the others are no total."""
        lost = np.zeros(len(mine), dtype=bool)
        for name in PARTS:
            lost |= subject[name].where(bool)
        lost &= unread
        for name in WHOLE:
            lost &= ~subject[name].where(_is_unreadable)
        for row in np.flatnonzero(lost).tolist():
            self.lost.append((int(mine[row]), tuple(int(codes[name][row]) for name in WHOLE)))

    def _coded(self, name: str, said: Column) -> np.ndarray:
        """A field of subjects as numbers of its words; what was not read counts as nothing."""
        words = self.words[name]
        codes = [words.setdefault(word if isinstance(word, str) else "", len(words)) for word in said.values]
        return np.array(codes, dtype=np.int32).take(said.codes)

    def _keep(self, table: ReceivedTable, mine: np.ndarray, read: Sequence[_Read]) -> None:
        for number, each in enumerate(read):
            chosen = np.flatnonzero(each.usable)
            of_numbers = each.numbers.codes[chosen] + len(self.numbers)
            of_column = np.full(len(chosen), len(self.columns) + number)
            fields = (each.codes[name][chosen] for name in FIELDS)
            self.parts.append((mine[chosen], of_column, of_numbers, *fields))
            self.numbers += [value or Number("") for value in each.numbers.values]  # none where no row has it
        self.columns += table.columns

    def made(self) -> Figures:
        nothing = (np.zeros(0, dtype=np.int32),) * (3 + len(FIELDS))
        row, column, number, *codes = map(np.concatenate, zip(nothing, *self.parts, strict=True))
        order = np.argsort(row, kind="stable")
        words = {name: tuple(words) for name, words in self.words.items()}
        of_fields = {
            name: each if len(words[name]) == 1 else each[order]  # of one word all codes are equal
            for name, each in zip(FIELDS, codes, strict=True)
        }
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
            tuple(self.lost),
        )


def _same(words: Mapping[str, Sequence[str]], codes: Mapping[str, np.ndarray], names: Iterable[str]) -> np.ndarray:
    key = np.zeros(len(next(iter(codes.values()))), dtype=np.int64)
    for name in names:
        if len(words[name]) > 1:  # one word tells nothing apart
            key = key * len(words[name]) + codes[name]
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
    if wrong_unit(number.unit, unit):
        return wrong_unit(number.unit, unit)
    if number.value < 0:
        return sentence("reason_negative")
    if unit in COUNTED and number.value % 1:
        return sentence("reason_fraction")
    return ""
