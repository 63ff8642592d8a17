"""How many were served of how many planned: what is known of it, and the lines that say it on the index."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from socsvc_analysis.indicators.standing import APPROXIMATE, FULL, HALF, extent
from socsvc_analysis.indicators.values import PLANNED_FOR, latest_figure
from socsvc_analysis.observations import for_region
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.rounding import whole
from socsvc_analysis.wording import Words, sentence_case

Known = Literal["nothing", "share", "number", "number_and_share", "of", "over"]


def what_is_known(served: float, planned: float, share: float) -> Known:
    """What can be said of people served (NaN: unknown) of a plan: the ending of the message that says it.

    ``share`` is in per cent: of the numbers, or as the source printed it where one of them is unknown.

    >>> unknown = float("nan")
    >>> what_is_known(166, 249, 66.7), what_is_known(58, 50, 116), what_is_known(179, unknown, 41)
    ('of', 'over', 'number_and_share')
    >>> what_is_known(12, unknown, unknown), what_is_known(unknown, unknown, 72), what_is_known(unknown, 20, unknown)
    ('number', 'share', 'nothing')
    """
    if math.isnan(served):
        return "nothing" if math.isnan(share) else "share"
    if math.isnan(planned):
        return "number" if math.isnan(share) else "number_and_share"
    return "over" if served > planned else "of"


def date_text(period: str, approximate: bool, words: Words, *, short: bool = False) -> str:
    """A date; one that is approximate is marked by a word or, where there is little room, by a sign."""
    said = words.when(period)
    if not approximate:
        return said
    return words.say("when_approximate_short" if short else "when_approximate", date=said)


def aim(region: str) -> Literal["plan", "target"]:
    """What people served are compared with: a region has a plan, the country a target."""
    return "target" if region == COUNTRY_REGION else "plan"


def index_lines(served: pd.DataFrame, *, region: str, words: Words) -> list[str]:
    """A sentence for each target group of the plans: the last number of people served, the plan, and what that means.

    ``served`` are the values of :func:`~socsvc_analysis.indicators.clients.served_of_plan`.
    """
    lines = []
    known = set(words.reference.target_groups["target_group"])
    for group in (each for each in PLANNED_FOR if each in known):
        rows = served[served["target_group"] == group]
        rows = latest_figure(for_region(rows, region, words.reference)) if len(rows) else rows
        lines.append(_line(rows.iloc[0] if len(rows) else None, group, region, words))
    return lines


def _line(row: pd.Series | None, group: str, region: str, words: Words) -> str:
    title = sentence_case(words.title("target_groups", group))
    known = "nothing" if row is None else what_is_known(row["numerator"], row["denominator"], row["value"])
    if row is None or known == "nothing":
        return words.say("index_served_nothing", group=title)
    return words.say(
        # More than all of a plan is not read as a part of it.
        f"index_served_{'of' if known == 'over' and aim(region) == 'target' else known}",
        group=title,
        number=words.number(row["numerator"]),
        whole=words.number(row["denominator"]),
        share=_share(row["value"], words),
        when=date_text(row["period"], APPROXIMATE in row["notes"], words, short=True),
        judged=words.say(f"index_extent_{extent(row['value'])}", aim=words.say(f"index_aim_{aim(region)}")),
    )


def _share(value: float, words: Words) -> str:
    """The share without decimals, unless the rounded number would say something else than the words beside it."""
    shown = whole(value)
    return words.percent(value, decimals=int(shown != value and shown in (0, HALF, FULL)))
