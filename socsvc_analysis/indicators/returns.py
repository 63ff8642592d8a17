"""What municipalities report in their returns: places, clients, how full services are, clients per residents."""

from __future__ import annotations

from functools import partial

import pandas as pd

from socsvc_analysis.codes import alike, among
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.levels import (
    ratio_at_each_level,
    repeat_at_each_level,
    sum_at_each_level,
    to_present_municipalities,
)
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.released import released_groups, released_rows, released_services, with_released
from socsvc_analysis.indicators.residents import AGES, residents_for
from socsvc_analysis.indicators.values import ratio, with_poisson_limits
from socsvc_analysis.tables import COUNTED, HIDDEN


@indicator(
    title={"lv": "Pašvaldību atskaitēs norādītās vietas", "en": "Places reported by municipalities"},
    definition={
        "lv": "Vietu skaits pašvaldības jaunākajā atskaitē, visi pakalpojumi kopā; kur norādīts gan kopskaits, gan "
        "mērķa grupas, ņemts kopskaits.",
        "en": "Number of places in the latest return of the municipality, all services together; where both a total "
        "and target groups are given, the total is taken.",
    },
    caveat={
        "lv": "Pašvaldību atskaites ir par dažādiem gadiem; ja atskaites nav, tas nenozīmē nulli.",
        "en": "Municipalities report for different years, and no return does not mean zero.",
    },
    numerator={
        "lv": "Vietas pašvaldību jaunākajās atskaitēs.",
        "en": "Places in the latest returns of municipalities.",
    },
    unit="places",
    polarity="higher is better",
    measures=("places",),
    source="",
    adds_up=("service_type", "target_group"),
)
def reported_places(data: Dataset) -> pd.DataFrame:
    """Places in the returns of each year, by today's municipality, region and for the country; unit: places.

    Extra columns ``region units of_units``, see :func:`~socsvc_analysis.indicators.levels.sum_at_each_level`.

    10 places in one municipality and 20 in another of the four in the region: at least 30, of 2 of 4.
    """
    return sum_at_each_level(reported(data, "places"), ["period"], data.reference)


@indicator(
    title={"lv": "Pašvaldību atskaitēs norādītie klienti", "en": "Clients reported by municipalities"},
    definition={
        "lv": "Klientu skaits pašvaldības jaunākajā atskaitē, visi pakalpojumi kopā; kur norādīts gan kopskaits, gan "
        "mērķa grupas, ņemts kopskaits.",
        "en": "Number of clients in the latest return of the municipality, all services together; where both a total "
        "and target groups are given, the total is taken.",
    },
    caveat={
        "lv": "Viens cilvēks var saņemt vairākus pakalpojumus, tāpēc summa nav cilvēku skaits.",
        "en": "One person can receive several services, so the sum is not a number of people.",
    },
    numerator={
        "lv": "Klienti pašvaldību jaunākajās atskaitēs.",
        "en": "Clients in the latest returns of municipalities.",
    },
    unit="persons",
    polarity="neither",
    measures=("clients",),
    source="",
    adds_up=("service_type", "target_group"),
)
def reported_clients(data: Dataset) -> pd.DataFrame:
    """Clients in the returns of each year, by today's municipality, region and for the country; unit: persons.

    Extra columns ``region units of_units``, see :func:`~socsvc_analysis.indicators.levels.sum_at_each_level`.

    12 clients of day care and 9 of home care in one municipality: 21, who may be fewer people.
    """
    return with_released(sum_at_each_level(reported(data, "clients"), ["period"], data.reference), data, "clients")


@indicator(
    title={"lv": "Personas rindā", "en": "People waiting"},
    definition={
        "lv": "Cilvēki, kas atskaites datumā gaida pakalpojumu, visi pakalpojumi kopā.",
        "en": "People waiting for a service on the date of the return, all services together.",
    },
    caveat={
        "lv": "Cilvēks var gaidīt vairākus pakalpojumus. Rindas nav arī tur, kur pakalpojuma nav un to neviens nelūdz.",
        "en": "A person can wait for several services. There is no waiting list either where there is no service to "
        "ask for.",
    },
    numerator={"lv": "Personas rindā pašvaldību atskaitēs.", "en": "People waiting in the returns of municipalities."},
    unit="persons",
    polarity="lower is better",
    measures=("waiting",),
    source="",
    adds_up=("service_type", "target_group"),
)
def people_waiting(data: Dataset) -> pd.DataFrame:
    """People waiting in the returns of each year, at every level; unit: persons.

    Extra columns ``region units of_units``.

    4 people waiting for day care and 6 for home care: 10, who may be fewer people.
    """
    return with_released(sum_at_each_level(reported(data, "waiting"), ["period"], data.reference), data, "waiting")


@indicator(
    title={"lv": "Pakalpojumu sniedzēji", "en": "Service providers"},
    definition={
        "lv": "Pakalpojuma sniedzēju iestādes vai reģistrētie pakalpojumi pašvaldību atskaitēs un ministrijas "
        "atvērtajos datos, pa pakalpojumiem.",
        "en": "Provider institutions, or services registered, in returns of municipalities and in open data of the "
        "ministry, by service.",
    },
    caveat={
        "lv": "Reģistra ieraksts ir viens pakalpojums vienā adresē: ierakstu skaits nav ne iestāžu, ne vietu skaits.",
        "en": "An entry of the register is one service at one address: entries are neither institutions nor places.",
    },
    numerator={"lv": "Iestādes vai reģistrētie pakalpojumi.", "en": "Institutions or registered services."},
    unit="services",
    polarity="higher is better",
    measures=("institutions", "service_registrations"),
    source="",
    adds_up=("target_group",),
)
def service_providers(data: Dataset) -> pd.DataFrame:
    """Institutions and registrations by service and period, at every level of what municipalities have.

    Extra columns ``measure region units of_units``; the two measures are never added to each other.

    2 institutions of home care in one municipality and 3 in another of the region: 5 in the region.
    """
    rows = pd.concat(
        [reported(data, measure) for measure in ("institutions", "service_registrations")],
        ignore_index=True,
    )
    return sum_at_each_level(rows, ["measure", "service_type", "period"], data.reference)


@indicator(
    title={"lv": "Vietu noslodze", "en": "Occupancy"},
    definition={
        "lv": "Klienti noteiktā datumā, dalīti ar vietām tajos pašos pakalpojumos un tajā pašā atskaitē, procentos.",
        "en": "Clients on a date divided by places of the same services in the same return, in per cent.",
    },
    caveat={
        "lv": "Var pārsniegt 100 %: vienu vietu nedēļas laikā izmanto vairāki cilvēki. Iekļauti tikai pakalpojumi, "
        "kuriem zināmi abi skaitļi.",
        "en": "May exceed 100%: several people share a place during a week. Only services with both numbers are "
        "included.",
    },
    numerator={
        "lv": "Klienti noteiktā datumā.",
        "en": "Clients on a date.",
    },
    denominator={
        "lv": "Vietas tajos pašos pakalpojumos tajā pašā atskaitē.",
        "en": "Places of the same services in the same return.",
    },
    unit="percent",
    polarity="neither",
    measures=("clients", "places"),
    source="OECD Health Statistics, definition of occupancy",
    adds_up=("service_type", "target_group"),
)
def occupancy_rate(data: Dataset) -> pd.DataFrame:
    """Clients over places of the services for which both are reported, at every level, in per cent (never capped).

    Extra columns ``region units of_units left_out``: whether services are left out whose clients are not shown.  12
    clients in 10 places of a shelter, and home care without places: 120 %.
    """
    same = ["territory", "service_type", "target_group", "period"]
    clients, places = (reported(data, measure) for measure in ("clients", "places"))
    places = _of_the_same_groups(places, clients, data)
    hidden = clients[clients["status"].eq(HIDDEN)].merge(places[same], on=same, validate="many_to_many")
    clients, places = (rows[rows["value"].notna()] for rows in (clients, places))
    above, below = among(clients, places, same), among(places, clients, same)
    at = ["territory", "period"]
    served, offered = (sum_at_each_level(rows, ["period"], data.reference) for rows in (above, below))
    rates = ratio(served, offered, on=at)
    partly = repeat_at_each_level(hidden, data.reference)[at].drop_duplicates().assign(left_out=True)
    joined = rates.merge(partly, on=at, how="left", validate="one_to_one")
    return joined.assign(left_out=joined["left_out"].eq(True))


@indicator(
    title={"lv": "Klienti uz 1000 iedzīvotājiem", "en": "Clients per 1,000 residents"},
    definition={
        "lv": "Atskaitē norādītie klienti, dalīti ar pastāvīgajiem iedzīvotājiem 1. janvārī, kas ir vistuvāk "
        "atskaites gada beigām, reizināti ar 1000; bērnu, pieaugušo un senioru grupām – ar tāda vecuma iedzīvotājiem, "
        "ja tie zināmi.",
        "en": "Clients reported divided by usual residents on the 1 January nearest to the end of the year "
        "reported, times 1,000; for groups of children, adults and older people by residents of that age where known.",
    },
    caveat={
        "lv": "Iedzīvotāju skaits var būt no cita gada nekā atskaite; tas redzams tabulā.",
        "en": "The residents may be of another year than the return; the table says which.",
    },
    numerator={
        "lv": "Klienti jaunākajā atskaitē.",
        "en": "Clients in the latest return.",
    },
    denominator={
        "lv": "Pastāvīgie iedzīvotāji (attiecīgā vecumā) 1. janvārī, kas ir vistuvāk gada beigām.",
        "en": "Usual residents (of the age concerned) on the 1 January nearest to the end of the year.",
    },
    unit="per_1000",
    polarity="neither",
    measures=("clients", "population"),
    source="Office for Health Improvement and Disparities, Public health profiles: crude rate",
    adds_up=("service_type", "target_group"),
)
def clients_per_1000(data: Dataset) -> pd.DataFrame:
    """Reported clients per 1,000 usual residents, at every level, by target group (``all``: all groups together).

    Limits are those of a Poisson count (:func:`~socsvc_analysis.statistics.rate`).  A region is divided by the
    residents of the municipalities that reported.  Extra columns ``region units of_units``, and ``residents_on``: the
    date on which the residents were counted (the earliest of several).

    12 clients of 6,000 residents and 9 of 4,000 in the only two municipalities that reported: 2.1 in the region.
    """
    rows = reported(data, "clients")
    groups = released_groups(data, "clients")
    groups = rows if groups.empty else to_present_municipalities(groups, data.reference)
    ages = groups[groups["target_group"].isin(AGES)]
    clients = pd.concat([rows.assign(target_group="all"), ages], ignore_index=True)
    residents = residents_for(clients, data)
    by = ["target_group", "period"]
    released = partial(with_released, data=data, measure="clients", by=by)
    rates = ratio_at_each_level(clients, residents, by, data.reference, per=1000, released=released)
    same = ["territory", "target_group", "period"]
    counted = (
        repeat_at_each_level(residents, data.reference).groupby(same, as_index=False).agg(residents_on=("on", "min"))
    )
    rates = rates.merge(counted, on=same, how="left", validate="one_to_one")
    return with_poisson_limits(rates, per=1000)


def _of_the_same_groups(places: pd.DataFrame, clients: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """``places``, those of a service added up over groups where its clients are released for all groups together.

    They are added up only where places and clients were reported for the same groups.
    """
    if released_services(data, "clients").empty:
        return places
    same = ["territory", "service_type", "period"]
    given = data.figures[(data.figures["evidence"] == "received") & (data.figures["measure"] == "clients")]
    asked = _groups(given, same).merge(
        _groups(places, same), on=same, how="left", validate="one_to_one", suffixes=("", "_there")
    )
    alike_ = asked.loc[asked["groups"] == asked["groups_there"], same]
    whole = clients.loc[clients["target_group"] == "all", same].drop_duplicates()
    added = whole.merge(alike_, on=same, validate="one_to_one")
    marked = places.merge(added, on=same, how="left", validate="many_to_one", indicator=True)
    return places.assign(target_group=places["target_group"].mask((marked["_merge"] == "both").to_numpy(), "all"))


def _groups(rows: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    """Of which ``groups`` there are rows, for each of what agrees in ``same``."""
    groups: pd.Series = rows.groupby(same)["target_group"].agg(lambda cells: tuple(sorted(set(cells))))
    return groups.rename("groups").reset_index()


def reported(data: Dataset, measure: str) -> pd.DataFrame:
    """Observations from the returns of today's municipalities; a total and its parts are never both kept."""
    rows = data.figures[
        (data.figures["evidence"] == "received")
        & (data.figures["measure"] == measure)
        & (data.figures["programme"] == "")
        & data.figures["kind"].isin(COUNTED)
    ]
    rows = to_present_municipalities(released_rows(rows, data, measure), data.reference)
    rows = _without_parts(rows, "target_group", ["territory", "provider", "service_type", "period"], keep_whole=True)
    return _without_parts(rows, "service_type", ["territory", "provider", "period"], keep_whole=False)


def _without_parts(rows: pd.DataFrame, part: str, by: list[str], keep_whole: bool) -> pd.DataFrame:
    """Keep either the total (``all``) or its parts where a return has both."""
    whole, same = rows[part] == "all", alike(rows, by)
    if whole.nunique() < 2:
        return rows
    has_whole = whole.groupby(same).transform("any")
    has_parts = (~whole).groupby(same).transform("any")
    return rows[whole | ~has_whole] if keep_whole else rows[~whole | ~has_parts]
