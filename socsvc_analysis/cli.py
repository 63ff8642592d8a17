"""The command line: ``socsvc run``, ``check``, ``publish``, ``fetch``, ``indicators``, and those about returns.

What goes wrong is said in sentences with the known values; a reader of these messages never meets a traceback.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from socsvc_analysis import __version__, beginning, delivery, protecting, returns
from socsvc_analysis.datapackage import INTERNAL, Package, open_package
from socsvc_analysis.descriptor import edited_package, undescribed, write_descriptor
from socsvc_analysis.project import here
from socsvc_analysis.schema import DataError, Problem, counted
from socsvc_analysis.terminal import (
    BUSY,
    DATA_REFUSED,
    HELD_BACK,
    SOME_FAILED,
    WRONG_USE,
    Data,
    console_of,
    own_data,
    problem_table,
    progress_bar,
    refuse_bare,
    say,
    say_why,
    sentences,
)

if TYPE_CHECKING:  # slow to import, and most commands need none of it
    from socsvc_analysis.report.chapters import Result
    from socsvc_analysis.report.manifest import Report

ABOUT = "Monitoring of community-based social services in Latvia: import returns, make reports, check data."
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"socsvc_analysis {__version__}")
        raise typer.Exit


@app.callback(help=ABOUT)
def speak_utf8(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Print the same letters whatever the terminal or the log thinks of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a program that calls us may have put something else there
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class Audience(StrEnum):
    """Who will read the pages."""

    public = "public"
    internal = "internal"


class Engine(StrEnum):
    """How kernels are started."""

    forked = "forked"
    ahead = "ahead"
    stock = "stock"


class State(StrEnum):
    """Whether the figures of a publication may still change."""

    provisional = "provisional"
    final = "final"


@app.command(context_settings={"allow_extra_args": True})  # which are told how to be said
def run(
    context: typer.Context,
    region: Annotated[
        list[str] | None, typer.Option("--region", "-r", help="Only this region; may be given more than once.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", "-l", help="Only this language (lv, en); may be given twice.")
    ] = None,
    audience: Annotated[
        Audience, typer.Option(help="public: the site; internal: pages in outputs/internal that hide nothing.")
    ] = Audience.public,
    data: Data = None,
    notebooks: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="The folder of notebooks.  [default: notebooks]", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the site goes.  [default: outputs]", show_default=False)
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many notebooks run at once.  [default: one for each processor]", show_default=False
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make everything again, also what has not changed.")] = False,
    engine: Annotated[
        Engine | None,
        typer.Option(
            help="How kernels are started: forked from one that has everything open, made ready ahead, or as Jupyter "
            "does.  [default: forked where the system can, else ahead]",
            show_default=False,
        ),
    ] = None,
    cell_limit: Annotated[float, typer.Option(min=1, help="Seconds that one cell of a notebook may take.")] = 120,
    notebook_limit: Annotated[float, typer.Option(min=1, help="Seconds that one notebook may take.")] = 300,
    run_limit: Annotated[
        float, typer.Option(min=1, help="Seconds after which no notebook goes on: what is whole is published.")
    ] = 2700,
    log_file: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Add a line of JSON for each chapter to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object in place of the table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say problems only, and where the pages are.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say each chapter as it is done.")] = False,
) -> None:
    """Make the reports: a page for each region and language, and an index.

    What has not changed since the last run is not made again, and it is said why something is.  Results are printed;
    progress and problems go to the error stream.  Ends with 0 when every report was made, 1 when one was not, 2 for a
    wrong option, 4 when pages would tell a small number of people, 5 when the data cannot be used, 75 when another run
    is going, 130 when it was stopped.
    """
    from socsvc_analysis.parameters import ParameterError
    from socsvc_analysis.report.chapters import Limits
    from socsvc_analysis.report.production import RunError
    from socsvc_analysis.report.public_data import HeldBack
    from socsvc_analysis.report.run import RunBusy, make_reports
    from socsvc_analysis.report.runlog import RunLog, log_at
    from socsvc_analysis.report.runlog import summary as as_one_object

    refuse_bare(context.args)
    place, errors = here(), console_of(stderr=True)
    with (
        sentences({ParameterError: WRONG_USE, RunBusy: BUSY, HeldBack: HELD_BACK, RunError: SOME_FAILED}),
        log_at(log_file) as stream,
        progress_bar(errors, quiet=quiet, verbose=verbose) as progress,
    ):
        log = RunLog(stream)

        def told(result: Result, chapters: int, total: int) -> None:
            log.chapter(result)
            progress(result, chapters, total)

        summary = make_reports(
            data or place.data,
            notebooks or place.notebooks,
            output or place.outputs,
            regions=region,
            languages=language,
            audience=audience.value,
            jobs=jobs,
            fresh=fresh,
            engine=engine.value if engine else None,
            limits=Limits(cell_limit, notebook_limit, run=run_limit),
            progress=told,
            reasons=None if quiet else lambda counts: say_why(counts, errors),
        )
        log.end(summary.reports)
    for report in summary.reports:
        for problem in report.problems:
            say(f"Problem: {problem}")
    if as_json:
        typer.echo(as_one_object(summary.reports, summary.index))
    elif quiet:
        typer.echo(summary.index)
    else:
        _print_reports(summary.reports)
        typer.echo(summary.index)
    if not summary.complete:
        raise typer.Exit(SOME_FAILED)


def _print_reports(reports: Sequence[Report]) -> None:
    table = Table("region", "language", "chapters", "seconds", "result", box=None, pad_edge=False)
    for report in reports:
        table.add_row(
            report.region, report.language, str(report.chapters), f"{report.seconds:.1f}", _RESULTS[report.status]
        )
    console_of().print(table)


_RESULTS = {
    "made": "made",
    "unchanged": "unchanged",
    "kept": "[red]failed; the page of an earlier run stays[/]",
    "failed": "[red]failed; there is no page[/]",
}


@app.command()
def check(
    data: Data = None,
    record: Annotated[
        bool,
        typer.Option("--record", help="Record sizes and hashes of the files as they are now, after an edit by hand."),
    ] = False,
) -> None:
    """Check the data: files as recorded, tables as described, codes that exist.  Lists every problem."""
    from socsvc_analysis.observations import open_observations
    from socsvc_analysis.reference import open_reference

    console = console_of()
    with sentences({}):
        path = own_data(data) if record else data or here().data
        package, problems = _package(path, record)
        if package is not None:
            problems = _problems_in(package)
        if package is None or problems:
            console_of(stderr=True).print(problem_table(problems))
            raise typer.Exit(DATA_REFUSED)
        figures = open_observations(package, open_reference(package))
        if record:
            write_descriptor(package)
    count = len(package.descriptor["resources"])
    verb = "recorded and checked" if record else "checked"
    found = f"{counted(count, 'file')} {verb}, {counted(len(figures), 'figure')}, data version {package.version}"
    console.print(f"{found}: no problems.", highlight=False)


@app.command()
def publish(
    state: Annotated[State, typer.Option(help="provisional: figures may still change; final: only errors are mended.")],
    note_lv: Annotated[str, typer.Option(help="What readers must know of it, in Latvian.", show_default=False)] = "",
    note_en: Annotated[str, typer.Option(help="The same in English.", show_default=False)] = "",
    data: Data = None,
) -> None:
    """Record the present version of the data as published, so that the next one can say what has changed.

    Do this when the pages are fit to be shown, then make them once more: they say from now on that they are published,
    and are kept in the archive when a later version takes their place.  The version of the data stays as it is.
    """
    from socsvc_analysis.journal import Busy
    from socsvc_analysis.publications import publish as record_publication

    with sentences({Busy: BUSY}):
        if bool(note_lv) != bool(note_en):
            say("A note is needed in both languages: give --note-lv and --note-en, or neither.")
            raise typer.Exit(WRONG_USE)
        path = own_data(data)
        count = record_publication(path, state.value, today=dt.date.today(), note_lv=note_lv, note_en=note_en)
        version = open_package(path, INTERNAL).version
    console_of().print(
        f"Data version {version} is recorded as published ({state.value}), with {count} figures. "
        "Now make the pages: socsvc run",
        highlight=False,
        soft_wrap=True,
    )


app.command()(beginning.new)
delivery.register(app)
protecting.register(app)
app.command(name="import")(returns.import_)
app.command()(returns.template)
app.command()(returns.rules)


@app.command()
def fetch(
    what: Annotated[str, typer.Argument(help="population, territories, ministry, kohesio or eurostat.")],
    online: Annotated[bool, typer.Option("--online", help="Ask the source; otherwise what is stored is read.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    stand_in: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[HOST=]ADDRESS",
            help="With --online, for rehearsals: a server on this machine that answers for the sources, or for one.",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Read population, territories or context from the stored answers of live sources, or ask the sources anew.

    Answers are kept in raw/ and read from there; without --online nothing is asked.  What is learned of the population
    becomes figures of the data, in the place of what an earlier answer said.  A source that cannot be reached leaves
    the stored answer in use, and it is said how old that is.  Ends with 0 when there is something to work with, 1
    when the source failed and nothing is stored, 2 when nothing is stored yet, 75 when an import is going.
    """
    from socsvc_analysis.intake.reading import not_read
    from socsvc_analysis.intake.store import keep_observations
    from socsvc_analysis.journal import Busy
    from socsvc_analysis.sources import fetching, transport

    console = console_of()
    with sentences({Busy: BUSY}):
        package = open_package(own_data(data), INTERNAL)
        folder = package.path.parent
        client = transport.Client(stand_ins=transport.stand_ins(stand_in or ()))
        report = fetching.fetch(what, folder, online=online, today=dt.date.today(), transport=client)
        report = replace(report, warnings=(*report.warnings, *not_read(report.to_import, package)))
        kept = 0
        if report.snapshots:
            figures = fetching.new_observations(what, folder)
            if len(figures):
                kept = keep_observations(package.path, what, figures, fetching.new_sources(what, folder))
    if as_json:
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    else:
        console.print(report.message, soft_wrap=True, highlight=False, markup=False)
        if kept:
            verb = "is new, has changed or is" if kept == 1 else "are new, have changed or are"
            console.print(f"{counted(kept, 'figure')} {verb} gone.", highlight=False)
        for warning in report.warnings:
            console.print(f"[yellow]Note:[/] {escape(warning)}", soft_wrap=True, highlight=False)
    raise typer.Exit(report.code)


@app.command()
def indicators(
    name: Annotated[str | None, typer.Argument(help="Show all about this indicator.", show_default=False)] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="Language of titles: lv or en.")] = "en",
    region: Annotated[
        str, typer.Option("--region", "-r", help="Print its values for this region and its municipalities, as CSV.")
    ] = "",
    data: Data = None,
) -> None:
    """List the indicators, or show one: its definition, unit, direction, measures, limits and method."""
    from socsvc_analysis.dataset import open_data
    from socsvc_analysis.indicators import REGISTRY, compute, get_indicator
    from socsvc_analysis.wording import in_language

    console = console_of()
    with sentences({}):
        in_language(language, None)
        if name is None:
            table = Table("indicator", "title", "unit", "direction", box=None, pad_edge=False)
            for each in sorted(REGISTRY.values(), key=lambda indicator: indicator.name):
                table.add_row(each.name, escape(each.title(language)), each.unit, each.polarity)
            console.print(table)
            return
        try:
            one = get_indicator(name)
        except DataError as failure:
            say(f"{failure.problems[0]}; known: {', '.join(sorted(REGISTRY))}")
            raise typer.Exit(WRONG_USE) from None
        if region:
            opened = open_data(data or here().data)
            typer.echo(compute(name, opened, region=region).to_csv(index=False), nl=False)
            return
    table = Table(box=None, show_header=False, pad_edge=False)
    for label, value in (
        ("indicator", one.name),
        ("title", one.title(language)),
        ("definition", one.definition(language)),
        ("numerator", one.numerator(language)),
        ("denominator", one.denominator(language) or "–"),
        ("unit", one.unit),
        ("direction", one.polarity),
        ("measures", ", ".join(one.measures)),
        ("cannot say", one.caveat(language)),
        ("method", one.source),
    ):
        table.add_row(label, escape(value))
    console.print(table)


def _package(path: Path, record: bool) -> tuple[Package | None, list[Problem]]:
    try:
        return (edited_package(path) if record else open_package(path, INTERNAL)), []
    except DataError as failure:
        return None, list(failure.problems)


def _problems_in(package: Package) -> list[Problem]:
    """Every problem of every table, of the codes with which tables name each other, and files that nobody described."""
    from socsvc_analysis.observations import open_observations
    from socsvc_analysis.reference import open_reference

    problems = undescribed(package)
    for name in package.tables():
        try:
            package.table(name)
        except DataError as failure:
            problems += failure.problems
    if problems:
        return problems
    try:
        open_observations(package, open_reference(package))
    except DataError as failure:
        problems += failure.problems
    return problems
