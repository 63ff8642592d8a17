"""The templates of pages that lie outside the site: for those who make the reports, and for the owner of the data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import jinja2


@cache
def template(name: str) -> jinja2.Template:
    """The template of a page, compiled once: a run needs its page twice and an unchanged one has little time for it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(files("socsvc_analysis").joinpath("report/templates"))),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
