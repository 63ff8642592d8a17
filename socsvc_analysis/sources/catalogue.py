"""What can be fetched: each source, the snapshots it gives, how they are asked for and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.sources import classifier, csp, datagov, eurostat, kohesio, population
from socsvc_analysis.sources.answers import Answer
from socsvc_analysis.sources.snapshots import Snapshot
from socsvc_analysis.sources.transport import Client


@dataclass(frozen=True)
class FetchResult:
    """What a source gave for one snapshot."""

    answers: tuple[Answer, ...]
    extension: str = "json"
    licence: str = ""  # as the source states it; "" where it does not
    described: Mapping[str, str] = field(default_factory=dict)  # what was asked for, where the address does not say it
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SnapshotSpec:
    """One snapshot of a source.

    ``read`` makes a table of it and raises :class:`~socsvc_analysis.schema.DataError` when that cannot be done; an
    answer it cannot read is not kept.  Files that are imported like those a municipality sends have none.  ``remarks``
    are sentences about the contents that a person should read.
    """

    name: str
    title: str
    licence: str
    ask: Callable[[Client, Reference], FetchResult]
    read: Callable[[Snapshot, Reference], pd.DataFrame] | None = None
    remarks: Callable[[Snapshot, Reference, date], list[str]] = lambda snapshot, reference, today: []


@dataclass(frozen=True)
class Source:
    """Something that can be fetched: where its snapshots lie below ``raw/`` and which there are.

    ``cited`` gives the row of ``sources`` for a snapshot whose table are observations; the others have none.  ``news``
    are sentences about what else the source has.
    """

    provider: str
    wanted: tuple[SnapshotSpec, ...]
    cited: Callable[[Snapshot], dict[str, str]] | None = None
    news: Callable[[Client], list[str]] = lambda client: []


def source_named(what: str) -> Source:
    """The source called ``what``; an unknown one names the known ones.

    >>> source_named("population").provider
    'csp'
    >>> source_named("populaton")
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      fetch: 'populaton' is not known (known: population, territories, ministry, kohesio, eurostat); nearest known: \
population
    """
    if what not in SOURCES:
        said = f"is not known (known: {', '.join(SOURCES)})"
        raise DataError([Problem("fetch", said, value=what, nearest=nearest(what, SOURCES))])
    return SOURCES[what]


def _residents() -> SnapshotSpec:
    def ask(client: Client, reference: Reference) -> FetchResult:
        asked = csp.asked(client, population.TABLE, population.wanted(reference))
        detour = (f"PxWeb version 1 was used, because version 2 failed ({asked.detour}).",) if asked.detour else ()
        return FetchResult(asked.answers, warnings=detour)

    def remarks(snapshot: Snapshot, reference: Reference, today: date) -> list[str]:
        return population.uncounted(population.observations_of(snapshot, reference), reference)

    title = "Central Statistical Bureau, table IRD041"
    return SnapshotSpec("ird041", title, "CC0 1.0", ask, population.observations_of, remarks)


def _file(dataset: datagov.Dataset) -> SnapshotSpec:
    def ask(client: Client, reference: Reference) -> FetchResult:
        resource, answer = datagov.downloaded(client, dataset)
        described = {
            "dataset": dataset.slug,
            "resource": resource.id,
            "name": resource.name,
            "last_modified": resource.changed,
        }
        return FetchResult((answer,), resource.format.lower(), resource.licence, described)

    def remarks(snapshot: Snapshot, reference: Reference, today: date) -> list[str]:
        changed = dict(snapshot.recorded["request"]).get("last_modified", "")
        return [f"{dataset.name}: last changed by its owner on {changed[:10]}."] if changed else []

    title = f"data.gov.lv, {dataset.name} of dataset {dataset.slug}"
    return SnapshotSpec(dataset.name, title, datagov.LICENCE, ask, remarks=remarks)


def _classifier(dataset: datagov.Dataset) -> SnapshotSpec:
    def read(snapshot: Snapshot, reference: Reference) -> pd.DataFrame:
        return classifier.municipalities(snapshot.content, snapshot.path.name)

    def remarks(snapshot: Snapshot, reference: Reference, today: date) -> list[str]:
        differences = classifier.differences(read(snapshot, reference), reference, today.isoformat())
        return [f"{dataset.name}: {each}" for each in differences]

    return replace(_file(dataset), read=read, remarks=remarks)


def _operations(dataset: kohesio.Dataset) -> SnapshotSpec:
    return SnapshotSpec(
        dataset.name,
        dataset.title,
        "Commission reuse policy",
        lambda client, reference: FetchResult(kohesio.asked(client, dataset)),
        lambda snapshot, reference: kohesio.frame(snapshot.documents(), dataset),
    )


def _comparison(table: eurostat.Table) -> SnapshotSpec:
    return SnapshotSpec(
        table.code,
        f"Eurostat: {table.title}",
        "CC BY 4.0",
        lambda client, reference: FetchResult((eurostat.asked(client, table, reference.regions["code"].tolist()),)),
        lambda snapshot, reference: eurostat.frame(snapshot.documents()[0], table.code),
    )


def _new_datasets(client: Client) -> list[str]:
    unread = datagov.unread(client, datagov.PUBLISHER, [each.slug for each in datagov.MINISTRY])
    return [f"The ministry has datasets on data.gov.lv that are not read here: {', '.join(unread)}."] if unread else []


SOURCES = {
    "population": Source("csp", (_residents(),), population.source_row),
    "territories": Source("atvk", tuple(map(_classifier, datagov.TERRITORIES))),
    "ministry": Source("lm", tuple(map(_file, datagov.MINISTRY)), news=_new_datasets),
    "kohesio": Source("kohesio", tuple(map(_operations, kohesio.DATASETS))),
    "eurostat": Source("eurostat", tuple(map(_comparison, eurostat.TABLES))),
}
