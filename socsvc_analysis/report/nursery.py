"""The nursery: a process that imports everything and opens the data once, and forks workers and kernels on request.

Starting a kernel anew means importing pandas, matplotlib and the library again, which takes longer than the run itself.
The nursery does it once.  It has a single thread, its objects are kept out of the garbage collector's way so that
copies share their memory, and each copy is in a session of its own and ends when whoever asked for it ends: nothing of
one run is seen by another, and nothing is left behind when one is killed.

Where processes cannot be forked safely (macOS, Windows) an interpreter does the same preparation ahead of the run and
becomes its kernel when it is asked.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import json
import logging
import os
import random
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from socsvc_analysis.report.memory import explained, go_first, wants_memory
from socsvc_analysis.report.workplace import workplace

FORKED, AHEAD, STOCK = ENGINES = ("forked", "ahead", "stock")
"""Ways to start a kernel: forked from a nursery, made ready ahead, or anew as Jupyter does."""
FASTEST = FORKED if sys.platform == "linux" else AHEAD
ADDRESS = "nursery"
"""Name of the socket in the folder of the run."""
TOO_LONG, LONGEST_ADDRESS = "Too long for a socket: set TMPDIR to a folder of a shorter name", 100
"""Bytes that the path of a socket may have: 108 on Linux with its end, fewer elsewhere."""
KERNEL_ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYDEVD_USE_FRAME_EVAL": "NO",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "1640995200",
    "TZ": "UTC",
}
"""What reports may depend on.  The hash seed counts when an interpreter starts, so the nursery has it, too."""
UNLOGGED = f"--IPKernelApp.log_level={logging.CRITICAL}"
"""Nobody reads a kernel's log: what goes wrong is in results, and cron would mail the rest."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Libraries of linear algebra start threads when they are imported; a process with threads cannot be forked safely."""
START = "import sys; del sys.path[0]; from socsvc_analysis.report import nursery; nursery.main(*sys.argv[1:])"
NOBODY = 0
"""In the place of a process number: none was forked, for the reason that follows."""
PATIENCE = 60
"""Seconds to wait for a process that was asked for."""
REQUESTS = 64
"""Requests that may wait at once."""
LOOKING = 0.02
"""Seconds between two checks whether forked processes have ended."""
SET_ASIDE = 10 << 20
"""Bytes that preparing does without, so that it can be said when memory ran out."""
GOODBYE = 5
"""Seconds that the nursery has to clear up when it is no longer needed."""
NEEDED = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "sqlite3",
    "tornado.platform.asyncio",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "socsvc_analysis.chapter",
    "socsvc_analysis.report.kernel_process",
    "socsvc_analysis.report.warming_up",
)
"""What a kernel imports while it starts, what a chapter imports, and what pandas does when it shows a frame."""
UNWANTED = ("rfc3987_syntax", "debugpy")
"""An optional part of jsonschema that checks international addresses, which notebooks have none of: it builds its
grammars when it is imported, which takes longer than to import pandas; and the debugger, which each kernel would begin
although nobody goes through a run step by step."""
COLUMNS_IN_NOTEBOOKS = 20
"""How many columns of a frame pandas shows in a kernel."""
BESIDE = tuple(f"socsvc_analysis.report.{name}" for name in ("engine", "index", "page", "workbook", "downloads"))
"""Modules that workers need beside those of kernels."""


class Nursery:
    """The handle of a nursery: the process starts with the object and ends with the context.

    ``folder`` is a temporary folder, of its own or of its run; ``data`` and ``audience`` say which data are opened
    before kernels are forked (none: kernels open what they need).  ``address`` is where kernels are asked for, see
    :func:`fork`.
    """

    def __init__(self, folder: Path, data: Path | None = None, audience: str = "public") -> None:
        self.address = str(folder / ADDRESS)
        # Requests wait from the start until it is ready, and are refused from the moment it dies.
        with socket.socket(socket.AF_UNIX) as listener:
            if len(os.fsencode(self.address)) > LONGEST_ADDRESS:
                raise OSError(errno.ENAMETOOLONG, TOO_LONG, self.address)
            listener.bind(self.address)
            listener.listen(REQUESTS)
            self._process = subprocess.Popen(
                command("serve", str(folder), str(listener.fileno()), *((str(data), audience) if data else ())),
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                env=environment({**os.environ, **ONE_THREAD}),
                start_new_session=True,  # it clears up after a run whose whole process group was killed
            )

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *reason: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def lasting() -> Iterator[Nursery]:
    """A nursery for several runs (see :func:`~socsvc_analysis.report.run.make_reports`), in a folder of its own.

    It has opened no data: each kernel opens what is there when it runs.
    """
    with workplace() as folder, Nursery(folder) as nursery:
        yield nursery


class Forked:
    """The handle of a forked process, for the process that asked for it."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.connection, self.pid = connection, pid
        self._gone = False

    def is_alive(self) -> bool:
        """Whether the process lives; when it does not, its child processes are killed.

        The system closes its end of the connection when it dies, unless a process that it has forked lives on.
        """
        if self._gone:
            return False
        try:
            os.kill(self.pid, 0)  # nothing happens, unless there is no such process
            alive = bool(self.connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK))
        except BlockingIOError:
            alive = True
        except OSError:
            alive = False
        if not alive:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            self._leave()
        return alive

    def dismiss(self) -> None:
        """Say that nothing more will be asked, upon which a worker or kernel ends by itself."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)

    def end(self, patience: float = 0) -> None:
        """End the process and what it has started, if it does not within ``patience`` seconds, and see it gone."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self.is_alive():
            time.sleep(LOOKING)
        if self.is_alive():
            for kill in (os.killpg, os.kill):  # it leads no group before it has begun
                with contextlib.suppress(OSError):
                    kill(self.pid, signal.SIGKILL)
            self.connection.settimeout(GOODBYE)
            with contextlib.suppress(OSError):
                while self.connection.recv(4096):
                    """Nobody waits for what it said last."""
            self._leave()

    def interrupt(self) -> None:
        """Interrupt what the kernel does, if it lives."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGINT)

    def _leave(self) -> None:
        self._gone = True
        self.connection.close()


def fork(address: str, request: Mapping[str, object]) -> Forked:
    """A new process from the nursery at ``address``; :class:`OSError` when there is none within a minute.

    Raises :class:`MemoryError` where there is too little memory to prepare any.

    It is spoken to over the connection, and works in the folder ``cwd`` of the ``request``: as a ``kernel`` with the
    environment ``env`` (see :mod:`~socsvc_analysis.report.kernel_process`), or as a worker at a ``place`` (see
    :mod:`~socsvc_analysis.report.workers`).
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    try:
        connection.connect(address)
        connection.sendall(json.dumps(request).encode() + b"\n")
        pid = connection.recv(16, socket.MSG_WAITALL)
        if not pid:
            raise ConnectionError("the nursery ended")
        if int(pid) == NOBODY:
            raise MemoryError(connection.makefile("rb").read().decode())
    except (OSError, MemoryError):
        connection.close()
        raise
    connection.settimeout(None)
    return Forked(connection, int(pid))


def ahead() -> subprocess.Popen[bytes]:
    """An interpreter that gets ready in the background; it becomes a kernel when a request is written to its input.

    It ends when its input is closed.
    """
    return subprocess.Popen(
        command("become"), stdin=subprocess.PIPE, env=environment(os.environ), start_new_session=os.name == "posix"
    )


def command(*arguments: str) -> list[str]:
    """The command that runs this module as a process; modules in the current folder are not importable there."""
    return [sys.executable, "-c", START, *arguments]


def environment(surroundings: Mapping[str, str]) -> dict[str, str]:
    """The environment ``surroundings`` with the fixed settings of kernels, and this library first on the path."""
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *filter(None, [surroundings.get("PYTHONPATH")])]
    return {**surroundings, **KERNEL_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def serve(folder: Path, listening: int, data: str = "", audience: str = "public") -> None:
    """Fork a process for each request until the standard input closes, then clear ``folder`` away.

    ``listening`` is the descriptor of the socket at which requests arrive.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets dead kernels by itself
    with socket.socket(fileno=listening) as listener, selectors.DefaultSelector() as selector:
        want = _prepared(folder, data, audience)
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        gc.collect()
        gc.freeze()
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if sys.stdin.buffer in ready:
                break
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError, ValueError):
                request = json.loads(connection.makefile("rb").readline())
                if want:
                    connection.sendall(f"{NOBODY:16}{want}".encode())
                    continue
                pid = os.fork()
                if not pid:
                    go_first()
                    listener.close()
                    selector.close()
                    _leave_home()
                    if "kernel" in request:
                        ends = connection.makefile("rb"), connection.makefile("wb")
                        _be_kernel(request, partial(_kernels().serve, *ends))
                    _be_worker(connection, request)
                connection.sendall(f"{pid:16}".encode())
    # Nothing is taken from under a kernel that is just starting: it would put its files somewhere else.
    _wait_for_forked(GOODBYE - 1)
    shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path, data: str, audience: str) -> str:
    """Prepare kernels and workers; what was said where memory did not suffice, which is no better anywhere else."""
    set_aside = []
    try:
        set_aside.append(bytearray(SET_ASIDE))
        prepare(data, audience, BESIDE)
        importlib.import_module("socsvc_analysis.report.page").compile_templates()
        _kernels().expect(folder / "ipython")
        if (running := len(os.listdir("/proc/self/task"))) > 1:
            raise SystemExit(f"The nursery has {running} threads and cannot be forked safely.")
    except Exception as failure:
        set_aside.clear()
        said = ": ".join(filter(None, (type(failure).__name__, " ".join(str(failure).split()))))
        if not wants_memory(said):
            raise
        return explained(said)
    return ""


def _wait_for_forked(patience: float) -> None:
    """Wait until every forked process has ended, which they do when those who asked for them are gone."""
    end = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):  # there is none
        while time.monotonic() < end:
            os.waitpid(-1, os.WNOHANG)
            time.sleep(LOOKING)


def prepare(data: str = "", audience: str = "public", beside: Sequence[str] = ()) -> None:
    """Import what kernels need and what is needed ``beside``, and open the data: forked processes find all there."""
    with absent(*UNWANTED):
        for name in (*NEEDED, *beside):
            importlib.import_module(name)
    # pandas asks when it is imported whether a notebook will show its frames; here it cannot know yet.
    importlib.import_module("pandas").set_option("display.max_columns", COLUMNS_IN_NOTEBOOKS)
    from socsvc_analysis.report.warming_up import warm_up

    warm_up(data, audience, beside=FASTEST == FORKED)


@contextlib.contextmanager
def absent(*modules: str) -> Iterator[None]:
    """Within this context importing any of ``modules`` fails, as if they were not installed."""
    hidden = [module for module in modules if module not in sys.modules]
    for module in hidden:
        sys.modules[module] = None  # type: ignore[assignment]  # the way to say that there is no such module
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]


def become() -> None:
    """Prepare this process, read one request from the standard input, and run the kernel it describes."""
    prepare()
    if line := sys.stdin.buffer.readline():
        lifeline = os.fdopen(os.dup(0), "rb", buffering=0)
        _leave_home()
        threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
        request = json.loads(line)
        _be_kernel(request, partial(_kernels().launch, request["argv"]))


def _leave_home() -> None:
    """Detach: no standard input, a new session, default signals, a fresh random seed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(os, "setsid"):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with contextlib.suppress(PermissionError):  # started ahead, it leads its session already
            os.setsid()
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    random.seed()
    importlib.import_module("numpy").random.seed()


def _be_worker(connection: socket.socket, request: Mapping[str, Any]) -> None:
    """Turn this process into a worker at the place that the request names; does not come back.

    It works in the folder of the one who asked, whose paths may begin there.
    """
    from multiprocessing.connection import Connection

    from socsvc_analysis.report import workers

    code = 1
    try:
        os.chdir(request["cwd"])
        workers.work(Connection(connection.detach()), workers.Place(**request["place"]))
        code = 0
    finally:
        os._exit(code)


def _be_kernel(request: Mapping[str, Any], be: Callable[[], None]) -> None:
    """Turn this process into a kernel in the folder and environment of ``request``; does not come back."""
    code = 1
    try:
        os.chdir(str(request["cwd"]))
        os.environ.clear()
        os.environ.update(request["env"])
        if hasattr(time, "tzset"):
            time.tzset()
        be()
        code = 0
    finally:
        os._exit(code)


def _kernels() -> ModuleType:
    """The module of kernels, imported late: it takes time, and who only asks for kernels does not need it."""
    return importlib.import_module("socsvc_analysis.report.kernel_process")


def _end_with(lifeline: BinaryIO) -> None:
    """Wait until the client closes the pipe, then kill this kernel and its child processes."""
    with contextlib.suppress(OSError):
        lifeline.read(1)
    if hasattr(os, "killpg"):
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def main(work: str, *rest: str) -> None:
    """Run the nursery (``serve``), or an interpreter that becomes a kernel (``become``)."""
    go_first()
    if work == "serve":
        serve(Path(rest[0]), int(rest[1]), *rest[2:])
        os._exit(0)  # nothing is left to do, and to take all that it has imported apart would take a while
    else:
        become()
