# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: an API token, or a service app with a private key, whose tokens may be bound to a key with DPoP.

https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/, RFC 7523 and RFC 9449.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.signing import (
    SigningKey,
    base64url,
    load_key,
    new_key,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token, TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import without_query

TOKEN_PATH = "/oauth2/v1/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 300


class Authentication(Protocol):
    """Adds credentials to requests; ``kind`` names them."""

    kind: str

    def authorize(self, request: Request) -> Request:
        """Return the request with credentials."""


def authentication(options: Mapping[str, Any], http: HttpClient, origin: str, scopes: Sequence[str]) -> Authentication:
    """Return the credentials that the options describe.

    Raises ConfigurationError unless there is either an API token, or a service app with its key.
    """
    token, client_id = options["api_token"], options["client_id"]
    if bool(token) == bool(client_id):
        raise ConfigurationError(
            f"The org {origin} needs either api_token, or client_id with private_key",
            hint="A service app (client_id) is the better choice: its rights do not hang on a person's account",
        )
    if token:
        return ApiToken(token.strip())
    key = load_key(_key_text(options), options["private_key_passphrase"], options["key_id"])
    return ServiceApp(http, origin, client_id, key, scopes, dpop=options["dpop"])


class ApiToken:
    """An API token, which has the rights of the administrator who made it."""

    kind = "api_token"

    def __init__(self, value: str) -> None:
        # Token refuses what no header can carry.
        self._headers = {"Authorization": f"SSWS {Token(value, 0).value}"}

    def authorize(self, request: Request) -> Request:
        """Return the request with the API token."""
        return replace(request, headers={**request.headers, **self._headers})


class ServiceApp:
    """A service app that signs in with its private key; ``dpop`` says whether its tokens are bound to a key of ours."""

    kind = "service_app"

    def __init__(
        self,
        http: HttpClient,
        origin: str,
        client_id: str,
        key: SigningKey,
        scopes: Sequence[str],
        *,
        dpop: bool,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._address = origin + TOKEN_PATH
        self._client_id = client_id
        self._key = key
        self._scopes = scopes
        self._wall_clock = wall_clock
        self._prover = Prover(wall_clock) if dpop else None
        self._tokens = TokenCache(self._fetch)

    def authorize(self, request: Request) -> Request:
        """Return the request with the access token and, if need be, a proof for each attempt."""
        sign = partial(self._prover.headers, request.method, request.url) if self._prover else None
        return replace(request, token=self._tokens, sign=sign)

    def _fetch(self) -> Token:
        """Ask for a token; once more where the server wants a proof with its nonce (RFC 9449, section 8)."""
        try:
            return self._token(self._http.send(self._request()).json())
        except HttpStatusError as error:
            nonce = error.headers.get("dpop-nonce")
            if self._prover is None or not nonce or oauth_error(error) != "use_dpop_nonce":
                raise
            self._prover.nonce = nonce
        return self._token(self._http.send(self._request()).json())

    def _request(self) -> Request:
        """Return a token request. Its assertion has no id, so that it may be repeated after a passing fault."""
        now = int(self._wall_clock())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._address,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }
        header = {"kid": self._key.key_id} if self._key.key_id else {}
        return Request(
            "POST",
            self._address,
            form={
                "grant_type": "client_credentials",
                "scope": " ".join(self._scopes),
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._key.token(claims, **header),
            },
            idempotent=True,
            sign=partial(self._prover.headers, "POST", self._address) if self._prover else None,
        )

    def _token(self, answer: object) -> Token:
        body = answer if isinstance(answer, dict) else {}
        value, lifetime = body.get("access_token"), body.get("expires_in")
        if not isinstance(value, str) or not isinstance(lifetime, (int, float)):
            raise DirectoryAuthenticationError(f"{self._address} answered without a token")
        if self._prover:
            self._prover.bound = str(body.get("token_type")).lower() == "dpop"
        return Token(value, lifetime)


class Prover:
    """Makes proofs of possession with a key of its own; ``nonce`` is what the token endpoint wants to see in them.

    ``bound`` says whether the server has bound the token to our key; a server without DPoP ignores the proof.
    """

    def __init__(self, wall_clock: Callable[[], float] = time.time) -> None:
        self.nonce: str | None = None
        self.bound = True
        self._wall_clock = wall_clock
        self._key = new_key()

    def headers(self, method: str, url: str, token: str | None) -> dict[str, str]:
        """Return the headers of one attempt (RFC 9449, sections 4.2 and 7.1): a proof, and the token if any."""
        if token and not self.bound:
            return {"Authorization": f"Bearer {token}"}
        claims: dict[str, Any] = {
            "htm": method,
            "htu": without_query(url),
            "iat": int(self._wall_clock()),
            "jti": str(uuid.uuid4()),
        }
        headers = {}
        if token:
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
            headers["Authorization"] = f"DPoP {token}"
        elif self.nonce:
            claims["nonce"] = self.nonce
        return {**headers, "DPoP": self._key.token(claims, typ="dpop+jwt", jwk=dict(self._key.public))}


def oauth_error(error: HttpStatusError) -> str:
    """Return the error code in an answer of the token endpoint (RFC 6749, section 5.2), empty where there is none."""
    code = error.body.get("error") if isinstance(error.body, dict) else None
    return code if isinstance(code, str) else ""


def _key_text(options: Mapping[str, Any]) -> str:
    """Return the text of the private key; raises ConfigurationError where there is none, or two."""
    text, path = options["private_key"], options["private_key_file"]
    if bool(text) == bool(path):
        raise ConfigurationError("client_id needs either private_key or private_key_file")
    if text:
        return str(text)
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"The private key file {path} cannot be read: {reason}") from None
