"""A page on a telephone and enlarged: no scrolling sideways, nothing cut off (WCAG 1.4.10, 1.4.4)."""

from __future__ import annotations

from every_page import Opened
from playwright.sync_api import Page

# What sticks out of the window, but for what lies in a box that scrolls by itself, or inside a picture.
STICKING_OUT = """
(() => {
  const wide = document.documentElement.clientWidth, out = [];
  const inBox = e => { for (let p = e.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return true; return false; };
  for (const e of document.querySelectorAll('body *')) {
    if (e.ownerSVGElement || e.classList.contains('skip') || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.right > wide + 0.5 || box.left < -0.5) && !inBox(e)) out.push(e.outerHTML.slice(0, 150));
  }
  return out;
})()
"""
# Text that is wider or taller than the box that hides what does not fit.
CUT_OFF = """
[...document.querySelectorAll('body *')].filter(e => !e.ownerSVGElement && e.checkVisibility()
    && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX)
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.outerHTML.slice(0, 150))
"""
# What scrolls by itself must be reached by keyboard.
OUT_OF_REACH = """
[...document.querySelectorAll('body *')]
    .filter(e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth)
    .filter(e => e.tabIndex < 0).map(e => e.outerHTML.slice(0, 150))
"""


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(CUT_OFF) == []


def test_a_page_fits_a_telephone(opened: Opened, name: str) -> None:
    page = opened(name, width=320)
    fits(page, 320)
    unfold(page)
    fits(page, 320)
    assert page.evaluate(OUT_OF_REACH) == []
    shown = page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => [...c.querySelectorAll(':scope > div > svg')]"
        ".map(s => s.checkVisibility()))"
    )
    assert all(each in ([False, True], []) for each in shown)  # the picture made for a narrow page, not the wide one
    letters = page.evaluate(
        "[...document.querySelectorAll('.chart-narrow text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getScreenCTM().a)"
    )
    assert min(letters, default=9) >= 7


def test_a_page_can_be_enlarged_and_spaced_out(opened: Opened, name: str) -> None:
    # Zooming makes the window smaller in CSS pixels: 1280 pixels at 200 % are 640; 400 % is the telephone above.
    page = opened(name, width=640, device_scale_factor=2)
    fits(page, 640)
    # WCAG 1.4.12: a reader may set these; nothing may be cut off or pushed out of the window.
    page.add_style_tag(
        content="body *:not(svg *) { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"
    )
    fits(page, 640)


def test_letters_of_pictures_stay_near_those_of_the_text(seen: Opened, name: str) -> None:
    page = seen(name)
    letters = page.evaluate(
        "[...document.querySelectorAll('.chart-wide text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getScreenCTM().a)"
    )
    assert all(9 <= each <= 18 for each in letters), (min(letters), max(letters))
