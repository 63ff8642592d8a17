"""Before a site is shown: its finished files are read as a reader gets them, and attacked.

Only where something is restricted.  What is looked for are the numbers that protection has hidden, in whatever way the
files tell them; whoever finds any stops the site from being published.  Pages tell of many things: what is near words
for people is taken for them, in whatever way it is said; where words say nothing, a number is taken for a hidden one
when it is that number.  Open figures of the same place, service, group and time are left alone, but not beside words
that only the restricted counts have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

import pandas as pd

from socsvc_analysis.datapackage import Package
from socsvc_analysis.disclosure.contexts import Open
from socsvc_analysis.disclosure.figures import BY, CELL, LEVELS, TOTAL, Shown
from socsvc_analysis.disclosure.gate import Kept, gate, kept_of
from socsvc_analysis.indicators import REGISTRY
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.report.people_words import pattern_of, words_for_people
from socsvc_analysis.tables import LANGUAGES
from socsvc_analysis.wording import in_language

NOT_PEOPLE = (
    r"\bviet(?:as|u|ām|ās)\b|\bplaces?\b|\bEUR\b|\beiro\b|€|\biedzīvotāj|\bresidents?\b|\bpopulation\b|\bavot[sui]|"
    r"\bsources?\b|\bdenominator\b|"
    r"\b(?:units|of_units|broken|judged|points|at_most|unknown|year|earliest|latest)="
)
"""Words that say that the numbers beside them count something else, such as places or money."""
REGISTERED = "service_registrations"
"""The measure that all indicators have which ask whether a service is there."""
DIVISORS = ("population", "places")
CASES = ("nominative", "genitive", "dative", "locative")
MOST_SAID = 10


def given_away(contents: Mapping[str, bytes], package: Package, shown: Shown) -> list[str]:
    """What in the files of a site gives a hidden number of ``package`` away: sentences with files and cells, no values.

    ``shown`` is what the public may see of it.
    """
    if shown.protected is None:
        return []
    reference = open_reference(package)
    guarded = reference.measures[reference.measures["measure"].isin(shown.counts["measure"])]
    entered = set(shown.counts["measure"])
    own = f"{pattern_of(words_for_people(guarded, NOT_PEOPLE))}|{pattern_of([*entered, *_resting_on(entered)])}"
    return gate(
        contents,
        _hidden_cells(shown),
        names=_names_on_pages(shown.counts, reference),
        residents=_divisors(shown.figures),
        not_people=f"{NOT_PEOPLE}|{pattern_of(set(REGISTRY) - _resting_on(entered))}",
        people=f"{pattern_of(words_for_people(reference.measures, NOT_PEOPLE))}|{own}",
        own=own,
        open_numbers=_open_numbers(shown),
    )


def _resting_on(measures: Collection[str]) -> set[str]:
    """The codes of the indicators computed from any of the measures, but for those that ask where services are.

    These count municipalities, their residents or kinds of services.
    """
    return {
        name
        for name, known in REGISTRY.items()
        if set(measures) & set(known.measures) and REGISTERED not in known.measures
    }


@lru_cache(maxsize=1)
def _hidden_cells(shown: Shown) -> tuple[Kept, ...]:
    """Each release with its hidden cells; kept, as every site made of the same data needs them."""
    return tuple(kept_of(shown.protected, shown.counts, BY, "period")) if shown.protected else ()


def _names_on_pages(counts: pd.DataFrame, reference: Reference) -> dict[str, dict[str, str]]:
    """What pages call each territory, service and group, in both languages and every case."""
    names: dict[str, dict[str, str]] = {}
    tables = {"service_type": "service_types", "target_group": "target_groups"}
    for language in LANGUAGES:
        words = in_language(language, reference)
        for column in LEVELS:
            named = names.setdefault(column, {})
            for code in counts[column].unique():
                named |= {words.place(code, case): code for case in CASES}
        for column in CELL:
            known = getattr(reference, tables[column]).set_index(column)
            named = names.setdefault(column, {})
            for code in counts.loc[counts[column].isin(known.index), column].unique():
                named |= {words.title(tables[column], code): code, words.short(tables[column], code): code}
    return names


def _divisors(figures: pd.DataFrame) -> dict[str, list[float]]:
    """The numbers of residents and of places of each territory: pages divide clients by them."""
    rows = figures[figures["measure"].isin(DIVISORS) & figures["value"].gt(0)]
    return {str(code): sorted(set(values)) for code, values in rows.groupby("territory")["value"]}


def _open_numbers(shown: Shown) -> dict[str, list[Open]]:
    """All numbers that the public may see of each territory."""
    columns = ["territory", *CELL, "period", "value"]
    rows = pd.concat([each[columns] for each in (shown.figures, shown.sums)]).dropna(subset="value").drop_duplicates()
    found: dict[str, list[Open]] = {}
    for territory, service, group, period, value in rows.itertuples(index=False, name=None):
        about = frozenset(code for code in (service, group) if code != TOTAL)
        found.setdefault(str(territory), []).append(Open(value, about, str(period)))
    return found
