"""The cells of the chapters, run in this process once for each region and language: what they show, and of what."""

from __future__ import annotations

import ast
import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure

from socsvc_analysis import charts, sections
from socsvc_analysis.charts.figure import WIDE, Chart
from socsvc_analysis.markup import Html
from socsvc_analysis.report.chapters import find_chapters

ROOT = Path(__file__).parents[1]
CHAPTERS = find_chapters(ROOT / "notebooks")
with (ROOT / "data" / "reference" / "regions.csv").open(encoding="utf-8", newline="") as table:
    REGIONS = [row["region"] for row in csv.DictReader(table)]


@dataclass(frozen=True)
class Shown:
    """A chart or a section, with the frames that it was made of."""

    name: str
    result: Chart | Html
    given: tuple[pd.DataFrame, ...]


@dataclass(frozen=True, eq=False)
class Page:
    """All that the chapters show: by the functions that made it, and the charts that a reader sees."""

    made: list[Shown] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    _drawn: dict[tuple[int, float], Figure] = field(default_factory=dict)

    def figure(self, chart: Chart, width: float = WIDE) -> Figure:
        """The picture of a chart of this page; it is drawn once."""
        if (id(chart), width) not in self._drawn:
            self._drawn[id(chart), width] = chart.figure(width)
        return self._drawn[id(chart), width]


@cache
def page_of(region: str, language: str) -> Page:
    """What the chapters show for a region, for all tests that look at it."""
    return run_chapters(region, language)


def run_chapters(region: str, language: str) -> Page:
    """Run the chapters for a region."""
    page = Page()
    whole = Chart.html

    def recorded(function: Callable) -> Callable:
        def call(*args: object, **more: object) -> object:
            result = function(*args, **more)
            given = tuple(each for each in (*args, *more.values()) if isinstance(each, pd.DataFrame))
            if given and isinstance(result, Chart | Html):
                page.made.append(Shown(function.__name__, result, given))
            return result

        return call

    def html(chart: Chart) -> Html:
        page.charts.append(chart)
        return whole(chart)

    with pytest.MonkeyPatch.context() as patch:
        for module in (charts, sections):
            for name in module.__all__:
                if name[0].islower() and callable(getattr(module, name)):
                    patch.setattr(module, name, recorded(getattr(module, name)))
        patch.setattr(Chart, "html", html)  # of those inside larger pieces of a page
        given = {"region": region, "language": language, "audience": "public", "data": str(ROOT / "data")}
        for chapter in CHAPTERS:
            names: dict[str, object] = {}
            for cell in nbformat.read(chapter.path, as_version=4).cells:
                if cell.cell_type == "code":
                    _show(_last(cell.source, cell.id, names), page)
                    names |= given if cell.id == "parameters" else {}
    return page


def _last(source: str, name: str, names: dict[str, object]) -> object:
    """Run the code of a cell; what its last line gives, if that is an expression."""
    *before, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        exec(compile(source, name, "exec"), names)
        return None
    exec(compile(ast.Module(before, []), name, "exec"), names)
    return eval(compile(ast.Expression(last.value), name, "eval"), names)


def _show(result: object, page: Page) -> None:
    """Show what a cell gives, but for the picture of a chart, which tests draw as they need it."""
    if isinstance(result, Chart):
        page.charts.append(result)
    elif hasattr(result, "_repr_mimebundle_"):
        result._repr_mimebundle_()
