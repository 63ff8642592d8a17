"""Run everything and write ``benchmarks/RESULTS.md``: ``make bench``, or ``python -m benchmarks --pairs 1 full``."""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from benchmarks import disclosure, imports, profiled, scale, ways
from socsvc_analysis.datapackage import open_package
from socsvc_analysis.report.run import regions_of
from socsvc_analysis.tables import LANGUAGES

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
DISTRIBUTIONS = ("papermill", "nbconvert", "ipykernel", "jupyter_client", "pandas", "matplotlib")
PARTS = ("full", "unchanged", "scale", "import", "disclosure", "profile")
CLOSE_PAIRS = 5
"""How often at least our run is compared with the one that comes nearest to it."""
Key = tuple[str, str]


def main() -> None:
    """Measure the parts that are asked for; only when all are, the results are written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts; all when none is named")
    parser.add_argument("--pairs", type=int, default=3, help="how often each comparison is made")
    parser.add_argument("--region", action="append", help="only this region")
    asked = parser.parse_args()
    workers = os.cpu_count() or 1
    regions = asked.region or regions_of(open_package(ways.DATA, "public"))
    keys = [(region, language) for region in regions for language in LANGUAGES]
    measures = {
        "full": lambda: full(keys, workers, asked.pairs),
        "unchanged": lambda: unchanged(keys, workers),
        "scale": lambda: scaling(workers),
        "import": lambda: importing(asked.pairs),
        "disclosure": disclosing,
        "profile": profiling,
    }
    text = [heading(workers, asked.pairs, len(keys))]
    for part in asked.parts or PARTS:
        said = measures[part]()
        print(said, flush=True)
        text.append(said)
    if not asked.parts and not asked.region:
        RESULTS.write_text("\n".join(text), encoding="utf-8")


def heading(workers: int, pairs: int, keys: int) -> str:
    """What was measured on what."""
    versions = ", ".join(f"{name} {version(name)}" for name in DISTRIBUTIONS)
    machine = f"{workers} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    runs = keys * len(ways.jobs([("zemgale", "lv")]))
    return (
        "# Results of `make bench`\n\n"
        "Ratios of things timed side by side in one session; medians of pairs. Seconds are given to make the ratios "
        "understood and are no claim about another machine.\n\n"
        f"* {machine}; {versions}\n"
        f"* {keys} pages ({runs} notebook runs), {workers} workers everywhere, {pairs} pairs\n"
    )


def full(keys: list[Key], workers: int, pairs: int) -> str:
    """A full run beside the other ways to make the same reports."""
    limit = "plain warm script (the limit)"
    # The limit comes right after our run and more often: the two are near each other, and a machine is uneven.
    others: dict[str, Callable[[list[Key], Path, int], None]] = {
        limit: ways.script,
        "loop of `papermill` and `jupyter nbconvert` commands": ways.stock,
    }
    if importlib.util.find_spec("ploomber_engine"):
        others["ploomber-engine and nbconvert in warm processes"] = ways.ploomber
    taken: dict[str, list[float]] = {name: [] for name in ("socsvc run", *others)}
    ratios: dict[str, list[float]] = {name: [] for name in others}
    for pair in range(max(pairs, CLOSE_PAIRS)):
        mine = timed(ways.ours, keys, workers)
        taken["socsvc run"].append(mine)
        for name, way in others.items():
            if pair < pairs or name == limit:
                taken[name].append(timed(way, keys, workers))
                ratios[name].append(taken[name][-1] / mine)
    lines = ["## A full run\n", "| way | seconds (median) | as a multiple of `socsvc run` |", "|---|---|---|"]
    for name, seconds in taken.items():
        multiple = f"{statistics.median(ratios[name]):.2f}" if name in ratios else "1"
        lines.append(f"| {name} | {statistics.median(seconds):.1f} | {multiple} |")
    times = sorted(1 / ratio for ratio in ratios[limit])
    lines.append(
        f"\n`socsvc run` takes {statistics.median(times):.2f} times as long as the plain warm script "
        f"({times[0]:.2f} to {times[-1]:.2f} in {len(times)} pairs).\n"
    )
    return "\n".join(lines)


def unchanged(keys: list[Key], workers: int) -> str:
    """A second run in which nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        first = timed_in(ways.ours, keys, Path(folder), workers)
        again = [timed_in(ways.unchanged, keys, Path(folder), workers) for _ in range(5)]
    median = statistics.median(again)
    return f"## Nothing changed\n\nA second run takes {median:.2f} s, {median / first:.1%} of the first.\n"


def scaling(workers: int) -> str:
    """15, 60 and 240 reports."""
    with tempfile.TemporaryDirectory() as folder:
        results = [scale.scaled(number, Path(folder), workers) for number in scale.NUMBERS]
    plot(results)
    lines = ["## Many reports\n", "| notebook runs | seconds | per run | memory of a process beyond what it shares |"]
    lines.append("|---|---|---|---|")
    lines += [
        f"| {each.number} | {each.seconds:.1f} | {each.seconds / each.number:.3f} | at most {each.own_memory:.0f} MiB |"
        for each in results
    ]
    lines.append(
        f"\nA run among {results[-1].number} takes {scale.linear(results):.2f} times as long as one among "
        f"{results[0].number}.\n\n![Seconds by number of notebook runs](scaling.svg)\n"
    )
    return "\n".join(lines)


def plot(results: list[scale.Scaled]) -> None:
    """Seconds by number of runs, with the line that the first point promises."""
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench"})
    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    numbers = [0, *(each.number for each in results)]
    promised = results[0].seconds / results[0].number
    axes.plot(numbers, [number * promised for number in numbers], "--", color="#3D3D3D", label="linear from the first")
    axes.plot(numbers[1:], [each.seconds for each in results], "o-", color="#12436D", label="measured")
    axes.set(xlabel="notebook runs", ylabel="seconds", xlim=(0, None), ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(HERE / "scaling.svg", metadata={"Date": None})


def importing(pairs: int) -> str:
    """Import beside pandas."""
    lines = [
        "## A return of 100,000 rows\n",
        "| file | our import, CPU seconds | pandas | ratio |",
        "|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for file in imports.written(Path(folder)):
            imports.ours(file, Path(folder))
            measured = [(imports.ours(file, Path(folder)), imports.pandas(file)) for _ in range(pairs)]
            ours, theirs = (statistics.median(side) for side in zip(*measured, strict=True))
            ratio = statistics.median(mine / other for mine, other in measured)
            lines.append(f"| {file.suffix[1:].upper()} | {ours:.2f} | {theirs:.2f} | {ratio:.1f} |")
    return "\n".join([*lines, ""])


def disclosing() -> str:
    """What protecting small numbers hides, and how long it takes."""
    table, missed = disclosure.lines(large=True)
    return "\n".join(["## Small numbers hidden\n", *table, *(f"\nMissed: {each}." for each in missed), ""])


def profiling() -> str:
    """The functions that take most of the time of a page."""
    lines = ["## Where the time of a page goes\n", "| share of the time, per cent | function itself |", "|---|---|"]
    lines += [f"| {share:.1f} | `{name}` |" for share, name in profiled.profile()]
    return "\n".join([*lines, ""])


def timed(way: Callable[[list[Key], Path, int], None], keys: list[Key], workers: int) -> float:
    """Seconds of one way in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return timed_in(way, keys, Path(folder), workers)


def timed_in(way: Callable[[list[Key], Path, int], None], keys: list[Key], folder: Path, workers: int) -> float:
    """Seconds of one way in ``folder``."""
    began = time.perf_counter()
    way(keys, folder, workers)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
