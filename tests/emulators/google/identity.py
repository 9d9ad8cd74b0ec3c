# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may have which token: service accounts, their keys and delegations, and the tokens that were issued.

Tokens are issued for signed assertions (RFC 7523, section 2.1) as described in
https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.types import Options

from ..common import Clock
from .account import Account
from .errors import GrantError, invalid_credentials
from .model import ServiceAccount

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
LIFETIME = 3600
ALLOWED_SKEW = 300
KNOWN_SCOPES = "https://www.googleapis.com/auth/"

CHECKS: Options = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_sub": False}
"""The library checks the signature, this file the rest by its own clock."""

REFUSED_DELEGATION = (
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the "
    "scopes requested."
)
REFUSED_TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and "
    "exp values in the JWT claim."
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: to act as ``subject`` within ``scopes`` until ``expires``."""

    subject: str
    scopes: frozenset[str]
    expires: float


class Identity:
    """The service accounts and the tokens that they got."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._grants: dict[str, Grant] = {}
        self.service_accounts: dict[str, ServiceAccount] = {}
        self.private_keys: dict[str, str] = {}
        self.token_lifetime = LIFETIME

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post("/token", self.issue_token)]

    def create_service_account(self, email: str) -> ServiceAccount:
        """Make a service account to which both scopes are delegated."""
        account = ServiceAccount(email, f"1{len(self.service_accounts):020}")
        self.service_accounts[email] = account
        return account

    def create_key(self, account: ServiceAccount, token_uri: str) -> dict[str, str]:
        """Make a key of a service account and return the content of its file."""
        private = _private_key(len(account.keys))
        key_id = secrets.token_hex(20)
        account.keys[key_id] = (
            private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
        self.private_keys[key_id] = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        return {
            "type": "service_account",
            "project_id": "dirsync-example",
            "private_key_id": key_id,
            "private_key": self.private_keys[key_id],
            "client_email": account.email,
            "client_id": account.client_id,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{account.email}",
            "universe_domain": "googleapis.com",
        }

    async def issue_token(self, request: web.Request) -> web.Response:
        """Answer a signed assertion with a token, or with the reason why not."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            grant = self._grant(form)
        except GrantError as error:
            return error.response()
        return web.json_response(
            {
                "access_token": self.remember(grant),
                "scope": " ".join(sorted(grant.scopes)),
                "token_type": "Bearer",
                "expires_in": self.token_lifetime - 1,
            }
        )

    def remember(self, grant: Grant) -> str:
        """Return a new token for a grant."""
        token = f"ya29.{secrets.token_urlsafe(48)}"
        self._grants[token] = grant
        return token

    def authorize(self, request: web.Request) -> Grant:
        """Return what the token of a request allows; raises the service's error without a good one."""
        scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
        grant = self._grants.get(token)
        if scheme != "Bearer" or grant is None or grant.expires <= self._clock.now():
            raise invalid_credentials()
        return grant

    def forget_tokens(self) -> None:
        """Let every token expire."""
        self._grants.clear()

    def _grant(self, form: dict[str, str]) -> Grant:
        if form.get("grant_type") != GRANT_TYPE:
            raise GrantError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        claims, account = self._verified(form.get("assertion", ""))
        if claims.get("aud") != AUDIENCE:
            raise GrantError("invalid_grant", f"Invalid JWT: Failed audience check. The right audience is {AUDIENCE}")
        self._check_times(claims)
        scopes = str(claims.get("scope", "")).split()
        if not scopes or not all(scope.startswith(KNOWN_SCOPES) for scope in scopes):
            raise GrantError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        subject = str(claims.get("sub", account.email))
        if subject != account.email:
            self._check_delegation(account, subject, scopes)
        return Grant(subject, frozenset(scopes), self._clock.now() + self.token_lifetime)

    def _verified(self, assertion: str) -> tuple[dict[str, Any], ServiceAccount]:
        """Return the claims of an assertion and the service account that signed it."""
        try:
            header = jwt.get_unverified_header(assertion)
            issuer = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
        except jwt.PyJWTError as error:
            raise GrantError("invalid_grant", "Bad Request") from error
        account = self.service_accounts.get(str(issuer))
        if account is None:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        try:
            key = account.keys[header["kid"]]
            return jwt.decode(assertion, key, algorithms=["RS256"], options=CHECKS), account
        except (KeyError, jwt.PyJWTError) as error:
            raise GrantError("invalid_grant", "Invalid JWT Signature.") from error

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now()
        issued, expires = claims.get("iat"), claims.get("exp")
        if (
            not isinstance(issued, int)
            or not isinstance(expires, int)
            or issued > now + ALLOWED_SKEW
            or expires < now - ALLOWED_SKEW
            or expires - issued > LIFETIME
        ):
            raise GrantError("invalid_grant", REFUSED_TIMES)

    def _check_delegation(self, account: ServiceAccount, subject: str, scopes: list[str]) -> None:
        if not set(scopes) <= set(account.delegated_scopes):
            raise GrantError("unauthorized_client", REFUSED_DELEGATION, 401)
        user = self._account.find_user(subject)
        if user is None or user.suspended:
            raise GrantError("invalid_grant", "Invalid email or User ID")


@cache
def _private_key(number: int) -> rsa.RSAPrivateKey:
    """Return a key of our own; making one takes long, so servers of one process share them."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
