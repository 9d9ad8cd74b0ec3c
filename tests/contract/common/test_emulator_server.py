# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of all emulators: TLS, the record, the faults, the control paths."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from aiohttp import web
from ansible_collections.dirsync.bitwarden.tests.emulators.common import (
    Clock,
    Emulator,
    EmulatorServer,
    Fault,
    Kind,
    RecordedRequest,
    When,
    issue_certificate,
)


class Counter(Emulator):
    """A service with one number that POST increments."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/count", self._show),
            web.post("/count", self._increment),
            web.post("/token", self._show),
        ]

    def state(self) -> dict[str, Any]:
        return {"count": self.count}

    def load_state(self, state: dict[str, Any]) -> None:
        self.count = state["count"]

    def reset(self) -> None:
        self.count = 0

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response({"count": self.count})

    async def _increment(self, _request: web.Request) -> web.Response:
        self.count += 1
        return web.json_response({"count": self.count})


@pytest.fixture
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer(Counter()) as running:
        yield running


def _count(server: EmulatorServer) -> int:
    return int(server.emulator.state()["count"])


def test_https_is_accepted_by_strict_verification() -> None:
    with EmulatorServer(Counter(), tls=True) as server:
        assert server.ca_file is not None
        context = ssl.create_default_context(cafile=server.ca_file)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        for host in ("127.0.0.1", "localhost"):
            with (
                socket.create_connection(("127.0.0.1", server.port)) as plain,
                context.wrap_socket(plain, server_hostname=host) as encrypted,
            ):
                assert encrypted.version() == "TLSv1.3"
        assert requests.get(server.url + "/count", verify=server.ca_file, timeout=5).json() == {"count": 0}


def test_a_certificate_for_another_name_is_refused() -> None:
    with (
        EmulatorServer(Counter(), tls=True, tls_names=("other.example.org",)) as server,
        pytest.raises(requests.exceptions.SSLError),
    ):
        requests.get(server.url + "/count", verify=server.ca_file, timeout=5)


def test_the_private_key_is_readable_by_the_owner_only(tmp_path: Any) -> None:
    certificate = issue_certificate(tmp_path)
    assert (tmp_path / "server-key.pem").stat().st_mode & 0o777 == 0o600
    assert certificate.ca_file == str(tmp_path / "ca.pem")


def test_requests_are_recorded_without_secrets(server: EmulatorServer) -> None:
    requests.get(server.url + "/count?top=5", headers={"Authorization": "Bearer secret-token"}, timeout=5)
    requests.post(server.url + "/token", data={"scope": "all", "client_secret": "hidden"}, timeout=5)
    requests.post(server.url + "/count", json={"by": 1}, timeout=5)
    first, token, write = server.recorder.requests()
    assert (first.number, first.method, first.path, first.query, first.status) == (
        1,
        "GET",
        "/count",
        {"top": "5"},
        200,
    )
    assert first.headers["authorization"] == "Bearer"
    assert token.body == {"scope": "all", "client_secret": "[redacted]"}
    assert write.body == {"by": 1}
    assert server.recorder.writes() == [write]
    assert server.recorder.requests(method="post", path="^/tok") == [token]
    server.recorder.clear()
    assert server.recorder.requests() == []


def test_round_trips_count_waves_of_concurrent_requests() -> None:
    with EmulatorServer(Counter(), latency=0.2) as server:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _unused: requests.get(server.url + "/count", timeout=5), range(4)))
        requests.get(server.url + "/count", timeout=5)
        assert server.recorder.round_trips() == 2
        assert max(record.concurrency for record in server.recorder.requests()) > 1


@pytest.mark.parametrize(("after_effect", "expected"), [(False, 0), (True, 1)])
def test_a_dropped_connection_loses_the_request_or_the_answer(
    server: EmulatorServer, after_effect: bool, expected: int
) -> None:
    server.faults.add(Fault(Kind.DROP, after_effect=after_effect))
    with pytest.raises(requests.ConnectionError):
        requests.post(server.url + "/count", timeout=5)
    assert _count(server) == expected
    record = server.recorder.requests()[0]
    assert (record.fault, record.status) == ("drop", 0)


def test_a_status_fault_carries_headers_and_body(server: EmulatorServer) -> None:
    server.faults.add(Fault(Kind.STATUS, status=429, headers={"Retry-After": "7"}, body={"error": "slow"}))
    answer = requests.post(server.url + "/count", timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (429, "7", {"error": "slow"})
    assert _count(server) == 0
    assert requests.post(server.url + "/count", timeout=5).status_code == 200


def test_faults_can_strike_after_the_effect(server: EmulatorServer) -> None:
    server.faults.add(Fault(Kind.HTML, status=504, after_effect=True))
    answer = requests.post(server.url + "/count", timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html; charset=utf-8")
    assert _count(server) == 1


def test_damaged_answers(server: EmulatorServer) -> None:
    server.faults.add(Fault(Kind.INVALID_JSON, When(number=1)))
    server.faults.add(Fault(Kind.INVALID_UTF8, When(number=2)))
    server.faults.add(Fault(Kind.CONTENT_TYPE, When(number=3)))
    server.faults.add(Fault(Kind.REDIRECT, When(number=4)))
    server.faults.add(Fault(Kind.OVERSIZED, When(number=5), size=1000))
    server.faults.add(Fault(Kind.GZIP_BOMB, When(number=6), size=100_000))
    server.faults.add(Fault(Kind.DRIP, When(number=7), seconds=0.001))
    server.faults.add(Fault(Kind.DELAY, When(number=8), seconds=0.01))
    server.faults.add(Fault(Kind.TRUNCATED, When(number=9)))

    def get() -> requests.Response:
        return requests.get(server.url + "/count", allow_redirects=False, timeout=5)

    with pytest.raises(requests.JSONDecodeError):
        get().json()
    with pytest.raises(UnicodeDecodeError):
        get().content.decode()
    assert get().headers["Content-Type"].startswith("text/html")
    redirect = get()
    assert (redirect.status_code, redirect.headers["Location"]) == (302, "https://elsewhere.example.org/")
    assert len(get().content) == 1000
    packed = requests.get(server.url + "/count", stream=True, timeout=5).raw.read(decode_content=False)
    assert len(packed) < 1000
    assert len(json.loads(gzip.decompress(packed))) == 99_998
    assert get().json() == {"count": 0}
    assert get().json() == {"count": 0}
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get()
    assert [record.fault for record in server.recorder.requests()] == [
        "invalid_json",
        "invalid_utf8",
        "content_type",
        "redirect",
        "oversized",
        "gzip_bomb",
        "drip",
        "delay",
        "truncated",
    ]


def test_a_hanging_request_ends_when_the_server_stops() -> None:
    server = EmulatorServer(Counter()).start()
    server.faults.add(Fault(Kind.HANG))
    arrived = threading.Event()
    server.on_request = lambda _record: arrived.set()
    errors: list[Exception] = []

    def call() -> None:
        try:
            requests.get(server.url + "/count", timeout=30)
        except requests.ConnectionError as error:
            errors.append(error)

    client = threading.Thread(target=call)
    client.start()
    assert arrived.wait(5)
    server.stop()
    client.join(5)
    assert len(errors) == 1


@pytest.mark.parametrize(
    ("when", "times", "struck"),
    [
        (When(nth=2), 1, [2]),
        (When(every=2), None, [2, 4, 6]),
        (When(every=2), 2, [2, 4]),
        (When(number=5), 1, [5]),
        (When(), 3, [1, 2, 3]),
        (When(method="POST"), None, []),
        (When(path="^/other"), None, []),
    ],
)
def test_faults_strike_the_requests_that_their_condition_names(
    server: EmulatorServer, when: When, times: int | None, struck: list[int]
) -> None:
    server.faults.add(Fault(Kind.STATUS, when, times=times, status=503))
    for _unused in range(6):
        requests.get(server.url + "/count", timeout=5)
    assert [record.number for record in server.recorder.requests() if record.status == 503] == struck


def test_hooks_see_a_request_before_and_after_its_effect(server: EmulatorServer) -> None:
    seen: list[tuple[str, int, int]] = []

    def before(record: RecordedRequest) -> None:
        seen.append(("before", record.number, _count(server)))

    def after(record: RecordedRequest) -> None:
        seen.append(("after", record.number, _count(server)))

    server.on_request, server.on_response = before, after
    requests.post(server.url + "/count", timeout=5)
    assert seen == [("before", 1, 0), ("after", 1, 1)]


def test_control_over_http_is_not_recorded(server: EmulatorServer) -> None:
    control = server.url + "/_emulator"
    assert requests.put(control + "/state", json={"count": 41}, timeout=5).status_code == 204
    fault = {"kind": "status", "status": 418, "when": {"nth": 2}}
    assert requests.post(control + "/faults", json=fault, timeout=5).status_code == 204
    assert requests.post(server.url + "/count", timeout=5).json() == {"count": 42}
    assert requests.post(server.url + "/count", timeout=5).status_code == 418
    listed = requests.get(control + "/requests", timeout=5).json()
    assert [record["status"] for record in listed["requests"]] == [200, 418]
    assert listed["writes"] == 2
    assert requests.get(control + "/state", timeout=5).json() == {"count": 42}
    before = server.clock.now()
    requests.post(control + "/clock", json={"advance": 3600}, timeout=5)
    assert server.clock.now() - before >= 3600
    requests.post(control + "/reset", timeout=5)
    assert _count(server) == 0
    assert server.recorder.requests() == []


@pytest.mark.parametrize("fault", [{"kind": "earthquake"}, {"when": {}}, {"kind": "drop", "when": {"day": 1}}])
def test_a_malformed_fault_is_refused(server: EmulatorServer, fault: dict[str, Any]) -> None:
    assert requests.post(server.url + "/_emulator/faults", json=fault, timeout=5).status_code == 400


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = Clock(frozen_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
    clock.advance(60)
    assert clock.utcnow() == datetime(2026, 1, 1, 0, 1, tzinfo=timezone.utc)
