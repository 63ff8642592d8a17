"""Labels beside points and lines that find a free place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from socsvc_analysis.drawing.canvas import Box, Canvas
from socsvc_analysis.drawing.letters import em, line_height, text_width


def apart(box: Box) -> Box:
    """The box with a little room at its sides, so that two words beside each other are told apart."""
    return Box(box.left - 0.3 * em(), box.top, box.right + 0.3 * em(), box.bottom)


@dataclass
class LabelSpace:
    """The places of a panel that are taken, for finding a free one for each label beside its point.

    No label covers other ``words`` or points; it stands over ``things`` such as lines only where it must.
    """

    bounds: Box
    words: list[Box] = field(default_factory=list)
    things: list[Box] = field(default_factory=list)

    def avoid_point(self, x: float, y: float) -> None:
        """A point is drawn here, which no label covers."""
        self.words.append(Box(x - 4, y - 4, x + 4, y + 4))

    def avoid_line(self, x: float, y: float) -> None:
        """A line goes through here, over which labels stand only where they must."""
        self.things.append(Box(x - 1.5, y - 1.5, x + 1.5, y + 1.5))

    def avoid_level(self, left: float, y: float) -> None:
        """A line across begins here and goes to the right end."""
        self.things.append(Box(left, y - 1, self.bounds.right, y + 1))

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
