"""An attacker who shares nothing with the library: one linear programme for each bound, over all that is shown."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linprog

TINY = 1e-6
ENOUGH = 5
"""How far apart two tables that fit must be in a hidden number, and how much one of them must reach."""


def intervals(
    finest: pd.DataFrame,
    printed: pd.DataFrame,
    columns: Sequence[str],
    *,
    own: np.ndarray | None = None,
    enough: float = ENOUGH,
) -> list[tuple[int, float, float]]:
    """(row, least, greatest) of every hidden row of ``printed``: ``count`` missing, and missing columns are totals.

    ``finest`` has the true counts: of them an attacker knows those marked in ``own``, and which combinations there are.
    A row is not looked at further, and has the least and the greatest seen so far, once tables that fit all that is
    shown differ in it by ``enough`` and one of them reaches as much.
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
        ],
        dtype=float,
    )
    shown = printed["count"].notna().to_numpy()
    known, relations = printed.loc[shown, "count"].to_numpy(float), members[shown]
    assert np.array_equal(relations @ truth, known), "what is shown is not true"
    limits = [(value, value) if mine else (0, None) for value, mine in zip(truth, own, strict=True)]
    low = high = members @ truth
    found = []
    for row in np.flatnonzero(~shown):
        if own[members[row] > 0].all():
            continue
        for sign in (1, -1):
            if high[row] - low[row] >= enough and high[row] >= enough:
                break
            best = linprog(sign * members[row], A_eq=relations, b_eq=known, bounds=limits)
            if best.status == 3:
                low, high = low.copy(), high.copy()
                (low if sign == 1 else high)[row] = np.inf * -sign
                continue
            low, high = np.minimum(low, members @ best.x), np.maximum(high, members @ best.x)
        found.append((int(row), float(low[row]), float(high[row])))
    return found


def open_rows(found: Sequence[tuple[int, float, float]], threshold: int = ENOUGH) -> list[int]:
    """Rows known too well: narrower than the threshold, or surely below it."""
    return [row for row, low, high in found if high - low < threshold - TINY or high < threshold - TINY]


def told_by(files: Mapping[str, bytes], period: str) -> pd.DataFrame:
    """What the downloads of a site say of clients in ``period``: territory, service, group and ``count``.

    Numbers that rest on clients are turned back: a rate times its residents, a change from the year before.
    """
    said = []
    table = pd.read_csv(io.BytesIO(files["data/indicators.csv"]), dtype=str, keep_default_na=False)
    for row in table[table["sources"].str.contains("return_")].to_dict("records"):
        cell = (row["territory"], row["service_type"], row["target_group"])
        also = dict(pair.split("=", 1) for pair in row["also"].split("; ") if "=" in pair)
        numbers = []
        if row["indicator"] in ("reported_clients", "clients_per_1000", "occupancy_by_municipality"):
            numbers = [(row["period"], row["numerator"])]
            if row["indicator"] == "reported_clients":
                numbers.append((row["period"], row["value"]))
            elif row["value"] and row["denominator"]:
                per = 1000 if row["indicator"] == "clients_per_1000" else 100
                numbers.append((row["period"], round(float(row["value"]) * float(row["denominator"]) / per, 6)))
        elif row["indicator"] == "change_to_previous_year" and also.get("measure") == "clients":
            numbers = [
                (row["period"], also.get("current", "")),
                (str(int(row["period"]) - 1), also.get("previous", "")),
            ]
        said += [(*cell, float(number)) for when, number in numbers if when == period and number != ""]
    changes = pd.read_csv(io.BytesIO(files["data/changes.csv"]), dtype=str, keep_default_na=False)
    for side in ("before", "after"):
        names = ["measure", "period", "territory", "service_type", "target_group", "value", "source"]
        rows = changes[[f"{name}_{side}" for name in names]].set_axis(names, axis=1)
        mine = rows["measure"].eq("clients") & rows["period"].eq(period) & rows["source"].str.contains("return_")
        said += [
            (row.territory, row.service_type, row.target_group, float(row.value))
            for row in rows[mine].itertuples()
            if row.value != ""
        ]
    return pd.DataFrame(said, columns=["territory", "service_type", "target_group", "count"]).drop_duplicates()
