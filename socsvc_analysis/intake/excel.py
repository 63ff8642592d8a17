"""Excel workbooks (XLSX): each cell as openpyxl gives it, or large plain sheets at once, which gives the same."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.parsers import expat

import numpy as np
import openpyxl
import pandas as pd
import python_calamine
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.intake.grid import Column, Grid
from socsvc_analysis.intake.opendocument import RAISED
from socsvc_analysis.intake.workbook import MOST_ROWS, SAVE_AS, Sheet, plain, refuse_size, refused

FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
SHEETS = "xl/worksheets/sheet"
TEXTS = "xl/sharedStrings.xml"
LARGE = 2**20
"""Bytes of a sheet from which a workbook is read at once where that reads the same."""
KINDS = (b' t="s"', b' t="n"', b' t="inlineStr"')
"""Texts and numbers.  Truth values and errors are read cell by cell."""
WRITTEN_OTHERWISE = (b"='", b"<c>", b"<row>")
MORE_THAN_TEXT = (b"vertAlign", b"_x", b"<rPh", b"<![CDATA[", b"\r")
"""Raised signs, escapes, readings beside a text, line ends."""
FAR = re.compile(rb'<c r="[A-Z]{2}')
STYLE = re.compile(rb' s="(\d+)"')
HIDDEN = re.compile(rb'<row r="[^>]* hidden="[^>]*>')
BEGIN, END = b"<sheetData>", b"</sheetData>"
BELOW = 1_000_000
"""A row below every table that is read."""


def sheets(path: Path, content: bytes, parts: dict[str, bytes]) -> tuple[Sheet, ...]:
    """The sheets of a workbook; ``parts`` are the members of its archive."""
    formulas = any(FORMULA.search(part) for name, part in parts.items() if "sheet" in name)
    large = any(len(part) >= LARGE for name, part in parts.items() if name.startswith(SHEETS))
    read = _at_once(path, content, parts) if large and not formulas else None
    return read or _by_cell(path, content, formulas)


def _at_once(path: Path, content: bytes, parts: dict[str, bytes]) -> tuple[Sheet, ...] | None:
    """The sheets with their cells as calamine reads them; None where openpyxl may give something else.

    Everything but the cells comes from openpyxl: it reads the workbook with one cell of each style in place of all.
    """
    written = {name: part for name, part in parts.items() if name.startswith(SHEETS)}
    texts = parts.get(TEXTS, b"").partition(b"?>")[2].lstrip()
    if any(mark in texts for mark in MORE_THAN_TEXT) or not all(map(_is_plain, written.values())):
        return None
    try:
        shown = _loaded(path, _with_styles_only(parts, written), data_only=True)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if len(shown.worksheets) != len(written) or not all(map(_has_plain_styles, shown.worksheets)):
            return None
        read = [_cells_of(workbook.get_sheet_by_name(sheet.title)) for sheet in shown.worksheets]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a fault inside the library is no Exception; read cell by cell, the file tells what it is
        return None
    if any(rows is None for rows in read):
        return None
    for sheet, rows in zip(shown.worksheets, read, strict=True):
        refuse_size(path, sheet.title, len(rows), rows.width)
    return tuple(_sheet(sheet, rows) for sheet, rows in zip(shown.worksheets, read, strict=True))


def _is_plain(part: bytes) -> bool:
    """Whether a sheet is well-formed and holds nothing but texts and numbers, each with its place."""
    cells = part[part.find(BEGIN) : part.rfind(END)]
    last = cells.rfind(b'<row r="')
    if (
        part.count(BEGIN) != 1
        or any(mark in cells for mark in WRITTEN_OTHERWISE)
        or (b"inlineStr" in cells and any(mark in cells for mark in MORE_THAN_TEXT))
        or cells.count(b"<row ") != cells.count(b'<row r="')
        or cells.count(b"<c ") != cells.count(b'<c r="')
        or cells.count(b' t="') != sum(map(cells.count, KINDS))
        or int(cells[last + 8 : cells.find(b'"', last + 8)] or 0) > MOST_ROWS
        or FAR.search(cells)
    ):
        return False
    try:
        expat.ParserCreate().Parse(part, True)
    except expat.ExpatError:
        return False
    return True


def _with_styles_only(parts: dict[str, bytes], written: dict[str, bytes]) -> bytes:
    """The workbook with a number in each style, and the hidden rows, in place of the cells of its sheets."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            if name in written:
                begin, end = part.find(BEGIN) + len(BEGIN), part.rfind(END)
                styles = sorted(set(STYLE.findall(part, begin, end)), key=int)
                rows = [
                    b'<row r="%d"><c r="A%d" s="%s"><v>1</v></c></row>' % (row, row, style)
                    for row, style in enumerate(styles, start=BELOW)
                ]
                rows += [row.rstrip(b"/>") + b"/>" for row in HIDDEN.findall(part, begin, end)]
                part = part[:begin] + b"".join(rows) + part[end:]
            archive.writestr(name, part)
    return made.getvalue()


def _has_plain_styles(sheet: Worksheet) -> bool:
    """Whether a number in each style of the sheet is shown as the number that it is."""
    return all(
        isinstance(cell, Cell) and type(cell.value) is int and _text(cell) == "1"
        for (row, _), cell in sheet._cells.items()
        if row >= BELOW and not cell.comment
    )


def _cells_of(sheet: python_calamine.CalamineSheet) -> Grid | None:
    """The cells of a sheet; None when one is neither text nor number."""
    rows = sheet.to_python(skip_empty_area=False)
    columns = []
    for cells in zip(*rows, strict=True):
        told = np.empty(len(rows), dtype=object)
        told[:] = cells
        codes, different = pd.factorize(told)
        if not all(type(each) in (str, int, float) for each in different):
            return None
        columns.append(Column([plain(each) for each in different], codes))
    return Grid(columns, len(rows))


def _by_cell(path: Path, content: bytes, formulas: bool) -> tuple[Sheet, ...]:
    shown = _loaded(path, content, data_only=True)
    written = _loaded(path, content, data_only=False) if formulas else shown
    # A library that cannot compute stores 0 for every formula and asks the next program to compute them all.
    computed = not (formulas and written.calculation and written.calculation.fullCalcOnLoad)
    read = tuple(
        _of_worksheet(path, sheet, written[sheet.title], computed)
        for sheet in shown.worksheets
        if isinstance(sheet, Worksheet)
    )
    if not read:
        raise refused(path, "has no sheet of cells")
    return read


def _loaded(path: Path, content: bytes, data_only: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False, rich_text=True)
    except Exception as failure:  # the library raises whatever a damaged part makes it stumble over
        said = f"is damaged and cannot be read ({type(failure).__name__}); {SAVE_AS}"
        raise refused(path, said) from failure


def _of_worksheet(path: Path, shown: Worksheet, written: Worksheet, computed: bool) -> Sheet:
    filled = [cell for row in _cells(path, written) for cell in row if cell.value is not None]
    height = max((cell.row for cell in filled), default=0)
    width = max((cell.column for cell in filled), default=0)
    refuse_size(path, shown.title, height, width)
    rows = [[""] * width for _ in range(height)]
    for cell in filled:
        value = shown.cell(cell.row, cell.column)
        stored = value.value is not None and (computed or value.value != 0 or cell.data_type != "f")
        rows[cell.row - 1][cell.column - 1] = _text(value) if stored else str(cell.value)
    return _sheet(shown, Grid.of(rows))


def _sheet(shown: Worksheet, rows: Grid) -> Sheet:
    """The sheet with these cells; of merged ones only the first has any."""
    merged = tuple(
        (each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1) for each in shown.merged_cells.ranges
    )
    hidden_rows = frozenset(at - 1 for at, row in shown.row_dimensions.items() if row.hidden)
    covered: dict[int, dict[int, str]] = {}
    for top, left, bottom, right in merged:
        for row in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, rows.width)):
                if (row, column) != (top, left):
                    covered.setdefault(column, {})[row] = ""
    return Sheet(
        shown.title, rows.replaced(covered), tuple(sorted(merged)), shown.sheet_state != "visible", hidden_rows
    )


def _cells(path: Path, sheet: Worksheet) -> Iterable[tuple[Cell, ...]]:
    refuse_size(path, sheet.title, sheet.max_row, sheet.max_column)
    return sheet.iter_rows()


def _text(cell: Cell) -> str:
    """A cell as a person sees it, as far as that matters: percentages, dates and codes with leading zeros."""
    value, shape = cell.value, cell.number_format or ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "".join(map(_raised, value)) if isinstance(value, CellRichText) else plain(value)
    if "%" in shape:
        return f"{value * 100:.10g}%"
    if re.fullmatch("0{2,}", shape) and float(value).is_integer() and value >= 0:
        return str(int(value)).zfill(len(shape))
    return plain(value)


def _raised(part: str | TextBlock) -> str:
    if isinstance(part, TextBlock):
        return part.text.translate(RAISED) if part.font and part.font.vertAlign == "superscript" else part.text
    return part
