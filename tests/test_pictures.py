"""Pictures as files: what they say of themselves, their points, and where pages and bundles have them."""

from __future__ import annotations

import re
import struct

import pandas as pd
import pytest
from defusedxml import ElementTree
from nbformat.v4 import new_code_cell, new_notebook, new_output

from socsvc_analysis.charts.texts import credit
from socsvc_analysis.datapackage import Package
from socsvc_analysis.markup import EDITION, PAGE
from socsvc_analysis.reference import Reference
from socsvc_analysis.report import site
from socsvc_analysis.report.pages import PageError
from socsvc_analysis.report.pictures import as_points, picture_files, pictures_in, with_edition
from socsvc_analysis.wording import Words

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20" viewBox="0 0 30 20" '
    'font-family="system-ui,sans-serif"><path d="M0 0H30V20H0z" style="fill:#fff"/>{}</svg>'
)
DATED = SVG.format(f'<text x="1" y="15" font-size="9">{EDITION}</text>')


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def notebook(**pictures: str) -> object:
    data = {"text/html": "<p>x</p>", PAGE: {"pictures": pictures}}
    return new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", data)])])


def test_a_picture_of_points_has_two_for_each_and_is_the_same_each_time() -> None:
    words = SVG.format('<text x="1" y="15" font-size="9">Rīga</text>')
    assert size(as_points(SVG.format(""))) == (60, 40)
    assert as_points(words) == as_points(words)
    assert as_points(words) != as_points(SVG.format(""))  # words are drawn, whatever fonts the system has


def test_a_picture_says_the_version_of_its_data(package: Package, words: Words) -> None:
    said = with_edition(DATED, package, words)
    root = ElementTree.fromstring(said)
    (text,) = (each.text for each in root.iter("{http://www.w3.org/2000/svg}text"))
    assert package.version in text and words.date_long(package.created) in text
    assert with_edition(said, package, words) == said


def test_each_picture_of_a_page_is_two_files(package: Package, words: Words) -> None:
    made = pictures_in([notebook(one=DATED), notebook(one=DATED, two=SVG.format(""))], package, words)
    files = picture_files(made, "lv/pictures/zemgale/brief/")
    assert sorted(files) == [
        f"lv/pictures/zemgale/brief/{name}" for name in ("one.png", "one.svg", "two.png", "two.svg")
    ]
    assert package.version in files["lv/pictures/zemgale/brief/one.svg"].decode()
    with pytest.raises(PageError, match="two pictures of one page are called one"):
        pictures_in([notebook(one=DATED), notebook(one=SVG.format(""))], package, words)


def test_pictures_are_documents_of_their_region_and_language() -> None:
    documents = dict.fromkeys(
        (
            "lv/zemgale.html",
            "lv/pictures/zemgale/brief/a.png",
            "lv/pictures/riga/brief/a.png",
            "en/pictures/zemgale/a.png",
        ),
        b"",
    )
    assert list(site.documents_of(("zemgale", "lv"), documents)) == [
        "lv/zemgale.html", "lv/pictures/zemgale/brief/a.png"
    ]  # fmt: skip


def test_a_picture_names_who_published_its_numbers(tables: Reference, words: Words) -> None:
    sources = pd.DataFrame(
        {
            "source": ["a", "b", "c", "d", "e", "f"],
            "publisher": ["One", "Two", "One", "Three", "Four", "Five"],
            "published": ["2021-05", "", "2019", "2020", "2020", "2020"],
        }
    )
    known = Words(words.language, type(tables)(**{**vars(tables), "sources": sources}))
    assert credit(["a", "b", "c"], known) == f"{words.say('source_line')} One (2019, 2021); Two"
    more = words.say("credit_more", n=1, count="1")
    assert credit(list("abcdef"), known).endswith(f"Three (2020); Four (2020); {more}")
    assert credit(["not there"], known) == f"{words.say('source_line')} "


@pytest.mark.slow
def test_every_picture_of_a_page_is_beside_it_as_png(real_site) -> None:
    for language in ("lv", "en"):
        for document in ("zemgale", "zemgale-report"):
            page = (real_site / language / f"{document}.html").read_text(encoding="utf-8")
            places = re.findall(r'<a data-page="(pictures/[^"]*\.png)" href="([^"]*)"', page)
            assert len(places) == page.count('.svg" href="data:image/svg+xml;base64,') > 0
            for place, address in places:
                assert place == address
                png = (real_site / language / place).read_bytes()
                svg = (real_site / language / place.replace(".png", ".svg")).read_text(encoding="utf-8")
                wide, high = map(float, re.search(r'width="([0-9.]+)" height="([0-9.]+)"', svg).groups())
                assert size(png) == pytest.approx((2 * wide, 2 * high), abs=2)
                assert EDITION not in svg
