"""HiGHS, which solves the linear programmes of suppression and of the attack, without scipy between.

Through scipy a small programme takes three times as long: most of that is copied in and out.
"""

from __future__ import annotations

import highspy

__all__ = ["solver"]


def solver() -> highspy.Highs:
    """HiGHS without a model; it prints nothing, and has one thread, so that a process that used it can be forked.

    The least number of at least two is two:

    >>> asked = solver()
    >>> asked.addVar(2, 9), asked.changeColCost(0, 1), asked.run(), asked.getObjectiveValue()
    (<HighsStatus.kOk: 0>, <HighsStatus.kOk: 0>, <HighsStatus.kOk: 0>, 2.0)
    """
    made = highspy.Highs()  # type: ignore[no-untyped-call]  # its own stubs leave this out
    made.silent()
    made.setOptionValue("threads", 1)
    return made
