"""What goes wrong with a run is put into it: the site stays whole, the reason is said, the next run goes on."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import tiny
from processes import until
from typer.testing import CliRunner

from socsvc_analysis import files
from socsvc_analysis.cli import app
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.report import history, site, status
from socsvc_analysis.report import run as runs
from socsvc_analysis.report.chapters import Limits, find_chapters
from socsvc_analysis.report.engine import _Watch
from socsvc_analysis.report.nursery import FASTEST, FORKED, Nursery
from socsvc_analysis.report.run import Summary, make_reports
from socsvc_analysis.report.tasks import ChapterRun
from socsvc_analysis.report.workers import Place, Workers, _outcome
from socsvc_analysis.schema import DataError

ROOT = Path(__file__).parents[1]
OLD, NEW = ({"index.html": text, "lv/zemgale.html": text * 2, "data/a.csv": text} for text in (b"old", b"new"))
STEPS = ("open", "mkdir", "rename", "replace", "symlink", "utime")
MOMENTS = int(os.environ.get("MOMENTS", "1"))
"""How many random moments each signal comes at; more of them take long and find what is rare."""
LITTLE = 310_000 << 10
"""Bytes of memory that the command itself can do with, and what kernels import cannot."""
posix = pytest.mark.skipif(os.name != "posix", reason="signals and forks")
linux = pytest.mark.skipif(FASTEST != FORKED, reason="kernels are forked")
Fails = Callable[[int], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny project; its path has a space, a brace and letters that are not ASCII."""
    return tiny.project(tmp_path / "mazs {projekts} āž")


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits until the disk has written: these tests kill processes, not machines."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def run_all(project: Path, nursery: Nursery | None) -> Callable[..., Summary]:
    """Makes the project's reports in Latvian."""
    folders = (project / "data", project / "notebooks", project / "outputs")
    return partial(make_reports, *folders, languages=["lv"], jobs=2, nursery=nursery)


def shown(output: Path) -> dict[str, bytes]:
    return site.contents_shown(output, "site")


def statuses(summary: Summary) -> list[str]:
    return [each.status for each in summary.reports]


# Publishing, at each of its steps


def interrupted(at: int, stop: Callable[[], None], patch: pytest.MonkeyPatch) -> list[int]:
    """From now on the step ``at`` of all that changes files is ``stop`` in its place; gives how many there were."""
    done = [0]

    def counted(step: Callable[..., object]) -> Callable[..., object]:
        def take(*arguments: object, **options: object) -> object:
            done[0] += 1
            if done[0] == at:
                stop()
            return step(*arguments, **options)

        return take

    for name in STEPS:
        patch.setattr(os, name, counted(getattr(os, name)))
    patch.setattr(Path, "open", counted(Path.open))
    patch.setattr(os, "fsync", counted(os.fsync))
    return done


def steps_of_publishing(output: Path) -> int:
    site.publish(OLD, output)
    with pytest.MonkeyPatch.context() as patch:
        done = interrupted(0, lambda: None, patch)
        site.publish(NEW, output)
    return done[0]


@pytest.mark.slow
@posix
@pytest.mark.usefixtures("unhurried")
def test_publishing_that_is_killed_at_any_step_leaves_the_old_site_or_the_new(tmp_path: Path) -> None:
    count = steps_of_publishing(tmp_path / "count")
    assert count > 10
    seen = set()
    for at in range(1, count + 1):
        output = tmp_path / str(at)
        site.publish(OLD, output)
        if not (child := os.fork()):
            with pytest.MonkeyPatch.context() as patch:
                interrupted(at, lambda: os._exit(9), patch)
                site.publish(NEW, output)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        found = shown(output)
        assert found in (OLD, NEW), at
        seen.add(found["index.html"])
        site.publish(NEW, output)
        assert shown(output) == NEW
        assert not list((output / site.RELEASES).glob(f"{site.UNFINISHED}*"))
    assert seen == {b"old", b"new"}


@pytest.mark.usefixtures("unhurried")
def test_publishing_without_room_or_right_leaves_the_old_site_and_nothing_else(tmp_path: Path) -> None:
    count = steps_of_publishing(tmp_path / "count")
    for at in range(1, count + 1):
        output = tmp_path / str(at)
        site.publish(OLD, output)
        number = (errno.ENOSPC, errno.EROFS)[at % 2]
        with pytest.MonkeyPatch.context() as patch:

            def fail(number: int = number) -> None:
                raise OSError(number, os.strerror(number))

            interrupted(at, fail, patch)
            try:
                site.publish(NEW, output)
            except OSError as failure:
                assert failure.errno == number
        assert shown(output) in (OLD, NEW)
        site.publish(NEW, output)
        assert shown(output) == NEW
        assert not list((output / site.RELEASES).glob(f"{site.UNFINISHED}*"))


@posix
def test_a_file_without_room_is_named_and_not_left_half(tmp_path: Path) -> None:
    """The system itself refuses: no file may be larger than a few bytes."""
    lines = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom socsvc_analysis.files import write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))\n"
        "try:\n    write_whole(Path(sys.argv[1]), b'x' * 99)\nexcept OSError as failure:\n    print(failure.filename)"
    )
    path = tmp_path / "lapa ā.html"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", lines, path], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == str(path)
    assert list(tmp_path.iterdir()) == []


# A run


def within(memory: int) -> None:
    """Allow this process so much memory, and those that it starts."""
    import resource  # there is none on Windows

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


@pytest.mark.slow
def test_a_run_without_room_says_where_before_it_makes_anything(
    project: Path, run_all: Callable[..., Summary], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = namedtuple("disk", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: disk(10**12, 10**12, 3_000_000))
    with pytest.raises(runs.RunError, match=r"too little room in .*āž/outputs: 3 MB are free and 50 MB are needed"):
        run_all()
    assert not (project / "outputs" / "site").exists()


@dataclass(frozen=True)
class OnAFullDisk:
    """Something a worker does that finds no room; the file is the one that it wanted to write."""

    file: str

    def done(self, place: Place) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.file)

    def lost(self, why: str) -> object:
        return why


def test_the_first_file_without_room_ends_the_run_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = multiprocessing.Pipe()
    monkeypatch.setattr(Workers, "_started", lambda workers: ours)
    workers = Workers(1, Place())
    for file in ("lapa.html", "never.html"):
        workers.give(OnAFullDisk(file))
    theirs.send(_outcome(OnAFullDisk("lapa.html"), Place()))
    with pytest.raises(OSError, match=r"No space left on device: 'lapa.html'"):
        list(workers.results())


def test_no_notebook_is_begun_and_none_goes_on_when_the_run_takes_too_long(project: Path) -> None:
    limits = replace(Limits(run=8).begun(), ends=time.monotonic() - 1)
    chapter = find_chapters(project / "notebooks")[0]
    late = ChapterRun(chapter, {"region": "riga", "language": "lv"}, project / "a.ipynb", {}, project, limits)
    assert str(late.done(Place()).problem).endswith("the run took longer than 8 seconds")
    watch = _Watch(limits)
    assert watch(tiny.cells()[2]) == 0.1
    assert watch.exceeded() == "the run took longer than 8 seconds"


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_ended(project: Path, run_all: Callable[..., Summary]) -> None:
    def stop(*told: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(progress=stop)
    assert not (project / "outputs" / "site").exists()
    again = []
    assert run_all(progress=lambda result, *counts: again.append(result.unchanged)).complete
    assert True in again
    page = (project / "outputs" / "status.html").read_text(encoding="utf-8")
    assert ">apturēta<" in page
    assert "viss sagatavots" in page


@pytest.mark.slow
def test_what_is_damaged_is_made_anew(project: Path, run_all: Callable[..., Summary]) -> None:
    run_all()
    output = project / "outputs"
    before, manifest = shown(output), output / "manifest.json"
    for damage in ("{", "[]", '{"reports": [{"status": "x"}]}'):
        manifest.write_text(damage, encoding="utf-8")
        (output / history.RUNS).open("a", encoding="utf-8").write(f"{damage}\n")
        assert statuses(run_all()) == ["unchanged", "unchanged"]
        assert shown(output) == before
        assert len(json.loads(manifest.read_text(encoding="utf-8"))["reports"]) == 2
    said = (output / "status.html").read_text(encoding="utf-8")
    assert "Failā runs.jsonl ir bojātas rindas, kuras nevar nolasīt: 3." in said


@pytest.mark.slow
def test_data_that_change_while_they_are_read_are_on_no_page(project: Path, run_all: Callable[..., Summary]) -> None:
    run_all()
    before = shown(project / "outputs")
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart="Html('<p>2</p>')")

    def change(*told: object) -> None:
        update_descriptor(project / "data", version="2.0.0", created="2025-01-01")

    with pytest.raises((runs.RunError, DataError), match="the data have changed since the run began; run once more"):
        run_all(reasons=change)
    assert shown(project / "outputs") == before
    assert run_all().complete


@posix
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("seed", range(MOMENTS))
def test_a_run_that_is_ended_at_any_moment_leaves_one_whole_site(
    project: Path, run_all: Callable[..., Summary], seed: int, number: signal.Signals
) -> None:
    output, place = project / "outputs", project.parent / "tmp"
    place.mkdir()
    run_all(regions=["zemgale"])
    before = shown(output)
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart="Html('<p>2</p>')")
    options = ["--data", "data", "--notebooks", "notebooks", "--output", "outputs", "-r", "zemgale", "-l", "lv"]
    run = subprocess.Popen(
        [sys.executable, "-m", "socsvc_analysis", "run", *options],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    until(lambda: (output / runs.HOLDER).exists() or run.poll() is not None, 60)
    time.sleep(random.Random(f"{seed} {number}").uniform(0, 4))
    run.send_signal(number)
    _, said = run.communicate(timeout=60)
    assert run.returncode in (0, 130 if number != signal.SIGKILL else -number)
    assert "Traceback" not in said
    after = shown(output)
    until(lambda: not list(place.iterdir()), 20)
    assert run_all(regions=["zemgale"]).complete
    assert after in (before, shown(output))
    assert before != shown(output)


@linux
@pytest.mark.slow
def test_a_run_that_memory_does_not_suffice_for_says_so_and_what_helps(project: Path) -> None:
    places = ["--data", project / "data", "--notebooks", project / "notebooks", "--output", project / "outputs"]
    done = subprocess.run(
        [sys.executable, "-m", "socsvc_analysis", "run", *map(str, places)],
        cwd=ROOT,
        preexec_fn=partial(within, LITTLE),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("memory ran out: run again with fewer --jobs, or more memory")
    assert "Traceback" not in done.stderr


@posix
@pytest.mark.slow
def test_equal_inputs_give_equal_bytes_wherever_and_however(
    project: Path, run_all: Callable[..., Summary], tmp_path: Path
) -> None:
    run_all(regions=["zemgale"])
    strange = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "77", "PYTHONUTF8": "0"}
    places = ["--data", project / "data", "--notebooks", project / "notebooks", "--output", tmp_path / "citur ķ"]
    options = ["-r", "zemgale", "-l", "lv", "--jobs", "1", "--engine", "stock"]
    done = subprocess.run(
        [sys.executable, "-m", "socsvc_analysis", "run", *map(str, (*places, *options))],
        cwd="/",
        env={**os.environ, **strange, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert shown(tmp_path / "citur ķ") == shown(project / "outputs")


# The page of status


def test_every_end_of_a_run_is_on_the_page_of_status(tmp_path: Path) -> None:
    ends = [each for each in history.OUTCOMES if each]
    for number, outcome in enumerate(["", *ends] * 2):
        started = f"2026-01-{number + 1:02}T05:30:00Z"
        history.add(tmp_path, history.Run(f"{started} 7", "public", started, "1.0.0", "ab", "", outcome, {}, ["<b>"]))
    status.write_status(tmp_path)
    page = (tmp_path / status.STATUS).read_text(encoding="utf-8")
    assert page.count('<th scope="row"><time') == 2 * status.LAST  # in two languages
    assert "2026-01-12 05:30:00" in page
    assert "2026-01-02 05:30:00" not in page
    assert "<b>" not in page
    for said in ("vēl notiek vai tika pārtraukta", "datus nevar izmantot", "daļa neizdevās", "some of it failed"):
        assert said in page


def test_data_that_are_refused_are_on_the_page_of_status(project: Path) -> None:
    (project / "data" / "reference" / "regions.csv").write_text("x", encoding="utf-8")
    places = ["--data", project / "data", "--notebooks", project / "notebooks", "--output", project / "outputs"]
    assert CliRunner().invoke(app, ["run", *map(str, places)]).exit_code == 5
    page = (project / "outputs" / "status.html").read_text(encoding="utf-8")
    assert "reference/regions.csv: differs from what datapackage.json recorded" in page


def test_a_line_after_one_that_was_cut_off_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"whole\ncut o")
    files.add_line(tmp_path / "a", "ā")
    files.add_line(tmp_path / "a", "b")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "whole\ncut o\nā\nb\n"
