"""The notebooks that make up a report, the parameters that they take, and what can become of a run of one."""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socsvc_analysis.schema import nearest

Scalar = str | int | float | bool | None
BRIEF, REPORT = "brief", "report"


class ParameterError(ValueError):
    """Parameters that a notebook cannot take; the message names the known ones."""


@dataclass(frozen=True)
class Chapter:
    """A notebook that is part of the brief or of the report of every region."""

    name: str
    order: int
    path: Path
    document: str = REPORT


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds."""

    cell: float = 120
    notebook: float = 300
    start: float = 60


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
            said = _read(path)["metadata"].get("socsvc", {})
            if said.get("chapter"):
                document = said.get("document", REPORT)
                if document not in (BRIEF, REPORT):
                    raise ValueError(f"{document!r} is no document")
                chapters.append(Chapter(path.stem, int(said["order"]), path, document))
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            reason = " ".join(f"{type(failure).__name__}: {failure}".split())[:300]
            raise ParameterError(f"{path.name} is not a notebook that can be read as a chapter ({reason})") from failure
    return tuple(sorted(chapters, key=lambda chapter: (chapter.order, chapter.name)))


def check_parameters(
    notebook: Path, parameters: Mapping[str, Scalar], known: Mapping[str, Collection[str]]
) -> dict[str, Scalar]:
    """``parameters`` when ``notebook`` declares each and each value is known, else :class:`ParameterError`.

    ``known`` gives the values that a parameter may take, by the parameter's name; other parameters may be any plain
    value.  Declared are the names that the notebook's cell tagged ``parameters`` assigns.
    """
    names = declared(notebook)
    problems = []
    for name, value in parameters.items():
        if name not in names:
            problems.append(
                f"{notebook.name} has no parameter {name!r}; it has: {', '.join(names) or 'none'}"
                + _did_you_mean(name, names)
            )
        elif value is not None and type(value) not in (str, int, float, bool):
            problems.append(f"{name} is a {type(value).__name__}; a parameter is a text, number, bool or None")
        elif name in known and value not in known[name]:
            said = f"{value!r} is not a known {name}; known: {', '.join(known[name])}"
            problems.append(said + _did_you_mean(str(value), known[name]))
    if problems:
        raise ParameterError("; ".join(problems))
    return dict(parameters)


def declared(notebook: Path) -> list[str]:
    """The names that the cell tagged ``parameters`` assigns, in order; none where it is no Python."""
    for cell in _read(notebook)["cells"]:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            try:
                statements = ast.parse("".join(cell["source"])).body
            except SyntaxError:
                return []
            targets = [
                target
                for each in statements
                for target in (each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)])
            ]
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def _read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def _did_you_mean(value: str, known: Collection[str]) -> str:
    close = nearest(value, known)
    return f"; nearest known: {close}" if close else ""
