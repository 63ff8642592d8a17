"""The three or four numbers at the top of a brief, and how the regions compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import lookup, named_rows, tuples
from socsvc_analysis.columns import Column
from socsvc_analysis.indicators.capacity import Centre, Working, centres_in_sentences
from socsvc_analysis.indicators.standing import APPROXIMATE, Standing
from socsvc_analysis.indicators.values import (
    PLANNED_FOR,
    STATE_CARE,
    Share,
    each_once,
    latest_figure,
    with_known_number,
)
from socsvc_analysis.markup import Html, Table, piece
from socsvc_analysis.observations import for_region
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.sections.borders import moved_municipalities
from socsvc_analysis.sections.naming import in_brackets
from socsvc_analysis.sections.of_plan import aim, date_text, what_is_known
from socsvc_analysis.wording import Words, sentence_case

MOST_CARDS = 4


@dataclass(frozen=True)
class Card:
    """One headline number with what it is, what it is of, where it comes from, and the indicator that it is one of."""

    label: str
    value: str
    context: str
    sources: tuple[str, ...]
    indicator: str


def headlines(
    standing: pd.DataFrame,
    path: pd.DataFrame,
    operation: pd.DataFrame,
    centres: pd.DataFrame,
    stock: pd.DataFrame,
    families: pd.DataFrame,
    *,
    region: str,
    words: Words,
) -> Html:
    """At most four headline cards of ``region``, each about one figure, its date and what it is of.

    ``standing`` and ``operation`` (places in operation) come from the indicators of the standing, ``families`` are
    shares of children in family-based care, the others values of the indicators of the same names.  Places that are
    only known from lists of projects are no headline, and no card sets figures of two years beside each other.  The
    ``indicators`` of what is returned are those that have a card.
    """
    tables = words.reference
    cards = [
        *_served(for_region(standing, region, tables), words, region),
        *_operation(for_region(operation, region, tables), words),
        *(_families(for_region(families, region, tables), words) if region == COUNTRY_REGION else ()),
        *(_stock(with_known_number(stock), words) if region == COUNTRY_REGION else ()),
        *_assessed(for_region(standing, region, tables), for_region(with_known_number(path), region, tables), words),
        *_centres(for_region(with_known_number(centres), region, tables), words),
    ][:MOST_CARDS]
    cards = [replace(card, label=sentence_case(card.label)) for card in cards]
    return replace(
        piece("cards", cards=cards, words=words), indicators=tuple(dict.fromkeys(card.indicator for card in cards))
    )


class _Count(NamedTuple):
    target_group: str
    value: float
    period: str
    sources: tuple[str, ...]


def comparison(standing: pd.DataFrame, *, region: str, words: Words) -> Html:
    """What every region and Latvia reached of the plan then in force, both groups in one table; the own row is marked.

    Where the number served is not known the plan in force today is said all the same.
    """
    regions = words.reference.regions.sort_values("order")
    rows = standing.assign(
        place=standing["territory"].map(words.place),
        group=[sentence_case(words.title("target_groups", code)) for code in standing["target_group"]],
        denominator=standing["plan_told"],
        time=[
            date_text(row.period, row.approximate, words, short=True) if row.period else words.unknown
            for row in named_rows(standing, Standing)
        ],
        sources=tuples(row.sources if row.sources else row.planned_sources for row in named_rows(standing, Standing)),
    )
    order = {code: at for at, code in enumerate(regions["code"])}
    groups = {code: at for at, code in enumerate(PLANNED_FOR)}
    rows = rows.sort_values("territory", key=lambda codes: codes.map(order), kind="stable")
    rows = rows.sort_values("target_group", key=lambda codes: codes.map(groups), kind="stable")
    columns = (
        Column("place", words.say("column_place")),
        Column("numerator", words.say("column_served"), "persons"),
        Column("denominator", words.say("column_plan"), "persons"),
        Column("value", words.say("column_share"), "percent"),
        Column("time", words.say("column_date")),
    )
    own = lookup(words.reference.regions, "region", "code").get(region, "")
    table = Table(
        rows,
        columns,
        words,
        words.say("comparison_caption"),
        sources="sources",
        status="status",
        marked=(rows["territory"] == own).to_numpy(),
        heads="group",
    )
    notes = [words.say("comparison_note", unknown=words.unknown)]
    if region != COUNTRY_REGION:  # there is room in a brief for what concerns one region
        notes += moved_municipalities(region=region, words=words)
    return piece("compact", table=table, sentences=notes)


def _served(standing: pd.DataFrame, words: Words, region: str) -> Iterator[Card]:
    for row in named_rows(standing, Standing):
        title = words.title("target_groups", row.target_group)
        if pd.notna(row.numerator):
            yield _served_card(row, title, words, region)
        elif pd.notna(row.planned):
            key = "card_planned_undated" if row.planned_due_assumed else "card_planned_context"
            context = words.say(key, due=words.date_short(row.planned_due))
            label = words.say("card_planned", group=title)
            yield Card(label, words.number(row.planned), context, row.planned_sources, "served_of_plan")


def _served_card(row: Standing, title: str, words: Words, region: str) -> Card:
    number, planned = words.number(row.numerator), words.number(row.denominator)
    known: str = what_is_known(row.numerator, row.denominator, row.value)
    # More than all of a plan is not read as a part of it.
    if known == "of" or (known == "over" and aim(region) == "target"):
        number, known = words.say("card_of", part=number, whole=planned), f"of_{aim(region)}"
    context = words.say(
        f"card_served_{known}",
        share=words.percent(row.value),
        period=date_text(row.period, row.approximate, words),
        whole=planned,
    )
    return Card(words.say("card_served", group=title), number, context, row.sources, "served_of_plan")


def _operation(operation: pd.DataFrame, words: Words) -> Iterator[Card]:
    for row in named_rows(operation, Working):
        number = words.say("card_of", part=words.number(row.numerator), whole=words.number(row.denominator))
        context = words.say("card_operation_context", share=words.percent(row.value), period=words.when(row.period))
        label = words.say("card_operation") + in_brackets(row.target_group, words)
        yield Card(label, number, context, row.sources, "working_of_planned")


def _families(families: pd.DataFrame, words: Words) -> Iterator[Card]:
    known = families[(families["kind"] == "actual") & families["value"].notna()]
    for row in named_rows(latest_figure(known), Share):
        share, date = words.percent(row.value), words.when(row.period)
        yield Card(words.say("card_families"), share, date, row.sources, "children_in_family_care")


def _stock(stock: pd.DataFrame, words: Words) -> Iterator[Card]:
    known = stock[(stock["kind"] == "actual") & (stock["period"] != "")]
    for row in named_rows(latest_figure(known), _Count):
        label = words.say("card_institution_stock", group=words.title("target_groups", row.target_group))
        number, date = words.number(row.value), words.when(row.period)
        yield Card(label, number, date, row.sources, "institutional_reduction")


def _assessed(standing: pd.DataFrame, path: pd.DataFrame, words: Words) -> Iterator[Card]:
    """Where people stand before the first service: how many of those planned had been assessed."""
    for group in standing["target_group"]:
        steps = path[path["target_group"] == group].drop_duplicates("step").set_index("step")
        if not {"persons_assessed", "persons_assessed_plan"} <= set(steps.index):
            continue
        assessed, plan = steps.loc["persons_assessed"], steps.loc["persons_assessed_plan"]
        yield Card(
            words.say("card_assessed", group=words.title("target_groups", group)),
            words.say("card_of", part=words.number(assessed["value"]), whole=words.number(plan["value"])),
            words.say(
                "card_assessed_context", period=date_text(assessed["period"], APPROXIMATE in assessed["notes"], words)
            ),
            each_once((assessed["sources"], plan["sources"])),
            "path_to_service",
        )


def _centres(centres: pd.DataFrame, words: Words) -> Iterator[Card]:
    for row in named_rows(centres_in_sentences(centres), Centre):
        if row.service_type == STATE_CARE:
            label = words.say("card_centre_places", group=words.title("target_groups", row.target_group))
        else:
            label = words.say("card_centre_clients")
        yield Card(label, words.number(row.value), words.when(row.period), row.sources, "state_care")
