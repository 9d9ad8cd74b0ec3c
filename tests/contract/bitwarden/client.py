# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plain HTTP client for the contract tests, which checks the shape of every answer that it is told to expect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

_SCHEMAS = {path.name: json.loads(path.read_text()) for path in (Path(__file__).parent / "schemas").glob("*.json")}
_REGISTRY: Any = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in _SCHEMAS.items())


def assert_conforms(value: Any, schema: str) -> None:
    """Fail unless the value has the shape of ``schemas/<schema>.json``."""
    Draft202012Validator(_SCHEMAS[f"{schema}.json"], registry=_REGISTRY).validate(value)


class ApiClient:
    """Talks to the Public API of one server with a token fetched at the start."""

    def __init__(self, server: BitwardenServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "contract-tests"
        self.log_in()

    def token(self, **changes: str | None) -> requests.Response:
        """Ask for a token with form fields that differ from the right ones; None leaves a field out."""
        form = {
            "grant_type": "client_credentials",
            "scope": "api.organization",
            "client_id": self.server.client_id,
            "client_secret": self.server.client_secret,
            "deviceIdentifier": "0b9e6ad1-5e20-4bcf-9b3a-5a2a90e0e9f1",
            "deviceName": "tests",
            "deviceType": "8",
            **changes,
        }
        return self.session.post(f"{self.server.identity_url}/connect/token", data=form, timeout=10)

    def log_in(self) -> None:
        """Use a new token from now on."""
        self.session.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send a request to a path below ``/public``."""
        url = f"{self.server.api_url}/public{path}"
        return self.session.request(method, url, json=body, timeout=30, **options)

    def get(self, path: str, schema: str, **query: str) -> Any:
        """Return what GET answers with 200 in the given shape."""
        return self._checked(self.request("GET", path, params=query), schema)

    def post(self, path: str, body: Any = None, schema: str | None = None) -> Any:
        """Return what POST answers with 200: None for no body, where no shape is given."""
        return self._checked(self.request("POST", path, body), schema)

    def put(self, path: str, body: Any, schema: str | None = None) -> Any:
        """Return what PUT answers with 200: None for no body, where no shape is given."""
        return self._checked(self.request("PUT", path, body), schema)

    def delete(self, path: str) -> None:
        """Expect DELETE to answer 200 without a body."""
        self._checked(self.request("DELETE", path), None)

    def refused(self, method: str, path: str, body: Any = None, status: int = 400) -> Any:
        """Return the message and errors of an error object that the request is answered with."""
        response = self.request(method, path, body)
        assert response.status_code == status, response.text
        assert_conforms(response.json(), "error")
        return response.json()

    def message(self, method: str, path: str, body: Any = None, status: int = 400) -> str:
        """Return the text of a business error."""
        error = self.refused(method, path, body, status)
        assert error["errors"] is None
        return str(error["message"])

    def model_errors(self, method: str, path: str, body: Any = None) -> dict[str, list[str]]:
        """Return the errors of a request that does not fit the model."""
        error = self.refused(method, path, body)
        assert error["message"] == "The request's model state is invalid."
        return dict(error["errors"])

    def assert_empty_404(self, method: str, path: str, body: Any = None) -> None:
        """Expect 404 without a body."""
        response = self.request(method, path, body)
        assert (response.status_code, response.content) == (404, b"")

    @staticmethod
    def _checked(response: requests.Response, schema: str | None) -> Any:
        assert response.status_code == 200, response.text
        if schema is None:
            assert response.content == b""
            return None
        value = response.json()
        assert_conforms(value, schema)
        return value
