"""The rows of a table by their codes: each table is gone through once, until somebody changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, wraps
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd

from socsvc_analysis.once import Same

Made = TypeVar("Made")
Row = TypeVar("Row", bound=NamedTuple)


def remembered(function: Callable[..., Made]) -> Callable[..., Made]:
    """A function of a reference table (and codes) whose answers are cached for as long as the table is unchanged."""
    made = lru_cache(maxsize=128)(lambda table, *codes: function(table.kept(), *codes))

    @wraps(function)
    def once(table: pd.DataFrame, *codes: str) -> Made:
        return made(Same(table), *codes)

    return once


class Rows:
    """A few rows as a key in a dictionary: equal to rows with the same cells in the same order.

    Many parts of the figures have the same residents; a table of its own is recognised sooner by where it lies.

    >>> Rows(pd.DataFrame({"value": [1.0, None]})) == Rows(pd.DataFrame({"value": [1.0, None]}))
    True
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        cells = ((None if cell is pd.NA or cell != cell else cell for cell in frame[name].tolist()) for name in frame)
        self.said = (*frame.columns, *map(tuple, cells))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.said)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Each row of ``table`` as a dictionary by column name.

    >>> records(pd.DataFrame({"region": ["zemgale"], "code": ["LV009"]}))
    [{'region': 'zemgale', 'code': 'LV009'}]
    """
    return cast(list[dict[str, Any]], table.to_dict("records"))  # pandas allows for names that are no text


def named_rows(table: pd.DataFrame, kind: type[Row]) -> Iterator[Row]:
    """Each row of ``table`` as a named tuple of ``kind``, whose fields are the columns that are asked for.

    >>> class Region(NamedTuple):
    ...     region: str
    >>> [row.region for row in named_rows(pd.DataFrame({"code": ["LV009"], "region": ["zemgale"]}), Region)]
    ['zemgale']
    """
    return map(kind._make, zip(*(table[name].tolist() for name in kind._fields), strict=True))


def tuples(cells: Iterable[tuple[str, ...]]) -> np.ndarray:
    """A column whose cells are tuples; given a list of tuples, pandas would sometimes make a table of it.

    >>> pd.DataFrame({"place": ["a", "b"]}).assign(notes=tuples([("estimated",), ()]))["notes"].tolist()
    [('estimated',), ()]
    """
    return np.fromiter(cells, dtype=object)


@remembered
def by_code(table: pd.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    """Each row of ``table`` by what stands in ``column``; the first where a code stands twice.

    >>> regions = pd.DataFrame({"region": ["zemgale", "latvija"], "code": ["LV009", "LV"]})
    >>> by_code(regions, "code")["LV"]
    {'region': 'latvija', 'code': 'LV'}
    """
    rows: dict[str, dict[str, Any]] = {}
    for row in records(table):
        rows.setdefault(row[column], row)
    return rows


@remembered
def lookup(table: pd.DataFrame, column: str, wanted: str) -> dict[str, Any]:
    """What stands in ``wanted`` for each code in ``column``: to map codes by; the first where a code stands twice.

    >>> lookup(pd.DataFrame({"region": ["zemgale", "latvija"], "code": ["LV009", "LV"]}), "region", "code")
    {'zemgale': 'LV009', 'latvija': 'LV'}
    """
    return {code: row[wanted] for code, row in by_code(table, column).items()}


@remembered
def places(table: pd.DataFrame, column: str) -> dict[str, int]:
    """Which row of ``table`` each code of ``column`` stands in, counted from 0.

    >>> places(pd.DataFrame({"source": ["lm_letter_2019", "csp_2020"]}), "source")
    {'lm_letter_2019': 0, 'csp_2020': 1}
    """
    return {code: at for at, code in enumerate(by_code(table, column))}


def alike(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """A group number for each row: rows with the same codes in ``columns`` have the same number.

    pandas is asked by one number rather than by many columns of text, of each of which it would make categories.

    >>> alike(pd.DataFrame({"place": ["a", "b", "a"], "year": ["2020", "2020", "2020"]}), ["place", "year"]).tolist()
    [0, 1, 0]
    """
    numbers: dict[tuple[Any, ...], int] = {}
    keys = codes_of(rows, columns)
    return pd.Series([numbers.setdefault(key, len(numbers)) for key in keys], index=rows.index, dtype=int)


def codes_of(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """What stands in ``columns`` of each row.

    >>> list(codes_of(pd.DataFrame({"place": ["a", "b"], "year": "2020", "value": 1.0}), ["place", "year"]))
    [('a', '2020'), ('b', '2020')]
    """
    return zip(*(rows[column].tolist() for column in columns), strict=True)


def among(rows: pd.DataFrame, others: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows whose codes in ``columns`` stand together in one of ``others`` too, numbered anew.

    >>> places = pd.DataFrame({"place": ["a", "b", "a"], "value": [1, 2, 3]})
    >>> among(places, pd.DataFrame({"place": ["a", "c", "a"]}), ["place"])["value"].tolist()
    [1, 3]
    """
    there = set(codes_of(others, columns))
    kept = np.fromiter((codes in there for codes in codes_of(rows, columns)), dtype=bool, count=len(rows))
    return rows[kept].reset_index(drop=True)


def for_each_group(groups: pd.Series, cells: pd.Series, made: Callable[[list[Any]], Made]) -> list[Made]:
    """``made`` applied to the cells of each group, in the order of the group numbers that ``groups`` has for the rows.

    pandas would make a Series of each group first.

    >>> for_each_group(pd.Series([0, 1, 0]), pd.Series(["a", "b", "c"]), "".join)
    ['ac', 'b']
    """
    together: dict[int, list[Any]] = {}
    for group, cell in zip(groups.tolist(), cells.tolist(), strict=True):
        together.setdefault(group, []).append(cell)
    return [made(together[group]) for group in sorted(together)]
