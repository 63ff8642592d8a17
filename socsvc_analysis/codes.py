"""The rows of a table by their codes: each table is gone through once, until somebody changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import TypeVar

import pandas as pd

from socsvc_analysis.once import Same

Made = TypeVar("Made")


def remembered(function: Callable[..., Made]) -> Callable[..., Made]:
    """``function`` of a reference table (and of codes), which is asked once for the very same table."""
    made = lru_cache(maxsize=128)(lambda table, *codes: function(table.kept(), *codes))

    @wraps(function)
    def once(table: pd.DataFrame, *codes: str) -> Made:
        return made(Same(table), *codes)

    return once


@remembered
def by_code(table: pd.DataFrame, column: str) -> dict[str, dict[str, object]]:
    """Each row of ``table`` by what stands in ``column``; the first where a code stands twice.

    >>> regions = pd.DataFrame({"region": ["zemgale", "latvija"], "code": ["LV009", "LV"]})
    >>> by_code(regions, "code")["LV"]
    {'region': 'latvija', 'code': 'LV'}
    """
    rows: dict[str, dict[str, object]] = {}
    for row in table.to_dict("records"):
        rows.setdefault(row[column], row)
    return rows


@remembered
def places(table: pd.DataFrame, column: str) -> dict[str, int]:
    """Which row of ``table`` each code of ``column`` stands in, counted from 0.

    >>> places(pd.DataFrame({"source": ["lm_letter_2019", "csp_2020"]}), "source")
    {'lm_letter_2019': 0, 'csp_2020': 1}
    """
    return {code: at for at, code in enumerate(by_code(table, column))}


def alike(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """A number for each row; rows that agree in the ``columns`` of codes have the same.

    pandas is asked by one number rather than by many columns of text, of each of which it would make categories.

    >>> alike(pd.DataFrame({"place": ["a", "b", "a"], "year": ["2020", "2020", "2020"]}), ["place", "year"]).tolist()
    [0, 1, 0]
    """
    numbers: dict[tuple, int] = {}
    keys = zip(*(rows[column].tolist() for column in columns), strict=True)
    return pd.Series([numbers.setdefault(key, len(numbers)) for key in keys], index=rows.index, dtype=int)


def for_each_group(groups: pd.Series, cells: pd.Series, made: Callable[[list], object]) -> list:
    """What ``made`` gives for the cells of each group, in the order of ``groups``: the number of each row's group.

    pandas would make a Series of each group first.

    >>> for_each_group(pd.Series([0, 1, 0]), pd.Series(["a", "b", "c"]), "".join)
    ['ac', 'b']
    """
    together: dict[int, list] = {}
    for group, cell in zip(groups.tolist(), cells.tolist(), strict=True):
        together.setdefault(group, []).append(cell)
    return [made(together[group]) for group in sorted(together)]
