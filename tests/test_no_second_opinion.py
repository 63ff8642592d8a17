"""What pages show is what indicators gave: charts, tables and sentences compute no share, verdict or projection.

The cells of the chapters are run for every region, and each number that a chart's table, a title or a finding says is
looked for in the values that the cell had handed over.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import socsvc_analysis
from socsvc_analysis import charts, indicators, once, sections
from socsvc_analysis.charts.figure import Chart
from socsvc_analysis.markup import Html
from socsvc_analysis.reference import open_reference, present_municipalities
from socsvc_analysis.report.chapters import find_chapters
from socsvc_analysis.rounding import rounded

ROOT = Path(__file__).parents[1]
PACKAGE = Path(socsvc_analysis.__file__).parent
CHAPTERS = find_chapters(ROOT / "notebooks")
REGIONS = ("riga", "kurzeme", "vidzeme", "latgale", "zemgale", "latvija")
FINDINGS = ("capacity_findings", "clients_findings", "progress_findings")
"""Sentences made of the values of indicators; those about figures, changes and municipalities count rows."""
OF_RESEARCHERS = ("control.py", "funnel.py", "rates.py")
"""Charts for researchers that still ask statistics themselves: limits of control charts and funnels, comparisons."""
GEOMETRY = (
    "artists.py",
    "bars.py",
    "figure.py",
    "lines.py",
    "palette.py",
    "panels.py",
    "plane.py",
    "tilemap.py",
    "vector.py",
)
SCALED = {"value / MILLION", "abs(last - first) / max(first, 1)"}
"""An amount said in millions; which of several changed plans a title is about."""
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")


@dataclass(frozen=True)
class Shown:
    """A chart or findings, with the frames that they were made of."""

    result: Chart | Html
    given: tuple[pd.DataFrame, ...]


@pytest.fixture(scope="module", autouse=True)
def remembering() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once._Memory, "answers", None)
        once.remember()
        yield


def shown_for(region: str, monkeypatch: pytest.MonkeyPatch) -> list[Shown]:
    """Everything that the chapters of a region show, in English."""
    found: list[Shown] = []

    def recorded(function: Callable) -> Callable:
        def call(*args: object, **more: object) -> object:
            result = function(*args, **more)
            found.append(Shown(result, tuple(each for each in args if isinstance(each, pd.DataFrame))))
            return result

        return call

    for name in charts.__all__:
        if name[0].islower():
            monkeypatch.setattr(charts, name, recorded(getattr(charts, name)))
    for name in FINDINGS:
        monkeypatch.setattr(sections, name, recorded(getattr(sections, name)))
    given = {"region": region, "language": "en", "audience": "public", "data": str(ROOT / "data")}
    for chapter in CHAPTERS:
        names: dict[str, object] = {}
        for cell in nbformat.read(chapter.path, as_version=4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, cell.id, "exec"), names)
                names |= given if cell.id == "parameters" else {}
    return [each for each in found if each.given]


def numbers_of(frames: tuple[pd.DataFrame, ...]) -> set[float]:
    """Every number of the frames, to six digits."""
    return {near(number) for frame in frames for number in exactly(frame)}


def exactly(frame: pd.DataFrame) -> list[float]:
    return [float(number) for name in frame.select_dtypes("number") for number in frame[name].dropna()]


def near(number: float) -> float:
    return float(f"{float(number):.6g}")


def told(frames: tuple[pd.DataFrame, ...]) -> set[str]:
    """Every way in which the numbers and times of the frames may be written, and counts of their rows."""
    units = present_municipalities(open_reference(ROOT / "data" / "datapackage.json").municipalities)
    words = {str(len(units))}
    # The places of a plan together are an indicator of their own.
    plans = [frame for frame in frames if {"numerator", "denominator", "sources"} <= set(frame)]
    numbers = [number for frame in frames for number in exactly(frame)]
    numbers += [number for frame in plans for number in exactly(indicators.capacity.working_together(frame))]
    for number in numbers:
        for scale in (1.0, 1e6):
            for decimals in (0, 1, 2):
                words.add(f"{abs(rounded(number / scale, decimals)):,}")
    for frame in frames:
        for name in {"period", "due", "on"} & set(frame):
            words |= {part.lstrip("0") for period in frame[name].astype(str) for part in re.findall(r"\d+", period)}
        for name in ("territory", "label"):
            words |= {str(count) for count in range(1, frame[name].nunique() + 1)} if name in frame else set()
        for by in (["region"], ["territory"], ["territory", "target_group"], []):
            words |= {f"{abs(rounded(total)):,}" for total in sums(frame, [name for name in by if name in frame])}
    return words


def sums(frame: pd.DataFrame, by: list[str]) -> list[float]:
    """Places and services may be added up in a sentence that says so."""
    columns = [name for name in ("value", "numerator", "denominator") if name in frame]
    groups = frame.groupby(by)[columns].sum().to_numpy().ravel() if by else frame[columns].sum().to_numpy()
    kinds = [] if "kind" not in frame else frame.groupby("kind")[columns].sum().to_numpy().ravel()
    return [float(each) for each in (*groups, *kinds) if math.isfinite(each)]


@pytest.mark.parametrize("region", REGIONS)
def test_every_number_shown_is_one_that_was_given(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shown_for(region, monkeypatch)
    made = [each for each in shown if isinstance(each.result, Chart)]
    assert len(made) >= 3
    strange: dict[str, object] = {}
    for each in made:
        chart, known = each.result, numbers_of(each.given)
        if chart.key.startswith(("run_chart", "funnel")):
            continue
        for column in chart.columns:
            if column.name in chart.data and pd.api.types.is_numeric_dtype(chart.data[column.name]):
                cells = {near(number) for number in chart.data[column.name].dropna()}
                if cells - known:
                    strange[f"{chart.key}: {column.name}"] = sorted(cells - known)
    assert strange == {}


@pytest.mark.parametrize("region", REGIONS)
def test_titles_and_findings_say_only_numbers_that_were_given(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = {}
    for each in shown_for(region, monkeypatch):
        sentences = [each.result.title] if isinstance(each.result, Chart) else []
        sentences += each.result.plain.splitlines() if isinstance(each.result, Html) and not each.result.absent else []
        known = told(each.given)
        for sentence in sentences:
            numbers = set(NUMBER.findall(sentence.replace("\u00a0", " ")))
            if numbers - known:
                strange[sentence] = sorted(numbers - known)
    assert strange == {}


def test_the_test_itself_sees_a_number_that_was_not_given() -> None:
    frame = pd.DataFrame({"territory": ["LV"], "value": [285.0], "period": ["2018-12-31"]})
    assert {"285", "2018", "31", "12"} <= told((frame,)) and "286" not in told((frame,))
    assert NUMBER.findall("285 of 2,100 (13.6%)") == ["285", "2,100", "13.6"]


SHOWING = sorted([*(PACKAGE / "charts").glob("*.py"), *(PACKAGE / "sections").glob("*.py")])


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_shows_does_not_compute(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asks = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("socsvc_analysis.statistics")
    ]
    assert bool(asks) == (path.name in OF_RESEARCHERS), "what no longer asks statistics leaves the list"
    if path.name in (*GEOMETRY, "funnel.py", "timeline.py"):
        return
    divisions = {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv)
    }
    assert divisions <= SCALED
