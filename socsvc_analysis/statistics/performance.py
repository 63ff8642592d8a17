"""The verdict of the performance framework of the EU funds of 2014-2020."""

from __future__ import annotations

from typing import Literal

import numpy as np

from socsvc_analysis.statistics.shapes import Numbers, as_floats

ACHIEVED, DEROGATION, FAILURE = 85.0, 75.0, 65.0
"""Per cent of a milestone or target: to be achieved; for one of three or more; below it a serious failure."""
SEVERAL = 3
"""Indicators of a priority axis from which one may fall short."""


def performance_verdict(
    achievements: Numbers,
) -> Literal["achieved", "not achieved", "serious failure", "unknown"]:
    """What the performance framework of 2014-2020 says of a priority axis, from achievements in per cent.

    Achieved when every indicator reaches 85 %; of three or more one may lie between 75 and 85 %.  A serious failure
    when an indicator stays under 65 %, of three or more when two do.  As commonly stated from Commission Implementing
    Regulation (EU) No 215/2014, Article 6.  The rule judges a whole priority axis: below it, for a measure, region or
    municipality, it is an analogy and must be called one.  An unknown achievement makes the verdict unknown.

    >>> performance_verdict([100, 80, 100]), performance_verdict([84.9, 100]), performance_verdict([64, 64, 100])
    ('achieved', 'not achieved', 'serious failure')
    """
    reached = np.atleast_1d(as_floats(achievements))
    if not len(reached) or np.isnan(reached).any():
        return "unknown"
    several = len(reached) >= SEVERAL
    if (reached < FAILURE).sum() >= (2 if several else 1):
        return "serious failure"
    short = reached[reached < ACHIEVED]
    if not len(short) or (several and len(short) == 1 and short[0] >= DEROGATION):
        return "achieved"
    return "not achieved"
