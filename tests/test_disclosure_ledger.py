"""What is out stays as it is, and a new version is attacked together with it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import attacker
import numpy as np
import pandas as pd
import pytest
import synthetic

from socsvc_analysis.disclosure.design import design_of
from socsvc_analysis.disclosure.ledger import earlier_rows, released
from socsvc_analysis.disclosure.protection import Leak, Protected, protected
from socsvc_analysis.disclosure.release import rows_with
from socsvc_analysis.schema import DataError

DIMENSIONS = "region>municipality,service"
KEYS = ["year", "region", "municipality", "service"]


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    return synthetic.years(3, number=2, municipalities=12, services=3, groups=1).drop(columns=["group", "note"])


def release(folder: Path, version: str, counts: pd.DataFrame, dimensions: str = DIMENSIONS) -> Protected:
    return released(folder, "clients", version, counts, design_of(dimensions), holder="municipality", by=["year"])


@pytest.fixture(scope="module")
def released_once(tmp_path_factory: pytest.TempPathFactory, counts: pd.DataFrame) -> tuple[Path, Protected]:
    """A ledger with one version, and what was released: to protect the counts takes longer than all that follows."""
    folder = tmp_path_factory.mktemp("ledger")
    return folder, release(folder, "1", counts)


@pytest.fixture
def first(tmp_path: Path, released_once: tuple[Path, Protected]) -> Protected:
    """What was released as version 1, whose ledger is in the folder of the test."""
    ledger, made = released_once
    shutil.copytree(ledger, tmp_path, dirs_exist_ok=True)
    return made


def revised(counts: pd.DataFrame) -> pd.DataFrame:
    """One large count of the newer year is mended."""
    at = counts.index[(counts["year"] == "2024") & (counts["count"] > 20)][0]
    return counts.assign(count=counts["count"].where(counts.index != at, counts["count"] + 2))


def hidden_in(made: Protected) -> set[tuple[str, ...]]:
    rows = made.frame[made.frame["count"].isna()][KEYS]
    return set(map(tuple, rows.fillna("").to_numpy()))


@pytest.mark.slow
def test_the_same_version_is_shown_in_the_same_way_again(
    tmp_path: Path, counts: pd.DataFrame, first: Protected
) -> None:
    before = (tmp_path / "1" / "clients.json").read_bytes()
    again = release(tmp_path, "1", counts)
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert (tmp_path / "1" / "clients.json").read_bytes() == before


def test_the_ledger_holds_no_hidden_number(tmp_path: Path, first: Protected) -> None:
    rows = earlier_rows(tmp_path, "clients")
    assert rows["count"].isna().sum() == first.frame["count"].isna().sum() > 0
    assert rows["count"].min() >= 5


def test_what_was_hidden_stays_hidden_in_a_new_version(tmp_path: Path, counts: pd.DataFrame, first: Protected) -> None:
    second = release(tmp_path, "2", revised(counts))
    assert hidden_in(first) <= hidden_in(second)


@pytest.mark.slow
def test_two_versions_together_tell_an_attacker_nothing(tmp_path: Path, counts: pd.DataFrame, first: Protected) -> None:
    changed = revised(counts)
    second = release(tmp_path, "2", changed)
    finest = changed[changed["year"] == "2024"].reset_index(drop=True)
    both = pd.concat([first.frame, second.frame])
    both = both[both["year"] == "2024"]
    subjects = both[KEYS[1:]].to_dict("records")
    truth = [
        finest.loc[rows_with(finest, {key: value for key, value in subject.items() if pd.notna(value)}), "count"].sum()
        for subject in subjects
    ]
    still_true = both[both["count"].isna() | (both["count"] == truth).fillna(False)].reset_index(drop=True)
    found = attacker.intervals(finest, still_true, KEYS[1:])
    assert found
    assert attacker.open_rows(found) == []


@pytest.mark.slow
def test_another_design_of_what_is_out_is_attacked_with_it(tmp_path: Path, counts: pd.DataFrame) -> None:
    """New borders of the same year: rows of the former districts are out, rows of regions come."""
    number = counts["municipality"].str[-2:].astype(int)
    counts = counts.assign(
        district="Sintētiskais rajons " + (number % 3).astype(str),
        region="Sintētiskais reģions " + (number % 2).astype(str),
    )
    first = release(tmp_path, "1", counts, "district>municipality,service")
    second = release(tmp_path, "2", counts)
    columns = ["region", "district", "municipality", "service"]
    for year in ("2023", "2024"):
        finest = counts[counts["year"] == year].reset_index(drop=True)
        both = pd.concat([first.frame, second.frame], ignore_index=True).reindex(columns=["year", *columns, "count"])
        both = both[both["year"] == year].reset_index(drop=True)
        assert attacker.open_rows(attacker.intervals(finest, both, columns)) == []


ROUND = {
    "ax": 20,
    "ay": 31,
    "bx": 14,
    "by": 9,
    "cx": 3,
    "cy": 12,
    "dx": 40,
    "dy": 25,
    "ex": 8,
    "ey": 17,
    "fx": 6,
    "fy": 11,
}
"""Clients by municipality (a to c in one region, d to f in another) and service."""


def table(changed: Mapping[str, int | None]) -> pd.DataFrame:
    """The counts of ``ROUND`` with some other; None is a return that has not come."""
    rows = [
        ("2024", "R" if place < "d" else "Q", place, kind, n) for (place, kind), n in (ROUND | changed).items() if n
    ]
    return pd.DataFrame(rows, columns=[*KEYS, "count"])


def side_by_side(versions: Sequence[tuple[pd.DataFrame, pd.DataFrame]]) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Finest cells, printed rows and columns of all versions (counts, shown): a count that stayed is one cell."""
    finest, printed, columns = pd.DataFrame(columns=["municipality", "service", "count"]), [], []
    for at, (counts, shown) in enumerate(versions):
        mine = {name: f"{name} {at}" for name in KEYS}
        cells = counts.assign(**{new: counts[old] for old, new in mine.items()})
        finest = finest.merge(
            cells[["municipality", "service", "count", *mine.values()]],
            on=["municipality", "service", "count"],
            how="outer",
            validate="one_to_one",
        )
        printed.append(shown[[*KEYS, "count"]].rename(columns=mine))
        columns += mine.values()
    return finest, pd.concat(printed, ignore_index=True), columns


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"cx": None, "cy": None}, {}),
        ({"cx": None}, {}),
        ({"cx": 30}, {}),
        ({}, {"cx": 30}),
        ({"cx": None, "cy": None, "fx": 2}, {"by": 10}),
        ({"ax": 24, "dy": 4}, {"ex": 9}),
        ({}, {"cx": None}),
    ],
)
def test_what_comes_late_or_is_corrected_does_not_follow_from_two_versions(
    tmp_path: Path, before: dict[str, int | None], after: dict[str, int | None]
) -> None:
    versions = [table(before), table(after), table(after | {"ax": 22})]
    shown = [(counts, release(tmp_path, str(at), counts).frame) for at, counts in enumerate(versions)]
    finest, printed, columns = side_by_side(shown)
    for holder in ("", "c"):
        own = (finest["municipality"] == holder).to_numpy()
        found = attacker.intervals(finest, printed, columns, own=own)
        small = [row for row in attacker.open_rows(found) if not holder or is_of_one(printed, row)]
        assert found and small == []


def is_of_one(printed: pd.DataFrame, row: int) -> bool:
    """Whether a row is a number of one municipality."""
    return bool(printed.loc[row].filter(like="municipality").notna().any())


@pytest.mark.slow
def test_what_is_out_and_gives_something_away_stops_the_release(counts: pd.DataFrame) -> None:
    design = design_of(DIMENSIONS)
    of_year = counts[counts["year"] == "2024"]
    small = of_year[of_year["count"].between(1, 4)].iloc[[0]]
    out = small[KEYS].assign(count=np.nan)
    rest = of_year[of_year["service"] == small["service"].iloc[0]]
    out = pd.concat([rest[rest["municipality"] != small["municipality"].iloc[0]][[*KEYS, "count"]], out])
    total = pd.DataFrame([{"year": "2024", "service": small["service"].iloc[0], "count": rest["count"].sum()}])
    with pytest.raises(Leak, match=small["municipality"].iloc[0]):
        protected(of_year, design, holder="municipality", by=["year"], out=pd.concat([out, total]))


@pytest.mark.usefixtures("first")
def test_a_version_cannot_be_released_with_other_numbers(tmp_path: Path, counts: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="what changes is a new version"):
        release(tmp_path, "1", revised(counts))
    for dimensions in ("municipality,service", "region,service"):
        with pytest.raises(DataError, match="another design"):
            release(tmp_path, "1", counts, dimensions)


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("text", ["", "{}", '{"columns": [], "rows": [], "sha256": "0"}'])
def test_a_damaged_ledger_is_refused(tmp_path: Path, counts: pd.DataFrame, text: str) -> None:
    (tmp_path / "1" / "clients.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="is damaged"):
        release(tmp_path, "2", counts)


def test_columns_that_the_counts_lack_are_named(counts: pd.DataFrame) -> None:
    out = pd.DataFrame([{"year": "2024", "parish": "a", "count": 9}])
    with pytest.raises(DataError, match="column parish: stands in an earlier release"):
        protected(counts, design_of(DIMENSIONS), by=["year"], out=out)


def test_names_of_releases_lead_nowhere_else(tmp_path: Path, counts: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="cannot name a release"):
        release(tmp_path, "../1", counts)
