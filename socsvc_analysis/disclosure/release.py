"""A release: the finest cells, every number that is published as a sum of them, and who holds which of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.disclosure.design import Design

__all__ = ["COUNT", "Release", "release_of"]

COUNT = "count"


@dataclass(frozen=True, eq=False)
class Release:
    """Everything that is published of one set of counts, and what could be but is not.

    Numbers that are sums of the same finest cells are one *cell*, however often they are printed: where a region has
    one municipality only, hiding one of both would hide nothing.  The cells of tables that are not published come
    after those that are: they must not be worked out either.
    """

    design: Design
    finest: pd.DataFrame
    """One row for each finest cell: the columns of the design and ``count``."""
    printed: pd.DataFrame
    """One row for each number as it is printed: the columns of the design (missing where a total runs over them) and
    ``cell``, its place among the cells."""
    sums: sparse.csr_matrix
    """Cells by finest cells: 1 where a finest cell is part of the cell."""
    is_published: np.ndarray
    """Whether each cell stands in a table that is published."""
    holders: tuple[str, ...]
    """Who knows some of the finest cells anyway, such as each municipality its own."""
    holder: np.ndarray
    """The place among ``holders`` of each finest cell; -1 where there is none."""
    area: np.ndarray
    """Finest cells with the same number lie near each other, such as in one region."""
    former: np.ndarray
    """Counts of finest cells of earlier versions, of which sums are known; their numbers come after those of today."""
    out: np.ndarray
    """Cells that readers have from elsewhere."""

    @cached_property
    def parts(self) -> np.ndarray:
        """The counts of the finest cells, then the former ones."""
        return np.concatenate([self.finest[COUNT].to_numpy(np.int64), self.former])

    @cached_property
    def counts(self) -> np.ndarray:
        """The counts of the cells."""
        return np.asarray(self.sums @ self.parts, dtype=np.int64)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Of how many finest cells each cell is the sum."""
        return np.diff(self.sums.indptr)

    @cached_property
    def _numbers(self) -> dict[bytes, int]:
        ends = self.sums.indptr
        return {self.sums.indices[ends[cell] : ends[cell + 1]].tobytes(): cell for cell in range(len(self.counts))}

    def number(self, rows: np.ndarray) -> int:
        """The cell that is the sum of the finest cells marked in ``rows``; -1 where there is none."""
        return self.made_of(np.flatnonzero(rows))

    def made_of(self, parts: np.ndarray) -> int:
        """The cell that is the sum of the finest cells with the numbers ``parts``; -1 where there is none."""
        return self._numbers.get(parts.astype(self.sums.indices.dtype).tobytes(), -1)

    @cached_property
    def by_part(self) -> sparse.csr_matrix:
        """Finest cells by cells."""
        return self.sums.T.tocsr()

    @cached_property
    def known(self) -> np.ndarray:
        """Cells by attackers: whether the attacker knows all of the cell anyway; the outsider comes first."""
        held = np.zeros((len(self.counts), len(self.holders) + 1), dtype=bool)
        if self.holders:
            count = len(self.holder)
            inside = self.holder >= 0
            rows = np.flatnonzero(inside)
            members = sparse.csr_matrix((np.ones(len(rows)), (rows, self.holder[inside])), (count, len(self.holders)))
            held[:, 1:] = (self.sums @ members).toarray() == self.sizes[:, None]
        return held

    @cached_property
    def told(self) -> np.ndarray:
        """Cells by attackers: whether the attacker knows all of the cell, or holds something of it and the rest is out
        already, but for what is the attacker's."""
        told = self.known.copy()
        if len(self.out):
            marks = set_marks(self.sums.shape[1])
            for at in range(len(self.holders)):
                own = self.holder == at
                rests = self.sums @ np.where(own, 0.0, marks)
                told[:, at + 1] |= (self.sums @ own.astype(float) > 0) & np.isin(rests, rests[self.out])
        return told

    @cached_property
    def is_wide(self) -> np.ndarray:
        """Whether a cell is put together from several holders: a region, the country."""
        return np.asarray(~self.known[:, 1:].any(axis=1) if self.holders else self.sizes > 1)

    def members(self, cell: int) -> np.ndarray:
        """The finest cells of which ``cell`` is the sum."""
        return self.sums.indices[self.sums.indptr[cell] : self.sums.indptr[cell + 1]]


def release_of(
    finest: pd.DataFrame,
    design: Design,
    holder: str = "",
    also: Sequence[np.ndarray] = (),
    former: pd.DataFrame | None = None,
    kept: Sequence[np.ndarray] = (),
) -> Release:
    """The release of ``finest`` (the columns of the design and ``count``, one row for each finest cell).

    A combination without a row is known to be impossible, such as a service that is not offered; a row with 0 is an
    offered service that nobody used, and that is hidden like other small numbers.  ``holder`` is the column of those
    who know their own finest cells.  ``also`` are further sums that must be cells, each as the numbers of its finest
    cells :func:`in_order`; they are not published here.  ``former`` are finest cells (the columns of ``finest``) of
    which only these sums are made, and those that are ``kept`` from readers; their numbers follow.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> rows = pd.DataFrame({"place": ["a", "a", "b"], "service": ["x", "y", "x"], "count": [9, 2, 7]})
    >>> release = release_of(rows, design_of("place,service"))
    >>> [int(count) for count in release.counts]  # y is offered in one place: its total is that cell
    [18, 11, 7, 16, 2, 9]
    """
    ordered = in_order(finest, design)
    everything = ordered if former is None or former.empty else pd.concat([ordered, former], ignore_index=True)
    cells: dict[bytes, int] = {}
    out: list[int] = []
    members: list[np.ndarray] = []
    printed = []
    published = 0
    for tables in (design.tables, design.unpublished):
        for table in tables:
            for values, rows in _groups(ordered, table):
                cell = cells.setdefault(rows.tobytes(), len(members))
                if cell == len(members):
                    members.append(rows)
                if tables is design.tables:
                    above = _above(ordered, design, table, rows)
                    printed.append({**above, **dict(zip(table, values, strict=True)), "cell": cell})
        published = published or len(members)
    for rows in (*also, *kept):
        out.append(cells.setdefault(rows.tobytes(), len(members)))
        if out[-1] == len(members):
            members.append(rows)
    del out[len(also) :]
    sizes = [len(rows) for rows in members]
    at = np.concatenate([[0], np.cumsum(sizes)])
    sums = sparse.csr_matrix((np.ones(at[-1]), np.concatenate(members), at), (len(members), len(everything)))
    codes, names = (np.full(len(everything), -1), ()) if not holder else _coded(everything, holder)
    return Release(
        design,
        ordered,
        pd.DataFrame(printed, columns=[*design.columns, "cell"]),
        sums,
        np.arange(len(members)) < published,
        tuple(names),
        codes,
        _areas(everything, design, holder),
        everything[COUNT].to_numpy(np.int64)[len(ordered) :],
        np.array(out, dtype=np.int64),
    )


def in_order(finest: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The finest cells in the order in which a release numbers them."""
    return finest.sort_values(list(design.finest), kind="stable").reset_index(drop=True)


def set_marks(number: int) -> np.ndarray:
    """Numbers for so many things by whose sums two sets of them are told apart: large, exact when added, by chance."""
    return np.random.default_rng(number).integers(1, 2**40, number).astype(float)


def rows_with(finest: pd.DataFrame, subject: Mapping[str, object]) -> np.ndarray:
    """Which rows have all the values of ``subject``.

    >>> rows_with(pd.DataFrame({"place": ["a", "a", "b"], "kind": ["x", "y", "x"]}), {"place": "a", "kind": "y"})
    array([False,  True, False])
    """
    marked = np.ones(len(finest), dtype=bool)
    for column, value in subject.items():
        marked &= (finest[column] == value).to_numpy()
    return marked


def groups_by(counts: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each value of the columns ``by`` with its rows, without those columns; all rows where there are none.

    >>> rows = pd.DataFrame({"year": ["2025", "2024"], "count": [9, 7]})
    >>> [(about, some["count"].tolist()) for about, some in groups_by(rows, ["year"])]
    [({'year': '2024'}, [7]), ({'year': '2025'}, [9])]
    """
    if not by:
        yield {}, counts
        return
    for values, some in counts.groupby(list(by), sort=True):
        yield dict(zip(by, values, strict=True)), some.drop(columns=list(by))


def _groups(frame: pd.DataFrame, table: Sequence[str]) -> list[tuple[tuple[object, ...], np.ndarray]]:
    if not table:
        return [((), np.arange(len(frame)))]
    groups = frame.groupby(list(table), sort=True).indices
    return [(key if isinstance(key, tuple) else (key,), np.sort(rows)) for key, rows in groups.items()]


def _above(frame: pd.DataFrame, design: Design, table: Sequence[str], rows: np.ndarray) -> dict[str, object]:
    """In which regions a municipality lies: the levels above the columns of a table that all ``rows`` share."""
    found = {}
    for dimension in design.dimensions:
        named = [at for at, column in enumerate(dimension.columns) if column in table]
        if named:
            for column in dimension.columns[: named[-1]]:
                values = frame[column].to_numpy()[rows]
                if column not in table and (values == values[0]).all():
                    found[column] = values[0]
    return found


def _coded(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, Sequence[str]]:
    codes, names = pd.factorize(frame[column], sort=True)
    return codes, [str(name) for name in names]


def _areas(frame: pd.DataFrame, design: Design, holder: str) -> np.ndarray:
    for dimension in design.dimensions:
        # Holders must have neighbours: an area is what lies above them.
        above = dimension.columns[: dimension.columns.index(holder)] if holder in dimension.columns else dimension.above
        if above and holder in ("", *dimension.columns):
            return _coded(frame, above[-1])[0]
    return np.zeros(len(frame), dtype=np.int64)
