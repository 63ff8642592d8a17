"""Moves: the cheapest change of finest cells that alters a given cell, by linear programming.

A shown cell that a move alters has to be hidden, at a cost; what is hidden already may be altered for nothing.  The
programme is that of Fischetti and Salazar (2001), with absolute changes in the place of yes and no.  Its solutions are
nearly always whole numbers; where one is not, whole numbers are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import highspy
import numpy as np
import scipy.sparse as sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from socsvc_analysis.disclosure.release import Release
from socsvc_analysis.disclosure.solver import solver

__all__ = ["Move", "cheapest_move"]

TOUCH = 0.01
"""The cost of changing a finest cell by one: small moves before large ones."""
EXACT = 1e-6
MOST_NODES = 200
"""Limit on the branches of an integer programme."""


@dataclass(frozen=True, eq=False)
class Move:
    """A change of some finest cells by whole numbers, with what it would hide."""

    parts: np.ndarray
    change: np.ndarray
    cost: float
    """What it costs to hide what is altered, for each unit by which the cell changes."""
    hides: bool
    """Whether anything has to be hidden that is shown."""


def cheapest_move(
    release: Release, hidden: np.ndarray, costs: np.ndarray, cell: int, amount: int, parts: np.ndarray
) -> Move | None:
    """The cheapest move of ``parts`` by which ``cell`` changes by at least ``amount`` (at most, where it is negative).

    ``costs`` is what it costs to hide each cell; one with infinite cost stays as it is.  None when no move does it.
    """
    frozen = ~hidden & np.isinf(costs)
    parts = parts[~frozen_parts(release, frozen)[parts]]
    columns = release.by_part[parts]
    here = np.bincount(columns.indices, minlength=len(costs))
    if not here[cell]:
        return None
    seen = ~hidden & (here > 0)
    flexible = np.flatnonzero(seen & ~frozen & (here > 1))
    fixed = np.flatnonzero(seen & frozen)
    # A shown cell of which one finest cell may move is paid for where that moves; it needs no row of its own.
    alone = np.where(seen & ~frozen & (here == 1), costs, 0.0)
    step = TOUCH + np.add.reduceat(alone[columns.indices], columns.indptr[:-1])
    size = abs(amount)
    low = np.zeros(len(flexible) + len(fixed) + 1)
    high = low.copy()
    low[-1], high[-1] = (size, np.inf) if amount > 0 else (-np.inf, -size)
    most = np.concatenate(
        [
            np.full(len(parts), 2.0 * size),
            np.minimum(release.parts[parts], 2.0 * size),
            np.full(2 * len(flexible), np.inf),
        ]
    )
    each = np.concatenate([step, step, costs[flexible], costs[flexible]])
    matrix = _programme(columns, np.concatenate([flexible, fixed]), cell, len(flexible))
    return _solved(_Programme(each, matrix, low, high, most), parts, release, size)


def _programme(columns: sparse.csr_matrix, cells: np.ndarray, target: int, flexible: int) -> sparse.csc_matrix:
    """Rows: ``cells``, then ``target``; columns: each finest cell rising, then falling, then the slack of the first
    ``flexible`` rows, both ways."""
    row = np.full(columns.shape[1], -1)
    row[cells] = np.arange(len(cells))
    of_entry = row[columns.indices]
    is_target = columns.indices == target
    rows = np.concatenate([of_entry, np.full(int(is_target.sum()), len(cells))])
    at = np.repeat(np.arange(columns.shape[0]), np.diff(columns.indptr))
    of_part = np.concatenate([at, at[is_target]])
    rows, of_part = rows[rows >= 0], of_part[rows >= 0]
    ones, slack, count = np.ones(len(rows)), np.ones(flexible), columns.shape[0]
    places = np.arange(flexible)
    return sparse.csc_matrix(
        (
            np.concatenate([ones, -ones, -slack, slack]),
            (
                np.concatenate([rows, rows, places, places]),
                np.concatenate([of_part, of_part + count, places + 2 * count, places + 2 * count + flexible]),
            ),
        ),
        (len(cells) + 1, 2 * count + 2 * flexible),
    )


def frozen_parts(release: Release, frozen: np.ndarray) -> np.ndarray:
    """Which finest cells may not change: a cell that must stay shown is that one alone."""
    held = np.zeros(len(release.parts), dtype=bool)
    single = frozen & (release.sizes == 1)
    held[release.sums.indices[release.sums.indptr[:-1][single]]] = True
    return held


@dataclass(frozen=True, eq=False)
class _Programme:
    """The least cost of columns between 0 and ``most`` whose sums by row lie between ``low`` and ``high``."""

    cost: np.ndarray
    matrix: sparse.csc_matrix
    low: np.ndarray
    high: np.ndarray
    most: np.ndarray

    def solved(self) -> tuple[np.ndarray, float] | None:
        """The columns and their cost; None where nothing fits."""
        highs, model = _solver(), highspy.HighsLp()
        model.num_row_, model.num_col_ = model.a_matrix_.num_row_, model.a_matrix_.num_col_ = self.matrix.shape
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = self.matrix.indptr, self.matrix.indices
        model.a_matrix_.value_ = self.matrix.data
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, np.zeros(len(self.cost)), self.most
        model.row_lower_, model.row_upper_ = self.low, self.high
        highs.passModel(model)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(highs.getSolution().col_value), float(highs.getInfo().objective_function_value)

    def solved_in_whole_numbers(self, integral: np.ndarray) -> tuple[np.ndarray, float] | None:
        """The same, where the columns ``integral`` are whole numbers; seldom needed, and nearly the least cost."""
        found = milp(
            self.cost,
            constraints=LinearConstraint(self.matrix, self.low, self.high),
            bounds=Bounds(0, self.most),
            integrality=integral,
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.05},
        )
        return None if found.x is None else (found.x, float(found.fun))


@cache
def _solver() -> highspy.Highs:
    """For programmes so small that making them smaller before (``presolve``) takes longer than solving them."""
    made = solver()
    made.setOptionValue("presolve", "off")
    return made


def _solved(programme: _Programme, parts: np.ndarray, release: Release, size: int) -> Move | None:
    count = len(parts)
    found = programme.solved()
    if found is None:
        return None
    columns, cost = found
    change = columns[:count] - columns[count : 2 * count]
    for times in (1, 2, 3):
        whole = np.rint(times * change)
        if np.abs(times * change - whole).max() < EXACT and (release.parts[parts] + whole >= 0).all():
            break
    else:
        found = programme.solved_in_whole_numbers(np.arange(len(programme.cost)) < 2 * count)
        if found is None:
            return None
        columns, cost = found
        whole = np.rint(columns[:count] - columns[count : 2 * count])
    changed = np.flatnonzero(whole)
    hides = cost - TOUCH * columns[: 2 * count].sum() > EXACT
    return Move(parts[changed], whole[changed].astype(np.int64), cost / size, bool(hides))
