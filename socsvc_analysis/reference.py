"""Regions, municipalities and their successors, services, groups, measures, programmes, sources.

Facts of the world are rows of ``data/reference``; this module opens them together, checks that they agree with each
other, and answers the questions about territories that names and dates raise: what a former municipality became, and
which planning region a place belonged to then and belongs to today.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.schema import DataError, Problem, nearest, unknown_references

COUNTRY = "LV"
COUNTRY_REGION = "latvija"
COMPOSITIONS = ("today", "then")
PRESENT = "9999-12-31"
"""A day after every known change: what is in force on it is in force now."""


@dataclass(frozen=True)
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

    def known(self) -> dict[str, pd.Series]:
        """The values that other tables may name, by ``"table.column"``."""
        return {
            f"{each.name}.{each.key[0]}": getattr(self, each.name)[each.key[0]]
            for each in tables.REFERENCE
            if len(each.key) == 1
        }

    def territories(self) -> set[str]:
        """Every code that a figure's territory may be: country, regions, municipalities of any time."""
        return set(self.regions["code"]) | set(self.municipalities["code"])


def open_reference(package: Package | str | Path) -> Reference:
    """The reference tables of ``package``, checked against their contracts and against each other.

    Raises :class:`~socsvc_analysis.schema.DataError` with every broken cell and every reference to something unknown.
    """
    if not isinstance(package, Package):
        package = open_package(package)
    reference = Reference(**{each.name: package.table(each.name) for each in tables.REFERENCE})
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
    found = regions.loc[regions["region"] == region, "code"]
    if found.empty:
        known = list(regions["region"])
        said = f"is not a known region (known: {', '.join(known)})"
        raise DataError([Problem("region", said, value=region, nearest=nearest(region, known))])
    return found.iloc[0]


def successors(code: str, municipalities: pd.DataFrame, on: str) -> tuple[str, ...]:
    """What the municipality ``code`` has become by the date ``on``: itself while it exists, else its successors.

    A unit that was split has two successors and is never silently assigned to one of them.

    >>> municipalities = pd.DataFrame({
    ...     "code": ["0604300", "0032000", "0042000"], "name": ["Aglonas novads", "Krāslavas novads", "Preiļu novads"],
    ...     "valid_from": ["2009-07-01", "2021-07-01", "2021-07-01"], "valid_to": ["2021-06-30", "", ""],
    ...     "successors": ["0032000 0042000", "", ""]})
    >>> successors("0604300", municipalities, on="2020-12-31")
    ('0604300',)
    >>> successors("0604300", municipalities, on="2022-01-01")
    ('0032000', '0042000')
    """
    unit = _unit(code, municipalities)
    if not unit["valid_to"] or on <= unit["valid_to"]:
        return (code,)
    return tuple(last for successor in unit["successors"].split() for last in successors(successor, municipalities, on))


def region_of(code: str, municipalities: pd.DataFrame, composition: str = "today") -> str:
    """The slug of the planning region of municipality ``code``.

    ``composition="today"`` asks for the regions since 2021-07-01, ``"then"`` for those before: Tukums, Ogre, Limbaži
    and ten more former municipalities left the Rīga region in between.

    >>> municipalities = pd.DataFrame({"code": ["0900200"], "region_then": ["riga"], "region": ["kurzeme"]})
    >>> region_of("0900200", municipalities), region_of("0900200", municipalities, composition="then")
    ('kurzeme', 'riga')
    """
    return _unit(code, municipalities)[region_column(composition)]


def region_column(composition: str) -> str:
    """The column of ``municipalities`` that holds the planning region in that composition; an unknown one is an error.

    >>> region_column("today"), region_column("then")
    ('region', 'region_then')
    """
    if composition not in COMPOSITIONS:
        raise ValueError(f"composition {composition!r} is not one of: {', '.join(COMPOSITIONS)}")
    return "region" if composition == "today" else "region_then"


def present_municipalities(municipalities: pd.DataFrame, on: str | None = None) -> pd.DataFrame:
    """The municipalities that exist on ``on`` (default: now, that is, those that have no last day)."""
    if on is None:
        return municipalities[municipalities["valid_to"] == ""]
    return municipalities[
        (municipalities["valid_from"] <= on) & ((municipalities["valid_to"] == "") | (municipalities["valid_to"] >= on))
    ]


def acknowledged_today(reference: Reference) -> pd.DataFrame:
    """The municipalities thanked in 2019, each with what it is today.

    Returns the rows of ``acknowledgements`` with ``successor`` (code) and ``successor_name``; a unit that was split
    would have one row for each part.
    """
    present = reference.municipalities.set_index("code")["name"]
    codes = [
        successors(code, reference.municipalities, on=PRESENT) for code in reference.acknowledgements["municipality"]
    ]
    thanked = reference.acknowledgements.assign(successor=codes).explode("successor", ignore_index=True)
    return thanked.assign(successor_name=thanked["successor"].map(present))


def _unit(code: str, municipalities: pd.DataFrame) -> pd.Series:
    found = municipalities[municipalities["code"] == code]
    if found.empty:
        raise DataError(
            [
                Problem(
                    "municipalities",
                    "is not a known ATVK code",
                    value=code,
                    nearest=nearest(code, municipalities["code"]),
                )
            ]
        )
    return found.iloc[0]
