"""Statistics of monitoring: intervals, rates, comparisons, trends, funnels, control charts and progress to targets.

Numbers may be single, lists, arrays or Series; what is unknown gives unknown, never an exception.
"""

from socsvc_analysis.statistics.benchmarks import (
    POSITIONS,
    Benchmark,
    benchmark,
    benchmark_limits_proportion,
    benchmark_limits_rate,
    position,
)
from socsvc_analysis.statistics.comparison import compare
from socsvc_analysis.statistics.control import ControlChart, control_chart
from socsvc_analysis.statistics.funnel import (
    FunnelLimits,
    Overdispersion,
    funnel_limits_proportion,
    funnel_limits_rate,
    overdispersion,
)
from socsvc_analysis.statistics.intervals import (
    Estimate,
    Interval,
    count_interval,
    mean_interval,
    proportion_interval,
)
from socsvc_analysis.statistics.performance import performance_verdict
from socsvc_analysis.statistics.progress import DAYS_PER_YEAR, Growth, Pace, growth, pace
from socsvc_analysis.statistics.projections import Projection, prediction, projection
from socsvc_analysis.statistics.rates import indirect_ratio, rate, standardised_rate
from socsvc_analysis.statistics.trends import Trend, judge_direction, trend, trend_proportion

__all__ = [
    "DAYS_PER_YEAR",
    "POSITIONS",
    "Benchmark",
    "ControlChart",
    "Estimate",
    "FunnelLimits",
    "Growth",
    "Interval",
    "Overdispersion",
    "Pace",
    "Projection",
    "Trend",
    "benchmark",
    "benchmark_limits_proportion",
    "benchmark_limits_rate",
    "compare",
    "control_chart",
    "count_interval",
    "funnel_limits_proportion",
    "funnel_limits_rate",
    "growth",
    "indirect_ratio",
    "judge_direction",
    "mean_interval",
    "overdispersion",
    "pace",
    "performance_verdict",
    "position",
    "prediction",
    "projection",
    "proportion_interval",
    "rate",
    "standardised_rate",
    "trend",
    "trend_proportion",
]
