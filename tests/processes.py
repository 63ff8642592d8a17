"""Waiting for processes to do something, or to be gone; tasks for workers that are done at once or never."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from socsvc_analysis.report.memory import SCORE


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until ``true`` gives something true; fails when it takes longer than ``seconds``."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process lives; one that has died and that nobody has asked for yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


@dataclass(frozen=True)
class Prompt:
    """A task of workers that is done at once."""

    def done(self, place: object) -> str:
        return "done"

    def lost(self, why: str) -> str:
        return why


@dataclass(frozen=True)
class Hanging(Prompt):
    """A task that tells the number of its process in ``mark``, then hangs in native code: no signal reaches Python."""

    mark: str

    def done(self, place: object) -> str:
        Path(self.mark).write_text(str(os.getpid()))
        ctypes.PyDLL(None).sleep(600)  # of the libraries' handles this is the one that lets no other thread go on
        return "too late"


@dataclass(frozen=True)
class Scored(Prompt):
    """A task that tells how willingly the system ends its process when memory runs out."""

    def done(self, place: object) -> object:
        return int(SCORE.read_text())
