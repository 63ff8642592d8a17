"""Excel workbooks that are written here: the same bytes for the same content, headings that look alike, A4 on paper."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

MADE = dt.datetime(2020, 1, 1)
"""Written in place of the time of making, so that the same content has the same bytes."""
WIDEST = 40
"""Letters of the widest column."""
HEAD = PatternFill("solid", fgColor="1F4E5F")


def headed(cell: Cell | MergedCell) -> None:
    """Make ``cell`` look as the heading of a column."""
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def on_paper(sheet: Worksheet) -> None:
    """Print ``sheet`` on A4, as wide as one sheet of paper."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def same_bytes(book: openpyxl.Workbook) -> bytes:
    """The workbook without the time at which it was made."""
    book.properties.created = book.properties.modified = MADE
    made, same = io.BytesIO(), io.BytesIO()
    book.save(made)
    stamp = f"{MADE.isoformat()}Z".encode()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as kept:
        for each in parts.infolist():
            content = parts.read(each)
            if each.filename == "docProps/core.xml":
                start = content.index(b"<dcterms:modified")
                begin, end = content.index(b">", start) + 1, content.index(b"</dcterms:modified>")
                content = content[:begin] + stamp + content[end:]
            kept.writestr(zipfile.ZipInfo(each.filename, MADE.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return same.getvalue()
