"""Indicators of capacity, clients and progress.  Each takes the chosen observations and the reference tables and gives
*values*: rows with numerator, denominator, value, limits, status, sources and notes."""

from socsvc_analysis.indicators import capacity, care_balance, clients, coverage, progress, returns
from socsvc_analysis.indicators.levels import latest
from socsvc_analysis.indicators.registry import REGISTRY, Indicator, named
from socsvc_analysis.indicators.values import newest

__all__ = [
    "REGISTRY",
    "Indicator",
    "capacity",
    "care_balance",
    "clients",
    "coverage",
    "latest",
    "named",
    "newest",
    "progress",
    "returns",
]
