"""One handle for all that is read: the package, its reference tables, the figures, and for whom they were opened.

>>> from socsvc_analysis.dataset import open_data
>>> data = open_data()
>>> sorted(data.figures.columns)[:3]
['evidence', 'file', 'id']
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from socsvc_analysis.datapackage import Package, find_package, open_package
from socsvc_analysis.observations import chosen, open_observations
from socsvc_analysis.reference import Reference, open_reference


@dataclass(frozen=True, eq=False)
class Dataset:
    """What indicators are computed from.

    ``figures`` are the observations that were chosen where sources disagree, one row for each figure; ``published``
    are all of them (by default there are no others).  ``package`` says where they come from; none where they were made
    by hand.
    """

    figures: pd.DataFrame
    reference: Reference
    published: pd.DataFrame | None = None
    package: Package | None = None

    def __post_init__(self) -> None:
        if self.published is None:
            object.__setattr__(self, "published", self.figures)

    def with_figures(self, figures: pd.DataFrame) -> Dataset:
        """The same with other figures: some of these, or corrected ones."""
        return replace(self, figures=figures)

    def __repr__(self) -> str:
        rows = f"{len(self.figures):,} figures"
        if self.package is None:
            return f"<Dataset: {rows}>"
        return (
            f"<Dataset: {rows}, version {self.package.version} of {self.package.created}, for the audience "
            f"{self.package.audience}. Indicators: socsvc_analysis.indicators.compute(name, data)>"
        )


def open_data(path: str | Path | None = None, *, audience: str = "public") -> Dataset:
    """Open the data package at ``path`` (its folder or ``datapackage.json``) for an audience.

    Without a path the data of the folder one works in are opened, or of one above it, or those of this checkout.
    Raises :class:`~socsvc_analysis.schema.DataError` with every file, row and cell that is broken.
    """
    package = open_package(find_package() if path is None else path, audience)
    reference = open_reference(package)
    published = open_observations(package, reference)
    return Dataset(chosen(published, reference), reference, published, package)
