"""One row for each of today's municipalities: what is known of it, to compare and to look up."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import enough
from socsvc_analysis.indicators.benchmarks import similar_municipalities
from socsvc_analysis.indicators.capacity import places_by_municipality, places_per_1000
from socsvc_analysis.indicators.clients import served_by_municipality
from socsvc_analysis.indicators.coverage import services_offered
from socsvc_analysis.indicators.levels import latest_reported
from socsvc_analysis.indicators.residents import last_counted
from socsvc_analysis.indicators.returns import clients_per_1000, occupancy_rate, reported_clients, reported_places
from socsvc_analysis.indicators.values import FT, GRT, latest_figure
from socsvc_analysis.reference import present_municipalities
from socsvc_analysis.tables import HIDDEN

NUMBERS = (
    "residents",
    "places",
    "places_per_1000",
    "services",
    "served_adults",
    "served_children",
    "reported_places",
    "reported_clients",
    "clients_per_1000",
    "occupancy",
)
"""What is known of a municipality; NaN where it is not."""


def overview(data: Dataset) -> pd.DataFrame:
    """Today's municipalities with what is known of each.

    Returns rows ``territory region kind`` with :data:`NUMBERS`: usual residents on the last date ``residents_on`` all
    were counted; places co-financed by the ERDF, planned and opened, and per 1,000 residents; types of community
    service known; people served as last published, by group; of the latest return places, clients, clients per 1,000
    residents and occupancy (per cent).  ``peers`` are the codes of similar municipalities, ``sources`` all sources,
    ``hidden`` the numbers that are known and not shown.
    A number that is not published is unknown, never zero.
    """
    units = present_municipalities(data.reference.municipalities)
    rows = pd.DataFrame({"territory": units["code"], "region": units["region"], "kind": units["kind"]})
    on = last_counted(data)
    residents = observations.population(data.figures, data.reference, on)
    served = served_by_municipality(data)
    known = {
        "residents": residents,
        "places": places_by_municipality(data),
        "places_per_1000": places_per_1000(data, on),
        "services": services_offered(data),
        "served_adults": latest_figure(served[served["target_group"] == GRT]),
        "served_children": latest_figure(served[served["target_group"] == FT]),
        "reported_places": latest_reported(reported_places(data)),
        "reported_clients": latest_reported(reported_clients(data)),
        "clients_per_1000": latest_reported(clients_per_1000(data).query("target_group == 'all'")),
        "occupancy": latest_reported(occupancy_rate(data)),
    }
    sources = hidden = pd.Series([()] * len(rows), index=rows.index)
    for name, values in known.items():
        found = values[["territory", "value", "status", "sources"]].rename(columns={"value": name})
        rows = rows.merge(found, on="territory", how="left", validate="one_to_one")
        cells = [
            cell if isinstance(cell, tuple) and pd.notna(number) else ()
            for cell, number in zip(rows.pop("sources"), rows[name], strict=True)
        ]
        sources = sources + pd.Series(cells, index=sources.index)
        not_shown = [(name,) if status == HIDDEN else () for status in rows.pop("status")]
        hidden = hidden + pd.Series(not_shown, index=hidden.index)
    peers = enough.for_peers(similar_municipalities(residents, data.reference)).groupby("territory")["peer"].agg(tuple)
    return rows.assign(
        residents_on=on,
        peers=tuples(peers.get(code, ()) for code in rows["territory"]),
        sources=tuples(tuple(dict.fromkeys(cell)) for cell in sources),
        hidden=tuples(hidden),
    )[["territory", "region", "kind", *NUMBERS, "residents_on", "peers", "sources", "hidden"]]
