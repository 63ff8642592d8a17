"""Monitoring of community-based social services in Latvia: published figures in, pages for officials out.

Facts and figures are tables of ``data/``; indicators are pure functions over them; notebooks ask, call and explain; a
report is the notebooks for one region in one language.
"""

from importlib import import_module

__version__ = "0.1.0"

PARTS = ("charts", "indicators", "observations", "reference", "sections", "statistics", "wording")
"""What researchers use, beside :func:`~socsvc_analysis.dataset.open_data`."""


def __getattr__(name: str) -> object:
    """A part of the library when it is first asked for: ``import socsvc_analysis as socsvc; socsvc.open_data()``."""
    if name == "open_data":
        return import_module("socsvc_analysis.dataset").open_data
    if name in PARTS:
        return import_module(f"socsvc_analysis.{name}")
    raise AttributeError(f"socsvc_analysis has no {name!r}; it has: open_data, {', '.join(PARTS)}")


def __dir__() -> list[str]:
    return sorted({*globals(), "open_data", *PARTS})
