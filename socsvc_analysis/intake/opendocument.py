"""What an OpenDocument sheet says beside its values: merged cells, hidden rows, raised footnote signs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""A raised digit is a footnote: to its own sign, or 12¹ would be read as 121."""
RAISE = re.compile("super|[1-9]")
"""How a style says that its text stands above the line: ``super 58%`` or ``33% 58%``."""
MOST_REPEATED = 1_000


@dataclass
class Beside:
    """What stands beside the values of one sheet; rows and columns from 0."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first column, last row, last
    hidden_rows: set[int] = field(default_factory=set)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)  # cells with raised signs, the signs told apart


def beside(content: bytes) -> dict[str, Beside]:
    """By sheet what ``content.xml`` says; the caller has refused content that brings its own entities."""
    root = ElementTree.parse(io.BytesIO(content)).getroot()
    raised = {
        style.get(_name("style:name"))
        for style in root.iter(_name("style:style"))
        for properties in style.iter(_name("style:text-properties"))
        if RAISE.match(properties.get(_name("style:text-position"), ""))
    }
    return {sheet.get(_name("table:name"), ""): _of(sheet, raised) for sheet in root.iter(_name("table:table"))}


def _of(sheet: ElementTree.Element, raised: set[str | None]) -> Beside:
    found = Beside()
    at = 0
    for row in sheet.iter(_name("table:table-row")):
        times = _count(row, "table:number-rows-repeated")
        if row.get(_name("table:visibility"), "visible") != "visible":
            found.hidden_rows.update(range(at, at + min(times, MOST_REPEATED)))
        column = 0
        for cell in row:
            wide, high = _count(cell, "table:number-columns-spanned"), _count(cell, "table:number-rows-spanned")
            if wide > 1 or high > 1:
                found.merged.append((at, column, at + high - 1, column + wide - 1))
            if raised and any(span.get(_name("text:style-name")) in raised for span in cell.iter(_name("text:span"))):
                text = "\n".join("".join(_pieces(line, raised)) for line in cell.findall("text:p", NAMESPACES))
                for down in range(min(times, MOST_REPEATED)):
                    found.texts[at + down, column] = text
            column += _count(cell, "table:number-columns-repeated")
        at += times
    return found


def _pieces(element: ElementTree.Element, raised: set[str | None], up: bool = False) -> Iterable[str]:
    up = up or element.get(_name("text:style-name")) in raised
    text = element.text or ""
    yield text.translate(RAISED) if up else text
    for inner in element:
        yield from _pieces(inner, raised, up)
        yield (inner.tail or "").translate(RAISED) if up else inner.tail or ""


def _count(element: ElementTree.Element, name: str) -> int:
    said = element.get(_name(name), "1")
    return int(said) if said.isdigit() else 1


def _name(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
