"""What a picture is made of: words, boxes and strokes at pixels, lines and shapes on two scales.

There are no axes of matplotlib, whose ticks nobody would see.  All lengths are pixels from the upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Any, TypeVar

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedBbox

from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.letters import letter_size, line_height
from socsvc_analysis.drawing.svg import DOTS_PER_INCH, Pen

Part = TypeVar("Part", bound=Artist)


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas that something occupies."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def meets_any(self, others: Iterable[Box]) -> bool:
        """Whether one of the others overlaps."""
        return any(map(self.meets, others))


class Label(Text):
    """Words on one line.  A pen anchors them at the side by which they were placed, and needs to know no more."""

    def draw(self, renderer: RendererBase) -> None:
        if isinstance(renderer, Pen):
            renderer.draw_label(self)
        else:
            super().draw(renderer)


class Plot(Artist):
    """Lines and shapes at values on two scales, in a box of a canvas; what is not to stand out is cut at its edges.

    ``xlim`` and ``ylim`` are the values at the left and the lower edge, and at those across.
    """

    zorder = 0  # words and signs stand above

    def __init__(self, canvas: Canvas, place: Box, xlim: tuple[float, float], ylim: tuple[float, float]) -> None:
        super().__init__()
        self.place, self.xlim, self.ylim = place, xlim, ylim
        self.lines: list[Line2D] = []
        self.patches: list[Patch] = []
        self._parts: list[Artist] = []
        box = Bbox.from_bounds(place.left, canvas.height - place.bottom, place.width, place.height)
        pixels = canvas.pixels()
        self._box = TransformedBbox(box, pixels)
        scale = box.width / (xlim[1] - xlim[0]), box.height / (ylim[1] - ylim[0])
        self._scaled = Affine2D().translate(-xlim[0], -ylim[0]).scale(*scale).translate(box.x0, box.y0) + pixels

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Where a value of each scale lies on the canvas."""
        across = (x - self.xlim[0]) / (self.xlim[1] - self.xlim[0])
        up = (y - self.ylim[0]) / (self.ylim[1] - self.ylim[0])
        return self.place.left + across * self.place.width, self.place.bottom - up * self.place.height

    def line(self, xs: Sequence[float], ys: Sequence[float], *, cut: bool = True, **style: Any) -> None:
        """A line or markers through places on the scales."""
        self.lines.append(self._add(Line2D(xs, ys, transform=self._scaled, **style), cut))

    def patch(self, patch: Patch) -> None:
        """A shape, which may stand out of the box."""
        patch.set_transform(self._scaled)
        self.patches.append(self._add(patch, cut=False))

    def band(self, xs: Sequence[float], lower: Sequence[float], upper: Sequence[float], **style: Any) -> None:
        """What lies between two lines."""
        edges = (np.asarray(each) for each in (xs, lower, upper))
        self._add(FillBetweenPolyCollection("x", *edges, transform=self._scaled, **style), cut=True)

    def get_children(self) -> list[Artist]:
        return self._parts

    def draw(self, renderer: RendererBase) -> None:
        for part in sorted(self._parts, key=methodcaller("get_zorder")):
            part.draw(renderer)

    def _add(self, part: Part, cut: bool) -> Part:
        figure = self.get_figure()
        if figure is not None:
            part.set_figure(figure)
        if cut:
            part.set_clip_box(self._box)
        self._parts.append(part)
        return part


@dataclass
class Canvas:
    """A figure measured in pixels from its upper left corner."""

    figure: Figure
    height: float

    def plot(self, place: Box, xlim: tuple[float, float], ylim: tuple[float, float]) -> Plot:
        """Two scales with the given limits over the given place."""
        return self._added(Plot(self, place, xlim, ylim))

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
        return self._added(
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
                transform=self.pixels(),
                parse_math=False,
            )
        )

    def lines(self, x: float, top: float, lines: Sequence[str], **how: Any) -> float:
        """Lines of words below ``top``; where they end.  Each is its own text, so that any font keeps its side."""
        for line in lines:
            self.text(x, top + line_height() / 2, line, **how)
            top += line_height()
        return top

    def box(self, x: float, y: float, width: float, height: float, fill: Fill) -> Rectangle:
        """A rectangle with its upper left corner at ``x``, ``y``."""
        patch = Rectangle((x, self.height - y - height), width, height, transform=self.pixels(), **fill.patch())
        return self._added(patch)

    def stroke(self, xs: Sequence[float], ys: Sequence[float], **how: Any) -> Line2D:
        """A line or markers through the given places."""
        return self._added(Line2D(xs, [self.height - y for y in ys], transform=self.pixels(), **how))

    def _added(self, artist: Part) -> Part:
        self.figure.add_artist(artist)
        return artist

    def pixels(self) -> Transform:
        """The matplotlib transform from pixels above the lower left corner to the figure."""
        return Affine2D().scale(1 / DOTS_PER_INCH) + self.figure.dpi_scale_trans
