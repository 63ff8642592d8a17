"""The temporary folder of one run: held while the run lives, and cleared away by the next one when it was killed."""

from __future__ import annotations

import contextlib
import shutil
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
            shutil.rmtree(folder, ignore_errors=True)


def _clear_away_abandoned() -> None:
    """Remove the folders of killed runs: the system released their locks."""
    for mark in Path(tempfile.gettempdir()).glob(f"{BEGINNING}*/{MARK}"):
        with contextlib.suppress(OSError), held(mark):
            shutil.rmtree(mark.parent, ignore_errors=True)
