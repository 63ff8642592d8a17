"""The current run in ``outputs/runs.jsonl``: recorded when it begins and when it ends, also when it fails."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from socsvc_analysis.datapackage import Package
from socsvc_analysis.report.history import BROKEN, COMPLETE, INCOMPLETE, REFUSED, STOPPED, Run, add
from socsvc_analysis.report.manifest import MADE, UNCHANGED, Report, utc
from socsvc_analysis.report.status import write_status
from socsvc_analysis.schema import DataError

PROBLEMS_KEPT = 20
"""How many problems of one run are kept; the first ones usually cause the others."""


class CurrentRun:
    """The record of the current run; it is written when the run begins and when it ends."""

    def __init__(self, output: Path, audience: str, started: datetime) -> None:
        self._output = output
        # Two short runs of one process may begin in the same second.
        self._run = Run(f"{started.isoformat()} {os.getpid()}", audience, utc(started))

    def begun(self, package: Package) -> None:
        """Record that the run has begun, with the version of its data: they are open, and the lock is held."""
        self._run = replace(self._run, data=package.version)
        add(self._output, self._run)

    def reads(self, package: Package) -> None:
        """Keep the hash of what pages are made from; of restricted data that is the public copy, not the original."""
        self._run = replace(self._run, hash=package.hash)

    def show(self) -> None:
        """Say on the page of the status that the run is going on."""
        write_status(self._output)

    def done(self, reports: Sequence[Report]) -> None:
        """Record that the run ended, with the counts and problems of its reports."""
        counts = Counter(each.status for each in reports)
        outcome = COMPLETE if set(counts) <= {MADE, UNCHANGED} else INCOMPLETE
        self._end(outcome, [problem for each in reports for problem in each.problems], counts)

    def failed(self, failure: BaseException) -> None:
        """Record that the run failed or was stopped.  Where even that cannot be written, the caller still raises."""
        with suppress(OSError):
            if isinstance(failure, DataError):
                self._end(REFUSED, list(map(str, failure.problems)))
            elif isinstance(failure, KeyboardInterrupt):
                self._end(STOPPED, [])
            else:
                self._end(BROKEN, [" ".join(str(failure).split()) or type(failure).__name__])

    def _end(self, outcome: str, problems: Sequence[str], counts: Mapping[str, int] | None = None) -> None:
        left = len(problems) - PROBLEMS_KEPT
        kept = [*problems[:PROBLEMS_KEPT], *([f"… (+{left})"] if left > 0 else [])]
        now = utc(datetime.now(UTC))
        self._run = replace(self._run, finished=now, outcome=outcome, problems=kept, reports=dict(counts or {}))
        add(self._output, self._run)
        self.show()


@contextmanager
def remembered(
    output: Path, audience: str, started: datetime, not_runs: tuple[type[Exception], ...]
) -> Iterator[CurrentRun]:
    """Record the run made in this block, also when it fails; an exception of ``not_runs`` means that there was none."""
    current = CurrentRun(output, audience, started)
    try:
        yield current
    except not_runs:
        raise
    except BaseException as failure:
        current.failed(failure)
        raise
