"""Controlled rounding: every number becomes a multiple of a base near it, and the multiples still add up.

Cox (1987) shows that tables of two dimensions can always be rounded so that each number moves by less than the base;
with more dimensions or levels that may be impossible, and then the least further change is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.primary import THRESHOLD
from socsvc_analysis.disclosure.release import COUNT, Release, release_of

__all__ = ["Rounded", "rounded_counts"]

MOST_NODES = 50
NEAR_BEST = 0.05
FURTHER = 100.0
"""Cost of rounding beyond the two nearest multiples, relative to taking the farther of them."""


@dataclass(frozen=True, eq=False)
class Rounded:
    """Rounded numbers, and what rounding costs."""

    frame: pd.DataFrame
    published: int
    changed: int
    lost: int
    """Numbers of at least the base that are not shown exactly."""
    mean_change: float
    most_change: int


def rounded_counts(counts: pd.DataFrame, design: Design, *, by: Sequence[str] = (), base: int = THRESHOLD) -> Rounded:
    """Round ``counts`` (the columns of the design and of ``by``, and ``count``) and all published totals to ``base``.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> counts = pd.DataFrame({"place": ["a", "b", "c"], "count": [2, 4, 13]})
    >>> rounded_counts(counts, design_of("place")).frame["count"].tolist()  # 19, 2, 4 and 13
    [20, 0, 5, 15]
    """
    pieces, truths = [], []
    groups: Iterable[tuple[tuple[Any, ...], pd.DataFrame]]
    groups = counts.groupby(list(by), sort=True) if by else [((), counts)]
    for values, some in groups:
        release = release_of(some[[*design.columns, COUNT]], design)
        sums = np.asarray(release.sums @ _multiples(release, base), dtype=np.int64) * base
        cell = release.printed["cell"].to_numpy()
        frame = release.printed.assign(**{COUNT: sums[cell]}, **dict(zip(by, values, strict=True)))
        pieces.append(frame[[*by, *design.columns, COUNT]])
        truths.append(release.counts[cell])
    frame, truth = pd.concat(pieces, ignore_index=True), np.concatenate(truths)
    change = np.abs(frame[COUNT].to_numpy() - truth)
    return Rounded(
        frame,
        published=len(frame),
        changed=int((change > 0).sum()),
        lost=int(((change > 0) & (truth >= base)).sum()),
        mean_change=float(change.mean()),
        most_change=int(change.max()),
    )


def _multiples(release: Release, base: int) -> np.ndarray:
    """The rounded count of each finest cell, in multiples of the base."""
    down = release.parts // base
    rest = release.parts % base
    may_rise = rest > 0
    published = np.flatnonzero(release.is_published & (release.sizes > 1))
    sums = release.sums[published]
    missing = (release.counts[published] - base * (sums @ down)) / base
    count, totals = len(down), len(published)
    # Rising finest cells, then by how much totals leave the two nearest multiples, below and above.
    cost = np.concatenate([1 - 2 * rest / base, np.full(2 * totals, FURTHER)])
    slack = sparse.identity(totals, format="csr")
    matrix = sparse.hstack([sums, slack, -slack], format="csc")
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, np.floor(missing), np.ceil(missing)),
        bounds=Bounds(0, np.concatenate([may_rise.astype(float), np.full(2 * totals, np.inf)])),
        integrality=np.concatenate([np.ones(count), np.zeros(2 * totals)]),
        options={"node_limit": MOST_NODES, "mip_rel_gap": NEAR_BEST},
    )
    rise = np.rint(found.x[:count]) if found.x is not None else (2 * rest >= base)
    return down + rise.astype(np.int64)
