"""Regions, municipalities and their successors, services, groups, measures, programmes, sources.

Facts of the world are rows of ``data/reference``; this module opens them together, checks that they agree with each
other, and answers the questions about territories that names and dates raise: what a former municipality became, and
which planning region a place belonged to then and belongs to today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.codes import by_code, lookup, remembered, tuples
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.once import once
from socsvc_analysis.schema import DataError, Problem, nearest, unknown_references
from socsvc_analysis.territories import (
    COMPOSITIONS,
    AmbiguousTerritory,
    UnknownTerritory,
    present_municipalities,
    region_column,
    region_of,
    resolve_territory,
    successors,
    territories_in,
)

__all__ = [
    "COMPOSITIONS",
    "COUNTRY",
    "COUNTRY_REGION",
    "AmbiguousTerritory",
    "Reference",
    "UnknownTerritory",
    "acknowledged_today",
    "begins_anew",
    "open_reference",
    "present_municipalities",
    "programmes_of",
    "region_code",
    "region_column",
    "region_of",
    "resolve_territory",
    "successors",
    "territories_in",
    "wider",
]

COUNTRY = "LV"
COUNTRY_REGION = "latvija"


def begins_anew(cells: Iterable[Iterable[str]], notes: pd.DataFrame) -> list[bool]:
    """Whether a series begins anew with each figure: whether one of its notes says that what is counted has changed.

    ``cells`` are the notes of each figure, ``notes`` the table of notes.

    >>> table = pd.DataFrame({"note": ["counted_anew", "estimate"], "break": [True, False]})
    >>> begins_anew([("estimate",), ("estimate", "counted_anew"), ()], table)
    [False, True, False]
    """
    breaks = set(notes.loc[notes["break"].astype(bool), "note"])
    return [not breaks.isdisjoint(cell) for cell in cells]


@remembered
def wider(table: pd.DataFrame, key: str) -> dict[str, frozenset[str]]:
    """Each code of ``table`` with those that contain it, but for itself and ``all``; a circle of parents ends.

    >>> services = pd.DataFrame({"service_type": ["home", "home_with_care", "at_night"],
    ...                          "parent": ["all", "home", "home_with_care"]})
    >>> sorted(wider(services, "service_type")["at_night"])
    ['home', 'home_with_care']
    """
    parents = dict(zip(table[key], table["parent"], strict=True))
    above = {}
    for code in parents:
        chain: list[str] = []
        at = parents[code]
        while at and at not in ("all", code, *chain):
            chain.append(at)
            at = parents.get(at, "")
        above[code] = frozenset(chain)
    return above


@dataclass(frozen=True, repr=False)
class Reference:
    """All reference tables of a data package; each attribute is a frame whose rows are the things it is named after."""

    regions: pd.DataFrame
    municipalities: pd.DataFrame
    measures: pd.DataFrame
    service_types: pd.DataFrame
    target_groups: pd.DataFrame
    programmes: pd.DataFrame
    programme_sites: pd.DataFrame
    programme_partners: pd.DataFrame
    programme_events: pd.DataFrame
    statements: pd.DataFrame
    acknowledgements: pd.DataFrame
    providers: pd.DataFrame
    plan_versions: pd.DataFrame
    sources: pd.DataFrame
    notes: pd.DataFrame
    glossary: pd.DataFrame
    tilegrid: pd.DataFrame
    standard_populations: pd.DataFrame
    towns: pd.DataFrame
    column_names: pd.DataFrame
    value_names: pd.DataFrame
    corrections: pd.DataFrame
    received_files: pd.DataFrame
    revisions: pd.DataFrame
    publications: pd.DataFrame
    calendar: pd.DataFrame
    contacts: pd.DataFrame

    def __repr__(self) -> str:
        rows = "; ".join(f"{name}: {count}" for name, count in self._about().items())
        return f"<Reference: rows of each table, as in reference.regions: {rows}>"

    def _repr_html_(self) -> str:
        return pd.Series(self._about()).rename_axis("reference.…").to_frame("rows").to_html()

    def _about(self) -> dict[str, int]:
        return {each.name: len(getattr(self, each.name)) for each in tables.REFERENCE}

    def known(self) -> dict[str, pd.Series]:
        """The values that other tables may name, by ``"table.column"``."""
        return {
            f"{each.name}.{each.key[0]}": getattr(self, each.name)[each.key[0]]
            for each in tables.REFERENCE
            if len(each.key) == 1
        }

    def territories(self) -> set[str]:
        """Every code that a figure's territory may be: country, regions, municipalities of any time."""
        return {*self.regions["code"].tolist(), *self.municipalities["code"].tolist()}


def open_reference(package: Package | str | Path) -> Reference:
    """The reference tables of ``package``, checked against their contracts and against each other.

    Raises :class:`~socsvc_analysis.schema.DataError` with every broken cell and every reference to something unknown.
    """
    # A path says nothing of what lies there now: only of an opened package is an answer remembered.
    return _checked(package if isinstance(package, Package) else open_package(package))


@once
def _checked(package: Package) -> Reference:
    if lacking := {each.name for each in tables.REFERENCE} - {each.name for each in fields(Reference)}:
        raise DataError([Problem("reference.py", "Reference has no attribute for the table", value=min(lacking))])
    reference = Reference(**{each.name: package.table(each.name) for each in tables.REFERENCE})
    if package.audience == "public":
        reference = replace(reference, revisions=reference.revisions[:0])
    known = reference.known()
    problems = [
        problem
        for each in tables.REFERENCE
        for problem in unknown_references(getattr(reference, each.name), each, known, package.file(each.name))
    ]
    if problems:
        raise DataError(problems)
    return reference


def region_code(region: str, regions: pd.DataFrame) -> str:
    """The territory code of a region's slug; an unknown slug names the known ones.

    >>> regions = pd.DataFrame({"region": ["zemgale", "latvija"], "code": ["LV009", "LV"]})
    >>> region_code("zemgale", regions)
    'LV009'
    >>> region_code("zemgal", regions)
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      region: 'zemgal' is not a known region (known: zemgale, latvija); nearest known: zemgale
    """
    known = by_code(regions, "region")
    if isinstance(region, (list, tuple)):
        several = [known[each]["code"] if each in known else each for each in region]
        raise DataError(
            [Problem("region", f"is one region; several are asked for by their codes: territory={several}")]
        )
    if not isinstance(region, str) or region not in known:
        said = f"is not a known region (known: {', '.join(known)})"
        asked = str(region)
        close = next((each for each in known if known[each]["code"] == asked), "") or nearest(asked.casefold(), known)
        raise DataError([Problem("region", said, value=asked, nearest=close)])
    code: str = known[region]["code"]
    return code


def programmes_of(region: str, programmes: pd.DataFrame) -> pd.DataFrame:
    """The programmes that a region's page shows: its own, and those of the whole country.

    >>> programmes = pd.DataFrame({"programme": ["di", "soc"], "regions": ["latvija", "zemgale latgale"]})
    >>> [programmes_of(region, programmes)["programme"].tolist() for region in ("zemgale", "riga")]
    [['di', 'soc'], ['di']]
    """
    shown = programmes["regions"].map(lambda cell: bool({region, COUNTRY_REGION} & set(cell.split())))
    return programmes[shown.astype(bool)]


def acknowledged_today(reference: Reference) -> pd.DataFrame:
    """The municipalities thanked in 2019, each with what it is today.

    Returns the rows of ``acknowledgements`` with ``successor`` (code) and ``successor_name``; a unit that was split
    would have one row for each part.
    """
    present = lookup(reference.municipalities, "code", "name")
    codes = tuples(
        successors(code, municipalities=reference.municipalities) for code in reference.acknowledgements["municipality"]
    )
    thanked = reference.acknowledgements.assign(successor=codes).explode("successor", ignore_index=True)
    return thanked.assign(successor_name=thanked["successor"].map(present))
