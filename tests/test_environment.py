"""The three lists of packages say the same, and the first call of ``make`` says what it lacks."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from parsed import nodes_of

from socsvc_analysis import __version__

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "playwright-python": "playwright"}
COME_WITH = {
    "zmq": "pyzmq",
    "ipython": "ipykernel",
    "numpy": "pandas",
    "packaging": "pytest",
    "urllib3": "requests",
    "yaml": "papermill",
}
"""Imported packages that a declared one always brings along."""
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared() -> dict[str, SpecifierSet]:
    """Packages of pyproject.toml with their bounds: to run, to test, to build."""
    said = project()
    lists = [
        said["project"]["dependencies"],
        *said["project"]["optional-dependencies"].values(),
        said["build-system"]["requires"],
    ]
    requirements = [Requirement(line) for one in lists for line in one]
    return {canonicalize_name(each.name): each.specifier for each in requirements}


ALL, SERVER, LAB = LOCKS = ("requirements.txt", ".ci/requirements-server.txt", ".ci/requirements-lab.txt")
NOT_ON_A_SERVER = {
    *("jupyterlab", "notebook", "ipywidgets", "itables", "pytest", "playwright", "ruff", "hatchling", "statsmodels")
}


def lock_entries(lock: str) -> list[str]:
    """The entries of a lock, each with its continuation lines."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def locked(lock: str) -> dict[str, list[Version]]:
    """The versions of each package in a lock; there may be several, for several Pythons."""
    versions: dict[str, list[Version]] = {}
    for entry in lock_entries(lock):
        name, version = PINNED.match(entry).groups()
        versions.setdefault(canonicalize_name(name), []).append(Version(version))
    return versions


def test_every_declared_package_is_locked_within_its_bounds() -> None:
    versions = locked(ALL)
    for name, bounds in declared().items():
        assert versions.get(name), f"{name} is not in {ALL}"
        assert all(version in bounds for version in versions[name]), f"{name} {versions[name]} is not {bounds}"


def test_a_server_gets_what_runs_need_and_a_desk_to_explore_at_more_of_the_same() -> None:
    said = project()["project"]
    to_run = {canonicalize_name(Requirement(line).name) for line in said["dependencies"]}
    to_explore = {canonicalize_name(Requirement(line).name) for line in said["optional-dependencies"]["lab"]}
    versions, server, lab = map(locked, LOCKS)
    assert to_run <= set(server) < set(lab) < set(versions)
    assert to_explore <= set(lab) and not to_explore & set(server)
    assert not NOT_ON_A_SERVER & set(server)
    for part in (server, lab):
        assert {name: versions[name] for name in part} == part


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_nothing_says_where_it_comes_from(lock: str) -> None:
    for entry in lock_entries(lock):
        assert PINNED.match(entry), f"not pinned: {entry[:60]}"
        assert "--hash=sha256:" in entry, f"no hash: {entry[:60]}"
        assert "://" not in entry
        assert " @ " not in entry
        assert "index" not in entry.split()[0]


def test_no_file_of_the_build_names_an_index() -> None:
    for name in ("Makefile", ".ci/run", "pyproject.toml", *LOCKS, "environment.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"--(extra-)?index-url[ =]|--find-links|pypi\.org|trusted-host", text), name


def test_the_conda_environment_has_the_same_packages_and_bounds() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    bounds = {}
    from_pip = [line for part in conda if isinstance(part, dict) for line in part["pip"]]
    for line in [*(part for part in conda if isinstance(part, str)), *from_pip]:
        name, _, bound = line.partition(">=")
        bounds[canonicalize_name(CONDA_NAMES.get(name, name))] = SpecifierSet(f">={bound}" if bound else "")
    assert bounds.pop("python") == SpecifierSet(project()["project"]["requires-python"])
    assert bounds.pop("pip") == SpecifierSet("")
    assert bounds == declared()


def test_every_package_that_is_imported_is_declared() -> None:
    imported = set()
    for path in [*(ROOT / "socsvc_analysis").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for node in nodes_of(path):
            if isinstance(node, ast.Import):
                imported |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    own = {"socsvc_analysis", "msvcrt", *(path.stem for path in (ROOT / "tests").rglob("*.py"))}
    names = {canonicalize_name(each) for each in imported - set(sys.stdlib_module_names) - own}
    assert names - set(declared()) <= set(COME_WITH), names - set(declared()) - set(COME_WITH)


def test_every_part_names_the_same_oldest_python() -> None:
    oldest = project()["project"]["requires-python"].removeprefix(">=")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in makefile
    assert f"--python-version {oldest}" in makefile
    assert f"Python {oldest} or later" in makefile


def test_every_part_names_the_same_version_and_pythons() -> None:
    said = project()["project"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == said["version"]
    assert said["version"] == __version__
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    tried = workflow["jobs"]["check"]["strategy"]["matrix"]["python"]
    assert {f"Programming Language :: Python :: {each}" for each in tried} < set(said["classifiers"])
    assert {"run": ".ci/run"} in workflow["jobs"]["check"]["steps"]


def test_the_package_holds_what_it_reads() -> None:
    package = ROOT / "socsvc_analysis"
    for path in ("messages/page.toml", "report/templates/page.css", "report/templates/documents/brief.html.j2"):
        assert (package / path).is_file()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_a_missing_or_old_python_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    old = folder / "old python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    for python, sentence in (("no-such-python", "was not found"), (str(old), "is older")):
        made = subprocess.run(
            ["make", f"PYTHON={python}", "report"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert made.returncode != 0
        assert sentence in made.stdout
        assert not (folder / ".venv").exists()


@pytest.mark.skipif(os.name != "posix", reason="the check of changes is a bash script")
def test_the_check_of_changes_is_a_sound_script() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
