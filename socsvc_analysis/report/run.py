"""Make reports: chapters x regions x languages over a pool of workers, then documents, then the site.

A region that fails does not stop the others; its last good page stays, with a notice.  A chapter whose inputs have not
changed is not run again.  Everything that happened is in ``outputs/manifest.json``.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path

from socsvc_analysis.datapackage import AUDIENCES, Package, open_package, read_verified
from socsvc_analysis.files import Held, held, sha256, write_whole
from socsvc_analysis.parameters import ParameterError, problems_of
from socsvc_analysis.report import manifest, site
from socsvc_analysis.report.chapters import (
    Chapter,
    Limits,
    Result,
    check_parameters,
    find_chapters,
)
from socsvc_analysis.report.current_run import remembered
from socsvc_analysis.report.inputs import hash_of, inputs_of, site_inputs_hash, why_again
from socsvc_analysis.report.manifest import MADE, UNCHANGED, Manifest, Report, utc
from socsvc_analysis.report.nursery import ENGINES, FASTEST, FORKED, Nursery
from socsvc_analysis.report.production import Production, RunError, unchanged
from socsvc_analysis.report.public_data import for_pages, refuse_leaks
from socsvc_analysis.report.site import Documents, Key
from socsvc_analysis.report.tasks import ChapterRun
from socsvc_analysis.report.workers import Place, Workers
from socsvc_analysis.report.workplace import workplace
from socsvc_analysis.sentences import Sentence
from socsvc_analysis.tables import LANGUAGES

LOCK, HOLDER = ".run.lock", ".run.json"
"""The file that a run locks, and the file that says which run has locked it."""
UNHURRIED = Limits()
MEGABYTE = 10**6
ROOM_AT_LEAST = 50 * MEGABYTE
"""Bytes that must be free before anything is made: a whole site with its notebooks takes less."""


class RunBusy(RunError):
    """Another run is going in the same folder of outputs."""


@dataclass(frozen=True)
class Summary:
    """What a run has done."""

    index: Path
    reports: tuple[Report, ...]

    @property
    def complete(self) -> bool:
        """Whether every report that was asked for is on the site as of this run."""
        return all(report.status in (MADE, UNCHANGED) for report in self.reports)


@dataclass(frozen=True)
class _Asked:
    """What a run is to make."""

    keys: Sequence[Key]
    regions: Sequence[str]
    """All regions of the data, also those whose pages are not asked for."""
    runs: Sequence[ChapterRun]
    why: Mapping[Path, str]
    """Why each chapter is run, by the file that it is written to; empty where the earlier one stands."""
    inputs: Mapping[Key, str]
    """A hash over all that the documents of each key depend on."""


def make_reports(
    data: Path,
    notebooks: Path,
    output: Path,
    *,
    regions: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    audience: str = "public",
    jobs: int | None = None,
    fresh: bool = False,
    engine: str | None = None,
    nursery: Nursery | None = None,
    limits: Limits = UNHURRIED,
    progress: Callable[[Result, int, int], None] | None = None,
    reasons: Callable[[Mapping[str, int]], None] | None = None,
) -> Summary:
    """Run the chapters in ``notebooks`` on ``data`` for ``regions`` and ``languages`` (default: all) and publish pages.

    ``output`` gets ``site/`` (``internal/`` for the audience ``internal``), the executed notebooks, and the manifest.
    ``engine`` says how kernels are started (default: the fastest that the system has), and ``nursery`` where they are
    forked from (default: one of this run's own); one that is given lives on.  ``progress`` is called with each
    :class:`~socsvc_analysis.report.chapters.Result`, the number of chapters of one region in one language and of all;
    ``reasons`` once, with why chapters are run and how many for each reason.

    Raises :class:`~socsvc_analysis.schema.DataError` for data that cannot be used or may not be published,
    :class:`~socsvc_analysis.report.public_data.HeldBack` where a small number could be worked out of what is shown,
    :class:`~socsvc_analysis.parameters.ParameterError` for an unknown region, language, audience or engine,
    :class:`RunBusy` when another run is going, and :class:`RunError` when there is nothing to run.
    """
    started = datetime.now(UTC)
    _chosen("audience", [audience], AUDIENCES)
    _chosen("engine", [engine] if engine else None, ENGINES)
    limits = limits.begun()
    with remembered(output, audience, started, (ParameterError, RunBusy)) as current:
        package = open_package(data, audience)
        all_regions = regions_of(package)
        keys = list(product(_chosen("region", regions, all_regions), _chosen("language", languages, LANGUAGES)))
        chapters = find_chapters(notebooks)
        if not chapters:
            raise RunError(Sentence("run_no_chapters", folder=notebooks))
        name, executed, record = _places(output, audience)
        output.mkdir(parents=True, exist_ok=True)
        with only_run(output):
            current.begun(package)
            whole, (package, known) = package, for_pages(package, output)
            current.reads(package)
            runs = _runs(chapters, keys, package, all_regions, notebooks, executed, limits)
            why = {run.output: "it was asked for" if fresh else why_again(run.output, run.inputs) for run in runs}
            if reasons is not None:
                reasons(_counted(reason for reason in why.values() if reason))
            shown = site.contents_shown(output, name)
            asked = _Asked(keys, all_regions, runs, why, _inputs_of_each(keys, runs, package))
            tell = partial(_tell, progress, len(chapters), len(runs))
            before = Manifest.read(record)
            if not any(why.values()) and before.stands(asked.inputs, shown, package):
                for run in runs:
                    tell(unchanged(run))
                reports = tuple(before.unchanged(key) for key in keys)
            else:
                _look_for_room(output, shown)
                production = Production(package, site.published(output, name), before, shown, fresh)
                with _workers(jobs, engine, nursery, package, limits) as workers:
                    current.show()  # while kernels are made ready
                    pages, others = _make_all(production, asked, workers, tell)
                documents = {**others, **pages}
                refuse_leaks(documents, whole, package, output, known)
                release = site.publish(documents, output, name)
                reports = tuple(production.report(key, asked.inputs[key], pages) for key in keys)
                manifest.write(record, started, package, release, (*production.earlier(keys, pages), *reports))
            current.done(reports)
    return Summary(output / name / "index.html", reports)


@contextmanager
def only_run(output: Path) -> Iterator[None]:
    """Lock ``output`` for this run; raises :class:`RunBusy` at once when another run has locked it.

    The system releases the lock when the process ends, however it ends, so none can be left over.
    """
    holder = output / HOLDER
    try:
        with held(output / LOCK):
            who = {"pid": os.getpid(), "host": socket.gethostname(), "started": utc(datetime.now(UTC))}
            write_whole(holder, json.dumps(who).encode())
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Held as failure:
        raise RunBusy(_busy(holder)) from failure


def regions_of(package: Package) -> tuple[str, ...]:
    """Slugs of the regions in the order of pages, read without the machinery that checks tables."""
    resource = next((each for each in package.descriptor["resources"] if each["name"] == "regions"), None)
    text = read_verified(package.path.parent, resource).decode("utf-8-sig") if resource else ""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return tuple(row["region"] for row in sorted(rows, key=lambda row: int(row["order"] or 0)))


def _chosen(name: str, wanted: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """``wanted`` without repetitions, ``known`` when nothing is wanted; :class:`ParameterError` for unknown ones."""
    chosen = tuple(dict.fromkeys(wanted or known))
    if problems := [each for value in chosen for each in problems_of({name: value}, {name: known}, [name])]:
        raise ParameterError(*problems)
    return chosen


def _places(output: Path, audience: str) -> tuple[str, Path, Path]:
    """Where an audience's site, executed notebooks and manifest are: what is internal never lies in ``site/``."""
    record = manifest.manifest_of(output, audience)
    if audience == "public":
        return "site", output / "notebooks", record
    return audience, output / f"notebooks-{audience}", record


def _look_for_room(output: Path, shown: Mapping[str, bytes]) -> None:
    """Raises :class:`RunError` where there is less room than what is shown, made twice over, takes."""
    needed = max(ROOM_AT_LEAST, 2 * sum(map(len, shown.values())))
    for folder, bytes_needed in ((output, needed), (Path(tempfile.gettempdir()), ROOM_AT_LEAST)):
        free = shutil.disk_usage(folder).free
        if free < bytes_needed:
            said = {"free": free // MEGABYTE, "needed": bytes_needed // MEGABYTE}
            raise RunError(Sentence("run_no_room", folder=folder, **said))


def _runs(
    chapters: Sequence[Chapter],
    keys: Sequence[Key],
    package: Package,
    regions: Sequence[str],
    notebooks: Path,
    executed: Path,
    limits: Limits,
) -> list[ChapterRun]:
    known = {"region": regions, "language": LANGUAGES, "audience": AUDIENCES}
    runs = []
    for region, language in keys:
        for chapter in chapters:
            given = {"region": region, "language": language, "audience": package.audience}
            parameters = check_parameters(chapter, {**given, "data": str(package.path)}, known)
            inputs = inputs_of(chapter.path, parameters, package)
            path = executed / language / region / f"{chapter.name}.ipynb"
            runs.append(ChapterRun(chapter, parameters, path, inputs, notebooks, limits))
    return runs


def _make_all(
    production: Production, asked: _Asked, workers: Workers, tell: Callable[[Result], None]
) -> tuple[Documents, Documents]:
    """Have everything made: the pages of the regions, and what else the site holds."""
    try:
        production.run(asked.runs, asked.why, asked.inputs, workers, tell)
    except MemoryError as failure:
        raise RunError(str(failure)) from failure
    pages = production.to_show(asked.keys, asked.regions)
    return pages, production.around(pages, workers)


@contextmanager
def _workers(
    jobs: int | None, engine: str | None, nursery: Nursery | None, package: Package, limits: Limits
) -> Iterator[Workers]:
    """Processes for the work of this run."""
    engine = engine or FASTEST
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        place = Place(str(folder), engine)
        if engine == FORKED:
            nursery = nursery or stack.enter_context(Nursery(folder, package.path, package.audience))
            place = Place(str(folder), engine, nursery.address)
        yield stack.enter_context(Workers(jobs or os.cpu_count() or 1, place, limits.task))


def _inputs_of_each(keys: Sequence[Key], runs: Sequence[ChapterRun], package: Package) -> dict[Key, str]:
    """A hash over all that the documents of each region and language depend on."""
    around = f"{package.version} {site_inputs_hash(package)}"
    chapters = {key: "".join(hash_of(run.inputs) for run in runs if run.key == key) for key in keys}
    return {key: sha256(f"{sha256(each.encode())} {around}".encode()) for key, each in chapters.items()}


def _tell(progress: Callable[[Result, int, int], None] | None, chapters: int, runs: int, result: Result) -> None:
    if progress is not None:
        progress(result, chapters, runs)


def _counted(reasons: Iterator[str]) -> dict[str, int]:
    return dict(Counter(reasons).most_common())


def _busy(path: Path) -> str:
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
        return Sentence("run_busy", who=Sentence("run_busy_who", **who))
    except (OSError, ValueError, KeyError, TypeError):
        return Sentence("run_busy", who=Sentence("run_busy_unknown"))
