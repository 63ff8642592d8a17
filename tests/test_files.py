"""Holding a file, writing one whole, and rows as CSV."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import until

import socsvc_analysis
from socsvc_analysis import files
from socsvc_analysis.files import Held, csv_bytes, held, write_whole

PACKAGE = Path(socsvc_analysis.__file__).parent
HOLDING = "import sys, time\nfrom pathlib import Path\nfrom socsvc_analysis.files import held\n"


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen:
    """Another process that holds ``tmp_path/hold`` until it is killed."""
    mark = tmp_path / "mark"
    code = f"{HOLDING}with held(Path(sys.argv[1])):\n    Path(sys.argv[2]).touch()\n    time.sleep(60)\n"
    path = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "hold"), str(mark)], env=path)
    try:
        until(mark.exists)
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_another_process_holds_is_not_had_until_it_is_killed(holder: subprocess.Popen, tmp_path: Path) -> None:
    with pytest.raises(Held), held(tmp_path / "hold"):
        pass
    holder.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    holder.wait()
    with held(tmp_path / "hold"):
        pass


def test_who_waits_gets_it_when_the_other_is_gone(holder: subprocess.Popen, tmp_path: Path) -> None:
    code = f"{HOLDING}with held(Path(sys.argv[1]), wait=True):\n    print('had')\n"
    path = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    waiting = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "hold")], env=path, stdout=subprocess.PIPE, text=True
    )
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(1)
    holder.kill()
    assert waiting.communicate(timeout=20)[0] == "had\n"


def test_one_process_does_not_hold_a_file_twice(tmp_path: Path) -> None:
    with held(tmp_path / "hold"), pytest.raises(Held), held(tmp_path / "hold"):
        pass
    with held(tmp_path / "hold"):
        pass


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "page.html"
    write_whole(path, b"before")

    def fails(*paths: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(files.os, "replace", fails)
    with pytest.raises(OSError, match="no room"):
        write_whole(path, b"after")
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == {"page.html": b"before"}


def test_cells_are_quoted_where_they_must_be() -> None:
    rows = [["a", "b"], ['x "y"', "1,2"], ["two\nlines", ""]]
    assert csv_bytes(rows) == b'a,b\n"x ""y""","1,2"\n"two\nlines",\n'
    assert csv_bytes([["ā;b", "c"]], delimiter=";", ending="\r\n", encoding=files.SPREADSHEETS) == (
        b'\xef\xbb\xbf"\xc4\x81;b";c\r\n'
    )


WHOLE_FOLDERS = ("journal.py", "report/site.py", "report/public_copy.py", "intake/letter.py")
"""What puts a folder, or files that belong together, in place at once."""


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_are_held_hashed_and_written_as_csv_in_one_module(path: Path) -> None:
    """Nobody else hashes, holds, or writes CSV; the journal and the site put whole folders in place."""
    if path == PACKAGE / "files.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not imported & {"fcntl", "msvcrt", "filelock"}
    assert not {name for name in names if name.startswith(("hashlib.", "csv.writer", "csv.DictWriter"))}
    if path.relative_to(PACKAGE).as_posix() not in WHOLE_FOLDERS:
        assert "os.replace" not in names
