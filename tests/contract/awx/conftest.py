# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller and a plain client for the contract tests."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.fixture import StartAwx, awx_server
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.server import AwxServer

__all__ = ["awx_server"]


class Client:
    """Sends requests as an administrator."""

    def __init__(self, server: AwxServer) -> None:
        self._url = server.url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {server.token}"

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """Return the answer to a request below ``/api/v2/``."""
        return self._session.request(method, f"{self._url}/api/v2/{path}", json=body, params=query, timeout=10)

    def create(self, path: str, **fields: Any) -> dict[str, Any]:
        """Return a new object."""
        response = self.send("POST", f"{path}/", fields)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created


@pytest.fixture
def client(awx_server: StartAwx) -> Client:
    """Return a client of a controller whose projects have one playbook."""
    return Client(awx_server(playbooks=["site.yml"]))
