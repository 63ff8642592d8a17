"""The client of live sources: what it refuses, what it repeats, how long it waits.  No test sleeps or leaves here."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator

import pytest
from replay import NOW, Replay, Reply, Time, client_of, reply, serving, workbook

from socsvc_analysis.sources.answers import FetchError, reason
from socsvc_analysis.sources.transport import BACK_OFF, CALLS, LONGEST_WAIT, RETRIES, WINDOW, Client

URL = "https://data.gov.lv/dati/file"
JSON = Reply(b'{"value": 1}')


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        server.routes["/dati/file"] = JSON
        yield server


@pytest.fixture
def time() -> Time:
    return Time()


def test_an_answer_is_kept_byte_for_byte(replay: Replay, time: Time) -> None:
    answer = client_of(replay, time).get(URL, {"id": "a b"})
    assert (answer.content, answer.json(), answer.url) == (
        b'{"value": 1}',
        {"value": 1},
        f"{replay.address}/dati/file?id=a+b",
    )
    assert replay.asked[0].headers["user-agent"].startswith("socsvc_analysis/")
    assert time.slept == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Reply(status=500), "status 500"),
        (Reply(reply("page.html"), 503), "status 503"),
        (Reply(status=429), "too many calls"),
        (Reply(b'{"value": [1, 2, 3, 4]}', how="half"), "broke off"),
        (Reply(how="reset"), "cannot be reached or broke off"),
        (Reply(reply("page.html")), "a web page where JSON"),
        (Reply(reply("px.txt")), "a px file where JSON"),
        (Reply(b""), "nothing where JSON"),
        (Reply(b'{"value": [1, 2'), "cut off or damaged"),
        (Reply(b'{"value": NaN}'), "cut off or damaged"),
        (Reply(b'{"value": 1, "value": 2}'), "cut off or damaged"),
        (Reply(b'{"label": "R\xeega"}'), "cut off or damaged"),
        (Reply(b"[" * 100_000), "cut off or damaged"),
        (Reply(gzip.compress(b'{"value": 1}')[:-4], headers={"Content-Encoding": "gzip"}), "not whole"),
        (Reply(b"no gzip", headers={"Content-Encoding": "gzip"}), "damaged"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_what_may_pass_is_tried_again_and_then_said(replay: Replay, time: Time, fault: Reply, said: str) -> None:
    replay.next = [fault]
    assert client_of(replay, time).get(URL).content == JSON.body
    assert len(time.slept) == 1

    replay.next = [fault] * 10
    with pytest.raises(FetchError, match=said):
        client_of(replay, Time()).get(URL)
    assert len(replay.next) == 10 - (RETRIES + 1)


def test_a_host_that_stays_down_is_not_asked_again(replay: Replay, time: Time) -> None:
    client = client_of(replay, time)
    replay.routes["/"] = replay.routes["/dati/file"] = Reply(status=503)
    for _ in range(3):
        with pytest.raises(FetchError, match="status 503"):
            client.get(URL)
    assert len(replay.asked) == RETRIES + 1
    with pytest.raises(FetchError, match="status 503"):
        client.get("https://ec.europa.eu/other")
    assert len(replay.asked) == 2 * (RETRIES + 1)


def test_a_damaged_file_does_not_keep_others_away(replay: Replay, time: Time) -> None:
    client = client_of(replay, time)
    replay.routes["/dati/damaged"] = Reply(reply("page.html"))
    with pytest.raises(FetchError, match="a web page"):
        client.get("https://data.gov.lv/dati/damaged")
    assert client.get(URL).content == JSON.body


def test_waiting_grows_and_is_not_the_same_for_everybody(replay: Replay, time: Time) -> None:
    replay.next = [Reply(status=503)] * 4
    with pytest.raises(FetchError):
        client_of(replay, time).get(URL)
    assert [least <= slept <= least + BACK_OFF.jitter for least, slept in zip((1, 2, 4), time.slept, strict=True)]
    assert any(slept != round(slept) for slept in time.slept)


def test_a_source_that_does_not_answer_is_left_in_time(replay: Replay, time: Time) -> None:
    replay.next = [Reply(how="silent")] * 4
    with pytest.raises(FetchError, match="did not answer within"):
        client_of(replay, time, seconds=0.05).get(URL)


def test_a_source_that_drips_is_left_in_time(replay: Replay, time: Time) -> None:
    moments = iter(range(0, 1000, 20))
    client = client_of(replay, time, seconds=30.0)
    client._clock = lambda: float(next(moments))
    replay.routes["/dati/file"] = Reply(b" " * 1_000_000)
    with pytest.raises(FetchError, match="within 30 seconds"):
        client.get(URL, expect="csv")


@pytest.mark.parametrize(
    ("asks", "least"), [("7", 7), ("Tue, 24 Nov 2026 09:30:20 GMT", 20), ("soon", 10), ("-5", 10), ("٣", 10)]
)
def test_the_time_a_source_asks_for_is_given(replay: Replay, time: Time, asks: str, least: float) -> None:
    replay.next = [Reply(status=429, headers={"Retry-After": asks.encode().decode("latin-1")})]
    assert client_of(replay, time).get(URL).content == JSON.body
    assert least <= time.slept[0] <= max(least, 2)


def test_nobody_waits_for_an_hour(replay: Replay, time: Time) -> None:
    replay.next = [Reply(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(FetchError, match="asks to wait 3600 seconds"):
        client_of(replay, time).get(URL)
    assert (time.slept, len(replay.asked), LONGEST_WAIT < 3600) == ([], 1, True)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (reply("csp_error_400.json"), 400, r"status 400\): Too many cells selected"),
        (reply("socrata_error_400.json"), 400, "No such column: cntry"),
        (reply("ckan_error_404.json"), 404, r"does not have what was asked for \(status 404\): Nav atrasts"),
        (b'{"error": [{"status": 400, "label": "Wrong code"}]}', 400, "Wrong code"),
        (reply("page.html"), 403, r"refused the request \(status 403\)$"),
    ],
)
def test_a_refusal_is_final_and_quoted(replay: Replay, time: Time, body: bytes, status: int, said: str) -> None:
    replay.next = [Reply(body, status)]
    with pytest.raises(FetchError, match=said) as failure:
        client_of(replay, time).get(URL)
    assert (failure.value.status, len(replay.asked), time.slept) == (status, 1, [])


def test_a_quotation_cannot_drive_the_terminal() -> None:
    assert reason(b'{"title": "\\u001b[2Jbad\\nline\\u202e", "status": 400}') == "[2Jbad line"
    assert reason(b"[1]") == reason(b"{") == reason(b'{"title": null}') == ""


@pytest.mark.parametrize("location", ["https://elsewhere.example/x", "http://data.gov.lv/dati/file", "//127.0.0.1/x"])
def test_a_redirect_to_another_host_is_not_followed(replay: Replay, time: Time, location: str) -> None:
    replay.next = [Reply(status=302, headers={"Location": location})]
    with pytest.raises(FetchError, match="another host"):
        client_of(replay, time).get(URL)
    assert len(replay.asked) == 1


def test_a_redirect_within_the_host_is_followed_but_not_for_ever(replay: Replay, time: Time) -> None:
    client = client_of(replay, time)
    replay.next = [Reply(status=301, headers={"Location": "/dati/file?new"})]
    assert client.get(URL).content == JSON.body
    replay.routes["/dati/file"] = Reply(status=302, headers={"Location": "/dati/file"})
    with pytest.raises(FetchError, match="circles"):
        client.get(URL)


def test_a_question_with_data_is_not_sent_elsewhere(replay: Replay, time: Time) -> None:
    replay.next = [Reply(status=302, headers={"Location": "/dati/file"})]
    with pytest.raises(FetchError, match="carries data"):
        client_of(replay, time).post(URL, None, {"query": []})
    replay.next = [Reply(status=307, headers={"Location": "/dati/file"})]
    client_of(replay, time).post(URL, None, {"query": []})
    assert replay.asked[-1].body == {"query": []}


def test_too_much_is_not_read(replay: Replay, time: Time) -> None:
    client = client_of(replay, time, most_bytes=1000)
    for sent in (
        Reply(b"1" * 2000),
        Reply(b"1" * 2000, headers={"Content-Length": ""}),
        Reply(gzip.compress(b"1" * 1_000_000)[:900], headers={"Content-Encoding": "gzip"}),
    ):
        replay.routes["/dati/file"] = sent
        with pytest.raises(FetchError, match=r"more than 0\.001 MB"):
            client.get(URL, expect="csv")
    replay.routes["/dati/file"] = Reply(b"1", headers={"Content-Length": "1001"})
    with pytest.raises(FetchError, match="more than"):
        client.get(URL, expect="csv")


def test_a_packed_answer_is_unpacked_but_not_every_kind(replay: Replay, time: Time) -> None:
    client = client_of(replay, time)
    replay.next = [Reply(gzip.compress(JSON.body), headers={"Content-Encoding": "gzip"})]
    assert client.get(URL).content == JSON.body
    for packed in ("br", "zstd", "gzip, gzip"):
        replay.next = [Reply(JSON.body, headers={"Content-Encoding": packed})]
        with pytest.raises(FetchError, match="not asked for"):
            client.get(URL)


@pytest.mark.parametrize("body", [reply("page.html"), reply("ckan_error_404.json"), b"%PDF-1.7", workbook(), b""])
def test_a_csv_file_is_text(replay: Replay, time: Time, body: bytes) -> None:
    replay.routes["/dati/file"] = Reply(body)
    with pytest.raises(FetchError, match="where a CSV file was asked for"):
        client_of(replay, time).get(URL, expect="csv")


def test_half_a_workbook_is_none(replay: Replay, time: Time) -> None:
    replay.next = [Reply(workbook()[:-100]), Reply(reply("page.html")), Reply(workbook())]
    assert client_of(replay, time).get(URL, expect="xlsx").content[:2] == b"PK"
    assert len(time.slept) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://data.gov.lv/x", "not a plain https address"),
        ("https://data.gov.lv:8443/x", "not a plain https address"),
        ("https://me:secret@data.gov.lv/x", "not a plain https address"),
        ("file:///etc/passwd", "not a plain https address"),
        ("https://data.gov.lv.example/x", "not on the list"),
        ("https://127.0.0.1/x", "not on the list"),
    ],
)
def test_only_listed_hosts_are_asked(url: str, said: str) -> None:
    with pytest.raises(FetchError, match=said) as failure:
        Client(resolve=never).get(url)
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1%eth0", "fd00::1",
     "::ffff:127.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_addresses_inside_a_network_are_not_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.utils.get_environ_proxies", lambda url: {})
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))
    inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
    with pytest.raises(FetchError, match="inside this network"):
        Client(resolve=lambda *_, **__: [public, inside]).get(URL)


def test_no_network_is_said(monkeypatch: pytest.MonkeyPatch, time: Time) -> None:
    monkeypatch.setattr("requests.utils.get_environ_proxies", lambda url: {})

    def unknown(*_: object, **__: object) -> list:
        raise socket.gaierror("Name or service not known")

    with pytest.raises(FetchError, match="is there a network"):
        Client(resolve=unknown, sleep=time.sleep, clock=time.clock).get(URL)
    assert len(time.slept) == RETRIES


def test_thirty_calls_in_ten_seconds_and_no_more(replay: Replay, time: Time) -> None:
    client = client_of(replay, time)
    for _ in range(CALLS):
        client.get(URL)
    assert time.slept == []
    client.get(URL)
    assert time.slept == [WINDOW]


def test_credentials_of_the_machine_are_not_sent(
    replay: Replay, time: Time, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    client_of(replay, time).get(URL)
    assert "authorization" not in replay.asked[0].headers


def test_answers_are_dated_by_the_clock_that_was_given(replay: Replay, time: Time) -> None:
    assert client_of(replay, time).now() == NOW


def never(*_: object, **__: object) -> list:
    raise AssertionError("nothing may be resolved")
