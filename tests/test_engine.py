"""Kernels from the nursery: the same notebooks as Jupyter's own, nothing of one run in another, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import papermill
import pytest
import tiny
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from packages import DATA
from processes import alive, until

from socsvc_analysis.report import kernels, nursery
from socsvc_analysis.report.chapters import Limits, Result
from socsvc_analysis.report.engine import execute
from socsvc_analysis.report.kernels import Starter
from socsvc_analysis.report.workplace import workplace

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
forks = pytest.mark.skipif(nursery.FASTEST != nursery.FORKED, reason="this system cannot fork safely")
pytestmark = [pytest.mark.slow, forks]

SURROUNDINGS = """
import json, os, random, signal, sys, threading
import matplotlib
import numpy
from pathlib import Path
hidden = ("IPYTHONDIR", "JPY_PARENT_PID", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST")
said = {
    "environment": {name: value for name, value in sorted(os.environ.items()) if name not in hidden},
    "folder": [each.name for each in sorted(Path.cwd().iterdir()) if each.name == "matplotlibrc"],
    "path": [each for each in sys.path],
    "looks": {name: str(value) for name, value in sorted(matplotlib.rcParams.items())},
    "backend": matplotlib.get_backend(),
    "interrupt": str(signal.getsignal(signal.SIGINT)),
    "main": sys.modules["__main__"].__name__,
    "mask": os.umask(0o22),
    "arguments": len(sys.argv),
    "names": sorted(name for name in dir() if not name.startswith("_")),
    "session": os.getsid(0) == os.getpid() == os.getpgid(0),
    "hash": hash("vieta"),
}
"""
SAY = 'Html("<figure>" + json.dumps(said) + "<svg></svg></figure>")'


@pytest.fixture(scope="module")
def forked(request: pytest.FixtureRequest) -> Starter:
    return kernels.forked_from(request.getfixturevalue("nursery").address)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    """Runs a tiny chapter whose cells are given, with kernels from a starter; the result's path is the notebook."""
    folder = tmp_path_factory.mktemp("run")
    data = tiny.package(folder / "data")

    def run(starter: Starter | None, limits: Limits | None = None, **replaced: str) -> Result:
        path = tiny.notebook(folder / "notebooks" / "capacity.ipynb", **replaced)
        parameters = {"region": "zemgale", "language": "lv", "audience": "public", "data": str(data)}
        output = folder / "outputs" / "capacity.ipynb"
        return execute(
            path, parameters, output, folder=path.parent, inputs={}, limits=limits or Limits(), starter=starter
        )

    return run


def shown(result: Result) -> str:
    """What the chart's cell shows."""
    assert result.problem is None
    cells = {cell.id: cell for cell in nbformat.read(result.path, as_version=4).cells}
    return "".join(output["data"]["text/html"] for output in cells["places-chart"].outputs)


def code(lines: str) -> str:
    """A cell that runs ``lines`` and shows what they call ``said``."""
    return f"import json\n{lines}\n{SAY}"


def said(result: Result) -> dict:
    return json.loads(shown(result).removeprefix("<figure>").removesuffix("<svg></svg></figure>"))


@pytest.fixture(scope="module")
def stock_surroundings(run: Callable[..., Result]) -> dict:
    return said(run(None, chart=SURROUNDINGS + SAY))


def test_a_forked_kernel_finds_the_same_surroundings_as_a_stock_one(
    run: Callable[..., Result], forked: Starter, stock_surroundings: dict
) -> None:
    first, again = (said(run(forked, chart=SURROUNDINGS + SAY)) for _ in range(2))
    assert first == again == stock_surroundings


@pytest.mark.parametrize("chapter", ["summary", "changes"])
def test_a_forked_kernel_gives_the_notebook_that_a_stock_one_gives(
    chapter: str, forked: Starter, tmp_path: Path
) -> None:
    parameters = {"region": "kurzeme", "language": "en", "audience": "public", "data": str(DATA)}
    texts = []
    for starter in (None, forked):
        output = tmp_path / f"{len(texts)}.ipynb"
        result = execute(
            NOTEBOOKS / f"{chapter}.ipynb",
            parameters,
            output,
            folder=NOTEBOOKS,
            inputs={},
            limits=Limits(),
            starter=starter,
        )
        assert result.problem is None
        texts.append(output.read_text(encoding="utf-8"))
    assert texts[0] == texts[1]


def test_a_chapter_is_run_as_papermill_runs_a_notebook(forked: Starter, tmp_path: Path) -> None:
    data, source = tiny.package(tmp_path / "data"), tiny.notebook(tmp_path / "capacity.ipynb")
    given = {"region": "zemgale", "language": "lv", "audience": "public", "data": str(data)}
    output = tmp_path / "out" / "capacity.ipynb"
    execute(source, given, output, folder=tmp_path, inputs={}, limits=Limits(), starter=forked)
    ours, theirs = nbformat.read(output, as_version=4), papermill.execute_notebook(str(source), None, given)
    shown = [
        [(cell.cell_type, cell.metadata.get("tags"), cell.get("outputs")) for cell in each.cells]
        for each in (ours, theirs)
    ]
    assert shown[0] == shown[1]


def test_paths_of_a_run_may_be_relative(forked: Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.package(tmp_path / "data")
    tiny.notebook(tmp_path / "capacity.ipynb")
    monkeypatch.chdir(tmp_path)
    given = {"region": "zemgale", "language": "lv", "audience": "public", "data": "data"}
    result = execute(
        Path("capacity.ipynb"), given, Path("out.ipynb"), folder=Path(), inputs={}, limits=Limits(), starter=forked
    )
    assert result.problem is None
    assert (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("leave", "look"),
    [
        ("import builtins; builtins.left = 1", "import builtins; said = hasattr(builtins, 'left')"),
        ("left = 1", "said = 'left' in globals()"),
        ("import os; os.environ['LEFT'] = '1'", "import os; said = 'LEFT' in os.environ"),
        ("import os; os.chdir('/')", "import os; said = os.getcwd() == '/'"),
        (
            "import matplotlib; matplotlib.rcParams['font.size'] = 99",
            "import matplotlib; said = matplotlib.rcParams['font.size'] == 99",
        ),
        ("import random; random.seed(7)", "import random; said = random.random() == random.Random(7).random()"),
        (
            "import numpy; numpy.random.seed(7)",
            "import numpy; said = numpy.random.rand() == numpy.random.RandomState(7).rand()",
        ),
        (
            "left = open('/dev/zero')",
            "import os; said = any(os.readlink(f'/proc/self/fd/{each}') == '/dev/zero' "
            "for each in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{each}'))",
        ),
        (
            "from socsvc_analysis import wording; wording.NBSP = 'left'",
            "from socsvc_analysis import wording; said = wording.NBSP == 'left'",
        ),
        ("import sys; sys.path.append('/left')", "import sys; said = '/left' in sys.path"),
    ],
)
def test_nothing_of_one_run_is_in_the_next(run: Callable[..., Result], forked: Starter, leave: str, look: str) -> None:
    assert run(forked, chart=code(f"{leave}\nsaid = 1")).problem is None
    assert said(run(forked, chart=code(look))) is False


def test_random_numbers_differ_from_run_to_run(run: Callable[..., Result], forked: Starter) -> None:
    draw = code("import random, numpy\nsaid = [random.random(), numpy.random.rand()]")
    first, second = (said(run(forked, chart=draw)) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(
    ("chart", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "the kernel died"),
        ("import os, signal; os.killpg(os.getpgid(0), signal.SIGKILL)", "the kernel died"),
        ("import os; os._exit(0)", "the kernel died"),
        (
            "import os, signal, time\nif os.fork():\n    os.kill(os.getpid(), signal.SIGKILL)\ntime.sleep(30)",
            "the kernel died",
        ),
        ("import sys; sys.exit(0)", "ended the notebook early"),
        ("import time; time.sleep(60)", "the cell took longer than 1 second"),
        (
            "import signal\nfor each in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(each, signal.SIG_IGN)\n"
            "while True:  # no sleep: it hears nothing\n    pass",
            "the cell took longer than 1 second",
        ),
        (
            "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))\nb = bytearray(1 << 32)",
            "MemoryError",
        ),
        (
            "import numpy, resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))\nnumpy.ones(1 << 30)",
            "MemoryError: Unable to allocate",
        ),
        (
            "try:\n    raise MemoryError\nexcept MemoryError as lack:\n    raise ImportError('no numpy') from lack",
            "ImportError: no numpy; memory ran out",
        ),
        (
            "import sys\nsay = lambda *given, **more: print('1\\nMemoryError', file=sys.stderr)\n"
            "get_ipython().showtraceback = say  # no memory is left to say it as errors are said\nraise MemoryError",
            "cell places-chart: MemoryError",
        ),
        (
            "get_ipython().showtraceback = lambda *given, **more: None\nraise ValueError",
            "cell places-chart: the cell failed, and the kernel did not say why",
        ),
    ],
)
def test_a_kernel_that_dies_hangs_or_eats_memory_harms_its_run_only(
    run: Callable[..., Result], forked: Starter, chart: str, reason: str
) -> None:
    limits = Limits(cell=1) if "sleep(60)" in chart or "no sleep" in chart else None
    said = str(run(forked, limits, chart=chart).problem)
    assert reason in said
    assert ("fewer --jobs, or more memory" in said) == any(each in reason for each in ("died", "MemoryError", "memory"))
    assert run(forked).problem is None


def test_a_kernel_that_dies_while_it_starts_is_said_to_want_memory(run: Callable[..., Result]) -> None:
    dies = [sys.executable, "-S", "-c", "input()"]  # it takes its request, and ends
    said = str(run(lambda request: subprocess.Popen(dies, stdin=subprocess.PIPE)).problem)
    assert said.endswith("most likely because memory ran out: run again with fewer --jobs, or more memory")


def test_what_a_kernel_started_ends_with_it(run: Callable[..., Result], forked: Starter, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    chart = (
        f"import os, subprocess\np = subprocess.Popen(['sleep', '300'])\nopen({str(mark)!r}, 'w').write(str(p.pid))\n"
    )
    assert run(forked, chart=chart + tiny.CHART).problem is None
    until(lambda: not alive(int(mark.read_text())))


def test_kernels_are_started_anew_when_the_nursery_was_killed(run: Callable[..., Result]) -> None:
    with workplace() as folder, nursery.Nursery(folder) as doomed:
        starter = kernels.forked_from(doomed.address)
        assert run(starter).problem is None
        doomed._process.kill()
        doomed._process.wait()
        assert run(starter).problem is None
    assert not folder.exists()


def test_a_temporary_folder_of_too_long_a_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="set TMPDIR to a folder of a shorter name"):
        nursery.Nursery(tmp_path / ("ļ" * 60))


def test_a_nursery_that_is_killed_while_it_gets_ready_refuses_at_once_and_leaves_nothing() -> None:
    def children(pid: int) -> list[int]:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    with workplace() as folder:
        doomed = nursery.Nursery(folder, DATA)
        until(lambda: children(doomed._process.pid))
        (measuring,) = children(doomed._process.pid)
        doomed._process.kill()
        doomed._process.wait()
        with pytest.raises(ConnectionError):  # not after a minute of silence
            nursery.fork(doomed.address, {"cwd": str(folder), "place": {}})
        until(lambda: not alive(measuring))


def test_a_kernel_made_ready_ahead_gives_the_same_notebook(
    run: Callable[..., Result], stock_surroundings: dict
) -> None:
    ahead = kernels.Ahead()
    try:
        first, again = (said(run(ahead, chart=SURROUNDINGS + SAY)) for _ in range(2))
        assert first == again == stock_surroundings
    finally:
        ahead.close()


def test_the_folder_of_a_run_that_was_killed_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    lines = (
        "import os, signal\nfrom socsvc_analysis.report.workplace import workplace\n"
        "with workplace() as folder:\n    print(folder, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    killed = subprocess.run(
        [sys.executable, "-c", lines], env=surroundings, capture_output=True, text=True, check=False
    )
    assert Path(killed.stdout.strip()).exists()
    subprocess.run([sys.executable, "-c", lines.replace("SIGKILL", "SIGCONT")], env=surroundings, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="the system does not say where a process works")
def test_what_still_works_in_the_folder_of_a_run_ends_with_it() -> None:
    with workplace() as folder:
        (folder / "scratch").mkdir()
        orphan = subprocess.Popen(["sleep", "300"], cwd=folder / "scratch", start_new_session=True)
    assert orphan.wait(10) == -signal.SIGKILL
    assert not folder.exists()


def test_a_nursery_clears_up_after_those_who_asked_for_it(tmp_path: Path) -> None:
    lines = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom socsvc_analysis.report.nursery import Nursery, fork\n"
        "folder = Path(sys.argv[1])\nhome = Nursery(folder)\n"
        "kernel = fork(home.address, {'argv': ['-f', str(folder / 'kernel.json')], 'env': {}, 'cwd': str(folder)})\n"
        "print(home._process.pid, kernel.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    folder = tmp_path / "run"
    folder.mkdir()
    killed = subprocess.run([sys.executable, "-c", lines, folder], capture_output=True, text=True, check=False)
    pids = [int(each) for each in killed.stdout.split()]
    assert len(pids) == 2
    until(lambda: not any(map(alive, pids)) and not folder.exists())


CELLS = [
    "import sys; print('one'); print('two', flush=True); print('three', file=sys.stderr)",
    "!echo by the shell",
    "%%bash\necho in a cell of its own",
    "import asyncio; await asyncio.sleep(0.01); 'waited'",
    "from IPython.display import clear_output, display\nhandle = display('first', display_id='shown')",
    "handle.update('changed')",
    "print('gone'); clear_output(); print('here')",
    "import ipywidgets; ipywidgets.IntSlider(value=3)",
    "import threading; other = threading.Thread(target=lambda: print('from a thread')); other.start(); other.join()",
    "'x' * 1_000_000",
    "display({'application/json': {'a': (1, 2), 'b': 1.5}}, raw=True)",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint(plt.get_backend())",
    "import pandas; pandas.DataFrame([[1]])",
    "import logging, warnings; logging.warning('logged'); warnings.warn('look out')",
    "?len",
    "_, __name__, In[1][:6], get_ipython().execution_count",
]
"""What else notebooks of others may do."""
MARKS_OF_A_RUN = re.compile(r"[0-9a-f]{32}|IPY_MODEL_\w+|ipykernel_\d+")


def executed(path: Path, cells: Sequence[str], engine: str | None) -> NotebookNode:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), path)
    return papermill.execute_notebook(
        str(path), str(path), engine_name=engine, progress_bar=False, execution_timeout=60
    )


def test_papermill_shows_the_same_with_the_engine_as_without(tmp_path: Path) -> None:
    stock, ours = (executed(tmp_path / "all.ipynb", CELLS, engine) for engine in (None, "socsvc"))
    for cell, expected in zip(ours.cells, stock.cells, strict=True):
        assert without_marks(joined(cell.outputs)) == without_marks(joined(expected.outputs)), cell.source
    assert "image/png" in json.dumps(ours.cells)
    assert ours.metadata.language_info == stock.metadata.language_info
    assert without_marks(states(ours)) == without_marks(states(stock))


def test_a_widget_holds_what_is_printed_into_it(tmp_path: Path) -> None:
    # Not compared with a stock kernel: ipykernel 7 may wait for ever when its client speaks to a widget.
    cells = ["import ipywidgets; box = ipywidgets.Output()", "with box:\n    print('inside')", "box"]
    done = executed(tmp_path / "box.ipynb", cells, "socsvc")
    assert done.cells[1].outputs == []
    assert "inside" in json.dumps(states(done))


def joined(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Outputs with what was printed in one piece: a busy machine may hand it on in several."""
    whole: list[NotebookNode] = []
    for each in outputs:
        if whole and each.output_type == "stream" and each.get("name") == whole[-1].get("name"):
            whole[-1] = NotebookNode(whole[-1], text=whole[-1].text + each.text)
        else:
            whole.append(each)
    return whole


def without_marks(said: object) -> str:
    return MARKS_OF_A_RUN.sub("", json.dumps(said, sort_keys=True))


def states(notebook: NotebookNode) -> list[dict]:
    """Those of its widgets, in an order of their own: their names are drawn anew in each run."""
    widgets = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    return sorted(widgets, key=lambda widget: widget["model_name"])


def test_papermill_takes_the_engine_by_its_name(tmp_path: Path) -> None:
    data = tiny.package(tmp_path / "data")
    path = tiny.notebook(tmp_path / "capacity.ipynb", chart=code("import os\nsaid = os.getpid() == os.getsid(0)"))
    done = papermill.execute_notebook(
        str(path), str(tmp_path / "out.ipynb"), {"data": str(data)}, engine_name="socsvc", progress_bar=False
    )
    assert "true" in next(cell for cell in done.cells if cell.id == "places-chart").outputs[0].data["text/html"]
    assert kernels.SocsvcEngine._starter is not None
