"""Holding a file for one process: the system lets go when the process ends, however it ends."""

from __future__ import annotations

import os
import sys


def hold(descriptor: int, wait: bool = False) -> None:
    """Take an exclusive hold on an open file; :class:`OSError` when it is taken and we do not ``wait``."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # beyond the text, so that others can read who holds it
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
