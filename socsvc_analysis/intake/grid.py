"""Cells by column, each distinct text of a column once.

A return of a hundred thousand rows has a few hundred different names and numbers.  What is asked of a text is asked
once for each distinct one and given to all rows that have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd


class Column(Sequence[Any]):
    """The values of one column: the different ones, and for each row which of them it has.

    >>> column = Column.of(["a", "b", "a"])
    >>> column.values, column.codes.tolist(), column[2], column.map(str.upper)[2]
    (['a', 'b'], [0, 1, 0], 'a', 'A')
    """

    def __init__(self, values: list[Any], codes: np.ndarray) -> None:
        self.values = values
        self.codes = codes

    @classmethod
    def of(cls, cells: Sequence[Any]) -> Column:
        """The column of ``cells``; a number of a workbook and a text of the same letters are two values."""
        told = np.empty(len(cells), dtype=object)
        told[:] = [cell if type(cell) is str else (type(cell), cell) for cell in cells]
        codes, different = pd.factorize(told)
        return cls([each if type(each) is str else each[1] for each in different], codes)

    @classmethod
    def constant(cls, value: object, length: int) -> Column:
        """The same value in every row."""
        return cls([value], np.zeros(length, dtype=np.intp))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: int | slice) -> Any:
        return list(self)[at] if isinstance(at, slice) else self.values[self.codes[at]]

    def __iter__(self) -> Iterator[Any]:
        return map(self.values.__getitem__, self.codes.tolist())

    def map(self, function: Callable[[Any], Any]) -> Column:
        """The column with ``function`` applied, once for each different value; equal results are not merged."""
        return Column(
            [function(value) if stands else None for value, stands in zip(self.values, self._stand, strict=True)],
            self.codes,
        )

    def where(self, function: Callable[[Any], Any]) -> np.ndarray:
        """Whether ``function`` holds for the value of each row."""
        holds = np.array([bool(answer) for answer in self.map(function).values], dtype=bool)
        return holds.take(self.codes) if holds.any() else np.zeros(len(self), dtype=bool)

    @cached_property
    def _stand(self) -> list[bool]:
        """Whether each value stands in any row; asked again for every question about the column."""
        counts: list[int] = np.bincount(self.codes, minlength=len(self.values)).tolist()
        return [count > 0 for count in counts]

    def at(self, rows: np.ndarray | slice) -> Column:
        """The column of these rows: numbers, a mask or a slice."""
        return Column(self.values, self.codes[rows])

    def told(self) -> Iterator[tuple[int, Any]]:
        """The first row of each value that stands anywhere, and the value, from the top down."""
        first = np.full(len(self.values), -1, dtype=np.intp)
        first[self.codes[::-1]] = np.arange(len(self.codes))[::-1]  # what is written last stays: the uppermost row
        for at in np.sort(first[first >= 0]).tolist():
            yield at, self.values[self.codes[at]]

    def replaced(self, changed: Mapping[int, object]) -> Column:
        """The column with other values in some rows."""
        codes = self.codes.copy()
        values = list(self.values)
        for at, value in changed.items():
            codes[at] = len(values)
            values.append(value)
        return Column(values, codes)


def together(columns: Sequence[Column], length: int) -> Column:
    """One column that has in each row the tuple of the columns' values.

    >>> together([Column.of(["a", "b", "a"]), Column.of(["x", "x", "x"])], 3).values
    [('a', 'x'), ('b', 'x')]
    """
    codes = np.zeros(length, dtype=np.int64)
    for column in columns:
        if len(column.values) > 1:
            codes = pd.factorize(codes * len(column.values) + column.codes)[0]
    first = np.zeros(codes.max(initial=-1) + 1, dtype=np.intp)
    first[codes[::-1]] = np.arange(length)[::-1]  # of equal codes the last one written stays: the uppermost row
    beside = zip(*(column.at(first) for column in columns), strict=True) if columns else [()]
    return Column(list(beside), codes)


class Grid(Sequence[Any]):
    """Rows of text cells, all of one width, kept by column.

    >>> grid = Grid.of([["a", "1"], ["b"]])
    >>> grid[1], len(grid), [row[0] for row in grid]
    (('b', ''), 2, ['a', 'b'])
    """

    def __init__(self, columns: Sequence[Column], height: int) -> None:
        self.columns = tuple(columns)
        self.height = height

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> Grid:
        """The grid of ``rows``; the cells that shorter ones lack are empty."""
        rows = list(rows)
        width = max(map(len, rows), default=0)
        if any(len(row) < width for row in rows):
            rows = [(*row, *("",) * (width - len(row))) for row in rows]
        return cls([Column.of(cells) for cells in zip(*rows, strict=True)], len(rows))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    def __len__(self) -> int:
        return self.height

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(self.height))]
        if not -self.height <= at < self.height:
            raise IndexError(at)
        return tuple(column[at] for column in self.columns)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return zip(*self.columns, strict=True) if self.columns else iter([()] * self.height)

    def replaced(self, changed: Mapping[int, Mapping[int, str]]) -> Grid:
        """The grid with other cells: by column and row."""
        columns = list(self.columns)
        for at, cells in changed.items():
            columns[at] = columns[at].replaced(cells)
        return Grid(columns, self.height)

    def at(self, rows: np.ndarray) -> Grid:
        """The grid of these rows (numbers or a mask)."""
        columns = [column.at(rows) for column in self.columns]
        return Grid(columns, len(columns[0]) if columns else len(rows))

    def filled(self) -> np.ndarray:
        """Whether each cell (columns by rows) has anything but blanks."""
        filled = np.zeros((self.width, self.height), dtype=bool)
        for at, column in enumerate(self.columns):
            filled[at] = column.where(str.strip)
        return filled

    def nowhere(self, rows: np.ndarray, holds: Callable[[str], Any]) -> np.ndarray:
        """Whether ``holds`` is true for no cell of each of the rows, which are given by number."""
        left = np.ones(len(rows), dtype=bool)
        for column in self.columns:
            asked = np.flatnonzero(left)
            left[asked] = ~column.at(rows[asked]).where(holds)
        return left
