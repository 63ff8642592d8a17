"""Yearly spending on services: what a client costs, and whether money moves from institutions to the community."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.money import in_euro
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.sums import latest_version, sum_observations, without_subtotals
from socsvc_analysis.indicators.values import COLUMNS, as_values, ratio
from socsvc_analysis.tables import COMMUNITY, INSTITUTIONAL

SPENDING, OWN, PURCHASED = "spending", "spending_own", "spending_purchased"
YEAR = r"\d{4}"
SAME = ["territory", "service_type", "target_group", "period"]
MADE_OF = ("whole", "own_and_purchased", "providers", "one_part")
"""How an amount is known, the best first: printed as such; both its parts; its single providers; one part only."""


def yearly_spending(data: Dataset) -> pd.DataFrame:
    """What a municipality spent on each service and group in each year, EUR, each amount once.

    The printed whole goes before the sum of own and purchased services, that before the sum of single providers, and
    that before one part alone.  An amount that is published as unknown is taken only where nothing else is.

    Returns observations with ``made_of`` (one of :data:`MADE_OF`); an amount of several rows is several rows.

    To check by hand: 129,254 own and 34,327 purchased are two rows of one amount of 163,581.

    >>> from types import SimpleNamespace
    >>> reference = SimpleNamespace(
    ...     plan_versions=pd.DataFrame({"version": ["v"], "order": [1]}),
    ...     measures=pd.DataFrame({"measure": ["spending_own", "spending_purchased"], "unit": "EUR"}))
    >>> cells = {"measure": ["spending_own", "spending_purchased"], "id": ["a", "b"], "value": [129254.0, 34327.0]}
    >>> figures = pd.DataFrame(cells).assign(
    ...     territory="0031000", provider="", programme="", service_type="home_care", target_group="all",
    ...     period="2021", kind="actual", version="", note="")
    >>> found = yearly_spending(Dataset(figures, reference))
    >>> float(found["value"].sum()), found["made_of"].unique().tolist()
    (163581.0, ['own_and_purchased'])
    """
    rows = in_euro(data)
    # What a programme paid is a part of what the municipality spent.
    rows = rows[
        rows["measure"].isin([SPENDING, OWN, PURCHASED])
        & rows["kind"].eq("actual")
        & rows["programme"].eq("")
        & rows["period"].str.fullmatch(YEAR)
    ]
    rows = latest_version(rows, ["measure", "provider", *SAME], data.reference)
    single = rows["provider"] != ""
    parts = rows[rows["measure"].isin([OWN, PURCHASED]) & ~single]
    both = parts.groupby(SAME)["measure"].transform("nunique") == 2
    candidates = pd.concat(
        [
            rows[rows["measure"].eq(SPENDING) & ~single].assign(made_of="whole"),
            parts[both].assign(made_of="own_and_purchased"),
            rows[rows["measure"].eq(SPENDING) & single].assign(made_of="providers"),
            parts[~both].assign(made_of="one_part"),
        ]
    )
    unknown = candidates["value"].isna().groupby([candidates[name] for name in [*SAME, "made_of"]]).transform("any")
    ranked = candidates.assign(_rank=candidates["made_of"].map(MADE_OF.index) + unknown * len(MADE_OF))
    best = ranked["_rank"] == ranked.groupby(SAME)["_rank"].transform("min")
    return ranked[best].drop(columns="_rank")


@indicator(
    title={"lv": "Izdevumi uz vienu klientu gadā", "en": "Yearly spending per client"},
    definition={
        "lv": "Pašvaldības izdevumi par pakalpojumu gadā, dalīti ar klientiem, kuri to saņēmuši tajā pašā gadā; kur "
        "kopsumma nav publicēta, saskaitīti pašu sniegtie un pirktie pakalpojumi.",
        "en": "Municipal spending on the service in the year divided by the clients who received it in the same year; "
        "where the whole is not published, services provided in-house and purchased are added.",
    },
    caveat={
        "lv": "Klients, kurš pakalpojumu saņēmis īsu laiku, skaitīts tāpat kā tas, kurš to saņēmis visu gadu. Cenas "
        "nav pārrēķinātas viena gada cenās.",
        "en": "A client served for a short time counts like one served all year. Prices are not converted to those of "
        "one year.",
    },
    numerator={"lv": "Izdevumi par pakalpojumu gadā, EUR.", "en": "Spending on the service in the year, EUR."},
    denominator={
        "lv": "Pakalpojuma klienti gada laikā; ja izdevumu avots nosauc arī klientus, tad tā skaitlis.",
        "en": "Clients of the service during the year; those that the source of the spending names, where it does.",
    },
    unit="EUR_per_person",
    polarity="neither",
    measures=(SPENDING, OWN, PURCHASED, "clients_in_year"),
    source={
        "lv": "KOSTRA, Statistics Norway (bruto izdevumi, dalīti ar saņēmējiem)",
        "en": "KOSTRA, Statistics Norway (gross expenditure over recipients)",
    },
)
def unit_cost_per_client(data: Dataset) -> pd.DataFrame:
    """Spending on a service over its clients in the same territory, service, group and year, EUR a person.

    Only whole amounts count: as printed, or own and purchased together; single providers and one part alone do not.
    Services without a number of clients give no row; an unknown number gives an unknown value.  Where the source of the
    money prints clients of its own, it is divided by those, whichever number other indicators choose.

    Returns values with the extra column ``made_of``.  Nothing is raised.  Source: KOSTRA.

    To check by hand: home care in Rīga in 2016 cost 9,289,300 EUR for 8,151 people.

    >>> from socsvc_analysis.dataset import open_data
    >>> found = unit_cost_per_client(open_data())
    >>> found = found[(found["territory"] == "0010000") & (found["period"] == "2016")]
    >>> found[["numerator", "denominator", "value"]].round(1).values.tolist()
    [[9289300.0, 8151.0, 1139.7]]
    """
    amounts = yearly_spending(data)
    amounts = amounts[amounts["made_of"].isin(["whole", "own_and_purchased"])]
    # The money is the municipality's, so the clients are not those of a programme.
    clients = observations.select(data.figures, measure="clients_in_year", kind="actual", programme="")
    clients = _of_same_source(latest_version(clients, SAME, data.reference), amounts, data)
    amounts = sum_observations(amounts.merge(clients[SAME], on=SAME, validate="many_to_one"), SAME)
    return ratio(amounts, as_values(clients), on=SAME, per=1.0)[[*COLUMNS, "made_of"]]


def _of_same_source(clients: pd.DataFrame, amounts: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """``clients`` (one row for each of ``SAME``), those replaced that the only source of an amount prints otherwise."""
    paid = amounts.drop_duplicates([*SAME, "source"]).drop_duplicates(SAME, keep=False)[[*SAME, "source"]]
    printed = observations.select(data.published, measure="clients_in_year", kind="actual", programme="")
    printed = latest_version(printed[printed["value"].notna()], [*SAME, "source"], data.reference)
    printed = printed.merge(paid, on=[*SAME, "source"], validate="one_to_one")
    # A number that is hidden from the public is not replaced by another.
    kept = clients[clients["value"].notna()].merge(printed[SAME], on=SAME, validate="one_to_one")[SAME]
    printed = printed.merge(kept, on=SAME, validate="one_to_one")
    return pd.concat([clients, printed]).drop_duplicates(SAME, keep="last").reset_index(drop=True)


@indicator(
    title={"lv": "Izdevumu līdzsvars", "en": "Balance of spending"},
    definition={
        "lv": "Izdevumi par sabiedrībā balstītiem pakalpojumiem, dalīti ar izdevumiem par sabiedrībā balstītiem "
        "pakalpojumiem un aprūpi institūcijās kopā, procentos.",
        "en": "Spending on community-based services divided by spending on community-based services and care in "
        "institutions together, in per cent.",
    },
    caveat={
        "lv": "Skaitīts tikai tas, kas publicēts pa pakalpojumiem: ja institūcijas vai pakalpojuma daļa izdevumu nav "
        "nosaukta, daļa ir cita. Valsts budžetā sabiedrībā balstīti pakalpojumi nav nodalīti: sociālo rehabilitāciju "
        "valsts apmaksā arī institūcijās, tāpēc valsts izdevumiem daļu nerēķina.",
        "en": "Only what is published by service counts: where part of the spending on a service or an institution is "
        "not named, the share differs. The state budget does not tell community-based services apart: the social "
        "rehabilitation it pays for is given in institutions, too, so no share of state spending is calculated.",
    },
    numerator={
        "lv": "Izdevumi par sabiedrībā balstītiem pakalpojumiem gadā, EUR.",
        "en": "Spending on community-based services in the year, EUR.",
    },
    denominator={
        "lv": "Izdevumi par sabiedrībā balstītiem pakalpojumiem un aprūpi institūcijās gadā, EUR.",
        "en": "Spending on community-based services and care in institutions in the year, EUR.",
    },
    unit="percent",
    polarity="higher is better",
    measures=(SPENDING, OWN, PURCHASED),
    source={
        "lv": "DataCare, UNICEF un Eurochild 2021 (aprūpes līdzsvars), attiecināts uz naudu",
        "en": "DataCare, UNICEF and Eurochild 2021 (balance of care), applied to money",
    },
)
def spending_balance(data: Dataset) -> pd.DataFrame:
    """The community's share of spending on care, by territory and year, in per cent; amounts in EUR.

    Services are community-based or institutional as the table of service types has it; others (all services together,
    buildings) do not count.  A service inside another, or a group inside another, is not added again.  Years in which
    only one of the two is published give no row; an unknown amount makes the share unknown.

    Returns values with the extra column ``named_share``: what per cent of all spending the municipality published for
    the year these services are (unknown where no total is published).
    Nothing is raised.  Source: the balance of care of DataCare, in money.

    To check by hand: Jēkabpils in 2021 spent 286,477 EUR in the community and 969,203 EUR on institutions.

    >>> from socsvc_analysis.dataset import open_data
    >>> found = spending_balance(open_data())
    >>> found = found[(found["territory"] == "0031000") & (found["period"] == "2021")]
    >>> found[["numerator", "denominator", "value"]].round(1).values.tolist()
    [[286477.0, 1255680.0, 22.8]]
    """
    rows = yearly_spending(data).reset_index(drop=True)
    settings = rows["service_type"].map(lookup(data.reference.service_types, "service_type", "care_setting"))
    by = ["territory", "period"]
    services = rows.assign(setting=settings)[settings.isin([COMMUNITY, INSTITUTIONAL])]
    services = without_subtotals(services, by, data.reference)
    services = services[services.groupby(by)["setting"].transform("nunique") == 2]
    whole, community = (
        sum_observations(each, by).assign(service_type="all", target_group="all")
        for each in (services, services[services["setting"] == COMMUNITY])
    )
    shares = ratio(community, whole, on=by)
    everything = rows[rows["service_type"].eq("all") & rows["target_group"].eq("all")]
    totals = sum_observations(everything, by)[[*by, "value"]].rename(columns={"value": "total"})
    shares = shares.merge(totals, on=by, how="left", validate="one_to_one")
    return shares.assign(named_share=shares["denominator"] / shares["total"].where(shares["total"] > 0) * 100)[
        [*COLUMNS, "named_share"]
    ]
