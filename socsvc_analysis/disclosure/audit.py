"""The attack on what is published: what can an outsider, or a holder who knows some cells anyway, work out?

This shares no code with the suppression but how HiGHS is started.  It reads printed numbers, sets up what they say of
the finest cells as linear relations, and asks HiGHS for the least and the greatest value of each hidden number.  One
solution speaks for many numbers, so most of them need no programme of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import highspy
import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.codes import records
from socsvc_analysis.disclosure.primary import THRESHOLD
from socsvc_analysis.disclosure.solver import solver

__all__ = ["OUTSIDER", "Contradiction", "Finding", "Statements", "attacked", "statements_of"]

OUTSIDER = ""
ROOM = 1_000_000
"""Upper bound the attack assumes for a hidden number (or twice the known sum)."""
SAME = 1e-6
STALE = 3
"""Rounds of shared linear programmes that settle few numbers, after which each number gets its own."""


class Contradiction(ValueError):
    """Published numbers that contradict each other: no table of counts gives them all."""


@dataclass(frozen=True)
class Finding:
    """A hidden number of which an attacker knows too much: it lies between ``low`` and ``high``."""

    cell: Mapping[str, object]
    attacker: str
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Statements:
    """The published numbers as linear relations: each is a sum of finest cells."""

    finest: pd.DataFrame
    """One row for each finest cell that is possible."""
    sums: sparse.csr_matrix
    """Matrix of published numbers by finest cells: 1 where the cell is part of the sum."""
    values: np.ndarray
    """The printed numbers; missing where hidden."""
    labels: tuple[Mapping[str, object], ...] = field(repr=False)
    """The place, service and so on of each number, by column."""


def statements_of(printed: pd.DataFrame, finest: pd.DataFrame, columns: Sequence[str], count: str) -> Statements:
    """Read printed rows as statements about ``finest`` cells (one row each, with all ``columns``).

    A printed row has a value in the columns that it is about and nothing in those over which it is a total; ``count``
    is missing where it is hidden.

    >>> finest = pd.DataFrame({"place": ["a", "b"]})
    >>> printed = pd.DataFrame({"place": [None, "a", "b"], "clients": [9, 4, None]})
    >>> statements_of(printed, finest, ["place"], "clients").sums.toarray().tolist()
    [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    numbered = finest[list(columns)].assign(_finest=np.arange(len(finest)))
    given = printed[list(columns)].notna()
    pairs = []
    rows = printed[list(columns)].assign(_row=np.arange(len(printed)))
    for pattern, numbers in given.groupby(list(columns), sort=False).indices.items():
        flags = pattern if isinstance(pattern, tuple) else (pattern,)
        named = [column for column, flag in zip(columns, flags, strict=True) if flag]
        some = rows.iloc[numbers][[*named, "_row"]]
        if named:
            pairs.append(some.merge(numbered, on=named, how="inner", validate="many_to_many")[["_row", "_finest"]])
        else:
            pairs.append(some.merge(numbered[["_finest"]], how="cross", validate="many_to_many"))
    both = pd.concat(pairs, ignore_index=True)
    shape = (len(printed), len(finest))
    sums = sparse.csr_matrix((np.ones(len(both)), (both["_row"], both["_finest"])), shape)
    labels = tuple(
        {name: value for name, value in row.items() if pd.notna(value)} for row in records(printed[list(columns)])
    )
    return Statements(finest, sums, pd.to_numeric(printed[count]).to_numpy(float), labels)


def attacked(
    statements: Statements,
    threshold: int = THRESHOLD,
    *,
    truth: np.ndarray | None = None,
    holder: Sequence[object] | None = None,
) -> list[Finding]:
    """Every hidden number that the outsider, or a holder, can narrow to less than ``threshold`` or see to be below it.

    Holders are attacked with only when ``truth`` (the counts of the finest cells) and ``holder`` (who holds each) are
    given.  Raises :class:`Contradiction` where no table fits what is published.

    >>> finest = pd.DataFrame({"place": ["a", "b", "c"]})
    >>> printed = pd.DataFrame({"place": [None, "a", "b", "c"], "clients": [30, 4, None, None]})
    >>> attacked(statements_of(printed, finest, ["place"], "clients"))
    []
    >>> printed.loc[2, "clients"] = 22
    >>> finding, = attacked(statements_of(printed, finest, ["place"], "clients"))
    >>> finding.cell, finding.low, finding.high
    ({'place': 'c'}, 4.0, 4.0)
    """
    hidden = _distinct(statements)
    if not len(hidden):
        return []
    attack = _Attack(statements, hidden, threshold, truth)
    findings = attack.findings(OUTSIDER, np.zeros(len(statements.finest), dtype=bool))
    if truth is not None and holder is not None:
        findings += attack.by_holders(np.asarray(holder))
    return findings


def _distinct(statements: Statements) -> np.ndarray:
    """The row of each hidden number; of several that are the same sum only the first."""
    seen: dict[bytes, int] = {}
    sums = statements.sums
    sums.sort_indices()
    for row in np.flatnonzero(np.isnan(statements.values)):
        key = sums.indices[sums.indptr[row] : sums.indptr[row + 1]].tobytes()
        if key:
            seen.setdefault(key, int(row))
    return np.array(sorted(seen.values()), dtype=np.int64)


class _Attack:
    """Attacks on one set of statements."""

    def __init__(self, statements: Statements, hidden: np.ndarray, threshold: int, truth: np.ndarray | None) -> None:
        self.statements, self.threshold = statements, threshold
        self.hidden = hidden
        self.targets = statements.sums[hidden]
        shown = np.flatnonzero(~np.isnan(statements.values))
        self.relations, self.values = _without_repeats(statements.sums[shown], statements.values[shown])
        self.truth = None if truth is None else np.asarray(truth, dtype=float)
        greatest = max(self.values, default=0.0) if truth is None else float(np.sum(truth))
        self.room = max(ROOM, 2 * greatest)

    def findings(self, name: str, own: np.ndarray, bounds: _Bounds | None = None) -> list[Finding]:
        """The hidden numbers that an attacker narrows too far who knows the finest cells marked in ``own``."""
        bounds = bounds or self.bounds(own)
        everyone = ~own
        polytope = _Polytope(self, everyone)
        if not polytope.is_possible:
            raise Contradiction("no counts of people fit all numbers that are published")
        bounds.see(polytope.point)
        chance, stale = np.random.default_rng(len(self.hidden)), 0
        while bounds.open.any() and stale < STALE:
            before = bounds.open.sum()
            signs = np.where(bounds.open, chance.choice([-1.0, 1.0], len(bounds.open)), 0.0)
            for sign in (1.0, -1.0):
                bounds.see(polytope.extreme(sign * signs @ self.targets))
            stale = stale + 1 if bounds.open.sum() > 0.8 * before else 0
        for at in np.flatnonzero(bounds.open):
            for sign in (1.0, -1.0):
                if bounds.open[at]:
                    bounds.see(polytope.extreme(sign * self.targets[int(at)].toarray().ravel()))
        return [
            Finding(self.statements.labels[self.hidden[at]], name, float(bounds.low[at]), float(bounds.high[at]))
            for at in np.flatnonzero(bounds.open)
            if not self._is_out(int(at), own)
        ]

    def _is_out(self, at: int, own: np.ndarray) -> bool:
        """Whether everyone can work out what a number counts of others than its holder, who then learns nothing."""
        target = self.targets[at].toarray().ravel()
        if not target[own].any():
            return False
        others = np.where(own, 0.0, target)
        high, low = (others @ self._outside.extreme(sign * others) for sign in (1.0, -1.0))
        return bool(high - low < SAME)

    @cached_property
    def _outside(self) -> _Polytope:
        return _Polytope(self, np.ones(len(self.statements.finest), dtype=bool))

    def by_holders(self, holder: np.ndarray) -> list[Finding]:
        """The findings of each holder about cells of others."""
        names = list(dict.fromkeys(holder))
        own = {name: holder == name for name in names}
        bounds = {name: self.bounds(own[name]) for name in names}
        self._shared_rounds(holder, own, bounds)
        return [finding for name in names for finding in self._by_holder(str(name), own[name], bounds[name])]

    def _by_holder(self, name: str, own: np.ndarray, bounds: _Bounds) -> list[Finding]:
        return self.findings(name, own, bounds) if bounds.open.any() else []

    def _shared_rounds(self, holder: np.ndarray, own: Mapping[str, np.ndarray], bounds: Mapping[str, _Bounds]) -> None:
        """Rounds for many holders at once: half of them keep their cells, so each of these must allow the solution."""
        names = list(own)
        chance, stale = np.random.default_rng(len(names)), 0
        before = sum(each.open.sum() for each in bounds.values())
        while before and stale < STALE and len(names) > 3:
            moving = set(chance.permutation(len(names))[: len(names) // 2])
            still = [name for at, name in enumerate(names) if at not in moving]
            free = ~np.isin(holder, still)
            polytope = _Polytope(self, free)
            wanted = np.sum([bounds[name].open for name in still], axis=0, dtype=float)
            signs = wanted * chance.choice([-1.0, 1.0], len(wanted))
            for sign in (1.0, -1.0):
                point = polytope.extreme(sign * signs @ self.targets)
                for name in still:
                    bounds[name].see(point)
            after = sum(each.open.sum() for each in bounds.values())
            stale, before = stale + 1 if after > 0.97 * before else 0, after

    def bounds(self, own: np.ndarray) -> _Bounds:
        """Bounds for someone who knows the finest cells ``own``, before any solution.

        A number of which all but one's own is shown, but for one's own, tells nothing of others that is not shown; of
        numbers without anything of one's own that is not so, they are what one may find out.
        """
        others = self.targets @ (~own).astype(float) > 0
        mixed = self.targets @ own.astype(float) > 0
        if mixed.any():
            # Sets of finest cells are told apart by sums of large numbers drawn for each.
            marks = np.where(own, 0.0, np.random.default_rng(len(own)).integers(1, 2**40, len(own)))
            others &= ~(mixed & np.isin(self.targets @ marks, self.relations @ marks))
        return _Bounds(self.targets, others, self.threshold)


def _without_repeats(sums: sparse.csr_matrix, values: np.ndarray) -> tuple[sparse.csr_matrix, np.ndarray]:
    """The statements, each once; two that say different things of the same cells are both kept."""
    sums.sort_indices()
    first: dict[tuple[bytes, float], int] = {}
    for row in range(sums.shape[0]):
        first.setdefault((sums.indices[sums.indptr[row] : sums.indptr[row + 1]].tobytes(), values[row]), row)
    rows = list(first.values())
    return sums[rows], values[rows]


class _Bounds:
    """The least and greatest value of each hidden number among the solutions found so far."""

    def __init__(self, targets: sparse.csr_matrix, others: np.ndarray, threshold: int) -> None:
        self.targets, self.others, self.threshold = targets, others, threshold
        self.low = np.full(targets.shape[0], np.inf)
        self.high = np.full(targets.shape[0], -np.inf)
        self.open = others.copy()
        """Which numbers hold cells of others and are not yet shown to be safe."""

    def see(self, point: np.ndarray) -> None:
        """Widen the bounds by a solution."""
        values = self.targets @ point
        self.low, self.high = np.minimum(self.low, values), np.maximum(self.high, values)
        wide = self.high - self.low >= self.threshold - SAME
        self.open = self.others & ~(wide & (self.high >= self.threshold - SAME))


class _Polytope:
    """All tables that fit the published numbers and keep the true counts except in the finest cells ``free``."""

    def __init__(self, attack: _Attack, free: np.ndarray) -> None:
        single = np.diff(attack.relations.indptr) == 1
        printed = attack.relations.indices[attack.relations.indptr[:-1][single]]
        known = np.zeros(len(free))
        if attack.truth is not None:
            known[~free] = attack.truth[~free]
        self.is_possible = True
        free = free.copy()
        for part, value in zip(printed, attack.values[single], strict=True):
            self.is_possible &= bool(value >= 0 and (free[part] or known[part] == value))
            free[part], known[part] = False, value
        self.free = np.flatnonzero(free)
        self.known = np.where(free, 0.0, known)
        rest = attack.values - attack.relations @ self.known
        matrix = attack.relations[:, self.free]
        used = np.diff(matrix.indptr) > 0
        self.is_possible &= bool(np.abs(rest[~used]).max(initial=0.0) < SAME)
        self.matrix, self.rest = _without_repeats(matrix[used], rest[used])
        self.room = attack.room
        self.point = self.extreme(np.zeros(len(free))) if self.is_possible else self.known

    def extreme(self, objective: np.ndarray) -> np.ndarray:
        """The table that fits in which ``objective`` is greatest."""
        point = self.known.copy()
        if len(self.free):
            columns = np.arange(len(self.free), dtype=np.int32)
            self._highs.changeColsCost(len(columns), columns, -objective[self.free])
            self._highs.run()
            fits = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
            self.is_possible &= fits
            if fits:
                point[self.free] = self._highs.getSolution().col_value
        return point

    @cached_property
    def _highs(self) -> highspy.Highs:
        """What is known of the free cells, as HiGHS keeps it: each question after the first begins at an answer."""
        made = solver()
        count, rows = len(self.free), self.matrix
        made.addVars(count, np.zeros(count), np.full(count, float(self.room)))
        made.addRows(rows.shape[0], self.rest, self.rest, rows.nnz, rows.indptr[:-1], rows.indices, rows.data)
        return made


def cells_in_words(findings: Iterable[Finding], total: str) -> list[str]:
    """The cells of findings in words, without their values.

    >>> cells_in_words([Finding({"place": "Rīga", "kind": "day care"}, "", 3, 3), Finding({}, "", 3, 4)], "Kopā")
    ['Rīga, day care', 'Kopā']
    """
    return list(dict.fromkeys(", ".join(map(str, finding.cell.values())) or total for finding in findings))
