"""The balance of care: which part is in the community and which in institutions."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, bar_chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN, status_fill
from socsvc_analysis.charts.texts import (
    by_region_order,
    group_text,
    in_table_order,
    reference_code,
    status_mark,
    unknown_text,
)
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, Part, ReferenceLine
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import care_balance
from socsvc_analysis.periods import in_order
from socsvc_analysis.wording import Words, sentence_case

BASES = ("persons", "persons_in_year", "places", "money")
"""What is counted, in the order of headings."""


@in_either_language
@takes(
    "territory",
    "target_group",
    "period",
    "numerator",
    "denominator",
    "lower",
    "upper",
    "basis",
    of=care_balance.balance_of_care,
)
def balance_of_care(
    values: pd.DataFrame, *, region: str, words: Words, setting: str = "community", key: str = "balance_of_care"
) -> Chart | Absence:
    """Bars of 100 %: the part in the community before the part in institutions, by period, place, group and basis.

    ``values``: rows territory x target_group x period with numerator (community), denominator (community and
    institutions), value in per cent, lower and upper (known only of a sample); extra columns ``basis`` (``persons``,
    ``persons_in_year``, ``places`` or ``money``) and, where there is one, ``target`` (per cent).  ``setting``:
    ``community``, or ``family`` where the better part is care in families.
    """
    known = values[values["value"].notna()]
    if known.empty:
        return absence("chart_balance_absent" + ("_family" if setting == "family" else ""), region, words)
    values = values if "target" in values else values.assign(target=math.nan)
    rows = by_region_order(in_order(values), words)
    rows = in_table_order(rows, "target_group", words.reference.target_groups)
    rows = rows.sort_values("basis", key=lambda bases: bases.map(BASES.index), kind="stable")
    several = {name: rows[name].nunique() > 1 for name in ("territory", "target_group", "period", "basis")}
    targets = rows["target"].dropna().unique()
    one = len(targets) == 1 and rows["target"].notna().all()
    references = (
        (ReferenceLine(float(targets[0]), words.say("chart_balance_target", share=words.percent(targets[0]))),)
        if one
        else ()
    )
    entries = [
        Entry(words.say("chart_balance_" + setting), Fill(ACTUAL)),
        Entry(words.say("chart_balance_institution"), Fill(CONTEXT)),
    ]
    if len(targets) and not one:
        entries.append(Entry(words.say("chart_balance_target_sign"), marker="hollow", colour=PLAN))
    sampled = bool((rows["lower"].notna() & rows["upper"].notna() & rows["value"].notna()).any())
    by = () if several["basis"] else (setting if setting == "family" else rows["basis"].iloc[0],)
    return bar_chart(
        key,
        values,
        words,
        [_bar(row, several, bool(one), words) for row in records(rows)],
        legend=entries,
        references=references,
        kind="chart_kind_stacked",
        title=_title(rows, several, setting, region, words),
        measure=words.say("chart_balance_measure" + ("_family" if setting == "family" else "")),
        region=region,
        # A municipality's balance is not the region's.
        place="" if several["territory"] else words.place(rows["territory"].iloc[0]),
        also=(*group_text(rows, words), *(words.say("chart_balance_by_" + each) for each in by)),
        data=rows.assign(
            basis_text=[words.say("chart_balance_basis_" + each) for each in rows["basis"]],
        ),
        columns=_columns(setting, sampled, len(targets) > 0, words),
        notes=(words.say("chart_balance_interval" if sampled else "chart_balance_complete"),),
    )


def _columns(setting: str, sampled: bool, targeted: bool, words: Words) -> tuple[Column, ...]:
    """The columns of the table; limits only where values are of a sample, the target only where there is one."""
    limits = (
        Column("lower", words.say("chart_column_lower"), "percent", 1),
        Column("upper", words.say("chart_column_upper"), "percent", 1),
    )
    return (
        Column("place", words.say("chart_column_territory")),
        Column("group", words.say("chart_column_group")),
        Column("period_text", words.say("chart_column_period")),
        Column("basis_text", words.say("chart_balance_column_basis")),
        Column("numerator", words.say("chart_balance_" + setting), "number"),
        Column("denominator", words.say("chart_balance_column_all"), "number"),
        Column("value", words.say("chart_balance_column_share"), "percent", 1),
        *(limits if sampled else ()),
        *([Column("target", words.say("chart_column_target"), "percent", 1)] if targeted else []),
    )


def _bar(row: dict[str, Any], several: dict[str, bool], one: bool, words: Words) -> Bar:
    names = []
    if several["territory"]:
        names.append(words.place(row["territory"]))
    headings = [words.say("chart_balance_basis_" + row["basis"])] if several["basis"] else []
    if several["target_group"]:
        # A group is a heading where its rows are told apart by something else.
        apart = several["period"] or several["territory"]
        (headings if apart else names).append(words.short("target_groups", row["target_group"]))
    if several["period"] or not names:
        names.append(words.when(row["period"]))
    group = sentence_case(", ".join(headings))
    label = sentence_case(", ".join(names))
    if math.isnan(row["value"]):
        return Bar(label, (), unknown_text(row["status"], words), group=group)
    share, rest = row["value"], 100 - row["value"]
    counted = not (math.isnan(row["numerator"]) or math.isnan(row["denominator"]))
    text = words.percent(share)
    # Amounts of money are long; they are in the table.
    if counted and row["basis"] != "money":
        numbers = {"part": words.number(row["numerator"]), "whole": words.number(row["denominator"])}
        text = words.say("chart_share_of", share=text, **numbers)
    mark = status_mark(row["status"])
    return Bar(
        label,
        (Part(share, status_fill(ACTUAL, row["status"])), Part(rest, Fill(CONTEXT))),
        text + mark,
        dots=() if one or math.isnan(row["target"]) else (row["target"],),
        group=group,
        interval=(row["lower"], row["upper"]),
    )


def _title(rows: pd.DataFrame, several: dict[str, bool], setting: str, region: str, words: Words) -> str:
    """The first and the last share; what is a municipality's says so, as readers take a title for the region's."""
    known = rows[rows["value"].notna()]
    money = known["basis"].iloc[0] == "money" and setting == "community"
    care = words.say("chart_balance_" + ("spending" if money else setting))
    own = several["territory"] or known["territory"].iloc[0] == reference_code(region, words)
    of_what = [] if own else [words.place(known["territory"].iloc[0])]
    if several["target_group"]:
        of_what.append(words.short("target_groups", known["target_group"].iloc[0]))
    if of_what:
        care = words.say("chart_balance_of_group", care=care, group=", ".join(of_what))
    lead = known[(known["basis"] == known["basis"].iloc[0]) & (known["target_group"] == known["target_group"].iloc[0])]
    if lead["territory"].nunique() > 1:
        top = lead[lead["period"] == in_order(lead)["period"].iloc[-1]].sort_values("value").iloc[-1]
        return words.say(
            "chart_balance_title_most", care=care, name=words.place(top["territory"]), last=words.percent(top["value"])
        )
    first, last = lead.iloc[0], lead.iloc[-1]
    if len(lead) > 1:
        return words.say(
            "chart_balance_title_changed",
            care=care,
            first=words.percent(first["value"]),
            last=words.percent(last["value"]),
            first_year=first["period"][:4],
            last_year=last["period"][:4],
        )
    return words.say("chart_balance_title", care=care, last=words.percent(last["value"]))
