"""A received file as tables of rows: headings understood or listed as unknown, totals and notes told apart from rows.

With no mapping a table is read as the tidy return: one row for each municipality, service, target group and year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

import numpy as np

from socsvc_analysis.datapackage import Package
from socsvc_analysis.intake import personal, workbook
from socsvc_analysis.intake.columns import Columns, Unusable, by_mapping, by_meaning
from socsvc_analysis.intake.days import years_in
from socsvc_analysis.intake.groups import adds_up
from socsvc_analysis.intake.headings import IGNORED, JOINT, Headings, headings_of, is_total
from socsvc_analysis.intake.labels_around_tables import LEGAL, Around, Unsaid
from socsvc_analysis.intake.layout import SEARCHED, Block, Layout, blocks, centred, found, layouts, sections
from socsvc_analysis.intake.mapping import Mapping, mappings
from socsvc_analysis.intake.names import normal
from socsvc_analysis.intake.phrases import COLUMN
from socsvc_analysis.intake.qualifiers import MADE
from socsvc_analysis.intake.received import KEYS, ReceivedTable, years_of
from socsvc_analysis.intake.table import SheetReader, TableReader
from socsvc_analysis.intake.unlike_tables import why_no_table
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError, Problem, counted
from socsvc_analysis.sentences import Sentence as sentence

MOST_NOTES, SHORTEST = 200, 2
"""Different notes of a column that are looked at, and the letters of a note that may say something."""
OF_LETTERS = ("kas jālabo", "what to correct")
"""Columns of the workbook that goes back to a sender."""
OF_TEMPLATE = ("Norādes", "Saraksti", "Pārbaude")
"""Sheets of our own return beside the table; one of these names that has a table is read."""


def read_tables(
    path: Path, reference: Reference, folder: Path, content: bytes | None = None
) -> tuple[ReceivedTable, ...]:
    """The tables of the file at ``path``; ``folder`` is the data folder, which holds the mappings.

    ``content`` is what the caller has read of the file already.

    Raises :class:`~socsvc_analysis.schema.DataError` when the file as a whole cannot be read: damaged, with data about
    persons, no table with known headings, a required column missing, a column of numbers that can be read two ways.
    """
    headings = headings_of(reference)
    known = mappings(folder, reference)
    personal.refuse_name(path.name)
    sheets = workbook.opened(path, headings.known, content)
    personal.refuse(sheets, path.name)
    return tables_of(sheets, path.name, headings, known)


def tables_of(
    sheets: Iterable[Sheet], file: str, headings: Headings, known: tuple[Mapping, ...]
) -> tuple[ReceivedTable, ...]:
    """The tables of sheets that were opened already."""
    tables: list[ReceivedTable] = []
    passed_over: list[Problem] = []
    problems: list[Problem] = []
    for sheet in sheets:
        if not any(any(row) for row in sheet.rows):
            continue
        if sheet.hidden:
            passed_over.append(Problem(file, sentence("note_hidden_sheet"), sheet=sheet.name))
            continue
        try:
            read = _Reader(file, sheet, headings, known).tables()
        except DataError as error:
            problems += error.problems
            continue
        tables += read
        if not read and sheet.name not in OF_TEMPLATE:
            passed_over.append(Problem(file, sentence("note_no_table"), sheet=sheet.name))
    if problems:
        raise DataError(problems)
    if not tables:
        raise DataError([Problem(file, sentence("refusal_no_table")), *passed_over])
    return (replace(tables[0], problems=(*tables[0].problems, *passed_over)), *tables[1:])


def not_read(files: Iterable[Path], package: Package) -> list[str]:
    """What an import would pass over in files that were just fetched, or why one cannot be imported: sentences."""
    return [said for each in files for said in _not_read_of(each, package)]


def _not_read_of(path: Path, package: Package) -> list[str]:
    try:
        tables = read_tables(path, open_reference(package), package.path.parent)
    except DataError as failure:
        return [f"Cannot be imported as it is: {'; '.join(map(str, failure.problems))}."]
    return [
        f"{table.file}: {counted(len(table.unmatched), 'column')} not known here, which may qualify its numbers: "
        f"{', '.join(map(repr, table.unmatched))}."
        for table in tables
        if table.unmatched
    ]


class _Reader(SheetReader):
    """Reads one sheet."""

    def __init__(self, file: str, sheet: Sheet, headings: Headings, known: tuple[Mapping, ...]) -> None:
        super().__init__(file, sheet, headings)
        self.known = known
        self.problems: list[Problem] = []

    def tables(self) -> list[ReceivedTable]:
        """The tables of the sheet: one, or one for each label above a header that is repeated; none is no table."""
        mapped = self._mapped()
        if mapped:
            mapping, layout = mapped
            columns = self._columns(layout, mapping)
            reader = self._reader(layout, columns, len(self.sheet.rows), layout.below)
            defaults = self._with_year(dict(mapping.defaults), layout, columns)
            return [self._with_problems(reader, reader.read(defaults, mapping))]
        best = found(self._layouts, self._score) or self._titled()
        if best is None:
            why = why_no_table(self.sheet, self.headings)
            if why:
                raise self._refused(*why)
            self._refuse_half_known()
            return []
        layout = self._with_more(best)
        middle = centred(self.sheet, layout)
        if middle:
            raise self._refused(sentence("refusal_centred"), layout.first + 1, value=middle)
        columns = self._columns(layout, None)
        read = []
        around = Around(self.file, self.sheet.name, self.headings, self.sheet.outside)
        parts = (
            part
            for block in blocks(self.sheet, layout)
            for part in sections(
                self.sheet,
                block,
                lambda text: around.told_by(text, columns),
                [at for at, key in columns.keys.items() if key == "territory"],
                self.headings.is_value,
                partial(adds_up, self.sheet.rows, columns.measures),
            )
        )
        for block in parts:
            reader = self._reader(block.layout, columns, block.end, block.start)
            defaults = self._with_year(self._defaults(around, block, columns), block.layout, columns)
            table = self._dated(around, reader.read(defaults, None))
            self.problems += map(self._problem, (*around.contradicted(table), *around.notes))
            around.notes.clear()
            around.labels.clear()
            years = years_of(table)
            self._tell_notes(around, block, columns, years)
            below = [each for each in reader.left if each[1] not in reader.noted]
            self._refuse_below(around, below, columns)
            last = int(max(table.rows.row, default=0))
            aside = around.left_aside(reader.left, columns, years, last)
            self.problems += [self._problem(said, row) for row, said in aside]
            read.append(self._with_problems(reader, table))
        return read

    def _with_more(self, layout: Layout) -> Layout:
        """The header with the row below it that gives units, or says the same in another language, if there is one."""
        below = self.sheet.rows[layout.below] if layout.below < len(self.sheet.rows) else ()
        cells = [(at, cell) for at, cell in enumerate(below) if cell.strip()]
        units = all(self.headings.unit(cell) for _, cell in cells)
        again = all(self._means_the_same(layout.headings[at], cell) for at, cell in cells)
        other = any(normal(layout.headings[at]) != normal(cell) for at, cell in cells)
        if not cells or not (units or (again and other)):
            return layout
        deeper = (each for each in self._layouts if (each.first, each.depth) == (layout.first, layout.depth + 1))
        return next(deeper, layout)

    def _means_the_same(self, heading: str, other: str) -> bool:
        """Whether two headings name one column, in two languages perhaps."""
        meanings = self.headings.meaning(heading), self.headings.meaning(other)
        return None not in meanings and meanings[0] == meanings[1]

    def _titled(self) -> Layout | None:
        """A header of services, groups, years or parts whose numbers only a title above the table names.

        Of several that are possible the one stands that leaves the fewest columns without a heading.
        """
        for layout in sorted(self._layouts, key=self._unnamed):
            meanings = {each: self.headings.meaning(each) for each in layout.headings if each}
            keys = {meaning.column for meaning in meanings.values() if meaning}
            values = [each for each, meaning in meanings.items() if meaning is None and self._is_part(each)]
            titles = self._titles(layout.first)
            placed = "territory" in keys or self._placed
            if (
                not (values and keys and placed)
                or not keys <= {*KEYS, IGNORED}
                or len({code for code, _ in titles}) != 1
            ):
                continue
            code, text = titles[0]
            names = [name for name, meant in self.headings.names.spelled.items() if meant == code]
            measure = max(names, key=lambda name: (name in normal(text), len(name)))
            said = sentence("note_title_measure", text=text, measure=measure)
            self.problems.append(self._problem(said, layout.first + 1))
            headings = (f"{measure}{JOINT}{each}" if each in values else each for each in layout.headings)
            return replace(layout, headings=tuple(headings))
        return None

    def _unnamed(self, layout: Layout) -> int:
        """How many columns with a cell below a header have no heading in it."""
        below = slice(layout.below, None)
        columns = (self.sheet.rows.columns[at] for at, heading in enumerate(layout.headings) if not heading)
        return sum(bool(column.at(below).where(str.strip).any()) for column in columns)

    def _titles(self, first: int) -> list[tuple[str, str]]:
        """The measures that the texts above a header name, each with its text."""
        texts = [cell for row in self.sheet.rows[:first] for cell in row if cell.strip()]
        named = ((self.headings.phrases.read(text).get(COLUMN), text) for text in texts)
        return [(code, text) for code, text in named if code and code not in {*KEYS, IGNORED}]

    def _is_part(self, heading: str) -> bool:
        """Whether a heading names a service, group, year, sex or age, and nothing else."""
        said = self.headings.phrases.read(heading)
        whole = bool(said.roles) and not said.unread and not said.twice and not said.get(COLUMN)
        return is_total(heading) or whole

    def _tell_notes(self, around: Around, block: Block, columns: Columns, years: set[str]) -> None:
        """Tell of notes beside the rows that would change what the numbers are, or say none of their ``years``."""
        for at, heading in enumerate(block.layout.headings):
            meaning = self.headings.meaning(heading) if heading else None
            if meaning is None or meaning.column != IGNORED or normal(heading) in OF_LETTERS:
                continue
            cells = self.sheet.rows.columns[at].at(slice(block.start, block.end)).told()
            notes = [(block.start + row + 1, cell) for row, cell in islice(cells, MOST_NOTES) if len(cell) > SHORTEST]
            self.problems += [
                self._problem(sentence("note_said_in_notes"), row, heading, text)
                for row, text in notes
                if any(around.left_aside([(row, text)], columns, years))
            ]

    def _reader(self, layout: Layout, columns: Columns, end: int, start: int) -> TableReader:
        return TableReader(self.file, self.sheet, self.headings, layout, columns, (start, end), self._is_header)

    def _with_problems(self, reader: TableReader, table: ReceivedTable) -> ReceivedTable:
        """A table with what the reader must know of it."""
        problems, self.problems = (*self.problems, *reader.problems), []
        return replace(table, problems=tuple(dict.fromkeys(problems)))

    def _defaults(self, around: Around, block: Block, columns: Columns) -> dict[str, str]:
        """What is said around the table for all its rows."""
        labelled = around.labelled(block.above)
        try:
            defaults = around.defaults([(row, cell) for row, cell, _ in block.above], columns, must=block.must)
        except Unsaid as unsaid:
            raise self._refused(unsaid.reason, unsaid.row) from None
        self.problems += map(self._problem, around.notes)
        around.notes.clear()
        keys = set(columns.keys.values())
        return {key: said for key, said in (defaults | labelled).items() if key not in keys}

    def _dated(self, around: Around, table: ReceivedTable) -> ReceivedTable:
        """A table with the day that is said around it."""
        try:
            return around.dated(table)
        except Unsaid as unsaid:
            raise self._refused(unsaid.reason, unsaid.row) from None

    def _refuse_below(self, around: Around, texts: list[tuple[int, str]], columns: Columns) -> None:
        try:
            around.refuse_below(texts, columns)
        except Unsaid as unsaid:
            raise self._refused(unsaid.reason, unsaid.row) from None

    def _with_year(self, defaults: dict[str, str], layout: Layout, columns: Columns) -> dict[str, str]:
        """The defaults with the year, which the rows above the table, the sheet's name or the file's must say."""
        told = {*columns.keys.values(), *defaults}
        if told & {"year", "date"} or all(each.year for each in columns.measures.values()):
            return defaults
        rows = (row for row in self.sheet.rows[: layout.first] if not any(map(MADE.search, row)))
        above = " ".join(cell for row in rows for cell in row if not LEGAL.search(cell))
        for where, written in (
            ("note_year_from_above", above),
            ("note_year_from_sheet", self.sheet.name),
            ("note_year_from_file", self.file),
        ):
            years = years_in(written)
            if len(years) == 1:
                self.problems.append(self._problem(sentence(where, year=min(years))))
                return defaults | {"year": min(years)}
            if years:
                break
        raise self._refused(sentence("refusal_no_year"), layout.below)

    def _columns(self, layout: Layout, mapping: Mapping | None) -> Columns:
        try:
            return (
                by_mapping(layout, mapping)
                if mapping
                else by_meaning(
                    layout, self.headings, self.sheet.rows.at(np.arange(layout.below, len(self.sheet.rows)))
                )
            )
        except Unusable as unusable:
            problems = [self._problem(said, layout.below, heading) for said, heading in unusable.reasons]
            raise DataError(problems) from None

    def _mapped(self) -> tuple[Mapping, Layout] | None:
        fitting = []
        for mapping in self.known:

            def score(headings: list[str], mapping: Mapping = mapping) -> int:
                return int(mapping.fits(self.file, self.sheet.name, headings))

            layout = found(self._layouts, score)
            if layout:
                fitting.append((mapping, layout))
        if len(fitting) > 1:
            # The mapping that asks for more is the closer one.
            fitting.sort(key=lambda each: -len(each[0].anchors))
            if len(fitting[0][0].anchors) == len(fitting[1][0].anchors):
                names = " and ".join(mapping.name for mapping, _ in fitting)
                raise self._refused(sentence("refusal_mappings", names=names))
        return fitting[0] if fitting else None

    def _score(self, headings: list[str]) -> int:
        """How many things headings say; 0 when they make no table of municipalities or of one municipality's numbers.

        What is said of several columns, as by a merged cell over them, is told apart below it.
        """
        meanings = {meaning for meaning in map(self.headings.meaning, headings) if meaning}
        columns = {meaning.column for meaning in meanings}
        counts = columns - {*KEYS, IGNORED} or {"measure", "value"} <= columns
        placed = "territory" in columns or self._placed
        return len(meanings) if counts and placed and len(columns) > 1 else 0

    def _refuse_half_known(self) -> None:
        """Refuse a sheet whose header lacks what it needs; a sheet with no known heading at all is no table."""

        def half(headings: list[str]) -> int:
            known = [meaning for meaning in map(self.headings.meaning, headings) if meaning]
            placed = any(meaning.column == "territory" for meaning in known)
            return len(known) + placed * len(headings) if len(known) >= 2 else 0

        layout = found(self._layouts, half)
        if layout is None:
            return
        names = [each for each in layout.headings if each]
        columns = {meaning.column for meaning in map(self.headings.meaning, names) if meaning}
        unknown = [each for each in names if self.headings.meaning(each) is None]
        problems = []
        if "territory" not in columns:
            problems.append(self._problem(sentence("refusal_no_territory"), row=layout.below))
        if not columns - {*KEYS, IGNORED}:
            said = sentence("refusal_no_number_said" if "value" in columns else "refusal_no_number")
            problems.append(self._problem(said, row=layout.below))
        problems += [
            self._problem(sentence("refusal_heading_part"), row=layout.below, value=each)
            if self._is_part(each)
            else self._unknown_heading(each, row=layout.below, value=each)
            for each in unknown
        ]
        raise DataError(problems or [self._problem(sentence("refusal_headings"), row=layout.below)])

    @cached_property
    def _placed(self) -> bool:
        """Whether the municipality is said beside the table: in a label near the top, or in the sheet's name."""
        cells = [
            (at, cell, row[place + 1] if place + 1 < len(row) else "")
            for at, row in enumerate(self.sheet.rows[:SEARCHED])
            for place, cell in enumerate(row)
            if cell.strip()
        ]
        around = Around(self.file, self.sheet.name, self.headings)
        alone = (row for row in self.sheet.rows[:SEARCHED] if sum(bool(cell.strip()) for cell in row) == 1)
        return (
            "territory" in around.labelled(cells)
            or self.headings.is_territory(self.sheet.name)
            or any(map(self.headings.names_place, map("".join, alone)))
        )

    @cached_property
    def _layouts(self) -> tuple[Layout, ...]:
        return tuple(layouts(self.sheet))

    def _is_header(self, row: Iterable[str]) -> bool:
        """Whether a row has the headings of a table."""
        return self._score([cell for cell in row if cell.strip()]) > 0
