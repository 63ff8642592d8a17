"""Every broken file gives a clear error, quarantined rows or the right total: no crash, no silently wrong total."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from broken_files import CASES, Case
from packages import DATA

from socsvc_analysis.intake.store import ImportReport, import_file
from socsvc_analysis.sentences import said_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("remembering")]
TODAY = dt.date(2026, 11, 24)


def taken(case: Case, folder: Path) -> ImportReport:
    path = folder / case.file
    case.write(path)
    return import_file(path, DATA / "datapackage.json", output=folder / "outputs", dry_run=True, today=TODAY)


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_file(case: Case, tmp_path: Path) -> None:
    report, expected = taken(case, tmp_path), case.expected
    said = "\n".join([report.message, *map(str, report.problems), *report.warnings])
    assert report.code == expected.code, said
    assert expected.said in said
    for name in ("rows_in", "accepted", "rejected", "duplicates", "total"):
        if getattr(expected, name) is not None:
            assert getattr(report, name) == getattr(expected, name), (name, said)
    assert report.rows_in == report.accepted + report.rejected + report.duplicates
    if expected.secret:
        assert expected.secret not in said + json.dumps(report.to_dict())
    # Who gets the letter about it reads the reasons in Latvian, too.
    assert [each for each in report.problems if said_in("lv", each.problem) == each.problem] == []
    if report.code == 2:
        assert report.accepted == 0
        assert report.total is None
    assert not (tmp_path / "outputs").exists()
