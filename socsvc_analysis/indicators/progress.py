"""Progress: how far along plans and targets are, how plans changed, and where the money comes from."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.clients import served
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import (
    GROUPS,
    GRT,
    as_values,
    last_day,
    last_target,
    newest,
    of_measure,
    ratio,
    summed,
)
from socsvc_analysis.reference import COUNTRY, COUNTRY_REGION, Reference
from socsvc_analysis.statistics import pace
from socsvc_analysis.tables import COMMITMENTS

MEASURE_START = "2015-07-01"
"""First day of the regions' projects of measure 9.2.2.1, as the Zemgale planning region publishes it."""
MEASURE_END = "2023-12-31"
FUNDS = (
    "funding_erdf",
    "funding_esf",
    "funding_eu",
    "funding_state",
    "funding_state_grant",
    "funding_national_public",
    "funding_municipal_and_state",
    "funding_municipal",
)
"""Sources of money in the order pages show them; they are parts of one total."""
PLANNED_PERSONS = ("persons_assessed", "persons_served")
PLANNED_MONEY = ("cost_total",)
REST = "funding_rest"
SPLIT_TOLERANCE = 0.01
"""Parts of a project's money must reach its total within this share, or the split is not shown as a whole."""


@indicator(
    title={"lv": "Temps pret mērķi", "en": "Pace towards the target"},
    definition={
        "lv": "Starpība starp apkalpoto personu skaitu un skaitu, kas būtu sagaidāms, ja virzība no 2015. gada "
        "1. jūlija līdz 2023. gada 31. decembrim būtu vienmērīga; vajadzīgais temps ir atlikušais skaits, dalīts "
        "ar atlikušajiem gadiem.",
        "en": "Difference between the people served and the number to be expected had progress from 1 July 2015 to "
        "31 December 2023 been even; the pace required is what is left divided by the years left.",
    },
    caveat={
        "lv": "Pakalpojumi parasti sākas vēlāk nekā projekts, tāpēc vienmērīga virzība ir tikai atskaites līnija.",
        "en": "Services usually start later than the project, so even progress is only a yardstick.",
    },
    numerator={
        "lv": "Unikālās apkalpotās personas.",
        "en": "Unique people served.",
    },
    unit="persons",
    polarity="higher is better",
    measures=("persons_served",),
    source="",
)
def pace_to_target(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The latest number served of country and regions against even progress.

    Returns values with extra columns ``baseline start end on target expected required_per_year share_of_time pace``;
    ``share_of_time`` is in per cent.
    The baseline is 0 at the start of the measure: nobody had been served by it.
    """
    rows = served(figures, reference)
    rows = rows[~observations.is_municipality(rows["territory"])]
    actual = as_values(newest(rows[rows["kind"] == "actual"]))
    commitments = as_values(
        observations.valid_version(rows[rows["kind"].isin(COMMITMENTS)], reference).pipe(last_target)
    )
    joined = ratio(actual, commitments, on=["territory", "target_group"])
    joined = joined[joined["denominator"].notna()].reset_index(drop=True)
    paces = [
        pace(0.0, row.numerator, row.denominator, start=MEASURE_START, on=last_day(row.period), end=MEASURE_END)
        for row in joined.itertuples()
    ]
    return joined.assign(
        value=joined["numerator"],
        baseline=0.0,
        start=MEASURE_START,
        end=MEASURE_END,
        on=[last_day(period) for period in joined["period"]],
        target=joined["denominator"],
        expected=[each.expected for each in paces],
        required_per_year=[
            # Nothing more is needed once the target is reached, whatever time is left.
            0.0 if row.numerator >= row.denominator else each.required_per_year
            for row, each in zip(joined.itertuples(), paces, strict=True)
        ],
        share_of_time=[each.share_of_time * 100 for each in paces],
        pace=[each.ratio for each in paces],
    )


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
def institutional_reduction(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The stock of people in institutions: baseline, actual figures, and the target as baseline plus planned change.

    Returns values in order of period; ``value`` is the number of people (unit: persons) and ``achieved`` the share of
    the planned reduction that is done, in per cent (unknown for the target).
    """
    stock = observations.select(
        figures,
        measure="clients",
        territory=COUNTRY,
        target_group=GRT,
        service_type="long_term_institutional_care",
        kind=("baseline", "actual"),
    )
    change = observations.select(figures, measure="clients_change", territory=COUNTRY, target_group=GRT, kind="target")
    baseline = stock[stock["kind"] == "baseline"]
    targets = change.merge(
        baseline[["territory", "value", "source", "note"]],
        on="territory",
        validate="many_to_one",
        suffixes=("", "_base"),
    )
    goals = as_values(targets.assign(value=targets["value"] + targets["value_base"]))
    goals = goals.assign(
        notes=[(*own, "target_computed") for own in goals["notes"]],
        sources=[
            tuple(sorted({*own, base})) for own, base in zip(goals["sources"], targets["source_base"], strict=True)
        ],
    )
    series = pd.concat([as_values(stock), goals], ignore_index=True).sort_values("period", ignore_index=True)
    first, goal = series.loc[series["kind"] == "baseline", "value"].min(), goals["value"].min()
    achieved = (first - series["value"]) / (first - goal) * 100
    return series.assign(achieved=achieved.where(series["kind"] == "actual"))


def plan_versions(
    figures: pd.DataFrame, reference: Reference, measures: tuple[str, ...] = PLANNED_PERSONS
) -> pd.DataFrame:
    """Every version of a region's plans that changed, disputed ones too.

    Returns values with extra columns ``measure``, ``unit`` and ``order`` (of the version); only commitments that exist
    in at least two versions.
    """
    rows = of_measure(
        figures,
        reference,
        measure=measures,
        kind=("plan", "target", "budget"),
        service_type="all",
        target_group=(*GROUPS, "all", "all_di"),
    )
    rows = rows[~observations.is_municipality(rows["territory"]) & (rows["version"] != "")]
    same = ["measure", "territory", "target_group", "kind"]
    rows = rows[rows.groupby(same)["version"].transform("nunique") >= 2]
    return as_values(
        rows,
        measure=rows["measure"],
        unit=rows["measure"].map(reference.measures.set_index("measure")["unit"]),
        order=rows["version"].map(reference.plan_versions.set_index("version")["order"]),
    )


@indicator(
    title={"lv": "Finansējuma sadalījums", "en": "Funding split"},
    definition={
        "lv": "Katra finansējuma avota summa, dalīta ar projekta kopējām izmaksām, procentos.",
        "en": "The amount of each source of funding divided by the project's total cost, in per cent.",
    },
    caveat={
        "lv": "Rādīti projekti, kuriem publicēta kopsumma un vismaz viena daļa; daļa, kuras avots nav nosaukts, "
        "apzīmēta kā pārējais.",
        "en": "Projects with a published total and at least one part; a part whose source is not named is "
        "called the rest.",
    },
    numerator={
        "lv": "Finansējuma avota summa, EUR.",
        "en": "Amount of the source of funding, EUR.",
    },
    denominator={
        "lv": "Projekta kopējās izmaksas, EUR.",
        "en": "Total cost of the project, EUR.",
    },
    unit="percent",
    polarity="neither",
    measures=("cost_total", *FUNDS),
    source="",
)
def funding_split(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Money of projects by source of funds, last version of each.

    Returns values with extra columns ``region``, ``programme`` and ``fund`` (a measure, or ``funding_rest`` for what
    the published parts leave of the total); ``numerator`` is the amount in EUR, ``denominator`` the total, ``value``
    the share in per cent.  Projects whose parts exceed their total by more than one per cent are left out.
    """
    rows = observations.select(figures, measure=("cost_total", *FUNDS), kind="budget")
    rows = observations.valid_version(rows, reference)
    project = ["territory", "programme", "version"]
    totals = rows[rows["measure"] == "cost_total"].drop_duplicates(project)
    # A partner's share of a project is in the project's own bar already.
    whole = totals.loc[~observations.is_municipality(totals["territory"]), "programme"]
    totals = totals[~(observations.is_municipality(totals["territory"]) & totals["programme"].isin(whole))]
    parts = rows[rows["measure"] != "cost_total"]
    parts = parts.merge(
        totals[[*project, "value", "source"]], on=project, validate="many_to_one", suffixes=("", "_total")
    )
    if parts.empty:
        return as_values(parts, region=parts["territory"], programme=parts["programme"], fund=parts["measure"])
    gathered = parts.groupby(project)["value"].transform("sum")
    parts = parts[gathered <= parts["value_total"] * (1 + SPLIT_TOLERANCE)]
    rest = (
        parts.groupby(project, as_index=False, sort=False)
        .agg(
            {
                **{name: "first" for name in parts.columns if name not in (*project, "value")},
                "value": observations.whole,
            }
        )
        .assign(measure=REST, note="")
    )
    rest = rest.assign(value=rest["value_total"] - rest["value"])
    rest = rest[rest["value"] > rest["value_total"] * SPLIT_TOLERANCE]
    everything = pd.concat([parts, rest], ignore_index=True)
    everything = observations.with_region(everything, reference)
    values = as_values(
        everything, region=everything["region"], programme=everything["programme"], fund=everything["measure"]
    )
    return values.assign(
        denominator=everything["value_total"].to_numpy(),
        value=(everything["value"] / everything["value_total"] * 100).to_numpy(),
        sources=[
            tuple(sorted({part, total}))
            for part, total in zip(everything["source"], everything["source_total"], strict=True)
        ],
    )


@indicator(
    title={"lv": "Izlietotais finansējums", "en": "Absorption"},
    definition={
        "lv": "Pašvaldībām atmaksātie pakalpojumu izdevumi, dalīti ar reģiona projekta kopējo budžetu, procentos.",
        "en": "Service costs paid back to municipalities divided by the total budget of the region's project, "
        "in per cent.",
    },
    caveat={
        "lv": "Budžets sedz arī izvērtēšanu un vadību, tāpēc 100 % nav sagaidāmi.",
        "en": "The budget also covers assessment and management, so 100% is not to be expected.",
    },
    numerator={
        "lv": "Pašvaldībām atmaksātie pakalpojumu izdevumi, EUR.",
        "en": "Service costs paid back to municipalities, EUR.",
    },
    denominator={
        "lv": "Reģiona projekta kopējais budžets, EUR.",
        "en": "Total budget of the region's project, EUR.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("spending_compensated", "cost_total"),
    source="European Commission, Cohesion Open Data Platform (implemented over decided)",
)
def absorption(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Compensated service costs over the last known budget of the region's project, in per cent.

    Groups are added up, because each euro is paid once; the period is the last one that has all groups of the region.
    """
    spent = observations.select(figures, measure="spending_compensated", kind="actual")
    spent = _last_whole(spent[observations.is_region(spent["territory"])])
    budgets = of_measure(figures, reference, measure="cost_total", kind="budget")
    budgets = budgets[observations.is_region(budgets["territory"])]
    budget = observations.valid_version(budgets, reference).drop_duplicates("territory", keep="last")
    return ratio(summed(spent, ["territory", "period"], reference), as_values(budget), on=["territory"])


def _last_whole(spent: pd.DataFrame) -> pd.DataFrame:
    """Of each territory the rows of the last period in which every group has a figure that ever has one."""
    groups = spent.groupby("territory")["target_group"].transform("nunique")
    here = spent.groupby(["territory", "period"])["target_group"].transform("nunique")
    whole = spent[(here == groups).to_numpy()]
    ends = whole["period"].map(last_day)
    return whole[(ends == ends.groupby(whole["territory"]).transform("max")).to_numpy()]


def funding_within(figures: pd.DataFrame, reference: Reference, region: str) -> pd.DataFrame:
    """Amounts in EUR of :func:`funding_split` for the projects in ``region``, or of country and regions as a whole."""
    amounts = funding_split(figures, reference)
    amounts = amounts.assign(value=amounts["numerator"])
    if region != COUNTRY_REGION:
        return observations.within(amounts, region)
    return amounts[~observations.is_municipality(amounts["territory"])].reset_index(drop=True)
