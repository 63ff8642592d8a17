"""What is shown of a choice: chart, table, definition, figures with their sources, the pace, its parameters."""

from __future__ import annotations

import shlex

import pandas as pd

from socsvc_analysis import charts
from socsvc_analysis.charts import Absence, Chart
from socsvc_analysis.columns import Column
from socsvc_analysis.exploring.choice import TIME, Choice, Chosen
from socsvc_analysis.indicators import get_indicator
from socsvc_analysis.markup import Html, Table, absent_in, piece, together
from socsvc_analysis.sections.method import meaning
from socsvc_analysis.wording import Words, sentence_case

NOTEBOOK = "notebooks/explore.ipynb"


def chart_of(chosen: Chosen, words: Words) -> Chart | Absence:
    """The values as a picture."""
    choice = chosen.choice
    return charts.chosen_values(
        chosen.values,
        region=choice.region,
        words=words,
        indicator=choice.indicator,
        over_time=choice.comparison == TIME,
        places=chosen.compared,
    )


def table_of(chosen: Chosen, words: Words) -> Table | Html:
    """The values as a table."""
    chart = chart_of(chosen, words)
    return chart.table if isinstance(chart, Chart) else chart


def definition_of(chosen: Chosen, words: Words) -> Html:
    """What the indicator means and cannot say, what it is made of, and where it comes from."""
    return together(*(piece("paragraph", sentence=each) for each in meaning(chosen.choice.indicator, words)))


def figures_of(chosen: Chosen, words: Words) -> Table | Html:
    """The figures as published, each with its source, when that was published, and how reliable it is."""
    rows = chosen.figures
    if rows.empty:
        what = get_indicator(chosen.choice.indicator).title(words.language)
        return absent_in("explore_absent", chosen.choice.region, words, "locative", what=what)
    sources = words.reference.sources.set_index("source")
    told = pd.DataFrame(
        {
            "measure": [sentence_case(words.title("measures", code)) for code in rows["measure"]],
            "territory": [words.place(code) for code in rows["territory"]],
            "service": [words.short("service_types", code) for code in rows["service_type"]],
            "group": [words.short("target_groups", code) for code in rows["target_group"]],
            "period": [words.when(code) for code in rows["period"]],
            "kind": [words.say(f"chart_kind_of_{kind}") for kind in rows["kind"]],
            "value": rows["value"],
            "status": [words.say(f"status_{status}") for status in rows["status"]],
            "published": [sources.at[code, "published"] for code in rows["source"]],
            "source": [_cited(code, sources) for code in rows["source"]],
        }
    )
    columns = (
        Column("measure", words.say("explore_measure")),
        Column("territory", words.say("chart_column_territory")),
        Column("service", words.say("explore_service_type")),
        Column("group", words.say("explore_target_group")),
        Column("period", words.say("chart_column_period")),
        Column("kind", words.say("chart_column_kind")),
        Column("value", words.say("chart_column_value"), "figures"),
        Column("status", words.say("explore_figures_status")),
        Column("source", words.say("explore_figures_source")),
        Column("published", words.say("explore_figures_published")),
    )
    return Table(told, columns, words, words.say("explore_figures"))


def pace_of(chosen: Chosen, words: Words) -> Table | Html:
    """What must still be reached each year to keep what was promised."""
    rows = chosen.pace
    if rows.empty:
        return absent_in("explore_pace_absent", chosen.choice.region, words)
    told = rows.assign(
        measure=[sentence_case(words.title("measures", code)) for code in rows["measure"]],
        group=[words.short("target_groups", code) for code in rows["target_group"]],
        service=[words.short("service_types", code) for code in rows["service_type"]],
        on=[words.when(period) for period in rows["period"]],
        by=[words.when(due) for due in rows["due"]],
    )
    columns = (
        Column("measure", words.say("explore_measure")),
        Column("group", words.say("explore_target_group")),
        Column("service", words.say("explore_service_type")),
        Column("numerator", words.say("explore_pace_reached"), "figures"),
        Column("on", words.say("explore_pace_on")),
        Column("denominator", words.say("explore_pace_promised"), "figures"),
        Column("by", words.say("explore_pace_due")),
        Column("needed_per_year", words.say("explore_pace_needed"), "figures"),
    )
    return Table(told, columns, words, words.say("explore_pace"), sources="sources")


def command_of(choice: Choice, given: dict[str, str]) -> str:
    """The choice as a call of papermill; ``given`` are the other parameters of the notebook.

    >>> print(command_of(Choice("zemgale"), {"language": "en"}).splitlines()[1])
      -p region zemgale \\
    """
    parts = [f"-p {name} {shlex.quote(value)}" for name, value in (choice.parameters() | given).items()]
    return " \\\n  ".join([f"papermill {NOTEBOOK} explored.ipynb", *parts])


def yaml_of(choice: Choice, given: dict[str, str]) -> str:
    """The same as a file of parameters.

    >>> yaml_of(Choice("zemgale", period="2021"), {}).splitlines()[5]
    'period: "2021"'
    """
    return "\n".join(f'{name}: "{value}"' for name, value in (choice.parameters() | given).items())


def _cited(code: str, sources: pd.DataFrame) -> str:
    source = sources.loc[code]
    return ", ".join(part for part in (source["title"], source["publisher"], source["url"]) if part)
