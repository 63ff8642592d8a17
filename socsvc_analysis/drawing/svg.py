"""Pictures as SVG with no more letters than they need, fit to stand in a page beside others.

matplotlib draws on a :class:`Pen`, which writes what it is told and nothing else: no groups, no metadata, no ids but
those that are referred to.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import weight_dict
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform
from matplotlib.typing import ColorType

from socsvc_analysis.files import sha256

FONTS = "system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"
OFTEN = 3
"""A style that so many parts of a picture share becomes a class."""
DOTS_PER_INCH = 72
TILE = 72
"""The side of a piece of hatching."""
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
STEPS = {Path.MOVETO: ("M", 1), Path.LINETO: ("L", 1), Path.CURVE3: ("Q", 2), Path.CURVE4: ("C", 3)}
"""The letter of each kind of step, and how many places it names."""


def contents(figure: Figure, prefix: str) -> tuple[str, float, float]:
    """What is inside the SVG of ``figure``, and the width and height of its view.

    No id is one of a picture with another ``prefix``.
    """
    width, height = (float(inches) * DOTS_PER_INCH for inches in figure.get_size_inches())
    pen = Pen(width, height)
    figure.draw(pen)
    return pen.written(_named("i", prefix)), round(width, 6), round(height, 6)


@dataclass(frozen=True)
class Mark:
    """A tag of the SVG: the text before and after its style (its *look*).

    ``clip`` and ``hatch`` are the places of what it refers to among the clips and the hatches of the picture.  A line
    is open where another of the same look may go on.
    """

    before: str
    look: str = ""
    after: str = "/>"
    clip: int | None = None
    hatch: int | None = None
    line: bool = False


class Pen(RendererBase):
    """A renderer of matplotlib that records what is drawn; :meth:`written` gives it as SVG.

    Everything is opaque, words are level, and only rectangles clip: the house draws nothing else.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.downwards = Affine2D().scale(1, -1).translate(0, height)
        self.marks: list[Mark] = []
        self.markers: dict[tuple[str, str], int] = {}
        self.clips: dict[tuple[float, float, float, float], int] = {}
        self.hatches: dict[tuple[str, str | None, str, float], int] = {}

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def flipy(self) -> bool:
        return True

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: ColorType | None = None
    ) -> None:
        """A line or a shape."""
        # Lines end where the picture does; a shape keeps its form.
        within = (0, 0, self.width, self.height) if rgbFace is None and gc.get_hatch() is None else None
        steps = _steps(path, _then(transform, self.downwards), within)
        look, hatch, clip = self._look(gc, rgbFace), self._hatch(gc, rgbFace), self._clip(gc)
        line = clip is None and look.startswith("fill:none;")
        if line and self.marks and self.marks[-1].line and self.marks[-1].look == look:
            # Lines of one look that follow each other are one path.
            self.marks[-1] = Mark(f'{self.marks[-1].before[:-1]}{steps}"', look, line=True)
        else:
            self.marks.append(Mark(f'<path d="{steps}"', look, clip=clip, hatch=hatch, line=line))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: ColorType | None = None,
    ) -> None:
        """The same shape at several places: it is written once, where it is used first."""
        shape = _steps(marker_path, _then(marker_trans, Affine2D().scale(1, -1)))
        look, stroke, clip = self._look(gc, rgbFace), _stroke(gc), self._clip(gc)
        if (shape, look) not in self.markers:
            self.markers[shape, look] = len(self.markers)
            number = self.markers[shape, look]
            self.marks.append(Mark(f'<defs><path id="{{own}}-{number}" d="{shape}"', stroke, "/></defs>"))
        if clip is not None:
            self.marks.append(Mark("<g", clip=clip, after=">"))
        use = f'<use href="#{{own}}-{self.markers[shape, look]}"'
        for x, y in _then(trans, self.downwards).transform(path.vertices).tolist():
            self.marks.append(Mark(f'{use} x="{_tenth(x)}" y="{_tenth(y)}"', look, hatch=self._hatch(gc, rgbFace)))
        if clip is not None:
            self.marks.append(Mark("</g", after=">"))

    def draw_label(self, label: Text) -> None:
        """Words on one line, anchored at the side by which they were placed, so that any font keeps them there."""
        x, y = label.get_transform().transform(label.get_position())
        weight = weight_dict.get(str(label.get_fontweight()), label.get_fontweight())
        look = (
            f"{f'font-weight:{weight};' if weight != weight_dict['normal'] else ''}"
            f"font-size:{label.get_fontsize():g}px;text-anchor:{ANCHORS[label.get_horizontalalignment()]};"
            f"fill:{to_hex(label.get_color())}"
        )
        words = html.escape(label.get_text(), quote=False)
        self.marks.append(Mark("<text", look, f' x="{_tenth(x)}" y="{_tenth(self.height - y)}">{words}</text>'))

    def written(self, own: str) -> str:
        """The picture; its ids are ``own`` and a number each."""
        clips = [len(self.markers) + at for at in range(len(self.clips))]
        hatches = [len(self.markers) + len(self.clips) + at for at in range(len(self.hatches))]
        marks = [*self.marks, *self._clips_defined(clips), *self._hatches_defined(hatches)]
        looks = [
            mark.look if mark.hatch is None else f"fill:url(#{own}-{hatches[mark.hatch]});{mark.look}" for mark in marks
        ]
        shared, sheet = _shared(looks)
        tags = (
            mark.before.replace("{own}", own)
            + ("" if mark.clip is None else f' clip-path="url(#{own}-{clips[mark.clip]})"')
            + (f' class="{shared[look]}"' if look in shared else f' style="{look}"' if look else "")
            + mark.after
            for mark, look in zip(marks, looks, strict=True)
        )
        return sheet + "".join(tags)

    def _look(self, gc: GraphicsContextBase, face: ColorType | None) -> str:
        """Fill and line; the fill is left to the hatch where there is one."""
        fill = "" if gc.get_hatch() is not None else "fill:none" if face is None else f"fill:{to_hex(face)}"
        return ";".join(each for each in (fill, _stroke(gc)) if each)

    def _clip(self, gc: GraphicsContextBase) -> int | None:
        within = gc.get_clip_rectangle()
        if within is None:
            return None
        x, y, width, height = within.bounds
        return self.clips.setdefault((x, self.height - (y + height), width, height), len(self.clips))

    def _hatch(self, gc: GraphicsContextBase, face: ColorType | None) -> int | None:
        pattern = gc.get_hatch()
        if pattern is None:
            return None
        colours = None if face is None else to_hex(face), to_hex(gc.get_hatch_color())
        key = (pattern, *colours, gc.get_hatch_linewidth())
        return self.hatches.setdefault(key, len(self.hatches))

    def _clips_defined(self, ids: list[int]) -> Iterable[Mark]:
        inner = (
            f'<clipPath id="{{own}}-{name}"><rect x="{_tenth(x)}" y="{_tenth(y)}" '
            f'width="{_plain(width)}" height="{_plain(height)}"/></clipPath>'
            for name, (x, y, width, height) in zip(ids, self.clips, strict=True)
        )
        return [Mark(f"<defs>{''.join(inner)}</defs>", after="")] if ids else []

    def _hatches_defined(self, ids: list[int]) -> Iterable[Mark]:
        start = "<defs>"
        for name, (hatch, face, edge, width) in zip(ids, self.hatches, strict=True):
            lines = _steps(Path.hatch(hatch), Affine2D().scale(TILE, -TILE).translate(0, TILE))
            yield Mark(
                f'{start}<pattern id="{{own}}-{name}" patternUnits="userSpaceOnUse" x="0" y="0" width="{TILE}" '
                f'height="{TILE}"><rect x="0" y="0" width="{TILE + 1}" height="{TILE + 1}" fill="{face or "none"}"/>'
                f'<path d="{lines}"',
                f"fill:{edge};stroke:{edge};stroke-width:{width};stroke-linecap:butt;stroke-linejoin:miter",
                "/></pattern>" + ("</defs>" if name == ids[-1] else ""),
            )
            start = ""


def opening(alt: str, top: float, width: float, height: float) -> str:
    """The start of a picture's tag: what it shows, the part of the plane that it covers, and its letters."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'viewBox="0 {top:.1f} {width:g} {height:.1f}" font-family="{FONTS}" stroke-linejoin="round" '
        'stroke-linecap="butt"'
    ).replace('viewBox="0 0.0 ', 'viewBox="0 0 ')


def _then(first: Transform, second: Transform) -> Affine2D:
    return Affine2D(second.get_matrix() @ first.get_matrix())


def _stroke(gc: GraphicsContextBase) -> str:
    """The line's dashes, colour, width and ends; nothing where there is none."""
    offset, dashes = gc.get_dashes()
    parts = []
    if dashes is not None:
        parts += [
            f"stroke-dasharray:{','.join(map(_plain, np.asarray(dashes, dtype=float).tolist()))}",
            f"stroke-dashoffset:{_plain(offset)}",
        ]
    if gc.get_linewidth():
        parts.append(f"stroke:{to_hex(gc.get_rgb())}")
        if gc.get_linewidth() != 1:
            parts.append(f"stroke-width:{_plain(gc.get_linewidth())}")
        if gc.get_joinstyle() != "round":
            parts.append(f"stroke-linejoin:{gc.get_joinstyle()}")
        if gc.get_capstyle() != "butt":
            parts.append(f"stroke-linecap:{gc.get_capstyle().replace('projecting', 'square')}")
    return ";".join(parts)


def _steps(path: Path, transform: Transform, within: tuple[float, float, float, float] | None = None) -> str:
    """Write the path with as few characters as possible: a line along an axis names one coordinate only.

    >>> _steps(Path([(1.23456, 7), (2.000001, 7), (2, 9.5), (1.2, 7)], closed=True), Affine2D())
    'M1.2 7H2V9.5z'
    """
    path = path.cleaned(transform, remove_nans=True, clip=within, simplify=False, curves=True)
    places = [(_tenth(x), _tenth(y)) for x, y in np.asarray(path.vertices).tolist()]
    steps, at, (x, y) = [], 0, ("", "")
    codes = np.asarray(path.codes).tolist()
    while codes[at] != Path.STOP:
        if codes[at] == Path.CLOSEPOLY:
            steps.append("z")
            (x, y), at = ("", ""), at + 1
            continue
        letter, length = STEPS[codes[at]]
        here = places[at : at + length]
        before, (x, y), at = (x, y), here[-1], at + length
        if letter == "L" and y == before[1]:
            steps.append(f"H{x}")
        elif letter == "L" and x == before[0]:
            steps.append(f"V{y}")
        else:
            steps.append(letter + " ".join(f"{across} {down}" for across, down in here))
    return "".join(steps)


def _tenth(number: float) -> str:
    """Round to a tenth of a pixel; differences of less than a millionth do not change the result.

    >>> _tenth(12.04), _tenth(12.25), _tenth(12.250000001)
    ('12', '12.2', '12.2')
    """
    return f"{round(number, 6):.1f}".removesuffix(".0")


def _plain(number: float) -> str:
    return f"{number:f}".rstrip("0").rstrip(".")


def _named(letter: str, text: str) -> str:
    """A short name that depends on ``text`` alone."""
    return letter + sha256(text.encode())[:5]


def _shared(looks: Iterable[str]) -> tuple[dict[str, str], str]:
    """The styles that many parts of a picture share, each with its class, and the style sheet of these classes.

    A class is named after its look, so that sheets of several pictures on one page never disagree.

    >>> _shared(["fill:none"] * 3 + ["fill:red"])
    ({'fill:none': 'lbde5f'}, '<style>.lbde5f{fill:none}</style>')
    """
    often = {look: _named("l", look) for look, n in Counter(looks).items() if n >= OFTEN and look}
    sheet = "".join(f".{name}{{{look}}}" for look, name in often.items())
    return often, f"<style>{sheet}</style>" if often else ""
