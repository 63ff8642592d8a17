"""Where the kernels of runs come from: forked from a nursery, made ready ahead, or started anew as Jupyter does.

All three are the same kernels and give the same notebooks.  ``papermill --engine socsvc`` uses the first, or the second
where the system cannot fork.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import queue
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from socsvc_analysis.report import nursery

Request = Mapping[str, object]
Message = dict[str, Any]
Process = subprocess.Popen[bytes] | nursery.Forked
Starter = Callable[[Request], Process]
"""Gives the process of a kernel: ``argv`` and ``env`` and ``cwd`` of the request as jupyter_client would start it."""

LISTENING = 0.5
"""After so many seconds without a word from a kernel it is looked whether it still lives."""
RECONNECTING = 4
"""Milliseconds between two tries to connect to a kernel that is starting."""
SOCKET_PATH_LIMIT = 90
"""Longest path of a kernel's sockets: the systems' own limits are 104 to 108 bytes."""


def forked_from(address: str) -> Starter:
    """Kernels from the nursery at ``address``."""
    return lambda request: nursery.fork(address, request)


class Ahead:
    """Kernels from an interpreter that is always one ahead: it gets ready while the one before it works."""

    def __init__(self) -> None:
        self._next = nursery.ahead()
        atexit.register(self.close)

    def __call__(self, request: Request) -> subprocess.Popen[bytes]:
        """The interpreter that is ready, as the kernel of ``request``."""
        process, self._next = self._next, nursery.ahead()
        assert process.stdin is not None  # a pipe was asked for
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        return process

    def close(self) -> None:
        """End the interpreter that nobody has asked for."""
        self._next.kill()
        self._next.wait()
        if self._next.stdin is not None:
            self._next.stdin.close()


def manager(scratch: str, starter: Starter | None, *, shows_figures: bool = False) -> type[AsyncKernelManager]:
    """The class of a kernel of this very interpreter: its files in ``scratch``, its environment a fixed one.

    Without a ``starter`` the kernel is started anew.  A chapter of a report shows no figures of matplotlib itself; a
    kernel that ``shows_figures`` does as Jupyter's own: below the cell that drew them, or as ``MPLBACKEND`` says.
    """
    surroundings = {**nursery.environment(os.environ), "IPYTHONDIR": os.path.join(scratch, "ipython")}
    if shows_figures:
        surroundings["MPLBACKEND"] = os.environ.get("MPLBACKEND", "")
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
            if starter is not None:
                self.client_factory = _Client

        async def _async_start_kernel(self, **options: object) -> None:
            if starter is not None:
                self.provisioner = _Provisioner(starter, parent=self, kernel_spec=self.kernel_spec)
            await super()._async_start_kernel(**{**options, "env": surroundings})

        start_kernel = _async_start_kernel

    return Kernel


class _Client(AsyncKernelClient):
    """As jupyter_client's own without its fixed waits: the kernel itself says when what it shows will be heard."""

    def start_channels(
        self, shell: bool = True, iopub: bool = True, stdin: bool = True, hb: bool = True, control: bool = True
    ) -> None:
        # The kernel opens its sockets while this connects to them; ZeroMQ by itself would try again after 100 ms.
        self.context.setsockopt(zmq.RECONNECT_IVL, RECONNECTING)
        # A heartbeat is for kernels on other machines; whether this one lives its process tells.
        super().start_channels(shell, iopub, stdin, hb=False, control=control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and what it shows arrives; RuntimeError when it dies or takes too long."""
        end = time.monotonic() + (timeout or math.inf)
        await self._heard(self.iopub_channel, end, lambda said: True)  # the welcome of one who has come to listen
        asked = self.kernel_info()
        self._handle_kernel_info_reply(await self._heard(self.shell_channel, end, lambda said: _answers(said, asked)))
        await self._heard(
            self.iopub_channel,
            end,
            lambda said: _answers(said, asked) and said["content"].get("execution_state") == "idle",
        )

    async def _heard(self, channel: AsyncZMQSocketChannel, end: float, wanted: Callable[[Message], bool]) -> Message:
        while True:
            try:
                said: Message = await channel.get_msg(timeout=LISTENING)
            except queue.Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("the kernel died before it was ready") from None
                if time.monotonic() > end:
                    raise RuntimeError("the kernel was not ready in time") from None
            else:
                if wanted(said):
                    return said


def _answers(said: Message, asked: str) -> bool:
    return bool(said["parent_header"].get("msg_id") == asked)


class _Provisioner(LocalProvisioner):
    """Gets the process of a kernel from a starter, and by the stock way where that has none to give."""

    def __init__(self, starter: Starter, **options: object) -> None:
        super().__init__(kernel_id="", **options)
        self._starter = starter

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        # The command is: the interpreter, -m, the launcher, and what the launcher is given.
        request = {"argv": cmd[3:], "env": options["env"], "cwd": os.fspath(options.get("cwd") or os.getcwd())}
        try:
            process = self._starter(request)
        except OSError:  # a nursery that was killed makes a run slower, not wrong
            return await super().launch_kernel(cmd, **options)
        self.process = process  # type: ignore[assignment]  # a forked one has all that is asked of a process
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and wait until it is gone: jupyter_client itself would look again only after a while."""
        await super().kill(restart=restart)
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(nursery.GOODBYE)


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
        with scratch_folder() as scratch:
            kernel = manager(scratch, SocsvcEngine._starter, shows_figures=True)
            chosen = {"kernel_manager_class": kernel, "shutdown_kernel": "immediate"}
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
