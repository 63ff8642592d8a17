"""Balance of care: how much of it is given in the community, in people, in places, and for children in families."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.levels import quotient, totals
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.residents import residents_for
from socsvc_analysis.indicators.returns import reported
from socsvc_analysis.indicators.values import (
    COLUMNS,
    OUT_OF_FAMILY,
    as_values,
    no_values,
    ratio,
    with_poisson_limits,
    with_wilson_limits,
)
from socsvc_analysis.reference import Reference

COMMUNITY, INSTITUTIONAL = "community", "institutional"
FAMILY_CARE = ("guardianship", "foster_family")
FAMILY_CARE_TOGETHER = "alternative_family_care"
CHILDRENS_INSTITUTION = "childrens_institution"
PER_100_000 = 100_000
SAME = ["territory", "target_group", "period"]


@indicator(
    title={"lv": "Sabiedrībā balstītas aprūpes daļa: klienti", "en": "Community share of care: clients"},
    definition={
        "lv": "Sabiedrībā balstītu pakalpojumu klienti, dalīti ar visiem sabiedrībā balstītu pakalpojumu un "
        "institūciju klientiem, procentos.",
        "en": "Clients of community-based services divided by all clients of community-based services and "
        "institutions, in per cent.",
    },
    caveat={
        "lv": "Viens cilvēks var saņemt vairākus sabiedrībā balstītus pakalpojumus, tāpēc tā ir pakalpojumu "
        "saņemšanas, nevis cilvēku daļa. Skaitīti tikai pakalpojumi, par kuriem ziņots.",
        "en": "One person can receive several community-based services, so it is a share of service use and not of "
        "people. Only services that were reported count.",
    },
    numerator={"lv": "Sabiedrībā balstītu pakalpojumu klienti.", "en": "Clients of community-based services."},
    denominator={
        "lv": "Sabiedrībā balstītu pakalpojumu un institūciju klienti.",
        "en": "Clients of community-based services and of institutions.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("clients", "clients_in_year"),
    source="ASCOF 2E, UNICEF DataCare (balance of care); interval: Wilson 1927",
)
def community_share_of_clients(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Clients in the community over clients in the community and in institutions, in per cent, with Wilson's interval.

    Of returns at every level (extra column ``region`` and ``units of_units``), and of published yearly series of one
    place and group that name both settings.  90 at home and 10 in institutions: 90 %.
    """
    published = _published_share(figures, reference, ("clients", "clients_in_year"))
    returned = _returned_share(figures, reference, "clients")
    return with_wilson_limits(_together(published, returned))


@indicator(
    title={"lv": "Sabiedrībā balstītas aprūpes daļa: vietas", "en": "Community share of care: places"},
    definition={
        "lv": "Vietas sabiedrībā balstītos pakalpojumos, dalītas ar visām vietām tajos un institūcijās, procentos.",
        "en": "Places in community-based services divided by all places in them and in institutions, in per cent.",
    },
    caveat={
        "lv": "Aprēķināts tikai no pašvaldību atskaitēm, jo publicētie saraksti nav pilnīgi.",
        "en": "Calculated from returns of municipalities only, as published lists are not complete.",
    },
    numerator={"lv": "Vietas sabiedrībā balstītos pakalpojumos.", "en": "Places in community-based services."},
    denominator={
        "lv": "Vietas sabiedrībā balstītos pakalpojumos un institūcijās.",
        "en": "Places in community-based services and in institutions.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("places",),
    source="ASCOF 2E (settled accommodation), applied to places",
)
def community_share_of_places(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Places in the community over all places in the returns, at every level, in per cent.

    Extra columns ``region units of_units``.  30 places in group homes and 70 in an institution: 30 %.
    """
    return _returned_share(figures, reference, "places")


@indicator(
    title={"lv": "Bērni ģimeniskā aprūpē", "en": "Children in family-based care"},
    definition={
        "lv": "Ārpusģimenes aprūpē esošie bērni pie aizbildņa vai audžuģimenē, dalīti ar visiem ārpusģimenes aprūpē "
        "esošajiem bērniem, procentos.",
        "en": "Children in out-of-family care who live with a guardian or foster family, divided by all children in "
        "out-of-family care, in per cent.",
    },
    caveat={
        "lv": "Kur aizbildņu skaits nav publicēts, ģimenē ir visi, kas nav institūcijā. Kur publicēta tikai procentu "
        "daļa, tā rādīta kā publicēta.",
        "en": "Where the number with guardians was not published, those not in an institution are in a family. Where "
        "only the percentage was published it is shown as published.",
    },
    numerator={"lv": "Bērni pie aizbildņa vai audžuģimenē.", "en": "Children with a guardian or foster family."},
    denominator={"lv": "Visi bērni ārpusģimenes aprūpē.", "en": "All children in out-of-family care."},
    unit="percent",
    polarity="higher is better",
    measures=("clients", "share_of_children"),
    source="UNICEF and Eurochild, DataCare: children in formal care in family-based care; interval: Wilson 1927",
)
def children_in_family_care(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Share of children in out-of-family care who live in a family, by territory and period, with Wilson's interval.

    Rows of kind actual, and of kind target as published.  Of 6,669 children in 2017, 4,459 with guardians and 1,173 in
    foster families: 84.4 %.
    """
    children = figures[
        (figures["measure"] == "clients")
        & (figures["kind"] == "actual")
        & (figures["target_group"] == OUT_OF_FAMILY)
        & (figures["provider"] == "")
    ]
    whole = children[children["service_type"] == "all"]
    inside = children[children["service_type"] == CHILDRENS_INSTITUTION]
    families = _families(children)
    # Counted in families, or else everybody who is not in an institution.
    rest = whole.merge(inside[[*SAME, "value"]], on=SAME, validate="one_to_one", suffixes=("", "_inside"))
    rest = rest.assign(value=rest["value"] - rest["value_inside"])[[*SAME, "value", "source"]]
    above = pd.concat([families, rest]).drop_duplicates(SAME)
    joined = whole.merge(above, on=SAME, validate="one_to_one", suffixes=("", "_families"))
    counted = as_values(joined).assign(
        service_type=FAMILY_CARE_TOGETHER,
        numerator=joined["value_families"].to_numpy(),
        denominator=joined["value"].to_numpy(),
        value=(joined["value_families"] / joined["value"].where(joined["value"] > 0) * 100).to_numpy(),
        sources=[
            tuple(sorted({*whole_from.split(), *part_from.split()}))
            for whole_from, part_from in zip(joined["source"], joined["source_families"], strict=True)
        ],
    )
    printed = as_values(
        observations.select(
            figures,
            measure="share_of_children",
            service_type=FAMILY_CARE_TOGETHER,
            target_group=OUT_OF_FAMILY,
            kind=("actual", "target"),
        )
    ).assign(numerator=float("nan"))
    year = counted["territory"] + counted["period"].str[:4]
    own = (printed["territory"] + printed["period"].str[:4]).isin(year) & (printed["kind"] == "actual")
    shares = pd.concat([part for part in (counted, printed[~own]) if len(part)] or [counted], ignore_index=True)
    return with_wilson_limits(shares).sort_values(["territory", "kind", "period"], ignore_index=True)


@indicator(
    title={"lv": "Institūcijās uzņemtie uz 100 000 iedzīvotāju", "en": "New admissions to institutions per 100,000"},
    definition={
        "lv": "Gada laikā ilgstošas aprūpes institūcijās uzņemtās personas, dalītas ar pastāvīgajiem iedzīvotājiem "
        "(attiecīgajā vecumā, ja zināms), reizinātas ar 100 000.",
        "en": "People who entered long-term care institutions during the year divided by usual residents (of the age "
        "where known), times 100,000.",
    },
    caveat={
        "lv": "Pāreja no vienas institūcijas uz citu nav uzņemšana. Dažos cilvēkos mērīts gads ir nejauši svārstīgs.",
        "en": "A move between institutions is no admission. A year that counts a few people varies by chance.",
    },
    numerator={"lv": "Gada laikā institūcijās uzņemtie.", "en": "People who entered institutions in the year."},
    denominator={
        "lv": "Pastāvīgie iedzīvotāji pēdējā zināmajā 1. janvārī.",
        "en": "Usual residents on the last known 1 January.",
    },
    unit="per_100000",
    polarity="lower is better",
    measures=("entered_institutions", "population"),
    source="ASCOF 2B and 2C (long-term support needs met by admission); interval: count of Poisson",
)
def admissions_to_institutions(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """New admissions per 100,000 residents in the returns of each year, at every level, with the interval of the count.

    Extra columns ``region units of_units``.  5 people of 20,000 residents: 25 per 100,000.
    """
    entered = reported(figures, reference, "entered_institutions")
    residents = residents_for(entered, figures, reference)
    rates = quotient(entered, residents, ["target_group", "period"], reference, per=PER_100_000)
    return with_poisson_limits(rates, per=PER_100_000)


def _families(children: pd.DataFrame) -> pd.DataFrame:
    """Children with guardians and in foster families, where both are known."""
    rows = children[children["service_type"].isin(FAMILY_CARE) & children["value"].notna()]
    groups = rows.groupby(SAME, as_index=False, sort=False)
    both = groups.agg(value=("value", "sum"), source=("source", " ".join), kinds=("service_type", "nunique"))
    return both.loc[both["kinds"] == len(FAMILY_CARE), [*SAME, "value", "source"]]


def _returned_share(figures: pd.DataFrame, reference: Reference, measure: str) -> pd.DataFrame:
    """The community's share of ``measure`` in the returns, of municipalities that name services of both settings."""
    rows = _with_setting(reported(figures, reference, measure), reference)
    rows = rows[rows["value"].notna()]
    inside = rows[rows["setting"] == COMMUNITY]
    # A municipality that reports one setting only says nothing about the balance.
    names_both = rows.groupby(["territory", "period"])["setting"].transform("nunique") == 2
    parts = (inside[names_both.reindex(inside.index)], rows[names_both])
    above, below = (totals(each, ["period"], reference) for each in parts)
    return ratio(above, below, on=["territory", "period"])


def _published_share(figures: pd.DataFrame, reference: Reference, measures: tuple[str, ...]) -> pd.DataFrame:
    """The community's share in published series: of one place, group, measure and period that name both settings."""
    rows = figures[
        figures["measure"].isin(measures)
        & (figures["kind"] == "actual")
        & (figures["evidence"] != "received")
        & (figures["provider"] == "")
        & (figures["programme"] == "")
        & (figures["period"] != "")
        & figures["value"].notna()
    ]
    rows = _with_setting(rows, reference)
    by = ["measure", *SAME]
    both = rows.groupby(by)["setting"].transform("nunique") == 2
    rows = rows[both]
    if rows.empty:
        return no_values([*COLUMNS, "region", "units", "of_units"])
    whole = _added(rows, by)
    inside = _added(rows[rows["setting"] == COMMUNITY], by)
    shares = ratio(inside, whole, on=by)
    return observations.with_region(shares, reference).assign(units=1.0, of_units=1.0).drop(columns="measure")


def _added(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Use of services added up: a person who uses two counts twice, which the indicator says."""
    groups = rows.groupby(by, sort=False)
    return (
        groups.agg(
            value=("value", "sum"),
            status=("status", observations.worst_status),
            sources=("source", lambda cells: tuple(sorted(set(cells)))),
        )
        .reset_index()
        .assign(
            service_type="all",
            kind="actual",
            version="",
            numerator=lambda values: values["value"],
            denominator=float("nan"),
            lower=float("nan"),
            upper=float("nan"),
            notes=lambda values: [()] * len(values),
        )[[*COLUMNS, "measure"]]
    )


def _with_setting(rows: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The observations of single services in a setting, no service beside the one it is part of."""
    services = reference.service_types.set_index("service_type")
    rows = rows.assign(
        setting=rows["service_type"].map(services["care_setting"]), part_of=rows["service_type"].map(services["parent"])
    )
    rows = rows[rows["setting"].isin([COMMUNITY, INSTITUTIONAL])]
    place = ["measure", "territory", "target_group", "period"]
    whole = rows[[*place, "service_type"]].drop_duplicates()
    found = rows.merge(
        whole.rename(columns={"service_type": "part_of"}).assign(whole_known=True),
        on=[*place, "part_of"],
        how="left",
        validate="many_to_one",
    )
    found.index = rows.index
    return rows[found["whole_known"].isna()]


def _together(published: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    columns = [*COLUMNS, "region", "units", "of_units"]
    return pd.concat([part[columns] for part in (published, returned) if len(part)] or [published], ignore_index=True)
