# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint checks what Google checks: signature, audience, times, scopes, subject."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.google.conftest import Client
from ansible_collections.dirsync.bitwarden.tests.emulators.google import GROUP_SCOPE, USER_SCOPE


def test_good_assertion_gets_a_token(client: Client) -> None:
    answer = client.token(client.assertion())
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 3599
    assert set(answer.json()["scope"].split()) == {USER_SCOPE, GROUP_SCOPE}


@pytest.mark.parametrize(
    ("claims", "status", "error", "description"),
    [
        ({"aud": "https://elsewhere.example.org/"}, 400, "invalid_grant", "audience"),
        ({"iat": 1, "exp": 3601}, 400, "invalid_grant", "reasonable timeframe"),
        ({"iat": None}, 400, "invalid_grant", "reasonable timeframe"),
        ({"exp": 9999999999}, 400, "invalid_grant", "short-lived"),
        ({"sub": "nobody@example.org"}, 400, "invalid_grant", "Invalid email or User ID"),
        ({"iss": "other@example.iam.gserviceaccount.com"}, 400, "invalid_grant", "account not found"),
        ({"scope": "directory"}, 400, "invalid_scope", "Invalid OAuth scope"),
        ({"scope": ""}, 400, "invalid_scope", "Invalid OAuth scope"),
        (
            {"scope": f"{USER_SCOPE} https://www.googleapis.com/auth/admin.directory.user"},
            401,
            "unauthorized_client",
            "not authorized for any of the scopes",
        ),
    ],
)
def test_bad_claims_are_refused(
    client: Client, claims: dict[str, Any], status: int, error: str, description: str
) -> None:
    answer = client.token(client.assertion(**claims))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert description in answer.json()["error_description"]


def test_signature_of_another_key_is_refused(client: Client) -> None:
    claims = jwt.decode(client.assertion(), options={"verify_signature": False})
    other = client.server.google.create_key()
    forged = jwt.encode(claims, other["private_key"], "RS256", {"kid": client.key["private_key_id"]})
    answer = client.token(forged)
    assert answer.json() == {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}


def test_deleted_key_is_refused(client: Client) -> None:
    client.server.google.service_account.keys.clear()
    assert client.token(client.assertion()).json()["error_description"] == "Invalid JWT Signature."


def test_unsigned_assertion_is_refused(client: Client) -> None:
    claims = jwt.decode(client.assertion(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", "none", {"kid": client.key["private_key_id"]})
    assert client.token(unsigned).json()["error"] == "invalid_grant"


def test_something_else_than_an_assertion_is_refused(client: Client) -> None:
    assert client.token("abc").json()["error"] == "invalid_grant"
    assert client.token(client.assertion(), "password").json()["error"] == "unsupported_grant_type"


def test_suspended_subject_is_refused(client: Client) -> None:
    user = client.server.account.find_user("admin@example.org")
    assert user is not None
    user.suspended = True
    assert client.token(client.assertion()).json()["error_description"] == "Invalid email or User ID"


def test_service_account_may_be_its_own_subject_without_delegation(client: Client) -> None:
    client.server.google.service_account.delegated_scopes = []
    assert client.token(client.assertion()).json()["error"] == "unauthorized_client"
    assert client.token(client.assertion(sub=client.key["client_email"])).status_code == 200
