# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token endpoint, and the check of the tokens that it issues (reference section 2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from aiohttp import web

from ..common import Clock
from .errors import VaultwardenError, json_response
from .model import Mode
from .state import State

LIFETIME = 3600
SCOPE = "api.organization"
PREFIX = "organization."
DEVICE_FIELDS = ("deviceIdentifier", "deviceName", "deviceType")


class Identity:
    """Issues tokens to the organization's API key.

    Tokens are JSON web tokens signed with the client secret, so they outlive a restart of the server.
    """

    def __init__(self, state: State, clock: Clock, mode: Mode, client_secret: str) -> None:
        self._state = state
        self._clock = clock
        self._mode = mode
        self.client_id = PREFIX + state.settings.id
        self.client_secret = client_secret

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post("/identity/connect/token", self.issue_token)]

    async def issue_token(self, request: web.Request) -> web.Response:
        """Answer with a bearer token."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self._mode is Mode.VAULTWARDEN:
            self._check_vaultwarden(form)
        elif (error := self._bitwarden_error(form)) is not None:
            return json_response({"error": error}, 400)
        answer = {
            "access_token": self._token(),
            "expires_in": LIFETIME,
            "token_type": "Bearer",
            "scope": SCOPE,
        }
        return json_response(answer)

    def is_valid(self, authorization: str) -> bool:
        """Tell whether an Authorization header holds a token of ours that has not expired."""
        scheme, _separator, token = authorization.partition(" ")
        signed, _separator, signature = token.rpartition(".")
        if scheme.lower() != "bearer" or not hmac.compare_digest(signature, self._signature(signed)):
            return False
        claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        return bool(claims["exp"] > self._clock.now())

    def _bitwarden_error(self, form: dict[str, str]) -> str | None:
        settings = self._state.settings
        if form.get("grant_type") != "client_credentials":
            return "unsupported_grant_type"
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            return "invalid_client"
        if not settings.enabled or not settings.has_api_access:
            return "invalid_client"
        return None if form.get("scope") == SCOPE else "invalid_scope"

    def _check_vaultwarden(self, form: dict[str, str]) -> None:
        fields = {name.replace("_", "").lower(): value for name, value in form.items()}
        for name in ("client_id", "client_secret", "scope", *DEVICE_FIELDS):
            if not fields.get(name.replace("_", "").lower()):
                raise VaultwardenError(f"{_snake_case(name)} cannot be blank")
        if not form["client_id"].startswith(PREFIX):
            raise VaultwardenError("Malformed client_id")
        if form["client_id"] != self.client_id:
            raise VaultwardenError("Invalid client_id")
        if form["client_secret"] != self.client_secret:
            raise VaultwardenError("Incorrect client_secret")

    def _token(self) -> str:
        now = int(self._clock.now())
        claims = {"nbf": now, "exp": now + LIFETIME, "client_id": self.client_id, "scope": [SCOPE]}
        signed = f"{_segment({'alg': 'HS256', 'typ': 'at+jwt'})}.{_segment(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        digest = hmac.digest(self.client_secret.encode(), signed.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _segment(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
