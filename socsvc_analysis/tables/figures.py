"""The tables of figures: one row each."""

from __future__ import annotations

from socsvc_analysis.schema import Field, Table
from socsvc_analysis.tables.fields import EVIDENCE, KINDS, PERIOD, STATUSES, optional, text

OBSERVATIONS = Table(
    "observations",
    "Figures as published or reported, one row each",
    (
        text("id", "What this figure is called in discussions and corrections"),
        text("measure", "What was measured", refers_to="measures.measure"),
        text("territory", "LV, NUTS 2024 code of the planning region, or ATVK code valid on the figure's date"),
        optional("provider", "The institution meant; empty: the whole territory", refers_to="providers.provider"),
        optional("programme", "Programme or project the figure belongs to", refers_to="programmes.programme"),
        text("service_type", "Kind of service; all: not by service", refers_to="service_types.service_type"),
        text("target_group", "Whom it concerns; all: not by group", refers_to="target_groups.target_group"),
        optional("period", "Date, month, year or interval, ISO 8601; empty: the source gives none", pattern=PERIOD),
        Field("value", "The number, in the unit of the measure; empty: unknown", "number", required=False),
        text("kind", "What the number is", one_of=KINDS),
        optional("version", "Issue of a plan that has changed", refers_to="plan_versions.version"),
        text("status", "How far the number can be relied on (SDMX observation status)", one_of=STATUSES),
        text("source", "Where it was published", refers_to="sources.source"),
        text("evidence", "How it was read from the source", one_of=EVIDENCE),
        optional("note", "What a reader must know", refers_to="notes.note", many=True),
    ),
    key=("id",),
)

RELEASED = Table(
    "released_sums",
    "Sums of restricted figures as the public may see them",
    (
        text("level", "Whose number it is", one_of=("territory", "municipality", "region", "country")),
        text("territory", "LV, NUTS 2024 code of the planning region, or ATVK code"),
        text("measure", "What was measured", refers_to="measures.measure"),
        text("service_type", "Kind of service; all: all services", refers_to="service_types.service_type"),
        text("target_group", "Whom it concerns; all: all groups", refers_to="target_groups.target_group"),
        optional("period", "Date, month, year or interval, ISO 8601", pattern=PERIOD),
        text("kind", "What the number is", one_of=KINDS),
        optional("version", "Issue of a plan that has changed", refers_to="plan_versions.version"),
        Field("value", "The number of people; empty: not shown", "number", required=False),
        text("status", "How far the number can be relied on (SDMX observation status)", one_of=STATUSES),
        text("source", "What it rests on", refers_to="sources.source", many=True),
    ),
    key=("level", "territory", "measure", "service_type", "target_group", "period", "kind", "version"),
)

UNCODED = Table(
    "uncoded_figures",
    "Published statements that are not a number of something, with the reason",
    (
        text("id", "As in the list of published figures"),
        text("indicator", "What the statement is about"),
        text("territory", "Where, as printed"),
        optional("period", "When, as printed"),
        text("value", "As printed"),
        optional("unit", "As printed"),
        text("statement_lv", "What was said, in Latvian"),
        text("statement_en", "What was said, in English"),
        text("source", "Where it was published", refers_to="sources.source"),
        text("reason_lv", "Why it is not coded, in Latvian"),
        text("reason_en", "Why it is not coded, in English"),
    ),
    key=("id",),
)
