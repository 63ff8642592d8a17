"""The classifier of administrative territories (ATVK), compared with our table of municipalities.

Nothing is changed by it: a merger or a new name is entered by a person who has read the law.  Two files of the
classifier write the same units in two ways, with dates as 2025-07-01 and as 01.07.2025.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Hashable

import pandas as pd

from socsvc_analysis.codes import lookup
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sources.answers import BYTE_ORDER_MARK
from socsvc_analysis.tables.fields import ATVK

COLUMNS = {
    "code": ("Code",),
    "name": ("Name",),
    "parent": ("Code_parent", "ParentCode"),
    "valid_from": ("Validity_period_begin", "ValidFrom"),
    "valid_to": ("Validity_period_end", "ValidTo"),
}
SUCCESSORS, LEVEL, MUNICIPALITY = "Successors", "Level", "3"
DATES = (
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?"), r"\1-\2-\3"),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\.?"), r"\3-\2-\1"),
)


def iso_date(text: str) -> str | None:
    """A date in either style as ISO text, "" for no date, None for anything else.

    >>> iso_date("2025-07-01"), iso_date("01.07.2025"), iso_date("1.7.2025"), iso_date(" "), iso_date("07/2025")
    ('2025-07-01', '2025-07-01', '2025-07-01', '', None)
    """
    text = text.strip()
    if not text:
        return ""
    for pattern, order in DATES:
        if found := pattern.fullmatch(text):
            year, month, day = found.expand(order).split("-")
            return f"{year}-{month:0>2}-{day:0>2}"
    return None


def municipalities(content: bytes, file: str) -> pd.DataFrame:
    """The municipalities of a file of the classifier, of any time: ``code name parent valid_from valid_to successors``.

    Codes are ours: seven digits.  ``successors`` are codes with blanks between them.

    >>> units = municipalities(b"Code,Name,ValidFrom,ValidTo,ParentCode\\nLV0001000,Demo,01.07.2021,,LV00A\\n", "demo")
    >>> units.to_dict("records")[0]["code"], units.to_dict("records")[0]["valid_from"]
    ('0001000', '2021-07-01')
    """
    heading, rows, at = _cells_of(content, file)
    problems: list[Problem] = []
    units = []
    for number, row in enumerate(rows, start=2):
        if not row or not _is_municipality(row, at, heading):
            continue
        unit = {ours: row[column] for ours, column in at.items()}
        for ours in ("valid_from", "valid_to"):
            date = iso_date(unit[ours])
            if date is None:
                problems.append(Problem(file, "is not a date", row=number, column=heading[at[ours]], value=unit[ours]))
            else:
                unit[ours] = date
        listed = row[heading.index(SUCCESSORS)] if SUCCESSORS in heading else ""
        units.append({**unit, "code": _code(unit["code"]), "successors": " ".join(sorted(map(_code, _listed(listed))))})
    if not units:
        problems.append(Problem(file, "holds no municipality"))
    if problems:
        raise DataError(problems)
    return pd.DataFrame(units, columns=[*COLUMNS, "successors"], dtype=object)


def _cells_of(content: bytes, file: str) -> tuple[list[str], list[list[str]], dict[str, int]]:
    """The heading, the rows, and where each of our columns is; an error where one is missing or a row is broken."""
    try:
        text = content.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as failure:
        raise DataError([Problem(file, "is not UTF-8 text")]) from failure
    lines = text.splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    heading, *rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)] or [[]]
    at = {ours: heading.index(name) for ours, names in COLUMNS.items() for name in names if name in heading}
    problems = [
        Problem(file, "the column is missing", column=names[0], nearest=nearest(names[0], heading))
        for ours, names in COLUMNS.items()
        if ours not in at
    ]
    problems += [
        Problem(file, "has another number of cells than the heading", row=number)
        for number, row in enumerate(rows, start=2)
        if row and len(row) != len(heading)
    ]
    if problems:
        raise DataError(problems)
    return heading, rows, at


def differences(found: pd.DataFrame, reference: Reference, on: str) -> list[str]:
    """A sentence for each way in which the classifier (``found``) and our table disagree about the units of ``on``."""
    theirs = _valid(found, on)
    ours = _valid(reference.municipalities, on)
    last = found.sort_values("valid_from").drop_duplicates("code", keep="last").set_index("code")
    followed = dict(zip(last.index, zip(last["valid_to"], last["successors"], strict=True), strict=True))
    said = [
        f"New in the classifier: {unit['name']} ({code}), since {unit['valid_from']}."
        for code, unit in theirs.iterrows()
        if code not in ours.index
    ]
    anew: dict[Hashable, pd.Series] = dict(theirs.iterrows())
    for code, unit in ours.iterrows():
        if code in anew:
            said += _changed(unit, anew[code], reference)
        elif code in last.index:
            ended, into = followed[code]
            said.append(
                f"Ended in the classifier: {unit['name']} ({code}), on {ended}; followed by {into or 'nothing'}."
            )
    if missing := [f"{unit['name']} ({code})" for code, unit in ours.iterrows() if code not in last.index]:
        said.append(f"Not in the classifier: {', '.join(missing)}.")
    return said


def _changed(ours: pd.Series, theirs: pd.Series, reference: Reference) -> list[str]:
    """What is different about one unit that both know."""
    said = []
    if ours["name"] != theirs["name"]:
        said.append(f"Renamed in the classifier: {ours['name']} ({ours.name}) is {theirs['name']} there.")
    regions = lookup(reference.regions, "code", "region")
    if (there := regions.get(theirs["parent"], ours["region"])) != ours["region"]:
        said.append(f"Moved in the classifier: {ours['name']} ({ours.name}) lies in {there}, not {ours['region']}.")
    return said


def _valid(units: pd.DataFrame, on: str) -> pd.DataFrame:
    valid = (units["valid_from"] <= on) & ((units["valid_to"] == "") | (units["valid_to"] >= on))
    return units[valid].drop_duplicates("code", keep="last").set_index("code").sort_index()


def _is_municipality(row: list[str], at: dict[str, int], heading: list[str]) -> bool:
    if LEVEL in heading:
        return row[heading.index(LEVEL)] == MUNICIPALITY
    # The file without levels has parishes too: their parent is a municipality, that of a municipality a region.
    return bool(re.fullmatch(ATVK, _code(row[at["code"]]))) and not re.fullmatch(ATVK, _code(row[at["parent"]]))


def _listed(cell: str) -> list[str]:
    return [each for each in re.split(r"[,;\s]+", cell) if each]


def _code(theirs: str) -> str:
    return theirs.strip().removeprefix("LV") if re.fullmatch(rf"LV{ATVK}", theirs.strip()) else theirs.strip()
