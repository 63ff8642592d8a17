"""A real browser looks at every page of the real site.

The browser is the system's Chromium, driven by playwright; playwright's own download is not used:
``apt-get install chromium``, or name another Chromium in the environment variable ``CHROMIUM``.
Without one these tests are skipped, but not where changes are checked (``CI``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from every_page import Opened, page_names
from judging import bare
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
Windows = Callable[[int, tuple[tuple[str, object], ...]], Page]
HOW_TO = "Chromium is not installed: apt-get install chromium, or name one in the environment variable CHROMIUM"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes ``name`` is run for each page of the site, or for those that its module names ``PAGES``.

    All tests of a page follow each other, so that those which only look at it find it loaded.
    """
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", getattr(metafunc.module, "PAGES", page_names()), scope="session")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; a page that it opens cannot reach any network."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    """A window of a width and with options of a browser context: opening one takes longer than loading a page in it."""
    contexts = []

    @cache
    def window(width: int, options: tuple[tuple[str, object], ...]) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, offline=True, **dict(options)))
        return contexts[-1].new_page()

    yield window
    for context in contexts:
        context.close()


@pytest.fixture
def opened(windows: Windows, real_site: Path) -> Opened:
    """Loads a page of the site from its file, with the options of a browser context."""

    def open_page(name: str, width: int = 1100, **options: object) -> Page:
        page = windows(width, tuple(sorted(options.items())))
        page.emulate_media(media="null")
        page.goto((real_site / name).as_uri())
        return page

    return open_page


@pytest.fixture(scope="session")
def seen(browser: Browser, real_site: Path) -> Iterator[Opened]:
    """A page of the site for tests that only look at it: loaded once, with the width and the media of each test."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    page = context.new_page()

    def look_at(name: str, width: int = 1100, media: str = "null", forced_colors: str = "none") -> Page:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media=media, forced_colors=forced_colors)
        if page.url.partition("#")[0] != (real_site / name).as_uri():
            page.goto((real_site / name).as_uri())
        return page

    yield look_at
    context.close()


@pytest.fixture(scope="session")
def bared(browser: Browser, real_site: Path) -> Iterator[Opened]:
    """A page of the site ready for axe-core: loaded once, and judged as it is by day and in the dark."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    page = context.new_page()

    def judge(name: str, color_scheme: str = "light") -> Page:
        page.emulate_media(color_scheme=color_scheme)
        if page.url != (real_site / name).as_uri():
            page.goto((real_site / name).as_uri())
            bare(page)
        return page

    yield judge
    context.close()


@pytest.fixture(scope="session")
def printed(seen: Opened, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The PDF that a page is printed to; it is printed once."""
    folder = tmp_path_factory.mktemp("printed")

    def print_once(name: str) -> Path:
        file = folder / f"{name.replace('/', '-')}.pdf"
        if not file.exists():
            seen(name, media="print").pdf(path=file, prefer_css_page_size=True)
        return file

    return print_once


@pytest.fixture(scope="session")
def without_scripts(browser: Browser) -> Iterator[Page]:
    """A window in which no page can run a script, nor is kept from asking others."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()
