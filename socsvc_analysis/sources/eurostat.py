"""Tables of Eurostat by statistical region, for comparison.

Eurostat codes its tables anew in place when regions change: a request with a former code one day gives an empty table
and no error.  So a region without a number is an error here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sources.answers import Answer, FetchError
from socsvc_analysis.sources.jsonstat import decoded
from socsvc_analysis.sources.marks import read
from socsvc_analysis.sources.transport import Client

ADDRESS = "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/{code}"


@dataclass(frozen=True)
class Table:
    """A table of Eurostat and what is asked of it: every dimension but the region and the year is named."""

    code: str
    title: str
    selection: Mapping[str, tuple[str, ...]]


TABLES = (
    Table(
        "demo_r_pjanaggr3",
        "Population on 1 January by broad age group, sex and NUTS 3 region",
        {"freq": ("A",), "unit": ("NR",), "sex": ("T",), "age": ("TOTAL", "Y_LT15", "Y15-64", "Y_GE65")},
    ),
)


def asked(client: Client, table: Table, regions: Sequence[str]) -> Answer:
    """The whole of ``table`` for ``regions`` (NUTS codes), in which each region has a number."""
    params: dict[str, Sequence[str]] = {
        "format": "JSON",
        "lang": "EN",
        **table.selection,
        "geo": tuple(dict.fromkeys(regions)),
    }
    answer = client.get(ADDRESS.format(code=table.code), params)
    try:
        known = frame(answer.json(), table.code).dropna(subset="value")
    except DataError as failure:
        raise FetchError(failure.problems) from failure
    without = [region for region in params["geo"] if region not in set(known["geo"])]
    if without:
        said = "has no number at all; are these codes of former regions?"
        raise FetchError([Problem(table.code, said, column="geo", value=", ".join(without))])
    return answer


def frame(document: object, name: str) -> pd.DataFrame:
    """The cells of a Eurostat table: its dimensions, ``value`` (NaN: unknown) and ``status``."""
    cells = decoded(document, name)
    if "geo" not in cells or "time" not in cells:
        raise DataError([Problem(name, "is not a table by region and time")])
    read_cells = [read(value, mark) for value, mark in zip(cells["value"], cells["status"], strict=True)]
    return cells.assign(
        value=pd.Series([value for value, _ in read_cells], dtype=float),
        status=pd.Series([status for _, status in read_cells], dtype=object),
    )
