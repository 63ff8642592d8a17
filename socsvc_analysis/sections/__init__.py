"""Parts of a page that are not charts: headline numbers, findings, programmes, definitions, data quality."""

from socsvc_analysis.sections.findings import (
    capacity_findings,
    clients_findings,
    progress_findings,
    quality_findings,
    summary_findings,
)
from socsvc_analysis.sections.headlines import comparison, headlines
from socsvc_analysis.sections.method import glossary, method
from socsvc_analysis.sections.municipalities import (
    municipality_findings,
    municipality_profiles,
    municipality_table,
)
from socsvc_analysis.sections.programmes import acknowledged, programme_cards, service_catalogue, timeline
from socsvc_analysis.sections.quality import disagreements, doubtful, evidence, missing, received, split_units, uncoded
from socsvc_analysis.sections.returns import reported_clients, reported_places

__all__ = [
    "acknowledged",
    "capacity_findings",
    "clients_findings",
    "comparison",
    "disagreements",
    "doubtful",
    "evidence",
    "glossary",
    "headlines",
    "method",
    "missing",
    "municipality_findings",
    "municipality_profiles",
    "municipality_table",
    "programme_cards",
    "progress_findings",
    "quality_findings",
    "received",
    "reported_clients",
    "reported_places",
    "service_catalogue",
    "split_units",
    "summary_findings",
    "timeline",
    "uncoded",
]
