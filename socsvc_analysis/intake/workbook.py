"""Received files as sheets of text cells, whatever program wrote them.

What a file is, its first bytes say, not its name.  Archives are looked through before they are opened: a file that
would unpack to something huge, or that brings its own XML entities, is refused.  Formulas are never computed and macros
never run; a cell shows the value that was stored with it.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import python_calamine
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.intake import text
from socsvc_analysis.intake.numbers import Exact
from socsvc_analysis.intake.opendocument import RAISED, Beside, beside
from socsvc_analysis.schema import DataError, Problem

LARGEST_FILE = 30 * 2**20
LARGEST_UNPACKED = 60 * 2**20
LARGEST_RATIO = 200
SMALL = 2**20
"""Below this many bytes unpacked a high ratio harms nobody: a sheet of equal cells packs well."""
MOST_MEMBERS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 500
ENTITIES = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
REPEATED = re.compile(
    rb'<table:table-(?:row|cell)\b[^>]*-repeated="(\d{4,})"[^>]*[^/]>(.*?)</table:table-(?:row|cell)>'
)
TEXTS = re.compile(r"comment|drawing|docprops|^(?:content|meta|styles)\.xml$")
"""Parts of a workbook with texts outside cells; the tags between texts part them, so that numbers do not join."""
TAGS = re.compile(r"<[^>]*>")
HEADERS = re.compile(rb"<(?:odd|even|first)(?:Header|Footer)>([^<]*)<")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
RAISED_FONT = re.compile(rb"\x31\x00[\x10-\x80]\x00.{8}\x01\x00", re.DOTALL)
"""A font record of the old format whose escapement is superscript."""
OLD_TEXT = re.compile(rb"(?<!\d)\d{6}-\d{5}(?!\d)")
SAVE_AS = "open it in a spreadsheet and save it as an Excel workbook (XLSX) or as CSV"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells as text, the first row of the sheet first."""

    name: str  # "" for a text file
    rows: tuple[tuple[str, ...], ...]  # all of one width; numbers of a workbook are Exact
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column; from 0
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()  # from 0
    beside: tuple[str, ...] = ()  # texts of the file that are no cells: comments, text boxes, headers, properties


def opened(path: Path, known: Callable[[str], bool] = lambda cell: False) -> tuple[Sheet, ...]:
    """The sheets of a received file; ``known`` tells a heading from other text.

    Raises :class:`~socsvc_analysis.schema.DataError` with a sentence for what cannot or must not be read.
    """
    size = path.stat().st_size
    if size == 0:
        raise _refused(path, "is empty")
    if size > LARGEST_FILE:
        raise _refused(path, f"is larger than {LARGEST_FILE // 2**20} MB; a return is a fraction of that")
    content = path.read_bytes()
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"PK"):
        return _of_archive(path, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _of_old_excel(path, content)
    if start.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<head", b"<meta", b"{\\rtf")):
        raise _refused(path, f"is a page or document, not a table; {SAVE_AS}")
    if content.startswith((b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x89PNG", b"\xff\xd8\xff")):
        raise _refused(path, f"is not a spreadsheet; {SAVE_AS}")
    rows = text.rows_of(path, known)
    if len(rows) > MOST_ROWS:
        raise _refused(path, f"has more than {MOST_ROWS} rows")
    return (Sheet("", _squared(path, "", rows)),)


def _of_archive(path: Path, content: bytes) -> tuple[Sheet, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(path, archive)
    except DataError:
        raise
    except Exception as failure:  # a damaged archive makes the library stumble in every way there is
        raise _refused(path, f"is damaged and cannot be unpacked ({failure}); ask for it again") from None
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        _refuse_repeated(path, parts.get("content.xml", b""))
        return _with_texts(_of_opendocument(path, content, parts.get("content.xml", b"")), parts)
    if "xl/workbook.xml" in parts:
        formulas = any(FORMULA.search(part) for name, part in parts.items() if "sheet" in name)
        return _with_texts(_of_excel(path, content, formulas), parts)
    kind = "a text document" if "word/document.xml" in parts else "an archive"
    if "xl/workbook.bin" in parts:
        kind = "a binary workbook (XLSB)"
    raise _refused(path, f"is {kind}, not a workbook; {SAVE_AS}")


def _with_texts(sheets: tuple[Sheet, ...], parts: dict[str, bytes]) -> tuple[Sheet, ...]:
    """The sheets, the first with the texts of the file outside its cells."""
    texts = tuple(
        TAGS.sub("|", part.decode("utf-8", errors="ignore"))
        for name, part in parts.items()
        if TEXTS.search(name.lower())
    )
    headers = tuple(
        found.decode("utf-8", errors="ignore")
        for name, part in parts.items()
        if "worksheets/" in name
        for found in HEADERS.findall(part)
    )
    return (replace(sheets[0], beside=texts + headers), *sheets[1:]) if sheets else sheets


def _parts(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The members of an archive, unpacked within limits that hold whatever its directory claims."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise _refused(path, f"holds more than {MOST_MEMBERS} parts and is no ordinary workbook")
    packed = sum(each.compress_size for each in members)
    unpacked = sum(each.file_size for each in members)
    if unpacked > LARGEST_UNPACKED:
        raise _refused(path, f"unpacks to more than {LARGEST_UNPACKED // 2**20} MB")
    if unpacked > SMALL and unpacked > LARGEST_RATIO * max(packed, 1):
        raise _refused(path, f"unpacks to more than {LARGEST_RATIO} times its size, as no ordinary workbook does")
    parts: dict[str, bytes] = {}
    for each in members:
        if each.flag_bits & 1:
            raise _refused(path, "is protected by a password; ask for it without one")
        if each.filename.startswith(("/", "\\")) or ".." in Path(each.filename.replace("\\", "/")).parts:
            raise _refused(path, "holds a part that would be written outside its folder")
        if each.filename in parts:
            raise _refused(path, "holds two parts of the same name")
        part = archive.read(each)
        if each.filename.lower().endswith((".xml", ".rels", ".vml")) and any(mark in part for mark in ENTITIES):
            raise _refused(path, "brings its own XML entities, as no spreadsheet program writes them")
        parts[each.filename] = part
    return parts


def _of_excel(path: Path, content: bytes, formulas: bool) -> tuple[Sheet, ...]:
    shown = _loaded(path, content, data_only=True)
    written = _loaded(path, content, data_only=False) if formulas else shown
    # A library that cannot compute stores 0 for every formula and asks the next program to compute them all.
    computed = not (formulas and written.calculation and written.calculation.fullCalcOnLoad)
    sheets = tuple(
        _of_worksheet(path, sheet, written[sheet.title], computed)
        for sheet in shown.worksheets
        if isinstance(sheet, Worksheet)
    )
    if not sheets:
        raise _refused(path, "has no sheet of cells")
    return sheets


def _loaded(path: Path, content: bytes, data_only: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False, rich_text=True)
    except Exception as failure:  # the library raises whatever a damaged part makes it stumble over
        said = f"is damaged and cannot be read ({type(failure).__name__}); {SAVE_AS}"
        raise _refused(path, said) from failure


def _of_worksheet(path: Path, shown: Worksheet, written: Worksheet, computed: bool) -> Sheet:
    filled = [cell for row in _cells(path, written) for cell in row if cell.value is not None]
    height = max((cell.row for cell in filled), default=0)
    width = max((cell.column for cell in filled), default=0)
    _refuse_size(path, shown.title, height, width)
    rows = [[""] * width for _ in range(height)]
    for cell in filled:
        value = shown.cell(cell.row, cell.column)
        stored = value.value is not None and (computed or value.value != 0 or cell.data_type != "f")
        rows[cell.row - 1][cell.column - 1] = _text(value) if stored else str(cell.value)
    merged = tuple(
        (each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1) for each in shown.merged_cells.ranges
    )
    hidden_rows = frozenset(at - 1 for at, row in shown.row_dimensions.items() if row.hidden)
    return Sheet(
        shown.title, tuple(map(tuple, rows)), tuple(sorted(merged)), shown.sheet_state != "visible", hidden_rows
    )


def _cells(path: Path, sheet: Worksheet) -> Iterable[tuple[Cell, ...]]:
    _refuse_size(path, sheet.title, sheet.max_row, sheet.max_column)
    return sheet.iter_rows()


def _text(cell: Cell) -> str:
    """A cell as a person sees it, as far as that matters: percentages, dates and codes with leading zeros."""
    value, shape = cell.value, cell.number_format or ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _plain(value)
    if "%" in shape:
        return f"{value * 100:.10g}%"
    if re.fullmatch("0{2,}", shape) and float(value).is_integer() and value >= 0:
        return str(int(value)).zfill(len(shape))
    return _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, CellRichText):
        return "".join(map(_raised, value))
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        # Spreadsheets compute in binary and show fifteen digits: 0.1 + 0.2 is 0.3 to the person who sent it.
        return Exact(float(f"{value:.15g}"))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _raised(part: str | TextBlock) -> str:
    if isinstance(part, TextBlock):
        return part.text.translate(RAISED) if part.font and part.font.vertAlign == "superscript" else part.text
    return part


def _of_old_excel(path: Path, content: bytes) -> tuple[Sheet, ...]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _refused(path, "is protected by a password; ask for it without one")
    if "WordDocument".encode("utf-16-le") in content:
        raise _refused(path, f"is a text document, not a workbook; {SAVE_AS}")
    if RAISED_FONT.search(content):
        said = "has raised signs (superscript), which cannot be told from digits in the old XLS format"
        raise _refused(path, f"{said}; {SAVE_AS}")
    sheets = _of_calamine(path, content)
    # Comments and texts of the old format stand among its records, in letters of one byte or two.
    written = OLD_TEXT.findall(content) + OLD_TEXT.findall(content.replace(b"\0", b""))
    return (replace(sheets[0], beside=tuple(each.decode() for each in written)), *sheets[1:]) if sheets else sheets


def _of_opendocument(path: Path, content: bytes, described: bytes) -> tuple[Sheet, ...]:
    """ODS: the values, and what the reader of values passes over."""
    sheets = _of_calamine(path, content)
    more = beside(described)
    return tuple(_completed(sheet, more[sheet.name]) if sheet.name in more else sheet for sheet in sheets)


def _completed(sheet: Sheet, more: Beside) -> Sheet:
    rows = [list(row) for row in sheet.rows]
    for (at, column), told in more.texts.items():
        if at < len(rows) and column < len(rows[at]):
            rows[at][column] = told
    return replace(
        sheet,
        rows=tuple(map(tuple, rows)),
        merged=tuple(sorted(more.merged)),
        hidden_rows=frozenset(more.hidden_rows),
    )


def _of_calamine(path: Path, content: bytes) -> tuple[Sheet, ...]:
    """XLS and ODS, read by the library that knows both."""
    sheets = []
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for about in workbook.sheets_metadata:
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            _refuse_size(path, about.name, sheet.total_height, sheet.total_width)
            rows = [[_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(about.name, _squared(path, about.name, rows), tuple(sorted(merged)), hidden))
    except python_calamine.PasswordError:
        raise _refused(path, "is protected by a password; ask for it without one") from None
    except (DataError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as failure:  # a fault inside the library is no Exception
        raise _refused(path, f"is damaged and cannot be read ({type(failure).__name__}); {SAVE_AS}") from None
    return tuple(sheets)


def _refuse_size(path: Path, sheet: str, height: int, width: int) -> None:
    if height > MOST_ROWS or width > MOST_COLUMNS:
        said = f"has cells down to row {height} and column {width}; at most {MOST_ROWS} rows and {MOST_COLUMNS} columns"
        raise _refused(path, f"{said} are read: delete what lies beside the table", sheet)


def _refuse_repeated(path: Path, content: bytes) -> None:
    """Refuse cells with content that stand for thousands: a few bytes that fill the memory."""
    for count, inside in REPEATED.findall(content):
        if int(count) > MOST_COLUMNS and (b"office:value" in inside or b"<text:p" in inside):
            raise _refused(path, f"repeats a filled cell {int(count)} times; delete what lies beside the table")


def _squared(path: Path, sheet: str, rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows), default=0)
    _refuse_size(path, sheet, len(rows), width)
    return tuple(tuple(row) + ("",) * (width - len(row)) for row in rows)


def _refused(path: Path, said: str, sheet: str = "") -> DataError:
    return DataError([Problem(path.name, said, sheet=sheet)])
