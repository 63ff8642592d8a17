"""What an OpenDocument sheet says beside its values: merged, hidden, struck-out cells, errors, numbers as shown."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from socsvc_analysis.intake.formats import date_of_text, is_unseen
from socsvc_analysis.intake.numbers import NOT_SHOWN, Exact

NAMESPACES = {
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
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
SCALES = (1_000, 1_000_000)
REFERENCE = re.compile(r"(?:of:)?=\+?\[(?:\$?(?:'([^']+)'|([^'.\]]*)))?\.\$?([A-Z]{1,3})\$?(\d+)\]")
"""A formula that repeats one cell: the sheet, column and row."""
SIZE = re.compile(r"(\d+(?:\.\d+)?)pt")
NUMERIC = ("float", "percentage", "currency")


@dataclass
class SheetDetails:
    """What stands beside the values of one sheet; rows and columns from 0."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first column, last row, last
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    unseen: set[tuple[int, int]] = field(default_factory=set)  # of the colour of their ground, or too small
    texts: dict[tuple[int, int], str] = field(default_factory=dict)  # cells that say more than their value
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    filled: set[tuple[int, int]] = field(default_factory=set)
    repeats: dict[tuple[int, int], str] = field(default_factory=dict)  # formulas whose result is 0


def sheet_details(content: bytes) -> dict[str, SheetDetails]:
    """By sheet what ``content.xml`` says; the caller has refused content that brings its own entities."""
    root = ElementTree.parse(io.BytesIO(content)).getroot()
    styles = _styles(root)
    found = {
        sheet.get(_name("table:name"), ""): _details_of(sheet, styles) for sheet in root.iter(_name("table:table"))
    }
    for name, sheet in found.items():
        for at, formula in sheet.repeats.items():
            if _repeats_nothing(formula, name, found):
                sheet.texts[at] = Exact(0, formula.removeprefix("of:"))
    return found


@dataclass
class _Styles:
    """The names of styles in which text is raised, struck out, or seen by nobody."""

    raised: set[str | None] = field(default_factory=set)
    struck: set[str | None] = field(default_factory=set)
    unseen: set[str | None] = field(default_factory=set)


def _styles(root: ElementTree.Element) -> _Styles:
    found = _Styles()
    for style in root.iter(_name("style:style")):
        name = style.get(_name("style:name"))
        cell = style.find("style:table-cell-properties", NAMESPACES)
        ground = cell.get(_name("fo:background-color"), "") if cell is not None else ""
        ground = "" if ground == "transparent" else ground.lstrip("#")
        for properties in style.iter(_name("style:text-properties")):
            if RAISE.match(properties.get(_name("style:text-position"), "")):
                found.raised.add(name)
            if properties.get(_name("style:text-line-through-style"), "none") != "none":
                found.struck.add(name)
            size = SIZE.fullmatch(properties.get(_name("fo:font-size"), ""))
            if is_unseen(properties.get(_name("fo:color"), "").lstrip("#"), ground, float(size[1]) if size else 11.0):
                found.unseen.add(name)
    return found


def _repeats_nothing(formula: str, own: str, sheets: Mapping[str, SheetDetails]) -> bool:
    """Whether a formula only repeats another cell, which is empty: spreadsheets make 0 of it."""
    found = REFERENCE.fullmatch(formula)
    name = (found[1] or found[2] or own) if found else ""
    if not found or name not in sheets:
        return False
    column = 0
    for letter in found[3]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(found[4]) - 1, column - 1) not in sheets[name].filled


def _details_of(sheet: ElementTree.Element, styles: _Styles) -> SheetDetails:
    found = SheetDetails(
        hidden_rows=_hidden(sheet.iter(_name("table:table-row")), "table:number-rows-repeated"),
        hidden_columns=_hidden(sheet.iter(_name("table:table-column")), "table:number-columns-repeated"),
    )
    at = 0
    for row in sheet.iter(_name("table:table-row")):
        times = _count(row, "table:number-rows-repeated")
        across = 0
        for cell in row:
            wide, high = _count(cell, "table:number-columns-spanned"), _count(cell, "table:number-rows-spanned")
            if wide > 1 or high > 1:
                found.merged.append((at, across, at + high - 1, across + wide - 1))
            repeated = _count(cell, "table:number-columns-repeated")
            comment = cell.find("office:annotation", NAMESPACES)
            if comment is not None:
                lines = ("".join(line.itertext()) for line in comment.findall(".//text:p", NAMESPACES))
                found.comments[at, across] = "\n".join(lines)
                cell.remove(comment)
            told = _more_than_value(cell, styles.raised)
            filled = bool("".join(cell.itertext()).strip()) or cell.get(_name("office:value")) is not None
            places = (
                [
                    (at + down, across + right)
                    for down in range(min(times, MOST_REPEATED))
                    for right in range(min(repeated, MOST_REPEATED))
                ]
                if told is not None or filled
                else []
            )
            if told is not None:
                found.texts.update(dict.fromkeys(places, told))
            found.filled.update(places if filled else ())
            style = cell.get(_name("table:style-name"))
            found.struck.update(places if filled and style in styles.struck else ())
            found.unseen.update(places if filled and style in styles.unseen else ())
            formula = cell.get(_name("table:formula"))
            if formula and cell.get(_name("office:value")) == "0":
                found.repeats[at, across] = formula
            across += repeated
        at += times
    return found


def _hidden(lines: Iterable[ElementTree.Element], repeated: str) -> set[int]:
    """The places of the rows or columns that are hidden or filtered out; ``repeated`` counts how often one stands."""
    hidden: set[int] = set()
    at = 0
    for line in lines:
        times = _count(line, repeated)
        if line.get(_name("table:visibility"), "visible") != "visible":
            hidden.update(range(at, at + min(times, MOST_REPEATED)))
        at += times
    return hidden


def _more_than_value(cell: ElementTree.Element, raised: set[str | None]) -> str | None:
    """What a cell says beyond its value: an error, per cent, money, words, a year; None where it says no more."""
    if raised and any(span.get(_name("text:style-name")) in raised for span in cell.iter(_name("text:span"))):
        return "\n".join("".join(_pieces(line, raised)) for line in cell.findall("text:p", NAMESPACES))
    kind = cell.get(_name("office:value-type"), "")
    shown = "\n".join("".join(line.itertext()) for line in cell.findall("text:p", NAMESPACES)).strip()
    if cell.get(_name("calcext:value-type")) == "error" or (
        kind in NUMERIC and shown.startswith("#") and shown[1:2].isalpha()
    ):
        return shown if shown.startswith("#") else f"#{shown or 'ERR'}"
    if kind == "date":
        return date_of_text(cell.get(_name("office:date-value"), ""), shown)
    if kind not in NUMERIC:
        return None
    try:
        value = float(f"{float(cell.get(_name('office:value'), '')):.15g}")
    except ValueError:
        return None
    if kind == "percentage":
        return Exact(float(f"{value * 100:.12g}"), "%")
    if value and not shown and cell.find("text:p", NAMESPACES) is not None:
        return Exact(value, NOT_SHOWN)
    words = " ".join(re.findall(r"[^\W\d_]+\.?|[€$£<>≤≥~≈±]", re.sub(r"(?<=\d)E[+-]?\d", "", shown)))
    scale = _scale(value, shown)
    if scale:
        words = f"{words} ÷{scale}".strip()
    return Exact(value, words) if words else None


def _scale(value: float, shown: str) -> int:
    """By what a number is divided where it is shown; 0 where it is not.

    >>> _scale(12000, "12"), _scale(1234000, "1 234,0 tūkst."), _scale(12000, "12 000"), _scale(1.2, "1")
    (1000, 1000, 0, 0)
    """
    digits = re.sub(r"[^\d,.]", "", shown).strip(",.")
    for text in {digits.replace(",", "").replace(".", ""), re.sub(r"[.,](?=\d{1,2}$|0+$)", "_", digits)}:
        number = re.sub(r"[.,]", "", text).replace("_", ".")
        for factor in SCALES if re.fullmatch(r"\d+(?:\.\d+)?", number) else ():
            if float(number) and abs(abs(value) / factor - float(number)) <= 0.5 and abs(value) >= factor:
                return factor
    return 0


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
