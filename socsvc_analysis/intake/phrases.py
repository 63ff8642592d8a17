"""What the words of a heading or label say, all of them: nothing that qualifies a number is dropped.

A text is cut into phrases that are known: the name of a column, a service, a group, a kind of number, a unit, a year, a
sex, an age.  The words that belong to no known phrase are left over, and whoever asked must say what becomes of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from socsvc_analysis.intake.ages import ages_in
from socsvc_analysis.intake.days import days_in
from socsvc_analysis.intake.names import Names, normal
from socsvc_analysis.intake.received import KEYS
from socsvc_analysis.territories.lexicon import without_diacritics

COLUMN, SERVICE, GROUP, KIND, UNIT, YEAR, SEX, AGE, FILLER = (
    *("column", "service_type", "target_group", "kind", "unit", "year", "sex", "age", "filler"),
)
"""What a phrase can be; a filler, such as *kopā* or *gada beigās*, says nothing that is not meant anyway."""
WORD = re.compile(r"\d+\+|\w+|\+/-|[%€$£‰±≈~∆≥≤<>+&=]")
BARE_YEAR = re.compile(
    r"(?<![\w.,])((?:19|20)\d\d)(?![\w]*\d)\.?(?:\s*(?:g\b\.?|gad(?:s|ā|a|am|u)\b|year\b))?", re.IGNORECASE
)
NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}(?:\.\d{1,2})*[.)]|[IVX]{1,4}\.)\s*(?=[^\W\d])", re.IGNORECASE)
FOOTNOTED = re.compile(r"\s*(?:\*+\)?|(?<=\s)\d{1,2}\)|[¹²³⁰⁴-⁹]+\)?|\[\d{1,2}\]|(?<=\D)\(\d{1,2}\))\s*$")
KEY_RANK = 1
"""A cut that names a measure goes before one that names a key, such as *Skaits*, and that before one without."""
LONGEST = 12
"""Words of the longest phrase that is looked for."""
MOST_WORDS = 40
"""A text of more words is prose."""

YEAR_END = re.compile(r"\b31\.\s?(?:12\b\.?|decembr\w*)(?!\s?\d)", re.IGNORECASE)
"""The last day of the year that the rows say."""
COUNT = "count"
"""The unit that every number of things has."""
Cut = tuple[int, int, int, tuple[bool, ...], tuple[tuple[str, str], ...]]
"""A way to cut a text: words left over, rank of the column, number of phrases; which words are used; role and code."""


@dataclass(frozen=True)
class Said:
    """What a text says, by role; ``unread`` are the words that belong to no known phrase."""

    roles: Mapping[str, str]
    unread: tuple[str, ...] = ()
    twice: bool = False  # whether it says two different things of one role
    several: frozenset[str] = field(default=frozenset())  # those roles

    def get(self, role: str) -> str:
        """What is said of one role; "" when nothing is."""
        return self.roles.get(role, "")


class Phrases:
    """The phrases that are known, by their words."""

    def __init__(self, names: Mapping[str, Names]) -> None:
        """``names`` by role: what is called how."""
        self.names = names

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], dict[str, str]]:
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for role, names in self.names.items():
            for spelled in (names.spelled, names.bare):
                for name, code in spelled.items():
                    words = tuple(WORD.findall(name))
                    if words:
                        found.setdefault(words, {}).setdefault(role, code)
        return found

    def read(self, text: str) -> Said:
        """Everything that ``text`` says.

        Of several ways to cut it the one stands that leaves the fewest words over and has the fewest phrases.
        """
        roles: dict[str, list[str]] = {}
        rest = text
        for said in reversed([each for each in days_in(text) if each.day]):
            roles.setdefault(YEAR, []).insert(0, said.day)
            rest = f"{rest[: said.begin]} {rest[said.end :]}"
        rest = YEAR_END.sub(" ", rest)
        for found in BARE_YEAR.finditer(rest):
            roles.setdefault(YEAR, []).append(found[1])
        ages, rest = ages_in(BARE_YEAR.sub(" ", rest))
        if ages:
            roles[AGE] = ages
        words = WORD.findall(normal(rest))
        if len(words) > MOST_WORDS:
            return Said({role: each[0] for role, each in roles.items()}, tuple(words))
        unread, _, _, cut = self._best(tuple(words))
        for role, code in cut:
            if role != FILLER:
                roles.setdefault(role, []).append(code)
        if len(set(roles.get(UNIT, ()))) > 1:  # the number of people is one of people
            roles[UNIT] = [code for code in roles[UNIT] if code != COUNT]
        left = tuple(word for word, used in zip(words, unread, strict=True) if not used)
        several = frozenset(role for role, codes in roles.items() if len(set(codes)) > 1)
        return Said({role: codes[0] for role, codes in roles.items()}, left, bool(several), several)

    def _best(self, words: tuple[str, ...]) -> tuple[tuple[bool, ...], int, int, tuple[tuple[str, str], ...]]:
        """The best cut of ``words``: which are used, and the roles of its phrases in order."""
        # From the end on: the best cuts of the rest, one for each set of columns that are named in it.
        best: list[dict[frozenset[str], Cut]] = [{} for _ in range(len(words) + 1)]
        best[len(words)] = {frozenset(): (0, 0, 0, (), ())}
        for at in range(len(words) - 1, -1, -1):
            options: dict[frozenset[str], Cut] = {}
            for columns, (left, columns_said, count, used, cut) in best[at + 1].items():
                _offer(options, columns, (left + 1, columns_said, count, (False, *used), cut))
            for length in range(1, min(LONGEST, len(words) - at) + 1):
                roles = self._phrase(words[at : at + length])
                for role, code in roles.items():
                    for columns, (left, _, count, used, cut) in best[at + length].items():
                        named = columns | {code} if role == COLUMN else columns
                        if len(named) > 1:
                            continue  # one heading names one column
                        penalty = min((KEY_RANK if each in KEYS else 0 for each in named), default=KEY_RANK + 1)
                        made = (left, penalty, count + 1, ((True,) * length) + used, ((role, code), *cut))
                        _offer(options, named, made)
            best[at] = options
        chosen = min(best[0].values(), key=lambda each: (each[0], each[1], each[2]))
        return chosen[3], chosen[0], chosen[2], chosen[4]

    def _phrase(self, words: tuple[str, ...]) -> dict[str, str]:
        known = self._by_words.get(words)
        if known is None and all(word.isascii() for word in words):
            known = self._by_words.get(tuple(map(without_diacritics, words)))
        return known or {}


def _offer(options: dict[frozenset[str], Cut], key: frozenset[str], made: Cut) -> None:
    if key not in options or made[:3] < options[key][:3]:
        options[key] = made


def clean(heading: str) -> str:
    """A heading without its number in front and the mark of a footnote behind.

    >>> clean("1. Pašvaldība"), clean("Klienti 1)"), clean("2024. gads"), clean("Vietas*")
    ('Pašvaldība', 'Klienti', '2024. gads', 'Vietas')
    """
    without = FOOTNOTED.sub("", NUMBERED.sub("", heading)).strip()
    return without or heading


def mark_of(heading: str) -> str:
    """The mark of a footnote behind a heading, as it stands before the note; "" when there is none.

    >>> mark_of("Klienti 1)"), mark_of("Vietas*"), mark_of("Klienti (2024)")
    ('1', '*', '')
    """
    found = FOOTNOTED.search(heading)
    return unicodedata.normalize("NFKC", found[0]).strip(" ()[]") if found else ""


def names_by_role(
    columns: Names, services: Names, groups: Names, synonyms: pd.DataFrame, kinds: Iterable[str]
) -> dict[str, Names]:
    """The names of every role; those of kinds, units, sexes, ages and fillers come from the table of synonyms."""

    def of(table: str, own: Iterable[str] = ()) -> Names:
        rows = synonyms[synonyms["table"] == table]
        said = {normal(name): code for name, code in zip(rows["name"], rows["code"], strict=True)}
        return Names({**{normal(each): each for each in own}, **said})

    # Of two roles that fit equally well the first stands.
    return {
        COLUMN: columns,
        FILLER: of("fillers"),
        UNIT: of("units", synonyms.loc[synonyms["table"] == "units", "code"]),
        KIND: of("kinds", kinds),
        SEX: of("sexes", ("women", "men")),
        AGE: of("ages"),
        SERVICE: services,
        GROUP: groups,
    }
