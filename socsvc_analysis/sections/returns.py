"""What the municipalities of a region report, as tables."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import tuples
from socsvc_analysis.columns import Column
from socsvc_analysis.indicators.levels import latest_reported
from socsvc_analysis.indicators.values import each_once
from socsvc_analysis.markup import Html, Table, absent_in, piece, together
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.tables import HIDDEN
from socsvc_analysis.wording import Words, sentence_case


def reported_places(reported: pd.DataFrame, *, region: str, words: Words) -> Html:
    """Places by municipality in their latest returns.

    ``reported`` are the values of :func:`~socsvc_analysis.indicators.returns.reported_places`.
    """
    rows = _of(reported, region)
    if rows.empty:
        return absent_in("reported_places_none", region, words, "locative")
    columns = (*_where(words), Column("places", words.say("reported_places"), "figures"))
    table = _placed(rows, words).assign(places=rows["value"].to_numpy())
    return together(Table(table, columns, words, words.say("reported_places_caption"), sources="sources"))


def reported_clients(
    reported_people: pd.DataFrame, occupancy: pd.DataFrame, client_rates: pd.DataFrame, *, region: str, words: Words
) -> Html:
    """Clients by municipality in their latest returns, how full the places are, and clients per 1,000 residents.

    Groups that are residents of an age follow in a table of their own where residents of that age are known.
    """
    rows = _of(reported_people, region)
    if rows.empty:
        return absent_in("reported_clients_none", region, words, "locative")
    same = ["territory", "period"]
    full = occupancy[[*same, "value", "status", "left_out"]]
    full = full.rename(columns={"value": "full", "status": "full_status"})
    rate = client_rates.loc[client_rates["target_group"] == "all", [*same, "value", "residents_on", "sources"]]
    joined = rows.merge(full, on=same, how="left", validate="one_to_one")
    joined = joined.merge(rate, on=same, how="left", validate="one_to_one", suffixes=("", "_rate"))
    columns = (
        *_where(words),
        Column("clients", words.say("reported_clients"), "figures", status="status"),
        Column("full", words.say("reported_occupancy"), "percent", status="full_status"),
        *_rate(words),
    )
    table = _placed(joined, words).assign(
        full_status=joined["full_status"].fillna(joined["status"]).to_numpy(),
        clients=joined["value"].to_numpy(),
        full=joined["full"].to_numpy(),
        rate=joined["value_rate"].to_numpy(),
        counted=[_date(on, words) for on in joined["residents_on"]],
        sources=tuples(
            each_once((of_clients, of_rate if isinstance(of_rate, tuple) else ()))
            for of_clients, of_rate in zip(joined["sources"], joined["sources_rate"], strict=True)
        ),
    )
    note, caption = words.say("reported_clients_note"), words.say("reported_clients_caption")
    shown = Table(table, columns, words, caption, sources="sources", notes=(note,))
    partly = [words.say("returns_occupancy_note")] if joined["left_out"].eq(True).any() else []
    sentences = [note, *partly, *_hidden_note(table, words)]
    return together(shown, piece("notes", sentences=sentences), *_by_age(_of(client_rates, region), words))


def returns_in_brief(reported_people: pd.DataFrame, *, region: str, words: Words) -> Html | None:
    """Clients of the latest returns: of a region by municipality, of the country by region; None without returns."""
    rows = _of(reported_people, region)
    if region == COUNTRY_REGION:
        rows = rows[rows["of_units"] > 1].reset_index(drop=True)
    if rows.empty:
        return None
    columns = (*_where(words), Column("clients", words.say("reported_clients"), "figures", status="status"))
    table = _placed(rows, words).assign(clients=rows["value"].to_numpy())
    note = words.say("returns_in_brief_note")
    shown = Table(table, columns, words, words.say("returns_in_brief_caption"), sources="sources", notes=(note,))
    return together(shown, piece("notes", sentences=[note, *_hidden_note(table, words)]))


def _hidden_note(table: pd.DataFrame, words: Words) -> list[str]:
    """What it means that a number is not shown; nothing where all are."""
    hidden = (table["status"] == HIDDEN).any()
    return [words.say("returns_hidden_note", hidden=words.not_shown)] if hidden else []


def _by_age(rates: pd.DataFrame, words: Words) -> list[Table]:
    """The groups that are residents of an age; no table where no residents by age are known."""
    rows = rates[rates["target_group"] != "all"]
    if rows["value"].isna().all():
        return []
    columns = (
        *_where(words),
        Column("group", words.say("chart_column_group")),
        Column("clients", words.say("reported_clients"), "figures", status="status"),
        Column("residents", words.say("reported_residents_of_age"), "figures"),
        *_rate(words),
    )
    table = _placed(rows, words).assign(
        group=[sentence_case(words.title("target_groups", group)) for group in rows["target_group"]],
        clients=rows["numerator"].to_numpy(),
        residents=rows["denominator"].to_numpy(),
        rate=rows["value"].to_numpy(),
        counted=[_date(on, words) for on in rows["residents_on"]],
    )
    return [Table(table, columns, words, words.say("reported_by_age_caption"), sources="sources")]


def _rate(words: Words) -> tuple[Column, Column]:
    return (
        Column("rate", words.say("reported_rate"), "figures", 1, status="status"),
        Column("counted", words.say("reported_residents_on")),
    )


def _date(on: object, words: Words) -> str:
    return words.date_short(on) if isinstance(on, str) and on else words.unknown


def _of(values: pd.DataFrame, region: str) -> pd.DataFrame:
    """The latest of each municipality of ``region``, then of the region itself; for the country of all of them."""
    rows = latest_reported(observations.within_region(values, region))
    return rows.sort_values("of_units", kind="stable", ignore_index=True)


def _where(words: Words) -> tuple[Column, Column]:
    return Column("place", words.say("reported_municipality")), Column("time", words.say("column_period"))


def _placed(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": [
                words.place(code)
                if of_units == 1
                else words.say("reported_whole", place=words.place(code), units=int(units), of_units=int(of_units))
                for code, units, of_units in zip(rows["territory"], rows["units"], rows["of_units"], strict=True)
            ],
            "time": [words.period(period) for period in rows["period"]],
            "sources": rows["sources"].to_list(),
            "status": rows["status"].to_list(),
        }
    )
