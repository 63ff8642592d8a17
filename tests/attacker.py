"""An attacker who shares nothing with the library: one linear programme for each bound, over all that is shown."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

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
    members = _members(finest, printed, columns)
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


def _members(finest: pd.DataFrame, printed: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Of which finest cells each printed row is the sum."""
    return np.array(
        [
            np.logical_and.reduce(
                [np.ones(len(finest), dtype=bool)]
                + [(finest[name] == row[name]).to_numpy() for name in columns if pd.notna(row[name])]
            )
            for _, row in printed.iterrows()
        ],
        dtype=float,
    )


def another_table(finest: pd.DataFrame, printed: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Other whole numbers of people that fit all that is shown, as far from the true ones as a few cells allow."""
    members = _members(finest, printed, columns)
    shown = printed["count"].notna().to_numpy()
    known = printed.loc[shown, "count"].to_numpy(float)
    truth = finest["count"].to_numpy(float)
    found = milp(
        np.where(truth < 5, -1.0, 1.0),  # few become many, many few
        constraints=LinearConstraint(members[shown], known, known),
        bounds=Bounds(0, np.inf),
        integrality=np.ones(len(finest)),
    )
    return np.rint(found.x).astype(int)


def open_rows(found: Sequence[tuple[int, float, float]], threshold: int = ENOUGH) -> list[int]:
    """Rows known too well: narrower than the threshold, or surely below it."""
    return [row for row, low, high in found if high - low < threshold - TINY or high < threshold - TINY]


class _Tables(HTMLParser):
    """The tables of a page, each a list of rows of texts, the caption first."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag in ("tr", "caption") and self.tables:
            self.tables[-1].append([])
        if tag in ("td", "th", "caption"):
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption") and self.cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(" ".join("".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def told_by_tables(files: Mapping[str, bytes], period: str, places: Mapping[str, str]) -> pd.DataFrame:
    """What the tables of the Latvian pages say of all clients of ``places`` (name and code) in ``period``."""
    said = []
    for name, content in files.items():
        reader = _Tables()
        reader.feed(content.decode() if name.startswith("lv/") and name.endswith(".html") else "")
        for table in reader.tables:
            head = next((row for row in table if "Klienti" in row), [])
            for row in table:
                if head and row[0] in places and any(cell.startswith(period) for cell in row):
                    number = row[head.index("Klienti")].replace("\u00a0", "").replace(" ", "")
                    if number.isdecimal():
                        said.append((places[row[0]], "all", "all", float(number)))
    return pd.DataFrame(said, columns=["territory", "service_type", "target_group", "count"]).drop_duplicates()


def with_hash_of(content: bytes, files: Mapping[str, bytes]) -> list[str]:
    """Files that say the hash of ``content``, whole or its beginning: by it guesses at a hidden number can be tried."""
    said = hashlib.sha256(content).hexdigest()[:8].encode()
    return [name for name, each in files.items() if said in each]


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
