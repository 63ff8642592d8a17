"""Where country and regions stand: what was reached of what was promised, how that came about, and how old it is.

The values of the brief: one answer for each of adults with mental disorders and children with functional disorders.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.capacity import working_in_all_services, working_of_planned
from socsvc_analysis.indicators.client_path import path_to_service
from socsvc_analysis.indicators.clients import served, served_of_plan
from socsvc_analysis.indicators.progress import measure_period
from socsvc_analysis.indicators.values import PLANNED_FOR, as_values, each_once, last_target, latest_figure
from socsvc_analysis.periods import day_before, earliest_day, last_day
from socsvc_analysis.reference import COUNTRY, Reference
from socsvc_analysis.tables import COMMITMENTS

HALF, FULL = 50.0, 100.0
"""Shares of a plan, in per cent, at which a page says another word."""
APPROXIMATE = "approximate_date"
"""The note of a figure whose day its source does not give."""
NO_DEADLINE = "plan_to_project_end"
"""The note of a plan whose source names no deadline: its day is that of the end of the measure."""


class Standing(NamedTuple):
    """What pages say of a row of :func:`standing`."""

    target_group: str
    numerator: float
    denominator: float
    value: float
    period: str
    approximate: bool
    planned: float
    planned_due: str
    planned_due_assumed: bool
    planned_sources: tuple[str, ...]
    sources: tuple[str, ...]


def standing(data: Dataset) -> pd.DataFrame:
    """What is known of each region (and the country) and each group planned for; one row, also where nothing is.

    The newest figure of :func:`~socsvc_analysis.indicators.clients.served_of_plan` with the extra columns

    * ``due``: the last day for the plan that was in force then, and ``outcome`` by the figure: ``reached``, ``not
      reached`` or ``unknown``;
    * ``planned``, ``planned_due`` and ``planned_sources``: the plan in force today, ``later_plan``: whether it
      says another number than the one in force then, and ``plan_told``: the one in force then, or where it is not known
      how many were served the one in force today;
    * ``end``: the last day of the measure, and ``final``: whether the figure is of that day or later;
    * ``due_assumed`` and ``planned_due_assumed``: whether the source of that plan names no deadline, so that its last
      day is only that of the measure;
    * ``approximate``: whether the day of the figure is not known for certain.

    58 people served by the end of 2022 of 50 in the plan then in force, due by the end of 2023: reached, not final.
    """
    regions = data.reference.regions.sort_values("order")["code"]
    same = ["territory", "target_group"]
    rows = pd.DataFrame([(code, group) for code in regions for group in PLANNED_FOR], columns=same)
    reached = served_of_plan(data)
    known = latest_figure(reached[reached["numerator"].notna() | reached["value"].notna()])
    known = known.assign(day=pd.Series([last_day(period) for period in known["period"]], known.index, dtype=str))
    committed = served(data)
    committed = committed[committed["kind"].isin(COMMITMENTS)]
    then = observations.versions_on(committed, data.reference, known["day"])
    then = last_target(then, "day").assign(due_assumed=lambda plans: _without_deadline(plans["note"].str.split()))
    then = then[[*same, "day", "period", "due_assumed"]].rename(columns={"period": "due"})
    today = as_values(observations.valid_version(committed, data.reference).pipe(last_target))
    today = today[[*same, "value", "period", "sources"]].assign(planned_due_assumed=_without_deadline(today["notes"]))
    known = known.merge(then, on=[*same, "day"], how="left", validate="one_to_one")
    rows = rows.merge(known, on=same, how="left", validate="one_to_one")
    rows = rows.merge(today, on=same, how="left", validate="one_to_one", suffixes=("", "_planned"))
    _, end = measure_period(data.reference)
    share = rows["value"]
    outcome = np.select([share.isna(), share >= FULL], ["unknown", "reached"], "not reached")
    nothing = rows["period"].isna()
    return rows.assign(
        period=_text(rows["period"], ""),
        status=_text(rows["status"], "missing"),
        due=[last_day(each) if each else "" for each in _text(rows["due"], "")],
        due_assumed=rows["due_assumed"].eq(True),
        outcome=outcome,
        planned=rows["value_planned"],
        planned_due=[last_day(each) if each else "" for each in _text(rows["period_planned"], "")],
        planned_due_assumed=rows["planned_due_assumed"].eq(True),
        planned_sources=tuples(_filled(rows["sources_planned"])),
        plan_told=rows["denominator"].fillna(rows["value_planned"].where(rows["numerator"].isna())),
        later_plan=rows["value_planned"].notna()
        & rows["denominator"].notna()
        & (rows["value_planned"] != rows["denominator"]),
        end=end,
        final=[not none and day >= end for none, day in zip(nothing, rows["day"], strict=True)],
        sources=tuples(_filled(rows["sources"])),
        notes=tuples(_filled(rows["notes"])),
        approximate=[APPROXIMATE in notes for notes in _filled(rows["notes"])],
    ).drop(columns=["day", "value_planned", "period_planned", "sources_planned"])


def extent(share: float) -> str:
    """How far a plan is reached by a share of it, in per cent.

    >>> [extent(share) for share in (float("nan"), 0, 49.9, 50, 99.9, 100, 117.9)]
    ['unknown', 'none', 'less', 'half', 'more', 'reached', 'exceeded']
    """
    if math.isnan(share):
        return "unknown"
    if share > FULL:
        return "exceeded"
    if share == FULL:
        return "reached"
    if share > HALF:
        return "more"
    if share == HALF:
        return "half"
    return "less" if share > 0 else "none"


def latest_known(data: Dataset) -> pd.DataFrame:
    """The newest dated figures on the path to a service: of each territory one step on one day, every group of it.

    A figure on people served goes before one on an earlier step.  Rows of
    :func:`~socsvc_analysis.indicators.client_path.path_to_service` with ``approximate``, groups as pages order them.

    322 children and 348 adults had applied by the end of 2016, and nothing later is known: both rows.
    """
    path = path_to_service(data)
    reached = path[~path["step"].str.endswith("_plan") & path["value"].notna() & (path["period"] != "")]
    reached = reached.assign(
        _served=reached["step"] == "persons_served",
        _day=[last_day(period) for period in reached["period"]],
        approximate=[APPROXIMATE in notes for notes in reached["notes"]],
    )
    ordered = reached.sort_values(["_served", "_day"], kind="stable", ascending=False)
    newest = ordered.drop_duplicates("territory")[["territory", "step", "_day"]]
    rows = ordered.merge(newest, on=["territory", "step", "_day"], validate="many_to_one")
    rows = rows.sort_values(["territory", "target_group"], kind="stable", ignore_index=True)
    return rows.drop(columns=["_served", "_day"])


def regions_alone(standing: pd.DataFrame) -> pd.DataFrame:
    """Groups of which regions together later reported more people served than the last figure of the country.

    ``standing`` has the rows of :func:`standing`.  Returns ``target_group``, ``value`` (people; one who moved between
    regions may be counted twice), ``regions`` (how many have a later figure), the ``status`` of the least reliable and
    ``sources``.  Days differ, so the sum is of no day.

    285 in the country in 2018, 171 and 166 in two regions since: 337 of two regions.
    """
    known = standing[standing["numerator"].notna()].assign(day=lambda rows: rows["period"].map(last_day))
    whole = known.loc[known["territory"] == COUNTRY, ["target_group", "numerator", "day"]]
    parts = known[known["territory"] != COUNTRY].merge(
        whole, on="target_group", suffixes=("", "_whole"), validate="many_to_one"
    )
    later = parts[parts["day"] > parts["day_whole"]].groupby("target_group", sort=False)
    sums = pd.DataFrame(
        {
            "value": later["numerator"].sum(),
            "whole": later["numerator_whole"].first(),
            "regions": later["territory"].nunique(),
            "status": later["status"].agg(observations.worst_status),
            "sources": later["sources"].agg(each_once),
        }
    ).reset_index()
    return sums[sums["value"] > sums["whole"]].drop(columns="whole").reset_index(drop=True)


def course_of_plan(data: Dataset) -> pd.DataFrame:
    """What was reached, and what the plan in force said, over time: country and regions, by group planned for.

    Rows of kind ``actual`` (``value`` = people served, ``denominator`` = plan then in force, ``share`` in per cent) and
    of kind ``plan`` or ``target``: ``value`` was in force from ``since`` to ``until`` (ISO days) and is to be reached
    by ``due``.  Where the first day of a version is not known it is that of the version before it or of the measure,
    and ``undated`` says so.  Disputed plans are left out, and versions that another one replaced on their first day.

    60 planned from 2019-03-01 and 80 from 2022-01-15: 60 until 2022-01-14, 80 until its last day.
    """
    codes = data.reference.regions["code"]
    shares = served_of_plan(data)
    shares = shares[shares["territory"].isin(codes) & shares["target_group"].isin(PLANNED_FOR)]
    shares = shares[shares["numerator"].notna() & (shares["period"] != "")]
    reached = shares.assign(share=shares["value"], value=shares["numerator"], since="", until="", due="", undated=False)
    rows = served(data)
    rows = rows[rows["territory"].isin(codes) & rows["target_group"].isin(PLANNED_FOR)]
    plans = rows[rows["kind"].isin(("plan", "target")) & (rows["status"] != "disputed") & rows["value"].notna()]
    # Of targets without a version only the last is one to be reached in the end.
    unversioned = last_target(plans[plans["version"] == ""])
    plans = pd.concat([plans[plans["version"] != ""], unversioned])
    return pd.concat([reached, _steps(plans, data.reference)], ignore_index=True)


def places_in_operation(data: Dataset) -> pd.DataFrame:
    """Places in operation and planned, all services together, of regions that publish both: one row each.

    Only services of which both numbers are known count.  163 + 93 + 58 of 216 + 123 + 140 places: 314 of 479, 65.6 %.
    """
    return working_in_all_services(working_of_planned(data))


def participation(data: Dataset) -> pd.DataFrame:
    """Municipalities taking part, every dated figure of country and regions, the newest of each territory first.

    ``merged``: whether municipalities were merged between this figure and the newest, so that fewer is no fall.
    21 on 30 June 2021 and 6 on 1 July 2021, the day of the reform: merged.
    """
    rows = as_values(observations.select(data.figures, measure="municipalities_participating", kind="actual"))
    rows = rows[rows["value"].notna() & (rows["period"] != "")]
    rows = rows.assign(_day=[last_day(period) for period in rows["period"]])
    rows = rows.sort_values(["territory", "_day"], ascending=[True, False], kind="stable")
    newest_day = rows.groupby("territory")["_day"].transform("max")
    units = data.reference.municipalities
    ended = sorted(units.loc[units["succession"] == "merged whole", "valid_to"])
    merged = [any(day <= end < last for end in ended) for day, last in zip(rows["_day"], newest_day, strict=True)]
    return rows.assign(merged=merged).drop(columns="_day").reset_index(drop=True)


def published_reserve(figures: pd.DataFrame) -> pd.DataFrame:
    """The part of a priority axis, in per cent, that was kept because its milestones were met, as published."""
    return as_values(observations.select(figures, measure="performance_reserve_share"))


def _steps(plans: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Plans as the steps in which they were in force."""
    start, _ = measure_period(reference)
    issues = observations.issues(reference.plan_versions)
    since = plans["version"].map(issues["begins"]).fillna("")
    plans = as_values(
        plans,
        since=pd.Series([earliest_day(day) if day else start for day in since], plans.index, dtype=str),
        undated=plans["version"].map(issues["valid_from"]).fillna("").eq(""),
        due=pd.Series([last_day(period) for period in plans["period"]], plans.index, dtype=str),
        order=plans["version"].map(issues["order"]).astype(float),
    )
    plans = plans.sort_values(["territory", "target_group", "order", "since"], kind="stable", na_position="first")
    following = plans.groupby(["territory", "target_group"])["since"].shift(-1)
    plans = plans.assign(until=following.map(day_before, na_action="ignore").fillna(plans["due"]), share=float("nan"))
    return plans[plans["since"] <= plans["until"]].drop(columns="order")


def _without_deadline(notes: Iterable[Iterable[str]]) -> list[bool]:
    """Whether the source of each plan names no deadline."""
    return [NO_DEADLINE in each for each in notes]


def _text(cells: pd.Series, unknown: str) -> list[str]:
    """The texts, and ``unknown`` where there is none."""
    return [cell if isinstance(cell, str) else unknown for cell in cells]


def _filled(cells: pd.Series) -> list[tuple[str, ...]]:
    """Tuples of codes; empty ones where there are none."""
    return [cell if isinstance(cell, tuple) else () for cell in cells]
