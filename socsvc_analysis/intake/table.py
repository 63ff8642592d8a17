"""One table of a sheet: its rows told apart from notes and totals, its cells read as keys and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from socsvc_analysis.intake import numbers, text
from socsvc_analysis.intake.columns import Columns, agree
from socsvc_analysis.intake.concealed import concealed
from socsvc_analysis.intake.days import years_in
from socsvc_analysis.intake.footnotes import marked, notes_in, rows_with
from socsvc_analysis.intake.grid import Column, Grid, together
from socsvc_analysis.intake.groups import Groups, grouped, with_merged
from socsvc_analysis.intake.headings import Headings, is_total, unit_and_factor
from socsvc_analysis.intake.labels_around_tables import Around
from socsvc_analysis.intake.layout import Layout, numbers_the_columns, numbers_the_rows
from socsvc_analysis.intake.legends import as_explained, explained, legend_of
from socsvc_analysis.intake.mapping import Mapping, passed_over
from socsvc_analysis.intake.names import normal
from socsvc_analysis.intake.neighbours import neighbour
from socsvc_analysis.intake.phrases import mark_of
from socsvc_analysis.intake.received import UNNAMED, MeasureColumn, Number, ReceivedRows, ReceivedTable
from socsvc_analysis.intake.totals import row_spans, statistics_among
from socsvc_analysis.intake.workbook import Sheet
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sentences import Sentence as sentence

TIDY = "tidy"
MOST_LEFT = 50
"""Texts beside a table that are looked at."""
BESIDE_TOWN = re.compile(r"\s*[(,]\s*(pils[ēe]ta)\s*\)?$", re.IGNORECASE)
"""The word for a town behind its name."""
SIGNED = re.compile(
    r"\s*(?:sagatav|izpildīt|aizpild|vadītāj|direktor|atbildīg|paraksts|tālr|telefon|e-past|datums:?$|z\.?\s?v\."
    r"|prepared|signed|director|telephone|phone|e-?mail)",
    re.IGNORECASE,
)
"""How the lines below a table begin that say who filled it in."""


class SheetReader:
    """Reads from ``sheet`` of ``file`` by what ``headings`` mean, and says where something is wrong."""

    def __init__(self, file: str, sheet: Sheet, headings: Headings) -> None:
        self.file = file
        self.sheet = sheet
        self.headings = headings

    def _unknown_heading(self, heading: str, row: int | None = None, column: str = "", value: str = "") -> Problem:
        """What is said of a heading that is not known, with the nearest; ``column`` where the table can do without."""
        near = neighbour(heading)
        if near:
            said = sentence("note_neighbour" if column else "refusal_neighbour", what=near.what, measure=near.measure)
            return self._problem(said, row, column, value)
        said = sentence("note_heading" if column else "refusal_heading")
        return self._problem(said, row, column, value, nearest(normal(heading), self.headings.names.spelled))

    def _problem(self, said: str, row: int | None = None, column: str = "", value: str = "", near: str = "") -> Problem:
        return Problem(self.file, said, self.sheet.name, row, column, value, near)

    def _refused(self, said: str, row: int | None = None, column: str = "", value: str = "") -> DataError:
        return DataError([self._problem(said, row, column, value)])


class TableReader(SheetReader):
    """Reads the rows of one table: those between two rows of the sheet, below its header."""

    def __init__(
        self,
        file: str,
        sheet: Sheet,
        headings: Headings,
        layout: Layout,
        columns: Columns,
        rows: tuple[int, int],
        is_header: Callable[[Iterable[str]], bool],
    ) -> None:
        super().__init__(file, sheet, headings)
        self.layout = layout
        self.columns = columns
        self.rows = np.arange(*rows)
        self.left: list[tuple[int, str]] = []  # texts alone in a row that is none of the table: row (from 1) and text
        self.noted: set[str] = set()  # those that are notes of marks in rows
        self._is_header = is_header
        self.problems: list[Problem] = []

    def read(self, defaults: dict[str, str], mapping: Mapping | None) -> ReceivedTable:
        """The table; ``defaults`` hold for all its rows that do not say otherwise."""
        layout, columns = self.layout, self.columns
        sheet, torn = with_merged(self.sheet.rows, self.sheet.merged, layout.below, columns)
        groups = None if mapping else self._with_names(sheet)
        sheet = groups.cells if groups else sheet
        kept = self._rows_of_table(sheet, layout, columns, mapping)
        styles = {at: self._style(sheet.columns[at], kept, column) for at, column in columns.measures.items()}
        if mapping:
            kept = kept[~passed_over(mapping, sheet, layout.headings, columns.keys, self.headings.programmes)[kept]]
        cells = sheet.at(kept)
        legend = {} if mapping else legend_of(self.sheet, layout, columns.unmatched)
        rows = self._rows(cells, kept, styles, torn, defaults, mapping, legend)
        rows = replace(rows, asked=groups.asked_of(kept)) if groups else rows
        self.problems += self._as_problems(explained(cells, kept, columns, legend))
        self.problems += self._as_problems(concealed(self.sheet, kept, columns, layout))
        self.problems += self._as_problems(marked(cells, kept, columns, layout, [text for _, text in self.left]))
        if mapping is None and "territory" in rows.keys:
            self.problems += self._towns(rows.keys, kept, defaults)
        self.problems += [self._problem(said, column=heading) for said, heading in columns.notes]
        self.problems += [self._unknown_heading(each, column=each) for each in columns.unmatched.values()]
        return ReceivedTable(
            self.file,
            self.sheet.name,
            rows,
            tuple(columns.measures.values()),
            {key: layout.headings[at] for at, key in columns.keys.items()},
            tuple(columns.unmatched.values()),
            mapping.name if mapping else TIDY,
            mapping.source if mapping else "",
            defaults,
            mapping.territory_kind if mapping else "",
            mapping.territories_on if mapping else "",
            tuple(self.problems),
        )

    def _rows(
        self,
        cells: Grid,
        kept: np.ndarray,
        styles: dict[int, numbers.Style],
        torn: dict[int, str],
        defaults: dict[str, str],
        mapping: Mapping | None,
        legend: dict[str, tuple[str, str]],
    ) -> ReceivedRows:
        """The cells of the ``kept`` rows as keys and numbers; which rows are totals or regions, and what is wrong."""
        layout, columns = self.layout, self.columns
        filled = cells.filled()
        keys, totals = self._keys(cells, columns), self._totals(cells, filled, columns)
        marks = {**numbers.MARKS, **mapping.marks} if mapping else numbers.MARKS
        read = self._numbers(cells, styles, marks, defaults, legend)
        regions = self._regions(keys, totals) if mapping is None and "territory" in keys else {}
        totals[list(regions)] = True
        return ReceivedRows(
            kept + 1,
            {heading or f"{UNNAMED}{at + 1}": cells.columns[at] for at, heading in enumerate(layout.headings)},
            keys,
            read,
            totals,
            self._row_problems(kept, cells, layout, torn),
            regions,
        )

    def _as_problems(self, said: Iterable[tuple[str, int | None, str, str]]) -> list[Problem]:
        """What must be known of cells, as problems of this sheet: sentence, row, heading and cell of each."""
        return [self._problem(*each) for each in said]

    def _towns(self, keys: dict[str, Column], kept: np.ndarray, defaults: dict[str, str]) -> Iterable[Problem]:
        """The rows of a town whose number counts as that of the municipality around it."""
        years = [cell.strip()[:4] for _, cell in keys["year"].told()] if "year" in keys else [defaults.get("year", "")]
        last = max((year for year in years if year.isdecimal()), default="")
        for row, cell in keys["territory"].told():
            on = f"{last}-12-31" if last else PRESENT
            town = self.headings.gazetteer.town_alone(BESIDE_TOWN.sub(r" \1", cell), on)
            if town and self.headings.is_territory(cell) and not self.headings.gazetteer.former_of_town(cell, on):
                said = sentence("note_town", town=town)
                heading = next(self.layout.headings[at] for at, key in self.columns.keys.items() if key == "territory")
                yield self._problem(said, int(kept[row]) + 1, heading, cell)

    def _with_names(self, cells: Grid) -> Groups:
        """The cells with the names that stand once for several rows; which rows took one is told."""
        groups = grouped(cells, self.rows, self.columns, self._is_name)
        self.rows = self.rows[~np.isin(self.rows, list(groups.labels))] if groups.labels else self.rows
        for at, rows in groups.taken.items():
            said = sentence("note_from_above", rows=row_spans(row + 1 for row in rows))
            self.problems.append(self._problem(said, min(rows) + 1, self.layout.headings[at]))
        return groups

    def _is_name(self, key: str, cell: str) -> bool:
        """Whether a cell names a municipality, service, group or year, as its column should."""
        if key == "territory":
            return self.headings.is_territory(cell)
        return bool(years_in(cell) if key == "year" else self.headings.phrases.names[key].code(cell))

    def _rows_of_table(self, cells: Grid, layout: Layout, columns: Columns, mapping: Mapping | None) -> np.ndarray:
        """The rows of the table: those below the header, down to the text that ends it."""
        rows = self.rows
        stop = tuple(map(normal, mapping.stop)) if mapping else ()
        if stop:
            beyond = ~cells.nowhere(rows, lambda cell: bool(cell) and normal(cell).startswith(stop))
            rows = rows[np.cumsum(beyond) == 0]
        kept: np.ndarray = rows[self._are_rows(cells.at(rows), layout, columns)]
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
            header[asked] = column.at(asked).map(normal).where(heading.__contains__)
        if len(cells) and numbers_the_columns([cell for cell in cells[0] if cell.strip()]):
            header[0] = True
        measured = filled[list(columns.measures)].any(axis=0)
        keyed = filled[list(columns.keys)].any(axis=0) & (count > 1)
        for row in np.flatnonzero(keyed & ~measured).tolist():
            keyed[row] = not SIGNED.match(cells.columns[int(np.flatnonzero(filled[:, row])[0])][row])
        named = np.zeros(len(cells), dtype=bool)
        for at, column in enumerate(cells.columns):
            alone = np.flatnonzero(filled[at] & (count == 1) & ~measured)
            place = columns.keys.get(at) == "territory"
            named[alone] = column.at(alone).where(partial(self._is_row_alone, layout=layout, place=place))
        kept: np.ndarray = ~header & (measured | keyed | named) & ~self._is_signature(cells, filled, columns)
        places = [at for at, key in columns.keys.items() if key == "territory"]
        statistics = kept & statistics_among(cells, filled, places)
        for row in np.flatnonzero(statistics).tolist():
            first = next(cell for cell in cells[row] if cell.strip())
            self.problems.append(self._problem(sentence("note_statistic"), int(self.rows[row]) + 1, value=first))
        kept &= ~statistics
        for row in np.flatnonzero(~kept & (count == 1))[:MOST_LEFT].tolist():
            at = int(np.flatnonzero(filled[:, row])[0])
            self.left.append((int(self.rows[row]) + 1, cells.columns[at][row]))
        return kept

    def _is_signature(self, cells: Grid, filled: np.ndarray, columns: Columns) -> np.ndarray:
        """Whether a row says who filled the table in, with a name or a date, but no number, below its numbers."""
        found = np.zeros(len(cells), dtype=bool)
        for at in {0, *(at for at, key in columns.keys.items() if key == "territory")} if cells.width else ():
            found |= cells.columns[at].where(SIGNED.match)
        for row in np.flatnonzero(found).tolist():
            beside = [cells.columns[at][row] for at in columns.measures if filled[at, row]]
            alone = filled[:, row].sum() == 1 + len(beside)
            found[row] = alone and not any(each.strip().isdecimal() for each in beside)
        return found

    def _is_row_alone(self, cell: str, layout: Layout, place: bool) -> bool:
        """Whether a row with a single text belongs to the table and is no note.

        It may be the name of a municipality whose numbers are missing, or a row that was written with another delimiter
        than the table.
        """
        if sum(map(bool, layout.headings)) in {len(cell.split(delimiter)) for delimiter in text.DELIMITERS}:
            return True
        return place and self.headings.is_territory(cell)

    def _keys(self, cells: Grid, columns: Columns) -> dict[str, Column]:
        keys: dict[str, Column] = {}
        for at, key in columns.keys.items():
            told = cells.columns[at].map(str.strip)
            if key in keys:
                # A code and a name may both say the municipality.
                both = together([keys[key], told], len(cells))
                if key == "territory":
                    told = both.map(lambda pair: ", ".join(filter(None, pair)))
                else:
                    told = both.map(lambda pair: pair[1] or pair[0])
            keys[key] = told
        return keys

    def _numbers(
        self,
        cells: Grid,
        styles: dict[int, numbers.Style],
        marks: dict[str, str],
        defaults: dict[str, str],
        legend: dict[str, tuple[str, str]],
    ) -> dict[str, Column]:
        columns, read = self.columns, {}
        units = [cells.columns[at] for at, key in columns.keys.items() if key == "unit"]
        if not units and defaults.get("unit"):
            units = [Column.constant(defaults["unit"], len(cells))]
        for at, column in columns.measures.items():
            unit = self.headings.units.get(column.measure, "")

            def number(
                cell: str, style: numbers.Style = styles[at], unit: str = unit, by: float = column.factor
            ) -> Number:
                bare = numbers.without_unit(cell, partial(self._counts, unit=unit))
                found = as_explained(cell, legend) or numbers.read(bare, style, unit, marks)
                return replace(found, text=str(cell), value=None if found.value is None else found.value * by)

            read[column.heading] = cells.columns[at].map(number)
            if units and not column.unit:
                both = together([read[column.heading], units[0]], len(cells))
                read[column.heading] = both.map(partial(self._in_unit, own=unit))
        for at, beside in columns.special.items():
            heading = columns.measures[at].heading
            both = together([read[heading], cells.columns[beside]], len(cells))
            read[heading] = both.map(lambda pair: numbers.with_special(*pair))
        return read

    def _counts(self, word: str, unit: str) -> bool:
        """Whether a word behind a number only says again what is counted in ``unit``."""
        code = self.headings.unit(word)
        return bool(unit and code) and unit_and_factor(code)[1] == 1 and agree(code, unit)

    def _in_unit(self, pair: tuple[Number, str], own: str) -> Number:
        """A number converted from the unit that stands in its row to its measure's ``own``."""
        number, written = pair
        if number.value is None or not written.strip():
            return number
        code = self.headings.unit(written)
        unit, factor = unit_and_factor(code)
        if not code:
            return Number(number.text, problem=sentence("reason_unit", unit=written.strip()))
        if own and not agree(unit, own):
            said = {"unit": self.headings.unit_word(code), "own": self.headings.unit_word(own)}
            return Number(number.text, problem=sentence("reason_other_unit", **said))
        return replace(number, value=number.value * factor)

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

    def _regions(self, keys: dict[str, Column], totals: np.ndarray) -> dict[int, np.ndarray]:
        """The rows of regions, or of the country, and those of their municipalities, which they add up."""
        places = keys["territory"]
        regions = places.map(self.headings.region)
        sums = np.flatnonzero(regions.where(bool) & ~totals)
        if not len(sums):
            return {}
        own = places.map(self.headings.region_of)
        counted = ~totals & ~regions.where(bool)
        found: dict[int, np.ndarray] = {}
        for at in sums.tolist():
            whole = regions[at] == COUNTRY_REGION
            mine = counted & own.where(bool if whole else regions[at].__eq__)
            for key, column in keys.items():
                said = normal(column[at])
                if key != "territory" and said:  # of the same year and service, where it says one
                    mine &= column.map(normal).where(said.__eq__)
            if mine.any():
                found[at] = np.flatnonzero(mine)
        return found

    def _row_problems(self, kept: np.ndarray, cells: Grid, layout: Layout, torn: dict[int, str]) -> dict[int, str]:
        """Why a row as a whole cannot be trusted, by position among the kept ones."""
        unnamed = [at for at, heading in enumerate(layout.headings) if not heading]
        beyond = [at for at in unnamed if not numbers_the_rows([cell for _, cell in cells.columns[at].told()])]
        count = cells.filled()[beyond].sum(axis=0)
        problems: dict[int, str] = {
            at: sentence("reason_beyond_one") if count[at] == 1 else sentence("reason_beyond", count=count[at])
            for at in np.flatnonzero(count).tolist()
        }
        used = {*self.columns.keys, *self.columns.measures}
        struck = {row for row, at in self.sheet.struck if at in used} if self.sheet.struck else set()
        said = sentence("reason_struck")
        problems |= {at: said for at, row in enumerate(kept.tolist()) if row in struck} if struck else {}
        around = Around(self.file, self.sheet.name, self.headings)
        problems |= self._commented(kept, layout, used, around)
        problems |= self._footnoted(cells, around)
        return problems | {at: torn[row] for at, row in enumerate(kept.tolist()) if row in torn} if torn else problems

    def _footnoted(self, cells: Grid, around: Around) -> dict[int, str]:
        """Why rows with the mark of a note that changes their numbers cannot be trusted."""
        notes = notes_in([text for _, text in self.left])
        changing = {mark: text for mark, text in notes.items() if around.is_changed_by(text, self.columns)}
        for heading in (self.layout.headings[at] for at in (*self.columns.measures, *self.columns.keys)):
            if mark_of(heading) in changing:
                said = sentence("refusal_footnote", text=changing[mark_of(heading)])
                raise self._refused(said, self.layout.below, heading)
        found = rows_with(changing, cells, self.columns) if changing else {}
        self.noted = set(found.values())
        return {row: sentence("reason_footnote", text=text) for row, text in found.items()}

    def _commented(self, kept: np.ndarray, layout: Layout, used: set[int], around: Around) -> dict[int, str]:
        """Why rows with a comment that changes their numbers cannot be trusted; every other comment is told."""
        reasons: dict[int, str] = {}
        if not self.sheet.comments:
            return reasons
        places = {row: at for at, row in enumerate(kept.tolist())}
        for (row, at), comment in sorted(self.sheet.comments.items()):
            text = " ".join(comment.split())
            heading = layout.headings[at] if at < len(layout.headings) else ""
            if not text or not (row in places or layout.first <= row < layout.below):
                continue
            if at in used and around.is_changed_by(text, self.columns):
                if row not in places:
                    raise self._refused(sentence("refusal_comment", text=text), row + 1, heading)
                reasons[places[row]] = sentence("reason_comment", text=text)
            else:
                self.problems.append(self._problem(sentence("note_comment", text=text), row + 1, heading))
        return reasons

    def _style(self, column: Column, kept: np.ndarray, measure: MeasureColumn) -> numbers.Style:
        told = list(column.at(kept).told())
        counts = partial(self._counts, unit=self.headings.units.get(measure.measure, ""))
        try:
            return numbers.detect_number_style([numbers.without_unit(cell, counts) for _, cell in told])
        except numbers.Ambiguous as error:
            at, cell = told[error.at]
            raise self._refused(
                sentence("refusal_number_style", reason=error.said), int(kept[at]) + 1, measure.heading, cell
            ) from None
