"""Rows on one scale of years: what lasted is a bar, what happened is a sign."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib import rcParams

from socsvc_analysis.drawing.canvas import Canvas
from socsvc_analysis.drawing.fills import DARK, MAIN, PALE, Fill, marker
from socsvc_analysis.drawing.letters import COMPACT, em, line_height, text_width, wrapped


@dataclass(frozen=True)
class Span:
    """One row: from when to when, in years.

    With a ``shape`` it is a sign, else a bar; what stands ``beside`` the subject is hollow or grey.
    """

    start: float
    end: float
    label: str
    shape: str = ""
    beside: bool = False
    open_end: bool = False


@dataclass(frozen=True)
class Spans:
    """Rows on one scale of years, which is named above and below them."""

    rows: tuple[Span, ...]

    def height(self, width: float) -> float:
        return 2.6 * line_height() + sum(self._tall(row, width) for row in self.rows)

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        first = math.floor(min(row.start for row in self.rows))
        last = math.ceil(max(row.end for row in self.rows) - 0.01)
        label_width = 0.0 if self._stacked(width) else self._label_width(width)
        plot_left, plot_width = left + label_width + 0.6 * em(), width - label_width - 1.2 * em()
        scale = plot_width / max(last - first, 1)
        years = list(self._years(first, last, scale))
        thin = {"color": rcParams["grid.color"], "linewidth": rcParams["grid.linewidth"], "zorder": 0}

        def x_of(year: float) -> float:
            return plot_left + (year - first) * scale

        rows_tall = self.height(width) - 2.6 * line_height()
        for at in (top, top + 1.3 * line_height() + rows_tall):
            for year in years:
                half = text_width(str(year), size="small") / 2
                x = min(max(x_of(year), left + half), left + width - half)
                canvas.text(x, at + 0.6 * line_height(), str(year), align="center", size="small")
        y = top + 1.3 * line_height()
        for row in self.rows:
            lines = self._lines(row, width)
            below = y + self._tall(row, width)
            if self._stacked(width):
                canvas.lines(left, y, lines)
                middle = y + len(lines) * line_height() + 0.7 * em()
                canvas.stroke([x_of(first), x_of(last)], [middle] * 2, **thin)
            else:
                middle = (y + below - 0.5 * em()) / 2
                canvas.lines(left, middle - len(lines) * line_height() / 2, lines)
                for year in years:
                    canvas.stroke([x_of(year)] * 2, [y, below], **thin)
            self._draw_row(canvas, row, x_of(row.start), x_of(row.end), middle)
            y = below

    @staticmethod
    def _draw_row(canvas: Canvas, row: Span, start: float, end: float, middle: float) -> None:
        thick, colour = 0.9 * em(), DARK if row.beside else MAIN
        if row.shape:
            # What lasted for weeks or months is a line between two signs.
            ends = [start, end] if end - start > 1.2 * em() else [start]
            canvas.stroke(ends, [middle] * len(ends), color=colour, linewidth=1.5)
            for x in ends:
                canvas.stroke([x], [middle], **marker(colour, row.beside, row.shape))
            return
        canvas.box(start, middle - thick / 2, max(end - start, 0.4 * em()), thick, Fill(PALE if row.beside else MAIN))
        if row.open_end:
            sign = marker(PALE if row.beside else MAIN, False, ">")
            canvas.stroke([max(end, start + 0.4 * em()) + 0.5 * em()], [middle], **sign)

    @staticmethod
    def _stacked(width: float) -> bool:
        return width < COMPACT * em()

    def _label_width(self, width: float) -> float:
        return min(max(text_width(row.label) for row in self.rows), 0.5 * width) + em()

    def _lines(self, row: Span, width: float) -> list[str]:
        return wrapped(row.label, width if self._stacked(width) else self._label_width(width) - em())

    def _tall(self, row: Span, width: float) -> float:
        lines = len(self._lines(row, width)) * line_height()
        return lines + 2.0 * em() if self._stacked(width) else max(lines, 1.2 * em()) + 0.5 * em()

    @staticmethod
    def _years(first: int, last: int, scale: float) -> Iterator[int]:
        room = text_width("2000", size="small") + 0.8 * em()
        step = next((each for each in (1, 2, 5, 10, 20) if each * scale > room), 50)
        return (year for year in range(first, last + 1) if (last - year) % step == 0)
