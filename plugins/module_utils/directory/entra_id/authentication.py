# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in as an application with msal: secret, certificate, the token of another issuer, or managed identity.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import (
    missing_library,
    require_version,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    HttpError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.errors import sign_in_refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.permissions import (
    Permissions,
    missing_permissions,
    permissions_of,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import (
    Credential,
    Settings,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import build_session

OLDEST_MSAL = "1.35.0"
"""The first that computes the thumbprints of a certificate."""

REASON = "for sources of type entra_id"
USUAL_LIFETIME = 3599.0

_KEY = re.compile(r"-----BEGIN (?P<kind>[A-Z ]*PRIVATE KEY)-----.+?-----END (?P=kind)-----", re.DOTALL)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class SignIn:
    """Gets access tokens for Graph and checks that they permit what has to be read.

    ``permissions`` are those of the last token. ``fetch`` is meant for a TokenCache.
    """

    def __init__(self, settings: Settings, http: HttpClient) -> None:
        self.permissions = Permissions()
        self._settings = settings
        self._http = http
        try:
            import msal  # noqa: F401
        except ImportError as error:
            raise missing_library("msal", REASON, error) from error
        require_version("msal", REASON, minimum=OLDEST_MSAL)
        self._acquire: Callable[[], Mapping[str, Any]] = (
            self._as_managed_identity if settings.credential.managed_identity else self._as_application
        )

    @property
    def who(self) -> str:
        """The application and the tenant, for messages."""
        name = self._settings.client_id or "the managed identity of this machine"
        return f"{name} in the tenant {self._settings.tenant_id}"

    def fetch(self) -> Token:
        """Return a new token.

        Each call asks with a client of its own: msal answers from its caches, also with a refusal that has become
        wrong and with a token that Graph does not accept any more. Raises DirectoryAuthenticationError for a refusal
        or missing permissions, DirectoryConnectionError without an answer, ConfigurationError for unusable files.
        """
        try:
            answer = self._acquire()
        except HttpError as error:
            raise DirectoryConnectionError(
                f"Signing in as {self.who} failed: {error.what}", server=error.server, hint=error.hint
            ) from error
        except (AttributeError, KeyError, TypeError, ValueError):
            # msal takes any JSON for the answer of an issuer of tokens.
            raise DirectoryAuthenticationError(
                f"Signing in as {self.who} was answered with something that is no token",
                hint="Check the option authority and what stands between this host and Microsoft",
            ) from None
        value = answer.get("access_token")
        if not isinstance(value, str):
            raise sign_in_refusal(self.who, answer)
        self.permissions = permissions_of(value)
        self._check_permissions()
        lifetime = answer.get("expires_in")
        return Token(value, lifetime if isinstance(lifetime, int) and lifetime > 0 else USUAL_LIFETIME)

    def _check_permissions(self) -> None:
        needs = ["User.Read.All"]
        if self._settings.read_groups:
            needs.append("GroupMember.Read.All")
        if self._settings.units:
            needs.append("AdministrativeUnit.Read.All")
        self.require(*needs)

    def require(self, *needs: str) -> None:
        """Raise DirectoryAuthenticationError where the token surely lacks one of these permissions."""
        missing = [need for need in needs if self.permissions.lacks(need)]
        if missing:
            raise missing_permissions(self.who, missing, self.permissions.granted)

    def _as_application(self) -> Mapping[str, Any]:
        import msal

        settings = self._settings
        authority = f"{settings.authority}/{settings.tenant_id}"
        application = msal.ConfidentialClientApplication(
            settings.client_id,
            client_credential=_msal_credential(settings.credential),
            authority=authority,
            instance_discovery=False,
            azure_region=False,
            http_client=TokenEndpoint(self._http, authority),
        )
        answer: Mapping[str, Any] = application.acquire_token_for_client([f"{settings.graph_url}/.default"])
        return answer

    def _as_managed_identity(self) -> Mapping[str, Any]:
        import msal
        import requests

        settings = self._settings
        # msal wants a session of its own kind here. The endpoint is on this machine, so no proxy lies between.
        session = build_session(settings.http)
        session.request = functools.partial(session.request, timeout=settings.http.timeout)  # type: ignore[method-assign]
        identity = (
            msal.UserAssignedManagedIdentity(client_id=settings.client_id)
            if settings.client_id
            else msal.SystemAssignedManagedIdentity()
        )
        try:
            with session:
                client = msal.ManagedIdentityClient(identity, http_client=session)
                answer: Mapping[str, Any] = client.acquire_token_for_client(resource=settings.graph_url)
        except (requests.RequestException, msal.ManagedIdentityError, ValueError) as error:
            raise DirectoryAuthenticationError(
                f"Signing in as {self.who} failed: its token endpoint gave no usable answer ({type(error).__name__})",
                hint="Check that this machine runs in Azure, or is connected with Azure Arc, and has an identity",
            ) from None
        return answer


@dataclass(frozen=True, slots=True)
class MsalResponse:
    """An answer as msal expects it."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Do nothing: bad statuses never come this far."""


class TokenEndpoint:
    """The HTTP client that msal talks through: our own one, with its proxies, retries, bounds and messages.

    msal discovers the token endpoint with a call of its own. All tenants have it at the same place, so the answer is
    given here: that saves a round trip, and nobody can send the credential elsewhere.
    """

    def __init__(self, http: HttpClient, authority: str) -> None:
        self._http = http
        self._authority = authority

    def get(self, url: str, **_options: Any) -> MsalResponse:
        """Answer the discovery (OpenID Connect Discovery 1.0)."""
        endpoints = f"{self._authority}/oauth2/v2.0"
        body = {
            "issuer": f"{self._authority}/v2.0",
            "authorization_endpoint": f"{endpoints}/authorize",
            "token_endpoint": f"{endpoints}/token",
        }
        return MsalResponse(200, json.dumps(body), {})

    def post(
        self, url: str, data: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None, **_options: Any
    ) -> MsalResponse:
        """Ask for a token; refusals are for msal to read, all else raises HttpError."""
        form = {
            name: value.decode() if isinstance(value, bytes) else str(value) for name, value in (data or {}).items()
        }
        request = Request("POST", url, form=form, headers=headers or {}, idempotent=True, expect=(200, 400, 401, 403))
        response = self._http.send(request)
        response.json()
        return MsalResponse(response.status, response.content.decode(), response.headers)

    def close(self) -> None:
        """Do nothing: the session belongs to our client."""


def _msal_credential(credential: Credential) -> Any:
    """Return the credential in msal's form; the files are read anew for each token, since they are renewed."""
    if credential.client_secret:
        return credential.client_secret
    if credential.federated_token_file:
        assertion = _text(credential.federated_token_file).strip()
        return {"client_assertion": lambda: assertion}
    return _certificate_credential(credential, credential.certificate_file or "")


def _certificate_credential(credential: Credential, certificate_file: str) -> dict[str, str]:
    """Return certificate and key for msal, which computes the thumbprints; raises ConfigurationError for unusable ones.

    The reasons of cryptography are left out: they may show a part of the key.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    content = _text(certificate_file)
    key_file = credential.private_key_file or certificate_file
    certificate = _CERTIFICATE.search(content)
    key = _KEY.search(_text(key_file))
    if not certificate or not key:
        raise ConfigurationError(
            f"{key_file if certificate else certificate_file} has no {'private key' if certificate else 'certificate'} "
            "in PEM",
            hint="Put certificate and private key into certificate_file, or name the key's file in private_key_file",
        )
    passphrase = credential.private_key_passphrase
    try:
        public = load_pem_x509_certificate(certificate.group().encode()).public_key()
        private = load_pem_private_key(key.group().encode(), passphrase.encode() if passphrase else None)
    except (ValueError, TypeError):
        raise ConfigurationError(
            f"The certificate in {certificate_file} or the private key in {key_file} cannot be used",
            hint="Check that both are whole, and that private_key_passphrase is given just where the key is encrypted",
        ) from None
    if not isinstance(private, RSAPrivateKey) or private.public_key() != public:
        raise ConfigurationError(f"The private key in {key_file} is not the RSA key of the certificate")
    result = {"private_key": key.group(), "public_certificate": certificate.group()}
    return {**result, "passphrase": passphrase} if passphrase else result


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"The file {path} cannot be read: {reason}") from None
