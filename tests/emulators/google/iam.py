# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyless sign-in: tokens of workload identity federation, and the service that signs with keys which nobody holds.

The security token service exchanges the token of another issuer (RFC 8693), and the IAM Service Account Credentials
API signs claims for whoever may act as a service account
(https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web

from ..common import Clock
from .errors import ApiError, GrantError, invalid_input, not_found
from .identity import LIFETIME, Grant, Identity

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
SCOPES = frozenset({CLOUD_PLATFORM, "https://www.googleapis.com/auth/iam"})
"""Either suffices to sign."""
CLAIMS = frozenset({"iss", "sub", "scope", "aud", "iat", "exp"})


class Iam:
    """Signs for ``workload``, the holder of ``subject_token``, in the name of service accounts."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock
        self.workload = "principal://iam.googleapis.com/example/subject/runner"
        self.subject_token = "token-of-the-other-issuer"
        self.token_creators = {self.workload}

    def write_credentials(self, folder: Path) -> Path:
        """Write the file by which Google's libraries sign in as the workload, and return where it is.

        https://google.aip.dev/auth/4117 describes it; the token of the other issuer lies beside it.
        """
        token = folder / "token"
        token.write_text(self.subject_token)
        credentials = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": "https://sts.googleapis.com/v1/token",
            "credential_source": {"file": str(token)},
        }
        path = folder / "federation.json"
        path.write_text(json.dumps(credentials))
        return path

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        sign = r"/v1/projects/-/serviceAccounts/{email:[^:/]+}:signJwt"
        return [web.post("/v1/token", self.exchange_token), web.post(sign, self.sign_jwt)]

    async def exchange_token(self, request: web.Request) -> web.Response:
        """Answer the token of the other issuer with one of ours."""
        form = await request.post()
        if form.get("grant_type") != EXCHANGE:
            return GrantError("unsupported_grant_type", "Invalid grant_type").response()
        if form.get("subject_token") != self.subject_token:
            return GrantError("invalid_grant", "The subject token is not valid.").response()
        grant = Grant(self.workload, frozenset(str(form.get("scope", "")).split()), self._clock.now() + LIFETIME)
        return web.json_response(
            {
                "access_token": self._identity.remember(grant),
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "token_type": "Bearer",
                "expires_in": LIFETIME - 1,
            }
        )

    async def sign_jwt(self, request: web.Request) -> web.Response:
        """Sign claims with the key of a service account."""
        try:
            grant = self._identity.authorize(request)
            if not grant.scopes & SCOPES or grant.subject not in self.token_creators:
                message = "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist)."
                raise ApiError(403, "forbidden", message)
            account = self._identity.service_accounts.get(request.match_info["email"])
            if account is None:
                raise not_found("Not found; Gaia id not found for email")
            claims = _claims(await request.json())
        except ApiError as error:
            return error.response()
        key_id = next(iter(account.keys), None) or self._identity.create_key(account, "")["private_key_id"]
        signed = jwt.encode(claims, self._identity.private_keys[key_id], "RS256", {"kid": key_id})
        return web.json_response({"keyId": key_id, "signedJwt": signed})


def _claims(body: dict[str, Any]) -> dict[str, Any]:
    """Return the claims to sign; raises the service's error for anything else."""
    try:
        claims = json.loads(body["payload"])
    except (KeyError, ValueError) as error:
        raise invalid_input("payload") from error
    if not isinstance(claims, dict) or not set(claims) <= CLAIMS:
        raise invalid_input("payload")
    return claims
