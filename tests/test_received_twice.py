"""Files of any name, and files of one name from several offices: nothing is lost, withdrawn or overwritten unasked.

Every number in them is invented.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages import DATA
from received_files import TODAY

from socsvc_analysis.datapackage import open_package
from socsvc_analysis.intake.change import LONGEST_NAME, short_name
from socsvc_analysis.intake.store import ImportReport, import_file
from socsvc_analysis.reference import open_reference

NAME = "return.csv"
HEAD = "municipality,service,year,clients,notes"
SERVICES = ("home_care", "respite", "social_mentor", "support_groups")
BAD = "Nowhere,home_care,2025,5,"
LETTERS = st.sampled_from("aZ9āčģķņšūž .-_()+,'–№")
several = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def project(factory: pytest.TempPathFactory) -> Path:
    folder = factory.mktemp("project")
    shutil.copytree(DATA, folder / "data", ignore=shutil.ignore_patterns(".lock", ".switch"))
    return folder


def take(project: Path, path: Path, **options: object) -> ImportReport:
    return import_file(path, project / "data" / "datapackage.json", output=project / "outputs", today=TODAY, **options)


def table(project: Path, *parts: str) -> pd.DataFrame:
    return pd.read_csv(project.joinpath("data", *parts), dtype=str, keep_default_na=False)


# Names


@given(st.text(LETTERS, max_size=300), st.sampled_from([".csv", ".XLSX", "", ".ods.", ".pārskats", ".a.b"]))
def test_a_file_is_kept_under_a_name_that_every_system_takes(stem: str, ending: str) -> None:
    kept = short_name(stem + ending)
    assert 0 < len(kept.encode()) <= LONGEST_NAME
    assert not set(kept) & set('/\\ :*?"<>|\0') and kept[0] not in ".-" and short_name(kept) == kept
    assert kept.endswith(ending) or ending not in (".csv", ".XLSX") or not stem.strip(" ._-(),+'–№")


@pytest.mark.slow
@several
@given(st.integers(1, 250), LETTERS, st.booleans())
def test_a_file_of_any_name_is_taken_whole_and_the_package_stays_sound(
    tmp_path_factory: pytest.TempPathFactory, length: int, letter: str, bad: bool
) -> None:
    folder = project(tmp_path_factory)
    stem = "x" + (letter * length).encode()[: length - 1].decode(errors="ignore")
    path = folder / f"{stem}.csv"
    rows = [f"Bauskas novads,{service},2025,5," for service in SERVICES]
    path.write_text("\n".join([HEAD, *rows, *([BAD] if bad else [])]) + "\n", encoding="utf-8")
    report = take(folder, path)
    assert (report.rows_in, report.accepted, report.rejected) == (4 + bad, 4, int(bad)), report.message
    assert (report.rejected_rows is not None and (report.rejected_rows / "rejected.xlsx").is_file()) == bad
    (entry,) = table(folder, "reference", "received_files.csv").to_dict("records")
    assert entry["file"] == path.name
    assert (folder / "data" / entry["raw"]).read_bytes() == path.read_bytes()
    assert len(open_reference(open_package(folder / "data", "internal")).received_files) == 1


# One name from several offices


class Sent(NamedTuple):
    """A file that an office sends, and what the person who imports it says of it."""

    office: str
    services: dict[str, int]
    bad: bool
    said: dict[str, object]


SENT = st.builds(
    Sent,
    st.sampled_from(["one", "two", "three"]),
    st.dictionaries(st.sampled_from(SERVICES), st.integers(1, 19), min_size=2),
    st.booleans(),
    st.sampled_from([{}, {}, {"adds": True}, {"replaces": NAME}]),
)


class Expected:
    """What must be known after each file: the clients of each service, and which office said them last."""

    def __init__(self) -> None:
        self.clients: dict[str, tuple[str, int]] = {}
        self.letters: dict[str, bool] = {}
        self.files = 0

    def takes(self, sent: Sent) -> int:
        """The code of an import: 2 where it must be asked whether the file takes the place of another office's."""
        unsaid = {service: whose for service, (whose, _) in self.clients.items() if service not in sent.services}
        asked = not (sent.bad or sent.said) and any(whose != sent.office for whose in unsaid.values())
        self.letters[sent.office] = sent.bad or asked
        if asked:
            return 2
        for service, whose in unsaid.items():
            own = not sent.said and whose == sent.office
            if not sent.bad and (own or "replaces" in sent.said):
                del self.clients[service]
        for service, count in sent.services.items():
            if self.clients.get(service, ("", -1))[1] != count:
                self.clients[service] = sent.office, count
        self.files += 1
        return 3 if sent.bad else 0


def send(folder: Path, sent: Sent, number: int) -> ImportReport:
    """Import the file of an office, whose bytes differ from all before."""
    rows = [f"Bauskas novads,{service},2025,{count},{number}" for service, count in sent.services.items()]
    path = folder / sent.office / NAME
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([HEAD, *rows, *([BAD] if sent.bad else [])]) + "\n", encoding="utf-8")
    said = {} if "replaces" in sent.said and not number else sent.said  # there is nothing yet to replace
    return take(folder, path, **said)


@pytest.mark.slow
@several
@given(st.lists(SENT, min_size=2, max_size=5))
def test_no_office_withdraws_what_another_one_said_unless_somebody_says_so(
    tmp_path_factory: pytest.TempPathFactory, files: Sequence[Sent]
) -> None:
    folder, expected = project(tmp_path_factory), Expected()
    letters: dict[str, Path] = {}
    for number, sent in enumerate(files):
        report = send(folder, sent, number)
        assert report.code == expected.takes(sent), report.message
        assert report.rows_in == report.accepted + report.rejected + report.duplicates
        letters |= {sent.office: report.rejected_rows} if report.rejected_rows else {}
        figures = table(folder, "observations", "received.csv")
        told = dict(zip(figures["service_type"], figures["value"].astype(int), strict=True))
        assert told == {service: count for service, (_, count) in expected.clients.items()}
        assert {office: (path / "rejected.csv").is_file() for office, path in letters.items()} == {
            office: expected.letters[office] for office in letters
        }
    assert len(set(letters.values())) == len(letters)
    assert len(table(folder, "reference", "received_files.csv")) == expected.files
