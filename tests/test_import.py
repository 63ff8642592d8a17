"""Importing into a package: all or nothing, once, and every change recorded; the letter that goes back."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import html
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pandas as pd
import pytest
from broken_files import CASES, GOOD, HEAD, Case, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages import DATA
from typer.testing import CliRunner

from socsvc_analysis import journal
from socsvc_analysis.cli import app
from socsvc_analysis.datapackage import open_package
from socsvc_analysis.intake import letter
from socsvc_analysis.intake.rules import ACCEPTED
from socsvc_analysis.intake.store import ImportReport, import_file, keep_observations
from socsvc_analysis.observations import open_observations
from socsvc_analysis.reference import open_reference
from socsvc_analysis.schema import DataError

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    return tmp_path


def write(project: Path, name: str, *rows: str, head: str = HEAD) -> Path:
    path = project / name
    path.write_text(table(*rows, head=head), encoding="utf-8")
    return path


def take(project: Path, path: Path, **options: object) -> ImportReport:
    given = {"output": project / "outputs", "today": TODAY} | options
    return import_file(path, project / "data" / "datapackage.json", **given)


def received(project: Path, name: str = "received") -> pd.DataFrame:
    return pd.read_csv(project / "data" / "observations" / f"{name}.csv", dtype=str, keep_default_na=False)


def log(project: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(project / "data" / "reference" / f"{name}.csv", dtype=str, keep_default_na=False)


def state(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != journal.LOCK
    }


def test_an_import_becomes_figures_that_can_be_opened(project: Path) -> None:
    report = take(project, write(project, "a.csv", *GOOD))
    assert (report.code, report.rows_in, report.accepted, report.total) == (0, 4, 4, 100)
    package = open_package(project / "data", "internal")
    figures = open_observations(package, open_reference(package))
    mine = figures[figures["evidence"] == "received"]
    assert mine.groupby("measure")["value"].sum().to_dict() == {"clients": 100, "places": 130}
    assert set(mine["kind"]) == {"actual", "capacity"}
    assert set(mine["period"]) == {"2025"}
    (entry,) = log(project, "received_files").to_dict("records")
    assert (entry["file"], entry["rows_in"], entry["accepted"]) == ("a.csv", "4", "4")
    raw = project / "data" / entry["raw"]
    assert raw.read_bytes() == (project / "a.csv").read_bytes()
    assert entry["raw"] in {each["path"] for each in package.descriptor["resources"]}


def test_restricted_people_are_hidden_on_public_pages(project: Path) -> None:
    take(project, write(project, "a.csv", *GOOD))
    package = open_package(project / "data", audience="public")
    figures = open_observations(package, open_reference(package))
    mine = figures[figures["evidence"] == "received"].set_index("measure")
    assert mine.loc[["places"], "value"].notna().all()
    assert set(mine.loc[mine["value"].isna(), "status"]) <= {"confidential"}
    assert not (mine.loc[["clients"], "value"] < 5).any()
    take(project, write(project, "b.csv", "Tukuma novads,home_care,all,2025,5,6"), access="open")
    package = open_package(project / "data", audience="public")
    figures = open_observations(package, open_reference(package))
    opened = figures[figures["file"].str.endswith("received_open.csv") & figures["measure"].eq("clients")]
    assert opened["value"].tolist() == [5.0]


def test_importing_twice_changes_no_byte(project: Path) -> None:
    path = write(project, "a.csv", *GOOD, "x,home_care,all,2025,5,6")
    first = take(project, path)
    before = state(project / "data")
    again = take(project, path)
    assert again.unchanged
    assert state(project / "data") == before
    assert again.to_dict() | {"message": ""} == first.to_dict() | {"message": ""}


def test_the_same_figures_in_another_file_change_no_figure(project: Path) -> None:
    take(project, write(project, "a.csv", *GOOD))
    before = received(project)
    take(project, write(project, "b.csv", *reversed(GOOD)))
    assert received(project).equals(before)
    assert log(project, "received_files")["file"].tolist() == ["a.csv", "b.csv"]


def test_a_corrected_return_replaces_the_former_and_the_change_is_recorded(project: Path) -> None:
    take(project, write(project, "a.csv", *GOOD))
    report = take(project, write(project, "b.csv", "Bauskas novads,home_care,all,2025,14,20", *GOOD[1:]))
    assert report.replaced == 1
    figures = received(project)
    assert figures.loc[figures["measure"] == "clients", "value"].astype(float).sum() == 102
    assert len(figures) == 8
    (revision,) = log(project, "revisions").to_dict("records")
    assert (revision["value_before"], revision["value_after"], revision["date"]) == ("12", "14", "2026-11-24")
    assert revision["territory"] == "0025000"
    open_package(project / "data", "internal")


def test_what_a_corrected_return_no_longer_says_goes_and_is_recorded(project: Path) -> None:
    before = write(project, "a.csv", *GOOD, "Bauskas novads,shelter,all,2025,7,9")
    take(project, before)
    count = len(received(project))
    # Another file about the same municipality adds to the first: it is no correction of it.
    take(project, write(project, "b.csv", "Bauskas novads,respite,all,2025,3,4"))
    assert len(received(project)) == count + 2
    # A corrected file with a row that cannot be used takes nothing away: that row may be the one.
    take(project, write(project, "a.csv", *GOOD, "Bauskas novads,sheltr,all,2025,7,9"))
    assert len(received(project)) == count + 2
    report = take(project, write(project, "a.csv", *GOOD))
    assert (report.code, report.replaced) == (0, 2)
    figures = received(project)
    assert len(figures) == count
    assert "shelter" not in set(figures["service_type"])
    assert {"respite", "home_care"} <= set(figures["service_type"])
    gone = log(project, "revisions")
    assert gone["service_type"].tolist() == ["shelter", "shelter"]
    assert gone["value_after"].tolist() == ["", ""]
    assert sorted(gone["value_before"]) == ["7", "9"]
    open_package(project / "data", "internal")
    after = state(project / "data")
    take(project, write(project, "a.csv", *GOOD))
    assert state(project / "data") == after


def test_a_jump_is_asked_about_until_it_is_confirmed(project: Path) -> None:
    take(project, write(project, "a.csv", *GOOD))
    path = write(
        project,
        "b.csv",
        "Bauskas novads,home_care,all,2026,1200,20",
        *(row.replace("2025", "2026") for row in GOOD[1:]),
    )
    report = take(project, path)
    assert (report.code, report.rejected) == (3, 1)
    assert "was 12 in the return for 2025" in str(report.problems[0])
    corrections = project / "data" / "reference" / "corrections.csv"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with corrections.open("a", encoding="utf-8") as file:
        file.write(f"{sha256},,2,clients,1200,1200,confirmed by letter,2026-11-24\n")
    assert CliRunner().invoke(app, ["check", "--record", "--data", str(project / "data")]).exit_code == 0
    report = take(project, path)
    assert (report.code, report.accepted, report.unchanged) == (0, 4, False)
    assert len(log(project, "received_files")) == 2
    assert received(project)["id"].is_unique


def test_a_correction_mends_a_cell_and_refuses_another_file(project: Path) -> None:
    path = write(project, "a.csv", "Bauskas novads,home_care,all,2025,l2,20", *GOOD[1:])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    corrections = project / "data" / "reference" / "corrections.csv"
    with corrections.open("a", encoding="utf-8") as file:
        file.write(f"{sha256},,2,clients,l2,12,a letter for a digit,2026-11-24\n")
    CliRunner().invoke(app, ["check", "--record", "--data", str(project / "data")])
    assert take(project, path).total == 100
    corrections.write_text(corrections.read_text(encoding="utf-8").replace(",l2,12,", ",13,12,"), encoding="utf-8")
    CliRunner().invoke(app, ["check", "--record", "--data", str(project / "data")])
    report = take(project, path)
    assert report.code == 2
    assert "the correction is for another file" in report.message


REFUSED = ("more than half bad", "a wrong total", "a personal code in a note", "truncated zip")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in REFUSED], ids=lambda case: case.name)
def test_a_refused_file_changes_nothing(case: Case, project: Path) -> None:
    path = project / case.file
    case.write(path)
    before = state(project / "data")
    report = take(project, path)
    assert report.code == 2
    assert state(project / "data") == before
    if report.rejected_rows:
        assert str(report.rejected_rows) in report.message
        rows = (report.rejected_rows / "rejected.csv").read_text(encoding="utf-8-sig")
        assert not case.expected.secret or case.expected.secret not in rows
    # The rows of a file that was read can be mended in a workbook.
    read = case.name in ("more than half bad", "a wrong total")
    assert read == bool(report.rejected_rows and (report.rejected_rows / "rejected.xlsx").exists())


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_any_moment_the_package_is_wholly_old_or_wholly_new(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(project, "a.csv", *GOOD)
    old = state(project / "data")
    replace, done = os.replace, [0]

    def dying(after: int):
        def replaced(*given: object) -> None:
            if done[0] == after:
                raise Killed
            done[0] += 1
            replace(*given)

        return replaced

    outcomes = set()
    for after in range(12):
        shutil.rmtree(project / "data")
        shutil.copytree(DATA, project / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
        done[0] = 0
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", dying(after))
            try:
                take(project, path)
                ended = True
            except Killed:
                ended = False
        package = open_package(project / "data", "internal")
        open_observations(package, open_reference(package))
        now = state(project / "data")
        new = len(received(project)) == 8
        assert new or now == old or not [name for name in old if now.get(name) != old[name]]
        take(project, path)
        assert len(received(project)) == 8
        assert not (project / "data" / journal.STAGE).exists()
        outcomes.add((ended, new))
    assert outcomes == {(False, False), (False, True), (True, True)}


def test_no_room_leaves_everything_as_it_was(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(project / "data")
    path = write(project, "a.csv", *GOOD)
    calls = [0]

    def full(descriptor: int) -> None:
        calls[0] += 1
        if calls[0] == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    report = take(project, path)
    assert (report.code, report.accepted) == (2, 0)
    assert "could not be kept (No space left on device)" in report.message
    monkeypatch.undo()
    assert state(project / "data") == before


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("broken", ["replace", "fsync", "link"])
def test_whatever_breaks_tables_and_descriptor_are_one_version(
    project: Path, monkeypatch: pytest.MonkeyPatch, broken: str, lasting: bool
) -> None:
    """A step fails, once or for good: what is printed is true, and the next command finds a sound package."""
    before = state(project / "data")
    path = write(project, "a.csv", *GOOD, "x,home_care,all,2025,5,6")
    works = getattr(os, broken)
    refused = 0
    for step in range(1, 60, 3):
        calls = iter(range(1, 1000))

        def failing(*given: object, step: int = step, calls: Iterator[int] = calls) -> None:
            call = next(calls)
            if call == step or (lasting and call > step):
                raise OSError(28, "No space left on device")
            works(*given)

        with monkeypatch.context() as patch:
            patch.setattr(os, broken, failing)
            report = take(project, path)
        package = open_package(project / "data", "internal")
        if report.code == 3:
            break
        refused += 1
        assert (report.code, report.accepted) == (2, 0)
        if state(project / "data") != before:
            assert lasting and report.problems[0].problem.key == "refusal_unsettled"
            break
    assert len(open_observations(package, open_reference(package)).query("evidence == 'received'")) == 8
    if report.code == 3:
        assert report.rejected_rows.is_dir() if report.rejected_rows else "could not be written" in report.warnings[-1]
    assert refused > 2 or lasting or broken == "link"  # where there are no second names, copies are kept


def test_a_name_that_is_too_long_is_shortened(project: Path) -> None:
    name = "Pārskats " * 24 + ".csv"
    assert len(name.encode()) > 240
    report = take(project, write(project, name, *GOOD, "x,home_care,all,2025,5,6"))
    assert report.code == 3
    (entry,) = log(project, "received_files").to_dict("records")
    assert entry["file"] == name
    assert len(Path(entry["raw"]).name.encode()) < 140
    open_package(project / "data", "internal")


def test_files_of_one_name_from_two_offices_are_two_files(project: Path) -> None:
    offices = [project / name for name in ("one", "two")]
    for office in offices:
        office.mkdir()
    first = write(offices[0], "return.csv", GOOD[0])
    second = write(offices[1], "return.csv", "Bauskas novads,shelter,all,2025,5,6")
    assert take(project, first).code == 0
    before = state(project / "data")
    asked = take(project, second)
    assert (asked.code, asked.problems[0].problem.key) == (2, "refusal_which_file")
    assert state(project / "data") == before
    assert take(project, second, adds=True).replaced == 0
    assert len(received(project)) == 4
    # A corrected file of the first office withdraws what that office said, not what the other did.
    write(offices[0], "return.csv", "Bauskas novads,respite,all,2025,1,2")
    assert take(project, first, adds=False).code == 2
    assert take(project, first, replaces="retrun.csv").problems[0].nearest == "return.csv"
    assert take(project, first, replaces="return.csv").replaced == 4
    assert set(received(project)["service_type"]) == {"respite"}


def test_rejected_rows_of_each_file_have_a_folder_until_it_is_imported_anew(project: Path) -> None:
    for office in ("one", "two"):
        (project / office).mkdir()
    bad = write(project / "one", "return.csv", *GOOD, "x,home_care,all,2025,5,6")
    letters = take(project, bad).rejected_rows
    assert take(project, write(project / "two", "return.csv", "Tukuma novads,home_care,all,2025,5,6")).code == 0
    assert (letters / "rejected.csv").exists()
    assert take(project, write(project / "one", "return.csv", *GOOD)).code == 0
    assert not letters.exists()


def test_a_second_import_at_once_says_who_is_first(project: Path) -> None:
    path = write(project, "a.csv", *GOOD)
    with journal.changing(project / "data"), pytest.raises(journal.Busy, match="another import"):
        take(project, path)
    assert take(project, path).code == 0


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_a_process_that_is_killed_leaves_a_sound_package(project: Path) -> None:
    path = write(project, "a.csv", *GOOD)
    arguments = [sys.executable, "-m", "socsvc_analysis", "import", str(path), "--data", str(project / "data")]
    for moment in (0.9, 1.3):
        process = subprocess.Popen(
            [*arguments, "--output", str(project / "outputs")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        package = open_package(project / "data", "internal")
        open_observations(package, open_reference(package))
    assert take(project, path).code == 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(st.sampled_from(["Bauskas novads", "Dobele", "Tukuma nov."]), st.integers(1, 19)),
                         min_size=1, max_size=3, unique_by=lambda row: row[0]), min_size=1, max_size=4))  # fmt: skip
def test_the_last_number_stands(tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[str, int]]]) -> None:
    project = tmp_path_factory.mktemp("sequence")
    shutil.copytree(DATA, project / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    codes = {"Bauskas novads": "0025000", "Dobele": "0028000", "Tukuma nov.": "0052000"}
    expected: dict[str, int] = {}
    for number, rows in enumerate(files):
        lines = [f"{place},2025,{count}" for place, count in rows]
        report = take(project, write(project, f"{number}.csv", *lines, head="municipality,year,clients"))
        assert report.rows_in == report.accepted + report.rejected + report.duplicates == len(rows)
        # A file of the same bytes was imported before: what it says then has been replaced stays replaced no longer.
        expected |= {codes[place]: count for place, count in rows}
    figures = received(project)
    assert dict(zip(figures["territory"], figures["value"].astype(float), strict=True)) == expected


def test_fetched_figures_take_the_place_of_their_former_selves(project: Path) -> None:
    row = {
        "id": "CSP-X-1", "measure": "population", "territory": "0025000", "provider": "", "programme": "",
        "service_type": "all", "target_group": "all", "period": "2024-01-01", "value": 41000.0, "kind": "actual",
        "version": "", "status": "normal", "source": "csp_population_2019", "evidence": "transcribed", "note": "",
    }  # fmt: skip
    package = project / "data" / "datapackage.json"
    assert keep_observations(package, "population", pd.DataFrame([row]), []) == 1
    assert keep_observations(package, "population", pd.DataFrame([row]), []) == 0
    assert keep_observations(package, "population", pd.DataFrame([row | {"value": 41001.0}]), []) == 1
    assert received(project, "population").set_index("id").at["CSP-X-1", "value"] == "41001"
    with pytest.raises(DataError, match="'nobody' is not in target_groups"):
        keep_observations(package, "population", pd.DataFrame([row | {"target_group": "nobody"}]), [])
    # What the source no longer says goes; figures of other sources stay.
    was = len(received(project, "population"))
    source = log(project, "sources").set_index("source").loc["csp_ird041"].to_dict() | {"source": "csp_ird041"}
    rows = [row | {"id": each, "source": "csp_ird041"} for each in ("CSP-X-2", "CSP-X-3")]
    assert keep_observations(package, "population", pd.DataFrame(rows), [source]) == 2
    assert keep_observations(package, "population", pd.DataFrame(rows[:1]), [source]) == 1
    assert len(received(project, "population")) == was + 1


# The letter


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Path]:
    rejected = pd.DataFrame(
        {
            "sheet": ["", ""],
            "row": [3, 7],
            "problem": ["clients: '-5' is below zero", "municipality: '<b>' is not a known municipality"],
            "problem_lv": ["clients: '-5' ir mazāks par nulli", "municipality: '<b>' nav zināma pašvaldība"],
            "municipality": ["Bauskas novads", "<b>x</b>"],
            "clients": ["-5", "=cmd|' /C calc'!A0"],
        }
    )
    for name, content in letter.files("a&b.csv", rejected, 9).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_table_that_goes_back_holds_no_formula(sent: Path) -> None:
    with (sent / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["clients"] == "-5"
    assert rows[1]["clients"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["problem_lv"] == "clients: '-5' ir mazāks par nulli"
    assert [row["row"] for row in rows] == ["3", "7"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9), min_size=1, max_size=4))
def test_every_cell_goes_back_as_it_came_in_letters_that_excel_knows(cells: list[str]) -> None:
    known = {"sheet": "", "problem": "a", "problem_lv": "ā"}
    rejected = pd.DataFrame([{**known, "row": row, "Pašvaldība": cell} for row, cell in enumerate(cells)])
    content = letter.files("a.csv", rejected, 9)["rejected.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    told = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["Pašvaldība"] for row in told] == [letter.neutral_cell(cell) for cell in cells]
    assert all(
        row["Pašvaldība"].removeprefix("'") == cell.removeprefix("'") for row, cell in zip(told, cells, strict=True)
    )


def test_the_page_that_goes_back_is_whole_and_harmless(sent: Path) -> None:
    text = (sent / "rejected.html").read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert not list(tree.iter("script"))
    assert not list(tree.iter("b"))
    assert "default-src 'none'" in text
    sections = list(tree.iter("section"))
    assert [each.get("lang") for each in sections] == ["lv", "en"]
    assert "ir mazāks par nulli" in text
    assert "is below zero" in text
    assert html.escape("<b>x</b>") in text


# The command


def test_the_command_prints_one_object_for_each_file(project: Path) -> None:
    good, bad = write(project, "a.csv", *GOOD), write(project, "b.csv", *GOOD[:2], "x,home_care,all,2025,5,6")
    given = [
        "import",
        str(good),
        str(bad),
        "--data",
        str(project / "data"),
        "--output",
        str(project / "outputs"),
        "--json",
    ]
    result = CliRunner().invoke(app, [*given, "--dry-run"])
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    keys = [
        "file",
        "rows_in",
        "accepted",
        "rejected",
        "duplicates",
        "total",
        "totals",
        "warnings",
        "message",
        "problems",
        "unknown_names",
    ]
    assert [list(each) for each in objects] == [keys, keys]
    assert [each["total"] for each in objects] == [100, 42]
    (problem,) = objects[1]["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (4, "municipality", "x")
    assert (problem["rule"], problem["problem_lv"]) == ("reason_territory", "nav zināma pašvaldība")
    assert result.exit_code == 3
    assert not (project / "outputs").exists()


def test_the_command_shows_a_table_of_problems(project: Path) -> None:
    path = write(project, "b.csv", *GOOD[:2], "Bauskss novads,home_care,all,2025,5,6")
    result = CliRunner().invoke(
        app, ["import", str(path), "--data", str(project / "data"), "--output", str(project / "o")]
    )
    assert result.exit_code == 3
    assert "3 rows in = 2 accepted + 1 rejected + 0 duplicates" in result.stdout
    for said in ("Bauskss novads", "municipality", "is not a known municipality", "Bauskas novads"):
        assert said in result.stdout
    refused = CliRunner().invoke(app, ["import", str(write(project, "c.csv")), "--data", str(project / "data")])
    assert refused.exit_code == 2


AT_EACH_TERMINAL = """
import io, sys
from socsvc_analysis.cli import app

ends = []
for encoding in ("", "cp1252", "cp1257", "utf-8"):
    if encoding:  # the first terminal is the one at which the process was started
        sys.stdout, sys.stderr = (io.TextIOWrapper(old.detach(), encoding) for old in (sys.stdout, sys.stderr))
    try:
        app(sys.argv[1:])
    except SystemExit as end:
        ends.append(end.code)
sys.exit(f"ended with {ends}" if ends != [3] * 4 else 0)
"""


def test_what_is_printed_does_not_depend_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "Ķekava.csv"
    path.write_text(table(*GOOD, "Ķekavas novds,home_care,all,2025,5,6"), encoding="utf-8")
    arguments = [sys.executable, "-c", AT_EACH_TERMINAL, "import", str(path), "--dry-run", "--data", str(DATA)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run([*arguments, "--json"], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    printed = [json.loads(line)["problems"][0]["value"] for line in done.stdout.decode("utf-8").splitlines()]
    assert printed == ["Ķekavas novds"] * 4


def test_offline_fetching_says_how_to_go_online(project: Path) -> None:
    result = CliRunner().invoke(app, ["fetch", "population", "--data", str(project / "data")])
    assert result.exit_code == 2
    assert "--online" in result.stdout
    unknown = CliRunner().invoke(app, ["fetch", "populaton", "--data", str(project / "data")])
    assert unknown.exit_code == 2
    assert "population" in unknown.stderr


def test_the_frames_of_a_judgement_have_the_columns_that_are_stored() -> None:
    assert set(ACCEPTED) >= {"measure", "territory", "period", "value", "kind", "status"}


def test_a_broken_package_is_an_error_of_its_own(project: Path) -> None:
    (project / "data" / "reference" / "notes.csv").write_text("x\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"notes\.csv"):
        take(project, write(project, "a.csv", *GOOD))
