"""A chart as readers get it: finding, measure, picture for wide and narrow pages, sources, table twin and download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files

import matplotlib
import pandas as pd
from matplotlib import rcParams
from matplotlib.figure import Figure

from socsvc_analysis.charts import vector
from socsvc_analysis.charts.palette import UNCERTAIN
from socsvc_analysis.charts.panels import letter_size, line_height, wrapped
from socsvc_analysis.indicators.registry import UNCOUNTED, Indicator
from socsvc_analysis.markup import BADGED, Column, Html, Table, absent, csv_link, footnotes, gathered, piece, svg_link
from socsvc_analysis.reference import COUNTRY_REGION, region_code
from socsvc_analysis.wording import Words, sentence_case

WIDE, NARROW = 7.2, 3.4
"""Widths in inches of the picture for a page and of the one for a telephone (a page of 320 pixels)."""
LARGEST = {"wide": 1.5, "narrow": 1.7}
"""How far a picture may grow on its page before its letters would look larger than the text."""
STYLE = str(files("socsvc_analysis.charts").joinpath("house.mplstyle"))
FEWEST_COMPARED = 3
"""Values on one scale from which a picture says more than a table."""
MARKS = {"provisional": "*", "estimated": "‡", "disputed": "†"}


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
            f'{vector.opening(self.alt, 0, width, height)} width="100%" '
            f'style="max-width: {width * LARGEST[variant]:.0f}px">{body}</svg>'
        )

    def picture(self) -> str:
        """The wide picture as a file of its own: on white, with title and subtitle above it."""
        body, width, height = self._wide
        top, lines = 0.0, []
        with in_house_style():
            for text, bold, size in ((self.title, True, "normal"), (self.subtitle, False, "small")):
                for line in wrapped(text, width - 2 * line_height(), bold, size):
                    top += line_height()
                    lines.append((top, line, letter_size(size), "bold" if bold else "normal"))
            above, ground = top + line_height(), rcParams["figure.facecolor"]
        made = piece(
            "picture_file",
            opening=f'{vector.opening(self.alt, -above, width, height + above)} width="{width:g}" '
            f'height="{height + above:.1f}">',
            title=self.title,
            width=f"{width:g}",
            height=f"{height:g}",
            top=f"{-above:.1f}",
            ground=ground,
            lines=[(f"{y - above:.1f}", line, f"{size:g}", weight) for y, line, size, weight in lines],
            body=body,
        )
        return made.markup

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
            return vector.contents(figure, f"{self.key}-{variant}")

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


def in_house_style() -> AbstractContextManager[None]:
    """A context in which matplotlib draws and saves as ``house.mplstyle`` says, whatever was set before."""
    # matplotlib checks each value that is set: only what differs is.
    return matplotlib.rc_context({name: value for name, value in _house_style().items() if rcParams[name] != value})


@cache
def _house_style() -> dict[str, object]:
    """All that can be set: matplotlib's own defaults, and the house's over them; which files are written stays."""
    return {name: value for name, value in matplotlib.rc_params_from_file(STYLE).items() if name != "backend"}


def chart(
    key: str,
    values: pd.DataFrame,
    words: Words,
    *,
    title: str,
    measure: str,
    region: str,
    kind: str,
    draw: Callable[[Figure, float], None],
    columns: Sequence[Column],
    data: pd.DataFrame | None = None,
    also: Iterable[str] = (),
    notes: Iterable[str] = (),
    place: str = "",
    dated: bool = True,
    compared: int | None = None,
) -> Chart:
    """Puts a chart together from ``values``: subtitle, alternative text, sources, footnotes and marks of status.

    ``measure`` says what is measured and in which unit; ``also`` adds to the subtitle; ``kind`` is the message key of
    the kind of chart; ``notes`` come before the footnotes that the values carry.  ``place`` is said where the values
    are not of the whole region; ``dated=False`` leaves the time out where each part has its own.  ``compared`` says how
    many values stand on one scale (default: the known ones); fewer than :data:`FEWEST_COMPARED` make no picture.
    """
    said = [measure, place or words.place(region), span(values["period"], words) if dated else "", *also]
    subtitle = ", ".join(part for part in said if part)
    title = sentence_case(title)
    return Chart(
        key=key,
        title=title,
        subtitle=sentence_case(subtitle),
        alt=words.say("chart_alt", kind=words.say(kind), finding=title, subject=subtitle.removesuffix(".")),
        draw=draw,
        data=(values if data is None else data).reset_index(drop=True),
        columns=tuple(columns),
        sources=tuple(sorted(gathered(values, "sources"))),
        notes=(*notes, *_status_notes(values["status"], words), *footnotes(gathered(values, "notes"), words)),
        words=words,
        status="status" if (data is None or "status" in data) else "",
        region=region,
        pictured=_compared(values, compared) >= FEWEST_COMPARED,
    )


def _compared(values: pd.DataFrame, compared: int | None) -> int:
    """How many values stand on one scale; a frame without a column of values is a picture of something else."""
    if compared is not None:
        return compared
    return int(values["value"].notna().sum()) if "value" in values else FEWEST_COMPARED


def absence(key: str, region: str, words: Words, **more: str) -> Absence:
    """The sentence that says what is not published for the region; ``more`` fills its other gaps."""
    said = absent(sentence_case(words.say(key, place=words.place(region, "locative"), **more)))
    return Absence(said.markup, said.plain, absent=True)


def group_text(values: pd.DataFrame, words: Words) -> tuple[str, ...]:
    """For the subtitle: the target group of which all values are; nothing where they are of all people or several."""
    groups = set(values["target_group"])
    return (words.title("target_groups", *groups),) if len(groups) == 1 and groups != {"all"} else ()


def rate_subject(values: pd.DataFrame, indicator: Indicator, words: Words) -> tuple[str, ...]:
    """For the subtitle of rates: the group of which they are, and the unit of a percentage; other titles say theirs."""
    unit = (unit_text(indicator.unit, words),) if indicator.unit == "percent" else ()
    return (*group_text(values, words), *unit)


def rate_number(indicator: Indicator, words: Words) -> Callable[..., str]:
    """How a value of the indicator is written: as a percentage or as a number."""
    return words.percent if indicator.unit == "percent" else words.number


def rate_columns(indicator: Indicator, words: Words, decimals: int, **limits: str) -> tuple[Column, ...]:
    """Numerator, denominator and value of an indicator, and its ``limits`` (the messages that head their columns)."""
    unit = cell_unit(indicator.unit)
    return (
        Column("numerator", words.say("chart_column_numerator"), "number"),
        Column("denominator", words.say("chart_column_denominator"), "number"),
        Column("value", words.say("chart_column_value"), unit, decimals),
        *(Column(name, words.say(heading), unit, decimals) for name, heading in limits.items()),
    )


def status_mark(status: str) -> str:
    """The mark of a figure that is not certain, as a footnote explains it."""
    return MARKS.get(status, "")


def number_text(value: float, status: str, words: Words, said: Callable[[float], str] | None = None) -> str:
    """A number with the mark of its status, or why there is none."""
    if pd.isna(value):
        return unknown_text(status, words)
    return (said or words.number)(value) + status_mark(status)


def leading(values: pd.DataFrame, words: Words, shown: Callable[[float], str] | None = None) -> pd.DataFrame:
    """The rows with the largest value as displayed, ties included.

    >>> from socsvc_analysis.wording import in_language
    >>> leading(pd.DataFrame({"value": [3.0, 2.0, 3.2, float("nan")]}), in_language("en", None)).index.tolist()
    [0, 2]
    """
    said = shown or words.number
    known = values[values["value"].notna()]
    top = said(known["value"].max())
    return known[[said(value) == top for value in known["value"]]]


def unknown_text(status: str, words: Words) -> str:
    """Why there is no number: it is not known, or it is hidden to protect people."""
    return words.not_shown if status == "confidential" else words.unknown


def unit_text(unit: str, words: Words) -> str:
    """A unit as a heading: counted things in the plural, others by their name."""
    return words.say("chart_unit_" + unit) if unit in UNCOUNTED else words.noun(unit, 2)


def cell_unit(unit: str) -> str:
    """The unit of a value in the table twin: per cent stands beside its number, other units in the heading."""
    return "percent" if unit == "percent" else "number"


def span(periods: Iterable[str], words: Words) -> str:
    """The time that the values cover: one period, or from the earliest to the latest.

    >>> from socsvc_analysis.wording import in_language
    >>> span(["2018-12-31", "2016", "2016"], in_language("en", None)), span(["2012", "2016"], in_language("lv", None))
    ('2016–31\xa0Dec\xa02018', '2012.–2016.\xa0gads')
    """
    known = sorted({period for period in periods if period})
    if len(known) < 2:
        return words.period(known[0]) if known else ""
    first, last = known[0].partition("/")[0], max(period.rpartition("/")[2] for period in known)
    if len(first) == len(last) == 4:
        return words.say("chart_years", first=first, last=last) if first != last else words.period(first)
    return "–".join(dict.fromkeys(time_text(each, words) for each in (first, last)))


def time_text(period: str, words: Words) -> str:
    """A period in figures, short enough for an axis."""
    return words.when(period)


def by_region_order(values: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The rows with regions in the order of pages; municipalities follow in Latvian alphabetical order."""
    order = {code: at for at, code in enumerate(words.tables.regions.sort_values("order")["code"])}
    names = {code: words.place(code) for code in values["territory"].unique()}
    alphabet = {name: at for at, name in enumerate(words.ordered(names.values()), start=len(order))}
    rank = {code: order.get(code, alphabet[name]) for code, name in names.items()}
    return values.sort_values("territory", key=lambda codes: codes.map(rank), kind="stable")


def in_table_order(values: pd.DataFrame, column: str, table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the codes of ``column`` in the order of their reference table."""
    order = table.set_index(column)["order"].astype(float)
    return values.sort_values(column, key=lambda codes: codes.map(order), kind="stable")


def is_country(region: str) -> bool:
    """Whether the page is about the whole country and so compares its regions."""
    return region == COUNTRY_REGION


def reference_code(region: str, words: Words) -> str:
    """The territory code of the page's region."""
    return region_code(region, words.tables.regions)


def _status_notes(statuses: Iterable[str], words: Words) -> list[str]:
    found = set(statuses)
    return [f"{status_mark(status)} {words.say('chart_' + status)}" for status in UNCERTAIN if status in found]


def _status_text(status: str, words: Words) -> str:
    return words.say("status_" + status) if status in BADGED else ""
