"""The package by itself: what travels in it, what must not, and that it works in an empty environment and folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest
from packages import DATA

from socsvc_analysis import project
from socsvc_analysis.beginning import lay_out
from socsvc_analysis.datapackage import open_package
from socsvc_analysis.project import here, not_for_everybody
from socsvc_analysis.schema import DataError
from socsvc_analysis.terminal import own_data

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "README.md", ".gitignore", ".ci", "socsvc_analysis", "notebooks", "data")
"""What a wheel is built of."""
RESTRICTED = "data/observations/received.csv"

pytest.importorskip("hatchling")


def built(source: Path, to: Path, target: str) -> Path:
    """The wheel or sdist of the sources in a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(to)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = to.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of what the package is built of."""
    copy = tmp_path / "sources"
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    shutil.copytree(ROOT / ".ci", copy / ".ci", dirs_exist_ok=True)
    return copy


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library as if it were installed: its notebooks and data lie inside it."""
    folder = tmp_path / "site-packages" / "shipped"
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, folder / name)
    monkeypatch.setattr(project, "SHIPPED", folder)
    return folder


def test_the_wheel_brings_notebooks_open_data_and_the_template(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    described = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    inside = "socsvc_analysis/shipped"
    wanted = {f"{inside}/data/{each['path']}" for each in described}
    wanted |= {f"{inside}/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    wanted |= {f"{inside}/data/mappings/{path.name}" for path in (DATA / "mappings").glob("*.toml")}
    assert wanted <= names
    assert any(name.endswith("data/share/jupyter/nbconvert/templates/socsvc_page/conf.json") for name in names)
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "notebooks", "data/"))]


def test_the_sdist_has_the_tests_and_makes_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "from", filter="data")
    (unpacked,) = (tmp_path / "from").iterdir()
    for path in ("tests/test_install.py", "tests/mini/datapackage.json", "requirements.txt", "Makefile", ".ci/run"):
        assert (unpacked / path).is_file(), path
    again = built(unpacked, tmp_path / "again", "wheel")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_nothing_restricted_is_built_into_a_package(sources: Path, tmp_path: Path) -> None:
    assert not_for_everybody(sources) == []
    with (sources / RESTRICTED).open("a", encoding="utf-8") as rows:
        rows.write("x,x\n")
    (sources / "data" / "klienti.xlsx").write_bytes(b"PK")
    notebook = sources / "notebooks" / "clients.ipynb"
    shown = nbformat.read(notebook, as_version=4)
    next(cell for cell in shown.cells if cell.cell_type == "code").outputs = [
        nbformat.v4.new_output("stream", text="3")
    ]
    nbformat.write(shown, notebook)
    for target in ("wheel", "sdist"):
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(tmp_path / "dist")]
        done = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        for said in (
            f"{RESTRICTED} is restricted and has rows",
            "data/klienti.xlsx is not described in datapackage.json",
            "notebooks/clients.ipynb holds what its cells showed",
        ):
            assert said in done.stderr
        assert not list(tmp_path.glob("dist/*.*"))


def test_outside_of_a_project_the_data_of_the_package_are_read_and_never_changed(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    place = here()
    assert (place.folder, place.data, place.notebooks) == (empty, shipped / project.DATA, shipped / "notebooks")
    assert place.outputs == empty / "outputs"
    assert open_package().path == shipped / project.DATA  # the path that notebooks have by themselves
    with pytest.raises(DataError, match="begin one with: socsvc new"):
        own_data(None)
    assert own_data(DATA) == DATA


def test_a_project_has_its_own_data_notebooks_and_schedules(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "projekts"
    assert lay_out(folder) == []
    assert {path.name for path in folder.iterdir()} == {
        *("README.md", ".gitignore", "requirements.txt", "data", "notebooks", "schedules")
    }
    monkeypatch.chdir(folder / "notebooks")
    place = here()
    assert (place.folder, place.own, place.notebooks) == (folder, True, folder / "notebooks")
    assert own_data(None) == folder / project.DATA
    assert open_package(place.data).hash == open_package(shipped / project.DATA).hash
    assert "{{" not in "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.*"))
    assert sorted(path.name for path in (folder / "schedules").iterdir()) == [
        "airflow", "cron", "github", "jupyter", "systemd"
    ]  # fmt: skip
    shutil.rmtree(folder / "notebooks")
    monkeypatch.chdir(folder)
    assert here().notebooks == shipped / "notebooks"


def test_a_project_is_laid_out_whole_or_not_at_all(shipped: Path, tmp_path: Path) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="is not empty"):
        lay_out(used)
    assert [path.name for path in used.iterdir()] == ["a.txt"]
    spaced = tmp_path / "mans projekts"
    (problem,) = {str(each).partition(":")[0] for each in lay_out(spaced)}
    assert problem == "folder"  # schedulers would misread the path; all else is there
    assert (spaced / "schedules" / "github").is_dir() and not (spaced / "schedules" / "cron").exists()
    with (shipped / RESTRICTED).open("a", encoding="utf-8") as rows:
        rows.write("x,x\n")
    with pytest.raises(DataError, match="is restricted and has rows: it is not copied"):
        lay_out(tmp_path / "next")
    assert not (tmp_path / "next").exists()


class Installed:
    """An environment that has the wheel, and the packages it needs from the present one; nothing else of ours."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        venv.create(folder, symlinks=os.name == "posix")
        self.folder = folder
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        (self.library,) = (path for path in folder.rglob("site-packages"))
        # Only the folder is added: what it says in .pth files, such as where this checkout is, does not count.
        (self.library / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        templates = "share/jupyter/nbconvert/templates"
        ours = shutil.ignore_patterns("socsvc_page")
        shutil.copytree(Path(sysconfig.get_path("data"), templates), folder / templates, ignore=ours)
        pip = ["-m", "pip", "--python", str(self.python), "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
        subprocess.run([sys.executable, *pip], check=True, capture_output=True)

    def run(self, arguments: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """The Python of the environment with ``arguments`` in a folder."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = [str(self.python), *arguments]
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)

    def socsvc(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return self.run(["-m", "socsvc_analysis", *arguments], cwd)

    def state(self) -> dict[str, str]:
        """A hash of every file that came with the package."""
        folder = self.library / "socsvc_analysis" / "shipped"
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()
        }


@pytest.mark.slow
def test_an_installed_package_makes_pages_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    installed = Installed(tmp_path / "environment", wheel)
    before = installed.state()
    empty = tmp_path / "tukša mape"
    empty.mkdir()
    where = installed.run(["-c", "import socsvc_analysis as s; print(s.__file__); s.open_data()"], empty)
    assert where.stdout.startswith(str(installed.library)), where.stderr

    made = installed.socsvc("run", "--region", "zemgale", "--language", "en", "--quiet", cwd=empty)
    assert made.returncode == 0, made.stderr
    assert Path(made.stdout.strip()) == empty / "outputs" / "site" / "index.html"
    assert (empty / "outputs" / "site" / "en" / "zemgale.html").is_file()
    assert [path.name for path in empty.iterdir()] == ["outputs"]

    executed = empty / "outputs" / "notebooks" / "en" / "zemgale" / "capacity.ipynb"
    converting = ["-m", "nbconvert", "--to", "html", "--template", "socsvc_page", str(executed), "--output-dir", "."]
    converted = installed.run(converting, empty)
    assert converted.returncode == 0, converted.stderr
    page = (empty / "capacity.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page and "<h2>Capacity" in page and "In [" not in page

    refused = installed.socsvc("check", "--record", cwd=empty)
    assert refused.returncode == 2
    assert "begin one with: socsvc new" in refused.stderr
    assert installed.socsvc("new", "projekts", cwd=empty).returncode == 0
    recorded = installed.socsvc("check", "--record", cwd=empty / "projekts")
    assert recorded.returncode == 0, recorded.stderr
    assert installed.state() == before
