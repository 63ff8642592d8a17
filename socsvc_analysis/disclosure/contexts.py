"""What the words beside a number say of it: that it is one of those that are kept, or that it is something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Context", "Open"]


class Open(NamedTuple):
    """A number that readers may see of a place: what else it is about, such as a service, and when."""

    value: float
    about: frozenset[str] = frozenset()
    period: str = ""


class Context:
    """Decides from the words beside a number whether it counts the protected people, and whether open data have it."""

    def __init__(
        self, not_people: str, people: str, own: str, open_numbers: Mapping[str, Sequence[Open]], known: Collection[str]
    ) -> None:
        self.not_people = re.compile(not_people, re.IGNORECASE) if not_people else None
        self.people = re.compile(people, re.IGNORECASE) if people else None
        self.own = re.compile(own, re.IGNORECASE) if own else self.people
        self.open_numbers = open_numbers
        self.known = frozenset(known)
        self._said: dict[str, bool | None] = {}

    def is_of_kept(self, *texts: str) -> bool | None:
        """Whether numbers beside ``texts`` are protected ones: the first text that tells decides; None if none does."""
        for text in texts:
            if text not in self._said:
                self._said[text] = self._of(text)
            if self._said[text] is not None:
                return self._said[text]
        return None if self.people else True

    def _of(self, text: str) -> bool | None:
        if self.people and self.people.search(text):
            return True
        return False if self.not_people and self.not_people.search(text) else None

    def is_open(
        self, value: float, subject: Mapping[str, str], periods: Collection[str], texts: Collection[str]
    ) -> bool:
        """Whether open data say the same number of what ``subject`` names, at a time that the words name.

        Words that only kept numbers have, in any of the ``texts``, leave no doubt: then it is not.
        """
        if self.own and self.has_own_words(*texts):
            return False
        return any(
            each.value == value and self._fits(each, place, subject, periods)
            for place in subject.values()
            for each in self.open_numbers.get(place, ())
        )

    def has_own_words(self, *texts: str) -> bool:
        """Whether any of the texts says words that only kept numbers have; it does where no such words are known."""
        return not self.own or any(self.own.search(text) for text in texts)

    def _fits(self, said: Open, place: str, subject: Mapping[str, str], periods: Collection[str]) -> bool:
        if periods and said.period and not any(said.period.startswith(period) for period in periods):
            return False
        # A service of which nothing is kept has no name here: its number may stand beside the name of another.
        others = {value for value in subject.values() if value != place and value not in self.open_numbers}
        return others <= said.about or bool(said.about - self.known)
