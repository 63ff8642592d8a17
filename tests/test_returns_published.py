"""Synthetic returns go the whole restricted way: imported year by year, protected, shown on pages, attacked.

The numbers are invented and marked so; only the names of municipalities and services are real.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import attacker
import pandas as pd
import pytest
import synthetic
from packages import DATA
from typer.testing import CliRunner

from socsvc_analysis import datapackage
from socsvc_analysis.cli import app
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.dataset import open_data
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.reference import open_reference, present_municipalities
from socsvc_analysis.report.public_data import HeldBack, public_package, refuse_leaks
from socsvc_analysis.report.run import make_reports
from socsvc_analysis.report.site import contents_shown

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 24)
SERVICES = ("home_care", "shelter", "day_care_centre")
GROUPS = ("children", "adults")
PLACES = 12
SMALL = "Jēkabpils novads"
COLUMNS = ["region", "municipality", "service_type", "target_group"]


@dataclass(frozen=True)
class Releases:
    """Three yearly versions of synthetic returns, and what was invented."""

    project: Path
    counts: pd.DataFrame
    public: tuple[Package, ...]

    @property
    def output(self) -> Path:
        return self.project / "outputs"


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
    datapackage.seal(project / "data")
    counts = invented(open_reference(open_package(project / "data")).municipalities)
    public = []
    for year, rows in counts.groupby("year"):
        file = project / f"synthetic-{year}.csv"
        named = {"name": "Pašvaldība", "service_type": "Pakalpojums", "target_group": "Mērķa grupa", "year": "Gads"}
        rows[[*named, "count"]].rename(columns=named | {"count": "Klienti"}).to_csv(file, index=False)
        report = import_file(file, project / "data", output=project / "outputs", today=TODAY)
        assert report.accepted == len(rows), report.problems
        public.append(public_package(open_package(project / "data"), project / "outputs"))
    return Releases(project, counts, tuple(public))


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


def test_the_same_version_is_not_protected_anew(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socsvc_analysis.disclosure.figures.released", lambda *_, **__: pytest.fail("protected again"))
    again = public_package(open_package(releases.project / "data"), releases.output)
    assert again.path == releases.public[-1].path


@pytest.fixture(scope="module")
def site(releases: Releases, nursery: object) -> dict[str, bytes]:
    """The pages of Zemgale in Latvian, made of the last version."""
    summary = make_reports(
        releases.project / "data", Path(__file__).parents[1] / "notebooks", releases.output,
        regions=["zemgale"], languages=["lv"], nursery=nursery,
    )  # fmt: skip
    assert summary.complete, summary.reports
    return contents_shown(releases.output, "site")


def test_the_brief_and_the_report_show_what_may_be_shown(releases: Releases, site: dict[str, bytes]) -> None:
    last = releases.counts[releases.counts["year"] == "2025"]
    zemgale = int(last.loc[last["region"] == "zemgale", "count"].sum())
    for name in ("lv/zemgale.html", "lv/zemgale-report.html"):
        text = " ".join(re.sub("<[^>]+>", " ", site[name].decode()).split())
        assert re.search(rf"{SMALL} 2025\. gads dati netiek rādīti", text), name
        assert re.search(rf"Zemgale: \d no 6 pašvaldībām 2025\. gads {zemgale} ", text.replace("\u00a0", " ")), name
    table = pd.read_csv(releases.output / "site/data/indicators.csv", dtype=str, keep_default_na=False)
    people = table[(table["indicator"] == "reported_clients") & (table["period"] == "2025")].set_index("territory_lv")
    assert people.loc[SMALL, ["value", "numerator", "status"]].tolist() == ["", "", "confidential"]


def test_a_leak_in_a_finished_file_holds_the_site_back(releases: Releases, site: dict[str, bytes]) -> None:
    whole, public = open_package(releases.project / "data"), releases.public[-1]
    refuse_leaks(site, whole, public, releases.output)
    planted = {"lv/extra.html": f"<p>2025. gadā {SMALL}: 3 klienti (patversme)</p>".encode()}
    with pytest.raises(HeldBack, match=r"^Nothing was published: lv/extra.html: a hidden number is shown") as held:
        refuse_leaks(planted, whole, public, releases.output)
    assert "3" not in str(held.value).partition("is shown")[2].replace("2023", "").replace("0030", "")


def test_the_owner_learns_how_many_numbers_are_hidden(releases: Releases, tmp_path: Path) -> None:
    where = ["--data", str(releases.project / "data"), "--output", str(releases.output)]
    result = CliRunner().invoke(app, ["hidden", *where, "--page", str(tmp_path / "hidden.html")])
    assert result.exit_code == 0, result.output
    assert "as released" in result.output
    assert re.search(r"clients +2025 +\d+ +\d+ +\d+", result.output)
    assert "clients" in (tmp_path / "hidden.html").read_text(encoding="utf-8")
    refused = CliRunner().invoke(app, ["hidden", *where, "--page", str(releases.output / "site/hidden.html")])
    assert refused.exit_code == 2
