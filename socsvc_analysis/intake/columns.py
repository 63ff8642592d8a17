"""What each column of a table is: a key of its rows, numbers of a measure, a special value, or nothing known here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace

from socsvc_analysis.intake.ages import PAIRS, age_of
from socsvc_analysis.intake.grid import Column as GridColumn
from socsvc_analysis.intake.grid import Grid
from socsvc_analysis.intake.headings import IGNORED, IN_HEADING, Headings, Meaning, is_total, unit_and_factor
from socsvc_analysis.intake.layout import Layout
from socsvc_analysis.intake.mapping import Column, Mapping
from socsvc_analysis.intake.names import normal
from socsvc_analysis.intake.neighbours import neighbour
from socsvc_analysis.intake.phrases import GROUP, KIND, SERVICE, SEX, UNIT
from socsvc_analysis.intake.qualifiers import TIME_OF_YEAR, may_change, other_numbers, part_of_year
from socsvc_analysis.intake.received import KEYS, MeasureColumn
from socsvc_analysis.sentences import Sentence as sentence

BY_CELLS = ("kind", "unit", "sex")
"""Keys that a column can be by its cells, whatever its heading."""
MONEY = ("EUR", "LVL")
QUALIFYING = (KIND, UNIT, SEX, SERVICE, GROUP)
USUAL = ("actual", "capacity", "all", "count", "persons")
"""What a cell may say without changing a number."""
MOST_CELLS, MOST_WORDS = 200, 8
"""Different cells of an unknown column that are looked at, and words of one that is no prose."""
RATES = ("percent", "per_")
QUARTER = re.compile(r"\s*(?:I{1,3}|IV)\.?\s*", re.IGNORECASE)
PARTS_OF_A_YEAR = (2, 4, 12)
"""How many halves, quarters and months make a year."""
TOTAL_OF = re.compile(r"\b(?:kop[āa]|pavisam|kopskaits|total|in all)\b", re.IGNORECASE)
"""Words by which a heading adds up those beside it."""
FROM_HEADING = "heading"
"""What a mapping writes for the year that stands in the heading: ``heading``, or ``heading-01-01``."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table, by position."""

    keys: Dictionary[int, str]
    measures: Dictionary[int, MeasureColumn]
    special: Dictionary[int, int] = field(default_factory=dict)  # measure -> column of its special values
    unmatched: Dictionary[int, str] = field(default_factory=dict)  # headings that mean nothing here
    notes: tuple[tuple[str, str], ...] = ()  # what the reader must know of headings: sentence and heading


class Unusable(ValueError):
    """Headings that make no table; ``reasons`` are sentences with the heading meant."""

    def __init__(self, reasons: Iterable[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(said for said, _ in self.reasons))


def by_meaning(layout: Layout, headings: Headings, cells: Grid) -> Columns:
    """The columns of a table without a mapping; ``cells`` are those below the header.

    Raises :class:`Unusable` for a measure whose heading says more than is understood, or another unit.
    """
    found = _Found()
    for at, heading in enumerate(layout.headings):
        meaning = headings.meaning(as_printed(heading, layout.headings[:at])) if heading else None
        filled = cells.columns[at].where(str.strip).any()
        before = layout.headings.index(found.said[meaning]) if meaning in found.said else at
        if meaning and _begins_another_table(layout, cells, before, at):
            raise Unusable([(sentence("refusal_beside", other=layout.headings[before]), heading)])
        if meaning is None and heading and filled:
            meaning = _by_cells(cells.columns[at], headings, found)
            if meaning is None:
                found.unmatched[at] = heading
        if meaning is None or meaning.column == IGNORED:
            continue
        if meaning in found.said and meaning.column != "territory":
            other = repr(found.said[meaning])
            meaning = _by_cells(cells.columns[at], headings, found)  # *Veids* of the number beside the service
            if meaning is None:
                raise Unusable([(sentence("refusal_same_heading", other=other), heading)])
        found.said.setdefault(meaning, heading)
        if meaning.column in KEYS:
            found.keys[at] = meaning.column
            words = " ".join(meaning.unread)
            if part_of_year(words):
                raise Unusable([(sentence("refusal_column_changes", words=words), heading)])
            if words:
                found.notes.append((sentence("note_brackets", words=words), heading))
        elif meaning.unread:
            found.unread[at] = meaning
        else:
            found.measures[at] = _measured(heading, meaning, headings)
    found.settle_letters(layout, headings)
    found.settle_unread(layout, cells)
    found.settle_unmatched(cells, headings)
    found.refuse_total_of_parts(cells, headings)
    found.leave_total_of_years()
    keys, measures = _with_values(layout, found.keys, found.measures)
    return Columns(keys, measures, unmatched=found.unmatched, notes=tuple(found.notes))


def _begins_another_table(layout: Layout, cells: Grid, before: int, at: int) -> bool:
    """Whether columns that say the same stand apart, with an empty one between, and do not repeat each other."""
    between = range(before + 1, at)
    empty = any(not layout.headings[each] and not cells.columns[each].where(str.strip).any() for each in between)
    return empty and any(
        normal(one) != normal(other) for one, other in zip(*map(cells.columns.__getitem__, (before, at)), strict=True)
    )


def _joined(words: Sequence[str]) -> str:
    """Several words as one text; sentences among them can still be said in either language."""
    said = [each for each in words if isinstance(each, sentence)]
    told = " ".join(each for each in words if not isinstance(each, sentence))
    for each in said:
        told = sentence("one_and_other", one=told, other=each) if told else each
    return told


def as_printed(heading: str, before: tuple[str, ...]) -> str:
    """A heading without the number that tells it from an equal one before it.

    >>> as_printed("Klienti (2)", ("Klienti",)), as_printed("Klienti (2024)", ("Gads",))
    ('Klienti', 'Klienti (2024)')
    """
    printed = re.sub(r" \(\d+\)$", "", heading)
    return printed if printed in before else heading


@dataclass
class _Found:
    """What the headings of a table mean, as far as that is found out so far."""

    keys: dict[int, str] = field(default_factory=dict)
    measures: dict[int, MeasureColumn] = field(default_factory=dict)
    unread: dict[int, Meaning] = field(default_factory=dict)  # measures whose headings say more than is understood
    unmatched: dict[int, str] = field(default_factory=dict)
    said: dict[Meaning, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)  # what is not understood of numbers not used beside others

    def settle_letters(self, layout: Layout, headings: Headings) -> None:
        """Two headings that differ in a letter for women and one for men only are those of women and of men."""
        lettered: dict[Meaning, dict[str, int]] = {}
        for at, meaning in self.unread.items():
            if len(meaning.unread) == 1 and not meaning.sex:
                lettered.setdefault(replace(meaning, unread=()), {})[meaning.unread[0]] = at
        for meaning, places in lettered.items():
            pair = next((pair for pair in PAIRS if set(pair) == set(places)), ())
            for letter, sex in zip(pair, ("women", "men"), strict=False):
                at = places[letter]
                self.measures[at] = _measured(layout.headings[at], replace(meaning, sex=sex), headings)
                del self.unread[at]

    def settle_unread(self, layout: Layout, cells: Grid) -> None:
        """Refuse the numbers whose heading is not understood, unless others of the same measure are."""
        whole = {each.measure for each in self.measures.values()}
        reasons = []
        for at, meaning in self.unread.items():
            heading, words = layout.headings[at], _joined(meaning.unread)
            if not cells.columns[at].where(_is_number).any():
                self.unmatched[at] = heading
            elif meaning.column in whole:
                self.notes.append((sentence("note_unread_part", words=words), heading))
                self.left_out[at] = words
            else:
                reasons.append((sentence("refusal_unread", words=words, measure=meaning.column), heading))
        if reasons:
            raise Unusable(reasons)

    def settle_unmatched(self, cells: Grid, headings: Headings) -> None:
        """Refuse a column nobody knows whose cells all change the numbers beside them; tell of some that do."""
        told = set(self.keys.values())
        reasons = []
        for at, heading in self.unmatched.items():
            different = [cell for _, cell in cells.columns[at].told() if cell.strip()][:MOST_CELLS]
            changing = [cell for cell in different if _changes(cell, headings, told)]
            if TIME_OF_YEAR.search(heading) and not told & {"month", "date"} and not neighbour(heading):
                changing = different
            if changing and len(changing) == len(different):
                reasons.append((sentence("refusal_column_changes", words=", ".join(changing[:3])), heading))
            else:
                doubted = dict.fromkeys((*changing, *filter(may_change, different)))
                self.notes += (
                    [(sentence("note_cells_may_change", words=", ".join(doubted)), heading)] if doubted else []
                )
        if reasons:
            raise Unusable(reasons)

    def refuse_total_of_parts(self, cells: Grid, headings: Headings) -> None:
        """Refuse a total of columns for parts of a year: a person may stand in several of them.

        Money may be added up over a year, when all its months, quarters or halves are there.
        """
        others = {**self.unmatched, **self.left_out}
        parts = [each for at, each in others.items() if _is_part(each) and cells.columns[at].where(_is_number).any()]
        if len(parts) < 2 or {"month", "date"} & set(self.keys.values()):
            return
        for column in self.measures.values():
            money = headings.units.get(column.measure, "") in MONEY and len(parts) in PARTS_OF_A_YEAR
            if TOTAL_OF.search(column.heading) and not column.year and not money:
                said = sentence("refusal_total_of_parts", words=", ".join(parts))
                raise Unusable([(said, column.heading)])

    def leave_total_of_years(self) -> None:
        """Leave out a total of columns of different years: it is the number of none, and is told."""
        if {"year", "date"} & set(self.keys.values()):
            return
        for at, column in list(self.measures.items()):
            years = {each.year for each in self.measures.values() if each.measure == column.measure and each.year}
            if TOTAL_OF.search(column.heading) and not column.year and len(years) > 1:
                self.notes.append((sentence("note_total_of_years", years=", ".join(sorted(years))), column.heading))
                del self.measures[at]


def _is_part(heading: str) -> bool:
    """Whether a heading says a part of a year, or is the number of a quarter."""
    return bool(part_of_year(heading) or QUARTER.fullmatch(heading))


def _changes(cell: str, headings: Headings, told: set[str]) -> bool:
    """Whether a cell of an unknown column says something that the numbers beside it would have to be told by."""
    if len(cell.split()) > MOST_WORDS or headings.is_territory(cell) or is_total(cell):
        return False
    if part_of_year(cell):
        return not told & {"month", "date"}
    said = headings.phrases.read(cell)
    qualified = any(said.get(role) and said.get(role) not in USUAL and role not in told for role in QUALIFYING)
    return bool(other_numbers(cell) or age_of(cell) or (qualified and (may_change(cell) or not said.unread)))


def _is_number(cell: str) -> bool:
    return any(each.isdigit() for each in cell)


def _by_cells(column: GridColumn, headings: Headings, found: _Found) -> Meaning | None:
    """What a column with an unknown heading is by what stands in it: kinds, units or sexes, and nothing else."""
    words = {cell.strip() for _, cell in column.told() if cell.strip()}
    for key in BY_CELLS:
        named = headings.unit if key == "unit" else headings.phrases.names[key].code
        if words and key not in found.keys.values() and all(map(named, words)):
            return Meaning(key)
    return None


def _measured(heading: str, meaning: Meaning, headings: Headings) -> MeasureColumn:
    unit, factor = unit_and_factor(meaning.unit)
    own = headings.units.get(meaning.column, "")
    if not agree(unit, own):
        words = {"unit": headings.unit_word(meaning.unit), "own": headings.unit_word(own)}
        raise Unusable([(sentence("refusal_unit", **words), heading)])
    return MeasureColumn(
        heading,
        meaning.column,
        service_type=meaning.service_type,
        target_group=meaning.target_group,
        kind=meaning.kind,
        year=meaning.year,
        factor=factor,
        unit=unit or ("" if factor == 1 else own),
        sex="" if meaning.sex == "all" else meaning.sex,
        age="" if meaning.age == "all" else meaning.age,
    )


def agree(unit: str, own: str) -> bool:
    """Whether numbers in ``unit`` can be those of a measure whose unit is ``own``.

    >>> agree("count", "persons"), agree("percent", "persons"), agree("", "EUR"), agree("EUR", "places")
    (True, False, True, False)
    """
    return unit in ("", own) or (unit == "count" and own not in MONEY and not own.startswith(RATES))


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
    broken_down = set(map(normal, mapping.breakdown))
    places = {normal(heading): at for at, heading in enumerate(layout.headings)}
    keys: dict[int, str] = {}
    measures: dict[int, MeasureColumn] = {}
    special: dict[int, int] = {}
    unmatched: dict[int, str] = {}
    for at, heading in enumerate(layout.headings):
        if not heading or normal(heading) in ignored:
            continue
        column = mapping.column(heading)
        printed = as_printed(heading, layout.headings[:at])
        if printed != heading and (normal(printed) in wanted or mapping.column(printed)):
            raise Unusable([(sentence("refusal_same_heading", other=repr(printed)), heading)])
        if normal(heading) in wanted:
            keys[at] = wanted[normal(heading)]
        elif normal(heading) in broken_down:
            keys[at] = "branch"
        elif column:
            measures[at] = _mapped(heading, column)
            beside = places.get(normal(heading + mapping.status_suffix)) if mapping.status_suffix else None
            if beside is not None:
                special[at] = beside
        elif not (mapping.status_suffix and heading.endswith(mapping.status_suffix)):
            unmatched[at] = heading
    missing = [heading for key, heading in mapping.keys.items() if key not in keys.values()]
    if missing:
        raise Unusable((sentence("refusal_mapped_column", mapping=mapping.name), each) for each in missing)
    if not measures:
        raise Unusable([(sentence("refusal_mapped_number", mapping=mapping.name), "")])
    return Columns(keys, measures, special, unmatched)


def _mapped(heading: str, column: Column) -> MeasureColumn:
    """A measure column of a mapping; its year may be the one in the heading, with a day behind it perhaps."""
    said = IN_HEADING.search(heading)
    year = column.year.replace(FROM_HEADING, said[1] if said else "")
    return MeasureColumn(
        heading, column.measure, column.service_type, column.target_group, column.kind, year, column.factor
    )
