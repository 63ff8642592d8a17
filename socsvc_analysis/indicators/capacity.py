"""Capacity: places, planned and working, and how many there are for the people who live there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import alike, for_each_group, lookup, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.levels import repeat_at_each_level
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.residents import last_counted
from socsvc_analysis.indicators.values import (
    CHILDRENS_INSTITUTION,
    PARTIAL,
    STATE_CARE,
    as_values,
    at_least,
    each_once,
    latest_figure,
    ratio,
    summed,
)
from socsvc_analysis.observations import worst_status
from socsvc_analysis.periods import latest_period
from socsvc_analysis.reference import COUNTRY_REGION, Reference, present_municipalities
from socsvc_analysis.tables import COUNTED, IN_OPERATION

ERDF = "erdf_9311"
CENTRE_MEASURES = ("places", "clients")


@indicator(
    title={"lv": "Vietas ERAF līdzfinansētajos pakalpojumos", "en": "Places in services co-financed by the ERDF"},
    definition={
        "lv": "Vietu skaits, kas nosaukts ERAF 9.3.1.1. pasākuma projektu aprakstos (plānots) vai ziņās par atvēršanu "
        "(atvērts), pa pašvaldībām un pakalpojumiem; bijušās pašvaldības saskaitītas mūsdienu robežās.",
        "en": "Number of places named in descriptions of projects of ERDF measure 9.3.1.1 (planned) or in news of "
        "their opening (opened), by municipality and service; former municipalities are added up within "
        "today’s borders.",
    },
    caveat={
        "lv": "Saraksts nav pilnīgs: iekļauti tikai projekti, par kuriem atrasta publikācija. Vienu vietu var "
        "izmantot vairāki cilvēki.",
        "en": "The list is not complete: it has only projects for which a publication was found. Several people can "
        "use one place.",
    },
    numerator={
        "lv": "Vietas, katra vienu reizi: atvērtās un vēl tikai plānotās.",
        "en": "Places, each once: those opened and those still only planned.",
    },
    unit="places",
    polarity="higher is better",
    measures=("places",),
    source="",
    adds_up=("target_group",),
)
def places(data: Dataset, composition: str = "today") -> pd.DataFrame:
    """Places of ERDF measure 9.3.1.1 by today's municipality, service and kind (plan, capacity).

    Where places are reported as opened and as planned for the same unit, service and group, the opened ones stand and
    only the remainder of the plan beside them, so that no place counts twice.

    Returns values with an extra column ``region`` (slug, in the ``composition`` asked for); unit: places.  Units that
    were split keep their former code.

    16 planned in one former municipality and 8 in another of the same novads: 24.  10 planned and 12 opened: 12.
    """
    return summed(_located(data, composition), ["region", "territory", "service_type", "kind"], data.reference)


def places_by_region(data: Dataset, composition: str = "today") -> pd.DataFrame:
    """:func:`places` added up to planning regions: places are additive, and split units lie in one region.

    20 places in one municipality of the region and 14 in another: 34.
    """
    return summed(
        _in_regions(_located(data, composition), data.reference),
        ["territory", "service_type", "kind"],
        data.reference,
    )


class PlacesFound(NamedTuple):
    """All places of :func:`places` together, how many are opened or only promised, and in how many territories."""

    territories: int
    places: float
    opened: float
    promised: float
    sources: tuple[str, ...]


def places_found(places: pd.DataFrame) -> PlacesFound:
    """The known places of all territories, services and kinds, each of which is in one row only, added up.

    >>> rows = pd.DataFrame({"territory": ["A", "A", "B"], "kind": ["capacity", "plan", "plan"],
    ...                      "value": [12.0, 4.0, float("nan")], "sources": [("s",), ("t",), ("u",)]})
    >>> places_found(rows)
    PlacesFound(territories=1, places=16.0, opened=12.0, promised=4.0, sources=('s', 't'))
    """
    known = places[places["value"].notna()]
    opened = float(known.loc[known["kind"] == IN_OPERATION, "value"].sum())
    promised = float(known.loc[known["kind"] != IN_OPERATION, "value"].sum())
    sources = each_once(known["sources"])
    return PlacesFound(known["territory"].nunique(), opened + promised, opened, promised, sources)


def opened_and_promised(places: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The known places ``opened`` and ``promised``, and both ``together``, for each of what agrees in ``by``.

    Where none are known to be opened (or promised) there are none of this list.

    >>> rows = pd.DataFrame({"territory": ["A", "A", "B"], "kind": ["capacity", "plan", "plan"],
    ...                      "value": [12.0, 4.0, 5.0], "status": ["normal", "estimated", "normal"]})
    >>> opened_and_promised(rows, ["territory"]).values.tolist()
    [['A', 12.0, 4.0, 16.0, 'estimated'], ['B', 0.0, 5.0, 5.0, 'normal']]
    """
    known = places[places["value"].notna()]
    of_kind = known.assign(
        opened=known["value"].where(known["kind"] == IN_OPERATION),
        promised=known["value"].where(known["kind"] != IN_OPERATION),
    )
    groups = of_kind.groupby(list(by), as_index=False)
    return groups.agg(
        opened=("opened", "sum"),
        promised=("promised", "sum"),
        together=("value", "sum"),
        status=("status", worst_status),
    )


@indicator(
    title={"lv": "Vietas uz 1000 iedzīvotājiem", "en": "Places per 1,000 residents"},
    definition={
        "lv": "ERAF līdzfinansēto pakalpojumu vietas (plānotās un atvērtās kopā), dalītas ar pastāvīgo "
        "iedzīvotāju skaitu, reizinātas ar 1000.",
        "en": "Places in services co-financed by the ERDF (planned and opened together) divided by usual "
        "residents, times 1,000.",
    },
    caveat={
        "lv": "Saucējā ir visi iedzīvotāji, ne tikai mērķa grupas. Vietas plānotas vai atvērtas dažādos gados, bet "
        "iedzīvotāji – pēdējā zināmajā datumā. Vietas sadalītā bijušajā pašvaldībā nav pieskaitītas nevienai tās "
        "daļai.",
        "en": "The denominator is all residents, not the target groups. The places were planned or opened in "
        "different years, the residents are those of the last count. Places in a former municipality that was split "
        "count in none of its parts.",
    },
    numerator={
        "lv": "Vietas pašvaldībā, plānotās un atvērtās kopā.",
        "en": "Places in the municipality, planned and opened together.",
    },
    denominator={
        "lv": "Pastāvīgie iedzīvotāji pēdējā 1. janvārī, kurā saskaitītas visas pašvaldības (vērtības datums).",
        "en": "Usual residents on the last 1 January on which all municipalities were counted (date of the value).",
    },
    unit="per_1000",
    polarity="higher is better",
    measures=("places", "population"),
    source="OECD, long-term care beds per 1,000 population",
    adds_up=("service_type", "target_group"),
)
def places_per_1000(data: Dataset, on: str = "") -> pd.DataFrame:
    """Places of ERDF measure 9.3.1.1 per 1,000 usual residents on the date ``on`` (empty: the last count).

    Returns values for every present municipality with a known place, for units that were split (by their former code),
    for the regions and for Latvia; unknown residents give an unknown value, never zero.  A region's value is at least
    what it says unless places are known in all of its municipalities.

    36 places for 5,850 residents: 6.15.
    """
    on = on or last_counted(data)
    residents = observations.population(data.figures, data.reference, on)
    # The places of a unit that was split stay in sight; nobody knows how many live within its former borders.
    everywhere = repeat_at_each_level(_located(data, "today"), data.reference, split_units=True)
    # The places are of many dates; the residents of one.
    totals = summed(everywhere, ["territory"], data.reference).assign(period=on)
    lacking = totals["territory"].isin(_with_unknown_parts(totals, data.reference))
    totals["status"] = at_least(totals["status"], lacking)
    totals["notes"] = tuples(
        (*notes, PARTIAL) if some and PARTIAL not in notes else notes
        for notes, some in zip(totals["notes"], lacking, strict=True)
    )
    return ratio(totals, residents, on=["territory"], per=1000)


def _with_unknown_parts(totals: pd.DataFrame, reference: Reference) -> set[str]:
    """The regions (and the country) with a present municipality that has no known value in ``totals``."""
    known = set(totals.loc[totals["value"].notna(), "territory"])
    present = present_municipalities(reference.municipalities)
    unknown = present.loc[~present["code"].isin(known), "region"]
    codes = lookup(reference.regions, "region", "code")
    return {codes[region] for region in {*unknown, COUNTRY_REGION}} if len(unknown) else set()


@indicator(
    title={
        "lv": "Vietas, kuras darbojas, salīdzinājumā ar plānotajām",
        "en": "Places in operation compared with places planned",
    },
    definition={
        "lv": "To vietu skaits, kuras darbojas, dalīts ar reģiona deinstitucionalizācijas plānā paredzēto vietu "
        "skaitu, procentos.",
        "en": "Number of places in operation divided by the number in the region’s deinstitutionalisation plan, in "
        "per cent.",
    },
    caveat={
        "lv": "Skaitļi atrasti tikai par Latgali; tie rāda infrastruktūras gatavību, nevis noslodzi.",
        "en": "Figures were found for Latgale only; they show how far buildings are ready, not how full they are.",
    },
    numerator={
        "lv": "Vietas, kuras pakalpojumā darbojas.",
        "en": "Places of the service in operation.",
    },
    denominator={
        "lv": "Vietas reģiona deinstitucionalizācijas plānā: pēdējā redakcijā, kurā tās nosauktas.",
        "en": "Places in the region’s deinstitutionalisation plan: in the last version that names them.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("places",),
    source="",
)
def working_of_planned(data: Dataset) -> pd.DataFrame:
    """Working places over planned places of a region, by service, for groups and services that have both numbers.

    The extra column ``planned_version`` is the version of the plan that the denominator comes from.
    18 working places of 30 in the last plan: 60 %.
    """
    rows = observations.select(data.figures, measure="places")
    rows = rows[observations.is_region(rows["territory"]) & (rows["service_type"] != STATE_CARE)]
    working = as_values(rows[rows["kind"] == IN_OPERATION])
    planned = as_values(observations.valid_version(rows[rows["kind"] == "plan"], data.reference))
    same = ["territory", "service_type", "target_group"]
    versions = planned[[*same, "version"]].rename(columns={"version": "planned_version"})
    return ratio(working, planned, on=same).merge(versions, on=same, how="left", validate="many_to_one")


class Working(NamedTuple):
    """What pages say of a row of :func:`working_in_all_services`."""

    target_group: str
    numerator: float
    denominator: float
    value: float
    period: str
    sources: tuple[str, ...]


def working_in_all_services(working: pd.DataFrame) -> pd.DataFrame:
    """:func:`working_of_planned` summed over services and groups, by territory, where both numbers are known.

    ``target_group`` is the group that all of them are for, ``all`` where there are several.  18 working places of 30,
    and 12 of 20: 30 of 50, 60 %.

    >>> working = pd.DataFrame({"territory": "LV005", "numerator": [18.0, 12.0, 7.0], "period": "2021",
    ...                         "denominator": [30.0, 20.0, float("nan")], "status": "normal",
    ...                         "target_group": "adults_mental_disorders", "sources": [("s",), ("t",), ("u",)]})
    >>> working_in_all_services(working)[["target_group", "numerator", "denominator", "value"]].values.tolist()
    [['adults_mental_disorders', 30.0, 50.0, 60.0]]
    """
    both = working[working["numerator"].notna() & working["denominator"].notna()]
    groups = both.groupby("territory", sort=False)
    numbers = groups.ngroup()
    sums = groups[["numerator", "denominator"]].sum(min_count=1).reset_index()
    return sums.assign(
        target_group=for_each_group(
            numbers, both["target_group"], lambda here: here[0] if len({*here}) == 1 else "all"
        ),
        value=sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0) * 100,
        period=for_each_group(numbers, both["period"], latest_period),
        status=for_each_group(numbers, both["status"], worst_status),
        sources=tuples(for_each_group(numbers, both["sources"], each_once)),
    )


def working_everywhere(working: pd.DataFrame) -> tuple[float, float]:
    """Places in operation and planned of :func:`working_of_planned`, all territories together, where both are known.

    >>> working = pd.DataFrame({"numerator": [18.0, 12.0, 7.0], "denominator": [30.0, 20.0, float("nan")]})
    >>> working_everywhere(working)
    (30.0, 50.0)
    """
    both = working.dropna(subset=["numerator", "denominator"])
    return float(both["numerator"].sum()), float(both["denominator"].sum())


@indicator(
    title={"lv": "Valsts sociālās aprūpes centri", "en": "State social care centres"},
    definition={
        "lv": "Vietas un iemītnieki valsts sociālās aprūpes centros, kā tos publicējusi ministrija un centri.",
        "en": "Places and residents in state social care centres as published by the ministry and the centres.",
    },
    caveat={
        "lv": "Skaitļi attiecas uz dažādiem datumiem un dažādām centru kopām, tāpēc tos nesummē.",
        "en": "The figures are of different times and different sets of centres, so they are not added up.",
    },
    numerator={
        "lv": "Vietas vai iemītnieki centrā vai teritorijā.",
        "en": "Places or residents of the centre or territory.",
    },
    unit="places",
    polarity="lower is better",
    measures=("places", "clients"),
    source="",
)
def state_care(data: Dataset) -> pd.DataFrame:
    """Places and residents of state care centres and children's institutions, by region or centre.

    Returns values with extra columns ``region`` (slug), ``provider`` and ``unit`` (``places`` or ``persons``): one row
    for each published figure, none of them added up.

    1,458 places and 572 residents of the centres of Rīga in June 2016 are two rows.
    """
    rows = data.figures[
        data.figures["measure"].isin(CENTRE_MEASURES)
        & data.figures["service_type"].isin([STATE_CARE, CHILDRENS_INSTITUTION])
        & data.figures["kind"].isin(COUNTED)
        & ~observations.is_municipality(data.figures["territory"])
    ]
    centres = lookup(data.reference.providers, "provider", "region")
    regions = lookup(data.reference.regions, "code", "region")
    return as_values(
        rows,
        region=rows["provider"].map(centres).fillna(rows["territory"].map(regions)),
        provider=rows["provider"],
        unit=rows["measure"].map(lookup(data.reference.measures, "measure", "unit")),
    )


def places_by_municipality(data: Dataset) -> pd.DataFrame:
    """All ERDF places of each of today's municipalities, planned and opened together, without units that were split."""
    located = _located(data, "today")
    # The figures are of different dates, so the sums are of none.
    return summed(located[located["placed"]].assign(period=""), ["territory"], data.reference)


class Centre(NamedTuple):
    """What pages say of a row of :func:`centres_in_sentences`."""

    service_type: str
    target_group: str
    value: float
    period: str
    sources: tuple[str, ...]


def latest_centres(centres: pd.DataFrame) -> pd.DataFrame:
    """The latest figure of :func:`state_care` for each territory as a whole, by kind and group.

    >>> centres = pd.DataFrame({"territory": "LV", "provider": ["", "", "vsac_riga"], "target_group": "all",
    ...                         "service_type": "state_care_centre", "period": ["2019", "2021", "2022"],
    ...                         "kind": "actual", "version": "", "unit": "persons", "value": [500.0, 460.0, 55.0]})
    >>> latest_centres(centres)["value"].tolist()
    [460.0]
    """
    whole = centres[centres["provider"] == ""]
    return pd.concat(
        [latest_figure(rows) for _, rows in whole.groupby(["service_type", "unit"], sort=False)] or [whole]
    )


def centres_in_sentences(centres: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`latest_centres` those of which sentences speak: places of state care centres, children in institutions.

    >>> centres = pd.DataFrame({"territory": "LV", "provider": "", "target_group": "all", "period": "2021",
    ...                         "service_type": ["state_care_centre", "state_care_centre", "childrens_institution"],
    ...                         "kind": "actual", "unit": ["places", "persons", "persons"], "version": "",
    ...                         "value": [90.0, 80.0, 7.0]})
    >>> centres_in_sentences(centres)["value"].tolist()
    [90.0, 7.0]
    """
    told = (centres["unit"] == "places") | (centres["service_type"] == CHILDRENS_INSTITUTION)
    return latest_centres(centres[told])


def _located(data: Dataset, composition: str) -> pd.DataFrame:
    """Observations of ERDF places of today's municipalities, each place once, with ``region``."""
    rows = observations.select(data.figures, measure="places", kind=("plan", IN_OPERATION), programme=ERDF)
    rows = rows[observations.is_municipality(rows["territory"])]
    rows = observations.with_region(observations.restated(rows, data.reference), data.reference, composition)
    return _each_once(rows)


def _each_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Subtract opened places from the plans they belong to, and drop plans that are used up.

    What a former unit opened is taken from that unit's own plan.  What is reported open by today's municipality is
    taken from the plans of all units that it was made of, in order of their figures.
    """
    subject = ["territory", "provider", "service_type", "target_group"]
    is_plan = rows["kind"] == "plan"
    plans, opened = rows[is_plan].sort_values("id"), rows[~is_plan]
    own = opened["territory_then"] != opened["territory"]
    of_unit, of_present = alike(rows, [*subject, "territory_then"]), alike(rows, subject)
    left = plans["value"] - _taken(plans, opened[own], of_unit)
    left = left.clip(lower=0)
    # The first plans use up what today's municipality has opened.
    reached = left.groupby(of_present).cumsum()
    left = (reached - _taken(plans, opened[~own], of_present)).clip(lower=0).clip(upper=left)
    return pd.concat([opened, plans.assign(value=left)[(left > 0) | plans["value"].isna()]]).sort_index()


def _taken(plans: pd.DataFrame, opened: pd.DataFrame, same: pd.Series) -> pd.Series:
    """For each plan the opened places to subtract, matched by ``same``; 0 where nothing has opened."""
    found = same[plans.index].map(opened["value"].groupby(same).sum(min_count=1))
    return found.where(found.notna(), 0.0)


def _in_regions(located: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    return located.assign(territory=located["region"].map(lookup(reference.regions, "region", "code")))
