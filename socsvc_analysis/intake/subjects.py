"""What a row is about: period, municipality, service, group, provider and kind as codes, or why they are not known."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from socsvc_analysis.intake.grid import Column, together
from socsvc_analysis.intake.headings import Names, names_of, normal
from socsvc_analysis.intake.received import MeasureColumn, ReceivedRow, ReceivedTable
from socsvc_analysis.reference import AmbiguousTerritory, Reference, UnknownTerritory
from socsvc_analysis.schema import Problem, nearest
from socsvc_analysis.tables import KINDS
from socsvc_analysis.territories import gazetteer_of

FIRST_YEAR = 1990
YEAR = re.compile(r"(\d{4})(?:[.,]0+)?(?:\s*\.?\s*(?:g|gads|gadā|gada|year)\.?)?", re.IGNORECASE)
DAY = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\.?)(?:[ T]00:00(?::00)?)?")
MONTHS = ("janv", "febr", "mart", "apr", "mai", "jūn", "jūl", "aug", "sept", "okt", "nov", "dec")
ENTIRE = "all"


@dataclass(frozen=True)
class Subject:
    """What a figure is about; the columns of observations that tell figures apart."""

    measure: str
    territory: str
    provider: str
    programme: str
    service_type: str
    target_group: str
    period: str
    kind: str


class Unclear(ValueError):
    """A cell that does not say what it should: the sentence, and what may have been meant."""

    def __init__(self, problem: str, near: str = "") -> None:
        self.problem = problem
        self.near = near
        super().__init__(problem)


class Subjects:
    """Reads what rows are about, with the names of the reference tables."""

    def __init__(self, reference: Reference, today: dt.date) -> None:
        self.today = today
        self.answers: dict[tuple[str, ...], str | Unclear] = {}
        self.regions = set(reference.regions["code"])
        self.gazetteer = gazetteer_of(reference.municipalities, reference.towns)
        synonyms = reference.value_names

        def names(frame: pd.DataFrame, table: str, code: str) -> Names:
            return names_of(frame, synonyms[synonyms["table"] == table], code)

        self.names = {
            "measure": names_of(reference.measures, _called(reference), "measure"),
            "service_type": names(reference.service_types, "service_types", "service_type"),
            "target_group": names(reference.target_groups, "target_groups", "target_group"),
            "programme": names(reference.programmes, "programmes", "programme"),
            "provider": names(reference.providers, "providers", "provider"),
            "kind": names(pd.DataFrame({"kind": KINDS}), "kinds", "kind"),
        }
        self.known_as = {
            "measure": "measure",
            "service_type": "service",
            "target_group": "target group",
            "programme": "programme",
            "provider": "provider; add it to data/reference/providers.csv",
            "kind": "kind of number",
        }

    def of(self, table: ReceivedTable, row: ReceivedRow, column: MeasureColumn) -> tuple[Subject | None, list[Problem]]:
        """The subject of one number, or every reason why it is not known."""
        problems: list[Problem] = []

        keys = row.keys

        def read(key: str, reader: Callable[[], str]) -> str:
            try:
                return reader()
            except Unclear as unclear:
                heading = table.headings.get(key, "")
                value = keys.get(key, table.defaults.get(key, ""))
                problems.append(
                    Problem(table.file, unclear.problem, table.sheet, row.row, heading, value, unclear.near)
                )
                return ""

        period = read("year" if "year" in table.headings or "date" not in table.headings else "date",
                      lambda: self._period(table, keys, column.year))  # fmt: skip
        territory = read("territory", lambda: self._territory(table, keys, period)) if period else ""
        measure = column.measure or read("measure", lambda: self._code(table, keys, "measure", "", ""))
        subject = Subject(
            measure,
            territory,
            read("provider", lambda: self._code(table, keys, "provider", "", "")),
            read("programme", lambda: self._code(table, keys, "programme", "", "")),
            read("service_type", lambda: self._code(table, keys, "service_type", column.service_type, ENTIRE)),
            read("target_group", lambda: self._code(table, keys, "target_group", column.target_group, ENTIRE)),
            period,
            read("kind", lambda: self._code(table, keys, "kind", column.kind, _usual_kind(measure))),
        )
        return (None if problems else subject), problems

    def by_column(
        self, table: ReceivedTable, rows: np.ndarray, column: MeasureColumn, known: dict[tuple[str, ...], Column]
    ) -> dict[str, Column]:
        """The fields of the subjects of one column of numbers in ``rows``; None where a field is not known.

        ``known`` keeps what other columns of the same table were asked already.
        """
        keys = {key: cells.at(rows) for key, cells in table.rows.keys.items()}

        def read(asked: tuple[str, ...], said: str, reader: Callable[[Mapping[str, str]], str]) -> Column:
            if (*asked, said) not in known:
                there = [key for key in asked if key in keys]
                beside = together([keys[key] for key in there], len(rows))
                known[*asked, said] = beside.map(
                    lambda cells: _or_none(lambda: reader(dict(zip(there, cells, strict=True))))
                )
            return known[*asked, said]

        def code(key: str, said: str, otherwise: str) -> Column:
            return read((key,), said, lambda cells: self._code(table, cells, key, said, otherwise))

        period = read(("year", "month", "date"), column.year, lambda cells: self._period(table, cells, column.year))
        keys["period"] = period
        territory = read(
            ("territory", "period"),
            column.year,
            lambda cells: self._territory(table, cells, cells["period"]) if cells["period"] else "",
        )
        measure = Column.constant(column.measure, len(rows)) if column.measure else code("measure", "", "")
        keys["measured"] = measure
        kind = read(
            ("kind", "measured"),
            f"{column.measure} {column.kind}",
            lambda cells: self._code(table, cells, "kind", column.kind, _usual_kind(cells["measured"])),
        )
        return {
            "measure": measure,
            "territory": territory,
            "provider": code("provider", "", ""),
            "programme": code("programme", "", ""),
            "service_type": code("service_type", column.service_type, ENTIRE),
            "target_group": code("target_group", column.target_group, ENTIRE),
            "period": period,
            "kind": kind,
        }

    def _code(self, table: ReceivedTable, keys: Mapping[str, str], key: str, said: str, otherwise: str) -> str:
        """The code of a key: what the column says, else the cell, else what holds for the whole table."""
        cell = keys.get(key)
        if said and cell is None:
            return said
        if cell is None:
            cell = table.defaults.get(key, "")
            if not cell:
                return otherwise
        if not cell.strip():
            if key in ("provider", "programme", "kind"):
                return otherwise
            raise Unclear("is empty")
        code = self._once((key, cell), lambda: self._named(key, cell))
        if said and code != said:
            raise Unclear(f"is another {self.known_as[key]} than the heading of the numbers says ({said})")
        return code

    def _once(self, asked: tuple[str, ...], reader: Callable[[], str]) -> str:
        """What ``reader`` says, worked out once: the thousands of rows of a return repeat few names."""
        if asked not in self.answers:
            try:
                self.answers[asked] = reader()
            except Unclear as unclear:
                self.answers[asked] = unclear
        answer = self.answers[asked]
        if isinstance(answer, Unclear):
            raise Unclear(answer.problem, answer.near)
        return answer

    def _named(self, key: str, cell: str) -> str:
        code = self.names[key].code(cell)
        if not code:
            spelled = self.names[key].spelled
            raise Unclear(f"is not a known {self.known_as[key]}", nearest(normal(cell), spelled))
        return code

    def _territory(self, table: ReceivedTable, keys: Mapping[str, str], period: str) -> str:
        cell = keys.get("territory", table.defaults.get("territory", ""))
        if table.mapping != "tidy" and cell in self.regions:
            return cell
        return self._once(
            ("territory", cell, table.territories_on or period, table.territory_kind),
            lambda: self._placed(cell, table.territories_on or _last_day(period), table.territory_kind),
        )

    def _placed(self, cell: str, on: str, kind: str) -> str:
        try:
            return self.gazetteer.resolve(cell, on, kind)
        except UnknownTerritory as error:
            raise Unclear(error.reason, error.nearest) from None
        except AmbiguousTerritory as error:
            raise Unclear(error.reason) from None

    def _period(self, table: ReceivedTable, keys: Mapping[str, str], year: str) -> str:
        said = {key: keys.get(key, table.defaults.get(key, "")).strip() for key in ("year", "month", "date")}
        return self._once(("period", year, *said.values()), lambda: self._dated(said, year))

    def _dated(self, said: dict[str, str], of_heading: str) -> str:
        if said["date"]:
            return self._past(_day(said["date"]))
        if of_heading and said["year"] and _year(said["year"]) != of_heading:
            raise Unclear(f"is another year than the heading of the numbers says ({of_heading})")
        text = of_heading or said["year"]
        if not text:
            raise Unclear("is empty")
        if DAY.fullmatch(text):
            return self._past(_day(text))
        year = _year(text)
        return self._past(f"{year}-{_month(said['month']):02}" if said["month"] else year)

    def _past(self, period: str) -> str:
        if int(period[:4]) < FIRST_YEAR:
            raise Unclear(f"is before {FIRST_YEAR}, when there was nothing of the kind to count")
        if period > self.today.isoformat()[: len(period)]:
            raise Unclear(f"is in the future (today is {self.today.isoformat()})")
        return period


def _usual_kind(measure: str) -> str:
    """What kind of number a measure is where nobody says."""
    return "capacity" if measure == "places" else "actual"


def _or_none(reader: Callable[[], str]) -> str | None:
    try:
        return reader()
    except Unclear:
        return None


def _called(reference: Reference) -> pd.DataFrame:
    """What measures are called besides their titles: the headings of their columns name them in long tables too."""
    synonyms, headings = reference.value_names, reference.column_names
    headings = headings[headings["column"].isin(reference.measures["measure"])]
    own = synonyms[synonyms["table"] == "measures"]
    return pd.concat([headings.rename(columns={"heading": "name", "column": "code"}), own])[["name", "code"]]


def _year(text: str) -> str:
    found = YEAR.fullmatch(text.strip())
    if not found:
        raise Unclear("is not a year of four digits")
    return found[1]


def _day(text: str) -> str:
    found = DAY.fullmatch(text.strip())
    if not found:
        raise Unclear("is not a date (2025-12-31 or 31.12.2025)")
    year, month, day = found.group(1, 2, 3) if found[1] else (found[6], found[5], found[4])
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise Unclear("is not a day of the calendar") from None


def _last_day(period: str) -> str:
    """The last day of a year, month or day, when the territories of its figures are meant.

    >>> _last_day("2021"), _last_day("2024-02"), _last_day("2021-06-30")
    ('2021-12-31', '2024-02-29', '2021-06-30')
    """
    year, month, day = (*period.split("-"), "", "")[:3]
    last = day or calendar.monthrange(int(year), int(month or 12))[1]
    return f"{year}-{month or 12}-{last}"


def _month(text: str) -> int:
    if re.fullmatch(r"\d{1,2}(?:[.,]0+)?", text) and 1 <= int(re.split("[.,]", text)[0]) <= 12:
        return int(re.split("[.,]", text)[0])
    named = [at for at, start in enumerate(MONTHS, start=1) if normal(text).startswith(start)]
    if not named:
        raise Unclear(f"has no month that is known ({text})")
    return named[0]
