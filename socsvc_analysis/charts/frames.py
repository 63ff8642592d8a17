"""Which columns each chart needs, and the error for frames that lack them or are of another indicator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeVar

import pandas as pd

from socsvc_analysis.indicators.registry import REGISTRY, compute
from socsvc_analysis.indicators.values import COLUMNS
from socsvc_analysis.schema import DataError, Problem

EVERY = ("value", "status", "sources", "notes")
"""What every chart reads."""
WORDS = ("label", "series", "provider_title", "version_title")
"""Columns that labels.labelled adds."""

Draw = TypeVar("Draw", bound=Callable[..., Any])


def takes(*columns: str, of: Callable[..., pd.DataFrame]) -> Callable[[Draw], Draw]:
    """Declare the columns a chart needs; other frames raise DataError.

    ``columns`` are those that it reads besides :data:`EVERY`; ``of`` gives such frames, and is
    :func:`~socsvc_analysis.indicators.compute` for a chart of any indicator.  What is refused is a
    :class:`~socsvc_analysis.schema.DataError` that names the chart, what is missing and what gives the frame.
    """

    def declared(draw: Draw) -> Draw:
        usual = {each.name: each.default for each in signature(draw).parameters.values() if each.default != each.empty}
        FRAMES[draw.__name__] = Frame(draw.__name__, (*columns, *EVERY), of, usual)
        return draw

    return declared


@dataclass(frozen=True)
class Frame:
    """The frame that the chart of this name needs: its columns, and the function that gives such frames."""

    chart: str
    columns: tuple[str, ...]
    of: Callable[..., pd.DataFrame]
    usual: Mapping[str, Any]
    """The default arguments of the chart."""

    def refuse_others(self, values: object, asked: dict[str, Any]) -> None:
        """Raise where ``values`` is no frame, lacks columns, or is of another indicator than ``asked`` for."""
        asked = {**self.usual, **asked}
        if not isinstance(values, pd.DataFrame):
            raise TypeError(f"charts.{self.chart} takes a frame of values first, not a {type(values).__name__}")
        if lacking := [column for column in self.columns if column not in values]:
            columns = "the column" if len(lacking) == 1 else "the columns"
            self._refuse(f"the frame lacks {columns} {', '.join(lacking)}", asked)
        given = values.attrs.get("indicator", "")
        if given and not self._shows(given, asked):
            self._refuse("are values of another indicator than this chart shows", asked, given)

    def _shows(self, indicator: str, asked: dict[str, Any]) -> bool:
        """Whether the chart shows values that ``compute`` marked as those of the indicator."""
        if "indicator" in asked:
            # The chart itself says of an unknown one which are known.
            return asked["indicator"] == indicator or asked["indicator"] not in REGISTRY
        if {"measure", "unit"} <= {*asked}:
            meaning = REGISTRY[indicator]
            return asked["measure"] in meaning.measures and asked["unit"] == meaning.unit
        # Columns of the chart's own say more than the mark of what they were added to.
        return indicator in (self.chart, self.of.__name__) or not set(self.columns) <= {*COLUMNS}

    def _refuse(self, said: str, asked: dict[str, Any], value: str = "") -> None:
        name = asked.get("indicator", "name") if self.of is compute else self.of.__name__
        computed = self.of is compute or name in REGISTRY
        module = self.of.__module__.removeprefix("socsvc_analysis.")
        gives = f"compute({name!r}, data)" if computed else f"{module}.{name}"
        words = " with the words of labels.labelled" if set(WORDS) & {*self.columns} else ""
        raise DataError([Problem(f"charts.{self.chart}", f"{said}; it takes what {gives} gives{words}", value=value)])


FRAMES: dict[str, Frame] = {}
"""The declared frame of each chart, by its name."""
