# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may read what: API tokens, and access tokens of a service app (private_key_jwt, optionally bound with DPoP)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web

from ..common import Clock
from .dpop import ProofChecker
from .errors import OAuthError, OktaError, forbidden, invalid_token

TOKEN_PATH = "/oauth2/v1/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES = ("okta.users.read", "okta.groups.read")
LIFETIME = 3600
LONGEST_ASSERTION = 3600


@dataclass(slots=True)
class ApiToken:
    """What an API token may see: everything, or only some groups and their users, as a group administrator does."""

    value: str
    visible_groups: frozenset[str] | None = None
    is_admin: bool = True


@dataclass(slots=True)
class ServiceApp:
    """An API Services app: ``keys`` are public JWKs by ``kid``, ``granted`` its Okta API scopes."""

    client_id: str
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    granted: frozenset[str] = frozenset(SCOPES)
    requires_dpop: bool = True
    is_admin: bool = True


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What an issued token is good for; ``key`` is the thumbprint of the key that it is bound to."""

    expires: float
    scopes: frozenset[str]
    key: str | None


class Authorization:
    """Issues access tokens and judges the credentials of requests; ``issuer`` is the address of the org."""

    def __init__(self, clock: Clock, api_tokens: Mapping[str, ApiToken], app: ServiceApp) -> None:
        self._clock = clock
        self.api_tokens = dict(api_tokens)
        self.app = app
        self.issuer = ""
        self.proofs = ProofChecker(clock)
        self._issued: dict[str, AccessToken] = {}
        self._used_assertions: set[str] = set()

    def expire_access_tokens(self) -> None:
        """Refuse every access token issued so far."""
        self._issued.clear()

    async def issue(self, request: web.Request) -> web.Response:
        """Answer a request to the token endpoint."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if form.get("grant_type") != "client_credentials":
            raise OAuthError("unsupported_grant_type", "The authorization grant type is not supported.")
        assertion = self._check_client(form)
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not scopes <= self.app.granted:
            raise OAuthError("invalid_scope", "One or more scopes are not granted to the client application.")
        key = None
        if self.app.requires_dpop or "DPoP" in request.headers:
            key = self.proofs.check(request, self.issuer + TOKEN_PATH)
        if "jti" in assertion:
            self._used_assertions.add(assertion["jti"])
        value = secrets.token_urlsafe(48)
        self._issued[value] = AccessToken(self._clock.now() + LIFETIME, scopes, key)
        answer = {
            "token_type": "DPoP" if key else "Bearer",
            "expires_in": LIFETIME,
            "access_token": value,
            "scope": " ".join(sorted(scopes)),
        }
        return web.json_response(answer)

    def check(self, request: web.Request, scope: str) -> ApiToken | None:
        """Return the API token of a request, or None for an access token; raises OktaError for neither."""
        authorization = request.headers.get("Authorization", "")
        if authorization.startswith("SSWS"):
            # Okta's SDK for Python sends no blank between the scheme and the token.
            token = self.api_tokens.get(authorization.removeprefix("SSWS").lstrip())
            if token is None:
                raise invalid_token()
            if not token.is_admin:
                raise forbidden()
            return token
        scheme, _unused, value = authorization.partition(" ")
        if scheme not in ("Bearer", "DPoP"):
            raise OktaError(401, "E0000004", "Authentication failed")
        self._check_access_token(request, scheme, value, scope)
        return None

    def _check_access_token(self, request: web.Request, scheme: str, value: str, scope: str) -> None:
        issued = self._issued.get(value)
        if issued is None or issued.expires <= self._clock.now() or (issued.key is None) != (scheme == "Bearer"):
            headers = {"WWW-Authenticate": f'{scheme} error="invalid_token"'}
            raise OktaError(401, "E0000011", "Invalid token provided", headers)
        if issued.key is not None:
            self._check_proof(request, value, issued.key)
        if scope not in issued.scopes:
            challenge = f'{scheme} realm="{self.issuer}", scope="{scope}", error="insufficient_scope"'
            raise forbidden({"WWW-Authenticate": challenge})
        if not self.app.is_admin:
            raise forbidden()

    def _check_proof(self, request: web.Request, token: str, key: str) -> None:
        try:
            proved = self.proofs.check(request, self.issuer + request.path, token=token)
        except OAuthError as error:
            headers = {"WWW-Authenticate": f'DPoP error="{error.error}", error_description="{error.description}"'}
            raise OktaError(401, "E0000011", "Invalid token provided", headers) from None
        if proved != key:
            headers = {"WWW-Authenticate": 'DPoP error="invalid_token"'}
            raise OktaError(401, "E0000011", "Invalid token provided", headers)

    def _check_client(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the claims of the client assertion (RFC 7523)."""
        assertion = form.get("client_assertion", "")
        if form.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
            raise _invalid_client("A client_assertion must be provided.")
        audience = self.issuer + TOKEN_PATH
        try:
            header = jwt.get_unverified_header(assertion)
            keys = [self.app.keys[header["kid"]]] if header.get("kid") in self.app.keys else []
            if "kid" not in header:
                keys = list(self.app.keys.values())
            if not keys:
                raise _invalid_client("The client_assertion token has a key id that is not registered.")
            options: Any = {"verify_exp": False, "verify_iat": False, "require": ["exp", "iss", "sub", "aud"]}
            claims = jwt.decode(
                assertion,
                jwt.PyJWK(keys[0], header["alg"]),
                algorithms=[header["alg"]],
                audience=audience,
                issuer=self.app.client_id,
                options=options,
            )
        except jwt.InvalidAudienceError:
            raise _invalid_client(f"The audience claim for client_assertion must be {audience}.") from None
        except jwt.InvalidIssuerError:
            raise _invalid_client("The issuer claim for client_assertion must be the client_id.") from None
        except jwt.PyJWTError:
            raise _invalid_client("The client_assertion signature is invalid.") from None
        self._check_claims(claims)
        return dict(claims)

    def _check_claims(self, claims: Mapping[str, Any]) -> None:
        if claims["sub"] != self.app.client_id:
            raise _invalid_client("The subject claim for client_assertion must be the client_id.")
        left = claims["exp"] - self._clock.now()
        if left <= 0:
            raise _invalid_client("The client_assertion token is expired.")
        if left > LONGEST_ASSERTION:
            raise _invalid_client("The client_assertion token has an expiration too far into the future.")
        if claims.get("jti") in self._used_assertions:
            raise _invalid_client("The client_assertion token has already been used.")


def _invalid_client(description: str) -> OAuthError:
    return OAuthError("invalid_client", description, status=401)
