"""Run one notebook for one set of parameters, and be sure that it ran to its end.

papermill does the running.  What it lets through is refused here: a parameter the notebook does not declare, a value
that is not known, a cell that ends the notebook early and calls it a success, a cell or notebook that takes too long.
"""

from __future__ import annotations

import copy
import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from socsvc_analysis.schema import nearest

Scalar = str | int | float | bool | None

INJECTED = "injected-parameters"
"""Tag that papermill gives to the cell with the parameters of this run; here also the cell's id."""

SOCKET_PATH_LIMIT = 90
"""Longest path of a kernel's sockets: the systems' own limits are 104 to 108 bytes."""

KERNEL_ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "1640995200",
    "TZ": "UTC",
}


class ParameterError(ValueError):
    """Parameters that a notebook cannot take; the message names the known ones."""


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds."""

    cell: float = 120
    notebook: float = 300
    start: float = 60


@dataclass(frozen=True)
class Chapter:
    """A notebook that is part of every report."""

    name: str
    order: int
    path: Path


@dataclass(frozen=True)
class Result:
    """What became of one chapter for one region in one language."""

    path: Path
    region: str
    language: str
    chapter: str
    seconds: float
    problem: str | None = None  # a sentence that names region, notebook, cell and reason
    cell: str = ""
    unchanged: bool = False


def find_chapters(folder: Path) -> tuple[Chapter, ...]:
    """The notebooks of ``folder`` that say of themselves that they are a chapter, in reading order.

    A notebook says so in its metadata: ``{"socsvc": {"chapter": true, "order": 10}}``.
    """
    chapters = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            said = _read(path).metadata.get("socsvc", {})
            if said.get("chapter"):
                chapters.append(Chapter(path.stem, int(said["order"]), path))
        except (ValueError, KeyError, TypeError) as failure:
            reason = _one_line(f"{type(failure).__name__}: {failure}")
            raise ParameterError(f"{path.name} is not a notebook that can be read as a chapter ({reason})") from failure
    return tuple(sorted(chapters, key=lambda chapter: (chapter.order, chapter.name)))


def check_parameters(
    notebook: Path, parameters: Mapping[str, Scalar], known: Mapping[str, Collection[str]]
) -> dict[str, Scalar]:
    """``parameters`` when ``notebook`` declares each and each value is known, else :class:`ParameterError`.

    ``known`` gives the values that a parameter may take, by the parameter's name; other parameters may be any plain
    value.  Declared are the names that the notebook's cell tagged ``parameters`` assigns.
    """
    declared = list(papermill.inspect_notebook(_read(notebook)))
    problems = []
    for name, value in parameters.items():
        if name not in declared:
            problems.append(
                f"{notebook.name} has no parameter {name!r}; it has: {', '.join(declared) or 'none'}"
                + _did_you_mean(name, declared)
            )
        elif value is not None and type(value) not in (str, int, float, bool):
            problems.append(f"{name} is a {type(value).__name__}; a parameter is a text, number, bool or None")
        elif name in known and value not in known[name]:
            said = f"{value!r} is not a known {name}; known: {', '.join(known[name])}"
            problems.append(said + _did_you_mean(str(value), known[name]))
    if problems:
        raise ParameterError("; ".join(problems))
    return dict(parameters)


def execute(
    notebook: Path,
    parameters: Mapping[str, Scalar],
    output: Path,
    *,
    folder: Path,
    inputs: str = "",
    limits: Limits,
) -> Result:
    """Run ``notebook`` with checked ``parameters`` and write it to ``output`` if it ran to its end.

    Only notebooks of ``folder`` are run.  ``parameters`` must have ``region``, ``language`` and ``data``; the kernel
    gets the absolute path of the data, the written notebook the path as seen from beside ``folder``.  ``inputs`` is
    remembered in the notebook (see :func:`finished`).  What goes wrong inside the notebook is in the result; it is not
    raised.
    """
    if notebook.resolve().parent != folder.resolve():
        raise ParameterError(f"{notebook.name} does not lie in the folder of notebooks")
    started = time.monotonic()
    watch = _Watch(limits)
    ran: NotebookNode | None = None
    try:
        with _scratch() as scratch:
            ran = papermill.execute_notebook(
                _read(notebook),
                None,
                parameters={**parameters, "data": str(Path(str(parameters["data"])).resolve())},
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                start_timeout=limits.start,
                cwd=scratch,
                kernel_manager_class=_kernel_class(scratch),
                timeout_func=watch,
                record_timing=False,
                shutdown_kernel="immediate",
            )
        cell, reason = what_is_wrong(ran)
    except PapermillExecutionError as failure:
        cell, reason = watch.cell, _one_line(f"{failure.ename}: {failure.evalue}")
    except CellTimeoutError:
        cell, reason = watch.cell, watch.exceeded()
    except DeadKernelError:
        cell, reason = watch.cell, "the kernel died (killed, or out of memory)"
    except (RuntimeError, OSError) as failure:
        cell, reason = watch.cell, _one_line(f"the kernel could not be used: {failure}")
    region, language = str(parameters["region"]), str(parameters["language"])
    problem = None
    if reason:
        problem = f"{region} ({language}), {notebook.name}, cell {cell or 'none'}: {reason}"
    else:
        _write(_cleaned(ran, parameters, folder, inputs), output)
    return Result(output, region, language, notebook.stem, time.monotonic() - started, problem, cell if reason else "")


def what_is_wrong(notebook: NotebookNode) -> tuple[str, str]:
    """The id of the first cell that did not do its work, and why; two empty texts when all did.

    papermill's word is not enough: after ``sys.exit(0)`` in a cell it returns half a notebook as a success.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error":
                if output.ename == "SystemExit":
                    return cell.id, "the cell ended the notebook early (SystemExit)"
                return cell.id, _one_line(f"{output.ename}: {output.evalue}")
        if cell.execution_count is None:
            return cell.id, "the cell was not run"
        if cell.metadata.get("papermill", {}).get("status", "completed") != "completed":
            return cell.id, "the cell did not complete"
    if not code:
        return "", "the notebook has no code cell"
    if not any("text/html" in output.get("data", {}) for output in code[-1].outputs):
        return code[-1].id, "the last cell of the notebook shows nothing"
    return "", ""


def finished(path: Path, inputs: str) -> bool:
    """Whether ``path`` is an executed notebook that was made from the same ``inputs`` and not changed since."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError):
        return False
    mark = notebook.metadata.get("socsvc_run", {})
    return mark.get("inputs") == inputs and mark.get("content") == _content_hash(notebook)


class _Watch:
    """Tells nbclient how long a cell may take, and remembers which cell is running."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.started = time.monotonic()
        self.cell = ""

    def __call__(self, cell: NotebookNode) -> float:
        self.cell = cell.id
        return max(min(self.limits.cell, self._left()), 0.1)

    def exceeded(self) -> str:
        if self._left() <= 0.2:
            return f"the notebook took longer than {self.limits.notebook:g} seconds"
        return f"the cell took longer than {self.limits.cell:g} seconds"

    def _left(self) -> float:
        return self.limits.notebook - (time.monotonic() - self.started)


def _kernel_class(scratch: str) -> type[AsyncKernelManager]:
    """A kernel of this very interpreter: its files in ``scratch``, its environment one that reports may depend on."""
    here = str(Path(__file__).resolve().parents[2])  # the library that runs is the library the notebook imports
    surroundings = {
        **os.environ,
        **KERNEL_ENVIRONMENT,
        "IPYTHONDIR": os.path.join(scratch, "ipython"),  # nobody's own start-up files
        "PYTHONPATH": os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    # Sockets that are files cannot be reached over a network; their path must be short.
    files = os.name == "posix" and len(os.fsencode(scratch)) < SOCKET_PATH_LIMIT - len("/kernel-ipc-65535")

    class Kernel(AsyncKernelManager):
        def __init__(self, **options: object) -> None:
            super().__init__(
                **{
                    **options,
                    "connection_file": os.path.join(scratch, "kernel.json"),
                    "kernel_spec_manager": KernelSpecManager(kernel_dirs=[]),
                    "transport": "ipc" if files else "tcp",
                }
            )

        async def _async_start_kernel(self, **options: object) -> None:
            await super()._async_start_kernel(**{**options, "env": surroundings})

        start_kernel = _async_start_kernel

    return Kernel


@contextmanager
def _scratch() -> Iterator[str]:
    """An empty folder to run in: no module of the current one, nobody's own ``matplotlibrc`` can take part."""
    with tempfile.TemporaryDirectory(prefix="socsvc-", ignore_cleanup_errors=True) as folder:
        Path(folder, "matplotlibrc").touch()
        yield folder


def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def _cleaned(ran: NotebookNode, parameters: Mapping[str, Scalar], folder: Path, inputs: str) -> NotebookNode:
    """``ran`` without the marks of the machine and the hour: equal inputs give equal bytes."""
    ran.metadata.pop("papermill", None)
    ran.metadata.pop("widgets", None)
    ran.metadata.get("language_info", {}).pop("version", None)
    for cell in ran.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
            shown = {**parameters, "data": _seen_from(folder, str(parameters["data"]))}
            cell.source = "# Parameters\n" + "\n".join(f"{name} = {value!r}" for name, value in shown.items())
    ran.metadata["socsvc_run"] = {"inputs": inputs}
    ran.metadata["socsvc_run"]["content"] = _content_hash(ran)
    return ran


def _seen_from(folder: Path, data: str) -> str:
    """The data's path as written beside ``folder``; only its name when it lies elsewhere."""
    path = Path(data).resolve()
    beside = folder.resolve().parent
    return path.relative_to(beside).as_posix() if path.is_relative_to(beside) else path.name


def _content_hash(notebook: NotebookNode) -> str:
    bare = copy.deepcopy(notebook)
    bare.metadata.pop("socsvc_run", None)
    return hashlib.sha256(nbformat.writes(bare).encode()).hexdigest()


def _write(notebook: NotebookNode, path: Path) -> None:
    """Write wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _one_line(text: str, longest: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _did_you_mean(value: str, known: Collection[str]) -> str:
    close = nearest(value, known)
    return f"; nearest known: {close}" if close else ""
