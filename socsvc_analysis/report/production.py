"""The steps of a run: chapters, the documents of each region, index and downloads, and the reports on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from socsvc_analysis.datapackage import Package
from socsvc_analysis.report import site
from socsvc_analysis.report.chapters import Result
from socsvc_analysis.report.inputs import site_inputs_hash
from socsvc_analysis.report.manifest import FAILED, KEPT, MADE, UNCHANGED, Manifest, Report, hashes, utc
from socsvc_analysis.report.nursery import UNWANTED, absent
from socsvc_analysis.report.pages import Document, Page, linked
from socsvc_analysis.report.site import Documents, Key, documents_of
from socsvc_analysis.report.tasks import ChapterRun, DownloadsMaking, IndexMaking, Made, PagesMaking, edition_of
from socsvc_analysis.report.workers import Workers
from socsvc_analysis.tables import LANGUAGES


class RunError(Exception):
    """A run that may not start, or cannot end; the message is a sentence for the person who started it."""


class Production:
    """What one run has made so far."""

    def __init__(
        self,
        package: Package,
        published: Documents,
        before: Manifest,
        shown: Mapping[str, bytes],
        fresh: bool,
    ) -> None:
        self.package, self.published, self.before, self.shown, self.fresh = package, published, before, shown, fresh
        self.results: dict[Key, list[Result]] = {}
        self.made: dict[Key, Documents] = {}
        self.refused: dict[Key, str] = {}
        self.downloads: dict[str, Document] = {}

    def run(
        self,
        runs: Sequence[ChapterRun],
        why: Mapping[Path, str],
        inputs: Mapping[Key, str],
        workers: Workers,
        tell: Callable[[Result], None],
    ) -> None:
        """Have chapters run and documents made of them as soon as all of a region in a language are there."""
        chapters: dict[Key, list[ChapterRun]] = {}
        for run in runs:
            chapters.setdefault(run.key, []).append(run)

        def take(result: Result) -> None:
            key = (result.region, result.language)
            results = self.results.setdefault(key, [])
            results.append(result)
            if len(results) == len(chapters[key]) and not any(each.problem for each in results):
                as_before = self._as_before(key, inputs[key]) if all(each.unchanged for each in results) else {}
                if as_before:
                    self.made[key] = as_before
                else:
                    workers.give(PagesMaking(key, _by_document(chapters[key]), self.package))
            tell(result)

        self._reuse_or_make_downloads(workers)
        for run in runs:
            if why[run.output]:
                workers.give(run)
        for run in runs:
            if not why[run.output]:
                take(unchanged(run))
        result: Result | Made
        for result in workers.results():
            if isinstance(result, Result):
                take(result)
            elif isinstance(result.what, str):  # the downloads
                self._raise(result)
                self.downloads = dict(result.files)
            elif result.problem:
                self.refused[result.what] = result.problem
            else:
                self.made[result.what] = result.files

    def _as_before(self, key: Key, inputs: str) -> Documents:
        """The documents of ``key`` that were made of the same inputs before; none where all is to be made afresh."""
        report = self.before.reports.get(key)
        if self.fresh or report is None or report.inputs != inputs:
            return {}
        return self.before.unaltered(key, self.published)

    def _reuse_or_make_downloads(self, workers: Workers) -> None:
        """Downloads of equal inputs are not made again."""
        made_from = site_inputs_hash(self.package)
        self.downloads = dict(site.reusable(self.shown, made_from))
        if not self.downloads:
            workers.give(DownloadsMaking(self.package, made_from))

    def to_show(self, keys: Sequence[Key], regions: Sequence[str]) -> Documents:
        """What the new site shows: the documents made now, and those of earlier runs, with a notice where one failed.

        Their links lead only to what is there.
        """
        stay: dict[str, Document] = {}
        for key in product(regions, LANGUAGES):
            if key not in self.made:
                own = documents_of(key, self.published)
                stay |= self._as_kept(own, key[1]) if key in keys else own
        pages = dict(
            sorted((stay | {path: each for made in self.made.values() for path, each in made.items()}).items())
        )
        return linked(pages, (*site.INDEXES.values(), site.INDICATORS))

    def _as_kept(self, documents: Documents, language: str) -> Documents:
        words = edition_of(self.package).words(language)
        return {path: each.kept(words) if isinstance(each, Page) else each for path, each in documents.items()}

    def around(self, pages: Documents, workers: Workers) -> Documents:
        """What else the site holds: the index of each language, the downloads, earlier publications."""
        archived: dict[str, bytes] = {}
        versions: tuple[str, ...] = ()
        is_new = self.package.version != self.before.version
        if self.shown and (is_new or any(path.startswith(site.ARCHIVE) for path in self.shown)):
            with absent(*UNWANTED):
                from socsvc_analysis.report import archive

            edition = edition_of(self.package)
            archived = archive.kept(self.shown, edition)
            versions = tuple(archive.versions(archived, edition))
        shown = {path: each.version if isinstance(each, Page) else "" for path, each in pages.items()}
        for language in LANGUAGES:
            workers.give(IndexMaking(language, shown, versions, self.package))
        indexes: dict[str, Document] = {}
        result: Made
        for result in workers.results():
            self._raise(result)
            indexes |= result.files
        return {**archived, **self.downloads, **indexes}

    @staticmethod
    def _raise(result: Made) -> None:
        if result.problem:
            raise RunError(result.problem)

    def report(self, key: Key, inputs: str, pages: Documents) -> Report:
        """What became of the documents of ``key``; ``pages`` is all that the site shows."""
        results, before, now = self.results[key], documents_of(key, self.published), documents_of(key, pages)
        problems = [result.problem for result in results if result.problem]
        problems += [self.refused[key]] if key in self.refused else []
        seconds = round(sum(result.seconds for result in results), 2)
        status = (UNCHANGED if now == before else MADE) if key in self.made else KEPT if before else FAILED
        report = Report(*key, status, len(results), seconds, tuple(problems), inputs)
        earlier = self.before.reports.get(key, report)
        if key not in self.made:
            return replace(report, made=earlier.made, data=earlier.data) if before else report
        as_before = status == UNCHANGED and earlier.made
        when, data = (earlier.made, earlier.data) if as_before else (utc(datetime.now(UTC)), self.package.version)
        return replace(report, documents=hashes(now), made=when, data=data)

    def earlier(self, keys: Sequence[Key], pages: Documents) -> list[Report]:
        """What earlier runs have said of documents that this one was not asked for, and that nobody has altered."""
        return [
            replace(report, documents=hashes(documents_of(key, pages)))
            for key, report in self.before.reports.items()
            if key not in keys and documents_of(key, pages) and self.before.unaltered(key, self.published)
        ]


def _by_document(chapters: Sequence[ChapterRun]) -> dict[str, dict[str, Path]]:
    """The executed notebooks of each document by their names, in reading order."""
    documents: dict[str, dict[str, Path]] = {}
    for run in chapters:
        documents.setdefault(run.chapter.document, {})[run.chapter.name] = run.output
    return documents


def unchanged(run: ChapterRun) -> Result:
    """What became of a chapter that need not be run again."""
    return Result(run.output, *run.key, run.chapter.name, 0.0, unchanged=True)
