"""Every chart that the chapters show, in every region and language and at both widths: no words meet or leave it.

The cells of the notebooks are run here, in this process, so a chart that is added to a chapter is tested with it.
"""

from __future__ import annotations

from dataclasses import replace

import matplotlib.figure
import pandas as pd
import pytest
from chapters_run import REGIONS, Page, page_of, run_chapters
from drawn import trouble_with_words
from matplotlib.text import Text

from socsvc_analysis import datapackage, dataset, reference
from socsvc_analysis.charts.figure import NARROW, WIDE
from socsvc_analysis.wording import LANGUAGES

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("remembering")]


def trouble(page: Page) -> dict[str, list[str]]:
    found = {
        f"{chart.key} {width}": trouble_with_words(page.figure(chart, width))
        for chart in page.charts
        for width in (WIDE, NARROW)
    }
    return {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_no_words_meet_or_leave_a_chart(region: str, language: str) -> None:
    page = page_of(region, language)
    assert len(page.charts) >= 5
    assert trouble(page) == {}


def test_names_twice_as_long_still_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def longer(names: pd.Series) -> pd.Series:
        return names.where(names == "", names + " un Dienvidaustrumkurzemes")

    plain = reference.open_reference

    def with_long_names(package: datapackage.Package) -> reference.Reference:
        tables = plain(package)
        changed = {}
        for table in ("regions", "municipalities", "service_types", "target_groups"):
            frame = getattr(tables, table)
            columns = [
                name for name in frame if str(frame[name].dtype) in ("str", "string", "object") and "_lv" in name
            ]
            columns += ["name"] if "name" in frame else []
            changed[table] = frame.assign(**{name: longer(frame[name]) for name in columns})
        return replace(tables, **changed)

    monkeypatch.setattr(dataset, "open_reference", with_long_names)
    page = run_chapters("latvija", "lv")
    assert any("Dienvidaustrumkurzemes" in chart.subtitle for chart in page.charts)
    assert trouble(page) == {}


def test_the_check_itself_sees_words_that_meet_and_leave() -> None:
    figure = matplotlib.figure.Figure(figsize=(2, 2), dpi=72)
    for x, y, text in ((10, 20, "first words"), (30, 24, "second words"), (120, 100, "beyond the edge")):
        figure.add_artist(Text(x, y, text, fontsize=10, transform=None))
    said = trouble_with_words(figure)
    assert said == ["'beyond the edge' leaves the picture", "'first words' and 'second words' meet"]
