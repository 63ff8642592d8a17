"""From municipalities to regions and the country: what may be added up, and how much of the whole has been counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import among, lookup, tuples
from socsvc_analysis.indicators.enough import REPORTED_SHARE
from socsvc_analysis.indicators.values import PARTIAL, at_least, each_once, ratio, summed
from socsvc_analysis.periods import last_day
from socsvc_analysis.reference import COUNTRY, COUNTRY_REGION, Reference, present_municipalities
from socsvc_analysis.tables import HIDDEN

COUNTED = ["units", "of_units"]
"""How many municipalities a value counts, and how many there are: columns of values at levels."""


def to_present_municipalities(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The observations of municipalities within today's borders, with ``region`` and ``territory_then``.

    Units that were split keep their former code and ``placed = False``.
    """
    rows = figures[observations.is_municipality(figures["territory"])]
    return observations.with_region(observations.restated(rows, reference), reference)


def repeat_at_each_level(rows: pd.DataFrame, reference: Reference, *, split_units: bool = False) -> pd.DataFrame:
    """Repeat each municipal observation for its municipality, region and country; ``unit`` is the municipality.

    ``rows`` come from :func:`to_present_municipalities`.  Of units that were split only the region and the country are
    known; with ``split_units`` they stand beside the municipalities under their former code.
    """
    codes = lookup(reference.regions, "region", "code")
    rows = rows.assign(unit=rows["territory"])
    return pd.concat(
        [
            rows if split_units else rows[rows["placed"].astype(bool)],
            # Of no figures pandas would make a column of numbers.
            rows.assign(territory=rows["region"].map(codes).astype(rows["territory"].dtype)),
            rows.assign(territory=COUNTRY, region=COUNTRY_REGION),
        ],
        ignore_index=True,
    )


def sum_at_each_level(rows: pd.DataFrame, by: Sequence[str], reference: Reference) -> pd.DataFrame:
    """Sum municipal observations within ``by`` for each municipality, region and the country.

    Returns values with ``region``, ``units`` and ``of_units``.  A sum over some of the municipalities is *at least*
    what it says: it is estimated and noted.  Raises :class:`~socsvc_analysis.schema.DataError` for a measure that does
    not add up over territories, unique persons for one.
    """
    everywhere = repeat_at_each_level(rows, reference) if len(rows) else rows
    keys = ["region", "territory", *by]
    # A sum of all services stays one where a single service was reported, so that years can be compared.
    whole = {column: "all" for column in ("service_type", "target_group") if column not in by}
    sums = summed(everywhere, keys, reference).assign(**whole)
    if sums.empty:
        return sums.assign(**{name: pd.Series(dtype=float) for name in COUNTED})
    # A number that is not shown was reported all the same.
    known = everywhere[everywhere["value"].notna() | everywhere["status"].eq(HIDDEN)]
    units = known.groupby(keys, dropna=False)["unit"].nunique().rename("units").reset_index()
    counted = sums.merge(units, on=keys, how="left", validate="one_to_one")
    # No municipality with a number is a count of none, not an unknown count.
    counted = counted.assign(
        units=counted["units"].where(counted["units"].notna(), 0.0), of_units=municipalities_in(counted, reference)
    )
    return _marked(counted)


def ratio_at_each_level(
    above: pd.DataFrame,
    below: pd.DataFrame,
    by: Sequence[str],
    reference: Reference,
    per: float,
    released: Callable[[pd.DataFrame], pd.DataFrame] = lambda sums: sums,
) -> pd.DataFrame:
    """Divide sums of ``above`` by sums of ``below`` at each level, over the municipalities that have both.

    Both are municipal observations; ``by`` names columns beside the territory.  A municipality that lacks either number
    counts in neither, so that a region is never divided by residents of municipalities that did not report.
    ``released`` puts what was released in the place of sums of which parts are hidden.
    """
    same = ["territory", *by]
    both = among(above[above["value"].notna() | above["status"].eq(HIDDEN)], below[below["value"].notna()], same)
    numerators, denominators = (sum_at_each_level(among(rows, both, same), by, reference) for rows in (above, below))
    return ratio(released(numerators), denominators, on=["territory", *by], per=per)


def latest_reported(values: pd.DataFrame) -> pd.DataFrame:
    """The latest period of each territory, service and group that enough municipalities reported.

    Enough is half of them; where no period has enough, the one that most reported (the later of equals).

    >>> values = pd.DataFrame({"territory": "LV", "service_type": "all", "target_group": "all",
    ...                        "period": ["2022", "2023", "2024"], "units": [40.0, 30.0, 3.0], "of_units": 42.0})
    >>> latest_reported(values)["period"].tolist()
    ['2023']
    """
    by = ["territory", "service_type", "target_group"]
    share = (values["units"] / values["of_units"]).clip(upper=REPORTED_SHARE)
    ranked = values.assign(_share=share, _end=values["period"].map(last_day))
    newest = ranked.sort_values(["_share", "_end"], kind="stable").drop_duplicates(by, keep="last")
    return newest.drop(columns=["_share", "_end"]).sort_index().reset_index(drop=True)


def municipalities_in(values: pd.DataFrame, reference: Reference) -> pd.Series:
    """The number of today's municipalities in each territory: 1 for a municipality itself.

    >>> from types import SimpleNamespace
    >>> reference = SimpleNamespace(
    ...     municipalities=pd.DataFrame({"code": ["1", "2", "3"], "region": ["a", "a", "b"], "valid_to": ""}),
    ...     regions=pd.DataFrame({"region": ["a", "b", "latvija"], "code": ["LV00A", "LV00B", "LV"]}))
    >>> territories = pd.DataFrame({"territory": ["LV", "LV00A", "LV00B", "1"]})
    >>> municipalities_in(territories, reference).tolist()
    [3.0, 2.0, 1.0, 1.0]
    """
    present = present_municipalities(reference.municipalities).groupby("region").size()
    codes = lookup(reference.regions, "region", "code")
    sizes = {code: float(present.get(region, present.sum())) for region, code in codes.items()}
    return values["territory"].map(lambda code: sizes.get(code, 1.0)).astype(float)


def _marked(counted: pd.DataFrame) -> pd.DataFrame:
    some = (counted["units"] < counted["of_units"]) & counted["value"].notna()
    return counted.assign(
        status=at_least(counted["status"], some),
        notes=tuples(
            each_once((notes, (PARTIAL,))) if partial else notes
            for notes, partial in zip(counted["notes"], some, strict=True)
        ),
    )
