# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint for service apps: private_key_jwt (RFC 7523) and DPoP (RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.contract.okta.client import ServiceClient, SignIn

USERS = "/api/v1/users"


def hash_of(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")


def get_users(client: ServiceClient, token: str, *, scheme: str = "DPoP", **claims: Any) -> requests.Response:
    """Read users with a proof, some of whose claims are changed."""
    url = client.api.server.url + USERS
    proof = client.proof("GET", url, **{"ath": hash_of(token), **claims})
    client.api.authorize(scheme, token)
    return client.api.get(USERS, headers={"DPoP": proof})


def test_an_assertion_buys_a_bearer_token(service: SignIn) -> None:
    client = service(requires_dpop=False)
    answer = client.token().json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert set(answer["scope"].split()) == {"okta.users.read", "okta.groups.read"}
    client.api.authorize("Bearer", answer["access_token"])
    assert client.api.get(USERS).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "other"},
        {"sub": "other"},
        {"aud": "https://other.example.org/oauth2/v1/token"},
        {"exp": int(time.time()) - 10},
        {"exp": int(time.time()) + 7200},
        {"exp": None},
        {"headers": {"kid": "unknown"}},
    ],
)
def test_a_faulty_assertion_is_refused(service: SignIn, claims: dict[str, Any]) -> None:
    client = service(requires_dpop=False)
    answer = client.token(client_assertion=client.assertion(**claims))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_assertion_signed_with_another_key_is_refused(service: SignIn) -> None:
    client = service(requires_dpop=False)
    signed, _unused, _unused = client.assertion().rpartition(".")
    _unused, _unused, signature = client.assertion(jti="other").rpartition(".")
    assert client.token(client_assertion=f"{signed}.{signature}").json()["error"] == "invalid_client"


def test_an_assertion_with_an_id_can_be_used_once(service: SignIn) -> None:
    client = service(requires_dpop=False)
    assertion = client.assertion(jti="once")
    assert client.token(client_assertion=assertion).status_code == 200
    assert client.token(client_assertion=assertion).json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": None}, "invalid_client"),
        ({"scope": "okta.users.manage"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
def test_a_faulty_form_is_refused(service: SignIn, form: dict[str, Any], error: str) -> None:
    assert service(requires_dpop=False).token(**form).json()["error"] == error


def test_a_scope_that_is_not_granted_is_refused(service: SignIn) -> None:
    client = service(requires_dpop=False, granted=frozenset({"okta.users.read"}))
    assert client.token().json()["error"] == "invalid_scope"


def test_a_missing_scope_is_named(service: SignIn) -> None:
    client = service(requires_dpop=False)
    client.api.authorize("Bearer", client.token(scope="okta.users.read").json()["access_token"])
    assert client.api.get(USERS).status_code == 200
    refusal = client.api.get("/api/v1/groups")
    assert refusal.status_code == 403
    assert 'error="insufficient_scope"' in refusal.headers["WWW-Authenticate"]
    assert 'scope="okta.groups.read"' in refusal.headers["WWW-Authenticate"]


def test_an_app_without_an_admin_role_is_forbidden(service: SignIn) -> None:
    client = service(requires_dpop=False, is_admin=False)
    client.api.authorize("Bearer", client.token().json()["access_token"])
    client.api.refused(USERS, 403, "E0000006")


def test_an_access_token_lasts_an_hour(service: SignIn) -> None:
    client = service(requires_dpop=False)
    client.api.authorize("Bearer", client.token().json()["access_token"])
    client.api.server.clock.advance(3590)
    assert client.api.get(USERS).status_code == 200
    client.api.server.clock.advance(11)
    client.api.refused(USERS, 401, "E0000011")


def test_an_app_may_require_dpop(service: SignIn) -> None:
    answer = service().token()
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_dpop_proof",
        "error_description": "The DPoP proof JWT header is missing.",
    }


def test_a_bound_token_needs_a_proof_with_each_request(service: SignIn) -> None:
    client = service()
    token = client.bound_token()
    assert get_users(client, token).status_code == 200
    assert get_users(client, token).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"htm": "POST"},
        {"htu": "https://other.example.org/api/v1/users"},
        {"ath": hash_of("another token")},
        {"ath": None},
        {"iat": int(time.time()) - 3600},
        {"jti": None},
        {"header": {"typ": "JWT"}},
        {"header": {"jwk": {"kty": "oct", "k": "AAAA"}}},
    ],
)
def test_a_faulty_proof_is_refused(service: SignIn, claims: dict[str, Any]) -> None:
    client = service()
    answer = get_users(client, client.bound_token(), **claims)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof"')


def test_a_proof_can_be_used_once(service: SignIn) -> None:
    client = service()
    token = client.bound_token()
    assert [get_users(client, token, jti="once").status_code for _unused in range(2)] == [200, 401]


def test_a_proof_of_another_key_is_refused(service: SignIn) -> None:
    client = service()
    token = client.bound_token()
    client.forget_proof_key()
    answer = get_users(client, token)
    assert answer.headers["WWW-Authenticate"] == 'DPoP error="invalid_token"'


def test_a_bound_token_is_no_bearer_token(service: SignIn) -> None:
    client = service()
    assert get_users(client, client.bound_token(), scheme="Bearer").status_code == 401


def test_a_request_without_a_proof_is_refused(service: SignIn) -> None:
    client = service()
    client.api.authorize("DPoP", client.bound_token())
    assert "proof JWT header is missing" in client.api.get(USERS).headers["WWW-Authenticate"]


def test_nonces_rotate(service: SignIn) -> None:
    client = service()
    client.bound_token()
    proofs = client.api.server.authorization.proofs
    old = proofs.nonce
    proofs.rotate_nonce()
    answer = client.token(proof=client.proof("POST", client.token_url, nonce=old))
    assert answer.json()["error"] == "use_dpop_nonce"
    assert answer.headers["dpop-nonce"] == proofs.nonce != old
