"""What several test files share: the miniature Latvia, the real data, and how far hypothesis searches."""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import Phase, settings
from packages import DATA, MINI

from socsvc_analysis import once
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.disclosure import door
from socsvc_analysis.files import held
from socsvc_analysis.observations import chosen, open_observations
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.report.nursery import UNWANTED, absent
from socsvc_analysis.wording import LANGUAGES, Words, in_language

if TYPE_CHECKING:
    from received_files import Judge

    from socsvc_analysis.report.nursery import Nursery

# The same examples in every run, and nothing kept between runs: a failure here is a failure everywhere.
settings.register_profile(
    "suite",
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
settings.load_profile("suite")

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

# What is imported and collected stays until the end: to look through it for garbage again and again doubles the time.
gc.disable()
with absent(*UNWANTED):
    importlib.import_module("nbformat")


def pytest_xdist_auto_num_workers() -> int:
    """One more process than processors, since some tests wait; at most four, since each imports the libraries first."""
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_collection_finish() -> None:
    """From here on there is garbage, but none among what stays, and little worth a look."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Iterator[None]:
    """Below this folder only tests are looked for: it is the docstrings of the library that have examples."""
    return [each for each in (yield) if type(each) is pytest.Module]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at the real site is slow: to make it takes longer than all fast tests.

    Files with slow tests come first, those of the browser before all: at the end no processor waits for a long one.
    """
    ranks: dict[Path, int] = {}
    for item in items:
        if "real_site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
        rank = 0 if item.path.parent.name == "browser" else 1 if item.get_closest_marker("slow") else 2
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Each test is a page of its own: what another has opened is no reason to refuse it."""
    door._Here.audience, door._Here.opened = "", ()


@pytest.fixture(scope="session")
def package() -> Package:
    """The miniature Latvia: two regions, a reform, three years, each oddity of published figures once."""
    return open_package(MINI)


@pytest.fixture(scope="session")
def tables(package: Package) -> Reference:
    return open_reference(package)


@pytest.fixture(scope="session")
def published(package: Package, tables: Reference) -> pd.DataFrame:
    return open_observations(package, tables)


@pytest.fixture(scope="session")
def figures(published: pd.DataFrame, tables: Reference) -> pd.DataFrame:
    return chosen(published, tables)


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest, tables: Reference) -> Words:
    """The miniature's words, once in each language."""
    return in_language(request.param, tables)


@pytest.fixture(scope="module")
def remembering() -> Iterator[None]:
    """What a module's tests ask of the same tables is computed once, as it is where pages are made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once._Memory, "answers", None)
        once.remember()
        yield


@pytest.fixture(scope="module")
def computing_once(remembering: None) -> Iterator[None]:
    """So is what they ask of indicators: for tests of what is shown of it, in each language and region."""
    from socsvc_analysis import completeness, indicators

    with pytest.MonkeyPatch.context() as patch:
        for module in (*filter(inspect.ismodule, vars(indicators).values()), completeness):
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and name[0] != "_":
                    patch.setattr(module, name, once.once(function))
        yield


@pytest.fixture(scope="session")
def real_package() -> Package:
    return open_package(DATA)


@pytest.fixture(scope="session")
def real_tables(real_package: Package) -> Reference:
    return open_reference(real_package)


@pytest.fixture(scope="session")
def real_published(real_package: Package, real_tables: Reference) -> pd.DataFrame:
    return open_observations(real_package, real_tables)


@pytest.fixture(scope="session")
def real_figures(real_published: pd.DataFrame, real_tables: Reference) -> pd.DataFrame:
    return chosen(real_published, real_tables)


@pytest.fixture(scope="session")
def real_site(request: pytest.FixtureRequest) -> Path:
    """The site made from the real data, every region in both languages, once for all tests.

    It is made in pytest's own cache, so a report whose inputs have not changed since the last run is not made again.
    Of several processes that run tests the first makes it, and the others wait.
    """
    from socsvc_analysis.report.run import make_reports

    output = request.config.cache.mkdir("reports")
    with held(output / "tests.lock", wait=True):
        summary = make_reports(DATA, NOTEBOOKS, output)
    assert summary.complete, [problem for report in summary.reports for problem in report.problems]
    return summary.index.parent.resolve()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """Kernels and workers for tests that run notebooks are forked from it; none where the system cannot fork safely."""
    from socsvc_analysis.report.nursery import FASTEST, FORKED, lasting

    with lasting() if FASTEST == FORKED else nullcontext() as shared:
        yield shared


@pytest.fixture
def engine(nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine of papermill with the least to start."""
    if nursery is None:
        return "nbclient"
    from socsvc_analysis.report.kernels import SocsvcEngine, forked_from

    monkeypatch.setattr(SocsvcEngine, "_starter", forked_from(nursery.address))
    return "socsvc"


@pytest.fixture(params=LANGUAGES)
def real_words(request: pytest.FixtureRequest, real_tables: Reference) -> Words:
    """The real words, once in each language."""
    return in_language(request.param, real_tables)


@pytest.fixture
def edited_mini(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Gives a function that copies the miniature, replaces a text in one of its files and records the copy."""

    def edit(file: str, old: str, new: str) -> Path:
        copy = tmp_path / "mini"
        shutil.copytree(MINI, copy, dirs_exist_ok=True)
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        update_descriptor(copy)
        return copy

    return edit


@pytest.fixture(scope="module")
def judge(real_tables: Reference, real_published: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judges received files by the rules and with the tables of the project."""
    from received_files import Judge  # slow to import, and few tests need it

    return Judge(real_tables, real_published, tmp_path_factory.mktemp("received"))
