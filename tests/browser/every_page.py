"""The pages of the site, and how a test opens one."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from socsvc_analysis.report.site import INDEXES as PATHS
from socsvc_analysis.wording import LANGUAGES

REGIONS = Path(__file__).parents[2] / "data" / "reference" / "regions.csv"
INDEXES = tuple(PATHS.values())
Opened = Callable[..., Page]
"""Opens a page by its address below the folder of the site, with a width and the options of a browser context."""


def page_names() -> list[str]:
    """The pages of the site by their address below its folder, the indexes last."""
    with REGIONS.open(encoding="utf-8", newline="") as table:
        regions = [row["region"] for row in csv.DictReader(table)]
    return [*(f"{language}/{region}.html" for language in LANGUAGES for region in regions), *INDEXES]
