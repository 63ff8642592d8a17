"""Witnesses: other tables of whole numbers that fit all that is published, each proof of what nobody can rule out.

A witness is a change of the finest cells that leaves every shown sum as it is and no finest cell below zero.  Whoever
sees the published numbers cannot tell the true table from it; nor can a holder whose own finest cells it leaves alone.
So the least and the greatest value that a hidden cell has among the witnesses is an interval that no attacker can
narrow, and it is checked by plain addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from socsvc_analysis.disclosure.release import Release

__all__ = ["Witness", "Witnesses"]


@dataclass(frozen=True, eq=False)
class Witness:
    """One other table: by how much it differs from the true one."""

    parts: np.ndarray
    """Finest cells that differ."""
    change: np.ndarray
    """By how much."""
    cells: np.ndarray
    """Cells of the release that differ."""
    difference: np.ndarray
    """By how much."""
    deceives: np.ndarray
    """Whether it deceives each attacker: the outsider first, then each holder."""


class Witnesses:
    """The witnesses of a release, and how far each hidden cell is open to each attacker."""

    def __init__(self, release: Release, threshold: int) -> None:
        self.release, self.threshold = release, threshold
        shape = (len(release.counts), len(release.holders) + 1)
        self.above = np.zeros(shape, dtype=np.int32)
        """By how much the cell may be greater than it is."""
        self.below = np.zeros(shape, dtype=np.int32)
        """By how much it may be less, as a number of at most zero."""
        self.all: list[Witness] = []
        self._of_cell: list[list[tuple[int, int]]] = [[] for _ in release.counts]
        """For each cell the witnesses in which it differs, and by how much."""
        self._valid: list[bool] = []

    def add(self, parts: np.ndarray, change: np.ndarray) -> None:
        """Add a witness and update the bounds of each cell for each attacker it deceives."""
        witness = self._made(parts, change)
        number = len(self.all)
        self.all.append(witness)
        self._valid.append(True)
        for cell, by in zip(witness.cells.tolist(), witness.difference.tolist(), strict=True):
            self._of_cell[cell].append((number, by))
        self._credit(witness)

    def open_to(self, cells: Sequence[int] | np.ndarray) -> np.ndarray:
        """Matrix of cells by attackers: whether the attacker could narrow the cell too far if it is hidden."""
        above, below = self.above[cells], self.below[cells]
        narrow = (above - below < self.threshold) | (self.release.counts[cells, None] + above < self.threshold)
        return np.asarray(narrow & ~self.release.told[cells])

    def without(self, cell: int) -> tuple[list[int], np.ndarray]:
        """Set aside the witnesses that a shown ``cell`` would refute; their numbers, and the cells they served."""
        aside = [number for number, _ in self._of_cell[cell] if self._valid[number]]
        for number in aside:
            self._valid[number] = False
        touched = np.unique(np.concatenate([self.all[number].cells for number in aside] or [np.empty(0, int)]))
        self._count_again(touched)
        return aside, touched

    def put_back(self, aside: Iterable[int]) -> None:
        """Take back what :meth:`without` set aside."""
        for number in aside:
            self._valid[number] = True
            self._credit(self.all[number])

    def proofs(self) -> list[Witness]:
        """The witnesses that hold."""
        return [witness for witness, valid in zip(self.all, self._valid, strict=True) if valid]

    def _made(self, parts: np.ndarray, change: np.ndarray) -> Witness:
        release = self.release
        difference = np.zeros(len(release.counts), dtype=np.int64)
        for part, by in zip(parts, change, strict=True):
            at = release.by_part.indices[release.by_part.indptr[part] : release.by_part.indptr[part + 1]]
            difference[at] += by
        cells = np.flatnonzero(difference)
        deceives = np.ones(len(release.holders) + 1, dtype=bool)
        holders = release.holder[parts]
        deceives[holders[holders >= 0] + 1] = False
        return Witness(parts, change, cells, difference[cells], deceives)

    def _credit(self, witness: Witness) -> None:
        at = np.ix_(witness.cells, witness.deceives)
        by = witness.difference[:, None]
        self.above[at] = np.maximum(self.above[at], by)
        self.below[at] = np.minimum(self.below[at], by)

    def _count_again(self, cells: np.ndarray) -> None:
        self.above[cells] = self.below[cells] = 0
        for cell in cells.tolist():
            valid = [(number, by) for number, by in self._of_cell[cell] if self._valid[number]]
            if valid:
                differences = np.array([by for _, by in valid])[:, None]
                differences = differences * np.array([self.all[number].deceives for number, _ in valid])
                self.above[cell], self.below[cell] = differences.max(0, initial=0), differences.min(0, initial=0)
