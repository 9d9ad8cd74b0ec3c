# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that fail: which are repeated, how patiently, and what the operator reads when that does not help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace import throttling
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.source import (
    GoogleWorkspaceProvider,
)
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.google import Account, GoogleServer, errors

MakeProvider = Callable[..., GoogleWorkspaceProvider]
THROTTLING = (
    errors.user_rate_limit(),
    errors.operation_concurrency(),
    errors.account_concurrency(),
    errors.ApiError(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"),
)


def answer(error: errors.ApiError, path: str, times: int | None = 1, **when: Any) -> Fault:
    """Return the fault that answers requests to ``path`` with an error."""
    return Fault(Kind.STATUS, When(path=path, **when), times=times, status=error.status, body=error.body())


@pytest.fixture(autouse=True)
def _people(account: Account) -> None:
    ann = account.add_user("ann@example.org")
    inner = account.add_group("inner@example.org", ann)
    account.add_group("outer@example.org", inner)


@pytest.mark.parametrize("path", ["/users$", "/groups$", "/members$"])
@pytest.mark.parametrize("error", [*THROTTLING, errors.backend_error()], ids=lambda error: str(error.reason))
def test_throttled_call_is_repeated(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime, error: errors.ApiError, path: str
) -> None:
    server.faults.add(answer(error, path, times=2))
    reading = make_provider().read()
    assert (len(reading.users), len(reading.groups)) == (2, 2)
    assert reading.details["retries"] == 2
    assert fake_time.now > 0.5


def test_pauses_grow_until_a_quota_that_counts_by_the_minute_has_room_again(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime
) -> None:
    server.faults.add(answer(errors.user_rate_limit(), "/groups$", times=8))
    make_provider().read()
    assert len(fake_time.sleeps) == 8
    for number, pause in enumerate(fake_time.sleeps):
        assert min(60, 2**number) / 2 <= pause <= min(60, 2**number)
    assert fake_time.now > 60


@pytest.mark.parametrize("error", THROTTLING, ids=lambda error: f"{error.status} {error.reason}")
def test_storm_is_outlasted(
    server: GoogleServer, account: Account, make_provider: MakeProvider, fake_time: FakeTime, error: errors.ApiError
) -> None:
    for number in range(40):
        account.add_group(f"group{number}@example.org")
    server.faults.add(answer(error, "/admin/", times=40, every=2))
    assert len(make_provider().read().groups) == 42


@pytest.mark.parametrize(("limit", "status"), [("account_concurrency", 429), ("operation_concurrency", 403)])
def test_pool_shrinks_to_what_the_service_takes_at_once(
    server: GoogleServer,
    account: Account,
    make_provider: MakeProvider,
    fake_time: FakeTime,
    limit: str,
    status: int,
) -> None:
    for number in range(60):
        account.add_group(f"group{number}@example.org")
    server.google.quotas.service_time = 0.005
    setattr(server.google.quotas, limit, 4)
    assert len(make_provider(retries=20).read().groups) == 62
    refused = [call for call in server.recorder.requests(path="/members$") if call.status == status]
    served = [call for call in server.recorder.requests(path="/members$") if call.status == 200]
    assert len(served) == 62
    assert 0 < len(refused) < 62


@pytest.mark.parametrize("error", THROTTLING, ids=lambda error: f"{error.status} {error.reason}")
def test_quota_that_stays_used_up_ends_the_reading(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime, error: errors.ApiError
) -> None:
    server.faults.add(answer(error, "/members$", times=None))
    with pytest.raises(DirectoryError, match=f"quota is used up.*{error.reason}.*Run again later"):
        make_provider(retries=2).read()


@pytest.mark.parametrize(
    ("error", "path", "kind", "message"),
    [
        (errors.api_disabled(), "/users$", DirectoryAuthenticationError, "not enabled.*project=123456789012"),
        (
            errors.forbidden(),
            "/users$",
            DirectoryAuthenticationError,
            "admin@example.org may not read it.*Users > Read",
        ),
        (errors.forbidden(), "/members$", DirectoryAuthenticationError, "members of the group.*may not read it"),
        (errors.insufficient_scopes(), "/groups$", DirectoryAuthenticationError, "lacks the scope"),
        (errors.not_found("Domain not found."), "/users$", DirectoryError, "Domain not found.*domain"),
        (errors.ApiError(400, "badRequest", "Bad Request"), "/groups$", DirectoryError, "answered 400.*Bad Request"),
        (errors.ApiError(403, "domainPolicy", "API access is off"), "/users$", DirectoryError, "API access is off"),
    ],
    ids=lambda value: value.reason if isinstance(value, errors.ApiError) else None,
)
def test_refused_call_is_explained_and_not_repeated(
    server: GoogleServer,
    make_provider: MakeProvider,
    error: errors.ApiError,
    path: str,
    kind: type[DirectoryError],
    message: str,
) -> None:
    server.faults.add(answer(error, path, times=None))
    with pytest.raises(kind, match=f"(?s){message}"):
        make_provider().read()
    assert len(server.recorder.requests(path=path)) <= 2


def test_new_form_of_the_reasons_is_understood(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime
) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]
    body = {"error": {"code": 403, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED", "details": details}}
    server.faults.add(Fault(Kind.STATUS, When(path="/users$"), status=403, body=body))
    assert make_provider().read().details["retries"] == 1


@pytest.mark.parametrize("body", ["", "<html>", {"error": "denied"}, {"error": {"errors": "none"}}, []])
def test_403_without_a_reason_is_no_throttling(server: GoogleServer, make_provider: MakeProvider, body: Any) -> None:
    server.faults.add(Fault(Kind.STATUS, When(path="/users$"), times=None, status=403, body=body))
    with pytest.raises(DirectoryAuthenticationError):
        make_provider().read()


def test_bad_query_is_quoted(make_provider: MakeProvider) -> None:
    with pytest.raises(DirectoryError, match=r"cannot read the query \"colour='red'\".*Invalid Input"):
        make_provider(users_query="colour='red'").read()


def test_expired_page_token_ends_the_reading(
    server: GoogleServer, account: Account, make_provider: MakeProvider
) -> None:
    for number in range(500):
        account.add_user(f"user{number}@example.org")
    server.google.page_tokens.lifetime = -1
    with pytest.raises(DirectoryError, match=r"Listing the users.*Invalid Input: pageToken"):
        make_provider().read()


def test_expired_access_token_is_renewed(server: GoogleServer, make_provider: MakeProvider) -> None:
    server.faults.add(answer(errors.invalid_credentials(), "/users$", nth=1))
    reading = make_provider().read()
    assert len(reading.users) == 2
    assert len(server.recorder.requests(path="/token$")) == 2


def test_refused_access_token_ends_the_reading(server: GoogleServer, make_provider: MakeProvider) -> None:
    server.faults.add(answer(errors.invalid_credentials(), "/users$", times=None))
    with pytest.raises(DirectoryAuthenticationError, match="does not accept the access token"):
        make_provider().read()


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.TRUNCATED, Kind.HTML])
def test_passing_fault_is_repeated(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime, kind: Kind
) -> None:
    server.faults.add(Fault(kind, When(path="/members$", nth=2)))
    assert len(make_provider().read().groups) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.DROP, times=None), DirectoryConnectionError),
        (Fault(Kind.TRUNCATED, times=None), DirectoryConnectionError),
        (Fault(Kind.HTML, times=None), DirectoryError),
        (Fault(Kind.HTML, times=None, status=200), DirectoryConnectionError),
        (Fault(Kind.INVALID_JSON, times=None), DirectoryConnectionError),
        (Fault(Kind.INVALID_UTF8, times=None), DirectoryConnectionError),
        (Fault(Kind.REDIRECT, times=None), DirectoryError),
        (Fault(Kind.STATUS, times=None, status=500), DirectoryError),
        (Fault(Kind.STATUS, times=None, status=204), DirectoryError),
        (Fault(Kind.STATUS, times=None, status=200, body={}), IncompleteReadError),
        (Fault(Kind.STATUS, times=None, status=200, body=[]), IncompleteReadError),
        (Fault(Kind.STATUS, times=None, status=200, body={"kind": "admin#directory#other"}), IncompleteReadError),
    ],
    ids=lambda value: f"{value.kind.value} {value.status}" if isinstance(value, Fault) else None,
)
@pytest.mark.parametrize("path", ["/users$", "/groups$", "/members$"])
def test_one_call_that_stays_broken_ends_the_reading(
    server: GoogleServer,
    make_provider: MakeProvider,
    fake_time: FakeTime,
    fault: Fault,
    error: type[DirectoryError],
    path: str,
) -> None:
    armed = Fault(fault.kind, When(path=path), None, status=fault.status, body=fault.body)
    server.faults.add(armed)
    with pytest.raises(error):
        make_provider(retries=1).read()


@pytest.mark.parametrize("rows", [{}, [{}], [{"id": ""}], ["ann"]])
def test_rows_without_id_are_refused(server: GoogleServer, make_provider: MakeProvider, rows: Any) -> None:
    body = {"kind": "admin#directory#users", "users": rows}
    server.faults.add(Fault(Kind.STATUS, When(path="/users$"), status=200, body=body))
    with pytest.raises(IncompleteReadError, match="without id"):
        make_provider().read()


def test_page_that_names_itself_as_the_next_one_is_refused(server: GoogleServer, make_provider: MakeProvider) -> None:
    body = {"kind": "admin#directory#groups", "groups": [], "nextPageToken": "again"}
    server.faults.add(Fault(Kind.STATUS, When(path="/groups$"), times=None, status=200, body=body))
    with pytest.raises(IncompleteReadError, match="repeats a page of groups"):
        make_provider().read()


def test_quota_of_a_minute_is_kept_in_advance(
    server: GoogleServer,
    account: Account,
    make_provider: MakeProvider,
    fake_time: FakeTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(throttling, "QUERIES_PER_MINUTE", 10)
    for number in range(20):
        account.add_group(f"group{number}@example.org")
    reading = make_provider().read()
    assert reading.details["retries"] == 0
    assert 120 <= fake_time.now < 180


def test_no_call_is_begun_after_an_error(server: GoogleServer, account: Account, make_provider: MakeProvider) -> None:
    for number in range(100):
        account.add_group(f"group{number}@example.org")
    server.latency = 0.005
    server.faults.add(answer(errors.forbidden(), "/members$", nth=1))
    try:
        with pytest.raises(DirectoryAuthenticationError):
            make_provider().read()
    finally:
        server.latency = 0.0
    assert len(server.recorder.requests(path="/members$")) < 60
