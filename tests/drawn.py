"""What a chart drew: its words and where they stand."""

from __future__ import annotations

from functools import cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from socsvc_analysis.drawing.canvas import Plot

SMALLEST = 7
"""Letters of a picture, in its pixels; the tiny ones on map tiles are 7.5."""
NEAR = 0.5
"""By how much, in pixels, boxes may touch."""


def plots(figure: Figure) -> list[Plot]:
    """All pairs of scales, with their lines and shapes."""
    return [each for each in figure.artists if isinstance(each, Plot)]


@cache
def _measure(dpi: float) -> RendererAgg:
    """What measures words; it has measured most of those of other pictures."""
    return RendererAgg(1, 1, dpi)


def extent(text: Text) -> Bbox:
    """Where words stand, in pixels; a picture need not be drawn to know it, for nothing in it moves when it is."""
    return text.get_window_extent(_measure(text.get_figure(root=True).dpi))


def texts(figure: Figure) -> list[Text]:
    """All words that are drawn."""
    return [each for each in figure.findobj(Text) if each.get_text().strip() and each.get_visible()]


def trouble_with_words(figure: Figure) -> list[str]:
    """Words that leave the picture, meet other words or are too small to read, as sentences; empty when all is well."""
    found = [(each.get_text(), each.get_fontsize(), extent(each)) for each in texts(figure)]
    problems = []
    for text, size, box in found:
        if box.x0 < -NEAR or box.y0 < -NEAR or box.x1 > figure.bbox.width + NEAR or box.y1 > figure.bbox.height + NEAR:
            problems.append(f"{text!r} leaves the picture")
        if size < SMALLEST:
            problems.append(f"{text!r} is too small")
    # Only neighbours from left to right can meet.
    found.sort(key=lambda each: each[2].x0)
    for at, (text, _, box) in enumerate(found):
        for other, _, beside in found[at + 1 :]:
            if beside.x0 >= box.x1 - NEAR:
                break
            if min(box.y1, beside.y1) - max(box.y0, beside.y0) > NEAR:
                problems.append(f"{text!r} and {other!r} meet")
    return problems
