"""A value against a reference value, a target or a target range."""

from __future__ import annotations

from typing import Literal

import numpy as np

from socsvc_analysis.statistics.shapes import array

Result = Literal["better", "similar", "worse", "higher", "lower", "unknown"]
SIGNS = {"high": 1, "higher is better": 1, "low": -1, "lower is better": -1, "neither": 0, "": 0}


def compare(
    value: float | None,
    lower: float | None,
    upper: float | None,
    reference: float | tuple[float, float] | None,
    polarity: str,
) -> Result:
    """How a value with its interval lies to ``reference``.

    With an interval: better or worse only when the reference lies outside it.  Without one (``lower`` and ``upper``
    unknown) the value itself is compared and reaching the reference is better.  A range ``(low, high)`` is a target
    range: within it the value is similar.  Without a polarity the answer is higher or lower.  Source: Office for
    Health Improvement and Disparities, Fingertips technical guidance, Comparing areas and Targets.

    >>> compare(9, 8, 9.5, 10, "lower is better"), compare(9, 8, 11, 10, "lower is better")
    ('better', 'similar')
    >>> compare(10, None, None, 10, "higher is better"), compare(7, None, None, (8, 12), "higher is better")
    ('better', 'worse')
    """
    if polarity not in SIGNS:
        raise ValueError(f"polarity {polarity!r} is not one of: {', '.join(filter(None, SIGNS))}")
    sign = SIGNS[polarity]
    low, high = (float(array(each)) for each in (lower, upper))
    ranged = isinstance(reference, tuple)
    least, most = (float(array(each)) for each in (reference if ranged else (reference, reference)))
    if np.isnan(least) or np.isnan(most):
        return "unknown"
    if np.isnan(low) or np.isnan(high):
        low = high = float(array(value))
        if np.isnan(low):
            return "unknown"
        if not ranged and sign and low == least:
            return "better"
    if high < least:
        return _said(-1, sign)
    return _said(1, sign) if low > most else "similar"


def _said(side: int, sign: int) -> Result:
    if not sign:
        return "higher" if side > 0 else "lower"
    return "better" if side == sign else "worse"
