"""HTML pieces that charts and sections share: references to sources, tables, downloads.

Everything that comes from data is escaped here; nothing here decides what is said.
"""

from __future__ import annotations

import base64
import csv
import html
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import pandas as pd

from socsvc_analysis.wording import Words

FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
MOST_LINKS = 5
"""More sources than this are folded away, so that a sentence stays readable."""
TABLES = "application/vnd.socsvc.tables+json"
"""The data of an output's tables, beside its HTML in an executed notebook."""
BADGED = ("disputed", "provisional", "estimated")


@dataclass(frozen=True)
class Column:
    """One column of a table for readers: which column of the frame, its heading, and how its cells are said.

    ``unit`` is ``text``, or a unit of :meth:`~socsvc_analysis.wording.Words.quantity`; the heading names the unit, so
    cells hold the bare number, except per cent.
    """

    name: str
    heading: str
    unit: str = "text"
    decimals: int = 0
    bar: bool = False
    """Whether each number has a bar in its cell, on one scale from zero to the largest of the column."""


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

    def __str__(self) -> str:
        """A real table: caption, column and row headings, numbers to the right, unknown said as unknown."""
        return _table(self)

    def data(self) -> dict[str, object]:
        """The table as JSON holds it: title, columns, rows of numbers and texts, None where a number is unknown."""
        words = self.words
        shown = list(self.columns)
        if self.heads:
            shown = [Column(self.heads, words.say("chart_column_group")), *shown]
        columns = [(each.heading, each.unit, each.decimals) for each in shown]
        cells = [[_datum(value, each) for value in self.frame[each.name]] for each in shown]
        if self.status:
            columns.append((words.say("chart_column_status"), "text", 0))
            cells.append([words.say(f"status_{each}") if each in BADGED else "" for each in self.frame[self.status]])
        if self.sources:
            columns.append((words.say("source_column"), "sources", 0))
            cells.append([list(dict.fromkeys(codes)) for codes in self.frame[self.sources]])
        return {
            "title": self.caption,
            "subtitle": self.subtitle,
            "columns": [dict(zip(("heading", "unit", "decimals"), each, strict=True)) for each in columns],
            "rows": [list(row) for row in zip(*cells, strict=True)],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Html:
    """A piece of a page as a notebook shows it, and the tables in it."""

    markup: str
    plain: str = ""
    tables: tuple[Table, ...] = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/html": self.markup, "text/plain": self.plain, **travelling(self.tables)}


def together(*parts: str | Table | Html) -> Html:
    """One piece of a page made of several, with the tables of all of them.

    >>> together("<p>", Html("12"), "</p>").markup
    '<p>12</p>'
    """
    tables = [table for part in parts for table in _tables_in(part)]
    markup = "".join(part.markup if isinstance(part, Html) else str(part) for part in parts)
    return Html(markup, tables=tuple(tables))


def _tables_in(part: str | Table | Html) -> tuple[Table, ...]:
    return part.tables if isinstance(part, Html) else (part,) if isinstance(part, Table) else ()


def travelling(tables: Sequence[Table]) -> dict[str, object]:
    """What an output of a notebook holds beside the HTML: the data of its tables; nothing where there are none."""
    return {TABLES: {"tables": [table.data() for table in tables]}} if tables else {}


def escaped(text: object) -> str:
    """Text safe inside HTML and inside a quoted attribute.

    >>> escaped('<b> & "x"')
    '&lt;b&gt; &amp; &quot;x&quot;'
    """
    return html.escape(str(text), quote=True)


def absence(key: str, region: str, words: Words, case: str = "nominative", **values: object) -> Html:
    """The sentence ``key`` about what a region does not have, in place of what would be shown."""
    sentence = words.say(key, place=words.place(region, case), **values)
    return Html(f'<p class="absence">{escaped(sentence)}</p>', plain=sentence)


def references(sources: Iterable[str], words: Words) -> str:
    """Links to the page's list of sources, one for each code, by number and once.

    The number of a source is its place in the table of sources, so it is the same on every page.

    >>> from types import SimpleNamespace
    >>> tables = SimpleNamespace(sources=pd.DataFrame({"source": ["lm_letter_2019", "csp_2020"]}))
    >>> references(["csp_2020", "lm_letter_2019", "csp_2020"], Words("lv", tables))
    '<a class="ref" href="#source-lm_letter_2019">[1]</a> <a class="ref" href="#source-csp_2020">[2]</a>'
    """
    numbers = {words.source_number(code): code for code in sources}
    links = " ".join(
        f'<a class="ref" href="#source-{escaped(code)}">[{number}]</a>' for number, code in sorted(numbers.items())
    )
    if len(numbers) <= MOST_LINKS:
        return links
    summary = words.say("many_sources", n=len(numbers), count=words.number(len(numbers)))
    return f'<details class="refs"><summary>{escaped(summary)}</summary> {links}</details>'


def source_line(sources: Iterable[str], words: Words, css: str = "chart-source") -> str:
    """The line that says where the numbers come from."""
    return f'<div class="{css}">{escaped(words.say("source_line"))} {references(sources, words)}</div>'


def badge(status: str, words: Words) -> str:
    """A mark for a figure that cannot be relied on fully; nothing for a normal one."""
    if status not in BADGED:
        return ""
    return f'<span class="badge badge-{status}">{escaped(words.say("status_" + status))}</span>'


def footnotes(codes: Iterable[str], words: Words) -> list[str]:
    """The notes' sentences, each once, in the order first met."""
    return [words.note(code) for code in dict.fromkeys(codes)]


def gathered(frame: pd.DataFrame, column: str) -> list[str]:
    """All codes in a column of tuples (``sources`` or ``notes``), each once, in the order first met."""
    return list(dict.fromkeys(code for cell in frame[column] for code in cell))


def _table(table: Table) -> str:
    columns, words, caption = table.columns, table.words, escaped(table.caption)
    headings = [f'<th scope="col"{_css(each)}>{escaped(each.heading)}</th>' for each in columns]
    if table.sources:
        headings.append(f'<th scope="col">{escaped(words.say("source_column"))}</th>')
    largest = {each.name: table.frame[each.name].max() for each in columns if each.bar}
    bodies: list[list[str]] = [] if table.heads else [[]]
    above = None
    shown = [each.name for each in columns] + [each for each in (table.heads, table.sources, table.status) if each]
    records = table.frame[list(dict.fromkeys(shown))].to_dict("records")
    for record, own in zip(records, table.marked if table.marked is not None else repeat(False), strict=False):
        if table.heads and record[table.heads] != above:
            above = record[table.heads]
            bodies.append([f'<tr><th scope="rowgroup" colspan="{len(headings)}">{escaped(above)}</th></tr>'])
        bodies[-1].append(_row(record, table, largest, own))
    body = "".join(f"<tbody>{''.join(rows)}</tbody>" for rows in bodies)
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{caption}">'
        f'<table class="data"><caption>{caption}</caption>'
        f"<thead><tr>{''.join(headings)}</tr></thead>{body}</table></div>"
    )


def _row(record: Mapping[str, object], table: Table, largest: Mapping[str, float], own: bool) -> str:
    words = table.words
    first, *others = table.columns
    cells = [f'<th scope="row">{escaped(said(record[first.name], first, words))}</th>']
    cells += [_cell(record[each.name], each, words, largest.get(each.name)) for each in others]
    if table.status:
        mark = badge(record[table.status], words)
        cells[-1] = cells[-1].replace("</td>", f" {mark}</td>") if mark else cells[-1]
    if table.sources:
        cells.append(f"<td>{references(record[table.sources], words)}</td>")
    css = ' class="own"' if own else ""
    return f"<tr{css}>{''.join(cells)}</tr>"


def said(value: object, column: Column, words: Words) -> str:
    """One cell as a reader sees it."""
    if column.unit == "text":
        return str(value)
    if column.unit == "percent":
        return words.percent(value, column.decimals)
    # A small number that is no whole one would lose what matters: 1.8 of 2.0 are not 2 of 2.
    small = column.unit == "figures" and not pd.isna(value) and abs(value) < 10 and value % 1
    return words.number(value, max(column.decimals, 1) if small else column.decimals)


def csv_link(frame: pd.DataFrame, columns: Sequence[Column], words: Words, name: str) -> str:
    """A download of the rows that works without any server: a data link."""
    content = base64.b64encode(csv_bytes(frame, columns)).decode("ascii")
    return (
        f'<a class="download" download="{escaped(name)}.csv" href="data:text/csv;base64,{content}">'
        f"{escaped(words.say('download_csv'))}</a>"
    )


def svg_link(svg: str, words: Words, name: str) -> str:
    """A download of a picture that works without any server: a data link."""
    content = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return (
        f'<a class="download" download="{escaped(name)}.svg" href="data:image/svg+xml;base64,{content}">'
        f"{escaped(words.say('download_svg'))}</a>"
    )


def csv_bytes(frame: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    """The rows as CSV with the headings that readers know and plain numbers; UTF-8 with a mark for spreadsheets.

    Text that a spreadsheet would take for a formula is neutralised.

    >>> columns = [Column("x", "What"), Column("n", "Places", "places")]
    >>> print(csv_bytes(pd.DataFrame({"x": ["=1+1"], "n": [2.0]}), columns).decode("utf-8-sig"), end="")
    What,Places
    '=1+1,2
    """
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(each.heading for each in columns)
    cells = (map(neutral if each.unit == "text" else _plain_number, frame[each.name].tolist()) for each in columns)
    rows.writerows(zip(*cells, strict=True))
    return buffer.getvalue().encode("utf-8-sig")


def neutral(text: object) -> str:
    """Text that no spreadsheet runs as a formula."""
    text = str(text)
    return "'" + text if text.startswith(FORMULA_START) else text


def _datum(value: object, column: Column) -> str | float | int | None:
    """One cell as data: a text, or a number; None where it is unknown."""
    if column.unit == "text":
        return str(value)
    if pd.isna(value):
        return None
    return float(value) if value % 1 else int(value)


def _plain_number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.12g}" if value % 1 else f"{value:.0f}"


def _cell(value: object, column: Column, words: Words, largest: float | None = None) -> str:
    unknown = column.unit != "text" and pd.isna(value)
    css = ' class="unknown"' if unknown else _css(column)
    # The number is said beside its bar, so the bar says nothing more to who cannot see it.
    bar = (
        f'<span class="cell-bar" style="width:{value / largest * 100:.0f}%"></span>' if largest and not unknown else ""
    )
    return f"<td{css}>{escaped(said(value, column, words))}{bar}</td>"


def _css(column: Column) -> str:
    return "" if column.unit == "text" else ' class="number"'
