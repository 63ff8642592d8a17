"""A place against its region, the country, and municipalities of its size and kind."""

from __future__ import annotations

import pandas as pd
import pytest
from reported import cell, with_returns

from socsvc_analysis import indicators, observations
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import benchmarks, get_indicator
from socsvc_analysis.reference import Reference


@pytest.fixture(scope="session")
def figures(figures: pd.DataFrame) -> pd.DataFrame:
    return with_returns(figures)


def test_benchmarks_by_hand(figures: pd.DataFrame, tables: Reference) -> None:
    rates = indicators.returns.clients_per_1000(Dataset(figures, tables))
    rates = rates[rates["period"] == "2024"]
    known = get_indicator("clients_per_1000")
    country = benchmarks.against_country(rates, known)
    assert cell(country, "benchmark", territory="0091000") == pytest.approx(61 / 10750 * 1000)
    assert cell(country, "comparison", territory="0091000") == "lower"
    assert cell(country, "comparison", territory="0094001") == "higher"
    assert cell(country, "comparison", territory="LV") == "similar"
    region = benchmarks.against_region(rates, known, tables)
    assert cell(region, "comparison", territory="0091000") == "similar"
    residents = pd.DataFrame({"territory": ["0091000", "0094001"], "value": [5850.0, 4900.0]})
    similar = benchmarks.similar_municipalities(residents, tables, peers=1)
    peers = benchmarks.against_similar(rates, known, similar)
    assert cell(peers, "benchmark", territory="0091000") == pytest.approx(49 / 4900 * 1000)
    assert cell(peers, "comparison", territory="0091000") == "lower"
    assert cell(peers, "compared_with", territory="0091000") == 1


def test_a_number_is_compared_with_the_mean_of_its_peers(figures: pd.DataFrame, tables: Reference) -> None:
    places = indicators.returns.reported_places(Dataset(figures, tables))
    local = places[places["period"] == "2024"]  # 10 and 98, and Latvia
    third = local[local["territory"] == "0094001"].assign(territory="0092000", value=50.0)
    pairs = [("0091000", "0094001"), ("0091000", "0092000"), ("0092000", "0091000"), ("0092000", "0093000")]
    similar = pd.DataFrame(pairs, columns=["territory", "peer"])
    peers = benchmarks.against_similar(pd.concat([local, third]), get_indicator("reported_places"), similar)
    row = {"territory": "0091000"}
    assert (cell(peers, "benchmark", **row), cell(peers, "compared_with", **row)) == (74, 2)
    assert cell(peers, "comparison", **row) == "worse"
    # Of the fourth nothing is known, so it is no peer.
    row = {"territory": "0092000"}
    assert (cell(peers, "benchmark", **row), cell(peers, "compared_with", **row)) == (10, 1)
    assert cell(peers, "comparison", **row) == "better"
    assert cell(peers, "comparison", territory="0094001") == "unknown"
    assert not peers["territory"].isin(["LV", "LV00X"]).any()


def test_similar_municipalities_are_of_one_kind_and_near_in_size(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    residents = observations.population(real_figures, real_tables, "2020-01-01")
    similar = benchmarks.similar_municipalities(residents, real_tables)
    kinds = real_tables.municipalities.set_index("code")["kind"]
    assert (similar["territory"].map(kinds) == similar["peer"].map(kinds)).all()
    assert (similar.groupby("territory").size() == benchmarks.PEERS).all()
    assert not (similar["territory"] == similar["peer"]).any()
    assert similar.groupby("territory")["distance"].apply(lambda steps: steps.is_monotonic_increasing).all()
