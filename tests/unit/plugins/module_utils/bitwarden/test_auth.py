# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, and what to read when it fails."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.auth import fetch_token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import DROPPED, Answer, ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden

TOKEN = {"access_token": "t0ken", "expires_in": 3600, "token_type": "Bearer", "scope": "api.organization"}
Fetch = Callable[[], Token]


@pytest.fixture
def fetch(connection: BitwardenConnection, fake_time: FakeTime) -> Fetch:
    """Return a function that signs in at the scripted server."""
    http = HttpClient(HttpOptions(), clock=fake_time.clock, sleep=fake_time.sleep)
    return lambda: fetch_token(http, connection)


def test_form_holds_the_device_too(fetch: Fetch, server: ScriptedServer, connection: BitwardenConnection) -> None:
    server.script(Answer(body=TOKEN))
    assert fetch() == Token("t0ken", 3600)
    request = server.received[0]
    assert (request.method, request.path) == ("POST", "/identity/connect/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["device-type"] == "25"
    assert request.headers["bitwarden-client-name"] == "dirsync.bitwarden"
    form = request.form
    uuid.UUID(form.pop("deviceIdentifier"))
    assert form == {
        "grant_type": "client_credentials",
        "scope": "api.organization",
        "client_id": connection.client_id,
        "client_secret": connection.client_secret,
        "deviceName": "dirsync.bitwarden",
        "deviceType": "25",
    }


@pytest.mark.parametrize("lifetime", [None, 0, -1, "3600", float("nan")])
def test_unusable_lifetime_means_the_usual_one(fetch: Fetch, server: ScriptedServer, lifetime: object) -> None:
    server.script(Answer(body={**TOKEN, "expires_in": lifetime}))
    assert fetch().lifetime == 3600


def test_passing_faults_are_retried(fetch: Fetch, server: ScriptedServer, fake_time: FakeTime) -> None:
    server.script(DROPPED, Answer(429, headers={"Retry-After": "6"}), Answer(body=TOKEN))
    assert fetch().value == "t0ken"
    assert 6 <= sum(fake_time.sleeps) <= 8


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(400, {"error": "invalid_client"}), r"The server said: invalid_client.*rotated.*region.*disabled.*plan"),
        (Answer(400, {"error": "invalid_scope"}), "not that of an organization"),
        (Answer(400, {"message": "Malformed client_id"}), "Malformed client_id. Check client_id, client_secret"),
        (Answer(404), r"answered 404\. Check client_id, client_secret and the address"),
        (Answer(500, "down"), r"The server said: down\. Try again later"),
        (Answer(302, headers={"Location": "https://sso.example.org/login"}), "Redirects are not followed"),
        (Answer(body="<title>Portal</title>"), "HTML page: Portal"),
        (Answer(body={}), "the answer holds no token"),
        (Answer(body=[]), "the answer holds no token"),
        (Answer(body={"access_token": None}), "the answer holds no token"),
        (Answer(body={"access_token": "two words"}), "not printable ASCII"),
        (DROPPED, "Remote end closed connection"),
    ],
)
def test_failure_is_explained(
    fetch: Fetch, server: ScriptedServer, connection: BitwardenConnection, answer: Answer, message: str
) -> None:
    server.respond = lambda request: answer
    with pytest.raises(BitwardenError, match=message) as caught:
        fetch()
    assert str(caught.value).startswith("Signing in to Bitwarden failed:")
    assert not caught.value.in_doubt
    assert connection.client_secret not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("mode", list(Mode))
def test_emulated_server_lets_us_in(
    bitwarden_server: StartBitwarden, client_of: Callable[..., BitwardenClient], mode: Mode
) -> None:
    emulator = bitwarden_server(mode=mode)
    connection = BitwardenConnection(
        emulator.api_url, emulator.identity_url, emulator.client_id, emulator.client_secret
    )
    assert fetch_token(HttpClient(HttpOptions()), connection).lifetime == 3600


def test_vaultwarden_text_is_quoted(bitwarden_server: StartBitwarden) -> None:
    emulator = bitwarden_server(mode=Mode.VAULTWARDEN)
    connection = BitwardenConnection(emulator.api_url, emulator.identity_url, emulator.client_id, "wrong-secret")
    with pytest.raises(BitwardenError, match=r"The server said: Incorrect client_secret\. Check client_id") as caught:
        fetch_token(HttpClient(HttpOptions()), connection)
    assert "wrong-secret" not in str(caught.value)
