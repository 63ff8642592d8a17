"""The gate: finished files are read as a reader gets them and attacked; what gives a hidden number away is named.

Every number near the name of a hidden cell is asked whether it is that number: itself, a share, a rate, a change, a
rank, a bound, the length of a bar, a place in an order.  Every other number that turns out to be a true count is added
to what is published, and all of it is attacked together.  A problem names files and cells, never a value.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.disclosure.audit import Contradiction, Statements, attacked
from socsvc_analysis.disclosure.contexts import Context
from socsvc_analysis.disclosure.documents import Bar, Document, Grid, Passage, read
from socsvc_analysis.disclosure.lengths import DRAWN, straight
from socsvc_analysis.disclosure.protection import Protected, hidden_cells
from socsvc_analysis.disclosure.release import release_of
from socsvc_analysis.disclosure.subjects import Figure, Kept, Subjects, figures_in, in_order

__all__ = ["Kept", "gate", "kept_of"]

DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}(?:/.*)?")
"""A cell that is a period and nothing else."""
NO_COUNT = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?(?![0-9])|(?<![0-9])[0-9]{1,2}\.[0-9]{1,2}\.(?:19|20)[0-9]{2}\b|"
    r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])|\b[0-9]{1,2}\.?\s(?:jan|feb|mar|apr|mai|may|jūn|jun|jūl|jul|aug|sep|okt|oct|"
    r"nov|dec)|\b(?:per|uz|ar|times)\s1(?:0{1,3}|[.,\s]?000)(?:[.,\s]?000)*(?![0-9])",
    re.IGNORECASE,
)
"""Years and dates, and what a rate is per: figures that are no counts."""
DIGIT = re.compile("[0-9]")
PAIR = re.compile(r"\w+=[^;]*")
"""One of several values that stand in one cell with their names."""
BOUND = re.compile(
    r"[<≤>≥]\s*[0-9]|[0-9]\s*[–-]\s*[0-9]|mazāk|ne vairāk|līdz\s+[0-9]|vismaz|vairāk nekā|fewer than|less than|at most|"
    r"up to [0-9]|at least|more than|no more than|between [0-9]|robežās",
    re.IGNORECASE,
)
RANK = re.compile(
    r"[0-9]+\.\s*viet|\brank|\branga|\brangs|[0-9](?:st|nd|rd|th)\b|vismazāk|visvairāk|fewest|\bleast\b|\bmost\b|\btop\b",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"pārēj|citi\b|citos|citās|citur|\bother|\brest\b|elsewhere|remaining|izņemot|except|\bbez\b", re.IGNORECASE
)
PER = (1, 100, 1000, 10_000, 100_000)
NO_CHANCE = 6
"""Rows that do not stand in the order of their counts by chance; fewer do now and then."""
CLOSE = 0.02
"""How near, in people, the length of a bar must come to a hidden number to tell it."""


def gate(
    files: Mapping[str, bytes],
    kept: Sequence[Kept],
    *,
    names: Mapping[str, Mapping[str, str]] | None = None,
    residents: Mapping[str, Sequence[float]] | None = None,
    not_people: str = "",
    people: str = "",
    open_numbers: Mapping[str, Collection[float]] | None = None,
) -> list[str]:
    """What in ``files`` (name and content) gives away what must be ``kept``; empty when all may be published.

    ``names`` are other words for the values of a column (``{"service": {"day care": "dienas aprūpe"}}``), ``residents``
    the populations by which counts of a place may be divided, ``not_people`` a pattern for words that say that numbers
    beside them do not count people, such as places or euros.

    Files that tell of other things too, such as pages of many measures, need more: ``people`` is a pattern for words
    that say that the numbers beside them are those that are kept, or are worked out from them.  Of other numbers only
    those are found that are said as they are and are not among the ``open_numbers`` of their place.
    """
    found: list[str] = []
    context = Context(not_people, people, open_numbers or {})
    documents = {name: read(name, content) for name, content in files.items()}
    looks = [_Look(each, names or {}, residents or {}, context, kept) for each in kept]
    for look in looks:
        for document in documents.values():
            look.at(document)
        look.attack()
        found += look.problems
    return list(dict.fromkeys(found))


def kept_of(shown: Protected, counts: pd.DataFrame, by: str = "") -> list[Kept]:
    """What must be kept of ``counts`` where readers see ``shown``: one release for each value of ``by``.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> from socsvc_analysis.disclosure.protection import protected
    >>> counts = pd.DataFrame({"place": list("abc"), "count": [2, 9, 20]})
    >>> kept, = kept_of(protected(counts, design_of("place")), counts)
    >>> gate({"a.csv": b"place,count\\na,2\\nc,20\\n"}, [kept])
    ['a.csv: a hidden number is shown: a']
    """
    found = []
    for period, some in counts.groupby(by, sort=True) if by else [("", counts)]:
        release = release_of(some.drop(columns=by) if by else some, shown.design)
        rows = shown.frame[shown.frame[by] == period] if by else shown.frame
        found.append(Kept(release, hidden_cells(release, rows), shown.threshold, str(period)))
    return found


class _Look:
    """One release, looked for in all files."""

    def __init__(
        self,
        kept: Kept,
        names: Mapping[str, Mapping[str, str]],
        residents: Mapping[str, Sequence[float]],
        context: Context,
        all_kept: Sequence[Kept],
    ) -> None:
        self.kept, self.subjects = kept, Subjects(kept, names)
        self.parts = kept.release.parts
        self.residents = residents
        self.context = context
        self.periods = {each.period for each in all_kept if each.period}
        self.others = [(each, Subjects(each, names)) for each in all_kept if each is not kept]
        self._of_others: dict[str, bool] = {}
        self._of_the_period: dict[str, bool] = {}
        self._figures_of: dict[str, list[Figure]] = {}
        self.told: dict[bytes, tuple[np.ndarray, str]] = {}
        self.problems: list[str] = []

    def at(self, document: Document) -> None:
        """Look at one document."""
        for passage in document.passages:
            if all(map(self._is_of_the_period, (passage.said, passage.about, passage.place))):
                self._passage(passage)
        for grid in document.grids:
            self._grid(grid)
        by_kind: dict[tuple[str, str, str], list[Bar]] = defaultdict(list)
        for bar in document.bars:
            if self.context.is_of_kept(bar.said, bar.about):
                by_kind[bar.place, bar.about, bar.kind].append(bar)
        for bars in by_kind.values():
            self._bars(bars)
            self._fills(bars)

    def attack(self) -> None:
        """Attack what is published together with all other counts that were found."""
        release, hidden = self.kept.release, self.kept.hidden
        if not self.told:
            return
        extra = sparse.csr_matrix(np.array([rows for rows, _ in self.told.values()], dtype=float))
        guarded = np.flatnonzero(self.subjects.guarded)
        shown = np.flatnonzero(~hidden & release.is_published)
        sums = sparse.vstack([release.sums[shown], extra, release.sums[guarded]], format="csr")
        values = np.concatenate([release.counts[shown], extra @ self.parts, np.full(len(guarded), np.nan)])
        labels = tuple({"": str(row)} for row in range(sums.shape[0]))
        try:
            findings = attacked(Statements(release.finest, sums, values, labels), self.kept.threshold)
        except Contradiction:
            findings = []
        places = sorted({place for _, place in self.told.values()})
        for finding in findings:
            cell = guarded[int(str(finding.cell[""])) - len(shown) - extra.shape[0]]
            members = release.finest.iloc[release.members(int(cell))]
            same = {c: members[c].iloc[0] for c in release.design.columns if members[c].nunique() == 1}
            self._problem(", ".join(places), same, "can be worked out from the numbers together")

    def _is_of_the_period(self, text: str) -> bool:
        """Whether a text may be about the period of this release: it names it, or none."""
        if text not in self._of_the_period:
            self._of_the_period[text] = self._names_the_period(text)
        return self._of_the_period[text]

    def _is_dated(self, row: Sequence[str]) -> bool:
        """Whether a row has a date of its own, and that is of another year than the release."""
        dates = [cell for cell in row if DATE.fullmatch(cell.strip())]
        return bool(self.kept.period and dates) and not any(date.startswith(self.kept.period[:4]) for date in dates)

    def _speaks_of_others(self, text: str) -> bool:
        if text not in self._of_others:
            self._of_others[text] = bool(OTHERS.search(text))
        return self._of_others[text]

    def _names_the_period(self, text: str) -> bool:
        named = {period for period in self.periods if re.search(rf"(?<!\w){re.escape(period)}(?!\w)", text)}
        return not named or self.kept.period in named

    def _passage(self, passage: Passage) -> None:
        is_of_kept = self.context.is_of_kept(passage.said, passage.about)
        if is_of_kept is not False:
            self._spoken(passage, is_certain=bool(is_of_kept) and not (passage.mixed and self.context.people))

    def _spoken(self, passage: Passage, *, is_certain: bool) -> None:
        for figure in self._figures(passage.said):
            subject = self.subjects.cell(passage.said, passage.about, figure.at)
            self._number(figure, subject, passage, is_certain=is_certain)
        subject = self.subjects.cell(passage.said, passage.about, len(passage.said))
        mentioned = is_certain and self.subjects.mentions(passage.said)
        said = self._bare(passage.said) if mentioned else ""
        if mentioned and self._guarded(subject) >= 0 and (BOUND.search(said) or RANK.search(said)):
            self._problem(passage.place, subject, "has a bound or a rank")

    def _figures(self, text: str) -> list[Figure]:
        """The numbers of a text that may be counts, looked up once for each text."""
        if text not in self._figures_of:
            self._figures_of[text] = figures_in(self._bare(text))
        return self._figures_of[text]

    def _bare(self, text: str) -> str:
        """The text without names, dates and the like, whose figures are no counts; the rest stands where it stood."""
        if not DIGIT.search(text):
            return text
        return NO_COUNT.sub(lambda found: " " * len(found[0]), self.subjects.without_names(text))

    def _number(self, figure: Figure, subject: Mapping[str, str], passage: Passage, *, is_certain: bool) -> None:
        if not subject and not figure.value:
            return
        rows = self.subjects.rows(subject)
        if not rows.any():
            return
        truth = int(self.parts[rows].sum())
        if self._guarded(subject) >= 0:
            if is_certain:
                way = self._way(figure, subject, truth, passage.said)
            else:
                is_same = figure.is_plain and figure.value == truth
                way = "is shown" if is_same and not self.context.is_open(figure, subject) else ""
            if way:
                self._problem(passage.place, subject, way)
        elif not is_certain:
            return
        elif not figure.unit and figure.value == truth:
            self._tell(rows, passage.place)
        elif self._speaks_of_others(passage.said):
            self._number_of_the_others(figure, rows, passage.place)

    def _way(self, figure: Figure, subject: Mapping[str, str], truth: int, said: str) -> str:
        """How a number near a hidden cell tells it; empty when it does not."""
        if not figure.unit and figure.value == truth and not figure.signed:
            return "is shown"
        for whole in self.subjects.wholes(subject):
            total = int(self.parts[self.subjects.rows(whole)].sum())
            if not total or np.array_equal(self.subjects.rows(whole), self.subjects.rows(subject)):
                continue  # all of itself: that says nothing
            share = 100 * truth / total
            as_percent = (figure.unit == "%" or figure.decimals) and self._narrows(figure, total / 100)
            others = as_percent and figure.value != 100 and figure.is_about(100 - share)
            as_part = figure.decimals and self._narrows(figure, total) and figure.is_about(share / 100)
            if (as_percent and figure.is_about(share)) or others or as_part:
                return "follows from a share"
            if figure.value == total - truth and self._speaks_of_others(said):
                return "follows from the number of all others"
        for people in self._residents(subject):
            per = (100,) if figure.unit else PER if figure.decimals else ()
            if any(figure.is_about(each * truth / people) and self._narrows(figure, people / each) for each in per):
                return "follows from a rate"
        for other, subjects in self.others:
            if all(value in other.release.finest[column].to_numpy() for column, value in subject.items()):
                before = int(other.release.parts[subjects.rows(subject)].sum())
                if figure.signed and not figure.unit and figure.value == abs(truth - before):
                    return "follows from a change"
                if before and figure.unit and figure.is_about(abs(100 * (truth / before - 1))):
                    return "follows from a change"
        return ""

    def _narrows(self, figure: Figure, people: float) -> bool:
        """Whether a number of which each whole is so many ``people`` says more than rounding hides."""
        rounded = people * 10.0**-figure.decimals
        return rounded < self.kept.threshold or figure.value * people + rounded / 2 < self.kept.threshold

    def _residents(self, subject: Mapping[str, str]) -> Iterator[float]:
        for value in subject.values():
            yield from self.residents.get(value, ())

    def _number_of_the_others(self, figure: Figure, rows: np.ndarray, place: str) -> None:
        rest = ~rows
        if not figure.unit and figure.value == int(self.parts[rest].sum()):
            self._tell(rest, place)

    def _tell(self, rows: np.ndarray, place: str) -> None:
        """Note a true count that is out and that no table of the release shows."""
        cell = self.subjects.release.number(rows)
        release = self.kept.release
        if cell >= 0 and release.is_published[cell] and not self.kept.hidden[cell]:
            return
        self.told.setdefault(rows.tobytes(), (rows, place))

    def _guarded(self, subject: Mapping[str, str]) -> int:
        """The hidden cell that is spoken of; -1 where it is none."""
        if not subject:
            return -1
        cell = self.subjects.number(subject)
        return cell if cell >= 0 and self.subjects.guarded[cell] else -1

    def _grid(self, grid: Grid) -> None:
        lines: dict[int, list[tuple[dict[str, str], np.ndarray, str]]] = defaultdict(list)
        for number, row in enumerate((grid.head, *grid.rows)):
            if self._is_dated(row) or not self._is_of_the_period(" ".join(row)):
                continue
            beside = " ".join(cell for cell in row if not self._figures(cell))
            for at, said in enumerate(row):
                # A table need not have a heading: what stands there is read as a row too.
                head = grid.head[at] if number and at < len(grid.head) else ""
                if not self._is_of_the_period(f"{head} {grid.about} {grid.place}"):
                    continue
                about = f"{beside} {head} {grid.about}"
                pairs = PAIR.findall(said)
                for piece in pairs or [said]:
                    is_of_kept = self.context.is_of_kept(piece, head, beside, grid.about)
                    if is_of_kept is not False:
                        self._spoken(Passage(grid.place, piece, about), is_certain=bool(is_of_kept))
                    if number and is_of_kept and not pairs:
                        subject = self.subjects.cell(about, "", 0) if self.subjects.mentions(about) else {}
                        lines[at].append((subject, self.subjects.rows(subject), self._bare(said)))
        for cells in lines.values():
            self._column(grid, cells)

    def _column(self, grid: Grid, cells: Sequence[tuple[dict[str, str], np.ndarray, str]]) -> None:
        """A column of a table: is it one of counts, has it a row of all others, is it in the order of its numbers?"""
        counted = [self._says(said, rows) for _, rows, said in cells]
        guarded = [self._guarded(subject) >= 0 for subject, _, _ in cells]
        right = sum(counts and not hidden for counts, hidden in zip(counted, guarded, strict=True))
        if right < 2:
            return
        filled = sum(bool(figures_in(said)) and not hidden for (*_, said), hidden in zip(cells, guarded, strict=True))
        if 2 * right < filled:  # a column of several things, of which each has its own title
            return
        for (subject, _, said), hidden in zip(cells, guarded, strict=True):
            if hidden and figures_in(said):
                self._problem(grid.place, subject, "has a number in a column of counts")
        self._row_of_others(grid, cells)
        self._order(grid, cells, guarded)

    def _says(self, said: str, rows: np.ndarray) -> bool:
        truth = int(self.parts[rows].sum())
        return any(figure.value == truth and not figure.unit for figure in figures_in(said))

    def _row_of_others(self, grid: Grid, cells: Sequence[tuple[dict[str, str], np.ndarray, str]]) -> None:
        """A row without a name of its own may be the sum of what the table does not list, or of what it hides."""
        for column in self.kept.release.design.columns:
            listed = [(subject, rows, said) for subject, rows, said in cells if column in subject]
            unnamed = [(subject, rows, said) for subject, rows, said in cells if column not in subject]
            if len(listed) < 2:
                continue
            named = np.logical_or.reduce([rows for _, rows, _ in listed])
            hidden = [rows for _, rows, said in listed if not figures_in(said)]
            for _, rows, said in unnamed:
                for rest in (rows & ~named, rows & np.logical_or.reduce(hidden or [~rows])):
                    if rest.any() and self._says(said, rest):
                        self._tell(rest, grid.place)

    def _order(
        self, grid: Grid, cells: Sequence[tuple[dict[str, str], np.ndarray, str]], guarded: Sequence[bool]
    ) -> None:
        """Rows in the order of their counts put a hidden one between its neighbours; an order that comes from the
        protected numbers puts the hidden ones at an end."""
        truth = [int(self.parts[rows].sum()) for _, rows, _ in cells]
        shown = [at for at, hidden in enumerate(guarded) if not hidden and self._says(cells[at][2], cells[at][1])]
        if len(shown) < 3 or len({truth[at] for at in shown}) < 3:
            return
        inside = range(shown[0], shown[-1] + 1)
        falling = all(truth[a] >= truth[b] for a, b in pairwise(inside))
        rising = all(truth[a] <= truth[b] for a, b in pairwise(inside))
        if not (falling or rising):
            return
        for at in inside:
            if guarded[at]:
                before = max(each for each in shown if each < at)
                after = min(each for each in shown if each > at)
                high, low = max(truth[before], truth[after]), min(truth[before], truth[after])
                narrow = high - low < self.kept.threshold or high < self.kept.threshold
                if narrow or len(inside) >= NO_CHANCE:
                    self._problem(grid.place, cells[at][0], "follows from the order of the rows")

    def _bars(self, bars: Sequence[Bar]) -> None:
        """Lengths that are in proportion to the counts tell the hidden ones too."""
        sized = []
        for bar in bars:
            if bar.length is None or not self.subjects.mentions(bar.said) or not self._is_of_the_period(bar.said):
                continue
            subject = self.subjects.cell(bar.said, "", len(bar.said))
            truth = int(self.parts[self.subjects.rows(subject)].sum())
            sized.append((bar, bar.length, subject, truth, self._guarded(subject) >= 0))
        # Shapes of one colour are one series; those of the background have a colour of their own.
        lines = {
            straight([(length, truth) for bar, length, _, truth, is_hidden in sized if (bar.fill, is_hidden) == series])
            for series in dict.fromkeys((bar.fill, is_hidden) for bar, *_, is_hidden in sized)
        }
        for start, scale in sorted(line for line in lines if line is not None):
            for bar, length, subject, truth, is_hidden in sized:
                if is_hidden and abs((length - start) / scale - truth) <= max(CLOSE, DRAWN / abs(scale)):
                    self._problem(bar.place, subject, "follows from the length of a bar or the place of a point")

    def _fills(self, bars: Sequence[Bar]) -> None:
        """Colours that go with counts must not be given to hidden cells."""
        coloured: dict[str, list[tuple[dict[str, str], bool]]] = defaultdict(list)
        place = bars[0].place
        for bar in bars:
            if bar.fill and bar.length is None and self.subjects.mentions(bar.said):
                subject = self.subjects.cell(bar.said, "", len(bar.said))
                coloured[bar.fill].append((subject, self._guarded(subject) >= 0))
        if sum(any(not hidden for _, hidden in each) for each in coloured.values()) < 2:
            return
        for each in coloured.values():
            if not all(hidden for _, hidden in each):
                for subject, hidden in each:
                    if hidden:
                        self._problem(place, subject, "is coloured as numbers that are shown")

    def _problem(self, place: str, subject: Mapping[str, str], way: str) -> None:
        cell = in_order(subject, self.kept.release.design.columns)
        period = f" ({self.kept.period})" if self.kept.period else ""
        self.problems.append(f"{place}: a hidden number {way}: {cell}{period}")
