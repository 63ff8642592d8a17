"""HTML pieces that charts and sections share: references to sources, tables, downloads.

Everything that comes from data is escaped here; nothing here decides what is said.
"""

from __future__ import annotations

import base64
import csv
import html
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import pandas as pd

from socsvc_analysis.wording import Words

FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
MOST_LINKS = 5
"""More sources than this are folded away, so that a sentence stays readable."""
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
class Html:
    """A piece of a page as a notebook shows it."""

    markup: str
    plain: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.markup, "text/plain": self.plain}


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


def data_table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    words: Words,
    caption: str,
    sources: str = "",
    status: str = "",
    marked: Sequence[bool] | None = None,
) -> str:
    """A real table: caption, column and row headings, numbers to the right, unknown said as unknown.

    The first column heads the rows.  ``sources`` names the column of source codes and adds a column of references;
    ``status`` names the column of statuses whose badge stands beside the last value.
    ``marked`` says which rows are the reader's own.
    """
    heads = [f'<th scope="col"{_css(each)}>{escaped(each.heading)}</th>' for each in columns]
    if sources:
        heads.append(f'<th scope="col">{escaped(words.say("source_column"))}</th>')
    largest = {each.name: frame[each.name].max() for each in columns if each.bar}
    rows = []
    shown = list(dict.fromkeys([*(each.name for each in columns), *filter(None, (sources, status))]))
    records = frame[shown].to_dict("records")
    for record, own in zip(records, marked if marked is not None else repeat(False), strict=False):
        first, *others = columns
        cells = [f'<th scope="row">{escaped(said(record[first.name], first, words))}</th>']
        cells += [_cell(record[each.name], each, words, largest.get(each.name)) for each in others]
        if status:
            mark = badge(record[status], words)
            cells[-1] = cells[-1].replace("</td>", f" {mark}</td>") if mark else cells[-1]
        if sources:
            cells.append(f"<td>{references(record[sources], words)}</td>")
        css = ' class="own"' if own else ""
        rows.append(f"<tr{css}>{''.join(cells)}</tr>")
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escaped(caption)}">'
        f'<table class="data"><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


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
