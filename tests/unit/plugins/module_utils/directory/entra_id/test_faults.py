# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throttling, faults and answers that are not what they should be: either all is read, or nothing counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryConnectionError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.errors import GraphRefusedError
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Clock, Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import entra_id_provider, members_by_name

BATCH = When("POST", r"\$batch$")
SECOND_PAGE = When("GET", "/users$")
TOO_MANY = {"error": {"code": "TooManyRequests", "message": "Please retry again later."}}
EXPIRED = {"error": {"code": "Directory_ExpiredPageToken", "message": "The specified page token value has expired."}}


@pytest.fixture
def server(graph_server: Callable[..., GraphServer]) -> GraphServer:
    """Return a server with 1,001 users, who take two pages, and 45 groups of two, which take three batches."""
    server = graph_server()
    ids = [server.tenant.add_user(f"user{number}") for number in range(1001)]
    for number in range(45):
        server.tenant.add_group(f"group{number}", ids[number : number + 2])
    return server


def refuse(status: int, body: Any = "", **headers: str) -> dict[str, Any]:
    """Return the arguments of a fault that refuses."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"kind": Kind.STATUS, "status": status, "body": body, "headers": named}


def assert_complete(server: GraphServer, time: FakeTime | None = None, **options: Any) -> dict[str, Any]:
    """Read, compare with the tenant, and return the details."""
    reading = entra_id_provider(server, time, **options).read()
    assert [user.external_id for user in reading.users] == [user.id for user in server.tenant.of_kind("user")]
    expected = {
        str(group.properties["displayName"]): [
            server.tenant.objects[each].properties["displayName"] for each in group.members
        ]
        for group in server.tenant.of_kind("group")
    }
    assert members_by_name(reading) == expected
    return dict(reading.details)


def assert_refused(
    server: GraphServer, message: str, error: type[DirectoryError] = DirectoryError, **options: Any
) -> str:
    """Expect that nothing can be read, and return the message."""
    with pytest.raises(error, match=message) as raised:
        entra_id_provider(server, **options).read()
    return str(raised.value)


def test_only_throttled_requests_of_a_batch_are_repeated(server: GraphServer, fake_time: FakeTime) -> None:
    hit = When(path="/members$", nth=3)
    server.graph.inner_faults.add(Fault(when=hit, **refuse(429, TOO_MANY, Retry_After="17")))
    assert_complete(server, fake_time)
    assert len(server.graph.inner_requests.requests(path="/members$")) == 46
    batches = server.recorder.requests(path=r"\$batch$")
    assert sorted(len(request.body["requests"]) for request in batches) == [1, 3, 5, 20, 20]
    assert 17 <= max(fake_time.sleeps) < 18


def test_longest_pause_that_a_batch_asks_for_is_kept(server: GraphServer, fake_time: FakeTime) -> None:
    for nth, seconds in ((1, "3"), (2, "30"), (3, "5")):
        fault = refuse(429, TOO_MANY, Retry_After=seconds)
        server.graph.inner_faults.add(Fault(when=When(path="/members$", nth=nth), **fault))
    assert_complete(server, fake_time, connections=1)
    assert [round(seconds) for seconds in fake_time.sleeps] == [30]


def test_throttled_requests_without_retry_after_back_off(server: GraphServer, fake_time: FakeTime) -> None:
    server.graph.inner_faults.add(Fault(when=When(path="/users$"), times=3, **refuse(429, TOO_MANY)))
    server.graph.inner_faults.add(Fault(when=When(path="/groups$"), times=3, **refuse(503)))
    server.graph.inner_faults.add(Fault(when=When(path="deletedItems"), times=3, **refuse(429, TOO_MANY)))
    assert_complete(server, fake_time)
    first, second, third = fake_time.sleeps
    assert first < 2 < second + 1 <= third + 1 <= 9


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("headers", [{"Retry_After": "1"}, {}])
def test_storm_of_429_is_survived(server: GraphServer, inside: bool, headers: dict[str, str]) -> None:
    faults = server.graph.inner_faults if inside else server.faults
    faults.add(Fault(when=When(path="/v1.0/|^/", every=3), times=None, **refuse(429, TOO_MANY, **headers)))
    assert assert_complete(server)["retries"] > 1


def test_throttling_without_end_is_an_error(server: GraphServer) -> None:
    server.graph.inner_faults.add(Fault(when=When(path="/members$", every=1), times=None, **refuse(429, TOO_MANY)))
    message = assert_refused(server, "members of groups with status 429", GraphRefusedError)
    assert "TooManyRequests: Please retry again later" in message
    assert "fewer connections" in message
    assert not server.recorder.writes()


def test_pause_that_no_run_can_wait_for_is_an_error(server: GraphServer, fake_time: FakeTime) -> None:
    fault = refuse(429, TOO_MANY, Retry_After="4000")
    server.graph.inner_faults.add(Fault(when=When(path="/groups$"), **fault))
    with pytest.raises(GraphRefusedError):
        entra_id_provider(server, fake_time).read()
    assert not fake_time.sleeps


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("inside", [True, False])
def test_passing_faults_are_survived(server: GraphServer, status: int, inside: bool) -> None:
    if inside:
        server.graph.inner_faults.add(Fault(when=When(path="/members$", nth=7), **refuse(status)))
    else:
        server.faults.add(Fault(when=SECOND_PAGE, **refuse(status)))
        server.faults.add(Fault(Kind.DROP, When("POST", r"\$batch$", nth=2)))
    assert_complete(server)


def test_token_that_expires_on_the_way_is_renewed(server: GraphServer) -> None:
    server.on_response = lambda record: (
        server.clock.advance(3600) if len(server.recorder.requests(path="/v1.0/")) == 2 else None
    )
    assert_complete(server, connections=1)
    assert len(server.recorder.requests(path="/token$")) >= 2


def test_token_that_expires_within_a_batch_is_renewed(server: GraphServer) -> None:
    body = {"error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed."}}
    server.graph.inner_faults.add(Fault(when=When(path="/members$", nth=5), **refuse(401, body)))
    assert_complete(server, connections=1)
    assert len(server.recorder.requests(path="/token$")) == 2


def test_token_for_another_cloud_is_explained(server: GraphServer) -> None:
    server.graph.identity.audience = "https://graph.example.org"
    assert "another cloud" in assert_refused(server, "Invalid audience")


def test_listing_begins_anew_when_its_page_token_expires(server: GraphServer) -> None:
    server.faults.add(Fault(when=SECOND_PAGE, **refuse(400, EXPIRED)))
    assert_complete(server)
    assert len(server.recorder.requests("GET", "/users$")) == 3


def test_members_begin_anew_when_their_page_token_expires(graph_server: Callable[..., GraphServer]) -> None:
    server = graph_server()
    server.tenant.add_group("Large", [server.tenant.add_user(f"user{number}") for number in range(1001)])
    server.graph.inner_faults.add(Fault(when=When(path="/members$", nth=2), **refuse(400, EXPIRED)))
    assert_complete(server)
    assert len(server.graph.inner_requests.requests(path="/members$")) == 4


@pytest.mark.parametrize("inside", [True, False])
def test_page_tokens_that_always_expire_are_an_error(graph_server: Callable[..., GraphServer], inside: bool) -> None:
    server = graph_server()
    server.tenant.add_group("Large", [server.tenant.add_user(f"user{number}") for number in range(1001)])
    faults = server.graph.inner_faults if inside else server.faults
    when = When(path="/members$", every=2) if inside else When("GET", "/users$")
    faults.add(Fault(when=when, times=None, **refuse(400, EXPIRED)))
    assert_refused(server, "Directory_ExpiredPageToken", GraphRefusedError)


FATAL = [
    refuse(400, {"error": {"code": "BadRequest", "message": "No."}}),
    refuse(403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}),
    refuse(404, "nothing here"),
    refuse(500),
    {"kind": Kind.DROP},
    {"kind": Kind.TRUNCATED},
    {"kind": Kind.INVALID_JSON},
    {"kind": Kind.HTML, "status": 200},
    {"kind": Kind.REDIRECT},
    {"kind": Kind.OVERSIZED, "size": 1000},
]


@pytest.mark.parametrize("fault", FATAL, ids=lambda fault: f"{fault['kind'].value}{fault.get('status', '')}")
@pytest.mark.parametrize("number", range(2, 7))
def test_fault_that_begins_with_any_request_leaves_nothing(
    server: GraphServer, number: int, fault: dict[str, Any]
) -> None:
    lasting = Fault(when=When(path="/v1.0/"), times=None, **fault)
    server.on_request = lambda record: server.faults.add(lasting) if record.number == number else None
    assert_refused(server, "[Mm]icrosoft Graph|Listing")


@pytest.mark.parametrize("status", [400, 403])
def test_refused_request_of_a_batch_leaves_nothing(server: GraphServer, status: int) -> None:
    body = {"error": {"code": "Oops", "message": "No.\nMore.", "innerError": {"request-id": "r-1"}}}
    server.graph.inner_faults.add(Fault(when=When(path="/members$", nth=33), **refuse(status, body)))
    assert "Oops: No (request-id r-1)" in assert_refused(server, f"members of groups with status {status}")


def page(value: Any, **more: Any) -> dict[str, Any]:
    return {"value": value, **more}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "no list of users"),
        ([], "no list of users"),
        (page("x"), "no list of users"),
        (page([{"mail": "a@example.org"}]), "no list of users"),
        (page([{"id": 7}]), "no list of users"),
        (page([], **{"@odata.nextLink": 7}), "no list of users"),
        (page([], **{"@odata.nextLink": "https://elsewhere.example.org/v1.0/users"}), "goes on at another server"),
        (page([], **{"@odata.nextLink": "//elsewhere.example.org/"}), "goes on at another server"),
    ],
)
def test_odd_page_is_an_error(server: GraphServer, body: Any, message: str) -> None:
    server.faults.add(Fault(when=SECOND_PAGE, **refuse(200, body)))
    assert_refused(server, message, IncompleteReadError)


def test_listing_in_a_circle_is_an_error(server: GraphServer) -> None:
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.faults.add(Fault(when=SECOND_PAGE, times=None, **refuse(200, page([], **{"@odata.nextLink": link}))))
    assert_refused(server, "circle", IncompleteReadError)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (page([{"id": "u1"}]), "without their type"),
        (page([], **{"@odata.nextLink": "https://elsewhere.example.org/v1.0/x"}), "another server"),
        ("text", "no list of members"),
    ],
)
def test_odd_members_are_an_error(server: GraphServer, body: Any, message: str) -> None:
    server.graph.inner_faults.add(Fault(when=When(path="/members$"), **refuse(200, body)))
    assert_refused(server, message, IncompleteReadError)


def test_members_in_a_circle_are_an_error(server: GraphServer) -> None:
    link = f"{server.url}/v1.0/groups/x/members"
    body = page([], **{"@odata.nextLink": link})
    server.graph.inner_faults.add(Fault(when=When(path="/members$"), times=None, **refuse(200, body)))
    assert_refused(server, "circle", IncompleteReadError)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"responses": None},
        {"responses": []},
        {"responses": [{"id": "0", "status": 200, "body": {"value": []}}]},
        {"responses": [{"id": "x", "status": 200}]},
        {"responses": [{"id": str(number), "status": "200"} for number in range(3)]},
    ],
)
def test_batch_without_all_answers_is_an_error(server: GraphServer, body: Any) -> None:
    server.faults.add(Fault(when=BATCH, **refuse(200, body)))
    assert_refused(server, "is not complete", IncompleteReadError)


def test_unreachable_graph_is_told(server: GraphServer) -> None:
    server.faults.add(Fault(Kind.DROP, When(path="/v1.0/"), times=None))
    assert_refused(server, "Listing users and deleted users and groups failed", DirectoryConnectionError)


def test_pauses_follow_the_clock_of_the_server(graph_server: Callable[..., GraphServer]) -> None:
    clock = Clock()
    clock.advance(-7200)
    server = graph_server(clock=clock)
    server.tenant.add_user("ann")
    time = FakeTime()
    date, until = "Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:09 GMT"
    server.faults.add(Fault(when=BATCH, **refuse(429, TOO_MANY, Date=date, Retry_After=until)))
    assert_complete(server, time)
    assert [round(seconds) for seconds in time.sleeps] == [9]
