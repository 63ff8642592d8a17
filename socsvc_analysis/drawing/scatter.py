"""Points on a plane of two scales, with curves that say how far points may lie from the common value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib import rcParams

from socsvc_analysis.drawing.canvas import Box, Canvas, Plot
from socsvc_analysis.drawing.fills import DARK, MAIN, PALE, ink, marker
from socsvc_analysis.drawing.labels import LabelSpace
from socsvc_analysis.drawing.letters import em, line_height, text_width, wrapped
from socsvc_analysis.drawing.scales import draw_steps, gutter, numbered, round_steps, thinned

"""Where a place on the two scales lies in the picture."""

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
        first, last = self.across_limits()
        curves = self.curves(first, last)
        most = self._most()
        steps = numbered(round_steps(most, 5), self.number)
        margin = max((text_width(curve.text, size="small") for curve in curves), default=0.0) + 0.6 * em()
        place = Box(left + gutter(steps), top, left + width - margin, top + self.tall * em())
        plot = canvas.plot(place, (self._scaled(first), self._scaled(last)), (0, most))
        draw_steps(canvas, plot, steps)
        self._draw_across(canvas, plot, left + width)
        canvas.lines(left, place.bottom + 1.3 * line_height(), self._across(width), size="small")
        space = LabelSpace(Box(place.left, top, place.right, place.bottom - 1))
        plot.line(plot.xlim, [self.level] * 2, color=DARK, linestyle="--", linewidth=1.5, zorder=1)
        space.avoid_level(*plot.pixel(plot.xlim[0], self.level))
        for curve in curves:
            xs, ys = [self._scaled(x) for x, _ in curve.places], [y for _, y in curve.places]
            plot.line(xs, ys, color=DARK, linestyle=curve.style, linewidth=1.2, zorder=1)
            for x, y in map(plot.pixel, xs, ys):
                if place.top <= y <= place.bottom:
                    space.avoid_line(x, y)
        self._name_curves(canvas, plot, curves)
        # Filled points last: they stand above the others.
        for dot in sorted(self.dots, key=lambda each: each.filled):
            sign = marker(MAIN if dot.filled else PALE, not dot.filled, dot.shape)
            plot.line([self._scaled(dot.x)], [dot.y], cut=False, zorder=3 + dot.filled, **sign)
            space.avoid_point(*self._pixel(plot, dot))
        for dot in sorted(self.dots, key=lambda each: (not each.filled, each.shape == "o")):
            if dot.text:
                x, y = self._pixel(plot, dot)
                box = space.label(canvas, x, y, dot.text, size="small")
                if box:
                    self._lead(canvas, x, y, box)

    def _pixel(self, plot: Plot, dot: Dot) -> tuple[float, float]:
        return plot.pixel(self._scaled(dot.x), dot.y)

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

    def _draw_across(self, canvas: Canvas, plot: Plot, right: float) -> None:
        first, last = self.across_limits()
        if self._logarithmic():
            powers = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
            steps = [step * 10.0**power for power in powers for step in STEPS]
        else:
            steps = round_steps(last, 5)
        inside = [step for step in steps if first <= step <= last]
        texts = [(plot.pixel(self._scaled(step), 0)[0], self.number_across(step)) for step in inside]
        for x, text in thinned(texts):
            half = text_width(text, size="small") / 2
            middle = plot.place.bottom + 0.75 * line_height()
            canvas.text(min(x, right - half), middle, text, align="center", size="small")

    def _name_curves(self, canvas: Canvas, plot: Plot, curves: tuple[Curve, ...]) -> None:
        """Labels at the right ends of curves, moved apart where they would meet."""
        tall = line_height() * 0.95
        top, bottom = plot.place.top, plot.place.bottom
        named = [curve for curve in curves if curve.places and curve.text]
        ends = sorted((plot.pixel(0, curve.places[-1][1])[1], curve.text) for curve in named)
        ends = [(y, text) for y, text in ends if top <= y <= bottom + 1]
        heights = [y for y, _ in ends]
        for _ in range(50):
            for at in range(len(heights) - 1):
                lack = tall - (heights[at + 1] - heights[at])
                if lack > 0:
                    heights[at] -= lack / 2
                    heights[at + 1] += lack / 2
            heights = [min(max(y, top + tall / 2), bottom - tall / 2) for y in heights]
        for y, (_, text) in zip(heights, ends, strict=True):
            canvas.text(plot.place.right + 0.3 * em(), y, text, size="small")
