# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How calls are signed in, paced and repeated, and what becomes of their errors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import (
    DROPPED,
    Answer,
    Received,
    ScriptedServer,
)

EMPTY_LIST = Answer(body={"data": []})
MEMBER = {"id": "m1", "email": "ann@example.org", "status": 0, "type": 2, "collections": []}
DAMAGED = Answer(body='{"id": "m1", ')
PAGE = Answer(body="<html><title>Sign in</title></html>")


class Tokens:
    """Answers sign-ins by itself and leaves the rest to the script."""

    def __init__(self, server: ScriptedServer, *answers: Answer, lifetime: float = 3600) -> None:
        self.issued = 0
        self.calls: list[Received] = []
        self._answers = list(answers)
        self._lifetime = lifetime
        server.respond = self._respond

    def _respond(self, request: Received) -> Answer:
        if request.path == "/identity/connect/token":
            self.issued += 1
            return Answer(body={"access_token": f"token-{self.issued}", "expires_in": self._lifetime})
        self.calls.append(request)
        return self._answers.pop(0) if self._answers else EMPTY_LIST


def test_one_token_for_all_calls(client: BitwardenClient, server: ScriptedServer) -> None:
    script = Tokens(server)
    client.members()
    client.groups()
    assert script.issued == 1
    assert [call.headers["authorization"] for call in script.calls] == ["Bearer token-1"] * 2
    assert script.calls[0].headers["bitwarden-client-name"] == "dirsync.bitwarden"
    assert script.calls[0].headers["user-agent"].startswith("dirsync.bitwarden/")


def test_config_needs_no_token(client: BitwardenClient, server: ScriptedServer) -> None:
    script = Tokens(server, Answer(body={"version": "2026.8.0"}))
    assert client.server().version == "2026.8.0"
    assert script.issued == 0
    assert "authorization" not in script.calls[0].headers


def test_token_is_renewed_when_refused_and_before_it_expires(
    client: BitwardenClient, server: ScriptedServer, fake_time: FakeTime
) -> None:
    script = Tokens(server, Answer(401), EMPTY_LIST, EMPTY_LIST, EMPTY_LIST)
    client.groups()
    fake_time.now += 3500
    client.groups()
    fake_time.now += 41
    client.groups()
    tokens = [call.headers["authorization"] for call in script.calls]
    assert tokens == ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-3"]


def test_refused_key_is_an_error(client: BitwardenClient, server: ScriptedServer) -> None:
    Tokens(server, Answer(401), Answer(401, {"message": "Unauthorized."}))
    with pytest.raises(BitwardenError, match=r"answered 401. The server said: Unauthorized.*rotated") as caught:
        client.groups()
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "fault", [DROPPED, Answer(500), Answer(502), Answer(522), Answer(429, headers={"Retry-After": "1"})]
)
def test_reads_puts_and_deletes_are_repeated(client: BitwardenClient, server: ScriptedServer, fault: Answer) -> None:
    script = Tokens(server, fault, EMPTY_LIST, fault, Answer(), fault, Answer())
    client.groups()
    client.set_group_member_ids("g1", [])
    client.remove_member("m1")
    assert [call.method for call in script.calls] == ["GET", "GET", "PUT", "PUT", "DELETE", "DELETE"]


@pytest.mark.parametrize("fault", [DROPPED, Answer(500), Answer(502), Answer(504), DAMAGED, PAGE, Answer(body={})])
def test_invitation_in_doubt_is_not_repeated(client: BitwardenClient, server: ScriptedServer, fault: Answer) -> None:
    script = Tokens(server, fault)
    with pytest.raises(BitwardenError, match=r"POST .*/api/public/members") as caught:
        client.invite("ann@example.org", "x1")
    assert caught.value.in_doubt
    assert len(script.calls) == 1


def test_throttled_invitation_is_repeated(client: BitwardenClient, server: ScriptedServer, fake_time: FakeTime) -> None:
    script = Tokens(server, Answer(429, headers={"Retry-After": "3"}), Answer(body=MEMBER))
    assert client.invite("ann@example.org", "x1").id == "m1"
    assert len(script.calls) == 2
    assert 3 <= sum(fake_time.sleeps) < 3.2


@pytest.mark.parametrize("fault", [DAMAGED, PAGE, Answer(body={"data": None}), Answer(body=[])])
def test_unusable_read_is_an_error_without_doubt(
    client: BitwardenClient, server: ScriptedServer, fault: Answer
) -> None:
    Tokens(server, fault)
    with pytest.raises(BitwardenError, match=r"GET .*/api/public/groups answered") as caught:
        client.groups()
    assert not caught.value.in_doubt


def test_failed_sign_in_never_leaves_a_doubt(client: BitwardenClient, server: ScriptedServer) -> None:
    server.respond = lambda request: DROPPED
    with pytest.raises(BitwardenError, match="Signing in") as caught:
        client.invite("ann@example.org", "x1")
    assert not caught.value.in_doubt


def count_minutes(client: BitwardenClient, fake_time: FakeTime, method: str, calls: int) -> list[float]:
    """Make calls of one verb and return when each ended."""
    ends = []
    for _unused in range(calls):
        if method == "GET":
            client.groups()
        elif method == "PUT":
            client.set_group_member_ids("g1", [])
        elif method == "DELETE":
            client.delete_group("g1")
        else:
            client.revoke("m1")
        ends.append(fake_time.now)
    return ends


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_writes_to_the_cloud_are_paced(
    connection: BitwardenConnection, server: ScriptedServer, fake_time: FakeTime, method: str
) -> None:
    Tokens(server)
    client = BitwardenClient(replace(connection, cloud=True), clock=fake_time.clock, sleep=fake_time.sleep)
    ends = count_minutes(client, fake_time, method, 61)
    assert ends[4] == 0.0
    assert ends[5] == 1.0
    assert ends[59] == 11.0
    assert ends[60] == 60.0


def test_reads_of_the_cloud_are_paced_apart_from_writes(
    connection: BitwardenConnection, server: ScriptedServer, fake_time: FakeTime
) -> None:
    Tokens(server)
    client = BitwardenClient(replace(connection, cloud=True), clock=fake_time.clock, sleep=fake_time.sleep)
    assert count_minutes(client, fake_time, "GET", 200)[-1] == 0.0
    assert count_minutes(client, fake_time, "PUT", 5)[-1] == 0.0
    assert count_minutes(client, fake_time, "GET", 1)[-1] == 60.0


def test_other_servers_are_not_paced(client: BitwardenClient, server: ScriptedServer, fake_time: FakeTime) -> None:
    Tokens(server)
    count_minutes(client, fake_time, "GET", 201)
    count_minutes(client, fake_time, "PUT", 61)
    assert fake_time.sleeps == []


@pytest.mark.parametrize("answer", [PAGE, DAMAGED, Answer(body="null"), Answer(body=[])])
def test_a_write_that_something_else_answered_is_in_doubt(
    client: BitwardenClient, server: ScriptedServer, answer: Answer
) -> None:
    for write in (
        lambda: client.revoke("m1"),
        lambda: client.remove_member("m1"),
        lambda: client.set_group_member_ids("g1", []),
        lambda: client.import_directory([], []),
    ):
        Tokens(server, answer)
        with pytest.raises(BitwardenError) as caught:
            write()
        assert caught.value.in_doubt


@pytest.mark.parametrize("body", [b"", {"object": "member"}])
def test_a_write_is_confirmed_by_nothing_or_an_object(
    client: BitwardenClient, server: ScriptedServer, body: object
) -> None:
    Tokens(server, Answer(body=body))
    client.revoke("m1")
