"""Small pictures of all regions on one scale, the reader's own region highlighted."""

from __future__ import annotations

from functools import partial

import pandas as pd

from socsvc_analysis.charts.figure import Absence, Chart, absence, chart, in_either_language
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import ACTUAL, CONTEXT, PLAN
from socsvc_analysis.charts.texts import (
    by_region_order,
    is_country,
    rate_columns,
    rate_number,
    rate_subject,
    reference_code,
)
from socsvc_analysis.charts.years import time_points
from socsvc_analysis.codes import records
from socsvc_analysis.columns import Column
from socsvc_analysis.drawing.lines import Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry, Note, Panel
from socsvc_analysis.indicators.registry import UNCOUNTED, compute, get_indicator
from socsvc_analysis.periods import decimal_year, in_order
from socsvc_analysis.reference import COUNTRY
from socsvc_analysis.wording import Words, sentence_case


@in_either_language
@takes("territory", "target_group", "period", "numerator", "denominator", of=compute)
def regions_small_multiples(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    indicator: str,
    key: str = "regions_small_multiples",
    decimals: int = 0,
) -> Chart | Absence:
    """A panel for each planning region over time, all on one scale; a region without figures is said to be unknown.

    ``values``: rows territory (regions, and Latvia) x period of kind ``actual``, value in the unit of ``indicator``
    (registered).  Latvia is a line in each panel where a country can be compared with its parts: shares and rates, not
    counts; and where it has at least two figures, as one is no line.
    """
    meaning = get_indicator(indicator)
    regions = words.reference.regions.sort_values("order")
    parts = list(regions.loc[regions["code"] != COUNTRY, "code"])
    dated = values[values["value"].notna() & (values["period"] != "")]
    known = in_order(dated[dated["territory"].isin(parts)])
    if known.empty:
        return absence("chart_regions_absent", region, words)
    if dated.duplicated(["territory", "period"]).any():
        raise ValueError("small multiples take one value for each region and period")
    country = in_order(dated[dated["territory"] == COUNTRY]) if meaning.unit in UNCOUNTED else dated.iloc[:0]
    course = country if len(country) > 1 else country.iloc[:0]  # one figure is no line
    drawn = pd.concat([known, country])
    together = pd.concat([known, course])
    times = together["period"].map(decimal_year)
    written = partial(rate_number(meaning, words), decimals=decimals)
    own = reference_code(region, words)
    panel = partial(
        _panel,
        country=course,
        between=(times.min(), times.max()),
        ceiling=float(together["value"].max()),
        written=written,
        whole=is_country(region),
        words=words,
    )
    ordered = by_region_order(drawn, words)
    return chart(
        key,
        drawn,
        words,
        [panel(known[known["territory"] == code], code, code == own) for code in parts],
        title=_title(known, country, own, written, words, is_country(region)),
        measure=meaning.title(words.language),
        region=region,
        place=words.say("chart_regions_place"),
        also=rate_subject(drawn, meaning, words),
        kind="chart_kind_regions",
        legend=_legend(region, len(course) > 0, words),
        beside=3,
        data=ordered,
        columns=(
            Column("place", words.say("chart_column_territory")),
            Column("period_text", words.say("chart_column_period")),
            *rate_columns(meaning, words, decimals),
        ),
        notes=(words.say("chart_regions_note"),),
    )


def _legend(region: str, compared: bool, words: Words) -> list[Entry]:
    """The legend: the page's own region beside the others, and Latvia where it is a line."""
    entries = [Entry(words.place(COUNTRY), marker="dashes", colour=PLAN)] if compared else []
    if not is_country(region):
        own = Entry(words.place(region), marker="line", colour=ACTUAL)
        entries = [own, Entry(words.say("chart_funnel_others"), marker="line", colour=CONTEXT), *entries]
    return entries


def _panel(
    rows: pd.DataFrame,
    code: str,
    own: bool,
    *,
    country: pd.DataFrame,
    between: tuple[float, float],
    ceiling: float,
    written: partial[str],
    whole: bool,
    words: Words,
) -> Panel:
    name = words.say("chart_regions_own", place=words.place(code)) if own else words.place(code)
    if rows.empty:
        return Note(name, sentence_case(words.unknown))
    traces = []
    if len(country):
        points = tuple(Point(decimal_year(row["period"]), row["value"]) for row in records(country))
        traces.append(Trace(points, PLAN, dashed=True, dots=False))
    traces.append(Trace(time_points(rows, words, written), ACTUAL if own or whole else CONTEXT))
    return Lines(
        tuple(traces),
        name,
        number=words.percent if written.func == words.percent else words.number,
        tall=10,
        between=between,
        ceiling=ceiling,
    )


def _title(
    known: pd.DataFrame, country: pd.DataFrame, own: str, written: partial[str], words: Words, everywhere: bool
) -> str:
    """The region's latest figure, against the country's where that is of the same year.

    On the country's page: the regions with the most and the least.  Only figures of one year are compared.  A region
    is given no rank: plans and coverage differ, and a rank among those that happen to be known says nothing.
    """
    if own in set(known["territory"]):
        latest = known[known["territory"] == own].iloc[-1]
        place, value = words.place(own), written(latest["value"])
        whole = country[country["period"].str[:4] == latest["period"][:4]]
        if len(whole):
            return words.say("chart_regions_compared", place=place, value=value, whole=written(whole["value"].iloc[-1]))
        return words.say("chart_regions_one", place=place, value=value, year=latest["period"][:4])
    if not everywhere:
        return words.say("chart_regions_unknown", place=words.place(own))
    year = known["period"].iloc[-1][:4]
    same = known[known["period"].str[:4] == year].drop_duplicates("territory", keep="last")
    same = same.set_index("territory")["value"]
    high, low = same.idxmax(), same.idxmin()
    if len(same) == 1:
        return words.say("chart_regions_one", place=words.place(high), value=written(same[high]), year=year)
    return words.say(
        "chart_regions_most",
        high=words.place(high),
        most=written(same[high]),
        low=words.place(low),
        least=written(same[low]),
    )
