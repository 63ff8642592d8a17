"""A page on a telephone and enlarged: no scrolling sideways, nothing cut off (WCAG 1.4.10, 1.4.4)."""

from __future__ import annotations

from every_page import Opened
from playwright.sync_api import Page
from window import styled, unfolded

# What sticks out of the window, but for what lies in a box that scrolls by itself, or inside a picture; and text that
# is wider or taller than the box that hides what does not fit. What is folded is left out first: to ask how large it is
# has Chromium lay it out.
FITS = """
(() => {
  const wide = document.documentElement.clientWidth, stickingOut = [], cutOff = [];
  const inBox = e => { for (let p = e.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return true; return false; };
  for (const e of document.querySelectorAll('body *')) {
    if (e.ownerSVGElement || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect(), within = box.right <= wide + 0.5 && box.left >= -0.5;
    if (box.width && !within && !e.classList.contains('skip') && !inBox(e)) stickingOut.push(e.outerHTML.slice(0, 150));
    if ((e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
        && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX)) cutOff.push(e.outerHTML.slice(0, 150));
  }
  return [document.documentElement.scrollWidth, stickingOut, cutOff];
})()
"""
# What scrolls by itself must be reached by keyboard.
OUT_OF_REACH = """
[...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth && e.tabIndex < 0)
    .filter(e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).map(e => e.outerHTML.slice(0, 150))
"""


def fits(page: Page, width: int) -> None:
    wide, sticking_out, cut_off = page.evaluate(FITS)
    assert wide <= width
    assert sticking_out == []
    assert cut_off == []


def test_a_page_fits_a_telephone(seen: Opened, name: str) -> None:
    page = seen(name, width=320)
    fits(page, 320)
    with unfolded(page):
        fits(page, 320)
        assert page.evaluate(OUT_OF_REACH) == []
        shown = page.evaluate(
            "[...document.querySelectorAll('.chart')].map(c => [...c.querySelectorAll(':scope > div > svg')]"
            ".map(s => s.checkVisibility()))"
        )
        assert all(each in ([False, True], []) for each in shown)  # the picture made for a narrow page, not the wide
        letters = page.evaluate(
            "[...document.querySelectorAll('.chart-narrow text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
            " * t.ownerSVGElement.getScreenCTM().a)"
        )
        assert min(letters, default=9) >= 7


def test_a_page_can_be_enlarged_and_spaced_out(seen: Opened, name: str) -> None:
    # Zooming makes the window smaller in CSS pixels: 1280 pixels at 200 % are 640; 400 % is the telephone above.
    page = seen(name, width=640, pixels=2)
    fits(page, 640)
    # WCAG 1.4.12: a reader may set these; nothing may be cut off or pushed out of the window.
    spaced_out = (
        "body *:not(svg *) { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"
    )
    with styled(page, spaced_out):
        fits(page, 640)
