"""Progress of measure 9.2.2.1: its pace, the fall of people in institutions, and how plans changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import by_code, lookup, named_rows, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.clients import served
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import (
    DEINSTITUTIONALISATION,
    GROUPS,
    GRT,
    LONG_TERM,
    TARGET_COMPUTED,
    WHOLE_REFORM,
    as_values,
    di_observations,
    last_target,
    latest_figure,
    people_needed_per_year,
    ratio,
)
from socsvc_analysis.periods import by_last_day, earliest_day, last_day
from socsvc_analysis.reference import COUNTRY, Reference
from socsvc_analysis.rounding import whole
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.statistics import pace
from socsvc_analysis.tables import COMMITMENTS

PLANNED_PERSONS = ("persons_assessed", "persons_served")
PLANNED_MONEY = ("cost_total",)


def measure_period(reference: Reference) -> tuple[str, str]:
    """First and last day of measure 9.2.2.1, from the table of programmes.

    >>> from types import SimpleNamespace
    >>> row = {"programme": ["di_9221"], "start": ["2015-07"], "end": ["2023"]}
    >>> measure_period(SimpleNamespace(programmes=pd.DataFrame(row)))
    ('2015-07-01', '2023-12-31')
    """
    row = by_code(reference.programmes, "programme").get(DEINSTITUTIONALISATION, {})
    dates: dict[str, str] = {name: row.get(name, "") for name in ("start", "end")}
    lacking = [name for name, day in dates.items() if not day]
    if lacking:
        said = "needs the first and the last day of the measure: without them no pace towards its target can be told"
        raise DataError([Problem("programmes", said, column=lacking[0], value=DEINSTITUTIONALISATION)])
    return earliest_day(dates["start"]), last_day(dates["end"])


@indicator(
    title={"lv": "Temps ceļā uz mērķi", "en": "Pace towards the target"},
    definition={
        "lv": "Starpība starp pakalpojumu saņēmēju skaitu un skaitu, kas būtu gaidāms, ja virzība no pasākuma "
        "sākuma līdz beigām būtu vienmērīga; vajadzīgais temps ir atlikušais skaits, dalīts "
        "ar atlikušajiem gadiem.",
        "en": "Difference between the people who received services and the number to be expected had progress from "
        "the start of the measure to its end been even; the pace required is what is left divided by the years left.",
    },
    caveat={
        "lv": "Pakalpojumi parasti sākas vēlāk nekā projekts, tāpēc vienmērīga virzība der tikai salīdzinājumam.",
        "en": "Services usually start later than the project, so even progress is only a yardstick.",
    },
    numerator={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu.",
        "en": "Unique people who received a service.",
    },
    unit="persons",
    polarity="higher is better",
    measures=("persons_served",),
    source="",
)
def pace_to_target(data: Dataset) -> pd.DataFrame:
    """The latest number served of country and regions against even progress.

    Returns values with extra columns ``baseline start end on target expected expected_from required_per_year
    share_of_time pace gap verdict``; ``share_of_time`` is in per cent.  ``expected`` is on the last day of the period,
    ``expected_from`` on its first: a figure of which only the year is known may be of any day between.
    ``required_per_year`` is what :func:`~socsvc_analysis.indicators.values.people_needed_per_year` says, and 0 once the
    target is reached; the projection to the target has the same number as ``needed_per_year``.
    The baseline is 0 at the start of the measure: nobody had been served by it.

    ``gap`` is how many people more (or, below zero, fewer) than expected were served, in whole people as pages show
    them; unknown where they lie between what was expected on the first and on the last day.  ``verdict`` is
    ``reached``, ``over`` (the time is up), ``ahead``, ``even``, ``behind`` or ``unsure``.

    120 people in the 3,105 days from July 2015 to the end of 2023: on the last day of 2021, after 2,375 days, 91.8 are
    expected; 60 served are a pace of 0.65, 32 fewer than the 92.
    """
    start, end = measure_period(data.reference)
    rows = served(data)
    rows = rows[~observations.is_municipality(rows["territory"])]
    actual = as_values(latest_figure(rows[rows["kind"] == "actual"]))
    commitments = as_values(
        observations.valid_version(rows[rows["kind"].isin(COMMITMENTS)], data.reference).pipe(last_target)
    )
    joined = ratio(actual, commitments, on=["territory", "target_group"])
    joined = joined[joined["denominator"].notna()].reset_index(drop=True)
    served_rows = list(named_rows(joined, _Served))
    earliest, paces = (
        [pace(0.0, row.numerator, row.denominator, start=start, on=day(row.period), end=end) for row in served_rows]
        for day in (earliest_day, last_day)
    )
    return joined.assign(
        value=joined["numerator"],
        baseline=0.0,
        start=start,
        end=end,
        on=[last_day(period) for period in joined["period"]],
        target=joined["denominator"],
        expected=_numbers(each.expected for each in paces),
        expected_from=_numbers(each.expected for each in earliest),
        required_per_year=[
            # Nothing more is needed once the target is reached, whatever time is left.
            0.0
            if row.numerator >= row.denominator
            else people_needed_per_year(row.numerator, row.denominator, last_day(row.period), end)
            for row in served_rows
        ],
        share_of_time=_numbers(each.share_of_time * 100 for each in paces),
        pace=_numbers(each.ratio for each in paces),
    ).pipe(with_verdict)


class _Served(NamedTuple):
    numerator: float
    denominator: float
    period: str


def _numbers(each: Iterable[Any]) -> np.ndarray:
    """Single numbers as a column."""
    return np.array(list(each), dtype=float)


def with_verdict(paces: pd.DataFrame) -> pd.DataFrame:
    """The paces with ``gap`` and ``verdict``, see :func:`pace_to_target`.

    Without ``expected_from`` the day of each figure is known.
    """
    paces = paces.assign(expected_from=paces.get("expected_from", paces["expected"]))
    value, low, high = (paces[name].map(whole) for name in ("value", "expected_from", "expected"))
    gap = (value - high).where(value >= high, value - low).mask((value >= low) & (value < high))
    verdict = np.select(
        [paces["value"] >= paces["target"], paces["required_per_year"].isna(), gap.isna(), gap > 0, gap < 0],
        ["reached", "over", "unsure", "ahead", "behind"],
        "even",
    )
    return paces.assign(gap=gap, verdict=verdict)


@indicator(
    title={"lv": "Institūcijās dzīvojošo skaita samazinājums", "en": "Reduction of people in institutions"},
    definition={
        "lv": "Pieaugušo ar garīga rakstura traucējumiem skaits ilgstošas aprūpes institūcijās; sasniegtais "
        "samazinājums ir (bāze − jaunākais) dalīts ar (bāze − mērķis), procentos.",
        "en": "Adults with mental disorders in long-term care institutions; the reduction achieved is "
        "(baseline − latest) divided by (baseline − target), in per cent.",
    },
    caveat={
        "lv": "Bāzes un jaunākā skaitļa avoti ir dažādi, tāpēc tvērums var atšķirties.",
        "en": "Baseline and latest figure come from different sources, so their coverage may differ.",
    },
    numerator={
        "lv": "Pieaugušie ilgstošas aprūpes institūcijās.",
        "en": "Adults in long-term care institutions.",
    },
    unit="persons",
    polarity="lower is better",
    measures=("clients", "clients_change"),
    source="",
)
def institutional_reduction(data: Dataset, *, targets: bool = False) -> pd.DataFrame:
    """The stock of people in institutions: baseline and actual figures.

    With ``targets`` also the target, which is the baseline plus the planned change (a row of kind target).

    Returns values in order of period; ``value`` is the number of people (unit: persons) and ``achieved`` the share of
    the planned reduction that is done, in per cent (unknown for the target).

    500 people at first, 100 fewer planned, 460 left: 40 % is done.
    """
    stock = observations.select(
        data.figures,
        measure="clients",
        territory=COUNTRY,
        target_group=GRT,
        service_type=LONG_TERM,
        kind=("baseline", "actual"),
    )
    change = observations.select(
        data.figures, measure="clients_change", territory=COUNTRY, target_group=GRT, kind="target"
    )
    baseline = stock[stock["kind"] == "baseline"]
    planned = change.merge(
        baseline[["territory", "value", "source", "note"]],
        on="territory",
        validate="many_to_one",
        suffixes=("", "_base"),
    )
    goals = as_values(planned.assign(value=planned["value"] + planned["value_base"]))
    goals = goals.assign(
        notes=tuples((*own, TARGET_COMPUTED) for own in goals["notes"]),
        sources=tuples(
            tuple(sorted({*own, base})) for own, base in zip(goals["sources"], planned["source_base"], strict=True)
        ),
    )
    series = by_last_day(pd.concat([as_values(stock), goals], ignore_index=True)).reset_index(drop=True)
    first, goal = series.loc[series["kind"] == "baseline", "value"].min(), goals["value"].min()
    achieved = (first - series["value"]) / (first - goal) * 100
    series = series.assign(achieved=achieved.where(series["kind"] == "actual"))
    return series if targets else series[series["kind"] != "target"].reset_index(drop=True)


def plan_versions(data: Dataset, measures: tuple[str, ...] = PLANNED_PERSONS) -> pd.DataFrame:
    """Every version of plans that changed, disputed ones too: of a region's project, and of the whole reform.

    Returns values with extra columns ``measure``, ``unit``, ``order`` (of the version), ``since`` (its first day, month
    or year; empty where that was not published) and ``change`` to the version before; only commitments that exist in at
    least two versions.
    """
    rows = di_observations(
        data.with_figures(data.published),
        also=(WHOLE_REFORM,),
        measure=measures,
        kind=("plan", "target", "budget"),
        service_type="all",
        target_group=(*GROUPS, "all", "all_di"),
    )
    rows = rows[~observations.is_municipality(rows["territory"]) & (rows["version"] != "")]
    same = ["measure", "territory", "target_group", "kind"]
    rows = rows[rows.groupby(same)["version"].transform("nunique") >= 2]
    known = data.reference.plan_versions.set_index("version")
    versions = as_values(
        rows,
        measure=rows["measure"],
        unit=rows["measure"].map(lookup(data.reference.measures, "measure", "unit")),
        order=rows["version"].map(known["order"]),
        since=rows["version"].map(known["valid_from"]),
    )
    return with_changes(versions)


def with_changes(versions: pd.DataFrame) -> pd.DataFrame:
    """Add ``change`` from the previous version; a disputed figure is never compared with.

    Of two versions of which one has no date (``since``) nobody published which was first, so the change is unknown.

    >>> rows = pd.DataFrame({"territory": "LV009", "measure": "persons_assessed", "target_group": "all", "kind": "plan",
    ...                      "order": [1, 2, 3, 4], "since": ["2018", "2019", "2020", ""],
    ...                      "value": [300.0, 3533.0, 502.0, 540.0],
    ...                      "status": ["normal", "disputed", "normal", "normal"]})
    >>> with_changes(rows)["change"].tolist()
    [nan, nan, 202.0, nan]
    """
    sure = versions[(versions["status"] != "disputed") & versions["value"].notna()].sort_values("order", kind="stable")
    same = ["territory", "measure", "target_group", "kind"]
    changes = sure.groupby(same)["value"].diff()
    dated = sure["since"].ne("") & sure.groupby(same)["since"].shift().fillna("").ne("")
    return versions.assign(change=changes.where(dated).reindex(versions.index))
