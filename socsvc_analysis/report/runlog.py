"""What a scheduled run leaves for programs to read: a line of JSON for each chapter, and for each region at the end.

>>> import io
>>> from socsvc_analysis.report.chapters import Result
>>> log = io.StringIO()
>>> RunLog(log, now=lambda: "2026-01-02T03:04:05Z").chapter(Result(Path("a.ipynb"), "zemgale", "lv", "clients", 1.25))
>>> print(log.getvalue(), end="")
{"time": "2026-01-02T03:04:05Z", "level": "info", "region": "zemgale", "language": "lv", "chapter": "clients", \
"seconds": 1.25, "problem": ""}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from socsvc_analysis.report.chapters import Result
from socsvc_analysis.report.manifest import Report, utc


def _now() -> str:
    return utc(datetime.now(UTC))


def log_at(path: Path | None) -> TextIO:
    """The file at ``path``, opened for more lines, in a folder that is made where needed; None: nothing stays."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    return open(path or os.devnull, "a", encoding="utf-8")


class RunLog:
    """Writes to ``stream`` as things happen, so that what was done is there when the run is cut off."""

    def __init__(self, stream: TextIO, now: Callable[[], str] = _now) -> None:
        self._stream, self._now = stream, now

    def chapter(self, result: Result) -> None:
        """A chapter was run, or need not be."""
        self._write(
            "error" if result.problem else "info",
            region=result.region,
            language=result.language,
            chapter=result.chapter,
            seconds=round(result.seconds, 2),
            problem=result.problem or "",
        )

    def end(self, reports: Iterable[Report]) -> None:
        """What became of each region and language; the problems of their pages with it."""
        for report in reports:
            self._write(
                "error" if report.problems else "info",
                region=report.region,
                language=report.language,
                chapter="",
                seconds=report.seconds,
                problem="; ".join(report.problems),
                status=report.status,
            )

    def _write(self, level: str, **said: object) -> None:
        print(
            json.dumps({"time": self._now(), "level": level, **said}, ensure_ascii=False), file=self._stream, flush=True
        )


def summary(reports: Iterable[Report], index: Path) -> str:
    """What a run has done, as one JSON object."""
    rows = [
        {key: value for key, value in asdict(each).items() if key not in ("inputs", "documents")} for each in reports
    ]
    return json.dumps({"index": str(index), "reports": rows}, ensure_ascii=False)
