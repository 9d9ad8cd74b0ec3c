# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the client does about answers that fail, are cut off, come late or never."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirsyncError,
    HttpStatusError,
    HttpTransportError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request, Response, Wait
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token, TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import DROPPED, Answer, ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import ServerCertificate

MakeClient = Callable[..., HttpClient]
SECRET = "s3cret-value"
OK = Answer(body={"ok": True})
TRUNCATED = Answer(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok": tr')
TRUNCATED_CHUNKS = Answer(raw=b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ok"\r\n')
NO_HTTP = Answer(raw=b"220 mail.example.org ESMTP\r\n")
BROKEN = (DROPPED, TRUNCATED, TRUNCATED_CHUNKS, NO_HTTP)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Yield a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_request_is_sent_as_described(make_client: MakeClient, server: ScriptedServer) -> None:
    client = make_client()
    client.send(Request("GET", server.url + "/a", params={"q": "x y"}, headers={"X-Kind": "1"}))
    client.send(Request("POST", server.url + "/b", json={"name": "Zo\u00eb"}))
    client.send(Request("POST", server.url + "/c", form={"grant": "a b"}))
    client.send(Request("POST", server.url + "/d", content=b"<a/>", headers={"Content-Type": "text/xml"}))
    client.send(Request("POST", server.url + "/e"))
    get, json, form, encoded, empty = server.received
    assert (get.method, get.path, get.query, get.headers["x-kind"]) == ("GET", "/a", {"q": "x y"}, "1")
    assert (json.method, json.json, json.headers["content-type"]) == ("POST", {"name": "Zo\u00eb"}, "application/json")
    assert form.form == {"grant": "a b"}
    assert (encoded.body, encoded.headers["content-type"]) == (b"<a/>", "text/xml")
    assert empty.headers["content-length"] == "0"
    assert client.statistics.calls == 5


@pytest.mark.parametrize(
    "fault", [DROPPED, TRUNCATED, TRUNCATED_CHUNKS, NO_HTTP, Answer(502), Answer(503), Answer(504)]
)
def test_get_is_repeated_after_a_passing_fault(
    make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime, fault: Answer
) -> None:
    server.script(fault, fault, OK)
    client = make_client()
    assert client.send(Request("GET", server.url)).json() == {"ok": True}
    first, second = fake_time.sleeps
    assert 0.5 <= first <= 1.0 <= second <= 2.0
    assert client.statistics.retries == 2
    assert client.statistics.waited_seconds == first + second


@pytest.mark.parametrize("fault", BROKEN)
def test_post_is_never_repeated_once_it_may_have_arrived(
    make_client: MakeClient, server: ScriptedServer, fault: Answer
) -> None:
    server.script(fault, OK)
    with pytest.raises(HttpTransportError) as caught:
        make_client().send(Request("POST", server.url, json={}))
    assert caught.value.sent
    assert len(server.received) == 1


def test_post_over_tls_is_not_repeated_when_the_connection_breaks(
    make_client: MakeClient, tls_server: ScriptedServer, certificate: ServerCertificate
) -> None:
    tls_server.script(DROPPED, OK)
    with pytest.raises(HttpTransportError) as caught:
        make_client(ca_file=certificate.ca_file).send(Request("POST", tls_server.url, json={}))
    assert caught.value.sent
    assert len(tls_server.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_post_is_not_repeated_after_a_server_error(
    make_client: MakeClient, server: ScriptedServer, status: int
) -> None:
    server.script(Answer(status), OK)
    with pytest.raises(HttpStatusError):
        make_client().send(Request("POST", server.url))
    assert len(server.received) == 1


def test_declared_idempotence_decides(make_client: MakeClient, server: ScriptedServer) -> None:
    server.script(DROPPED, OK, DROPPED)
    make_client().send(Request("PUT", server.url, idempotent=True))
    with pytest.raises(HttpTransportError):
        make_client().send(Request("GET", server.url, idempotent=False))


def test_post_is_repeated_while_no_connection_is_made(
    make_client: MakeClient, closed_port: int, fake_time: FakeTime
) -> None:
    client = make_client(retries=3)
    with pytest.raises(HttpTransportError, match="Connection refused") as caught:
        client.send(Request("POST", f"http://127.0.0.1:{closed_port}/"))
    assert not caught.value.sent
    assert client.statistics.calls == 4
    assert len(fake_time.sleeps) == 3


def test_retries_end(make_client: MakeClient, server: ScriptedServer) -> None:
    server.respond = lambda request: Answer(503, "closed for repair")
    with pytest.raises(HttpStatusError, match=r"answered 503\. The server said: closed for repair") as caught:
        make_client(retries=2).send(Request("GET", server.url))
    assert caught.value.status == 503
    assert len(server.received) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_throttling_is_obeyed_for_every_method(
    make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime, method: str
) -> None:
    server.script(Answer(429, headers={"Retry-After": "7"}), OK)
    make_client().send(Request(method, server.url))
    assert 7.0 <= sum(fake_time.sleeps) < 7.2


def test_throttling_pauses_the_whole_bucket(
    make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime
) -> None:
    client = make_client(retries=0)
    pacer = Pacer(clock=fake_time.clock, sleep=fake_time.sleep)
    server.script(Answer(429, headers={"Retry-After": "7"}), OK, OK)
    client = make_client()
    client.send(Request("GET", server.url), pacer)
    started = fake_time.now
    client.send(Request("GET", server.url), pacer)
    assert fake_time.now == started
    pacer.pause(5)
    client.send(Request("GET", server.url, expect=(418,)), pacer)
    assert fake_time.now == started + 5


def test_retry_after_as_a_date(make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime) -> None:
    headers = "Date: Mon, 05 Jan 2026 10:00:00 GMT\r\nRetry-After: Mon, 05 Jan 2026 10:00:12 GMT\r\n"
    server.script(
        Answer(raw=f"HTTP/1.1 503 Busy\r\n{headers}Connection: close\r\nContent-Length: 0\r\n\r\n".encode()), OK
    )
    make_client().send(Request("GET", server.url))
    assert 12.0 <= sum(fake_time.sleeps) < 12.2


@pytest.mark.parametrize("value", ["-1", "\u00b2", "soon", "nan", "1e3", "Mon, 05 Jan 2026 10:00:12"])
def test_unreadable_retry_after_means_the_usual_pause(
    make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime, value: str
) -> None:
    server.script(Answer(429, headers={"Retry-After": value}), OK)
    make_client().send(Request("GET", server.url))
    assert 0.5 <= sum(fake_time.sleeps) <= 1.0


def test_too_long_a_pause_ends_the_call(make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime) -> None:
    server.script(Answer(429, headers={"Retry-After": "3600"}))
    with pytest.raises(HttpStatusError, match="pause of 3600 s"):
        make_client().send(Request("GET", server.url))
    assert fake_time.sleeps == []


def test_verdict_about_concurrency_halves_it(
    server: ScriptedServer, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verdict(response: Response) -> Wait | None:
        return Wait(concurrency=True) if response.status == 429 else None

    pauses: list[bool] = []
    pacer = Pacer(clock=fake_time.clock, sleep=fake_time.sleep)
    monkeypatch.setattr(pacer, "pause", lambda seconds, *, reduce: pauses.append(reduce))
    client = HttpClient(HttpOptions(), verdict=verdict, clock=fake_time.clock, sleep=fake_time.sleep)
    server.script(Answer(429), OK)
    client.send(Request("GET", server.url), pacer)
    assert pauses == [True]
    client.session.close()


def test_redirect_is_refused(make_client: MakeClient, server: ScriptedServer) -> None:
    target = f"https://user:{SECRET}@elsewhere.example.org/login?token={SECRET}"
    server.script(Answer(302, headers={"Location": target}))
    with pytest.raises(HttpStatusError, match=r"\(here to https://elsewhere.example.org/login\)") as caught:
        make_client().send(Request("GET", server.url))
    assert SECRET not in str(caught.value)
    assert len(server.received) == 1


def test_oversized_answer_is_given_up(make_client: MakeClient, server: ScriptedServer) -> None:
    server.respond = lambda request: Answer(body=b"x" * 100_000)
    with pytest.raises(HttpTransportError, match="larger than 50000 bytes"):
        make_client(max_body=50_000).send(Request("GET", server.url))
    assert len(server.received) == 1


def test_gzip_bomb_is_given_up(make_client: MakeClient, server: ScriptedServer) -> None:
    bomb = gzip.compress(bytes(1 << 26))
    server.respond = lambda request: Answer(body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(HttpTransportError, match="larger than 1048576 bytes"):
        make_client(max_body=1 << 20).send(Request("GET", server.url))
    assert len(server.received) == 1


def test_gzip_is_decoded(make_client: MakeClient, server: ScriptedServer) -> None:
    body = gzip.compress(b'{"ok": true, "fill": "' + bytes(b"x" * 200_000) + b'"}')
    server.script(Answer(body=body, headers={"Content-Encoding": "gzip"}))
    assert make_client().send(Request("GET", server.url)).json()["ok"]


def test_damaged_gzip_is_no_answer(make_client: MakeClient, server: ScriptedServer) -> None:
    server.respond = lambda request: Answer(body=b"no gzip at all", headers={"Content-Encoding": "gzip"})
    with pytest.raises(HttpTransportError, match="while decompressing data"):
        make_client(retries=1).send(Request("GET", server.url))


def test_slow_drip_is_given_up(server: ScriptedServer) -> None:
    ticks = iter(range(1000))
    server.respond = lambda request: Answer(body=b"x" * 1_000_000)
    client = HttpClient(HttpOptions(total_timeout=3), clock=lambda: float(next(ticks)))
    with pytest.raises(HttpTransportError, match="took longer than 3 s"):
        client.send(Request("GET", server.url))
    client.session.close()


@pytest.mark.skipif(not hasattr(urllib3.HTTPResponse, "read1"), reason="urllib3 1.26 waits for parts")
def test_time_is_checked_whenever_something_arrives(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server sends the second byte only after the client has seen the first one, alone."""
    seen: list[int] = []
    first_seen = threading.Event()
    original = urllib3.HTTPResponse.read1

    def read1(self: urllib3.HTTPResponse, *args: Any, **kwargs: Any) -> bytes:
        part = original(self, *args, **kwargs)
        seen.append(len(part))
        first_seen.set()
        return part

    def drip() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"
        first_seen.wait(10)
        yield b"}"

    monkeypatch.setattr(urllib3.HTTPResponse, "read1", read1)
    server.script(Answer(raw=drip()))
    assert make_client().send(Request("GET", server.url)).json() == {}
    assert seen[:2] == [1, 1]


def test_older_urllib3_reads_the_same(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WithoutRead1(urllib3.HTTPResponse):
        def __getattribute__(self, name: str) -> Any:
            if name == "read1":
                raise AttributeError(name)
            return super().__getattribute__(name)

    monkeypatch.setattr("urllib3.connection.HTTPResponse", WithoutRead1, raising=False)
    monkeypatch.setattr("urllib3.response.HTTPResponse", WithoutRead1)
    body = b'{"fill": "' + b"x" * 200_000 + b'"}'
    server.script(Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}), TRUNCATED)
    client = make_client(retries=0)
    assert client.send(Request("GET", server.url)).content == body
    with pytest.raises(HttpTransportError, match="IncompleteRead"):
        client.send(Request("GET", server.url))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "something that is not JSON: nothing"),
        (b"plain text", "not JSON: plain text"),
        (b"<html><head><title>Sign\nin</title></head><body>long</body></html>", "not JSON: HTML page: Sign in"),
        (b'{"token": "' + SECRET.encode(), "damaged JSON"),
        (b'{"name": "\xff\xfe"}', "damaged JSON"),
        (b"[" * 200_000, "damaged JSON"),
        (b"[" + b"9" * 100_000 + b"]", "damaged JSON"),
    ],
)
def test_answer_that_is_no_json(make_client: MakeClient, server: ScriptedServer, body: bytes, message: str) -> None:
    server.script(Answer(body=body))
    response = make_client().send(Request("GET", server.url + "/x"))
    with pytest.raises(HttpTransportError, match=message) as caught:
        response.json()
    assert str(caught.value).startswith(f"GET {server.url}/x answered 200 with")
    assert SECRET not in str(caught.value)
    assert caught.value.sent


def test_error_page_is_quoted_by_its_title(make_client: MakeClient, server: ScriptedServer) -> None:
    page = "<!DOCTYPE html><title>502 Bad\nGateway</title>" + "x" * 2000
    server.script(Answer(400, page), Answer(400, "long\x00\x1b " * 200), Answer(400, {"message": "No."}))
    client = make_client()
    errors = []
    for _unused in range(3):
        with pytest.raises(HttpStatusError) as caught:
            client.send(Request("GET", server.url))
        errors.append(caught.value)
    html, text, json = errors
    assert html.server == "HTML page: 502 Bad Gateway"
    assert len(text.server) == 503
    assert text.server.isprintable()
    assert json.body == {"message": "No."}


def test_token_is_renewed_once_when_refused(make_client: MakeClient, server: ScriptedServer) -> None:
    values = iter(["first", "second", "third"])
    cache = TokenCache(lambda: Token(next(values), 3600))
    server.script(Answer(401), OK, Answer(401), Answer(401, "still no"))
    client = make_client()
    client.send(Request("POST", server.url, token=cache))
    with pytest.raises(HttpStatusError, match=r"answered 401\. The server said: still no"):
        client.send(Request("POST", server.url, token=cache))
    sent = [request.headers["authorization"] for request in server.received]
    assert sent == ["Bearer first", "Bearer second", "Bearer second", "Bearer third"]


def test_signed_headers_are_made_for_each_attempt(make_client: MakeClient, server: ScriptedServer) -> None:
    values, numbers = iter(["first", "second"]), iter(range(9))
    cache = TokenCache(lambda: Token(next(values), 3600))

    def sign(token: str | None) -> dict[str, str]:
        return {"Authorization": f"DPoP {token}", "DPoP": f"proof {next(numbers)}"}

    server.script(Answer(503), Answer(401), OK, OK)
    client = make_client()
    client.send(Request("GET", server.url, headers={"X-Own": "kept"}, token=cache, sign=sign))
    client.send(Request("GET", server.url, sign=sign))
    assert [(request.headers["authorization"], request.headers["dpop"]) for request in server.received] == [
        ("DPoP first", "proof 0"),
        ("DPoP first", "proof 1"),
        ("DPoP second", "proof 2"),
        ("DPoP None", "proof 3"),
    ]
    assert {request.headers.get("x-own") for request in server.received[:3]} == {"kept"}


def test_401_without_a_token_is_final(make_client: MakeClient, server: ScriptedServer) -> None:
    server.script(Answer(401))
    with pytest.raises(HttpStatusError):
        make_client().send(Request("GET", server.url))
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "url", ["ftp://server.example.org/", "http://", "nonsense", "http://[bad", "http://.example.org/?q=" + SECRET]
)
def test_invalid_address_is_refused_at_once(make_client: MakeClient, fake_time: FakeTime, url: str) -> None:
    with pytest.raises(HttpTransportError, match="not valid") as caught:
        make_client().send(Request("POST", url))
    assert not caught.value.sent
    assert SECRET not in str(caught.value)
    assert fake_time.sleeps == []


@pytest.mark.parametrize("answer", [DROPPED, TRUNCATED, Answer(302), Answer(400, "no"), Answer(500)])
def test_no_secret_in_errors(make_client: MakeClient, server: ScriptedServer, answer: Answer) -> None:
    server.respond = lambda request: answer
    request = Request(
        "POST",
        server.url + f"/token?key={SECRET}",
        params={"secret": SECRET},
        form={"client_secret": SECRET},
        headers={"X-Api-Key": SECRET},
        token=TokenCache(lambda: Token(SECRET, 10)),
    )
    with pytest.raises(DirsyncError) as caught:
        make_client().send(request)
    assert SECRET in server.received[0].headers["authorization"]
    shown = (str(caught.value), repr(caught.value), repr(vars(caught.value)), repr(request), repr(request.token))
    assert SECRET not in "".join(shown)


def test_repr_of_a_response_hides_its_content(make_client: MakeClient, server: ScriptedServer) -> None:
    server.script(Answer(body={"access_token": SECRET}, headers={"X-Secret": SECRET}))
    assert SECRET not in repr(make_client().send(Request("POST", server.url)))
