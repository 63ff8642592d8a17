"""A value against a reference value, a target or a target range."""

from __future__ import annotations

import numpy as np

from socsvc_analysis.statistics import polarity as polarities
from socsvc_analysis.statistics.polarity import Result
from socsvc_analysis.statistics.shapes import Numbers, broadcast, in_shape_of, raise_where


def compare(
    value: Numbers,
    lower: Numbers | None,
    upper: Numbers | None,
    reference: Numbers | tuple[Numbers, Numbers],
    polarity: str,
) -> Result | Numbers:
    """How a value with its interval lies to ``reference``: better, similar or worse; one answer for each value.

    With an interval: better or worse only when the reference lies outside it, so one on a limit is similar.  Without
    one (``lower`` and ``upper`` both None, or equal) the value itself is compared, and reaching a single target is
    better.  A tuple ``(low, high)`` is a target range; of a value without an interval its low end is in the range and
    its high end beyond it.  Without a polarity the answer is higher or lower.  What cannot be known is unknown: also a
    value whose limits are unknown.  Source: Office for Health Improvement and Disparities, Fingertips technical
    guidance, Comparing areas and Targets; ends of ranges as in UKHSA fingertips-open, RangeTargetComparer.

    >>> compare(9, 8, 9.5, 10, "lower is better"), compare(9, 8, 11, 10, "lower is better")
    ('better', 'similar')
    >>> compare(10, None, None, 10, "higher is better"), compare(7, None, None, (8, 12), "higher is better")
    ('better', 'worse')
    >>> list(compare([9, 9, None], [8, None, None], [9.5, None, None], 10, "lower is better"))
    ['better', 'unknown', 'unknown']
    """
    words = polarities.words(polarity)
    ends = reference if isinstance(reference, tuple) and len(reference) == 2 else (reference, reference)
    limits = (value, value) if lower is None and upper is None else (lower, upper)
    _, low, high, least, most = broadcast(value, *limits, *ends)
    raise_where(high < low, "an upper limit is below its lower one", low, high)
    raise_where(most < least, "a target range ends before it begins", least, most)
    side = np.where(high < least, -1, np.where(low > most, 1, 0))
    on_end = (low == high) & (low == most)
    side = np.where(on_end, np.where(least == most, polarities.sign(polarity), 1), side)
    known = ~np.isnan(low + high + least + most)
    result = np.where(known, np.vectorize(words.get, otypes=[object])(side), "unknown")
    return in_shape_of(result, value, lower, upper, *ends)
