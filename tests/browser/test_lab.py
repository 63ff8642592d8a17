"""The notebook for exploration in a real JupyterLab without any network: choose, and see everything follow."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE = 240_000
"""Milliseconds that a start, or an answer of the kernel, may take on a busy machine."""
HARMLESS = re.compile(r"favicon|Failed to load resource: net::ERR_INTERNET_DISCONNECTED")
SETTINGS = "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, real_site: Path) -> Path:
    """A folder with the notebooks and the data, which whoever explores may change, and with the pages but for one.

    What that one shows is there, too, but for a chapter: to make all anew is what other tests do.
    """
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(real_site.parents[1], folder / "outputs", symlinks=True)
    for gone in ("notebooks/lv/latgale/progress.ipynb", "site/lv/latgale.html"):
        (folder / "outputs" / gone).unlink()
    return folder


@pytest.fixture(scope="module")
def lab(project: Path) -> Iterator[str]:
    """The address of a JupyterLab that was started as ``make lab`` does."""
    port, home = free_port(), project / "home"
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    env = {**os.environ, **folders, "IPYTHONDIR": str(home / "ipython"), "PYTHONPATH": str(ROOT)}
    given = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", SETTINGS]
    given += ["--allow-root", f"--notebook-dir={project / 'notebooks'}"]
    given += [f"--LabApp.app_settings_dir={ROOT / '.jupyter'}"]
    with (project / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *given], cwd=project, env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api", server, project / "lab.log")
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(PATIENCE // 500):
        if server.poll() is not None:
            pytest.fail(log.read_text())
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"JupyterLab does not answer: {log.read_text()}")


class Explored:
    """The notebook in a window, with what its console says."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.errors, self.strange = page, [], []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda failure: self.errors.append(str(failure)))
        page.on("request", lambda asked: None if asked.url.startswith(OWN) else self.strange.append(asked.url))
        page.goto(f"{address}/lab/tree/explore.ipynb?reset")
        asked, idle = page.locator(".jp-Dialog .jp-mod-accept"), page.get_by_text("| Idle")
        expect(asked.or_(idle).first).to_be_visible(timeout=PATIENCE)
        if asked.is_visible():  # which kernel: the one that the notebook names
            asked.click()
        expect(idle).to_be_visible(timeout=PATIENCE)
        page.locator(".jp-MarkdownCell").first.click()  # a menu is of what one is in
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All( Cells)?$")).click()
        expect(page.locator(".socsvc-chart svg").first).to_be_visible(timeout=PATIENCE)

    def choose(self, name: str, label: str) -> None:
        self.page.locator(f".socsvc-{name} select").select_option(label=label)

    @property
    def title(self) -> str:
        return self.page.locator(".socsvc-chart .chart-title").inner_text()

    def follows(self, *, subtitle: str) -> None:
        expect(self.page.locator(".socsvc-chart .chart-subtitle")).to_contain_text(subtitle)

    def unfold(self, title: str) -> None:
        self.page.locator(".jupyter-widget-Collapse-header", has_text=title).click()


OWN = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")


@pytest.fixture(scope="module")
def explored(browser: Browser, lab: str) -> Iterator[Explored]:
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    expect.set_options(timeout=PATIENCE)
    yield Explored(context.new_page(), lab)
    expect.set_options(timeout=5_000)
    context.close()


def test_all_follows_what_is_chosen(explored: Explored) -> None:
    page = explored.page
    before = explored.title
    explored.choose("region", "Latgale")
    explored.follows(subtitle="Latgale")
    assert explored.title != before
    expect(page.locator(".socsvc-municipalities select")).to_contain_text("Rēzekne")
    explored.choose("comparison", "visi reģioni")
    expect(page.locator(".socsvc-chart svg").first).to_contain_text("Vidzeme")
    explored.choose("indicator", "Pakalpojumu saņēmēji salīdzinājumā ar plānu")
    explored.follows(subtitle="Pakalpojumu saņēmēji salīdzinājumā ar plānu")
    expect(page.locator(".socsvc-definition")).to_contain_text("Skaitītājs")
    expect(page.locator(".socsvc-table table.dataTable")).to_contain_text("Latgale")


def test_figures_are_cited_on_demand(explored: Explored) -> None:
    explored.unfold("Publicētie skaitļi un to avoti")
    figures = explored.page.locator(".socsvc-figures-box table.dataTable")
    expect(figures).to_contain_text("projektā „DI Latgalē”, Latgales plānošanas reģions, https://lpr.gov.lv/")


def test_the_pace_follows_the_region(explored: Explored) -> None:
    explored.unfold("Cik strauji vēl jāvirzās uz mērķi")
    expect(explored.page.locator(".socsvc-pace-box table.dataTable")).to_contain_text("109")


def test_a_return_that_is_dropped_is_checked_and_not_taken(explored: Explored, project: Path) -> None:
    before = (project / "data" / "datapackage.json").read_bytes()
    explored.unfold("Pārbaudīt saņemtu atskaiti")
    box = explored.page.locator(".socsvc-return-box")
    dropped = explored.page.evaluate_handle(
        """() => { const dropped = new DataTransfer();
        const rows = "Pašvaldība,Pakalpojums,Gads,Klienti\\nBauskas novads,grupu dzīvoklis,2025,7\\n"
            + "Nekurienes novads,grupu dzīvoklis,2025,7\\n";
        dropped.items.add(new File([rows], "atskaite.csv", { type: "text/csv" }));
        return dropped; }"""
    )  # fmt: skip
    explored.page.wait_for_selector(".socsvc-return-box[data-drops]")
    box.dispatch_event("drop", {"dataTransfer": dropped})
    expect(box).to_contain_text("Nekurienes novads")
    expect(box).to_contain_text("noraidītas – 1")
    box.locator("input[type=file]").or_(box.locator("button")).first.wait_for()
    assert (project / "data" / "datapackage.json").read_bytes() == before


def test_the_settings_are_parameters_of_papermill(explored: Explored) -> None:
    explored.unfold("Šī izvēle kā papermill parametri")
    command = explored.page.locator(".socsvc-parameters-box textarea").first
    expect(command).to_have_value(re.compile(r"-p region latgale .*-p comparison regions", re.DOTALL))


def test_the_page_is_made_now(explored: Explored, project: Path) -> None:
    made = [project / "outputs" / each for each in ("site/lv/latgale.html", "notebooks/lv/latgale/progress.ipynb")]
    assert not any(each.exists() for each in made)
    explored.unfold("Izveidot šī reģiona lapu")
    explored.page.get_by_role("button", name="Izveidot tagad").click()
    expect(explored.page.locator(".socsvc-page-box")).to_contain_text("Lapa ir gatava", timeout=PATIENCE * 3)
    assert all(each.is_file() for each in made)


def test_nobody_is_asked_whether_they_want_news(explored: Explored) -> None:
    expect(explored.page.get_by_text("official Jupyter news")).to_have_count(0)


def test_no_error_was_said_and_nobody_else_was_asked(explored: Explored) -> None:
    assert [each for each in explored.errors if not HARMLESS.search(each)] == []
    assert explored.strange == []
