"""A page on paper: A4, nothing cut, figures and rows whole, headings repeated, addresses readable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from every_page import PAPER, Opened

POINTS = 72
A4 = (595.3, 841.9)
MARGIN = 14 / 25.4 * POINTS
MOST_SHEETS = 28
LEFT_OUT = (".skip", ".regions", ".contents", ".chart-more", ".anchor")
"""What is of no use on paper."""
FOOT = 800
"""Points from the top of a sheet below which there is only its number."""
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


def test_what_must_stay_together_does(seen: Opened, name: str) -> None:
    page = seen(name, width=PAPER, media="print")
    together = page.evaluate(
        "[...document.querySelectorAll('figure, tr, .card, .sources li, .timeline li')]"
        ".filter(e => getComputedStyle(e).breakInside !== 'avoid').map(e => e.outerHTML.slice(0, 80))"
    )
    assert together == []
    heads = page.evaluate("[...document.querySelectorAll('thead')].map(e => getComputedStyle(e).display)")
    assert set(heads) <= {"table-header-group"}
    apart = page.evaluate(
        "[...document.querySelectorAll('h2, h3, h4, .chart header')].filter(e => e.checkVisibility()"
        " && getComputedStyle(e).breakAfter !== 'avoid').map(e => e.outerHTML.slice(0, 80))"
    )
    assert apart == []
    shown = page.evaluate("all => all.filter(e => document.querySelector(e)?.checkVisibility())", list(LEFT_OUT))
    assert shown == []


@pytest.mark.skipif(
    shutil.which("pdftotext") is None and not os.environ.get("CI"),
    reason="pdftotext is not installed: apt-get install poppler-utils",
)
def test_on_paper_nothing_is_cut(seen: Opened, printed: Callable[[str], Path], name: str) -> None:
    page = seen(name, width=PAPER, media="print")
    titles = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4.chart-title')].filter(e => e.checkVisibility())"
        ".map(e => e.textContent)"
    )
    assert len(titles) > 3
    command = ["pdftotext", "-bbox", printed(name), "-"]
    said = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    sheets = re.split(r"<page ", said)[1:]
    assert len(sheets) <= MOST_SHEETS
    found = [WORD.findall(sheet) for sheet in sheets]
    ends = [max(float(bottom) for *_, bottom, _ in each if float(bottom) < FOOT) for each in found]
    assert all(end > A4[1] / 2 for end in ends[:-1]), ends  # no sheet but the last is more than half empty
    assert ends[-1] > A4[1] / 8, ends  # nor is there one for the last line only
    for sheet, words in zip(sheets, found, strict=True):
        width, height = map(float, re.match(r'width="([\d.]+)" height="([\d.]+)"', sheet).groups())
        assert (width, height) == pytest.approx(A4, abs=1)
        for left, top, right, bottom, word in words:
            assert float(left) >= MARGIN - 2 and float(right) <= width - MARGIN + 2, word
            assert float(top) >= 0 and float(bottom) <= height, word
    letters = [re.sub(r"\s|-", "", word) for words in found for *_, word in words]
    printed = "".join(letters).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    for title in titles:
        assert re.sub(r"\s|-", "", title) in printed, title
    for href in page.evaluate("[...document.querySelectorAll('a.source-link')].map(e => e.getAttribute('href'))"):
        assert href.replace("-", "") in printed, href
