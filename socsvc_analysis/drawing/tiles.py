"""Equal squares on a grid, with outlines around those of one area."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib import rcParams

from socsvc_analysis.drawing.canvas import Canvas
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.letters import em, text_width


@dataclass(frozen=True)
class Tile:
    """One square: its place on the grid, what is written on it, how it is filled, and its area."""

    row: int
    column: int
    label: str
    text: str
    fill: Fill
    area: str


@dataclass(frozen=True)
class Tiles:
    """All squares with the outlines of their areas."""

    tiles: tuple[Tile, ...]

    def height(self, width: float) -> float:
        return self._side(width) * (max(tile.row for tile in self.tiles) + 1) + 2

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        side = self._side(width)
        left, top = left + (width - side * self._columns()) / 2, top + 1
        areas = {(tile.row, tile.column): tile.area for tile in self.tiles}
        for tile in self.tiles:
            x, y = left + tile.column * side, top + tile.row * side
            self._draw_tile(canvas, tile, x, y, side)
            for down, across, xs, ys in (
                (-1, 0, (x, x + side), (y, y)),
                (1, 0, (x, x + side), (y + side, y + side)),
                (0, -1, (x, x), (y, y + side)),
                (0, 1, (x + side, x + side), (y, y + side)),
            ):
                if areas.get((tile.row + down, tile.column + across)) != tile.area:
                    canvas.stroke(xs, ys, color=rcParams["text.color"], lw=1.2, solid_capstyle="projecting", zorder=4)

    @staticmethod
    def _draw_tile(canvas: Canvas, tile: Tile, x: float, y: float, side: float) -> None:
        gap = 0.07 * em()
        canvas.box(x + gap, y + gap, side - 2 * gap, side - 2 * gap, tile.fill)
        room = side - 0.2 * em()
        canvas.text(
            x + side / 2, y + side * 0.33, cut(tile.label, room), align="center", size="tiny", colour=tile.fill.ink()
        )
        size = "normal" if side > 4 * em() else "tiny"
        if tile.text and text_width(tile.text, size=size) < side:
            canvas.text(x + side / 2, y + side * 0.69, tile.text, align="center", size=size, colour=tile.fill.ink())

    def _side(self, width: float) -> float:
        return (width - 2) / self._columns()

    def _columns(self) -> int:
        return max(tile.column for tile in self.tiles) + 1


def cut(label: str, width: float) -> str:
    """The label, or as much of its beginning as fits: with a full stop, unless only a few letters fit."""
    shorter = [label[:length] + "." for length in range(len(label) - 1, 4, -1)]
    shortest = [label[:length] for length in (4, 3, 2)]
    fitting = (each for each in (label, *shorter, *shortest) if text_width(each, size="tiny") <= width)
    return next(fitting, label[:1])
