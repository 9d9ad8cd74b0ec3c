# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant, an organization, and the playbook that converges one to the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.emulators.graph.fixture import StartGraph, graph_server
from ansible_collections.dirsync.bitwarden.tests.support.playbook import PlaybookRun, sync_playbook

__all__ = ["graph_server"]


class RunSync(Protocol):
    """Runs the playbook."""

    def __call__(self, *arguments: str, users: Any = None, groups: Any = None, **options: Any) -> PlaybookRun:
        """Return a run with arguments of ansible-playbook, the selection, and options of ``entra_id``."""


@pytest.fixture
def graph(graph_server: StartGraph) -> GraphServer:
    """Return a running server."""
    return graph_server()


@pytest.fixture
def tenant(graph: GraphServer) -> Tenant:
    """Return its tenant."""
    return graph.tenant


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on a self-hosted server over https."""
    return bitwarden_server(tls=True)


@pytest.fixture
def sync(tmp_path: Path, graph: GraphServer, bitwarden: BitwardenServer) -> RunSync:
    """Return a function that runs the playbook, as often as a test likes."""

    def run(*arguments: str, users: Any = None, groups: Any = None, **options: Any) -> PlaybookRun:
        source: dict[str, Any] = {"name": "entra", "type": "entra_id", "entra_id": graph.source_options(**options)}
        source |= {name: value for name, value in (("users", users), ("groups", groups)) if value}
        return sync_playbook(tmp_path, bitwarden, source).run(*arguments)

    return run
