"""Texts of a workbook outside its cells: text boxes, alternative texts of pictures, headers and footers of its pages.

They are read by sheet, as far as they say anything: numbers of pages, names of files and the day of printing do not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree

from socsvc_analysis.intake.names import visible
from socsvc_analysis.intake.workbook_parts import WORKBOOK

MOST_TEXTS, LONGEST = 50, 300
"""Texts of one sheet that are looked at, and their letters."""
CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[LCR]|[A-Z])', re.IGNORECASE)
"""What Excel writes in headers for fonts, places and fields; ``&&`` is the sign itself."""
PAGE = re.compile(r"\b(?:lapa|lappuse|lpp|page|no|of|from|sheet|fails|datne|file)\b|[\W\d_]+", re.IGNORECASE)
"""What a header says that only numbers its pages or names the file; texts of nothing else are left out."""
FIELDS = ("sheet-name", "page-number", "page-count", "date", "time", "file-name", "title", "modification-date")
"""Elements of an OpenDocument header that the program fills in."""
HEADERS = ("Header", "Footer")


def of_excel(parts: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """By sheet the texts outside cells of an Excel workbook, whose parts these are."""
    return {name: _distinct_lines(_of_sheet(parts, part)) for name, part in _sheets(parts)}


def of_opendocument(parts: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """By sheet the texts outside cells of an OpenDocument workbook; headers of pages are those of all sheets."""
    content, styles = _root(parts, "content.xml"), _root(parts, "styles.xml")
    printed = [
        _paragraphs(each)
        for master in _named(styles, "master-page")
        for each in master
        if _local(each) in ("header", "footer") and _attribute(each, "display") != "false"
    ]
    return {
        _attribute(sheet, "name"): _distinct_lines([*_shapes(sheet), *printed])
        for sheet in _named(content, "table")
        if len(sheet)
    }


def of_old_excel(content: bytes) -> list[tuple[str, ...]]:
    """The same of each worksheet of an old Excel workbook, in their order; nothing where its records are damaged."""
    from socsvc_analysis.intake import old_drawings  # brings the reader of old workbooks along

    try:
        return [_distinct_lines([*boxes, *map(_of_codes, printed)]) for boxes, printed in old_drawings.of_file(content)]
    except old_drawings.DAMAGED:
        return []


def _of_codes(printed: str) -> str:
    """A header or footer without the codes of Excel."""
    return CODES.sub(" ", printed.replace("&&", " "))


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The name and the part of each sheet."""
    targets = _targets(parts, WORKBOOK)
    for sheet in _named(_root(parts, WORKBOOK), "sheet"):
        part = targets.get(_attribute(sheet, "id"), "")
        if part in parts:
            yield _attribute(sheet, "name"), part


def _of_sheet(parts: Mapping[str, bytes], part: str) -> Iterator[str]:
    for printed in _headers(parts[part]):
        yield _of_codes(printed)
    for target in _targets(parts, part).values():
        if "drawings/drawing" in target:
            for shape in _named(_root(parts, target), "sp"):
                yield " ".join("".join(line.itertext()) for line in _named(shape, "p"))
            for about in _named(_root(parts, target), "cNvPr"):
                yield from (_attribute(about, "descr"), _attribute(about, "title"))


def _headers(content: bytes) -> Iterator[str]:
    """The headers and footers of the pages of a sheet; they stand behind its cells, which need not be read again."""
    at = content.rfind(b"headerFooter")
    begin, end = content.find(b"headerFooter"), content.find(b">", at)
    if begin < 0 or end < 0:
        return
    begin = content.rfind(b"<", 0, begin)
    try:
        root = ElementTree.fromstring(re.sub(rb"<(/?)\w+:", rb"<\1", content[begin : end + 1]))
    except ElementTree.ParseError:
        return
    yield from (each.text or "" for each in root if _local(each).endswith(HEADERS))


def _shapes(sheet: ElementTree.Element) -> Iterator[str]:
    """What frames, text boxes and forms on an OpenDocument sheet say, and how pictures are described."""
    for element in sheet.iter():
        name = _local(element)
        if name in ("text-box", "custom-shape", "rect", "ellipse", "caption"):
            yield _paragraphs(element)
        elif name in ("desc", "title") and "svg" in element.tag:
            yield element.text or ""


def _paragraphs(element: ElementTree.Element) -> str:
    return " ".join("".join(_written(line)) for line in _named(element, "p"))


def _written(element: ElementTree.Element) -> Iterator[str]:
    """The text of an element without what fields show."""
    yield element.text or ""
    for inner in element:
        if _local(inner) not in FIELDS:
            yield from _written(inner)
        yield inner.tail or ""


def _targets(parts: Mapping[str, bytes], part: str) -> dict[str, str]:
    """The parts that a part points to, by the id that it uses."""
    folder, name = posixpath.split(part)
    found = {}
    for relation in _named(_root(parts, f"{folder}/_rels/{name}.rels"), "Relationship"):
        target = _attribute(relation, "Target")
        place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[_attribute(relation, "Id")] = place
    return found


def _distinct_lines(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in one line each, without repetitions and those that say nothing."""
    lines = (" ".join(visible(text).split())[:LONGEST] for text in texts)
    return tuple(dict.fromkeys(line for line in lines if PAGE.sub("", line)))[:MOST_TEXTS]


def _root(parts: Mapping[str, bytes], name: str) -> ElementTree.Element:
    """The XML of a part as a tree; an empty one where it is missing or damaged, which is no reason to refuse here."""
    try:
        return ElementTree.fromstring(parts[name])
    except (KeyError, ElementTree.ParseError):
        return ElementTree.Element("nothing")


def _named(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in element.iter() if _local(each) == name)


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
