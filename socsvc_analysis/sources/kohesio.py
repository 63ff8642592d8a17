"""Operations of the EU funds in Latvia, from the open data of cohesion policy (Socrata).

Every value there is text and an absent field is simply not there.  Pages hang together only in a stated order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sources.answers import Answer, FetchError
from socsvc_analysis.sources.transport import Client, Parameters

ADDRESS = "https://cohesiondata.ec.europa.eu/resource/{id}.json"
PAGE = 1000
MOST_PAGES = 100
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,20})?")


@dataclass(frozen=True)
class Dataset:
    """A dataset: which rows and columns are asked for, and which of the columns are numbers."""

    id: str
    name: str
    title: str
    where: str
    texts: tuple[str, ...]
    numbers: tuple[str, ...]


DATASETS = (
    Dataset(
        "557j-pmg8",
        "operations_2014_2020",
        "Kohesio: operations 2014-2020",
        "country='LV'",
        (
            "operation_unique_identifier",
            "operation_name_programme_language",
            "operation_start_date",
            "operation_end_date",
            "beneficiary_name",
            "fund_code",
            "programme_name",
            "category_label",
        ),
        ("total_eligible_expenditure_amount", "project_eu_budget", "cofinancing_rate"),
    ),
    Dataset(
        "7twf-r3rc",
        "categorisation_2021_2027",
        "Cohesion policy 2021-2027: money by kind of intervention",
        "country='LV'",
        ("tod_cycle", "fund", "cci", "priority", "objective", "interv_field_code"),
        ("total_eligible_cost", "total_eligible_expend", "selected_operat_n"),
    ),
)


def asked(client: Client, dataset: Dataset) -> tuple[Answer, ...]:
    """All pages of ``dataset``; at least one row.

    Only the columns that are kept are asked for: one that the service no longer has is its error, not an empty column.
    """
    columns = ",".join((*dataset.texts, *dataset.numbers))
    pages: list[Answer] = []
    rows = PAGE
    while rows == PAGE:
        if len(pages) == MOST_PAGES:
            raise FetchError([Problem(dataset.id, f"has more than {MOST_PAGES * PAGE} rows; not read")])
        part: Parameters = {"$order": ":id", "$limit": PAGE, "$offset": PAGE * len(pages)}
        params: Parameters = {"$select": columns, "$where": dataset.where, **part}
        answer = client.get(ADDRESS.format(id=dataset.id), params)
        rows = len(_rows(answer.json(), dataset))
        pages.append(answer)
    if not rows and len(pages) == 1:
        raise FetchError([Problem(dataset.id, "was answered with no row at all")])
    return tuple(pages)


def frame(documents: Sequence[object], dataset: Dataset) -> pd.DataFrame:
    """The rows of all pages: the columns of ``dataset``, texts as they stand, numbers as numbers, dates as ISO dates.

    >>> page = [{"fund": "ESF+", "total_eligible_cost": "1000.5", "tod_cycle": "202512"}]
    >>> frame([page], DATASETS[1])[["fund", "cci", "total_eligible_cost", "selected_operat_n"]].to_dict("records")
    [{'fund': 'ESF+', 'cci': '', 'total_eligible_cost': 1000.5, 'selected_operat_n': nan}]
    """
    rows = [row for document in documents for row in _rows(document, dataset)]
    problems = [
        Problem(dataset.id, "is not a number", row=at, column=column, value=str(row[column]))
        for at, row in enumerate(rows, start=1)
        for column in dataset.numbers
        if row.get(column) is not None and _number(row[column]) is None
    ]
    if problems:
        raise DataError(problems)
    return pd.DataFrame(
        {
            **{column: pd.Series([_text(row, column) for row in rows], dtype=object) for column in dataset.texts},
            **{
                column: pd.Series([_number(row.get(column)) for row in rows], dtype=float) for column in dataset.numbers
            },
        }
    )


def _rows(document: object, dataset: Dataset) -> list[dict[str, object]]:
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise FetchError([Problem(dataset.id, "was not answered with rows")])
    return document


def _text(row: Mapping[str, object], column: str) -> str:
    value = row.get(column)
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.partition("T")[0] if column.endswith("_date") else text


def _number(value: object) -> float | None:
    """A number, written as text or not; None when it is absent or something else."""
    text = value if isinstance(value, str) else json.dumps(value)
    return float(text) if NUMBER.fullmatch(text) else None
