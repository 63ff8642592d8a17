"""One page for one region in one language, from the executed chapters: self-contained, the same bytes each time."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import nbformat
import pandas as pd
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from socsvc_analysis.datapackage import Package
from socsvc_analysis.observations import chosen, open_observations
from socsvc_analysis.publications import Publication, since_previous
from socsvc_analysis.reference import Reference
from socsvc_analysis.report import absences, fragment
from socsvc_analysis.report.masthead import masthead
from socsvc_analysis.report.scan import CONTENT_POLICY, scan
from socsvc_analysis.wording import LANGUAGES, Words, in_language

TEMPLATES = files("socsvc_analysis").joinpath("report/templates")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "rx='3' fill='%2312436D'/%3E%3Cpath d='M3 12V8h2v4zm4 0V4h2v8zm4 0V6h2v6z' fill='%23fff'/%3E%3C/svg%3E"
)
NOTICE = re.compile(r"<!--notice-->.*?<!--/notice-->", re.DOTALL)
VERSION = re.compile(r'<meta name="data-version" content="([^"]*)"')
DATE = re.compile(r'<meta name="data-date" content="([^"]*)"')
BRIEF = "brief"
"""The document of a chapter that readers get first."""
HOMES = {"lv": "../index.html", "en": "index.html"}
"""The index of each language, seen from a page."""
HIDDEN_CELLS = frozenset({"parameters", "injected-parameters", "setup"})
PAGE_HEADING, CHAPTER_HEADING, QUESTION_HEADING, CHART_HEADING = 1, 2, 3, 4


class PageError(ValueError):
    """A page that may not be published; the message says everything that is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


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


def make_page(notebooks: Mapping[str, NotebookNode | Path], region: str, language: str, edition: Edition) -> str:
    """The page of ``region`` in ``language``.

    ``notebooks`` are the executed chapters (or their files) by name, in reading order.  Raises :class:`PageError` when
    a reference names an unknown source or the page does not pass :func:`~socsvc_analysis.report.scan.scan`.
    """
    from socsvc_analysis.report.closing import closing  # slow to import, and an unchanged site needs neither
    from socsvc_analysis.sections.changes import changes_sentence

    words = edition.words(language)
    chapters = [
        _Chapter(name, nbformat.read(each, as_version=4) if isinstance(each, Path) else each, words)
        for name, each in notebooks.items()
    ]
    merged, cited = _merged(chapters)
    known = set(edition.reference.sources["source"])
    if unknown := [code for code in cited if code not in known]:
        raise PageError([f"the source {code} is not in the table of sources" for code in unknown])
    title = words.say("page_title", place=words.place(region))
    names = {chapter.name for chapter in chapters}
    shown = "".join(
        output.data["text/html"] for cell in merged.cells if cell.cell_type == "code" for output in cell.outputs
    ) + " ".join(cell.source for cell in merged.cells if cell.cell_type == "markdown")
    context = {
        "language": language,
        "other": next(each for each in LANGUAGES if each != language),
        "region": region,
        "regions": edition.regions,
        "title": title,
        "home": HOMES[language],
        "masthead": masthead(
            edition.figures,
            region=region,
            version=edition.package.version,
            created=edition.package.created,
            changed=changes_sentence(*edition.changes, region=region, words=words),
            links={"quality", "changes"} <= names,
            words=words,
        ),
        "closing": closing(shown, words),
        "chapters": [(chapter.name, chapter.title) for chapter in chapters],
        "sources": [_source(row, words) for row in _cited(edition.reference, cited)],
        "notices": notices(edition, words),
        "licence": edition.licence,
        "version": edition.package.version,
        "created": edition.package.created,
        "date": words.date_long(edition.package.created),
        "words": words,
        "style": style(),
        "policy": CONTENT_POLICY,
        "icon": ICON,
        "other_words": {each: edition.words(each) for each in LANGUAGES},
    }
    html, _ = _PageExporter().from_notebook_node(merged, {"page": context})
    html = re.sub(r"\n\s*\n+", "\n", html).strip() + "\n"
    html = _with_short_anchors(html, words)
    if problems := scan(html):
        raise PageError(problems)
    return html


def kept(html: str, words: Words) -> str:
    """A page of an earlier run, with a notice that it could not be renewed and which data it shows."""
    version, date = edition_of(html)
    sentence = words.say("page_kept", version=version, date=words.date_long(date))
    notice = f'<!--notice--><p class="notice notice-kept" role="note">{markup.escape(sentence)}</p><!--/notice-->'
    return NOTICE.sub(lambda _: notice, html, count=1)


def edition_of(html: str) -> tuple[str, str]:
    """Version and date of the data that a page shows, as the page itself says."""
    version, date = VERSION.search(html), DATE.search(html)
    if version is None or date is None:
        raise PageError(["the page does not say which data it shows"])
    return markup.unescape(version[1]), markup.unescape(date[1])


def _with_short_anchors(html: str, words: Words) -> str:
    """The page with its sources anchored by their number: a page refers to them many hundred times."""
    anchor = re.compile(r'(\bhref="#|\bid=")source-(\w+)"')
    numbers = {code: words.source_number(code) for _, code in set(anchor.findall(html))}
    return anchor.sub(lambda found: f'{found[1]}source-{numbers[found[2]]}"', html)


def style() -> str:
    """The style sheet of pages and index, without what is meant for its own readers."""
    sheet = re.sub(r"/\*.*?\*/", "", TEMPLATES.joinpath("page.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", sheet).strip()


class _Chapter:
    """An executed notebook as the page needs it: title, and the cells of one language."""

    def __init__(self, name: str, notebook: NotebookNode, words: Words) -> None:
        self.name = name
        self.cells = [cell for cell in notebook.cells if self._is_shown(cell, words.language)]
        headings = [
            line.removeprefix("# ").strip()
            for cell in self.cells
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if line.startswith("# ")
        ]
        if len(headings) != 1:
            raise PageError([f"chapter {name} has {len(headings)} titles in {words.language}, not 1"])
        self.title = headings[0]
        # What is not published is said once at the end of the chapter, before its method, not in a box for each.  A
        # chapter about the data themselves says no to its questions where they are asked: nothing disputed is no gap.
        answered, absent = absences.without_absent(self.cells)
        said = notebook.metadata.get("socsvc", {})
        if said.get("document") == BRIEF:
            # A brief has a list of its own of what is missing.
            self.cells = answered
        elif absent and said.get("gathers", True):
            self.cells = [*answered[:-1], *absences.gathered(absent, words.say("page_absent")), answered[-1]]

    @staticmethod
    def _is_shown(cell: NotebookNode, language: str) -> bool:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            return language in tags
        return cell.cell_type == "code" and cell.id not in HIDDEN_CELLS and not HIDDEN_CELLS & set(tags)


def _merged(chapters: Sequence[_Chapter]) -> tuple[NotebookNode, tuple[str, ...]]:
    """All chapters as one notebook for the template, and the codes of the sources they refer to."""
    cells: list[NotebookNode] = []
    own = {"content", "sources", "about", "glossary", "contact", "accessibility"}
    taken: set[str] = own | {chapter.name for chapter in chapters}
    cited: set[str] = set()
    for chapter in chapters:
        below = CHAPTER_HEADING
        for number, cell in enumerate(chapter.cells):
            anchor = f"{chapter.name}-{re.sub('-(lv|en)$', '', cell.id)}"
            place = {"chapter": chapter.name, "anchor": anchor, "begins": number == 0}
            taken.add(anchor)
            if cell.cell_type == "markdown":
                if re.search(r"^# ", cell.source, re.MULTILINE):
                    below = CHAPTER_HEADING
                elif re.search(r"^## ", cell.source, re.MULTILINE):
                    below = QUESTION_HEADING
                cells.append(new_markdown_cell(cell.source, id=anchor, metadata={"page": place}))
                continue
            for output in cell.outputs:
                shown = output.get("data", {}).get("text/html", "")
                if not shown:
                    continue
                fitting = fragment.fitted(shown, below + 1, chapter.name, taken)
                taken.update(fragment.ids(fitting))
                cited.update(fragment.references(fitting))
                result = new_output("display_data", {"text/html": fitting})
                cells.append(new_code_cell(id=f"{anchor}-{len(cells)}", outputs=[result], metadata={"page": place}))
                place = {**place, "anchor": ""}  # a second output of the same cell needs no anchor
    for cell in cells:
        if cell.cell_type == "markdown":
            cited.update(re.findall(r"#source-(\w+)", cell.source))
    return new_notebook(cells=cells), tuple(sorted(cited))


class _PageExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template only, and without its second reading of the whole page."""

    def __init__(self) -> None:
        super().__init__(
            template_name="socsvc_page",
            extra_template_basedirs=[str(TEMPLATES)],
            exclude_input=True,
            exclude_anchor_links=True,
        )
        self.register_filter("prose", prose)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **options: object
    ) -> tuple[str, dict]:
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


def prose(html: str, anchor: str) -> str:
    """Rendered Markdown with its headings one level below the page's, named after the cell.

    >>> prose('<h1 id="Vietas">Places</h1>\\n<p>What there is.</p>', "capacity-title")
    '<h2 id="capacity-title-heading">Places</h2>\\n<p>What there is.</p>'
    """
    bare = re.sub(r'<(h[1-6]) id="[^"]*"', r"<\1", html)
    highest = re.search(r"<h([1-6])", bare)
    level = int(highest[1]) + 1 if highest else CHART_HEADING
    fitting = fragment.fitted(bare, level, "", set())
    return re.sub(r"<(h[1-6])>", rf'<\1 id="{anchor}-heading">', fitting, count=1)


def notices(edition: Edition, words: Words) -> list[str]:
    """What must be said above everything else: invented numbers, or numbers that are not hidden."""
    said = []
    if edition.package.synthetic:
        said.append(words.say("page_synthetic"))
    if edition.audience == "internal":
        said.append(words.say("page_internal"))
    return said


def _cited(reference: Reference, cited: Sequence[str]) -> list[dict[str, object]]:
    return reference.sources[reference.sources["source"].isin(cited)].to_dict("records")


def _source(row: Mapping[str, object], words: Words) -> dict[str, object]:
    """One entry of the list of sources, in words."""
    status = "" if row["url_status"] == "full" else f"_{row['url_status']}"
    key = "source_published_approximate" if row["published_approximate"] else "source_published"
    return {
        "anchor": f"source-{row['source']}",
        "number": words.source_number(str(row["source"])),
        "title": row["title"],
        "language": row["lang"],
        "publisher": row["publisher"],
        "published": words.say(key, date=words.period(str(row["published"]))) if row["published"] else "",
        "retrieved": words.say("source_retrieved", date=words.period(str(row["retrieved"])))
        if row["retrieved"]
        else "",
        "url": row["url"],
        "link": words.say(f"source_link{status}") if row["url"] else words.say(f"source_no_link{status}"),
    }
