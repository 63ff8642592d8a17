"""The plain warm script as a program: ``python -m benchmarks.script FOLDER WORKERS REGION/LANGUAGE ...``."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_output

from benchmarks.ways import DATA, Job, jobs, run_cells
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.report import site
from socsvc_analysis.report.downloads import downloads
from socsvc_analysis.report.index import make_index
from socsvc_analysis.report.tasks import PagesMaking, edition_of
from socsvc_analysis.report.warming_up import warm_up
from socsvc_analysis.report.workers import Place
from socsvc_analysis.tables import LANGUAGES


def main(folder: Path, workers: int, keys: list[tuple[str, str]]) -> None:
    """Make the notebooks and pages of ``keys`` in ``workers`` forked processes, then the indexes and downloads."""
    warm_up(str(DATA))
    package = open_package(DATA, "public")
    gc.collect()
    gc.freeze()
    children = []
    for worker in range(workers):
        child = os.fork()
        if not child:
            for key in keys[worker::workers]:
                _report(key, folder, package)
            os._exit(0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    if any(codes):
        raise SystemExit(f"a worker of the script ended with {max(codes)}")
    edition = edition_of(package)
    places = (site.place(document, *key) for key in keys for document in site.ENDINGS)
    pages = {place: edition.package.version for place in places if (folder / place).exists()}
    for language in LANGUAGES:
        (folder / f"index-{language}.html").write_bytes(bytes(make_index(pages, edition, language)))
    for path, content in downloads(edition, "").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _report(key: tuple[str, str], folder: Path, package: Package) -> None:
    documents: dict[str, dict[str, Path]] = {}
    for job in jobs([key]):
        path = job.output(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(_executed(job)), encoding="utf-8")
        documents.setdefault(job.chapter.document, {})[job.chapter.name] = path
    made = PagesMaking(key, documents, package).done(Place())
    if made.problem:
        raise SystemExit(made.problem)
    for path, content in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(bytes(content))


def _executed(job: Job) -> nbformat.NotebookNode:
    notebook = nbformat.read(job.chapter.path, as_version=4)
    for cell, shown in zip(notebook.cells, run_cells(job), strict=True):
        if shown:
            cell.outputs = [new_output("display_data", shown)]
    return notebook


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [tuple(each.split("/")) for each in sys.argv[3:]])
