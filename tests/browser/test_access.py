"""Pages can be used by everyone: WCAG 2.2 A and AA as axe-core sees it, and what a machine check leaves out."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from every_page import Opened, names_of, page_names
from judging import bare, judged

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONGEST_TITLE = 65


def test_axe_finds_no_violation(bared: Opened, name: str) -> None:
    assert judged(bared(name), runOnly=RULES) == []


def test_axe_itself_sees_a_violation(opened: Opened) -> None:
    page = opened(page_names()[0])
    bare(page)
    page.evaluate("document.querySelector('.chart svg').removeAttribute('aria-label')")
    assert any(each.startswith("svg-img-alt") for each in judged(page, runOnly=RULES))


@pytest.mark.parametrize("pale", ["color = '#bbb'", "opacity = .4", "background = '#333'"])
@pytest.mark.parametrize("where", ["td", "tr"])
def test_axe_sees_the_one_cell_that_is_pale_among_many_that_look_alike(opened: Opened, pale: str, where: str) -> None:
    page = opened(names_of("brief")[0])
    bare(page)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.evaluate(f"[...document.querySelectorAll('td')].at(-3).closest('{where}').style.{pale}")
    assert judged(page, runOnly=["color-contrast"]) != []


def test_a_page_has_one_heading_a_language_a_short_title_and_landmarks(seen: Opened, name: str) -> None:
    page = seen(name)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == (name[:2] if "/" in name else "lv")
    assert 0 < len(page.title()) <= LONGEST_TITLE
    for landmark in ("header", "main", "footer"):
        assert page.locator(f"body > {landmark}, body > .frame > {landmark}").count() == 1
    assert page.locator("nav:not([aria-label])").count() == 0
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_titles_are_told_apart(real_site: Path) -> None:
    pages = [(real_site / name).read_text(encoding="utf-8") for name in page_names()]
    titles = [re.search("<title>(.*?)</title>", page)[1] for page in pages]
    assert len(set(titles)) == len(titles)


def test_the_keyboard_goes_through_a_page_in_reading_order(seen: Opened, name: str) -> None:
    page = seen(name)
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
    # What has focus is ringed; a link of the map by its own border, which grows.
    ring = page.evaluate(
        """(() => { const focused = document.activeElement, border = focused.querySelector('path');
            return parseFloat(border ? getComputedStyle(border).strokeWidth : getComputedStyle(focused).outlineWidth)
        })()"""
    )
    assert ring >= 3
    page.evaluate("document.activeElement.blur()")


def test_tables_and_pictures_say_what_they_are(seen: Opened, name: str) -> None:
    page = seen(name)
    tables = page.evaluate(
        """[...document.querySelectorAll('table')].map(t => ({
            caption: t.caption ? t.caption.textContent.trim() : '',
            heads: [...t.querySelectorAll('thead th')].every(h => h.scope === 'col'),
            rows: [...t.tBodies].every(b => [...b.rows].every(r =>
                r.cells[0].tagName === 'TH' && ['row', 'rowgroup'].includes(r.cells[0].scope))),
            level: new Set([...t.rows].map(r => [...r.cells].reduce((n, c) => n + c.colSpan, 0))).size === 1,
        }))"""
    )
    for table in tables:
        assert table["caption"] and table["heads"] and table["rows"] and table["level"], table
    figures = page.evaluate(
        """[...document.querySelectorAll('figure')].map(f => ({
            title: f.querySelector('.chart-title > span').textContent,
            alts: [...f.querySelectorAll('svg')].map(s => s.getAttribute('aria-label')),
            subtitle: f.querySelector('.chart-subtitle').textContent,
            table: f.querySelectorAll('table caption').length,
            links: [...f.querySelectorAll('a.download')].map(a => a.download.split('.').pop()),
        }))"""
    )
    for figure in figures:
        # Too few values for a picture: the table stands in its place.
        links = ["csv", "png", "svg"] if figure["alts"] else ["csv"]
        assert figure["table"] == 1 and sorted(figure["links"]) == links, figure
        for alt in figure["alts"]:
            # Kind of chart, finding, subject.
            kind, _, rest = alt.partition(": ")
            assert kind and figure["title"] in rest and figure["subtitle"][1:] in rest, figure
    assert name not in names_of("report") or len(figures) >= 5
