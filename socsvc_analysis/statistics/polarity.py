"""Which way is better: the words by which an indicator says so."""

from __future__ import annotations

from typing import Literal

HIGH = ("higher is better", "high is good", "high")
LOW = ("lower is better", "low is good", "low")
NEITHER = ("neither", "")

Result = Literal["better", "similar", "worse", "higher", "lower", "unknown"]


def sign(polarity: str) -> int:
    """1 where more is better, -1 where less is, 0 where neither is said.

    >>> sign("higher is better"), sign("low"), sign("neither")
    (1, -1, 0)
    """
    for value, words in ((1, HIGH), (-1, LOW), (0, NEITHER)):
        if polarity in words:
            return value
    raise ValueError(f"polarity {polarity!r} is not one of: {', '.join(filter(None, HIGH + LOW + NEITHER))}")


def words(polarity: str) -> dict[int, Result]:
    """What lying below (-1), at (0) and above (1) a reference means.

    >>> words("low")[-1], words("low")[0], words("neither")[1]
    ('better', 'similar', 'higher')
    """
    better = sign(polarity)
    if not better:
        return {-1: "lower", 0: "similar", 1: "higher"}
    return {better: "better", 0: "similar", -better: "worse"}
