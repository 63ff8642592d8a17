"""The pages of the site, and how a test opens one."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from socsvc_analysis.report.site import INDEXES as PATHS
from socsvc_analysis.report.site import place
from socsvc_analysis.wording import LANGUAGES

REGIONS = Path(__file__).parents[2] / "data" / "reference" / "regions.csv"
INDEXES = tuple(PATHS.values())
PAPER = 700
"""How wide a window is that is about as wide as what is printed on A4."""
Opened = Callable[..., Page]
"""Opens a page by its address below the folder of the site, with a width and the options of a browser context."""


def regions() -> list[str]:
    """Slugs of the regions that have pages."""
    with REGIONS.open(encoding="utf-8", newline="") as table:
        return [row["region"] for row in csv.DictReader(table)]


def names_of(document: str) -> list[str]:
    """The pages that are the ``document``, brief or report, of each region in each language."""
    return [place(document, region, language) for language in LANGUAGES for region in regions()]


def page_names() -> list[str]:
    """The pages of the site by their address below its folder: briefs, reports, indexes."""
    return [*names_of("brief"), *names_of("report"), *INDEXES]
