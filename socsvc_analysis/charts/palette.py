"""What colours and patterns mean, the same on every chart.

Colours are named by their place in the cycle of ``house.mplstyle``; a meaning never rests on a colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib import rcParams
from matplotlib.colors import to_rgb

from socsvc_analysis.codes import by_code

ACTUAL = "C0"
PLAN = "C4"
"""A plan or target is a dashed line or an outlined bar in this colour, with a label."""
CONTEXT = "context"
"""The grey of what stands beside the subject: other regions, institutions beside the community."""
BESIDE = 0.6

SERVICES = {
    "group_home": "C0",
    "day_care_centre": "C1",
    "specialised_workshop": "C2",
    "family_like_service": "C3",
    "youth_house": "C5",
}
"""The services whose places the programmes build, in the order in which they are stacked."""

OTHER = "other"
UNCERTAIN = ("estimated", "provisional", "disputed")
"""Statuses of figures that are known and not certain, the more certain first, as reconciliation ranks them."""
HATCH = "////"


@dataclass(frozen=True)
class Fill:
    """How a bar, a tile or a swatch is filled.

    ``style`` is one of: ``solid``; ``tint`` (lighter with an outline: promised, not yet there); ``outline`` (a plan);
    ``hatched`` (a figure that is not certain); ``unknown`` (no figure); ``void`` and ``empty`` (a place on a map
    without a figure, and one that the page is not about).
    """

    colour: str = ACTUAL
    style: str = "solid"
    strength: float = 1.0

    def patch(self) -> dict[str, object]:
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
            return rcParams["figure.facecolor"]
        return rcParams["xtick.color" if self.style == "empty" else "text.color"]


FUNDS = {
    "funding_erdf": Fill("C0"),
    "funding_esf": Fill("C2"),
    "funding_eu": Fill("C0", "tint"),
    "funding_state": Fill("C1"),
    "funding_state_grant": Fill("C5"),
    "funding_national_public": Fill("C1", "tint"),
    "funding_municipal": Fill("C3"),
    "funding_municipal_and_state": Fill("C3", "tint"),
}
"""European money, then the state's, then the municipality's; a tint where the source does not tell them apart."""


def shade(colour: str, strength: float) -> tuple[float, float, float]:
    """``colour`` as it fills on paper at ``strength`` from 0 (paper) to 1 (the colour itself)."""
    colour, strength = (PLAN, strength * BESIDE) if colour == CONTEXT else (colour, strength)
    return tuple(
        strength * pure + (1 - strength) * paper
        for pure, paper in zip(to_rgb(colour), to_rgb(rcParams["figure.facecolor"]), strict=True)
    )


def ink(colour: str) -> str | tuple[float, float, float]:
    """The colour of a line or point, inside the house style; ``CONTEXT`` is the plan's grey, lighter."""
    return shade(colour, 1.0) if colour == CONTEXT else colour


def service_group(service_type: str, service_types: pd.DataFrame) -> str:
    """Which of the coloured services ``service_type`` is, or is a kind of; ``other`` for the rest.

    >>> types = pd.DataFrame({"service_type": ["group_home_with_care", "shelter"], "parent": ["group_home", ""]})
    >>> service_group("group_home_with_care", types), service_group("shelter", types)
    ('group_home', 'other')
    """
    if service_type in SERVICES:
        return service_type
    parent = by_code(service_types, "service_type").get(service_type, {}).get("parent")
    return parent if parent in SERVICES else OTHER


def service_fill(group: str, opened: bool = True, status: str = "normal") -> Fill:
    """The fill of a service's places: solid where open, a tint where promised; ``other`` is hatched grey."""
    colour = SERVICES.get(group, PLAN)
    if not opened:
        return Fill(colour, "tint")
    return Fill(colour, "hatched") if group == OTHER else status_fill(colour, status)


def status_fill(colour: str, status: str) -> Fill:
    """Solid for a figure one can rely on, hatched for one that is provisional, approximate or disputed."""
    return Fill(colour, "hatched" if status in UNCERTAIN else "solid")


def _luminance(colour: tuple[float, float, float]) -> float:
    # Relative luminance as WCAG 2.2 defines it.
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
