"""Numbers in whatever shape they come: a number, a list, an array or a Series gives the same shape back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

Numbers = float | Sequence[float] | np.ndarray | pd.Series
"""One number or many; None, NaN and NA are unknown."""


def as_floats(numbers: Numbers | pd.DataFrame | None) -> np.ndarray:
    """The numbers as floats; what is unknown is NaN.  Raises ValueError for text that is no number.

    >>> as_floats([1, None, pd.NA])
    array([ 1., nan, nan])
    """
    given = np.asarray(numbers, dtype=object)
    flat = pd.Series(given.reshape(-1), dtype=object)
    try:
        known = pd.to_numeric(flat.where(flat.notna(), np.nan))
    except (TypeError, ValueError) as problem:
        raise ValueError(f"not every value is a number: {problem}") from problem
    return known.to_numpy(dtype=float).reshape(given.shape)


def broadcast(*numbers: Numbers | pd.DataFrame | None) -> list[np.ndarray]:
    """The numbers as floats of one shape, single ones repeated.

    Numbers belong together by their place, so Series must have the same index and nothing may be shorter than the
    rest; else ValueError: a population of the wrong age group or municipality would give a plausible wrong number.

    >>> broadcast(1, [2, 3])
    [array([1., 1.]), array([2., 3.])]
    """
    labels = [label for each in numbers if (label := _labels(each)) is not None]
    if not all(label.equals(labels[0]) for label in labels):
        raise ValueError("the numbers have different labels, so which belong together is unknown: align them first")
    arrays = [as_floats(each) for each in numbers]
    lengths = [each.shape[-1] for each in arrays if each.ndim]
    if len(set(lengths)) > 1:
        raise ValueError(f"{', '.join(map(str, lengths))} numbers are given, which cannot belong together")
    return [np.array(each) for each in np.broadcast_arrays(*arrays)]


def _labels(numbers: Numbers | pd.DataFrame | None) -> pd.Index | None:
    if isinstance(numbers, pd.DataFrame):
        return numbers.columns
    return numbers.index if isinstance(numbers, pd.Series) else None


def in_shape_of(result: np.ndarray, *given: Numbers | None) -> Numbers:
    """``result`` in the shape of what was given: a Series keeps its index, a single number stays one.

    >>> in_shape_of(np.asarray(2.0), 1)
    2.0
    """
    for each in given:
        if isinstance(each, pd.Series):
            return pd.Series(result, index=each.index)
    return result if np.ndim(result) else np.asarray(result).item()


def raise_where(wrong: np.ndarray, said: str, *given: np.ndarray) -> None:
    """Raise ValueError with the first numbers that are ``wrong``."""
    if np.any(wrong):
        at = int(np.argmax(wrong))
        shown = ", ".join(f"{each.reshape(-1)[at]:g}" for each in given)
        raise ValueError(f"{said} (number {at + 1}: {shown})")
