"""What a person at the terminal sees: sentences instead of tracebacks, tables of problems, a bar of progress."""

from __future__ import annotations

import datetime as dt
import re
import signal
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from socsvc_analysis.project import here
from socsvc_analysis.schema import DataError, Problem, counted
from socsvc_analysis.tables import LANGUAGES

if TYPE_CHECKING:
    from socsvc_analysis.report.chapters import Result

SOME_FAILED, WRONG_USE, SOME_REJECTED, HELD_BACK, DATA_REFUSED, BUSY, STOPPED = 1, 2, 3, 4, 5, 75, 130
"""How commands end when not with 0; README has the list."""
WISHES_TO_STOP = (signal.SIGINT, signal.SIGTERM)
WIDTH_OF_LOGS = 160
TYPED = ("language", "region", "fetch", "file", "year", "at", "folder", "mail", "release", "output")
"""What problems name that are about the command, not about a file."""


Data = Annotated[
    Path | None,
    typer.Option(exists=True, help="The data package to read.  [default: data/datapackage.json]", show_default=False),
]


def own_data(data: Path | None) -> Path:
    """The data that a command may change: ``data`` where they are named, else those of the project.

    Raises :class:`~socsvc_analysis.schema.DataError` outside of a project: what came with the package stays as it is.
    """
    place = here()
    if data is None and not place.own:
        said = "is in no project, and the data of the package stay as they are; begin one with: socsvc new NAME"
        raise DataError([Problem("folder", said, value=str(place.folder))])
    return data or place.data


class Stopped(KeyboardInterrupt):
    """Somebody wishes the command to stop.

    A class of its own, for Python ends a process as if killed once a plain :class:`KeyboardInterrupt` has passed
    through text that is executed (as in making a dataclass), even where it is caught afterwards.
    """


@contextmanager
def stoppable(*, to_the_end: bool = False) -> Iterator[None]:
    """Turn a wish to stop (Ctrl-C, SIGTERM) into a sentence and exit code 130.

    It is heard also where the library that was at work made another failure of it, as imports of C code do.
    One that comes afterwards changes nothing when the process goes ``to_the_end`` from here.
    """
    heard = []

    def stop(number: int, frame: object) -> None:
        heard.append(number)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in WISHES_TO_STOP}
    try:
        yield
    except BaseException:
        if not heard:
            raise
        say("Stopped. What was published before stays; the next run goes on where this one ended.")
        raise SystemExit(STOPPED) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if to_the_end else handler)


@contextmanager
def sentences(codes: dict[type[Exception], int]) -> Iterator[None]:
    """Turn expected failures into a sentence and an exit code; a wish to stop as well."""
    with stoppable(), _failures_said(codes):
        yield


@contextmanager
def _failures_said(codes: dict[type[Exception], int]) -> Iterator[None]:
    try:
        yield
    except tuple(codes) as failure:
        say(str(failure))
        raise typer.Exit(next(code for kind, code in codes.items() if isinstance(failure, kind))) from None
    except DataError as failure:
        if _is_wrong_use(failure.problems):
            say("; ".join(map(str, failure.problems)))
            raise typer.Exit(WRONG_USE) from None
        console_of(stderr=True).print(problem_table(failure.problems))
        raise typer.Exit(DATA_REFUSED) from None
    except OSError as failure:
        where = f" ({failure.filename})" if failure.filename else ""
        say(f"A file could not be used: {failure.strerror or failure}{where}. What was published before stays.")
        raise typer.Exit(SOME_FAILED) from None


@contextmanager
def progress_bar(
    console: Console, *, quiet: bool = False, verbose: bool = False
) -> Iterator[Callable[[Result, int, int], None]]:
    """A bar that is moved on with each finished chapter, with the time that is left.

    Without a terminal a line with the time is printed when the last chapter of a region in a language is
    done; ``verbose`` prints one for each chapter instead.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        going = bar.add_task("Chapters", total=None)
        done = Counter[tuple[str, str]]()

        def advance(result: Result, chapters: int, total: int) -> None:
            bar.update(going, total=total, advance=1)
            done[result.region, result.language] += 1
            whole = done[result.region, result.language] == chapters
            if verbose or (whole and not quiet and not console.is_terminal):
                now = dt.datetime.now().isoformat(" ", "seconds")
                what = f"{result.chapter}, {result.seconds:.1f} s" if verbose else f"{done.total()} of {total} chapters"
                said = f"{now} {result.region} ({result.language}): {what}"
                console.print(said, soft_wrap=True, highlight=False, markup=False)

        yield advance


def say_why(counts: Mapping[str, int], console: Console) -> None:
    """One line for each reason why chapters are run."""
    for reason, count in counts.items():
        chapters = f"{counted(count, 'chapter')} {'is' if count == 1 else 'are'}"
        console.print(f"{chapters} run: {reason}.", soft_wrap=True, highlight=False, markup=False)


def problem_table(problems: Sequence[Problem]) -> Table:
    """One line for each problem; the sheet only where one of them has a sheet."""
    sheets = any(each.sheet for each in problems)
    headings = ("file", *(("sheet",) if sheets else ()), "row", "column", "value", "problem", "nearest known")
    table = Table(*headings, box=None, pad_edge=False)
    for each in problems:
        row = "" if each.row is None else str(each.row)
        place = (each.file, *((each.sheet,) if sheets else ()), row, each.column)
        table.add_row(*(escape(visible(cell)) for cell in (*place, each.value, each.problem, each.nearest)))
    return table


def visible(text: str) -> str:
    """A text from a received file that cannot steer the terminal: control characters are spelled out.

    >>> visible("a\\x1b[31mb"), visible("Ķekava")
    ('a\\\\x1b[31mb', 'Ķekava')
    """
    hidden = ("Cc", "Cf", "Cs", "Co")
    return "".join(
        each.encode("unicode_escape").decode() if unicodedata.category(each) in hidden else each for each in text
    )


def by_kind(problems: Sequence[Problem]) -> list[Problem]:
    """The problems with those of one kind together, the most frequent kind first.

    >>> late, early = (Problem("a.csv", "is in the future", row=row) for row in (3, 2))
    >>> [problem.row for problem in by_kind([late, Problem("a.csv", "is empty", row=1), early])]
    [2, 3, 1]
    """
    kinds = Counter(map(_kind, problems))
    return sorted(problems, key=lambda each: (-kinds[_kind(each)], _kind(each), each.sheet, each.row or 0))


def once_each(problems: Sequence[Problem]) -> list[Problem]:
    """The same said of the same value in many rows, once and with their number.

    >>> rows = [Problem("a.csv", "is not known", row=row, column="place", value="X") for row in (2, 3, 4)]
    >>> [(each.row, each.problem) for each in once_each(rows)]
    [(2, 'is not known (3 rows)')]
    """
    counts = Counter(_of_value(each) for each in problems)
    first = {_of_value(each): each for each in reversed(problems)}
    return [
        replace(first[key], problem=f"{first[key].problem} ({count} rows)") if count > 1 else first[key]
        for key, count in counts.items()
    ]


def _of_value(problem: Problem) -> tuple[object, ...]:
    row = problem.row if not problem.value else None
    return problem.file, problem.sheet, problem.column, problem.value, str(problem.problem), row


def _kind(problem: Problem) -> str:
    """What a problem has in common with others: its sentence without numbers and values."""
    return re.sub(r"\d+|'[^']*'", "", problem.problem)


def _is_wrong_use(problems: Sequence[Problem]) -> bool:
    """Whether the problems come from what was typed, not from a file."""
    return all(each.file in TYPED or each.file.startswith("--") for each in problems)


def console_of(stderr: bool = False) -> Console:
    """A console as wide as the terminal; wide enough for a table where there is none (a log, a file)."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=WIDTH_OF_LOGS)


def refuse_bare(wanted: Sequence[str]) -> None:
    """End a run whose regions or languages stand without their options, and say how they are asked for."""
    if wanted:
        options = (f"--{'language' if each in LANGUAGES else 'region'} {each}" for each in wanted)
        say(f"What is wanted is an option each: socsvc run {' '.join(options)}")
        raise typer.Exit(WRONG_USE)


def say(sentence: str) -> None:
    """A sentence on the error stream."""
    Console(stderr=True).print(f"[bold red]{escape(sentence)}[/]", soft_wrap=True, highlight=False)
