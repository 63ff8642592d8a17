"""The data package: unchanged bytes, complete descriptors, and text that survives the way through a file."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import MINI

from socsvc_analysis import datapackage, once
from socsvc_analysis import tables as contracts
from socsvc_analysis.datapackage import Package, cells, open_package
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.observations import open_observations
from socsvc_analysis.observations.audience import OPEN_UNITS
from socsvc_analysis.reference import open_reference
from socsvc_analysis.schema import DataError

NOTES = contracts.contract_for("notes")
TILES = contracts.contract_for("tilegrid")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10) | st.sampled_from(
    ["NA", "null", "nan", "0031010", "-", '"', "a,b", "rinda\nrinda", "tab\tulēts", "ēģļš", " x ", "#", "1e5", "=1+1"]
)
NUMBER = st.integers(0, 99).map(str) | st.just("")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(MINI, tmp_path / "mini")
    return tmp_path / "mini"


def problems_of(path: Path, **options: object) -> list[str]:
    with pytest.raises(DataError) as failure:
        open_package(path, **options)
    return [str(problem) for problem in failure.value.problems]


def descriptor_of(path: Path) -> dict:
    return json.loads((path / "datapackage.json").read_text(encoding="utf-8"))


def rewrite(path: Path, descriptor: dict) -> None:
    (path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def through_a_file(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows written as CSV into a package of one file, and read back."""
    with tempfile.TemporaryDirectory() as folder:
        content = frame.to_csv(index=False, lineterminator="\n").encode()
        (Path(folder) / f"{name}.csv").write_bytes(content)
        found = "sha256:" + hashlib.sha256(content).hexdigest()
        resource = {"name": name, "path": f"{name}.csv", "hash": found, "bytes": len(content)}
        return Package(Path(folder) / "datapackage.json", {"resources": [resource]}).table(name)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_text_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    plain = {each.name: "no" for each in NOTES.fields}
    cells = [{**plain, "note": f"n{at}", "lv": latvian, "en": english} for at, (latvian, english) in enumerate(rows)]
    frame = pd.DataFrame(cells, columns=list(NOTES.columns), dtype=str)
    texts = ["note", "lv", "en"]
    pd.testing.assert_frame_equal(through_a_file(frame, "notes")[texts], frame[texts])


@pytest.mark.slow
@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, TEXT), max_size=5))
def test_codes_keep_their_zeros_and_unknown_stays_unknown(rows: list[tuple[str, ...]]) -> None:
    text = pd.DataFrame([(f"00{at}", *row) for at, row in enumerate(rows)], columns=list(TILES.columns), dtype=str)
    frame = through_a_file(text, "tilegrid")
    assert frame["municipality"].tolist() == text["municipality"].tolist()
    for column in ("row", "col", "row_42", "col_42"):
        assert ["" if pd.isna(cell) else str(cell) for cell in frame[column]] == text[column].tolist()
    pd.testing.assert_frame_equal(through_a_file(frame, "tilegrid"), frame)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1\n", "x.csv, row 2: has 1 cell, the heading has 2"),
        (b"a,b\n1,2\n1,2,3\n", "x.csv, row 3: has 3 cells, the heading has 2"),
        (b"a,b\n1,2,\n3,4,\n", "x.csv, row 2: has 3 cells, the heading has 2"),
        (b"a,b\n1,2\n\n3,4\n", "x.csv, row 3: has 0 cells, the heading has 2"),
        (b"a,a\n1,2\n", "x.csv, column a: the column is there twice"),
        ("a,b\n1,ē\n".encode("cp1257"), "x.csv, row 2: is not UTF-8 text; save the file as CSV UTF-8"),
    ],
)
def test_a_malformed_file_is_refused_at_its_row(content: bytes, said: str) -> None:
    with pytest.raises(DataError) as failure:
        cells(content, "x.csv")
    assert str(failure.value.problems[0]) == said


@pytest.mark.parametrize("content", [b"", b"code;lv;en\na;b;c\n"])
def test_a_file_without_the_columns_says_which_are_missing(content: bytes) -> None:
    resource = {"name": "notes", "path": "notes.csv"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "notes.csv").write_bytes(content)
        resource |= {"hash": "sha256:" + hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        with pytest.raises(DataError, match="column note: the column is missing"):
            Package(Path(folder) / "datapackage.json", {"resources": [resource]}).table("notes")


def test_the_mark_that_spreadsheets_write_is_no_part_of_the_first_name() -> None:
    assert list(cells(b"\xef\xbb\xbfnote,lv\na,b\n", "x.csv").columns) == ["note", "lv"]


def test_a_descriptor_without_its_parts_names_them(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{"name": "x", "title": "X"}', encoding="utf-8")
    with pytest.raises(DataError) as failure:
        open_package(tmp_path)
    assert [problem.column for problem in failure.value.problems] == ["version", "created", "resources"]


def test_the_folder_and_the_file_open_the_same_package(package: Package) -> None:
    assert open_package(MINI / "datapackage.json") == package
    assert package.synthetic
    assert package.restricted == ()
    assert package.created == "2024-01-05"
    assert package.version == "1.0.0"


def test_every_contract_has_a_resource_and_every_file_an_entry(package: Package) -> None:
    assert {each.name for each in contracts.REFERENCE} < set(package.names())
    files = {each.relative_to(MINI).as_posix() for each in MINI.rglob("*.csv")}
    assert files == {package.file(name) for name in package.names()}


def test_a_missing_package_says_what_to_do(tmp_path: Path) -> None:
    said = "the data package is not there; name another: --data PATH, in Python open_data(path)"
    assert problems_of(tmp_path) == [f"{tmp_path}: {said}"]


def test_unreadable_json_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{\n "resources": [,]\n}', encoding="utf-8")
    assert problems_of(tmp_path)[0].startswith("datapackage.json, row 2: is not readable JSON")


def test_a_changed_byte_is_named_with_both_hashes(copy: Path) -> None:
    file = copy / "observations" / "published_figures.csv"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(file.read_bytes().replace(b",60,", b",61,", 1))
    after = hashlib.sha256(file.read_bytes()).hexdigest()
    (said,) = problems_of(copy)
    assert said.startswith("observations/published_figures.csv: differs")
    assert f"expected sha256:{before}, found sha256:{after}" in said
    assert "socsvc check --record" in said


def test_all_changed_and_missing_files_are_named_at_once(copy: Path) -> None:
    (copy / "reference" / "notes.csv").unlink()
    (copy / "reference" / "regions.csv").write_text("", encoding="utf-8")
    said = problems_of(copy)
    assert len(said) == 2
    assert "reference/notes.csv: the file is missing" in said


def test_a_file_changed_after_opening_is_noticed_when_it_is_read(copy: Path) -> None:
    opened = open_package(copy)
    (copy / "reference" / "notes.csv").write_text("note,lv,en\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"reference/notes\.csv: differs"):
        opened.table("notes")


@pytest.mark.parametrize("path", ["../outside.csv", "/etc/hostname", "reference/../../outside.csv"])
def test_a_path_outside_the_folder_is_refused(copy: Path, path: str) -> None:
    (copy.parent / "outside.csv").write_text("x\n", encoding="utf-8")
    descriptor = descriptor_of(copy)
    descriptor["resources"][0]["path"] = path
    rewrite(copy, descriptor)
    assert problems_of(copy) == [f"{path}: lies outside the folder of the data package"]


def test_a_link_to_a_file_outside_is_refused(copy: Path) -> None:
    outside = copy.parent / "notes.csv"
    shutil.move(copy / "reference" / "notes.csv", outside)
    (copy / "reference" / "notes.csv").symlink_to(outside)
    assert problems_of(copy) == ["reference/notes.csv: lies outside the folder of the data package"]


def test_an_unknown_resource_names_the_nearest(package: Package) -> None:
    with pytest.raises(DataError, match=r"'municipality' is not a resource of the data package.*known: municipalities"):
        package.table("municipality")


def test_an_unknown_audience_names_the_known_ones() -> None:
    (said,) = problems_of(MINI, audience="publik")
    assert "known: public, internal" in said
    assert said.endswith("nearest known: public")


def restrict(copy: Path, name: str) -> None:
    descriptor = descriptor_of(copy)
    next(each for each in descriptor["resources"] if each["name"] == name)["access"] = "restricted"
    rewrite(copy, descriptor)


def test_a_restricted_reference_table_is_refused_to_the_public(copy: Path) -> None:
    restrict(copy, "providers")
    assert open_package(copy, "internal").restricted == ("providers",)
    (said,) = problems_of(copy)
    assert said.startswith("reference/providers.csv: is restricted")


def test_restricted_figures_about_people_are_hidden_from_the_public(copy: Path) -> None:
    restrict(copy, "published_figures")
    everything, public = (open_package(copy, audience) for audience in ("internal", "public"))
    reference = open_reference(public)
    every, shown = open_observations(everything, reference), open_observations(public, reference)
    units = every["measure"].map(reference.measures.set_index("measure")["unit"])
    assert shown["id"].tolist() == every["id"].tolist()  # that there is a figure tells of nobody
    hidden = shown["value"].isna() & every["value"].notna()
    assert hidden.any()
    assert set(shown.loc[hidden, "status"]) == {"confidential"}
    assert set(shown.loc[hidden, "file"]) == {"observations/published_figures.csv"}
    assert not set(units[hidden]) & set(OPEN_UNITS)
    people = every["file"].eq("observations/published_figures.csv") & ~units.isin(OPEN_UNITS)
    assert not (shown.loc[people, "value"] < 5).any()


def test_equal_data_have_an_equal_hash(package: Package, copy: Path) -> None:
    assert open_package(copy).hash == package.hash
    file = copy / "reference" / "notes.csv"
    file.write_bytes(file.read_bytes() + b"extra,papildu,extra,no\n")
    recorded = update_descriptor(copy)
    assert recorded.hash != package.hash
    # Other data are another version of another day.
    assert (recorded.version, recorded.created) != (package.version, package.created)


def test_what_breaks_its_contract_is_not_recorded(copy: Path) -> None:
    before = (copy / "datapackage.json").read_bytes()
    file = copy / "reference" / "notes.csv"
    file.write_bytes(file.read_bytes() + b"extra,papildu,extra,perhaps\n")
    with pytest.raises(DataError, match="'perhaps' is not yes or no"):
        update_descriptor(copy)
    assert (copy / "datapackage.json").read_bytes() == before


def test_recording_twice_writes_the_same_bytes_and_keeps_what_people_said(copy: Path) -> None:
    before = (copy / "datapackage.json").read_bytes()
    update_descriptor(copy)
    assert (copy / "datapackage.json").read_bytes() == before
    recorded = update_descriptor(copy, version="2.0.0", created="2025-02-03")
    assert (recorded.version, recorded.created) == ("2.0.0", "2025-02-03")
    for resource, earlier in zip(recorded.descriptor["resources"], json.loads(before)["resources"], strict=True):
        assert resource == earlier
        assert resource["sources"]
        assert resource["licenses"]


def test_recording_asks_where_a_new_file_comes_from(copy: Path) -> None:
    before = (copy / "datapackage.json").read_bytes()
    (copy / "observations" / "returns_2024.csv").write_text("id\n", encoding="utf-8")
    (copy / "reference" / "notes.csv").unlink()
    with pytest.raises(DataError) as failure:
        update_descriptor(copy)
    assert [problem.file for problem in failure.value.problems] == [
        "observations/returns_2024.csv",
        "reference/notes.csv",
    ]
    assert (copy / "datapackage.json").read_bytes() == before


def test_a_reference_table_without_a_contract_is_told_where_contracts_are(copy: Path) -> None:
    (copy / "reference" / "vacancies.csv").write_text("region,posts\n", encoding="utf-8")
    described = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    described["resources"].append({"name": "vacancies", "path": "reference/vacancies.csv", "access": "open"})
    (copy / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(DataError, match="'vacancies' is the name of no table: say in socsvc_analysis/tables/ which"):
        update_descriptor(copy)


@pytest.mark.slow
def test_a_descriptor_follows_the_standard(copy: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    update_descriptor(copy, created="2024-01-05")
    report = frictionless.validate(str(copy / "datapackage.json"))
    assert report.valid, report.flatten(["type", "title", "note"])


def test_the_same_bytes_are_read_once_and_other_bytes_anew(copy: Path) -> None:
    open_package(copy).table("notes")
    read = datapackage._rows_of.cache_info().misses
    open_package(copy).table("notes")
    assert datapackage._rows_of.cache_info().misses == read
    notes = copy / open_package(copy).file("notes")
    notes.write_text(notes.read_text(encoding="utf-8").replace(",", ",x", 1), encoding="utf-8")
    with pytest.raises(DataError, match="differs from what"):
        Package(copy / "datapackage.json", descriptor_of(copy)).table("notes")


@pytest.mark.parametrize("shared", [False, True], ids=["each opened", "one package"])
def test_what_one_handle_changes_in_its_tables_no_other_sees(
    package: Package, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once._Memory, "answers", None)  # where answers are remembered both would be one
    first = open_reference(package)
    second = open_reference(package if shared else open_package(package.path, package.audience))
    before = second.regions.copy(deep=True)
    first.regions.loc[0, "name_lv"] = "Cita"
    first.regions.iloc[1, 0] = "cits"
    first.regions["added"] = 1
    first.regions.index.name = "row"
    first.regions.pop("name_en")
    pd.testing.assert_frame_equal(second.regions, before)
    pd.testing.assert_frame_equal(package.table("regions"), before)
