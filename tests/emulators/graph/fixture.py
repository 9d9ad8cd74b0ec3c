# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pytest fixture that runs Graph servers.

Suites take it up in their conftest.py with ``from ... .graph.fixture import graph_server``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest

from ..common import Clock
from .emulator import GraphEmulator
from .server import GraphServer


class StartGraph(Protocol):
    """Starts a server; it stops with the test."""

    def __call__(self, *, latency: float = 0.0, clock: Clock | None = None) -> GraphServer:
        """Return a running server."""


@pytest.fixture
def graph_server() -> Iterator[StartGraph]:
    """Yield a function that starts a server for the duration of the test."""
    servers: list[GraphServer] = []

    def start(*, latency: float = 0.0, clock: Clock | None = None) -> GraphServer:
        server = GraphServer(GraphEmulator(clock), latency=latency)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()
