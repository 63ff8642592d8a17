"""What the performance framework of 2014-2020 would say of a territory: an analogy, and labelled as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from socsvc_analysis import observations, statistics
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators.achievement import achievement
from socsvc_analysis.indicators.clients import served
from socsvc_analysis.indicators.registry import indicator
from socsvc_analysis.indicators.values import COLUMNS, GROUPS, as_values, last_target
from socsvc_analysis.periods import by_last_day, last_day

ANALOGY = "performance_analogy"
"""Note of every verdict: the rule judges a priority axis."""
JUDGED = ("milestone", "target")
EXTRA = ("commitment", "due", "judged", "weakest", "verdict", "reason")


@indicator(
    title={"lv": "Snieguma ietvara vērtējums", "en": "Verdict of the performance framework"},
    definition={
        "lv": "Zemākā izpilde starp mērķa grupām: sasniegtais procentos no starpposma vērtības tās termiņā, pēc gala "
        "termiņa – procentos no mērķa. Sasniegts: visi vismaz 85 % (no trim vai vairāk viens drīkst būt 75–85 %); "
        "būtiska neizpilde: kāds zem 65 % (no trim vai vairāk – vismaz divi).",
        "en": "The lowest achievement among the target groups: as a percentage of the milestone on its day, and after "
        "the final day as a percentage of the final target. Achieved: all at least 85% (of three or more, one may be "
        "75–85%); serious failure: one below 65% (of three or more, at least two).",
    },
    caveat={
        "lv": "Noteikums (Komisijas Īstenošanas regula (ES) Nr. 215/2014, 6. pants) vērtē visu prioritāro virzienu "
        "kopā ar tā finanšu rādītājiem; vienam pasākumam vai teritorijai tas ir tikai salīdzinājums. Ja "
        "starpposma vērtība nav atrasta, vērtējums nav zināms.",
        "en": "The rule (Commission Implementing Regulation (EU) No 215/2014, Article 6) judges a whole priority axis "
        "together with its financial indicators; for one measure or territory it is only a comparison. Where "
        "no milestone was found the verdict is unknown.",
    },
    numerator={
        "lv": "Unikālās personas, kas saņēmušas pakalpojumu, mērķa grupā ar zemāko izpildi.",
        "en": "Unique people of the target group with the lowest achievement who received services.",
    },
    denominator={
        "lv": "Tās pašas mērķa grupas starpposma vērtība vai mērķis.",
        "en": "The milestone or final target of the same target group.",
    },
    unit="percent",
    polarity="higher is better",
    measures=("persons_served",),
    source={
        "lv": "Komisijas Īstenošanas regula (ES) Nr. 215/2014, 6. pants",
        "en": "Commission Implementing Regulation (EU) No 215/2014, Article 6",
    },
)
def performance_verdict(data: Dataset) -> pd.DataFrame:
    """One verdict for each territory and due date, from the achievements of all target groups that have a milestone.

    A milestone is judged by the figure of its very day; the final target (the last due of a group) by the first figure
    on or after its day.  A territory without any milestone has a row of its own that says so.

    Returns values whose numbers are those of the group that did least (``weakest``; ``target_group`` is ``all_di``),
    with ``commitment`` (milestone or target), ``due``, ``judged`` (how many groups), ``verdict`` (``achieved``, ``not
    achieved``, ``serious failure`` or ``unknown``) and ``reason`` (empty, ``no_milestone`` or ``no_figure``).  While
    one group's figure is unknown the verdict and its numbers are.  Every row has the note ``performance_analogy``.
    Source: Implementing Regulation (EU) No 215/2014, Article 6, as commonly stated
    (:func:`socsvc_analysis.statistics.performance_verdict`).

    To check by hand: 60 people of a milestone of 50 are 120 %, 90 children of 100 are 90 %; the least is 90 %, not
    under 85 %: achieved.
    """
    rows = served(data)
    committed = rows[rows["kind"].isin(JUDGED)]
    # The version in force on the day it was due; a target is final when no later one follows.
    committed = observations.valid_version(committed, data.reference, on=committed["period"].map(last_day).astype(str))
    committed = by_last_day(committed)
    milestones = committed[committed["kind"] == "milestone"]
    committed = pd.concat([milestones, last_target(committed[committed["kind"] == "target"])])
    reached = achievement(data.with_figures(observations.select(data.figures, measure="persons_served")))
    reached = reached[
        reached["service_type"].eq("all")
        & reached["target_group"].isin(GROUPS)
        & reached["programme"].isin(rows["programme"].unique())
    ]
    reached = reached.assign(day=reached["period"].map(last_day), due_day=reached["due"].map(last_day))
    committed = committed.assign(day=committed["period"].map(last_day))
    together: Iterable[tuple[tuple[Any, ...], pd.DataFrame]] = committed.groupby(
        ["territory", "kind", "day"], sort=True
    )
    verdicts = [
        _verdict(
            as_values(commitments),
            day,
            reached[reached["territory"].eq(territory) & reached["commitment"].eq(kind) & reached["due_day"].eq(day)],
        )
        for (territory, kind, day), commitments in together
    ]
    lacking = rows[~rows["territory"].isin(milestones["territory"]) & ~observations.is_municipality(rows["territory"])]
    verdicts += [
        _row(known.assign(kind="milestone", period=""), known[:0], "no_milestone")
        for _, known in as_values(lacking).groupby("territory", sort=True)
    ]
    return pd.DataFrame(verdicts, columns=[*COLUMNS, *EXTRA])


def _verdict(commitments: pd.DataFrame, day: str, reached: pd.DataFrame) -> dict[str, object]:
    """The verdict on commitments of one territory and kind that are due on ``day`` together."""
    milestone = commitments["kind"].iloc[0] == "milestone"
    judged = reached[(reached["day"] == day if milestone else reached["day"] >= day) & reached["value"].notna()]
    judged = judged.sort_values(["day", "target_group"]).drop_duplicates("target_group")
    whole = set(judged["target_group"]) == set(commitments["target_group"])
    return _row(commitments, judged if whole else judged[:0], "" if whole else "no_figure")


def _row(known: pd.DataFrame, judged: pd.DataFrame, reason: str) -> dict[str, object]:
    """A row of values; without judged achievements its numbers are unknown and it cites what is ``known``."""
    least = judged.sort_values(["value", "target_group"]).iloc[0] if len(judged) else None
    told = judged if len(judged) else known
    territory, kind, due = known[["territory", "kind", "period"]].iloc[0]
    return {
        "territory": territory,
        "service_type": "all",
        "target_group": "all_di",
        "period": due if least is None else least["period"],
        "kind": kind,
        "version": "" if least is None else least["version"],
        **{name: float("nan") if least is None else least[name] for name in ("numerator", "denominator", "value")},
        "lower": float("nan"),
        "upper": float("nan"),
        "status": observations.worst_status(judged["status"]),
        "sources": tuple(sorted({source for cell in told["sources"] for source in cell})),
        "notes": (ANALOGY, *sorted({note for cell in judged["notes"] for note in cell})),
        "commitment": kind,
        "due": due,
        "judged": len(judged),
        "weakest": "" if least is None else least["target_group"],
        "verdict": statistics.performance_verdict(judged["value"].tolist()),
        "reason": reason,
    }
