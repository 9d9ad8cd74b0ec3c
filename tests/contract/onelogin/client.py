# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP client for the contract tests."""

from __future__ import annotations

from typing import Any

import requests
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer


class ApiClient:
    """Sends requests with a token fetched at the start."""

    def __init__(self, server: OneLoginServer) -> None:
        self.server = server
        self.account = server.account
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = server.ca_file or False
        self.session.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def token(self, **options: Any) -> requests.Response:
        """Ask for a token, with Basic authentication unless ``options`` say otherwise."""
        usual = {
            "auth": (self.server.client_id, self.server.client_secret),
            "json": {"grant_type": "client_credentials"},
        }
        url = f"{self.server.url}/auth/oauth2/v2/token"
        with requests.Session() as session:
            session.trust_env = False
            return session.post(url, timeout=10, verify=self.session.verify, **{**usual, **options})

    def get(self, path: str, **query: str) -> requests.Response:
        """Send GET to a path."""
        return self.session.get(f"{self.server.url}{path}", params=query, timeout=10)
