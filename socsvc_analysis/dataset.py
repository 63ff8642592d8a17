"""One handle for all that is read: the package, its reference tables, the figures, and for whom they were opened.

>>> from socsvc_analysis.dataset import open_data
>>> data = open_data()
>>> sorted(data.figures.columns)[:3]
['evidence', 'file', 'id']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.labels import with_names
from socsvc_analysis.observations import chosen, open_observations, select, wanted_codes
from socsvc_analysis.observations.audience import open_sums
from socsvc_analysis.periods import with_dates
from socsvc_analysis.project import here
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.territories import resolve_territory
from socsvc_analysis.wording import in_language


@dataclass(frozen=True, eq=False)
class Dataset:
    """What indicators are computed from.

    ``figures`` are the observations that were chosen where sources disagree, one row for each figure; ``published``
    are all of them (by default there are no others).  ``package`` says where they come from; none where they were made
    by hand.  Of data opened for the public a restricted number that must not be shown is in none of them (its row has
    the status ``confidential``), and ``sums`` are the sums of such numbers that may be shown, by level.
    """

    figures: pd.DataFrame
    reference: Reference
    published: pd.DataFrame = None  # type: ignore[assignment]  # the figures, where it is not given
    package: Package | None = None
    sums: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.published is None:
            object.__setattr__(self, "published", self.figures)

    def with_figures(self, figures: pd.DataFrame) -> Dataset:
        """The same with other figures: some of these, or corrected ones."""
        return replace(self, figures=figures)

    def select(self, **wanted: str | tuple[str, ...] | list[str]) -> pd.DataFrame:
        """The figures whose columns have the wanted codes; a column or code that is not known is an error.

        Raises :class:`~socsvc_analysis.schema.DataError` with the nearest known one.

        >>> open_data().select(measure="places", service_type="day_care")
        Traceback (most recent call last):
        ...
        socsvc_analysis.schema.DataError: 1 problem in the data:
          select, column service_type: 'day_care' is not a known code; nearest known: day_centre
        """
        found = select(self.figures, **wanted)
        self.refuse_unknown(wanted)
        return with_dates(found)

    def refuse_unknown(self, wanted: Mapping[str, str | Iterable[str]], asked: str = "select") -> None:
        """Raise DataError, with the nearest known, for codes that a column of figures cannot have; ``asked`` is who."""
        problems = []
        for column, values in wanted.items():
            codes = self._codes(column)
            for value in map(str, wanted_codes(column, values)):
                if value and codes and value not in codes:
                    meant = self._code_named(column, value) or nearest(value, codes)
                    problems.append(Problem(asked, "is not a known code", column=column, value=value, nearest=meant))
                if value and column == "period" and not re.fullmatch(tables.PERIOD, value):
                    said = "is not a period as the data have it, such as 2021, 2021-12, 2021-12-31 or 2015/2020"
                    problems.append(Problem(asked, said, column=column, value=value))
        if problems:
            raise DataError(problems)

    def labelled(self, values: pd.DataFrame, language: str = "en") -> pd.DataFrame:
        """Values of an indicator, or figures, with readable columns: the name of each code right after it.

        ``language`` is lv or en; any other is a :class:`~socsvc_analysis.schema.DataError`.  See
        :func:`~socsvc_analysis.labels.with_names` for the columns.

        >>> data = open_data()
        >>> served = data.select(measure="persons_served", territory="LV009", period="2021", kind="actual")
        >>> data.labelled(served, "en")[["target_group_name", "value"]].values.tolist()[0]
        ['adults with mental disorders', 166.0]
        """
        if not isinstance(values, pd.DataFrame):
            raise TypeError(f"labelled takes a frame first, then the language, not a {type(values).__name__}")
        return with_names(values, in_language(language, self.reference))

    def _code_named(self, column: str, name: str) -> str:
        """The code of what has that name in Latvian or English; empty where nothing has."""
        field = next((each for each in tables.OBSERVATIONS.fields if each.name == column), None)
        if column == "territory":
            with suppress(ValueError):
                own = self.reference
                return resolve_territory(name, municipalities=own.municipalities, towns=own.towns)
            named, code = self.reference.regions, "code"
        elif field is not None and field.refers_to:
            table, _, code = field.refers_to.partition(".")
            named = getattr(self.reference, table)
        else:
            return ""
        titles = [title for title in named if str(title).endswith(tuple(f"_{each}" for each in tables.LANGUAGES))]
        same = named[titles].apply(lambda column: column.str.casefold()).eq(name.casefold()).any(axis=1)
        return str(next(iter(named.loc[same, code]), ""))

    def _codes(self, column: str) -> set[str]:
        """The codes that a column of figures may have; none where it may have any text."""
        field = next((each for each in tables.OBSERVATIONS.fields if each.name == column), None)
        if field is None:
            return set()
        if field.name == "territory":
            return self.reference.territories()
        return set(self.reference.known()[field.refers_to]) if field.refers_to else set(field.one_of or ())

    def __repr__(self) -> str:
        return f"<Dataset: {'; '.join(f'{what}: {said}' for what, said in self._about().items())}>"

    def _repr_html_(self) -> str:
        return pd.Series(self._about()).to_frame().to_html(header=False)

    def _about(self) -> dict[str, str]:
        """What this is, how much of it there is, and how to go on."""
        opened = {}
        if self.package is not None:
            opened = {
                "version": f"{self.package.version} of {self.package.created}",
                "audience": self.package.audience,
                "file": str(self.package.path),
            }
        return {
            "figures": f"{len(self.figures):,} rows of {self.figures['measure'].nunique()} measures",
            **opened,
            "go on": "data.select(measure=...), socsvc_analysis.indicators.compute(name, data), data.reference",
        }


def open_data(path: str | Path | Package | None = None, *, audience: str = "public") -> Dataset:
    """Open the data package at ``path`` (its folder or ``datapackage.json``) for an audience.

    A package that is open already is used as it is.
    Without a path the data of the project one works in are opened, else those that came with the library.
    Raises :class:`~socsvc_analysis.schema.DataError` with every file, row and cell that is broken.
    """
    package = path if isinstance(path, Package) else open_package(path or here().data, audience)
    reference = open_reference(package)
    published = open_observations(package, reference)
    return Dataset(chosen(published, reference), reference, published, package, open_sums(package, reference))
