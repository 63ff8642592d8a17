"""One executed notebook as a page that stands alone: ``jupyter nbconvert --to html --template socsvc_page out.ipynb``.

Whatever has run the notebook, its own parameters say of which region, in which language and from which data it is; the
page is made as those of a site are, and links to nothing that is not in it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from socsvc_analysis.datapackage import Package, open_package
from socsvc_analysis.parameters import PARAMETERS
from socsvc_analysis.reference import open_reference
from socsvc_analysis.report.chapters import REPORT
from socsvc_analysis.report.engine import INJECTED, what_is_wrong
from socsvc_analysis.report.inputs import MARK, is_read
from socsvc_analysis.report.page import Edition, make_page
from socsvc_analysis.report.pages import PageError
from socsvc_analysis.report.site import place


class AsPage(Preprocessor):
    """Hands the page of the notebook to the template ``socsvc_page``, which prints it."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as it is; ``resources`` get the page."""
        about = resources.get("metadata", {})
        resources["socsvc_page"] = single_page(nb, about.get("name") or "chapter", Path(about.get("path") or "."))
        return nb, resources


def single_page(notebook: NotebookNode, name: str, folder: Path) -> str:
    """The page of one executed ``notebook`` that lies in ``folder`` and is called ``name``.

    Raises :class:`~socsvc_analysis.report.pages.PageError` for a notebook that did not run to its end, that lacks a
    parameter, or that was made from other data than those its parameter names.
    """
    given = parameters_of(notebook)
    if missing := [each for each in PARAMETERS if not isinstance(given.get(each), str)]:
        raise PageError([f"{name}.ipynb has no parameter {each}: it is no notebook of this suite" for each in missing])
    chapter = notebook.metadata.get("socsvc", {})
    cell, problem = what_is_wrong(notebook) if chapter.get("chapter") else ("", "")
    if problem:
        raise PageError([f"{name}.ipynb, cell {cell or 'none'}: {problem}; run the notebook first"])
    beside = folder / given["data"]
    package = open_package(beside if beside.exists() else given["data"], given["audience"])
    if changed := _changed(notebook, package):
        raise PageError([f"{name}.ipynb was made from other data ({', '.join(changed)}); run the notebook once more"])
    region, language, document = given["region"], given["language"], chapter.get("document", REPORT)
    edition = Edition(package, open_reference(package), package.audience)
    page = make_page({name: notebook}, region, language, edition, document)
    return page.linked(place(document, region, language), ()).html


def parameters_of(notebook: NotebookNode) -> dict[str, Any]:
    """What the notebook was run with: its own parameters, and those that were given in their place.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cells = [new_code_cell('region: str = "riga"', metadata={"tags": ["parameters"]}),
    ...          new_code_cell('region = "zemgale"', metadata={"tags": ["injected-parameters"]})]
    >>> parameters_of(new_notebook(cells=cells))
    {'region': 'zemgale'}
    """
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        if {"parameters", INJECTED} & set(cell.metadata.get("tags", [])):
            for each in ast.parse(cell.source).body:
                targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
                for target in targets:
                    if isinstance(target, ast.Name) and isinstance(each.value, ast.Constant):
                        values[target.id] = each.value.value
    return values


def _changed(notebook: NotebookNode, package: Package) -> list[str]:
    """The tables that a notebook of a run of this suite read, and that are others now."""
    inputs: Mapping[str, str] = notebook.metadata.get(MARK, {}).get("inputs", {})
    return [
        each["path"]
        for each in package.descriptor["resources"]
        if inputs and is_read(each) and inputs.get(each["path"]) != each["hash"]
    ]
