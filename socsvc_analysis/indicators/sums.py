"""Adding up figures of which none is a part of another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pandas as pd

from socsvc_analysis.codes import alike, for_each_group, tuples
from socsvc_analysis.indicators.values import COLUMNS, codes_in
from socsvc_analysis.observations import worst_status
from socsvc_analysis.reference import Reference, wider


def without_subtotals(rows: pd.DataFrame, same: Sequence[str], reference: Reference) -> pd.DataFrame:
    """Drop rows that another row contains, by service and group, among rows that agree in ``same``.

    The codes ``all`` contain every other.  Returns rows of ``rows``, index kept.

    >>> from types import SimpleNamespace
    >>> reference = SimpleNamespace(
    ...     service_types=pd.DataFrame({"service_type": ["home", "home_with_care"], "parent": ["", "home"]}),
    ...     target_groups=pd.DataFrame({"target_group": ["all", "adults"], "parent": ["", "all"]}))
    >>> rows = pd.DataFrame({"territory": "LV", "service_type": ["home", "home_with_care"], "target_group": "adults"})
    >>> without_subtotals(rows, ["territory"], reference)["service_type"].tolist()
    ['home']
    """
    services, groups = wider(reference.service_types, "service_type"), wider(reference.target_groups, "target_group")
    numbers, pairs = alike(rows, same).tolist(), list(zip(rows["service_type"], rows["target_group"], strict=True))
    beside: dict[int, set[tuple[str, str]]] = {}
    for number, pair in zip(numbers, pairs, strict=True):
        beside.setdefault(number, set()).add(pair)

    def contained(number: int, service: str, group: str) -> bool:
        above, around = {service, "all", *services[service]}, {group, "all", *groups[group]}
        return not beside[number].isdisjoint({*product(above, around)} - {(service, group)})

    return rows.loc[[not contained(number, *pair) for number, pair in zip(numbers, pairs, strict=True)]]


def latest_version(rows: pd.DataFrame, same: Sequence[str], reference: Reference) -> pd.DataFrame:
    """Keep the figure of the latest version where several agree in ``same``: a repeated figure is one figure.

    Returns rows of ``rows``, index kept, in their order.

    >>> from types import SimpleNamespace
    >>> reference = SimpleNamespace(plan_versions=pd.DataFrame({"version": ["early", "late"], "order": [1, 2]}))
    >>> rows = pd.DataFrame({"period": "2019", "version": ["late", "early"], "id": ["a", "b"], "value": [5.0, 4.0]})
    >>> latest_version(rows, ["period"], reference)["value"].tolist()
    [5.0]
    """
    order = rows["version"].map(reference.plan_versions.set_index("version")["order"]).astype(float)
    ranked = rows.assign(_order=order).sort_values(["_order", "id"], na_position="first")
    return rows.loc[ranked.drop_duplicates(list(same), keep="last").index.sort_values()]


def sum_observations(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Sum observations within ``by``: unknown where one of them is; every source and note is kept.

    The caller answers for the rows being additive.  Other dimensions are those of the row whose id comes first.
    Returns values with the columns of ``rows`` besides.

    >>> rows = pd.DataFrame({"id": ["a", "b"], "territory": "LV", "service_type": "all", "target_group": "all",
    ...                      "period": "2021", "kind": "actual", "version": "", "value": [2.0, 3.0],
    ...                      "status": ["normal", "estimated"], "source": ["s", "t"], "note": ["", "n"]})
    >>> sum_observations(rows, ["territory"])[["value", "status", "sources", "notes"]].values.tolist()
    [[5.0, 'estimated', ('s', 't'), ('n',)]]
    """
    rows = rows.sort_values([*by, "id"])
    numbers = alike(rows, by)
    described = rows[~numbers.duplicated()].reset_index(drop=True)
    total = rows["value"].groupby(numbers).sum(skipna=False)
    described = described.assign(
        numerator=total,
        value=total,
        status=for_each_group(numbers, rows["status"], worst_status),
        sources=tuples(for_each_group(numbers, rows["source"], codes_in)),
        notes=tuples(for_each_group(numbers, rows["note"], codes_in)),
        denominator=float("nan"),
        lower=float("nan"),
        upper=float("nan"),
    )
    return described[[*COLUMNS, *(name for name in described if name not in (*COLUMNS, "id", "source", "note"))]]
