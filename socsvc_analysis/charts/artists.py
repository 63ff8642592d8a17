"""What a picture is made of: words, and lines and shapes on two scales; no axes, whose ticks nobody would see."""

from __future__ import annotations

from collections.abc import Sequence
from operator import methodcaller

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedBbox

from socsvc_analysis.charts.vector import Pen


class Label(Text):
    """Words on one line.  A pen anchors them at the side by which they were placed, and needs to know no more."""

    def draw(self, renderer: RendererBase) -> None:
        if isinstance(renderer, Pen):
            renderer.draw_label(self)
        else:
            super().draw(renderer)


class Plot(Artist):
    """Lines and shapes at values on two scales, over ``box``; what is not to stand out of it is cut at its edges.

    ``xlim`` and ``ylim`` are the values at the left and the lower edge, and at those across; ``pixels`` leads from
    the units of ``box`` to the picture.
    """

    zorder = 0  # words and signs stand above

    def __init__(self, box: Bbox, xlim: tuple[float, float], ylim: tuple[float, float], pixels: Transform) -> None:
        super().__init__()
        self.xlim, self.ylim = xlim, ylim
        self.lines: list[Line2D] = []
        self.patches: list[Patch] = []
        self._parts: list[Artist] = []
        self._box = TransformedBbox(box, pixels)
        scale = box.width / (xlim[1] - xlim[0]), box.height / (ylim[1] - ylim[0])
        self._scaled = Affine2D().translate(-xlim[0], -ylim[0]).scale(*scale).translate(box.x0, box.y0) + pixels

    def line(self, xs: Sequence[float], ys: Sequence[float], *, cut: bool = True, **style: object) -> None:
        """A line or markers through places on the scales."""
        self.lines.append(self._add(Line2D(xs, ys, transform=self._scaled, **style), cut))

    def patch(self, patch: Patch) -> None:
        """A shape, which may stand out of the box."""
        patch.set_transform(self._scaled)
        self.patches.append(self._add(patch, cut=False))

    def band(self, xs: Sequence[float], lower: Sequence[float], upper: Sequence[float], **style: object) -> None:
        """What lies between two lines."""
        edges = (np.asarray(each) for each in (xs, lower, upper))
        self._add(FillBetweenPolyCollection("x", *edges, transform=self._scaled, **style), cut=True)

    def get_children(self) -> list[Artist]:
        return self._parts

    def draw(self, renderer: RendererBase) -> None:
        for part in sorted(self._parts, key=methodcaller("get_zorder")):
            part.draw(renderer)

    def _add(self, part: Artist, cut: bool) -> Artist:
        part.set_figure(self.get_figure())
        if cut:
            part.set_clip_box(self._box)
        self._parts.append(part)
        return part
