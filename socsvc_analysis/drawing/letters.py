"""How wide words are and where lines break; the letter size of the style is the measure of all lengths.

Words are measured in DejaVu Sans, which is wider than the fonts of most screens, so that nothing touches when a page
shows it in another.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from matplotlib import rcParams
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.textpath import text_to_path

COMPACT = 36
"""Panels narrower than this many letter sizes stack their words above their bars."""
LETTER = re.compile("ff[il]?|f[il]|.", re.DOTALL)
"""A letter, or letters that the font joins into one."""
WIDTHS: dict[tuple[str, str, bool], float] = {}
"""What was measured: the width of a few letters of a family, bold or not."""


def em() -> float:
    """The letter size of the house style, in pixels."""
    return float(rcParams["font.size"])


def line_height() -> float:
    """The distance between two lines of words."""
    return 1.3 * em()


def _measured(letters: str, family: str, bold: bool) -> float:
    """The width of a few letters at the size at which matplotlib measures, a whole number of 64ths of a pixel."""
    if (width := WIDTHS.get((letters, family, bold))) is None:
        font = get_font(_font_file(family, bold))
        font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
        font.set_text(letters, 0.0, flags=LoadFlags.NO_HINTING)
        width = WIDTHS[letters, family, bold] = float(font.get_width_height()[0] / 64)
    return width


@cache
def _font_file(family: str, bold: bool) -> str:
    return str(findfont(FontProperties(family=family, weight="bold" if bold else "normal")))


@lru_cache(maxsize=4096)
def _added_up(text: str, family: str, bold: bool) -> float:
    """The width of ``text``: that of its pairs of letters, less the letters that two pairs share.

    It is to the last digit what matplotlib says of the whole text.  It would lay out each text anew, letter by letter,
    which takes longer than to draw it; there are few pairs.
    """
    letters = LETTER.findall(text)
    if len(letters) < 2:
        return _measured(text, family, bold) if text else 0.0
    pairs = sum(_measured(one + other, family, bold) for one, other in pairwise(letters))
    return pairs - sum(_measured(shared, family, bold) for shared in letters[1:-1])


def text_width(text: str, bold: bool = False, size: str = "normal") -> float:
    """How wide ``text`` is."""
    width = _added_up(text, rcParams["font.family"][0], bold)
    return width * (letter_size(size) / text_to_path.FONT_SCALE)


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
