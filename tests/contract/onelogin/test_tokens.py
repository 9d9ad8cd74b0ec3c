# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint: forms of credentials, and one token for all."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.onelogin.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

GRANT = {"grant_type": "client_credentials"}
FIELDS = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}
OWN_HEADER = f"client_id:{DEFAULT_CLIENT_ID}, client_secret:{DEFAULT_CLIENT_SECRET}"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"json": None, "data": GRANT},
        {"auth": None, "headers": {"Authorization": OWN_HEADER}},
        {"auth": None, "json": {**GRANT, **FIELDS}},
        {"auth": None, "json": None, "data": {**GRANT, **FIELDS}},
    ],
)
def test_credentials_come_in_several_forms(api: ApiClient, options: dict[str, Any]) -> None:
    answer = api.token(**options)
    assert answer.status_code == 200
    assert (answer.json()["expires_in"], answer.json()["token_type"]) == (36000, "bearer")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"auth": ("other", DEFAULT_CLIENT_SECRET)}, 401),
        ({"auth": (DEFAULT_CLIENT_ID, "other")}, 401),
        ({"auth": None}, 401),
        ({"auth": None, "headers": {"Authorization": "Basic ???"}}, 400),
        ({"json": {"grant_type": "password"}}, 400),
        ({"json": []}, 400),
    ],
)
def test_other_credentials_are_refused(api: ApiClient, options: dict[str, Any], status: int) -> None:
    answer = api.token(**options)
    assert answer.status_code == status
    assert answer.json().keys() == {"statusCode", "name", "message"}


def test_everybody_gets_the_same_token(api: ApiClient) -> None:
    first = api.token().json()
    api.server.clock.advance(30_000)
    second = api.token().json()
    assert (second["access_token"], second["created_at"]) == (first["access_token"], first["created_at"])
    assert api.get("/api/2/users").status_code == 200


def test_a_token_lasts_ten_hours(api: ApiClient) -> None:
    first = api.token().json()["access_token"]
    api.server.clock.advance(36_001)
    assert api.get("/api/2/users").status_code == 401
    assert api.token().json()["access_token"] != first


def test_a_credential_whose_creator_is_gone_fails_oddly(api: ApiClient) -> None:
    api.server.tokens.credential.creator_deleted = True
    assert api.token().status_code == 500


def test_errors_have_another_shape_in_version_1(api: ApiClient) -> None:
    del api.session.headers["Authorization"]
    assert api.get("/api/2/users").json() == {"statusCode": 401, "name": "UnauthorizedError", "message": "Unauthorized"}
    error = {"error": True, "code": 401, "type": "Unauthorized", "message": "Unauthorized"}
    assert api.get("/api/1/groups").json() == {"status": error}


def test_a_credential_may_lack_the_right_to_read(api: ApiClient) -> None:
    api.server.tokens.credential.may_read = False
    assert api.get("/api/2/users").status_code == 403
