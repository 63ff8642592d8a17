"""What a researcher meets first: one handle that says what it is, indicators by name, dates, and names to complete."""

from __future__ import annotations

import os
import pydoc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.completer import IPCompleter
from IPython.core.interactiveshell import InteractiveShell
from packages import MINI
from reported import with_returns

import socsvc_analysis as socsvc
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import REGISTRY, compute
from socsvc_analysis.schema import DataError

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def data() -> Dataset:
    return socsvc.open_data(ROOT / "data")


def test_a_service_is_chosen_before_places_are_added_up(data: Dataset) -> None:
    """Bauska: 76 places in five services, 30 of them in day care; 30 for 40,006 residents are 0.75 per 1,000."""
    everything = compute("places_per_1000", data, territory="0025000")
    [day_care] = compute("places_per_1000", data, territory="0025000", service_type="day_care_centre").to_dict(
        "records"
    )
    assert everything["numerator"].tolist() == [76]
    assert (day_care["numerator"], day_care["denominator"]) == (30, 40_006)
    assert day_care["value"] == pytest.approx(30 / 40_006 * 1000)
    assert day_care["service_type"] == "day_care_centre"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, each in REGISTRY.items() if "service_type" in each.adds_up])
def test_the_numbers_of_services_add_up_to_those_of_all(data: Dataset, name: str) -> None:
    """In the real data for places; in the miniature for what municipalities report."""
    mini = socsvc.open_data(MINI)
    data = data if name == "places_per_1000" else mini.with_figures(with_returns(mini.figures))
    assert len(compute(name, data))
    codes = [code for code in data.reference.service_types["service_type"] if code != "all"]
    parts = pd.concat([compute(name, data, service_type=code) for code in [*codes, "all"]])
    same = ["territory", "period", "target_group"] if name == "clients_per_1000" else ["territory", "period"]
    together = parts.groupby(same)["numerator"].sum().sort_index()
    pd.testing.assert_series_equal(together, compute(name, data).groupby(same)["numerator"].sum().sort_index())


def test_an_unknown_code_or_dimension_is_an_error_with_the_nearest(data: Dataset) -> None:
    with pytest.raises(DataError, match="'day_care_center' is not a known code; nearest known: day_care_centre"):
        compute("places_per_1000", data, service_type="day_care_center")
    with pytest.raises(DataError, match=r"'servicetype' is not a column .*nearest known: service_type"):
        compute("places_per_1000", data, servicetype="day_care_centre")


def test_periods_are_dates_beside_the_printed_text(data: Dataset) -> None:
    served = compute("served_of_plan", data, region="zemgale")
    at = served[served["period"] == "2021"].iloc[0]
    assert (at["first_day"], at["last_day"]) == (pd.Timestamp("2021-01-01"), pd.Timestamp("2021-12-31"))
    assert at["date"] == at["last_day"]
    assert pd.api.types.is_datetime64_any_dtype(data.select(measure="persons_served")["date"])


def test_data_and_reference_say_what_they_are_and_how_to_go_on(data: Dataset) -> None:
    said = repr(data)
    assert f"{len(data.figures):,} rows" in said
    assert data.package.version in said
    assert "compute(name, data)" in said
    assert "<table" in data._repr_html_()
    assert "regions: 6" in repr(data.reference)
    assert len(repr(data.reference)) < 1000


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell of this test alone: in a process that has one the library behaves as within a notebook."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_completion_offers_what_is_for_users(shell: InteractiveShell) -> None:
    assert set(socsvc.__all__) <= set(dir(socsvc))
    assert [name for name in dir(socsvc) if not name.startswith("_")] == sorted(socsvc.__all__)
    completer = IPCompleter(shell=shell, namespace={"socsvc": socsvc}, use_jedi=False)
    with pytest.warns(PendingDeprecationWarning):
        _, offered = completer.complete("socsvc.")
    assert {each.removeprefix("socsvc").strip(".") for each in offered if "._" not in each} == set(socsvc.__all__)


@pytest.mark.parametrize("thing", [socsvc, socsvc.open_data, compute, Dataset.select, Dataset.labelled])
def test_help_leads_on(thing: object) -> None:
    text = pydoc.render_doc(thing, renderer=pydoc.plaintext)
    assert "compute" in text or "open_data" in text or "data" in text
    assert len(text.splitlines()) > 5


@pytest.mark.slow
def test_it_works_from_any_folder(tmp_path: Path) -> None:
    asked = (
        "import sys, socsvc_analysis as s; print(len(s.indicators.compute('places', s.open_data(), region='zemgale')));"
        "print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    number, imported = ran.stdout.splitlines()
    assert int(number) > 0
    assert not {"scipy.stats", "scipy.optimize", "statsmodels", "matplotlib.pyplot", "IPython"} & {*imported.split()}


@pytest.mark.parametrize("period", [2021, [2021], ("2021",), range(2021, 2022)])
def test_a_year_may_be_a_whole_number(period: object, data: Dataset) -> None:
    found = compute("served_of_plan", data, region="zemgale", period=period)  # type: ignore[arg-type]
    assert found["numerator"].tolist() == [166.0, 299.0]


@pytest.mark.parametrize("period", ["31.12.2021", "2021-31-12x", "year 2021"])
def test_what_is_no_period_is_not_silently_empty(period: str, data: Dataset) -> None:
    with pytest.raises(DataError, match="is not a period as the data have it"):
        compute("served_of_plan", data, period=period)


@pytest.mark.parametrize(
    ("column", "name", "code"),
    [
        ("territory", "Bauska", "0025000"),
        ("territory", "Zemgales plānošanas reģions", "LV009"),
        ("service_type", "Dienas aprūpes centrs", "day_care_centre"),
        ("service_type", "day care centre", "day_care_centre"),
    ],
)
def test_a_name_in_place_of_a_code_is_told_the_code(column: str, name: str, code: str, data: Dataset) -> None:
    with pytest.raises(DataError, match=f"is not a known code; nearest known: {code}"):
        data.select(**{column: name})


@pytest.mark.parametrize("region", ["Zemgale", "LV009", "ZEMGALE"])
def test_a_region_written_otherwise_is_told_its_word(region: str, data: Dataset) -> None:
    with pytest.raises(DataError, match="nearest known: zemgale"):
        compute("places_per_1000", data, region=region)


def test_several_regions_are_refused_with_a_sentence(data: Dataset) -> None:
    with pytest.raises(DataError, match="is one region; several are asked for by their codes"):
        compute("places_per_1000", data, region=["zemgale", "latgale"])  # type: ignore[arg-type]


def test_nothing_wanted_is_no_code(data: Dataset) -> None:
    with pytest.raises(DataError, match="leave it out to have all"):
        data.select(measure=None)  # type: ignore[arg-type]


def test_swapped_arguments_are_told_their_order(data: Dataset) -> None:
    with pytest.raises(TypeError, match="the name of an indicator, then the data"):
        compute(data, "places")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a frame first, then the language"):
        data.labelled("en", data.figures)  # type: ignore[arg-type]


def test_an_opened_package_is_said_in_a_line(data: Dataset) -> None:
    assert data.package is not None
    assert len(repr(data.package)) < 400
