"""Charts of plans and money: how much is done, how much should be, how the plan changed, who pays."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.bars import Bar, Bars, Part, Reference
from socsvc_analysis.charts.clients import ACTUAL_KINDS, time_order, time_points
from socsvc_analysis.charts.figure import (
    Absence,
    Chart,
    absence,
    capital,
    chart,
    inner,
    number_said,
    status_mark,
    time_said,
    unknown_said,
)
from socsvc_analysis.charts.lines import Level, Lines, Point, Trace, year_of
from socsvc_analysis.charts.palette import ACTUAL, FUNDS, PLAN, UNCERTAIN, Look, status_look
from socsvc_analysis.charts.panels import Entry, Legend, Panel, compose
from socsvc_analysis.markup import Column
from socsvc_analysis.wording import Words


def share_of_plan(values: pd.DataFrame, *, region: str, words: Words, key: str = "share_of_plan") -> Chart | Absence:
    """What is done in per cent of the plan; the plan is a line at 100 %, and more than the plan goes beyond it.

    ``values``: rows target_group (x territory); numerator = done, denominator = plan, value = per cent.  Where only the
    per cent is published numerator and denominator are NaN.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_share_absent", region, words)
    values = charts.by_region_order(values, words)
    values = charts.in_table_order(values, "target_group", words.tables.target_groups)
    places, groups = values["territory"].nunique() > 1, values["target_group"].nunique() > 1
    rows = [
        Bar(
            words.place(row["territory"]) if places else capital(words.title("target_groups", row["target_group"])),
            _filled(row["value"], row["status"]),
            _share_said(row, words),
            group=capital(words.title("target_groups", row["target_group"])) if places and groups else "",
        )
        for row in values.to_dict("records")
    ]
    top = values.loc[values["value"].idxmax()] if places else values[values["value"].notna()].iloc[0]
    title = words.say(
        "chart_share_title_places" if places else "chart_share_title",
        place=words.place(top["territory"]),
        group=(str if places else capital)(words.short("target_groups", top["target_group"])),
        share=words.percent(top["value"]) + status_mark(top["status"]),
    )
    return chart(
        key,
        values,
        words,
        title=title,
        measure=words.say("chart_share_measure"),
        region=region,
        kind="chart_kind_bars",
        draw=partial(_panels, [Bars(tuple(rows), (Reference(100, words.say("chart_share_line")),))], 1),
        data=values.assign(
            place=values["territory"].map(words.place),
            group=[words.title("target_groups", code) for code in values["target_group"]],
        ),
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("group", words.say("chart_column_group")),
            Column("denominator", words.say("chart_column_plan"), "persons"),
            Column("numerator", words.say("chart_column_done"), "persons"),
            Column("value", words.say("chart_column_share"), "percent"),
        ),
    )


def expected_by_now(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "expected_by_now"
) -> Chart | Absence:
    """Where each group stands, and where it would stand on a straight line from the start to the target.

    ``values``: rows target_group (the latest figure: period, value) with extra columns ``baseline``, ``start``, ``end``
    (dates), ``target``, ``expected`` (on the date of the value), ``required_per_year`` (to reach the target) and
    ``share_of_time`` (per cent of the time that has passed).
    """
    known = values[values["value"].notna() & values["target"].notna()]
    if known.empty:
        return absence("chart_expected_absent", region, words)
    known = charts.in_table_order(known, "target_group", words.tables.target_groups)
    panels = []
    for row in known.to_dict("records"):
        now = year_of(row["period"])
        start, end = year_of(row["start"]), year_of(row["end"])
        plan = Trace(
            (
                Point(start, row["baseline"], when=row["start"][:4]),
                Point(
                    end,
                    row["target"],
                    words.say("chart_target_value", value=words.number(row["target"])),
                    when=row["end"][:4],
                ),
            ),
            PLAN,
            dashed=True,
            dots=False,
        )
        said = words.say("chart_expected_value", value=words.number(row["expected"]))
        expected = Trace((Point(now, row["expected"], said, time_said(row["period"], words), hollow=True),), PLAN)
        said = words.say("chart_actual_value", value=number_said(row["value"], row["status"], words))
        actual = Trace((Point(now, row["value"], said, hollow=row["status"] in UNCERTAIN),), ACTUAL)
        panels.append(
            Lines(
                (plan, expected, actual),
                capital(words.title("target_groups", row["target_group"])),
                _gap_said(row, words),
                number=words.number,
                tall=15,
                gap=(now, row["expected"], row["value"]),
            )
        )
    first = known.iloc[0]
    gap = round(first["value"]) - round(first["expected"])
    verdict = "ahead" if gap > 0 else "behind" if gap < 0 else "even"
    legend = Legend(
        (
            Entry(words.say("chart_reached"), marker="dot", colour=ACTUAL),
            Entry(words.say("chart_expected"), marker="hollow", colour=PLAN),
            Entry(words.say("chart_expected_line"), marker="dashes", colour=PLAN),
        )
    )
    return chart(
        key,
        known,
        words,
        title=words.say(
            "chart_expected_title_" + verdict,
            group=capital(words.short("target_groups", first["target_group"])),
            gap=words.number(abs(gap)),
        ),
        measure=words.say("chart_by_year_measure"),
        region=region,
        kind="chart_kind_lines",
        draw=partial(_panels, [legend, *panels], 2),
        data=known.assign(
            group=[words.title("target_groups", code) for code in known["target_group"]],
            period_said=known["period"].map(words.period),
        ),
        columns=(
            Column("group", words.say("chart_column_group")),
            Column("period_said", words.say("chart_column_period")),
            Column("value", words.say("chart_column_reached"), "persons"),
            Column("expected", words.say("chart_column_expected"), "persons"),
            Column("target", words.say("chart_column_target"), "persons"),
            Column("required_per_year", words.say("chart_column_required"), "persons"),
            Column("share_of_time", words.say("chart_column_time"), "percent"),
        ),
        notes=(words.say("chart_expected_note"),),
    )


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
    stock = stock.sort_values("period", key=lambda periods: periods.map(time_order), kind="stable")
    targets = known[known["kind"] == "target"]
    levels = tuple(
        Level(
            row["value"],
            words.say(
                "chart_target_by", value=words.number(row["value"]), period=words.period(row["period"], "locative")
            ),
        )
        for row in targets.to_dict("records")
    )
    last = stock.iloc[-1]
    title = words.say(
        "chart_stock_title" if len(targets) else "chart_stock_title_alone",
        count=words.count("persons", last["value"]),
        target=words.number(targets["value"].iloc[-1]) if len(targets) else "",
    )
    ordered = values.sort_values("period", key=lambda periods: periods.map(time_order), kind="stable")
    # The axis reaches to the year of the target, so that readers see the time that is left.
    ends = [
        Point(year_of(row["period"]), row["value"], when=time_said(row["period"], words))
        for row in targets.to_dict("records")
        if row["period"]
    ]
    traces = [Trace(time_points(stock, words))] + [Trace((end,), PLAN, dots=False) for end in ends]
    return chart(
        key,
        values,
        words,
        title=title,
        measure=words.say("chart_stock_measure"),
        region=region,
        kind="chart_kind_lines",
        draw=partial(_panels, [Lines(tuple(traces), levels=levels, number=words.number, tall=16)], 1),
        data=ordered.assign(
            period_said=[capital(words.period(period)) for period in ordered["period"]],
            kind_said=[words.say("chart_kind_of_" + kind) for kind in ordered["kind"]],
        ),
        columns=(
            Column("period_said", words.say("chart_column_period")),
            Column("kind_said", words.say("chart_column_kind")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
    )


def plan_versions(values: pd.DataFrame, *, region: str, words: Words, key: str = "plan_versions") -> Chart | Absence:
    """How the plan changed from issue to issue: one block for each group and measure, the earliest issue on top.

    ``values``: rows target_group x version, with extra columns ``version_title``, ``order`` (of issue) and ``measure``
    (code).  Each bar says how much it differs from the one before; disputed figures are hatched.
    """
    known = values[values["value"].notna()]
    if known.empty:
        return absence("chart_versions_absent", region, words)
    known = known.sort_values("order", kind="stable")
    known = charts.in_table_order(known, "target_group", words.tables.target_groups)
    measures = list(dict.fromkeys(known["measure"]))
    rows, changes = [], []
    for (measure, group), here in known.groupby(["measure", "target_group"], sort=False):
        heading = [words.title("measures", measure)] if len(measures) > 1 else []
        heading.append(words.title("target_groups", group))
        before, latest = math.nan, here["order"].max()
        for row in here.to_dict("records"):
            look = status_look(PLAN, row["status"])
            if look.style == "solid" and row["order"] < latest:
                look = Look(PLAN, "tint")
            said = number_said(row["value"], row["status"], words)
            change = row["value"] - before
            if change:
                said = (
                    words.say("chart_changed", value=said, change=signed(change, words)) if before == before else said
                )
            rows.append(Bar(row["version_title"], (Part(row["value"], look),), said, group=capital(": ".join(heading))))
            before = row["value"]
        sure = here[here["status"] != "disputed"]
        sure = here if sure.empty else sure
        changes.append((group, sure["value"].iloc[0], sure["value"].iloc[-1]))
    legend = Legend(
        (
            Entry(words.say("chart_version_latest"), Look(PLAN)),
            Entry(words.say("chart_version_earlier"), Look(PLAN, "tint")),
        )
    )
    group, first, last = max(changes, key=lambda change: abs(change[2] - change[1]) / max(change[1], 1))
    title = words.say(
        "chart_versions_title" if first != last else "chart_versions_title_same",
        group=capital(words.short("target_groups", group)),
        first=words.number(first),
        last=words.number(last),
    )
    return chart(
        key,
        known,
        words,
        title=title,
        measure=words.title("measures", measures[0]) if len(measures) == 1 else words.say("chart_versions_measure"),
        region=region,
        also=(words.say("chart_versions_also"),),
        kind="chart_kind_bars",
        draw=partial(_panels, [legend, Bars(tuple(rows))], 1),
        data=known.assign(
            measure_said=[words.title("measures", code) for code in known["measure"]],
            group=[words.title("target_groups", code) for code in known["target_group"]],
        ),
        columns=(
            Column("version_title", words.say("chart_column_version")),
            Column("measure_said", words.say("chart_column_measure")),
            Column("group", words.say("chart_column_group")),
            Column("value", words.say("chart_column_plan"), "persons"),
        ),
    )


def funding_split(values: pd.DataFrame, *, region: str, words: Words, key: str = "funding_split") -> Chart | Absence:
    """Who pays: shares of each fund in the whole, with the amount at the end.

    ``values``: rows with extra columns ``label`` (what is paid for) and ``fund`` (``funding_erdf`` … as in measures);
    value in EUR.
    """
    known = values[values["value"].notna() & (values["value"] > 0)]
    if known.empty:
        return absence("chart_funding_absent", region, words)
    order = {fund: at for at, fund in enumerate(dict.fromkeys([*FUNDS, *known["fund"]]))}
    known = known.sort_values("fund", key=lambda funds: funds.map(order), kind="stable")
    totals = known.groupby("label", sort=False)["value"].sum().sort_values(ascending=False)
    rows = [
        Bar(
            label,
            tuple(
                Part(row["value"] / total * 100, fund_look(row["fund"]), words.percent(row["value"] / total * 100))
                for row in known[known["label"] == label].to_dict("records")
            ),
            words.money(total) + status_mark(charts.worst(known.loc[known["label"] == label, "status"])),
        )
        for label, total in totals.items()
    ]
    funds = known.groupby("fund", sort=False)["value"].sum()
    legend = Legend(tuple(Entry(words.title("measures", fund), fund_look(fund)) for fund in funds.index))
    return chart(
        key,
        known,
        words,
        title=words.say(
            "chart_funding_title",
            fund=inner(words.title("measures", funds.idxmax())),
            share=words.percent(funds.max() / funds.sum() * 100),
        ),
        measure=words.say("chart_funding_measure"),
        region=region,
        kind="chart_kind_stacked",
        draw=partial(_panels, [legend, Bars(tuple(rows))], 1),
        data=known.assign(
            fund_said=[words.title("measures", fund) for fund in known["fund"]],
            share=known["value"] / known["label"].map(totals) * 100,
        ).sort_values(
            "label", key=lambda labels: labels.map({label: at for at, label in enumerate(totals.index)}), kind="stable"
        ),
        columns=(
            Column("label", words.say("chart_column_label")),
            Column("fund_said", words.say("chart_column_fund")),
            Column("value", words.say("chart_column_amount"), "EUR", 2),
            Column("share", words.say("chart_column_share"), "percent", 1),
        ),
    )


def absorption(values: pd.DataFrame, *, region: str, words: Words, key: str = "absorption") -> Chart | Absence:
    """How much of each budget is spent; the budget is a line at 100 %.

    ``values``: rows with extra column ``label``; numerator = spent, denominator = budget (EUR), value = per cent.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_absorption_absent", region, words)
    values = values.sort_values("value", ascending=False, kind="stable", na_position="last")
    rows = [
        Bar(row["label"], _filled(row["value"], row["status"]), _spent_said(row, words))
        for row in values.to_dict("records")
    ]
    top = values.iloc[0]
    title = words.say("chart_absorption_title", label=top["label"], share=words.percent(top["value"]))
    return chart(
        key,
        values,
        words,
        title=title,
        measure=words.say("chart_absorption_measure"),
        region=region,
        kind="chart_kind_bars",
        draw=partial(_panels, [Bars(tuple(rows), (Reference(100, words.say("chart_absorption_line")),))], 1),
        data=values,
        columns=(
            Column("label", words.say("chart_column_label")),
            Column("denominator", words.say("chart_column_budget"), "EUR", 2),
            Column("numerator", words.say("chart_column_spent"), "EUR", 2),
            Column("value", words.say("chart_column_share"), "percent", 1),
        ),
    )


def signed(change: float, words: Words) -> str:
    """A change with its sign."""
    return ("+" if change > 0 else "") + words.number(change)


def fund_look(fund: str) -> Look:
    """The look of a source of money; one without a place of its own is hatched grey."""
    return FUNDS.get(fund, Look(PLAN, "hatched"))


def _filled(value: float, status: str) -> tuple[Part, ...]:
    return () if math.isnan(value) else (Part(value, status_look(ACTUAL, status)),)


def _share_said(row: dict, words: Words) -> str:
    if math.isnan(row["value"]):
        return unknown_said(row["status"], words)
    share = words.percent(row["value"])
    if math.isnan(row["denominator"]) or math.isnan(row["numerator"]):
        return words.say("chart_share_published", share=share) + status_mark(row["status"])
    part, whole = words.number(row["numerator"]), words.number(row["denominator"])
    return words.say("chart_of_share", part=part, whole=whole, share=share) + status_mark(row["status"])


def _spent_said(row: dict, words: Words) -> str:
    if math.isnan(row["value"]):
        return unknown_said(row["status"], words)
    share = words.percent(row["value"])
    if math.isnan(row["denominator"]) or math.isnan(row["numerator"]):
        return share + status_mark(row["status"])
    part, whole = words.number(row["numerator"]), words.money(row["denominator"])
    return words.say("chart_of_share", part=part, whole=whole, share=share) + status_mark(row["status"])


def _gap_said(row: dict, words: Words) -> str:
    gap = round(row["value"]) - round(row["expected"])
    verdict = "ahead" if gap > 0 else "behind" if gap < 0 else "even"
    said = words.say("chart_gap_" + verdict, gap=words.number(abs(gap)), n=abs(gap))
    if row["value"] >= row["target"]:
        return f"{said} {words.say('chart_target_met')}"
    if not math.isnan(row["required_per_year"]):
        needed = math.ceil(row["required_per_year"])
        return f"{said} {words.say('chart_required', n=needed, needed=words.number(needed))}"
    return said


def _panels(panels: list[Panel], columns: int, figure: Figure, width: float) -> None:
    compose(figure, width, panels, columns if width > charts.NARROW else 1)
