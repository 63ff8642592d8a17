"""JSON-stat 2.0: the format in which statistics offices send tables.

A cube is written as one row of numbers, the last dimension running fastest.  Values and marks may each be a list or an
object that leaves cells out.  The marks (``…``, ``:``, ``p``) are kept: without them an unknown number and one that
was never published look the same.
"""

from __future__ import annotations

import itertools
import math
import re
import sys
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from socsvc_analysis.schema import DataError, Problem

VALUE, STATUS = "value", "status"
CELL = re.compile("0|[1-9][0-9]{0,8}")
MOST_CELLS = 2_000_000
"""A sparse cube of a few bytes can claim any size; beyond this it is refused before memory is taken."""


@dataclass(frozen=True)
class Dimension:
    """One dimension of a cube: its codes in order."""

    id: str
    codes: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    role: str = ""  # time, geo, metric or nothing


def dimensions(document: object, name: str) -> tuple[Dimension, ...]:
    """The dimensions of a data set or of its metadata (which has no ``value``); ``name`` is used in messages.

    >>> sex = {"label": "Sex", "category": {"index": ["T", "F"], "label": {"T": "Total"}}}
    >>> dimensions({"id": ["SEX"], "size": [2], "dimension": {"SEX": sex}}, "demo")
    (Dimension(id='SEX', codes=('T', 'F'), labels={'T': 'Total'}, role=''),)
    """
    if not isinstance(document, dict) or not all(part in document for part in ("id", "size", "dimension")):
        raise _broken(name, "is not a JSON-stat data set: id, size or dimension is missing")
    ids, sizes, described = document["id"], document["size"], document["dimension"]
    if not (_is_list_of_text(ids) and isinstance(sizes, list) and isinstance(described, dict)):
        raise _broken(name, "is not a JSON-stat data set: id and size must be lists and dimension an object")
    if len(ids) != len(sizes) or len(set(ids)) != len(ids) or {VALUE, STATUS} & set(ids):
        raise _broken(name, "has dimensions that are repeated, unsized or named like its values")
    roles = _object(document.get("role"))
    role_of = {each: role for role, members in roles.items() if _is_list_of_text(members) for each in members}
    found = []
    for each, size in zip(ids, sizes, strict=True):
        category = described[each].get("category") if isinstance(described.get(each), dict) else None
        if not isinstance(category, dict):
            raise _broken(name, "has a dimension without categories", each)
        codes = _codes(category, each, name)
        if len(codes) != size:
            raise _broken(name, f"has a dimension that claims {size} categories and lists {len(codes)}", each)
        labels = _object(category.get("label"))
        found.append(Dimension(each, codes, {code: str(text) for code, text in labels.items()}, role_of.get(each, "")))
    return tuple(found)


def decoded(document: object, name: str) -> pd.DataFrame:
    """One row for each cell: a column of codes for each dimension, then ``value`` (NaN: none) and ``status``.

    Raises :class:`~socsvc_analysis.schema.DataError` when sizes, values and marks do not fit together.

    >>> sex = {"category": {"index": {"F": 1, "T": 0}}}
    >>> cube = {"id": ["SEX"], "size": [2], "dimension": {"SEX": sex}, "value": {"0": 7}, "status": {"1": "…"}}
    >>> decoded(cube, "demo").to_dict("list")
    {'SEX': ['T', 'F'], 'value': [7.0, nan], 'status': ['', '…']}
    """
    axes = dimensions(document, name)
    count = math.prod(len(axis.codes) for axis in axes)
    if count > MOST_CELLS:
        raise _broken(name, f"claims {count} cells; at most {MOST_CELLS} are read")
    document = _object(document)
    if VALUE not in document:
        raise _broken(name, "has no values: it describes a table but does not hold it")
    values = _spread(document[VALUE], count, name, VALUE)
    for each in values:
        if each is not None and not _is_number(each):
            raise _broken(name, "holds a value that is not a number", value=str(each))
    marks = document.get(STATUS)
    marks = [marks] * count if isinstance(marks, str) else _spread(marks or {}, count, name, STATUS)
    rows = list(itertools.product(*(axis.codes for axis in axes)))
    frame = pd.DataFrame(rows, columns=[axis.id for axis in axes], dtype=object)
    frame[VALUE] = pd.Series([math.nan if each is None else float(each) for each in values], dtype=float)
    frame[STATUS] = pd.Series(["" if each is None else str(each) for each in marks], dtype=object)
    return frame


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: object) -> bool:
    """Whether a cell is a number a double can hold; JSON knows larger ones, and Python reads them."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _codes(category: dict[str, Any], dimension: str, name: str) -> tuple[str, ...]:
    index = category.get("index")
    if index is None and isinstance(category.get("label"), dict) and len(category["label"]) == 1:
        index = list(category["label"])  # the standard lets a single category go without an index
    if isinstance(index, dict):
        number = index
        if sorted(map(str, index.values())) != sorted(map(str, range(len(index)))):
            raise _broken(name, "has a dimension whose categories are not numbered from 0 without gaps", dimension)
        index = sorted(index, key=lambda code: int(number[code]))
    if not isinstance(index, list) or len(set(map(str, index))) != len(index):
        raise _broken(name, "has a dimension whose categories are repeated or not listed", dimension)
    return tuple(map(str, index))


def _spread(given: object, count: int, name: str, part: str) -> list[Any]:
    """A list of ``count`` entries, whichever way it was written."""
    if isinstance(given, list):
        if len(given) != count:
            raise _broken(name, f"has {len(given)} entries in {part} for {count} cells")
        return given
    if not isinstance(given, dict):
        raise _broken(name, f"has a {part} that is neither a list nor an object")
    wrong = [key for key in given if not (CELL.fullmatch(key) and int(key) < count)]
    if wrong:
        raise _broken(name, f"has entries in {part} that belong to no cell", value=wrong[0])
    spread: list[Any] = [None] * count
    for key, each in given.items():
        spread[int(key)] = each
    return spread


def _broken(name: str, said: str, column: str = "", value: str = "") -> DataError:
    return DataError([Problem(name, said, column=column, value=value)])
