"""What is done once before kernels are forked: import the library, open the data, compute the indicators."""

from __future__ import annotations

import os
import pickle
import stat
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from functools import partial
from inspect import signature
from itertools import chain

from socsvc_analysis import (  # noqa: F401  what the notebooks import
    charts,
    codes,
    completeness,
    dataset,
    indicators,
    labels,
    observations,
    once,
    publications,
    reference,
    sections,
    sentences,
    statistics,
    wording,
)
from socsvc_analysis.drawing import letters, style
from socsvc_analysis.schema import DataError
from socsvc_analysis.tables import LANGUAGES

NAMED = ("regions", "municipalities", "measures", "service_types", "target_groups", "programmes")
"""Tables whose names stand in pictures."""


def warm_up(data: str = "", audience: str = "public", *, beside: bool = False) -> list[Exception]:
    """Open the package at ``data`` (nothing when empty), compute what every report asks of it, and draw one chart.

    Words are measured ``beside`` it if asked: in a forked process, so this one must not have threads.
    Returns what failed.  A failure here stops nothing: the chapter that needs the same fails and names its cell.  What
    is wrong with the data is told there alone; any other fault is told on the error stream at once, too.
    """
    failed: list[Exception] = []
    if data:
        once.remember()
        with _going_on(failed):
            opened = dataset.open_data(data, audience=audience)
            if opened.package is not None:
                publications.since_previous(opened.package, opened.reference)
            take_widths = _measured_beside(opened.reference) if beside else partial(_measure_words, opened.reference)
            for indicator in indicators.REGISTRY.values():
                for options in _options_of(indicator.function):
                    with _going_on(failed):
                        indicator.function(opened, **options)
            _index(opened.reference)
            take_widths()
            for language in LANGUAGES:
                words = wording.in_language(language, opened.reference)
                # Fonts are read and sentences are found when they are first needed.
                charts.programme_timeline(region=reference.COUNTRY_REGION, words=words)._repr_mimebundle_()
    return failed


@contextmanager
def _going_on(failed: list[Exception]) -> Iterator[None]:
    """Add a failure to ``failed`` instead of raising it; the traceback of what is no fault of the data is printed.

    Raises :class:`MemoryError` as it comes.
    """
    try:
        yield
    except MemoryError:
        raise  # each kernel would need as much
    except Exception as failure:
        failed.append(failure)
        if not isinstance(failure, DataError | OSError):
            traceback.print_exc()


def _options_of(indicator: Callable[..., object]) -> list[dict[str, bool]]:
    """With which options chapters ask for an indicator; none where it needs to be told more than the data."""
    _, *options = signature(indicator).parameters.values()
    if any(each.default is each.empty and each.kind is not each.VAR_KEYWORD for each in options):
        return []
    return [{}, {"targets": True}] if any(each.name == "targets" for each in options) else [{}]


def _index(tables: reference.Reference) -> None:
    """Index each table by its code."""
    for field in fields(tables):
        table = getattr(tables, field.name)
        codes.by_code(table, table.columns[0])


def _measure_words(tables: reference.Reference) -> None:
    """Measure all pairs of letters that names and sentences have."""
    names = chain.from_iterable(getattr(tables, name).select_dtypes("str").stack() for name in NAMED)
    with style.in_house_style():
        for text in chain(names, sentences.texts()):
            letters.text_width(text)
            letters.text_width(text, bold=True)


def _measured_beside(tables: reference.Reference) -> Callable[[], None]:
    """Have :func:`_measure_words` done by a forked process, on another processor; what is returned takes the widths.

    Where that process fails, words are measured when they are drawn.
    """
    reading, writing = os.pipe()
    if not os.fork():
        try:
            os.close(reading)  # where nobody is left to read, writing fails and waits for nobody
            _close_sockets()
            # Nobody misses it when it fails, so nobody is told.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
            _measure_words(tables)
            with os.fdopen(writing, "wb") as output:
                pickle.dump(letters.WIDTHS, output)
        finally:
            os._exit(0)  # whatever happened: there is one nursery
    os.close(writing)

    def take_widths() -> None:
        with os.fdopen(reading, "rb") as result, suppress(EOFError, pickle.UnpicklingError):
            letters.WIDTHS.update(pickle.load(result))

    return take_widths


def _close_sockets() -> None:
    """Close the sockets of the process that this one was forked from: requests are refused from its death on."""
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        with suppress(OSError):  # that of the listing itself is gone
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.close(descriptor)
