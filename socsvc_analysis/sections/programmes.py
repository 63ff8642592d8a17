"""Programmes and projects: cards, events, who was thanked, and which services the funds may build or pay for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from socsvc_analysis.codes import lookup, named_rows, records, tuples
from socsvc_analysis.columns import Column
from socsvc_analysis.indicators.registry import MONEY
from socsvc_analysis.indicators.values import as_values
from socsvc_analysis.labels import bounded_text
from socsvc_analysis.markup import Html, Table, absent_in, footnotes, piece, together
from socsvc_analysis.observations import IDENTITY, select, valid_version
from socsvc_analysis.reference import COUNTRY_REGION, acknowledged_today, programmes_of, region_code
from socsvc_analysis.sections.naming import WHOLE, amount
from socsvc_analysis.tables import COMMITMENTS, SUBJECTS
from socsvc_analysis.wording import Words, sentence_case

FUND_WORDS = {"ERDF": "fund_erdf", "ESF": "fund_esf", "ERDF ESF": "fund_erdf_esf"}
CARD_SERVICES = ("all", "cross_border_services", "planning", "infrastructure")
"""Figures of other, single services belong to the chapters, not to a card."""
OF_PROJECT = ("project_duration", "partners")
"""What is told of a project itself, beside its money and commitments."""
ACKNOWLEDGED = "acknowledged"
"""What is said of the thanks stands under the list of those thanked."""


def programme_cards(figures: pd.DataFrame, *, region: str, words: Words) -> Html:
    """A line for each featured programme of ``region`` and the country, to unfold: period, lead, groups, money, sites.

    ``figures`` are all published observations, so that a figure on which sources disagree is shown with every value.
    """
    programmes = programmes_of(region, words.reference.programmes)
    # The region's own programmes first, the national measure after them.
    featured = programmes[programmes["featured"]].sort_values(
        "regions", key=lambda cells: cells == COUNTRY_REGION, kind="stable"
    )
    return together(*(_card(row, figures, region, words) for row in records(featured)))


def acknowledged(*, region: str, words: Words) -> Html:
    """The municipalities thanked in 2019 with what each is today."""
    thanked = acknowledged_today(words.reference)
    if region != COUNTRY_REGION:
        thanked = thanked[thanked["region"] == region]
    if thanked.empty:
        return absent_in("acknowledged_none", region, words)
    named = partial(words.title, "municipalities")
    thanked = thanked.assign(
        then=thanked["municipality"].map(named),
        now=thanked["successor"].map(named),
        sources=tuples((source,) for source in thanked["source"]),
    )
    columns = (
        Column("then", words.say("acknowledged_then")),
        Column("now", words.say("acknowledged_now")),
    )
    table = Table(thanked, columns, words, words.say("acknowledged_caption"), sources="sources")
    notes = footnotes((note for cell in thanked["note"] for note in cell.split()), words)
    statements = words.reference.statements
    said = statements[(statements["subject"] == ACKNOWLEDGED) & statements["region"].isin(set(thanked["region"]))]
    thanks = [piece("paragraph", sentence=_stated(row, words)) for row in records(said)]
    return together(table, *thanks, piece("notes", sentences=[*_letters(region, words), *notes]))


def _letters(region: str, words: Words) -> list[str]:
    """On the country's page, of which regions letters were found, where they are not all."""
    regions = [each for each in words.reference.regions["region"] if each != COUNTRY_REGION]
    found = [each for each in regions if each in set(words.reference.acknowledgements["region"])]
    if region != COUNTRY_REGION or len(found) == len(regions):
        return []
    return [words.say("acknowledged_letters", regions=words.listed(words.place(each) for each in found))]


def service_catalogue(*, region: str, words: Words) -> Html:
    """Services that EU funds may build or pay for, with care setting and fund.  The same on every page."""
    services = words.reference.service_types
    services = services[services["fund"] != ""].sort_values("order")
    rows = pd.DataFrame(
        {
            "service": [sentence_case(words.title("service_types", code)) for code in services["service_type"]],
            "setting": [words.say("setting_" + setting) for setting in services["care_setting"]],
            "fund": [words.say(FUND_WORDS[fund]) for fund in services["fund"]],
            "sources": [(source,) if source else () for source in services["fund_source"]],
        }
    )
    columns: tuple[Column, ...] = (
        Column("service", words.say("column_service")),
        Column("setting", words.say("column_setting")),
        Column("fund", words.say("column_fund")),
    )
    if (services[f"fund_for_{words.language}"] != "").any():
        rows = rows.assign(whom=services[f"fund_for_{words.language}"].to_numpy())
        columns = (*columns, Column("whom", words.say("programme_groups")))
    caption = words.say("services_caption")
    table = Table(rows, columns, words, caption, sources="sources")
    # It is the same on every page, so it is folded away until wanted.
    return piece("folded", summary=caption, inner=table)


def _card(programme: dict[str, Any], figures: pd.DataFrame, region: str, words: Words) -> Html:
    language = words.language
    tables = words.reference
    code: str = programme["programme"]
    groups = [words.title("target_groups", each) for each in programme["target_groups"].split()]
    partners = tables.programme_partners[tables.programme_partners["programme"] == code]
    sites = tables.programme_sites[tables.programme_sites["programme"] == code]
    facts = [
        ("programme_period", _span(programme["start"], programme["end"], words)),
        ("programme_lead", programme[f"lead_{language}"]),
        ("programme_groups", words.listed(groups) if groups else ""),
        ("programme_money", _figures(figures, code, region, words)),
        ("programme_sites", _sites(sites, words)),
        ("programme_partners", _partners(partners, words)),
        *_statements(tables.statements[tables.statements["programme"] == code], words),
    ]
    return piece(
        "programme",
        code=code,
        title=programme[f"title_{language}"],
        summary=_sourced(programme[f"summary_{language}"], [programme["source"]], words),
        facts=[(words.say(key), said) for key, said in facts if said],
    )


class _Figure(NamedTuple):
    measure: str
    kind: str
    service_type: str
    target_group: str
    value: float
    unit: str
    version: str
    period: str
    status: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]


def _figures(figures: pd.DataFrame, programme: str, region: str, words: Words) -> Html | None:
    """Money and commitments of a programme, each figure with its badge, notes and sources."""
    code = region_code(region, words.reference.regions)
    rows = select(figures, programme=_claimed(programme, region, words), territory=code, service_type=CARD_SERVICES)
    unit_of = lookup(words.reference.measures, "measure", "unit")
    units = rows["measure"].map(unit_of)
    rows = rows[units.isin(MONEY) | rows["kind"].isin(COMMITMENTS) | rows["measure"].isin(OF_PROJECT)]
    # The version in force, with every source that speaks of it: the loser of a disagreement stays visible.
    current = valid_version(rows, words.reference)[list(IDENTITY)].drop_duplicates()
    rows = rows.reset_index().merge(current, on=list(IDENTITY), how="inner", validate="many_to_one").set_index("index")
    several = rows["service_type"].nunique() > 1
    items: list[Html] = []
    notes: list[str] = []
    # Money first, then people.
    rows = rows.sort_values("measure", key=lambda codes: ~codes.map(unit_of).isin(MONEY), kind="stable")
    for row in named_rows(as_values(rows, measure=rows["measure"], unit=units[rows.index]), _Figure):
        planned = row.kind in (*COMMITMENTS, "budget")
        subject = words.commitment(row.measure, row.kind) if planned else words.title("measures", row.measure)
        if several and row.service_type != "all" and row.unit in MONEY:
            # What the buildings of a plan cost is not what the whole project costs.
            service = words.short("service_types", row.service_type)
            subject = words.say("subject_of_service", subject=subject, service=service)
        if row.target_group not in WHOLE:
            subject = words.say(
                "subject_and_group", subject=subject, group=words.title("target_groups", row.target_group)
            )
        # The measure has named the people; other units are said.
        said = words.number(row.value) if row.unit == "persons" else amount(row.value, row.unit, words)
        said = bounded_text(said, row.notes, words)
        version = words.title("plan_versions", row.version) if row.version else ""
        due = words.period(row.period) if row.kind in ("milestone", "target") and row.period else ""
        details = "; ".join(each for each in (due, version) if each)
        issue = f" – {details}" if details else ""
        notes += row.notes
        told = {"subject": subject, "amount": said, "issue": issue}
        items.append(piece("programme_figure", **told, status=row.status, sources=row.sources, words=words))
    if not items:
        return None
    return together(piece("listing", items=items), piece("notes", sentences=footnotes(notes, words)))


def _claimed(programme: str, region: str, words: Words) -> tuple[str, ...]:
    """The programmes whose figures stand on a card: a region's own project has those of the wider programme."""
    programmes = words.reference.programmes
    here = programmes["regions"].map(lambda cell: region in cell.split())
    parts = programmes[here & (programmes["parent"] != "")]
    own = parts[parts["programme"] == programme]
    if not own.empty:
        return (programme, own["parent"].iloc[0])
    return () if (parts["parent"] == programme).any() else (programme,)


def _sites(sites: pd.DataFrame, words: Words) -> Html | None:
    items = [
        _sourced(f"{row['site']}: {row[f'what_{words.language}']}", [row["source"]], words) for row in records(sites)
    ]
    return piece("listing", items=items) if items else None


def _statements(statements: pd.DataFrame, words: Words) -> list[tuple[str, Html]]:
    """What is said of a programme, by subject: the message that names the subject, and a list."""
    return [
        (f"statement_{subject}", piece("listing", items=[_stated(row, words) for row in records(said)]))
        for subject in SUBJECTS
        if subject != ACKNOWLEDGED and len(said := statements[statements["subject"] == subject])
    ]


def _stated(statement: dict[str, Any], words: Words) -> Html:
    return _sourced(statement[f"text_{words.language}"], [statement["source"]], words)


def _sourced(text: str, sources: Iterable[str], words: Words) -> Html:
    return piece("sourced", text=text, sources=[source for source in sources if source], words=words)


def _partners(partners: pd.DataFrame, words: Words) -> Html | None:
    others = partners[partners["role"] == "partner"]
    if others.empty:
        return None
    names = words.listed(
        name if country == "LV" else words.say("partner_abroad", name=name, country=country)
        for name, country in zip(others[f"partner_{words.language}"], others["country"], strict=True)
    )
    return _sourced(names, others["source"], words)


def _span(start: str, end: str, words: Words) -> str:
    dates = [words.date_short(each) for each in (start, end) if each]
    return "–".join(dates)
