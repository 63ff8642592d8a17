"""A picture as a column of panels: how wide words are, where lines break, how tall the whole becomes.

All lengths are pixels from the upper left corner and follow the letter size of the house style.  Words are measured
in DejaVu Sans, which is wider than the fonts of most screens, so that nothing touches when a page shows it in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

from socsvc_analysis.charts.artists import Label, Plot
from socsvc_analysis.charts.palette import Fill, ink
from socsvc_analysis.charts.vector import DOTS_PER_INCH

COMPACT = 36
"""Panels narrower than this many letter sizes stack their words above their bars."""


def em() -> float:
    """The letter size of the house style, in pixels."""
    return float(rcParams["font.size"])


def line_height() -> float:
    """The distance between two lines of words."""
    return 1.3 * em()


@lru_cache(maxsize=4096)
def _measured(text: str, family: str, size: float, bold: bool) -> float:
    if not text:
        return 0.0
    font = FontProperties(family=family, size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def text_width(text: str, bold: bool = False, size: str = "normal") -> float:
    """How wide ``text`` is."""
    return _measured(text, rcParams["font.family"][0], letter_size(size), bold)


def letter_size(size: str = "normal") -> float:
    """The size of ``normal`` letters, of the ``small`` ones of axes and legends, of the ``tiny`` ones on maps."""
    return em() if size == "normal" else float(rcParams["xtick.labelsize" if size == "small" else "ytick.labelsize"])


def wrapped(text: str, width: float, bold: bool = False, size: str = "normal") -> list[str]:
    """``text`` in lines no wider than ``width``; a word that is wider by itself is divided.  No-break spaces hold."""
    if text_width(text, bold, size) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, bold, size) <= width:
            lines[-1] = joined
            continue
        while text_width(word, bold, size) > width and len(word) > 3:
            fits = next(
                n for n in range(len(word) - 1, 1, -1) if n == 2 or text_width(word[:n] + "-", bold, size) <= width
            )
            lines.append(word[:fits] + "-")
            word = word[fits:]
        lines.append(word)
    return lines


@dataclass
class Canvas:
    """A figure measured in pixels from its upper left corner."""

    figure: Figure
    height: float

    def plot(self, left: float, top: float, width: float, height: float, xlim: tuple, ylim: tuple) -> Plot:
        """Two scales with the given limits over the given box."""
        box = Bbox.from_bounds(left, self.height - top - height, width, height)
        return self.figure.add_artist(Plot(box, xlim, ylim, self._pixels()))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        align: str = "left",
        bold: bool = False,
        size: str = "normal",
        colour: str | None = None,
    ) -> Label:
        """One line of words whose middle is at height ``y``."""
        letters = letter_size(size)
        return self.figure.add_artist(
            Label(
                x,
                # Letters stand on their baseline a third of their size below the middle of the line.
                self.height - y - 0.36 * letters,
                text,
                ha=align,
                va="baseline",
                fontsize=letters,
                fontweight=rcParams["axes.titleweight"] if bold else rcParams["font.weight"],
                color=colour or rcParams["xtick.color" if size == "small" else "text.color"],
                transform=self._pixels(),
                parse_math=False,
            )
        )

    def lines(self, x: float, top: float, lines: Sequence[str], **how: object) -> float:
        """Lines of words below ``top``; where they end.  Each is its own text, so that any font keeps its side."""
        for line in lines:
            self.text(x, top + line_height() / 2, line, **how)
            top += line_height()
        return top

    def box(self, x: float, y: float, width: float, height: float, fill: Fill) -> Rectangle:
        """A rectangle with its upper left corner at ``x``, ``y``."""
        patch = Rectangle((x, self.height - y - height), width, height, transform=self._pixels(), **fill.patch())
        return self.figure.add_artist(patch)

    def stroke(self, xs: Sequence[float], ys: Sequence[float], **how: object) -> Line2D:
        """A line or markers through the given places."""
        return self.figure.add_artist(Line2D(xs, [self.height - y for y in ys], transform=self._pixels(), **how))

    def _pixels(self) -> Affine2D:
        return Affine2D().scale(1 / DOTS_PER_INCH) + self.figure.dpi_scale_trans


class Panel(Protocol):
    """A part of a picture that knows how tall it becomes at a width; ``draw`` may be given more than that."""

    def height(self, width: float) -> float: ...

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None: ...


def compose(figure: Figure, width: float, panels: Sequence[Panel], columns: int = 1) -> None:
    """Draws ``panels`` one below the other, or in ``columns``, and makes ``figure`` as tall as they need.

    ``width`` is in inches.  Legends take a whole row; a narrow picture has one column.
    """
    columns = min(columns, sum(not isinstance(panel, Legend) for panel in panels))
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


def marker(colour: str, hollow: bool, shape: str = "o") -> dict[str, object]:
    """The keywords for a point: filled, or hollow for one that is earlier, expected or not certain."""
    return {
        "marker": shape,
        "linestyle": "none",
        "markerfacecolor": rcParams["figure.facecolor"] if hollow else ink(colour),
        "markeredgecolor": ink(colour),
    }


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas that something occupies."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def meets_any(self, others: Iterable[Box]) -> bool:
        """Whether one of the others overlaps."""
        return any(map(self.meets, others))


def apart(box: Box) -> Box:
    """The box with a little room at its sides, so that two words beside each other are told apart."""
    return Box(box.left - 0.3 * em(), box.top, box.right + 0.3 * em(), box.bottom)


@dataclass
class LabelSpace:
    """What is taken in a panel, and where a label finds a free place beside its point."""

    bounds: Box
    words: list[Box] = field(default_factory=list)
    things: list[Box] = field(default_factory=list)

    def label(
        self, canvas: Canvas, x: float, y: float, text: str, *, must: bool = True, size: str = "normal"
    ) -> Box | None:
        """Writes ``text`` near the point, over no other words and, where there is room, over no line or point.

        A label that is not a ``must`` is left out where it finds no free place.  Returns its box if it was written.
        """
        wide, tall = text_width(text, size=size), line_height() * 0.95
        box = self._free(self._around(x, y, wide, tall), must)
        if box is not None:
            self.words.append(box)
            # Anchored at the side that faces the point, so that another font keeps the label there.
            if box.left > x:
                side, align = box.left, "left"
            elif box.right < x or box.right >= self.bounds.right - 1:
                side, align = box.right, "right"
            else:
                side, align = (box.left + box.right) / 2, "center"
            canvas.text(side, (box.top + box.bottom) / 2, text, align=align, size=size)
        return box

    def _free(self, places: Iterable[Box], must: bool) -> Box | None:
        """The first place that meets no words and no line or point; for a ``must`` else the first without words."""
        over_things = None
        for box in places:
            if apart(box).meets_any(self.words):
                continue
            if not box.meets_any(self.things):
                return box
            over_things = over_things or box
        return over_things if must else None

    def along(self, canvas: Canvas, y: float, text: str) -> None:
        """Writes ``text`` close to a line across at ``y``: at its right end, else wherever it stands free along it."""
        wide, tall = text_width(text), line_height() * 0.95
        left, right = self.bounds.left, self.bounds.right - wide
        tops = (y - 0.45 * em() - tall, y + 0.3 * em())
        places = [(right - (right - left) * step / 8, top) for step in (0, 8, *range(1, 8)) for top in tops]
        boxes = (Box(x, top, x + wide, top + tall) for x, top in places)
        boxes = (box for box in boxes if box.top >= self.bounds.top and box.bottom <= self.bounds.bottom)
        taken = [*self.words, *self.things]
        free = next((box for box in boxes if not apart(box).meets_any(taken)), None)
        if free is None:
            self.label(canvas, right + wide / 2, y + 0.3 * em(), text)
            return
        self.words.append(free)
        at_end = free.left >= right - 1
        side = free.right if at_end else free.left
        canvas.text(side, (free.top + free.bottom) / 2, text, align="right" if at_end else "left")

    def _around(self, x: float, y: float, wide: float, tall: float) -> Iterator[Box]:
        near = 0.75 * em()
        for step in range(12):
            away = step * tall / 2
            for dx, dy in (
                (-wide / 2, -near - tall - away),
                (-wide / 2, near + away),
                (near, -tall / 2 - away),
                (-near - wide, -tall / 2 - away),
                (near, -tall / 2 + away),
                (-near - wide, -tall / 2 + away),
                (0, -near - tall - away),
                (-wide, -near - tall - away),
                (0, near + away),
                (-wide, near + away),
            ):
                left = min(max(x + dx, self.bounds.left), self.bounds.right - wide)
                top = y + dy
                if top < self.bounds.top or top + tall > self.bounds.bottom:
                    continue
                yield Box(left, top, left + wide, top + tall)
