"""Numbers that are broken down by sex, age or branch, added up to the numbers that the pages use.

A number of women alone is no number of clients: the parts are added up where they make a whole, and refused where they
do not.  Where the whole is printed too it stands, and the parts must add up to it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np

from socsvc_analysis.intake.figures import WHOLE, Figures, always
from socsvc_analysis.intake.received import PARTS, Number
from socsvc_analysis.sentences import Sentence as sentence

SEXES = ("women", "men")
EPSILON = 0.005
EVERYBODY = ("", "")
OLDEST = 10_000


class Incomplete(ValueError):
    """A breakdown that cannot be added up; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Part:
    """One number of a breakdown."""

    sex: str
    age: str
    branch: str
    value: float | None


def are_broken_down(figures: Figures) -> np.ndarray:
    """Whether each figure is about a part only."""
    part = np.zeros(len(figures), dtype=bool)
    for name in PARTS:
        part |= figures.says(name, bool)
    return part


def whole_of(parts: Iterable[Part]) -> float | None:
    """What the parts of one number add up to; None where one of them is not known.

    Raises :class:`Incomplete` for parts that leave somebody out, overlap, or do not add up to the printed whole.

    >>> whole_of([Part("women", "", "", 5), Part("men", "", "", 6)])
    11
    >>> whole_of([Part("", "0-17", "", 2), Part("", "18+", "", 3), Part("", "", "", 5)])
    5
    >>> whole_of([Part("women", "", "", 5)])
    Traceback (most recent call last):
    ...
    socsvc_analysis.intake.parts.Incomplete: is only a part of the number, as there is none for: men
    """
    by_branch: dict[str, dict[tuple[str, str], float | None]] = defaultdict(dict)
    for part in parts:
        by_branch[part.branch][part.sex, part.age] = part.value
    sums = {branch: _of_branch(found) for branch, found in by_branch.items()}
    whole = sums.pop("", None) if "" in sums and len(sums) > 1 else None
    branches = _sum(sums.values())
    if whole is not None and branches is not None and branches > whole + EPSILON:
        raise Incomplete(sentence("reason_parts_sum", total=f"{whole:.10g}", sum=f"{branches:.10g}"))
    return branches if whole is None else whole


def _of_branch(found: dict[tuple[str, str], float | None]) -> float | None:
    if found.keys() == {EVERYBODY}:  # by branch alone
        return found[EVERYBODY]
    sexes = {sex for sex, age in found if sex and not age}
    ages = {age for sex, age in found if age and not sex}
    both = {each for each in found if all(each)}
    sums, reasons = [], []
    ways: tuple[Callable[[], float | None], ...] = (
        lambda: _by_sex(found, sexes),
        lambda: _by_age(found, ages, ""),
        lambda: _crossed(found, both),
    )
    for asked in ways:
        try:
            sums.append(asked())
        except Incomplete as incomplete:
            reasons.append(incomplete)
        except KeyError:
            continue  # nothing is broken down so
    if EVERYBODY in found:
        whole = found[EVERYBODY]
        for each in sums:
            if whole is not None and each is not None and abs(each - whole) > EPSILON:
                raise Incomplete(sentence("reason_parts_sum", total=f"{whole:.10g}", sum=f"{each:.10g}"))
        return whole
    if not sums:
        raise reasons[0]
    return sums[0]


def _by_sex(found: dict[tuple[str, str], float | None], sexes: set[str]) -> float | None:
    if not sexes:
        raise KeyError
    missing = next((sex for sex in SEXES if sex not in sexes), "")
    if missing:
        raise Incomplete(sentence("reason_parts_missing", missing=sentence(f"part_{missing}")))
    return _sum(found[sex, ""] for sex in SEXES)


def _by_age(found: dict[tuple[str, str], float | None], ages: set[str], sex: str) -> float | None:
    if not ages:
        raise KeyError
    _refuse_gaps(ages)
    return _sum(found[sex, age] for age in ages)


def _crossed(found: dict[tuple[str, str], float | None], both: set[tuple[str, str]]) -> float | None:
    if not both:
        raise KeyError
    ages = {age for _, age in both}
    for sex, age in product(SEXES, sorted(ages)):
        if (sex, age) not in both:
            missing = sentence("part_of_age", sex=sentence(f"part_{sex}"), age=age.replace("~", ""))
            raise Incomplete(sentence("reason_parts_missing", missing=missing))
    return _sum(_by_age(found, ages, sex) for sex in SEXES)


def _refuse_gaps(ages: set[str]) -> None:
    """Raise :class:`Incomplete` for age groups that overlap or have a gap between them.

    Where they begin and end is the service's affair: a youth house has nobody of 65.
    """
    spans = sorted((_span(age), age.replace("~", "")) for age in ages)
    for ((_, lasts), younger), ((firsts, _), older) in pairwise(spans):
        if any(first == last + 1 for first in firsts for last in lasts):
            continue
        if firsts[0] <= lasts[-1]:
            raise Incomplete(sentence("reason_parts_overlap", ages=f"{younger}, {older}"))
        raise Incomplete(sentence("reason_parts_missing", missing=_shown(lasts[-1] + 1, firsts[0] - 1)))
    if len(spans) == 1:
        (firsts, lasts), _ = spans[0]
        others = f"0-{firsts[0] - 1}" if firsts[0] else f"{lasts[-1] + 1}+"
        raise Incomplete(sentence("reason_parts_missing", missing=others))


def _shown(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}-{last}"


def _span(age: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first and the last years of an age group; with ``~`` the words leave one of two open.

    >>> _span("0-~18"), _span("~65+")
    (((0,), (17, 18)), ((65, 66), (10000,)))
    """
    first, _, last = age.removesuffix("+").partition("-")
    firsts = (int(first[1:]), int(first[1:]) + 1) if first.startswith("~") else (int(first),)
    if age.endswith("+"):
        return firsts, (OLDEST,)
    return firsts, (int(last[1:]) - 1, int(last[1:])) if last.startswith("~") else (int(last),)


def _sum(values: Iterable[float | None]) -> float | None:
    given = list(values)
    known = [value for value in given if value is not None]
    return sum(known) if len(known) == len(given) else None


class Breakdowns:
    """The figures of a file that are parts, by the number that they are part of."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.part = are_broken_down(figures)
        self.groups: dict[int, list[int]] = defaultdict(list)
        self.lost = {codes: row for row, codes in reversed(figures.lost)}  # the first row that lacks a part, by number
        if self.part.any():
            whole = figures.same(WHOLE)
            for figure in np.flatnonzero(np.isin(whole, whole[self.part])).tolist():
                self.groups[int(whole[figure])].append(figure)

    def refuse_incomplete(self) -> None:
        """Reject the rows of breakdowns that cannot be added up, or of which a part was rejected."""
        rows = self.figures.rows
        for group in self.groups.values():
            at = np.array(group)
            unsound = self.figures.row[at][~rows.sound[self.figures.row[at]]]
            if len(unsound):
                said = sentence("reason_part_rejected", row=rows.number(int(unsound[0])))
                sound = at[rows.sound[self.figures.row[at]]]
                self.figures.note(sound, always(said))
                continue
            lost = None if self._is_printed(at) else self.lost.get(self._number_of(group[0]))
            if lost is not None:
                self.figures.note(at, always(sentence("reason_part_unread", row=rows.number(lost))))
                continue
            try:
                self.whole(group)
            except Incomplete as incomplete:
                self.figures.note(at, always(incomplete.reason))

    def _is_printed(self, group: np.ndarray) -> bool:
        """Whether the whole is printed beside its parts."""
        return bool((~self.part[group]).any())

    def _number_of(self, figure: int) -> tuple[int, ...]:
        """The number of the breakdown of which a figure is a part."""
        return tuple(int(self.figures.codes[name][figure]) for name in WHOLE)

    def values(self) -> np.ndarray:
        """The value of each figure, or of the number that it is part of: what can be compared with other returns."""
        values = self.figures.values.copy()
        for group in self.groups.values():
            try:
                whole = self.whole(group)
            except Incomplete:
                continue
            values[group] = np.nan if whole is None else whole
        return values

    def whole(self, group: Iterable[int]) -> float | None:
        """What the figures of a group add up to, as :func:`whole_of` has it."""
        return whole_of(self._parts[figure] for figure in group)

    @cached_property
    def _parts(self) -> dict[int, Part]:
        figures, at = self.figures, [figure for group in self.groups.values() for figure in group]
        said = ([figures.words[name][code] for code in figures.codes[name][at].tolist()] for name in PARTS)
        values = [None if math.isnan(each) else each for each in figures.values[at].tolist()]
        return {figure: Part(*each) for figure, *each in zip(at, *said, values, strict=True)}


def added_up(figures: Figures) -> Figures:
    """The figures with the parts of each number added up, in the place of the first of them."""
    breakdowns = Breakdowns(figures)
    if not breakdowns.groups:
        return figures
    numbers, number = list(figures.numbers), figures.number.copy()
    values, kept = figures.values.copy(), np.ones(len(figures), dtype=bool)
    words = {name: [*figures.words[name], ""] for name in PARTS}
    codes = dict(figures.codes) | {name: figures.codes[name].copy() for name in PARTS}
    for group in breakdowns.groups.values():
        first = group[0]
        whole = breakdowns.whole(group)
        number[first] = len(numbers)
        numbers.append(Number("", whole, "normal" if whole is not None else "missing"))
        values[first] = np.nan if whole is None else whole
        kept[group[1:]] = False
        for name in PARTS:
            codes[name][first] = len(words[name]) - 1
    made = replace(
        figures, numbers=tuple(numbers), number=number, values=values, words={**figures.words, **words}, codes=codes
    )
    return made.at(kept)
