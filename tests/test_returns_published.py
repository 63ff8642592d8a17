"""Synthetic returns go the whole restricted way: imported year by year, protected, shown on pages, attacked.

The numbers are invented and marked so; only the names of municipalities and services are real.
"""

# One leak is one line.
# ruff: noqa: E501

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import attacker
import openpyxl
import pandas as pd
import planted
import pytest
import synthetic
from packages import DATA
from typer.testing import CliRunner

from socsvc_analysis.cli import app
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.dataset import open_data
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.disclosure.figures import Shown
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.reference import open_reference, present_municipalities
from socsvc_analysis.report.downloads import downloads
from socsvc_analysis.report.gatekeeping import given_away
from socsvc_analysis.report.nursery import Nursery
from socsvc_analysis.report.page import Edition
from socsvc_analysis.report.public_data import HeldBack, for_pages, refuse_leaks, what_is_shown
from socsvc_analysis.report.run import make_reports
from socsvc_analysis.report.site import contents_shown
from socsvc_analysis.schema import DataError

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 24)
SERVICES = ("home_care", "shelter", "day_care_centre")
GROUPS = ("children", "adults")
PLACES = 12
SMALL = "Jēkabpils novads"
HIDDEN = "dati netiek rādīti"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
COLUMNS = ["region", "municipality", "service_type", "target_group"]


@dataclass(frozen=True)
class Releases:
    """Three yearly versions of synthetic returns, and what was invented."""

    project: Path
    counts: pd.DataFrame
    public: tuple[Package, ...]
    data: tuple[Path, ...]
    """The data as they were when each was released, the last where it was."""

    @property
    def output(self) -> Path:
        return self.project / "outputs"

    @cached_property
    def whole(self) -> Package:
        """The last version as the owner has it."""
        return open_package(self.project / "data")

    @cached_property
    def shown(self) -> Shown:
        """What the public may see of it."""
        return what_is_shown(self.whole, self.output)


def invented(reference: pd.DataFrame) -> pd.DataFrame:
    """Counts of three years in the municipalities of Zemgale and some of Latgale; one has three clients in all."""
    rows = synthetic.years(3, first=2023, municipalities=PLACES, services=len(SERVICES), groups=len(GROUPS))
    known = present_municipalities(reference)
    known = known[known["region"].isin(["zemgale", "latgale"])].sort_values("region", ascending=False)
    of_place = dict(zip(sorted(rows["municipality"].unique()), known.itertuples(), strict=False))
    rows = rows.assign(
        name=[of_place[each].name for each in rows["municipality"]],
        municipality=[of_place[each].code for each in rows["municipality"]],
        region=[of_place[each].region for each in rows["municipality"]],
        service_type=[SERVICES[int(each[-1]) - 1] for each in rows["service"]],
        target_group=[GROUPS[int(each[-1]) - 1] for each in rows["group"]],
    )
    assert SMALL in set(rows["name"])
    only = rows["name"].eq(SMALL) & rows["service_type"].eq("shelter") & rows["target_group"].eq("adults")
    rows.loc[only, "count"] = 3
    return rows[only | rows["name"].ne(SMALL)].reset_index(drop=True)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    project = tmp_path_factory.mktemp("synthetic")
    shutil.copytree(DATA, project / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    descriptor = json.loads((project / "data/datapackage.json").read_text(encoding="utf-8"))
    (project / "data/datapackage.json").write_text(json.dumps(descriptor | {"synthetic": True}), encoding="utf-8")
    update_descriptor(project / "data")
    counts = invented(open_reference(open_package(project / "data")).municipalities)
    public, data = [], []
    for year, rows in counts.groupby("year"):
        file = project / f"synthetic-{year}.csv"
        named = {"name": "Pašvaldība", "service_type": "Pakalpojums", "target_group": "Mērķa grupa", "year": "Gads"}
        rows[[*named, "count"]].rename(columns=named | {"count": "Klienti"}).to_csv(file, index=False)
        report = import_file(file, project / "data", output=project / "outputs", today=TODAY)
        assert report.accepted == len(rows), report.problems
        public.append(for_pages(open_package(project / "data"), project / "outputs")[0])
        data.append(project / f"data-{year}")
        shutil.copytree(project / "data", data[-1], ignore=shutil.ignore_patterns(".lock", ".switch"))
    return Releases(project, counts, tuple(public), (*data[:-1], project / "data"))


def printed(releases: Releases, year: str) -> pd.DataFrame:
    """Everything that the three versions say of a year, each statement once."""
    sums = pd.concat([open_data(public).sums for public in releases.public]).query(
        "period == @year and level != 'territory'"
    )
    codes = {"LV005": "latgale", "LV009": "zemgale"}
    rows = sums.assign(
        region=sums["territory"].map(codes).where(sums["level"] == "region"),
        municipality=sums["territory"].where(sums["level"] == "municipality"),
        count=sums["value"],
    )
    return rows[[*COLUMNS, "count"]].replace("all", None).drop_duplicates().reset_index(drop=True)


def test_nothing_restricted_is_in_what_chapters_open(releases: Releases) -> None:
    for public in releases.public:
        assert public.restricted == ()
        assert not any(path.name.endswith(".xlsx") or "raw" in path.parts for path in public.path.parent.rglob("*"))
        data, whole = open_data(public), open_data(public, audience="internal")
        mine = data.figures[data.figures["evidence"] == "received"]
        assert not (mine["value"] < 5).any()
        assert whole.figures["value"].equals(data.figures["value"])


@pytest.mark.parametrize("year", ["2023", "2024", "2025"])
def test_three_yearly_versions_together_tell_an_attacker_nothing(releases: Releases, year: str) -> None:
    finest = releases.counts[releases.counts["year"] == year].reset_index(drop=True)
    said = printed(releases, year)
    assert said["count"].isna().any()
    assert said["count"].notna().mean() > 0.3
    assert attacker.open_rows(attacker.intervals(finest, said, COLUMNS)) == []
    insider = (finest["municipality"] == finest["municipality"].iloc[0]).to_numpy()
    assert attacker.open_rows(attacker.intervals(finest, said, COLUMNS, own=insider)) == []


@pytest.mark.parametrize("year", ["2023", "2024", "2025"])
def test_the_files_of_three_yearly_sites_tell_an_attacker_nothing(
    year: str, releases: Releases, finished: list[dict[str, bytes]]
) -> None:
    names = dict(zip(releases.counts["name"], releases.counts["municipality"], strict=True))
    pages = [attacker.told_by_tables(files, year, names) for files in finished]
    said = pd.concat([*(attacker.told_by(files, year) for files in finished), *pages]).drop_duplicates()
    finest = releases.counts[releases.counts["year"] == year].reset_index(drop=True)
    codes = {"LV005": "latgale", "LV009": "zemgale"}
    places = set(finest["municipality"])
    said = said[said["territory"].isin([*places, *codes, "LV"])]
    told = said.assign(
        region=said["territory"].map(codes),
        municipality=said["territory"].where(said["territory"].isin(places)),
    )[[*COLUMNS, "count"]].replace("all", None)
    assert len(told) > len(codes)
    margins = [["municipality"], ["municipality", "service_type"], ["municipality", "target_group"], COLUMNS[1:]]
    cells = pd.concat([finest.groupby(names, as_index=False)["count"].sum() for names in margins])
    small = cells[cells["count"] < 5].assign(count=None, region=None)[[*COLUMNS, "count"]]
    asked = pd.concat([told.astype({"count": object}), small.astype({"count": object})], ignore_index=True)
    asked = asked.where(asked.notna(), None)
    assert small.index.size and attacker.open_rows(attacker.intervals(finest, asked, COLUMNS)) == []


def with_other_hidden_numbers(releases: Releases, folder: Path) -> Package:
    """The same data with other numbers of 2025 that fit all that is shown, sent in another order in another file."""
    shutil.copytree(releases.project / "data", folder, ignore=shutil.ignore_patterns(".lock", ".switch"))
    finest = releases.counts[releases.counts["year"] == "2025"].reset_index(drop=True)
    other = attacker.another_table(finest, printed(releases, "2025"), COLUMNS)
    assert (other != finest["count"]).sum() > 3
    cell = ["municipality", "service_type", "target_group"]
    counts = dict(zip(finest[cell].itertuples(index=False, name=None), other, strict=True))
    received = pd.read_csv(folder / "reference/received_files.csv", dtype=str)
    code = received["sha256"].iloc[-1]
    file = folder / "observations/received.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    mine = rows["source"] == f"return_{code[:8]}"
    keys = rows.loc[mine, ["territory", "service_type", "target_group"]].itertuples(index=False, name=None)
    rows.loc[mine, "value"] = [str(counts[key]) for key in keys]
    rows.loc[mine, "id"] = [f"R-{code[:8]}-{900 - at}" for at in range(mine.sum())]
    rows.iloc[::-1].to_csv(file, index=False)
    for path in [folder / "datapackage.json", *folder.rglob("*.csv")]:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(code, "f" * 64).replace(code[:8], "f" * 8), encoding="utf-8")
    kept = next((folder / "raw").rglob(f"{code[:8]}-*"))
    (folder / f"raw/return_{'f' * 8}").mkdir()
    kept.rename(folder / f"raw/return_{'f' * 8}" / kept.name.replace(code[:8], "f" * 8))
    version = releases.whole.version
    update_descriptor(folder)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    (folder / "datapackage.json").write_text(json.dumps(descriptor | {"version": version}), encoding="utf-8")
    return open_package(folder)


def test_the_copy_for_the_public_does_not_depend_on_what_is_hidden(releases: Releases, tmp_path: Path) -> None:
    other = with_other_hidden_numbers(releases, tmp_path / "data")
    ledger = tmp_path / "outputs/releases"
    shutil.copytree(releases.output / "releases", ledger, ignore=shutil.ignore_patterns("data"))
    copies = [releases.public[-1].path.parent, for_pages(other, tmp_path / "outputs")[0].path.parent]
    first, second = ({p.relative_to(at): p.read_bytes() for p in at.rglob("*") if p.is_file()} for at in copies)
    assert first == second


def test_corrections_of_returns_are_not_in_what_chapters_open(releases: Releases, tmp_path: Path) -> None:
    """They say numbers that were confirmed, and whatever is made of the copy would differ with them."""
    shutil.copytree(releases.data[0], tmp_path / "data")
    with (tmp_path / "data/reference/corrections.csv").open("a", encoding="utf-8") as rows:
        rows.write(f"{'a' * 64},,2,Klienti,3,3,the sender confirmed it by telephone,2026-11-20\n")
    update_descriptor(tmp_path / "data")
    public, _ = for_pages(open_package(tmp_path / "data"), tmp_path / "outputs")
    assert "corrections" in public.names() and public.table("corrections").empty


def test_data_opened_by_hand_are_shown_as_they_were_released(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socsvc_analysis.disclosure.ledger.protected", lambda *_, **__: pytest.fail("protected anew"))
    by_hand, released = open_data(releases.project / "data"), open_data(releases.public[-1])
    assert by_hand.sums is not None and released.sums is not None
    assert by_hand.sums["value"].equals(released.sums["value"])


def test_data_opened_by_hand_are_recorded_nowhere(releases: Releases, tmp_path: Path) -> None:
    shutil.copytree(releases.data[1], tmp_path / "data")
    earlier = releases.public[0].version
    shutil.copytree(releases.output / "releases" / earlier, tmp_path / "outputs/releases" / earlier)
    open_data(tmp_path / "data")
    assert [path.name for path in (tmp_path / "outputs/releases").iterdir()] == [earlier]


def test_tables_of_pages_are_read(releases: Releases, site: dict[str, bytes]) -> None:
    names = dict(zip(releases.counts["name"], releases.counts["municipality"], strict=True))
    assert len(attacker.told_by_tables(site, "2025", names)) > 1


@pytest.mark.usefixtures("site")
def test_nothing_that_is_made_says_a_hash_of_a_return(releases: Releases) -> None:
    made = {
        str(path.relative_to(releases.output)): path.read_bytes()
        for path in releases.output.rglob("*")
        if path.is_file() and path.suffix != ".png"
    }
    assert any(name.startswith("notebooks") for name in made) and "status.html" in made
    returns = [path.read_bytes() for path in releases.project.glob("synthetic-*.csv")]
    assert [attacker.with_hash_of(each, made) for each in returns] == [[]] * 3


def test_the_same_version_is_not_protected_anew(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socsvc_analysis.disclosure.figures.released", lambda *_, **__: pytest.fail("protected again"))
    again, _ = for_pages(releases.whole, releases.output)
    assert again.path == releases.public[-1].path


@pytest.mark.parametrize("gone", ["returns.json", ""])
def test_nothing_is_shown_where_the_record_of_an_earlier_version_is_gone(
    gone: str, releases: Releases, tmp_path: Path
) -> None:
    """Readers have the earlier version, and nobody could tell any more what the two say together."""
    shutil.copytree(releases.output / "releases", tmp_path / "releases")
    shutil.copy(releases.output / ".made_from.json", tmp_path)
    first = releases.public[0].version
    path = tmp_path / "releases" / first / gone
    path.unlink() if gone else shutil.rmtree(path)
    with pytest.raises(DataError, match=rf"releases/{re.escape(first)}/returns\.json: is gone"):
        for_pages(releases.whole, tmp_path)


@pytest.fixture(scope="module")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chapters that show returns: one of the brief, one of the report."""
    folder = tmp_path_factory.mktemp("chapters")
    for name in ("summary.ipynb", "clients.ipynb"):
        shutil.copy(NOTEBOOKS / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def finished(releases: Releases, site: dict[str, bytes], remembering: None) -> list[dict[str, bytes]]:
    """What there is to download from the sites of the three versions."""
    editions = [Edition(public, open_reference(public)) for public in releases.public[:-1]]
    return [*(downloads(each, "") for each in editions), site]


@pytest.fixture(scope="module")
def site(releases: Releases, chapters: Path, nursery: Nursery | None) -> dict[str, bytes]:
    """The pages of Zemgale in Latvian, made of the last version."""
    summary = make_reports(
        releases.project / "data", chapters, releases.output,
        regions=["zemgale"], languages=["lv"], nursery=nursery,
    )  # fmt: skip
    assert summary.complete, summary.reports
    return contents_shown(releases.output, "site")


def test_the_brief_and_the_report_show_what_may_be_shown(releases: Releases, site: dict[str, bytes]) -> None:
    zemgale = of_zemgale(releases)
    for name in ("lv/zemgale.html", "lv/zemgale-report.html"):
        text = " ".join(re.sub("<[^>]+>", " ", site[name].decode()).split())
        assert re.search(rf"{SMALL} 2025\. gads dati netiek rādīti", text), name
        assert re.search(rf"Zemgale: \d no 6 pašvaldībām 2025\. gads {zemgale} ", text.replace("\u00a0", " ")), name
    assert re.search(rf"{SMALL}: patversme: pilngadīgie 2023\. gads dati netiek rādīti", text)
    table = pd.read_csv(releases.output / "site/data/indicators.csv", dtype=str, keep_default_na=False)
    people = table[(table["indicator"] == "reported_clients") & (table["period"] == "2025")].set_index("territory_lv")
    assert people.loc[SMALL, ["value", "numerator", "status"]].tolist() == ["", "", "confidential"]


def row_of(cells: str) -> str:
    """A row as tables of the finished pages have it."""
    return f"<tr><th scope='row'>{SMALL}</th><td>2025. gads</td>{cells}</tr>"


CLIENTS = "<table><caption>Klienti pašvaldību jaunākajās atskaitēs</caption><tr><th>Pašvaldība</th><th>Laiks</th>"
RETURNS = "<th>Klienti</th><th>Noslodze</th><th>Klienti uz 1000 iedzīvotājiem</th></tr>"
INDICATORS = "data/indicators.csv"


def before_the_end(site: dict[str, bytes], name: str, piece: str) -> dict[str, bytes]:
    """The finished page with a piece more."""
    page = site[name].decode()
    assert page.count("</main>") == 1
    return {name: page.replace("</main>", f"{piece}</main>").encode()}


def in_the_picture(site: dict[str, bytes], piece: str) -> dict[str, bytes]:
    """The first SVG file with a piece more."""
    name = next(name for name in sorted(site) if name.endswith(".svg"))
    return {name: site[name].decode().replace("</svg>", f"{piece}</svg>").encode()}


def in_the_download(site: dict[str, bytes], released: Releases, column: str, value: str) -> dict[str, bytes]:
    """The table of indicators with the number of the small municipality filled in."""
    rows = pd.read_csv(io.BytesIO(site[INDICATORS]), dtype=str, keep_default_na=False)
    here = rows["indicator"].eq("reported_clients") & rows["territory_lv"].eq(SMALL) & rows["period"].eq("2025")
    assert here.sum() == 1
    rows.loc[here, column] = value
    return {INDICATORS: rows.to_csv(index=False).encode()}


def in_the_workbook(site: dict[str, bytes], cells: tuple[str, ...], state: str) -> dict[str, bytes]:
    """The workbook with a sheet more."""
    book = openpyxl.load_workbook(io.BytesIO(site["lv/zemgale.xlsx"]))
    sheet = book.create_sheet("Klienti atskaitēs")
    sheet.sheet_state = state
    sheet.append(("Pašvaldība", "Laiks", "Klienti"))
    sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return {"lv/zemgale.xlsx": stream.getvalue()}


def residents(released: Releases) -> float:
    """Those by which the clients of the small municipality are divided."""
    figures = open_data(released.public[-1]).figures
    here = figures["measure"].eq("population") & figures["territory"].eq(code_of(released)) & figures["value"].gt(0)
    return float(figures[here].sort_values("period")["value"].iloc[-1])


def code_of(released: Releases) -> str:
    return str(released.counts.loc[released.counts["name"] == SMALL, "municipality"].iloc[0])


def of_zemgale(released: Releases) -> int:
    """All clients of the region in the last year."""
    counts = released.counts
    return int(counts.loc[counts["region"].eq("zemgale") & counts["year"].eq("2025"), "count"].sum())


def linked(text: str) -> str:
    return f"<a class='download' href='data:text/csv;base64,{base64.b64encode(text.encode()).decode()}'>CSV</a>"


PAGE = "lv/zemgale-report.html"
PLANTED: dict[str, Callable[[dict[str, bytes], Releases], dict[str, bytes]]] = {
    "a cell of a table": lambda s, r: before_the_end(s, PAGE, CLIENTS + RETURNS + row_of("<td>3</td><td></td><td></td>")),
    "a cell of a service": lambda s, r: before_the_end(s, "lv/zemgale.html", f"<table><tr><th>{SMALL}</th><td>patversme</td><td>pilngadīgie</td><td>2025</td><td>3</td></tr></table>"),
    "a sentence": lambda s, r: before_the_end(s, PAGE, f"<p>2025. gadā {SMALL}: 3 klienti.</p>"),
    "a sentence that does not say of whom": lambda s, r: before_the_end(s, PAGE, f"<p>{SMALL} 2025. gadā: 3.</p>"),
    "a number in words": lambda s, r: before_the_end(s, PAGE, f"<p>2025. gadā {SMALL}: trīs klienti.</p>"),
    "alternative text": lambda s, r: before_the_end(s, PAGE, f"<svg role='img' aria-label='Klienti, {SMALL}, 2025: 3'></svg>"),
    "a title in a picture": lambda s, r: in_the_picture(s, f"<g><title>{SMALL}, 2025: 3 klienti</title></g>"),
    "a label in a picture": lambda s, r: in_the_picture(s, f"<text x='1' y='2'>{SMALL} 2025: 3</text>"),
    "a download in the page": lambda s, r: before_the_end(s, PAGE, linked(f"Pašvaldība;Laiks;Klienti\n{SMALL};2025;3\n")),
    "the workbook": lambda s, r: in_the_workbook(s, (SMALL, "2025. gads", "3"), "visible"),
    "a hidden sheet": lambda s, r: in_the_workbook(s, (SMALL, "2025. gads", "3"), "veryHidden"),
    "the list of municipalities": lambda s, r: before_the_end(s, PAGE, f"<h4>{SMALL}</h4><dl><dt>Klienti jaunākajā atskaitē</dt><dd>3</dd></dl>"),
    "a rate in the table of returns": lambda s, r: before_the_end(s, PAGE, CLIENTS + RETURNS + row_of(f"<td>{HIDDEN}</td><td></td><td>{3000 / residents(r):.3f}</td>".replace(".", ","))),
    "a share of the region": lambda s, r: before_the_end(s, PAGE, f"<p>2025. gadā {SMALL} bija {100 * 3 / of_zemgale(r):.2f} % klientu Zemgalē.</p>"),
    "the value of a download": lambda s, r: in_the_download(s, r, "value", "3"),
    "the parts of a download": lambda s, r: in_the_download(s, r, "numerator", "3.0"),
    "a remark of a download": lambda s, r: in_the_download(s, r, "also", "units=1; previous=3"),
    "an upper bound": lambda s, r: before_the_end(s, PAGE, f"<p>2025. gadā {SMALL}: mazāk nekā 5 klienti</p>"),
}  # fmt: skip


def small(body: str) -> bytes:
    """A page of its own with a piece."""
    return f"<!DOCTYPE html><html lang='lv'><body><h2>Pakalpojumi</h2>{body}</body></html>".encode()


def told(body: str) -> bytes:
    """A sentence on a page of its own."""
    return small(f"<p>{body}</p>")


def comma(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def others_of_zemgale(released: Releases) -> int:
    return of_zemgale(released) - 3


def in_order_of_counts(released: Releases) -> str:
    """Rows of all municipalities by their clients of 2025, those that are hidden without their number."""
    counts = (
        released.counts[released.counts["year"] == "2025"]
        .groupby(["name", "municipality"], as_index=False)["count"]
        .sum()
    )
    sums = open_data(released.public[-1]).sums
    here = (
        sums["level"].eq("municipality")
        & sums["period"].eq("2025")
        & sums["service_type"].eq("all")
        & sums["target_group"].eq("all")
    )
    seen = sums[here].set_index("territory")["value"]
    rows = "".join(
        f"<tr><th>{row['name']}</th><td>{HIDDEN if pd.isna(seen[row['municipality']]) else int(row['count'])}</td></tr>"
        for row in counts.sort_values("count").to_dict("records")
    )
    return f"<table><caption>Klienti 2025. gadā</caption><tr><th>Pašvaldība</th><th>Klienti</th></tr>{rows}</table>"


def in_proportion(released: Releases, shape: str) -> str:
    """A shape for each municipality, as long as it has clients."""
    counts = released.counts[released.counts["year"] == "2025"].groupby("name")["count"].sum()
    return "".join(
        shape.format(name=name, at=30 * at, size=1.5 * count) for at, (name, count) in enumerate(counts.items())
    )


def sheet_called(name: str) -> bytes:
    """A workbook whose only sheet has a name and nothing else."""
    book = openpyxl.Workbook()
    book.active.title = name
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


KIND = "Klienti 2025"
BAR = "<rect x='200' y='{at}' width='{size}' height='9'/><text x='0' y='{at}'>{name}</text>"
UPRIGHT = "<rect x='{at}' y='0' width='9' height='{size}'/><text x='{at}' y='990'>{name}</text>"
EVERYWHERE: dict[str, tuple[str, Callable[[Releases], bytes]]] = {
    "a genitive": ("html", lambda r: told(f"{SMALL}, 2025: 3 klientu atskaite")),
    "a dative": ("html", lambda r: told(f"{SMALL} 2025. gadā palīdzēja 3 klientiem")),
    "other words for people": ("html", lambda r: told(f"{SMALL} 2025. gadā: 3 cilvēki saņēma pakalpojumu")),
    "persons": ("html", lambda r: told(f"{SMALL}, 2025: 3 personas")),
    "persons in English": ("html", lambda r: told(f"{SMALL}, 2025: three people")),
    "recipients": ("html", lambda r: told(f"{SMALL} 2025: pakalpojumu saņēmējiem (3)")),
    "adults of a service": ("html", lambda r: told(f"{SMALL} 2025, patversme, pilngadīgie: 3")),
    "a share with decimals": (
        "html",
        lambda r: told(f"{SMALL} 2025: {comma(100 * 3 / of_zemgale(r), 3)} % Zemgales klientu"),
    ),
    "a fraction": ("html", lambda r: told(f"{SMALL} 2025: {comma(3 / of_zemgale(r), 5)} no Zemgales klientiem")),
    "a rate with four decimals": (
        "html",
        lambda r: told(f"{SMALL} 2025: {comma(3000 / residents(r), 4)} klienti uz 1000 iedzīvotājiem"),
    ),
    "a rate per 100,000": (
        "html",
        lambda r: told(f"{SMALL} 2025: {comma(300000 / residents(r), 2)} klienti uz 100 000"),
    ),
    "all others": ("html", lambda r: told(f"Zemgalē, izņemot {SMALL}, 2025. gadā bija {others_of_zemgale(r)} klienti")),
    "a rank": ("html", lambda r: told(f"{SMALL} 2025: 6. vieta pēc klientu skaita")),
    "the fewest": ("html", lambda r: told(f"Vismazāk klientu 2025. gadā: {SMALL}")),
    "a class": ("html", lambda r: told(f"{SMALL} 2025: 1–4 klienti")),
    "a row of marks": ("html", lambda r: told(f"{SMALL} 2025, klienti: ●●●")),
    "a sort order": ("html", lambda r: small(in_order_of_counts(r))),
    "a sort key": (
        "html",
        lambda r: small(
            f"<table><tr><th>{KIND}</th></tr><tr data-order='3'><th>{SMALL}</th><td>{HIDDEN}</td></tr></table>"
        ),
    ),
    "a tooltip": ("html", lambda r: small(f"<p title='{SMALL}, 2025: 3 klienti'>{HIDDEN}</p>")),
    "a label for screen readers": ("html", lambda r: small(f"<p aria-label='{SMALL}, 2025: 3 klienti'>{HIDDEN}</p>")),
    "a remark in the source": ("html", lambda r: small(f"<!-- {SMALL} 2025: 3 klienti -->")),
    "a description of the page": (
        "html",
        lambda r: small(f"<meta name='description' content='{SMALL}, 2025: 3 klienti'>"),
    ),
    "structured data": (
        "html",
        lambda r: small(
            f"<script type='application/ld+json'>{json.dumps({'name': f'Klienti, {SMALL}, 2025', 'value': 3})}</script>"
        ),
    ),
    "an anchor": ("html", lambda r: small("<h3 id='klienti-jekabpils-novads-2025-3'>Klienti</h3>")),
    "where a link leads": ("html", lambda r: small("<a href='klienti.html?novads=jekabpils-novads&n=3'>vairāk</a>")),
    "a heading above the number": ("html", lambda r: small(f"<h3>{SMALL}, klienti 2025</h3><p>3</p>")),
    "a bar of the style": (
        "html",
        lambda r: small(f"<h3>{KIND}</h3>" + in_proportion(r, "<i title='{name}' style='width:{size}px'></i>")),
    ),
    "a meter": (
        "html",
        lambda r: small(f"<h3>{KIND}</h3>" + in_proportion(r, "<meter title='{name}' value='{size}'></meter>")),
    ),
    "the length of a bar": ("svg", lambda r: f"<svg><title>{KIND}</title>{in_proportion(r, BAR)}</svg>".encode()),
    "the height of a bar": ("svg", lambda r: f"<svg><title>{KIND}</title>{in_proportion(r, UPRIGHT)}</svg>".encode()),
    "the description of a picture": (
        "svg",
        lambda r: f"<svg><title>{KIND}</title><desc>{SMALL}: 3</desc></svg>".encode(),
    ),
    "an axis": (
        "svg",
        lambda r: f"<svg><title>{SMALL}, klienti 2025</title><text>0</text><text>3</text></svg>".encode(),
    ),
    "texts beside points": ("png", lambda r: planted.points(f"Klienti, {SMALL}, 2025", 3)),
    "a second download": ("csv", lambda r: f"novads;gads;klienti\n{SMALL};2025;3\n".encode()),
    "the year before": ("csv", lambda r: f"novads;gads;klienti\n{SMALL};2024;3\n".encode()),
    "the code of the place": ("csv", lambda r: f"territory,period,clients\n{code_of(r)},2025,3\n".encode()),
    "records": ("json", lambda r: json.dumps([{"territory": code_of(r), "period": "2025", "clients": 3}]).encode()),
    "lists": ("json", lambda r: json.dumps([["novads", "gads", "klienti"], [SMALL, "2025", 3]]).encode()),
    "nested names": ("json", lambda r: json.dumps({"clients": {"2025": {SMALL: 3}}}).encode()),
    "properties of a workbook": ("xlsx", lambda r: planted.book_with("description", f"{SMALL}, 2025: 3 klienti")),
    "the name of a sheet": ("xlsx", lambda r: sheet_called(f"{SMALL} 2025 klienti 3")),
    "a class with one member": (
        "html",
        lambda r: small(f"<h3>{KIND}, Zemgale</h3><p>1–4 klienti: {SMALL}; 5–49: 0 pašvaldību</p>"),
    ),
    "a class of a map": (
        "svg",
        lambda r: f"<svg><title>{KIND}</title><g><title>1–4</title><text>{SMALL}</text></g></svg>".encode(),
    ),
    "what a later year calls previous": (
        "csv",
        lambda r: f"novads;gads;klienti;also\n{SMALL};2026;;units=1; previous=3\n".encode(),
    ),
    "old borders": ("csv", lambda r: "novads;gads;klienti\nJēkabpils novads (līdz 2021);2025;3\n".encode()),
}


@pytest.fixture(scope="module")
def found_everywhere(releases: Releases) -> list[str]:
    """What the gate says of all these files, each of which would be enough."""
    files = {f"leak-{letters(at)}.{ending}": make(releases) for at, (ending, make) in enumerate(EVERYWHERE.values())}
    return given_away(files, releases.whole, releases.shown)


HARMLESS: dict[str, Callable[[], bytes]] = {
    "a rank among other people at no time": lambda: small(f"<h4>Visvairāk personu: {SMALL}, 122</h4>"),
    "a number of municipalities": lambda: (
        "indicator,period,territory,service_type,numerator\nmunicipalities_with_service,2025,Zemgale,shelter,3\n"
        f"municipalities_with_service,2025,{SMALL},shelter,3\n"
    ).encode(),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_counts_something_else_holds_no_site_back(kind: str, releases: Releases) -> None:
    name = "a.csv" if b"indicator," in HARMLESS[kind]() else "a.html"
    assert given_away({name: HARMLESS[kind]()}, releases.whole, releases.shown) == []


def letters(at: int) -> str:
    return "abcdefghij"[at // 10] + "abcdefghij"[at % 10]


def test_at_least_fifty_kinds_are_planted() -> None:
    assert len(PLANTED) + len(EVERYWHERE) >= 50


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_leak_is_found_wherever_it_is(kind: str, found_everywhere: list[str]) -> None:
    name = f"leak-{letters(list(EVERYWHERE).index(kind))}."
    assert any(each.startswith(name) for each in found_everywhere), found_everywhere


@pytest.mark.usefixtures("remembering")
def test_the_finished_site_passes(releases: Releases, site: dict[str, bytes]) -> None:
    refuse_leaks(site, releases.whole, releases.public[-1], releases.output)


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("kind", PLANTED)
def test_a_leak_in_a_finished_file_holds_the_site_back(kind: str, releases: Releases, site: dict[str, bytes]) -> None:
    planted = PLANTED[kind](site, releases)
    (name,) = planted
    assert planted[name] != site[name]
    with pytest.raises(HeldBack, match=rf"^Nothing was published: {name}") as held:
        refuse_leaks(planted, releases.whole, releases.public[-1], releases.output, releases.shown)
    for problem in str(held.value).removeprefix("Nothing was published: ").split("; "):
        cells = problem.partition("a hidden number ")[2].replace(code_of(releases), "").replace("LV009", "")
        assert cells and not re.search("[0-9]", re.sub(r"\((2023|2024|2025)\)", "", cells)), problem


@pytest.mark.usefixtures("site")
def test_a_site_that_is_held_back_ends_with_its_own_code(
    releases: Releases, chapters: Path, nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stood before stands, and the code is not that of an ordinary failure."""
    before = contents_shown(releases.output, "site")
    leak = "lv/zemgale.html: a hidden number is shown: 0031000 (2025)"
    monkeypatch.setattr("socsvc_analysis.report.gatekeeping.given_away", lambda *_: [leak])
    monkeypatch.setattr("socsvc_analysis.report.run.make_reports", partial(make_reports, nursery=nursery))
    (releases.output / "manifest.json").unlink()  # what it is about to say is made again; the chapters stand
    folders = ["--data", releases.project / "data", "--output", releases.output, "--notebooks", chapters]
    result = CliRunner().invoke(app, ["run", "-r", "zemgale", "-l", "lv", *map(str, folders)])
    assert result.exit_code == 4, result.output
    assert contents_shown(releases.output, "site") == before


@pytest.mark.parametrize(
    ("language", "row", "said"),
    [
        ("en", r"Clients on a given date +2025 +\d+ +\d+ +\d+", "as released"),
        ("lv", r"Klienti noteiktā datumā +2025 +\d+ +\d+ +\d+", "kā publicēts"),
    ],
)
def test_the_owner_learns_how_many_numbers_are_hidden(
    language: str, row: str, said: str, releases: Releases, tmp_path: Path
) -> None:
    where = ["--data", str(releases.project / "data"), "--output", str(releases.output), "-l", language]
    result = CliRunner().invoke(app, ["hidden", *where], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert said in result.output
    assert re.search(row, result.output)
    refused = CliRunner().invoke(app, ["hidden", *where, "--page", str(releases.output / "site/hidden.html")])
    assert refused.exit_code == 2


def test_the_page_for_the_owner_compares_designs(releases: Releases, tmp_path: Path) -> None:
    where = ["--data", str(releases.data[0]), "--output", str(releases.output), "-l", "lv"]
    result = CliRunner().invoke(app, ["hidden", *where, "--page", str(tmp_path / "hidden.html")])
    assert result.exit_code == 0, result.output
    text = (tmp_path / "hidden.html").read_text(encoding="utf-8")
    assert '<html lang="lv">' in text and text.count("<table") == 4
    assert "Mazāk slēptu izvēle totals" in text
    assert SMALL not in text
