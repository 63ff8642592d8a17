"""The attack on published files by someone who has nothing but them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from socsvc_analysis.disclosure.audit import Finding, attacked, statements_of
from socsvc_analysis.disclosure.design import Design, Dimension
from socsvc_analysis.disclosure.release import COUNT
from socsvc_analysis.schema import DataError, Problem

__all__ = ["worked_out"]

MOST_CELLS = 1_000_000


def worked_out(rows: pd.DataFrame, design: Design, threshold: int) -> list[Finding]:
    """What can be worked out of published ``rows`` (the columns of the design, missing in totals, and ``count``).

    Which finest cells there can be is told by the tables themselves: a combination that a table leaves out is not
    offered.  Small finest cells that are not printed are attacked as well; they are found where at least one person is
    proved to be there.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> rows = pd.DataFrame({"place": [None, "a", "b"], "count": [9, 6, None]})
    >>> [(found.cell, found.low, found.high) for found in worked_out(rows, design_of("place"), 5)]
    [({'place': 'b'}, 3.0, 3.0)]
    """
    used = [[name for name in each.columns if rows[name].notna().any()] for each in design.dimensions]
    if not any(used):
        raise DataError([Problem("--dims", "are in none of the files, or only in totals")])
    # Where only regions are published, they are the finest that anyone can tell apart.
    design = Design(tuple(Dimension(names[-1], tuple(names[:-1])) for names in used if names), ())
    columns = list(design.columns)
    finest = _possible(rows, design)
    printed = rows[rows[list(design.finest)].notna().all(axis=1)][list(design.finest)]
    there = pd.MultiIndex.from_frame(printed)
    silent = finest[~pd.MultiIndex.from_frame(finest[list(design.finest)]).isin(there)]
    asked = pd.concat([rows[[*columns, COUNT]], silent[columns].assign(**{COUNT: np.nan})], ignore_index=True)
    named = {tuple(sorted(row.items())) for row in silent[columns].to_dict("records")}
    findings = attacked(statements_of(asked, finest, columns, COUNT), threshold)
    return [
        found
        for found in findings
        if tuple(sorted(found.cell.items())) not in named or (found.low > 0.5 and found.high < threshold - 0.5)
    ]


def _possible(rows: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The finest cells that no published table rules out, with the columns above them."""
    levels = []
    for dimension in design.dimensions:
        known = rows[rows[dimension.finest].notna()][list(dimension.columns)]
        parents = known.groupby(dimension.finest, sort=True)[list(dimension.above)].first()
        lost = [(above, name) for above in dimension.above for name in parents.index[parents[above].isna()]]
        if lost:
            raise DataError(Problem("--dims", f"is not said to be in any {above}", value=name) for above, name in lost)
        levels.append(parents.reset_index())
    if math.prod(map(len, levels)) > MOST_CELLS:
        said = (
            f"would make {math.prod(map(len, levels))} finest cells, and at most {MOST_CELLS} can be attacked at once"
        )
        raise DataError([Problem("--dims", said)])
    finest = levels[0]
    for level in levels[1:]:
        finest = finest.merge(level, how="cross", validate="many_to_many")
    given = rows[list(design.columns)].notna()
    for pattern, numbers in given.groupby(list(design.columns), sort=False).indices.items():
        flags = pattern if isinstance(pattern, tuple) else (pattern,)
        named = [column for column, flag in zip(design.columns, flags, strict=True) if flag]
        if named:
            listed = pd.MultiIndex.from_frame(rows.iloc[numbers][named])
            finest = finest[pd.MultiIndex.from_frame(finest[named]).isin(listed)]
    return finest[list(design.columns)].reset_index(drop=True)


def in_words(found: Finding, threshold: int, columns: Sequence[str], total: str) -> tuple[str, str, str]:
    """A finding as a row for people: the cell, what is known of it, and why that is too much.

    >>> in_words(Finding({"place": "Rīga"}, "", 0.0, 3.0), 5, ["place", "kind"], "Kopā")
    ('Rīga, Kopā', '0 to 3', 'is less than 5')
    """
    cell = ", ".join(str(found.cell.get(column, total)) for column in columns)
    low, high = math.ceil(found.low - 1e-6), math.floor(found.high + 1e-6)
    if low >= high:
        return cell, str(high), "is known exactly"
    why = f"is less than {threshold}" if high < threshold else f"is known to within {high - low}"
    return cell, f"{low} to {high}", why
