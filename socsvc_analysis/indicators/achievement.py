"""Achievement: what has been reached against the baseline, milestone, target or plan in force at the time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.codes import among, lookup, tuples
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import (
    DEINSTITUTIONALISATION,
    LONG_TERM,
    as_values,
    di_observations,
    di_programmes,
    each_once,
    ratio,
)
from socsvc_analysis.once import once
from socsvc_analysis.periods import by_last_day, last_day
from socsvc_analysis.reference import Reference
from socsvc_analysis.tables import COMMITMENTS, COUNTED

AIM = ["measure", "territory", "undertaking", "service_type", "target_group"]
"""What a figure and its commitment agree in."""
CHANGE_OF = {"clients_change": "clients"}
"""Measures whose commitments are a change, and the measure that changes."""
FEWER_IS_BETTER = ("share_of_minors", "waiting", *CHANGE_OF)
"""Measures that are to fall whatever the service."""
COMMITTED = (
    "persons_served",
    "persons_assessed",
    "persons_left_institutions",
    "clients",
    "clients_change",
    "clients_in_year",
    "clients_per_10000",
    "places",
    "places_per_10000",
    "share_of_children",
    "share_of_minors",
    "offices_meeting_minimum",
)
"""Measures of which figures and commitments are published today; others join when rows are entered."""


@once
def with_baseline(data: Dataset) -> pd.DataFrame:
    """Observations of whole territories, each figure once, with the baseline of its series.

    Extra columns: ``undertaking``, the programme, where measure 9.2.2.1, the regions' projects in it and no programme
    at all are one; ``baseline`` and ``baseline_source``.  What is counted since a programme began started from 0.
    """
    parts = di_programmes(data.reference)
    own = di_observations(data).assign(undertaking=DEINSTITUTIONALISATION)
    others = observations.select(data.figures)
    others = others[~others["programme"].isin(parts)]
    rows = pd.concat([own, others.assign(undertaking=others["programme"])], ignore_index=True)
    baselines = rows.loc[rows["kind"] == "baseline", [*AIM, "period", "value", "source"]]
    # Of several baselines the earliest: later ones are points on the way.
    baselines = by_last_day(baselines, "value").drop_duplicates(AIM)
    rows = rows.merge(
        baselines.drop(columns="period").rename(columns={"value": "baseline", "source": "baseline_source"}),
        on=AIM,
        how="left",
        validate="many_to_one",
    )
    cumulative = rows["measure"].map(lookup(data.reference.measures, "measure", "stock_flow")).eq("cumulative")
    return rows.assign(baseline=rows["baseline"].mask(cumulative & rows["baseline"].isna(), 0.0))


def target_is_decrease(rows: pd.DataFrame, target: pd.Series, start: pd.Series, reference: Reference) -> pd.Series:
    """Whether each commitment means a decrease: ``target`` is below ``start``, or fewer is better.

    Where no start is known, people and places in long-term care institutions and what waits are to become fewer.

    >>> from types import SimpleNamespace
    >>> reference = SimpleNamespace(service_types=pd.DataFrame({"service_type": ["home_care"], "parent": [""]}))
    >>> rows = pd.DataFrame({"measure": ["clients", "clients", "waiting"], "service_type": "home_care"})
    >>> targets, starts = pd.Series([50.0, 60.0, 5.0]), pd.Series([60.0, 50.0, float("nan")])
    >>> target_is_decrease(rows, targets, starts, reference).tolist()
    [True, False, True]
    """
    services = reference.service_types
    institutions = services.loc[
        services["service_type"].eq(LONG_TERM) | services["parent"].eq(LONG_TERM), "service_type"
    ]
    fewer = rows["measure"].isin(FEWER_IS_BETTER) | rows["service_type"].isin(institutions)
    return (target < start).where(start.notna() & target.notna(), fewer)


@indicator(
    title={"lv": "Sasniegtais salīdzinājumā ar mērķi", "en": "Achievement of plans, milestones and targets"},
    definition={
        "lv": "Sasniegtais skaitlis, dalīts ar plānu, starpposma vērtību vai mērķi, procentos; "
        "kur zināma bāze, arī noietā ceļa daļa: (sasniegtais − bāze) dalīts ar (mērķis − bāze).",
        "en": "The figure reached divided by the plan, milestone or target, in per cent; where a "
        "baseline is known also the share of the way: (reached − baseline) divided by (target − baseline).",
    },
    caveat={
        "lv": "Var pārsniegt 100 %. Ja skaitlim jāsamazinās un bāze nav zināma, vairāk par 100 % nozīmē, ka mērķis nav "
        "sasniegts. Reģionu plānu summa nav valsts mērķis.",
        "en": "May exceed 100%. Where a figure is to fall and no baseline is known, more than 100% means that the "
        "target is not reached. Plans of regions do not add up to the national target.",
    },
    numerator={
        "lv": "Sasniegtais skaitlis; klientu skaita izmaiņām – jaunākais skaits mīnus bāzes skaits.",
        "en": "The figure reached; for a change in the number of clients, the latest number minus the baseline.",
    },
    denominator={
        "lv": "Plāns, starpposma vērtība vai mērķis; no redakcijām, kuru dienas ir zināmas, tā, kas bija spēkā skaitļa "
        "dienā, un katrs mērķis, kura termiņš tad vēl bija priekšā, arī vēlāk publicēts.",
        "en": "The plan, milestone or target; of versions whose days are known the one in force on the day of the "
        "figure, and each target then still to come, also one published later.",
    },
    unit="percent",
    polarity="higher is better",
    measures=COMMITTED,
    source={"lv": "Regula (ES) Nr. 1303/2013, II pielikums", "en": "Regulation (EU) No 1303/2013, Annex II"},
)
def achievement(data: Dataset) -> pd.DataFrame:
    """Every figure reached beside each commitment for it: measure, territory, programme, service and group agree.

    A figure is compared with the version in force on its last day, and with commitments that were not yet due; the
    last one of each kind is compared with later figures too.  Nothing is capped.  Figures of single providers, and
    figures without any commitment, give no row.

    Returns values in per cent (``version`` is the commitment's) with the extra columns

    * ``measure`` and ``programme`` of the figure, ``commitment`` (kind: plan, milestone or target), ``due`` (its
      period; empty where the source gives none);
    * ``baseline`` in the unit of the measure: as published, 0 for what is counted since a programme began, for a
      change the number it is counted from; otherwise unknown;
    * ``way``, per cent of the way from the baseline to the commitment (C20), unknown where the baseline is;
    * ``outcome``: ``reached``, ``not reached`` or ``unknown``; for what is to fall, at or below is reached.

    An unknown or zero commitment gives an unknown value, never an exception.  Source: Regulation (EU) No 1303/2013,
    Annex II (achievement as value over milestone or target); the share of the way is our own definition.

    A case to check by hand: 45 of 60 planned are 75 %, and counted from 0 also three quarters of the way.

    >>> from types import SimpleNamespace
    >>> blank = dict.fromkeys(("provider", "programme", "version", "note"), "")
    >>> row = {**blank, "measure": "persons_served", "territory": "LV", "service_type": "all", "target_group": "all",
    ...        "status": "normal", "source": "letter_2019"}
    >>> figures = pd.DataFrame([{**row, "id": "A", "kind": "actual", "period": "2021", "value": 45.0},
    ...                         {**row, "id": "B", "kind": "plan", "period": "2023", "value": 60.0}])
    >>> reference = SimpleNamespace(
    ...     programmes=pd.DataFrame({"programme": ["di_9221"], "parent": [""]}),
    ...     measures=pd.DataFrame({"measure": ["persons_served"], "stock_flow": ["cumulative"]}),
    ...     service_types=pd.DataFrame({"service_type": ["all"], "parent": [""]}),
    ...     plan_versions=pd.DataFrame({"version": ["v"], "territory": ["LV"], "order": [1], "valid_from": ["2020"]}))
    >>> achievement(Dataset(figures, reference))[["value", "way", "commitment", "outcome"]].values.tolist()
    [[75.0, 75.0, 'plan', 'not reached']]
    """
    rows = with_baseline(data)
    pairs = _pairs(
        pd.concat([rows[rows["kind"].isin(COUNTED)], *_changes(rows)], ignore_index=True),
        rows[rows["kind"].isin(COMMITMENTS)],
        data.reference,
    )
    start = pairs["baseline"].mask(pairs["measure"].isin(CHANGE_OF), 0.0)
    target = pairs["value_due"]
    falling = target_is_decrease(pairs, target, start, data.reference)
    way = ((pairs["value"] - start) / (target - start).where(target != start) * 100).where(pairs["baseline"].notna())
    done = (pairs["value"] >= target).mask(falling, pairs["value"] <= target)
    reached = as_values(
        pairs,
        measure=pairs["measure"],
        programme=pairs["programme"],
        commitment=pairs["kind_due"],
        due=pairs["period_due"],
        baseline=pairs["baseline"],
        way=way,
        outcome=pd.Series(
            np.where(target.isna() | pairs["value"].isna(), "unknown", np.where(done, "reached", "not reached")),
            index=pairs.index,
            dtype=object,
        ),
        pair=pd.Series(pairs.index, index=pairs.index),
    ).assign(version=pairs["version_due"].to_numpy())
    committed = pairs.assign(**{name: pairs[f"{name}_due"] for name in ("value", "status", "source", "note")})
    values = ratio(reached, as_values(committed, pair=reached["pair"]), on=["pair"])
    based = pairs["baseline_source"].fillna("")
    return values.assign(
        sources=tuples(
            each_once((cited, [base] if base else [])) for cited, base in zip(values["sources"], based, strict=True)
        )
    ).drop(columns="pair")


def _changes(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Figures since their baseline, as the measure that is a change: 4,615 after 4,916 is a change of -301."""
    return [
        level.assign(measure=change, value=level["value"] - level["baseline"])
        for change, measure in CHANGE_OF.items()
        for level in [rows[(rows["measure"] == measure) & (rows["kind"] == "actual") & rows["baseline"].notna()]]
    ]


def _pairs(reached: pd.DataFrame, committed: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Each figure with each commitment for it that was in force: columns of the commitment end in ``_due``."""
    # A commitment of a region's project and one of the measure are versions of one plan.
    committed = committed.assign(programme=committed["undertaking"])
    reached = among(reached, committed, AIM)
    committed = among(committed, reached, AIM)
    reached = by_last_day(reached).reset_index(drop=True)
    reached = reached.assign(day=pd.Series([last_day(period) for period in reached["period"]], dtype=str))
    versions = observations.versions_on(committed, reference, reached["day"])
    pairs = reached.merge(versions, on=[*AIM, "day"], suffixes=("", "_due"), validate="many_to_many")
    due = pairs["period_due"].map(last_day)
    final = due.groupby([pairs["id"], pairs["measure"], pairs["kind_due"]]).transform("max")
    return pairs[(pairs["day"] <= due) | (due == final)].reset_index(drop=True)
