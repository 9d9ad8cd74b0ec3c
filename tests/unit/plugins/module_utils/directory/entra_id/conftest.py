# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Graph server with an empty tenant."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.emulators.graph.fixture import StartGraph, graph_server

__all__ = ["graph_server"]

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "IDENTITY_ENDPOINT", "IDENTITY_HEADER")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server(graph_server: StartGraph) -> GraphServer:
    """Return a running server."""
    return graph_server()


@pytest.fixture
def tenant(server: GraphServer) -> Tenant:
    """Return its tenant."""
    return server.tenant


@pytest.fixture
def fake_time() -> FakeTime:
    """Return a clock that only sleeping moves."""
    return FakeTime()
