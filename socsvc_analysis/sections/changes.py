"""What changed since the publication before: new, revised and withdrawn figures, what was said and what is said."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from socsvc_analysis.codes import lookup, records
from socsvc_analysis.columns import Column
from socsvc_analysis.markup import Html, Table, absent, piece, together
from socsvc_analysis.observations import RESIDENTS
from socsvc_analysis.publications import NEW, REVISED, SHOWN, WITHDRAWN, Publication
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.sections.naming import amount, measured_or_planned, named
from socsvc_analysis.wording import Words

MOST_ROWS = 60
"""More new figures than this are counted by measure, time and source; of more revised ones the first are listed."""
POLICIES = 4
"""Sentences about when figures may change."""
SAID = ("value", "status", "period", "source", "kind", "version")
SUBJECT = ("measure", "territory", "provider", "programme", "service_type", "target_group")


def changes_summary(former: Publication | None, changed: pd.DataFrame, *, region: str, words: Words) -> Html:
    """With what is compared, and how many figures of ``region`` are new, revised and withdrawn since then.

    ``former`` and ``changed`` come from :func:`~socsvc_analysis.publications.since_previous`.
    """
    sentences = [changes_sentence(former, changed, region=region, words=words)]
    if former is not None and former.notes[words.language]:
        sentences.append(words.say("changes_note", edition=former.edition, note=former.notes[words.language]))
    return piece("listing", items=sentences, css="findings", plain="\n".join(sentences))


def changes_sentence(former: Publication | None, changed: pd.DataFrame, *, region: str, words: Words) -> str:
    """The one sentence about changes that stands at the top of a page too."""
    if former is None:
        return words.say("changes_first")
    values = {
        "edition": former.edition,
        "date": words.date_short(former.date),
        "place": words.place(region, "locative"),
    }
    rows = changes_of(changed, region, words)
    if rows.empty:
        return words.say("changes_none", **values)
    return words.say("changes_counted", **values, kinds=words.listed(_counted(rows, words)))


def changes_in_brief(former: Publication | None, changed: pd.DataFrame, *, region: str, words: Words) -> str:
    """For the top of a brief: how many figures about services have changed, numbers of residents aside."""
    if former is None:
        return words.say("changes_first")
    rows = changes_of(changed, region, words)
    residents = rows["measure_before"].isin(RESIDENTS) | rows["measure_after"].isin(RESIDENTS)
    kinds, date = _counted(rows[~residents], words), words.date_short(former.date)
    if not kinds:
        return words.say("changes_brief_none", date=date)
    return words.say("changes_brief", date=date, kinds=words.listed(kinds))


def _counted(rows: pd.DataFrame, words: Words) -> list[str]:
    """How many figures are new, revised and withdrawn, in words; kinds without any are left out."""
    counts = rows["change"].value_counts()
    return [
        words.say(f"changes_{kind}", n=int(counts[kind]), count=words.number(counts[kind]))
        for kind in (NEW, REVISED, WITHDRAWN)
        if kind in counts
    ]


def changes_table(former: Publication | None, changed: pd.DataFrame, *, region: str, words: Words) -> Html:
    """The figures of ``region`` that are revised (old and new), withdrawn, and new; a sentence where there are none."""
    rows = changes_of(changed, region, words)
    if former is None or rows.empty:
        return absent(words.say("changes_first_list" if former is None else "changes_none_list"))
    parts = [
        make(rows[rows["change"] == kind], words)
        for kind, make in ((REVISED, _revised), (WITHDRAWN, _withdrawn), (NEW, _new))
        if (rows["change"] == kind).any()
    ]
    return together(*parts)


def changes_of(changed: pd.DataFrame, region: str, words: Words) -> pd.DataFrame:
    """The changes that a page about ``region`` tells of: in its borders then or now; all of them for the country.

    A figure that only goes by another id has not changed for a reader.
    """
    rows = changed[changed["changed"].map(lambda columns: columns != ("id",)).astype(bool)]
    if region == COUNTRY_REGION:
        return rows.reset_index(drop=True)
    tables = words.reference
    regions = lookup(tables.regions, "code", "region") | lookup(tables.municipalities, "code", "region")
    here = [rows[f"territory_{side}"].map(regions) == region for side in ("before", "after")]
    return rows[here[0] | here[1]].reset_index(drop=True)


def revision_policy(*, words: Words) -> Html:
    """How figures are compared and when they may change."""
    items = [words.say(f"changes_policy_{number}") for number in range(1, POLICIES + 1)]
    return piece("method", summary=words.say("changes_policy_heading"), inner=piece("listing", items=items))


def _revised(rows: pd.DataFrame, words: Words) -> Html:
    shown = rows.head(MOST_ROWS)
    before, after = _side(shown, "before"), _side(shown, "after")
    table = pd.DataFrame(
        {
            "figure": [named(row, words) for row in after],
            "time": [words.period(row.period) for row in after],
            "before": [_said(row, columns, words) for row, columns in zip(before, shown["changed"], strict=True)],
            "after": [_said(row, columns, words) for row, columns in zip(after, shown["changed"], strict=True)],
            "what": [_what(columns, words) for columns in shown["changed"]],
            "sources": [_known((then.source, now.source), words) for then, now in zip(before, after, strict=True)],
        }
    )
    columns = (
        Column("figure", words.say("column_figure")),
        Column("time", words.say("column_period")),
        Column("before", words.say("changes_before")),
        Column("after", words.say("changes_after")),
        Column("what", words.say("changes_what")),
    )
    made = Table(table, columns, words, words.say("changes_revised_caption"), sources="sources")
    return together(made, _rest(len(rows) - len(shown), words))


def _withdrawn(rows: pd.DataFrame, words: Words) -> Html:
    shown = rows.head(MOST_ROWS)
    made = _listed(_side(shown, "before"), "changes_withdrawn_caption", words)
    return together(made, _rest(len(rows) - len(shown), words))


def _new(rows: pd.DataFrame, words: Words) -> Table:
    if len(rows) <= MOST_ROWS:
        return _listed(_side(rows, "after"), "changes_new_caption", words)
    same = ["measure_after", "kind_after", "period_after", "source_after"]
    counted = rows.groupby(same, sort=True).agg(count=("id_after", "size"), places=("territory_after", "nunique"))
    counted = counted.reset_index()
    table = pd.DataFrame(
        {
            "measure": [
                measured_or_planned(measure, kind, words)
                for measure, kind in zip(counted["measure_after"], counted["kind_after"], strict=True)
            ],
            "time": [words.period(period) for period in counted["period_after"]],
            "count": counted["count"],
            "places": counted["places"],
            "sources": [_known((source,), words) for source in counted["source_after"]],
        }
    )
    columns = (
        Column("measure", words.say("column_figure")),
        Column("time", words.say("column_period")),
        Column("count", words.say("changes_count"), "figures"),
        Column("places", words.say("changes_places"), "figures"),
    )
    return Table(table, columns, words, words.say("changes_new_counted_caption"), sources="sources")


def _listed(rows: list[SimpleNamespace], caption: str, words: Words) -> Table:
    table = pd.DataFrame(
        {
            "figure": [named(row, words) for row in rows],
            "time": [words.period(row.period) for row in rows],
            "said": [_said(row, (), words) for row in rows],
            "sources": [_known((row.source,), words) for row in rows],
        }
    )
    columns = (
        Column("figure", words.say("column_figure")),
        Column("time", words.say("column_period")),
        Column("said", words.say("column_value")),
    )
    return Table(table, columns, words, words.say(caption), sources="sources")


def _side(rows: pd.DataFrame, side: str) -> list[SimpleNamespace]:
    """One side of the changes, as figures."""
    figures = rows[[f"{name}_{side}" for name in SHOWN]].set_axis(list(SHOWN), axis=1)
    return [SimpleNamespace(**row) for row in records(figures)]


def _said(row: SimpleNamespace, changed: tuple[str, ...], words: Words) -> str:
    """The value in words, with what else is needed to see the difference."""
    units = lookup(words.reference.measures, "measure", "unit")
    said = amount(row.value, units.get(row.measure, "figures"), words)
    also = []
    if "status" in changed or row.status not in ("normal", "missing"):
        also.append(words.say(f"status_{row.status}"))
    if "period" in changed:
        also.append(words.period(row.period))
    if set(changed) & {*SUBJECT, "version"}:
        also.append(named(row, words))
    return words.say("changes_said", value=said, also="; ".join(also)) if also else said


def _what(changed: tuple[str, ...], words: Words) -> str:
    parts = [name for name in SAID if name in changed]
    parts += ["subject"] if set(changed) & set(SUBJECT) else []
    return words.listed(words.say(f"changes_of_{name}") for name in parts)


def _known(sources: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """The sources that the table still lists: what was withdrawn may have taken its source along."""
    known = set(words.reference.sources["source"])
    return tuple(source for source in dict.fromkeys(sources) if source in known)


def _rest(count: int, words: Words) -> Html:
    sentences = [words.say("changes_rest", n=count, count=words.number(count))] if count else []
    return piece("notes", sentences=sentences)
