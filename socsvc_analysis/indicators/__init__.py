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
    clients,
    control,
    coverage,
    enough,
    funnel,
    money,
    municipalities,
    performance,
    progress,
    projection,
    returns,
    series,
    spending,
    standing,
)
from socsvc_analysis.indicators.levels import latest
from socsvc_analysis.indicators.registry import REGISTRY, Indicator, named
from socsvc_analysis.indicators.standing import comparable
from socsvc_analysis.indicators.values import newest

__all__ = [
    "REGISTRY",
    "Indicator",
    "achievement",
    "benchmarks",
    "capacity",
    "care_balance",
    "change",
    "clients",
    "comparable",
    "control",
    "coverage",
    "enough",
    "funnel",
    "latest",
    "money",
    "municipalities",
    "named",
    "newest",
    "performance",
    "progress",
    "projection",
    "returns",
    "series",
    "spending",
    "standing",
]
