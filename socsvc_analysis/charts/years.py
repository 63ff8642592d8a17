"""Charts over time: figures by date or year, with plans and targets as lines across."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.charts.control import short_name
from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, PLAN, UNCERTAIN, measured
from socsvc_analysis.charts.texts import in_table_order, number_text, reference_code, status_mark, unit_text
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, Bars
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.lines import Level, Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry, Panel
from socsvc_analysis.indicators import clients, progress, series
from socsvc_analysis.indicators.control import since_break
from socsvc_analysis.indicators.registry import MONEY
from socsvc_analysis.periods import by_last_day, decimal_year, in_order
from socsvc_analysis.reference import begins_anew
from socsvc_analysis.rounding import rounded
from socsvc_analysis.wording import Words, sentence_case

ACTUAL_KINDS = ("actual", "baseline")
"""Kinds of figures that happened; the others are plans."""
PANELS = 6
"""As many series as one picture shows."""
FEW = 5
"""Up to as many points all have their numbers."""
LONG = 7
"""Words of a name that leave room in a title for its first figure and its last."""
SHORT = 45
"""Letters of a heading that fit one of three panels beside each other."""
MILLION = 1e6


@in_either_language
@takes("target_group", "period", "kind", of=clients.served_by_year)
def served_by_year(values: pd.DataFrame, *, region: str, words: Words, key: str = "served_by_year") -> Chart | Absence:
    """People served since the programme began, by date of the figure; one panel for each group.

    ``values``: rows target_group x period, value in persons; rows of kind ``plan`` or ``target`` are drawn as a line
    across (the last in order of period where there are several).
    """
    known = values[values["value"].notna()]
    actual = known[known["kind"].isin(ACTUAL_KINDS) & (known["period"] != "")]
    if actual.empty:
        return absence("chart_by_year_absent", region, words)
    actual = in_table_order(actual, "target_group", words.reference.target_groups)
    groups = list(actual["target_group"].unique())
    plans = by_last_day(known[known["kind"].isin(tables.COMMITMENTS)]).drop_duplicates("target_group", keep="last")
    plan_of = {row["target_group"]: row for row in records(plans)}
    single = actual["target_group"].is_unique
    panels: list[Panel]
    legend: list[Entry] = []
    if single:
        # One figure for each group is no line: bars in front of their plans.
        rows = tuple(_single(row, plan_of.get(row["target_group"]), words) for row in records(actual))
        panels = [Bars(rows)]
        if any(row.outline > 0 for row in rows):
            reached = Entry(words.say("chart_reached"), Fill(ACTUAL))
            legend = [reached, Entry(words.say("chart_plan"), Fill(PLAN, "outline"))]
    else:
        panels = [_over_time(actual[actual["target_group"] == group], plan_of.get(group), words) for group in groups]
    last = _latest(actual[actual["target_group"] == groups[0]])
    undated = int((values["kind"].isin(ACTUAL_KINDS) & (values["period"] == "")).sum())
    return chart(
        key,
        values,
        words,
        panels,
        title=words.say(
            "chart_by_year_title",
            group=sentence_case(words.short("target_groups", groups[0])),
            count=words.count("persons", last["value"]),
        ),
        measure=words.say("chart_by_year_measure"),
        region=region,
        kind="chart_kind_bars" if single else "chart_kind_lines",
        legend=legend,
        beside=1 if single else 2,
        data=in_table_order(values, "target_group", words.reference.target_groups),
        columns=(
            Column("group", words.say("chart_column_group")),
            Column("period_text", words.say("chart_column_period")),
            Column("kind_text", words.say("chart_column_kind")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
        notes=(words.say("chart_undated", n=undated, count=words.count("figures", undated)),) if undated else (),
        # A course has at least three dates.
        compared=int(actual.groupby("target_group").size().max()),
    )


@in_either_language
@takes("territory", "period", "unit", "series", of=series.yearly)
def long_series(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    key: str = "long_series",
    title_key: str = "series_finding",
    decimals: int = 0,
) -> Chart | Absence:
    """Several series over many years, each on its own scale from zero; years without a figure are not bridged.

    ``values``: rows with extra columns ``series`` (its title) and ``unit``; period is a year or date.  The first six
    series are drawn, all are in the table.  The messages ``<title_key>``, ``<title_key>_measure`` and
    ``<title_key>_absent`` say the finding (with ``series first last first_year last_year place``), what is measured,
    and what is missing.
    """
    known = values[values["value"].notna() & (values["period"] != "")]
    if known.empty:
        return absence(title_key + "_absent", region, words)
    # The longest series first: they have most to show; of equally long ones the order stays.
    titles = list(known.groupby("series", sort=False).size().sort_values(ascending=False, kind="stable").index)
    one_unit = known["unit"].nunique() == 1
    panels = [_series_panel(known[known["series"] == title], one_unit, words, decimals) for title in titles[:PANELS]]
    lead = in_order(known[known["series"] == titles[0]])
    # Figures from before what is counted has changed are not compared with those after.
    lead = since_break(lead, words.reference)
    first, last = lead.iloc[0], lead.iloc[-1]
    one_place = known["territory"].nunique() == 1
    name = _series_name(first, known, words)
    if one_place and first["territory"] != reference_code(region, words):
        name = words.say("series_of_place", series=name, place=words.place(first["territory"]))
    # A long name leaves room for the latest figure only.
    title = words.say(
        title_key if len(lead) > 1 and len(name.split()) <= LONG else "series_once",
        series=name,
        place=words.place(region, "locative"),
        first=_short_quantity(first["value"], first["unit"], words, decimals) + status_mark(first["status"]),
        last=_short_quantity(last["value"], last["unit"], words, decimals) + status_mark(last["status"]),
        first_year=first["period"][:4],
        last_year=last["period"][:4],
    )
    more = titles[PANELS:]
    return chart(
        key,
        values,
        words,
        panels,
        title=title,
        measure=words.say(title_key + "_measure"),
        region=region,
        # A city's series is not the region's.
        place=words.place(first["territory"]) if one_place else "",
        also=(unit_text(last["unit"], words),) if one_unit else (),
        kind="chart_kind_lines",
        beside=_beside(panels),
        columns=(
            Column("series", words.say("chart_column_series")),
            Column("period_text", words.say("chart_column_period")),
            Column("value", words.say("chart_column_value"), "number", decimals),
            Column("unit_text", words.say("chart_column_unit")),
        ),
        notes=[words.say("series_more", n=len(more), names=words.listed(more))] if more else (),
    )


def _series_panel(rows: pd.DataFrame, one_unit: bool, words: Words, decimals: int) -> Lines:
    """One series on its own scale, large amounts in millions; the heading says the unit unless all have one."""
    title, unit = rows["series"].iloc[0], rows["unit"].iloc[0]
    millions = unit in MONEY and rows["value"].max() >= MILLION
    number = partial(_in_millions, words) if millions else words.number
    text = words.say("chart_millions", unit=unit) if millions else "" if one_unit else unit_text(unit, words)
    trace = Trace(time_points(rows, words, partial(number, decimals=1 if millions else decimals)), longest=1.5)
    return Lines((trace,), sentence_case(f"{title}, {text}" if text else title), number=number, tall=10)


def _series_name(row: pd.Series, known: pd.DataFrame, words: Words) -> str:
    """What the title calls the series of ``row``: its short name where no other series has the same.

    The picture has the whole one.  *Foster family: 1,193* would be read as families: a group has its name, too.
    """
    if {"service_type", "target_group", "provider"} <= set(known.columns) and not row["provider"]:
        short = [short_name(each, words) for _, each in known.drop_duplicates("series").iterrows()]
        name = short_name(row, words)
        if short.count(name) == 1:
            both = "all" not in (row["service_type"], row["target_group"])
            return f"{name}, {words.short('target_groups', row['target_group'])}" if both else name
    return str(row["series"])


@in_either_language
@takes("period", "kind", of=progress.institutional_reduction)
def institutional_stock(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "institutional_stock"
) -> Chart | Absence:
    """People in institutions over the years, with the target as a line.

    ``values``: rows period, value in persons; rows of kind ``baseline`` and ``actual`` are points, the row of kind
    ``target`` (with the period by which it is to be reached) is the line.
    """
    known = values[values["value"].notna()]
    stock = known[known["kind"].isin(ACTUAL_KINDS) & (known["period"] != "")]
    if stock.empty:
        return absence("chart_stock_absent", region, words)
    stock = in_order(stock)
    targets = known[known["kind"] == "target"]
    levels = tuple(
        Level(
            row["value"],
            words.say(
                "chart_target_by", value=words.number(row["value"]), period=words.period(row["period"], "locative")
            ),
        )
        for row in records(targets)
    )
    last = stock.iloc[-1]
    title = words.say(
        "chart_stock_title" if len(targets) else "chart_stock_title_alone",
        count=words.number(last["value"]),
        period=words.date_long(last["period"], "locative"),
        target=words.number(targets["value"].iloc[-1]) if len(targets) else "",
    )
    ordered = in_order(values)
    # The axis reaches to the year of the target, so that readers see the time that is left.
    ends = [
        Point(decimal_year(row["period"]), row["value"], when=words.when(row["period"]))
        for row in records(targets)
        if row["period"]
    ]
    traces = [Trace(time_points(stock, words))] + [Trace((end,), PLAN, dots=False) for end in ends]
    return chart(
        key,
        values,
        words,
        [Lines(tuple(traces), levels=levels, number=words.number, tall=16)],
        title=title,
        measure=words.say("chart_stock_measure"),
        region=region,
        kind="chart_kind_lines",
        data=ordered,
        columns=(
            Column("period_text", words.say("chart_column_period")),
            Column("kind_text", words.say("chart_column_kind")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
    )


def _single(row: dict[str, Any], plan: dict[str, Any] | None, words: Words) -> Bar:
    label = f"{sentence_case(words.title('target_groups', row['target_group']))} ({words.when(row['period'])})"
    text = number_text(row["value"], row["status"], words)
    if plan is None:
        return Bar(label, measured(row["value"], row["status"]), text)
    text = words.say("chart_of", part=text, whole=number_text(plan["value"], plan["status"], words))
    return Bar(label, measured(row["value"], row["status"]), text, outline=plan["value"])


def _over_time(rows: pd.DataFrame, plan: dict[str, Any] | None, words: Words) -> Lines:
    levels: tuple[Level, ...] = ()
    if plan is not None:
        text = words.say("chart_plan_value", value=number_text(plan["value"], plan["status"], words))
        levels = (Level(plan["value"], text),)
    heading = sentence_case(words.title("target_groups", rows["target_group"].iloc[0]))
    return Lines((Trace(time_points(rows, words)),), heading, levels=levels, number=words.number)


def time_points(
    rows: pd.DataFrame, words: Words, written: Callable[[float], str] | None = None, at: str = "period"
) -> tuple[Point, ...]:
    """The rows in order of time: first and last labelled, others where there is room, doubtful ones hollow.

    They stand at the time of column ``at``.
    """
    rows = in_order(rows)
    last = len(rows) - 1
    # A series of plain years needs no word for them.
    dated = rows["period"].str.len().ne(4).any()
    # Where what is counted has changed, the line begins anew.
    anew = begins_anew(rows["notes"], words.reference.notes)
    points = []
    for number, row in enumerate(rows.to_dict("records")):
        label = number_text(row["value"], row["status"], words, written)
        if number not in (0, last) and last >= FEW:
            label = status_mark(row["status"]) if row["status"] == "disputed" else ""
        points.append(
            Point(
                decimal_year(row[at]),
                row["value"],
                label,
                words.when(row["period"]) if dated else row["period"],
                hollow=row["status"] in UNCERTAIN,
                must=number in (0, last) or row["status"] == "disputed",
                anew=anew[number],
            )
        )
    return tuple(points)


def _beside(panels: list[Lines]) -> int:
    """How many panels stand in a row: three where that fills the rows better than two, and their headings fit."""
    return 3 if len(panels) in (3, 5, 6) and max(len(panel.heading) for panel in panels) <= SHORT else 2


def _short_quantity(value: float, unit: str, words: Words, decimals: int) -> str:
    """An amount in millions with its currency, anything else as a bare number: the subtitle names its unit."""
    if unit not in MONEY:
        return words.percent(value, decimals) if unit == "percent" else words.number(value, decimals)
    if value < MILLION:
        return words.money(value, currency=unit)
    return words.say("chart_million_amount", amount=words.number(value / MILLION, 1), unit=unit)


def _in_millions(words: Words, value: float, decimals: int = 0) -> str:
    amount = value / MILLION
    # The steps of a scale, whole in units, have as many decimals as they need in millions.
    enough = next((places for places in range(3) if math.isclose(rounded(amount, places), amount)), 2)
    return words.number(amount, decimals or enough)


def _latest(rows: pd.DataFrame) -> pd.Series:
    years = rows["period"].map(decimal_year)
    latest: pd.Series = rows[years == years.max()].iloc[0]
    return latest
