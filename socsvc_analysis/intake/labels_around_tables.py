"""The labels around a table: above it, in the name of its sheet, in text boxes and in the name of its file.

A label that is understood as a whole counts for all rows that have no column for it.  Words that would change what the
numbers are and stand in a sentence that is not understood as a whole are asked about, never passed over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from socsvc_analysis.intake import other_years
from socsvc_analysis.intake.columns import Columns, agree
from socsvc_analysis.intake.days import LabelledDay, counted_on, day_alone, days_in, is_of_year, several_years, years_in
from socsvc_analysis.intake.headings import IGNORED, Headings, is_total, unit_and_factor
from socsvc_analysis.intake.phrases import AGE, COLUMN, GROUP, KIND, NUMBERED, SERVICE, SEX, UNIT, YEAR, Said
from socsvc_analysis.intake.qualifiers import (
    LIMITING,
    MADE,
    is_draft,
    may_change,
    month_alone,
    other_numbers,
    part_in_name,
    part_of_year,
    without_making,
)
from socsvc_analysis.intake.received import KEYS, PARTS, ReceivedTable, years_of
from socsvc_analysis.intake.titles import OF_NUMBERS, says_more
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import AmbiguousTerritory, UnknownTerritory
from socsvc_analysis.sentences import Sentence as sentence
from socsvc_analysis.tables.fields import ATVK

PAIR = re.compile(r"\s*([^:–]{2,40}?)\s*(?::|–|\s-\s)\s*(\S.*)", re.DOTALL)
LEGAL = re.compile(r"noteikum|likum[aus]|pielikum|regulation|annex", re.IGNORECASE)
"""A form names the law it follows; the year and the words of the law are not those of the numbers."""
FOOTNOTE = re.compile(r"\s*(?:[*¹²³]|\d\))")
ROLES = (SERVICE, GROUP, KIND, UNIT, SEX, AGE)
USUAL = {KIND: ("actual", "capacity"), SEX: ("all",), AGE: ("all",), SERVICE: ("all",), GROUP: ("all",)}
"""Values that hold where nothing is said, so that a label with them changes nothing."""
ABOVE, SHEET, OUTSIDE, FILE = "above", "sheet", "outside", "file"
TAKEN = {
    OUTSIDE: "note_taken_from_outside",
    ABOVE: "note_taken_from_above",
    SHEET: "note_taken_from_sheet",
    FILE: "note_taken_from_file",
}
ASKED = {
    ABOVE: "refusal_said_above",
    SHEET: "refusal_said_in_sheet",
    OUTSIDE: "refusal_said_outside",
    FILE: "note_said_in_file",
}


@dataclass(frozen=True)
class _Label:
    """What one text around a table says of it."""

    taken: Sequence[tuple[str, str]] = ()
    """Keys and values that hold for all rows."""
    notes: Sequence[str] = ()
    """What the reader must know of it."""
    is_asked: bool = False
    """Whether it may change the numbers, so that somebody must say what it means."""
    is_unclear: bool = False
    """Whether it is not understood as a whole."""


def _is_whole(said: Said, columns: Columns) -> bool:
    """Whether every word of a text is understood, and none of them names another measure than the table has."""
    named = said.get(COLUMN)
    measures = {each.measure for each in columns.measures.values()}
    return not said.unread and not said.twice and (not named or named in KEYS or measures == {named})


def _taken(said: Said, place: str, where: str) -> list[tuple[str, str]]:
    """What a label says of all rows: its place, roles and year; a year in a file's name may be that of sending."""
    taken = [("territory", place)] if place else []
    taken += [(role, said.get(role)) for role in ROLES if said.get(role)]
    return [*taken, ("year", said.get(YEAR))] if where != FILE and len(said.get(YEAR)) == len("2025") else taken


class Unsaid(ValueError):
    """Words around a table that may change its numbers and that nobody understands as a whole."""

    def __init__(self, reason: str, row: int | None) -> None:
        self.reason = reason
        self.row = row
        super().__init__(reason)


@dataclass
class Around:
    """Reads what is said around the tables of one sheet."""

    file: str
    sheet: str
    headings: Headings
    outside: tuple[str, ...] = ()  # text boxes, headers of pages and such
    notes: list[str] = field(default_factory=list)  # what the reader must know of it
    labels: list[tuple[str, str, str]] = field(default_factory=list)  # key, value and text of labels beside a column
    days: list[LabelledDay] = field(default_factory=list)  # on which the numbers were counted
    years: set[str] = field(default_factory=set)  # that texts around the table say
    titles: list[str] = field(default_factory=list)  # those texts, without what says when the file was made, or laws

    def defaults(self, above: Iterable[tuple[int, str]], columns: Columns, must: bool) -> dict[str, str]:
        """What holds for all rows of a table, by key: from the cells ``above`` it, with their rows, and from the names.

        Raises :class:`Unsaid` for words that may change the numbers, and for any other where labels ``must`` be clear.
        """
        told, above = self._keys_of_columns(columns), list(above)
        self.days = [] if told & {"month", "date"} else list(self._days(above))
        around = [text for where, _, text in self._texts(above) if where != FILE]
        self.years = {year for text in around for year in years_in(text)}
        self.titles = [text for text in around if not (MADE.search(text) or LEGAL.search(text))]
        alone = {row for row, times in Counter(row for row, _ in above).items() if times == 1}
        found: dict[str, str] = {}
        first: dict[str, tuple[str, str]] = {}
        asked: list[tuple[str, str, int | None]] = []
        for where, row, text in self._texts(above):
            label = self._label(where, text, row in alone, told, columns)
            self.notes += label.notes
            self.titles = [title for title in self.titles if title != text] if label.notes else self.titles
            for key, value in label.taken:
                before, other = first.setdefault(key, (value, text))
                if key not in told and where in (ABOVE, SHEET) and self._contradict(key, before, value):
                    what = sentence(f"key_{key}")
                    raise Unsaid(sentence("refusal_two_labels", what=what, text=text, other=other), row)
                self._take(found, told, key, value, where, text)
            if must and where == ABOVE and label.is_unclear:
                raise Unsaid(sentence("refusal_label", text=text), row)
            asked += [(where, text, row)] if label.is_asked else []
        for where, text, row in asked:
            if where != FILE:
                raise Unsaid(sentence(ASKED[where], text=text), row)
            self.notes.append(sentence(ASKED[where], text=text))
        return found | self._day(told)

    def _label(self, where: str, text: str, alone: bool, told: set[str], columns: Columns) -> _Label:
        """What a text around a table is: the law of a form, other numbers, a label, or a sentence that is not one."""
        said = self.headings.phrases.read(NUMBERED.sub("", text) if where == ABOVE else text)
        if where in (ABOVE, OUTSIDE) and LEGAL.search(text):
            return self._law(where, text, said, told, columns)
        month = part_in_name(text) if where in (SHEET, FILE) else month_alone(text)
        if self._makes_others(text, told, columns) or (month and not told & {"month", "date"}):
            return _Label(is_asked=True)
        place = self._territory(text, said) if where != FILE else ""
        notes: list[str] = []
        is_whole = _is_whole(said, columns)
        if is_whole or (place and self._is_place(said) and said.get(COLUMN) not in PARTS):
            several = said.several.intersection(ROLES) | ({YEAR} if several_years(text) else set())
            return _Label(_taken(said, place, where), notes, is_asked=bool(several - told))
        changes = any(self._changes(said, role, told, columns) for role in ROLES)
        if not changes and where == OUTSIDE:
            notes.append(sentence("note_outside", text=text))
        elif not changes and (
            is_draft(text)
            or may_change(without_making(text))
            or (where != FILE and said.get(COLUMN) in PARTS and said.unread)
            or ((alone or where == SHEET) and not place and self._says_more(text, said, columns))
        ):
            notes.append(sentence("note_said_around", text=text))
        return _Label(notes=notes, is_asked=changes, is_unclear=True)

    def _says_more(self, text: str, said: Said, columns: Columns) -> bool:
        """Whether a text says more than titles do, or names another measure than the table has."""
        return bool(self._other_measures(said, columns)) or says_more(
            text, said.unread, self.headings.gazetteer.genitives
        )

    def _other_measures(self, said: Said, columns: Columns) -> set[str]:
        """The measure that a text names, if the table does not have it."""
        return {said.get(COLUMN)} - {"", IGNORED, *KEYS} - {each.measure for each in columns.measures.values()}

    def _law(self, where: str, text: str, said: Said, told: set[str], columns: Columns) -> _Label:
        """A text that names a law: only what it says of units, or of a part of the year, may change the numbers."""
        changes = self._changes(said, UNIT, told, columns) or (
            bool(part_of_year(text)) and self._makes_others(text, told, columns)
        )
        return _Label(notes=[sentence("note_outside", text=text)] if where == OUTSIDE else [], is_asked=changes)

    def _days(self, above: Iterable[tuple[int, str]]) -> Iterable[LabelledDay]:
        """The days on which numbers were counted, as the texts around a table say."""
        for where, row, text in self._texts(above):
            # A day alone at the edge of a page is that of printing.
            printed = where == OUTSIDE and not re.search(r"[^\W\d]{2}", text)
            other = MADE.search(text) or (where != FILE and LEGAL.search(text)) or part_of_year(text)
            for each in () if printed or other else counted_on(text):
                yield LabelledDay(each, where, row, text)

    def _day(self, told: set[str]) -> dict[str, str]:
        """The one day that is said for a table that says no time itself."""
        labelled = [each for each in self.days if each.where != FILE and "year" not in told]
        for each in labelled:
            if self._is_of_letter(each):
                self.notes.append(sentence("note_said_around", text=each.text))
        labelled = [each for each in labelled if not self._is_of_letter(each)]
        if not labelled:
            return {}
        unclear = [each for each in labelled if each.day != labelled[0].day or not each.day]
        if unclear:
            raise Unsaid(sentence("refusal_day", text=unclear[0].text), unclear[0].row)
        self._take_day(labelled[0])
        return {"date": labelled[0].day}

    def _is_of_letter(self, said: LabelledDay) -> bool:
        """Whether a day alone in a text lies outside the years that other texts say: it is that of writing."""
        within = any(is_of_year(said.day, year) for year in self.years) if said.day else True
        return bool(self.years) and not within and day_alone(said.text) != "" and not re.match(r"\D*\buz\b", said.text)

    def _take_day(self, said: LabelledDay) -> None:
        self.notes.append(sentence(TAKEN[said.where], what=sentence("key_date"), value=said.day))

    def dated(self, table: ReceivedTable) -> ReceivedTable:
        """The table with the day that a label says its numbers were counted on, where its rows say only the year.

        Raises :class:`Unsaid` for a day that cannot be that of every row, or whose year is not said.
        """
        years = years_of(table)
        titles = (title for title in self.titles if title not in {text for _, _, text in self.labels})
        told = years | {table.defaults[key][:4] for key in ("year", "date") if key in table.defaults}
        self.notes += [*other_years.of_titles(titles, years), *other_years.of_file(self.file, told)]
        for said in self.days if "date" not in table.defaults else ():
            if said.where == FILE:
                within = said.day[:4] in years and not said.ends_one_of(years)
                self.notes += [sentence("note_day_in_file", text=said.text, day=said.day)] if within else []
            elif said.day and not any(is_of_year(said.day, year) for year in years):
                self.notes.append(sentence("note_label_differs", text=said.text))
            elif not said.ends_one_of(years):
                if not said.day or len(years) > 1 or "year" not in table.rows.keys:
                    raise Unsaid(sentence("refusal_day", text=said.text), said.row)
                self._take_day(said)
                table = replace(table, defaults={**table.defaults, "date": said.day})
        return table

    def told_by(self, text: str, columns: Columns) -> frozenset[str]:
        """The keys that a label between the rows of a table tells and its columns do not; none for any other text."""
        if is_total(text):
            return frozenset()
        said = self.headings.phrases.read(text)
        told = self._keys_of_columns(columns)
        keys = {role for role in (*ROLES, YEAR) if said.get(role)}
        place = self._territory(text, said)
        if place and "territory" not in told:
            keys.add("territory")
        elif said.unread:
            return frozenset()
        return frozenset() if said.twice else frozenset(keys - told)

    def left_aside(
        self, texts: Iterable[tuple[int, str]], columns: Columns, years: Iterable[str], last: int = 0
    ) -> Iterable[tuple[int, str]]:
        """Notes on texts below the header that are no rows and may change the numbers, with their rows.

        So may a year that is none of the ``years`` of the rows, and, where the ``last`` row is known, any other words
        that are not understood, between the rows or below them; footnotes are told with their marks.
        """
        told, years = self._keys_of_columns(columns), set(years)
        for row, text in texts:
            said = self.headings.phrases.read(text)
            dated = days_in(text) and not told & {"month", "date"} and not MADE.search(text)
            other_year = years and not (MADE.search(text) or LEGAL.search(text)) and set(years_in(text)) - years
            month = month_alone(text) and not told & {"month", "date"}
            changes = month or may_change(text) or any(self._changes(said, role, told, columns) for role in ROLES)
            if dated or other_year or changes:
                yield row, sentence("note_said_below", text=text)
            elif last and said.unread and not FOOTNOTE.match(text) and not self._is_known(text):
                yield row, sentence("note_said_between" if row < last else "note_text_below", text=text)

    def refuse_below(self, texts: Iterable[tuple[int, str]], columns: Columns) -> None:
        """Raise :class:`Unsaid` for a text below the header that says what all numbers are: *skaitļi tūkstošos*."""
        told = self._keys_of_columns(columns)
        for row, text in texts:
            words = other_numbers(text) if self._makes_others(text, told, columns) else ""
            said = self.headings.phrases.read(text.replace(words, " ") if words else text)
            changes = words or self._changes(said, UNIT, told, columns)
            if changes and not self._other_measures(said, columns) and all(map(OF_NUMBERS.fullmatch, said.unread)):
                raise Unsaid(sentence("refusal_said_below", text=text), row)

    def _is_known(self, text: str) -> bool:
        """Whether a text says who made a table or by which law, is a total, or names a place and nothing else."""
        names_place = bool(self.headings.region(text)) or self.headings.is_territory(text)
        return bool(names_place or is_total(text) or MADE.search(text) or LEGAL.search(text))

    def is_changed_by(self, comment: str, columns: Columns) -> bool:
        """Whether a comment on a cell says that its number is another than the table says.

        A number may include what a comment only mentions, such as *t.sk. 2 bērni*; that is no change.
        """
        told = self._keys_of_columns(columns)
        said = self.headings.phrases.read(comment)
        roles = {role for role in ROLES if self._changes(said, role, told, columns)}
        whole = not said.unread and not said.twice
        return self._makes_others(comment, told, columns) or bool(
            roles & {KIND, UNIT} or (roles and (whole or LIMITING.search(comment)))
        )

    def contradicted(self, table: ReceivedTable) -> Iterable[str]:
        """Notes on labels that every row of the table contradicts."""
        for key, value, text in self.labels:
            if key == UNIT or not len(table.rows):
                continue
            said = {getattr(column, key, "") for column in table.columns}
            column = table.rows.keys.get({"year": "year"}.get(key, key))
            if column is not None:
                said |= {self._code(key, cell) for _, cell in column.told()}
            if self._code(key, value) not in said:
                yield sentence("note_label_differs", text=text)

    def _contradict(self, key: str, one: str, another: str) -> bool:
        """Whether two labels say different things of one key; one about everything leaves room for one about a part."""
        if key == UNIT:
            (unit, factor), (other, multiple) = unit_and_factor(one), unit_and_factor(another)
            return unit == other and factor != multiple
        codes = {self._code(key, one), self._code(key, another)}
        if key == "territory" and not all(re.fullmatch(ATVK, each) for each in codes):
            return False
        return len(codes) > 1 and not codes & {"all", "capacity"}

    def _code(self, key: str, cell: str) -> str:
        """The code that a cell names for a key, for comparing it with that of a label."""
        if key == "territory":
            try:
                return self.headings.gazetteer.resolve(cell, PRESENT, "")
            except (AmbiguousTerritory, UnknownTerritory):
                return cell
        if key == YEAR:
            return cell.strip()[:4]
        names = self.headings.phrases.names.get(key)
        return (names.code(cell) if names else "") or cell

    def labelled(self, cells: Iterable[tuple[int, str, str]]) -> dict[str, str]:
        """What is labelled in cells such as ``Pašvaldība: Bauskas novads``, or with the value in the next cell."""
        found: dict[str, str] = {}
        for _, cell, beside in cells:
            pair = PAIR.fullmatch(cell)
            name, value = (pair[1], pair[2]) if pair else (cell.strip().rstrip(":"), beside)
            key = self.headings.names.code(name)
            if not pair and not cell.strip().endswith(":") and not self._is_of(key, beside):
                continue
            if key in KEYS and key not in ("measure", "value") and value.strip():
                found.setdefault(key, value.strip())
        return found

    def _is_of(self, key: str, cell: str) -> bool:
        """Whether the cell beside a label without a colon is its value, and not the next heading of a table."""
        if not cell.strip() or key not in KEYS or self.headings.meaning(cell):
            return False
        if key == "territory":
            return self.headings.is_territory(cell)
        said = self.headings.phrases.read(cell)
        return bool(said.get(key)) and not said.unread and not said.twice

    def _texts(self, above: Iterable[tuple[int, str]]) -> Iterable[tuple[str, int | None, str]]:
        yield from ((ABOVE, row, text) for row, text in above)
        if self.sheet:
            yield SHEET, None, self.sheet.replace("_", " ")
        yield from ((OUTSIDE, None, text) for text in self.outside)
        yield FILE, None, re.sub(r"[_.]+", " ", PurePath(self.file).stem)

    def _territory(self, text: str, said: Said) -> str:
        """The name of the municipality that a label is, alone or beside what else it says; "" when it is none."""
        for asked in (text, " ".join(said.unread)):
            if asked.strip() and len(asked.split()) < 5 and self.headings.is_territory(asked):
                return asked.strip()
        return ""

    def _is_place(self, said: Said) -> bool:
        """Whether what is left of a label is the name of a municipality and nothing else."""
        return self.headings.is_territory(" ".join(said.unread))

    def _take(self, found: dict[str, str], told: set[str], key: str, value: str, where: str, text: str) -> None:
        if key in told and where != FILE:
            self.labels.append((key, value, text))
        if key in told or key in found or value in USUAL.get(key, ()):
            return
        found[key] = value
        self.notes.append(sentence(TAKEN[where], what=sentence(f"key_{key}"), value=self.headings.called(key, value)))

    def _changes(self, said: Said, role: str, told: set[str], columns: Columns) -> bool:
        """Whether a word of a sentence would change the numbers of the table."""
        code = said.get(role)
        if not code or role in told or code in USUAL.get(role, ()):
            return False
        if role != UNIT:
            return True
        unit, factor = unit_and_factor(code)
        own = [self.headings.units.get(each.measure, "") for each in columns.measures.values()]
        return factor != 1 or not all(agree(unit, each) for each in own)

    def _makes_others(self, text: str, told: set[str], columns: Columns) -> bool:
        """Whether a text says that the numbers are those of a part of a year, or no plain numbers."""
        words = other_numbers(without_making(text))
        if not words or (part_of_year(text) and told & {"month", "date"}):
            return False
        return not any(words.casefold() in each.heading.casefold() for each in columns.measures.values())

    @staticmethod
    def _keys_of_columns(columns: Columns) -> set[str]:
        """The keys that the columns say."""
        told = set(columns.keys.values())
        measures = list(columns.measures.values())
        for role, said in (
            (SERVICE, lambda each: each.service_type),
            (GROUP, lambda each: each.target_group),
            (KIND, lambda each: each.kind),
            (SEX, lambda each: each.sex),
            (AGE, lambda each: each.age),
            (YEAR, lambda each: each.year),
            (UNIT, lambda each: each.unit),
        ):
            if measures and all(map(said, measures)):
                told.add(role)
        return told | ({"year"} if "date" in told else set())
