"""Texts around a table that say other years than its rows do: the name of its file, and titles that are no labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from socsvc_analysis.intake.days import without_days, years_in
from socsvc_analysis.sentences import Sentence as sentence


def of_file(file: str, years: set[str]) -> Iterable[str]:
    """A note on a file whose name says another year than its rows; the year after them is that of sending.

    >>> [len(list(of_file(name, {"2025"}))) for name in ("return_2024.csv", "return_2025.csv", "return_2026.csv")]
    [1, 0, 0]
    """
    name = PurePath(file).stem
    said = set(years_in(re.sub(r"[_.]+", " ", name)))
    if years and said and not said & (years | {f"{int(max(years)) + 1}"}):
        yield sentence("note_label_differs", text=name)


def of_titles(titles: Iterable[str], years: set[str]) -> Iterable[str]:
    """Notes on titles that say years, none of which nor any between them is one of the rows; days are told elsewhere.

    >>> titles = ("2024. gada pārskats", "2021.–2027. gada plāns", "Stāvoklis 31.12.2024.", "Pārskats")
    >>> [len(list(of_titles([title], {"2025"}))) for title in titles]
    [1, 0, 0, 0]
    """
    for title in titles:
        said = set(years_in(without_days(title)))
        if years and said and not any(min(said) <= year <= max(said) for year in years):
            yield sentence("note_label_differs", text=title)
