"""What the marks of statistics offices mean for a number."""

from __future__ import annotations

import math

STATUSES = {
    "": "normal",
    "-": "normal",
    "…": "missing",
    "...": "missing",
    "..": "missing",
    ":": "missing",
    "x": "confidential",
    "c": "confidential",
    "p": "provisional",
    "e": "estimated",
    "b": "normal",
}
ZERO = "-"


def read(value: float, mark: str) -> tuple[float, str]:
    """The number and its status; a dash without a number is zero, any other mark or none is unknown.

    >>> read(1200.0, ""), read(float("nan"), "-"), read(980.0, "p")
    ((1200.0, 'normal'), (0.0, 'normal'), (980.0, 'provisional'))
    >>> read(float("nan"), "x"), read(float("nan"), ""), read(7.0, "…")
    ((nan, 'confidential'), (nan, 'missing'), (nan, 'missing'))
    """
    statuses = [STATUSES.get(letter, "provisional") for letter in _letters(mark)]
    worst = next(
        (each for each in ("confidential", "missing", "provisional", "estimated") if each in statuses), "normal"
    )
    if mark.strip() == ZERO and math.isnan(value):
        return 0.0, "normal"
    if worst in ("confidential", "missing") or math.isnan(value):
        return math.nan, "confidential" if worst == "confidential" else "missing"
    return value, worst


def _letters(mark: str) -> list[str]:
    """A mark is one of those known, or several letters together, such as ``bp``."""
    mark = mark.strip()
    return [mark] if mark in STATUSES else list(mark)
