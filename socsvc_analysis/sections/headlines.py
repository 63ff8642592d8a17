"""The three to five numbers at the top of a page, and how the regions compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from socsvc_analysis.indicators.capacity import OPENED, STATE_CARE, newest_centres
from socsvc_analysis.indicators.values import FT, GRT, counted, newest
from socsvc_analysis.markup import Column, Html, Table, escaped, gathered, references, together
from socsvc_analysis.observations import compared, of, within
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.wording import Words, sentence_case

MOST_CARDS = 5


@dataclass(frozen=True)
class Card:
    """One headline number with what it is, what it is compared with, and where it comes from."""

    label: str
    value: str
    context: str
    sources: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """Its change, and how Latvia stands."""

    def markup(self, words: Words) -> str:
        beside = "".join(f'<p class="card-beside">{escaped(line)}</p>' for line in self.beside)
        return (
            f'<div class="card"><p class="card-label">{escaped(sentence_case(self.label))}</p>'
            f'<p class="card-value">{escaped(self.value)}</p>'
            f'<div class="card-context">{escaped(self.context)} {references(self.sources, words)}{beside}</div></div>'
        )


def headlines(
    served: pd.DataFrame,
    path: pd.DataFrame,
    places: pd.DataFrame,
    centres: pd.DataFrame,
    stock: pd.DataFrame,
    participating: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    region: str,
    words: Words,
) -> Html:
    """At most five headline cards of ``region`` from values of the indicators of the same names.

    ``rates`` are places per 1,000 residents.  Where they are known each card says the change since the figure before,
    and how Latvia stands.
    """
    tables = words.tables
    country = of(counted(served), COUNTRY_REGION, tables)[lambda rows: rows["value"].notna()]
    cards = [
        *_served(of(counted(served), region, tables), of(counted(path), region, tables), country, words, region),
        *_centres(of(counted(centres), region, tables), words),
        *(_stock(counted(stock), words) if region == COUNTRY_REGION else ()),
        *_places(within(counted(places), region), rates, words, region),
        *_participating(of(counted(participating), region, tables), words),
    ][:MOST_CARDS]
    return Html(f'<div class="cards">{"".join(card.markup(words) for card in cards)}</div>')


def comparison(served: pd.DataFrame, path: pd.DataFrame, *, region: str, words: Words) -> Html:
    """The latest achievement of every region and of Latvia, one table for each group; this region's row is marked.

    Where the number served is not published the plan is said all the same, from ``path``.
    """
    known = newest(compared(served, COUNTRY_REGION, words.tables))
    plans = path[path["step"] == "persons_served_plan"]
    regions = words.tables.regions.sort_values("order")
    columns = (
        Column("place", words.say("column_place")),
        Column("time", words.say("column_period")),
        Column("numerator", words.say("column_served"), "persons"),
        Column("denominator", words.say("column_plan"), "persons"),
        Column("value", words.say("column_share"), "percent"),
    )
    parts = []
    for group in (GRT, FT):
        # A region without a figure has a row too: unknown is said, not left out.
        rows = known[known["target_group"] == group].set_index("territory").reindex(regions["code"])
        planned = plans[plans["target_group"] == group].set_index("territory").reindex(regions["code"])
        rows = rows.assign(
            denominator=rows["denominator"].fillna(planned["value"]),
            sources=[
                tuple(code for cell in cells if isinstance(cell, tuple) for code in cell)
                for cells in zip(rows["sources"], planned["sources"].where(rows["denominator"].isna()), strict=True)
            ],
            status=rows["status"].fillna("missing"),
            place=regions[f"name_{words.language}"].to_numpy(),
            time=[words.period(period) if isinstance(period, str) else words.unknown for period in rows["period"]],
        )
        caption = words.say("comparison_caption", group=sentence_case(words.title("target_groups", group)))
        marked = (regions["region"] == region).to_numpy()
        parts.append(Table(rows, columns, words, caption, sources="sources", status="status", marked=marked))
    return together(*parts)


def _served(
    served: pd.DataFrame, path: pd.DataFrame, country: pd.DataFrame, words: Words, region: str
) -> Iterator[Card]:
    for group in (GRT, FT):
        title = words.title("target_groups", group)
        rows = newest(served[served["target_group"] == group])
        if not rows.empty:
            before = newest(served[(served["target_group"] == group) & (served["period"] != rows["period"].iloc[0])])
            latvia = newest(country[country["target_group"] == group]) if region != COUNTRY_REGION else country[:0]
            yield _served_card(rows.iloc[0], before, latvia, title, words, region)
            continue
        steps = path[path["target_group"] == group].set_index("step")
        if "persons_assessed" in steps.index and "persons_assessed_plan" in steps.index:
            assessed, plan = steps.loc["persons_assessed"], steps.loc["persons_assessed_plan"]
            yield Card(
                words.say("card_assessed", group=title),
                words.say("card_of", part=words.number(assessed["value"]), whole=words.number(plan["value"])),
                words.say("card_assessed_context", period=words.when(assessed["period"])),
                (*assessed["sources"], *plan["sources"]),
            )
        elif "persons_served_plan" in steps.index:
            plan = steps.loc["persons_served_plan"]
            yield Card(
                words.say("card_planned", group=title),
                words.number(plan["value"]),
                words.say("card_planned_context"),
                plan["sources"],
            )


def _served_card(
    row: pd.Series, before: pd.DataFrame, latvia: pd.DataFrame, title: str, words: Words, region: str
) -> Card:
    number = words.number(row["numerator"])
    values = {"share": words.percent(row["value"]), "period": words.when(row["period"])}
    if pd.notna(row["denominator"]):
        number = words.say("card_of", part=number, whole=words.number(row["denominator"]))
        context = "card_served_of_target" if region == COUNTRY_REGION else "card_served_of_plan"
    else:
        context = "card_served_share_printed" if pd.notna(row["value"]) else "card_served_only"
    beside = [
        words.say("card_change", change=words.signed(row["numerator"] - each.numerator), period=words.when(each.period))
        for each in before.itertuples()
    ] + [
        words.say(
            # A share of another year is no yardstick, and is said to be of one.
            "card_latvia" if each.period[:4] == row["period"][:4] else "card_latvia_other_year",
            share=words.percent(each.value),
            period=words.when(each.period),
        )
        for each in latvia.itertuples()
    ]
    cited = (row["sources"], *before["sources"], *latvia["sources"])
    sources = tuple(dict.fromkeys(code for codes in cited for code in codes))
    return Card(words.say("card_served", group=title), number, words.say(context, **values), sources, tuple(beside))


def _centres(centres: pd.DataFrame, words: Words) -> Iterable[Card]:
    for row in newest_centres(centres).itertuples():
        group = words.title("target_groups", row.target_group)
        if row.service_type == STATE_CARE and row.unit == "places":
            label = words.say("card_centre_places", group=group)
        elif row.service_type == "childrens_institution":
            label = words.say("card_centre_clients")
        else:
            continue
        yield Card(label, words.number(row.value), words.when(row.period), row.sources)


def _stock(stock: pd.DataFrame, words: Words) -> Iterable[Card]:
    by_kind = stock.drop_duplicates("kind", keep="last").set_index("kind")
    if not {"actual", "baseline", "target"} <= set(by_kind.index):
        return
    context = words.say(
        "card_institution_target",
        target=words.number(by_kind.at["target", "value"]),
        baseline=words.number(by_kind.at["baseline", "value"]),
    )
    yield Card(
        words.say("card_institution_stock", group=words.title("target_groups", GRT)),
        words.number(by_kind.at["actual", "value"]),
        f"{words.when(by_kind.at['actual', 'period'])}; {context}",
        tuple(gathered(stock, "sources")),
    )


def _places(places: pd.DataFrame, rates: pd.DataFrame, words: Words, region: str) -> Iterable[Card]:
    if places.empty:
        return
    opened = places.loc[places["kind"] == OPENED, "value"].sum()
    context = words.say(
        "card_places_context" if opened else "card_places_context_none_open",
        municipalities=words.count("municipalities", places["territory"].nunique()),
        opened=words.say("places_opened", n=opened, count=words.number(opened)),
    )
    own, country = (of(rates, each, words.tables)["value"].dropna() for each in (region, COUNTRY_REGION))
    beside = ()
    if len(own) and region == COUNTRY_REGION:
        beside = (words.say("card_places_rate_country", rate=words.number(own.iloc[0], 2)),)
    elif len(own) and len(country):
        said = {"rate": words.number(own.iloc[0], 2), "country": words.number(country.iloc[0], 2)}
        beside = (words.say("card_places_rate", **said),)
    yield Card(
        words.say("card_places"),
        words.number(places["value"].sum()),
        context,
        tuple(gathered(places, "sources")),
        beside,
    )


def _participating(participating: pd.DataFrame, words: Words) -> Iterable[Card]:
    for row in newest(participating).itertuples():
        context = words.say("card_participating_context", period=words.when(row.period))
        # After a reform of municipalities fewer take part than before, though none has left.
        earlier = newest(participating[participating["period"] != row.period])
        before = [
            words.say("card_participating_before", count=words.number(each.value), period=words.when(each.period))
            for each in earlier.itertuples()
        ]
        sources = tuple(dict.fromkeys([*row.sources, *gathered(earlier, "sources")]))
        yield Card(words.say("card_participating"), words.number(row.value), context, sources, tuple(before))
