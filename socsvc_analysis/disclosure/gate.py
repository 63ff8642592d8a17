"""The gate: finished files are read as a reader gets them and attacked; what gives a hidden number away is named.

Every number near the name of a hidden cell is asked whether it is that number: itself, a share, a rate, a change, a
rank, a bound, the length of a bar, a place in an order.  Every other number that turns out to be a true count is added
to what is published, and all of it is attacked together.  A problem names files and cells, never a value.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sparse

from socsvc_analysis.disclosure.audit import Contradiction, Statements, attacked
from socsvc_analysis.disclosure.contexts import Context, Open
from socsvc_analysis.disclosure.derivations import Derivations
from socsvc_analysis.disclosure.documents import read
from socsvc_analysis.disclosure.lengths import DRAWN, straight
from socsvc_analysis.disclosure.pieces import Bar, Document, Grid, Passage
from socsvc_analysis.disclosure.protection import Protected, hidden_cells
from socsvc_analysis.disclosure.release import groups_by, release_of, rows_with
from socsvc_analysis.disclosure.subjects import Figure, Kept, Names, Subjects, figures_in, in_order
from socsvc_analysis.disclosure.texts import Texts

__all__ = ["Kept", "gate", "kept_of"]

DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}(?:/.*)?")
"""A cell that is a period and nothing else."""
PAIR = re.compile(r"\w+=[^;]*")
"""One of several values that stand in one cell with their names."""
PREVIOUS = re.compile(r"\s*previous=")
"""How such a value is called that is of the year before."""
NO_CHANCE = 6
"""From so many rows on an order by count is no coincidence."""
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
    own: str = "",
    open_numbers: Mapping[str, Sequence[Open]] | None = None,
) -> list[str]:
    """What in ``files`` (name and content) gives away what must be ``kept``; empty when all may be published.

    ``names`` are other words for the values of a column (``{"service": {"day care": "dienas aprūpe"}}``), ``residents``
    the populations by which counts of a place may be divided, ``not_people`` a pattern for words that say that numbers
    beside them do not count people, such as places or euros.

    Files that tell of other things too, such as pages of many measures, need more: ``people`` is a pattern for words
    that say that the numbers beside them count people, or are worked out from such numbers; ``own`` for those of them
    that only kept numbers have.  Of numbers without such words only those are found that are said as they are, and
    where no word is ``own``, none that are among the ``open_numbers`` of the place, with the same service, group and
    time as the words beside them name.
    """
    found: list[str] = []
    texts = Texts(Names([each.release for each in kept], names or {}), {each.period for each in kept} - {""})
    known = {value for _, value in texts.names.values.values()}
    context = Context(not_people, people, own, open_numbers or {}, known)
    looks = [_Look(each, texts, residents or {}, context, kept) for each in kept]
    for name, content in files.items():
        document = read(name, content)
        found += [f"{each}: cannot be read, so nobody knows what it says" for each in document.unread]
        for look in looks:
            look.at(document)
    for look in looks:
        look.attack()
        found += look.problems
    return list(dict.fromkeys(found))


def kept_of(shown: Protected, counts: pd.DataFrame, by: Sequence[str] = (), period: str = "") -> list[Kept]:
    """What must be kept of ``counts`` where readers see ``shown``: one release for each value of ``by``.

    ``period`` is the column of ``by`` that says when people were counted.

    >>> from socsvc_analysis.disclosure.design import design_of
    >>> from socsvc_analysis.disclosure.protection import protected
    >>> counts = pd.DataFrame({"place": list("abc"), "count": [2, 9, 20]})
    >>> kept, = kept_of(protected(counts, design_of("place")), counts)
    >>> gate({"a.csv": b"place,count\\na,2\\nc,20\\n"}, [kept])
    ['a.csv: a hidden number is shown: a']
    """
    found = []
    for about, some in groups_by(counts, by):
        release = release_of(some, shown.design)
        hidden = hidden_cells(release, shown.frame[rows_with(shown.frame, about)])
        found.append(Kept(release, hidden, shown.threshold, str(about.get(period, ""))))
    return found


class _Look:
    """Searches files for the hidden numbers of one release."""

    def __init__(
        self,
        kept: Kept,
        texts: Texts,
        residents: Mapping[str, Sequence[float]],
        context: Context,
        all_kept: Sequence[Kept],
    ) -> None:
        self.kept, self.texts, self.subjects = kept, texts, Subjects(kept, texts.names)
        self.parts = kept.release.parts
        self.context = context
        self.others = [Subjects(each, texts.names) for each in all_kept if each is not kept]
        self.derivations = Derivations(self.subjects, self.others, residents, texts)
        self.told: dict[bytes, tuple[np.ndarray, str]] = {}
        self.problems: list[str] = []

    def at(self, document: Document) -> None:
        """Search one document."""
        for passage in document.passages:
            if not self.texts.figures(passage.said) and not self.subjects.mentions(passage.said):
                continue
            if all(map(self._is_of_the_period, (passage.said, passage.about, passage.place))):
                self._passage(passage, document.where)
        for grid in document.grids:
            self._grid(grid, document.where)
        by_kind: dict[tuple[str, str, str], list[Bar]] = defaultdict(list)
        for bar in document.bars:
            if self.context.is_of_kept(bar.said, bar.about, document.where):
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
        named = self.texts.periods(text)
        return not named or self.kept.period in named

    def _is_of_these(self, *texts: str) -> bool:
        """Whether texts name the period of this release, or say words that only its counts have.

        A place that has most of other people, at no time that is said, is no rank among these.
        """
        named = {period for text in texts for period in self.texts.periods(text)}
        return not self.kept.period or self.kept.period in named or self.context.has_own_words(*texts)

    def _tells_before(self, row: Sequence[str]) -> bool:
        """Whether a row is of the year after this release: what it calls previous is then a number of this one."""
        period = self.kept.period
        return period.isdecimal() and str(int(period) + 1) in (cell.strip() for cell in row)

    def _is_dated(self, row: Sequence[str]) -> bool:
        """Whether a row has a date of its own, and that is of another year than the release."""
        dates = [cell for cell in row if DATE.fullmatch(cell.strip())]
        return bool(self.kept.period and dates) and not any(date.startswith(self.kept.period[:4]) for date in dates)

    def _passage(self, passage: Passage, where: str) -> None:
        is_of_kept = self.context.is_of_kept(passage.said, passage.about, passage.anchor, where)
        if is_of_kept is not False:
            is_certain = bool(is_of_kept) and not (passage.mixed and self.context.people)
            self._spoken(passage.place, passage.said, (passage.about,), is_certain=is_certain)

    def _spoken(self, place: str, said: str, about: Sequence[str], *, is_certain: bool) -> None:
        for figure in self.texts.figures(said):
            self._number(figure, self.subjects.cell(said, about, figure.at), place, (said, *about), is_certain)
        if is_certain and self.subjects.mentions(said) and self.texts.has_bound_or_rank(said):
            subject = self.subjects.cell(said, about, len(said))
            is_hidden = self._guarded(subject) >= 0 and self._is_of_these(said, *about)
            if is_hidden and not any(self._is_open(each, subject, (said,)) for each in self.texts.figures(said)):
                self._problem(place, subject, "has a bound or a rank")

    def _number(
        self, figure: Figure, subject: Mapping[str, str], place: str, texts: Sequence[str], is_certain: bool
    ) -> None:
        if not subject and not figure.value:
            return
        rows = self.subjects.rows(subject)
        if not rows.any():
            return
        truth, said = int(self.parts[rows].sum()), texts[0]
        if self._guarded(subject) >= 0:
            is_same = figure.is_plain and figure.value == truth
            is_said = is_same and not self.subjects.heads_a_list(said, figure.at)
            is_own = self.context.has_own_words(*texts)
            way = "is shown" if is_said else ""
            if is_certain:
                way = self.derivations.of(figure, subject, said, is_own=is_own)
            if way and not self._is_open(figure, subject, texts) and not self._is_of_another(figure, subject, texts):
                self._problem(place, subject, way)
        elif not is_certain:
            return
        elif not figure.unit and figure.value == truth:
            self._tell(rows, place)
        elif self.texts.speaks_of_others(said):
            self._number_of_the_others(figure, rows, place)

    def _is_open(self, figure: Figure, subject: Mapping[str, str], texts: Sequence[str]) -> bool:
        """Whether it is a number that readers may see anyway."""
        periods = frozenset.union(*map(self.texts.periods, texts))
        return self.context.is_open(figure.value, subject, periods, texts)

    def _is_of_another(self, figure: Figure, subject: Mapping[str, str], texts: Sequence[str]) -> bool:
        """Whether a number beside which no time is named is the same in another period, in which it is shown."""
        if any(map(self.texts.periods, texts)) or not figure.is_plain:
            return False
        return any(other.is_shown(subject) and other.count(subject) == figure.value for other in self.others)

    def _number_of_the_others(self, figure: Figure, rows: np.ndarray, place: str) -> None:
        rest = ~rows
        if not figure.unit and figure.value == int(self.parts[rest].sum()):
            self._tell(rest, place)

    def _tell(self, rows: np.ndarray, place: str) -> None:
        """Add a true count that a file shows and no table of the release does to what will be attacked."""
        cell = self.subjects.release.number(rows)
        release = self.kept.release
        if cell >= 0 and release.is_published[cell] and not self.kept.hidden[cell]:
            return
        self.told.setdefault(rows.tobytes(), (rows, place))

    def _guarded(self, subject: Mapping[str, str]) -> int:
        """The number of the hidden cell that ``subject`` is; -1 when it is not hidden."""
        if not subject:
            return -1
        cell = self.subjects.number(subject)
        return cell if cell >= 0 and self.subjects.guarded[cell] else -1

    def _grid(self, grid: Grid, where: str) -> None:
        lines: dict[int, list[tuple[dict[str, str], np.ndarray, str]]] = defaultdict(list)
        for number, row in enumerate((grid.head, *grid.rows)):
            tells_before = self._tells_before(row)
            if not tells_before and (self._is_dated(row) or not self._is_of_the_period(" ".join(row))):
                continue
            beside = " ".join(cell for cell in row if not self.texts.figures(cell))
            for at, said in enumerate(row):
                # A table need not have a heading: what stands there is read as a row too.
                head = grid.head[at] if number and at < len(grid.head) else ""
                if not self._is_of_the_heading(head, grid):
                    continue
                about = (beside, head, grid.about)
                pairs = PAIR.findall(said)
                for piece in pairs or [said]:
                    if bool(PREVIOUS.match(piece)) != tells_before:
                        continue
                    is_of_kept = self.context.is_of_kept(piece, head, beside, grid.about, grid.anchor, where)
                    if is_of_kept is not False:
                        self._spoken(grid.place, piece, about, is_certain=bool(is_of_kept))
                    if number and is_of_kept and not pairs and not tells_before:
                        subject = self.subjects.first(about)
                        lines[at].append((subject, self.subjects.rows(subject), self.texts.bare(said)))
        for cells in lines.values():
            self._column(grid, cells)

    def _is_of_the_heading(self, head: str, grid: Grid) -> bool:
        """Whether what stands above a column may be about the period of this release."""
        named = self.texts.periods(head) | self.texts.periods(grid.about) | self.texts.periods(grid.place)
        return not named or self.kept.period in named

    def _column(self, grid: Grid, cells: Sequence[tuple[dict[str, str], np.ndarray, str]]) -> None:
        """Search a column of counts in a table: hidden cells, a row of all others, the order of the rows."""
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
            subject = self.subjects.cell(bar.said, (), len(bar.said))
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
                subject = self.subjects.cell(bar.said, (), len(bar.said))
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
