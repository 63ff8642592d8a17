"""Adding one thing is what CONTRIBUTING says it is: each is added to a copy of the project, and is there.

What is added to the library is looked for by processes that import its copy; what is added to the data, by this one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import nbformat
import pytest
import tiny
from packages import DATA, MINI
from typer.testing import CliRunner

from socsvc_analysis.cli import app
from socsvc_analysis.report import run
from socsvc_analysis.report.nursery import Nursery

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SHOW = """
import socsvc_analysis as socsvc
from socsvc_analysis.wording import in_language
data = socsvc.open_data("data", audience="internal")
latvian, english = (in_language(language, data.reference) for language in ("lv", "en"))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The library, as compiled as it is, with the data of the miniature Latvia and no notebook."""
    shutil.copytree(ROOT / "socsvc_analysis", tmp_path / "socsvc_analysis")
    shutil.copytree(MINI, tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def python(copy: Path, *arguments: str) -> str:
    """What the copy's own library prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data of the miniature Latvia and no notebook, in the folder that is the current one."""
    shutil.copytree(MINI, tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def socsvc(*arguments: str) -> str:
    """What the command prints in the current folder."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output[-2000:]
    return done.stdout


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


INDICATOR = '''

@indicator(
    title={"lv": "Visas vietas", "en": "All places"},
    definition={"lv": "Visas nosauktās vietas.", "en": "All places that are named."},
    caveat={"lv": "Saraksts nav pilnīgs.", "en": "The list is not complete."},
    numerator={"lv": "Vietas.", "en": "Places."},
    unit="places",
    polarity="higher is better",
    measures=("places",),
    source="",
)
def all_places(data: Dataset) -> pd.DataFrame:
    """All places by territory and service.  8 and 16 in one municipality: 24."""
    return summed(data.select(measure="places"), ["territory", "service_type", "kind"], data.reference)
'''


def test_an_indicator_is_one_decorated_function(copy: Path) -> None:
    add(copy / "socsvc_analysis" / "indicators" / "capacity.py", INDICATOR)
    listed = python(copy, "-m", "socsvc_analysis", "indicators", "all_places", "--language", "en")
    assert "All places that are named." in listed
    code = "values = socsvc.indicators.compute('all_places', data)\nprint(len(values), values['value'].sum() > 0)"
    count, known = python(copy, "-c", SHOW + code).split()
    assert int(count) > 0
    assert known == "True"


CHART = '''

@in_either_language
@takes("service_type", "period", of=capacity.places)
def all_places(values: pd.DataFrame, *, region: str, words: Words, key: str = "all_places") -> Chart | Absence:
    """Places by service.  ``values``: rows service_type, value in places."""
    if values.empty:
        return absence("chart_places_absent", region, words)
    names = [words.title("service_types", code) for code in values["service_type"]]
    bars = [Bar(name, measured(value, "normal"), words.number(value))
            for name, value in zip(names, values["value"], strict=True)]
    columns = (Column("name", words.say("chart_column_service")), Column("value", "", "places"))
    return bar_chart(key, values, words, bars, kind="chart_kind_bars", title=words.say("all_places_title"),
                     measure="", region=region, data=values.assign(name=names), columns=columns)
'''
PHRASE = '\n[all_places_title]\nlv = "Kur ir vietas & cilvēki"\nen = "Where the places & people are"\n'


def test_a_chart_and_its_phrase_are_one_function_and_one_entry(copy: Path) -> None:
    add(copy / "socsvc_analysis" / "charts" / "capacity.py", CHART)
    add(
        copy / "socsvc_analysis" / "charts" / "__init__.py",
        "\nfrom socsvc_analysis.charts.capacity import all_places\n",
    )
    add(copy / "socsvc_analysis" / "messages" / "charts.toml", PHRASE)
    code = """
values = socsvc.indicators.compute("places", data).groupby("service_type", as_index=False).agg(
    {"value": "sum", "status": "first", "sources": "first", "notes": "first", "period": "first"})
for words in (latvian, english):
    shown = socsvc.charts.all_places(values, region="latvija", words=words)._repr_mimebundle_()["text/html"]
    print("<svg" in shown, "vietas &amp; cilvēki" in shown, "places &amp; people" in shown)
"""
    assert python(copy, "-c", SHOW + code).splitlines() == ["True True False", "True False True"]


SECTION = '''

def places_in_words(values: pd.DataFrame, *, words: Words) -> Html:
    """Places by service as a list.  ``values``: rows service_type, value in places."""
    return piece("listing", items=[
        f"{words.title('service_types', row.service_type)}: {words.count('places', row.value)}"
        for row in values.itertuples()
    ])
'''


def test_a_section_is_one_function_over_the_macros(copy: Path) -> None:
    path = copy / "socsvc_analysis" / "sections" / "values.py"
    add(path, SECTION)
    add(
        copy / "socsvc_analysis" / "sections" / "__init__.py",
        "\nfrom socsvc_analysis.sections.values import places_in_words\n",
    )
    code = "print(socsvc.sections.places_in_words(socsvc.indicators.compute('places', data), words=english).plain)"
    assert "day care centre: " in python(copy, "-c", SHOW + code)


def test_a_phrase_is_one_entry_with_both_languages(copy: Path) -> None:
    add(copy / "socsvc_analysis" / "messages" / "charts.toml", PHRASE)
    said = "print(latvian.say('all_places_title'), '|', english.say('all_places_title'))"
    assert python(copy, "-c", SHOW + said).strip() == "Kur ir vietas & cilvēki | Where the places & people are"


SERVICE = "night_shelter,nakts patversme,night shelter,patversme,shelter,community,yes,,,,,70,\n"
SOURCE = "region_2022,Ziemeļu pārskats,Ziemeļu plānošanas reģions,lv,,not_retained,2022,no,invented,2024-01-01\n"
FIGURE = "M990,places,0910000,,erdf_9311,night_shelter,all,2022-12-31,17,plan,,normal,region_2022,verbatim,\n"


def test_a_service_type_and_a_source_of_a_region_are_one_row_each(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(project / "data" / "reference" / "service_types.csv", SERVICE)
    add(project / "data" / "reference" / "sources.csv", SOURCE)
    add(project / "data" / "observations" / "published_figures.csv", FIGURE)
    socsvc("check", "--record", "--data", "data/datapackage.json")
    code = """
values = socsvc.indicators.compute("places", data, service_type="night_shelter")
for row in data.labelled(values, "lv").to_dict("records"):
    print(row["value"], row["service_type_name"], row["sources_name"])
print(english.title("service_types", "night_shelter"))
"""
    capsys.readouterr()
    exec(SHOW + code, {})
    assert capsys.readouterr().out.strip() == "17.0 nakts patversme Ziemeļu pārskats\nnight shelter"


def test_a_heading_that_a_region_uses_is_one_row(project: Path) -> None:
    shutil.rmtree(project / "data")
    shutil.copytree(DATA, project / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    (project / "return.csv").write_text(
        "Kurā novadā,service_type,year,clients\nBauskas novads,home_care,2025,7\n", encoding="utf-8"
    )
    options = ("return.csv", "--data", "data/datapackage.json", "--dry-run", "--json")
    with pytest.raises(AssertionError, match="Kurā novadā"):
        socsvc("import", *options)
    add(project / "data" / "reference" / "column_names.csv", "Kurā novadā,territory,lv,\n")
    socsvc("check", "--record", "--data", "data/datapackage.json")
    assert '"accepted": 1' in socsvc("import", *options)


def as_jupyterlab_names_cells(path: Path) -> None:
    """Cells that JupyterLab has made have ids that nobody chooses."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{number:08x}"
    nbformat.write(notebook, path)


def test_a_chapter_is_one_notebook(project: Path, nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(project / "data")
    tiny.package(project / "data")
    chart = tiny.CHART.replace("places", "beds")
    shelters = tiny.notebook(project / "notebooks" / "shelters.ipynb", chart=chart, setup=tiny.OPENED, order=45)
    as_jupyterlab_names_cells(shelters)
    tiny.notebook(project / "notebooks" / "summary.ipynb", order=10, document="brief")
    monkeypatch.setattr(run, "make_reports", partial(run.make_reports, nursery=nursery))
    data = str(project / "data" / "datapackage.json")  # absolute: the nursery has a folder of its own
    socsvc("run", "--region", "zemgale", "--language", "lv", "--data", data, "--quiet")
    page = (project / "outputs" / "site" / "lv" / "zemgale-report.html").read_text(encoding="utf-8")
    assert '<a href="#shelters">Vietas</a>' in page
