"""The commands about a site that is made: ``socsvc versions``, ``rollback``, ``bundle`` and ``schedule``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from socsvc_analysis.project import here
from socsvc_analysis.scheduling import Scheduler, schedule_for
from socsvc_analysis.terminal import BUSY, console_of, sentences

Output = Annotated[
    Path | None, typer.Option(help="Where the site is.  [default: outputs]", show_default=False, file_okay=False)
]


def versions(output: Output = None) -> None:
    """List the versions of the site that are kept, the newest first."""
    from socsvc_analysis.report.releases import releases

    place = output or here().outputs
    kept = releases(place)
    if not kept:
        typer.echo(f"No version of the site is kept in {place}; socsvc run makes the first.", err=True)
        return
    table = Table("version of the site", "data version", "since (UTC)", "", box=None, pad_edge=False)
    for each in kept:
        since = each.since.strftime("%Y-%m-%d %H:%M")
        table.add_row(each.name, each.data_version, since, "shown" if each.shown else "")
    console_of().print(table)


def rollback(
    release: Annotated[str, typer.Argument(help="A version of `socsvc versions`.  [default: the one before]")] = "",
    output: Output = None,
) -> None:
    """Show an earlier version of the site again.  The next run shows what it makes."""
    from socsvc_analysis.report.releases import roll_back
    from socsvc_analysis.report.run import RunBusy

    with sentences({RunBusy: BUSY}):
        chosen = roll_back(output or here().outputs, release)
    typer.echo(f"{chosen.name} of data version {chosen.data_version} is shown.")


def bundle(
    region: Annotated[str, typer.Option("--region", "-r", help="The region whose documents are handed on.")],
    output: Output = None,
    to: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The file to write.  [default: REGION.zip]", show_default=False)
    ] = None,
) -> None:
    """Write brief, report and workbook of one region, in both languages, as one ZIP."""
    from socsvc_analysis.report.releases import bundle as documents

    with sentences({}):
        file = to or Path(f"{region}.zip")
        file.write_bytes(documents(output or here().outputs, region))
    typer.echo(file)


def schedule(
    scheduler: Annotated[Scheduler, typer.Argument(help="Which scheduler will start the runs.")],
    at: Annotated[str, typer.Option(help="The hour and minute of the daily run.")] = "05:30",
    mail: Annotated[str, typer.Option(help="Who hears of failures, where the scheduler can write.")] = "",
    to: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write the files to this folder in place of printing them.")
    ] = None,
) -> None:
    """Print a configuration that makes the pages daily from this folder, ready for the scheduler."""
    with sentences({}):
        made = schedule_for(scheduler, here().folder, at, mail)
        for file, text in made.items():
            if to is None:
                typer.echo(text if len(made) == 1 else f"# ---- {file}\n{text}", nl=False)
            else:
                to.mkdir(parents=True, exist_ok=True)
                (to / file).write_text(text, encoding="utf-8")
                typer.echo(to / file)


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    for command in (versions, rollback, bundle, schedule):
        app.command()(command)
