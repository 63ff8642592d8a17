"""Scales: round steps from zero with their numbers, and texts along a line that do not meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from matplotlib import rcParams
from matplotlib.ticker import MaxNLocator

from socsvc_analysis.drawing.canvas import Canvas, Plot
from socsvc_analysis.drawing.letters import em, text_width

FEW = 3
"""From so many on steps are whole numbers."""


def round_steps(most: float, about: int, whole: bool = False) -> list[float]:
    """Round numbers from zero to ``most`` in at most ``about`` steps; ``whole`` ones where asked.

    >>> round_steps(47, about=3), round_steps(2, about=5)
    ([0.0, 20.0, 40.0], [0.0, 0.5, 1.0, 1.5, 2.0])
    """
    steps = MaxNLocator(nbins=about, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(0, most)
    return [float(step) for step in steps if 0 <= step <= most * 1.001] or [0.0]


def round_steps_between(least: float, most: float) -> list[float]:
    """Three round steps at most from zero to what is further from it, as far as they go to the other side.

    >>> round_steps_between(0.0, 47.0), round_steps_between(-12.0, 47.0), round_steps_between(-9.0, 0.0)
    ([0.0, 20.0, 40.0], [0.0, 20.0, 40.0], [-5.0, 0.0])
    """
    furthest = max(most, -least)
    steps = round_steps(furthest, 3, whole=furthest >= FEW)
    return [*(-step for step in reversed(steps[1:]) if -step >= least), *(step for step in steps if step <= most)]


def numbered(steps: Sequence[float], number: Callable[[float, int], str]) -> list[tuple[float, str]]:
    """Each step with its number, which has as many decimals as the steps need.

    >>> numbered([0.0, 2.5, 5.0], "{:.{}f}".format)
    [(0.0, '0.0'), (2.5, '2.5'), (5.0, '5.0')]
    """
    step = steps[1] - steps[0] if len(steps) > 1 else 1.0
    decimals = next((places for places in range(4) if math.isclose(round(step, places), step)), 4)
    return [(each, number(each, decimals)) for each in steps]


def gutter(steps: Sequence[tuple[float, str]]) -> float:
    """How much room the numbers of a scale need at its left."""
    return max(text_width(text, size="small") for _, text in steps) + 0.8 * em()


def draw_steps(canvas: Canvas, plot: Plot, steps: Sequence[tuple[float, str]]) -> None:
    """The numbers at the left of a plot, a thin line across at each, and the line at zero."""
    thin = {"color": rcParams["grid.color"], "linewidth": rcParams["grid.linewidth"], "zorder": 0}
    for step, text in steps:
        plot.line(plot.xlim, [step, step], **thin)
        left, y = plot.pixel(plot.xlim[0], step)
        canvas.text(left - 0.5 * em(), y, text, align="right", size="small")
    plot.line(plot.xlim, [0, 0], color=rcParams["axes.edgecolor"], linewidth=1, cut=False, zorder=1)


def stand_apart(texts: Sequence[tuple[float, str]]) -> bool:
    """Whether texts centred at the given places, from left to right, leave room between each other."""
    ends = [(x, text_width(text, size="small") / 2) for x, text in texts]
    return all(x0 + half0 + 0.8 * em() <= x1 - half1 for (x0, half0), (x1, half1) in pairwise(ends))


def thinned(texts: Sequence[tuple[float, str]], *, keep_last: bool = False) -> list[tuple[float, str]]:
    """All texts, or every second, third ... so that they stand apart; the first stays, or the last."""
    for step in range(1, len(texts) + 1):
        kept = list(texts[::-1][::step][::-1] if keep_last else texts[::step])
        if stand_apart(kept):
            return kept
    return []
