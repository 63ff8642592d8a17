"""Clients: who was served of those planned for, assessed and with a support plan, by service, year and municipality."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.residents import residents_for
from socsvc_analysis.indicators.values import (
    GROUPS,
    as_values,
    di_observations,
    each_once,
    last_target,
    latest_figure,
    ratio,
    with_poisson_limits,
)
from socsvc_analysis.periods import by_last_day, last_day
from socsvc_analysis.tables import COMMITMENTS


def served(data: Dataset) -> pd.DataFrame:
    """Observations of unique persons served, all services together, by target group: actual and committed."""
    return di_observations(data, measure="persons_served", service_type="all", target_group=GROUPS)


@indicator(
    title={
        "lv": "Pakalpojumu saņēmēji salīdzinājumā ar plānu",
        "en": "People who received services, compared with the plan",
    },
    definition={
        "lv": "Unikālās personas, kas saņēmušas sabiedrībā balstītus pakalpojumus kopš projekta sākuma, dalītas ar "
        "tajā laikā spēkā esošo plānu līdz 2023. gada beigām, procentos.",
        "en": "Unique people who have received community-based services since the project began, divided by the plan "
        "to the end of 2023 that was in force at the time, in per cent.",
    },
    caveat={
        "lv": "Var pārsniegt 100 %. Reģionu plānu summa nav valsts mērķis. Ja publicēta tikai procentu daļa, tā "
        "rādīta, kā publicēta.",
        "en": "May exceed 100%. Plans of regions do not add up to the national target. Where only the "
        "percentage was published it is shown as published.",
    },
    numerator={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu kopš projekta sākuma.",
        "en": "Unique people who have received a service since the project began.",
    },
    denominator={
        "lv": "Personas tajā laikā spēkā esošajā plānā vai mērķī.",
        "en": "People in the plan or target that was in force at the time.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("persons_served", "share_of_plan"),
    source={"lv": "Regula (ES) Nr. 1303/2013, II pielikums", "en": "Regulation (EU) No 1303/2013, Annex II"},
)
def served_of_plan(data: Dataset) -> pd.DataFrame:
    """Persons served over the plan in force then, by territory, group and period, in per cent (never capped).

    Returns values for every published period.  Where a plan is unknown but the source printed the percentage, the
    value is the printed one and the denominator unknown; so is the numerator where only the percentage was published.

    58 people served of 50 in the plan: 116 %.
    """
    rows = served(data)
    actual = by_last_day(as_values(rows[rows["kind"] == "actual"])).reset_index(drop=True)
    actual = actual.assign(day=pd.Series([last_day(period) for period in actual["period"]], dtype=str))
    plans = observations.versions_on(rows[rows["kind"].isin(COMMITMENTS)], data.reference, actual["day"])
    plans = last_target(as_values(plans, day=plans["day"]), "day")
    shares = ratio(actual, plans, on=["territory", "target_group", "day"]).drop(columns="day")
    printed = di_observations(data, measure="share_of_plan", service_type="all", kind="actual", target_group=GROUPS)
    return _with_printed(shares, as_values(printed).assign(numerator=float("nan")))


def _with_printed(shares: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """The shares, with the printed percentage where there is no other, also where no number of people is published."""
    same = ["territory", "target_group", "period"]
    joined = shares.merge(
        printed[[*same, "value", "sources"]],
        on=same,
        how="left",
        validate="one_to_one",
        suffixes=("", "_printed"),
    )
    taken = joined["value"].isna() & joined["value_printed"].notna()
    joined = joined.assign(
        value=joined["value"].fillna(joined["value_printed"]),
        # Who printed the percentage is cited beside who counted the people.
        sources=tuples(
            each_once((counted, printed if is_taken else ()))
            for counted, printed, is_taken in zip(joined["sources"], joined["sources_printed"], taken, strict=True)
        ),
    ).drop(columns=["value_printed", "sources_printed"])
    alone = ~pd.MultiIndex.from_frame(printed[same]).isin(pd.MultiIndex.from_frame(shares[same]))
    return by_last_day(pd.concat([joined, printed[alone]])).reset_index(drop=True) if alone.any() else joined


@indicator(
    title={
        "lv": "Pakalpojumu saņēmēji salīdzinājumā ar izvērtētajām personām",
        "en": "People who received services, compared with people assessed",
    },
    definition={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu, dalītas ar personām, kuru vajadzības izvērtētas līdz tam "
        "pašam datumam, procentos.",
        "en": "Unique people who received services, divided by people whose needs had been assessed by the same date, "
        "in per cent.",
    },
    caveat={
        "lv": "Var pārsniegt 100 %: pakalpojumus saņem arī vēlāk izvērtētie.",
        "en": "May exceed 100%: people assessed later are served too.",
    },
    numerator={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu.",
        "en": "Unique people who have received a service.",
    },
    denominator={
        "lv": "Personas, kuru vajadzības izvērtētas līdz tam pašam datumam.",
        "en": "People whose needs had been assessed by the same date.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("persons_served", "persons_assessed"),
    source="",
)
def served_of_assessed(data: Dataset) -> pd.DataFrame:
    """Persons served over persons assessed in the same territory, group and period, in per cent (never capped).

    34 people served of 70 assessed by the same day: 48.6 %.
    """
    assessed = di_observations(data, measure="persons_assessed", kind="actual", service_type="all")
    return _share_of(assessed, data)


def _share_of(below: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Persons served over the observations ``below`` of the same territory, group and period, where there are such."""
    rows = served(data)
    same = ["territory", "target_group", "period"]
    below = below[below["target_group"].isin(GROUPS)]
    shares = ratio(as_values(rows[rows["kind"] == "actual"]), as_values(below), on=same)
    return shares[shares["denominator"].notna()].reset_index(drop=True)


@indicator(
    title={
        "lv": "Pakalpojumu saņēmēji salīdzinājumā ar atbalsta plāniem",
        "en": "People who received services, compared with support plans",
    },
    definition={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu, dalītas ar personām, kurām līdz tam pašam datumam "
        "sagatavots individuālais atbalsta plāns, procentos.",
        "en": "Unique people who received services, divided by people for whom an individual support plan had been "
        "prepared by the same date, in per cent.",
    },
    caveat={
        "lv": "Plāns rāda vajadzību, nevis saņemtu pakalpojumu. Var pārsniegt 100 %: pakalpojumus saņem arī citi.",
        "en": "A plan shows a need, not a service received. May exceed 100%: others are served too.",
    },
    numerator={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu.",
        "en": "Unique people who have received a service.",
    },
    denominator={"lv": "Sagatavotie individuālie atbalsta plāni.", "en": "Individual support plans prepared."},
    unit="percent",
    polarity="higher is better",
    measures=("persons_served", "support_plans"),
    source="",
)
def served_of_support_plans(data: Dataset) -> pd.DataFrame:
    """Persons served over support plans in the same territory, group and period, in per cent (never capped).

    12 people served and 78 plans prepared by the same day: 15.4 %.
    """
    plans = di_observations(data, measure="support_plans", kind="actual", service_type="all")
    return _share_of(plans, data)


@indicator(
    title={"lv": "Unikālās personas", "en": "Unique persons"},
    definition={
        "lv": "Cilvēki, kuri kopš programmas sākuma izvērtēti vai saņēmuši pakalpojumu, katrs skaitīts vienu reizi; "
        "skaitlis, kāds publicēts par pašvaldību, reģionu vai valsti.",
        "en": "People assessed or served since the programme began, each counted once, as published for the "
        "municipality, region or country.",
    },
    caveat={
        "lv": "Pašvaldību skaitļu summa nav reģiona skaitlis: cilvēks, kas pakalpojumus saņēmis divās pašvaldībās, "
        "skaitīts abās.",
        "en": "Figures of municipalities do not add up to the region’s: a person who received services in two of them "
        "counts in both.",
    },
    numerator={"lv": "Dažādi cilvēki.", "en": "Different people."},
    unit="persons",
    polarity="higher is better",
    measures=("persons_served", "persons_assessed"),
    source="European Commission, common indicators of ESF+",
)
def unique_persons(data: Dataset) -> pd.DataFrame:
    """Persons assessed and served by territory, group and period as published, each counted once.

    Extra column ``measure``.  Never added up: the table of measures forbids it, see
    :func:`~socsvc_analysis.indicators.values.summed`.  166 adults and 299 children served in Zemgale are two rows.
    """
    rows = di_observations(
        data, measure=("persons_served", "persons_assessed"), kind="actual", service_type="all", target_group=GROUPS
    )
    return as_values(rows, measure=rows["measure"])


@indicator(
    title={"lv": "Pakalpojumu saņēmēji pa pakalpojumiem", "en": "People by service received"},
    definition={
        "lv": "Personas, kas saņēmušas katru pakalpojumu; viena persona var saņemt vairākus.",
        "en": "People who have received each service; one person can receive several.",
    },
    caveat={
        "lv": "Pakalpojumu summa nav personu skaits; salīdzināšanai dots arī unikālo personu skaits.",
        "en": "The sum of services is not a number of people; the number of unique people is given for comparison.",
    },
    numerator={"lv": "Personas, kas saņēmušas pakalpojumu.", "en": "People who have received the service."},
    unit="persons",
    polarity="neither",
    measures=("persons_served",),
    source="",
)
def served_by_service(data: Dataset) -> pd.DataFrame:
    """Persons served by service with ``unique_total``: the unique persons of the same territory, group and period.

    69 adults in day care and 25 at home: two rows, both with the 166 who received any service (or an unknown number).
    """
    rows = di_observations(data, measure="persons_served", kind="actual")
    by_service = rows[(rows["service_type"] != "all") & ~observations.is_municipality(rows["territory"])]
    totals = rows[rows["service_type"] == "all"]
    same = ["territory", "target_group", "period"]
    joined = by_service.merge(
        totals[[*same, "value"]].rename(columns={"value": "unique_total"}), on=same, how="left", validate="many_to_one"
    )
    return as_values(joined, unique_total=joined["unique_total"])


def leaving_institutions(data: Dataset) -> pd.DataFrame:
    """How many people are planned to move from institutions to the community, by region and group."""
    rows = observations.select(data.figures, measure="persons_left_institutions", kind=COMMITMENTS)
    rows = rows[~observations.is_municipality(rows["territory"])]
    return as_values(observations.valid_version(rows, data.reference))


def served_by_year(data: Dataset, *, targets: bool = False) -> pd.DataFrame:
    """Persons served of country and regions, every period; with ``targets`` also the plans and targets in force."""
    rows = served(data)
    rows = rows[~observations.is_municipality(rows["territory"])]
    actual = by_last_day(rows[rows["kind"] == "actual"])
    if not targets:
        return as_values(actual)
    plans = observations.valid_version(rows[rows["kind"].isin(COMMITMENTS)], data.reference).pipe(last_target)
    return as_values(pd.concat([actual, plans]))


def served_by_municipality(data: Dataset) -> pd.DataFrame:
    """Persons served of municipalities as published then, with ``region``.

    Unique persons do not add up, so merged units are not restated; a unit whose territory stayed the same has today's
    code throughout.
    """
    rows = di_observations(data, measure="persons_served", kind="actual", target_group=GROUPS)
    rows = observations.with_region(rows[observations.is_municipality(rows["territory"])], data.reference)
    units = data.reference.municipalities
    kept = units[units["succession"] == "same territory"]
    same: dict[str, str] = dict(zip(kept["code"], kept["successors"], strict=True))
    lasting = pd.Series([_lasting(code, same) for code in rows["territory"]], index=rows.index, dtype=str)
    return as_values(rows.assign(territory=lasting), region=rows["region"])


def _lasting(code: str, same: dict[str, str]) -> str:
    """The last code of a territory that has only changed its code."""
    return _lasting(same[code], same) if code in same else code


@indicator(
    title={
        "lv": "Pakalpojumu saņēmēji uz 1000 iedzīvotājiem",
        "en": "People who received services, per 1,000 residents",
    },
    definition={
        "lv": "Unikālās personas, kas saņēmušas sabiedrībā balstītus pakalpojumus kopš projekta sākuma, dalītas ar "
        "pašvaldības pastāvīgajiem iedzīvotājiem, reizinātas ar 1000.",
        "en": "Unique people who have received community-based services since the project began divided by usual "
        "residents of the municipality, times 1,000.",
    },
    caveat={
        "lv": "Saucējā ir visi iedzīvotāji, ne tikai mērķa grupa. Avoti nosauc tikai dažas pašvaldības, parasti tās ar "
        "lielākajiem skaitļiem.",
        "en": "The denominator is all residents, not the target group. Sources name some municipalities only, usually "
        "those with the largest numbers.",
    },
    numerator={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu, jaunākais publicētais skaitlis.",
        "en": "Unique people who received services, the latest published figure.",
    },
    denominator={
        "lv": "Pastāvīgie iedzīvotāji 1. janvārī, kas ir vistuvāk skaitļa datumam.",
        "en": "Usual residents on the 1 January that is nearest to the date of the figure.",
    },
    unit="per_1000",
    polarity="higher is better",
    measures=("persons_served", "population"),
    source="Office for Health Improvement and Disparities, Fingertips technical guidance, Rates",
)
def served_per_1000(data: Dataset) -> pd.DataFrame:
    """Persons served of today's municipalities per 1,000 residents, by group: the latest published figure of each.

    Extra column ``region``; limits are those of a Poisson count.  9 people of 4,900 residents: 1.84.
    """
    people = latest_figure(served_by_municipality(data))
    people = people[people["value"].notna() & (people["period"] != "")]
    asked = people.assign(placed=True, target_group="all")
    residents = as_values(residents_for(asked, data))
    rates = ratio(people, residents, on=["territory", "period"], per=1000)
    return with_poisson_limits(rates[rates["denominator"].notna()].reset_index(drop=True), per=1000)
