"""The rows of a table by their codes: each table is gone through once, until somebody changes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

from socsvc_analysis.once import Same


def by_code(table: pd.DataFrame, column: str) -> dict[str, dict[str, object]]:
    """Each row of ``table`` by what stands in ``column``; the first where a code stands twice.

    >>> regions = pd.DataFrame({"region": ["zemgale", "latvija"], "code": ["LV009", "LV"]})
    >>> by_code(regions, "code")["LV"]
    {'region': 'latvija', 'code': 'LV'}
    """
    return _by_code(Same(table), column)


def places(table: pd.DataFrame, column: str) -> dict[str, int]:
    """Which row of ``table`` each code of ``column`` stands in, counted from 0.

    >>> places(pd.DataFrame({"source": ["lm_letter_2019", "csp_2020"]}), "source")
    {'lm_letter_2019': 0, 'csp_2020': 1}
    """
    return _places(Same(table), column)


def alike(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """A number for each row; rows that agree in the ``columns`` of codes have the same.

    pandas is asked by one number rather than by many columns of text, of each of which it would make categories.

    >>> alike(pd.DataFrame({"place": ["a", "b", "a"], "year": ["2020", "2020", "2020"]}), ["place", "year"]).tolist()
    [0, 1, 0]
    """
    numbers: dict[tuple, int] = {}
    keys = zip(*(rows[column].tolist() for column in columns), strict=True)
    return pd.Series([numbers.setdefault(key, len(numbers)) for key in keys], index=rows.index, dtype=int)


@lru_cache(maxsize=128)
def _by_code(table: Same, column: str) -> dict[str, dict[str, object]]:
    rows: dict[str, dict[str, object]] = {}
    for row in table.kept().to_dict("records"):
        rows.setdefault(row[column], row)
    return rows


@lru_cache(maxsize=16)
def _places(table: Same, column: str) -> dict[str, int]:
    return {code: at for at, code in enumerate(by_code(table.kept(), column))}
