"""When a target would be reached if the past went on, and how much a year that takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import among, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.achievement import AIM, CHANGE_OF, target_is_decrease, with_baseline
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import TARGET_COMPUTED, as_values, each_once, people_needed_per_year
from socsvc_analysis.observations import worst_status
from socsvc_analysis.periods import PRESENT, by_last_day, last_day, years_until
from socsvc_analysis.reference import Reference, begins_anew
from socsvc_analysis.statistics import Projection, growth, prediction, projection
from socsvc_analysis.statistics.projections import FEWEST, UNKNOWN
from socsvc_analysis.tables import COMMITMENTS

ONWARD = "projection"
"""Kind of the values that carry a series on."""
NO_GROWTH = (np.nan, np.nan, np.nan)


class Outlook(NamedTuple):
    """What a series says about its target; numbers that cannot be told are NaN."""

    points: int
    """Known figures since the last break."""
    verdict: str
    reason: str
    """Why the verdict is unknown: ``no_figure``, ``no_target``, ``too_few_points``, ``cumulative_fell``; or empty."""
    year: float
    earliest: float
    latest: float
    change_per_year: float
    """From the last known figure but one to the last: for a cumulative series, its flow."""
    needed_per_year: float
    """From the last known figure to the target on its due day, in whole people."""
    growth: float
    """Per cent a year from the first known figure to the last (CAGR); only where not counted since a beginning."""
    growth_needed: float
    growth_ratio: float


TOLD = ("verdict", "reason", "year", "earliest", "latest")
"""What :func:`course` tells of each series."""


@indicator(
    title={"lv": "Kad mērķis būtu sasniegts", "en": "When the target would be reached"},
    definition={
        "lv": "Gads, kurā taisne caur vismaz trim skaitļiem sasniedz mērķi, ar 95 % prognozes intervālu; līdzās "
        "pēdējais pieaugums gadā un pieaugums, kāds gadā vajadzīgs līdz termiņam.",
        "en": "The year in which a straight line through at least three figures reaches the target, with a 95% "
        "prediction interval; beside it the last change per year and the change needed per year until it is due.",
    },
    caveat={
        "lv": "Prognoze der, ja virzība turpinās kā līdz šim; ja skaitļi ir tikai trīs, intervāls ir ļoti plats. Ja "
        "skaitļu ir mazāk, gads nav zināms.",
        "en": "The projection holds if progress goes on as before; with three figures the interval is very wide. With "
        "fewer figures the year is unknown.",
    },
    numerator={"lv": "Jaunākais zināmais personu skaits.", "en": "The latest known number of people."},
    denominator={"lv": "Plāns vai mērķis tā pēdējā redakcijā.", "en": "The plan or target in its last version."},
    unit="persons",
    polarity="neither",
    measures=("persons_served", "persons_assessed", "clients", "clients_change", "clients_in_year"),
    source="Draper and Smith 1998, Applied regression analysis, section 3.1",
)
def projection_to_target(data: Dataset) -> pd.DataFrame:
    """One row for each series of people that has a plan or target: will it be reached, when, at what pace.

    A series is a measure, territory, programme, service and group; a baseline is its first point.  It begins anew at a
    break.  Of its commitments the last version of the one due last counts; a planned change is added to its baseline.

    Returns values: ``value`` the latest known figure, ``denominator`` the target (unit: persons), with the extra
    columns ``measure programme due`` and those of :class:`Outlook`: ``points``, ``verdict`` (``reached``, ``at the
    present pace``, ``not at the present pace``, ``unknown``), ``reason``, ``year`` with ``earliest`` and ``latest``
    (calendar years; of what is reached, the year since when), ``change_per_year`` and ``needed_per_year`` (people a
    year; 0 when reached, NaN when no time is left or no day is given), ``growth``, ``growth_needed`` (per cent a year)
    and ``growth_ratio`` (1: on course).  What was unknown stays unknown; nothing is raised.

    Source: least squares with its prediction interval (:func:`socsvc_analysis.statistics.projection`); growth as
    ``(y_t / y_0)^(1 / (t - t_0)) - 1`` (Eurostat, Monitoring report on progress towards the SDGs, annex on methods).

    To check by hand: 100, 110 and 120 children grow by ten a year; a target of 150 is reached in 2024, and by the end
    of 2023 fifteen a year would be needed.

    >>> from types import SimpleNamespace
    >>> row = {**dict.fromkeys(("provider", "programme", "version", "note"), ""), "measure": "clients", "source": "s",
    ...        "territory": "LV", "service_type": "all", "target_group": "all", "status": "normal"}
    >>> cells = {"id": list("abcd"), "kind": ["actual", "actual", "actual", "plan"],
    ...          "period": ["2019", "2020", "2021", "2023"], "value": [100.0, 110.0, 120.0, 150.0]}
    >>> figures = pd.DataFrame(cells).assign(**row)
    >>> reference = SimpleNamespace(
    ...     programmes=pd.DataFrame({"programme": ["di_9221"], "parent": [""]}),
    ...     measures=pd.DataFrame({"measure": ["clients"], "stock_flow": ["stock"], "unit": ["persons"]}),
    ...     service_types=pd.DataFrame({"service_type": ["all"], "parent": [""]}),
    ...     notes=pd.DataFrame({"note": ["n"], "break": [False]}),
    ...     plan_versions=pd.DataFrame({"version": ["v"], "territory": ["LV"], "order": [1], "valid_from": ["2020"]}))
    >>> out = projection_to_target(Dataset(figures, reference)).loc[0]
    >>> out["verdict"], int(out["year"]), round(out["change_per_year"]), round(out["needed_per_year"])
    ('at the present pace', 2024, 10, 15)
    """
    series = _series_with_aim(data)
    groups = [each for _, each in series.groupby(AIM, sort=True)]
    told = pd.DataFrame([_outlook(each) for each in groups], columns=Outlook._fields)
    # Where no figure is known the last unknown one stands for the series.
    newest = [
        each.index[each["value"].notna()][-1:] if each["value"].notna().any() else each.index[-1:] for each in groups
    ]
    latest = series.loc[[label for each in newest for label in each]].reset_index(drop=True)
    values = as_values(latest, measure=latest["measure"], programme=latest["programme"], due=latest["period_due"])
    return values.assign(
        denominator=latest["value_due"],
        # A line is as reliable as its least reliable point.
        status=[
            worst_status([*each.loc[each["value"].notna(), "status"], own, target])
            for each, own, target in zip(groups, latest["status"], latest["status_due"], strict=True)
        ],
        sources=tuples(
            each_once((each["source"][::-1], target))
            for each, target in zip(groups, latest["sources_due"], strict=True)
        ),
        notes=tuples(
            each_once((own, target)) for own, target in zip(values["notes"], latest["notes_due"], strict=True)
        ),
        **{str(name): told[name] for name in told},
    )


def _series_with_aim(data: Dataset) -> pd.DataFrame:
    """Figures of people that have a plan or target, each with what is due, whether it is to fall and is cumulative."""
    rows = with_baseline(data)
    measures = data.reference.measures.set_index("measure")
    rows = rows[rows["measure"].map(measures["unit"]).eq("persons")]
    points = rows[rows["kind"].isin(("baseline", "actual"))]
    # A baseline alone says nothing about the way.
    points = among(points, points[points["kind"] == "actual"], AIM)
    series = points.merge(_targets(rows, data.reference), on=AIM, suffixes=("", "_due"), validate="many_to_one")
    series = series.assign(
        day=series["period"].map(last_day),
        due_day=series["period_due"].map(last_day),
        falling=target_is_decrease(series, series["value_due"], series["baseline"], data.reference),
        cumulative=series["measure"].map(measures["stock_flow"]).eq("cumulative"),
        broken=begins_anew(map(str.split, series["note"]), data.reference.notes),
    )
    # Of two figures for the same day one counts, whichever order they came in.
    return series.sort_values([*AIM, "day", "period", "id"]).drop_duplicates([*AIM, "day"], keep="last")


def ending(verdict: str, earliest: float, latest: float) -> str:
    """How the sentence about a verdict ends: a year, a range, not before a year, never, or what the verdict says.

    >>> ending("at the present pace", 2020, 2031), ending("at the present pace", 2020, 2020)
    ('range', 'year')
    >>> ending("at the present pace", 2020, float("nan")), ending("not at the present pace", 2020, 2031)
    ('earliest', 'never')
    """
    if verdict == "not at the present pace":
        return "never"
    if verdict != "at the present pace":
        return verdict
    if np.isnan(latest):
        return "earliest"
    return "range" if earliest < latest else "year"


def course(values: pd.DataFrame, reference: Reference, *, cumulative: bool = True) -> pd.DataFrame:
    """Series with what they lead to, and how they go on, as :func:`projection_to_target` has it.

    ``values``: rows territory x target_group of one measure: kind ``actual``, and ``plan`` or ``target``
    of which the one due last counts.  ``cumulative``: the measure counts from a beginning and cannot fall.

    Returns the known, dated rows of series that have both, with ``on`` (last day of the period) and the ``verdict``,
    ``reason``, ``year``, ``earliest`` and ``latest`` of :class:`Outlook`; of the commitments the last one; and rows of
    kind ``projection``: the line through the figures from the first to the day of the target, from the last figure on
    with its 95 % prediction interval (none below zero).

    100, 108 and 116 people at the end of 2019, 2020 and 2021 pass 150 in the course of 2026.
    """
    known = values[values["value"].notna() & (values["period"] != "")].assign(
        on=lambda rows: rows["period"].map(last_day)
    )
    parts = [known.iloc[:0].assign(**{name: pd.Series(dtype=object) for name in TOLD})]
    for _, rows in known.groupby(["territory", "target_group"], sort=False):
        actual = rows[rows["kind"] == "actual"].sort_values("on", kind="stable")
        due = rows[rows["kind"].isin(COMMITMENTS)].sort_values("on", kind="stable").tail(1)
        if actual.empty or due.empty:
            continue
        target, day = due[["value", "on"]].iloc[0]
        points = actual.assign(
            day=actual["on"],
            value_due=target,
            due_day=day,
            falling=target < actual["value"].iloc[0],
            cumulative=cumulative,
            broken=begins_anew(actual["notes"], reference.notes),
        )
        told = _outlook(points)._asdict()
        together = pd.concat([actual, due, _onward(points, due)])
        parts.append(together.assign(**{name: told[name] for name in TOLD}))
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _onward(points: pd.DataFrame, due: pd.DataFrame) -> pd.DataFrame:
    """The line through the points since the last break to the day of the target; none where it leads to no year."""
    since = points[points["broken"].cumsum() == points["broken"].sum()]
    series = pd.Series(since["value"].to_numpy(), index=[years_until(day) for day in since["day"]])
    first, last, end = since["day"].iloc[0], since["day"].iloc[-1], due["on"].iloc[0]
    reached = _projected(
        series,
        points["value_due"].iloc[0],
        falling=points["falling"].iloc[0],
        cumulative=points["cumulative"].iloc[0],
    )[0].verdict
    if reached not in ("at the present pace", "not at the present pace") or end <= last or end == PRESENT:
        return due.iloc[:0]
    quarters = [day.date().isoformat() for day in pd.date_range(last, end, freq="QE")]
    days = pd.Series([first, *sorted({last, *quarters, end})])
    line, lower, upper = (
        np.maximum(each, 0.0) for each in prediction(series, np.array([years_until(day) for day in days]))
    )
    onward = due.loc[due.index.repeat(len(days))].assign(kind=ONWARD, period=days.to_numpy(), on=days.to_numpy())
    ahead = np.arange(len(days)) > 0
    return onward.assign(
        numerator=np.nan,
        value=line,
        lower=np.where(ahead, lower, np.nan),
        upper=np.where(ahead, upper, np.nan),
    )


def _targets(rows: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The last version of the commitment of each series that is due last; a planned change as the level it leads to."""
    committed = rows[rows["kind"].isin(COMMITMENTS)].assign(programme=lambda each: each["undertaking"])
    committed = observations.valid_version(committed, reference)
    committed = committed.assign(
        sources=tuples((source,) for source in committed["source"]),
        notes=tuples(tuple(note.split()) for note in committed["note"]),
    )
    starts = rows.loc[rows["kind"] == "baseline", [*AIM, "baseline", "baseline_source"]].drop_duplicates(AIM)
    levels = committed[committed["measure"].isin(CHANGE_OF)].drop(columns=["baseline", "baseline_source"])
    levels = levels.assign(measure=levels["measure"].map(CHANGE_OF)).merge(starts, on=AIM, validate="many_to_one")
    levels = levels.assign(
        value=levels["value"] + levels["baseline"],
        sources=tuples((*own, base) for own, base in zip(levels["sources"], levels["baseline_source"], strict=True)),
        notes=tuples((*own, TARGET_COMPUTED) for own in levels["notes"]),
    )
    everything = by_last_day(pd.concat([levels, committed], ignore_index=True), "kind")
    kept = everything.drop_duplicates(AIM, keep="last")
    renamed = {name: f"{name}_due" for name in ("value", "period", "status", "sources", "notes")}
    return kept[[*AIM, *renamed]].rename(columns=renamed)


def _outlook(points: pd.DataFrame) -> Outlook:
    """The outlook of one series, sorted by day; all rows carry the same target."""
    since = points[points["broken"].cumsum() == points["broken"].sum()]
    known = since[since["value"].notna()]
    target, due, falling, cumulative = points[["value_due", "due_day", "falling", "cumulative"]].iloc[0]
    values = pd.Series(known["value"].to_numpy(), index=[years_until(day) for day in known["day"]])
    found, reason = _projected(values, target, falling=falling, cumulative=cumulative)
    had, needed, ratio = _growth(values, target, years_until(due)) if not cumulative and due != PRESENT else NO_GROWTH
    return Outlook(
        points=len(values),
        verdict=found.verdict,
        reason=reason,
        # The end of a year is that year, the middle of the next one belongs to the next.
        year=float(np.ceil(found.year)),
        earliest=float(np.ceil(found.earliest)),
        latest=float(np.ceil(found.latest)),
        change_per_year=_last_change(known),
        needed_per_year=0.0 if found.verdict == "reached" else _needed(known, target, due),
        growth=had * 100,
        growth_needed=needed * 100,
        growth_ratio=ratio,
    )


def _projected(values: pd.Series, target: float, *, falling: bool, cumulative: bool) -> tuple[Projection, str]:
    """The projection, and why there is none."""
    if not len(values) or np.isnan(target):
        return UNKNOWN, "no_target" if len(values) else "no_figure"
    if cumulative and (values.diff() < 0).any():
        return UNKNOWN, "cumulative_fell"
    there = (values <= target) if falling else (values >= target)
    if there.iloc[-1]:
        # Since when: the first point after the last one that was not there.
        since = values.index[there[::-1].cumprod().astype(bool)[::-1]][0]
        return Projection(since, since, since, "reached"), ""
    if len(values) < FEWEST:
        return UNKNOWN, "too_few_points"
    if there.iloc[0]:
        # It was there and has left: the line leads away.
        return Projection(np.nan, np.nan, np.nan, "not at the present pace"), ""
    return projection(values, target), ""


def _growth(values: pd.Series, target: float, due: float) -> tuple[float, float, float]:
    """Yearly growth from the first value to the last, that which would have led to the target, and their ratio.

    From nothing and to nothing there is no rate.
    """
    if len(values) < 2 or not (values.iloc[0] > 0 and values.iloc[-1] > 0 and target > 0 and values.index[0] < due):
        return NO_GROWTH
    first, last = ((float(values.index[at]), float(values.iloc[at])) for at in (0, -1))
    had, needed, ratio = (float(np.asarray(each)) for each in growth(first, last, (due, target)))
    return had, needed, ratio


def _last_change(known: pd.DataFrame) -> float:
    if len(known) < 2:
        return np.nan
    before, after = (years_until(day) for day in known["day"].iloc[-2:])
    return float(known["value"].diff().iloc[-1] / (after - before))


def _needed(known: pd.DataFrame, target: float, due: str) -> float:
    """What is left for each year until the day it is due; unknown without a figure."""
    return (
        np.nan if known.empty else people_needed_per_year(known["value"].iloc[-1], target, known["day"].iloc[-1], due)
    )
