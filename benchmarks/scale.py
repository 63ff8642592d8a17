"""15, 60 and 240 reports: does the time grow with their number and nothing else, and does memory stay flat?"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ways import DATA, NOTEBOOKS, emptied, jobs
from socsvc_analysis.report.chapters import Limits
from socsvc_analysis.report.nursery import FORKED, Nursery
from socsvc_analysis.report.tasks import ChapterRun
from socsvc_analysis.report.workers import Place, Workers
from socsvc_analysis.report.workplace import workplace

NUMBERS = (15, 60, 240)
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Scaled:
    """What it took to run ``number`` chapters with a nursery that is already there."""

    number: int
    seconds: float
    own_memory: float  # MiB that a worker holds beyond what it shares, the most that was seen


def scaled(number: int, folder: Path, workers: int) -> Scaled:
    """Run ``number`` chapters: the real ones for the real regions, again and again."""
    keys = [("zemgale", "lv"), ("latgale", "en"), ("riga", "lv")]
    all_jobs = jobs(keys)
    emptied(folder)
    with ExitStack() as stack:
        place = stack.enter_context(workplace())
        nursery = stack.enter_context(Nursery(place, DATA, "public"))
        pool = stack.enter_context(Workers(workers, Place(str(place), FORKED, nursery.address)))
        watch = stack.enter_context(_Memory(nursery))
        pool.give(_run(all_jobs[0], folder / "first.ipynb"))  # the nursery is there when it is done
        list(pool.results())
        started = time.perf_counter()
        for at in range(number):
            pool.give(_run(all_jobs[at % len(all_jobs)], folder / f"{at}.ipynb"))
        problems = [result.problem for result in pool.results() if result.problem]
        seconds = time.perf_counter() - started
    if problems:
        raise SystemExit(problems[0])
    return Scaled(number, seconds, watch.most)


def linear(results: list[Scaled]) -> float:
    """How much longer a report takes among many than among few: 1.0 when the time is linear in their number."""
    few, *_, many = results
    return (many.seconds / many.number) / (few.seconds / few.number)


def _run(job: object, output: Path) -> ChapterRun:
    return ChapterRun(job.chapter, job.parameters, output, {}, NOTEBOOKS, Limits())


class _Memory:
    """Looks every now and then how much memory each forked process has that it shares with no other."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery, self._over = nursery, threading.Event()
        self._seen: list[float] = []

    def __enter__(self) -> _Memory:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def most(self) -> float:
        return max(self._seen, default=0.0)

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self._seen += [private(pid) for pid in children(self._nursery._process.pid)]


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has forked."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def private(pid: int) -> float:
    """MiB that a process shares with no other."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024 / MEBIBYTE
