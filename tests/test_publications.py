"""What was published when, and what has changed since: exact whatever changes, and blind to what may not be shown."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import MINI

from socsvc_analysis import datapackage, publications, sections, tables
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.files import json_bytes
from socsvc_analysis.observations import open_observations
from socsvc_analysis.publications import (
    NEW,
    REVISED,
    SHOWN,
    WITHDRAWN,
    as_published,
    changes,
    shown,
    since_previous,
    with_publication,
)
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError
from socsvc_analysis.wording import Words, in_language

pytestmark = pytest.mark.slow

TODAY = dt.date(2024, 2, 1)
CHANGED = {
    "M001": REVISED,
    "M010": NEW,
    "M013": REVISED,
    "M015": REVISED,
    "M069": REVISED,
    "M077": NEW,
    "M098": WITHDRAWN,
}
"""What the miniature's last publication showed otherwise; figures added to the miniature since are none of these."""

FIGURES = st.lists(
    st.fixed_dictionaries(
        {name: st.sampled_from(["a", "b"]) for name in SHOWN}
        | {"id": st.sampled_from(["F1", "F2", "F3", "F4"]), "value": st.sampled_from([0.0, 1.5, float("nan")])}
    ),
    max_size=4,
    unique_by=lambda row: row["id"],
).map(lambda rows: pd.DataFrame(rows, columns=list(SHOWN)).astype({"value": float}))


def applied(before: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """The figures that ``changed`` makes of those ``before``."""
    kept = shown(before)
    kept = kept[~kept["id"].isin(changed["id_before"])]
    there = changed[changed["change"] != publications.WITHDRAWN]
    added = there[[f"{name}_after" for name in publications.SHOWN]].set_axis(list(publications.SHOWN), axis=1)
    return shown(pd.concat([kept, added]))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(shown(one), shown(other), check_dtype=False)


def figure(name: str, **said: object) -> dict[str, object]:
    plain = dict.fromkeys(SHOWN, "x") | {"id": name, "value": 5.0, "territory": "LV", "status": "normal"}
    return plain | said


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(SHOWN))


@given(FIGURES)
def test_nothing_differs_from_itself(figures: pd.DataFrame) -> None:
    assert changes(figures, figures).empty


@given(FIGURES, FIGURES)
def test_what_changed_leads_there_and_back_whatever_the_order_of_rows(before: pd.DataFrame, now: pd.DataFrame) -> None:
    found = changes(before, now)
    same(applied(before, found), now)
    # Seen from the other side new is withdrawn.
    swapped = {NEW: WITHDRAWN, WITHDRAWN: NEW, REVISED: REVISED}
    back = changes(now, before)["change"].value_counts().to_dict()
    assert back == {swapped[kind]: count for kind, count in found["change"].value_counts().to_dict().items()}
    pd.testing.assert_frame_equal(changes(before[::-1], now[::-1]), found)


@given(st.lists(FIGURES, min_size=1, max_size=4))
def test_every_publication_can_be_restored(published: list[pd.DataFrame]) -> None:
    states = pd.DataFrame(columns=list(tables.PUBLISHED.columns))
    for number, figures in enumerate(published):
        states = with_publication(states, str(number), figures)
    assert not states.duplicated(list(tables.PUBLISHED.key)).any()
    editions = pd.DataFrame({"edition": [str(number) for number in range(len(published))]})
    for number, figures in enumerate(published):
        same(as_published(states, editions, str(number)), figures)


def test_an_unchanged_figure_is_written_once() -> None:
    states = pd.DataFrame(columns=list(tables.PUBLISHED.columns))
    for edition in ("1", "2", "3"):
        states = with_publication(states, edition, frame(figure("F1"), figure("F2", value=float("nan"))))
    assert states[["id", "since", "until"]].values.tolist() == [["F1", "1", ""], ["F2", "1", ""]]


def test_a_figure_under_another_id_is_the_same_when_it_speaks_of_the_same() -> None:
    found = changes(frame(figure("R-1-1")), frame(figure("R-2-1", value=6.0)))
    assert found[["change", "id_before", "id_after", "value_before", "value_after"]].values.tolist() == [
        [REVISED, "R-1-1", "R-2-1", 5.0, 6.0]
    ]
    elsewhere = changes(frame(figure("R-1-1")), frame(figure("R-2-1", territory="LV009")))
    assert sorted(elsewhere["change"]) == [NEW, WITHDRAWN]


def test_each_column_that_differs_is_named_and_unknown_is_no_number() -> None:
    before = frame(figure("F1"), figure("F2", value=float("nan")), figure("F3", value=0.0))
    now = frame(figure("F1", status="disputed", source="y"), figure("F2", value=0.0), figure("F3", value=float("nan")))
    assert changes(before, now)["changed"].tolist() == [("status", "source"), ("value",), ("value",)]


# The miniature: two publications before, one figure of each kind of change


def since_last(package: Package, tables: Reference) -> tuple[publications.Publication | None, pd.DataFrame]:
    """The publication before, and the changes that this file knows of."""
    former, found = since_previous(package, tables)
    return former, found[found["id_after"].isin(CHANGED) | found["id_before"].isin(CHANGED)].reset_index(drop=True)


def test_the_miniature_has_changed_in_each_way(package: Package, tables: Reference) -> None:
    former, found = since_previous(package, tables)
    assert former is not None
    assert (former.edition, former.state, former.notes["en"]) == ("0.9.0", "final", "An invented remark.")
    by_id = found.set_index(found["id_after"].where(found["id_after"] != "", found["id_before"]))
    assert {name: by_id.at[name, "change"] for name in CHANGED} == CHANGED
    assert set(by_id.loc[~by_id.index.isin(CHANGED), "change"]) <= {NEW}
    assert by_id.loc["M001", ["value_before", "value_after"]].tolist() == [55, 60]
    assert by_id.at["M069", "id_before"] == "M099"


def test_each_region_sees_its_own_and_the_country_all(package: Package, tables: Reference) -> None:
    _, found = since_last(package, tables)
    words = in_language("en", tables)
    ids = {}
    for region in ("ziemeli", "dienvidi", "latvija"):
        rows = sections.changes.changes_of(found, region, words)
        ids[region] = {*rows["id_after"], *rows["id_before"]} - {""}
    assert ids["ziemeli"] == {"M010", "M013"}
    assert ids["dienvidi"] == {"M015", "M069", "M099", "M077", "M098"}
    assert ids["latvija"] == ids["ziemeli"] | ids["dienvidi"] | {"M001"}


def test_the_changes_are_said_and_listed(package: Package, tables: Reference, words: Words) -> None:
    former, found = since_last(package, tables)
    said = sections.changes_summary(former, found, region="dienvidi", words=words)
    listed = sections.changes_table(former, found, region="dienvidi", words=words).markup
    if words.language == "en":
        assert "1 new figure, 2 revised figures and 1 withdrawn figure." in said.plain
        assert "Note of the publisher on data version 0.9.0: An invented remark." in said.plain
        assert "EUR\xa0290" in listed
        assert "EUR\xa0300" in listed
        assert "<td>not known</td>" in listed
        assert "value and source" in listed
    else:
        assert "1 jauns skaitlis, 2 laboti skaitļi un 1 izņemts skaitlis." in said.plain
        assert "<td>nav datu</td>" in listed
    assert listed.count("<table") == 3


def test_a_brief_counts_changes_without_residents(package: Package, tables: Reference, words: Words) -> None:
    former, found = since_last(package, tables)
    said = sections.changes.changes_in_brief(former, found, region="dienvidi", words=words)
    counted = {"lv": "1 jauns skaitlis, 2 laboti skaitļi un 1 izņemts", "en": "1 new figure, 2 revised figures and 1 w"}
    assert counted[words.language] in said
    residents = found.assign(measure_before="population", measure_after="population")
    assert former is not None
    none = words.say("changes_brief_none", date=words.date_short(former.date))
    for rows in (residents, found[:0]):
        assert sections.changes.changes_in_brief(former, rows, region="dienvidi", words=words) == none
    assert sections.changes.changes_in_brief(None, found, region="dienvidi", words=words) == words.say("changes_first")


def test_no_change_and_a_first_publication_are_sentences(package: Package, tables: Reference, words: Words) -> None:
    former, found = since_last(package, tables)
    nothing = found[:0]
    first = {"lv": "pirmā publikācija", "en": "the first publication"}[words.language]
    none = {"lv": "nav mainījies neviens skaitlis", "en": "No figure has changed"}[words.language]
    assert first in sections.changes.changes_sentence(None, nothing, region="latvija", words=words)
    assert none in sections.changes.changes_sentence(former, nothing, region="latvija", words=words)
    for before in (None, former):
        assert "<table" not in sections.changes_table(before, nothing, region="latvija", words=words).markup


@pytest.mark.parametrize("count", [1, 2, 10, 11, 21, 101])
def test_counts_agree_with_their_nouns(count: int, package: Package, tables: Reference) -> None:
    former, _ = since_last(package, tables)
    before = frame()
    now = frame(*(figure(f"F{number}", measure="places") for number in range(count)))
    found = changes(before.astype({"value": float}), now)
    latvian = sections.changes.changes_sentence(former, found, region="latvija", words=in_language("lv", tables))
    ending = {1: "jauns skaitlis", 21: "jauns skaitlis", 101: "jauns skaitlis", 2: "jauni skaitļi"}
    assert f"{count} {ending.get(count, 'jaunu skaitļu')}." in latvian
    english = sections.changes.changes_sentence(former, found, region="latvija", words=in_language("en", tables))
    assert f"{count} new {'figure' if count == 1 else 'figures'}." in english


def test_many_new_figures_are_counted_and_withdrawn_codes_stand_as_they_are(
    package: Package, tables: Reference, words: Words
) -> None:
    former, _ = since_last(package, tables)
    known = {"measure": "places", "territory": "0092000", "source": "letter_2022", "service_type": "all"}
    rest = {"target_group": "all", "version": "", "period": "2023", "kind": "capacity"}
    new = [figure(f"F{number}", **known, **rest) for number in range(sections.changes.MOST_ROWS + 1)]
    old = figure("gone", **rest, measure="no_longer", territory="LV", service_type="old", source="lost")
    found = changes(frame(old), frame(*new))
    listed = sections.changes_table(former, found, region="latvija", words=words).markup
    assert '<td class="number">61</td>' in listed
    assert "no_longer" in listed
    assert "source-lost" not in listed


def test_what_is_planned_is_counted_as_planned_among_what_is_new(
    package: Package, tables: Reference, words: Words
) -> None:
    former, _ = since_last(package, tables)
    served = {"measure": "persons_served", "territory": "LV", "source": "letter_2022", "period": "2023"}
    new = [figure(f"F{number}", kind="plan", **served) for number in range(sections.changes.MOST_ROWS + 1)]
    listed = sections.changes_table(former, changes(frame(), frame(*new)), region="latvija", words=words).markup
    assert words.commitment("persons_served", "plan") in listed
    assert words.title("measures", "persons_served") not in listed


# The command


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(MINI, tmp_path / "mini")
    return tmp_path / "mini"


def test_publishing_records_the_figures_and_leaves_the_version(copy: Path) -> None:
    before = open_package(copy)
    earlier = as_published(
        publications.states_of(before, open_reference(before)), open_reference(before).publications, "0.8.0"
    )
    count = publications.publish(copy, "final", today=TODAY, note_lv="a", note_en="b")
    after = open_package(copy)
    assert (after.version, after.created) == (before.version, before.created)
    reference = open_reference(after)
    assert reference.publications.iloc[-1].tolist() == ["1.0.0", "2024-02-01", "final", "a", "b"]
    states = publications.states_of(after, reference)
    figures = open_observations(after, reference)
    assert count == len(figures)
    same(as_published(states, reference.publications, "1.0.0"), figures)
    same(as_published(states, reference.publications, "0.8.0"), earlier)
    # Pages of the version itself go on comparing with the one before it.
    former, found = since_previous(after, reference)
    assert former is not None
    assert former.edition == "0.9.0"
    assert CHANGED.keys() <= {*found["id_after"], *found["id_before"]}


def test_publishing_again_changes_state_and_notes_only(copy: Path) -> None:
    publications.publish(copy, "provisional", today=TODAY)
    record = (copy / "publications" / "figures.csv").read_bytes()
    publications.publish(copy, "final", today=dt.date(2024, 3, 1), note_lv="a", note_en="b")
    assert (copy / "publications" / "figures.csv").read_bytes() == record
    last = open_reference(open_package(copy)).publications.iloc[-1]
    assert last.tolist() == ["1.0.0", "2024-02-01", "final", "a", "b"]


def test_the_next_version_is_compared_with_the_one_published(copy: Path) -> None:
    publications.publish(copy, "provisional", today=TODAY)
    file = copy / "observations" / "published_figures.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",2021-12-31,60,", ",2021-12-31,61,", 1), encoding="utf-8")
    edited = update_descriptor(copy)
    assert edited.version != "1.0.0"
    former, found = since_previous(edited, open_reference(edited))
    assert former is not None
    assert former.edition == "1.0.0"
    assert found[["change", "value_before", "value_after"]].values.tolist() == [[REVISED, 60.0, 61.0]]


def test_a_version_whose_figures_were_changed_is_not_published_again(copy: Path) -> None:
    publications.publish(copy, "provisional", today=TODAY)
    file = copy / "observations" / "published_figures.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",2021-12-31,60,", ",2021-12-31,61,", 1), encoding="utf-8")
    update_descriptor(copy, version="1.0.0")
    with pytest.raises(DataError, match="was published with other figures"):
        publications.publish(copy, "final", today=TODAY)


def test_a_package_that_published_nothing_gets_its_record(copy: Path) -> None:
    (copy / "publications" / "figures.csv").unlink()
    publications_file = copy / "reference" / "publications.csv"
    publications_file.write_text(publications_file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    descriptor = datapackage.described_in(copy / "datapackage.json")
    descriptor["resources"] = [each for each in descriptor["resources"] if each["name"] != "published_states"]
    (copy / "datapackage.json").write_bytes(json_bytes(descriptor))
    first = update_descriptor(copy, version="1.0.0")
    assert since_previous(first, open_reference(first))[0] is None
    publications.publish(copy, "provisional", today=TODAY)
    package = open_package(copy)
    assert package.file("published_states") == "publications/figures.csv"
    states = publications.states_of(package, open_reference(package))
    assert set(states["since"]) == {"1.0.0"}


def test_restricted_figures_about_people_are_never_recorded(copy: Path) -> None:
    descriptor = datapackage.described_in(copy / "datapackage.json")
    for each in descriptor["resources"]:
        if each["name"] == "published_figures":
            each["access"] = "restricted"
    (copy / "datapackage.json").write_bytes(json_bytes(descriptor))
    update_descriptor(copy, version="1.1.0")
    publications.publish(copy, "provisional", today=TODAY)
    package = open_package(copy)
    reference = open_reference(package)
    recorded = as_published(publications.states_of(package, reference), reference.publications, "1.1.0")
    units = recorded["measure"].map(reference.measures.set_index("measure")["unit"])
    population = recorded["measure"] == "population"
    assert set(units[~population]) <= {"places", "EUR", "municipalities", "institutions"}
    assert len(recorded[~population])
    # Nor is what was public once told again as withdrawn, on whatever page.
    for audience in ("public", "internal"):
        _, found = since_previous(open_package(copy, audience), reference)
        units = found["measure_before"].map(reference.measures.set_index("measure")["unit"])
        assert set(units.dropna()) <= {"places", "EUR", "municipalities", "institutions"}
        assert "M098" in set(found["id_before"])  # places that are really gone


def test_a_recalled_publication_is_compared_with_nothing(copy: Path) -> None:
    listed = copy / "reference" / "publications.csv"
    listed.write_text(listed.read_text(encoding="utf-8").replace(",final,", ",recalled,"), encoding="utf-8")
    package = update_descriptor(copy, version="1.0.0")
    former, found = since_previous(package, open_reference(package))
    assert former is not None
    assert former.edition == "0.8.0"
    assert found.set_index("id_after").at["M001", "value_before"] == 50


# The real first publication


def test_the_first_publication_is_the_one_of_22_november(real_package: Package, real_tables: Reference) -> None:
    states = publications.states_of(real_package, real_tables)
    first = as_published(states, real_tables.publications, "2026.11.1")
    assert len(first) == 856
    assert real_tables.publications.iloc[0][["edition", "date"]].tolist() == ["2026.11.1", "2026-11-22"]
