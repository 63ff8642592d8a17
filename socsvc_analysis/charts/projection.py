"""Where a series leads if the past goes on, and whether it reaches its target in time."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, number_said
from socsvc_analysis.charts.lines import Band, Level, Lines, Point, Trace, in_order, year_of
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN
from socsvc_analysis.charts.panels import Entry, Legend, compose
from socsvc_analysis.charts.years import PANELS, time_points
from socsvc_analysis.indicators.values import last_day
from socsvc_analysis.markup import Column
from socsvc_analysis.statistics import Projection, prediction, projection
from socsvc_analysis.wording import Words, sentence_case

STEP = 0.25
"""Between the points of the band, in years."""


def projection_to_target(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    measure: str = "persons_served",
    key: str = "projection_to_target",
) -> Chart | Absence:
    """The figures so far, the line through them with its prediction interval to the year of the target, the target.

    ``values``: rows territory x target_group: kind ``actual`` with a period each; kind ``target`` or ``plan`` (the last
    in order of period counts) with the period by which it is due; kind ``baseline``, if there is one, with the period
    from which progress is counted: from it an even path leads to the target.  ``measure`` is the code whose title the
    subtitle gives.  A panel for each series with a target and more than one figure; a series of one figure is in the
    table only.
    """
    known = values[values["value"].notna() & (values["period"] != "")]
    same = ["territory", "target_group"]
    known = charts.by_region_order(charts.in_table_order(known, "target_group", words.tables.target_groups), words)
    panels, alone, findings, records = [], [], [], []
    several = known["territory"].nunique() > 1
    for (territory, group), rows in known.groupby(same, sort=False):
        actual, due = rows[rows["kind"] == "actual"], rows[rows["kind"].isin(tables.COMMITMENTS)]
        if actual.empty or due.empty:
            continue
        target = in_order(due).iloc[-1]
        actual = in_order(actual)
        found = projection(_series(actual), target["value"])
        names = (words.place(territory) if several else "", words.title("target_groups", group))
        heading = sentence_case(", ".join(name for name in names if name))
        baseline = rows[rows["kind"] == "baseline"]
        findings.append((territory, group, target, found))
        records.append(_records(rows, heading, _told(found, target, words), words))
        (panels if len(actual) > 1 else alone).append(_panel(heading, actual, target, baseline, found, words))
    if not panels:
        return absence("chart_projection_alone" if alone else "chart_projection_absent", region, words)
    # The title is about the first series that can be projected, if there is one.
    territory, group, target, found = next((each for each in findings if each[3].verdict != "unknown"), findings[0])
    dashes = any(trace.dashed for panel in panels for trace in panel.traces if trace.colour == ACTUAL)
    even = any(trace.colour == CONTEXT for panel in panels for trace in panel.traces)
    entries = [Entry(words.say("chart_done"), marker="dot", colour=ACTUAL)]
    entries += [Entry(words.say("chart_projection_line"), marker="dashes", colour=ACTUAL)] if dashes else []
    entries += [Entry(words.say("chart_expected_line"), marker="dashes", colour=CONTEXT)] if even else []
    legend = [Legend(tuple(entries))] if len(entries) > 1 else []
    notes = [words.say("chart_projection_note")] if dashes else []
    if alone:
        # One figure shows no course.
        names = words.listed(panel.heading for panel in alone)
        notes.append(words.say("chart_projection_one", names=names))
    notes += [words.say("chart_projection_few")] if any(each[3].verdict == "unknown" for each in findings) else []
    name = words.short("target_groups", group)
    return chart(
        key,
        values,
        words,
        title=words.say(
            "chart_projection_title_" + _verdict(found),
            aim=_aim(target, words),
            group=sentence_case(name if not several else f"{words.place(territory)}, {name}"),
            **_years(found),
        ),
        measure=words.title("measures", measure),
        region=region,
        kind="chart_kind_lines",
        draw=partial(compose, panels=[*legend, *panels[:PANELS]], columns=2),
        data=pd.concat(records),
        columns=(
            Column("heading", words.say("chart_column_group")),
            Column("kind_said", words.say("chart_column_kind")),
            Column("period_said", words.say("chart_column_period")),
            Column("value", words.say("chart_column_value"), "number"),
            Column("said", words.say("chart_projection_column")),
        ),
        notes=notes,
    )


def _series(actual: pd.DataFrame) -> pd.Series:
    """The figures with their times in years."""
    return pd.Series(actual["value"].to_numpy(float), index=actual["period"].map(year_of))


def _panel(
    heading: str, actual: pd.DataFrame, target: pd.Series, baseline: pd.DataFrame, found: Projection, words: Words
) -> Lines:
    times = actual["period"].map(year_of)
    first, last, due = times.iloc[0], times.iloc[-1], _end_of(target["period"])
    traces = []
    bands: tuple[Band, ...] = ()
    if found.verdict in ("at the present pace", "not at the present pace") and due > last:
        ahead = np.arange(last, due + STEP / 2, STEP)
        ahead[-1] = due
        line, lower, upper = prediction(_series(actual), ahead)
        bands = (Band(tuple(zip(ahead.tolist(), np.maximum(lower, 0.0).tolist(), upper.tolist(), strict=True))),)
        fitted = prediction(_series(actual), [first, due]).value
        said = words.say("chart_projection_value", value=words.number(max(line[-1], 0.0)))
        ends = (Point(first, max(fitted[0], 0.0)), Point(due, max(fitted[1], 0.0), said))
        traces.append(Trace(ends, ACTUAL, dashed=True, dots=False))
    if len(baseline):
        start = in_order(baseline).iloc[0]
        begin = year_of(start["period"])
        # Where an even path would be today.
        share = (min(max(last, begin), due) - begin) / (due - begin) if due > begin else 1.0
        expected = start["value"] + share * (target["value"] - start["value"])
        said = words.say("chart_expected_value", value=words.number(expected))
        traces.append(
            Trace(
                (Point(begin, start["value"], when=start["period"][:4]), Point(due, target["value"])),
                CONTEXT,
                dashed=True,
                dots=False,
            )
        )
        traces.append(Trace((Point(last, expected, said, hollow=True, must=False),), CONTEXT))
    traces.append(Trace(time_points(actual, words)))
    # The axis reaches to the year of the target.
    traces.append(Trace((Point(due, target["value"], when=target["period"][:4]),), PLAN, dots=False))
    label = words.say(
        "chart_target_value" if target["kind"] == "target" else "chart_plan_value",
        value=number_said(target["value"], target["status"], words),
    )
    return Lines(
        tuple(traces),
        heading,
        _told(found, target, words),
        levels=(Level(target["value"], label),),
        number=words.number,
        tall=15,
        bands=bands,
    )


def _end_of(period: str) -> float:
    """The time by which a commitment is due: its last day."""
    return year_of(last_day(period))


def _verdict(found: Projection) -> str:
    """The ending of the sentence that says what the projection found."""
    if found.verdict == "reached":
        return "reached"
    if found.verdict == "unknown":
        return "unknown"
    if found.verdict == "not at the present pace":
        return "never"
    if math.isnan(found.latest):
        return "earliest"
    return "range" if int(found.earliest) < int(found.latest) else "year"


def _years(found: Projection) -> dict[str, str]:
    """The years of a projection in figures; a year that is not known is not said."""
    years = {"year": found.year, "earliest": found.earliest, "latest": found.latest}
    return {name: "" if math.isnan(year) else str(math.floor(year)) for name, year in years.items()}


def _told(found: Projection, target: pd.Series, words: Words) -> str:
    """The sentence that says what the projection found."""
    said = sentence_case(words.say("chart_projection_" + _verdict(found), aim=_aim(target, words), **_years(found)))
    if found.verdict == "reached":
        return said
    return f"{said} {words.say('chart_projection_due', year=words.period(target['period'][:4]))}"


def _aim(target: pd.Series, words: Words) -> str:
    return words.say("chart_kind_of_" + target["kind"])


def _records(rows: pd.DataFrame, heading: str, said: str, words: Words) -> pd.DataFrame:
    rows = in_order(rows)
    return rows.assign(
        heading=heading,
        kind_said=[sentence_case(words.say("chart_kind_of_" + kind)) for kind in rows["kind"]],
        period_said=[sentence_case(words.period(period)) for period in rows["period"]],
        said=[said if kind in tables.COMMITMENTS else "" for kind in rows["kind"]],
    )
