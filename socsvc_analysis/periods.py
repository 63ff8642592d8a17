"""Rules about time: ISO years, months, days and intervals as they stand in tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache

import pandas as pd

PRESENT = "9999-12-31"
"""The day on which whatever exists today still exists; also that of a period without a date."""


@cache
def last_day(period: str) -> str:
    """The last day of an ISO period, for comparison with the plan in force then.

    >>> last_day("2021"), last_day("2021-02"), last_day("2021-12-31"), last_day("2018-03/2020-02"), last_day("")
    ('2021-12-31', '2021-02-28', '2021-12-31', '2020-02-29', '9999-12-31')
    """
    if not period:
        return PRESENT
    return pd.Period(period.split("/")[-1]).end_time.date().isoformat()


@cache
def earliest_day(period: str) -> str:
    """The first day on which a figure that counts up to a moment of the period can have been counted.

    >>> earliest_day("2021"), earliest_day("2021-02"), earliest_day("2021-12-31"), earliest_day("2018-03/2020-02")
    ('2021-01-01', '2021-02-01', '2021-12-31', '2020-02-01')
    """
    if not period:
        return PRESENT
    return pd.Period(period.split("/")[-1]).start_time.date().isoformat()


def day_before(day: str) -> str:
    """The day before an ISO day.

    >>> day_before("2020-03-01")
    '2020-02-29'
    """
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def years_until(day: str) -> float:
    """The years until the end of a day, so that the end of a year is a whole number; unknown for :data:`PRESENT`.

    >>> years_until("2022-12-31"), years_until("2021-06-30")
    (2022.0, 2020.495890410959)
    """
    if day == PRESENT:
        return math.nan
    at = pd.Timestamp(day)
    return at.year - 1 + at.day_of_year / (366 if at.is_leap_year else 365)


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


def last_days(periods: pd.Series) -> pd.Series:
    """The last day of each period; an empty text, which comes before every day, for one without a date.

    >>> last_days(pd.Series(["2021", "", "2021-06-30"])).tolist()
    ['2021-12-31', '', '2021-06-30']
    """
    return periods.map(_end)


def by_last_day(rows: pd.DataFrame, *then: str, within: Sequence[str] = ()) -> pd.DataFrame:
    """The rows in order of the last days of their periods (``within`` other columns); those without a date come first.

    As text "2021" comes before "2021-06-30", although the year ends later.  Of rows of one last day the one that names
    it comes last, then the columns ``then`` decide, then the order in which the rows came.

    >>> by_last_day(pd.DataFrame({"period": ["2021", "2021-12-31", "2021-06-30", ""]}))["period"].tolist()
    ['', '2021-06-30', '2021', '2021-12-31']
    """
    keys = [rows[name] for name in within] + [last_days(rows["period"])] + [rows[name] for name in ("period", *then)]
    # An unknown number comes last.
    cells = ([(cell != cell, 0 if cell != cell else cell) for cell in key.tolist()] for key in keys)
    ordered = list(zip(*cells, strict=True))
    return rows.iloc[sorted(range(len(rows)), key=ordered.__getitem__)]


def latest_period(periods: Iterable[str]) -> str:
    """The period that ends last; of those that end together the one that names the day.

    >>> latest_period(["2021", "2021-06-30", ""])
    '2021'
    """
    return max(periods, key=lambda period: (_end(period), period))


def with_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the first and the last day of their ``period`` as dates, and ``date``, the last day, for plotting.

    >>> dated = with_dates(pd.DataFrame({"period": ["2021", "2018-03/2020-02", ""]}))
    >>> dated["first_day"].dt.strftime("%d.%m.%Y").tolist()[:2], dated["date"].dt.strftime("%d.%m.%Y").tolist()[:2]
    (['01.01.2021', '01.03.2018'], ['31.12.2021', '29.02.2020'])
    >>> dated["date"].isna().tolist()
    [False, False, True]
    """
    days = {period: _days(period) for period in rows["period"].unique()}
    first, last = (pd.to_datetime(rows["period"].map(lambda each, at=at: days[each][at])) for at in (0, 1))
    return rows.assign(first_day=first, last_day=last, date=last)


def _end(period: str) -> str:
    return last_day(period) if period else ""


def _days(period: str) -> tuple[pd.Timestamp | pd.api.typing.NaTType, pd.Timestamp | pd.api.typing.NaTType]:
    if not period:
        return pd.NaT, pd.NaT
    first, _, last = period.partition("/")
    return pd.Period(first).start_time, pd.Period(last or first).end_time.normalize()
