"""Answers of live sources as files: what came, from where, when, and proof that it is unchanged.

A snapshot is ``raw/<provider>/<name>-<date>-<sha8>.<ext>`` with a sidecar ``….meta.json``.  Both are put in place
together or not at all (:mod:`~socsvc_analysis.journal`), so a snapshot is either whole or not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from socsvc_analysis import journal
from socsvc_analysis.files import json_bytes, sha256
from socsvc_analysis.schema import Problem
from socsvc_analysis.sources.answers import BYTE_ORDER_MARK, parsed
from socsvc_analysis.tables import RAW_FOLDER

SIDECAR = ".meta.json"
RECORDED = ("url", "request", "retrieved", "sha256", "bytes", "licence", "title")
TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Snapshot:
    """One stored answer and what its sidecar records."""

    path: Path
    recorded: dict[str, Any]
    content: bytes = field(repr=False)  # the answer, as it was when its SHA-256 was compared

    @property
    def retrieved(self) -> str:
        """UTC date and time at which this answer came for the first time."""
        retrieved: str = self.recorded["retrieved"]
        return retrieved

    @property
    def current_on(self) -> str:
        """UTC date and time at which the source last gave this very answer."""
        return self.recorded.get("checked") or self.retrieved

    def age_days(self, today: date) -> int:
        """Days since the source last gave this answer."""
        return max(0, (today - date.fromisoformat(self.current_on[:10])).days)

    def documents(self) -> list[Any]:
        """The parsed answers: several where a request had to be split."""
        document = parsed(self.content, self.path.name)
        if isinstance(document, dict) and set(document) == {"answers"}:
            answers: list[Any] = document["answers"]
            return answers
        return [document]


def joined(contents: Sequence[bytes]) -> bytes:
    """Several JSON answers in one file, each as it came; a single one stays as it is.

    >>> joined([b'{"a":1}']), joined([b'{"a":1}', b'{"a":2}'])
    (b'{"a":1}', b'{"answers":[{"a":1},{"a":2}]}')
    """
    if len(contents) == 1:
        return contents[0]
    return b'{"answers":[' + b",".join(each.removeprefix(BYTE_ORDER_MARK) for each in contents) + b"]}"


def keep(
    folder: Path,
    provider: str,
    name: str,
    content: bytes,
    *,
    extension: str,
    url: str,
    request: object,
    now: datetime,
    licence: str,
    title: str,
    check: Callable[[Snapshot], object] | None = None,
) -> Snapshot:
    """Stores an answer below ``folder``, unless ``check`` raises.

    An answer equal to the newest snapshot and from the same address is not stored again: when it came is noted beside
    the one that is there.
    """
    digest = sha256(content)
    stamp = now.astimezone(UTC).strftime(TIME)
    before, _ = latest_snapshot(folder, provider, name)
    if before and (before.recorded["sha256"], before.recorded["url"]) == (digest, url):
        snapshot = Snapshot(before.path, before.recorded | {"checked": stamp}, content)
    else:
        recorded = {
            "url": url,
            "request": request,
            "retrieved": stamp,
            "sha256": digest,
            "bytes": len(content),
            "licence": licence,
            "title": title,
        }
        path = folder / RAW_FOLDER / provider / f"{name}-{stamp[:10]}-{digest[:8]}.{extension}"
        snapshot = Snapshot(path, recorded, content)
    if check:
        check(snapshot)
    sidecar = snapshot.path.with_name(snapshot.path.name + SIDECAR)
    contents = {sidecar: json_bytes(snapshot.recorded)}
    if snapshot.retrieved == stamp:
        contents = {snapshot.path: content, **contents}
    with journal.changing(folder, wait=True):  # what has come through the network is not thrown away for a moment
        journal.replace_files(folder, {path.relative_to(folder).as_posix(): each for path, each in contents.items()})
    return snapshot


def latest_snapshot(folder: Path, provider: str, name: str) -> tuple[Snapshot | None, tuple[Problem, ...]]:
    """The newest snapshot that is as it was recorded (None: there is none), and what is wrong with newer ones."""
    pattern = re.compile(re.escape(name) + r"-\d{4}-\d{2}-\d{2}-[0-9a-f]{8}\.[a-z]+" + re.escape(SIDECAR))
    place = folder / RAW_FOLDER / provider
    sidecars = [each for each in place.glob(f"*{SIDECAR}") if pattern.fullmatch(each.name)] if place.is_dir() else []
    found: list[tuple[str, str, Snapshot | Problem]] = []
    for sidecar in sidecars:
        path = sidecar.with_name(sidecar.name.removesuffix(SIDECAR))
        snapshot = _opened(path, sidecar)
        # A sidecar that cannot be read tells no time: the date in the name stands for it.
        when = snapshot.current_on if isinstance(snapshot, Snapshot) else path.stem[-len("2024-01-31-12345678") :][:10]
        found.append((when, path.name, snapshot))
    problems: list[Problem] = []
    for _, _, snapshot in sorted(found, key=lambda each: each[:2], reverse=True):
        if isinstance(snapshot, Snapshot):
            return snapshot, tuple(problems)
        problems.append(snapshot)
    return None, tuple(problems)


def _opened(path: Path, sidecar: Path) -> Snapshot | Problem:
    try:
        recorded = dict(json.loads(sidecar.read_text(encoding="utf-8")))
        missing = [key for key in RECORDED if key not in recorded]
        for key in ("retrieved", "checked"):
            datetime.strptime(recorded.get(key, "1970-01-01T00:00:00Z"), TIME)
    except (OSError, ValueError, TypeError):
        return Problem(sidecar.name, "cannot be read; the snapshot it describes is not used")
    if missing:
        return Problem(sidecar.name, f"does not say {', '.join(missing)}; the snapshot it describes is not used")
    try:
        content = path.read_bytes()
    except OSError:
        return Problem(path.name, "is not there although its sidecar is; it is not used")
    if sha256(content) != recorded["sha256"]:
        return Problem(path.name, "is not as it was retrieved (its SHA-256 differs) and is not used")
    return Snapshot(path, recorded, content)
