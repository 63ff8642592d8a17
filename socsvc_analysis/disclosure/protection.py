"""Protected counts: the only form in which restricted numbers of people may go to a page, a chart or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.codes import records
from socsvc_analysis.disclosure.audit import Finding, Statements, attacked, cells_in_words, statements_of
from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.door import UnprotectedError
from socsvc_analysis.disclosure.earlier_releases import Earlier, Version
from socsvc_analysis.disclosure.primary import THRESHOLD, primary, telling_lines
from socsvc_analysis.disclosure.release import COUNT, Release, groups_by, in_order, release_of, rows_with
from socsvc_analysis.disclosure.suppression import Suppression, suppressed

__all__ = ["Cost", "Leak", "Protected", "protected"]

_KEY = object()
FORMER: Mapping[str, object] = {"": "a number of an earlier version"}
"""What a number is about that no table of today has."""


class Leak(ValueError):
    """A protected release from which something can be worked out: it is not published."""

    def __init__(self, findings: Sequence[Finding], total: str = "total") -> None:
        self.findings = tuple(findings)
        cells = "; ".join(cells_in_words(findings, total))
        super().__init__(f"Nothing was published: {len(findings)} hidden numbers can be worked out ({cells}).")


@dataclass(frozen=True)
class Cost:
    """What protection costs, in numbers that tell nothing of anyone."""

    published: int
    small: int
    """Cells hidden for their own sake."""
    others: int
    """Cells hidden so that those cannot be worked out."""
    safe: int
    """Cells with enough people."""
    telling: int
    """Shown lines of fewer than ten people who all are of one kind."""


@dataclass(frozen=True, eq=False)
class Protected:
    """Counts of people as they may be shown.  Only :func:`protected` makes one.

    ``frame`` has the columns of the design (missing where a number is a total over them), those of ``by`` and
    ``count``, which is missing where the number is hidden.  Numbers that are derived (rates, shares, ranks, sentences)
    are derived from this frame.
    """

    frame: pd.DataFrame
    design: Design
    threshold: int
    costs: tuple[Cost, ...]
    key: object = field(repr=False, default=None)

    def __post_init__(self) -> None:
        if self.key is not _KEY:
            raise UnprotectedError("protected counts are made by disclosure.protection.protected, nowhere else")


def protected(
    counts: pd.DataFrame,
    design: Design,
    *,
    holder: str = "",
    by: Sequence[str] = (),
    threshold: int = THRESHOLD,
    out: pd.DataFrame | None = None,
    versions: Sequence[Version] = (),
) -> Protected:
    """Hide what must be hidden in ``counts`` and prove by attack that it cannot be worked out.

    ``counts`` has one row for each finest cell: the columns of the design and of ``by``, and ``count``.  Each value of
    ``by``, such as each year, is a release of its own; no totals run over them.  ``out`` are rows that
    readers have, with any columns of ``counts``: what is shown there and is true is part of the attack.  ``versions``
    are earlier releases (see :mod:`socsvc_analysis.disclosure.ledger`): what they hid stays hidden, and what they have
    shown is part of the attack too, also where a number has been corrected or has come since.  Raises :class:`Leak`
    when the attack finds anything.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> rows = [(place, kind, count) for place, counts in {"a": (2, 9, 20), "b": (8, 7, 30), "c": (9, 12, 40)}.items()
    ...         for kind, count in zip("xyz", counts)]
    >>> counts = pd.DataFrame(rows, columns=["place", "kind", "count"])
    >>> shown = protected(counts, design_of("place,kind"))
    >>> shown.costs[0].small, shown.costs[0].others, int(shown.frame["count"].isna().sum())
    (1, 3, 4)
    """

    def hide(about: Mapping[str, object], some: pd.DataFrame) -> tuple[Release, np.ndarray]:
        known = () if out is None else (Version(out[rows_with(out, about)]),)
        some = in_order(some, design)
        earlier = Earlier(some, design.finest, (*known, *(each.of(about) for each in versions)), [*by, COUNT])
        release = release_of(some, design, holder, earlier.shown, earlier.former, earlier.former_hidden)
        suppression = _as_before(release, earlier, threshold) or _anew(release, earlier, threshold)
        return release, suppression.hidden

    return _each(counts, design, by, threshold, hide)


def _each(
    counts: pd.DataFrame,
    design: Design,
    by: Sequence[str],
    threshold: int,
    hide: Callable[[Mapping[str, object], pd.DataFrame], tuple[Release, np.ndarray]],
) -> Protected:
    """Apply ``hide``, which makes a release and marks its hidden cells, to each value of ``by``; join the results."""
    pieces, costs = [], []
    for about, some in groups_by(counts, by):
        release, hidden = hide(about, some)
        pieces.append(shown_frame(release, hidden).assign(**about)[[*by, *design.columns, COUNT]])
        costs.append(cost_of(release, hidden, threshold))
    return Protected(pd.concat(pieces, ignore_index=True), design, threshold, tuple(costs), _KEY)


def _anew(release: Release, earlier: Earlier, threshold: int) -> Suppression:
    """Look for what must be hidden, and attack the result."""
    stays = (np.flatnonzero(rows_with(release.finest, subject)) for subject in earlier.hidden)
    shown, hidden = _marked(release, earlier.shown), _marked(release, stays)
    suppression = suppressed(release, threshold, shown=shown, hidden=hidden)
    audit(release, suppression, shown_frame(release, suppression.hidden), earlier.shown)
    return suppression


def _as_before(release: Release, earlier: Earlier, threshold: int) -> Suppression | None:
    """The suppression of an earlier release, where it shows the same numbers and the attack finds nothing; else None.

    A further year, or a correction elsewhere, leaves most releases as they were: they need not be looked for anew.
    """
    others = earlier.rows.columns.difference([*release.design.columns, *earlier.beside])
    if earlier.rows.empty or earlier.rows[others].notna().any(axis=None):  # other borders are looked at anew
        return None
    hidden = hidden_cells(release, earlier.rows)
    columns = [*release.design.columns, COUNT]
    told = _as_rows(earlier.rows.reindex(columns=columns))
    if not _as_rows(shown_frame(release, hidden)[columns]) <= told:
        return None
    found = Suppression(release, hidden, primary(release, threshold), threshold, (), np.empty(0, dtype=np.int64))
    try:
        audit(release, found, shown_frame(release, hidden), earlier.shown)
    except Leak:
        return None
    return found


def _as_rows(frame: pd.DataFrame) -> set[tuple[object, ...]]:
    return {tuple(None if pd.isna(value) else value for value in row) for row in frame.to_numpy(object)}


def shown_again(
    counts: pd.DataFrame, design: Design, recorded: pd.DataFrame, *, by: Sequence[str] = (), threshold: int = THRESHOLD
) -> Protected:
    """The counts as they were protected and attacked before: what is hidden in ``recorded`` is hidden.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> counts = pd.DataFrame({"place": list("abc"), "count": [2, 9, 20]})
    >>> first = protected(counts, design_of("place"))
    >>> shown_again(counts, design_of("place"), first.frame).frame.equals(first.frame)
    True
    """

    def hide(about: Mapping[str, object], some: pd.DataFrame) -> tuple[Release, np.ndarray]:
        release = release_of(some, design)
        return release, hidden_cells(release, recorded[rows_with(recorded, about)])

    return _each(counts, design, by, threshold, hide)


def hidden_cells(release: Release, rows: pd.DataFrame) -> np.ndarray:
    """Which cells are hidden where ``rows`` are what is shown; what is not published counts as hidden."""
    hidden = ~release.is_published
    for row in records(rows[rows[COUNT].isna()][list(release.design.columns)]):
        subject = {column: value for column, value in row.items() if pd.notna(value)}
        cell = release.number(rows_with(release.finest, subject))
        if cell >= 0:
            hidden[cell] = True
    return hidden


def shown_frame(release: Release, hidden: np.ndarray) -> pd.DataFrame:
    """The printed rows of a release with ``count``, missing where the cell is hidden."""
    counts = pd.array(release.counts, dtype="Int64")
    counts[hidden] = pd.NA
    return release.printed.assign(**{COUNT: counts[release.printed["cell"].to_numpy()]})


def audit(release: Release, suppression: Suppression, frame: pd.DataFrame, out: Sequence[np.ndarray] = ()) -> None:
    """Attack what would be shown, with the sums ``out`` that are known already, as the outsider and as each holder.

    Each of ``out`` is the numbers of its finest cells.  Where something is out, a holder may learn a number that is not
    small and is hidden for the sake of others; and a sum of numbers that all are out is told by these already.

    Raises :class:`Leak` when anything is found.
    """
    columns = [column for column in release.finest.columns if column != COUNT]
    guarded = np.flatnonzero(~release.is_published & suppression.primary & suppression.hidden)
    of_former = [release.members(int(cell)).max() >= len(release.finest) for cell in guarded]
    further = [_common(release, int(cell)) for cell, is_former in zip(guarded, of_former, strict=True) if not is_former]
    former = [release.members(int(cell)) for cell in guarded[of_former]]
    rows = pd.concat(
        [frame.reindex(columns=[*columns, COUNT]), pd.DataFrame(further, columns=[*columns, COUNT])], ignore_index=True
    )
    statements = _with_sums(statements_of(rows, release.finest, columns, COUNT), out, former, release.parts)
    names = [release.holders[at] if at >= 0 else "" for at in release.holder]
    holders = names if release.holders else None
    findings = attacked(statements, suppression.threshold, truth=release.parts, holder=holders)
    if out:  # what two versions fix no release takes back; that it is no small number is what can still be had
        findings = [each for each in findings if not each.attacker or _is_small(release, each, suppression.threshold)]
        findings = [each for each in findings if not _is_sum_of(out, release, each)]
    if findings:
        raise Leak(findings)


def _is_sum_of(out: Sequence[np.ndarray], release: Release, finding: Finding) -> bool:
    """Whether a finding is about a sum of finest cells each of which is out."""
    single = [int(parts[0]) for parts in out if len(parts) == 1]
    members = np.flatnonzero(rows_with(release.finest, finding.cell)) if finding.cell != FORMER else np.empty(0, int)
    return bool(len(members) and np.isin(members, single).all())


def _is_small(release: Release, finding: Finding, threshold: int) -> bool:
    is_former = finding.cell == FORMER
    return is_former or int(release.finest.loc[rows_with(release.finest, finding.cell), COUNT].sum()) < threshold


def _with_sums(
    statements: Statements, known: Sequence[np.ndarray], kept: Sequence[np.ndarray], parts: np.ndarray
) -> Statements:
    """The statements with sums over any of ``parts`` that are known, and such that are kept from readers."""
    further = [*known, *kept]
    if not further:
        return statements
    ends = np.concatenate([[0], np.cumsum([len(each) for each in further])])
    said = sparse.csr_matrix((np.ones(ends[-1]), np.concatenate(further), ends), (len(further), len(parts)))
    none = sparse.csr_matrix((statements.sums.shape[0], len(parts) - statements.sums.shape[1]))
    return Statements(
        statements.finest.reindex(range(len(parts))),
        sparse.vstack([sparse.hstack([statements.sums, none]), said], format="csr"),
        np.concatenate([statements.values, said[: len(known)] @ parts, np.full(len(kept), np.nan)]),
        (*statements.labels, *(FORMER for _ in further)),
    )


def _marked(release: Release, sums: Iterable[np.ndarray]) -> np.ndarray:
    cells = [release.made_of(parts) for parts in sums]
    marked = np.zeros(len(release.counts), dtype=bool)
    marked[[cell for cell in cells if cell >= 0]] = True
    return marked


def _common(release: Release, cell: int) -> dict[str, object]:
    """What all finest cells of an unpublished cell have in common, as a printed row says it."""
    members = release.finest.iloc[release.members(cell)]
    return {column: members[column].iloc[0] for column in release.design.columns if members[column].nunique() == 1}


def cost_of(release: Release, hidden: np.ndarray, threshold: int = THRESHOLD) -> Cost:
    """What it costs to hide the cells marked in ``hidden``."""
    published = release.is_published
    small = published & primary(release, threshold)
    return Cost(
        published=int(published.sum()),
        small=int((small & hidden).sum()),
        others=int((published & hidden & ~small).sum()),
        safe=int((published & ~small).sum()),
        telling=len(telling_lines(release, hidden | ~published)),
    )
