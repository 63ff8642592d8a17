"""Pages can be used by everyone: WCAG 2.2 A and AA as axe-core sees it, and what a machine check leaves out."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from every_page import Opened, names_of, page_names
from judging import Bench

LONGEST_TITLE = 65
LATE = "(wanted, n) => [...document.querySelectorAll(`tbody tr ${wanted}`)].filter(e => e.checkVisibility()).at(-n)"
"""An element of a row that stands among many that are built alike."""
FOLDED = "document.querySelectorAll('details.chart-data:has(table) > summary')"
"""Where one clicks to see the table of a picture."""
WRONG = {
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "document-title": "document.title = ''",
    "svg-img-alt": "document.querySelector('.chart svg').removeAttribute('aria-label')",
    "heading-order": "[...document.querySelectorAll('h3')].at(-1).outerHTML = '<h6>h6</h6>'",
    "region": "document.body.insertAdjacentHTML('beforeend', '<p>nowhere</p>')",
    "list": "[...document.querySelectorAll('main ul')].at(-1).append(document.createElement('div'))",
    "button-name": "document.querySelector('main').append(document.createElement('button'))",
    "landmark-unique": "document.querySelector('nav').insertAdjacentHTML('afterend', '<nav></nav><nav></nav>')",
    "scrollable-region-focusable": "[...document.querySelectorAll('.table-scroll')].forEach(each => {"
    " each.tabIndex = -1; each.style.width = '50px'; })",
    "link-in-text-block": "document.querySelector('main p').outerHTML = '<p style=\"color: #000\">that of '"
    '+ \'<a href="#a" style="color: #222; text-decoration: none">another</a> is higher</p>\'',
    "link-name": "late('a', 3).textContent = ''",
    "empty-table-header": "late('th', 3).textContent = ''",
    "scope-attr-valid": "late('th', 4).scope = 'table'",
    "aria-roles": "late('td', 5).setAttribute('role', 'cellar')",
    "aria-valid-attr": "late('td', 6).setAttribute('aria-nonsense', '1')",
    "tabindex": "late('td', 7).tabIndex = 3",
    "target-size": "late('a', 9).parentElement.innerHTML = '<a href=\"#a\" style=\"font-size: 4px\">1</a>'.repeat(3)",
    "color-contrast": "late('td', 8).style.color = '#bbb'",
}
"""What breaks each of these rules of axe-core."""


def test_axe_finds_no_violation(bench: Bench, name: str) -> None:
    bench.lay(name)
    assert bench.judged() == []


def test_axe_itself_sees_a_violation(bench: Bench) -> None:
    page = bench.lay(page_names()[0])
    page.evaluate("document.querySelector('.chart svg').removeAttribute('aria-label')")
    assert any(each.startswith("svg-img-alt") for each in bench.judged())


@pytest.mark.parametrize("pale", ["color = '#bbb'", "opacity = .4", "background = '#333'"])
@pytest.mark.parametrize("where", ["td", "tr"])
def test_axe_sees_the_one_cell_that_is_pale_among_many_that_look_alike(bench: Bench, pale: str, where: str) -> None:
    page = bench.lay(names_of("brief")[0])
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.evaluate(f"[...document.querySelectorAll('td')].at(-3).closest('{where}').style.{pale}")
    assert bench.pale() != []


def test_axe_sees_what_is_wrong_in_a_page_whose_like_it_has_judged(bench: Bench) -> None:
    one, another = names_of("report")[:2]
    bench.lay(one)
    assert bench.judged() == []
    page = bench.lay(another)
    page.evaluate(f"() => {{ const late = {LATE}; {'; '.join(WRONG.values())} }}")
    assert {each.partition(":")[0] for each in bench.judged()} == set(WRONG)


def test_a_page_has_one_heading_a_language_a_short_title_and_landmarks(seen: Opened, name: str) -> None:
    found = seen(name).evaluate(
        """() => { const count = wanted => document.querySelectorAll(wanted).length; return {
            headings: count('h1'), language: document.documentElement.lang, title: document.title,
            landmarks: ['header', 'main', 'footer'].map(e => count(`body > ${e}, body > .frame > ${e}`)),
            nameless: count('nav:not([aria-label])'),
            levels: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1]),
        }; }"""
    )
    assert found["headings"] == 1
    assert found["language"] == (name[:2] if "/" in name else "lv")
    assert 0 < len(found["title"]) <= LONGEST_TITLE
    assert found["landmarks"] == [1, 1, 1]
    assert found["nameless"] == 0
    assert all(deeper - level <= 1 for level, deeper in pairwise(found["levels"]))


def test_titles_are_told_apart(real_site: Path) -> None:
    pages = [(real_site / name).read_text(encoding="utf-8") for name in page_names()]
    titles = [re.search("<title>(.*?)</title>", page)[1] for page in pages]
    assert len(set(titles)) == len(titles)


def test_the_keyboard_goes_through_a_page_in_reading_order(seen: Opened, name: str) -> None:
    page = seen(name)
    page.keyboard.press("Tab")
    skipping, x, y = page.evaluate(
        """(() => { const skip = document.querySelectorAll('a.skip'), box = skip[0].getBoundingClientRect();
            return [skip.length === 1 && skip[0] === document.activeElement, box.x, box.y] })()"""
    )
    assert skipping
    assert x >= 0 and y >= 0  # it comes into view when the keyboard reaches it
    page.keyboard.press("Enter")
    # Nothing changes the natural order, and what comes next in it is inside the text.
    in_main, unnatural = page.evaluate(
        """[document.querySelector('main') === document.activeElement,
            document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length]"""
    )
    assert in_main
    assert unnatural == 0
    page.keyboard.press("Tab")
    # What has focus is ringed; a link of the map by its own border, which grows.
    inside, ring = page.evaluate(
        """(() => { const focused = document.activeElement, border = focused.querySelector('path');
            const ring = border ? getComputedStyle(border).strokeWidth : getComputedStyle(focused).outlineWidth;
            return [focused.closest('main') !== null, parseFloat(ring)];
        })()"""
    )
    assert inside
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


def test_everything_is_there_without_a_script(seen: Opened, name: str) -> None:
    page = seen(name)
    # The text, the pictures, the tables behind "Table".
    text, widths, folded = page.evaluate(
        f"""[document.querySelector('main').innerText,
            [...document.querySelectorAll('.chart-wide svg')].map(e => e.getBoundingClientRect().width),
            {FOLDED}.length]"""
    )
    assert text.strip()
    assert all(width > 0 for width in widths)
    for n in range(min(folded, 2)):
        middle = page.evaluate(
            f"""n => {{ const summary = {FOLDED}[n];
                summary.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const box = summary.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];
            }}""",
            n,
        )
        page.mouse.click(*middle)
        shown = page.evaluate(
            f"""n => {{ const table = {FOLDED}[n].parentElement.querySelector(":scope > div[role='region'] > table");
                const box = table.getBoundingClientRect();
                return table.checkVisibility({{ visibilityProperty: true }}) && box.width > 0 && box.height > 0; }}""",
            n,
        )
        assert shown
        page.evaluate(f"n => {{ {FOLDED}[n].parentElement.open = false; }}", n)


def test_letters_of_pictures_stay_near_those_of_the_text(seen: Opened, name: str) -> None:
    page = seen(name)
    letters = page.evaluate(
        "[...document.querySelectorAll('.chart-wide text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getScreenCTM().a)"
    )
    assert all(9 <= each <= 18 for each in letters), (min(letters), max(letters))
