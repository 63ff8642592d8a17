"""Tables of counts in CSV files: the true ones that are to be protected, and published ones that are to be attacked."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from socsvc_analysis.codes import records
from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.release import COUNT
from socsvc_analysis.files import csv_bytes
from socsvc_analysis.intake.text import DELIMITERS, decoded, rows_of
from socsvc_analysis.protecting.names import sums_of_others, wrong_names
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.wording import alphabetical

__all__ = ["Layout", "published_rows", "true_counts", "written"]

BLANKS = re.compile(r"[\s\u00a0\u202f]+")
WHOLE = re.compile(r"[0-9]{1,15}")
TWICE = "is given with two different counts"
AGAIN = "is counted in an earlier row too; add the two up, or name the column that tells them apart in --dims or --by"
DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
TAKEN = ("_finest", "_row", "cell", COUNT)
"""Names of columns that are made here."""


@dataclass(frozen=True)
class Layout:
    """How a file of counts is written."""

    count: str
    design: Design
    by: tuple[str, ...] = ()
    total: str = "Kopā"
    mark: str = "*"

    def __post_init__(self) -> None:
        """Refuse, with a :class:`~socsvc_analysis.schema.DataError`, what would make a file that says two things."""
        columns = [*self.by, *self.design.columns]
        problems = [
            Problem(option, said, value=value)
            for option, value, is_wrong, said in (
                ("--total", self.total, not self.total.strip(), "is empty; give the word that stands for a total"),
                ("--mark", self.mark, self.mark == self.total, "is the word for totals too (--total); give another"),
                (
                    "--mark",
                    self.mark,
                    any(map(str.isdigit, self.mark)),
                    "says a number of what is hidden; give another",
                ),
                ("--count", self.count, self.count in columns, "is a column of --dims or --by too"),
            )
            if is_wrong
        ]
        problems += [
            Problem("--by", "is a column of --dims too, or named twice", value=name)
            for name in dict.fromkeys(self.by)
            if columns.count(name) > 1
        ]
        problems += [
            Problem("--dims", "is a name that this command needs itself; call the column otherwise", value=name)
            for name in dict.fromkeys(columns)
            if name in TAKEN
        ]
        if problems:
            raise DataError(problems)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns that are used."""
        return (*self.by, *self.design.columns, self.count)


def true_counts(path: Path, layout: Layout) -> tuple[pd.DataFrame, str]:
    """The finest cells of a file with their true counts, and the file's delimiter.

    Rows of totals must add up and are left out: they are made anew.  Raises
    :class:`~socsvc_analysis.schema.DataError` with everything that is wrong: unknown columns, counts that are no whole
    numbers, hidden numbers, the same cell twice, a municipality in two regions, totals that do not add up or are not
    named as totals.
    """
    text, delimiter = _read(path, layout, layout.names)
    columns = [*layout.by, *layout.design.columns]
    problems = wrong_names(text, columns, layout.by, layout.total, path.name)
    counts, wrong = _counts(text, layout, path.name, marks=False)
    frame = text[columns].assign(**{COUNT: counts})
    is_total = (text[list(layout.design.columns)] == layout.total).any(axis=1)
    finest = frame[~is_total]
    problems += wrong
    problems += _repeated(finest, [*layout.by, *layout.design.finest], path.name)
    problems += _two_parents(finest, layout.design, path.name)
    if not problems and finest.empty:
        problems.append(Problem(path.name, f"has no row without {layout.total!r}: nothing to count from"))
    if not problems:
        problems += _wrong_totals(frame[is_total], finest, layout, path.name)
        problems += sums_of_others(finest, layout.design, layout.by, path.name)
    if problems:
        raise DataError(problems)
    return finest.astype({COUNT: "int64"}).reset_index(drop=True), delimiter


def published_rows(paths: Sequence[Path], layout: Layout) -> pd.DataFrame:
    """The rows of published files together: columns missing where a row is a total, ``count`` where it is hidden.

    A file may lack columns of the dimensions: it is then a table of totals over them.
    """
    pieces: dict[int, pd.DataFrame] = {}
    problems: list[Problem] = []
    for number, path in enumerate(paths):
        try:
            pieces[number] = _published(path, layout)
        except DataError as failure:
            problems += failure.problems
    if problems:
        raise DataError(problems)
    together = pd.concat(pieces)
    columns = [*layout.by, *layout.design.columns]
    shown = together[together[COUNT].notna()].drop_duplicates([*columns, COUNT])
    twice = shown[shown.duplicated(columns, keep="first")]
    if len(twice):
        raise DataError(
            Problem(paths[number].name, TWICE, row=row, value=_cell_text(said, columns, layout.total))
            for (number, row), said in zip(twice.index, records(twice), strict=True)
        )
    return together.reset_index(drop=True)


def written(frame: pd.DataFrame, layout: Layout, delimiter: str) -> bytes:
    """The CSV file of protected rows: totals and hidden numbers in words, names in alphabetical order.

    The order of the file that was given is not kept: where that goes by the counts it tells the hidden ones.
    """
    columns = [*layout.by, *layout.design.columns]
    place = {}
    for column in columns:
        known = sorted(frame[column].dropna().unique(), key=lambda name: (alphabetical(name), name))
        place[column] = {name: at for at, name in enumerate(known)}
    order = pd.DataFrame({column: frame[column].map(place[column]) for column in columns})
    rows = frame.loc[order.sort_values(columns, na_position="first", kind="stable").index]
    lines: list[list[object]] = [[*columns, layout.count]]
    for *names, count in rows[[*columns, COUNT]].itertuples(index=False):
        said = layout.mark if pd.isna(count) else int(count)
        lines.append([*(layout.total if pd.isna(name) else name for name in names), said])
    return csv_bytes(lines, delimiter=delimiter)


def _published(path: Path, layout: Layout) -> pd.DataFrame:
    text, _ = _read(path, layout, (*layout.by, layout.count))
    here = [column for column in layout.design.columns if column in text]
    columns = [*layout.by, *here]
    problems = wrong_names(text, columns, layout.by, layout.total, path.name)
    counts, wrong = _counts(text, layout, path.name, marks=True)
    if problems + wrong:
        raise DataError(problems + wrong)
    frame = text[columns].replace(layout.total, None)
    for column in layout.design.columns:
        if column not in frame:
            frame[column] = None
    return frame.assign(**{COUNT: counts})


def _read(path: Path, layout: Layout, needed: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """The text of all columns that are used; the index is the row that a spreadsheet shows."""
    names = set(layout.names)
    rows = rows_of(path, lambda cell: cell.strip() in names)
    heading = max(range(min(len(rows), 40)), key=lambda at: sum(cell.strip() in names for cell in rows[at]), default=0)
    head = [cell.strip() for cell in rows[heading]]
    problems = [
        Problem(path.name, "is not a column of the file", column=name, nearest=nearest(name, head) or ", ".join(head))
        for name in needed
        if name not in head
    ]
    problems += [
        Problem(path.name, "stands twice among the headings", column=name) for name in names if head.count(name) > 1
    ]
    if problems:
        raise DataError(problems)
    used = {name: head.index(name) for name in layout.names if name in head}
    body = {
        number: [row[at].strip() if at < len(row) else "" for at in used.values()]
        for number, row in enumerate(rows[heading + 1 :], heading + 2)
        if any(cell.strip() for cell in row)
    }
    if not body:
        raise DataError([Problem(path.name, "has headings and no rows")])
    text = pd.DataFrame(list(body.values()), index=list(body), columns=list(used))
    return text, _delimiter(decoded(path.read_bytes(), path.name), head)


def _delimiter(text: str, head: Sequence[str]) -> str:
    for line in text.splitlines():
        for delimiter in DELIMITERS:
            if [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])] == list(head):
                return delimiter
    return ","


def _counts(text: pd.DataFrame, layout: Layout, file: str, *, marks: bool) -> tuple[pd.Series, list[Problem]]:
    """The numbers of the column of counts; missing where hidden, which only published files may have."""
    numbers: list[float] = []
    problems = []
    for row, cell in zip(text.index.tolist(), text[layout.count], strict=True):
        bare = BLANKS.sub("", cell)
        if WHOLE.fullmatch(bare):
            numbers.append(int(bare))
            continue
        numbers.append(float("nan"))
        if marks and cell == layout.mark:
            continue
        problems.append(
            Problem(file, _why_no_count(bare, layout.mark, marks), row=row, column=layout.count, value=cell)
        )
    return pd.Series(numbers, index=text.index, dtype=float), problems


def _why_no_count(cell: str, mark: str, marks: bool) -> str:
    if not cell:
        hidden = f", {mark} where the number is hidden" if marks else ""
        return f"there is no count; write 0 where nobody was served{hidden}, and leave out what is not offered"
    if DECIMAL.fullmatch(cell):
        return "is no whole number; people are counted in whole numbers, without decimal comma or point"
    if cell.startswith("-") and WHOLE.fullmatch(cell[1:]):
        return "is less than nothing; people are counted from 0"
    if not marks and cell == mark:
        return "is hidden already; the true counts are needed to protect a table"
    return "is no count" + (f"; hidden numbers are marked {mark} (another mark: --mark)" if marks else "")


def _repeated(finest: pd.DataFrame, keys: list[str], file: str) -> list[Problem]:
    again = finest[finest.duplicated(keys, keep="first")]
    return [
        Problem(file, AGAIN, row=row, value=", ".join(names))
        for row, names in zip(again.index, again[keys].to_numpy(), strict=True)
    ]


def _two_parents(finest: pd.DataFrame, design: Design, file: str) -> list[Problem]:
    problems = []
    for dimension in design.dimensions:
        for above in dimension.above:
            pairs = finest.drop_duplicates([dimension.finest, above])
            first = pairs.drop_duplicates(dimension.finest).set_index(dimension.finest)[above]
            again = pairs[pairs.duplicated(dimension.finest, keep="first")]
            problems += [
                Problem(file, f"was in {first[name]} before", row=row, column=above, value=f"{name} in {parent}")
                for name, parent, row in zip(again[dimension.finest], again[above], again.index, strict=True)
            ]
    return problems


def _wrong_totals(totals: pd.DataFrame, finest: pd.DataFrame, layout: Layout, file: str) -> list[Problem]:
    problems = []
    columns = [*layout.by, *layout.design.columns]
    for number, row in zip(totals.index, totals.to_dict("records"), strict=True):
        part = finest
        for column in columns:
            if row[column] != layout.total:
                part = part[part[column] == row[column]]
        if int(row[COUNT]) != int(part[COUNT].sum()):
            said = f"does not add up: its parts in the file make {int(part[COUNT].sum())}"
            problems.append(Problem(file, said, row=number, column=layout.count, value=str(int(row[COUNT]))))
    return problems


def _cell_text(row: Mapping[str, Any], columns: Sequence[str], total: str) -> str:
    return ", ".join(total if pd.isna(row[column]) else str(row[column]) for column in columns)
