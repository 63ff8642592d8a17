"""What the kernels of a run have in common: the library imported, the data opened, the indicators computed."""

from __future__ import annotations

import contextlib
from dataclasses import fields
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
from socsvc_analysis.tables import LANGUAGES

NAMED = ("regions", "municipalities", "measures", "service_types", "target_groups", "programmes")
"""Tables whose names stand in pictures."""


def open_all(data: str = "", audience: str = "public") -> None:
    """Open the package at ``data`` (nothing when empty), compute what every report asks of it, and draw one chart.

    Whatever goes wrong with the data is said by the notebook that opens them, not here.
    """
    if not data:
        return
    once.remember()
    with contextlib.suppress(Exception):
        opened = dataset.open_data(data, audience=audience)
        if opened.package is not None:
            publications.since_previous(opened.package, opened.reference)
        for indicator in indicators.REGISTRY.values():
            for options in ({}, {"targets": True}):
                with contextlib.suppress(Exception):  # one that has no targets, or asks for more, is not asked
                    indicator.function(opened, **options)
        _get_to_know_words(opened.reference)
        for language in LANGUAGES:
            words = wording.in_language(language, opened.reference)
            # Fonts are read and sentences are found when they are first needed.
            charts.programme_timeline(region=reference.COUNTRY_REGION, words=words)._repr_mimebundle_()


def _get_to_know_words(tables: reference.Reference) -> None:
    """Find each name by its code once, and measure all pairs of letters that names and sentences have."""
    for field in fields(tables):
        table = getattr(tables, field.name)
        codes.by_code(table, table.columns[0])
    names = chain.from_iterable(getattr(tables, name).select_dtypes("str").stack() for name in NAMED)
    with style.in_house_style():
        for text in chain(names, sentences.texts()):
            letters.text_width(text)
            letters.text_width(text, bold=True)
