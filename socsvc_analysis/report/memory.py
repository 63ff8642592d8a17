"""Failures for want of memory: how they are known, what helps, and which process of a run goes first."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

NO_MEMORY = "memory ran out: run again with fewer --jobs, or more memory"
WANTED = re.compile(
    "MemoryError|cannot allocate memory|unable to allocate|failed to map segment|can't start new thread"
    "|error return without exception set",
    re.IGNORECASE,
)
"""What is in such errors: of Python, numpy, the loader of libraries, threads, and extensions in C that say no more."""
SCORE = Path("/proc/self/oom_score_adj")
"""How willingly Linux ends a process when memory runs out, from -1000 to 1000; who is started by it has the same."""
STEP, MOST = 800, 1000
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def wants_memory(failure: str, traceback: str = "") -> bool:
    """Whether memory ran out, by what an error says, or by one that led to it and stands in its ``traceback`` only.

    Lines of code in a traceback are indented or numbered, and say nothing of what happened.

    >>> wants_memory("ImportError: no numpy", "MemoryError\\n\\nThe above exception was the direct cause of ...")
    True
    >>> wants_memory("ValueError: no", "  File 'a.py', line 1, in f\\n    except MemoryError:\\nValueError: no")
    False
    """
    lines = COLOUR.sub("", traceback).splitlines()
    return any(WANTED.search(line) for line in (failure, *(each for each in lines if each[:1].isalpha())))


def explained(failure: str, traceback: str = "") -> str:
    """What went wrong, and what helps where memory ran out.

    >>> explained("OSError: [Errno 12] Cannot allocate memory")
    'OSError: [Errno 12] Cannot allocate memory; memory ran out: run again with fewer --jobs, or more memory'
    """
    return f"{failure}; {NO_MEMORY}" if wants_memory(failure, traceback) else failure


def go_first(score: Path = SCORE) -> None:
    """Let the system end this process, when memory runs out, before the one that has started it.

    That one can still say what happened, and clear up; elsewhere than on Linux nothing is changed.
    """
    with contextlib.suppress(OSError):
        score.write_text(str(min(int(score.read_text()) + STEP, MOST)))
