"""What was published when, and how the figures of two publications differ.

``data/publications/figures.csv`` holds one row for as long as a figure stayed the same: the first publication that
showed it so and the first that no longer did.  Every publication can be restored from it exactly, and it grows only by
what changes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from socsvc_analysis import journal, tables
from socsvc_analysis.codes import codes_of, tuples
from socsvc_analysis.datapackage import (
    INTERNAL,
    Described,
    Package,
    open_package,
    rows_as_csv,
)
from socsvc_analysis.descriptor import described_anew
from socsvc_analysis.files import json_bytes
from socsvc_analysis.observations import IDENTITY, unprotected
from socsvc_analysis.observations.audience import restricted
from socsvc_analysis.once import once
from socsvc_analysis.reference import Reference, open_reference
from socsvc_analysis.schema import DataError, Problem, unknown_references

STATES = tables.PUBLISHED.name
STATES_FILE = "publications/figures.csv"
SHOWN = tuple(name for name in tables.PUBLISHED.columns if name not in ("since", "until"))
"""What a publication shows of a figure."""
AT_ID = SHOWN.index("id")
COMPARED = tuple(name for name in SHOWN if name != "id")
PROVISIONAL, FINAL, WORKING = "provisional", "final", "working"
RECALLED = "recalled"
"""A publication that must not be read any more: nothing is compared with it, and its pages leave the archive."""
NEW, REVISED, WITHDRAWN = "new", "revised", "withdrawn"


@dataclass(frozen=True)
class Publication:
    """A data version that was published."""

    edition: str
    date: str
    state: str
    notes: Mapping[str, str]


def shown(figures: pd.DataFrame) -> pd.DataFrame:
    """What a publication shows of ``figures``, in the order of their ids."""
    return _plain(figures[list(SHOWN)]).sort_values("id", kind="stable").reset_index(drop=True)


def as_published(states: pd.DataFrame, publications: pd.DataFrame, edition: str) -> pd.DataFrame:
    """The figures as the publication ``edition`` showed them.

    >>> states = pd.DataFrame([dict.fromkeys(tables.PUBLISHED.columns, "") | row for row in (
    ...     {"id": "F1", "since": "1", "until": "2", "value": 5.0}, {"id": "F1", "since": "2", "value": 6.0})])
    >>> publications = pd.DataFrame({"edition": ["1", "2", "3"]})
    >>> [as_published(states, publications, edition).value.tolist() for edition in ("1", "2", "3")]
    [[5.0], [6.0], [6.0]]
    """
    order = {each: at for at, each in enumerate(publications["edition"])}
    at = order[edition]
    begun = states["since"].map(order) <= at
    ended = states["until"].map(order) <= at  # an empty cell is in no order: it has not ended
    return shown(states[begun & ~ended])


def with_publication(states: pd.DataFrame, edition: str, figures: pd.DataFrame) -> pd.DataFrame:
    """``states`` with a further publication that shows ``figures``: what stayed the same goes on, the rest ends."""
    states = _plain(states)
    standing = states[states["until"] == ""]
    both = standing.merge(shown(figures), on=list(SHOWN), how="outer", validate="one_to_one", indicator=True)
    ended = both["_merge"] == "left_only"
    begun = both["_merge"] == "right_only"
    both = both.assign(
        since=both["since"].astype(object).mask(begun, edition),
        until=both["until"].astype(object).mask(ended, edition).mask(begun, ""),
    )
    everything = pd.concat([states[states["until"] != ""], both[list(states.columns)]])
    return everything.sort_values(["id", "since"], kind="stable").reset_index(drop=True)


def changes(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """How the figures of two publications differ: one row for each figure that is new, revised or withdrawn.

    Figures are the same when they have one ``id``; of those left over, when they speak of the same (a later file gives
    a figure another id).  Returns ``change``, ``changed`` (the columns that differ, as a tuple) and every column of
    what is shown twice, with ``_before`` and ``_after``; the side that is not there is empty.
    """
    was, after = shown(before), shown(now)
    former, present = _by_subject(was, after), _by_subject(after, was)
    absent = (math.nan,) * len(SHOWN)
    rows: list[tuple[str, tuple[str, ...], tuple[Any, ...], tuple[Any, ...]]] = []
    for subject in former | present:
        one, other = former.get(subject, absent), present.get(subject, absent)
        differing = tuple(name for name, a, b in zip(SHOWN, one, other, strict=True) if a != b and (a == a or b == b))
        if differing:
            kind = NEW if one is absent else WITHDRAWN if other is absent else REVISED
            rows.append((kind, differing, one, other))
    rows.sort(key=lambda row: str((row[2] if row[3] is absent else row[3])[AT_ID]))
    sides = {
        f"{name}{side}": [row[place][at] for row in rows]
        for at, name in enumerate(SHOWN)
        for side, place in (("_before", 2), ("_after", 3))
    }
    return pd.DataFrame(
        {
            "change": pd.Series([row[0] for row in rows], dtype=str),
            "changed": tuples(row[1] for row in rows),
            **{
                column: pd.Series(cells, dtype=float)
                if column.startswith("value")
                else pd.Series(["" if cell != cell else cell for cell in cells], dtype=object)
                for column, cells in sides.items()
            },
        }
    )


def states_of(package: Package, reference: Reference) -> pd.DataFrame:
    """The record of what publications showed; empty when nothing was published yet."""
    if STATES not in package.names():
        return pd.DataFrame(columns=list(tables.PUBLISHED.columns))
    states = package.table(STATES)
    if problems := unknown_references(states, tables.PUBLISHED, reference.known(), package.file(STATES)):
        raise DataError(problems)
    return states


def publication_of(edition: str, reference: Reference) -> Publication | None:
    """The publication of a data version, or None when that version was not published."""
    found = reference.publications[reference.publications["edition"] == edition]
    return _publication(found.iloc[0]) if len(found) else None


def previous(edition: str, reference: Reference) -> Publication | None:
    """The publication before the data version ``edition`` that still stands; None when there is none."""
    earlier = reference.publications
    at = earlier.index[earlier["edition"] == edition]
    if len(at):
        earlier = earlier.loc[: at[0] - 1]
    earlier = earlier[earlier["state"] != RECALLED]
    return _publication(earlier.iloc[-1]) if len(earlier) else None


@once
def since_previous(package: Package, reference: Reference) -> tuple[Publication | None, pd.DataFrame]:
    """The publication before this version of the data, and what has changed since.

    Only what the public may see is compared, whoever asks: a publication shows nothing else.  What was public once and
    is restricted now is left out of both sides, because to list it as withdrawn would tell it again.  Without an
    earlier publication there are no changes.
    """
    former = previous(package.version, reference)
    now = _public_figures(package, reference)
    if former is None:
        return None, changes(now, now)
    before = as_published(states_of(package, reference), reference.publications, former.edition)
    return former, changes(before[~_restricted(before, now, package, reference)], now)


def publish(path: Path, state: str, *, today: dt.date, note_lv: str = "", note_en: str = "") -> int:
    """Record the present version of the data at ``path`` as published; returns how many figures it shows.

    The version of the data stays: what is recorded about it is no part of it.  A version that was recorded already
    gets the new state and notes.  Raises :class:`~socsvc_analysis.journal.Busy` when the data are being changed.
    """
    if state not in (PROVISIONAL, FINAL):
        raise DataError([Problem("state", f"is not known (known: {PROVISIONAL}, {FINAL})", value=state)])
    with journal.changing(open_package(path, INTERNAL).path.parent):
        package = open_package(path, INTERNAL)
        reference = open_reference(package)
        figures = shown(_public_figures(package, reference))
        edition = package.version
        listed = reference.publications
        row = {"edition": edition, "date": today.isoformat(), "state": state, "note_lv": note_lv, "note_en": note_en}
        states = states_of(package, reference)
        if edition in set(listed["edition"]):
            if len(changes(as_published(states, listed, edition), figures)):
                said = "was published with other figures; record the edit first with: socsvc check --record"
                raise DataError([Problem(package.file("publications"), said, column="edition", value=edition)])
            row["date"] = listed.loc[listed["edition"] == edition, "date"].iloc[0]
            listed = listed.assign(
                **{name: listed[name].mask(listed["edition"] == edition, value) for name, value in row.items()}
            )
        else:
            states = with_publication(states, edition, figures)
            listed = pd.concat([listed, pd.DataFrame([row])], ignore_index=True)
        contents = {package.file("publications"): rows_as_csv(listed), _states_file(package): rows_as_csv(states)}
        descriptor = _with_states(package)
        described = described_anew(descriptor, contents, version=edition, created=descriptor["created"])
        journal.replace_files(package.path.parent, {**contents, package.path.name: json_bytes(described)})
    return len(figures)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one kind of cell in each column, also where it has no rows."""
    return frame.astype(object).assign(value=frame["value"].astype(float))


def _by_subject(rows: pd.DataFrame, others: pd.DataFrame) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Each row by its id where one of ``others`` has it, else by what it speaks of, numbered where several do."""
    there = set(others["id"].tolist())
    spoken: Counter[tuple[Any, ...]] = Counter()
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row, about in zip(codes_of(rows, SHOWN), codes_of(rows, IDENTITY), strict=True):
        spoken[about] += row[AT_ID] not in there
        subject = (row[AT_ID],) if row[AT_ID] in there else (*about, spoken[about])
        if subject in found:
            raise pd.errors.MergeError(f"two figures of a publication have the id {row[AT_ID]}")
        found[subject] = row
    return found


def _restricted(before: pd.DataFrame, now: pd.DataFrame, package: Package, reference: Reference) -> pd.Series:
    """Whether each figure of a publication is one that the public may not see any more, under its id or another."""
    whole = unprotected(package, reference)
    hidden = whole[~whole["id"].isin(now["id"])]
    spoken = set(map(tuple, hidden[list(IDENTITY)].to_numpy()))
    subjects = pd.Series([row in spoken for row in map(tuple, before[list(IDENTITY)].to_numpy())], index=before.index)
    return before["id"].isin(hidden["id"]) | (subjects & ~before["id"].isin(now["id"]))


def _public_figures(package: Package, reference: Reference) -> pd.DataFrame:
    """The open figures: what is shown of restricted ones may be hidden when more is out, so it is never recorded."""
    figures = unprotected(package, reference)
    return figures[~restricted(figures, package, reference)].reset_index(drop=True)


def _publication(row: pd.Series) -> Publication:
    return Publication(row["edition"], row["date"], row["state"], {"lv": row["note_lv"], "en": row["note_en"]})


def _states_file(package: Package) -> str:
    return package.file(STATES) if STATES in package.names() else STATES_FILE


def _with_states(package: Package) -> Described:
    """The descriptor with an entry for the record of published figures."""
    if STATES in package.names():
        return package.descriptor
    alike = next(each for each in package.descriptor["resources"] if each["name"] == "publications")
    entry = {
        "name": STATES,
        "path": STATES_FILE,
        "title": tables.PUBLISHED.title,
        **{key: alike[key] for key in ("sources", "licenses", "retrieved") if key in alike},
        "access": "open",
    }
    return {**package.descriptor, "resources": [*package.descriptor["resources"], entry]}
