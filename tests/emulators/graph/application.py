# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The app registration that signs in, and the ways in which it may prove who it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

TOKEN_EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """Trust in the tokens of another issuer; ``key`` is the issuer's public key in PEM."""

    issuer: str
    subject: str
    key: str
    audience: str = TOKEN_EXCHANGE_AUDIENCE


@dataclass(slots=True)
class Application:
    """One app registration with its service principal.

    ``secrets`` map each secret to the time at which it expires, seconds since 1970. ``permissions`` are the
    application permissions that were consented to, ``directory_roles`` the template ids of Entra roles.
    """

    client_id: str
    secrets: dict[str, float] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)
    federated: list[FederatedCredential] = field(default_factory=list)
    permissions: set[str] = field(default_factory=set)
    directory_roles: set[str] = field(default_factory=set)


class RefusedAssertionError(Exception):
    """A client assertion that proves nothing: an AADSTS number and the text that goes with it."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number
        self.text = text


def check_assertion(assertion: str, application: Application, token_endpoint: str) -> None:
    """Raise RefusedAssertionError unless the client assertion proves the application (RFC 7523, section 3).

    An assertion that the application itself issued is checked against its certificates, found by their thumbprint
    (``x5t`` or ``x5t#S256``); one of another issuer against the federated credentials.
    """
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError as error:
        raise RefusedAssertionError(50027, "JWT token is invalid or malformed.") from error
    if claims.get("iss") == application.client_id:
        _check_own(assertion, header, application, token_endpoint)
    else:
        _check_federated(assertion, claims, application)


def _check_own(assertion: str, header: Mapping[str, str], application: Application, token_endpoint: str) -> None:
    thumbprint = (header.get("x5t#S256") or header.get("x5t") or "").rstrip("=")
    for pem in application.certificates:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        if thumbprint in _thumbprints(certificate):
            try:
                jwt.decode(
                    assertion,
                    certificate.public_key(),  # type: ignore[arg-type]
                    algorithms=["PS256", "RS256"],
                    audience=token_endpoint,
                    subject=application.client_id,
                    options={"require": ["exp", "iss", "sub", "aud", "jti"]},
                )
            except jwt.InvalidTokenError as error:
                raise RefusedAssertionError(
                    700027, f"Client assertion failed signature validation. Reason - {error}"
                ) from error
            return
    raise RefusedAssertionError(
        700027,
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        "[Reason - The key was not found.]",
    )


def _check_federated(assertion: str, claims: Mapping[str, str], application: Application) -> None:
    for credential in application.federated:
        if (claims.get("iss"), claims.get("sub")) == (credential.issuer, credential.subject):
            try:
                jwt.decode(
                    assertion,
                    credential.key,
                    algorithms=["RS256", "ES256"],
                    audience=credential.audience,
                    options={"require": ["exp", "iss", "sub", "aud"]},
                )
            except jwt.InvalidTokenError as error:
                raise RefusedAssertionError(700213, f"Assertion is not valid: {error}") from error
            return
    raise RefusedAssertionError(
        700213,
        f"No matching federated identity record found for presented assertion subject '{claims.get('sub')}'. "
        "Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    )


def _thumbprints(certificate: x509.Certificate) -> set[str]:
    encoded = certificate.public_bytes(Encoding.DER)
    digests = (hashlib.sha1(encoded).digest(), hashlib.sha256(encoded).digest())
    return {jwt.utils.base64url_encode(digest).decode() for digest in digests}
