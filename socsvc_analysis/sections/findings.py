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
    Share,
    latest_figure,
    with_known_number,
)
from socsvc_analysis.labels import bounded_text, needed_text, range_text
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
            *_served(own, steps, region, words),
            *_growth(own, words),
            *_sum_of_services(for_region(by_service, region, words.reference), words),
        ],
        region,
        words,
    )


def progress_findings(
    paces: pd.DataFrame,
    served: pd.DataFrame,
    path: pd.DataFrame,
    stock: pd.DataFrame,
    leaving: pd.DataFrame,
    versions: pd.DataFrame,
    budgets: pd.DataFrame,
    absorption: pd.DataFrame,
    *,
    region: str,
    words: Words,
) -> Html:
    """Achievement against time, the change of plans (whom they serve goes first), institutions, and money."""
    tables = words.reference
    own = for_region(with_known_number(paces), region, tables)
    return listed(
        [
            *(
                _paces(own, words)
                if len(own)
                else _served(
                    for_region(with_known_number(served), region, tables),
                    for_region(with_known_number(path), region, tables),
                    region,
                    words,
                )
            ),
            *(_stock(with_known_number(stock), words) if region == COUNTRY_REGION else ()),
            *_leaving(for_region(with_known_number(leaving), region, tables), words),
            *_changed_plans(for_region(with_known_number(versions), region, tables), words),
            *_changed_plans(for_region(with_known_number(budgets), region, tables), words),
            *_absorption(for_region(absorption, region, words.reference), words),
        ],
        region,
        words,
    )


class _Participating(NamedTuple):
    value: float
    period: str
    merged: bool
    sources: tuple[str, ...]


class _Pace(NamedTuple):
    verdict: str
    target_group: str
    period: str
    expected: float
    expected_from: float
    value: float
    required_per_year: float
    target: float
    sources: tuple[str, ...]


class _Leaving(NamedTuple):
    target_group: str
    value: float
    version: str
    notes: tuple[str, ...]
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


def _group(code: str, words: Words) -> str:
    return sentence_case(words.title("target_groups", code))


def _served(served: pd.DataFrame, path: pd.DataFrame, region: str, words: Words) -> Iterator[Sentence]:
    for group in PLANNED_FOR:
        rows = latest_figure(served[served["target_group"] == group])
        plans = path[(path["target_group"] == group) & (path["step"] == "persons_served_plan")]
        if not rows.empty:
            yield _served_sentence(rows.iloc[0], region, words)
        elif not plans.empty:
            plan = plans.iloc[0]
            text = words.say(
                "finding_planned_only",
                group=_group(group, words),
                place=words.place(region, "locative"),
                plan=words.count("persons", plan["value"]),
            )
            yield Sentence(text, plan["sources"])


def _served_sentence(row: pd.Series, region: str, words: Words) -> Sentence:
    known = what_is_known(row["numerator"], row["denominator"], row["value"])
    text = words.say(
        f"finding_served_{f'of_{aim(region)}' if known == 'of' else known}",
        group=_group(row["target_group"], words),
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
        values = {"group": _group(group, words)}
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
            group=_group(str(group), words),
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
            group=_group(row.target_group, words),
            sum=words.number(row.added),
            unique=words.number(row.unique_total),
        )
        yield Sentence(text, row.sources)


def _paces(paces: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for row in named_rows(paces, _Pace):
        text = words.say(
            f"finding_pace_{row.verdict}",
            group=_group(row.target_group, words),
            date=words.date_long(row.period, "locative"),
            expected=range_text(row.expected_from, row.expected, words),
            latest=words.number(row.expected),
            earlier=words.number(row.expected_from),
            served=words.number(row.value),
            required=needed_text(row.required_per_year, dated=row.expected_from == row.expected, words=words),
            target=words.number(row.target),
        )
        yield Sentence(text, row.sources)


def _stock(stock: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    by_kind = stock.drop_duplicates("kind", keep="last").set_index("kind")
    if not {"actual", "baseline", "target"} <= set(by_kind.index):
        return
    text = words.say(
        "finding_stock",
        baseline=words.number(by_kind["value"]["baseline"]),
        baseline_period=words.date_long(by_kind["period"]["baseline"], "locative"),
        latest=words.number(by_kind["value"]["actual"]),
        period=words.date_long(by_kind["period"]["actual"], "locative"),
        target=words.number(by_kind["value"]["target"]),
        share=words.percent(by_kind["achieved"]["actual"]),
    )
    yield Sentence(text, gathered(stock, "sources"))


def _leaving(leaving: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for row in named_rows(leaving, _Leaving):
        count = bounded_text(words.count("persons", row.value), row.notes, words)
        version = f" ({words.title('plan_versions', row.version)})" if row.version else ""
        text = words.say("finding_leaving", group=_group(row.target_group, words), count=count, version=version)
        yield Sentence(text, row.sources)


def _changed_plans(versions: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    """One sentence for each measure, with the change for each group; whom plans serve goes before all else.

    Of versions without a date it is not known which came first: the numbers are then said side by side.
    """
    reliable = versions[versions["status"] != "disputed"].sort_values("order")
    for measure in sorted(set(reliable["measure"]), key=lambda each: (each != "persons_served", each)):
        groups = reliable[reliable["measure"] == measure].groupby("target_group", sort=True)
        changes = [(str(group), rows) for group, rows in groups if rows["value"].iloc[0] != rows["value"].iloc[-1]]
        if not changes:
            continue
        named = {"measure": words.commitment(measure, "plan")}
        said = [
            {
                "group": words.title("target_groups", group),
                "first": _amount(rows.iloc[0], words),
                "last": _amount(rows.iloc[-1], words),
                "of_first": _issue(rows.iloc[0], words),
                "of_last": _issue(rows.iloc[-1], words),
            }
            for group, rows in changes
        ]
        if not all(rows["since"].iloc[[0, -1]].all() for _, rows in changes):
            beside = "; ".join(words.say("finding_plan_version", **each) for each in said)
            text = words.say("finding_plan_versions", **named, versions=beside)
        elif len(said) == 1:
            text = words.say("finding_plan_changed", **named, **said[0])
        else:
            in_turn = words.listed(words.say("finding_plan_change", **each) for each in said)
            text = words.say("finding_plan_changed_groups", **named, changes=in_turn)
        yield Sentence(text, gathered(pd.concat([rows for _, rows in changes]), "sources"))


def _issue(row: pd.Series, words: Words) -> str:
    """The day of an issue of a plan; its own name where only a year is known, which may be the earliest."""
    return words.title("plan_versions", row["version"]) if row["since"].isdecimal() else words.date_long(row["since"])


def _absorption(absorption: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for row in named_rows(absorption[absorption["value"].notna()], Share):
        text = words.say(
            "finding_absorption",
            spent=words.money(row.numerator),
            share=words.percent(row.value),
            period=words.period(row.period),
        )
        yield Sentence(text, row.sources)


def _amount(row: pd.Series, words: Words) -> str:
    """Money with its currency; people as a bare number, because the sentence has named them."""
    return words.money(row["value"]) if row["unit"] == "EUR" else words.number(row["value"])
