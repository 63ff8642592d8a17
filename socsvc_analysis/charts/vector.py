"""Pictures as SVG with no more letters than they need, fit to stand in a page beside others."""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter

FONTS = "system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"
OFTEN = 3
"""A look that as many parts of a picture share is said once in the picture."""


def contents(svg: str, prefix: str) -> tuple[str, float, float]:
    """What is inside matplotlib's SVG, fit to stand in a page, and the width and height of its view."""
    body = svg[svg.index("<svg") :]
    opening, body = body[: body.index(">") + 1], body[body.index(">") + 1 :]
    width, height = map(float, re.search(r'viewBox="([^"]+)"', opening)[1].split()[2:])
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    # The sheet of matplotlib's SVG would speak for the whole page; its two lines become attributes of the picture.
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"/>', "", body)
    body = re.sub(r'<g id="[^"]*">', "<g>", body)
    body = _with_own_ids(body.replace("xlink:href=", "href="), prefix)
    # Letters take the fonts of the picture: only size and weight stay.
    body = re.sub(r"font-family: [^;\"]+; ?", "", body)
    body = re.sub(r' transform="rotate\(-?0 [^"]*"', "", body)
    body = re.sub(r"<[^>]+>", lambda tag: _short(tag[0]), body)
    body = re.sub(r">\s+<", "><", body)
    # A group that says nothing about what is in it only makes the page longer.
    bare = re.compile(r"<g>((?:(?!</?g[ >]).)*)</g>", re.DOTALL)
    while (thinner := bare.sub(r"\1", body)) != body:
        body = thinner
    # Lines of one look that follow each other are one path.
    twins = re.compile(r'<path d="([^"]*)" style="(fill:none;[^"]*)"/><path d="([^"]*)" style="\2"/>')
    while (thinner := twins.sub(r'<path d="\1\3" style="\2"/>', body)) != body:
        body = thinner
    return _with_shared_looks(body.strip().removesuffix("</svg>").strip()), width, height


def _with_own_ids(body: str, prefix: str) -> str:
    """The picture with short ids that no picture of another ``prefix`` has.

    >>> _with_own_ids('<path id="m0f3a"/><use href="#m0f3a"/>', "map-wide")
    '<path id="i7da62-0"/><use href="#i7da62-0"/>'
    """
    own = _named("i", prefix)
    names = {name: f"{own}-{at}" for at, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]*)"', body)))}
    return re.sub(r'(\bid="|url\(#|href="#)([^")]*)', lambda found: found[1] + names.get(found[2], found[2]), body)


def _named(letter: str, text: str) -> str:
    """A short name that depends on ``text`` alone."""
    return letter + hashlib.sha256(text.encode()).hexdigest()[:5]


def _with_shared_looks(body: str) -> str:
    """The picture with looks that many parts share as classes in a sheet of its own.

    A class is named after its look, so that sheets of several pictures on one page never disagree.

    >>> print(_with_shared_looks('<path style="fill:none"/>' * 3))
    <style>.lbde5f{fill:none}</style><path class="lbde5f"/><path class="lbde5f"/><path class="lbde5f"/>
    """
    looks = Counter(re.findall(r' style="([^"]*)"', body))
    shared = {look: _named("l", look) for look, n in looks.items() if n >= OFTEN}
    if not shared:
        return body
    sheet = "".join(f".{name}{{{look}}}" for look, name in shared.items())
    parts = re.sub(
        r' style="([^"]*)"', lambda found: f' class="{shared[found[1]]}"' if found[1] in shared else found[0], body
    )
    return f"<style>{sheet}</style>{parts}"


def _short(tag: str) -> str:
    """A tag on one line with no more letters than it needs; a tenth of a pixel is as fine as anyone sees.

    >>> _short('<path d="M 1.23456 7 \\nL 2.000001 7 \\nL 2 9.5 \\nz\\n" style="fill: none; stroke: red"/>')
    '<path d="M1.2 7H2V9.5z" style="fill:none;stroke:red"/>'
    """
    tag = re.sub(r"\s*\n\s*", " ", tag)
    tag = re.sub(r'(?<= style=")[^"]*', lambda style: re.sub(r"([:;]) ", r"\1", style[0]), tag)
    tag = re.sub(r'(?<= (?:x|y)=")[^"]*|(?<= transform=")[^"]*', lambda place: _tenths(place[0]), tag)
    return re.sub(r'(?<= d=")[^"]*', lambda path: _level_and_upright(_tenths(path[0])), tag)


def _tenths(numbers: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda each: f"{float(each[0]):.1f}".removesuffix(".0"), numbers)


def _level_and_upright(path: str) -> str:
    """A path whose lines along an axis name one coordinate only."""
    x = y = ""
    steps = []
    for step, numbers in re.findall(r"([A-Za-z]) ?([^A-Za-z]*)", path):
        at = numbers.split()
        if step == "L" and at[1] == y:
            steps.append(f"H{at[0]}")
        elif step == "L" and at[0] == x:
            steps.append(f"V{at[1]}")
        else:
            steps.append(step + " ".join(at))
        x, y = at[-2:] if at else ("", "")
    return "".join(steps)


def opening(alt: str, top: float, width: float, height: float) -> str:
    """The start of a picture's tag: what it shows, the part of the plane that it covers, and its letters."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'viewBox="0 {top:.1f} {width:g} {height:.1f}" font-family="{FONTS}" stroke-linejoin="round" '
        'stroke-linecap="butt"'
    ).replace('viewBox="0 0.0 ', 'viewBox="0 0 ')
