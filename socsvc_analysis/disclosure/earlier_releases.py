"""What readers have from earlier versions, and what it says of the counts of today.

A number that was shown stays known.  Of a cell that has come since, or is another number now, two versions together
say by how much their sums differ: what it was is a further cell, of which earlier sums are made and none of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from socsvc_analysis.codes import records
from socsvc_analysis.disclosure.audit import statements_of
from socsvc_analysis.disclosure.release import COUNT, rows_with
from socsvc_analysis.schema import DataError, Problem

__all__ = ["Earlier", "Version"]


@dataclass(frozen=True, eq=False)
class Version:
    """An earlier release: what was printed, and the finest cells that it was made of."""

    rows: pd.DataFrame
    """The printed rows; ``count`` is missing where the number is hidden."""
    parts: pd.DataFrame | None = None
    """One row for each finest cell, without its count; None where they were not recorded."""

    def of(self, about: Mapping[str, object]) -> Version:
        """What the version says of one value of what it is divided by, such as a year."""
        parts = None if self.parts is None else self.parts[rows_with(self.parts, about)].drop(columns=list(about))
        return Version(self.rows[rows_with(self.rows, about)], parts)


@dataclass
class _Found:
    """Sums shown and hidden in earlier versions, as numbers of their finest cells; the former of these, numbered."""

    shown: dict[bytes, np.ndarray] = field(default_factory=dict)
    hidden: dict[bytes, np.ndarray] = field(default_factory=dict)
    former: dict[tuple[object, ...], tuple[int, dict[str, Any]]] = field(default_factory=dict)


@dataclass(eq=False)
class Earlier:
    """Sums in earlier versions, over the finest cells of today (``counts``) and after them those of ``former``.

    ``finest`` are the columns that name a finest cell, ``beside`` those of printed rows that name none.
    """

    counts: pd.DataFrame
    finest: Sequence[str]
    versions: Sequence[Version]
    beside: Sequence[str]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """All printed rows of all versions."""
        pieces = [each.rows for each in self.versions if len(each.rows)]
        return pd.concat(pieces, ignore_index=True).drop_duplicates() if pieces else pd.DataFrame()

    @property
    def shown(self) -> list[np.ndarray]:
        """Each sum that readers have, as the numbers of its finest cells.

        >>> now = pd.DataFrame({"place": ["a", "b", "c"], "count": [30, 12, 3]})
        >>> then = pd.DataFrame({"place": [None, "a", "b"], "count": [42, 30, 12]})
        >>> [sum_.tolist() for sum_ in Earlier(now, ["place"], [Version(then, now[["place"]][:2])], ["count"]).shown]
        [[0, 1], [0], [1]]
        """
        return list(self._found.shown.values())

    @property
    def former(self) -> pd.DataFrame:
        """The finest cells that were another number, or are no more, with a number that fits what was shown."""
        return pd.DataFrame([row for _, row in self._found.former.values()], columns=self.counts.columns)

    @property
    def former_hidden(self) -> list[np.ndarray]:
        """Each sum over any of ``former`` that was hidden: what was said wrongly of few people is to be kept, too."""
        return list(self._found.hidden.values())

    @property
    def hidden(self) -> list[dict[str, object]]:
        """What each number that was hidden is about."""
        return [subject for subject, count in self._subjects(self.rows) if pd.isna(count)]

    @cached_property
    def _found(self) -> _Found:
        """What all versions say, and the former finest cells that are needed to say it."""
        found = _Found()
        for version in self.versions:
            found.shown |= {parts.tobytes(): parts for parts in self._said(version, found) if len(parts)}
        return found

    def _subjects(self, rows: pd.DataFrame) -> Iterator[tuple[dict[str, object], Any]]:
        columns = [column for column in rows.columns if column not in self.beside]
        unknown = [column for column in columns if column not in self.counts.columns]
        if unknown:
            said = "stands in an earlier release and not in the counts: the two cannot be attacked together"
            raise DataError(Problem("release", said, column=column) for column in unknown)
        for row in records(rows):
            yield {column: row[column] for column in columns if pd.notna(row[column])}, row[COUNT]

    def _said(self, version: Version, found: _Found) -> Iterator[np.ndarray]:
        """Each sum that ``version`` shows; what it hides of former cells, and these cells, are added to ``found``."""
        rows = version.rows
        if rows.empty:
            return
        is_shown = rows[COUNT].notna().to_numpy()
        if version.parts is None:
            yield from self._still_true(rows[is_shown])
            return
        parts = version.parts.reset_index(drop=True)
        said = statements_of(rows, parts, list(parts.columns), COUNT)
        at = _index(self.counts, self.finest).get_indexer(_index(parts, self.finest))
        now = np.where(at >= 0, self.counts[COUNT].to_numpy(np.int64)[at], 0)
        then = _counts_then(said.sums[is_shown], said.values[is_shown], now, at < 0)
        places = at.copy()
        for part in np.flatnonzero((at < 0) | (then != now)):
            places[part] = len(self.counts) + self._number(parts.iloc[part], int(at[part]), int(then[part]), found)
        for row in range(said.sums.shape[0]):
            members = np.sort(places[said.sums.indices[said.sums.indptr[row] : said.sums.indptr[row + 1]]])
            if is_shown[row]:
                yield members
            elif (members >= len(self.counts)).any():
                found.hidden[members.tobytes()] = members
        # A number that was whole and is divided now, or the other way round, is the same people.
        come = ~np.isin(np.arange(len(self.counts)), at)
        went = said.sums @ (at < 0).astype(float) > 0
        yield from (members for members in self._still_true(rows[is_shown & went]) if come[members].any())

    def _still_true(self, rows: pd.DataFrame) -> Iterator[np.ndarray]:
        counts = self.counts[COUNT].to_numpy()
        for subject, count in self._subjects(rows):
            members = np.flatnonzero(rows_with(self.counts, subject))
            if len(members) and int(counts[members].sum()) == int(count):
                yield members

    def _number(self, part: pd.Series, at: int, then: int, found: _Found) -> int:
        """The number of a former finest cell: the same in all versions in which it had the same count."""
        cell = (*part[list(self.finest)], then)
        if cell not in found.former:
            row = self.counts.iloc[at] if at >= 0 else part.reindex(self.counts.columns)
            found.former[cell] = len(found.former), dict(row) | {COUNT: then}
        return found.former[cell][0]


def _index(frame: pd.DataFrame, columns: Sequence[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[list(columns)])


def _counts_then(sums: sparse.csr_matrix, values: np.ndarray, now: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Counts that fit what an earlier version showed, and as few of them other than ``now`` as may be.

    An attacker thinks the same: what was corrected is told on the page of changes, and it is little.
    """
    if not gone.any() and np.array_equal(sums @ now, values):
        return now
    count = len(now)
    found = milp(
        np.concatenate([np.where(gone, 0.1, 1.0), np.ones(count)]),  # more, fewer
        constraints=LinearConstraint(sparse.hstack([sums, -sums], format="csr"), *[values - sums @ now] * 2),
        bounds=Bounds(0, np.concatenate([np.full(count, np.inf), now])),
        integrality=np.ones(2 * count, dtype=np.int64),
    )
    if found.x is None:
        raise DataError([Problem("release", "an earlier release contradicts itself: no counts fit all its numbers")])
    return now + np.rint(found.x[:count] - found.x[count:]).astype(np.int64)
