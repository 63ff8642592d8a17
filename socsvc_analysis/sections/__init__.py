"""Parts of a page that are not charts: headline numbers, findings, programmes, definitions, data quality."""

from socsvc_analysis.sections.changes import changes_summary, changes_table, revision_policy
from socsvc_analysis.sections.completeness import completeness_of_returns, uses
from socsvc_analysis.sections.findings import (
    capacity_findings,
    clients_findings,
    programme_findings,
    quality_findings,
)
from socsvc_analysis.sections.headlines import comparison, headlines
from socsvc_analysis.sections.known import gaps, known
from socsvc_analysis.sections.method import glossary, method
from socsvc_analysis.sections.municipalities import (
    municipality_findings,
    municipality_profiles,
    municipality_table,
)
from socsvc_analysis.sections.outlooks import outlooks
from socsvc_analysis.sections.programmes import acknowledged, programme_cards, service_catalogue
from socsvc_analysis.sections.progress import progress_findings
from socsvc_analysis.sections.quality import (
    disagreements,
    doubtful,
    evidence,
    missing,
    quality_method,
    received,
    split_units,
    uncoded,
)
from socsvc_analysis.sections.returns import reported_clients, reported_places
from socsvc_analysis.sections.values import value_table
from socsvc_analysis.sections.verdict import verdicts

__all__ = [
    "acknowledged",
    "capacity_findings",
    "changes_summary",
    "changes_table",
    "clients_findings",
    "comparison",
    "completeness_of_returns",
    "disagreements",
    "doubtful",
    "evidence",
    "gaps",
    "glossary",
    "headlines",
    "known",
    "method",
    "missing",
    "municipality_findings",
    "municipality_profiles",
    "municipality_table",
    "outlooks",
    "programme_cards",
    "programme_findings",
    "progress_findings",
    "quality_findings",
    "quality_method",
    "received",
    "reported_clients",
    "reported_places",
    "revision_policy",
    "service_catalogue",
    "split_units",
    "uncoded",
    "uses",
    "value_table",
    "verdicts",
]
