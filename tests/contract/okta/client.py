# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP client for the contract tests."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import requests
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import DEFAULT_CLIENT_ID, OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import KEY_ID, ServiceAppKey
from cryptography.hazmat.primitives.asymmetric import ec

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ApiClient:
    """Sends requests with the API token of the org, or with whatever a test gives it."""

    def __init__(self, server: OktaServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = server.ca_file
        self.authorize("SSWS", server.api_token)

    def authorize(self, scheme: str, token: str) -> None:
        """Send these credentials from now on."""
        self.session.headers["Authorization"] = f"{scheme} {token}"

    def get(self, path: str, **options: Any) -> requests.Response:
        """Send GET to a path or a whole address."""
        url = path if path.startswith("https:") else f"{self.server.url}{path}"
        return self.session.get(url, timeout=10, **options)

    def rows(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return the rows of all pages of a listing."""
        answer = self.get(path, params=query)
        rows: list[dict[str, Any]] = []
        while True:
            assert answer.status_code == 200, answer.text
            rows += answer.json()
            if "next" not in answer.links:
                return rows
            answer = self.get(answer.links["next"]["url"])

    def refused(self, path: str, status: int, code: str, **query: str) -> dict[str, Any]:
        """Return the error object that the request is answered with."""
        answer = self.get(path, params=query)
        error = answer.json()
        assert (answer.status_code, error["errorCode"]) == (status, code)
        assert error.keys() == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
        return dict(error)


class ServiceClient:
    """Signs in as the service app. Claims and form fields given to a call replace the usual ones; None removes one."""

    def __init__(self, server: OktaServer, key: ServiceAppKey) -> None:
        self.api = ApiClient(server)
        self.token_url = f"{server.url}/oauth2/v1/token"
        self._key = key
        self.forget_proof_key()

    def forget_proof_key(self) -> None:
        """Sign proofs with another key from now on."""
        self._proof_key = ec.generate_private_key(ec.SECP256R1())

    def assertion(self, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a client assertion."""
        now = int(time.time())
        usual = {"iss": DEFAULT_CLIENT_ID, "sub": DEFAULT_CLIENT_ID, "aud": self.token_url, "exp": now + 300}
        return jwt.encode(_merged(usual, claims), self._key.pem, "RS256", headers or {"kid": KEY_ID})

    def proof(self, method: str, url: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a DPoP proof."""
        public = jwt.algorithms.ECAlgorithm.to_jwk(self._proof_key.public_key(), as_dict=True)
        usual = {"htm": method, "htu": url, "iat": int(time.time()), "jti": str(uuid.uuid4())}
        headers = {"typ": "dpop+jwt", "jwk": public, **(header or {})}
        return jwt.encode(_merged(usual, claims), self._proof_key, "ES256", headers)

    def token(self, *, proof: str | None = None, **form: str | None) -> requests.Response:
        """Ask for a token."""
        usual = {
            "grant_type": "client_credentials",
            "scope": "okta.users.read okta.groups.read",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": form.pop("client_assertion", None) or self.assertion(),
        }
        headers = {"DPoP": proof} if proof else {}
        session = self.api.session
        return session.post(self.token_url, data=_merged(usual, form), headers=headers, timeout=10)

    def bound_token(self) -> str:
        """Return a token bound to the proof key, after the detour over the nonce."""
        refusal = self.token(proof=self.proof("POST", self.token_url))
        assert refusal.json()["error"] == "use_dpop_nonce"
        nonce = refusal.headers["dpop-nonce"]
        answer = self.token(proof=self.proof("POST", self.token_url, nonce=nonce)).json()
        assert answer["token_type"] == "DPoP"
        return str(answer["access_token"])


SignIn = Callable[..., ServiceClient]
"""Starts a server, with options of its service app, and returns its client."""


def _merged(usual: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}
