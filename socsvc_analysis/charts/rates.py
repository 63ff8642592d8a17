"""Rates of municipalities with their intervals, compared in words with the country and the region."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, bar_chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, PLAN, UNCERTAIN
from socsvc_analysis.charts.texts import (
    by_region_order,
    number_text,
    rate_columns,
    rate_number,
    rate_subject,
    reference_code,
    unknown_text,
)
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, ReferenceLine
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import benchmarks
from socsvc_analysis.indicators.registry import get_indicator
from socsvc_analysis.observations import is_municipality
from socsvc_analysis.reference import COUNTRY
from socsvc_analysis.wording import Words

SHAPES = {"better": "^", "higher": "^", "similar": "o", "worse": "v", "lower": "v", "unknown": "o"}
"""The sign of a comparison; the words beside it say it too."""
STYLES = ("--", ":")
"""The lines of the two values to compare with: the country, the region."""


@in_either_language
@takes(
    "territory",
    "target_group",
    "period",
    "numerator",
    "denominator",
    "lower",
    "upper",
    "comparison",
    of=benchmarks.against_whole,
)
def rates_with_intervals(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    indicator: str,
    key: str = "rates_with_intervals",
    decimals: int = 1,
) -> Chart | Absence:
    """Municipalities as points with their intervals; the values of Latvia and of the region are lines.

    ``values``: of :func:`~socsvc_analysis.indicators.benchmarks.against_whole` for ``indicator``: municipalities (or
    regions, on the country's page), the page's region and Latvia, each with its ``comparison``.
    """
    meaning = get_indicator(indicator)
    own = reference_code(region, words)
    parts = values[~values["territory"].isin({own, COUNTRY})]
    if parts["value"].notna().sum() == 0:
        return absence("chart_rates_absent", region, words, what=meaning.title(words.language))
    if values["territory"].duplicated().any():
        raise ValueError("rates with intervals take one value for each territory")
    known = values[values["value"].notna()].set_index("territory")
    wholes = [code for code in dict.fromkeys((COUNTRY, own)) if code in known.index]
    written = partial(rate_number(meaning, words), decimals=decimals)
    parts = by_region_order(parts, words)
    parts = parts.sort_values("value", ascending=False, kind="stable", na_position="last")
    names = [words.place(code) for code in wholes]
    whole = words.say("chart_rates_country" if wholes[:1] == [COUNTRY] else "chart_rates_region")
    lines = tuple(
        ReferenceLine(known["value"][code], f"{name}: {written(known['value'][code])}", style)
        for code, name, style in zip(wholes, names, STYLES, strict=False)
    )
    legend = _legend(parts, lines, whole, words) if wholes else []
    if len(lines) > 1:
        lines = tuple(ReferenceLine(line.value, "", line.style) for line in lines)
    notes = [words.say("chart_rates_note" if parts["lower"].notna().any() else "chart_rates_note_none")]
    if wholes:
        notes.append(words.say("chart_rates_compared", whole=whole))
    return bar_chart(
        key,
        values,
        words,
        [_row(row, bool(wholes), written, words) for row in records(parts)],
        legend=legend,
        references=lines,
        kind="chart_kind_intervals",
        title=_title(parts, whole if wholes else "", written, words, region),
        measure=meaning.title(words.language),
        region=region,
        also=rate_subject(values, meaning, words),
        data=pd.concat([parts, values[values["territory"].isin(wholes)]]).assign(
            comparison_text=lambda rows: [_comparison_text(row, wholes, words) for row in records(rows)]
        ),
        columns=(
            Column("place", words.say("chart_column_territory")),
            *rate_columns(meaning, words, decimals, lower="chart_column_lower", upper="chart_column_upper"),
            Column("comparison_text", words.say("chart_column_compared")),
        ),
        notes=notes,
    )


def _legend(parts: pd.DataFrame, lines: tuple[ReferenceLine, ...], whole: str, words: Words) -> list[Entry]:
    """The comparisons that occur; lines that lie close together are told apart by their signs."""
    verdicts = [each for each in ("better", "higher", "similar", "worse", "lower") if each in set(parts["comparison"])]
    entries = [
        Entry(words.say("chart_rates_sign_" + each, whole=whole), marker="dot", colour=ACTUAL, shape=SHAPES[each])
        for each in verdicts
    ]
    signs = [Entry(line.label, marker=sign, colour=PLAN) for line, sign in zip(lines, ("dashes", "dots"), strict=False)]
    return [*entries, *(signs if len(signs) > 1 else ())]


def _row(row: dict[str, Any], compared: bool, written: partial[str], words: Words) -> Bar:
    text = number_text(row["value"], row["status"], words, written)
    limits = (row["lower"], row["upper"])
    if math.isnan(row["value"]):
        return Bar(words.place(row["territory"]), (), text)
    if compared and row["comparison"] != "unknown":
        text = words.say("chart_rates_said", value=text, verdict=words.say("chart_rates_" + row["comparison"]))
    return Bar(
        words.place(row["territory"]),
        (),
        text,
        point=row["value"],
        shape=SHAPES[row["comparison"]],
        hollow=row["status"] in UNCERTAIN,
        interval=limits,
    )


def _title(parts: pd.DataFrame, whole: str, written: partial[str], words: Words, region: str) -> str:
    known = parts[parts["value"].notna()]
    if not whole:
        top = known.iloc[0]
        return words.say("chart_rates_title_known", name=words.place(top["territory"]), value=written(top["value"]))
    # The side on which more of them lie.
    counts = known["comparison"].value_counts()
    sides = {each: int(counts.get(each, 0)) for each in ("better", "worse", "higher", "lower")}
    side = max(sides, key=lambda each: sides[each])
    place = words.place(region, "locative")
    if not sides[side]:
        return words.say("chart_rates_title_similar", place=place, whole=whole)
    municipalities = is_municipality(known["territory"]).all()
    return words.say(
        "chart_rates_title_" + side,
        place=place,
        whole=whole,
        count=words.number(sides[side]),
        total=words.number(len(known)),
        parts=words.say("chart_rates_municipalities" if municipalities else "chart_rates_regions"),
    )


def _comparison_text(row: dict[str, Any], wholes: list[str], words: Words) -> str:
    """How a row compares, in words; nothing for what others are compared with."""
    if row["territory"] in wholes:
        return ""
    unknown = row["comparison"] == "unknown"
    return unknown_text(row["status"], words) if unknown else words.say("chart_rates_" + row["comparison"])
