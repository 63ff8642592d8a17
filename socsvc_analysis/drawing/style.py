"""The style of the house: the only place with a colour, a size or a font of pictures is ``house.mplstyle``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib import rcParams

if TYPE_CHECKING:  # older releases of matplotlib do not have it
    from matplotlib.typing import RcKeyType

STYLE = str(files("socsvc_analysis.drawing").joinpath("house.mplstyle"))


def in_house_style() -> AbstractContextManager[None]:
    """A context in which matplotlib draws and saves as ``house.mplstyle`` says, whatever was set before."""
    # matplotlib checks each value that is set: only what differs is.
    return matplotlib.rc_context({name: value for name, value in _house_style().items() if rcParams[name] != value})


@cache
def _house_style() -> dict[RcKeyType, Any]:
    """All settings: matplotlib's defaults with the house's over them, except the backend, which stays."""
    return {name: value for name, value in matplotlib.rc_params_from_file(STYLE).items() if name != "backend"}
