# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server and a client for the contract tests."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.graph.client import GraphApi
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.emulators.graph.fixture import StartGraph, graph_server

__all__ = ["graph_server"]


@pytest.fixture
def server(graph_server: StartGraph) -> GraphServer:
    """Return a running server with an empty tenant."""
    return graph_server()


@pytest.fixture
def tenant(server: GraphServer) -> Tenant:
    """Return its tenant."""
    return server.tenant


@pytest.fixture
def api(server: GraphServer) -> GraphApi:
    """Return a client that is signed in."""
    return GraphApi(server)
