"""Make reports: chapters x regions x languages over a pool of workers, then pages, then the site.

A region that fails does not stop the others; its last good page stays, with a notice.  A chapter whose inputs have not
changed is not run again.  Everything that happened is in ``outputs/manifest.json``.
"""

from __future__ import annotations

import csv
import io
import json
import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from socsvc_analysis.datapackage import AUDIENCES, Package, open_package, read_verified
from socsvc_analysis.lock import hold
from socsvc_analysis.report import manifest, site
from socsvc_analysis.report.chapters import (
    Chapter,
    Limits,
    ParameterError,
    Result,
    check_parameters,
    find_chapters,
)
from socsvc_analysis.report.inputs import hash_of, inputs_of, of_site, sha256, why_again
from socsvc_analysis.report.making import ChapterRun, DownloadsMaking, IndexMaking, Made, PageMaking, opened
from socsvc_analysis.report.manifest import FAILED, KEPT, MADE, UNCHANGED, Manifest, Report, utc
from socsvc_analysis.report.nursery import ENGINES, FASTEST, FORKED, Nursery
from socsvc_analysis.report.site import Key
from socsvc_analysis.report.workers import Place, Workers
from socsvc_analysis.report.workplace import workplace
from socsvc_analysis.tables import LANGUAGES

LOCK = ".run.lock"
UNHURRIED = Limits()


class RunError(Exception):
    """A run that may not start; the message is a sentence for the person who started it."""


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
    progress: Callable[[Result, int], None] | None = None,
    reasons: Callable[[Mapping[str, int]], None] | None = None,
) -> Summary:
    """Run the chapters in ``notebooks`` on ``data`` for ``regions`` and ``languages`` (default: all) and publish pages.

    ``output`` gets ``site/`` (``internal/`` for the audience ``internal``), the executed notebooks, and the manifest.
    ``engine`` says how kernels are started (default: the fastest that the system has), and ``nursery`` where they are
    forked from (default: one of this run's own); one that is given lives on.  ``progress`` is called with each
    :class:`~socsvc_analysis.report.chapters.Result` and the number of chapters in all; ``reasons`` once, with why
    chapters are run and how many for each reason.

    Raises :class:`~socsvc_analysis.schema.DataError` for data that cannot be used or may not be published,
    :class:`~socsvc_analysis.report.chapters.ParameterError` for an unknown region, language, audience or engine,
    :class:`RunBusy` when another run is going, and :class:`RunError` when there is nothing to run.
    """
    started = datetime.now(UTC)
    _known("audience", [audience], AUDIENCES)
    _known("engine", [engine] if engine else None, ENGINES)
    package = open_package(data, audience)
    all_regions = regions_of(package)
    keys = [
        (region, language)
        for region in _known("region", regions, all_regions)
        for language in _known("language", languages, LANGUAGES)
    ]
    chapters = find_chapters(notebooks)
    if not chapters:
        raise RunError(_said("run_no_chapters", folder=notebooks))
    name, executed, record = _places(output, audience)
    output.mkdir(parents=True, exist_ok=True)
    with only_run(output):
        runs = _runs(chapters, keys, package, all_regions, notebooks, executed, limits)
        why = {run.output: "it was asked for" if fresh else why_again(run.output, run.inputs) for run in runs}
        if reasons is not None:
            reasons(_counted(reason for reason in why.values() if reason))
        shown = site.contents_shown(output, name)
        inputs = {key: sha256("".join(hash_of(run.inputs) for run in runs if run.key == key)) for key in keys}
        inputs = {key: sha256(f"{each} {package.version} {of_site(package)}") for key, each in inputs.items()}
        before = Manifest.read(record)
        if not any(why.values()) and before.stands(inputs, shown, package):
            for run in runs:
                _tell(progress, _unchanged(run), len(runs))
            return Summary(output / name / "index.html", tuple(before.unchanged(key) for key in keys))
        making = _Making(package, site.published(output, name), before, shown, fresh)
        with _workers(jobs, engine, nursery, package) as workers:
            making.run(runs, why, inputs, workers, lambda result: _tell(progress, result, len(runs)))
            pages = making.to_show(keys, all_regions)
            index, others = making.around(pages, workers)
        release = site.publish(pages, index, output, name, others)
        reports = tuple(making.report(key, inputs[key]) for key in keys)
        earlier = tuple(
            report
            for key, report in before.reports.items()
            if key not in keys and key in pages and sha256(pages[key]) == report.page
        )
        manifest.write(record, started, package, release, (*earlier, *reports))
    return Summary(output / name / "index.html", reports)


class _Making:
    """What one run has made so far."""

    def __init__(
        self,
        package: Package,
        published: Mapping[Key, str],
        before: Manifest,
        shown: Mapping[str, bytes],
        fresh: bool,
    ) -> None:
        self.package, self.published, self.before, self.shown, self.fresh = package, published, before, shown, fresh
        self.results: dict[Key, list[Result]] = {}
        self.pages: dict[Key, str] = {}
        self.refused: dict[Key, str] = {}
        self.downloads: dict[str, bytes] = {}

    def run(
        self,
        runs: Sequence[ChapterRun],
        why: Mapping[Path, str],
        inputs: Mapping[Key, str],
        workers: Workers,
        tell: Callable[[Result], None],
    ) -> None:
        """Have chapters run and pages made of them as soon as all of a page are there."""
        chapters: dict[Key, dict[str, Path]] = {}
        for run in runs:
            chapters.setdefault(run.key, {})[run.chapter.name] = run.output
        as_before = {} if self.fresh else self.before.pages(inputs, self.published)

        def take(result: Result) -> None:
            key = (result.region, result.language)
            results = self.results.setdefault(key, [])
            results.append(result)
            if len(results) == len(chapters[key]) and not any(each.problem for each in results):
                if key in as_before and all(each.unchanged for each in results):
                    self.pages[key] = as_before[key]
                else:
                    workers.give(PageMaking(key, chapters[key], self.package))
            tell(result)

        self._reuse_or_make_downloads(workers)
        for run in runs:
            if why[run.output]:
                workers.give(run)
        for run in runs:
            if not why[run.output]:
                take(_unchanged(run))
        for result in workers.results():
            if isinstance(result, Result):
                take(result)
            elif result.what == "downloads":
                self._raise(result)
                self.downloads = dict(result.files)
            elif result.problem:
                self.refused[result.what] = result.problem
            else:
                self.pages[result.what] = result.files["page"]

    def _reuse_or_make_downloads(self, workers: Workers) -> None:
        """Downloads of equal inputs are not made again."""
        made_from = of_site(self.package)
        self.downloads = site.reusable(self.shown, made_from)
        if not self.downloads:
            workers.give(DownloadsMaking(self.package, made_from))

    def to_show(self, keys: Sequence[Key], regions: Sequence[str]) -> dict[Key, str]:
        """The pages of the new site: those made now, and those of earlier runs, with a notice where one failed."""
        stay = {key: page for key, page in self.published.items() if key not in self.pages and key[0] in regions}
        failed = [key for key in keys if key in stay]
        if failed:
            from socsvc_analysis.report.page import kept

            stay |= {key: kept(stay[key], opened(self.package).words(key[1])) for key in failed}
        return dict(sorted((stay | self.pages).items()))

    def around(self, pages: Mapping[Key, str], workers: Workers) -> tuple[str, dict[str, bytes]]:
        """The index that opens first, and what else the site holds: its twin, the downloads, earlier publications."""
        archived: dict[str, bytes] = {}
        versions: tuple[str, ...] = ()
        if self.package.version != self.before.version or any(path.startswith(site.ARCHIVE) for path in self.shown):
            from socsvc_analysis.report import archive

            edition = opened(self.package)
            archived = archive.kept(self.shown, edition)
            versions = tuple(archive.versions(archived, edition))
        for language in LANGUAGES:
            workers.give(IndexMaking(language, pages, versions, self.package))
        indexes: dict[str, str] = {}
        for result in workers.results():
            self._raise(result)
            indexes |= result.files
        first, *twins = LANGUAGES
        others = {site.INDEXES[language]: indexes[language].encode("utf-8") for language in twins}
        return indexes[first], {**archived, **self.downloads, **others}

    @staticmethod
    def _raise(result: Made) -> None:
        if result.problem:
            raise RunError(result.problem)

    def report(self, key: Key, inputs: str) -> Report:
        """What became of one page."""
        results, page, before = self.results[key], self.pages.get(key), self.published.get(key)
        problems = [result.problem for result in results if result.problem]
        problems += [self.refused[key]] if key in self.refused else []
        seconds = round(sum(result.seconds for result in results), 2)
        status = (FAILED if before is None else KEPT) if page is None else UNCHANGED if page == before else MADE
        return Report(*key, status, len(results), seconds, tuple(problems), inputs, sha256(page) if page else "")


@contextmanager
def only_run(output: Path) -> Iterator[None]:
    """Hold ``output`` for this run alone; raises :class:`RunBusy` at once when another run holds it.

    The system lets go of the hold when the process ends, however it ends, so no lock can be left over.
    """
    path = output / LOCK
    with path.open("a+", encoding="utf-8") as lock:
        try:
            hold(lock.fileno())
        except (BlockingIOError, PermissionError) as failure:
            raise RunBusy(_busy(path)) from failure
        lock.truncate(0)
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": utc(datetime.now(UTC))}
        lock.write(json.dumps(who))
        lock.flush()
        yield
        lock.truncate(0)


def regions_of(package: Package) -> tuple[str, ...]:
    """Slugs of the regions in the order of pages, read without the machinery that checks tables."""
    resource = next((each for each in package.descriptor["resources"] if each["name"] == "regions"), None)
    text = read_verified(package.path.parent, resource).decode("utf-8-sig") if resource else ""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return tuple(row["region"] for row in sorted(rows, key=lambda row: int(row["order"] or 0)))


def _known(name: str, wanted: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """``wanted`` without repetitions when all are known; ``known`` when nothing is wanted."""
    if not wanted:
        return tuple(known)
    if unknown := [each for each in wanted if each not in known]:
        raise ParameterError(
            _said("run_unknown", value=", ".join(map(repr, unknown)), name=name, known=", ".join(known))
        )
    return tuple(dict.fromkeys(wanted))


def _places(output: Path, audience: str) -> tuple[str, Path, Path]:
    """Where an audience's site, executed notebooks and manifest are: what is internal never lies in ``site/``."""
    if audience == "public":
        return "site", output / "notebooks", output / "manifest.json"
    return audience, output / f"notebooks-{audience}", output / f"manifest-{audience}.json"


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
            parameters = check_parameters(chapter.path, {**given, "data": str(package.path)}, known)
            inputs = inputs_of(chapter.path, parameters, package)
            path = executed / language / region / f"{chapter.name}.ipynb"
            runs.append(ChapterRun(chapter, parameters, path, inputs, notebooks, limits))
    return runs


@contextmanager
def _workers(jobs: int | None, engine: str | None, nursery: Nursery | None, package: Package) -> Iterator[Workers]:
    """Processes for the work of this run."""
    engine = engine or FASTEST
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        place = Place(str(folder), engine)
        if engine == FORKED:
            nursery = nursery or stack.enter_context(Nursery(folder, package.path, package.audience))
            place = Place(str(folder), engine, nursery.address)
        yield stack.enter_context(Workers(jobs or os.cpu_count() or 1, place))


def _unchanged(run: ChapterRun) -> Result:
    return Result(run.output, *run.key, run.chapter.name, 0.0, unchanged=True)


def _tell(progress: Callable[[Result, int], None] | None, result: Result, total: int) -> None:
    if progress is not None:
        progress(result, total)


def _counted(reasons: Iterator[str]) -> dict[str, int]:
    return dict(Counter(reasons).most_common())


def _said(key: str, **values: object) -> str:
    from socsvc_analysis.wording import in_language

    return in_language("en", None).say(key, **values)


def _busy(path: Path) -> str:
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
        return _said("run_busy", who=_said("run_busy_who", **who))
    except (OSError, ValueError, KeyError, TypeError):
        return _said("run_busy", who=_said("run_busy_unknown"))
