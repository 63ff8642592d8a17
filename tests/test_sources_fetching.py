"""Fetching from beginning to end: answers become snapshots, snapshots become figures, faults leave the old ones."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import mapped_files
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import NOW, Asked, Replay, Reply, Time, client_of, reply, serving, version_2
from typer.testing import CliRunner, Result

from socsvc_analysis import tables as contracts
from socsvc_analysis.cli import app
from socsvc_analysis.observations import open_observations, population
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError
from socsvc_analysis.sources import datagov, kohesio
from socsvc_analysis.sources import population as residents
from socsvc_analysis.sources.catalogue import SOURCES
from socsvc_analysis.sources.csp import MOST_CELLS
from socsvc_analysis.sources.fetching import FetchReport, fetch, frames, new_observations, new_sources
from socsvc_analysis.sources.snapshots import SIDECAR, keep, latest_snapshot
from socsvc_analysis.sources.transport import stand_ins

pytestmark = pytest.mark.slow

Fetching = Callable[..., FetchReport]
TODAY = NOW.date()
LATER = date(2028, 3, 1)
DATA = "/api/v2/tables/IRD041/data"
FAULTS = {
    "silent": Reply(how="silent"),
    "its own trouble": Reply(status=502),
    "too many calls": Reply(status=429, headers={"Retry-After": "600"}),
    "half a body": Reply(reply("csp_v2_metadata.json"), how="half"),
    "reset": Reply(how="reset"),
    "a page": Reply(reply("page.html")),
    "px": Reply(reply("px.txt")),
    "elsewhere": Reply(status=302, headers={"Location": "https://elsewhere.example/"}),
    "gone": Reply(reply("ckan_error_404.json"), 404),
    "not what was asked": Reply(b'{"value": []}'),
    "rows of nothing": Reply(b"[]"),
}


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        yield server


@pytest.fixture
def online(replay: Replay, tmp_path: Path, tables: Reference) -> Fetching:
    """Fetches from the server into the test's own folder."""

    def ask(what: str, today: date = TODAY, **options: object) -> FetchReport:
        client = client_of(replay, Time(), **options)
        return fetch(what, tmp_path, online=True, today=today, transport=client, reference=tables)

    return ask


@pytest.fixture(scope="module")
def stored(tables: Reference, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], FetchReport]:
    """Puts what a faultless source gave, which is asked once, into a folder; says what was reported of it."""

    @cache
    def fetched(what: str) -> tuple[Path, FetchReport]:
        folder = tmp_path_factory.mktemp(what)
        with serving() as server:
            client = client_of(server, Time())
            return folder, fetch(what, folder, online=True, today=TODAY, transport=client, reference=tables)

    def put(what: str, folder: Path) -> FetchReport:
        first, report = fetched(what)
        shutil.copytree(first, folder, dirs_exist_ok=True)
        return replace(
            report,
            snapshots=tuple(replace(each, path=folder / each.path.relative_to(first)) for each in report.snapshots),
        )

    return put


def offline(what: str, folder: Path, tables: Reference, today: date = TODAY) -> FetchReport:
    return fetch(what, folder, today=today, reference=tables)


# Population


def test_population_becomes_observations(online: Fetching, tmp_path: Path, tables: Reference) -> None:
    report = online("population")
    assert (report.code, report.message) == (0, "Fetched 1 snapshot of population.")
    assert report.warnings == ("Answered by a stand-in, not by the source; do not publish: ird041.",)
    figures = new_observations("population", tmp_path, tables)
    contracts.OBSERVATIONS.contract.validate(figures)
    on = figures[figures["period"] == "2025-01-01"].set_index("id")["value"].to_dict()
    assert on["CSP-IRD041-2025-01-01-0091000"] == 1000.0  # 200 x 5
    assert on["CSP-IRD041-2025-01-01-0091000-children"] == 180.0  # 36 x 5
    assert on["CSP-IRD041-2025-01-01-0091000-adults"] == 820.0  # 164 x 5
    assert on["CSP-IRD041-2025-01-01-LV00Y-older_people"] == 630.0  # 70 x 9
    assert set(figures["target_group"]) == {"all", "children", "adults", "older_people"}
    assert set(figures["target_group"]) - {"all"} <= set(residents.GROUPS)


def test_each_date_has_the_units_of_that_date(online: Fetching, tmp_path: Path, tables: Reference) -> None:
    online("population")
    figures = new_observations("population", tmp_path, tables)
    units = figures.groupby("period")["territory"].agg(lambda codes: sorted(set(codes))).to_dict()
    both = ["0091000", "0092000", "0093000", "LV", "LV00X", "LV00Y"]
    assert units == {
        "2022-01-01": sorted([*both, "0094000"]),
        "2024-01-01": sorted([*both, "0094000"]),
        "2025-01-01": sorted([*both, "0094000"]),
        "2026-01-01": sorted([*both, "0094001"]),
    }
    counted = population(figures[figures["target_group"] == "all"], tables, "2025-01-01").set_index("territory")
    assert counted.loc["0094001", "value"] == 800.0
    assert counted["complete"].all()


def test_what_is_asked_names_every_dimension_and_fits_the_limit(online: Fetching, replay: Replay) -> None:
    online("population")
    posted = [each for each in replay.asked if each.method == "POST"]
    for each in posted:
        assert each.params["outputFormat"] == ["json-stat2"]
        chosen = {part["variableCode"]: part["valueCodes"] for part in each.body["selection"]}
        assert set(chosen) == {"AREA", "AGE", "SEX", "ContentsCode", "TIME"}
        assert "UNK" not in chosen["AREA"] and "LV00Z" not in chosen["AREA"] and "LV0920000" not in chosen["AREA"]
        assert all(len(codes) == len(set(codes)) for codes in chosen.values())


def test_a_large_question_is_split_and_joined(
    online: Fetching, replay: Replay, tmp_path: Path, tables: Reference
) -> None:
    whole = online("population").snapshots[0]
    expected = new_observations("population", tmp_path, tables)
    replay.routes["/api/v2/config"] = Reply(b'{"maxDataCells": 100}')
    parts = online("population").snapshots[0]
    assert parts.path != whole.path
    posted = [each.body["selection"] for each in replay.asked if each.path.startswith(DATA)][1:]
    assert max(math.prod(len(part["valueCodes"]) for part in each) for each in posted) <= 100 < MOST_CELLS
    assert set(json.loads(parts.path.read_bytes())) == {"answers"}
    assert new_observations("population", tmp_path, tables).equals(expected)


def test_version_1_answers_where_version_2_fails(
    online: Fetching, replay: Replay, tmp_path: Path, tables: Reference
) -> None:
    online("population")
    expected = new_observations("population", tmp_path, tables)
    replay.routes["/api/v2/"] = Reply(status=404)
    report = online("population")
    assert report.snapshots[0].fresh
    assert "version 1 was used, because version 2 failed (api.stat.gov.lv: does not have" in report.warnings[0]
    assert new_observations("population", tmp_path, tables).equals(expected)
    asked = next(each for each in replay.asked if each.method == "POST" and "/v1/" in each.path).body
    assert {part["selection"]["filter"] for part in asked["query"]} == {"item"}
    assert asked["response"] == {"format": "json-stat2"}


def test_a_silent_default_selection_is_noticed(online: Fetching, replay: Replay) -> None:
    def another(asked: Asked) -> Reply:
        del asked.body["selection"][1]
        return version_2(asked)

    replay.routes[DATA] = another
    replay.routes["/api/v1/"] = Reply(status=404)
    report = online("population")
    assert report.code == 1
    assert "another selection than was asked for" in report.warnings[0]


def test_a_table_without_ages_still_gives_totals(
    online: Fetching, replay: Replay, tmp_path: Path, tables: Reference
) -> None:
    described = json.loads(reply("csp_v2_metadata.json"))
    described["dimension"]["AGE"]["category"] = {"index": {"TOTAL": 0}}
    described["size"][described["id"].index("AGE")] = 1
    replay.routes["/api/v2/tables/IRD041/metadata"] = Reply(json.dumps(described).encode())
    # All the areas there are, whatever was asked for: what is more than was asked for does no harm.
    everywhere = list(described["dimension"]["AREA"]["category"]["index"])

    def all_areas(asked: Asked) -> Reply:
        asked.body["selection"][0]["valueCodes"] = everywhere
        return version_2(asked)

    replay.routes[DATA] = all_areas
    report = online("population")
    assert report.warnings[-1] == "The table IRD041 has no ages that make up: children, adults, older_people."
    figures = new_observations("population", tmp_path, tables)
    assert set(figures["target_group"]) == {"all"}
    assert figures.set_index("id").at["CSP-IRD041-2025-01-01-0091000", "value"] == 1000.0


def changed(replay: Replay, change: Callable[[dict], None]) -> None:
    """Lets the server change each table it sends."""

    def answer(asked: Asked) -> Reply:
        cube = json.loads(version_2(asked).body)
        change(cube)
        return Reply(json.dumps(cube).encode())

    replay.routes[DATA] = answer
    replay.routes["/api/v1/"] = Reply(status=404)


def place(cube: dict, **codes: str) -> str:
    """The key of one cell."""
    at = 0
    for each, size in zip(cube["id"], cube["size"], strict=True):
        index = cube["dimension"][each]["category"]["index"]
        at = at * size + index[codes.get(each, next(iter(index)))]
    return str(at)


def test_unknown_is_not_zero_and_a_dash_is(online: Fetching, replay: Replay, tmp_path: Path, tables: Reference) -> None:
    def change(cube: dict) -> None:
        for age, mark in (("Y15", "…"), ("Y17", "-"), ("TOTAL", "x")):
            area = {"Y15": "LV0091000", "Y17": "LV0092000", "TOTAL": "LV0093000"}[age]
            cell = place(cube, AREA=area, AGE=age, SEX="T", TIME="2026")
            del cube["value"][cell]
            cube["status"][cell] = mark

    changed(replay, change)
    report = online("population")
    assert "Residents on 2026-01-01 are not known for Otrpusotnes novads." in report.warnings
    figures = new_observations("population", tmp_path, tables)
    on = figures[figures["period"] == "2026-01-01"].set_index(["territory", "target_group"])
    assert on.loc[("0091000", "children"), "status"] == "missing"
    assert on.loc[("0091000", "children"), "value"] != on.loc[("0091000", "children"), "value"]
    assert on.loc[("0091000", "adults"), "value"] == 820.0
    assert on.loc[("0093000", "all"), "status"] == "confidential"


def test_parts_that_are_not_their_total_are_not_kept(online: Fetching, replay: Replay, tmp_path: Path) -> None:
    online("population")
    kept = sorted(tmp_path.rglob("*"))

    def change(cube: dict) -> None:
        cube["value"][place(cube, AREA="LV0091000", AGE="TOTAL", SEX="T", TIME="2025")] = 9

    changed(replay, change)
    report = online("population")
    assert "children and adults on 2025-01-01 are not all residents" in " ".join(report.warnings)
    assert (report.code, report.snapshots[0].fresh, sorted(tmp_path.rglob("*"))) == (0, False, kept)


def test_a_table_without_numbers_is_a_fault(online: Fetching, replay: Replay) -> None:
    def change(cube: dict) -> None:
        cube["value"] = {}

    changed(replay, change)
    report = online("population")
    assert report.code == 1
    assert "no number at all" in report.warnings[0]


def test_the_source_of_the_figures_is_described(online: Fetching, tmp_path: Path, tables: Reference) -> None:
    online("population")
    (row,) = new_sources("population", tmp_path)
    assert set(row) == set(contracts.BY_NAME["sources"].columns)
    assert (row["source"], row["published"], row["retrieved"]) == ("csp_ird041", "2026-06-03", "2026-11-24")
    assert set(new_observations("population", tmp_path, tables)["source"]) == {row["source"]}


def test_the_break_of_the_series_is_noted_where_the_package_has_the_note(
    online: Fetching, tmp_path: Path, tables: Reference
) -> None:
    online("population")
    assert set(new_observations("population", tmp_path, tables)["note"]) == {""}
    noted = replace(tables, notes=tables.notes.iloc[:1].assign(note="population_new_method"))
    figures = new_observations("population", tmp_path, noted)
    assert set(figures.loc[figures["note"] != "", "period"]) == {"2024-01-01", "2025-01-01", "2026-01-01"}


def test_women_and_men_are_told_apart_in_the_table(online: Fetching, tmp_path: Path, tables: Reference) -> None:
    online("population")
    snapshot, _ = latest_snapshot(tmp_path, "csp", "ird041")
    counted = residents.residents(snapshot, tables).set_index(["territory", "target_group", "sex", "period"])["value"]
    assert counted["LV", "older_people", "F", "2026-01-01"] == 525.0  # 35 x 15


def test_ages_are_tiled_by_the_fewest_codes_or_not_at_all() -> None:
    codes = ["TOTAL", "Y0-14", "Y15-64", "Y_GE65", *(f"Y{age}" for age in range(100)), "Y_GE100"]
    assert residents.tiles(codes, 0, 17) == ("Y0-14", "Y15", "Y16", "Y17")
    assert residents.tiles(codes, 65, None) == ("Y_GE65",)
    assert residents.tiles(codes, 18, None)[-1] == "Y_GE65"
    assert residents.tiles(codes[:4], 18, None) == ()
    assert residents.tiles(["Y5-3", "Y0-4", "Y5-9"], 0, 9) == ("Y0-4", "Y5-9")


# Snapshots


def test_offline_is_the_default_and_says_so(
    online: Fetching, replay: Replay, tmp_path: Path, tables: Reference
) -> None:
    nothing = offline("population", tmp_path, tables)
    assert (nothing.code, nothing.snapshots) == (2, ())
    assert "socsvc fetch population --online" in nothing.message
    online("population")
    asked = len(replay.asked)
    report = offline("population", tmp_path, tables, date(2026, 11, 27))
    assert report.message == "Offline: 1 snapshot of population read, 3 days old; add --online to ask the source."
    assert (report.code, report.snapshots[0].age_days, report.snapshots[0].fresh) == (0, 3, False)
    assert len(replay.asked) == asked
    assert "days old" in offline("population", tmp_path, tables, LATER).warnings[1]


def test_a_snapshot_says_where_it_comes_from(online: Fetching, replay: Replay, tmp_path: Path) -> None:
    fetched = online("population").snapshots[0]
    assert fetched.path.relative_to(tmp_path).parts[:2] == ("raw", "csp")
    recorded = json.loads(fetched.path.with_name(fetched.path.name + SIDECAR).read_text(encoding="utf-8"))
    assert recorded["url"].startswith(f"{replay.address}/api/v2/tables/IRD041/data?")
    assert (recorded["retrieved"], recorded["licence"]) == ("2026-11-24T09:30:00Z", "CC0 1.0")
    assert recorded["bytes"] == fetched.bytes == fetched.path.stat().st_size
    assert recorded["request"][0]["selection"][0]["variableCode"] == "AREA"
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"raw"}


def test_the_same_answer_is_kept_once(online: Fetching, tmp_path: Path) -> None:
    first, second = online("population").snapshots[0], online("population").snapshots[0]
    assert first == second
    assert len(list((tmp_path / "raw/csp").iterdir())) == 2


def test_a_snapshot_that_was_changed_is_not_used(online: Fetching, tmp_path: Path, tables: Reference) -> None:
    path = online("population").snapshots[0].path
    path.write_bytes(path.read_bytes() + b" ")
    report = offline("population", tmp_path, tables)
    assert report.code == 2
    assert online("population").code == 0
    assert offline("population", tmp_path, tables).code == 0


@pytest.mark.parametrize("sidecar", ["", "[]", "{}", "null", '{"retrieved": 1}'])
def test_a_sidecar_that_says_nothing_is_said(online: Fetching, tmp_path: Path, tables: Reference, sidecar: str) -> None:
    path = online("population").snapshots[0].path
    path.with_name(path.name + SIDECAR).write_text(sidecar, encoding="utf-8")
    assert offline("population", tmp_path, tables).code == 2
    with pytest.raises(DataError, match="No snapshot of population"):
        frames("population", tmp_path, tables)


# Faults


@pytest.mark.parametrize("what", SOURCES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_old_snapshots_in_use(
    what: str, fault: str, online: Fetching, replay: Replay, tmp_path: Path, stored: Callable[[str, Path], FetchReport]
) -> None:
    before = stored(what, tmp_path)
    kept = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    replay.routes["/"] = FAULTS[fault]
    # Only silence is waited for; any other answer must come, however busy the machine is.
    report = online(what, date(2026, 11, 30), seconds=0.02 if FAULTS[fault].how == "silent" else 60)
    assert report.code == 0
    assert [each.path for each in report.snapshots] == [each.path for each in before.snapshots]
    assert not any(each.fresh for each in report.snapshots)
    assert {each.age_days for each in report.snapshots} == {6}
    assert "6 days old" in report.message
    assert "the old snapshot of 2026-11-24 is used" in " ".join(report.warnings)
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == kept
    addresses = [each.path + str(each.params) for each in replay.asked]
    assert max(map(addresses.count, addresses)) <= 4 * len(before.snapshots)


@pytest.mark.parametrize("what", SOURCES)
def test_a_fault_without_a_snapshot_is_an_error(what: str, online: Fetching, replay: Replay, tmp_path: Path) -> None:
    replay.routes["/"] = Reply(status=500)
    report = online(what)
    assert (report.code, report.snapshots) == (1, ())
    assert "nothing is stored" in report.message
    assert "status 500" in report.warnings[0]
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_an_unknown_source_names_the_known_ones(tmp_path: Path, tables: Reference) -> None:
    with pytest.raises(DataError, match="population, territories, ministry, kohesio, eurostat"):
        fetch("populaton", tmp_path, today=TODAY, reference=tables)


# The other sources


def test_territories_are_compared_and_nothing_is_changed(online: Fetching, replay: Replay, tmp_path: Path) -> None:
    report = online("territories")
    assert [each.name for each in report.snapshots] == ["atu_nuts_codes", "atvk_2021"]
    assert report.snapshots[1].url.endswith("atvk2021_30062026.csv")
    assert list(report.warnings[1:]) == [
        "atvk_2021: New in the classifier: Tikkotnes novads (0099000), since 2026-07-01.",
        "atvk_2021: Renamed in the classifier: Pusotnes novads (0092000) is Jaunotnes novads there.",
        "atvk_2021: Ended in the classifier: Otrpusotnes novads (0093000), on 2026-06-30; followed by nothing.",
        "atvk_2021: Moved in the classifier: Ceļotnes novads (0094001) lies in ziemeli, not dienvidi.",
    ]
    assert new_observations("territories", tmp_path).empty


def test_the_merger_of_the_classifier_is_told_with_its_successor(
    online: Fetching, replay: Replay, tables: Reference
) -> None:
    report = online("territories", date(2025, 1, 1))
    assert not [each for each in report.warnings if each.startswith("atu_nuts_codes")]
    lost = reply("atu_nuts_codes.csv").replace(
        b"Otrpusotnes novads,LV00Y,2021-07-01,,,", b"Otrpusotnes novads,LV00Y,2021-07-01,2026-01-31,,LV0092000"
    )
    replay.routes["/dati/dataset/invented/resource/r-1/"] = Reply(lost)
    warnings = online("territories").warnings
    said = "Ended in the classifier: Otrpusotnes novads (0093000), on 2026-01-31; followed by 0092000."
    assert f"atu_nuts_codes: {said}" in warnings


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Code,Name\nLV0001000,x\n", "the column is missing"),
        (b"Code,Name,ValidFrom,ValidTo,ParentCode\nLV0001000,x,2021/07,,LV00A\n", "'2021/07' is not a date"),
        (b"Code,Name,ValidFrom,ValidTo,ParentCode\nLV0001000,x\n", "another number of cells"),
        (b"Code,Name,ValidFrom,ValidTo,ParentCode\n", "holds no municipality"),
        ("Code,Name\nLV0001000,Rīga\n".encode("cp1257"), "not UTF-8"),
    ],
)
def test_a_classifier_that_cannot_be_read_is_not_kept(
    online, replay: Replay, tmp_path: Path, content: bytes, said: str
) -> None:
    replay.routes["/dati/dataset/"] = Reply(content)
    report = online("territories")
    assert said in report.warnings[0]
    assert (report.code, list(tmp_path.rglob("*.csv"))) == (1, [])


def test_files_of_the_ministry_are_kept_for_import(online: Fetching, replay: Replay) -> None:
    report = online("ministry")
    (fetched,) = report.snapshots
    assert fetched.path.suffix == ".xlsx"
    assert f"socsvc import {fetched.path.as_posix()}" in report.message
    assert "berni_ar_invaliditati: last changed by its owner on 2019-05-07." in report.warnings
    assert sum("Nav atrasts" in each for each in report.warnings) == 3


def test_datasets_that_are_new_are_named(online: Fetching, replay: Replay) -> None:
    new = "The ministry has datasets on data.gov.lv that are not read here: izdomata-jauna-kopa."
    assert new in online("ministry").warnings
    assert replay.asked[-1].params["fq"] == ["organization:invented-lm"]
    replay.routes["/dati/api/3/action/organization_list"] = Reply(reply("page.html"))
    report = online("ministry")
    assert (report.code, new in report.warnings) == (0, False)


def test_regions_are_compared_with_eurostat(
    online: Fetching, replay: Replay, tmp_path: Path, tables: Reference
) -> None:
    assert online("eurostat").code == 0
    asked = replay.asked[0].params
    assert asked["geo"] == ["LV00X", "LV00Y", "LV"]
    assert set(asked) == {"format", "lang", "freq", "unit", "sex", "age", "geo"}
    frame = frames("eurostat", tmp_path, tables)["demo_r_pjanaggr3"].set_index(["geo", "time"])
    assert frame.loc[("LV00X", "2025"), ["value", "status"]].tolist() == [1005.0, "provisional"]
    assert frame.loc[("LV00Y", "2024"), "status"] == "missing"
    assert frame.loc[("LV", "2025"), "status"] == "provisional"


@pytest.mark.parametrize("value", [{}, {"0": 1, "4": 2}, {"3": 1}])
def test_a_region_that_eurostat_has_coded_anew_is_a_fault(online: Fetching, replay: Replay, value: dict) -> None:
    replay.routes["/eurostat/"] = Reply(json.dumps(json.loads(reply("eurostat.json")) | {"value": value}).encode())
    report = online("eurostat")
    assert report.code == 1
    assert "former regions" in report.warnings[0]


def test_operations_are_paged_in_one_order(online: Fetching, replay: Replay, tmp_path: Path, tables: Reference) -> None:
    def page(asked: Asked) -> Reply:
        start = int(asked.params["$offset"][0])
        rows = [{"operation_unique_identifier": f"LV-{at}"} for at in range(start, min(start + 1000, 1500))]
        return Reply(json.dumps(rows).encode())

    replay.routes["/resource/557j-pmg8"] = page
    report = online("kohesio")
    asked = [each.params for each in replay.asked if "557j" in each.path]
    assert [each["$offset"] for each in asked] == [["0"], ["1000"]]
    assert {each["$order"][0] for each in asked} == {":id"}
    assert {each["$where"][0] for each in asked} == {"country='LV'"}
    kept = kohesio.DATASETS[0]
    assert {each["$select"][0] for each in asked} == {",".join((*kept.texts, *kept.numbers))}
    frame = frames("kohesio", tmp_path, tables)["operations_2014_2020"]
    assert frame["operation_unique_identifier"].tolist() == [f"LV-{at}" for at in range(1500)]
    assert frame["project_eu_budget"].isna().all()
    assert "Cohesion policy 2021-2027" in report.warnings[0]


def test_numbers_of_operations_are_text_that_is_checked(
    online, replay: Replay, tmp_path: Path, tables: Reference
) -> None:
    online("kohesio")
    frame = frames("kohesio", tmp_path, tables)["operations_2014_2020"]
    assert frame["total_eligible_expenditure_amount"].tolist() == [1200.5, 300.0]
    assert frame["operation_start_date"].tolist() == ["2016-02-01", ""]
    for wrong in ("1,200", "NaN", "1_000", "", [7], True):
        replay.routes["/resource/557j-pmg8"] = Reply(json.dumps([{"cofinancing_rate": wrong}]).encode())
        report = online("kohesio")
        assert "is not a number" in report.warnings[0]
        assert not report.snapshots[0].fresh


def test_a_report_can_be_read_by_a_program(online: Fetching) -> None:
    said = json.loads(json.dumps(online("population").to_dict()))
    assert set(said) == {"what", "snapshots", "message", "warnings"}
    assert set(said["snapshots"][0]) == {"name", "path", "url", "retrieved", "age_days", "fresh", "bytes"}


# The command


def test_a_column_of_the_ministry_that_nobody_knows_is_told(replay: Replay, tmp_path: Path) -> None:
    data = shutil.copytree(Path(__file__).parents[1] / "data", tmp_path / "data", ignore=shutil.ignore_patterns("raw"))
    made = openpyxl.load_workbook(mapped_files.MADE["ministry_children_disability"](tmp_path))
    for row, cell in zip((3, 4, 5), ("Tikai meitenes", "jā", "jā"), strict=True):
        made.active.cell(row, made.active.max_column + (row == 3), cell)
    made.save(tmp_path / "more.xlsx")
    replay.routes["/dati/dataset/"] = Reply((tmp_path / "more.xlsx").read_bytes())
    words = ["fetch", "ministry", "--online", "--stand-in", replay.address, "--data", str(data / "datapackage.json")]
    said = "1 column not known here, which may qualify its numbers: 'Tikai meitenes'."
    shown = CliRunner().invoke(app, words)
    assert said in shown.stdout, shown.output
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["warnings"]
    assert sum(each.endswith(said) for each in told) == 1


def test_the_command_rehearses_with_a_stand_in_and_the_data_stay_whole(
    replay: Replay, edited_mini: Callable[[str, str, str], Path]
) -> None:
    groups = "".join(
        f"{each},{each},{each},{each},{each},,{at}\n" for at, each in enumerate(residents.GROUPS, start=70)
    )
    data = edited_mini("reference/target_groups.csv", "all_di,", f"{groups}all_di,")

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(data / "datapackage.json")])

    nothing = command("fetch", "population")
    assert (nothing.exit_code, "No snapshot of population is stored" in nothing.stdout) == (2, True)
    for count in ("figures are new", "Fetched 1 snapshot"):  # the second time nothing is new
        done = command("fetch", "population", "--online", "--stand-in", replay.address)
        assert (done.exit_code, count in done.stdout) == (0, True), done.output
        assert "Answered by a stand-in, not by the source; do not publish: ird041." in done.stdout
    assert "figures" not in done.stdout
    checked = command("check")
    assert checked.exit_code == 0, checked.output
    figures = open_observations(data, open_reference(data))
    assert figures.set_index("id").at["CSP-IRD041-2025-01-01-0091000-children", "value"] == 180.0
    cited = open_reference(data).sources.set_index("source").loc["csp_ird041"]
    assert cited["url"].startswith(replay.address)
    asked = len(replay.asked)
    assert command("fetch", "population").stdout.startswith("Offline: 1 snapshot of population read, ")
    assert len(replay.asked) == asked


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1", "http://stat.gov.lv", "ftp://127.0.0.1", "elsewhere.lv=http://127.0.0.1:1", "", "127.0.0.1"],
)
def test_only_this_machine_stands_in_for_a_listed_source(address: str) -> None:
    with pytest.raises(DataError, match="cannot stand in"):
        stand_ins([address])


def test_a_real_answer_takes_the_place_of_an_equal_rehearsed_one(tmp_path: Path) -> None:
    described = {"extension": "json", "request": None, "now": NOW, "licence": "", "title": ""}
    for url in ("http://127.0.0.1:1/x", "https://data.gov.lv/x"):
        keep(tmp_path, "demo", "answer", b"{}", url=url, **described)
    assert latest_snapshot(tmp_path, "demo", "answer")[0].recorded["url"] == "https://data.gov.lv/x"


FORMATS = [
    *((written, "berni.xlsx", "XLSX") for written in ("*.xlsx", ".XLSX", " Xlsx", "Excel (XLSX)", "excel", "")),
    ("xlsx", "download/1", "XLSX"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "x", "XLSX"),
    ("application/vnd.ms-excel", "berni.xls", "XLS"),
    ("text/csv; charset=UTF-8", "x", "CSV"),
    ("Excel", "berni.XLS", "XLS"),
    ("", "berni.csv", "CSV"),
]
OTHERS = ["Metadati", "Datu apraksts", "METADATI 2025", "Berni_2018", "Bērnu datu apraksts"]


@pytest.mark.parametrize(("written", "file", "read"), FORMATS)
@given(st.permutations(["Berni_2019", *OTHERS]))
def test_the_newest_file_of_data_is_found_however_its_format_is_written(
    written: str, file: str, read: str, names: list[str]
) -> None:
    """As data.gov.lv really writes them; what describes the data is no data, however new, and in whatever order."""

    def described(name: str) -> dict[str, str]:
        changed = {"Berni_2019": "2020-01-01", "Berni_2018": "2019-01-01"}.get(name, "2024-01-01")
        url = f"https://data.gov.lv/dati/{file}"
        return {"id": name, "name": name, "format": written, "last_modified": changed, "url": url}

    answer = {"success": True, "result": {"title": "x", "resources": [described(name) for name in names]}}
    found = datagov.latest_resource(answer, datagov.MINISTRY[1])
    assert (found.id, found.format) == ("Berni_2019", read)
