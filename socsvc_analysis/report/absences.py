"""Questions that nothing answers: told in one place of the report instead of standing empty in their chapters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socsvc_analysis.markup import HIDE_FROM_PAGE, PAGE

if TYPE_CHECKING:
    from nbformat import NotebookNode


def without_absent(cells: Sequence[NotebookNode]) -> tuple[list[NotebookNode], list[str]]:
    """The cells of a chapter without results that are absences, and the sentences that stood in their place.

    A question is a markdown cell with a heading of level two and the results below it, up to the next question or the
    chapter's method note (the last cell).  Where all of its results are absent it goes, otherwise only these go.
    """
    kept: list[NotebookNode] = []
    said: list[str] = []
    for question in _questions(cells):
        absent = [cell for cell in question if _asks(question[0]) and _sentences(cell)]
        said += [each for cell in absent for each in _sentences(cell)]
        answered = [cell for cell in question if cell.cell_type == "code" and shown(cell) and cell not in absent]
        if answered or not absent:
            kept += [cell for cell in question if cell not in absent]
    return kept, list(dict.fromkeys(said))


def told_once(absent: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str]]]:
    """The sentences about what is absent, by title of the chapter; one that several chapters say stands with the first.

    >>> told_once({"Places": ["No places."], "Clients": ["No places."], "Pace": ["No pace.", "No places."]})
    [('Places', ['No places.']), ('Pace', ['No pace.'])]
    """
    told: set[str] = set()
    chapters = []
    for title, sentences in absent.items():
        if new := [each for each in sentences if each not in told]:
            chapters.append((title, new))
            told.update(new)
    return chapters


def _questions(cells: Sequence[NotebookNode]) -> list[list[NotebookNode]]:
    groups: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if _asks(cell) or cell is cells[-1]:
            groups.append([])
        groups[-1].append(cell)
    return [group for group in groups if group]


def _asks(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(re.search(r"^## ", cell.source, re.MULTILINE))


def shown(cell: NotebookNode) -> list[dict[str, Any]]:
    """What a page shows of the outputs of a code cell, by format: those with HTML that nobody tagged as hidden."""
    return [
        output.data
        for output in cell.outputs
        if output.get("data", {}).get("text/html") and HIDE_FROM_PAGE not in output.get("metadata", {}).get("tags", ())
    ]


def _sentences(cell: NotebookNode) -> list[str]:
    """What a result says in its place where it is nothing but absences; none for any other cell."""
    results = shown(cell) if cell.cell_type == "code" else []
    if not all(data.get(PAGE, {}).get("absent") for data in results):
        return []
    return [data["text/plain"] for data in results]
