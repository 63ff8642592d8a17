"""A chart as readers get it: finding, measure, picture for wide and narrow pages, sources, table twin and download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

import pandas as pd
from matplotlib import rcParams
from matplotlib.figure import Figure

from socsvc_analysis.charts.frames import FRAMES
from socsvc_analysis.charts.palette import UNCERTAIN
from socsvc_analysis.charts.texts import credit, span, status_mark, unit_text
from socsvc_analysis.columns import Column
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.drawing.bars import Bar, Bars, ReferenceLine
from socsvc_analysis.drawing.letters import letter_size, line_height, wrapped
from socsvc_analysis.drawing.panels import Entry, Legend, Panel, compose
from socsvc_analysis.drawing.style import in_house_style
from socsvc_analysis.drawing.svg import contents, opening
from socsvc_analysis.indicators.enough import FEWEST_COMPARED
from socsvc_analysis.markup import (
    BADGED,
    EDITION,
    Html,
    Table,
    absent,
    csv_link,
    footnotes,
    gathered,
    picture_place,
    piece,
    svg_link,
)
from socsvc_analysis.project import here
from socsvc_analysis.reference import open_reference, region_code
from socsvc_analysis.wording import Words, in_language, sentence_case

WIDE, NARROW = 7.2, 3.4
"""Widths in inches of the picture for a page and of the one for a telephone (a page of 320 pixels)."""
LARGEST = {"wide": 1.5, "narrow": 1.7}
"""How far a picture may grow on its page before its letters would look larger than the text."""


class Absence(Html):
    """What a page says where nothing is published."""

    def brief(self) -> Absence:
        """The same: there is nothing to shorten."""
        return self


@dataclass(frozen=True)
class Chart:
    """A picture with its words and numbers.

    ``key`` is a word, unique on its page: the HTML id and, with ``region``, the name of the files to download.
    ``title`` says the finding, ``subtitle`` measure, place, period and unit, ``alt`` kind of chart, subject and
    finding.  ``draw(figure, width)`` draws on a bare figure for a width in inches and sets its height.  ``data`` holds
    the numbers with ``columns`` for the table twin, a column ``sources`` (tuples of codes) and, if named, a column of
    statuses.
    """

    key: str
    title: str
    subtitle: str
    alt: str
    draw: Callable[[Figure, float], None] = field(repr=False)
    data: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    words: Words = field(repr=False)
    status: str = ""
    region: str = ""
    folded: bool = False
    """Whether footnotes are folded away until wanted."""
    pictured: bool = True
    """Whether there is enough to compare for a picture; else a page shows the table alone."""
    edition: str = EDITION
    """What its picture as a file says of the version of the data; whoever shows it puts that in the place of this."""

    def brief(self) -> Chart:
        """The chart as a brief shows it, its footnotes folded."""
        return replace(self, folded=True)

    def figure(self, width: float = WIDE) -> Figure:
        """The picture as a matplotlib figure."""
        with in_house_style():
            figure = Figure()
            self.draw(figure, width)
        return figure

    def svg(self, variant: str = "wide") -> str:
        """The picture as SVG for inside a page: ``wide``, or ``narrow`` with its own layout.

        Equal charts give equal text, and no id meets one of another chart or variant.
        """
        body, width, height = self._wide if variant == "wide" else self._drawn(variant)
        # The size of the letters on a page stays near that of its text, however wide the page is.
        return (
            f'{opening(self.alt, 0, width, height)} width="100%" '
            f'style="max-width: {width * LARGEST[variant]:.0f}px">{body}</svg>'
        )

    def picture(self) -> str:
        """The wide picture as a file of its own: on white, title and subtitle above it, notes and sources below."""
        body, width, height = self._wide
        above = self._written([(self.title, True, "normal"), (self.subtitle, False, "small")], width)
        under = [(text, False, "small") for text in (*self.notes, credit(self.sources, self.words))]
        below = self._written(under, width)
        with in_house_style():
            line, ground, letters = line_height(), rcParams["figure.facecolor"], letter_size("small")
        top = (len(above) + 1) * line
        end = height + line * (len(below) + 1.5)
        made = piece(
            "picture_file",
            opening=f'{opening(self.alt, -top, width, top + end)} width="{width:g}" height="{top + end:.1f}">',
            title=self.title,
            width=f"{width:g}",
            height=f"{end:.1f}",
            top=f"{-top:.1f}",
            ground=ground,
            lines=[
                (f"{(at + 1) * line - start:.1f}", text, f"{size:g}", weight)
                for lines, start in ((above, top), (below, -height))
                for at, (text, size, weight) in enumerate(lines)
            ],
            edition=(f"{height + line * (len(below) + 1):.1f}", f"{letters:g}", self.edition),
            body=body,
        )
        return made.markup

    @staticmethod
    def _written(texts: Sequence[tuple[str, bool, str]], width: float) -> list[tuple[str, float, str]]:
        """Texts, bold or not and of a size, in lines that fit ``width``: text, size in pixels and weight."""
        with in_house_style():
            return [
                (line, letter_size(size), "bold" if bold else "normal")
                for text, bold, size in texts
                for line in wrapped(text, width - 2 * line_height(), bold, size)
            ]

    def html(self) -> Html:
        """The whole ``<figure>``."""
        return piece("chart", chart=self, words=self.words)

    def __html__(self) -> str:
        return self.html().__html__()

    def csv_link(self) -> Html:
        """The numbers as a file to download."""
        return csv_link(*self._download(), self.words, self._file_name())

    def svg_link(self) -> Html:
        """The picture as a file to download."""
        return svg_link(self.picture(), self.words, self._file_name())

    @property
    def png(self) -> str:
        """The picture as PNG, as pages name it before they know where it is."""
        return picture_place(self._file_name())

    @property
    def table(self) -> Table:
        """The numbers of the picture."""
        return Table(
            self.data,
            self.columns,
            self.words,
            self.title,
            sources="sources",
            status=self.status,
            subtitle=self.subtitle,
            notes=self.notes,
        )

    @cached_property
    def _wide(self) -> tuple[str, float, float]:
        """The wide picture is drawn once for the page and for the file to download."""
        return self._drawn("wide")

    def _drawn(self, variant: str) -> tuple[str, float, float]:
        width = {"wide": WIDE, "narrow": NARROW}[variant]
        with in_house_style():
            figure = Figure()
            self.draw(figure, width)
            return contents(figure, f"{self.key}-{variant}")

    def _file_name(self) -> str:
        return "-".join(part for part in (self.region, self.key, self.words.language) if part)

    def _download(self) -> tuple[pd.DataFrame, tuple[Column, ...]]:
        words = self.words
        rows = self.data.assign(_sources=[" ".join(codes) for codes in self.data["sources"]])
        columns = self.columns
        if self.status:
            rows = rows.assign(_status=[_status_text(status, words) for status in rows[self.status]])
            columns += (Column("_status", words.say("chart_column_status")),)
        return rows, (*columns, Column("_sources", words.say("source_column")))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return self.html()._repr_mimebundle_()


def chart(
    key: str,
    values: pd.DataFrame,
    words: Words,
    panels: Iterable[Panel],
    *,
    title: str,
    measure: str,
    region: str,
    kind: str,
    columns: Sequence[Column],
    legend: Iterable[Entry] = (),
    beside: int = 1,
    data: pd.DataFrame | None = None,
    also: Iterable[str] = (),
    notes: Iterable[str] = (),
    place: str = "",
    dated: bool = True,
    compared: int | None = None,
) -> Chart:
    """Puts a chart together from ``values``: subtitle, alternative text, sources, footnotes and marks of status.

    The picture has the ``panels`` under their ``legend``, as many of them ``beside`` each other as its width lets.
    ``measure`` says what is measured and in which unit; ``also`` adds to the subtitle; ``kind`` is the message key of
    the kind of chart; ``notes`` come before the footnotes that the values carry.  ``data`` are the rows of the table
    (default: the values); what their codes say is added where ``columns`` ask for it.
    ``place`` is said where the values are not of the whole region; ``dated=False`` leaves the time out where each part
    has its own.  ``compared`` says how many values stand on one scale (default: the known ones); fewer than
    :data:`~socsvc_analysis.indicators.enough.FEWEST_COMPARED` make no picture.
    """
    above = [Legend(entries)] if (entries := tuple(legend)) else []
    parts = [measure, place or words.place(region), span(values["period"], words) if dated else "", *also]
    subtitle = ", ".join(part for part in parts if part)
    title = sentence_case(title)
    rows = values if data is None else data
    return Chart(
        key=key,
        title=title,
        subtitle=sentence_case(subtitle),
        alt=words.say("chart_alt", kind=words.say(kind), finding=title, subject=subtitle.removesuffix(".")),
        draw=partial(compose, panels=[*above, *panels], columns=beside),
        data=_in_words(rows, [column.name for column in columns], words).reset_index(drop=True),
        columns=tuple(_with_status(column, data) for column in columns),
        sources=tuple(sorted(gathered(values, "sources"))),
        notes=(
            *notes,
            *_spelled_out(title, values, words),
            *_status_notes(values["status"], words),
            *footnotes(gathered(values, "notes"), words),
        ),
        words=words,
        status="status" if (data is None or "status" in data) else "",
        region=region,
        pictured=_compared(values, compared) >= FEWEST_COMPARED,
    )


def _in_words(rows: pd.DataFrame, names: Iterable[str], words: Words) -> pd.DataFrame:
    """``rows`` with what their codes say, in those columns of ``names`` that they do not have yet.

    ``place`` says the column ``territory``, ``group`` the target group, ``service`` its type, ``period_text``,
    ``kind_text`` and ``unit_text`` the columns without ``_text``.
    """
    says: dict[str, tuple[str, Callable[[str], str]]] = {
        "place": ("territory", words.place),
        "group": ("target_group", partial(words.title, "target_groups")),
        "service": ("service_type", partial(words.title, "service_types")),
        "period_text": ("period", lambda period: words.period(period) if period else ""),
        "kind_text": ("kind", lambda kind: words.say(f"chart_kind_of_{kind}")),
        "unit_text": ("unit", lambda unit: unit_text(unit, words)),
    }
    wanted = {name: says[name] for name in names if name in says and name not in rows}
    return rows.assign(
        **{name: [sentence_case(say(code)) for code in rows[codes]] for name, (codes, say) in wanted.items()}
    )


def _with_status(column: Column, data: pd.DataFrame | None) -> Column:
    """A column of numbers says of a hidden one that it is not shown, not that nobody knows it."""
    told = column.unit != "text" and not column.status and (data is None or "status" in data)
    return replace(column, status="status") if told else column


def bar_chart(
    key: str,
    values: pd.DataFrame,
    words: Words,
    bars: Iterable[Bar],
    *,
    references: Iterable[ReferenceLine] = (),
    below: Iterable[Panel] = (),
    kind: str = "chart_kind_bars",
    **told: Any,
) -> Chart:
    """A :func:`chart` of ``bars`` on one scale, with lines to compare with and what stands ``below`` them.

    ``told`` are the title, measure, columns, legend and the other words of :func:`chart`.
    """
    return chart(key, values, words, [Bars(tuple(bars), tuple(references)), *below], kind=kind, **told)


Shown = TypeVar("Shown", bound=Chart | Absence)


def in_either_language(draw: Callable[..., Shown]) -> Callable[..., Shown]:
    """Lets a chart be asked for in a ``language`` (``lv`` or ``en``) where there are no ``words`` yet.

    The names are those of ``data`` (as ``open_data()`` gives them), by default of the data of the folder one works in.
    An unknown language or region is a :class:`~socsvc_analysis.schema.DataError` with the known ones.
    """

    @wraps(draw)
    def shown(
        *values: pd.DataFrame,
        region: str,
        words: Words | None = None,
        language: str = "lv",
        data: Dataset | None = None,
        **more: object,
    ) -> Shown:
        if words is None:
            words = in_language(language, data.reference if data else open_reference(here().data))
        for each in values:
            if draw.__name__ in FRAMES:
                FRAMES[draw.__name__].refuse_others(each, more)
        region_code(region, words.reference.regions)
        return draw(*values, region=region, words=words, **more)

    own = signature(draw)
    kept = [each.replace(default=None) if each.name == "words" else each for each in own.parameters.values()]
    language = Parameter("language", Parameter.KEYWORD_ONLY, default="lv", annotation="str")
    data = Parameter("data", Parameter.KEYWORD_ONLY, default=None, annotation="Dataset | None")
    # What help() and inspect look at; types know of no such attribute of a function.
    shown.__signature__ = own.replace(parameters=[*kept, language, data])  # type: ignore[attr-defined]
    return shown


def _compared(values: pd.DataFrame, compared: int | None) -> int:
    """How many values stand on one scale; a frame without a column of values is a picture of something else."""
    if compared is not None:
        return compared
    return int(values["value"].notna().sum()) if "value" in values else FEWEST_COMPARED


def absence(key: str, region: str, words: Words, **more: str) -> Absence:
    """The sentence that says what is not published for the region; ``more`` fills its other gaps."""
    sentence = absent(sentence_case(words.say(key, place=words.place(region, "locative"), **more)))
    return Absence(sentence.markup, sentence.plain, absent=True)


def _spelled_out(title: str, values: pd.DataFrame, words: Words) -> list[str]:
    """The full names of the target groups that a title names in short: a heading has no room for them."""
    groups = dict.fromkeys(values["target_group"]) if "target_group" in values else ()
    return [
        words.say("chart_spelled_out", short=sentence_case(short), full=words.title("target_groups", group))
        for group in groups
        for short in [words.short("target_groups", group)]
        if short.casefold() in title.casefold() and _abbreviates(short)
    ]


def _abbreviates(name: str) -> bool:
    """Whether a name has a word all in capitals."""
    return any(len(word) > 1 and word.isupper() for word in name.split())


def _status_notes(statuses: Iterable[str], words: Words) -> list[str]:
    found = set(statuses)
    return [f"{status_mark(status)} {words.say('chart_' + status)}" for status in UNCERTAIN if status in found]


def _status_text(status: str, words: Words) -> str:
    return words.say("status_" + status) if status in BADGED else ""
