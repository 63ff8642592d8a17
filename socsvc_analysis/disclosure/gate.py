"""The gate: finished files are read as a reader gets them and attacked; what gives a hidden number away is named.

Every number near the name of a hidden cell is asked whether it is that number: itself, a share, a rate, a change, a
rank, a bound, the length of a bar, a place in an order.  Every other number that turns out to be a true count is added
to what is published, and all of it is attacked together.  A problem names files and cells, never a value.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.disclosure.audit import Contradiction, Statements, attacked
from socsvc_analysis.disclosure.documents import Bar, Document, Grid, Passage, read
from socsvc_analysis.disclosure.protection import Protected, hidden_cells
from socsvc_analysis.disclosure.release import release_of
from socsvc_analysis.disclosure.subjects import Figure, Kept, Subjects, figures_in, in_order

__all__ = ["Kept", "gate", "kept_of"]

DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}(?:/.*)?")
"""A cell that is a period and nothing else."""
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
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
MOST_SHAPES = 300
"""Shapes of one series through whose pairs a line is drawn; of more, some evenly taken."""
DRAWN = 0.1
"""How exactly pictures are drawn, in their own units."""


def gate(
    files: Mapping[str, bytes],
    kept: Sequence[Kept],
    *,
    names: Mapping[str, Mapping[str, str]] | None = None,
    residents: Mapping[str, Sequence[float]] | None = None,
    not_people: str = "",
) -> list[str]:
    """What in ``files`` (name and content) gives away what must be ``kept``; empty when all may be published.

    ``names`` are other words for the values of a column (``{"service": {"day care": "dienas aprūpe"}}``), ``residents``
    the populations by which counts of a place may be divided, ``not_people`` a pattern for words that say that numbers
    beside them do not count people, such as places or euros.
    """
    found: list[str] = []
    documents = {name: read(name, content) for name, content in files.items()}
    looks = [_Look(each, names or {}, residents or {}, not_people, kept) for each in kept]
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
        not_people: str,
        all_kept: Sequence[Kept],
    ) -> None:
        self.kept, self.subjects = kept, Subjects(kept, names)
        self.parts = kept.release.parts
        self.residents = residents
        self.not_people = re.compile(not_people, re.IGNORECASE) if not_people else None
        self.periods = {each.period for each in all_kept if each.period}
        self.others = [(each, Subjects(each, names)) for each in all_kept if each is not kept]
        self._of_others: dict[str, bool] = {}
        self._checked: dict[str, tuple[bool, bool]] = {}
        self.told: dict[bytes, tuple[np.ndarray, str]] = {}
        self.problems: list[str] = []

    def at(self, document: Document) -> None:
        """Look at one document."""
        for passage in document.passages:
            if all(map(self._is_of_the_period, (passage.said, passage.about, passage.place))):
                self._passage(passage)
        for grid in document.grids:
            self._grid(grid)
        by_kind: dict[tuple[str, str], list[Bar]] = defaultdict(list)
        for bar in document.bars:
            by_kind[bar.place, bar.kind].append(bar)
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
        return self._known_of(text)[0]

    def _is_dated(self, row: Sequence[str]) -> bool:
        """Whether a row has a date of its own, and that is of another year than the release."""
        dates = [cell for cell in row if DATE.fullmatch(cell.strip())]
        return bool(self.kept.period and dates) and not any(date.startswith(self.kept.period[:4]) for date in dates)

    def _speaks_of_others(self, text: str) -> bool:
        if text not in self._of_others:
            self._of_others[text] = bool(OTHERS.search(text))
        return self._of_others[text]

    def _counts_no_people(self, text: str) -> bool:
        """Whether words say that the numbers beside them count something else, such as places or euros."""
        return self._known_of(text)[1]

    def _known_of(self, text: str) -> tuple[bool, bool]:
        """Both, looked up once for each text: rows of a table have much the same words beside them."""
        if text not in self._checked:
            others = bool(self.not_people and self.not_people.search(text))
            self._checked[text] = (self._names_the_period(text), others)
        return self._checked[text]

    def _names_the_period(self, text: str) -> bool:
        named = {period for period in self.periods if re.search(rf"(?<!\w){re.escape(period)}(?!\w)", text)}
        return not named or self.kept.period in named

    def _passage(self, passage: Passage) -> None:
        if self._counts_no_people(passage.said) or self._counts_no_people(passage.about):
            return
        self._spoken(passage)

    def _spoken(self, passage: Passage) -> None:
        for figure in figures_in(self._bare(passage.said)):
            subject = self.subjects.cell(passage.said, passage.about, figure.at)
            self._number(figure, subject, passage.place, passage.said)
        subject = self.subjects.cell(passage.said, passage.about, len(passage.said))
        mentioned = self.subjects.mentions(passage.said)
        if mentioned and self._guarded(subject) >= 0 and (BOUND.search(passage.said) or RANK.search(passage.said)):
            self._problem(passage.place, subject, "has a bound or a rank")

    def _bare(self, text: str) -> str:
        """The text without names and years, whose figures are no counts; what is left stands where it stood."""
        return YEAR.sub("    ", self.subjects.without_names(text))

    def _number(self, figure: Figure, subject: Mapping[str, str], place: str, said: str) -> None:
        if not subject and not figure.value:
            return
        rows = self.subjects.rows(subject)
        if not rows.any():
            return
        truth = int(self.parts[rows].sum())
        if self._guarded(subject) >= 0:
            way = self._way(figure, subject, truth, said)
            if way:
                self._problem(place, subject, way)
        elif not figure.unit and figure.value == truth:
            self._tell(rows, place)
        elif self._speaks_of_others(said):
            self._number_of_the_others(figure, rows, place)

    def _way(self, figure: Figure, subject: Mapping[str, str], truth: int, said: str) -> str:
        """How a number near a hidden cell tells it; empty when it does not."""
        if not figure.unit and figure.value == truth and not figure.signed:
            return "is shown"
        for whole in self.subjects.wholes(subject):
            total = int(self.parts[self.subjects.rows(whole)].sum())
            if not total:
                continue
            share = 100 * truth / total
            telling = figure.unit == "%" or figure.decimals > 0
            if telling and (figure.is_about(share) or figure.is_about(100 - share) or figure.is_about(share / 100)):
                return "follows from a share"
            if figure.value == total - truth and self._speaks_of_others(said):
                return "follows from the number of all others"
        for people in self._residents(subject):
            if figure.decimals and any(figure.is_about(per * truth / people) for per in PER):
                return "follows from a rate"
        for other, subjects in self.others:
            if all(value in other.release.finest[column].to_numpy() for column, value in subject.items()):
                before = int(other.release.parts[subjects.rows(subject)].sum())
                if figure.signed and not figure.unit and figure.value == abs(truth - before):
                    return "follows from a change"
                if before and figure.unit and figure.is_about(abs(100 * (truth / before - 1))):
                    return "follows from a change"
        return ""

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
        for head in grid.head:
            self._passage(Passage(grid.place, head, grid.about))
        for row in grid.rows:
            beside = " ".join(cell for cell in row if not figures_in(self._bare(cell)))
            if not self._is_of_the_period(" ".join(row)) or self._counts_no_people(beside) or self._is_dated(row):
                continue
            for at, said in enumerate(row):
                head = grid.head[at] if at < len(grid.head) else ""
                about = f"{beside} {head} {grid.about}"
                if not self._is_of_the_period(f"{head} {grid.about} {grid.place}"):
                    continue
                if self._counts_no_people(head or grid.about) or self._counts_no_people(said):
                    continue
                self._spoken(Passage(grid.place, said, about))
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
            _straight(
                [(length, truth) for bar, length, _, truth, is_hidden in sized if (bar.fill, is_hidden) == series]
            )
            for series in dict.fromkeys((bar.fill, is_hidden) for bar, *_, is_hidden in sized)
        }
        for start, scale in sorted(line for line in lines if line is not None):
            for bar, length, subject, truth, is_hidden in sized:
                if is_hidden and abs((length - start) / scale - truth) <= max(CLOSE, DRAWN / abs(scale)):
                    self._problem(bar.place, subject, "follows from the length of a bar or the place of a point")

    def _fills(self, bars: Sequence[Bar]) -> None:
        """Colours that go with counts must not be given to hidden cells."""
        coloured: dict[str, list[tuple[dict[str, str], bool]]] = defaultdict(list)
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
                        self._problem("a map or chart", subject, "is coloured as numbers that are shown")

    def _problem(self, place: str, subject: Mapping[str, str], way: str) -> None:
        cell = in_order(subject, self.kept.release.design.columns)
        period = f" ({self.kept.period})" if self.kept.period else ""
        self.problems.append(f"{place}: a hidden number {way}: {cell}{period}")


def _straight(drawn: Sequence[tuple[float, int]]) -> tuple[float, float] | None:
    """Where nothing is drawn and how long one person is, when lengths or places go with counts; else None.

    >>> _straight([(30.0, 10), (60.0, 20), (75.1, 25)])
    (0.0, 3.0)
    >>> _straight([(100.0, 10), (120.0, 20), (150.0, 35)])
    (80.0, 2.0)
    """
    lengths, counts = np.array(drawn, dtype=float).reshape(-1, 2).T
    if len(set(counts)) < 2 or len(set(lengths)) < 2:
        return None
    some = counts > 0
    scale = float(np.median(lengths[some] / counts[some]))
    if scale > 0 and (np.abs(lengths - scale * counts) <= DRAWN + 0.01 * scale * counts).mean() > 0.5:
        return 0.0, scale
    if len(set(counts)) < 3:
        return None
    # The line through most pairs: shapes that are something else do not bend it.
    spread = slice(None, None, max(1, len(counts) // MOST_SHAPES))
    apart, longer = (np.subtract.outer(each[spread], each[spread]) for each in (counts, lengths))
    scale = float(np.median(longer[apart != 0] / apart[apart != 0]))
    start = float(np.median(lengths - scale * counts))
    near = np.abs(lengths - start - scale * counts) <= 2 * DRAWN
    return (start, scale) if abs(scale) > DRAWN / 10 and near.mean() > 0.5 and len(set(counts[near])) > 2 else None
