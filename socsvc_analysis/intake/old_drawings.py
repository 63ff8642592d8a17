"""Text boxes, headers and footers of old Excel workbooks (XLS), which stand among the records of a sheet.

Source: [MS-XLS], the records BoundSheet8, Header, Footer, Obj, TxO and Continue.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from xlrd.compdoc import CompDoc, CompDocError

BOF, EOF, BOUNDSHEET = 0x0809, 0x000A, 0x0085
HEADER, FOOTER, OBJECT, TEXT, CONTINUE = 0x0014, 0x0015, 0x005D, 0x01B6, 0x003C
NOTE = 0x19
"""The kind of object that is a comment on a cell, which is read with the cell."""
DAMAGED = (CompDocError, struct.error, IndexError)
Record = tuple[int, bytes]


def of_file(content: bytes) -> list[tuple[list[str], list[str]]]:
    """By worksheet the texts of its boxes, and those of its header and footer as Excel codes them."""
    memory, base, length = CompDoc(content).locate_named_stream("Workbook")
    return of_stream(bytes(memory[base : base + length])) if memory else []


def of_stream(stream: bytes) -> list[tuple[list[str], list[str]]]:
    """The same, of the stream of records."""
    begins = [
        struct.unpack_from("<I", data)[0]
        for code, data in _records(stream, 0)
        if code == BOUNDSHEET and data[5] == 0  # a worksheet
    ]
    return [_of_sheet(list(_records(stream, begin))) for begin in begins]


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """The records of a substream; those of charts inside it are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, at)
        depth += (code == BOF) - (code == EOF)
        if depth < 1:
            return
        if depth == 1:
            yield code, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _of_sheet(records: list[Record]) -> tuple[list[str], list[str]]:
    boxes, printed, kind = [], [], 0
    for at, (code, data) in enumerate(records):
        if code in (HEADER, FOOTER) and len(data) > 3:
            printed.append(_letters(data[2:])[: struct.unpack_from("<H", data)[0]])
        elif code == OBJECT and len(data) > 5:
            kind = struct.unpack_from("<H", data, 4)[0]
        elif code == TEXT and kind != NOTE and len(data) > 11:
            boxes.append(_continued(records[at + 1 :], struct.unpack_from("<H", data, 10)[0]))
    return [each for each in boxes if each], printed


def _continued(records: list[Record], length: int) -> str:
    """The text of a box, which stands in the records behind it."""
    text = ""
    for code, data in records:
        if code != CONTINUE or len(text) >= length:
            break
        text += _letters(data)
    return text[:length]


def _letters(data: bytes) -> str:
    """A text behind the byte that says whether its letters are of one byte or two."""
    return data[1:].decode("utf-16-le" if data[:1] == b"\1" else "latin-1", errors="ignore")
