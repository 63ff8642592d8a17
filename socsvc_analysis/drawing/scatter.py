"""Points on a plane of two scales, with curves that say how far points may lie from the common value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from matplotlib import rcParams
from matplotlib.ticker import MaxNLocator

from socsvc_analysis.drawing.canvas import Canvas
from socsvc_analysis.drawing.fills import DARK, MAIN, PALE, ink, marker
from socsvc_analysis.drawing.labels import Box, LabelSpace
from socsvc_analysis.drawing.letters import em, line_height, text_width, wrapped

WIDE_RANGE = 20
"""From this ratio of the largest to the smallest the scale across is logarithmic."""
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Dot:
    """One point; ``text`` is written beside it.  Filled points stand above the others, hollow and grey."""

    x: float
    y: float
    text: str = ""
    filled: bool = False
    shape: str = "o"


@dataclass(frozen=True)
class Curve:
    """A line through points of the plane, with its label at its right end."""

    places: tuple[tuple[float, float], ...]
    text: str = ""
    style: str = "-"


@dataclass(frozen=True)
class Scatter:
    """Dots and curves; ``level`` is a dashed line across, ``across`` says what the lower scale means.

    ``curves(first, last)`` gives the curves between two ends of the lower scale.
    """

    dots: tuple[Dot, ...]
    curves: Callable[[float, float], tuple[Curve, ...]]
    level: float
    across: str
    number: Callable[[float, int], str]
    number_across: Callable[[float], str]
    tall: float = 26.0

    def height(self, width: float) -> float:
        return self.tall * em() + (1.3 + len(self._across(width))) * line_height()

    def _across(self, width: float) -> list[str]:
        return wrapped(self.across, width - 0.4 * em(), size="small")

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        height = self.tall * em()
        first, last = self.across_limits()
        curves = self.curves(first, last)
        ticks = self._ticks()
        gutter = max(text_width(text, size="small") for _, text in ticks) + 0.8 * em()
        margin = max((text_width(curve.text, size="small") for curve in curves), default=0.0) + 0.6 * em()
        plot_left, plot_width = left + gutter, width - gutter - margin
        most = self._most()
        start, end = self._scaled(first), self._scaled(last)
        plot = canvas.plot(plot_left, top, plot_width, height, (start, end), (0, most))

        def pixel(x: float, y: float) -> tuple[float, float]:
            return plot_left + (self._scaled(x) - start) / (end - start) * plot_width, top + height * (1 - y / most)

        for tick, text in ticks:
            plot.line(
                [start, end], [tick, tick], color=rcParams["grid.color"], linewidth=rcParams["grid.linewidth"], zorder=0
            )
            canvas.text(plot_left - 0.5 * em(), pixel(first, tick)[1], text, align="right", size="small")
        plot.line([start, end], [0, 0], color=rcParams["axes.edgecolor"], linewidth=1, cut=False, zorder=1)
        self._draw_across(canvas, pixel, top + height, left + width)
        canvas.lines(left, top + height + 1.3 * line_height(), self._across(width), size="small")

        room = LabelSpace(Box(plot_left, top, plot_left + plot_width, top + height - 1))
        plot.line([start, end], [self.level] * 2, color=DARK, linestyle="--", linewidth=1.5, zorder=1)
        _, y = pixel(first, self.level)
        room.things.append(Box(plot_left, y - 1, plot_left + plot_width, y + 1))
        for curve in curves:
            xs = [self._scaled(x) for x, _ in curve.places]
            plot.line(xs, [y for _, y in curve.places], color=DARK, linestyle=curve.style, linewidth=1.2, zorder=1)
            for x, y in (pixel(*place) for place in curve.places):
                if top <= y <= top + height:
                    room.things.append(Box(x - 1.5, y - 1.5, x + 1.5, y + 1.5))
        self._name_curves(canvas, pixel, curves, plot_left + plot_width + 0.3 * em(), (top, top + height))
        # Filled points last: they stand above the others.
        for dot in sorted(self.dots, key=lambda each: each.filled):
            x, y = pixel(dot.x, dot.y)
            sign = marker(MAIN if dot.filled else PALE, not dot.filled, dot.shape)
            plot.line([self._scaled(dot.x)], [dot.y], cut=False, zorder=3 + dot.filled, **sign)
            room.words.append(Box(x - 4, y - 4, x + 4, y + 4))
        for dot in sorted(self.dots, key=lambda each: (not each.filled, each.shape == "o")):
            if dot.text:
                x, y = pixel(dot.x, dot.y)
                box = room.label(canvas, x, y, dot.text, size="small")
                if box:
                    self._lead(canvas, x, y, box)

    @staticmethod
    def _lead(canvas: Canvas, x: float, y: float, box: Box) -> None:
        """A thin line from a point to a label that stands away from it."""
        near = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
        away = math.hypot(near[0] - x, near[1] - y)
        if away > 1.1 * em():
            start = 5 / away
            xs, ys = (x + (near[0] - x) * start, near[0]), (y + (near[1] - y) * start, near[1])
            canvas.stroke(xs, ys, color=ink(PALE), linewidth=rcParams["grid.linewidth"])

    def across_limits(self) -> tuple[float, float]:
        """From where to where the lower scale goes."""
        xs = [dot.x for dot in self.dots]
        if self._logarithmic():
            return min(xs) / 1.3, max(xs) * 1.3
        return 0.0, max(xs) * 1.06

    def _logarithmic(self) -> bool:
        xs = [dot.x for dot in self.dots]
        return min(xs) > 0 and max(xs) / min(xs) > WIDE_RANGE

    def _scaled(self, x: float) -> float:
        return math.log10(x) if self._logarithmic() else x

    def _most(self) -> float:
        return 1.12 * max([dot.y for dot in self.dots] + [self.level]) or 1.0

    def _ticks(self) -> list[tuple[float, str]]:
        most = self._most()
        chosen = [
            float(tick)
            for tick in MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most)
            if 0 <= tick <= most
        ]
        step = chosen[1] if len(chosen) > 1 else 1.0
        decimals = next((places for places in range(4) if math.isclose(round(step, places), step)), 4)
        return [(tick, self.number(tick, decimals)) for tick in chosen]

    def _draw_across(self, canvas: Canvas, pixel: Callable, top: float, right: float) -> None:
        first, last = self.across_limits()
        if self._logarithmic():
            powers = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
            steps = [step * 10.0**power for power in powers for step in STEPS]
        else:
            steps = [float(step) for step in MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, last)]
        inside = [step for step in steps if first <= step <= last]
        named = [(pixel(step, 0)[0], self.number_across(step)) for step in inside]

        def fit(kept: list[tuple[float, str]]) -> bool:
            ends = [(x, text_width(text, size="small") / 2) for x, text in kept]
            return all(x0 + half0 + 0.8 * em() <= x1 - half1 for (x0, half0), (x1, half1) in pairwise(ends))

        kept = next(each for step in range(1, 100) if fit(each := named[::step]))
        for x, text in kept:
            half = text_width(text, size="small") / 2
            canvas.text(min(x, right - half), top + 0.75 * line_height(), text, align="center", size="small")

    @staticmethod
    def _name_curves(
        canvas: Canvas, pixel: Callable, curves: tuple[Curve, ...], x: float, bounds: tuple[float, float]
    ) -> None:
        """Labels at the right ends of curves, moved apart where they would meet."""
        tall = line_height() * 0.95
        ends = sorted((pixel(*curve.places[-1])[1], curve.text) for curve in curves if curve.places and curve.text)
        ends = [(y, text) for y, text in ends if bounds[0] <= y <= bounds[1] + 1]
        heights = [y for y, _ in ends]
        for _ in range(50):
            for at in range(len(heights) - 1):
                lack = tall - (heights[at + 1] - heights[at])
                if lack > 0:
                    heights[at] -= lack / 2
                    heights[at + 1] += lack / 2
            heights = [min(max(y, bounds[0] + tall / 2), bounds[1] - tall / 2) for y in heights]
        for y, (_, text) in zip(heights, ends, strict=True):
            canvas.text(x, y, text, size="small")
