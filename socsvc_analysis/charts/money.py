"""Charts of money: who pays, and how much of it is spent."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, bar_chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import FUNDS, PLAN, measured
from socsvc_analysis.charts.texts import status_mark, unknown_text
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, Part, ReferenceLine
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import money
from socsvc_analysis.observations import worst_status
from socsvc_analysis.wording import Words, sentence_case


@in_either_language
@takes("denominator", "fund", "share", "european", "label", of=money.funding_amounts)
def funding_split(values: pd.DataFrame, *, region: str, words: Words, key: str = "funding_split") -> Chart | Absence:
    """Who pays: shares of each fund in the whole, with the amount at the end.

    ``values`` come from :func:`~socsvc_analysis.indicators.money.funding_amounts`, with an extra column ``label`` (what
    is paid for): ``fund`` (``funding_erdf`` … as in measures), value and denominator (the total) in EUR, ``share`` and
    ``european`` (all European funds) in per cent of the total.
    """
    known = values[values["value"].notna() & (values["value"] > 0)]
    if known.empty:
        return absence("chart_funding_absent", region, words)
    order = {fund: at for at, fund in enumerate(dict.fromkeys([*FUNDS, *known["fund"]]))}
    known = known.sort_values("fund", key=lambda funds: funds.map(order), kind="stable")
    projects = known.drop_duplicates("label").set_index("label")
    totals = projects["denominator"].sort_values(ascending=False, kind="stable")
    bars = [
        Bar(
            sentence_case(str(label)),
            tuple(
                Part(row["share"], fund_fill(row["fund"]), words.percent(row["share"]))
                for row in records(known[known["label"] == label])
            ),
            words.money(total) + status_mark(worst_status(known.loc[known["label"] == label, "status"])),
        )
        for label, total in totals.items()
    ]
    funds = list(dict.fromkeys(known["fund"]))
    european = projects["european"]
    # A project whose European part is not published says nothing of how much it is.
    low, high = european.min(), european.max()
    key_of_title = "one" if european.count() == 1 else "range" if european.count() else "unknown"
    return bar_chart(
        key,
        known,
        words,
        bars,
        legend=[Entry(words.title("measures", fund), fund_fill(fund)) for fund in funds],
        kind="chart_kind_stacked",
        title=words.say(
            "chart_funding_title_" + key_of_title,
            projects=words.number(european.count()),
            low=words.number(low),
            high=words.percent(high),
        ),
        measure=words.say("chart_funding_measure"),
        region=region,
        dated=False,
        data=known.assign(
            fund_text=[words.title("measures", fund) for fund in known["fund"]],
        ).sort_values(
            "label", key=lambda labels: labels.map({label: at for at, label in enumerate(totals.index)}), kind="stable"
        ),
        columns=(
            Column("label", words.say("chart_column_label")),
            Column("fund_text", words.say("chart_column_fund")),
            Column("value", words.say("chart_column_amount"), "EUR", 2),
            Column("share", words.say("chart_column_share"), "percent", 1),
        ),
    )


@in_either_language
@takes("period", "numerator", "denominator", "label", of=money.absorption)
def absorption(values: pd.DataFrame, *, region: str, words: Words, key: str = "absorption") -> Chart | Absence:
    """How much of each budget is spent; the budget is a line at 100 %.

    ``values``: rows with extra column ``label``; numerator = spent, denominator = budget (EUR), value = per cent.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_absorption_absent", region, words)
    values = values.sort_values("value", ascending=False, kind="stable", na_position="last")
    bars = [
        Bar(sentence_case(row["label"]), measured(row["value"], row["status"]), _spent_text(row, words))
        for row in records(values)
    ]
    top = values.iloc[0]
    title = words.say("chart_absorption_title", label=top["label"], share=words.percent(top["value"]))
    return bar_chart(
        key,
        values,
        words,
        bars,
        references=[ReferenceLine(100, words.say("chart_absorption_line"))],
        title=title,
        measure=words.say("chart_absorption_measure"),
        region=region,
        data=values,
        columns=(
            Column("label", words.say("chart_column_label")),
            Column("denominator", words.say("chart_column_budget"), "EUR", 2),
            Column("numerator", words.say("chart_column_spent"), "EUR", 2),
            Column("value", words.say("chart_column_share"), "percent", 1),
        ),
    )


def fund_fill(fund: str) -> Fill:
    """The fill of a source of money; one without a place of its own is hatched grey."""
    return FUNDS.get(fund, Fill(PLAN, "hatched"))


def _spent_text(row: dict[str, Any], words: Words) -> str:
    if math.isnan(row["value"]):
        return unknown_text(row["status"], words)
    share = words.percent(row["value"])
    if math.isnan(row["denominator"]) or math.isnan(row["numerator"]):
        return share + status_mark(row["status"])
    part, whole = words.number(row["numerator"]), words.money(row["denominator"])
    return words.say("chart_of_share", part=part, whole=whole, share=share) + status_mark(row["status"])
