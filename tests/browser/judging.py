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
# Hundreds of cells look alike. Contrast depends on how a text, all around it and all that lies under it
# look, so of texts that agree in these the first is judged; one that lies under something is always judged.
LOOKS = (
    *("color", "fontSize", "fontWeight", "opacity", "backgroundColor", "backgroundImage", "textShadow", "filter"),
    *("mixBlendMode", "webkitTextFillColor", "webkitTextStroke", "clipPath", "visibility"),
)
EACH_LOOK_ONCE = """
looks => {
  const rule = axe._audit.rules.find(each => each.id === 'color-contrast'), matches = rule.matches;
  let alike = new Set();
  rule.matches = function (node, ...more) { return !alike.has(node) && matches.call(this, node, ...more); };
  const styled = (e, part) => { const s = getComputedStyle(e, part); return looks.map(each => s[each]).join(); };
  const added = (e, part) => {
    const s = getComputedStyle(e, part);
    return ['none', 'normal'].includes(s.content) ? '' : `${s.content} ${s.position} ${styled(e, part)}`;
  };
  window.lookAlike = () => {
    const numbers = new Map(), seen = new Map(), piles = new Map(), range = document.createRange();
    const number = text => numbers.get(text) ?? numbers.set(text, numbers.size).get(text);
    const whole = e => [styled(e), added(e, '::before'), added(e, '::after')].join(';');
    const look = e => seen.get(e) ?? seen.set(e, number(whole(e))).get(e);
    const around = e => e ? `${look(e)} ${around(e.parentElement)}` : '';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const e = node.parentElement;
      if (!node.data.trim() || !e.checkVisibility()) continue;
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.top < 0 || box.bottom > innerHeight) scrollTo({ top: scrollY + box.top - 50, behavior: 'instant' });
      const lines = [...range.getClientRects()].map(line => {
        const pile = document.elementsFromPoint(line.x + line.width / 2, line.y + line.height / 2);
        return pile[0] === e ? pile.map(look).join() : null;
      });
      piles.set(e, new Set([...piles.get(e) ?? [], ...(lines.length ? lines : [null])]));
    }
    scrollTo({ top: 0, behavior: 'instant' });
    const first = new Map();
    alike = new Set();
    for (const [e, found] of piles) {
      const kind = [around(e), ...found].join(';');
      if (found.has(null) || !first.has(kind)) first.set(kind, e); else alike.add(e);
    }
  };
}
"""


def bare(page: Page) -> None:
    """Take away what axe-core does not judge or would misread, and bring it along."""
    page.add_style_tag(content=UNPAINTED)
    page.evaluate(EMPTIED)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(COLOURS_READ_ONCE)
    page.evaluate(EACH_LOOK_ONCE, list(LOOKS))


def judged(page: Page, **options: object) -> list[str]:
    """What axe-core finds wrong with a bare page, each with the first element it names."""
    result = page.evaluate(
        "([without, options]) => { lookAlike(); return axe.run({ include: ['html'], exclude: without }, options) }",
        [INSIDE_PICTURES, {"resultTypes": ["violations", "incomplete"], **options}],
    )
    found = result["violations"] + [each for each in result["incomplete"] if each["id"] == "color-contrast"]
    return [
        f"{each['id']}: {node['html'][:160]} {[why['message'] for why in node['any'] + node['all']]}"
        for each in found
        for node in each["nodes"][:3]
    ]
