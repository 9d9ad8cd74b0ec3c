# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest fixtures that run Okta orgs and make keys for their service app.

Suites take them up in their conftest.py with ``from ... .okta.fixture import okta_server, service_app_key``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .authorization import ServiceApp
from .emulator import DEFAULT_CLIENT_ID, OktaEmulator
from .server import OktaServer

KEY_ID = "emulated-key"


class ServiceAppKey:
    """A new RSA key pair, as the Okta admin console makes one for a service app."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def pem(self) -> str:
        """The private key as PKCS #8 in PEM."""
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._key.private_bytes(*form).decode()

    @property
    def jwk(self) -> dict[str, Any]:
        """The private key as JWK."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key, as_dict=True)
        return {**{name: value for name, value in key.items() if name != "key_ops"}, "kid": KEY_ID}

    def app(self, **options: Any) -> ServiceApp:
        """Return a service app that knows the public key; ``options`` are those of :class:`ServiceApp`."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return ServiceApp(DEFAULT_CLIENT_ID, {KEY_ID: {**public, "kid": KEY_ID}}, **options)


class StartOkta(Protocol):
    """Starts a server; it stops with the test."""

    def __call__(self, *, latency: float = 0.0, **options: Any) -> OktaServer:
        """Return a running server. ``options`` are those of :class:`OktaEmulator`."""


@pytest.fixture(scope="session")
def service_app_key() -> ServiceAppKey:
    """Return a key pair for service apps."""
    return ServiceAppKey()


@pytest.fixture
def okta_server() -> Iterator[StartOkta]:
    """Yield a function that starts a server for the duration of the test."""
    servers: list[OktaServer] = []

    def start(*, latency: float = 0.0, **options: Any) -> OktaServer:
        servers.append(OktaServer(OktaEmulator(**options), latency=latency).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
