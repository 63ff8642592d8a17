"""In the dark, with the reader's own colours and without motion, a page stays legible."""

from __future__ import annotations

import pytest
from every_page import Opened, names_of
from judging import Bench

MEANINGFUL = ".page-header, .contents, .findings, .method, .page-footer, .absence"
"""Parts that only a ground sets apart elsewhere; with forced colours, which take grounds away, a line must."""


def test_the_dark_page_can_be_read(bench: Bench, name: str) -> None:
    page = bench.darken(name)
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert sum(map(int, ground[4:-1].split(","))) < 150 < 500 < sum(map(int, ink[4:-1].split(",")))
    # Charts stay on white there, so that their colours mean the same.
    cards = page.evaluate(
        "[...document.querySelectorAll('.chart-wide')].map(each => getComputedStyle(each).backgroundColor)"
    )
    assert set(cards) <= {"rgb(255, 255, 255)"}
    assert bench.pale() == []


def test_with_forced_colours_everything_is_told_apart(seen: Opened, name: str) -> None:
    page = seen(name, forced_colors="active")
    bare = page.evaluate(
        "wanted => [...document.querySelectorAll(wanted)]"
        ".filter(e => getComputedStyle(e).borderTopStyle === 'none').map(e => e.className)",
        MEANINGFUL,
    )
    assert bare == []
    inks = page.evaluate(
        "[...document.querySelectorAll('main p, main li, main td, main th, main h2')].filter(e => e.checkVisibility())"
        ".map(e => getComputedStyle(e).color)"
    )
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground not in inks
    # Pictures keep their own colours and their own white ground.
    kept = page.evaluate(
        "[...document.querySelectorAll('.chart-wide')].map(e => [getComputedStyle(e).forcedColorAdjust,"
        " getComputedStyle(e).backgroundColor].join())"
    )
    assert set(kept) <= {"none,rgb(255, 255, 255)"}
    current = page.evaluate(
        "[...document.querySelectorAll('.regions a[aria-current]')].map(e => getComputedStyle(e).outlineStyle)"
    )
    assert current in ([], ["solid"])


@pytest.mark.parametrize(("wish", "behaviour"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_who_wants_no_motion_gets_none(seen: Opened, wish: str, behaviour: str) -> None:
    page = seen(names_of("report")[0], reduced_motion=wish)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || s.transitionDuration !== '0s' }).length"
    )
    assert moving == 0
