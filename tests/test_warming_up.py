"""What is done before kernels are forked, and how a forked kernel ends."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from socsvc_analysis import indicators
from socsvc_analysis.project import DATA
from socsvc_analysis.report import kernel_process, warming_up
from socsvc_analysis.report.nursery import FASTEST, FORKED
from socsvc_analysis.report.wire import SHELL, packed
from socsvc_analysis.schema import DataError

ROOT = Path(__file__).parents[1]


@pytest.mark.usefixtures("remembering")
@pytest.mark.filterwarnings("error")
def test_nothing_fails_on_the_data_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert warming_up.warm_up(str(ROOT / DATA)) == []
    assert capsys.readouterr().err == ""


MEASURING = """
import json, pickle
from socsvc_analysis.drawing.letters import WIDTHS
from socsvc_analysis.report import warming_up

tables = warming_up.dataset.open_data("tests/mini").reference
warming_up.sentences.texts = lambda: ["Vietas dienas aprūpes centros", "Places in day-care centres"]
warming_up._measured_beside(tables)()
beside = dict(WIDTHS)
WIDTHS.clear()
measure, warming_up.letters.text_width = warming_up.letters.text_width, None
warming_up._measured_beside(tables)()
of_a_failure = len(WIDTHS)
warming_up.letters.text_width = measure
dump, pickle.dump = pickle.dump, lambda widths, output: output.write(pickle.dumps(widths)[:-9])
warming_up._measured_beside(tables)()
pickle.dump, of_a_cut = dump, len(WIDTHS)
warming_up._measure_words(tables)
print(json.dumps([len(beside), beside == WIDTHS, of_a_failure, of_a_cut]))
"""
"""Says how many words were measured beside, whether they are those that are measured without, and how many when the
process beside fails or is ended while it tells.  It is run by itself: one without threads may be forked."""


@pytest.mark.slow
@pytest.mark.skipif(FASTEST != FORKED, reason="kernels are forked")
def test_words_are_measured_beside_as_they_are_without_and_a_failure_there_is_missed_by_nobody() -> None:
    ran = subprocess.run([sys.executable, "-c", MEASURING], cwd=ROOT, capture_output=True, text=True, check=True)
    measured, is_equal, of_a_failure, of_a_cut = json.loads(ran.stdout)
    assert ran.stderr == ""
    assert measured > 100
    assert is_equal
    assert of_a_failure == of_a_cut == 0


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_up.once, "remember", lambda: None)


@pytest.mark.usefixtures("forgetful")
def test_data_that_cannot_be_opened_are_left_to_the_notebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (failure,) = warming_up.warm_up(str(tmp_path))
    assert isinstance(failure, DataError)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("forgetful")
def test_a_fault_of_the_library_is_told_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    class Indicator:
        def __init__(self, name: str) -> None:
            self.name = name

        def function(self, data: object) -> None:
            asked.append(self.name)
            if self.name == "broken":
                raise ZeroDivisionError("of this indicator")

    monkeypatch.setattr(indicators, "REGISTRY", {name: Indicator(name) for name in ("broken", "sound")})
    (failure,) = warming_up.warm_up(str(ROOT / "tests/mini"))
    assert isinstance(failure, ZeroDivisionError)
    assert asked == ["broken", "sound"]
    assert "ZeroDivisionError: of this indicator" in capsys.readouterr().err


def test_an_indicator_is_asked_with_the_options_that_it_takes() -> None:
    def with_targets(data: object, *, targets: bool = False) -> None: ...
    def plain(data: object, **dimensions: str) -> None: ...
    def of_something(data: object, measure: str) -> None: ...

    assert warming_up._options_of(with_targets) == [{}, {"targets": True}]
    assert warming_up._options_of(plain) == [{}]
    assert warming_up._options_of(of_something) == []


WHOLE = packed(SHELL, {"content": {"code": "1 + 1"}})


@pytest.mark.parametrize(
    ("sent", "taken", "told"),
    [
        (WHOLE * 2, 2, False),
        (WHOLE + WHOLE[:-3], 1, False),
        (WHOLE + WHOLE[:5], 1, False),
        (WHOLE + len(b"nothing").to_bytes(8, "big") + b"nothing" + WHOLE, 1, True),
    ],
    ids=["whole", "cut off", "cut off in its length", "no message"],
)
def test_a_kernel_ends_with_its_client_and_tells_what_it_cannot_read(
    sent: bytes, taken: int, told: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    killed: list[Any] = []
    monkeypatch.setattr(kernel_process.os, "killpg", lambda pid, sign: killed.append(sign))
    requests: list[object] = []
    kernel_process._listen(io.BytesIO(sent), requests.append)
    assert (len(requests), killed) == (taken, [signal.SIGKILL])
    assert ("Traceback" in capfd.readouterr().err) is told


def test_a_kernel_ends_when_its_connection_breaks(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    killed: list[Any] = []
    monkeypatch.setattr(kernel_process.os, "killpg", lambda pid, sign: killed.append(sign))
    kernel_process._listen(Broken(), lambda message: None)
    assert killed == [signal.SIGKILL]
    assert capfd.readouterr().err == ""
