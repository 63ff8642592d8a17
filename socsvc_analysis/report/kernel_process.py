"""What the process of a kernel does: answer its client over the connection it was forked with, or as Jupyter's own.

The kernel is ipykernel's either way and says what it always says.  Only what carries its messages differs: a kernel
that may be anywhere needs five sockets, and a thread for most of them; one that was forked has a single client, which
asks one thing after the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import math
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session

from socsvc_analysis.report.wire import LENGTH, SHELL, SHOWN, Message, packed, unpacked

PROMPTLY = 0.2
"""What a cell prints is sent on after so many seconds at the latest, while it goes on printing."""
QUIET = logging.CRITICAL
"""The level from which a kernel logs: nobody reads its log."""


def launch(argv: Sequence[str]) -> None:
    """Run the kernel that ``argv`` describes, as ``ipykernel_launcher`` would."""
    _seem_launched(*argv)
    Prepared.launch_instance(argv=[*argv, "--HistoryManager.enabled=False"])


def expect(folder: Path) -> None:
    """Set up a kernel, for :func:`serve` in the processes forked from this one; its profile goes to ``folder``."""
    os.environ["IPYTHONDIR"] = str(folder)
    app = _Forked.instance()
    app.log_level = QUIET
    app.config.HistoryManager.enabled = False
    app.initialize([])


def serve(reading: BinaryIO, writing: BinaryIO) -> None:
    """Run a kernel: requests from ``reading``, messages to ``writing``; it ends, with its children, with the client."""
    # What other kernels are given: a file that says where to find them, that their history be forgotten, and no log.
    _seem_launched("-f", "kernel.json", "--HistoryManager.hist_file=:memory:", f"--IPKernelApp.log_level={QUIET}")
    app = _Forked.instance()
    app.begin(writing)
    asyncio.run(_answer_all(app.kernel, reading))


def _seem_launched(*argv: str) -> None:
    sys.argv = [str(importlib.import_module("ipykernel_launcher").__file__), *argv]


async def _answer_all(kernel: IPythonKernel, reading: BinaryIO) -> None:
    asked: asyncio.Queue[Message] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(message: Message) -> None:
        loop.call_soon_threadsafe(asked.put_nowait, message)

    threading.Thread(target=_listen, args=(reading, put), daemon=True).start()
    while True:
        request = await asked.get()
        kernel.set_parent([], request)
        kernel._publish_status("busy", "shell")
        kernel.pre_handler_hook()
        answering = kernel.shell_handlers[request["header"]["msg_type"]](SHELL, [], request)
        if answering is not None:  # messages between the parts of a widget have no answer
            await answering
        kernel.post_handler_hook()
        kernel._publish_status("idle", "shell")


def _listen(reading: BinaryIO, put: Callable[[Message], None]) -> None:
    """Hand on each request; when the client is gone, or says what is no request, end this process and its children."""
    try:
        with contextlib.suppress(OSError):  # the client is gone
            for body in _bodies(reading):
                put(unpacked(body)[1])
    except Exception:
        traceback.print_exc(file=sys.__stderr__)  # what goes to sys.stderr is sent to the client
    finally:
        os.killpg(os.getpid(), signal.SIGKILL)


def _bodies(reading: BinaryIO) -> Iterator[bytes]:
    """The bytes of each message that comes whole."""
    while len(head := reading.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        body = reading.read(length)
        if len(body) < length:  # the client went in the middle of it
            return
        yield body


class _Session(Session):
    """Writes each message to the connection; a lock keeps messages of several threads apart."""

    writing: BinaryIO

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Lock()

    def send(
        self,
        stream: object,
        msg_or_type: Message | str,
        content: Message | None = None,
        parent: Message | None = None,
        ident: object = None,
        buffers: list[Any] | None = None,
        track: bool = False,
        header: Message | None = None,
        metadata: Message | None = None,
    ) -> Message:
        message = (
            msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent, header, metadata)
        )
        line = packed(SHELL if stream == SHELL else SHOWN, {**message, "buffers": buffers})
        with self._turn:
            self.writing.write(line)
            self.writing.flush()
        return message


class _AtOnce(IOPubThread):
    """Stands in for ipykernel's thread for output: each message is sent by the thread that makes it."""

    io_loop = thread = None  # type: ignore[assignment]  # it needs neither

    def __init__(self) -> None: ...

    def schedule(self, wanted: Callable[[], object]) -> None:
        wanted()


class _Printed(OutStream):
    """What a cell prints: sent on every :data:`PROMPTLY` seconds while it goes on, and when the cell ends."""

    _waiting_since = math.inf

    def _schedule_flush(self) -> None:
        now = time.monotonic()
        self._waiting_since = min(self._waiting_since, now)
        if now - self._waiting_since > PROMPTLY:
            self.flush()

    def _flush(self) -> None:
        self._waiting_since = math.inf
        super()._flush()


class _Kernel(IPythonKernel):
    """A kernel whose client sends one request at a time: there is no queue to abort after an error."""

    def _abort_queues(self, subshell_id: str | None = None) -> None: ...


class Prepared(IPKernelApp):
    """Starts a kernel in a process that imported matplotlib before it had the kernel's environment."""

    def init_gui_pylab(self) -> None:
        super().init_gui_pylab()
        # matplotlib asks where figures go when it is imported, which was before this kernel knew.
        importlib.import_module("matplotlib").rcParams["backend"] = os.environ["MPLBACKEND"]


class _Forked(Prepared):
    """A kernel without sockets and connection file, set up once; each forked process then calls :meth:`begin`."""

    def parse_command_line(self, argv: Sequence[str] | None = None) -> None: ...
    def load_config_file(self, suppress_errors: Any = None) -> None: ...  # type: ignore[override]  # as IPython's own
    def init_connection_file(self) -> None: ...
    def write_connection_file(self, **options: object) -> None: ...
    def log_connection_info(self) -> None: ...
    def init_heartbeat(self) -> None: ...
    def init_io(self) -> None: ...
    def init_signal(self) -> None: ...
    def init_path(self) -> None: ...
    def init_gui_pylab(self) -> None: ...

    def init_sockets(self) -> None:
        self.session = _Session()
        self.iopub_thread = _AtOnce()
        self.outstream_class = f"{__name__}.{_Printed.__name__}"

    def init_kernel(self) -> None:
        self.kernel = _Kernel.instance(
            parent=self,
            session=self.session,
            iopub_thread=self.iopub_thread,
            iopub_socket=SHOWN,
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.kernel._execute_sleep = 0

    def begin(self, writing: BinaryIO) -> None:
        """In the forked process: take its environment and profile folder, and send messages over ``writing``."""
        self.session.writing = writing
        shell = self.kernel.shell
        self.ipython_dir = shell.ipython_dir = os.environ["IPYTHONDIR"]
        self.profile_dir = shell.profile_dir = ProfileDir.create_profile_dir_by_name(self.ipython_dir)
        shell.init_environment()
        super().init_io()
        super().init_signal()
        super().init_path()
        super().init_gui_pylab()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
