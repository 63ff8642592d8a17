"""What colours and patterns mean, the same on every chart."""

from __future__ import annotations

import math

import pandas as pd

from socsvc_analysis.codes import by_code
from socsvc_analysis.drawing.bars import Part
from socsvc_analysis.drawing.fills import DARK, MAIN, PALE, Fill

ACTUAL = MAIN
PLAN = DARK
"""A plan or target is a dashed line or an outlined bar in this colour, with a label."""
CONTEXT = PALE
"""The grey of what stands beside the subject: other regions, institutions beside the community."""

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


def measured(value: float, status: str) -> tuple[Part, ...]:
    """The one piece of a simple bar: hatched where the figure is not certain, none where it is unknown."""
    return () if math.isnan(value) else (Part(value, status_fill(ACTUAL, status)),)
