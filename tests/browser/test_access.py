"""Pages can be used by everyone: WCAG 2.2 A and AA as axe-core sees it, and what a machine check leaves out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from every_page import Opened, page_names
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONGEST_TITLE = 65
# A gradient hides the colour behind a table from axe; without it the contrast of every table is judged.
NO_GRADIENT = ".table-scroll { background: none !important; }"


def judged(page: Page, **options: object) -> list[str]:
    """What axe-core finds wrong, each with the first element it names."""
    page.add_style_tag(content=NO_GRADIENT)
    page.evaluate(AXE_SCRIPT)
    result = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations", "incomplete"], **options})
    found = result["violations"] + [each for each in result["incomplete"] if each["id"] == "color-contrast"]
    return [
        f"{each['id']}: {node['html'][:160]} {[why['message'] for why in node['any'] + node['all']]}"
        for each in found
        for node in each["nodes"][:3]
    ]


def test_axe_finds_no_violation(opened: Opened, name: str) -> None:
    assert judged(opened(name), runOnly=RULES) == []


def test_axe_itself_sees_a_violation(opened: Opened) -> None:
    page = opened(page_names()[1])
    page.evaluate("document.querySelector('.chart svg').removeAttribute('aria-label')")
    assert any(each.startswith("svg-img-alt") for each in judged(page, runOnly=RULES))


def test_a_page_has_one_heading_a_language_a_short_title_and_landmarks(opened: Opened, name: str) -> None:
    page = opened(name)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == (name[:2] if "/" in name else "lv")
    assert 0 < len(page.title()) <= LONGEST_TITLE
    for landmark in ("header", "main", "footer"):
        assert page.locator(f"body > {landmark}, body > .frame > {landmark}").count() == 1
    assert page.locator("nav:not([aria-label])").count() == 0
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_titles_are_told_apart(opened: Opened) -> None:
    titles = [opened(name).title() for name in page_names()]
    assert len(set(titles)) == len(titles)


def test_the_keyboard_goes_through_a_page_in_reading_order(opened: Opened, name: str) -> None:
    page = opened(name)
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("each => each === document.activeElement")
    box = skip.bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0  # it comes into view when the keyboard reaches it
    page.keyboard.press("Enter")
    assert page.locator("main").evaluate("each => each === document.activeElement")
    # Nothing changes the natural order, and what comes next in it is inside the text.
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_tables_and_pictures_say_what_they_are(opened: Opened, name: str) -> None:
    page = opened(name)
    tables = page.evaluate(
        """[...document.querySelectorAll('table')].map(t => ({
            caption: t.caption ? t.caption.textContent.trim() : '',
            heads: [...t.querySelectorAll('thead th')].every(h => h.scope === 'col'),
            rows: [...t.tBodies[0].rows].every(r => r.cells[0].tagName === 'TH' && r.cells[0].scope === 'row'),
            level: new Set([...t.rows].map(r => [...r.cells].reduce((n, c) => n + c.colSpan, 0))).size === 1,
        }))"""
    )
    for table in tables:
        assert table["caption"] and table["heads"] and table["rows"] and table["level"], table
    figures = page.evaluate(
        """[...document.querySelectorAll('figure')].map(f => ({
            title: f.querySelector('.chart-title').textContent,
            alts: [...f.querySelectorAll('svg')].map(s => s.getAttribute('aria-label')),
            subtitle: f.querySelector('.chart-subtitle').textContent,
            table: f.querySelectorAll('details.chart-data table caption').length,
            links: [...f.querySelectorAll('a.download')].map(a => a.download.split('.').pop()),
        }))"""
    )
    for figure in figures:
        assert figure["table"] == 1 and sorted(figure["links"]) == ["csv", "svg"], figure
        for alt in figure["alts"]:
            # Kind of chart, finding, subject.
            kind, _, rest = alt.partition(": ")
            assert kind and figure["title"] in rest and figure["subtitle"][1:] in rest, figure
    assert "/" not in name or len(figures) >= 5


@pytest.mark.parametrize("width", [1100, 320])
def test_what_scrolls_by_itself_can_be_reached_by_keyboard(opened: Opened, name: str, width: int) -> None:
    page = opened(name, width=width)
    page.add_style_tag(content="details::details-content { content-visibility: visible !important; display: block }")
    stuck = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)
            && e.scrollWidth > e.clientWidth && e.tabIndex < 0).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert stuck == []
