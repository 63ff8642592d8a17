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
"""What a message is: a request or the answer to it, or what the kernel shows and does meanwhile."""
LENGTH = struct.Struct("!Q")
"""Before each message stands how many bytes it has."""


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
