"""Where the time of a page goes: the cells of a region's chapters in one process and one thread."""

from __future__ import annotations

import cProfile
import gc
import pstats
from pathlib import Path

from benchmarks.ways import DATA, ROOT, jobs, run_cells
from socsvc_analysis.report.warming_up import warm_up

LISTED = 15


def profile(key: tuple[str, str] = ("zemgale", "lv")) -> list[tuple[float, str]]:
    """The functions that take most time themselves, as shares of the whole in per cent, after one warming run."""
    warm_up(str(DATA))
    todo = jobs([key])
    for job in todo:
        run_cells(job)
    gc.collect()
    gc.freeze()  # as before a run: else all that was imported is looked through, and whoever is at work then pays
    profiler = cProfile.Profile()
    profiler.enable()
    for job in todo:
        run_cells(job)
    profiler.disable()
    rows = pstats.Stats(profiler).stats
    whole = sum(own for _, _, own, _, _ in rows.values())
    shares = sorted(((own / whole * 100, _place(*place)) for place, (_, _, own, _, _) in rows.items()), reverse=True)
    return shares[:LISTED]


def _place(file: str, line: int, name: str) -> str:
    if file == "~":
        return name
    path = Path(file)
    short = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{'/'.join(short.parts[-3:])}: {name}"
