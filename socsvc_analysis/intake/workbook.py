"""Received files as sheets of text cells, whatever program wrote them.

What a file is, its first bytes say, not its name.  Archives are looked through before they are opened: a file that
would unpack to something huge, or that brings its own XML entities, is refused.  Formulas are never computed and macros
never run; a cell shows the value that was stored with it.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from socsvc_analysis.intake import outside, signed, text, workbook_parts
from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.names import visible
from socsvc_analysis.intake.numbers import Exact
from socsvc_analysis.intake.opendocument import SheetDetails, sheet_details
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sentences import Sentence as sentence

LOCKS = ("~$", ".~lock.")
"""How files are called that a program writes while another file is open."""
BLANK = b"\xef\xbb\xbf \t\r\n"
"""What a text file without a word may hold: the mark of its encoding, blanks and ends of lines."""
OF_PAGES = (
    *(b"<html", b"<!doctype", b"<?xml", b"<table", b"<head", b"<meta", b"{\\rtf", b"mime-version:"),
    *(b"[{", b'{"'),
)
"""How pages, letters and data for programs begin, in small letters."""
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
RAISED_FONT = re.compile(rb"\x31\x00[\x10-\x80]\x00.{8}\x01\x00", re.DOTALL)
"""A font record of the old format whose escapement is superscript."""
OLD_TEXT = re.compile(rb"(?<!\d)\d{6}-\d{5}(?!\d)")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells as text, the first row of the sheet first."""

    name: str  # "" for a text file
    rows: Grid  # or rows of cells, which become one; numbers of a workbook are Exact
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column; from 0
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()  # from 0
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()  # row and column of the cells that are struck out
    unseen: frozenset[tuple[int, int]] = frozenset()  # those in the colour of their ground, or too small to read
    unseen_if: tuple[tuple[int, int, int, int], ...] = ()  # places like ``merged`` that a condition conceals
    struck_if: tuple[tuple[int, int, int, int], ...] = ()  # those that a condition strikes out
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)  # by row and column, those on cells
    outside: tuple[str, ...] = ()  # text boxes, alternative texts, headers and footers of this sheet
    beside: tuple[str, ...] = ()  # texts of the file that are no cells: comments, text boxes, headers, properties

    def __post_init__(self) -> None:
        rows = self.rows if isinstance(self.rows, Grid) else Grid.of(self.rows)
        object.__setattr__(self, "rows", Grid([column.map(_visible) for column in rows.columns], len(rows)))


def _visible(cell: str) -> str:
    """A cell without the signs that take no room; a number of a workbook has none."""
    return cell if isinstance(cell, Exact) else visible(cell)


def opened(
    path: Path, known: Callable[[str], bool] = lambda cell: False, content: bytes | None = None
) -> tuple[Sheet, ...]:
    """The sheets of a received file; ``known`` tells a heading from other text, ``content`` is what was read of it.

    Raises :class:`~socsvc_analysis.schema.DataError` with a sentence for what cannot or must not be read.
    """
    if path.name.startswith(LOCKS):
        raise refused(path, sentence("refusal_lock"))
    size = path.stat().st_size if content is None else len(content)
    if size > LARGEST_FILE:
        raise refused(path, sentence("refusal_large", size=LARGEST_FILE // 2**20))
    content = path.read_bytes() if content is None else content
    start = content[:512].lstrip(BLANK).lower()
    if not start and not content.strip(BLANK):
        raise refused(path, sentence("refusal_empty"))
    if content.startswith(b"PK"):
        return _of_archive(path, content, known)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _of_old_excel(path, content)
    if start.startswith(OF_PAGES):
        raise refused(path, sentence("refusal_page"))
    if content.startswith((b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x89PNG", b"\xff\xd8\xff")):
        raise refused(path, sentence("refusal_no_spreadsheet"))
    rows = text.grid_of(content, path.name, known)
    if len(rows) > MOST_ROWS:
        raise refused(path, sentence("refusal_rows", rows=MOST_ROWS))
    refuse_size(path, "", len(rows), rows.width)
    return (Sheet("", rows),)


def _of_archive(path: Path, content: bytes, known: Callable[[str], bool]) -> tuple[Sheet, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(path, archive)
    except DataError:
        raise
    except Exception as failure:  # a damaged archive makes the library stumble in every way there is
        raise refused(path, sentence("refusal_unpacked", failure=failure)) from None
    kind = parts.get("mimetype", b"")
    if kind.startswith(b"application/vnd.oasis.opendocument.text"):
        raise refused(path, sentence("refusal_text_document"))
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        _refuse_repeated(path, parts.get("content.xml", b""))
        read = _of_opendocument(path, content, parts.get("content.xml", b""))
        return _with_texts(read, parts, outside.of_opendocument(parts))
    if signed.is_container(parts):
        return _of_container(path, parts, known)
    parts = workbook_parts.usual(parts)
    if workbook_parts.WORKBOOK in parts:
        from socsvc_analysis.intake import excel  # brings all of openpyxl along

        return _with_texts(excel.sheets(path, parts), parts, outside.of_excel(parts))
    if "xl/workbook.bin" in parts:
        raise refused(path, sentence("refusal_binary"))
    if any(name.endswith(".iwa") for name in parts):
        raise refused(path, sentence("refusal_numbers"))
    raise refused(path, sentence("refusal_text_document" if "word/document.xml" in parts else "refusal_archive"))


def _of_container(path: Path, parts: dict[str, bytes], known: Callable[[str], bool]) -> tuple[Sheet, ...]:
    """The sheets of the one spreadsheet in a signed container."""
    inside = signed.spreadsheets(parts)
    if len(inside) != 1:
        names = ", ".join(sorted(inside)) or "–"
        raise refused(path, sentence("refusal_container" if inside else "refusal_container_empty", names=names))
    ((name, content),) = inside.items()
    if content.startswith(b"PK") and signed.is_container(_members(path, content)):
        raise refused(path, sentence("refusal_container_empty", names=name))
    sheets = opened(path, known, content)
    return (replace(sheets[0], beside=(*sheets[0].beside, name)), *sheets[1:])


def _members(path: Path, content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _parts(path, archive)


def _with_texts(
    sheets: tuple[Sheet, ...], parts: dict[str, bytes], said: Mapping[str, tuple[str, ...]]
) -> tuple[Sheet, ...]:
    """The sheets with what is ``said`` on each outside its cells, the first with all such texts of the file as well."""
    sheets = tuple(replace(sheet, outside=said.get(sheet.name, ())) for sheet in sheets)
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
        raise refused(path, sentence("refusal_members", parts=MOST_MEMBERS))
    packed = sum(each.compress_size for each in members)
    unpacked = sum(each.file_size for each in members)
    if unpacked > LARGEST_UNPACKED:
        raise refused(path, sentence("refusal_unpacks", size=LARGEST_UNPACKED // 2**20))
    if unpacked > SMALL and unpacked > LARGEST_RATIO * max(packed, 1):
        raise refused(path, sentence("refusal_ratio", times=LARGEST_RATIO))
    parts: dict[str, bytes] = {}
    for each in members:
        if each.flag_bits & 1:
            raise refused(path, sentence("refusal_password"))
        if each.filename.startswith(("/", "\\")) or ".." in Path(each.filename.replace("\\", "/")).parts:
            raise refused(path, sentence("refusal_outside"))
        name = each.filename.replace("\\", "/")  # as some programs write them
        if name in parts:
            raise refused(path, sentence("refusal_same_parts"))
        part = archive.read(each)
        if each.filename.lower().endswith((".xml", ".rels", ".vml")) and any(mark in part for mark in ENTITIES):
            raise refused(path, sentence("refusal_entities"))
        parts[name] = part
    return parts


def _of_old_excel(path: Path, content: bytes) -> tuple[Sheet, ...]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise refused(path, sentence("refusal_password"))
    if "WordDocument".encode("utf-16-le") in content:
        raise refused(path, sentence("refusal_text_document"))
    if RAISED_FONT.search(content):
        raise refused(path, sentence("refusal_raised"))
    from socsvc_analysis.intake import old_excel  # knows sheets, which are defined here

    sheets = old_excel.sheets(path, content)
    said = outside.of_old_excel(content)
    if len(said) == len(sheets):
        sheets = tuple(replace(sheet, outside=texts) for sheet, texts in zip(sheets, said, strict=True))
    # Comments and texts of the old format stand among its records, in letters of one byte or two.
    written = OLD_TEXT.findall(content) + OLD_TEXT.findall(content.replace(b"\0", b""))
    return (replace(sheets[0], beside=tuple(each.decode() for each in written)), *sheets[1:]) if sheets else sheets


def _of_opendocument(path: Path, content: bytes, described: bytes) -> tuple[Sheet, ...]:
    """ODS: the values, and what the reader of values passes over."""
    sheets = _of_calamine(path, content)
    more = sheet_details(described)
    return tuple(_completed(sheet, more[sheet.name]) if sheet.name in more else sheet for sheet in sheets)


def _completed(sheet: Sheet, more: SheetDetails) -> Sheet:
    changed: dict[int, dict[int, str]] = {}
    for (at, column), told in more.texts.items():
        if at < len(sheet.rows) and column < sheet.rows.width:
            changed.setdefault(column, {})[at] = told
    return replace(
        sheet,
        rows=sheet.rows.replaced(changed),
        merged=tuple(sorted(more.merged)),
        hidden_rows=frozenset(more.hidden_rows),
        hidden_columns=frozenset(at for at in more.hidden_columns if at < sheet.rows.width),
        struck=frozenset(more.struck),
        unseen=frozenset(more.unseen),
        comments=more.comments,
    )


def _of_calamine(path: Path, content: bytes) -> tuple[Sheet, ...]:
    """The values of an OpenDocument sheet."""
    import python_calamine

    sheets = []
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for about in workbook.sheets_metadata:
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            refuse_size(path, about.name, sheet.total_height, sheet.total_width)
            rows = Grid.of([[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)])
            refuse_size(path, about.name, len(rows), rows.width)
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(about.name, rows, tuple(sorted(merged)), hidden))
    except python_calamine.PasswordError:
        raise refused(path, sentence("refusal_password")) from None
    except (DataError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as failure:  # a fault inside the library is no Exception
        raise refused(path, sentence("refusal_damaged", failure=type(failure).__name__)) from None
    return tuple(sheets)


def plain(value: object) -> str:
    """A value of a workbook as text; numbers are Exact."""
    if value is None:
        return ""
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


def refuse_size(path: Path, sheet: str, height: int, width: int) -> None:
    """Refuse a sheet that is larger than any return."""
    if height > MOST_ROWS or width > MOST_COLUMNS:
        said = sentence("refusal_size", height=height, width=width, rows=MOST_ROWS, columns=MOST_COLUMNS)
        raise refused(path, said, sheet)


def _refuse_repeated(path: Path, content: bytes) -> None:
    """Refuse cells with content that stand for thousands: a few bytes that fill the memory."""
    for count, inside in REPEATED.findall(content):
        if int(count) > MOST_COLUMNS and (b"office:value" in inside or b"<text:p" in inside):
            raise refused(path, sentence("refusal_repeated", count=int(count)))


def refused(path: Path, said: str, sheet: str = "") -> DataError:
    """The error for a file that cannot or must not be read."""
    return DataError([Problem(path.name, said, sheet=sheet)])
