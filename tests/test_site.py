"""Around the pages: the index with its map and verdicts, the downloads, the archive of earlier publications."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import frictionless
import html5lib
import openpyxl
import pandas as pd
import pytest
from packages import MINI

from socsvc_analysis.datapackage import open_package
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.indicators import REGISTRY, Indicator
from socsvc_analysis.indicators.values import COLUMNS, FT, GRT
from socsvc_analysis.observations import chosen
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.report import archive, site
from socsvc_analysis.report.downloads import INDICATORS, downloads, indicator_values
from socsvc_analysis.report.index import make_index
from socsvc_analysis.report.page import Edition
from socsvc_analysis.report.pages import RECORD, Document, Page, gap
from socsvc_analysis.report.scan import CONTENT_POLICY, scan
from socsvc_analysis.report.site import INDEXES, reusable
from socsvc_analysis.schema import DataError
from socsvc_analysis.sections.changes import changes_sentence
from socsvc_analysis.sections.of_plan import index_lines
from socsvc_analysis.wording import LANGUAGES, NBSP, Words

pytestmark = pytest.mark.slow

NAN = float("nan")
PAGE = (
    '<!DOCTYPE html><html lang="{0}"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}"><title>X</title>'
    '<meta name="data-version" content="1.0.0"><meta name="data-date" content="2024-01-05"></head>'
    "<body>{1}<h1>X</h1></body></html>"
)


@pytest.fixture(scope="module")
def edition() -> Edition:
    package = open_package(MINI, "public")
    return Edition(package, open_reference(package))


@pytest.fixture(scope="module")
def pages(edition: Edition) -> dict[str, Document]:
    """Brief, report and workbook of every region in both languages."""
    made = {each: Page.made(PAGE.format(each, gap("notice")), "1.0.0", "2024-01-05") for each in LANGUAGES}
    return {
        site.place(document, region, language): b"PK" if document == "workbook" else made[language]
        for region in edition.regions
        for language in LANGUAGES
        for document in site.ENDINGS
    }


@pytest.fixture(scope="module")
def versions(pages: dict[str, Document]) -> dict[str, str]:
    return dict.fromkeys(pages, "1.0.0")


def of_version(page: Document, version: str) -> Document:
    return replace(page, version=version) if isinstance(page, Page) else page


def whole(pages: dict[str, Document], index: Page, **others: Document) -> dict[str, Document]:
    return {**pages, "index.html": index, **others}


@pytest.fixture(scope="module")
def files(edition: Edition) -> dict[str, bytes]:
    return downloads(edition, "inputs")


@pytest.fixture(scope="module")
def indexes(edition: Edition, versions: dict[str, str]) -> dict[str, Page]:
    """The index in each language, with an empty archive."""
    return {language: make_index(versions, edition, language) for language in LANGUAGES}


# Verdicts


def served(numerator: float, denominator: float, value: float, territory: str = "LV00X") -> pd.DataFrame:
    row = dict.fromkeys(COLUMNS, "") | {
        "territory": territory,
        "target_group": GRT,
        "period": "2021-12-31",
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
    }
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("values", "latvian", "english"),
    [
        (
            (0, 10, 0.0),
            "0 no 10 (0 %, 31.12.2021.) – vēl nekas no plāna.",
            "0 of 10 (0%, 31 Dec 2021) – nothing of the",
        ),
        (
            (1, 21, 4.8),
            "1 no 21 (5 %, 31.12.2021.) – mazāk nekā puse plāna.",
            "1 of 21 (5%, 31 Dec 2021) – less than half",
        ),
        (
            (127, 256, 49.6),
            "127 no 256 (49,6 %, 31.12.2021.) – mazāk nekā puse",
            "127 of 256 (49.6%, 31 Dec 2021) – less",
        ),
        (
            (299, 300, 99.7),
            "299 no 300 (99,7 %, 31.12.2021.) – vairāk nekā puse",
            "299 of 300 (99.7%, 31 Dec 2021) – more",
        ),
        ((5, 10, 50.0), "5 no 10 (50 %, 31.12.2021.) – puse plāna.", "5 of 10 (50%, 31 Dec 2021) – half of the plan."),
        (
            (7, 11, 63.6),
            "7 no 11 (64 %, 31.12.2021.) – vairāk nekā puse plāna.",
            "7 of 11 (64%, 31 Dec 2021) – more than",
        ),
        (
            (10, 10, 100.0),
            "10 no 10 (100 %, 31.12.2021.) – viss plāna apjoms.",
            "10 of 10 (100%, 31 Dec 2021) – all of the",
        ),
        (
            (118, 101, 116.8),
            "118 (plānā 101; 117 %, 31.12.2021.) – vairāk par plāna apjomu.",
            "118 (101 planned; 117%, 31 Dec 2021)",
        ),
        (
            (12, NAN, 40.0),
            "12, 40 % no plāna (31.12.2021.) – mazāk nekā puse plāna.",
            "12, 40% of the plan (31 Dec 2021)",
        ),
        (
            (NAN, NAN, 72.0),
            "72 % no plāna (31.12.2021.) – vairāk nekā puse plāna.",
            "72% of the plan (31 Dec 2021) – more",
        ),
        (
            (12, NAN, NAN),
            "12 (31.12.2021.) – mūsu avotos nav, ar ko salīdzināt.",
            "12 (31 Dec 2021) – our sources have nothing",
        ),
        (
            (NAN, 20, NAN),
            "pakalpojumu saņēmēju skaits mūsu avotos nav atrasts.",
            "the number who received services was not found",
        ),
    ],
)
def test_a_verdict_follows_from_the_numbers(
    values: tuple[float, float, float], latvian: str, english: str, words: Words
) -> None:
    first, second = (line.replace(NBSP, " ") for line in index_lines(served(*values), region="ziemeli", words=words))
    wanted = latvian if words.language == "lv" else english
    assert first.partition(": ")[2].startswith(wanted)
    assert second.endswith(
        {"lv": "skaits mūsu avotos nav atrasts.", "en": "was not found in our sources."}[words.language]
    )


def test_the_country_is_compared_with_its_target(words: Words) -> None:
    line = index_lines(served(5, 20, 25.0, "LV"), region="latvija", words=words)[0]
    assert line.endswith({"lv": "mazāk nekā puse mērķa.", "en": "less than half of the target."}[words.language])


# The index


def test_each_language_has_its_index_and_every_link_leads_somewhere(
    edition: Edition, versions: dict[str, str], files: dict[str, bytes]
) -> None:
    there = set(versions) | set(files) | set(INDEXES.values())
    there |= {f"archive/0.9.0/{place}" for place in INDEXES.values()}
    for language in LANGUAGES:
        html = make_index(versions, edition, language, ["0.9.0"]).html
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
        folder = Path(INDEXES[language]).parent
        for link in tree.iter("a"):
            address = link.get("href")
            if not re.match(r"#|https?:|mailto:", address):
                parts: list[str] = []
                for part in (folder / address).parts:
                    parts = parts[:-1] if part == ".." else [*parts, part]
                assert "/".join(parts) in there, address


def test_the_map_has_every_municipality_and_a_link_for_each_region(
    edition: Edition, versions: dict[str, str], indexes: dict[str, Page]
) -> None:
    html = indexes["lv"].html
    assert html.count("<rect") == 4
    assert 'class="map-region map-region-1" href="lv/ziemeli.html" aria-label="Ziemeļi: 1\xa0pašvaldība"' in html
    assert 'href="lv/dienvidi.html" aria-label="Dienvidi: 3\xa0pašvaldības"' in html
    assert "<title>Pusotnes novads</title>" in html
    without = make_index({path: each for path, each in versions.items() if "ziemeli" not in path}, edition, "lv").html
    assert without.count("<rect") == 4
    assert 'href="lv/ziemeli.html"' not in without


def test_the_index_says_verdicts_status_and_what_has_changed(edition: Edition, indexes: dict[str, Page]) -> None:
    html = indexes["en"].html
    assert "Adults with mental disorders: 58 (50 planned; 116%, 31\xa0Dec\xa02022) – more than the plan." in html
    assert "Working version" in html
    assert changes_sentence(*edition.changes, region="latvija", words=edition.words("en")) in html
    assert "No pages of earlier publications are in the archive yet." in html


# Downloads


def test_the_downloads_are_a_valid_data_package(tmp_path: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["title", "note"])
    described = json.loads(files["datapackage.json"])
    assert {each["path"] for each in described["resources"]} == set(files) - {"datapackage.json"}
    assert described["synthetic"]


def test_every_value_of_every_indicator_is_there(edition: Edition, files: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(files[INDICATORS].decode())))
    figures = chosen(edition.figures, edition.reference)
    for name, known in REGISTRY.items():
        values = known.function(Dataset(figures, edition.reference))
        own = [row for row in rows if row["indicator"] == name]
        assert len(own) == len(values), name
        for row, value in zip(own, values.to_dict("records"), strict=True):
            assert row["territory"] == value["territory"]
            assert (row["value"] == "") == pd.isna(value["value"])
            if row["value"]:
                assert float(row["value"]) == pytest.approx(value["value"])
            assert row["sources"].split() == list(value["sources"])
    cited = {source for row in rows for source in row["sources"].split()}
    assert cited <= {row["source"] for row in csv.DictReader(io.StringIO(files["data/sources.csv"].decode()))}
    assert any(row["target_group"] == FT for row in rows)


def test_the_workbook_beside_says_what_the_csv_files_say(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["data/indicators.xlsx"]), read_only=True)
    assert book.sheetnames == ["indicators", "changes", "sources"]
    for name in book.sheetnames:
        rows = list(csv.reader(io.StringIO(files[f"data/{name}.csv"].decode())))
        shown = list(book[name].iter_rows(values_only=True))
        assert len(rows) == len(shown)
        for row, cells in zip(rows, shown, strict=True):
            for written, cell in zip(row, cells, strict=True):
                same = written == (cell or "") if isinstance(cell, str | None) else float(written) == cell
                assert same, (name, written, cell)


def test_no_cell_runs_as_a_formula(edition: Edition) -> None:
    sources = edition.reference.sources
    biting = sources.assign(title="=cmd()" + sources["title"], publisher="@x")
    tables = Reference(**{**vars(edition.reference), "sources": biting})
    for path, content in downloads(Edition(edition.package, tables), "x").items():
        if path.endswith(".csv"):
            for row in csv.DictReader(io.StringIO(content.decode())):
                for name, cell in row.items():
                    plain_number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", cell)
                    assert plain_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (path, name, cell)


def test_restricted_people_are_not_in_the_downloads(tmp_path: Path) -> None:
    copy = tmp_path / "mini"
    shutil.copytree(MINI, copy)
    descriptor = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    for each in descriptor["resources"]:
        if each["name"] == "published_figures":
            each["access"] = "restricted"
    (copy / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    update_descriptor(copy)
    package = open_package(copy, "public")
    values = indicator_values(Edition(package, open_reference(package)))
    people = values[values["indicator"] == "served_of_plan"]
    assert people["value"].isna().all()
    assert people["numerator"].isna().all()
    assert values.loc[values["indicator"] == "places", "value"].notna().any()


@pytest.mark.parametrize("known", REGISTRY.values(), ids=REGISTRY.keys())
def test_an_indicator_bears_a_package_that_has_one_measure_only(known: Indicator, edition: Edition) -> None:
    figures = edition.chosen
    for measure in known.measures:
        rows = figures[figures["measure"] == measure]
        if len(rows):
            try:
                known.function(Dataset(rows, edition.reference))
            except DataError:
                continue  # residents that are not known are said to be missing


def test_downloads_of_equal_inputs_are_not_made_again(files: dict[str, bytes], edition: Edition) -> None:
    assert reusable(files, "inputs") == files
    assert reusable(files, "other") == {}
    assert reusable({**files, INDICATORS: b"changed"}, "inputs") == {}
    assert reusable({}, "inputs") == {}
    assert reusable({"datapackage.json": b"["}, "inputs") == {}
    assert downloads(edition, "inputs") == files


# The archive


@pytest.fixture
def first(tmp_path: Path, pages: dict[str, Document], indexes: dict[str, Page], files: dict[str, bytes]) -> Path:
    """A site that shows the version 0.9.0, which was published."""
    old = {path: of_version(each, "0.9.0") for path, each in pages.items()}
    latvian, english = (of_version(indexes[language], "0.9.0") for language in LANGUAGES)
    site.publish(whole(old, latvian, **{INDEXES["en"]: english}, **files), tmp_path)
    return tmp_path


def test_a_publication_that_is_over_goes_on_in_the_archive(first: Path, edition: Edition) -> None:
    before = site.contents_shown(first, "site")
    earlier = archive.kept(before, edition)
    assert set(earlier) == {f"archive/0.9.0/{path}" for path in before if path != RECORD}
    assert archive.versions(earlier, edition) == ["0.9.0"]
    for path, content in earlier.items():
        original = before[path.removeprefix("archive/0.9.0/")]
        if not path.endswith(".html"):
            assert content == original
            continue
        html = content.decode()
        assert scan(html) == ()
        start, notice, rest = html.partition('<p class="notice notice-kept"')
        assert start + rest.partition("</p>")[2] == original.decode()
        assert notice
        home = re.search(r'notice-kept.*?href="([^"]*)"', html)
        parts: list[str] = []
        for part in (Path(path).parent / home[1]).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        assert "/".join(parts) == INDEXES["en" if "/en/" in path else "lv"]


def test_the_archive_stays_as_it_is_and_links_beside_itself(
    first: Path, edition: Edition, pages: dict[str, Document], versions: dict[str, str], files: dict[str, bytes]
) -> None:
    earlier = archive.kept(site.contents_shown(first, "site"), edition)
    index = make_index(versions, edition, "lv", ["0.9.0"])
    english = make_index(versions, edition, "en", ["0.9.0"])
    site.publish(whole(pages, index, **{INDEXES["en"]: english}, **files, **earlier), first)
    assert archive.kept(site.contents_shown(first, "site"), edition) == earlier
    assert site.published(first, "site") == pages  # the archive's pages are none of the site's
    # When this version is published and over, its index leads to the archive beside it.
    reference = edition.reference
    row = reference.publications.iloc[[0]].assign(edition="1.0.0", date="2024-02-01")
    listed = Reference(**{**vars(reference), "publications": pd.concat([reference.publications, row])})
    package = edition.package
    later = Edition(type(package)(package.path, {**package.descriptor, "version": "1.1.0"}, "public"), listed)
    both = archive.kept(site.contents_shown(first, "site"), later)
    assert archive.versions(both, later) == ["1.0.0", "0.9.0"]
    assert {path: both[path] for path in earlier} == earlier
    assert b'href="../0.9.0/index.html"' in both["archive/1.0.0/index.html"]
    assert b'href="../../0.9.0/en/index.html"' in both["archive/1.0.0/en/index.html"]


def test_a_recalled_publication_leaves_the_archive(first: Path, edition: Edition) -> None:
    listed = edition.reference.publications
    recalled = listed.assign(state=listed["state"].mask(listed["edition"] == "0.9.0", "recalled"))
    later = Edition(edition.package, Reference(**{**vars(edition.reference), "publications": recalled}))
    assert archive.kept(site.contents_shown(first, "site"), later) == {}


def test_a_working_version_is_not_kept_and_the_present_one_is_not_its_own_past(
    tmp_path: Path, edition: Edition, pages: dict[str, Document], indexes: dict[str, Page]
) -> None:
    index = indexes["lv"]
    site.publish(whole(pages, index), tmp_path)
    assert archive.kept(site.contents_shown(tmp_path, "site"), edition) == {}
    never = of_version(index, "0.9.1")
    site.publish(whole(pages, never), tmp_path)
    assert archive.kept(site.contents_shown(tmp_path, "site"), edition) == {}
    archived = {"archive/1.0.0/index.html": b"x", "archive/0.8.0/index.html": b"y"}
    site.publish(whole(pages, index, **archived), tmp_path)
    assert list(archive.kept(site.contents_shown(tmp_path, "site"), edition)) == ["archive/0.8.0/index.html"]


def test_a_site_without_a_version_has_nothing_to_keep(tmp_path: Path, edition: Edition) -> None:
    site.publish({"index.html": b"<p>the old site</p>"}, tmp_path)
    assert archive.kept(site.contents_shown(tmp_path, "site"), edition) == {}
    assert archive.kept(site.contents_shown(tmp_path / "nothing", "site"), edition) == {}
