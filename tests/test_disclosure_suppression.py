"""Nothing that is hidden can be worked out, by anyone; and not much more is hidden than has to be."""

from __future__ import annotations

import attacker
import numpy as np
import pandas as pd
import pytest
import synthetic
from hypothesis import given, settings
from hypothesis import strategies as st

from socsvc_analysis.disclosure.audit import attacked, statements_of
from socsvc_analysis.disclosure.design import Design, design_of
from socsvc_analysis.disclosure.door import UnprotectedError
from socsvc_analysis.disclosure.primary import telling_lines
from socsvc_analysis.disclosure.protection import (
    Leak,
    Protected,
    audit,
    protected,
    shown_frame,
)
from socsvc_analysis.disclosure.release import Release, release_of
from socsvc_analysis.disclosure.suppression import Suppression, suppressed
from socsvc_analysis.schema import DataError

DIMENSIONS = "region>municipality,service,group"
TWO_WAY = "municipality*service,municipality*group"
SMALL = {"municipalities": 10, "services": 3, "groups": 2}


def released(counts: pd.DataFrame, design: Design, holder: str = "municipality") -> Release:
    return release_of(counts[[*design.columns, "count"]], design, holder)


@pytest.fixture(scope="module", params=["", TWO_WAY, "municipality"])
def small(request: pytest.FixtureRequest) -> Suppression:
    return suppressed(released(synthetic.counts(7, **SMALL), design_of(DIMENSIONS, request.param)))


@pytest.mark.slow
def test_an_outside_attacker_finds_nothing(small: Suppression) -> None:
    release = small.release
    shown = shown_frame(release, small.hidden)
    found = attacker.intervals(release.finest, shown, release.design.columns)
    assert found
    assert attacker.open_rows(found) == []


@pytest.mark.slow
@pytest.mark.parametrize("holder", ["Sintētiskais novads 01", "Sintētiskais novads 06"])
def test_a_municipality_that_knows_its_own_counts_finds_nothing(small: Suppression, holder: str) -> None:
    release = small.release
    own = (release.finest["municipality"] == holder).to_numpy()
    shown = shown_frame(release, small.hidden)
    assert attacker.open_rows(attacker.intervals(release.finest, shown, release.design.columns, own=own)) == []


@pytest.mark.slow
def test_small_cells_that_no_table_has_cannot_be_worked_out_either() -> None:
    design = design_of(DIMENSIONS, TWO_WAY)
    counts = synthetic.counts(7, **SMALL)
    result = suppressed(released(counts, design))
    unprinted = counts[counts["count"] < 5].assign(count=np.nan)
    shown = pd.concat([shown_frame(result.release, result.hidden), unprinted], ignore_index=True)
    assert attacker.open_rows(attacker.intervals(result.release.finest, shown, design.columns)) == []


def test_every_witness_is_a_table_of_people_with_the_same_shown_numbers(small: Suppression) -> None:
    release = small.release
    for witness in small.witnesses:
        other = release.parts.copy()
        other[witness.parts] += witness.change
        assert other.min() >= 0
        sums = np.asarray(release.sums @ other)
        assert np.array_equal(sums[~small.hidden], release.counts[~small.hidden])


def test_witnesses_prove_every_hidden_cell(small: Suppression) -> None:
    release = small.release
    attackers = len(release.holders) + 1
    low = np.repeat(release.counts[:, None], attackers, axis=1)
    high = low.copy()
    for witness in small.witnesses:
        other = np.zeros(len(release.parts), dtype=int)
        other[witness.parts] = witness.change
        values = release.counts + np.asarray(release.sums @ other, dtype=int)
        deceived = [at for at in range(attackers) if at == 0 or not (release.holder[witness.parts] == at - 1).any()]
        for at in deceived:
            low[:, at], high[:, at] = np.minimum(low[:, at], values), np.maximum(high[:, at], values)
    safe = ((high - low >= 5) & (high >= 5)) | release.known
    assert safe[small.hidden & release.is_published].all()
    assert small.open_cells.size == 0


def test_small_cells_and_zeros_are_hidden_and_what_is_not_offered_is_not_printed(small: Suppression) -> None:
    few = small.release.counts < 5
    assert few[small.release.is_published].any()
    assert small.hidden[few].all()
    printed = small.release.printed.dropna(subset=["municipality", "service"])
    offered = small.release.finest[["municipality", "service"]].drop_duplicates()
    assert set(map(tuple, printed[["municipality", "service"]].to_numpy())) <= set(map(tuple, offered.to_numpy()))


@pytest.mark.slow
def test_the_same_counts_hide_the_same_cells_in_any_order_of_rows() -> None:
    counts, design = synthetic.counts(3, **SMALL), design_of(DIMENSIONS)
    first = suppressed(released(counts, design))
    again = suppressed(released(counts.sample(frac=1, random_state=1), design))
    assert np.array_equal(first.hidden, again.hidden)


@pytest.mark.slow
def test_protection_costs_little() -> None:
    """The bars for every seed, and the time, are in benchmarks/disclosure.py."""
    counts = synthetic.counts(0, services=4, groups=2)
    (cost,) = protected(counts, design_of(DIMENSIONS, TWO_WAY), holder="municipality").costs
    assert cost.others / cost.safe < 0.2


@pytest.mark.slow
def test_the_audit_finds_a_cell_that_was_shown_by_mistake(small: Suppression) -> None:
    release = small.release
    others = np.flatnonzero(small.hidden & ~small.primary & release.is_published & (release.sizes > 1))
    found = 0
    for cell in others[:: max(1, len(others) // 4)]:
        hidden = small.hidden.copy()
        hidden[cell] = False
        shown = shown_frame(release, hidden)
        open_rows = attacker.open_rows(attacker.intervals(release.finest, shown, release.design.columns))
        statements = statements_of(shown, release.finest, release.design.columns, "count")
        findings = attacked(statements)
        assert bool(open_rows) == bool(findings)
        found += bool(findings)
    assert found or not len(others) or small.release.design.tables[-1] == ("municipality",)


@pytest.mark.parametrize(
    ("counts", "hidden", "known_by"),
    [
        ({"a": 3, "b": 20, "c": 9}, "ab", {"b": ["a"], "a": ["b"]}),  # the rest of a shown total is what one may learn
        ({"a": 3, "b": 20, "c": 9, "d": 4}, "abd", {}),
    ],
)
def test_a_holder_is_told_what_is_left_of_a_shown_sum(
    counts: dict[str, int], hidden: str, known_by: dict[str, list[str]]
) -> None:
    finest = pd.DataFrame({"place": list(counts), "count": list(counts.values())})
    shown = finest.assign(count=finest["count"].mask(finest["place"].isin(list(hidden))))
    printed = pd.concat([pd.DataFrame({"place": [None], "count": [sum(counts.values())]}), shown])
    statements = statements_of(printed, finest, ["place"], "count")
    found = attacked(statements, truth=finest["count"].to_numpy(), holder=finest["place"])
    exact = [each for each in found if each.low == each.high]
    assert {each.attacker: [each.cell["place"]] for each in exact} == known_by


def test_a_sum_whose_rest_everyone_knows_tells_its_holder_nothing() -> None:
    """Before b came, a and c were 12; that a, b and c are 15 is hidden, and b has known it all along."""
    finest = pd.DataFrame({"place": list("abc"), "group": ["x", "y", "x"], "count": [3, 3, 9]})
    printed = pd.DataFrame({"place": [None, None, *"abc"], "group": ["x", *[None] * 4], "count": [12, *[None] * 4]})
    statements = statements_of(printed, finest, ["place", "group"], "count")
    found = attacked(statements, truth=finest["count"].to_numpy(), holder=finest["place"])
    assert "b" not in {each.attacker for each in found}
    assert {(each.attacker, each.cell["place"]) for each in found} == {("a", "c"), ("c", "a")}


def test_the_bounds_of_the_audit_are_those_of_the_attacker() -> None:
    counts = synthetic.counts(5, municipalities=6, services=2, groups=2)
    design = design_of(DIMENSIONS)
    release = released(counts, design)
    shown = shown_frame(release, release.counts < 5)  # nothing but the small ones is hidden
    statements = statements_of(shown, release.finest, design.columns, "count")
    findings = {frozenset(found.cell.items()): found for found in attacked(statements)}
    assert findings
    for row, low, high in attacker.intervals(release.finest, shown, design.columns, enough=np.inf):
        labels = shown.loc[row, list(design.columns)].dropna()
        if frozenset(labels.items()) in findings:
            found = findings[frozenset(labels.items())]
            assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.slow
def test_protection_refuses_to_give_out_what_the_attack_finds() -> None:
    release = released(synthetic.counts(7, **SMALL), design_of(DIMENSIONS))
    hidden = release.counts < 5
    only_primary = Suppression(release, hidden, hidden, 5, (), np.empty(0, int))
    with pytest.raises(Leak, match="hidden numbers can be worked out"):
        audit(release, only_primary, shown_frame(release, hidden))


def test_nobody_else_makes_protected_counts() -> None:
    with pytest.raises(UnprotectedError, match="nowhere else"):
        Protected(pd.DataFrame(), design_of("a"), 5, ())


@pytest.mark.slow
def test_years_are_protected_each_for_itself() -> None:
    counts = synthetic.years(2, number=2, municipalities=6, services=2, groups=2)
    shown = protected(counts, design_of(DIMENSIONS), by=["year"], holder="municipality")
    assert len(shown.costs) == 2
    assert shown.frame["year"].notna().all()
    alone = protected(counts[counts["year"] == "2024"], design_of(DIMENSIONS), holder="municipality")
    of_year = shown.frame[shown.frame["year"] == "2024"].drop(columns="year").reset_index(drop=True)
    pd.testing.assert_frame_equal(of_year, alone.frame)


@pytest.mark.slow
def test_old_and_new_borders_are_protected_together() -> None:
    counts = synthetic.counts(4, **SMALL)
    number = counts["municipality"].str[-2:].astype(int)
    counts["district"] = "Sintētiskais rajons " + (number // 3).astype(str)
    design = design_of("region>municipality,district>municipality,service")
    finest = counts.groupby(["region", "district", "municipality", "service"], as_index=False)["count"].sum()
    result = suppressed(release_of(finest, design, "municipality"))
    assert ("district", "service") in design.tables
    found = attacker.intervals(result.release.finest, shown_frame(result.release, result.hidden), design.columns)
    assert found
    assert attacker.open_rows(found) == []


def test_a_region_of_one_municipality_is_one_cell_with_it() -> None:
    rows = [("A", "a", "x", 3), ("A", "a", "y", 30), ("B", "b", "x", 40), ("B", "c", "x", 50), ("B", "b", "y", 60)]
    counts = pd.DataFrame(rows, columns=["region", "municipality", "service", "count"])
    result = suppressed(released(counts, design_of("region>municipality,service")))
    shown = shown_frame(result.release, result.hidden)
    hidden = shown[shown["count"].isna() & (shown["service"] == "x") & (shown["region"] == "A")]
    assert hidden["municipality"].isna().tolist() == [True, False]


def test_a_group_that_is_all_of_one_kind_is_told() -> None:
    rows = [("a", "x", 7), ("b", "x", 20), ("b", "y", 30), ("a", "y", 0)]
    release = release_of(pd.DataFrame(rows, columns=["place", "kind", "count"]), design_of("place,kind"))
    lines = telling_lines(release, np.zeros(len(release.counts), dtype=bool))
    told = [tuple(release.counts[[line.whole, line.part]]) for line in lines.itertuples()]
    assert told == [(7, 7)]


@pytest.mark.parametrize(
    ("dimensions", "publish", "sentence"),
    [
        (
            "region>municipality,service",
            "municipality*servise",
            "'servise' is not a column of --dims; nearest.*service",
        ),
        ("region>municipality,service", "region*municipality", "names one dimension twice"),
        ("region>municipality,,service", "", "has an empty name"),
        ("region>municipality,region", "", "'region' stands in two places"),
    ],
)
def test_a_design_that_cannot_be_read_is_refused(dimensions: str, publish: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        design_of(dimensions, publish)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=12, max_size=12), st.integers(2, 6))
def test_any_small_table_comes_out_safe(numbers: list[int], threshold: int) -> None:
    cells = [(place, kind) for place in "abcd" for kind in "xyz"]
    counts = pd.DataFrame(cells, columns=["place", "kind"]).assign(count=numbers)
    design = design_of("place,kind")
    release = release_of(counts, design, "place")
    result = suppressed(release, threshold)
    assert result.open_cells.size == 0
    shown = shown_frame(release, result.hidden)
    for holder in ("", "b"):
        own = (release.finest["place"] == holder).to_numpy()
        found = attacker.intervals(release.finest, shown, design.columns, own=own, enough=threshold)
        assert attacker.open_rows(found, threshold) == []


def test_millions_of_people_are_protected_too() -> None:
    rows = [("a", "x", 3_000_000), ("a", "y", 2), ("b", "x", 4_000_000), ("b", "y", 9_000_000), ("c", "x", 7_000_000)]
    counts = pd.DataFrame([*rows, ("c", "y", 8_000_000)], columns=["place", "kind", "count"])
    for holder in ("", "place"):
        shown = protected(counts, design_of("place,kind"), holder=holder).frame
        assert shown["count"].isna().sum() >= 4
