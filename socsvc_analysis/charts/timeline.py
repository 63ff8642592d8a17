"""Programmes and events over time: what ran when, and what happened meanwhile."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN
from socsvc_analysis.charts.texts import is_country
from socsvc_analysis.codes import records, tuples
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.panels import Entry
from socsvc_analysis.drawing.spans import Span, Spans
from socsvc_analysis.periods import decimal_year, earliest_day, last_day
from socsvc_analysis.reference import COUNTRY_REGION, programmes_of
from socsvc_analysis.wording import Words, sentence_case

SHAPES = {"plan": "s", "closure": "v", "opening": "^", "milestone": "D", "report": "*", "event": "o"}
"""The sign of each kind of event."""
MOST_YEARS = 2
"""As many years as a title names when they had equally many events."""


@in_either_language
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


@in_either_language
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
    rows = rows.assign(national=rows["national"] & (not is_country(region)))
    spans = tuple(
        Span(
            _year(row["start"], "start"),
            _year(row["end"] or row["start"], "end"),
            words.say("chart_timeline_event", when=row["when"], what=row["title"]) if row["when"] else row["title"],
            shape=row["shape"],
            beside=row["national"],
            open_end=row["shape"] == "" and row["end"] == "",
        )
        for row in records(rows)
    )
    return chart(
        key,
        rows.assign(period=rows["start"], status="normal", notes=tuples([()] * len(rows))),
        words,
        [Spans(spans)],
        title=title,
        measure=measure,
        region=region,
        kind="chart_kind_timeline",
        legend=_legend(rows, spans, words),
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


def _legend(rows: pd.DataFrame, spans: tuple[Span, ...], words: Words) -> list[Entry]:
    entries = [
        Entry(words.say("chart_timeline_kind_" + kind), marker="dot", shape=shape, colour=ACTUAL)
        for kind, shape in SHAPES.items()
        if kind in set(rows["kind"])
    ]
    if rows["national"].any():
        national = Entry(words.say("chart_timeline_national"), Fill(CONTEXT))
        event = Entry(words.say("chart_timeline_national_event"), marker="hollow", colour=PLAN)
        own = [] if rows["national"].all() else [Entry(words.say("chart_timeline_own"), Fill(ACTUAL))]
        entries += [event] if entries else [*own, national]
    if any(span.open_end for span in spans):
        entries.append(Entry(words.say("chart_timeline_open"), marker="dot", shape=">", colour=CONTEXT))
    return entries


def _programmes(region: str, words: Words) -> pd.DataFrame:
    found = programmes_of(region, words.reference.programmes)
    found = found[found["start"] != ""].sort_values(["start", "end"], kind="stable")
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
    found = words.reference.programme_events
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
    return decimal_year(last_day(period) if side == "end" else earliest_day(period))


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
