"""Restricted figures about people, row by row: which may be shown to the public beside each other.

A return gives a municipality's numbers by service and group, some of them as totals.  Only these rows are published,
and what is summed from them later is summed from rows that are shown; so a number can be worked out only from others of
the same municipality, measure and period.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.codes import records
from socsvc_analysis.disclosure.audit import Statements, attacked
from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.primary import THRESHOLD
from socsvc_analysis.disclosure.protection import Leak
from socsvc_analysis.disclosure.release import COUNT, Release
from socsvc_analysis.disclosure.suppression import suppressed

__all__ = ["protected_figures"]

TOTAL = "all"
SAME_TABLE = ["measure", "territory", "provider", "programme", "period", "kind", "version"]
CELL = ["service_type", "target_group"]


def protected_figures(
    figures: pd.DataFrame, restricted: pd.Series, rates: pd.Series | None = None, threshold: int = THRESHOLD
) -> pd.DataFrame:
    """The figures with restricted numbers hidden where they are small, or give a small one away.

    ``restricted`` marks rows that tell of people and may not be shown as they are; those that are also marked in
    ``rates`` count nobody themselves (per cent, per residents) and are all hidden, because a rate gives its count back.
    A hidden row stays, without its value and with the status ``confidential``: that there is a return tells of nobody.
    What can be read as no count (a fraction, a number below zero) is hidden; what is not known stays unknown.

    >>> row = {"measure": "clients", "territory": "0025000", "provider": "", "programme": "", "period": "2024",
    ...        "kind": "actual", "version": "", "status": "normal", "target_group": "all"}
    >>> figures = pd.DataFrame([row | {"service_type": service, "value": value}
    ...                         for service, value in {"all": 30.0, "shelter": 3.0, "home_care": 27.0}.items()])
    >>> protected_figures(figures, pd.Series(True, index=figures.index))["value"].tolist()
    [30.0, nan, nan]
    """
    known = figures["value"].notna()
    hidden = restricted & known & (False if rates is None else rates)
    people = figures[restricted & known & ~hidden]
    for _, table in people.groupby(SAME_TABLE, sort=True):
        is_count = (table["value"] >= 0) & (table["value"] % 1 == 0)
        hidden[table.index[~is_count]] = True
        hidden |= _hidden_in(table[is_count], threshold).reindex(hidden.index, fill_value=False)
    return figures.assign(value=figures["value"].mask(hidden), status=figures["status"].mask(hidden, "confidential"))


def _hidden_in(table: pd.DataFrame, threshold: int) -> pd.Series:
    """Which rows of one municipality's table are hidden; rows that say the same cell are hidden together."""
    cells = table.groupby(CELL, sort=True)["value"].agg(["first", "min", "nunique"]).reset_index()
    release = _release(cells)
    forced = (cells["min"] < threshold).to_numpy()
    if (cells["nunique"] > 1).any():
        # Two sources that disagree add up in no one way: nothing beside a small number is safe.
        found = np.full(len(cells), bool(forced.any()))
    elif release is None:
        found = np.full(len(cells), bool(forced.any()))
    else:
        result = suppressed(release, threshold)
        found = result.hidden[release.printed["cell"].to_numpy()]
        _attack(release, found, threshold)
    hidden = cells.assign(hidden=found)[[*CELL, "hidden"]]
    return table[CELL].merge(hidden, on=CELL, how="left", validate="many_to_one").set_axis(table.index)["hidden"]


def _release(cells: pd.DataFrame) -> Release | None:
    """The cells as sums of finest ones: those that are given, and what totals hold beyond them; None where totals do
    not hold their parts."""
    finest = cells[(cells[CELL] != TOTAL).all(axis=1)][[*CELL, "first"]].rename(columns={"first": COUNT})
    rests = pd.DataFrame(list(_rests(cells, finest)), columns=[*CELL, COUNT])
    parts = pd.concat([finest, rests[rests[COUNT] != 0]], ignore_index=True).astype({COUNT: "int64"})
    if (parts[COUNT] < 0).any() or parts.empty:
        return None
    rows = [_parts_of(parts, row) for row in records(cells[CELL])]
    sets = {each.tobytes(): each for each in rows}
    published = len(sets)
    # What a total holds beyond its parts is printed nowhere and must not be worked out either.
    sets |= {alone.tobytes(): alone for alone in np.eye(len(parts), dtype=bool) if alone.tobytes() not in sets}
    number = {key: at for at, key in enumerate(sets)}
    sums = sparse.csr_matrix(np.array(list(sets.values()), dtype=float))
    printed = cells[CELL].assign(cell=[number[each.tobytes()] for each in rows])
    if not np.array_equal(sums[printed["cell"].to_numpy()] @ parts[COUNT].to_numpy(), cells["first"].to_numpy()):
        return None
    nobody, here = np.full(len(parts), -1), np.zeros(len(parts), dtype=np.int64)
    return Release(Design((), ()), parts, printed, sums, np.arange(len(sets)) < published, (), nobody, here)


def _rests(cells: pd.DataFrame, finest: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    """What each total holds beyond the parts that are given: a finest cell of its own."""
    totals = cells[(cells[CELL] == TOTAL).any(axis=1)]
    spoken = finest[COUNT].sum()
    for service, group, value in totals[[*CELL, "first"]].itertuples(index=False):
        if TOTAL in (service, group) and (service, group) != (TOTAL, TOTAL):
            column, name = (CELL[0], service) if group == TOTAL else (CELL[1], group)
            rest = value - finest.loc[finest[column] == name, COUNT].sum()
            spoken += rest
            yield (service if service != TOTAL else "", group if group != TOTAL else "", rest)
    for value in totals[(totals[CELL] == TOTAL).all(axis=1)]["first"]:
        yield "", "", value - spoken


def _parts_of(parts: pd.DataFrame, row: dict[str, str]) -> np.ndarray:
    marked = np.ones(len(parts), dtype=bool)
    for column, value in row.items():
        if value != TOTAL:
            marked &= (parts[column] == value).to_numpy()
    return marked


def _attack(release: Release, hidden: np.ndarray, threshold: int) -> None:
    """The attack on what would be shown, by its own way; raises :class:`Leak`."""
    printed = release.printed["cell"].to_numpy()
    silent = np.flatnonzero(~release.is_published & (release.counts < threshold))
    rows = np.concatenate([printed, silent])
    values = np.where(hidden, np.nan, release.counts[printed].astype(float))
    values = np.concatenate([values, np.full(len(silent), np.nan)])
    labels = (*records(release.printed[CELL]), *({CELL[0]: "not named"} for _ in silent))
    findings = attacked(Statements(release.finest, release.sums[rows], values, labels), threshold)
    if findings:
        raise Leak(findings)
