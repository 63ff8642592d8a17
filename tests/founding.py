"""Which row of the data carries each fact of the five documents on which the project was founded."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from socsvc_analysis.datapackage import Package

FOUNDING = pd.read_csv(Path(__file__).parent / "founding_facts.csv", dtype=str)
NAMED_BY = {
    "acknowledgements": ["municipality"],
    "programme_events": ["region", "date"],
    "programme_partners": ["programme", "partner_en"],
    "programme_sites": ["programme", "site"],
    "programmes": ["programme"],
    "published_figures": ["id"],
    "service_types": ["service_type"],
    "statements": ["statement"],
}
"""The columns that name a row in ``founding_facts.csv``."""


def facts_with_rows(package: Package, table: str) -> pd.DataFrame:
    """The facts that ``table`` carries, each with its row; ``cites`` is the source that the row gives for it."""
    rows = package.table(table)
    source = "fund_source" if table == "service_types" else "source"
    rows = rows.assign(row=rows[NAMED_BY[table]].agg(" ".join, axis=1), cites=rows[source])
    return FOUNDING[FOUNDING["table"] == table].merge(rows, on="row", how="left", validate="many_to_one")
