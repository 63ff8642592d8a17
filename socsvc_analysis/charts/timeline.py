"""Programmes and events over time: what ran when, and what happened meanwhile."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib import rcParams

from socsvc_analysis.charts import figure as charts
from socsvc_analysis.charts.figure import Absence, Chart, absence, chart
from socsvc_analysis.charts.lines import year_of
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN, Fill
from socsvc_analysis.charts.panels import (
    COMPACT,
    Canvas,
    Entry,
    Legend,
    compose,
    em,
    line_height,
    marker,
    text_width,
    wrapped,
)
from socsvc_analysis.indicators.values import last_day
from socsvc_analysis.markup import Column
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.wording import Words, sentence_case

SHAPES = {"plan": "s", "closure": "v", "opening": "^", "milestone": "D", "report": "*", "event": "o"}
"""The sign of each kind of event."""
MOST_YEARS = 2
"""As many years as a title names when they had equally many events."""


@dataclass(frozen=True)
class Span:
    """One row: from when to when, in years.

    A programme is a bar, an event (with a ``shape``) is a sign; ``national`` ones are grey or hollow.
    """

    start: float
    end: float
    label: str
    shape: str = ""
    national: bool = False
    open_end: bool = False


@dataclass(frozen=True)
class Spans:
    """Rows on one scale of years, which is named above and below them."""

    rows: tuple[Span, ...]

    def height(self, width: float) -> float:
        return 2.6 * line_height() + sum(self._tall(row, width) for row in self.rows)

    def draw(self, canvas: Canvas, left: float, top: float, width: float, tall: float) -> None:
        first = math.floor(min(row.start for row in self.rows))
        last = math.ceil(max(row.end for row in self.rows) - 0.01)
        label_width = 0.0 if self._stacked(width) else self._label_width(width)
        plot_left, plot_width = left + label_width + 0.6 * em(), width - label_width - 1.2 * em()
        scale = plot_width / max(last - first, 1)
        years = list(self._years(first, last, scale))
        thin = {"color": rcParams["grid.color"], "linewidth": rcParams["grid.linewidth"], "zorder": 0}

        def x_of(year: float) -> float:
            return plot_left + (year - first) * scale

        rows_tall = self.height(width) - 2.6 * line_height()
        for at in (top, top + 1.3 * line_height() + rows_tall):
            for year in years:
                half = text_width(str(year), size="small") / 2
                x = min(max(x_of(year), left + half), left + width - half)
                canvas.text(x, at + 0.6 * line_height(), str(year), align="center", size="small")
        y = top + 1.3 * line_height()
        for row in self.rows:
            lines = self._lines(row, width)
            below = y + self._tall(row, width)
            if self._stacked(width):
                canvas.lines(left, y, lines)
                middle = y + len(lines) * line_height() + 0.7 * em()
                canvas.stroke([x_of(first), x_of(last)], [middle] * 2, **thin)
            else:
                middle = (y + below - 0.5 * em()) / 2
                canvas.lines(left, middle - len(lines) * line_height() / 2, lines)
                for year in years:
                    canvas.stroke([x_of(year)] * 2, [y, below], **thin)
            self._draw_row(canvas, row, x_of(row.start), x_of(row.end), middle)
            y = below

    @staticmethod
    def _draw_row(canvas: Canvas, row: Span, start: float, end: float, middle: float) -> None:
        thick, colour = 0.9 * em(), PLAN if row.national else ACTUAL
        if row.shape:
            # What lasted for weeks or months is a line between two signs.
            ends = [start, end] if end - start > 1.2 * em() else [start]
            canvas.stroke(ends, [middle] * len(ends), color=colour, linewidth=1.5)
            for x in ends:
                canvas.stroke([x], [middle], **marker(colour, row.national, row.shape))
            return
        canvas.box(
            start, middle - thick / 2, max(end - start, 0.4 * em()), thick, Fill(CONTEXT if row.national else ACTUAL)
        )
        if row.open_end:
            sign = marker(CONTEXT if row.national else ACTUAL, False, ">")
            canvas.stroke([max(end, start + 0.4 * em()) + 0.5 * em()], [middle], **sign)

    @staticmethod
    def _stacked(width: float) -> bool:
        return width < COMPACT * em()

    def _label_width(self, width: float) -> float:
        return min(max(text_width(row.label) for row in self.rows), 0.5 * width) + em()

    def _lines(self, row: Span, width: float) -> list[str]:
        return wrapped(row.label, width if self._stacked(width) else self._label_width(width) - em())

    def _tall(self, row: Span, width: float) -> float:
        lines = len(self._lines(row, width)) * line_height()
        return lines + 2.0 * em() if self._stacked(width) else max(lines, 1.2 * em()) + 0.5 * em()

    @staticmethod
    def _years(first: int, last: int, scale: float) -> Iterator[int]:
        room = text_width("2000", size="small") + 0.8 * em()
        step = next((each for each in (1, 2, 5, 10, 20) if each * scale > room), 50)
        return (year for year in range(first, last + 1) if (last - year) % step == 0)


def programme_timeline(*, region: str, words: Words, key: str = "programme_timeline") -> Chart | Absence:
    """The programmes of ``region`` and of the country as bars.

    Programmes are a reference table, so there are no values to give.  A programme without a published end is open to
    the right; one without a start is not drawn.
    """
    rows = _programmes(region, words)
    if rows.empty:
        return absence("chart_timeline_absent", region, words)
    title = words.say("chart_timeline_title_programmes", count=words.number(len(rows)))
    return _timeline(
        rows,
        words,
        region=region,
        key=key,
        title=title,
        what="programmes",
        measure=words.say("chart_timeline_programmes"),
    )


def event_timeline(
    *, region: str, words: Words, since: int | None = None, until: int | None = None, key: str = "event_timeline"
) -> Chart | Absence:
    """What happened in ``region`` and in the country, as signs with their dates: a reference table, too.

    ``since`` and ``until`` are the first and the last year of what began: many events make two pictures, each of which
    is read on one sheet.
    """
    rows = _events(region, words)
    years = rows["start"].str[:4].astype(int)
    rows = rows[(years >= (since or years.min())) & (years <= (until or years.max()))].reset_index(drop=True)
    if rows.empty:
        return absence("chart_events_absent", region, words)
    measure = words.say("chart_timeline_events")
    if since or until:
        measure = words.say("chart_timeline_since" if since else "chart_timeline_until", year=since or until)
    return _timeline(rows, words, region=region, key=key, title=_title(rows, words), what="events", measure=measure)


def _timeline(rows: pd.DataFrame, words: Words, *, region: str, key: str, title: str, what: str, measure: str) -> Chart:
    """One row for each programme or event; ``what`` they are, programmes or events, is the key of their words."""
    # On the country's page everything is national, and nothing stands beside it.
    rows = rows.assign(national=rows["national"] & (not charts.is_country(region)))
    spans = tuple(
        Span(
            _year(row["start"], "start"),
            _year(row["end"] or row["start"], "end"),
            words.say("chart_timeline_event", when=row["when"], what=row["title"]) if row["when"] else row["title"],
            shape=row["shape"],
            national=row["national"],
            open_end=row["shape"] == "" and row["end"] == "",
        )
        for row in rows.to_dict("records")
    )
    return chart(
        key,
        rows.assign(period=rows["start"], status="normal", notes=[()] * len(rows)),
        words,
        title=title,
        measure=measure,
        region=region,
        kind="chart_kind_timeline",
        draw=partial(compose, panels=[*_legend(rows, spans, words), Spans(spans)]),
        data=rows.assign(
            start_text=[words.date_short(each) for each in rows["start"]],
            end_text=[words.date_short(each) if each else "" for each in rows["end"]],
            kind_text=[words.say("chart_timeline_kind_" + kind) for kind in rows["kind"]],
        ),
        columns=(
            Column("title", words.say("chart_timeline_column_" + what)),
            Column("start_text", words.say("chart_timeline_column_start")),
            Column("end_text", words.say("chart_timeline_column_end")),
            *((Column("kind_text", words.say("chart_column_kind")),) if what == "events" else ()),
        ),
        dated=False,
    )


def _legend(rows: pd.DataFrame, spans: tuple[Span, ...], words: Words) -> list[Legend]:
    entries = [
        Entry(words.say("chart_timeline_kind_" + kind), marker="dot", shape=shape, colour=ACTUAL)
        for kind, shape in SHAPES.items()
        if kind in set(rows["kind"])
    ]
    if rows["national"].any():
        national = Entry(words.say("chart_timeline_national"), Fill(CONTEXT))
        event = Entry(words.say("chart_timeline_national_event"), marker="hollow", colour=PLAN)
        entries.append(event if entries else national)
    if any(span.open_end for span in spans):
        entries.append(Entry(words.say("chart_timeline_open"), marker="dot", shape=">", colour=CONTEXT))
    return [Legend(tuple(entries))] if entries else []


def _programmes(region: str, words: Words) -> pd.DataFrame:
    found = words.tables.programmes
    here = found["regions"].map(lambda cell: bool({region, COUNTRY_REGION} & set(cell.split()))).astype(bool)
    found = found[here & (found["start"] != "")].sort_values(["start", "end"], kind="stable")
    return pd.DataFrame(
        {
            "title": [sentence_case(words.short("programmes", code)) for code in found["programme"]],
            "start": found["start"],
            "end": found["end"],
            "kind": "programme",
            "when": "",
            "shape": "",
            "national": found["regions"] == COUNTRY_REGION,
            "sources": [(source,) if source else () for source in found["source"]],
        }
    )


def _events(region: str, words: Words) -> pd.DataFrame:
    found = words.tables.programme_events
    found = found[found["region"].isin([region, COUNTRY_REGION])].sort_values(["date", "title_en"])
    return pd.DataFrame(
        {
            "title": found[f"title_{words.language}"],
            "start": found["date"],
            "end": found["end"],
            "kind": found["kind"],
            "when": [
                words.period(f"{date}/{end}") if end else words.date_short(date)
                for date, end in zip(found["date"], found["end"], strict=True)
            ],
            "shape": found["kind"].map(SHAPES),
            "national": found["region"] == COUNTRY_REGION,
            "sources": [(source,) for source in found["source"]],
        }
    )


def _year(period: str, side: str) -> float:
    """The first or the last day of a period, in years."""
    day = last_day(period) if side == "end" else pd.Period(period).start_time.date().isoformat()
    return year_of(day)


def _title(events: pd.DataFrame, words: Words) -> str:
    """The year or years in which most of the events that are drawn happened."""
    years = events["start"].str[:4].value_counts()
    busiest = sorted(years.index[years == years.max()])
    return words.say(
        "chart_timeline_title" if len(busiest) <= MOST_YEARS else "chart_timeline_title_even",
        n=len(busiest),
        year=words.listed(words.say("chart_timeline_year", year=year) for year in busiest),
        count=words.number(years.max()),
        all=words.number(len(events)),
    )
