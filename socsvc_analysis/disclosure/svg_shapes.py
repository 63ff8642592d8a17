"""Where drawn shapes begin and end."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["box_of", "corners_of", "number_in"]

STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+(?:e-?[0-9]+)?")
MOST_CORNERS = 300
"""Corners of one line that are looked at."""


def box_of(tag: str, given: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of a bar or a straight line; of a point both sizes are 0."""
    if tag == "rect":
        left, top, wide, high = (number_in(given.get(name)) for name in ("x", "y", "width", "height"))
        return left, top, wide, high
    if tag in ("circle", "ellipse"):
        return number_in(given.get("cx")), number_in(given.get("cy")), 0.0, 0.0
    if tag == "use":
        return number_in(given.get("x")), number_in(given.get("y")), 0.0, 0.0
    return _around(_corners(tag, given))


def corners_of(tag: str, given: Mapping[str, str]) -> list[tuple[float, float]]:
    """The corners of a line that is not straight, such as the course of years."""
    return _corners(tag, given)[:MOST_CORNERS]


def number_in(text: str | None) -> float:
    """The number at the beginning of an attribute; 0 where there is none."""
    found = NUMBER.match((text or "").strip())
    return float(found[0]) if found else 0.0


def _corners(tag: str, given: Mapping[str, str]) -> list[tuple[float, float]]:
    if tag == "path":
        return _steps(given.get("d", ""))
    if tag == "line":
        return [(number_in(given.get(f"x{end}")), number_in(given.get(f"y{end}"))) for end in "12"]
    if tag in ("polyline", "polygon"):
        numbers = [float(each) for each in NUMBER.findall(given.get("points", ""))]
        return list(zip(numbers[::2], numbers[1::2], strict=False))
    return []


def _steps(path: str) -> list[tuple[float, float]]:
    """The corners of a path of straight lines; none of one that is bent.

    >>> _steps("M80 276H552.4V180z"), _steps("m1 1 h 2 v 3"), _steps("M0 0C1 1 2 2 3 3")
    ([(80.0, 276.0), (552.4, 276.0), (552.4, 180.0)], [(1.0, 1.0), (3.0, 1.0), (3.0, 4.0)], [])
    """
    x = y = 0.0
    corners = []
    for letter, numbers in STEP.findall(path):
        kind, values = letter.upper(), [float(each) for each in NUMBER.findall(numbers)]
        if kind not in "MLHVZ" or (kind in "ML" and len(values) % 2):
            return []
        from_x, from_y = (1, 1) if letter.islower() else (0, 0)
        pairs = zip(values[::2], values[1::2], strict=True) if kind in "ML" else ((value, value) for value in values)
        for across, down in pairs:
            x = x if kind == "V" else across + from_x * x
            y = y if kind == "H" else down + from_y * y
            corners.append((x, y))
    return corners


def _around(corners: list[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    """The box of corners that are those of one, or the ends of a straight line along a side; else None.

    >>> _around([(80.0, 276.0), (552.4, 276.0), (552.4, 180.0), (80.0, 180.0)]), _around([(5.0, 1.0), (9.0, 1.0)])
    ((80.0, 180.0, 472.4, 96.0), (5.0, 1.0, 4.0, 0.0))
    """
    xs, ys = (sorted(set(each)) for each in (zip(*corners, strict=True) if corners else ((), ())))
    if not 3 <= len(xs) + len(ys) <= 4 or max(len(xs), len(ys)) > 2:
        return None
    return xs[0], ys[0], round(xs[-1] - xs[0], 6), round(ys[-1] - ys[0], 6)
