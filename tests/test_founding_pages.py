"""Every fact of the five documents on which the project was founded is read on a page, with its document beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from founding import NAMED_BY, facts_with_rows

from socsvc_analysis.datapackage import Package
from socsvc_analysis.report.site import place
from socsvc_analysis.sections.programmes import FUND_WORDS
from socsvc_analysis.wording import NBSP, Words, sentence_case

PASSAGES = ("p", "li", "dd", "tr")
"""What holds one statement and its citation: a paragraph, an item, a description, a row of a table."""
UNSEEN = ("style", "script", "svg", "template")


@dataclass
class Passage:
    """The words of one passage, and the numbers of the sources that it cites."""

    tag: str
    words: list[str] = field(default_factory=list)
    cites: set[str] = field(default_factory=set)

    def says(self, wanted: list[str], source: str) -> bool:
        text = " ".join("".join(self.words).replace(NBSP, " ").split())
        return source in self.cites and all(each in text for each in wanted)


class Reader(HTMLParser):
    """Reads the passages of a page in one go; what a passage holds is part of the passage around it, too."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[Passage] = []
        self._open: list[Passage] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag in PASSAGES:
            self._open.append(Passage(tag))
            self.passages.append(self._open[-1])
        target = dict(attrs).get("href") or ""
        if target.startswith("#source-"):
            for each in self._open:
                each.cites.add(target.removeprefix("#source-"))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            for each in self._open:
                each.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN
        # Cells of a table stand apart.
        if tag == "td":
            self.handle_data(" ")
        if self._open and self._open[-1].tag == tag:
            self._open.pop()


@pytest.fixture(scope="module")
def passages(real_site: Path, real_package: Package) -> dict[str, list[Passage]]:
    """The passages that cite anything, of all briefs and reports in each language; each page is read once."""
    found: dict[str, list[Passage]] = {"lv": [], "en": []}
    regions = real_package.table("regions")["region"]
    for language, kept in found.items():
        for document in ("brief", "report"):
            for region in regions:
                reader = Reader()
                reader.feed((real_site / place(document, region, language)).read_text(encoding="utf-8"))
                kept += [each for each in reader.passages if each.cites]
    return found


def wanted(table: str, row: pd.Series, words: Words) -> list[str]:
    """What a passage has to say of a row of ``table``, as the page's language writes it."""
    own = {name.removesuffix(f"_{words.language}"): value for name, value in row.items()}
    said = {
        "acknowledgements": lambda: [words.title("municipalities", row["municipality"])],
        "programme_events": lambda: [own["title"], words.date_short(row["date"])],
        "programme_partners": lambda: [own["partner"]],
        "programme_sites": lambda: [row["site"], own["what"]],
        "programmes": lambda: [own["summary"]],
        "published_figures": lambda: [amount(row, words)],
        "service_types": lambda: [
            sentence_case(words.title("service_types", row["service_type"])),
            words.say(FUND_WORDS[row["fund"]]),
            own["fund_for"],
        ],
        "statements": lambda: [own["text"]],
    }[table]()
    return [" ".join(each.replace(NBSP, " ").split()) for each in said]


def amount(row: pd.Series, words: Words) -> str:
    """A figure as pages write it; people are named by the words around their number, other things by their unit."""
    unit = words.reference.measures.set_index("measure").at[row["measure"], "unit"]
    value = float(row["value"])
    return words.number(value) if unit == "persons" else words.quantity(value, unit, 2 if value % 1 else 0)


def test_every_founding_fact_is_on_a_page_with_its_document(
    passages: dict[str, list[Passage]], real_package: Package, real_words: Words
) -> None:
    missing, found = [], set()
    for table in NAMED_BY:
        for _, row in facts_with_rows(real_package, table).iterrows():
            said, number = wanted(table, row, real_words), str(real_words.source_number(row["cites"]))
            if any(each.says(said, number) for each in passages[real_words.language]):
                found.add(row["fact"])
            else:
                missing.append((row["fact"], *said))
    assert missing == []
    assert len(found) == 62


def test_the_test_itself_wants_words_and_citation_in_one_passage() -> None:
    reader = Reader()
    reader.feed(
        '<p>285 people <a href="#source-1">[1]</a></p><p>650 people</p><ul><li>three <svg>four</svg>'
        '<a href="#source-2">[2]</a></li></ul>'
    )
    first, second, third = reader.passages
    assert first.says(["285"], "1") and not first.says(["285"], "2") and not first.says(["286"], "1")
    assert not second.says(["650"], "1")
    assert third.says(["three"], "2") and not third.says(["four"], "2")
