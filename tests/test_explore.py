"""The notebook for exploration without a person at it, and what its parts say of each choice."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import papermill
import pytest
from packages import DATA as FOLDER

from socsvc_analysis.exploring import NAMES, Choice, Chosen, Explorer, open_explorer
from socsvc_analysis.exploring.returns import checked_return
from socsvc_analysis.exploring.tables import interactive, library
from socsvc_analysis.indicators import REGISTRY
from socsvc_analysis.markup import Table
from socsvc_analysis.observations import is_municipality
from socsvc_analysis.schema import DataError

# Whoever explores has what was computed remembered: the tests after these must not.
pytestmark = pytest.mark.usefixtures("remembering")

ROOT = Path(__file__).parents[1]
DATA = FOLDER / "datapackage.json"
SOUND = {"region": "zemgale", "language": "lv", "audience": "public", "data": str(DATA)}


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return open_explorer(**SOUND)


def frame(part: object) -> list[dict]:
    assert isinstance(part, Table)
    return part.frame.to_dict("records")


def drawn_words(explorer: Explorer) -> set[str]:
    """What is written in the picture, with plain spaces."""
    drawn = re.findall(r">([^<>]+)</text>", str(explorer.chart.__html__()))
    return {html.unescape(said).replace("\N{NO-BREAK SPACE}", " ") for said in drawn}


@pytest.mark.parametrize("region", ["zemgale", "latgale", "riga", "latvija"])
def test_the_values_are_of_the_region_and_what_it_is_compared_with(explorer: Explorer, region: str) -> None:
    explorer.choose(region=region, indicator="places_per_1000", comparison="municipalities", municipalities="")
    codes = set(explorer.chosen.municipalities) | {explorer.chosen.territory}
    assert set(explorer.values["territory"]) <= codes
    assert explorer.chart.region == region
    explorer.choose(comparison="country")
    assert set(explorer.values["territory"]) == {explorer.chosen.territory, "LV"}
    explorer.choose(comparison="regions")
    assert not is_municipality(explorer.values["territory"]).any()
    assert "LV009" in set(explorer.values["territory"])


def test_municipalities_without_a_value_are_named(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="places_per_1000", comparison="municipalities", municipalities="")
    assert any("Vērtība nav zināma: Aizkraukles novads, Dobeles novads" in note for note in explorer.chart.notes)
    explorer.choose(municipalities="0025000 0003000")
    assert "Vērtība nav zināma: Jelgava." in explorer.chart.notes
    explorer.choose(municipalities="")


def test_the_picture_that_is_downloaded_says_its_version_of_the_data(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="places_per_1000", comparison="municipalities", municipalities="")
    assert f"Datu versija {explorer.package.version}" in explorer.chart.picture().replace("\N{NO-BREAK SPACE}", " ")


def test_what_the_new_region_does_not_have_is_left_out(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="places", municipalities="0025000 0030000", service_type="respite",
                    comparison="municipalities")  # fmt: skip
    assert set(explorer.values["territory"]) == {"0025000"}
    explorer.choose(region="latgale")
    assert explorer.choice.municipalities == ""
    assert len(explorer.values) or explorer.choice.service_type == ""
    explorer.choose(service_type="")


def test_over_time_all_periods_are_shown_and_otherwise_the_latest_or_the_one_chosen(explorer: Explorer) -> None:
    asked = {"indicator": "served_of_plan", "target_group": "children_functional_disorders", "municipalities": ""}
    explorer.choose(region="latgale", comparison="time", **asked)
    assert explorer.values["numerator"].tolist() == [287.0, 351.0, 460.0]
    assert explorer.values["kind"].unique().tolist() == ["actual"]
    explorer.choose(comparison="country", period="latest")
    assert explorer.values.set_index("territory").at["LV005", "numerator"] == 460
    explorer.choose(period="2021-12-31")
    assert explorer.values["numerator"].tolist() == [351.0]


def test_figures_carry_their_citation_and_the_pace_its_dates(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="served_of_plan", period="latest", comparison="municipalities",
                    target_group="adults_mental_disorders", service_type="")  # fmt: skip
    [served] = [row for row in frame(explorer.citations) if row["value"] == 166 and row["kind"] == "faktiski"]
    assert "Atver sirdi Zemgalē" in served["source"]
    assert served["territory"] == "Zemgale"
    paces = {row["measure"]: row["needed_per_year"] for row in frame(explorer.pace)}
    assert paces["Personas, kuras saņēmušas sabiedrībā balstītus pakalpojumus"] == 93
    explorer.choose(region="riga", service_type="", target_group="")
    assert {row["measure"] for row in frame(explorer.pace)} == {"Personas, kurām izvērtētas vajadzības"}


@pytest.mark.slow
@pytest.mark.parametrize("indicator", REGISTRY)
def test_every_indicator_is_shown_or_said_to_be_unknown(explorer: Explorer, indicator: str) -> None:
    for region, comparison in (("zemgale", "municipalities"), ("latvija", "time")):
        explorer.choose(region=region, indicator=indicator, comparison=comparison, target_group="", municipalities="")
        known = explorer.values["value"].notna() & ((comparison != "time") | (explorer.values["period"] != ""))
        assert hasattr(explorer.chart, "title") == bool(known.any())
        if known.any():
            told = ["label", "period"] if comparison == "time" else ["label"]
            assert not explorer.chart.data.duplicated(told).any()
        assert explorer.definition.plain


def test_the_settings_come_back_as_parameters(explorer: Explorer) -> None:
    explorer.choose(region="latgale", indicator="places", comparison="municipalities", municipalities="0043000 0006000")
    command, file = explorer.parameters
    assert "-p municipalities '0043000 0006000' " in command
    given = dict(re.findall(r'^(\w+): "(.*)"$', file, re.MULTILINE))
    assert Chosen(explorer.dataset, Choice(**{name: given[name] for name in NAMES})).values.equals(explorer.values)


def test_the_command_finds_the_data_from_the_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")  # where JupyterLab runs the notebook
    command, file = open_explorer(**{**SOUND, "data": "data/datapackage.json"}).parameters
    assert command.endswith("-p data data/datapackage.json")
    assert 'data: "data/datapackage.json"' in file


def test_what_is_paid_by_whom_is_told_apart(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="funding_split", comparison="municipalities", target_group="")
    names = explorer.chart.data["label"]
    assert names.is_unique and "SocQuality, ERAF finansējums" in {
        each.replace("\N{NO-BREAK SPACE}", " ") for each in names
    }


def test_services_and_groups_that_do_not_go_together_are_not_offered(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="places_per_1000", comparison="municipalities", municipalities="",
                    service_type="day_care_centre", target_group="")  # fmt: skip
    assert "children_out_of_family" not in explorer.chosen.codes("target_group")
    explorer.choose(target_group="children_out_of_family")
    assert (explorer.choice.service_type, explorer.choice.target_group) == ("", "children_out_of_family")
    assert len(explorer.values)
    explorer.choose(target_group="")


def test_bars_of_different_times_say_when(explorer: Explorer) -> None:
    explorer.choose(region="latgale", indicator="served_of_plan", comparison="country", period="latest",
                    target_group="children_functional_disorders")  # fmt: skip
    assert {"118 % (31.12.2022.)", "19 % (31.12.2018.)"} <= drawn_words(explorer)
    assert "plānošanas reģioni" not in explorer.chart.subtitle
    explorer.choose(region="zemgale", period="2021", target_group="")
    assert explorer.choice.period == "2021"
    assert not any("(" in words for words in drawn_words(explorer))
    explorer.choose(period="latest")


def test_a_number_that_is_no_quotient_is_said_to_be_what_is_compared(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="pace_to_target", comparison="municipalities", target_group="")
    assert any("Unikālās personas, kas saņēmušas pakalpojumu" in note for note in explorer.chart.notes)
    assert {row["denominator"] for row in frame(explorer.table)} == {351.0, 521.0}


def test_all_that_is_not_known_is_said_at_once() -> None:
    with pytest.raises(DataError) as failure:
        open_explorer(**SOUND, indicator="placs", municipalities="0025000 0043000", comparison="year")
    assert [(each.file, each.nearest) for each in failure.value.problems] == [
        ("indicator", "places"), ("municipalities", failure.value.problems[1].nearest), ("comparison", ""),
    ]  # fmt: skip
    with pytest.raises(DataError, match="is no period of these values"):
        open_explorer(**SOUND, indicator="places", period="1999")


def test_a_return_is_checked_in_the_language_and_nothing_is_kept(explorer: Explorer) -> None:
    rows = "Pašvaldība,Pakalpojums,Gads,Klienti\nBauskas novads,grupu dzīvoklis,2025,7\n"
    rows += "Nekurienes novads,grupu dzīvoklis,2025,x\n"
    before = DATA.read_bytes()
    said = checked_return("a/b\\atskaite.csv", rows.encode(), DATA, explorer.words)
    assert "atskaite.csv: rindas datnē – 2; pieņemamas – 1, noraidītas – 1" in said.plain
    assert "3. rinda, Pašvaldība" in said.plain
    assert DATA.read_bytes() == before
    refused = checked_return("x.csv", "vārds,personas kods\nAnna,161175-19997\n".encode(), DATA, explorer.words)
    assert "netiktu pieņemta" in refused.plain
    assert "161175" not in refused.plain


def test_addresses_may_be_broken_so_that_no_column_is_pushed_away(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="served_of_plan", comparison="municipalities")
    [classes] = re.findall(r'"columnDefs": (\[.*?\}\])', interactive(explorer.citations))
    [address] = [each["targets"] for each in json.loads(classes) if each["className"] == "socsvc-address"]
    headings = [each.name for each in explorer.citations.columns]
    assert [headings[at] for at in address] == ["source"]
    assert "td.socsvc-address { overflow-wrap: anywhere" in library()


def test_tables_ask_no_server(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="places_per_1000", comparison="municipalities")
    assert "unpkg" not in interactive(explorer.table) + library()


@pytest.mark.slow
def test_the_widgets_follow_what_is_chosen(explorer: Explorer) -> None:
    explorer.choose(region="zemgale", indicator="places_per_1000", comparison="municipalities", target_group="")
    controls = explorer.controls
    controls._refresh()
    before = controls.chart.value
    controls.choices["region"].value = "latgale"
    assert explorer.choice.region == "latgale"
    assert controls.chart.value != before
    assert "Rēzekne" in controls.chart.value
    assert {code for _, code in controls.choices["municipalities"].options} == set(explorer.chosen.municipalities)
    assert "Meklēt:" in controls.table.outputs[0]["data"]["text/html"].encode().decode("unicode_escape", "ignore") or (
        "Mekl\\u0113t:" in controls.table.outputs[0]["data"]["text/html"]
    )
    controls.folded.selected_index = 1
    assert controls.pace.outputs


@pytest.mark.slow
@pytest.mark.parametrize("region", ["riga", "latgale"])
def test_exploration_runs_from_top_to_bottom(region: str, engine: str, tmp_path: Path) -> None:
    given = {"region": region, "language": "en", "data": str(DATA), "comparison": "regions"}
    ran = papermill.execute_notebook(
        ROOT / "notebooks" / "explore.ipynb", tmp_path / "explored.ipynb", parameters=given, progress_bar=False,
        engine_name=engine,
    )  # fmt: skip
    shown = {cell.id: [each.data for each in cell.outputs] for cell in ran.cells if cell.cell_type == "code"}
    [choice] = shown["choice"]
    assert choice["text/html"].count('<div class="chart-wide">') == 1
    assert "Places per 1,000 residents" in choice["text/html"]
    assert "application/vnd.jupyter.widget-view+json" not in choice
    assert ran.metadata.get("widgets") is None


@pytest.mark.slow
def test_every_recipe_runs(engine: str, tmp_path: Path) -> None:
    ran = papermill.execute_notebook(
        ROOT / "notebooks" / "recipes.ipynb", tmp_path / "cooked.ipynb", parameters={"data": str(DATA)},
        progress_bar=False, cwd=str(ROOT / "notebooks"), engine_name=engine,
    )  # fmt: skip
    answers = [cell for cell in ran.cells if cell.cell_type == "code" and cell.id.endswith(("-answer", "-known"))]
    assert len([cell for cell in answers if cell.id.endswith("-answer")]) == 12
    assert all(len(cell.source.splitlines()) <= 5 for cell in answers)
    assert all(cell.outputs for cell in answers)
    said = {cell.id: "".join(each.data.get("text/plain", "") for each in cell.outputs) for cell in answers}
    assert "Jelgavas novads" in said["fewest-answer"]
    assert "249.0" in said["source-answer"] and "166.0" in said["source-answer"]
