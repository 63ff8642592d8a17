"""The values of any indicator as somebody chose them: bars beside each other, or lines over time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from socsvc_analysis.charts.figure import (
    Absence,
    Chart,
    absence,
    bar_chart,
    chart,
    in_either_language,
)
from socsvc_analysis.charts.frames import takes
from socsvc_analysis.charts.palette import measured
from socsvc_analysis.charts.texts import cell_unit, leading, number_text, rate_columns, rate_number, unit_text
from socsvc_analysis.charts.years import time_points
from socsvc_analysis.columns import DECIMALS, Column
from socsvc_analysis.drawing.bars import Bar
from socsvc_analysis.drawing.lines import Lines, Trace
from socsvc_analysis.indicators.enough import FEWEST_COMPARED
from socsvc_analysis.indicators.registry import PER, compute, get_indicator
from socsvc_analysis.periods import in_order
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words, sentence_case

MOST_BARS, MOST_LINES = 40, 8
"""As many as one picture shows; the table has all."""
MOST_NAMED = 12
"""Municipalities without a value that are named; of more their number is said."""
NAMED = {
    "territory": "chart_column_territory",
    "measure": "explore_measure",
    "programme": "explore_programme",
    "service_type": "explore_service_type",
    "target_group": "explore_target_group",
    "kind": "chart_column_kind",
    "version": "explore_version",
    "fund": "chart_column_fund",
    "step": "chart_column_step",
    "due": "explore_pace_due",
    "period": "chart_column_period",
}
"""What can tell one value from another, and what heads its column."""


@in_either_language
@takes("territory", "service_type", "target_group", "period", "numerator", "denominator", of=compute)
def chosen_values(
    values: pd.DataFrame,
    *,
    region: str,
    words: Words,
    indicator: str,
    over_time: bool = False,
    places: Sequence[str] = (),
    key: str = "chosen",
) -> Chart | Absence:
    """The values of ``indicator``, each named by what tells it from the others; ``over_time`` as lines.

    ``values``: of :func:`~socsvc_analysis.indicators.compute`, in the order in which bars are wanted.  At most 40 bars
    or 8 lines are drawn; all values are in the table.  ``places`` are the codes of those that were asked about: a note
    says which of them have no value.
    """
    known = get_indicator(indicator)
    rows = values[values["value"].notna()].reset_index(drop=True)
    if over_time:
        rows = rows[rows["period"] != ""].reset_index(drop=True)
    if rows.empty:
        return absence("explore_absent", region, words, what=known.title(words.language))
    said = partial(rate_number(known, words), decimals=DECIMALS.get(known.unit, 0))
    names = _titles(rows, words)
    # Of what was added up over services or groups a common code says nothing; one that was chosen is that of all.
    names = names.drop(columns=[name for name in known.adds_up if names[name].nunique() > 1])
    apart = _apart(names.drop(columns=["period", "version"] if over_time else []))
    labels = names[apart].apply(lambda parts: ", ".join(part for part in parts if part), axis=1).map(sentence_case)
    rows = pd.concat([rows, names.add_suffix("_named")], axis=1).assign(label=labels)
    columns = [Column(f"{name}_named", words.say(NAMED[name])) for name in NAMED if names.get(name, labels).any()]
    columns = [each for each in columns if each.name in rows]
    rate, compared = known.unit in PER, rows["denominator"].notna().any()
    if compared:
        columns += rate_columns(known, words, DECIMALS.get(known.unit, 0))[0 if rate else 1 : 2]
    columns.append(Column("value", words.say("chart_column_value"), cell_unit(known.unit), said.keywords["decimals"]))
    regions = words.reference.regions["code"]
    told: dict[str, Any] = {
        "title": _title(rows, said, over_time, words),
        "measure": known.title(words.language),
        "region": region,
        "place": words.say("chart_regions_place") if len(set(rows["territory"]) & set(regions)) > 2 else "",
        "also": () if rate else (unit_text(known.unit, words),),
        "columns": columns,
        "notes": (
            # What is no quotient is shown as the number that is compared: a pace or a year is told elsewhere.
            *([words.say("explore_compared", what=known.numerator(words.language))] if compared and not rate else []),
            known.caveat(words.language),
            *_without_number(values, places, words),
            *_left_out(rows, over_time, words),
        ),
        "compared": max(len(rows), FEWEST_COMPARED),
    }
    if not over_time:
        dated = "period" not in apart and rows["period"].nunique() > 1
        bars = [_bar(row, said, words, dated) for row in rows.head(MOST_BARS).to_dict("records")]
        return bar_chart(key, rows, words, bars, **told)
    scale = rate_number(known, words)
    panels = [
        Lines((Trace(time_points(rows[rows["label"] == label], words, said)),), label, number=scale, tall=11)
        for label in _longest(rows)
    ]
    return chart(key, rows, words, panels, kind="chart_kind_lines", beside=2 if len(panels) > 1 else 1, **told)


def _titles(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    """What each code of the rows is called, in columns that have codes."""
    called: dict[str, Callable[[str], str]] = {
        "territory": words.place,
        "measure": partial(words.title, "measures"),
        "programme": partial(words.short, "programmes"),
        "service_type": partial(words.short, "service_types"),
        "target_group": partial(words.short, "target_groups"),
        "kind": lambda kind: words.say(f"chart_kind_of_{kind}"),
        "version": partial(words.title, "plan_versions"),
        "fund": partial(words.title, "measures"),
        "step": lambda step: words.say(f"chart_step_{step}"),
        "due": words.when,
        "period": words.when,
    }
    return pd.DataFrame(
        {name: [said(code) if code else "" for code in rows[name]] for name, said in called.items() if name in rows},
        index=rows.index,
    )


def _apart(names: pd.DataFrame) -> list[str]:
    """As few of the columns as tell the rows apart, the place first.

    >>> _apart(pd.DataFrame({"territory": ["A", "A", "B"], "group": ["x", "y", "x"], "kind": ["p", "", ""]}))
    ['territory', 'group']
    """
    apart, told = ["territory"], 0
    for name in map(str, names):
        count = len(names[[*apart, name]].drop_duplicates())
        if count > max(told, len(names[apart].drop_duplicates())):
            apart = list(dict.fromkeys([*apart, name]))
            told = count
    return apart if names["territory"].nunique() > 1 or len(apart) == 1 else apart[1:]


def _bar(row: dict[Hashable, Any], said: Callable[[float], str], words: Words, dated: bool) -> Bar:
    """A bar with its number; with its date, too, where bars are ``dated`` because they are not of one time."""
    number = number_text(row["value"], row["status"], words, said)
    text = f"{number} ({words.when(row['period'])})" if dated else number
    return Bar(row["label"], measured(row["value"], row["status"]), text)


def _longest(rows: pd.DataFrame) -> list[str]:
    """The names of the lines that are drawn: those with most periods, in the order of the rows."""
    sizes = rows.groupby("label", sort=False).size().sort_values(ascending=False, kind="stable")
    return list(sizes.index[:MOST_LINES])


def _title(rows: pd.DataFrame, said: Callable[[float], str], over_time: bool, words: Words) -> str:
    if over_time:
        line = in_order(rows[rows["label"] == _longest(rows)[0]])
        first, last = line.iloc[0], line.iloc[-1]
        return words.say(
            "explore_course" if len(line) > 1 else "explore_single",
            name=first["label"], value=said(first["value"]), last=said(last["value"]),
            first_period=words.when(first["period"]), last_period=words.when(last["period"]),
        )  # fmt: skip
    top = leading(rows, words, said).iloc[0]
    return words.say(
        "explore_largest" if len(rows) > 1 else "explore_single", name=top["label"], value=said(top["value"])
    )


def _without_number(values: pd.DataFrame, places: Iterable[str], words: Words) -> list[str]:
    """The places of which no value is known, and those of which none may be shown; of many, how many they are."""
    known = set(values.loc[values["value"].notna(), "territory"])
    hidden = set(values.loc[values["status"] == HIDDEN, "territory"]) - known
    unknown = {*values["territory"], *places} - known - hidden
    notes = []
    for key, codes in (("explore_not_known", unknown), ("explore_not_shown", hidden)):
        names = words.ordered({words.place(code) for code in codes})
        if len(names) > MOST_NAMED:
            names = [words.count("municipalities", len(names))]
        notes += [words.say(key, names=words.listed(names))] if names else []
    return notes


def _left_out(rows: pd.DataFrame, over_time: bool, words: Words) -> list[str]:
    """How many values the picture leaves to the table."""
    count = rows["label"].nunique() - MOST_LINES if over_time else len(rows) - MOST_BARS
    return [words.say("explore_left_out", n=count, count=words.number(count))] if count > 0 else []
