"""A map of equal squares: every municipality is as large as any other, near its true neighbours."""

from __future__ import annotations

from functools import partial

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL
from socsvc_analysis.charts.texts import is_country, status_mark
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.drawing.tiles import Tile, Tiles
from socsvc_analysis.indicators import capacity
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import successors
from socsvc_analysis.rounding import rounded
from socsvc_analysis.wording import Words

UNITS_42 = "2025-07-01"
"""Since this day there are 42 municipalities; the grid has places for both sets."""
STRENGTHS = (0.1, 0.28, 0.5, 0.75, 1.0)
"""Shades of the classes, from the lowest to the highest: one hue, so that they work in grey."""


@in_either_language
@takes("territory", "period", of=capacity.places_by_municipality)
def tile_map(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    key: str = "tile_map",
    measure: str = "places",
    unit: str = "places",
    decimals: int = 0,
    on: str = PRESENT,
) -> Chart | Absence:
    """A square for each municipality that exists on the date ``on`` (default: today), shaded by its value.

    ``values``: rows territory (municipalities of that date), one for each.  ``measure`` is the code whose title the
    subtitle gives, ``unit`` the unit of the value.  A municipality without a row is unknown; on a region's page the
    others are left empty.
    """
    units = grid(words, on)
    here = values[values["territory"].isin(units["municipality"])]
    known = here[here["value"].notna()]
    if known.empty:
        return absence("chart_map_absent", region, words)
    if known["territory"].duplicated().any():
        raise ValueError("a tile map takes one value for each municipality")
    written = partial(words.number, decimals=decimals)
    shades, entries = _classes(known["value"].map(partial(_shown, decimals=decimals)), written)
    shown = known.set_index("territory")
    tiles = []
    for place in records(units):
        outside = not is_country(region) and place["region"] != region
        fill, text = Fill(style="empty" if outside else "void"), ""
        if place["municipality"] in shown.index:
            row = shown.loc[place["municipality"]]
            fill = Fill(ACTUAL, strength=shades[_shown(row["value"], decimals)])
            text = written(row["value"]) + status_mark(row["status"])
        tiles.append(Tile(int(place["row"]), int(place["column"]), place["label"], text, fill, place["region"]))
    styles = {tile.fill.style for tile in tiles}
    entries += [Entry(words.say("chart_map_unknown"), Fill(style="void"))] if "void" in styles else []
    entries += [Entry(words.say("chart_map_outside"), Fill(style="empty"))] if "empty" in styles else []
    names = {code: words.place(code) for code in here["territory"]}
    rank = {name: at for at, name in enumerate(words.ordered(names.values()))}
    return chart(
        key,
        here,
        words,
        [Tiles(tuple(tiles))],
        # How many are known is said before which has most: of the others nothing is known.
        title=words.say("chart_map_title", known=words.number(len(known)), all=words.number(len(units))),
        measure=words.title("measures", measure),
        region=region,
        also=(words.say("chart_composition_today"),),
        kind="chart_kind_map",
        legend=entries,
        data=here.assign(place=here["territory"].map(names)).sort_values("place", key=lambda column: column.map(rank)),
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("value", words.title("measures", measure), unit, decimals),
        ),
        notes=(words.say("chart_map_note"),),
    )


def grid(words: Words, on: str) -> pd.DataFrame:
    """The municipalities of the date with their places; cities of their own local government in capital letters.

    A label is the name without the word for *municipality*: in Latvian the genitive, in English the nominative.
    """
    late = on >= UNITS_42
    places, units = words.reference.tilegrid, words.reference.municipalities.set_index("code")
    places = places.assign(row=places["row_42"], col=places["col_42"]) if late else places
    places = places[places["row"].notna()]
    # A unit that only changed its code keeps its place.
    codes = [successors(code, on, municipalities=words.reference.municipalities)[0] for code in places["municipality"]]
    cities = units.loc[codes, "kind"].eq("city").to_numpy()
    labels = places["label"] if words.language == "lv" else units.loc[codes, "name_en"]
    return pd.DataFrame(
        {
            "municipality": codes,
            "row": places["row"].astype(int).to_numpy(),
            "column": places["col"].astype(int).to_numpy(),
            "label": [
                label.upper() if city else label.removesuffix(" n.").removesuffix(" Municipality")
                for label, city in zip(labels, cities, strict=True)
            ],
            "region": units.loc[codes, "region"].to_numpy(),
        }
    )


def _shown(value: float, decimals: int) -> float:
    """The number as its tile says it: equal numbers have equal shades."""
    return float(rounded(value, decimals))


def _classes(values: pd.Series, written: partial[str]) -> tuple[dict[float, float], list[Entry]]:
    """For each value its shade, and the legend: up to five classes of about equally many municipalities."""
    distinct = values.nunique()
    count = min(distinct, len(STRENGTHS))
    if distinct <= len(STRENGTHS):
        classes = values.rank(method="dense").astype(int) - 1
    else:
        classes = pd.qcut(values, count, labels=False, duplicates="drop")
    used = sorted(classes.unique())
    steps = STRENGTHS if len(used) == len(STRENGTHS) else STRENGTHS[1 : len(used) + 1]
    shade_of = {each: steps[at] for at, each in enumerate(used)}
    entries = []
    for each in used:
        inside = values[classes == each]
        ends = dict.fromkeys((written(inside.min()), written(inside.max())))
        entries.append(Entry("–".join(ends), Fill(ACTUAL, strength=shade_of[each])))
    return {value: shade_of[each] for value, each in zip(values, classes, strict=True)}, entries
