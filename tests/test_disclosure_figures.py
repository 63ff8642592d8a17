"""Restricted figures of returns: what may be shown of them, and of their sums."""

from __future__ import annotations

import attacker
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socsvc_analysis.disclosure.door import UnprotectedError
from socsvc_analysis.disclosure.figures import Given, Shown, design_named, protected_figures
from socsvc_analysis.schema import DataError

BASE = {"measure": "clients", "provider": "", "programme": "", "period": "2024", "kind": "actual", "version": "", "status": "normal", "source": "letter"}  # fmt: skip # noqa: E501
PLACES = pd.DataFrame(
    {"region": ["LV009", "LV009", "LV009", "LV005", "LV005", "LV009", "LV009"], "municipality": list("abcdeaa")},
    index=list("abcdefg"),
)
"""Municipalities of today and two former ones: ``f`` and ``g`` became part of ``a``."""
MEASURES = pd.DataFrame(
    {"additive_service": [True, False, False], "additive_territory": [True, False, False]},
    index=["clients", "persons_served", "clients_per_10000"],
)


def figures(*rows: tuple[str, str, str, float | None], **said: str) -> pd.DataFrame:
    columns = ["territory", "service_type", "target_group", "value"]
    made = [BASE | dict(zip(columns, row, strict=True)) | said for row in rows]
    return pd.DataFrame(made).astype({"value": float})


def protect(rows: pd.DataFrame, restricted: pd.Series | bool = True, design: str = "cross", **how: object) -> Shown:
    mark = restricted if isinstance(restricted, pd.Series) else pd.Series(restricted, index=rows.index)
    counted = rows["measure"].isin(["clients", "persons_served"]) & rows["provider"].eq("")
    wider = {"children_with_disability": frozenset({"children"})}
    return protected_figures(
        Given(rows, mark, counted, PLACES, wider, MEASURES), design_named(design, "datapackage.json"), **how
    )


def shown(rows: pd.DataFrame, **how: object) -> list[float | None]:
    return [None if pd.isna(value) else value for value in protect(rows, **how).figures["value"]]


def many(*own: tuple[str, str, str, float | None]) -> pd.DataFrame:
    """Some rows of ``a``, and enough numbers of others to hide among."""
    rest = [(place, service, "all", 30 + at) for at, place in enumerate("bcde") for service in ("shelter", "home_care")]
    return figures(*own, *rest)


def test_a_small_number_is_hidden_and_no_sum_gives_it_back() -> None:
    made = protect(many(("a", "shelter", "all", 3), ("a", "home_care", "all", 40)))
    values = made.figures["value"]
    assert pd.isna(values[0])
    assert values[1:].notna().sum() < 9  # another one is hidden with it, since the totals are shown
    total = made.sums.query("level == 'country' and service_type == 'all' and target_group == 'all'")
    assert total["value"].tolist() == [3 + 40 + 2 * (30 + 31 + 32 + 33)]
    assert set(made.sums["level"]) == {"territory", "municipality", "region", "country"}


def by_service(counts: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Returns of each place, for all groups: people in shelters and with care at home."""
    return figures(*((at, name, "all", n) for at, two in counts.items() for name, n in zip(("shelter", "home_care"), two, strict=True)))  # fmt: skip # noqa: E501


def told_of(mine: pd.DataFrame, made: Shown, known: list[dict[str, object]]) -> set[str]:
    """Places of which a reader who has ``known`` from elsewhere learns too much."""
    assert made.protected is not None
    finest = PLACES.loc[mine["territory"]].reset_index(drop=True).join(mine).assign(count=mine["value"])
    columns = ["region", "municipality", "territory", "service_type"]
    frame = made.protected.frame.query("target_group.isna()")[[*columns, "count"]]
    said = pd.concat([frame, pd.DataFrame(known)], ignore_index=True)
    found = attacker.open_rows(attacker.intervals(finest, said, columns))
    return set(said.loc[found, "territory"].dropna())


def test_an_open_number_of_today_beside_returns_of_the_former_parts_tells_nothing() -> None:
    """That f and g have 17 in shelters together is known from elsewhere: the 14 of g would tell the 3 of f."""
    mine = by_service({"f": (3, 0), "g": (14, 7), "b": (7, 1)})
    rows = pd.concat([mine, figures(("a", "shelter", "all", 17))], ignore_index=True)
    returned = pd.Series([True] * len(mine) + [False])
    made = protected_figures(Given(rows, returned, returned, PLACES, {}, MEASURES), design_named("cross", ""))
    assert told_of(mine, made, [{"municipality": "a", "service_type": "shelter", "count": 17}]) == set()


def test_what_was_open_in_a_publication_tells_nothing_of_others() -> None:
    """Returns of a and b were open once and are restricted now: readers have them, and c has one person in each."""
    mine = by_service({"a": (7, 3), "b": (9, 22), "c": (1, 1), "d": (14, 1), "e": (7, 14)})
    once = mine[mine["territory"].isin(["a", "b"])]
    returned = pd.Series(True, index=mine.index)
    given = Given(mine, returned, returned, PLACES, {}, MEASURES, once)
    made = protected_figures(given, design_named("cross", ""))
    known = once[["territory", "service_type"]].assign(count=once["value"]).to_dict("records")
    assert told_of(mine, made, known) <= {"a", "b"}


def test_a_small_sum_of_open_numbers_holds_nothing_back() -> None:
    """The two people of a are known from its open returns, whatever is shown of others."""
    mine = by_service({"a": (1, 1), "b": (9, 22), "c": (1, 30), "d": (14, 1), "e": (7, 14)})
    made = protect(mine, mine["territory"].ne("a"))
    assert made.figures["value"][:2].tolist() == [1, 1]
    assert made.figures["value"].isna().any()


def test_hidden_rows_stay_and_say_that_they_are_confidential() -> None:
    rows = many(("a", "shelter", "all", 3), ("a", "day", "all", None))
    made = protect(rows).figures
    assert made["status"].tolist()[:2] == ["confidential", "normal"]
    assert len(made) == len(rows)
    assert rows["value"].iloc[0] == 3


def test_nobody_is_few() -> None:
    assert shown(many(("a", "shelter", "all", 0), ("a", "home_care", "all", 40)))[0] is None


def test_sums_that_are_hidden_say_so_and_are_never_zero() -> None:
    made = protect(figures(("a", "shelter", "all", 3), ("d", "shelter", "all", 50))).sums
    own = made.query("territory == 'a' and service_type == 'shelter' and target_group == 'all'")
    assert own["value"].isna().all()
    assert set(own["status"]) == {"confidential"}


def test_a_total_beside_its_services_is_not_shown() -> None:
    rows = many(("a", "all", "all", 70), ("a", "shelter", "all", 30), ("a", "home_care", "all", 40))
    assert shown(rows)[:3] == [None, 30.0, 40.0]


def test_a_group_inside_another_one_is_not_shown() -> None:
    rows = many(("a", "shelter", "children", 30), ("a", "shelter", "children_with_disability", 20))
    assert shown(rows)[:2] == [30.0, None]


def test_what_counts_nobody_or_an_institution_is_not_shown() -> None:
    rate = figures(("a", "shelter", "all", 30), measure="clients_per_10000")
    house = figures(("a", "shelter", "all", 30), provider="house")
    rows = pd.concat([rate, house, figures(("LV009", "shelter", "all", 300)), many()], ignore_index=True)
    assert shown(rows)[:3] == [None, None, None]
    assert None not in shown(rows)[3:]


@pytest.mark.parametrize("value", [2.5, -7.0, 11.5])
def test_what_is_no_count_is_hidden(value: float) -> None:
    assert shown(many(("a", "shelter", "all", value)))[0] is None


def test_open_figures_are_left_as_they_are_and_are_known_to_the_attacker() -> None:
    rows = many(("a", "shelter", "all", 3), ("a", "home_care", "all", 40))
    assert None not in shown(rows, restricted=False)
    mark = pd.Series(True, index=rows.index)
    mark[1] = False  # the second number of the municipality is out already: it cannot hide the first
    made = protect(rows, mark)
    assert made.figures["value"][1] == 40
    total = made.sums.query("territory == 'a' and level == 'municipality' and service_type == 'all'")
    assert total["value"].isna().all()


def test_two_way_tables_show_no_cross_of_a_municipality() -> None:
    rows = figures(*((place, s, g, 20.0 + at) for at, place in enumerate("abcde") for s in "xy" for g in "pq"))
    made = protect(rows, design="two_way")
    assert made.figures["value"].isna().all()
    own = made.sums.query("level == 'municipality' and territory == 'a'")
    assert set(zip(own["service_type"], own["target_group"], strict=True)) == {
        ("all", "all"), ("x", "all"), ("y", "all"), ("all", "p"), ("all", "q")
    }  # fmt: skip
    assert own["value"].notna().all()
    assert len(made.sums.query("level == 'region' and territory == 'LV009'")) == 9


def test_unique_persons_are_added_up_over_nothing() -> None:
    rows = many(("a", "shelter", "all", 30)).assign(measure="persons_served")
    assert set(protect(rows).sums["level"]) == {"territory"}
    assert not (protect(rows).sums["service_type"] == "all").any()


def test_a_design_that_nobody_knows_is_named() -> None:
    with pytest.raises(DataError, match="nearest known: two_way"):
        design_named("two_ways", "datapackage.json")


def test_only_disclosure_makes_what_may_be_shown() -> None:
    with pytest.raises(UnprotectedError):
        Shown(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12))
def test_no_return_gives_a_small_number_away(numbers: list[int]) -> None:
    cells = [(place, service, group) for place in "abd" for service in "xy" for group in "pq"]
    rows = figures(*((*cell, float(number)) for cell, number in zip(cells, numbers, strict=True)))
    made = protect(rows)
    columns = ["region", "municipality", "service_type", "target_group"]
    finest = made.counts.rename(columns={"territory": "place"})
    levels = {"municipality": "municipality", "region": "region"}
    printed = pd.concat(
        [
            part.assign(**({levels[level]: part["territory"]} if level in levels else {}))
            for level, part in made.sums.groupby("level")
            if level != "territory"
        ]
    ).assign(count=lambda frame: frame["value"])
    printed = printed.reindex(columns=[*columns, "count"]).replace("all", None)
    assert attacker.open_rows(attacker.intervals(finest, printed, columns)) == []
