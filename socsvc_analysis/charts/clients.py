"""Charts of people: who was assessed, who is served, by which service, when and where."""

from __future__ import annotations

import math

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, bar_chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, PLAN, measured, status_fill
from socsvc_analysis.charts.texts import group_text, in_table_order, is_country, leading, number_text, span
from socsvc_analysis.codes import by_code, lookup, named_rows, records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, Part
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.panels import Entry, Legend
from socsvc_analysis.indicators import client_path, clients, overlap
from socsvc_analysis.indicators.values import APPLIED
from socsvc_analysis.periods import in_order
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words, inner, sentence_case

PATH = tuple(step for _, _, step in client_path.PATH_STEPS)
"""All steps in order."""
BETWEEN = (APPLIED, "support_plans")
"""The steps that are shown only where they are published."""
ALWAYS_SHOWN = tuple(step for step in PATH if step not in BETWEEN)
"""The steps that every page shows, known or not."""
UNKNOWN_STEP = {
    "value": math.nan,
    "status": "missing",
    "sources": (),
    "period": "",
    **dict.fromkeys(("before", "before_period")),
    **dict.fromkeys(("before_value", "lost", "kept"), math.nan),
}


@in_either_language
@takes(
    "target_group",
    "period",
    "step",
    "before",
    "before_period",
    "before_value",
    "kept",
    "lost",
    of=client_path.path_to_service,
)
def path_to_service(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "path_to_service"
) -> Chart | Absence:
    """From belonging to the group, over the assessment, to the first service; plans are outlined.

    ``values``: rows target_group x extra column ``step`` (one of ``PATH``); value in persons; what is kept of the step
    before as :func:`~socsvc_analysis.indicators.client_path.with_losses` says.  One of ``ALWAYS_SHOWN`` without a row
    is said to be unknown; one that is known of no group has no empty rows, but a sentence below.  Beside each figure
    stands which part of the step before it is; more than all is legal, and said.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_path_absent", region, words)
    values = in_table_order(values, "target_group", words.reference.target_groups)
    # Hidden numbers are rows that say so.
    found = set(values.loc[values["value"].notna() | (values["status"] == HIDDEN), "step"])
    actual = values[~values["step"].str.endswith("_plan") & values["value"].notna()]
    dated = actual["period"].nunique() > 1
    bars, records = [], []
    for group in values["target_group"].unique():
        here = values[values["target_group"] == group].set_index("step")
        published = set(here.index[here["value"].notna()])
        for step in (each for each in PATH if each in ALWAYS_SHOWN or each in published):
            row = here.loc[step] if step in here.index else pd.Series(UNKNOWN_STEP)
            bars += [_step_bar(step, group, row, here, dated, words)] if step in found else []
            names = {"step": words.say("chart_step_" + step), "compared": _compared(row, words)}
            records.append({**row, **names, "target_group": group})
    told = pd.DataFrame(records)[
        ["target_group", "step", "period", "value", "kept", "compared", "lost", "status", "sources"]
    ]
    return bar_chart(
        key,
        values,
        words,
        bars,
        legend=(Entry(words.say("chart_done"), Fill(ACTUAL)), Entry(words.say("chart_plan"), Fill(PLAN, "outline"))),
        below=_not_found(found, words),
        title=_path_title(values, words),
        measure=words.say("chart_path_measure"),
        region=region,
        data=told,
        columns=_path_columns(told, words),
        notes=(
            words.say("chart_path_note"),
            *((words.say("chart_path_applications"),) if APPLIED in found else ()),
            *((words.say("chart_path_kept"),) if told["kept"].notna().any() else ()),
            *((words.say("chart_path_exceeded"),) if (values["kept"] > 100).any() else ()),
        ),
    )


def _step_bar(step: str, group: str, row: pd.Series, steps: pd.DataFrame, dated: bool, words: Words) -> Bar:
    """The bar of one step of a group; where figures are of different dates, each says its own."""
    planned = step.endswith("_plan")
    fill = Fill(PLAN, "outline") if planned else status_fill(ACTUAL, row["status"])
    text = number_text(row["value"], row["status"], words)
    if not math.isnan(row["kept"]):
        text = _kept_text(text, row, steps, words)
    label = words.say("chart_step_" + step)
    if dated and not planned and row["period"]:
        label = words.say("chart_step_dated", step=label, period=words.when(row["period"]))
    parts = () if math.isnan(row["value"]) else (Part(row["value"], fill),)
    return Bar(label, parts, text, group=sentence_case(words.title("target_groups", group)))


def _path_columns(told: pd.DataFrame, words: Words) -> tuple[Column, ...]:
    compared = (Column("compared", words.say("chart_column_kept_of")),) if told["compared"].any() else ()
    return (
        Column("step", words.say("chart_column_step")),
        Column("group", words.say("chart_column_group")),
        Column("period_text", words.say("chart_column_period")),
        Column("kept", words.say("chart_column_kept"), "percent"),
        *compared,
        Column("lost", words.say("chart_column_lost"), "persons"),
        # One of the steps counts applications.
        Column("value", words.say("chart_column_count"), "persons"),
    )


def _not_found(found: set[str], words: Words) -> list[Legend]:
    """The steps of which no figure was found, as a sentence."""
    steps = [inner(words.say("chart_step_" + step)) for step in ALWAYS_SHOWN if step not in found]
    return [Legend((), words.say("chart_path_not_found", steps=words.listed(steps)))] if steps else []


@in_either_language
@takes("service_type", "target_group", "period", "unique_total", of=clients.served_by_service)
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
    values = in_table_order(values, "target_group", words.reference.target_groups)
    several = values["target_group"].nunique() > 1
    bars = [
        Bar(
            sentence_case(words.short("service_types", row["service_type"])),
            measured(row["value"], row["status"]),
            number_text(row["value"], row["status"], words),
            group=sentence_case(words.title("target_groups", row["target_group"])) if several else "",
        )
        for row in records(values)
    ]
    top = leading(values, words)
    services = dict.fromkeys(words.short("service_types", code) for code in top["service_type"])
    groups = words.listed(dict.fromkeys(words.short("target_groups", code) for code in top["target_group"]))
    return bar_chart(
        key,
        values,
        words,
        bars,
        title=words.say(
            "chart_by_service_title" if values["value"].notna().sum() > 1 else "chart_by_service_title_one",
            service=words.listed(services),
            group=f" ({groups})" if several else "",
            count=words.count("persons", top["value"].iloc[0]),
        ),
        measure=words.say("chart_by_service_measure"),
        region=region,
        also=() if several else (words.title("target_groups", top["target_group"].iloc[0]),),
        columns=(
            Column("service", words.say("chart_column_service")),
            Column("group", words.say("chart_column_group")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
        notes=_sums_of_services(values, words),
    )


def _sums_of_services(values: pd.DataFrame, words: Words) -> list[str]:
    """For each group of which it is known how many people there are: that the bars add up to another number."""
    return [
        words.say(
            "chart_by_service_more" if row.added > row.unique_total else "chart_by_service_less",
            group=sentence_case(words.title("target_groups", row.target_group)),
            total=words.count("persons", row.unique_total),
            added=words.number(row.added),
        )
        for row in named_rows(overlap.services_and_people(values), overlap.Overlap)
        if row.added != row.unique_total
    ]


@in_either_language
@takes("territory", "target_group", "period", of=clients.served_by_municipality)
def served_by_municipality(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "served_by_municipality"
) -> Chart | Absence:
    """People by municipality: bars for the latest figure, hollow points for earlier ones.

    ``values``: rows territory x period, value in persons.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_by_municipality_absent", region, words)
    values = in_order(values)
    latest = values["period"].iloc[-1]
    bars, ranking = {}, {}
    for territory, here in values.groupby("territory", sort=False):
        code = str(territory)
        now = here[(here["period"] == latest)].tail(1)
        value = now["value"].iloc[0] if len(now) else math.nan
        bars[code] = _municipality_bar(code, here, latest, words)
        ranking[code] = (math.isnan(value), -value)
    alphabet = words.ordered(bar.label for bar in bars.values())
    ordered = sorted(bars, key=lambda code: (*ranking[code], alphabet.index(bars[code].label)))
    entries = [Entry(sentence_case(words.period(latest)), Fill(ACTUAL))]
    if values["period"].nunique() > 1:
        earlier = span(values.loc[values["period"] != latest, "period"], words)
        entries.append(Entry(words.say("chart_earlier", period=earlier), marker="hollow", colour=PLAN))
    top = leading(values[values["period"] == latest], words)
    place = {code: at for at, code in enumerate(ordered)}
    data = values.sort_values("territory", key=lambda codes: codes.map(place), kind="stable")
    return bar_chart(
        key,
        values,
        words,
        [bars[code] for code in ordered],
        legend=entries if len(entries) > 1 else (),
        title=words.say(
            "chart_by_municipality_title",
            name=words.listed(words.place(code) for code in top["territory"]),
            count=words.count("persons", top["value"].iloc[0]),
        ),
        measure=words.say("chart_by_municipality_measure"),
        region=region,
        also=group_text(values, words),
        notes=_where_published(values, region, words),
        compared=int(values.loc[values["period"] == latest, "value"].notna().sum()),
        data=data,
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("period_text", words.say("chart_column_period")),
            Column("value", words.say("chart_column_persons"), "persons"),
        ),
    )


def _municipality_bar(code: str, here: pd.DataFrame, latest: str, words: Words) -> Bar:
    """The bar of a municipality: its figure of the ``latest`` period, and earlier ones as points."""
    valid_to: str = by_code(words.reference.municipalities, "code")[code]["valid_to"]
    now = here[(here["period"] == latest)].tail(1)
    earlier = tuple(here.loc[(here["period"] != latest) & here["value"].notna(), "value"])
    before = ", ".join(words.number(value) for value in earlier)
    row = now.iloc[0] if len(now) else pd.Series({"value": math.nan, "status": "missing"})
    parts = measured(row["value"], row["status"])
    text = number_text(row["value"], row["status"], words)
    if now.empty and valid_to and valid_to < latest:
        # What no longer exists has no present value: nothing is missing.
        parts, text = (), words.say("chart_no_longer", before=before)
    elif before:
        text = words.say("chart_now_before", now=text, before=before)
    return Bar(words.place(code), parts, text, dots=earlier)


def _kept_text(text: str, row: pd.Series, steps: pd.DataFrame, words: Words) -> str:
    """A figure with its share of the step before; an older figure of that step than its own row shows is named."""
    share, before = words.percent(row["kept"]), row["before"]
    if steps.at[before, "value"] == row["before_value"]:
        return words.say("chart_kept_of_" + before, value=text, share=share)
    whole, period = words.number(row["before_value"]), words.when(row["before_period"])
    return words.say(
        "chart_kept_of_older_" + before, n=row["before_value"], value=text, share=share, whole=whole, period=period
    )


def _compared(row: pd.Series, words: Words) -> str:
    """The figure that a step is compared with, in words; nothing where there is none."""
    if math.isnan(row["before_value"]):
        return ""
    text = words.say("chart_step_" + row["before"])
    if row["before_period"]:
        text = words.say("chart_step_dated", step=text, period=words.when(row["before_period"]))
    return words.say("chart_path_compared", step=text, value=words.number(row["before_value"]))


def _path_title(values: pd.DataFrame, words: Words) -> str:
    """How many of the assessed are served, of the first group of which it can be said; else how many are served."""
    served_alone = ""
    for group in values["target_group"].unique():
        here = values[(values["target_group"] == group) & values["value"].notna()].set_index("step")
        if "persons_served" not in here.index:
            continue
        name, served = sentence_case(words.title("target_groups", group)), here.loc["persons_served"]
        if served["before"] == "persons_assessed":
            assessed = served["before_value"]
            numbers = {"served": words.number(served["value"]), "assessed": words.number(assessed)}
            return words.say("chart_path_title", n=assessed, group=name, **numbers)
        count = words.count("persons", served["value"])
        served_alone = served_alone or words.say("chart_by_year_title", group=name, count=count)
    return served_alone or words.say("chart_path_title_unknown")


def _where_published(values: pd.DataFrame, region: str, words: Words) -> list[str]:
    """For the country: which regions the figures are of, when not all publish them."""
    regions = words.reference.regions
    parts = regions[~regions["region"].map(is_country)]
    if not is_country(region):
        return []
    region_of = lookup(words.reference.municipalities, "code", "region")
    known = {region_of[code] for code in values["territory"]}
    here = [place for place in parts["region"] if place in known]
    if len(here) == len(parts):
        return []
    return [words.say("chart_only_regions", places=words.listed(words.place(place) for place in here))]
