"""Charts of plans: how much is done, how much should be by now, how the plan changed."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, bar_chart, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, PLAN, UNCERTAIN, measured, status_fill
from socsvc_analysis.charts.texts import (
    by_region_order,
    in_table_order,
    is_country,
    leading,
    number_text,
    status_mark,
    unit_text,
    unknown_text,
)
from socsvc_analysis.codes import by_code, lookup, records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, Bars, Part, ReferenceLine
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.lines import Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import clients, progress
from socsvc_analysis.indicators.registry import MONEY
from socsvc_analysis.labels import needed_text, range_text
from socsvc_analysis.periods import decimal_year
from socsvc_analysis.wording import Words, sentence_case


@in_either_language
@takes("territory", "target_group", "period", "numerator", "denominator", of=clients.served_of_plan)
def share_of_plan(values: pd.DataFrame, *, region: str, words: Words, key: str = "share_of_plan") -> Chart | Absence:
    """What is done in per cent of the plan; the plan is a line at 100 %, and more than the plan goes beyond it.

    ``values``: rows target_group (x territory); numerator = done, denominator = plan, value = per cent.  Where only the
    per cent is published numerator and denominator are NaN.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_share_absent", region, words)
    values = by_region_order(values, words)
    values = in_table_order(values, "target_group", words.reference.target_groups)
    places, groups = values["territory"].nunique() > 1, values["target_group"].nunique() > 1
    dated = places and values["period"].nunique() > 1
    bars = [
        Bar(
            words.place(row["territory"]) + (f", {row['period'][:4]}" if dated else "")
            if places
            else sentence_case(words.title("target_groups", row["target_group"])),
            measured(row["value"], row["status"]),
            _share_text(row, words),
            group=sentence_case(words.title("target_groups", row["target_group"])) if places and groups else "",
        )
        for row in records(values)
    ]
    leaders = leading(values, words, words.percent)
    top = leaders.iloc[0] if places else values[values["value"].notna()].iloc[0]
    title = words.say(
        "chart_share_title_places" if places else "chart_share_title",
        place=words.listed(dict.fromkeys(words.place(code) for code in leaders["territory"])),
        group=(str if places else sentence_case)(words.short("target_groups", top["target_group"])),
        share=words.percent(top["value"]) + status_mark(top["status"]),
    )
    return bar_chart(
        key,
        values,
        words,
        bars,
        references=[ReferenceLine(100, words.say("chart_share_line"))],
        title=title,
        measure=words.say("chart_share_measure"),
        region=region,
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("group", words.say("chart_column_group")),
            Column("period_text", words.say("chart_column_period")),
            Column("denominator", words.say("chart_column_plan"), "persons"),
            Column("numerator", words.say("chart_column_done"), "persons"),
            Column("value", words.say("chart_column_share"), "percent"),
        ),
    )


@in_either_language
@takes(
    "target_group",
    "period",
    "baseline",
    "start",
    "end",
    "target",
    "expected",
    "expected_from",
    "required_per_year",
    "share_of_time",
    "gap",
    "verdict",
    of=progress.pace_to_target,
)
def expected_by_now(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "expected_by_now"
) -> Chart | Absence:
    """Where each group stands, and where it would stand on a straight line from the start to the target; on one scale.

    ``values``: rows target_group (the latest figure: period, value) with extra columns ``baseline``, ``start``,
    ``end``, ``on`` (dates), ``target``, ``expected`` (on the date of the value), ``required_per_year`` (to reach the
    target), ``share_of_time`` (per cent of the time that has passed), ``expected_from`` (when the period of the value
    began), ``gap`` and ``verdict``, as :func:`~socsvc_analysis.indicators.progress.pace_to_target` gives them.
    """
    known = values[values["value"].notna() & values["target"].notna()]
    if known.empty:
        return absence("chart_expected_absent", region, words)
    known = in_table_order(known, "target_group", words.reference.target_groups)
    first = records(known)[0]
    ceiling = float(known[["value", "expected", "target"]].max().max())
    unsure = known["verdict"] == "unsure"
    return chart(
        key,
        known,
        words,
        [_pace_panel(row, ceiling, region, words) for row in records(known)],
        title=words.say(
            "chart_expected_title_" + first["verdict"],
            group=sentence_case(words.short("target_groups", first["target_group"])),
            gap=_least_gap(first, words),
            target=words.number(first["target"]),
        ),
        measure=words.say("chart_by_year_measure"),
        region=region,
        kind="chart_kind_lines",
        legend=(
            Entry(words.say("chart_reached"), marker="dot", colour=ACTUAL),
            Entry(words.say("chart_expected"), marker="hollow", colour=PLAN),
            Entry(words.say("chart_expected_line"), marker="dashes", colour=PLAN),
        ),
        beside=2,
        data=known.assign(required_per_year=known["required_per_year"].mask(unsure)),
        columns=_pace_columns(all(map(_is_dated, records(known))), words),
        # Reached, expected and planned stand on one scale.
        compared=3 * len(known),
        notes=(
            words.say("chart_expected_note"),
            *((words.say("chart_expected_unsure"),) if unsure.any() else ()),
        ),
    )


def _pace_panel(row: dict[str, Any], ceiling: float, region: str, words: Words) -> Lines:
    """The line from the start to the target, the number expected on it, and the number reached.

    ``ceiling`` is the highest value of all panels.
    """
    # A year is judged at its end: there the expected number lies on the line.
    now = decimal_year(row.get("on", row["period"]))
    # The country has a target, a region a plan.
    aim = "chart_target_value" if is_country(region) else "chart_plan_value"
    text = words.say(aim, value=words.number(row["target"]))
    start = Point(decimal_year(row["start"]), row["baseline"], when=row["start"][:4])
    end = Point(decimal_year(row["end"]), row["target"], text, when=row["end"][:4])
    text = words.say("chart_expected_value", value=range_text(row["expected_from"], row["expected"], words))
    expected = Trace((Point(now, row["expected"], text, words.when(row["period"]), hollow=True),), PLAN)
    text = words.say("chart_actual_value", value=number_text(row["value"], row["status"], words))
    actual = Trace((Point(now, row["value"], text, hollow=row["status"] in UNCERTAIN),), ACTUAL)
    return Lines(
        (Trace((start, end), PLAN, dashed=True, dots=False), expected, actual),
        sentence_case(words.title("target_groups", row["target_group"])),
        _gap_text(row, words),
        number=words.number,
        tall=15,
        ceiling=ceiling,
        gap=None if math.isnan(row["gap"]) else (now, row["expected"], row["value"]),
    )


def _pace_columns(dated: bool, words: Words) -> tuple[Column, ...]:
    """The columns of the table; the least that could be expected where not every figure is ``dated`` to the day."""
    least = () if dated else (Column("expected_from", words.say("chart_column_expected_from"), "persons"),)
    return (
        Column("group", words.say("chart_column_group")),
        Column("period_text", words.say("chart_column_period")),
        Column("value", words.say("chart_column_reached"), "persons"),
        *least,
        Column("expected", words.say("chart_column_expected"), "persons"),
        Column("target", words.say("chart_column_target"), "persons"),
        Column("required_per_year", words.say("chart_column_required"), "persons"),
        Column("share_of_time", words.say("chart_column_time"), "percent"),
    )


@in_either_language
@takes(
    "target_group",
    "period",
    "kind",
    "measure",
    "order",
    "since",
    "change",
    "version_title",
    of=progress.plan_versions,
)
def plan_versions(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    key: str = "plan_versions",
    absent: str = "chart_versions_absent",
) -> Chart | Absence:
    """How the plan changed from issue to issue: one block for each group and measure, the earliest issue on top.

    ``values``: rows target_group x version, with extra columns ``version_title``, ``order`` (of issue), ``since`` (its
    first day; where one is empty no issue is called the latest), ``measure`` (code) and ``change``, which each bar
    says; a disputed figure beside others is only said.
    """
    known = values[values["value"].notna()]
    if known.empty:
        return absence(absent, region, words)
    known = known.sort_values("order", kind="stable")
    known = in_table_order(known, "target_group", words.reference.target_groups)
    known = known.assign(in_order=_in_order(known))
    panels = []
    measures = {row["measure"]: words.commitment(row["measure"], row["kind"]) for row in records(known)}
    (first, title), one = next(iter(measures.items())), len(measures) == 1
    units = lookup(words.reference.measures, "measure", "unit")
    for measure in measures:
        bars = _version_bars(known[known["measure"] == measure], known["target_group"].nunique() > 1, words)
        panels.append(Bars(bars, heading="" if one else measures[measure]))
    return chart(
        key,
        known,
        words,
        panels,
        title=_versions_title(known, measures, words),
        measure=title if one else words.say("chart_versions_measure"),
        region=region,
        also=((unit_text(units[first], words),) if one else ()) + (words.say("chart_versions_also"),),
        kind="chart_kind_bars",
        legend=(
            Entry(words.say("chart_version_latest"), Fill(PLAN)),
            Entry(words.say("chart_version_earlier"), Fill(PLAN, "tint")),
        )
        if known["in_order"].any()
        else (),
        notes=() if known["in_order"].all() else (words.say("chart_versions_undated"),),
        data=known.assign(
            measure_text=known["measure"].map(measures),
            unit=known["measure"].map(units),
        ),
        columns=(
            Column("version_title", words.say("chart_column_version")),
            Column("measure_text", words.say("chart_column_measure")),
            Column("group", words.say("chart_column_group")),
            Column("value", words.say("chart_column_plan"), "number"),
            Column("change", words.say("chart_column_change"), "number"),
            Column("unit_text", words.say("chart_column_unit")),
        ),
    )


def _in_order(known: pd.DataFrame) -> pd.Series:
    """For each row whether every issue of its plan has a date, so that it is known which came first."""
    reliable = known["since"].ne("") | known["status"].eq("disputed")
    return reliable.groupby([known["measure"], known["target_group"]]).transform("all")


def _version_bars(known: pd.DataFrame, several: bool, words: Words) -> tuple[Bar, ...]:
    """The issues of each group's plan; ``several`` groups have headings."""
    bars = []
    for group, here in known.groupby("target_group", sort=False):
        heading = sentence_case(words.title("target_groups", str(group))) if several else ""
        latest = here["order"].max()
        for row in records(here):
            fill = status_fill(PLAN, row["status"])
            if fill.style == "solid" and row["order"] < latest and row["in_order"]:
                fill = Fill(PLAN, "tint")
            text = number_text(row["value"], row["status"], words)
            if not math.isnan(row["change"]) and row["change"]:
                text += f" ({words.signed(row['change'])})"
            # A disputed figure sets no scale: it is said and not drawn, where others are known.
            parts = () if row["status"] == "disputed" and len(here) > 1 else (Part(row["value"], fill),)
            bars.append(Bar(sentence_case(row["version_title"]), parts, text, group=heading))
    return tuple(bars)


def _versions_title(known: pd.DataFrame, measures: dict[str, str], words: Words) -> str:
    """The first and the last number of the plan that changed most; disputed figures count where there are no others.

    ``measures`` says what each is called.
    """
    changes = []
    for measure in dict.fromkeys(known["measure"]):
        for group, here in known[known["measure"] == measure].groupby("target_group", sort=False):
            sure = here[here["status"] != "disputed"]
            sure = here if sure.empty else sure
            first, last = sure["value"].iloc[0], sure["value"].iloc[-1]
            dated = bool(sure["in_order"].all())
            changes.append((abs(last - first) / max(first, 1), measure, group, first, last, dated))
    _, measure, group, first, last, dated = max(changes, key=lambda change: change[0])
    unit: str = by_code(words.reference.measures, "measure")[measure]["unit"]
    written = partial(words.money, currency=unit) if unit in MONEY else words.number
    several = known["target_group"].nunique() > 1
    subject = words.short("target_groups", group) if several else measures[measure]
    changed = "chart_versions_title" if dated else "chart_versions_title_undated"
    return words.say(
        changed if first != last else "chart_versions_title_same",
        subject=sentence_case(subject),
        first=written(first),
        last=written(last),
    )


def _share_text(row: dict[str, Any], words: Words) -> str:
    if math.isnan(row["value"]):
        return unknown_text(row["status"], words)
    share = words.percent(row["value"])
    if math.isnan(row["denominator"]) or math.isnan(row["numerator"]):
        return words.say("chart_share_published", share=share) + status_mark(row["status"])
    part, whole = words.number(row["numerator"]), words.number(row["denominator"])
    # More than all of a plan is not read as a part of it.
    key = "chart_of_share" if row["numerator"] <= row["denominator"] else "chart_over_share"
    return words.say(key, part=part, whole=whole, share=share) + status_mark(row["status"])


def _gap_text(row: dict[str, Any], words: Words) -> str:
    gap = row["gap"]
    side = "unsure" if math.isnan(gap) else "ahead" if gap > 0 else "behind" if gap < 0 else "even"
    text = words.say(
        "chart_gap_" + side,
        gap=_least_gap(row, words),
        period=words.period(row["period"], "locative"),
        low=words.number(row["expected_from"]),
        high=words.number(row["expected"]),
    )
    text = sentence_case(text)
    if row["verdict"] == "reached":
        return f"{text} {words.say('chart_target_met')}"
    if row["verdict"] != "unsure" and not math.isnan(row["required_per_year"]):
        needed = needed_text(row["required_per_year"], dated=_is_dated(row), words=words)
        return f"{text} {words.say('chart_required', n=row['required_per_year'], needed=needed)}"
    return text


def _least_gap(row: dict[str, Any], words: Words) -> str:
    """How far the number is from the nearest of those that could be expected; the day of a figure may be unknown."""
    gap = words.number(abs(row["gap"]))
    return gap if _is_dated(row) else words.say("chart_gap_at_least", gap=gap)


def _is_dated(row: dict[str, Any]) -> bool:
    """Whether as many were to be expected on the first day of the figure's period as on its last."""
    return bool(row["expected_from"] == row["expected"])
