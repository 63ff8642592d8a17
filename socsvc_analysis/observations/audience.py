"""What the public may see of the observations, and of the sums of those that are restricted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.codes import lookup
from socsvc_analysis.datapackage import PUBLIC, Package
from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.figures import DEFAULT_DESIGN, Given, Shown, design_named, protected_figures
from socsvc_analysis.observations import is_municipality, reconcile, restated, unprotected, with_region
from socsvc_analysis.once import once
from socsvc_analysis.reference import Reference, wider
from socsvc_analysis.schema import DataError, Problem

OPEN_UNITS = ("places", "posts", "institutions", "branches", "municipalities", "partners", "sites", "services", "EUR")
"""Units that count no people: their small numbers tell nothing about a person."""
LEDGER = Path("outputs", "releases")
"""Where the outputs of a project have what is out, beside the folder of its data."""
COUNTED_UNITS = ("persons", "families")
"""Units of numbers that count people; what is left (per cent, per residents) is worked out from such numbers."""


@once
def open_sums(package: Package, reference: Reference) -> pd.DataFrame:
    """The sums of restricted numbers of people that readers may see, by level; none where nothing is restricted.

    Where numbers are hidden, sums of what is left would be too small; these are right, or are hidden themselves.
    """
    if tables.RELEASED.name in package.names():
        return package.table(tables.RELEASED.name)
    guarded = package.audience == PUBLIC and package.restricted
    if guarded and restricted(unprotected(package, reference), package, reference).any():
        return for_public(package, reference).sums
    return pd.DataFrame({name: pd.Series(dtype=object) for name in tables.RELEASED.columns}).astype({"value": float})


def restricted(figures: pd.DataFrame, package: Package, reference: Reference) -> pd.Series:
    """Whether each row tells of people and comes from a file that is restricted, or that was and is protected now.

    Places, institutions and money are shown whatever file they come from.
    """
    names = (*package.restricted, *package.protected)
    guarded = figures["file"].isin([package.file(name) for name in names])
    if not guarded.any():
        return guarded
    return guarded & ~figures["measure"].map(lookup(reference.measures, "measure", "unit")).isin(OPEN_UNITS)


@once
def for_public(package: Package, reference: Reference, ledger: Path | None = None) -> Shown:
    """What the public may see of all observations: see :func:`~socsvc_analysis.disclosure.figures.protected_figures`.

    Which tables are published is the ``design`` that the descriptor says of the restricted files (``two_way`` where it
    says nothing).  ``ledger`` is the folder of what is out already, in which this version is recorded; without it, as
    where data are opened by hand, the ledger beside the data is read and nothing is recorded.
    """
    beside = package.path.parent.parent / LEDGER
    return protected_figures(
        given_figures(package, reference),
        _design(package),
        ledger=ledger or (beside if beside.is_dir() else None),
        version=package.version,
        record=ledger is not None,
    )


def given_figures(package: Package, reference: Reference) -> Given:
    """The observations with all that protection must know of them; for what shows none of their numbers."""
    figures = unprotected(package, reference)
    guarded = restricted(figures, package, reference)
    units = figures["measure"].map(lookup(reference.measures, "measure", "unit"))
    whole = figures["provider"].eq("") & figures["programme"].eq("")
    mine = guarded | figures["evidence"].eq("received")
    return Given(
        figures,
        guarded,
        mine & whole & units.isin(COUNTED_UNITS) & reconcile(figures, reference)["chosen"],
        _places(figures, reference),
        {**wider(reference.service_types, "service_type"), **wider(reference.target_groups, "target_group")},
        reference.measures.set_index("measure")[["additive_service", "additive_territory"]],
        package.table(tables.PUBLISHED.name) if tables.PUBLISHED.name in package.names() else None,
    )


def _design(package: Package) -> Design:
    """The design that all restricted files name."""
    files = [name for name in package.restricted if name not in tables.RECORDS]
    said = sorted({package.resource(name).get("design", DEFAULT_DESIGN) for name in files})
    if len(said) > 1:
        wrong = "restricted files are protected together and name different designs; name one"
        raise DataError([Problem(package.path.name, wrong, column="design", value=", ".join(said))])
    return design_named(said[0], package.path.name)


def _places(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The municipality and the region today, as codes, of each municipality, former or present, in ``figures``."""
    codes = figures.loc[is_municipality(figures["territory"]), ["territory"]].drop_duplicates()
    found = with_region(restated(codes, reference), reference)
    regions = lookup(reference.regions, "region", "code")
    places = pd.DataFrame({"region": found["region"].map(regions), "municipality": found["territory"]})
    return places.set_axis(found["territory_then"])
