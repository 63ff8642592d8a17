"""An attacker who shares nothing with the library: one linear programme for each bound, over all that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linprog

TINY = 1e-6


def intervals(
    finest: pd.DataFrame, printed: pd.DataFrame, columns: Sequence[str], *, own: np.ndarray | None = None
) -> list[tuple[int, float, float]]:
    """(row, least, greatest) of every hidden row of ``printed``: ``count`` missing, and missing columns are totals.

    ``finest`` has the true counts: of them an attacker knows those marked in ``own``, and which combinations there are.
    """
    own = np.zeros(len(finest), dtype=bool) if own is None else own
    truth = finest["count"].to_numpy(float)
    members = np.array(
        [
            np.logical_and.reduce(
                [np.ones(len(finest), dtype=bool)]
                + [(finest[name] == row[name]).to_numpy() for name in columns if pd.notna(row[name])]
            )
            for _, row in printed.iterrows()
        ]
    )
    shown = printed["count"].notna().to_numpy()
    known = printed.loc[shown, "count"].to_numpy(float)
    assert np.array_equal(members[shown] @ truth, known), "what is shown is not true"
    limits = [(value, value) if mine else (0, None) for value, mine in zip(truth, own, strict=True)]
    found = []
    for row in np.flatnonzero(~shown):
        if own[members[row]].all():
            continue
        ends = []
        for sign in (1, -1):
            best = linprog(sign * members[row].astype(float), A_eq=members[shown], b_eq=known, bounds=limits)
            ends.append(np.inf * -sign if best.status == 3 else sign * best.fun)
        found.append((int(row), *ends))
    return found


def open_rows(found: Sequence[tuple[int, float, float]], threshold: int = 5) -> list[int]:
    """Rows known too well: narrower than the threshold, or surely below it."""
    return [row for row, low, high in found if high - low < threshold - TINY or high < threshold - TINY]
