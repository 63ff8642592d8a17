"""Answers that are computed once: the same tables are recognised, changed ones are a new question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from socsvc_analysis import indicators, once
from socsvc_analysis.codes import by_code
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.dataset import open_data
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.reference import open_reference


@dataclass(frozen=True)
class Tables:
    """Two tables, as the reference tables are one object."""

    regions: pd.DataFrame
    measures: pd.DataFrame


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(once._Memory, "answers", None)
    once.remember()
    yield


@pytest.fixture
def asked() -> list[str]:
    """What was computed, in order."""
    return []


@pytest.fixture
def doubled(asked: list[str]) -> Callable[..., pd.DataFrame]:
    @once.once
    def doubled(figures: pd.DataFrame, tables: Tables, of: str = "value") -> pd.DataFrame:
        asked.append(of)
        return figures.assign(value=figures[of] * 2, regions=len(tables.regions))

    return doubled


def figures() -> pd.DataFrame:
    return pd.DataFrame({"territory": ["LV", "LV009"], "value": [1.0, 2.0]})


def tables() -> Tables:
    return Tables(pd.DataFrame({"region": ["zemgale"]}), pd.DataFrame({"measure": ["places"]}))


def test_nothing_is_remembered_unless_somebody_says_so(
    doubled: Callable[..., pd.DataFrame], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once._Memory, "answers", None)
    rows, names = figures(), tables()
    doubled(rows, names)
    doubled(rows, names)
    assert len(asked) == 2


@pytest.mark.usefixtures("remembering")
def test_the_same_tables_are_asked_about_once(doubled: Callable[..., pd.DataFrame], asked: list[str]) -> None:
    rows, names = figures(), tables()
    assert doubled(rows, names)["value"].tolist() == [2.0, 4.0]
    assert doubled(rows, names)["value"].tolist() == [2.0, 4.0]
    assert doubled(rows, names, of="value")["value"].tolist() == [2.0, 4.0]  # said in another way, computed again
    assert len(asked) == 2


def change_cell(rows: pd.DataFrame) -> None:
    rows.loc[0, "value"] = 10.0


def change_by_position(rows: pd.DataFrame) -> None:
    rows.iloc[0, 1] = 10.0


def change_column(rows: pd.DataFrame) -> None:
    rows["value"] = [10.0, 2.0]


def multiply(rows: pd.DataFrame) -> None:
    rows["value"] *= 10.0


def change_in_a_function(rows: pd.DataFrame) -> None:
    rows.update(pd.DataFrame({"value": [10.0]}))


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("change", [change_cell, change_by_position, change_column, multiply, change_in_a_function])
def test_a_table_that_was_changed_in_place_is_a_new_question(
    doubled: Callable[..., pd.DataFrame], change: Callable[[pd.DataFrame], None]
) -> None:
    rows, names = figures(), tables()
    doubled(rows, names)
    change(rows)
    assert doubled(rows, names)["value"].iloc[0] == 20.0


@pytest.mark.usefixtures("remembering")
def test_a_change_through_a_copy_does_not_reach_what_is_kept(doubled: Callable[..., pd.DataFrame]) -> None:
    rows, names = figures(), tables()
    doubled(rows, names)
    copy = rows.copy(deep=False)
    copy.loc[0, "value"] = 10.0
    assert doubled(rows, names)["value"].tolist() == [2.0, 4.0]
    assert doubled(copy, names)["value"].tolist() == [20.0, 4.0]


@pytest.mark.usefixtures("remembering")
def test_tables_of_an_object_are_looked_at_one_by_one(doubled: Callable[..., pd.DataFrame]) -> None:
    rows, names = figures(), tables()
    doubled(rows, names)
    more = replace(names, regions=pd.DataFrame({"region": ["zemgale", "riga"]}))
    assert doubled(rows, more)["regions"].tolist() == [2, 2]
    names.regions.loc[1, "region"] = "riga"
    assert doubled(rows, names)["regions"].tolist() == [2, 2]


@pytest.mark.usefixtures("remembering")
def test_an_answer_that_somebody_has_changed_is_given_as_it_was(doubled: Callable[..., pd.DataFrame]) -> None:
    rows, names = figures(), tables()
    answer = doubled(rows, names)
    answer["value"] = 0.0
    assert doubled(rows, names)["value"].tolist() == [2.0, 4.0]


@pytest.mark.usefixtures("remembering")
def test_memory_that_was_given_back_is_never_taken_for_the_table_that_lay_there(
    doubled: Callable[..., pd.DataFrame],
) -> None:
    names = tables()
    for number in range(200):  # each table is forgotten at once, so that the next one may lie in its place
        rows = pd.DataFrame({"value": [float(number)]})
        assert doubled(rows, names)["value"].tolist() == [number * 2.0]
        rows = rows.assign(value=number + 0.5)
        assert doubled(rows, names)["value"].tolist() == [number * 2.0 + 1]


def test_what_a_table_holds_by_code_is_looked_up_anew_after_a_change() -> None:
    regions = pd.DataFrame({"region": ["zemgale"], "code": ["LV009"]})
    assert by_code(regions, "code")["LV009"]["region"] == "zemgale"
    regions.loc[0, "region"] = "riga"
    assert by_code(regions, "code")["LV009"]["region"] == "riga"


@pytest.mark.usefixtures("remembering")
def test_data_that_are_opened_again_are_no_new_question(package: Package) -> None:
    """Each chapter opens the data by itself, and finds what the process it comes from has computed."""
    first, again = open_data(package), open_data(open_package(package.path))
    assert indicators.clients.served_of_plan(first) is indicators.clients.served_of_plan(again)


@pytest.mark.usefixtures("remembering")
def test_a_path_is_opened_anew_each_time(edited_mini: Callable[[str, str, str], Path]) -> None:
    """What lies there may have changed since somebody asked."""
    folder = edited_mini("reference/regions.csv", "ziemeli,", "ziemeli,")
    assert "austrumi" not in set(open_reference(folder).regions["region"])
    row = (folder / "reference/regions.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    with (folder / "reference/regions.csv").open("a", encoding="utf-8") as rows:
        rows.write(",".join(["austrumi", *row[1:]]) + "\n")
    update_descriptor(folder)
    assert "austrumi" in set(open_reference(folder).regions["region"])
