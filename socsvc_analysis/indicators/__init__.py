"""Indicators of capacity, coverage, clients, balance of care, progress and money.

Each takes the chosen observations and the reference tables and gives *values*: rows with numerator, denominator,
value, limits, status, sources and notes.
"""

from socsvc_analysis.indicators import (
    achievement,
    benchmarks,
    capacity,
    care_balance,
    change,
    client_path,
    clients,
    control,
    coverage,
    enough,
    funnel,
    money,
    municipalities,
    overlap,
    performance,
    progress,
    projection,
    returns,
    series,
    spending,
    standing,
)
from socsvc_analysis.indicators.enough import enough_to_compare
from socsvc_analysis.indicators.levels import latest_reported
from socsvc_analysis.indicators.registry import REGISTRY, Indicator, compute, get_indicator
from socsvc_analysis.indicators.values import PLANNED_FOR, latest_figure

__all__ = [
    "PLANNED_FOR",
    "REGISTRY",
    "Indicator",
    "achievement",
    "benchmarks",
    "capacity",
    "care_balance",
    "change",
    "client_path",
    "clients",
    "compute",
    "control",
    "coverage",
    "enough",
    "enough_to_compare",
    "funnel",
    "get_indicator",
    "latest_figure",
    "latest_reported",
    "money",
    "municipalities",
    "overlap",
    "performance",
    "progress",
    "projection",
    "returns",
    "series",
    "spending",
    "standing",
]
