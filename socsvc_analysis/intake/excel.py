"""Excel workbooks (XLSX): each cell as openpyxl gives it, or large plain sheets at once, which gives the same."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import openpyxl
import pandas as pd
import python_calamine
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import COLOR_INDEX, Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.intake import workbook_parts
from socsvc_analysis.intake.formats import CONDITION, SMALLEST, WHITE, as_shown, date_as_shown, is_unseen
from socsvc_analysis.intake.grid import Column, Grid
from socsvc_analysis.intake.numbers import NOT_SHOWN, Exact
from socsvc_analysis.intake.opendocument import RAISED
from socsvc_analysis.intake.workbook import MOST_ROWS, Sheet, plain, refuse_size, refused
from socsvc_analysis.schema import DataError
from socsvc_analysis.sentences import Sentence as sentence

FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
COMPUTED_LATER = re.compile(rb'<(?:\w+:)?calcPr\b[^>]*\bfullCalcOnLoad="(?:1|true)"')
REFERENCE = re.compile(r"=\+?(?:(?:'([^'!]+)'|([\w.]+))!)?\$?([A-Z]{1,3})\$?(\d+)")
"""A formula that repeats one cell."""
SHEETS = "xl/worksheets/sheet"
TEXTS = "xl/sharedStrings.xml"
LARGE = 2**20
"""Bytes of a sheet from which a workbook is read at once where that reads the same."""
KINDS = (b' t="s"', b' t="n"', b' t="inlineStr"')
"""Texts and numbers."""
WRITTEN_OTHERWISE = (b"='", b"<c>", b"<row>")
MORE_THAN_TEXT = (b"vertAlign", b"_x", b"<rPh", b"<![CDATA[", b"\r")
"""Raised signs, escapes, readings beside a text, line ends."""
FAR = re.compile(rb'<c r="[A-Z]{2}')
STYLE = re.compile(rb' s="(\d+)"')
PLACE = re.compile(rb'<c r="[A-Z]+(\d+)"')
HIDDEN = re.compile(rb'<row r="[^>]* (?:hidden="|ht="0")[^>]*>')
THREAD = re.compile(r"^\[[^\]]*\].*?(?:Comment|Komentārs):\s*", re.DOTALL)
"""What Excel writes before a comment of a thread, for programs that know none."""
BEGIN, END = b"<sheetData>", b"</sheetData>"
BELOW = 1_000_000
"""A row far below every table, from which on a copy of the workbook has a sample cell of each style."""
MOST_OTHERS = 20_000
"""Cells that openpyxl reads one by one although the sheet is read at once."""


def sheets(path: Path, parts: dict[str, bytes]) -> tuple[Sheet, ...]:
    """The sheets of a workbook; ``parts`` are the members of its archive."""
    large = any(len(part) >= LARGE for name, part in parts.items() if name.startswith(SHEETS))
    read = _at_once(path, parts) if large else None
    return read or _by_cell(path, parts, any(FORMULA.search(part) for name, part in parts.items() if "sheet" in name))


def _at_once(path: Path, parts: dict[str, bytes]) -> tuple[Sheet, ...] | None:
    """The sheets with their texts and numbers as calamine reads them; None where openpyxl may read something else.

    Everything else comes from openpyxl, which reads the workbook without those cells: formulas, truth values, errors,
    numbers that are shown otherwise, merged cells and hidden rows.
    """
    written = {name: part for name, part in parts.items() if name.startswith(SHEETS)}
    texts = parts.get(TEXTS, b"").partition(b"?>")[2].lstrip()
    struck = b"strike" in parts.get("xl/styles.xml", b"")
    if struck or any(mark in texts for mark in MORE_THAN_TEXT) or not all(map(_is_plain, written.values())):
        return None
    try:
        used = {name: _with_styles(part) for name, part in written.items()}
        otherwise = _shown_otherwise(_loaded(path, _thinned(parts, used), data_only=True), chain(*used.values()))
        others = {name: _others(part, otherwise) for name, part in written.items()}
        if 0 in otherwise or sum(map(len, others.values())) > MOST_OTHERS:
            return None
        thinned = _thinned(parts, others)
        formulas = any(FORMULA.search(cell) for cells in others.values() for cell in cells)
        shown = _loaded(path, thinned, data_only=True)
        apart = _of_book(
            path, shown, _loaded(path, thinned, data_only=False) if formulas else shown, _is_computed(parts)
        )
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(_archive(parts)))
        if len(apart) != len(written) or any(map(_repeats_cells, apart)):
            return None
        return tuple(_joined(path, sheet, workbook.get_sheet_by_name(sheet.name)) for sheet in apart)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a fault inside the library is no Exception; cell by cell the file tells what is wrong
        return None


def _is_plain(part: bytes) -> bool:
    """Whether a sheet is well-formed, not wide, and every cell of it says its place."""
    cells = part[part.find(BEGIN) : part.rfind(END)]
    last = cells.rfind(b'<row r="') + len(b'<row r="')
    if (
        part.count(BEGIN) != 1
        or any(mark in cells for mark in WRITTEN_OTHERWISE)
        or (b"inlineStr" in cells and any(mark in cells for mark in MORE_THAN_TEXT))
        or cells.count(b"<row ") != cells.count(b'<row r="')
        or cells.count(b"<c ") != cells.count(b'<c r="')
        or int(cells[last : cells.find(b'"', last)]) > MOST_ROWS
        or FAR.search(cells)
    ):
        return False
    try:
        expat.ParserCreate().Parse(part, True)
    except expat.ExpatError:
        return False
    return True


def _with_styles(part: bytes) -> list[bytes]:
    """A sheet with one number in each style, the style's number being its row; 0 is the style of cells without one."""
    styles = {0, *map(int, set(STYLE.findall(part, part.find(BEGIN), part.rfind(END))))}
    return [b'<c r="A%d" s="%d"><v>1</v></c>' % (BELOW + style, style) for style in sorted(styles)]


def _shown_otherwise(book: openpyxl.Workbook, styles: Iterable[bytes]) -> set[int]:
    """The styles in which a number may not be shown as itself: dates, percentages, codes with zeros in front."""
    used = {int(_row_of(cell)) for cell in styles}
    plainly = {
        row - BELOW
        for sheet in book.worksheets
        for row in used
        if sheet.cell(row, 1).value is not None
        and _text(sheet.cell(row, 1)) == "1"
        and not CONDITION.search(sheet.cell(row, 1).number_format or "")
        and not (sheet.cell(row, 1).has_style and _is_unseen(sheet.cell(row, 1)))
    }
    return {row - BELOW for row in used} - plainly


def _others(part: bytes, styles: set[int]) -> list[bytes]:
    """The cells of a sheet that are no plain texts and numbers: formulas, other kinds, and those of some styles."""
    cells = part[part.find(BEGIN) : part.rfind(END)]
    kinds = []
    if FORMULA.search(cells):
        kinds.append(rb"><f")
    if cells.count(b' t="') != sum(map(cells.count, KINDS)):
        kinds.append(rb' t="(?!s"|n"|inlineStr")')
    if styles:
        kinds.append(rb' s="(?:%s)"' % b"|".join(b"%d" % style for style in sorted(styles)))
    return [cell for kind in kinds for cell in re.findall(rb'<c r="[^>/]*' + kind + rb".*?</c>", cells, re.DOTALL)]


def _row_of(cell: bytes) -> bytes:
    """The row number in a cell's address."""
    place = PLACE.match(cell)
    assert place  # the expressions that find cells begin as this one does
    return place[1]


def _thinned(parts: dict[str, bytes], cells: dict[str, list[bytes]]) -> bytes:
    """The workbook with all cells but ``cells`` left out of its sheets; hidden rows stay."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            if name in cells:
                begin, end = part.find(BEGIN) + len(BEGIN), part.rfind(END)
                rows = [row.rstrip(b"/>") + b"/>" for row in HIDDEN.findall(part, begin, end)]
                rows += [b'<row r="%s">%s</row>' % (_row_of(cell), cell) for cell in cells[name]]
                part = part[:begin] + b"".join(rows) + part[end:]
            archive.writestr(name, part)
    return made.getvalue()


def _joined(path: Path, others: Sheet, sheet: python_calamine.CalamineSheet) -> Sheet:
    """A sheet with its plain cells; of merged cells only the first has any."""
    rows = sheet.to_python(skip_empty_area=False)
    height, width = max(len(rows), len(others.rows)), max(len(rows[0]) if rows else 0, others.rows.width)
    refuse_size(path, others.name, height, width)
    replaced: dict[int, dict[int, str]] = {at: {} for at in range(width)}
    for at, column in enumerate(others.rows.columns):
        replaced[at] = {row: column[row] for row in np.flatnonzero(column.where(bool)).tolist()}
    for top, left, bottom, right in others.merged:
        for across in range(left, min(right + 1, width)):
            covered = range(top + (across == left), min(bottom + 1, height))
            replaced[across].update(dict.fromkeys(covered, ""))
    plainly = list(zip(*rows, strict=True))
    columns = []
    for at in range(width):
        told = np.full(height, "", dtype=object)
        told[: len(rows)] = plainly[at] if at < len(plainly) else ""
        codes, different = pd.factorize(told)
        columns.append(Column(list(different), codes).replaced(replaced[at]).map(_text_of_value))
    return replace(others, rows=Grid(columns, height))


def _text_of_value(value: object) -> str:
    if not isinstance(value, str) and type(value) not in (int, float):
        raise TypeError("is neither text nor number")
    return value if isinstance(value, str) else plain(value)


def _by_cell(path: Path, parts: dict[str, bytes], formulas: bool) -> tuple[Sheet, ...]:
    """The sheets with every cell as openpyxl reads it; what makes it stumble beside the cells is left out."""
    content = _archive(parts)
    try:
        shown = _loaded(path, content, data_only=True)
    except DataError:
        content = _archive(workbook_parts.bare(parts))
        shown = _loaded(path, content, data_only=True)
    written = _loaded(path, content, data_only=False) if formulas else shown
    return _of_book(path, shown, written, _is_computed(parts))


def _is_computed(parts: dict[str, bytes]) -> bool:
    """Whether results are stored with the formulas of a workbook.

    A library that cannot compute stores 0 for every formula and asks the next program to compute them all.
    """
    return not COMPUTED_LATER.search(parts.get(workbook_parts.WORKBOOK, b""))


def _of_book(path: Path, shown: openpyxl.Workbook, written: openpyxl.Workbook, computed: bool) -> tuple[Sheet, ...]:
    """The sheets of a workbook that was loaded with the results of formulas and, if it has any, with formulas."""
    read = tuple(
        _of_worksheet(path, sheet, written[sheet.title], computed)
        for sheet in shown.worksheets
        if isinstance(sheet, Worksheet)
    )
    if not read:
        raise refused(path, sentence("refusal_no_sheet"))
    return read


def _archive(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def _loaded(path: Path, content: bytes, data_only: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False, rich_text=True)
    except Exception as failure:  # the library raises whatever a damaged part makes it stumble over
        raise refused(path, sentence("refusal_damaged", failure=type(failure).__name__)) from failure


def _of_worksheet(path: Path, shown: Worksheet, written: Worksheet, computed: bool) -> Sheet:
    # Going through the rows would make a cell for every empty place.
    filled = [cell for cell in written._cells.values() if cell.value is not None]
    height = max((cell.row for cell in filled), default=0)
    width = max((cell.column for cell in filled), default=0)
    refuse_size(path, shown.title, height, width)
    rows = [[""] * width for _ in range(height)]
    for cell in filled:
        value = shown.cell(cell.row, cell.column)
        stored = value.value is not None and (computed or value.value != 0 or cell.data_type != "f")
        rows[cell.row - 1][cell.column - 1] = _text(value) if stored else str(cell.value)
        if stored and value.value == 0 and cell.data_type == "f" and _repeats_nothing(written, str(cell.value)):
            rows[cell.row - 1][cell.column - 1] = Exact(0, str(cell.value))
    merged = tuple(
        (each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1) for each in shown.merged_cells.ranges
    )
    return Sheet(
        shown.title,
        Grid.of(rows),
        tuple(sorted(merged)),
        shown.sheet_state != "visible",
        frozenset(at - 1 for at, row in shown.row_dimensions.items() if row.hidden or row.height == 0),
        hidden_columns=frozenset(_hidden_columns(shown, width)),
        struck=_drawn(filled, lambda cell: bool(cell.font.strike)),
        unseen=_drawn(filled, _is_unseen),
        unseen_if=tuple(_places_if(shown, _is_concealing)),
        struck_if=tuple(_places_if(shown, lambda drawn: drawn.font is not None and bool(drawn.font.strike))),
        comments={
            (row - 1, column - 1): THREAD.sub("", cell.comment.text)
            for (row, column), cell in shown._cells.items()
            if cell.comment is not None
        },
    )


def _repeats_cells(sheet: Sheet) -> bool:
    """Whether formulas were found to repeat empty cells, which they may only seem to where most cells were left out."""
    told = (value for column in sheet.rows.columns for value in column.values)
    return any(isinstance(value, Exact) and value.shown.startswith("=") for value in told)


def _repeats_nothing(sheet: Worksheet, formula: str) -> bool:
    """Whether a formula only repeats another cell, which is empty: spreadsheets make 0 of it."""
    found = REFERENCE.fullmatch(formula)
    book = sheet.parent
    name = (found[1] or found[2] or sheet.title) if found else ""
    if not found or book is None or name not in book.sheetnames:
        return False
    return book[name][f"{found[3]}{found[4]}"].value is None


def _drawn(cells: Iterable[Any], holds: Callable[[Cell], bool]) -> frozenset[tuple[int, int]]:
    """Row and column of the cells with a style of which ``holds`` is true; each style is asked about once."""
    styles: dict[int, bool] = {}
    found = set()
    for cell in cells:
        if cell.has_style:
            style = cell.style_id
            if style not in styles:
                styles[style] = holds(cell)
            if styles[style]:
                found.add((cell.row - 1, cell.column - 1))
    return frozenset(found)


def _is_unseen(cell: Cell | MergedCell) -> bool:
    """Whether a cell has the colour of its ground, or letters that nobody can read."""
    fill, size = cell.fill, cell.font.sz
    ground = _colour(fill.fgColor) if fill.patternType == "solid" else "" if fill.patternType is None else "?"
    return is_unseen(_colour(cell.font.color), ground, float(size if size is not None else 11))


def _places_if(sheet: Worksheet, holds: Callable[[DifferentialStyle], bool]) -> Iterable[tuple[int, int, int, int]]:
    """The places in which a condition draws cells in a style of which ``holds`` is true."""
    for places in sheet.conditional_formatting:
        drawn = [rule.dxf for rule in places.rules if rule.dxf is not None]
        if any(map(holds, drawn)):
            for each in places.sqref.ranges:
                yield each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1


def _is_concealing(drawn: DifferentialStyle) -> bool:
    """Whether a style of a condition hides what is in a cell; its ground is the colour behind, not in front."""
    ground = _colour(drawn.fill.bgColor) if isinstance(drawn.fill, PatternFill) else ""
    letters = _colour(drawn.font.color) if drawn.font is not None else ""
    shape = drawn.numFmt.formatCode if drawn.numFmt is not None else ""
    return shape == NOT_SHOWN or is_unseen(letters, ground, SMALLEST)


def _colour(colour: Color | None) -> str:
    """A colour as six digits; the first of a theme, which letters stand on, is white; "" for any other."""
    if colour is None:
        return ""
    if colour.type == "rgb":
        return str(colour.rgb)[-6:]
    if colour.type == "theme":
        return WHITE if colour.theme == 0 and not colour.tint else f"theme {colour.theme} {colour.tint}"
    known = colour.type == "indexed" and colour.indexed < len(COLOR_INDEX)
    return COLOR_INDEX[colour.indexed][-6:] if known else ""


def _hidden_columns(sheet: Worksheet, width: int) -> Iterable[int]:
    for about in sheet.column_dimensions.values():
        if (about.hidden or about.width == 0) and about.min:
            yield from range(about.min - 1, min(about.max or about.min, width))


def _text(cell: Cell | MergedCell) -> str:
    """A cell as a person sees it, as far as that says what it is: percentages, money, years, codes with zeros."""
    value, shape = cell.value, cell.number_format or ""
    if isinstance(value, CellRichText):
        return "".join(map(_raised, value))
    if isinstance(value, dt.date):
        return date_as_shown(value, shape)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain(value)
    return as_shown(value, shape)


def _raised(part: str | TextBlock) -> str:
    if isinstance(part, TextBlock):
        return part.text.translate(RAISED) if part.font and part.font.vertAlign == "superscript" else part.text
    return part
