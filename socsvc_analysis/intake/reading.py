"""A received file as tables of rows: headings understood or listed as unknown, totals and notes told apart from rows.

With no mapping a table is read as the tidy return: one row for each municipality, service, target group and year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from socsvc_analysis.intake import numbers, personal, text, workbook
from socsvc_analysis.intake.columns import Columns, Unusable, by_mapping, by_meaning
from socsvc_analysis.intake.headings import IGNORED, Headings, is_total, normal
from socsvc_analysis.intake.layout import SEARCHED, Layout, found
from socsvc_analysis.intake.mapping import Mapping, mappings
from socsvc_analysis.intake.received import KEYS, MeasureColumn, Number, ReceivedRow, ReceivedTable
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem, nearest

TIDY = "tidy"
OF_TEMPLATE = ("Norādes", "Saraksti", "Pārbaude")
"""Sheets of our own return beside the table."""
SPECIAL = {"10": "confidential", "20": "missing", "77": "estimated"}
"""Special values of statistical CSV files: confidential, missing, and a count of 1 to 10 shown as 5."""
LABELLED = re.compile(r"\s*(pašvaldība|novads|municipality)\s*[:–-]\s*(\S.*)", re.IGNORECASE)


def read_tables(path: Path, reference: Reference, folder: Path) -> tuple[ReceivedTable, ...]:
    """The tables of the file at ``path``; ``folder`` is the data folder, which holds the mappings.

    Raises :class:`~socsvc_analysis.schema.DataError` when the file as a whole cannot be read: damaged, with data about
    persons, no table with known headings, a required column missing, a column of numbers that can be read two ways.
    """
    headings = Headings(reference)
    known = mappings(folder, reference)
    personal.refuse_name(path.name)
    sheets = workbook.opened(path, headings.known)
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
            passed_over.append(Problem(file, "is hidden and was not read", sheet=sheet.name))
            continue
        try:
            table = _Reader(file, sheet, headings, known).table()
        except DataError as error:
            problems += error.problems
            continue
        if table is None:
            passed_over.append(Problem(file, "has no table with known headings and was not read", sheet=sheet.name))
        else:
            tables.append(table)
    if problems:
        raise DataError(problems)
    if not tables:
        wanted = "a municipality and a number, such as Pašvaldība, Pakalpojums, Mērķgrupa, Gads, Klienti, Vietas"
        raise DataError([Problem(file, f"no table was found: no row has headings for {wanted}"), *passed_over])
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
        layout = found(self.sheet, self._score)
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

            layout = found(self.sheet, score)
            if layout:
                fitting.append((mapping, layout))
        if len(fitting) > 1:
            # The mapping that asks for more is the closer one.
            fitting.sort(key=lambda each: -len(each[0].anchors))
            if len(fitting[0][0].anchors) == len(fitting[1][0].anchors):
                names = " and ".join(mapping.name for mapping, _ in fitting)
                raise self._refused(f"fits the mappings {names}; make their anchors differ")
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

        layout = found(self.sheet, half)
        if layout is None:
            return
        names = [each for each in layout.headings if each]
        columns = {meaning.column for meaning in map(self.headings.meaning, names) if meaning}
        unknown = [each for each in names if self.headings.meaning(each) is None]
        problems = []
        if "territory" not in columns:
            problems.append(self._problem("no column says the municipality (heading Pašvaldība)", row=layout.below))
        if not columns - {*KEYS, IGNORED}:
            said = "no column holds a number that is known here (headings such as Klienti, Vietas)"
            said += ", and the column of numbers does not say what it counts" * ("value" in columns)
            problems.append(self._problem(said, row=layout.below))
        problems += [
            self._problem("is not a known heading", row=layout.below, value=each, near=self._nearest_heading(each))
            for each in unknown
        ]
        raise DataError(problems or [self._problem("the headings make no table", row=layout.below)])

    def _read(self, layout: Layout, columns: Columns, mapping: Mapping | None) -> ReceivedTable:
        cells = [list(row) for row in self.sheet.rows]
        torn = self._fill_merged(layout, columns, cells)
        stop = tuple(map(normal, mapping.stop)) if mapping else ()
        kept: list[tuple[int, list[str]]] = []
        for at in range(layout.below, len(cells)):
            row = cells[at]
            if stop and any(normal(cell).startswith(stop) for cell in row if cell):
                break
            if self._is_row(row, layout, columns):
                if mapping is None and self._is_header(row):
                    said = (
                        "begins a second table with other headings; put each table on a sheet or in a file of its own"
                    )
                    raise self._refused(said, at + 1)
                kept.append((at, row))
        styles = {at: self._style(kept, at, layout) for at in columns.measures}
        marks = {**numbers.MARKS, **mapping.marks} if mapping else numbers.MARKS
        rows = []
        for at, row in kept:
            if mapping and self._passed_over(row, layout, columns, mapping):
                continue
            read = {
                column.heading: self._number(row[position], styles[position], marks, column)
                for position, column in columns.measures.items()
            }
            for position, beside in columns.special.items():
                heading = columns.measures[position].heading
                read[heading] = _with_special(read[heading], row[beside].strip())
            rows.append(self._row(at, row, layout, columns, read, torn.get(at, "")))
        defaults = self._defaults(layout, columns, mapping)
        hidden = [row.row for row in rows if row.row - 1 in self.sheet.hidden_rows]
        if hidden:
            self.problems.append(self._problem("is hidden in the sheet and was read like the others", row=hidden[0]))
        for heading in columns.unmatched:
            near = self._nearest_heading(heading)
            self.problems.append(
                self._problem("is not a known heading; its cells were not used", column=heading, near=near)
            )
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

    def _fill_merged(self, layout: Layout, columns: Columns, cells: list[list[str]]) -> dict[int, str]:
        """Repeat merged texts in every row they cover; the rows of a merged number are given with the reason."""
        torn: dict[int, str] = {}
        for top, left, bottom, right in self.sheet.merged:
            if top < layout.below or bottom >= len(cells):
                continue
            if any(at in columns.keys for at in range(left, right + 1)) and left == right:
                for at in range(top, bottom + 1):
                    cells[at][left] = cells[top][left]
            elif any(at in columns.measures for at in range(left, right + 1)) and cells[top][left].strip():
                said = (
                    f"has a number in cells that are merged over {bottom - top + 1} rows and {right - left + 1} columns"
                )
                torn.update(dict.fromkeys(range(top, bottom + 1), f"{said}: nobody can say what is whose"))
        return torn

    def _is_row(self, row: list[str], layout: Layout, columns: Columns) -> bool:
        """Whether a row below the header is one of the table: neither empty, nor a repeated header, nor a note."""
        filled = [at for at, cell in enumerate(row) if cell.strip()]
        if not filled:
            return False
        if all(normal(row[at]) in layout.headings[at].casefold() for at in filled) and len(filled) > 1:
            return False
        if any(at in columns.measures for at in filled):
            return True
        if len(filled) > 1:
            return any(at in columns.keys for at in filled)
        # One text alone is a note, unless it is the name of a municipality whose numbers are missing, or a row that was
        # written with another delimiter than the table.
        alone = row[filled[0]]
        if sum(map(bool, layout.headings)) in {len(alone.split(delimiter)) for delimiter in text.DELIMITERS}:
            return True
        return columns.keys.get(filled[0]) == "territory" and self.headings.is_territory(alone)

    def _is_header(self, row: list[str]) -> bool:
        """Whether a row has the headings of a table, and no number."""
        cells = [cell for cell in row if cell.strip()]
        return not any(cell.strip()[0].isdigit() for cell in cells) and self._score(cells) > 0

    def _row(
        self, at: int, row: list[str], layout: Layout, columns: Columns, read: dict[str, Number], problem: str
    ) -> ReceivedRow:
        keys: dict[str, str] = {}
        for position, key in columns.keys.items():
            # A code and a name may both say the municipality.
            told = row[position].strip()
            keys[key] = (
                f"{keys[key]}, {told}" if keys.get(key) and told and key == "territory" else told or keys.get(key, "")
            )
        beyond = [cell for position, cell in enumerate(row) if cell.strip() and not layout.headings[position]]
        if beyond and not problem:
            problem = f"has {len(beyond)} {'cell' if len(beyond) == 1 else 'cells'} outside the columns with headings"
        named = {heading or f"column {position + 1}": row[position] for position, heading in enumerate(layout.headings)}
        return ReceivedRow(
            at + 1,
            {heading: cell for heading, cell in named.items() if cell or not heading.startswith("column ")},
            keys,
            read,
            self._is_total(row, columns),
            problem,
        )

    def _is_total(self, row: list[str], columns: Columns) -> bool:
        """Whether the row adds up others: its municipality, or with none its first text, says so."""
        territories = [row[at].strip() for at, key in columns.keys.items() if key == "territory"]
        if any(territories):
            if any(is_total(cell) for cell in territories):
                return True
            beside = [row[at] for at, key in columns.keys.items() if key in ("service_type", "target_group")]
            return any(is_total(cell) and not self.headings.is_value(cell) for cell in beside)
        first = next((cell for cell in row if cell.strip()), "")
        return is_total(first)

    def _style(self, kept: list[tuple[int, list[str]]], at: int, layout: Layout) -> numbers.Style:
        try:
            return numbers.decided([row[at] for _, row in kept])
        except numbers.Ambiguous as error:
            row, cells = kept[error.at]
            said = f"{error.said}; write the numbers of the column without thousands separators"
            raise self._refused(said, row + 1, layout.headings[at], cells[at]) from None

    def _number(self, cell: str, style: numbers.Style, marks: dict[str, str], column: MeasureColumn) -> Number:
        unit = self.headings.units.get(column.measure, "")
        number = numbers.read(cell, style, unit, marks)
        return replace(number, value=number.value * column.factor) if number.value is not None else number

    def _passed_over(self, row: list[str], layout: Layout, columns: Columns, mapping: Mapping) -> bool:
        """Whether the mapping does not ask for the row: it is of women only, of a region, of another programme."""
        for heading, wanted in mapping.only.items():
            at = next((at for at, each in enumerate(layout.headings) if normal(each) == normal(heading)), None)
            if at is not None and not re.fullmatch(wanted, row[at].strip(), re.IGNORECASE):
                return True
        named = [row[at] for at, key in columns.keys.items() if key == "programme"]
        return mapping.known_programmes and not any(map(self.headings.programmes.code, named))

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
            ("the rows above the table", above),
            ("the sheet's name", self.sheet.name),
            ("its name", self.file),
        ):
            years = dict.fromkeys(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", written))
            if len(years) == 1:
                defaults["year"] = min(years)
                self.problems.append(
                    self._problem(f"has no column for the year; taken from {where}: {defaults['year']}")
                )
                return defaults
            if years:
                break
        raise self._refused("no column says the year (heading Gads)", layout.below)

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
        rows = self.sheet.rows[layout.below :]
        return frozenset(at for row in rows for at, cell in enumerate(row) if cell.strip())

    def _nearest_heading(self, heading: str) -> str:
        return nearest(normal(heading), self.headings.names.spelled)

    def _problem(self, said: str, row: int | None = None, column: str = "", value: str = "", near: str = "") -> Problem:
        return Problem(self.file, said, self.sheet.name, row, column, value, near)

    def _refused(self, said: str, row: int | None = None, column: str = "", value: str = "") -> DataError:
        return DataError([self._problem(said, row, column, value)])


def _with_special(number: Number, special: str) -> Number:
    """A number with the special value that stands beside it; an unknown one makes the cell unusable."""
    if not special:
        return number
    if special not in SPECIAL:
        return Number(number.text, problem=f"has a special value that is not known ({special})")
    status = SPECIAL[special]
    return Number(number.text, number.value if status == "estimated" else None, status)
