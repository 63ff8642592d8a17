"""Texts as an editor prints them: quotation marks, one form of a rate, names of municipalities, words for what is not
known.  All texts are read: sentences, prose of the chapters, definitions, titles and notes of the data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from socsvc_analysis.indicators.registry import REGISTRY
from socsvc_analysis.sentences import catalogue

ROOT = Path(__file__).parents[1]
TEXTS = ("titles", "definitions", "caveats", "numerators", "denominators")
BILINGUAL = ("lv", "en")
ALLOWED = {
    "run_no_chapters",  # has the code to write
    "glossary.csv term_en",  # gives the Latvian word
}


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text of the language with the place where it stands."""
    for key, entry in catalogue().items():
        said = entry[language]
        for text in said.values() if isinstance(said, dict) else [said]:
            for each in [text] if isinstance(text, str) else text:
                yield key, each
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown" and cell["metadata"].get("tags") == [language]:
                yield f"{path.name} {cell['id']}", "".join(cell["source"])
    for known in REGISTRY.values():
        for part in TEXTS:
            yield f"{known.name} {part}", getattr(known, part).get(language, "")
    for path in sorted((ROOT / "data" / "reference").glob("*.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in table.columns:
            if column == language or (column.endswith(f"_{language}") and not column.startswith("evidence")):
                yield from ((f"{path.name} {column}", text) for text in table[column])


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("lv", r"“|\""),  # „…”
        ("en", r"„|\""),  # “…”
        ("lv", r"uz 1\s?000 iedzīvotāju\b|uz 1\s000 iedz|uz 100?\s000 iedzīvotāju\b"),
        ("en", r"\w novads\b"),  # Ādaži Municipality
        ("en", r"in per cent of|as a per cent of|inhabitants"),
        (
            "lv",
            r"nesummējas|\bdrukā\b|izskatās līdzās|vajadzētu būt|ļauj nejaušība|drīkst atšķirties",
        ),
        ("lv", r"starprezult|galamērķ|galatermiņ"),  # a milestone is starpposma vērtība
    ],
    ids=["quotes lv", "quotes en", "rates", "municipalities", "percentages", "calques", "milestones"],
)
def test_a_fault_of_language_is_nowhere(language: str, wrong: str) -> None:
    found = [(place, text) for place, text in texts(language) if place not in ALLOWED and re.search(wrong, text)]
    assert found == []


@pytest.mark.parametrize("language", BILINGUAL)
def test_every_text_is_read(language: str) -> None:
    places = {place.split(" ")[0] for place, _ in texts(language)}
    assert {"finding_places", "capacity.ipynb", "served_of_plan", "notes.csv"} <= places
    assert len(places & set(REGISTRY)) == len(REGISTRY)


@pytest.mark.parametrize("language", BILINGUAL)
def test_what_was_not_found_is_not_said_to_be_unpublished(language: str) -> None:
    """An absence says what our sources lack; only a source's own day or place can be *not published*."""
    wrong = {"lv": r"nav publicēt", "en": r"not published"}[language]
    found = [key for key, text in texts(language) if key.endswith(("_absent", "_none")) and re.search(wrong, text)]
    assert found == []
