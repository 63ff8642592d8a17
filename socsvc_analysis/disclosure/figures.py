"""Restricted figures about people: what of them, and of their sums, may be shown to the public beside each other.

All returns of one measure and period are one release: what municipalities report, by service and group, and the sums
over services, groups, regions and the country.  They are protected together, so that neither a sum nor a page of
another region gives a hidden number back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from socsvc_analysis.disclosure.design import Design, design_of
from socsvc_analysis.disclosure.door import UnprotectedError
from socsvc_analysis.disclosure.ledger import released
from socsvc_analysis.disclosure.protection import Protected, protected
from socsvc_analysis.disclosure.release import COUNT
from socsvc_analysis.schema import DataError, Problem, nearest
from socsvc_analysis.tables import HIDDEN

__all__ = ["BY", "DEFAULT_DESIGN", "DESIGNS", "Given", "Shown", "design_named", "protected_figures"]

TOTAL = "all"
UNDIVIDED, REST = "not by service", "not by group"
"""Codes for counts without a service, and for the rest of a service's total beyond its named groups."""
BY = ("measure", "kind", "version", "period", "table")
"""What each release is about; ``table`` tells totals from parts where a measure does not add up over services."""
LEVELS = ("region", "municipality", "territory")
CELL = ("service_type", "target_group")
DIMENSIONS = ">".join(LEVELS) + "," + ",".join(CELL)
HOLDER = "municipality"
DATASET = "returns"
DEFAULT_DESIGN = "two_way"
DESIGNS = {
    DEFAULT_DESIGN: ",".join(f"{level}*{column}" for level in LEVELS[1:] for column in CELL),
    "totals": ",".join(LEVELS[1:]),
    "cross": "",
}
"""Which tables of municipalities are published; regions and the country are published in full with each of them."""
RELIABILITY = ("normal", "provisional", "estimated", "disputed")
_KEY = object()


def design_named(name: str, file: str) -> Design:
    """The design named ``name``; an unknown one is an error in ``file``.

    >>> len(design_named("totals", "datapackage.json").tables) < len(design_named("cross", "datapackage.json").tables)
    True
    """
    if name not in DESIGNS:
        said = f"is not a known design (known: {', '.join(DESIGNS)})"
        raise DataError([Problem(file, said, column="design", value=name, nearest=nearest(name, DESIGNS))])
    return design_of(DIMENSIONS, DESIGNS[name])


@dataclass(frozen=True, eq=False)
class Given:
    """Figures, some of which are restricted, and what must be known of them to protect them."""

    figures: pd.DataFrame
    restricted: pd.Series
    """Rows that tell of people and may not be shown as they are."""
    counted: pd.Series
    """Rows that count people in a whole territory, restricted or not, one for each subject: they make up the sums."""
    places: pd.DataFrame
    """For each territory by code its ``municipality`` and ``region`` today, both as codes."""
    wider: Mapping[str, frozenset[str]]
    """For each service and group those that contain it, without itself and without ``all``."""
    measures: pd.DataFrame
    """For each measure by code ``additive_service`` and ``additive_territory``."""
    published: pd.DataFrame | None = None
    """What earlier publications told, open then and perhaps restricted now: the columns of ``figures``, or fewer."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows that are counted, of the measures and periods in which something is restricted."""
        rows = self.figures[self.counted & self.figures["territory"].isin(self.places.index)]
        rows = rows[(rows["value"] >= 0) & (rows["value"] % 1 == 0)]
        rows = rows.assign(table=self._table(rows))
        guarded = rows.loc[self.restricted.reindex(rows.index), list(BY)].drop_duplicates()
        return rows.reset_index().merge(guarded, on=list(BY), validate="many_to_one").set_index("index")

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The finest counts: ``BY``, ``LEVELS``, ``CELL`` and ``count``, one row each."""
        groups = self.rows.groupby([*BY, "territory"], sort=True)
        found = [(*key, *part) for key, table in groups for part in _parts(table, self.wider)]
        parts = pd.DataFrame(found, columns=[*BY, "territory", *CELL, COUNT])
        where = self.places.rename_axis("territory").reset_index()
        return parts.merge(where, on="territory", validate="many_to_one")[[*BY, *LEVELS, *CELL, COUNT]]

    @cached_property
    def known_already(self) -> pd.DataFrame:
        """Open figures, now or once, about the same measures and periods, as rows of an earlier release."""
        rows = pd.concat([self.figures[~self.restricted], self.published], ignore_index=True)
        rows = rows[(rows["provider"] == "") & (rows["programme"] == "")]
        rows = rows[rows["value"].notna() & (rows["value"] % 1 == 0)]
        rows = rows.assign(table=self._table(rows))
        rows = rows.merge(self.parts[list(BY)].drop_duplicates(), on=list(BY), validate="many_to_one")
        code = rows["territory"]
        said = pd.DataFrame(
            {
                **{name: rows[name] for name in BY},
                "region": code.where(code.isin(self.places["region"])),
                "municipality": None,
                "territory": code.where(code.isin(self.places.index)),
                **{name: rows[name].where(rows[name] != TOTAL) for name in CELL},
                COUNT: rows["value"].astype("Int64"),
            }
        )
        # The number of a municipality of today is the sum of its former parts, where these have reported.
        of_today = code[code.isin(self.places["municipality"])]
        merged = said.loc[of_today.index].assign(municipality=of_today, territory=None)
        return pd.concat([said, merged], ignore_index=True)

    def _table(self, rows: pd.DataFrame) -> pd.Series:
        adds_up = rows["measure"].map(self.measures["additive_service"]).astype(bool)
        return (rows["service_type"] == TOTAL).map({True: "whole", False: "parts"}).mask(adds_up, "").astype(object)


@dataclass(frozen=True, eq=False)
class Shown:
    """Figures as the public may see them.  Only :func:`protected_figures` makes one.

    ``figures`` are all rows that were given; a number that is not shown is missing and has the status
    ``confidential``, and restricted rows have no notes.  ``sums`` are the counts of the same returns at every level
    that is published, with ``level`` (territory, municipality, region, country), likewise.
    """

    figures: pd.DataFrame
    sums: pd.DataFrame
    counts: pd.DataFrame = field(repr=False)
    """The true counts, for the gate and for the owner of the data; never for a page."""
    protected: Protected | None = None
    key: object = field(repr=False, default=None)

    def __post_init__(self) -> None:
        if self.key is not _KEY:
            raise UnprotectedError("figures for the public are made by disclosure.figures.protected_figures only")


def protected_figures(
    given: Given,
    design: Design,
    *,
    ledger: Path | None = None,
    version: str = "",
    record: bool = True,
) -> Shown:
    """The figures with restricted numbers hidden where they are small, or would give a small one away.

    Of restricted rows those are shown that the design publishes and that protection does not hide.  What counts nobody
    (a rate, a number below zero), counts for an institution or programme, for a whole region or twice, and a number
    that its own parts contradict, is not shown: it says nothing of its own that could be protected.  A hidden row
    stays: that there is a return tells of nobody.  ``ledger`` is the folder of what is out already, in which this
    ``version`` is recorded, unless ``record`` is off.  Raises :class:`~socsvc_analysis.disclosure.protection.Leak` when
    the attack on the result finds anything.
    """
    parts = given.parts
    known = given.figures["value"].notna()
    if parts.empty:
        return _shown(given, given.restricted & known, _no_sums(), parts, None)
    known_out = given.known_already
    if ledger is None:
        made = protected(parts, design, holder=HOLDER, by=BY, out=known_out)
    else:
        made = released(
            ledger,
            DATASET,
            version,
            parts,
            design,
            holder=HOLDER,
            by=BY,
            known=known_out,
            record=record,
        )
    cells = _cells(made)
    answers = _rows_shown(given, cells)
    hidden = given.restricted & known & ~answers.reindex(given.figures.index, fill_value=False)
    return _shown(given, hidden, _sums(given, cells), parts, made)


def _shown(given: Given, hidden: pd.Series, sums: pd.DataFrame, counts: pd.DataFrame, made: Protected | None) -> Shown:
    figures = given.figures
    masked = figures.assign(value=figures["value"].mask(hidden), status=figures["status"].mask(hidden, HIDDEN))
    if "note" in masked:  # what a sender has written beside a number may say it
        masked = masked.assign(note=masked["note"].mask(given.restricted, ""))
    return Shown(masked, sums, counts, made, _KEY)


def _parts(table: pd.DataFrame, wider: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str, int]]:
    """The finest counts of one territory's table: (service, group, count)."""
    rows = table[~_contained(table["service_type"], wider) & ~_contained(table["target_group"], wider)]
    if (rows["service_type"] != TOTAL).any():
        # Pages add up services and never show the total beside them.
        rows = rows[rows["service_type"] != TOTAL]
    for service, some in rows.groupby("service_type", sort=True):
        name = UNDIVIDED if service == TOTAL else str(service)
        groups = some[some["target_group"] != TOTAL]
        totals = some.loc[some["target_group"] == TOTAL, "value"]
        rest = int(totals.iloc[0] - groups["value"].sum()) if len(totals) else 0
        if rest < 0:  # groups that overlap, or a mistake: the total is what pages use
            groups, rest = groups[:0], int(totals.iloc[0])
        for group, value in zip(groups["target_group"], groups["value"], strict=True):
            yield name, group, int(value)
        if rest or (len(totals) and groups.empty):
            yield name, REST, rest


def _contained(codes: pd.Series, wider: Mapping[str, frozenset[str]]) -> pd.Series:
    """Which codes another one of the table contains: children with a disability among children."""
    given = set(codes)
    return codes.map(lambda code: bool(wider.get(code, frozenset()) & given)).astype(bool)


def _cells(made: Protected) -> pd.DataFrame:
    """The printed rows with ``level`` and ``code``, and ``all`` for what a total runs over."""
    frame = made.frame
    named = [frame[name].notna() for name in reversed(LEVELS)]
    level = np.select(named, LEVELS[::-1], "country")
    code = np.select(named, [frame[name] for name in reversed(LEVELS)], "LV")
    whole = {name: frame[name].where(frame[name].notna(), TOTAL) for name in CELL}
    return frame.assign(level=level, code=code, **whole)


def _rows_shown(given: Given, cells: pd.DataFrame) -> pd.Series:
    """Which of the rows that are counted may be shown as they are; by index of the figures."""
    own = cells[cells["level"] == "territory"]
    published = {key: count for key, count in zip(_keys(own, "code"), own[COUNT], strict=True)}
    parts = given.parts
    by_service, by_group = (parts.groupby([*BY, "territory", name])[COUNT].transform("size").eq(1) for name in CELL)
    for part, alone, alike in zip(parts.itertuples(index=False), by_service, by_group, strict=True):
        where, cell = (*(getattr(part, name) for name in BY), part.territory), (part.service_type, part.target_group)
        # What was counted for one group only, or in one service only, is one number with the total.
        total = (part.service_type, TOTAL) if alone else (TOTAL, part.target_group) if alike else cell
        published.setdefault((*where, *cell), published.get((*where, *total)))
    rows = given.rows.assign(service_type=given.rows["service_type"].replace(TOTAL, UNDIVIDED))
    answers = [published.get(key) for key in _keys(rows, "territory")]
    # A row that the release did not use (a total beside its parts) says another number than the cell of its name.
    same = [
        answer is not None and pd.notna(answer) and answer == value
        for answer, value in zip(answers, rows["value"], strict=True)
    ]
    return pd.Series(same, index=rows.index, dtype=bool)


def _keys(rows: pd.DataFrame, code: str) -> Iterator[tuple[object, ...]]:
    return map(tuple, rows[[*BY, code, *CELL]].to_numpy(object))


def _sums(given: Given, cells: pd.DataFrame) -> pd.DataFrame:
    """The released counts as readers may see them, each with the sources it rests on."""
    named = cells[~cells["service_type"].isin([UNDIVIDED]) & ~cells["target_group"].isin([REST])]
    additive = given.measures["additive_territory"]
    named = named[named["measure"].map(additive).astype(bool) | named["level"].eq("territory")]
    # Where services do not add up, their sum is printed nowhere; what was reported for all of them is.
    whole = named["service_type"] == TOTAL
    named = named[(named["table"] == "") | (whole == (named["table"] == "whole"))]
    rests = _resting(given)
    joined = named.merge(rests, on=[*BY, "level", "code"], how="left", validate="many_to_one")
    hidden = joined[COUNT].isna()
    return joined.assign(
        territory=joined["code"],
        value=joined[COUNT].astype("Float64").to_numpy(float, na_value=np.nan),
        status=joined["status"].mask(hidden, HIDDEN),
    )[list(_no_sums().columns)].reset_index(drop=True)


def _resting(given: Given) -> pd.DataFrame:
    """For each level and code the sources of its rows and the least reliable of their statuses."""
    where = given.places.loc[given.rows["territory"]]
    frames = []
    for level in (*LEVELS, "country"):
        code = (
            "LV"
            if level == "country"
            else given.rows["territory"].to_numpy()
            if level == "territory"
            else where[level].to_numpy()
        )
        groups = given.rows.assign(level=level, code=code).groupby([*BY, "level", "code"], sort=True)
        frames.append(groups.agg(source=("source", _joined), status=("status", _least_reliable)).reset_index())
    return pd.concat(frames, ignore_index=True)


def _joined(cells: pd.Series) -> str:
    return " ".join(sorted({code for cell in cells for code in cell.split()}))


def _least_reliable(statuses: pd.Series) -> str:
    known = [RELIABILITY.index(each) for each in statuses if each in RELIABILITY]
    return RELIABILITY[max(known, default=0)]


def _no_sums() -> pd.DataFrame:
    names = ("measure", "kind", "version", "period", "level", "territory", *CELL, "value", "status", "source")
    return pd.DataFrame({name: pd.Series(dtype=float if name == "value" else str) for name in names})
