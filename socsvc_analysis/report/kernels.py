"""Where the kernels of runs come from: forked from a nursery, made ready ahead, or started anew as Jupyter does.

All three are the same kernels and give the same notebooks.  ``papermill --engine socsvc`` uses the first, or the second
where the system cannot fork.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import queue
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from socsvc_analysis.report import nursery
from socsvc_analysis.report.wire import LENGTH, SHELL, SHOWN, Message, packed, unpacked

Request = Mapping[str, object]
Starter = Callable[[Request], subprocess.Popen[bytes] | nursery.Forked]
"""Gives the process of a kernel that is started in the ``cwd`` and with the ``env`` of the request.  A forked one is
spoken to over its connection; any other becomes the kernel that jupyter_client would start with ``argv``."""

SOCKET_PATH_LIMIT = 90
"""Longest path of a kernel's sockets: the systems' own limits are 104 to 108 bytes."""


def forked_from(address: str) -> Starter:
    """Kernels from the nursery at ``address``."""
    return lambda request: nursery.fork(address, request)


class Ahead:
    """Starts kernels from an interpreter that has prepared itself while the kernel before it ran."""

    def __init__(self) -> None:
        self._next = nursery.ahead()
        atexit.register(self.close)

    def __call__(self, request: Request) -> subprocess.Popen[bytes]:
        """The prepared interpreter; it learns the kernel's arguments and environment when jupyter_client has them."""
        process, self._next = self._next, nursery.ahead()
        return process

    def close(self) -> None:
        """End the prepared interpreter that was not used."""
        self._next.kill()
        self._next.wait()
        if self._next.stdin is not None:
            self._next.stdin.close()


@contextmanager
def kernel(
    scratch: str, starter: Starter | None, cwd: str, *, shows_figures: bool = False
) -> Iterator[type[AsyncKernelManager]]:
    """The class of kernels that run this interpreter, with their files in ``scratch`` and a fixed environment.

    It works in ``cwd`` and ends at the latest when this context does.  Without a ``starter`` it is started anew.  A
    chapter of a report shows no figures of matplotlib itself; a kernel that ``shows_figures`` does as Jupyter's own:
    below the cell that drew them, or as ``MPLBACKEND`` says.
    """
    surroundings = {**nursery.environment(os.environ), "IPYTHONDIR": os.path.join(scratch, "ipython")}
    if shows_figures:
        surroundings["MPLBACKEND"] = os.environ.get("MPLBACKEND", "")
    process = None
    if starter is not None:
        # A nursery that was killed makes a run slower, not wrong.
        with contextlib.suppress(OSError):
            process = starter({"kernel": True, "env": surroundings, "cwd": cwd})
    if isinstance(process, nursery.Forked):
        try:
            yield _forked(process)
        finally:
            process.end()
    else:
        yield _by_jupyter(scratch, surroundings, process)


def _by_jupyter(
    scratch: str, surroundings: Mapping[str, str], ready: subprocess.Popen[bytes] | None
) -> type[AsyncKernelManager]:
    """A kernel that jupyter_client starts and speaks to; it is the process that is ``ready`` where there is one."""
    # Sockets that are files cannot be reached over a network; their path must be short.
    files = os.name == "posix" and len(os.fsencode(scratch)) < SOCKET_PATH_LIMIT - len("/kernel-ipc-65535")

    class Kernel(AsyncKernelManager):
        def __init__(self, **options: object) -> None:
            super().__init__(
                **{
                    **options,
                    "connection_file": os.path.join(scratch, "kernel.json"),
                    "kernel_spec_manager": KernelSpecManager(kernel_dirs=[]),
                    "transport": "ipc" if files else "tcp",
                }
            )

        async def _async_start_kernel(self, **options: object) -> None:
            if ready is not None:
                self.provisioner = _Ready(ready, parent=self, kernel_spec=self.kernel_spec)
            options["extra_arguments"] = [*cast(list[str], options.get("extra_arguments", [])), nursery.UNLOGGED]
            await super()._async_start_kernel(**{**options, "env": dict(surroundings)})

        start_kernel = _async_start_kernel

    return Kernel


class _Ready(LocalProvisioner):
    """Turns a waiting interpreter into a kernel by writing its arguments to it."""

    def __init__(self, ready: subprocess.Popen[bytes], **options: object) -> None:
        super().__init__(kernel_id="", **options)
        self._ready = ready

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        # The command is: the interpreter, -m, the launcher, and what the launcher is given.
        request = {"argv": cmd[3:], "env": options["env"], "cwd": os.fspath(options.get("cwd") or os.getcwd())}
        assert self._ready.stdin is not None  # a pipe was asked for
        self._ready.stdin.write(json.dumps(request).encode() + b"\n")
        self._ready.stdin.flush()
        self.process = self._ready
        self.pid = self.pgid = self._ready.pid
        return self.connection_info


def _forked(process: nursery.Forked) -> type[AsyncKernelManager]:
    """A kernel that was forked (see :mod:`~socsvc_analysis.report.kernel_process`)."""

    class Kernel(AsyncKernelManager):
        has_kernel = True  # it is starting already

        def client(self, **options: object) -> _Client:  # type: ignore[override]  # its channels are not ZeroMQ's
            return _Client(process)

        # The parent has these as attributes that look synchronous to types; they are awaited there, too.
        async def is_alive(self) -> bool:  # type: ignore[override]
            return process.is_alive()

        async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
            process.end()

        async def interrupt_kernel(self) -> None:  # type: ignore[override]
            process.interrupt()

        async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
            """There are none."""

    return Kernel


class _Client(AsyncKernelClient):
    """A client like jupyter_client's, over the connection of a forked kernel."""

    def __init__(self, process: nursery.Forked) -> None:
        super().__init__()
        self._process = process
        self._channels = {channel: _Channel(self._ask) for channel in (SHELL, SHOWN)}

    @property
    def shell_channel(self) -> _Channel:
        """The channel for requests and their answers."""
        return self._channels[SHELL]

    @property
    def iopub_channel(self) -> _Channel:
        """The channel for output and status."""
        return self._channels[SHOWN]

    async def start_channels(self, **channels: bool) -> None:  # type: ignore[override]  # asynchronous there, too
        """Begin to listen."""
        reading, self._writing = await asyncio.open_unix_connection(sock=self._process.connection.dup())
        self._listening = asyncio.ensure_future(self._listen(reading))

    def stop_channels(self) -> None:
        """Close the connection."""
        self._listening.cancel()
        self._writing.close()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Nothing is lost of what a kernel is asked while it starts."""

    async def is_alive(self) -> bool:
        """Whether the process of the kernel lives."""
        return self._process.is_alive()

    def _ask(self, message: Message) -> None:
        self._writing.write(packed(SHELL, message))

    async def _listen(self, reading: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):  # that it has died nbclient sees by itself
            while True:
                body = await reading.readexactly(*LENGTH.unpack(await reading.readexactly(LENGTH.size)))
                channel, message = unpacked(body)
                self._channels[channel].put(message)


class _Channel:
    """A queue of the messages that a kernel has sent on one channel."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self.send = send
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        self.put = self._said.put_nowait

    async def get_msg(self, timeout: float | None = None) -> Message:
        """The next message; :class:`queue.Empty` when none comes in ``timeout`` seconds."""
        try:
            return await asyncio.wait_for(self._said.get(), timeout)
        except TimeoutError:
            raise queue.Empty from None


class SocsvcEngine:
    """The engine ``socsvc`` of papermill: its own, with kernels from a nursery of this process or made ready ahead.

    papermill looks for engines while it is being imported, so nothing of it is imported before it asks.
    """

    _starter: Starter | None = None

    @classmethod
    def execute_notebook(cls, *notebook: object, **options: object) -> object:
        """Run the notebook as papermill's own engine does, in such a kernel."""
        from papermill.engines import NBClientEngine

        if SocsvcEngine._starter is None:
            SocsvcEngine._starter = _own_starter()
        with (
            scratch_folder() as scratch,
            kernel(scratch, SocsvcEngine._starter, os.getcwd(), shows_figures=True) as chosen_kernel,
        ):
            chosen = {"kernel_manager_class": chosen_kernel, "shutdown_kernel": "immediate"}
            return NBClientEngine.execute_notebook(*notebook, **{**options, **chosen})

    @staticmethod
    def nb_kernel_name(nb: object, name: str | None = None) -> str:
        """As papermill's own engine."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @staticmethod
    def nb_language(nb: object, language: str | None = None) -> str:
        """As papermill's own engine."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def _own_starter() -> Starter:
    """A nursery that lives as long as this process."""
    if nursery.FASTEST == "ahead":
        return Ahead()
    stack = ExitStack()
    atexit.register(stack.close)
    return forked_from(stack.enter_context(nursery.lasting()).address)


@contextmanager
def scratch_folder(inside: Path | None = None) -> Iterator[str]:
    """An empty folder to run in: no module of the current one, nobody's own ``matplotlibrc`` can take part."""
    with tempfile.TemporaryDirectory(prefix="socsvc-", dir=inside, ignore_cleanup_errors=True) as folder:
        Path(folder, "matplotlibrc").touch()
        yield folder
