"""The notebook for exploration runs from top to bottom, as a researcher would run it."""

from __future__ import annotations

from pathlib import Path

import papermill
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def test_exploration_runs_from_top_to_bottom() -> None:
    ran = papermill.execute_notebook(
        ROOT / "notebooks" / "explore.ipynb",
        None,
        parameters={"region": "riga", "language": "en", "data": str(ROOT / "data" / "datapackage.json")},
        progress_bar=False,
    )
    pictures = [
        cell.id for cell in ran.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert pictures == ["coverage-chart", "series-chart"]
    [shown] = [output for cell in ran.cells if cell.id == "figures-table" for output in cell.outputs]
    assert ">riga</td>" in shown.data["text/html"]
