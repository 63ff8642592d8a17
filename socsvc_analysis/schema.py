"""What each table must look like, said once.

A :class:`Table` lists its fields; from that one list come the pandera contract that checks a frame and the
Table Schema that ``datapackage.json`` publishes.  A table that breaks its contract is refused with every broken
cell at once, in words for the person who can mend it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # both are slow to import, and many a command needs neither
    import pandas as pd
    import pandera.pandas as pa

HEADER_ROWS = 1
"""Rows above the first data row in a CSV file: the first data row is row 2, as a spreadsheet shows it."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong and where: everything a clerk needs to find and mend it."""

    file: str
    problem: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        """A sentence.

        >>> print(Problem("clients.csv", "is not a known region", row=7, column="region", value="Zemgal",
        ...               nearest="Zemgale"))
        clients.csv, row 7, column region: 'Zemgal' is not a known region; nearest known: Zemgale
        """
        place = ", ".join(
            part
            for part in (
                self.file,
                f"sheet {self.sheet}" if self.sheet else "",
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column}" if self.column else "",
            )
            if part
        )
        said = f"{self.value!r} {self.problem}" if self.value else self.problem
        return f"{place}: {said}" + (f"; nearest known: {self.nearest}" if self.nearest else "")


def counted(number: float, noun: str) -> str:
    """So many of what the English noun says, for what programs say of themselves.

    >>> counted(1, "second"), counted(0.5, "second"), counted(28, "file")
    ('1 second', '0.5 seconds', '28 files')
    """
    return f"{number if isinstance(number, int) else format(number, 'g')} {noun}{'' if number == 1 else 's'}"


class DataError(ValueError):
    """Data that cannot be used.  ``problems`` holds every :class:`Problem`, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        heading = f"{counted(len(self.problems), 'problem')} in the data"
        super().__init__("\n  ".join([heading + ":", *map(str, self.problems)]))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentences; where in the library they come from helps nobody to mend the data."""
        return [f"{type(self).__name__}: {self}"]


def nearest(value: str, known: Iterable[str]) -> str:
    """The known value that is spelled most like ``value``, or ``""`` when none is close.

    >>> nearest("day_care_center", ["day_care_centre", "home_care"])
    'day_care_centre'
    >>> nearest("xyz", ["day_care_centre"])
    ''
    """
    return next(iter(difflib.get_close_matches(value, list(known), n=1, cutoff=0.6)), "")


@dataclass(frozen=True)
class Field:
    """One column of a table."""

    name: str
    description: str
    type: str = "string"  # a Table Schema type: string, number, integer, boolean
    required: bool = True
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    refers_to: str = ""  # "table.column" whose values this column uses
    many: bool = False  # several values separated by spaces

    def table_schema(self) -> dict[str, object]:
        """This field as Table Schema describes it."""
        described: dict[str, object] = {"name": self.name, "type": self.type, "description": self.description}
        if self.type == "boolean":
            described |= {"trueValues": ["yes"], "falseValues": ["no"]}
        constraints: dict[str, object] = {}
        if self.required:
            constraints["required"] = True
        if self.one_of:
            constraints["enum"] = list(self.one_of)
        if self.pattern:
            constraints["pattern"] = self.pattern
        return described | ({"constraints": constraints} if constraints else {})

    def column(self) -> pa.Column:
        """This field as pandera checks it, once :func:`typed` has read the text."""
        import pandera.pandas as pa  # slow to import, and needed only to say what is wrong

        checks = []
        if self.type == "string":
            if self.required:
                checks.append(pa.Check.ne("", error="is empty"))
            if self.one_of:
                allowed = self.one_of if self.required else ("", *self.one_of)
                checks.append(pa.Check.isin(allowed, error="is not one of: " + ", ".join(self.one_of)))
            if self.pattern:
                pattern = self.pattern if self.required else f"(?:{self.pattern})?"
                # The whole cell: "$" would let a line end through.
                checks.append(
                    pa.Check(lambda cells: cells.str.fullmatch(pattern), error=f"is not of the form {self.pattern}")
                )
        dtype = {"string": str, "number": float, "integer": "Int64", "boolean": bool}[self.type]
        return pa.Column(dtype, checks=checks, nullable=self.type in ("number", "integer") and not self.required)

    def holds(self, cells: pd.Series) -> bool:
        """Whether cells that :func:`typed` has read are all what this field asks for; each distinct text is seen once.

        >>> import pandas as pd
        >>> Field("kind", "What", one_of=("plan", "actual")).holds(pd.Series(["plan", "actual", "plan"]))
        True
        >>> Field("period", "When", pattern="[0-9]{4}").holds(pd.Series(["2024", ""]))
        False
        """
        if self.type != "string":
            return not self.required or not cells.isna().any()
        texts = set(cells.tolist())
        if not self.required:
            texts.discard("")
        return (
            "" not in texts
            and set(map(type, texts)) <= {str}
            and (not self.one_of or texts <= set(self.one_of))
            and (not self.pattern or all(re.fullmatch(self.pattern, each) for each in texts))
        )


@dataclass(frozen=True)
class Table:
    """A table's contract: its fields in order and the columns that tell its rows apart."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(each.name for each in self.fields))

    @cached_property
    def contract(self) -> pa.DataFrameSchema:
        """The pandera contract, built once."""
        import pandera.pandas as pa  # slow to import, and needed only to say what is wrong

        return pa.DataFrameSchema(
            {each.name: each.column() for each in self.fields},
            unique=list(self.key) or None,
            report_duplicates="exclude_first",
            strict=True,
            ordered=True,
        )

    def is_kept_by(self, frame: pd.DataFrame) -> bool:
        """Whether a typed frame keeps the contract: the quick answer, of which :attr:`contract` gives the reasons."""
        return (
            list(frame.columns) == list(self.columns)
            and all(each.holds(frame[each.name]) for each in self.fields)
            and not (self.key and frame.duplicated(list(self.key)).any())
        )

    def table_schema(self) -> dict[str, object]:
        """The contract as a Table Schema, for ``datapackage.json``."""
        described: dict[str, object] = {"fields": [each.table_schema() for each in self.fields], "missingValues": [""]}
        if self.key:
            described["primaryKey"] = list(self.key)
        foreign = [
            {"fields": [each.name], "reference": {"resource": table, "fields": [column]}}
            for each in self.fields
            if each.refers_to and not each.many and each.required
            for table, column in [each.refers_to.split(".")]
        ]
        return described | ({"foreignKeys": foreign} if foreign else {})


def typed(text: pd.DataFrame, table: Table, file: str) -> pd.DataFrame:
    """The cells of ``text`` (all strings) as the types of ``table``; an empty number is unknown (NaN), never zero.

    Raises :class:`DataError` naming every cell that is not what its column holds, and every missing or unknown column.

    >>> import pandas as pd
    >>> counts = Table("counts", "Counts", (Field("place", "Where"), Field("clients", "How many", "number", False)))
    >>> typed(pd.DataFrame({"place": ["Auce"], "clients": [""]}), counts, "counts.csv").clients.isna().tolist()
    [True]
    >>> typed(pd.DataFrame({"place": [""], "clients": ["ten"]}), counts, "counts.csv")
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 2 problems in the data:
      counts.csv, row 2, column clients: 'ten' is not a number
      counts.csv, row 2, column place: is empty
    """

    problems = [
        Problem(file, "the column is missing", column=name) for name in table.columns if name not in text.columns
    ] + [
        Problem(file, "the column is not known here", column=str(name), nearest=nearest(str(name), table.columns))
        for name in text.columns
        if name not in table.columns
    ]
    if problems:
        raise DataError(problems)
    read: dict[str, pd.Series] = {}
    for each in table.fields:
        if each.type in ("number", "integer"):
            read[each.name], wrong = _numbers(text[each.name], whole=each.type == "integer")
        elif each.type == "boolean":
            wrong = ~text[each.name].isin(["yes", "no"])
            read[each.name] = text[each.name] == "yes"
        else:
            continue
        article = {"number": "a number", "integer": "a whole number", "boolean": "yes or no"}[each.type]
        problems += [
            Problem(
                file,
                f"is not {article}",
                row=int(at) + HEADER_ROWS + 1,
                column=each.name,
                value=text[each.name].iloc[at],
            )
            for at in wrong.to_numpy().nonzero()[0]
        ]
    return checked(text.assign(**read)[list(table.columns)], table, file, problems)


def _numbers(text: pd.Series, *, whole: bool) -> tuple[pd.Series, pd.Series]:
    """The numbers that cells say, each different text read once, and which cells say none although not empty."""
    import numpy as np
    import pandas as pd

    codes, different = pd.factorize(text.to_numpy(object), use_na_sentinel=False)
    filled = different != ""
    given = np.asarray(different, dtype=object).copy()
    given[~filled] = None
    read = np.asarray(pd.to_numeric(given, errors="coerce"))
    known = np.isfinite(read.astype(float))  # an infinite number is none: it would pass every comparison that follows
    wrong = filled & ~known
    if whole:
        wrong |= np.where(known, read, 0) % 1 != 0
    numbers = pd.Series(read).where(known & ~wrong).astype("Int64" if whole else float)
    return numbers.take(codes).set_axis(text.index), pd.Series(wrong[codes], index=text.index)


def checked(frame: pd.DataFrame, table: Table, file: str, found: Sequence[Problem] = ()) -> pd.DataFrame:
    """``frame`` itself when it keeps the contract of ``table``; else :class:`DataError` with all broken cells.

    ``found`` are problems that the caller already knows of; they are reported together.
    """
    if not found and table.is_kept_by(frame):
        return frame
    from pandera.errors import SchemaErrors

    problems = list(found)
    already = {(problem.row, problem.column) for problem in problems}
    try:
        table.contract.validate(frame, lazy=True)
    except SchemaErrors as failure:
        problems += _problems_of(failure.failure_cases, frame, table, file, already)
    if problems:
        raise DataError(problems)
    return frame


def _problems_of(
    cases: pd.DataFrame, frame: pd.DataFrame, table: Table, file: str, already: set[tuple[int | None, str]]
) -> list[Problem]:
    import pandas as pd

    fields = {each.name: each for each in table.fields}
    problems: dict[tuple[object, object, object], Problem] = {}
    columns = ["index", "check", "column", "failure_case"]
    for index, check, name, failing in cases[columns].itertuples(index=False, name=None):
        at = None if pd.isna(index) else int(index)
        row = None if at is None else at + HEADER_ROWS + 1
        if "unique" in str(check):
            same = " + ".join(str(frame.at[at, key]) for key in table.key)
            problems[(row, "", "unique")] = Problem(
                file, f"has the same {', '.join(table.key)} as an earlier row", row=row, value=same
            )
            continue
        column = str(name)
        if (row, column) in already:
            continue
        value = "" if pd.isna(failing) else str(failing)
        known = fields[column].one_of if column in fields else ()
        said = "is empty" if str(check) == "not_nullable" else str(check)
        # A cell that breaks several rules is mended once: the first rule says what it lacks.
        problems.setdefault(
            (row, column, ""),
            Problem(file, said, row=row, column=column, value=value, nearest=nearest(value, known) if value else ""),
        )
    return list(problems.values())


def unknown_references(frame: pd.DataFrame, table: Table, known: dict[str, pd.Series], file: str) -> list[Problem]:
    """Every cell of ``frame`` that names something ``known`` does not hold.

    ``known`` maps ``"table.column"`` to the values that may be named.

    >>> import pandas as pd
    >>> visits = Table("visits", "Visits", (Field("region", "Where", refers_to="regions.code"),))
    >>> frame = pd.DataFrame({"region": ["LV009", "LV008"]})
    >>> [str(each) for each in unknown_references(frame, visits, {"regions.code": pd.Series(["LV009"])}, "visits.csv")]
    ["visits.csv, row 3, column region: 'LV008' is not in regions.code; nearest known: LV009"]
    """
    problems = []
    for each in table.fields:
        if not each.refers_to:
            continue
        values = set(known[each.refers_to].tolist())
        named = set(frame[each.name].tolist())
        if each.many:
            named = {name for cell in named for name in cell.split()}
        if named - {""} <= values:
            continue
        problems += [
            Problem(
                file,
                f"is not in {each.refers_to}",
                row=at + HEADER_ROWS + 1,
                column=each.name,
                value=value,
                nearest=nearest(value, values),
            )
            for at, cell in enumerate(frame[each.name])
            for value in (cell.split() if each.many else [cell])
            if value and value not in values
        ]
    return problems
