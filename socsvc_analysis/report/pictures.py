"""The pictures of a page as files of their own, for programs that take no page: SVG, and PNG at twice the size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from socsvc_analysis.datapackage import Package
from socsvc_analysis.markup import EDITION, PAGE
from socsvc_analysis.report.pages import PageError
from socsvc_analysis.wording import Words

if TYPE_CHECKING:
    from nbformat import NotebookNode

FONT = "DejaVu Sans"
"""The one font in which words of pictures are measured, and which comes with matplotlib."""
TIMES = 2
MOST_REMEMBERED = 64
"""A picture that several documents show is made once by a worker."""


def pictures_in(notebooks: Iterable[NotebookNode], package: Package, words: Words) -> dict[str, str]:
    """The pictures that executed notebooks show, as SVG that says its version of the data, by name.

    Raises :class:`~socsvc_analysis.report.pages.PageError` where two different ones have one name.
    """
    found: dict[str, str] = {}
    for notebook in notebooks:
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                for name, svg in output.get("data", {}).get(PAGE, {}).get("pictures", {}).items():
                    if found.setdefault(name, svg) != svg:
                        raise PageError([f"two pictures of one page are called {name}"])
    return {name: with_edition(svg, package, words) for name, svg in found.items()}


def with_edition(svg: str, package: Package, words: Words) -> str:
    """The picture with the version of the data that it shows."""
    return svg.replace(EDITION, words.edition(package.version, package.created), 1)


def picture_files(pictures: Mapping[str, str], folder: str) -> dict[str, bytes]:
    """The files of ``pictures`` by path in ``folder``: of each the SVG and the PNG."""
    files: dict[str, bytes] = {}
    for name, svg in pictures.items():
        files[f"{folder}{name}.svg"] = svg.encode("utf-8")
        files[f"{folder}{name}.png"] = as_points(svg)
    return files


@lru_cache(maxsize=MOST_REMEMBERED)
def as_points(svg: str) -> bytes:
    """The picture as PNG with two points for each of its own, whatever fonts the system has."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=TIMES,
            skip_system_fonts=True,
            font_files=_fonts(),
            sans_serif_family=FONT,
        )
    )


@cache
def _fonts() -> list[str]:
    import matplotlib

    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return [str(folder / f"{FONT.replace(' ', '')}{kind}.ttf") for kind in ("", "-Bold")]
