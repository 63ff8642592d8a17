"""HTML pieces: everything from data is escaped, downloads run nothing, references are numbered and folded."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files

import html5lib
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socsvc_analysis import columns, markup
from socsvc_analysis.columns import Column, neutral, readable_csv
from socsvc_analysis.markup import MOST_LINKS, Html, Table, piece, together
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError
from socsvc_analysis.wording import Words, in_language

ATTACK = '<script>alert("x")</script>&\'"><img src=x onerror=y>'
COLUMNS = (Column("name", "Nosaukums"), Column("places", "Vietas", "places"), Column("share", "Daļa", "percent", 1))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    [ATTACK, "=1+1", "-5", "+1"]
)
NUMBER = st.none() | st.integers(-(10**12), 10**12) | st.decimals(-(10**9), 10**9, places=2).map(float)


def parsed(fragment: str) -> html5lib.treebuilders.base.Node:
    """The fragment as a browser reads it; any mistake in it is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(fragment)


def references(sources: Iterable[str], words: Words) -> str:
    return piece("references", sources=sources, words=words).markup


def rows(*cells: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["name", "places", "share"])


def read_back(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@given(TEXT)
def test_escaped_text_is_only_text(text: str) -> None:
    said = piece("listing", items=[text]).markup.removeprefix("<ul><li>").removesuffix("</li></ul>")
    assert not re.search("[<>\"']", said)
    assert html.unescape(said) == text


@pytest.mark.parametrize("attack", [ATTACK, "</td></table>", '" onmouseover="x', "{{ 7 }}"])
def test_no_text_from_data_becomes_markup(words: Words, attack: str) -> None:
    frame = rows((attack, 1.0, 2.0)).assign(status="disputed")
    columns = (Column("name", attack), *COLUMNS[1:])
    table = parsed(together(Table(frame, columns, words, caption=attack, status="status")).markup)
    assert [element.tag for element in table.iter() if element.tag in ("script", "img")] == []
    texts = ["".join(element.itertext()) for element in table.iter() if element.tag in ("caption", "th")]
    assert texts.count(attack) == 3
    (region,) = (element for element in table.iter() if element.get("role") == "region")
    assert region.attrib.keys() == {"class", "role", "tabindex", "aria-label"}
    assert region.get("aria-label") == attack
    (link,) = parsed(markup.csv_link(frame, columns, words, name=attack).markup)
    assert link.attrib.keys() == {"class", "download", "href"}
    assert link.get("download") == f"{attack}.csv"


def test_links_to_sources_are_numbers(words: Words, tables: Reference) -> None:
    odd = tables.sources.assign(source=[ATTACK, *tables.sources["source"][1:]])
    made = piece("references", sources=[ATTACK], words=replace(words, reference=replace(tables, sources=odd)))
    (link,) = parsed(made.markup)
    assert link.get("href") == "#source-1"
    assert link.text == "[1]"
    assert made.sources == (ATTACK,)


def test_rows_of_one_group_stand_under_its_heading(words: Words) -> None:
    frame = rows(("A", 1, 1.0), ("B", 2, 2.0), ("C", 3, 3.0)).assign(group=["<one>", "<one>", "two"])
    table = parsed(together(Table(frame, COLUMNS, words, "Virsraksts", heads="group")).markup)
    bodies = list(table.iter("tbody"))
    assert [[row[0].text for row in body] for body in bodies] == [["<one>", "A", "B"], ["two", "C"]]
    for body in bodies:
        assert dict(body[0][0].items()) == {"scope": "rowgroup", "colspan": "3"}


def test_a_table_has_headings_and_says_what_is_unknown(words: Words) -> None:
    frame = rows(("Auce", 1458.0, 12.34), ("Dobele", float("nan"), float("nan"))).assign(
        status=["provisional", "missing"], sources=[("letter_2022",), ()]
    )
    table = parsed(
        together(
            Table(frame, COLUMNS, words, "Vietas", sources="sources", status="status", marked=[True, False])
        ).markup
    )
    heads = [element for element in table.iter("th") if element.get("scope") == "col"]
    assert [element.text for element in heads] == ["Nosaukums", "Vietas", "Daļa", words.say("source_column")]
    assert [element.get("class") for element in heads] == [None, "number", "number", None]
    assert [element.text for element in table.iter("th") if element.get("scope") == "row"] == ["Auce", "Dobele"]
    known, unknown = table.find(".//tbody")
    assert known.get("class") == "own"
    assert unknown.get("class") is None
    assert known[1].text == words.number(1458)
    assert known[2].text.strip() == words.percent(12.34, 1)
    assert known[2][0].get("class") == "badge badge-provisional"
    assert known[3][0].text == "[1]"
    assert [cell.get("class") for cell in unknown[1:3]] == ["unknown", "unknown"]
    assert unknown[1].text == words.unknown


@pytest.mark.parametrize("status", ["normal", "missing", "confidential"])
def test_a_plain_status_has_no_badge(words: Words, status: str) -> None:
    assert piece("badge", status=status, words=words).markup == ""


@pytest.mark.parametrize(("language", "delimiter", "point"), [("lv", ";", ","), ("en", ",", ".")])
@given(st.lists(st.tuples(TEXT, NUMBER, NUMBER), max_size=5))
@example([("valsts budžets", 123_456_789.12, 0.1)])
def test_a_download_says_what_the_page_says_and_neutralises_every_formula(
    language: str, delimiter: str, point: str, cells: list[tuple]
) -> None:
    frame = pd.DataFrame(cells, columns=["name", "places", "share"]).astype({"places": float, "share": float})
    words = in_language(language, None)
    content = readable_csv(frame, COLUMNS, words)
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *lines = read_back(content, delimiter)
    assert heading == ["Nosaukums", "Vietas", "Daļa"]
    assert len(lines) == len(cells)
    for (name, *numbers), (said, *figures) in zip(cells, lines, strict=True):
        assert said == neutral(name)
        assert not said.startswith(columns.FORMULA_START)
        assert said.removeprefix("'") == name.removeprefix("'")
        for number, figure, column in zip(numbers, figures, COLUMNS[1:], strict=True):
            if number is None:
                assert figure == ""
            else:
                shown = words.number(float(figure.replace(point, ".")), column.decimals)
                assert shown == words.number(number, column.decimals)
                assert len(figure.partition(point)[2]) <= column.decimals


def test_negative_numbers_stay_numbers() -> None:
    words = in_language("en", None)
    content = readable_csv(rows(("-5 vietas", -5.0, -0.25)), COLUMNS, words)
    assert read_back(content)[1] == ["'-5 vietas", "-5", "-0.3"]
    assert read_back(readable_csv(rows(("x", 0.0, float("nan"))), COLUMNS, words))[1] == ["x", "0", ""]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_neutralised(formula: str) -> None:
    assert neutral(formula) == "'" + formula
    assert neutral("a" + formula) == "a" + formula


def test_a_download_link_holds_the_rows(words: Words) -> None:
    (link,) = parsed(markup.csv_link(rows(("Ķekava", 3.0, 1.0)), COLUMNS, words, name="vietas").markup)
    content = base64.b64decode(link.get("href").removeprefix("data:text/csv;base64,"))
    delimiter = ";" if words.language == "lv" else ","
    assert read_back(content, delimiter) == [["Nosaukums", "Vietas", "Daļa"], ["Ķekava", "3", "1"]]
    assert link.text == words.say("download_csv")


def test_references_are_numbered_once_and_in_order(words: Words) -> None:
    links = parsed(references(["portal_undated", "letter_2022", "portal_undated"], words))
    assert [link.text for link in links] == ["[1]", "[3]"]
    assert [link.get("href") for link in links] == ["#source-1", "#source-3"]
    assert all(link.get("class") == "ref" for link in links)
    assert references([], words) == ""
    with pytest.raises(DataError, match="'letter_2023' is not a known source"):
        references(["letter_2023"], words)


@pytest.mark.parametrize("count", [MOST_LINKS, MOST_LINKS + 1, 21])
def test_many_references_are_folded(words: Words, tables: Reference, count: int) -> None:
    codes = [f"source_{at}" for at in range(count)]
    many = pd.DataFrame({"source": codes})
    said = references(reversed(codes), replace(words, reference=replace(tables, sources=many)))
    folded = [element for element in parsed(said).iter("details")]
    assert len(folded) == (count > MOST_LINKS)
    assert [link.text for link in parsed(said).iter("a")] == [f"[{at + 1}]" for at in range(count)]
    for element in folded:
        assert element[0].tag == "summary"
        assert element[0].text == words.say("many_sources", n=count, count=words.number(count))


def test_the_line_of_sources(words: Words) -> None:
    (line,) = parsed(piece("source_line", sources=["letter_2022"], words=words).markup)
    assert line.get("class") == "chart-source"
    assert line.text.strip() == words.say("source_line")


def test_footnotes_stand_once_in_the_order_met(words: Words, tables: Reference) -> None:
    notes = tables.notes.set_index("note")[words.language]
    assert markup.footnotes(["invented", "implausible", "invented"], words) == [notes["invented"], notes["implausible"]]
    frame = pd.DataFrame({"notes": [("b", "a"), (), ("a", "c")]})
    assert markup.gathered(frame, "notes") == ["b", "a", "c"]


def test_a_piece_shows_itself_as_html_and_text_with_what_a_page_must_know() -> None:
    assert Html("<p>x</p>", "x", sources=("letter",))._repr_mimebundle_() == {
        "text/html": "<p>x</p>",
        "text/plain": "x",
        markup.PAGE: {"sources": ["letter"], "tables": [], "absent": False, "pictures": {}},
    }


def test_a_piece_made_of_pieces_has_what_they_have(words: Words) -> None:
    table = Table(rows(("Auce", 1, 2.0)).assign(sources=[("portal_undated",)]), COLUMNS, words, "V", sources="sources")
    sentence = piece("sourced", text="Viena vieta.", sources=["letter_2022"], words=words)
    made = piece("folded", summary="Tabula", inner=together(sentence, table, markup.absent("Nav zināms.")))
    assert made.tables == (table,)
    assert made.sources == ("letter_2022", "portal_undated")
    for said in ("Viena vieta.", "Tabula", "Auce", "Nav zināms."):
        assert made.plain.count(said) == 1
    assert not made.absent


def test_only_text_for_readers_is_remembered_as_text(words: Words) -> None:
    link = markup.csv_link(rows(("Ķekava", 3.0, 1.0)), COLUMNS, words, name="vietas")
    assert link.plain == words.say("download_csv")


def test_attributes_of_the_macros_are_not_taken_for_text() -> None:
    text = files("socsvc_analysis").joinpath("markup.html.j2").read_text("utf-8")
    values = re.findall(r'="[^"]*?\{\{(.*?)\}\}', text)
    assert values
    assert [each for each in values if not each.rstrip().endswith("| e")] == []
