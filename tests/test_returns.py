"""Imported returns flow into indicators and pages without touching code."""

from __future__ import annotations

import datetime as dt
import html
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from broken_files import HEAD, table
from packages import DATA

from socsvc_analysis import indicators, sections, wording
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.dataset import Dataset, open_data
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.markup import piece
from socsvc_analysis.observations import chosen, open_observations
from socsvc_analysis.reference import Reference, open_reference

TODAY = dt.date(2026, 11, 24)
ROWS = (
    "Bauskas novads,home_care,all,2024,500,",
    "Bauskas novads,home_care,all,2025,120,",
    "Bauskas novads,shelter,all,2025,8,10",
    "Bauskas novads,shelter,homeless_persons,2025,6,9",
    "Dobele,day_care_centre,GRT,2025,30,20",
    "Dobele,day_care_centre,FT,2025,10,…",
    "Rīga,shelter,all,2025,400,500",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("returns")
    shutil.copytree(DATA, project / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    path = project / "a.csv"
    path.write_text(table(*ROWS, head=HEAD), encoding="utf-8")
    report = import_file(path, project / "data", output=project / "outputs", today=TODAY)
    assert (report.code, report.accepted) == (0, len(ROWS)), report.problems
    return project / "data"


def opened(folder: Path, audience: str) -> tuple[pd.DataFrame, Reference, Package]:
    package = open_package(folder, audience=audience)
    reference = open_reference(package)
    return chosen(open_observations(package, reference), reference), reference, package


def values(frame: pd.DataFrame) -> dict[str, float]:
    latest = indicators.latest_reported(frame)
    return dict(zip(latest["territory"], latest["value"], strict=True))


def test_the_latest_return_counts_and_no_part_beside_its_whole(folder: Path) -> None:
    figures, reference, _ = opened(folder, "internal")
    assert values(indicators.returns.reported_places(Dataset(figures, reference))) == {
        "0025000": 10,
        "0028000": 20,
        "0001000": 500,
        "LV009": 30,
        "LV00A": 500,
        "LV": 530,
    }
    clients = indicators.returns.reported_clients(Dataset(figures, reference))
    assert values(clients) == {
        "0025000": 128,
        "0028000": 40,
        "0001000": 400,
        "LV009": 168,
        "LV00A": 400,
        "LV": 568,
    }
    latest = indicators.latest_reported(clients).set_index("territory")
    assert set(latest["period"]) == {"2025"}
    assert latest.at["0028000", "region"] == "zemgale"
    # Two of Zemgale's municipalities have reported: their sum is at least what it says.
    assert latest.loc["LV009", ["units", "status"]].tolist() == [2, "estimated"]
    assert "partial_sum" in latest.at["LV009", "notes"]
    assert latest.loc["0025000", ["units", "of_units", "status"]].tolist() == [1, 1, "normal"]


def test_occupancy_is_of_services_with_both_numbers(folder: Path) -> None:
    figures, reference, _ = opened(folder, "internal")
    full = indicators.returns.occupancy_rate(Dataset(figures, reference)).set_index("territory")
    # Of the services and municipalities with both numbers: 8 + 30 clients in 10 + 20 places.
    assert full["value"].round(1).to_dict() == {
        "0025000": 80,
        "0028000": 150,
        "0001000": 80,
        "LV009": 126.7,
        "LV00A": 80,
        "LV": 82.6,
    }
    assert (full.at["0028000", "numerator"], full.at["0028000", "denominator"]) == (30, 20)


def test_clients_are_compared_with_the_last_known_residents(folder: Path) -> None:
    figures, reference, _ = opened(folder, "internal")
    rates = indicators.latest_reported(indicators.returns.clients_per_1000(Dataset(figures, reference))).set_index(
        "territory"
    )
    riga = rates.loc["0001000"]
    assert riga["value"] == pytest.approx(400 / riga["denominator"] * 1000)
    assert 500_000 < riga["denominator"] < 700_000
    assert riga["lower"] < riga["value"] < riga["upper"]
    # A region is divided by the residents of those who reported.
    zemgale = rates.loc["LV009"]
    assert zemgale["denominator"] == rates.loc["0025000", "denominator"] + rates.loc["0028000", "denominator"]


def test_the_public_sees_places_and_no_small_number(folder: Path) -> None:
    data, whole = (open_data(folder, audience=audience) for audience in ("public", "internal"))
    assert len(indicators.returns.reported_places(data)) == 6
    at = ["territory", "period"]
    people, true = (indicators.returns.reported_clients(each).set_index(at).sort_index() for each in (data, whole))
    assert set(people.index) == set(true.index)
    known = people["value"].notna()
    assert known.any()
    assert (people["value"] == true["value"])[known].all()
    assert set(people.loc[~known, "status"]) <= {"confidential"}
    assert (people["units"] == true["units"]).all()  # what is not shown was reported all the same
    given = data.figures[(data.figures["evidence"] == "received") & (data.figures["measure"] == "clients")]
    assert not (given["value"] < 5).any()
    figures, reference, _ = opened(folder, "public")
    words = wording.in_language("lv", reference)
    places = indicators.returns.reported_places(Dataset(figures, reference))
    shown = sections.reported_places(places, region="zemgale", words=words).markup
    text = html.unescape(re.sub("<[^>]+>", " ", shown))
    assert "Bauskas novads" in text
    assert "Rīga" not in text


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_tables_show_each_municipality_once(folder: Path, language: str) -> None:
    figures, reference, _ = opened(folder, "internal")
    words = wording.in_language(language, reference)
    frames = [
        function(Dataset(figures, reference))
        for function in (
            indicators.returns.reported_clients,
            indicators.returns.occupancy_rate,
            indicators.returns.clients_per_1000,
        )
    ]
    shown = sections.reported_clients(*frames, region="zemgale", words=words).markup
    assert shown.count("<tr") == 4
    assert words.percent(80) in html.unescape(shown)
    assert words.percent(150) in html.unescape(shown)
    everywhere = sections.reported_clients(*frames, region="latvija", words=words).markup
    assert everywhere.count("<tr") == 7


@pytest.mark.slow
def test_groups_of_an_age_are_compared_with_residents_of_that_age(folder: Path) -> None:
    figures, reference, _ = opened(folder, "internal")
    residents = figures[figures["measure"] == "population"].iloc[:1]
    children = residents.assign(territory="0025000", target_group="children", period="2024-01-01", value=8000.0, id="X")
    child_clients = figures[(figures["evidence"] == "received") & (figures["territory"] == "0025000")].iloc[:1]
    child_clients = child_clients.assign(
        measure="clients", target_group="children", service_type="respite", period="2025", value=16.0, kind="actual"
    )
    together = pd.concat([figures, children, child_clients], ignore_index=True)
    rates = indicators.returns.clients_per_1000(Dataset(together, reference))
    rate = rates[(rates["territory"] == "0025000") & (rates["target_group"] == "children")].iloc[0]
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (2.0, 16.0, 8000.0)
    # Madona was counted in two units before they were joined; the units of that day are summed for an age as for all.
    parts = [children.assign(territory=code, value=500.0, id=code) for code in ("0038000", "0055000")]
    joined = pd.concat([figures, *parts, child_clients.assign(territory="0038001")], ignore_index=True)
    rates = indicators.returns.clients_per_1000(Dataset(joined, reference))
    rate = rates[(rates["territory"] == "0038001") & (rates["target_group"] == "children")].iloc[0]
    assert (rate["value"], rate["denominator"], rate["residents_on"]) == (16.0, 1000.0, "2024-01-01")
    # A page shows both numbers, the date on which residents were counted, and who counted them.
    words = wording.in_language("en", reference)
    whole = indicators.returns.reported_clients(Dataset(joined, reference))
    occupancy = indicators.returns.occupancy_rate(Dataset(joined, reference))
    shown = sections.reported_clients(whole, occupancy, rates, region="vidzeme", words=words).markup
    text = " ".join(html.unescape(re.sub("<[^>]+>", " ", shown)).split())
    assert "residents of the same age" in text
    assert "Children 16 1,000 16.0 1 Jan 2024" in text
    assert piece("references", sources=rate["sources"], words=words).markup in shown
