"""Usual residents on 1 January by territory, age group and sex: table IRD041 of the Central Statistical Bureau.

Former and present units stand side by side in that table, cities also inside their municipality.  So territories are
joined by code, each date takes the units that existed on it, and labels are never read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.observations import is_municipality, wholes
from socsvc_analysis.reference import Reference, present_municipalities
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sources.csp import Selection, Table, cells
from socsvc_analysis.sources.jsonstat import Dimension
from socsvc_analysis.sources.marks import read
from socsvc_analysis.sources.snapshots import Snapshot
from socsvc_analysis.tables.fields import ATVK

TABLE = Table("IRD041", "START/POP/IR/IRD/IRD041")
AREA, AGE, SEX, TIME = "AREA", "AGE", "SEX", "TIME"
TOTAL, EVERYBODY = "TOTAL", "T"
SEXES = ("T", "M", "F")
GROUPS = {"children": (0, 17), "adults": (18, None), "older_people": (65, None)}
"""Target groups that are age groups: first and last age in years, the last open where it is None."""
ALL = "all"
SOURCE = "csp_ird041"
MEASURE = "population"
NEW_METHOD, NEW_METHOD_NOTE = "2023-01-01", "population_new_method"
"""From this date on the bureau estimates residents in another way: a break in the series, noted where the data package
has the note."""
TOLERANCE = 0.01
"""The bureau estimates and rounds each cell, so parts may differ a little from their total; never by more than this."""

Span = tuple[int, int | None]


def age_span(code: str) -> Span | None:
    """The first and last age that a code of the table means; None for the total and for anything else.

    >>> age_span("Y7"), age_span("Y15-64"), age_span("Y_GE65"), age_span("Y_LT15"), age_span("TOTAL")
    ((7, 7), (15, 64), (65, None), (0, 14), None)
    """
    for pattern, span in (
        (r"Y(\d{1,3})", lambda first: (first, first)),
        (r"Y(\d{1,3})-Y?(\d{1,3})", lambda first, last: (first, last)),
        (r"Y_GE(\d{1,3})", lambda first: (first, None)),
        (r"Y_LT(\d{1,3})", lambda after: (0, after - 1)),
    ):
        if found := re.fullmatch(pattern, code, re.ASCII):
            return span(*map(int, found.groups()))
    return None


def tiles(codes: Sequence[str], first: int, last: int | None) -> tuple[str, ...]:
    """The fewest of ``codes`` that together are exactly the ages from ``first`` to ``last``; () when none are.

    >>> tiles(["TOTAL", "Y0-14", "Y15", "Y16", "Y17", "Y15-64", "Y0"], 0, 17)
    ('Y0-14', 'Y15', 'Y16', 'Y17')
    >>> tiles(["Y0-14", "Y15-64"], 0, 17)
    ()
    """
    starting: dict[int, list[tuple[str, int | None]]] = {}
    for code in codes:
        if span := age_span(code):
            starting.setdefault(span[0], []).append((code, span[1]))

    @cache
    def from_age(age: int) -> tuple[str, ...]:
        ways = []
        for code, end in starting.get(age, ()):
            if end == last:
                return (code,)
            if end is not None and end >= age and (last is None or end < last) and (rest := from_age(end + 1)):
                ways.append((code, *rest))
        return min(ways, key=len, default=())

    return from_age(first)


def wanted(reference: Reference) -> Callable[[tuple[Dimension, ...]], Selection]:
    """What to ask of the table, given its dimensions: the units of ``reference``, the age groups, both sexes, and
    every year since the present municipalities exist."""

    def choose(dimensions: tuple[Dimension, ...]) -> Selection:
        there = {each.id: each.codes for each in dimensions}
        if missing := [each for each in (AREA, AGE, SEX, TIME) if each not in there]:
            raise DataError([Problem(TABLE.code, "does not have this dimension any more", column=e) for e in missing])
        years = [year for year in there[TIME] if re.fullmatch(r"\d{4}", year) and _first(year) >= _since(reference)]
        units = {unit for year in years for unit in _units(reference, _first(year))}
        ages = _ages(there[AGE])
        selection = {
            AREA: tuple(code for code in there[AREA] if _territory(code) in units),
            AGE: (TOTAL, *dict.fromkeys(code for codes in ages.values() for code in codes)),
            SEX: tuple(sex for sex in there[SEX] if sex in SEXES),
            TIME: tuple(years),
        }
        if empty := [each for each, codes in selection.items() if not codes]:
            raise DataError([Problem(TABLE.code, "has none of the codes known here", column=each) for each in empty])
        return selection

    return choose


def residents(snapshot: Snapshot, reference: Reference) -> pd.DataFrame:
    """Usual residents: ``territory target_group sex period value status``, one row each.

    A group of several ages is unknown where one of its ages is.
    """
    frame = cells(snapshot.documents(), snapshot.path.name)
    if not {AREA, AGE, SEX, TIME} <= set(frame):
        raise DataError([Problem(snapshot.path.name, f"is not the table {TABLE.code}")])
    known = [read(value, mark) for value, mark in zip(frame["value"], frame["status"], strict=True)]
    frame = pd.DataFrame(
        {
            "territory": frame[AREA].map({area: _territory(area) for area in frame[AREA].unique()}),
            "sex": frame[SEX],
            "period": frame[TIME].map({year: _first(year) for year in frame[TIME].unique()}),
            "age": frame[AGE],
            "value": pd.Series([value for value, _ in known], dtype=float),
            "status": pd.Series([status for _, status in known], dtype=object),
        }
    )
    units = {period: _units(reference, period) for period in frame["period"].unique()}
    exists = [unit in units[period] for unit, period in zip(frame["territory"], frame["period"], strict=True)]
    frame = frame[exists]
    counted: list[pd.DataFrame] = [
        wholes(frame[frame["age"].isin(codes)], ["territory", "sex", "period"]).assign(target_group=group)
        for group, codes in {ALL: (TOTAL,), **_ages(frame["age"].unique().tolist())}.items()
    ]
    columns = ["territory", "target_group", "sex", "period", "value", "status"]
    return pd.concat(counted, ignore_index=True)[columns]


def observations_of(snapshot: Snapshot, reference: Reference) -> pd.DataFrame:
    """The residents of both sexes as observations, for the whole of each unit and for its age groups.

    A region without a number is left out, because it is the sum of its municipalities; a municipality without one is
    unknown.  Raises :class:`~socsvc_analysis.schema.DataError` when the parts cannot be those of their totals.
    """
    counted = residents(snapshot, reference)
    known = counted["value"].notna() | is_municipality(counted["territory"])
    counted = counted[(counted["sex"] == EVERYBODY) & known].reset_index(drop=True)
    if problems := _implausible(counted, snapshot.path.name):
        raise DataError(problems)
    note = NEW_METHOD_NOTE if NEW_METHOD_NOTE in set(reference.notes["note"]) else ""
    named = counted["target_group"].map(lambda group: "" if group == ALL else f"-{group}")
    return counted.assign(
        id="CSP-" + TABLE.code + "-" + counted["period"] + "-" + counted["territory"] + named,
        measure=MEASURE,
        provider="",
        programme="",
        service_type="all",
        kind="actual",
        version="",
        source=SOURCE,
        evidence="verbatim",
        note=counted["period"].map(lambda period: note if period >= NEW_METHOD else ""),
    )[list(tables.OBSERVATIONS.columns)]


def uncounted(figures: pd.DataFrame, reference: Reference) -> list[str]:
    """A sentence for each date on which municipalities that existed have no number in ``figures``, and for age groups
    that nobody was counted in."""
    known = figures[(figures["target_group"] == ALL) & figures["value"].notna()]
    said = []
    for period in sorted(figures["period"].unique()):
        there = set(known.loc[known["period"] == period, "territory"])
        units = present_municipalities(reference.municipalities, period)
        if missing := units.loc[~units["code"].isin(there), "name"].tolist():
            said.append(f"Residents on {period} are not known for {', '.join(missing)}.")
    if ageless := [group for group in GROUPS if group not in set(figures["target_group"])]:
        said.append(f"The table {TABLE.code} has no ages that make up: {', '.join(ageless)}.")
    return said


def source_row(snapshot: Snapshot) -> dict[str, str]:
    """The row of ``sources`` that the observations name."""
    updated = max(str(each.get("updated", ""))[: len("2026-01-31")] for each in snapshot.documents())
    return {
        "source": SOURCE,
        "title": "Iedzīvotāju skaits pēc vecuma un dzimuma gada sākumā, tabula IRD041",
        "publisher": "Centrālā statistikas pārvalde",
        "lang": "lv",
        "url": str(snapshot.recorded["url"]).partition("?")[0],
        "url_status": "full",
        "published": updated if re.fullmatch(tables.PERIOD, updated) else "",
        "published_approximate": "no",
        "licence": str(snapshot.recorded["licence"]),
        "retrieved": snapshot.current_on[: len("2026-01-31")],
    }


def _ages(codes: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Which codes make up each age group that they can make up."""
    found = {group: tiles(list(codes), *span) for group, span in GROUPS.items()}
    return {group: made_of for group, made_of in found.items() if made_of}


def _implausible(counted: pd.DataFrame, name: str) -> list[Problem]:
    """Parts that add up to something else than their total, by more than rounding explains."""
    problems = []
    for period, rows in counted.groupby("period"):
        by_group = rows.pivot(index="territory", columns="target_group", values="value")
        parts = by_group.get("children", math.nan) + by_group.get("adults", math.nan)
        wrong = by_group[(parts - by_group[ALL]).abs() > TOLERANCE * by_group[ALL] + 1]
        problems += [
            Problem(name, f"children and adults on {period} are not all residents", column=AREA, value=unit)
            for unit in wrong.index
        ]
        municipal = by_group.loc[is_municipality(by_group.index.to_series()), ALL].sum()
        country = by_group[ALL].get("LV", float("nan"))
        if municipal > country * (1 + TOLERANCE):
            problems.append(Problem(name, f"the municipalities on {period} have more residents than the country"))
    return problems


def _territory(area: str) -> str:
    """Our code of an area: ATVK codes are written there with ``LV`` in front."""
    return re.sub(rf"^LV(?={ATVK}$)", "", area)


def _first(year: str) -> str:
    return f"{year}-01-01"


def _since(reference: Reference) -> str:
    """From when on most of the present municipalities exist: the day of the reform."""
    since: str = present_municipalities(reference.municipalities)["valid_from"].mode().min()
    return since


def _units(reference: Reference, on: str) -> frozenset[str]:
    """The country, its regions and the municipalities of that day."""
    return frozenset({*reference.regions["code"], *present_municipalities(reference.municipalities, on)["code"]})
