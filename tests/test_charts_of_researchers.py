"""Every public chart as a researcher asks for it: figures of ``open_data()``, a region and a language, no words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from operator import attrgetter

import pandas as pd
import pytest

import socsvc_analysis as socsvc
from socsvc_analysis import charts, indicators, labels, observations, wording
from socsvc_analysis.charts import Absence, Chart
from socsvc_analysis.datapackage import Package
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.reference import region_code
from socsvc_analysis.schema import DataError
from socsvc_analysis.wording import LANGUAGES

pytestmark = pytest.mark.usefixtures("computing_once")

PUBLIC = [name for name in charts.__all__ if name[0].islower()]
REGIONS = ("zemgale", "latgale", "riga", "latvija")
OF_TABLES = ("event_timeline", "programme_timeline")
"""Charts of reference tables: there are no values to give."""
MEANING = {
    "chosen_values": "places_per_1000",
    "funnel_plot": "served_per_1000",
    "rates_with_intervals": "served_per_1000",
    "regions_small_multiples": "served_of_plan",
}
"""Charts of any indicator are told which."""


def of(data: Dataset, region: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the region itself."""
    return frame[frame["territory"] == region_code(region, data.reference.regions)]


def labelled(data: Dataset, frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The rows with the words that a chart writes beside them."""
    return labels.labelled(frame, wording.in_language(language, data.reference))


def course(data: Dataset, region: str) -> pd.DataFrame:
    by_year = indicators.clients.served_by_year(data, targets=True)
    return indicators.projection.course(of(data, region, by_year), data.reference)


def judged(data: Dataset, region: str, language: str) -> pd.DataFrame:
    series = indicators.series.yearly(data, ("clients", "clients_in_year"))
    longest = indicators.series.longest_series(series[series["region"] == region])
    return labelled(data, indicators.control.with_limits(longest, data.reference), language)


def rates(data: Dataset, region: str) -> pd.DataFrame:
    served = observations.within_region(indicators.clients.served_per_1000(data), region)
    meaning = indicators.get_indicator("served_per_1000")
    return indicators.benchmarks.against_whole(served, meaning, region, data.reference)


def funnel(data: Dataset) -> pd.DataFrame:
    meaning = indicators.get_indicator("served_per_1000")
    return indicators.funnel.with_limits(indicators.clients.served_per_1000(data), meaning)


def children(data: Dataset) -> pd.DataFrame:
    served = indicators.clients.served_of_plan(data)
    return served[served["target_group"] == "children_functional_disorders"]


def centres(data: Dataset, region: str, language: str) -> pd.DataFrame:
    known = indicators.capacity.state_care(data)
    return labelled(data, observations.within_region(known[known["provider"] != ""], region), language)


def funding(data: Dataset, region: str, language: str) -> pd.DataFrame:
    amounts = indicators.money.funding_amounts(data)
    return labelled(data, amounts[amounts["region"] == region], language)


def recipients(data: Dataset, region: str, language: str) -> pd.DataFrame:
    series = indicators.series.yearly(data, ("clients", "clients_in_year"))
    return labelled(data, series[series["region"] == region], language)


VALUES: dict[str, Callable[[Dataset, str, str], pd.DataFrame]] = {
    "absorption": lambda data, region, language: labelled(data, indicators.money.absorption(data), language),
    "balance_of_care": lambda data, region, _: indicators.care_balance.shares_of_region(
        indicators.care_balance.balance_of_care(data), region, data.reference
    ),
    "chosen_values": lambda data, region, _: indicators.compute("places_per_1000", data, region=region),
    "expected_by_now": lambda data, region, _: of(data, region, indicators.progress.pace_to_target(data)),
    "funding_split": funding,
    "funnel_plot": lambda data, *_: funnel(data),
    "institutional_stock": lambda data, *_: indicators.progress.institutional_reduction(data, targets=True),
    "long_series": recipients,
    "path_to_service": lambda data, region, _: of(data, region, indicators.client_path.path_to_service(data)),
    "places_by_municipality": lambda data, region, _: observations.within_region(
        indicators.capacity.places(data), region
    ),
    "places_per_1000": lambda data, *_: indicators.compute("places_per_1000", data),
    "plan_versions": lambda data, region, language: labelled(
        data, of(data, region, indicators.progress.plan_versions(data)), language
    ),
    "planned_and_working": lambda data, *_: indicators.capacity.working_of_planned(data),
    "projection_to_target": lambda data, region, _: course(data, region),
    "rates_with_intervals": lambda data, region, _: rates(data, region),
    "reached_against_plan": lambda data, region, _: of(data, region, indicators.standing.course_of_plan(data)),
    "regions_small_multiples": lambda data, *_: children(data),
    "run_chart": judged,
    "served_by_municipality": lambda data, region, _: observations.within_region(
        indicators.clients.served_by_municipality(data), region
    ),
    "served_by_service": lambda data, region, _: of(data, region, indicators.clients.served_by_service(data)),
    "served_by_year": lambda data, region, _: of(data, region, indicators.clients.served_by_year(data, targets=True)),
    "share_of_plan": lambda data, region, _: indicators.latest_figure(
        of(data, region, indicators.clients.served_of_plan(data))
    ),
    "state_care_centres": centres,
    "tile_map": lambda data, *_: indicators.capacity.places_by_municipality(data),
}
"""For each chart the figures that the chapters show with it."""


@pytest.fixture(scope="module")
def data() -> Dataset:
    return socsvc.open_data()


def asked(name: str, data: Dataset, region: str, language: str, **more: object) -> Chart | Absence:
    values = () if name in OF_TABLES else (VALUES[name](data, region, language),)
    if name in MEANING:
        more["indicator"] = MEANING[name]
    return getattr(socsvc.charts, name)(*values, region=region, language=language, **more)


def test_every_public_chart_is_tried() -> None:
    assert {*VALUES, *OF_TABLES} == set(PUBLIC)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_language_is_enough(name: str, language: str, data: Dataset) -> None:
    """Some region has the figures for a picture; what another lacks is said in a sentence."""
    for region in REGIONS:
        result = asked(name, data, region, language)
        if isinstance(result, Chart):
            break
        assert result.plain.endswith(".")
    assert isinstance(result, Chart)
    assert result.words.language == language
    assert result.svg().startswith("<svg") and result.html().markup.startswith("<figure")


def test_words_and_a_language_make_the_same_chart(data: Dataset) -> None:
    values = VALUES["share_of_plan"](data, "zemgale", "en")
    by_language = charts.share_of_plan(values, region="zemgale", language="en", data=data)
    by_words = charts.share_of_plan(values, region="zemgale", words=wording.in_language("en", data.reference))
    assert by_language.html().markup == by_words.html().markup
    assert charts.share_of_plan(values, region="zemgale").words.language == "lv"


def test_names_are_those_of_the_data_that_are_given(data: Dataset, package: Package) -> None:
    other = socsvc.open_data(package)
    values = VALUES["places_per_1000"](data, "zemgale", "en")
    with pytest.raises(DataError, match=r"'zemgale' is not a known region \(known: ziemeli, dienvidi, latvija\)"):
        charts.places_per_1000(values, region="zemgale", language="en", data=other)


def test_an_unknown_region_or_language_names_the_known(data: Dataset) -> None:
    values = VALUES["places_per_1000"](data, "zemgale", "en")
    with pytest.raises(DataError, match=r"'zemgal' is not a known region .*nearest known: zemgale"):
        charts.places_per_1000(values, region="zemgal", language="en")
    with pytest.raises(DataError, match=r"'ru' is not a known language \(known: lv, en\)"):
        charts.places_per_1000(values, region="zemgale", language="ru")


def test_help_says_what_may_be_asked() -> None:
    for name in PUBLIC:
        parameters = inspect.signature(getattr(charts, name)).parameters
        assert parameters["words"].default is None
        assert (parameters["language"].default, parameters["data"].default) == ("lv", None)


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1], ids=["the first", "the second"])
@pytest.mark.parametrize("name", VALUES)
def test_a_chart_goes_without_the_values_that_nobody_knows(name: str, first: int, data: Dataset) -> None:
    """Every second value is unknown: the chart shows the others, or says that there are too few."""
    values = VALUES[name](data, "latvija", "en").copy()
    unknown = pd.Series(range(len(values)), values.index) % 2 == first
    values["value"] = values["value"].mask(unknown)
    values["status"] = values["status"].mask(unknown, "missing")
    more = {"indicator": MEANING[name]} if name in MEANING else {}
    result = getattr(charts, name)(values, region="latvija", language="en", data=data, **more)
    text = result.html().plain if isinstance(result, Chart) else result.plain
    assert text and "nan" not in text.split()


def test_a_chart_refuses_the_values_of_another_indicator(data: Dataset) -> None:
    shares = indicators.compute("served_of_plan", data, region="zemgale")
    with pytest.raises(DataError, match="'served_of_plan' are values of another indicator"):
        charts.places_per_1000(shares[shares["value"] > 0], region="zemgale", language="en")


@pytest.mark.parametrize("name", VALUES)
def test_a_frame_without_columns_is_told_which_are_missing_and_what_gives_them(name: str) -> None:
    said = refused(name, pd.DataFrame())
    assert said.startswith(f"charts.{name}: the frame lacks the columns ")
    assert {"value", "status", "sources", "notes"} <= {*columns_in(said)}
    gives = re.search(r"it takes what (.*?) gives", said)
    assert gives is not None
    computed = re.fullmatch(r"compute\('(\w+)', data\)", gives[1])
    assert indicators.get_indicator(computed[1]) if computed else attrgetter(gives[1])(socsvc)
    if computed and "labelled" not in said and name != "tile_map":
        assert {*columns_in(said)} <= {*indicators.compute(computed[1], socsvc.open_data(), region="zemgale")}


@pytest.mark.slow
@pytest.mark.parametrize("name", VALUES)
def test_a_chart_reads_no_other_columns_than_it_asks_for(name: str, data: Dataset) -> None:
    columns = columns_in(refused(name, pd.DataFrame()))
    frames = (VALUES[name](data, region, "en")[columns] for region in REGIONS)
    more = {"indicator": MEANING[name]} if name in MEANING else {}
    shown = (
        getattr(charts, name)(frame, region=region, language="en", data=data, **more)
        for region, frame in zip(REGIONS, frames, strict=True)
    )
    chart = next(each for each in shown if isinstance(each, Chart))
    assert chart.html().markup.startswith("<figure")
    [one] = columns_in(refused(name, VALUES[name](data, chart.region, "en").drop(columns=columns[0])))
    assert one == columns[0]


def refused(name: str, frame: pd.DataFrame) -> str:
    """The one sentence in which the chart refuses the frame."""
    more = {"indicator": MEANING[name]} if name in MEANING else {}
    with pytest.raises(DataError) as raised:
        getattr(charts, name)(frame, region="zemgale", language="en", **more)
    [problem] = raised.value.problems
    return str(problem)


def columns_in(said: str) -> list[str]:
    """The columns that the sentence names."""
    found = re.search(r"lacks the columns? ([\w, ]+);", said)
    assert found is not None, said
    return found[1].split(", ")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("institutional_stock", "places_per_1000"),
        ("places_by_municipality", "served_of_plan"),
        ("share_of_plan", "places_per_1000"),
        ("served_by_year", "places"),
        ("served_by_municipality", "places"),
        ("tile_map", "places_per_1000"),
        ("chosen_values", "served_of_plan"),
        ("regions_small_multiples", "places_per_1000"),
    ],
)
def test_charts_that_are_no_indicators_refuse_other_values_too(name: str, given: str, data: Dataset) -> None:
    said = refused(name, indicators.compute(given, data))
    assert said.startswith(f"charts.{name}: {given!r} are values of another indicator than this chart shows; it takes")


def test_limits_of_one_indicator_are_not_drawn_as_those_of_another(data: Dataset) -> None:
    served = indicators.compute("served_per_1000", data)
    judged = indicators.funnel.with_limits(served, indicators.get_indicator("served_per_1000"))
    with pytest.raises(DataError, match="'served_per_1000' are values of another indicator"):
        charts.funnel_plot(judged, region="latvija", language="en", indicator="clients_per_1000")
    with pytest.raises(DataError, match="'served_per_100' is not a known indicator; nearest known: served_per_1000"):
        charts.funnel_plot(judged, region="latvija", language="en", indicator="served_per_100")


def test_what_compute_gives_is_drawn_under_another_name(data: Dataset) -> None:
    shares = indicators.compute("served_of_plan", data, region="zemgale", period="2021")
    assert isinstance(charts.share_of_plan(shares, region="zemgale", language="en"), Chart)
    stock = indicators.compute("institutional_reduction", data)
    assert isinstance(charts.institutional_stock(stock, region="latvija", language="en"), Chart)


def test_a_chart_asks_for_a_frame() -> None:
    with pytest.raises(TypeError, match="takes a frame of values first, not a NoneType"):
        charts.places_per_1000(None, region="zemgale", language="en")
