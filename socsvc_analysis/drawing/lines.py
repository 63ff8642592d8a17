"""Points in time joined by lines, on a scale from zero, with the numbers that matter written beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from socsvc_analysis.drawing.canvas import Box, Canvas, Plot
from socsvc_analysis.drawing.fills import DARK, MAIN, ink, marker, shade
from socsvc_analysis.drawing.labels import LabelSpace
from socsvc_analysis.drawing.letters import em, line_height, text_width, wrapped
from socsvc_analysis.drawing.scales import draw_steps, gutter, numbered, round_steps_between, stand_apart, thinned


@dataclass(frozen=True)
class Point:
    """A value at a time (in years).

    ``when`` names the time under the axis; ``must``: the words are written even where they cross a line; ``anew``: no
    line leads here from the point before; ``shape`` is a marker that stands for a meaning.
    """

    at: float
    value: float
    text: str = ""
    when: str = ""
    hollow: bool = False
    must: bool = True
    anew: bool = False
    shape: str = "o"


@dataclass(frozen=True)
class Trace:
    """Points of one thing in order of time; a line bridges at most ``longest`` years without a figure."""

    points: tuple[Point, ...]
    colour: str = MAIN
    dashed: bool = False
    dots: bool = True
    longest: float = math.inf


@dataclass(frozen=True)
class Level:
    """A broken line across at a value, with its label; it begins at the time ``since``."""

    value: float
    text: str
    style: str = "--"
    since: float = -math.inf


@dataclass(frozen=True)
class Band:
    """Between which values something is expected to lie, at each time: ``(at, lower, upper)``."""

    edges: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Lines:
    """A heading, a sentence, and traces over years; ``number(value, decimals)`` says the steps of the scale."""

    traces: tuple[Trace, ...]
    heading: str = ""
    sentence: str = ""
    levels: tuple[Level, ...] = ()
    number: Callable[[float, int], str] = lambda value, decimals: f"{value:.{decimals}f}"
    tall: float = 13.0
    gap: tuple[float, float, float] | None = None  # when, from, to: the distance between two points
    bands: tuple[Band, ...] = ()
    between: tuple[float, float] | None = None  # the times of all panels that share a scale
    ceiling: float = 0.0  # the highest value of all panels that share a scale

    def height(self, width: float) -> float:
        return (len(self._words(width)) + 1.2) * line_height() + self.tall * em()

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        for line, bold in self._words(width):
            canvas.text(left, top + line_height() / 2, line, bold=bold)
            top += line_height()
        # Panels beside each other stand on one ground, however many lines their headings have.
        top += tall - self.height(width)
        tall = self.tall * em()
        most = self._most() or 1.0
        least = self._least()
        steps = numbered(round_steps_between(least, most), self.number)
        plot_left, right = left + gutter(steps), left + width
        # Half a label at both ends, so that the first and the last number stand over their points.
        inset = min(0.16, 1.6 * em() / (right - plot_left))
        earliest, latest = self._span()
        pad = (latest - earliest) * inset / (1 - 2 * inset) if latest > earliest else 0.5
        head = 2.2 * em()
        floor = min(steps[0][0], least)
        ceiling = floor + (max(steps[-1][0], self._most()) - floor) * tall / (tall - head)
        place = Box(plot_left, top, right, top + tall)
        plot = canvas.plot(place, (earliest - pad, latest + pad), (floor, ceiling))
        draw_steps(canvas, plot, steps)
        self._draw_times(canvas, plot)
        space = LabelSpace(Box(plot_left, top, right, top + tall - 1))
        if floor < 0:
            space.avoid_level(*plot.pixel(plot.xlim[0], 0))
        self._draw_bands_and_levels(plot, space)
        for trace in self.traces:
            self._draw_trace(plot, trace, space)
        for level in self.levels:
            space.along(canvas, plot.pixel(0, level.value)[1], level.text)
        labelled = [point for trace in self.traces for point in trace.points if point.text]
        for point in sorted(labelled, key=lambda each: not each.must):
            space.label(canvas, *plot.pixel(point.at, point.value), point.text, must=point.must)

    def _draw_bands_and_levels(self, plot: Plot, space: LabelSpace) -> None:
        for band in self.bands:
            times, lowers, uppers = zip(*band.edges, strict=True)
            plot.band(times, lowers, uppers, color=shade(MAIN, 0.15), linewidth=0, zorder=0.5)
            for edge in (lowers, uppers):
                plot.line(times, edge, color=MAIN, linestyle=":", linewidth=1.2, zorder=0.6)
        for level in self.levels:
            across = (max(plot.xlim[0], level.since), plot.xlim[1])
            plot.line(across, [level.value] * 2, color=DARK, linestyle=level.style, linewidth=1.5, zorder=1)
            space.avoid_level(*plot.pixel(across[0], level.value))
        if self.gap:
            at, *ends = self.gap
            plot.line([at] * 2, ends, color=DARK, linewidth=1, linestyle=":", zorder=1)
            x, upper = plot.pixel(at, max(ends))
            _, lower = plot.pixel(at, min(ends))
            space.things.append(Box(x - 1, upper, x + 1, lower))

    @staticmethod
    def _draw_trace(plot: Plot, trace: Trace, space: LabelSpace) -> None:
        style: dict[str, Any] = {"linestyle": "--", "linewidth": 1.5} if trace.dashed else {"linestyle": "-"}
        for here, there in pairwise(trace.points):
            if there.anew or there.at - here.at > trace.longest:
                continue
            plot.line([here.at, there.at], [here.value, there.value], color=ink(trace.colour), zorder=2, **style)
            (x0, y0), (x1, y1) = plot.pixel(here.at, here.value), plot.pixel(there.at, there.value)
            steps = max(2, math.ceil(math.hypot(x1 - x0, y1 - y0) / 3))
            for step in range(steps + 1):
                space.avoid_line(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps)
        if not trace.dots:
            return
        # Where points would touch only those that are labelled or not certain are drawn.
        places = [plot.pixel(point.at, point.value) for point in trace.points]
        dense = any(x1 - x0 < 1.1 * em() for (x0, _), (x1, _) in pairwise(places))
        for point, place in zip(trace.points, places, strict=True):
            if not dense or point.text or point.hollow or point.shape != "o":
                sign = marker(trace.colour, point.hollow, point.shape)
                plot.line([point.at], [point.value], cut=False, zorder=3, **sign)
                space.avoid_point(*place)

    def _draw_times(self, canvas: Canvas, plot: Plot) -> None:
        def placed(at: float, text: str) -> tuple[float, str]:
            half = text_width(text, size="small") / 2
            return min(max(plot.pixel(at, 0)[0], plot.place.left + half), plot.place.right - half), text

        texts = [placed(*each) for each in sorted({(point.at, point.when) for point in self._points() if point.when})]
        if not stand_apart(texts):
            first, last = (math.floor(edge - 1e-9) for edge in self._span())
            start, end = plot.xlim
            # The last year stays: that is the one readers look for.
            years = (year for year in range(first, last + 1) if start <= year + 0.5 <= end)
            texts = thinned([placed(year + 0.5, str(year)) for year in years], keep_last=True)
        for x, text in texts:
            canvas.text(x, plot.place.bottom + 0.75 * line_height(), text, align="center", size="small")

    def _words(self, width: float) -> list[tuple[str, bool]]:
        heading = [(line, True) for line in wrapped(self.heading, width, bold=True)] if self.heading else []
        return heading + ([(line, False) for line in wrapped(self.sentence, width)] if self.sentence else [])

    def _points(self) -> list[Point]:
        return [point for trace in self.traces for point in trace.points]

    def _span(self) -> tuple[float, float]:
        times = [point.at for point in self._points()] + [edge[0] for band in self.bands for edge in band.edges]
        times += self.between or ()
        return min(times), max(times)

    def _least(self) -> float:
        return min([0.0, *(point.value for point in self._points()), *(level.value for level in self.levels)])

    def _most(self) -> float:
        most = max([point.value for point in self._points()] + [level.value for level in self.levels] + [self.ceiling])
        # An interval that is very wide goes out of the picture and does not press the figures together.
        return max([most, *(min(edge[2], 1.3 * most) for band in self.bands for edge in band.edges)])
