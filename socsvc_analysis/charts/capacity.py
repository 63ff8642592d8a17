"""Charts of places: who promised and opened them, and how many there are for the people who live there."""

from __future__ import annotations

import math
from collections.abc import Hashable
from functools import partial
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, bar_chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import (
    ACTUAL,
    OTHER,
    PLAN,
    SERVICES,
    measured,
    service_fill,
    service_group,
    status_fill,
)
from socsvc_analysis.charts.texts import (
    by_region_order,
    group_text,
    in_table_order,
    is_country,
    leading,
    number_text,
    reference_code,
    status_mark,
    unit_text,
    unknown_text,
)
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.bars import Bar, Part, ReferenceLine
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.indicators import capacity
from socsvc_analysis.indicators.capacity import (
    opened_and_promised,
    places_found,
    working_everywhere,
    working_in_all_services,
)
from socsvc_analysis.observations import worst_status
from socsvc_analysis.reference import COUNTRY
from socsvc_analysis.tables import IN_OPERATION
from socsvc_analysis.wording import Words, sentence_case


@in_either_language
@takes("territory", "service_type", "period", "kind", of=capacity.places)
def places_by_municipality(
    values: pd.DataFrame, *, region: str, words: Words, composition: str = "today", key: str = "places_by_municipality"
) -> Chart | Absence:
    """Places by municipality and service, opened and promised; for the country one bar for each region.

    They stand in alphabetical order (regions in that of pages), because a list of projects found ranks nobody.

    ``values``: rows territory x service_type; kind ``capacity`` (opened) or ``plan`` (promised in the description of a
    project); value in places.  ``composition`` (``today`` or ``then``) says within which borders.  Each place is in one
    row only: the indicator has left out plans of what is opened.
    """
    known = values[values["value"].notna()]
    if known.empty:
        return absence("chart_places_absent", region, words)
    places = _by_service(known, words)
    totals = opened_and_promised(known, ["territory"]).set_index("territory")["together"]
    found = places_found(known)
    names = {code: words.place(code) for code in totals.index}
    alphabet = words.ordered(names.values())
    ranked = sorted(totals.index, key=lambda code: alphabet.index(names[code]))
    if is_country(region):
        ranked = list(by_region_order(totals.rename("value").reset_index(), words)["territory"])
    bars = [_places_bar(names[code], places[places["territory"] == code], totals[code], words) for code in ranked]
    states = [state for state in ("opened", "promised") if (places[state] > 0).any()]
    where = "in_regions" if is_country(region) else "in_municipalities"
    # The list of projects is not complete: nobody is said to have most.
    title = words.say(
        "chart_places_found",
        n=found.places,
        count=words.count("places", found.places),
        where=words.say(where, n=found.territories, count=words.number(found.territories)),
    )
    state_of = {IN_OPERATION: words.say("chart_places_opened"), "plan": words.say("chart_places_promised")}
    data = values.assign(state=values["kind"].map(state_of))
    # What is not known stands at the end of the table.
    place_in_order = {code: at for at, code in enumerate(ranked)}
    data = data.sort_values("territory", key=lambda codes: codes.map(place_in_order), kind="stable")
    return bar_chart(
        key,
        values,
        words,
        bars,
        legend=_places_legend(set(places["group"]), states, words),
        kind="chart_kind_stacked",
        title=title,
        measure=words.say("chart_places_measure" if len(states) == 2 else f"chart_places_measure_{states[0]}"),
        region=region,
        also=(words.say("chart_composition_" + composition),),
        data=data,
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("service", words.say("chart_column_service")),
            Column("state", words.say("chart_column_state")),
            Column("value", words.say("chart_column_places"), "places"),
        ),
        notes=(words.say("chart_places_once"),) if len(states) == 2 else (),
    )


@in_either_language
@takes(
    "territory",
    "service_type",
    "target_group",
    "period",
    "numerator",
    "denominator",
    "planned_version",
    of=capacity.working_of_planned,
)
def planned_and_working(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "planned_and_working"
) -> Chart | Absence:
    """Working places in front of the planned ones, by service.

    ``values``: rows service_type (and territory, target_group where there are several); denominator = planned places,
    numerator = working places, value = per cent; extra column ``planned_version``, which a note names.
    """
    if values[["numerator", "denominator"]].notna().sum().sum() == 0:
        return absence("chart_working_absent", region, words)
    values = in_table_order(values, "service_type", words.reference.service_types)
    values = in_table_order(values, "target_group", words.reference.target_groups)
    values = by_region_order(values, words)
    groups = _headings(values, region, words)
    bars = [
        Bar(
            sentence_case(words.short("service_types", row["service_type"])),
            measured(row["numerator"], row["status"]),
            _working_text(row, words),
            outline=row["denominator"],
            group=group,
        )
        for row, group in zip(records(values), groups, strict=True)
    ]
    data = values.assign(
        label=[
            ", ".join(part for part in (group, words.title("service_types", code)) if part)
            for group, code in zip(groups, values["service_type"], strict=True)
        ]
    )
    return bar_chart(
        key,
        values,
        words,
        bars,
        legend=(
            Entry(words.say("chart_working"), Fill(ACTUAL)),
            Entry(words.say("chart_planned"), Fill(PLAN, "outline")),
        ),
        title=_working_title(values, region, words),
        measure=words.say("chart_working_measure"),
        region=region,
        also=group_text(values, words),
        notes=_versions_named(values, words),
        data=data,
        columns=(
            Column("label", words.say("chart_column_service")),
            Column("denominator", words.say("chart_column_planned_places"), "places"),
            Column("numerator", words.say("chart_column_working_places"), "places"),
            Column("value", words.say("chart_column_share"), "percent"),
        ),
    )


def _versions_named(values: pd.DataFrame, words: Words) -> tuple[str, ...]:
    versions = [code for code in values["planned_version"].dropna().unique() if code]
    named = words.listed(words.title("plan_versions", code) for code in versions)
    return (words.say("chart_working_versions", versions=named),) if versions else ()


def _working_title(values: pd.DataFrame, region: str, words: Words) -> str:
    """How many of the planned places are in operation, of the services for which both are known."""
    places = list(working_in_all_services(values)["territory"])
    working, planned = working_everywhere(values)
    return words.say(
        "chart_working_title" if places else "chart_working_title_unknown",
        n=planned,
        # On the country's page the few regions that publish it, not the country.
        place=words.listed(words.place(code, "locative") for code in (places if 0 < len(places) < 3 else [region])),
        working=words.number(working),
        planned=words.number(planned),
        group="".join(f" ({name})" for name in group_text(values, words, short=True)),
    )


@in_either_language
@takes("service_type", "period", "unit", "provider_title", of=capacity.state_care)
def state_care_centres(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "state_care_centres"
) -> Chart | Absence:
    """Places or residents of state social care centres: one unit is drawn, all are in the table.

    ``values``: rows provider; extra columns ``provider_title`` (name) and ``unit`` (``places`` or ``persons``).
    Where one centre has several rows of one unit, ``service_type`` tells them apart by its short name.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_centres_absent", region, words)
    labels: dict[Hashable, str] = {}
    for _, rows in values.groupby("unit"):
        repeated = rows.duplicated(["provider_title", "period"], keep=False)
        several = rows["period"].nunique() > 1
        for at, row, again in zip(rows.index, records(rows), repeated, strict=True):
            service = ", " + words.short("service_types", row["service_type"]) if again else ""
            when = f" ({words.when(row['period'])})" if several else ""
            labels[at] = sentence_case(row["provider_title"]) + service + when
    # Places and people have two scales: the unit of which more is known is drawn, the other is in the table.
    counts = values[values["value"].notna()].groupby("unit").size()
    unit = max(counts.index, key=lambda each: (counts[each], each == "places"))
    drawn = values[values["unit"] == unit].sort_values("value", ascending=False, kind="stable")
    bars = tuple(
        Bar(labels[at], measured(row["value"], row["status"]), number_text(row["value"], row["status"], words))
        for at, row in drawn.iterrows()
    )
    top = leading(drawn, words)
    known = drawn[drawn["value"].notna()]
    heading = "chart_centres_title" if len(known) > 1 else "chart_finding"
    if known["period"].nunique() > 1:  # numbers of different times are in no order of size
        heading = "chart_centres_title_of_several_years"
    title = words.say(
        heading,
        name=words.listed(sentence_case(each).replace(": ", ", ") for each in top["provider_title"]),
        value=words.quantity(top["value"].iloc[0], unit),
    )
    others = [unit_text(each, words) for each in counts.index if each != unit]
    data = values.assign(label=[labels.get(at, "") for at in values.index])
    return bar_chart(
        key,
        values,
        words,
        bars,
        title=title,
        measure=words.say("chart_centres_measure"),
        region=region,
        data=data,
        columns=(
            Column("label", words.say("chart_column_centre")),
            Column("unit_text", words.say("chart_column_unit")),
            Column("value", words.say("chart_column_value"), "number"),
        ),
        notes=(words.say("series_more", names=words.listed(others)),) if others else (),
        compared=len(bars),
    )


@in_either_language
@takes("territory", "period", "numerator", "denominator", of=capacity.places_per_1000)
def places_per_1000(
    values: pd.DataFrame, *, region: str, words: Words, key: str = "places_per_1000", decimals: int = 2
) -> Chart | Absence:
    """Places per 1,000 residents by territory, with the value of the whole as a line.

    ``values``: rows territory; numerator = places, denominator = residents, value = places per 1,000 residents.  The
    row of the page's own region is the line, or that of Latvia where the region has none.
    """
    if values["value"].notna().sum() == 0:
        return absence("chart_per_1000_absent", region, words)
    written = partial(words.number, decimals=decimals)
    # The page's own region is the line; Latvia is, too, on its own page, and a row to compare with on others.
    own = reference_code(region, words)
    known = values[values["value"].notna()]
    line = next((code for code in (own, COUNTRY) if code in set(known["territory"])), "")
    whole = known[known["territory"] == line]
    country = known[known["territory"] == COUNTRY] if line != COUNTRY else known.iloc[:0]
    parts = values[~values["territory"].isin({own, COUNTRY})]
    if parts.empty:
        parts, whole = values, whole.iloc[:0]
    parts = by_region_order(parts, words)
    bars = [
        Bar(
            words.place(row["territory"]),
            measured(row["value"], row["status"])
            if row["territory"] != COUNTRY
            else (Part(row["value"], status_fill(PLAN, row["status"])),),
            number_text(row["value"], row["status"], words, written),
        )
        for row in pd.concat([parts, country]).to_dict("records")
    ]
    references = tuple(
        ReferenceLine(
            row["value"], f"{words.place(row['territory'])}: {number_text(row['value'], row['status'], words, written)}"
        )
        for row in records(whole)
    )
    # As the lists of places are not complete, nobody is ranked.
    shown = (whole if len(whole) else known).iloc[0]
    title = words.say("chart_per_1000_country", place=words.place(shown["territory"]), value=written(shown["value"]))
    unknown = [words.place(code) for code in parts.loc[parts["value"].isna(), "territory"]]
    notes = []
    if unknown:
        notes.append(words.say("chart_per_1000_unknown", n=len(unknown), names=words.listed(unknown)))
    return bar_chart(
        key,
        values,
        words,
        bars,
        references=references,
        title=title,
        measure=words.say("chart_per_1000_measure"),
        region=region,
        also=(words.say("chart_composition_today"),),
        data=pd.concat([parts, whole, country]),
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("numerator", words.say("chart_column_places"), "places"),
            Column("denominator", words.say("chart_column_residents"), "persons"),
            Column("value", words.say("chart_column_per_1000"), "per_1000", decimals),
        ),
        notes=[sentence_case(each) for each in notes],
    )


def _places_bar(name: str, here: pd.DataFrame, total: float, words: Words) -> Bar:
    """The places of one territory by service: those opened before those promised."""
    parts = [
        Part(row[column], service_fill(row["group"], column == "opened", row["status"]), words.number(row[column]))
        for column in ("opened", "promised")
        for row in records(here)
        if row[column] > 0
    ]
    return Bar(name, tuple(parts), words.number(total) + status_mark(worst_status(here["status"])))


def _places_legend(groups: set[str], states: list[str], words: Words) -> list[Entry]:
    """The services that are shown, and where there are both, what is opened and what is promised."""
    services = [group for group in (*SERVICES, OTHER) if group in groups]
    entries = [Entry(_service_text(group, words), service_fill(group, states != ["promised"])) for group in services]
    if len(states) == 2:
        fills = {"opened": Fill(PLAN), "promised": Fill(PLAN, "tint")}
        entries += [Entry(words.say("chart_places_" + state), fills[state]) for state in states]
    return entries


def _by_service(known: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The places of each territory by the services that have a colour of their own, and all others together."""
    grouped = known.assign(group=[service_group(code, words.reference.service_types) for code in known["service_type"]])
    order = [*SERVICES, OTHER]
    together = opened_and_promised(grouped, ["territory", "group"])
    return together.sort_values("group", key=lambda groups: groups.map(order.index), kind="stable")


def _service_text(group: str, words: Words) -> str:
    return words.say("chart_other_services") if group == OTHER else sentence_case(words.short("service_types", group))


def _headings(values: pd.DataFrame, region: str, words: Words) -> list[str]:
    """For each row what tells it apart besides its service: place and group, where there are several."""
    places = values["territory"].nunique() > 1 or is_country(region)
    groups = values["target_group"].nunique() > 1
    return [
        ", ".join(
            part
            for part in (
                words.place(row["territory"]) if places else "",
                words.short("target_groups", row["target_group"]) if groups else "",
            )
            if part
        )
        for row in records(values)
    ]


def _working_text(row: dict[str, Any], words: Words) -> str:
    working, planned, status = row["numerator"], row["denominator"], row["status"]
    if math.isnan(planned):
        return number_text(working, status, words)
    if math.isnan(working):
        return words.say("chart_of_unknown", unknown=unknown_text(status, words), planned=words.number(planned))
    return words.say("chart_of", part=words.number(working), whole=words.number(planned)) + status_mark(status)
