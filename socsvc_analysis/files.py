"""Files: held by one process, written whole or not at all, told apart by a hash, rows as CSV."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

SPREADSHEETS = "utf-8-sig"
"""UTF-8 with the mark by which spreadsheets know it."""


FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
"""What the system says when there is no room for a file: on the disk, or for its owner."""


class Held(OSError):
    """Another process holds the file."""


@contextmanager
def held(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold the file at ``path`` for one process; the system lets go when the process ends, however it ends.

    Raises :class:`Held` at once when another process holds it, unless told to ``wait`` for it.
    """
    from filelock import FileLock, Timeout  # slow to import, and most commands hold nothing

    lock = FileLock(path, timeout=-1 if wait else 0, mode=0o644)
    try:
        lock.acquire()
    except Timeout as failure:
        raise Held(str(path)) from failure
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """The system does not say for which file there was no room; here it is added."""
    try:
        yield
    except OSError as failure:
        if failure.errno is not None and failure.filename is None:
            failure.filename = str(path)
        raise


def add_line(path: Path, line: str) -> None:
    """Add a line to a file in one step, so that lines of several processes stay whole.

    It begins a line of its own where the one before it was cut off.
    """
    with _named(path), path.open("ab+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        file.write((("" if file.read(1) in (b"", b"\n") else "\n") + line + "\n").encode())


def json_bytes(said: object) -> bytes:
    """What is said as JSON that people can read, too: each part on a line of its own, letters as they are.

    >>> json_bytes({"place": "Rīga"}).decode()
    '{\\n "place": "Rīga"\\n}\\n'
    """
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def write_lasting(path: Path, content: bytes) -> None:
    """Write a file so that it survives a loss of power."""
    with _named(path), path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes, lasting: bool = False) -> None:
    """Put ``content`` at ``path`` wholly or not at all: it is written beside it and takes its place in one step.

    What is ``lasting`` survives a loss of power, which takes longer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _named(path):
            (write_lasting if lasting else Path.write_bytes)(unfinished, content)
            os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes as 64 hexadecimal digits.

    >>> sha256(b"abc")[:16]
    'ba7816bf8f01cfea'
    """
    return hashlib.sha256(content).hexdigest()


def csv_bytes(
    rows: Iterable[Iterable[object]], *, delimiter: str = ",", ending: str = "\n", encoding: str = "utf-8"
) -> bytes:
    r"""Rows as CSV, the heading first; cells are put in quotation marks where they need them.

    >>> csv_bytes([["place", "note"], ["Auce", 'a "b", c']])
    b'place,note\nAuce,"a ""b"", c"\n'
    """
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return text.getvalue().encode(encoding)


def leads_outside(folder: Path, path: str) -> bool:
    """Whether ``path`` below ``folder`` leads out of it; only where it goes up or through a link can it do so.

    >>> leads_outside(Path("data"), "reference/notes.csv"), leads_outside(Path("data"), "../notes.csv")
    (False, True)
    """
    below = map(folder.joinpath, accumulate(path.split("/"), "{}/{}".format))
    plain = os.name == "posix" and os.pardir not in path and not path.startswith("/")
    if plain and not any(map(os.path.islink, below)):
        return False
    return not (folder / path).resolve().is_relative_to(folder.resolve())
