"""How a notebook begins: its parameters are checked, all of them at once, whatever runs it, and the data are opened."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from socsvc_analysis.datapackage import AUDIENCES, Package, open_package
from socsvc_analysis.dataset import Dataset, open_data
from socsvc_analysis.disclosure import door
from socsvc_analysis.markup import HIDE_FROM_PAGE, Html, piece
from socsvc_analysis.parameters import PARAMETERS, injected, problems_of
from socsvc_analysis.schema import DataError
from socsvc_analysis.tables import LANGUAGES
from socsvc_analysis.wording import Words, in_language

if TYPE_CHECKING:  # a kernel has it; the command line goes without
    from IPython.core.interactiveshell import InteractiveShell


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
    problems = problems_of(
        given, {"language": LANGUAGES, "audience": AUDIENCES}, dict.fromkeys((*declared, *PARAMETERS))
    )
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
    words = in_language(language, dataset.reference)
    if _shell() is not None:
        sys.modules["IPython"].display.display(beside_a_notebook(words), metadata={"tags": [HIDE_FROM_PAGE]})
    return dataset, words


def beside_a_notebook(words: Words) -> Html:
    """What a notebook needs where no page is made of it: one language, and the sources that its numbers refer to.

    nbconvert hides the cells of the other language; a page has a list of its own and leaves this out.
    """
    [other] = {*LANGUAGES} - {words.language}
    sources = [
        (number, ", ".join(part for part in (row["title"], row["publisher"]) if part), row["url"])
        for number, row in enumerate(words.reference.sources.to_dict("records"), start=1)
    ]
    return piece("beside_a_notebook", other=other, summary=words.say("chapter_sources"), sources=sources)


def _shell() -> InteractiveShell | None:
    """The kernel in which this runs; None outside one."""
    shell: InteractiveShell | None = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell


def _run_so_far() -> list[str]:
    """The cells that have been run in this kernel; none outside one."""
    shell = _shell()
    return list(shell.user_ns.get("In", ())) if shell is not None else []


def _regions(package: Package) -> list[str]:
    return package.table("regions").sort_values("order")["region"].tolist()
