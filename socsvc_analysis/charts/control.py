"""The run chart: which years stand out from the usual ups and downs, and whether the course rises or falls."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd

from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.figure import (
    Absence,
    Chart,
    absence,
    chart,
    number_said,
    time_said,
    unit_said,
    unknown_said,
)
from socsvc_analysis.charts.lines import Level, Lines, Point, Trace, in_order, year_of
from socsvc_analysis.charts.palette import ACTUAL, UNCERTAIN
from socsvc_analysis.charts.panels import Entry, Legend, compose
from socsvc_analysis.markup import Column
from socsvc_analysis.observations import worst_status
from socsvc_analysis.statistics import ControlChart, control_chart, count_interval, trend
from socsvc_analysis.wording import Words, sentence_case

FEWEST = 5
"""Points from which there is a trend and limits."""
USUAL, OUTSIDE, PATTERN = "usual", "outside", "pattern"
SHAPES = {USUAL: "o", OUTSIDE: "D", PATTERN: "s"}
"""The sign of a year: usual, beyond a limit, part of a run that chance seldom makes."""


def run_chart(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "run_chart", decimals: int = 0
) -> Chart | Absence:
    """One series over time with its mean, its limits (XmR) and what its last five points say of its direction.

    ``values``: rows period of one territory, value; extra columns ``series`` (its title) and ``unit``; lower and upper
    may be unknown: a count has then the limits of a Poisson count.  Where what is counted has changed, only the points
    since then count for limits and trend.  With fewer than five of them there are none, and the page says so.
    """
    known = in_order(values[values["value"].notna() & (values["period"] != "")])
    if known.empty:
        return absence("chart_run_absent", region, words)
    if known["period"].duplicated().any():
        raise ValueError("a run chart takes one value for each period")
    unit, series = known["unit"].iloc[0], sentence_case(known["series"].iloc[0])
    said = partial(words.percent if unit == "percent" else words.number, decimals=decimals)
    recent = since_break(known, words)
    broken = len(recent) < len(known)
    by_year = _yearly(recent, "value")
    limits = control_chart(by_year) if len(recent) >= FEWEST else None
    signs_of_recent = pd.Series(_signs(limits, by_year.notna().to_numpy()) if limits else USUAL, index=recent.index)
    known = known.assign(sign=signs_of_recent.reindex(known.index).where(known.index.isin(recent.index), USUAL))
    direction = _direction(recent, unit) if limits else "break" if broken else "few"
    title = words.say(
        "chart_run_title_" + direction,
        series=short_name(known.iloc[0], words),
        # A finding from doubtful figures has their mark.
        place=words.place(known["territory"].iloc[0]) + charts.status_mark(worst_status(recent["status"])),
    )
    flagged = known[known["sign"] != USUAL]
    signs = [each for each in (OUTSIDE, PATTERN) if each in set(known["sign"])]
    legend = (
        [
            Legend(
                tuple(
                    Entry(words.say("chart_run_" + each), marker="dot", colour=ACTUAL, shape=SHAPES[each])
                    for each in (USUAL, *signs)
                )
            )
        ]
        if signs
        else []
    )
    notes = []
    if limits:
        notes.append(words.say("chart_run_note"))
        notes.append(words.say("chart_run_trend_note"))
        notes += [words.say("chart_run_since")] if broken else []
        for each in signs:
            years = [words.period(period) for period in flagged.loc[flagged["sign"] == each, "period"]]
            notes.append(words.say("chart_run_listed_" + each, years=words.listed(years)))
    ordered = known.assign(
        period_said=[sentence_case(words.period(each)) for each in known["period"]],
        lower_limit=np.where(known.index.isin(recent.index), limits.lower if limits else math.nan, math.nan),
        upper_limit=np.where(known.index.isin(recent.index), limits.upper if limits else math.nan, math.nan),
        # Without limits nothing can be called usual.
        sign_said=[
            words.say("chart_run_" + each) if limits and at in recent.index else words.say("chart_run_unjudged")
            for at, each in known["sign"].items()
        ],
    )
    unknown = values[values["value"].isna()].assign(
        sign_said=lambda rows: [unknown_said(status, words) for status in rows["status"]]
    )
    unknown = unknown.assign(period_said=[sentence_case(words.period(each)) for each in unknown["period"]])
    return chart(
        key,
        values,
        words,
        title=title,
        measure=series,
        region=region,
        place=words.place(known["territory"].iloc[0]),
        also=(unit_said(unit, words),),
        kind="chart_kind_run",
        draw=partial(compose, panels=[*legend, _panel(known, recent, limits, direction, said, words)]),
        data=in_order(pd.concat([ordered, unknown])),
        columns=(
            Column("period_said", words.say("chart_column_period")),
            Column("lower_limit", words.say("chart_run_column_lower"), "number", decimals),
            Column("upper_limit", words.say("chart_run_column_upper"), "number", decimals),
            Column("sign_said", words.say("chart_run_column_sign")),
            Column("value", words.say("chart_column_value"), charts.cell_unit(unit), decimals),
        ),
        notes=notes,
    )


def short_name(row: pd.Series, words: Words) -> str:
    """What the title calls the series: its service or its group; the subtitle has the whole name."""
    for column, table in (("service_type", "service_types"), ("target_group", "target_groups")):
        if row[column] != "all":
            return sentence_case(words.short(table, row[column]))
    return sentence_case(row["series"])


def since_break(known: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The points from the last one on at which what is counted has changed."""
    breaks = set(words.tables.notes.loc[words.tables.notes["break"], "note"])
    anew = [at for at, notes in enumerate(known["notes"]) if breaks & set(notes)]
    return known.iloc[anew[-1] if anew else 0 :]


def _yearly(recent: pd.DataFrame, column: str) -> pd.Series:
    """The column by year from the first to the last; years without a figure are unknown, so that they end a run."""
    years = recent["period"].map(year_of).map(math.floor).to_numpy()
    if len(set(years)) < len(years):
        # Several figures in a year: one after the other.
        return pd.Series(recent[column].to_numpy(float))
    return pd.Series(recent[column].to_numpy(float), index=years).reindex(range(years[0], years[-1] + 1))


def _signs(limits: ControlChart, known: np.ndarray) -> list[str]:
    outside, special = (np.asarray(each)[known] for each in (limits.outside, limits.special))
    return list(np.select([outside, special], [OUTSIDE, PATTERN], USUAL))


def _direction(recent: pd.DataFrame, unit: str) -> str:
    """The ending of the sentence on the trend of the last five points."""
    value, lower, upper = (_yearly(recent, column) for column in ("value", "lower", "upper"))
    if value.tail(FEWEST).isna().any():
        return "gap"
    if lower.isna().any() and unit not in charts.UNCOUNTED:
        lower, upper = count_interval(value)
    found = trend(value, lower, upper).direction
    return {"increasing": "rises", "decreasing": "falls", "no change": "steady"}.get(found, "unknown")


def _panel(
    known: pd.DataFrame,
    recent: pd.DataFrame,
    limits: ControlChart | None,
    direction: str,
    said: partial,
    words: Words,
) -> Lines:
    last = len(known) - 1
    dated = known["period"].str.len().ne(4).any()
    breaks = set(words.tables.notes.loc[words.tables.notes["break"], "note"])
    points = tuple(
        Point(
            year_of(row["period"]),
            row["value"],
            # Named are the first, the last, and those that stand out.
            number_said(row["value"], row["status"], words, said)
            if at in (0, last) or row["sign"] == OUTSIDE or last < FEWEST
            else charts.status_mark(row["status"]),
            time_said(row["period"], words) if dated else row["period"],
            hollow=row["status"] in UNCERTAIN,
            must=at in (0, last),
            anew=bool(breaks & set(row["notes"])),
            shape=SHAPES[row["sign"]],
        )
        for at, row in enumerate(known.to_dict("records"))
    )
    levels: tuple[Level, ...] = ()
    if limits:
        named = (("mean", limits.mean, "--"), ("upper", limits.upper, ":"), ("lower", limits.lower, ":"))
        since = year_of(recent["period"].iloc[0]) - 0.5 if len(recent) < len(known) else -math.inf
        # A limit below zero is none: nothing that is counted can be there.
        levels = tuple(
            Level(value, words.say("chart_run_level_" + name, value=said(value)), style, since)
            for name, value, style in named
            if value > 0
        )
    return Lines(
        (Trace(points, longest=1.5),),
        sentence=words.say("chart_run_" + direction),
        levels=levels,
        number=words.number,
        tall=20,
    )
