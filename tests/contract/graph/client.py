# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plain HTTP client for the contract tests, which checks the shape of every answer against Microsoft's documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import DEFAULT_SECRET, GraphServer
from jsonschema import Draft202012Validator

_SCHEMAS = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parent / "schemas").glob("*.json")}


def assert_conforms(value: Any, schema: str) -> None:
    """Fail unless the value has the shape of ``schemas/<schema>.json``."""
    Draft202012Validator(_SCHEMAS[schema]).validate(value)


class GraphApi:
    """Talks to one server with a token fetched at the start."""

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(server.ca_file)
        self.sign_in()

    def token(self, **changes: str | None) -> requests.Response:
        """Ask for a token with form fields that differ from the right ones; None leaves a field out."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.server.application.client_id,
            "client_secret": DEFAULT_SECRET,
            "scope": f"{self.server.url}/.default",
            "tenant": self.server.tenant.id,
            **changes,
        }
        url = f"{self.server.url}/{form.pop('tenant')}/oauth2/v2.0/token"
        return self.session.post(url, data=form, timeout=10)

    def sign_in(self) -> None:
        """Use a new token from now on."""
        self.session.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request to a link as Graph gave it, or to a path below the version."""
        if not url.startswith("https:"):
            url = f"{self.server.url}/v1.0{url}"
        return self.session.request(method, url, timeout=30, allow_redirects=False, **options)

    def get(self, url: str, schema: str, **headers: str) -> Any:
        """Return what GET answers with 200 in the given shape."""
        response = self.request("GET", url, headers=headers)
        assert response.status_code == 200, response.text
        assert_conforms(response.json(), schema)
        return response.json()

    def pages(self, url: str, schema: str) -> list[list[dict[str, Any]]]:
        """Return the values of all pages from ``url`` on."""
        pages = []
        link: str | None = url
        while link:
            page = self.get(link, schema)
            pages.append(page["value"])
            link = page.get("@odata.nextLink")
        return pages

    def batch(self, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the answers of a batch by the ids of its requests."""
        response = self.request("POST", "/$batch", json={"requests": list(requests)})
        assert response.status_code == 200, response.text
        assert_conforms(response.json(), "batch")
        return {answer["id"]: answer for answer in response.json()["responses"]}

    def refused(self, method: str, url: str, status: int, **options: Any) -> str:
        """Return the code of the error object that a request is answered with."""
        response = self.request(method, url, **options)
        assert response.status_code == status, response.text
        assert_conforms(response.json(), "error")
        return str(response.json()["error"]["code"])
