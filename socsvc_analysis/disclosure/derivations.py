"""How a hidden cell can be derived from a number beside it: as itself, from a share, a rate or a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from socsvc_analysis.disclosure.subjects import Figure, Subjects
from socsvc_analysis.disclosure.texts import Texts

__all__ = ["Derivations"]

PER = (1, 100, 1000, 10_000, 100_000)
UNITS = {"%": 100, "‰": 1000}
"""Of how many the units of shares are a part."""
ONE_IN = 20
"""From so many on *one in so many* is not taken for another number that happens to be the same."""


class Derivations:
    """Asks of numbers whether they give away a hidden cell of one release; ``others`` are those of other periods."""

    def __init__(
        self, subjects: Subjects, others: Sequence[Subjects], residents: Mapping[str, Sequence[float]], texts: Texts
    ) -> None:
        self.subjects, self.others, self.residents, self.texts = subjects, others, residents, texts
        self.threshold = subjects.kept.threshold

    def of(self, figure: Figure, subject: Mapping[str, str], said: str, *, is_own: bool) -> str:
        """In which way ``figure`` of the text ``said`` gives the cell ``subject`` away; empty when it does not.

        ``is_own``: words that only kept numbers have stand beside it.  A change is small, and without them that of
        anything else: each year's plan changes by one somewhere.
        """
        truth = self.subjects.count(subject)
        if not figure.unit and figure.value == truth and not figure.signed:
            return "is shown"
        for whole in self.subjects.wholes(subject):
            total = self.subjects.count(whole)
            if not total or np.array_equal(self.subjects.rows(whole), self.subjects.rows(subject)):
                continue  # all of itself: that says nothing
            if self._is_share(figure, truth, total):
                return "follows from a share"
            if figure.value == total - truth and self.texts.speaks_of_others(said):
                return "follows from the number of all others"
        by_rate = self._of_residents(figure, subject, truth)
        return by_rate or (self._of_years(figure, subject, truth, said) if is_own else "")

    def _is_share(self, figure: Figure, truth: int, total: int) -> bool:
        per = UNITS.get(figure.unit, 100)
        share = per * truth / total
        as_percent = bool(figure.unit or figure.decimals) and self._narrows(figure, total / per)
        others = as_percent and figure.value != per and figure.is_about(per - share)
        as_part = bool(figure.decimals) and self._narrows(figure, total) and figure.is_about(share / per)
        return (as_percent and figure.is_about(share)) or others or as_part or self._is_one_in(figure, truth, total)

    @staticmethod
    def _is_one_in(figure: Figure, truth: int, total: float) -> bool:
        """Whether it says *one in so many*."""
        so_many = figure.value >= ONE_IN and not figure.unit and not figure.signed
        return bool(so_many and truth > 1 and figure.is_about(total / truth))

    def _of_residents(self, figure: Figure, subject: Mapping[str, str], truth: int) -> str:
        for people in self._residents(subject):
            per = (UNITS[figure.unit],) if figure.unit else PER if figure.decimals else ()
            if any(figure.is_about(each * truth / people) and self._narrows(figure, people / each) for each in per):
                return "follows from a rate"
            if self._is_one_in(figure, truth, people):
                return "follows from a rate"
        return ""

    def _of_years(self, figure: Figure, subject: Mapping[str, str], truth: int, said: str) -> str:
        is_change = figure.signed or self.texts.speaks_of_change(said)
        for other in self.others:
            if all(value in other.release.finest[column].to_numpy() for column, value in subject.items()):
                before = other.count(subject)
                if is_change and not figure.unit and figure.value == abs(truth - before):
                    return "follows from a change"
                if before and figure.unit and figure.is_about(abs(UNITS[figure.unit] * (truth / before - 1))):
                    return "follows from a change"
        return ""

    def _narrows(self, figure: Figure, people: float) -> bool:
        """Whether a number whose unit is ``people`` persons tells a count more exactly than its rounding hides it."""
        rounded = people * 10.0**-figure.decimals
        return rounded < self.threshold or figure.value * people + rounded / 2 < self.threshold

    def _residents(self, subject: Mapping[str, str]) -> Iterator[float]:
        for value in subject.values():
            yield from self.residents.get(value, ())
