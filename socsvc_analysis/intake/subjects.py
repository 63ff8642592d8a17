"""What a row is about: period, municipality, service, group, provider and kind as codes, or why they are not known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from socsvc_analysis.intake.ages import age_of, nearest_age, sex_of_letter
from socsvc_analysis.intake.days import day_alone, is_of_year, month_number
from socsvc_analysis.intake.grid import Column, together
from socsvc_analysis.intake.headings import is_total, names_only, titles_of
from socsvc_analysis.intake.names import Names, names_of, normal
from socsvc_analysis.intake.phrases import FOOTNOTED, clean
from socsvc_analysis.intake.qualifiers import WHOLE_YEAR, part_of_year
from socsvc_analysis.intake.received import MeasureColumn, ReceivedTable
from socsvc_analysis.once import Same
from socsvc_analysis.periods import last_day
from socsvc_analysis.reference import AmbiguousTerritory, Reference, UnknownTerritory
from socsvc_analysis.schema import nearest
from socsvc_analysis.sentences import Sentence as sentence
from socsvc_analysis.tables import KINDS
from socsvc_analysis.territories import gazetteer_of

FIRST_YEAR = 1990
MONTH_OF_YEAR = re.compile(
    r"((?:19|20)\d\d)(?:-|\.?\s*(?:g\.|gada|year)?\s+)(\d\d|[^\W\d]{3,})|(\d\d|[^\W\d]{3,})(?:\.|\s+)((?:19|20)\d\d)\.?"
)
YEAR = re.compile(r"(\d{4})(?:[.,]0+)?\s*\.?(?:\s*(?:g|gads|gadā|gada|year)\.?)?", re.IGNORECASE)
FROM_BEGIN_TO_END = re.compile(rf"(?:no |from )?(?:{WHOLE_YEAR.pattern})", re.IGNORECASE)
MIDNIGHT = re.compile(r"[ T]00:00(?::00)?$")
A_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?")
"""A date in digits, as a spreadsheet also writes the first day of a year that was typed as a date."""
ENTIRE = "all"
EVERYBODY = ("visi", "visas", "all", "abi", "everyone", "-", "s/v", "v/s", "f/m", "m/f")
"""What stands for no part in a column of sexes or ages."""
AGE_OF_GROUP = {"children": "0-17", "adults": "18+"}
"""Groups that are of an age, in a column of ages."""
DOUBTFUL = re.compile(r"[?~≈±]")
"""Signs by which whoever wrote a name doubts it, or the number beside it."""
PART_OF_ROW = re.compile(
    r"\W*(?:t\.\s?sk|ta(?:i|jā) skaitā|no (?:tiem|tām|kuriem|kurām)|of (?:which|whom)|including)\b", re.IGNORECASE
)
"""How the name of a row begins that is contained in the row above it."""
QUOTES = " '\"„“”«»‘’"
UNKNOWN = {
    "measure": "reason_measure",
    "service_type": "reason_service",
    "target_group": "reason_group",
    "programme": "reason_programme",
    "provider": "reason_provider",
    "kind": "reason_kind",
}
"""The reason for a name that is not known, by the key it stands for."""
SHORT = {"service_type": "reason_service_short", "target_group": "reason_group_short"}
ABBREVIATION = re.compile(r"(?=(?:[^\W\d_]*?[A-ZĀČĒĢĪĶĻŅŠŪŽ]){2})[^\W\d_]{2,5}")
"""A few letters, capitals among them: the name that comes nearest to them is no more likely than any other."""


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
    sex: str = ""  # a part of the number only: of women or men, of an age group, of a branch
    age: str = ""
    branch: str = ""


class UnreadableCell(ValueError):
    """A cell that does not say what it should: the sentence, and what may have been meant."""

    def __init__(self, problem: str, near: str = "", key: str = "") -> None:
        self.problem = problem
        self.near = near
        self.key = key  # of the cell, where the field has several
        super().__init__(problem)


class Subjects:
    """Reads what rows are about, with the names of the reference tables."""

    def __init__(self, reference: Reference, today: dt.date) -> None:
        self.today = today
        self.answers: dict[tuple[str, ...], str | UnreadableCell] = {}
        self.regions = set(reference.regions["code"])
        flows = reference.measures["stock_flow"] == "flow"
        self.titles = titles_of(reference)
        self.flows = frozenset(reference.measures.loc[flows, "measure"])  # counted over a time, never on a day
        self.gazetteer = gazetteer_of(reference.municipalities, reference.towns)
        self.names = _names_by_role(Same(names_only(reference)))

    def by_column(
        self, table: ReceivedTable, rows: np.ndarray, column: MeasureColumn, known: dict[tuple[str, ...], Column]
    ) -> dict[str, Column]:
        """The fields of the subjects of one column of numbers in ``rows``.

        Where a cell does not say what it should its field is an :class:`UnreadableCell` instead of a code.  ``known``
        keeps what other columns of the same table were asked already.
        """
        keys = {key: cells.at(rows) for key, cells in table.rows.keys.items()}

        def read(asked: tuple[str, ...], said: str, reader: Callable[[Mapping[str, str]], str]) -> Column:
            if (*asked, said) not in known:
                there = [key for key in asked if key in keys]
                beside = together([keys[key] for key in there], len(rows))
                known[*asked, said] = beside.map(
                    lambda cells: _or_reason(lambda: reader(dict(zip(there, cells, strict=True))))
                )
            return known[*asked, said]

        def code(key: str, said: str, otherwise: str) -> Column:
            return read((key,), said, lambda cells: self._code(table, cells, key, said, otherwise))

        measure = Column.constant(column.measure, len(rows)) if column.measure else code("measure", "", "")
        keys["measured"] = measure
        period = read(
            ("year", "month", "date", "measured"),
            f"{column.year} {column.measure}",
            lambda cells: self._period(table, cells, column.year),
        )
        keys["period"] = period
        territory = read(
            ("territory", "period"),
            f"{column.year} {column.measure}",
            lambda cells: self._territory(table, cells, on) if isinstance(on := cells["period"], str) else "",
        )
        kind = read(
            ("kind", "measured"),
            f"{column.measure} {column.kind}",
            lambda cells: _kind_of(
                cells["measured"],
                self._code(table, cells, "kind", column.kind, _usual_kind(cells["measured"])),
            ),
        )
        return {
            "period": period,
            "territory": territory,
            "measure": measure,
            "provider": code("provider", "", ""),
            "programme": code("programme", "", ""),
            "service_type": code("service_type", column.service_type, ENTIRE),
            "target_group": code("target_group", column.target_group, ENTIRE),
            "kind": kind,
            "sex": read(("sex",), column.sex, lambda cells: self._part(table, cells, "sex", column.sex)),
            "age": read(("age",), column.age, lambda cells: self._part(table, cells, "age", column.age)),
            "branch": read(("branch",), "", lambda cells: normal(cells.get("branch", ""))),
        }

    def where_read(self, table: ReceivedTable, field: str, row: int) -> tuple[str, str]:
        """Heading and cell that a field of a row's subject was read from."""
        key = (
            field
            if field != "period"
            else "year"
            if "year" in table.headings or "date" not in table.headings
            else "date"
        )
        cells = table.rows.keys.get(key)
        return table.headings.get(key, ""), table.defaults.get(key, "") if cells is None else cells[row]

    def _part(self, table: ReceivedTable, keys: Mapping[str, str], key: str, said: str) -> str:
        """Which sex or age a number is of; "" where it is of everybody."""
        cell = keys.get(key, table.defaults.get(key, ""))
        if not cell.strip() or is_total(cell) or normal(cell) in EVERYBODY:
            return said
        code = self.names[key].code(cell)
        if not code and key == "age":
            code = age_of(cell) or AGE_OF_GROUP.get(self.names["target_group"].code(cell), "")
        elif not code and key in table.rows.keys:
            code = sex_of_letter(cell, (each for _, each in table.rows.keys[key].told()))
        if not code and key == "age":
            raise UnreadableCell(sentence("reason_age"), nearest_age(cell))
        if not code:
            raise UnreadableCell(sentence("reason_sex"), nearest(normal(cell), self.names[key].spelled))
        if said and code != said:
            raise UnreadableCell(
                sentence("reason_other_than_heading", said=self.titles.get((key, said), said.replace("~", "")))
            )
        return "" if code == ENTIRE else code

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
            raise UnreadableCell(sentence("reason_empty"))
        code = self._once((key, cell), lambda: self._named(key, cell))
        if said and code != said:
            raise UnreadableCell(sentence("reason_other_than_heading", said=self.titles.get((key, said), said)))
        return code

    def _once(self, asked: tuple[str, ...], reader: Callable[[], str]) -> str:
        """The answers of ``reader``, cached: thousands of rows repeat few names."""
        if asked not in self.answers:
            try:
                self.answers[asked] = reader()
            except UnreadableCell as unclear:
                self.answers[asked] = unclear
        answer = self.answers[asked]
        if isinstance(answer, UnreadableCell):
            raise UnreadableCell(answer.problem, answer.near, answer.key)
        return answer

    def _named(self, key: str, cell: str) -> str:
        names = self.names[key]
        code = names.code(cell) or names.code(clean(cell).strip(QUOTES))  # 1.2. „Aprūpe mājās”*
        if not code:
            if key in SHORT and ABBREVIATION.fullmatch(cell.strip()):
                raise UnreadableCell(sentence(SHORT[key]))
            raise UnreadableCell(sentence(UNKNOWN[key]), nearest(normal(cell), names.spelled))
        return code

    def _territory(self, table: ReceivedTable, keys: Mapping[str, str], period: str) -> str:
        cell = keys.get("territory", table.defaults.get("territory", ""))
        if table.mapping != "tidy" and cell in self.regions:
            return cell
        return self._once(
            ("territory", cell, table.territories_on or period, table.territory_kind),
            lambda: self._placed(cell, table.territories_on or last_day(period), table.territory_kind),
        )

    def _placed(self, cell: str, on: str, kind: str) -> str:
        confirmed = self.names["territory"].code(cell)
        if not confirmed and DOUBTFUL.search(cell):
            raise UnreadableCell(sentence("reason_doubtful"))
        if not confirmed and PART_OF_ROW.match(cell):
            raise UnreadableCell(sentence("reason_part_of_row"))
        try:
            code = self.gazetteer.resolve(confirmed or cell, on, kind)
            former = self.gazetteer.former_of_town(cell, on) if not (confirmed or kind) else None
        except UnknownTerritory as error:
            if A_DATE.fullmatch(MIDNIGHT.sub("", cell.strip())):
                raise UnreadableCell(sentence("reason_date_for_name")) from None
            if self.names["service_type"].code(cell) or self.names["target_group"].code(cell):
                raise UnreadableCell(sentence("reason_not_place")) from None
            raise UnreadableCell(error.reason, error.nearest) from None
        except AmbiguousTerritory as error:
            raise UnreadableCell(error.reason) from None
        if former:
            whole = f"{self.gazetteer.units[code].full} ({code})"
            raise UnreadableCell(sentence("reason_former_town", unit=former.full, date=former.until, whole=whole))
        return code

    def _period(self, table: ReceivedTable, keys: Mapping[str, str], year: str) -> str:
        said = {key: keys.get(key, table.defaults.get(key, "")).strip() for key in ("year", "month", "date")}
        over = table.mapping == "tidy" and keys["measured"] in self.flows
        return self._once(
            ("period", year, str(over), *said.values()), lambda: self._past(_dated(said, year, counted_over=over))
        )

    def _past(self, period: str) -> str:
        if int(period[:4]) < FIRST_YEAR:
            raise UnreadableCell(sentence("reason_past", year=FIRST_YEAR))
        if period > self.today.isoformat()[: len(period)]:
            raise UnreadableCell(sentence("reason_future", today=self.today.isoformat()))
        return period


def _usual_kind(measure: object) -> str:
    """The kind of a measure's numbers where neither row nor heading says it."""
    return "capacity" if measure == "places" else "actual"


def _kind_of(measure: object, kind: str) -> str:
    """The kind as the pages call it: places that are there are capacity."""
    return "capacity" if measure == "places" and kind == "actual" else kind


def _or_reason(reader: Callable[[], str]) -> str | UnreadableCell:
    try:
        return reader()
    except UnreadableCell as reason:
        return reason


@lru_cache(maxsize=2)
def _names_by_role(read: Same[Reference]) -> dict[str, Names]:
    """What a cell may be called, by its role; read once for all files that are imported with these tables."""
    reference = read.kept()
    synonyms = reference.value_names

    def names(frame: pd.DataFrame, table: str, code: str) -> Names:
        return names_of(frame, synonyms[synonyms["table"] == table], code)

    return {
        "measure": names_of(reference.measures, _called(reference), "measure"),
        "service_type": names(reference.service_types, "service_types", "service_type"),
        "target_group": names(reference.target_groups, "target_groups", "target_group"),
        "programme": names(reference.programmes, "programmes", "programme"),
        "provider": names(reference.providers, "providers", "provider"),
        "kind": names(pd.DataFrame({"kind": KINDS}), "kinds", "kind"),
        "sex": names(pd.DataFrame({"sex": ("women", "men")}), "sexes", "sex"),
        "age": names(pd.DataFrame({"age": ()}, dtype=str), "ages", "age"),
        "territory": names(pd.DataFrame({"territory": ()}, dtype=str), "municipalities", "territory"),
    }


def _called(reference: Reference) -> pd.DataFrame:
    """What measures are called besides their titles: the headings of their columns name them in long tables too."""
    synonyms, headings = reference.value_names, reference.column_names
    headings = headings[headings["column"].isin(reference.measures["measure"])]
    own = synonyms[synonyms["table"] == "measures"]
    return pd.concat([headings.rename(columns={"heading": "name", "column": "code"}), own])[["name", "code"]]


def _month_of_year(text: str) -> str:
    """The month that a cell says together with its year; "" when it says none.

    >>> _month_of_year("2025-06"), _month_of_year("2025. gada jūnijs"), _month_of_year("2025. gads")
    ('2025-06', '2025-06', '')
    """
    found = MONTH_OF_YEAR.fullmatch(text.strip())
    try:
        return f"{found[1] or found[4]}-{_month(found[2] or found[3]):02}" if found else ""
    except UnreadableCell:
        return ""


def _dated(said: Mapping[str, str], of_heading: str, *, counted_over: bool) -> str:
    """The period that year, month and date of a row and the heading of its number say.

    What is counted over a time has no number of a day, unless the day is the last of a year.

    >>> said = {"year": "2025", "month": "", "date": "31.12.2025"}
    >>> _dated(said, "", counted_over=False), _dated(said, "", counted_over=True)
    ('2025-12-31', '2025')
    """
    day = _day(said["date"]) if said["date"] else of_heading if len(of_heading) > len("2025") else ""
    year = said["year"]
    if day and year and not day_alone(year) and not is_of_year(day, _year(year)):
        key = "reason_other_year" if day == of_heading else "reason_year_and_date"
        raise UnreadableCell(sentence(key, year=day if day == of_heading else _year(year), day=day))
    if not day and of_heading and year and _year(year) != of_heading:
        raise UnreadableCell(sentence("reason_other_year", year=of_heading))
    text = of_heading or year
    if not day and not text:
        raise UnreadableCell(sentence("reason_empty"))
    in_digits = A_DATE.fullmatch(MIDNIGHT.sub("", text))
    if not day and (in_digits or day_alone(text)):
        day = _day(text)
        if day.endswith("-01-01") and in_digits:
            raise UnreadableCell(sentence("reason_year_or_day", year=day[:4]))
    if day:
        return _over_a_year(day, year) if counted_over else day
    month = _month_of_year(text) if not said["month"] and not of_heading else ""
    if month:
        return month
    return f"{_year(text)}-{_month(said['month']):02}" if said["month"] else _year(text)


def _over_a_year(day: str, year: str) -> str:
    """The year that ends on a day, for what is counted over a year; ``year`` is what the row says of it."""
    if day.endswith("-12-31"):
        return day[:4]
    if YEAR.fullmatch(year) and day == f"{int(_year(year)) + 1}-01-01":
        return _year(year)
    raise UnreadableCell(sentence("reason_counted_over", day=day))


def _year(text: str) -> str:
    found = YEAR.fullmatch(FOOTNOTED.sub("", text).strip())
    years = set(re.findall(r"(?:19|20)\d\d", text)) if FROM_BEGIN_TO_END.fullmatch(text.strip()) else set()
    if len(years) == 1:
        return str(years.pop())
    if not found and part_of_year(text):
        raise UnreadableCell(sentence("reason_part_of_year"))
    if not found:
        raise UnreadableCell(sentence("reason_year"))
    return found[1]


def _day(text: str) -> str:
    text = MIDNIGHT.sub("", text.strip())
    day = day_alone(text)
    if not day:
        raise UnreadableCell(sentence("reason_calendar" if A_DATE.fullmatch(text) else "reason_date"))
    return day


def _month(text: str) -> int:
    if re.fullmatch(r"\d{1,2}(?:[.,]0*)?", text) and 1 <= int(re.split("[.,]", text)[0]) <= 12:
        return int(re.split("[.,]", text)[0])
    named = month_number(text)
    if not named:
        raise UnreadableCell(sentence("reason_month", month=text), key="month")
    return named
