"""Who has reported for which year, and when: of each municipality only that it did, never what.

Returns of people are restricted; that a municipality has sent one tells of no person, so public pages may say it.
"""

from __future__ import annotations

import pandas as pd

from socsvc_analysis.datapackage import INTERNAL, Package
from socsvc_analysis.observations import is_municipality, restated, unprotected
from socsvc_analysis.reference import Reference, open_reference, present_municipalities

IN_TIME, LATE, MISSING = "in time", "late", "missing"
RETURN_SOURCE = "return_"
"""Sources of files that municipalities send begin so; other received files are publications of others."""
RETURNS = "returns"


def next_due(calendar: pd.DataFrame, after: str) -> pd.DataFrame:
    """The events of the calendar with ``date``: when each is due next after the day ``after``, the soonest first.

    >>> calendar = pd.DataFrame({"event": ["returns", "summaries"], "due": ["02-15", "06-01"]})
    >>> next_due(calendar, "2026-02-15")[["event", "date"]].values.tolist()
    [['summaries', '2026-06-01'], ['returns', '2027-02-15']]
    """
    year = int(after[:4])
    dates = [f"{year}-{due}" if f"{year}-{due}" > after else f"{year + 1}-{due}" for due in calendar["due"]]
    return calendar.assign(date=dates).sort_values(["date", "event"], kind="stable").reset_index(drop=True)


def year_expected(calendar: pd.DataFrame, on: str) -> tuple[int, str] | None:
    """The latest year whose returns were due by the day ``on``, and when; None when the calendar has no returns.

    >>> calendar = pd.DataFrame({"kind": ["returns"], "due": ["02-15"]})
    >>> year_expected(calendar, "2026-11-25"), year_expected(calendar, "2026-02-14")
    ((2025, '2026-02-15'), (2024, '2025-02-15'))
    """
    due = calendar.loc[calendar["kind"] == RETURNS, "due"]
    if due.empty:
        return None
    last = due.max()
    year = int(on[:4]) if f"{on[:4]}-{last}" <= on else int(on[:4]) - 1
    return year - 1, f"{year}-{last}"


def returns_received(package: Package) -> pd.DataFrame:
    """Which municipality (its code of today) has reported for which year, and when first.

    Rows ``municipality year received``; a return that a later one corrected keeps its own day.
    """
    reference = open_reference(Package(package.path, package.descriptor, INTERNAL))
    figures = unprotected(package, reference)
    rows = figures[figures["source"].str.startswith(RETURN_SOURCE) & is_municipality(figures["territory"])]
    rows = restated(rows, reference)
    files = reference.received_files.set_index(reference.received_files["sha256"].str[:8])["imported"]
    former = reference.revisions.groupby("id")["replaced"].agg(list)
    first = [
        min(
            (files[key] for key in (_file(each) for each in (name, *_earlier(name, former))) if key in files),
            default="",
        )
        for name in rows["id"]
    ]
    rows = rows.assign(received=first, year=rows["period"].str[:4])
    rows = rows[(rows["received"] != "") & (rows["year"] != "")]
    found = rows.groupby(["territory", "year"], as_index=False)[["received"]].min()
    return found.rename(columns={"territory": "municipality"}).astype({"year": int})


def completeness(received: pd.DataFrame, reference: Reference, year: int, due: str) -> pd.DataFrame:
    """Every municipality that was to report for ``year`` by the day ``due``, and whether it did.

    ``received`` as :func:`returns_received` gives it.  Returns ``municipality region received state``: in time, late
    or missing; ``received`` is empty where nothing came.
    """
    units = present_municipalities(reference.municipalities, max(f"{year}-12-31", due))
    came = received[received["year"] == year].set_index("municipality")["received"]
    days = units["code"].map(came).astype(object)
    days = days.where(days.notna(), "")
    return pd.DataFrame(
        {
            "municipality": units["code"].to_numpy(),
            "region": units["region"].to_numpy(),
            "received": days.to_numpy(),
            "state": [MISSING if day == "" else LATE if day > due else IN_TIME for day in days],
        }
    )


def _file(figure: str) -> str:
    """The beginning of the hash of the file that a received figure came from: its id is ``R-<hash>-<number>``."""
    return figure.split("-")[1] if figure.startswith("R-") else ""


def _earlier(figure: str, former: pd.Series) -> list[str]:
    """The figures that this one replaced, and those that they replaced."""
    found: list[str] = []
    waiting = [figure]
    while waiting:
        for each in former.get(waiting.pop(), []):
            if each not in found:
                found.append(each)
                waiting.append(each)
    return found
