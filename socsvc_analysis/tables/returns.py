"""The tables with which received files are read, and the record of what was received."""

from __future__ import annotations

from socsvc_analysis.schema import Field, Table
from socsvc_analysis.tables.fields import DATE, KINDS, PERIOD, optional, text

VALUES = (
    *("service_types", "target_groups", "measures", "programmes", "providers", "kinds", "municipalities"),
    *("units", "sexes", "ages", "fillers"),
)
"""What values people name: rows of other tables, kinds of number, units, parts of the people counted, empty words."""

RETURNS = (
    Table(
        "column_names",
        "What headings of received tables mean",
        (
            text("heading", "As people write it; capitals and repeated blanks do not matter"),
            text("column", "A key of received rows, the code of a measure, or ignore"),
            text("language", "Language of the heading", one_of=("lv", "en")),
            optional("note", "Where it is used"),
        ),
        key=("heading",),
    ),
    Table(
        "value_names",
        "What people write for services, groups, measures, units and so on besides their titles and codes",
        (
            text(
                "table",
                "Whose name it is",
                one_of=VALUES,
            ),
            text("name", "As people write it"),
            text("code", "What it means"),
        ),
        key=("table", "name"),
    ),
    Table(
        "corrections",
        "Cells of received files that are known to be wrong",
        (
            text("source", "Source that the mapping names, or SHA-256 of the file"),
            optional("sheet", "Sheet; empty for CSV"),
            Field("row", "Row as the spreadsheet shows it", "integer"),
            text("column", "Heading as printed"),
            optional("expect", "What the cell says now; when it no longer does, the import stops"),
            optional("value", "What it should say; the same as expect confirms an unusual number"),
            text("reason", "Why, and who said so"),
            text("added", "When this row was written", pattern=DATE),
        ),
        key=("source", "sheet", "row", "column"),
    ),
    Table(
        "received_files",
        "Files that were imported",
        (
            text("sha256", "SHA-256 of the file as received", pattern="[0-9a-f]{64}"),
            text("file", "Name of the file as received"),
            optional("sender", "Mark of the folder it came from: one name from two folders is two files"),
            text("imported", "When", pattern=DATE),
            text("source", "Source its figures name", refers_to="sources.source"),
            text("access", "Whether small numbers in it must be hidden", one_of=("open", "restricted")),
            Field("rows_in", "Rows of the file", "integer"),
            Field("accepted", "Rows that became figures", "integer"),
            Field("rejected", "Rows that could not be used", "integer"),
            Field("duplicates", "Rows that repeat another", "integer"),
            text("raw", "Where the file is kept, below the folder of the data"),
        ),
        key=("sha256",),
    ),
    Table(
        "revisions",
        "Received figures that a later file replaced",
        (
            text("id", "Figure that took the place; ends in 0 where the corrected file no longer has one"),
            text("replaced", "Figure that was replaced"),
            text("measure", "What was measured", refers_to="measures.measure"),
            text("territory", "Whose figure"),
            text("service_type", "Kind of service", refers_to="service_types.service_type"),
            text("target_group", "Whom it concerns", refers_to="target_groups.target_group"),
            text("period", "When", pattern=PERIOD),
            text("kind", "What the number is", one_of=KINDS),
            Field("value_before", "Number before; empty: unknown", "number", required=False),
            Field("value_after", "Number now; empty: unknown", "number", required=False),
            text("source_before", "Where the former number came from", refers_to="sources.source"),
            text("source_after", "Where the present number comes from", refers_to="sources.source"),
            text("date", "When it was replaced", pattern=DATE),
        ),
        key=("id", "replaced"),
    ),
)
