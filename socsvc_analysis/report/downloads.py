"""The data behind the pages, to download: every indicator value, what has changed, the sources, and their description.

``datapackage.json`` of the site describes the files as the Data Package standard wants it, so that any validator and
any statistical program can read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from socsvc_analysis.codes import records
from socsvc_analysis.columns import neutral
from socsvc_analysis.datapackage import PROFILE, content_hash
from socsvc_analysis.files import csv_bytes, json_bytes
from socsvc_analysis.indicators import REGISTRY, Indicator
from socsvc_analysis.observations import with_region
from socsvc_analysis.report.page import Edition
from socsvc_analysis.report.site import CHANGES, DESCRIPTOR, INDICATORS, SOURCES, WORKBOOK
from socsvc_analysis.schema import DataError
from socsvc_analysis.spreadsheet import WIDEST, headed, same_bytes
from socsvc_analysis.tables import LANGUAGES

FIELDS = {
    "indicator": ("string", "Code of the indicator"),
    "indicator_lv": ("string", "Name of the indicator, in Latvian"),
    "indicator_en": ("string", "Name of the indicator, in English"),
    "unit": ("string", "Unit of the value"),
    "territory": ("string", "LV, NUTS 2024 code of the planning region, or ATVK code"),
    "territory_lv": ("string", "Name of the territory, in Latvian"),
    "region": ("string", "Planning region today, or latvija"),
    "provider": ("string", "Institution; empty: the whole territory"),
    "programme": ("string", "Programme or project; empty: none in particular"),
    "service_type": ("string", "Kind of service; all: not by service"),
    "target_group": ("string", "Whom it concerns; all: not by group"),
    "period": ("string", "Date, month, year or interval, ISO 8601"),
    "kind": ("string", "What the number is: actual, plan, target ..."),
    "version": ("string", "Issue of a plan that has changed"),
    "numerator": ("number", "What is divided, or the number itself; empty: unknown"),
    "denominator": ("number", "What it is divided by; empty: unknown, or nothing is divided"),
    "value": ("number", "The value; empty: unknown"),
    "lower": ("number", "Lower limit of the 95 % interval; empty: there is none"),
    "upper": ("number", "Upper limit of the 95 % interval; empty: there is none"),
    "status": ("string", "How far the value can be relied on (SDMX observation status)"),
    "also": ("string", "What else the indicator says of the value: name=value, separated by semicolons"),
    "sources": ("string", "Codes of the sources, separated by blanks; see sources.csv"),
    "notes": ("string", "Codes of the footnotes, separated by blanks"),
}
SOURCE_FIELDS = {
    "number": ("integer", "Number by which pages cite the source"),
    "source": ("string", "Code of the source"),
    "title": ("string", "Title as published"),
    "publisher": ("string", "Who published it"),
    "url": ("string", "Address, as far as known"),
    "published": ("string", "When it was published"),
    "licence": ("string", "Terms of reuse as far as stated"),
}


def downloads(edition: Edition, inputs: str) -> dict[str, bytes]:
    """The files to download, by path below the site.  ``inputs`` says what they were made from."""
    changed = _changes(edition)
    tables = {
        INDICATORS: (indicator_values(edition), FIELDS, "Values of all indicators"),
        CHANGES: (changed, _change_fields(changed), "New, revised and withdrawn figures since the publication before"),
        SOURCES: (_sources(edition), SOURCE_FIELDS, "Sources that the values cite"),
    }
    contents = {path: _csv(frame, fields) for path, (frame, fields, _) in tables.items()}
    resources = [_resource(path, contents[path], fields, title) for path, (_, fields, title) in tables.items()]
    contents[WORKBOOK] = _workbook(tables)
    resources.append(_file(WORKBOOK, contents[WORKBOOK], "The same tables as a workbook"))
    return {**contents, DESCRIPTOR: _descriptor(edition, resources, inputs)}


def _sources(edition: Edition) -> pd.DataFrame:
    sources = edition.reference.sources
    numbers = [edition.words(LANGUAGES[0]).source_number(code) for code in sources["source"]]
    return sources.assign(number=numbers)[list(SOURCE_FIELDS)]


def indicator_values(edition: Edition) -> pd.DataFrame:
    """Every value of every registered indicator in one long table."""
    frames = [_values(known, edition) for _, known in sorted(REGISTRY.items())]
    table = pd.concat([each for each in frames if len(each)] or [pd.DataFrame(columns=list(FIELDS))])
    return table[list(FIELDS)].reset_index(drop=True)


def _values(known: Indicator, edition: Edition) -> pd.DataFrame:
    if not edition.chosen["measure"].isin(known.measures).any():
        return pd.DataFrame(columns=list(FIELDS))
    try:
        values = known.function(edition.data)
    except DataError:  # an indicator that needs what this package does not have, such as residents, has no values
        return pd.DataFrame(columns=list(FIELDS))
    if values.empty:
        return pd.DataFrame(columns=list(FIELDS))
    located = with_region(values.drop(columns=["region"], errors="ignore"), edition.reference)
    words = edition.words("lv")
    extra = [column for column in values.columns if column not in FIELDS]
    return located.assign(
        indicator=known.name,
        indicator_lv=known.title("lv"),
        indicator_en=known.title("en"),
        unit=values.get("unit", known.unit),
        provider=values.get("provider", ""),
        programme=values.get("programme", ""),
        territory_lv=[words.place(code) for code in values["territory"]],
        also=["; ".join(_extra_columns(row, extra)) for row in records(values)],
        sources=values["sources"].map(" ".join),
        notes=values["notes"].map(" ".join),
    )


def _extra_columns(row: Mapping[str, Any], extra: list[str]) -> Iterator[str]:
    for name in extra:
        value = row[name]
        if not isinstance(value, tuple) and (value == "" or pd.isna(value)):
            continue
        yield f"{name}={' '.join(map(str, value)) if isinstance(value, tuple) else _plain(value)}"


def _changes(edition: Edition) -> pd.DataFrame:
    _, changed = edition.changes
    return changed.assign(changed=changed["changed"].map(" ".join) if len(changed) else changed["change"])


def _change_fields(changed: pd.DataFrame) -> dict[str, tuple[str, str]]:
    sides = {"before": "as the publication before showed it", "after": "as it is now"}
    fields = {}
    for name in changed.columns:
        column, _, side = name.rpartition("_")
        if name == "change":
            fields[name] = ("string", "new, revised or withdrawn")
        elif name == "changed":
            fields[name] = ("string", "Columns that differ, separated by blanks")
        else:
            fields[name] = ("number" if column == "value" else "string", f"{column}, {sides[side]}")
    return fields


def _csv(frame: pd.DataFrame, fields: Mapping[str, tuple[str, str]]) -> bytes:
    cells = {name: frame[name].map(_plain if kind == "number" else neutral) for name, (kind, _) in fields.items()}
    return csv_bytes([list(cells), *zip(*cells.values(), strict=True)])


def _workbook(tables: Mapping[str, tuple[pd.DataFrame, Mapping[str, tuple[str, str]], str]]) -> bytes:
    """The tables as sheets of one workbook: letters, columns and numbers as they are, whatever Excel is set to."""
    book = openpyxl.Workbook(write_only=True)
    for path, (frame, fields, _) in tables.items():
        sheet = book.create_sheet(_name(path))
        sheet.freeze_panes = "A2"
        for at, name in enumerate(fields, start=1):
            sheet.column_dimensions[get_column_letter(at)].width = min(WIDEST, 2 + max(len(name), 10))
        heads = [WriteOnlyCell(sheet, name) for name in fields]
        for each in heads:
            headed(each)
        sheet.append(heads)
        columns = [frame[name].map(_number if kind == "number" else _text) for name, (kind, _) in fields.items()]
        for row in zip(*columns, strict=True):
            sheet.append(row)
    return same_bytes(book)


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(f"{value:.12g}")


def _text(value: object) -> str | None:
    return ILLEGAL_CHARACTERS_RE.sub("", neutral(value)) or None


def _name(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _plain(value: Any) -> str:
    """A number in full, without decimals where there are none; empty where it is unknown."""
    if pd.isna(value):
        return ""
    if isinstance(value, int | float):
        return f"{value:.12g}" if value % 1 else f"{value:.0f}"
    return str(value)


def _resource(path: str, content: bytes, fields: Mapping[str, tuple[str, str]], title: str) -> dict[str, object]:
    return {
        "name": _name(path),
        "title": title,
        "path": path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": content_hash(content),
        "schema": {
            "fields": [
                {"name": name, "type": kind, "description": description} for name, (kind, description) in fields.items()
            ],
            "missingValues": [""],
        },
    }


def _file(path: str, content: bytes, title: str) -> dict[str, object]:
    """The description of a download that is no table of the data package."""
    return {
        "name": f"{_name(path)}-workbook",
        "title": title,
        "path": path,
        "type": "file",
        "format": "xlsx",
        "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "bytes": len(content),
        "hash": content_hash(content),
    }


def _descriptor(edition: Edition, resources: list[dict[str, object]], inputs: str) -> bytes:
    described = edition.package.descriptor
    said = {
        "$schema": PROFILE,
        "name": f"{described['name']}-indicators",
        "title": edition.words("en").say("site_name"),
        "version": edition.package.version,
        "created": described["created"],
        **({"licenses": described["licenses"]} if described.get("licenses") else {}),
        **({"synthetic": True} if edition.package.synthetic else {}),
        "inputs": inputs,
        "resources": resources,
    }
    return json_bytes(said)
