"""The tables of the data package: one contract each."""

from __future__ import annotations

from socsvc_analysis.schema import Table
from socsvc_analysis.tables.editions import EDITIONS, PUBLISHED
from socsvc_analysis.tables.facts import FACTS, SUBJECTS
from socsvc_analysis.tables.fields import (
    COMMITMENTS,
    COMMUNITY,
    COUNTED,
    EVIDENCE,
    HIDDEN,
    IN_OPERATION,
    INSTITUTIONAL,
    KINDS,
    PERIOD,
    STATUSES,
)
from socsvc_analysis.tables.figures import OBSERVATIONS, RELEASED, UNCODED
from socsvc_analysis.tables.returns import RETURNS

__all__ = [
    "BY_NAME",
    "COMMITMENTS",
    "COMMUNITY",
    "COUNTED",
    "EVIDENCE",
    "HIDDEN",
    "INSTITUTIONAL",
    "INTAKE",
    "IN_OPERATION",
    "KINDS",
    "LANGUAGES",
    "OBSERVATIONS",
    "OBSERVATION_FOLDER",
    "PERIOD",
    "PUBLISHED",
    "RAW_FOLDER",
    "RECORDS",
    "REFERENCE",
    "RELEASED",
    "STATUSES",
    "SUBJECTS",
    "UNCODED",
    "contract_for",
]

LANGUAGES = ("lv", "en")
"""The languages of titles, sentences and pages, the first one first."""
REFERENCE = (*FACTS, *RETURNS, *EDITIONS)
OBSERVATION_FOLDER = "observations/"
RECORDS = ("revisions",)
"""Tables that no page shows: they may be restricted."""
INTAKE = ("column_names", "value_names", "corrections")
"""Tables that only the reading of received files needs: no page depends on them."""
RAW_FOLDER = "raw/"
"""Files as received: recorded and verified, never read as tables."""
BY_NAME = {each.name: each for each in (*REFERENCE, UNCODED, PUBLISHED, RELEASED)}


def contract_for(resource: str) -> Table:
    """The contract of a resource: its own table, or the observations for anything else in ``observations/``.

    >>> contract_for("measures").key
    ('measure',)
    >>> contract_for("population").name
    'observations'
    """
    return BY_NAME.get(resource, OBSERVATIONS)
