"""What the kernels of a run have in common: the library imported, the data opened, the indicators computed."""

from __future__ import annotations

import contextlib

import seaborn  # noqa: F401  notebooks may draw with it

from socsvc_analysis import (  # noqa: F401  what the notebooks import
    charts,
    completeness,
    dataset,
    indicators,
    labels,
    observations,
    once,
    publications,
    reference,
    sections,
    statistics,
    wording,
)
from socsvc_analysis.tables import LANGUAGES


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
        for language in LANGUAGES:
            words = wording.in_language(language, opened.reference)
            # Fonts are read and sentences are found when they are first needed.
            charts.programme_timeline(region=reference.COUNTRY_REGION, words=words)._repr_mimebundle_()
