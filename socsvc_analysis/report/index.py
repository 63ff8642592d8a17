"""The entry to the site in one language: a map to choose a region on, its results in a line, downloads, the archive."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jinja2
import pandas as pd

from socsvc_analysis.charts.tilemap import grid
from socsvc_analysis.codes import named_rows
from socsvc_analysis.indicators.clients import served_of_plan
from socsvc_analysis.markup import Html, piece
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.publications import publication_of
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.report.closing import closing
from socsvc_analysis.report.masthead import masthead
from socsvc_analysis.report.page import ICON, TEMPLATES, Edition, notices, style
from socsvc_analysis.report.pages import Page, PageError, gap
from socsvc_analysis.report.scan import CONTENT_POLICY, scan
from socsvc_analysis.report.site import CHANGES, DESCRIPTOR, ENDINGS, INDEXES, INDICATORS, SOURCES, WORKBOOK, place
from socsvc_analysis.sections.changes import changes_sentence
from socsvc_analysis.sections.of_plan import index_lines
from socsvc_analysis.tables import LANGUAGES
from socsvc_analysis.wording import Words

SIDE, GAP = 60, 2
"""Side of a square of the map and the gap around it, in units of the picture."""


def make_index(documents: Mapping[str, str], edition: Edition, language: str, archive: Sequence[str] = ()) -> Page:
    """The index in ``language`` over the ``documents`` of the site: the version of each one's data, by its path.

    ``archive`` are the versions that the archive of the site holds, the latest first.  Raises
    :class:`~socsvc_analysis.report.pages.PageError` when the index may not be published.
    """
    words = edition.words(language)
    base = "" if INDEXES[language].count("/") == 0 else "../"
    served = served_of_plan(edition.data)
    entries = [_entry(region, documents, served, edition, words) for region in edition.regions]
    other = next(each for each in LANGUAGES if each != language)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(TEMPLATES)), autoescape=True, undefined=jinja2.StrictUndefined
    )
    body = environment.get_template("site/index.html.j2").render(
        language=language,
        other=other,
        other_words=edition.words(other),
        twin=base + INDEXES[other],
        base=base,
        words=words,
        title=words.say("site_name"),
        masthead=_masthead(edition, words),
        notices=notices(edition, words),
        map=tile_navigation(entries, words),
        entries=entries,
        downloads=[
            (base + path, words.say(f"index_downloads_{name}"))
            for path, name in (
                (WORKBOOK, "workbook"),
                (INDICATORS, "indicators"),
                (CHANGES, "changes"),
                (SOURCES, "sources"),
                (DESCRIPTOR, "descriptor"),
            )
        ],
        archive=[(f"{version}/{INDEXES[language]}", _version(version, edition, words)) for version in archive],
        closing=closing(" ".join(line for each in entries for line in each["lines"]), words),
        version=edition.package.version,
        created=edition.package.created,
        licence=edition.licence,
        policy=CONTENT_POLICY,
        gap=gap,
        icon=ICON,
        style=style(),
    )
    page = Page.made(body + "\n", edition.package.version, edition.package.created)
    if problems := scan(page.html):
        raise PageError(problems)
    return page


def tile_navigation(entries: Sequence[Mapping[str, object]], words: Words) -> Html | None:
    """The map: one square for each municipality, each region a link; None where no municipality has a place on it.

    ``entries`` give ``region``, ``name``, ``href`` and whether its page is ``made``, in the order of colours.  Regions
    differ in colour and have an outline; the name is said when one is chosen, and the list below gives it in writing.
    """
    tiles = grid(words, PRESENT)
    tiles = tiles[tiles["region"].isin([each["region"] for each in entries])]
    if tiles.empty:
        return None
    at = {(row.row, row.column): row.region for row in named_rows(tiles, _Tile)}
    regions = []
    for number, entry in enumerate(entries, start=1):
        own = tiles[tiles["region"] == entry["region"]]
        count = words.count("municipalities", len(own))
        if len(own):
            regions.append(
                {
                    "number": number,
                    "address": entry["href"] if entry["made"] else "",
                    "said": words.say("index_map_region", name=entry["name"], count=count),
                    "tiles": [_square(row, words) for row in named_rows(own, _Tile)],
                    "outline": "".join(_outline(row, at) for row in named_rows(own, _Tile)),
                }
            )
    width, height = ((tiles[side].max() + 1) * SIDE + 2 * GAP for side in ("column", "row"))
    return piece(
        "map", regions=regions, width=width, height=height, side=SIDE - GAP, gap=GAP, label=words.say("index_map_label")
    )


class _Tile(NamedTuple):
    row: int
    column: int
    region: str
    municipality: str
    label: str


def _square(row: _Tile, words: Words) -> tuple[str, str, bool, int, int]:
    """A square: its full name, what is written on it, whether that is squeezed, and its upper left corner."""
    x, y = row.column * SIDE + GAP // 2, row.row * SIDE + GAP // 2
    return words.place(row.municipality), *_fitting(row.label), x, y


def _fitting(label: str) -> tuple[str, bool]:
    """The label, or as much of its beginning as fits on a square when squeezed, and whether it is; the title is whole.

    >>> _fitting("Bauskas"), _fitting("Dienvidkurzemes"), _fitting("DAUGAVPILS"), _fitting("RĪGA")
    (('Bauskas', False), ('Dienvidkur.', True), ('DAUGAVPILS', True), ('RĪGA', False))
    """
    wide = SMALL_LETTERS if not label.isupper() else CAPITALS
    most = wide + SQUEEZED
    return label if len(label) <= most else label[: most - 1] + ".", len(label) > wide


SMALL_LETTERS, CAPITALS = 9, 8
"""Letters that fit on a square, small ones and capitals."""
SQUEEZED = 2
"""So many more fit when they stand closer, and are still read."""


def _outline(row: _Tile, regions: Mapping[tuple[int, int], str]) -> str:
    """The sides of a square that border on another region, or on none."""
    x, y = row.column * SIDE, row.row * SIDE
    sides = (
        ((-1, 0), f"M{x} {y}h{SIDE}"),
        ((1, 0), f"M{x} {y + SIDE}h{SIDE}"),
        ((0, -1), f"M{x} {y}v{SIDE}"),
        ((0, 1), f"M{x + SIDE} {y}v{SIDE}"),
    )
    return "".join(
        path for (down, across), path in sides if regions.get((row.row + down, row.column + across)) != row.region
    )


def _entry(
    region: str, documents: Mapping[str, str], served: pd.DataFrame, edition: Edition, words: Words
) -> dict[str, Any]:
    """A region on the index: its name leads to its brief, or to its report where there is no brief."""
    paths = {document: place(document, region, words.language) for document in ENDINGS}
    folder = INDEXES[words.language].rpartition("/")[0]
    links = {document: posixpath.relpath(path, folder) for document, path in paths.items() if path in documents}
    first = next((document for document in ("brief", "report") if document in links), "")
    version = documents[paths[first]] if first else ""
    return {
        "region": region,
        "name": words.place(region),
        "href": links.get(first, ""),
        "made": bool(first),
        "more": [(address, words.say(f"page_{document}")) for document, address in links.items() if document != first],
        "older": version if version != edition.package.version else "",
        "lines": index_lines(served, region=region, words=words) if first else [],
    }


def _masthead(edition: Edition, words: Words) -> Html | None:
    if COUNTRY_REGION not in edition.regions:
        return None
    return masthead(
        edition.figures,
        region=COUNTRY_REGION,
        version=edition.package.version,
        created=edition.package.created,
        changed=changes_sentence(*edition.changes, region=COUNTRY_REGION, words=words),
        links=False,
        words=words,
    )


def _version(version: str, edition: Edition, words: Words) -> str:
    issued = publication_of(version, edition.reference)
    date = words.date_long(issued.date, "locative") if issued else words.unknown
    return words.say("index_archive_entry", version=version, date=date)
