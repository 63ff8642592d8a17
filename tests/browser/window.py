"""The window in which every page of the site is looked at: as wide as a test wants it, without scripts, overheard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

HEIGHT = 900
USUAL = {"media": "null", "forced_colors": "none", "reduced_motion": "reduce"}


class Window:
    """Shows one page at a time. No page can run a script in it; none is kept from asking others, but all is heard."""

    def __init__(self, page: Page, site: Path) -> None:
        self.asked: list[str] = []
        """What the page that is shown has asked for."""
        self.said: list[str] = []
        """What it has complained of."""
        self._page, self._site = page, site
        self._screen = (0, 0)
        self._media: dict[str, str] = {}
        self._devices = page.context.new_cdp_session(page)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def load(self, name: str, *, width: int = 1100, pixels: int = 1) -> Page:
        """A page of the site; one that is shown already is not loaded again, nor made as wide as one that is not."""
        address = (self._site / name).as_uri()
        if self._page.url.partition("#")[0] != address:
            self._page.evaluate("document.documentElement.replaceChildren()")  # what leaves is not laid out once more
            self._look(width, pixels, USUAL)
            self.asked.clear()
            self.said.clear()
            self._page.goto(address)
        return self._page

    def show(self, name: str, *, width: int = 1100, pixels: int = 1, **media: str) -> Page:
        """A page of the site as a test wants it to look."""
        page = self.load(name, width=width, pixels=pixels)
        self._look(width, pixels, {**USUAL, **media})
        return page

    def _look(self, width: int, pixels: int, media: dict[str, str]) -> None:
        """What is so already is not asked for: Chromium would lay all out again."""
        if self._screen != (width, pixels):
            screen = {"width": width, "height": HEIGHT, "deviceScaleFactor": pixels, "mobile": False}
            self._devices.send("Emulation.setDeviceMetricsOverride", screen)
            self._screen = (width, pixels)
        if self._media != media:
            self._page.emulate_media(**media)
            self._media = media


@contextmanager
def unfolded(page: Page) -> Iterator[None]:
    """All that is folded is open meanwhile."""
    shut = page.evaluate_handle("[...document.querySelectorAll('details:not([open])')]")
    shut.evaluate("all => all.forEach(each => { each.open = true; })")
    yield
    shut.evaluate("all => all.forEach(each => { each.open = false; })")


@contextmanager
def styled(page: Page, style: str) -> Iterator[None]:
    """A reader's own style lies over the page meanwhile."""
    added = page.evaluate_handle(
        "text => { const style = document.createElement('style'); style.textContent = text;"
        " return document.head.appendChild(style); }",
        style,
    )
    yield
    added.evaluate("each => each.remove()")
