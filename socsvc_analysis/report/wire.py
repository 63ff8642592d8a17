"""How messages go between a forked kernel and its client: both channels over the one connection of the fork."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Mapping
from typing import Any

from jupyter_client.session import json_packer

Message = dict[str, Any]

SHELL, SHOWN = "shell", "iopub"
"""What a message is: a request or the answer to it, or what the kernel shows and does meanwhile."""
LENGTH = struct.Struct("!Q")
"""Before each message stands how many bytes it has."""


def packed(channel: str, message: Mapping[str, Any]) -> bytes:
    """``message`` as it goes over the connection: JSON, as between all kernels and their clients, and plain bytes."""
    buffers = [bytes(buffer) for buffer in message.get("buffers") or ()]
    body = pickle.dumps((channel, json_packer({**message, "buffers": []}), buffers))
    return LENGTH.pack(len(body)) + body


def unpacked(body: bytes) -> tuple[str, Message]:
    """The channel and the message of what was packed, without the length before it."""
    channel, message, buffers = pickle.loads(body)
    return channel, {**json.loads(message), "buffers": buffers}
