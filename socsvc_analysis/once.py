"""Answers that are computed once: a pure function asked again about the same tables gives the answer it gave.

Off by default.  The process from which the kernels of a run are forked turns it on (:func:`remember`) and asks what
every report asks; the kernels find the answers there.  A table is recognised by the memory that holds it: pandas copies
on write, so one that somebody has changed lies elsewhere and is a new question.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, is_dataclass
from functools import wraps
from operator import is_
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeGuard, TypeVar

if TYPE_CHECKING:  # slow to import, and a command that opens no table needs none
    import pandas as pd

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Tables = TypeVar("Tables")

NOTE = "_socsvc_memory"
"""The attribute in which a frame keeps its memory key."""


class _Memory:
    """The remembered answers of this process; None until :func:`remember` is called."""

    answers: dict[Hashable, Kept[Any] | Same[Any]] | None = None


def remember() -> None:
    """Keep every answer of a function that is computed :func:`once`, from now on and until the process ends."""
    if _Memory.answers is None:
        _Memory.answers = {}


def once(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """``function``, which must be pure, with its answers remembered where :func:`remember` was called.

    Questions are about frames, values that can be hashed, and dataclasses of them, or of anything else when they have
    a ``fingerprint``.  An answer that somebody has changed is computed anew for the next one who asks.
    """

    @wraps(function)
    def asked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        answers = _Memory.answers
        if answers is None:
            return function(*args, **kwargs)
        said = (*args, *kwargs.values())
        question = (function, len(args), *map(str, kwargs), *map(_recognised, said))
        try:
            hash(question)
        except TypeError:  # about something that can be neither recognised nor kept
            return function(*args, **kwargs)
        kept = answers.get(question)
        if not isinstance(kept, Kept) or kept.changed():
            answers[question] = kept = Kept(function(*args, **kwargs))
            # All that it rests on, once each: what is kept is copied before it is changed, and no memory is used again.
            for table in map(Same, _frames([*said, kept.answer])):
                if table not in answers:
                    table.kept()
                    answers[table] = table
        answer: Answer = kept.answer
        return answer

    return asked


class Kept(Generic[Answer]):
    """An answer as it was given."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.form = _recognised(answer)

    def changed(self) -> bool:
        """Whether somebody has changed the answer since it was given."""
        return _recognised(self.answer) != self.form


class Same(Generic[Tables]):
    """A frame, or a dataclass of frames, as a key in a dictionary of answers.

    It is equal to the same tables as long as nobody has changed them.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.form = _recognised(tables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.form == other.form

    def __hash__(self) -> int:
        return hash(self.form)

    def kept(self) -> Tables:
        """The tables, of which something will be remembered: they are copied before anybody changes them."""
        self.memory = [(_parts_of(frame), frame.copy(deep=False)) for frame in _frames(self.tables)]
        return self.tables


def _recognised(value: object) -> Hashable:
    """A hashable key: where a frame's memory lies, or the value itself."""
    if _is_frame(value):
        return _memory_of(value)
    if isinstance(value, tuple | list):
        return tuple(map(_recognised, value))
    if is_dataclass(value):
        own = getattr(value, "fingerprint", None)
        parts = [own] if own is not None else [getattr(value, field.name) for field in fields(value)]
        return (type(value), *map(_recognised, parts))
    return value


def _frames(value: object) -> Iterator[pd.DataFrame]:
    if _is_frame(value):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _frames(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _frames(getattr(value, field.name))


def _is_frame(value: object) -> TypeGuard[pd.DataFrame]:
    import pandas as pd

    return isinstance(value, pd.DataFrame)


def _memory_of(frame: pd.DataFrame) -> Hashable:
    """Where the arrays of a frame lie in memory; pandas has no public way to ask for it.

    A copy that nobody has changed lies where the original does: each who opens a table has such a copy.  The frame
    itself notes the answer with the parts that it is about: many ask for it, and it is wrong once a part is another.
    """
    parts = _parts_of(frame)
    noted, where = getattr(frame, NOTE, ((), ()))
    if len(noted) != len(parts) or not all(map(is_, noted, parts)):
        axes = ((id(each._id), tuple(each.names)) for each in frame._mgr.axes)
        where = (*axes, *(_place(block.values) for block in frame._mgr.blocks))
        object.__setattr__(frame, NOTE, (parts, where))
    return where


def _parts_of(frame: pd.DataFrame) -> list[object]:
    """The arrays and indexes that a frame consists of."""
    return [*frame._mgr.axes, *(block.values for block in frame._mgr.blocks)]


def _place(values: Any) -> Hashable:
    # Texts and dates are arrays of numpy inside; numbers that may be missing are two.
    within = [getattr(values, name) for name in ("_ndarray", "_data", "_mask") if hasattr(values, name)] or [values]
    if not all(hasattr(each, "__array_interface__") for each in within):
        return id(values)
    kind = type(values) if hasattr(values.dtype, "storage") else values.dtype  # to tell texts apart takes long
    return (kind, *((each.__array_interface__["data"][0], each.shape, each.strides) for each in within))
