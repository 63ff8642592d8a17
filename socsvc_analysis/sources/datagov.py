"""Files of the national open data portal data.gov.lv (CKAN).

Files are renamed and uploaded anew there, so neither their address nor their number is relied on: a dataset is asked
for by its short name, and of its files that fit a pattern the one changed last is taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from socsvc_analysis.schema import Problem
from socsvc_analysis.sources.answers import CSV, WORKBOOK, Answer, FetchError, in_one_line
from socsvc_analysis.sources.transport import Client, Parameters

ACTIONS = "https://data.gov.lv/dati/api/3/action/"
MOST_DATASETS = 1000
READ_AS = {"CSV": CSV, "XLSX": WORKBOOK, "XLSM": WORKBOOK, "XLS": WORKBOOK}
MIME_TYPES = {
    "text/csv": "CSV",
    "application/csv": "CSV",
    "text/comma-separated-values": "CSV",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.ms-excel.sheet.macroenabled.12": "XLSM",
    "application/vnd.ms-excel": "XLS",
    "application/x-excel": "XLS",
}
METADATA = re.compile(r"meta_?-?dat|aprakst|lasi_?mani|read_?me|codebook|struktūr|struktur|klasifikator", re.IGNORECASE)
"""Names of files that describe the data."""


ANY = "."
"""The pattern of a dataset of which every file of data will do."""


@dataclass(frozen=True)
class Dataset:
    """A file on the portal: the short name of its dataset and what its name looks like."""

    slug: str
    pattern: str
    name: str  # of its snapshots


TERRITORIES = (
    Dataset("atvk", r"atu_nuts_codes", "atu_nuts_codes"),
    Dataset("atvk", r"atvk_?2021_?\d{8}", "atvk_2021"),
)
MINISTRY = (
    Dataset("nepieciesamie-di-pakalpojumi", ANY, "nepieciesamie_di_pakalpojumi"),
    Dataset("berni-ar-invaliditati-adm-ter", ANY, "berni_ar_invaliditati"),
    Dataset("soc-pakalpojumu-sniedzeju-skaits", ANY, "soc_pakalpojumu_sniedzeju_skaits"),
    Dataset(
        "pilngadigo-personu-kuram-noteikts-visparejo-darbspeju-zaudejums-skaita-sadalijums",
        ANY,
        "darbspeju_zaudejums",
    ),
)
PUBLISHER = "Labklājības ministrija"
LICENCE = "CC0 1.0"
LICENCES = {"cc-zero": LICENCE, "cc-by": "CC BY"}


@dataclass(frozen=True)
class Resource:
    """One file of a dataset as the portal describes it."""

    id: str
    name: str
    format: str
    url: str
    changed: str  # ISO date and time; "" when the portal does not say
    licence: str
    title: str  # of the dataset

    @property
    def file(self) -> str:
        """The last part of its address."""
        return unquote(urlsplit(self.url).path.rpartition("/")[2])


def latest_resource(described: object, dataset: Dataset) -> Resource:
    """Of the files that fit ``dataset`` the one changed last; ``described`` is what ``package_show`` answers.

    >>> file = {"format": "CSV", "url": "https://data.gov.lv/dati/a/download/atvk2021_30062024.csv"}
    >>> former = {"id": "1", "name": "ATVK_2021_01072021", "last_modified": "2021-07-02T10:00:00", **file}
    >>> later = {"id": "2", "name": "ATVK_2021_30062024", "last_modified": "2024-07-01T10:00:00", **file}
    >>> latest_resource({"success": True, "result": {"title": "ATVK", "resources": [later, former]}}, TERRITORIES[1]).id
    '2'
    """
    result = _result(described, dataset.slug)
    if not isinstance(result, dict) or not isinstance(result.get("resources"), list):
        raise FetchError([Problem(dataset.slug, "is not described as a dataset by the portal")])
    licence = _text(result, "license_id")
    found = [
        Resource(
            id=_text(each, "id"),
            name=_text(each, "name"),
            format=format_of(_text(each, "format"), _text(each, "url")),
            url=_text(each, "url"),
            changed=_text(each, "last_modified") or _text(each, "created"),
            licence=LICENCES.get(licence, licence),
            title=_text(result, "title") or dataset.slug,
        )
        for each in _objects(result["resources"])
        if each.get("state", "active") == "active"
    ]
    fitting = [
        each
        for each in found
        if each.format in READ_AS
        and any(re.search(dataset.pattern, name, re.IGNORECASE) for name in (each.name, each.file))
        and not (dataset.pattern == ANY and any(map(METADATA.search, (each.name, each.file))))
    ]
    if not fitting:
        there = ", ".join(each.name for each in found) or "none"
        said = f"has no file whose name fits {dataset.pattern!r} (files: {there})"
        raise FetchError([Problem(dataset.slug, said)])
    return max(fitting, key=lambda each: (each.changed, each.id))


def format_of(written: str, url: str) -> str:
    """The format of a file, however the portal writes it: as an ending, a pattern or a MIME type; else by its address.

    >>> format_of("*.xlsx", ""), format_of(".XLSX", ""), format_of("text/csv; header", ""), format_of("", "a/b.csv")
    ('XLSX', 'XLSX', 'CSV', 'CSV')
    """
    said = written.strip().casefold().partition(";")[0].strip()
    said = MIME_TYPES.get(said, said.lstrip("*.").upper())
    ending = urlsplit(url).path.rpartition(".")[2].upper()
    return said if said in READ_AS or ending not in READ_AS else ending


def downloaded(client: Client, dataset: Dataset) -> tuple[Resource, Answer]:
    """The newest file of ``dataset``."""
    resource = latest_resource(client.get(ACTIONS + "package_show", {"id": dataset.slug}).json(), dataset)
    return resource, client.get(resource.url, expect=READ_AS[resource.format])


def unread(client: Client, publisher: str, known: Collection[str]) -> list[str]:
    """Short names of the datasets of ``publisher`` that are not among the ``known`` ones, sorted."""
    listed = _result(client.get(ACTIONS + "organization_list", {"all_fields": "true"}).json(), publisher)
    slugs = [
        _text(each, "name") for each in _objects(listed) if publisher.casefold() in _text(each, "title").casefold()
    ]
    names: set[str] = set()
    for slug in slugs:
        params: Parameters = {"fq": f"organization:{slug}", "rows": MOST_DATASETS}
        found = _result(client.get(ACTIONS + "package_search", params).json(), publisher)
        names |= {_text(each, "name") for each in _objects(found.get("results") if isinstance(found, dict) else None)}
    return sorted(names - set(known))


def _result(answered: object, name: str) -> object:
    """What the portal answered, taken out of its envelope."""
    if not isinstance(answered, dict) or answered.get("success") is not True:
        error = answered.get("error") if isinstance(answered, dict) else None
        said = in_one_line(error.get("message") if isinstance(error, dict) else "") or "no reason given"
        raise FetchError([Problem(name, f"was refused by the portal: {said}")])
    return answered.get("result")


def _objects(listed: object) -> list[dict[str, object]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _text(described: Mapping[str, object], key: str) -> str:
    return str(described.get(key) or "")
