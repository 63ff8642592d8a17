"""What protection hides of the returns, for those who own them: counts of numbers, never the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from socsvc_analysis.codes import records
from socsvc_analysis.datapackage import Package
from socsvc_analysis.disclosure.figures import BY, DESIGNS, Given, Shown, design_named, protected_figures
from socsvc_analysis.report.internal_pages import template
from socsvc_analysis.wording import Words

COLUMNS = ("measure", "period", "published", "small", "others", "safe", "people")


def what_is_hidden(shown: Shown) -> pd.DataFrame:
    """One row for each measure and period: how many numbers are published, how many of them are hidden and why.

    ``small`` are hidden for their own sake, ``others`` of the ``safe`` ones so that those cannot be worked out;
    ``people`` is the part of all people reported by service whose municipality's number is not shown.
    """
    if shown.protected is None:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = []
    groups = shown.counts.groupby(list(BY), sort=True)
    for (about, counts), cost in zip(groups, shown.protected.costs, strict=True):
        named = dict(zip(BY, map(str, about), strict=True))
        rows.append(
            {
                **{name: named[name] for name in COLUMNS[:2]},
                **{name: getattr(cost, name) for name in COLUMNS[2:-1]},
                "people": _people_hidden(counts, shown.sums, named),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _people_hidden(counts: pd.DataFrame, sums: pd.DataFrame, named: dict[str, str]) -> float:
    same = pd.Series(True, index=sums.index)
    for name in ("measure", "kind", "version", "period"):
        same &= sums[name] == named[name]
    cells = sums[
        same & (sums["level"] == "territory") & (sums["target_group"] == "all") & (sums["service_type"] != "all")
    ]
    total = counts["count"].sum()
    return float(1 - cells["value"].sum() / total) if total else 0.0


def by_design(given: Given, package: Package) -> Iterator[tuple[str, pd.DataFrame]]:
    """What each design would hide, had nothing been released yet."""
    for name in DESIGNS:
        yield name, what_is_hidden(protected_figures(given, design_named(name, package.path.name)))


def for_owner(package: Package, ledger: Path | None) -> tuple[pd.DataFrame, Given]:
    """What is hidden of ``package``, as the ledger has it where its version was released; and what was given."""
    from socsvc_analysis.observations.protection import for_public, given_figures
    from socsvc_analysis.reference import open_reference

    reference = open_reference(package)
    return what_is_hidden(for_public(package, reference, ledger)), given_figures(package, reference)


@dataclass(frozen=True)
class OwnersTable:
    """What is hidden in words: one row for each measure and period."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def in_words(found: pd.DataFrame, title: str, words: Words) -> OwnersTable:
    """The table that :func:`what_is_hidden` gives, for people."""
    headings = (
        words.say("owner_column_measure"),
        words.say("owner_column_period"),
        words.say("owner_column_published"),
        words.say("owner_column_small"),
        words.say("owner_column_others"),
        words.say("owner_column_share"),
        words.say("owner_column_people"),
    )
    rows = [
        (
            words.title("measures", row["measure"]),
            row["period"],
            *(words.number(row[name]) for name in ("published", "small", "others")),
            words.number(100 * row["others"] / row["safe"] if row["safe"] else 0.0, 1),
            words.number(100 * row["people"], 1),
        )
        for row in records(found)
    ]
    return OwnersTable(title, headings, tuple(rows))


def advice(found: pd.DataFrame, designs: Mapping[str, pd.DataFrame], words: Words) -> list[str]:
    """What protection costs, and which of the ``designs`` would hide fewer numbers, if there are any."""
    said = [words.say("owner_cost", safe=words.number(found["safe"].sum()), others=words.number(found["others"].sum()))]
    if not designs:
        return said
    now = int((found["small"] + found["others"]).sum())
    hidden = {name: int((costs["small"] + costs["others"]).sum()) for name, costs in designs.items()}
    best = min(hidden, key=lambda name: hidden[name])
    if hidden[best] < now:
        said.append(words.say("owner_fewer", design=best, fewer=words.number(hidden[best]), now=words.number(now)))
    else:
        said.append(words.say("owner_fewest"))
    return [*said, words.say("owner_named")]


def page_for_owner(tables: list[OwnersTable], said: list[str], words: Words) -> str:
    """The page, in the language of ``words``; it has no number of people that is not shown."""
    return template("owner.html.j2").render(language=words.language, say=words.say, tables=tables, sentences=said)
