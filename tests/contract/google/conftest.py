# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server, and a client of it that is nothing but HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Clock
from ansible_collections.dirsync.bitwarden.tests.emulators.google import (
    GROUP_SCOPE,
    USER_SCOPE,
    GoogleEmulator,
    GoogleServer,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.google.directory_api import BASE
from ansible_collections.dirsync.bitwarden.tests.emulators.google.identity import AUDIENCE, GRANT_TYPE


class Client:
    """Signs assertions and calls the API."""

    def __init__(self, server: GoogleServer) -> None:
        self.server = server
        self.key = server.google.create_key()
        self.session = requests.Session()
        self.session.trust_env = False

    def assertion(self, **claims: Any) -> str:
        """Return a signed assertion; ``claims`` replace those of a good one."""
        now = int(self.server.clock.now())
        good = {"iss": self.key["client_email"], "sub": "admin@example.org", "scope": f"{USER_SCOPE} {GROUP_SCOPE}"}
        good |= {"aud": AUDIENCE, "iat": now, "exp": now + 3600}
        headers = {"kid": self.key["private_key_id"]}
        return jwt.encode({**good, **claims}, self.key["private_key"], "RS256", headers)

    def token(self, assertion: str, grant_type: str = GRANT_TYPE) -> requests.Response:
        """Ask for a token."""
        form = {"grant_type": grant_type, "assertion": assertion}
        return self.session.post(f"{self.server.url}/token", data=form, timeout=10)

    def sign_in(self, **claims: Any) -> None:
        """Ask for a token and use it from now on."""
        token = self.token(self.assertion(**claims)).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **parameters: Any) -> requests.Response:
        """Call the API; by default for the whole account."""
        if "domain" not in parameters and "members" not in path:
            parameters = {"customer": "my_customer", **parameters}
        return self.session.get(f"{self.server.url}{BASE}{path}", params=parameters, timeout=10)

    def emails(self, query: str) -> list[str]:
        """Return the addresses of the users that a query finds, or of the groups with ``groups!`` in front of it."""
        collection, _unused, text = query.rpartition("!")
        answer = self.get(f"/{collection or 'users'}", query=text).json()
        return [item.get("primaryEmail", item.get("email")) for item in answer.get(collection or "users", [])]


@pytest.fixture
def server() -> Iterator[GoogleServer]:
    """Yield a server whose time stands still."""
    with GoogleServer(GoogleEmulator(Clock())) as running:
        yield running


@pytest.fixture
def client(server: GoogleServer) -> Client:
    """Return a client that has signed in."""
    client = Client(server)
    client.sign_in()
    return client


@pytest.fixture
def reason() -> Callable[[requests.Response], tuple[int, str]]:
    """Return a function that returns the status and the reason of an error answer."""

    def read(answer: requests.Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["error"]["errors"][0]["reason"]

    return read
