"""What axe-core finds wrong with a page, and the page made ready for it."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

JUDGING = Path(__file__).with_name("judging.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = (
    *("color", "fontSize", "fontWeight", "opacity", "backgroundColor", "backgroundImage", "textShadow", "filter"),
    *("mixBlendMode", "webkitTextFillColor", "webkitTextStroke", "clipPath", "visibility"),
)
# A gradient behind a table and a dot beside a line hide the ground from axe; without them all contrast is judged.
UNPAINTED = ".table-scroll { background: none !important; } .timeline li::before { display: none !important; }"
SHOWN = """
([text, unpainted]) => {
  const page = new DOMParser().parseFromString(text, 'text/html'), style = page.createElement('style');
  style.textContent = unpainted;
  page.head.append(style);
  page.querySelectorAll('.chart svg > *').forEach(each => each.remove());
  document.replaceChild(document.adoptNode(page.documentElement), document.documentElement);
}
"""
"""What is inside a picture is not judged, but axe-core would walk through it."""


class Bench:
    """A window in which pages are judged. They come and go; axe-core stays: the more it has run, the faster it is."""

    def __init__(self, page: Page, site: Path) -> None:
        self.page, self._site, self._shown = page, site, ""

    def lay(self, name: str) -> Page:
        """A page of the site by day, as it is in its file."""
        if not self._shown:
            self.page.goto((self._site / name).as_uri())
            self.page.evaluate(AXE_SCRIPT)
            self.page.evaluate(JUDGING, list(LOOKS))
        self._shown = name
        self.page.emulate_media(color_scheme="light")
        self.page.evaluate(SHOWN, [(self._site / name).read_text(encoding="utf-8"), UNPAINTED])
        return self.page

    def darken(self, name: str) -> Page:
        """A page of the site in the dark; if it lies there and was judged by day, it is not read again."""
        page = self.page if name == self._shown else self.lay(name)
        page.emulate_media(color_scheme="dark")
        return page

    def judged(self) -> list[str]:
        """What axe-core finds wrong with what is shown, each with the first elements it names."""
        return self.page.evaluate("tags => judged(tags)", RULES)

    def pale(self) -> list[str]:
        """The same, of contrast alone."""
        return self.page.evaluate("judgedContrast()")
