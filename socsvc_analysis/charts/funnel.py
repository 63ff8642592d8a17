"""The funnel plot: which municipalities differ by more than chance, given how many people live in each."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN
from socsvc_analysis.charts.texts import is_country, rate_columns, rate_number, rate_subject, unknown_text
from socsvc_analysis.codes import lookup, records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.drawing.scatter import Curve, Dot, Scatter
from socsvc_analysis.indicators import funnel
from socsvc_analysis.indicators.funnel import ALARM, ALERT, INSIDE, LIMITS, UNJUDGED, curves
from socsvc_analysis.indicators.registry import get_indicator
from socsvc_analysis.wording import Words

UNSURE = 10
"""With fewer municipalities the common value and the limits themselves are rough, and the page says so."""
SHAPES = {INSIDE: "o", ALERT: "s", ALARM: "D"}
"""A municipality's sign: inside the limits, outside those of 95 %, outside those of 99.8 %."""


@in_either_language
@takes(
    "territory",
    "target_group",
    "period",
    "numerator",
    "denominator",
    "baseline",
    "phi",
    "lower998",
    "upper998",
    "per",
    "spread",
    "exceeded",
    "chance",
    "place_in_funnel",
    of=funnel.with_limits,
)
def funnel_plot(
    values: pd.DataFrame, *, region: str, words: Words, indicator: str, key: str = "funnel_plot", decimals: int = 1
) -> Chart | Absence:
    """Each municipality by its people and its rate, with the common value and the limits of chance around it.

    ``values``: of :func:`~socsvc_analysis.indicators.funnel.with_limits` for ``indicator``, of the whole country.
    Municipalities without a number or without people are not drawn, and listed.  Where limits are widened a note says
    so.  Where too few are known for limits, or none of the region, there is an absence.
    """
    meaning = get_indicator(indicator)
    missing = values["numerator"].isna() | ~(values["denominator"] > 0) | values["value"].isna()
    judged = values[~missing & (values["place_in_funnel"] != UNJUDGED)]
    if judged.empty:
        few = "chart_funnel_absent" if missing.all() else "chart_funnel_few"
        return absence(few, region, words, what=meaning.title(words.language))
    whole = is_country(region)
    mine = judged["territory"].isin(_own(judged["territory"], region, words))
    if not whole and not mine.any():
        # A picture of others says nothing about this region.
        return absence("chart_funnel_absent", region, words, what=meaning.title(words.language))
    number = rate_number(meaning, words)
    written = partial(number, decimals=decimals)
    names = {code: words.place(code) for code in values["territory"]}
    common = words.say("chart_funnel_common", value=written(judged["baseline"].iloc[0]))
    funnel = Scatter(
        _dots(judged, mine | whole, names),
        partial(_curves, judged, words=words),
        judged["baseline"].iloc[0],
        words.say("chart_funnel_across"),
        number,
        words.number,
    )
    # What is not in the picture is in the table, as unknown.
    told = [_verdict(row, words) for row in records(values)]
    data = values.assign(place=values["territory"].map(names), place_text=told)
    alphabet = words.ordered(names.values())
    return chart(
        key,
        values,
        words,
        [funnel],
        title=_title(judged if whole else judged[mine], region, words),
        measure=meaning.title(words.language),
        region=region,
        place=words.place("LV"),
        also=(*rate_subject(judged, meaning, words), words.count("municipalities", len(judged))),
        kind="chart_kind_funnel",
        legend=_legend(judged, common, region, words),
        data=data.sort_values("place", key=lambda column: column.map(alphabet.index)),
        columns=(
            Column("place", words.say("chart_column_territory")),
            *rate_columns(
                meaning, words, decimals, lower998="chart_column_lower_limit", upper998="chart_column_upper_limit"
            ),
            Column("place_text", words.say("chart_column_place_in_funnel")),
        ),
        notes=_notes(judged, values[missing], names, written, words),
    )


def _own(territories: pd.Series, region: str, words: Words) -> set[str]:
    regions = lookup(words.reference.municipalities, "code", "region")
    return {code for code in territories if regions[code] == region}


def _dots(judged: pd.DataFrame, coloured: pd.Series, names: dict[str, str]) -> tuple[Dot, ...]:
    """A dot for each municipality; those outside the limits have their names."""
    return tuple(
        Dot(
            row["denominator"],
            row["value"],
            "" if row["place_in_funnel"] == INSIDE else names[row["territory"]],
            bool(colour),
            SHAPES[row["place_in_funnel"]],
        )
        for row, colour in zip(judged.to_dict("records"), coloured, strict=True)
    )


def _title(counted: pd.DataFrame, region: str, words: Words) -> str:
    """How many of the municipalities that are counted lie outside the wide limits."""
    outside = counted[counted["place_in_funnel"] == ALARM]
    return words.say(
        f"chart_funnel_title{'_spread' if counted['spread'].iloc[0] else ''}{'' if len(outside) else '_none'}",
        place=words.place(region, "locative"),
        count=words.number(len(outside)),
        total=words.number(len(counted)),
    )


def _verdict(row: dict[str, Any], words: Words) -> str:
    """Where a municipality lies, in words, or why that is not known."""
    if row["place_in_funnel"] == UNJUDGED:
        return unknown_text(row["status"], words)
    return words.say("chart_funnel_" + row["place_in_funnel"])


def _curves(judged: pd.DataFrame, first: float, last: float, *, words: Words) -> tuple[Curve, ...]:
    """The limits as lines; where there is none, or none that a value could pass, there is no line."""
    labels = {"95": words.percent(95), "998": words.percent(99.8, 1)}
    drawn = curves(judged, first, last)
    found = []
    for name in LIMITS:
        level = name.removeprefix("lower").removeprefix("upper")
        places = tuple(drawn[["people", name]].dropna().itertuples(index=False, name=None))
        found.append(Curve(places, labels[level], "-" if level == "998" else ":"))
    return tuple(found)


def _legend(judged: pd.DataFrame, common: str, region: str, words: Words) -> list[Entry]:
    found = set(judged["place_in_funnel"])
    whole = is_country(region)
    sign, colour = ("dot", ACTUAL) if whole else ("hollow", PLAN)
    entries = [Entry(common, marker="dashes", colour=PLAN)]
    entries += [
        Entry(words.say("chart_funnel_" + each), marker=sign, colour=colour, shape=SHAPES[each])
        for each in SHAPES
        if each in found
    ]
    if not whole:
        entries += [
            Entry(words.place(region), marker="dot", colour=ACTUAL),
            Entry(words.say("chart_funnel_others"), marker="hollow", colour=CONTEXT),
        ]
    return entries


def _notes(
    judged: pd.DataFrame, missing: pd.DataFrame, names: dict[str, str], written: partial[str], words: Words
) -> list[str]:
    common = judged.iloc[0]
    notes = [words.say("chart_funnel_note_spread" if common["spread"] else "chart_funnel_note")]
    for each in (ALARM, ALERT):
        here = judged[judged["place_in_funnel"] == each].sort_values("value", ascending=False)
        if len(here):
            listed = words.listed(f"{names[row['territory']]} ({written(row['value'])})" for row in records(here))
            notes.append(words.say("chart_funnel_listed_" + each, names=listed))
    if common["spread"]:
        notes.insert(1, words.say("chart_funnel_overdispersed", phi=words.number(common["phi"], 1)))
    if len(judged) < UNSURE:
        notes.append(words.say("chart_funnel_rough", count=words.count("municipalities", len(judged))))
    if len(missing):
        notes.append(
            words.say(
                "chart_funnel_missing", names=words.listed(words.ordered(names[code] for code in missing["territory"]))
            )
        )
    if common["exceeded"]:
        notes.append(words.say("chart_funnel_exceeded"))
    return notes
