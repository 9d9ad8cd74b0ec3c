# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted server, certificates and a clock that only sleeping moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import ServerCertificate, issue_certificate

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _no_proxy_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def fake_time() -> FakeTime:
    """Return a clock that only sleeping moves."""
    return FakeTime()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Yield a server over http."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    """Return a certificate for loopback, signed by an authority of our own."""
    return issue_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def tls_server(certificate: ServerCertificate) -> Iterator[ScriptedServer]:
    """Yield a server over https."""
    with ScriptedServer(certificate) as server:
        yield server


@pytest.fixture
def make_client(fake_time: FakeTime) -> Iterator[Callable[..., HttpClient]]:
    """Return a function that makes a client which never really waits; keywords are HttpOptions."""
    clients: list[HttpClient] = []

    def make(**options: Any) -> HttpClient:
        clients.append(HttpClient(HttpOptions(**options), clock=fake_time.clock, sleep=fake_time.sleep))
        return clients[-1]

    yield make
    for client in clients:
        client.session.close()
