"""How many modules a newcomer reads to follow one figure to its bar, and one received row to an observation."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import numpy as np
import pandas as pd
from packages import DATA

from socsvc_analysis import charts, indicators
from socsvc_analysis.dataset import open_data
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.observations import with_region

NUMBER = 7643.0
"""A number that nothing else has."""
PLACE = ("Bauskas novads", "0025000")
GIVE_BACK = {"socsvc_analysis.once", "socsvc_analysis.codes"}
"""Modules whose functions give a table as they got it, remembered or row by row: nobody has to read them on the way."""
DEEP, MANY = 3, 200
"""How far into a value, and into how many of its parts, a number is looked for."""


def parts_of(value: object) -> Iterator[object]:
    """The values in a value: cells of a frame, items, fields."""
    if isinstance(value, pd.DataFrame):
        for column in value:
            yield from value[column].tolist()
    elif isinstance(value, pd.Series):
        yield from value.tolist()
    elif isinstance(value, dict):
        yield from list(value.values())[:MANY]
    elif isinstance(value, list | tuple | set):
        yield from list(value)[:MANY]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, each.name, None) for each in dataclasses.fields(value))


def holds(value: object, wanted: Callable[[object], bool], deep: int = DEEP + 1) -> bool:
    """Whether what is wanted is somewhere in a value."""
    return wanted(value) or (deep > 0 and any(holds(each, wanted, deep - 1) for each in parts_of(value)))


def is_number(value: object) -> bool:
    if isinstance(value, str):
        return value.strip() == str(int(NUMBER))
    return isinstance(value, int | float | np.number) and value == NUMBER


def is_place(value: object) -> bool:
    return isinstance(value, str) and value in PLACE


@contextmanager
def modules_that_give(*wanted: Callable[[object], bool]) -> Iterator[list[str]]:
    """The modules of the library one of whose functions gives something with all that is wanted, in their order."""
    met: list[str] = []

    def look(frame: FrameType, event: str, given: object) -> None:
        name = str(frame.f_globals.get("__name__"))
        if event != "return" or not name.startswith("socsvc_analysis") or name in GIVE_BACK.union(met):
            return
        sys.setprofile(None)
        if all(holds(given, each) for each in wanted):
            met.append(name)
        sys.setprofile(look)

    sys.setprofile(look)
    try:
        yield met
    finally:
        sys.setprofile(None)


def test_a_published_figure_is_at_its_bar_after_at_most_eight_modules() -> None:
    data = open_data()
    figures = data.figures.copy()
    places = figures[(figures["measure"] == "places") & (figures["programme"] == "erdf_9311")]
    places = places[places["territory"].str.startswith("00")]
    alone = places[~places["territory"].duplicated(keep=False)].iloc[[-1]]
    figures.loc[alone.index, "value"] = NUMBER
    data = data.with_figures(figures)
    region = with_region(alone, data.reference)["region"].iloc[0]
    with modules_that_give(is_number) as way:
        values = indicators.get_indicator("places").function(data)
        values = values[values["region"] == region]
        html = charts.places_by_municipality(values, region=region, language="en", data=data)._repr_mimebundle_()
    assert "7,643" in html["text/html"]
    assert {"socsvc_analysis.indicators.capacity", "socsvc_analysis.charts.capacity"} <= set(way)
    assert any(each.startswith("socsvc_analysis.drawing.") for each in way)
    assert len(way) <= 8, way


def test_a_received_row_is_an_observation_after_at_most_ten_modules(tmp_path: Path) -> None:
    """Modules that only look at a cell (is it a name, a number, personal?) hand on no row and are not counted."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    file = tmp_path / "return.csv"
    file.write_text("Pašvaldība;Pakalpojums;Gads;Klienti\nBauskas novads;Aprūpe mājās;2025;7643\n", encoding="utf-8")
    with modules_that_give(is_number, is_place) as way:
        report = import_file(file, tmp_path / "data", output=tmp_path, today=dt.date(2026, 11, 1), dry_run=True)
    assert report.accepted == 1
    assert {"socsvc_analysis.intake.text", "socsvc_analysis.intake.store"} <= set(way)
    assert len(way) <= 10, way
