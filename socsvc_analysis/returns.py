"""The commands about returns: ``socsvc import``, ``rules`` and ``template``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from socsvc_analysis.project import here
from socsvc_analysis.terminal import (
    BUSY,
    SOME_REJECTED,
    WRONG_USE,
    Data,
    by_kind,
    console_of,
    once_each,
    own_data,
    problem_table,
    say,
    sentences,
    visible,
)

if TYPE_CHECKING:
    from socsvc_analysis.intake.unknown_names import UnknownName

MOST_SHOWN = 100
"""Problems of one file on the terminal; the file of rejected rows has them all."""


class Access(StrEnum):
    """Whether small numbers of a file must be hidden."""

    open = "open"
    restricted = "restricted"


def import_(
    files: Annotated[list[Path], typer.Argument(help="Returns as received: CSV, XLSX ...")],
    access: Annotated[
        Access, typer.Option(help="restricted: small numbers of people stay off public pages; open: already public.")
    ] = Access.restricted,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file.")] = False,
    replaces: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The file takes the place of an earlier one of this name.", show_default=False
        ),
    ] = "",
    adds: Annotated[bool, typer.Option("--adds", help="It takes the place of no earlier file of its name.")] = False,
    data: Data = None,
    output: Annotated[
        Path | None, typer.Option(help="Where rejected rows are written.  [default: outputs]", show_default=False)
    ] = None,
) -> None:
    """Take received files into the data: every row is accepted, rejected with a reason, or a duplicate.

    Rejected rows are written to outputs/import, ready to be sent back.  Ends with 0 when every row was accepted, 3 when
    some were rejected, 2 when a file was refused (nothing of it was taken), 75 when another import is going.
    """
    from socsvc_analysis.intake.store import import_file
    from socsvc_analysis.journal import Busy

    place, console = here(), console_of()
    codes = set()
    with sentences({Busy: BUSY}):
        if replaces and (adds or len(files) > 1):
            say("Give --replaces for one file alone, and not together with --adds.")
            raise typer.Exit(WRONG_USE)
        taken_into = data or place.data if dry_run else own_data(data)
        for file in files:
            report = import_file(
                file,
                taken_into,
                output=output or place.outputs,
                access=access.value,
                dry_run=dry_run,
                replaces=replaces,
                adds=adds,
                today=dt.date.today(),
            )
            codes.add(report.code)
            if as_json:
                typer.echo(json.dumps(report.to_dict(), ensure_ascii=False))
                continue
            console.print(visible(report.message), soft_wrap=True, highlight=False, markup=False)
            for warning in report.warnings:
                console.print(f"[yellow]Note:[/] {escape(visible(warning))}", soft_wrap=True, highlight=False)
            problems = once_each(by_kind(report.problems))
            if problems:
                console.print(problem_table(problems[:MOST_SHOWN]))
            if len(problems) > MOST_SHOWN:
                console.print(f"... and {len(problems) - MOST_SHOWN} more problems.", highlight=False)
            _show_names(report.unknown, console)
    raise typer.Exit(next((code for code in (WRONG_USE, SOME_REJECTED) if code in codes), 0))


def _show_names(unknown: Sequence[UnknownName], console: Console) -> None:
    """The lines that make the names of a file known, ready to be added."""
    if not unknown:
        return
    console.print("If a name is right, add its line to data/reference/value_names.csv, then socsvc check --record:")
    for each in unknown[:MOST_SHOWN]:
        lines = "   or   ".join(map(visible, each.lines))
        count = "1 row" if each.count == 1 else f"{each.count} rows"
        console.print(f"  {lines}   ({count})", soft_wrap=True, highlight=False, markup=False)


def rules(
    year: Annotated[int, typer.Option("--year", "-y", help="The year of the return.")],
    language: Annotated[
        str, typer.Option("--language", "-l", help="Language of titles and sentences: lv or en.")
    ] = "lv",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: Data = None,
) -> None:
    """List the rules by which returns of a year are read: headings, values, checks, warnings."""
    from socsvc_analysis.intake.rulebook import rules as rules_of
    from socsvc_analysis.reference import open_reference
    from socsvc_analysis.wording import in_language

    with sentences({}):
        reference = open_reference(data or here().data)
        in_language(language, reference)
        said = rules_of(year, reference, language)
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    console = console_of()
    console.print(f"version {said['version']}, year {said['year']}", highlight=False)
    for part in ("columns", "values", "checks", "warnings"):
        table = Table(part, "", box=None, pad_edge=False)
        rows = said[part].items()
        for key, value in rows:
            shown = ", ".join(value) if isinstance(value, list | dict) else value
            table.add_row(escape(key), escape(shown))
        console.print(table)


def template(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The workbook to write, such as return.xlsx.")],
    region: Annotated[str, typer.Option("--region", "-r", help="Whose municipalities will fill it in.")],
    year: Annotated[int, typer.Option("--year", "-y", help="The year that is reported.")],
    data: Data = None,
) -> None:
    """Write the return that a planning region sends its municipalities, with lists, instructions and check totals."""
    from socsvc_analysis.reference import open_reference
    from socsvc_analysis.template import write

    with sentences({}):
        reference = open_reference(data or here().data)
        write(region, year, file, reference)
    console_of().print(f"{file}", soft_wrap=True, highlight=False, markup=False)
