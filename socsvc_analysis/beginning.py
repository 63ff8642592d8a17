"""A project of one's own: ``socsvc new FOLDER`` lays out data, notebooks and schedules that may be changed."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from socsvc_analysis import __version__
from socsvc_analysis.datapackage import INTERNAL, open_package
from socsvc_analysis.project import DATA, NOTEBOOKS, not_for_everybody, origin
from socsvc_analysis.scheduling import Scheduler, schedule_for
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.terminal import say, sentences

FILES = {"README.md": "README.md.j2", ".gitignore": "gitignore.j2", "requirements.txt": "requirements.txt.j2"}
"""The files of a project, by name, and the templates they are made of."""


def lay_out(folder: Path) -> list[Problem]:
    """Make a project of the library's open data and notebooks at ``folder``, which must be empty or not be there.

    It is there whole or not at all.  Returns what could not be made: schedules for a path that schedulers misread.
    Raises :class:`~socsvc_analysis.schema.DataError` when the folder is in use, or the library's own data are not
    for everybody.
    """
    source = origin()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError([Problem("folder", "is not empty; a new project needs a folder of its own", value=str(folder))])
    if said := not_for_everybody(source):
        raise DataError([Problem("folder", f"{each}: it is not copied into a new project") for each in said])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as unfinished:
        made = Path(unfinished) / "project"
        for name, leave in ((Path(DATA).parent.name, (".*",)), (NOTEBOOKS, (".*", "__pycache__"))):
            shutil.copytree(source / name, made / name, ignore=shutil.ignore_patterns(*leave))
        version = open_package(made / DATA, INTERNAL).version
        for file, text in _filled(version):
            (made / file).write_text(text, encoding="utf-8")
        problems = _schedules(made / "schedules", folder.resolve())
        if folder.is_dir():
            folder.rmdir()  # only an empty one goes
        made.rename(folder)
    return problems


def _filled(data_version: str) -> Iterator[tuple[str, str]]:
    import jinja2

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    for file, template in FILES.items():
        text = files("socsvc_analysis").joinpath("layout", template).read_text("utf-8")
        yield file, environment.from_string(text).render(version=__version__, data_version=data_version)


def _schedules(folder: Path, project: Path) -> list[Problem]:
    """A folder for each scheduler with its files; what a scheduler would misread is left out and returned."""
    problems: dict[str, Problem] = {}
    for scheduler in Scheduler:
        try:
            made = schedule_for(scheduler, project)
        except DataError as failure:
            problems |= {str(each): each for each in failure.problems}
            continue
        (folder / scheduler.value).mkdir(parents=True)
        for file, text in made.items():
            (folder / scheduler.value / file).write_text(text, encoding="utf-8")
    return list(problems.values())


def new(
    folder: Annotated[Path, typer.Argument(help="The folder of the project; it must be empty or not be there.")],
) -> None:
    """Lay out a project of your own: a copy of the open data, notebooks to change, schedules.

    Commands that are given in it use its data and notebooks, and what is made goes to its outputs.
    """
    with sentences({}):
        for problem in lay_out(folder):
            say(f"Some schedules were not written: {problem}")
    typer.echo(f"{folder} is laid out. Next: cd {shlex.quote(str(folder))} && socsvc run")
