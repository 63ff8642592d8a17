"""The tasks of workers: run a chapter, make a region's documents, the downloads, the index.

The process that hands tasks out imports nothing of what the work needs: each task imports it when it is done.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from socsvc_analysis.datapackage import Package
from socsvc_analysis.parameters import Scalar
from socsvc_analysis.report import site
from socsvc_analysis.report.chapters import Chapter, Limits, Result
from socsvc_analysis.report.inputs import Inputs
from socsvc_analysis.report.nursery import AHEAD, FORKED
from socsvc_analysis.report.pages import Document, PageError
from socsvc_analysis.report.site import Documents, Key
from socsvc_analysis.report.workers import Place
from socsvc_analysis.schema import counted

if TYPE_CHECKING:
    from socsvc_analysis.report.kernels import Starter
    from socsvc_analysis.report.page import Edition

PROBLEMS_SAID = 5
"""How many problems of one page are said; the first ones usually cause the others."""


@dataclass(frozen=True)
class ChapterRun:
    """The task to run one chapter with checked parameters, and where the executed notebook goes."""

    chapter: Chapter
    parameters: dict[str, Scalar]
    output: Path
    inputs: Inputs
    folder: Path
    limits: Limits

    @property
    def key(self) -> Key:
        """Region and language."""
        return str(self.parameters["region"]), str(self.parameters["language"])

    def done(self, place: Place) -> Result:
        """Run the chapter, unless the run has taken too long already."""
        if time.monotonic() >= self.limits.ends:
            return self.lost(f"the run took longer than {counted(self.limits.run, 'second')}")
        from socsvc_analysis.report.engine import execute

        return execute(
            self.chapter.path,
            self.parameters,
            self.output,
            folder=self.folder,
            inputs=self.inputs,
            limits=self.limits,
            starter=_starter(place),
            workplace=Path(place.workplace) if place.workplace else None,
        )

    def lost(self, why: str) -> Result:
        """The failure of a chapter that could not be run."""
        region, language = self.key
        said = f"{region} ({language}), {self.chapter.path.name}: {why}"
        return Result(self.output, region, language, self.chapter.name, 0.0, problem=said)


@dataclass(frozen=True)
class Made:
    """The files that a worker has made, by path, or the problem; ``what`` is a region's key or a task's name."""

    what: Key | str
    files: Documents = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class PagesMaking:
    """The task to make brief, report and workbook of a region in a language from its executed chapters."""

    key: Key
    chapters: Mapping[str, Mapping[str, Path]]
    package: Package

    def done(self, place: Place) -> Made:
        """Make the documents and pictures of the region."""
        import nbformat

        from socsvc_analysis.report.page import make_page
        from socsvc_analysis.report.pictures import picture_files, pictures_in
        from socsvc_analysis.report.workbook import make_workbook

        edition = edition_of(self.package)
        read = {
            document: {name: nbformat.read(path, as_version=4) for name, path in chapters.items()}
            for document, chapters in self.chapters.items()
        }
        made: dict[str, Document] = {}
        try:
            for document, chapters in read.items():
                made[site.place(document, *self.key)] = make_page(chapters, *self.key, edition, document)
                pictures = pictures_in(chapters.values(), self.package, edition.words(self.key[1]))
                made |= picture_files(pictures, f"{site.pictures(*self.key)}{document}/")
        except PageError as failure:
            return self.lost("; ".join(failure.problems[:PROBLEMS_SAID]))
        notebooks = {name: notebook for chapters in read.values() for name, notebook in chapters.items()}
        made[site.place("workbook", *self.key)] = make_workbook(notebooks, *self.key, edition)
        return Made(self.key, made)

    def lost(self, why: str) -> Made:
        """The failure of documents that could not be made."""
        return Made(self.key, problem=f"{self.key[0]} ({self.key[1]}), page: {why}")


@dataclass(frozen=True)
class DownloadsMaking:
    """The task to make the downloads; ``made_from`` is the hash of their inputs, which is written into them."""

    package: Package
    made_from: str

    def done(self, place: Place) -> Made:
        """Make the files to download."""
        from socsvc_analysis.report.downloads import downloads

        return Made("downloads", downloads(edition_of(self.package), self.made_from))

    def lost(self, why: str) -> Made:
        """The failure of the downloads."""
        return Made("downloads", problem=f"downloads: {why}")


@dataclass(frozen=True)
class IndexMaking:
    """The task to make the index in one language over the documents and archived versions (see ``make_index``)."""

    language: str
    versions: Mapping[str, str]
    archived: tuple[str, ...]
    package: Package

    def done(self, place: Place) -> Made:
        """Make the index."""
        from socsvc_analysis.report.index import make_index

        page = make_index(self.versions, edition_of(self.package), self.language, self.archived)
        return Made("index", {site.INDEXES[self.language]: page})

    def lost(self, why: str) -> Made:
        """The failure of the index."""
        return Made("index", problem=f"index ({self.language}): {why}")


def edition_of(package: Package) -> Edition:
    """The edition whose pages this process makes: opened once, and the same as the package of the run.

    Raises :class:`~socsvc_analysis.schema.DataError` when the data have changed since the run began.
    """
    return _opened(package.path, package.audience, package.fingerprint)


@cache
def _opened(path: Path, audience: str, expected: tuple[str, ...]) -> Edition:
    from socsvc_analysis.datapackage import open_package
    from socsvc_analysis.reference import open_reference
    from socsvc_analysis.report.page import Edition
    from socsvc_analysis.schema import DataError, Problem

    package = open_package(path, audience)
    if package.fingerprint != expected:
        raise DataError([Problem(path.name, "the data have changed since the run began; run once more")])
    return Edition(package, open_reference(package), audience)


@cache
def _starter(place: Place) -> Starter | None:
    """What starts the kernels of this process; None where jupyter_client does."""
    from socsvc_analysis.report import kernels

    if place.engine == FORKED:
        return kernels.forked_from(place.address)
    return kernels.Ahead() if place.engine == AHEAD else None
