"""Several things at once: a pool of processes that run chapters and make pages, one after the other.

Workers end when the run that started them ends, however it ends, and take their kernels with them.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from socsvc_analysis.report.nursery import KERNEL_ENVIRONMENT

CLEARING_UP = 5
"""Seconds that a worker has to end its kernel when the run is gone."""


class Work(Protocol):
    """Something that a worker does by itself; it is sent to another process, and so is what comes of it."""

    def done(self, place: Place) -> object:
        """What comes of it; nothing is raised."""

    def lost(self) -> object:
        """What comes of it when the process that did it has died."""


@dataclass(frozen=True)
class Place:
    """Where a worker works: the temporary folder of the run, and where kernels come from."""

    workplace: Path | None = None
    engine: str = "stock"
    address: str = ""


class Workers:
    """A pool of at most ``count`` processes at ``place``; more work may be given while some is being done.

    A worker that dies takes the whole pool with it.  What was lost is tried once more, each in a pool of its own, so
    that only the work that kills its worker fails.
    """

    def __init__(self, count: int, place: Place) -> None:
        self._count, self._place = count, place
        self._pool: ProcessPoolExecutor | None = None
        self._going: dict[Future, Work] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type | None, *reason: object) -> None:
        if self._pool is not None:
            if kind is not None:
                self._stop()
            self._pool.shutdown()

    def give(self, work: Work) -> None:
        """Have ``work`` done when a process is free."""
        if self._pool is None:
            self._pool = self._made(self._count)
        try:
            self._going[self._pool.submit(_do, work)] = work
        except BrokenProcessPool:
            future: Future = Future()
            future.set_exception(BrokenProcessPool())
            self._going[future] = work

    def results(self) -> Iterator[object]:
        """What comes of each work, as it comes, until none is left."""
        while self._going:
            finished, _ = wait(self._going, return_when=FIRST_COMPLETED)
            lost = []
            for future in finished:
                work = self._going.pop(future)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    lost.append(work)
            if lost:
                lost += self._going.values()
                self._going.clear()
                self._pool.shutdown()
                self._pool = None
                for work in lost:
                    yield self._alone(work)

    def _alone(self, work: Work) -> object:
        with self._made(1) as pool:
            try:
                return pool.submit(_do, work).result()
            except BrokenProcessPool:
                return work.lost()

    def _made(self, count: int) -> ProcessPoolExecutor:
        # Spawned, not forked: the process that runs this may have threads (progress bar).
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(self._place,))

    def _stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()


class _Here:
    """The place of this process, where it is a worker."""

    place: Place


def _do(work: Work) -> object:
    return work.done(_Here.place)


def _begin(place: Place) -> None:
    """Leave Ctrl-C to the process that started this one; clear up and end when it is gone."""
    _Here.place = place
    os.environ.update(KERNEL_ENVIRONMENT)  # pages are made in the same surroundings as notebooks are run in
    logging.disable()  # what goes wrong is in the results
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(CLEARING_UP)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _end(number: int, frame: object) -> None:
    raise SystemExit(1)  # unwinds: the kernel is killed and its folder removed on the way
