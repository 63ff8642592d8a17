"""Benchmarks: a place against the region, the country, and municipalities of similar size and kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.registry import PER, Indicator
from socsvc_analysis.reference import COUNTRY, Reference, present_municipalities, region_code
from socsvc_analysis.statistics import compare

PEERS = 5
"""How many similar municipalities a municipality is compared with."""
SAME = ["service_type", "target_group", "period"]


def against_country(values: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Each value against that of Latvia for the same service, group and period.

    Returns the rows with ``benchmark`` (Latvia's value, NaN where there is none) and ``comparison``: better, similar or
    worse (higher, similar or lower where no direction is better), or unknown.  A value with an interval differs only
    when the benchmark lies outside it (:func:`~socsvc_analysis.statistics.compare`).

    >>> from types import SimpleNamespace
    >>> values = pd.DataFrame({"territory": ["LV", "LV009", "LV00A"], "service_type": "all", "target_group": "all",
    ...                        "period": "2021", "value": [50.0, 40.0, 48.0], "lower": [49.0, 36.0, 44.0],
    ...                        "upper": [51.0, 44.0, 52.0]})
    >>> more_is_better = SimpleNamespace(polarity="higher is better")
    >>> against_country(values, more_is_better)[["benchmark", "comparison"]].values.tolist()
    [[50.0, 'similar'], [50.0, 'worse'], [50.0, 'similar']]
    """
    country = values[values["territory"] == COUNTRY]
    return _compared(values, country, SAME, indicator)


def against_region(values: pd.DataFrame, indicator: Indicator, reference: Reference) -> pd.DataFrame:
    """Each municipality's value against that of its planning region, as :func:`against_country`."""
    codes = reference.regions.set_index("region")["code"]
    regions = reference.municipalities.set_index("code")["region"].map(codes)
    local = values[observations.is_municipality(values["territory"])]
    local = local.assign(_region=local["territory"].map(regions))
    regional = values[values["territory"].isin(codes)].rename(columns={"territory": "_region"})
    return _compared(local, regional, ["_region", *SAME], indicator).drop(columns="_region")


def against_whole(values: pd.DataFrame, indicator: Indicator, region: str, reference: Reference) -> pd.DataFrame:
    """Each value against that of Latvia or, where it is not known, of the planning ``region``.

    ``values`` are rows of one measurement, one for each territory.  Returns the rows with ``benchmark`` and
    ``comparison`` as :func:`against_country`, but a value whose limits are not known is not compared.  Raises
    ValueError for two values of one territory.

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


def against_similar(values: pd.DataFrame, indicator: Indicator, similar: pd.DataFrame) -> pd.DataFrame:
    """Each municipality's value against its similar municipalities taken together, as :func:`against_country`.

    ``similar`` comes from :func:`similar_municipalities`.  For a rate the benchmark is the sum of the others'
    numerators over the sum of their denominators; for a number it is their mean.  ``compared_with`` says how many of
    them have one.
    """
    local = values[observations.is_municipality(values["territory"]) & values["value"].notna()]
    others = local.rename(columns={"territory": "peer"})[["peer", *SAME, "numerator", "denominator", "value"]]
    pairs = similar.merge(others, on="peer", validate="many_to_many")
    groups = pairs.groupby(["territory", *SAME], as_index=False)
    if indicator.unit in PER:
        pooled = groups[["numerator", "denominator"]].sum(min_count=1)
        below = pooled["denominator"].where(pooled["denominator"] > 0)
        pooled = pooled.assign(value=pooled["numerator"] / below * PER[indicator.unit])
    else:
        pooled = groups["value"].mean()
    sizes = groups.size().rename(columns={"size": "compared_with"})
    counted = local.merge(sizes, on=["territory", *SAME], how="left", validate="one_to_one")
    return _compared(counted, pooled, ["territory", *SAME], indicator)


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


def _compared(values: pd.DataFrame, benchmarks: pd.DataFrame, on: list[str], indicator: Indicator) -> pd.DataFrame:
    known = benchmarks[[*on, "value"]].rename(columns={"value": "benchmark"})
    joined = values.merge(known, on=on, how="left", validate="many_to_one")
    # A number without an interval is compared as it is.
    lower, upper = (joined[limit].where(joined[limit].notna(), joined["value"]) for limit in ("lower", "upper"))
    return joined.assign(comparison=compare(joined["value"], lower, upper, joined["benchmark"], indicator.polarity))
