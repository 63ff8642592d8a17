"""Pieces of pages that charts and sections show: HTML from one file of macros, and what travels beside it.

``markup.html.j2`` has the macros, which escape all text; nothing here or there decides what is said.  A piece
remembers its sources, tables and text, so a page that shows it need not read its HTML.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import groupby, repeat
from types import SimpleNamespace
from typing import Any, Protocol, TypedDict

import jinja2
import pandas as pd
from markupsafe import Markup

from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column, cell_text, datum, or_hidden, readable_csv, values_of
from socsvc_analysis.disclosure import door
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words

SVG = "image/svg+xml"
EDITION = "<!--edition-->"
"""Where a picture has room for the version of the data, which only the page that shows it knows."""
MOST_LINKS = 5
"""More sources than this are folded away, so that a sentence stays readable."""
PAGE = "application/vnd.socsvc.page+json"
"""What a page must know of an output, beside its HTML in an executed notebook: see :meth:`Html.beside`."""
HIDE_FROM_PAGE = "hide-from-page"
"""Tag of the cells, and of the outputs, that only those see who open the notebook."""
BADGED = ("disputed", "provisional", "estimated")

Datum = str | float | int | list[str] | None
"""A cell of a table as JSON holds it."""


class ColumnData(TypedDict):
    """A column of a table as JSON holds it."""

    heading: str
    unit: str
    decimals: int


class TableData(TypedDict):
    """A table as JSON holds it."""

    title: str
    subtitle: str
    columns: list[ColumnData]
    rows: list[list[Datum]]
    notes: list[str]


@dataclass(frozen=True)
class Table:
    """A table for readers, as HTML (its text) and as data that travel beside the HTML.

    The first of ``columns`` heads the rows of ``frame``.  ``sources`` names the column of source codes and adds a
    column of references; ``status`` names the column of statuses whose badge stands beside the last value.  ``marked``
    says which rows are the reader's own; rows that follow each other and agree in the column ``heads`` stand under a
    heading that says it.  ``subtitle`` and ``notes`` are what the page says above and below the table.
    """

    frame: pd.DataFrame
    columns: Sequence[Column]
    words: Words
    caption: str
    sources: str = ""
    status: str = ""
    marked: Sequence[bool] | None = None
    heads: str = ""
    subtitle: str = ""
    notes: Sequence[str] = ()

    def __html__(self) -> str:
        """A real table: caption, column and row headings, numbers to the right, unknown said as unknown."""
        _Gathered.current().tables.append(self)
        columns = [(each.heading, _css(each)) for each in self.columns]
        if self.sources:
            columns.append((self.words.say("source_column"), ""))
        return _macro("table", table=self, columns=columns, bodies=self._bodies(), words=self.words)

    def _bodies(self) -> Iterator[tuple[str | None, list[SimpleNamespace]]]:
        """The rows as they stand under each heading; one body without a heading where rows have none."""
        shown = [each.name for each in self.columns] + [each.status for each in self.columns]
        shown += [self.heads, self.sources, self.status]
        cells = records(self.frame[list(dict.fromkeys(filter(None, shown)))])
        own = self.marked if self.marked is not None else repeat(False)
        largest = {each.name: self.frame[each.name].max() for each in self.columns if each.bar}
        rows = ((record, self._row(record, largest, marked)) for record, marked in zip(cells, own, strict=False))
        if not self.heads:
            yield None, [row for _, row in rows]
            return
        for above, group in groupby(rows, key=lambda each: each[0][self.heads]):
            yield above, [row for _, row in group]

    def _row(self, record: Mapping[str, Any], largest: Mapping[str, float], own: bool) -> SimpleNamespace:
        first, *others = self.columns
        return SimpleNamespace(
            own=own,
            first=cell_text(record[first.name], first, self.words),
            cells=[
                _cell(or_hidden(record[each.name], record.get(each.status)), each, self.words, largest.get(each.name))
                for each in others
            ],
            status=record[self.status] if self.status else "",
            sources=record[self.sources] if self.sources else (),
        )

    def data(self) -> TableData:
        """The table as JSON holds it: title, columns, rows of numbers and texts, None where a number is unknown."""
        words = self.words
        shown = list(self.columns)
        if self.heads:
            shown = [Column(self.heads, words.say("chart_column_group")), *shown]
        columns = [(each.heading, each.unit, each.decimals) for each in shown]
        cells: list[list[Datum]] = [self._data_of(each) for each in shown]
        if self.status:
            columns.append((words.say("chart_column_status"), "text", 0))
            cells.append([words.say(f"status_{each}") if each in BADGED else "" for each in self.frame[self.status]])
        if self.sources:
            columns.append((words.say("source_column"), "sources", 0))
            cells.append([list(dict.fromkeys(codes)) for codes in self.frame[self.sources]])
        return {
            "title": self.caption,
            "subtitle": self.subtitle,
            "columns": [{"heading": head, "unit": unit, "decimals": decimals} for head, unit, decimals in columns],
            "rows": [list(row) for row in zip(*cells, strict=True)],
            "notes": list(self.notes),
        }

    def _data_of(self, column: Column) -> list[Datum]:
        values = values_of(self.frame, column)
        return [self.words.not_shown if value is HIDDEN else datum(value, column) for value in values]


@dataclass(frozen=True)
class Html:
    """A piece of a page as a notebook shows it, with what it says, the tables in it, and the sources it refers to.

    ``absent`` pieces say that there is nothing to show; a page may tell all of those in one place.
    """

    markup: str
    plain: str = ""
    tables: tuple[Table, ...] = ()
    sources: tuple[str, ...] = ()
    absent: bool = False
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Pictures to take out of the page, as SVG, by the names of their files."""
    indicators: tuple[str, ...] = ()
    """Whose numbers it shows, where that depends on the data: a brief defines these."""

    def __str__(self) -> str:
        return self.markup

    def __html__(self) -> str:
        gathered = _Gathered.current()
        gathered.text.append(self.plain)
        gathered.tables += self.tables
        gathered.sources += self.sources
        gathered.pictures |= self.pictures
        return self.markup

    def beside(self) -> dict[str, object]:
        """What travels beside the HTML: codes of sources, tables, pictures, whether it only says what is absent."""
        return {
            "sources": list(self.sources),
            "tables": [table.data() for table in self.tables],
            "absent": self.absent,
            "pictures": dict(self.pictures),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/html": self.markup, "text/plain": self.plain, PAGE: self.beside()}


class Shown(Protocol):
    """Whatever a page can show: pieces, tables, charts."""

    def __html__(self) -> str: ...


@dataclass
class _Gathered:
    """What has been said, shown and referred to in the piece that is being made."""

    text: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)

    @classmethod
    def current(cls) -> _Gathered:
        return _GATHERED.get() or cls()


_GATHERED: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


def piece(macro: str, /, *, plain: str = "", **values: object) -> Html:
    """The piece that ``macro`` of ``markup.html.j2`` makes of ``values``, with what is gathered while it is made.

    ``plain`` is what it says without any markup (default: all of its text).

    >>> made = piece("listing", items=["one & only", "two"])
    >>> made.markup, made.plain
    ('<ul><li>one &amp; only</li><li>two</li></ul>', 'one & only two')
    """
    door.pass_through()
    with _gathering() as gathered:
        markup = _macro(macro, **values)
    text = plain or " ".join(each for each in gathered.text if each)
    return Html(
        str(markup), text, tuple(gathered.tables), tuple(dict.fromkeys(gathered.sources)), pictures=gathered.pictures
    )


def together(*parts: Shown) -> Html:
    """One piece made of several, one after the other.

    >>> together(piece("paragraph", sentence="12"), piece("paragraph", sentence="13")).markup
    '<p>12</p><p>13</p>'
    """
    return piece("together", parts=parts)


def absent(sentence: str) -> Html:
    """The sentence that stands where nothing can be shown."""
    return replace(piece("absence", sentence=sentence), absent=True)


def absent_in(key: str, region: str, words: Words, case: str = "nominative", **values: object) -> Html:
    """The sentence ``key`` about what a region does not have, in place of what would be shown."""
    return absent(words.say(key, place=words.place(region, case), **values))


@contextmanager
def _gathering() -> Iterator[_Gathered]:
    gathered = _Gathered()
    before = _GATHERED.set(gathered)
    try:
        yield gathered
    finally:
        _GATHERED.reset(before)


def _macro(name: str, /, **values: object) -> Markup:
    made: Markup = getattr(_macros(), name)(**values)
    return made


@cache
def _macros() -> object:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: files("socsvc_analysis").joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_remember_text,
    )
    environment.globals.update(cited=_cited, badged=BADGED, most_links=MOST_LINKS)
    return environment.get_template("markup.html.j2").module


def _remember_text(value: object) -> object:
    """Remember what is printed as text; what is markup already is a tag, an attribute, or has been remembered."""
    if type(value) is str:
        _Gathered.current().text.append(value)
    return value


def _cited(sources: Iterable[str], words: Words) -> list[int]:
    """The numbers of the sources, each once; that they are referred to is remembered.

    The number of a source is its place in the table of sources, so it is the same on every page.
    """
    codes = list(dict.fromkeys(sources))
    _Gathered.current().sources.extend(codes)
    return sorted(words.source_number(code) for code in codes)


def footnotes(codes: Iterable[str], words: Words) -> list[str]:
    """The notes' sentences, each once, in the order first met."""
    return [words.note(code) for code in dict.fromkeys(codes)]


def gathered(frame: pd.DataFrame, column: str) -> list[str]:
    """All codes in a column of tuples (``sources`` or ``notes``), each once, in the order first met."""
    return list(dict.fromkeys(code for cell in frame[column] for code in cell))


def csv_link(frame: pd.DataFrame, columns: Sequence[Column], words: Words, name: str) -> Html:
    """A download of the rows that works without any server: a data link."""
    return _download("text/csv", readable_csv(frame, columns, words), f"{name}.csv", words.say("download_csv"))


def svg_link(svg: str, words: Words, name: str) -> Html:
    """A download of a picture that works without any server, and a link to the same as PNG where the page has it."""
    made = _download(SVG, svg.encode("utf-8"), f"{name}.svg", words.say("download_svg"))
    return replace(made, pictures={name: svg})


def picture_place(name: str, folder: str = "") -> str:
    """Where the PNG of a picture is, seen from a page; a chart does not know in which folder its page keeps it.

    >>> picture_place("zemgale-places-lv", "zemgale/brief/")
    'pictures/zemgale/brief/zemgale-places-lv.png'
    """
    return f"pictures/{folder}{name}.png"


def _download(kind: str, content: bytes, file: str, text: str) -> Html:
    return piece("download", address=address_of(kind, content), file=file, text=text)


def address_of(kind: str, content: bytes) -> str:
    """The address of a link that holds what it hands out."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _cell(value: Any, column: Column, words: Words, largest: float | None = None) -> tuple[str, str, str | None]:
    """What a cell says, its class, and the length of its bar in per cent; None where it has none."""
    unknown = value is HIDDEN or (column.unit != "text" and pd.isna(value))
    bar = f"{value / largest * 100:.0f}" if largest and not unknown else None
    css = "unknown hidden" if value is HIDDEN else "unknown" if unknown else _css(column)
    return cell_text(value, column, words), css, bar


def _css(column: Column) -> str:
    return "" if column.unit == "text" else "number"
