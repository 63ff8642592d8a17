"""Rules about time: ISO years, months, days and intervals as they stand in tables."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd


def decimal_year(period: str) -> float:
    """The time of a period in years: the middle of a year or month, the day itself, the end of an interval.

    >>> decimal_year("2021"), decimal_year("2021-07-02"), decimal_year("2020-03"), decimal_year("2018-03/2020-02")
    (2021.5, 2021.5, 2020.2036, 2020.1243)
    """
    parts = [int(part) for part in period.rpartition("/")[2].split("-")]
    if len(parts) == 1:
        return parts[0] + 0.5
    day = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 15)
    return round(parts[0] + (day.timetuple().tm_yday - 0.5) / (366 if parts[0] % 4 == 0 else 365), 4)


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in order of their periods; those without a date come first."""
    return rows.sort_values(
        "period",
        key=lambda periods: periods.map(lambda each: decimal_year(each) if each else -math.inf),
        kind="stable",
    )
