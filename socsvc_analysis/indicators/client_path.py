"""The client's path to a service, step by step, and how many are lost on the way."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis import observations
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import GROUPS, as_values, di_observations, last_target, latest_figure
from socsvc_analysis.periods import last_day

PATH_STEPS = (
    ("persons_eligible", ("actual",), "persons_eligible"),
    ("assessment_applications", ("actual",), "assessment_applications"),
    ("persons_assessed", ("plan", "target"), "persons_assessed_plan"),
    ("persons_assessed", ("actual",), "persons_assessed"),
    ("support_plans", ("actual",), "support_plans"),
    ("persons_served", ("plan", "target"), "persons_served_plan"),
    ("persons_served", ("actual",), "persons_served"),
)
"""The client's path in order: measure, kinds, name of the step."""
STEP_ORDER = {step: at for at, (_, _, step) in enumerate(PATH_STEPS)}


@indicator(
    title={"lv": "Ceļš līdz pakalpojumam", "en": "The path to a service"},
    definition={
        "lv": "Personu skaits katrā posmā: mērķa grupas lielums, iesniegumi, plānots izvērtēt, izvērtētas, sagatavoti "
        "atbalsta plāni, plānots sniegt pakalpojumus, saņēmušas pakalpojumus; katram posmam jaunākais publicētais "
        "skaitlis. Zudums ir starpība ar iepriekšējo posmu.",
        "en": "Number of people at each step: in the target group, applied, planned to be assessed, assessed, with a "
        "support plan, planned to receive services, received services; the latest published figure for each step. The "
        "loss is the difference from the step before.",
    },
    caveat={
        "lv": "Posmu skaitļi var būt no dažādiem datumiem un plāna redakcijām; zudums rēķināts no iepriekšējā posma "
        "skaitļa, kas nav jaunāks. Ja nākamajā posmā cilvēku ir vairāk, zuduma nav.",
        "en": "The steps can be of different dates and plan versions; a loss is counted against a figure of the step "
        "before that is no later. Where more people are at the next step nobody is lost.",
    },
    numerator={
        "lv": "Personas (vai iesniegumi, plāni) katrā posmā.",
        "en": "People (or applications, plans) at each step.",
    },
    unit="persons",
    polarity="neither",
    measures=("persons_eligible", "assessment_applications", "persons_assessed", "support_plans", "persons_served"),
    source="",
)
def path_to_service(data: Dataset) -> pd.DataFrame:
    """The latest figure of each step by territory and group; plans are the last version.

    Extra columns: ``step`` (as in :data:`PATH_STEPS`); for a step reached also ``before`` (the step reached before it),
    ``before_period`` and ``before_value`` (its newest figure that is no later), ``lost`` (people fewer than there) and
    ``kept`` (per cent of them), see :func:`with_losses`.

    80 assessed and 60 served on the same day: 20 lost, 75 % kept.
    """
    step_of = {(measure, kind): step for measure, kinds, step in PATH_STEPS for kind in kinds}
    measures, kinds = (sorted(set(codes)) for codes in zip(*step_of, strict=True))
    rows = di_observations(data, measure=measures, kind=kinds, service_type="all", target_group=GROUPS)
    rows = rows[~observations.is_municipality(rows["territory"])]
    told = [step_of.get(pair, "") for pair in zip(rows["measure"], rows["kind"], strict=True)]
    rows = rows.assign(step=pd.Series(told, rows.index, dtype=str))
    planned = rows["step"].str.endswith("_plan")
    counted = rows[~planned & (rows["step"] != "")]
    # A region's plan and the nation's target are the same step.
    plans = observations.valid_version(rows[planned], data.reference).pipe(last_target, "step")
    path = pd.concat([latest_figure(counted, "step"), plans])
    path = path.sort_values("step", key=lambda steps: steps.map(STEP_ORDER), kind="stable")
    reached = counted[counted["value"].notna() & (counted["period"] != "")]
    reached = reached.sort_values("step", key=lambda steps: steps.map(STEP_ORDER), kind="stable", ignore_index=True)
    return with_losses(as_values(path, step=path["step"]), reached)


def with_losses(path: pd.DataFrame, reached: pd.DataFrame | None = None) -> pd.DataFrame:
    """The path with what each step lost against the nearest step before it that was counted by then.

    ``reached`` are all known figures of steps, older ones too (default: those of ``path``).  Where more people are at a
    step than at the one before, nobody was lost.

    >>> path = pd.DataFrame({"territory": "LV009", "target_group": "adults", "period": ["2021-12-31", "2022"],
    ...                      "step": ["persons_assessed", "persons_served"], "value": [80.0, 60.0]})
    >>> with_losses(path)[["before", "before_value", "lost", "kept"]].values.tolist()[1]
    ['persons_assessed', 80.0, 20.0, 75.0]
    """
    if reached is None:
        plans = path["step"].str.endswith("_plan")
        reached = path[~plans & path["value"].notna() & (path["period"] != "")]
    known = reached.assign(_at=reached["step"].map(STEP_ORDER), _day=reached["period"].map(last_day))
    earlier = known[["territory", "target_group", "step", "period", "value", "_at", "_day"]]
    at_step = path.assign(_row=path.index, _at=path["step"].map(STEP_ORDER), _day=path["period"].map(last_day))
    at_step = at_step[~at_step["step"].str.endswith("_plan") & at_step["value"].notna() & (at_step["period"] != "")]
    pairs = at_step[["_row", "territory", "target_group", "value", "_at", "_day"]].merge(
        earlier, on=["territory", "target_group"], validate="many_to_many", suffixes=("", "_before")
    )
    pairs = pairs[(pairs["_at_before"] < pairs["_at"]) & (pairs["_day_before"] <= pairs["_day"])]
    nearest = pairs.sort_values(["_at_before", "_day_before"], kind="stable").drop_duplicates("_row", keep="last")
    before = nearest.set_index("_row").reindex(path.index)
    return path.assign(
        before=before["step"],
        before_period=before["period"],
        before_value=before["value_before"],
        lost=(before["value_before"] - before["value"]).clip(lower=0),
        kept=before["value"] / before["value_before"].where(before["value_before"] > 0) * 100,
    )
