"""Who has reported, and what the figures can and cannot be used for."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from socsvc_analysis.columns import Column
from socsvc_analysis.completeness import IN_TIME, LATE, MISSING, completeness, year_expected
from socsvc_analysis.markup import Html, Table, absent, piece, together
from socsvc_analysis.observations import within_region
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.wording import Words

CAN, CANNOT = 4, 4


def completeness_of_returns(received: pd.DataFrame, *, on: str, region: str, words: Words) -> Html:
    """Which municipalities of ``region`` have reported for the year whose returns were due by the day ``on``.

    ``received`` comes from :func:`~socsvc_analysis.completeness.returns_received`.  Late and missing ones are named;
    when nobody in the country has reported, the collection has not begun and nobody is named.
    """
    expected = year_expected(words.reference.calendar, on)
    if expected is None:
        return _sentence("completeness_no_calendar", words)
    year, due = expected
    if not (received["year"] == year).any():
        return _sentence(
            "completeness_none", words, year=words.date_long(str(year), "genitive"), due=words.date_long(due)
        )
    units = within_region(completeness(received, words.reference, year, due), region)
    counts = units["state"].value_counts()
    came = int(len(units) - counts.get(MISSING, 0))
    said = words.say(
        "completeness_said" if came else "completeness_nobody",
        n=came,
        year=words.date_long(str(year), "genitive"),
        due=words.date_long(due),
        place=words.place(region, "locative"),
        count=words.number(came),
        expected=words.count("municipalities_from", len(units)),
    )
    parts: list[Html | Table] = [piece("paragraph", sentence=said)]
    for state, heading in ((LATE, "completeness_late"), (MISSING, "completeness_missing")):
        rows = units[units["state"] == state]
        if len(rows):
            names = words.listed(_names(rows, words))
            parts.append(piece("named_units", heading=words.say(heading), names=names))
    if region == COUNTRY_REGION:
        parts.append(_by_region(units, words))
    return replace(together(*parts), plain=said)


def uses(*, words: Words) -> Html:
    """What the figures can be used for, and what they cannot."""
    can = [words.say(f"uses_can_{number}") for number in range(1, CAN + 1)]
    cannot = [words.say(f"uses_cannot_{number}") for number in range(1, CANNOT + 1)]
    return piece("uses", lists=[(words.say("uses_can"), can), (words.say("uses_cannot"), cannot)])


def _names(rows: pd.DataFrame, words: Words) -> list[str]:
    """Names in alphabetical order, with the day where there is one."""
    days = dict(zip(rows["municipality"], rows["received"], strict=True))
    named = {words.place(code): day for code, day in days.items()}
    return [
        words.say("completeness_on", name=name, day=words.date_short(named[name])) if named[name] else name
        for name in words.ordered(named)
    ]


def _by_region(units: pd.DataFrame, words: Words) -> Table:
    counts = pd.crosstab(units["region"], units["state"])
    regions = words.reference.regions.sort_values("order")
    regions = regions[regions["region"].isin(counts.index)]
    table = pd.DataFrame({"place": [words.place(region) for region in regions["region"]]})
    table["expected"] = [int(counts.loc[region].sum()) for region in regions["region"]]
    for state in (IN_TIME, LATE, MISSING):
        # A meeting of region and state that nobody is in really is zero: it counts municipalities.
        table[state] = [int(counts.loc[region].get(state, 0)) for region in regions["region"]]
    columns = (
        Column("place", words.say("completeness_region")),
        Column("expected", words.say("completeness_expected"), "municipalities"),
        Column(IN_TIME, words.say("completeness_in_time"), "municipalities"),
        Column(LATE, words.say("completeness_late_column"), "municipalities"),
        Column(MISSING, words.say("completeness_missing_column"), "municipalities"),
    )
    return Table(table, columns, words, words.say("completeness_caption"))


def _sentence(key: str, words: Words, **values: object) -> Html:
    return absent(words.say(key, **values))
