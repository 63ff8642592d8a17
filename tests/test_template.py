"""The return: lists, protection, the same bytes each time, and a way back without loss."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from packages import DATA
from typer.testing import CliRunner

from socsvc_analysis import template
from socsvc_analysis.cli import app
from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.intake.rules import apply_rules
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def made(real_tables: Reference, tmp_path: Path) -> Path:
    return template.write("zemgale", 2025, tmp_path / "return.xlsx", real_tables)


def test_lists_hold_the_municipalities_of_the_region_and_every_service(made: Path, real_tables: Reference) -> None:
    book = openpyxl.load_workbook(made)
    assert book.sheetnames == ["Atskaite", "Norādes", "Saraksti", "Pārbaude"]
    places = [cell.value for cell in book["Saraksti"]["A"] if cell.value]
    assert places == ["Aizkraukles novads", "Bauskas novads", "Dobeles novads", "Jelgavas novads",
                      "Jelgavas valstspilsēta", "Jēkabpils novads"]  # fmt: skip
    services = {cell.value for cell in book["Saraksti"]["B"] if cell.value}
    assert services <= set(real_tables.service_types["title_lv"])
    assert "dienas aprūpes centrs" in services
    rules = book["Atskaite"].data_validations.dataValidation
    assert {rule.formula1 for rule in rules if rule.type == "list"} == {"=Pasvaldibas", "=Pakalpojumi", "=Merkgrupas"}
    assert {"Pasvaldibas", "Pakalpojumi", "Merkgrupas"} <= set(book.defined_names)


@pytest.mark.slow
def test_headings_are_protected_and_cells_are_not(made: Path) -> None:
    sheet = openpyxl.load_workbook(made)["Atskaite"]
    assert sheet.protection.sheet
    assert [cell.value for cell in sheet[1]] == list(template.COLUMNS)
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(cell.protection.locked for cell in sheet[2])
    assert sheet.freeze_panes == "A2"


@pytest.mark.slow
def test_the_same_return_has_the_same_bytes(made: Path, real_tables: Reference, tmp_path: Path) -> None:
    again = template.write("zemgale", 2025, tmp_path / "again.xlsx", real_tables)
    assert again.read_bytes() == made.read_bytes()
    assert template.write("latgale", 2025, again, real_tables).read_bytes() != made.read_bytes()


def test_former_years_offer_the_municipalities_of_their_time(real_tables: Reference, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template.write("vidzeme", 2024, tmp_path / "a.xlsx", real_tables))
    assert "Varakļānu novads" in {cell.value for cell in book["Saraksti"]["A"]}
    book = openpyxl.load_workbook(template.write("vidzeme", 2025, tmp_path / "b.xlsx", real_tables))
    assert "Varakļānu novads" not in {cell.value for cell in book["Saraksti"]["A"]}


def test_filled_in_it_comes_back_whole(made: Path, real_tables: Reference, real_published: pd.DataFrame) -> None:
    book = openpyxl.load_workbook(made)
    lists = {at: [cell.value for cell in book["Saraksti"][at] if cell.value] for at in "ABC"}
    sheet = book["Atskaite"]
    entered = []
    for number, service in enumerate(lists["B"]):
        row = [
            lists["A"][number % len(lists["A"])],
            service,
            lists["C"][number % len(lists["C"])],
            2025,
            number,
            number + 1,
        ]
        entered.append(row)
        for at, value in enumerate(row, start=1):
            sheet.cell(number + 2, at, value)
    book.save(made)
    result = apply_rules(read_tables(made, real_tables, DATA), real_tables, real_published, TODAY)
    assert (result.rows_in, result.rows_rejected, result.warnings) == (len(entered), 0, ())
    figures = result.accepted.assign(
        service=result.accepted["service_type"].map(real_tables.service_types.set_index("service_type")["title_lv"]),
        group=result.accepted["target_group"].map(real_tables.target_groups.set_index("target_group")["title_lv"]),
        place=result.accepted["territory"].map(real_tables.municipalities.set_index("code")["name_long"]),
    )
    for measure, at in (("clients", 4), ("places", 5)):
        rows = figures[figures["measure"] == measure]
        read = set(zip(rows["place"], rows["service"], rows["group"], rows["value"], strict=True))
        assert read == {(row[0], row[1], row[2], row[at]) for row in entered}


def test_an_empty_return_says_so(made: Path, real_tables: Reference, real_published: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="nothing was filled in"):
        apply_rules(read_tables(made, real_tables, DATA), real_tables, real_published, TODAY)


def test_what_cannot_be_made_is_said(real_tables: Reference, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nearest known: zemgale"):
        template.write("zemgal", 2025, tmp_path / "a.xlsx", real_tables)
    with pytest.raises(DataError, match="is not a year"):
        template.write("zemgale", 1812, tmp_path / "a.xlsx", real_tables)
    with pytest.raises(DataError, match=r"must end in \.xlsx"):
        template.write("zemgale", 2025, tmp_path / "a.csv", real_tables)
    assert not list(tmp_path.iterdir())


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "out" / "return.xlsx"
    result = CliRunner().invoke(app, ["template", "--region", "zemgale", "--year", "2025", str(path)])
    assert result.exit_code == 0, result.stderr
    assert path.exists()
    wrong = CliRunner().invoke(app, ["template", "--region", "zemgal", "--year", "2025", str(path)])
    assert wrong.exit_code == 2
    assert "nearest known: zemgale" in " ".join(wrong.stderr.split())
