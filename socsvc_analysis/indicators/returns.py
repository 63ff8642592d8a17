"""What municipalities report in their returns: places, clients, how full services are, clients per residents."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import last_day, ratio, summed
from socsvc_analysis.reference import Reference

WHOLE = ["region", "territory", "period"]
AGES = {"children": "children", "adults": "adults", "older_people": "older_people"}
"""The target groups that are residents of an age, with the group of the population they are compared with."""


@indicator(
    title={"lv": "Pašvaldību atskaitēs norādītās vietas", "en": "Places reported by municipalities"},
    definition={
        "lv": "Vietu skaits pašvaldības pēdējā atskaitē, visi pakalpojumi kopā; kur norādīts gan kopskaits, gan "
        "mērķa grupas, ņemts kopskaits.",
        "en": "Number of places in the latest return of the municipality, all services together; where both a total "
        "and target groups are given, the total is taken.",
    },
    caveat={
        "lv": "Pašvaldības atskaitās par dažādiem gadiem, un neatskaitījusies pašvaldība nenozīmē nulli.",
        "en": "Municipalities report for different years, and one that has not reported is not zero.",
    },
    unit="places",
    polarity="higher is better",
    measures=("places",),
    source="",
)
def reported_places(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Places in the latest return of each of today's municipalities, with ``region``; unit: places."""
    return summed(_latest(figures, reference, "places"), WHOLE)


@indicator(
    title={"lv": "Pašvaldību atskaitēs norādītie klienti", "en": "Clients reported by municipalities"},
    definition={
        "lv": "Klientu skaits pašvaldības pēdējā atskaitē, visi pakalpojumi kopā; kur norādīts gan kopskaits, gan "
        "mērķa grupas, ņemts kopskaits.",
        "en": "Number of clients in the latest return of the municipality, all services together; where both a total "
        "and target groups are given, the total is taken.",
    },
    caveat={
        "lv": "Viens cilvēks var saņemt vairākus pakalpojumus, tāpēc summa nav cilvēku skaits.",
        "en": "One person can receive several services, so the sum is not a number of people.",
    },
    unit="persons",
    polarity="neither",
    measures=("clients",),
    source="",
)
def reported_clients(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Clients in the latest return of each of today's municipalities, with ``region``; unit: persons."""
    return summed(_latest(figures, reference, "clients"), WHOLE)


@indicator(
    title={"lv": "Vietu noslodze", "en": "Occupancy"},
    definition={
        "lv": "Klienti noteiktā datumā, dalīti ar vietām tajos pašos pakalpojumos un tajā pašā atskaitē, procentos.",
        "en": "Clients on a date divided by places of the same services in the same return, in per cent.",
    },
    caveat={
        "lv": "Var pārsniegt 100 %: vienu vietu nedēļas laikā izmanto vairāki. Iekļauti tikai pakalpojumi, kuriem "
        "zināmi abi skaitļi.",
        "en": "May exceed 100%: several people share a place during a week. Only services with both numbers are "
        "included.",
    },
    unit="percent",
    polarity="neither",
    measures=("clients", "places"),
    source="OECD Health Statistics, definition of occupancy",
)
def occupancy_rate(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Clients over places of the services for which both are reported, by municipality, in per cent."""
    same = ["territory", "service_type", "target_group", "period"]
    clients, places = (_latest(figures, reference, measure) for measure in ("clients", "places"))
    clients, places = (rows[rows["value"].notna()] for rows in (clients, places))
    both = clients[same].merge(places[same].drop_duplicates(), on=same, validate="many_to_one").drop_duplicates()
    above, below = (summed(rows.merge(both, on=same, validate="many_to_one"), WHOLE) for rows in (clients, places))
    return ratio(above, below, on=["territory", "period"])


@indicator(
    title={"lv": "Klienti uz 1000 iedzīvotājiem", "en": "Clients per 1,000 residents"},
    definition={
        "lv": "Atskaitē norādītie klienti, dalīti ar pastāvīgajiem iedzīvotājiem pēdējā zināmajā 1. janvārī līdz "
        "atskaites gada beigām, reizināti ar 1000; bērnu, pieaugušo un senioru grupām – ar tāda vecuma iedzīvotājiem, "
        "ja tie zināmi.",
        "en": "Clients reported divided by usual residents on the last known 1 January up to the end of the year "
        "reported, times 1,000; for groups of children, adults and older people by residents of that age where known.",
    },
    caveat={
        "lv": "Iedzīvotāju skaits var būt agrāks par atskaites gadu; tas redzams tabulā.",
        "en": "The residents may be of an earlier year than the return; the table says which.",
    },
    unit="per_1000",
    polarity="neither",
    measures=("clients", "population"),
    source="Office for Health Improvement and Disparities, Public health profiles: crude rate",
)
def clients_per_1000(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Reported clients per 1,000 usual residents, by municipality and target group (``all``: all groups together).

    ``residents_on`` is the date on which the residents were counted; "" where they are not known.
    """
    rows = _latest(figures, reference, "clients")
    everybody = summed(rows.assign(target_group="all"), [*WHOLE, "target_group"])
    ages = summed(rows[rows["target_group"].isin(AGES)], [*WHOLE, "target_group"])
    clients = pd.concat([part for part in (everybody, ages) if len(part)] or [everybody], ignore_index=True)
    residents = _residents(figures, reference, clients)
    same = ["territory", "target_group", "period"]
    counted = residents[[*same, "on"]].rename(columns={"on": "residents_on"})
    rates = ratio(clients, residents, on=same, per=1000).merge(counted, on=same, how="left", validate="many_to_one")
    return rates.assign(residents_on=rates["residents_on"].fillna(""))


def _latest(figures: pd.DataFrame, reference: Reference, measure: str) -> pd.DataFrame:
    """Reported observations of today's municipalities in their latest return, no part beside its whole."""
    rows = figures[
        (figures["evidence"] == "received")
        & (figures["measure"] == measure)
        & (figures["programme"] == "")
        & figures["kind"].isin(["actual", "capacity"])
        & observations.is_municipality(figures["territory"])
    ]
    rows = observations.with_region(observations.restated(rows, reference), reference)
    rows = rows[rows["placed"] & (rows["period"] == rows.groupby("territory")["period"].transform("max"))]
    rows = _without_parts(rows, "target_group", ["territory", "provider", "service_type", "period"], keep_whole=True)
    return _without_parts(rows, "service_type", ["territory", "provider", "period"], keep_whole=False)


def _without_parts(rows: pd.DataFrame, part: str, by: list[str], keep_whole: bool) -> pd.DataFrame:
    """The rows where a whole (``all``) and its parts do not stand side by side: one or the other is kept."""
    whole = rows[part] == "all"
    has_whole = whole.groupby([rows[name] for name in by]).transform("any")
    has_parts = (~whole).groupby([rows[name] for name in by]).transform("any")
    return rows[whole | ~has_whole] if keep_whole else rows[~whole | ~has_parts]


def _residents(figures: pd.DataFrame, reference: Reference, clients: pd.DataFrame) -> pd.DataFrame:
    """For each row of ``clients`` the residents on the last date up to its period on which they are known."""
    counted = observations.select(figures, measure="population")
    counted = counted[counted["target_group"].isin(["all", *AGES.values()])]
    known = [
        observations.population(figures, reference, on, group).assign(on=on, target_group=group)
        for on, group in sorted(set(zip(counted["period"], counted["target_group"], strict=True)))
    ]
    columns = ["territory", "target_group", "on", "value", "status", "sources", "notes"]
    residents = pd.concat([part[columns] for part in known if len(part)] or [pd.DataFrame(columns=columns)])
    residents = residents[residents["value"].notna()]
    wanted = clients[["territory", "target_group", "period"]].drop_duplicates()
    found = wanted.merge(residents, on=["territory", "target_group"], how="left", validate="many_to_many")
    found = found[found["on"].isna() | (found["on"] <= found["period"].map(last_day))]
    return found.sort_values("on", kind="stable").drop_duplicates(["territory", "target_group", "period"], keep="last")
