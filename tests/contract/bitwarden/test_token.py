# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 2: tokens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode, Organization


def test_the_api_key_gets_a_token(client: ApiClient) -> None:
    answer = client.token()
    assert answer.status_code == 200
    assert_conforms(answer.json(), "token")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "organization.3b5c9f5e-0000-4000-8000-000000000000"}, "invalid_client"),
        ({"client_id": "user.3b5c9f5e-0000-4000-8000-000000000000"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
        ({"scope": "api"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_told_by_one_word(client: ApiClient, changes: dict[str, str], error: str) -> None:
    answer = client.token(**changes)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize("setting", ["enabled", "has_api_access"])
def test_a_disabled_organization_looks_like_a_wrong_secret(
    client: ApiClient, organization: Organization, setting: str
) -> None:
    organization.configure(**{setting: False})
    assert client.token().json() == {"error": "invalid_client"}


def test_bitwarden_ignores_the_device(client: ApiClient) -> None:
    assert client.token(deviceIdentifier=None, deviceName=None, deviceType=None).status_code == 200


def test_a_token_lasts_an_hour(client: ApiClient) -> None:
    client.server.clock.advance(3590)
    client.get("/members", "member_list")
    client.server.clock.advance(11)
    answer = client.request("GET", "/members")
    assert (answer.status_code, answer.content) == (401, b"")
    client.log_in()
    client.get("/members", "member_list")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer a.b.c", "Basic {token}", "Bearer {token}x", ""])
def test_other_tokens_are_refused(client: ApiClient, header: str) -> None:
    token = client.token().json()["access_token"]
    answer = client.request("GET", "/members", headers={"Authorization": header.format(token=token)})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_request_without_a_token_is_refused(client: ApiClient) -> None:
    del client.session.headers["Authorization"]
    assert client.request("GET", "/members").status_code == 401


def test_the_cloud_gives_ten_tokens_a_minute(connect: Callable[..., ApiClient]) -> None:
    client = connect(mode=Mode.CLOUD)
    answers = [client.token() for _unused in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [429]
    assert_conforms(answers[-1].json(), "rate_limit_error")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    client.server.clock.advance(60)
    assert client.token().status_code == 200


def test_token_requests_are_no_writes(client: ApiClient) -> None:
    assert client.server.recorder.requests(method="POST", path="/connect/token$")
    assert client.server.recorder.writes() == []
