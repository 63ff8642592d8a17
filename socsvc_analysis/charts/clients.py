"""Charts of people: who was assessed, who is served, by which service, when and where."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from socsvc_analysis import tables
from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.bars import Bar, Bars, Part
from socsvc_analysis.charts.figure import (
    Absence,
    Chart,
    absence,
    capital,
    chart,
    number_said,
    quantity_said,
    time_said,
    unit_said,
)
from socsvc_analysis.charts.lines import Level, Lines, Point, Trace, year_of
from socsvc_analysis.charts.palette import ACTUAL, PLAN, UNCERTAIN, Look, status_look
from socsvc_analysis.charts.panels import Entry, Legend, Panel, compose
from socsvc_analysis.markup import Column
from socsvc_analysis.wording import Words

STEPS = ("persons_eligible", "persons_assessed_plan", "persons_assessed", "persons_served_plan", "persons_served")
ACTUAL_KINDS = ("actual", "baseline")
"""Kinds of figures that happened; the others are plans."""
PANELS = 6
MILLION = 1e6


def path_to_service(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "path_to_service"
) -> Chart | Absence:
    """From belonging to the group, over the assessment, to the first service; plans are outlined.

    ``values``: rows target_group x extra column ``step`` (one of ``STEPS``); value in persons.  A step without a row is
    said to be unknown.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_path_absent", region, words)
    values = charts.in_table_order(values, "target_group", words.tables.target_groups)
    rows, records = [], []
    for group in values["target_group"].unique():
        here = values[values["target_group"] == group].set_index("step")
        for step in STEPS:
            row = (
                here.loc[step]
                if step in here.index
                else pd.Series({"value": math.nan, "status": "missing", "sources": ()})
            )
            planned = step.endswith("_plan")
            look = Look(PLAN, "outline") if planned else status_look(ACTUAL, row["status"])
            rows.append(
                Bar(
                    words.say("chart_step_" + step),
                    () if math.isnan(row["value"]) else (Part(row["value"], look),),
                    number_said(row["value"], row["status"], words),
                    group=capital(words.title("target_groups", group)),
                )
            )
            records.append(
                {"group": words.title("target_groups", group), "step": words.say("chart_step_" + step), **row}
            )
    group, served, assessed = _served_of_assessed(values)
    title = words.say(
        "chart_path_title" if group else "chart_path_title_unknown",
        n=assessed,
        group=capital(words.short("target_groups", group)) if group else "",
        served=words.number(served),
        assessed=words.number(assessed),
    )
    legend = Legend(
        (Entry(words.say("chart_done"), Look(ACTUAL)), Entry(words.say("chart_plan"), Look(PLAN, "outline")))
    )
    return chart(
        key,
        values,
        words,
        title=title,
        measure=words.say("chart_path_measure"),
        region=region,
        kind="chart_kind_bars",
        draw=partial(_panels, [legend, Bars(tuple(rows))], 1),
        data=pd.DataFrame(records)[["group", "step", "value", "status", "sources"]],
        columns=(
            Column("group", words.say("chart_column_group")),
            Column("step", words.say("chart_column_step")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
        notes=(words.say("chart_path_note"),),
    )


def served_by_service(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "served_by_service"
) -> Chart | Absence:
    """People by the service they received; services of one group share a heading.

    ``values``: rows target_group x service_type, value in persons; extra column ``unique_total``: persons of the group
    who received any service, each counted once (NaN where not published).
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_by_service_absent", region, words)
    values = values.sort_values("value", ascending=False, kind="stable", na_position="last")
    values = charts.in_table_order(values, "target_group", words.tables.target_groups)
    several = values["target_group"].nunique() > 1
    rows = [
        Bar(
            capital(words.short("service_types", row["service_type"])),
            () if math.isnan(row["value"]) else (Part(row["value"], status_look(ACTUAL, row["status"])),),
            number_said(row["value"], row["status"], words),
            group=capital(words.title("target_groups", row["target_group"])) if several else "",
        )
        for row in values.to_dict("records")
    ]
    notes = []
    for group, here in values.groupby("target_group", sort=False):
        total = here["unique_total"].dropna()
        added = here["value"].sum()
        if len(total) and added != total.iloc[0]:
            notes.append(
                words.say(
                    "chart_by_service_more" if added > total.iloc[0] else "chart_by_service_less",
                    group=capital(words.short("target_groups", group)),
                    total=words.count("persons", total.iloc[0]),
                    added=words.number(added),
                )
            )
    top = values.loc[values["value"].idxmax()]
    return chart(
        key,
        values,
        words,
        title=words.say(
            "chart_by_service_title",
            service=words.short("service_types", top["service_type"]),
            count=words.count("persons", top["value"]),
        ),
        measure=words.say("chart_by_service_measure"),
        region=region,
        also=() if several else (words.title("target_groups", top["target_group"]),),
        kind="chart_kind_bars",
        draw=partial(_panels, [Bars(tuple(rows))], 1),
        data=values.assign(
            group=[words.title("target_groups", code) for code in values["target_group"]],
            service=[words.title("service_types", code) for code in values["service_type"]],
        ),
        columns=(
            Column("service", words.say("chart_column_service")),
            Column("group", words.say("chart_column_group")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
        notes=notes,
    )


def served_by_year(values: pd.DataFrame, *, region: str, words: Words, key: str = "served_by_year") -> Chart | Absence:
    """People served since the programme began, by date of the figure; one panel for each group.

    ``values``: rows target_group x period, value in persons; rows of kind ``plan`` or ``target`` are drawn as a line
    across (the last in order of period where there are several).
    """
    known = values[values["value"].notna()]
    actual = known[known["kind"].isin(ACTUAL_KINDS) & (known["period"] != "")]
    if actual.empty:
        return absence("chart_by_year_absent", region, words)
    actual = charts.in_table_order(actual, "target_group", words.tables.target_groups)
    groups = list(actual["target_group"].unique())
    panels = []
    for group in groups:
        plans = known[(known["target_group"] == group) & known["kind"].isin(tables.COMMITMENTS)].sort_values("period")
        levels = tuple(
            Level(
                row["value"],
                words.say("chart_plan_value", value=words.number(row["value"])) + charts.status_mark(row["status"]),
            )
            for row in plans.tail(1).to_dict("records")
        )
        trace = Trace(time_points(actual[actual["target_group"] == group], words))
        heading = capital(words.title("target_groups", group))
        panels.append(Lines((trace,), heading, levels=levels, number=words.number))
    last = _latest(actual[actual["target_group"] == groups[0]])
    undated = int((values["kind"].isin(ACTUAL_KINDS) & (values["period"] == "")).sum())
    return chart(
        key,
        values,
        words,
        title=words.say(
            "chart_by_year_title",
            group=capital(words.short("target_groups", groups[0])),
            count=words.count("persons", last["value"]),
        ),
        measure=words.say("chart_by_year_measure"),
        region=region,
        kind="chart_kind_lines",
        draw=partial(_panels, panels, 2),
        data=_told(charts.in_table_order(values, "target_group", words.tables.target_groups), words),
        columns=(
            Column("group", words.say("chart_column_group")),
            Column("period_said", words.say("chart_column_period")),
            Column("kind_said", words.say("chart_column_kind")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
        notes=(words.say("chart_undated", n=undated, count=words.count("figures", undated)),) if undated else (),
    )


def served_by_municipality(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "served_by_municipality"
) -> Chart | Absence:
    """People by municipality: bars for the latest figure, hollow points for earlier ones.

    ``values``: rows territory x period, value in persons.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_by_municipality_absent", region, words)
    values = values.sort_values("period", key=lambda periods: periods.map(time_order), kind="stable")
    latest = values["period"].iloc[-1]
    rows, ranking = [], []
    for code, here in values.groupby("territory", sort=False):
        now = here[(here["period"] == latest)].tail(1)
        earlier = tuple(here.loc[(here["period"] != latest) & here["value"].notna(), "value"])
        before = ", ".join(words.number(value) for value in earlier)
        row = now.iloc[0] if len(now) else pd.Series({"value": math.nan, "status": "missing"})
        ranking.append((math.isnan(row["value"]), -row["value"], code))
        parts = () if math.isnan(row["value"]) else (Part(row["value"], status_look(ACTUAL, row["status"])),)
        said = number_said(row["value"], row["status"], words)
        said = words.say("chart_now_before", now=said, before=before) if before else said
        rows.append(Bar(words.place(code), parts, said, dots=earlier))
    alphabet = words.ordered(row.label for row in rows)
    ordered = sorted(zip(ranking, rows, strict=True), key=lambda pair: (*pair[0][:2], alphabet.index(pair[1].label)))
    entries = [Entry(capital(words.period(latest)), Look(ACTUAL))]
    if values["period"].nunique() > 1:
        earlier = charts.span(values.loc[values["period"] != latest, "period"], words)
        entries.append(Entry(words.say("chart_earlier", period=earlier), marker="hollow", colour=PLAN))
    top = values.loc[values.loc[values["period"] == latest, "value"].fillna(-1).idxmax()]
    place = {code: at for at, ((_, _, code), _) in enumerate(ordered)}
    data = values.sort_values("territory", key=lambda codes: codes.map(place), kind="stable")
    legend = [Legend(tuple(entries))] if len(entries) > 1 else []
    return chart(
        key,
        values,
        words,
        title=words.say(
            "chart_by_municipality_title",
            name=words.place(top["territory"]),
            count=words.count("persons", top["value"]),
        ),
        measure=words.say("chart_by_municipality_measure"),
        region=region,
        kind="chart_kind_bars",
        draw=partial(_panels, [*legend, Bars(tuple(row for _, row in ordered))], 1),
        data=data.assign(
            place=data["territory"].map(words.place),
            period_said=[capital(words.period(each)) for each in data["period"]],
        ),
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("period_said", words.say("chart_column_period")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
    )


def long_series(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    key: str = "long_series",
    title_key: str = "series_finding",
    decimals: int = 0,
) -> Chart | Absence:
    """Several series over many years, each on its own scale from zero; years without a figure are not bridged.

    ``values``: rows with extra columns ``series`` (its title) and ``unit``; period is a year or date.  The first six
    series are drawn, all are in the table.  The messages ``<title_key>``, ``<title_key>_measure`` and
    ``<title_key>_absent`` say the finding (with ``series first last first_year last_year place``), what is measured,
    and what is missing.
    """
    known = values[values["value"].notna() & (values["period"] != "")]
    if known.empty:
        return absence(title_key + "_absent", region, words)
    panels = []
    titles = list(known["series"].unique())
    one_unit = known["unit"].nunique() == 1
    for title in titles[:PANELS]:
        here = known[known["series"] == title]
        unit = here["unit"].iloc[0]
        millions = unit in ("EUR", "LVL") and here["value"].max() >= MILLION
        number = partial(_in_millions, words) if millions else words.number
        said = words.say("chart_millions", unit=unit) if millions else "" if one_unit else unit_said(unit, words)
        trace = Trace(time_points(here, words, partial(number, decimals=1 if millions else decimals)), longest=1.5)
        panels.append(Lines((trace,), f"{title}, {said}" if said else title, number=number, tall=10))
    lead = known[known["series"] == titles[0]].sort_values(
        "period", key=lambda periods: periods.map(time_order), kind="stable"
    )
    first, last = lead.iloc[0], lead.iloc[-1]
    unit = last["unit"]
    title = words.say(
        title_key if len(lead) > 1 else "series_once",
        n=last["value"],
        series=titles[0],
        place=words.place(region, "locative"),
        first=quantity_said(first["value"], unit, words, decimals),
        last=quantity_said(last["value"], unit, words, decimals),
        first_year=first["period"][:4],
        last_year=last["period"][:4],
    )
    notes = []
    if len(titles) > PANELS:
        notes.append(words.say("series_more", n=len(titles) - PANELS, names=words.listed(titles[PANELS:])))
    return chart(
        key,
        values,
        words,
        title=title,
        measure=words.say(title_key + "_measure"),
        region=region,
        also=(unit_said(unit, words),) if one_unit else (),
        kind="chart_kind_lines",
        draw=partial(_panels, panels, 2 if len(panels) in (2, 4) else 3),
        data=values.assign(
            period_said=values["period"].map(words.period),
            unit_said=[unit_said(unit, words) for unit in values["unit"]],
        ),
        columns=(
            Column("series", words.say("chart_column_series")),
            Column("period_said", words.say("chart_column_period")),
            Column("value", words.say("chart_column_value"), "number", decimals),
            Column("unit_said", words.say("chart_column_unit")),
        ),
        notes=notes,
    )


def time_points(rows: pd.DataFrame, words: Words, said: Callable[[float], str] | None = None) -> tuple[Point, ...]:
    """The rows in order of time: first and last labelled, others where there is room, doubtful ones hollow."""
    rows = rows.sort_values("period", key=lambda periods: periods.map(time_order), kind="stable")
    last = len(rows) - 1
    # A series of plain years needs no word for them.
    dated = rows["period"].str.len().ne(4).any()
    return tuple(
        Point(
            year_of(row["period"]),
            row["value"],
            number_said(row["value"], row["status"], words, said)
            if at in (0, last) or last < 5 or row["status"] == "disputed"
            else "",
            time_said(row["period"], words) if dated else row["period"],
            hollow=row["status"] in UNCERTAIN,
            must=at in (0, last) or row["status"] == "disputed",
        )
        for at, row in enumerate(rows.to_dict("records"))
    )


def _in_millions(words: Words, value: float, decimals: int = 0) -> str:
    # The steps of a scale in whole amounts need as many decimals as they have in millions.
    amount = value / MILLION
    return words.number(amount, max(decimals, 0 if amount == round(amount) else 1))


def time_order(period: str) -> float:
    """A sort key of periods; without a date comes first."""
    return year_of(period) if period else -math.inf


def _latest(rows: pd.DataFrame) -> pd.Series:
    return rows.loc[rows["period"].map(time_order).idxmax()]


def _served_of_assessed(values: pd.DataFrame) -> tuple[str, float, float]:
    for group in values["target_group"].unique():
        steps = values[values["target_group"] == group].set_index("step")["value"]
        served, assessed = steps.get("persons_served", math.nan), steps.get("persons_assessed", math.nan)
        if not (math.isnan(served) or math.isnan(assessed)):
            return group, served, assessed
    return "", math.nan, math.nan


def _told(values: pd.DataFrame, words: Words) -> pd.DataFrame:
    return values.assign(
        group=[words.title("target_groups", code) for code in values["target_group"]],
        period_said=values["period"].map(words.period),
        kind_said=[words.say("chart_kind_of_" + kind) for kind in values["kind"]],
    )


def _panels(panels: list[Panel], columns: int, figure: Figure, width: float) -> None:
    compose(figure, width, panels, columns if width > charts.NARROW else 1)
