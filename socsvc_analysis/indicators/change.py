"""Change from the previous year of yearly series."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.sums import latest_version
from socsvc_analysis.indicators.values import as_values, ratio
from socsvc_analysis.reference import begins_anew
from socsvc_analysis.tables import COUNTED

YEARLY = (
    "clients",
    "clients_in_year",
    "children_in_out_of_family_care",
    "waiting",
    "places",
    "institutions",
    "families",
    "families_with_placements",
    "staff_posts",
    "spending",
    "spending_own",
    "spending_purchased",
    "state_budget",
)
"""Measures that are told anew each year; what is counted since a beginning, and percentages, are not among them."""
YEARLY_SERIES = [name for name in observations.IDENTITY if name not in ("period", "version")]
"""An actual figure is the same whichever issue of a plan or budget prints it."""
PERIOD = r"(?P<year>\d{4})(?P<day>(?:-\d{2}(?:-\d{2})?)?)"


@indicator(
    title={"lv": "Izmaiņas salīdzinājumā ar iepriekšējo gadu", "en": "Change from the previous year"},
    definition={
        "lv": "Gada skaitļa un tās pašas rindas iepriekšējā gada skaitļa starpība, dalīta ar iepriekšējā gada "
        "skaitli, procentos.",
        "en": "Difference between the figure of a year and that of the year before in the same series, divided by the "
        "figure of the year before, in per cent.",
    },
    caveat={
        "lv": "Izmaiņas rādītas tikai starp diviem secīgiem gadiem. Kur rinda ir pārtraukta (mainījies tvērums vai "
        "metode), izmaiņas nav zināmas. Ja skaitļi mazi, procenti stipri svārstās.",
        "en": "Shown only between two consecutive years. Where a series is broken (coverage or method changed) the "
        "change is unknown. Where the numbers are small, percentages vary widely.",
    },
    numerator={
        "lv": "Gada skaitlis mīnus iepriekšējā gada skaitlis.",
        "en": "Figure of the year minus the figure of the year before.",
    },
    denominator={"lv": "Iepriekšējā gada skaitlis.", "en": "Figure of the year before."},
    unit="percent",
    polarity="neither",
    measures=YEARLY,
    source="",
)
def change_to_previous_year(data: Dataset) -> pd.DataFrame:
    """Each yearly figure against the one of the same series a year earlier: difference and per cent.

    A series is everything that identifies a figure but its period and the issue that printed it.  A year follows a
    year, a day the same day of the year before; between other periods there is no change to tell.  A figure whose note
    marks a break, and one that is unknown or follows an unknown one or zero, has an unknown change; single providers
    are series of their own.

    Returns values (``numerator`` the difference, ``denominator`` the figure before) with the extra columns ``measure
    provider programme unit current previous broken``.  Nothing is raised.  Source: own definition.

    To check by hand: from 100 clients to 110 are 10 more, 10 %.

    >>> from types import SimpleNamespace
    >>> figures = pd.DataFrame({"id": ["a", "b"], "measure": "clients", "territory": "LV", "provider": "",
    ...     "programme": "", "service_type": "all", "target_group": "all", "period": ["2020", "2021"], "kind": "actual",
    ...     "version": "", "value": [100.0, 110.0], "status": "normal", "source": "s", "note": ""})
    >>> reference = SimpleNamespace(measures=pd.DataFrame({"measure": ["clients"], "unit": ["persons"]}),
    ...                             notes=pd.DataFrame({"note": ["n"], "break": [False]}),
    ...                             plan_versions=pd.DataFrame({"version": ["v"], "order": [1]}))
    >>> change_to_previous_year(Dataset(figures, reference))[["numerator", "denominator", "value"]].values.tolist()
    [[10.0, 100.0, 10.0]]
    """
    rows = data.figures[
        data.figures["measure"].isin(YEARLY)
        & data.figures["kind"].isin(COUNTED)
        & data.figures["period"].str.fullmatch(PERIOD)
    ]
    rows = latest_version(rows, [*YEARLY_SERIES, "period"], data.reference)
    parts = rows["period"].str.extract(PERIOD)
    rows = rows.assign(year=parts["year"].astype(float), day=parts["day"])
    before = rows[[*YEARLY_SERIES, "day", "year", "value", "status", "source", "note"]]
    on = [*YEARLY_SERIES, "day", "year"]
    pairs = rows.merge(before.assign(year=before["year"] + 1), on=on, suffixes=("", "_before"), validate="one_to_one")
    broken = pd.Series(begins_anew(map(str.split, pairs["note"]), data.reference.notes), pairs.index, dtype=bool)
    difference = (pairs["value"] - pairs["value_before"]).mask(broken)
    now = as_values(
        pairs.assign(value=difference),
        measure=pairs["measure"],
        provider=pairs["provider"],
        programme=pairs["programme"],
        unit=pairs["measure"].map(lookup(data.reference.measures, "measure", "unit")),
        current=pairs["value"],
        previous=pairs["value_before"],
        broken=broken,
        pair=pd.Series(pairs.index, index=pairs.index),
    )
    earlier = pairs.assign(**{name: pairs[f"{name}_before"] for name in ("value", "status", "source", "note")})
    return ratio(now, as_values(earlier, pair=now["pair"]), on=["pair"]).drop(columns="pair")
