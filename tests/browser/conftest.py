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
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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
    """A test that takes ``name`` is run for each page of the site."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", page_names())


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
    """A page of the site as on a wide screen, opened once and only looked at by all tests that change nothing."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, offline=True)

    @cache
    def look_at(name: str) -> Page:
        page = context.new_page()
        page.goto((real_site / name).as_uri())
        return page

    yield look_at
    context.close()


@pytest.fixture(scope="session")
def without_scripts(browser: Browser) -> Iterator[BrowserContext]:
    """Where no page can run a script, nor is kept from asking others."""
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()
