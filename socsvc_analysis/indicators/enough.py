"""Whether data carry a comparison: the one place that says from how much on a page shows it.

What does not pass is not shown on a page, and said there; the functions and charts themselves stay for researchers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup
from socsvc_analysis.indicators.control import UNJUDGED, USUAL
from socsvc_analysis.reference import COUNTRY, COUNTRY_REGION, Reference, present_municipalities

FEWEST_COMPARED = 3
"""With fewer values on one scale there is nothing to compare, and a picture says less than a sentence or a table."""
KNOWN_SHARE = 0.5
"""Of all municipalities at least this part must be known: fewer were chosen by somebody, often as the largest."""
REPORTED_SHARE = 0.5
"""This part of the municipalities must have reported before a period is preferred to an earlier one."""
LEVEL_POINTS = 10
"""Points from which a usual level and its limits can be told."""
UNUSUAL_SHARE = 0.5
"""Where more of the points than this lie outside the limits the series has a course and no level."""
FEW = 5
"""A share of fewer than this says its two numbers instead: 1 of 42 is no 2 %."""
ALIKE = 2.0
"""A municipality of similar size has at most this many times the residents, or one over it."""


def few(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Whether a share is too small to be said in per cent: its numerator or denominator is known and below :data:`FEW`.

    A fall counts like a rise: 95 fewer of 2,883 are not few.  Only whole numbers count something: a rate of 1.8 beside
    one of 2.0 is no two of two.

    >>> few(pd.Series([1.0, 30.0, -95.0, float("nan")]), pd.Series([42.0, 42.0, 2883.0, float("nan")])).tolist()
    [True, False, False, False]
    >>> few(pd.Series([1.8]), pd.Series([2.0])).tolist()
    [False]
    """
    counted = (numerator % 1).eq(0) & (denominator % 1).eq(0)
    return counted & ((numerator.abs() < FEW) | (denominator.abs() < FEW))


def enough_to_compare(values: pd.DataFrame, each: str = "", least: int = FEWEST_COMPARED) -> pd.DataFrame:
    """Keep ``values`` when at least ``least`` of them are known (in one group of ``each``, where it is named).

    >>> steps = pd.DataFrame({"target_group": ["a", "a", "b"], "value": [3.0, 2.0, 1.0]})
    >>> len(enough_to_compare(steps)), len(enough_to_compare(steps, each="target_group"))
    (3, 0)
    """
    known = values[values["value"].notna()]
    most = known.groupby(each).size().max() if each and len(known) else len(known)
    return values if most >= least else values.iloc[:0]


def for_funnel(values: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Keep the values when at least half of the country's municipalities are known; otherwise return no rows.

    >>> from types import SimpleNamespace
    >>> units = pd.DataFrame({"code": ["0000001", "0000002", "0000003"], "region": "x", "valid_to": ""})
    >>> values = pd.DataFrame({"territory": ["0000001", "0000002", "0000003"], "value": [1.0, 2.0, float("nan")]})
    >>> len(for_funnel(values, SimpleNamespace(municipalities=units)))
    3
    >>> len(for_funnel(values.head(1), SimpleNamespace(municipalities=units)))
    0
    """
    local = observations.is_municipality(values["territory"]) & values["value"].notna()
    known = values.loc[local, "territory"].nunique()
    everybody = len(present_municipalities(reference.municipalities))
    return values if known >= KNOWN_SHARE * everybody else values.iloc[:0]


def for_control(judged: pd.DataFrame) -> pd.DataFrame:
    """Keep the series when it is long enough to judge and varies around one level; otherwise return no rows.

    ``judged`` comes from :func:`~socsvc_analysis.indicators.control.with_limits`.  A number that rises year after year
    is outside the limits of its own mean: all points unusual says nothing.

    >>> ten = pd.DataFrame({"sign": ["usual"] * 6 + ["outside"] * 4})
    >>> len(for_control(ten)), len(for_control(ten.head(9))), len(for_control(ten.assign(sign="outside")))
    (10, 0, 0)
    """
    signs = judged.loc[judged["sign"] != UNJUDGED, "sign"]
    if len(signs) < LEVEL_POINTS:
        return judged.iloc[:0]
    return judged if (signs != USUAL).mean() <= UNUSUAL_SHARE else judged.iloc[:0]


def for_concentration(values: pd.DataFrame, places: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Keep regions (and the country) where ``places`` are known for at least half of the municipalities."""
    units = present_municipalities(reference.municipalities)
    known = units["code"].isin(places.loc[places["value"].notna(), "territory"])
    codes = lookup(reference.regions, "region", "code")
    shares = known.groupby(units["region"].map(codes)).mean()
    shares = pd.concat([shares, pd.Series({COUNTRY: known.mean()})])
    return values[values["territory"].map(shares).ge(KNOWN_SHARE)].reset_index(drop=True)


def for_coverage(shares: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Keep shares of which at least half of the municipalities are known, not counted as without the service.

    ``shares`` has the columns ``region`` (slug) and ``unknown`` (municipalities without data), as
    :func:`~socsvc_analysis.indicators.coverage.municipalities_with_service` gives them.

    >>> from types import SimpleNamespace
    >>> units = pd.DataFrame({"code": ["0000001", "0000002", "0000003"], "region": "riga", "valid_to": ""})
    >>> shares = pd.DataFrame({"region": ["riga", "latvija"], "unknown": [2, 1]})
    >>> for_coverage(shares, SimpleNamespace(municipalities=units))["region"].tolist()
    ['latvija']
    """
    units = present_municipalities(reference.municipalities)["region"]
    counts = pd.concat([units.value_counts(), pd.Series({COUNTRY_REGION: len(units)})])
    known = 1 - shares["unknown"] / shares["region"].map(counts)
    return shares[known >= KNOWN_SHARE].reset_index(drop=True)


def for_peers(similar: pd.DataFrame) -> pd.DataFrame:
    """Keep the peers of similar size: at most :data:`ALIKE` times the residents, or one over it.

    >>> for_peers(pd.DataFrame({"peer": ["a", "b"], "distance": [np.log(1.5), np.log(7)]}))["peer"].tolist()
    ['a']
    """
    near: pd.DataFrame = similar[similar["distance"] <= np.log(ALIKE)]
    return near.reset_index(drop=True)
