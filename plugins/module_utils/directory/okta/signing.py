# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Web Tokens signed with the key of a service app or with a key made for one run (RFC 7515, 7517, 7518, 7519)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import missing_library
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    MissingLibraryError,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

KEY_HINT = "Give the private key that the Okta admin console showed for the service app, as PEM or as JWK"
CURVES = {"secp256r1": ("P-256", "ES256", 32), "secp384r1": ("P-384", "ES384", 48), "secp521r1": ("P-521", "ES512", 66)}
"""By name in the library: name in a JWK, algorithm, length of a coordinate in bytes."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key: ``public`` is its public half as JWK; ``sign`` returns the signature of some bytes."""

    algorithm: str
    public: Mapping[str, str]
    sign: Callable[[bytes], bytes] = field(repr=False)
    key_id: str | None = None

    def token(self, claims: Mapping[str, Any], **header: Any) -> str:
        """Return a signed JSON Web Token with these claims; ``header`` is added to the algorithm."""
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": self.algorithm, **header}, claims)]
        signed = ".".join(parts)
        return f"{signed}.{base64url(self.sign(signed.encode()))}"


def new_key() -> SigningKey:
    """Return a new key on the curve P-256, whose signatures cost little."""
    ec = _library()[0]
    return _elliptic(ec.generate_private_key(ec.SECP256R1()), None)


def load_key(text: str, passphrase: str | None = None, key_id: str | None = None) -> SigningKey:
    """Return the private key in a PEM file's text, or in a JWK, whose ``kid`` counts unless ``key_id`` is given.

    Raises ConfigurationError, without a word of the key, for anything else than an RSA or elliptic curve key.
    """
    ec, rsa, serialization = _library()
    try:
        if text.lstrip().startswith("{"):
            jwk = json.loads(text)
            key = _from_jwk(jwk)
            key_id = key_id or jwk.get("kid")
        else:
            password = passphrase.encode() if passphrase else None
            key = serialization.load_pem_private_key(text.strip().encode(), password)
    except (ValueError, TypeError, KeyError, AttributeError):
        hint = KEY_HINT + "; an encrypted PEM needs private_key_passphrase, any other must come without"
        raise ConfigurationError("The private key of the service app cannot be read", hint=hint) from None
    if isinstance(key, rsa.RSAPrivateKey):
        return _rsa(key, key_id)
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return _elliptic(key, key_id)
    raise ConfigurationError("The private key of the service app is of a kind that Okta does not take", hint=KEY_HINT)


def base64url(data: bytes) -> str:
    """Return the base64url encoding without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _library() -> Any:
    """Return the modules of the library, loaded when first needed."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
    except ImportError as error:
        raise _missing(error) from error
    return ec, rsa, serialization


def _missing(error: ImportError) -> MissingLibraryError:
    return missing_library("cryptography", "to sign in to Okta as a service app", error)


def _rsa(key: rsa.RSAPrivateKey, key_id: str | None) -> SigningKey:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    numbers = key.public_key().public_numbers()
    public = {"kty": "RSA", "n": _integer(numbers.n), "e": _integer(numbers.e)}
    return SigningKey("RS256", public, lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()), key_id)


def _elliptic(key: ec.EllipticCurvePrivateKey, key_id: str | None) -> SigningKey:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    name, algorithm, length = CURVES[key.curve.name]
    digest = {"ES256": hashes.SHA256(), "ES384": hashes.SHA384(), "ES512": hashes.SHA512()}[algorithm]
    numbers = key.public_key().public_numbers()
    public = {"kty": "EC", "crv": name, "x": _integer(numbers.x, length), "y": _integer(numbers.y, length)}

    def sign(data: bytes) -> bytes:
        """Return both numbers of the signature, one after the other (RFC 7518, section 3.4)."""
        pair = decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
        return b"".join(number.to_bytes(length, "big") for number in pair)

    return SigningKey(algorithm, public, sign, key_id)


def _from_jwk(jwk: Mapping[str, str]) -> PrivateKey:
    """Return the key in a JWK (RFC 7518, section 6)."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    def number(name: str) -> int:
        return int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big")

    if jwk["kty"] == "RSA":
        p, q, d = number("p"), number("q"), number("d")
        crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
        return rsa.RSAPrivateNumbers(p, q, d, *crt, rsa.RSAPublicNumbers(number("e"), number("n"))).private_key()
    curves: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
    public = ec.EllipticCurvePublicNumbers(number("x"), number("y"), curves[jwk["crv"]])
    return ec.EllipticCurvePrivateNumbers(number("d"), public).private_key()


def _integer(value: int, length: int | None = None) -> str:
    return base64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))
