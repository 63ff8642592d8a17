"""Colours and patterns, and the letters that can be read on them.

Colours are named by their place in the cycle of ``house.mplstyle``; a meaning never rests on a colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib import rcParams
from matplotlib.colors import to_rgb

MAIN = "C0"
"""The colour of what a picture is about."""
DARK = "C4"
"""A dark grey, for what it is compared with."""
PALE = "pale"
"""The same grey, lighter, for what stands beside."""
PALENESS = 0.6
HATCH = "////"


@dataclass(frozen=True)
class Fill:
    """How a bar, a tile or a swatch is filled.

    ``style`` is one of: ``solid``; ``tint`` (lighter with an outline); ``outline`` (nothing inside);
    ``hatched`` (a figure that is not certain); ``unknown`` (no figure); ``void`` and ``empty`` (a place on a map
    without a figure, and one that the page is not about).
    """

    colour: str = MAIN
    style: str = "solid"
    strength: float = 1.0

    def patch(self) -> dict[str, Any]:
        """The keywords for a matplotlib patch, inside the house style."""
        if self.style == "outline":
            return {"facecolor": "none", "edgecolor": self.colour, "linestyle": (0, (4, 2))}
        if self.style == "unknown":
            return {"facecolor": "none", "edgecolor": rcParams["xtick.color"], "hatch": HATCH, "linewidth": 0.5}
        if self.style == "void":
            return {"facecolor": "none", "edgecolor": rcParams["grid.color"], "hatch": HATCH, "linewidth": 0.5}
        if self.style == "empty":
            return {"facecolor": "none", "edgecolor": rcParams["grid.color"], "linewidth": 0.5}
        if self.style == "hatched":
            return {"facecolor": shade(self.colour, 0.3), "edgecolor": self.colour, "hatch": HATCH}
        if self.style == "tint":
            return {"facecolor": shade(self.colour, 0.25), "edgecolor": self.colour}
        return {"facecolor": shade(self.colour, self.strength), "edgecolor": rcParams["patch.edgecolor"]}

    def ink(self) -> str:
        """The colour of letters that can be read on this fill: dark, or white on a dark fill."""
        if self.style == "solid" and _luminance(shade(self.colour, self.strength)) < 0.18:
            return str(rcParams["figure.facecolor"])
        return str(rcParams["xtick.color" if self.style == "empty" else "text.color"])


def shade(colour: str, strength: float) -> tuple[float, float, float]:
    """``colour`` as it fills on paper at ``strength`` from 0 (paper) to 1 (the colour itself)."""
    colour, strength = (DARK, strength * PALENESS) if colour == PALE else (colour, strength)
    red, green, blue = (
        strength * pure + (1 - strength) * paper
        for pure, paper in zip(to_rgb(colour), to_rgb(rcParams["figure.facecolor"]), strict=True)
    )
    return red, green, blue


def ink(colour: str) -> str | tuple[float, float, float]:
    """The colour of a line or point, inside the house style; ``PALE`` is the dark grey, lighter."""
    return shade(colour, 1.0) if colour == PALE else colour


def _luminance(colour: tuple[float, float, float]) -> float:
    # Relative luminance as WCAG 2.2 defines it.
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def marker(colour: str, hollow: bool, shape: str = "o") -> dict[str, Any]:
    """The keywords for a point of the given shape, filled or hollow."""
    return {
        "marker": shape,
        "linestyle": "none",
        "markerfacecolor": rcParams["figure.facecolor"] if hollow else ink(colour),
        "markeredgecolor": ink(colour),
    }
