"""``outputs/runs.jsonl``: one line when a run begins and one when it ends, however it ends; lines are only added.

A run that was killed has no second line.  A line that cannot be read is counted and left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from socsvc_analysis.datapackage import AUDIENCES
from socsvc_analysis.files import add_line

RUNS = "runs.jsonl"
COMPLETE, INCOMPLETE, REFUSED, STOPPED, BROKEN = "complete", "incomplete", "refused", "stopped", "broken"
"""How a run ends: all made, some failed, its data cannot be used, somebody stopped it, something else went wrong."""
OUTCOMES = ("", COMPLETE, INCOMPLETE, REFUSED, STOPPED, BROKEN)


@dataclass(frozen=True)
class Run:
    """One run of the past; ``outcome`` is empty while it goes on, and stays so when it was killed."""

    run: str  # when and by which process it was begun
    audience: str
    started: str
    data: str = ""  # version of the data; none where they could not be opened
    hash: str = ""
    finished: str = ""
    outcome: str = ""
    reports: Mapping[str, int] = field(default_factory=dict)  # how many were made, unchanged, kept, failed
    problems: Sequence[str] = ()


def add(output: Path, run: Run) -> None:
    """Append ``run`` as it now stands to the history in ``output``; the last line about a run counts."""
    output.mkdir(parents=True, exist_ok=True)
    add_line(output / RUNS, json.dumps(asdict(run), ensure_ascii=False))


def past_runs(output: Path, count: int) -> tuple[list[Run], int]:
    """The last ``count`` runs in ``output``, the latest first, and how many lines of the file cannot be read."""
    runs: dict[str, Run] = {}
    damaged = 0
    try:
        lines = (output / RUNS).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [], 0
    for line in filter(None, lines):
        try:
            run = Run(**json.loads(line))
            if run.outcome not in OUTCOMES or run.audience not in AUDIENCES:
                raise ValueError(line)
            runs[run.run] = run
        except (ValueError, TypeError):
            damaged += 1
    return list(reversed(runs.values()))[:count], damaged
