"""The XML parts of a workbook, whichever program wrote them, brought into the form that openpyxl reads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

WORKBOOK = "xl/workbook.xml"
ROOT = "_rels/.rels"
DOCUMENT = re.compile(rb'<(?:\w+:)?Relationship\b(?=[^>]*relationships/officeDocument")[^>]*\bTarget="([^"]+)"')
STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
"""Names of the strict form of the standard, and those that readers know."""
EMPTY_FILL = re.compile(rb"<((?:\w+:)?)fill\s*(?:/>|>\s*</(?:\w+:)?fill>)")
ASIDE = re.compile(
    rb"<((?:\w+:)?)(autoFilter|dataValidations|conditionalFormatting|extLst|hyperlinks|drawing|legacyDrawing|tableParts"
    rb"|printOptions|pageMargins|pageSetup|headerFooter|rowBreaks|colBreaks|customSheetViews|sheetViews|ignoredErrors"
    rb"|protectedRanges|scenarios|sortState|definedNames|externalReferences|customWorkbookViews|oleObjects|controls)"
    rb"\b(?:[^>]*/>|.*?</\1\2>)",
    re.DOTALL,
)
"""What stands in sheets and workbooks beside the cells."""


def usual(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts with the names that Excel gives them and the standard; what cells say does not change."""
    made = dict(parts)
    if b"purl.oclc.org/ooxml" in b"".join(part[:4096] for part in parts.values()):
        for name, part in made.items():
            for strict, known in STRICT:
                part = part.replace(strict, known)
            made[name] = part
    document = DOCUMENT.search(made.get(ROOT, b""))
    target = posixpath.normpath(document[1].decode(errors="replace").lstrip("/")) if document else WORKBOOK
    if target != WORKBOOK and target in made and target.endswith(".xml"):
        made = _renamed(made, target)
    if "xl/styles.xml" in made:
        made["xl/styles.xml"] = EMPTY_FILL.sub(rb"<\1fill><\1patternFill/></\1fill>", made["xl/styles.xml"])
    return made


def bare(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts without all but cells, formats and merged cells: for a workbook whose other parts are damaged."""
    kept = {name: part for name, part in parts.items() if not name.startswith(("docProps/", "customXml/"))}
    return {
        name: ASIDE.sub(b"", part) if name == WORKBOOK or name.startswith("xl/worksheets/sheet") else part
        for name, part in kept.items()
    }


def _renamed(parts: dict[str, bytes], target: str) -> dict[str, bytes]:
    """The parts with the workbook, which has another name, under the usual one."""
    folder, name = posixpath.split(target)
    relations = f"{folder}/_rels/{name}.rels"
    moved = {target: WORKBOOK, relations: "xl/_rels/workbook.xml.rels"}
    made = {moved.get(each, each): part for each, part in parts.items()}
    for each in (ROOT, "[Content_Types].xml"):
        if each in made:
            made[each] = made[each].replace(target.encode(), WORKBOOK.encode())
    return made
