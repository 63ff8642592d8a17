"""Charts for officials: values in, a ``Chart`` out, or an ``Absence`` where nothing is published.

>>> from socsvc_analysis import charts, indicators
>>> from socsvc_analysis.dataset import open_data
>>> rates = indicators.compute("places_per_1000", open_data())
>>> charts.places_per_1000(rates, region="zemgale", language="en").title
'Zemgale: 0.82 per 1,000 residents'
"""

from socsvc_analysis.charts.balance import balance_of_care
from socsvc_analysis.charts.capacity import (
    places_by_municipality,
    places_per_1000,
    planned_and_working,
    state_care_centres,
)
from socsvc_analysis.charts.chosen import chosen_values
from socsvc_analysis.charts.clients import (
    path_to_service,
    served_by_municipality,
    served_by_service,
)
from socsvc_analysis.charts.control import run_chart
from socsvc_analysis.charts.course import reached_against_plan
from socsvc_analysis.charts.figure import Absence, Chart
from socsvc_analysis.charts.funnel import funnel_plot
from socsvc_analysis.charts.money import absorption, funding_split
from socsvc_analysis.charts.progress import (
    expected_by_now,
    plan_versions,
    share_of_plan,
)
from socsvc_analysis.charts.projection import projection_to_target
from socsvc_analysis.charts.rates import rates_with_intervals
from socsvc_analysis.charts.regions import regions_small_multiples
from socsvc_analysis.charts.tilemap import tile_map
from socsvc_analysis.charts.timeline import event_timeline, programme_timeline
from socsvc_analysis.charts.years import institutional_stock, long_series, served_by_year

__all__ = [
    "Absence",
    "Chart",
    "absorption",
    "balance_of_care",
    "chosen_values",
    "event_timeline",
    "expected_by_now",
    "funding_split",
    "funnel_plot",
    "institutional_stock",
    "long_series",
    "path_to_service",
    "places_by_municipality",
    "places_per_1000",
    "plan_versions",
    "planned_and_working",
    "programme_timeline",
    "projection_to_target",
    "rates_with_intervals",
    "reached_against_plan",
    "regions_small_multiples",
    "run_chart",
    "served_by_municipality",
    "served_by_service",
    "served_by_year",
    "share_of_plan",
    "state_care_centres",
    "tile_map",
]
