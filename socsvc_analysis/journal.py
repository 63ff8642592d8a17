"""Several files of a folder change together or not at all, whatever happens to the process.

The new contents are written beside the old ones first, then a journal that lists them, and only then is each put in its
place.  A process that is killed before the journal leaves the folder as it was; one that is killed after it leaves a
journal from which the next to open the folder finishes the work.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from socsvc_analysis.lock import hold

STAGE = ".switch"
JOURNAL = "journal.json"
LOCK = ".lock"


class Busy(RuntimeError):
    """Another process is changing the folder."""


@contextmanager
def changing(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold ``folder`` for one process, with the work of a killed one finished or cleared away first.

    Raises :class:`Busy` at once when another process holds it, unless told to ``wait`` for it.
    """
    with (folder / LOCK).open("a") as lock:
        try:
            hold(lock.fileno(), wait=wait)
        except (BlockingIOError, PermissionError) as failure:
            raise Busy(
                f"The data in {folder} are being changed by another import or fetch; try again when it is done."
            ) from failure
        _finish(folder)
        shutil.rmtree(folder / STAGE, ignore_errors=True)
        yield


def switch(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put ``contents`` (path below ``folder`` to bytes) in place, all or none, in their order.

    The caller holds the folder (:func:`changing`).  Raises :class:`OSError` when there is no room: nothing has changed.
    """
    stage = folder / STAGE
    try:
        stage.mkdir()
        listed = []
        for number, (path, content) in enumerate(contents.items()):
            _write(stage / str(number), content)
            listed.append({"staged": str(number), "path": path, "sha256": hashlib.sha256(content).hexdigest()})
        _write(stage / "unfinished", json.dumps(listed).encode())
        os.replace(stage / "unfinished", stage / JOURNAL)
        _settle(stage)
    except BaseException:
        # Before the journal stands nothing has happened; what was written beside is in nobody's way.
        if not (stage / JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)
        raise
    _finish(folder)


def recover(folder: Path) -> None:
    """Finish what a killed process began; a folder without a journal is left alone."""
    if not (folder / STAGE / JOURNAL).exists():
        return
    with (folder / LOCK).open("a") as lock:
        hold(lock.fileno(), wait=True)  # a living process finishes its own work
        _finish(folder)


def _finish(folder: Path) -> None:
    """Put every staged file of a journal in its place and forget the journal."""
    stage = folder / STAGE
    try:
        listed = json.loads((stage / JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    for each in listed:
        staged, target = stage / each["staged"], folder / each["path"]
        if staged.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, target)
            _settle(target.parent)
    shutil.rmtree(stage)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make the names in a folder survive a loss of power, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except (OSError, AttributeError):  # Windows opens no folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
