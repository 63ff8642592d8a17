"""Names in a table of counts that are not what they seem: totals in other words, the same name spelled twice.

A total that is taken for one more municipality is shown beside its parts, and gives away what is hidden of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from socsvc_analysis.disclosure.design import Design
from socsvc_analysis.disclosure.primary import THRESHOLD
from socsvc_analysis.disclosure.release import COUNT
from socsvc_analysis.intake.headings import is_total
from socsvc_analysis.schema import Problem

__all__ = ["sums_of_others", "wrong_names"]

OTHERS = 4
"""So many parts, in one row or in several, of which a number is exactly the sum, are no chance."""


def wrong_names(
    text: pd.DataFrame, columns: Sequence[str], apart: Sequence[str], total: str, file: str
) -> list[Problem]:
    """Cells of ``columns`` that are empty, name a total in other words than ``total``, or are spelled in two ways.

    ``text`` has what the file says, with the row of the file as its index.  Columns kept ``apart`` have no total.

    >>> text = pd.DataFrame({"place": ["Auce", "Pavisam", "auce", ""]}, index=[2, 3, 4, 5])
    >>> [(found.row, found.nearest) for found in wrong_names(text, ["place"], [], "Kopā", "a.csv")]
    [(3, 'Kopā'), (4, 'Auce'), (5, '')]
    """
    problems = []
    for column in columns:
        spelled: dict[str, str] = {}
        # Each name is told once, where it stands first.
        first = text[column].drop_duplicates()
        for row, name in zip(first.index.tolist(), first, strict=True):
            before = spelled.setdefault(" ".join(name.casefold().split()), name)
            if before != name:
                said, known = "is the same name with other letters or spaces; write it in one way", before
            elif column in apart and (name == total or is_total(name)):
                said, known = "is a total over what is kept apart (--by), which is not attacked; leave it out", ""
            elif name != total and is_total(name):
                said, known = (
                    "reads like a total; the word for totals is chosen with --total, or leave the row out",
                    total,
                )
            else:
                continue
            problems.append(Problem(file, said, row=row, column=column, value=name, nearest=known))
        problems += [
            Problem(file, "is empty; every row says what it counts", row=row, column=column)
            for row in text.index[text[column] == ""].tolist()
        ]
    return problems


def sums_of_others(finest: pd.DataFrame, design: Design, by: Sequence[str], file: str) -> list[Problem]:
    """Names whose number is the sum of all others in every row and column where it stands: a total without its word.

    ``finest`` has one row for each finest cell, with the row of the file as its index.

    >>> counts = pd.DataFrame({"place": list("abcdZ"), "count": [9, 2, 7, 6, 24]}, index=range(2, 7))
    >>> from socsvc_analysis.disclosure.design import design_of
    >>> [(found.row, found.value) for found in sums_of_others(counts, design_of("place"), [], "a.csv")]
    [(6, 'Z')]
    """
    problems = {}
    for column, beside in _beside(design, by):
        groups = finest.groupby(beside or (lambda _: "together"))[COUNT]
        whole, others = groups.transform("sum"), groups.transform("size") - 1
        asked = finest.assign(others=others, is_sum=finest[COUNT] * 2 == whole)[(others > 1) & (whole > 0)]
        for name, rows in asked.groupby(column):
            many = rows[rows[COUNT] >= THRESHOLD]
            if rows["is_sum"].all() and many["others"].sum() >= OTHERS:
                said = "is everywhere the sum of all others; if it is a total, leave it out or name it with --total"
                problems[column, name] = Problem(file, said, row=int(rows.index[0]), column=column, value=str(name))
    return list(problems.values())


def _beside(design: Design, by: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each finest column, and the columns that stay the same where its names are parts of one sum."""
    for dimension in design.dimensions:
        rest = [other for other in design.finest if other != dimension.finest]
        for above in ((), *((level,) for level in dimension.above)):
            yield dimension.finest, [*by, *rest, *above]
