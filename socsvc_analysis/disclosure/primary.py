"""Which cells are hidden for their own sake, and which tell of a whole group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from socsvc_analysis.disclosure.release import Release

__all__ = ["THRESHOLD", "primary", "telling_lines"]

THRESHOLD = 5
"""Fewer people than this are not shown."""
FEW = 10
"""A line of fewer people than this in which all are of one kind tells of each of them."""


def primary(release: Release, threshold: int = THRESHOLD) -> np.ndarray:
    """Whether each cell has fewer than ``threshold`` people; nobody at all is few.

    Were zeros shown, everyone would know that a hidden cell is at least 1.
    """
    return release.counts < threshold


def telling_lines(release: Release, hidden: np.ndarray) -> pd.DataFrame:
    """Shown sums of fewer than ten people that all are in one shown part: who is in the sum is in the part.

    One row for each, with the cell's number of ``whole`` and ``part``.  Only a combination that is known to be
    impossible leaves such a line in a protected release.
    """
    small = np.flatnonzero(~hidden & (release.counts > 0) & (release.counts < FEW))
    sums = release.sums[small]
    shared = (sums @ sums.T).tocoo()
    part, whole, common = small[shared.row], small[shared.col], shared.data
    inside = (common == release.sizes[part]) & (release.sizes[whole] > release.sizes[part])
    same = inside & (release.counts[part] == release.counts[whole])
    return pd.DataFrame({"whole": whole[same], "part": part[same]}).sort_values(["whole", "part"], ignore_index=True)
