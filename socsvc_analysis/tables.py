"""The tables of the data package: one contract each."""

from __future__ import annotations

from socsvc_analysis.schema import Field, Table

DATE = r"\d{4}-\d{2}-\d{2}"
PERIOD_PART = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
PERIOD = rf"{PERIOD_PART}(?:/{PERIOD_PART})?"
ATVK = r"\d{7}"
CODE = r"[a-z0-9_]+"

KINDS = ("actual", "plan", "baseline", "milestone", "target", "capacity", "budget")
STATUSES = ("normal", "provisional", "estimated", "disputed", "missing", "confidential")
EVIDENCE = ("verbatim", "transcribed", "parsed")
COMMITMENTS = ("plan", "milestone", "target")
"""Kinds that say what is to be reached, not what was."""


def _text(name: str, description: str, **constraints: object) -> Field:
    return Field(name, description, **constraints)


def _optional(name: str, description: str, **constraints: object) -> Field:
    return Field(name, description, required=False, **constraints)


def _titles(what: str) -> tuple[Field, Field]:
    return _text("title_lv", f"{what}, in Latvian"), _text("title_en", f"{what}, in English")


OBSERVATIONS = Table(
    "observations",
    "Figures as published or reported, one row each",
    (
        _text("id", "What this figure is called in discussions and corrections"),
        _text("measure", "What was measured", refers_to="measures.measure"),
        _text("territory", "LV, NUTS 2024 code of the planning region, or ATVK code valid on the figure's date"),
        _optional("provider", "The institution meant; empty: the whole territory", refers_to="providers.provider"),
        _optional("programme", "Programme or project the figure belongs to", refers_to="programmes.programme"),
        _text("service_type", "Kind of service; all: not by service", refers_to="service_types.service_type"),
        _text("target_group", "Whom it concerns; all: not by group", refers_to="target_groups.target_group"),
        _optional("period", "Date, month, year or interval, ISO 8601; empty: the source gives none", pattern=PERIOD),
        Field("value", "The number, in the unit of the measure; empty: unknown", "number", required=False),
        _text("kind", "What the number is", one_of=KINDS),
        _optional("version", "Issue of a plan that has changed", refers_to="plan_versions.version"),
        _text("status", "How far the number can be relied on (SDMX observation status)", one_of=STATUSES),
        _text("source", "Where it was published", refers_to="sources.source"),
        _text("evidence", "How it was read from the source", one_of=EVIDENCE),
        _optional("note", "What a reader must know", refers_to="notes.note", many=True),
    ),
    key=("id",),
)

UNCODED = Table(
    "uncoded_figures",
    "Published statements that are not a number of something, with the reason",
    (
        _text("id", "As in the list of published figures"),
        _text("indicator", "What the statement is about"),
        _text("territory", "Where, as printed"),
        _optional("period", "When, as printed"),
        _text("value", "As printed"),
        _optional("unit", "As printed"),
        _text("statement_lv", "What was said, in Latvian"),
        _text("statement_en", "What was said, in English"),
        _text("source", "Where it was published", refers_to="sources.source"),
        _text("reason_lv", "Why it is not coded, in Latvian"),
        _text("reason_en", "Why it is not coded, in English"),
    ),
    key=("id",),
)

REFERENCE = (
    Table(
        "regions",
        "Latvia and its planning regions",
        (
            _text("region", "Name used in file names and parameters", pattern=CODE),
            _text("code", "LV or NUTS 2024 code", pattern="LV[0-9A-Z]{0,3}"),
            Field("order", "Order on pages", "integer"),
            _text("name_lv", "Short name, nominative"),
            _text("genitive_lv", "Short name, genitive"),
            _text("dative_lv", "Short name, dative"),
            _text("locative_lv", "Short name, locative"),
            _text("long_lv", "Full name"),
            _text("name_en", "Short name in English"),
            _text("locative_en", "In the region, in English"),
            _text("long_en", "Full name in English"),
        ),
        key=("region",),
    ),
    Table(
        "municipalities",
        "Municipalities since 2009 with validity, successors and regions",
        (
            _text("code", "ATVK code, seven digits as text", pattern=ATVK),
            _text("name", "Name"),
            _text("name_long", "Full name"),
            _text("kind", "City of its own local government, or novads", one_of=("city", "novads")),
            _text("valid_from", "First day", pattern=DATE),
            _optional("valid_to", "Last day; empty: still valid", pattern=DATE),
            _optional("successors", "What it became", refers_to="municipalities.code", many=True),
            _optional("succession", "How", one_of=("same territory", "merged whole", "split")),
            _optional("split_detail_lv", "Which part went where, in Latvian"),
            _optional("split_detail_en", "Which part went where, in English"),
            _text("region_then", "Planning region before 2021-07-01", refers_to="regions.region"),
            _text("region", "Planning region today", refers_to="regions.region"),
            _text("nuts3", "NUTS 3 code of its time"),
            _optional("iso3166_2", "ISO 3166-2 code"),
            Field("area_km2", "Area in square kilometres", "number", required=False),
        ),
        key=("code",),
    ),
    Table(
        "measures",
        "What is measured and how it may be added up",
        (
            _text("measure", "Code", pattern=CODE),
            *_titles("Name of the measure"),
            _optional("plan_lv", "Name of its plan, in Latvian"),
            _optional("plan_en", "Name of its plan, in English"),
            _text("unit", "Unit of its values"),
            _text(
                "stock_flow", "On a date, during a period, or since the start", one_of=("stock", "flow", "cumulative")
            ),
            Field("unique_persons", "Counts each person once", "boolean"),
            Field("additive_territory", "Parts of a territory add up", "boolean"),
            Field("additive_service", "Services add up", "boolean"),
            Field("additive_time", "Periods add up", "boolean"),
            _text("definition_lv", "Definition in Latvian"),
            _text("definition_en", "Definition in English"),
        ),
        key=("measure",),
    ),
    Table(
        "service_types",
        "Kinds of social service",
        (
            _text("service_type", "Code", pattern=CODE),
            *_titles("Name of the service"),
            _text("short_lv", "Short name for charts, in Latvian"),
            _text("short_en", "Short name for charts, in English"),
            _text("care_setting", "Where the person lives", one_of=("community", "institutional", "none")),
            _optional("fund", "EU fund that may build or pay it", one_of=("ERDF", "ESF", "ERDF ESF")),
            _optional("fund_source", "Where the fund is said", refers_to="sources.source"),
            Field("order", "Order on pages", "integer"),
            _optional("parent", "The wider kind", refers_to="service_types.service_type"),
        ),
        key=("service_type",),
    ),
    Table(
        "target_groups",
        "Groups of people",
        (
            _text("target_group", "Code", pattern=CODE),
            *_titles("Name of the group"),
            _text("short_lv", "Short name for charts, in Latvian"),
            _text("short_en", "Short name for charts, in English"),
            _optional("parent", "The wider group", refers_to="target_groups.target_group"),
            Field("order", "Order on pages", "integer"),
        ),
        key=("target_group",),
    ),
    Table(
        "programmes",
        "Programmes and projects",
        (
            _text("programme", "Code", pattern=CODE),
            Field("featured", "Has a card on pages", "boolean"),
            _optional("parent", "The wider programme it is a part of", refers_to="programmes.programme"),
            *_titles("Name"),
            _text("short_lv", "Short name in Latvian"),
            _text("short_en", "Short name in English"),
            _optional("lead_lv", "Who leads it, in Latvian"),
            _optional("lead_en", "Who leads it, in English"),
            _text("regions", "Where", refers_to="regions.region", many=True),
            _optional("start", "Start", pattern=PERIOD_PART),
            _optional("end", "End", pattern=PERIOD_PART),
            _optional("target_groups", "For whom", refers_to="target_groups.target_group", many=True),
            _optional("summary_lv", "What it does, in Latvian"),
            _optional("summary_en", "What it does, in English"),
            _optional("source", "Where this is said", refers_to="sources.source"),
        ),
        key=("programme",),
    ),
    Table(
        "programme_sites",
        "Where programmes build or furnish",
        (
            _text("programme", "Programme", refers_to="programmes.programme"),
            _text("municipality", "ATVK code of the time", refers_to="municipalities.code"),
            _text("site", "Place name"),
            _text("what_lv", "What is made there, in Latvian"),
            _text("what_en", "What is made there, in English"),
            _text("source", "Where this is said", refers_to="sources.source"),
        ),
        key=("programme", "site"),
    ),
    Table(
        "programme_partners",
        "Partners of programmes",
        (
            _text("programme", "Programme", refers_to="programmes.programme"),
            _text("partner_lv", "Name, in Latvian"),
            _text("partner_en", "Name, in English"),
            _text("country", "Country", one_of=("LV", "LT")),
            _text("role", "Role", one_of=("lead", "partner")),
            _text("source", "Where this is said", refers_to="sources.source"),
        ),
        key=("programme", "partner_en"),
    ),
    Table(
        "programme_events",
        "What happened when",
        (
            _optional("programme", "Programme", refers_to="programmes.programme"),
            _text("region", "Where", refers_to="regions.region"),
            _text("date", "When it began", pattern=PERIOD_PART),
            _optional("end", "When it ended", pattern=PERIOD_PART),
            _text("kind", "What it was", one_of=("event", "milestone", "plan", "report", "opening", "closure")),
            *_titles("What happened"),
            _text("source", "Where this is said", refers_to="sources.source"),
        ),
        key=("region", "date", "title_en"),
    ),
    Table(
        "acknowledgements",
        "Municipalities that the ministry thanked in 2019",
        (
            _text("region", "Planning region", refers_to="regions.region"),
            _text("municipality", "ATVK code of the time", refers_to="municipalities.code"),
            _text("name_as_printed", "Name in the source"),
            _text("date", "Date of the letter", pattern=DATE),
            _text("source", "Where this is said", refers_to="sources.source"),
            _optional("note", "What a reader must know", refers_to="notes.note", many=True),
        ),
        key=("municipality",),
    ),
    Table(
        "providers",
        "Institutions that figures name",
        (
            _text("provider", "Code", pattern=CODE),
            *_titles("Name"),
            _text("kind", "Kind", one_of=("state_care_centre", "group_home", "day_care_centre")),
            _text("region", "Planning region", refers_to="regions.region"),
            _optional("municipality", "ATVK code", refers_to="municipalities.code"),
        ),
        key=("provider",),
    ),
    Table(
        "plan_versions",
        "Issues of plans and budgets that have changed",
        (
            _text("version", "Code", pattern="[a-z0-9_-]+"),
            _text("territory", "Whose plan"),
            Field("order", "Order of issue within the territory", "integer"),
            _optional("valid_from", "From when it was in force; empty: not published", pattern=PERIOD_PART),
            *_titles("Name of the issue"),
            _optional("source", "Where this is said", refers_to="sources.source"),
        ),
        key=("version",),
    ),
    Table(
        "sources",
        "Publications that figures and facts come from",
        (
            _text("source", "Code", pattern=CODE),
            _text("title", "Title as published"),
            _optional("publisher", "Who published it"),
            _text("lang", "Language of the title", one_of=("lv", "en", "lt")),
            _optional("url", "Address", pattern=r"https?://\S+"),
            _text(
                "url_status",
                "What is known of the address; only full ones were opened",
                one_of=("full", "constructed_from_id", "truncated_slug", "site_only", "not_retained"),
            ),
            _optional("published", "When it was published", pattern=PERIOD),
            Field("published_approximate", "Whether that date is approximate", "boolean"),
            _text("licence", "Terms of reuse as far as stated"),
            _text("retrieved", "When the facts were taken", pattern=DATE),
        ),
        key=("source",),
    ),
    Table(
        "notes",
        "Footnotes",
        (
            _text("note", "Code", pattern=CODE),
            _text("lv", "In Latvian"),
            _text("en", "In English"),
            Field("break", "A series begins anew here", "boolean"),
        ),
        key=("note",),
    ),
    Table(
        "glossary",
        "Official terms",
        (
            _text("category", "Subject"),
            _text("term_lv", "Latvian term"),
            _optional("abbreviation_lv", "Latvian abbreviation"),
            _text("term_en", "English term"),
            _optional("alternative_en", "Other English terms"),
            _optional("evidence_lv", "Where the Latvian term is used"),
            _optional("evidence_en", "Where the English term is used"),
            _optional("note", "Remark"),
        ),
        key=("term_lv",),
    ),
    Table(
        "tilegrid",
        "Tile map: one equal square for each municipality",
        (
            _text("municipality", "ATVK code", refers_to="municipalities.code"),
            Field("row", "Row, before 2025-07-01", "integer", required=False),
            Field("col", "Column, before 2025-07-01", "integer", required=False),
            Field("row_42", "Row, since 2025-07-01", "integer", required=False),
            Field("col_42", "Column, since 2025-07-01", "integer", required=False),
            _text("label", "Short name"),
        ),
        key=("municipality",),
    ),
)

OBSERVATION_FOLDER = "observations/"
BY_NAME = {each.name: each for each in (*REFERENCE, UNCODED)}


def contract_for(resource: str) -> Table:
    """The contract of a resource: its own table, or the observations for anything else in ``observations/``.

    >>> contract_for("measures").key
    ('measure',)
    >>> contract_for("population").name
    'observations'
    """
    return BY_NAME.get(resource, OBSERVATIONS)
