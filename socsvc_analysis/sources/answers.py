"""What sources answer, and whether it may be believed.

Status 200 proves little: an error page, a px file and half an answer all come with it.  So an answer is looked at
before it is kept.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from socsvc_analysis.schema import DataError, Problem

JSON, CSV, WORKBOOK = "json", "csv", "xlsx"
FORMATS = {JSON: "JSON", CSV: "a CSV file", WORKBOOK: "a workbook"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LONGEST_REASON = 200


class FetchError(DataError):
    """A source did not give what was asked for.  ``status`` is that of its answer, 0 without one."""

    def __init__(self, problems: Iterable[Problem], status: int = 0) -> None:
        super().__init__(problems)
        self.status = status


class PassingError(FetchError):
    """A failure that may be over in a moment; ``wait`` is how many seconds the source asks to wait."""

    def __init__(self, problems: Iterable[Problem], status: int = 0, wait: float = 0.0) -> None:
        super().__init__(problems, status)
        self.wait = wait


class DownError(PassingError):
    """A host that cannot be asked at present, whatever the question."""


@dataclass(frozen=True)
class Answer:
    """What a source answered, byte for byte, and to what."""

    url: str
    request: object  # what was posted; None for a GET
    content: bytes

    def json(self) -> object:
        """The parsed body."""
        return parsed(self.content, urlsplit(self.url).hostname or self.url)


def parsed(content: bytes, name: str) -> object:
    """``content`` as JSON; anything else is an error in words, and so are NaN and a key that is there twice.

    >>> parsed(b'{"value": [1, null]}', "demo")
    {'value': [1, None]}
    >>> parsed(b'CHARSET="ANSI";', "demo")
    Traceback (most recent call last):
    ...
    socsvc_analysis.sources.answers.FetchError: 1 problem in the data:
      demo: answered with a px file where JSON was asked for
    """
    start = content.removeprefix(BYTE_ORDER_MARK).lstrip()
    if start[:1] not in (b"{", b"["):
        raise FetchError([Problem(name, f"answered with {kind(start)} where JSON was asked for")])
    try:
        return json.loads(start.decode("utf-8"), parse_constant=_refused, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as broken:
        raise FetchError([Problem(name, "answered with JSON that is cut off or damaged")]) from broken


def checked(content: bytes, expect: str, host: str) -> bytes:
    """``content`` itself when it looks like ``expect`` (one of FORMATS), else :class:`PassingError`.

    >>> checked(b"Level,Code", "csv", "data.gov.lv")
    b'Level,Code'
    >>> checked(b"<!doctype html>", "csv", "data.gov.lv")
    Traceback (most recent call last):
    ...
    socsvc_analysis.sources.answers.PassingError: 1 problem in the data:
      data.gov.lv: answered with a web page where a CSV file was asked for
    """
    try:
        if expect == JSON:
            parsed(content, host)
        elif expect == WORKBOOK and not (_is_whole_zip(content) or content.startswith(OLE)):
            raise FetchError([Problem(host, f"answered with {kind(content)} where a workbook was asked for")])
        elif expect == CSV and kind(content) != TEXT:
            raise FetchError([Problem(host, f"answered with {kind(content)} where a CSV file was asked for")])
    except FetchError as broken:
        raise PassingError(broken.problems) from broken
    return content


TEXT = "text"


def kind(content: bytes) -> str:
    """What a body is, by its first bytes, in words for a message.

    >>> kind(b"<html>"), kind(b""), kind(b'CHARSET="ANSI";'), kind(b"PK"), kind(b'{"error":')
    ('a web page', 'nothing', 'a px file', 'half a workbook or archive', 'JSON')
    """
    start = content.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not start:
        return "nothing"
    if start[:1] == b"<":
        return "a web page"
    if start[:1] in (b"{", b"["):
        return "JSON"
    if start.startswith((b"CHARSET", b"AXIS-VERSION")):
        return "a px file"
    if start.startswith(ZIP[:2]):
        return "a workbook or archive" if _is_whole_zip(content) else "half a workbook or archive"
    return "something that is not text" if start.startswith((OLE, b"%PDF")) or b"\0" in start[:1000] else TEXT


def unpacked(content: bytes, most: int, host: str) -> bytes:
    """A gzip body unpacked, never beyond ``most`` bytes; half a one is :class:`PassingError`.

    >>> import gzip
    >>> unpacked(gzip.compress(b"{}"), 100, "demo")
    b'{}'
    """
    opened = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = opened.decompress(content, most + 1)
    except zlib.error as broken:
        raise PassingError([Problem(host, "sent a compressed answer that is damaged")]) from broken
    if len(text) > most:
        raise too_large(host, most)
    if not opened.eof or opened.unused_data:
        raise PassingError([Problem(host, "sent a compressed answer that is not whole")])
    return text


def too_large(host: str, most: int) -> FetchError:
    """The refusal of an answer of more than ``most`` bytes."""
    return FetchError([Problem(host, f"answered with more than {most / 1_000_000:g} MB; not read")])


def reason(content: bytes) -> str:
    """What the body of a refusal says, in whichever way the source writes it: one line, cut short.

    >>> reason(b'{"title": "Too many cells selected", "status": 400}')
    'Too many cells selected'
    >>> reason(b'{"success": false, "error": {"message": "Not found"}}')
    'Not found'
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    if isinstance(body, dict) and isinstance(body.get("error"), list) and body["error"]:
        body = body["error"][0]  # Eurostat
    if not isinstance(body, dict):
        return ""
    nested = body["error"] if isinstance(body.get("error"), dict) else {}  # CKAN
    candidates = (body.get("title"), nested.get("message"), body.get("message"), body.get("label"))
    return in_one_line(next((each for each in candidates if each), ""))


def in_one_line(said: object) -> str:
    """What a source says, for a message: one line, cut short, without the control characters a terminal would obey.

    >>> in_one_line(" Nav\\natrasts \\x1b[2J"), in_one_line(None)
    ('Nav atrasts [2J', '')
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in str(said or ""))
    return " ".join(printable.split())[:LONGEST_REASON]


def _is_whole_zip(content: bytes) -> bool:
    return content.startswith(ZIP) and zipfile.is_zipfile(io.BytesIO(content))


def _refused(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found
