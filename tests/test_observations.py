"""The one long table: opening, choosing between sources, versions of plans, and today's borders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socsvc_analysis import observations
from socsvc_analysis import tables as contracts
from socsvc_analysis.observations import EVIDENCE_RANK, IDENTITY, STATUS_RANK
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

FILE = "observations/published_figures.csv"
SPLIT = "0930000"
OLD_UNITS = ("0910000", "0920000", SPLIT, "0940000", "0950000")
UNITS = (*OLD_UNITS, "0091000", "0092000", "0093000", "0094000", "0094001")
VALUES = st.sampled_from([float("nan"), 0.0, 5.0, 6.0, 7.5])
PUBLISHED = {
    "letter_2022": "2022-12",
    "report_2021": "2021-11-30",
    "portal_undated": "",
    "statistics_2020": "2020-05-28",
}

DATES = st.sampled_from(
    ["2018-12-31", "2020-05-31", "2020-06-15", "2021-12-31", "2022-01-14", "2022-01-15", "2024-01-01"]
)


def rows_of(cells: list[dict[str, object]]) -> pd.DataFrame:
    """Observations with the given cells; the rest of each row is the same plain figure."""
    plain = {
        "measure": "persons_served",
        "territory": "LV00X",
        "provider": "",
        "programme": "di_9221",
        "service_type": "all",
        "target_group": "all",
        "period": "2021",
        "value": 1.0,
        "kind": "actual",
        "version": "",
        "status": "normal",
        "source": "letter_2022",
        "evidence": "verbatim",
        "note": "",
    }
    rows = [{"id": f"T{at:03d}", **plain, **row} for at, row in enumerate(cells)]
    return pd.DataFrame(rows, columns=list(contracts.OBSERVATIONS.columns)).astype({"value": float})


FIGURES = st.lists(
    st.fixed_dictionaries(
        {
            "territory": st.sampled_from(["LV00X", "LV00Y"]),
            "period": st.sampled_from(["", "2021"]),
            "version": st.sampled_from(["", "ziemeli_2020"]),
            "value": VALUES,
            "status": st.sampled_from(contracts.STATUSES),
            "source": st.sampled_from(sorted(PUBLISHED)),
            "evidence": st.sampled_from(contracts.EVIDENCE),
        }
    ),
    min_size=1,
    max_size=10,
).map(rows_of)
COMMITMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "territory": st.sampled_from(["LV00X", "LV00Y"]),
            "kind": st.sampled_from(["plan", "target"]),
            "period": st.sampled_from(["2020", "2023-12-31"]),
            "version": st.sampled_from(
                ["", "ziemeli_draft", "ziemeli_2020", "ziemeli_later", "dienvidi_2019", "dienvidi_2022"]
            ),
            "value": VALUES,
            "status": st.sampled_from(["normal", "provisional", "disputed"]),
        }
    ),
    min_size=1,
    max_size=10,
).map(rows_of)
MUNICIPAL = st.lists(
    st.fixed_dictionaries({"territory": st.sampled_from(UNITS), "value": VALUES}), min_size=1, max_size=12
).map(rows_of)


def shuffled(frame: pd.DataFrame, data: st.DataObject) -> pd.DataFrame:
    return frame.iloc[data.draw(st.permutations(range(len(frame))))].reset_index(drop=True)


def by_id(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("id").reset_index(drop=True)


# Opening


def test_rows_come_from_every_file_and_say_which(published: pd.DataFrame) -> None:
    assert set(published["file"]) == {FILE, "observations/population.csv"}
    assert published["id"].is_unique
    assert not published["id"].str.startswith("M9").any()


def test_an_empty_value_is_unknown(published: pd.DataFrame) -> None:
    missing = published[published["status"] == "missing"]
    assert len(missing) == 3
    assert missing["value"].isna().all()
    assert (published["value"] == 0).sum() == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "M002,persons_served,",
            "M002,persons_servd,",
            "row 3, column measure: 'persons_servd' is not in measures.measure",
        ),
        ("M006,persons_served,LV00X,", "M006,persons_served,LV00Z,", "column territory: 'LV00Z' is not the code of a"),
        (",0910000,,erdf", ",910000,,erdf", "column territory: '910000' .*; nearest known: 0910000"),
        (",services_exceed_persons\n", ",services_exceed invented\n", "column note: 'services_exceed' is not in notes"),
        ("M003,", "M002,", "row 4: 'M002' has the same id as an earlier row"),
        (
            "M003,",
            "POP-2019-01-01-LV,",
            "population.csv, column id: 'POP-2019-01-01-LV' is used by more than one figure",
        ),
        (",2021-12-31,60,", ",31.12.2021,60,", "column period: '31.12.2021' is not of the form"),
        (",2021-12-31,60,", ',2021-12-31,"60,5",', "column value: '60,5' is not a number"),
        (",actual,,normal,letter", ",actual,,ok,letter", "column status: 'ok' is not one of: normal"),
    ],
)
def test_a_broken_figure_is_refused_at_its_cell(
    edited_mini: Callable[[str, str, str], Path], tables: Reference, old: str, new: str, said: str
) -> None:
    with pytest.raises(DataError, match=said) as failure:
        observations.open_observations(edited_mini(FILE, old, new), tables)
    assert len(failure.value.problems) == 1


def test_select_leaves_out_single_institutions_unless_asked(published: pd.DataFrame) -> None:
    places = observations.select(published, measure="places", territory="LV")
    assert places.empty
    assert len(observations.select(published, measure="places", territory="LV", provider="vsac_ziemeli")) == 1
    both = observations.select(published, measure=["places", "clients"], provider=("", "vsac_ziemeli"))
    assert set(both["measure"]) == {"places", "clients"}


# Choosing between sources


def test_sources_that_disagree_keep_both_figures_and_choose_the_better(
    published: pd.DataFrame, tables: Reference
) -> None:
    found = observations.disagreements(published, tables)
    assert found[["measure", "value", "chosen"]].to_numpy().tolist() == [
        ["funding_erdf", 1700.17, True],
        ["funding_erdf", 1700.71, False],
        ["persons_assessed", 80.0, True],
        ["persons_assessed", 83.0, False],
    ]
    assert (found["rivals"] == 1).all()


def test_sources_that_agree_are_no_disagreement(published: pd.DataFrame, tables: Reference) -> None:
    reconciled = observations.reconcile(published, tables)
    same = reconciled[(reconciled["measure"] == "persons_assessed") & (reconciled["territory"] == "LV00X")]
    same = same[same["kind"] == "actual"]
    assert same[["status", "chosen", "rivals"]].to_numpy().tolist() == [["normal", True, 0], ["provisional", False, 0]]


@pytest.mark.slow
@given(FIGURES, st.data())
def test_exactly_one_figure_is_chosen_and_none_is_lost(
    tables: Reference, figures: pd.DataFrame, data: st.DataObject
) -> None:
    before = figures.copy(deep=True)
    reconciled = observations.reconcile(figures, tables)
    pd.testing.assert_frame_equal(figures, before)
    pd.testing.assert_frame_equal(reconciled[list(figures.columns)], before)
    assert (reconciled.groupby(list(IDENTITY))["chosen"].sum() == 1).all()
    again = observations.reconcile(shuffled(figures, data), tables)
    pd.testing.assert_frame_equal(by_id(again), by_id(reconciled))
    chosen = observations.chosen(figures, tables)
    assert "chosen" not in chosen
    assert not chosen.duplicated(list(IDENTITY)).any()


@pytest.mark.slow
@given(FIGURES)
def test_the_choice_follows_the_stated_rule(tables: Reference, figures: pd.DataFrame) -> None:
    for _, same in observations.reconcile(figures, tables).groupby(list(IDENTITY)):
        known = same[same["value"].notna()]
        best = known if len(known) else same
        best = best[best["status"].map(STATUS_RANK) == best["status"].map(STATUS_RANK).min()]
        best = best[best["evidence"].map(EVIDENCE_RANK) == best["evidence"].map(EVIDENCE_RANK).min()]
        latest = max(PUBLISHED[source] for source in best["source"])
        best = best[best["source"].map(PUBLISHED) == latest]
        assert same.loc[same["chosen"], "id"].item() == best["id"].min()
        assert (same["rivals"] == max(same["value"].nunique() - 1, 0)).all()


@given(FIGURES)
def test_disagreements_are_whole_groups_with_the_chosen_first(tables: Reference, figures: pd.DataFrame) -> None:
    found = observations.disagreements(figures, tables)
    differing = figures.groupby(list(IDENTITY))["value"].transform("nunique") > 1
    assert set(found["id"]) == set(figures.loc[differing, "id"])
    for _, same in found.groupby(list(IDENTITY), sort=False):
        assert same["chosen"].tolist() == [True, *[False] * (len(same) - 1)]


# Versions of plans


def in_force(figures: pd.DataFrame, tables: Reference, on: str | None, territory: str, group: str) -> float:
    plans = observations.select(
        figures, measure="persons_served", kind="plan", territory=territory, target_group=group, service_type="all"
    )
    return observations.valid_version(plans, tables, on)["value"].item()


def test_the_plan_is_that_of_its_time(figures: pd.DataFrame, tables: Reference) -> None:
    children = "children_functional_disorders"
    assert in_force(figures, tables, "2021-12-31", "LV00Y", children) == 60
    assert in_force(figures, tables, "2022-01-14", "LV00Y", children) == 60
    assert in_force(figures, tables, "2022-01-15", "LV00Y", children) == 80
    assert in_force(figures, tables, None, "LV00Y", children) == 80


def test_a_disputed_plan_gives_way_to_any_other(figures: pd.DataFrame, tables: Reference) -> None:
    children = "children_functional_disorders"
    assert in_force(figures, tables, None, "LV00X", children) == 64
    assert in_force(figures, tables, "2021-12-31", "LV00X", children) == 64


def test_an_undated_version_follows_the_one_before_it(tables: Reference) -> None:
    plans = rows_of(
        [
            {"kind": "plan", "version": "ziemeli_draft", "value": 10},
            {"kind": "plan", "version": "ziemeli_2020", "value": 20},
            {"kind": "plan", "version": "ziemeli_later", "value": 30},
        ]
    )
    assert observations.valid_version(plans, tables, "2020-05-31")["value"].tolist() == [10]
    assert observations.valid_version(plans, tables, "2020-06-30")["value"].tolist() == [30]
    assert observations.valid_version(plans, tables)["value"].tolist() == [30]
    assert observations.valid_version(plans.iloc[:2], tables)["value"].tolist() == [20]


def test_a_later_version_without_a_date_says_so(figures: pd.DataFrame, tables: Reference) -> None:
    plans = observations.select(figures, measure="persons_served", kind="plan", service_type="all")
    notes = observations.valid_version(plans, tables).set_index("version")["note"]
    assert notes["ziemeli_later"].split() == ["version_undated"]
    assert notes.drop("ziemeli_later").str.contains("version_undated").sum() == 0
    first = plans[plans["version"] == "ziemeli_draft"]
    assert observations.valid_version(first, tables)["note"].tolist() == ["implausible"]


def test_targets_of_two_dates_are_two_but_a_plan_that_moves_is_one(tables: Reference) -> None:
    for kind, count in (("target", 2), ("milestone", 2), ("plan", 1)):
        rows = rows_of([{"kind": kind, "period": "2020"}, {"kind": kind, "period": "2023"}])
        assert len(observations.valid_version(rows, tables)) == count


@pytest.mark.slow
@given(COMMITMENTS, DATES | st.none(), st.data())
def test_no_version_is_from_after_the_date(
    tables: Reference, commitments: pd.DataFrame, on: str | None, data: st.DataObject
) -> None:
    before = commitments.copy(deep=True)
    valid = observations.valid_version(commitments, tables, on)
    pd.testing.assert_frame_equal(commitments, before)
    begins = tables.plan_versions.set_index("version")["valid_from"]
    # An undated version cannot begin before the one it follows.
    begins["ziemeli_later"] = begins["ziemeli_2020"]
    starts = commitments["version"].map(begins).fillna("")
    if on is not None:
        assert (valid["version"].map(begins).fillna("") <= on).all()
    possible = commitments if on is None else commitments[starts <= on]
    due = possible["period"].where(possible["kind"] == "target", "")
    identity = [possible["territory"], possible["kind"], due]
    assert len(valid) == possible.groupby(identity).ngroups
    for _, same in possible.groupby(identity):
        row = valid[valid["id"].isin(same["id"])].squeeze()
        assert row["versions"] == len(same)
        if (same["status"] != "disputed").any():
            assert row["status"] != "disputed"
    again = observations.valid_version(shuffled(commitments, data), tables, on)
    pd.testing.assert_frame_equal(by_id(again), by_id(valid))


# Today's borders


@given(MUNICIPAL, st.sampled_from(["2020-12-31", "2022-12-31", "9999-12-31"]))
def test_restating_moves_figures_and_loses_none(tables: Reference, figures: pd.DataFrame, on: str) -> None:
    before = figures.copy(deep=True)
    moved = observations.restated(figures, tables, on)
    pd.testing.assert_frame_equal(figures, before)
    assert moved["id"].tolist() == figures["id"].tolist()
    assert moved["territory_then"].tolist() == figures["territory"].tolist()
    assert moved["value"].equals(figures["value"])
    placed = moved[moved["placed"]].groupby("territory")["value"].sum(min_count=1)
    unplaced = moved.loc[~moved["placed"], "value"]
    assert placed.sum() + unplaced.sum() == pytest.approx(figures["value"].sum())
    assert set(moved.loc[~moved["placed"], "territory"]) <= {SPLIT}
    if on > "2021-06-30":
        assert not (set(moved.loc[moved["placed"], "territory"]) & set(OLD_UNITS))
        assert SPLIT not in set(placed.index)
    else:
        assert moved["placed"].all()


@given(MUNICIPAL, st.sampled_from(["today", "then"]))
def test_regions_of_either_composition_add_up_to_the_whole(
    tables: Reference, figures: pd.DataFrame, composition: str
) -> None:
    regional = observations.with_region(observations.restated(figures, tables), tables, composition)
    assert regional["region"].isin(["ziemeli", "dienvidi"]).all()
    assert regional.groupby("region")["value"].sum(min_count=1).sum() == pytest.approx(figures["value"].sum())


def test_country_and_regions_stay_as_they_are(tables: Reference) -> None:
    figures = rows_of([{"territory": "LV"}, {"territory": "LV00X"}, {"territory": "0910000"}])
    moved = observations.restated(figures, tables)
    assert moved["territory"].tolist() == ["LV", "LV00X", "0091000"]
    assert moved["placed"].all()
    assert observations.with_region(moved, tables)["region"].tolist() == ["latvija", "ziemeli", "ziemeli"]


def test_a_unit_that_changed_region_counts_where_the_composition_says(tables: Reference) -> None:
    figures = rows_of([{"territory": "0940000"}])
    moved = observations.restated(figures, tables)
    assert observations.with_region(moved, tables, "then")["region"].tolist() == ["ziemeli"]
    assert observations.with_region(moved, tables, "today")["region"].tolist() == ["dienvidi"]


def test_parts_of_a_split_unit_are_incomplete(tables: Reference) -> None:
    assert observations.incomplete_municipalities(tables) == {"0092000", "0093000"}


@pytest.mark.parametrize(
    ("on", "numbers"),
    [
        ("2019-01-01", {"LV": 15000, "LV00X": 6000, "LV00Y": 9000, "0091000": 6000, "0094001": 5000}),
        ("2020-01-01", {"LV": 14640, "LV00X": 5850, "LV00Y": 8790, "0091000": 5850, "0094001": 4900}),
        ("2023-01-01", {"LV00X": 5700, "LV00Y": 8600}),
    ],
)
def test_residents_in_the_borders_of_today(
    figures: pd.DataFrame, tables: Reference, on: str, numbers: dict[str, float]
) -> None:
    residents = observations.population(figures, tables, on).set_index("territory")
    known = residents["value"].dropna()
    assert known.to_dict() == numbers
    assert residents.loc[known.index, "complete"].all()
    partial = residents[~residents["complete"]]
    assert partial["value"].isna().all()
    assert set(partial.index) == ({"0092000"} if on < "2021" else set())


def test_residents_of_two_sources_are_not_added_up(figures: pd.DataFrame, tables: Reference) -> None:
    again = figures[figures["measure"] == "population"]
    again = again.assign(id="Z-" + again["id"], value=again["value"] + 1)
    once = observations.population(figures, tables, "2019-01-01")
    twice = observations.population(pd.concat([figures, again], ignore_index=True), tables, "2019-01-01")
    assert twice[["territory", "value"]].equals(once[["territory", "value"]])


def test_a_status_of_residents_is_that_of_the_own_parts(figures: pd.DataFrame, tables: Reference) -> None:
    doubtful = (figures["measure"] == "population") & (figures["territory"] == "0940000")
    assert doubtful.any()
    known = observations.population(
        figures.assign(status=figures["status"].mask(doubtful, "provisional")), tables, "2019-01-01"
    )
    marked = known.loc[known["status"] == "provisional", "territory"]
    assert set(marked) == {"0094001", "LV00Y"}  # the region is the sum of its parts; the country was counted itself


def test_an_unknown_date_of_residents_names_the_known_ones(figures: pd.DataFrame, tables: Reference) -> None:
    with pytest.raises(DataError, match="known: 2019-01-01, 2020-01-01, 2023-01-01"):
        observations.population(figures, tables, "2018-01-01")


# What a page speaks of


def test_rows_of_a_region_and_of_the_country(figures: pd.DataFrame, tables: Reference) -> None:
    assert set(observations.for_region(figures, "ziemeli", tables)["territory"]) == {"LV00X"}
    located = observations.with_region(figures, tables)
    assert {"LV00X", "0091000"} <= set(observations.for_region(located, "ziemeli", tables)["territory"])
    assert set(observations.within_region(located, "dienvidi")["region"]) == {"dienvidi"}
    assert len(observations.within_region(located, "latvija")) == len(located)


def test_the_least_reliable_status_stands_for_the_whole() -> None:
    worst_first = ["confidential", "missing", "disputed", "provisional", "estimated", "normal"]
    for at, status in enumerate(worst_first):
        assert observations.worst_status(pd.Series(worst_first[at:])) == status
    assert observations.worst_status(pd.Series([], dtype=str)) == "missing"


def test_codes_say_what_they_are() -> None:
    codes = pd.Series(["LV", "LV00X", "0910000"])
    assert observations.is_municipality(codes).tolist() == [False, False, True]
    assert observations.is_region(codes).tolist() == [False, True, False]
