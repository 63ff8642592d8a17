"""The temporary folder of one run: held while the run lives, and cleared away by the next one when it was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from socsvc_analysis.files import held

BEGINNING = "socsvc-"
MARK = "held"
"""The file that a living run keeps locked in its folder."""


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder for the sockets and scratch folders of this run alone; it is gone afterwards."""
    _clear_away_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=BEGINNING))
    with held(folder / MARK):
        try:
            yield folder
        finally:
            _clear_away(folder)


def _clear_away(folder: Path) -> None:
    """Remove the folder, first ending what still works in it: a kernel whose worker was killed while it was starting.

    Such a one would fail over the folder that is gone and say so on the error stream, after the run has ended.  What
    works where is known on Linux; elsewhere only the folder is removed.
    """
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # it has ended, or is not ours
            if Path(os.readlink(link)).is_relative_to(folder.resolve()):
                os.kill(int(link.parent.name), signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def _clear_away_abandoned() -> None:
    """Remove the folders of killed runs: the system released their locks."""
    for mark in Path(tempfile.gettempdir()).glob(f"{BEGINNING}*/{MARK}"):
        with contextlib.suppress(OSError), held(mark):
            _clear_away(mark.parent)
