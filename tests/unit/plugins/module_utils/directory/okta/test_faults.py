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
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import ApiToken, OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import ServiceAppKey, StartOkta
from ansible_collections.dirsync.bitwarden.tests.support.readings import members

Provide = Callable[..., OktaProvider]

LISTINGS = {
    "first page of users": When(path="/api/v1/users$", nth=1),
    "last page of users": When(path="/api/v1/users$", nth=3),
    "first page of groups": When(path="/api/v1/groups$", nth=1),
    "last page of groups": When(path="/api/v1/groups$", nth=2),
    "members": When(path="/groups/.*/users$", nth=2),
}


def error_body(code: str, summary: str) -> dict[str, Any]:
    return {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae123", "errorCauses": []}


@pytest.fixture
def pages(okta: OktaServer) -> OktaServer:
    """Return an org with two pages of users and of groups, one of deprovisioned users, and groups with members."""
    users = [okta.org.add_user(f"user{number}@example.org") for number in range(201)]
    okta.org.add_user("gone@example.org", status="DEPROVISIONED")
    for number in range(4):
        okta.org.add_group(f"group{number}", users[number])
    for number in range(200):
        okta.org.add_group(f"empty{number}")
    return okta


@pytest.mark.parametrize("when", LISTINGS.values(), ids=LISTINGS)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": Kind.STATUS, "status": 401, "body": error_body("E0000011", "Invalid token provided")},
        {"kind": Kind.STATUS, "status": 400, "body": error_body("E0000001", "Api validation failed")},
        {"kind": Kind.STATUS, "status": 200, "body": {"users": []}},
        {"kind": Kind.STATUS, "status": 200, "body": [{"status": "ACTIVE"}]},
        {"kind": Kind.REDIRECT},
    ],
    ids=["401", "400", "no list", "no ids", "redirect"],
)
def test_one_failed_page_fails_the_read(pages: OktaServer, provide: Provide, when: When, fault: dict[str, Any]) -> None:
    pages.faults.add(Fault(when=when, **fault))
    with pytest.raises(DirectoryError):
        provide(pages).read()


@pytest.mark.parametrize("path", ["/api/v1/users$", "/api/v1/groups$", "/groups/.*/users$"])
@pytest.mark.parametrize("kind", [Kind.INVALID_JSON, Kind.INVALID_UTF8])
def test_damaged_pages_fail_the_read(pages: OktaServer, provide: Provide, path: str, kind: Kind) -> None:
    pages.faults.add(Fault(kind, When(path=path), times=None))
    with pytest.raises(DirectoryConnectionError, match="damaged JSON"):
        provide(pages).read()


@pytest.mark.parametrize("when", LISTINGS.values(), ids=LISTINGS)
@pytest.mark.parametrize("kind", [Kind.DROP, Kind.TRUNCATED, Kind.HTML])
def test_a_passing_fault_is_overcome(pages: OktaServer, provide: Provide, when: When, kind: Kind) -> None:
    expected = provide(pages).read()
    pages.faults.add(Fault(kind, when))
    reading = provide(pages).read()
    assert (reading.users, reading.groups) == (expected.users, expected.groups)
    assert reading.details["retries"] == 1


@pytest.mark.parametrize("when", LISTINGS.values(), ids=LISTINGS)
def test_a_lasting_fault_fails_the_read(pages: OktaServer, provide: Provide, when: When) -> None:
    pages.faults.add(Fault(Kind.HTML, When(path=when.path), times=None, status=503))
    with pytest.raises(DirectoryError, match="answered 503"):
        provide(pages, retries=1).read()


def test_after_a_failure_nothing_more_is_asked(pages: OktaServer, provide: Provide) -> None:
    fault = Fault(Kind.STATUS, When(path="/api/v1/users$"), None, status=403, body=error_body("E0000006", "No"))
    pages.faults.add(fault)
    pages.faults.add(Fault(Kind.DELAY, When(path="/api/v1/groups$"), seconds=0.1))
    with pytest.raises(DirectoryAuthenticationError):
        provide(pages).read()
    assert pages.recorder.requests(path="/groups/.*/users$") == []


def test_large_pages_give_way_to_small_ones(pages: OktaServer, provide: Provide) -> None:
    expected = provide(pages).read()
    pages.recorder.clear()
    pages.faults.add(Fault(Kind.STATUS, When(path="/groups/.*/users$", nth=1), status=500))
    reading = provide(pages).read()
    assert reading.groups == expected.groups
    limits = [request.query["limit"] for request in pages.recorder.requests(path="/groups/.*/users$")]
    assert limits[0] == "1000"
    assert "200" in limits


def test_small_pages_that_fail_too_fail_the_read(pages: OktaServer, provide: Provide) -> None:
    pages.faults.add(Fault(Kind.STATUS, When(path="/groups/.*/users$"), None, status=500))
    with pytest.raises(DirectoryError, match="answered 500"):
        provide(pages).read()


def test_a_link_to_another_host_is_not_followed(pages: OktaServer, provide: Provide) -> None:
    headers = {"Link": '<https://elsewhere.example.org/api/v1/users?after=x>; rel="next"'}
    pages.faults.add(Fault(Kind.STATUS, When(path="/api/v1/users$"), status=200, body=[], headers=headers))
    with pytest.raises(IncompleteReadError, match="another host"):
        provide(pages).read()


def test_a_link_that_leads_in_a_circle_is_not_followed_twice(pages: OktaServer, provide: Provide) -> None:
    headers = {"Link": f'<{pages.url}/api/v1/users?after=same>; rel="next"'}
    fault = Fault(Kind.STATUS, When(path="/api/v1/users$"), None, status=200, body=[], headers=headers)
    pages.faults.add(fault)
    with pytest.raises(IncompleteReadError, match="read before"):
        provide(pages).read()


def test_users_who_move_between_pages_count_once(pages: OktaServer, provide: Provide) -> None:
    first = pages.org.users["00u00000000000000002"]
    pages.on_request = lambda record: pages.org.users.setdefault("00ucopy", first)
    reading = provide(pages).read()
    ids = [user.external_id for user in reading.users]
    assert len(ids) == len(set(ids))


def test_full_buckets_are_waited_for(okta_server: StartOkta, provide: Provide, fake_time: FakeTime) -> None:
    server = okta_server(limits={"users": 2, "groups": 20})
    users = [server.org.add_user(f"user{number}@example.org") for number in range(1000)]
    for number in range(100):
        server.org.add_group(f"group{number}", users[number])
    reading = provide(server, deprovisioned=False).read()
    assert len(reading.users) == 1000
    assert sum(len(group.users) for group in reading.groups) == 1100
    assert fake_time.now >= 4 * 60


def test_a_bucket_is_not_emptied(okta_server: StartOkta, provide: Provide) -> None:
    server = okta_server(limits={"groups": 200})
    user = server.org.add_user("ann@example.org")
    for number in range(300):
        server.org.add_group(f"group{number}", user)
    assert len(provide(server).read().groups) == 301
    assert {record.status for record in server.recorder.requests()} == {200}


def test_too_many_requests_at_once_become_fewer(okta_server: StartOkta, provide: Provide) -> None:
    server = okta_server(concurrency=4, request_seconds=0.005)
    user = server.org.add_user("ann@example.org")
    for number in range(60):
        server.org.add_group(f"group{number}", user)
    reading = provide(server, retries=20).read()
    assert members(reading)["group59"] == {"ann@example.org"}
    assert 429 in {record.status for record in server.recorder.requests()}


def test_clock_skew_does_not_matter(okta_server: StartOkta, provide: Provide, fake_time: FakeTime) -> None:
    server = okta_server(limits={"groups": 2})
    server.clock.advance(-86400)
    for number in range(3):
        server.org.add_group(f"group{number}", server.org.add_user(f"user{number}@example.org"))
    assert len(provide(server).read().groups) == 4
    assert fake_time.now < 200


def test_an_access_token_that_expires_is_renewed(
    okta: OktaServer, provide: Provide, as_service_app: dict[str, Any]
) -> None:
    for number in range(30):
        okta.org.add_group(f"group{number}", okta.org.add_user(f"user{number}@example.org"))

    def expire(record: Any) -> None:
        if record.number == 20:
            okta.authorization.expire_access_tokens()
            okta.authorization.proofs.rotate_nonce()

    okta.on_request = expire
    assert len(provide(okta, **as_service_app).read().groups) == 31
    assert len(okta.recorder.requests("POST")) >= 4


ERRORS = {
    "revoked token": (
        {"api_token": "other"},
        DirectoryAuthenticationError,
        ["answered 401", "E0000011 Invalid token provided", "errorId oae", "revoked or expired"],
    ),
    "no role": ({"api_token": "plain"}, DirectoryAuthenticationError, ["E0000006", "Read-only Administrator"]),
    "bad user filter": ({"user_filter": "status is ACTIVE"}, DirectoryError, ["E0000031", "'status is ACTIVE'"]),
    "bad group filter": ({"group_filter": 'name eq "x"'}, DirectoryError, ["E0000053", "'name eq"]),
}


@pytest.mark.parametrize(("options", "kind", "texts"), ERRORS.values(), ids=ERRORS)
def test_refusals_are_explained(
    okta: OktaServer, provide: Provide, options: dict[str, Any], kind: type[DirsyncError], texts: list[str]
) -> None:
    okta.authorization.api_tokens["plain"] = ApiToken("plain", is_admin=False)
    okta.org.add_user("ann@example.org")
    with pytest.raises(kind) as caught:
        provide(okta, **options).read()
    assert [text for text in texts if text not in str(caught.value)] == []


SIGN_IN_ERRORS = {
    "other app": ({}, {"client_id": "0oaother"}, "invalid_client", "client_id is that of the service app"),
    "other key id": ({}, {"key_id": "other"}, "invalid_client", "key_id must be its kid"),
    "no scope": ({"granted": frozenset({"okta.users.read"})}, {}, "invalid_scope", "okta.groups.read"),
    "no dpop": ({}, {"dpop": False}, "invalid_dpop_proof", "set dpop to true"),
    "no role": ({"is_admin": False}, {}, "E0000006", "Read-only Administrator"),
}


@pytest.mark.parametrize(("app", "options", "code", "hint"), SIGN_IN_ERRORS.values(), ids=SIGN_IN_ERRORS)
def test_sign_in_errors_are_explained(
    okta_server: StartOkta,
    service_app_key: ServiceAppKey,
    provide: Provide,
    as_service_app: dict[str, Any],
    app: dict[str, Any],
    options: dict[str, Any],
    code: str,
    hint: str,
) -> None:
    server = okta_server(app=service_app_key.app(**app))
    with pytest.raises(DirectoryAuthenticationError) as caught:
        provide(server, **{**as_service_app, **options}).read()
    assert code in str(caught.value)
    assert hint in str(caught.value)


def test_a_scope_that_the_token_lacks_is_named(okta: OktaServer, provide: Provide) -> None:
    headers = {"WWW-Authenticate": 'Bearer scope="okta.groups.read", error="insufficient_scope"'}
    body = error_body("E0000006", "You do not have permission")
    fault = Fault(Kind.STATUS, When(path="/api/v1/groups$"), status=403, body=body, headers=headers)
    okta.faults.add(fault)
    with pytest.raises(DirectoryAuthenticationError, match=r"Grant the scope okta\.groups\.read"):
        provide(okta).read()


def test_an_app_without_dpop_gives_bearer_tokens(
    okta_server: StartOkta, service_app_key: ServiceAppKey, provide: Provide, as_service_app: dict[str, Any]
) -> None:
    server = okta_server(app=service_app_key.app(requires_dpop=False))
    server.org.add_user("ann@example.org")
    assert len(provide(server, dpop=False, **as_service_app).read().users) == 1
    assert {record.headers["authorization"] for record in server.recorder.requests("GET")} == {"Bearer"}
    assert all("dpop" not in record.headers for record in server.recorder.requests())


def test_a_server_may_ignore_the_proof(okta: OktaServer, provide: Provide, as_service_app: dict[str, Any]) -> None:
    token = {"access_token": "plain", "token_type": "Bearer", "expires_in": 3600}
    okta.faults.add(Fault(Kind.STATUS, When(path="/token$"), None, status=200, body=token))
    with pytest.raises(DirectoryAuthenticationError, match="answered 401"):
        provide(okta, **as_service_app).read()
    assert {record.headers["authorization"] for record in okta.recorder.requests("GET")} == {"Bearer"}


@pytest.mark.parametrize("body", [{}, [], {"access_token": "x"}, {"access_token": 1, "expires_in": 5}])
def test_an_answer_without_a_token_is_an_error(
    okta: OktaServer, provide: Provide, as_service_app: dict[str, Any], body: object
) -> None:
    okta.faults.add(Fault(Kind.STATUS, When(path="/token$"), None, status=200, body=body))
    with pytest.raises(DirectoryAuthenticationError, match="without a token"):
        provide(okta, **as_service_app).read()


def test_a_wrong_address_is_explained(okta: OktaServer, provide: Provide) -> None:
    okta.faults.add(Fault(Kind.HTML, When(path="/api/v1/users$"), None, status=404))
    with pytest.raises(DirectoryError, match="org_url is the address of the org"):
        provide(okta).read()


def test_a_host_that_does_not_answer_is_a_connection_error(okta: OktaServer, provide: Provide) -> None:
    with pytest.raises(DirectoryConnectionError, match="Check the address"):
        provide(okta, retries=0, org_url="https://127.0.0.1:1").read()


def test_an_untrusted_certificate_is_a_connection_error(okta: OktaServer, provide: Provide) -> None:
    with pytest.raises(DirectoryConnectionError, match="ca_file"):
        provide(okta, ca_file=None).read()


def test_no_secret_is_shown(okta: OktaServer, provide: Provide, as_service_app: dict[str, Any]) -> None:
    secrets = [okta.api_token, *as_service_app["private_key"].splitlines()[1:-1]]
    okta.faults.add(Fault(Kind.STATUS, When(path="/api/"), None, status=403, body="no"))
    for options in ({}, as_service_app):
        provider = provide(okta, **options)
        with pytest.raises(DirsyncError) as caught:
            provider.read()
        error = caught.value
        shown = f"{error} {error!r} {vars(error)} {error.__cause__} {provider!r}"
        assert [secret for secret in secrets if secret in shown] == []
