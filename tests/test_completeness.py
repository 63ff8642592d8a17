"""Who has reported: in time, late, not at all; from returns that were imported, whatever they say."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from packages import DATA

from socsvc_analysis.completeness import IN_TIME, LATE, MISSING, completeness, returns_received, year_expected
from socsvc_analysis.datapackage import open_package
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.observations import open_observations
from socsvc_analysis.reference import Reference, open_reference, resolve_territory
from socsvc_analysis.sections import completeness_of_returns
from socsvc_analysis.wording import NBSP, Words, in_language

RETURN = "Pašvaldība,Pakalpojums,Mērķgrupa,Gads,Klienti\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def take(data: Path, name: str, rows: str, day: str) -> None:
    file = data.parent / name
    file.write_text(RETURN + rows, encoding="utf-8")
    report = import_file(file, data, output=data.parent / "out", today=dt.date.fromisoformat(day))
    assert report.accepted, report.message


@pytest.mark.slow
def test_a_corrected_return_keeps_its_own_day(data: Path) -> None:
    take(data, "bauska.csv", "Bauskas novads,Aprūpe mājās,GRT,2025,40\n", "2026-02-10")
    take(data, "bauska2.csv", "Bauskas novads,Aprūpe mājās,GRT,2025,41\n", "2026-03-01")
    take(data, "dobele.csv", "Dobeles novads,Aprūpe mājās,GRT,2025,3\n", "2026-02-16")
    found = returns_received(open_package(data, "public"))
    assert dict(zip(found["municipality"], found["received"], strict=True)) == {
        "0025000": "2026-02-10",
        resolve_territory("Dobeles novads"): "2026-02-16",
    }
    assert set(found["year"]) == {2025}
    # Of the people themselves a public reader sees no small number.
    package = open_package(data, "public")
    figures = open_observations(package, open_reference(package))
    mine = figures[figures["evidence"] == "received"]
    assert set(mine["status"]) >= {"confidential"}
    assert not (mine["value"] < 5).any()


def test_every_municipality_is_in_time_late_or_missing(real_tables: Reference) -> None:
    received = pd.DataFrame(
        {"municipality": ["0025000", "0001000"], "year": [2025, 2025], "received": ["2026-02-15", "2026-02-16"]}
    )
    units = completeness(received, real_tables, 2025, "2026-02-15").set_index("municipality")
    assert units["state"].value_counts().to_dict() == {MISSING: 40, IN_TIME: 1, LATE: 1}
    assert units.at["0025000", "state"] == IN_TIME
    assert units.at["0001000", "state"] == LATE
    assert completeness(received, real_tables, 2024, "2025-02-15")["state"].eq(MISSING).all()
    assert len(completeness(received, real_tables, 2023, "2024-02-15")) == 43  # before the union of 2025


def test_late_and_missing_ones_are_named(tables: Reference, words: Words) -> None:
    received = pd.DataFrame(
        {"municipality": ["0091000", "0092000"], "year": 2022, "received": ["2023-02-15", "2023-03-01"]}
    )
    south = completeness_of_returns(received, on="2024-01-05", region="dienvidi", words=words).markup
    text = south.replace(NBSP, " ")
    assert f"{words.place('0092000')} (" in text
    for code in ("0094001", "0093000"):
        assert words.place(code) in text
    assert words.place("0091000") not in text
    north = completeness_of_returns(received, on="2024-01-05", region="ziemeli", words=words)
    said = north.plain.replace(NBSP, " ")
    if words.language == "lv":
        assert (
            said == "No 1 pašvaldības Ziemeļos 2022. gada atskaiti iesniegusi 1; termiņš bija 2023. gada 15. februāris."
        )
    else:
        assert said == "Of 1 municipality in the North, 1 has sent its return for 2022; it was due by 15 February 2023."
    nobody = completeness_of_returns(received[:1], on="2024-01-05", region="dienvidi", words=words)
    assert {"lv": "nav iesniegusi neviena", "en": "none has sent its return"}[words.language] in nobody.plain


def test_nobody_is_named_before_the_collection_begins(tables: Reference, words: Words) -> None:
    received = pd.DataFrame({"municipality": ["0091000"], "year": [2020], "received": ["2021-02-01"]})
    said = completeness_of_returns(received, on="2024-01-05", region="dienvidi", words=words).markup
    assert 'class="absence"' in said
    assert "novads" not in said


def test_without_a_deadline_there_is_nothing_to_expect(tables: Reference) -> None:
    assert year_expected(tables.calendar[:0], "2024-01-05") is None
    assert year_expected(tables.calendar, "2024-02-15") == (2023, "2024-02-15")
    assert in_language("en", tables)
