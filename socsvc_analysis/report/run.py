"""Make reports: chapters x regions x languages over a pool of workers, then pages, then the site.

A region that fails does not stop the others; its last good page stays, with a notice.  A chapter whose inputs have not
changed is not run again.  Everything that happened is in ``outputs/manifest.json``.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import socsvc_analysis
from socsvc_analysis.datapackage import AUDIENCES, Package, open_package
from socsvc_analysis.lock import hold
from socsvc_analysis.reference import open_reference
from socsvc_analysis.report import archive, site
from socsvc_analysis.report.downloads import downloads, reusable
from socsvc_analysis.report.engine import (
    Chapter,
    Limits,
    ParameterError,
    Result,
    Scalar,
    check_parameters,
    find_chapters,
    finished,
)
from socsvc_analysis.report.page import INDEXES, Edition, PageError, kept, make_page
from socsvc_analysis.report.workers import Task, run_tasks
from socsvc_analysis.wording import LANGUAGES, in_language

MADE, UNCHANGED, KEPT, FAILED = "made", "unchanged", "kept", "failed"
VERSIONS_OF = (
    "babel",
    "ipykernel",
    "ipython",
    "jinja2",
    "matplotlib",
    "mistune",
    "nbclient",
    "nbconvert",
    "numpy",
    "pandas",
    "pandera",
    "papermill",
)
"""Distributions that a page's bytes may depend on."""

LOCK = ".run.lock"
UNHURRIED = Limits()
PROBLEMS_SAID = 5
"""How many problems of one page are said; the first ones usually cause the others."""


class RunError(Exception):
    """A run that may not start; the message is a sentence for the person who started it."""


class RunBusy(RunError):
    """Another run is going in the same folder of outputs."""


@dataclass(frozen=True)
class Report:
    """What became of one region in one language."""

    region: str
    language: str
    status: str  # made, unchanged, kept (the page of an earlier run stays), failed (there is no page)
    chapters: int
    seconds: float
    problems: tuple[str, ...] = ()
    inputs: str = ""  # hash over all that the page depends on
    page: str = ""  # hash of the page


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
    limits: Limits = UNHURRIED,
    progress: Callable[[Result, int], None] | None = None,
) -> Summary:
    """Run the chapters in ``notebooks`` on ``data`` for ``regions`` and ``languages`` (default: all) and publish pages.

    ``output`` gets ``site/`` (``internal/`` for the audience ``internal``), the executed notebooks, and the manifest.
    ``progress`` is called with each :class:`~socsvc_analysis.report.engine.Result` and the number of chapters in all.

    Raises :class:`~socsvc_analysis.schema.DataError` for data that cannot be used or may not be published,
    :class:`~socsvc_analysis.report.engine.ParameterError` for an unknown region, language or audience,
    :class:`RunBusy` when another run is going, and :class:`RunError` when there is nothing to run.
    """
    started = datetime.now(UTC)
    _known("audience", [audience], AUDIENCES)
    package = open_package(data, audience)
    edition = Edition(package, open_reference(package), audience)
    keys = [
        (region, language)
        for region in _known("region", regions, edition.regions)
        for language in _known("language", languages, LANGUAGES)
    ]
    chapters = find_chapters(notebooks)
    if not chapters:
        raise RunError(in_language("en", None).say("run_no_chapters", folder=notebooks))
    name, executed, manifest = _places(output, audience)
    output.mkdir(parents=True, exist_ok=True)
    with only_run(output):
        tasks = _tasks(chapters, keys, edition, notebooks, executed, limits)
        before = site.published(output, name)
        inputs = {key: _sha256("".join(task.inputs for task in tasks if task.key == key)) for key in keys}
        as_before = {} if fresh else _as_before(manifest, inputs, before)
        made: dict[site.Key, str] = {}
        results: dict[site.Key, list[Result]] = {key: [] for key in keys}
        refused: dict[site.Key, str] = {}
        for result in _results(tasks, jobs or os.cpu_count() or 1, fresh):
            key = (result.region, result.language)
            results[key].append(result)
            if len(results[key]) == len(chapters) and not any(each.problem for each in results[key]):
                if key in as_before and all(each.unchanged for each in results[key]):
                    made[key] = as_before[key]
                else:
                    paths = {each.name: _path(executed, key, each) for each in chapters}
                    made[key], refused[key] = _page(paths, key, edition)
            if progress is not None:
                progress(result, len(tasks))
        made = {key: page for key, page in made.items() if page}
        pages = _to_show(made, before, [key for key in keys if key not in made], edition)
        index, others = _around(pages, before, site.contents_shown(output, name), edition)
        release = site.publish(pages, index, output, name, others)
        reports = tuple(
            _report(key, results[key], refused.get(key), made.get(key), before.get(key), inputs[key]) for key in keys
        )
        earlier = tuple(
            report
            for report in _reports_of(manifest)
            if (key := (report.region, report.language)) not in keys
            and key in pages
            and _sha256(pages[key]) == report.page
        )
        _write_manifest(manifest, started, edition, release, (*earlier, *reports))
    return Summary(output / name / "index.html", reports)


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
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": _utc(datetime.now(UTC))}
        lock.write(json.dumps(who))
        lock.flush()
        yield
        lock.truncate(0)


def inputs_hash(chapter: Path, parameters: Mapping[str, Scalar], package: Package) -> str:
    """A hash over everything that an executed chapter depends on: notebook, library, data, parameters, versions."""
    said = {
        "notebook": hashlib.sha256(chapter.read_bytes()).hexdigest(),
        "library": _library_hash(),
        "descriptor": hashlib.sha256(package.path.read_bytes()).hexdigest(),
        "data": package.hash,
        "parameters": {name: value for name, value in parameters.items() if name != "data"},
        "versions": _versions(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _known(name: str, wanted: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """``wanted`` without repetitions when all are known; ``known`` when nothing is wanted."""
    if not wanted:
        return tuple(known)
    if unknown := [each for each in wanted if each not in known]:
        said = in_language("en", None).say(
            "run_unknown", value=", ".join(map(repr, unknown)), name=name, known=", ".join(known)
        )
        raise ParameterError(said)
    return tuple(dict.fromkeys(wanted))


def _places(output: Path, audience: str) -> tuple[str, Path, Path]:
    """Where an audience's site, executed notebooks and manifest are: what is internal never lies in ``site/``."""
    if audience == "public":
        return "site", output / "notebooks", output / "manifest.json"
    return audience, output / f"notebooks-{audience}", output / f"manifest-{audience}.json"


def _tasks(
    chapters: Sequence[Chapter],
    keys: Sequence[site.Key],
    edition: Edition,
    notebooks: Path,
    executed: Path,
    limits: Limits,
) -> list[Task]:
    known = {"region": edition.regions, "language": LANGUAGES, "audience": AUDIENCES}
    tasks = []
    for region, language in keys:
        for chapter in chapters:
            given = {"region": region, "language": language, "audience": edition.audience}
            parameters = check_parameters(chapter.path, {**given, "data": str(edition.package.path)}, known)
            inputs = inputs_hash(chapter.path, parameters, edition.package)
            tasks.append(
                Task(chapter, parameters, _path(executed, (region, language), chapter), inputs, notebooks, limits)
            )
    return tasks


def _path(executed: Path, key: site.Key, chapter: Chapter) -> Path:
    region, language = key
    return executed / language / region / f"{chapter.name}.ipynb"


def _results(tasks: Sequence[Task], jobs: int, fresh: bool) -> Iterator[Result]:
    """Results as they come: first what is there already, then what the workers make."""
    to_do = []
    for task in tasks:
        if not fresh and finished(task.output, task.inputs):
            yield Result(task.output, *task.key, task.chapter.name, 0.0, unchanged=True)
        else:
            to_do.append(task)
    yield from run_tasks(to_do, jobs)


def _to_show(
    made: Mapping[site.Key, str], before: Mapping[site.Key, str], failed: Sequence[site.Key], edition: Edition
) -> dict[site.Key, str]:
    """The pages of the new site: those made now, and those of earlier runs, with a notice where a renewal failed."""
    stay = {key: page for key, page in before.items() if key not in made and key[0] in edition.regions}
    stay |= {key: kept(stay[key], edition.words(key[1])) for key in failed if key in stay}
    return dict(sorted((stay | made).items()))


def _around(
    pages: Mapping[site.Key, str], before: Mapping[site.Key, str], shown: Mapping[str, bytes], edition: Edition
) -> tuple[str, dict[str, bytes]]:
    """The index that opens first, and what else the site holds: its twin, the downloads, earlier publications.

    What the site that is ``shown`` holds of equal inputs is not made again; ``before`` are its pages.
    """
    earlier = archive.kept(shown, edition)
    listed = archive.versions(earlier, edition)
    descriptor = hashlib.sha256(edition.package.path.read_bytes()).hexdigest()
    made_from = _sha256(f"{edition.package.hash} {descriptor} {edition.audience} {_library_hash()} {_versions()}")
    files = reusable(shown, made_from)
    same = bool(files) and pages == before and listed == archive.versions(_archive_of(shown), edition)
    if same and set(INDEXES.values()) <= set(shown):
        indexes = {language: shown[place].decode("utf-8") for language, place in INDEXES.items()}
    else:
        from socsvc_analysis.report.index import (
            make_index,
        )  # charts are slow to import, and an unchanged site needs none

        indexes = {language: make_index(pages, edition, language, listed) for language in LANGUAGES}
    first, *twins = LANGUAGES
    others = {INDEXES[language]: indexes[language].encode("utf-8") for language in twins}
    return indexes[first], {**earlier, **(files or downloads(edition, made_from)), **others}


def _archive_of(shown: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in shown.items() if path.startswith(archive.FOLDER)}


def _page(paths: Mapping[str, Path], key: site.Key, edition: Edition) -> tuple[str, str]:
    """The page made of the chapters at ``paths`` and no problem, or no page and why not."""
    try:
        return make_page(paths, *key, edition), ""
    except PageError as failure:
        said = "; ".join(failure.problems[:PROBLEMS_SAID])
    except (ValueError, LookupError) as failure:  # one region's page never stops the others
        said = f"{type(failure).__name__}: {failure}"
    return "", f"{key[0]} ({key[1]}), page: {said}"


def _as_before(manifest: Path, inputs: Mapping[site.Key, str], before: Mapping[site.Key, str]) -> dict[site.Key, str]:
    """The pages of the site that were made from the same inputs, as the manifest of the last run has it."""
    return {
        key: before[key]
        for report in _reports_of(manifest)
        if (key := (report.region, report.language)) in before
        and inputs.get(key) == report.inputs
        and _sha256(before[key]) == report.page
    }


def _reports_of(manifest: Path) -> list[Report]:
    """What earlier runs made, as the manifest has it; nothing when it is not there or damaged."""
    try:
        return [Report(**said) for said in json.loads(manifest.read_text(encoding="utf-8"))["reports"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _report(
    key: site.Key, results: Sequence[Result], refused: str | None, page: str | None, before: str | None, inputs: str
) -> Report:
    problems = [result.problem for result in results if result.problem] + ([refused] if refused else [])
    seconds = round(sum(result.seconds for result in results), 2)
    made = _sha256(page) if page else ""
    return Report(*key, _status(page, before), len(results), seconds, tuple(problems), inputs, made)


def _status(page: str | None, before: str | None) -> str:
    if page is None:
        return FAILED if before is None else KEPT
    return UNCHANGED if page == before else MADE


def _write_manifest(path: Path, started: datetime, edition: Edition, release: str, reports: Sequence[Report]) -> None:
    package = edition.package
    said = {
        "started": _utc(started),
        "finished": _utc(datetime.now(UTC)),
        "audience": edition.audience,
        "data": {"version": package.version, "created": package.created, "hash": package.hash},
        "versions": _versions(),
        "release": release,
        "reports": [asdict(report) for report in reports],
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _library_hash() -> str:
    """A hash over the library's own files: code, sentences, templates, styles."""
    root = Path(socsvc_analysis.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version(), "socsvc_analysis": socsvc_analysis.__version__}
    for name in VERSIONS_OF:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    return versions


def _busy(path: Path) -> str:
    words = in_language("en", None)
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
        return words.say("run_busy", who=words.say("run_busy_who", **who))
    except (OSError, ValueError, KeyError, TypeError):
        return words.say("run_busy", who=words.say("run_busy_unknown"))
