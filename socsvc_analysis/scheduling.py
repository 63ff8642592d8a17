"""Configurations that make the pages daily: for systemd, cron, GitHub Actions, Airflow, JupyterLab's scheduler."""

from __future__ import annotations

import re
import shlex
import sys
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from socsvc_analysis.project import LIBRARY
from socsvc_analysis.schema import DataError, Problem

TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
REGION = "zemgale"
"""The region of the example for a scheduler that runs one notebook at a time."""
PLAIN = re.compile(r"[\w./+-]+")
"""Paths that no scheduler takes for anything else."""


class Scheduler(StrEnum):
    """What will start the runs."""

    systemd = "systemd"
    cron = "cron"
    github = "github"
    airflow = "airflow"
    jupyter = "jupyter"


SCHEDULERS = {
    Scheduler.systemd: {
        "socsvc.service": "systemd.service.j2",
        "socsvc.timer": "systemd.timer.j2",
        "socsvc.logrotate": "logrotate.j2",
    },
    Scheduler.cron: {"socsvc.cron": "crontab.j2", "socsvc.logrotate": "logrotate.j2"},
    Scheduler.github: {"pages.yml": "github.yml.j2"},
    Scheduler.airflow: {"socsvc_run.py": "airflow.py.j2"},
    Scheduler.jupyter: {"socsvc.json": "jupyter.json.j2"},
}
"""The files of each, by name, and the templates they are made of."""
TELLING = {"socsvc-failed.service": "systemd.failed.j2"}
"""What systemd needs besides to write to somebody."""


def schedule_for(scheduler: Scheduler, folder: Path, at: str = "05:30", mail: str = "") -> dict[str, str]:
    """The files, by name, with which ``scheduler`` runs the project in ``folder`` daily at ``at`` (hours:minutes).

    ``mail`` is who hears of failures, where the scheduler can write.  Raises
    :class:`~socsvc_analysis.schema.DataError` for a time that is none, and for a path that a scheduler would misread.

    >>> print(schedule_for(Scheduler.systemd, Path("/srv/socsvc"), "06:00")["socsvc.timer"].splitlines()[4])
    OnCalendar=*-*-* 06:00:00
    """
    import jinja2

    time, command = TIME.fullmatch(at), str(Path(sys.executable).parent / "socsvc")
    problems = [] if time else [Problem("at", "is not a time such as 05:30", value=at)]
    problems += [
        Problem("folder", "has letters that schedulers take for signs; use a path without them", value=path)
        for path in (str(folder), command)
        if scheduler is not Scheduler.github and not PLAIN.fullmatch(path)
    ]
    if mail and not re.fullmatch(r"[\w.+-]+@[\w.-]+", mail):
        problems.append(Problem("mail", "is not an address", value=mail))
    if time is None or problems:
        raise DataError(problems)
    names = SCHEDULERS[scheduler] | (TELLING if scheduler is Scheduler.systemd and mail else {})
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=False)
    values = {
        "folder": folder,
        "command": shlex.quote(command),
        "python": Path(sys.executable).name,  # what JupyterLab's scheduler calls an environment
        "at": at,
        "hour": int(time[1]),
        "minute": int(time[2]),
        "mail": mail,
        "region": REGION,
        "checkout": folder == LIBRARY.parent,
    }
    templates = files("socsvc_analysis").joinpath("schedules")
    return {
        file: environment.from_string(templates.joinpath(template).read_text("utf-8")).render(values)
        for file, template in names.items()
    }
