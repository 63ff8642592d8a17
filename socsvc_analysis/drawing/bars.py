"""Horizontal bars, all from zero on one scale, with their words beside them; below zero they go to the left."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib import rcParams
from matplotlib.patches import Rectangle

from socsvc_analysis.drawing.canvas import Box, Canvas, Plot
from socsvc_analysis.drawing.fills import DARK, MAIN, Fill, marker
from socsvc_analysis.drawing.letters import COMPACT, em, line_height, text_width, wrapped


@dataclass(frozen=True)
class Part:
    """A piece of a bar; ``text`` is written into it where it fits."""

    value: float
    fill: Fill
    text: str = ""


@dataclass(frozen=True)
class Bar:
    """One row: its name, its pieces one after the other, and what is written at their end.

    A bar without pieces is unknown: hatched, as long as its outline or a stub.  ``outline`` is an outlined bar behind,
    ``dots`` are hollow points on the same scale.  ``point`` is a filled point in place of a bar, with its ``shape``;
    ``interval`` is a line from its lower to its upper limit.  Rows with the same ``group`` stand together under it as a
    heading.
    """

    label: str
    parts: tuple[Part, ...] = ()
    text: str = ""
    outline: float = math.nan
    dots: tuple[float, ...] = ()
    group: str = ""
    point: float = math.nan
    shape: str = "o"
    hollow: bool = False
    interval: tuple[float, float] = (math.nan, math.nan)

    @property
    def unknown(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.parts and math.isnan(self.point)

    @property
    def extent(self) -> float:
        """How far the row reaches from zero."""
        reaches = [math.fsum(part.value for part in self.parts), self.outline, *self.dots, self.point, *self.interval]
        return max([reach for reach in reaches if not math.isnan(reach)], default=0.0)

    @property
    def depth(self) -> float:
        """How far the row reaches below zero.

        >>> Bar("fewer", (Part(-13.0, MAIN),)).depth, Bar("more", (Part(5.0, MAIN),)).depth
        (13.0, 0.0)
        """
        reaches = [math.fsum(part.value for part in self.parts), *self.dots, self.point, *self.interval]
        return max((-reach for reach in reaches if reach < 0), default=0.0)


@dataclass(frozen=True)
class ReferenceLine:
    """A value to compare with: a dashed (or otherwise broken) line through all rows, with its label on top."""

    value: float
    label: str
    style: str = "--"


@dataclass(frozen=True)
class Row:
    """Where one bar stands, in pixels from the top of the panel."""

    bar: Bar
    heading: tuple[str, ...]
    heading_top: float
    lines: tuple[str, ...]
    lines_top: float
    middle: float


@dataclass(frozen=True)
class Bars:
    """Rows of bars on one scale."""

    rows: tuple[Bar, ...]
    references: tuple[ReferenceLine, ...] = ()
    heading: str = ""

    def height(self, width: float) -> float:
        return _Layout(self, width).height

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        layout = _Layout(self, width)
        for at, line in enumerate(layout.heading):
            canvas.text(left, top + (at + 0.5) * line_height(), line, bold=True)
        plot_left = left + layout.label_width
        plot = canvas.plot(
            Box(plot_left, top, plot_left + layout.plot_width, top + layout.height),
            (-layout.zero / layout.scale, (layout.plot_width - layout.zero) / layout.scale),
            (layout.height, 0),
        )
        words: list[Box] = []
        for row in layout.rows:
            canvas.lines(left, top + row.heading_top, row.heading, bold=True)
            canvas.lines(left, top + row.lines_top, row.lines)
            self._draw_row(plot, canvas, layout, row, words)
        for start, end in layout.stretches():
            plot.line([0, 0], [start, end], color=rcParams["axes.edgecolor"], linewidth=1, cut=False)
        for reference, (x, y, lines) in zip(self.references, layout.reference_labels(), strict=True):
            canvas.lines(left + x, top + y, lines)
            where, _ = plot.pixel(reference.value, 0)
            # The line steps aside where words stand.
            taken = sorted((box.top - top, box.bottom - top) for box in words if box.left < where < box.right)
            for segment in layout.segments(taken):
                # Paper beneath the dashes, so that they are seen on dark bars too.
                across, paper = [reference.value] * 2, rcParams["figure.facecolor"]
                plot.line(across, segment, color=paper, linewidth=3.5, cut=False)
                plot.line(across, segment, color=DARK, linestyle=reference.style, linewidth=1.5, cut=False)

    @staticmethod
    def _draw_row(plot: Plot, canvas: Canvas, layout: _Layout, row: Row, words: list[Box]) -> None:
        """One bar with all that belongs to it; the place of its text is added to ``words``."""
        bar, thick, scale = row.bar, layout.thick, layout.scale
        left, middle = plot.pixel(0, row.middle)
        end = max(bar.extent, 0.0) * scale  # words of what is below zero stand to the right of it, where there is room

        def add(start: float, width: float, tall: float, fill: Fill, label: str) -> None:
            patch = Rectangle((start, row.middle - tall / 2), width, tall, label=label, **fill.patch())
            plot.patch(patch)

        if bar.unknown:
            stub = 2.4 * em() / scale if math.isnan(bar.outline) else bar.outline
            add(0, stub, thick, Fill(style="unknown"), "unknown")
            end = max(end, stub * scale)
        if not math.isnan(bar.outline):
            add(0, bar.outline, thick * 1.24, Fill(DARK, "outline"), "outline")
        start = 0.0
        for part in bar.parts:
            add(start, part.value, thick, part.fill, bar.label)
            # Numbers could not be read on hatching; the table says them.
            legible = part.text and part.fill.style != "hatched"
            if legible and part.value * scale > text_width(part.text, size="small") + 0.6 * em():
                x = left + (start + part.value / 2) * scale
                canvas.text(x, middle, part.text, align="center", size="small", colour=part.fill.ink())
            start += part.value
        if bar.outline < start:
            # The bar is longer than the outline, whose end shows inside it.
            ends = [row.middle - thick / 2, row.middle + thick / 2]
            plot.line([bar.outline] * 2, ends, color=rcParams["figure.facecolor"], linewidth=1.5, cut=False)
        for dot in bar.dots:
            plot.line([dot], [row.middle], cut=False, zorder=3, **marker(DARK, hollow=True))
        # An interval of a few pixels would only blot the point.
        if (bar.interval[1] - bar.interval[0]) * scale > 0.5 * em():
            # Paper beneath, so that the line is seen on a bar too.
            for colour, more in ((rcParams["figure.facecolor"], 2.0), (rcParams["text.color"], 0.0)):
                wide = {"linewidth": 1.5 + more, "markersize": 7 + more, "markeredgewidth": 1.5 + more}
                plot.line(bar.interval, [row.middle] * 2, marker="|", cut=False, zorder=3, color=colour, **wide)
        if not math.isnan(bar.point):
            sign = marker(MAIN, bar.hollow, bar.shape)
            plot.line([bar.point], [row.middle], cut=False, zorder=4, **sign)
        if bar.text and not layout.text_above:
            x = left + end + layout.gap(bar)
            canvas.text(x, middle, bar.text)
            half = line_height() / 2
            words.append(Box(x - 4, middle - half, x + text_width(bar.text) + 4, middle + half))


class _Layout:
    """Where everything of a panel of bars stands at a width."""

    def __init__(self, panel: Bars, width: float) -> None:
        self.panel, self.width = panel, width
        self.heading = wrapped(panel.heading, width, bold=True) if panel.heading else []
        text = max((text_width(bar.text) for bar in panel.rows), default=0.0)
        self.compact = width < COMPACT * em()
        # In a narrow column words beside the bars would hide the lines that bars are compared with.
        self.text_above = self.compact and (text > 0.55 * width or bool(panel.references))
        widest = max((text_width(bar.label) for bar in panel.rows), default=0.0)
        lines = [wrapped(bar.label, 0.36 * width) for bar in panel.rows]
        self.compact = self.compact or max(map(len, lines), default=0) > 2
        # Short names leave room for bars beside them even in a narrow column.
        if self.compact and widest <= 0.3 * width and text + widest < 0.6 * width and not panel.references:
            self.compact = self.text_above = False
        self.label_width = 0.0 if self.compact else min(widest, 0.36 * width) + 0.8 * em()
        self.plot_width = width - self.label_width - 0.2 * em()
        self.thick = (1.1 if self.compact else 1.4) * em()
        self.scale = self._scale()
        self.zero = self._depth() * self.scale
        self.rows, self.height = self._rows()

    def gap(self, bar: Bar) -> float:
        """Between the end of a bar and its words."""
        return (1.0 if bar.dots or not math.isnan(bar.point) else 0.6) * em()

    def _depth(self) -> float:
        return max((bar.depth for bar in self.panel.rows), default=0.0)

    def _scale(self) -> float:
        scales, depth = [], self._depth()
        for bar in self.panel.rows:
            text = 0.0 if self.text_above or not bar.text else text_width(bar.text) + self.gap(bar) + 0.2 * em()
            if (reach := max(bar.extent, 0.0) + depth) > 0:
                scales.append(max(self.plot_width - text - 0.5 * em(), 2 * em()) / reach)
        scales += [(self.plot_width - em()) / (each.value + depth) for each in self.panel.references if each.value > 0]
        return min(scales, default=1.0)

    def reference_labels(self) -> list[tuple[float, float, list[str]]]:
        """For each reference its label's left edge, top and lines."""
        placed, top = [], len(self.heading) * line_height()
        for reference in self.panel.references:
            lines = wrapped(reference.label, self.width) if reference.label else []
            wide = max((text_width(line) for line in lines), default=0.0)
            middle = self.label_width + self.zero + reference.value * self.scale
            left = min(max(middle - wide / 2, 0.0), self.width - wide)
            placed.append((left, top, lines))
            top += len(lines) * line_height()
        return placed

    def stretches(self) -> list[tuple[float, float]]:
        """Where vertical lines start and end: beside rows that stand together, never through words."""
        reach = 0.75 * self.thick
        stretches: list[tuple[float, float]] = []
        for row in self.rows:
            if stretches and not self.compact and not row.heading:
                stretches[-1] = (stretches[-1][0], row.middle + reach)
            else:
                stretches.append((row.middle - reach, row.middle + reach))
        return stretches

    def segments(self, taken: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
        """What is left of the stretches between the places that are taken, from top to bottom."""
        for start, end in self.stretches():
            for upper, lower in [*taken, (end, end)]:
                if start < upper and start < end:
                    yield start, min(upper, end)
                start = max(start, lower)

    def _rows(self) -> tuple[list[Row], float]:
        line = line_height()
        top = len(self.heading) * line + sum(len(lines) for _, _, lines in self.reference_labels()) * line
        top += 0.3 * em() if top else 0.0
        rows: list[Row] = []
        for at, bar in enumerate(self.panel.rows):
            group: list[str] = []
            if bar.group and (at == 0 or self.panel.rows[at - 1].group != bar.group):
                top += 0.5 * em() if at else 0.0
                group = wrapped(bar.group, self.width, bold=True)
            group_top = top
            top += len(group) * line + (0.2 * em() if group else 0.0)
            if self.compact:
                lines = wrapped(bar.label, self.width) if bar.label else []
                if self.text_above and bar.text:
                    whole = bar.text.replace(" ", "\N{NO-BREAK SPACE}")
                    text = whole if text_width(whole) <= self.width else bar.text
                    lines = wrapped(f"{bar.label}: {text}" if bar.label else text, self.width)
                bar_top = top + len(lines) * line
                rows.append(Row(bar, tuple(group), group_top, tuple(lines), top, bar_top + self.thick * 0.62 + 1))
                top = bar_top + 1.24 * self.thick + 0.9 * em()
            else:
                lines = wrapped(bar.label, self.label_width - 0.8 * em()) if bar.label else []
                tall = max(1.24 * self.thick, len(lines) * line)
                lines_top = top + (tall - len(lines) * line) / 2
                rows.append(Row(bar, tuple(group), group_top, tuple(lines), lines_top, top + tall / 2))
                top += tall + 0.6 * em()
        return rows, top - 0.3 * em()
