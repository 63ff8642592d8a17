"""The top of a page: region, period, version, status, next update, how far its figures can be relied on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from socsvc_analysis.codes import by_code
from socsvc_analysis.completeness import next_due
from socsvc_analysis.datapackage import Package
from socsvc_analysis.markup import Html, piece
from socsvc_analysis.observations import RESIDENTS, excluding, with_region, within_region
from socsvc_analysis.publications import WORKING, Publication, publication_of
from socsvc_analysis.reference import Reference
from socsvc_analysis.tables import COMMITMENTS
from socsvc_analysis.wording import Words

AHEAD = (*COMMITMENTS, "budget")
"""Kinds that speak of what is to come: they do not widen the period that the figures cover."""
PUBLICATION = "publication"


def masthead(
    figures: pd.DataFrame, *, region: str, version: str, created: str, changed: str, links: bool, words: Words
) -> Html:
    """What a reader must know before the first number, as a list of terms.

    ``figures`` are all observations that the page may rest on; ``changed`` is the sentence about what has changed.
    ``links`` says whether there are the chapters *quality* and *changes* to lead to; the index has none, and is of no
    single territory.
    """
    tables = words.reference
    rows = within_region(with_region(excluding(figures, measure=RESIDENTS), tables), region)
    issued = publication_of(version, tables)
    rests = "masthead_rests" if links else "masthead_rests_all"
    entries = [
        ("masthead_region", by_code(tables.regions, "region")[region][f"long_{words.language}"], ""),
        ("masthead_period", period_covered(rows, created, words), ""),
        ("masthead_version", words.say("masthead_version_said", version=version, date=words.date_long(created)), ""),
        ("masthead_status", status_text(issued, words), ""),
        ("masthead_next", next_text(created, tables, words), ""),
        ("masthead_figures", reliability_text(rows, words, rests), "quality"),
        ("masthead_changes", changed, "changes"),
    ]
    return _edition(entries if links else [(key, said, "") for key, said, _ in entries[1:]], words)


def short_masthead(package: Package, changed: str, words: Words) -> Html:
    """What a reader of a brief must know before the first number: status, date of the data, what is new, what is due.

    ``changed`` is the sentence about what has changed.
    """
    due = _due(package.created, words.reference)
    then = words.say("masthead_no_next")
    if due is not None:
        then = words.say("masthead_next_by", date=words.date_long(due["date"], "dative"))
    entries = [
        ("masthead_status", status_text(publication_of(package.version, words.reference), words), ""),
        ("masthead_data", words.date_long(package.created), ""),
        ("masthead_next", then, ""),
        ("masthead_changes", changed, ""),
    ]
    return _edition(entries, words)


def _edition(entries: Sequence[tuple[str, str, str]], words: Words) -> Html:
    """Terms and what is said of them, each with a link to the chapter that says more, where there is one."""
    linked = [
        (words.say(key), said, chapter if said else "", words.say(f"masthead_to_{chapter}") if chapter else "")
        for key, said, chapter in entries
    ]
    return piece("edition", entries=linked)


def period_covered(rows: pd.DataFrame, created: str, words: Words) -> str:
    """The years of what was counted, first and last; what is only planned, or ends after the data, does not count.

    ``rows`` are observations, ``created`` the day of the data.
    """
    counted = rows.loc[~rows["kind"].isin(AHEAD), "period"]
    periods = [period for period in counted if period and period.split("/")[-1] <= created]
    if not periods:
        return words.say("masthead_no_period")
    first = min(period[:4] for period in periods)
    last = max(period.split("/")[-1][:4] for period in periods)
    return words.date_long(first) if first == last else words.say("masthead_years", first=first, last=last)


def status_text(issued: Publication | None, words: Words) -> str:
    """Whether the version is published, and whether its figures may still change."""
    if issued is None:
        return words.say(f"masthead_state_{WORKING}")
    return words.say(f"masthead_state_{issued.state}", date=words.date_long(issued.date, "locative"))


def next_text(created: str, tables: Reference, words: Words) -> str:
    """What is expected next and by when, from the calendar and the day of the data; the clock is not asked."""
    first = _due(created, tables)
    if first is None:
        return words.say("masthead_no_next")
    return words.say(
        "masthead_next_said", date=words.date_long(first["date"], "dative"), what=first[f"title_{words.language}"]
    )


def _due(created: str, tables: Reference) -> pd.Series | None:
    """The publication that is expected next after the day of the data; None when none is in the calendar."""
    due = next_due(tables.calendar[tables.calendar["kind"] == PUBLICATION], created)
    return None if due.empty else due.iloc[0]


def reliability_text(rows: pd.DataFrame, words: Words, key: str) -> str:
    """How many figures the page rests on, in the words of ``key``, and how many of them are less than reliable."""
    total = words.say(key, n=len(rows), count=words.count("figures", len(rows)))
    doubts = words.doubts(Counter(rows["status"].tolist()))
    return words.say("masthead_of_which", total=total, doubts=doubts) if doubts else total + "."
