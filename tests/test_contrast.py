"""Contrast of everything that pages and charts show, computed from the colours as they are set (WCAG 1.4.3, 1.4.11)."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from matplotlib import rcParams
from matplotlib.colors import to_hex, to_rgb

from socsvc_analysis.charts.palette import FUNDS, PLAN, SERVICES, service_fill
from socsvc_analysis.charts.tilemap import STRENGTHS
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.style import in_house_style
from socsvc_analysis.report.page import style

TEXT, GRAPHICS = 4.5, 3.0
READ_ON = {
    "text": ("ground", "panel", "card", "mark"),
    "quiet": ("ground", "panel"),
    "accent": ("ground", "panel", "mark"),
    "on-accent": ("accent-ground",),
    "map-ink": ("card", "region-1", "region-2", "region-3", "region-4", "region-5"),
    "card": ("map-chosen",),
}
"""Letters, and what they stand on somewhere on a page."""
SEEN_ON = {"accent": ("ground", "panel"), "mark-line": ("ground", "mark"), "quiet": ("ground",)}
"""Lines and signs that mean something: rules of tables, edges of badges and notices, the ring around what has focus."""


def luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: object, other: object) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def themes() -> dict[str, dict[str, str]]:
    """The colours of a page by name: in the light, in the dark, on paper."""
    sheet = style()
    base = re.search(r"^:root \{(.*?)\}", sheet, re.DOTALL | re.MULTILINE)[1]
    dark = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", sheet, re.DOTALL)[1]
    paper = re.search(r"@media print \{\s*:root \{(.*?)\}", sheet, re.DOTALL)[1]

    def colours(block: str) -> dict[str, str]:
        return {
            name: "#" + "".join(each * (2 if len(digits) == 3 else 1) for each in digits)
            for name, digits in re.findall(r"--([\w-]+): #([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", block)
        }

    return {each: colours(base) | colours(block) for each, block in (("light", ""), ("dark", dark), ("paper", paper))}


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
@pytest.mark.parametrize(("pairs", "least"), [(READ_ON, TEXT), (SEEN_ON, GRAPHICS)], ids=["text", "graphics"])
def test_pages_can_be_read(theme: str, pairs: dict[str, tuple[str, ...]], least: float) -> None:
    colours = themes()[theme]
    assert len(colours) >= 11
    for ink, grounds in pairs.items():
        for ground in grounds:
            # Charts and their cards stay white in the dark, and only the chart's own ink stands there.
            if theme == "dark" and ground == "card" and ink != "map-ink":
                continue
            found = contrast(colours[ink], colours[ground])
            assert found >= least, f"{ink} on {ground}: {found:.2f}"


def test_colours_stand_in_the_sheet_only_once() -> None:
    # A colour outside the lists of names would escape the tests above, and the dark.
    rules = re.sub(r":root \{.*?\}", "", style(), flags=re.DOTALL)
    rules = re.sub(r"@page \{.*?\n\}", "", rules, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])", rules) == []


def test_what_charts_write_can_be_read() -> None:
    with in_house_style():
        paper = rcParams["figure.facecolor"]
        for ink in ("text.color", "xtick.color"):
            assert contrast(rcParams[ink], paper) >= TEXT, ink
        looks = [service_fill(each, opened) for each in SERVICES for opened in (True, False)]
        looks += [*FUNDS.values(), Fill(PLAN), Fill(PLAN, "tint")]
        looks += [Fill(strength=strength) for strength in STRENGTHS]
        for look in looks:
            ground = look.patch()["facecolor"]
            ink = look.ink()
            assert contrast(ink, paper if ground == "none" else ground) >= TEXT, look


def test_what_charts_draw_can_be_seen_and_told_apart() -> None:
    with in_house_style():
        paper = rcParams["figure.facecolor"]
        cycle = [f"C{at}" for at in range(6)]
        for colour in cycle:
            assert contrast(colour, paper) >= GRAPHICS, (colour, to_hex(colour))
        stacked = list(SERVICES.values())
        for one, other in pairwise(stacked):
            # Neighbours in a stack have a white edge between them, so each needs to differ from white; their own
            # difference is a second sign.
            assert one != other
        # What is drawn light has an outline that is seen.
        for look in (Fill(each, kind) for each in cycle for kind in ("tint", "outline", "hatched")):
            assert contrast(look.patch()["edgecolor"], paper) >= GRAPHICS, look
