"""The funnel plot: which municipalities differ by more than chance, given how many people live in each."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd

from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, unit_said, unknown_said
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN
from socsvc_analysis.charts.panels import Entry, Legend, compose
from socsvc_analysis.charts.plane import Curve, Dot, Plane
from socsvc_analysis.indicators.registry import named
from socsvc_analysis.markup import Column
from socsvc_analysis.observations import is_municipality
from socsvc_analysis.statistics import FunnelLimits, funnel_limits_proportion, funnel_limits_rate, overdispersion
from socsvc_analysis.wording import Words

FEWEST = 5
"""Municipalities from which a common value and its limits mean something."""
UNSURE = 10
"""With fewer municipalities the common value and the limits themselves are rough, and the page says so."""
PER = {"percent": 100.0, "per_1000": 1_000.0, "per_10000": 10_000.0}
STEPS = 120
"""Points of each curve."""
INSIDE, ALERT, ALARM = "inside", "alert", "alarm"
SHAPES = {INSIDE: "o", ALERT: "s", ALARM: "D"}
"""A municipality's sign: inside the limits, outside those of 95 %, outside those of 99.8 %."""


def funnel_plot(
    values: pd.DataFrame, *, region: str, words: Words, indicator: str, key: str = "funnel_plot", decimals: int = 1
) -> Chart | Absence:
    """Each municipality by its people and its rate, with the common value and the limits of chance around it.

    ``values``: rows territory (municipalities of the whole country, one for each); numerator, denominator in people,
    value in the unit of ``indicator`` (registered): ``percent`` has the limits of a proportion, a rate per 1,000 or
    10,000 those of a Poisson count.  Municipalities without a number or without people are not drawn, and listed.
    Where places differ more than chance allows as a whole, limits are widened and a note says so.  Fewer than five
    municipalities give an absence.
    """
    meaning = named(indicator)
    rows = values[is_municipality(values["territory"])]
    if rows["territory"].duplicated().any():
        raise ValueError("a funnel plot takes one value for each municipality")
    known = rows[rows["numerator"].notna() & (rows["denominator"] > 0) & rows["value"].notna()]
    if len(known) < FEWEST:
        few = "chart_funnel_absent" if known.empty else "chart_funnel_few"
        return absence(few, region, words, what=meaning.title(words.language))
    whole = charts.is_country(region)
    mine = known["territory"].isin(_own(known["territory"], region, words))
    if not whole and not mine.any():
        # A picture of others says nothing about this region.
        return absence("chart_funnel_absent", region, words, what=meaning.title(words.language))
    per = PER[meaning.unit]
    baseline = known["numerator"].sum() / known["denominator"].sum()
    # More than all of the people is no proportion: such counts vary as those of a rate do.
    exceeded = bool((known["numerator"] > known["denominator"]).any())
    chance = "rate" if exceeded or meaning.unit != "percent" else "proportion"
    spread = overdispersion(_distances(known, baseline, chance))
    phi = spread.phi if spread.present else 1.0
    limits = _limits(known["denominator"].to_numpy(float), baseline, chance, phi)
    judged = known.assign(place_in_funnel=_places(known, limits))
    said = partial(words.percent if meaning.unit == "percent" else words.number, decimals=decimals)
    names = {code: words.place(code) for code in rows["territory"]}
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
    common = words.say("chart_funnel_common", value=said(baseline * per))
    plane = Plane(
        dots,
        partial(_curves, baseline=baseline, chance=chance, per=per, phi=phi, words=words),
        baseline * per,
        words.say("chart_funnel_across"),
        words.percent if meaning.unit == "percent" else words.number,
        words.number,
    )
    counted = judged if whole else judged[mine]
    outside = counted[counted["place_in_funnel"] == ALARM]
    title = words.say(
        f"chart_funnel_title{'_spread' if spread.present else ''}{'' if len(outside) else '_none'}",
        place=words.place(region, "locative"),
        count=words.number(len(outside)),
        total=words.number(len(counted)),
    )
    data = judged.assign(
        place=judged["territory"].map(names),
        lower_limit=np.asarray(limits.lower998) * per,
        upper_limit=np.where(np.isfinite(limits.upper998), limits.upper998, np.nan) * per,
        said=[words.say("chart_funnel_" + each) for each in judged["place_in_funnel"]],
    )
    missing = rows[~rows["territory"].isin(known["territory"])]
    # What is not in the picture is in the table, as unknown.
    data = pd.concat(
        [
            data,
            missing.assign(
                place=missing["territory"].map(names),
                said=[unknown_said(status, words) for status in missing["status"]],
            ),
        ]
    )
    alphabet = {name: at for at, name in enumerate(words.ordered(names.values()))}
    return chart(
        key,
        rows,
        words,
        title=title,
        measure=meaning.title(words.language),
        region=region,
        place=words.place("LV"),
        also=(
            *charts.group_said(known, words),
            *((unit_said(meaning.unit, words),) if meaning.unit == "percent" else ()),
            words.count("municipalities", len(known)),
        ),
        kind="chart_kind_funnel",
        draw=partial(compose, panels=[_legend(judged, common, region, words), plane]),
        data=data.sort_values("place", key=lambda column: column.map(alphabet)),
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("numerator", words.say("chart_column_numerator"), "number"),
            Column("denominator", words.say("chart_column_denominator"), "number"),
            Column("value", words.say("chart_column_value"), charts.cell_unit(meaning.unit), decimals),
            Column("lower_limit", words.say("chart_column_lower_limit"), charts.cell_unit(meaning.unit), decimals),
            Column("upper_limit", words.say("chart_column_upper_limit"), charts.cell_unit(meaning.unit), decimals),
            Column("said", words.say("chart_column_place_in_funnel")),
        ),
        notes=_notes(judged, missing, names, spread, said, words)
        + ([words.say("chart_funnel_exceeded")] if exceeded else []),
    )


def _own(territories: pd.Series, region: str, words: Words) -> set[str]:
    regions = words.tables.municipalities.set_index("code")["region"]
    return {code for code in territories if regions[code] == region}


def _limits(people: np.ndarray, baseline: float, chance: str, phi: float) -> FunnelLimits:
    """The limits for places of so many ``people``, as fractions; no upper limit where one event is nothing unusual."""
    if chance == "proportion" or baseline == 0:
        return funnel_limits_proportion(people, baseline, phi)
    most = 2 * float(np.max(people)) * baseline + 50
    events = np.unique(np.concatenate([np.arange(0.0, 200.0), np.geomspace(200, max(most, 201), 300)]).round())
    found = []
    for name, limit in funnel_limits_rate(events, baseline, phi)._asdict().items():
        lower = name.startswith("lower")
        counted = events[1:]
        # The limit for a count stands where a place with this count would have just this rate.
        places = counted / limit[1:]
        if lower:
            # From how many people on not even one event is less than chance explains; widened limits, which work on
            # logarithms, begin where they begin to rise.
            first = [-math.log((1 - (0.95 if name == "lower95" else 0.998)) / 2) / baseline] if phi == 1 else []
            start = int(np.argmin(places))
            rising = [0.0] * len(first) + list(limit[1:][start:])
            found.append(np.interp(people, [*first, *places[start:]], rising, left=0.0))
        else:
            found.append(np.interp(people, places, limit[1:], left=math.inf))
    return FunnelLimits(*found)


def _distances(rows: pd.DataFrame, baseline: float, chance: str) -> np.ndarray:
    """How many standard deviations each place lies from the common value (counts after a square root)."""
    counts, people = rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float)
    if chance == "proportion":
        error = np.sqrt(baseline * (1 - baseline) / people)
        return (counts / people - baseline) / error if 0 < baseline < 1 else np.zeros(len(rows))
    return 2 * (np.sqrt(counts) - np.sqrt(people * baseline))


def _places(rows: pd.DataFrame, limits: FunnelLimits) -> list[str]:
    shares = rows["numerator"].to_numpy(float) / rows["denominator"].to_numpy(float)
    alarm = (shares < limits.lower998) | (shares > limits.upper998)
    alert = (shares < limits.lower95) | (shares > limits.upper95)
    return list(np.select([alarm, alert], [ALARM, ALERT], INSIDE))


def _curves(
    first: float, last: float, *, baseline: float, chance: str, per: float, phi: float, words: Words
) -> tuple[Curve, ...]:
    people = np.geomspace(max(first, last / 1000), last, STEPS)
    limits = _limits(people, baseline, chance, phi)
    labels = {"95": words.percent(95), "998": words.percent(99.8, 1)}
    curves = []
    for name, heights in limits._asdict().items():
        level = name.removeprefix("lower").removeprefix("upper")
        # Where there is no limit, or none that a value could pass, there is no line.
        inside = (heights > 0) & (heights < (1 if chance == "proportion" else math.inf))
        places = tuple(zip(people[inside].tolist(), (heights[inside] * per).tolist(), strict=True))
        curves.append(Curve(places, labels[level], "-" if level == "998" else ":"))
    return tuple(curves)


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
    judged: pd.DataFrame, missing: pd.DataFrame, names: dict[str, str], spread: object, said: partial, words: Words
) -> list[str]:
    notes = [words.say("chart_funnel_note_spread" if spread.present else "chart_funnel_note")]
    for each in (ALARM, ALERT):
        here = judged[judged["place_in_funnel"] == each].sort_values("value", ascending=False)
        if len(here):
            listed = words.listed(
                f"{names[row['territory']]} ({said(row['value'])})" for row in here.to_dict("records")
            )
            notes.append(words.say("chart_funnel_listed_" + each, names=listed))
    if spread.present:
        notes.insert(1, words.say("chart_funnel_overdispersed", phi=words.number(spread.phi, 1)))
    if len(judged) < UNSURE:
        notes.append(words.say("chart_funnel_rough", count=words.count("municipalities", len(judged))))
    if len(missing):
        notes.append(
            words.say(
                "chart_funnel_missing", names=words.listed(words.ordered(names[code] for code in missing["territory"]))
            )
        )
    return notes
