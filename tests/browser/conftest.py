"""A real browser looks at every page of the real site.

The browser is the system's Chromium, driven by playwright; playwright's own download is not used:
``apt-get install chromium``, or name another Chromium in the environment variable ``CHROMIUM``.
Without one these tests are skipped, but not where changes are checked (``CI``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from every_page import PAPER, Opened, page_names
from judging import Bench
from playwright.sync_api import Browser, Page, sync_playwright
from window import Window

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
HOW_TO = "Chromium is not installed: apt-get install chromium, or name one in the environment variable CHROMIUM"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes ``name`` is run for each page of the site, or for those that its module names ``PAGES``.

    All tests of a page follow each other, so that those which only look at it find it loaded.
    """
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", getattr(metafunc.module, "PAGES", page_names()), scope="session")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Browser, real_site: Path) -> Iterator[Opened]:
    """Loads a page of the site from its file into a window of its own, with the options of a browser context."""
    contexts = []

    def open_page(name: str, **options: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1100, "height": 900}, offline=True, **options))
        page = contexts[-1].new_page()
        page.goto((real_site / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def window(browser: Browser, real_site: Path) -> Iterator[Window]:
    """The one window for all that only look at a page: with two, Chromium starts a process for each page they load."""
    with browser.new_context(no_viewport=True, java_script_enabled=False) as context:
        yield Window(context.new_page(), real_site)


@pytest.fixture(scope="session")
def seen(window: Window) -> Opened:
    """A page of the site for tests that leave it as it was: loaded once, with the width and the media of each test."""
    return window.show


@pytest.fixture(scope="session")
def bench(browser: Browser, real_site: Path) -> Iterator[Bench]:
    """Where axe-core judges pages."""
    with browser.new_context(viewport={"width": 1100, "height": 900}, offline=True) as context:
        yield Bench(context.new_page(), real_site)


@pytest.fixture(scope="session")
def printed(seen: Opened, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The PDF that a page is printed to; it is printed once."""
    folder = tmp_path_factory.mktemp("printed")

    def print_once(name: str) -> Path:
        file = folder / f"{name.replace('/', '-')}.pdf"
        if not file.exists():
            seen(name, width=PAPER, media="print").pdf(path=file, prefer_css_page_size=True)
        return file

    return print_once
