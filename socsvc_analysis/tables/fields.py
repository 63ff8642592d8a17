"""What columns of several tables share: patterns, lists of codes, kinds of columns."""

from __future__ import annotations

from typing import TypedDict, Unpack

from socsvc_analysis.schema import Field

DATE = r"\d{4}-\d{2}-\d{2}"
PERIOD_PART = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
PERIOD = rf"{PERIOD_PART}(?:/{PERIOD_PART})?"
ATVK = r"\d{7}"
CODE = r"[a-z0-9_]+"

IN_OPERATION = "capacity"
"""The kind of places that work, taken or not."""
KINDS = ("actual", "plan", "baseline", "milestone", "target", IN_OPERATION, "budget")
HIDDEN = "confidential"
"""The status of a number that is known and not shown."""
STATUSES = ("normal", "provisional", "estimated", "disputed", "missing", HIDDEN)
EVIDENCE = ("verbatim", "transcribed", "parsed", "received")
COMMITMENTS = ("plan", "milestone", "target")
"""Kinds that say what is to be reached, not what was."""
COUNTED = ("actual", IN_OPERATION)
"""Kinds that say what was reached: people and money as actual figures, places as those in operation."""
COMMUNITY, INSTITUTIONAL = "community", "institutional"
"""Where people live who have a service; what has no such setting, such as planning, is in no balance of care."""


class Constraints(TypedDict, total=False):
    """What may be said of a column beside its name: see :class:`~socsvc_analysis.schema.Field`."""

    type: str
    one_of: tuple[str, ...]
    pattern: str
    refers_to: str
    many: bool


def text(name: str, description: str, **constraints: Unpack[Constraints]) -> Field:
    """A column of text that is never empty."""
    return Field(name, description, **constraints)


def optional(name: str, description: str, **constraints: Unpack[Constraints]) -> Field:
    """A column of text that may be empty."""
    return Field(name, description, required=False, **constraints)


def titles(what: str) -> tuple[Field, Field]:
    """A name in both languages."""
    return text("title_lv", f"{what}, in Latvian"), text("title_en", f"{what}, in English")
