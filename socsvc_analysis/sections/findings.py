"""What the numbers say, in a few sentences for each chapter: none is left out, the most important come first.

Every sentence carries the sources of its numbers.  A chapter that has no number for a region says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.indicators.capacity import (
    Centre,
    Working,
    centres_in_sentences,
    places_found,
    working_in_all_services,
)
from socsvc_analysis.indicators.overlap import Overlap, services_and_people
from socsvc_analysis.indicators.values import (
    PLANNED_FOR,
    STATE_CARE,
    latest_figure,
    with_known_number,
)
from socsvc_analysis.markup import Html, gathered, piece
from socsvc_analysis.observations import for_region, within_region
from socsvc_analysis.periods import by_last_day
from socsvc_analysis.reference import COUNTRY_REGION, programmes_of
from socsvc_analysis.sections.naming import in_brackets
from socsvc_analysis.sections.of_plan import aim, what_is_known
from socsvc_analysis.wording import Words, sentence_case


@dataclass(frozen=True)
class Sentence:
    """One finding and where its numbers come from."""

    text: str
    sources: Iterable[str] = ()


def capacity_findings(
    places: pd.DataFrame, working: pd.DataFrame, centres: pd.DataFrame, *, region: str, words: Words
) -> Html:
    """How many of the planned places are in operation, and how many places the projects found have.

    No municipality is said to have most: the list of places is not complete.
    """
    local = within_region(with_known_number(places), region)
    return listed(
        [
            *_working(for_region(with_known_number(working), region, words.reference), region, words),
            *_places(local, region, words),
            *_centres(for_region(with_known_number(centres), region, words.reference), region, words),
        ],
        region,
        words,
    )


def clients_findings(
    served: pd.DataFrame, path: pd.DataFrame, by_service: pd.DataFrame, *, region: str, words: Words
) -> Html:
    """Who was assessed and served, how that grew, and why services do not add up to people."""
    own = for_region(with_known_number(served), region, words.reference)
    steps = for_region(with_known_number(path), region, words.reference)
    return listed(
        [
            *_assessed(steps, words),
            *served_of_plan_sentences(own, steps, region, words),
            *_growth(own, words),
            *_sum_of_services(for_region(by_service, region, words.reference), words),
        ],
        region,
        words,
    )


class _Participating(NamedTuple):
    value: float
    period: str
    merged: bool
    sources: tuple[str, ...]


def programme_findings(participation: pd.DataFrame, *, region: str, words: Words) -> Html:
    """Which programmes there are, and how many municipalities took part, as the indicator of this name gives it."""
    language, programmes = words.language, programmes_of(region, words.reference.programmes)
    featured = programmes[programmes["featured"]]
    names = words.listed(featured[f"short_{language}"]) if len(featured) else ""
    listing = words.say("finding_programmes", place=words.place(region, "locative"), names=names)
    sentences = [Sentence(listing, [code for code in featured["source"] if code])] if names else []
    newest_first = for_region(participation, region, words.reference)
    for at, row in enumerate(named_rows(newest_first, _Participating)):
        key = "" if not at else "_before_merging" if row.merged else "_before"
        said = words.say(
            "finding_participating" + key,
            n=row.value,
            count=words.number(row.value),
            date=words.period(row.period, "locative"),
            place=words.place(region, "locative"),
        )
        sentences.append(Sentence(sentence_case(said), row.sources))
    return listed(sentences, region, words)


def quality_findings(figures: pd.DataFrame, disagreements: pd.DataFrame, *, region: str, words: Words) -> Html:
    """How many figures the page rests on, how many are uncertain, and on how many sources disagree.

    Both frames are observations with ``region``.
    """
    rows = within_region(figures, region)
    statuses = Counter(rows["status"].tolist())
    disputed = within_region(disagreements, region)
    sentences = [
        Sentence(
            words.say(
                "finding_evidence",
                figures=words.say("finding_figures", n=len(rows), count=words.number(len(rows))),
                sources=words.say(
                    "finding_sources", n=rows["source"].nunique(), count=words.number(rows["source"].nunique())
                ),
            )
        ),
    ]
    doubts = words.doubts(statuses)
    if doubts:
        sentences.append(Sentence(words.say("finding_uncertain", doubts=doubts)))
    if len(disputed):
        cases = int(disputed["chosen"].sum())
        sentences.append(
            Sentence(words.say("finding_disagreements", n=cases, count=words.number(cases)), disputed["source"])
        )
    return listed(sentences, region, words)


def listed(sentences: Iterable[Sentence], region: str, words: Words) -> Html:
    """The sentences as the findings of a chapter, each with its references."""
    found = list(sentences) or [Sentence(words.say("finding_nothing", place=words.place(region, "locative")))]
    items = [piece("sourced", text=each.text, sources=each.sources, words=words) for each in found]
    return piece("listing", items=items, css="findings", plain="\n".join(each.text for each in found))


def group_name(code: str, words: Words) -> str:
    """The name of a target group as a sentence begins with it."""
    return sentence_case(words.title("target_groups", code))


def served_of_plan_sentences(served: pd.DataFrame, path: pd.DataFrame, region: str, words: Words) -> Iterator[Sentence]:
    """For each group of a plan how many were served of those planned for; the plan alone where nothing newer is known.

    ``served`` and ``path``: rows of the indicators ``served_of_plan`` and ``path_to_service`` for one region.
    """
    for group in PLANNED_FOR:
        rows = latest_figure(served[served["target_group"] == group])
        plans = path[(path["target_group"] == group) & (path["step"] == "persons_served_plan")]
        if not rows.empty:
            yield _served_sentence(rows.iloc[0], region, words)
        elif not plans.empty:
            plan = plans.iloc[0]
            text = words.say(
                "finding_planned_only",
                group=group_name(group, words),
                place=words.place(region, "locative"),
                plan=words.count("persons", plan["value"]),
            )
            yield Sentence(text, plan["sources"])


def _served_sentence(row: pd.Series, region: str, words: Words) -> Sentence:
    known = what_is_known(row["numerator"], row["denominator"], row["value"])
    text = words.say(
        f"finding_served_{f'of_{aim(region)}' if known == 'of' else known}",
        group=group_name(row["target_group"], words),
        date=words.date_long(row["period"], "locative"),
        place=words.place(region, "locative"),
        served=words.count("persons_dative", row["numerator"]),
        plan=words.number(row["denominator"]),
        share=words.percent(row["value"]),
    )
    return Sentence(text, row["sources"])


def _places(places: pd.DataFrame, region: str, words: Words) -> Iterator[Sentence]:
    if places.empty:
        return
    found = places_found(places)
    text = words.say(
        "finding_places" if found.opened else "finding_places_none_open",
        n=found.places,
        place=words.place(region, "locative"),
        places=words.number(found.places),
        municipalities=words.say("in_municipalities", n=found.territories, count=words.number(found.territories)),
        planned=words.number(found.promised),
        opened=words.number(found.opened),
    )
    yield Sentence(text, found.sources)


def _working(working: pd.DataFrame, region: str, words: Words) -> Iterator[Sentence]:
    for row in named_rows(working_in_all_services(working), Working):
        text = words.say(
            "finding_working",
            n=row.denominator,
            place=words.place(region, "locative"),
            planned=words.number(row.denominator),
            group=in_brackets(row.target_group, words),
            period=words.date_long(row.period, "locative"),
            working=words.number(row.numerator),
            share=words.percent(row.value),
        )
        yield Sentence(text, row.sources)


def _centres(centres: pd.DataFrame, region: str, words: Words) -> Iterator[Sentence]:
    for row in named_rows(centres_in_sentences(centres), Centre):
        values = {"place": words.place(region, "locative"), "date": words.date_long(row.period, "locative")}
        if row.service_type == STATE_CARE:
            group = words.title("target_groups", row.target_group)
            text = words.say("finding_centre_places", places=words.count("places", row.value), group=group, **values)
        elif region != COUNTRY_REGION:
            text = words.say("finding_centre_clients", clients=words.count("children", row.value), **values)
        else:
            continue
        yield Sentence(text, row.sources)


def _assessed(path: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for group in PLANNED_FOR:
        steps = path[path["target_group"] == group].drop_duplicates("step").set_index("step")
        known = {"persons_assessed", "persons_assessed_plan"} & set(steps.index)
        if not known:
            continue
        key = "finding_assessed_planned"
        values = {"group": group_name(group, words)}
        if "persons_assessed_plan" in known:
            plan = steps["value"]["persons_assessed_plan"]
            values["plan"] = words.number(plan) if len(known) == 2 else words.count("persons_dative", plan)
        if "persons_assessed" in known:
            key = "finding_assessed" if len(known) == 2 else "finding_assessed_only"
            values["assessed"] = words.count("persons_dative", steps["value"]["persons_assessed"])
            values["period"] = words.period(steps["period"]["persons_assessed"])
        yield Sentence(words.say(key, **values), gathered(steps.loc[sorted(known)], "sources"))


def _growth(served: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for group, rows in by_last_day(served).groupby("target_group", sort=True):
        if rows["period"].nunique() < 2:
            continue
        first, last = rows.iloc[0], rows.iloc[-1]
        text = words.say(
            "finding_growth",
            group=group_name(str(group), words),
            first=words.number(first["numerator"]),
            last=words.number(last["numerator"]),
            first_period=words.date_long(first["period"][:4], "genitive"),
            last_period=words.date_long(last["period"][:4], "dative"),
        )
        yield Sentence(text, (*first["sources"], *last["sources"]))


def _sum_of_services(by_service: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for row in named_rows(services_and_people(by_service), Overlap):
        text = words.say(
            "finding_sum_of_services",
            group=group_name(row.target_group, words),
            sum=words.number(row.added),
            unique=words.number(row.unique_total),
        )
        yield Sentence(text, row.sources)
