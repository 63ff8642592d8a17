"""Coverage: where services are offered, how many people live there, how evenly places are spread."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import alike, for_each_group, lookup, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.capacity import ERDF, places_by_municipality
from socsvc_analysis.indicators.levels import repeat_at_each_level, to_present_municipalities
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.residents import last_counted
from socsvc_analysis.indicators.values import COLUMNS, NUMBERS, at_least, no_values
from socsvc_analysis.observations import worst_status
from socsvc_analysis.periods import last_days, latest_period
from socsvc_analysis.reference import COUNTRY_REGION, Reference, present_municipalities
from socsvc_analysis.tables import COMMUNITY, COUNTED

OFFERED_BY = ("places", "clients", "clients_in_year", "service_registrations")
"""Measures of which a number above zero says that the municipality has the service."""


def service_availability(data: Dataset) -> pd.DataFrame:
    """Whether each of today's municipalities offers each community service, where that is known.

    The latest number of places (opened, or as reported), clients or registrations decides: above zero the service is
    offered, zero says that it is not, none says nothing.  A plan is no offer.  Returns rows ``territory region
    service_type offered period status source note``, one for each pair of which something is known.
    """
    community = data.reference.service_types.loc[
        data.reference.service_types["care_setting"] == COMMUNITY, "service_type"
    ]
    rows = data.figures[
        data.figures["measure"].isin(OFFERED_BY)
        & data.figures["service_type"].isin(community)
        & data.figures["kind"].isin(COUNTED)
        & data.figures["programme"].isin(["", ERDF])
        & data.figures["value"].notna()
    ]
    rows = to_present_municipalities(rows, data.reference)
    rows = rows[rows["placed"].astype(bool)]
    pair = ["territory", "service_type"]
    ends = last_days(rows["period"])
    last = rows[ends == ends.groupby(alike(rows, pair)).transform("max")]
    last = last.assign(offered=last["value"] > 0).sort_values(["offered", "id"], kind="stable")
    return last.drop_duplicates(pair, keep="last").reset_index(drop=True)


@indicator(
    title={"lv": "Pašvaldības, kurās ir pakalpojums", "en": "Municipalities with the service"},
    definition={
        "lv": "Pašvaldības, par kurām zināms, ka tajās ir vismaz viena pakalpojuma vieta, klients vai reģistrēts "
        "sniedzējs, dalītas ar visām reģiona pašvaldībām, procentos.",
        "en": "Municipalities known to have at least one place, client or registered provider of the service, divided "
        "by all municipalities of the region, in per cent.",
    },
    caveat={
        "lv": "Pašvaldība, par kuru nekas nav zināms, skaitīta pie tām, kurām pakalpojuma nav, tāpēc daļa ir vismaz "
        "tik liela. Plānots pakalpojums nav pakalpojums.",
        "en": "A municipality of which nothing is known counts as one without, so the share is at least this large. A "
        "service that is planned is not a service.",
    },
    numerator={
        "lv": "Pašvaldības, kurās pakalpojums ir.",
        "en": "Municipalities that have the service.",
    },
    denominator={
        "lv": "Visas pašvaldības mūsdienu robežās.",
        "en": "All municipalities within today’s borders.",
    },
    unit="percent",
    polarity="higher is better",
    measures=OFFERED_BY,
    source="Statistics Norway, KOSTRA, coverage of needs",
)
def municipalities_with_service(data: Dataset) -> pd.DataFrame:
    """Share of municipalities with each community service, by region and for the country, in per cent.

    Extra columns: ``unknown``, municipalities of which nothing is known, and ``at_most``, the share if all of them had
    the service.  Services that no municipality is known to have are not listed.  3 of 12 municipalities: 25 %.
    """
    known = service_availability(data)
    return _shares(known.assign(weight=1.0), _ones(data.reference), data.reference)


@indicator(
    title={"lv": "Iedzīvotāji pašvaldībās, kurās ir pakalpojums", "en": "Residents of municipalities with the service"},
    definition={
        "lv": "Iedzīvotāji pašvaldībās, par kurām zināms, ka tajās ir pakalpojums, dalīti ar visiem reģiona "
        "iedzīvotājiem, procentos.",
        "en": "Residents of municipalities known to have the service divided by all residents of the region, in "
        "per cent.",
    },
    caveat={
        "lv": "Skaitlis rāda, cik cilvēku dzīvo pašvaldībā ar pakalpojumu, nevis cik to var saņemt: attālums, rinda "
        "un vietu skaits nav ņemts vērā.",
        "en": "It shows how many people live in a municipality with the service, not how many can get it: distance, "
        "waiting lists and the number of places are not taken into account.",
    },
    numerator={
        "lv": "Pastāvīgie iedzīvotāji pašvaldībās ar pakalpojumu.",
        "en": "Usual residents of municipalities that have the service.",
    },
    denominator={
        "lv": "Visi pastāvīgie iedzīvotāji; pēdējā datumā, kurā zināmi visu pašvaldību iedzīvotāji.",
        "en": "All usual residents; on the last date on which those of the municipalities are known.",
    },
    unit="percent",
    polarity="higher is better",
    measures=(*OFFERED_BY, "population"),
    source="Statistics Norway, KOSTRA, coverage of needs",
)
def population_covered(data: Dataset) -> pd.DataFrame:
    """Share of residents who live in a municipality with each community service, by region and for the country.

    Municipalities whose residents are not known (those with a part of a split unit) count in neither number.  Extra
    columns ``unknown`` and ``at_most`` as in :func:`municipalities_with_service`; all in per cent but ``unknown``.

    Day care in one municipality with 30,000 of the region's 120,000 residents: 25 %.
    """
    residents = _residents(data)
    known = service_availability(data)
    known = known.merge(residents[["territory", "weight"]], on="territory", validate="many_to_one")
    return _shares(known, residents, data.reference)


@indicator(
    title={"lv": "Pakalpojumu veidi pašvaldībā", "en": "Types of service in the municipality"},
    definition={
        "lv": "Cik dažādu sabiedrībā balstītu pakalpojumu veidu pašvaldībā zināmi.",
        "en": "How many different types of community-based service are known to exist in the municipality.",
    },
    caveat={
        "lv": "Skaitīti tikai zināmie pakalpojumi; par pašvaldību bez skaitļiem nekas nav teikts. Reģionam un valstij "
        "rādīts, cik dažādu veidu tur ir kopā.",
        "en": "Only services that are known are counted; nothing is said of a municipality without figures. For region "
        "and country it is the number of different types there are altogether.",
    },
    numerator={
        "lv": "Sabiedrībā balstītu pakalpojumu veidi.",
        "en": "Types of community-based service.",
    },
    unit="services",
    polarity="higher is better",
    measures=OFFERED_BY,
    source="",
)
def services_offered(data: Dataset) -> pd.DataFrame:
    """Number of types of community service by municipality, region and for the country; extra column ``region``.

    Day care and home care in one municipality, home care alone in another: 2, 1, and 2 in their region.
    """
    known = service_availability(data)
    known = known[known["offered"]]
    everywhere = repeat_at_each_level(known, data.reference)
    counts = _described(everywhere, ["region", "territory"])
    types = everywhere.groupby(["region", "territory"], sort=False)["service_type"].nunique()
    return counts.assign(numerator=types.to_numpy(float), value=types.to_numpy(float))


@indicator(
    title={"lv": "Vietu koncentrācija", "en": "Concentration of places"},
    definition={
        "lv": "Tās pašvaldības ERAF līdzfinansētās vietas, kurā to ir visvairāk, dalītas ar visām reģiona vietām, "
        "procentos.",
        "en": "Places co-financed by the ERDF in the municipality that has most of them, divided by all of the "
        "region’s, in per cent.",
    },
    caveat={
        "lv": "Saraksts nav pilnīgs: zināmi tikai projekti, par kuriem atrasta publikācija.",
        "en": "The list is not complete: only projects for which a publication was found are known.",
    },
    numerator={"lv": "Vietas pašvaldībā, kurā to ir visvairāk.", "en": "Places in the municipality that has most."},
    denominator={"lv": "Visas vietas reģiona pašvaldībās.", "en": "All places in municipalities of the region."},
    unit="percent",
    polarity="lower is better",
    measures=("places",),
    source="Hirschman 1964, The paternity of an index, American Economic Review 54:761",
)
def places_concentration(data: Dataset) -> pd.DataFrame:
    """Share of places in the municipality with most, by region and for the country, in per cent.

    Extra columns: ``largest``, the municipality (code); ``herfindahl``, the sum of squared shares (1: all places in one
    municipality).  Places of 30, 10 and 10: 60 %, and 0.36 + 0.04 + 0.04 = 0.44.
    """
    places = places_by_municipality(data)
    places = places[places["value"].notna()]
    region = lookup(data.reference.municipalities, "code", "region")
    places = places.assign(region=places["territory"].map(region), placed=True)
    everywhere = repeat_at_each_level(places, data.reference)
    # Within a municipality nothing is spread.
    everywhere = everywhere[everywhere["territory"] != everywhere["unit"]]
    # Of two municipalities with as many places the one with the smaller code is named.
    ordered = everywhere.sort_values(["territory", "value", "unit"], ascending=[True, False, True])
    whole = ordered.groupby("territory")["value"].transform("sum")
    share = ordered["value"] / whole  # unknown where there are none
    values = ordered.assign(
        numerator=ordered["value"],
        denominator=whole,
        value=share * 100,
        largest=ordered["unit"],
        herfindahl=(share**2).groupby(ordered["territory"]).transform("sum"),
        status=ordered.groupby("territory")["status"].transform(worst_status),
        sources=ordered["territory"].map(_united(ordered)),
    )
    return values.drop_duplicates("territory")[[*COLUMNS, "largest", "herfindahl"]].reset_index(drop=True)


def _shares(known: pd.DataFrame, whole: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The weight of municipalities that offer each service over the weight of all, by region and for the country."""
    everywhere, all_of = (pd.concat([rows, rows.assign(region=COUNTRY_REGION)]) for rows in (known, whole))
    by = ["region", "service_type"]
    shares = _described(everywhere[everywhere["offered"]], by)
    if shares.empty:
        return shares.assign(unknown=pd.Series(dtype=float), at_most=pd.Series(dtype=float))
    have = everywhere[everywhere["offered"]].groupby(by)["weight"].sum().rename("numerator").reset_index()
    have_not = everywhere[~everywhere["offered"]].groupby(by)["weight"].sum().rename("without").reset_index()
    said = everywhere.groupby(by)["territory"].nunique().rename("said").reset_index()
    shares = shares.drop(columns=["numerator", "denominator"])
    for part in (have, said):
        shares = shares.merge(part, on=by, validate="one_to_one")
    shares = shares.merge(have_not, on=by, how="left", validate="one_to_one")
    total = all_of.groupby("region")["weight"].agg(["sum", "size"])
    denominator = shares["region"].map(total["sum"])
    unknown = shares["region"].map(total["size"]) - shares["said"]
    # Where every municipality that said anything has the service, none is known to lack it.
    without = shares["without"].where(shares["without"].notna(), 0.0)
    return shares.assign(
        territory=shares["region"].map(lookup(reference.regions, "region", "code")),
        denominator=denominator,
        value=shares["numerator"] / denominator * 100,
        unknown=unknown.astype(float),
        at_most=(denominator - without) / denominator * 100,
        status=at_least(shares["status"], unknown > 0),
    )[[*COLUMNS, "region", "unknown", "at_most"]]


def _described(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One row of values for each ``by``, without numbers: period, status, sources of the observations behind it."""
    columns = [*COLUMNS, *(name for name in by if name not in COLUMNS)]
    if rows.empty:
        return no_values(columns)
    groups = rows.groupby(by, sort=False)
    numbers = groups.ngroup()
    return (
        pd.DataFrame(
            {
                "period": groups["period"].agg(latest_period),
                "status": for_each_group(numbers, rows["status"], worst_status),
                "sources": for_each_group(numbers, rows["source"], lambda cells: tuple(sorted(set(cells)))),
            }
        )
        .reset_index()
        .assign(
            notes=lambda values: tuples([()] * len(values)),
            target_group="all",
            kind="actual",
            version="",
            **{name: float("nan") for name in NUMBERS},
            **{name: "all" for name in ("service_type",) if name not in by},
            **{name: "" for name in ("territory",) if name not in by},
        )[columns]
    )


def _ones(reference: Reference) -> pd.DataFrame:
    present = present_municipalities(reference.municipalities)
    return pd.DataFrame({"territory": present["code"], "region": present["region"], "weight": 1.0})


def _residents(data: Dataset) -> pd.DataFrame:
    """Residents of today's municipalities on the last date on which all were counted."""
    on = last_counted(data)
    if not on:
        return _ones(data.reference)[:0]
    residents = observations.population(data.figures, data.reference, on)
    everybody = _ones(data.reference).drop(columns="weight")
    found = everybody.merge(residents[["territory", "value"]], on="territory", how="left", validate="one_to_one")
    return found.rename(columns={"value": "weight"}).dropna(subset="weight").reset_index(drop=True)


def _united(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """All sources of each territory's rows."""
    return {
        str(territory): tuple(sorted({code for codes in cells for code in codes}))
        for territory, cells in rows.groupby("territory")["sources"]
    }
