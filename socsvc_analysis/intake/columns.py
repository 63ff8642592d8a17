"""What each column of a table is: a key of its rows, numbers of a measure, a special value, or nothing known here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field

from socsvc_analysis.intake.headings import IGNORED, YEAR, Headings, Meaning, normal
from socsvc_analysis.intake.layout import Layout
from socsvc_analysis.intake.mapping import Column, Mapping
from socsvc_analysis.intake.received import KEYS, MeasureColumn
from socsvc_analysis.sentences import Sentence as sentence

FROM_HEADING = "heading"
"""What a mapping writes for the year that stands in the heading: ``heading``, or ``heading-01-01``."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table, by position."""

    keys: Dictionary[int, str]
    measures: Dictionary[int, MeasureColumn]
    special: Dictionary[int, int] = field(default_factory=dict)  # measure -> column of its special values
    unmatched: tuple[str, ...] = ()  # headings that mean nothing here


class Unusable(ValueError):
    """Headings that make no table; ``reasons`` are sentences with the heading meant."""

    def __init__(self, reasons: Iterable[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(said for said, _ in self.reasons))


def by_meaning(layout: Layout, headings: Headings, filled: frozenset[int]) -> Columns:
    """The columns of a table without a mapping; ``filled`` are those with anything below their heading."""
    keys: dict[int, str] = {}
    measures: dict[int, MeasureColumn] = {}
    unmatched = []
    said: dict[Meaning, str] = {}
    for at, heading in enumerate(layout.headings):
        meaning = headings.meaning(re.sub(r" \(\d+\)$", "", heading)) if heading else None
        if meaning is None:
            if heading and at in filled:
                unmatched.append(heading)
            continue
        if meaning.column == IGNORED:
            continue
        if meaning in said and meaning.column != "territory":
            raise Unusable([(sentence("refusal_same_heading", other=repr(said[meaning])), heading)])
        said.setdefault(meaning, heading)
        if meaning.column in KEYS:
            keys[at] = meaning.column
        else:
            measures[at] = _measured(heading, meaning)
    return Columns(*_with_values(layout, keys, measures), unmatched=tuple(unmatched))


def _measured(heading: str, meaning: Meaning) -> MeasureColumn:
    return MeasureColumn(
        heading,
        meaning.column,
        service_type=meaning.service_type,
        target_group=meaning.target_group,
        year=meaning.year,
        factor=meaning.factor,
    )


def _with_values(
    layout: Layout, keys: dict[int, str], measures: dict[int, MeasureColumn]
) -> tuple[dict[int, str], dict[int, MeasureColumn]]:
    """Of a long table take the column of values from its keys; without a column of measures it says nothing."""
    values = next((at for at, key in keys.items() if key == "value"), None)
    if values is None:
        return keys, measures
    heading = layout.headings[values]
    if "measure" not in keys.values():
        raise Unusable([(sentence("refusal_what_counted"), heading)])
    return {at: key for at, key in keys.items() if key != "value"}, {**measures, values: MeasureColumn(heading, "")}


def by_mapping(layout: Layout, mapping: Mapping) -> Columns:
    """The columns of a table as a mapping names them."""
    wanted = {normal(heading): key for key, heading in mapping.keys.items()}
    ignored = set(map(normal, mapping.ignore))
    places = {normal(heading): at for at, heading in enumerate(layout.headings)}
    keys: dict[int, str] = {}
    measures: dict[int, MeasureColumn] = {}
    special: dict[int, int] = {}
    unmatched = []
    for at, heading in enumerate(layout.headings):
        if not heading or normal(heading) in ignored:
            continue
        column = mapping.column(heading)
        if normal(heading) in wanted:
            keys[at] = wanted[normal(heading)]
        elif column:
            measures[at] = _mapped(heading, column)
            beside = places.get(normal(heading + mapping.status_suffix)) if mapping.status_suffix else None
            if beside is not None:
                special[at] = beside
        elif not (mapping.status_suffix and heading.endswith(mapping.status_suffix)):
            unmatched.append(heading)
    missing = [heading for key, heading in mapping.keys.items() if key not in keys.values()]
    if missing:
        raise Unusable((sentence("refusal_mapped_column", mapping=mapping.name), each) for each in missing)
    if not measures:
        raise Unusable([(sentence("refusal_mapped_number", mapping=mapping.name), "")])
    return Columns(keys, measures, special, tuple(unmatched))


def _mapped(heading: str, column: Column) -> MeasureColumn:
    """A measure column of a mapping; its year may be the one in the heading, with a day behind it perhaps."""
    said = YEAR.search(heading)
    year = column.year.replace(FROM_HEADING, said[1] if said else "")
    return MeasureColumn(
        heading, column.measure, column.service_type, column.target_group, column.kind, year, column.factor
    )
