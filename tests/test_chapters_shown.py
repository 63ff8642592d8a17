"""What chapters show in every region and language: only what indicators gave, in pictures in which no words meet.

The cells of the chapters are run in this process, so what is added to a chapter is tested with it.  Each number that a
table, a title, a note or a sentence says is looked for in the values that the cell had handed over: charts, tables and
sentences compute no share, verdict or projection.  No words of a picture meet or leave it, at either width.
"""

from __future__ import annotations

import ast
import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import compress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from chapters_run import REGIONS, Page, page_of, run_chapters
from drawn import trouble_with_words
from matplotlib.figure import Figure
from matplotlib.text import Text

import socsvc_analysis
from socsvc_analysis import datapackage, dataset, indicators, reference
from socsvc_analysis.charts.figure import NARROW, WIDE, Chart
from socsvc_analysis.datapackage import Package
from socsvc_analysis.markup import Html
from socsvc_analysis.once import Same
from socsvc_analysis.reference import Reference, present_municipalities
from socsvc_analysis.rounding import rounded
from socsvc_analysis.sentences import catalogue
from socsvc_analysis.wording import LANGUAGES, NBSP

pytestmark = pytest.mark.usefixtures("computing_once")

PACKAGE = Path(socsvc_analysis.__file__).parent
SCALED = {"value / MILLION", "abs(last - first) / max(first, 1)"}
"""An amount said in millions; which of several changed plans a title is about."""
NUMBER = {
    "en": re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)"),
    "lv": re.compile(rf"(?<![\w.,])\d+(?:{NBSP}\d{{3}})*(?:,\d+)?(?!\w)"),
}
DATE = re.compile(r"\b\d{2}\.\d{2}\.\d{4}\.|\b\d{2}\.\d{4}\.")
"""A day or a month as Latvian writes it in short."""
STEP = re.compile(r"(?:[1-9]\d?0*(?:[,\s]000)*|20\d\d)(?:\s?%)?")
"""A step of a scale: at most two digits that are not zero, or a year."""


# In this order a page is made and drawn once, and then looked at by all tests.
every_page = pytest.mark.parametrize(
    ("region", "language"), [(region, language) for region in REGIONS for language in LANGUAGES], scope="module"
)


def numbers_of(frames: tuple[pd.DataFrame, ...]) -> set[float]:
    """Every number of the frames, to six digits."""
    return set().union(*(nearly(Same(frame)) for frame in frames))


@cache
def nearly(frame: Same[pd.DataFrame]) -> frozenset[float]:
    return frozenset(map(near, exactly(frame.kept())))


def exactly(frame: pd.DataFrame) -> list[float]:
    columns = [frame[name].to_numpy(float, na_value=np.nan) for name in frame.select_dtypes("number")]
    return [number for column in columns for number in column[~np.isnan(column)].tolist()]


def near(number: float) -> float:
    return float(f"{float(number):.6g}")


@cache
def written(number: float, language: str) -> frozenset[str]:
    """The ways in which a language may write a number: as it is or in millions, with up to two decimals."""
    scaled = [(number / scale, decimals) for scale in (1.0, 1e6) for decimals in (0, 1, 2)]
    texts = [f"{abs(rounded(value, decimals)):,}" for value, decimals in scaled]
    return frozenset(text if language == "en" else text.replace(",", NBSP).replace(".", ",") for text in texts)


def told(frames: tuple[pd.DataFrame, ...], language: str) -> set[str]:
    """Every way in which the numbers and times of the frames may be written, and counts of their rows."""
    return set().union(*(told_by(frame, language) for frame in frames))


def told_by(frame: pd.DataFrame, language: str) -> set[str]:
    """A frame is shown by several charts and sections, and in both languages."""
    return words_of(Same(frame), language)


@cache
def words_of(frame: Same[pd.DataFrame], language: str) -> set[str]:
    words = {each for number in numbers_and_sums(frame) for each in written(number, language)}
    return words.union(years_in(frame.kept()), *(digits_in(text, language) for text in texts_in(frame)))


def years_in(frame: pd.DataFrame) -> set[str]:
    """The years of a projection, which are written without a separator."""
    columns = [name for name in ("year", "earliest", "latest") if name in frame]
    return {f"{year:.0f}" for name in columns for year in pd.to_numeric(frame[name]).dropna()}


@cache
def numbers_and_sums(of: Same[pd.DataFrame]) -> set[float]:
    frame = of.kept()
    numbers = {*exactly(frame), *sums(frame), *counts(frame)}
    if {"numerator", "denominator", "sources"} <= set(frame):
        # The places of a plan together are an indicator of their own.
        numbers |= set(exactly(indicators.capacity.working_in_all_services(frame)))
    if {"region", "kind", "value", "sources"} <= set(frame):
        # So are the places of a region that are opened, or only promised.
        found = [indicators.capacity.places_found(rows) for _, rows in frame.groupby("region")]
        numbers |= {number for each in found for number in (each.opened, each.promised)}
    return numbers


@cache
def texts_in(of: Same[pd.DataFrame]) -> set[str]:
    texts = of.kept().select_dtypes(["object", "string"])
    return {each for name in texts for each in texts[name].tolist() if isinstance(each, str)}


@cache
def digits_in(text: str, language: str) -> frozenset[str]:
    parts = re.findall(r"\d+", text)
    return frozenset({*parts, *(part.lstrip("0") for part in parts), *NUMBER[language].findall(text)})


def sums(frame: pd.DataFrame) -> Iterator[float]:
    """Places and services may be added up in a sentence that says so."""
    columns = sorted(set(frame.select_dtypes("number")) & {"value", "numerator", "denominator"})
    for column in columns:
        known = frame[column].fillna(0.0).tolist()
        yield float(sum(known))
        for by in (["kind"], ["region"], ["territory"], ["territory", "target_group"]):
            if set(by) <= set(frame):
                together: dict[object, float] = defaultdict(float)
                for group, number in zip(zip(*(frame[name].tolist() for name in by), strict=True), known, strict=True):
                    together[group] += number
                yield from together.values()


def counts(frame: pd.DataFrame) -> Iterator[float]:
    """How many rows there are, with a number, of each kind, and how many kinds."""
    yield float(len(frame))
    for name in frame:
        column = frame[name]
        if column.dtype == bool:
            yield from (float(column.sum()), float((~column).sum()))
        elif pd.api.types.is_numeric_dtype(column):
            yield from (float(column.notna().sum()), float(column.isna().sum()))
        else:
            sizes = Counter(map(str, compress(column.tolist(), column.notna())))
            yield from (float(len(sizes)), *map(float, sizes.values()))


def changes_here(changed: pd.DataFrame, region: str, tables: Reference) -> list[int]:
    """How many figures of a region are new, revised and withdrawn: those that were or are in its borders."""
    codes = pd.concat([table.set_index("code")["region"] for table in (tables.regions, tables.municipalities)])
    sides = [changed[f"territory_{side}"].map(codes) == region for side in ("before", "after")]
    return changed.loc[sides[0] | sides[1], "change"].value_counts().tolist()


@pytest.fixture(scope="module")
def known_words(real_tables: Reference, real_package: Package) -> dict[str, tuple[re.Pattern[str], set[str]]]:
    """By language what is written and no number of a frame: texts of the tables, and numbers in sentences' patterns."""
    day = set(re.findall(r"[1-9]\d*", " ".join((real_package.created, *real_tables.calendar["due"]))))
    return {language: (texts_of(real_tables), patterns(real_tables, language) | day) for language in LANGUAGES}


def texts_of(tables: Reference) -> re.Pattern[str]:
    """The texts of reference tables and titles of indicators that hold digits, the longest first."""
    found = {
        title for each in indicators.REGISTRY.values() for title in each.titles.values() if re.search(r"\d", title)
    }
    for table in vars(tables).values():
        if isinstance(table, pd.DataFrame):
            for name in table.select_dtypes(exclude=["number", "bool"]):
                found |= set(table[name].astype(str))
    found = {text for text in found if re.search(r"\d", text) and len(text) > 4}
    return re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))


def patterns(tables: Reference, language: str) -> set[str]:
    units = present_municipalities(tables.municipalities)
    texts = [text for entry in catalogue().values() for text in forms(entry.get(language, ""))]
    return {str(len(units))} | {number for text in texts for number in NUMBER[language].findall(text)}


def forms(entry: object) -> Iterator[str]:
    if isinstance(entry, dict):
        for each in entry.values():
            yield from forms(each)
    else:
        yield str(entry)


def labels_of(picture: Figure) -> set[str]:
    """What is written in a picture, without the steps of its scales: round numbers and years that stand alone."""
    labels = {text.get_text() for text in picture.findobj(Text)}
    return {label for label in labels if not STEP.fullmatch(label)}


def sentences_of(result: Chart | Html, page: Page) -> Iterator[str]:
    """What a reader reads: of a chart title, subtitle, alternative text, notes; of a section its words."""
    if isinstance(result, Chart):
        yield from (result.title, result.subtitle, result.alt, *result.notes)
        yield from labels_of(page.figure(result)) if result.pictured else ()
        return
    text = re.sub(r'<a class="ref".*?</a>|<details class="refs"><summary>.*?</summary>', " ", result.markup)
    for each in re.split(r"</?(?:p|li|td|th|tr|dd|dt|div|caption|summary|h\d)\b[^>]*>", text):
        said = html.unescape(re.sub(r"<[^>]*>", "", each)).strip()
        if said:
            yield said


@pytest.mark.slow
@every_page
def test_every_number_of_a_table_is_one_that_was_given(region: str, language: str) -> None:
    shown = page_of(region, language).made
    assert sum(isinstance(each.result, Chart) for each in shown) >= 3
    strange: dict[str, object] = {}
    for each in shown:
        known = numbers_of(each.given)
        tables = [(each.result.data, each.result.columns)] if isinstance(each.result, Chart) else []
        for data, columns in tables:
            for column in columns:
                if column.name in data and pd.api.types.is_numeric_dtype(data[column.name]):
                    cells = {near(number) for number in data[column.name].dropna()}
                    if cells - known:
                        strange[f"{each.name}: {column.name}"] = sorted(cells - known)
    assert strange == {}


@pytest.mark.slow
@every_page
def test_every_sentence_says_only_numbers_that_were_given(
    region: str, language: str, known_words: dict[str, tuple[re.Pattern[str], set[str]]], real_tables: Reference
) -> None:
    texts, standing = known_words[language]
    strange = {}
    page = page_of(region, language)
    for each in page.made:
        known = told(each.given, language) | standing
        if each.name.startswith("changes"):
            known |= set(map(str, changes_here(each.given[0], region, real_tables)))
        # To look for the texts of all tables takes long.
        for sentence in filter(re.compile(r"\d").search, sentences_of(each.result, page)):
            numbers = numbers_in(texts.sub(" ", sentence), language)
            if numbers - known:
                strange[f"{each.name}: {sentence}"] = sorted(numbers - known)
    assert strange == {}


def numbers_in(sentence: str, language: str) -> set[str]:
    # What has several points is the code of a programme, and may be broken over two lines.
    sentence = re.sub(r"\b\d(?:\.\d){2,}\b", " ", sentence)
    if language == "lv":
        sentence = DATE.sub(lambda date: " ".join(part.lstrip("0") for part in date[0].split(".")) + " ", sentence)
    return set(NUMBER[language].findall(sentence))


@pytest.mark.slow
def test_few_numbers_would_pass(known_words: dict[str, tuple[re.Pattern[str], set[str]]]) -> None:
    """A wrong number is nearly always found: of those with three digits a chart or sentence could say only a few."""
    shown = [each for each in page_of("zemgale", "en").made if not any("evidence" in frame for frame in each.given)]
    assert len(shown) > 30
    for each in shown:
        known = told(each.given, "en") | known_words["en"][1]
        assert sum(str(number) in known for number in range(100, 1000)) < 180, each.name


def test_the_test_itself_sees_a_number_that_was_not_given() -> None:
    frame = pd.DataFrame({"territory": ["LV"], "value": [285.0], "period": ["2018-12-31"]})
    assert {"285", "2018", "31", "12"} <= told((frame,), "en") and "286" not in told((frame,), "en")
    assert numbers_in("285 of 2,100 (13.6%)", "en") == {"285", "2,100", "13.6"}
    latvian = f"31.12.2018. 285 no 2{NBSP}100 (13,6{NBSP}%)"
    assert numbers_in(latvian, "lv") == {"31", "12", "2018", "285", f"2{NBSP}100", "13,6"}
    assert f"2{NBSP}100" in told((frame.assign(value=2100.0),), "lv")


SHOWING = sorted([*(PACKAGE / "charts").glob("*.py"), *(PACKAGE / "sections").glob("*.py")])


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_shows_does_not_compute(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asks = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("socsvc_analysis.statistics")
    ]
    assert asks == []
    rounds = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "round"
    ]
    assert rounds == [], "halves are rounded up by socsvc_analysis.rounding"
    divisions = {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv)
    }
    assert divisions <= SCALED


# Words in pictures


def trouble(page: Page) -> dict[str, list[str]]:
    found = {
        f"{chart.key} {width}": trouble_with_words(page.figure(chart, width))
        for chart in page.charts
        for width in (WIDE, NARROW)
    }
    return {name: problems for name, problems in found.items() if problems}


@pytest.mark.slow
@every_page
def test_no_words_meet_or_leave_a_chart(region: str, language: str) -> None:
    page = page_of(region, language)
    assert len(page.charts) >= 5
    assert trouble(page) == {}


@pytest.mark.slow
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
    page = run_chapters("latvija", "lv")
    assert any("Dienvidaustrumkurzemes" in chart.subtitle for chart in page.charts)
    assert trouble(page) == {}


def test_the_check_itself_sees_words_that_meet_and_leave() -> None:
    figure = Figure(figsize=(2, 2), dpi=72)
    for x, y, text in ((10, 20, "first words"), (30, 24, "second words"), (120, 100, "beyond the edge")):
        figure.add_artist(Text(x, y, text, fontsize=10, transform=None))
    said = trouble_with_words(figure)
    assert said == ["'beyond the edge' leaves the picture", "'first words' and 'second words' meet"]
