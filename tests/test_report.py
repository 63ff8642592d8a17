"""Running notebooks: what counts as a success, what fails, and what a failure leaves untouched."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import tiny
from processes import alive, until

from socsvc_analysis import publications
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.parameters import ParameterError
from socsvc_analysis.report import site
from socsvc_analysis.report.chapters import Chapter, Limits, Result, check_parameters, find_chapters
from socsvc_analysis.report.engine import execute, what_is_wrong
from socsvc_analysis.report.inputs import why_again
from socsvc_analysis.report.kernels import forked_from
from socsvc_analysis.report.nursery import Nursery, fork
from socsvc_analysis.report.run import RunBusy, RunError, Summary, make_reports, only_run
from socsvc_analysis.schema import DataError

pytestmark = pytest.mark.slow

KNOWN = {"region": ["riga", "zemgale"], "language": ["lv", "en"], "audience": ["public", "internal"]}
INPUTS = {"the notebook": "abc", "data/reference/regions.csv": "def"}
Run = Callable[..., tuple[Result, Path]]
Runs = Callable[..., Summary]
FAILS_IN_RIGA = "[Html('<p>12 places</p>')][1 if region == 'riga' else 0]"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny project; its path has a space, a brace and a letter that is not ASCII."""
    return tiny.project(tmp_path / "mazs {projekts} ā")


@pytest.fixture
def run_one(project: Path, nursery: Nursery | None) -> Run:
    """Runs the project's chapter, whose cells may be replaced; gives what came of it and where the notebook is."""

    def run(limits: Limits | None = None, **replaced: str) -> tuple[Result, Path]:
        path = tiny.notebook(project / "notebooks" / "capacity.ipynb", **replaced)
        output = project / "outputs" / "capacity.ipynb"
        parameters = {"region": "zemgale", "language": "lv", "audience": "public", "data": str(project / "data")}
        starter = nursery and forked_from(nursery.address)
        limits = limits or Limits()
        result = execute(path, parameters, output, folder=path.parent, inputs=INPUTS, limits=limits, starter=starter)
        return result, output

    return run


@pytest.fixture
def run_all(project: Path, nursery: Nursery | None) -> Runs:
    """Makes the project's reports."""

    def run(**options: object) -> Summary:
        folders = (project / "data", project / "notebooks", project / "outputs")
        return make_reports(*folders, jobs=2, **{"nursery": nursery, **options})

    return run


def site_of(project: Path) -> dict[str, str]:
    site = project / "outputs" / "site"
    return {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}


def statuses(summary: Summary) -> dict[tuple[str, str], str]:
    return {(report.region, report.language): report.status for report in summary.reports}


@pytest.fixture
def chapter(project: Path) -> Chapter:
    return find_chapters(project / "notebooks")[0]


def test_an_unknown_parameter_names_the_known_ones(chapter: Chapter) -> None:
    said = r"^capacity.ipynb, parameter: 'regoin' is not .* \(known: region, language, audience, data\); .*region$"
    with pytest.raises(ParameterError, match=said):
        check_parameters(chapter, {"regoin": "zemgale"}, KNOWN)


def test_an_unknown_value_names_the_known_ones(chapter: Chapter) -> None:
    with pytest.raises(ParameterError, match=r"'zemgal' is not a known region \(known: riga, zemgale\); .*zemgale$"):
        check_parameters(chapter, {"region": "zemgal"}, KNOWN)


def test_a_parameter_is_a_plain_value(chapter: Chapter) -> None:
    with pytest.raises(ParameterError, match=r"data: is a [A-Z][a-z]+Path;"):
        check_parameters(chapter, {"data": Path("x")}, KNOWN)
    with pytest.raises(ParameterError, match="region: is a list"):
        check_parameters(chapter, {"region": ["zemgale"]}, KNOWN)


def test_all_wrong_parameters_are_said_at_once(chapter: Chapter) -> None:
    with pytest.raises(ParameterError) as failure:
        check_parameters(chapter, {"language": "de", "x": 1}, KNOWN)
    assert "'de' is not a known language" in str(failure.value)
    assert "'x' is not a known parameter" in str(failure.value)


def test_only_notebooks_of_the_folder_are_run(project: Path, tmp_path: Path) -> None:
    elsewhere = tiny.notebook(tmp_path / "elsewhere" / "capacity.ipynb")
    with pytest.raises(ParameterError, match="does not lie in the folder"):
        execute(elsewhere, {}, tmp_path / "out.ipynb", folder=project / "notebooks", inputs=INPUTS, limits=Limits())


def test_a_chapter_says_so_itself_and_has_its_place(project: Path) -> None:
    tiny.notebook(project / "notebooks" / "summary.ipynb", order=5)
    other = nbformat.read(project / "notebooks" / "summary.ipynb", as_version=4)
    other.metadata.pop("socsvc")
    nbformat.write(other, project / "notebooks" / "explore.ipynb")
    assert [chapter.name for chapter in find_chapters(project / "notebooks")] == ["summary", "capacity"]


def test_a_chapter_is_of_the_report_unless_it_says_brief(project: Path) -> None:
    tiny.notebook(project / "notebooks" / "summary.ipynb", order=5, document="brief")
    documents = {chapter.name: chapter.document for chapter in find_chapters(project / "notebooks")}
    assert documents == {"summary": "brief", "capacity": "report"}
    tiny.notebook(project / "notebooks" / "summary.ipynb", document="letter")
    with pytest.raises(ParameterError, match=r"summary.ipynb .*'letter' is no document"):
        find_chapters(project / "notebooks")


def test_a_notebook_and_its_copy_are_told_before_anything_is_run(project: Path) -> None:
    tiny.notebook(project / "notebooks" / "capacity-Copy1.ipynb")
    with pytest.raises(ParameterError, match=r"capacity-Copy1.ipynb and capacity.ipynb are both chapter 10"):
        find_chapters(project / "notebooks")


def test_an_executed_notebook_tells_nothing_of_the_machine_or_the_hour(project: Path, run_one: Run) -> None:
    result, output = run_one()
    assert result.problem is None
    text = output.read_text(encoding="utf-8")
    assert str(project) not in text
    assert "data = 'data'" in text
    for said in ("papermill", "start_time", "execution.", "duration", "input_path"):
        assert said not in text.replace('"tags"', "")
    first = output.read_bytes()
    run_one()
    assert output.read_bytes() == first


def test_the_kernel_sees_the_absolute_path_of_the_data_and_a_fixed_environment(run_one: Run) -> None:
    shown = (
        "import os\nfrom pathlib import Path\n"
        "assert Path(data).is_absolute() and Path(data).exists()\n"
        "assert os.environ['PYTHONHASHSEED'] == '0' and os.environ['MPLBACKEND'].lower() == 'agg'\n"
        "assert os.environ['SOURCE_DATE_EPOCH'] and os.listdir() != ['capacity.ipynb']\n"
        "import socsvc_analysis\n" + tiny.CHART
    )
    assert run_one(chart=shown)[0].problem is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "ended the notebook early"),
        ("import os; os._exit(0)", "the kernel died"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_a_cell_that_does_not_do_its_work_fails_the_notebook(code: str, reason: str, run_one: Run) -> None:
    result, output = run_one(chart=code)
    assert result.problem is not None
    assert result.problem.startswith("zemgale (lv), capacity.ipynb, cell places-chart: ")
    assert reason in result.problem
    assert result.cell == "places-chart"
    assert not output.exists()


def test_a_cell_that_takes_too_long_is_stopped(run_one: Run) -> None:
    started = time.monotonic()
    result, _ = run_one(Limits(cell=1), chart="while True: pass")
    assert (result.problem or "").endswith("cell places-chart: the cell took longer than 1 second")
    assert time.monotonic() - started < 10


def test_a_notebook_that_takes_too_long_is_stopped(run_one: Run) -> None:
    result, _ = run_one(Limits(cell=60, notebook=3), chart="import time; time.sleep(60)")
    assert "the notebook took longer than 3 seconds" in (result.problem or "")


def test_a_notebook_must_reach_its_last_cell_and_show_it(project: Path, run_one: Run) -> None:
    result, _ = run_one(method="x = 1")
    assert "cell method: the last cell of the notebook shows nothing" in (result.problem or "")
    half = nbformat.read(project / "notebooks" / "capacity.ipynb", as_version=4)
    assert what_is_wrong(half) == ("parameters", "the cell was not run")


def test_an_executed_notebook_that_was_changed_is_not_used_again(project: Path, run_one: Run) -> None:
    _, output = run_one()
    assert why_again(output, INPUTS) == ""
    output.write_text(output.read_text(encoding="utf-8").replace("Counted by hand", "Invented"), encoding="utf-8")
    assert why_again(output, INPUTS) == "what was made before is damaged"
    output.write_text("{", encoding="utf-8")
    assert why_again(output, INPUTS) == "what was made before is damaged"
    assert why_again(project / "absent.ipynb", INPUTS) == "it was not made before"


def test_it_is_said_what_has_changed_since_a_notebook_was_executed(run_one: Run) -> None:
    _, output = run_one()
    assert why_again(output, {**INPUTS, "the notebook": "new"}) == "the notebook has changed"
    both = {"the notebook": "new", "data/reference/regions.csv": "new"}
    assert why_again(output, both) == "the notebook, data/reference/regions.csv have changed"
    assert why_again(output, {**both, "data/observations/new.csv": "x"}).endswith("regions.csv and 1 more have changed")
    assert why_again(output, {"the notebook": "abc"}) == "data/reference/regions.csv has changed"


def test_all_reports_are_made_and_nothing_is_made_twice(project: Path, run_all: Runs) -> None:
    summary = run_all()
    assert summary.complete
    assert set(statuses(summary).values()) == {"made"}
    pages = site_of(project)
    reports = [f"{language}/{region}-report.html" for language in ("en", "lv") for region in ("riga", "zemgale")]
    assert sorted(pages) == sorted(["index.html", "en/index.html", *reports])
    assert not any(str(project) in page for page in pages.values())

    manifest = json.loads((project / "outputs" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["data"]["version"] == "1.0.0"
    assert manifest["finished"].endswith("Z")
    assert len(manifest["reports"]) == 4

    again = run_all()
    assert set(statuses(again).values()) == {"unchanged"}
    assert all(report.seconds == 0 for report in again.reports)
    assert site_of(project) == pages

    made_anew = run_all(regions=["zemgale"], languages=["lv"], fresh=True)
    assert made_anew.reports[0].seconds > 0
    assert statuses(made_anew) == {("zemgale", "lv"): "unchanged"}  # the same bytes
    assert site_of(project) == pages  # and the other pages are still there
    manifest = json.loads((project / "outputs" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["reports"]) == 4  # with what earlier runs said of them


def test_a_nursery_that_is_given_lives_on_and_makes_the_same_pages(
    project: Path, run_all: Runs, nursery: Nursery | None
) -> None:
    options = {"regions": ["zemgale"], "languages": ["lv"], "fresh": True}
    run_all(**options)
    pages = site_of(project)
    run_all(**options, nursery=None)
    assert site_of(project) == pages
    if nursery is not None:
        fork(nursery.address, {}).end()


def test_folders_are_named_from_where_the_run_is_started_also_with_a_nursery_from_elsewhere(
    project: Path, nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    folders = (Path("data"), Path("notebooks"), Path("outputs"))
    assert make_reports(*folders, regions=["zemgale"], languages=["lv"], nursery=nursery).complete


def test_a_later_version_keeps_the_publication_before_it_in_the_archive(project: Path, run_all: Runs) -> None:
    publications.publish(project / "data", "final", today=dt.date(2024, 1, 6))
    options = {"regions": ["zemgale"], "languages": ["lv"]}
    run_all(**options)
    first = site_of(project)
    assert "Galīga publikācija 2024.\xa0gada\xa06.\xa0janvārī." in first["lv/zemgale-report.html"]
    update_descriptor(project / "data", version="1.1.0", created="2024-02-01")
    run_all(**options)
    second = site_of(project)
    assert "Arhīva lapa" in second["archive/1.0.0/lv/zemgale-report.html"]
    assert 'href="archive/1.0.0/index.html">Datu versija 1.0.0, publicēta' in second["index.html"]
    assert "Darba versija" in second["lv/zemgale-report.html"]
    # A working version leaves nothing behind, and what is in the archive stays.
    update_descriptor(project / "data", version="1.2.0", created="2024-03-01")
    run_all(**options)
    third = site_of(project)
    assert {path for path in third if "archive" in path} == {path for path in second if "archive" in path}
    assert all(third[path] == second[path] for path in third if "archive" in path)
    again = run_all(**options)
    assert site_of(project) == third
    assert set(statuses(again).values()) == {"unchanged"}


def test_a_failed_region_stops_no_other_and_keeps_its_last_good_page(project: Path, run_all: Runs) -> None:
    run_all(languages=["lv"])
    before = site_of(project)
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart=FAILS_IN_RIGA)
    summary = run_all(languages=["lv"])
    assert not summary.complete
    assert statuses(summary) == {("riga", "lv"): "kept", ("zemgale", "lv"): "made"}
    problem = "riga (lv), capacity.ipynb, cell places-chart: IndexError: list index out of range"
    assert summary.reports[0].problems == (problem,)
    after = site_of(project)
    assert "12 places" in after["lv/zemgale-report.html"]
    sentence = "Lapu neizdevās atjaunot. Šeit ir iepriekšējā: datu versija 1.0.0, 2024.\xa0gada\xa05.\xa0janvāris."
    notice = f'<p class="notice notice-kept" role="note">{sentence}</p>'
    assert after["lv/riga-report.html"].replace(notice, "") == before["lv/riga-report.html"]

    run_all(regions=["riga"], languages=["lv"])  # the notice is there once, however often it fails
    assert site_of(project)["lv/riga-report.html"] == after["lv/riga-report.html"]


def test_brief_report_and_workbook_are_made_together_and_kept_together(project: Path, run_all: Runs) -> None:
    tiny.notebook(project / "notebooks" / "summary.ipynb", order=5, document="brief")
    run_all(languages=["lv"])
    manifest = json.loads((project / "outputs" / "manifest.json").read_text(encoding="utf-8"))
    own = {"lv/riga.html", "lv/riga-report.html", "lv/riga.xlsx"}
    assert set(manifest["reports"][0]["documents"]) == own
    assert all((project / "outputs" / "site" / path).exists() for path in own)
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart=FAILS_IN_RIGA)
    assert statuses(run_all(languages=["lv"])) == {("riga", "lv"): "kept", ("zemgale", "lv"): "made"}
    after = site_of(project)
    said = {path: "Lapu neizdevās atjaunot" in after[path] for path in sorted(after) if path.startswith("lv/")}
    failed, made = ("lv/riga-report.html", "lv/riga.html"), ("lv/zemgale-report.html", "lv/zemgale.html")
    assert said == dict.fromkeys(failed, True) | dict.fromkeys(made, False)
    assert (project / "outputs" / "site" / "lv" / "riga.xlsx").exists()


def test_pages_link_to_others_when_these_are_made(project: Path, run_all: Runs) -> None:
    zemgale = {"regions": ["zemgale"], "languages": ["lv"]}
    run_all(**zemgale)
    assert 'href="riga-report.html"' not in site_of(project)["lv/zemgale-report.html"]
    run_all(regions=["riga"], languages=["lv"])
    both = site_of(project)
    assert 'href="riga-report.html"' in both["lv/zemgale-report.html"]
    assert 'href="../en/zemgale-report.html"' not in both["lv/zemgale-report.html"]
    assert statuses(run_all(**zemgale)) == {("zemgale", "lv"): "unchanged"}
    assert site_of(project) == both


def test_a_page_that_may_not_be_published_counts_as_failed(project: Path, run_all: Runs) -> None:
    tiny.notebook(project / "notebooks" / "capacity.ipynb", chart="Html('<p><script>1</script></p>')")
    summary = run_all(regions=["zemgale"], languages=["lv"])
    assert statuses(summary) == {("zemgale", "lv"): "failed"}
    assert summary.reports[0].problems == ("zemgale (lv), page: the page has a script element",)
    assert "lv/zemgale-report.html" not in site_of(project)


def test_restricted_data_are_not_published(project: Path, run_all: Runs) -> None:
    tiny.package(project / "data", access="restricted")
    with pytest.raises(DataError, match="is restricted and cannot be shown to the public"):
        run_all()
    assert not (project / "outputs" / "site").exists()

    summary = run_all(regions=["zemgale"], languages=["lv"], audience="internal")
    assert summary.index == project / "outputs" / "internal" / "index.html"
    page = (project / "outputs" / "internal" / "lv" / "zemgale-report.html").read_text(encoding="utf-8")
    assert "Iekšējai lietošanai" in page
    assert not (project / "outputs" / "site").exists()


def test_two_runs_do_not_go_at_once(project: Path, run_all: Runs) -> None:
    output = project / "outputs"
    output.mkdir()
    with only_run(output), pytest.raises(RunBusy, match=rf"by process {os.getpid()} on .*, started 20\d\d-"):
        run_all()
    with only_run(output):
        pass


def test_wrong_regions_languages_and_audiences_stop_before_anything_is_made(project: Path, run_all: Runs) -> None:
    for wrong in ({"regions": ["zemgal"]}, {"languages": ["de"]}, {"audience": "everyone"}):
        with pytest.raises(ParameterError, match="known: "):
            run_all(**wrong)
    assert not (project / "outputs").exists()


def test_a_folder_without_chapters_is_said(project: Path, run_all: Runs) -> None:
    (project / "notebooks" / "capacity.ipynb").unlink()
    with pytest.raises(RunError, match="There is no chapter in"):
        run_all()


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_the_old_site_and_no_process(project: Path, number: signal.Signals) -> None:
    site.publish({"index.html": b"<p>the old site</p>"}, project / "outputs")
    before = site_of(project)
    mark = project / "kernel.pid"
    tiny.notebook(
        project / "notebooks" / "capacity.ipynb",
        chart=f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)",
    )
    options = ["--data", "data", "--notebooks", "notebooks", "--output", "outputs", "-r", "zemgale", "-l", "lv"]
    run = subprocess.Popen(
        [sys.executable, "-m", "socsvc_analysis", "run", *options],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    until(lambda: mark.exists() and mark.read_text(), 60)
    run.send_signal(number)
    _, said = run.communicate(timeout=15)
    assert run.returncode == (130 if number == signal.SIGTERM else -number)
    assert "Traceback" not in said
    kernel = int(mark.read_text())
    until(lambda: not alive(kernel), 10)
    assert site_of(project) == before
    with only_run(project / "outputs"):  # the next run is not kept out
        pass
