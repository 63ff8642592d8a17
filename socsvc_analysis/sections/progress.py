"""What the chapter on progress says: achievement against time, changed plans, institutions, and money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.indicators.values import Share, with_known_number
from socsvc_analysis.labels import bounded_text, needed_text, range_text
from socsvc_analysis.markup import Html, gathered
from socsvc_analysis.observations import for_region
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.sections.findings import Sentence, group_name, listed, served_of_plan_sentences
from socsvc_analysis.wording import Words


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
                else served_of_plan_sentences(
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


def _paces(paces: pd.DataFrame, words: Words) -> Iterator[Sentence]:
    for row in named_rows(paces, _Pace):
        text = words.say(
            f"finding_pace_{row.verdict}",
            group=group_name(row.target_group, words),
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
        text = words.say("finding_leaving", group=group_name(row.target_group, words), count=count, version=version)
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
