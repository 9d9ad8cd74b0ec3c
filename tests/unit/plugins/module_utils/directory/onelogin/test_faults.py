# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A read is complete or an error, whatever goes wrong; and the error says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    DirsyncError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.client import verdict
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.source import OneLoginProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import Response, Wait
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import Habits, OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.fixture import StartOneLogin

Provide = Callable[..., OneLoginProvider]

LISTINGS = {
    "first page of users": When(path="/users$", nth=1),
    "last page of users": When(path="/users$", nth=3),
    "roles": When(path="/roles$", nth=1),
}
NO_HEADERS = {"Total-Count": "", "Total-Pages": ""}


@pytest.fixture
def pages(onelogin: OneLoginServer) -> OneLoginServer:
    """Return an account with three pages of users, and a role of all."""
    users = [onelogin.account.add_user(f"user{number}@example.org") for number in range(120)]
    onelogin.account.add_role("Staff", *users)
    return onelogin


@pytest.mark.parametrize("when", LISTINGS.values(), ids=LISTINGS)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": Kind.STATUS, "status": 403, "body": {"statusCode": 403, "name": "ForbiddenError", "message": "No"}},
        {"kind": Kind.STATUS, "status": 500},
        {"kind": Kind.STATUS, "status": 200, "body": {"status": "ok"}, "headers": {"Total-Count": "1"}},
        {"kind": Kind.STATUS, "status": 200, "body": []},
        {"kind": Kind.INVALID_JSON},
        {"kind": Kind.REDIRECT},
    ],
    ids=["403", "500", "no list", "no headers", "damaged", "redirect"],
)
def test_one_failed_page_fails_the_read(
    pages: OneLoginServer, provide: Provide, when: When, fault: dict[str, Any]
) -> None:
    pages.faults.add(Fault(when=when, **fault))
    with pytest.raises(DirectoryError):
        provide(pages).read()


@pytest.mark.parametrize("when", LISTINGS.values(), ids=LISTINGS)
@pytest.mark.parametrize("kind", [Kind.DROP, Kind.TRUNCATED, Kind.HTML])
def test_a_passing_fault_is_overcome(pages: OneLoginServer, provide: Provide, when: When, kind: Kind) -> None:
    pages.faults.add(Fault(kind, when))
    reading = provide(pages).read()
    assert len(reading.users) == 120
    assert reading.details["retries"] == 1


@pytest.mark.parametrize("rows", [[], [{"id": "1"}], [{"id": 1}], [{"id": 1, "status": 1, "state": None}]])
def test_rows_that_cannot_be_are_an_error(onelogin: OneLoginServer, provide: Provide, rows: list[object]) -> None:
    headers = {"Total-Count": "1", "Total-Pages": "1"}
    fault = Fault(Kind.STATUS, When(path="/users$"), times=None, status=200, body=rows, headers=headers)
    onelogin.faults.add(fault)
    with pytest.raises(IncompleteReadError):
        provide(onelogin).read()


def test_rows_that_shift_between_pages_are_read_again(pages: OneLoginServer, provide: Provide) -> None:
    users = list(pages.account.users.values())

    def delete(record: Any) -> None:
        if record.query.get("page") == "3" and users:
            pages.account.delete_user(users.pop(0))
            users.clear()

    pages.on_request = delete
    assert len(provide(pages).read().users) == 119


def test_rows_that_never_rest_are_an_error(pages: OneLoginServer, provide: Provide) -> None:
    users = list(pages.account.users.values())

    def delete(record: Any) -> None:
        if record.query.get("page") == "3":
            pages.account.delete_user(users.pop(0))

    pages.on_request = delete
    with pytest.raises(IncompleteReadError, match=r"counts 11\d rows"):
        provide(pages).read()
    assert len(pages.recorder.requests(path="/users$")) == 9


def test_a_page_that_is_too_large_gives_way_to_a_small_one(pages: OneLoginServer, provide: Provide) -> None:
    pages.faults.add(Fault(Kind.STATUS, When(path="/users$", nth=1), status=400, body={"message": "limit"}))
    assert len(provide(pages).read().users) == 120
    assert {request.query["limit"] for request in pages.recorder.requests(path="/users$")[1:]} == {"50"}


def test_a_group_cursor_that_leads_in_a_circle_is_an_error(pages: OneLoginServer, provide: Provide) -> None:
    body = {"data": [{"id": 1, "name": "x"}], "pagination": {"after_cursor": "same"}}
    pages.faults.add(Fault(Kind.STATUS, When(path="/groups$"), times=None, status=200, body=body))
    with pytest.raises(IncompleteReadError, match="read before"):
        provide(pages, groups_from="groups").read()


def test_throttling_is_waited_for(onelogin_server: StartOneLogin, provide: Provide, fake_time: FakeTime) -> None:
    server = onelogin_server(limit=3, window=30)
    for number in range(300):
        server.account.add_user(f"user{number}@example.org")
    reading = provide(server).read()
    assert len(reading.users) == 300
    assert reading.details["retries"] > 0
    assert fake_time.now >= 60


def test_a_pause_that_is_too_long_ends_the_read(onelogin_server: StartOneLogin, provide: Provide) -> None:
    server = onelogin_server(limit=1, window=3600)
    with pytest.raises(DirectoryError, match="answered 429") as caught:
        provide(server).read()
    assert "rate limit of the account" in str(caught.value)
    assert len(server.recorder.requests()) <= 3


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"x-ratelimit-reset": "12"}, Wait(12)),
        (429, {"x-ratelimit-reset": "12", "retry-after": "3"}, Wait(3)),
        (429, {"x-ratelimit-reset": "soon"}, Wait()),
        (503, {"x-ratelimit-reset": "12"}, Wait()),
        (400, {"x-ratelimit-reset": "12"}, None),
    ],
)
def test_the_reset_counts_seconds(status: int, headers: dict[str, str], expected: Wait | None) -> None:
    assert verdict(Response("GET", "https://example.onelogin.com/", status, headers, b"")) == expected


def test_a_shared_token_that_expires_is_renewed_and_never_revoked(pages: OneLoginServer, provide: Provide) -> None:
    pages.on_request = lambda record: pages.tokens.expire() if record.number == 4 else None
    assert len(provide(pages).read().users) == 120
    assert {(record.method, record.path) for record in pages.recorder.requests("POST")} == {
        ("POST", "/auth/oauth2/v2/token")
    }
    assert pages.recorder.writes() == []


TOKEN_ERRORS = {
    "wrong secret": ({"client_secret": "other"}, {}, ["answered 401", "Authentication Failure", "client_secret"]),
    "creator deleted": ({}, {"creator_deleted": True}, ["answered 500", "was deleted"]),
    "no right": ({}, {"may_read": False}, ["answered 403", "Insufficient Permissions", "Read users"]),
}


@pytest.mark.parametrize(("options", "credential", "texts"), TOKEN_ERRORS.values(), ids=TOKEN_ERRORS)
def test_refusals_are_explained(
    onelogin: OneLoginServer,
    provide: Provide,
    options: dict[str, Any],
    credential: dict[str, bool],
    texts: list[str],
) -> None:
    for name, value in credential.items():
        setattr(onelogin.tokens.credential, name, value)
    with pytest.raises(DirectoryAuthenticationError) as caught:
        provide(onelogin, **options).read()
    assert [text for text in [*texts, "request "] if text not in str(caught.value)] == []


def test_errors_of_version_1_are_explained_too(onelogin: OneLoginServer, provide: Provide) -> None:
    details = {"error": True, "code": 401, "type": "Unauthorized", "message": "Authentication Failure"}
    fault = Fault(Kind.STATUS, When(path="/groups$"), times=None, status=401, body={"status": details})
    onelogin.faults.add(fault)
    with pytest.raises(DirectoryAuthenticationError, match="Unauthorized: Authentication Failure"):
        provide(onelogin, groups_from="groups").read()


@pytest.mark.parametrize(("status", "text"), [(404, "address of the account"), (422, "filter parameters")])
def test_other_statuses_are_explained(onelogin: OneLoginServer, provide: Provide, status: int, text: str) -> None:
    onelogin.faults.add(Fault(Kind.STATUS, When(path="/users$"), times=None, status=status))
    with pytest.raises(DirectoryError, match=text):
        provide(onelogin).read()


def test_a_host_that_does_not_answer_is_a_connection_error(onelogin: OneLoginServer, provide: Provide) -> None:
    with pytest.raises(DirectoryConnectionError, match="subdomain"):
        provide(onelogin, retries=0, host="https://127.0.0.1:1").read()


def test_no_secret_is_shown(onelogin: OneLoginServer, provide: Provide) -> None:
    for path in ("/token$", "/users$"):
        onelogin.faults.clear()
        onelogin.faults.add(Fault(Kind.STATUS, When(path=path), times=None, status=403, body="no"))
        provider = provide(onelogin)
        with pytest.raises(DirsyncError) as caught:
            provider.read()
        error = caught.value
        assert onelogin.client_secret not in f"{error} {error!r} {vars(error)} {error.__cause__} {provider!r}"


def test_a_role_that_vanishes_during_the_read_is_left_out(onelogin_server: StartOneLogin, provide: Provide) -> None:
    server = onelogin_server(habits=Habits(inline_users=0))
    ann = server.account.add_user("ann@example.org")
    server.account.add_role("Staff", ann)
    doomed = server.account.add_role("Doomed", ann)
    path = f"/roles/{doomed.id}/users$"
    server.faults.add(Fault(Kind.STATUS, When(path=path), status=404, body={"statusCode": 404, "message": "gone"}))
    assert [group.name for group in provide(server).read().groups] == ["Staff"]


def test_a_role_that_cannot_be_read_fails_the_read(onelogin_server: StartOneLogin, provide: Provide) -> None:
    server = onelogin_server(habits=Habits(inline_users=0))
    server.account.add_role("Staff", server.account.add_user("ann@example.org"))
    server.faults.add(Fault(Kind.STATUS, When(path="/roles/.*/users$"), status=500))
    with pytest.raises(DirectoryError, match="answered 500"):
        provide(server).read()


def test_users_without_their_roles_are_no_obstacle(onelogin_server: StartOneLogin, provide: Provide) -> None:
    server = onelogin_server(habits=Habits(role_ids=False))
    server.account.add_role("Staff", server.account.add_user("ann@example.org"))
    reading = provide(server).read()
    assert [list(group.users) for group in reading.groups] == [[0]]
