"""Headings that count something close to a measure but not the same, such as beds beside places."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from socsvc_analysis.sentences import Sentence as sentence


@dataclass(frozen=True)
class Neighbour:
    """What a heading counts, and the heading of the measure that comes nearest."""

    what: str
    measure: str


PLACES, CLIENTS, POSTS = "Vietas", "Klienti", "Amata vietas"
KNOWN: tuple[tuple[str, str, Callable[[], str]], ...] = (
    (
        r"(?:gult|person|klient|cilvēk)\w*\s?-?dien\w*|(?:bed|person|client).?days?",
        CLIENTS,
        lambda: sentence("counts_days"),
    ),
    (
        r"(?:person|klient|cilvēk)\w*\s?-?mēne[sš]\w*|(?:person|client).?months?",
        CLIENTS,
        lambda: sentence("counts_months"),
    ),
    (r"\w*stund(?:as|u|ās)\b|hours?\b", CLIENTS, lambda: sentence("counts_hours")),
    (
        r"gult(?:u|as|ņu|iņas|iņu)\b|gult(?:as|u)?\s?viet(?:as|u)\b|hospital beds",
        PLACES,
        lambda: sentence("counts_beds"),
    ),
    (
        r"(?<!audžu)ģime(?:nes|nēm|ņu)\b|mājsaimniecīb(?:as|u)\b|households?\b",
        CLIENTS,
        lambda: sentence("counts_families"),
    ),
    (
        r"apmeklējum(?:i|u)\b|vizīt(?:es|šu)\b|reiz(?:es)\b|reižu\b|visits?\b",
        CLIENTS,
        lambda: sentence("counts_visits"),
    ),
    (r"(?:iesniegum|pieteikum|lēmum|līgum)(?:i|u)\b|contracts?\b", CLIENTS, lambda: sentence("counts_papers")),
    (r"darbiniek(?:i|u)\b|speciālist(?:i|u)\b|employees\b", POSTS, lambda: sentence("counts_staff")),
)
"""What is counted, by words of a heading; of several the first stands."""
PATTERNS = tuple((re.compile(rf"\b(?:{words})", re.IGNORECASE), measure, what) for words, measure, what in KNOWN)


def neighbour(heading: str) -> Neighbour | None:
    """What a heading that is not known counts beside the measures that are; None for any other.

    >>> [bool(neighbour(each)) for each in ("Gultasdienas", "Gultvietu skaits", "Audžuģimeņu skaits", "Struktūra")]
    [True, True, False, False]
    >>> neighbour("Gultvietas").measure
    'Vietas'
    """
    for words, measure, what in PATTERNS:
        if words.search(heading):
            return Neighbour(what(), measure)
    return None
