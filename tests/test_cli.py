"""The command line says what is wrong in sentences and ends with the code that scripts rely on."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import tiny
from typer.testing import CliRunner, Result

import socsvc_analysis
from socsvc_analysis import __version__
from socsvc_analysis.cli import app
from socsvc_analysis.indicators.registry import REGISTRY
from socsvc_analysis.report import run as report
from socsvc_analysis.report.nursery import Nursery
from socsvc_analysis.report.run import only_run
from socsvc_analysis.terminal import STOPPED

pytestmark = pytest.mark.slow

FAILS_IN_RIGA = "[Html('<p>12 places</p>')][1 if region == 'riga' else 0]"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tiny.project(tmp_path)


@pytest.fixture(autouse=True)
def shared_nursery(monkeypatch: pytest.MonkeyPatch, nursery: Nursery | None) -> None:
    """The command starts a nursery of its own; here all share one."""
    monkeypatch.setattr(report, "make_reports", partial(report.make_reports, nursery=nursery))


def run(project: Path, *options: str) -> Result:
    places = ["--data", project / "data", "--notebooks", project / "notebooks", "--output", project / "outputs"]
    return CliRunner().invoke(app, ["run", *map(str, places), *options])


def ended(program: str) -> subprocess.CompletedProcess[str]:
    """How a process ends that runs ``program`` with the command's modules at hand."""
    modules = "import atexit, os, signal\nfrom socsvc_analysis import __main__ as command, terminal\n"
    return subprocess.run([sys.executable, "-c", modules + program], capture_output=True, text=True, check=False)


def check(project: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["check", "--data", str(project / "data"), *options])


def test_run_makes_the_pages_and_says_where_they_are(project: Path) -> None:
    result = run(project, "--region", "zemgale", "--language", "en", "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == str(project / "outputs" / "site" / "index.html")
    assert "zemgale  en        1" in result.stdout
    assert (project / "outputs" / "site" / "en" / "zemgale-report.html").exists()


def test_run_ends_with_1_when_a_region_failed_and_makes_the_others(project: Path) -> None:
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart=FAILS_IN_RIGA)
    result = run(project, "-l", "en")
    assert result.exit_code == 1
    assert "riga (en), capacity.ipynb, cell places-chart: IndexError" in result.stderr
    assert "failed; there is no page" in result.stdout
    assert (project / "outputs" / "site" / "en" / "zemgale-report.html").exists()
    assert not (project / "outputs" / "site" / "en" / "riga-report.html").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--region", "zemgal"], "'zemgal' is not a known region (known: riga, zemgale); nearest known: zemgale"),
        (["--language", "de"], "'de' is not a known language (known: lv, en)"),
        (["--audience", "everyone"], "'everyone' is not one of 'public', 'internal'"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
    ],
)
def test_run_ends_with_2_for_a_wrong_option_and_names_the_known(
    project: Path, options: list[str], sentence: str
) -> None:
    result = run(project, *options)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
    assert not (project / "outputs").exists()


def test_run_ends_with_75_when_another_run_is_going(project: Path) -> None:
    (project / "outputs").mkdir()
    with only_run(project / "outputs"):
        result = run(project)
    assert result.exit_code == 75
    assert result.stderr.startswith("Reports are being made already, by process")


def test_run_ends_with_5_for_data_that_may_not_be_published(project: Path) -> None:
    tiny.package(project / "data", access="restricted")
    result = run(project)
    assert result.exit_code == 5
    assert "is restricted and cannot be shown to the public" in " ".join(result.stderr.split())


def test_run_says_when_a_file_cannot_be_written(project: Path) -> None:
    (project / "outputs").write_text("a file where the folder should be", encoding="utf-8")
    result = run(project)
    assert result.exit_code == 1
    assert "A file could not be used" in result.stderr
    assert "Traceback" not in result.output


def test_a_scheduled_run_leaves_lines_for_programs(project: Path) -> None:
    log = project / "outputs" / "run.log"  # as schedules have it; nothing has been made yet
    result = run(project, "-l", "en", "--log-file", str(log), "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert [(each["region"], each["status"]) for each in said["reports"]] == [("riga", "made"), ("zemgale", "made")]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [each["chapter"] for each in lines] == ["capacity", "capacity", "", ""]
    assert {each["level"] for each in lines} == {"info"}
    assert "zemgale (en): " in result.stderr
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart=FAILS_IN_RIGA)
    result = run(project, "-l", "en", "--log-file", str(log), "--quiet")
    assert result.stdout == f"{project / 'outputs' / 'site' / 'index.html'}\n"
    assert result.stderr.startswith("Problem: riga (en), capacity.ipynb")
    assert [json.loads(line)["level"] for line in log.read_text(encoding="utf-8").splitlines()[4:]].count("error") == 2


def test_a_notebook_that_takes_longer_than_asked_is_stopped(project: Path) -> None:
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart="__import__('time').sleep(60)")
    result = run(project, "-l", "en", "-r", "riga", "--cell-limit", "1")
    assert result.exit_code == 1
    assert "the cell took longer than 1 second\n" in result.stderr


def test_a_region_without_its_option_is_told_the_option(project: Path) -> None:
    result = run(project, "zemgale", "en")
    assert result.exit_code == 2
    assert result.stderr == "What is wanted is an option each: socsvc run --region zemgale --language en\n"
    assert run(project, "--regoin", "zemgale").exit_code == 2
    assert not (project / "outputs").exists()


def test_the_values_of_an_indicator_are_printed_for_programs() -> None:
    values = CliRunner().invoke(app, ["indicators", "served_of_plan", "--region", "zemgale"])
    assert values.exit_code == 0, values.output
    rows = list(csv.DictReader(values.stdout.splitlines()))
    assert {row["territory"] for row in rows} == {"LV009"}
    assert ("166.0", "249.0") in {(row["numerator"], row["denominator"]) for row in rows}
    wrong = CliRunner().invoke(app, ["indicators", "served_of_plan", "--region", "zemgal"])
    assert wrong.exit_code == 2
    assert "nearest known: zemgale" in wrong.stderr


def test_the_library_leads_on_from_its_name() -> None:
    data = socsvc_analysis.open_data()
    assert f"version: {data.package.version}" in repr(data)
    assert socsvc_analysis.indicators.compute("places", data, region="riga").shape[0] > 0
    with pytest.raises(AttributeError, match="it has: open_data, charts, exploring, indicators"):
        getattr(socsvc_analysis, "places")  # noqa: B009  a name that is asked for


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"socsvc_analysis {__version__}\n"


def test_check_is_content_with_sound_data(project: Path) -> None:
    result = check(project)
    assert result.exit_code == 0
    assert "28 files checked, 0 figures, data version 1.0.0: no problems." in result.stdout


def test_check_finds_an_edit_by_hand_and_records_it_when_asked(project: Path) -> None:
    file = project / "data" / "reference" / "regions.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("Zemgale", "Zemgales reģions"), encoding="utf-8")
    result = check(project)
    assert result.exit_code == 5
    assert "reference/regions.csv" in result.stderr
    assert "differs from what datapackage.json recorded" in " ".join(result.stderr.split())
    assert "28 files recorded and checked" in check(project, "--record").stdout
    assert check(project).exit_code == 0


def test_check_lists_every_problem_of_every_table(project: Path) -> None:
    sources = project / "data" / "reference" / "sources.csv"
    sources.write_text(sources.read_text(encoding="utf-8").replace(",full,", ",complete,"), encoding="utf-8")
    regions = project / "data" / "reference" / "regions.csv"
    regions.write_text(regions.read_text(encoding="utf-8").replace("LV009,1", "LV009,first"), encoding="utf-8")
    # What breaks its contract is listed, and not recorded as right.
    result = check(project, "--record")
    assert result.exit_code == 5
    said = " ".join(result.stderr.split())
    assert "reference/sources.csv 2 url_status complete is not one of: full," in said
    assert "reference/regions.csv 3 order first is not a whole number" in said


def test_check_records_nothing_that_names_what_is_not_there(project: Path) -> None:
    before = (project / "data" / "datapackage.json").read_bytes()
    towns = project / "data" / "reference" / "towns.csv"
    towns.write_text("town,genitive,municipality,municipality_then\nAuce,Auces,0000001,0000001\n", encoding="utf-8")
    result = check(project, "--record")
    assert result.exit_code == 5
    assert "is not in municipalities.code" in " ".join(result.stderr.split())
    assert (project / "data" / "datapackage.json").read_bytes() == before


def test_check_names_a_table_that_nobody_described(project: Path) -> None:
    (project / "data" / "reference" / "vacancies.csv").write_text("region,posts\n", encoding="utf-8")
    result = check(project)
    assert result.exit_code == 5
    assert "reference/vacancies.csv has no entry in datapackage.json" in " ".join(result.stderr.split())


def test_check_says_when_there_is_no_data(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_indicators_are_listed_and_shown() -> None:
    listed = CliRunner().invoke(app, ["indicators"])
    assert listed.exit_code == 0
    assert REGISTRY
    assert all(name in listed.stdout for name in REGISTRY)
    name, indicator = next(iter(REGISTRY.items()))
    shown = CliRunner().invoke(app, ["indicators", name, "--language", "lv"])
    assert shown.exit_code == 0
    assert indicator.title("lv") in " ".join(shown.stdout.split())


def test_an_unknown_indicator_names_the_known_ones() -> None:
    result = CliRunner().invoke(app, ["indicators", "placs"])
    assert result.exit_code == 2
    assert "'placs' is not a known indicator" in result.stderr
    assert "nearest known: places" in result.stderr
    result = CliRunner().invoke(app, ["indicators", "--language", "de"])
    assert result.exit_code == 2
    assert "known: lv, en" in result.stderr


def test_publish_records_the_version_and_says_what_to_do_next(project: Path) -> None:
    def publish(*options: str) -> Result:
        return CliRunner().invoke(app, ["publish", "--data", str(project / "data"), *options])

    assert publish().exit_code == 2
    half = publish("--state", "final", "--note-lv", "Pārbaudīts.")
    assert half.exit_code == 2
    assert "A note is needed in both languages" in half.output
    result = publish("--state", "final", "--note-lv", "Pārbaudīts.", "--note-en", "Checked.")
    assert result.exit_code == 0, result.output
    said = "Data version 1.0.0 is recorded as published (final), with 0 figures. Now make the pages: socsvc run"
    assert said in result.stdout
    assert check(project).exit_code == 0
    row = (project / "data" / "reference" / "publications.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert row.startswith("1.0.0,")
    assert row.endswith(",final,Pārbaudīts.,Checked.")


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_wish_to_stop_that_comes_when_all_is_done_changes_nothing(number: str) -> None:
    done = ended(f"atexit.register(os.kill, os.getpid(), signal.{number}); command.app = lambda: None; command.main()")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_wish_to_stop_is_heard_where_a_library_makes_another_failure_of_it(number: str) -> None:
    swallowed = f"""
with terminal.stoppable():
    try:
        exec("os.kill(os.getpid(), signal.{number})")
    except BaseException:
        raise ImportError("initialization failed")
"""
    done = ended(swallowed)
    assert done.returncode == STOPPED
    assert done.stderr.startswith("Stopped.")
    assert "Traceback" not in done.stderr
