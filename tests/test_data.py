"""The data that ship with the project: complete, unchanged, and with the facts that started it."""

from __future__ import annotations

import shutil
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from founding import FOUNDING, NAMED_BY, facts_with_rows
from packages import DATA

from socsvc_analysis import indicators, observations
from socsvc_analysis import tables as contracts
from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.values import FT, GRT
from socsvc_analysis.reference import Reference, acknowledged_today, present_municipalities, successors
from socsvc_analysis.schema import DataError
from socsvc_analysis.territories import moved_between_regions

NOW = "9999-12-31"
CENSUS = ("2019-01-01", "2020-01-01")
FIGURES = tuple(f"DI{number:04d}" for number in range(1, 731))


def value(figures: pd.DataFrame, **wanted: str) -> float:
    """The one published number that has the wanted codes."""
    return observations.select(figures, **wanted)["value"].item()


def served(figures: pd.DataFrame, territory: str, group: str, kind: str, period: str) -> float:
    return value(
        figures,
        measure="persons_served",
        territory=territory,
        target_group=group,
        kind=kind,
        period=period,
        programme="di_9221",
        service_type="all",
    )


# The package

FILLED_BY_USERS = (
    "received",
    "received_open",
    "corrections",
    "received_files",
    "revisions",
    "standard_populations",
    "towns",
    "column_names",
    "value_names",
)


def test_the_package_opens_for_everybody(real_package: Package) -> None:
    assert not real_package.synthetic
    assert real_package.restricted == ("received", "revisions")
    assert open_package(DATA / "datapackage.json", audience="public").descriptor == real_package.descriptor
    for name in real_package.tables():
        assert len(real_package.table(name)) or name in FILLED_BY_USERS, name


def test_every_file_has_an_entry_with_its_origin(real_package: Package) -> None:
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    assert files == {real_package.file(name) for name in real_package.names()}
    for resource in real_package.descriptor["resources"]:
        assert resource["title"]
        assert resource["sources"]
        assert resource["licenses"]
        assert resource["retrieved"]
        assert resource["access"] in ("open", "restricted")


def test_the_schemas_are_those_of_the_contracts(real_package: Package) -> None:
    for resource in real_package.descriptor["resources"]:
        assert resource["schema"] == contracts.contract_for(resource["name"]).table_schema(), resource["name"]


@pytest.mark.slow
def test_the_descriptor_is_a_valid_data_package() -> None:
    report = frictionless.validate(str(DATA / "datapackage.json"))
    assert report.valid, report.flatten(["title", "note"])


def test_files_are_plain_utf8_with_unix_line_ends() -> None:
    for path in DATA.rglob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content, path.name
        assert content.endswith(b"\n"), path.name
        content.decode("utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def test_a_changed_byte_is_named_with_both_hashes(copy: Path, real_package: Package) -> None:
    file = copy / "observations" / "published_figures.csv"
    content = file.read_bytes()
    file.write_bytes(content[:-2] + b"x\n")
    with pytest.raises(DataError) as failure:
        open_package(copy)
    (problem,) = failure.value.problems
    assert problem.file == "observations/published_figures.csv"
    recorded = next(each for each in real_package.descriptor["resources"] if each["name"] == "published_figures")
    assert f"expected {recorded['hash']}, found sha256:" in problem.problem


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "reference" / "sources.csv").unlink()
    with pytest.raises(DataError, match=r"reference/sources\.csv: the file is missing"):
        open_package(copy)


def test_an_unknown_table_names_the_nearest(real_package: Package) -> None:
    with pytest.raises(DataError, match=r"'measure' is not a resource .*; nearest known: measures"):
        real_package.table("measure")


# All figures


def test_every_published_figure_is_there_exactly_once(real_package: Package, real_published: pd.DataFrame) -> None:
    uncoded = real_package.table("uncoded_figures")["id"].tolist()
    coded = real_published.loc[real_published["id"].str.startswith("DI"), "id"].tolist()
    assert sorted([*coded, *uncoded]) == list(FIGURES)


def test_no_figure_is_from_nowhere(real_published: pd.DataFrame, real_tables: Reference) -> None:
    assert real_published["id"].is_unique
    opened = real_tables.sources.set_index("source")["url_status"]
    parsed = real_published[real_published["evidence"] == "parsed"]
    assert set(parsed["status"]) <= {"provisional", "disputed"}
    # A source without an address names its publisher.
    nameless = real_tables.sources[(opened == "not_retained").to_numpy() & (real_tables.sources["publisher"] == "")]
    assert not real_published.loc[real_published["source"].isin(nameless["source"]), "status"].eq("normal").any()


def test_municipal_codes_exist_on_the_date_of_the_figure(real_published: pd.DataFrame, real_tables: Reference) -> None:
    units = real_tables.municipalities.set_index("code")
    local = real_published[observations.is_municipality(real_published["territory"]) & (real_published["period"] != "")]
    others = "code_before_2009|applicant_before_reform|restated_by_publisher"
    local = local[~local["note"].str.contains(others)]
    begins = local["territory"].map(units["valid_from"])
    ends = local["territory"].map(units["valid_to"]).replace("", NOW)
    first = local["period"].str.split("/").str[0]
    last = local["period"].str.split("/").str[-1]
    late = local[(first.str[:4] > ends.str[:4]) | (last.str[:4] < begins.str[:4])]
    assert late["id"].tolist() == []


def test_every_source_disagreement_is_kept(real_published: pd.DataFrame, real_tables: Reference) -> None:
    found = observations.disagreements(real_published, real_tables)
    assert {"DI0609", "DI0611"} <= set(found["id"])
    assert found.groupby(list(observations.IDENTITY))["chosen"].sum().eq(1).all()


# The facts that started it

DOCUMENTS = {
    "F1": ("lm_letter_2019_zemgale", 20),
    "F2": ("kurzeme_letter_2019", 2),
    "F3": ("socquality_start_2018", 16),
    "F4": ("lm_riga_2016", 16),
    "F5": ("lpr_programme_2010", 8),
}
"""The source of each document, and how many facts it holds."""


def test_every_fact_of_the_founding_documents_is_listed() -> None:
    facts = FOUNDING["fact"].drop_duplicates()
    expected = [f"{code}-{at:02d}" for code, (_, count) in DOCUMENTS.items() for at in range(1, count + 1)]
    assert facts.tolist() == expected
    assert len(facts) == 62


@pytest.mark.parametrize("table", NAMED_BY)
def test_every_founding_fact_stands_in_a_row_that_cites_its_document(real_package: Package, table: str) -> None:
    facts = facts_with_rows(real_package, table)
    assert len(facts)
    sources = facts["fact"].str[:2].map({code: source for code, (source, _) in DOCUMENTS.items()})
    assert facts.loc[facts["cites"] != sources, ["fact", "row", "cites"]].values.tolist() == []


def test_every_statement_is_a_founding_fact(real_tables: Reference) -> None:
    assert set(real_tables.statements["statement"]) == set(FOUNDING.loc[FOUNDING["table"] == "statements", "row"])


def test_the_milestone_of_2018_and_the_targets_of_2023(real_figures: pd.DataFrame) -> None:
    assert served(real_figures, "LV", GRT, "actual", "2018-12-31") == 285
    assert served(real_figures, "LV", FT, "actual", "2018-12-31") == 650
    assert served(real_figures, "LV", GRT, "target", "2023") == 2100
    assert served(real_figures, "LV", FT, "target", "2023") == 3400
    assert value(real_figures, measure="municipalities_participating", territory="LV") == 115


def test_zemgale_served_against_its_plan(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    shares = indicators.clients.served_of_plan(Dataset(real_figures, real_tables))
    shares = shares[(shares["territory"] == "LV009") & (shares["period"] == "2021")].set_index("target_group")
    assert shares.loc[GRT, ["numerator", "denominator"]].tolist() == [166, 249]
    assert shares.loc[FT, ["numerator", "denominator"]].tolist() == [299, 440]
    services = indicators.clients.served_by_service(Dataset(real_figures, real_tables))
    services = services[services["territory"] == "LV009"].groupby("target_group")["value"].sum()
    assert services[GRT] == 278
    assert services[FT] == 397


def test_a_later_plan_of_zemgale_is_a_version_and_not_the_plan_of_2021(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    plans = observations.select(
        real_figures, measure="persons_served", territory="LV009", kind="plan", programme="di_9221", service_type="all"
    )
    for on, adults, children in (("2021-12-31", 249, 440), ("2022-01-01", 351, 521), ("2023-12-31", 351, 521)):
        valid = observations.valid_version(plans, real_tables, on).set_index("target_group")["value"]
        assert valid.to_dict() == {GRT: adults, FT: children}


def test_zemgale_assessments_had_four_versions_of_the_plan(
    real_published: pd.DataFrame, real_tables: Reference
) -> None:
    versions = indicators.progress.plan_versions(Dataset(real_published, real_tables))
    versions = versions[(versions["territory"] == "LV009") & (versions["measure"] == "persons_assessed")]
    wide = versions.pivot(index="order", columns="target_group", values="value").sort_index()
    assert wide[GRT].tolist() == [300, 502, 542, 545]
    assert wide[FT].tolist() == [356, 510, 631, 630]
    assert wide["children_out_of_family"].tolist() == [334, 276, 276, 276]


def test_socquality_keeps_both_amounts(real_published: pd.DataFrame, real_tables: Reference) -> None:
    assert value(real_published, measure="cost_total", territory="LV009", programme="socquality") == 791256.20
    erdf = observations.select(real_published, measure="funding_erdf", territory="LV009", programme="socquality")
    amounts = erdf.set_index("value")["status"].to_dict()
    assert amounts == {672576.74: "disputed", 672567.74: "normal"}
    # The thousand people are those to whom services become more accessible, not those served.
    assert value(real_published, measure="persons_with_better_access", programme="socquality") == 1000
    assert observations.select(real_published, measure="persons_served", programme="socquality").empty
    # 85 % of the total is 672 567.77.
    chosen = observations.chosen(erdf, real_tables)
    assert chosen["value"].tolist() == [672567.74]


def test_kurzeme_plan_and_its_amendment(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    plans = observations.select(
        real_figures, measure="persons_served", territory="LV00B", kind="plan", programme="di_9221", service_type="all"
    )
    for on, adults, children in (("2018-12-31", 375, 330), ("2023-08-07", 375, 330), ("2023-08-08", 375, 350)):
        valid = observations.valid_version(plans, real_tables, on).set_index("target_group")["value"]
        assert valid.to_dict() == {GRT: adults, FT: children}
    assert set(plans.loc[plans["target_group"] == FT, "value"]) == {330, 350}


def test_the_starting_position_of_riga(real_figures: pd.DataFrame) -> None:
    assert value(real_figures, measure="places", territory="LV00A", service_type="state_care_centre") == 1458
    assert value(real_figures, measure="clients", territory="LV00A", service_type="childrens_institution") == 572


def test_vidzeme_has_printed_percentages_and_no_plan(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    shares = indicators.clients.served_of_plan(Dataset(real_figures, real_tables))
    shares = shares[shares["territory"] == "LV00C"].set_index("target_group")
    assert shares.loc[GRT, ["numerator", "value"]].tolist() == [179, 41]
    assert shares.loc[FT, ["numerator", "value"]].tolist() == [361, 72]
    assert shares["denominator"].isna().all()


def test_latgale_grew_past_its_plan_and_is_not_capped(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    shares = indicators.clients.served_of_plan(Dataset(real_figures, real_tables))
    children = shares[(shares["territory"] == "LV005") & (shares["target_group"] == FT)].sort_values("period")
    assert children["numerator"].tolist() == [287, 351, 460]
    assert set(children["denominator"]) == {390}
    assert children["value"].tolist() == pytest.approx([73.6, 90.0, 117.9], abs=0.05)
    assert shares["value"].max() > 100


def test_the_printed_error_of_latgale_is_disputed_and_never_the_plan(
    real_published: pd.DataFrame, real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    error = real_published[real_published["id"] == "DI0237"].squeeze()
    assert (error["value"], error["status"]) == (3533, "disputed")
    plans = observations.select(real_figures, measure="persons_served", territory="LV005", kind="plan", target_group=FT)
    assert error["id"] not in set(observations.valid_version(plans, real_tables)["id"])
    for frame in (
        indicators.clients.served_of_plan(Dataset(real_figures, real_tables)),
        indicators.client_path.path_to_service(Dataset(real_figures, real_tables)),
        indicators.clients.served_by_year(Dataset(real_figures, real_tables), targets=True),
        indicators.progress.pace_to_target(Dataset(real_figures, real_tables)),
    ):
        assert not (frame[["denominator", "value"]] == 3533).any().any()


def test_legal_representatives_are_inside_the_total_of_latgale(real_figures: pd.DataFrame) -> None:
    total = served(real_figures, "LV005", "all_di", "actual", "2021-12-31")
    parts = [
        served(real_figures, "LV005", group, "actual", "2021-12-31") for group in (GRT, FT, "legal_representatives")
    ]
    assert (total, parts) == (677, [171, 351, 155])


def test_institutions_hold_fewer_people_but_not_by_a_thousand(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    stock = indicators.progress.institutional_reduction(Dataset(real_figures, real_tables), targets=True).set_index(
        "kind"
    )
    assert stock["value"].to_dict() == {"baseline": 4916, "actual": 4615, "target": 3916}
    assert stock.at["actual", "achieved"] == pytest.approx(30.1)


def test_children_in_institutions_and_all_children_out_of_family_are_two_measures(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    of_2022 = {"territory": "LV", "target_group": "children_out_of_family", "period": "2022"}
    assert value(real_figures, measure="clients", service_type="childrens_institution", **of_2022) == 527
    assert value(real_figures, measure="children_in_out_of_family_care", **of_2022) == 5798
    titles = real_tables.measures.set_index("measure").loc[["clients", "children_in_out_of_family_care"]]
    assert titles["title_lv"].is_unique
    assert titles["title_en"].is_unique


def test_orphan_courts_and_the_ministry_are_never_in_one_series(real_published: pd.DataFrame) -> None:
    inside = real_published[
        real_published["measure"].isin(["clients", "children_in_institutions_ministry"])
        & (real_published["service_type"] == "childrens_institution")
        & (real_published["territory"] == "LV")
    ]
    by_measure = {measure: sorted(rows["value"].unique()) for measure, rows in inside.groupby("measure")}
    assert by_measure == {
        "children_in_institutions_ministry": [568, 705],
        "clients": [518, 527, 794, 1037, 1216],
    }


def test_children_in_families_are_counted_for_more_years(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    shares = indicators.care_balance.children_in_family_care(Dataset(real_figures, real_tables), targets=True)
    shares = shares[shares["kind"].eq("actual") & shares["territory"].eq("LV")].set_index("period")["value"].round(1)
    assert shares.to_dict() == {
        "2017-12-31": 84.5,
        "2018-12-31": 87.7,
        "2019-12-31": 89.7,
        "2020": 90.5,
        "2022": 90.9,
        "2023": 90.2,
    }


# Territories


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("Jelgava", "Jelgava"),
        ("Jēkabpils", "Jēkabpils novads"),
        ("Aizkraukles novads", "Aizkraukles novads"),
        ("Bauskas novads", "Bauskas novads"),
        ("Dobeles novads", "Dobeles novads"),
        ("Jelgavas novads", "Jelgavas novads"),
        ("Jēkabpils novads", "Jēkabpils novads"),
        ("Neretas novads", "Aizkraukles novads"),
        ("Krustpils novads", "Jēkabpils novads"),
        ("Skrīveru novads", "Aizkraukles novads"),
        ("Ozolnieku novads", "Jelgavas novads"),
        ("Vecumnieku novads", "Bauskas novads"),
        ("Skrundas novads", "Kuldīgas novads"),
        ("Rucavas novads", "Dienvidkurzemes novads"),
        ("Kuldīgas novads", "Kuldīgas novads"),
        ("Saldus novads", "Saldus novads"),
        ("Talsu novads", "Talsu novads"),
        ("Liepāja", "Liepāja"),
        ("Ventspils", "Ventspils"),
    ],
)
def test_thanked_municipalities_are_what_they_are_today(real_tables: Reference, then: str, now: str) -> None:
    thanked = acknowledged_today(real_tables)
    assert thanked.loc[thanked["name_as_printed"] == then, "successor_name"].tolist() == [now]
    assert thanked["region"].value_counts().to_dict() == {"zemgale": 12, "kurzeme": 7}


@pytest.mark.parametrize(
    ("on", "count"),
    [
        ("2009-07-01", 118),
        ("2011-01-03", 119),
        ("2021-06-30", 119),
        ("2021-07-01", 43),
        ("2025-06-30", 43),
        ("2025-07-01", 42),
        (NOW, 42),
    ],
)
def test_municipalities_of_each_time(real_tables: Reference, on: str, count: int) -> None:
    assert len(present_municipalities(real_tables.municipalities, on)) == count


def test_all_municipalities_are_119_and_44(real_tables: Reference) -> None:
    before = real_tables.municipalities["valid_from"] < "2021-07-01"
    assert before.sum() == 119
    assert (~before).sum() == 44
    assert real_tables.municipalities["code"].is_unique
    assert set(present_municipalities(real_tables.municipalities)["region"]) == set(real_tables.regions["region"]) - {
        "latvija"
    }


def test_thirteen_units_left_the_riga_region_and_none_came(real_tables: Reference) -> None:
    moved = moved_between_regions(real_tables.municipalities)
    assert set(moved["region_then"]) == {"riga"}
    assert moved["region"].value_counts().to_dict() == {"vidzeme": 9, "kurzeme": 4}


def test_the_two_split_units_leave_four_incomplete_municipalities(real_tables: Reference) -> None:
    municipalities = real_tables.municipalities
    split = municipalities[municipalities["succession"] == "split"]
    assert set(split["name"]) == {"Inčukalna novads", "Aglonas novads"}
    names = municipalities.set_index("code")["name"]
    incomplete = observations.incomplete_municipalities(real_tables)
    assert {names[code] for code in incomplete} == {
        "Siguldas novads",
        "Ropažu novads",
        "Krāslavas novads",
        "Preiļu novads",
    }
    for code in split["code"]:
        assert (
            len(
                {
                    municipalities.set_index("code").at[part, "region"]
                    for part in successors(code, municipalities=municipalities)
                }
            )
            == 1
        )


def test_varaklani_went_into_madona_whose_code_changed(real_tables: Reference) -> None:
    for code in ("0038000", "0055000", "0700800"):
        assert successors(code, municipalities=real_tables.municipalities) == ("0038001",)


def test_the_same_name_is_a_larger_territory(real_tables: Reference) -> None:
    areas = real_tables.municipalities.query("name == 'Aizkraukles novads'").sort_values("valid_from")["area_km2"]
    assert areas.round().tolist() == [102, 2274]


# Residents


@pytest.fixture(scope="module", params=CENSUS)
def residents(request: pytest.FixtureRequest, real_figures: pd.DataFrame) -> pd.DataFrame:
    return observations.select(real_figures, measure="population", period=request.param)


def test_residents_of_all_former_units_are_those_of_the_country(residents: pd.DataFrame) -> None:
    local = residents[observations.is_municipality(residents["territory"])]
    assert len(local) == 119
    assert local["value"].sum() == value(residents, territory="LV")


def test_regions_add_up_to_the_country_in_either_composition(residents: pd.DataFrame, real_tables: Reference) -> None:
    local = residents[observations.is_municipality(residents["territory"])]
    sums = {
        composition: observations.with_region(local, real_tables, composition).groupby("region")["value"].sum()
        for composition in ("today", "then")
    }
    assert sums["today"].sum() == sums["then"].sum() == value(residents, territory="LV")
    # Latgale and Zemgale are the same; what the Rīga region lost, Kurzeme and Vidzeme gained.
    change = sums["today"] - sums["then"]
    assert change["latgale"] == change["zemgale"] == 0
    assert change["riga"] == -(change["kurzeme"] + change["vidzeme"])
    lost = {"2019-01-01": -139_255, "2020-01-01": -139_232}
    assert change["riga"] == lost[residents["period"].iloc[0]]


@pytest.mark.parametrize("on", CENSUS)
def test_residents_within_the_borders_of_today_are_exact(
    real_figures: pd.DataFrame, real_tables: Reference, on: str
) -> None:
    counted = observations.population(real_figures, real_tables, on)
    assert counted["territory"].is_unique
    regions = counted[observations.is_region(counted["territory"])]
    country = counted.loc[counted["territory"] == "LV", "value"].item()
    assert len(regions) == 5
    assert regions["value"].sum() == country
    local = counted[observations.is_municipality(counted["territory"])]
    assert len(local) == 42
    assert set(local.loc[~local["complete"], "territory"]) == observations.incomplete_municipalities(real_tables)
    assert (local["complete"] == local["value"].notna()).all()
    unplaced = country - local["value"].sum()
    rows = observations.select(real_figures, measure="population", period=on)
    moved = observations.restated(rows[observations.is_municipality(rows["territory"])], real_tables)
    inside = moved["territory"].isin(observations.incomplete_municipalities(real_tables)) | ~moved["placed"]
    assert unplaced == moved.loc[inside, "value"].sum()


def test_residents_of_2026_are_of_todays_municipalities_and_exact(
    real_figures: pd.DataFrame, real_tables: Reference
) -> None:
    counted = observations.population(real_figures, real_tables, "2026-01-01").set_index("territory")
    local = counted[observations.is_municipality(counted.index.to_series())]
    assert set(local.index) == set(present_municipalities(real_tables.municipalities)["code"])
    assert counted["complete"].all()
    regions = counted.loc[["LV00A", "LV00B", "LV00C", "LV005", "LV009"], "value"]
    assert regions.tolist() == [847841, 271669, 271223, 235172, 219191]
    assert regions.sum() == local["value"].sum() == counted.at["LV", "value"] == 1_845_096


def test_the_line_of_the_country_says_where_the_method_changes(real_published: pd.DataFrame) -> None:
    country = observations.select(real_published, measure="population", territory="LV", target_group="all")
    noted = country[country["note"].str.contains("population_new_method")]["period"]
    assert sorted(noted) == ["2024-01-01", "2025-01-01", "2026-01-01"]
    # The year in which both methods are published keeps that of its regions.
    assert country.loc[country["period"] == "2023-01-01", "status"].tolist() == ["provisional"]


def test_rates_rest_on_the_last_count_of_all_municipalities(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    rates = indicators.capacity.places_per_1000(Dataset(real_figures, real_tables))
    assert set(rates["period"]) == {"2026-01-01"}
    assert rates["value"].notna().all()
    # Averages of a year, declared residents and changes are measures of their own, so no rate takes them.
    assert {"population_average", "population_registered", "population_change"} <= set(real_figures["measure"])
