"""A picture as a column of panels, how tall the whole becomes, and its legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from matplotlib.figure import Figure

from socsvc_analysis.drawing.canvas import Canvas
from socsvc_analysis.drawing.fills import Fill, ink, marker
from socsvc_analysis.drawing.letters import COMPACT, em, line_height, text_width, wrapped
from socsvc_analysis.drawing.svg import DOTS_PER_INCH


class Panel(Protocol):
    """A part of a picture that knows how tall it becomes at a width; ``draw`` may be given more than that."""

    def height(self, width: float) -> float: ...

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None: ...


def compose(figure: Figure, width: float, panels: Sequence[Panel], columns: int = 1) -> None:
    """Draws ``panels`` one below the other, or in ``columns``, and makes ``figure`` as tall as they need.

    ``width`` is in inches.  Legends take a whole row; a narrow picture has one column.
    """
    columns = max(1, min(columns, sum(not isinstance(panel, Legend) for panel in panels)))
    columns = 1 if width * DOTS_PER_INCH < COMPACT * em() else columns
    gutter, margin, edge = 2 * em(), 0.4 * em(), 0.2 * em()
    whole = width * DOTS_PER_INCH - 2 * edge
    rows: list[list[Panel]] = []
    for panel in panels:
        alone = isinstance(panel, Legend) or not rows or isinstance(rows[-1][0], Legend) or len(rows[-1]) == columns
        if alone:
            rows.append([panel])
        else:
            rows[-1].append(panel)
    each = (whole - (columns - 1) * gutter) / columns
    widths = [whole if isinstance(row[0], Legend) else each for row in rows]
    heights = [max(panel.height(across) for panel in row) for row, across in zip(rows, widths, strict=True)]
    height = sum(heights) + 1.4 * em() * (len(rows) - 1) + 2 * margin
    figure.set_size_inches(width, height / DOTS_PER_INCH)
    canvas = Canvas(figure, height)
    top = margin
    for row, across, tall in zip(rows, widths, heights, strict=True):
        for at, panel in enumerate(row):
            panel.draw(canvas, edge + at * (across + gutter), top, across, tall)
        top += tall + 1.4 * em()


@dataclass(frozen=True)
class Entry:
    """One sign and its meaning.

    Without a fill the sign is a marker of the given ``shape`` (``dot`` or ``hollow``) or a line (``dashes``, ``dots``,
    ``line``).
    """

    label: str
    fill: Fill | None = None
    marker: str = ""
    colour: str = "C0"
    shape: str = "o"


@dataclass(frozen=True)
class Legend:
    """Signs and their meanings, in as many lines as the width needs."""

    entries: tuple[Entry, ...]
    heading: str = ""

    def height(self, width: float) -> float:
        return (len(self._rows(width)) + len(self._heading(width))) * 1.25 * line_height()

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        pitch = 1.25 * line_height()
        for line in self._heading(width):
            canvas.text(left, top + pitch / 2, line, size="small")
            top += pitch
        for row in self._rows(width):
            x = left
            for entry, lines in row:
                self._sign(canvas, entry, x, top + pitch / 2)
                canvas.text(x + 1.8 * em(), top + pitch / 2, lines, size="small")
                x += self._width(lines)
            top += pitch

    def _heading(self, width: float) -> list[str]:
        # As for the rows, a little less than there is.
        return wrapped(self.heading, width - 1.6 * em(), size="small") if self.heading else []

    @staticmethod
    def _width(label: str) -> float:
        return 1.8 * em() + text_width(label, size="small") + 1.6 * em()

    def _rows(self, width: float) -> list[list[tuple[Entry, str]]]:
        rows: list[list[tuple[Entry, str]]] = []
        # A little less than there is, so that another font fits too.
        width -= 0.7 * em()
        x = width + 1.0
        for entry in self.entries:
            # Too long for one line: the rest follows without a sign.
            first, *more = wrapped(entry.label, width - 1.8 * em(), size="small")
            if x + self._width(first) - 1.6 * em() > width or more:
                rows.append([])
                x = 0.0
            rows[-1].append((entry, first))
            x += self._width(first)
            for line in more:
                rows.append([(Entry(""), line)])
                x = width + 1.0
        return rows

    @staticmethod
    def _sign(canvas: Canvas, entry: Entry, x: float, y: float) -> None:
        side = 1.0 * em()
        if entry.fill is not None:
            canvas.box(x + 0.2 * em(), y - side / 2, 1.2 * side, side, entry.fill)
        elif entry.marker in STROKES:
            style = STROKES[entry.marker]
            canvas.stroke([x, x + 1.5 * em()], [y, y], color=ink(entry.colour), linestyle=style, linewidth=1.5)
        elif entry.marker:
            canvas.stroke([x + 0.8 * em()], [y], **marker(entry.colour, entry.marker == "hollow", entry.shape))


STROKES = {"dashes": "--", "dots": ":", "line": "-"}
"""Lines as signs of a legend."""


@dataclass(frozen=True)
class Note:
    """A heading and a sentence where another panel would stand."""

    heading: str
    text: str

    def height(self, width: float) -> float:
        return (len(wrapped(self.heading, width, bold=True)) + len(wrapped(self.text, width))) * line_height()

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        top = canvas.lines(left, top, wrapped(self.heading, width, bold=True), bold=True)
        canvas.lines(left, top, wrapped(self.text, width))
