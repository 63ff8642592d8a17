"""The words that charts write beside values: places, projects, institutions, and what a line in time shows."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from socsvc_analysis.codes import named_rows
from socsvc_analysis.wording import Words, inner


class _Told(NamedTuple):
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
        rows["provider_title"] = [_provider_title(row, words) for row in named_rows(rows, _Told)]
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


def _provider_title(row: _Told, words: Words) -> str:
    subject = words.title("providers", row.provider) if row.provider else row.label
    if row.target_group == "all":
        return subject
    return words.say("subject_and_group", subject=subject, group=_whom(row, words))


def _whom(row: _Told, words: Words) -> str:
    """Who is counted: children in institutions are a part of the children in out-of-family care, not all of them."""
    if (row.service_type, row.target_group) == ("childrens_institution", "children_out_of_family"):
        return words.say("series_children_in_institutions")
    return words.short("target_groups", row.target_group)


def _series_title(row: _Series, words: Words) -> str:
    if row.provider:
        return words.title("providers", row.provider)
    subject = (
        inner(words.title("measures", row.measure))
        if row.service_type == "all"
        else words.title("service_types", row.service_type)
    )
    if row.target_group == "all":
        return subject
    return words.say("subject_and_group", subject=subject, group=words.short("target_groups", row.target_group))
