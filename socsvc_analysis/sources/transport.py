"""One polite client for all live sources: one request at a time, few retries, nothing believed unseen.

It speaks https to listed hosts only, never follows a redirect to another host, never calls an address inside a network,
stops at 50 MB and 30 seconds, and looks at an answer before it believes the status.
"""

from __future__ import annotations

import email.utils
import ipaddress
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
import urllib3

from socsvc_analysis import __version__
from socsvc_analysis.schema import DataError, Problem, counted
from socsvc_analysis.sources.answers import (
    FORMATS,
    JSON,
    Answer,
    DownError,
    FetchError,
    PassingError,
    checked,
    reason,
    too_large,
    unpacked,
)

HOSTS = ("api.stat.gov.lv", "data.stat.gov.lv", "data.gov.lv", "ec.europa.eu", "cohesiondata.ec.europa.eu")
USER_AGENT = f"socsvc_analysis/{__version__}"
MOST_BYTES = 50_000_000
SECONDS, SECONDS_TO_CONNECT = 30.0, 10.0
RETRIES = 3
LAST_TRY = tenacity.stop_after_attempt(RETRIES + 1)
MOST_REDIRECTS = 3
CALLS, WINDOW = 30, 10.0
"""The Central Statistical Bureau allows 30 calls in 10 seconds; what it allows is kept to everywhere."""
LONGEST_WAIT = 60.0
"""A source that asks for more patience than this is not asked again in this run."""
BACK_OFF = tenacity.wait_exponential_jitter(max=LONGEST_WAIT)
PART = 1 << 16
Parameters: TypeAlias = Mapping[str, int | Sequence[str]]
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
DIRECTLY = dict.fromkeys(("http", "https", "all"), "")
"""No proxy, whatever the environment says: what stands in for a source is on this machine."""


class Client:
    """Asks sources, one request at a time.

    ``stand_ins`` maps a listed host to the address of a server that answers in its place (:func:`stand_ins`); https and
    a public address are not demanded of it, and its answers bear its own address.  ``sleep``, ``clock`` (seconds, never
    going back) and ``now`` are the client's only ties to time.  A host that stays down is not asked again by the same
    client.
    """

    def __init__(
        self,
        hosts: Iterable[str] = HOSTS,
        *,
        stand_ins: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        resolve: Callable[..., list[Any]] = socket.getaddrinfo,
    ) -> None:
        self._hosts, self._stand_ins = frozenset(hosts), dict(stand_ins or {})
        self._sleep, self._clock, self._now, self._resolve = sleep, clock, now, resolve
        self._seconds, self._most_bytes = seconds, most_bytes
        self._calls: deque[float] = deque(maxlen=CALLS)
        self._down: dict[str, DownError] = {}
        self._one_at_a_time = Lock()
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        self._session.auth = _no_credentials  # else requests would send what it finds in a .netrc

    def now(self) -> datetime:
        """The time by which answers are dated."""
        return self._now()

    def get(self, url: str, params: Parameters | None = None, *, expect: str = JSON) -> Answer:
        """What ``url`` answers; ``expect`` is one of FORMATS and checked."""
        return self._with_retries("GET", url, params, None, expect)

    def post(self, url: str, params: Parameters | None, body: Json) -> Answer:
        """What ``url`` answers to ``body``, sent as JSON; the answer must be JSON."""
        return self._with_retries("POST", url, params, body, JSON)

    def _with_retries(self, method: str, url: str, params: Parameters | None, body: Json, expect: str) -> Answer:
        if expect not in FORMATS:
            raise ValueError(f"{expect!r} is not one of: {', '.join(FORMATS)}")
        attempts = tenacity.Retrying(
            stop=lambda state: LAST_TRY(state) or _wait_asked_for(state) > LONGEST_WAIT,
            wait=lambda state: max(BACK_OFF(state), _wait_asked_for(state)),
            retry=tenacity.retry_if_exception_type(PassingError),
            sleep=self._sleep,
            reraise=True,
        )
        full = str(requests.Request(method, url, params=params).prepare().url)
        host = urlsplit(full).hostname or full
        with self._one_at_a_time:
            if host in self._down:
                raise self._down[host]
            try:
                content = attempts(self._once, method, full, host, body, expect)
            except DownError as failure:
                self._down[host] = failure
                raise
        # Who really answered is what the snapshot and the citation must say.
        return Answer(self._stood_in(full, host), body, content)

    def _once(self, method: str, url: str, host: str, body: Json, expect: str) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            address = self._address(url, host)
            self._keep_pace()
            started = self._clock()
            try:
                with self._session.request(
                    method,
                    address,
                    json=body,
                    timeout=(min(SECONDS_TO_CONNECT, self._seconds), self._seconds),
                    proxies=DIRECTLY if address != url else None,
                    stream=True,
                    allow_redirects=False,
                ) as response:
                    if response.is_redirect:
                        url = _redirected(url, response, method, host)
                        continue
                    content = self._body(response, started, host)
                    if response.status_code != requests.codes.ok:
                        raise self._refusal(response, content, host)
            except requests.exceptions.SSLError as broken:
                raise FetchError([Problem(host, "has a certificate that cannot be trusted")]) from broken
            except (requests.Timeout, urllib3.exceptions.TimeoutError) as broken:
                raise self._too_slow(host) from broken
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as broken:
                raise DownError([Problem(host, "cannot be reached or broke off")]) from broken
            return checked(content, expect, host)
        raise FetchError([Problem(host, "redirects in circles")])

    def _address(self, url: str, host: str) -> str:
        """The address to call for ``url``, when it may be asked."""
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.netloc != parts.hostname:
            raise FetchError([Problem(host, "is not a plain https address; only those are asked")])
        if host not in self._hosts:
            said = f"is not on the list of hosts that may be asked ({', '.join(sorted(self._hosts))})"
            raise FetchError([Problem(host, said)])
        if host in self._stand_ins:
            return self._stood_in(url, host)
        if requests.utils.get_environ_proxies(url):
            return url  # the proxy resolves the name; this machine may be unable to
        try:
            found = {entry[4][0] for entry in self._resolve(host, 443, type=socket.SOCK_STREAM)}
        except OSError as broken:
            raise DownError([Problem(host, "cannot be found; is there a network?")]) from broken
        # The name could lead elsewhere a moment later, but then the certificate would not be that of the host.
        if not found or not all(ipaddress.ip_address(each.partition("%")[0]).is_global for each in found):
            raise FetchError([Problem(host, "leads to an address inside this network and is not asked")])
        return url

    def _stood_in(self, url: str, host: str) -> str:
        """``url`` at the server that answers for ``host``: mostly ``host`` itself."""
        return self._stand_ins.get(host, f"https://{host}") + url.removeprefix(f"https://{host}")

    def _keep_pace(self) -> None:
        if len(self._calls) == CALLS:
            wait = self._calls[0] + WINDOW - self._clock()
            if wait > 0:
                self._sleep(wait)
        self._calls.append(self._clock())

    def _body(self, response: requests.Response, started: float, host: str) -> bytes:
        """The whole body, unpacked here because a library that unpacks by itself knows no limit."""
        stated = response.headers.get("Content-Length", "")
        size = int(stated) if stated.isascii() and stated.isdigit() else None
        content = bytearray()
        while max(size or 0, len(content)) <= self._most_bytes:
            if self._clock() - started > self._seconds:
                raise self._too_slow(host)
            part = response.raw.read1(PART, decode_content=False)
            if not part:
                break
            content += part
        else:
            raise too_large(host, self._most_bytes)
        if size is not None and size != len(content):
            raise PassingError([Problem(host, f"sent {len(content)} of {size} bytes and broke off")])
        packed = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packed in ("gzip", "x-gzip"):
            return unpacked(bytes(content), self._most_bytes, host)
        if packed != "identity":
            raise FetchError([Problem(host, "packed its answer in a way that was not asked for", value=packed)])
        return bytes(content)

    def _refusal(self, response: requests.Response, content: bytes, host: str) -> FetchError:
        status = response.status_code
        wait = self._retry_after(response.headers.get("Retry-After", ""))
        said = reason(content)
        said = f": {said}" if said else ""
        if status == requests.codes.too_many_requests:
            asked = f" and asks to wait {counted(round(wait), 'second')}" if wait else ""
            return DownError([Problem(host, f"has had too many calls (status 429){asked}")], status, wait or WINDOW)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return DownError([Problem(host, f"has trouble of its own (status {status}){said}")], status, wait)
        if status == requests.codes.not_found:
            return FetchError([Problem(host, f"does not have what was asked for (status 404){said}")], status)
        return FetchError([Problem(host, f"refused the request (status {status}){said}")], status)

    def _retry_after(self, header: str) -> float:
        """How many seconds a source asks to wait: it gives them, or the time until then."""
        header = header.strip()
        if header.isascii() and header.isdigit():
            return float(header)
        try:
            until = email.utils.parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - self._now()).total_seconds())

    def _too_slow(self, host: str) -> DownError:
        return DownError([Problem(host, f"did not answer within {counted(self._seconds, 'second')}")])


def stand_ins(given: Iterable[str]) -> dict[str, str]:
    """The server on this machine that answers for each source: ``ADDRESS`` for all of them, ``HOST=ADDRESS`` for one.

    >>> stand_ins(["http://127.0.0.1:8000", "data.gov.lv=http://localhost:8001/"])["data.gov.lv"]
    'http://localhost:8001'
    >>> stand_ins(["http://192.168.1.10"])
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      fetch: 'http://192.168.1.10' cannot stand in for a source: give an address of this machine, such as \
http://127.0.0.1:8000, or HOST=ADDRESS with HOST one of: api.stat.gov.lv, data.stat.gov.lv, data.gov.lv, \
ec.europa.eu, cohesiondata.ec.europa.eu
    """
    found: dict[str, str] = {}
    problems = []
    for each in given:
        host, _, address = each.rpartition("=")
        if (host and host not in HOSTS) or not _is_of_this_machine(address):
            said = (
                "cannot stand in for a source: give an address of this machine, such as http://127.0.0.1:8000, or "
                f"HOST=ADDRESS with HOST one of: {', '.join(HOSTS)}"
            )
            problems.append(Problem("fetch", said, value=each))
        found |= dict.fromkeys([host] if host else HOSTS, address.rstrip("/"))
    if problems:
        raise DataError(problems)
    return found


def is_of_a_source(url: str) -> bool:
    """Whether an answer from ``url`` came from the source itself, not from a stand-in."""
    return urlsplit(url).hostname in HOSTS


def _is_of_this_machine(address: str) -> bool:
    try:
        parts = urlsplit(address)
        bare = parts.scheme in ("http", "https") and not (parts.path.strip("/") or parts.query or parts.username)
        if not bare or parts.port == 0:
            return False
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _wait_asked_for(state: tenacity.RetryCallState) -> float:
    """Seconds that the source asked to wait after its last answer."""
    failure = state.outcome.exception() if state.outcome else None
    return failure.wait if isinstance(failure, PassingError) else 0.0


def _redirected(url: str, response: requests.Response, method: str, host: str) -> str:
    """Where a redirect leads, which must be the same host."""
    target = urljoin(url, response.headers["Location"])
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        elsewhere = urlsplit(target).hostname or "nowhere"
        raise FetchError([Problem(host, f"redirects to another host ({elsewhere}), which is not followed")])
    if method != "GET" and response.status_code not in (307, 308):
        raise FetchError([Problem(host, "redirects a request that carries data, which is not followed")])
    return target
