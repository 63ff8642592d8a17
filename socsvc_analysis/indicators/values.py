"""How observations become values: a value keeps its numerator, its denominator, its sources and its doubts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import alike, beside, by_code, for_each_group, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.observations import worst_status
from socsvc_analysis.periods import by_last_day, last_days, years_until
from socsvc_analysis.reference import Reference
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.statistics import rate

DIMENSIONS = ("territory", "service_type", "target_group", "period", "kind", "version")
COLUMNS = (*DIMENSIONS, "numerator", "denominator", "value", "lower", "upper", "status", "sources", "notes")
UNDIVIDED = {"service_type": "all", "target_group": "all"}
"""What stands for all services, and for all people."""
NUMBERS = ("numerator", "denominator", "value", "lower", "upper")

STATE_CARE, CHILDRENS_INSTITUTION = "state_care_centre", "childrens_institution"
LONG_TERM = "long_term_institutional_care"
"""Institutions of adults, state social care centres among them."""
GRT, FT, OUT_OF_FAMILY = "adults_mental_disorders", "children_functional_disorders", "children_out_of_family"
GROUPS = (GRT, FT, OUT_OF_FAMILY)
"""The target groups of deinstitutionalisation; GRT and FT are what everybody in the field calls the first two."""
PLANNED_FOR = (GRT, FT)
"""The target groups for whom plans say how many are to be served."""
PARTIAL = "partial_sum"
"""The note of a sum some of whose parts are not known."""
TARGET_COMPUTED = "target_computed"
"""The note of a target that is a planned change added to its baseline."""
AT_LEAST = "estimated"
"""The status of a number that is at least what it says."""
DEINSTITUTIONALISATION = "di_9221"
"""Code of measure 9.2.2.1 in the table of programmes."""
WHOLE_REFORM = "di_reform"
"""Code of the reform with all its funds: what the measure and the building of places (ERDF) cost together."""
APPLIED = "assessment_applications"
"""The step to a service at which applications are counted, and not people."""


def di_programmes(reference: Reference) -> tuple[str, ...]:
    """The programmes whose figures are of the measure: itself, the regions' projects, and no particular one.

    >>> from types import SimpleNamespace
    >>> programmes = pd.DataFrame({"programme": ["di_9221", "kurzeme_visiem"], "parent": ["", "di_9221"]})
    >>> di_programmes(SimpleNamespace(programmes=programmes))
    ('', 'di_9221', 'kurzeme_visiem')
    """
    programmes = by_code(reference.programmes, "programme")
    parts = (code for code, row in programmes.items() if row["parent"] == DEINSTITUTIONALISATION)
    return ("", DEINSTITUTIONALISATION, *parts)


def di_observations(
    data: Dataset, *, also: tuple[str, ...] = (), **wanted: str | tuple[str, ...] | list[str]
) -> pd.DataFrame:
    """Observations of the measure's programmes, and of those named in ``also``, each figure once.

    A figure may be entered for the measure, for a region's project, or for no programme: the named programme goes
    before none, so that the same figure never counts twice.
    """
    rows = observations.select(data.figures, programme=(*di_programmes(data.reference), *also), **wanted)
    same = [column for column in observations.IDENTITY if column != "programme"]
    preferred = rows.assign(_unnamed=rows["programme"].eq(""), _same=alike(rows, same)).sort_values(
        ["_unnamed", "programme", "id"], kind="stable"
    )
    return rows.loc[preferred.drop_duplicates("_same").index.sort_values()]


class Share(NamedTuple):
    """What pages say of a value that is one number of another."""

    numerator: float
    denominator: float
    value: float
    period: str
    sources: tuple[str, ...]


def as_values(rows: pd.DataFrame, **extra: pd.Series) -> pd.DataFrame:
    """Observations as values that are what was published: no denominator, sources and notes as tuples.

    >>> rows = pd.DataFrame({"territory": ["LV"], "service_type": ["all"], "target_group": ["all"], "period": ["2021"],
    ...                      "kind": ["actual"], "version": [""], "value": [5.0], "status": ["normal"],
    ...                      "source": ["letter_2019"], "note": ["a b"]})
    >>> as_values(rows)[["value", "sources", "notes"]].values.tolist()
    [[5.0, ('letter_2019',), ('a', 'b')]]
    """
    cells: dict[str, Any] = {
        **{name: rows[name] for name in (*DIMENSIONS, "value", "status")},
        **dict.fromkeys(("denominator", "lower", "upper"), float("nan")),
        "numerator": rows["value"],
        "sources": tuples((source,) for source in rows["source"]),
        "notes": tuples(tuple(cell.split()) for cell in rows["note"]),
        **extra,
    }
    named = (*COLUMNS, *(name for name in extra if name not in COLUMNS))
    return pd.DataFrame({name: cells[name] for name in named}, index=rows.index).reset_index(drop=True)


def no_values(columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """A frame of no values, each column of its kind, so that it can be joined like any other.

    >>> len(no_values()), no_values(["value"])["value"].dtype.name
    (0, 'float64')
    """
    return _no_values(tuple(columns)).copy()


@cache
def _no_values(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=float if name in NUMBERS else str) for name in columns})


def summed(rows: pd.DataFrame, by: Sequence[str], reference: Reference) -> pd.DataFrame:
    """Observations added up within ``by``; the sum of unknown numbers is unknown.

    Where only some numbers are known the sum is *at least* what it says: its status is estimated or worse and it
    carries the note :data:`PARTIAL`.  Notes stay where every row has them.  Dimensions outside ``by`` keep their value
    where all rows agree and are ``all`` (service, group) or empty otherwise.  Raises
    :class:`~socsvc_analysis.schema.DataError` where the table of measures says that a measure does not add up.
    """
    columns = [*COLUMNS, *(column for column in by if column not in COLUMNS)]
    if rows.empty:
        return no_values(columns)
    refuse_double_counting(rows, by, reference)
    known, same = rows["value"].notna(), alike(rows, by)
    whole = known.groupby(same)
    any_known, all_known = whole.transform("any"), whole.transform("all")
    counted = rows.assign(_partial=any_known & ~all_known)[known | ~any_known]
    numbers = alike(counted, by)
    sums = counted[~numbers.duplicated()].reset_index(drop=True)
    total = counted["value"].groupby(numbers).sum(min_count=1)
    lacking = sums["_partial"]
    return sums.assign(
        **{
            column: for_each_group(numbers, counted[column], partial(_shared, otherwise=UNDIVIDED.get(column, "")))
            for column in DIMENSIONS
            if column not in by
        },
        numerator=total,
        value=total,
        status=at_least(for_each_group(numbers, counted["status"], worst_status), lacking),
        sources=tuples(for_each_group(numbers, counted["source"], codes_in)),
        notes=tuples(
            (*notes, PARTIAL) if some else notes
            for notes, some in zip(for_each_group(numbers, counted["note"], _common_notes), lacking, strict=True)
        ),
        denominator=float("nan"),
        lower=float("nan"),
        upper=float("nan"),
    )[columns]


def codes_in(cells: Iterable[str]) -> tuple[str, ...]:
    """All codes that stand in the cells, with spaces between them, each once and in order.

    >>> codes_in(["csp_2020 lm_letter_2019", "csp_2020"])
    ('csp_2020', 'lm_letter_2019')
    """
    return tuple(sorted({code for cell in cells for code in cell.split()}))


def each_once(cells: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All codes of the cells, each once, in the order in which they come first.

    >>> each_once([("lm_letter_2019", "csp_2020"), ("csp_2020",)])
    ('lm_letter_2019', 'csp_2020')
    """
    return tuple(dict.fromkeys(code for codes in cells for code in codes))


def at_least(statuses: Iterable[str], partial: Iterable[bool]) -> list[str]:
    """The status of each number, which is estimated or worse where the number is known in part only.

    >>> at_least(["normal", "normal", "disputed"], [False, True, True])
    ['normal', 'estimated', 'disputed']
    """
    return [
        worst_status((status, AT_LEAST)) if some else status for status, some in zip(statuses, partial, strict=True)
    ]


def refuse_double_counting(rows: pd.DataFrame, by: Sequence[str], reference: Reference) -> None:
    """Raise DataError for observations that adding up within ``by`` would count twice.

    The table of measures says over what each adds up: unique persons neither over services nor over years, places not
    over time.  A unit's own former parts are territories too.
    """
    measures = reference.measures.set_index("measure")
    then = "territory_then" if "territory_then" in rows else "territory"
    same = [name for name in observations.IDENTITY if name not in ("territory", "period", "version")]
    problems = []
    for column, over, also in (
        (then, "territory", []),
        ("service_type", "service", []),
        # Only a thing that is counted at two times is added up over time.
        ("period", "time", [then, *same]),
    ):
        barred = ~rows["measure"].isin(measures.index[measures[f"additive_{over}"]])
        if column in by or not barred.any():
            continue
        several = rows[column].groupby(alike(rows, list(dict.fromkeys([*by, *also])))).transform("nunique") > 1
        problems += [
            Problem(
                "observations",
                f"cannot be added up over {over}: {', '.join(sorted(cells[column].unique()))} "
                f"(reference/measures.csv, column additive_{over})",
                value=str(measure),
            )
            for measure, cells in rows[several & barred].groupby("measure")
        ]
    if problems:
        raise DataError(problems)


def ratio(numerators: pd.DataFrame, denominators: pd.DataFrame, on: Sequence[str], per: float = 100.0) -> pd.DataFrame:
    """Numerators over denominators that agree in ``on``, times ``per``.  A missing or zero denominator gives unknown.

    Values above ``per`` are legal and stay.  Each denominator serves many numerators; two denominators for one
    numerator raise pandas' merge error.

    12 clients in 10 places are 120 %; without places there is no share.

    >>> rows = pd.DataFrame({"territory": ["A", "B"], "numerator": 12.0, "denominator": 0.0, "value": 12.0,
    ...                      "status": "normal", "sources": [("s",), ("s",)], "notes": [(), ()]})
    >>> places = rows.assign(value=[10.0, 0.0], status="estimated", sources=tuples([("t",), ("s",)]))
    >>> shares = ratio(rows, places, on=["territory"])
    >>> shares[["numerator", "denominator", "value", "status", "sources"]].values.tolist()
    [[12.0, 10.0, 120.0, 'estimated', ('s', 't')], [12.0, 0.0, nan, 'estimated', ('s',)]]
    """
    above = numerators.reset_index(drop=True)
    at = beside(above, denominators, on)
    # A numerator without a denominator finds what is added at the end.
    below = pd.Series(np.append(denominators["value"].to_numpy(dtype=float), np.nan)[at])
    ends = {"status": "normal", "sources": (), "notes": ()}
    told = {
        name: [(own, others[place]) for own, place in zip(above[name], at.tolist(), strict=True)]
        for name, others in ((name, [*denominators[name], end]) for name, end in ends.items())
    }
    return above.assign(
        numerator=above["value"],
        denominator=below,
        value=(above["value"] / below * per).where(below.notna() & (below != 0)),
        status=pd.Series(list(map(worst_status, told["status"])), above.index, dtype=str),
        sources=tuples(map(each_once, told["sources"])),
        notes=tuples(map(each_once, told["notes"])),
    )[list(numerators.columns)]


def with_poisson_limits(values: pd.DataFrame, per: float) -> pd.DataFrame:
    """The values, rates of people counted, with the 95 % limits of a Poisson count.

    >>> rates = pd.DataFrame({"numerator": [65.0], "denominator": [100.0], "value": [650.0]})
    >>> with_poisson_limits(rates, per=1000)[["lower", "upper"]].round().values.tolist()
    [[502.0, 828.0]]
    """
    limits = rate(values["numerator"], values["denominator"], per=per)
    return values.assign(lower=limits.lower, upper=limits.upper)


def people_needed_per_year(value: float, target: float, on: str, due: str) -> float:
    """How many people a year lead from ``value`` on the day ``on`` to ``target`` on the day it is due.

    In whole people: part of a person more each year is a person more (:class:`~socsvc_analysis.statistics.Pace` has the
    quotient itself).  Unknown when no time is left, or without a day.

    >>> people_needed_per_year(171, 389, "2021-12-31", "2023-12-31")
    109.0
    >>> people_needed_per_year(166, 351, "2021-12-31", "2023-12-31")  # 92.5
    93.0
    >>> people_needed_per_year(4615, 3916, "2018-12-31", "2023-12-31")  # people in institutions: -139.8
    -140.0
    """
    years = years_until(due) - years_until(on)
    if not years > 0 or math.isnan(target - value):
        return math.nan
    each = (target - value) / years
    return math.copysign(math.ceil(round(abs(each), 6)), each)


def latest_figure(rows: pd.DataFrame, *also: str) -> pd.DataFrame:
    """The row of the latest period for each territory and group (and ``also``); undated rows count as the earliest.

    A row whose number is not known is taken only where there is no other.

    >>> rows = pd.DataFrame({"territory": "LV", "target_group": "all", "period": ["2022", "2021-12-31"],
    ...                      "kind": "actual", "version": "", "value": [7, 5]})
    >>> latest_figure(rows).value.tolist()
    [7]
    """
    number = rows["numerator"] if "numerator" in rows else rows["value"]
    ties = ["id"] if "id" in rows else ["kind", "version"]
    ordered = rows.assign(_known=number.notna(), _end=last_days(rows["period"]))
    ordered = ordered.sort_values(["_known", "_end", *ties], kind="stable").drop(columns=["_known", "_end"])
    return ordered.drop_duplicates(["territory", "target_group", *also], keep="last")


def last_target(commitments: pd.DataFrame, *also: str) -> pd.DataFrame:
    """Of a territory's commitments for a group (and what agrees in ``also``) the one with the latest date to reach it.

    >>> plans = pd.DataFrame({"territory": "LV", "target_group": "all", "period": ["2023", "2020"], "value": [9, 4]})
    >>> last_target(plans)["value"].tolist()
    [9]
    """
    return by_last_day(commitments).drop_duplicates(["territory", "target_group", *also], keep="last")


def with_known_number(values: pd.DataFrame) -> pd.DataFrame:
    """The rows whose number is known: sentences and sums speak of these only.

    >>> with_known_number(pd.DataFrame({"numerator": [0.0, float("nan")]}))["numerator"].tolist()
    [0.0]
    """
    return values[values["numerator"].notna()]


def _common_notes(cells: list[str]) -> tuple[str, ...]:
    """Notes that hold for every figure of a sum: a remark on one of them says nothing about the whole."""
    first, *others = (cell.split() for cell in cells)
    return tuple(note for note in first if all(note in other for other in others))


def _shared(cells: list[str], otherwise: str) -> str:
    return cells[0] if len(set(cells)) == 1 else otherwise
