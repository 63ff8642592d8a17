"""A brief can be read in four minutes: how many words, pictures, screens and sheets it has, where its numbers begin."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from every_page import PAPER, Opened, names_of

MOST_WORDS = 1200
MOST_PICTURES = 6
MOST_SCREENS = 6
MOST_SHEETS = 4
SCREEN = 900
FIRST_NUMBER = 500
"""How many pixels from the top the first number ends at most, on a telephone."""

PAGES = names_of("brief")

# Texts that a reader sees without opening anything, each with where its first digit ends; the skip link is not seen.
SEEN = """
(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), out = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest('.skip, title, style') || !parent.checkVisibility()) continue;
    const digit = node.data.search(/\\d/), range = document.createRange();
    range.setStart(node, Math.max(digit, 0));
    range.setEnd(node, Math.max(digit, 0) + 1);
    out.push({ text: node.data, main: parent.closest('main') !== null,
               digit: digit < 0 ? null : range.getBoundingClientRect().bottom + scrollY });
  }
  return out;
})()
"""


def test_a_brief_is_short(seen: Opened, name: str) -> None:
    page = seen(name, width=1280)
    words = [word for each in page.evaluate(SEEN) for word in each["text"].split() if re.search(r"\w", word)]
    assert len(words) <= MOST_WORDS


def test_a_brief_has_few_pictures(seen: Opened, name: str) -> None:
    page = seen(name, width=1280)
    assert page.evaluate("document.querySelectorAll('figure').length") <= MOST_PICTURES


def test_a_brief_is_few_screens_high(seen: Opened, name: str) -> None:
    page = seen(name, width=1280)
    assert page.evaluate("document.documentElement.scrollHeight") <= MOST_SCREENS * SCREEN


def test_the_first_number_of_a_brief_is_on_the_first_screen_of_a_telephone(seen: Opened, name: str) -> None:
    page = seen(name, width=360)
    assert next(each["digit"] for each in page.evaluate(SEEN) if each["main"] and each["digit"]) <= FIRST_NUMBER


def test_a_brief_leads_to_its_report_its_workbook_and_its_twin(seen: Opened, name: str) -> None:
    page = seen(name)
    there, twins, others = page.evaluate(
        "['a[data-page]', '.language a', '.regions a'].map(wanted =>"
        " [...document.querySelectorAll(wanted)].map(each => each.getAttribute('href')))"
    )
    region = Path(name).stem
    assert {f"{region}-report.html", f"{region}.xlsx"} <= set(there)
    [twin] = twins
    assert twin.endswith(f"/{region}.html")
    assert not any(each.endswith("-report.html") for each in others)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_a_brief_is_few_sheets_of_paper_with_its_sources_and_nothing_else_that_is_folded(
    seen: Opened, printed: Callable[[str], Path], name: str
) -> None:
    page = seen(name, width=PAPER, media="print")
    folded, sources = page.evaluate(
        "[[...document.querySelectorAll('details:not([open], .refs, .sources) > :not(summary)')]"
        ".filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80)),"
        " [...document.querySelectorAll('.sources li')].every(e => e.checkVisibility())]"
    )
    assert folded == []
    assert sources
    said = subprocess.run(["pdfinfo", printed(name)], capture_output=True, check=True, encoding="utf-8").stdout
    assert int(re.search(r"Pages:\s+(\d+)", said)[1]) <= MOST_SHEETS
