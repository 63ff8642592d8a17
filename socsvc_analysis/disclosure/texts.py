"""What texts say whatever the release they are asked about: numbers, periods, and whether all others are meant."""

from __future__ import annotations

import re
from collections.abc import Collection

from socsvc_analysis.disclosure.subjects import IN_WORDS, Figure, Names, figures_in

__all__ = ["Texts"]

NO_COUNT = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?(?![0-9])|(?<![0-9])[0-9]{1,2}\.[0-9]{1,2}\.(?:19|20)[0-9]{2}\b|"
    r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])|\b[0-9]{1,2}\.?\s(?:jan|feb|mar|apr|mai|may|jūn|jun|jūl|jul|aug|sep|okt|oct|"
    r"nov|dec)|\b(?:per|uz|ar|times)\s1(?:0{1,3}|[.,\s]?000)(?:[.,\s]?000)*(?![0-9])",
    re.IGNORECASE,
)
"""Years and dates, and what a rate is per: figures that are no counts."""
DIGIT = re.compile("[0-9]")
OTHERS = re.compile(
    r"pārēj|citi\b|citos|citās|citur|\bother|\brest\b|elsewhere|remaining|izņemot|except|\bbez\b", re.IGNORECASE
)

CHANGE = re.compile(
    r"nekā pērn|pret pērno|nekā iepriekš|pieaug|palielināj|samazināj|than last year|than (?:a|the) year|increase|"
    r"decrease",
    re.IGNORECASE,
)
SOME = (
    rf"(?:[0-9]|{'|'.join(IN_WORDS.values())}|piec|seš|septiņ|astoņ|deviņ|desmit|five|six|seven|eight|nine|ten\b|"
    r"pus|half|treš|third|ceturt|quarter)"
)
"""A number, or a part of a whole."""
NO_PEOPLE = r"(?!(?:\S+\s+){0,3}(?:pašvaldīb|municipalit|gad|year))"
BOUND_OR_RANK = re.compile(
    r"[<≤>≥]\s*[0-9]|[0-9]\s*[–-]\s*[0-9]|"
    r"(?:\b(?:mazāk|vairāk|līdz|vismaz|fewer|less|more|at most|at least|between)\b|(?<!add )\bup to\b)"
    rf"(?: (?:nekā|kā|par|than))?\s+{NO_PEOPLE}{SOME}|robežās\s+no|"
    r"[0-9]+\.\s*viet|\brank|\branga|\brangs|[0-9](?:st|nd|rd|th)\b|vismazāk|visvairāk|fewest|"
    r"(?<!\bat )\b(?:least|most)\b|\btop\b",
    re.IGNORECASE,
)
"""What a number does not exceed, or reaches (of years and of municipalities that says nothing of people); a rank."""


class Texts:
    """Numbers and periods in texts, cached: the same texts are searched for every release."""

    def __init__(self, names: Names, periods: Collection[str]) -> None:
        self.names = names
        self._periods = {period: re.compile(rf"(?<!\w){re.escape(period)}(?!\w)") for period in sorted(periods)}
        self._named: dict[str, frozenset[str]] = {}
        self._figures: dict[str, list[Figure]] = {}
        self._of_others: dict[str, bool] = {}

    def periods(self, text: str) -> frozenset[str]:
        """The periods of releases that a text names."""
        if text not in self._named:
            self._named[text] = (
                frozenset(period for period, said in self._periods.items() if said.search(text))
                if DIGIT.search(text)
                else frozenset()
            )
        return self._named[text]

    def figures(self, text: str) -> list[Figure]:
        """The numbers of a text that may be counts."""
        if text not in self._figures:
            self._figures[text] = figures_in(self.bare(text))
        return self._figures[text]

    def bare(self, text: str) -> str:
        """The text without names, dates and the like, whose figures are no counts; the rest stands where it stood."""
        if not DIGIT.search(text):
            return text
        return NO_COUNT.sub(lambda found: " " * len(found[0]), self.names.without_names(text))

    def speaks_of_others(self, text: str) -> bool:
        """Whether a text speaks of all others than it names, such as *the rest* or *elsewhere*."""
        if text not in self._of_others:
            self._of_others[text] = bool(OTHERS.search(text))
        return self._of_others[text]

    def has_bound_or_rank(self, text: str) -> bool:
        """Whether a text says a bound of a number, or which place it has in an order."""
        return bool(BOUND_OR_RANK.search(self.bare(text)))

    def speaks_of_change(self, text: str) -> bool:
        """Whether a text compares with an earlier time."""
        return bool(CHANGE.search(text))
