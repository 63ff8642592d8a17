"""A received file as tables of rows: headings understood or listed as unknown, totals and notes told apart from rows.

With no mapping a table is read as the tidy return: one row for each municipality, service, target group and year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from socsvc_analysis.intake import numbers, personal, text, workbook
from socsvc_analysis.intake.columns import Columns, Unusable, by_mapping, by_meaning
from socsvc_analysis.intake.grid import Column, Grid, together
from socsvc_analysis.intake.headings import IGNORED, Headings, is_total, normal
from socsvc_analysis.intake.layout import SEARCHED, Layout, found, layouts
from socsvc_analysis.intake.mapping import Mapping, mappings
from socsvc_analysis.intake.received import KEYS, UNNAMED, Number, ReceivedRows, ReceivedTable
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sentences import Sentence as sentence

TIDY = "tidy"
OF_TEMPLATE = ("Norādes", "Saraksti", "Pārbaude")
"""Sheets of our own return beside the table."""
LABELLED = re.compile(r"\s*(pašvaldība|novads|municipality)\s*[:–-]\s*(\S.*)", re.IGNORECASE)


def read_tables(
    path: Path, reference: Reference, folder: Path, content: bytes | None = None
) -> tuple[ReceivedTable, ...]:
    """The tables of the file at ``path``; ``folder`` is the data folder, which holds the mappings.

    ``content`` is what the caller has read of the file already.

    Raises :class:`~socsvc_analysis.schema.DataError` when the file as a whole cannot be read: damaged, with data about
    persons, no table with known headings, a required column missing, a column of numbers that can be read two ways.
    """
    headings = Headings(reference)
    known = mappings(folder, reference)
    personal.refuse_name(path.name)
    sheets = workbook.opened(path, headings.known, content)
    personal.refuse(sheets, path.name)
    return tables_of(sheets, path.name, headings, known)


def tables_of(
    sheets: Iterable[Sheet], file: str, headings: Headings, known: tuple[Mapping, ...]
) -> tuple[ReceivedTable, ...]:
    """The tables of sheets that were opened already."""
    tables, passed_over, problems = [], [], []
    for sheet in sheets:
        if sheet.name in OF_TEMPLATE or not any(any(row) for row in sheet.rows):
            continue
        if sheet.hidden:
            passed_over.append(Problem(file, sentence("note_hidden_sheet"), sheet=sheet.name))
            continue
        try:
            table = _Reader(file, sheet, headings, known).table()
        except DataError as error:
            problems += error.problems
            continue
        if table is None:
            passed_over.append(Problem(file, sentence("note_no_table"), sheet=sheet.name))
        else:
            tables.append(table)
    if problems:
        raise DataError(problems)
    if not tables:
        raise DataError([Problem(file, sentence("refusal_no_table")), *passed_over])
    return (replace(tables[0], problems=(*tables[0].problems, *passed_over)), *tables[1:])


class _Reader:
    """Reads one sheet."""

    def __init__(self, file: str, sheet: Sheet, headings: Headings, known: tuple[Mapping, ...]) -> None:
        self.file = file
        self.sheet = sheet
        self.headings = headings
        self.known = known
        self.problems: list[Problem] = []

    def table(self) -> ReceivedTable | None:
        """The table of the sheet; None when it has none."""
        mapped = self._mapped()
        if mapped:
            mapping, layout = mapped
            return self._read(layout, self._columns(layout, mapping), mapping)
        layout = found(self._layouts, self._score)
        if layout is None:
            self._refuse_half_known()
            return None
        return self._read(layout, self._columns(layout, None), None)

    def _columns(self, layout: Layout, mapping: Mapping | None) -> Columns:
        try:
            return by_mapping(layout, mapping) if mapping else by_meaning(layout, self.headings, self._filled(layout))
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
        """How many headings are known; 0 when they make no table of municipalities or of one municipality's numbers."""
        meanings = [meaning for meaning in map(self.headings.meaning, headings) if meaning]
        columns = {meaning.column for meaning in meanings}
        counts = columns - {*KEYS, IGNORED} or {"measure", "value"} <= columns
        placed = "territory" in columns or self._labelled_territory(SEARCHED)
        return len(meanings) if counts and placed and len(columns) > 1 else 0

    def _refuse_half_known(self) -> None:
        """Refuse a sheet whose header lacks what it needs; a sheet with no known heading at all is no table."""

        def half(headings: list[str]) -> int:
            known = [meaning for meaning in map(self.headings.meaning, headings) if meaning]
            return len(known) if len(known) >= 2 else 0

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
            self._problem(sentence("refusal_heading"), row=layout.below, value=each, near=self._nearest_heading(each))
            for each in unknown
        ]
        raise DataError(problems or [self._problem(sentence("refusal_headings"), row=layout.below)])

    @cached_property
    def _layouts(self) -> tuple[Layout, ...]:
        return tuple(layouts(self.sheet))

    def _read(self, layout: Layout, columns: Columns, mapping: Mapping | None) -> ReceivedTable:
        sheet, torn = self._with_merged(layout, columns)
        kept = self._kept(sheet, layout, columns, mapping)
        styles = {at: self._style(sheet.columns[at], kept, layout.headings[at]) for at in columns.measures}
        if mapping:
            kept = kept[~self._passed_over(sheet, layout, columns, mapping)[kept]]
        cells = sheet.at(kept)
        filled = cells.filled()
        rows = ReceivedRows(
            kept + 1,
            {heading or f"{UNNAMED}{at + 1}": cells.columns[at] for at, heading in enumerate(layout.headings)},
            self._keys(cells, columns),
            self._numbers(cells, columns, styles, {**numbers.MARKS, **mapping.marks} if mapping else numbers.MARKS),
            self._totals(cells, filled, columns),
            self._row_problems(kept, filled, layout, torn),
        )
        defaults = self._defaults(layout, columns, mapping)
        hidden = [at + 1 for at in kept.tolist() if at in self.sheet.hidden_rows] if self.sheet.hidden_rows else []
        if hidden:
            self.problems.append(self._problem(sentence("note_hidden_row"), row=hidden[0]))
        for heading in columns.unmatched:
            near = self._nearest_heading(heading)
            self.problems.append(self._problem(sentence("note_heading"), column=heading, near=near))
        return ReceivedTable(
            self.file,
            self.sheet.name,
            rows,
            tuple(columns.measures.values()),
            {key: layout.headings[at] for at, key in columns.keys.items()},
            columns.unmatched,
            mapping.name if mapping else TIDY,
            mapping.source if mapping else "",
            defaults,
            mapping.territory_kind if mapping else "",
            mapping.territories_on if mapping else "",
            tuple(self.problems),
        )

    def _with_merged(self, layout: Layout, columns: Columns) -> tuple[Grid, dict[int, str]]:
        """Merged texts repeated in every row they cover; the rows of a merged number are given with the reason."""
        torn: dict[int, str] = {}
        changed: dict[int, dict[int, str]] = {}
        for top, left, bottom, right in self.sheet.merged:
            if top < layout.below or bottom >= len(self.sheet.rows):
                continue
            cell = changed.get(left, {}).get(top, self.sheet.rows.columns[left][top])
            if any(at in columns.keys for at in range(left, right + 1)) and left == right:
                changed.setdefault(left, {}).update(dict.fromkeys(range(top, bottom + 1), cell))
            elif any(at in columns.measures for at in range(left, right + 1)) and cell.strip():
                said = sentence("reason_merged", rows=bottom - top + 1, columns=right - left + 1)
                torn.update(dict.fromkeys(range(top, bottom + 1), said))
        return self.sheet.rows.replaced(changed), torn

    def _kept(self, cells: Grid, layout: Layout, columns: Columns, mapping: Mapping | None) -> np.ndarray:
        """The rows of the table: those below the header, down to the text that ends it."""
        rows = np.arange(layout.below, len(cells))
        stop = tuple(map(normal, mapping.stop)) if mapping else ()
        if stop:
            beyond = ~cells.nowhere(rows, lambda cell: bool(cell) and normal(cell).startswith(stop))
            rows = rows[np.cumsum(beyond) == 0]
        kept = rows[self._are_rows(cells.at(rows), layout, columns)]
        if mapping is None:
            # A row of headings has no cell that begins with a digit.
            for at in kept[cells.nowhere(kept, lambda cell: cell.strip()[:1].isdigit())].tolist():
                if self._is_header(cells[at]):
                    raise self._refused(sentence("refusal_second_table"), at + 1)
        return kept

    def _are_rows(self, cells: Grid, layout: Layout, columns: Columns) -> np.ndarray:
        """Whether each row below the header is one of the table: neither empty, nor a repeated header, nor a note."""
        filled = cells.filled()
        count = filled.sum(axis=0)
        header = count > 1
        for at, column in enumerate(cells.columns):
            asked = np.flatnonzero(header & filled[at])
            heading = layout.headings[at].casefold()
            header[asked] = column.at(asked).where(lambda cell, heading=heading: normal(cell) in heading)
        measured = filled[list(columns.measures)].any(axis=0)
        keyed = filled[list(columns.keys)].any(axis=0) & (count > 1)
        named = np.zeros(len(cells), dtype=bool)
        for at, column in enumerate(cells.columns):
            alone = np.flatnonzero(filled[at] & (count == 1) & ~measured)
            place = columns.keys.get(at) == "territory"
            named[alone] = column.at(alone).where(lambda cell, place=place: self._is_row_alone(cell, layout, place))
        return ~header & (measured | keyed | named)

    def _is_row_alone(self, cell: str, layout: Layout, place: bool) -> bool:
        """Whether a text alone in its row is no note.

        It may be the name of a municipality whose numbers are missing, or a row that was written with another delimiter
        than the table.
        """
        if sum(map(bool, layout.headings)) in {len(cell.split(delimiter)) for delimiter in text.DELIMITERS}:
            return True
        return place and self.headings.is_territory(cell)

    def _is_header(self, row: Iterable[str]) -> bool:
        """Whether a row has the headings of a table."""
        return self._score([cell for cell in row if cell.strip()]) > 0

    def _keys(self, cells: Grid, columns: Columns) -> dict[str, Column]:
        keys: dict[str, Column] = {}
        for at, key in columns.keys.items():
            told = cells.columns[at].map(str.strip)
            if key in keys:
                # A code and a name may both say the municipality.
                both = together([keys[key], told], len(cells))
                joint = ", " if key == "territory" else ""
                told = both.map(
                    lambda pair, joint=joint: joint.join(filter(None, pair)) if joint else pair[1] or pair[0]
                )
            keys[key] = told
        return keys

    def _numbers(
        self, cells: Grid, columns: Columns, styles: dict[int, numbers.Style], marks: dict[str, str]
    ) -> dict[str, Column]:
        read = {}
        for at, column in columns.measures.items():
            unit = self.headings.units.get(column.measure, "")

            def number(
                cell: str, style: numbers.Style = styles[at], unit: str = unit, by: float = column.factor
            ) -> Number:
                found = numbers.read(cell, style, unit, marks)
                return replace(found, value=found.value * by) if found.value is not None else found

            read[column.heading] = cells.columns[at].map(number)
        for at, beside in columns.special.items():
            heading = columns.measures[at].heading
            both = together([read[heading], cells.columns[beside]], len(cells))
            read[heading] = both.map(lambda pair: numbers.with_special(*pair))
        return read

    def _totals(self, cells: Grid, filled: np.ndarray, columns: Columns) -> np.ndarray:
        """Whether each row adds up others: its municipality, or with none its first text, says so."""
        territories = [at for at, key in columns.keys.items() if key == "territory"]
        placed = filled[territories].any(axis=0)
        totals = np.zeros(len(cells), dtype=bool)
        for at in territories:
            totals |= cells.columns[at].where(is_total)
        for at, key in columns.keys.items():
            if key in ("service_type", "target_group"):
                beside = cells.columns[at].where(lambda cell: is_total(cell) and not self.headings.is_value(cell))
                totals |= placed & beside
        left = np.flatnonzero(~placed)
        for at, column in enumerate(cells.columns):
            first = left[filled[at][left]]
            totals[first] = column.at(first).where(is_total)
            left = left[~filled[at][left]]
        return totals

    def _row_problems(
        self, kept: np.ndarray, filled: np.ndarray, layout: Layout, torn: dict[int, str]
    ) -> dict[int, str]:
        """Why a row as a whole cannot be trusted, by position among the kept ones."""
        count = filled[[at for at, heading in enumerate(layout.headings) if not heading]].sum(axis=0)
        problems = {
            at: sentence("reason_beyond_one") if count[at] == 1 else sentence("reason_beyond", count=count[at])
            for at in np.flatnonzero(count).tolist()
        }
        return problems | {at: torn[row] for at, row in enumerate(kept.tolist()) if row in torn} if torn else problems

    def _style(self, column: Column, kept: np.ndarray, heading: str) -> numbers.Style:
        told = list(column.at(kept).told())
        try:
            return numbers.detect_number_style([cell for _, cell in told])
        except numbers.Ambiguous as error:
            at, cell = told[error.at]
            raise self._refused(
                sentence("refusal_number_style", reason=error.said), int(kept[at]) + 1, heading, cell
            ) from None

    def _passed_over(self, cells: Grid, layout: Layout, columns: Columns, mapping: Mapping) -> np.ndarray:
        """Whether the mapping does not ask for each row: it is of women only, of a region, of another programme."""
        passed = np.zeros(len(cells), dtype=bool)
        for heading, wanted in mapping.only.items():
            at = next((at for at, each in enumerate(layout.headings) if normal(each) == normal(heading)), None)
            if at is not None:
                asked = re.compile(wanted, re.IGNORECASE)
                passed |= ~cells.columns[at].where(lambda cell, asked=asked: asked.fullmatch(cell.strip()))
        if mapping.known_programmes:
            known = np.zeros(len(cells), dtype=bool)
            for at, key in columns.keys.items():
                if key == "programme":
                    known |= cells.columns[at].where(self.headings.programmes.code)
            passed |= ~known
        return passed

    def _defaults(self, layout: Layout, columns: Columns, mapping: Mapping | None) -> dict[str, str]:
        """What the mapping, the rows above the table, the sheet's name or the file's say for all rows."""
        defaults = dict(mapping.defaults) if mapping else {}
        told = set(columns.keys.values())
        if "territory" not in told and "territory" not in defaults:
            defaults["territory"] = self._labelled_territory(layout.first)
        if told & {"year", "date"} or "year" in defaults or all(each.year for each in columns.measures.values()):
            return defaults
        above = " ".join(cell for row in self.sheet.rows[: layout.first] for cell in row if cell)
        for where, written in (
            ("note_year_from_above", above),
            ("note_year_from_sheet", self.sheet.name),
            ("note_year_from_file", self.file),
        ):
            years = dict.fromkeys(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", written))
            if len(years) == 1:
                defaults["year"] = min(years)
                self.problems.append(self._problem(sentence(where, year=defaults["year"])))
                return defaults
            if years:
                break
        raise self._refused(sentence("refusal_no_year"), layout.below)

    def _labelled_territory(self, above: int) -> str:
        """The municipality that is named as ``Pašvaldība: Bauskas novads`` in the first ``above`` rows."""
        return next((name for at, name in self._labels if at < above), "")

    @cached_property
    def _labels(self) -> list[tuple[int, str]]:
        labels = []
        for number, row in enumerate(self.sheet.rows[:SEARCHED]):
            for at, cell in enumerate(row):
                label = LABELLED.match(cell)
                if label:
                    labels.append((number, label[2].strip()))
                elif LABELLED.match(f"{cell.rstrip(' :')}: x") and at + 1 < len(row) and cell.strip().endswith(":"):
                    labels.append((number, row[at + 1].strip()))
        return labels

    def _filled(self, layout: Layout) -> frozenset[int]:
        """The columns that have anything below their heading."""
        below = slice(layout.below, None)
        return frozenset(
            at for at, column in enumerate(self.sheet.rows.columns) if column.at(below).where(str.strip).any()
        )

    def _nearest_heading(self, heading: str) -> str:
        return nearest(normal(heading), self.headings.names.spelled)

    def _problem(self, said: str, row: int | None = None, column: str = "", value: str = "", near: str = "") -> Problem:
        return Problem(self.file, said, self.sheet.name, row, column, value, near)

    def _refused(self, said: str, row: int | None = None, column: str = "", value: str = "") -> DataError:
        return DataError([self._problem(said, row, column, value)])
