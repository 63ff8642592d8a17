"""What is done with a site that is made: versions, going back, one region as a file, and schedules."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from socsvc_analysis.cli import app
from socsvc_analysis.project import LIBRARY
from socsvc_analysis.report import site
from socsvc_analysis.report.pages import Document, Page, gap
from socsvc_analysis.report.releases import bundle, releases, roll_back
from socsvc_analysis.report.run import RunBusy, only_run
from socsvc_analysis.scheduling import Scheduler, schedule_for
from socsvc_analysis.schema import DataError

LINKS = {"riga.html": "Rīga", "../en/zemgale.html": "English"}
PAGE = "".join(
    f'<a data-page="{to}"{gap("link", "", to, f""" href="{to}" """.rstrip())}>{name}</a>' for to, name in LINKS.items()
)
FOLDER = Path("/srv/socsvc")


def contents(version: str) -> dict[str, Document]:
    return {
        "datapackage.json": json.dumps({"version": version}).encode(),
        "lv/zemgale.html": Page.made(PAGE, version, "2024-01-05"),
        "en/zemgale.html": version.encode(),
        "en/zemgale.xlsx": b"PK",
        "lv/riga.html": b"",
    }


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A folder of outputs with three versions of the site; the last is shown."""
    for version in ("1", "2", "3"):
        site.publish(contents(version), tmp_path)
    return tmp_path


def shown(output: Path) -> str:
    return json.loads((output / "site" / "datapackage.json").read_text(encoding="utf-8"))["version"]


def test_the_versions_that_are_kept_are_listed_the_newest_first(output: Path) -> None:
    assert [(each.data_version, each.shown) for each in releases(output)] == [("3", True), ("2", False), ("1", False)]
    listed = CliRunner().invoke(app, ["versions", "--output", str(output)])
    assert [line.split()[1] for line in listed.stdout.splitlines()[1:]] == ["3", "2", "1"]


def test_the_version_shown_last_is_the_newest_also_after_the_clock_was_put_back(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1e9)
    for version in range(4, 4 + site.KEPT_RELEASES):
        site.publish(contents(str(version)), output)
    assert [int(each.data_version) for each in releases(output)] == [*range(3 + site.KEPT_RELEASES, 3, -1)]


def test_going_back_shows_the_version_before_and_the_next_run_goes_on(output: Path) -> None:
    assert roll_back(output).data_version == "2"
    assert shown(output) == "2"
    assert roll_back(output).data_version == "1"
    with pytest.raises(DataError, match="no version before"):
        roll_back(output)
    assert roll_back(output, releases(output)[0].name).data_version == "3"
    with pytest.raises(DataError, match="'site-0' is not kept"):
        roll_back(output, "site-0")
    site.publish(contents("4"), output)
    assert shown(output) == "4"


def test_nothing_goes_back_while_a_run_is_going(output: Path) -> None:
    with only_run(output), pytest.raises(RunBusy):
        roll_back(output)
    assert shown(output) == "3"


def test_only_the_last_versions_stay(output: Path) -> None:
    for version in range(4, 4 + site.KEPT_RELEASES):
        site.publish(contents(str(version)), output)
    assert len(releases(output)) == site.KEPT_RELEASES


def test_a_region_is_one_file_whose_links_stay_inside(output: Path) -> None:
    made = bundle(output, "zemgale")
    assert made == bundle(output, "zemgale")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == ["en/zemgale.html", "en/zemgale.xlsx", "lv/zemgale.html"]
        page = archive.read("lv/zemgale.html").decode()
    assert '<a data-page="riga.html">' in page
    assert '<a data-page="../en/zemgale.html" href="../en/zemgale.html">' in page
    with pytest.raises(DataError, match="'zemgal' is not on the site; make its pages first; nearest known: zemgale"):
        bundle(output, "zemgal")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("mail", ["", "clerk@example.org"])
def test_systemd_takes_its_units(tmp_path: Path, mail: str) -> None:
    for file, text in schedule_for(Scheduler.systemd, tmp_path, mail=mail).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    units = sorted(map(str, (*tmp_path.glob("*.service"), *tmp_path.glob("*.timer"))))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert str(tmp_path) not in done.stderr


def test_a_line_of_cron_says_problems_only_and_forgives_another_run() -> None:
    text = schedule_for(Scheduler.cron, FOLDER, "05:07", "clerk@example.org")["socsvc.cron"]
    assert "MAILTO=clerk@example.org" in text
    (line,) = re.findall(r"^\d.*", text, re.MULTILINE)
    minute, hour, *days, command = line.split(" ", 5)
    assert (minute, hour, days) == ("7", "5", ["*", "*", "*"])
    assert "%" not in command  # cron ends the command at a per cent sign
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0


@pytest.mark.skipif(shutil.which("timeout") is None, reason="the system has no such command")
def test_what_cron_starts_is_ended_when_it_hangs_and_that_is_said() -> None:
    text = schedule_for(Scheduler.cron, FOLDER)["socsvc.cron"]
    (limited,) = re.findall("&& (timeout .* 1h) /", text)
    ended = subprocess.run([*limited.replace("1h", "0.1").split(), "sleep", "30"], capture_output=True, check=False)
    assert ended.returncode == 124
    assert b"TERM" in ended.stderr  # what is said there cron writes to somebody


def test_the_workflow_runs_what_the_readme_says() -> None:
    for folder, command in ((LIBRARY.parent, "make report"), (FOLDER, "socsvc run")):
        workflow = yaml.safe_load(schedule_for(Scheduler.github, folder)["pages.yml"])
        assert workflow[True]["schedule"] == [{"cron": "30 5 * * *"}]  # YAML takes `on` for true
        assert {"run": command} in workflow["jobs"]["run"]["steps"]


def test_the_files_of_airflow_and_jupyter_can_be_read() -> None:
    calls = {
        node.func.id: {each.arg for each in node.keywords}
        for node in ast.walk(ast.parse(schedule_for(Scheduler.airflow, FOLDER)["socsvc_run.py"]))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls["DAG"] == {"dag_id", "schedule", "start_date", "catchup", "max_active_runs"}
    assert {"cwd", "bash_command", "skip_on_exit_code", "execution_timeout"} < calls["BashOperator"]
    job = json.loads(schedule_for(Scheduler.jupyter, FOLDER)["socsvc.json"])
    assert job["schedule"] == "30 5 * * *"
    # The scheduler of JupyterLab writes `name = value` into the notebook as it stands here.
    given = {name: ast.literal_eval(value) for name, value in job["parameters"].items()}
    assert given == {
        "region": "zemgale",
        "language": "lv",
        "audience": "public",
        "data": f"{FOLDER}/data/datapackage.json",
    }


@pytest.mark.parametrize(
    ("folder", "at", "mail", "said"),
    [
        ("/srv/socsvc", "24:00", "", "'24:00' is not a time"),
        ("/srv/Rīgas dati", "05:30", "", "has letters that schedulers take for signs"),
        ("/srv/socsvc", "05:30", "a@b; rm -r /", "is not an address"),
    ],
)
def test_what_a_scheduler_would_misread_is_refused(folder: str, at: str, mail: str, said: str) -> None:
    with pytest.raises(DataError, match=re.escape(said)):
        schedule_for(Scheduler.cron, Path(folder), at, mail)


def test_files_are_written_where_it_is_asked(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["schedule", "systemd", "--to", str(tmp_path / "units")])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "units").iterdir()) == [
        "socsvc.logrotate", "socsvc.service", "socsvc.timer"
    ]  # fmt: skip


def test_where_no_version_is_kept_that_is_said(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["versions", "--output", str(tmp_path / "none")])
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert "No version of the site is kept" in listed.stderr
