"""What is unlikely in a file although each number may be right: told to whoever imports it, never refused."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from socsvc_analysis.intake.figures import FIELDS, Figures, Rows
from socsvc_analysis.intake.received import ReceivedTable
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import Problem
from socsvc_analysis.sentences import Sentence as sentence

TIMES = 1_000
"""A number so many times those of the other years was entered in another unit."""
LEADING = ("clients", "clients_in_year")
FEWEST_REGIONS = 3
"""A file that speaks of so many regions is meant to speak of all."""
FEWEST_ROWS = 3
OTHERWISE = tuple(name for name in FIELDS if name != "period")


def unlikely(figures: Figures, reference: Reference) -> list[Problem]:
    """What is unlikely in the figures that are taken and in the tables that they come from."""
    return [*_of_another_size(figures), *_mostly_empty(figures.rows), *_without_a_region(figures, reference)]


def _of_another_size(figures: Figures) -> Iterable[Problem]:
    """Numbers a thousand times those of the other years of the same, or a thousandth of them."""
    positive = figures.values[figures.values > 0]
    if not len(positive) or positive.max() < TIMES * positive.min():
        return
    told = pd.DataFrame({"same": figures.same(OTHERWISE), "value": figures.values, "at": np.arange(len(figures))})
    told = told[told["value"] > 0]
    by_same = told.groupby("same", sort=False)["value"]
    told = told[by_same.transform("max") >= TIMES * by_same.transform("min")]
    for _, group in told.groupby("same", sort=False):
        for value, at in zip(group["value"], group["at"], strict=True):
            others = group.loc[group["at"] != at, "value"].median()
            if value >= TIMES * others or others >= TIMES * value:
                sheet, row, heading = figures.cell(int(at))
                said = sentence("note_another_size", other=f"{others:.10g}")
                file = figures.rows.of_table(int(figures.row[at])).file
                yield Problem(file, said, sheet, row, heading, f"{value:.10g}")
                break  # of two years nobody knows which is the wrong one


def _mostly_empty(rows: Rows) -> Iterable[Problem]:
    for number, table in enumerate(rows.tables):
        mine = rows.at[rows.table == number]
        for column in _counted(table):
            empty = int(table.rows.cells[column].at(mine).where(lambda cell: not cell.strip()).sum())
            if len(mine) >= FEWEST_ROWS and empty * 2 > len(mine):
                said = sentence("note_mostly_empty", empty=empty, rows=len(mine))
                yield Problem(table.file, said, table.sheet, column=column)


def _counted(table: ReceivedTable) -> list[str]:
    """The headings of what a table is about: clients, or its first measure."""
    leading = [column.heading for column in table.columns if column.measure in LEADING]
    return leading or [column.heading for column in table.columns[:1]]


def _without_a_region(figures: Figures, reference: Reference) -> Iterable[Problem]:
    """A file that speaks of most regions and says nothing of one."""
    regions = dict(zip(reference.municipalities["code"], reference.municipalities["region"], strict=True))
    names = dict(zip(reference.regions["region"], reference.regions["name_lv"], strict=True))
    there = {regions[code] for code in figures.words["territory"] if code in regions}
    possible = {region for region in regions.values() if region in names}
    missing = sorted(possible - there)
    if len(there & possible) >= FEWEST_REGIONS and missing and len(figures):
        said = sentence("note_without_region", regions=", ".join(names[region] for region in missing))
        yield Problem(figures.rows.of_table(0).file, said)
