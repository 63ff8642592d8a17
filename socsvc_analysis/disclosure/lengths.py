"""Lengths and places of drawn shapes that go with counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["DRAWN", "straight"]

MOST_SHAPES = 300
"""Shapes of one series through whose pairs a line is drawn; of more, some evenly taken."""
DRAWN = 0.1
"""How exactly pictures are drawn, in their own units."""


def straight(drawn: Sequence[tuple[float, int]]) -> tuple[float, float] | None:
    """The zero point and the length of one person, where lengths or places grow evenly with counts; else None.

    >>> straight([(30.0, 10), (60.0, 20), (75.1, 25)])
    (0.0, 3.0)
    >>> straight([(100.0, 10), (120.0, 20), (150.0, 35)])
    (80.0, 2.0)
    """
    lengths, counts = np.array(drawn, dtype=float).reshape(-1, 2).T
    if len(set(counts)) < 2 or len(set(lengths)) < 2:
        return None
    some = counts > 0
    scale = float(np.median(lengths[some] / counts[some]))
    if scale > 0 and (np.abs(lengths - scale * counts) <= DRAWN + 0.01 * scale * counts).mean() > 0.5:
        return 0.0, scale
    if len(set(counts)) < 3:
        return None
    # The line through most pairs: shapes that are something else do not bend it.
    spread = slice(None, None, max(1, len(counts) // MOST_SHAPES))
    apart, longer = (np.subtract.outer(each[spread], each[spread]) for each in (counts, lengths))
    scale = float(np.median(longer[apart != 0] / apart[apart != 0]))
    start = float(np.median(lengths - scale * counts))
    near = np.abs(lengths - start - scale * counts) <= 2 * DRAWN
    return (start, scale) if abs(scale) > DRAWN / 10 and near.mean() > 0.5 and len(set(counts[near])) > 2 else None
