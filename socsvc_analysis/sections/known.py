"""What a brief says first: the verdict, how old it is, and what is not known; and at its end, what is missing.

Every number comes from :mod:`socsvc_analysis.indicators.standing`; here it is only said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import lookup, named_rows
from socsvc_analysis.indicators.standing import Standing
from socsvc_analysis.indicators.values import APPLIED, DEINSTITUTIONALISATION
from socsvc_analysis.markup import Html, gathered, piece
from socsvc_analysis.observations import for_region
from socsvc_analysis.periods import last_days, latest_period
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.sections.of_plan import aim, what_is_known
from socsvc_analysis.wording import Words, sentence_case

VERDICT = "verdict"
"""The subject of what the ministry said of the performance framework."""
SERVED = "persons_served"


class _Newest(NamedTuple):
    target_group: str
    value: float


@dataclass(frozen=True)
class Statement:
    """A sentence, its first words in bold, and where its numbers come from."""

    lead: str
    text: str
    sources: Iterable[str] = ()

    def html(self, words: Words) -> Html:
        return piece("sourced", text=self.text, sources=self.sources, words=words, lead=self.lead)


def known(
    standing: pd.DataFrame,
    newest: pd.DataFrame,
    verdicts: pd.DataFrame,
    reserve: pd.DataFrame,
    alone: pd.DataFrame,
    *,
    region: str,
    words: Words,
) -> Html:
    """Three dated sentences about ``region``, the verdict first, and one line of what is not known.

    ``standing``, ``newest`` and ``alone`` come from ``standing``, ``latest_known`` and ``regions_alone`` in the
    indicators of the standing, ``reserve`` from ``published_reserve``, ``verdicts`` from the performance framework.
    For the country the ministry's own verdict stands beside ours.
    """
    tables = words.reference
    rows = for_region(standing, region, tables)
    sentences = [
        _verdict(rows, region, words),
        _newest(for_region(newest, region, tables), region, words),
        _end(rows, region, words),
        *(_published(for_region(reserve, region, tables), for_region(verdicts, region, tables), words)),
        _unknown(rows, alone if region == COUNTRY_REGION else alone.iloc[:0], region, words),
    ]
    plain = "\n".join(f"{each.lead} {each.text}".strip() for each in sentences)
    return piece("listing", items=[each.html(words) for each in sentences], css="findings", plain=plain)


def gaps(
    standing: pd.DataFrame,
    by_service: pd.DataFrame,
    operation: pd.DataFrame,
    absorption: pd.DataFrame,
    stock: pd.DataFrame,
    *,
    region: str,
    words: Words,
) -> Html:
    """What a reader of the brief would want to know and our sources do not have: one list; whom to ask; where to look.

    ``operation`` are places in operation and planned; the other frames are values of the indicators of these names.
    """
    tables = words.reference
    rows = for_region(standing, region, tables)
    place = words.place(region, "locative")
    last = rows["end"].max()
    said = []
    if not rows["final"].all():
        said.append(words.say("gap_final", end=words.date_long(last, "dative"), place=place))
    unplanned = rows[rows["planned"].isna()]
    if len(unplanned):
        said.append(words.say("gap_plan", groups=_whom(unplanned, words)))
    if for_region(by_service, region, tables)["value"].isna().all():
        said.append(words.say("gap_services"))
    if for_region(operation, region, tables).empty:
        said.append(words.say("gap_places"))
    if region == COUNTRY_REGION:
        counted = for_region(stock, region, tables)
        counted = counted[(counted["kind"] == "actual") & counted["value"].notna()]
        if len(counted):
            said.append(words.say("gap_stock", date=words.date_long(counted["period"].iloc[-1], "genitive")))
    else:
        said.append(words.say("gap_institutions", place=place))
    if for_region(absorption, region, tables)["numerator"].isna().all():
        said.append(words.say("gap_spent", place=place))
    return piece(
        "gaps",
        intro=words.say("gap_intro"),
        missing=[sentence_case(each) for each in said],
        closing=[_whom_to_ask(region, words), words.say("gap_figures")],
        plain="\n".join(said),
    )


def _verdict(rows: pd.DataFrame, region: str, words: Words) -> Statement:
    reached = rows[rows["numerator"].notna() | rows["value"].notna()]
    place = words.place(region, "locative")
    kind = aim(region)
    said = {"aim": words.say(f"known_aim_{kind}"), "done": words.say(f"known_done_{kind}")}
    if reached.empty:
        planned = rows[rows["planned"].notna()]
        lead = words.say("known_lead_unknown", **said)
        if planned.empty:
            return Statement(lead, words.say("known_nothing", place=place))
        parts = [_count(row.planned, row.target_group, "dative", words) for row in named_rows(planned, Standing)]
        due = words.date_long(planned["planned_due"].max(), "dative")
        key = "known_planned_undated" if planned["planned_due_assumed"].any() else "known_planned"
        text = words.say(key, due=due, place=place, parts=words.listed(parts))
        return Statement(lead, text, gathered(planned, "planned_sources"))
    key = "known_lead_" + "_".join(_code(outcome) for outcome in rows["outcome"])
    one_date = reached["period"].nunique() == 1
    reached_rows = list(named_rows(reached, Standing))
    parts = [_part(row, "" if one_date else _date(row, words), words) for row in reached_rows]
    ending = _due(reached, kind, words)
    text = words.say(
        "known_served" if one_date else "known_served_each",
        place=place,
        date=_date(reached_rows[0], words),
        parts=words.listed(parts),
        ending=ending,
    )
    # What had not been reached by an earlier day may have been since.
    yet = "" if reached["final"].all() else f"{words.say('known_yet')} "
    return Statement(words.say(key, yet=yet, **said), text, gathered(reached, "sources"))


def _due(reached: pd.DataFrame, kind: str, words: Words) -> str:
    """By when what was in force was due; a day that no source names is not said."""
    due = reached[reached["due"] != ""]
    named = due.loc[~due["due_assumed"], "due"]
    if len(named):
        return words.say(f"known_due_{kind}", due=words.listed(words.date_long(day) for day in sorted(set(named))))
    return words.say("known_due_unnamed" if len(due) else "known_due_unknown")


def _part(row: Standing, date: str, words: Words) -> str:
    """How many of one group were served, of how many, and when where the groups differ in it."""
    known = what_is_known(row.numerator, row.denominator, row.value)
    said = words.say(
        f"known_part_{known}",
        part=words.number(row.numerator),
        whole=words.number(row.denominator),
        share=words.percent(row.value),
        group=words.say("known_genitive_" + row.target_group),
        count="" if known == "share" else _count(row.numerator, row.target_group, "nominative", words),
        of_whole=_count(row.denominator, row.target_group, "of", words) if known == "of" else "",
    )
    return f"{said} {date}" if date else said


def _newest(newest: pd.DataFrame, region: str, words: Words) -> Statement:
    if newest.empty:
        return Statement("", words.say("known_newest_none", place=words.place(region, "locative")))
    row = newest.iloc[0]
    key = {SERVED: "known_newest", APPLIED: "known_newest_applied"}.get(row["step"], "known_newest_step")
    told = list(named_rows(newest, _Newest))
    text = words.say(
        key + ("_approximate" if newest["approximate"].any() else ""),
        date=words.date_long(row["period"], "locative"),
        step=words.say("known_step_" + row["step"]),
        count=words.listed(_count(each.value, each.target_group, "nominative", words) for each in told),
        applications=words.listed(
            words.say(
                "known_applications",
                count=words.number(each.value),
                group=words.say("known_genitive_" + each.target_group),
            )
            for each in told
        ),
    )
    return Statement("", text, gathered(newest, "sources"))


def _end(rows: pd.DataFrame, region: str, words: Words) -> Statement:
    end = rows["end"].max()
    finals = int(rows["final"].sum())
    key = "known_end_all" if finals == len(rows) else "known_end_some" if finals else "known_end_none"
    text = words.say(
        key,
        end=words.date_long(end, "locative"),
        place=words.place(region, "locative"),
        groups=_whom(rows[~rows["final"]], words) if finals < len(rows) else "",
    )
    return Statement("", text, _sources_of_end(end, region, words))


def _sources_of_end(end: str, region: str, words: Words) -> list[str]:
    """Who says of the region, or of its project, or else of the measure, that it ends on that day.

    A regulation by which targets are due that day does not say that the measure ends.
    """
    events = words.reference.programme_events
    ends = events[(events["programme"] == DEINSTITUTIONALISATION) & (events["date"] == end)]
    own = ends[(ends["region"] == region) & (ends["kind"] == "event")]
    if len(own):
        return list(own["source"])
    programmes = words.reference.programmes
    ending = programmes[(last_days(programmes["end"]) == end) & (programmes["source"] != "")]
    project = ending[(ending["parent"] == DEINSTITUTIONALISATION) & (ending["regions"] == region)]
    measure = ending[ending["programme"] == DEINSTITUTIONALISATION]
    return list((measure if project.empty else project)["source"])


def _published(reserve: pd.DataFrame, verdicts: pd.DataFrame, words: Words) -> Iterator[Statement]:
    """The ministry's own word on the performance framework, and that ours is an analogy."""
    statements = words.reference.statements
    stated = statements[(statements["subject"] == VERDICT) & (statements["region"] == COUNTRY_REGION)]
    if stated.empty or reserve.empty:
        return
    milestones = verdicts[verdicts["commitment"] == "milestone"]
    judged = milestones[milestones["verdict"] != "unknown"]
    ours = _code(judged["verdict"].iloc[-1]) if len(judged) else "unknown"
    share = reserve.iloc[-1]
    text = words.say(
        "known_published",
        date=words.date_long(share["period"], "locative"),
        share=words.percent(share["value"]),
        ours=words.say("known_analogy_" + ours),
    )
    yield Statement(words.say("known_published_lead"), text, [*share["sources"], *stated["source"]])


def _unknown(rows: pd.DataFrame, alone: pd.DataFrame, region: str, words: Words) -> Statement:
    """What is not known of the region; ``alone``: of the country, what regions alone report."""
    reached = rows[rows["numerator"].notna() | rows["value"].notna()]
    open_ = reached[~reached["final"]]
    later = reached[reached["later_plan"]]
    parts = []
    if len(open_):
        date = words.date_long(latest_period(open_["period"]), "genitive")
        # Regions may have later figures: they stand in the table of the country's page.
        key = "known_unknown_since_country" if region == COUNTRY_REGION else "known_unknown_since"
        key = "known_unknown_since_regions" if len(alone) else key
        more = [_count(row.value, row.target_group, "nominative", words) for row in named_rows(alone, _Newest)]
        regions = words.count("regions", alone["regions"].max()) if len(alone) else ""
        parts.append(words.say(key, date=date, regions=regions, more=words.listed(more) if more else ""))
    lacking = rows[rows["numerator"].isna() & rows["value"].isna()]
    if len(lacking):
        parts.append(words.say("known_unknown_served", groups=_whom(lacking, words)))
    if len(later):
        plans = [_count(row.planned, row.target_group, "nominative", words) for row in named_rows(later, Standing)]
        parts.append(words.say("known_unknown_later", plans=words.listed(plans)))
    if not parts:
        return Statement("", words.say("known_unknown_none"))
    return Statement(
        words.say("known_unknown_lead"),
        words.listed(parts) + ".",
        [*gathered(alone, "sources"), *gathered(later, "planned_sources")],
    )


def _whom_to_ask(region: str, words: Words) -> str:
    leads = lookup(words.reference.programmes, "programme", f"lead_{words.language}")
    ministry = leads.get(DEINSTITUTIONALISATION, "")
    if region == COUNTRY_REGION:
        return words.say("gap_ask_country", ministry=ministry)
    names = lookup(words.reference.regions, "region", f"long_{words.language}")
    return words.say("gap_ask", region=names[region], ministry=ministry)


def _whom(rows: pd.DataFrame, words: Words) -> str:
    """The groups of the rows, in the genitive where the language has one."""
    return words.listed(words.say("known_genitive_" + group) for group in dict.fromkeys(rows["target_group"]))


def _count(value: float, group: str, case: str, words: Words) -> str:
    """So many of a group: ``nominative``, ``dative``, or as what a part is ``of``."""
    return words.say(f"known_{case}_{group}", n=value, count=words.number(value))


def _date(row: Standing, words: Words) -> str:
    return words.date_long(row.period, "locative")


def _code(outcome: str) -> str:
    return outcome.replace(" ", "_")
