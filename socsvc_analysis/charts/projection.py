"""Where a series leads if the past goes on, and whether it reaches its target in time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, PLAN
from socsvc_analysis.charts.texts import by_region_order, in_table_order, number_text
from socsvc_analysis.charts.years import PANELS, time_points
from socsvc_analysis.codes import named_rows
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.lines import Band, Level, Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import projection
from socsvc_analysis.indicators.projection import ONWARD
from socsvc_analysis.periods import decimal_year, in_order
from socsvc_analysis.wording import Words, sentence_case


@in_either_language
@takes(
    "territory",
    "target_group",
    "period",
    "kind",
    "lower",
    "upper",
    "on",
    "verdict",
    "year",
    "earliest",
    "latest",
    of=projection.course,
)
def projection_to_target(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    measure: str = "persons_served",
    key: str = "projection_to_target",
) -> Chart | Absence:
    """The figures so far, the line through them with its prediction interval to the year of the target, the target.

    ``values`` come from :func:`~socsvc_analysis.indicators.projection.course`: rows territory x target_group of kind
    ``actual``, one of kind ``target`` or ``plan`` with the period by which it is due, and those of kind ``projection``.
    ``measure`` is the code whose title the subtitle gives.  A panel for each series with more than one figure; a series
    of one figure is in the table only.
    """
    same = ["territory", "target_group"]
    known = values[values["value"].notna()]
    known = by_region_order(in_table_order(known, "target_group", words.reference.target_groups), words)
    panels: list[Lines] = []
    alone: list[Lines] = []
    findings, rows_told = [], []
    several = known["territory"].nunique() > 1
    series: Iterable[tuple[tuple[Any, ...], pd.DataFrame]] = known.groupby(same, sort=False)
    for (territory, group), rows in series:
        actual, onward = in_order(rows[rows["kind"] == "actual"]), rows[rows["kind"] == ONWARD]
        due = rows[rows["kind"].isin(tables.COMMITMENTS)]
        if due.empty:
            continue  # there is nothing to reach
        target = due.iloc[0]
        names = ([words.place(territory)] if several else []) + [words.title("target_groups", group)]
        heading = sentence_case(", ".join(names))
        findings.append((territory, group, target))
        rows_told.append(_records(pd.concat([actual, onward.tail(1), due]), heading, target, words))
        (panels if len(actual) > 1 else alone).append(_panel(heading, actual, target, onward, words))
    if not panels:
        missing = "chart_projection_alone" if alone else "chart_projection_absent"
        return absence(missing, region, words, measure=sentence_case(words.title("measures", measure)))
    # The title is about the first series that can be projected, if there is one.
    territory, group, target = next((each for each in findings if each[2]["verdict"] != "unknown"), findings[0])
    dashes = any(trace.dashed for panel in panels for trace in panel.traces)
    entries = (
        Entry(words.say("chart_done"), marker="dot", colour=ACTUAL),
        Entry(words.say("chart_projection_line"), marker="dashes", colour=ACTUAL),
    )
    notes = [words.say("chart_projection_note")] if dashes else []
    if alone:
        # One figure shows no course.
        notes.append(words.say("chart_projection_one", names=words.listed(panel.heading for panel in alone)))
    notes += [words.say("chart_projection_few")] if any(each[2]["verdict"] == "unknown" for each in findings) else []
    name = (f"{words.place(territory)}, " if several else "") + words.short("target_groups", group)
    gaps = {"aim": _aim(target, words), "group": sentence_case(name), **_years(target)}
    return chart(
        key,
        known,
        words,
        panels[:PANELS],
        title=words.say("chart_projection_title_" + _verdict(target), **gaps),
        measure=words.title("measures", measure),
        region=region,
        kind="chart_kind_lines",
        legend=entries if dashes else (),
        beside=2,
        data=pd.concat(rows_told),
        columns=(
            Column("heading", words.say("chart_column_group")),
            Column("kind_text", words.say("chart_column_kind")),
            Column("period_text", words.say("chart_column_period")),
            Column("value", words.say("chart_column_value"), "number"),
            Column("finding", words.say("chart_projection_column")),
        ),
        notes=notes,
    )


class _Ahead(NamedTuple):
    on: str
    lower: float
    upper: float


def _panel(heading: str, actual: pd.DataFrame, target: pd.Series, onward: pd.DataFrame, words: Words) -> Lines:
    traces = []
    bands: tuple[Band, ...] = ()
    if len(onward):
        sure = onward[onward["lower"].notna()]
        bands = (Band(tuple((decimal_year(row.on), row.lower, row.upper) for row in named_rows(sure, _Ahead))),)
        start, end = onward.iloc[0], onward.iloc[-1]
        text = words.say("chart_projection_value", value=words.number(end["value"]))
        ends = (Point(decimal_year(start["on"]), start["value"]), Point(decimal_year(end["on"]), end["value"], text))
        traces.append(Trace(ends, ACTUAL, dashed=True, dots=False))
    # A figure of a year stands where the projection takes it: at its end.
    traces.append(Trace(time_points(actual, words, at="on")))
    # The axis reaches to the year of the target.
    goal = Point(decimal_year(target["on"]), target["value"], when=target["period"][:4])
    traces.append(Trace((goal,), PLAN, dots=False))
    label = words.say(
        "chart_target_value" if target["kind"] == "target" else "chart_plan_value",
        value=number_text(target["value"], target["status"], words),
    )
    return Lines(
        tuple(traces),
        heading,
        _finding_text(target, words),
        levels=(Level(target["value"], label),),
        number=words.number,
        tall=15,
        bands=bands,
    )


def _verdict(target: pd.Series) -> str:
    """The ending of the sentence that says what the projection found."""
    return projection.ending(target["verdict"], target["earliest"], target["latest"])


def _years(target: pd.Series) -> dict[str, str]:
    """The years of a projection in figures; a year that is not known is not said."""
    return {name: "" if math.isnan(target[name]) else str(int(target[name])) for name in ("year", "earliest", "latest")}


def _finding_text(target: pd.Series, words: Words) -> str:
    """The sentence that says what the projection found."""
    text = sentence_case(words.say("chart_projection_" + _verdict(target), aim=_aim(target, words), **_years(target)))
    if target["verdict"] == "reached":
        return text
    return f"{text} {words.say('chart_projection_due', year=words.period(target['period'][:4]))}"


def _aim(target: pd.Series, words: Words) -> str:
    return words.say("chart_kind_of_" + target["kind"])


def _records(rows: pd.DataFrame, heading: str, target: pd.Series, words: Words) -> pd.DataFrame:
    text = _finding_text(target, words)
    return rows.assign(
        heading=heading,
        finding=[text if kind in tables.COMMITMENTS else "" for kind in rows["kind"]],
    )
