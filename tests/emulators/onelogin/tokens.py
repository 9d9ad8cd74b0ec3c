# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client credentials, and the access token that all who use them share.

https://developers.onelogin.com/api-docs/2/oauth20-tokens/generate-tokens-2
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from ..common import Clock
from .account import timestamp
from .errors import OneLoginError

TOKEN_PATH = "/auth/oauth2/v2/token"
LIFETIME = 36_000
OWN_SCHEME = re.compile(r"client_id: *(?P<id>[^,]+), *client_secret: *(?P<secret>\S+)")


@dataclass(slots=True)
class Credential:
    """An API credential; ``creator_deleted`` makes the token endpoint fail as it does once its creator is gone."""

    client_id: str
    client_secret: str
    may_read: bool = True
    creator_deleted: bool = False


@dataclass(slots=True)
class _AccessToken:
    value: str
    created: float


class Tokens:
    """Issues access tokens, the same one to everybody as long as it lasts."""

    def __init__(self, clock: Clock, credential: Credential) -> None:
        self._clock = clock
        self.credential = credential
        self._token: _AccessToken | None = None

    def expire(self) -> None:
        """Refuse the token issued last."""
        self._token = None

    async def issue(self, request: web.Request) -> web.Response:
        """Answer a request for a token."""
        if self.credential.creator_deleted:
            return web.json_response({"message": "Internal Server Error"}, status=500)
        form = await _fields(request)
        if _client(request, form) != (self.credential.client_id, self.credential.client_secret):
            raise OneLoginError(401, "Authentication Failure")
        if form.get("grant_type") != "client_credentials":
            raise OneLoginError(400, "grant_type is not supported")
        if self._token is None or not self._is_fresh(self._token):
            self._token = _AccessToken(secrets.token_hex(32), self._clock.now())
        answer = {
            "access_token": self._token.value,
            "created_at": timestamp(self._token.created),
            "expires_in": LIFETIME,
            "refresh_token": secrets.token_hex(32),
            "token_type": "bearer",
            "account_id": 4711,
        }
        return web.json_response(answer)

    def check(self, request: web.Request) -> None:
        """Raise OneLoginError unless the request has a token that may read."""
        scheme, _unused, value = (
            request.headers.get("Authorization", "").replace("bearer:", "Bearer ", 1).partition(" ")
        )
        token = self._token
        if scheme != "Bearer" or token is None or not self._is_fresh(token) or value.strip() != token.value:
            raise OneLoginError(401, "Unauthorized")
        if not self.credential.may_read:
            raise OneLoginError(403, "Insufficient Permissions")

    def _is_fresh(self, token: _AccessToken) -> bool:
        return token.created + LIFETIME > self._clock.now()


async def _fields(request: web.Request) -> dict[str, str]:
    """Return the fields of a JSON or form body."""
    if request.content_type == "application/json":
        body = await request.json()
        return {name: str(value) for name, value in body.items()} if isinstance(body, dict) else {}
    return {name: str(value) for name, value in (await request.post()).items()}


def _client(request: web.Request, form: dict[str, str]) -> tuple[str, str]:
    """Return client id and secret from the Authorization header, in one of two forms, else from the body."""
    authorization = request.headers.get("Authorization", "")
    own = OWN_SCHEME.fullmatch(authorization)
    if own:
        return own["id"], own["secret"]
    if authorization.startswith("Basic "):
        try:
            decoded = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode()
        except (binascii.Error, ValueError):
            raise OneLoginError(400, "Malformed credentials") from None
        client_id, _unused, secret = decoded.partition(":")
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")
