"""A tiny project for tests: a data package of two regions and notebooks of a few cells."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from socsvc_analysis import tables
from socsvc_analysis.descriptor import update_descriptor

PARAMETERS = (
    'region: str = "zemgale"  # slug\n'
    'language: str = "lv"  # lv or en\n'
    'audience: str = "public"  # public or internal\n'
    'data: str = "data/datapackage.json"  # the data to read'
)
SETUP = "from socsvc_analysis.markup import Html"
OPENED = (
    SETUP
    + """
from socsvc_analysis.chapter import open_chapter

dataset, words = open_chapter(region=region, language=language, audience=audience, data=data)"""
)
FINDINGS = (
    'Html("<ul class=\\"findings\\"><li>Vietas: " + region '
    '+ " <a class=\\"ref\\" href=\\"#source-1\\">[1]</a>.</li></ul>", sources=("letter_2019",))'
)
CHART = (
    'Html("<figure class=\\"chart\\" aria-labelledby=\\"places\\"><header><h4 class=\\"chart-title\\" id=\\"places\\">'
    'Places</h4></header><svg viewBox=\\"0 0 9 9\\" role=\\"img\\"></svg></figure>")'
)
METHOD = 'Html("<aside class=\\"method\\"><p>Counted by hand.</p></aside>")'

ROWS = {
    "regions": [
        {
            "region": region,
            "code": code,
            "order": str(order),
            **{f"{form}_lv": lv for form in ("name", "genitive", "dative", "locative", "long")},
            **{f"{form}_en": en for form in ("name", "locative", "long")},
        }
        for order, (region, code, lv, en) in enumerate(
            [("riga", "LV00A", "Rīgas reģions", "Rīga region"), ("zemgale", "LV009", "Zemgale", "Zemgale")]
        )
    ],
    "sources": [
        {
            "source": "letter_2019",
            "title": "Pateicība <par> ieguldījumu",
            "publisher": "Zemgales plānošanas reģions",
            "lang": "lv",
            "url": "https://example.org/a?b=1&c=2",
            "url_status": "full",
            "published": "2019-02-12",
            "published_approximate": "no",
            "licence": "not stated",
            "retrieved": "2024-01-01",
        },
        {
            "source": "letter_undated",
            "title": "Letter",
            "publisher": "",
            "lang": "en",
            "url": "",
            "url_status": "not_retained",
            "published": "",
            "published_approximate": "yes",
            "licence": "not stated",
            "retrieved": "2024-01-01",
        },
    ],
}


def package(folder: Path, access: str = "open", **said: object) -> Path:
    """Write a data package whose tables are empty but for two regions and two sources; returns its descriptor."""
    resources = []
    for table in (*tables.REFERENCE, tables.OBSERVATIONS):
        kind = "observations" if table is tables.OBSERVATIONS else "reference"
        path = folder / kind / f"{table.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, table.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(ROWS.get(table.name, []))
        resources.append({"name": table.name, "path": f"{kind}/{table.name}.csv", "access": access})
    descriptor = {"name": "tiny", "version": "1.0.0", "created": "2024-01-05", "resources": resources, **said}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    update_descriptor(folder, version=descriptor["version"], created=descriptor["created"])
    return folder / "datapackage.json"


def cells(*, chart: str = CHART, setup: str = SETUP, method: str = METHOD) -> list[nbformat.NotebookNode]:
    """The cells of a chapter: title, parameters, setup, findings, one question with its chart, method."""
    return [
        new_markdown_cell("# Vietas\n\nCik ir vietu.", id="title-lv", metadata={"tags": ["lv"]}),
        new_markdown_cell("# Places\n\nHow many there are.", id="title-en", metadata={"tags": ["en"]}),
        new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell(setup, id="setup"),
        new_code_cell(FINDINGS, id="findings"),
        new_markdown_cell("## Kur ir vietas?\n\nTā.", id="places-question-lv", metadata={"tags": ["lv"]}),
        new_markdown_cell("## Where are they?\n\nSo.", id="places-question-en", metadata={"tags": ["en"]}),
        new_code_cell(chart, id="places-chart"),
        new_code_cell(method, id="method"),
    ]


def notebook(path: Path, order: int = 10, document: str = "report", **replaced: str) -> Path:
    """Write a chapter; keyword arguments replace the code of its ``chart``, ``setup`` or ``method`` cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    said = {"chapter": True, "order": order, "document": document}
    made = new_notebook(cells=cells(**replaced), metadata={"kernelspec": kernel, "socsvc": said})
    made.metadata["language_info"] = {"name": "python"}
    path.write_text(nbformat.writes(made), encoding="utf-8")
    return path


def project(folder: Path) -> Path:
    """A project with one chapter in ``folder``."""
    package(folder / "data")
    notebook(folder / "notebooks" / "capacity.ipynb")
    return folder
