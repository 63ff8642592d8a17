"""A page for the public shows nothing where restricted numbers were opened as they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from packages import MINI

from socsvc_analysis.columns import Column, readable_csv
from socsvc_analysis.datapackage import open_package
from socsvc_analysis.dataset import open_data
from socsvc_analysis.descriptor import update_descriptor
from socsvc_analysis.disclosure import door
from socsvc_analysis.disclosure.door import UnprotectedError
from socsvc_analysis.markup import piece
from socsvc_analysis.wording import in_language


@pytest.fixture
def restricted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The miniature with restricted figures, in a process in which nothing has been opened yet."""
    monkeypatch.setattr(door._Here, "audience", "")
    monkeypatch.setattr(door._Here, "opened", ())
    shutil.copytree(MINI, tmp_path / "mini")
    file = tmp_path / "mini" / "datapackage.json"
    described = json.loads(file.read_text(encoding="utf-8"))
    for each in described["resources"]:
        if each["name"] == "published_figures":
            each["access"] = "restricted"
    file.write_text(json.dumps(described), encoding="utf-8")
    update_descriptor(tmp_path / "mini")
    return tmp_path / "mini"


def test_what_was_opened_for_the_public_passes(restricted: Path) -> None:
    door.begin("public")
    open_data(restricted)
    assert piece("paragraph", sentence="12").markup == "<p>12</p>"


def test_nothing_passes_beside_numbers_that_were_opened_as_they_are(restricted: Path) -> None:
    door.begin("public")
    open_data(restricted)
    open_data(restricted, audience="internal")
    with pytest.raises(UnprotectedError, match=r"published_figures.csv was opened .* audience = 'internal'"):
        piece("paragraph", sentence="12")
    with pytest.raises(UnprotectedError):
        readable_csv(pd.DataFrame({"n": [3.0]}), [Column("n", "Clients", "persons")], in_language("en", None))


def test_an_internal_page_shows_everything(restricted: Path) -> None:
    door.begin("internal")
    assert open_data(restricted, audience="internal").sums.empty
    assert piece("paragraph", sentence="12").markup == "<p>12</p>"


def test_open_data_are_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door._Here, "opened", ())
    door.unprotected([])
    open_data(open_package(MINI, "internal"))
    assert door._Here.opened == ()
