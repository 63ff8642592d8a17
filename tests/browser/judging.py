"""What axe-core finds wrong with a page, and the page made ready for it."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# A gradient behind a table and a dot beside a line hide the ground from axe; without them all contrast is judged.
INSIDE_PICTURES = ["svg > *"]
"""A picture speaks by its alternative text; its contrast is computed in test_contrast.py."""
EMPTIED = "document.querySelectorAll('.chart svg > *').forEach(each => each.remove())"
"""axe-core walks through what it does not judge, too, which takes longer than all the rest."""
UNPAINTED = ".table-scroll { background: none !important; } .timeline li::before { display: none !important; }"
# The same few colours stand on every page; axe-core reads each anew for every element above every text.
COLOURS_READ_ONCE = """
(() => {
  const known = new Map(), colour = axe.commons.color.Color.prototype, read = colour.parseString;
  colour.parseString = function (text) {
    if (!known.has(text)) {
      read.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    } else {
      [this.r, this.g, this.b, this.alpha] = known.get(text);
    }
    return this;
  };
})()
"""


def bare(page: Page) -> None:
    """Take away what axe-core does not judge or would misread, and bring it along."""
    page.add_style_tag(content=UNPAINTED)
    page.evaluate(EMPTIED)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(COLOURS_READ_ONCE)


def judged(page: Page, **options: object) -> list[str]:
    """What axe-core finds wrong with a bare page, each with the first element it names."""
    result = page.evaluate(
        "([without, options]) => axe.run({ include: ['html'], exclude: without }, options)",
        [INSIDE_PICTURES, {"resultTypes": ["violations", "incomplete"], **options}],
    )
    found = result["violations"] + [each for each in result["incomplete"] if each["id"] == "color-contrast"]
    return [
        f"{each['id']}: {node['html'][:160]} {[why['message'] for why in node['any'] + node['all']]}"
        for each in found
        for node in each["nodes"][:3]
    ]
