"""Workers that hang where no signal reaches them: the run goes on without them, and leaves none behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from processes import Hanging, Prompt, Scored, alive, until

from socsvc_analysis.datapackage import Package
from socsvc_analysis.report import workers
from socsvc_analysis.report.chapters import Limits
from socsvc_analysis.report.memory import SCORE
from socsvc_analysis.report.nursery import FASTEST, FORKED, STOCK, Nursery
from socsvc_analysis.report.run import _workers
from socsvc_analysis.report.workers import Place, Workers
from socsvc_analysis.report.workplace import workplace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="how a process hangs and dies here"),
]
Pool = Callable[[int], Workers]


@pytest.fixture(scope="module", params=[FORKED, STOCK] if FASTEST == FORKED else [STOCK])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """Makes as many workers as are asked for, forked or started anew; they can import the tasks of tests."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        folder = stack.enter_context(workplace())
        address = stack.enter_context(Nursery(folder)).address if request.param == FORKED else ""
        yield lambda count: Workers(count, Place(str(folder), request.param, address))


def test_a_worker_that_hangs_in_native_code_is_ended_and_the_others_go_on(pool: Pool, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    with pool(1) as going:
        going.give(Prompt())
        assert list(going.results()) == ["done"]  # it is ready: what is limited below is the task alone
        going._limit = 1
        for task in (Hanging(str(mark)), Prompt()):
            going.give(task)
        results = going.results()
        assert str(next(results)).startswith("it took longer than 1 second and was ended: run again, with a longer")
        until(lambda: not alive(int(mark.read_text())))
        going._limit = 60
        assert list(results) == ["done"]


@pytest.mark.skipif(not SCORE.exists(), reason="the system has no such order")
def test_where_memory_runs_out_a_worker_goes_before_the_run(pool: Pool) -> None:
    with pool(1) as going:
        going.give(Scored())
        [score] = going.results()
    assert score > int(SCORE.read_text())


def test_a_run_that_is_stopped_leaves_no_hanging_worker(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "CLEARING_UP", 0.1)
    mark = tmp_path / "pid"
    with pool(2) as going:
        for task in (Hanging(str(mark)), Prompt()):
            going.give(task)
        assert next(going.results()) == "done"
        until(lambda: mark.exists() and mark.read_text())
    until(lambda: not alive(int(mark.read_text())))


def test_a_worker_may_take_longer_than_the_notebook_that_it_runs(package: Package) -> None:
    limits = Limits(notebook=5000)
    with _workers(1, STOCK, None, package, limits) as going:
        assert limits.start + limits.notebook < going._limit < 2 * limits.notebook
