"""``socsvc protect`` and ``socsvc audit``: for people who only need to hide small numbers in a table of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from socsvc_analysis.project import here
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.terminal import (
    SOME_FAILED,
    WRONG_USE,
    Data,
    console_of,
    problem_table,
    say,
    sentences,
    visible,
)

if TYPE_CHECKING:
    import pandas as pd

    from socsvc_analysis.protecting.files import Layout
    from socsvc_analysis.protecting.owner import OwnersTable

MOST_SHOWN = 100
"""Findings on the terminal."""
LARGE = 15
"""Per cent of the cells with enough people from which on a better design is proposed."""


class Method(StrEnum):
    """How small numbers are kept from readers."""

    suppression = "suppression"
    rounding = "rounding"


Count = Annotated[str, typer.Option(help="The column with the number of people.")]
Dims = Annotated[
    str,
    typer.Option(
        help='The columns by which people are counted, with commas between; "region>municipality" says that '
        "municipalities make regions."
    ),
]
By = Annotated[str, typer.Option(help="Columns that are kept apart, such as year: no totals run over them.")]
Total = Annotated[str, typer.Option(help="The word that stands for a total.")]
Mark = Annotated[str, typer.Option(help="What stands in the place of a hidden number.")]
Threshold = Annotated[int, typer.Option(min=2, help="Fewer people than this are hidden.")]
Publish = Annotated[
    str,
    typer.Option(
        help='The tables that are published, such as "municipality*service,municipality*target_group", each with its '
        "totals; a level above that none of them names is published in full.  [default: all columns together]",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Give ``app`` the three commands."""
    app.command()(protect)
    app.command()(hidden)
    app.command()(audit)


def protect(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file with true counts.")],
    count: Count,
    dims: Dims,
    out: Annotated[Path, typer.Option(dir_okay=False, help="The CSV file to write.")],
    by: By = "",
    total: Total = "Kopā",
    mark: Mark = "*",
    threshold: Threshold = 5,
    publish: Publish = "",
    holder: Annotated[
        str,
        typer.Option(
            help="The column of those who know their own counts and must not learn those of others; none for nobody.  "
            "[default: the finest level of the first dimension]",
            show_default=False,
        ),
    ] = "",
    method: Annotated[
        Method, typer.Option(help="suppression hides small numbers and what gives them away; rounding rounds all.")
    ] = Method.suppression,
) -> None:
    """Write a table of counts with its totals in which no small number can be read or worked out.

    A row with 0 is a service that nobody used, and is hidden like other small numbers; what has no row is not offered,
    and everyone knows that.  What suppression makes is attacked before it is written, as anyone and as each
    municipality that knows its own counts; rounded tables are not.  Ends with 0 when the file was written, 2 when the
    input or an option was refused.
    """
    from socsvc_analysis.disclosure.protection import Leak
    from socsvc_analysis.protecting import files

    with sentences({Leak: SOME_FAILED}), _refused():
        layout = _layout(count, dims, by, total, mark, publish)
        if out.exists() and out.samefile(file):
            say("--out would write over the true counts; give another name.")
            raise typer.Exit(WRONG_USE)
        counts, delimiter = files.true_counts(file, layout)
        if method is Method.rounding:
            frame, said = _rounded(counts, layout, threshold)
        else:
            frame, said = _suppressed(counts, layout, threshold, holder)
        out.write_bytes(files.written(frame, layout, delimiter))
    console = console_of()
    for sentence in said:
        console.print(sentence, soft_wrap=True, highlight=False, markup=False)
    console.print(str(out), soft_wrap=True, highlight=False, markup=False)


def audit(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, metavar="FILE...", help="Published CSV files.")
    ],
    count: Count,
    dims: Dims,
    by: By = "",
    total: Total = "Kopā",
    mark: Mark = "*",
    threshold: Threshold = 5,
    publish: Publish = "",
) -> None:
    """Attack published tables together and list every hidden number that can be worked out.

    The options are those of protect.  What is published the files themselves tell: one may lack some columns of --dims
    and is then a table of totals over them.  Ends with 0 when nothing can be
    worked out, 1 when something can, 2 when a file or an option was refused.
    """
    from socsvc_analysis.disclosure.audit import Contradiction
    from socsvc_analysis.disclosure.published import in_words, worked_out
    from socsvc_analysis.protecting import files

    console = console_of()
    table = Table(*([by] if by else []), "cell", "people", "which", box=None, pad_edge=False)
    found = 0
    with sentences({Contradiction: SOME_FAILED}), _refused():
        layout = _layout(count, dims, by, total, mark, publish)
        rows = files.published_rows(paths, layout)
        groups = rows.groupby(list(layout.by), sort=True) if layout.by else [((), rows)]
        for values, some in groups:
            for finding in worked_out(some, layout.design, threshold):
                found += 1
                if found <= MOST_SHOWN:
                    words = in_words(finding, threshold, layout.design.columns, total)
                    period = [", ".join(map(str, values))] if by else []
                    table.add_row(*(escape(visible(each)) for each in (*period, *words)))
    hidden = int(rows["count"].isna().sum())
    if not found:
        console.print(f"Nothing can be worked out: {hidden} hidden numbers of {len(rows)} hold.", highlight=False)
        return
    console.print(table)
    if found > MOST_SHOWN:
        console.print(f"... and {found - MOST_SHOWN} more.", highlight=False)
    numbers = "1 number" if found == 1 else f"{found} numbers"
    say(f"{numbers} can be worked out from what is published.")
    raise typer.Exit(SOME_FAILED)


def hidden(
    data: Data = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the site and its releases are.  [default: outputs]", show_default=False)
    ] = None,
    designs: Annotated[
        bool, typer.Option("--designs", help="Also what other designs would hide; takes as long as protecting anew.")
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Also write it as a page with all designs, for the owner of the data only."),
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="Language of what is said: lv or en.")] = "en",
) -> None:
    """What public pages hide of restricted returns and why, for the owner of the data: how many numbers, never which.

    As it was released where this version of the data was; the page must not lie in the site.  Ends with 0.
    """
    from socsvc_analysis.datapackage import PUBLIC, open_package
    from socsvc_analysis.disclosure.protection import Leak
    from socsvc_analysis.protecting import owner
    from socsvc_analysis.reference import open_reference
    from socsvc_analysis.report.public_data import RECORD, RELEASES
    from socsvc_analysis.wording import in_language

    place = here()
    output = output or place.outputs
    console = console_of()
    with sentences({Leak: SOME_FAILED}):
        in_language(language, None)
        if page is not None and page.resolve().is_relative_to((output / "site").resolve()):
            raise DataError([Problem("--page", "lies in the site, which everybody may read", value=str(page))])
        package = open_package(data or place.data, PUBLIC)
        words = in_language(language, open_reference(package))
        released = (output / RELEASES / package.version / RECORD).is_file()
        found, given = owner.for_owner(package, output / RELEASES if released else None)
        tables: list[owner.OwnersTable] = []
        said = [words.say("owner_nothing")]
        if not found.empty:
            others = dict(owner.by_design(given, package)) if designs or page is not None else {}
            state = words.say("owner_released" if released else "owner_not_released")
            tables = [owner.in_words(found, state, words)]
            tables += [
                owner.in_words(costs, words.say("owner_design", design=name), words) for name, costs in others.items()
            ]
            said = owner.advice(found, others, words)
        if page is not None:
            page.write_text(owner.page_for_owner(tables, said, words), encoding="utf-8")
    for each in tables:
        console.print(_owned(each))
    for sentence in said:
        console.print(sentence, soft_wrap=True, highlight=False, markup=False)


def _owned(made: OwnersTable) -> Table:
    """What is hidden, one line for each measure and period."""
    table = Table(*made.headings, title=made.title, box=None, pad_edge=False)
    for row in made.rows:
        table.add_row(*map(escape, row))
    return table


def _layout(count: str, dims: str, by: str, total: str, mark: str, publish: str) -> Layout:
    from socsvc_analysis.disclosure.design import design_of
    from socsvc_analysis.protecting.files import Layout

    apart = tuple(column.strip() for column in by.split(",") if column.strip())
    return Layout(count, design_of(dims, publish), apart, total, mark)


def _suppressed(
    counts: pd.DataFrame, layout: Layout, threshold: int, holder: str
) -> tuple[pd.DataFrame, Sequence[str]]:
    from socsvc_analysis.disclosure.protection import protected
    from socsvc_analysis.schema import Problem, nearest

    design = layout.design
    holder = holder or design.dimensions[0].finest
    if holder not in (*design.columns, "none"):
        known = (*design.columns, "none")
        raise DataError(
            [Problem("--holder", "is not a column of --dims", value=holder, nearest=nearest(holder, known))]
        )
    knows = "" if holder == "none" else holder
    result = protected(counts, design, holder=knows, by=layout.by, threshold=threshold)
    published, small, others, safe = (
        sum(getattr(cost, name) for cost in result.costs) for name in ("published", "small", "others", "safe")
    )
    attackers = "an outsider" + (f" and each {knows} with its own counts" if knows else "")
    share = 100 * others / safe if safe else 0.0
    said = [
        f"{published} numbers: {small} of fewer than {threshold} people are hidden, and {others} others "
        f"({share:.1f} % of the {safe} with enough people), so that those cannot be worked out.",
        f"Attacked as {attackers}: nothing can be worked out.",
    ]
    absent = _without_rows(counts, layout)
    if absent:
        combinations = "1 combination has" if absent == 1 else f"{absent} combinations have"
        said.append(f"{combinations} no row: taken as not offered, which everyone knows. Write 0 where nobody came.")
    telling = sum(cost.telling for cost in result.costs)
    if telling:
        lines = "1 shown total" if telling == 1 else f"{telling} shown totals"
        said.append(f"Look at {lines} of fewer than ten people who all are of one kind: that tells of each of them.")
    if share > LARGE and not design.unpublished and len(design.dimensions) > 2:
        said.append("Fewer tables hide less: try --publish with two columns at a time.")
    return result.frame, said


def _without_rows(counts: pd.DataFrame, layout: Layout) -> int:
    """How many combinations of the finest values, of one value of ``by`` each, the file leaves out."""
    finest = list(layout.design.finest)
    every = math.prod(counts[column].nunique() for column in finest)
    releases = len(counts.drop_duplicates(list(layout.by))) if layout.by else 1
    return every * releases - len(counts)


def _rounded(counts: pd.DataFrame, layout: Layout, threshold: int) -> tuple[pd.DataFrame, Sequence[str]]:
    from socsvc_analysis.disclosure.controlled_rounding import rounded_counts

    result = rounded_counts(counts, layout.design, by=layout.by, base=threshold)
    return result.frame, [
        f"All numbers are rounded to multiples of {threshold} that add up: {result.changed} of {result.published} "
        f"differ from the true ones, by {result.mean_change:.1f} people on average and at most {result.most_change}.",
        f"Suppression would have shown exactly, or not at all, the {result.lost} of them that have {threshold} or more "
        "people.",
    ]


@contextmanager
def _refused() -> Iterator[None]:
    """A file or an option that cannot be used ends with 2, with everything that is wrong."""
    try:
        yield
    except DataError as failure:
        if all(problem.file.startswith("--") for problem in failure.problems):
            raise
        console_of(stderr=True).print(problem_table(failure.problems[:MOST_SHOWN]))
        if len(failure.problems) > MOST_SHOWN:
            say(f"... and {len(failure.problems) - MOST_SHOWN} more problems.")
        raise typer.Exit(WRONG_USE) from None
