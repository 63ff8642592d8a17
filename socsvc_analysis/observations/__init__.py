"""The one long table: open it, select from it, decide between sources that disagree, restate it to today's borders.

One row is one figure as published or reported.  Nothing here changes its argument; every function gives a new frame.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.codes import Rows, alike, by_code, codes_of, for_each_group, lookup, remembered, tuples
from socsvc_analysis.datapackage import INTERNAL, PUBLIC, Package, open_package
from socsvc_analysis.disclosure import door
from socsvc_analysis.once import Same, once
from socsvc_analysis.periods import PRESENT
from socsvc_analysis.reference import (
    COUNTRY,
    COUNTRY_REGION,
    Reference,
    present_municipalities,
    region_code,
    region_column,
    successors,
)
from socsvc_analysis.schema import DataError, Problem, nearest, unknown_references
from socsvc_analysis.tables.fields import ATVK

IDENTITY = (
    "measure",
    "territory",
    "provider",
    "programme",
    "service_type",
    "target_group",
    "period",
    "kind",
    "version",
)
"""Two rows that agree in all of these speak of the same figure."""

STATUS_RANK = {"normal": 0, "estimated": 1, "provisional": 2, "disputed": 3, "missing": 4, "confidential": 5}
EVIDENCE_RANK = {"verbatim": 0, "received": 0, "transcribed": 1, "parsed": 2}
MUNICIPAL = re.compile(ATVK)


def open_observations(package: Package | str | Path, reference: Reference) -> pd.DataFrame:
    """All observations of ``package``, checked against their contract and against the reference tables.

    Rows come from every file in ``observations/``; ``file`` says which.  For the public, numbers of people from
    restricted files are hidden (:mod:`~socsvc_analysis.observations.protection`): their rows stay without the number.
    Raises :class:`~socsvc_analysis.schema.DataError` with every broken cell.
    """
    if not isinstance(package, Package):
        package = open_package(package)
    from socsvc_analysis.observations.audience import restricted  # it needs this module itself

    figures = unprotected(package, reference)
    if not package.restricted or not restricted(figures, package, reference).any():
        return figures
    if package.audience == PUBLIC:
        from socsvc_analysis.observations import protection

        return protection.for_public(package, reference).figures
    door.unprotected(package.file(name) for name in package.restricted)
    return figures


def unprotected(package: Package, reference: Reference) -> pd.DataFrame:
    """All observations with every number, whoever the package was opened for: only for what shows none of them."""
    is_internal = package.audience == INTERNAL
    return _checked(package if is_internal else Package(package.path, package.descriptor, INTERNAL), reference)


@once
def _checked(package: Package, reference: Reference) -> pd.DataFrame:
    known = reference.known()
    territories = reference.territories()
    frames, problems = [], []
    for name in package.names(tables.OBSERVATION_FOLDER):
        if tables.contract_for(name) is not tables.OBSERVATIONS:
            continue
        file = package.file(name)
        frame = package.table(name)
        problems += unknown_references(frame, tables.OBSERVATIONS, known, file)
        problems += [
            Problem(
                file,
                "is not the code of a country, region or municipality",
                row=int(at) + 2,
                column="territory",
                value=frame["territory"].iloc[at],
                nearest=nearest(frame["territory"].iloc[at], territories),
            )
            for at in (~frame["territory"].isin(territories)).to_numpy().nonzero()[0]
        ]
        frames.append(frame.assign(file=file))
    figures = pd.concat(frames, ignore_index=True)
    problems += [
        Problem(file, "is used by more than one figure", column="id", value=name)
        for file, name in figures.loc[figures["id"].duplicated(), ["file", "id"]].itertuples(index=False, name=None)
    ]
    if problems:
        raise DataError(problems)
    return figures


def select(figures: pd.DataFrame, **wanted: str | tuple[str, ...] | list[str]) -> pd.DataFrame:
    """The rows whose columns have the wanted values.

    Rows of single institutions are left out unless ``provider`` is asked for.  Values of indicators can be selected
    likewise.  Raises :class:`~socsvc_analysis.schema.DataError` for a column that the frame does not have, and
    TypeError for what is no frame.

    >>> figures = pd.DataFrame({"measure": ["places", "places"], "territory": ["LV", "LV"],
    ...                         "provider": ["", "vsac_zemgale"], "value": [10.0, 3.0]})
    >>> select(figures, measure="places").value.tolist()
    [10.0]
    >>> select(figures, measure="places", provider=("", "vsac_zemgale")).value.tolist()
    [10.0, 3.0]
    """
    if not isinstance(figures, pd.DataFrame):
        raise TypeError(f"select takes a frame first, as in select(data.figures, ...), not a {type(figures).__name__}")
    if unknown := [column for column in wanted if column not in figures]:
        said = f"is not a column (columns: {', '.join(map(str, figures.columns))})"
        raise DataError(
            [Problem("select", said, value=each, nearest=nearest(each, map(str, figures.columns))) for each in unknown]
        )
    if "provider" in figures:
        wanted.setdefault("provider", "")
    chosen = np.ones(len(figures), dtype=bool)
    for column, values in wanted.items():
        codes, cells = wanted_codes(column, values), figures[column]
        texts = all(isinstance(each, str) for each in codes)  # pandas would make a table of them first
        found = map(set(codes).__contains__, cells.tolist()) if texts else cells.isin(codes)
        chosen &= np.fromiter(found, dtype=bool, count=len(figures))
    return figures[chosen]


def wanted_codes(column: str, wanted: object) -> list[object]:
    """What is wanted of ``column``, one or several, as a list; periods are text, and a year may be a whole number.

    >>> wanted_codes("period", range(2020, 2022))
    ['2020', '2021']
    """
    if wanted is None:
        raise DataError([Problem("select", "is wanted as None; leave it out to have all", column=column)])
    several = wanted if isinstance(wanted, Iterable) and not isinstance(wanted, str) else [wanted]
    return [str(each) if column == "period" and isinstance(each, Integral) else each for each in several]


RESIDENTS = ("population", "population_average", "population_registered", "population_change")
"""Measures of the residents themselves: what rates are divided by, and no figures about services."""


def excluding(figures: pd.DataFrame, **unwanted: str | tuple[str, ...]) -> pd.DataFrame:
    """The rows whose columns have none of the unwanted values.

    >>> excluding(pd.DataFrame({"measure": ["places", "population"]}), measure="population").measure.tolist()
    ['places']
    """
    kept = pd.Series(True, index=figures.index)
    for column, values in unwanted.items():
        kept &= ~figures[column].isin([values] if isinstance(values, str) else list(values))
    return figures[kept]


def reconcile(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """One row for each figure: where sources disagree, one is chosen by a stated rule and the others are marked.

    Returns the rows of ``figures`` with ``chosen`` (bool) and ``rivals`` (how many other values are published for
    the same figure).  The rule, in this order:

    1. a known value before an unknown one;
    2. the better status (normal, then estimated, provisional, disputed, missing);
    3. the better evidence (read verbatim or received as a file, then transcribed, then parsed);
    4. the source published later;
    5. the smaller ``id``, so that the choice never depends on the order of rows.

    Repetitions of the same value are not a disagreement; one of them is chosen.
    """
    published = figures["source"].map(lookup(reference.sources, "source", "published")).fillna("")
    ranked = figures.assign(
        _unknown=figures["value"].isna(),
        _status=figures["status"].map(STATUS_RANK),
        _evidence=figures["evidence"].map(EVIDENCE_RANK),
        # A later date sorts first; an unknown date sorts last.
        _published=published.map(lambda date: tuple(-ord(letter) for letter in date) or (1,)),
    ).sort_values(["_unknown", "_status", "_evidence", "_published", "id"], kind="stable")
    same = alike(ranked, IDENTITY)
    chosen = ~same.duplicated()
    values = ranked["value"].groupby(same).transform("nunique")
    return figures.assign(
        chosen=chosen.reindex(figures.index), rivals=(values.reindex(figures.index) - 1).clip(lower=0)
    )


@once
def chosen(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The figures left after :func:`reconcile`: one row for each identity."""
    reconciled = reconcile(figures, reference)
    return reconciled[reconciled["chosen"]].drop(columns="chosen")


def disagreements(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """All rows of figures on which sources disagree, the chosen one first within each figure."""
    reconciled = reconcile(figures, reference)
    disputed = reconciled[reconciled["rivals"] > 0]
    return disputed.sort_values([*IDENTITY, "chosen", "id"], ascending=[True] * len(IDENTITY) + [False, True])


def valid_version(figures: pd.DataFrame, reference: Reference, on: str | pd.Series | None = None) -> pd.DataFrame:
    """Of each plan or target, the version in force on the date ``on`` (default: the last).

    ``figures`` are commitments (plans, milestones, targets); with a date for each row, those of each date are looked at
    by themselves.  Versions are ordered as ``plan_versions`` orders them.  A version whose first day is not published
    is taken to follow the one before it; a commitment without a version counts as the earliest.  Figures marked
    disputed are used only where no other version of the same commitment exists.

    Returns the rows chosen, one for each commitment, with ``versions`` (how many there were); a later version without
    a date has the note ``version_undated``.
    """
    told = issues(reference.plan_versions)
    order, begins = (dict(zip(told.index, told[name], strict=True)) for name in ("order", "begins"))
    undated = set(told.index[(told["valid_from"] == "") & (told["order"] > 1)])
    days = [on] * len(figures) if on is None or isinstance(on, str) else on.tolist()
    same = codes_of(figures, [column for column in IDENTITY if column not in ("version", "period")])
    ranks: dict[Hashable, list[tuple[bool, float, str, str, int]]] = {}
    each = codes_of(figures, ["version", "status", "kind", "period", "id"])
    for at, (commitment, (version, status, kind, period, name), day) in enumerate(zip(same, each, days, strict=True)):
        begun = begins.get(version, "")
        if day is None or begun <= day:
            # A target for 2020 and one for 2023 are two targets; a plan keeps being one when its date is moved.
            due = period if kind in ("milestone", "target") else ""
            rank = (status != "disputed", order.get(version, -math.inf), begun, name, at)
            ranks.setdefault((commitment, due, day), []).append(rank)
    # By the number of its row: how many versions there were of the one in force.
    counts = dict(sorted((max(known)[-1], len(known)) for known in ranks.values()))
    kept = figures.iloc[list(counts)]
    # It is in force after the one before it, but nobody has published since when.
    noted = codes_of(kept, ["version", "note"])
    notes = [(f"{note} version_undated" if version in undated else note).strip() for version, note in noted]
    versions = np.fromiter(counts.values(), dtype=np.int64, count=len(counts))
    return kept.assign(note=pd.Series(notes, kept.index, dtype=figures["note"].dtype), versions=versions).sort_index()


@remembered
def issues(plan_versions: pd.DataFrame) -> pd.DataFrame:
    """The versions of plans with ``begins``: from when each holds, as far as it or one before it says so."""
    ordered = plan_versions.sort_values(["territory", "order"]).set_index("version")
    dated = ordered["valid_from"].where(ordered["valid_from"] != "")
    return ordered.assign(begins=dated.groupby(ordered["territory"]).ffill().fillna(""))


def versions_on(figures: pd.DataFrame, reference: Reference, days: Iterable[str]) -> pd.DataFrame:
    """The commitments in force on each of ``days``, as :func:`valid_version` gives them, with the column ``day``."""
    asked = figures.merge(pd.Series(sorted(set(days)), name="day", dtype=str), how="cross", validate="many_to_many")
    return valid_version(asked, reference, on=asked["day"])


def restated(figures: pd.DataFrame, reference: Reference, on: str = PRESENT) -> pd.DataFrame:
    """Municipal figures moved to the municipalities that exist on ``on`` (default: today).

    A former unit that went whole into another is relabelled.  A unit that was **split** (Inčukalna, Aglonas) is not
    assigned to either part: its row keeps its own code and gets ``placed = False``; sums over municipalities then
    leave it out, and sums over regions keep it, because both parts lie in one region.  Figures of the country and of
    regions stay as they are.

    Returns the rows with ``territory`` replaced, ``territory_then`` (as published) and ``placed`` (bool).
    """
    known = _parts(reference.municipalities, on)
    parts = {code: known.get(code, (code,)) for code in figures["territory"].unique()}
    became = {code: into[0] if len(into) == 1 else code for code, into in parts.items()}
    split = {code for code, into in parts.items() if len(into) > 1}
    return figures.assign(
        territory_then=figures["territory"],
        # Of no figures pandas would make a column of numbers.
        territory=figures["territory"].map(became).astype(figures["territory"].dtype),
        placed=~figures["territory"].isin(split),
    )


@remembered
def _parts(municipalities: pd.DataFrame, on: str) -> dict[str, tuple[str, ...]]:
    """What each municipality of any time is by the date ``on``."""
    return {code: successors(code, on, municipalities=municipalities) for code in by_code(municipalities, "code")}


def with_region(figures: pd.DataFrame, reference: Reference, composition: str = "today") -> pd.DataFrame:
    """The figures with ``region``: the slug of the planning region they lie in, or of the region or country they are.

    ``composition`` as in :func:`~socsvc_analysis.reference.region_of`.  It looks at the code as published
    (``territory_then`` where the figures were restated).
    """
    column = region_column(composition)
    slugs = {code: row["region"] for code, row in by_code(reference.regions, "code").items()}
    slugs |= {code: row[column] for code, row in by_code(reference.municipalities, "code").items()}
    published = figures["territory_then"] if "territory_then" in figures else figures["territory"]
    return figures.assign(region=published.map(slugs))


def incomplete_municipalities(reference: Reference) -> set[str]:
    """Today's municipalities that hold a part of a split unit: former units do not add up to their whole territory."""
    split = reference.municipalities[reference.municipalities["succession"] == "split"]
    return {part for code in split["code"] for part in successors(code, municipalities=reference.municipalities)}


@once
def population(figures: pd.DataFrame, reference: Reference, on: str, target_group: str = "all") -> pd.DataFrame:
    """Usual residents on the date ``on`` of Latvia, today's regions and today's municipalities, or those of an age.

    Where only former municipalities were counted they are summed; the sum of a municipality that holds a part of a
    split unit is unknown (NaN), with ``complete = False``; regions are exact because both parts lie in one region.
    Where a unit was not counted, what it is part of is unknown too; where two sources count it, :func:`reconcile`
    chooses.

    Returns ``territory value complete status sources notes`` with one row for each territory.
    """
    residents = select(figures, measure="population", target_group=target_group, period=on)
    if residents.empty:
        known = sorted(select(figures, measure="population")["period"].unique())
        raise DataError(
            [Problem("population", f"no residents are known on this date (known: {', '.join(known)})", value=on)]
        )
    return _counted(Rows(residents), Same(reference), on).copy(deep=False)


@lru_cache(maxsize=128)
def _counted(rows: Rows, tables: Same[Reference], on: str) -> pd.DataFrame:
    reference = tables.kept()
    residents = chosen(rows.frame, reference)
    units = with_region(
        restated(residents[residents["territory"].isin(reference.municipalities["code"])], reference), reference
    )
    uncounted = present_municipalities(reference.municipalities, on) if len(units) else reference.municipalities[:0]
    uncounted = uncounted[~uncounted["code"].isin(units["territory_then"])].assign(territory=lambda rows: rows["code"])
    # An unknown part makes the whole unknown: a sum of the rest would pass for the whole.
    uncounted = uncounted[["territory"]].assign(status="missing")
    units = pd.concat([units, with_region(restated(uncounted, reference), reference)])
    municipal = wholes(units[units["placed"]], ["territory"])
    # A sum of former units lacks the part that was split off; a count of the unit itself lacks nothing.
    summed = municipal["territory"].isin(units.loc[units["territory_then"] != units["territory"], "territory"])
    incomplete = municipal["territory"].isin(incomplete_municipalities(reference)) & summed
    municipal = municipal.assign(
        value=municipal["value"].mask(incomplete), status=municipal["status"].mask(incomplete, "missing")
    )
    codes = lookup(reference.regions, "region", "code")
    columns = ["territory", "value", "status"]
    regional = wholes(units, ["region"]).assign(territory=lambda rows: rows["region"].map(codes))[columns]
    stated = residents.loc[residents["territory"].isin(reference.regions["code"]), columns]
    everywhere = pd.concat([stated, regional, municipal]).drop_duplicates("territory", keep="first")
    return everywhere.assign(
        complete=everywhere["value"].notna(),
        sources=tuples([tuple(sorted(residents["source"].unique()))] * len(everywhere)),
        notes=tuples([tuple(sorted({note for cell in residents["note"] for note in cell.split()}))] * len(everywhere)),
    ).reset_index(drop=True)


def wholes(parts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Value and status of all parts together within ``by``; unknown where a part is: the rest would pass for the whole.

    >>> parts = pd.DataFrame({"territory": ["LV", "LV", "LV009"], "value": [1.0, 2.0, float("nan")],
    ...                       "status": ["normal", "provisional", "missing"]})
    >>> wholes(parts, ["territory"]).values.tolist()
    [['LV', 3.0, 'provisional'], ['LV009', nan, 'missing']]
    """
    groups = parts.groupby(list(by))
    values, statuses = groups["value"].sum(skipna=False), for_each_group(groups.ngroup(), parts["status"], worst_status)
    return pd.DataFrame({"value": values, "status": pd.Series(statuses, values.index, dtype=str)}).reset_index()


def worst_status(statuses: Iterable[str]) -> str:
    """The status of something computed from several figures: the least reliable of theirs.

    >>> worst_status(["normal", "provisional", "normal"])
    'provisional'
    """
    return max(STATUS_RANK.keys() & set(statuses), key=STATUS_RANK.__getitem__, default="missing")


def is_municipality(codes: pd.Series) -> pd.Series:
    """Whether each territory code is a municipality's: seven digits."""
    found = [bool(MUNICIPAL.fullmatch(str(code))) for code in codes.tolist()]
    return pd.Series(found, codes.index, dtype=bool, name=codes.name)


def is_region(codes: pd.Series) -> pd.Series:
    """Whether each territory code is a planning region's."""
    return ~is_municipality(codes) & (codes != COUNTRY)


def for_region(values: pd.DataFrame, region: str, reference: Reference) -> pd.DataFrame:
    """The rows about ``region`` itself (``latvija`` is the country), by ``region`` where the frame has it."""
    if "region" in values:
        return values[values["region"] == region].reset_index(drop=True)
    return values[values["territory"] == region_code(region, reference.regions)].reset_index(drop=True)


def within_region(values: pd.DataFrame, region: str) -> pd.DataFrame:
    """The rows about places in ``region``; all rows for the country.  ``values`` have ``region``."""
    return values if region == COUNTRY_REGION else values[values["region"] == region].reset_index(drop=True)


def coverage(figures: pd.DataFrame) -> pd.DataFrame:
    """How many figures there are of each measure (rows) for each region (columns).  ``figures`` have ``region``.

    Here an empty meeting of row and column really is zero: it counts publications, not people.

    >>> figures = pd.DataFrame({"measure": ["places", "places", "clients"], "region": ["riga", "riga", "zemgale"]})
    >>> coverage(figures).loc["places"].tolist()
    [2, 0]
    """
    return pd.crosstab(figures["measure"], figures["region"])
