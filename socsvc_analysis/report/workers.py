"""Several notebooks at once: a pool of processes, each running one notebook after the other.

Workers import only the engine.  They end when the run that started them ends, however it ends, and take their kernels
with them.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from socsvc_analysis.report.engine import Chapter, Limits, Result, Scalar, execute

CLEARING_UP = 5
"""Seconds that a worker has to end its kernel when the run is gone."""


@dataclass(frozen=True)
class Task:
    """One chapter to be run with checked parameters, and where it goes."""

    chapter: Chapter
    parameters: dict[str, Scalar]
    output: Path
    inputs: str
    folder: Path
    limits: Limits

    @property
    def key(self) -> tuple[str, str]:
        """Region and language."""
        return str(self.parameters["region"]), str(self.parameters["language"])


def run_tasks(tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    """The result of each task as it comes, from at most ``jobs`` workers.

    A worker that dies takes the whole pool with it.  What was lost is tried once more, each task in a pool of its own,
    so that only the task that kills its worker fails.
    """
    lost = yield from _pooled(tasks, jobs)
    for task in lost:
        if (yield from _pooled([task], 1)):
            region, language = task.key
            said = f"{region} ({language}), {task.chapter.path.name}: the process that ran it ended unexpectedly"
            yield Result(task.output, region, language, task.chapter.name, 0.0, problem=said)


def _pooled(tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    """Run ``tasks`` in a pool; returns those that were lost because a worker died."""
    lost: list[Task] = []
    if not tasks:
        return lost
    # Spawned, not forked: the process that runs this may have threads (progress bar).
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )
    try:
        futures = {pool.submit(_run, task): task for task in tasks}
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    pool.shutdown()
    return lost


def _run(task: Task) -> Result:
    return execute(
        task.chapter.path, task.parameters, task.output, folder=task.folder, inputs=task.inputs, limits=task.limits
    )


def _begin() -> None:
    """Leave Ctrl-C to the process that started this one; clear up and end when it is gone."""
    logging.disable()  # what goes wrong is in the results
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(CLEARING_UP)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _end(number: int, frame: object) -> None:
    raise SystemExit(1)  # unwinds: the kernel is killed and its folder removed on the way
