"""The run chart: which years stand out from the usual ups and downs, and whether the course rises or falls."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, UNCERTAIN
from socsvc_analysis.charts.texts import cell_unit, number_text, status_mark, unit_text, unknown_text
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.lines import Level, Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import control
from socsvc_analysis.indicators.control import LIMIT_POINTS, OUTSIDE, PATTERN, UNJUDGED, USUAL
from socsvc_analysis.observations import worst_status
from socsvc_analysis.periods import decimal_year
from socsvc_analysis.reference import begins_anew
from socsvc_analysis.wording import Words, sentence_case

SHAPES = {USUAL: "o", UNJUDGED: "o", OUTSIDE: "D", PATTERN: "s"}
"""The sign of a year: usual, beyond a limit, part of a run that chance seldom makes."""


@in_either_language
@takes(
    "territory",
    "service_type",
    "target_group",
    "period",
    "unit",
    "series",
    "since_break",
    "direction",
    "sign",
    "mean",
    "lower_limit",
    "upper_limit",
    of=control.with_limits,
)
def run_chart(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "run_chart", decimals: int = 0
) -> Chart | Absence:
    """One series over time with its mean, its limits (XmR) and what its last five points say of its direction.

    ``values``: of :func:`~socsvc_analysis.indicators.control.with_limits`, with an extra column ``series`` (its title).
    With too few points there are no limits, and the page says so.
    """
    known = values[values["value"].notna() & (values["period"] != "")]
    if known.empty:
        return absence("chart_run_absent", region, words)
    unit, series = known["unit"].iloc[0], sentence_case(known["series"].iloc[0])
    written = partial(words.percent if unit == "percent" else words.number, decimals=decimals)
    recent = known[known["since_break"]]
    direction = known["direction"].iloc[0]
    title = words.say(
        "chart_run_title_" + direction,
        series=short_name(known.iloc[0], words),
        # A finding from doubtful figures has their mark.
        place=words.place(known["territory"].iloc[0]) + status_mark(worst_status(recent["status"])),
    )
    signs = [each for each in (OUTSIDE, PATTERN) if each in set(known["sign"])]
    entries = tuple(
        Entry(words.say("chart_run_" + each), marker="dot", colour=ACTUAL, shape=SHAPES[each])
        for each in (USUAL, *signs)
    )
    told = values.assign(
        sign_text=[
            unknown_text(row["status"], words) if math.isnan(row["value"]) else words.say("chart_run_" + row["sign"])
            for row in records(values)
        ],
    )
    return chart(
        key,
        values,
        words,
        [_panel(known, recent, direction, written, words)],
        title=title,
        measure=series,
        region=region,
        place=words.place(known["territory"].iloc[0]),
        also=(unit_text(unit, words),),
        kind="chart_kind_run",
        legend=entries if signs else (),
        data=told,
        columns=(
            Column("period_text", words.say("chart_column_period")),
            Column("lower_limit", words.say("chart_run_column_lower"), "number", decimals),
            Column("upper_limit", words.say("chart_run_column_upper"), "number", decimals),
            Column("sign_text", words.say("chart_run_column_sign")),
            Column("value", words.say("chart_column_value"), cell_unit(unit), decimals),
        ),
        notes=_notes(known, recent, signs, words),
    )


def _notes(known: pd.DataFrame, recent: pd.DataFrame, signs: list[str], words: Words) -> list[str]:
    """What the limits mean, and which years stand out; nothing where there are no limits."""
    if recent["mean"].isna().any():
        return []
    notes = [words.say("chart_run_note"), words.say("chart_run_trend_note")]
    notes += [words.say("chart_run_since")] if len(recent) < len(known) else []
    for each in signs:
        years = [words.period(period) for period in known.loc[known["sign"] == each, "period"]]
        notes.append(words.say("chart_run_listed_" + each, years=words.listed(years)))
    return notes


def short_name(row: pd.Series, words: Words) -> str:
    """What the title calls the series: its service or its group; the subtitle has the whole name."""
    for column, table in (("service_type", "service_types"), ("target_group", "target_groups")):
        if row[column] != "all":
            return sentence_case(words.short(table, row[column]))
    return sentence_case(row["series"])


def _panel(known: pd.DataFrame, recent: pd.DataFrame, direction: str, written: partial[str], words: Words) -> Lines:
    last = len(known) - 1
    dated = known["period"].str.len().ne(4).any()
    anew = begins_anew(known["notes"], words.reference.notes)
    points = tuple(
        Point(
            decimal_year(row["period"]),
            row["value"],
            # Named are the first, the last, and those that stand out.
            number_text(row["value"], row["status"], words, written)
            if at in (0, last) or row["sign"] == OUTSIDE or last < LIMIT_POINTS
            else status_mark(row["status"]),
            words.when(row["period"]) if dated else row["period"],
            hollow=row["status"] in UNCERTAIN,
            must=at in (0, last),
            anew=anew[at],
            shape=SHAPES[row["sign"]],
        )
        for at, row in enumerate(known.to_dict("records"))
    )
    levels: tuple[Level, ...] = ()
    if recent["mean"].notna().all():
        last_row = recent.iloc[-1]
        named = (("mean", "mean", "--"), ("upper", "upper_limit", ":"), ("lower", "lower_limit", ":"))
        since = decimal_year(recent["period"].iloc[0]) - 0.5 if len(recent) < len(known) else -math.inf
        # A limit below zero is none: nothing that is counted can be there.
        levels = tuple(
            Level(last_row[column], words.say("chart_run_level_" + name, value=written(last_row[column])), style, since)
            for name, column, style in named
            if last_row[column] > 0
        )
    return Lines(
        (Trace(points, longest=1.5),),
        sentence=words.say("chart_run_" + direction),
        levels=levels,
        number=words.number,
        tall=20,
    )
