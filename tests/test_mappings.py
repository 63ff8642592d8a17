"""Mappings: every built-in one reads a file of its family, and a mistake in one is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from mapped_files import MADE
from packages import DATA

from socsvc_analysis.intake.mapping import mappings
from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.rules import apply_rules
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def taken(real_tables: Reference, real_published: pd.DataFrame, tmp_path: Path):
    def take(name: str) -> tuple[ImportResult, pd.DataFrame]:
        (table,) = read_tables(MADE[name](tmp_path), real_tables, DATA)
        assert table.mapping == name
        assert table.source in set(real_tables.sources["source"])
        result = apply_rules([table], real_tables, real_published, TODAY)
        return result, result.accepted

    return take


def test_every_mapping_has_a_file(real_tables: Reference) -> None:
    assert {each.name for each in mappings(DATA, real_tables)} == set(MADE)


def test_needed_services_keep_the_codes_of_their_time(taken) -> None:
    result, figures = taken("ministry_di_services")
    assert (result.rows_in, result.rows_accepted) == (3, 3)
    assert set(figures["territory"]) == {"0010000", "0320200", "0604300"}
    assert set(figures["period"]) == {"2018-12"}
    assert set(figures["measure"]) == {"persons_needing_service"}
    assert set(figures["target_group"]) == {"adults_mental_disorders"}
    by = figures.set_index(["territory", "service_type"])
    assert by.at[("0010000", "home_care"), "value"] == 17
    assert pd.isna(by.at[("0320200", "respite"), "value"])
    assert by.at[("0320200", "respite"), "status"] == "missing"
    assert ("0604300", "individual_consultations") not in by.index


def test_children_are_read_by_age(taken) -> None:
    _, figures = taken("ministry_children_disability")
    by = figures.set_index(["territory", "target_group"])["value"]
    assert by["0460800", "children_with_disability"] == 15
    assert by["0460800"].drop("children_with_disability").sum() == 15


def test_registrations_and_adults(taken) -> None:
    _, figures = taken("ministry_providers")
    assert figures["value"].sum() == 9
    result, figures = taken("ministry_adults_disability")
    assert figures["value"].tolist() == [900, 700]
    assert any("25-59 %" in str(warning) for warning in result.warnings)


def test_the_population_page_is_read_without_regions_and_sexes(taken) -> None:
    _, figures = taken("csp_population_export")
    by = figures.set_index(["territory", "period"])
    assert by["value"].dropna().to_dict() == {
        ("0003000", "2023-01-01"): 50000,
        ("0003000", "2025-01-01"): 51000,
        ("0020000", "2023-01-01"): 30000,
        ("0007000", "2023-01-01"): 33000,
        ("0007000", "2025-01-01"): 32000,
    }
    assert by.at[("0020000", "2025-01-01"), "status"] == "missing"


def test_special_values_become_statuses(taken) -> None:
    _, figures = taken("csp_open_data")
    by = figures.set_index("territory")
    assert by["status"].to_dict() == {"0025000": "normal", "0028000": "estimated", "0030000": "confidential"}
    assert by["value"].dropna().to_dict() == {"0025000": 31000, "0028000": 5}


@pytest.mark.slow
def test_pxweb_registered_residents_and_projects(taken) -> None:
    _, figures = taken("csp_pxweb")
    assert figures["territory"].tolist() == ["0025000", "0028000"]
    result, figures = taken("pmlp_residents")
    assert figures["measure"].unique().tolist() == ["population_registered"]
    assert figures.set_index("territory")["value"].to_dict() == {
        "0020000": 30500, "0002000": 79000, "0003000": 55000, "0030000": 33000,
    }  # fmt: skip
    for name in ("keep_eu_projects", "kohesio_operations"):
        result, figures = taken(name)
        assert (result.rows_in, result.rows_accepted) == (1, 1)
        assert figures["programme"].unique().tolist() == ["socquality"]
        assert figures["territory"].unique().tolist() == ["LV"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "is not readable TOML"),
        ('title = "x"', "column anchors: is missing"),
        (
            'title = "x"\nanchors = ["A"]\nkeys = {territory = "A"}\nsheet = "B"',
            "'sheet' is not something a mapping says",
        ),
        ('title = "x"\nanchors = ["A"]\nkeys = {teritory = "A"}', "nearest known: territory"),
        ('title = "x"\nanchors = ["A"]\nkeys = {territory = "A"}\nsource = "no"', "is not in sources.source"),
        ('title = "x"\nanchors = ["A"]\nkeys = {territory = "A"}\nmarks = {"-" = "nil"}', "'nil' is not a status"),
        (
            'title = "x"\nanchors = ["A"]\nkeys = {territory = "A"}\n[[columns]]\nheading = "B"\nmeasure = "clients_"',
            "nearest known: clients",
        ),
    ],
)
def test_a_mistake_in_a_mapping_is_named(real_tables: Reference, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"own\.toml") as failure:
        mappings(tmp_path, real_tables)
    assert said in str(failure.value)
