"""The register of indicators: one decorated function is one indicator.

The decorator carries what the arithmetic means.  Adding an indicator touches one file: write the function, decorate
it, and it is listed, tested and defined in the method notes of the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, ParamSpec

import pandas as pd

from socsvc_analysis.dataset import Dataset
from socsvc_analysis.observations import select, with_region
from socsvc_analysis.once import once
from socsvc_analysis.reference import region_code
from socsvc_analysis.schema import DataError, Problem, nearest

Arguments = ParamSpec("Arguments")
Polarity = Literal["higher is better", "lower is better", "neither"]
PER = {"percent": 100.0, "per_1000": 1000.0, "per_100000": 100_000.0, "EUR_per_place": 1.0, "EUR_per_person": 1.0}
"""Units of quotients, with what a numerator over its denominator is multiplied by."""
MONEY = ("EUR", "LVL")
UNCOUNTED = (*MONEY, "EUR_per_day", "EUR_per_place", "EUR_per_person", "percent", "per_1000", "per_100000")
"""Units of what is no count of people or things."""
BilingualText = Mapping[str, str]
"""What is said in ``lv`` and in ``en``."""


@dataclass(frozen=True)
class Indicator:
    """What an indicator is: its meaning beside its function."""

    name: str
    titles: BilingualText
    definitions: BilingualText
    caveats: BilingualText
    numerators: BilingualText
    denominators: BilingualText
    """Empty where nothing is divided."""
    unit: str
    polarity: Polarity
    measures: tuple[str, ...]
    source: str
    """Publication the method is taken from; empty: our own."""
    function: Callable[..., pd.DataFrame]

    def title(self, language: str) -> str:
        return self.titles[language]

    def definition(self, language: str) -> str:
        """What is divided by what, in words."""
        return self.definitions[language]

    def caveat(self, language: str) -> str:
        """What it cannot say."""
        return self.caveats[language]

    def numerator(self, language: str) -> str:
        """What is counted."""
        return self.numerators[language]

    def denominator(self, language: str) -> str:
        """What it is divided by; empty where nothing is divided."""
        return self.denominators.get(language, "")


REGISTRY: dict[str, Indicator] = {}


def indicator(
    *,
    title: BilingualText,
    definition: BilingualText,
    caveat: BilingualText,
    numerator: BilingualText,
    denominator: BilingualText | None = None,
    unit: str,
    polarity: Polarity,
    measures: tuple[str, ...],
    source: str,
) -> Callable[[Callable[Arguments, pd.DataFrame]], Callable[Arguments, pd.DataFrame]]:
    """Register the decorated function as an indicator whose answers are computed :func:`~socsvc_analysis.once.once`."""

    def register(function: Callable[Arguments, pd.DataFrame]) -> Callable[Arguments, pd.DataFrame]:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"there is an indicator {name} already")
        asked = once(function)
        REGISTRY[name] = Indicator(
            name, title, definition, caveat, numerator, denominator or {}, unit, polarity, measures, source, asked
        )
        return asked

    return register


def get_indicator(name: str) -> Indicator:
    """The indicator ``name``, or an error naming the nearest.

    >>> from socsvc_analysis.indicators import get_indicator
    >>> get_indicator("occupancy_rate").title("en")
    'Occupancy'
    """
    if name not in REGISTRY:
        raise DataError(
            [Problem("indicators", "is not a known indicator", value=name, nearest=nearest(name, REGISTRY))]
        )
    return REGISTRY[name]


def compute(name: str, data: Dataset, *, region: str = "", **wanted: str | tuple[str, ...] | list[str]) -> pd.DataFrame:
    """The values of the indicator ``name``: of one region with its municipalities, and with the ``wanted`` codes.

    Raises :class:`~socsvc_analysis.schema.DataError` for an unknown indicator, region or column, with the nearest.

    >>> from socsvc_analysis.dataset import open_data
    >>> from socsvc_analysis.indicators import compute
    >>> served = compute("served_of_plan", open_data(), region="zemgale", target_group="adults_mental_disorders")
    >>> served[served["period"] == "2021"][["numerator", "denominator"]].values.tolist()
    [[166.0, 249.0]]
    """
    values = get_indicator(name).function(data)
    if region:
        code = region_code(region, data.reference.regions)
        located = with_region(values.drop(columns="region", errors="ignore"), data.reference)
        values = values[((located["region"] == region) | (located["territory"] == code)).to_numpy()]
    return select(values, **wanted).reset_index(drop=True)
