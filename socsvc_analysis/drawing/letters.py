"""How wide words are and where lines break; the letter size of the style is the measure of all lengths.

Words are measured in DejaVu Sans, which is wider than the fonts of most screens, so that nothing touches when a page
shows it in another.
"""

from __future__ import annotations

from functools import lru_cache

from matplotlib import rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

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
