"""How figures, units, times, places and publishers are written and ordered, the same on every chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from socsvc_analysis.columns import Column
from socsvc_analysis.indicators.registry import UNCOUNTED, Indicator
from socsvc_analysis.reference import COUNTRY_REGION, region_code
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words

MOST_NAMED = 4
"""Publishers that a picture names; one that rests on more says how many others there are."""
MARKS = {"provisional": "*", "estimated": "‡", "disputed": "†"}


def group_text(values: pd.DataFrame, words: Words, *, short: bool = False) -> tuple[str, ...]:
    """For the subtitle: the target group of which all values are; nothing where they are of all people or several.

    A title has its ``short`` name.
    """
    groups = set(values["target_group"])
    named = words.short if short else words.title
    return (named("target_groups", *groups),) if len(groups) == 1 and groups != {"all"} else ()


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


def number_text(value: float, status: str, words: Words, written: Callable[[float], str] | None = None) -> str:
    """A number with the mark of its status, or why there is none."""
    if pd.isna(value):
        return unknown_text(status, words)
    return (written or words.number)(value) + status_mark(status)


def leading(values: pd.DataFrame, words: Words, shown: Callable[[float], str] | None = None) -> pd.DataFrame:
    """The rows with the largest value as displayed, ties included.

    >>> from socsvc_analysis.wording import in_language
    >>> leading(pd.DataFrame({"value": [3.0, 2.0, 3.2, float("nan")]}), in_language("en", None)).index.tolist()
    [0, 2]
    """
    written = shown or words.number
    known = values[values["value"].notna()]
    top = written(known["value"].max())
    return known[[written(value) == top for value in known["value"]]]


def unknown_text(status: str, words: Words) -> str:
    """Why there is no number: it is not known, or it is hidden to protect people."""
    return words.not_shown if status == HIDDEN else words.unknown


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
    return "–".join(dict.fromkeys(words.when(each) for each in (first, last)))


def by_region_order(values: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The rows with regions in the order of pages; municipalities follow in Latvian alphabetical order."""
    order = {code: at for at, code in enumerate(words.reference.regions.sort_values("order")["code"])}
    names = {code: words.place(code) for code in values["territory"].unique()}
    alphabet = {name: at for at, name in enumerate(words.ordered(names.values()), start=len(order))}
    rank = {code: order.get(code, alphabet[name]) for code, name in names.items()}
    return values.sort_values("territory", key=lambda codes: codes.map(rank), kind="stable")


def in_table_order(values: pd.DataFrame, column: str, table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the codes of ``column`` in the order of their reference table."""
    order = table.set_index(column)["order"].astype(float)
    return values.sort_values(column, key=lambda codes: codes.map(order), kind="stable")


def credit(sources: Sequence[str], words: Words) -> str:
    """For a picture without its page: who published its numbers, the most frequent first, and in which years.

    ``sources`` are codes of the table of sources; a code that is not in it is left out, and seen when a page is made.
    """
    known = words.reference.sources[words.reference.sources["source"].isin(sources)]
    count = Counter(known["publisher"])
    years = known.assign(year=known["published"].str[:4]).groupby("publisher", sort=False)["year"]
    named = [
        words.say("credit_publisher", publisher=publisher, years=", ".join(sorted({*said} - {""})))
        if any(said := years.get_group(publisher))
        else publisher
        for publisher, _ in count.most_common(MOST_NAMED)
    ]
    if more := len(count) - len(named):
        named.append(words.say("credit_more", n=more, count=words.number(more)))
    return f"{words.say('source_line')} {'; '.join(named)}"


def is_country(region: str) -> bool:
    """Whether the page is about the whole country and so compares its regions."""
    return region == COUNTRY_REGION


def reference_code(region: str, words: Words) -> str:
    """The territory code of the page's region."""
    return region_code(region, words.reference.regions)
