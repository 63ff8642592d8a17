"""Points in time joined by lines, on a scale from zero, with the numbers that matter written beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from matplotlib import rcParams
from matplotlib.ticker import MaxNLocator

from socsvc_analysis.drawing.canvas import Canvas, Plot
from socsvc_analysis.drawing.fills import DARK, MAIN, ink, marker, shade
from socsvc_analysis.drawing.labels import Box, LabelSpace
from socsvc_analysis.drawing.letters import em, line_height, text_width, wrapped


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
    number: Callable[[float, int], str] = format
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
        ticks = self._ticks()
        gutter = max(text_width(text, size="small") for _, text in ticks) + 0.8 * em()
        plot_left, plot_width = left + gutter, width - gutter
        # Half a label at both ends, so that the first and the last number stand over their points.
        inset = min(0.16, 1.6 * em() / plot_width)
        earliest, latest = self._span()
        pad = (latest - earliest) * inset / (1 - 2 * inset) if latest > earliest else 0.5
        start, end = earliest - pad, latest + pad
        head = 2.2 * em()
        most = max(ticks[-1][0], self._most()) * tall / (tall - head)
        plot = canvas.plot(plot_left, top, plot_width, tall, (start, end), (0, most))

        def pixel(at: float, value: float) -> tuple[float, float]:
            return plot_left + (at - start) / (end - start) * plot_width, top + tall - value / most * tall

        for tick, text in ticks:
            plot.line(
                [start, end], [tick, tick], color=rcParams["grid.color"], linewidth=rcParams["grid.linewidth"], zorder=0
            )
            canvas.text(plot_left - 0.5 * em(), pixel(start, tick)[1], text, align="right", size="small")
        plot.line([start, end], [0, 0], color=rcParams["axes.edgecolor"], linewidth=1, cut=False, zorder=1)
        self._draw_times(canvas, plot_left, plot_width, top + tall, start, end)

        room = LabelSpace(Box(plot_left, top, left + width, top + tall - 1))
        for band in self.bands:
            times, lowers, uppers = zip(*band.edges, strict=True)
            plot.band(times, lowers, uppers, color=shade(MAIN, 0.15), linewidth=0, zorder=0.5)
            for edge in (lowers, uppers):
                plot.line(times, edge, color=MAIN, linestyle=":", linewidth=1.2, zorder=0.6)
        for level in self.levels:
            since = max(start, level.since)
            plot.line([since, end], [level.value] * 2, color=DARK, linestyle=level.style, linewidth=1.5, zorder=1)
            x, y = pixel(since, level.value)
            room.things.append(Box(x, y - 1, plot_left + plot_width, y + 1))
        if self.gap:
            plot.line([self.gap[0]] * 2, self.gap[1:], color=DARK, linewidth=1, linestyle=":", zorder=1)
            x, upper = pixel(self.gap[0], max(self.gap[1:]))
            _, lower = pixel(self.gap[0], min(self.gap[1:]))
            room.things.append(Box(x - 1, upper, x + 1, lower))
        for trace in self.traces:
            self._draw_trace(plot, trace, pixel, room)
        for level in self.levels:
            room.along(canvas, pixel(end, level.value)[1], level.text)
        labelled = [point for trace in self.traces for point in trace.points if point.text]
        for point in sorted(labelled, key=lambda each: not each.must):
            room.label(canvas, *pixel(point.at, point.value), point.text, must=point.must)

    def _draw_trace(self, plot: Plot, trace: Trace, pixel: Callable, room: LabelSpace) -> None:
        for here, there in pairwise(trace.points):
            if there.anew or there.at - here.at > trace.longest:
                continue
            style = "--" if trace.dashed else "-"
            plot.line(
                [here.at, there.at],
                [here.value, there.value],
                color=ink(trace.colour),
                linestyle=style,
                zorder=2,
                linewidth=1.5 if trace.dashed else None,
            )
            (x0, y0), (x1, y1) = pixel(here.at, here.value), pixel(there.at, there.value)
            steps = max(2, math.ceil(math.hypot(x1 - x0, y1 - y0) / 3))
            for step in range(steps + 1):
                x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
                room.things.append(Box(x - 1.5, y - 1.5, x + 1.5, y + 1.5))
        if not trace.dots:
            return
        # Where points would touch only those that are labelled or not certain are drawn.
        places = [pixel(point.at, point.value) for point in trace.points]
        dense = any(x1 - x0 < 1.1 * em() for (x0, _), (x1, _) in pairwise(places))
        for point, (x, y) in zip(trace.points, places, strict=True):
            if not dense or point.text or point.hollow or point.shape != "o":
                sign = marker(trace.colour, point.hollow, point.shape)
                plot.line([point.at], [point.value], cut=False, zorder=3, **sign)
                room.words.append(Box(x - 4, y - 4, x + 4, y + 4))

    def _draw_times(self, canvas: Canvas, left: float, width: float, top: float, start: float, end: float) -> None:
        def x_of(at: float, text: str) -> float:
            half = text_width(text, size="small") / 2
            return min(max(left + (at - start) / (end - start) * width, left + half), left + width - half)

        def fit(times: list[tuple[float, str]]) -> bool:
            ends = [(x_of(at, text), text_width(text, size="small") / 2) for at, text in times]
            return all(x0 + half0 + 0.8 * em() <= x1 - half1 for (x0, half0), (x1, half1) in pairwise(ends))

        named = sorted({(point.at, point.when) for point in self._points() if point.when})
        if not fit(named):
            first, last = (math.floor(edge - 1e-9) for edge in self._span())
            years = [(year + 0.5, str(year)) for year in range(first, last + 1) if start <= year + 0.5 <= end]
            # Counting from the last year: that is the one readers look for.
            named = next(kept for step in range(1, 200) if fit(kept := years[::-1][::step][::-1]))
        for at, text in named:
            canvas.text(x_of(at, text), top + 0.75 * line_height(), text, align="center", size="small")

    def _words(self, width: float) -> list[tuple[str, bool]]:
        heading = [(line, True) for line in wrapped(self.heading, width, bold=True)] if self.heading else []
        return heading + ([(line, False) for line in wrapped(self.sentence, width)] if self.sentence else [])

    def _points(self) -> list[Point]:
        return [point for trace in self.traces for point in trace.points]

    def _span(self) -> tuple[float, float]:
        times = [point.at for point in self._points()] + [edge[0] for band in self.bands for edge in band.edges]
        times += self.between or ()
        return min(times), max(times)

    def _most(self) -> float:
        most = max([point.value for point in self._points()] + [level.value for level in self.levels] + [self.ceiling])
        # An interval that is very wide goes out of the picture and does not press the figures together.
        return max([most, *(min(edge[2], 1.3 * most) for band in self.bands for edge in band.edges)])

    def _ticks(self) -> list[tuple[float, str]]:
        most = self._most() or 1.0
        chosen = MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10], integer=most >= 3).tick_values(0, most)
        ticks = [float(tick) for tick in chosen if 0 <= tick <= most * 1.001] or [0.0]
        step = ticks[1] if len(ticks) > 1 else 1.0
        decimals = next((places for places in range(4) if math.isclose(round(step, places), step)), 4)
        return [(tick, self.number(tick, decimals)) for tick in ticks]
