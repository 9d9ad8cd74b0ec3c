# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Demonstrating proof of possession: the check of the proofs that come with requests (RFC 9449, section 4.3)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import jwt
from aiohttp import web

from ..common import Clock
from .errors import OAuthError

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})
TOLERANCE = 300
"""Seconds that a proof's time of issue may differ from ours."""


class ProofChecker:
    """Checks proofs and remembers their ids. ``nonce`` is what proofs for the token endpoint have to quote."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: set[str] = set()
        self.nonce = secrets.token_urlsafe(16)

    def rotate_nonce(self) -> None:
        """Invalidate the nonce, as happens every 24 hours."""
        self.nonce = secrets.token_urlsafe(16)

    def check(self, request: web.Request, address: str, *, token: str | None = None) -> str:
        """Return the thumbprint of the key that the request proves to possess (RFC 7638).

        ``address`` is the URL of the request without query; with ``token`` the proof must be bound to it, without it
        the proof must quote the nonce. Raises OAuthError for the first fault found.
        """
        proofs = request.headers.getall("DPoP", [])
        if not proofs:
            raise _invalid("The DPoP proof JWT header is missing.")
        if len(proofs) > 1:
            raise _invalid("There is more than one DPoP proof JWT header.")
        key, claims = self._verify(proofs[0])
        if claims.get("htm") != request.method or claims.get("htu") != address:
            raise _invalid("The DPoP proof JWT is for another method or address.")
        if abs(float(claims.get("iat", 0)) - self._clock.now()) > TOLERANCE:
            raise _invalid("The DPoP proof JWT was issued too long ago or in the future.")
        if token is None:
            self._check_nonce(claims.get("nonce"))
        elif claims.get("ath") != _base64url(hashlib.sha256(token.encode()).digest()):
            raise _invalid("The DPoP proof JWT is bound to another access token.")
        if not isinstance(claims.get("jti"), str) or claims["jti"] in self._seen:
            raise _invalid("The DPoP proof JWT has no jti, or one that was used before.")
        self._seen.add(claims["jti"])
        return thumbprint(key)

    def _verify(self, proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the public key of a proof and its claims."""
        try:
            header = jwt.get_unverified_header(proof)
            key = header.get("jwk")
            if header.get("typ") != "dpop+jwt" or header["alg"] not in ALGORITHMS or not isinstance(key, dict):
                raise _invalid("The header of the DPoP proof JWT is not that of a proof.")
            if PRIVATE_PARTS & key.keys():
                raise _invalid("The DPoP proof JWT holds a private key.")
            options: Any = {"verify_iat": False, "verify_exp": False}
            claims = jwt.decode(proof, jwt.PyJWK(key, header["alg"]), algorithms=[header["alg"]], options=options)
        except jwt.PyJWTError:
            raise _invalid("The DPoP proof JWT does not verify.") from None
        return key, claims

    def _check_nonce(self, nonce: object) -> None:
        if nonce != self.nonce:
            raise OAuthError(
                "use_dpop_nonce",
                "Authorization server requires nonce in DPoP proof.",
                headers={"dpop-nonce": self.nonce},
            )


def thumbprint(key: dict[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a public key (RFC 7638)."""
    names = ("crv", "kty", "x", "y") if key["kty"] == "EC" else ("e", "kty", "n")
    canonical = json.dumps({name: key[name] for name in names}, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _invalid(description: str) -> OAuthError:
    return OAuthError("invalid_dpop_proof", description)
