"""The funnel plot: which municipalities differ by more than chance, given how many people live in each."""

from __future__ import annotations

from functools import partial

import pandas as pd

from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, unit_said, unknown_said
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN
from socsvc_analysis.charts.panels import Entry, Legend, compose
from socsvc_analysis.charts.plane import Curve, Dot, Plane
from socsvc_analysis.indicators.funnel import ALARM, ALERT, INSIDE, LIMITS, UNJUDGED, curves
from socsvc_analysis.indicators.registry import named
from socsvc_analysis.markup import Column
from socsvc_analysis.wording import Words

UNSURE = 10
"""With fewer municipalities the common value and the limits themselves are rough, and the page says so."""
SHAPES = {INSIDE: "o", ALERT: "s", ALARM: "D"}
"""A municipality's sign: inside the limits, outside those of 95 %, outside those of 99.8 %."""


def funnel_plot(
    values: pd.DataFrame, *, region: str, words: Words, indicator: str, key: str = "funnel_plot", decimals: int = 1
) -> Chart | Absence:
    """Each municipality by its people and its rate, with the common value and the limits of chance around it.

    ``values``: of :func:`~socsvc_analysis.indicators.funnel.with_limits` for ``indicator``, of the whole country.
    Municipalities without a number or without people are not drawn, and listed.  Where limits are widened a note says
    so.  Where too few are known for limits, or none of the region, there is an absence.
    """
    meaning = named(indicator)
    missing = values["numerator"].isna() | ~(values["denominator"] > 0) | values["value"].isna()
    judged = values[~missing & (values["place_in_funnel"] != UNJUDGED)]
    if judged.empty:
        few = "chart_funnel_absent" if missing.all() else "chart_funnel_few"
        return absence(few, region, words, what=meaning.title(words.language))
    whole = charts.is_country(region)
    mine = judged["territory"].isin(_own(judged["territory"], region, words))
    if not whole and not mine.any():
        # A picture of others says nothing about this region.
        return absence("chart_funnel_absent", region, words, what=meaning.title(words.language))
    common_row = judged.iloc[0]
    spread = bool(common_row["spread"])
    said = partial(words.percent if meaning.unit == "percent" else words.number, decimals=decimals)
    names = {code: words.place(code) for code in values["territory"]}
    dots = tuple(
        Dot(
            row["denominator"],
            row["value"],
            "" if row["place_in_funnel"] == INSIDE else names[row["territory"]],
            whole or bool(own),
            SHAPES[row["place_in_funnel"]],
        )
        for row, own in zip(judged.to_dict("records"), mine, strict=True)
    )
    common = words.say("chart_funnel_common", value=said(common_row["baseline"]))
    plane = Plane(
        dots,
        partial(_curves, judged, words=words),
        common_row["baseline"],
        words.say("chart_funnel_across"),
        words.percent if meaning.unit == "percent" else words.number,
        words.number,
    )
    counted = judged if whole else judged[mine]
    outside = counted[counted["place_in_funnel"] == ALARM]
    title = words.say(
        f"chart_funnel_title{'_spread' if spread else ''}{'' if len(outside) else '_none'}",
        place=words.place(region, "locative"),
        count=words.number(len(outside)),
        total=words.number(len(counted)),
    )
    # What is not in the picture is in the table, as unknown.
    data = values.assign(
        place=values["territory"].map(names),
        said=[
            unknown_said(row["status"], words)
            if row["place_in_funnel"] == UNJUDGED
            else words.say("chart_funnel_" + row["place_in_funnel"])
            for row in values.to_dict("records")
        ],
    )
    alphabet = {name: at for at, name in enumerate(words.ordered(names.values()))}
    return chart(
        key,
        values,
        words,
        title=title,
        measure=meaning.title(words.language),
        region=region,
        place=words.place("LV"),
        also=(
            *charts.group_said(judged, words),
            *((unit_said(meaning.unit, words),) if meaning.unit == "percent" else ()),
            words.count("municipalities", len(judged)),
        ),
        kind="chart_kind_funnel",
        draw=partial(compose, panels=[_legend(judged, common, region, words), plane]),
        data=data.sort_values("place", key=lambda column: column.map(alphabet)),
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("numerator", words.say("chart_column_numerator"), "number"),
            Column("denominator", words.say("chart_column_denominator"), "number"),
            Column("value", words.say("chart_column_value"), charts.cell_unit(meaning.unit), decimals),
            Column("lower998", words.say("chart_column_lower_limit"), charts.cell_unit(meaning.unit), decimals),
            Column("upper998", words.say("chart_column_upper_limit"), charts.cell_unit(meaning.unit), decimals),
            Column("said", words.say("chart_column_place_in_funnel")),
        ),
        notes=_notes(judged, values[missing], names, said, words),
    )


def _own(territories: pd.Series, region: str, words: Words) -> set[str]:
    regions = words.tables.municipalities.set_index("code")["region"]
    return {code for code in territories if regions[code] == region}


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


def _legend(judged: pd.DataFrame, common: str, region: str, words: Words) -> Legend:
    found = set(judged["place_in_funnel"])
    whole = charts.is_country(region)
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
    return Legend(tuple(entries))


def _notes(
    judged: pd.DataFrame, missing: pd.DataFrame, names: dict[str, str], said: partial, words: Words
) -> list[str]:
    common = judged.iloc[0]
    notes = [words.say("chart_funnel_note_spread" if common["spread"] else "chart_funnel_note")]
    for each in (ALARM, ALERT):
        here = judged[judged["place_in_funnel"] == each].sort_values("value", ascending=False)
        if len(here):
            listed = words.listed(
                f"{names[row['territory']]} ({said(row['value'])})" for row in here.to_dict("records")
            )
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
