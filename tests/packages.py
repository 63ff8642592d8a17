"""Where the data packages of the tests are: the miniature Latvia, and the real data."""

from __future__ import annotations

from pathlib import Path

MINI = Path(__file__).parent / "mini"
DATA = Path(__file__).parents[1] / "data"
