"""The values of any indicator as a table: what differs between rows, both parts of the fraction, value and interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.columns import DECIMALS, Column
from socsvc_analysis.indicators.enough import few
from socsvc_analysis.indicators.registry import PER, Indicator, get_indicator, refuse_incomplete
from socsvc_analysis.markup import Html, Table, absent_in, footnotes, gathered, piece, together
from socsvc_analysis.wording import Words, inner, sentence_case

FOLDED = 6
"""Longer tables are folded away until wanted."""
ALL = 100.0
"""Per cent of a commitment that is exactly kept."""


def value_table(
    values: pd.DataFrame,
    indicator: str,
    *,
    region: str,
    words: Words,
    decimals: int | None = None,
    absent: str = "values_none",
) -> Html:
    """``values`` of the registered ``indicator``, titled by it; the sentence ``absent`` where there are none.

    Of territory, measure, service, group and time those stand in columns that differ; what is the same in all rows
    stands in the title.  Numerator and denominator, headed by what they are, and interval stand where the values have
    them; a column ``unknown`` says of how many municipalities nothing is known, ``due`` by when a commitment is to be
    kept, and ``outcome`` whether it is.  The notes of the rows stand below.
    """
    known = get_indicator(indicator)
    refuse_incomplete(values, indicator)
    rows = values[values["value"].notna()].reset_index(drop=True)
    if rows.empty:
        return absent_in(absent, region, words, "locative", what=known.title(words.language))
    unit = "percent" if known.unit == "percent" else "figures"
    places = DECIMALS.get(known.unit, 0) if decimals is None else decimals
    told = _told(rows, known, words)
    same = [name for name in map(str, told) if told[name].nunique() == 1]
    columns = [Column(name, words.say(f"values_{name}")) for name in map(str, told) if name not in same]
    if not columns:
        columns, same = [Column("territory", words.say("values_territory"))], same[1:]
    if "period" in told and "period" not in same:
        told["period"] = [words.when(period) for period in rows["period"]]
    if known.unit in PER and rows["denominator"].notna().any():
        columns += [
            Column("numerator", _heading(known.numerator(words.language)), "figures", status="status"),
            Column("denominator", _heading(known.denominator(words.language)), "figures"),
        ]
    if "unknown" in rows:
        columns.append(Column("unknown", words.say("values_unknown"), "figures"))
    if "due" in rows:
        told["due_text"] = due_texts(rows["due"], words)
        columns.append(Column("due_text", words.say("values_due")))
    small = few(rows["numerator"], rows["denominator"]) & rows["denominator"].notna()
    if unit == "percent" and small.any():
        told["shown"] = [
            words.say("card_of", part=words.number(row.numerator), whole=words.number(row.denominator))
            if numbers
            else words.percent(row.value, places)
            for row, numbers in zip(named_rows(rows, _Value), small, strict=True)
        ]
        columns.append(Column("shown", _value_heading(known, words)))
    else:
        columns.append(Column("value", _value_heading(known, words), unit, places, status="status"))
    if rows["lower"].notna().any():
        told["interval"] = [_interval(row.lower, row.upper, unit, places, words) for row in named_rows(rows, _Value)]
        columns.append(Column("interval", words.say("values_interval")))
    if "outcome" in rows:
        told["outcome_text"] = [_outcome(*each, words) for each in zip(rows["outcome"], rows["value"], strict=True)]
        columns.append(Column("outcome_text", words.say("values_outcome")))
    title = ", ".join([known.title(words.language), *(_in_title(name, told[name].iloc[0]) for name in same)])
    all_told = pd.concat([rows.drop(columns=[name for name in told if name in rows]), told], axis=1)
    return with_notes(all_told, columns, known, title, words)


def with_notes(rows: pd.DataFrame, columns: Sequence[Column], known: Indicator, title: str, words: Words) -> Html:
    """A table of values of the indicator ``known``, folded away where it is long, and its notes below it."""
    notes = [known.caveat(words.language), *footnotes(gathered(rows, "notes"), words)]
    table = Table(rows, columns, words, title, sources="sources", status="status", notes=notes)
    shown: Html | Table = table
    if len(rows) > FOLDED:
        summary = words.say("values_folded", what=title, n=len(rows), count=words.number(len(rows)))
        shown = piece("folded", summary=summary, inner=table)
    return together(shown, piece("notes", sentences=notes))


def due_texts(dues: Iterable[str], words: Words) -> list[str]:
    """By when each commitment is to be kept, where it is known."""
    return [words.when(due) if due else words.say("values_due_unknown") for due in dues]


class _Value(NamedTuple):
    numerator: float
    denominator: float
    value: float
    lower: float
    upper: float


def _outcome(outcome: str, value: float, words: Words) -> str:
    """Whether a commitment was kept; what is to stay at or below it is said where per cent look like the opposite."""
    if outcome == "reached":
        return words.say("values_reached_below" if value < ALL else "values_reached")
    return words.say("values_not_reached_above" if value > ALL else "values_not_reached")


def _heading(definition: str) -> str:
    """The first part of what a method note says of a part of the fraction, as the heading of its column."""
    return definition.split(";")[0].rstrip(".")


def _value_heading(known: Indicator, words: Words) -> str:
    """The title of the table says what the value is: per cent need no more, amounts name their currency."""
    if known.unit == "percent":
        return words.say("values_percent")
    title = known.title(words.language)
    return f"{title}, EUR" if known.unit.startswith("EUR_") else title


def _in_title(name: str, said: str) -> str:
    return said if name in ("territory", "period") else inner(said)


def _told(rows: pd.DataFrame, known: Indicator, words: Words) -> pd.DataFrame:
    """What each row is about, in words: the columns that identify it."""
    told = {"territory": [words.place(code) for code in rows["territory"]]}
    if "measure" in rows and len(known.measures) > 1:
        told["measure"] = [sentence_case(words.title("measures", code)) for code in rows["measure"]]
    if (rows["service_type"] != "all").any():
        told["service_type"] = [sentence_case(words.short("service_types", code)) for code in rows["service_type"]]
    if (rows["target_group"] != "all").any():
        # Here is room to spell out what short names abbreviate.
        named = (words.short if code == "all" else words.title for code in rows["target_group"])
        told["target_group"] = [
            sentence_case(name("target_groups", code)) for name, code in zip(named, rows["target_group"], strict=True)
        ]
    if (rows["period"] != "").any():
        told["period"] = [sentence_case(words.period(period)) for period in rows["period"]]
    return pd.DataFrame(told)


def _interval(lower: float, upper: float, unit: str, decimals: int, words: Words) -> str:
    if pd.isna(lower) or pd.isna(upper):
        return words.unknown
    low, high = words.number(lower, decimals), words.number(upper, decimals)
    return f"{low}–{words.percent(upper, decimals) if unit == 'percent' else high}"
