"""How a notebook begins: its parameters are checked, all of them at once, whatever runs it, and the data are opened."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from socsvc_analysis.datapackage import AUDIENCES, Package, open_package
from socsvc_analysis.dataset import Dataset, open_data
from socsvc_analysis.disclosure import door
from socsvc_analysis.parameters import PARAMETERS, injected, problems_of
from socsvc_analysis.schema import DataError
from socsvc_analysis.tables import LANGUAGES
from socsvc_analysis.wording import Words, in_language


def open_chapter(
    *, region: str, language: str, audience: str, data: str | Path, declared: Collection[str] = PARAMETERS
) -> tuple[Dataset, Words]:
    """The data for ``audience``, and the words of ``language`` over their names, when every parameter is known.

    ``region`` is a slug of the data's table of regions, ``data`` the path of the package, ``declared`` the names that
    the notebook has parameters for.  Raises :class:`~socsvc_analysis.schema.DataError` with everything that is wrong:
    names that nobody declared, unknown values with the nearest known one, broken data.

    >>> dataset, words = open_chapter(region="zemgale", language="en", audience="public", data="data")
    >>> words.place("zemgale")
    'Zemgale'
    """
    given = {**dict.fromkeys(injected(_run_so_far())), "language": language, "audience": audience}
    problems = problems_of(given, {"language": LANGUAGES, "audience": AUDIENCES}, (*declared, *PARAMETERS))
    try:
        package = open_package(data, audience if audience in AUDIENCES else AUDIENCES[0])
    except DataError as failure:
        raise DataError([*problems, *failure.problems]) from None
    problems += problems_of({"region": region}, {"region": _regions(package)})
    if problems:
        raise DataError(problems)
    if _shell() is not None:
        door.begin(audience)
    dataset = open_data(package)
    return dataset, in_language(language, dataset.reference)


def _run_so_far() -> list[str]:
    """The cells that have been run in this kernel; none outside one."""
    shell = _shell()
    return list(shell.user_ns.get("In", ())) if shell is not None else []


def _shell() -> Any:
    """The kernel in which this runs; none in a program or a test."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _regions(package: Package) -> list[str]:
    return package.table("regions").sort_values("order")["region"].tolist()
