"""A return of 100,000 rows: our import beside what pandas needs to read the file and to count by the same keys."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pandas as pd

from benchmarks.ways import DATA
from socsvc_analysis.intake.store import import_file
from socsvc_analysis.reference import open_reference, present_municipalities

ROWS = 100_000
HEADINGS = ("Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads", "Klienti", "Vietas")
KEYS = ["Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads"]


def written(folder: Path, rows: int = ROWS) -> tuple[Path, Path]:
    """The same invented return as CSV and as XLSX, with the seed 7."""
    tables = open_reference(DATA)
    chance = random.Random(7)
    names = list(present_municipalities(tables.municipalities, "2025-12-31")["name"])
    services = [each for each in tables.service_types["title_lv"]]
    groups = [each for each in tables.target_groups["title_lv"]]
    lines = [
        (
            chance.choice(names),
            chance.choice(services),
            chance.choice(groups),
            chance.randint(2015, 2025),
            clients,
            clients + 5,
        )
        for clients in (chance.randint(0, 400) for _ in range(rows))
    ]
    frame = pd.DataFrame(lines, columns=list(HEADINGS))
    csv, xlsx = folder / "return.csv", folder / "return.xlsx"
    frame.to_csv(csv, index=False)
    frame.to_excel(xlsx, index=False)
    return csv, xlsx


def ours(file: Path, folder: Path) -> float:
    """CPU seconds of our import, without its start."""
    import datetime as dt

    began = time.process_time()
    import_file(file, DATA, output=folder, dry_run=True, today=dt.date(2026, 11, 24))
    return time.process_time() - began


def pandas(file: Path) -> float:
    """CPU seconds of reading and counting with pandas."""
    began = time.process_time()
    if file.suffix == ".csv":
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    else:
        frame = pd.read_excel(file, dtype=str, keep_default_na=False, engine="calamine")
    frame.assign(Klienti=pd.to_numeric(frame["Klienti"])).groupby(KEYS, as_index=False)["Klienti"].sum()
    return time.process_time() - began
