"""What the municipalities of a region report, as tables."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.indicators.levels import latest
from socsvc_analysis.markup import Column, Html, absence, data_table, escaped
from socsvc_analysis.wording import Words


def reported_places(reported: pd.DataFrame, *, region: str, words: Words) -> Html:
    """Places by municipality in their latest returns.

    ``reported`` are the values of :func:`~socsvc_analysis.indicators.returns.reported_places`.
    """
    rows = _of(reported, region)
    if rows.empty:
        return absence("reported_places_none", region, words, "locative")
    columns = (*_where(words), Column("places", words.say("reported_places"), "figures"))
    table = _placed(rows, words).assign(places=rows["value"].to_numpy())
    return Html(data_table(table, columns, words, words.say("reported_places_caption"), sources="sources"))


def reported_clients(
    reported_people: pd.DataFrame, occupancy: pd.DataFrame, client_rates: pd.DataFrame, *, region: str, words: Words
) -> Html:
    """Clients by municipality in their latest returns, how full the places are, and clients per 1,000 residents."""
    rows = _of(reported_people, region)
    if rows.empty:
        return absence("reported_clients_none", region, words, "locative")
    same = ["territory", "period"]
    full = occupancy[[*same, "value"]].rename(columns={"value": "full"})
    rate = client_rates.loc[client_rates["target_group"] == "all", [*same, "value"]].rename(columns={"value": "rate"})
    joined = rows.merge(full, on=same, how="left", validate="one_to_one")
    joined = joined.merge(rate, on=same, how="left", validate="one_to_one")
    columns = (
        *_where(words),
        Column("clients", words.say("reported_clients"), "figures"),
        Column("full", words.say("reported_occupancy"), "percent"),
        Column("rate", words.say("reported_rate"), "figures", 1),
    )
    table = _placed(joined, words).assign(
        clients=joined["value"].to_numpy(), full=joined["full"].to_numpy(), rate=joined["rate"].to_numpy()
    )
    note = f'<p class="chart-note">{escaped(words.say("reported_clients_note"))}</p>'
    return Html(data_table(table, columns, words, words.say("reported_clients_caption"), sources="sources") + note)


def _of(values: pd.DataFrame, region: str) -> pd.DataFrame:
    """The latest of each municipality of ``region``, then of the region itself; for the country of all of them."""
    rows = latest(observations.within(values, region))
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
        }
    )
