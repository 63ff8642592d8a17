"""``outputs/status.html``: what was made when from which data, what failed and why, the last runs.

It is for those who make the reports and lies outside the site.  It is written when a run begins and when it ends, by a
process that has imported nothing of what makes pages.
"""

from __future__ import annotations

from pathlib import Path

from socsvc_analysis.datapackage import AUDIENCES
from socsvc_analysis.files import write_whole
from socsvc_analysis.report.history import RUNS, past_runs
from socsvc_analysis.report.internal_pages import template
from socsvc_analysis.report.manifest import Manifest, manifest_of
from socsvc_analysis.sentences import Sentence
from socsvc_analysis.tables import LANGUAGES

STATUS = "status.html"
LAST = 10
"""How many runs are listed."""


def write_status(output: Path) -> None:
    """Write the page on what lies in ``output``, whole or not at all."""
    write_whole(output / STATUS, status_page(output).encode())


def status_page(output: Path) -> str:
    """The page in both languages, the Latvian first."""
    runs, damaged = past_runs(output, LAST)
    reports = [
        (audience, report)
        for audience in AUDIENCES
        for report in Manifest.read(manifest_of(output, audience)).reports.values()
    ]
    return template("status.html.j2").render(
        languages=LANGUAGES, say=_said, runs=runs, damaged=damaged, reports=reports, file=RUNS, count=LAST
    )


def _said(language: str, key: str, **values: object) -> str:
    return Sentence(key, **values).in_language(language)
