"""Old Excel workbooks (XLS): each cell as a person sees it."""

from __future__ import annotations

from pathlib import Path

import xlrd
from xlrd.biffh import XLRDError
from xlrd.formatting import XF
from xlrd.sheet import Cell

from socsvc_analysis.intake.formats import as_shown, date_as_shown, is_unseen
from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.workbook import Sheet, refuse_size, refused
from socsvc_analysis.schema import DataError
from socsvc_analysis.sentences import Sentence as sentence

PROTECTED = "encrypted"
TWIPS = 20
"""Of a point, in which sizes of letters are given."""


def sheets(path: Path, content: bytes) -> tuple[Sheet, ...]:
    """The sheets of a workbook, with merged cells, hidden rows and columns, and what is struck out."""
    try:
        with open_quietly(content) as book:
            return tuple(_sheet_of(path, book, sheet) for sheet in book.sheets())
    except DataError:
        raise
    except XLRDError as failure:
        if PROTECTED in str(failure).lower():
            raise refused(path, sentence("refusal_password")) from None
        raise refused(path, sentence("refusal_damaged", failure=type(failure).__name__)) from None
    except Exception as failure:  # the library raises whatever a damaged record makes it stumble over
        raise refused(path, sentence("refusal_damaged", failure=type(failure).__name__)) from None


def open_quietly(content: bytes) -> xlrd.Book:
    """The workbook, without what the library would print about it."""

    class Nowhere:
        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None:
            return

    return xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=Nowhere())


def _sheet_of(path: Path, book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Sheet:
    refuse_size(path, sheet.name, sheet.nrows, sheet.ncols)
    rows = [[_text(book, sheet.cell(row, at)) for at in range(sheet.row_len(row))] for row in range(sheet.nrows)]
    merged = tuple(sorted((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells))
    struck = frozenset(
        (row, at)
        for row in range(sheet.nrows)
        for at in range(sheet.row_len(row))
        if sheet.cell_type(row, at) not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
        and book.font_list[book.xf_list[sheet.cell_xf_index(row, at)].font_index].struck_out
    )
    unseen = frozenset(
        (row, at)
        for row in range(sheet.nrows)
        for at in range(sheet.row_len(row))
        if sheet.cell_type(row, at) not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
        and _is_unseen(book, book.xf_list[sheet.cell_xf_index(row, at)])
    )
    return Sheet(
        sheet.name,
        Grid.of(rows),
        merged,
        sheet.visibility != 0,
        frozenset(row for row, about in sheet.rowinfo_map.items() if about.hidden),
        hidden_columns=frozenset(at for at, about in sheet.colinfo_map.items() if about.hidden and at < sheet.ncols),
        struck=struck,
        unseen=unseen,
        comments={at: note.text for at, note in sheet.cell_note_map.items()},
    )


def _is_unseen(book: xlrd.Book, style: XF) -> bool:
    """Whether cells of a style have the colour of their ground, or letters that nobody can read."""
    font = book.font_list[style.font_index]
    painted = style.background if style.background and style.background.fill_pattern else None
    ground = _colour(book, painted.pattern_colour_index) if painted else ""
    return is_unseen(_colour(book, font.colour_index), ground, font.height / TWIPS)


def _colour(book: xlrd.Book, number: int) -> str:
    """A colour of the workbook as six digits; "" for the usual one of letters."""
    parts = book.colour_map.get(number)
    return "".join(f"{part:02X}" for part in parts) if parts else ""


def _text(book: xlrd.Book, cell: Cell) -> str:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(int(cell.value), "#ERROR!"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(cell.value)).upper()
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    number = float(cell.value)
    shape = book.format_map[book.xf_list[cell.xf_index].format_key].format_str if cell.xf_index is not None else ""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return date_as_shown(xlrd.xldate_as_datetime(number, book.datemode), shape)
    return as_shown(number, shape)
