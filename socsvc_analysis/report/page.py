"""The pages for one region in one language, from the executed chapters: self-contained, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from socsvc_analysis.codes import records
from socsvc_analysis.datapackage import Package
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.markup import HIDE_FROM_PAGE, PAGE, SVG, address_of, picture_place, piece
from socsvc_analysis.observations import chosen, open_observations
from socsvc_analysis.observations.audience import open_sums
from socsvc_analysis.publications import Publication, since_previous
from socsvc_analysis.reference import Reference
from socsvc_analysis.report import absences
from socsvc_analysis.report.chapters import BRIEF, REPORT
from socsvc_analysis.report.masthead import masthead, short_masthead
from socsvc_analysis.report.pages import LINK, Page, PageError, gap
from socsvc_analysis.report.pictures import with_edition
from socsvc_analysis.report.scan import CONTENT_POLICY, scan
from socsvc_analysis.report.site import INDICATORS, place
from socsvc_analysis.tables import LANGUAGES
from socsvc_analysis.wording import Words, in_language

TEMPLATES = files("socsvc_analysis").joinpath("report/templates")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "rx='3' fill='%2312436D'/%3E%3Cpath d='M3 12V8h2v4zm4 0V4h2v8zm4 0V6h2v6z' fill='%23fff'/%3E%3C/svg%3E"
)
HOMES = {"lv": "../index.html", "en": "index.html"}
"""The index of each language, seen from a page."""
HIDDEN_CELLS = frozenset({"parameters", "injected-parameters", HIDE_FROM_PAGE})
"""Tags of the cells that a page leaves out: what a notebook shows to whoever opens it."""


@dataclass(frozen=True)
class Edition:
    """What is the same on all pages of one run."""

    package: Package
    reference: Reference
    audience: str = "public"

    def words(self, language: str) -> Words:
        """The words of ``language`` over this edition's names."""
        return in_language(language, self.reference)

    @property
    def regions(self) -> tuple[str, ...]:
        """Slugs of the regions in the order of pages."""
        return tuple(self.reference.regions.sort_values("order")["region"])

    @cached_property
    def data(self) -> Dataset:
        """What indicators are computed from."""
        return Dataset(self.chosen, self.reference, self.figures, self.package, open_sums(self.package, self.reference))

    @cached_property
    def figures(self) -> pd.DataFrame:
        """All observations that this edition's readers may see."""
        return open_observations(self.package, self.reference)

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """The figures that were chosen where sources disagree."""
        return chosen(self.figures, self.reference)

    @cached_property
    def changes(self) -> tuple[Publication | None, pd.DataFrame]:
        """The publication before this edition, and what has changed since."""
        return since_previous(self.package, self.reference)

    @cached_property
    def licence(self) -> str:
        """Names of the licences that the descriptor states for the dataset as a whole; empty when it states none."""
        said = self.package.descriptor.get("licenses", [])
        return ", ".join(each.get("title") or each["name"] for each in said)


def make_page(
    notebooks: Mapping[str, NotebookNode | Path],
    region: str,
    language: str,
    edition: Edition,
    document: str = REPORT,
) -> Page:
    """The page of ``region`` in ``language`` that is its ``document``: the brief, or the report.

    ``notebooks`` are the executed chapters (or their files) by name, in reading order.  Raises :class:`PageError` when
    a reference names an unknown source or the page does not pass :func:`~socsvc_analysis.report.scan.scan`.
    """
    words = edition.words(language)
    chapters = [
        _Chapter(name, nbformat.read(each, as_version=4) if isinstance(each, Path) else each, words)
        for name, each in notebooks.items()
    ]
    merged, cited = _merged(chapters, _Pictures(f"{region}/{document}/", edition.package, words))
    known = set(edition.reference.sources["source"])
    if unknown := [code for code in cited if code not in known]:
        raise PageError([f"the source {code} is not in the table of sources" for code in unknown])
    top_and_end = _of_brief if document == BRIEF else _of_report
    context: dict[str, Any] = {
        "document": document,
        "language": language,
        "other": next(each for each in LANGUAGES if each != language),
        "region": region,
        "regions": edition.regions,
        "address": partial(_address, language),
        "home": HOMES[language],
        "sources": [_source(row, words) for row in _cited(edition.reference, cited)],
        "notices": notices(edition, words),
        "version": edition.package.version,
        "created": edition.package.created,
        "date": words.date_long(edition.package.created),
        "words": words,
        "policy": CONTENT_POLICY,
        "heading_link": lambda anchor: piece("heading_link", anchor=anchor, words=words),
        "gap": gap,
        "icon": ICON,
        **top_and_end(merged, chapters, region, edition, words),
    }
    context["other_words"] = edition.words(context["other"])
    html, _ = _exporter(document).from_notebook_node(merged, {"page": context})
    html = "\n".join(line for line in html.strip().split("\n") if line.strip()) + "\n"
    page = Page.made(html, edition.package.version, edition.package.created)
    if problems := scan(page.html):
        raise PageError(problems)
    return page


def _of_brief(
    merged: NotebookNode, chapters: Sequence[_Chapter], region: str, edition: Edition, words: Words
) -> dict[str, object]:
    """Values of the template for a brief: a short masthead; at the end whom to ask, and where the figures are."""
    from socsvc_analysis.report.closing import contact, contact_sentence
    from socsvc_analysis.sections.changes import changes_in_brief

    who = contact("data", words)
    asked = who is not None and not who["placeholder"]
    return {
        "title": words.say("page_title", place=words.place(region)),
        "masthead": short_masthead(
            edition.package, changes_in_brief(*edition.changes, region=region, words=words), words
        ),
        "closing": piece("paragraph", sentence=contact_sentence(words)) if asked else "",
        "csv": f"../{INDICATORS}",
        "style": style(BRIEF),
    }


def _of_report(
    merged: NotebookNode, chapters: Sequence[_Chapter], region: str, edition: Edition, words: Words
) -> dict[str, object]:
    """Values of the template for a report: contents, what its figures rest on, terms, accessibility statement."""
    from socsvc_analysis.report.closing import closing  # slow to import, and an unchanged site needs neither
    from socsvc_analysis.sections.changes import changes_sentence

    shown = [cell.source for cell in merged.cells if cell.cell_type == "markdown"]
    shown += [output.data.get("text/plain", "") for cell in merged.cells for output in cell.get("outputs", ())]
    absent = absences.told_once({chapter.title: chapter.absent for chapter in chapters})
    shown += [sentence for _, sentences in absent for sentence in sentences]
    return {
        "title": words.say("report_title", place=words.place(region)),
        "masthead": masthead(
            edition.figures,
            region=region,
            version=edition.package.version,
            created=edition.package.created,
            changed=changes_sentence(*edition.changes, region=region, words=words),
            links={"quality", "changes"} <= {chapter.name for chapter in chapters},
            words=words,
        ),
        "closing": closing(" ".join(shown), words),
        "chapters": [(chapter.name, chapter.title) for chapter in chapters],
        "absent": absent,
        "licence": edition.licence,
        "style": style(),
    }


def _address(language: str, document: str, region: str, of: str) -> str:
    """The relative address of a document in the language ``of``, seen from a page in ``language``."""
    path = place(document, region, of)
    return path.removeprefix(f"{language}/") if of == language else f"../{path}"


def style(*more: str) -> str:
    """The style sheet of pages and index, and of some pages ``more``, without what is meant for its own readers."""
    sheets = (TEMPLATES.joinpath(f"{name}.css").read_text(encoding="utf-8") for name in ("page", *more))
    sheet = re.sub(r"/\*.*?\*/", "", "\n".join(sheets), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", sheet).strip()


def titles_of(notebook: NotebookNode, language: str) -> list[str]:
    """What an executed notebook says in its headings of the first level, in one language; a chapter has one."""
    return [
        line.removeprefix("# ").strip()
        for cell in notebook.cells
        if cell.cell_type == "markdown" and language in cell.metadata.get("tags", [])
        for line in cell.source.splitlines()
        if line.startswith("# ")
    ]


class _Chapter:
    """An executed notebook as the page needs it: title, and the cells of one language."""

    def __init__(self, name: str, notebook: NotebookNode, words: Words) -> None:
        self.name = name
        self.cells = [cell for cell in notebook.cells if self._is_shown(cell, words.language)]
        titles = titles_of(notebook, words.language)
        if len(titles) != 1:
            raise PageError([f"chapter {name} has {len(titles)} titles in {words.language}, not 1"])
        self.title = titles[0]
        # What nothing answers is said in one place of the report, and in a brief's own list of what is missing.  A
        # chapter about the data themselves says no to its questions where they are asked: nothing disputed is no gap.
        self.absent: list[str] = []
        if notebook.metadata.get("socsvc", {}).get("gathers", True):
            self.cells, self.absent = absences.without_absent(self.cells)

    @staticmethod
    def _is_shown(cell: NotebookNode, language: str) -> bool:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            return language in tags
        return cell.cell_type == "code" and HIDDEN_CELLS.isdisjoint(tags)


def _merged(chapters: Sequence[_Chapter], pictures: _Pictures) -> tuple[NotebookNode, tuple[str, ...]]:
    """All chapters as one notebook for the template, and the codes of the sources they refer to."""
    cells: list[NotebookNode] = []
    cited: set[str] = set()
    for chapter in chapters:
        asked = False
        for number, cell in enumerate(chapter.cells):
            anchor = f"{chapter.name}-{re.sub('-(lv|en)$', '', cell.id)}"
            place = {"chapter": chapter.name, "anchor": anchor, "begins": number == 0}
            if cell.cell_type == "markdown":
                asked |= bool(re.search(r"^## ", cell.source, re.MULTILINE))
                cells.append(new_markdown_cell(cell.source, id=anchor, metadata={"page": place}))
                continue
            for data in absences.shown(cell):
                result = new_output("display_data", _fitting(data, asked, pictures))
                cited.update(data.get(PAGE, {}).get("sources", ()))
                place["piece"] = PAGE in data
                cells.append(new_code_cell(id=f"{anchor}-{len(cells)}", outputs=[result], metadata={"page": place}))
                place = {**place, "anchor": ""}  # a second output of the same cell needs no anchor
    return new_notebook(cells=cells), tuple(sorted(cited))


def _fitting(data: Mapping[str, Any], asked: bool, pictures: _Pictures) -> dict[str, object]:
    """What is shown of an output: a piece's headings follow those above it, what is no piece may be wide.

    A piece heads its parts with ``h4``, one below the question of its chapter; where none is asked, with ``h3``.
    """
    html = data["text/html"]
    if PAGE in data and not asked:
        html = html.replace("<h4", "<h3").replace("</h4>", "</h3>")
    html = pictures.placed(html, data.get(PAGE, {}).get("pictures", {}))
    return {"text/html": html, "text/plain": data.get("text/plain", "")}


@dataclass(frozen=True)
class _Pictures:
    """What a page knows of the pictures to be taken out of it: where they are as files, and which data they show."""

    folder: str
    package: Package
    words: Words

    def placed(self, html: str, pictures: Mapping[str, str]) -> str:
        """``html`` with its links to ``pictures``, SVG by name, as they are on this page."""
        for name, svg in pictures.items():
            dated = with_edition(svg, self.package, self.words)
            html = html.replace(address_of(SVG, svg.encode("utf-8")), address_of(SVG, dated.encode("utf-8")))
            place = picture_place(name, self.folder)
            link = gap(LINK, "", place, f' href="{place}"')
            html = html.replace(f'data-page="{picture_place(name)}"', f'data-page="{place}"{link}')
        return html


class _Prose(IPythonRenderer):
    """Markdown whose headings are one level below the page's own and end with ``link``, where there is one."""

    def __init__(self, link: str) -> None:
        super().__init__(escape=False)
        self.own_link = f" {link}" if link else ""

    def heading(self, text: str, level: int, **attributes: object) -> str:
        return f"<h{level + 1}>{text}{self.own_link}</h{level + 1}>\n"


class _PageExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template only, which escapes, and without its second reading of the page."""

    def __init__(self, document: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # nbconvert has no annotations
            template_name="documents",
            template_file=f"{document}.html.j2",
            extra_template_basedirs=[str(TEMPLATES)],
            exclude_input=True,
        )
        self.environment.autoescape = True
        self.register_filter("prose", prose)  # type: ignore[no-untyped-call]  # nbconvert has no annotations

    def from_notebook_node(  # type: ignore[override]  # as all exporters with templates this one gives text
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


def compile_templates() -> None:
    """Compile what documents and their pieces are made with, and what checks notebooks, before the first is made."""
    for document in (BRIEF, REPORT):
        assert _exporter(document).template  # compiled when it is first asked for
    piece("paragraph", sentence="")
    nbformat.validate(new_notebook())


@cache
def _exporter(document: str) -> _PageExporter:
    """The exporter of a kind of document: its templates are compiled once in a process."""
    return _PageExporter(document)


def prose(source: str, link: object = "") -> Markup:
    """Markdown as HTML, with its headings one level below the page's; ``link`` is that of its headings.

    >>> prose("# Places\\n\\nWhat there is.")
    Markup('<h2>Places</h2>\\n<p>What there is.</p>\\n')
    """
    return Markup(MarkdownWithMath(renderer=_Prose(str(link))).render(source))


def notices(edition: Edition, words: Words) -> list[str]:
    """What must be said above everything else: invented numbers, or numbers that are not hidden."""
    said = []
    if edition.package.synthetic:
        said.append(words.say("page_synthetic"))
    if edition.audience == "internal":
        said.append(words.say("page_internal"))
    return said


def _cited(reference: Reference, cited: Sequence[str]) -> list[dict[str, Any]]:
    return records(reference.sources[reference.sources["source"].isin(cited)])


def _source(row: Mapping[str, Any], words: Words) -> dict[str, object]:
    """One entry of the list of sources, in words."""
    status = "" if row["url_status"] == "full" else f"_{row['url_status']}"
    key = "source_published_approximate" if row["published_approximate"] else "source_published"
    return {
        "anchor": f"source-{words.source_number(str(row['source']))}",
        "number": words.source_number(str(row["source"])),
        "title": row["title"],
        "language": row["lang"],
        "publisher": row["publisher"],
        "year": row["published"][:4],
        "published": words.say(key, date=words.period(str(row["published"]))) if row["published"] else "",
        "retrieved": words.say("source_retrieved", date=words.period(str(row["retrieved"])))
        if row["retrieved"]
        else "",
        "url": row["url"],
        "link": words.say(f"source_link{status}") if row["url"] else words.say(f"source_no_link{status}"),
    }
