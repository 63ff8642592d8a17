"""Money of projects: where it comes from, what share the European Union pays, how much of it is spent."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import as_values, last_day, of_measure, ratio, summed
from socsvc_analysis.reference import COUNTRY_REGION, Reference

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
REST = "funding_rest"
SPLIT_TOLERANCE = 0.01
"""Parts of a project's money must reach its total within this share, or the split is not shown as a whole."""


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
    return ratio(summed(spent, ["territory", "period"]), as_values(budget), on=["territory"])


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
