"""One selection at a time, with all that follows from it: widgets in JupyterLab, elsewhere as it would be printed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from socsvc_analysis import once
from socsvc_analysis.chapter import open_chapter
from socsvc_analysis.charts import Absence, Chart
from socsvc_analysis.datapackage import Package
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.exploring import shown
from socsvc_analysis.exploring.choice import NAMES, Choice, Chosen
from socsvc_analysis.markup import Html, Table, piece, together
from socsvc_analysis.parameters import PARAMETERS
from socsvc_analysis.project import here
from socsvc_analysis.wording import Words

if TYPE_CHECKING:  # needs ipywidgets, which only those who explore have
    from socsvc_analysis.exploring.controls import Controls

AT_A_NOTEBOOK = ("JPY_SESSION_NAME", "VSCODE_PID")
"""Set where a person has opened the notebook; papermill and nbconvert set neither."""


def open_explorer(*, region: str, language: str, audience: str, data: str | Path, **chosen: str) -> Explorer:
    """What is explored, when every parameter of the notebook is known.

    ``chosen`` are the parts of a :class:`~socsvc_analysis.exploring.choice.Choice` beside the region.  Raises
    :class:`~socsvc_analysis.schema.DataError` with everything that is wrong, and the nearest known.

    >>> open_explorer(region="zemgale", language="en", audience="public", data="data", indicator="served_of_pla")
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      indicator: 'served_of_pla' is not a known code of indicator; nearest known: served_of_plan
    """
    dataset, words = open_chapter(
        region=region, language=language, audience=audience, data=data, declared=dict.fromkeys((*PARAMETERS, *NAMES))
    )
    once.remember()  # whoever looks around asks the same again and again
    choice = Choice(region, **chosen)
    Chosen(dataset, choice).refuse_unknown()
    return Explorer(dataset, words, choice)


class Explorer:
    """A choice in the data, which changes, with its words; each part follows it.

    ``values`` is the frame to go on with, ``chart`` its picture, ``figures`` what it was computed from.
    """

    def __init__(self, dataset: Dataset, words: Words, choice: Choice) -> None:
        self.dataset, self.words = dataset, words
        self.chosen = Chosen(dataset, choice)
        self._controls: Controls | None = None

    def choose(self, **changed: str) -> None:
        """Change parts of the choice; of what was chosen before, what there is no value of is left out."""
        old = self.choice.parameters()
        new = {name for name, value in changed.items() if value != old[name]}
        self.chosen = Chosen(self.dataset, Choice(**{**old, **changed}))
        self.chosen = Chosen(self.dataset, self.chosen.fitting(new))

    @property
    def package(self) -> Package:
        """Where the data come from, and for whom they were opened."""
        if self.dataset.package is None:
            raise TypeError("data without a package cannot be explored: open them with open_explorer(data=...)")
        return self.dataset.package

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return self.chosen.choice

    @property
    def values(self) -> pd.DataFrame:
        """The values chosen, with numerator, denominator, dates, status and sources."""
        return self.chosen.values

    @property
    def figures(self) -> pd.DataFrame:
        """The figures as published from which the values are computed."""
        return self.chosen.figures

    @property
    def chart(self) -> Chart | Absence:
        """The values as a picture."""
        chart, package = shown.chart_of(self.chosen, self.words), self.package
        if isinstance(chart, Absence):
            return chart
        return replace(chart, edition=self.words.edition(package.version, package.created))

    @property
    def table(self) -> Table | Html:
        """The values as a table."""
        return shown.table_of(self.chosen, self.words)

    @property
    def definition(self) -> Html:
        """What the indicator means."""
        return shown.definition_of(self.chosen, self.words)

    @property
    def citations(self) -> Table | Html:
        """The figures as a table with their sources."""
        return shown.figures_of(self.chosen, self.words)

    @property
    def pace(self) -> Table | Html:
        """What must still be reached each year."""
        return shown.pace_of(self.chosen, self.words)

    @property
    def parameters(self) -> tuple[str, str]:
        """The choice as a call of papermill, and as a file of parameters."""
        package = self.package
        # The kernel works beside the notebook, and the command is run in the folder of the project.
        path, folder = package.path.resolve(), here().folder.resolve()
        data = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
        given = {"language": self.words.language, "audience": package.audience, "data": data}
        return shown.command_of(self.choice, given), shown.yaml_of(self.choice, given)

    def page_command(self) -> list[str]:
        """The call that makes the documents of the region in the language."""
        asked = ["--region", self.choice.region, "--language", self.words.language]
        return ["socsvc", "run", *asked, "--audience", self.package.audience]

    def make_page(self) -> tuple[Path | None, str]:
        """Make the documents of the region now: where the brief is, or None and what went wrong."""
        project = self.package.path.resolve().parents[1]
        given = [*self.page_command()[1:], "--quiet", "--data", str(self.package.path.resolve())]
        folders = ["--output", str(project / "outputs")]
        if (project / "notebooks").is_dir():
            folders += ["--notebooks", str(project / "notebooks")]
        made = subprocess.run(
            [sys.executable, "-m", "socsvc_analysis", *given, *folders],
            cwd=project,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if made.returncode:
            return None, made.stderr.strip()
        index = Path(made.stdout.strip().splitlines()[-1])
        return index.parent / self.words.language / f"{self.choice.region}.html", ""

    @property
    def controls(self) -> Controls:
        """The widgets: what is chosen, and everything that follows it."""
        if self._controls is None:
            from socsvc_analysis.exploring.controls import Controls

            self._controls = Controls(self)
        return self._controls

    def printed(self) -> Html:
        """Chart with its table, definition and pace, as they are without widgets."""
        heading = self.words.say("explore_definition")
        return together(self.chart, piece("folded", summary=heading, inner=self.definition), _piece(self.pace))

    def __repr__(self) -> str:
        asked = ", ".join(f"{name}={value!r}" for name, value in self.choice.parameters().items())
        return f"<Explorer: {asked}; {len(self.values)} values. Go on with .values, .chart, .figures, .choose(...)>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        if any(name in os.environ for name in AT_A_NOTEBOOK):
            bundle: dict[str, object] = self.controls.box._repr_mimebundle_()
            return bundle
        return {"text/html": str(self.printed()), "text/plain": repr(self)}


def _piece(part: Html | Table) -> Html:
    return together(part) if isinstance(part, Table) else part
