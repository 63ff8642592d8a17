"""The values of any indicator as a table: what differs between rows, both parts of the fraction, value and interval."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis.indicators.registry import PER, named
from socsvc_analysis.markup import Column, Html, absence, data_table, escaped
from socsvc_analysis.wording import Words, sentence_case

FOLDED = 12
"""Longer tables are folded away until wanted."""
DECIMALS = {"per_1000": 2, "per_100000": 1}


def value_table(
    values: pd.DataFrame, indicator: str, *, region: str, words: Words, decimals: int | None = None
) -> Html:
    """``values`` of the registered ``indicator``, titled by it; a sentence where there are none.

    Of territory, service, group and time those stand in columns that differ or name a municipality.  Numerator,
    denominator and interval stand where the values have them; a column ``unknown`` says of how many municipalities
    nothing is known.
    """
    known = named(indicator)
    title = known.title(words.language)
    rows = values[values["value"].notna()].reset_index(drop=True)
    if rows.empty:
        return absence("values_none", region, words, "locative", what=title)
    places = DECIMALS.get(known.unit, 0) if decimals is None else decimals
    divided = known.unit in PER and rows["denominator"].notna().any()
    columns = [Column("place", words.say("chart_column_territory"))]
    said = pd.DataFrame({"place": [words.place(code) for code in rows["territory"]]})
    if "measure" in rows and len(known.measures) > 1:
        said["measure"] = [sentence_case(words.title("measures", code)) for code in rows["measure"]]
        columns.append(Column("measure", words.say("values_measure")))
    for name, table in (("service_type", "service_types"), ("target_group", "target_groups")):
        if rows[name].nunique() > 1 or rows[name].iloc[0] != "all":
            said[name] = [sentence_case(words.short(table, code)) for code in rows[name]]
            columns.append(Column(name, words.say(f"values_{name}")))
    if (rows["period"] != "").any():
        said["period"] = [sentence_case(words.period(period)) for period in rows["period"]]
        columns.append(Column("period", words.say("column_period")))
    if divided:
        columns += [
            Column("numerator", words.say("values_numerator"), "figures"),
            Column("denominator", words.say("values_denominator"), "figures"),
        ]
    unit = "percent" if known.unit == "percent" else "figures"
    columns.append(Column("value", title, unit, places))
    if rows["lower"].notna().any():
        said["interval"] = [_interval(row.lower, row.upper, unit, places, words) for row in rows.itertuples()]
        columns.append(Column("interval", words.say("values_interval")))
    if "unknown" in rows:
        columns.append(Column("unknown", words.say("values_unknown"), "figures"))
    shown = pd.concat([rows.drop(columns=[name for name in said if name in rows]), said], axis=1)
    table = data_table(shown, columns, words, title, sources="sources", status="status")
    note = f'<p class="chart-note">{escaped(known.caveat(words.language))}</p>'
    if len(rows) > FOLDED:
        summary = words.say("values_folded", what=title, n=len(rows), count=words.number(len(rows)))
        table = f"<details><summary>{escaped(summary)}</summary>{table}</details>"
    return Html(table + note)


def _interval(lower: float, upper: float, unit: str, decimals: int, words: Words) -> str:
    if pd.isna(lower) or pd.isna(upper):
        return words.unknown
    low, high = words.number(lower, decimals), words.number(upper, decimals)
    return f"{low}–{words.percent(upper, decimals) if unit == 'percent' else high}"
