"""Money of projects: where it comes from, the European Union's share, what a place costs, how much is spent."""

from __future__ import annotations

from functools import partial

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.sums import sum_observations, without_subtotals
from socsvc_analysis.indicators.values import COLUMNS, as_values, di_observations, ratio, summed
from socsvc_analysis.periods import by_last_day, last_day

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
NAMED_FUNDS = ("funding_erdf", "funding_esf")
POOLED_FUNDS = "funding_eu"
"""EU money whose fund is not named, or of several funds together: it contains the named ones."""
EUROPEAN = (*NAMED_FUNDS, POOLED_FUNDS)
"""All money of the European Union."""
REST = "funding_rest"
SPLIT_TOLERANCE = 0.01
"""Parts of a project's money must reach its total within this share, or the split is not shown as a whole."""
PROJECT = ["territory", "programme", "service_type", "target_group", "version"]
"""What the amounts of one project, in one version of it, agree in."""
LATS = "lats"
"""Note of amounts in the currency before 2014."""


def in_euro(data: Dataset) -> pd.DataFrame:
    """The observations of money in euro: amounts in lats are left out, never converted and never added to these.

    >>> from types import SimpleNamespace
    >>> reference = SimpleNamespace(measures=pd.DataFrame({"measure": ["spending", "quota"], "unit": ["EUR", "LVL"]}))
    >>> figures = pd.DataFrame({"measure": ["spending", "spending", "quota"], "note": ["", "estimate lats", ""]})
    >>> len(in_euro(Dataset(figures, reference)))
    1
    """
    euro = data.figures["measure"].map(lookup(data.reference.measures, "measure", "unit")).eq("EUR")
    lats = pd.Series([LATS in cell.split() for cell in data.figures["note"]], index=data.figures.index, dtype=bool)
    return data.figures[euro & ~lats]


def one_total(amounts: pd.DataFrame, project: list[str]) -> pd.DataFrame:
    """The amount of each ``project`` (what agrees in these columns): of several the one whose period ends last.

    An amount that is published again for the same time counts once, as it was entered last.

    >>> amounts = pd.DataFrame({"programme": "socquality", "id": ["a", "b"], "period": ["2018", "2019"],
    ...                         "measure": "cost_total", "value": [800.0, 791.0]})
    >>> one_total(amounts, ["programme"])["value"].tolist()
    [791.0]
    """
    return by_last_day(amounts, "id").drop_duplicates(project, keep="last")


@indicator(
    title={"lv": "Finansējuma sadalījums", "en": "Funding split"},
    definition={
        "lv": "Katra finansējuma avota summa, dalīta ar projekta kopējām izmaksām, procentos.",
        "en": "The amount of each source of funding divided by the project’s total cost, in per cent.",
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
def funding_split(data: Dataset) -> pd.DataFrame:
    """Money of projects by source of funds, last version of each.

    Returns values with extra columns ``region``, ``programme`` and ``fund`` (a measure, or ``funding_rest`` for what
    the published parts leave of the total); ``numerator`` is the amount in EUR, ``denominator`` the total, ``value``
    the share in per cent; ``european`` is the share of all funds of the European Union in the same total.  Projects
    whose parts exceed their total by more than one per cent are left out.

    1,020 EUR of the ESF of 1,200 in all: 85 %.
    """
    rows = observations.select(in_euro(data), measure=("cost_total", *FUNDS), kind="budget")
    rows = observations.valid_version(rows, data.reference)
    totals = one_total(rows[rows["measure"] == "cost_total"], PROJECT)
    # A partner's share of a project is in the project's own bar already.
    whole = totals.loc[~observations.is_municipality(totals["territory"]), "programme"]
    totals = totals[~(observations.is_municipality(totals["territory"]) & totals["programme"].isin(whole))]
    parts = rows[rows["measure"] != "cost_total"]
    parts = parts.merge(
        totals[[*PROJECT, "value", "source"]], on=PROJECT, validate="many_to_one", suffixes=("", "_total")
    )
    if parts.empty:
        return as_values(
            parts,
            region=parts["territory"],
            programme=parts["programme"],
            fund=parts["measure"],
            european=parts["value"],
        )
    gathered = parts.groupby(PROJECT)["value"].transform("sum")
    parts = parts[gathered <= parts["value_total"] * (1 + SPLIT_TOLERANCE)]
    rest = (
        parts.groupby(PROJECT, as_index=False, sort=False)
        .agg(
            {
                **{name: "first" for name in parts.columns if name not in (*PROJECT, "value")},
                "value": partial(pd.Series.sum, skipna=False),
            }
        )
        .assign(measure=REST, note="")
    )
    rest = rest.assign(value=rest["value_total"] - rest["value"])
    rest = rest[rest["value"] > rest["value_total"] * SPLIT_TOLERANCE]
    everything = pd.concat([parts, rest], ignore_index=True)
    everything = observations.with_region(everything, data.reference)
    values = as_values(
        everything, region=everything["region"], programme=everything["programme"], fund=everything["measure"]
    )
    shares = (everything["value"] / everything["value_total"] * 100).to_numpy()
    of_union = pd.Series(shares).where(values["fund"].isin(EUROPEAN))
    return values.assign(
        denominator=everything["value_total"].to_numpy(),
        value=shares,
        european=of_union.groupby([everything[name] for name in PROJECT]).transform("sum", min_count=1),
        sources=tuples(
            tuple(sorted({part, total}))
            for part, total in zip(everything["source"], everything["source_total"], strict=True)
        ),
    )


@indicator(
    title={"lv": "Izlietotais finansējums", "en": "Absorption"},
    definition={
        "lv": "Pašvaldībām atlīdzinātie pakalpojumu izdevumi, dalīti ar reģiona projekta kopējo budžetu, procentos.",
        "en": "Service costs reimbursed to municipalities divided by the total budget of the region’s project, "
        "in per cent.",
    },
    caveat={
        "lv": "Budžets sedz arī izvērtēšanu un vadību, tāpēc 100 % nav gaidāmi.",
        "en": "The budget also covers assessment and management, so 100% is not to be expected.",
    },
    numerator={
        "lv": "Pašvaldībām atlīdzinātie pakalpojumu izdevumi, EUR.",
        "en": "Service costs reimbursed to municipalities, EUR.",
    },
    denominator={
        "lv": "Reģiona projekta kopējais budžets, EUR.",
        "en": "Total budget of the region’s project, EUR.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("spending_compensated", "cost_total"),
    source={
        "lv": "Eiropas Komisija, Cohesion Open Data Platform (īstenotais, dalīts ar piešķirto)",
        "en": "European Commission, Cohesion Open Data Platform (implemented over decided)",
    },
)
def absorption(data: Dataset) -> pd.DataFrame:
    """Compensated service costs over the last known budget of the region's project, in per cent.

    Groups are added up, because each euro is paid once; the period is the last one that has all groups of the region.
    Amounts in EUR; a region without a known budget has an unknown share.

    1,218,704 EUR paid by the end of 2021 of 11,579,801 in Vidzeme: 10.5 %.
    """
    spent = observations.select(in_euro(data), measure="spending_compensated", kind="actual")
    spent = _last_whole(spent[observations.is_region(spent["territory"])])
    budgets = di_observations(data.with_figures(in_euro(data)), measure="cost_total", kind="budget")
    budgets = budgets[observations.is_region(budgets["territory"])]
    budget = one_total(observations.valid_version(budgets, data.reference), ["territory"])
    return ratio(summed(spent, ["territory", "period"], data.reference), as_values(budget), on=["territory"])


def _last_whole(spent: pd.DataFrame) -> pd.DataFrame:
    """For each territory the rows of the latest period in which every group has a figure that ever has one."""
    groups = spent.groupby("territory")["target_group"].transform("nunique")
    here = spent.groupby(["territory", "period"])["target_group"].transform("nunique")
    whole = spent[(here == groups).to_numpy()]
    ends = whole["period"].map(last_day)
    return whole[(ends == ends.groupby(whole["territory"]).transform("max")).to_numpy()]


def funding_amounts(data: Dataset) -> pd.DataFrame:
    """:func:`funding_split` with the amount in EUR as ``value`` and its ``share`` in per cent beside it."""
    shares = funding_split(data)
    return shares.assign(share=shares["value"], value=shares["numerator"])


@indicator(
    title={"lv": "Eiropas Savienības līdzfinansējuma daļa", "en": "Share of EU co-financing"},
    definition={
        "lv": "Eiropas Savienības fondu finansējums, dalīts ar projekta kopējām izmaksām tajā pašā redakcijā, "
        "procentos.",
        "en": "Funding from European Union funds divided by the total cost of the project in the same version, in "
        "per cent.",
    },
    caveat={
        "lv": "Kopējās izmaksas ietver arī neattiecināmās, tāpēc daļa var būt mazāka par noteikto atbalsta likmi. "
        "Rādīta pēdējā redakcija, kurā publicētas abas summas.",
        "en": "Total cost includes ineligible cost, so the share may be below the rate of support. The last version "
        "with both amounts is shown.",
    },
    numerator={"lv": "Eiropas Savienības fondu finansējums, EUR.", "en": "Funding from EU funds, EUR."},
    denominator={"lv": "Projekta kopējās izmaksas, EUR.", "en": "Total cost of the project, EUR."},
    unit="percent",
    polarity="neither",
    measures=("cost_total", *NAMED_FUNDS, POOLED_FUNDS),
    source={
        "lv": "Eiropas Komisija, Cohesion Open Data Platform (ES summa, dalīta ar kopsummu)",
        "en": "European Commission, Cohesion Open Data Platform (EU amount over total amount)",
    },
)
def cofinancing_share(data: Dataset) -> pd.DataFrame:
    """EU funds over total cost of each project, in per cent; amounts in EUR.

    ERDF and ESF of one project are added; where the source gives EU money together that amount is used instead.  Both
    amounts are of the same territory, programme, service, group and version.  Projects whose EU money exceeds their
    total by more than one per cent are left out as misprinted; an unknown amount gives an unknown share.

    Returns values with the extra columns ``programme`` and ``region``.  Nothing is raised.  Source: Cohesion Open Data
    Platform of the European Commission.

    To check by hand: SocQuality in Zemgale has 672,567.74 of 791,256.20 EUR.

    >>> from socsvc_analysis.dataset import open_data
    >>> found = cofinancing_share(open_data())
    >>> found = found[(found["programme"] == "socquality") & (found["territory"] == "LV009")]
    >>> found[["numerator", "denominator", "value"]].round(1).values.tolist()
    [[672567.7, 791256.2, 85.0]]
    """
    rows = observations.select(in_euro(data), measure=("cost_total", *NAMED_FUNDS, POOLED_FUNDS))
    rows = rows[rows["kind"] == "budget"]
    rows = one_total(rows, [*PROJECT, "measure"])
    totals, funds = rows[rows["measure"] == "cost_total"], rows[rows["measure"] != "cost_total"]
    pooled = funds.loc[funds["measure"] == POOLED_FUNDS, PROJECT].assign(pooled=True)
    funds = funds.merge(pooled, on=PROJECT, how="left", validate="many_to_one")
    funds = funds[funds["pooled"].isna() | funds["measure"].eq(POOLED_FUNDS)]
    totals = totals.merge(funds[PROJECT].drop_duplicates(), on=PROJECT, validate="one_to_one")
    totals = observations.with_region(observations.valid_version(totals, data.reference), data.reference)
    funds = sum_observations(funds.merge(totals[[*PROJECT, "region"]], on=PROJECT, validate="many_to_one"), PROJECT)
    shares = ratio(funds, as_values(totals, programme=totals["programme"]), on=PROJECT)
    possible = ~(shares["value"] > 100 * (1 + SPLIT_TOLERANCE))
    return shares.loc[possible, [*COLUMNS, "programme", "region"]].reset_index(drop=True)


@indicator(
    title={"lv": "Izmaksas uz vienu vietu", "en": "Cost per place"},
    definition={
        "lv": "Infrastruktūras projekta kopējās izmaksas, dalītas ar vietām, kuras tajā plānots izveidot, tajā pašā "
        "programmā un redakcijā.",
        "en": "Total cost of an infrastructure project divided by the places it is to create, in the same programme "
        "and version.",
    },
    caveat={
        "lv": "Izmaksas ietver arī telpas pakalpojumiem bez vietām; pakalpojumi, būvdarbu gadi un cenas atšķiras, "
        "tāpēc lētāks projekts ne vienmēr ir labāks.",
        "en": "The cost also covers premises of services without places; services, years of building and prices "
        "differ, so a cheaper project is not always a better one.",
    },
    numerator={"lv": "Projekta kopējās izmaksas, EUR.", "en": "Total cost of the project, EUR."},
    denominator={"lv": "Projektā plānotās vietas.", "en": "Places planned in the project."},
    unit="EUR_per_place",
    polarity="neither",
    measures=("cost_total", "places"),
    source={
        "lv": "KOSTRA, Statistics Norway (bruto izdevumi, dalīti ar vietām)",
        "en": "KOSTRA, Statistics Norway (gross expenditure over places)",
    },
)
def unit_cost_per_place(data: Dataset) -> pd.DataFrame:
    """Total cost of an infrastructure project over the places planned in it, EUR a place, as published per territory.

    Places of all services and groups of the project are added up, none of them twice; where one number is unknown the
    cost per place is.  Cost and places are of the same territory, programme and version; of several versions the last
    that has both.  Projects without either give no row.

    Returns values with the extra columns ``programme`` and ``region``.  Nothing is raised.  Source: KOSTRA.

    To check by hand: a project in Jūrmala of 1,474,774.71 EUR with 30 + 8 places.

    >>> from socsvc_analysis.dataset import open_data
    >>> found = unit_cost_per_place(open_data())
    >>> found = found[found["territory"] == "0130000"]
    >>> found[["numerator", "denominator", "value"]].round(1).values.tolist()
    [[1474774.7, 38.0, 38809.9]]
    """
    project = ["territory", "programme", "version"]
    costs = observations.select(in_euro(data), measure="cost_total", kind="budget", service_type="infrastructure")
    costs = one_total(costs, project)
    places = observations.select(data.figures, measure="places", kind=("plan", "target"))
    places = without_subtotals(places[places["programme"] != ""], project, data.reference)
    costs = costs.merge(places[project].drop_duplicates(), on=project, validate="one_to_one")
    costs = observations.with_region(observations.valid_version(costs, data.reference), data.reference)
    costs = as_values(costs, programme=costs["programme"], region=costs["region"])
    return ratio(costs, sum_observations(places, project), on=project, per=1.0)
