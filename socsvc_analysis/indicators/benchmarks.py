"""Benchmarks: a place against the country or its region, and which municipalities are of similar size and kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from socsvc_analysis.indicators.registry import Indicator
from socsvc_analysis.reference import COUNTRY, Reference, present_municipalities, region_code
from socsvc_analysis.statistics import compare

PEERS = 5
"""How many similar municipalities a municipality is compared with."""


def against_whole(values: pd.DataFrame, indicator: Indicator, region: str, reference: Reference) -> pd.DataFrame:
    """Each value against that of Latvia or, where it is not known, of the planning ``region``.

    ``values`` are rows of one measurement, one for each territory.  Returns the rows with ``benchmark`` (NaN where
    there is none) and ``comparison``: better, similar or worse (higher, similar or lower where no direction is
    better), or unknown.  A value differs only when the benchmark lies outside its limits
    (:func:`~socsvc_analysis.statistics.compare`); one without limits is not compared.  Raises ValueError for two
    values of one territory.

    >>> from types import SimpleNamespace
    >>> regions = pd.DataFrame({"region": ["zemgale"], "code": ["LV009"]})
    >>> rates = pd.DataFrame({"territory": ["0110000", "0320200", "LV009"], "value": [20.0, 11.0, 10.0],
    ...                       "lower": [17.0, 9.0, 9.5], "upper": [23.0, 13.0, 10.5]})
    >>> tables, neither = SimpleNamespace(regions=regions), SimpleNamespace(polarity="neither")
    >>> against_whole(rates, neither, "zemgale", tables)["comparison"].tolist()
    ['higher', 'similar', 'similar']
    """
    if values["territory"].duplicated().any():
        raise ValueError("rates are compared where each territory has one value")
    known = values[values["value"].notna()].set_index("territory")["value"]
    wholes = [code for code in (COUNTRY, region_code(region, reference.regions)) if code in known.index]
    benchmark = known[wholes[0]] if wholes else np.nan
    comparison = compare(values["value"], values["lower"], values["upper"], benchmark, indicator.polarity)
    return values.assign(benchmark=benchmark, comparison=comparison)


def similar_municipalities(residents: pd.DataFrame, reference: Reference, peers: int = PEERS) -> pd.DataFrame:
    """For each of today's municipalities the ``peers`` nearest in population among those of its kind.

    Kinds are state cities and novadi; nearness is the ratio of residents, so that 10,000 is as far from 5,000 as from
    20,000.  ``residents`` are rows ``territory value`` (:func:`~socsvc_analysis.observations.population`); a
    municipality whose residents are not known has no similar ones.  Returns rows ``territory peer distance``
    (difference of natural logarithms), nearest first.

    >>> towns = pd.DataFrame({"code": ["1", "2", "3"], "kind": "novads", "valid_to": ""})
    >>> residents = pd.DataFrame({"territory": ["1", "2", "3"], "value": [1000.0, 2500.0, 2000.0]})
    >>> from types import SimpleNamespace
    >>> similar_municipalities(residents, SimpleNamespace(municipalities=towns), peers=1).peer.tolist()
    ['3', '3', '2']
    """
    units = present_municipalities(reference.municipalities)[["code", "kind"]]
    units = units.merge(residents, left_on="code", right_on="territory", validate="one_to_one")
    units = units[units["value"] > 0].assign(size=lambda rows: np.log(rows["value"]))[["territory", "kind", "size"]]
    pairs = units.merge(
        units.rename(columns={"territory": "peer"}), on="kind", suffixes=("", "_peer"), validate="many_to_many"
    )
    pairs = pairs[pairs["territory"] != pairs["peer"]]
    pairs = pairs.assign(distance=(pairs["size"] - pairs["size_peer"]).abs())
    ordered = pairs.sort_values(["territory", "distance", "peer"])
    return ordered.groupby("territory").head(peers)[["territory", "peer", "distance"]].reset_index(drop=True)
