"""Several files of a folder change together or not at all, whatever happens to the process.

The new contents are written beside the old ones first, then a journal that lists them, and only then is each put in its
place.  A process that is killed before the journal leaves the folder as it was; one that is killed after it leaves a
journal from which the next to open the folder finishes the work.  Where a file cannot be put in its place (its name is
too long, something else has it open, the disk is broken) all that were put before it go back.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from socsvc_analysis.files import Held, held, sha256, write_lasting, write_whole

STAGE = ".switch"
JOURNAL = "journal.json"
UNDOING = "undoing.json"
"""The journal of a change that could not be finished and is being taken back."""
LOCK = ".lock"


class Busy(RuntimeError):
    """Another process is changing the folder."""


class Unsettled(OSError):
    """A change could neither be finished nor taken back; the next to open the folder does the one or the other."""


@contextmanager
def changing(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold ``folder`` for one process, with the work of a killed one finished or cleared away first.

    Raises :class:`Busy` at once when another process holds it, unless told to ``wait`` for it.
    """
    try:
        with held(folder / LOCK, wait):
            _settle_unfinished(folder)
            shutil.rmtree(folder / STAGE, ignore_errors=True)
            yield
    except Held as failure:
        raise Busy(
            f"The data in {folder} are being changed by another import or fetch; try again when it is done."
        ) from failure


def replace_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put ``contents`` (path below ``folder`` to bytes) in place, all or none, in their order.

    The caller holds the folder (:func:`changing`).  Raises :class:`OSError` when a file cannot be put in its place:
    nothing has changed then; :class:`Unsettled` when not even that could be had.
    """
    stage = folder / STAGE
    try:
        stage.mkdir()
        listed = []
        for number, (path, content) in enumerate(contents.items()):
            target = folder / path
            _refuse_unusable(target)
            write_lasting(stage / str(number), content)
            if target.exists():
                _keep(target, stage / f"former-{number}")
            listed.append({"staged": str(number), "path": path, "sha256": sha256(content), "new": not target.exists()})
        write_whole(stage / JOURNAL, json.dumps(listed).encode(), lasting=True)
        _settle(stage)
        _finish(folder)
    except BaseException as failure:
        # Before the journal stands nothing has happened; what was written beside is in nobody's way.
        if not (stage / JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)
        elif isinstance(failure, OSError):
            _take_back_or_say(folder, failure)
        raise


def recover(folder: Path) -> None:
    """Finish what a killed process began, or take it back where it cannot be; a sound folder is left alone."""
    if not any((folder / STAGE / each).exists() for each in (JOURNAL, UNDOING)):
        return
    with held(folder / LOCK, wait=True):  # a living process finishes its own work
        _settle_unfinished(folder)


def _settle_unfinished(folder: Path) -> None:
    if (folder / STAGE / UNDOING).exists():
        _take_back(folder)
        return
    try:
        _finish(folder)
    except OSError:
        _take_back(folder)


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


def _take_back_or_say(folder: Path, failure: OSError) -> None:
    try:
        _take_back(folder)
    except OSError:
        raise Unsettled(failure.errno, failure.strerror or str(failure), failure.filename) from failure


def _take_back(folder: Path) -> None:
    """Put every file of a journal that was replaced back, and take away those that were new."""
    stage = folder / STAGE
    if (stage / JOURNAL).exists():
        os.replace(stage / JOURNAL, stage / UNDOING)
    for each in json.loads((stage / UNDOING).read_text(encoding="utf-8")):
        former, target = stage / f"former-{each['staged']}", folder / each["path"]
        if former.exists():
            os.replace(former, target)
        elif each["new"]:
            with suppress(OSError):  # a name that could not be made is not there
                target.unlink(missing_ok=True)
    shutil.rmtree(stage)


def _refuse_unusable(target: Path) -> None:
    """Raise :class:`OSError` for a place where no file can be put."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    with suppress(FileNotFoundError):
        target.lstat()  # a name that is too long says so


def _keep(target: Path, former: Path) -> None:
    """Keep the present file under a second name."""
    try:
        os.link(target, former)
    except OSError:  # not every file system has second names
        shutil.copy2(target, former)


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
