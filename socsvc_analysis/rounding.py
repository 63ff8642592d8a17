"""How numbers are rounded, everywhere: half up, as readers do."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["rounded", "whole"]


def rounded(value: float, decimals: int = 0) -> Decimal:
    """The number as it is shown: halves go away from zero, and there is no negative zero.

    A half is judged as the number is written, so 2.675 with two decimals is 2.68 however a computer stores it.

    >>> [str(rounded(each)) for each in (12.5, 13.5, -12.5, -0.4)], str(rounded(2.675, 2))
    (['13', '14', '-13', '0'], '2.68')
    """
    # The quotient of whole numbers that is a half may be stored a hair below it.
    exact = Decimal(repr(float(f"{float(value):.12g}")))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def whole(value: float) -> float:
    """The number without decimals; unknown stays unknown.

    >>> whole(91.4), whole(90.5), whole(float("nan"))
    (91.0, 91.0, nan)
    """
    return math.nan if math.isnan(value) else float(rounded(value))
