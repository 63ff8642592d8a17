"""Balance of care: how much of it is given in the community, in people, in places, and for children in families."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import lookup, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.levels import ratio_at_each_level, sum_at_each_level
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.residents import residents_for
from socsvc_analysis.indicators.returns import reported
from socsvc_analysis.indicators.spending import spending_balance
from socsvc_analysis.indicators.sums import sum_observations, without_subtotals
from socsvc_analysis.indicators.values import (
    CHILDRENS_INSTITUTION,
    COLUMNS,
    LONG_TERM,
    OUT_OF_FAMILY,
    as_values,
    no_values,
    ratio,
    with_poisson_limits,
)
from socsvc_analysis.periods import by_last_day
from socsvc_analysis.reference import Reference, region_code
from socsvc_analysis.tables import COMMUNITY, INSTITUTIONAL

FAMILY_CARE = ("guardianship", "foster_family")
FAMILY_CARE_TOGETHER = "alternative_family_care"
"""Both kinds of :data:`FAMILY_CARE`, where they are not published apart."""
EVERY_CHILD = "children_in_out_of_family_care"
"""The measure of all children in out-of-family care, in families and in institutions."""
INSTITUTIONS = (CHILDRENS_INSTITUTION, LONG_TERM)
CHILDREN = ("children", OUT_OF_FAMILY)
"""Groups under which figures of children in institutions are published."""
PER_100_000 = 100_000
SAME = ["territory", "target_group", "period"]
"""What two figures of one share agree in."""


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
        "saņemšanas, nevis cilvēku daļa. Gada klientus dažādos pakalpojumos nesummē: daļa ir tikai tur, kur abās pusēs "
        "ir viens pakalpojums. Bērniem rāda ģimenisko aprūpi. Skaitīti visi ziņotie, tāpēc intervāla nav.",
        "en": "One person can receive several community-based services, so it is a share of service use and not of "
        "people. Clients of a year are never added over services: there is a share only where each side is one "
        "service. For children see family-based care. All who were reported are counted, so there is no interval.",
    },
    numerator={"lv": "Sabiedrībā balstītu pakalpojumu klienti.", "en": "Clients of community-based services."},
    denominator={
        "lv": "Sabiedrībā balstītu pakalpojumu un institūciju klienti.",
        "en": "Clients of community-based services and of institutions.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("clients", "clients_in_year"),
    source={"lv": "ASCOF 2E, UNICEF DataCare (aprūpes līdzsvars)", "en": "ASCOF 2E, UNICEF DataCare (balance of care)"},
)
def community_share_of_clients(data: Dataset) -> pd.DataFrame:
    """Clients in the community over clients in the community and in institutions, in per cent.

    Of returns at every level (extra column ``region`` and ``units of_units``), and of published yearly series of one
    place and group that name both settings and may be added up.  90 at home and 10 in institutions: 90 %.
    """
    published = _published_share(data, ("clients", "clients_in_year"))
    returned = _returned_share(data, "clients")
    return _together(published, returned)


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
    source={
        "lv": "ASCOF 2E (pastāvīgs mājoklis), attiecināts uz vietām",
        "en": "ASCOF 2E (settled accommodation), applied to places",
    },
)
def community_share_of_places(data: Dataset) -> pd.DataFrame:
    """Places in the community over all places in the returns, at every level, in per cent.

    Extra columns ``region units of_units``.  30 places in group homes and 70 in an institution: 30 %.
    """
    return _returned_share(data, "places")


@indicator(
    title={"lv": "Bērni ģimeniskā aprūpē", "en": "Children in family-based care"},
    definition={
        "lv": "Ārpusģimenes aprūpē esošie bērni pie aizbildņa vai audžuģimenē, dalīti ar visiem ārpusģimenes aprūpē "
        "esošajiem bērniem, procentos.",
        "en": "Children in out-of-family care who live with a guardian or foster family, divided by all children in "
        "out-of-family care, in per cent.",
    },
    caveat={
        "lv": "Kur aizbildņu skaits nav zināms, ģimenē ir visi, kas nav institūcijā. Kur publicēta tikai procentu "
        "daļa, tā rādīta kā publicēta. Kur skaitīti gada laikā aprūpētie, bērns, kas gadā pārgājis, skaitīts abās "
        "pusēs. Skaitīti visi bērni, tāpēc intervāla nav.",
        "en": "Where the number with guardians is not known, those not in an institution are in a family. Where only "
        "the percentage was published it is shown as published. Where those cared for during a year are counted, a "
        "child who moved counts on both sides. All children are counted, so there is no interval.",
    },
    numerator={"lv": "Bērni pie aizbildņa vai audžuģimenē.", "en": "Children with a guardian or foster family."},
    denominator={"lv": "Visi bērni ārpusģimenes aprūpē.", "en": "All children in out-of-family care."},
    unit="percent",
    polarity="higher is better",
    measures=("clients", "clients_in_year", EVERY_CHILD, "share_of_children"),
    source={
        "lv": "UNICEF un Eurochild, DataCare: formālajā aprūpē esošie bērni, kuri aug ģimeniskā vidē",
        "en": "UNICEF and Eurochild, DataCare: children in formal care in family-based care",
    },
)
def children_in_family_care(data: Dataset, *, targets: bool = False) -> pd.DataFrame:
    """Share of children in out-of-family care who live in a family, by territory and period.

    With ``targets`` also the published targets (rows of kind target).  Extra column ``basis``: ``persons``, or
    ``persons_in_year`` where all who were cared for during the year are counted.

    Of 6,669 children in 2017, 4,459 with guardians and 1,173 in foster families: 84.4 %.  Where only the clients of a
    year are known, 1,254 in families and 418 in institutions are 75 %.
    """
    children = data.figures[
        data.figures["measure"].isin(["clients", EVERY_CHILD])
        & (data.figures["kind"] == "actual")
        & (data.figures["target_group"] == OUT_OF_FAMILY)
        & (data.figures["provider"] == "")
    ]
    whole = children[children["measure"] == EVERY_CHILD]
    children = children[children["measure"] == "clients"]
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
        sources=tuples(
            tuple(sorted({*whole_from.split(), *part_from.split()}))
            for whole_from, part_from in zip(joined["source"], joined["source_families"], strict=True)
        ),
    )
    printed = as_values(
        observations.select(
            data.figures,
            measure="share_of_children",
            service_type=FAMILY_CARE_TOGETHER,
            target_group=OUT_OF_FAMILY,
            kind=("actual", "target") if targets else "actual",
        )
    ).assign(numerator=float("nan"))
    year = counted["territory"] + counted["period"].str[:4]
    own = (printed["territory"] + printed["period"].str[:4]).isin(year) & (printed["kind"] == "actual")
    parts = (
        counted.assign(basis="persons"),
        printed[~own].assign(basis="persons"),
        _families_in_year(data.figures).assign(basis="persons_in_year"),
    )
    shares = pd.concat([part for part in parts if len(part)] or list(parts[:1]))
    return by_last_day(shares, within=["territory", "kind"]).reset_index(drop=True)


@indicator(
    title={
        "lv": "Institūcijās uzņemtie uz 100 000 iedzīvotājiem",
        "en": "New admissions to institutions per 100,000 residents",
    },
    definition={
        "lv": "Gada laikā ilgstošas aprūpes institūcijās uzņemtās personas, dalītas ar pastāvīgajiem iedzīvotājiem "
        "(attiecīgajā vecumā, ja zināms), reizinātas ar 100 000.",
        "en": "People who entered long-term care institutions during the year divided by usual residents (of the age "
        "where known), times 100,000.",
    },
    caveat={
        "lv": "Pāreja no vienas institūcijas uz citu nav uzņemšana. Ja gadā uzņemti tikai daži cilvēki, skaitlis "
        "stipri svārstās nejaušības dēļ.",
        "en": "A move between institutions is not an admission. Where only a few people entered in the year, the "
        "figure varies by chance.",
    },
    numerator={"lv": "Gada laikā institūcijās uzņemtie.", "en": "People who entered institutions in the year."},
    denominator={
        "lv": "Pastāvīgie iedzīvotāji 1. janvārī, kas ir vistuvāk gada beigām.",
        "en": "Usual residents on the 1 January that is nearest to the end of the year.",
    },
    unit="per_100000",
    polarity="lower is better",
    measures=("entered_institutions", "population"),
    source={
        "lv": "ASCOF 2B un 2C (ilgstoša atbalsta vajadzība, kas apmierināta, uzņemot institūcijā); Puasona intervāls",
        "en": "ASCOF 2B and 2C (long-term support needs met by admission); interval: Poisson count",
    },
)
def admissions_to_institutions(data: Dataset) -> pd.DataFrame:
    """New admissions per 100,000 residents in the returns of each year, at every level, with the interval of the count.

    Extra columns ``region units of_units``.  5 people of 20,000 residents: 25 per 100,000.
    """
    entered = reported(data, "entered_institutions")
    residents = residents_for(entered, data)
    rates = ratio_at_each_level(entered, residents, ["target_group", "period"], data.reference, per=PER_100_000)
    return with_poisson_limits(rates, per=PER_100_000)


def balance_of_care(data: Dataset) -> pd.DataFrame:
    """The community's share in clients, places and money beside each other, with ``basis`` and ``region``.

    ``basis`` is persons (clients), places or money.  Children in out-of-family care are left to
    :func:`children_in_family_care`.
    """
    clients = community_share_of_clients(data)
    parts = {
        "persons": clients[clients["target_group"] != OUT_OF_FAMILY],
        "places": community_share_of_places(data),
        "money": spending_balance(data),
    }
    rows = [values[[*COLUMNS]].assign(basis=basis) for basis, values in parts.items() if len(values)]
    together = pd.concat(rows or [no_values().assign(basis=pd.Series(dtype=str))], ignore_index=True)
    return observations.with_region(together, data.reference)


def shares_of_region(balance: pd.DataFrame, region: str, reference: Reference) -> pd.DataFrame:
    """The shares of :func:`balance_of_care` that a page about ``region`` shows: the region's own.

    On a basis on which the region itself has none they are those of its municipalities.
    """
    here = balance[balance["region"] == region]
    own = here["territory"] == region_code(region, reference.regions)
    has_own = own.groupby(here["basis"]).transform("any")
    return here[own | ~has_own].reset_index(drop=True)


def families_with_target(families: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`children_in_family_care` the actual shares, with ``target`` of the same year.

    Two targets of one place for one year raise pandas' merge error.

    >>> families = pd.DataFrame({"territory": "LV", "kind": ["actual", "actual", "target"],
    ...                          "period": ["2021-12-31", "2022-12-31", "2022"], "value": [88.0, 89.0, 91.0]})
    >>> families_with_target(families)[["value", "target"]].values.tolist()
    [[88.0, nan], [89.0, 91.0]]
    """
    targets = families[families["kind"] == "target"]
    actual, due = (rows.assign(_year=rows["period"].str[:4]) for rows in (families, targets))
    actual = actual[actual["kind"] == "actual"]
    due = due[["territory", "_year", "value"]].rename(columns={"value": "target"})
    together = actual.merge(due, on=["territory", "_year"], how="left", validate="many_to_one")
    return together.drop(columns="_year")


def _families_in_year(figures: pd.DataFrame) -> pd.DataFrame:
    """Shares of the children cared for during a year, where those in families and in institutions were published."""
    rows = observations.select(figures, measure="clients_in_year", kind="actual", programme="")
    families = observations.select(rows, service_type=FAMILY_CARE_TOGETHER, target_group=OUT_OF_FAMILY)
    inside = observations.select(rows, service_type=INSTITUTIONS, target_group=CHILDREN)
    when = ["territory", "period"]
    pairs = families[when].merge(inside[when], on=when, validate="one_to_one")
    families, inside = (each.merge(pairs, on=when, validate="one_to_one") for each in (families, inside))
    whole = sum_observations(pd.concat([families, inside], ignore_index=True), when)
    return ratio(as_values(families), whole, on=when)


def _families(children: pd.DataFrame) -> pd.DataFrame:
    """Children with guardians and in foster families, where both are known."""
    rows = children[children["service_type"].isin(FAMILY_CARE) & children["value"].notna()]
    groups = rows.groupby(SAME, as_index=False, sort=False)
    both = groups.agg(value=("value", "sum"), source=("source", " ".join), kinds=("service_type", "nunique"))
    return both.loc[both["kinds"] == len(FAMILY_CARE), [*SAME, "value", "source"]]


def _returned_share(data: Dataset, measure: str) -> pd.DataFrame:
    """The community's share of ``measure`` in the returns, of municipalities that name services of both settings."""
    rows = _with_setting(reported(data, measure), ["territory", "period"], data.reference)
    parts = (rows[rows["setting"] == COMMUNITY], rows)
    above, below = (sum_at_each_level(each, ["period"], data.reference) for each in parts)
    return ratio(above, below, on=["territory", "period"])


def _published_share(data: Dataset, measures: tuple[str, ...]) -> pd.DataFrame:
    """The community's share in published series: of one place, group, measure and period that name both settings.

    Use of services on a day is added up: a person who uses two counts twice, which the indicator says.  Of children the
    day-care centre is no alternative to an institution: they have :func:`children_in_family_care`.
    """
    rows = observations.select(data.figures, measure=measures, kind="actual", programme="")
    rows = rows[(rows["evidence"] != "received") & (rows["period"] != "")]
    by = ["measure", *SAME]
    rows = _with_setting(rows[~rows["target_group"].isin(CHILDREN)], by, data.reference)
    additive = rows["measure"].map(data.reference.measures.set_index("measure")["additive_service"]).astype(bool)
    alone = rows.groupby([*by, "setting"])["service_type"].transform("nunique") == 1
    # People of a year in two services are not twice as many people.
    rows = rows[(additive | alone).groupby([rows[name] for name in by]).transform("all")]
    if rows.empty:
        return no_values([*COLUMNS, "region", "units", "of_units"])
    inside = sum_observations(rows[rows["setting"] == COMMUNITY], by).assign(service_type="all")
    whole = sum_observations(rows, by).assign(service_type="all")
    shares = ratio(inside[[*COLUMNS, "measure"]], whole, on=by)
    return observations.with_region(shares, data.reference).assign(units=1.0, of_units=1.0)


def _with_setting(rows: pd.DataFrame, same: list[str], reference: Reference) -> pd.DataFrame:
    """Known numbers of single services with their ``setting``, of what agrees in ``same`` and names both settings."""
    settings = lookup(reference.service_types, "service_type", "care_setting")
    rows = rows.assign(setting=rows["service_type"].map(settings).astype(str))
    rows = rows[rows["setting"].isin([COMMUNITY, INSTITUTIONAL]) & rows["value"].notna()]
    rows = without_subtotals(rows, ["measure", "territory", "provider", "period"], reference)
    return rows[rows.groupby(same)["setting"].transform("nunique") == 2]


def _together(published: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    columns = [*COLUMNS, "region", "units", "of_units"]
    return pd.concat([part[columns] for part in (published, returned) if len(part)] or [published], ignore_index=True)
