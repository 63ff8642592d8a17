"""What a figure is called in tables that list figures: place, measure, service, group, plan."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

from socsvc_analysis.indicators.registry import MONEY
from socsvc_analysis.schema import DataError
from socsvc_analysis.tables import COMMITMENTS
from socsvc_analysis.wording import Words

WHOLE = ("all", "all_di")
"""Groups that need no name: everybody meant."""


class Figure(NamedTuple):
    """What tells a figure from others."""

    measure: str
    kind: str
    service_type: str
    target_group: str
    version: str
    territory: str


def named(row: Figure | SimpleNamespace, words: Words) -> str:
    """The figure of ``row`` (attributes of an observation) in words.

    A code that the tables no longer know stands as it is: a figure that was withdrawn may name one.
    """
    parts = [measured_or_planned(row.measure, row.kind, words)]
    if row.service_type != "all":
        parts.append(_title("service_types", row.service_type, words))
    if row.target_group not in WHOLE:
        parts.append(_title("target_groups", row.target_group, words))
    if row.version:
        parts.append(_title("plan_versions", row.version, words))
    return words.say("subject_and_group", subject=_place(row.territory, words), group=", ".join(parts))


def in_brackets(group: str, words: Words) -> str:
    """The target group behind a number that is about it; nothing where all are meant."""
    return "" if group in WHOLE else f" ({words.title('target_groups', group)})"


def amount(value: float, unit: str, words: Words) -> str:
    """A value with its unit; money with cents where it has any."""
    return words.quantity(value, unit, decimals=2 if unit in MONEY and value % 1 else 0)


def measured_or_planned(measure: str, kind: str, words: Words) -> str:
    """The measure, and whether it is planned; of what was counted nothing more is said."""
    try:
        return (
            words.commitment(measure, kind) if kind in (*COMMITMENTS, "baseline") else words.title("measures", measure)
        )
    except (DataError, KeyError):
        return measure


def _title(table: str, code: str, words: Words) -> str:
    try:
        return words.title(table, code)
    except DataError:
        return code


def _place(code: str, words: Words) -> str:
    try:
        return words.place(code)
    except DataError:
        return code
