# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyless sign-in: the exchange of a foreign token and signatures by IAM."""

from __future__ import annotations

import json

import requests
from ansible_collections.dirsync.bitwarden.tests.contract.google.conftest import Client
from ansible_collections.dirsync.bitwarden.tests.emulators.google.iam import CLOUD_PLATFORM, EXCHANGE


def exchange(client: Client, subject_token: str) -> requests.Response:
    """Ask for a token in exchange for another."""
    form = {"grant_type": EXCHANGE, "subject_token": subject_token, "scope": CLOUD_PLATFORM}
    return client.session.post(f"{client.server.url}/v1/token", data=form, timeout=10)


def sign(client: Client, token: str, claims: object) -> requests.Response:
    """Ask IAM to sign claims."""
    url = f"{client.server.url}/v1/projects/-/serviceAccounts/{client.key['client_email']}:signJwt"
    headers = {"Authorization": f"Bearer {token}"}
    return client.session.post(url, json={"payload": json.dumps(claims)}, headers=headers, timeout=10)


def claims_of(client: Client) -> dict[str, object]:
    """Return claims for which the token endpoint gives a token."""
    now = int(client.server.clock.now())
    return {
        "iss": client.key["client_email"],
        "sub": "admin@example.org",
        "scope": "https://www.googleapis.com/auth/admin.directory.user.readonly",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": now,
        "exp": now + 3600,
    }


def test_foreign_token_becomes_a_signed_assertion_becomes_a_token(client: Client) -> None:
    token = exchange(client, client.server.google.iam.subject_token).json()["access_token"]
    signed = sign(client, token, claims_of(client)).json()["signedJwt"]
    assert client.token(signed).status_code == 200


def test_unknown_foreign_token_is_refused(client: Client) -> None:
    assert exchange(client, "other").json()["error"] == "invalid_grant"


def test_only_token_creators_may_sign(client: Client) -> None:
    token = exchange(client, client.server.google.iam.subject_token).json()["access_token"]
    client.server.google.iam.token_creators.clear()
    assert sign(client, token, claims_of(client)).status_code == 403
    assert sign(client, "unknown", claims_of(client)).status_code == 401


def test_only_claims_are_signed(client: Client) -> None:
    token = exchange(client, client.server.google.iam.subject_token).json()["access_token"]
    for payload in ([], {"colour": "red"}):
        assert sign(client, token, payload).status_code == 400
