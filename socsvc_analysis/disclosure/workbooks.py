"""Finished workbooks as a reader gets them, with all that Excel does not show."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator

import openpyxl
from defusedxml import ElementTree
from openpyxl.cell.cell import Cell, MergedCell

from socsvc_analysis.disclosure.pieces import Document, Grid, Passage, words_of

__all__ = ["read_workbook"]

SHEET = "xl/worksheets/sheet"
ASIDE = frozenset(
    [
        *("dataValidation", "formula1", "formula2", "formula", "hyperlink", "f"),
        *("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"),
    ]
)
"""Elements of a sheet that are not in its cells."""
PLACED = re.compile(r"&(?:[LCR]|amp;|\"[^\"]*\")")
"""Signs that say where in the foot of a sheet a text stands, and in which letters."""
HAS_ASIDE = re.compile(rb"<(?:\w+:)?(?:dataValidation|hyperlink|formula|f[ >]|(?:odd|even|first)(?:Header|Footer)>)")
LITERAL = re.compile(r'"([^"]*[0-9][^"]*)"')
"""Words that a format of numbers puts into the cell."""


def read_workbook(name: str, content: bytes) -> Document:
    """All that a workbook says, also what it does not show: hidden sheets, comments, formats, results of formulas."""
    document = Document()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        computed = False
        document.passages.append(Passage(name, parts.comment.decode("utf-8", "replace")))
        for part in parts.namelist():
            if part.startswith(SHEET):
                sheet = parts.read(part)
                computed |= b"</f>" in sheet
                if HAS_ASIDE.search(sheet):
                    _xml_part(document, f"{name}, {part}", sheet, ASIDE)
            elif part.endswith((".xml", ".rels", ".vml")):
                _xml_part(document, f"{name}, {part}", parts.read(part))
            elif part.endswith((".png", ".svg", ".bin")):
                document.passages.append(Passage(f"{name}, {part}", words_of(part)))
    _sheets(document, name, openpyxl.load_workbook(io.BytesIO(content)))
    if computed:  # what formulas came to when the workbook was last kept
        _sheets(document, name, openpyxl.load_workbook(io.BytesIO(content), data_only=True))
    return document


def _sheets(document: Document, name: str, book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        rows = [tuple(_text(cell.value) for cell in row) for row in sheet.iter_rows()]
        full = [at for at, row in enumerate(rows) if sum(map(bool, row)) > 1]
        above = " ".join([sheet.title, *(" ".join(filter(None, row)) for row in rows[: full[0] if full else None])])
        if full:
            document.grids.append(Grid(f"{name}, {sheet.title}", rows[full[0]], tuple(rows[full[0] + 1 :]), above))
        document.passages += [Passage(f"{name}, {sheet.title}", above)]
        for row in sheet.iter_rows():
            beside = " ".join(_text(cell.value) for cell in row)
            document.passages += [
                Passage(f"{name}, {sheet.title}", said, beside) for cell in row for said in _behind(cell)
            ]


def _behind(cell: Cell | MergedCell) -> Iterator[str]:
    """What belongs to a cell and is not its value: its comment, words of its format, where its link leads."""
    if cell.comment:
        yield cell.comment.text
    if cell.value is not None:
        yield from LITERAL.findall(cell.number_format)
    if isinstance(cell, Cell) and cell.hyperlink:
        yield from filter(None, (words_of(cell.hyperlink.target or ""), cell.hyperlink.tooltip))


def _xml_part(document: Document, place: str, content: bytes, only: Collection[str] | None = None) -> None:
    """Texts that no cell shows any more, names, properties, kept values of charts and pivot tables.

    ``only`` are the elements that are read, where not all are.
    """
    for element in ElementTree.fromstring(content).iter():
        if only is not None and element.tag.rpartition("}")[2] not in only:
            continue
        said = " ".join([*(element.itertext() if len(element) == 0 else ()), *element.attrib.values()])
        said = PLACED.sub(" ", said)
        if re.search("[0-9]", said) and re.search(r"[^\W\d_]{3}", said):
            document.passages.append(Passage(place, said))


def _text(value: object) -> str:
    return "" if value is None else str(value)
