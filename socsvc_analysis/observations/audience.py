"""Which observations are restricted, and the sums of them that readers may see."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.codes import lookup
from socsvc_analysis.datapackage import PUBLIC, Package
from socsvc_analysis.observations import unprotected
from socsvc_analysis.once import once
from socsvc_analysis.reference import Reference

OPEN_UNITS = ("places", "posts", "institutions", "branches", "municipalities", "partners", "sites", "services", "EUR")
"""Units that count no people: their small numbers tell nothing about a person."""
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
        # To hide numbers takes far more to import than to find out that there are none to hide.
        from socsvc_analysis.observations.protection import for_public

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
