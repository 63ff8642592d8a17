"""Large files are read by column and at once: each cell is the same as when it is read alone, and no row is lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
from itertools import product
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from broken_files import CASES, Case
from hypothesis import given
from hypothesis import strategies as st
from packages import DATA

from socsvc_analysis.intake import excel, text, workbook
from socsvc_analysis.intake.grid import Column, Grid, together
from socsvc_analysis.intake.numbers import Exact
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.schema import DataError

TODAY = dt.date(2026, 11, 24)
HEADINGS = ["Pašvaldība", "Gads", "Klienti"]
CELL = st.sampled_from(
    ["1", "22", "āb", "", " ", "1,5", "a;b", "NA", "nan", "-", '"a,b"', '"a;b"', '""', '"x""y"', 'a"b', '"a\nb"', '"']
)


@given(
    st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=6, max_size=9),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_a_text_read_at_once_has_the_cells_that_the_csv_module_reads(
    rows: list[list[str]], delimiter: str, end: str, ended: bool
) -> None:
    written = end.join(delimiter.join(row) for row in [HEADINGS, *rows]) + end * ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "SEARCHED", 2)
        grid = text._at_once(written, written.encode(), HEADINGS.__contains__)
    if grid is None:
        return
    read = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True))
    assert list(grid) == list(Grid.of(read))


def test_a_large_plain_text_is_read_at_once() -> None:
    rows = [HEADINGS, *([place, "2025", str(count)] for place, count in product(['"Rīga, centrs"', "Auce"], range(50)))]
    written = "\n".join(map(",".join, rows))
    grid = text._at_once(written, written.encode(), HEADINGS.__contains__)
    assert grid[1] == ("Rīga, centrs", "2025", "0")
    assert len(grid) == 101


def cells(sheets: tuple[Sheet, ...]) -> list[object]:
    """All that sheets hold, with the kind of each cell; empty rows below the last cell and columns beside it apart."""
    told = []
    for sheet in sheets:
        rows = [[(type(cell), cell) for cell in row] for row in sheet.rows]
        width = max((at + 1 for row in rows for at, (_, cell) in enumerate(row) if cell), default=0)
        height = max((at + 1 for at, row in enumerate(rows) if any(cell for _, cell in row)), default=0)
        shown = [row[:width] for row in rows[:height]]
        told.append((sheet.name, shown, sheet.merged, sheet.hidden, sheet.hidden_rows, sheet.beside))
    return told


def opened(path: Path, large: int) -> list[object] | str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excel, "LARGE", large)
        try:
            return cells(workbook.opened(path))
        except DataError as refused:
            return str(refused)


@pytest.mark.parametrize("case", [case for case in CASES if case.file.endswith(".xlsx")], ids=lambda case: case.name)
def test_a_workbook_read_at_once_is_the_one_read_cell_by_cell(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path / case.file)
    assert opened(tmp_path / case.file, large=0) == opened(tmp_path / case.file, large=2**40)


def test_dates_formulas_and_percentages_of_a_workbook_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    for row in (["x", 5, 0.5, dt.date(2025, 1, 2)], [True, "=1+1", 0.25, 25000], ["#N/A", 7, 8, " y "]):
        book.active.append(row)
    book.active["C2"].number_format, book.active["D2"].number_format = "0%", "0000000"
    book.active.row_dimensions[3].hidden = True
    book.active.merge_cells("B3:C3")
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(excel, "LARGE", 0)
    monkeypatch.setattr(excel, "_by_cell", lambda *_: pytest.fail("was read cell by cell"))
    (sheet,) = workbook.opened(tmp_path / "a.xlsx")
    assert list(sheet.rows) == [
        ("x", "5", "0.5", "2025-01-02"),
        ("TRUE", "=1+1", "25%", "0025000"),
        ("#N/A", "7", "", " y "),
    ]
    assert isinstance(sheet.rows[0][1], Exact)
    assert not isinstance(sheet.rows[1][3], Exact)
    assert (sheet.merged, sheet.hidden_rows) == (((2, 1, 2, 2),), frozenset([2]))


def test_a_number_and_a_text_of_the_same_letters_are_two_values() -> None:
    column = Column.of([Exact(12), "12", Exact(12)])
    assert [type(cell) for cell in column] == [Exact, str, Exact]
    assert len(column.values) == 2
    assert column.map(lambda cell: type(cell) is str)[1]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.just("z")), max_size=9))
def test_columns_side_by_side_have_the_tuples_of_the_rows(rows: list[tuple[str, ...]]) -> None:
    columns = [Column.of(cells) for cells in zip(*rows, strict=True)]
    beside = together(columns, len(rows))
    assert list(beside) == (rows if columns else [])
    assert len(set(beside.values)) == len(beside.values)


PLACES = {"0025000": ["Bauskas novads", "BAUSKAS NOV.", "25000"], "0028000": ["Dobeles novads", "dobele", "Dobelē"]}
SERVICES = {"home_care": ["aprūpe mājās", "home_care"], "individual_consultations": ["individual_consultations"]}
GROUPS = {"all": ["visi", "all"], "adults_mental_disorders": ["GRT", "adults_mental_disorders"]}


def test_every_row_of_a_large_return_is_accounted_for(tmp_path: Path) -> None:
    """Sums are those of a count that knows nothing of the library."""
    subjects = list(product(PLACES, SERVICES, GROUPS, range(2022, 2026)))
    rows = [
        (
            PLACES[place][at % 3],
            SERVICES[service][at % len(SERVICES[service])],
            GROUPS[group][at % 2],
            year,
            at % 17 + 1,
        )
        for at, (place, service, group, year) in enumerate(subjects)
    ]
    copies = [(name.upper(), service, group, year, count) for name, service, group, year, count in rows] * 100
    bad = [("Bauskss novads", "home_care", "all", 2025, 5), ("Dobele", "home_care", "all", 2031, 5)] * 400
    frame = pd.DataFrame([*rows, *copies, *bad], columns=["Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads", "Klienti"])
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    assert path.stat().st_size > text.LARGE
    report = import_file(path, DATA / "datapackage.json", output=tmp_path, dry_run=True, today=TODAY)
    assert (report.rows_in, report.accepted, report.rejected, report.duplicates) == (
        len(frame), len(rows), len(bad), len(copies)
    )  # fmt: skip
    assert report.total == sum(count for *_, count in rows)
    assert {problem.row for problem in report.problems} == set(range(len(rows) + len(copies) + 2, len(frame) + 2))
