"""Waiting for processes to do something, or to be gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


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
