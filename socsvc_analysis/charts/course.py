"""What was reached against the plan over time: a panel for each target group, both on one scale."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, PLAN, UNCERTAIN
from socsvc_analysis.charts.texts import in_table_order, number_text, status_mark
from socsvc_analysis.codes import named_rows
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.lines import Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import standing
from socsvc_analysis.periods import decimal_year, in_order
from socsvc_analysis.wording import Words, sentence_case


@in_either_language
@takes(
    "target_group", "period", "kind", "denominator", "since", "until", "undated", "share", of=standing.course_of_plan
)
def reached_against_plan(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "reached_against_plan"
) -> Chart | Absence:
    """People served over the years as points, and the plan in force as steps; a panel for each group, on one scale.

    ``values``: rows target_group x period of kind ``actual`` (value = people served, extra column ``share`` in per cent
    of the plan then in force), and of kind ``plan`` or ``target`` with the extra columns ``since`` and ``until`` (ISO
    days between which it was in force; where ``undated``, its first day is not known).  Without any figure on people
    served there is nothing to show.
    """
    known = values[values["value"].notna()]
    actual = known[known["kind"] == "actual"]
    if actual.empty:
        return absence("chart_course_absent", region, words)
    known = in_table_order(known, "target_group", words.reference.target_groups)
    actual = in_order(known[known["kind"] == "actual"])
    plans = known[known["kind"] != "actual"]
    times = [
        *actual["period"].map(decimal_year),
        *plans["since"].map(decimal_year),
        *plans["until"].map(decimal_year),
    ]
    panel = partial(_panel, between=(min(times), max(times)), ceiling=float(known["value"].max()), words=words)
    panels = [
        panel(actual[actual["target_group"] == group], plans[plans["target_group"] == group], group)
        for group in dict.fromkeys(known["target_group"])
        if group in set(actual["target_group"])
    ]
    entries = [Entry(words.say("chart_course_served"), marker="dot", colour=ACTUAL)]
    aim = "target" if set(plans["kind"]) == {"target"} else "plan"
    entries += [Entry(words.say(f"chart_course_{aim}"), marker="dashes", colour=PLAN)] if len(plans) else []
    notes = [words.say("chart_course_undated")] if plans["undated"].any() else []
    return chart(
        key,
        known,
        words,
        panels,
        title=_title(actual, aim, words),
        measure=words.say("chart_course_measure"),
        region=region,
        kind="chart_kind_lines",
        legend=entries,
        beside=2,
        data=known.assign(period_text=[_time(row, words) for row in named_rows(known, _Figure)]),
        columns=(
            Column("group", words.say("chart_column_group")),
            Column("kind_text", words.say("chart_column_kind")),
            Column("period_text", words.say("chart_column_period")),
            Column("value", words.say("chart_column_persons"), "persons"),
            Column("denominator", words.say("chart_column_plan"), "persons"),
            Column("share", words.say("chart_column_share"), "percent"),
        ),
        notes=notes,
        dated=False,
    )


class _Figure(NamedTuple):
    target_group: str
    kind: str
    period: str
    since: str
    until: str
    undated: bool
    value: float
    share: float
    status: str


def _panel(
    actual: pd.DataFrame, plans: pd.DataFrame, group: str, *, between: tuple[float, float], ceiling: float, words: Words
) -> Lines:
    traces = [Trace(tuple(_steps(plans, words)), PLAN, dashed=True, dots=False)] if len(plans) else []
    points = tuple(
        Point(
            decimal_year(row.period),
            row.value,
            number_text(row.value, row.status, words),
            words.when(row.period),
            hollow=row.status in UNCERTAIN,
        )
        for row in named_rows(in_order(actual), _Figure)
    )
    return Lines(
        (*traces, Trace(points)),
        sentence_case(words.title("target_groups", group)),
        number=words.number,
        tall=13,
        between=between,
        ceiling=ceiling,
    )


def _steps(plans: pd.DataFrame, words: Words) -> list[Point]:
    """The two ends of each step; the number stands at its first."""
    points: list[Point] = []
    for row in named_rows(plans.sort_values("since", kind="stable"), _Figure):
        text = words.say(f"chart_{row.kind}_value", value=number_text(row.value, row.status, words))
        first, last = decimal_year(row.since), decimal_year(row.until)
        # A plan that only confirms the number before it is not said twice.
        repeated = bool(points) and points[-1].value == row.value
        points += [
            Point(first, row.value, "" if repeated else text, row.since[:4] if not points else ""),
            Point(last, row.value),
        ]
    if points:
        points[-1] = replace(points[-1], when=plans["until"].max()[:4])
    return points


def _time(row: _Figure, words: Words) -> str:
    """When a figure was counted, or between which days a plan was in force; an assumed day is not said as a fact."""
    if row.kind == "actual":
        return sentence_case(words.period(row.period))
    if row.undated:
        return words.say("chart_course_not_dated")
    return "–".join(words.date_short(day) for day in (row.since, row.until))


def _title(actual: pd.DataFrame, aim: str, words: Words) -> str:
    """The newest share of the ``aim`` (plan or target) of each group; the number where no share is known."""
    shares = []
    for row in named_rows(actual.drop_duplicates("target_group", keep="last"), _Figure):
        share = words.percent(row.share) if pd.notna(row.share) else words.number(row.value)
        shares.append(words.say("chart_course_" + row.target_group, share=share + status_mark(row.status)))
    key = f"chart_course_title_{aim}" if actual["share"].notna().all() else "chart_course_title_numbers"
    return words.say(key, groups="; ".join(shares))
