"""Signed containers (eDoc, ASiC-E): an archive with signatures and the documents that were signed.

Signatures are not checked here: whoever received the file has done that.
"""

from __future__ import annotations

from collections.abc import Mapping

MIMETYPES = (b"application/vnd.etsi.asic", b"application/vnd.etsi.timestamp")
SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt", ".tsv")


def is_container(parts: Mapping[str, bytes]) -> bool:
    """Whether the members of an archive are those of a signed container."""
    signatures = any(name.startswith("META-INF/") and "signature" in name.lower() for name in parts)
    return parts.get("mimetype", b"").startswith(MIMETYPES) or (signatures and "content.xml" not in parts)


def spreadsheets(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents of a container that may be tables, by name."""
    return {
        name: part for name, part in parts.items() if not name.startswith("META-INF/") and name.lower().endswith(SHEETS)
    }
