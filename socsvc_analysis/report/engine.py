"""Run one notebook for one set of parameters, and be sure that it ran to its end.

papermill does the running.  What it lets through is refused here: a cell that ends the notebook early and calls it a
success, a cell or notebook that takes too long.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from papermill.utils import chdir

from socsvc_analysis.files import FULL, write_whole
from socsvc_analysis.parameters import ParameterError, Scalar
from socsvc_analysis.report.chapters import Limits, Result
from socsvc_analysis.report.inputs import Inputs, marked
from socsvc_analysis.report.kernels import Starter, kernel, scratch_folder
from socsvc_analysis.report.memory import NO_MEMORY, explained
from socsvc_analysis.schema import counted

INJECTED = "injected-parameters"
"""Tag that papermill gives to the cell with the parameters of this run; here also the cell's id."""
KERNEL = "python3"
DIED = f"the kernel died: it was killed, most likely because {NO_MEMORY}"
LONGEST_REASON = 300
"""Characters of the reason that is given for a failure."""


def execute(
    notebook: Path,
    parameters: Mapping[str, Scalar],
    output: Path,
    *,
    folder: Path,
    inputs: Inputs,
    limits: Limits,
    starter: Starter | None = None,
    workplace: Path | None = None,
) -> Result:
    """Run ``notebook`` with checked ``parameters`` and write it to ``output`` if it ran to its end.

    Only notebooks of ``folder`` are run.  ``parameters`` must have ``region``, ``language`` and ``data``; the kernel
    gets the absolute path of the data, the written notebook the path as seen from beside ``folder``.  ``inputs`` is
    remembered in the notebook (see :func:`~socsvc_analysis.report.inputs.why_again`).  ``starter`` gives the kernel
    (none: it is started anew), whose files lie in a folder inside ``workplace``.  What goes wrong inside the notebook
    is in the result; it is not raised.
    """
    if notebook.resolve().parent != folder.resolve():
        raise ParameterError(f"{notebook.name} does not lie in the folder of notebooks")
    started = time.monotonic()
    watch = _Watch(limits)
    ran: NotebookNode | None = None
    absolute = {**parameters, "data": str(Path(str(parameters["data"])).resolve())}
    try:
        # As papermill.execute_notebook does, which writes the notebook as text twice, once for nobody.
        given = parameterize_notebook(load_notebook_node(str(notebook)), absolute, kernel_name=KERNEL)
        with scratch_folder(workplace) as scratch, kernel(scratch, starter, scratch) as chosen, chdir(str(scratch)):
            ran = _Engine.execute_notebook(
                given,
                KERNEL,
                start_timeout=limits.start,
                kernel_manager_class=chosen,
                timeout_func=watch,
                record_timing=False,
                shutdown_kernel="immediate",
            )
        cell, reason = what_is_wrong(ran)
    except CellTimeoutError:
        cell, reason = watch.cell, watch.exceeded()
    except DeadKernelError:
        cell, reason = watch.cell, DIED
    except (RuntimeError, OSError) as failure:
        if isinstance(failure, OSError) and failure.errno in FULL:
            raise  # no other notebook will fare better
        # jupyter_client has no error of its own for a kernel that dies while it starts.
        died = str(failure).startswith("Kernel died")
        cell = watch.cell
        reason = DIED if died else explained(_one_line(f"the kernel could not be used: {failure}"))
    region, language = str(parameters["region"]), str(parameters["language"])
    problem = None
    if reason or ran is None:
        problem = f"{region} ({language}), {notebook.name}, cell {cell or 'none'}: {reason}"
    else:
        write_whole(output, marked(_cleaned(ran, parameters, folder), inputs).encode())
    return Result(output, region, language, notebook.stem, time.monotonic() - started, problem, cell if reason else "")


def what_is_wrong(notebook: NotebookNode) -> tuple[str, str]:
    """The id of the first cell that failed or did not run to its end, and why; two empty texts when all did.

    papermill's word is not enough: after ``sys.exit(0)`` in a cell it returns half a notebook as a success.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error":
                if output.ename == "SystemExit":
                    return cell.id, "the cell ended the notebook early (SystemExit)"
                return cell.id, explained(_one_line(f"{output.ename}: {output.evalue}"), "".join(output.traceback))
        if cell.metadata.get("papermill", {}).get("exception"):  # it failed, and the kernel could not say it in order
            printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            last = printed.strip().rpartition("\n")[2]
            return cell.id, explained(_one_line(last or "the cell failed, and the kernel did not say why"), printed)
        if cell.execution_count is None:
            return cell.id, "the cell was not run"
        if cell.metadata.get("papermill", {}).get("status", "completed") != "completed":
            return cell.id, "the cell did not complete"
    if not code:
        return "", "the notebook has no code cell"
    if not any("text/html" in output.get("data", {}) for output in code[-1].outputs):
        return code[-1].id, "the last cell of the notebook shows nothing"
    return "", ""


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own, whose manager of an execution takes no times."""

    @classmethod
    def execute_notebook(cls, notebook: NotebookNode, kernel_name: str, **options: object) -> NotebookNode:
        manager = _Untimed(notebook, progress_bar=False)
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, **options)
        finally:
            manager.notebook_complete()
        executed: NotebookNode = manager.nb
        return executed


class _Untimed(NotebookExecutionManager):  # type: ignore[misc]  # papermill has no types
    """Forgets when a cell began: nobody sees how long it took, and to read the time again is slow."""

    def cell_start(self, cell: NotebookNode, cell_index: int | None = None, **more: object) -> None:
        super().cell_start(cell, cell_index, **more)
        cell.metadata.papermill["start_time"] = None


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
        if self.limits.ends - time.monotonic() <= 0.2:
            return f"the run took longer than {counted(self.limits.run, 'second')}"
        if self._left() <= 0.2:
            return f"the notebook took longer than {counted(self.limits.notebook, 'second')}"
        return f"the cell took longer than {counted(self.limits.cell, 'second')}"

    def _left(self) -> float:
        now = time.monotonic()
        return min(self.limits.notebook - (now - self.started), self.limits.ends - now)


def _cleaned(ran: NotebookNode, parameters: Mapping[str, Scalar], folder: Path) -> NotebookNode:
    """The executed notebook without times and without the absolute path of the data: equal inputs give equal bytes."""
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
    return ran


def _seen_from(folder: Path, data: str) -> str:
    """The data's path as written beside ``folder``; only its name when it lies elsewhere."""
    path = Path(data).resolve()
    beside = folder.resolve().parent
    return path.relative_to(beside).as_posix() if path.is_relative_to(beside) else path.name


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"
