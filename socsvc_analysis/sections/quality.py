"""What each figure rests on, where sources disagree, and what is missing."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis.codes import lookup, named_rows, tuples
from socsvc_analysis.columns import Column
from socsvc_analysis.markup import Html, Table, absent, absent_in, footnotes, piece, together
from socsvc_analysis.observations import within_region
from socsvc_analysis.reference import COUNTRY_REGION, region_code, successors
from socsvc_analysis.sections.borders import moved_municipalities
from socsvc_analysis.sections.naming import Figure, amount, named
from socsvc_analysis.tables import EVIDENCE
from socsvc_analysis.wording import Words

STATUSES = ("normal", "estimated", "provisional", "disputed")
KINDS = (STATUSES[0], "unopened", *STATUSES[1:])
"""Kinds of figures by reliability; those whose source is named but whose address was not opened are a kind."""
OPENED = "full"
"""What the table of sources says of an address at which the figure was read."""
QUESTIONS = (
    ("persons_eligible", "actual"),
    ("persons_assessed", "plan"),
    ("persons_assessed", "actual"),
    ("support_plans", "actual"),
    ("persons_served", "plan"),
    ("persons_served", "actual"),
    ("persons_left_institutions", "actual"),
    ("places", "plan"),
    ("places", "capacity"),
    ("clients", "actual"),
    ("cost_total", "budget"),
    ("spending_compensated", "actual"),
    ("waiting", "actual"),
)
"""What a complete picture of a region would hold: measure and kind."""


def evidence(figures: pd.DataFrame, *, region: str, words: Words) -> Html:
    """How the figures of ``region`` were read from their sources, against how reliable they are.

    ``figures`` are observations with ``region``.
    """
    rows = within_region(figures, region)
    opened = rows["source"].map(lookup(words.reference.sources, "source", "url_status")).eq(OPENED)
    opened |= rows["evidence"].eq("received")  # the file itself is at hand
    # Nobody has looked whether the figure still stands at an address that was not opened.
    kinds = rows["status"].mask(rows["status"].eq("normal") & ~opened, "unopened")
    counts = pd.crosstab(rows["evidence"], kinds).reindex(index=list(EVIDENCE), columns=list(KINDS), fill_value=0)
    table = counts.reset_index().assign(reading=[words.say("evidence_" + each) for each in EVIDENCE])
    columns = (
        Column("reading", words.say("column_evidence")),
        *(Column(kind, words.say("column_" + kind), "figures") for kind in KINDS),
    )
    return together(Table(table, columns, words, words.say("evidence_caption")))


def disagreements(figures: pd.DataFrame, *, region: str, words: Words) -> Html:
    """Every figure of ``region`` on which sources disagree, the chosen value and the others."""
    rows = within_region(figures, region)
    if rows.empty:
        return absent_in("disagreement_none", region, words, "locative")
    table = _described(rows, words)
    table = table.assign(
        choice=[words.say("choice_chosen" if chosen else "choice_rejected") for chosen in rows["chosen"]]
    )
    columns = (
        Column("figure", words.say("column_figure")),
        Column("time", words.say("column_period")),
        Column("said", words.say("column_value")),
        Column("choice", words.say("column_choice")),
    )
    rule = words.say("choice_rule")
    shown = Table(table, columns, words, words.say("disagreement_caption"), sources="sources", notes=(rule,))
    return together(shown, piece("notes", sentences=[rule]))


def doubtful(figures: pd.DataFrame, disagreements: pd.DataFrame, *, region: str, words: Words) -> Html:
    """Figures of ``region`` marked disputed, with the reason; those among the ``disagreements`` are told there."""
    rows = within_region(figures, region)
    rows = rows[rows["status"].eq("disputed") & ~rows["id"].isin(disagreements["id"])]
    if rows.empty:
        return absent_in("doubtful_none", region, words, "locative")
    table = _described(rows, words)
    table = table.assign(why=[" ".join(footnotes(cell.split(), words)) for cell in rows["note"]])
    columns = (
        Column("figure", words.say("column_figure")),
        Column("time", words.say("column_period")),
        Column("said", words.say("column_value")),
        Column("why", words.say("column_why")),
    )
    return together(Table(table, columns, words, words.say("doubtful_caption"), sources="sources"))


def missing(figures: pd.DataFrame, *, region: str, words: Words) -> Html:
    """Which of the main questions have no published figure for ``region``.

    ``figures`` are observations with ``region``.  A figure of one municipality answers only for what adds up over
    territory and does not count people once: places and money, not persons.
    """
    code = region_code(region, words.reference.regions)
    measures = words.reference.measures.set_index("measure")
    counted = measures["additive_territory"] & ~measures["unique_persons"] & measures["unit"].isin(["places", "EUR"])
    local = within_region(figures, region)
    answering = local[(local["territory"] == code) | local["measure"].map(counted)]
    known = set(zip(answering["measure"], answering["kind"], strict=True))
    known |= {(measure, "plan") for measure, kind in known if kind == "target"}
    unanswered = [words.commitment(measure, kind) for measure, kind in QUESTIONS if (measure, kind) not in known]
    if not unanswered:
        return absent_in("missing_nothing", region, words)
    return piece("listing", items=unanswered, css="missing", label=words.say("missing_caption"))


def uncoded(statements: pd.DataFrame, *, words: Words) -> Html:
    """Published statements that are not a number of something, with the reason."""
    table = statements.assign(
        statement=statements[f"statement_{words.language}"],
        why=statements[f"reason_{words.language}"],
        sources=tuples((source,) for source in statements["source"]),
    )
    columns = (
        Column("statement", words.say("column_printed")),
        Column("why", words.say("column_why")),
    )
    return together(Table(table, columns, words, words.say("uncoded_caption"), sources="sources"))


def received(files: pd.DataFrame, *, words: Words) -> Html:
    """What was received from municipalities and planning regions, day by day: rows in and what became of them.

    ``files`` are rows of ``received_files``.
    """
    if files.empty:
        return absent(words.say("received_none"))
    counted = ["rows_in", "accepted", "rejected", "duplicates"]
    days = files.groupby("imported", as_index=False).agg({"file": "count"} | dict.fromkeys(counted, "sum"))
    days["day"] = [words.period(day) for day in days["imported"]]
    columns = (
        Column("day", words.say("received_day")),
        Column("file", words.say("received_files"), "figures"),
        Column("rows_in", words.say("received_rows"), "figures"),
        Column("accepted", words.say("received_accepted"), "figures"),
        Column("rejected", words.say("received_rejected"), "figures"),
        Column("duplicates", words.say("received_duplicates"), "figures"),
    )
    withheld = [words.say("received_withheld")] if (files["access"] == "restricted").any() else []
    table = Table(days, columns, words, words.say("received_caption"))
    return together(table, piece("notes", sentences=withheld))


def split_units(*, region: str, words: Words) -> Html:
    """Former municipalities of ``region`` that were split and where their parts went, and those of another region."""
    municipalities = words.reference.municipalities
    split = within_region(municipalities[municipalities["succession"] == "split"], region)
    moved = piece("notes", sentences=moved_municipalities(region=region, words=words))
    if split.empty:
        case = "locative" if region != COUNTRY_REGION else "nominative"
        return together(absent_in("territory_none", region, words, case), moved)
    table = pd.DataFrame(
        {
            "then": [words.title("municipalities", code) for code in split["code"]],
            "now": [
                words.listed(words.place(part) for part in successors(code, municipalities=municipalities))
                for code in split["code"]
            ],
            "detail": split[f"split_detail_{words.language}"],
        }
    )
    columns = (
        Column("then", words.say("acknowledged_then")),
        Column("now", words.say("column_successors")),
        Column("detail", words.say("column_detail")),
    )
    return together(Table(table, columns, words, words.say("territory_caption")), moved)


def _described(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Observations in words: ``figure`` (what and where), ``time``, ``said`` (value with badge words), ``sources``."""
    units = rows["measure"].map(lookup(words.reference.measures, "measure", "unit"))
    return pd.DataFrame(
        {
            "figure": [named(row, words) for row in named_rows(rows, Figure)],
            "time": [words.period(period) for period in rows["period"]],
            "said": [amount(value, unit, words) for value, unit in zip(rows["value"], units, strict=True)],
            "sources": [(source,) for source in rows["source"]],
        },
        index=rows.index,
    )


def quality_method(*, words: Words) -> Html:
    """What the marks of reliability mean."""
    terms = [(words.say(f"column_{kind}"), words.say(f"reliability_{kind}")) for kind in KINDS]
    return piece("method", summary=words.say("reliability_heading"), inner=piece("definitions", pairs=terms))
