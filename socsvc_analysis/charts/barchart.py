"""A chart of bars: one panel of rows on one scale, with a legend above it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pandas as pd

from socsvc_analysis.charts.figure import Chart, chart
from socsvc_analysis.drawing.bars import Bar, Bars, ReferenceLine
from socsvc_analysis.drawing.panels import Entry, Legend, Panel, compose
from socsvc_analysis.wording import Words


def bar_chart(
    key: str,
    values: pd.DataFrame,
    words: Words,
    bars: Iterable[Bar],
    *,
    legend: Iterable[Entry] = (),
    references: Iterable[ReferenceLine] = (),
    below: Iterable[Panel] = (),
    kind: str = "chart_kind_bars",
    **told: object,
) -> Chart:
    """A chart that draws ``bars`` under their ``legend``, with lines to compare with and what stands ``below`` them.

    ``told`` are the title, measure, columns and other words of :func:`~socsvc_analysis.charts.figure.chart`.
    """
    above = [Legend(entries)] if (entries := tuple(legend)) else []
    panels = [*above, Bars(tuple(bars), tuple(references)), *below]
    return chart(key, values, words, kind=kind, draw=partial(compose, panels=panels), **told)
