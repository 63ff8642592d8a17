"""Words beside codes: names for whoever explores a frame, and what charts write beside a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.schema import DataError
from socsvc_analysis.tables import OBSERVATIONS
from socsvc_analysis.wording import Words, inner

PLACES = ("territory", "region", "largest")
"""Columns of territories: codes, and the slugs of regions."""
LISTS = {"sources": "source", "notes": "note"}
"""Columns of values that hold several codes, and what each code is."""
BOUNDS = {
    "at_least": "bound_at_least",
    "at_most": "bound_at_most",
    "more_than": "bound_more_than",
    "almost": "bound_almost",
}
"""Notes by which a source bounds its number, and the message that says so."""
SAID = {"kind": "chart_kind_of_", "status": "status_", "step": "chart_step_", "before": "chart_step_"}
"""Columns whose codes the catalogue of sentences names, and with which beginning."""


def with_names(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    """``rows`` (figures, or values of an indicator) with the name of each code right after it.

    ``service_type`` is followed by ``service_type_name``, and so are places, measures, groups, institutions,
    programmes, versions of plans, kinds, statuses, sources and notes; several sources or notes are separated by
    semicolons.  An empty code has an empty name; a code that the tables do not know is its own name.

    >>> from socsvc_analysis.dataset import open_data
    >>> from socsvc_analysis.wording import in_language
    >>> rows = pd.DataFrame({"territory": ["LV009"], "service_type": ["group_home"]})
    >>> with_names(rows, in_language("lv", open_data().reference)).to_dict("records")
    [{'territory': 'LV009', 'territory_name': 'Zemgale', 'service_type': 'group_home', \
'service_type_name': 'grupu māja (dzīvoklis)'}]
    """
    columns = {}
    for column in rows:
        columns[column] = rows[column]
        if (name := _name_function(str(column), words)) is not None:
            made = {cell: _names_in_cell(cell, name) for cell in rows[column].unique()}
            columns[f"{column}_name"] = rows[column].map(made)
    return pd.DataFrame(columns, index=rows.index)


def _name_function(column: str, words: Words) -> Callable[[str], str] | None:
    """What gives a code of ``column`` its name; none for a column of other things."""
    if column in PLACES:
        return words.place
    if column in SAID:
        return lambda code: words.say(SAID[column] + code)
    column = {**LISTS, "fund": "measure"}.get(column, column)
    if column == "note":
        return words.note
    field = next((each for each in OBSERVATIONS.fields if each.name == column), None)
    if field is None or not field.refers_to:
        return None
    table = field.refers_to.partition(".")[0]
    return lambda code: words.title(table, code)


def _names_in_cell(cell: object, name: Callable[[str], str]) -> str:
    """The names of the codes in ``cell``: one, several (separated by blanks in a figure), or none."""
    codes = cell.split() if isinstance(cell, str) else cell if isinstance(cell, tuple) else ()
    return "; ".join(_name_or_code(code, name) for code in codes)


def _name_or_code(code: str, name: Callable[[str], str]) -> str:
    try:
        return name(code)
    except (DataError, KeyError):
        return code


class _Provider(NamedTuple):
    provider: str
    label: str
    service_type: str
    target_group: str


class _Series(NamedTuple):
    provider: str
    measure: str
    service_type: str
    target_group: str


def labelled(values: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Values with the words that charts write beside them.

    Adds ``label`` (place, and project where several lie in one place), and where the frame has the codes
    ``provider_title`` (institution or place, and group), ``version_title`` and ``series`` (what a line in time shows).
    """
    rows = values.assign(label=[words.place(code) for code in values["territory"]])
    if "programme" in rows:
        rows["label"] = [
            label
            if programme == ""
            else words.say("place_and_project", place=label, project=words.short("programmes", programme))
            for label, programme in zip(rows["label"], rows["programme"], strict=True)
        ]
    if "version" in rows:
        rows["version_title"] = [words.title("plan_versions", code) if code else "" for code in rows["version"]]
    if "provider" in rows:
        rows["provider_title"] = [_provider_title(row, words) for row in named_rows(rows, _Provider)]
    if "provider" in rows and "measure" in rows:
        rows["series"] = [_series_title(row, words) for row in named_rows(rows, _Series)]
        # Equal series of several places are told apart by the place.
        places = rows.groupby("series")["territory"].transform("nunique") > 1
        placed = [
            words.say("subject_and_group", subject=label, group=series)
            for label, series in zip(rows["label"], rows["series"], strict=True)
        ]
        rows["series"] = rows["series"].where(~places, placed)
        # The same service bought and provided in-house are two series: the measure tells them apart.
        several = rows.groupby(["territory", "series"])["measure"].transform("nunique") > 1
        full = [
            words.say("subject_and_group", subject=series, group=_payer(measure, words))
            for series, measure in zip(rows["series"], rows["measure"], strict=True)
        ]
        rows["series"] = rows["series"].where(~several, full)
    return rows


def _payer(measure: str, words: Words) -> str:
    """What tells apart two series of one service: short words for what is provided in-house and what is bought."""
    if measure in ("spending_own", "spending_purchased"):
        return words.say("series_" + measure)
    return inner(words.title("measures", measure))


def _provider_title(row: _Provider, words: Words) -> str:
    subject = words.title("providers", row.provider) if row.provider else row.label
    if (row.service_type, row.target_group) == ("childrens_institution", "children_out_of_family"):
        # They are a part of the children in out-of-family care, not all of them.
        return words.say("subject_and_group", subject=subject, group=words.say("series_children_in_institutions"))
    return _with_group(subject, row.target_group, words)


def _with_group(subject: str, target_group: str, words: Words) -> str:
    """The subject and, unless all people are meant, the target group."""
    if target_group == "all":
        return subject
    return words.say("subject_and_group", subject=subject, group=words.short("target_groups", target_group))


def _series_title(row: _Series, words: Words) -> str:
    if row.provider:
        return words.title("providers", row.provider)
    subject = (
        inner(words.title("measures", row.measure))
        if row.service_type == "all"
        else words.title("service_types", row.service_type)
    )
    return _with_group(subject, row.target_group, words)


def needed_text(needed: float, *, dated: bool, words: Words) -> str:
    """How many more are needed a year; at most so many where the number reached is not ``dated`` to the day."""
    number = words.number(needed)
    return number if dated else words.say("chart_required_at_most", needed=number)


def bounded_text(said: str, notes: Iterable[str], words: Words) -> str:
    """A number as its source bounds it: at least, at most, more than or almost so many; else the number alone.

    >>> from socsvc_analysis.wording import in_language
    >>> bounded_text("58", ("at_least",), in_language("en", None)), bounded_text("35", (), in_language("en", None))
    ('at least 58', '35')
    """
    key = next((BOUNDS[note] for note in notes if note in BOUNDS), "")
    return words.say(key, number=said) if key else said


def range_text(least: float, most: float, words: Words) -> str:
    """A number of which only limits are known, such as what could be expected on a day of which only the year is known.

    >>> from socsvc_analysis.wording import in_language
    >>> range_text(227.3, 268.1, in_language("en", None)), range_text(268.0, 268.1, in_language("en", None))
    ('227–268', '268')
    """
    low, high = words.number(least), words.number(most)
    return low if low == high else f"{low}–{high}"
