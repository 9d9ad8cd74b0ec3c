# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Microsoft's identity platform: discovery, the token endpoint and the endpoints of managed identities.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from aiohttp import web

from ..common import Clock
from .answers import Answer, invalid_token
from .application import Application, RefusedAssertionError, check_assertion
from .tenant import Tenant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEFAULT_DIRECTORY_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
"""The role template of every user and application; it gives no right to read the directory."""


class RefusedSignInError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, error: str, number: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.error = error
        self.number = number
        self.text = text


class Identity:
    """Issues access tokens to one application and checks them.

    ``lifetime`` is that of tokens in seconds. ``audience`` is what Graph wants tokens to be for, empty for the address
    of this server; any other stands for the Graph of another cloud.
    """

    def __init__(self, tenant: Tenant, clock: Clock, application: Application, address: Callable[[], str]) -> None:
        self.application = application
        self.lifetime = 3599
        self.audience = ""
        self.managed_identity_secret = secrets.token_urlsafe(16)
        self._tenant = tenant
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._address = address

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self.discover),
            web.post("/{tenant}/oauth2/v2.0/token", self.issue_token),
            web.get("/msi/token", self.app_service_token),
            web.get("/metadata/identity/oauth2/token", self.virtual_machine_token),
        ]

    def permissions(self, authorization: str) -> frozenset[str]:
        """Return the permissions of a bearer token; raises GraphError 401 for one that is not valid here."""
        scheme, _separator, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise invalid_token("Access token is empty.")
        try:
            claims = jwt.decode(
                token, self._key, algorithms=["HS256"], options={"verify_aud": False, "verify_exp": False}
            )
        except jwt.InvalidTokenError as error:
            raise invalid_token("Access token validation failure. Invalid signature.") from error
        if claims["aud"] != (self.audience or self._address()):
            raise invalid_token("Access token validation failure. Invalid audience.")
        if claims["exp"] <= self._clock.now():
            raise invalid_token("Lifetime validation failed, the token is expired.")
        roles = frozenset(claims["roles"])
        has_directory_role = set(claims["wids"]) - {DEFAULT_DIRECTORY_ROLE}
        return roles | {"Directory.Read.All"} if has_directory_role else roles

    async def discover(self, request: web.Request) -> web.StreamResponse:
        """Answer with the addresses of the tenant (OpenID Connect Discovery 1.0)."""
        try:
            self._check_tenant(request.match_info["tenant"])
        except RefusedSignInError as error:
            return self._refusal(error).response()
        authority = f"{self._address()}/{self._tenant.id}"
        return web.json_response(
            {
                "issuer": f"{authority}/v2.0",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
            }
        )

    async def issue_token(self, request: web.Request) -> web.StreamResponse:
        """Answer the client credentials grant."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            self._check_tenant(request.match_info["tenant"])
            self._check_client(form, str(request.url))
            token = self._token(_resource(form.get("scope", "")))
        except RefusedSignInError as error:
            return self._refusal(error).response()
        body = {"token_type": "Bearer", "expires_in": self.lifetime, "ext_expires_in": self.lifetime}
        return Answer(200, {**body, "access_token": token}).response()

    async def app_service_token(self, request: web.Request) -> web.StreamResponse:
        """Answer as the identity endpoint of App Service, Functions and Automation does."""
        if request.headers.get("X-IDENTITY-HEADER") != self.managed_identity_secret:
            return web.json_response({"statusCode": 401, "message": "Unauthorized"}, status=401)
        try:
            token = self._token(request.query.get("resource", ""))
        except RefusedSignInError as error:
            return web.json_response({"statusCode": 500, "message": error.text}, status=500)
        expires = str(int(self._clock.now()) + self.lifetime)
        return web.json_response(
            {"access_token": token, "expires_on": expires, "resource": self._address(), "token_type": "Bearer"}
        )

    async def virtual_machine_token(self, request: web.Request) -> web.StreamResponse:
        """Answer as the instance metadata service of virtual machines does."""
        if request.headers.get("Metadata") != "true":
            body = {"error": "invalid_request", "error_description": "Required metadata header not specified"}
            return web.json_response(body, status=400)
        if request.query.get("client_id", self.application.client_id) != self.application.client_id:
            body = {"error": "invalid_request", "error_description": "Identity not found"}
            return web.json_response(body, status=400)
        try:
            token = self._token(request.query.get("resource", ""))
        except RefusedSignInError as error:
            return web.json_response({"error": error.error, "error_description": error.text}, status=400)
        return web.json_response({"access_token": token, "expires_in": str(self.lifetime), "token_type": "Bearer"})

    def _check_tenant(self, tenant: str) -> None:
        if tenant not in (self._tenant.id, self._tenant.domain):
            text = f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
            raise RefusedSignInError(400, "invalid_request", 90002, text)

    def _check_client(self, form: Mapping[str, str], token_endpoint: str) -> None:
        if form.get("grant_type") != "client_credentials":
            raise RefusedSignInError(
                400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."
            )
        if form.get("client_id") != self.application.client_id:
            text = f"Application with identifier '{form.get('client_id')}' was not found in the directory."
            raise RefusedSignInError(400, "unauthorized_client", 700016, text)
        if form.get("client_assertion_type") == ASSERTION_TYPE:
            try:
                check_assertion(form.get("client_assertion", ""), self.application, token_endpoint)
            except RefusedAssertionError as error:
                raise RefusedSignInError(401, "invalid_client", error.number, error.text) from error
            return
        expiry = self.application.secrets.get(form.get("client_secret", ""))
        if expiry is None:
            text = "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
            text += f"value, not the client secret ID, for a secret added to app '{self.application.client_id}'."
            raise RefusedSignInError(401, "invalid_client", 7000215, text)
        if expiry <= self._clock.now():
            text = f"The provided client secret keys for app '{self.application.client_id}' are expired."
            raise RefusedSignInError(401, "invalid_client", 7000222, text)

    def _token(self, resource: str) -> str:
        if resource.rstrip("/") != self._address():
            text = f"The resource principal named {resource} was not found in the tenant."
            raise RefusedSignInError(400, "invalid_resource", 500011, text)
        claims = {
            "aud": self._address(),
            "iss": f"https://sts.windows.net/{self._tenant.id}/",
            "tid": self._tenant.id,
            "appid": self.application.client_id,
            "roles": sorted(self.application.permissions),
            "wids": sorted({DEFAULT_DIRECTORY_ROLE} | self.application.directory_roles),
            "exp": int(self._clock.now()) + self.lifetime,
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def _refusal(self, error: RefusedSignInError) -> Answer:
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        timestamp = self._clock.utcnow().strftime("%Y-%m-%d %H:%M:%SZ")
        details = f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
        body: dict[str, Any] = {
            "error": error.error,
            "error_description": f"AADSTS{error.number}: {error.text} {details}",
            "error_codes": [error.number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
        }
        return Answer(error.status, body)


def _resource(scope: str) -> str:
    """Return the resource whose default permissions a scope asks for."""
    if not scope.endswith("/.default"):
        text = f"The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        raise RefusedSignInError(400, "invalid_scope", 70011, text)
    return scope.removesuffix("/.default")
