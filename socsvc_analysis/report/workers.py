"""Several things at once: processes that run chapters and make pages, each one thing after the other.

A worker ends when the run that started it ends, however it ends, and takes its kernel with it.
"""

from __future__ import annotations

import contextlib
import logging
import math
import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol, cast

from socsvc_analysis.files import FULL
from socsvc_analysis.report import nursery
from socsvc_analysis.report.memory import NO_MEMORY, explained, go_first
from socsvc_analysis.schema import counted

CLEARING_UP = 5
"""Seconds a worker has to end its kernel when the run has died."""
ENDED = f"the process that made it ended unexpectedly, most likely because {NO_MEMORY}"
HUNG = "it took longer than {limit} and was ended: run again, with a longer --notebook-limit if this machine is slow"
TRIES = 2
"""A worker may have been killed by somebody else: what it was doing is tried once more."""


class Work(Protocol):
    """A task for a worker: it is pickled to the worker's process, and its result is pickled back."""

    def done(self, place: Place) -> object:
        """Do the work and return its result."""

    def lost(self, why: str) -> object:
        """The result when the work failed, ``why`` being what was raised, or that the worker's process died."""


@dataclass(frozen=True)
class Place:
    """What a worker must know: the temporary folder of the run, how kernels are started, the address of the nursery."""

    workplace: str | None = None
    engine: str = nursery.STOCK
    address: str = ""


@dataclass
class _Task:
    """A work, how often it was begun, and until when (by the clock that is never set) it may take."""

    work: Work
    tries: int = 0
    ends: float = math.inf


class Workers:
    """A pool of at most ``count`` processes; more work may be given while some is being done.

    A work that takes longer than ``limit`` seconds is lost, and its process is ended.
    """

    def __init__(self, count: int, place: Place, limit: float = math.inf) -> None:
        self._count, self._place, self._limit = count, place, limit
        self._waiting: deque[_Task] = deque()
        self._going: dict[Connection, _Task] = {}
        self._free: list[Connection] = []
        self._processes: dict[Connection, nursery.Forked | BaseProcess] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *reason: object) -> None:
        for connection, process in self._processes.items():
            if isinstance(process, nursery.Forked):
                process.dismiss()
            connection.close()  # that is how a worker learns that it is over
        # Without memory it may not even have begun to listen, and in native code it does not hear.
        for process in self._processes.values():
            _end_after(2 * CLEARING_UP, process)

    def give(self, work: Work) -> None:
        """Have ``work`` done when a process is free."""
        self._waiting.append(_Task(work))

    def results(self) -> Iterator[Any]:
        """Yield the result of each work as it is finished, until none is left.

        Raises :class:`MemoryError` when there is too little memory to prepare any process, and :class:`OSError` as soon
        as one of them finds no room on the disk: none of the others would.
        """
        while self._waiting or self._going:
            while self._waiting and len(self._going) < self._count:
                connection = self._free.pop() if self._free else self._started()
                task = self._going[connection] = self._waiting.popleft()
                task.tries, task.ends = task.tries + 1, time.monotonic() + self._limit
                with contextlib.suppress(OSError):  # when it has died, which is seen below
                    connection.send(task.work)
            for connection in self._heard():
                task = self._going.pop(connection)
                try:
                    result = connection.recv()
                except (EOFError, OSError):
                    self._lose(connection)
                    if task.tries < TRIES:
                        self._waiting.append(task)
                        continue
                    result = task.work.lost(ENDED)
                else:
                    self._free.append(connection)
                if isinstance(result, OSError):
                    raise result
                yield result
            now = time.monotonic()
            for connection, task in list(self._going.items()):
                if task.ends <= now:
                    del self._going[connection]
                    self._lose(connection)
                    yield task.work.lost(HUNG.format(limit=counted(self._limit, "second")))

    def _heard(self) -> list[Connection]:
        """The connections to workers that have said something or died; none when the next may take no longer."""
        left = min(task.ends for task in self._going.values()) - time.monotonic()
        heard = wait(list(self._going), None if math.isinf(left) else max(left, 0))
        return cast(list[Connection], heard)  # only connections are waited for

    def _lose(self, connection: Connection) -> None:
        """Give up a worker; it may have ended already."""
        connection.close()
        if process := self._processes.pop(connection, None):
            _end_after(0, process)

    def _started(self) -> Connection:
        """The connection to a new worker: forked where there is a nursery, else started anew."""
        if self._place.address:
            with contextlib.suppress(OSError):  # a nursery that was killed makes a run slower, not wrong
                request = {"cwd": os.getcwd(), "place": asdict(self._place)}
                forked = nursery.fork(self._place.address, request)
                ours = Connection(os.dup(forked.connection.fileno()))
                self._processes[ours] = forked
                return ours
        ours, theirs = multiprocessing.Pipe()
        # Spawned, not forked: the process that runs this may have threads (progress bar).
        context = multiprocessing.get_context("spawn")
        self._processes[ours] = process = context.Process(target=_spawned, args=(theirs, ours, self._place))
        process.start()
        theirs.close()
        return ours


def _end_after(patience: float, process: nursery.Forked | BaseProcess) -> None:
    """End a worker that has not ended by itself within ``patience`` seconds, and wait until it is gone."""
    if isinstance(process, nursery.Forked):
        process.end(patience)
        return
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()


def work(connection: Connection, place: Place) -> None:
    """In the worker: do each work received over the connection and send back its result, until it is closed."""
    logging.disable()  # what goes wrong is in the results
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    signal.signal(signal.SIGTERM, _end)
    given: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, given), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        while (wanted := given.get()) is not None:
            connection.send(_outcome(wanted, place))


def _outcome(wanted: Work, place: Place) -> object:
    """The result of the work ``wanted``; where the disk is full the error itself, as it ends the run."""
    try:
        return wanted.done(place)
    except Exception as failure:
        if isinstance(failure, OSError) and failure.errno in FULL:
            return failure
        said = " ".join(f"{type(failure).__name__}: {failure}".split())
        return wanted.lost(explained(said, "".join(traceback.format_exception(failure))))


def _listen(connection: Connection, given: queue.SimpleQueue[Work | None]) -> None:
    """Queue what the run sends; when the run has died, clear up and end this process with what it is doing."""
    try:
        while True:
            given.put(connection.recv())
    except (EOFError, OSError):
        given.put(None)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(CLEARING_UP)
    os._exit(1)


def _spawned(connection: Connection, other_end: Connection, place: Place) -> None:
    go_first()
    other_end.close()
    # Pages are made in the same surroundings as notebooks are run in.
    os.environ.update({**nursery.KERNEL_ENVIRONMENT, **nursery.ONE_THREAD})
    work(connection, place)


def _end(number: int, frame: object) -> None:
    raise SystemExit(1)  # unwinds: the kernel is killed and its folder removed on the way
