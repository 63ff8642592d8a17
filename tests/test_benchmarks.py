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
    rates = rates[(rates["period"] == "2024") & (rates["target_group"] == "all")]
    known = get_indicator("clients_per_1000")
    country = benchmarks.against_whole(rates, known, "ziemeli", tables)
    assert cell(country, "benchmark", territory="0091000") == pytest.approx(61 / 10750 * 1000)
    assert cell(country, "comparison", territory="0091000") == "lower"
    assert cell(country, "comparison", territory="0094001") == "higher"
    assert cell(country, "comparison", territory="LV") == "similar"
    region = benchmarks.against_whole(rates[rates["territory"] != "LV"], known, "ziemeli", tables)
    assert cell(region, "benchmark", territory="0091000") == cell(rates, "value", territory="LV00X")
    assert cell(region, "comparison", territory="0091000") == "similar"


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
