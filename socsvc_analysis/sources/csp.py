"""Tables of the Central Statistical Bureau of Latvia, through PxWeb version 2 and, where that fails, version 1.

The two differ in what an unnamed dimension means: version 2 then chooses by itself, version 1 gives all of it.  So
every dimension is always named, and the answer is compared with what was asked.  A request for more cells than allowed
is split.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sources.answers import Answer, DownError, FetchError
from socsvc_analysis.sources.jsonstat import Dimension, decoded, dimensions
from socsvc_analysis.sources.transport import Client, Json

CONFIG = "https://api.stat.gov.lv/api/v2/config"
V2 = "https://api.stat.gov.lv/api/v2/tables/{table}"
V1 = "https://data.stat.gov.lv/api/v1/lv/OSP_PUB/{path}"
MOST_CELLS = 10_000
"""What version 2 allows in one request unless it says less; version 1 allows more."""

Selection = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Table:
    """A table of the bureau: its code, and where version 1 keeps it."""

    code: str
    path: str


@dataclass(frozen=True)
class Answered:
    """The answers to one question, several where it had to be split, and why version 1 was asked, if it was."""

    answers: tuple[Answer, ...]
    detour: str = ""


def asked(client: Client, table: Table, choose: Callable[[tuple[Dimension, ...]], Selection]) -> Answered:
    """What the bureau answers to the selection that ``choose`` makes of the table's dimensions.

    Raises :class:`~socsvc_analysis.sources.answers.FetchError` with what was wrong with both versions.
    """
    try:
        return Answered(_through_version_2(client, table, choose))
    except DataError as failure:
        try:
            return Answered(_through_version_1(client, table, choose), str(failure.problems[0]))
        except DataError as again:
            raise FetchError((*failure.problems, *again.problems)) from failure


def parts(selection: Mapping[str, Sequence[str]], most: int = MOST_CELLS) -> Iterator[Selection]:
    """The selection in parts of at most ``most`` cells, each code once: repeated codes break the server.

    >>> list(parts({"AREA": ["LV", "LV", "LV009"], "TIME": ["2025"]}, most=1))
    [{'AREA': ('LV',), 'TIME': ('2025',)}, {'AREA': ('LV009',), 'TIME': ('2025',)}]
    """
    once = {dimension: tuple(dict.fromkeys(codes)) for dimension, codes in selection.items()}
    if math.prod(map(len, once.values())) <= most:
        yield once
        return
    longest = max(once, key=lambda dimension: len(once[dimension]))
    middle = len(once[longest]) // 2
    for codes in (once[longest][:middle], once[longest][middle:]):
        yield from parts(once | {longest: codes}, most)


def cells(documents: Sequence[object], name: str) -> pd.DataFrame:
    """The decoded cells of all ``documents``; a cell that is in two of them is an error."""
    frame = pd.concat([decoded(each, name) for each in documents], ignore_index=True)
    axes = [dimension.id for dimension in dimensions(documents[0], name)]
    if frame[axes].isna().to_numpy().any() or frame.duplicated(axes).any():
        raise DataError([Problem(name, "holds parts of a table that do not fit together")])
    return frame


def _through_version_2(
    client: Client, table: Table, choose: Callable[[tuple[Dimension, ...]], Selection]
) -> tuple[Answer, ...]:
    address = V2.format(table=table.code)
    described = dimensions(client.get(f"{address}/metadata", {"lang": "lv"}).json(), table.code)
    answers = []
    for part in parts(_complete(choose(described), described, table), _most_cells(client)):
        body: Json = {"selection": [{"variableCode": each, "valueCodes": list(codes)} for each, codes in part.items()]}
        # Without outputFormat the answer is a px file.
        answer = client.post(f"{address}/data", {"lang": "lv", "outputFormat": "json-stat2"}, body)
        answers.append(_as_asked(answer, part, table))
    return tuple(answers)


def _most_cells(client: Client) -> int:
    """How many cells version 2 allows in one request at present."""
    try:
        said = client.get(CONFIG).json()
    except DownError:
        raise
    except FetchError:
        return MOST_CELLS
    most = said.get("maxDataCells") if isinstance(said, dict) else None
    return min(most, MOST_CELLS) if isinstance(most, int) and most > 0 else MOST_CELLS


def _through_version_1(
    client: Client, table: Table, choose: Callable[[tuple[Dimension, ...]], Selection]
) -> tuple[Answer, ...]:
    address = V1.format(path=table.path)
    described = _version_1_dimensions(client.get(address).json(), table)
    answers = []
    for part in parts(_complete(choose(described), described, table)):
        query: Json = [
            {"code": each, "selection": {"filter": "item", "values": list(codes)}} for each, codes in part.items()
        ]
        answer = client.post(address, None, {"query": query, "response": {"format": "json-stat2"}})
        answers.append(_as_asked(answer, part, table))
    return tuple(answers)


def _version_1_dimensions(described: object, table: Table) -> tuple[Dimension, ...]:
    variables = described.get("variables") if isinstance(described, dict) else None
    if not isinstance(variables, list) or not all(
        isinstance(each, dict) and isinstance(each.get("code"), str) and isinstance(each.get("values"), list)
        for each in variables
    ):
        raise FetchError([Problem(table.code, "is described without its variables")])
    return tuple(
        Dimension(each["code"], tuple(map(str, each["values"])), role="time" if each.get("time") else "")
        for each in variables
    )


def _complete(selection: Selection, described: Sequence[Dimension], table: Table) -> Selection:
    """The selection with every dimension of the table named, codes as the table writes them."""
    problems = []
    complete: Selection = {}
    for dimension in described:
        wanted = selection.get(dimension.id, dimension.codes if len(dimension.codes) == 1 else ())
        if not wanted:
            problems.append(Problem(table.code, "has a dimension of which nothing is chosen", column=dimension.id))
        complete[dimension.id] = tuple(wanted)
    known = {dimension.id for dimension in described}
    problems += [Problem(table.code, "does not have this dimension", column=each) for each in selection.keys() - known]
    if problems:
        raise FetchError(problems)
    return complete


def _as_asked(answer: Answer, selection: Selection, table: Table) -> Answer:
    """``answer``, when it holds all that was asked and at least one number; what it holds besides does no harm."""
    document = answer.json()
    found = {dimension.id: dimension.codes for dimension in dimensions(document, table.code)}
    wrong = [each for each, codes in selection.items() if not set(codes) <= set(found.get(each, ()))]
    wrong += [each for each, codes in found.items() if each not in selection and len(codes) > 1]
    if wrong:
        said = "was answered with another selection than was asked for"
        raise FetchError([Problem(table.code, said, column=each) for each in wrong])
    if decoded(document, table.code)["value"].isna().all():
        raise FetchError([Problem(table.code, "was answered with no number at all")])
    return answer
