# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate of our own authority, a server under it, and clients that never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import ServerCertificate, issue_certificate


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
