"""One line for each region: how much of its plan is reached, in words that follow from the numbers."""

from __future__ import annotations

import math

import pandas as pd

from socsvc_analysis.indicators.standing import FULL, HALF, extent
from socsvc_analysis.indicators.values import FT, GRT, latest_figure
from socsvc_analysis.observations import for_region
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.rounding import whole
from socsvc_analysis.wording import Words, sentence_case


def standing_lines(served: pd.DataFrame, *, region: str, words: Words) -> list[str]:
    """A sentence for each target group of the plans: the last number of people served, the plan, and what that means.

    ``served`` are the values of :func:`~socsvc_analysis.indicators.clients.served_of_plan`.
    """
    lines = []
    known = set(words.reference.target_groups["target_group"])
    for group in (each for each in (GRT, FT) if each in known):
        rows = served[served["target_group"] == group]
        rows = latest_figure(for_region(rows, region, words.reference)) if len(rows) else rows
        lines.append(_line(rows.iloc[0] if len(rows) else None, group, region, words))
    return lines


def _line(row: pd.Series | None, group: str, region: str, words: Words) -> str:
    title = sentence_case(words.title("target_groups", group))
    if row is None or (math.isnan(row["numerator"]) and math.isnan(row["value"])):
        return words.say("standing_nothing", group=title)
    aim = words.say("standing_of_target" if region == COUNTRY_REGION else "standing_of_plan")
    judged = words.say(f"standing_{extent(row['value'])}", aim=aim)
    when, share = words.when(row["period"]), _share(row["value"], words)
    if math.isnan(row["numerator"]):
        return words.say("standing_share", group=title, share=share, when=when, judged=judged)
    number = words.number(row["numerator"])
    if math.isnan(row["denominator"]):
        if math.isnan(row["value"]):
            return words.say("standing_number", group=title, number=number, when=when, judged=judged)
        return words.say(
            "standing_number_and_share",
            group=title,
            number=number,
            share=share,
            when=when,
            judged=judged,
        )
    return words.say(
        "standing_of",
        group=title,
        number=number,
        whole=words.number(row["denominator"]),
        share=share,
        when=when,
        judged=judged,
    )


def _share(value: float, words: Words) -> str:
    """The share without decimals, unless the rounded number would say something else than the words beside it."""
    shown = whole(value)
    return words.percent(value, decimals=int(shown != value and shown in (0, HALF, FULL)))
