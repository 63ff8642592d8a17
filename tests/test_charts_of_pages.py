"""Every chart that the chapters show, in every region and language and at both widths: no words meet or leave it.

The cells of the notebooks are run here, in this process, so a chart that is added to a chapter is tested with it.
"""

from __future__ import annotations

import ast
import csv
from dataclasses import replace
from pathlib import Path

import matplotlib.figure
import nbformat
import pandas as pd
import pytest
from drawn import trouble_with_words
from matplotlib.text import Text

from socsvc_analysis import datapackage, dataset, reference
from socsvc_analysis.charts.figure import NARROW, WIDE, Chart
from socsvc_analysis.markup import Html
from socsvc_analysis.report.chapters import find_chapters
from socsvc_analysis.wording import LANGUAGES

ROOT = Path(__file__).parents[1]
CHAPTERS = find_chapters(ROOT / "notebooks")
with (ROOT / "data" / "reference" / "regions.csv").open(encoding="utf-8", newline="") as table:
    REGIONS = [row["region"] for row in csv.DictReader(table)]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("remembering")]


def charts_of(path: Path, region: str, language: str, monkeypatch: pytest.MonkeyPatch) -> list[Chart]:
    """The charts that a chapter shows, also those inside larger pieces of a page."""
    shown: list[Chart] = []

    def html(chart: Chart) -> Html:
        shown.append(chart)
        return Html("")

    monkeypatch.setattr(Chart, "html", html)
    given = {"region": region, "language": language, "audience": "public", "data": str(ROOT / "data")}
    names: dict[str, object] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        *before, last = ast.parse(cell.source).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(before, []), cell.id, "exec"), names)
            result = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
            if hasattr(result, "_repr_mimebundle_"):
                result._repr_mimebundle_()
        else:
            exec(compile(cell.source, cell.id, "exec"), names)
        if cell.id == "parameters":
            names |= given
    return shown


def trouble(charts: list[Chart]) -> dict[str, list[str]]:
    found = {
        f"{chart.key} {width}": trouble_with_words(chart.figure(width)) for chart in charts for width in (WIDE, NARROW)
    }
    return {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_no_words_meet_or_leave_a_chart(region: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    charts = [chart for chapter in CHAPTERS for chart in charts_of(chapter.path, region, language, monkeypatch)]
    assert len(charts) >= 5
    assert trouble(charts) == {}


def test_names_twice_as_long_still_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def longer(names: pd.Series) -> pd.Series:
        return names.where(names == "", names + " un Dienvidaustrumkurzemes")

    plain = reference.open_reference

    def with_long_names(package: datapackage.Package) -> reference.Reference:
        tables = plain(package)
        changed = {}
        for table in ("regions", "municipalities", "service_types", "target_groups"):
            frame = getattr(tables, table)
            columns = [
                name for name in frame if str(frame[name].dtype) in ("str", "string", "object") and "_lv" in name
            ]
            columns += ["name"] if "name" in frame else []
            changed[table] = frame.assign(**{name: longer(frame[name]) for name in columns})
        return replace(tables, **changed)

    monkeypatch.setattr(dataset, "open_reference", with_long_names)
    charts = [chart for chapter in CHAPTERS for chart in charts_of(chapter.path, "latvija", "lv", monkeypatch)]
    assert any("Dienvidaustrumkurzemes" in chart.subtitle for chart in charts)
    assert trouble(charts) == {}


def test_the_check_itself_sees_words_that_meet_and_leave() -> None:
    figure = matplotlib.figure.Figure(figsize=(2, 2), dpi=72)
    for x, y, text in ((10, 20, "first words"), (30, 24, "second words"), (120, 100, "beyond the edge")):
        figure.add_artist(Text(x, y, text, fontsize=10, transform=None))
    said = trouble_with_words(figure)
    assert said == ["'beyond the edge' leaves the picture", "'first words' and 'second words' meet"]
