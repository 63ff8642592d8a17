"""Pages and site: what a page holds, what it must not hold, and how it takes the old one's place."""

from __future__ import annotations

import base64
import os
import re
from itertools import pairwise
from pathlib import Path

import html5lib
import nbformat
import pytest
import tiny
from nbformat.v4 import new_code_cell, new_notebook, new_output

from socsvc_analysis.datapackage import open_package
from socsvc_analysis.markup import Html, absent
from socsvc_analysis.reference import open_reference
from socsvc_analysis.report import pages, site
from socsvc_analysis.report.index import make_index
from socsvc_analysis.report.page import Edition, make_page
from socsvc_analysis.report.pages import Page, PageError
from socsvc_analysis.report.scan import CONTENT_POLICY, scan

FIGURE = (
    '<figure class="chart" aria-labelledby="t"><header><h4 id="t">T</h4></header><svg viewBox="0 0 1 1"></svg></figure>'
)
FINDINGS = Html('<p>12 <a class="ref" href="#source-1">[1]</a></p>', sources=("letter_2019",))
RUNS = base64.b64encode(b"<svg><script>1</script></svg>").decode()
SOUND = (
    '<!DOCTYPE html><html lang="lv"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}"><title>Zemgale</title></head>'
    "<body><h1>Zemgale</h1>{}</body></html>"
)


def executed(**outputs: Html | str) -> nbformat.NotebookNode:
    """A chapter as it is after running: ``outputs`` are what its cells show by id (with _ for -); text is no piece."""
    cells = [cell for cell in tiny.cells() if cell.cell_type == "markdown"]
    for name, made in outputs.items():
        data = made._repr_mimebundle_() if isinstance(made, Html) else {"text/html": made}
        shown = new_output("execute_result", {**data, "text/plain": data.get("text/plain", "")}, execution_count=1)
        noise = new_output("stream", name="stderr", text="/home/clerk/module.py: UserWarning: noise")
        cells.append(
            new_code_cell("secret_code()", id=name.replace("_", "-"), outputs=[noise, shown], execution_count=1)
        )
    return new_notebook(cells=cells)


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    package = open_package(tiny.package(tmp_path / "data", licenses=[{"name": "CC-BY-4.0", "title": "CC & BY"}]))
    return Edition(package, open_reference(package))


@pytest.fixture
def made(edition: Edition) -> Page:
    chapters = {
        "summary": executed(findings=FINDINGS),
        "capacity": executed(places_chart=Html(FIGURE, plain="<Chart>")),
    }
    return make_page(chapters, "zemgale", "lv", edition)


@pytest.fixture
def page(made: Page) -> str:
    return made.html


def test_a_page_holds_one_language_and_no_code(page: str) -> None:
    assert "Kur ir vietas?" in page
    assert "Where are they?" not in page
    for hidden in ("secret_code", "UserWarning", "&lt;Chart&gt;", "<Chart>"):
        assert hidden not in page


def test_a_page_leaves_out_the_frames_that_a_notebook_shows_to_whoever_opens_it(edition: Edition) -> None:
    chapter = executed(findings=FINDINGS)
    frame = new_code_cell("served", id="served-values", metadata={"tags": ["hide-from-page"]})
    frame.outputs = [new_output("display_data", {"text/html": "<table><tr><td>4321</td></tr></table>"})]
    before = make_page({"summary": chapter}, "zemgale", "lv", edition).html
    chapter.cells.insert(-1, frame)
    assert make_page({"summary": chapter}, "zemgale", "lv", edition).html == before
    frame.metadata.tags = []
    frame.outputs[0].metadata["tags"] = ["hide-from-page"]
    assert make_page({"summary": chapter}, "zemgale", "lv", edition).html == before
    frame.outputs[0].metadata["tags"] = []
    assert "4321" in make_page({"summary": chapter}, "zemgale", "lv", edition).html


def test_a_page_is_html_that_a_strict_parser_takes(page: str) -> None:
    html5lib.HTMLParser(strict=True).parse(page)


def test_the_headings_of_a_page_are_a_ladder(page: str) -> None:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch(r"h[1-6]", str(each.tag))]
    assert levels == [1, 2, 3, 2, 3, 4, 2, 2, 3, 3]
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_a_page_names_itself_its_data_and_its_twin(page: str, made: Page) -> None:
    assert "<title>Zemgale: datu pārskats par sociālajiem pakalpojumiem</title>" in page
    assert 'href="../en/zemgale-report.html" rel="alternate" lang="en" hreflang="en">English</a>' in page
    assert 'href="zemgale-report.html" aria-current="page">Zemgale</a>' in page
    assert '<a href="#capacity">Vietas</a>' in page
    assert (made.version, made.date) == ("1.0.0", "2024-01-05")
    assert '<meta name="data-version" content="1.0.0">\n<meta name="data-date" content="2024-01-05">' in page
    assert "Datu kopa: CC &amp; BY." in page


def test_titles_stay_short_in_both_languages(edition: Edition) -> None:
    for language in ("lv", "en"):
        words = edition.words(language)
        for title in ("page_title", "report_title"):
            assert all(len(words.say(title, place=words.place(region))) <= 65 for region in edition.regions)


def test_the_sources_are_those_referred_to_and_their_text_is_escaped(page: str) -> None:
    assert page.count('<li id="source-') == 1
    assert re.search(r'source-origin">[^<]*(?:iegūts|retrieved): ', page)
    assert "Pateicība &lt;par&gt; ieguldījumu" in page
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page
    assert "Zemgales plānošanas reģions, publicēts: 2019.\xa0gada\xa012.\xa0februāris" in page


def test_a_source_without_address_says_why(edition: Edition) -> None:
    chapter = executed(findings=Html('<p><a class="ref" href="#source-2">[2]</a></p>', sources=("letter_undated",)))
    page = make_page({"summary": chapter}, "zemgale", "lv", edition).html
    assert '<cite lang="en">Letter</cite>' in page
    assert "adrese nav saglabāta" in page


def test_what_is_absent_has_one_place_unless_the_chapter_says_no(edition: Edition) -> None:
    chapter = executed(places_chart=absent("Nav <publicēts>."), method="<aside>Tā.</aside>")
    page = make_page({"capacity": chapter, "clients": chapter}, "zemgale", "lv", edition).html
    place = re.search(r'<section class="chapter" id="absent">.*?</section>', page, re.DOTALL)[0]
    assert "<h3>Vietas</h3>" in place
    assert page.count("<li>Nav &lt;publicēts&gt;.</li>") == place.count("<li>") == 1
    assert '<a href="#absent">' in page
    assert "Kur ir vietas?" not in page
    chapter.metadata["socsvc"] = {"gathers": False}
    page = make_page({"quality": chapter}, "zemgale", "lv", edition).html
    assert 'id="absent"' not in page
    assert "Kur ir vietas?" in page
    assert absent("Nav <publicēts>.").markup in page


@pytest.mark.slow
def test_what_a_brief_has_no_picture_of_goes_without_saying(edition: Edition) -> None:
    chapter = executed(places_chart=absent("Nav publicēts."), method="<aside>Tā.</aside>")
    chapter.metadata["socsvc"] = {"document": "brief"}
    page = make_page({"summary": chapter}, "zemgale", "lv", edition, "brief").html
    for unsaid in ("Kas nav publicēts?", "Nav publicēts.", "Kur ir vietas?"):
        assert unsaid not in page


def test_an_unknown_source_is_refused(edition: Edition) -> None:
    chapter = executed(findings=Html("<p>[9]</p>", sources=("rumour",)))
    with pytest.raises(PageError, match="the source rumour is not in the table of sources"):
        make_page({"summary": chapter}, "zemgale", "lv", edition)


def test_the_same_chart_twice_is_refused_by_its_key(edition: Edition) -> None:
    chapter = executed(a_chart=Html(FIGURE))
    with pytest.raises(PageError, match="the id t is there 2 times"):
        make_page({"summary": chapter, "capacity": chapter}, "zemgale", "en", edition)


def test_headings_of_pieces_follow_the_chapter_where_no_question_is_asked(edition: Edition) -> None:
    chapter = executed(a_chart=Html(FIGURE))
    assert '<h4 id="t">T</h4>' in make_page({"capacity": chapter}, "zemgale", "en", edition).html
    chapter.cells = [cell for cell in chapter.cells if not cell.source.startswith("## ")]
    assert '<h3 id="t">T</h3>' in make_page({"capacity": chapter}, "zemgale", "en", edition).html


def test_equal_chapters_give_equal_bytes(made: Page, edition: Edition) -> None:
    chapter = executed(findings=FINDINGS)
    again = make_page(
        {"summary": chapter, "capacity": executed(places_chart=Html(FIGURE, plain="<Chart>"))}, "zemgale", "lv", edition
    )
    assert again == made


def test_an_internal_page_says_that_nothing_is_hidden(edition: Edition) -> None:
    internal = Edition(edition.package, edition.reference, "internal")
    assert "nothing on this page is hidden" in make_page({"summary": executed()}, "zemgale", "en", internal).html


def test_invented_data_are_said_to_be_invented(tmp_path: Path) -> None:
    package = open_package(tiny.package(tmp_path / "data", synthetic=True))
    page = make_page({"summary": executed()}, "zemgale", "en", Edition(package, open_reference(package))).html
    assert "Invented data" in page


def test_a_kept_page_says_once_that_it_is_old(made: Page, edition: Edition) -> None:
    words = edition.words("lv")
    once = made.kept(words)
    assert "Lapu neizdevās atjaunot" in once.html
    assert "1.0.0" in once.html.partition("notice-kept")[2].partition("</p>")[0]
    assert once.kept(words) == once
    assert once.with_notice("") == made
    assert scan(once.html) == ()


def test_what_is_known_of_a_page_travels_beside_it(made: Page, edition: Edition) -> None:
    kept = made.kept(edition.words("lv")).linked("lv/zemgale-report.html", ())
    for page in (made, kept):
        contents = {"lv/zemgale-report.html": bytes(page), "pages.json": pages.record({"lv/zemgale-report.html": page})}
        assert pages.recorded(contents) == {"lv/zemgale-report.html": page}
        altered = {**contents, "lv/zemgale-report.html": bytes(page).replace(b"Zemgale", b"Kurzeme", 1)}
        assert pages.recorded(altered) == {}
        assert pages.recorded({**contents, "pages.json": b"[]"}) == {}
        assert pages.recorded({"lv/zemgale-report.html": bytes(page)}) == {}


@pytest.mark.parametrize(
    ("piece", "problem"),
    [
        ("<script>1</script>", "the page has a script element"),
        ('<svg viewBox="0 0 1 1"><script>1</script></svg>', "the page has a script element"),
        ('<p onclick="go()">x</p>', "p has onclick: a page runs nothing"),
        ("<p ONMOUSEOVER=go()>x</p>", "p has onmouseover: a page runs nothing"),
        ('<a href="java\nscript:go()">x</a>', "a has a javascript: address"),
        ('<a href="&#106;avascript:go()">x</a>', "a has a javascript: address"),
        ('<a href="data:text/html,x">x</a>', "a link opens data:text/html,x"),
        ('<a href="data:image/svg+xml,%3Csvg%3E">x</a>', "a link opens data:image/svg+xml"),
        (f'<a href="data:image/svg+xml;base64,{RUNS}">x</a>', "a picture to download: the page has a script element"),
        ('<a href="data:image/svg+xml;base64,?">x</a>', "a picture to download cannot be read"),
        ("<iframe></iframe>", "the page has a iframe element"),
        ('<object data="x"></object>', "the page has a object element"),
        ("<embed>", "the page has a embed element"),
        ("<form></form>", "the page has a form element"),
        ('<base href="https://example.org">', "the page has a base element"),
        ('<meta http-equiv="Refresh" content="0">', "the page has a meta refresh"),
        ('<img alt="" src="https://example.org/x.png">', "img loads https://example.org/x.png: a page asks no server"),
        ('<img alt="" src="x.png">', "img loads x.png: a page asks no server"),
        ('<img src="data:image/png;base64,AA==">', "a picture has no alternative text"),
        ('<svg><image href="//example.org/x.png"/></svg>', "image loads //example.org/x.png"),
        ('<svg><use xlink:href="sprite.svg#a"/></svg>', "use loads sprite.svg#a"),
        ('<link rel="stylesheet" href="x.css">', "link loads x.css"),
        ("<style>@import 'x.css';</style>", "a style sheet loads something"),
        ("<style>p{background:url(https://example.org/x)}</style>", "a style sheet loads something"),
        ('<p style="background:url(//example.org)">x</p>', "the style of p loads something"),
        ("<p>Read /home/clerk/data.csv</p>", "the page names a file of the machine: /home/clerk/data.csv"),
        (r"<p>C:\Users\clerk</p>", r"the page names a file of the machine: C:\Users\clerk"),
        ('<p title="file:///x">x</p>', "the page names a file of the machine: file:///x"),
        ("<pre>Traceback (most recent call last)</pre>", "the page shows a Traceback"),
        ("<h1>Again</h1>", "the page has 2 headings of the first level, not 1"),
        ('<p id="a">x</p><p id="a">y</p>', "the id a is there 2 times"),
        ('<a href="#nowhere">x</a>', "href names nowhere, which is not on the page"),
        ('<section aria-labelledby="nothing"></section>', "aria-labelledby names nothing, which is not on the page"),
        ('<figure class="chart"><figcaption>x</figcaption></figure>', "a figure is empty"),
    ],
)
def test_a_page_with_something_unfit_is_refused(piece: str, problem: str) -> None:
    assert any(said.startswith(problem) for said in scan(SOUND.format(piece))), scan(SOUND.format(piece))


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (' lang="lv"', "the page does not say its language"),
        ("<title>Zemgale</title>", "the page has no title"),
        ("<h1>Zemgale</h1>", "the page has 0 headings of the first level, not 1"),
        ("default-src 'none'; ", "the page does not forbid loading from elsewhere (Content-Security-Policy)"),
    ],
)
def test_a_page_that_lacks_something_is_refused(part: str, problem: str) -> None:
    assert scan(SOUND.format("").replace(part, "")) == (problem,)


def test_what_a_page_may_hold_is_let_through() -> None:
    piece = (
        '<p id="a">See <a href="https://www.lm.gov.lv/lv/home/page">the ministry</a>, <a href="#a">above</a>, '
        '<a href="../en/zemgale.html">in English</a>, <a href="data:text/csv;base64,YQ==">the data</a>, '
        '<a href="data:image/svg+xml;base64,PHN2Zy8+">the picture</a>.</p>'
        '<img alt="" src="data:image/png;base64,AA=="><svg><defs><path id="m"/></defs><use href="#m"/>'
        '<g clip-path="url(#m)" style="fill: url(#m)"/></svg><figure><svg></svg></figure>'
    )
    assert scan(SOUND.format(piece)) == ()


def test_what_is_no_piece_of_the_library_may_be_wide_and_is_looked_at(edition: Edition) -> None:
    page = make_page(
        {"summary": executed(findings="<table><tr><td>1</td></tr></table>")}, "zemgale", "lv", edition
    ).html
    assert '<div class="table-scroll" tabindex="0"><table>' in page
    with pytest.raises(PageError, match="script"):
        make_page({"summary": executed(findings="<script>1</script>")}, "zemgale", "lv", edition)


def test_an_index_has_an_entry_for_each_region_and_a_twin(edition: Edition) -> None:
    documents = {"lv/zemgale.html": "1.0.0", "lv/zemgale.xlsx": ""}
    latvian = make_index(documents, edition, "lv").html
    assert '<a href="lv/zemgale.html">Zemgale</a>' in latvian
    assert '<a href="lv/zemgale.xlsx">Visas tabulas (Excel)</a>' in latvian
    assert "zemgale-report.html" not in latvian
    assert latvian.count("Lapa vēl nav sagatavota.") == 1
    assert '<a href="en/index.html" lang="en" hreflang="en">English</a>' in latvian
    english = make_index(documents, edition, "en").html
    assert 'href="zemgale.html"' not in english
    assert english.count("The page is not made yet.") == 2
    assert '<a href="../index.html" lang="lv" hreflang="lv">Latviski</a>' in english
    assert 'href="../data/indicators.csv"' in english
    for index in (latvian, english):
        html5lib.HTMLParser(strict=True).parse(index)


def test_an_index_leads_to_the_report_where_there_is_no_brief(edition: Edition) -> None:
    index = make_index({"en/zemgale-report.html": "1.0.0"}, edition, "en").html
    assert '<a href="zemgale-report.html">Zemgale</a>' in index
    assert "zemgale.html" not in index


def test_the_index_marks_a_page_of_earlier_data(edition: Edition) -> None:
    assert "iepriekšējā datu versija: 0.9.0" in make_index({"lv/zemgale.html": "0.9.0"}, edition, "lv").html


def test_publishing_replaces_the_whole_site_and_keeps_the_last_releases(tmp_path: Path, page: str) -> None:
    first = site.publish({"lv/zemgale.html": page.encode(), "index.html": b"index one"}, tmp_path)
    assert site.publish({"index.html": b"index one", "lv/zemgale.html": page.encode()}, tmp_path) == first
    for number in range(2, 9):
        site.publish({"lv/riga.html": page.encode(), "index.html": f"index {number}".encode()}, tmp_path)
    assert (tmp_path / "site" / "index.html").read_text() == "index 8"
    assert not (tmp_path / "site" / "lv" / "zemgale.html").exists()
    assert len(list((tmp_path / ".releases").iterdir())) == site.KEPT_RELEASES
    assert site.published(tmp_path, "site") == {"lv/riga.html": page.encode()}


def test_a_write_that_fails_leaves_the_old_site_and_no_rest(
    tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish({"lv/zemgale.html": page.encode(), "index.html": b"index"}, tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        site.publish({"lv/riga.html": page.encode(), "index.html": b"other"}, tmp_path)
    assert (tmp_path / "site" / "index.html").read_text() == "index"
    assert len(list((tmp_path / ".releases").iterdir())) == 1


def test_without_links_a_folder_takes_the_place(tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for text in ("index", "other"):
        site.publish({"lv/riga.html": page.encode(), "index.html": text.encode()}, tmp_path)
    assert (tmp_path / "site").is_dir()
    assert not (tmp_path / "site").is_symlink()
    assert (tmp_path / "site" / "index.html").read_text() == "other"
    monkeypatch.undo()
    site.publish({"lv/riga.html": page.encode(), "index.html": b"third"}, tmp_path)
    assert (tmp_path / "site" / "index.html").read_text() == "third"


def test_a_release_that_was_changed_is_not_shown_again(tmp_path: Path, page: str) -> None:
    whole = {"lv/riga.html": page.encode(), "lv/riga.xlsx": b"PK", "index.html": b"index"}
    site.publish(whole, tmp_path)
    (tmp_path / "site" / "lv" / "riga.html").write_text("<p>changed by hand</p>")
    assert site.published(tmp_path, "site") == {}
    site.publish(whole, tmp_path)
    assert (tmp_path / "site" / "lv" / "riga.html").read_text(encoding="utf-8") == page


# Brief and report


@pytest.fixture
def brief(edition: Edition) -> str:
    return make_page({"summary": executed(findings=FINDINGS)}, "zemgale", "lv", edition, "brief").html


def test_a_brief_is_short_at_the_top_and_leads_to_report_and_workbook(brief: str) -> None:
    assert "<title>Zemgale: sabiedrībā balstīti sociālie pakalpojumi</title>" in brief
    assert brief.count("<dt>", 0, brief.index("<main")) == 4
    assert brief.index("<main") < brief.index('<nav class="regions"')
    for address in ("zemgale-report.html", "zemgale.xlsx", "../data/indicators.csv", "../en/zemgale.html"):
        assert f'href="{address}"' in brief
    assert 'href="zemgale.html" aria-current="page">Zemgale</a>' in brief
    assert 'href="riga.html">Rīgas reģions</a>' in brief
    html5lib.HTMLParser(strict=True).parse(brief)


def test_the_sources_of_a_brief_are_folded_numbers_with_a_short_citation(brief: str) -> None:
    assert '<details class="sources" id="sources">' in brief
    cited = re.search(r'<li id="source-1">.*?</li>', brief, re.DOTALL)[0]
    assert re.sub(r"<[^>]*>|\s+", " ", cited).split() == ["[1]", "Pateicība", "&lt;par&gt;", "ieguldījumu", ",", "2019"]


def test_a_brief_gathers_nothing_that_is_absent(edition: Edition) -> None:
    chapter = executed(places_chart=absent("Nav atrasts."), method="<aside>Tā.</aside>")
    chapter.metadata["socsvc"] = {"document": "brief"}
    brief = make_page({"summary": chapter}, "zemgale", "lv", edition, "brief").html
    assert "Nav atrasts." not in brief
    assert "Kur ir vietas?" not in brief


def test_each_heading_of_a_chapter_has_a_link_of_its_own(made: Page, edition: Edition) -> None:
    label = edition.words("lv").say("heading_link")
    prose = re.findall(r'<div class="prose" id="([^"]*)">\s*<h[23]>[^<]* (<a [^>]*></a>)', made.html)
    assert prose
    for anchor, link in prose:
        assert link == f'<a class="anchor" href="#{anchor}" aria-label="{label}" hidden></a>'


def test_links_lead_only_to_what_the_site_has_and_come_back(made: Page, edition: Edition) -> None:
    brief = make_page({"summary": executed(findings=FINDINGS)}, "zemgale", "lv", edition, "brief")
    whole = {f"{language}/{region}{end}" for language in ("lv", "en") for region in ("riga", "zemgale")
             for end in (".html", "-report.html", ".xlsx")}  # fmt: skip
    whole |= {*site.INDEXES.values(), site.INDICATORS}
    for page, path in ((made, "lv/zemgale-report.html"), (brief, "lv/zemgale.html")):
        assert page.linked(path, whole) == page
        alone = page.linked(path, {path})
        own = path.removeprefix("lv/")
        assert set(re.findall(r'data-page="[^"]*" href="([^"]*)"', alone.html)) == {own}
        assert scan(alone.html) == ()
        assert alone.linked(path, whole) == page
