"""Which municipality a name, a code or a phrase means on a date; what a former one became; where each belongs.

The municipalities and towns are those of the project's own data unless others are handed in.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from socsvc_analysis.codes import by_code, remembered
from socsvc_analysis.datapackage import INTERNAL, open_package
from socsvc_analysis.once import Same
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.project import DATA, origin
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.territories import phrases
from socsvc_analysis.territories.gazetteer import AmbiguousTerritory, Gazetteer, UnknownTerritory

__all__ = [
    "COMPOSITIONS",
    "AmbiguousTerritory",
    "Gazetteer",
    "UnknownTerritory",
    "gazetteer_of",
    "present_municipalities",
    "region_column",
    "region_of",
    "resolve_territory",
    "successors",
    "territories_in",
]

COMPOSITIONS = ("today", "then")
REFORM = "2021-07-01"
"""First day of the present planning regions and of the municipalities of the reform."""
KINDS = {"city": "city", "valstspilsēta": "city", "pilsēta": "city", "republikas pilsēta": "city", "novads": "novads"}


def resolve_territory(
    name: str,
    on: str | dt.date | None = None,
    kind: str | None = None,
    *,
    municipalities: pd.DataFrame | None = None,
    towns: pd.DataFrame | None = None,
) -> str:
    """The ATVK code of the municipality that ``name`` means on the date ``on`` (default: now).

    Understands names in every case, with or without diacritics, with the words that stand around them (*novads, nov.,
    pašvaldība, valstspilsēta, sociālais dienests*), English names, towns for the municipality around them, ATVK codes
    that lost their zeros, and ISO 3166-2 codes.  ``kind`` (``city`` or ``novads``) decides where a name alone does not.
    Raises :class:`AmbiguousTerritory` for what means two, :class:`UnknownTerritory` for what means none: a region, a
    district, an institution, a place abroad, a misspelling, a unit that does not exist on that date.

    >>> resolve_territory("Bauskas nov."), resolve_territory("AUCE"), resolve_territory("20000")
    ('0025000', '0028000', '0020000')
    >>> resolve_territory("Auces novads", on="2019-02-12")
    '0460800'
    >>> resolve_territory("Jelgavas pašvaldība")
    Traceback (most recent call last):
    ...
    socsvc_analysis.territories.gazetteer.AmbiguousTerritory: 'Jelgavas pašvaldība' can mean Jelgavas valstspilsēta \
(0003000), Jelgavas novads (0030000); write the full name or the code
    >>> resolve_territory("Aglonas novads")
    Traceback (most recent call last):
    ...
    socsvc_analysis.territories.gazetteer.UnknownTerritory: 'Aglonas novads' existed until 2021-06-30, when it became \
Krāslavas novads (0032000), Preiļu novads (0042000); nearest known: Krāslavas novads / Preiļu novads
    """
    if kind is not None and kind.casefold() not in KINDS:
        raise ValueError(f"kind {kind!r} is not one of: {', '.join(KINDS)}")
    wanted = KINDS[kind.casefold()] if kind else ""
    return gazetteer_of(municipalities, towns).resolve(_text(name), _day(on), wanted)


def territories_in(
    text: str,
    on: str | dt.date | None = None,
    *,
    municipalities: pd.DataFrame | None = None,
    towns: pd.DataFrame | None = None,
) -> tuple[str, ...]:
    """Codes of all municipalities that a phrase names, in its order; one that is not known is an error.

    >>> territories_in("Kuldīgas, Saldus un Talsu novadi")
    ('0033000', '0046000', '0051000')
    >>> territories_in("Liepājas un Ventspils pilsētas, kā arī Rucavas novads", on="2019-02-12")
    ('0170000', '0270000', '0648500')
    """
    return phrases.territories_in(_text(text), gazetteer_of(municipalities, towns), _day(on))


def successors(
    code: str, on: str | dt.date | None = None, *, municipalities: pd.DataFrame | None = None
) -> tuple[str, ...]:
    """What the municipality ``code`` has become by the date ``on`` (default: now): itself while it exists.

    A unit that was split has two successors and is never silently assigned to one of them.

    >>> successors("0604300", on="2020-12-31"), successors("0604300", on="2022-01-01")
    (('0604300',), ('0032000', '0042000'))
    """
    municipalities = _own("municipalities") if municipalities is None else municipalities
    day, unit = _day(on), _unit(code, municipalities)
    if not unit["valid_to"] or day <= unit["valid_to"]:
        return (code,)
    return tuple(
        last
        for successor in unit["successors"].split()
        for last in successors(successor, day, municipalities=municipalities)
    )


def region_of(
    code: str,
    on: str | dt.date | None = None,
    composition: str = "today",
    *,
    municipalities: pd.DataFrame | None = None,
) -> str:
    """The slug of the planning region of municipality ``code``.

    ``composition="today"`` asks for the regions since 2021-07-01, whatever the date; ``"then"`` for those in force on
    ``on`` (default: before the reform): Tukums, Ogre, Limbaži and ten more former municipalities left the Rīga region.
    A municipality of the reform has then the region of those it was made of.

    >>> region_of("0900200"), region_of("0900200", on="2020-01-01", composition="then")
    ('kurzeme', 'riga')
    >>> region_of("0052000", on="2020-01-01", composition="then"), region_of("0052000", "2022-01-01", "then")
    ('riga', 'kurzeme')
    """
    municipalities = _own("municipalities") if municipalities is None else municipalities
    unit = _unit(code, municipalities)
    if region_column(composition) == "region" or (on is not None and _day(on) >= REFORM):
        return unit["region"]
    if unit["valid_from"] < REFORM:
        return unit["region_then"]
    before = municipalities[[code in each.split() for each in municipalities["successors"]]]
    regions = {region_of(each, on, composition, municipalities=municipalities) for each in before["code"]}
    if len(regions) != 1:
        said = "was made of municipalities of several planning regions or of none"
        raise DataError([Problem("municipalities", said, value=code)])
    return regions.pop()


def region_column(composition: str) -> str:
    """The column of ``municipalities`` that holds the planning region in that composition; an unknown one is an error.

    >>> region_column("today"), region_column("then")
    ('region', 'region_then')
    """
    if composition not in COMPOSITIONS:
        raise ValueError(f"composition {composition!r} is not one of: {', '.join(COMPOSITIONS)}")
    return "region" if composition == "today" else "region_then"


def moved_between_regions(municipalities: pd.DataFrame) -> pd.DataFrame:
    """The former municipalities whose land belongs to another planning region since the reform than before it.

    Those that were split between regions have no ``region`` and are not among them.

    >>> table = {"code": ["0740200", "0661000"], "region_then": ["riga", "riga"], "region": ["riga", "vidzeme"]}
    >>> moved_between_regions(pd.DataFrame(table))["code"].tolist()
    ['0661000']
    """
    then, now = municipalities["region_then"], municipalities["region"]
    return municipalities[(then != now) & (then != "") & (now != "")]


def present_municipalities(municipalities: pd.DataFrame, on: str | None = None) -> pd.DataFrame:
    """The municipalities that exist on ``on`` (default: now, that is, those that have no last day)."""
    return _existing(municipalities, "" if on is None else on).copy(deep=False)


@remembered
def _existing(municipalities: pd.DataFrame, on: str) -> pd.DataFrame:
    if not on:
        return municipalities[municipalities["valid_to"] == ""]
    return municipalities[
        (municipalities["valid_from"] <= on) & ((municipalities["valid_to"] == "") | (municipalities["valid_to"] >= on))
    ]


def gazetteer_of(municipalities: pd.DataFrame | None = None, towns: pd.DataFrame | None = None) -> Gazetteer:
    """The gazetteer of these tables (default: the project's own), made once for the same tables."""
    municipalities = _own("municipalities") if municipalities is None else municipalities
    return _gazetteer(Same(municipalities), Same(_own("towns") if towns is None else towns))


@lru_cache(maxsize=4)
def _gazetteer(municipalities: Same[pd.DataFrame], towns: Same[pd.DataFrame]) -> Gazetteer:
    return Gazetteer(municipalities.kept(), towns.kept())


@cache
def _own(table: str) -> pd.DataFrame:
    """A table of the library's own data, wherever it is used from."""
    return open_package(origin() / DATA, INTERNAL).table(table)


def _text(value: Any) -> str:
    """A cell as text; an empty one is empty, whatever stands for it."""
    return value if isinstance(value, str) else ("" if pd.isna(value) else str(value))


def _day(on: str | dt.date | None) -> str:
    if on is None:
        return PRESENT
    return on.isoformat()[:10] if isinstance(on, dt.date) else dt.date.fromisoformat(on).isoformat()


def _unit(code: str, municipalities: pd.DataFrame) -> dict[str, str]:
    units = by_code(municipalities, "code")
    if code not in units:
        said = "is not a known ATVK code"
        raise DataError([Problem("municipalities", said, value=code, nearest=nearest(code, units))])
    return units[code]
