# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private keys in the forms that Okta hands out, and tokens that another library verifies."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.signing import (
    SigningKey,
    load_key,
    new_key,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import ServiceAppKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

CURVES = [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512")]


def pem(key: Any, passphrase: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def claims_of(token: str, key: SigningKey) -> Any:
    return jwt.decode(token, jwt.PyJWK(dict(key.public), key.algorithm), algorithms=[key.algorithm])


def test_an_rsa_key_signs(service_app_key: ServiceAppKey) -> None:
    key = load_key(service_app_key.pem, key_id="mine")
    token = key.token({"iss": "app"}, kid="mine")
    assert claims_of(token, key) == {"iss": "app"}
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "mine"}
    assert key.key_id == "mine"


def test_pem_and_jwk_are_the_same_key(service_app_key: ServiceAppKey) -> None:
    from_jwk = load_key(json.dumps(service_app_key.jwk))
    assert from_jwk.public == load_key(service_app_key.pem).public
    assert from_jwk.key_id == service_app_key.jwk["kid"]
    assert claims_of(from_jwk.token({"x": 1}), from_jwk) == {"x": 1}


@pytest.mark.parametrize(("curve", "algorithm"), CURVES)
def test_elliptic_curve_keys_sign(curve: ec.EllipticCurve, algorithm: str) -> None:
    private = ec.generate_private_key(curve)
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(private)
    for text in (pem(private), jwk):
        key = load_key(text)
        assert key.algorithm == algorithm
        assert claims_of(key.token({"x": 1}), key) == {"x": 1}


def test_an_encrypted_key_needs_its_passphrase() -> None:
    text = pem(ec.generate_private_key(ec.SECP256R1()), b"opens it")
    assert load_key(text, "opens it").algorithm == "ES256"
    for wrong in (None, "other"):
        with pytest.raises(ConfigurationError, match="private_key_passphrase"):
            load_key(text, wrong)


UNREADABLE = [
    "",
    "no key",
    "-----BEGIN PRIVATE KEY-----\nsecretsecret\n-----END PRIVATE KEY-----",
    "{}",
    "{broken",
    '{"kty": 1}',
    '{"kty": "RSA", "n": "secretsecret"}',
    '{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA", "d": "AA"}',
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_anything_else_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        load_key(text)
    assert "secretsecret" not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize("key", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256K1())])
def test_keys_that_okta_does_not_take_are_refused(key: Any) -> None:
    with pytest.raises(ConfigurationError, match="kind that Okta does not take"):
        load_key(pem(key))


def test_a_repr_shows_no_private_key() -> None:
    key = new_key()
    assert key.public["x"] in repr(key)
    assert "sign=" not in repr(key)
    assert "d" not in key.public
