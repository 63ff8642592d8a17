"""What is published: which dimensions, with which levels above them, and which tables of them.

The best protection is a better table: who publishes municipality by service and municipality by group instead of all
three together has far fewer cells to hide for much the same message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from socsvc_analysis.schema import DataError, Problem, nearest

__all__ = ["Design", "Dimension", "design_of"]


@dataclass(frozen=True)
class Dimension:
    """A column by which people are counted, and the columns in which its values are put together."""

    finest: str
    above: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns from coarse to fine."""
        return (*self.above, self.finest)


@dataclass(frozen=True)
class Design:
    """The dimensions, and the tables that are published: each a choice of columns, ``()`` is the grand total."""

    dimensions: tuple[Dimension, ...]
    tables: tuple[tuple[str, ...], ...]

    @property
    def unpublished(self) -> tuple[tuple[str, ...], ...]:
        """The tables that could be made of the dimensions and are not published."""
        crossed = _crossed([dimension.columns for dimension in self.dimensions])
        return _in_order(set(crossed) - set(self.tables), self.dimensions)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order of the dimensions, coarse before fine."""
        return tuple(column for dimension in self.dimensions for column in dimension.columns)

    @property
    def finest(self) -> tuple[str, ...]:
        """The columns that together name one finest cell."""
        return tuple(dimension.finest for dimension in self.dimensions)


def design_of(dimensions: str, publish: str = "") -> Design:
    """Read a design as it is written on the command line.

    ``dimensions`` are columns with commas between; ``region>municipality`` says that municipalities make regions, and a
    finest column may be named again with other columns above it (old and new borders).  ``publish`` names tables:
    ``municipality*service,municipality*group``; each brings its totals and the same table for every level above.  A
    level above that no table names is published in full.  Without ``publish`` everything is.

    Raises :class:`~socsvc_analysis.schema.DataError` for columns that are not among the dimensions.

    >>> design = design_of("region>municipality,service,group", "municipality*service")
    >>> ("municipality", "service") in design.tables, ("municipality", "service", "group") in design.tables
    (True, False)
    >>> ("region", "service", "group") in design.tables, ("municipality",) in design.tables, () in design.tables
    (True, True, True)
    """
    found = _dimensions(dimensions)
    named = _named_tables(publish, found)
    if not publish:
        return Design(found, _in_order(_crossed([dimension.columns for dimension in found]), found))
    tables = [table for columns in named for table in _with_totals(columns, found)]
    used = {column for columns in named for column in columns}
    for at, dimension in enumerate(found):
        coarse = tuple(column for column in dimension.above if column not in used)
        if coarse:
            levels = [coarse if at == other else each.columns for other, each in enumerate(found)]
            tables += _crossed(levels)
    return Design(found, _in_order(tables, found))


def _dimensions(text: str) -> tuple[Dimension, ...]:
    above: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for part in text.split(","):
        chain = [column.strip() for column in part.split(">")]
        if not all(chain):
            problems.append(Problem("--dims", "has an empty name; write columns with commas between", value=text))
            continue
        levels = above.setdefault(chain[-1], [])
        levels += [column for column in chain[:-1] if column not in levels]
    columns = [column for finest, levels in above.items() for column in (*levels, finest)]
    problems += [
        Problem("--dims", "stands in two places; a column can be a level of one dimension only", value=column)
        for column in dict.fromkeys(columns)
        if columns.count(column) > 1
    ]
    if problems:
        raise DataError(problems)
    return tuple(Dimension(finest, tuple(levels)) for finest, levels in above.items())


def _named_tables(text: str, dimensions: Sequence[Dimension]) -> list[tuple[str, ...]]:
    of_column = {column: dimension for dimension in dimensions for column in dimension.columns}
    tables, problems = [], []
    for part in filter(str.strip, text.split(",")):
        columns = tuple(column.strip() for column in part.split("*"))
        unknown = [column for column in columns if column not in of_column]
        problems += [
            Problem("--publish", "is not a column of --dims", value=column, nearest=nearest(column, of_column))
            for column in unknown
        ]
        if not unknown and len({of_column[column].finest for column in columns}) < len(columns):
            problems.append(Problem("--publish", "names one dimension twice", value=part.strip()))
        tables.append(columns)
    if problems:
        raise DataError(problems)
    return tables


def _with_totals(columns: Sequence[str], dimensions: Sequence[Dimension]) -> list[tuple[str, ...]]:
    levels = []
    for dimension in dimensions:
        named = [column for column in dimension.columns if column in columns]
        at = dimension.columns.index(named[0]) if named else -1
        # A level in the middle of a chain brings those above it, not those below.
        levels.append(dimension.columns[: at + 1])
    return _crossed(levels)


def _crossed(levels: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Every table that has one column of each dimension, out of its ``levels``, or the total over it."""
    choices = [(*chosen, "") for chosen in levels]
    return [tuple(filter(None, choice)) for choice in product(*choices)]


def _in_order(tables: Iterable[tuple[str, ...]], dimensions: Sequence[Dimension]) -> tuple[tuple[str, ...], ...]:
    """The tables without repetitions, totals first."""
    place = {column: at for at, column in enumerate(c for each in dimensions for c in each.columns)}
    return tuple(sorted(set(tables), key=lambda table: (len(table), [place[column] for column in table])))
