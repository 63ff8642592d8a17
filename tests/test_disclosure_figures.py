"""Restricted figures of returns: what may be shown row by row."""

from __future__ import annotations

import attacker
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socsvc_analysis.disclosure.figures import protected_figures

BASE = {"measure": "clients", "provider": "", "programme": "", "period": "2024", "kind": "actual", "version": "", "status": "normal"}  # fmt: skip # noqa: E501


def figures(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    columns = ["territory", "service_type", "target_group", "value"]
    return pd.DataFrame([BASE | dict(zip(columns, row, strict=True)) for row in rows]).astype({"value": float})


def shown(rows: pd.DataFrame, restricted: bool = True) -> list[float | None]:
    protected = protected_figures(rows, pd.Series(restricted, index=rows.index))
    return [None if pd.isna(value) else value for value in protected["value"]]


def test_only_small_numbers_are_hidden_where_nothing_adds_up_to_them() -> None:
    rows = figures(("a", "shelter", "all", 3), ("a", "home_care", "all", 30), ("b", "shelter", "all", 0))
    assert shown(rows) == [None, 30.0, None]


def test_a_total_of_the_same_return_takes_a_second_number_with_it() -> None:
    rows = figures(
        ("a", "all", "all", 41), ("a", "shelter", "all", 3), ("a", "home_care", "all", 8), ("a", "day", "all", 30)
    )
    assert shown(rows) == [41.0, None, None, 30.0]


def test_a_total_with_more_than_its_parts_protects_a_small_one() -> None:
    rows = figures(("a", "all", "all", 60), ("a", "shelter", "all", 3), ("a", "home_care", "all", 8))
    assert shown(rows) == [60.0, None, 8.0]


def test_what_a_total_holds_beyond_its_parts_is_not_told_where_it_is_small() -> None:
    assert shown(figures(("a", "all", "all", 42), ("a", "shelter", "all", 10), ("a", "day", "all", 30))) == [
        42.0,
        None,
        30.0,
    ]


def test_restricted_rates_are_hidden_because_they_give_their_counts_back() -> None:
    rows = figures(("a", "shelter", "all", 30), ("a", "day", "all", 40))
    mark = pd.Series([True, False], index=rows.index)
    protected = protected_figures(rows, pd.Series(True, index=rows.index), mark)
    assert protected["value"].isna().tolist() == [True, False]


def test_totals_that_their_parts_do_not_fit_hide_all_beside_a_small_number() -> None:
    rows = figures(("a", "all", "all", 9), ("a", "shelter", "all", 3), ("a", "home_care", "all", 8))
    assert shown(rows) == [None, None, None]
    assert shown(figures(("a", "all", "all", 9), ("a", "shelter", "all", 8), ("a", "home_care", "all", 8))) == [9, 8, 8]


def test_hidden_rows_stay_and_say_that_they_are_confidential() -> None:
    rows = figures(("a", "shelter", "all", 3), ("a", "day", "all", None))
    protected = protected_figures(rows, pd.Series(True, index=rows.index))
    assert protected["status"].tolist() == ["confidential", "normal"]
    assert rows["value"].iloc[0] == 3


def test_open_figures_are_left_as_they_are() -> None:
    assert shown(figures(("a", "shelter", "all", 3)), restricted=False) == [3.0]


@pytest.mark.parametrize("value", [2.5, -7.0, 11.5])
def test_what_is_no_count_is_hidden(value: float) -> None:
    assert shown(figures(("a", "shelter", "all", value))) == [None]


def test_two_sources_of_one_number_are_hidden_together() -> None:
    rows = figures(("a", "shelter", "all", 12), ("a", "shelter", "all", 3), ("a", "day", "all", 20))
    assert shown(rows) == [None, None, None]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_no_return_with_totals_gives_a_small_number_away(numbers: list[int]) -> None:
    cells = [(service, group) for service in "xyz" for group in "pq"]
    parts = pd.DataFrame(cells, columns=["service_type", "target_group"]).assign(count=numbers)
    rows = [("a", service, group, number) for (service, group), number in zip(cells, numbers, strict=True)]
    services, groups = (parts.groupby(column)["count"].sum() for column in ("service_type", "target_group"))
    rows += [("a", service, "all", number) for service, number in services.items()]
    rows += [("a", "all", group, number) for group, number in groups.items()]
    rows.append(("a", "all", "all", sum(numbers)))
    made = figures(*rows)
    protected = protected_figures(made, pd.Series(True, index=made.index))
    printed = protected[["service_type", "target_group"]].replace("all", None).assign(count=protected["value"])
    found = attacker.intervals(parts, printed, ["service_type", "target_group"])
    assert attacker.open_rows(found) == []
