"""The register of indicators: one decorated function is one indicator.

The decorator carries what the arithmetic means.  Adding an indicator touches one file: write the function, decorate
it, and it is listed, tested and defined in the method notes of the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, ParamSpec

import pandas as pd

from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import COLUMNS
from socsvc_analysis.observations import RESIDENTS, select, wanted_codes, with_region
from socsvc_analysis.once import once
from socsvc_analysis.periods import with_dates
from socsvc_analysis.reference import region_code
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.tables import LANGUAGES

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
    adds_up: tuple[str, ...] = ()
    """Dimensions over which it adds up: a wanted code of them chooses the figures before they are added."""
    source_names: BilingualText = field(default_factory=dict)
    """What the publication is called in each language, where that differs."""

    def source_in(self, language: str) -> str:
        """The publication of the method as it is called in the language: acts of the EU have a name in each."""
        return self.source_names.get(language, self.source)

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
    source: str | BilingualText,
    adds_up: tuple[str, ...] = (),
) -> Callable[[Callable[Arguments, pd.DataFrame]], Callable[Arguments, pd.DataFrame]]:
    """Register the decorated function as an indicator whose answers are computed :func:`~socsvc_analysis.once.once`."""

    def register(function: Callable[Arguments, pd.DataFrame]) -> Callable[Arguments, pd.DataFrame]:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"there is an indicator {name} already")
        said = (title, definition, caveat, numerator, *([denominator] if denominator else []))
        if not all(text.get(language) for text in said for language in LANGUAGES):
            raise ValueError(f"the indicator {name} does not say all of itself in each of {', '.join(LANGUAGES)}")

        asked = once(function)
        REGISTRY[name] = Indicator(
            name,
            title,
            definition,
            caveat,
            numerator,
            denominator or {},
            unit,
            polarity,
            measures,
            source if isinstance(source, str) else source["en"],
            asked,
            adds_up,
            {} if isinstance(source, str) else source,
        )
        return asked

    return register


def refuse_incomplete(values: pd.DataFrame, name: str) -> None:
    """An error where values of the indicator ``name`` lack a column that pages show."""
    if missing := [column for column in COLUMNS if column not in values]:
        said = f"gives no column {', '.join(missing)}: as_values and ratio (indicators/values.py) make them"
        raise DataError([Problem("indicators", said, value=name)])


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

    ``wanted`` are dimensions, such as ``service_type``, ``target_group``, ``territory`` or ``period``.  Where the
    indicator adds up over one, the figures are chosen before they are added: places of one service per 1,000 residents.
    A ``period`` is wanted as the data have it: 2021 is the year, 2021-12-31 the day, and where none is known nothing is
    found.  ``first_day``, ``last_day`` and ``date`` (the last day, for plotting) stand beside ``period``.  Raises
    :class:`~socsvc_analysis.schema.DataError` for an unknown indicator, region, column or code, with the nearest.

    >>> from socsvc_analysis.dataset import open_data
    >>> from socsvc_analysis.indicators import compute
    >>> served = compute("served_of_plan", open_data(), region="zemgale", target_group="adults_mental_disorders")
    >>> served[served["period"] == "2021"][["numerator", "denominator"]].values.tolist()
    [[166.0, 249.0]]
    """
    if not isinstance(name, str) or not isinstance(data, Dataset):
        raise TypeError(
            "compute takes the name of an indicator, then the data, as in compute('served_of_plan', open_data()), "
            f"not a {type(name).__name__} and a {type(data).__name__}"
        )
    known = get_indicator(name)
    data.refuse_unknown(wanted, name)
    before = {dimension: codes for dimension, codes in wanted.items() if dimension in known.adds_up}
    values = known.function(_narrowed(data, before) if before else data)
    refuse_incomplete(values, name)
    if region:
        code = region_code(region, data.reference.regions)
        located = with_region(values.drop(columns="region", errors="ignore"), data.reference)
        values = values[((located["region"] == region) | (located["territory"] == code)).to_numpy()]
    after = {dimension: codes for dimension, codes in wanted.items() if dimension not in before}
    found = with_dates(select(values.assign(**_single(before)), **after).reset_index(drop=True))
    found.attrs["indicator"] = name  # a chart of another indicator refuses the frame
    return found


def _narrowed(data: Dataset, wanted: Mapping[str, str | tuple[str, ...] | list[str]]) -> Dataset:
    """The data with only the figures of the wanted codes; residents, by whom rates are divided, are all there."""
    figures = data.figures
    residents = figures["measure"].isin(RESIDENTS)
    provider = {"provider": list(figures["provider"].unique())}
    kept = select(figures, **{**provider, **wanted}).index
    return data.with_figures(figures[residents | figures.index.isin(kept)])


def _single(wanted: Mapping[str, str | Iterable[str]]) -> dict[str, str]:
    """The dimensions of which one code was chosen: it is that of every value."""
    codes = {dimension: wanted_codes(dimension, each) for dimension, each in wanted.items()}
    return {dimension: str(each[0]) for dimension, each in codes.items() if len(each) == 1}
