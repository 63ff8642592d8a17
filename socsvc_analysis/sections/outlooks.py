"""Where each series leads if the past goes on: a table of all that have a plan or target, drawn or not."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.columns import Column
from socsvc_analysis.indicators import projection
from socsvc_analysis.indicators.registry import get_indicator
from socsvc_analysis.markup import Html, absent_in
from socsvc_analysis.sections.values import due_texts, with_notes
from socsvc_analysis.wording import Words, sentence_case

INDICATOR = "projection_to_target"
SENTENCES = {
    "reached": "outlook_reached",
    "year": "outlook_year",
    "range": "outlook_range",
    "earliest": "outlook_earliest",
    "never": "outlook_never",
    "unknown": "outlook_unknown",
}
"""What a projection found, and the message that says it."""


def outlooks(values: pd.DataFrame, *, region: str, words: Words) -> Html:
    """The latest figure of each series of ``region`` beside its target, and when a straight line reaches it.

    ``values`` come from :func:`~socsvc_analysis.indicators.projection.projection_to_target`, with ``region``.  Series
    of municipalities in the region stand there too.
    """
    known = get_indicator(INDICATOR)
    title = known.title(words.language)
    rows = values[(values["region"] == region) & values["value"].notna() & values["denominator"].notna()]
    if rows.empty:
        return absent_in("values_none", region, words, "locative", what=title)
    rows = rows.assign(
        place=[words.place(code) for code in rows["territory"]],
        subject=[_subject(row, words) for row in named_rows(rows, _Series)],
        time=[words.when(period) for period in rows["period"]],
        by=due_texts(rows["due"], words),
        conclusion=[_conclusion(row, words) for row in named_rows(rows, _Outlook)],
    )
    columns = (
        Column("place", words.say("values_territory")),
        Column("subject", words.say("outlook_subject")),
        Column("time", words.say("values_period")),
        Column("value", words.say("outlook_latest"), "figures", status="status"),
        Column("denominator", words.say("outlook_target"), "figures"),
        Column("by", words.say("values_due")),
        Column("conclusion", words.say("outlook_conclusion")),
    )
    return with_notes(rows, columns, known, title, words)


class _Series(NamedTuple):
    measure: str
    service_type: str
    target_group: str


class _Outlook(NamedTuple):
    verdict: str
    year: float
    earliest: float
    latest: float


def _subject(row: _Series, words: Words) -> str:
    """What is counted, of which service and for whom."""
    parts = [words.title("measures", row.measure)]
    parts += [words.short("service_types", row.service_type)] if row.service_type != "all" else []
    parts += [words.title("target_groups", row.target_group)] if row.target_group != "all" else []
    return sentence_case(", ".join(parts))


def _conclusion(row: _Outlook, words: Words) -> str:
    key = SENTENCES[projection.ending(row.verdict, row.earliest, row.latest)]
    years = {"year": row.year, "earliest": row.earliest, "latest": row.latest}
    return words.say(key, **{name: "" if math.isnan(year) else f"{year:.0f}" for name, year in years.items()})
