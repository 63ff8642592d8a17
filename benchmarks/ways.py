"""Ways to make all reports: our run, the loop of stock commands, another engine, and a plain warm script as the limit.

Each makes the same notebooks for the same regions and languages with the same number of workers, and a page of each.
"""

from __future__ import annotations

import ast
import gc
import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from socsvc_analysis.report.chapters import Chapter, find_chapters
from socsvc_analysis.report.nursery import ONE_THREAD, environment

ROOT = Path(__file__).parents[1]
DATA, NOTEBOOKS = ROOT / "data" / "datapackage.json", ROOT / "notebooks"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Job:
    """One chapter for one region in one language."""

    chapter: Chapter
    region: str
    language: str

    def output(self, folder: Path) -> Path:
        return folder / self.language / self.region / f"{self.chapter.name}.ipynb"

    @property
    def parameters(self) -> dict[str, str]:
        return {"region": self.region, "language": self.language, "audience": "public", "data": str(DATA)}


def jobs(keys: Sequence[tuple[str, str]]) -> list[Job]:
    """Every chapter for each region and language of ``keys``."""
    return [Job(chapter, *key) for key in keys for chapter in find_chapters(NOTEBOOKS)]


def ours(keys: Sequence[tuple[str, str]], folder: Path, workers: int) -> None:
    """``socsvc run``, as a command."""
    regions = [f"--region={region}" for region in dict.fromkeys(region for region, _ in keys)]
    languages = [f"--language={language}" for language in dict.fromkeys(language for _, language in keys)]
    _command(BIN / "socsvc", "run", *regions, *languages, f"--jobs={workers}", f"--output={folder}")


def unchanged(keys: Sequence[tuple[str, str]], folder: Path, workers: int) -> None:
    """The same once more: ``folder`` holds what the run before has made."""
    ours(keys, folder, workers)


def stock(keys: Sequence[tuple[str, str]], folder: Path, workers: int) -> None:
    """``papermill`` and then ``jupyter nbconvert`` for each notebook, as commands, ``workers`` of them at once."""

    def run(job: Job) -> None:
        output = job.output(folder)
        output.parent.mkdir(parents=True, exist_ok=True)
        said = [word for name, value in job.parameters.items() for word in ("-p", name, value)]
        _command(BIN / "papermill", "--no-progress-bar", "--no-log-output", job.chapter.path, output, *said)
        _command(BIN / "jupyter", "nbconvert", "--log-level=ERROR", "--to=html", output)

    _at_once(run, jobs(keys), workers)


def ploomber(keys: Sequence[tuple[str, str]], folder: Path, workers: int) -> None:
    """Each notebook by ploomber-engine in one of ``workers`` warm processes, and its page by nbconvert's exporter."""
    _in_processes(_by_ploomber, jobs(keys), folder, workers)


def script(keys: Sequence[tuple[str, str]], folder: Path, workers: int) -> None:
    """The limit: the same cells as plain Python in warm processes that have everything open, and our own pages.

    The processes are forked from one that has imported the library, opened the data and computed the indicators.
    """
    _command(
        sys.executable, "-m", "benchmarks.script", folder, str(workers), *(f"{r}/{language}" for r, language in keys)
    )


def run_cells(job: Job) -> list[dict[str, object]]:
    """What each cell of a chapter shows, by MIME type, run as plain Python."""
    import nbformat

    names: dict[str, object] = {}
    shown = []
    for cell in nbformat.read(job.chapter.path, as_version=4).cells:
        if cell.cell_type != "code":
            shown.append({})
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names.update(job.parameters)
        value = eval(compile(ast.Expression(last.value), cell.id, "eval"), names) if last else None
        shown.append(_displayed(value) if value is not None else {})
    return shown


def _displayed(value: object) -> dict[str, object]:
    """What a notebook holds of a value: its own kinds of text, or those of a frame."""
    if hasattr(value, "_repr_mimebundle_"):
        return value._repr_mimebundle_()
    return {"text/html": value._repr_html_(), "text/plain": repr(value)}


def _by_ploomber(job: Job, folder: Path) -> None:
    from nbconvert.exporters import HTMLExporter
    from ploomber_engine import execute_notebook

    output = job.output(folder)
    output.parent.mkdir(parents=True, exist_ok=True)
    execute_notebook(
        str(job.chapter.path), output_path=str(output), parameters=job.parameters, progress_bar=False, log_output=False
    )
    output.with_suffix(".html").write_text(HTMLExporter().from_filename(str(output))[0], encoding="utf-8")


def _in_processes(work: Callable[[Job, Path], None], todo: Sequence[Job], folder: Path, workers: int) -> None:
    gc.collect()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.starmap(work, [(job, folder) for job in todo], chunksize=1)


def _at_once(work: Callable[[Job], None], todo: Sequence[Job], workers: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, todo))


def _command(*words: object) -> None:
    surroundings = environment({"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(Path.home()), **ONE_THREAD})
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT, env=surroundings, capture_output=True)


def emptied(folder: Path) -> Path:
    """``folder`` with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
