"""How messages go between a forked kernel and its client: both channels over the one connection of the fork."""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from jupyter_client.session import json_packer

Message = dict[str, Any]

SHELL, SHOWN = "shell", "iopub"
"""The two channels: requests with their answers, and output with the kernel's status."""
LENGTH = struct.Struct("!Q")
"""Each message is preceded by its length in bytes."""


def packed(channel: str, message: Mapping[str, Any]) -> bytes:
    """``message`` as it goes over the connection: as JSON, like all that kernels and their clients say."""
    buffers = [b64encode(buffer).decode() for buffer in message.get("buffers") or ()]
    body = json_packer({**message, "buffers": buffers, "channel": channel})
    return LENGTH.pack(len(body)) + body


def unpacked(body: bytes) -> tuple[str, Message]:
    """The channel and the message of what was packed, without the length before it.

    >>> unpacked(packed(SHELL, {"content": {"code": "1 + 1"}, "buffers": [b"ok"]})[LENGTH.size :])
    ('shell', {'content': {'code': '1 + 1'}, 'buffers': [b'ok']})
    """
    message = json.loads(body)
    message["buffers"] = [b64decode(buffer) for buffer in message["buffers"]]
    return message.pop("channel"), message
