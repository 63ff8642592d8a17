"""What the words beside a number say of it: that it is one of those that are kept, or that it is something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from socsvc_analysis.disclosure.subjects import Figure

__all__ = ["Context"]


class Context:
    """What words say of the numbers beside them, and what may be said of places anyway."""

    def __init__(self, not_people: str, people: str, open_numbers: Mapping[str, Collection[float]]) -> None:
        self.not_people = re.compile(not_people, re.IGNORECASE) if not_people else None
        self.people = re.compile(people, re.IGNORECASE) if people else None
        self.open_numbers = open_numbers
        self._said: dict[str, bool | None] = {}

    def is_of_kept(self, *texts: str) -> bool | None:
        """Whether numbers are those that are kept, by the first of ``texts`` that says so; None where none does."""
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

    def is_open(self, figure: Figure, subject: Mapping[str, str]) -> bool:
        """Whether open data say the same number of a place that ``subject`` names."""
        return any(figure.value in self.open_numbers.get(value, ()) for value in subject.values())
