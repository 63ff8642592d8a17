"""The tables of what was published when, what is expected next, and whom to ask."""

from __future__ import annotations

from socsvc_analysis.schema import Field, Table
from socsvc_analysis.tables.fields import CODE, DATE, KINDS, PERIOD, STATUSES, optional, text, titles

DATA_VERSION = r"[0-9A-Za-z.+-]+"

EDITIONS = (
    Table(
        "publications",
        "Data versions that were published, in their order",
        (
            text("edition", "Version of the data, as datapackage.json says it", pattern=DATA_VERSION),
            text("date", "When it was published", pattern=DATE),
            text(
                "state",
                "Whether figures may still change; recalled: it must not be read any more",
                one_of=("provisional", "final", "recalled"),
            ),
            optional("note_lv", "What a reader must know of it, in Latvian"),
            optional("note_en", "What a reader must know of it, in English"),
        ),
        key=("edition",),
    ),
    Table(
        "calendar",
        "What is due every year: returns of municipalities and publications of others",
        (
            text("event", "Code", pattern=CODE),
            text("kind", "What is due", one_of=("returns", "publication")),
            text("due", "Month and day by which it is due, every year", pattern=r"\d{2}-\d{2}"),
            *titles("What is due"),
            text("source", "Where this is said", refers_to="sources.source"),
        ),
        key=("event",),
    ),
    Table(
        "contacts",
        "Whom readers may ask, and to whom they may complain",
        (
            text("contact", "What for", one_of=("data", "accessibility", "complaint")),
            text("name_lv", "Who answers, in Latvian"),
            text("name_en", "Who answers, in English"),
            optional("email", "Electronic address", pattern=r"[^@\s]+@[^@\s]+"),
            optional("url", "Address of the site", pattern=r"https?://\S+"),
            optional("reviewed", "When what pages say about it was last reviewed", pattern=DATE),
            Field("placeholder", "Whether the publishing institution has yet to name somebody", "boolean"),
        ),
        key=("contact",),
    ),
)

PUBLISHED = Table(
    "published_states",
    "Figures as publications showed them; one row for as long as a figure stayed the same",
    (
        text("since", "First publication that showed this", refers_to="publications.edition"),
        optional("until", "First that no longer did; empty: it still stands", refers_to="publications.edition"),
        text("id", "Figure"),
        text("measure", "What was measured"),
        text("territory", "Whose figure"),
        optional("provider", "The institution meant; empty: the whole territory"),
        optional("programme", "Programme or project the figure belongs to"),
        text("service_type", "Kind of service"),
        text("target_group", "Whom it concerns"),
        optional("period", "When", pattern=PERIOD),
        Field("value", "The number; empty: unknown", "number", required=False),
        text("kind", "What the number is", one_of=KINDS),
        optional("version", "Issue of a plan that has changed"),
        text("status", "How far the number could be relied on", one_of=STATUSES),
        text("source", "Where it was published"),
    ),
    key=("id", "since"),
)
