"""Which cells are hidden so that no hidden one can be worked out, by anyone, from all that is shown.

Small cells are hidden first.  For each hidden cell that is still open to an attacker the cheapest move is looked for
that alters it; what the move alters is hidden too, and the move followed to its end both ways is a pair of witnesses
for every cell that it alters.  The outsider comes first; then what has become needless is shown again; then comes each
holder.  The same release always hides the same cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from socsvc_analysis.disclosure.moves import Move, cheapest_move
from socsvc_analysis.disclosure.primary import THRESHOLD, primary
from socsvc_analysis.disclosure.release import Release
from socsvc_analysis.disclosure.witnesses import Witness, Witnesses

__all__ = ["Suppression", "suppressed"]

WIDE = 3.0
"""How much more a number of a region or the country is worth to readers."""
NEAR, FAR = 400, 1200
"""Finest cells among which a move is looked for: first nearby, then anywhere."""
TURNS = 8
"""Moves that are tried for one cell and attacker before more room is given."""


@dataclass(frozen=True, eq=False)
class Suppression:
    """Which cells of a release are hidden, with the proofs."""

    release: Release
    hidden: np.ndarray
    primary: np.ndarray
    threshold: int
    witnesses: tuple[Witness, ...]
    open_cells: np.ndarray
    """Cells that could not be protected, because what would have to be hidden is out already; empty as a rule."""


def suppressed(
    release: Release,
    threshold: int = THRESHOLD,
    *,
    shown: np.ndarray | None = None,
    hidden: np.ndarray | None = None,
) -> Suppression:
    """Hide what must be hidden in ``release``.

    ``shown`` and ``hidden`` mark cells that are out already and must stay as they are; see
    :mod:`socsvc_analysis.disclosure.ledger`.

    >>> import pandas as pd
    >>> from socsvc_analysis.disclosure.design import design_of
    >>> from socsvc_analysis.disclosure.release import release_of
    >>> rows = [(place, kind, count) for place, counts in {"a": (2, 9, 20), "b": (8, 7, 30), "c": (9, 12, 40)}.items()
    ...         for kind, count in zip("xyz", counts)]
    >>> release = release_of(pd.DataFrame(rows, columns=["place", "kind", "count"]), design_of("place,kind"))
    >>> sorted(int(count) for count in release.counts[suppressed(release).hidden])  # 2 and a rectangle with it
    [2, 7, 8, 9]
    """
    search = _Search(release, threshold, shown, hidden)
    search.protect_from_outsiders()
    search.show_what_is_needless()
    search.protect_from_holders()
    guarded = np.flatnonzero(search.guarded)
    rest = guarded[search.proofs.open_to(guarded).any(axis=1)]
    return Suppression(release, search.hidden, search.primary, threshold, tuple(search.proofs.proofs()), rest)


class _Search:
    """The search for the hidden cells of one release, with the witnesses found so far."""

    def __init__(self, release: Release, threshold: int, shown: np.ndarray | None, hidden: np.ndarray | None) -> None:
        self.release, self.threshold = release, threshold
        self.primary = primary(release, threshold)
        self.kept = self.primary | ~release.is_published
        if hidden is not None:
            self.kept = self.kept | hidden
        if shown is not None:
            self.kept = self.kept & ~shown
        self.hidden = self.kept.copy()
        self.costs = np.log2(1.0 + release.counts) * np.where(release.is_wide, WIDE, 1.0)
        if shown is not None:
            self.costs[shown] = np.inf
        self.proofs = Witnesses(release, threshold)
        self.near, self.far = _Neighbours(release, NEAR), _Neighbours(release, FAR)

    @property
    def guarded(self) -> np.ndarray:
        """Cells of which nobody may learn too much: the hidden ones, and small ones that are not published."""
        return np.asarray(self.hidden & (self.release.is_published | self.primary))

    def protect_from_outsiders(self) -> None:
        """Hide until the outsider learns too much of no guarded cell."""
        self._until_all(lambda cell: self._protect(cell, (0,)))

    def protect_from_holders(self) -> None:
        """Hide until no holder learns too much of what others hold."""
        self._until_all(self._protect_from_all)

    def _until_all(self, protect: Callable[[int], object]) -> None:
        waiting = self._in_order(self.guarded)
        while len(waiting):
            before = self.guarded
            for cell in waiting:
                protect(cell)
            waiting = self._in_order(self.guarded & ~before)

    def show_what_is_needless(self) -> None:
        """Show hidden cells again, the most valuable first, where no guarded cell becomes open to the outsider."""
        spare = np.flatnonzero(self.hidden & ~self.kept)
        for cell in spare[np.argsort(-self.costs[spare], kind="stable")]:
            self._try_to_show(cell)

    def _in_order(self, cells: np.ndarray) -> np.ndarray:
        """Cells to protect, the greatest of the small first: their moves protect most others, too."""
        numbers = np.flatnonzero(cells)
        return numbers[np.argsort(-self.release.counts[numbers], kind="stable")]

    def _protect_from_all(self, cell: int) -> None:
        open_to = self._open(cell)
        if len(open_to) > 1:
            self._protect(cell, tuple(open_to), free=True)
        for attacker in self._open(cell):
            self._protect(cell, (attacker,))

    def _open(self, cell: int) -> np.ndarray:
        return np.flatnonzero(self.proofs.open_to([cell])[0])

    def _protect(self, cell: int, attackers: Sequence[int], *, free: bool = False) -> bool:
        """Look for moves until ``cell`` is closed to ``attackers``; with ``free``, only moves that hide no more."""
        costs = np.full(len(self.costs), np.inf) if free else self.costs
        for reach in (self.near,) if free else (self.near, self.far):
            parts = reach.of(cell, attackers)
            for _ in range(TURNS):
                if not self.proofs.open_to([cell])[0, list(attackers)].any():
                    return True
                move = self._best(cell, attackers, costs, parts)
                if move is None:
                    break
                self._follow(move)
        return False

    def _best(self, cell: int, attackers: Sequence[int], costs: np.ndarray, parts: np.ndarray) -> Move | None:
        count, least = int(self.release.counts[cell]), self.threshold
        above = int(self.proofs.above[cell, list(attackers)].min())
        below = int(self.proofs.below[cell, list(attackers)].max())
        amounts = [max(least - count, least + below, 1)]
        if count + above >= least and count >= least - above > 0:
            amounts.append(above - least)
        best = self._cheapest(cell, amounts, costs, parts)
        if best is None or best.hides:
            # What cannot be had in one move may be had in several small ones, up and down.
            steps = [max(least - count, above + 1)] + [below - 1] * (count > -below)
            best = self._cheapest(cell, [step for step in steps if step not in amounts], costs, parts, best)
        return best

    def _cheapest(
        self, cell: int, amounts: Sequence[int], costs: np.ndarray, parts: np.ndarray, best: Move | None = None
    ) -> Move | None:
        for amount in amounts:
            move = cheapest_move(self.release, self.hidden, costs, cell, amount, parts)
            if move is not None and (best is None or move.cost < best.cost):
                best = move
        return best

    def _follow(self, move: Move) -> None:
        """Apply a move as far as the counts allow, both ways; record the witnesses, and hide the altered cells."""
        change = move.change // np.gcd.reduce(move.change)
        counts = self.release.parts[move.parts]
        for by in (change, -change):
            falling = by < 0
            steps = int((counts[falling] // -by[falling]).min()) if falling.any() else 2 * self.threshold
            if steps:
                self.proofs.add(move.parts, steps * by)
                self.hidden[self.proofs.all[-1].cells] = True

    def _try_to_show(self, cell: int) -> None:
        aside, touched = self.proofs.without(cell)
        self.hidden[cell] = False
        unproved = touched[self.guarded[touched] & self.proofs.open_to(touched)[:, 0]]
        # Those that have least left are those that fail, if any does.
        left = (self.proofs.above - self.proofs.below)[unproved, 0]
        for other in unproved[np.argsort(left, kind="stable")]:
            if not self._protect(other, (0,), free=True):
                self.hidden[cell] = True
                self.proofs.put_back(aside)
                return


class _Neighbours:
    """The finest cells among which moves for a cell are looked for."""

    def __init__(self, release: Release, most: int) -> None:
        self.release, self.most = release, most
        self._known: dict[bytes, np.ndarray] = {}

    def of(self, cell: int, attackers: Sequence[int]) -> np.ndarray:
        """Those in the areas of ``cell`` that none of ``attackers`` holds, whole holders, at most about ``most``."""
        release = self.release
        members = release.members(cell)
        own = np.unique(release.holder[members])
        usable = ~np.isin(release.holder, [attacker - 1 for attacker in attackers if attacker])
        if self.most < FAR:
            usable &= np.isin(release.area, np.unique(release.area[members]))
        parts = np.flatnonzero(usable)
        if len(parts) <= self.most or not release.holders:
            return parts
        # Nearest by name: whichever are taken, the move is right; these make it the same every time.
        away = np.abs(release.holder[parts][:, None] - own[None, : self.most]).min(axis=1)
        return np.sort(parts[np.argsort(away, kind="stable")[: self.most]])
