"""Numbers in words and figures, and the cells that the words around them speak of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from socsvc_analysis.disclosure.release import Release

__all__ = ["IN_WORDS", "Figure", "Kept", "Names", "Subjects", "figures_in"]

FIGURE = re.compile(
    r"(?<![\w.,])([+−–-]?)\s?([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)*)\s*(%|‰)?"
)
REFERENCE = re.compile(r"\[[0-9]+\]")
IN_WORDS = {
    0: r"nevien(?:s|a|am|ai|u|ā)|nobody|no one|zero|nulle",
    1: r"vien(?:a|u|ai|as) (?:persona|personu|personai|personas|kliente|klienti)|"
    r"vien(?:s|u|am|a) (?:cilvēk|klient)(?:s|u|am|a)|one (?:person|client)|single (?:person|client)",
    2: r"div(?:i|as|u|iem|ām|us|os|ās)|two",
    3: r"trīs|triju|trijiem|trijām|trim|trijos|trijās|three",
    4: r"četr(?:i|as|u|iem|ām|us|os|ās)|four",
}
SPELT = [(number, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for number, words in IN_WORDS.items()]
ANY = re.compile("[0-9█■▮●•○◼▇|\u2190-\u2bff\U0001f000-\U0001faff]|" + "|".join(IN_WORDS.values()), re.IGNORECASE)
WORD = re.compile(r"\w+")
TALLY = re.compile(r"([█■▮●•○◼▇|])(?:\s?\1)*|([\u2190-\u2bff\U0001f000-\U0001faff])(?:\s?\2)+")
"""One mark for each person: any of some, and any sign that is repeated."""


@dataclass(frozen=True)
class Figure:
    """A number as it stands in a text."""

    value: float
    decimals: int
    unit: str
    signed: bool
    at: int

    @property
    def is_plain(self) -> bool:
        """Whether it is a whole number and nothing else."""
        return not self.unit and not self.decimals and not self.signed

    def is_about(self, exact: float) -> bool:
        """Whether ``exact`` gives this number when rounded to its decimals.

        >>> figures_in("2,14 %")[0].is_about(2.1428), figures_in("2,1 %")[0].is_about(2.2)
        (True, False)
        """
        return abs(exact - self.value) <= 0.5 * 10.0**-self.decimals + 1e-9


def figures_in(text: str) -> list[Figure]:
    """The numbers in a text: in figures, with a comma or a point, in words, as rows of marks.

    >>> [(each.value, each.decimals, each.unit) for each in figures_in("1 040 no 2,5 % un trīs ●●")]
    [(1040.0, 0, ''), (2.5, 1, '%'), (3.0, 0, ''), (2.0, 0, '')]
    """
    found: list[Figure] = []
    if not ANY.search(text):
        return found
    text = REFERENCE.sub(lambda match: " " * len(match[0]), text)
    for match in FIGURE.finditer(text):
        found += [
            Figure(value, decimals, match[3] or "", bool(match[1]), match.start())
            for value, decimals in _values(match[2])
        ]
    for number, words in SPELT:
        found += [Figure(float(number), 0, "", False, match.start()) for match in words.finditer(text)]
    for match in TALLY.finditer(text):
        found.append(Figure(float(len(re.sub(r"\s", "", match[0]))), 0, "", False, match.start()))
    return found


def _values(text: str) -> Iterator[tuple[float, int]]:
    bare = re.sub(r"[ \u00a0\u202f]", "", text)
    parts = re.split("[.,]", bare)
    if len(parts) == 1:
        yield float(bare), 0
    elif len(parts) == 2:
        yield float(f"{parts[0]}.{parts[1]}"), len(parts[1])
        if len(parts[1]) == 3:
            yield float("".join(parts)), 0
    else:
        yield float("".join(parts)), 0


@dataclass(frozen=True, eq=False)
class Kept:
    """What must be kept from readers: a release, which of its cells are hidden, and its period."""

    release: Release
    hidden: np.ndarray
    threshold: int
    period: str = ""


class Names:
    """What the values of all releases are called, and where texts name them: each text is looked through once."""

    def __init__(self, releases: Sequence[Release], names: Mapping[str, Mapping[str, str]]) -> None:
        columns = {column for release in releases for column in release.design.columns}
        # A municipality and the territory that reported for it have one name and are two levels.
        self.values: dict[str, tuple[str, str]] = {}
        for release in releases:
            for column in release.design.columns:
                for value in release.finest[column].unique():
                    self.values[_plain(str(value))] = (column, value)
        for column, words in names.items():
            self.values.update({_plain(word): (column, value) for word, value in words.items() if column in columns})
        for name, value in list(self.values.items()):
            self.values.setdefault(_bare_letters(name), value)  # as addresses and names of files have it
        self._beginning: dict[str, list[str]] = {}
        for name in sorted(self.values, key=lambda name: (-len(name), name)):
            if found := WORD.search(name):
                self._beginning.setdefault(found[0], []).append(name)
        self._mentioned: dict[str, list[tuple[int, str, str]]] = {}

    def mentions(self, text: str) -> list[tuple[int, str, str]]:
        """(position, column, value) of every name in the text."""
        if text not in self._mentioned:
            self._mentioned[text] = [(at, *self.values[name]) for at, name in self._names_in(_plain(text))]
        return self._mentioned[text]

    def _names_in(self, plain: str) -> Iterator[tuple[int, str]]:
        """Where each name stands; the longest where several begin with the same word."""
        end = 0
        for word in WORD.finditer(plain):
            for name in self._beginning.get(word[0], ()):
                at = word.start() - name.index(word[0])
                after = plain[at + len(name) : at + len(name) + 1]
                if at >= end and plain.startswith(name, at) and not after.isalnum():
                    yield at, name
                    end = at + len(name)
                    break

    def without_names(self, text: str) -> str:
        """The text with its names blanked out, so that a number in a name is none."""
        plain = _plain(text)
        for at, name in self._names_in(plain):
            plain = plain[:at] + " " * len(name) + plain[at + len(name) :]
        return plain


class Subjects:
    """Finds which cell of a release a text speaks of."""

    def __init__(self, kept: Kept, names: Names) -> None:
        self.kept, self.release, self.names = kept, kept.release, names
        self._sums: dict[tuple[tuple[str, str], ...], np.ndarray] = {}
        self._cells: dict[tuple[tuple[str, str], ...], int] = {}
        columns = self.release.design.columns
        printed = {(column, value) for column in columns for value in self.release.finest[column].unique()}
        self._rows = {
            (column, value): (self.release.finest[column] == value).to_numpy()
            for column, value in {*names.values.values(), *printed}
            if column in columns
        }
        guarded = kept.hidden & (self.release.is_published | (self.release.counts < kept.threshold))
        self.guarded = guarded

    def mentions(self, text: str) -> list[tuple[int, str, str]]:
        """(position, column, value) of every name in the text."""
        return self.names.mentions(text)

    def cell(self, said: str, about: Sequence[str], at: int) -> dict[str, str]:
        """The values that a number at ``at`` of ``said`` is about: the nearest names before it, then after, then those
        in the texts beside it where there is one only."""
        chosen: dict[str, tuple[int, str]] = {}
        for position, column, value in self.mentions(said):
            away = at - position if position <= at else 10_000 + position - at
            if column not in chosen or away < chosen[column][0]:
                chosen[column] = (away, value)
        subject = {column: value for column, (_, value) in chosen.items()}
        beside: dict[str, set[str]] = {}
        for text in about:
            for _, column, value in self.mentions(text):
                beside.setdefault(column, set()).add(value)
        for column, values in beside.items():
            if column not in subject and len(values) == 1:
                subject[column] = next(iter(values))
        return self._consistent(subject)

    def heads_a_list(self, said: str, at: int) -> bool:
        """Whether three or more names of one kind stand after a number and none before: it is of none of them alone."""
        named = self.mentions(said)
        return any(
            len({value for _, other, value in named if other == column}) > 2
            and all(position > at for position, other, _ in named if other == column)
            for column in {column for _, column, _ in named}
        )

    def first(self, texts: Sequence[str]) -> dict[str, str]:
        """The values that a row of a table is about: of each column the first that its texts name."""
        subject: dict[str, str] = {}
        for text in texts:
            for _, column, value in self.mentions(text):
                subject.setdefault(column, value)
        return self._consistent(subject)

    def _consistent(self, subject: dict[str, str]) -> dict[str, str]:
        """The subject without an upper level that its finer name is not part of: a page may name places elsewhere."""
        for dimension in self.release.design.dimensions:
            if dimension.finest in subject:
                subject = {
                    column: value
                    for column, value in subject.items()
                    if column not in dimension.above
                    or (self.rows({column: value}) & self.rows({dimension.finest: subject[dimension.finest]})).any()
                }
        return subject

    def rows(self, subject: Mapping[str, str]) -> np.ndarray:
        """The finest cells of which ``subject`` is the sum, marked."""
        key = tuple(sorted(subject.items()))
        if key not in self._sums:
            self._sums[key] = self._marked(subject)
        return self._sums[key]

    def count(self, subject: Mapping[str, str]) -> int:
        """The true number of people of ``subject``."""
        return int(self.release.parts[self.rows(subject)].sum())

    def is_shown(self, subject: Mapping[str, str]) -> bool:
        """Whether readers see the number of ``subject``."""
        if not all(value in self.release.finest[column].to_numpy() for column, value in subject.items()):
            return False
        cell = self.number(subject)
        return cell >= 0 and bool(self.release.is_published[cell]) and not self.kept.hidden[cell]

    def number(self, subject: Mapping[str, str]) -> int:
        """The cell that ``subject`` is; -1 where it is none."""
        key = tuple(sorted(subject.items()))
        if key not in self._cells:
            self._cells[key] = self.release.number(self.rows(subject))
        return self._cells[key]

    def _marked(self, subject: Mapping[str, str]) -> np.ndarray:
        marked = np.ones(len(self.release.finest), dtype=bool)
        for column, value in subject.items():
            marked &= self._rows[column, value]
        return marked

    def wholes(self, subject: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """The sums of which ``subject`` is a part: each name left out or replaced by the level above it."""
        finest = self.release.finest
        for column in subject:
            yield {other: value for other, value in subject.items() if other != column}
            for dimension in self.release.design.dimensions:
                if column in dimension.columns:
                    for above in dimension.above[: dimension.columns.index(column)]:
                        parent = finest.loc[self.rows({column: subject[column]}), above]
                        if above not in subject and len(parent):
                            rest = {other: value for other, value in subject.items() if other != column}
                            yield {**rest, above: parent.iloc[0]}
        yield {}


def _plain(text: str) -> str:
    """The text in small letters with plain spaces; every letter stays at its place."""
    return re.sub(r"\s", " ", text).lower()


def _bare_letters(name: str) -> str:
    """A name as addresses write it: without diacritics.

    >>> _bare_letters("jēkabpils novads")
    'jekabpils novads'
    """
    split = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def in_order(subject: Mapping[str, str], columns: Sequence[str]) -> str:
    """A cell in words, without its value."""
    return ", ".join(str(subject[column]) for column in columns if column in subject) or "the total"
