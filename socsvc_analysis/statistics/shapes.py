"""Numbers in whatever shape they come: a number, a list, an array or a Series gives the same shape back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

Numbers = float | Sequence[float] | np.ndarray | pd.Series
"""One number or many; None, NaN and NA are unknown."""


def array(numbers: Numbers) -> np.ndarray:
    """The numbers as floats; what is unknown is NaN.

    >>> array([1, None, pd.NA])
    array([ 1., nan, nan])
    """
    if isinstance(numbers, pd.Series):
        return pd.to_numeric(numbers, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if np.ndim(numbers) == 0:
        return np.asarray(np.nan if pd.isna(numbers) else numbers, dtype=float)
    return pd.to_numeric(pd.Series(list(numbers), dtype=object), errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def like(result: np.ndarray, *given: Numbers) -> Numbers:
    """``result`` in the shape of what was given: a Series keeps its index, a single number stays one.

    >>> like(np.asarray(2.0), 1)
    2.0
    """
    for each in given:
        if isinstance(each, pd.Series):
            return pd.Series(np.broadcast_to(result, len(each)), index=each.index)
    return float(result) if np.ndim(result) == 0 else result


def refuse(wrong: np.ndarray, said: str, *given: np.ndarray) -> None:
    """Raise ValueError with the first numbers that are ``wrong``."""
    if np.any(wrong):
        at = int(np.argmax(np.atleast_1d(wrong)))
        shown = ", ".join(f"{np.broadcast_to(each, np.shape(wrong)).reshape(-1)[at]:g}" for each in given)
        raise ValueError(f"{said} (number {at + 1}: {shown})")
