"""The municipalities of a region beside each other, and one short profile of each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup, records
from socsvc_analysis.columns import Column
from socsvc_analysis.markup import Html, Table, absent, gathered, piece, together
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.sections.findings import Sentence, listed
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words

COMPARED = (
    ("residents", "figures", 0),
    ("places", "places", 0),
    ("places_per_1000", "figures", 2),
    ("services", "services", 0),
    ("served_adults", "persons", 0),
    ("served_children", "persons", 0),
    ("reported_clients", "persons", 0),
    ("occupancy", "percent", 0),
)
"""Columns of the comparison in order; one that is known of no municipality of the region is left out."""
BARS = ("places", "places_per_1000", "served_adults", "served_children", "reported_clients")
MOST_NEIGHBOURS = 3


def municipality_findings(overview: pd.DataFrame, *, region: str, words: Words) -> Html:
    """In how many municipalities places are known."""
    rows = _within(overview, region, words)
    known = rows[rows["places"].notna()]
    where = words.place(region, "locative")
    values = {"place": where, "all": words.number(len(rows))}
    text = (
        words.say(
            "finding_known_municipalities",
            known=words.say("in_municipalities", n=len(known), count=words.number(len(known))),
            **values,
        )
        if len(known)
        else words.say("finding_no_known_municipalities", **values)
    )
    return listed([Sentence(text, gathered(known, "sources"))], region, words)


def municipality_table(overview: pd.DataFrame, *, region: str, words: Words) -> Html:
    """The municipalities of ``region`` to compare, in alphabetical order.

    ``overview`` comes from :func:`~socsvc_analysis.indicators.municipalities.overview`.
    """
    rows = _within(overview, region, words)
    statuses = {name: [HIDDEN if name in hidden else "" for hidden in rows["hidden"]] for name, _, _ in COMPARED}
    known = [each for each in COMPARED if rows[each[0]].notna().any() or HIDDEN in statuses[each[0]]]
    rows = rows.assign(**{f"{name}_status": cells for name, cells in statuses.items()})
    if words.language != "lv":  # the one place where an English page has the Latvian name
        latvian = lookup(words.reference.municipalities, "code", "name")
        rows = rows.assign(latvian=rows["territory"].map(latvian))
    columns = (
        Column("name", words.say("reported_municipality")),
        *([Column("latvian", words.say("reported_municipality_latvian"))] if "latvian" in rows else []),
        *(
            Column(name, words.say(f"municipality_{name}"), unit, decimals, name in BARS, f"{name}_status")
            for name, unit, decimals in known
        ),
    )
    caption = words.say("municipality_table_caption", place=words.place(region, "locative"))
    note = words.say("municipality_table_note", date=words.date_short(overview["residents_on"].iloc[0]))
    table = Table(rows, columns, words, caption, sources="sources", notes=(note,))
    return together(table, piece("notes", sentences=[note]))


def municipality_profiles(overview: pd.DataFrame, *, region: str, words: Words) -> Html:
    """One short profile of each municipality: residents, places, people served, and those of similar size.

    On the page of the country there are none: each region's page has its own.
    """
    if region == COUNTRY_REGION:
        return absent(words.say("municipality_profiles_elsewhere"))
    names = {code: words.place(code) for code in overview["territory"]}
    places = overview.set_index("territory")["places"]
    rows = records(_within(overview, region, words))
    return piece("profiles", profiles=[_profile(row, names, places, words) for row in rows], words=words)


def _within(overview: pd.DataFrame, region: str, words: Words) -> pd.DataFrame:
    rows = observations.within_region(overview, region)
    rows = rows.assign(name=[words.place(code) for code in rows["territory"]])
    order = {name: at for at, name in enumerate(words.ordered(rows["name"]))}
    return rows.sort_values("name", key=lambda names: names.map(order), ignore_index=True)


def _profile(row: dict[str, Any], names: dict[str, str], places: pd.Series, words: Words) -> dict[str, object]:
    facts = [
        (
            words.say(f"municipality_{name}"),
            words.not_shown if name in row["hidden"] else _said(row[name], unit, decimals, words),
        )
        for name, unit, decimals in COMPARED
        if pd.notna(row[name]) or name in ("residents", "places", *row["hidden"])
    ]
    alike = [
        words.say("municipality_peer", name=names[code], places=_said(places[code], "places", 0, words))
        for code in row["peers"][:MOST_NEIGHBOURS]
    ]
    peers = words.say("municipality_peers", peers=words.listed(alike)) if alike else words.say("municipality_no_peers")
    return {
        "territory": row["territory"],
        "name": row["name"],
        "facts": facts,
        "peers": peers,
        "sources": row["sources"],
    }


def _said(value: float, unit: str, decimals: int, words: Words) -> str:
    return words.percent(value, decimals) if unit == "percent" else words.number(value, decimals)
