"""Clients: who is eligible, assessed, planned for and served, and how that changes from year to year."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import GROUPS, as_values, last_day, last_target, newest, of_measure, ratio
from socsvc_analysis.reference import Reference
from socsvc_analysis.tables import COMMITMENTS

STEPS = (
    ("persons_eligible", ("actual",), "persons_eligible"),
    ("persons_assessed", ("plan", "target"), "persons_assessed_plan"),
    ("persons_assessed", ("actual",), "persons_assessed"),
    ("persons_served", ("plan", "target"), "persons_served_plan"),
    ("persons_served", ("actual",), "persons_served"),
)
"""The client's path in order: measure, kinds, name of the step."""


def served(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Observations of unique persons served, all services together, by target group: actual and committed."""
    return of_measure(figures, reference, measure="persons_served", service_type="all", target_group=GROUPS)


@indicator(
    title={"lv": "Apkalpotās personas pret plānu", "en": "People served against the plan"},
    definition={
        "lv": "Unikālās personas, kas saņēmušas sabiedrībā balstītus pakalpojumus kopš projekta sākuma, dalītas ar "
        "tajā laikā spēkā esošo plānu līdz 2023. gada beigām, procentos.",
        "en": "Unique people who have received community-based services since the project began, divided by the plan "
        "to the end of 2023 that was in force at the time, in per cent.",
    },
    caveat={
        "lv": "Var pārsniegt 100 %. Reģionu plāni nesummējas valsts mērķī. Kur publicēta tikai procentu daļa, "
        "tā rādīta kā publicēta.",
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
    source="Regulation (EU) No 1303/2013, Annex II",
)
def served_of_plan(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Persons served over the plan in force then, by territory, group and period, in per cent (never capped).

    Returns values for every published period.  Where a plan is unknown but the source printed the percentage, the
    value is the printed one and the denominator unknown.
    """
    rows = served(figures, reference)
    actual = as_values(rows[rows["kind"] == "actual"])
    committed = rows[rows["kind"].isin(COMMITMENTS)]
    periods = [
        ratio(
            of_period,
            as_values(observations.valid_version(committed, reference, on=last_day(period))).pipe(last_target),
            on=["territory", "target_group"],
        )
        for period, of_period in actual.groupby("period", sort=True)
    ]
    shares = pd.concat(periods, ignore_index=True) if periods else actual
    printed = as_values(of_measure(figures, reference, measure="share_of_plan", service_type="all", kind="actual"))
    joined = shares.merge(
        printed[["territory", "target_group", "period", "value", "sources"]],
        on=["territory", "target_group", "period"],
        how="left",
        validate="one_to_one",
        suffixes=("", "_printed"),
    )
    taken = joined["value"].isna() & joined["value_printed"].notna()
    return joined.assign(
        value=joined["value"].fillna(joined["value_printed"]),
        # Who printed the percentage is cited beside who counted the people.
        sources=[
            tuple(dict.fromkeys([*counted, *(printed if is_taken else ())]))
            for counted, printed, is_taken in zip(joined["sources"], joined["sources_printed"], taken, strict=True)
        ],
    ).drop(columns=["value_printed", "sources_printed"])


@indicator(
    title={"lv": "Apkalpotās personas pret izvērtētajām", "en": "People served against people assessed"},
    definition={
        "lv": "Unikālās apkalpotās personas, dalītas ar personām, kuru vajadzības izvērtētas līdz tam pašam "
        "datumam, procentos.",
        "en": "Unique people served divided by people whose needs had been assessed by the same date, in per cent.",
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
def served_of_assessed(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Persons served over persons assessed in the same territory, group and period, in per cent."""
    rows = served(figures, reference)
    assessed = of_measure(
        figures, reference, measure="persons_assessed", kind="actual", service_type="all", target_group=GROUPS
    )
    shares = ratio(
        as_values(rows[rows["kind"] == "actual"]), as_values(assessed), on=["territory", "target_group", "period"]
    )
    return shares[shares["denominator"].notna()].reset_index(drop=True)


@indicator(
    title={"lv": "Ceļš līdz pakalpojumam", "en": "The path to a service"},
    definition={
        "lv": "Personu skaits katrā solī: mērķa grupā, plānots izvērtēt, izvērtēts, plānots apkalpot, "
        "apkalpots; katram solim jaunākais publicētais skaitlis.",
        "en": "Number of people at each step: in the target group, planned to be assessed, assessed, planned to "
        "be served, served; the latest published figure for each step.",
    },
    caveat={
        "lv": "Soļu skaitļi var būt no dažādiem datumiem un plāna versijām.",
        "en": "The steps can be of different dates and plan versions.",
    },
    numerator={
        "lv": "Personas katrā solī.",
        "en": "People at each step.",
    },
    unit="persons",
    polarity="neither",
    measures=("persons_eligible", "persons_assessed", "persons_served"),
    source="",
)
def path_to_service(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The latest figure of each step by territory and group.  Extra column ``step``; plans are the last version."""
    frames = []
    for measure, kinds, step in STEPS:
        rows = of_measure(figures, reference, measure=measure, kind=kinds, service_type="all", target_group=GROUPS)
        rows = rows[~observations.is_municipality(rows["territory"])]
        # A region's plan and the nation's target are the same step.
        planned = step.endswith("_plan")
        rows = observations.valid_version(rows, reference).pipe(last_target) if planned else newest(rows)
        frames.append(as_values(rows, step=pd.Series(step, index=rows.index)))
    return pd.concat(frames, ignore_index=True)


@indicator(
    title={"lv": "Apkalpotās personas pa pakalpojumiem", "en": "People served by service"},
    definition={
        "lv": "Personas, kas saņēmušas katru pakalpojumu; viena persona var saņemt vairākus.",
        "en": "People who have received each service; one person can receive several.",
    },
    caveat={
        "lv": "Pakalpojumi nesummējas personās: salīdzināšanai dots unikālo personu skaits.",
        "en": "Services do not add up to people: the number of unique people is given beside them.",
    },
    numerator={
        "lv": "Personas, kas saņēmušas pakalpojumu.",
        "en": "People who have received the service.",
    },
    unit="persons",
    polarity="neither",
    measures=("persons_served",),
    source="",
)
def served_by_service(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Persons served by service with ``unique_total``: the unique persons of the same territory, group and period."""
    rows = of_measure(figures, reference, measure="persons_served", kind="actual")
    by_service = rows[(rows["service_type"] != "all") & ~observations.is_municipality(rows["territory"])]
    totals = rows[rows["service_type"] == "all"]
    same = ["territory", "target_group", "period"]
    joined = by_service.merge(
        totals[[*same, "value"]].rename(columns={"value": "unique_total"}), on=same, how="left", validate="many_to_one"
    )
    return as_values(joined, unique_total=joined["unique_total"])


def participating(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Municipalities taking part in the projects of the measure, as published."""
    return as_values(observations.select(figures, measure="municipalities_participating", kind="actual"))


def leaving_institutions(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """How many people are planned to move from institutions to the community, by region and group."""
    rows = observations.select(figures, measure="persons_left_institutions", kind=COMMITMENTS)
    rows = rows[~observations.is_municipality(rows["territory"])]
    return as_values(observations.valid_version(rows, reference))


def served_by_year(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Persons served of country and regions, every period, with the plans in force (rows of kind plan or target)."""
    rows = served(figures, reference)
    rows = rows[~observations.is_municipality(rows["territory"])]
    plans = observations.valid_version(rows[rows["kind"].isin(COMMITMENTS)], reference).pipe(last_target)
    return as_values(pd.concat([rows[rows["kind"] == "actual"].sort_values("period"), plans]))


def served_by_municipality(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Persons served of municipalities as published then, with ``region``.

    Unique persons do not add up, so merged units are not restated; a unit whose territory stayed the same has today's
    code throughout.
    """
    rows = of_measure(figures, reference, measure="persons_served", kind="actual", target_group=GROUPS)
    rows = observations.with_region(rows[observations.is_municipality(rows["territory"])], reference)
    units = reference.municipalities.set_index("code")
    same = units.loc[units["succession"] == "same territory", "successors"].to_dict()
    rows = rows.assign(territory=[_lasting(code, same) for code in rows["territory"]])
    return as_values(rows, region=rows["region"])


def _lasting(code: str, same: dict[str, str]) -> str:
    """The last code of a territory that has only changed its code."""
    return _lasting(same[code], same) if code in same else code


def yearly(figures: pd.DataFrame, reference: Reference, measure: str | tuple[str, ...]) -> pd.DataFrame:
    """Series of a measure by year, service and group, with extra columns ``measure provider region unit year``.

    A series is one territory, institution, service and group with at least three years.
    """
    rows = figures[
        figures["measure"].isin([measure] if isinstance(measure, str) else list(measure))
        & (figures["kind"] == "actual")
        & figures["period"].str.fullmatch(r"\d{4}(-\d{2}-\d{2})?")
    ]
    same = ["measure", "territory", "provider", "programme", "service_type", "target_group"]
    rows = rows[rows.groupby(same)["period"].transform("nunique") >= 3]
    rows = observations.with_region(rows, reference)
    return as_values(
        rows,
        measure=rows["measure"],
        provider=rows["provider"],
        region=rows["region"],
        year=rows["period"].str[:4].astype(int),
        unit=rows["measure"].map(reference.measures.set_index("measure")["unit"]),
    )
