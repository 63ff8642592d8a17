"""Monitoring of community-based social services in Latvia: published figures in, pages for officials out.

Facts and figures are tables of ``data/``; indicators are pure functions over them; notebooks ask, call and explain; a
report is the notebooks for one region in one language.

    import socsvc_analysis as socsvc

    data = socsvc.open_data()                     # what was opened, and how to go on: print it
    data.select(measure="persons_served")         # figures as published
    socsvc.indicators.REGISTRY                    # all indicators by name
    socsvc.indicators.compute("served_of_plan", data, region="zemgale")

Then: help(socsvc.open_data), help(socsvc.indicators.compute); notebooks/recipes.ipynb answers twelve questions so, and
notebooks/explore.ipynb lets one choose.
"""

from importlib import import_module

__version__ = "0.1.0"

PARTS = ("charts", "exploring", "indicators", "observations", "reference", "sections", "statistics", "wording")
"""What researchers use, beside :func:`~socsvc_analysis.dataset.open_data`."""
__all__ = ["open_data", *PARTS]


def __getattr__(name: str) -> object:
    """A part of the library when it is first asked for: ``import socsvc_analysis as socsvc; socsvc.open_data()``."""
    if name == "open_data":
        return import_module("socsvc_analysis.dataset").open_data
    if name in PARTS:
        return import_module(f"socsvc_analysis.{name}")
    raise AttributeError(f"socsvc_analysis has no {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return [*__all__, "__version__", "__doc__", "__file__", "__name__", "__path__", "__all__"]
