"""The notebooks that make up a report, the parameters that they take, and what can become of a run of one."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from socsvc_analysis.parameters import PARAMETERS, Known, ParameterError, Scalar, assigned, problems_of

BRIEF, REPORT = "brief", "report"
CLEARANCE = 60
"""Seconds for what is around a notebook: its kernel is ended, its file is written."""


@dataclass(frozen=True)
class Chapter:
    """A notebook that is part of the brief or of the report of every region."""

    name: str
    order: int
    path: Path
    document: str = REPORT
    parameters: tuple[str, ...] = PARAMETERS  # what its cell tagged ``parameters`` declares


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds."""

    cell: float = 120
    notebook: float = 300
    start: float = 60
    run: float = 2700  # for the notebooks of all regions together; schedulers stop a run after an hour
    ends: float = math.inf  # when the run has taken that long, by the clock that is never set

    def begun(self) -> Limits:
        """These limits for a run that begins now."""
        return replace(self, ends=time.monotonic() + self.run)

    @property
    def task(self) -> float:
        """Within this a worker has run a chapter or made a page, or it hangs in native code, which hears no signal."""
        return self.start + self.notebook + CLEARANCE


@dataclass(frozen=True)
class Result:
    """What became of one chapter for one region in one language."""

    path: Path
    region: str
    language: str
    chapter: str
    seconds: float
    problem: str | None = None  # a sentence that names region, notebook, cell and reason
    cell: str = ""
    unchanged: bool = False


def find_chapters(folder: Path) -> tuple[Chapter, ...]:
    """The notebooks of ``folder`` that say of themselves that they are a chapter, in reading order.

    A notebook says so in its metadata: ``{"socsvc": {"chapter": true, "order": 10, "document": "brief"}}``; without
    ``document`` it is part of the report.
    """
    chapters = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            said = notebook["metadata"].get("socsvc", {})
            if said.get("chapter"):
                document = said.get("document", REPORT)
                if document not in (BRIEF, REPORT):
                    raise ValueError(f"{document!r} is no document")
                chapters.append(Chapter(path.stem, int(said["order"]), path, document, _declared(notebook)))
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            reason = " ".join(f"{type(failure).__name__}: {failure}".split())[:300]
            raise ParameterError(f"{path.name} is not a notebook that can be read as a chapter ({reason})") from failure
    _refuse_copies(chapters)
    return tuple(sorted(chapters, key=lambda chapter: (chapter.order, chapter.name)))


def _refuse_copies(chapters: Iterable[Chapter]) -> None:
    """Two chapters at one place of a document are one notebook and its copy, and no page can show both."""
    first: dict[tuple[str, int], Chapter] = {}
    for each in chapters:
        other = first.setdefault((each.document, each.order), each)
        if other is not each:
            raise ParameterError(
                f"{other.path.name} and {each.path.name} are both chapter {each.order} of the {each.document}; if one "
                "is a copy, move it to another folder, else give it another order in its metadata"
            )


def check_parameters(chapter: Chapter, parameters: Mapping[str, Scalar], known: Known) -> dict[str, Scalar]:
    """``parameters`` when ``chapter`` declares each and each value is known, else :class:`ParameterError`.

    ``known`` gives the values that a parameter may take, by the parameter's name; other parameters may be any plain
    value.
    """
    if problems := problems_of(parameters, known, chapter.parameters):
        raise ParameterError(*(replace(each, file=f"{chapter.path.name}, {each.file}") for each in problems))
    return dict(parameters)


def _declared(notebook: dict[str, Any]) -> tuple[str, ...]:
    """The names that the cell tagged ``parameters`` assigns, in order."""
    for cell in notebook["cells"]:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return tuple(assigned("".join(cell["source"])))
    return ()
