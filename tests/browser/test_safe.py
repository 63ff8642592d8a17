"""A page runs nothing, asks nobody, and works from a folder."""

from __future__ import annotations

import base64
import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from every_page import Opened, names_of, page_names
from window import Window, unfolded

from socsvc_analysis.columns import FORMULA_START, SEPARATORS
from socsvc_analysis.report.scan import scan

LARGEST = 600_000
"""Bytes of a page; it must still be fit to be sent by e-mail."""
LONG_ENOUGH = 500
"""Milliseconds after which a page that has been loaded asks for nothing more."""


def test_a_page_asks_nobody_and_complains_of_nothing(window: Window, real_site: Path, name: str) -> None:
    page = window.load(name)
    # What a page has not asked for in this time, all that was done to it since it was loaded included, it never will.
    page.wait_for_timeout(page.evaluate(f"Math.max(0, {LONG_ENOUGH} - performance.now())"))
    assert [url for url in window.asked if not url.startswith("data:")] == [(real_site / name).as_uri()]
    assert window.said == []


def test_the_policy_of_a_page_stops_scripts_and_requests(opened: Opened) -> None:
    page = opened(names_of("report")[0])
    said, came = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("response", lambda response: came.append(response.url))
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        " const i = document.createElement('img'); i.src = 'https://example.org/x.png'; document.body.append(i); }"
    )
    page.wait_for_timeout(50)
    assert page.evaluate("window.ran") is None
    assert came == []
    assert sum("Content Security Policy" in each for each in said) == 2


def test_a_page_is_small_sound_and_strict_html(real_site: Path, name: str) -> None:
    content = (real_site / name).read_bytes()
    assert len(content) < LARGEST
    text = content.decode("utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    assert scan(text) == ()


class Addresses(HTMLParser):
    """The ids and links of a page that is strict HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.ids |= {said["id"]} if said.get("id") else set()
        self.links += [said["href"]] if tag in ("a", "link") else []


def test_every_link_inside_the_site_leads_somewhere(real_site: Path) -> None:
    ids: dict[Path, set[str]] = {}
    links: list[tuple[Path, str]] = []
    for file in (real_site / each for each in page_names()):
        page = Addresses(file.read_text(encoding="utf-8"))
        ids[file] = page.ids
        links += [(file, href) for href in page.links]
    inside = [(file, href) for file, href in links if not re.match(r"(https?|mailto|data):", href)]
    assert len(inside) > 100
    for file, href in inside:
        path, anchor = urlsplit(href).path, urlsplit(href).fragment
        target = (file.parent / unquote(path)).resolve() if path else file
        assert target.is_file(), (file.name, href)
        assert not anchor or anchor in ids.get(target, ()), (file.name, href)


@pytest.mark.parametrize("kind", ["csv", "svg"])
def test_downloads_work_without_any_server(seen: Opened, tmp_path: Path, kind: str) -> None:
    page = seen(names_of("report")[0])
    with unfolded(page), page.expect_download() as caught:
        page.locator(f'a.download[download$=".{kind}"]').first.click()
    file = tmp_path / caught.value.suggested_filename
    caught.value.save_as(file)
    assert re.fullmatch(rf"[a-z]+-[a-z0-9_-]+-(lv|en)\.{kind}", file.name)
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" if kind == "csv" else b"<svg ")


def test_every_download_is_whole_and_harmless(real_site: Path, name: str) -> None:
    text = (real_site / name).read_text(encoding="utf-8")
    links = re.findall(r'download="([^"]+)\.(csv|svg)" href="data:[^,]+,([^"]+)"', text)
    assert name not in names_of("report") or len(links) >= 10
    files = [f"{stem}.{kind}" for stem, kind, _ in links]
    assert len(set(files)) == len(files)
    for file, (_, kind, content) in zip(files, links, strict=True):
        inside = base64.b64decode(content, validate=True).decode("utf-8-sig")
        if kind == "svg":
            assert ElementTree.fromstring(inside).tag == "{http://www.w3.org/2000/svg}svg", file
            continue
        delimiter, point = SEPARATORS["lv" if file.endswith("-lv.csv") else "en"]
        heading, *rows = csv.reader(io.StringIO(inside, newline=""), delimiter=delimiter)
        assert rows and all(len(row) == len(heading) for row in rows), file
        for cell in (cell for row in rows for cell in row if cell.startswith(FORMULA_START)):
            float(cell.replace(point, "."))  # a negative number is the only thing that may begin like a formula
