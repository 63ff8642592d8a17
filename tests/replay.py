"""A server on this machine that answers as the live sources do, with invented numbers, and breaks as they break."""

from __future__ import annotations

import io
import itertools
import json
import math
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl

from socsvc_analysis.sources.population import age_span
from socsvc_analysis.sources.transport import HOSTS, Client

REPLIES = Path(__file__).parent / "replies"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OLDEST = 99
PER_AGE = {
    "LV0091000": 5,
    "LV0920000": 2,
    "LV0092000": 3,
    "LV0093000": 2,
    "LV0094000": 4,
    "LV0094001": 4,
    "UNK": 1,
    "LV00X": 5,
    "LV00Y": 9,
    "LV": 15,
}
"""So many men and so many women of each age from 0 to 99: a unit has 36 times as many children, 200 times residents."""


def reply(name: str) -> bytes:
    """The bytes of a stored reply."""
    return (REPLIES / name).read_bytes()


def workbook() -> bytes:
    """A workbook as the ministry publishes them, with an invented number."""
    book = openpyxl.Workbook()
    book.active.append(["PP gads", "PP mēnesis", "ATVK kods", "Pilsēta, novads", "Bērni kopā"])
    book.active.append([2018, 12, "0910000", "Vējotnes novads (izdomāts)", 7])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@dataclass(frozen=True)
class Reply:
    """What the server sends; ``how``: whole, half, silent, reset."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    params: dict[str, list[str]]
    body: object
    headers: dict[str, str]


Answering = Callable[[Asked], Reply]


class Replay:
    """What the server does: ``next`` comes first, then ``routes`` (by the start of the path), then the sources."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[Asked] = []
        self.next: list[Reply] = []
        self.routes: dict[str, Reply | Answering] = {}
        self.closing = threading.Event()

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.next:
            return self.next.pop(0)
        for start, prepared in self.routes.items():
            if asked.path.startswith(start):
                return prepared(asked) if callable(prepared) else prepared
        return sources(asked)


def sources(asked: Asked) -> Reply:
    """What the live sources would answer."""
    if asked.path == "/api/v2/tables/IRD041/metadata":
        return Reply(reply("csp_v2_metadata.json"))
    if asked.path == "/api/v2/tables/IRD041/data":
        return version_2(asked)
    if asked.path == "/api/v1/lv/OSP_PUB/START/POP/IR/IRD/IRD041":
        return Reply(reply("csp_v1_metadata.json")) if asked.method == "GET" else version_1(asked)
    if asked.path == "/dati/api/3/action/package_show":
        known = {"atvk": "ckan_atvk.json", "berni-ar-invaliditati-adm-ter": "ckan_ministry.json"}
        slug = asked.params["id"][0]
        return Reply(reply(known[slug])) if slug in known else Reply(reply("ckan_error_404.json"), 404)
    if asked.path == "/dati/api/3/action/organization_list":
        return Reply(reply("ckan_organisations.json"))
    if asked.path == "/dati/api/3/action/package_search":
        return Reply(reply("ckan_search.json"))
    if asked.path.endswith("atu_nuts_codes.csv"):
        return Reply(reply("atu_nuts_codes.csv"))
    if asked.path.endswith("atvk2021_30062026.csv"):
        return Reply(reply("atvk_2021.csv"))
    if asked.path.endswith(".xlsx"):
        return Reply(workbook())
    if asked.path.startswith("/eurostat/"):
        return Reply(reply("eurostat.json"))
    if asked.path == "/resource/557j-pmg8.json":
        return Reply(reply("kohesio.json"))
    return Reply(reply("page.html"), 404)


def version_2(asked: Asked) -> Reply:
    """Table data as PxWeb 2 gives them, oddities included."""
    described = json.loads(reply("csp_v2_metadata.json"))["dimension"]
    if asked.params.get("outputFormat") != ["json-stat2"]:
        return Reply(reply("px.txt"))
    selected = {each["variableCode"]: each["valueCodes"] for each in asked.body["selection"]}
    if any(len(set(codes)) < len(codes) for codes in selected.values()):
        return Reply(b"", 500)
    if any(set(codes) - set(described[each]["category"]["index"]) for each, codes in selected.items()):
        return Reply(b'{"type":"Parameter error","title":"Non-existent value","status":400}', 400)
    silent = {each: list(described[each]["category"]["index"])[:1] for each in described}
    selected = {each: selected.get(each, silent[each]) for each in described}
    if math.prod(map(len, selected.values())) > 10_000:
        return Reply(reply("csp_error_400.json"), 400)
    return Reply(json.dumps(cube(selected, sparse=True), ensure_ascii=False).encode())


def version_1(asked: Asked) -> Reply:
    """Table data as PxWeb 1 gives them: a variable that is not named is given whole."""
    variables = {each["code"]: each["values"] for each in json.loads(reply("csp_v1_metadata.json"))["variables"]}
    selected = {each["code"]: each["selection"]["values"] for each in asked.body["query"]}
    return Reply(json.dumps(cube(variables | selected, sparse=False), ensure_ascii=False).encode())


def cube(selected: dict[str, list[str]], sparse: bool) -> dict:
    """The invented table as JSON-stat; units that did not exist have no value and the mark of an unknown one."""
    cells = [counted(**dict(zip(selected, codes, strict=True))) for codes in itertools.product(*selected.values())]
    values: object = cells
    if sparse:
        values = {str(at): cell for at, cell in enumerate(cells) if cell is not None}
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "Invented numbers",
        "updated": "2026-06-03T10:00:00Z",
        "id": list(selected),
        "size": [len(codes) for codes in selected.values()],
        "dimension": {
            each: {"label": each, "category": {"index": {code: at for at, code in enumerate(codes)}}}
            for each, codes in selected.items()
        },
        "value": values,
        "status": {str(at): "…" for at, cell in enumerate(cells) if cell is None},
    }


def counted(AREA: str, AGE: str, SEX: str, TIME: str, ContentsCode: str = "IRD041") -> int | None:
    """The invented number of residents; None where the unit did not exist."""
    ended = {"LV00Z": "2024", "LV0094000": "2026"}
    if AREA not in PER_AGE or ended.get(AREA, "9999") <= TIME:
        return None
    first, last = age_span(AGE) or (0, None)
    count = max(0, (OLDEST if last is None else last) - first + 1)
    return count * PER_AGE[AREA] * (2 if SEX == "T" else 1)


@contextmanager
def serving() -> Iterator[Replay]:
    """The server, as long as it is needed."""
    replay = Replay()

    class Handler(BaseHTTPRequestHandler):
        """One request; the module's :class:`Replay` knows the answer."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), body, headers)
            self.send(replay.answer(asked))

        do_POST = do_GET

        def send(self, sent: Reply) -> None:
            if sent.how == "silent":
                replay.closing.wait(timeout=10)
                return
            if sent.how == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            self.send_response(sent.status)
            for name, value in ({"Content-Length": str(len(sent.body))} | sent.headers).items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent.body[: len(sent.body) // 2] if sent.how == "half" else sent.body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        """A server whose broken connections are part of the play."""

        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A client that goes away is expected."""

    server = Server(("127.0.0.1", 0), Handler)
    replay.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        replay.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> float:
        return self.seconds


def client_of(replay: Replay, time: Time, **options: object) -> Client:
    """A client for which the server stands in for every source."""
    stand_ins = dict.fromkeys(HOSTS, replay.address)
    return Client(
        stand_ins=stand_ins, sleep=time.sleep, clock=time.clock, now=lambda: NOW, **{"seconds": 2.0, **options}
    )
