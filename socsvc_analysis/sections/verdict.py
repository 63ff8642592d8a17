"""The verdict of the performance framework, said as the analogy that it is below the priority axis."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.markup import Html, piece, together
from socsvc_analysis.observations import for_region
from socsvc_analysis.wording import Words, sentence_case


class _Verdict(NamedTuple):
    verdict: str
    reason: str
    due: str
    value: float
    sources: tuple[str, ...]


def verdicts(values: pd.DataFrame, *, region: str, words: Words) -> Html:
    """The verdicts on ``region``, one for each due date, and the rule with its regulation.

    ``values`` come from :func:`~socsvc_analysis.indicators.performance.performance_verdict`.
    """
    rows = for_region(values, region, words.reference)
    items = []
    for row in named_rows(rows, _Verdict):
        key = f"verdict_{row.verdict.replace(' ', '_')}" + (f"_{row.reason}" if row.reason else "")
        said = words.say(
            key,
            place=words.place(region),
            due=words.date_long(row.due) if row.due else "",
            share=words.percent(row.value),
        )
        items.append(piece("sourced", text=sentence_case(said), sources=row.sources, words=words))
    return together(
        piece("listing", items=items, css="verdicts"), piece("notes", sentences=[words.say("verdict_rule")])
    )
